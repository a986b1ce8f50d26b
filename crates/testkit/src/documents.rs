//! Checked-in documents that are made from code.

use std::{fs, path::Path};

use chassis::Service;
use reqwest::Method;

/// Compares a checked-in file with what the code makes now.
///
/// With `UPDATE_DOCUMENTS=1` it writes the file instead.
///
/// # Panics
///
/// If the file is stale, naming it and how to renew it.
pub fn assert_current(path: &Path, made: &str) {
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("the folder can be made");
        }
        fs::write(path, made).expect("the document can be written");
        return;
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(kept == made, "{} is stale: run `make docs` and commit it", path.display());
}

/// Holds the checked-in API document of a service against its code, as [`assert_current`] does.
///
/// # Panics
///
/// If it is stale.
pub fn assert_api_is_current<S: Service>() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto-docs/openapi");
    let made = S::openapi().to_pretty_json().expect("the document is JSON") + "\n";
    assert_current(&folder.join(format!("{}.json", S::NAME)), &made);
}

/// Method and path of every operation of a service's API document, with blanks in the paths.
pub fn operations<S: Service>() -> Vec<(Method, String)> {
    let document = S::openapi();
    let operations = document.paths.paths.iter().flat_map(|(path, item)| {
        let described = [
            (Method::GET, item.get.is_some()),
            (Method::POST, item.post.is_some()),
            (Method::PUT, item.put.is_some()),
            (Method::PATCH, item.patch.is_some()),
            (Method::DELETE, item.delete.is_some()),
            (Method::HEAD, item.head.is_some()),
            (Method::OPTIONS, item.options.is_some()),
            (Method::TRACE, item.trace.is_some()),
        ];
        let there = described.into_iter().filter(|(_, is_there)| *is_there);
        there.map(move |(method, _)| (method, path.clone()))
    });
    operations.collect()
}
