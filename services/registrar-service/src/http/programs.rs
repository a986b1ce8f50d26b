//! Programs and their course runs.

use actix_web::{
    HttpRequest,
    http::{header::HOST, uri::Authority},
    web::{Data, Json, Path},
};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Query, Refusal,
    paging::{PageNumber, Paged},
};

use super::caller::Caller;
use crate::{
    app::App,
    domain::{
        key::is_key,
        permission::{Grants, Permission},
        program::{CourseRun, Program},
    },
    error::Error,
    store::{
        organizations,
        programs::{self, Listing},
    },
};

/// Programs on a page unless `page_size` says otherwise.
const USUAL_PAGE_SIZE: u64 = 100;

/// The most programs on a page.
const LARGEST_PAGE_SIZE: u64 = 1000;

/// A program, and what the caller may do there.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramView {
    program_key: String,
    /// The key where there is no title.
    program_title: String,
    program_url: Option<String>,
    /// Only `Masters` is open for enrollments.
    program_type: Option<String>,
    /// In alphabetical order.
    permissions: Vec<&'static str>,
}

/// A course run of a program.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseRunView {
    /// The platform's key.
    course_id: String,
    /// The school's own key.
    external_course_key: Option<String>,
    course_title: Option<String>,
    course_url: Option<String>,
}

