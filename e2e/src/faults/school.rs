//! The demo's school: it asks what its learners hold, with tokens that the registrar gave it.

use std::{collections::BTreeMap, time::Duration};

use reqwest::StatusCode;
use serde_json::Value;

use super::learners::PROGRAM;
use crate::{caller::Caller, story::Teller, suite::Suite};

/// How long one export may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many tokens are shown around.
const TOKENS: usize = 20;

/// Who believes a school's token, and where it is shown; the renderer wants tokens made for itself.
const SHOWN_AT: [(&str, &str); 3] = [
    ("badge-service", "/v2/badgeclasses/nobody/assertions"),
    ("credentials-service", "/api/v2/credentials/?username=nobody"),
    ("registrar-service", "/api/v1/programs"),
];

/// Whether a service believes tokens of the registrar: shown, and refused with 401.
pub type Believed = BTreeMap<&'static str, (usize, usize)>;

/// A school with its secret.
pub struct School<'a> {
    teller: &'a Teller,
    secret: String,
}

impl<'a> School<'a> {
    pub fn new(suite: &Suite, teller: &'a Teller) -> anyhow::Result<Self> {
        Ok(Self { teller, secret: suite.school_secret()? })
    }

    /// All rows of the export of completions.
    pub async fn completions(&self) -> anyhow::Result<Vec<Value>> {
        self.teller.completions(&self.secret, PROGRAM, PATIENCE).await
    }

    /// Shows several tokens around, each by a connection of its own. A token that was just made is
    /// refused only where clocks are apart.
    pub async fn show_tokens(&self) -> anyhow::Result<Believed> {
        let mut believed = Believed::new();
        for _ in 0..TOKENS {
            let token = self.teller.school_token(&self.secret).await?;
            for (service, path) in SHOWN_AT {
                let (shown, refused) = believed.entry(service).or_default();
                *shown += 1;
                let url = format!("{}{path}", self.teller.addresses.of(service));
                let school = Caller::new(Some(token.clone()))?.patient();
                let status = school.get(&url).await?.status;
                *refused += usize::from(status == StatusCode::UNAUTHORIZED);
            }
        }
        Ok(believed)
    }
}
