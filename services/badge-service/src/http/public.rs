//! How a public object is answered: the table of contract badges §4.1.

use std::borrow::Cow;

use ::web::{Query, Refusal, conditional::Tagged};
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{ACCEPT, CACHE_CONTROL, HeaderName, HeaderValue, LOCATION, USER_AGENT, VARY},
    },
};

use super::{documents, pages, previews};
use crate::{
    app::{
        App,
        documents::{Document, DocumentForm, Key, Subject},
    },
    domain::{
        entity_id::EntityId,
        negotiation::{self, Form},
        open_badges::{Expand, Version},
        origin::Kind,
    },
};

/// How long a live document may be reused, and shown while a newer one is fetched, in seconds.
const LIVE: &str = "public, max-age=60, stale-while-revalidate=300";

/// A revoked badge is asked for anew each time.
const REVOKED: &str = "no-cache";

/// How long a redirect to a picture may be reused, in seconds.
pub(super) const REDIRECT: &str = "public, max-age=300";

/// Answers for the object in the form that the client gets.
pub(super) async fn answer(
    app: &App,
    request: &HttpRequest,
    kind: Kind,
    id: &str,
    json_suffix: bool,
) -> Result<HttpResponse, Refusal> {
    // An empty id before the suffix matches the route without one.
    let form = form(app, request, json_suffix || id == ".json");
    let Ok(id) = id.parse::<EntityId>() else { return missing(app, form) };
    if let Form::Preview(preview) = form {
        return match previews::of(app, kind, id, preview).await? {
            Some(html) => Ok(varying(html)),
            None => missing(app, form),
        };
    }
    let Some(document) = documents::find(app, key(request, kind, id)).await? else {
        return missing(app, form);
    };
    let response = match form {
        Form::Page => to_page(app, request, kind, id),
        Form::JsonLd | Form::Preview(_) => json(app, request, &document, "application/ld+json"),
        Form::Json => json(app, request, &document, "application/json"),
    };
    Ok(varying(response))
}

/// The form that a request gets.
pub(super) fn form(app: &App, request: &HttpRequest, json_suffix: bool) -> Form {
    let (accept, user_agent) = (header(request, ACCEPT), header(request, USER_AGENT));
    let asked = negotiation::Request {
        json_suffix,
        accept: accept.as_deref(),
        user_agent: user_agent.as_deref(),
    };
    let public = &app.settings.public;
    let robots: Vec<&str> = public.robots.iter().map(String::as_str).collect();
    negotiation::choose(asked, &robots, public.previews_of_json)
}

/// A header's values, which may stand in several lines. What is no text in them is passed over.
fn header(request: &HttpRequest, name: HeaderName) -> Option<Cow<'_, str>> {
    let mut lines = request.headers().get_all(name).map(HeaderValue::as_bytes);
    let first = String::from_utf8_lossy(lines.next()?);
    Some(lines.fold(first, |all, next| all + "," + String::from_utf8_lossy(next)))
}

/// A JSON document: 200, 304, or what a revoked one is answered with.
pub(super) fn json(
    app: &App,
    request: &HttpRequest,
    document: &Document,
    content_type: &'static str,
) -> HttpResponse {
    let body = Tagged { content_type, ..document.body.clone() };
    if !document.basis.revoked {
        return body.respond(request, LIVE);
    }
    match StatusCode::from_u16(app.settings.public.revoked_status) {
        Ok(StatusCode::OK) => body.respond(request, REVOKED),
        status => body.whole(status.unwrap_or(StatusCode::GONE), REVOKED),
    }
}

/// JSON-LD, or plain JSON for whoever would rather have that, where nothing else is offered.
pub(super) fn json_type(app: &App, request: &HttpRequest) -> &'static str {
    match form(app, request, true) {
        Form::Json => "application/json",
        Form::JsonLd | Form::Page | Form::Preview(_) => "application/ld+json",
    }
}

/// The key of the document that the query asks for.
fn key(request: &HttpRequest, kind: Kind, id: EntityId) -> Key {
    let query = Query::of(request);
    let version = Version::from_query(query.last("v"));
    let (subject, expand) = match kind {
        Kind::Issuer => (Subject::Issuer(id), Expand::default()),
        Kind::BadgeClass => (Subject::BadgeClass(id), Expand::of_badge_class(query.all("expand"))),
        Kind::Assertion => (Subject::Assertion(id), Expand::of_assertion(query.all("expand"))),
    };
    Key { subject, form: DocumentForm::Json { version, expand } }
}

/// To the page for people, with the query.
pub(super) fn to_page(app: &App, request: &HttpRequest, kind: Kind, id: EntityId) -> HttpResponse {
    let page = app.page_url(kind, id);
    let query = request.query_string();
    let target = if query.is_empty() { page } else { format!("{page}?{query}") };
    redirect(&target, "no-cache")
}

/// 302.
pub(super) fn redirect(target: &str, cache_control: &'static str) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((LOCATION, target))
        .insert_header((CACHE_CONTROL, cache_control))
        .finish()
}

/// 404, in the form that was asked for.
fn missing(app: &App, form: Form) -> Result<HttpResponse, Refusal> {
    match form {
        Form::Page | Form::Preview(_) => pages::missing(app).map(varying),
        Form::JsonLd | Form::Json => Ok(varying(Refusal::not_found().error_response())),
    }
}

/// Tells caches what the form depends on.
pub(super) fn varying(mut response: HttpResponse) -> HttpResponse {
    let on = HeaderValue::from_static("Accept, User-Agent");
    response.headers_mut().insert(VARY, on);
    response
}
