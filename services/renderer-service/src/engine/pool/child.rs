//! One worker process, seen from its parent.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::domain::{Fault, FaultCode};
use crate::engine::job::{Artifacts, Limits};
use crate::engine::wire::{MAX_FRAME, Reply, frame_length};
use crate::engine::worker::{KEPT_TEMPLATES, SUBCOMMAND, WorkerArgs};

/// A worker that has not loaded its fonts by then never will.
const START: Duration = Duration::from_secs(30);

/// What a dying worker says last is enough to tell why.
const KEPT_STDERR: usize = 4096;

/// Why a worker can do no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Time,
    Memory,
    Bytes,
    Crash,
}

/// A running worker.
pub struct Child {
    process: tokio::process::Child,
    input: ChildStdin,
    output: ChildStdout,
    last_words: Arc<Mutex<Vec<u8>>>,
    listener: tokio::task::JoinHandle<()>,
    /// Digests of the templates that it keeps, as it counts them itself.
    templates: VecDeque<String>,
}

impl Child {
    /// Starts a worker and waits until it is ready.
    pub async fn start(executable: &Path, args: &WorkerArgs) -> io::Result<Self> {
        let mut command = Command::new(executable);
        // Ctrl-C is for the parent, which lets running documents finish.
        #[cfg(unix)]
        command.process_group(0);
        let mut process = command
            .arg(SUBCOMMAND)
            .args(args.to_args())
            .env_clear()
            // There is one worker a core already.
            .env("RAYON_NUM_THREADS", "1")
            // One heap: a heap a thread would count against the memory limit.
            .env("MALLOC_ARENA_MAX", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let pipe = || io::Error::other("a pipe is missing");
        let input = process.stdin.take().ok_or_else(pipe)?;
        let output = process.stdout.take().ok_or_else(pipe)?;
        let stderr = process.stderr.take().ok_or_else(pipe)?;
        let last_words = Arc::default();
        let listener = tokio::spawn(listen(stderr, Arc::clone(&last_words)));
        let templates = VecDeque::with_capacity(KEPT_TEMPLATES);
        let mut child = Self { process, input, output, last_words, listener, templates };
        match timeout(START, child.read(1024)).await {
            Ok(Ok(Some(Reply::Ready))) => Ok(child),
            _ => {
                child.kill().await;
                Err(io::Error::other("the worker did not become ready"))
            }
        }
    }

    /// Whether the worker keeps this template from an earlier job; from the job that is sent next it
    /// will.
    pub fn remembers(&mut self, digest: &str) -> bool {
        if self.templates.iter().any(|kept| kept == digest) {
            return true;
        }
        self.templates.truncate(KEPT_TEMPLATES - 1);
        self.templates.push_front(digest.to_owned());
        false
    }

    /// Renders one document. After an error the worker must not be used again.
    pub async fn render(
        &mut self,
        frame: &[u8],
        limits: Limits,
    ) -> Result<Result<Artifacts, Fault>, Ended> {
        // Three pictures and a PDF may each reach the limit; the worker checks them one by one.
        let max = limits.output_bytes.saturating_mul(4).saturating_add(1 << 20).min(MAX_FRAME);
        let exchange = async {
            self.input.write_all(frame).await?;
            self.read(max).await
        };
        match timeout(limits.wall, exchange).await {
            Err(_) => Err(Ended::Time),
            Ok(Ok(Some(Reply::Done(artifacts)))) => Ok(Ok(artifacts)),
            Ok(Ok(Some(Reply::Failed(fault)))) if fault.code == FaultCode::WorkerCrashed => {
                Err(self.cause_of_death().await)
            }
            Ok(Ok(Some(Reply::Failed(fault)))) => Ok(Err(fault)),
            Ok(Ok(None)) => Err(Ended::Bytes),
            Ok(Ok(Some(Reply::Ready)) | Err(_)) => Err(self.cause_of_death().await),
        }
    }

    pub async fn kill(mut self) {
        // It may be dead already.
        let _dead = self.process.kill().await;
        self.listener.abort();
    }

    /// A reply, or nothing if it is larger than it may be.
    async fn read(&mut self, max: usize) -> io::Result<Option<Reply>> {
        let mut prefix = [0; 4];
        self.output.read_exact(&mut prefix).await?;
        let Ok(length) = frame_length(prefix, max) else {
            return Ok(None);
        };
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).await?;
        Reply::decode(&body).map(Some)
    }

    /// Reads the last words. An allocation that fails ends the process with a message of Rust's.
    async fn cause_of_death(&mut self) -> Ended {
        let _status = timeout(Duration::from_secs(1), self.process.wait()).await;
        let _heard = timeout(Duration::from_secs(1), &mut self.listener).await;
        let words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        let words = String::from_utf8_lossy(&words);
        let out_of_memory = ["memory allocation of", "capacity overflow", "out of memory"];
        if out_of_memory.iter().any(|said| words.contains(said)) {
            Ended::Memory
        } else {
            Ended::Crash
        }
    }
}

/// Keeps the end of what the worker writes to standard error.
async fn listen(mut stderr: ChildStderr, words: Arc<Mutex<Vec<u8>>>) {
    let mut chunk = [0; 1024];
    while let Ok(length @ 1..) = stderr.read(&mut chunk).await {
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        words.extend_from_slice(&chunk[..length]);
        let surplus = words.len().saturating_sub(KEPT_STDERR);
        words.drain(..surplus);
    }
}
