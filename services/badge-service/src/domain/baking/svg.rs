//! SVG: badge data is one element, the first child of the root.

use std::ops::Range;

use quick_xml::{
    NsReader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
    name::ResolveResult,
};

use super::{BakingError, MAX_IMAGE_BYTES, MAX_TEXT_BYTES, Slot, Unbaked};
use crate::domain::escape::markup;

/// Writes `json` into the picture, in place of any older badge data.
///
/// Open Badges 3 data goes too: both standards claim the prefix `openbadges` on the root.
///
/// The root stands at the very beginning: the reference unbaker looks for `<svg` in the first
/// 256 bytes. Whatever stood before it (declaration, comments, DOCTYPE) is left out.
pub fn bake(picture: &str, json: &str, verify: &str) -> Result<String, BakingError> {
    let picture = without_mark(picture);
    if json.len() > MAX_TEXT_BYTES || picture.len() > MAX_IMAGE_BYTES {
        return Err(BakingError::TooLarge);
    }
    let found = scan(picture)?;
    if found.declares_entities {
        return Err(BakingError::BrokenSvg);
    }
    // No `]]>` may stand in a CDATA section; in JSON a `>` stands in strings only.
    let json = json.replace('>', "\\u003e");
    let mut baked = format!(
        "<{}{} xmlns:openbadges=\"{}\"><openbadges:assertion verify=\"{}\"><![CDATA[{json}]]></openbadges:assertion>",
        found.name,
        found.attributes,
        Slot::OpenBadges.namespace(),
        markup(verify),
    );
    let mut from = found.content.start;
    for badge in &found.badges {
        baked.push_str(&picture[from..badge.place.start]);
        from = badge.place.end;
    }
    baked.push_str(&picture[from..found.content.end]);
    baked.push_str(&format!("</{}>", found.name));
    Ok(baked)
}

/// All badge data in the picture: what the elements hold, or else their `verify`.
pub fn unbake(picture: &str) -> Result<Vec<Unbaked>, BakingError> {
    let picture = without_mark(picture);
    if picture.len() > MAX_IMAGE_BYTES {
        return Err(BakingError::TooLarge);
    }
    Ok(scan(picture)?.badges.into_iter().filter_map(Badge::unbaked).collect())
}

/// The text without the byte order mark that some editors put before it.
fn without_mark(picture: &str) -> &str {
    picture.strip_prefix('\u{feff}').unwrap_or(picture)
}

/// Where things stand in the file.
struct Scanned {
    /// The root's name, prefix included.
    name: String,
    /// The root's attributes, without a declaration of the `openbadges` prefix.
    attributes: String,
    /// From after the root's start tag to before its end tag.
    content: Range<usize>,
    badges: Vec<Badge>,
    declares_entities: bool,
}

/// One element with badge data, whole.
struct Badge {
    place: Range<usize>,
    depth: usize,
    slot: Slot,
    verify: String,
    body: String,
}

impl Badge {
    fn unbaked(self) -> Option<Unbaked> {
        let body = self.body.trim();
        let text = if body.is_empty() { self.verify } else { body.to_owned() };
        (!text.is_empty()).then_some(Unbaked { slot: self.slot, text })
    }
}

/// The deepest nesting that is read; hostile files nest to exhaust whoever reads them.
const MAX_DEPTH: usize = 256;

