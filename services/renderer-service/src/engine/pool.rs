//! Keeps worker processes and hands them jobs, people's before bulk.

mod child;
mod line;
mod suspects;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::domain::{Fault, FaultCode};

use self::child::{Child, Ended};
use self::line::Line;
use self::suspects::Suspects;
use super::job::{Artifacts, Job, Limits};
use super::render::Bounds;
use super::worker::WorkerArgs;

/// Whether a person waits for the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    Interactive,
    Bulk,
}

/// How to start workers, and what they may cost.
#[derive(Clone, Debug)]
pub struct PoolSettings {
    /// A binary that calls [`super::worker::become_worker_if_asked`].
    pub executable: PathBuf,
    pub workers: usize,
    pub limits: Limits,
    pub font_dirs: Vec<PathBuf>,
}

/// What the pool is doing, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub waiting: usize,
    pub idle: usize,
    pub busy: usize,
    /// Workers that are down and have not come up yet.
    pub starting: usize,
    pub restarts_crash: usize,
    pub restarts_time: usize,
    pub restarts_memory: usize,
}

/// A number of worker processes and the line of jobs before them.
///
/// Workers live as long as some clone of the pool does.
#[derive(Clone)]
pub struct Pool {
    inner: Arc<Inner>,
    _closer: Arc<Closer>,
}

struct Inner {
    line: Line<Ticket>,
    limits: Limits,
    suspects: Suspects,
    counters: Counters,
    workers: usize,
}

#[derive(Default)]
struct Counters {
    idle: AtomicUsize,
    busy: AtomicUsize,
    crash: AtomicUsize,
    time: AtomicUsize,
    memory: AtomicUsize,
}

/// A job in the line.
struct Ticket {
    job: Job,
    asked: Instant,
    answer: oneshot::Sender<Result<Artifacts, Fault>>,
}

/// Ends the workers with the last clone of the pool.
struct Closer(Arc<Inner>);

impl Drop for Closer {
    fn drop(&mut self) {
        self.0.line.close();
    }
}

impl Pool {
    /// Starts the workers; they load their fonts while jobs already may come.
    ///
    /// Must be called inside a Tokio runtime.
    pub fn start(settings: &PoolSettings) -> Self {
        let workers = settings.workers.max(1);
        let inner = Arc::new(Inner {
            line: Line::new(settings.limits.queue),
            limits: settings.limits,
            suspects: Suspects::default(),
            counters: Counters::default(),
            workers,
        });
        let args = WorkerArgs {
            memory_mib: Some(settings.limits.memory_mib),
            font_dirs: settings.font_dirs.clone(),
        };
        for number in 0..workers {
            // With two or more, one worker takes bulk first, so that it never stands still.
            let prefers = if number == 1 { Priority::Bulk } else { Priority::Interactive };
            let inner = Arc::clone(&inner);
            let (executable, args) = (settings.executable.clone(), args.clone());
            tokio::spawn(async move { inner.work(&executable, &args, prefers).await });
        }
        Self { _closer: Arc::new(Closer(Arc::clone(&inner))), inner }
    }

    /// Renders a job in one of the workers.
    ///
    /// A job whose caller is gone before a worker took it is not rendered.
    ///
    /// # Errors
    ///
    /// Whatever the rendering says; `busy` if the line is full; `template_limit` or
    /// `worker_crashed` if the worker had to go.
    pub async fn render(&self, job: Job, priority: Priority) -> Result<Artifacts, Fault> {
        if self.inner.suspects.is_convicted(|| job.request.public_digest()) {
            let detail = "this document made workers crash before";
            return Err(Fault::new(FaultCode::TemplateError, detail));
        }
        let (answer, receiver) = oneshot::channel();
        let ticket = Ticket { job, asked: Instant::now(), answer };
        if !self.inner.line.push(ticket, priority) {
            return Err(Fault::new(FaultCode::Busy, "too many documents are waiting"));
        }
        let gone = || Fault::new(FaultCode::Internal, "the renderer is stopping");
        receiver.await.unwrap_or_else(|_| Err(gone()))
    }

