//! How a public object is answered: the table of contract badges §4.1.

use ::web::Refusal;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{ACCEPT, CACHE_CONTROL, HeaderName, LOCATION, USER_AGENT, VARY},
    },
};

use super::{documents, pages, previews, query::Query};
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
    let form = form(app, request, json_suffix);
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
    let header = |name: HeaderName| request.headers().get(name).and_then(|text| text.to_str().ok());
    let asked = negotiation::Request {
        json_suffix,
        accept: header(ACCEPT),
        user_agent: header(USER_AGENT),
    };
    let public = &app.settings.public;
    let robots: Vec<&str> = public.robots.iter().map(String::as_str).collect();
    negotiation::choose(asked, &robots, public.previews_of_json)
}

/// A JSON document: 200, 304, or what a revoked one is answered with.
pub(super) fn json(
    app: &App,
    request: &HttpRequest,
    document: &Document,
    content_type: &'static str,
) -> HttpResponse {
    let mut body = document.body.clone();
    body.content_type = content_type;
    let cache_control = if document.revoked { REVOKED } else { LIVE };
    let mut response = body.respond(request, cache_control);
    if document.revoked && response.status() == StatusCode::OK {
        let status = StatusCode::from_u16(app.settings.public.revoked_status);
        *response.status_mut() = status.unwrap_or(StatusCode::GONE);
    }
    response
}

/// The key of the document that the query asks for.
fn key(request: &HttpRequest, kind: Kind, id: EntityId) -> Key {
    let query = Query::of(request);
    let version = Version::from_query(query.first("v"));
    let (subject, expand) = match kind {
        Kind::Issuer => (Subject::Issuer(id), Expand::default()),
        Kind::BadgeClass => (Subject::BadgeClass(id), Expand::of_badge_class(query.all("expand"))),
        Kind::Assertion => (Subject::Assertion(id), Expand::of_assertion(query.all("expand"))),
    };
    Key { subject, form: DocumentForm::Json { version, expand } }
}

/// To the page for people, with the query.
pub(super) fn to_page(app: &App, request: &HttpRequest, kind: Kind, id: EntityId) -> HttpResponse {
    let page = match app.settings.public.pages_url.trim_end_matches('/') {
        "" => app.origin.page(kind, id),
        elsewhere => format!("{elsewhere}/{}/{id}", kind.segment()),
    };
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
        Form::JsonLd | Form::Json => Err(Refusal::not_found()),
    }
}

fn varying(mut response: HttpResponse) -> HttpResponse {
    let on = actix_web::http::header::HeaderValue::from_static("Accept, User-Agent");
    response.headers_mut().insert(VARY, on);
    response
}
