//! The list of credentials, filtered and in pages.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use web::{
    Query, Refusal,
    paging::{PageNumber, Paged},
};

use super::view::{CredentialView, view};
use crate::{
    app::App,
    domain::{
        site::Site,
        user::{Right, User},
        user_credential::{Status, UserCredential},
    },
    error::Error,
    http::{access::admit, site::site_of},
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
    Ok(HttpResponse::Ok().json(page.of(views, &url, query.pairs())))
}

fn may_list(user: &User, query: &Query) -> bool {
    user.may(Right::View) || query.text("username").is_some_and(|name| user.is(name))
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
    site: &Site,
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
