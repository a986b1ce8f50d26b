//! Holds the table "who may know whom" of ARCHITECTURE.md against the code.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A layer of every service, and the words that must not stand in it.
const LAYERS: [(&str, &[&str]); 6] = [
    (
        "domain",
        &[
            "actix_web",
            "diesel::",
            "lapin",
            "reqwest",
            "tokio",
            "database::",
            "messaging::",
            "Utc::now",
            "Timestamp::now",
            "Id::fresh",
            "new_v4",
            "now_v7",
            "rand::",
        ],
    ),
    ("actions", &["actix_web", "diesel::", "lapin", "web::"]),
    ("store", &["actix_web", "web::", "lapin", "reqwest"]),
    ("http", &["diesel::", "lapin", "messaging::", ".write("]),
    (
        "pages",
        &[
            "actix_web",
            "diesel::",
            "database::",
            "store::",
            "messaging::",
            "lapin",
            "reqwest",
            "tokio",
            "Utc::now",
            "Timestamp::now",
        ],
    ),
    ("events", &["diesel::", "lapin", "actix_web"]),
];

/// Folder names that say nothing.
const NAMELESS: [&str; 6] = ["common", "utils", "helpers", "core", "shared", "misc"];

#[test]
fn no_layer_names_what_it_must_not_know() {
    let mut faults = Vec::new();
    for service in folders(&root().join("services")) {
        for (layer, forbidden) in LAYERS {
            let mut files = rust_files(&service.join("src").join(layer));
            files.push(service.join("src").join(format!("{layer}.rs")));
            for file in files {
                faults.extend(faults_of(&file, forbidden));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_service_depends_on_another() {
    let services =
        ["badge-service", "credentials-service", "registrar-service", "renderer-service"];
    for service in services {
        let manifest = read(&root().join("services").join(service).join("Cargo.toml"));
        for other in services.iter().filter(|other| **other != service) {
            assert!(!manifest.contains(other), "{service} depends on {other}");
        }
    }
}

#[test]
fn every_folder_has_a_name_that_says_something() {
    let mut pending = vec![root().join("crates"), root().join("services")];
    while let Some(folder) = pending.pop() {
        for inner in folders(&folder) {
            let name = inner.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            assert!(!NAMELESS.contains(&name), "{}", inner.display());
            pending.push(inner);
        }
    }
}

/// Comments and tests may name what they like.
fn faults_of(file: &Path, forbidden: &[&str]) -> Vec<String> {
    let source = read(file);
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|(number, line)| {
            let words = forbidden.iter().filter(move |word| names(line, word));
            words.map(move |word| format!("{}:{}: {word}", file.display(), number + 1))
        })
        .collect()
}

/// Whether `word` stands in `line` as a word of its own (`web::` is not in `actix_web::`).
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for inner in folders(folder) {
        files.extend(rust_files(&inner));
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    files.extend(
        entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "rs")),
    );
    files
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
