//! The commands that every service's binary has.

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use auth::{Audience, Claims};
use clap::{Parser, Subcommand};

use crate::{
    Assembly, Clock, Service,
    configuration::{Configuration, ConfigurationError},
    dead_letters::DeadLetters,
    doctor,
    keys::Keys,
    process, telemetry,
};

/// How long an operator's token is good unless told otherwise, in seconds.
const TOKEN_LIFE_S: i64 = 3600;

#[derive(Parser)]
#[command(version, about = None)]
struct Arguments {
    /// A TOML file laid over the defaults; the environment is laid over both.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Common>,
}

/// What a service's binary can do.
#[derive(Subcommand, Default)]
pub enum Common {
    /// Serve (the default).
    #[default]
    Serve,
    /// Say what is set and where it was set, or what is wrong with it.
    CheckConfig,
    /// Say what the service needs and cannot reach.
    Doctor,
    /// Ask the service that runs here whether it can work; for health checks in containers.
    Probe,
    /// Bring the tables up to date, and end.
    Migrate,
    /// Fill the service from an import file; `-` reads standard input.
    Import { file: PathBuf },
    /// Print a token for an operator of this service.
    Token {
        username: String,
        /// The token's bearer may administer.
        #[arg(long)]
        administrator: bool,
        /// Space-separated scopes.
        #[arg(long)]
        scope: Option<String>,
        /// Seconds until it expires.
        #[arg(long, default_value_t = TOKEN_LIFE_S)]
        life_s: i64,
    },
    /// Change the service's own keys without refusing a call: prepare, rotate, retire.
    #[command(subcommand)]
    Keys(Keys),
    /// List what this service was told and gave up on.
    DeadLetters(DeadLetters),
}

/// What a program ends with when its configuration is wrong, as other programs of this kind do.
const WRONG_CONFIGURATION: u8 = 2;

/// The whole `main` of a service that runs alone. A wrong configuration ends it with 2, any other
/// failure with 1; either says why in one sentence.
pub fn run<S: Service>() -> ExitCode {
    ended(carry_out::<S>(Arguments::parse()))
}

/// How a process should end that came to this.
pub fn ended(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    tell_wrong(&error);
    if error.is::<ConfigurationError>() {
        ExitCode::from(WRONG_CONFIGURATION)
    } else {
        ExitCode::FAILURE
    }
}

fn carry_out<S: Service>(arguments: Arguments) -> anyhow::Result<()> {
    let configuration = configuration::<S>(arguments.config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(execute::<S>(arguments.command.unwrap_or_default(), &configuration))
}

fn configuration<S: Service>(file: Option<PathBuf>) -> anyhow::Result<Configuration> {
    let variable = format!("{}_CONFIG", S::ENV_PREFIX);
    let file = file.or_else(|| std::env::var_os(variable).map(PathBuf::from));
    let configuration = Configuration::defaults(S::ENV_PREFIX, S::DEFAULTS)?;
    let configuration = match file {
        Some(path) => configuration.with_file(&path)?,
        None => configuration,
    };
    Ok(configuration.with_environment(std::env::vars())?)
}

/// Carries out one command with a configuration.
///
/// # Errors
///
/// A sentence for the operator.
async fn execute<S: Service>(command: Common, configuration: &Configuration) -> anyhow::Result<()> {
    if let Common::CheckConfig = command {
        let read = configuration.read::<S::Settings>();
        outln(&configuration.explain());
        return Ok(read.map(drop)?);
    }
    let (common, settings) = configuration.read::<S::Settings>()?;
    if let Common::Probe = command {
        return doctor::probe(&common.http.listen).await;
    }
    let _recording = telemetry::start(S::NAME, &common.log, &common.telemetry)?;
    if let Common::Doctor = command {
        return doctor::examine::<S>(common, &settings).await;
    }
    if let Common::Serve = command {
        if common.amqp.url.0.is_empty() {
            tracing::warn!("there is no bus: what this service has to say waits in its outbox");
        }
        let mut assembly = Assembly::apart();
        assembly.add::<S>(configuration).await?;
        return assembly.run().await;
    }
    let parts = process::parts::<S>(common, Clock::System).await?;
    match command {
        Common::Serve | Common::CheckConfig | Common::Doctor | Common::Probe | Common::Migrate => {}
        Common::Import { file } => {
            let document = if file.as_os_str() == "-" {
                std::io::read_to_string(std::io::stdin())?
            } else {
                std::fs::read_to_string(&file)
                    .with_context(|| format!("{} cannot be read", file.display()))?
            };
            outln(&S::start(settings, parts).await?.import(&document).await?);
        }
        Common::Token { username, administrator, scope, life_s } => {
            let me = &parts.public_base_url;
            let claims = operator_claims(me, username, administrator, scope, life_s);
            outln(&parts.keys.sign(&claims)?);
        }
        Common::Keys(asked) => {
            let service = S::start(settings, parts.clone()).await?;
            asked.carry_out(&service.key_rings(&parts))?;
        }
        Common::DeadLetters(asked) => {
            let bus = process::broker(S::NAME, &parts.common);
            let subscription = S::start(settings, parts).await?.subscription();
            asked.answer(bus, subscription).await?;
        }
    }
    Ok(())
}

/// What an operator's token says: signed by the service, for the service.
fn operator_claims(
    me: &str,
    username: String,
    administrator: bool,
    scope: Option<String>,
    life_s: i64,
) -> Claims {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    Claims {
        iss: me.to_owned(),
        aud: Audience::One(me.to_owned()),
        iat: now,
        exp: now.saturating_add(life_s),
        preferred_username: Some(username),
        administrator: Some(administrator),
        scope,
        ..Claims::default()
    }
}

/// Answers go to standard output; a reader that went away is no error.
pub(crate) fn outln(text: &str) {
    use std::io::Write;
    drop(writeln!(std::io::stdout(), "{text}"));
}

/// Complaints go to standard error.
fn tell_wrong(error: &anyhow::Error) {
    use std::io::Write;
    drop(writeln!(std::io::stderr(), "Error: {error:#}"));
}
