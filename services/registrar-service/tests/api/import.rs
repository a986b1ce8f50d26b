//! The import document: what it makes, what it tells, what it refuses.

use events::registrar::{EnrollmentChanged, ProgramChanged};
use serde_json::{Value, json};

use crate::scene::{School, document};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_document_again_changes_nothing_and_tells_nobody() {
    let school = School::start().await;
    let told = school.app.said::<ProgramChanged>().await;
    assert_eq!(told.len(), 5);
    assert!(told.iter().all(|event| event.sequence == 1));

    let done = school.import(document()).await.unwrap();

    assert!(done.contains("changed 0 organizations, 0 programs"), "{done}");
    assert_eq!(school.app.said::<ProgramChanged>().await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_program_is_told_whole_with_the_next_sequence() {
    let school = School::start().await;
    let mut changed = document();
    changed["programs"][0]["title"] = json!("Computing");
    changed["programs"][0]["authoring_organizations"] = json!(["neighbour", "school"]);

    school.import(json!({"programs": [changed["programs"][0]]})).await.unwrap();

    let told = school.app.said::<ProgramChanged>().await;
    let last = told.last().unwrap();
    assert_eq!((told.len(), last.sequence), (6, 2));
    assert_eq!(last.program.title.as_deref(), Some("Computing"));
    assert_eq!(last.program.curricula.len(), 3);
    let keys: Vec<_> = last.organizations.iter().map(|each| each.key.as_str()).collect();
    assert_eq!(keys, ["school", "neighbour"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_organization_tells_the_programs_that_name_it() {
    let school = School::start().await;
    let renamed = json!({"organizations": [{"key": "neighbour", "name": "Next Door"}]});

    school.import(renamed).await.unwrap();

    let told = school.app.said::<ProgramChanged>().await;
    let last = told.last().unwrap();
    assert_eq!(
        (told.len(), last.sequence, last.program.key.as_str()),
        (6, 2, "neighbours-masters")
    );
    assert_eq!(last.organizations[0].name, "Next Door");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_link_tells_the_learners_enrollments_again() {
    let school = School::start().await;
    let enrollment = json!({"program": "masters-in-cs", "student_key": "a", "status": "enrolled"});
    school.import(json!({"program_enrollments": [enrollment]})).await.unwrap();
    let link = |name: Value| {
        json!({"learner_links": [{"organization": "school", "student_key": "a", "username": "ann",
               "email": "ann@school.example", "full_name": name}]})
    };

    school.import(link(json!("Ann"))).await.unwrap();
    school.import(link(json!("Ann"))).await.unwrap();
    school.import(link(Value::Null)).await.unwrap();

    let told = school.app.said::<EnrollmentChanged>().await;
    assert_eq!(told.len(), 2);
    assert_eq!((told[0].sequence, &told[0].account), (1, &None));
    let account = told[1].account.as_ref().unwrap();
    assert_eq!((told[1].sequence, told[1].enrollment_id), (2, told[0].enrollment_id));
    assert_eq!((account.username.as_str(), account.full_name.as_deref()), ("ann", Some("Ann")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrollment_that_is_known_gets_the_status_of_the_document() {
    let school = School::start().await;
    let import = |status: &str| {
        school.import(json!({"program_enrollments": [
            {"program": "masters-in-cs", "student_key": "a", "status": status}]}))
    };

    import("enrolled").await.unwrap();
    import("enrolled").await.unwrap();
    import("ended").await.unwrap();

    let told = school.app.said::<EnrollmentChanged>().await;
    let news: Vec<_> = told.iter().map(|event| (event.sequence, event.status.as_str())).collect();
    assert_eq!(news, [(1, "enrolled"), (2, "ended")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_item_is_named_and_nothing_of_the_document_is_kept() {
    let school = School::start().await;
    let good = json!({"key": "fresh", "name": "Fresh"});
    let curriculum = document()["programs"][0]["curricula"][1].clone();

    for (document, item) in [
        (json!({"organizations": [good, {"key": "a.b", "name": "x"}]}), "organization \"a.b\""),
        (
            json!({"organizations": [good], "programs": [{"key": "p", "organization": "nope"}]}),
            "program \"p\": there is no organization \"nope\"",
        ),
        (
            json!({"programs": [{"key": "p", "organization": "school", "curricula": [curriculum]}]}),
            "program \"p\": curriculum 22222222-2222-4222-8222-222222222222 belongs to another",
        ),
        (
            json!({"groups": [{"name": "g", "organization": "school", "role": "program_read_reports"}]}),
            "group \"g\"",
        ),
        (json!({"groups": [{"name": "g", "global_permissions": ["x"]}]}), "group \"g\""),
        (json!({"users": [{"username": "u", "groups": ["nope"]}]}), "user \"u\""),
        (
            json!({"users": [{"username": "u", "object_permissions": [
                {"permission": "core.program_read_metadata", "organization": "school"}]}]}),
            "user \"u\"",
        ),
        (json!({"users": [{"username": "a b"}]}), "user \"a b\""),
        (
            json!({"pending_memberships": [{"email": "a@b.example", "group": "nope"}]}),
            "pending_memberships[0]",
        ),
        (
            json!({"learner_links": [{"organization": "school", "student_key": " ",
                   "username": "x", "email": "a@b.example"}]}),
            "learner link",
        ),
        (
            json!({"program_enrollments": [
                {"program": "micro", "student_key": "a", "status": "active"}]}),
            "program enrollment \"a in micro\": there is no status \"active\"",
        ),
        (json!({"organizations": [{"key": "x", "nmae": "x"}]}), "nmae"),
    ] {
        let error = format!("{:#}", school.import(document).await.unwrap_err());
        assert!(error.contains(item), "{error}");
    }
    let root = school.caller("root");
    assert_eq!(root.get("/api/v1/programs?org=fresh").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_grants_what_its_last_document_says_and_nothing_older() {
    let school = School::start().await;
    let moved = json!({"groups": [
        {"name": "writers", "program": "micro", "role": "program_read_reports"}]});

    school.import(moved).await.unwrap();

    let list = school.caller("writer").get("/api/v1/programs").await.json;
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    assert_eq!(list[0]["program_key"], "micro");
    assert_eq!(list[0]["permissions"], json!(["read_metadata", "read_reports"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_of_a_curriculum_share_no_key() {
    let school = School::start().await;
    let run = |key: &str, external: &str| json!({"key": key, "external_key": external});
    let import = |runs: Value| {
        school.import(json!({"programs": [{"key": "micro", "organization": "school", "curricula": [
            {"uuid": "9a000000-0000-4000-8000-000000000001", "is_active": true,
             "courses": [{"course_runs": runs}]}]}]}))
    };

    let one = "course-v1:A+B+1";
    let two = "course-v1:A+B+2";
    assert!(import(json!([run(one, "x"), run(one, "y")])).await.is_err());
    assert!(import(json!([run(one, "x"), run(two, "x")])).await.is_err());
    assert!(import(json!([run(one, two), run(two, "y")])).await.is_err());
    assert!(import(json!([run(one, "x"), run(two, "y")])).await.is_ok());
}
