//! Narratives and criteria, which issuers write in Markdown.

use ::web::html::escape;
use minijinja::Value;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::text::web_address;

/// The text as HTML. Markup in it is shown as text, pictures are left out, links lead to the web
/// only, and headings stay below those of the page.
pub fn render(text: &str) -> Value {
    let mut linked = Vec::new();
    let events =
        Parser::new_ext(text, Options::empty()).filter_map(|event| tame(event, &mut linked));
    let mut rendered = String::with_capacity(text.len() * 2);
    html::push_html(&mut rendered, events);
    Value::from_safe_string(rendered)
}

/// What of this event may stay. `linked` remembers which open links do lead somewhere.
fn tame<'a>(event: Event<'a>, linked: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock | Tag::Image { .. })
        | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => None,
        Event::Start(Tag::Heading { id, classes, attrs, .. }) => {
            Some(Event::Start(Tag::Heading { level: HeadingLevel::H3, id, classes, attrs }))
        }
        Event::End(TagEnd::Heading(_)) => Some(Event::End(TagEnd::Heading(HeadingLevel::H3))),
        Event::Start(Tag::Link { dest_url, .. }) => {
            let url = web_address(&dest_url);
            linked.push(url.is_some());
            let open = format!("<a rel=\"nofollow noopener ugc\" href=\"{}\">", escape(url?));
            Some(Event::InlineHtml(CowStr::from(open)))
        }
        Event::End(TagEnd::Link) => {
            linked.pop()?.then_some(Event::InlineHtml(CowStr::Borrowed("</a>")))
        }
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        render(text).to_string().trim().to_owned()
    }

    #[test]
    fn paragraphs_lists_and_emphasis_are_kept() {
        let html = shown("Passed *all* exams:\n\n- one\n- two");
        assert!(html.contains("<em>all</em>") && html.contains("<li>two</li>"), "{html}");
    }

    #[test]
    fn markup_is_shown_as_text() {
        let html = shown("a <script>alert(1)</script>\n\n<div onclick=x>b</div>");
        assert!(!html.contains("<script") && !html.contains("<div"), "{html}");
    }

    #[test]
    fn links_lead_to_the_web_only() {
        let html = shown("[a](https://e.org/?x=\"1\") [b](javascript:alert(1)) [c](<data:x>)");
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
        assert_eq!(html.matches("</a>").count(), 1, "{html}");
        assert!(!html.contains("javascript") && html.contains('b'), "{html}");
    }

    #[test]
    fn pictures_are_left_out_and_headings_stay_small() {
        assert_eq!(shown("![x](https://e.org/p.png)"), "<p>x</p>");
        assert_eq!(shown("# Big"), "<h3>Big</h3>");
    }
}
