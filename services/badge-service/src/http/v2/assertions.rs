//! Assertions, as those see them who manage badges.

mod links;
mod object;
mod stream;

use ::web::Query;
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, LINK},
    web::{Data, Path},
};

use super::{
    cursor,
    envelope::{self, ApiError},
};
use crate::{
    app::App,
    domain::{entity_id::EntityId, integer},
    error::Error,
    http::{caller, public},
    store::{
        self,
        assertions::{Direction, Filter, Page, Position},
    },
};

/// The most objects on a page.
const LARGEST_PAGE: i64 = 500;

/// The most identities that one request asks for.
const MOST_RECIPIENTS: usize = 100;

/// The assertions of a badge class
///
/// Newest first. With `num` in pages, whose neighbours stand in the header `Link`; without it all
/// of them.
#[utoipa::path(get, path = "/v2/badgeclasses/{id}/assertions", tag = "v2",
    security(("token" = [])),
    params(("id" = String, Path, description = "Entity id of the badge class"),
        ("num" = Option<i64>, Query, description = "Objects on a page, 1 to 500"),
        ("cursor" = Option<String>, Query, description = "As in the header `Link`"),
        ("recipient" = Option<Vec<String>>, Query, description = "Only these identities"),
        ("include_expired" = Option<bool>, Query, description = "Also expired ones"),
        ("include_revoked" = Option<bool>, Query, description = "Also revoked ones")),
    responses((status = 200, body = Object, content_type = "application/ld+json"),
        (status = 401, body = Object, description = "no token that is believed"),
        (status = 404, body = Object, description = "no such badge class, no right to see it, or no such cursor")))]
pub(in crate::http) async fn list(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    caller::server_admin(&app, &request).await?;
    let query = Query::of(&request);
    let list = List::of(&app, &id, &query).await?;
    match query.last("num").and_then(integer::parse) {
        Some(num) => page(&list, &request, &query, num.clamp(1, LARGEST_PAGE)).await,
        None => stream::all(list, &request).await,
    }
}

async fn page(
    list: &List,
    request: &HttpRequest,
    query: &Query,
    size: i64,
) -> Result<HttpResponse, ApiError> {
    let from = match query.last("cursor") {
        Some(text) => Some(cursor::read(text).ok_or(ApiError::NotFound)?),
        None => None,
    };
    let page = list.read(from, size).await?;
    let mut response = HttpResponse::Ok();
    if let Some(links) = links::around(&list.app, request, &page, from) {
        response.insert_header((LINK, links));
    }
    let body = format!("{}{}{}", envelope::BEGIN, list.objects(&page), envelope::END);
    Ok(response
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(public::json_type(&list.app, request))
        .body(body))
}

/// The assertions of a badge class that somebody asks for.
struct List {
    app: App,
    class: EntityId,
    filter: Filter,
}

impl List {
    async fn of(app: &App, class: &str, query: &Query) -> Result<Self, ApiError> {
        let class: EntityId = class.parse().map_err(|_| ApiError::NotFound)?;
        let known = app.db.read(move |conn| store::badge_classes::find(conn, class)).await;
        known.map_err(Error::from)?.ok_or(ApiError::NotFound)?;
        let filter = Filter {
            recipients: query.all("recipient").map(str::to_owned).take(MOST_RECIPIENTS).collect(),
            include_revoked: query.is_set("include_revoked"),
            include_expired: query.is_set("include_expired"),
        };
        Ok(Self { app: app.clone(), class, filter })
    }

    /// A piece of it: from a place on, or from the newest.
    async fn read(&self, from: Option<(Position, Direction)>, size: i64) -> Result<Page, Error> {
        let (class, filter, now) = (self.class, self.filter.clone(), self.app.clock.now());
        let read = self.app.db.read(move |conn| {
            store::assertions::of_badge_class(conn, class, &filter, from, size, now)
        });
        Ok(read.await?)
    }

    /// The objects of a piece, with commas between them.
    fn objects(&self, page: &Page) -> String {
        let objects =
            page.assertions.iter().map(|kept| object::object(&self.app, kept).to_string());
        objects.collect::<Vec<_>>().join(",")
    }
}
