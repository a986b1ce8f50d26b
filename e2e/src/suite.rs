//! A `testamur` process of this check's own: started, killed, started again.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio::process::{Child, Command};

use crate::caller::Caller;

/// How long a start may take, the demo included.
const START_PATIENCE: Duration = Duration::from_secs(180);

/// Where the four services answer.
#[derive(Debug, Clone)]
pub struct Addresses {
    pub badges: String,
    pub credentials: String,
    pub registrar: String,
    pub renderer: String,
}

/// A suite in one process, with its own data folder and ports.
pub struct Suite {
    program: PathBuf,
    folder: PathBuf,
    offset: u16,
    process: Option<Child>,
}

impl Suite {
    /// A suite that runs `program` on `folder`; its ports are the usual ones plus `offset`.
    pub fn new(program: &Path, folder: &Path, offset: u16) -> Self {
        Self { program: program.to_owned(), folder: folder.to_owned(), offset, process: None }
    }

    /// Where it answers.
    pub fn addresses(&self) -> Addresses {
        let url = |port: u16| format!("http://localhost:{}", port + self.offset);
        Addresses {
            badges: url(8000),
            credentials: url(18150),
            registrar: url(18734),
            renderer: url(8084),
        }
    }

    /// The key of the demo LMS.
    pub fn lms_key(&self) -> anyhow::Result<auth::SigningKey> {
        let path = self.folder.join("keys/demo-lms.pem");
        let pem = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(auth::SigningKey::from_pem(&pem)?)
    }

    /// The demo school's secret.
    pub fn school_secret(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.folder.join("keys/demo-school.secret"))?.trim().to_owned())
    }

    /// Starts the process; it may not answer yet.
    pub fn start(&mut self) -> anyhow::Result<()> {
        let child = Command::new(&self.program)
            .arg("--data")
            .arg(&self.folder)
            .arg("--port-offset")
            .arg(self.offset.to_string())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.program.display()))?;
        self.process = Some(child);
        Ok(())
    }

    /// Starts the process and waits until the demo has been told.
    pub async fn start_with_demo(&mut self) -> anyhow::Result<()> {
        self.start()?;
        let started = Instant::now();
        while !self.folder.join("demo.json").exists() {
            if let Some(status) = self.process.as_mut().and_then(|p| p.try_wait().ok().flatten()) {
                bail!("the suite ended during its first start: {status}");
            }
            if started.elapsed() > START_PATIENCE {
                bail!("the suite did not tell its demo within {START_PATIENCE:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Waits until all four services say that they can work.
    pub async fn ready(&self, stranger: &Caller, patience: Duration) -> anyhow::Result<()> {
        let Addresses { badges, credentials, registrar, renderer } = self.addresses();
        let started = Instant::now();
        for service in [badges, credentials, registrar, renderer] {
            let url = format!("{service}/health/ready");
            while !stranger.text(&url).await.is_ok_and(|(status, _)| status.is_success()) {
                if started.elapsed() > patience {
                    bail!("{service} is not ready after {patience:?}");
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    /// `kill -9`, without a word.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill().await?;
        }
        Ok(())
    }
}
