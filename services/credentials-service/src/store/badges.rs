//! Open Badges that the badge service makes.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::{badges, user_credentials};
use crate::domain::{document::Badge, user_credential::UserCredential};

#[derive(Queryable, Selectable)]
#[diesel(table_name = badges)]
struct Row {
    assertion_id: String,
    credential_sequence: i64,
    assertion_sequence: i64,
    open_badge_id: String,
    page_url: String,
    image_url: String,
    revoked: bool,
}

/// The badge of a credential.
pub fn find(conn: &mut AnyConnection, credential: i64) -> Result<Option<Badge>, Error> {
    let row: Option<Row> =
        badges::table.find(credential).select(Row::as_select()).first(conn).optional()?;
    Ok(row.map(|row| Badge {
        assertion_id: row.assertion_id,
        credential_sequence: row.credential_sequence,
        assertion_sequence: row.assertion_sequence,
        open_badge_id: row.open_badge_id,
        page_url: row.page_url,
        image_url: row.image_url,
        revoked: row.revoked,
    }))
}

/// Writes the badge of a credential over any other.
pub fn save(
    conn: &mut AnyConnection,
    credential: i64,
    badge: &Badge,
    now: Timestamp,
) -> Result<(), Error> {
    let changing = (
        badges::assertion_id.eq(&badge.assertion_id),
        badges::credential_sequence.eq(badge.credential_sequence),
        badges::assertion_sequence.eq(badge.assertion_sequence),
        badges::open_badge_id.eq(&badge.open_badge_id),
        badges::page_url.eq(&badge.page_url),
        badges::image_url.eq(&badge.image_url),
        badges::revoked.eq(badge.revoked),
        badges::modified.eq(now),
    );
    let insert = diesel::insert_into(badges::table)
        .values((badges::user_credential_id.eq(credential), changing))
        .on_conflict(badges::user_credential_id)
        .do_update()
        .set(changing);
    Portable(insert).execute(conn)?;
    Ok(())
}

/// Marks a badge as revoked, unless newer news of it was heard; answers whose badge it is.
pub fn revoke(
    conn: &mut AnyConnection,
    assertion_id: &str,
    sequence: i64,
    now: Timestamp,
) -> Result<Option<Id<UserCredential>>, Error> {
    let credential: Option<i64> = diesel::update(badges::table)
        .filter(badges::assertion_id.eq(assertion_id))
        .filter(badges::assertion_sequence.lt(sequence))
        .set((
            badges::revoked.eq(true),
            badges::assertion_sequence.eq(sequence),
            badges::modified.eq(now),
        ))
        .returning(badges::user_credential_id)
        .get_result(conn)
        .optional()?;
    let Some(credential) = credential else { return Ok(None) };
    let uuid = user_credentials::table.find(credential).select(user_credentials::uuid);
    Ok(Some(uuid.first(conn)?))
}
