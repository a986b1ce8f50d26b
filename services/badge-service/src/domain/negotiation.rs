//! Which form of a public object a client gets: the table of contract badges §4.1.

/// The form to answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// HTML with Open Graph tags, for a robot that draws a preview card.
    Preview(Preview),
    /// A redirect to the page for people.
    Page,
    /// `application/ld+json`.
    JsonLd,
    /// The same body as `application/json`.
    Json,
}

/// What the robot's card looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    /// The picture is 764 by 400, not square.
    pub wide: bool,
    /// Whether to name the oEmbed address: LinkedIn would take its picture from there.
    pub oembed: bool,
}

/// Robots that get the preview, by a piece of their `User-Agent`: the old service's, then those
/// that came since.
pub const ROBOTS: [&str; 15] = [
    "LinkedInBot",
    "Twitterbot",
    "facebook",
    "Facebot",
    "Slackbot",
    "Embedly",
    "WhatsApp",
    "TelegramBot",
    "Discordbot",
    "Mastodon",
    "Pinterestbot",
    "redditbot",
    "SkypeUriPreview",
    "Bluesky",
    "Google-PageRenderer",
];

/// Robots whose cards are 1.91 times as wide as high.
const WIDE: [&str; 4] = ["LinkedInBot", "Twitterbot", "facebook", "Facebot"];

/// What a request says about the form it wants.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// The path ends in `.json`.
    pub json_suffix: bool,
    pub accept: Option<&'a str>,
    pub user_agent: Option<&'a str>,
}

/// Chooses the form.
///
/// `previews_of_json`: robots get the preview at `.json` paths too, as the old service did. Off
/// by default: no share button makes such links, and validators are mistaken for robots.
pub fn choose(request: Request<'_>, robots: &[&str], previews_of_json: bool) -> Form {
    let user_agent = request.user_agent.unwrap_or_default();
    let names = |robots: &[&str]| robots.iter().any(|robot| user_agent.contains(robot));
    let accept = Accept(request.accept.unwrap_or("*/*"));
    if names(robots) && (previews_of_json || !request.json_suffix) {
        let oembed = !user_agent.contains("LinkedInBot");
        return Form::Preview(Preview { wide: names(&WIDE), oembed });
    }
    if !request.json_suffix && accept.prefers_page() {
        return Form::Page;
    }
    if accept.quality("application/json") > accept.quality("application/ld+json") {
        Form::Json
    } else {
        Form::JsonLd
    }
}

/// An `Accept` header, read leniently: what makes no sense in it is passed over.
#[derive(Clone, Copy)]
struct Accept<'a>(&'a str);

impl<'a> Accept<'a> {
    /// Media ranges, each with its quality in thousandths.
    ///
    /// At most 50 are read: browsers send ten.
    fn ranges(self) -> impl Iterator<Item = (&'a str, u16)> {
        self.0.split(',').take(50).map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let range = parts.next().unwrap_or_default();
            let quality = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .and_then(|q| q.trim().parse::<f32>().ok());
            // The cast saturates, and takes NaN for 0.
            (range, (quality.unwrap_or(1.0).clamp(0.0, 1.0) * 1_000.0) as u16)
        })
    }

    /// How welcome a type is, by the most specific range that covers it; 0 is not at all.
    fn quality(self, media_type: &str) -> u16 {
        let family = media_type.split('/').next().unwrap_or_default();
        let is_family = |range: &str| {
            let (wanted, rest) = range.split_once('/').unwrap_or_default();
            rest == "*" && is_named(wanted, family)
        };
        self.named(|range| is_named(range, media_type))
            .or_else(|| self.named(is_family))
            .or_else(|| self.named(|range| range == "*/*"))
            .unwrap_or(0)
    }

    /// The highest quality of the ranges that are named so.
    fn named(self, wanted: impl Fn(&str) -> bool) -> Option<u16> {
        self.ranges().filter(|(range, _)| wanted(range)).map(|(_, quality)| quality).max()
    }

    /// HTML is named, and no JSON type is named with a higher quality.
    fn prefers_page(self) -> bool {
        let html =
            self.named(|range| is_named_one_of(range, &["text/html", "application/xhtml+xml"]));
        let json = self.named(|range| {
            const TYPES: [&str; 4] =
                ["application/json", "application/vc", "application/vc+jwt", "application/jwt"];
            let suffix = range.rsplit_once('+').map_or("", |(_, suffix)| suffix);
            is_named(suffix, "json") || is_named_one_of(range, &TYPES)
        });
        html.is_some_and(|html| html > 0 && html >= json.unwrap_or(0))
    }
}

