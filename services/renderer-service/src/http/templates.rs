//! The templates that requests may name.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Scope, require};
use super::problems::Refused;
use crate::app::App;
use crate::domain::template::parse_reference;
use crate::engine::Package;
use crate::error::Error;

/// A template, as its package describes it.
#[derive(Serialize, ToSchema)]
pub struct TemplateView {
    id: String,
    version: u32,
    /// `sha256-<hex>` over its files.
    digest: String,
    title: String,
    kinds: Vec<String>,
    /// Sheets it can be set on; the first is the default.
    pages: Vec<&'static str>,
    max_pages: usize,
    default_locale: String,
    /// Languages it has wording for.
    locales: Vec<String>,
    /// Values of `achievement.type`; the first is the default.
    types: Vec<String>,
    /// Pointers into `data` that it needs beyond what is required anyway.
    requires: Vec<String>,
    /// Members of `custom` that it knows.
    #[schema(value_type = Vec<Object>)]
    custom: Vec<serde_json::Value>,
}

/// All templates.
#[derive(Serialize, ToSchema)]
pub struct TemplateList {
    templates: Vec<TemplateView>,
}

/// List the templates
#[utoipa::path(
    get, path = "/v1/templates", tag = "templates", security(("token" = ["renderer.read"])),
    responses((status = 200, body = TemplateList), (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"))
)]
pub async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    require(&app, &request, Scope::Read).await?;
    let templates = app.templates.packages().iter().map(|each| TemplateView::from(&**each));
    Ok(HttpResponse::Ok().json(TemplateList { templates: templates.collect() }))
}

/// Look at a template
#[utoipa::path(
    get, path = "/v1/templates/{id}", tag = "templates", security(("token" = ["renderer.read"])),
    params(("id" = String, Path, description = "`id`, or `id@version`")),
    responses((status = 200, body = TemplateView), (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"))
)]
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    require(&app, &request, Scope::Read).await?;
    let package = parse_reference(&id).and_then(|_| app.templates.package(&id));
    let package = package.ok_or(Error::NoSuch("template"))?;
    Ok(HttpResponse::Ok().json(TemplateView::from(&*package)))
}

impl From<&Package> for TemplateView {
    fn from(package: &Package) -> Self {
        let manifest = &package.manifest;
        let locale =
            |path: &String| path.strip_prefix("locales/")?.strip_suffix(".toml").map(str::to_owned);
        let custom = manifest.custom.iter().filter_map(|field| serde_json::to_value(field).ok());
        Self {
            id: manifest.id.clone(),
            version: manifest.version,
            digest: package.digest.clone(),
            title: manifest.title.clone(),
            kinds: manifest.kinds.clone(),
            pages: manifest.pages.iter().map(|page| page.as_str()).collect(),
            max_pages: manifest.max_pages,
            default_locale: manifest.default_locale.clone(),
            locales: package.files.keys().filter_map(locale).collect(),
            types: manifest.types.clone(),
            requires: manifest.requires.clone(),
            custom: custom.collect(),
        }
    }
}
