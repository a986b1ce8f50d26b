//! Files with secrets: readable by their owner alone, whole or not there.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Writes a file that only its owner may read, and never half of it.
///
/// # Errors
///
/// If the folder does not let it be written.
pub fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::rename(written_aside(path, bytes)?, path)
}

/// Like [`write_secret`], where there is no such file yet.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`], with the file left as it is.
pub(crate) fn create_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = written_aside(path, bytes)?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    linked
}

/// A file beside `path`, this process's own, with these bytes on disk.
fn written_aside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    use std::io::Write;

    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(temporary)
}
