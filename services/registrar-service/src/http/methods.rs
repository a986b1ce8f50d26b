//! Answers to methods that a path does not have: after the checks that the path makes of all.

use ::web::Refusal;
use actix_web::{
    HttpRequest, HttpResponse, Route,
    http::{Method, header::ALLOW},
    web::{self, Data},
};

use super::caller::{Caller, existing_program};
use crate::{app::App, domain::permission::Permission};

/// What a path asks of every caller, whatever the method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Nothing.
    Open,
    SignedIn,
    /// That the program exists.
    Program,
    /// A permission on the program.
    Permitted(Permission),
}

/// Answers OPTIONS with what is allowed, and everything else with 405.
pub fn others(rule: Rule, allow: &'static str) -> Route {
    web::route().to(move |app: Data<App>, request: HttpRequest| async move {
        answer(&app, &request, rule, allow).await
    })
}

/// 405, with what is allowed instead.
pub fn not_allowed(request: &HttpRequest, allow: &'static str) -> Refusal {
    Refusal::MethodNotAllowed { method: request.method().to_string(), allow: allow.to_owned() }
}

async fn answer(
    app: &App,
    request: &HttpRequest,
    rule: Rule,
    allow: &'static str,
) -> Result<HttpResponse, Refusal> {
    let key = request.match_info().get("program_key").unwrap_or_default();
    if rule != Rule::Open {
        let caller = Caller::of(request).await?;
        match rule {
            Rule::Open | Rule::SignedIn => {}
            Rule::Program => drop(existing_program(app, key).await?),
            Rule::Permitted(permission) => drop(caller.program(app, key, permission).await?),
        }
    }
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::Ok().insert_header((ALLOW, allow)).finish());
    }
    Err(not_allowed(request, allow))
}
