//! `/api/v1/program-certificates/`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use model::Id;
use serde::Serialize;
use uuid::Uuid;
use web::{Body, Fields, Query, Refusal};

use super::{
    access::Admitted,
    configurations::{self, Editable},
    reading,
};
use crate::{
    actions::{ProgramCertificateDraft, ProgramName},
    app::App,
    domain::{catalog::Program, configuration::ProgramCertificate},
    store::program_certificates::Filter,
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

impl Editable for ProgramCertificate {
    type View = ProgramCertificateView;

    fn view(self, signatories: Vec<i64>) -> ProgramCertificateView {
        ProgramCertificateView {
            id: self.id,
            program_id: self.program_id,
            program_uuid: self.program_uuid.uuid(),
            template: None,
            title: self.title,
            is_active: self.is_active,
            signatories,
            use_org_name: self.use_org_name,
            include_hours_of_effort: self.include_hours_of_effort,
            language: self.language,
            created: self.created.seconds(),
            modified: self.modified.seconds(),
        }
    }

    fn filter(query: &Query) -> Filter {
        let uuid = |text: &str| text.parse().unwrap_or_else(|_| nobody());
        Filter {
            program_id: query.text("program_id").map(|id| id.parse().unwrap_or(NOBODY)),
            program_uuid: query.text("program_uuid").map(uuid),
            is_active: query.truth("is_active"),
        }
    }

    async fn read(
        app: &App,
        admitted: &Admitted,
        body: &Body,
    ) -> Result<(Option<i64>, ProgramCertificateDraft), Refusal> {
        let mut fields = Fields::of(&body.value)?;
        let id = reading::id(&mut fields);
        let program = ProgramName {
            id: fields.integer("program_id").value(),
            uuid: fields.uuid("program_uuid").value().map(Id::from),
        };
        let is_named = ["program_id", "program_uuid"]
            .iter()
            .any(|name| fields.raw(name).is_some_and(|value| !value.is_null()));
        if !is_named {
            fields.wrong("program_id", "This field is required.");
        }
        configurations::permit::<Self>(app, admitted, id, program).await?;
        let draft = ProgramCertificateDraft {
            program,
            title: reading::text_or_none(&mut fields, "title", 255),
            is_active: reading::switch(&mut fields, "is_active"),
            signatories: reading::signatories(app, admitted.site.id, &mut fields).await?,
            use_org_name: reading::switch(&mut fields, "use_org_name"),
            include_hours_of_effort: reading::switch(&mut fields, "include_hours_of_effort"),
            language: reading::text_or_none(&mut fields, "language", 8),
        };
        reading::template(&mut fields);
        Ok((id, fields.finish(Some(draft))?))
    }
}

/// The UUID of no program.
fn nobody() -> Id<Program> {
    Uuid::nil().into()
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
    configurations::list::<ProgramCertificate>(app, request).await
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
    configurations::create::<ProgramCertificate>(app, request, payload).await
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
    configurations::replace_by_key::<ProgramCertificate>(app, request, payload).await
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
    configurations::detail::<ProgramCertificate>(app, request, id).await
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
    configurations::replace::<ProgramCertificate>(app, request, id, payload).await
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
    configurations::delete::<ProgramCertificate>(app, request, id).await
}
