//! `/api/v1/program-certificates/`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use model::Id;
use serde::Serialize;
use uuid::Uuid;
use web::{Body, Fields, Refusal};

use super::{
    access::{self, Admitted, admit, body},
    course_certificates::truth,
    listing, reading,
};
use crate::{
    actions::{self, ProgramCertificateDraft, Saved, Target},
    app::App,
    domain::{catalog::Program, configuration::ProgramCertificate, role::Deed},
    error::Error,
    http::query::Query,
    store::{self, program_certificates::Filter},
};

/// An id that no program has: filters that make no sense find nothing.
const NOBODY: i64 = 0;

/// What can be awarded for one program.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ProgramCertificateView {
    pub id: i64,
    /// Null while the program is missing from the catalog.
    pub program_id: Option<i64>,
    pub program_uuid: Uuid,
    /// Always null: the built-in template is used.
    pub template: Option<i64>,
    pub title: Option<String>,
    pub is_active: bool,
    /// In order.
    pub signatories: Vec<i64>,
    /// Whether the page shows organizations' names instead of their keys.
    pub use_org_name: bool,
    pub include_hours_of_effort: bool,
    pub language: Option<String>,
    pub created: String,
    pub modified: String,
}

fn view(configuration: ProgramCertificate, signatories: Vec<i64>) -> ProgramCertificateView {
    ProgramCertificateView {
        id: configuration.id,
        program_id: configuration.program_id,
        program_uuid: configuration.program_uuid.uuid(),
        template: None,
        title: configuration.title,
        is_active: configuration.is_active,
        signatories,
        use_org_name: configuration.use_org_name,
        include_hours_of_effort: configuration.include_hours_of_effort,
        language: configuration.language,
        created: configuration.created.seconds(),
        modified: configuration.modified.seconds(),
    }
}

/// List program configurations
///
/// All of them, or with `page` and `page_size` a slice.
#[utoipa::path(
    get,
    path = "/api/v1/program-certificates/",
    tag = "v1",
    params(
        ("program_id" = Option<i64>, Query), ("program_uuid" = Option<String>, Query),
        ("is_active" = Option<String>, Query), ("page" = Option<u64>, Query),
        ("page_size" = Option<u64>, Query),
    ),
    responses((status = 200, body = [ProgramCertificateView]), (status = "4XX", body = Object))
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::ReadConfigurations).await?;
    let query = Query::of(&request);
    let filter = Filter {
        program_id: query.text("program_id").map(|id| id.parse().unwrap_or(NOBODY)),
        program_uuid: query.text("program_uuid").map(|id| id.parse().unwrap_or_else(|_| nobody())),
        is_active: query.text("is_active").and_then(truth),
    };
    let site_id = site.id;
    let url = format!("{}{}", app.base_url_of(&site), request.path());
    let counted = filter.clone();
    let count = app
        .db
        .read(move |conn| store::program_certificates::count(conn, site_id, &counted))
        .await
        .map_err(|error: database::Error| Refusal::from(error))?;
    let fetch = move |offset, limit| {
        let (app, filter, roles) = (app.clone(), filter.clone(), roles.clone());
        async move {
            app.db
                .read(move |conn| {
                    let all =
                        store::program_certificates::list(conn, site_id, &filter, offset, limit)?;
                    let mut views = Vec::with_capacity(all.len());
                    for each in all {
                        let of = actions::belonging_of_program(conn, each.program_id)?;
                        let may_see = roles.may(Deed::ReadConfigurations, &of);
                        views.push(may_see.then(|| with_signatories(conn, each)).transpose()?);
                    }
                    Ok(views)
                })
                .await
                .map_err(|error: database::Error| Refusal::from(error))
        }
    };
    listing::respond(&request, &url, count, fetch).await
}

/// Make a program configuration
///
/// If there is one of this program, it is changed instead: 200.
#[utoipa::path(
    post,
    path = "/api/v1/program-certificates/",
    tag = "v1",
    request_body = Object,
    responses(
        (status = 201, body = ProgramCertificateView), (status = 200, body = ProgramCertificateView),
        (status = "4XX", body = Object)
    )
)]
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::EditConfigurations).await?;
    let (_, draft) = read(&app, &admitted, &body(&request, payload).await?).await?;
    save(&app, admitted, draft, Target::Key).await
}

/// Change a program configuration
///
/// The one with the body's `id`, else the one of this program.
#[utoipa::path(
    put,
    path = "/api/v1/program-certificates/",
    tag = "v1",
    request_body = Object,
    responses((status = 200, body = ProgramCertificateView), (status = "4XX", body = Object))
)]
pub async fn replace_by_key(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::EditConfigurations).await?;
    let (id, draft) = read(&app, &admitted, &body(&request, payload).await?).await?;
    save(&app, admitted, draft, id.map_or(Target::ExistingKey, Target::Id)).await
}

