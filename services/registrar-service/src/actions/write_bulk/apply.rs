//! Does the rows of a request that has come whole, chunk after chunk.

use std::ops::ControlFlow;

use database::AnyConnection;
use model::{Id, Timestamp};
use tracing::Instrument;

use super::{
    CHUNK,
    hold::{Hold, terms},
};
use crate::{
    actions::roster::Roster,
    domain::{
        bulk::{Bulk, Order},
        change::{Change, Outcome, Status, Success},
    },
    error::Error,
    store::{bulk_rows, bulk_writes},
};

/// Does the rows of a body that came whole, also when the caller is gone.
pub(super) async fn to_the_end<R: Roster>(
    hold: Hold,
    whole: Result<(), Error>,
    roster: R,
    order: &Order,
) -> Result<(Id<Bulk>, Success), Error> {
    if let Err(error) = whole {
        hold.release().await;
        return Err(error);
    }
    let id = hold.id;
    let work = apply(hold, roster, order.clone()).in_current_span();
    Ok((id, tokio::spawn(work).await.map_err(|_| Error::Interrupted)??))
}

/// Does all rows that are not decided.
///
/// # Errors
///
/// If the database refuses; then the rest can be gone on with at once.
async fn apply<R: Roster>(mut hold: Hold, roster: R, order: Order) -> Result<Success, Error> {
    let mut after = String::new();
    loop {
        match chunk(&mut hold, &roster, &order, after).await {
            Ok(ControlFlow::Continue(last)) => after = last,
            Ok(ControlFlow::Break(success)) => {
                hold.end();
                return Ok(success);
            }
            Err(error) => {
                hold.release().await;
                return Err(error);
            }
        }
    }
}

/// Does the chunk of rows whose keys come after `after`, and returns the last of them; without a row
/// that is left, finishes the request.
async fn chunk<R: Roster>(
    hold: &mut Hold,
    roster: &R,
    order: &Order,
    after: String,
) -> Result<ControlFlow<Success, String>, Error> {
    let (app, id, roster, order) = (hold.app.clone(), hold.id, roster.clone(), order.clone());
    hold.write(move |conn| {
        let now = app.clock.now();
        let undecided = bulk_rows::undecided(conn, id, &after, CHUNK as i64)?;
        let (numbers, changes): (Vec<i32>, Vec<_>) = undecided.into_iter().unzip();
        let Some(last) = changes.last() else {
            bulk_writes::finish(conn, id, terms(&app, &order, now).expires_at)?;
            return Ok(ControlFlow::Break(bulk_rows::success(conn, id)?));
        };
        let outcomes = outcomes(conn, &roster, &order, &changes, now)?;
        decide(conn, id, numbers.into_iter().zip(outcomes))?;
        Ok(ControlFlow::Continue(last.student_key.clone()))
    })
    .await
}

/// What becomes of changes, or for a dry run would become of them.
fn outcomes<R: Roster>(
    conn: &mut AnyConnection,
    roster: &R,
    order: &Order,
    changes: &[Change<R::Status>],
    now: Timestamp,
) -> Result<Vec<Outcome<R::Status>>, Error> {
    if !order.dry_run {
        return roster.write(conn, order.write, changes, now);
    }
    let steps = roster.steps(conn, order.write, changes)?;
    let foreseen = changes.iter().zip(steps).map(|(change, step)| step.outcome(change.status));
    Ok(foreseen.collect())
}

/// Notes what became of rows: a statement for each outcome, of which there are few.
fn decide<S: Status>(
    conn: &mut AnyConnection,
    id: Id<Bulk>,
    decided: impl Iterator<Item = (i32, Outcome<S>)>,
) -> Result<(), Error> {
    let mut by_outcome: Vec<(Outcome<S>, Vec<i32>)> = Vec::new();
    for (number, outcome) in decided {
        match by_outcome.iter_mut().find(|(each, _)| *each == outcome) {
            Some((_, numbers)) => numbers.push(number),
            None => by_outcome.push((outcome, vec![number])),
        }
    }
    for (outcome, numbers) in by_outcome {
        bulk_rows::decide(conn, id, outcome, &numbers)?;
    }
    Ok(())
}
