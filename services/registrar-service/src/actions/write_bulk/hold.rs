//! A hold on a request: a lease that is moved on with each write, and without which none succeeds.

use std::time::Duration;

use chrono::Duration as Span;
use database::AnyConnection;
use model::{Id, Timestamp};

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
#[derive(Clone)]
pub(super) struct Hold {
    pub app: App,
    pub id: Id<Bulk>,
    holder: Id<Holder>,
    speak_at: Timestamp,
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
    pub fn new(app: App, id: Id<Bulk>, holder: Id<Holder>) -> Self {
        let mut hold = Self { speak_at: app.clock.now(), app, id, holder };
        hold.has_spoken();
        hold
    }

    /// Whether a third of the lease is over.
    pub fn should_speak(&self) -> bool {
        self.app.clock.now() >= self.speak_at
    }

    /// Writes in one transaction, which succeeds only while nobody else holds the request.
    pub async fn write<T: Send + 'static>(
        &mut self,
        work: impl Fn(&mut AnyConnection) -> Result<T, Error> + Clone + Send + 'static,
    ) -> Result<T, Error> {
        let mut pauses = 0;
        loop {
            let (id, holder, work) = (self.id, self.holder, work.clone());
            let lease_ends_at = self.lease_end();
            let written = retried(&self.app, move |conn| {
                bulk_writes::hold(conn, id, holder, lease_ends_at)?;
                work(conn)
            });
            match written.await {
                Err(Error::Database(database::Error::Overloaded)) if pauses < MOST_PAUSES => {
                    pauses += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                outcome => {
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

    /// Ends the lease, so that a repetition can go on at once.
    pub async fn let_go(self) {
        let (id, holder, now) = (self.id, self.holder, self.app.clock.now());
        let ended = self.app.db.write(move |conn| bulk_writes::hold(conn, id, holder, now)).await;
        if let Err(error) = ended {
            tracing::warn!(bulk.id = %id, %error, "a bulk write is held until its lease ends");
        }
    }

    /// Forgets the request, nothing of which was done.
    pub async fn abandon(self) {
        let (id, holder) = (self.id, self.holder);
        let gone = self.app.db.write(move |conn| bulk_writes::abandon(conn, id, holder)).await;
        if let Err(error) = gone {
            tracing::warn!(bulk.id = %id, %error, "a bulk write is kept until its lease ends");
        }
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
