//! Renders: ask for one, look at one, delete one.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::{Scope, require};
use super::problems::Refused;
use super::reading;
use super::views::RenderView;
use crate::actions::{self, Promise};
use crate::app::App;

/// Render a document
///
/// The answer is the record of a document that is there: 201 if anything had to be made, 200 if
/// all was there before. With `Prefer: respond-async`, or if it takes too long, the answer is 202
/// and the document comes later. The same request always has the same `render_id`; it is refused with
/// 410 once that render was deleted, until the renderer's `epoch` rises or a newer award asks for it.
#[utoipa::path(
    post, path = "/v1/renders", tag = "renders", security(("token" = ["renderer.render"])),
    request_body(content = serde_json::Value, description = "What to render",
        example = json!({
            "kind": "certificate", "template": "classic", "locale": "en", "outputs": ["pdf", "png"],
            "data": {
                "recipient": {"name": "Nguyễn Quang Khải"},
                "achievement": {"title": "Introduction to Computational Thinking"},
                "issuer": {"name": "Université Example"}, "issued_on": "2026-03-14"
            }
        })),
    params(("Prefer" = Option<String>, Header, description = "`respond-async` answers at once")),
    responses(
        (status = 200, body = RenderView, description = "It was there"),
        (status = 201, body = RenderView, description = "It was made"),
        (status = 202, body = RenderView, description = "It will be made"),
        (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refused> {
    require(&app, &request, Scope::Render).await?;
    let body = reading::json(&request, payload).await?;
    let waits = !prefers_async(&request);
    let promise = actions::request_render(&app, body, waits).await?;
    let (mut response, record) = match &promise {
        Promise::Kept(rendered) if rendered.is_new => (HttpResponse::Created(), &rendered.record),
        Promise::Kept(rendered) => (HttpResponse::Ok(), &rendered.record),
        Promise::Given(record) => (HttpResponse::Accepted(), record),
    };
    if let (Promise::Given(_), false) = (&promise, waits) {
        response.insert_header(("Preference-Applied", "respond-async"));
    }
    let location = App::record_path(&record.render_id);
    Ok(response.insert_header((LOCATION, location)).json(RenderView::from(record)))
}

/// Look at a render
#[utoipa::path(
    get, path = "/v1/renders/{render_id}", tag = "renders",
    security(("token" = ["renderer.read"])),
    params(("render_id" = String, Path)),
    responses((status = 200, body = RenderView), (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"))
)]
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    render_id: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    require(&app, &request, Scope::Read).await?;
    let record = actions::show_render(&app, &render_id).await?;
    Ok(HttpResponse::Ok().json(RenderView::from(&*record)))
}

/// Delete a render
///
/// Its files are removed and answer 410 from now on, and whoever asks for it again is answered the same. Its
/// record stays and says `withdrawn`. If it was the newest with its number, that number is not known
/// any more until a later render has it: an older one does not take its place.
#[utoipa::path(
    delete, path = "/v1/renders/{render_id}", tag = "renders",
    security(("token" = ["renderer.manage"])),
    params(("render_id" = String, Path)),
    responses((status = 204), (status = "4XX", body = super::web_problem::Problem, content_type = "application/problem+json"))
)]
pub async fn delete(
    app: web::Data<App>,
    request: HttpRequest,
    render_id: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    require(&app, &request, Scope::Manage).await?;
    actions::show_render(&app, &render_id).await?;
    actions::delete_render(&app, &render_id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether `Prefer` names `respond-async` (RFC 7240).
fn prefers_async(request: &HttpRequest) -> bool {
    let values = request.headers().get_all("Prefer").filter_map(|value| value.to_str().ok());
    let mut wishes = values.flat_map(|value| value.split([',', ';']));
    wishes.any(|wish| wish.trim().eq_ignore_ascii_case("respond-async"))
}
