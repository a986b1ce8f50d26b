//! Results of jobs, for whoever holds a link that we signed.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION},
    web::{Data, Path},
};
use chrono::Duration;
use object_store::ObjectStoreExt;
use web::{Query, Refusal};

use crate::{actions::run_jobs::result_path, app::App, error::Error};

/// A link to a result, good for as long as the configuration says.
pub fn link(app: &App, file: &str) -> String {
    let life = Duration::seconds(i64::from(app.settings.storage.link_life_s));
    let expires = app.clock.now().plus(life).utc().timestamp();
    let signature = app.links.sign(file, expires);
    let base = &app.public_base_url;
    format!("{base}/api/media/job-results/{file}?expires={expires}&signature={signature}")
}

/// Download a result
///
/// The link that a job shows is all it takes. 403 once it is too old.
#[utoipa::path(
    get,
    operation_id = "download_result",
    path = "/api/media/job-results/{file}",
    security(()),
    params(
        ("file", description = "As the job's link has it"),
        ("expires" = i64, Query, description = "As the job's link has it"),
        ("signature" = String, Query, description = "As the job's link has it"),
    ),
    responses((status = 200, description = "JSON or CSV"), (status = 403), (status = 404))
)]
pub async fn download(
    app: Data<App>,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let query = Query::of(&request);
    let expires = query.last("expires").and_then(|text| text.parse().ok());
    let signature = query.last("signature").unwrap_or_default();
    let now = app.clock.now().utc().timestamp();
    if !expires.is_some_and(|expires| app.links.permits(&path, expires, signature, now)) {
        return Err(Error::InvalidLink.into());
    }
    let found = match app.files.store().get(&result_path(&path)).await {
        Ok(found) => found,
        Err(object_store::Error::NotFound { .. }) => return Err(Error::NoSuchFile.into()),
        Err(error) => return Err(Error::from(error).into()),
    };
    let kind = if path.ends_with(".csv") { "text/csv; charset=utf-8" } else { "application/json" };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{path}\"")))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(SizedStream::new(found.meta.size, found.into_stream())))
}
