//! Gives tokens to programs that have a secret.

mod hasher;

use std::{net::IpAddr, time::Duration};

use argon2::password_hash::phc::PasswordHash;
use auth::{Audience, Claims, KeyRing};
use chrono::Duration as Span;
use moka::sync::Cache;
use tokio::sync::Semaphore;

use crate::{app::App, config::Oauth, domain::machine_client::MachineClient};

/// How long failures of one client from one address are remembered.
const FAILURES_FOR: Duration = Duration::from_secs(60);

/// How many clients and addresses are remembered for their failures.
const FAILURES_OF: u64 = 10_000;

/// How many secrets are checked at a time: each check takes 7 MiB and a core.
const CHECKS_AT_A_TIME: usize = 2;

/// How many requests may wait for a check.
const LONGEST_LINE: usize = 64;

/// The version of the tokens' format, as an LMS gives it.
const TOKEN_VERSION: &str = "1.2.0";

/// Who gets tokens, and what signs them.
pub struct TokenIssuer {
    keys: KeyRing,
    clients: Vec<MachineClient>,
    /// Checked for clients that do not exist, so that they take as long as those that do.
    nobody: String,
    failures: Cache<(IpAddr, String), u32>,
    most_failures: u32,
    line: Semaphore,
    checks: Semaphore,
}

/// A token that was given. Not to be printed.
pub struct Issued {
    pub token: String,
    pub life_s: u32,
    /// Separated by spaces.
    pub scope: String,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefused {
    #[error("the client is unknown or its secret is wrong")]
    InvalidClient,
    #[error("there were too many wrong secrets; try again in {seconds} seconds")]
    Throttled { seconds: u64 },
    /// Too many wait for their secrets to be checked.
    #[error("too many ask at once")]
    Busy,
    #[error("the token could not be made: {0}")]
    Failed(String),
}

impl TokenIssuer {
    /// An issuer for the configured clients; with none, nobody gets a token.
    ///
    /// # Errors
    ///
    /// A sentence that names the client that is misconfigured.
    pub fn new(settings: &Oauth, keys: KeyRing) -> anyhow::Result<Self> {
        let hash = |secret: &str| hasher::hash(secret).map_err(|error| anyhow::anyhow!("{error}"));
        let mut clients = Vec::new();
        for each in &settings.clients {
            let client = each.machine_client(hash)?;
            anyhow::ensure!(
                PasswordHash::new(&client.secret_hash).is_ok(),
                "oauth.clients: the secret_hash of {:?} is no argon2 hash",
                client.client_id
            );
            clients.push(client);
        }
        Ok(Self {
            keys,
            clients,
            nobody: hash("nobody's secret")?,
            failures: Cache::builder().max_capacity(FAILURES_OF).time_to_live(FAILURES_FOR).build(),
            most_failures: settings.most_failures,
            line: Semaphore::new(LONGEST_LINE),
            checks: Semaphore::new(CHECKS_AT_A_TIME),
        })
    }

    /// The keys that verify the tokens.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }
}

/// Gives a token to the client that proves itself with its secret.
///
/// # Errors
///
/// If it does not, or failed too often from `address`.
pub async fn issue_token(
    app: &App,
    client_id: &str,
    secret: String,
    address: IpAddr,
) -> Result<Issued, TokenRefused> {
    let issuer = &app.tokens;
    let _place = issuer.line.try_acquire().map_err(|_full| TokenRefused::Busy)?;
    let turn = issuer.checks.acquire().await;
    let _turn = turn.map_err(|error| TokenRefused::Failed(error.to_string()))?;
    // Asked only now, so that guesses sent at once are counted one after another.
    let culprit = (address, client_id.to_owned());
    let failures = issuer.failures.get(&culprit).unwrap_or(0);
    if failures >= issuer.most_failures {
        return Err(TokenRefused::Throttled { seconds: FAILURES_FOR.as_secs() });
    }
    let client = issuer.clients.iter().find(|client| client.client_id == client_id);
    let hash = client.map_or(&issuer.nobody, |client| &client.secret_hash).clone();
    let right = is_right(hash, secret).await?;
    match client.filter(|_| right) {
        Some(client) => sign(app, client),
        None => {
            issuer.failures.insert(culprit, failures + 1);
            Err(TokenRefused::InvalidClient)
        }
    }
}

/// Outside the threads that answer requests.
async fn is_right(hash: String, secret: String) -> Result<bool, TokenRefused> {
    let checked = tokio::task::spawn_blocking(move || hasher::is_of(&hash, &secret));
    checked.await.map_err(|error| TokenRefused::Failed(error.to_string()))
}

fn sign(app: &App, client: &MachineClient) -> Result<Issued, TokenRefused> {
    let (settings, now) = (&app.settings.oauth, app.clock.now());
    let life_s = settings.token_life_s;
    let me = app.public_base_url.to_string();
    let claims = Claims {
        aud: Audience::Many(
            std::iter::once(me.clone()).chain(settings.audiences.clone()).collect(),
        ),
        iss: me,
        sub: Some(client.client_id.clone()),
        iat: now.utc().timestamp(),
        exp: now.plus(Span::seconds(i64::from(life_s))).utc().timestamp(),
        version: Some(TOKEN_VERSION.to_owned()),
        preferred_username: Some(client.username.clone()),
        administrator: Some(client.administrator),
        scopes: client.scopes.clone(),
        ..Claims::default()
    };
    let token = app.tokens.keys.sign(&claims);
    let token = token.map_err(|error| TokenRefused::Failed(error.to_string()))?;
    Ok(Issued { token, life_s, scope: client.scopes.join(" ") })
}
