//! Who does a request: the first who comes with its key, until that one is lost.

use database::AnyConnection;
use model::Id;

use super::hold::{Hold, terms};
use crate::{
    app::App,
    domain::bulk::{Bulk, Holder, Order, Repetition},
    error::Error,
    store::bulk_writes::{self, Terms},
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
    let (within, order) = (app.clone(), order.clone());
    app.db
        .write(move |conn| {
            let known = match &order.idempotency_key {
                Some(key) => bulk_writes::with_key(conn, order.user_id, key)?,
                None => None,
            };
            let now = within.clock.now();
            let terms = terms(&within, &order, now);
            let Some(known) = known else { return begin(conn, within, &order, terms) };
            match (known.repetition(&order.target, now), &known.body_digest) {
                (Repetition::TooEarly, _) => Err(Error::StillRunning),
                (Repetition::OtherTarget, _) => Err(Error::KeyReused),
                (Repetition::Answered, Some(digest)) => {
                    Ok(Claim::Answered(known.id, digest.clone()))
                }
                (Repetition::GoesOn, Some(digest)) => {
                    let holder = Id::<Holder>::fresh();
                    bulk_writes::take_over(conn, &known, holder, terms.lease_ends_at)?;
                    Ok(Claim::GoesOn(Hold::new(within, known.id, holder), digest.clone()))
                }
                (Repetition::Anew | Repetition::Answered | Repetition::GoesOn, _) => {
                    bulk_writes::forget(conn, known.id)?;
                    begin(conn, within, &order, terms)
                }
            }
        })
        .await
}

fn begin(conn: &mut AnyConnection, app: App, order: &Order, terms: Terms) -> Result<Claim, Error> {
    let (id, holder) = (Id::<Bulk>::fresh(), Id::<Holder>::fresh());
    if bulk_writes::insert(conn, id, order, holder, terms)? {
        Ok(Claim::New(Hold::new(app, id, holder)))
    } else {
        Err(Error::StillRunning)
    }
}
