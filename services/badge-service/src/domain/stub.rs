//! The page that social networks read: Open Graph tags, and a way on for people who land there.

use crate::domain::escape::markup;

/// What the stub shows. All addresses are absolute; text comes as it is and is escaped here.
#[derive(Debug, Clone, Copy)]
pub struct Stub<'a> {
    /// The name of the issuer, badge class or collection; of an assertion its badge class.
    pub title: &'a str,
    pub description: &'a str,
    /// The public address, without query.
    pub url: &'a str,
    pub image: Option<StubImage<'a>>,
    pub site_name: &'a str,
    /// Such as `en_US`.
    pub locale: &'a str,
    /// The oEmbed address, for assertions and robots that should know it.
    pub oembed: Option<&'a str>,
    /// A revoked assertion says so first.
    pub revoked: bool,
}

/// The card's picture.
#[derive(Debug, Clone, Copy)]
pub struct StubImage<'a> {
    /// The address of the PNG, without the parameter that makes it wide.
    pub png_url: &'a str,
    pub wide: bool,
}

/// Pixels of a card's picture: high, and wide when it is square or wide.
pub const CARD_HEIGHT: u32 = 400;
pub const WIDE_CARD_WIDTH: u32 = 764;

impl Stub<'_> {
    /// The whole document.
    pub fn html(&self) -> String {
        let title =
            if self.revoked { format!("Revoked: {}", self.title) } else { self.title.into() };
        let (title, description) = (markup(&title), markup(self.description));
        let url = markup(self.url);
        let card = if self.image.is_some_and(|image| image.wide) {
            "summary_large_image"
        } else {
            "summary"
        };
        let mut head = vec![
            property("og:type", "website"),
            property("og:url", &url),
            property("og:title", &title),
            property("og:description", &description),
            property("og:site_name", &markup(self.site_name)),
            property("og:locale", &markup(self.locale)),
            format!("<meta name=\"twitter:card\" content=\"{card}\">"),
        ];
        let mut picture = String::new();
        if let Some(image) = self.image {
            let wide = if image.wide { "&fmt=wide" } else { "" };
            let source = markup(&format!("{}{wide}", image.png_url));
            let width = if image.wide { WIDE_CARD_WIDTH } else { CARD_HEIGHT };
            head.extend([
                property("og:image", &source),
                property("og:image:secure_url", &source),
                property("og:image:width", &width.to_string()),
                property("og:image:height", &CARD_HEIGHT.to_string()),
                property("og:image:alt", &title),
            ]);
            picture = format!(
                "<img src=\"{source}\" alt=\"{title}\" width=\"{width}\" height=\"{CARD_HEIGHT}\">\n"
            );
        }
        if let Some(oembed) = self.oembed {
            let href = markup(oembed);
            head.push(format!(
                "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"{href}\">"
            ));
        }
        let head = head.join("\n");
        // The address stands in an attribute, so that no text of ours is ever inside a script.
        format!(
            "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n{head}\n</head>\n\
             <body>\n{picture}<h1>{title}</h1>\n<p>{description}</p>\n<p><a id=\"on\" href=\"{url}\">{url}</a></p>\n\
             <script>location.replace(document.getElementById(\"on\").href)</script>\n</body>\n</html>\n"
        )
    }
}

/// One Open Graph tag; `content` is escaped already.
fn property(name: &str, content: &str) -> String {
    format!("<meta property=\"{name}\" content=\"{content}\">")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUB: Stub<'static> = Stub {
        title: "Tide \"Tables\" </title><script>",
        description: "Reads any & all.",
        url: "https://badges.example/public/assertions/x",
        image: Some(StubImage {
            png_url: "https://badges.example/public/badges/y/image?type=png",
            wide: true,
        }),
        site_name: "Testamur",
        locale: "en_US",
        oembed: Some("https://badges.example/public/oembed?format=json&url=z"),
        revoked: false,
    };

    #[test]
    fn the_stub_has_every_tag_and_escapes_all_text() {
        insta::assert_snapshot!(STUB.html(), @r#"
        <!doctype html>
        <html>
        <head>
        <meta charset="utf-8">
        <title>Tide &quot;Tables&quot; &lt;/title&gt;&lt;script&gt;</title>
        <meta property="og:type" content="website">
        <meta property="og:url" content="https://badges.example/public/assertions/x">
        <meta property="og:title" content="Tide &quot;Tables&quot; &lt;/title&gt;&lt;script&gt;">
        <meta property="og:description" content="Reads any &amp; all.">
        <meta property="og:site_name" content="Testamur">
        <meta property="og:locale" content="en_US">
        <meta name="twitter:card" content="summary_large_image">
        <meta property="og:image" content="https://badges.example/public/badges/y/image?type=png&amp;fmt=wide">
        <meta property="og:image:secure_url" content="https://badges.example/public/badges/y/image?type=png&amp;fmt=wide">
        <meta property="og:image:width" content="764">
        <meta property="og:image:height" content="400">
        <meta property="og:image:alt" content="Tide &quot;Tables&quot; &lt;/title&gt;&lt;script&gt;">
        <link rel="alternate" type="application/json+oembed" href="https://badges.example/public/oembed?format=json&amp;url=z">
        </head>
        <body>
        <img src="https://badges.example/public/badges/y/image?type=png&amp;fmt=wide" alt="Tide &quot;Tables&quot; &lt;/title&gt;&lt;script&gt;" width="764" height="400">
        <h1>Tide &quot;Tables&quot; &lt;/title&gt;&lt;script&gt;</h1>
        <p>Reads any &amp; all.</p>
        <p><a id="on" href="https://badges.example/public/assertions/x">https://badges.example/public/assertions/x</a></p>
        <script>location.replace(document.getElementById("on").href)</script>
        </body>
        </html>
        "#);
    }

    #[test]
    fn a_square_card_has_its_true_size() {
        let image = StubImage { wide: false, ..STUB.image.unwrap() };
        let html = Stub { image: Some(image), ..STUB }.html();

        assert!(html.contains(
            r#"og:image" content="https://badges.example/public/badges/y/image?type=png""#
        ));
        assert!(html.contains(r#"og:image:width" content="400""#));
        assert!(html.contains(r#"twitter:card" content="summary""#));
    }

    #[test]
    fn without_a_picture_there_are_no_picture_tags() {
        let html = Stub { image: None, oembed: None, ..STUB }.html();

        assert!(!html.contains("og:image") && !html.contains("<img") && !html.contains("oembed"));
    }

    #[test]
    fn a_revoked_assertion_says_so_first() {
        let html = Stub { revoked: true, title: "Tide Tables", ..STUB }.html();

        assert!(html.contains(r#"og:title" content="Revoked: Tide Tables""#));
    }
}
