//! `/api/v2/credentials/`: award, list, change, revoke.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{Data, Path, Payload},
};
use model::Id;
use serde_json::json;
use web::{
    Refusal,
    paging::{PageNumber, Paged},
};

use super::{
    award,
    view::{CredentialView, view},
};
use crate::{
    actions::{self, Actor},
    app::App,
    domain::{
        user::{Right, User},
        user_credential::{Status, UserCredential},
    },
    error::Error,
    http::{access::admit, fallback, query::Query, site::site_of},
    store::{
        self,
        user_credentials::{Filter, Scan},
    },
};

/// How many credentials a page has; fixed, as the LMS expects.
const PAGE_SIZE: u64 = 20;

/// List credentials
///
/// Whoever may not view all sees their own, and has to name themselves in `username`.
#[utoipa::path(
    get,
    path = "/api/v2/credentials/",
    tag = "v2",
    params(
        ("username" = Option<String>, Query, description = "The learner"),
        ("status" = Option<String>, Query, description = "`awarded` or `revoked`"),
        ("type" = Option<String>, Query, description = "`program` or `course-run`"),
        ("program_uuid" = Option<String>, Query, description = "Of this program and of its course runs"),
        ("only_visible" = Option<String>, Query, description = "`True`: only those that may be seen"),
        ("page" = Option<String>, Query, description = "From 1, or `last`"),
    ),
    responses((status = 200, body = Paged<CredentialView>), (status = "4XX", body = Object))
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let query = Query::of(&request);
    admit(&app, &request, |user| may_list(user, &query)).await?;
    let site = site_of(&app, &request).await?;
    let filter = filter(&query)?;
    let page = PageNumber::read(query.last("page"))?;
    let only_visible = matches!(query.last("only_visible"), Some("True" | "true" | "2"));
    let url = format!("{}{}", app.base_url_of(&site), request.path());
    let paged = match filter {
        Some(filter) if only_visible => visible_page(&app, site.id, filter, page).await?,
        Some(filter) => plain_page(&app, site.id, filter, page).await?,
        None => (page.within(0, PAGE_SIZE)?, Vec::new()),
    };
    let (page, credentials) = paged;
    let views = views(&app, &site, credentials).await?;
    Ok(HttpResponse::Ok().json(page.of(views, &url, &query.0)))
}

