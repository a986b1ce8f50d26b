//! A render request: read, checked as a whole, and brought to the one form that ids are made of.

mod members;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::members::{
    check_requirements, read_locale, read_options, read_outputs, read_page, read_template,
};
use super::EPOCH;
use super::address::{PlainHttp, number_named_by};
use super::certificate::{Certificate, Reading, VerifyData};
use super::fault::{Fault, FaultCode};
use super::fields::Fields;
use super::ids::{IdSecret, canonical, sha256_hex};
use super::image::{Assets, Picture};
use super::output::Outputs;
use super::page::PageFormat;
use super::record::Warning;
use super::template::TemplateList;
use super::violation::{Code, Report, Violation};

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
    /// Without it and without `verify.url`, no verification line is printed. If it is plain http,
    /// so may `verify.url` be on the same host.
    pub public_base_url: Option<&'a str>,
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
        let (outputs, signatures) = read_outputs(&mut fields, &mut report);
        let options = read_options(&mut fields, &mut report);
        let data = fields.required_object("data", &mut report);
        let types = template.as_ref().map_or(&[][..], |found| &found.manifest.types);
        let mut reading = Reading {
            assets: around.assets,
            plain_http: PlainHttp::of_service(around.public_base_url),
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
        let is_whole = report.is_empty();
        let warnings = resolve_verify(&mut data, around, is_whole, &mut report);
        if !report.is_empty() {
            return Err(Fault::invalid(report.into_violations()));
        }
        if !signatures.is_empty() && !around.can_sign {
            return Err(cannot_sign(&signatures));
        }
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

/// Where a signature is asked for, and nobody can make one.
fn cannot_sign(places: &[usize]) -> Fault {
    let detail = "no signing key is configured";
    let violation = |index| Violation {
        pointer: format!("/outputs/{index}"),
        code: Code::NoSigningKey,
        message: detail.to_owned(),
    };
    Fault::with_errors(FaultCode::NoSigningKey, detail, places.iter().map(violation).collect())
}

/// Fills in the id and the URL under which the certificate can be checked.
///
/// Only the data of a request that is right as a whole tells the id that is derived of it.
fn resolve_verify(
    data: &mut Certificate,
    around: &Surroundings<'_>,
    is_whole: bool,
    report: &mut Report,
) -> Vec<Warning> {
    let given = data.verify.take().unwrap_or_default();
    let is_known = is_whole || given.id.is_some();
    let id = given.id.unwrap_or_else(|| around.secret.derive("verify/1", &*data));
    let named = given.url.as_deref().zip(around.public_base_url);
    let named = named.and_then(|(url, base)| number_named_by(url, base));
    if named.is_some_and(|named| is_known && named != id) {
        report.add("/data/verify/url", Code::BadUrl, "leads to the page of another certificate");
    }
    let url = given.url.or_else(|| around.public_base_url.map(|base| own_verify_url(base, &id)));
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

/// The address of the page that this service shows of a certificate.
pub fn own_verify_url(public_base_url: &str, verify_id: &str) -> String {
    format!("{public_base_url}/verify/{verify_id}")
}
