//! What is known of a certificate, as a page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;

use crate::actions::Verification;
use crate::app::App;
use crate::domain::VerificationStatus;
use crate::domain::dates::Day;
use crate::domain::request::own_verify_url;
use crate::error::Error;
use crate::pages::verification::{self, VerificationView};
use crate::pages::{self, Language};

/// The page of a certificate.
pub(super) fn of(
    app: &App,
    found: &Verification,
    lang: Option<&str>,
) -> Result<HttpResponse, Error> {
    let certificate = &found.certificate;
    let facts = certificate.facts.clone();
    let is_older = found.status == VerificationStatus::Superseded;
    let view = VerificationView {
        language: language(app, lang, Some(&certificate.locale)),
        verify_id: found.verify_id.clone(),
        status: found.status,
        elsewhere_url: certificate.url.clone().filter(|_| facts.is_none()),
        facts,
        current_url: is_older.then(|| own_verify_url(&app.public_base_url, &found.verify_id)),
        revoked_on: found.withdrawn_at.map(|at| Day::of(at.utc())),
        reason: found.reason.clone(),
        artifacts: found.artifacts.clone(),
        today: found.today,
    };
    html(StatusCode::OK, verification::render(&view))
}

/// The page for a number that is not known.
pub(super) fn missing(app: &App, lang: Option<&str>) -> Result<HttpResponse, Error> {
    html(StatusCode::NOT_FOUND, pages::missing::render(&language(app, lang, None)))
}

fn html(
    status: StatusCode,
    rendered: Result<String, minijinja::Error>,
) -> Result<HttpResponse, Error> {
    let html = rendered?;
    Ok(HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(html))
}

/// The language that is asked for, else the certificate's, else the installation's.
fn language(app: &App, lang: Option<&str>, certificate: Option<&str>) -> Language {
    let default = app.settings.i18n.default_locale.as_str();
    Language::choose(lang.into_iter().chain(certificate).chain([default]))
}
