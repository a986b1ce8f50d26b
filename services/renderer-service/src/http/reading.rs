//! Bodies of requests.

mod said_once;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::mime::{self, Mime};
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpRequest};
use serde_json::Value;

use super::problems::Refused;

/// The deepest JSON: a list or an object in it is one level.
const DEEPEST: usize = 32;

/// The whole body.
pub async fn bytes(request: &HttpRequest, payload: Payload) -> Result<Bytes, Refused> {
    Bytes::from_request(request, &mut payload.into_inner()).await.map_err(|error| {
        match error.as_response_error().status_code() {
            actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => Refused::too_large(),
            _ => Refused::bad_json("the body could not be read"),
        }
    })
}

/// The body as JSON of a decent depth.
pub async fn json(request: &HttpRequest, payload: Payload) -> Result<Value, Refused> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(is_json_in_utf8) {
        return Err(Refused::unsupported_media_type());
    }
    let bytes = bytes(request, payload).await?;
    let value = said_once::parse(&bytes).map_err(|error| {
        Refused::bad_json(format!("the body is no JSON that can be read: {error}"))
    })?;
    if is_deeper(&value, DEEPEST) {
        return Err(Refused::bad_json("the JSON is deeper than 32 levels"));
    }
    Ok(value)
}

/// Whether a media type is JSON or, by its suffix (RFC 6839), a format written in it. JSON is
/// always UTF-8; a parameter that says otherwise is believed.
fn is_json_in_utf8(content_type: &str) -> bool {
    let Ok(mime) = content_type.parse::<Mime>() else { return false };
    let is_json = mime.subtype() == mime::JSON || mime.suffix() == Some(mime::JSON);
    let charset = mime.get_param(mime::CHARSET);
    mime.type_() == mime::APPLICATION && is_json && charset.is_none_or(|name| name == mime::UTF_8)
}

/// The parser has its own bound, so this does not recurse without end.
fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| is_deeper(item, levels - 1)),
        Value::Object(members) => {
            levels == 0 || members.values().any(|member| is_deeper(member, levels - 1))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_more_than_one_name_and_one_encoding() {
        for json in [
            "application/json",
            "Application/JSON; Charset=\"UTF-8\"",
            "application/json;charset=utf-8",
            "application/ld+json",
            "application/vnd.example.v1+json; profile=x",
        ] {
            assert!(is_json_in_utf8(json), "{json}");
        }
        for other in [
            "",
            "json",
            "application/json; charset=iso-8859-1",
            "application/json; charset=utf-16",
            "application/ld+json; charset=latin1",
            "application/jsonp",
            "application/json-seq",
            "application/+xml",
            "text/json",
            "text/html+json",
            "application/x-www-form-urlencoded",
            "application/json, text/html",
        ] {
            assert!(!is_json_in_utf8(other), "{other}");
        }
    }

    #[test]
    fn thirty_two_levels_are_allowed_and_no_more() {
        let nested = |levels: usize| -> Value {
            let text = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
            serde_json::from_str(&text).unwrap()
        };
        assert!(!is_deeper(&nested(32), DEEPEST));
        assert!(is_deeper(&nested(33), DEEPEST));
        assert!(!is_deeper(&Value::Null, DEEPEST));
    }
}
