//! Checked-in documents that are made from code.

use std::{fs, path::Path};

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