/// Walks the whole file once, so that only well-formed pictures are baked.
fn scan(picture: &str) -> Result<Scanned, BakingError> {
    let mut reader = NsReader::from_str(picture);
    let mut root: Option<Scanned> = None;
    let mut depth = 0;
    let mut open: Option<Badge> = None;
    let mut declares_entities = false;
    loop {
        let start = position(&reader)?;
        let event = reader.read_event().map_err(|_| BakingError::BrokenSvg)?;
        let end = position(&reader)?;
        match (event, &mut root) {
            (Event::Start(tag), None) => {
                root = Some(scanned_root(&tag, end)?);
                depth = 1;
            }
            (Event::Empty(tag), None) => root = Some(scanned_root(&tag, end)?),
            // A second root.
            (Event::Start(_) | Event::Empty(_), Some(_)) if depth == 0 => {
                return Err(BakingError::BrokenSvg);
            }
            (Event::Start(tag), Some(_)) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(BakingError::TooLarge);
                }
                if open.is_none() {
                    open = badge(&reader, &tag, start..end, depth)?;
                }
            }
            (Event::Empty(tag), Some(root)) if open.is_none() => {
                root.badges.extend(badge(&reader, &tag, start..end, depth)?);
            }
            (Event::End(_), Some(root)) => {
                if let Some(mut closed) = open.take_if(|badge| badge.depth == depth) {
                    closed.place.end = end;
                    root.badges.push(closed);
                }
                depth -= 1;
                if depth == 0 {
                    root.content.end = start;
                }
            }
            (Event::CData(text), _) => push(&mut open, &text.into_inner())?,
            (Event::Text(text), _) => push(&mut open, &text.into_inner())?,
            (Event::GeneralRef(name), _) => push(&mut open, &character(&name)?)?,
            (Event::DocType(declaration), _) => declares_entities |= declaration.contains('['),
            (Event::Eof, _) => break,
            (_, _) => {}
        }
    }
    let scanned = root.filter(|_| depth == 0).ok_or(BakingError::BrokenSvg)?;
    Ok(Scanned { declares_entities, ..scanned })
}

fn position(reader: &NsReader<&[u8]>) -> Result<usize, BakingError> {
    usize::try_from(reader.buffer_position()).map_err(|_| BakingError::TooLarge)
}

fn push(open: &mut Option<Badge>, text: &str) -> Result<(), BakingError> {
    if let Some(badge) = open {
        badge.body.push_str(text);
        if badge.body.len() > MAX_TEXT_BYTES {
            return Err(BakingError::TooLarge);
        }
    }
    Ok(())
}

/// The character behind `&#x2e;` or `&lt;`; a picture has no entities of its own.
fn character(name: &BytesRef<'_>) -> Result<String, BakingError> {
    if let Some(c) = name.resolve_char_ref().map_err(|_| BakingError::BrokenSvg)? {
        return Ok(c.to_string());
    }
    let text = resolve_predefined_entity(name).ok_or(BakingError::BrokenSvg)?;
    Ok(text.to_owned())
}

fn scanned_root(tag: &BytesStart<'_>, end: usize) -> Result<Scanned, BakingError> {
    if tag.local_name().into_inner() != "svg" {
        return Err(BakingError::BrokenSvg);
    }
    let mut attributes = String::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| BakingError::BrokenSvg)?;
        let key = attribute.key.into_inner();
        if key != "xmlns:openbadges" {
            // The value may have stood in single quotes.
            let value = attribute.value.replace('"', "&quot;");
            attributes.push_str(&format!(" {key}=\"{value}\""));
        }
    }
    Ok(Scanned {
        name: tag.name().into_inner().to_owned(),
        attributes,
        content: end..end,
        badges: Vec::new(),
        declares_entities: false,
    })
}

