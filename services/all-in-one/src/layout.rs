//! Where a suite on one machine keeps the four services' things, and what it tells each of them.

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

/// Where tables are, and by which way the services hear each other.
pub enum Keeping {
    /// SQLite files in the folder; the bus is in the process.
    InProcess,
    /// PostgreSQL and RabbitMQ.
    Servers(Servers),
}

/// Databases and broker of four processes.
pub struct Servers {
    /// `HOST:PORT` of a PostgreSQL with a database and role `PREFIX_badge` and so on for each service.
    pub postgres: String,
    /// What the names of databases and roles begin with.
    pub prefix: String,
    /// The roles' passwords, `postgres-badge` and so on.
    pub secrets: PathBuf,
    /// `amqp://…`
    pub amqp: String,
}

/// The data folder, with the keys and secrets that were made in it.
pub struct Layout {
    pub folder: PathBuf,
    /// In links.
    pub host: String,
    /// The address.
    pub listen: String,
    pub ports: Ports,
    pub keeping: Keeping,
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
    pub fn prepare(folder: &Path, ports: Ports, keeping: Keeping) -> anyhow::Result<Self> {
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
            keeping,
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

    /// The port of a service.
    pub fn port(&self, service: &str) -> u16 {
        match service {
            "badge-service" => self.ports.badges,
            "credentials-service" => self.ports.credentials,
            "registrar-service" => self.ports.registrar,
            _ => self.ports.renderer,
        }
    }

    /// All that one service is told, as TOML.
    pub fn text(&self, service: &str) -> String {
        format!("{}{}", self.shared_sections(service), self.own_sections(service))
    }

    fn shared_sections(&self, service: &str) -> String {
        let port = self.port(service);
        let folder = self.folder.display();
        let registrar = self.url(self.ports.registrar);
        let (sharing, keeping) = match &self.keeping {
            Keeping::InProcess => (false, sqlite_sections(&self.folder, stem(service))),
            Keeping::Servers(servers) => (true, servers.sections(stem(service))),
        };
        format!(
            "[http]\nlisten = '{listen}:{port}'\npublic_base_url = '{url}'\nshare_port = {sharing}\n\
             {keeping}\
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

    fn own_sections(&self, service: &str) -> String {
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

impl Servers {
    /// Reads the passwords anew each time: they are nobody's but the services'.
    fn sections(&self, stem: &str) -> String {
        let Self { postgres, prefix, secrets, amqp } = self;
        let password =
            fs::read_to_string(secrets.join(format!("postgres-{stem}"))).unwrap_or_default();
        let password = password.trim();
        format!(
            "[database]\nurl = 'postgres://{prefix}_{stem}:{password}@{postgres}/{prefix}_{stem}'\n\
             [amqp]\nurl = '{amqp}'\n"
        )
    }
}

fn sqlite_sections(folder: &Path, stem: &str) -> String {
    format!("[database]\nurl = 'sqlite:{}/{stem}.sqlite'\n", folder.display())
}

/// The service's name as its files and databases have it.
pub fn stem(service: &str) -> &str {
    service.trim_end_matches("-service")
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
