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

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn query(text: &str) -> Query {
        Query::of(&TestRequest::with_uri(&format!("/?{text}")).to_http_request())
    }

    #[test]
    fn a_name_may_come_often_and_nothing_is_an_error() {
        let asked = query("expand=badge&v=1_1&expand=badge.issuer&=x&%ff&&v=2_0");

        assert_eq!(asked.all("expand").collect::<Vec<_>>(), ["badge", "badge.issuer"]);
        assert_eq!(asked.first("v"), Some("1_1"));
        assert_eq!(asked.first("type"), None);
    }

    #[test]
    fn one_and_true_are_set_and_all_else_is_not() {
        for (text, is_set) in
            [("a=1", true), ("a=TRUE", true), ("a=yes", false), ("a", false), ("b=1", false)]
        {
            assert_eq!(query(text).is_set("a"), is_set, "{text}");
        }
    }

    #[test]
    fn another_value_takes_the_place_of_all_and_the_rest_stays() {
        let asked = query("cursor=a&num=2&cursor=b&recipient=x%40y");

        assert_eq!(asked.with("cursor", "c d"), "num=2&recipient=x%40y&cursor=c+d");
    }
}
