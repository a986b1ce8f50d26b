//! The public page of a credential, and its document.

pub(super) mod preview;
mod shown;

use std::sync::Arc;

use ::web::{Refusal, conditional::Tagged};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{
            ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, LOCATION, RETRY_AFTER,
        },
    },
    web::{self, Data, Path},
};
use auth::{Claims, Presented, presented};
use chrono::Datelike;
use model::Id;
use tracing::error;

use self::shown::{Gathered, State, state};
use super::{fallback, site::site_of};
use crate::{
    app::{App, PublicPage},
    config::RevokedPage,
    domain::{document::DocumentState, site::Site, user::Profile, user_credential::UserCredential},
    pages::{self, certificate::Viewer, notice::NoticeView},
    store,
};

/// A page may be kept, and is asked for again every time: a revocation shows at once.
const PUBLIC: &str = "public, max-age=0, must-revalidate";

/// A page that greets somebody is for nobody else.
const PRIVATE: &str = "private, no-store";

/// How soon a document or a name may be there, in seconds.
const SOON_S: &str = "2";

/// Mounts the page and what hangs on it.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/credentials/{id}/")
                .route(web::get().to(show))
                .route(web::head().to(show))
                .default_service(web::to(other_methods)),
        )
        .service(
            web::resource("/credentials/{id}/certificate.pdf")
                .route(web::get().to(pdf))
                .route(web::head().to(pdf))
                .default_service(web::to(other_methods)),
        )
        .service(
            web::resource("/credentials/{id}/preview.png")
                .route(web::get().to(preview::show))
                .route(web::head().to(preview::show))
                .default_service(web::to(other_methods)),
        );
}

/// Show a certificate
///
/// The page that a learner shares and a stranger checks. A revoked certificate has none.
#[utoipa::path(
    get,
    path = "/credentials/{id}/",
    tag = "pages",
    params(("id" = String, Path, description = "32 hexadecimal digits")),
    responses(
        (status = 200, description = "The page", content_type = "text/html"),
        (status = 301, description = "The same id in another spelling"),
        (status = 304), (status = 404), (status = 410), (status = 503)
    )
)]
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let site = site_of(&app, &request).await?;
    let Ok(uuid) = id.parse::<Id<UserCredential>>() else { return Ok(missing(&app, &site)) };
    let claims = claims(&app, &request).await;
    if claims.is_none()
        && *id == uuid.hex()
        && let Some(page) = app.pages.get(uuid)
        && page.site_id == site.id
    {
        return Ok(with_policy(page.html.respond(&request, PUBLIC)));
    }
    let as_of = app.pages.as_of(uuid);
    let gathered = gather(&app, uuid, claims).await?;
    let awaits_news = gathered.as_ref().is_some_and(|it| it.awaits_news(app.clock.now()));
    match state(&app, &site, gathered) {
        State::Missing => Ok(missing(&app, &site)),
        State::Revoked => Ok(revoked(&app, &site)),
        _ if *id != uuid.hex() => Ok(canonical(uuid)),
        State::Nameless => Ok(unavailable(&app, &site)),
        State::Shown(certificate) => {
            let viewer = certificate.viewer.clone();
            let html =
                pages::certificate::render(&certificate).map_err(|e| Refusal::internal(&e))?;
            let html = Tagged::new(html, "text/html; charset=utf-8");
            if viewer != Viewer::Stranger {
                return Ok(with_policy(html.respond(&request, PRIVATE)));
            }
            let page = Arc::new(PublicPage { as_of, site_id: site.id, html });
            if !awaits_news {
                app.pages.keep(uuid, page.clone());
            }
            Ok(with_policy(page.html.respond(&request, PUBLIC)))
        }
    }
}

/// Fetch a certificate's document
///
/// Leads to the PDF. It is made in the background: until then, 404 with the seconds to wait. The
/// PDF of a revoked certificate is gone, as the renderer says of it as well.
#[utoipa::path(
    get,
    path = "/credentials/{id}/certificate.pdf",
    tag = "pages",
    params(("id" = String, Path, description = "32 hexadecimal digits")),
    responses(
        (status = 302, description = "Where the PDF is"),
        (status = 404),
        (status = 410),
        (status = 503, description = "The learner's name is not known yet")
    )
)]
pub async fn pdf(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let site = site_of(&app, &request).await?;
    let document = match seen(&app, &site, &id).await? {
        Seen::Certificate(_, document) => document,
        Seen::Nothing(answer) => return Ok(answer),
    };
    Ok(match document {
        Some(DocumentState::Ready { pdf_url, .. }) => leads_to(pdf_url),
        Some(DocumentState::Failed { .. }) => missing(&app, &site),
        Some(DocumentState::Waiting) | None => later(&app, &site, StatusCode::NOT_FOUND),
    })
}

/// The document of a certificate, for everybody.
enum Seen {
    /// The certificate may be seen, whether its document is there or not.
    Certificate(Id<UserCredential>, Option<DocumentState>),
    /// It may not; this is the answer.
    Nothing(HttpResponse),
}

