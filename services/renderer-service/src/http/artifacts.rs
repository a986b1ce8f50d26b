//! The files of a render, for whoever knows their address.

use ::web::{
    Query,
    asset::{FOR_EVER, HARMLESS},
    conditional,
};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};

use super::caller::{Scope, require};
use super::problems::Refused;
use super::ranges::{self, Wanted};
use crate::actions;
use crate::app::App;
use crate::domain::record::Artifact;

/// Fetch a file
///
/// Answers 410 when the render was withdrawn. A single byte range is understood.
#[utoipa::path(
    get, path = "/v1/renders/{render_id}/artifacts/{filename}", tag = "renders",
    params(
        ("render_id" = String, Path), ("filename" = String, Path),
        ("download" = Option<String>, Query, description = "1 makes browsers save the file"),
    ),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 206, description = "A part of the file"),
        (status = 304, description = "The client has it"),
        (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn fetch(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Refused> {
    if !app.settings.render.public_artifacts {
        require(&app, &request, Scope::Read).await?;
    }
    let (render_id, filename) = path.into_inner();
    let (artifact, bytes) = actions::artifact_bytes(&app, &render_id, &filename).await?;
    let tag = format!("sha256-{}", artifact.sha256);
    if conditional::has(&request, &tag) {
        return Ok(headed(StatusCode::NOT_MODIFIED, &tag).finish());
    }
    let is_download = Query::of(&request).last("download") == Some("1");
    let range = match ranges::wanted(&request, &tag, bytes.len()) {
        Wanted::All => None,
        Wanted::Part(start, end) => Some((start, end)),
        Wanted::Nothing => return Err(Refused::range(bytes.len())),
    };
    let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut response = headed(status, &tag);
    describe(&mut response, &artifact, is_download);
    Ok(match range {
        None => response.body(bytes),
        Some((start, end)) => {
            let content_range = format!("bytes {start}-{end}/{}", bytes.len());
            response.insert_header((CONTENT_RANGE, content_range)).body(bytes.slice(start..=end))
        }
    })
}

fn headed(status: StatusCode, tag: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    // The bytes under an address never change; withdrawing a render is told by 410.
    response
        .insert_header((ETAG, format!("\"{tag}\"")))
        .insert_header((CACHE_CONTROL, FOR_EVER))
        .insert_header((ACCEPT_RANGES, "bytes"));
    response
}

fn describe(response: &mut HttpResponseBuilder, artifact: &Artifact, is_download: bool) {
    let how = if is_download { "attachment" } else { "inline" };
    let disposition = format!("{how}; {}", named(&artifact.filename));
    response
        .insert_header((CONTENT_TYPE, artifact.media_type.as_str()))
        .insert_header((CONTENT_DISPOSITION, disposition));
    if artifact.media_type == "image/svg+xml" {
        response.insert_header((CONTENT_SECURITY_POLICY, HARMLESS));
    }
}

/// A file's name as RFC 6266 writes it: as it is, or percent-encoded if it has other letters.
fn named(filename: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b' ');
    if filename.bytes().all(is_plain) {
        return format!("filename=\"{filename}\"");
    }
    let encoded: String = filename
        .bytes()
        .map(|b| match b {
            b'-' | b'.' | b'_' => char::from(b).to_string(),
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    format!("filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_so_that_every_browser_reads_it() {
        assert_eq!(named("Certificate.pdf"), "filename=\"Certificate.pdf\"");
        assert_eq!(named("a\"b.pdf"), "filename*=UTF-8''a%22b.pdf");
        assert_eq!(named("für.pdf"), "filename*=UTF-8''f%C3%BCr.pdf");
    }
}
