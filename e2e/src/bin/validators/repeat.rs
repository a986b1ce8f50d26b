//! One request, rendered by two processes.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::process::Command;

use crate::programs::run;

/// Files by name.
type Files = BTreeMap<String, Vec<u8>>;

/// The files that a process of its own makes of one request.
pub async fn renders(
    render: &Path,
    folder: &Path,
    language: &str,
    zone: &str,
) -> anyhow::Result<Files> {
    fs::create_dir_all(folder)?;
    let data = json!({
        "recipient": { "name": "ليلى الحداد · Zoë Marlowe · प्रिया शर्मा" },
        "achievement": { "title": "Introduction to Logic", "grade": "Distinction", "hours": 40 },
        "issuer": { "name": "Northlake University" },
        "issued_on": "2026-03-14",
    });
    let (input, out) = (folder.join("data.json"), folder.join("out"));
    fs::write(&input, data.to_string())?;
    run(Command::new(fs::canonicalize(render).context("render")?)
        .current_dir(folder)
        .env("LANG", language)
        .env("TZ", zone)
        .args(["one", "--template", "classic", "--outputs", "pdf,png,svg,card"])
        .args(["--public-base-url", "https://certificates.example.org", "--data"])
        .arg(&input)
        .arg("--out")
        .arg(&out))
    .await?;
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&out)? {
        let entry = entry?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
    }
    Ok(files)
}

/// Both made the four outputs, and they are the same to the byte.
pub fn same(earlier: anyhow::Result<Files>, later: anyhow::Result<Files>) -> anyhow::Result<()> {
    let (earlier, later) = (earlier?, later?);
    ensure!(earlier.len() == 4, "of four outputs only {:?} were made", earlier.keys());
    ensure!(earlier.keys().eq(later.keys()), "{:?} became {:?}", earlier.keys(), later.keys());
    for (name, bytes) in &earlier {
        ensure!(later.get(name) == Some(bytes), "{name} has other bytes");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Files, same};

    fn files(pdf: &str) -> anyhow::Result<Files> {
        let names = ["Certificate.pdf", "card.png", "certificate.svg", "preview.png"];
        Ok(names.map(|name| (name.to_owned(), pdf.as_bytes().to_vec())).into())
    }

    #[test]
    fn a_byte_or_a_file_of_difference_is_noticed() {
        assert!(same(files("a"), files("a")).is_ok());
        assert!(same(files("a"), files("b")).is_err());
        let mut fewer = files("a").unwrap();
        fewer.remove("card.png");
        assert!(same(files("a"), Ok(fewer.clone())).is_err());
        assert!(same(Ok(fewer.clone()), Ok(fewer)).is_err());
    }
}
