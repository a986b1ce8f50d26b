//! What it costs to believe a token.

use std::time::Instant;

use anyhow::{Context, ensure};
use auth::{JwkSet, KeySource, TrustedIssuer, Verifier};
use e2e::{caller::Lms, load::table::Table};
use jsonwebtoken::{DecodingKey, Validation};
use serde_json::Value;

use crate::{Load, rate};

/// How many tokens are verified.
const TOKENS: usize = 2000;

impl Load<'_> {
    /// Tokens that were never seen, and one that comes again and again; on one core, without HTTP.
    pub async fn tokens(&self, table: &mut Table) -> anyhow::Result<()> {
        let lms = &self.teller.lms;
        let names = (0..TOKENS).map(|n| format!("token-{n}"));
        let tokens: Vec<String> =
            names.map(|name| lms.learner(&name, &name, "")).collect::<anyhow::Result<_>>()?;
        let key = lms.0.public().clone();

        let bare = DecodingKey::from_jwk(&key)?;
        let mut only_signature = Validation::new(jsonwebtoken::decode_header(&tokens[0])?.alg);
        only_signature.required_spec_claims.clear();
        let started = Instant::now();
        for token in &tokens {
            jsonwebtoken::decode::<Value>(token, &bare, &only_signature)?;
        }
        let ceiling = rate(TOKENS, started.elapsed());

        let source = KeySource::Static(JwkSet { keys: vec![key] });
        let verifier = Verifier::new(vec![TrustedIssuer::new(Lms::ISSUER, None, source)]);
        let started = Instant::now();
        for token in &tokens {
            verifier.verify(token).await?;
        }
        let fresh = rate(TOKENS, started.elapsed());
        let last = tokens.last().context("there are tokens")?;
        let started = Instant::now();
        for _ in 0..TOKENS {
            verifier.verify(last).await?;
        }
        let known = rate(TOKENS, started.elapsed());
        ensure!(
            verifier.verify(&last[..last.len() - 9]).await.is_err(),
            "half a token is believed"
        );

        table.add(
            "token verification (RS512), never seen",
            format!("{fresh:.0}/s"),
            format!("{:.2} of the signature alone ({ceiling:.0}/s)", fresh / ceiling),
            "",
        );
        table.add(
            "token verification, seen within a minute",
            format!("{known:.0}/s"),
            String::new(),
            "",
        );
        Ok(())
    }
}
