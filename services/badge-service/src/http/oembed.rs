//! What another site needs to embed an assertion.

use ::web::{Query, Refusal};
use actix_web::{
    HttpRequest, HttpResponse, http::StatusCode, http::header::CACHE_CONTROL, web::Data,
};
use serde_json::json;

use super::documents;
use crate::{
    app::App,
    domain::{
        oembed::{self, Embed, EmbedError},
        origin::Kind,
    },
};

/// oEmbed for an assertion
#[utoipa::path(get, path = "/public/oembed", tag = "public",
    params(("url" = String, Query, description = "Address of an assertion of this service"),
        ("format" = Option<String>, Query, description = "`json`"),
        ("maxwidth" = Option<i64>, Query, description = "Pixels; 320 to 800 are given")),
    responses((status = 200, body = Object),
        (status = 400, description = "`maxwidth` is no integer"),
        (status = 404, description = "no such assertion, or it was revoked"),
        (status = 501, description = "another format than JSON")))]
pub(super) async fn oembed(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let query = Query::of(&request);
    let width = oembed::width(query.last("format"), query.last("maxwidth")).map_err(refusal)?;
    let id = query.last("url").and_then(|url| app.origin.assertion_in(url));
    let id = id.ok_or_else(Refusal::not_found)?;
    let whole = documents::assertion(&app, id).await?.ok_or_else(Refusal::not_found)?;
    if whole.kept.assertion.is_revoked() {
        return Err(Refusal::not_found());
    }
    let thumbnail = format!("{}?type=png", app.origin.image(Kind::BadgeClass, whole.class.id));
    let embed = Embed {
        title: whole.class.name.as_str(),
        author_name: whole.issuer.name.as_str(),
        author_url: whole.issuer.url.as_str(),
        provider_name: &app.settings.public.name,
        provider_url: app.origin.as_str(),
        thumbnail_url: &thumbnail,
        page_url: &app.page_url(Kind::Assertion, id),
    };
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=60"))
        .json(embed.json(width)))
}

fn refusal(error: EmbedError) -> Refusal {
    let status = match error {
        EmbedError::UnknownFormat => StatusCode::NOT_IMPLEMENTED,
        EmbedError::BadMaxWidth => StatusCode::BAD_REQUEST,
    };
    Refusal::Custom(status, json!({ "detail": error.to_string() }))
}
