//! One attempt at one job: rows are read in one state of the database, and written as they come.

use std::time::Duration;

use model::Id;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{
    lease_end,
    result_file::{ResultFile, Row},
    result_path, rows,
};
use crate::{
    app::App,
    domain::job::Job,
    error::Error,
    store::jobs::{self, Ending, Worker},
};

/// Pages that wait to be written: memory holds so many, however slow the file store is.
const PAGES_AHEAD: usize = 2;

/// One attempt at one job.
pub(super) struct Work<'a> {
    pub app: &'a App,
    pub job: &'a Job,
    pub worker: Id<Worker>,
    pub stop: &'a CancellationToken,
}

impl Work<'_> {
    /// Writes the whole result, unless the lease is lost or the process stops before.
    pub(super) async fn run(&self) -> Result<Ending, Error> {
        tokio::select! {
            written = self.export() => written.map(|()| Ending::Succeeded),
            lost = self.keep_lease() => Err(lost),
            () = self.stop.cancelled() => Ok(Ending::Retry { at: self.app.clock.now() }),
        }
    }

    /// The result becomes visible only while the lease is ours: whoever took the job over writes
    /// its own.
    async fn export(&self) -> Result<(), Error> {
        let order = self.job.order.clone();
        let path = result_path(&self.job.file_name());
        let columns = rows::columns(&order);
        let mut file = ResultFile::begin(self.app.files.begin(path), order.format, columns);
        let (pages, mut written) = mpsc::channel::<Vec<Row>>(PAGES_AHEAD);
        let page_rows = self.app.settings.jobs.page_rows;
        let reading = self.app.db.read(move |conn| {
            conn.snapshot(|conn| {
                rows::read(conn, &order, page_rows, &mut |rows| pages.blocking_send(rows).is_ok())
            })
        });
        let writing = async {
            while let Some(rows) = written.recv().await {
                file.write(&rows).await?;
            }
            Ok(file)
        };
        let ((), file) = tokio::try_join!(reading, writing)?;
        self.extend_lease().await?;
        file.finish().await
    }

    /// Moves the lease on three times as often as it would run out; returns once it is lost.
    async fn keep_lease(&self) -> Error {
        let lease = Duration::from_secs(u64::from(self.app.settings.jobs.lease_s));
        let mut ours_until = lease_end(self.app, self.app.clock.now());
        loop {
            tokio::time::sleep(lease / 3).await;
            match self.extend_lease().await {
                Ok(()) => ours_until = lease_end(self.app, self.app.clock.now()),
                Err(error @ Error::Database(database::Error::Stale { .. })) => return error,
                Err(error) if self.app.clock.now() >= ours_until => return error,
                Err(error) => warn!(job.id = %self.job.id, %error, "a lease was not moved on"),
            }
        }
    }

    async fn extend_lease(&self) -> Result<(), Error> {
        let (id, worker) = (self.job.id, self.worker);
        let ends = lease_end(self.app, self.app.clock.now());
        self.app.db.write(move |conn| Ok(jobs::extend(conn, id, worker, ends)?)).await
    }
}
