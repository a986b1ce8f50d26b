//! The part of a URL after the question mark.

use actix_web::HttpRequest;
use web::Refusal;

use crate::domain::job::Format;

/// Parameters in the order of the URL. What is no UTF-8 in it becomes U+FFFD.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The parameters of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// A parameter's value; of several, the last.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    /// A parameter's value, if it is not empty.
    pub fn nonempty(&self, name: &str) -> Option<&str> {
        self.last(name).filter(|value| !value.is_empty())
    }

    /// The form of a result, JSON unless `fmt` says otherwise.
    ///
    /// # Errors
    ///
    /// 404 for anything but `json` and `csv`, also for nothing.
    pub fn format(&self) -> Result<Format, Refusal> {
        let Some(name) = self.last("fmt") else { return Ok(Format::Json) };
        Format::from_name(name).ok_or_else(Refusal::not_found)
    }

    /// All parameters.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}
