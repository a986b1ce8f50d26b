//! The query of a request, read leniently: a name may come often, and nothing in it is an error.

use actix_web::HttpRequest;
use url::form_urlencoded;

/// Names and values in their order.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(request: &HttpRequest) -> Self {
        Self(form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect())
    }

    /// The first value of `name`.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of `name`.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether `name` is `1` or `true`, in any case.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.first(name).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
    }

    /// The same query with another value of `name`.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let others = self.0.iter().filter(|(key, _)| key != name);
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(others)
            .append_pair(name, value)
            .finish()
    }
}