/// The badge data that begins with this tag, if it does.
fn badge(
    reader: &NsReader<&[u8]>,
    tag: &BytesStart<'_>,
    place: Range<usize>,
    depth: usize,
) -> Result<Option<Badge>, BakingError> {
    let (ResolveResult::Bound(namespace), local) = reader.resolver().resolve_element(tag.name())
    else {
        return Ok(None);
    };
    let slot = match (namespace.into_inner(), local.into_inner()) {
        (namespace, "assertion") if namespace == Slot::OpenBadges.namespace() => Slot::OpenBadges,
        (namespace, "credential") if namespace == Slot::OpenBadgeCredential.namespace() => {
            Slot::OpenBadgeCredential
        }
        _ => return Ok(None),
    };
    let verify = tag.try_get_attribute("verify").map_err(|_| BakingError::BrokenSvg)?;
    let verify = match verify {
        Some(attribute) => {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            value.map_err(|_| BakingError::BrokenSvg)?.into_owned()
        }
        None => String::new(),
    };
    Ok(Some(Badge { place, depth, slot, verify, body: String::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://badges.example/public/assertions/x?a=1&b=2";

    fn texts(picture: &str) -> Vec<String> {
        unbake(picture).unwrap().into_iter().map(|unbaked| unbaked.text).collect()
    }

    #[test]
    fn a_baked_picture_begins_with_its_root_and_the_badge_is_its_first_child() {
        let plain = "<?xml version='1.0'?><!DOCTYPE svg><!-- long --><svg xmlns='http://www.w3.org/2000/svg' id='\"'>\n<g/></svg>\n";

        let baked = bake(plain, r#"{"a":"]]>é"}"#, URL).unwrap();

        insta::assert_snapshot!(baked, @r##"
        <svg xmlns="http://www.w3.org/2000/svg" id="&quot;" xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="https://badges.example/public/assertions/x?a=1&amp;b=2"><![CDATA[{"a":"]]\u003eé"}]]></openbadges:assertion>
        <g/></svg>
        "##);
        let read: serde_json::Value = serde_json::from_str(&texts(&baked)[0]).unwrap();
        assert_eq!(read["a"], "]]>é");
    }

    #[test]
    fn baking_again_replaces_the_badge_wherever_and_however_it_stood() {
        let plain = "<svg xmlns=\"http://www.w3.org/2000/svg\"><g><path d=\"\"/></g></svg>";
        let once = bake(plain, "{}", URL).unwrap();

        assert_eq!(bake(&once, "{}", URL).unwrap(), once);
        let moved = r#"<svg><g><b:assertion xmlns:b="http://openbadges.org" verify="x"><g/></b:assertion>y</g></svg>"#;
        let baked = bake(moved, "{}", URL).unwrap();
        assert_eq!(baked.matches("assertion verify").count(), 1);
        assert!(baked.ends_with("<g>y</g></svg>"), "{baked}");
    }

    #[test]
    fn an_empty_root_is_opened() {
        let baked = bake("<svg/>", "{}", "u").unwrap();

        assert!(baked.starts_with("<svg xmlns:openbadges=") && baked.ends_with("</svg>"));
        assert_eq!(texts(&baked), ["{}"]);
    }

    #[test]
    fn all_forms_are_read() {
        let old = r#"<svg xmlns:o="http://openbadges.org"><o:assertion verify="a?b&amp;c"/></svg>"#;
        let new = r#"<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential verify="jws"></openbadges:credential></svg>"#;
        let escaped = r#"<svg xmlns:o="http://openbadges.org"><o:assertion>{&quot;a&quot;:&#49;}</o:assertion></svg>"#;
        let another = r#"<svg xmlns:o="urn:other"><o:assertion verify="x"/><assertion/></svg>"#;

        assert_eq!(texts(old), ["a?b&c"]);
        assert_eq!(unbake(new).unwrap()[0].slot, Slot::OpenBadgeCredential);
        assert_eq!(texts(escaped), [r#"{"a":1}"#]);
        assert_eq!(texts(another), [""; 0]);
    }

    #[test]
    fn a_hostile_file_is_an_error_and_nothing_else() {
        let deep = format!("<svg>{}{}</svg>", "<g>".repeat(300), "</g>".repeat(300));
        let entities = r#"<!DOCTYPE svg [<!ENTITY a "b">]><svg><g id="&a;"/></svg>"#;
        let laughs = r#"<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>"#;

        assert_eq!(bake(&deep, "{}", URL), Err(BakingError::TooLarge));
        for broken in [
            "",
            "{}",
            "<html/>",
            "<svg>",
            "<svg></g>",
            "<svg/><svg/>",
            "</svg>",
            "<svg a=1/>",
            entities,
            laughs,
            "<svg a='1' a='2'/>",
        ] {
            assert_eq!(bake(broken, "{}", URL), Err(BakingError::BrokenSvg), "{broken}");
        }
    }
}
