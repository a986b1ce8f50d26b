//! Whether a certificate counts: a page for people, JSON for machines.

mod page;

use ::web::Query;
use actix_web::http::header::{
    ACCEPT, Accept, CACHE_CONTROL, CONTENT_SECURITY_POLICY, Header, HeaderName, HeaderValue,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::mime::{self, Mime};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};

use super::caller::{Scope, require};
use super::problems::Refused;
use super::views::VerificationView;
use crate::actions::{self, Verification};
use crate::app::App;
use crate::error::Error;
use crate::pages;

/// Check a certificate
///
/// A page for people, in the certificate's language; JSON for whoever prefers it. It says first
/// whether the certificate is valid, expired, revoked or superseded by a newer one with the same
/// number. A certificate that is verified at another address is only said to be known, and where it
/// is shown. What was deleted is answered as if it had never been.
#[utoipa::path(
    get, path = "/verify/{verify_id}", tag = "verification",
    params(
        ("verify_id" = String, Path, description = "The number on the certificate"),
        ("lang" = Option<String>, Query, description = "The page's language, a BCP 47 tag"),
        ("render" = Option<String>, Query, description = "An older render with this number"),
    ),
    responses(
        (status = 200, content(
            (VerificationView = "application/json"),
            (String = "text/html")
        )),
        (status = 404, description = "It is not known", content_type = "text/html"),
        (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    verify_id: web::Path<String>,
) -> HttpResponse {
    let answer = answer(&app, &request, &verify_id).await;
    guarded(answer.unwrap_or_else(|refused| refused.error_response()))
}

async fn answer(
    app: &App,
    request: &HttpRequest,
    verify_id: &str,
) -> Result<HttpResponse, Refused> {
    let query = Query::of(request);
    let lang = query.last("lang");
    if !app.settings.render.public_artifacts {
        require(app, request, Scope::Read).await?;
    }
    let wants_json = prefers_json(request);
    match actions::show_verification(app, verify_id, query.last("render")).await {
        Ok(found) if wants_json => Ok(json(&found)),
        Ok(found) => Ok(page::of(app, &found, lang)?),
        Err(Error::NoSuch(_)) if !wants_json => Ok(page::missing(app, lang)?),
        Err(error) => Err(error.into()),
    }
}

/// A file of the pages
#[utoipa::path(
    get, path = "/static/{name}", tag = "verification",
    params(("name" = String, Path, description = "As the pages name it")),
    responses(
        (status = 200, description = "The file", content_type = "text/css"),
        (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn asset(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, Refused> {
    let file = pages::asset(&name).ok_or_else(Refused::not_found)?;
    Ok(file.respond(&request))
}

fn json(found: &Verification) -> HttpResponse {
    HttpResponse::Ok().json(VerificationView::from(found))
}

/// What is said of a certificate may change at any moment, and names somebody. A browser may show
/// the JSON and the refusals as pages too.
fn guarded(mut response: HttpResponse) -> HttpResponse {
    const HEADERS: [(HeaderName, &str); 6] = [
        (CONTENT_SECURITY_POLICY, pages::CONTENT_SECURITY_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-cache"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
        (VARY, "Accept"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Who says nothing, or takes anything, gets the page.
fn prefers_json(request: &HttpRequest) -> bool {
    if !request.headers().contains_key(ACCEPT) {
        return false;
    }
    let ranked = Accept::parse(request).map(|accept| accept.ranked()).unwrap_or_default();
    let is_json = |mime: &Mime| {
        mime.type_() == mime::APPLICATION
            && (mime.subtype() == mime::JSON || mime.suffix() == Some(mime::JSON))
    };
    let is_html = |mime: &Mime| matches!(mime.type_().as_str(), "text" | "*");
    ranked.iter().find(|mime| is_json(mime) || is_html(mime)).is_some_and(is_json)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::prefers_json;

    #[test]
    fn machines_ask_for_json_and_people_need_not_ask() {
        let wants = |accept: &str| {
            prefers_json(
                &TestRequest::default().insert_header(("Accept", accept)).to_http_request(),
            )
        };
        assert!(wants("application/json"));
        assert!(wants("application/ld+json, */*;q=0.1"));
        assert!(wants("text/html;q=0.5, application/json"));
        for page in [
            "*/*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html, application/json;q=0.9",
            "image/png",
            "nonsense",
            "",
        ] {
            assert!(!wants(page), "{page}");
        }
        assert!(!prefers_json(&TestRequest::default().to_http_request()));
    }
}
