//! Programs that are not ours, and how they are run.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::{process::Command, time::timeout};

/// How long one program may take; the first installation downloads a few megabytes.
const PATIENCE: Duration = Duration::from_secs(300);

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/validators");

/// The Python that has the validator, or `None`, said aloud, where there is no Python at all.
pub async fn python(environment: &Path) -> anyhow::Result<Option<PathBuf>> {
    if Command::new("python3").arg("--version").stdout(Stdio::null()).status().await.is_err() {
        println!(
            "not run  the Open Badges validator: there is no python3 here (deploy/setup.sh installs it)"
        );
        return Ok(None);
    }
    let setup = Path::new(SCRIPTS).join("setup.sh");
    run(Command::new(setup).arg(environment)).await.context("the validator cannot be installed")?;
    Ok(Some(environment.join("bin/python")))
}

/// Broken badges are noticed, a good one is not blamed.
pub async fn self_test(python: &Path) -> anyhow::Result<()> {
    let test = Path::new(SCRIPTS).join("test_openbadges2.py");
    run(Command::new(python).arg("-B").arg(test)).await.map(drop)
}

/// Runs `openbadges2.py`.
pub async fn badge_check(python: &Path, words: &[&str]) -> anyhow::Result<()> {
    let script = Path::new(SCRIPTS).join("openbadges2.py");
    run(Command::new(python).arg("-B").arg(script).args(words)).await.map(drop)
}

/// What a program printed, if it ended well.
pub async fn run(command: &mut Command) -> anyhow::Result<String> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let ended = timeout(PATIENCE, command.stdin(Stdio::null()).kill_on_drop(true).output());
    let output = ended.await.with_context(|| format!("{name} does not end"))?;
    let output = output.with_context(|| format!("{name} cannot be run (deploy/setup.sh)"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let complained = String::from_utf8_lossy(&output.stderr);
        bail!("{name} ended with {}\n{}{}", output.status, printed, complained);
    }
    Ok(printed)
}
