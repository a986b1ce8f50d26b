//! Which field, or which line of a template, is to blame for a document that cannot be set.

use typst::WorldExt as _;
use typst::diag::SourceDiagnostic;

use crate::domain::certificate::Certificate;
use crate::domain::violation::{Code, Violation};
use crate::domain::{Fault, FaultCode};

use super::sheet::printed_texts;
use super::world::MemoryWorld;

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

/// The first field of which this is a part.
pub fn pointer_of(data: &Certificate, part: &str) -> Option<String> {
    let verify = data.verify.iter();
    let verify = verify.flat_map(|verify| [("url", &verify.url), ("id", &verify.id)]);
    let verify = verify.filter_map(|(key, text)| {
        text.as_ref().map(|text| (format!("/data/verify/{key}"), text.clone()))
    });
    let mut texts = printed_texts(data).into_iter().chain(verify);
    texts.find(|(_, text)| text.contains(part.trim())).map(|(pointer, _)| pointer)
}

/// The fault for a text that does not fit.
pub fn overflow(pointer: Option<String>) -> Fault {
    let message = "does not fit the page at the smallest size".to_owned();
    let violation = pointer.map(|pointer| Violation { pointer, code: Code::TextOverflow, message });
    let detail = "a text does not fit the page";
    Fault::with_errors(FaultCode::TextOverflow, detail, violation.into_iter().collect())
}

/// What a template's failure means. A template says that a text does not fit by a panic whose
/// message is `text_overflow <pointer into data>`.
pub fn template_fault(
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
        return overflow(Some(format!("/data{pointer}")));
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
