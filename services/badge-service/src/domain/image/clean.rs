//! SVG from strangers, without anything that runs, loads or deceives.
//!
//! What is not SVG goes: elements and attributes of other namespaces, declarations, comments,
//! processing instructions. Of SVG, what runs or loads goes. References stay inside the file,
//! or are raster pictures inside it.

mod references;

use quick_xml::{
    NsReader, Writer, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesEnd, BytesStart, BytesText, Event},
    name::{QName, ResolveResult},
};

use references::{is_inside, is_raster, is_safe_css, may_move};

use super::ImageError;

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Bounds on what is worth drawing at 400 pixels.
const MAX_DEPTH: usize = 256;
const MAX_ELEMENTS: usize = 50_000;
const MAX_RASTERS: usize = 16;

/// Elements that run, load, or hold a document of another kind.
const FORBIDDEN: [&str; 14] = [
    "script",
    "foreignObject",
    "iframe",
    "embed",
    "object",
    "audio",
    "video",
    "canvas",
    "source",
    "handler",
    "listener",
    "link",
    "meta",
    "base",
];

/// Elements that change an attribute over time.
const ANIMATIONS: [&str; 4] = ["animate", "set", "animateTransform", "animateMotion"];

/// The same picture, harmless. Its first byte is that of the root's tag.
pub fn clean(svg: &str) -> Result<String, ImageError> {
    let svg = svg.strip_prefix('\u{feff}').unwrap_or(svg);
    let mut cleaner = Cleaner {
        reader: NsReader::from_str(svg),
        writer: Writer::new(Vec::with_capacity(svg.len())),
        depth: 0,
        elements: 0,
        rasters: 0,
        has_root: false,
    };
    cleaner.run()?;
    String::from_utf8(cleaner.writer.into_inner()).map_err(|_| ImageError::Unreadable)
}

struct Cleaner<'a> {
    reader: NsReader<&'a [u8]>,
    writer: Writer<Vec<u8>>,
    depth: usize,
    elements: usize,
    rasters: usize,
    has_root: bool,
}

impl<'a> Cleaner<'a> {
    fn run(&mut self) -> Result<(), ImageError> {
        loop {
            match self.next()? {
                Event::Eof => break,
                Event::Start(tag) => {
                    let kept = self.keep(&tag)?;
                    match kept {
                        Some(kept) if tag.local_name().into_inner() == "style" => {
                            self.style(kept)?;
                        }
                        Some(kept) => {
                            self.depth += 1;
                            self.write(Event::Start(kept))?;
                        }
                        None => {
                            self.text_within(false)?;
                        }
                    }
                }
                Event::Empty(tag) => {
                    if let Some(kept) = self.keep(&tag)? {
                        self.write(Event::Empty(kept))?;
                    }
                }
                Event::End(tag) => {
                    self.depth -= 1;
                    self.write(Event::End(BytesEnd::new(tag.name().into_inner())))?;
                }
                event => {
                    let text = characters(&event)?;
                    if self.depth > 0 && !text.is_empty() {
                        self.write(Event::Text(BytesText::new(&text)))?;
                    }
                }
            }
        }
        if self.has_root && self.depth == 0 { Ok(()) } else { Err(ImageError::Unreadable) }
    }

