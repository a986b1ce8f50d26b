//! The four services as processes of their own, each as many times as asked, on one machine.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use async_trait::async_trait;

use crate::{
    demo::Import,
    layout::{Layout, stem},
};

/// In the order of their start: whoever keeps keys that others fetch comes before them.
pub const SERVICES: [&str; 4] =
    ["registrar-service", "renderer-service", "badge-service", "credentials-service"];

/// How long a service may take until it can work.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How long a service may take to end what it is doing.
const STOPPED_WITHIN: Duration = Duration::from_secs(40);

/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Where the processes' files are: configurations, logs, and the ids by which they are found again.
pub struct Processes {
    folder: PathBuf,
    programs: PathBuf,
}

impl Processes {
    /// Those of `folder`; the services' binaries are in `programs`.
    pub fn of(folder: &Path, programs: &Path) -> Self {
        Self { folder: folder.to_owned(), programs: programs.to_owned() }
    }

    /// Writes what each service is told.
    pub fn configure(&self, layout: &Layout) -> anyhow::Result<()> {
        for service in SERVICES {
            // It holds the password of the database.
            auth::write_secret(&self.configuration(service), layout.text(service).as_bytes())?;
        }
        Ok(())
    }

    /// Starts the `number`th process of a service, counting from 1, with these variables in its
    /// environment besides; one that runs is left alone.
    pub fn start(
        &self,
        service: &str,
        number: usize,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<()> {
        let id_file = self.id_file(service, number);
        if running(&id_file).is_some() {
            return Ok(());
        }
        for folder in ["logs", "processes"] {
            fs::create_dir_all(self.folder.join(folder))?;
        }
        let log = self.folder.join(format!("logs/{service}-{number}.log"));
        let log = fs::File::options().create(true).append(true).open(log)?;
        let child = self
            .command(service)
            .envs(variables)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{service} cannot be started"))?;
        Ok(fs::write(id_file, child.id().to_string())?)
    }

    /// Waits until a service says that it can do all of its work, the bus included.
    pub async fn ready(&self, layout: &Layout, service: &str) -> anyhow::Result<()> {
        let url = format!("{}/health/ready", layout.url(layout.port(service)));
        let (client, started) = (reqwest::Client::new(), Instant::now());
        loop {
            let answer = client.get(&url).timeout(Duration::from_secs(5)).send().await;
            let text = match answer {
                Ok(answer) => answer.text().await.unwrap_or_default(),
                Err(_nobody) => String::new(),
            };
            if text.contains("\"status\":\"OK\"") {
                return Ok(());
            }
            if started.elapsed() > READY_WITHIN {
                let logs = self.folder.join("logs");
                bail!("{service} is not ready after {READY_WITHIN:?}; see {}", logs.display());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Asks all processes to end, and waits until they have; returns how many there were.
    pub async fn stop(&self) -> anyhow::Result<usize> {
        let Ok(files) = fs::read_dir(self.folder.join("processes")) else { return Ok(0) };
        let files: Vec<PathBuf> =
            files.map(|file| file.map(|file| file.path())).collect::<Result<_, _>>()?;
        let mut stopped = 0;
        for file in &files {
            if let Some(id) = running(file) {
                signal("-TERM", id)?;
                stopped += 1;
            }
        }
        let started = Instant::now();
        for file in &files {
            while let Some(id) = running(file) {
                if started.elapsed() > STOPPED_WITHIN {
                    signal("-KILL", id)?;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
            fs::remove_file(file)?;
        }
        Ok(stopped)
    }

    fn command(&self, service: &str) -> Command {
        let mut command = Command::new(self.programs.join(service));
        command.arg("--config").arg(self.configuration(service));
        command
    }

    fn configuration(&self, service: &str) -> PathBuf {
        self.folder.join(format!("{}.toml", stem(service)))
    }

    fn id_file(&self, service: &str, number: usize) -> PathBuf {
        self.folder.join(format!("processes/{service}-{number}"))
    }
}

#[async_trait]
impl Import for Processes {
    async fn import(&self, service: &str, document: &str) -> anyhow::Result<()> {
        let file = self.folder.join("catalog.json");
        fs::write(&file, document)?;
        let mut command = tokio::process::Command::from(self.command(service));
        let output = command.arg("import").arg(file).output().await?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}

/// The id of the process that a file names, if that still runs.
fn running(id_file: &Path) -> Option<u32> {
    let id = fs::read_to_string(id_file).ok()?.trim().parse().ok()?;
    let state = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // A process that ended and was not asked for its result yet runs no more.
    let zombie = state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'));
    (!zombie).then_some(id)
}

fn signal(signal: &str, id: u32) -> anyhow::Result<()> {
    // One that ended meanwhile is where it should be.
    Command::new("kill").arg(signal).arg(id.to_string()).stderr(Stdio::null()).status()?;
    Ok(())
}
