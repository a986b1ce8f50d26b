//! The offline command, run as people run it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there and then")]

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const DEFAULTS: &str = r#"{
  "achievement": {"title": "Introduction to Logic"},
  "issuer": {"name": "Example University"},
  "issued_on": "2026-03-14"
}"#;

const BATCH: &str = "batch --template classic --input rows.csv --defaults defaults.json \
                     --out out --report report.csv --jobs 1";

fn render(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_render")).current_dir(folder).args(args).output().unwrap()
}

fn batch(folder: &Path, more: &[&str]) -> Output {
    let mut args: Vec<&str> = BATCH.split(' ').collect();
    if !more.contains(&"--progress") {
        args.extend(["--progress", "never"]);
    }
    args.extend(more);
    render(folder, &args)
}

fn folder(rows: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rows.csv"), rows).unwrap();
    std::fs::write(folder.path().join("defaults.json"), DEFAULTS).unwrap();
    folder
}

fn report(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("report.csv")).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

fn closing_line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn one_document_is_written_and_its_record_printed() {
    let folder = folder("");
    let mut data: Value = serde_json::from_str(DEFAULTS).unwrap();
    data["recipient"] = json!({"name": "Ada Lovelace"});
    std::fs::write(folder.path().join("data.json"), data.to_string()).unwrap();
    let args = [
        "one",
        "--template",
        "classic",
        "--data",
        "data.json",
        "--outputs",
        "pdf,card",
        "--out",
        "out",
    ];
    let output = render(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record["status"], "done");
    assert_eq!(record["warnings"][0]["code"], "no_verify_url");
    assert_eq!(record["artifacts"][0]["url"], "Certificate.pdf");
    let created_at = record["created_at"].as_str().unwrap();
    assert!(created_at.len() == 20 && created_at.ends_with('Z'), "{created_at}");
    let size = std::fs::metadata(folder.path().join("out/card.png")).unwrap().len();
    assert_eq!(record["artifacts"][1]["bytes"], json!(size));
    assert!(!record.to_string().contains("Lovelace"));
}

#[test]
fn a_bad_document_says_what_is_wrong_and_exits_1() {
    let folder = folder("");
    std::fs::write(folder.path().join("data.json"), "{}").unwrap();
    let args = ["one", "--template", "classic", "--data", "data.json", "--out", "out"];
    let output = render(folder.path(), &args);
    assert_eq!(output.status.code(), Some(1));
    let problem: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(problem["code"], "invalid");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 4);
}

#[test]
fn bad_rows_fail_alone_and_the_report_is_in_row_order() {
    let folder =
        folder("name,date\nAda Lovelace,\nBob,never\nonly-one-cell\nنور,2026-05-01\n\u{12000},\n");
    let output = batch(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(closing_line(&output), "2 ok, 3 failed, 0 skipped");
    let report = report(folder.path());
    assert!(report[0].starts_with("1,ok,") && report[0].contains("00001-Ada-Lovelace.pdf"));
    assert_eq!(report[1], "2,failed,,,,,,invalid,/data/issued_on bad_date");
    assert!(report[2].starts_with("3,failed,,,,,,csv_row,"));
    assert!(report[3].starts_with("4,ok,") && report[3].contains("00004-نور.pdf"));
    assert!(report[4].contains("missing_glyph,/data/recipient/name missing_glyph"));
    assert_eq!(std::fs::read_dir(folder.path().join("out")).unwrap().count(), 2);
}

#[test]
fn a_resumed_batch_makes_only_what_is_missing_or_changed() {
    let folder = folder("name\nAda\nBob\nCid\n");
    batch(folder.path(), &["--limit", "2"]);
    std::fs::write(folder.path().join("out/00002-Bob.pdf"), "damaged").unwrap();
    let output = batch(folder.path(), &["--resume"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(closing_line(&output), "2 ok, 0 failed, 1 skipped");
    assert!(report(folder.path())[0].starts_with("1,skipped,"));
    let again = batch(folder.path(), &["--resume"]);
    assert_eq!(closing_line(&again), "0 ok, 0 failed, 3 skipped");
}

#[test]
fn fail_fast_stops_and_wrong_usage_exits_2() {
    let folder = folder("name,date\nAda,never\nBob,\nCid,\n");
    let output = batch(folder.path(), &["--fail-fast"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(closing_line(&output), "0 ok, 1 failed, 0 skipped");
    for (more, word) in [
        (&["--name-pattern", "{nothing:3}"][..], "--name-pattern"),
        (&["--name-pattern", "{nope}"], "--name-pattern"),
        (&["--jobs", "0"], "--jobs"),
        (&["--outputs", "gif"], "--outputs"),
        (&["--page", "a3"], "--page"),
        (&["--locale", "en_US"], "--locale"),
        (&["--templates", "nowhere"], "nowhere"),
        (&["--what"], "--what"),
    ] {
        let output = batch(folder.path(), more);
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(word) && !said.contains("panicked"), "{more:?}: {said}");
    }
    std::fs::write(folder.path().join("rows.csv"), "Name\nAda\n").unwrap();
    assert_eq!(batch(folder.path(), &[]).status.code(), Some(2));
}

#[test]
fn a_template_that_is_not_there_is_wrong_usage() {
    let folder = folder("name\nAda\n");
    let named = |command: &str| command.replace("classic", "nope");
    let one = "one --template classic --data defaults.json --out out";
    for command in [named(BATCH), named(one)] {
        let output = render(folder.path(), &command.split_whitespace().collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(2), "{command}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("--template: there is no such template"), "{said}");
    }
}

#[test]
fn progress_as_json_ends_with_all_rows() {
    let folder = folder("name\nAda\nBob\n");
    let output = batch(folder.path(), &["--progress", "json"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let last: Value = serde_json::from_str(stderr.lines().last().unwrap()).unwrap();
    assert_eq!((&last["done"], &last["total"]), (&json!(2), &json!(2)));
}

#[cfg(unix)]
#[test]
fn an_interrupted_batch_finishes_what_runs_and_can_be_resumed() {
    let rows: String = (0..3000).map(|number| format!("Learner {number}\n")).collect();
    let folder = folder(&format!("name\n{rows}"));
    let mut running = Command::new(env!("CARGO_BIN_EXE_render"))
        .current_dir(folder.path())
        .args(BATCH.split(' '))
        .args(["--quiet"])
        .spawn()
        .unwrap();
    let first = folder.path().join("out/00001-Learner-0.pdf");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !first.exists() {
        assert!(Instant::now() < deadline, "no document in time");
        std::thread::yield_now();
    }
    let pid = running.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(running.wait().unwrap().code(), Some(130));
    let report = report(folder.path());
    let files = std::fs::read_dir(folder.path().join("out")).unwrap().count();
    assert!(report.len() < 3000 && report.len() == files, "{} lines, {files} files", report.len());
    assert!(report.iter().all(|line| line.contains(",ok,")));
    let limit = (report.len() + 1).to_string();
    let resumed = batch(folder.path(), &["--resume", "--limit", &limit]);
    assert_eq!(closing_line(&resumed), format!("1 ok, 0 failed, {} skipped", report.len()));
}