/// List programs
///
/// Those on which the caller has a permission, in order of creation.
#[utoipa::path(
    get,
    operation_id = "list_programs",
    path = "/api/{version}/programs",
    params(
        ("version", description = "`v1` or `v2`: the same"),
        ("org" = Option<String>, Query, description = "Key of the managing organization"),
        ("user_has_perm" = Option<String>, Query, description = "`read_metadata` unless given"),
        ("program_title" = Option<String>, Query, description = "Part of the title, any case"),
    ),
    responses((status = 200, body = Vec<ProgramView>), (status = 404), (status = 401))
)]
pub async fn list(
    app: Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<Json<Vec<ProgramView>>, Refusal> {
    let listing = listing(&app, &caller, &Query::of(&request)).await?;
    let found = app
        .db
        .read(move |conn| Ok::<_, Error>(programs::list(conn, &listing, 0, i64::MAX)?))
        .await?;
    Ok(Json(found.iter().map(|program| view(program, &caller.grants)).collect()))
}

/// List programs, page by page
#[utoipa::path(
    get,
    operation_id = "list_programs_in_pages",
    path = "/api/v3/programs",
    params(
        ("org" = Option<String>, Query, description = "Key of the managing organization"),
        ("user_has_perm" = Option<String>, Query, description = "`read_metadata` unless given"),
        ("program_title" = Option<String>, Query, description = "Part of the title, any case"),
        ("page" = Option<String>, Query, description = "From 1, or `last`"),
        ("page_size" = Option<u64>, Query, description = "100 unless given, at most 1000"),
    ),
    responses((status = 200, body = Paged<ProgramView>), (status = 404), (status = 401))
)]
pub async fn list_pages(
    app: Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<Json<Paged<ProgramView>>, Refusal> {
    let query = Query::of(&request);
    let listing = listing(&app, &caller, &query).await?;
    let wanted = PageNumber::read(query.last("page"))?;
    let page_size = page_size(query.last("page_size"));
    let (page, found) = app
        .db
        .read(move |conn| {
            let count = u64::try_from(programs::count(conn, &listing)?).unwrap_or(0);
            let page = wanted.within(count, page_size)?;
            let offset = i64::try_from(page.offset).unwrap_or(i64::MAX);
            let limit = i64::try_from(page_size).unwrap_or(i64::MAX);
            Ok::<_, Refusal>((page, programs::list(conn, &listing, offset, limit)?))
        })
        .await?;
    let results = found.iter().map(|program| view(program, &caller.grants)).collect();
    let url = format!("{}{}", origin(&app, &request), request.path());
    Ok(Json(page.of(results, &url, query.pairs())))
}

/// Show a program
#[utoipa::path(
    get,
    operation_id = "show_program",
    path = "/api/{version}/programs/{program_key}",
    params(("version", description = "`v1` or `v2`"), ("program_key", description = "Its key")),
    responses((status = 200, body = ProgramView), (status = 403), (status = 404), (status = 401))
)]
pub async fn detail(
    app: Data<App>,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<Json<ProgramView>, Refusal> {
    let program = caller.program(&app, &path.1, Permission::ReadMetadata).await?;
    Ok(Json(view(&program, &caller.grants)))
}

/// List a program's course runs
///
/// All runs of all courses of the active curriculum, in catalog order.
#[utoipa::path(
    get,
    operation_id = "list_course_runs",
    path = "/api/{version}/programs/{program_key}/courses",
    params(("version", description = "`v1` or `v2`"), ("program_key", description = "Its key")),
    responses(
        (status = 200, body = Vec<CourseRunView>), (status = 403), (status = 404), (status = 401)
    )
)]
pub async fn courses(
    app: Data<App>,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<Json<Vec<CourseRunView>>, Refusal> {
    let program = caller.program(&app, &path.1, Permission::ReadMetadata).await?;
    let runs = app
        .db
        .read(move |conn| match programs::active_curriculum(conn, program.id)? {
            Some(curriculum) => Ok::<_, Error>(programs::course_runs(conn, curriculum)?),
            None => Ok(Vec::new()),
        })
        .await?;
    Ok(Json(runs.into_iter().map(CourseRunView::from).collect()))
}

/// Where links lead: to the host that was asked for, by the scheme of the public address. Whoever is
/// asked on behalf of others says so in headers that anybody can send, so they are not believed.
fn origin(app: &App, request: &HttpRequest) -> String {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let is_host = |text: &str| !text.contains('@') && text.parse::<Authority>().is_ok();
    let host = host.filter(|host| is_host(host));
    match (app.public_base_url.split_once("://"), host) {
        (Some((scheme, _)), Some(host)) => format!("{scheme}://{host}"),
        _ => app.public_base_url.to_string(),
    }
}

/// Reads the filters that both lists have.
async fn listing(app: &App, caller: &Caller, query: &Query) -> Result<Listing, Refusal> {
    let permission = match query.text("user_has_perm") {
        Some(name) => Permission::from_name(name).ok_or_else(Refusal::not_found)?,
        None => Permission::ReadMetadata,
    };
    let organization = match query.text("org") {
        Some(key) if !is_key(key) => return Err(Error::NoSuchOrganization.into()),
        Some(key) => {
            let key = key.to_owned();
            let found =
                app.db.read(move |conn| Ok::<_, Error>(organizations::find(conn, &key)?)).await?;
            Some(found.ok_or(Error::NoSuchOrganization)?.id)
        }
        None => None,
    };
    let title = query.text("program_title").map(str::to_owned);
    Ok(Listing {
        reach: caller.grants.reach(permission),
        enrollable: permission.needs_enrollable(),
        organization,
        title,
    })
}

/// What makes no sense counts as not given.
fn page_size(text: Option<&str>) -> u64 {
    let given = text.and_then(|text| text.trim().parse::<u64>().ok()).filter(|size| *size > 0);
    given.unwrap_or(USUAL_PAGE_SIZE).min(LARGEST_PAGE_SIZE)
}

fn view(program: &Program, grants: &Grants) -> ProgramView {
    ProgramView {
        program_key: program.key.clone(),
        program_title: program.displayed_title().to_owned(),
        program_url: program.url.clone(),
        program_type: program.program_type.clone(),
        permissions: grants.on(program).into_iter().map(Permission::name).collect(),
    }
}

impl From<CourseRun> for CourseRunView {
    fn from(run: CourseRun) -> Self {
        Self {
            course_id: run.key,
            external_course_key: run.external_key,
            course_title: run.title,
            course_url: run.url,
        }
    }
}
