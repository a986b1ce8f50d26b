//! The processes of a suite that is apart, and its servers: what is killed, and comes back.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use tokio::process::Command;

use super::{START_PATIENCE, Suite};

/// How long to wait before what could not be started is tried again.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// The services, in the order in which they are restarted.
pub const SERVICES: [&str; 4] =
    ["credentials-service", "badge-service", "renderer-service", "registrar-service"];

/// A part of a suite that is apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The `number`th process of a service, counting from 1.
    Service {
        name: &'static str,
        number: usize,
    },
    Broker,
    Database,
}

impl Suite {
    /// Gives one process a variable of its own, from its next start on.
    pub fn tell_process(&mut self, name: &'static str, number: usize, variable: &str, value: &str) {
        let variables = self.of_process.entry((name, number)).or_default();
        variables.push((variable.to_owned(), value.to_owned()));
    }

    /// Every process of a suite that is apart.
    pub fn processes(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let numbers = 1..=self.way.instances.max(1);
        numbers.flat_map(|number| SERVICES.map(|name| (name, number)))
    }

    /// `kill -9` of a part of a suite that is apart, whose place is taken at once or after `pause`.
    pub async fn break_part(&self, part: Part, pause: Duration) -> anyhow::Result<()> {
        match part {
            Part::Service { name, number } => {
                let starting = self.starting.lock().await;
                let id = self.process_id(name, number)?;
                Command::new("kill").args(["-9", &id]).stderr(Stdio::null()).status().await?;
                tokio::time::sleep(pause).await;
                self.start_anew(name, number).await?;
                drop(starting);
            }
            Part::Broker => self.break_server("rabbitmq", pause).await?,
            Part::Database => self.break_server("postgres", pause).await?,
        }
        Ok(())
    }

    /// Starts every process anew that has ended by itself, as an orchestrator would; says which.
    pub async fn revive(&self) -> anyhow::Result<Vec<&'static str>> {
        let starting = self.starting.lock().await;
        let mut revived = Vec::new();
        for (name, number) in self.processes() {
            if !self.runs(name, number)? {
                self.start_anew(name, number).await?;
                revived.push(name);
            }
        }
        drop(starting);
        Ok(revived)
    }

    async fn start_anew(&self, name: &'static str, number: usize) -> anyhow::Result<()> {
        let mut start = Command::new(self.way.programs.join("testamur-apart"));
        start.envs(self.environment.iter().cloned()).arg("--folder").arg(&self.folder);
        start.args(["start", name, &number.to_string()]);
        // Only the process itself: what is preloaded into it is nothing for the program that starts it.
        for (variable, value) in self.of_process.get(&(name, number)).into_iter().flatten() {
            start.arg("--set").arg(format!("{variable}={value}"));
        }
        let output = start.kill_on_drop(true).output().await.context("testamur-apart")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{name} could not be started: {complaint}");
        Ok(())
    }

    fn process_id(&self, name: &str, number: usize) -> anyhow::Result<String> {
        let file = self.folder.join(format!("processes/{name}-{number}"));
        let id = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(id.trim().to_owned())
    }

    /// Whether a process has not ended; one that nobody has asked for its result yet has.
    fn runs(&self, name: &str, number: usize) -> anyhow::Result<bool> {
        let id = self.process_id(name, number)?;
        let state = std::fs::read_to_string(format!("/proc/{id}/stat"));
        let ended = |state: &str| {
            state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
        };
        Ok(state.is_ok_and(|state| !ended(&state)))
    }

    /// Ends one process of a service in peace, and starts it anew.
    pub async fn restart(&self, name: &'static str, number: usize) -> anyhow::Result<()> {
        let starting = self.starting.lock().await;
        let id = self.process_id(name, number)?;
        ensure!(
            Command::new("kill").args(["-TERM", &id]).status().await?.success(),
            "{name} is gone"
        );
        let started = Instant::now();
        while self.runs(name, number)? {
            ensure!(started.elapsed() < START_PATIENCE, "{name} does not end");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.start_anew(name, number).await?;
        drop(starting);
        Ok(())
    }

    /// How many messages each queue of a private broker holds, those included that a process is
    /// handling.
    pub async fn queues(&self) -> anyhow::Result<Vec<(String, u64)>> {
        let script = self.way.deploy.join("rabbitmq").join("server.sh");
        let output =
            Command::new(script).arg("queues").arg(self.folder.join("rabbitmq")).output().await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "the queues cannot be listed: {complaint}");
        let row = |line: &str| {
            let (name, messages) = line.split_once('\t').context(line.to_owned())?;
            Ok((name.to_owned(), messages.trim().parse()?))
        };
        String::from_utf8(output.stdout)?.lines().map(row).collect()
    }

    async fn break_server(&self, name: &str, pause: Duration) -> anyhow::Result<()> {
        let script = self.way.deploy.join(name).join("server.sh");
        let folder = self.folder.join(name);
        let run = |verb: &'static str| {
            let mut command = Command::new(&script);
            command.arg(verb).arg(&folder).stdout(Stdio::null()).stderr(Stdio::null());
            command.kill_on_drop(true);
            command
        };
        ensure!(run("kill").status().await?.success(), "{name} could not be killed");
        tokio::time::sleep(pause).await;
        let started = Instant::now();
        // What the killed server leaves behind may need a moment to go.
        while !run("start").status().await?.success() {
            ensure!(started.elapsed() < START_PATIENCE, "{name} does not start again");
            tokio::time::sleep(TRY_AGAIN_AFTER).await;
        }
        Ok(())
    }
}
