//! Enrollments by the thousand: rows in JSON lines or CSV.

mod answer;
mod asked;
pub mod course_runs;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use futures_util::TryStreamExt;
use web::Refusal;

use self::asked::Asked;
use super::caller::Caller;
use crate::{
    actions::{roster::Roster, write_bulk::write_bulk},
    app::App,
    domain::{
        bulk::{Order, table::Table},
        change::Write,
        enrollment_batch::CourseStaff,
        permission::Permission,
    },
    error::Error,
};

/// There is no GET: exports are jobs.
pub const ALLOW: &str = "POST, PUT, PATCH, OPTIONS";

/// Enroll many learners
///
/// Up to 10,000 rows and 16 MiB: a JSON object a line (`{"student_key": "…", "status": "…"}`), or CSV
/// with a header row `student_key,status`. The body says what became of each row, by the key as it
/// was sent, in ascending order; the status is 200 if all were done, 207 if some were, 422 if none
/// was. A row ends as in v1: with the new status (`enrolled`, `pending`, `suspended`, `canceled`,
/// `ended`), `conflict` if the learner has an enrollment already, `duplicated`, or `invalid-status`;
/// or, where it cannot be read, with `invalid-row`, `row-too-long` (over 8 KiB),
/// `invalid-student-key` or `unknown-column`. A row without a readable key is called `row #N`, where
/// N counts from 1 without the header and empty lines. Rows that fail spoil no other; a header that
/// is missing columns or has others, a quote that is not closed (400 names its line; no row has more
/// than 8 KiB), or too many rows refuse the whole request, and nothing is done. Text is UTF-8.
///
/// Nothing is done before the whole body has come. Then the rows are done in order of their keys, at
/// most 500 in a transaction, together with their events. If the service stops in between, what was
/// done stays.
///
/// With an `Idempotency-Key` the request can be repeated safely: the same caller, path, method and
/// body get the same answer, byte for byte, for 24 hours; a request that was lost half way goes on
/// where it was, and is answered as one. Another body or path with the same key is 422; a key whose
/// request is still running is 409, and `Retry-After` says when to come again. The key of a request
/// that was refused as a whole, or whose body was lost on its way, is free again at once.
///
/// A dry run says what would become of each row, changes nothing, and leaves the key unused.
#[utoipa::path(
    post,
    operation_id = "create_many_enrollments",
    path = "/api/v3/programs/{program_key}/enrollments",
    params(
        ("program_key", description = "The program's key"),
        ("dry_run" = Option<bool>, Query, description = "Say what would happen, change nothing"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible characters"),
    ),
    request_body(
        content(
            (String = "application/x-ndjson"), (String = "application/jsonl"), (String = "text/csv")
        )
    ),
    responses(
        (status = 200, description = "Every row was done", body = BTreeMap<String, String>),
        (status = 207, description = "Some rows were done", body = BTreeMap<String, String>),
        (
            status = 422,
            description = "No row was done; or the Idempotency-Key was for another request",
            body = BTreeMap<String, String>,
        ),
        (status = 409, description = "A request with this Idempotency-Key is still running"),
        (status = 413, description = "Too many rows, or bytes"),
        (status = 415, description = "Neither JSON lines nor CSV, or not in UTF-8"),
        (status = "4XX", description = "Nothing was done"),
    )
)]
pub async fn create(
    app: Data<App>,
    caller: Caller,
    key: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    in_program(&app, &caller, &key, &request, payload, Write::Create).await
}

/// Enroll many learners, or change their enrollments
///
/// As POST; a learner who has an enrollment already gets the new status.
#[utoipa::path(
    put,
    operation_id = "put_many_enrollments",
    path = "/api/v3/programs/{program_key}/enrollments",
    params(
        ("program_key", description = "The program's key"),
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
    key: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    in_program(&app, &caller, &key, &request, payload, Write::Put).await
}

/// Change many learners' enrollments
///
/// As POST; a row ends with `not-in-program` if the learner has no enrollment.
#[utoipa::path(
    patch,
    operation_id = "modify_many_enrollments",
    path = "/api/v3/programs/{program_key}/enrollments",
    params(
        ("program_key", description = "The program's key"),
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
    key: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    in_program(&app, &caller, &key, &request, payload, Write::Modify).await
}

async fn in_program(
    app: &App,
    caller: &Caller,
    key: &str,
    request: &HttpRequest,
    payload: Payload,
    write: Write,
) -> Result<HttpResponse, Refusal> {
    let program = caller.program(app, key, Permission::WriteEnrollments).await?;
    let asked = Asked::of(request)?;
    let table = asked.table(app, CourseStaff::Ignored);
    let order = asked.order(caller, format!("{} {key}", request.method()), write);
    written(app, program, order, table, payload).await
}

/// Does what a body asks for, and tells it as it is read back.
async fn written<R: Roster>(
    app: &App,
    roster: R,
    order: Order,
    table: Table,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let body = payload.map_err(|_| Error::BodyCutOff);
    Ok(answer::streamed(app, write_bulk(app, roster, order, table, body).await?))
}
