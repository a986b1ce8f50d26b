//! Answers a caller who waits, or promises the document and keeps the promise.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::read_request::read_request;
use super::render_document::{Rendered, Wish, render_document, there, withdrawal};
use crate::app::App;
use crate::domain::{Fault, FaultCode, Parsed, RenderRecord, RenderStatus};
use crate::engine::Priority;
use crate::error::Error;
use crate::store::renders::{self, Keeping, Kept, Known};
use crate::store::{accepted, records, verifications};

/// How long a promised document waits before each further try, in seconds.
const RETRIES_S: [u64; 3] = [1, 5, 30];

/// What a caller gets.
#[derive(Clone, Debug)]
pub enum Promise {
    /// The document is there.
    Kept(Rendered),
    /// It will be; the record says `queued`.
    Given(RenderRecord),
}

type Outcome = Result<Rendered, Error>;

/// Renders a request for a caller who waits, or, if it does not, promises to.
///
/// # Errors
///
/// What is wrong with the request; what rendering fails with while the caller waits.
pub async fn request_render(
    app: &App,
    request: Value,
    caller_waits: bool,
) -> Result<Promise, Error> {
    let parsed = read_request(app, request.clone()).await?;
    if !caller_waits && !is_there(app, &parsed).await? {
        let record = promise(app, &parsed, request).await?;
        spawn(app, parsed, true);
        return Ok(Promise::Given(record));
    }
    let mut outcome = spawn(app, parsed.clone(), false);
    let patience = Duration::from_millis(app.settings.render.sync_timeout_ms);
    match tokio::time::timeout(patience, &mut outcome).await {
        Ok(outcome) => kept(outcome.unwrap_or_else(|_| Err(broken_off()))),
        Err(_) => promise_late(app, &parsed, request, outcome).await,
    }
}

/// Renders what was promised before the service last stopped.
pub async fn keep_promises(app: App) {
    let limit = i64::try_from(app.settings.limits.queue).unwrap_or(i64::MAX);
    let waiting = match app.db.read(move |conn| accepted::oldest(conn, limit)).await {
        Ok(waiting) => waiting,
        Err(error) => return tracing::error!(%error, "old promises cannot be read"),
    };
    let at_once = app.settings.worker_count() * 2;
    let keep = |(render_id, request): (String, Value)| {
        let app = app.clone();
        async move {
            match read_request(&app, request).await {
                Ok(parsed) => drop(keep_promise(&app, &parsed).await),
                Err(error) => break_promise(&app, &render_id, &error).await,
            }
        }
    };
    stream::iter(waiting).for_each_concurrent(at_once, keep).await;
}

/// Renders on a thread that outlives the caller.
fn spawn(app: &App, parsed: Parsed, is_promised: bool) -> oneshot::Receiver<Outcome> {
    let (answer, receiver) = oneshot::channel();
    let owned = app.clone();
    let work = async move {
        let outcome = if is_promised {
            keep_promise(&owned, &parsed).await
        } else {
            attempt(&owned, &parsed).await
        };
        // Whoever asked may have gone, perhaps with a promise.
        match answer.send(outcome) {
            Ok(()) => {}
            // It was promised meanwhile, and failed for the first time.
            Err(Err(error)) if !is_promised && error.is_retryable() => {
                drop(keep_promise(&owned, &parsed).await);
            }
            Err(Ok(rendered)) => forget_promise(&owned, &rendered.record.render_id).await,
            Err(Err(error)) => break_promise(&owned, &parsed.render_id, &error).await,
        }
    };
    app.running.spawn_on(work, &app.runtime);
    receiver
}

async fn attempt(app: &App, parsed: &Parsed) -> Outcome {
    let wish = Wish { sequence: None, priority: Priority::Interactive };
    let outcome = render_document(app, parsed.clone(), wish, |_, _, _| Ok(())).await;
    app.figures.ended("http", outcome.as_ref().err());
    if let Some(error) = outcome.as_ref().err().filter(|error| !error.is_retryable()) {
        break_promise(app, &parsed.render_id, error).await;
    }
    outcome
}

async fn keep_promise(app: &App, parsed: &Parsed) -> Outcome {
    for delay in RETRIES_S {
        match attempt(app, parsed).await {
            Err(error) if error.is_retryable() => {
                tracing::warn!(code = error.code(), "a promised document has to wait");
            }
            outcome => return outcome,
        }
        tokio::time::sleep(Duration::from_secs(delay)).await;
    }
    let outcome = attempt(app, parsed).await;
    if let Err(error) = &outcome {
        break_promise(app, &parsed.render_id, error).await;
    }
    outcome
}

