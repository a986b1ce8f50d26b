//! Lets programs that are not ours judge what a demo published: the Open Badges validator, `qpdf`
//! and `pdftotext`; and compares what two processes made of one request.

mod programs;
mod published;
mod repeat;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, ensure};
use clap::Parser;
use e2e::{
    caller::Lms,
    story::Teller,
    suite::{Suite, Way},
};

#[derive(Parser)]
#[command(
    about = "Starts a suite with its demo, and lets independent programs judge its badges and documents"
)]
struct Arguments {
    #[command(flatten)]
    way: Way,
    /// Where the Open Badges validator is installed; made when it is not there.
    #[arg(long, default_value = "target/validators")]
    environment: PathBuf,
    /// Added to each port.
    #[arg(long, default_value_t = 3000)]
    port_offset: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    e2e::run(carry_out(Arguments::parse())).await
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut checks = Checks::default();
    let render = arguments.way.programs.join("render");
    let earlier =
        repeat::renders(&render, &folder.path().join("earlier"), "en_US.UTF-8", "UTC").await;
    let python = programs::python(&arguments.environment).await?;
    if let Some(python) = &python {
        checks.note("the badge check notices broken badges", programs::self_test(python).await);
    }

    let data = folder.path().join("data");
    let mut suite = Suite::new(arguments.way.clone(), &data, arguments.port_offset);
    suite.start_with_demo().await?;
    let teller = Teller::new(Lms(suite.lms_key()?), suite.addresses())?;
    let published = published::published(&data, &teller)?;
    for document in &published {
        let what = format!("{}, {}", document.learner, document.of);
        if let Some(python) = &python {
            checks.note(&format!("badge valid: {what}"), document.badge(python).await);
        }
        checks.note(
            &format!("PDF sound, with name: {what}"),
            document.pdf(&teller, folder.path()).await,
        );
    }
    let first = published.first().context("the demo awards something")?;
    checks.note("revoked: page, PDF and badge end", first.revoke(&teller).await);
    if let Some(python) = &python {
        let revoked = programs::badge_check(python, &[&first.found.assertion, "--revoked"]).await;
        checks.note("revoked badge is not valid", revoked);
    }
    suite.end().await?;

    let later = repeat::renders(&render, &folder.path().join("later"), "C", "Asia/Kathmandu").await;
    checks.note("another process makes the same bytes", repeat::same(earlier, later));
    checks.end()
}

/// Counts what was checked, and says each result in a line.
#[derive(Default)]
struct Checks {
    held: usize,
    failed: usize,
}

impl Checks {
    fn note(&mut self, what: &str, result: anyhow::Result<()>) {
        match result {
            Ok(()) => {
                self.held += 1;
                println!("ok      {what}");
            }
            Err(error) => {
                self.failed += 1;
                let details = format!("{error:#}").trim_end().replace('\n', "\n        ");
                println!("FAILED  {what}: {details}");
            }
        }
    }

    fn end(self) -> anyhow::Result<()> {
        ensure!(self.failed == 0, "{} of {} checks failed", self.failed, self.held + self.failed);
        println!("{} checks by independent programs hold", self.held);
        Ok(())
    }
}
