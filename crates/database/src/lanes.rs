//! Threads that own the connections: a request waits in a bounded line, never in a pool of threads.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::{
    Connection,
    connection::InstrumentationEvent::{self, FinishQuery},
    r2d2::R2D2Connection,
};
use tokio::sync::oneshot;
use tracing::{Span, error};

use crate::{AnyConnection, Error, error::is_lost_connection};

/// Does the work; what it returns tells the caller, once it is known whether the work is safe.
type Job = Box<dyn FnOnce(&mut AnyConnection) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), &Error>)>;

/// How many rounds of jobs may wait for each thread before the line answers "full".
const ROUNDS_IN_LINE: usize = 16;

/// The shortest line for a thread.
const SHORTEST_LINE: usize = 64;

/// A bounded line with threads behind it.
#[derive(Clone)]
pub(crate) struct Lane(Sender<Job>);

impl Lane {
    /// Starts `threads` threads, each with a connection of its own.
    ///
    /// `group` is how many waiting jobs one commit carries: they share one wait for the disk.
    /// `on_commit` is called after each commit.
    pub(crate) fn start(
        name: &str,
        url: &str,
        threads: usize,
        group: usize,
        on_commit: impl Fn() + Clone + Send + 'static,
    ) -> Self {
        let (sender, jobs) = bounded::<Job>(threads * SHORTEST_LINE.max(group * ROUNDS_IN_LINE));
        for n in 0..threads {
            let (url, jobs, on_commit) = (url.to_owned(), jobs.clone(), on_commit.clone());
            let thread = std::thread::Builder::new().name(format!("{name}-{n}"));
            if let Err(error) = thread.spawn(move || serve(&url, &jobs, group, &on_commit)) {
                error!(%error, "a database thread could not be started");
            }
        }
        Self(sender)
    }

    /// How many jobs wait in the line.
    pub(crate) fn waiting(&self) -> usize {
        self.0.len()
    }

    /// Runs to its end even when the caller is gone: no transaction is left half way.
    pub(crate) async fn run<T, E>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let span = Span::current();
        let job: Job = Box::new(move |conn| {
            let value = span.in_scope(|| work(conn));
            Box::new(move |safe| {
                let lost = |error: &Error| E::from(Error::NoConnection(error.to_string()));
                // The caller may have gone; the work is done all the same.
                let _gone = reply.send(safe.map_err(lost).and(value));
            })
        });
        self.0.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::Overloaded,
            TrySendError::Disconnected(_) => stopped(),
        })?;
        answer.await.unwrap_or_else(|_| Err(stopped().into()))
    }
}

fn stopped() -> Error {
    Error::NoConnection("the database thread gave no answer".to_owned())
}

fn serve(url: &str, jobs: &Receiver<Job>, group: usize, on_commit: &impl Fn()) {
    let mut kept: Option<Kept> = None;
    while let Ok(first) = jobs.recv() {
        if kept.as_mut().is_none_or(Kept::is_lost) {
            kept =
                Kept::open(url).inspect_err(|error| error!(%error, "no database connection")).ok();
        }
        // Without a connection the job is dropped, and its caller learns of it.
        let Some(Kept { conn, .. }) = &mut kept else { continue };
        let rest: Vec<Job> = jobs.try_iter().take(group - 1).collect();
        // A panic drops the connection, with whatever transaction it held.
        let done = catch_unwind(AssertUnwindSafe(|| run_together(conn, first, rest)));
        match done {
            Ok(()) => on_commit(),
            Err(_) => kept = None,
        }
    }
}

/// A thread's connection, and whether it died under a statement.
///
/// diesel's own look at it asks for the state of the transaction alone. Outside of one, a statement
/// that a dead connection cannot even prepare leaves that as it was: the connection would be kept and
/// fail for ever, and faster than living ones, so that most jobs would come to it.
struct Kept {
    conn: AnyConnection,
    died: Arc<AtomicBool>,
}

impl Kept {
    fn open(url: &str) -> Result<Self, Error> {
        let mut conn = AnyConnection::open(url)?;
        let died = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&died);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let FinishQuery { error: Some(error), .. } = event
                && is_lost_connection(error)
            {
                seen.store(true, Ordering::Relaxed);
            }
        });
        Ok(Self { conn, died })
    }

    fn is_lost(&mut self) -> bool {
        self.died.load(Ordering::Relaxed) || self.conn.is_broken()
    }
}

/// One commit for all that wait; each job is a savepoint of its own.
fn run_together(conn: &mut AnyConnection, first: Job, rest: Vec<Job>) {
    if rest.is_empty() {
        return first(conn)(Ok(()));
    }
    let mut answers = Vec::with_capacity(rest.len() + 1);
    let outcome = conn.write(|conn| {
        answers.extend(std::iter::once(first).chain(rest).map(|job| job(conn)));
        Ok::<_, Error>(())
    });
    for answer in answers {
        answer(outcome.as_ref().map(|&()| ()));
    }
}
