//! What the service tells the others, and what it does with what they tell.

use events::{
    credentials::{CredentialAwarded, CredentialRevoked, Of},
    registrar::{Account, EnrollmentChanged, ProgramChanged},
    renderer::RenderJob,
};
use messaging::HandlerError;
use model::{Timestamp, catalog::Catalog};
use serde_json::json;
use testkit::Lms;
use uuid::Uuid;

use crate::given::{
    self, App, COURSE, LIST, app, award, course_award, created, hex, item, page, with,
};

async fn awarded(app: &App) -> Vec<CredentialAwarded> {
    app.said().await
}

async fn jobs(app: &App) -> Vec<RenderJob> {
    app.said_as("render.request.interactive").await
}

fn enrollment(sequence: i64, full_name: Option<&str>) -> EnrollmentChanged {
    EnrollmentChanged {
        enrollment_id: Uuid::from_u128(7),
        sequence,
        program_key: "exa-data".to_owned(),
        program_uuid: None,
        organization_key: "Exa".to_owned(),
        student_key: "s1".to_owned(),
        status: "enrolled".to_owned(),
        account: Some(Account {
            username: "lin".to_owned(),
            email: "lin@example.org".to_owned(),
            full_name: full_name.map(str::to_owned),
        }),
        changed_at: Timestamp::now(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_award_is_told_with_learner_achievement_and_page() {
    let app = app().await;
    let made = award(&app, "pat").await;

    let told = awarded(&app).await;
    assert_eq!(told.len(), 1);
    let told = &told[0];
    assert_eq!(told.sequence, 1);
    assert_eq!(told.credential_id.simple().to_string(), hex(&made));
    assert_eq!(told.learner.name.as_deref(), Some("Nguyễn Quang Khải"));
    assert_eq!(told.learner.email.as_deref(), Some("pat@example.org"));
    assert_eq!(told.achievement.title, "Computing");
    assert_eq!(told.achievement.organizations[0].key, "Exa");
    assert_eq!(
        told.achievement.of,
        Of::Course { course_key: COURSE.to_owned(), mode: "verified".to_owned() }
    );
    assert_eq!(told.public_url, format!("{}{}", app.url, page(&made)));
    let logo = told.achievement.organizations[0].logo.as_deref().unwrap();
    assert_eq!(app.anonymous().get(logo.strip_prefix(&app.url).unwrap()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_asked_for_with_everything_that_stands_on_it() {
    let app = app().await;
    let made = given::program_credential(&app, "pat").await;

    let job = jobs(&app).await.pop().unwrap();
    assert_eq!(job.job_id, format!("credential:{}:1", hex(&made)));
    assert_eq!(job.sequence, Some(1));
    let request = &job.request;
    assert_eq!(request["kind"], "certificate");
    assert_eq!(request["template"], "classic");
    assert_eq!(request["locale"], "de");
    assert_eq!(request["outputs"], json!(["pdf"]));
    let data = &request["data"];
    assert_eq!(data["recipient"]["name"], "Nguyễn Quang Khải");
    assert_eq!(data["achievement"]["title"], "Data & Society");
    assert_eq!(data["achievement"]["type"], "program-certificate");
    assert_eq!(data["achievement"]["hours"], 40);
    assert_eq!(data["issuer"]["name"], "Université Example");
    assert_eq!(data["issuer"]["logo"], given::DOT);
    assert_eq!(
        data["signatories"],
        json!([{"name": "Dr. Ada Byron", "title": "Professor",
                "organization": "Université Example", "image": given::DOT}])
    );
    assert_eq!(data["verify"]["id"], hex(&made));
    assert_eq!(data["verify"]["url"], format!("{}{}", app.url, page(&made)));
    assert_eq!(data["issued_on"].as_str().map(str::len), Some(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_thing_is_told_once() {
    let app = app().await;
    let made = award(&app, "pat").await;
    award(&app, "pat").await;
    let again = app.administrator().patch(&item(&made), json!({"status": "awarded"})).await;
    assert_eq!(again.status, 200);
    assert_eq!(awarded(&app).await.len(), 1);

    given::revoke(&app, &made).await;
    given::revoke(&app, &made).await;

    let revoked: Vec<CredentialRevoked> = app.said().await;
    assert_eq!(revoked.len(), 1);
    assert_eq!(revoked[0].sequence, 2);
    award(&app, "pat").await;
    let told = awarded(&app).await;
    assert_eq!(told.iter().map(|each| each.sequence).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(jobs(&app).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_the_document_is_told_again() {
    let app = app().await;
    award(&app, "pat").await;
    let lms = app.administrator();

    let graded = with(course_award("pat"), "attributes", json!([{"name": "grade", "value": "A"}]));
    created(lms.post(LIST, graded).await);
    let dated = with(course_award("pat"), "date_override", json!({"date": "2020-02-03"}));
    created(lms.post(LIST, dated).await);

    let jobs = jobs(&app).await;
    assert_eq!(jobs.len(), 3);
    assert_eq!(jobs[1].request["data"]["achievement"]["grade"], "A");
    assert_eq!(jobs[2].request["data"]["issued_on"], "2020-02-03");
    assert_eq!(jobs[2].sequence, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learner_without_a_name_gets_the_document_when_the_name_arrives() {
    let app = app().await;
    award(&app, "lin").await;
    assert!(jobs(&app).await.is_empty());
    assert_eq!(awarded(&app).await[0].learner.name, None);

    app.hears(enrollment(1, Some("林小明"))).await.unwrap();

    let told = awarded(&app).await;
    assert_eq!(told.len(), 2);
    assert_eq!((told[1].sequence, told[1].learner.name.as_deref()), (2, Some("林小明")));
    assert_eq!(told[1].learner.email.as_deref(), Some("lin@example.org"));
    assert_eq!(jobs(&app).await[0].request["data"]["recipient"]["name"], "林小明");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_can_come_by_token_and_by_import_and_a_new_one_re_issues_documents() {
    let app = app().await;
    award(&app, "lin").await;
    let claims = auth::Claims { name: Some("Lin One".to_owned()), ..Lms::claims("lin") };
    app.caller(&claims).get(&format!("{LIST}?username=lin")).await;
    assert_eq!(jobs(&app).await.len(), 1);

    use chassis::Service;
    let document = json!({"learner_links": [{
        "organization": "Exa", "student_key": "s1", "username": "lin",
        "email": "lin@example.org", "full_name": "Lin Two",
    }]});
    app.service.import(&document.to_string()).await.unwrap();
    app.service.import(&document.to_string()).await.unwrap();

    let jobs = jobs(&app).await;
    assert_eq!(jobs.len(), 2);
    assert_eq!(jobs[1].request["data"]["recipient"]["name"], "Lin Two");
}

#[tokio::test(flavor = "multi_thread")]
async fn older_news_never_overrides_newer_and_the_same_message_acts_once() {
    let app = app().await;
    award(&app, "lin").await;
    app.hears(enrollment(5, Some("New"))).await.unwrap();
    app.hears(enrollment(4, Some("Old"))).await.unwrap();
    assert_eq!(awarded(&app).await.last().unwrap().learner.name.as_deref(), Some("New"));

    let message = app.message(enrollment(6, Some("Newer")));
    app.receives(&message).await.unwrap();
    assert!(matches!(app.receives(&message).await, Err(HandlerError::AlreadyHandled)));
    assert_eq!(jobs(&app).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_the_registrar_tells_of_can_be_configured() {
    let app = App::start().await;
    let catalog: Catalog = serde_json::from_value(given::catalog()).unwrap();
    let told = |sequence, title: &str| {
        let mut program = catalog.programs[0].clone();
        program.title = Some(title.to_owned());
        let organizations = catalog.organizations.clone();
        ProgramChanged { sequence, program, organizations, changed_at: Timestamp::now() }
    };
    app.hears(told(2, "Data & Society")).await.unwrap();
    app.hears(told(1, "Old title")).await.unwrap();

    let made = given::program_credential(&app, "pat").await;

    assert_eq!(made["credential"]["program_uuid"], given::PROGRAM);
    let told = awarded(&app).await.pop().unwrap();
    assert_eq!(told.achievement.title, "Data & Society");
}

#[tokio::test(flavor = "multi_thread")]
async fn news_that_makes_no_sense_is_given_up_and_not_tried_for_ever() {
    let app = app().await;
    let mut message = app.message(enrollment(1, None));
    message.body = json!({"data": 5});
    assert!(matches!(app.receives(&message).await, Err(HandlerError::Reject(_))));

    let mut nameless = enrollment(2, Some("Lin"));
    nameless.account.as_mut().unwrap().username = "x".repeat(300);
    assert!(matches!(app.hears(nameless).await, Err(HandlerError::Reject(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_a_renderer_would_refuse_are_cleaned_before_it_sees_them() {
    let app = app().await;
    award(&app, "lin").await;
    app.hears(enrollment(1, Some("\u{202E}Lin\n\u{7}Wu "))).await.unwrap();

    let job = jobs(&app).await.pop().unwrap();

    assert_eq!(job.request["data"]["recipient"]["name"], "Lin Wu");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_renderer_nothing_is_asked_of_it() {
    let app = given::app_with("[documents]\nenabled = false\n").await;
    let made = award(&app, "pat").await;

    assert!(jobs(&app).await.is_empty());
    assert_eq!(awarded(&app).await.len(), 1);
    assert_eq!(app.anonymous().get(&page(&made)).await.status, 200);
}
