//! `testamur-apart`: starts and stops the four services as processes of their own, on PostgreSQL and
//! RabbitMQ. `make up` and `make down` call it.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use all_in_one::{
    apart::{Processes, SERVICES},
    demo,
    layout::{Keeping, Layout, Ports, Servers},
};
use anyhow::Context;
use clap::{Args, Parser, Subcommand};

/// Starts and stops the four services as processes of their own.
#[derive(Parser)]
#[command(name = "testamur-apart", version)]
struct Arguments {
    /// Where configurations, keys, files, logs and process ids are kept.
    #[arg(long, default_value = "run", global = true)]
    folder: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start them, tell the demo once, and say where to look.
    Up(Up),
    /// Start one process anew that has ended, as `up` has configured it.
    Start {
        /// As in "badge-service".
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(SERVICES))]
        service: String,
        /// Which of the service's processes, counting from 1.
        number: usize,
        /// A variable in this process's environment besides.
        #[arg(long = "set", value_name = "NAME=VALUE", value_parser = variable)]
        variables: Vec<(String, String)>,
    },
    /// Stop them; everything is kept.
    Down,
}

#[derive(Args)]
struct Up {
    /// HOST:PORT of the PostgreSQL server with the services' databases.
    #[arg(long)]
    postgres: String,
    /// What the names of the databases and roles begin with.
    #[arg(long, default_value = "testamur")]
    prefix: String,
    /// URL of the broker.
    #[arg(long)]
    amqp: String,
    /// How many processes of each service.
    #[arg(long, default_value_t = 1)]
    instances: usize,
    /// Added to each of the four ports.
    #[arg(long, default_value_t = 0)]
    port_offset: u16,
    /// Start empty: no demo school, no demo learners.
    #[arg(long)]
    no_demo: bool,
    /// What is logged, as in "info" or "warn,badge_service=debug".
    #[arg(long, default_value = "info,usvg=error")]
    log: String,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("as in NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main]
async fn main() -> ExitCode {
    chassis::ended(carry_out(Arguments::parse()).await)
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<()> {
    auth::install_cryptography();
    let program = std::env::current_exe()?;
    let programs = program.parent().context("a program is in a folder")?;
    match arguments.command {
        Command::Up(up) => start(&arguments.folder, programs, up).await,
        Command::Start { service, number, variables } => {
            let folder = std::fs::canonicalize(&arguments.folder)?;
            Processes::of(&folder, programs).start(&service, number, variables)
        }
        Command::Down => {
            let stopped = Processes::of(&arguments.folder, programs).stop().await?;
            let folder = arguments.folder.display();
            eprintln!("Stopped {stopped} processes; everything is kept in {folder}.");
            Ok(())
        }
    }
}

async fn start(folder: &Path, programs: &Path, up: Up) -> anyhow::Result<()> {
    let servers = Servers {
        postgres: up.postgres,
        prefix: up.prefix,
        secrets: folder.join("secrets"),
        amqp: up.amqp,
    };
    let ports = Ports::from_offset(up.port_offset)?;
    let layout = Layout::prepare(folder, ports, Keeping::Servers(servers))
        .with_context(|| format!("{} cannot be used", folder.display()))?;
    let layout = Layout { log: up.log, ..layout };
    layout.keep_addresses()?;
    let processes = Processes::of(&layout.folder, programs);
    processes.configure(&layout)?;
    // The first process of each makes keys and tables; its siblings find them.
    for number in 1..=up.instances {
        for service in SERVICES {
            processes.start(service, number, [])?;
        }
        for service in SERVICES {
            processes.ready(&layout, service).await?;
        }
    }
    if up.no_demo { demo::print_bare(&layout) } else { demo::tell(&layout, &processes).await }
}
