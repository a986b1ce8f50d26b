//! What the demo published, and what is asked of each piece.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, ensure};
use e2e::story::{Award, Findings, Teller};
use serde_json::Value;
use tokio::process::Command;

use crate::programs::{badge_check, run};

/// The longest time in which a revocation may be half done.
const REVOKED_WITHIN: Duration = Duration::from_secs(2);

/// What the demo published for one award.
pub struct Published {
    pub learner: String,
    /// Course run key, or program key.
    pub of: String,
    award: Award,
    pub found: Findings,
}

/// Reads what the demo says that it made.
pub fn published(data: &Path, teller: &Teller) -> anyhow::Result<Vec<Published>> {
    let summary: Value = serde_json::from_slice(&fs::read(data.join("demo.json"))?)?;
    let awards = summary["awards"].as_array().context("demo.json lists awards")?;
    let read = |award: &Value| {
        let text =
            |key: &str| award[key].as_str().map(str::to_owned).with_context(|| key.to_owned());
        let badge = text("badge")?;
        let id = badge.rsplit('/').next().unwrap_or_default();
        let assertion = format!("{}/public/assertions/{id}", teller.addresses.badges);
        Ok(Published {
            learner: text("learner")?,
            of: text("of")?,
            award: Award { username: text("username")?, uuid: text("uuid")?, page: text("page")? },
            found: Findings { pdf: text("pdf")?, assertion },
        })
    };
    awards.iter().map(read).collect()
}

impl Published {
    /// The validator finds the badge valid, its baked PNG too, and both to be the learner's.
    pub async fn badge(&self, python: &Path) -> anyhow::Result<()> {
        // The catalog gives every demo learner this address.
        let email = format!("{}@example.org", self.award.username);
        badge_check(python, &[&self.found.assertion, "--recipient", &email]).await
    }

    /// `qpdf` has nothing to complain of, and `pdftotext` reads the learner's name.
    pub async fn pdf(&self, teller: &Teller, folder: &Path) -> anyhow::Result<()> {
        let answer = teller.stranger.get(&self.found.pdf).await?.successful()?;
        let path = folder.join("certificate.pdf");
        fs::write(&path, answer.body)?;
        run(Command::new("qpdf").arg("--check").arg(&path)).await?;
        let text = run(Command::new("pdftotext").arg(&path).arg("-")).await?;
        ensure!(
            plain(&text).contains(&plain(&self.learner)),
            "the text has no {}: {text}",
            self.learner
        );
        Ok(())
    }

    /// Revokes it; page, PDF and badge end soon.
    pub async fn revoke(&self, teller: &Teller) -> anyhow::Result<()> {
        let pdf = teller.stranger.get(&self.found.pdf).await?.url.to_string();
        let found = Findings { pdf, ..self.found.clone() };
        teller.set_status(&self.award, "revoked", REVOKED_WITHIN).await?;
        teller.dead(&self.award, &found, REVOKED_WITHIN).await
    }
}

/// Text without marks of direction, which `pdftotext` sets around what is written from the right.
fn plain(text: &str) -> String {
    let is_mark = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let text = text.replace(is_mark, "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_of_direction_and_line_ends_do_not_hide_a_name() {
        assert_eq!(plain("to\u{202B}נועה לוי\u{202C}\n"), "toנועה לוי");
        assert_eq!(plain("Nguyễn\n  Thị Phương"), "Nguyễn Thị Phương");
    }
}
