//! A hold on a request: a lease that is moved on with each write, and without which none succeeds.
//! Whoever is dropped half way, since the caller is gone, lets go of it.

use std::time::Duration;

use chrono::Duration as Span;
use database::AnyConnection;
use model::{Id, Timestamp};
use tokio::{runtime::Handle, task::JoinHandle};
use tracing::{Instrument, warn};

use super::CHUNK;
use crate::{
    actions::roster::retried,
    app::App,
    domain::{
        bulk::{Bulk, Holder, Order, row::Row},
        change::Status,
    },
    error::Error,
    store::{
        bulk_rows,
        bulk_writes::{self, Terms},
    },
};

/// How long a request that nobody can repeat is kept: until its answer was read.
const LIFE_WITHOUT_KEY_S: i64 = 3600;

/// How long to wait when the line in front of the database is full, and how often. A request that
/// came so far should not end half way.
const PAUSE: Duration = Duration::from_millis(100);
const MOST_PAUSES: usize = 100;

/// A hold.
pub(super) struct Hold {
    pub app: App,
    pub id: Id<Bulk>,
    holder: Id<Holder>,
    speak_at: Timestamp,
    /// Nothing is left to let go of.
    is_over: bool,
    /// Where it is let go of: a thread of the database may drop it, which has no runtime.
    runtime: Handle,
}

/// When a lease that begins `now` ends, and when the request is forgotten.
pub(super) fn terms(app: &App, order: &Order, now: Timestamp) -> Terms {
    let with_key = i64::from(app.settings.bulk.key_life_s);
    let life_s = if order.idempotency_key.is_some() { with_key } else { LIFE_WITHOUT_KEY_S };
    Terms {
        lease_ends_at: now.plus(Span::seconds(i64::from(app.settings.bulk.lease_s))),
        expires_at: now.plus(Span::seconds(life_s)),
    }
}

impl Hold {
    /// A hold that was just taken.
    pub fn new(app: App, id: Id<Bulk>, holder: Id<Holder>, runtime: Handle) -> Self {
        let speak_at = app.clock.now();
        let mut hold = Self { app, id, holder, speak_at, is_over: false, runtime };
        hold.has_spoken();
        hold
    }

    /// Whether a third of the lease is over.
    pub fn should_speak(&self) -> bool {
        self.app.clock.now() >= self.speak_at
    }

    /// Writes in one transaction.
    ///
    /// # Errors
    ///
    /// [`Error::HoldLost`] if another holds the request by now.
    pub async fn write<T: Send + 'static>(
        &mut self,
        work: impl Fn(&mut AnyConnection) -> Result<T, Error> + Clone + Send + 'static,
    ) -> Result<T, Error> {
        let mut pauses = 0;
        loop {
            let (id, holder, work) = (self.id, self.holder, work.clone());
            let lease_ends_at = self.lease_end();
            let written = retried(&self.app, move |conn| {
                if !bulk_writes::hold(conn, id, holder, lease_ends_at)? {
                    return Err(Error::HoldLost);
                }
                work(conn)
            });
            match written.await {
                Err(Error::Database(database::Error::Overloaded)) if pauses < MOST_PAUSES => {
                    pauses += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                outcome => {
                    self.is_over = matches!(outcome, Err(Error::HoldLost));
                    self.has_spoken();
                    return outcome;
                }
            }
        }
    }

    /// Keeps rows, if there are any, and the hold.
    pub async fn keep<S: Status>(&mut self, mut rows: Vec<Row<S>>) -> Result<(), Error> {
        loop {
            let rest = rows.split_off(rows.len().min(CHUNK));
            let (id, is_last) = (self.id, rest.is_empty());
            self.write(move |conn| match rows.as_slice() {
                [] => Ok(()),
                rows => Ok(bulk_rows::insert(conn, id, rows)?),
            })
            .await?;
            if is_last {
                return Ok(());
            }
            rows = rest;
        }
    }

    /// Ends a hold on a request that is finished.
    pub fn end(mut self) {
        self.is_over = true;
    }

    /// Lets go of the request, so that whoever repeats it need not wait for the end of the lease.
    pub async fn release(mut self) {
        if self.is_over {
            return;
        }
        if let Err(error) = self.let_go().await {
            warn!(bulk.id = %self.id, %error, "a bulk write is held until its lease ends");
        }
    }

    /// Goes on by itself: it may be the last that its caller waits for.
    fn let_go(&mut self) -> JoinHandle<()> {
        self.is_over = true;
        let (app, id, holder) = (self.app.clone(), self.id, self.holder);
        self.runtime.spawn(released(app, id, holder).in_current_span())
    }

    fn lease_end(&self) -> Timestamp {
        let lease = Span::seconds(i64::from(self.app.settings.bulk.lease_s));
        self.app.clock.now().plus(lease)
    }

    fn has_spoken(&mut self) {
        let third = Span::seconds(i64::from(self.app.settings.bulk.lease_s)) / 3;
        self.speak_at = self.app.clock.now().plus(third);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if !self.is_over {
            drop(self.let_go());
        }
    }
}

async fn released(app: App, id: Id<Bulk>, holder: Id<Holder>) {
    let mut pauses = 0;
    loop {
        let now = app.clock.now();
        let released = app.db.write(move |conn| bulk_writes::release(conn, id, holder, now)).await;
        match released {
            Ok(()) => return,
            Err(database::Error::Overloaded) if pauses < MOST_PAUSES => {
                pauses += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                warn!(bulk.id = %id, %error, "a bulk write is held until its lease ends");
                return;
            }
        }
    }
}
