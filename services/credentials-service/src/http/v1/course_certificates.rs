//! `/api/v1/course-certificates/`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use model::CourseKey;
use serde::Serialize;
use web::{Body, Fields, Query, Refusal};

use super::{
    access::Admitted,
    configurations::{self, Editable},
    reading,
};
use crate::{
    actions::CourseCertificateDraft,
    app::App,
    domain::configuration::{CERTIFICATE_TYPES, CourseCertificate},
    store::{self, course_certificates::Filter},
};

/// What can be awarded for one course run in one mode.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CourseCertificateView {
    pub id: i64,
    pub course_id: String,
    pub certificate_type: String,
    /// Always null: the built-in template is used.
    pub template: Option<i64>,
    pub title: Option<String>,
    pub is_active: bool,
    /// In order.
    pub signatories: Vec<i64>,
    pub certificate_available_date: Option<String>,
    pub created: String,
    pub modified: String,
}

impl Editable for CourseCertificate {
    type View = CourseCertificateView;

    fn view(self, signatories: Vec<i64>) -> CourseCertificateView {
        CourseCertificateView {
            id: self.id,
            course_id: self.course_id,
            certificate_type: self.certificate_type,
            template: None,
            title: self.title,
            is_active: self.is_active,
            signatories,
            certificate_available_date: self.certificate_available_date.map(|d| d.seconds()),
            created: self.created.seconds(),
            modified: self.modified.seconds(),
        }
    }

    fn filter(query: &Query) -> Filter {
        Filter {
            course_id: query.text("course_id").map(str::to_owned),
            certificate_type: query.text("certificate_type").map(str::to_owned),
            is_active: query.truth("is_active"),
        }
    }

    async fn read(
        app: &App,
        admitted: &Admitted,
        body: &Body,
    ) -> Result<(Option<i64>, CourseCertificateDraft), Refusal> {
        let mut fields = Fields::of(&body.value)?;
        let id = reading::id(&mut fields);
        let course_id = fields.text("course_id", 255);
        configurations::permit::<Self>(app, admitted, id, course_id.clone()).await?;
        let site_id = admitted.site.id;
        if course_id.as_ref().is_some_and(|key| key.parse::<CourseKey>().is_err()) {
            fields.wrong("course_id", "Invalid course key.");
        }
        let known = types_of(app, site_id, course_id.clone()).await?;
        let types: Vec<&str> =
            CERTIFICATE_TYPES.into_iter().chain(known.iter().map(String::as_str)).collect();
        let certificate_type = fields.required_choice("certificate_type", &types);
        let title = reading::text_or_none(&mut fields, "title", 255);
        let is_active = reading::switch(&mut fields, "is_active");
        let signatories = reading::signatories(app, site_id, &mut fields).await?;
        reading::template(&mut fields);
        let draft = course_id.zip(certificate_type).map(|(course_id, certificate_type)| {
            CourseCertificateDraft { course_id, certificate_type, title, is_active, signatories }
        });
        Ok((id, fields.finish(draft)?))
    }
}

/// The modes that a run is configured for, awards' own ones included: those can go on being edited.
async fn types_of(
    app: &App,
    site_id: i64,
    course_id: Option<String>,
) -> Result<Vec<String>, Refusal> {
    let Some(course_id) = course_id else { return Ok(Vec::new()) };
    let known = app
        .db
        .read(move |conn| store::course_certificates::of_run(conn, site_id, &course_id))
        .await
        .map_err(|error: database::Error| Refusal::from(error))?;
    Ok(known.into_iter().map(|each| each.certificate_type).collect())
}

/// List course configurations
///
/// All of them, or with `page` and `page_size` a slice.
#[utoipa::path(
    get,
    path = "/api/v1/course-certificates/",
    tag = "v1",
    params(
        ("course_id" = Option<String>, Query), ("certificate_type" = Option<String>, Query),
        ("is_active" = Option<String>, Query), ("page" = Option<u64>, Query),
        ("page_size" = Option<u64>, Query),
    ),
    responses((status = 200, body = [CourseCertificateView]), (status = "4XX", body = Object))
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    configurations::list::<CourseCertificate>(app, request).await
}

/// Make a course configuration
///
/// If there is one of this run and this mode, it is changed instead: 200.
#[utoipa::path(
    post,
    path = "/api/v1/course-certificates/",
    tag = "v1",
    request_body = Object,
    responses(
        (status = 201, body = CourseCertificateView), (status = 200, body = CourseCertificateView),
        (status = "4XX", body = Object)
    )
)]
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    configurations::create::<CourseCertificate>(app, request, payload).await
}

/// Change a course configuration
///
/// The one with the body's `id`, else the one of this run and this mode.
#[utoipa::path(
    put,
    path = "/api/v1/course-certificates/",
    tag = "v1",
    request_body = Object,
    responses((status = 200, body = CourseCertificateView), (status = "4XX", body = Object))
)]
pub async fn replace_by_key(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    configurations::replace_by_key::<CourseCertificate>(app, request, payload).await
}

/// Show a course configuration
#[utoipa::path(
    get,
    path = "/api/v1/course-certificates/{id}/",
    tag = "v1",
    params(("id" = i64, Path)),
    responses((status = 200, body = CourseCertificateView), (status = "4XX", body = Object))
)]
pub async fn detail(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    configurations::detail::<CourseCertificate>(app, request, id).await
}

/// Change a course configuration
#[utoipa::path(
    put,
    path = "/api/v1/course-certificates/{id}/",
    tag = "v1",
    params(("id" = i64, Path)),
    request_body = Object,
    responses((status = 200, body = CourseCertificateView), (status = "4XX", body = Object))
)]
pub async fn replace(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    configurations::replace::<CourseCertificate>(app, request, id, payload).await
}

/// Remove a course configuration
///
/// Only while nobody was awarded it.
#[utoipa::path(
    delete,
    path = "/api/v1/course-certificates/{id}/",
    tag = "v1",
    params(("id" = i64, Path)),
    responses((status = 204), (status = "4XX", body = Object))
)]
pub async fn delete(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    configurations::delete::<CourseCertificate>(app, request, id).await
}
