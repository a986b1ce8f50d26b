//! Figures of what waits: outbox, inbox, dead letters, the lines in front of the database.

use std::{sync::Arc, sync::LazyLock, time::Duration};

use database::{Db, Error};
use messaging::{Bus, Subscription, outbox};
use model::Timestamp;
use prometheus::{GaugeVec, Opts};
use tokio_util::sync::CancellationToken;
use tracing::debug;

/// How often the figures are brought up to date.
const EVERY: Duration = Duration::from_secs(10);

struct Gauges {
    outbox_waiting: GaugeVec,
    outbox_age: GaugeVec,
    queue_waiting: GaugeVec,
    dead_letters: GaugeVec,
    bus_connected: GaugeVec,
    lane_waiting: GaugeVec,
}

static GAUGES: LazyLock<Option<Gauges>> = LazyLock::new(|| Gauges::register().ok());

impl Gauges {
    fn register() -> prometheus::Result<Self> {
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            let gauge = GaugeVec::new(Opts::new(name, help), labels)?;
            prometheus::register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let service = &["service"];
        Ok(Self {
            outbox_waiting: gauge(
                "outbox_messages_waiting",
                "Messages not yet confirmed",
                service,
            )?,
            outbox_age: gauge(
                "outbox_oldest_message_age_seconds",
                "Since when the oldest of them waits",
                service,
            )?,
            queue_waiting: gauge("queue_messages_waiting", "Messages to be handled", service)?,
            dead_letters: gauge("dead_letters", "Messages that were given up", service)?,
            bus_connected: gauge("bus_connected", "1 while messages are heard", service)?,
            lane_waiting: gauge(
                "database_lane_jobs_waiting",
                "Jobs in line for a connection",
                &["service", "lane"],
            )?,
        })
    }
}

/// Whose figures are observed.
pub(crate) struct Observed {
    pub service: &'static str,
    pub db: Db,
    pub bus: Option<Arc<dyn Bus>>,
    pub subscription: Option<Subscription>,
}

impl Observed {
    /// Brings the figures up to date until `stop`. What cannot be read keeps its last value.
    pub(crate) async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Some(gauges) = &*GAUGES {
                self.look_at_database(gauges).await;
                self.look_at_bus(gauges).await;
            }
            stop.run_until_cancelled(tokio::time::sleep(EVERY)).await;
        }
    }

    async fn look_at_database(&self, gauges: &Gauges) {
        let (reads, writes) = self.db.waiting();
        gauges.lane_waiting.with_label_values(&[self.service, "read"]).set(count(reads));
        gauges.lane_waiting.with_label_values(&[self.service, "write"]).set(count(writes));
        let backlog: Result<_, Error> = self.db.read(outbox::backlog).await;
        match backlog {
            Ok((waiting, oldest)) => {
                let age = oldest.map_or(0.0, seconds_since);
                gauges.outbox_waiting.with_label_values(&[self.service]).set(float(waiting));
                gauges.outbox_age.with_label_values(&[self.service]).set(age);
            }
            Err(error) => debug!(%error, "the outbox could not be counted"),
        }
    }

    async fn look_at_bus(&self, gauges: &Gauges) {
        let Some(bus) = &self.bus else { return };
        let connected = f64::from(u8::from(bus.is_connected()));
        gauges.bus_connected.with_label_values(&[self.service]).set(connected);
        let Some(subscription) = &self.subscription else { return };
        match bus.backlog(subscription).await {
            Ok(backlog) => {
                gauges.queue_waiting.with_label_values(&[self.service]).set(float(backlog.waiting));
                gauges.dead_letters.with_label_values(&[self.service]).set(float(backlog.dead));
            }
            Err(error) => debug!(%error, "the bus could not be counted"),
        }
    }
}

fn seconds_since(instant: Timestamp) -> f64 {
    let age = Timestamp::now().utc() - instant.utc();
    float(age.num_milliseconds()).max(0.0) / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "a figure on a chart")]
fn float(number: i64) -> f64 {
    number as f64
}

fn count(number: usize) -> f64 {
    i64::try_from(number).map_or(f64::MAX, float)
}
