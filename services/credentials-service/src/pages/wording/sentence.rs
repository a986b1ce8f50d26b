//! A sentence with blanks, such as `offered by {organizations} through {platform}`.

use ::web::html::escape;
use minijinja::Value;
use serde::{Deserialize, Serialize};

/// A translated sentence; `{name}` marks a blank.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Sentence(String);

impl Sentence {
    /// The sentence as plain text, for attributes and for other services.
    pub fn text(&self, blanks: &[(&str, &str)]) -> String {
        self.fill(str::to_owned, |name| lookup(blanks, name).to_owned())
    }

    /// The sentence as HTML. What fills a blank may be in any script, so it is set apart from
    /// the direction of the sentence around it.
    pub fn html(&self, blanks: &[(&str, &str)]) -> Value {
        let isolated = |name: &str| isolate(lookup(blanks, name));
        Value::from_safe_string(self.fill(escaped, isolated))
    }

    /// As [`Sentence::html`], with one blank that is HTML already.
    pub fn html_around(&self, name: &str, inner: &Value, blanks: &[(&str, &str)]) -> Value {
        let filled = |blank: &str| {
            if blank == name { inner.to_string() } else { isolate(lookup(blanks, blank)) }
        };
        Value::from_safe_string(self.fill(escaped, filled))
    }

    fn fill(&self, words: impl Fn(&str) -> String, blank: impl Fn(&str) -> String) -> String {
        let mut filled = String::with_capacity(self.0.len() + 64);
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(&words(before));
            filled.push_str(&blank(name));
            rest = after;
        }
        filled.push_str(&words(rest));
        filled
    }
}

/// Text in an element of its own, which takes its direction from its first strong letter.
pub(in crate::pages) fn isolate(text: &str) -> String {
    format!("<bdi>{}</bdi>", escape(text))
}

fn escaped(text: &str) -> String {
    escape(text).into_owned()
}

/// Tests hold every language to the same blanks, so an unknown one cannot be met here.
fn lookup<'a>(blanks: &[(&str, &'a str)], name: &str) -> &'a str {
    blanks.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(text: &str) -> Sentence {
        Sentence(text.to_owned())
    }

    #[test]
    fn blanks_are_filled_in_the_order_of_the_sentence() {
        let sentence = sentence("{b}的{a}。");
        assert_eq!(sentence.text(&[("a", "1"), ("b", "2")]), "2的1。");
    }

    #[test]
    fn html_escapes_what_fills_a_blank_and_sets_it_apart() {
        let html = sentence("at {x} & more").html(&[("x", "<script>")]);
        assert_eq!(html.to_string(), "at <bdi>&lt;script&gt;</bdi> &amp; more");
    }

    #[test]
    fn braces_in_a_value_are_not_blanks() {
        let text = sentence("{a} {b}").text(&[("a", "{b}"), ("b", "2")]);
        assert_eq!(text, "{b} 2");
    }
}
