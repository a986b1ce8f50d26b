//! A render request: read, checked as a whole, and brought to the one form that ids are made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::EPOCH;
use super::certificate::{Certificate, Reading, VerifyData};
use super::fault::{Fault, FaultCode};
use super::fields::Fields;
use super::ids::{IdSecret, canonical, sha256_hex};
use super::image::{Assets, Picture};
use super::locale;
use super::output::{Output, Outputs};
use super::page::PageFormat;
use super::record::Warning;
use super::template::{KnownTemplate, TemplateList, parse_reference};
use super::violation::{Code, Report};

/// A request that breaks no rule, normalised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RenderRequest {
    pub kind: String,
    /// `id@version`
    pub template: String,
    pub template_digest: String,
    pub locale: String,
    pub page: PageFormat,
    pub outputs: Outputs,
    pub options: RenderOptions,
    pub data: Certificate,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderOptions {
    /// Pixels across the preview.
    pub png_width: u32,
}

/// What stands around a request: the operator's settings and what is stored.
pub struct Surroundings<'a> {
    pub templates: &'a dyn TemplateList,
    pub assets: &'a Assets,
    pub secret: &'a IdSecret,
    pub default_locale: &'a str,
    /// Without it and without `verify.url`, no verification line is printed.
    pub public_base_url: Option<&'a str>,
    /// Whether `verify.url` may be plain http: only where the service itself is.
    pub allow_http: bool,
    /// Whether `sig` can be had.
    pub can_sign: bool,
}

/// A request that can be rendered, and what came with it.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub render_id: String,
    pub request: RenderRequest,
    pub pictures: Vec<Picture>,
    pub warnings: Vec<Warning>,
}

/// What ids are made of. `outputs` is not part of it.
#[derive(Serialize)]
struct Identity<'a> {
    kind: &'a str,
    template: &'a str,
    template_digest: &'a str,
    locale: &'a str,
    page: PageFormat,
    options: &'a RenderOptions,
    data: &'a Certificate,
    epoch: u32,
}

impl RenderRequest {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// [`FaultCode::Invalid`] with everything that is wrong; [`FaultCode::NotSupported`] for
    /// badges; [`FaultCode::NoSigningKey`] for a signature without a key.
    pub fn parse(value: Value, around: &Surroundings<'_>) -> Result<Parsed, Fault> {
        let mut report = Report::default();
        let Some(mut fields) = Fields::of(value, "", &mut report) else {
            return Err(Fault::invalid(report.into_violations()));
        };
        match fields.string("kind", &mut report).as_deref() {
            Some("certificate") => {}
            Some("badge") => {
                let detail = "badges are not rendered by this release";
                return Err(Fault::new(FaultCode::NotSupported, detail));
            }
            Some(_) => report.add("/kind", Code::OutOfRange, "must be certificate or badge"),
            None if report.is_empty() => report.add("/kind", Code::Required, "is required"),
            None => {}
        }
        let template = read_template(&mut fields, around.templates, &mut report);
        let locale = read_locale(&mut fields, around.default_locale, &mut report);
        let page = read_page(&mut fields, template.as_ref(), &mut report);
        let outputs = read_outputs(&mut fields, &mut report);
        let options = read_options(&mut fields, &mut report);
        let data = fields.object("data", &mut report);
        let types = template.as_ref().map_or(&[][..], |found| &found.manifest.types);
        let mut reading = Reading {
            assets: around.assets,
            allow_http: around.allow_http,
            types,
            report: &mut report,
            pictures: Vec::new(),
        };
        let data = data.map(|data| reading.certificate(data));
        let pictures = reading.pictures;
        fields.finish(&mut report);
        let (Some(template), Some(mut data)) = (template, data) else {
            return Err(Fault::invalid(report.into_violations()));
        };
        check_requirements(&template, &data, &mut report);
        if !report.is_empty() {
            return Err(Fault::invalid(report.into_violations()));
        }
        if outputs.contains(&Output::Sig) && !around.can_sign {
            return Err(Fault::new(FaultCode::NoSigningKey, "no signing key is configured"));
        }
        let warnings = resolve_verify(&mut data, around);
        let request = Self {
            kind: "certificate".to_owned(),
            template: format!("{}@{}", template.manifest.id, template.manifest.version),
            template_digest: template.digest,
            locale,
            page,
            outputs,
            options,
            data,
        };
        let render_id = around.secret.derive("render/1", &request.identity());
        Ok(Parsed { render_id, request, pictures, warnings })
    }

    /// A name for the document that everyone with the same request arrives at, secret or not.
    pub fn public_digest(&self) -> String {
        sha256_hex(&canonical(&self.identity()))
    }

    fn identity(&self) -> Identity<'_> {
        Identity {
            kind: &self.kind,
            template: &self.template,
            template_digest: &self.template_digest,
            locale: &self.locale,
            page: self.page,
            options: &self.options,
            data: &self.data,
            epoch: EPOCH,
        }
    }
}

fn read_template(
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

fn read_locale(fields: &mut Fields, default: &str, report: &mut Report) -> String {
    let Some(text) = fields.string("locale", report) else {
        return default.to_owned();
    };
    locale::parse_tag(&text).unwrap_or_else(|| {
        report.add("/locale", Code::BadLocale, "is not a well-formed BCP 47 tag");
        default.to_owned()
    })
}

fn read_page(
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

fn read_outputs(fields: &mut Fields, report: &mut Report) -> Outputs {
    let items = match fields.take("outputs") {
        None => return Outputs::from([Output::Pdf]),
        Some(Value::Array(items)) if items.is_empty() => {
            report.add("/outputs", Code::Required, "names at least one output");
            return Outputs::new();
        }
        Some(Value::Array(items)) => items,
        Some(_) => {
            report.add("/outputs", Code::WrongType, "must be a list");
            return Outputs::new();
        }
    };
    let mut outputs = Outputs::new();
    if items.len() > 32 {
        report.add("/outputs", Code::TooLong, "at most 32 names");
        return outputs;
    }
    for (index, item) in items.into_iter().enumerate() {
        let pointer = format!("/outputs/{index}");
        match item.as_str().map(Output::parse) {
            Some(Some(output)) => {
                outputs.insert(output);
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
    outputs
}

fn read_options(fields: &mut Fields, report: &mut Report) -> RenderOptions {
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
fn check_requirements(template: &KnownTemplate, data: &Certificate, report: &mut Report) {
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

/// Fills in the id and the URL under which the certificate can be checked.
fn resolve_verify(data: &mut Certificate, around: &Surroundings<'_>) -> Vec<Warning> {
    let given = data.verify.take().unwrap_or_default();
    let id = given.id.unwrap_or_else(|| around.secret.derive("verify/1", &*data));
    let url =
        given.url.or_else(|| around.public_base_url.map(|base| format!("{base}/verify/{id}")));
    let warnings = if url.is_none() {
        vec![Warning {
            code: "no_verify_url".to_owned(),
            message: "no URL to verify at is known, so none is printed".to_owned(),
        }]
    } else {
        Vec::new()
    };
    data.verify = Some(VerifyData { id: Some(id), url });
    warnings
}
