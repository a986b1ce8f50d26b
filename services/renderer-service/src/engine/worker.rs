//! A worker process: reads jobs from standard input, writes files to standard output.
//!
//! The process is the sandbox. A template that runs away or eats memory takes only this process
//! with it; the parent notices, says so and starts another.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::{Fault, FaultCode};

use super::fonts::FontSet;
use super::layout::PreparedTemplate;
use super::render::render;
use super::wire::{MAX_FRAME, ReceivedJob, Reply, frame_length, package};

/// The hidden sub-command that makes a binary a worker.
pub const SUBCOMMAND: &str = "renderer-worker";

/// Templates kept parsed between jobs, the latest to come. The parent counts along, and sends none
/// twice that is kept.
pub const KEPT_TEMPLATES: usize = 16;

/// How many documents come between two cleanings: each looks at all that is remembered.
const CLEANED_EVERY: usize = 8;

/// Results of layout that were not used between this many cleanings are forgotten, so that memory
/// does not grow with names that come once.
const CACHE_AGE: usize = 1;

/// What the parent tells a worker on its command line.
#[derive(Clone, Debug, Default)]
pub struct WorkerArgs {
    pub memory_mib: Option<u64>,
    pub font_dirs: Vec<PathBuf>,
}

impl WorkerArgs {
    /// Reads the arguments after the sub-command; what it does not know it ignores.
    pub fn parse(args: impl Iterator<Item = String>) -> Self {
        let mut parsed = Self::default();
        let mut args = args;
        while let Some(key) = args.next() {
            let value = args.next();
            match (key.as_str(), value) {
                ("--memory-mib", Some(value)) => parsed.memory_mib = value.parse().ok(),
                ("--fonts", Some(value)) => parsed.font_dirs.push(value.into()),
                _ => {}
            }
        }
        parsed
    }

    /// The arguments that [`Self::parse`] reads.
    pub fn to_args(&self) -> Vec<String> {
        let mut args = Vec::new();
        if let Some(memory) = self.memory_mib {
            args.extend(["--memory-mib".to_owned(), memory.to_string()]);
        }
        for folder in &self.font_dirs {
            args.extend(["--fonts".to_owned(), folder.display().to_string()]);
        }
        args
    }
}

/// Becomes a worker if the command line says so; call it first in `main`.
///
/// Returns the exit code of a worker whose parent has closed the pipe, or nothing in any other
/// process.
pub fn become_worker_if_asked() -> Option<u8> {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() != Some(SUBCOMMAND) {
        return None;
    }
    leave_with_parent();
    Some(match run(&WorkerArgs::parse(args), io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => 0,
        Err(_) => 1,
    })
}

/// Ends this process when its parent is gone, even in the middle of a template that never ends.
#[cfg(unix)]
fn leave_with_parent() {
    let parent = std::os::unix::process::parent_id();
    std::thread::spawn(move || {
        while std::os::unix::process::parent_id() == parent {
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
        std::process::exit(1);
    });
}

#[cfg(not(unix))]
fn leave_with_parent() {}

/// Serves jobs until the input ends.
///
/// # Errors
///
/// When the parent does not speak the protocol, or is gone.
pub fn run(args: &WorkerArgs, mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    if let Some(memory) = args.memory_mib {
        limit_memory(memory)?;
    }
    let mut kept = Kept::new(&args.font_dirs);
    let mut documents = 0_usize;
    send(&mut output, &Reply::Ready)?;
    while let Some(body) = receive(&mut input)? {
        let job = ReceivedJob::decode(&body)?;
        drop(body);
        let template = kept.template(&job)?;
        let rendered = catch_unwind(AssertUnwindSafe(|| {
            render(&job.request, template, &job.pictures, job.conformance, job.bounds)
        }));
        let reply = match rendered {
            Ok(Ok(artifacts)) => Reply::Done(artifacts),
            Ok(Err(fault)) => Reply::Failed(fault),
            // What the panic left behind is not to be trusted: say so and end.
            Err(_) => {
                let fault = Fault::new(FaultCode::WorkerCrashed, "the worker panicked");
                send(&mut output, &Reply::Failed(fault))?;
                return Err(io::Error::other("panicked"));
            }
        };
        send(&mut output, &reply)?;
        documents += 1;
        // After the answer: nobody waits for the cleaning.
        if documents.is_multiple_of(CLEANED_EVERY) {
            typst::comemo::evict(CACHE_AGE);
        }
    }
    Ok(())
}

/// Fonts and parsed templates that outlive a job.
struct Kept {
    fonts: Arc<FontSet>,
    templates: VecDeque<PreparedTemplate>,
}

impl Kept {
    fn new(font_dirs: &[PathBuf]) -> Self {
        let bundled = FontSet::bundled();
        let fonts =
            if font_dirs.is_empty() { bundled } else { Arc::new(bundled.with_folders(font_dirs)) };
        Self { fonts, templates: VecDeque::new() }
    }

    fn template(&mut self, job: &ReceivedJob) -> io::Result<&PreparedTemplate> {
        let known = self.templates.iter().position(|kept| kept.package.digest == job.digest);
        let index = match known {
            Some(index) => index,
            None => {
                let files = job.files.clone().ok_or_else(|| io::Error::other("no template"))?;
                self.templates.truncate(KEPT_TEMPLATES - 1);
                let template = PreparedTemplate::new(package(files)?, &self.fonts);
                self.templates.push_front(template);
                0
            }
        };
        Ok(&self.templates[index])
    }
}

/// Data, heap and anonymous maps together; the program itself and its fonts do not count.
#[cfg(target_os = "linux")]
fn limit_memory(mebibytes: u64) -> io::Result<()> {
    let bytes = mebibytes.saturating_mul(1024 * 1024);
    rlimit::Resource::DATA.set(bytes, bytes)?;
    rlimit::Resource::CORE.set(0, 0)
}

/// Only Linux counts anonymous maps; elsewhere the address space is the nearest thing.
#[cfg(all(unix, not(target_os = "linux")))]
fn limit_memory(mebibytes: u64) -> io::Result<()> {
    let bytes = mebibytes.saturating_mul(1024 * 1024).saturating_add(1 << 30);
    // Some systems refuse it; a worker without this limit still has the others.
    let _refused = rlimit::Resource::AS.set(bytes, bytes);
    Ok(())
}

#[cfg(not(unix))]
fn limit_memory(_mebibytes: u64) -> io::Result<()> {
    Ok(())
}

fn receive(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut prefix = [0; 4];
    match input.read_exact(&mut prefix) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut body = vec![0; frame_length(prefix, MAX_FRAME)?];
    input.read_exact(&mut body)?;
    Ok(Some(body))
}

fn send(output: &mut impl Write, reply: &Reply) -> io::Result<()> {
    output.write_all(&reply.encode())?;
    output.flush()
}
