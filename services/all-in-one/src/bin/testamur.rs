//! `testamur`: the four services in one process, on SQLite, with nothing else installed.

use std::{path::PathBuf, process::ExitCode};

use all_in_one::{
    demo::{self, Import},
    layout::{Keeping, Layout, Ports},
};
use anyhow::Context;
use async_trait::async_trait;
use badge_service::BadgeService;
use chassis::{Assembly, Service, configuration::Configuration};
use clap::Parser;
use credentials_service::CredentialsService;
use registrar_service::RegistrarService;
use renderer_service::RendererService;

/// Issues, shows, proves and administers digital credentials: all four services in one process.
#[derive(Parser)]
#[command(name = "testamur", version)]
struct Arguments {
    /// Where databases, files and keys are kept; made on first start.
    #[arg(long, default_value = "data", env = "TESTAMUR_DATA")]
    data: PathBuf,
    /// The host name in links.
    #[arg(long, default_value = "localhost")]
    host: String,
    /// The address to listen on; 0.0.0.0 lets other machines in.
    #[arg(long, default_value = "127.0.0.1")]
    listen: String,
    /// Added to each of the four ports, for a second suite on one machine.
    #[arg(long, default_value_t = 0)]
    port_offset: u16,
    /// Start empty: no demo school, no demo learners.
    #[arg(long)]
    no_demo: bool,
    /// What is logged, as in "info" or "warn,badge_service=debug".
    #[arg(long, default_value = "warn,usvg=error", env = "TESTAMUR_LOG")]
    log: String,
}

fn main() -> ExitCode {
    let worker = renderer_service::run_worker_if_asked();
    chassis::ended(worker.unwrap_or_else(|| serve(Arguments::parse())))
}

fn serve(arguments: Arguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(arguments))
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    auth::install_cryptography();
    let ports = Ports::from_offset(arguments.port_offset)?;
    let layout = Layout::prepare(&arguments.data, ports, Keeping::InProcess)
        .with_context(|| format!("{} cannot be used", arguments.data.display()))?;
    let layout =
        Layout { host: arguments.host, listen: arguments.listen, log: arguments.log, ..layout };
    layout.keep_addresses()?;
    let credentials = configuration::<CredentialsService>(&layout)?;
    let (common, _) = credentials.read::<<CredentialsService as Service>::Settings>()?;
    let _recording = chassis::start_telemetry("testamur", &common.log, &common.telemetry)?;
    let mut assembly = Assembly::together();
    assembly.add::<RendererService>(&configuration::<RendererService>(&layout)?).await?;
    let badges = configuration::<BadgeService>(&layout)?;
    let badges = assembly.add::<BadgeService>(&badges).await?;
    let credentials = assembly.add::<CredentialsService>(&credentials).await?;
    let registrar = configuration::<RegistrarService>(&layout)?;
    let registrar = assembly.add::<RegistrarService>(&registrar).await?;
    let stop = assembly.stop();
    let running = tokio::spawn(assembly.run());
    if arguments.no_demo {
        demo::print_bare(&layout)?;
    } else {
        let services = Here {
            badges: badges.service,
            credentials: credentials.service,
            registrar: registrar.service,
        };
        if let Err(error) = demo::tell(&layout, &services).await {
            stop.cancel();
            running.await??;
            return Err(error.context("the demo did not come to its end"));
        }
    }
    running.await?
}

/// A service's defaults, over them the layout under the data folder, over both the environment.
fn configuration<S: Service>(layout: &Layout) -> anyhow::Result<Configuration> {
    let configuration = Configuration::defaults(S::ENV_PREFIX, S::DEFAULTS)?
        .with_text(&layout.text(S::NAME), "testamur")?;
    // What all services of a machine share is meant for four processes, not for this one.
    let environment =
        std::env::vars().filter(|(name, _)| name != "DATABASE_URL" && name != "AMQP_URL");
    Ok(configuration.with_environment(environment)?)
}

/// The three services of this process that take the import file.
struct Here {
    badges: BadgeService,
    credentials: CredentialsService,
    registrar: RegistrarService,
}

#[async_trait]
impl Import for Here {
    async fn import(&self, service: &str, document: &str) -> anyhow::Result<()> {
        let _said = match service {
            BadgeService::NAME => self.badges.import(document).await?,
            CredentialsService::NAME => self.credentials.import(document).await?,
            RegistrarService::NAME => self.registrar.import(document).await?,
            other => anyhow::bail!("{other} takes no import"),
        };
        Ok(())
    }
}
