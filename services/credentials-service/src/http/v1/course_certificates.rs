//! `/api/v1/course-certificates/`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use model::CourseKey;
use serde::Serialize;
use web::{Body, Fields, Refusal};

use super::{
    access::{self, Admitted, admit, body},
    listing, reading,
};
use crate::{
    actions::{self, CourseCertificateDraft, Saved, Target},
    app::App,
    domain::{
        configuration::{CERTIFICATE_TYPES, CourseCertificate},
        role::Deed,
    },
    error::Error,
    http::query::Query,
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

fn view(configuration: CourseCertificate, signatories: Vec<i64>) -> CourseCertificateView {
    CourseCertificateView {
        id: configuration.id,
        course_id: configuration.course_id,
        certificate_type: configuration.certificate_type,
        template: None,
        title: configuration.title,
        is_active: configuration.is_active,
        signatories,
        certificate_available_date: configuration.certificate_available_date.map(|d| d.seconds()),
        created: configuration.created.seconds(),
        modified: configuration.modified.seconds(),
    }
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
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::ReadConfigurations).await?;
    let query = Query::of(&request);
    let filter = Filter {
        course_id: query.text("course_id").map(str::to_owned),
        certificate_type: query.text("certificate_type").map(str::to_owned),
        is_active: query.text("is_active").and_then(truth),
    };
    let site_id = site.id;
    let url = format!("{}{}", app.base_url_of(&site), request.path());
    let counted = filter.clone();
    let count = app
        .db
        .read(move |conn| store::course_certificates::count(conn, site_id, &counted))
        .await
        .map_err(|error: database::Error| Refusal::from(error))?;
    let fetch = move |offset, limit| {
        let (app, filter, roles) = (app.clone(), filter.clone(), roles.clone());
        async move {
            app.db
                .read(move |conn| {
                    let all =
                        store::course_certificates::list(conn, site_id, &filter, offset, limit)?;
                    let mut views = Vec::with_capacity(all.len());
                    for each in all {
                        let of = actions::belonging(conn, site_id, &each.course_id)?;
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
    let admitted = admit(&app, &request, Deed::EditConfigurations).await?;
    let (_, draft) = read(&app, &admitted, &body(&request, payload).await?).await?;
    save(&app, admitted, draft, Target::Key).await
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
    let admitted = admit(&app, &request, Deed::EditConfigurations).await?;
    let (id, draft) = read(&app, &admitted, &body(&request, payload).await?).await?;
    save(&app, admitted, draft, id.map_or(Target::ExistingKey, Target::Id)).await
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
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::ReadConfigurations).await?;
    let (id, site_id) = (access::id(&id)?, site.id);
    let view = app
        .db
        .read(move |conn| {
            let found = store::course_certificates::find(conn, site_id, id)?
                .ok_or(Error::NoSuch("CourseCertificate"))?;
            let of = actions::belonging(conn, site_id, &found.course_id)?;
            if !roles.may(Deed::ReadConfigurations, &of) {
                return Err(Error::NoSuch("CourseCertificate"));
            }
            Ok(with_signatories(conn, found)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(view))
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
    let admitted = admit(&app, &request, Deed::EditConfigurations).await?;
    let id = access::id(&id)?;
    permit(&app, &admitted, Some(id), None).await?;
    let (_, draft) = read(&app, &admitted, &body(&request, payload).await?).await?;
    save(&app, admitted, draft, Target::Id(id)).await
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
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::EditConfigurations).await?;
    actions::delete_course_certificate(&app, site.id, access::id(&id)?, roles).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn save(
    app: &App,
    admitted: Admitted,
    draft: CourseCertificateDraft,
    target: Target,
) -> Result<HttpResponse, Refusal> {
    let site_id = admitted.site.id;
    let Saved { configuration, signatories, is_new } =
        actions::save_course_certificate(app, site_id, draft, target, admitted.roles).await?;
    let mut answer = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(view(configuration, signatories)))
}

fn with_signatories(
    conn: &mut database::AnyConnection,
    configuration: CourseCertificate,
) -> Result<CourseCertificateView, database::Error> {
    let people = store::signatories::of_course(conn, configuration.id)?;
    Ok(view(configuration, people.iter().map(|person| person.id).collect()))
}

/// The configuration of a body, and the id that it names.
async fn read(
    app: &App,
    admitted: &Admitted,
    body: &Body,
) -> Result<(Option<i64>, CourseCertificateDraft), Refusal> {
    let mut fields = Fields::of(&body.value)?;
    let id = reading::id(&mut fields);
    let course_id = fields.text("course_id", 255);
    permit(app, admitted, id, course_id.clone()).await?;
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

/// Refuses what lies outside the caller's scope, before anything is said of the rest of a body.
async fn permit(
    app: &App,
    admitted: &Admitted,
    id: Option<i64>,
    course_id: Option<String>,
) -> Result<(), Refusal> {
    let (site_id, roles) = (admitted.site.id, admitted.roles.clone());
    app.db
        .read(move |conn| {
            actions::permit_course_certificate(conn, site_id, &roles, id, course_id.as_deref())
        })
        .await
        .map_err(|error: Error| error.into())
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

/// A filter's idea of yes and no; anything else filters nothing.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