/// Show a program configuration
#[utoipa::path(
    get,
    path = "/api/v1/program-certificates/{id}/",
    tag = "v1",
    params(("id" = i64, Path)),
    responses((status = 200, body = ProgramCertificateView), (status = "4XX", body = Object))
)]
pub async fn detail(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::ReadConfigurations).await?;
    let (id, site_id) = (access::id(&id)?, site.id);
    let view = app
        .db
        .read(move |conn| {
            let found = store::program_certificates::find(conn, site_id, id)?
                .ok_or(Error::NoSuch("ProgramCertificate"))?;
            let of = actions::belonging_of_program(conn, found.program_id)?;
            if !roles.may(Deed::ReadConfigurations, &of) {
                return Err(Error::NoSuch("ProgramCertificate"));
            }
            Ok(with_signatories(conn, found)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(view))
}

/// Change a program configuration
#[utoipa::path(
    put,
    path = "/api/v1/program-certificates/{id}/",
    tag = "v1",
    params(("id" = i64, Path)),
    request_body = Object,
    responses((status = 200, body = ProgramCertificateView), (status = "4XX", body = Object))
)]
pub async fn replace(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::EditConfigurations).await?;
    let id = access::id(&id)?;
    let (site_id, roles) = (admitted.site.id, admitted.roles.clone());
    app.db.read(move |conn| actions::permit_id(conn, site_id, &roles, id)).await?;
    let (_, draft) = read(&app, &admitted, &body(&request, payload).await?).await?;
    save(&app, admitted, draft, Target::Id(id)).await
}

/// Remove a program configuration
///
/// Only while nobody was awarded it.
#[utoipa::path(
    delete,
    path = "/api/v1/program-certificates/{id}/",
    tag = "v1",
    params(("id" = i64, Path)),
    responses((status = 204), (status = "4XX", body = Object))
)]
pub async fn delete(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::EditConfigurations).await?;
    actions::delete_program_certificate(&app, site.id, access::id(&id)?, roles).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn save(
    app: &App,
    admitted: Admitted,
    draft: ProgramCertificateDraft,
    target: Target,
) -> Result<HttpResponse, Refusal> {
    let site_id = admitted.site.id;
    let Saved { configuration, signatories, is_new } =
        actions::save_program_certificate(app, site_id, draft, target, admitted.roles).await?;
    let mut answer = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(view(configuration, signatories)))
}

fn with_signatories(
    conn: &mut database::AnyConnection,
    configuration: ProgramCertificate,
) -> Result<ProgramCertificateView, database::Error> {
    let people = store::signatories::of_program(conn, configuration.id)?;
    Ok(view(configuration, people.iter().map(|person| person.id).collect()))
}

/// The configuration of a body, and the id that it names.
async fn read(
    app: &App,
    admitted: &Admitted,
    body: &Body,
) -> Result<(Option<i64>, ProgramCertificateDraft), Refusal> {
    let mut fields = Fields::of(&body.value)?;
    let id = reading::id(&mut fields);
    let program_id = fields.integer("program_id").value();
    let program_uuid = fields.uuid("program_uuid").value().map(Id::from);
    let is_named = ["program_id", "program_uuid"]
        .iter()
        .any(|name| fields.raw(name).is_some_and(|value| !value.is_null()));
    if !is_named {
        fields.wrong("program_id", "This field is required.");
    }
    let draft = ProgramCertificateDraft {
        program_id,
        program_uuid,
        title: reading::text_or_none(&mut fields, "title", 255),
        is_active: reading::switch(&mut fields, "is_active"),
        signatories: reading::signatories(app, admitted.site.id, &mut fields).await?,
        use_org_name: reading::switch(&mut fields, "use_org_name"),
        include_hours_of_effort: reading::switch(&mut fields, "include_hours_of_effort"),
        language: reading::text_or_none(&mut fields, "language", 8),
    };
    reading::template(&mut fields);
    permit(app, admitted, id, draft.clone()).await?;
    Ok((id, fields.finish(Some(draft))?))
}

/// Refuses what lies outside the caller's scope, before anything is said of the rest of a body.
async fn permit(
    app: &App,
    admitted: &Admitted,
    id: Option<i64>,
    draft: ProgramCertificateDraft,
) -> Result<(), Refusal> {
    let (site_id, roles) = (admitted.site.id, admitted.roles.clone());
    app.db
        .read(move |conn| actions::permit_program_certificate(conn, site_id, &roles, id, &draft))
        .await
        .map_err(|error: Error| error.into())
}

/// The UUID of no program.
fn nobody() -> Id<Program> {
    Uuid::nil().into()
}
