//! `render`: makes documents offline. It needs no server, no broker and no database.

mod batch;
mod cells;
mod names;
mod offline;
mod one;
mod progress;
mod report;
mod rows;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Set certificates from data.
#[derive(Parser)]
#[command(name = "render", version)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Args)]
struct Global {
    /// A template folder, or a folder of them; may be given again
    #[arg(long, global = true, value_name = "DIR")]
    templates: Vec<PathBuf>,
    /// A folder of TrueType fonts to fall back on; may be given again
    #[arg(long, global = true, value_name = "DIR")]
    fonts: Vec<PathBuf>,
    /// Where certificates are verified, e.g. https://certs.example.org
    #[arg(long, global = true, value_name = "URL")]
    public_base_url: Option<String>,
    /// Print no closing line and no progress
    #[arg(long, global = true)]
    quiet: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Render one document and print its record
    One(one::OneArgs),
    /// Render a document for each row of a table
    Batch(batch::BatchArgs),
}

/// How a command ends. Contract B17.
enum Outcome {
    Success,
    SomeFailed,
    Interrupted,
}

fn main() -> ExitCode {
    if let Some(code) = renderer_service::engine::worker::become_worker_if_asked() {
        return ExitCode::from(code);
    }
    // Clap itself ends with 2 on wrong usage.
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("render: {error}");
            return ExitCode::from(2);
        }
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::One(args) => one::run(&cli.global, args).await,
            Command::Batch(args) => batch::run(&cli.global, args).await,
        }
    });
    match outcome {
        Ok(Outcome::Success) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(1),
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Err(error) => {
            eprintln!("render: {error:#}");
            ExitCode::from(2)
        }
    }
}
