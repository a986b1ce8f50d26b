//! Who does a request: the first who comes with its key, until that one is lost.

use database::AnyConnection;
use model::Id;
use tokio::runtime::Handle;

use super::hold::{Hold, terms};
use crate::{
    app::App,
    domain::{
        bulk::{Bulk, Holder, Order, Repetition},
        change::Success,
    },
    error::Error,
    store::{bulk_rows, bulk_writes},
};

/// What there is to do.
pub(super) enum Claim {
    /// All of it.
    New(Hold),
    /// The rest, if the body has this digest.
    GoesOn(Hold, String),
    /// Nothing, if the body has this digest.
    Answered(Id<Bulk>, String),
}

/// Takes hold of a request, or finds what became of it.
///
/// # Errors
///
/// [`Error::StillRunning`] and [`Error::KeyReused`].
pub(super) async fn claim(app: &App, order: &Order) -> Result<Claim, Error> {
    let (within, order, runtime) = (app.clone(), order.clone(), Handle::current());
    app.db
        .write(move |conn| {
            let now = within.clock.now();
            let terms = terms(&within, &order, now);
            let hold = |id, holder| Hold::new(within.clone(), id, holder, runtime.clone());
            if let Some(known) = known(conn, &order)? {
                match (known.repetition(&order.target, now), &known.body_digest) {
                    (Repetition::TooEarly, _) => return Err(Error::StillRunning),
                    (Repetition::OtherTarget, _) => return Err(Error::KeyReused),
                    (Repetition::Answered, Some(digest)) => {
                        return Ok(Claim::Answered(known.id, digest.clone()));
                    }
                    (Repetition::GoesOn, Some(digest)) => {
                        let holder = Id::<Holder>::fresh();
                        let ours =
                            bulk_writes::take_over(conn, &known, holder, terms.lease_ends_at)?;
                        let claim = || Claim::GoesOn(hold(known.id, holder), digest.clone());
                        return ours.then(claim).ok_or(Error::StillRunning);
                    }
                    (Repetition::Anew | Repetition::Answered | Repetition::GoesOn, _) => {
                        bulk_writes::forget(conn, known.id)?;
                    }
                }
            }
            let (id, holder) = (Id::<Bulk>::fresh(), Id::<Holder>::fresh());
            let ours = bulk_writes::insert(conn, id, &order, holder, terms)?;
            ours.then(|| Claim::New(hold(id, holder))).ok_or(Error::StillRunning)
        })
        .await
}

/// What became of a request that another does, once its body was read and had this digest.
///
/// # Errors
///
/// [`Error::StillRunning`] and [`Error::KeyReused`].
pub(super) async fn answered(
    app: &App,
    order: Order,
    digest: String,
) -> Result<(Id<Bulk>, Success), Error> {
    let now = app.clock.now();
    app.db
        .read(move |conn| {
            let known = known(conn, &order)?.ok_or(Error::StillRunning)?;
            match known.repetition(&order.target, now) {
                Repetition::OtherTarget => Err(Error::KeyReused),
                Repetition::Answered if known.body_digest == Some(digest) => {
                    Ok((known.id, bulk_rows::success(conn, known.id)?))
                }
                Repetition::Answered => Err(Error::KeyReused),
                Repetition::Anew | Repetition::GoesOn | Repetition::TooEarly => {
                    Err(Error::StillRunning)
                }
            }
        })
        .await
}

/// The request that was first with the key.
fn known(conn: &mut AnyConnection, order: &Order) -> Result<Option<Bulk>, Error> {
    let Some(key) = &order.idempotency_key else { return Ok(None) };
    Ok(bulk_writes::with_key(conn, order.user_id, key)?)
}