/// Whether everything that is asked for is there.
async fn is_there(app: &App, parsed: &Parsed) -> Result<bool, Error> {
    let kept = records::render(&app.objects, &parsed.render_id).await?;
    let there = there(app, kept.as_ref()).await?;
    Ok(parsed.request.outputs.iter().all(|output| there.get(output) == Some(&true)))
}

/// Remembers that a document was promised, so that not even the end of the process breaks it.
async fn promise(app: &App, parsed: &Parsed, request: Value) -> Result<RenderRecord, Error> {
    let _alone = app.alone_with(&parsed.render_id).await;
    let now = app.clock.now();
    let id = parsed.render_id.clone();
    let record = RenderRecord::queued(id.clone(), &parsed.request, now.utc());
    let verify_id = record.verify.as_ref().map(|verify| verify.id.clone()).unwrap_or_default();
    let most = i64::try_from(app.settings.limits.queue).unwrap_or(i64::MAX);
    let kept = records::render(&app.objects, &parsed.render_id).await?;
    let has_tombstone = kept.as_ref().is_some_and(|kept| kept.deletion().is_some());
    app.db
        .write(move |conn| {
            if accepted::count(conn)? >= most {
                let fault = Fault::new(FaultCode::Busy, "too many documents are waiting");
                return Err(Error::from(fault));
            }
            let standing = verifications::hear_award(conn, &verify_id, 0)?;
            let sequence = standing.sequence_of(None);
            if standing.withdraws(sequence) {
                return Err(Error::Withdrawn);
            }
            if has_tombstone && renders::known(conn, &id)? == Known::Not {
                return Err(Error::Deleted);
            }
            let (render_id, verify_id) = (&*id, &*verify_id);
            let kept = Kept { render_id, verify_id, sequence, told: None, objects: &[] };
            match renders::keep(conn, &kept, now)? {
                Keeping::Deleted(_) => Err(Error::Deleted),
                Keeping::Kept { .. } => Ok(accepted::keep(conn, &id, request, now)?),
            }
        })
        .await?;
    let kept = records::render(&app.objects, &parsed.render_id).await?;
    // A document that lacks only some output stays to be had meanwhile.
    if kept.is_none_or(|kept| kept.artifacts.is_empty()) {
        records::save_render(&app.objects, &record).await?;
        app.shown.forget(&parsed.render_id);
    }
    Ok(record)
}

/// Promises what the caller could not wait for, unless it was done in this very moment.
async fn promise_late(
    app: &App,
    parsed: &Parsed,
    request: Value,
    mut outcome: oneshot::Receiver<Outcome>,
) -> Result<Promise, Error> {
    let record = promise(app, parsed, request).await?;
    outcome.close();
    match outcome.try_recv() {
        Ok(Ok(rendered)) => {
            forget_promise(app, &parsed.render_id).await;
            kept(Ok(rendered))
        }
        Ok(Err(error)) => {
            break_promise(app, &parsed.render_id, &error).await;
            Err(error)
        }
        Err(TryRecvError::Empty | TryRecvError::Closed) => Ok(Promise::Given(record)),
    }
}

fn kept(outcome: Outcome) -> Result<Promise, Error> {
    let rendered = outcome?;
    match withdrawal(&rendered.record) {
        Some(error) => Err(error),
        None => Ok(Promise::Kept(rendered)),
    }
}

/// A promise that was kept before it was written down.
async fn forget_promise(app: &App, render_id: &str) {
    let id = render_id.to_owned();
    let forgotten = app.db.write(move |conn| accepted::forget(conn, &id)).await;
    if let Err(error) = forgotten {
        tracing::error!(%error, "a kept promise could not be forgotten");
    }
}

/// Says in the record of a promised render why there is no document.
async fn break_promise(app: &App, render_id: &str, error: &Error) {
    if let Err(failure) = write_failure(app, render_id, error).await {
        tracing::error!(error = %failure, "a failed render could not be recorded");
    }
}

async fn write_failure(app: &App, render_id: &str, error: &Error) -> Result<(), Error> {
    let _alone = app.alone_with(render_id).await;
    let kept = records::render(&app.objects, render_id).await?;
    if let Some(record) = kept.filter(|record| record.status == RenderStatus::Queued) {
        let fault = match error {
            Error::Fault(fault) => fault.clone(),
            error => Fault::new(FaultCode::Internal, error.detail()),
        };
        records::save_render(&app.objects, &record.failed(fault)).await?;
        app.shown.forget(render_id);
    }
    let id = render_id.to_owned();
    Ok(app.db.write(move |conn| accepted::forget(conn, &id)).await?)
}

fn broken_off() -> Error {
    Fault::new(FaultCode::Internal, "the render broke off").into()
}
