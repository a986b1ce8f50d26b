//! `render one`

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use renderer_service::domain::ids::sha256_hex;
use renderer_service::domain::{Artifact, Fault};
use serde_json::{Value, json};

use crate::offline::{Common, Offline, record, write};
use crate::{Global, Outcome};

/// Render one document and print its record
#[derive(clap::Args)]
pub struct OneArgs {
    #[command(flatten)]
    common: Common,
    /// The certificate's data as JSON; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    data: String,
}

pub async fn run(global: &Global, args: OneArgs) -> anyhow::Result<Outcome> {
    let data = read_json(&args.data)?;
    let offline = Offline::start(global, &args.common, 1)?;
    std::fs::create_dir_all(&args.common.out)
        .with_context(|| format!("cannot make {}", args.common.out.display()))?;
    let parsed = match offline.parse(&args.common, None, data) {
        Ok(parsed) => parsed,
        Err(fault) => return say(&fault),
    };
    let artifacts = match offline.render(&parsed).await {
        Ok(artifacts) => artifacts,
        Err(fault) => return say(&fault),
    };
    let (queued, warnings) = record(&parsed, &artifacts);
    let mut described = Vec::new();
    for (output, file) in &artifacts.files {
        let name = output.filename("Certificate.pdf");
        write(&args.common.out, &name, file)?;
        described.push(Artifact::of(*output, sha256_hex(file), file.len(), name.clone(), name));
    }
    let done = queued.done(described, warnings);
    println!("{}", serde_json::to_string_pretty(&done)?);
    Ok(Outcome::Success)
}

/// Reads a JSON file, or standard input for `-`.
pub fn read_json(path: &str) -> anyhow::Result<Value> {
    let text = if path == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input")?;
        text
    } else {
        std::fs::read_to_string(Path::new(path)).with_context(|| path.to_owned())?
    };
    serde_json::from_str(&text).with_context(|| format!("{path} is not JSON"))
}

/// A document that cannot be made: the same JSON that the service answers.
fn say(fault: &Fault) -> anyhow::Result<Outcome> {
    let problem = json!({"code": fault.code, "detail": fault.detail, "errors": fault.errors});
    eprintln!("{}", serde_json::to_string_pretty(&problem)?);
    Ok(Outcome::SomeFailed)
}
