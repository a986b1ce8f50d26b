//! Assertions, as those see them who manage badges.

mod stream;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, LINK},
    web::{Data, Path},
};
use serde_json::{Value, json};

use super::{
    cursor,
    envelope::{self, ApiError},
};
use crate::{
    app::App,
    domain::{assertion::AssertionState, entity_id::EntityId, negotiation::Form, origin::Kind},
    error::Error,
    http::{caller, pictures, public, query::Query},
    store::{
        self,
        assertions::{Direction, Filter, KeptAssertion, Page, Position},
    },
};

/// The most objects on a page.
const LARGEST_PAGE: i64 = 500;

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
    let id: EntityId = id.parse().map_err(|_| ApiError::NotFound)?;
    let known = app.db.read(move |conn| store::badge_classes::find(conn, id)).await;
    known.map_err(Error::from)?.ok_or(ApiError::NotFound)?;
    let query = Query::of(&request);
    let filter = Filter {
        recipients: query.all("recipient").map(str::to_owned).take(MOST_RECIPIENTS).collect(),
        include_revoked: query.is_set("include_revoked"),
        include_expired: query.is_set("include_expired"),
    };
    match query.first("num").and_then(|num| num.parse::<i64>().ok()) {
        Some(num) => page(&app, &request, &query, id, filter, num.clamp(1, LARGEST_PAGE)).await,
        None => stream::all(&app, &request, id, filter).await,
    }
}

/// The most identities that one request asks for.
const MOST_RECIPIENTS: usize = 100;

async fn page(
    app: &App,
    request: &HttpRequest,
    query: &Query,
    class: EntityId,
    filter: Filter,
    size: i64,
) -> Result<HttpResponse, ApiError> {
    let from = match query.first("cursor") {
        Some(text) => Some(cursor::read(text).ok_or(ApiError::NotFound)?),
        None => None,
    };
    let page = read(app, class, filter, from, size).await?;
    let objects: Vec<String> =
        page.assertions.iter().map(|kept| object(app, kept).to_string()).collect();
    let body = format!("{}{}{}", envelope::BEGIN, objects.join(","), envelope::END);
    let mut response = HttpResponse::Ok();
    if let Some(link) = links(app, request, query, &page, from) {
        response.insert_header((LINK, link));
    }
    Ok(response
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(content_type(app, request))
        .body(body))
}

async fn read(
    app: &App,
    class: EntityId,
    filter: Filter,
    from: Option<(Position, Direction)>,
    size: i64,
) -> Result<Page, Error> {
    let now = app.clock.now();
    app.db
        .read(move |conn| {
            Ok(store::assertions::of_badge_class(conn, class, &filter, from, size, now)?)
        })
        .await
}

/// The addresses of the pages around, as far as there are any.
fn links(
    app: &App,
    request: &HttpRequest,
    query: &Query,
    page: &Page,
    from: Option<(Position, Direction)>,
) -> Option<String> {
    let position =
        |kept: &KeptAssertion| Position { created_at: kept.created_at, id: kept.assertion.id };
    let link = |at: Position, direction: Direction, rel: &str| {
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
    let next = next.map(|kept| link(position(kept), Direction::Forward, "next"));
    let previous = page.assertions.first().filter(|_| newer);
    let previous = previous.map(|kept| link(position(kept), Direction::Back, "prev"));
    let links: Vec<String> = next.into_iter().chain(previous).collect();
    (!links.is_empty()).then(|| links.join(", "))
}

fn content_type(app: &App, request: &HttpRequest) -> &'static str {
    match public::form(app, request, true) {
        Form::Json => "application/json",
        Form::JsonLd | Form::Page | Form::Preview(_) => "application/ld+json",
    }
}

/// An assertion as the API shows it.
fn object(app: &App, kept: &KeptAssertion) -> Value {
    let assertion = &kept.assertion;
    let origin = &app.origin;
    let (image, reason) = match &assertion.state {
        AssertionState::Issued { image } => (Some(pictures::media_url(app, image.as_str())), None),
        AssertionState::Revoked { reason, .. } => (None, Some(reason.as_str())),
    };
    let plain = assertion.recipient.identity();
    let identity = match assertion.hashed {
        true => assertion.recipient.hashed_with(&assertion.salt),
        false => plain.to_owned(),
    };
    let evidence = assertion.evidence.iter().map(|each| {
        json!({
            "url": each.url().map(|url| url.as_str()),
            "narrative": each.narrative().map(|text| text.as_str()),
        })
    });
    json!({
        "entityType": "Assertion",
        "entityId": assertion.id.to_string(),
        "openBadgeId": origin.public(Kind::Assertion, assertion.id),
        "createdAt": kept.created_at.precise(),
        "createdBy": null,
        "badgeclass": assertion.badge_class_id.to_string(),
        "badgeclassOpenBadgeId": origin.public(Kind::BadgeClass, assertion.badge_class_id),
        "issuer": assertion.issuer_id.to_string(),
        "issuerOpenBadgeId": origin.public(Kind::Issuer, assertion.issuer_id),
        "image": image,
        "recipient": {
            "identity": identity,
            "hashed": assertion.hashed,
            "type": assertion.recipient.kind(),
            "plaintextIdentity": plain,
            "salt": assertion.salt.as_str(),
        },
        "issuedOn": assertion.issued_on.timestamp().precise(),
        "narrative": assertion.narrative.as_ref().map(|text| text.as_str()),
        "evidence": evidence.collect::<Vec<_>>(),
        "revoked": assertion.is_revoked(),
        "revocationReason": reason,
        "acceptance": assertion.acceptance,
        "expires": assertion.expires.map(|expires| expires.precise()),
        "extensions": assertion.extensions,
    })
}
