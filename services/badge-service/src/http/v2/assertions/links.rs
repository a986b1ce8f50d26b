//! The header `Link` of a page: the addresses of the pages around it.

use ::web::Query;
use actix_web::HttpRequest;

use super::super::cursor;
use crate::{
    app::App,
    store::assertions::{Direction, KeptAssertion, Page, Position},
};

/// The links, as far as there are pages.
pub(super) fn around(
    app: &App,
    request: &HttpRequest,
    page: &Page,
    from: Option<(Position, Direction)>,
) -> Option<String> {
    let query = Query::of(request);
    let link = |kept: &KeptAssertion, direction: Direction, rel: &str| {
        let at = Position { created_at: kept.created_at, id: kept.assertion.id };
        let query = query.with("cursor", &cursor::write(at, direction));
        format!("<{}{}?{query}>; rel=\"{rel}\"", app.origin.as_str(), request.path())
    };
    // Whoever came from one side finds something there.
    let (older, newer) = match from {
        None => (page.more, false),
        Some((_, Direction::Forward)) => (page.more, true),
        Some((_, Direction::Back)) => (true, page.more),
    };
    let next = page.assertions.last().filter(|_| older);
    let previous = page.assertions.first().filter(|_| newer);
    let links: Vec<String> = (next.map(|kept| link(kept, Direction::Forward, "next")).into_iter())
        .chain(previous.map(|kept| link(kept, Direction::Back, "prev")))
        .collect();
    (!links.is_empty()).then(|| links.join(", "))
}
