//! Sets a document: the template is run over its data.

use std::sync::Arc;

use typst::foundations::{Bytes, Smart};
use typst::layout::{Frame, FrameItem};
use typst::syntax::Source;
use typst_layout::PagedDocument;

use crate::domain::certificate::Certificate;
use crate::domain::image::Picture;
use crate::domain::{Fault, FaultCode};

use super::blame::{missing_glyphs, overflow, pointer_of, template_fault};
use super::fonts::FontSet;
use super::package::Package;
use super::sheet::{self, Sheet};
use super::whole;
use super::wording::{Locales, Wording};
use super::world::{MemoryWorld, file_id};

/// A template whose sources are parsed and whose fonts are loaded.
pub struct PreparedTemplate {
    pub package: Package,
    pub fonts: Arc<FontSet>,
    locales: Locales,
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
        Self { package, fonts, locales: Locales::default(), sources, files }
    }

    /// The wording for a locale, or the file that cannot be read, and why.
    pub fn wording(&self, locale: &str) -> Result<Wording, String> {
        self.locales.find(&self.package, locale)
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
  "/" + sheet.credential.path,
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
    let compiled = typst::compile::<PagedDocument>(&world);
    let mut document =
        compiled.output.map_err(|errors| template_fault(&world, errors.first(), sheet.data))?;
    if let Some(dropped) = whole::dropped(&compiled.warnings) {
        return Err(template_fault(&world, Some(dropped), sheet.data));
    }
    check(&document, sheet.data, max_pages)?;
    let info = document.info_mut();
    info.title = Some(sheet.document_title.as_str().into());
    info.author = vec![sheet.data.issuer.name.as_str().into()];
    info.date = Smart::Auto;
    Ok(document)
}

/// Whether all of a document can be read.
fn check(document: &PagedDocument, data: &Certificate, max_pages: usize) -> Result<(), Fault> {
    if document.pages().len() > max_pages {
        let detail = format!("{} pages, at most {max_pages}", document.pages().len());
        return Err(Fault::new(FaultCode::PageOverflow, detail));
    }
    let unset = unset_text(document);
    if !unset.is_empty() {
        return Err(missing_glyphs(data, |text| {
            text.chars().filter(|character| unset.contains(character)).collect()
        }));
    }
    match whole::beyond_the_sheet(document) {
        Some(text) => Err(overflow(pointer_of(data, &text))),
        None => Ok(()),
    }
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
