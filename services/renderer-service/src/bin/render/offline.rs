//! Templates, ids and workers of a run without a service.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use renderer_service::domain::ids::IdSecret;
use renderer_service::domain::record::Warning;
use renderer_service::domain::{
    Fault, FaultCode, Output, Parsed, RenderRecord, RenderRequest, Surroundings,
};
use renderer_service::engine::{
    Artifacts, Conformance, Job, Limits, Pool, PoolSettings, Priority, Templates,
};
use serde_json::{Value, json};

use crate::Global;

/// What all documents of a run have in common.
#[derive(Clone, Debug, clap::Args)]
pub struct Common {
    /// Template, `id` or `id@version`
    #[arg(long, value_name = "T")]
    pub template: String,
    /// Language of the certificate, a BCP 47 tag
    #[arg(long)]
    pub locale: Option<String>,
    /// a4-landscape, letter-landscape, a4-portrait or letter-portrait
    #[arg(long)]
    pub page: Option<String>,
    /// Any of pdf, png, svg, card
    #[arg(long, value_delimiter = ',', default_value = "pdf")]
    pub outputs: Vec<String>,
    /// Folder to write into; made if it is not there
    #[arg(long, value_name = "DIR")]
    pub out: std::path::PathBuf,
}

/// Renders requests with workers that are this same program.
pub struct Offline {
    checker: Checker,
    pool: Pool,
}

/// What documents are checked with.
struct Checker {
    templates: Templates,
    secret: IdSecret,
    public_base_url: Option<String>,
}

impl Offline {
    /// Starts the workers.
    ///
    /// # Errors
    ///
    /// What is wrong with the command line: then there is nothing to render for any row.
    pub fn start(global: &Global, common: &Common, workers: usize) -> anyhow::Result<Self> {
        let mut templates = Templates::bundled();
        for folder in &global.templates {
            templates.add_folder(folder).with_context(|| folder.display().to_string())?;
        }
        let public_base_url = match &global.public_base_url {
            Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
                Some(url.trim_end_matches('/').to_owned())
            }
            Some(_) => bail!("--public-base-url must be an absolute http(s) URL"),
            None => None,
        };
        for folder in &global.fonts {
            if !folder.is_dir() {
                bail!("{} is not a folder", folder.display());
            }
        }
        let checker = Checker { templates, secret: IdSecret::zero(), public_base_url };
        checker.check(common)?;
        let executable = std::env::current_exe().context("cannot find this program itself")?;
        let pool = Pool::start(&PoolSettings {
            executable,
            workers,
            limits: Limits::default(),
            font_dirs: global.fonts.clone(),
        });
        Ok(Self { checker, pool })
    }

    /// Checks a document's data and works out its ids.
    pub fn parse(
        &self,
        common: &Common,
        locale: Option<&str>,
        data: Value,
    ) -> Result<Parsed, Fault> {
        self.checker.parse(common, locale, data)
    }

    /// Renders what [`Self::parse`] found good.
    pub async fn render(&self, parsed: &Parsed) -> Result<Artifacts, Fault> {
        let package = self
            .checker
            .templates
            .package(&parsed.request.template)
            .ok_or_else(|| Fault::new(FaultCode::Internal, "the template is gone"))?;
        let job = Job {
            request: parsed.request.clone(),
            package,
            pictures: parsed.pictures.clone(),
            conformance: Conformance::default(),
        };
        self.pool.render(job, Priority::Bulk).await
    }
}

impl Checker {
    /// Refuses what is wrong whatever a document says: an unknown template, page, output or locale.
    fn check(&self, common: &Common) -> anyhow::Result<()> {
        let Err(fault) = self.parse(common, None, json!({})) else { return Ok(()) };
        match fault.errors.iter().find(|error| !error.pointer.starts_with("/data")) {
            Some(error) => {
                let option = error.pointer.split('/').nth(1).unwrap_or_default();
                bail!("--{option}: {}", error.message)
            }
            None => Ok(()),
        }
    }

    fn parse(&self, common: &Common, locale: Option<&str>, data: Value) -> Result<Parsed, Fault> {
        let request = json!({
            "kind": "certificate",
            "template": common.template,
            "locale": locale.or(common.locale.as_deref()),
            "page": common.page,
            "outputs": common.outputs,
            "data": data,
        });
        let around = Surroundings {
            templates: &self.templates,
            assets: &HashMap::new(),
            secret: &self.secret,
            default_locale: "en",
            public_base_url: self.public_base_url.as_deref(),
            can_sign: false,
        };
        RenderRequest::parse(request, &around)
    }
}

/// The record of a document that was parsed, with the warnings of both steps.
pub fn record(parsed: &Parsed, artifacts: &Artifacts) -> (RenderRecord, Vec<Warning>) {
    let mut warnings = parsed.warnings.clone();
    warnings.extend(artifacts.warnings.iter().cloned());
    (RenderRecord::queued(parsed.render_id.clone(), &parsed.request, now()), warnings)
}

/// Writes a file whole or not at all.
pub fn write(folder: &Path, name: &str, file: &[u8]) -> anyhow::Result<()> {
    let path = folder.join(name);
    let part = folder.join(format!(".{:x}.part", std::process::id() ^ crc(name)));
    std::fs::write(&part, file)
        .and_then(|()| std::fs::rename(&part, &path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// The extension of an output's file in a batch.
pub const fn extension(output: Output) -> &'static str {
    match output {
        Output::Pdf => "pdf",
        Output::Sig => "pdf.sig",
        Output::Png => "png",
        Output::Svg => "svg",
        Output::Card => "card.png",
    }
}

/// Now, or the moment that `SOURCE_DATE_EPOCH` names.
fn now() -> DateTime<Utc> {
    std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds.parse().ok()?, 0))
        .unwrap_or_else(Utc::now)
}

/// Tells temporary names apart; collisions only matter between files written at once.
fn crc(name: &str) -> u32 {
    name.bytes().fold(0x811C_9DC5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
