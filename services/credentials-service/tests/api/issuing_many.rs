//! `POST /api/v1/user-credentials/` with an array: up to a thousand credentials.

use std::collections::BTreeMap;

use chassis::Service;
use events::{
    credentials::{CredentialAwarded, CredentialRevoked},
    renderer::RenderJob,
};
use serde_json::{Value, json};
use testkit::Answer;

use crate::{
    given::{self, App, COURSE, LIST, PROGRAM, SECOND_COURSE, app, assigned, created, with},
    issuing::{ISSUE, course},
    pages::finished,
};

const INTERACTIVE: &str = "render.request.interactive";
const BULK: &str = "render.request.bulk";

fn statuses(answer: &Answer) -> Vec<u64> {
    assert_eq!(answer.status, 207, "{}", answer.text());
    let outcomes = answer.json.as_array().expect("outcomes are an array");
    outcomes.iter().map(|each| each["status"].as_u64().unwrap()).collect()
}

fn program(username: &str) -> Value {
    json!({"username": username, "program_uuid": PROGRAM})
}

fn graded(username: &str, grade: &str) -> Value {
    let grade = json!([{"namespace": "course", "name": "grade", "value": grade}]);
    with(course(username), "attributes", grade)
}

/// Learners with names and histories: pat lost the course, lin has it with its document, eve has the
/// program, and new has nothing.
async fn school() -> App {
    let app = app().await;
    let named = |name: &str| json!({"username": name, "full_name": name.to_uppercase()});
    let people: Vec<Value> = ["lin", "eve", "new"].into_iter().map(named).collect();
    app.service.import(&json!({ "users": people }).to_string()).await.unwrap();
    given::course_configuration(&app).await;
    given::program_configuration(&app).await;
    let inactive = json!({"course_id": SECOND_COURSE, "certificate_type": "honor"});
    let lms = app.administrator();
    created(lms.post("/api/v1/course-certificates/", inactive).await);
    let lost = given::award(&app, "pat").await;
    given::revoke(&app, &lost).await;
    given::award(&app, "lin").await;
    let jobs: Vec<RenderJob> = app.said_as(INTERACTIVE).await;
    app.hears(finished(jobs.last().unwrap())).await.unwrap();
    created(lms.post(LIST, given::program_award("eve")).await);
    app
}

/// Everything that can happen to an item, several times to the same learner.
fn mixture() -> Vec<Value> {
    vec![
        course("eve"),
        course("pat"),
        course("lin"),
        json!("nonsense"),
        graded("lin", "A"),
        graded("new", "B"),
        program("new"),
        graded("new", "B"),
        json!({"username": "new", "course_id": "course-v1:No+Such+Run", "certificate_type": "x"}),
        json!({"username": "eve", "course_id": SECOND_COURSE, "certificate_type": "honor"}),
        graded("new", "C"),
        program("pat"),
        graded("pat", "A"),
        json!({"course_id": COURSE, "certificate_type": "honor"}),
        program("eve"),
        course("Eve"),
    ]
}

/// What was told, what was asked for and what is known, without what no two services share: ids and
/// instants.
async fn story(app: &App) -> [Vec<String>; 3] {
    let mut told = BTreeMap::new();
    for event in app.said::<CredentialAwarded>().await {
        let name = (event.learner.username, event.achievement.key, event.sequence);
        told.insert(name, json!(["awarded", event.learner.name, event.achievement.title]));
    }
    for event in app.said::<CredentialRevoked>().await {
        told.insert(
            (event.learner.username, event.achievement.key, event.sequence),
            json!(["revoked"]),
        );
    }
    let mut jobs: Vec<RenderJob> = app.said_as(INTERACTIVE).await;
    jobs.extend(app.said_as::<RenderJob>(BULK).await);
    let job = |job: &RenderJob| {
        let data = &job.request["data"];
        json!([data["recipient"], data["achievement"], job.sequence, data["issued_on"]]).to_string()
    };
    let mut jobs: Vec<String> = jobs.iter().map(job).collect();
    jobs.sort();
    let listed = app.administrator().get(&format!("{LIST}?page=1")).await.json;
    let known = |each: &Value| {
        json!([each["username"], each["credential"], each["status"], each["attributes"]])
    };
    let mut known: Vec<String> =
        listed["results"].as_array().unwrap().iter().map(|each| known(each).to_string()).collect();
    known.sort();
    let told = told.into_iter().map(|(of, what)| format!("{of:?} {what}"));
    [told.collect(), jobs, known]
}

