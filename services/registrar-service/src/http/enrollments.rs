//! Enrollments in programs.

use std::collections::BTreeMap;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Payload},
};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Body, Refusal};

use super::{
    caller::Caller,
    format::format_of,
    jobs::{Started, started},
    methods::not_allowed,
};
use crate::{
    actions::{roster::Roster, start_job::start_job, write_enrollments::write_enrollments},
    app::App,
    domain::{
        change::{Success, Write},
        enrollment_batch::{Batch, CourseStaff, success},
        job::Task,
        permission::Permission,
    },
    error::Error,
};

/// No HEAD: it would start a job that nobody asked for.
pub const ALLOW: &str = "GET, POST, PATCH, OPTIONS";

/// One learner's enrollment, as requests have it. Other members are ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "documents a body that is read item by item, for its error texts")]
pub struct EnrollmentItem {
    /// The school's own key of the learner: 1 to 255 characters.
    student_key: String,
    /// `enrolled`, `pending`, `suspended`, `canceled` or `ended`.
    status: String,
}

/// Export a program's enrollments
///
/// Starts a job; its result is a file with every enrollment in order of creation.
#[utoipa::path(
    get,
    operation_id = "export_enrollments",
    path = "/api/{version}/programs/{program_key}/enrollments",
    params(
        ("version", description = "`v1` or `v2`"),
        ("program_key", description = "The program's key"),
        ("fmt" = Option<String>, Query, description = "`json` (unless given) or `csv`"),
    ),
    responses((status = 202, body = Started), (status = 403), (status = 404), (status = 401))
)]
pub async fn export(
    app: Data<App>,
    caller: Caller,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let (version, key) = path.into_inner();
    let program = caller.program(&app, &key, Permission::ReadEnrollments).await?;
    let format = format_of(&request)?;
    let task = Task::ProgramEnrollments;
    let job = start_job(&app, &caller.user, &program.key, task, format).await?;
    Ok(started(&app, &version, job))
}

/// As GET up to the permission; then 405.
pub async fn head(
    app: Data<App>,
    caller: Caller,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    caller.program(&app, &path.1, Permission::ReadEnrollments).await?;
    Err(not_allowed(&request, ALLOW))
}

/// Enroll learners
///
/// Up to 25. 200 if all were enrolled, 207 if some were, 422 if none was; the body says what became
/// of each key: the new status, `conflict`, `duplicated` or `invalid-status`.
#[utoipa::path(
    post,
    operation_id = "create_enrollments",
    path = "/api/{version}/programs/{program_key}/enrollments",
    params(("version", description = "`v1` or `v2`"), ("program_key", description = "Its key")),
    request_body = Vec<EnrollmentItem>,
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
    path: Path<(String, String)>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    write(&app, &caller, &path.1, &request, payload, Write::Create).await
}

/// Change learners' enrollments
///
/// As POST; the body says `not-in-program` of a learner who has no enrollment.
#[utoipa::path(
    patch,
    operation_id = "modify_enrollments",
    path = "/api/{version}/programs/{program_key}/enrollments",
    params(("version", description = "`v1` or `v2`"), ("program_key", description = "Its key")),
    request_body = Vec<EnrollmentItem>,
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
    path: Path<(String, String)>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    write(&app, &caller, &path.1, &request, payload, Write::Modify).await
}

async fn write(
    app: &App,
    caller: &Caller,
    key: &str,
    request: &HttpRequest,
    payload: Payload,
    write: Write,
) -> Result<HttpResponse, Refusal> {
    let program = caller.program(app, key, Permission::WriteEnrollments).await?;
    written(app, program, request, payload, write, CourseStaff::Ignored).await
}

/// Does what a body asks for. It is read last: whoever may not write learns nothing from it.
pub async fn written<R: Roster>(
    app: &App,
    roster: R,
    request: &HttpRequest,
    payload: Payload,
    write: Write,
    staff: CourseStaff,
) -> Result<HttpResponse, Refusal> {
    let body = Body::from_request(request, &mut payload.into_inner()).await?;
    let batch = Batch::read(&body.value, staff).map_err(Error::from)?;
    let outcomes = write_enrollments(app, roster, write, batch).await?;
    let results: BTreeMap<_, _> =
        outcomes.iter().map(|(key, outcome)| (key, outcome.name())).collect();
    Ok(HttpResponse::build(status(success(&outcomes))).json(results))
}

/// The status of an answer that says what became of each item.
pub fn status(success: Success) -> StatusCode {
    match success {
        Success::Whole => StatusCode::OK,
        Success::Partial => StatusCode::MULTI_STATUS,
        Success::None => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