    pub fn stats(&self) -> Stats {
        let read = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        let counters = &self.inner.counters;
        let (idle, busy) = (read(&counters.idle), read(&counters.busy));
        Stats {
            waiting: self.inner.line.len(),
            idle,
            busy,
            starting: self.inner.workers.saturating_sub(idle + busy),
            restarts_crash: read(&counters.crash),
            restarts_time: read(&counters.time),
            restarts_memory: read(&counters.memory),
        }
    }
}

impl Inner {
    /// One worker's life: start, serve, be replaced; until the pool is closed.
    async fn work(&self, executable: &std::path::Path, args: &WorkerArgs, prefers: Priority) {
        let mut failures = 0_u32;
        while !self.line.is_closed() {
            let mut child = match Child::start(executable, args).await {
                Ok(child) => child,
                Err(error) => {
                    failures += 1;
                    tracing::error!(%error, "a render worker does not start");
                    self.refuse_if_hopeless(failures);
                    tokio::time::sleep(backoff(failures)).await;
                    continue;
                }
            };
            failures = 0;
            self.counters.idle.fetch_add(1, Ordering::Relaxed);
            self.serve(&mut child, prefers).await;
            self.counters.idle.fetch_sub(1, Ordering::Relaxed);
            child.kill().await;
        }
    }

    /// Gives the child one job after the other until it fails or no more jobs come.
    async fn serve(&self, child: &mut Child, prefers: Priority) {
        while let Some(ticket) = self.line.next(prefers).await {
            if ticket.answer.is_closed() {
                continue;
            }
            let Counters { idle, busy, .. } = &self.counters;
            idle.fetch_sub(1, Ordering::Relaxed);
            busy.fetch_add(1, Ordering::Relaxed);
            let waited = ticket.asked.elapsed();
            let bounds =
                Bounds { pages: self.limits.pages, output_bytes: self.limits.output_bytes };
            let frame = ticket.job.encode(bounds, child.remembers(&ticket.job.package.digest));
            let outcome = child.render(&frame, self.limits).await;
            busy.fetch_sub(1, Ordering::Relaxed);
            idle.fetch_add(1, Ordering::Relaxed);
            let (result, is_usable) = match outcome {
                Ok(mut result) => {
                    if let Ok(artifacts) = &mut result {
                        artifacts.timings.wait_us =
                            waited.as_micros().try_into().unwrap_or(u64::MAX);
                    }
                    (result, true)
                }
                Err(ended) => (Err(self.explain(&ticket.job, ended)), false),
            };
            // The caller may have gone; the work is done either way.
            let _gone = ticket.answer.send(result);
            if !is_usable {
                return;
            }
        }
    }

    /// What to tell the caller of a job whose worker had to go.
    fn explain(&self, job: &Job, ended: Ended) -> Fault {
        let limit = |what: String| Fault::new(FaultCode::TemplateLimit, what);
        let (counter, fault) = match ended {
            Ended::Time => {
                let wall = self.limits.wall.as_millis();
                (&self.counters.time, Fault::out_of_time(wall))
            }
            Ended::Memory => {
                let memory = self.limits.memory_mib;
                (&self.counters.memory, limit(format!("memory: more than {memory} MiB")))
            }
            Ended::Bytes => {
                let bytes = self.limits.output_bytes;
                (&self.counters.crash, limit(format!("bytes: more than {bytes}")))
            }
            Ended::Crash => {
                self.suspects.accuse(job.request.public_digest());
                let detail = "the worker ended unexpectedly";
                (&self.counters.crash, Fault::new(FaultCode::WorkerCrashed, detail))
            }
        };
        counter.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(code = %fault.code, detail = %fault.detail, "a render worker was replaced");
        fault
    }

    /// Nobody waits for ever where no worker can be started.
    fn refuse_if_hopeless(&self, failures: u32) {
        if failures < 3 {
            return;
        }
        for ticket in self.line.drain() {
            let fault = Fault::new(FaultCode::Internal, "no render worker can be started");
            let _gone = ticket.answer.send(Err(fault));
        }
    }
}

fn backoff(failures: u32) -> std::time::Duration {
    std::time::Duration::from_millis(100 << failures.min(6))
}
