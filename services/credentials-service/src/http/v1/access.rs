//! Who may do what here: by role, where v2 asks for permissions.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header::ALLOW},
    web::{Data, Payload},
};
use serde_json::json;
use web::Refusal;

use crate::{
    app::App,
    domain::{
        role::{Deed, Roles},
        site::Site,
        user::User,
    },
    http::{caller, fallback, negotiation, site::site_of},
    store,
};

/// Somebody who may do what they ask, at least somewhere.
pub struct Admitted {
    pub user: User,
    pub site: Arc<Site>,
    pub roles: Roles,
}

/// Lets a caller in who may do a deed somewhere. Where exactly is asked when the object is known.
///
/// # Errors
///
/// 406, 401 or 403.
pub async fn admit(app: &App, request: &HttpRequest, deed: Deed) -> Result<Admitted, Refusal> {
    negotiation::accepts_json(request)?;
    let user = caller::authenticate(app, request).await?;
    let site = site_of(app, request).await?;
    let roles = roles(app, &user, &site).await?;
    if !roles.may_somewhere(deed) {
        return Err(Refusal::forbidden());
    }
    Ok(Admitted { user, site, roles })
}

/// Everything that somebody may be on a site.
pub async fn roles(app: &App, user: &User, site: &Site) -> Result<Roles, Refusal> {
    let (user_id, site_id) = (user.id, site.id);
    let assigned = app
        .db
        .read(move |conn| store::roles::assigned(conn, user_id, site_id))
        .await
        .map_err(|error: database::Error| Refusal::from(error))?;
    let people = &app.settings.people;
    let systems: Vec<String> =
        people.systems.iter().chain([&people.service_user]).cloned().collect();
    Ok(Roles::of(user, assigned, &systems))
}

/// `OPTIONS` of configurations, and 405 for methods that their paths do not take.
pub async fn other_methods(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let description = "What can be awarded, and how it is shown.";
    answer_other(&app, &request, Deed::ReadConfigurations, "Configurations", description).await
}

/// `OPTIONS` for whoever has a name, and 405 for whoever may do a deed somewhere.
pub async fn answer_other(
    app: &App,
    request: &HttpRequest,
    deed: Deed,
    name: &str,
    description: &str,
) -> Result<HttpResponse, Refusal> {
    if request.method() != Method::OPTIONS {
        admit(app, request, deed).await?;
        return Err(fallback::method_not_allowed(app, request));
    }
    negotiation::accepts_json(request)?;
    caller::authenticate(app, request).await?;
    let allow = fallback::allowed(app, request);
    Ok(HttpResponse::Ok().insert_header((ALLOW, allow)).json(json!({
        "name": name,
        "description": description,
        "renders": ["application/json"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    })))
}

/// Reads the body only now: a caller without rights learns nothing about what it should hold.
pub async fn body(request: &HttpRequest, payload: Payload) -> Result<web::Body, Refusal> {
    use actix_web::FromRequest;
    web::Body::from_request(request, &mut payload.into_inner()).await
}

/// An integer id of a path.
pub fn id(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::not_found())
}
