//! Sets a document: the template is run over its data.

use std::sync::Arc;

use typst::WorldExt as _;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Smart};
use typst::layout::{Frame, FrameItem};
use typst::syntax::Source;
use typst_layout::PagedDocument;

use crate::domain::certificate::Certificate;
use crate::domain::image::Picture;
use crate::domain::violation::{Code, Violation};
use crate::domain::{Fault, FaultCode};

use super::fonts::FontSet;
use super::package::Package;
use super::sheet::{self, Sheet, printed_texts};
use super::world::{MemoryWorld, file_id};

/// A template whose sources are parsed and whose fonts are loaded.
pub struct PreparedTemplate {
    pub package: Package,
    pub fonts: Arc<FontSet>,
    sources: Vec<Source>,
    files: Vec<(String, Bytes)>,
}

impl PreparedTemplate {
    pub fn new(package: Package, fonts: &Arc<FontSet>) -> Self {
        let own_fonts: Vec<_> = package
            .files
            .iter()
            .filter(|(path, _)| path.starts_with("fonts/"))
            .map(|(_, file)| file.to_vec())
            .collect();
        let fonts = if own_fonts.is_empty() {
            Arc::clone(fonts)
        } else {
            Arc::new(fonts.with_first(own_fonts))
        };
        let mut sources = Vec::new();
        let mut files = Vec::new();
        for (path, file) in &package.files {
            match std::str::from_utf8(file) {
                Ok(text) if path.ends_with(".typ") => {
                    sources.push(Source::new(file_id(path), text.to_owned()));
                }
                _ => files.push((format!("/{path}"), Bytes::new(file.to_vec()))),
            }
        }
        sources.push(Source::new(file_id(WITH_CREDENTIAL), ATTACH.to_owned()));
        Self { package, fonts, sources, files }
    }

    /// Whether the package draws a card of its own.
    pub fn has_card(&self) -> bool {
        self.package.files.contains_key("card.typ")
    }
}

/// The entry that attaches the credential and then goes on with the template's own.
const WITH_CREDENTIAL: &str = "/renderer/with-credential.typ";

const ATTACH: &str = r#"#let sheet = json("/data.json")
#pdf.attach(
  sheet.credential.path,
  read("/" + sheet.credential.path, encoding: none),
  relationship: "data",
  mime-type: sheet.credential.media_type,
  description: "Verifiable credential",
)
#include "/main.typ"
"#;

/// Which of a template's entries is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Main,
    Card,
}

/// Runs a template.
///
/// # Errors
///
/// `text_overflow`, `missing_glyph`, `page_overflow` or `template_error`.
pub fn lay_out(
    template: &PreparedTemplate,
    entry: Entry,
    sheet: &Sheet<'_>,
    pictures: &[Picture],
    max_pages: usize,
) -> Result<PagedDocument, Fault> {
    let world = world(template, entry, sheet, pictures)?;
    let mut document = typst::compile::<PagedDocument>(&world)
        .output
        .map_err(|errors| template_fault(&world, errors.first(), sheet.data))?;
    if document.pages().len() > max_pages {
        let detail = format!("{} pages, at most {max_pages}", document.pages().len());
        return Err(Fault::new(FaultCode::PageOverflow, detail));
    }
    let unset = unset_text(&document);
    if !unset.is_empty() {
        return Err(missing_glyphs(sheet.data, |text| {
            text.chars().filter(|character| unset.contains(character)).collect()
        }));
    }
    let info = document.info_mut();
    info.title = Some(sheet.document_title.as_str().into());
    info.author = vec![sheet.data.issuer.name.as_str().into()];
    info.date = Smart::Auto;
    Ok(document)
}

/// The fault for characters that no font has, one entry a field.
pub fn missing_glyphs(data: &Certificate, missing: impl Fn(&str) -> Vec<char>) -> Fault {
    let errors = printed_texts(data)
        .into_iter()
        .filter_map(|(pointer, text)| {
            let mut list: Vec<String> =
                missing(&text).iter().map(|&c| format!("U+{:04X}", u32::from(c))).collect();
            list.dedup();
            let message = list.join(", ");
            (!list.is_empty()).then_some(Violation { pointer, code: Code::MissingGlyph, message })
        })
        .collect();
    Fault::with_errors(FaultCode::MissingGlyph, "no font has these characters", errors)
}

