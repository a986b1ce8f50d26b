//! A suite of this check's own: in one process, or as four services on PostgreSQL and RabbitMQ.

mod apart;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use clap::Args;
use reqwest::Method;
use tokio::{
    process::{Child, Command},
    sync::Mutex,
};

pub use apart::{Part, SERVICES};

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

impl Addresses {
    /// That of a service, as in "badge-service".
    pub fn of(&self, service: &str) -> &str {
        match service {
            "badge-service" => &self.badges,
            "credentials-service" => &self.credentials,
            "registrar-service" => &self.registrar,
            _ => &self.renderer,
        }
    }
}

/// Which programs run, and in how many processes.
#[derive(Debug, Clone, Args)]
pub struct Way {
    /// The folder of the built programs.
    #[arg(long, default_value = "target/debug")]
    pub programs: PathBuf,
    /// Each service as processes of its own, on a PostgreSQL and a RabbitMQ of this check's own.
    #[arg(long)]
    pub apart: bool,
    /// How many processes of each service, when they are apart.
    #[arg(long, default_value_t = 1)]
    pub instances: usize,
    /// The folder with the scripts that start servers.
    #[arg(long, default_value = "deploy")]
    pub deploy: PathBuf,
}

/// A suite with its own folder and ports.
pub struct Suite {
    way: Way,
    folder: PathBuf,
    offset: u16,
    environment: Vec<(String, String)>,
    /// What single processes of a suite that is apart have in their environment besides.
    of_process: BTreeMap<(&'static str, usize), Vec<(String, String)>>,
    /// Held by whoever ends or starts a process, so that none is started twice.
    starting: Mutex<()>,
    process: Option<Child>,
}

impl Suite {
    /// A suite on `folder`; its ports are the usual ones plus `offset`.
    pub fn new(way: Way, folder: &Path, offset: u16) -> Self {
        Self {
            way,
            folder: folder.to_owned(),
            offset,
            environment: Vec::new(),
            of_process: BTreeMap::new(),
            starting: Mutex::new(()),
            process: None,
        }
    }

    /// The same suite, whose processes are started with one more variable.
    #[must_use]
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.environment.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// Where everything of it is kept.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Which programs run, and in how many processes.
    pub fn way(&self) -> &Way {
        &self.way
    }

    /// The file with what a service of a suite that is apart was told.
    pub fn configuration(&self, service: &str) -> PathBuf {
        self.folder.join(format!("{}.toml", service.trim_end_matches("-service")))
    }

    /// The port of a private server of this suite: `postgres` or `rabbitmq`.
    pub fn server_port(&self, server: &str) -> anyhow::Result<u16> {
        let file = self.folder.join(server).join("port");
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(text.trim().parse()?)
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

    /// Starts the one process; it may not answer yet.
    pub fn start(&mut self) -> anyhow::Result<()> {
        let program = self.way.programs.join("testamur");
        let child = Command::new(&program)
            .arg("--data")
            .arg(&self.folder)
            .arg("--port-offset")
            .arg(self.offset.to_string())
            .envs(self.environment.iter().cloned())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        self.process = Some(child);
        Ok(())
    }

    /// Starts the suite and waits until the demo has been told.
    pub async fn start_with_demo(&mut self) -> anyhow::Result<()> {
        if self.way.apart {
            return self.up().await;
        }
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

    async fn up(&self) -> anyhow::Result<()> {
        let mut script = self.script("up.sh");
        script
            .args(["--log", "warn", "--port-offset"])
            .arg(self.offset.to_string())
            .arg("--instances")
            .arg(self.way.instances.to_string())
            .stdout(Stdio::null());
        let up = tokio::time::timeout(START_PATIENCE, script.status());
        let status = up.await.context("the suite did not start in time")??;
        ensure!(status.success(), "the suite did not start: {status}");
        Ok(())
    }

    /// Waits until all four services say that they can do all of their work.
    pub async fn ready(&self, stranger: &Caller, patience: Duration) -> anyhow::Result<()> {
        let Addresses { badges, credentials, registrar, renderer } = self.addresses();
        let started = Instant::now();
        for service in [badges, credentials, registrar, renderer] {
            let url = format!("{service}/health/ready");
            while !says_ok(stranger, &url).await {
                if started.elapsed() > patience {
                    bail!("{service} is not ready after {patience:?}");
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    /// `kill -9` of the one process, without a word.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill().await?;
        }
        Ok(())
    }

    /// Runs a command of a service on this suite's configuration, and returns what it printed.
    pub async fn command(&self, service: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(self.way.programs.join(service));
        command.arg("--config").arg(self.configuration(service)).args(arguments);
        let output = command.output().await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{service} {arguments:?}: {complaint}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Ends the suite in peace.
    pub async fn end(&mut self) -> anyhow::Result<()> {
        if self.way.apart {
            let status = self.script("down.sh").status().await?;
            ensure!(status.success(), "the suite did not stop: {status}");
            return Ok(());
        }
        self.kill().await
    }

    /// A script on this suite's folder, with servers of its own.
    fn script(&self, name: &str) -> Command {
        let mut script = Command::new(self.way.deploy.join(name));
        script.arg(&self.folder).env("PROGRAMS", &self.way.programs).env("PRIVATE", "1");
        script.envs(self.environment.iter().cloned()).kill_on_drop(true);
        script
    }
}

/// One look: an answer that does not come is a no.
async fn says_ok(stranger: &Caller, url: &str) -> bool {
    let Ok(answer) = stranger.send(Method::GET, url, None).await else { return false };
    answer.text().await.is_ok_and(|text| text.contains("\"status\":\"OK\""))
}

impl Drop for Suite {
    fn drop(&mut self) {
        if self.way.apart {
            let mut script = std::process::Command::new(self.way.deploy.join("down.sh"));
            script.arg(&self.folder).env("PROGRAMS", &self.way.programs).stderr(Stdio::null());
            // Nothing can be done about processes that do not want to end.
            drop(script.status());
        }
    }
}