    fn next(&mut self) -> Result<Event<'a>, ImageError> {
        self.reader.read_event().map_err(|_| ImageError::Unreadable)
    }

    fn write(&mut self, event: Event<'_>) -> Result<(), ImageError> {
        self.writer.write_event(event).map_err(|_| ImageError::Unreadable)
    }

    /// The element with the attributes that may stay, or nothing.
    fn keep(&mut self, tag: &BytesStart<'_>) -> Result<Option<BytesStart<'static>>, ImageError> {
        self.elements += 1;
        if self.depth >= MAX_DEPTH || self.elements > MAX_ELEMENTS {
            return Err(ImageError::Unreadable);
        }
        let is_root = self.depth == 0;
        let (namespace, local) = self.reader.resolver().resolve_element(tag.name());
        let unbound = matches!(namespace, ResolveResult::Unbound);
        let local = local.into_inner();
        if is_root && (self.has_root || local != "svg") {
            return Err(ImageError::Unreadable);
        }
        self.has_root = true;
        if !(unbound || is(namespace, SVG)) || forbidden(local) {
            return if is_root { Err(ImageError::Unreadable) } else { Ok(None) };
        }
        let mut kept = BytesStart::new(tag.name().into_inner().to_owned());
        if is_root && unbound {
            kept.push_attribute(("xmlns", SVG));
        }
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| ImageError::Unreadable)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|_| ImageError::Unreadable)?;
            if ANIMATIONS.contains(&local)
                && attribute.key.into_inner() == "attributeName"
                && !may_move(&value)
            {
                return Ok(None);
            }
            if self.may_stay(attribute.key, &value) {
                kept.push_attribute((attribute.key.into_inner(), value.as_ref()));
            }
        }
        if self.rasters > MAX_RASTERS { Err(ImageError::Unreadable) } else { Ok(Some(kept)) }
    }

    fn may_stay(&mut self, key: QName<'_>, value: &str) -> bool {
        let name = key.into_inner();
        if name == "xmlns" || name.starts_with("xmlns:") {
            return value == SVG || value == XLINK;
        }
        let (namespace, local) = self.reader.resolver().resolve_attribute(key);
        let local = local.into_inner();
        let own = matches!(namespace, ResolveResult::Unbound);
        if (own || is(namespace, XLINK)) && local == "href" {
            self.rasters += usize::from(is_raster(value));
            return is_inside(value);
        }
        if !own {
            return matches!(name, "xml:space" | "xml:lang");
        }
        let event = local.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on"));
        let loads = matches!(local, "src" | "srcdoc" | "action" | "formaction" | "ping" | "data");
        !event && !loads && is_safe_css(value)
    }

    /// A style sheet, if all of it is safe; it has no elements inside.
    fn style(&mut self, tag: BytesStart<'static>) -> Result<(), ImageError> {
        let sheet = self.text_within(true)?;
        if is_safe_css(&sheet) {
            let end = tag.to_end().into_owned();
            self.write(Event::Start(tag))?;
            self.write(Event::Text(BytesText::new(&sheet)))?;
            self.write(Event::End(end))?;
        }
        Ok(())
    }

    /// Reads to the end of the element just begun; its text if it is `wanted`.
    fn text_within(&mut self, wanted: bool) -> Result<String, ImageError> {
        let mut text = String::new();
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Event::Start(_) if depth >= MAX_DEPTH => return Err(ImageError::Unreadable),
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Eof => return Err(ImageError::Unreadable),
                event if wanted => text.push_str(&characters(&event)?),
                _ => {}
            }
        }
        Ok(text)
    }
}

/// The characters of a text event. Entities of the file's own are none: it has no DOCTYPE.
fn characters(event: &Event<'_>) -> Result<String, ImageError> {
    match event {
        Event::Text(text) => Ok(text.xml10_content().into_owned()),
        Event::CData(text) => Ok(text.xml10_content().into_owned()),
        Event::GeneralRef(name) => {
            if let Some(c) = name.resolve_char_ref().map_err(|_| ImageError::Unreadable)? {
                return Ok(c.to_string());
            }
            resolve_predefined_entity(name).map(str::to_owned).ok_or(ImageError::Unreadable)
        }
        _ => Ok(String::new()),
    }
}

fn is(namespace: ResolveResult<'_>, uri: &str) -> bool {
    matches!(namespace, ResolveResult::Bound(namespace) if namespace.into_inner() == uri)
}

