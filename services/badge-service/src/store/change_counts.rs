//! How often something changed that public documents show, for processes that keep documents.

use database::{AnyConnection, Error, expect_one};
use diesel::prelude::*;

use super::schema::change_counts;
use crate::domain::changes::{Changes, Stripe};

const TABLE: &str = "change_counts";

/// Counts one more change in each stripe.
///
/// To be called last in its transaction: the rows stay locked until the commit, and whoever holds
/// one then waits for nothing but rows that come after it.
pub fn count(conn: &mut AnyConnection, changes: &Changes) -> Result<(), Error> {
    for stripe in changes.stripes() {
        let number = stripe.number();
        let changed = diesel::update(change_counts::table.find(i32::from(number)))
            .set(change_counts::changes.eq(change_counts::changes + 1))
            .execute(conn)?;
        expect_one(changed, TABLE, number)?;
    }
    Ok(())
}

/// The counts of all stripes.
pub fn all(conn: &mut AnyConnection) -> Result<Vec<(Stripe, i64)>, Error> {
    let rows: Vec<(i32, i64)> =
        change_counts::table.select((change_counts::stripe, change_counts::changes)).load(conn)?;
    let stripe = |(number, count): (i32, i64)| {
        let number = u8::try_from(number).map_err(|error| Error::corrupt(TABLE, number, error))?;
        Ok((Stripe::from(number), count))
    };
    rows.into_iter().map(stripe).collect()
}
