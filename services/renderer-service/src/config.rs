//! What an operator can set.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::domain::ids::IdSecret;
use crate::domain::locale;
use crate::engine::{self, Conformance, PoolSettings};

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// The service's own sections.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub store: Store,
    pub ids: Ids,
    pub pdf: Pdf,
    pub limits: Limits,
    pub workers: Workers,
    pub fonts: Fonts,
    pub i18n: I18n,
    pub render: Render,
}

/// Where documents are kept.
#[derive(Debug, Clone, Deserialize)]
pub struct Store {
    #[serde(flatten)]
    pub files: files::Settings,
    /// Memory for documents that are fetched often.
    pub cache_bytes: u64,
}

/// What keys the ids.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    pub secret: Secret,
}

/// At least 32 bytes; never shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Secret(pub IdSecret);

impl TryFrom<String> for Secret {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        IdSecret::new(text.into_bytes()).map(Self).ok_or(
            "ids.secret must be at least 32 bytes (RENDERER__IDS__SECRET, or a file named by \
             RENDERER__IDS__SECRET_FILE)",
        )
    }
}

/// How PDF files are made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pdf {
    /// 1 to 80 characters without a slash.
    pub filename: String,
    pub conformance: Conformance,
}

/// What one document may cost.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub wall_ms: u64,
    pub memory_mib: u64,
    pub output_bytes: usize,
    pub pages: usize,
    /// Documents that wait for a worker.
    pub queue: usize,
}

/// The processes that render.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workers {
    /// 0 is one for each core.
    pub count: usize,
    /// Empty is the running program.
    pub executable: PathBuf,
}

/// Fonts beside the bundled ones.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fonts {
    pub dirs: Vec<PathBuf>,
}

/// Languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct I18n {
    /// Of requests that name none.
    pub default_locale: String,
}

/// How requests are answered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Render {
    /// Whether documents can be fetched without a token.
    pub public_artifacts: bool,
    pub sync_timeout_ms: u64,
}

impl Settings {
    /// Refuses what TOML's types let through.
    ///
    /// # Errors
    ///
    /// A sentence that names the key.
    pub fn check(&self) -> anyhow::Result<()> {
        let name = &self.pdf.filename;
        ensure!(
            (1..=80).contains(&name.chars().count())
                && !name.contains(['/', '\\'])
                && !name.chars().any(char::is_control)
                && name != "."
                && name != "..",
            "pdf.filename must be 1 to 80 characters without a slash"
        );
        ensure!(
            locale::parse_tag(&self.i18n.default_locale).is_some(),
            "i18n.default_locale must be a BCP 47 tag"
        );
        let limits = self.limits;
        ensure!(limits.wall_ms > 0, "limits.wall_ms must be positive");
        ensure!(limits.memory_mib >= 64, "limits.memory_mib must be at least 64");
        ensure!(limits.output_bytes > 0, "limits.output_bytes must be positive");
        ensure!((1..=10).contains(&limits.pages), "limits.pages must be 1 to 10");
        ensure!(limits.queue > 0, "limits.queue must be positive");
        ensure!(self.render.sync_timeout_ms > 0, "render.sync_timeout_ms must be positive");
        Ok(())
    }

    /// How many processes render.
    pub fn worker_count(&self) -> usize {
        match self.workers.count {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            count => count,
        }
    }

    /// What the pool of workers is told.
    ///
    /// # Errors
    ///
    /// If the running program cannot be found.
    pub fn pool(&self) -> anyhow::Result<PoolSettings> {
        let executable = if self.workers.executable.as_os_str().is_empty() {
            std::env::current_exe().context("workers.executable is not set")?
        } else {
            self.workers.executable.clone()
        };
        Ok(PoolSettings {
            executable,
            workers: self.worker_count(),
            limits: engine::Limits {
                wall: Duration::from_millis(self.limits.wall_ms),
                memory_mib: self.limits.memory_mib,
                output_bytes: self.limits.output_bytes,
                pages: self.limits.pages,
                queue: self.limits.queue,
            },
            font_dirs: self.fonts.dirs.clone(),
        })
    }
}
