//! Bodies of requests.

use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
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
    let kind = request.content_type().to_ascii_lowercase();
    if kind != "application/json" && !kind.ends_with("+json") {
        return Err(Refused::unsupported_media_type());
    }
    let bytes = bytes(request, payload).await?;
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Refused::bad_json(format!("the body is no JSON: {error}")))?;
    if is_deeper(&value, DEEPEST) {
        return Err(Refused::bad_json("the JSON is deeper than 32 levels"));
    }
    Ok(value)
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
