//! What is written down about all services together, made from what they are.

use std::path::Path;

use badge_service::BadgeService;
use chassis::{Service, configuration::SHARED_DEFAULTS};
use credentials_service::CredentialsService;
use messaging::{Subscription, rabbit::definitions::definitions};
use registrar_service::RegistrarService;
use renderer_service::RendererService;
use testkit::{TestApp, documents::assert_current, store_of_a_test::files_toml};

const INTRODUCTION: &str = "\
# Configuration

Made from the defaults inside the binaries; do not edit.

A service reads its defaults, then a TOML file (`--config FILE`, or the variable `<PREFIX>_CONFIG`), then
the environment. `<PREFIX>__SECTION__KEY` sets one key; with `_FILE` at its end the value is in the named
file, as secrets should be. `DATABASE_URL` serves every service whose `database.url` nobody set. A value
from the environment that reads as TOML (`true`, `5`, `[\"a\"]`) is one; anything else is text. An unknown
key stops the start. `<service> check-config` says what is set and where it was set.

## All services
";

fn section<S: Service>() -> String {
    format!("\n## {} (`{}`)\n\n```toml\n{}```\n", S::NAME, S::ENV_PREFIX, S::DEFAULTS)
}

#[test]
fn document_of_the_configuration_is_current() {
    let made = [
        INTRODUCTION.to_owned(),
        format!("\n```toml\n{SHARED_DEFAULTS}```\n"),
        section::<BadgeService>(),
        section::<CredentialsService>(),
        section::<RegistrarService>(),
        section::<RendererService>(),
    ]
    .concat();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");

    assert_current(&path, &made);
}

/// What a service listens to, which it knows once it runs.
async fn listener<S: Service>(toml: &str) -> Subscription {
    let app = TestApp::<S>::start_with(toml).await;
    app.service.subscription().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn document_of_the_broker_is_current() {
    let storage = format!("[storage]\n{}", files_toml());
    let program = env!("CARGO_BIN_EXE_testamur");
    let renderer = format!(
        "[ids]\nsecret = \"0123456789abcdef0123456789abcdef\"\n[store]\n{}\
         [workers]\ncount = 1\nexecutable = \"{program}\"\n",
        files_toml()
    );
    let made = definitions(&[
        listener::<BadgeService>(&storage).await,
        listener::<CredentialsService>("").await,
        listener::<RegistrarService>(&storage).await,
        listener::<RendererService>(&renderer).await,
    ]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/rabbitmq/definitions.json");

    assert_current(&path, &made);
}
