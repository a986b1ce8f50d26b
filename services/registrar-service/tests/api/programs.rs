//! Lists of programs, one program, its course runs.

use reqwest::Method;
use serde_json::{Value, json};

use crate::scene::School;

fn keys(list: &Value) -> Vec<&str> {
    let programs = list.as_array().expect("a list of programs");
    programs.iter().map(|program| program["program_key"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_sees_the_programs_on_which_it_has_a_permission() {
    let school = School::start().await;

    for (username, seen) in [
        ("writer", vec!["masters-in-cs", "masters-in-math", "micro", "untitled_2"]),
        ("math_writer", vec!["masters-in-math"]),
        ("neighbour", vec!["neighbours-masters"]),
        ("direct", vec!["micro", "neighbours-masters"]),
        ("nobody", vec![]),
    ] {
        let answer = school.caller(username).get("/api/v1/programs/").await;
        assert_eq!(answer.status, 200);
        assert_eq!(keys(&answer.json), seen, "{username}");
    }
    for username in ["staff", "root"] {
        let answer = school.caller(username).get("/api/v2/programs").await;
        assert_eq!(keys(&answer.json).len(), 5, "{username}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_has_exactly_the_five_members_of_the_contract() {
    let school = School::start().await;
    let writer = school.caller("writer");

    let program = writer.get("/api/v1/programs/masters-in-cs").await;
    assert_eq!(program.status, 200);
    assert_eq!(program.header("content-type"), "application/json");
    assert_eq!(
        program.json,
        json!({"program_key": "masters-in-cs", "program_title": "Master's in CS",
               "program_url": "https://school.example/cs", "program_type": "Masters",
               "permissions": ["read_enrollments", "read_metadata", "write_enrollments"]})
    );
    let untitled = writer.get("/api/v2/programs/untitled_2/").await;
    assert_eq!(
        untitled.json,
        json!({"program_key": "untitled_2", "program_title": "untitled_2", "program_url": null,
               "program_type": null, "permissions": ["read_metadata"]})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_enrollment_permissions_where_there_are_no_enrollments() {
    let school = School::start().await;

    for (username, held) in [
        ("root", json!(["read_metadata", "read_reports"])),
        ("writer", json!(["read_metadata"])),
        ("reporter", json!(["read_metadata", "read_reports"])),
    ] {
        let program = school.caller(username).get("/api/v1/programs/micro").await;
        assert_eq!(program.json["permissions"], held, "{username}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filters_of_the_list_choose_programs_and_not_permissions() {
    let school = School::start().await;
    let writer = school.caller("writer");

    for (query, seen) in [
        ("org=school", vec!["masters-in-cs", "masters-in-math", "micro", "untitled_2"]),
        ("org=", vec!["masters-in-cs", "masters-in-math", "micro", "untitled_2"]),
        ("org=neighbour", vec![]),
        ("org_key=neighbour", vec!["masters-in-cs", "masters-in-math", "micro", "untitled_2"]),
        ("user_has_perm=write_enrollments", vec!["masters-in-cs", "masters-in-math"]),
        ("user_has_perm=read_reports", vec![]),
        ("user_has_perm=", vec!["masters-in-cs", "masters-in-math", "micro", "untitled_2"]),
        ("program_title=MASTER%27S", vec!["masters-in-cs"]),
        ("program_title=%C3%BCN%C3%8F", vec!["masters-in-math"]),
        ("program_title=untitled_", vec!["untitled_2"]),
        ("program_title=untitled-", vec![]),
        ("program_title=%25", vec![]),
        ("program_title=%00", vec![]),
        ("program_title=no+such", vec![]),
    ] {
        let answer = writer.get(&format!("/api/v1/programs?{query}")).await;
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(keys(&answer.json), seen, "{query}");
    }
    let all = writer.get("/api/v1/programs?user_has_perm=write_enrollments").await;
    assert_eq!(all.json[0]["permissions"].as_array().map(Vec::len), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_organizations_and_permissions_are_not_found() {
    let school = School::start().await;
    let writer = school.caller("writer");

    for query in [
        "org=nowhere",
        "org=SCHOOL",
        "org=%00",
        "user_has_perm=organization_read_metadata",
        "user_has_perm=READ_METADATA",
        "org=nowhere&user_has_perm=x",
    ] {
        for path in ["/api/v1/programs", "/api/v3/programs"] {
            let answer = writer.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.status, 404, "{query}");
            assert_eq!(answer.json, json!({"detail": "Not found."}), "{query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_programs_go_before_permissions_and_permissions_before_methods() {
    let school = School::start().await;
    let neighbour = school.caller("neighbour");
    let writer = school.caller("writer");

    for path in ["", "/courses", "/enrollments"] {
        let unknown = writer.get(&format!("/api/v1/programs/nope{path}")).await;
        assert_eq!((unknown.status, &unknown.json), (404, &json!({"detail": "Not found."})));
        let differs = writer.get(&format!("/api/v1/programs/Masters-in-cs{path}")).await;
        assert_eq!(differs.status, 404, "keys are compared with their case");
        let foreign = neighbour.get(&format!("/api/v1/programs/masters-in-cs{path}")).await;
        let detail = "You do not have permission to perform this action.";
        assert_eq!((foreign.status, &foreign.json), (403, &json!({"detail": detail})));
    }
    let foreign = neighbour.delete("/api/v1/programs/masters-in-cs").await;
    assert_eq!(foreign.status, 403, "here the permission is asked of every method");
    let own = writer.put("/api/v1/programs/masters-in-cs/", json!({})).await;
    assert_eq!(own.status, 405);
    assert_eq!(own.json, json!({"detail": "Method \"PUT\" not allowed."}));
    assert_eq!(own.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(writer.post("/api/v1/programs", json!([])).await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slash_at_the_end_is_optional_and_two_are_too_many() {
    let school = School::start().await;
    let writer = school.caller("writer");

    for (path, status) in [
        ("/api/v1/programs/masters-in-cs/", 200),
        ("/api/v1/programs/masters-in-cs//", 404),
        ("/api/v1/programs//", 404),
        ("/api/v3/programs/", 200),
        ("/api/v3/programs/masters-in-cs", 404),
        ("/api/v3/jobs", 404),
        ("/api/v0/programs", 404),
        ("/api/v1/programs/mäster", 404),
        ("/nowhere", 404),
    ] {
        let answer = writer.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.json.is_object() || answer.json.is_array(), "{path} answers JSON");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn course_runs_are_those_of_the_first_active_curriculum_in_catalog_order() {
    let school = School::start().await;
    let viewer = school.caller("viewer");

    let runs = viewer.get("/api/v1/programs/masters-in-cs/courses").await;
    assert_eq!(
        runs.json,
        json!([
            {"course_id": "course-v1:School+CS111+F19", "external_course_key": "CS1_Fall",
             "course_title": "Intro", "course_url": "https://school.example/cs111"},
            {"course_id": "course-v1:School+CS111+S20", "external_course_key": null,
             "course_title": "Intro, again", "course_url": null},
            {"course_id": "School/CS112/F19", "external_course_key": null,
             "course_title": null, "course_url": null},
        ])
    );
    let none = viewer.get("/api/v2/programs/micro/courses/").await;
    assert_eq!((none.status, none.json), (200, json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_list_keep_the_other_parameters_in_alphabetical_order() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let url = &school.app.url;

    let page = writer.get("/api/v3/programs?page_size=2&page=2&org=school").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.json["count"], 4);
    assert_eq!(page.json["next"], Value::Null);
    let first = format!("{url}/api/v3/programs?org=school&page_size=2");
    assert_eq!(page.json["previous"], json!(first));
    assert_eq!(keys(&page.json["results"]), ["micro", "untitled_2"]);

    let page = writer.get("/api/v3/programs?page_size=1&page=2").await;
    let third = format!("{url}/api/v3/programs?page=3&page_size=1");
    assert_eq!(page.json["next"], json!(third));
    let last = writer.get("/api/v3/programs?page=last&page_size=3").await;
    assert_eq!(keys(&last.json["results"]), ["untitled_2"]);
    let next_for = async |header: &str, value: &str| {
        let request = writer.request(Method::GET, "/api/v3/programs?page_size=1");
        writer.send(request.header(header, value)).await.json["next"].clone()
    };
    let next = |origin: &str| json!(format!("{origin}/api/v3/programs?page=2&page_size=1"));
    assert_eq!(next_for("Host", "registrar.example:81").await, next("http://registrar.example:81"));
    assert_eq!(next_for("X-Forwarded-Host", "evil.example").await, next(url));
    assert_eq!(next_for("Forwarded", "proto=https;host=evil.example").await, next(url));
    for no_host in ["a b", "somebody@evil.example", ""] {
        assert_eq!(next_for("Host", no_host).await, next(url), "{no_host:?}");
    }
    let empty = school.caller("nobody").get("/api/v3/programs").await;
    assert_eq!(empty.json, json!({"count": 0, "next": null, "previous": null, "results": []}));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_not_there_are_not_found_and_odd_sizes_do_not_count() {
    let school = School::start().await;
    let writer = school.caller("writer");

    for page in ["0", "two", "5", "-1"] {
        let answer = writer.get(&format!("/api/v3/programs?page={page}")).await;
        assert_eq!((answer.status, answer.json), (404, json!({"detail": "Invalid page."})));
    }
    for size in ["0", "-3", "x", ""] {
        let answer = writer.get(&format!("/api/v3/programs?page_size={size}")).await;
        assert_eq!(keys(&answer.json["results"]).len(), 4, "{size}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_a_get_without_a_body_and_options_says_what_is_allowed() {
    let school = School::start().await;
    let writer = school.caller("writer");
    let ask = |method: Method, path: &str| {
        let (writer, path) = (writer.clone(), path.to_owned());
        async move { writer.send(writer.request(method, &path)).await }
    };

    let head = ask(Method::HEAD, "/api/v1/programs/masters-in-cs").await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    let options = ask(Method::OPTIONS, "/api/v1/programs/masters-in-cs").await;
    assert_eq!((options.status, options.header("allow")), (200, "GET, HEAD, OPTIONS"));
    let stranger = school.caller("neighbour");
    let request = stranger.request(Method::OPTIONS, "/api/v1/programs/masters-in-cs");
    assert_eq!(stranger.send(request).await.status, 403);
}