async fn seen(app: &App, site: &Site, id: &str) -> Result<Seen, Refusal> {
    let Ok(uuid) = id.parse::<Id<UserCredential>>() else {
        return Ok(Seen::Nothing(missing(app, site)));
    };
    let gathered = gather(app, uuid, None).await?;
    let document = gathered.as_ref().and_then(|gathered| gathered.document.clone());
    Ok(match state(app, site, gathered) {
        State::Shown(_) => Seen::Certificate(uuid, document.map(|document| document.state)),
        State::Revoked => Seen::Nothing(gone(app, site)),
        State::Nameless => Seen::Nothing(unavailable(app, site)),
        State::Missing => Seen::Nothing(missing(app, site)),
    })
}

fn leads_to(url: String) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((LOCATION, url))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

/// What is asked for is being made.
fn later(app: &App, site: &Site, status: StatusCode) -> HttpResponse {
    let mut answer = notice(app, site, status, pages::notice::not_found);
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(SOON_S));
    answer
}

/// `OPTIONS`, and 405 as a page.
async fn other_methods(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    if request.method() == Method::OPTIONS {
        return fallback::other_methods(app, request).await;
    }
    let site = site_of(&app, &request).await?;
    let mut answer =
        notice(&app, &site, StatusCode::METHOD_NOT_ALLOWED, pages::notice::not_allowed);
    if let Ok(allow) = HeaderValue::from_str(&fallback::allowed(&app, &request)) {
        answer.headers_mut().insert(ALLOW, allow);
    }
    Ok(answer)
}

/// The page for addresses that are nobody's.
pub async fn no_page(app: &App, request: &HttpRequest) -> HttpResponse {
    let site = site_of(app, request).await;
    let site = site.as_deref().unwrap_or(&app.default_site);
    notice(app, site, StatusCode::NOT_FOUND, pages::notice::no_page)
}

/// The page for "there is no certificate here".
fn missing(app: &App, site: &Site) -> HttpResponse {
    notice(app, site, StatusCode::NOT_FOUND, pages::notice::not_found)
}

fn revoked(app: &App, site: &Site) -> HttpResponse {
    match app.settings.pages.revoked {
        RevokedPage::Missing => missing(app, site),
        RevokedPage::Gone => gone(app, site),
    }
}

fn gone(app: &App, site: &Site) -> HttpResponse {
    notice(app, site, StatusCode::GONE, pages::notice::revoked)
}

/// The learner's name is not known yet: the certificate would be about nobody.
fn unavailable(app: &App, site: &Site) -> HttpResponse {
    // Where an LMS is asked, a name may come any moment; elsewhere somebody has to tell it.
    let page = if site.look.lms_url_root.is_empty() {
        pages::notice::nameless
    } else {
        pages::notice::unavailable
    };
    let mut answer = notice(app, site, StatusCode::SERVICE_UNAVAILABLE, page);
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(SOON_S));
    answer
}

fn notice<E: std::fmt::Display>(
    app: &App,
    site: &Site,
    status: StatusCode,
    page: fn(&NoticeView) -> Result<String, E>,
) -> HttpResponse {
    let view = NoticeView {
        site: shown::site(site),
        language: app.settings.pages.language.clone(),
        year: app.clock.now().utc().year(),
    };
    let html = page(&view).unwrap_or_else(|error| {
        error!(%error, "a notice could not be written");
        String::new()
    });
    let answer = HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html);
    with_policy(answer)
}

fn canonical(uuid: Id<UserCredential>) -> HttpResponse {
    let location = format!("/credentials/{}/", uuid.hex());
    HttpResponse::MovedPermanently().insert_header((LOCATION, location)).finish()
}

fn with_policy(mut answer: HttpResponse) -> HttpResponse {
    use actix_web::http::header::REFERRER_POLICY;

    let headers = answer.headers_mut();
    let policy = HeaderValue::from_static(pages::CONTENT_SECURITY_POLICY);
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    answer
}

/// Who looks, if a token says so. A token that is not believed makes a stranger, not an error.
async fn claims(app: &App, request: &HttpRequest) -> Option<Arc<Claims>> {
    match presented(request) {
        Presented::Header(token) | Presented::Cookie(token) => {
            app.verifier.verify(&token).await.ok()
        }
        Presented::Malformed | Presented::Nothing => None,
    }
}

async fn gather(
    app: &App,
    uuid: Id<UserCredential>,
    claims: Option<Arc<Claims>>,
) -> Result<Option<Gathered>, Refusal> {
    let remembered = app.shown.clone();
    app.db
        .read(move |conn| {
            let Some(credential) = store::user_credentials::find(conn, uuid)? else {
                return Ok(None);
            };
            let username = claims.as_ref().and_then(|claims| claims.username());
            let viewer = match username.filter(|name| !name.contains('\0')) {
                Some(name) => {
                    let account = store::users::profile(conn, name)?;
                    Some(account.unwrap_or_else(|| Profile::named(name)))
                }
                None => None,
            };
            Ok(Some(Gathered {
                document: store::documents::find(conn, credential.id)?,
                badge: store::badges::find(conn, credential.id)?,
                certificate: store::certificates::gather(conn, &remembered, credential)?,
                viewer,
                is_administrator: claims.is_some_and(|claims| claims.administrator == Some(true)),
            }))
        })
        .await
        .map_err(|error: database::Error| Refusal::from(error))
}
