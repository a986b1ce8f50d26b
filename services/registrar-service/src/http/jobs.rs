//! What became of a job.

use actix_web::{
    HttpResponse,
    web::{Data, Json, Path},
};
use model::Id;
use serde::Serialize;
use utoipa::ToSchema;
use web::Refusal;

use super::{caller::Caller, files};
use crate::{
    app::App,
    domain::job::{Job, JobState},
    error::Error,
    store::jobs,
};

/// A job was started.
#[derive(Debug, Serialize, ToSchema)]
pub struct Started {
    #[schema(value_type = String, format = Uuid)]
    job_id: Id<Job>,
    /// Where to look for its result.
    job_url: String,
}

/// A job as clients of v1 and v2 know it: these six members and no other.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobView {
    #[schema(value_type = String, format = Uuid)]
    job_id: Id<Job>,
    /// Program, kind and task, separated by colons.
    name: String,
    created: String,
    /// `Pending`, `In Progress`, `Succeeded`, `Failed`, `Canceled` or `Retrying`.
    state: &'static str,
    /// Where the file is, once there is one; needs no other credentials, and expires.
    result: Option<String>,
    text: Option<String>,
}

/// A job with the reason why it failed, if it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobViewWithError {
    #[serde(flatten)]
    job: JobView,
    error: Option<JobError>,
}

/// Why a job failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobError {
    code: String,
    message: String,
}

/// List the caller's unfinished jobs
#[utoipa::path(
    get,
    operation_id = "list_jobs",
    path = "/api/{version}/jobs",
    params(("version", description = "`v1` or `v2`")),
    responses((status = 200, body = Vec<JobView>), (status = 401))
)]
pub async fn list(app: Data<App>, caller: Caller) -> Result<Json<Vec<JobView>>, Refusal> {
    let (user, most) = (caller.user.id, app.settings.jobs.most_unfinished);
    let unfinished =
        app.db.read(move |conn| Ok::<_, Error>(jobs::unfinished_of(conn, user, most)?)).await?;
    Ok(Json(unfinished.iter().map(|job| view(&app, job)).collect()))
}

/// Show a job
#[utoipa::path(
    get,
    operation_id = "show_job",
    path = "/api/{version}/jobs/{job_id}",
    params(("version", description = "`v1` or `v2`"), ("job_id", description = "Its id")),
    responses((status = 200, body = JobView), (status = 403), (status = 404), (status = 401))
)]
pub async fn status(
    app: Data<App>,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<Json<JobView>, Refusal> {
    let job = readable_job(&app, &caller, &path.1).await?;
    Ok(Json(view(&app, &job)))
}

/// Show a job, and why it failed if it did
#[utoipa::path(
    get,
    operation_id = "show_job_with_error",
    path = "/api/v3/jobs/{job_id}",
    params(("job_id", description = "Its id")),
    responses(
        (status = 200, body = JobViewWithError), (status = 403), (status = 404), (status = 401)
    )
)]
pub async fn status_with_error(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
) -> Result<Json<JobViewWithError>, Refusal> {
    let job = readable_job(&app, &caller, &path).await?;
    let error = job
        .failure
        .as_ref()
        .map(|failure| JobError { code: failure.code.clone(), message: failure.message.clone() });
    Ok(Json(JobViewWithError { job: view(&app, &job), error }))
}

/// 202: the job is there, and can be looked at under the version that started it.
pub fn started(app: &App, version: &str, job_id: Id<Job>) -> HttpResponse {
    let job_url = format!("{}/api/{version}/jobs/{job_id}", app.public_base_url);
    HttpResponse::Accepted().json(Started { job_id, job_url })
}

/// A job that the caller started, or that one who may read any job asks for.
async fn readable_job(app: &App, caller: &Caller, id: &str) -> Result<Job, Refusal> {
    let id: Id<Job> = id.parse().map_err(|_| Error::NoSuchJob)?;
    let job = app.db.read(move |conn| Ok::<_, Error>(jobs::find(conn, id)?)).await?;
    let job = job.ok_or(Error::NoSuchJob)?;
    if job.user_id == caller.user.id || caller.grants.may_read_any_job() {
        Ok(job)
    } else {
        Err(Error::NotPermitted.into())
    }
}

fn view(app: &App, job: &Job) -> JobView {
    let succeeded = job.state == JobState::Succeeded;
    JobView {
        job_id: job.id,
        name: job.name(),
        created: job.created_at.precise(),
        state: job.state.name(),
        result: succeeded.then(|| files::link(app, &job.file_name())),
        text: None,
    }
}
