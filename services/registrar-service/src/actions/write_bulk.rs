//! Does a request with thousands of rows. Nothing is done before all of it has come: what is cut off
//! on its way changes nothing. Then its rows are done in chunks, a transaction each, in which what
//! became of a row is noted beside the change and its event: whoever dies in between leaves rows that
//! are done and known to be, and rows that are not. The same request with the same idempotency key
//! goes on with these, and is answered as one.

mod apply;
mod claim;
mod hold;
mod intake;
mod receive;

use std::pin::pin;

use futures_util::Stream;
use model::Id;

use self::{apply::to_the_end, claim::Claim, intake::Intake, receive::receive};
use super::roster::Roster;
use crate::{
    app::App,
    domain::{
        bulk::{Bulk, Order, table::Table},
        change::Success,
    },
    error::Error,
    store::bulk_rows,
};

/// The most rows of a transaction.
const CHUNK: usize = 500;

/// What a caller is told of its request: how well it did; the rest is in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    pub id: Id<Bulk>,
    pub success: Success,
    /// Whether it can be asked for again.
    pub has_key: bool,
}

/// Does what `body` asks for, or finds what became of it when it was asked for before.
///
/// # Errors
///
/// If the body is not whole, not readable, or not the one that the key stands for, nothing was done.
/// If the database refuses in between, some rows may be done: the same request goes on with the rest.
pub async fn write_bulk<R: Roster, B: AsRef<[u8]>>(
    app: &App,
    roster: R,
    order: Order,
    table: Table,
    body: impl Stream<Item = Result<B, Error>>,
) -> Result<Written, Error> {
    let has_key = order.idempotency_key.is_some();
    let body = pin!(body);
    let mut intake = Intake::new(table.kind(), app.settings.bulk.max_body_bytes, body);
    let done = match claim::claim(app, &order).await {
        Ok(Claim::New(mut hold)) => {
            let whole = receive::<R::Status, B>(&mut hold, table, &mut intake).await;
            to_the_end(hold, whole, roster, &order).await
        }
        Ok(Claim::GoesOn(mut hold, digest)) => {
            let whole = intake.is_the_same(&digest, Some(&mut hold)).await;
            to_the_end(hold, whole, roster, &order).await
        }
        Ok(Claim::Answered(id, digest)) => {
            intake.is_the_same(&digest, None).await?;
            Ok((id, app.db.read(move |conn| bulk_rows::success(conn, id)).await?))
        }
        Err(error @ Error::StillRunning) => Err(error),
        Err(error) => return Err(intake.rest(error).await),
    };
    let (id, success) = match done {
        // Whoever does it may be done by the time that the body has come.
        Err(Error::StillRunning | Error::HoldLost) => {
            intake.skip().await?;
            claim::answered(app, order, intake.digest()).await?
        }
        done => done?,
    };
    Ok(Written { id, success, has_key })
}
