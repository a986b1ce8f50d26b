//! Reaching the broker, again and again if need be.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use backon::{BackoffBuilder, ExponentialBuilder};
use lapin::{Connection, ConnectionProperties, Error};

/// How long a connection may take to stand.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the broker is, and whether it is heard.
pub(super) struct Dial {
    url: String,
    name: String,
    consuming: AtomicBool,
}

impl Dial {
    pub(super) fn new(url: &str, name: &str) -> Self {
        Self { url: url.to_owned(), name: name.to_owned(), consuming: AtomicBool::new(false) }
    }

    /// A new connection, which the broker lists under the client's name and `purpose`.
    ///
    /// The client library could recover a connection by itself; then it would be unknown which
    /// deliveries and confirms belong to which life of it. A new one has no past.
    pub(super) async fn connect(&self, purpose: &str) -> Result<Connection, Error> {
        let name = format!("{} {purpose}", self.name);
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        match tokio::time::timeout(PATIENCE, Connection::connect(&self.url, properties)).await {
            Ok(connected) => connected,
            Err(_late) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
        }
    }

    pub(super) fn is_consuming(&self) -> bool {
        self.consuming.load(Ordering::Relaxed)
    }

    pub(super) fn set_consuming(&self, consuming: bool) {
        self.consuming.store(consuming, Ordering::Relaxed);
    }
}

/// Waits between tries to connect: 0.2 s at first, 5 s at most, never the same for two clients.
pub(super) fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_delay(Duration::from_secs(5))
        .without_max_times()
        .with_jitter()
        .build()
}
