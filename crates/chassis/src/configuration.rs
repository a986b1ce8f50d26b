//! Configuration in three layers: the commented defaults inside the binary, a file, the environment.
//!
//! The defaults are documentation and example at once. A key that no default knows, or a value of
//! another type, stops the start with a sentence that names the key.

use std::{collections::BTreeMap, fs, path::Path};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::settings::Common;

/// The shared sections' defaults.
pub const SHARED_DEFAULTS: &str = include_str!("defaults.toml");

/// The names of the shared sections.
const SHARED_SECTIONS: [&str; 6] = ["http", "database", "amqp", "auth", "log", "telemetry"];

/// Variables that all services of a machine understand, and the setting that each stands for where
/// the service has none of its own.
const COMMON_VARIABLES: [(&str, [&str; 2]); 3] = [
    ("DATABASE_URL", ["database", "url"]),
    ("AMQP_URL", ["amqp", "url"]),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", ["telemetry", "otlp_endpoint"]),
];

/// Why there is no start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    #[error("{origin} is no valid TOML: {error}")]
    NotToml { origin: String, error: toml::de::Error },
    #[error("the configuration file {path} cannot be read: {error}")]
    NoFile { path: String, error: std::io::Error },
    #[error("{key} (from {origin}) is not a known setting")]
    UnknownKey { key: String, origin: String },
    #[error("{0}")]
    Invalid(String),
}

/// Where each value came from, by dotted key.
pub type Origins = BTreeMap<String, String>;

/// A service's configuration as text says it, before it is understood.
#[derive(Debug, Clone)]
pub struct Configuration {
    values: Table,
    origins: Origins,
    env_prefix: &'static str,
}

impl Configuration {
    /// The defaults: the shared ones, and over them `service_defaults`.
    ///
    /// # Errors
    ///
    /// If they are no TOML, which a test rules out.
    pub fn defaults(
        env_prefix: &'static str,
        service_defaults: &str,
    ) -> Result<Self, ConfigurationError> {
        let mut this = Self { values: Table::new(), origins: Origins::new(), env_prefix };
        for text in [SHARED_DEFAULTS, service_defaults] {
            merge(&mut this.values, parse(text, "default")?, "default", "", &mut this.origins);
        }
        Ok(this)
    }

    /// Lays a TOML file over what is there.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or names an unknown key.
    pub fn with_file(self, path: &Path) -> Result<Self, ConfigurationError> {
        let shown = path.display().to_string();
        let text = fs::read_to_string(path)
            .map_err(|error| ConfigurationError::NoFile { path: shown.clone(), error })?;
        self.with_text(&text, &shown)
    }

    /// Lays TOML text over what is there.
    ///
    /// # Errors
    ///
    /// If it is no TOML, or names an unknown key.
    pub fn with_text(mut self, text: &str, origin: &str) -> Result<Self, ConfigurationError> {
        let over = parse(text, origin)?;
        self.refuse_unknown(&over, "", origin)?;
        merge(&mut self.values, over, origin, "", &mut self.origins);
        Ok(self)
    }