fn world(
    template: &PreparedTemplate,
    entry: Entry,
    sheet: &Sheet<'_>,
    pictures: &[Picture],
) -> Result<MemoryWorld, Fault> {
    let credential = sheet.data.credential.as_ref().filter(|_| entry == Entry::Main);
    let main = match (entry, credential) {
        (Entry::Card, _) => "/card.typ",
        (Entry::Main, Some(_)) => WITH_CREDENTIAL,
        (Entry::Main, None) => "/main.typ",
    };
    let mut world = MemoryWorld::new(main, Arc::clone(&template.fonts));
    for source in &template.sources {
        world.add_source(source.clone());
    }
    for (path, file) in &template.files {
        world.add_file(path, file.clone());
    }
    for picture in pictures {
        if let Some(path) = sheet::path(picture) {
            world.add_file(&path, Bytes::new(picture.bytes.to_vec()));
        }
    }
    let mut value = serde_json::to_value(sheet)
        .map_err(|_| Fault::new(FaultCode::Internal, "the sheet cannot be written"))?;
    if let Some(credential) = credential {
        let (path, media_type) = if credential.trim_start().starts_with('{') {
            ("credential.json", "application/json")
        } else {
            ("credential.jwt", "application/vc+jwt")
        };
        value["credential"] = serde_json::json!({ "path": path, "media_type": media_type });
        world.add_file(&format!("/{path}"), Bytes::new(credential.clone().into_bytes()));
    }
    world.add_file("/data.json", Bytes::new(value.to_string().into_bytes()));
    Ok(world)
}

/// What a template's failure means. A template says that a text does not fit by a panic whose
/// message is `text_overflow <pointer into data>`.
fn template_fault(
    world: &MemoryWorld,
    error: Option<&SourceDiagnostic>,
    data: &Certificate,
) -> Fault {
    let Some(error) = error else {
        return Fault::new(FaultCode::TemplateError, "the template failed without a message");
    };
    if let Some(pointer) = error.message.split("text_overflow ").nth(1) {
        let pointer: String = pointer
            .chars()
            .take_while(|&c| c == '/' || c == '_' || c.is_ascii_alphanumeric())
            .collect();
        let violation = Violation {
            pointer: format!("/data{pointer}"),
            code: Code::TextOverflow,
            message: "does not fit the page at the smallest size".to_owned(),
        };
        let detail = "a text does not fit the page";
        return Fault::with_errors(FaultCode::TextOverflow, detail, vec![violation]);
    }
    let message = error.message.replace(&data.recipient.name, "…");
    let short: String = message.chars().take(400).collect();
    Fault::new(FaultCode::TemplateError, format!("{}{short}", place(world, error)))
}

/// `main.typ:12: ` where the file and line are known.
fn place(world: &MemoryWorld, error: &SourceDiagnostic) -> String {
    use typst::World as _;

    let Some(id) = error.span.id() else {
        return String::new();
    };
    let path = id.vpath().get_without_slash().to_owned();
    let line = world
        .range(error.span)
        .and_then(|range| world.source(id).ok()?.lines().byte_to_line(range.start));
    line.map_or_else(|| format!("{path}: "), |line| format!("{path}:{}: ", line + 1))
}

/// Characters that were set with the glyph that stands for "none", a box.
fn unset_text(document: &PagedDocument) -> Vec<char> {
    let mut found = Vec::new();
    for page in document.pages() {
        collect_unset(&page.frame, &mut found);
    }
    found
}

fn collect_unset(frame: &Frame, found: &mut Vec<char>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect_unset(&group.frame, found),
            FrameItem::Text(text) => {
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    found.extend(text.text[glyph.range()].chars());
                }
            }
            _ => {}
        }
    }
}
