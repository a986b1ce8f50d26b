//! Whether what a service needs can be reached, in words for its operator.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use messaging::RabbitBus;

use crate::{Clock, Service, command::outln, health, process, settings::Common};

/// How long an issuer may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tries the database, the place for files and every trusted issuer, a line each.
///
/// # Errors
///
/// If anything cannot be reached.
pub(crate) async fn examine<S: Service>(
    common: Common,
    settings: &S::Settings,
) -> anyhow::Result<()> {
    let issuers = common.auth.trusted_issuers.clone();
    let mut missing = 0;
    let mut say = |what: &str, found: Result<String, String>| {
        missing += usize::from(found.is_err());
        let (mark, words) = match &found {
            Ok(words) => ("ok     ", words),
            Err(words) => ("MISSING", words),
        };
        outln(&format!("{mark}  {what}: {words}"));
    };
    if !common.amqp.url.0.is_empty() {
        let found = RabbitBus::new(&common.amqp.url.0, S::NAME).probe().await;
        let words = found.map(|()| "answers".to_owned()).map_err(|error| error.to_string());
        say("broker", words);
    }
    match process::parts::<S>(common, Clock::System).await {
        Ok(parts) if health::database_is_reachable(&parts.db).await => {
            say("database", Ok("answers, and its tables are up to date".to_owned()));
        }
        Ok(_) => say("database", Err("does not answer".to_owned())),
        Err(error) => say("database and keys", Err(format!("{error:#}"))),
    }
    if let Some(place) = S::files(settings) {
        say("files", answer_of(&place).await);
    }
    for issuer in issuers {
        let found = match &issuer.jwks_url {
            None => issuer.trusted().map(|_| "its keys are in the configuration".to_owned()),
            Some(url) => published_keys(url.clone()).await,
        };
        say(&format!("issuer {}", issuer.issuer), found);
    }
    if missing > 0 {
        bail!("{missing} of what {} needs cannot be reached", S::NAME);
    }
    Ok(())
}

/// Whether files can be kept there.
async fn answer_of(place: &files::Settings) -> Result<String, String> {
    let files = files::Files::open(place).map_err(|error| error.to_string())?;
    files.trouble().await.map_or_else(|| Ok("can be kept".to_owned()), Err)
}

/// Whether the process that listens on this address can work.
///
/// # Errors
///
/// What it answered, or that nobody did.
pub(crate) async fn probe(listen: &str) -> anyhow::Result<()> {
    // Who listens everywhere also listens here.
    let address = listen.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:");
    let url = format!("http://{address}/health/ready");
    let answer = reqwest::Client::new().get(url).timeout(PATIENCE).send().await;
    let answer = answer.context("nobody answers")?;
    let status = answer.status();
    ensure!(status.is_success(), "{status}: {}", answer.text().await?);
    Ok(())
}

/// How many keys an issuer publishes at this address.
async fn published_keys(url: url::Url) -> Result<String, String> {
    let unreachable = |error: reqwest::Error| format!("no keys can be fetched: {error}");
    let answer = reqwest::Client::new().get(url).timeout(PATIENCE).send().await;
    let answer = answer.and_then(reqwest::Response::error_for_status).map_err(unreachable)?;
    let set: auth::JwkSet = answer.json().await.map_err(unreachable)?;
    match set.keys.len() {
        0 => Err("it publishes no keys".to_owned()),
        count => Ok(format!("it publishes {count} keys")),
    }
}