fn forbidden(local: &str) -> bool {
    FORBIDDEN.iter().any(|name| name.eq_ignore_ascii_case(local))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of the children of a root.
    fn cleaned(children: &str) -> String {
        let svg = format!("<svg xmlns=\"{SVG}\" xmlns:xlink=\"{XLINK}\">{children}</svg>");
        let clean = clean(&svg).unwrap();
        let start = clean.find('>').unwrap() + 1;
        clean[start..].trim_end_matches("</svg>").to_owned()
    }

    #[test]
    fn what_runs_loads_or_deceives_is_gone() {
        for bad in [
            "<script>alert(1)</script>",
            "<SCRIPT/>",
            "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
            "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
            "<iframe/>",
            "<animate attributeName='xlink:href' to='javascript:alert(1)'/>",
            "<set attributeName='onload' to='alert(1)'/>",
            "<style>@import url(https://evil.example/a.css);</style>",
            "<style>a { background: URL( 'https://evil.example/a.png' ) }</style>",
            "<style>a { background: u\\72l(https://evil.example/a.png) }</style>",
            "<style><![CDATA[a { background: url(//evil.example) }]]></style>",
            "<!-- note --><?php echo 1 ?>",
            "<metadata xmlns='urn:x'><g/></metadata>",
        ] {
            assert_eq!(cleaned(bad), "", "{bad}");
        }
    }

    #[test]
    fn attributes_that_run_or_point_outside_are_gone() {
        for bad in [
            "onload='alert(1)'",
            "ONCLICK='alert(1)'",
            "href='https://evil.example/#a'",
            "xlink:href='javascript:alert(1)'",
            "href='data:image/svg+xml;base64,AAAA'",
            "href='data:text/html,x'",
            "fill='url(https://evil.example/#a)'",
            "style='fill: url(\"//evil.example/a\")'",
            "xml:base='https://evil.example/'",
            "xmlns:x='urn:x' x:note='y'",
        ] {
            assert_eq!(
                cleaned(&format!("<path {bad} d=\"M0 0\"/>")),
                "<path d=\"M0 0\"/>",
                "{bad}"
            );
        }
    }

    #[test]
    fn what_draws_stays() {
        for good in [
            "<g id=\"a\"><use href=\"#a\"/><use xlink:href=\"#a\"/></g>",
            "<image href=\"data:image/png;base64,AAAA\"/>",
            "<path fill=\"url(#a)\" style=\"stroke: url( #b); fill: #fff\" transform=\"rotate(9)\"/>",
            "<style>.a { fill: red } b &gt; c { fill: url(#a) }</style>",
            "<text x=\"1\">5 &lt; 6 &amp; \u{7f16}</text>",
            "<animate attributeName=\"opacity\" from=\"0\" to=\"1\"/>",
        ] {
            assert_eq!(cleaned(good), good);
        }
    }

    #[test]
    fn the_root_comes_first_and_gets_its_namespace() {
        let svg = "\u{feff}<?xml version=\"1.0\"?><!DOCTYPE svg><!-- x --><svg viewBox=\"0 0 1 1\" onload=\"x\"></svg>";

        assert_eq!(clean(svg).unwrap(), format!("<svg xmlns=\"{SVG}\" viewBox=\"0 0 1 1\"></svg>"));
    }

    #[test]
    fn what_is_no_svg_is_unreadable() {
        let deep = format!("<svg>{}{}</svg>", "<g>".repeat(300), "</g>".repeat(300));
        let many = format!("<svg>{}</svg>", "<g/>".repeat(60_000));
        let rasters =
            format!("<svg>{}</svg>", "<image href='data:image/png;base64,A'/>".repeat(17));
        let hidden = format!("<svg><script>{}</script></svg>", "<a>".repeat(300));
        let laughs = "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg><text>&a;</text></svg>";
        let attribute = "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg id='&a;'/>";
        for wrong in [
            "",
            "x",
            "<html/>",
            "<svg>",
            "<svg/><svg/>",
            "<script/>",
            "<svg xmlns='urn:x'/>",
            "<svg a=b/>",
            "<svg><style><g></style></svg>",
            laughs,
            attribute,
            &deep,
            &many,
            &rasters,
            &hidden,
        ] {
            assert_eq!(
                clean(wrong),
                Err(ImageError::Unreadable),
                "{}",
                &wrong[..wrong.len().min(80)]
            );
        }
    }
}
