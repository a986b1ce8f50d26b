//! Tokens for programs, where there is no LMS to give them.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use web::{Body, Refusal};

use crate::{
    actions::issue_token::{TokenRefused, issue_token},
    app::App,
};

/// A token, as an LMS would give it.
#[derive(Serialize, ToSchema)]
pub struct TokenView {
    /// For `Authorization: JWT <token>`.
    access_token: String,
    /// `JWT`
    token_type: &'static str,
    /// In seconds.
    expires_in: u32,
    scope: String,
}

/// What a program sends for a token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents a form that is read field by field, for its errors")]
pub struct TokenRequest {
    /// `client_credentials`
    grant_type: String,
    client_id: String,
    client_secret: String,
    /// `jwt`
    token_type: Option<String>,
}

/// Get a token
///
/// For the machine clients of the configuration. Wrong secrets soon make a client wait.
#[utoipa::path(
    post,
    operation_id = "issue_token",
    path = "/oauth2/access_token",
    security(()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokenView),
        (status = 400, description = "`{\"error\": \"unsupported_grant_type\"}`"),
        (status = 401, description = "`{\"error\": \"invalid_client\"}`"),
        (status = 429),
    )
)]
pub async fn issue(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Refusal> {
    let field = |name: &str| body.value.get(name).and_then(Value::as_str).unwrap_or_default();
    if field("grant_type") != "client_credentials" {
        return Err(refused(StatusCode::BAD_REQUEST, "unsupported_grant_type"));
    }
    let kind = field("token_type");
    if !kind.is_empty() && !kind.eq_ignore_ascii_case("jwt") {
        return Err(refused(StatusCode::BAD_REQUEST, "invalid_request"));
    }
    let address = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let secret = field("client_secret").to_owned();
    let issued = issue_token(&app, field("client_id"), secret, address).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(TokenView {
        access_token: issued.token,
        token_type: "JWT",
        expires_in: issued.life_s,
        scope: issued.scope,
    }))
}

fn refused(status: StatusCode, error: &str) -> Refusal {
    Refusal::Custom(status, json!({ "error": error }))
}

impl From<TokenRefused> for Refusal {
    fn from(refusal: TokenRefused) -> Self {
        match refusal {
            TokenRefused::InvalidClient => refused(StatusCode::UNAUTHORIZED, "invalid_client"),
            TokenRefused::Throttled { seconds } => Self::Throttled { seconds },
            TokenRefused::Busy => Self::Busy,
            TokenRefused::Failed(_) => Self::internal(&refusal),
        }
    }
}
