//! The whole list, a piece at a time, so that no list is ever whole in memory.

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, web::Bytes};
use futures_util::stream::{self, StreamExt};

use super::{
    super::envelope::{self, ApiError},
    LARGEST_PAGE, content_type, object, read,
};
use crate::{
    app::App,
    domain::entity_id::EntityId,
    error::Error,
    store::assertions::{Direction, Filter, Page, Position},
};

/// Answers with everything. What fails before the first piece has its own status; later the
/// connection breaks, and the client sees that it did.
pub(super) async fn all(
    app: &App,
    request: &HttpRequest,
    class: EntityId,
    filter: Filter,
) -> Result<HttpResponse, ApiError> {
    let first = read(app, class, filter.clone(), None, LARGEST_PAGE).await?;
    let begin = Bytes::from_static(envelope::BEGIN.as_bytes());
    let opening = Bytes::from([begin, text(app, &first, true)].concat());
    let rest = Rest { app: app.clone(), class, filter, from: end_of(&first) };
    let pieces = stream::once(async { Ok(opening) })
        .chain(stream::try_unfold(rest, Rest::next))
        .chain(stream::once(async { Ok(Bytes::from_static(envelope::END.as_bytes())) }));
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(content_type(app, request))
        .streaming(pieces.boxed()))
}

/// What was not sent yet.
struct Rest {
    app: App,
    class: EntityId,
    filter: Filter,
    from: Option<Position>,
}

impl Rest {
    async fn next(self) -> Result<Option<(Bytes, Self)>, Error> {
        let Some(at) = self.from else { return Ok(None) };
        let from = Some((at, Direction::Forward));
        let page = read(&self.app, self.class, self.filter.clone(), from, LARGEST_PAGE).await?;
        let piece = text(&self.app, &page, false);
        Ok(Some((piece, Self { from: end_of(&page), ..self })))
    }
}

/// Where the list goes on.
fn end_of(page: &Page) -> Option<Position> {
    let last = page.assertions.last().filter(|_| page.more)?;
    Some(Position { created_at: last.created_at, id: last.assertion.id })
}

fn text(app: &App, page: &Page, first: bool) -> Bytes {
    let mut text = String::new();
    for kept in &page.assertions {
        if !text.is_empty() || !first {
            text.push(',');
        }
        text.push_str(&object(app, kept).to_string());
    }
    text.into()
}