/// The same without ids, which follow the order of work.
fn without_ids(mut body: Value) -> Value {
    if let Some(members) = body.as_object_mut() {
        for member in ["credential_id", "uuid"] {
            members.shift_remove(member);
        }
        if let Some(url) = members.get_mut("download_url") {
            *url = json!(!given::text(url).is_empty());
        }
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_exactly_as_many_one_after_the_other() {
    let (together, apart) = (school().await, school().await);
    assert_eq!(story(&together).await, story(&apart).await, "both begin alike");

    let answer = together.administrator().post(ISSUE, Value::Array(mixture())).await;
    let mut singles = Vec::new();
    for item in mixture() {
        singles.push(apart.administrator().post(ISSUE, item).await);
    }

    let expected: Vec<u64> = singles.iter().map(|single| u64::from(single.status)).collect();
    assert_eq!(statuses(&answer), expected);
    assert_eq!(
        expected,
        [201, 200, 200, 400, 200, 201, 201, 200, 400, 400, 200, 201, 200, 400, 200, 201]
    );
    for (place, single) in singles.into_iter().enumerate() {
        let one = without_ids(answer.json[place]["body"].clone());
        assert_eq!(one, without_ids(single.json), "{place}");
    }
    for (one, other) in story(&together).await.into_iter().zip(story(&apart).await) {
        assert_eq!(one, other);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_many_wait_behind_those_that_somebody_waits_for() {
    let app = school().await;
    let before = app.said_as::<RenderJob>(INTERACTIVE).await.len();

    let many = json!([course("new"), course("eve")]);
    assert_eq!(statuses(&app.administrator().post(ISSUE, many).await), [201, 201]);

    let jobs: Vec<RenderJob> = app.said_as(BULK).await;
    let about: Vec<&Value> =
        jobs.iter().map(|job| &job.request["data"]["recipient"]["name"]).collect();
    // The program of eve has another date now.
    assert_eq!(about, ["NEW", "EVE", "EVE"]);
    assert_eq!(app.said_as::<RenderJob>(INTERACTIVE).await.len(), before);
    let one = json!([course("pat")]);
    assert_eq!(statuses(&app.administrator().post(ISSUE, one).await), [200]);
    assert_eq!(app.said_as::<RenderJob>(BULK).await.len(), 4, "an array of one is an array");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_are_issued_and_no_more() {
    let app = app().await;
    given::course_configuration(&app).await;
    let lms = app.administrator();
    let learners = |count: usize| -> Vec<Value> {
        (0..count).map(|n| course(&format!("learner{n}"))).collect()
    };

    let refused = lms.post(ISSUE, Value::Array(learners(1001))).await;
    let said = json!({"detail": "A request takes no more than 1000 credentials."});
    assert_eq!((refused.status, refused.json), (413, said));
    assert_eq!(lms.get(LIST).await.json["count"], 0);
    let none = lms.post(ISSUE, json!([])).await;
    assert_eq!((none.status, none.json), (207, json!([])));

    let made = lms.post(ISSUE, Value::Array(learners(1000))).await;

    assert_eq!(statuses(&made), vec![201; 1000]);
    assert_eq!(made.json[999]["body"]["username"], "learner999");
    assert_eq!(lms.get(LIST).await.json["count"], 1000);
    let told: Vec<CredentialAwarded> = app.said().await;
    assert_eq!(told.len(), 1000);
    assert_eq!(told[7].learner.username, "learner7", "in the order of the request");
    let again = lms.post(ISSUE, Value::Array(learners(1000))).await;
    assert_eq!(statuses(&again), vec![200; 1000]);
    assert_eq!(again.json[3]["body"], made.json[3]["body"]);
    assert_eq!(app.said::<CredentialAwarded>().await.len(), 1000, "nothing is told twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_outside_the_callers_scope_is_refused_by_itself() {
    let app = school().await;
    let team = assigned(&app, "tim", "course_team", Some(COURSE)).await;

    let answer = team.post(ISSUE, json!([course("new"), program("new"), course("eve")])).await;

    assert_eq!(statuses(&answer), [201, 403, 201]);
    let said = json!({"detail": "You do not have permission to perform this action."});
    assert_eq!(answer.json[1]["body"], said);
    assert_eq!(app.nobody().post(ISSUE, json!([course("nobody")])).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_ours_leaves_nothing_half_done() {
    let app = school().await;
    let before = story(&app).await;
    given::in_tables(&app, "ALTER TABLE outbox RENAME TO elsewhere").await;

    let answer = app.administrator().post(ISSUE, Value::Array(mixture())).await;
    assert_eq!(answer.status, 500);

    given::in_tables(&app, "ALTER TABLE elsewhere RENAME TO outbox").await;
    assert_eq!(story(&app).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_with_the_same_learners_wait_for_each_other_and_never_in_a_circle() {
    let app = app().await;
    given::course_configuration(&app).await;
    let mut posts = Vec::new();
    for n in 0..6 {
        let mut items: Vec<Value> = (0..60).map(|each| graded(&format!("l{each}"), "A")).collect();
        if n % 2 == 1 {
            items.reverse();
        }
        let lms = app.administrator();
        posts.push(tokio::spawn(async move { lms.post(ISSUE, Value::Array(items)).await }));
        let lms = app.administrator();
        let one = given::course_award(&format!("l{}", n * 7));
        posts.push(tokio::spawn(async move { lms.post(LIST, one).await }));
    }
    for post in posts {
        let answer = post.await.unwrap();
        assert!(matches!(answer.status, 201 | 207), "{}", answer.text());
    }

    assert_eq!(app.administrator().get(LIST).await.json["count"], 60);
    let told: Vec<CredentialAwarded> = app.said().await;
    assert!((60..=120).contains(&told.len()), "each once, or once more with the grade");
}
