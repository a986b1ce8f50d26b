//! The demo: a school enrols learners, an LMS posts completions, and everything that follows does.
//!
//! Nothing here writes a table. Apart from the import file, all of it goes over HTTP, with tokens,
//! as a school's and an LMS's own programs would.

mod client;
mod story;
mod summary;

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use async_trait::async_trait;

use crate::{
    demo::{
        client::Client,
        story::AWARDS,
        summary::{Award, Summary},
    },
    layout::Layout,
};

const CATALOG: &str = include_str!("demo/catalog.json");

/// How long the documents and badges may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The services that take the import file.
pub const IMPORTERS: [&str; 3] = ["badge-service", "credentials-service", "registrar-service"];

/// A way to each service's command `import`.
#[async_trait]
pub trait Import: Sync {
    /// Fills one of [`IMPORTERS`] from a document.
    async fn import(&self, service: &str, document: &str) -> anyhow::Result<()>;
}

/// Tells the story once for each data folder; then, each time, says where to look.
///
/// # Errors
///
/// What a service answered that it should not have.
pub async fn tell(layout: &Layout, services: &dyn Import) -> anyhow::Result<()> {
    let client = Client::new(layout);
    let summary = match Summary::load(&layout.folder)? {
        Some(summary) => summary,
        None => {
            let summary = first_time(&client, layout, services).await?;
            summary.save(&layout.folder)?;
            summary
        }
    };
    summary.print(layout, &client.operator_token()?);
    Ok(())
}

/// Says where a suite without the demo is.
///
/// # Errors
///
/// If no token can be signed.
pub fn print_bare(layout: &Layout) -> anyhow::Result<()> {
    let nothing = Summary { awards: Vec::new() };
    nothing.print(layout, &Client::new(layout).operator_token()?);
    Ok(())
}

async fn first_time(
    client: &Client<'_>,
    layout: &Layout,
    services: &dyn Import,
) -> anyhow::Result<Summary> {
    say("Importing the catalog of two demo schools");
    for service in IMPORTERS {
        let imported = services.import(service, CATALOG).await;
        imported.with_context(|| format!("{service} refused the catalog"))?;
    }
    say("Configuring certificates and signatories");
    story::configure(client).await?;
    say("A school enrols six learners");
    story::enrol(client, &layout.school_secret).await?;
    say("An LMS posts their completions");
    let mut awards = Vec::new();
    for award in AWARDS {
        awards.push(story::complete(client, award).await?);
    }
    say("Waiting for certificates, PDFs and badges");
    for award in &mut awards {
        *award = complete_documents(client, award).await?;
    }
    Ok(Summary { awards })
}

/// Waits until the page shows its PDF and its badge.
async fn complete_documents(client: &Client<'_>, award: &Award) -> anyhow::Result<Award> {
    let started = Instant::now();
    loop {
        if let Some(complete) = story::documents(client, award).await? {
            return Ok(complete);
        }
        if started.elapsed() > PATIENCE {
            bail!("{} has no PDF and badge after {PATIENCE:?}", award.page);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn say(sentence: &str) {
    eprintln!("  … {sentence}");
}
