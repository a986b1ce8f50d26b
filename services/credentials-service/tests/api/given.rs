//! What the tests begin with: a catalog, a running service, callers.

use chassis::Service;
use credentials_service::CredentialsService;
use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp};

pub type App = TestApp<CredentialsService>;

pub const COURSE: &str = "course-v1:Exa+CS101+2026";
pub const SECOND_COURSE: &str = "course-v1:Exa+CS102+2026";
pub const PROGRAM: &str = "8a3f1f6e-2c60-4f6b-9f0a-6f6f3f1b2a11";
pub const LIST: &str = "/api/v2/credentials/";

/// A PNG of one pixel.
pub const DOT: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// Two organizations, a program of two courses, one learner with a name.
pub fn catalog() -> Value {
    json!({
        "organizations": [
            {"key": "Exa", "name": "Université Example", "logo": DOT},
            {"key": "Ada", "name": "Ada College", "logo": "https://ada.example.org/logo.png"},
        ],
        "programs": [{
            "key": "exa-data",
            "organization": "Exa",
            "discovery_uuid": PROGRAM,
            "title": "Data & Society",
            "type": "Professional Certificate",
            "authoring_organizations": ["Exa", "Ada"],
            "total_hours_of_effort": 40,
            "curricula": [{
                "uuid": "0f3ad3f6-96b5-4b62-8f51-6a7d5ac4ff10",
                "is_active": true,
                "courses": [
                    {"title": "Computing", "course_runs": [{"key": COURSE}]},
                    {"title": "Statistics", "course_runs": [{"key": SECOND_COURSE}]},
                ],
            }],
        }],
        "users": [
            {"username": "pat", "full_name": "Nguyễn Quang Khải", "email": "pat@example.org"},
        ],
    })
}

/// The service with [`catalog`] imported.
pub async fn app() -> App {
    app_with("").await
}

/// The service with settings of its own and [`catalog`] imported.
pub async fn app_with(toml: &str) -> App {
    let app = App::start_with(toml).await;
    app.service.import(&catalog().to_string()).await.expect("the catalog is right");
    app
}

/// The body that awards a course.
pub fn course_award(username: &str) -> Value {
    json!({"username": username, "credential": {"course_run_key": COURSE, "mode": "verified"}})
}

/// The body that awards the program.
pub fn program_award(username: &str) -> Value {
    json!({"username": username, "credential": {"program_uuid": PROGRAM}})
}

/// The body with one more member.
pub fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

/// A course credential of this learner.
pub async fn award(app: &App, username: &str) -> Value {
    created(app.administrator().post(LIST, course_award(username)).await)
}

/// The object that a POST answered.
pub fn created(answer: Answer) -> Value {
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json
}

/// The address of one credential in the v2 API.
pub fn item(credential: &Value) -> String {
    format!("{LIST}{}/", text(&credential["uuid"]))
}

/// The path of a credential's public page.
pub fn page(credential: &Value) -> String {
    format!("/credentials/{}/", hex(credential))
}

/// A credential's id as public links show it.
pub fn hex(credential: &Value) -> String {
    text(&credential["uuid"]).replace('-', "")
}

pub fn text(value: &Value) -> &str {
    value.as_str().expect("this is text")
}

/// Revokes a credential.
pub async fn revoke(app: &App, credential: &Value) {
    let answer = app.administrator().patch(&item(credential), json!({"status": "revoked"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A client without rights whose token is for this learner.
pub fn learner(app: &App, username: &str) -> Client {
    app.caller(&testkit::Lms::claims(username))
}

/// Makes an active configuration of the program with one signatory; answers it.
pub async fn program_configuration(app: &App) -> Value {
    let designer = app.administrator();
    let person = json!({"name": "Dr. Ada Byron", "title": "<b>Professor</b>", "image": DOT});
    let person = created(designer.post("/api/v1/signatories/", person).await);
    let body = json!({
        "program_uuid": PROGRAM,
        "is_active": true,
        "signatories": [person["id"]],
        "include_hours_of_effort": true,
        "language": "de",
    });
    created(designer.post("/api/v1/program-certificates/", body).await)
}

/// The program's credential of this learner, and the course credential that makes it visible.
pub async fn program_credential(app: &App, username: &str) -> Value {
    program_configuration(app).await;
    award(app, username).await;
    created(app.administrator().post(LIST, program_award(username)).await)
}

/// Runs SQL that no request can, and counts it as a change of what certificates show.
pub async fn in_tables(app: &App, sql: &str) {
    let sql = format!("{sql}; UPDATE shown_version SET version = version + 1");
    let done: Result<(), database::Error> =
        app.db().write(move |conn| conn.execute_batch(&sql)).await;
    done.expect("the statement is right");
}

/// Somebody with a role, on the whole site or for one course run.
pub async fn assigned(app: &App, username: &str, role: &str, course: Option<&str>) -> Client {
    let client = learner(app, username);
    // The first call makes the account.
    client.get("/api/v2/").await;
    let course = course.map_or_else(|| "NULL".to_owned(), |key| format!("'{key}'"));
    let sql = format!(
        "INSERT INTO role_assignments (site_id, user_id, role, course_id) \
         SELECT 1, id, '{role}', {course} FROM users WHERE username = '{username}'"
    );
    in_tables(app, &sql).await;
    client
}

/// Makes an active configuration of the first course, for verified learners; answers it.
pub async fn course_configuration(app: &App) -> Value {
    let body = json!({"course_id": COURSE, "certificate_type": "verified", "is_active": true});
    created(app.administrator().post("/api/v1/course-certificates/", body).await)
}
