//! Where one process keeps the four services' things, and what it tells each of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use auth::{JwkSet, KeyKind, SigningKey};

/// The demo LMS's `iss`.
pub const LMS_ISSUER: &str = "https://lms.demo.invalid/oauth2";

/// The demo school's client at the token endpoint.
pub const SCHOOL_CLIENT: &str = "demo-school";

/// The services' ports: those of their predecessors in development.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub badges: u16,
    pub credentials: u16,
    pub registrar: u16,
    pub renderer: u16,
}

impl Ports {
    /// The usual ports, each raised by `offset`.
    pub fn from_offset(offset: u16) -> anyhow::Result<Self> {
        let raised = |port: u16| port.checked_add(offset).context("the port offset is too large");
        Ok(Self {
            badges: raised(8000)?,
            credentials: raised(18150)?,
            registrar: raised(18734)?,
            renderer: raised(8084)?,
        })
    }
}

/// The data folder, with the keys and secrets that were made in it.
pub struct Layout {
    pub folder: PathBuf,
    /// In links.
    pub host: String,
    /// The address.
    pub listen: String,
    pub ports: Ports,
    /// The log's filter.
    pub log: String,
    /// Signs as the demo LMS.
    pub lms: SigningKey,
    /// What the demo school shows at the token endpoint.
    pub school_secret: String,
    /// Keys the ids of renders.
    pub ids_secret: String,
    /// Held while the process lives, and never looked at.
    pub _lock: fs::File,
}

impl Layout {
    /// Makes on first start what is missing; finds it on the next.
    pub fn prepare(folder: &Path, ports: Ports) -> anyhow::Result<Self> {
        let keys = folder.join("keys");
        fs::create_dir_all(&keys)?;
        let folder = fs::canonicalize(folder)?;
        let lock = fs::File::create(folder.join("lock"))?;
        lock.try_lock()
            .with_context(|| format!("another testamur runs on {}", folder.display()))?;
        let lms = SigningKey::load_or_generate(&keys.join("demo-lms.pem"), KeyKind::Rsa)?;
        let published = JwkSet { keys: vec![lms.public().clone()] };
        fs::write(keys.join("demo-lms.jwks.json"), serde_json::to_vec_pretty(&published)?)?;
        Ok(Self {
            host: "localhost".to_owned(),
            listen: "127.0.0.1".to_owned(),
            ports,
            log: "warn".to_owned(),
            lms,
            school_secret: secret(&keys.join("demo-school.secret"))?,
            ids_secret: secret(&keys.join("renderer-ids.secret"))?,
            _lock: lock,
            folder,
        })
    }

    /// Holds the folder to the addresses that it was made with: certificates and badges carry them
    /// for good, so that under others they would not verify.
    pub fn keep_addresses(&self) -> anyhow::Result<()> {
        let file = self.folder.join("address");
        let here = self.url(self.ports.credentials);
        match fs::read_to_string(&file) {
            Ok(made_for) if made_for == here => Ok(()),
            Ok(made_for) => bail!(
                "the data in {} was made for {made_for}, and its certificates and badges name that \
                 address; start with the same --host and --port-offset, or with another --data",
                self.folder.display()
            ),
            Err(_) => Ok(fs::write(&file, here)?),
        }
    }

    /// Base URL of the service on `port`.
    pub fn url(&self, port: u16) -> String {
        format!("http://{}:{port}", self.host)
    }

    /// The shared sections for one service.
    pub fn chassis_text(&self, service: &str) -> String {
        let port = match service {
            "badge-service" => self.ports.badges,
            "credentials-service" => self.ports.credentials,
            "registrar-service" => self.ports.registrar,
            _ => self.ports.renderer,
        };
        let stem = service.trim_end_matches("-service");
        let folder = self.folder.display();
        let registrar = self.url(self.ports.registrar);
        format!(
            "[http]\nlisten = '{listen}:{port}'\npublic_base_url = '{url}'\n\
             [database]\nurl = 'sqlite:{folder}/{stem}.sqlite'\n\
             [auth]\nkeys_dir = '{folder}/keys'\ntrusted_issuers = [\n\
             {{ issuer = '{LMS_ISSUER}', jwks_file = '{folder}/keys/demo-lms.jwks.json' }},\n\
             {other}]\n\
             [log]\nfilter = '{log}'\n",
            listen = self.listen,
            url = self.url(port),
            log = self.log,
            // The registrar believes its own tokens anyway.
            other = if service == "registrar-service" {
                String::new()
            } else {
                format!(
                    "{{ issuer = '{registrar}', jwks_url = '{registrar}/.well-known/jwks.json' }},\n"
                )
            },
        )
    }

    /// The service's own sections.
    pub fn own_text(&self, service: &str) -> String {
        let folder = self.folder.display();
        match service {
            "registrar-service" => format!(
                "[storage]\nfolder = '{folder}/registrar'\n\
                 [oauth]\nclients = [{{ client_id = '{SCHOOL_CLIENT}', secret = '{}', \
                 username = 'demo_school' }}]\n",
                self.school_secret
            ),
            "renderer-service" => format!(
                "[store]\nurl = 'file:{folder}/renderer'\n[ids]\nsecret = '{}'\n",
                self.ids_secret
            ),
            "badge-service" => format!("[storage]\nfolder = '{folder}/badge'\n"),
            "credentials-service" => {
                "[site]\nname = 'Testamur'\nplatform_name = 'Testamur Demo Campus'\n".to_owned()
            }
            _ => String::new(),
        }
    }
}

/// The secret in this file; made, and readable by its owner alone, when there is none.
fn secret(path: &Path) -> anyhow::Result<String> {
    if let Ok(text) = fs::read_to_string(path) {
        return Ok(text.trim().to_owned());
    }
    let text = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    auth::write_secret(path, text.as_bytes())?;
    Ok(text)
}
