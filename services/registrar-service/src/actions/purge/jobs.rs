//! Removes old jobs together with their results.

use std::{
    fs, io,
    path::Path,
    time::{Duration as Age, SystemTime},
};

use chrono::Duration;
use object_store::ObjectStoreExt;

use crate::{
    actions::run_jobs::{RESULTS, result_path},
    app::App,
    error::Error,
    store::jobs,
};

/// How many jobs are removed at a time.
const BATCH: i64 = 100;

/// How old a file must be that was begun and never finished; nobody writes one for so long.
const UNFINISHED_FOR: Age = Age::from_secs(24 * 3600);

/// Removes what is older than the configured number of days; returns how many jobs that were.
///
/// A result goes before its job: whoever dies in between leaves a job to be found again.
///
/// # Errors
///
/// If the database or the file store refuses.
pub async fn purge_jobs(app: &App) -> Result<usize, Error> {
    let days = i64::from(app.settings.jobs.retention_days);
    let before = app.clock.now().plus(-Duration::days(days));
    let mut purged = 0;
    loop {
        let old = app.db.read(move |conn| jobs::old(conn, before, BATCH)).await?;
        if old.is_empty() {
            return Ok(purged);
        }
        for job in &old {
            match app.files.store().delete(&result_path(&job.file_name())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        purged += old.len();
        app.db.write(move |conn| old.iter().try_for_each(|job| jobs::delete(conn, job.id))).await?;
    }
}

/// Removes what processes that were killed had begun to write: in a folder it is beside the results,
/// with a `#` in its name. In a bucket nobody sees it, and a rule of the bucket ends it. Returns how
/// many files that were.
///
/// # Errors
///
/// If the folder cannot be read.
pub async fn purge_unfinished_files(app: &App) -> io::Result<usize> {
    let Some(folder) = app.files.folder() else { return Ok(0) };
    let folder = folder.join(RESULTS);
    let before = SystemTime::from(app.clock.now().utc()) - UNFINISHED_FOR;
    tokio::task::spawn_blocking(move || remove_unfinished(&folder, before)).await?
}

fn remove_unfinished(folder: &Path, before: SystemTime) -> io::Result<usize> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let unfinished = entry.file_name().to_string_lossy().contains('#');
        if unfinished && entry.metadata()?.modified()? < before {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File},
        time::{Duration, SystemTime},
    };

    use super::remove_unfinished;

    #[test]
    fn only_what_was_left_unfinished_long_ago_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        for (name, age_s) in [("a.csv", 500), ("a.csv#1", 500), ("b.csv#1", 5)] {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(now - Duration::from_secs(age_s)).unwrap();
        }

        let removed = remove_unfinished(folder.path(), now - Duration::from_secs(100)).unwrap();

        assert_eq!(removed, 1);
        assert!(!folder.path().join("a.csv#1").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert_eq!(remove_unfinished(&folder.path().join("none"), now).unwrap(), 0);
    }
}
