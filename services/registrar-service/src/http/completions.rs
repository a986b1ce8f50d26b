//! Who of a school's learners holds which credential.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use web::Refusal;

use super::{
    caller::Caller,
    format::format_of,
    jobs::{Started, started},
};
use crate::{
    actions::start_job::start_job,
    app::App,
    domain::{job::Task, permission::Permission},
};

/// Export a program's completions
///
/// Starts a job; its result has a row for each credential of the program, or of one of its course
/// runs, that a learner enrolled in the program holds or held: `student_key`, `username`,
/// `credential_uuid`, `kind`, `course_key`, `status`, `awarded_at`, `revoked_at`, `public_url`.
/// Learners whose account is not known to the school's registrar have none.
#[utoipa::path(
    get,
    operation_id = "export_completions",
    path = "/api/v3/programs/{program_key}/completions",
    params(
        ("program_key", description = "The program's key"),
        ("fmt" = Option<String>, Query, description = "`json` (unless given) or `csv`"),
    ),
    responses((status = 202, body = Started), (status = 403), (status = 404), (status = 401))
)]
pub async fn export(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let program = caller.program(&app, &path, Permission::ReadEnrollments).await?;
    let format = format_of(&request)?;
    let task = Task::Completions;
    let job = start_job(&app, &caller.user, &program.key, task, format).await?;
    Ok(started(&app, "v3", job))
}
