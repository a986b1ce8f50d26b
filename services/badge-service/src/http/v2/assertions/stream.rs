//! The whole list, a piece at a time, so that no list is ever whole in memory.

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, web::Bytes};
use futures_util::stream::{self, StreamExt};

use super::{
    super::envelope::{self, ApiError},
    LARGEST_PAGE, List,
};
use crate::{
    error::Error,
    http::public,
    store::assertions::{Direction, Page, Position},
};

/// Answers with everything. What fails before the first piece has its own status; later the
/// connection breaks, and the client sees that it did.
pub(super) async fn all(list: List, request: &HttpRequest) -> Result<HttpResponse, ApiError> {
    let content_type = public::json_type(&list.app, request);
    let first = list.read(None, LARGEST_PAGE).await?;
    let opening = Bytes::from(format!("{}{}", envelope::BEGIN, list.objects(&first)));
    let rest = Rest { from: end_of(&first), list };
    let pieces = stream::once(async { Ok(opening) })
        .chain(stream::try_unfold(rest, Rest::next))
        .chain(stream::once(async { Ok(Bytes::from_static(envelope::END.as_bytes())) }));
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(content_type)
        .streaming(pieces.boxed()))
}

/// What was not sent yet.
struct Rest {
    list: List,
    from: Option<Position>,
}

impl Rest {
    async fn next(self) -> Result<Option<(Bytes, Self)>, Error> {
        let Some(at) = self.from else { return Ok(None) };
        let page = self.list.read(Some((at, Direction::Forward)), LARGEST_PAGE).await?;
        // The page before had more, but that may be gone by now.
        let comma = if page.assertions.is_empty() { "" } else { "," };
        let piece = Bytes::from(format!("{comma}{}", self.list.objects(&page)));
        Ok(Some((piece, Self { from: end_of(&page), ..self })))
    }
}

/// Where the list goes on.
fn end_of(page: &Page) -> Option<Position> {
    let last = page.assertions.last().filter(|_| page.more)?;
    Some(Position { created_at: last.created_at, id: last.assertion.id })
}
