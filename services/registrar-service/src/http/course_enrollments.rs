//! Enrollments in course runs of programs.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Refusal;

use super::{
    caller::Caller,
    enrollments::{ALLOW, written},
    format::format_of,
    jobs::{Started, started},
    methods::not_allowed,
};
use crate::{
    actions::{sign_in::user_has_flag, start_job::start_job},
    app::App,
    domain::{
        change::Write, enrollment_batch::CourseStaff, job::Task, permission::Permission,
        user::FLAG_COURSE_STAFF,
    },
};

/// One learner's enrollment in a course run, as requests have it. Other members are ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "documents a body that is read item by item, for its error texts")]
pub struct CourseEnrollmentItem {
    /// The school's own key of the learner: 1 to 255 characters.
    student_key: String,
    /// `active` or `inactive`.
    status: String,
    /// Nothing leaves it as it is. It takes the flag `enable_course_role_management`.
    course_staff: Option<bool>,
}

/// Version, program, course run.
type Place = Path<(String, String, String)>;

/// Export a course run's enrollments
///
/// Starts a job; its result is a file with every enrollment in order of creation.
#[utoipa::path(
    get,
    operation_id = "export_course_enrollments",
    path = "/api/{version}/programs/{program_key}/courses/{course_id}/enrollments",
    params(
        ("version", description = "`v1` or `v2`"),
        ("program_key", description = "The program's key"),
        ("course_id", description = "The run's key: the platform's, or the school's own"),
        ("fmt" = Option<String>, Query, description = "`json` (unless given) or `csv`"),
    ),
    responses((status = 202, body = Started), (status = 403), (status = 404), (status = 401))
)]
pub async fn export(
    app: Data<App>,
    caller: Caller,
    place: Place,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let (version, key, course_id) = place.into_inner();
    let program = caller.program(&app, &key, Permission::ReadEnrollments).await?;
    let run = caller.course_run(&app, program, &course_id).await?;
    let format = format_of(&request)?;
    let task = Task::CourseRunEnrollments { course_key: run.course_key };
    let job = start_job(&app, &caller.user, &run.program.key, task, format).await?;
    Ok(started(&app, &version, job))
}

/// As GET up to the permission; then 405.
pub async fn head(
    app: Data<App>,
    caller: Caller,
    place: Place,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    caller.program(&app, &place.1, Permission::ReadEnrollments).await?;
    Err(not_allowed(&request, ALLOW))
}

/// Enroll learners in a course run
///
/// Up to 25, of the program's learners. 200 if all were enrolled, 207 if some were, 422 if none was;
/// the body says what became of each key: `active` or `inactive`, `conflict` if the learner has an
/// enrollment already, here or actively through another program of the organization,
/// `not-in-program`, `duplicated` or `invalid-status`.
#[utoipa::path(
    post,
    operation_id = "create_course_enrollments",
    path = "/api/{version}/programs/{program_key}/courses/{course_id}/enrollments",
    params(
        ("version", description = "`v1` or `v2`"),
        ("program_key", description = "The program's key"),
        ("course_id", description = "The run's key: the platform's, or the school's own"),
    ),
    request_body = Vec<CourseEnrollmentItem>,
    responses(
        (status = 200, body = BTreeMap<String, String>),
        (status = 207, body = BTreeMap<String, String>),
        (status = 422, body = BTreeMap<String, String>),
        (status = "4XX", description = "Nothing was done"),
    )
)]
pub async fn create(
    app: Data<App>,
    caller: Caller,
    place: Place,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    write(&app, &caller, &place, &request, payload, Write::Create).await
}

/// Change learners' enrollments in a course run
///
/// As POST; the body says `not-found` of a learner who has no enrollment in the run.
#[utoipa::path(
    patch,
    operation_id = "modify_course_enrollments",
    path = "/api/{version}/programs/{program_key}/courses/{course_id}/enrollments",
    params(
        ("version", description = "`v1` or `v2`"),
        ("program_key", description = "The program's key"),
        ("course_id", description = "The run's key: the platform's, or the school's own"),
    ),
    request_body = Vec<CourseEnrollmentItem>,
    responses(
        (status = 200, body = BTreeMap<String, String>),
        (status = 207, body = BTreeMap<String, String>),
        (status = 422, body = BTreeMap<String, String>),
        (status = "4XX", description = "Nothing was done"),
    )
)]
pub async fn modify(
    app: Data<App>,
    caller: Caller,
    place: Place,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    write(&app, &caller, &place, &request, payload, Write::Modify).await
}

async fn write(
    app: &App,
    caller: &Caller,
    place: &(String, String, String),
    request: &HttpRequest,
    payload: Payload,
    write: Write,
) -> Result<HttpResponse, Refusal> {
    let program = caller.program(app, &place.1, Permission::WriteEnrollments).await?;
    let run = caller.course_run(app, program, &place.2).await?;
    let staff = course_staff(app, caller).await?;
    written(app, run, request, payload, write, staff).await
}

/// Whether the caller may say who is course staff.
pub async fn course_staff(app: &App, caller: &Caller) -> Result<CourseStaff, Refusal> {
    let enabled = user_has_flag(app, &caller.user, FLAG_COURSE_STAFF).await?;
    Ok(if enabled { CourseStaff::Accepted } else { CourseStaff::Refused })
}
