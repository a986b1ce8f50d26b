//! Figures for Prometheus, by the names of the contract (B20).

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts};

use crate::domain::Fault;
use crate::engine::job::Timings;
use crate::engine::{Pool, Stats};
use crate::error::Error;

/// Seconds, up to the longest that a document may take.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// One set a process: the registry refuses a second of the same name.
static FAMILIES: LazyLock<prometheus::Result<Families>> = LazyLock::new(Families::register);

struct Families {
    renders: IntCounterVec,
    seconds: HistogramVec,
    jobs: IntCounterVec,
    workers: IntGaugeVec,
    restarts: IntCounterVec,
    waiting: IntGauge,
}

/// What a service writes its figures to.
#[derive(Clone)]
pub struct Figures {
    pool: Pool,
    told: std::sync::Arc<Mutex<Stats>>,
}

impl Families {
    fn register() -> prometheus::Result<Self> {
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            prometheus::register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let seconds =
            HistogramOpts::new("renderer_render_seconds", "Time to make a document, by phase")
                .buckets(BUCKETS.to_vec());
        let seconds = HistogramVec::new(seconds, &["kind", "phase"])?;
        prometheus::register(Box::new(seconds.clone()))?;
        let workers = Opts::new("renderer_workers", "Worker processes, by state");
        let workers = IntGaugeVec::new(workers, &["state"])?;
        prometheus::register(Box::new(workers.clone()))?;
        let waiting = IntGauge::new("renderer_queue_waiting", "Documents waiting for a worker")?;
        prometheus::register(Box::new(waiting.clone()))?;
        Ok(Self {
            renders: counter(
                "renderer_renders_total",
                "Renders, by how they ended",
                &["kind", "outcome", "code"],
            )?,
            seconds,
            jobs: counter(
                "renderer_jobs_total",
                "Jobs, by where they came from",
                &["source", "outcome"],
            )?,
            workers,
            restarts: counter(
                "renderer_worker_restarts_total",
                "Workers that were replaced",
                &["reason"],
            )?,
            waiting,
        })
    }
}

impl Figures {
    pub fn of(pool: Pool) -> Self {
        Self { pool, told: std::sync::Arc::default() }
    }

    /// Counts a render that ended, and where its time went.
    pub fn rendered(&self, timings: Timings, stored: Duration) {
        let Ok(families) = &*FAMILIES else { return };
        let kind = "certificate";
        families.renders.with_label_values(&[kind, "done", ""]).inc();
        let phases = [
            ("wait", Duration::from_micros(timings.wait_us)),
            ("layout", Duration::from_micros(timings.layout_us)),
            ("export", Duration::from_micros(timings.export_us)),
            ("store", stored),
        ];
        for (phase, time) in phases {
            families.seconds.with_label_values(&[kind, phase]).observe(time.as_secs_f64());
        }
    }

    /// Counts a render that failed.
    pub fn failed(&self, fault: &Fault) {
        let Ok(families) = &*FAMILIES else { return };
        families.renders.with_label_values(&["certificate", "failed", fault.code.as_str()]).inc();
    }

    /// Counts a job or a request that ended.
    pub fn ended(&self, source: &str, error: Option<&Error>) {
        let Ok(families) = &*FAMILIES else { return };
        let outcome = error.map_or("done", Error::code);
        families.jobs.with_label_values(&[source, outcome]).inc();
    }

    /// Brings the figures of the pool up to date.
    pub fn observe_pool(&self) {
        let Ok(families) = &*FAMILIES else { return };
        let now = self.pool.stats();
        let gauge = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        for (state, count) in [("idle", now.idle), ("busy", now.busy), ("starting", now.starting)] {
            families.workers.with_label_values(&[state]).set(gauge(count));
        }
        families.waiting.set(gauge(now.waiting));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let restarts = [
            ("crash", now.restarts_crash, told.restarts_crash),
            ("time", now.restarts_time, told.restarts_time),
            ("memory", now.restarts_memory, told.restarts_memory),
        ];
        for (reason, count, before) in restarts {
            let more = u64::try_from(count.saturating_sub(before)).unwrap_or(0);
            families.restarts.with_label_values(&[reason]).inc_by(more);
        }
        *told = now;
    }
}