/// Award, revoke or change a credential
///
/// The credential of this learner and this configuration is brought into the state that is asked
/// for, whether it existed or not; repeating it changes nothing more.
#[utoipa::path(
    post,
    path = "/api/v2/credentials/",
    tag = "v2",
    request_body = Object,
    responses((status = 201, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn award(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let caller = admit(&app, &request, |user| user.may(Right::Add)).await?;
    let site = site_of(&app, &request).await?;
    let award = award::read(&body(&request, payload).await?)?;
    let done = actions::award_credential(&app, &site, award, actor(&caller)).await?;
    let view = view(&app, &site, done.credential, done.attributes);
    Ok(HttpResponse::Created().json(view))
}

/// Show a credential
#[utoipa::path(
    get,
    path = "/api/v2/credentials/{uuid}/",
    tag = "v2",
    params(("uuid" = String, Path, description = "With or without dashes")),
    responses((status = 200, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn detail(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
) -> Result<HttpResponse, Refusal> {
    admit(&app, &request, |user| user.may(Right::View)).await?;
    let site = site_of(&app, &request).await?;
    let uuid = parse(&uuid)?;
    let site_id = site.id;
    let (credential, attributes) = app
        .db
        .read(move |conn| {
            let found = store::user_credentials::find(conn, uuid)?;
            let credential =
                found.filter(|found| found.site_id == site_id).ok_or(Error::NoSuchCredential)?;
            let attributes = store::user_credentials::attributes(conn, credential.id)?;
            Ok::<_, Error>((credential, attributes))
        })
        .await?;
    Ok(HttpResponse::Ok().json(view(&app, &site, credential, attributes)))
}

/// Change a credential's status
///
/// Every field but `status` is ignored.
#[utoipa::path(
    put,
    path = "/api/v2/credentials/{uuid}/",
    tag = "v2",
    params(("uuid" = String, Path, description = "With or without dashes")),
    request_body = Object,
    responses((status = 200, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn replace(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    change(app, request, uuid, payload).await
}

/// Change a credential's status
///
/// Every field but `status` is ignored.
#[utoipa::path(
    patch,
    path = "/api/v2/credentials/{uuid}/",
    tag = "v2",
    params(("uuid" = String, Path, description = "With or without dashes")),
    request_body = Object,
    responses((status = 200, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let caller = admit(&app, &request, |user| user.may(Right::Change)).await?;
    let site = site_of(&app, &request).await?;
    let uuid = existing(&app, site.id, &uuid).await?;
    let status = award::read_status(&body(&request, payload).await?)?;
    let done = actions::change_status(&app, &site, uuid, status, actor(&caller)).await?;
    Ok(HttpResponse::Ok().json(view(&app, &site, done.credential, done.attributes)))
}

/// Revoke a credential
///
/// The credential itself is kept, and answers `revoked`.
#[utoipa::path(
    delete,
    path = "/api/v2/credentials/{uuid}/",
    tag = "v2",
    params(("uuid" = String, Path, description = "With or without dashes")),
    responses((status = 200, body = CredentialView), (status = "4XX", body = Object))
)]
pub async fn delete(
    app: Data<App>,
    request: HttpRequest,
    uuid: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let caller = admit(&app, &request, |user| user.may(Right::Delete)).await?;
    let site = site_of(&app, &request).await?;
    let uuid = parse(&uuid)?;
    let status = Some(Status::Revoked);
    let done = actions::change_status(&app, &site, uuid, status, actor(&caller)).await?;
    Ok(HttpResponse::Ok().json(view(&app, &site, done.credential, done.attributes)))
}

/// `OPTIONS`, and 405 for methods that the list does not take.
pub async fn other_methods_of_list(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    other_methods(&app, &request, "User Credential List", &[("POST", Right::Add)]).await
}

/// `OPTIONS`, and 405 for methods that a credential does not take.
pub async fn other_methods_of_item(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    other_methods(&app, &request, "User Credential Instance", &[("PUT", Right::Change)]).await
}

async fn other_methods(
    app: &App,
    request: &HttpRequest,
    name: &str,
    changing: &[(&str, Right)],
) -> Result<HttpResponse, Refusal> {
    let needed = match *request.method() {
        Method::POST => Some(Right::Add),
        Method::PUT | Method::PATCH => Some(Right::Change),
        Method::DELETE => Some(Right::Delete),
        _ => None,
    };
    let caller = admit(app, request, |user| needed.is_none_or(|right| user.may(right))).await?;
    if request.method() != Method::OPTIONS {
        return Err(fallback::method_not_allowed(app, request));
    }
    let may = changing.iter().filter(|(_, right)| caller.may(*right));
    let actions: serde_json::Map<_, _> = may
        .map(|(method, _)| ((*method).to_owned(), json!({ "status": { "type": "choice" } })))
        .collect();
    let mut body = json!({
        "name": name,
        "description": "User credentials: who was awarded what.",
        "renders": ["application/json"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    });
    if !actions.is_empty() {
        body["actions"] = actions.into();
    }
    Ok(HttpResponse::Ok().json(body))
}

/// Reads the body only now: a caller without rights learns nothing about what it should hold.
async fn body(request: &HttpRequest, payload: Payload) -> Result<web::Body, Refusal> {
    use actix_web::FromRequest;
    web::Body::from_request(request, &mut payload.into_inner()).await
}

fn actor(caller: &User) -> Actor {
    Actor { name: caller.profile.username.clone(), channel: "api-v2" }
}

fn may_list(user: &User, query: &Query) -> bool {
    user.may(Right::View) || query.text("username").is_some_and(|name| user.is(name))
}

fn parse(uuid: &str) -> Result<Id<UserCredential>, Refusal> {
    uuid.parse().map_err(|_| Refusal::not_found())
}

/// The id of a credential of this site: whether it exists is said before what is wrong with a body.
async fn existing(app: &App, site_id: i64, uuid: &str) -> Result<Id<UserCredential>, Refusal> {
    let uuid = parse(uuid)?;
    let found =
        app.db.read(move |conn| Ok::<_, Error>(store::user_credentials::find(conn, uuid)?)).await?;
    match found {
        Some(found) if found.site_id == site_id => Ok(uuid),
        _ => Err(Error::NoSuchCredential.into()),
    }
}

/// `None` where nothing can be found.
fn filter(query: &Query) -> Result<Option<Filter>, Refusal> {
    let status = match query.text("status") {
        None => None,
        Some(name) => Some(Status::named(name).ok_or_else(|| {
            let message =
                format!("Select a valid choice. {name} is not one of the available choices.");
            web::Errors::of("status", message)
        })?),
    };
    let program = match query.last("program_uuid").map(str::parse) {
        None => None,
        Some(Ok(uuid)) => Some(uuid),
        Some(Err(_)) => return Ok(None),
    };
    Ok(Some(Filter {
        username: query.text("username").map(str::to_owned),
        status,
        of_program: match query.last("type") {
            Some("program") => Some(true),
            Some("course-run") => Some(false),
            _ => None,
        },
        program,
    }))
}

type Found = (web::paging::Page, Vec<UserCredential>);

async fn plain_page(
    app: &App,
    site_id: i64,
    filter: Filter,
    page: PageNumber,
) -> Result<Found, Refusal> {
    app.db
        .read(move |conn| {
            let count = store::user_credentials::count(conn, site_id, &filter)?;
            let page = page.within(u64::try_from(count).unwrap_or(0), PAGE_SIZE)?;
            let (offset, limit) =
                (i64::try_from(page.offset).unwrap_or(i64::MAX), PAGE_SIZE as i64);
            let found = store::user_credentials::list(conn, site_id, &filter, offset, limit)?;
            Ok((page, found))
        })
        .await
}

/// Visibility of programs follows from other credentials, so the whole list is gone through.
async fn visible_page(
    app: &App,
    site_id: i64,
    filter: Filter,
    page: PageNumber,
) -> Result<Found, Refusal> {
    let now = app.clock.now();
    app.db
        .read(move |conn| {
            let scan = |conn: &mut database::AnyConnection, wanted| {
                store::user_credentials::scan(conn, site_id, &filter, wanted, |conn, each| {
                    store::certificates::is_visible(conn, each, now)
                })
            };
            let first = match page {
                PageNumber::Number(number) => (number - 1).saturating_mul(PAGE_SIZE),
                PageNumber::Last => u64::MAX,
            };
            let (count, found) = scan(conn, Scan { offset: first, limit: PAGE_SIZE })?;
            let within = page.within(count, PAGE_SIZE)?;
            if within.offset == first {
                return Ok((within, found));
            }
            let (_, found) = scan(conn, Scan { offset: within.offset, limit: PAGE_SIZE })?;
            Ok((within, found))
        })
        .await
}

async fn views(
    app: &App,
    site: &crate::domain::site::Site,
    credentials: Vec<UserCredential>,
) -> Result<Vec<CredentialView>, Refusal> {
    let ids: Vec<i64> = credentials.iter().map(|each| each.id).collect();
    let mut attributes = app
        .db
        .read(move |conn| Ok::<_, Error>(store::user_credentials::attributes_of_all(conn, &ids)?))
        .await?;
    let shown = |each: UserCredential| {
        let attributes = attributes.remove(&each.id).unwrap_or_default();
        view(app, site, each, attributes)
    };
    Ok(credentials.into_iter().map(shown).collect())
}
