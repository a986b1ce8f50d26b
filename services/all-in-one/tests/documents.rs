//! The configuration of all services, as the defaults inside the binaries tell it.

use std::path::Path;

use badge_service::BadgeService;
use chassis::{Service, configuration::SHARED_DEFAULTS};
use credentials_service::CredentialsService;
use registrar_service::RegistrarService;
use renderer_service::RendererService;
use testkit::documents::assert_current;

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