    /// Lays variables `<PREFIX>__SECTION__KEY` over what is there; with `_FILE` at the end the
    /// value is in the named file. [`COMMON_VARIABLES`] serve a service that has no value of its own.
    ///
    /// # Errors
    ///
    /// If a variable names an unknown key, or its file cannot be read.
    pub fn with_environment(
        mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigurationError> {
        let prefix = format!("{}__", self.env_prefix);
        for (name, text) in variables {
            if let Some((_, keys)) = COMMON_VARIABLES.iter().find(|(known, _)| *known == name) {
                if !self.is_set(&keys.join(".")) {
                    self.set(keys, Value::String(text), &name)?;
                }
                continue;
            }
            let Some(path) = name.strip_prefix(&prefix) else { continue };
            let path = path.to_lowercase();
            let (path, text) = match path.strip_suffix("_file") {
                Some(stem) if !self.knows(&path) => {
                    let path_of_file = text;
                    let content = fs::read_to_string(&path_of_file).map_err(|error| {
                        ConfigurationError::NoFile { path: path_of_file.clone(), error }
                    })?;
                    (stem.to_owned(), content.trim_end().to_owned())
                }
                _ => (path.clone(), text),
            };
            let keys: Vec<&str> = path.split("__").collect();
            self.set(&keys, from_environment(&text), &name)?;
        }
        Ok(self)
    }

    /// Understands the values.
    ///
    /// # Errors
    ///
    /// A sentence that names what is wrong.
    pub fn read<T: DeserializeOwned>(&self) -> Result<(Common, T), ConfigurationError> {
        let (mut shared, mut own) = (Table::new(), Table::new());
        for (section, value) in &self.values {
            let into =
                if SHARED_SECTIONS.contains(&section.as_str()) { &mut shared } else { &mut own };
            into.insert(section.clone(), value.clone());
        }
        let invalid = |error: toml::de::Error| ConfigurationError::Invalid(error.to_string());
        let common: Common = shared.try_into().map_err(invalid)?;
        let service: T = own.try_into().map_err(invalid)?;
        self.require(&common)?;
        Ok((common, service))
    }

    /// Every value with its origin, secrets hidden, one line each.
    pub fn explain(&self) -> String {
        let mut lines = Vec::new();
        for (key, origin) in &self.origins {
            let keys: Vec<&str> = key.split('.').collect();
            let value = look_up(&self.values, &keys).map_or_else(String::new, ToString::to_string);
            let secret = ["secret", "password", "url", "token", "trusted_issuers", "clients"]
                .iter()
                .any(|word| keys.last().is_some_and(|last| last.contains(word)))
                && !value.starts_with("\"http");
            let shown = if secret && value.len() > 2 { "(set)" } else { &value };
            lines.push(format!("{key} = {shown}  # {origin}"));
        }
        lines.join("\n")
    }

    fn require(&self, common: &Common) -> Result<(), ConfigurationError> {
        let missing = |key: &str, why: &str| {
            let variable = key.replace('.', "__").to_uppercase();
            let sentence = format!("{key} is not set ({}__{variable}): {why}", self.env_prefix);
            Err(ConfigurationError::Invalid(sentence))
        };
        let url = &common.http.public_base_url;
        if url.is_empty() {
            return missing("http.public_base_url", "links need to know their host");
        }
        if url::Url::parse(url).is_err() || url.ends_with('/') {
            return Err(ConfigurationError::Invalid(format!(
                "http.public_base_url {url:?} must be an absolute URL without a slash at the end"
            )));
        }
        if common.database.url.0.is_empty() {
            return missing("database.url", "there is nowhere to keep anything");
        }
        let amqp = &common.amqp.url.0;
        if !amqp.is_empty() && !amqp.starts_with("amqp://") && !amqp.starts_with("amqps://") {
            return Err(ConfigurationError::Invalid(
                "amqp.url must begin with amqp:// or amqps://".to_owned(),
            ));
        }
        if !(0.0..=1.0).contains(&common.telemetry.sampled) {
            return Err(ConfigurationError::Invalid(
                "telemetry.sampled must be a share from 0 to 1".to_owned(),
            ));
        }
        if common.auth.trusted_issuers.is_empty() {
            return missing("auth.trusted_issuers", "nobody could call this service");
        }
        if common.auth.keys_dir.as_os_str().is_empty() {
            return missing("auth.keys_dir", "there is nowhere to keep the service's keys");
        }
        Ok(())
    }

    fn is_set(&self, dotted: &str) -> bool {
        self.origins.get(dotted).is_some_and(|origin| origin != "default")
    }

    fn knows(&self, path: &str) -> bool {
        let keys: Vec<&str> = path.split("__").collect();
        look_up(&self.values, &keys).is_some()
    }

    fn set(&mut self, keys: &[&str], value: Value, origin: &str) -> Result<(), ConfigurationError> {
        let nested = keys
            .iter()
            .rev()
            .fold(value, |inner, key| Value::Table(Table::from_iter([((*key).to_owned(), inner)])));
        let Value::Table(over) = nested else { return Ok(()) };
        self.refuse_unknown(&over, "", origin)?;
        merge(&mut self.values, over, origin, "", &mut self.origins);
        Ok(())
    }

    fn refuse_unknown(
        &self,
        over: &Table,
        prefix: &str,
        origin: &str,
    ) -> Result<(), ConfigurationError> {
        for (name, value) in over {
            let key = join(prefix, name);
            let keys: Vec<&str> = key.split('.').collect();
            match (look_up(&self.values, &keys), value) {
                (None, _) => {
                    return Err(ConfigurationError::UnknownKey { key, origin: origin.to_owned() });
                }
                // A table without defaults is a map whose keys the operator chooses.
                (Some(Value::Table(known)), Value::Table(inside)) if !known.is_empty() => {
                    self.refuse_unknown(inside, &key, origin)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn parse(text: &str, origin: &str) -> Result<Table, ConfigurationError> {
    text.parse().map_err(|error| ConfigurationError::NotToml { origin: origin.to_owned(), error })
}

/// A value that reads as TOML is one (`true`, `5`, `["a"]`); anything else is text.
fn from_environment(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>().ok();
    let value = parsed.and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn merge(into: &mut Table, over: Table, origin: &str, prefix: &str, origins: &mut Origins) {
    for (name, value) in over {
        let key = join(prefix, &name);
        match (into.get_mut(&name), value) {
            (Some(Value::Table(below)), Value::Table(above)) => {
                merge(below, above, origin, &key, origins);
            }
            (_, Value::Table(above)) => {
                let mut below = Table::new();
                merge(&mut below, above, origin, &key, origins);
                into.insert(name, Value::Table(below));
            }
            (_, value) => {
                origins.insert(key, origin.to_owned());
                into.insert(name, value);
            }
        }
    }
}

fn look_up<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (first, rest) = keys.split_first()?;
    match (table.get(*first)?, rest) {
        (value, []) => Some(value),
        (Value::Table(inner), rest) => look_up(inner, rest),
        _ => None,
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::{Configuration, ConfigurationError};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        pages: Pages,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pages {
        language: String,
        size: u32,
    }

    const DEFAULTS: &str =
        "[http]\nlisten = \"127.0.0.1:1\"\n[pages]\nlanguage = \"en\"\nsize = 20\n";
    const ENOUGH: &str = r#"
        [http]
        public_base_url = "http://localhost:1"
        [database]
        url = "sqlite:x"
        [auth]
        keys_dir = "keys"
        trusted_issuers = [{ issuer = "lms", secret = "s" }]
    "#;

    fn configuration() -> Configuration {
        Configuration::defaults("TEST", DEFAULTS).unwrap().with_text(ENOUGH, "file").unwrap()
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let read = configuration()
            .with_text("[pages]\nsize = 30", "file")
            .unwrap()
            .with_environment(variables(&[("TEST__PAGES__LANGUAGE", "ar"), ("OTHER__X", "y")]))
            .unwrap()
            .read::<Settings>();

        let (common, settings) = read.unwrap();
        assert_eq!((settings.pages.language.as_str(), settings.pages.size), ("ar", 30));
        assert_eq!(common.http.listen, "127.0.0.1:1");
    }

    #[test]
    fn an_unknown_key_stops_the_start_by_name() {
        let error = configuration().with_text("[pages]\ncolour = 1", "file").unwrap_err();
        assert!(error.to_string().contains("pages.colour"), "{error}");

        let error = configuration()
            .with_environment(variables(&[("TEST__PAGES__COLOUR", "1")]))
            .unwrap_err();
        assert!(matches!(error, ConfigurationError::UnknownKey { .. }), "{error}");
    }

    #[test]
    fn without_a_trusted_issuer_there_is_no_start() {
        let none = configuration().with_text("[auth]\ntrusted_issuers = []", "file").unwrap();

        let error = none.read::<Settings>().unwrap_err();
        assert!(error.to_string().contains("auth.trusted_issuers"), "{error}");
    }

    #[test]
    fn an_origin_that_matches_no_page_stops_the_start_by_name() {
        let with = |origin: &str| {
            let text = format!("[http]\ncors_origins = [\"{origin}\"]");
            configuration().with_text(&text, "file").unwrap().read::<Settings>()
        };
        assert!(with("https://apps.example").is_ok());

        let error = with("https://apps.example/").unwrap_err().to_string();
        assert!(error.contains("https://apps.example/"), "{error}");
        assert!(error.contains("cors_origins"), "{error}");
    }

    #[test]
    fn secrets_are_not_explained() {
        let explained = configuration().explain();
        assert!(!explained.contains("secret = \"s\""), "{explained}");
        assert!(explained.contains("pages.size = 20  # default"), "{explained}");
    }
}
