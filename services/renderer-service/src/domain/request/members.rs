//! The members of a request beside its data, and what its template wants of the data.

use serde_json::Value;

use super::RenderOptions;
use crate::domain::certificate::Certificate;
use crate::domain::fields::Fields;
use crate::domain::locale;
use crate::domain::output::{Output, Outputs};
use crate::domain::page::PageFormat;
use crate::domain::template::{KnownTemplate, TemplateList, parse_reference};
use crate::domain::violation::{Code, Report};

/// The most names in `outputs`; each may stand there more than once.
const MOST_NAMES: usize = 32;

pub(super) fn read_template(
    fields: &mut Fields,
    templates: &dyn TemplateList,
    report: &mut Report,
) -> Option<KnownTemplate> {
    let before = report.len();
    let Some(text) = fields.string("template", report) else {
        if report.len() == before {
            report.add("/template", Code::Required, "is required");
        }
        return None;
    };
    let found = parse_reference(&text).and_then(|(id, version)| templates.find(id, version));
    if found.is_none() {
        report.add("/template", Code::UnknownTemplate, "there is no such template");
    }
    found
}

pub(super) fn read_locale(fields: &mut Fields, default: &str, report: &mut Report) -> String {
    let Some(text) = fields.string("locale", report) else {
        return default.to_owned();
    };
    locale::parse_tag(&text).unwrap_or_else(|| {
        report.add("/locale", Code::BadLocale, "is not a well-formed BCP 47 tag");
        default.to_owned()
    })
}

pub(super) fn read_page(
    fields: &mut Fields,
    template: Option<&KnownTemplate>,
    report: &mut Report,
) -> PageFormat {
    let allowed = template.map_or(&[][..], |found| &found.manifest.pages);
    let default = allowed.first().copied().unwrap_or(PageFormat::A4Landscape);
    let Some(text) = fields.string("page", report) else {
        return default;
    };
    let page = PageFormat::parse(&text);
    match page.filter(|page| template.is_none() || allowed.contains(page)) {
        Some(page) => page,
        None => {
            let names: Vec<_> = allowed.iter().map(|page| page.as_str()).collect();
            let message = format!("the template has {}", names.join(", "));
            report.add("/page", Code::BadPage, message);
            default
        }
    }
}

/// What is wanted, and where in the list `sig` stands.
pub(super) fn read_outputs(fields: &mut Fields, report: &mut Report) -> (Outputs, Vec<usize>) {
    let items = match fields.take("outputs") {
        None => return (Outputs::from([Output::Pdf]), Vec::new()),
        Some(Value::Array(items)) if items.is_empty() => {
            report.add("/outputs", Code::Required, "names at least one output");
            return (Outputs::new(), Vec::new());
        }
        Some(Value::Array(items)) => items,
        Some(_) => {
            report.add("/outputs", Code::WrongType, "must be a list");
            return (Outputs::new(), Vec::new());
        }
    };
    let (mut outputs, mut signatures) = (Outputs::new(), Vec::new());
    if items.len() > MOST_NAMES {
        report.add("/outputs", Code::TooLong, format!("at most {MOST_NAMES} names"));
    }
    for (index, item) in items.into_iter().take(MOST_NAMES).enumerate() {
        let pointer = format!("/outputs/{index}");
        match item.as_str().map(Output::parse) {
            Some(Some(output)) => {
                outputs.insert(output);
                signatures.extend((output == Output::Sig).then_some(index));
            }
            Some(None) => {
                report.add(pointer, Code::UnknownOutput, "certificates have no such output")
            }
            None => report.add(pointer, Code::WrongType, "must be a string"),
        }
    }
    if outputs.contains(&Output::Sig) {
        outputs.insert(Output::Pdf);
    }
    (outputs, signatures)
}

pub(super) fn read_options(fields: &mut Fields, report: &mut Report) -> RenderOptions {
    let mut options = RenderOptions { png_width: 1200 };
    let Some(mut fields) = fields.optional_object("options", report) else {
        return options;
    };
    match fields.take("png_width") {
        None => {}
        Some(Value::Number(number)) => {
            let width = number.as_u64().filter(|width| (200..=3000).contains(width));
            match width.and_then(|width| u32::try_from(width).ok()) {
                Some(width) => options.png_width = width,
                None => {
                    let message = "must be a whole number, 200 to 3000";
                    report.add("/options/png_width", Code::OutOfRange, message);
                }
            }
        }
        Some(_) => report.add("/options/png_width", Code::WrongType, "must be a number"),
    }
    fields.finish(report);
    options
}

/// What the template wants beyond the contract.
pub(super) fn check_requirements(
    template: &KnownTemplate,
    data: &Certificate,
    report: &mut Report,
) {
    let manifest = &template.manifest;
    if manifest.requires.is_empty() && manifest.custom.is_empty() {
        return;
    }
    let value = serde_json::to_value(data).unwrap_or_default();
    for pointer in &manifest.requires {
        if value.pointer(pointer).is_none() {
            report.add(format!("/data{pointer}"), Code::Required, "is required by the template");
        }
    }
    for field in &manifest.custom {
        let pointer = format!("/data/custom/{}", field.name);
        match data.custom.get(&field.name) {
            None if field.required => {
                report.add(pointer, Code::Required, "is required by the template");
            }
            None => {}
            Some(value) => {
                let fits = match field.kind.as_str() {
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    _ => value.is_string(),
                };
                if !fits {
                    report.add(pointer, Code::WrongType, format!("must be a {}", field.kind));
                }
            }
        }
    }
}
