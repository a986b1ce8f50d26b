//! The files of a render: which are there, and how the others are made and put into the store.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::future::try_join_all;

use crate::app::App;
use crate::domain::record::{Artifact, Warning};
use crate::domain::{Fault, FaultCode, Output, Parsed, RenderRecord};
use crate::engine::job::Timings;
use crate::engine::{Job, Priority};
use crate::error::Error;

/// What a run of the engine brought.
#[derive(Default)]
pub(super) struct Files {
    pub made: Vec<(Output, Vec<u8>)>,
    pub warnings: Vec<Warning>,
    /// Absent, if there was nothing to make.
    pub timings: Option<Timings>,
    /// Whether any of them was there once, and is not any more.
    pub replaces_lost: bool,
}

/// Runs the engine for those outputs whose files are not there.
pub(super) async fn make_missing(
    app: &App,
    parsed: &Parsed,
    kept: Option<&RenderRecord>,
    priority: Priority,
) -> Result<Files, Error> {
    let there = there(app, kept).await?;
    let mut request = parsed.request.clone();
    request.outputs.retain(|output| there.get(output) != Some(&true));
    if request.outputs.is_empty() {
        return Ok(Files::default());
    }
    let replaces_lost = request.outputs.iter().any(|output| there.contains_key(output));
    let gone = || Fault::new(FaultCode::TemplateError, "the template is gone");
    let package = app.templates.package(&request.template).ok_or_else(gone)?;
    let conformance = app.settings.pdf.conformance;
    let job = Job { request, package, pictures: parsed.pictures.clone(), conformance };
    let artifacts = app.pool.render(job, priority).await.inspect_err(|fault| {
        app.figures.failed(fault);
    })?;
    let warnings = parsed.warnings.iter().cloned().chain(artifacts.warnings).collect();
    Ok(Files { made: artifacts.files, warnings, timings: Some(artifacts.timings), replaces_lost })
}

/// The outputs that a render's record names, and whether the file of each is there.
pub(in crate::actions) async fn there(
    app: &App,
    kept: Option<&RenderRecord>,
) -> Result<BTreeMap<Output, bool>, Error> {
    let mut there = BTreeMap::new();
    for artifact in kept.map_or(&[][..], |record| &record.artifacts) {
        let is_there = app.objects.has(&artifact.sha256, artifact.bytes).await?;
        there.insert(artifact.output, is_there);
    }
    Ok(there)
}

/// Puts files into the store and describes them.
pub(super) async fn put(
    app: &App,
    render_id: &str,
    files: Vec<(Output, Vec<u8>)>,
) -> Result<Vec<Artifact>, Error> {
    let puts = files.into_iter().map(|(output, file)| async move {
        let filename = output.filename(&app.settings.pdf.filename);
        let url = artifact_url(&app.public_base_url, render_id, &filename);
        let bytes = file.len();
        let sha256 = app.objects.put(Bytes::from(file)).await?;
        Ok::<_, Error>(Artifact::of(output, sha256, bytes, filename, url))
    });
    try_join_all(puts).await
}

/// Where a file is served.
fn artifact_url(base: &str, render_id: &str, filename: &str) -> String {
    let path = [App::record_path(render_id), "artifacts".to_owned()].join("/");
    let mut url = format!("{base}{path}/");
    for byte in filename.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::artifact_url;

    #[test]
    fn an_address_has_no_character_that_an_address_cannot_have() {
        let url = artifact_url("https://certs.example.org", "ab12", "Zertifikat für alle.pdf");
        assert_eq!(
            url,
            "https://certs.example.org/v1/renders/ab12/artifacts/Zertifikat%20f%C3%BCr%20alle.pdf"
        );
    }
}
