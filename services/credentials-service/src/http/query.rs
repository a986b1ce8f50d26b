//! What stands behind the question mark.

use actix_web::HttpRequest;

/// The parameters of a query, in order. Broken encodings are read as far as they can be.
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// Reads the request's query.
    pub fn of(request: &HttpRequest) -> Self {
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
        // No database keeps null characters, so nothing can be found with them.
        let keep = |text: std::borrow::Cow<'_, str>| text.replace('\0', "\u{FFFD}");
        Self(pairs.map(|(name, value)| (keep(name), keep(value))).collect())
    }

    /// The last value of a parameter, if there is one.
    pub fn last(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The last value of a parameter, unless it is empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.last(name).filter(|value| !value.is_empty())
    }

    /// A filter's yes or no; anything else filters nothing.
    pub fn truth(&self, name: &str) -> Option<bool> {
        match self.text(name)?.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
}
