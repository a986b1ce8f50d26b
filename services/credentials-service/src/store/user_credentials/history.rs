//! Who changed which status, and how.

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::Timestamp;

use crate::{
    domain::user_credential::Status,
    store::{rows::insert_all, schema::user_credential_changes},
};

/// One change of status.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    pub user_credential_id: i64,
    pub old: Option<Status>,
    pub new: Status,
    /// A username, or the name of a service.
    pub by: &'a str,
    /// The way it came: `api-v2`, `event` …
    pub channel: &'a str,
    pub at: Timestamp,
}

/// Adds changes to the history.
pub fn record(conn: &mut AnyConnection, changes: &[Change<'_>]) -> Result<(), Error> {
    let row = |change: &Change<'_>| {
        (
            user_credential_changes::user_credential_id.eq(change.user_credential_id),
            user_credential_changes::old_status.eq(change.old.map(Status::as_str)),
            user_credential_changes::new_status.eq(change.new.as_str()),
            user_credential_changes::changed_by.eq(change.by.to_owned()),
            user_credential_changes::channel.eq(change.channel.to_owned()),
            user_credential_changes::changed_at.eq(change.at),
        )
    };
    let rows: Vec<_> = changes.iter().map(row).collect();
    insert_all!(conn, rows, |rows| diesel::insert_into(user_credential_changes::table)
        .values(rows))?;
    Ok(())
}
