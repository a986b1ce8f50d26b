//! Text on its way into HTML: escaped, or with the little markup that signatories may carry.
//!
//! The output of [`inline`] is built from escaped text and a fixed set of bare tags and nothing else, so it is
//! safe by construction; a general HTML cleaner would be a large thing for seven tags.

use ::web::html::escape;
use minijinja::Value;

/// What may stay, without attributes.
const KEPT: [&str; 7] = ["b", "i", "em", "strong", "br", "sup", "sub"];

/// What goes with everything inside it.
const DROPPED: [&str; 2] = ["script", "style"];

/// The text with `b i em strong br sup sub` kept, `script` and `style` gone, all else escaped.
///
/// What is opened is closed, so that one signatory cannot make the rest of the page bold.
pub fn inline(text: &str) -> Value {
    let mut html = String::with_capacity(text.len());
    let mut open: Vec<&'static str> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        push_text(&mut html, &rest[..start]);
        rest = &rest[start..];
        let Some(tag) = Tag::read(rest) else {
            push_text(&mut html, "<");
            rest = &rest[1..];
            continue;
        };
        rest = &rest[tag.length..];
        if let Some(name) = tag.named(&DROPPED) {
            rest = if tag.closes { rest } else { after_end_of(name, rest) };
        } else if let Some(name) = tag.named(&KEPT) {
            push_tag(&mut html, &mut open, name, tag.closes);
        } else {
            push_text(&mut html, tag.source);
        }
    }
    push_text(&mut html, rest);
    for name in open.into_iter().rev() {
        html.push_str(&format!("</{name}>"));
    }
    Value::from_safe_string(html)
}

/// The text without any tag, for places that take plain text only.
pub fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        words.push_str(&rest[..start]);
        rest = &rest[start..];
        let tag = Tag::read(rest);
        match &tag {
            None => words.push('<'),
            Some(tag) if tag.named(&["br"]).is_some() => words.push(' '),
            Some(_) => {}
        }
        rest = &rest[tag.map_or(1, |tag| tag.length)..];
    }
    words.push_str(rest);
    words
}

struct Tag<'a> {
    name: &'a str,
    closes: bool,
    source: &'a str,
    length: usize,
}

impl<'a> Tag<'a> {
    /// The tag at the beginning of `text`, which begins with `<`.
    fn read(text: &'a str) -> Option<Self> {
        let length = text.find('>')? + 1;
        let inside = &text[1..length - 1];
        let closes = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let end = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
        let name = &inside[..end];
        let begins_as_a_tag = name.starts_with(|c: char| c.is_ascii_alphabetic());
        begins_as_a_tag.then_some(Self { name, closes, source: &text[..length], length })
    }

    /// The tag's name as this list spells it, if it is in the list.
    fn named(&self, names: &[&'static str]) -> Option<&'static str> {
        names.iter().copied().find(|name| name.eq_ignore_ascii_case(self.name))
    }
}

fn push_text(html: &mut String, text: &str) {
    html.push_str(&escape(text));
}

fn push_tag(html: &mut String, open: &mut Vec<&'static str>, name: &'static str, closes: bool) {
    if name == "br" {
        html.push_str("<br>");
    } else if !closes {
        open.push(name);
        html.push_str(&format!("<{name}>"));
    } else if open.contains(&name) {
        while let Some(inner) = open.pop() {
            html.push_str(&format!("</{inner}>"));
            if inner == name {
                break;
            }
        }
    }
}

/// What follows the end tag of this name; nothing if there is none, as in a browser.
fn after_end_of<'a>(name: &str, text: &'a str) -> &'a str {
    let lower = text.to_ascii_lowercase();
    let Some(end) = lower.find(&format!("</{name}")) else { return "" };
    text[end..].find('>').map_or("", |close| &text[end + close + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        inline(text).to_string()
    }

    #[test]
    fn kept_tags_lose_their_attributes() {
        let shown = shown("<B onclick=\"x()\">Chair</B><br/>of <sup class=a>1</sup>");
        assert_eq!(shown, "<b>Chair</b><br>of <sup>1</sup>");
    }

    #[test]
    fn scripts_and_styles_go_with_their_content() {
        assert_eq!(shown("a<script>alert(1)</script>b<STYLE>p{}</style >c"), "abc");
        assert_eq!(shown("a<script>never closed"), "a");
    }

    #[test]
    fn every_other_tag_is_escaped() {
        let shown = shown("<img src=x onerror=y> <a href=//z>A & B</a> 1 < 2");
        assert!(!shown.contains('<'), "{shown}");
        assert!(shown.contains("A &amp; B"), "{shown}");
        assert!(shown.ends_with("1 &lt; 2"), "{shown}");
    }

    #[test]
    fn what_is_opened_is_closed_in_order() {
        assert_eq!(shown("<b><i>x</b>y</i>"), "<b><i>x</i></b>y");
        assert_eq!(shown("<strong>Dean"), "<strong>Dean</strong>");
    }

    #[test]
    fn nested_beginnings_do_not_make_a_tag() {
        let shown = shown("<<b>script>alert(1)<</b>/script>");
        assert!(!shown.contains("<script"), "{shown}");
    }

    #[test]
    fn plain_text_has_no_tags() {
        assert_eq!(plain("<b>Chair</b><br>of <x>Physics, 1 < 2"), "Chair of Physics, 1 < 2");
    }
}
