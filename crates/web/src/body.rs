//! Bodies as the old APIs take them: JSON, a form, or multipart, all read as one JSON value.

use std::{collections::BTreeMap, future::Future, pin::Pin};

use actix_multipart::Multipart;
use actix_web::{
    FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header::CONTENT_TYPE, web::Bytes,
};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Map, Value};

use crate::Refusal;

/// The most list items that a form may spell out, so that `a[999999999]` costs nothing.
const MOST_FORM_ITEMS: usize = 1000;

/// The largest file, or the sum of all of them, in bytes.
const LARGEST_UPLOAD: usize = 6 * 1024 * 1024;

/// A request's body.
///
/// In a form, `a.b` is a member of an object and `a[0]b` or `a[0].b` of an item of a list.
/// An empty body is an empty object.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    pub value: Value,
    /// Whether it came as a form: then an absent checkbox means false.
    pub form: bool,
    /// Files of a multipart body, by field name.
    pub files: BTreeMap<String, Upload>,
}

/// A file of a multipart body.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    pub file_name: Option<String>,
    pub bytes: Bytes,
}

impl FromRequest for Body {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read(&request, payload).await })
    }
}

async fn read(request: &HttpRequest, mut payload: Payload) -> Result<Body, Refusal> {
    let kind = request.content_type().to_ascii_lowercase();
    match kind.as_str() {
        "multipart/form-data" => multipart(request, payload).await,
        "application/x-www-form-urlencoded" => {
            let bytes = bytes(request, &mut payload).await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| not_utf8())?;
            let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text)
                .map_err(|error| Refusal::Unparsable(format!("Form parse error - {error}")))?;
            Ok(form(pairs))
        }
        "application/json" | "" => json(&bytes(request, &mut payload).await?, &kind),
        other if other.ends_with("+json") => json(&bytes(request, &mut payload).await?, other),
        _ => {
            let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            Err(Refusal::UnsupportedMediaType(header.unwrap_or_default().to_owned()))
        }
    }
}

async fn bytes(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, payload).await.map_err(|error| {
        match error.as_response_error().status_code() {
            actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Refusal::Unparsable("The body could not be read.".to_owned()),
        }
    })
}

fn json(bytes: &[u8], kind: &str) -> Result<Body, Refusal> {
    if bytes.is_empty() {
        return Ok(Body { value: Value::Object(Map::new()), form: false, files: BTreeMap::new() });
    }
    if kind.is_empty() {
        return Err(Refusal::UnsupportedMediaType(String::new()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| not_utf8())?;
    let value = serde_json::from_str(text)
        .map_err(|error| Refusal::Unparsable(format!("JSON parse error - {error}")))?;
    Ok(Body { value, form: false, files: BTreeMap::new() })
}

fn not_utf8() -> Refusal {
    Refusal::Unparsable("JSON parse error - the body is not UTF-8".to_owned())
}

fn too_large() -> Refusal {
    Refusal::TooLarge("Request body is too large.".to_owned())
}

async fn multipart(request: &HttpRequest, payload: Payload) -> Result<Body, Refusal> {
    let unparsable = |error: actix_multipart::MultipartError| {
        Refusal::Unparsable(format!("Multipart form parse error - {error}"))
    };
    let mut parts = Multipart::new(request.headers(), payload);
    let (mut pairs, mut files, mut total) = (Vec::new(), BTreeMap::new(), 0_usize);
    while let Some(mut part) = parts.try_next().await.map_err(unparsable)? {
        let disposition = part.content_disposition();
        let name = disposition.and_then(|d| d.get_name()).unwrap_or_default().to_owned();
        let file_name = disposition.and_then(|d| d.get_filename()).map(str::to_owned);
        let mut content = Vec::new();
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(unparsable)?;
            total += chunk.len();
            if total > LARGEST_UPLOAD {
                return Err(too_large());
            }
            content.extend_from_slice(&chunk);
        }
        if file_name.is_some() {
            files.insert(name, Upload { file_name, bytes: content.into() });
        } else {
            pairs.push((name, String::from_utf8(content).map_err(|_| not_utf8())?));
        }
    }
    Ok(Body { files, ..form(pairs) })
}

/// A repeated name that is no list keeps its last value.
fn form(pairs: Vec<(String, String)>) -> Body {
    let mut root = Value::Object(Map::new());
    for (name, text) in pairs {
        let path = path(&name);
        if let Some(place) = place(&mut root, &path) {
            *place = Value::String(text);
        }
    }
    Body { value: root, form: true, files: BTreeMap::new() }
}

enum Step {
    Member(String),
    Item(usize),
}

fn path(name: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for word in name.split(['.', '[']).filter(|word| !word.is_empty()) {
        let Some((index, rest)) = word.split_once(']') else {
            steps.push(Step::Member(word.to_owned()));
            continue;
        };
        match index.parse() {
            Ok(index) => steps.push(Step::Item(index)),
            Err(_) => steps.push(Step::Member(index.to_owned())),
        }
        if !rest.is_empty() {
            steps.push(Step::Member(rest.to_owned()));
        }
    }
    steps
}

/// `None` where two names contradict each other, or a list would grow out of bounds.
fn place<'a>(root: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    let mut here = root;
    for step in path {
        here = match step {
            Step::Member(name) => {
                if here.is_null() {
                    *here = Value::Object(Map::new());
                }
                here.as_object_mut()?.entry(name.as_str()).or_insert(Value::Null)
            }
            Step::Item(index) => {
                if here.is_null() {
                    *here = Value::Array(Vec::new());
                }
                let items = here.as_array_mut()?;
                if *index > items.len() || *index >= MOST_FORM_ITEMS {
                    return None;
                }
                if *index == items.len() {
                    items.push(Value::Null);
                }
                items.get_mut(*index)?
            }
        };
    }
    Some(here)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn form(pairs: &[(&str, &str)]) -> serde_json::Value {
        super::form(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()).value
    }

    #[test]
    fn dots_and_brackets_of_a_form_become_objects_and_lists() {
        let body = form(&[
            ("username", "pat"),
            ("credential.program_uuid", "x"),
            ("attributes[0]name", "grade"),
            ("attributes[0].value", "A"),
        ]);

        assert_eq!(
            body,
            json!({"username": "pat", "credential": {"program_uuid": "x"},
                   "attributes": [{"name": "grade", "value": "A"}]})
        );
    }

    #[test]
    fn a_form_cannot_make_a_list_out_of_bounds() {
        assert_eq!(form(&[("a[999999999]b", "x")]), json!({"a": []}));
        assert_eq!(form(&[("a", "x"), ("a.b", "y")]), json!({"a": "x"}));
    }
}
