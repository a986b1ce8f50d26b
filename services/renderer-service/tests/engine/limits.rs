//! A template can neither run away, nor eat the machine, nor look around.

use std::time::Duration;

use renderer_service::domain::FaultCode;
use renderer_service::engine::{Limits, Priority};

use crate::given::{job, job_of_template, pool, request};

const ENDLESS: &str =
    "#{ let n = 0; for i in range(100000) { for j in range(100000) { n += 1 } } }";
const HUNGRY: &str =
    "#{ let a = (\"x\" * 1000000,); for i in range(40) { a = a + a.map(x => x + str(i)) } }";

fn tight() -> Limits {
    Limits { wall: Duration::from_secs(3), memory_mib: 256, ..Limits::default() }
}

#[tokio::test]
async fn an_endless_template_is_stopped_and_others_go_on() {
    let limits = Limits { wall: Duration::from_millis(1500), ..tight() };
    let pool = pool(2, limits);
    let endless = pool.render(job_of_template(ENDLESS, "Ada"), Priority::Interactive);
    let good = async {
        // One worker is busy with the other; this one serves all of these.
        for number in 0..3 {
            let job = job(request(&format!("Learner {number}")));
            pool.render(job, Priority::Interactive).await.unwrap();
        }
    };
    let (endless, ()) = tokio::join!(endless, good);
    let fault = endless.unwrap_err();
    assert_eq!(fault.code, FaultCode::TemplateLimit);
    assert!(fault.detail.contains("time"), "{fault}");
    // The replaced worker works.
    for _ in 0..2 {
        pool.render(job(request("Ada")), Priority::Bulk).await.unwrap();
    }
    assert_eq!(pool.stats().restarts_time, 1);
}

#[tokio::test]
async fn a_hungry_template_is_stopped_by_its_memory() {
    let pool = pool(1, Limits { wall: Duration::from_secs(30), ..tight() });
    let fault =
        pool.render(job_of_template(HUNGRY, "Ada"), Priority::Interactive).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::TemplateLimit);
    assert!(fault.detail.contains("memory"), "{fault}");
    pool.render(job(request("Ada")), Priority::Interactive).await.unwrap();
}

#[tokio::test]
async fn a_template_reaches_nothing_outside() {
    let pool = pool(1, tight());
    for source in [
        "#read(\"/etc/hostname\")",
        "#read(\"../../../etc/hostname\")",
        "#import \"@preview/cetz:0.3.0\": *",
        "#datetime.today().display()",
        "#plugin(\"a.wasm\")",
        "#std.plugin(bytes(\"\"))",
        "#image(\"https://example.org/a.png\")",
    ] {
        let fault =
            pool.render(job_of_template(source, "Ada"), Priority::Interactive).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::TemplateError, "{source}");
        assert!(fault.detail.starts_with("main.typ:1: "), "{source}: {fault}");
        let is_function = !fault.detail.contains("expected function");
        assert_eq!(is_function, !source.contains("plugin"), "{source}: {fault}");
    }
}

#[tokio::test]
async fn a_document_that_is_too_large_or_too_long_is_refused() {
    let pool = pool(1, Limits { output_bytes: 20_000, pages: 3, ..tight() });
    let large = pool.render(job(request("Ada")), Priority::Interactive).await.unwrap_err();
    assert_eq!(large.code, FaultCode::TemplateLimit);
    assert!(large.detail.contains("bytes"), "{large}");
    let long = job_of_template("#for i in range(4) { pagebreak() }", "Ada");
    let long = pool.render(long, Priority::Interactive).await.unwrap_err();
    assert_eq!(long.code, FaultCode::PageOverflow);
}

#[tokio::test]
async fn a_full_line_says_busy() {
    let pool = pool(1, Limits { queue: 1, ..tight() });
    let jobs: Vec<_> = (0..6)
        .map(|number| {
            let (pool, job) = (pool.clone(), job(request(&format!("Learner {number}"))));
            tokio::spawn(async move { pool.render(job, Priority::Interactive).await })
        })
        .collect();
    let mut busy = 0;
    for job in jobs {
        match job.await.unwrap() {
            Ok(_) => {}
            Err(fault) if fault.code == FaultCode::Busy => busy += 1,
            Err(fault) => panic!("{fault}"),
        }
    }
    assert!(busy >= 1);
}

#[tokio::test]
async fn a_template_error_never_names_the_learner() {
    let pool = pool(1, tight());
    let source = "#panic(json(\"/data.json\").data.recipient.name)";
    let job = job_of_template(source, "Ada Lovelace");
    let fault = pool.render(job, Priority::Interactive).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::TemplateError);
    assert!(!format!("{fault:?}").contains("Lovelace"), "{fault}");
}
