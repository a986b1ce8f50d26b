//! Tokens for programs, where there is no LMS to give them.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE},
    },
    web::Data,
};
use actix_web_httpauth::headers::authorization::{Basic, Scheme};
use percent_encoding::percent_decode_str;
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
    /// Unless HTTP Basic says it.
    client_id: Option<String>,
    /// Unless HTTP Basic says it.
    client_secret: Option<String>,
    /// `jwt`
    token_type: Option<String>,
}

/// Get a token
///
/// For the machine clients of the configuration, which prove themselves in the form or by HTTP Basic.
/// Wrong secrets soon make a client wait.
#[utoipa::path(
    post,
    operation_id = "issue_token",
    path = "/oauth2/access_token",
    security(()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokenView),
        (status = 400, description = "`{\"error\": …}`: `unsupported_grant_type` or `invalid_request`"),
        (status = 401, description = "`{\"error\": \"invalid_client\"}`"),
        (status = 429),
        (status = 503, description = "Too many ask at once"),
    )
)]
pub async fn issue(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Refusal> {
    let asked = match Asked::read(&request, &body) {
        Ok(asked) => asked,
        Err(error) => return Ok(refused(StatusCode::BAD_REQUEST, error)),
    };
    let address = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    match issue_token(&app, &asked.client_id, asked.secret, address).await {
        Ok(issued) => {
            Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(TokenView {
                access_token: issued.token,
                token_type: "JWT",
                expires_in: issued.life_s,
                scope: issued.scope,
            }))
        }
        Err(TokenRefused::InvalidClient) => Ok(refused(StatusCode::UNAUTHORIZED, "invalid_client")),
        Err(TokenRefused::Throttled { seconds }) => Err(Refusal::Throttled { seconds }),
        Err(TokenRefused::Busy) => Err(Refusal::Busy),
        Err(failed @ TokenRefused::Failed(_)) => Err(Refusal::internal(&failed)),
    }
}

/// A request for a token that makes sense.
struct Asked {
    client_id: String,
    secret: String,
}

impl Asked {
    /// Reads the form, or HTTP Basic for client and secret; or says what is wrong, in the words of
    /// RFC 6749 §5.2.
    fn read(request: &HttpRequest, body: &Body) -> Result<Self, &'static str> {
        let field = |name: &str| body.value.get(name).and_then(Value::as_str).unwrap_or_default();
        if field("grant_type") != "client_credentials" {
            return Err("unsupported_grant_type");
        }
        let kind = field("token_type");
        if !kind.is_empty() && !kind.eq_ignore_ascii_case("jwt") {
            return Err("invalid_request");
        }
        let (client_id, secret) = (field("client_id"), field("client_secret"));
        let Some(basic) = basic(request)? else {
            return Ok(Self { client_id: client_id.to_owned(), secret: secret.to_owned() });
        };
        let by_header = decoded(basic.user_id());
        // One way at a time; the form may repeat the client's name.
        if !secret.is_empty() || !(client_id.is_empty() || client_id == by_header) {
            return Err("invalid_request");
        }
        let secret = basic.password().map(decoded).unwrap_or_default();
        Ok(Self { client_id: by_header, secret })
    }
}

/// What the request says by HTTP Basic, whose name may be written in any case.
fn basic(request: &HttpRequest) -> Result<Option<Basic>, &'static str> {
    const UNREADABLE: &str = "invalid_request";
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    let header = header.to_str().map_err(|_| UNREADABLE)?;
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let header =
        HeaderValue::from_str(&format!("Basic {}", rest.trim())).map_err(|_| UNREADABLE)?;
    Basic::parse(&header).map(Some).map_err(|_| UNREADABLE)
}

/// A client's name or secret in HTTP Basic, which is encoded as in a form.
///
/// Source: RFC 6749 §2.3.1.
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// A refusal in the shape of RFC 6749 §5.2.
fn refused(status: StatusCode, error: &str) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CACHE_CONTROL, "no-store"));
    if status == StatusCode::UNAUTHORIZED {
        answer.insert_header((WWW_AUTHENTICATE, "Basic realm=\"api\""));
    }
    answer.json(json!({ "error": error }))
}