/// Names of media types mean the same in any case.
fn is_named(range: &str, name: &str) -> bool {
    range.eq_ignore_ascii_case(name)
}

fn is_named_one_of(range: &str, names: &[&str]) -> bool {
    names.iter().any(|name| is_named(range, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE_CARD: Form = Form::Preview(Preview { wide: true, oembed: true });
    const WIDE_WITHOUT_OEMBED: Form = Form::Preview(Preview { wide: true, oembed: false });
    const SQUARE_CARD: Form = Form::Preview(Preview { wide: false, oembed: true });

    const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    fn form(json_suffix: bool, accept: Option<&str>, user_agent: Option<&str>) -> Form {
        choose(Request { json_suffix, accept, user_agent }, &ROBOTS, false)
    }

    #[test]
    fn every_row_of_the_cross_table_holds_for_every_column() {
        let rows = [
            (None, Form::JsonLd),
            (Some("*/*"), Form::JsonLd),
            (Some("application/ld+json"), Form::JsonLd),
            (Some("application/json"), Form::Json),
            (Some(HTML), Form::Page),
            (Some("application/ld+json, text/html;q=0.1"), Form::JsonLd),
            (Some("image/png"), Form::JsonLd),
        ];
        let robots = [
            ("LinkedInBot/1.0 (compatible; Mozilla/5.0)", WIDE_WITHOUT_OEMBED),
            ("Twitterbot/1.0", WIDE_CARD),
            ("facebookexternalhit/1.1", WIDE_CARD),
            ("Facebot Twitterbot/1.0", WIDE_CARD),
            ("Slackbot-LinkExpanding 1.0", SQUARE_CARD),
            ("Mozilla/5.0 (compatible; Embedly/0.2)", SQUARE_CARD),
        ];
        for (accept, expected) in rows {
            for user_agent in [None, Some("curl/8.5"), Some(BROWSER)] {
                assert_eq!(form(false, accept, user_agent), expected, "{accept:?} {user_agent:?}");
            }
            for (user_agent, card) in robots {
                assert_eq!(form(false, accept, Some(user_agent)), card, "{accept:?} {user_agent}");
            }
        }
    }

    #[test]
    fn a_json_path_is_json_whatever_is_accepted_and_whoever_asks() {
        assert_eq!(form(true, None, None), Form::JsonLd);
        assert_eq!(form(true, Some(HTML), Some(BROWSER)), Form::JsonLd);
        assert_eq!(form(true, Some("application/json"), None), Form::Json);
        assert_eq!(form(true, None, Some("Twitterbot/1.0")), Form::JsonLd);
        let request =
            Request { json_suffix: true, accept: None, user_agent: Some("Twitterbot/1.0") };
        assert_eq!(choose(request, &ROBOTS, true), WIDE_CARD);
    }

    #[test]
    fn people_are_redirected_by_real_quality_values() {
        for (accept, expected) in [
            ("text/html", Form::Page),
            ("application/xhtml+xml", Form::Page),
            ("application/json, text/html", Form::Page),
            ("application/json;q=0.9, TEXT/HTML", Form::Page),
            ("text/html;q=0.9, application/json", Form::Json),
            ("text/html;q=0.5, application/vc+ld+json;q=0.6", Form::JsonLd),
            ("text/html;q=0", Form::JsonLd),
            ("text/*", Form::JsonLd),
            ("text/html;q=nonsense", Form::Page),
        ] {
            assert_eq!(form(false, Some(accept), Some(BROWSER)), expected, "{accept}");
        }
    }

    #[test]
    fn plain_json_is_for_those_who_would_rather_not_have_json_ld() {
        for (accept, expected) in [
            ("application/json, application/ld+json", Form::JsonLd),
            ("application/json, text/plain, */*", Form::JsonLd),
            ("application/json, */*;q=0.5", Form::Json),
            ("application/ld+json, application/json, image/png, image/svg+xml", Form::JsonLd),
            ("application/ld+json;q=0, application/*", Form::Json),
            ("", Form::JsonLd),
            (",;q=,;;=\u{0}", Form::JsonLd),
        ] {
            assert_eq!(form(false, Some(accept), None), expected, "{accept}");
        }
    }

    #[test]
    fn user_agents_are_matched_with_case_and_by_the_operators_list() {
        assert_eq!(form(false, None, Some("twitterbot")), Form::JsonLd);
        assert_eq!(form(false, None, Some("WhatsApp/2.23")), SQUARE_CARD);
        let request = Request { user_agent: Some("WhatsApp/2.23"), ..Request::default() };
        assert_eq!(choose(request, &["Slackbot"], false), Form::JsonLd);
    }
}
