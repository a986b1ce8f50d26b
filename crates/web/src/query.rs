//! What stands behind the question mark, read leniently: a name may come often, and nothing in it
//! is an error.

use std::borrow::Cow;

use actix_web::HttpRequest;
use url::form_urlencoded;

/// Names and values in their order. What is no UTF-8 in them has become U+FFFD, and so have null
/// characters: no database keeps them, so that nothing could be found with them.
#[derive(Debug, Clone)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The query of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        let keep = |text: Cow<'_, str>| text.replace('\0', "\u{FFFD}");
        Self(pairs.map(|(name, value)| (keep(name), keep(value))).collect())
    }

    /// All names and values.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// All values of `name`.
    pub fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The last value of `name`, which is the one that counted for the predecessors.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.all(name).next_back()
    }

    /// The last value of `name`, unless it is empty.
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

    /// Whether the last value of `name` is `1` or `true`, in any case.
    pub fn is_set(&self, name: &str) -> bool {
        self.last(name).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
    }

    /// The same query with another value of `name`.
    pub fn with(&self, name: &str, value: &str) -> String {
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
        assert_eq!(asked.last("v"), Some("2_0"));
        assert_eq!(asked.last("type"), None);
    }

    #[test]
    fn null_characters_are_replaced() {
        assert_eq!(query("a=x%00y").last("a"), Some("x\u{FFFD}y"));
    }

    #[test]
    fn an_empty_value_is_no_text() {
        let asked = query("org=&title=x&title=");
        assert_eq!((asked.last("org"), asked.text("org")), (Some(""), None));
        assert_eq!(asked.text("title"), None);
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
    fn only_clear_words_are_true_or_false() {
        for (text, truth) in [
            ("a=True", Some(true)),
            ("a=1", Some(true)),
            ("a=FALSE", Some(false)),
            ("a=0", Some(false)),
            ("a=no", None),
            ("a=", None),
        ] {
            assert_eq!(query(text).truth("a"), truth, "{text}");
        }
    }

    #[test]
    fn another_value_takes_the_place_of_all_and_the_rest_stays() {
        let asked = query("cursor=a&num=2&cursor=b&recipient=x%40y");

        assert_eq!(asked.with("cursor", "c d"), "num=2&recipient=x%40y&cursor=c+d");
    }
}
