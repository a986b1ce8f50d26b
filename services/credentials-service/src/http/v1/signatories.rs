//! `/api/v1/signatories/`.

mod image;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde::Serialize;
use serde_json::Value;
use web::{Body, Errors, Fields, Refusal};

use super::{
    access::{self, Admitted, admit, body},
    listing, reading,
};
use crate::{
    actions::{self, SignatoryDraft},
    app::App,
    domain::{role::Deed, signatory::Signatory},
    error::Error,
    store,
};

/// Somebody who signs certificates.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct SignatoryView {
    pub id: i64,
    pub name: String,
    pub title: String,
    pub organization_name_override: Option<String>,
    /// Where the picture of the signature is.
    pub image: Option<String>,
    pub created: String,
    pub modified: String,
}

fn view(signatory: Signatory, base: &str) -> SignatoryView {
    SignatoryView {
        id: signatory.id,
        name: signatory.name,
        title: signatory.title,
        organization_name_override: signatory.organization_name_override,
        image: signatory.image_path.map(|path| format!("{base}{path}")),
        created: signatory.created.seconds(),
        modified: signatory.modified.seconds(),
    }
}

/// List signatories
#[utoipa::path(
    get,
    path = "/api/v1/signatories/",
    tag = "v1",
    params(("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query)),
    responses((status = 200, body = [SignatoryView]), (status = "4XX", body = Object))
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let Admitted { site, .. } = admit(&app, &request, Deed::ReadConfigurations).await?;
    let (site_id, base) = (site.id, app.base_url_of(&site));
    let url = format!("{base}{}", request.path());
    let count = app
        .db
        .read(move |conn| store::signatories::count(conn, site_id))
        .await
        .map_err(|error: database::Error| Refusal::from(error))?;
    let fetch = move |offset, limit| {
        let (app, base) = (app.clone(), base.clone());
        async move {
            let found = app
                .db
                .read(move |conn| store::signatories::list(conn, site_id, offset, limit))
                .await
                .map_err(|error: database::Error| Refusal::from(error))?;
            Ok(found.into_iter().map(|each| Some(view(each, &base))).collect())
        }
    };
    listing::respond(&request, &url, count, fetch).await
}

/// Make a signatory
///
/// Always a new one: two people may share a name.
#[utoipa::path(
    post,
    path = "/api/v1/signatories/",
    tag = "v1",
    request_body = Object,
    responses((status = 201, body = SignatoryView), (status = "4XX", body = Object))
)]
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::EditSignatories).await?;
    let body = body(&request, payload).await?;
    save(&app, admitted, None, body).await
}

/// Change the signatory with the body's `id`
#[utoipa::path(
    put,
    path = "/api/v1/signatories/",
    tag = "v1",
    request_body = Object,
    responses((status = 200, body = SignatoryView), (status = "4XX", body = Object))
)]
pub async fn replace_by_id(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::EditSignatories).await?;
    let body = body(&request, payload).await?;
    let mut fields = Fields::of(&body.value)?;
    let id = reading::id(&mut fields);
    if id.is_none() && fields.raw("id").is_none_or(Value::is_null) {
        fields.wrong("id", "This field is required.");
    }
    let id = fields.finish(id)?;
    permit(&app, &admitted, id).await?;
    save(&app, admitted, Some(id), body).await
}

/// Show a signatory
#[utoipa::path(
    get,
    path = "/api/v1/signatories/{id}/",
    tag = "v1",
    params(("id" = i64, Path)),
    responses((status = 200, body = SignatoryView), (status = "4XX", body = Object))
)]
pub async fn detail(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let Admitted { site, .. } = admit(&app, &request, Deed::ReadConfigurations).await?;
    let (id, site_id) = (access::id(&id)?, site.id);
    let found = app
        .db
        .read(move |conn| {
            let found = store::signatories::find(conn, site_id, id)?;
            found.ok_or(Error::NoSuch("Signatory"))
        })
        .await?;
    Ok(HttpResponse::Ok().json(view(found, &app.base_url_of(&site))))
}

/// Change a signatory
///
/// Without `image` the picture stays; null removes it.
#[utoipa::path(
    put,
    path = "/api/v1/signatories/{id}/",
    tag = "v1",
    params(("id" = i64, Path)),
    request_body = Object,
    responses((status = 200, body = SignatoryView), (status = "4XX", body = Object))
)]
pub async fn replace(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::EditSignatories).await?;
    let id = access::id(&id)?;
    permit(&app, &admitted, id).await?;
    let body = body(&request, payload).await?;
    save(&app, admitted, Some(id), body).await
}

/// Remove a signatory
///
/// Only one who stands under no certificate.
#[utoipa::path(
    delete,
    path = "/api/v1/signatories/{id}/",
    tag = "v1",
    params(("id" = i64, Path)),
    responses((status = 204), (status = "4XX", body = Object))
)]
pub async fn delete(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::EditSignatories).await?;
    actions::delete_signatory(&app, site.id, access::id(&id)?, roles).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Refuses a signatory outside the caller's scope, before anything is said of a body.
async fn permit(app: &App, admitted: &Admitted, id: i64) -> Result<(), Refusal> {
    let (site_id, roles) = (admitted.site.id, admitted.roles.clone());
    app.db
        .read(move |conn| actions::editable_signatory(conn, site_id, id, &roles).map(drop))
        .await
        .map_err(|error: Error| error.into())
}

async fn save(
    app: &App,
    admitted: Admitted,
    id: Option<i64>,
    body: Body,
) -> Result<HttpResponse, Refusal> {
    let Admitted { user, site, roles } = admitted;
    let base = app.base_url_of(&site);
    let draft = read(&body, &base).await?;
    let editor = user.profile.username;
    let saved = actions::save_signatory(app, site.id, id, draft, editor, roles).await?;
    let mut answer = if id.is_none() { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(view(saved, &base)))
}

async fn read(body: &Body, base: &str) -> Result<SignatoryDraft, Refusal> {
    let mut fields = Fields::of(&body.value)?;
    let name = reading::text(&mut fields, "name", 255);
    let title = reading::text(&mut fields, "title", 255);
    let organization_name_override =
        reading::text_or_none(&mut fields, "organization_name_override", 255);
    let image = match image::read(body, base).await? {
        Ok(image) => Some(image),
        Err(message) => {
            fields.wrong("image", message);
            None
        }
    };
    let draft = name.zip(title).zip(image).map(|((name, title), image)| SignatoryDraft {
        name,
        title,
        organization_name_override,
        image,
    });
    fields.finish(draft).map_err(|errors: Errors| errors.into())
}
