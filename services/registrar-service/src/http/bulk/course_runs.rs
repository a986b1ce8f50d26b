//! The same in course runs of programs.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use web::Refusal;

use super::{asked::Asked, written};
use crate::{
    app::App,
    domain::{change::Write, permission::Permission},
    http::{caller::Caller, course_enrollments::course_staff},
};

/// Program and course run.
type Place = Path<(String, String)>;

/// Enroll many learners in a course run
///
/// As in a program, with the statuses `active` and `inactive`, and a column or member `course_staff`
/// that may be left out and takes the flag `enable_course_role_management`: in JSON true, false or
/// null, in CSV also `yes`, `no` and the like. Besides, a row ends with `conflict` if the learner takes
/// part in the run through another program of the organization, with `not-in-program` if the learner
/// has no enrollment in the program, with `invalid-course-staff`, or with
/// `course-staff-not-enabled`. Nobody is told of enrollments in course runs.
#[utoipa::path(
    post,
    operation_id = "create_many_course_enrollments",
    path = "/api/v3/programs/{program_key}/courses/{course_id}/enrollments",
    params(
        ("program_key", description = "The program's key"),
        ("course_id", description = "The run's key: the platform's, or the school's own"),
        ("dry_run" = Option<bool>, Query, description = "Say what would happen, change nothing"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible characters"),
    ),
    request_body(
        content(
            (String = "application/x-ndjson"), (String = "application/jsonl"), (String = "text/csv")
        )
    ),
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
    in_course_run(&app, &caller, &place, &request, payload, Write::Create).await
}

/// Enroll many learners in a course run, or change their enrollments
///
/// As POST; a learner who has an enrollment in the run already gets the new status.
#[utoipa::path(
    put,
    operation_id = "put_many_course_enrollments",
    path = "/api/v3/programs/{program_key}/courses/{course_id}/enrollments",
    params(
        ("program_key", description = "The program's key"),
        ("course_id", description = "The run's key: the platform's, or the school's own"),
        ("dry_run" = Option<bool>, Query, description = "Say what would happen, change nothing"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible characters"),
    ),
    request_body(
        content(
            (String = "application/x-ndjson"), (String = "application/jsonl"), (String = "text/csv")
        )
    ),
    responses(
        (status = 200, body = BTreeMap<String, String>),
        (status = 207, body = BTreeMap<String, String>),
        (status = 422, body = BTreeMap<String, String>),
        (status = "4XX", description = "Nothing was done"),
    )
)]
pub async fn put(
    app: Data<App>,
    caller: Caller,
    place: Place,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    in_course_run(&app, &caller, &place, &request, payload, Write::Put).await
}

/// Change many learners' enrollments in a course run
///
/// As POST; a row ends with `not-found` if the learner has no enrollment in the run.
#[utoipa::path(
    patch,
    operation_id = "modify_many_course_enrollments",
    path = "/api/v3/programs/{program_key}/courses/{course_id}/enrollments",
    params(
        ("program_key", description = "The program's key"),
        ("course_id", description = "The run's key: the platform's, or the school's own"),
        ("dry_run" = Option<bool>, Query, description = "Say what would happen, change nothing"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible characters"),
    ),
    request_body(
        content(
            (String = "application/x-ndjson"), (String = "application/jsonl"), (String = "text/csv")
        )
    ),
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
    in_course_run(&app, &caller, &place, &request, payload, Write::Modify).await
}

async fn in_course_run(
    app: &App,
    caller: &Caller,
    (key, course_id): &(String, String),
    request: &HttpRequest,
    payload: Payload,
    write: Write,
) -> Result<HttpResponse, Refusal> {
    let program = caller.program(app, key, Permission::WriteEnrollments).await?;
    let run = caller.course_run(app, program, course_id).await?;
    let asked = Asked::of(request)?;
    let table = asked.table(app, course_staff(app, caller).await?);
    let target = format!("{} {key} {}", request.method(), run.course_key);
    written(app, run, asked.order(caller, target, write), table, payload).await
}
