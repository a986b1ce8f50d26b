//! Writes credentials. Whoever calls holds the learners.

use database::{AnyConnection, Error};
use diesel::{prelude::*, upsert::excluded};
use model::{Id, Timestamp};

use crate::{
    domain::user_credential::{CertificateId, Status, UserCredential},
    store::{rows::insert_all, schema::user_credentials},
};

#[derive(Insertable)]
#[diesel(table_name = user_credentials, treat_none_as_default_value = false)]
struct Row<'a> {
    uuid: Id<UserCredential>,
    site_id: i64,
    username: &'a str,
    username_folded: String,
    course_certificate_id: Option<i64>,
    program_certificate_id: Option<i64>,
    status: &'static str,
    date_override: Option<Timestamp>,
    sequence: i64,
    revoked_sequence: i64,
    told: Option<&'a str>,
    created: Timestamp,
    modified: Timestamp,
}

#[derive(Insertable)]
#[diesel(table_name = user_credentials, treat_none_as_default_value = false)]
struct KnownRow<'a> {
    id: i64,
    #[diesel(embed)]
    row: Row<'a>,
}

/// A credential that nobody was told of.
#[derive(Debug, Clone, Copy)]
pub struct Fresh<'a> {
    pub uuid: Id<UserCredential>,
    pub site_id: i64,
    pub username: &'a str,
    pub certificate: CertificateId,
    pub status: Status,
    pub date_override: Option<Timestamp>,
    pub created: Timestamp,
}

impl<'a> From<&Fresh<'a>> for Row<'a> {
    fn from(fresh: &Fresh<'a>) -> Self {
        let (course_certificate_id, program_certificate_id) = columns(fresh.certificate);
        Self {
            uuid: fresh.uuid,
            site_id: fresh.site_id,
            username: fresh.username,
            username_folded: fresh.username.to_lowercase(),
            course_certificate_id,
            program_certificate_id,
            status: fresh.status.as_str(),
            date_override: fresh.date_override,
            sequence: 0,
            revoked_sequence: 0,
            told: None,
            created: fresh.created,
            modified: fresh.created,
        }
    }
}

impl<'a> From<&'a UserCredential> for KnownRow<'a> {
    fn from(credential: &'a UserCredential) -> Self {
        let (course_certificate_id, program_certificate_id) = columns(credential.of.certificate());
        let row = Row {
            uuid: credential.uuid,
            site_id: credential.site_id,
            username: &credential.username,
            username_folded: credential.username.to_lowercase(),
            course_certificate_id,
            program_certificate_id,
            status: credential.status.as_str(),
            date_override: credential.date_override,
            sequence: credential.sequence,
            revoked_sequence: credential.revoked_sequence,
            told: credential.told.as_deref(),
            created: credential.created,
            modified: credential.modified,
        };
        Self { id: credential.id, row }
    }
}

fn columns(certificate: CertificateId) -> (Option<i64>, Option<i64>) {
    match certificate {
        CertificateId::Course(id) => (Some(id), None),
        CertificateId::Program(id) => (None, Some(id)),
    }
}

/// Writes new credentials, of learners who do not have them.
pub fn insert(conn: &mut AnyConnection, fresh: &[Fresh<'_>]) -> Result<(), Error> {
    let rows: Vec<Row<'_>> = fresh.iter().map(Row::from).collect();
    insert_all!(conn, rows, |rows| diesel::insert_into(user_credentials::table).values(rows))?;
    Ok(())
}

/// Takes a row until the transaction ends, and answers its id; `None` where the site has no such
/// credential.
pub fn touch(
    conn: &mut AnyConnection,
    site_id: i64,
    uuid: Id<UserCredential>,
    now: Timestamp,
) -> Result<Option<i64>, Error> {
    Ok(diesel::update(user_credentials::table)
        .filter(user_credentials::site_id.eq(site_id))
        .filter(user_credentials::uuid.eq(uuid))
        .set(user_credentials::modified.eq(now))
        .returning(user_credentials::id)
        .get_result(conn)
        .optional()?)
}

/// Gives credentials a status.
pub fn set_statuses(
    conn: &mut AnyConnection,
    ids: &[i64],
    status: Status,
    now: Timestamp,
) -> Result<(), Error> {
    let changes =
        (user_credentials::status.eq(status.as_str()), user_credentials::modified.eq(now));
    match ids {
        [] => 0,
        [id] => diesel::update(user_credentials::table.find(id)).set(changes).execute(conn)?,
        ids => diesel::update(user_credentials::table.filter(user_credentials::id.eq_any(ids)))
            .set(changes)
            .execute(conn)?,
    };
    Ok(())
}

/// Replaces the date that a course certificate shows, or stops doing so.
pub fn set_date_override(
    conn: &mut AnyConnection,
    id: i64,
    date: Option<Timestamp>,
) -> Result<(), Error> {
    let changed = diesel::update(user_credentials::table.find(id))
        .set(user_credentials::date_override.eq(date))
        .execute(conn)?;
    database::expect_one(changed, "user_credentials", id)
}

/// Notes what was told of credentials, each over the sequence before.
///
/// # Errors
///
/// [`Error::Stale`] if something else was told of one of them meanwhile.
pub fn save_told(conn: &mut AnyConnection, told: &[UserCredential]) -> Result<(), Error> {
    let written = match told {
        [one] => diesel::update(user_credentials::table.find(one.id))
            .filter((user_credentials::sequence + 1).eq(one.sequence))
            .set((
                user_credentials::sequence.eq(one.sequence),
                user_credentials::revoked_sequence.eq(one.revoked_sequence),
                user_credentials::told.eq(&one.told),
            ))
            .execute(conn)?,
        many => save_told_of_many(conn, many)?,
    };
    match told.first().filter(|_| written != told.len()) {
        Some(first) => database::expect_one(0, "user_credentials", first.id),
        None => Ok(()),
    }
}

fn save_told_of_many(conn: &mut AnyConnection, told: &[UserCredential]) -> Result<usize, Error> {
    use diesel::query_dsl::methods::FilterDsl;

    let rows: Vec<KnownRow<'_>> = told.iter().map(KnownRow::from).collect();
    // The rows are there: this is the update of many rows that has one statement in both databases.
    Ok(insert_all!(conn, rows, |rows| diesel::insert_into(user_credentials::table)
        .values(rows)
        .on_conflict(user_credentials::id)
        .do_update()
        .set((
            user_credentials::sequence.eq(excluded(user_credentials::sequence)),
            user_credentials::revoked_sequence.eq(excluded(user_credentials::revoked_sequence)),
            user_credentials::told.eq(excluded(user_credentials::told)),
        ))
        .filter((user_credentials::sequence + 1).eq(excluded(user_credentials::sequence))))?)
}
