//! Credentials of learners, as credentials-service tells of them.

use std::collections::HashMap;

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::schema::learner_credentials;
use crate::domain::completion::{Achievement, LearnerCredential, Told};

/// The most usernames of one statement.
const MOST_USERNAMES: usize = 1000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = learner_credentials)]
struct Row {
    id: Id<LearnerCredential>,
    username: String,
    course_key: Option<String>,
    program_uuid: Option<Id<Achievement>>,
    public_url: String,
    awarded_sequence: Option<i64>,
    awarded_at: Option<Timestamp>,
    revoked_sequence: Option<i64>,
    revoked_at: Option<Timestamp>,
}

impl TryFrom<Row> for LearnerCredential {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let achievement = match (row.course_key, row.program_uuid) {
            (Some(key), None) => Achievement::Course { key },
            (None, Some(uuid)) => Achievement::Program { uuid: uuid.uuid() },
            _ => {
                return Err(Error::corrupt("learner_credentials", row.id, "not of one thing"));
            }
        };
        let told = |sequence: Option<i64>, at: Option<Timestamp>| {
            Some(Told { sequence: sequence?, at: at? })
        };
        Ok(Self {
            uuid: row.id.uuid(),
            username: row.username,
            achievement,
            public_url: row.public_url,
            awarded: told(row.awarded_sequence, row.awarded_at),
            revoked: told(row.revoked_sequence, row.revoked_at),
        })
    }
}

/// Adds news of a credential to what is known of it. Each half of the row, and its description,
/// changes only for news that is newer than its own, so the order of arrival does not matter.
pub fn note(conn: &mut AnyConnection, news: &LearnerCredential) -> Result<(), Error> {
    let id = Id::<LearnerCredential>::from(news.uuid);
    let told = [news.awarded, news.revoked];
    let sequence = told.iter().flatten().map(|told| told.sequence).max().unwrap_or_default();
    let (course_key, program_uuid) = match &news.achievement {
        Achievement::Course { key } => (Some(key.as_str()), None),
        Achievement::Program { uuid } => (None, Some(Id::<Achievement>::from(*uuid))),
    };
    let description = (
        learner_credentials::sequence.eq(sequence),
        learner_credentials::username.eq(&news.username),
        learner_credentials::course_key.eq(course_key),
        learner_credentials::program_uuid.eq(program_uuid),
        learner_credentials::public_url.eq(&news.public_url),
    );
    let insert = diesel::insert_into(learner_credentials::table)
        .values((
            learner_credentials::id.eq(id),
            description,
            learner_credentials::awarded_sequence.eq(news.awarded.map(|told| told.sequence)),
            learner_credentials::awarded_at.eq(news.awarded.map(|told| told.at)),
            learner_credentials::revoked_sequence.eq(news.revoked.map(|told| told.sequence)),
            learner_credentials::revoked_at.eq(news.revoked.map(|told| told.at)),
        ))
        .on_conflict(learner_credentials::id)
        .do_nothing();
    if Portable(insert).execute(conn)? == 1 {
        return Ok(());
    }
    diesel::update(learner_credentials::table.find(id))
        .filter(learner_credentials::sequence.lt(sequence))
        .set(description)
        .execute(conn)?;
    if let Some(awarded) = news.awarded {
        let known = learner_credentials::awarded_sequence;
        diesel::update(learner_credentials::table.find(id))
            .filter(known.is_null().or(known.lt(awarded.sequence)))
            .set((
                known.eq(Some(awarded.sequence)),
                learner_credentials::awarded_at.eq(Some(awarded.at)),
            ))
            .execute(conn)?;
    }
    if let Some(revoked) = news.revoked {
        let known = learner_credentials::revoked_sequence;
        diesel::update(learner_credentials::table.find(id))
            .filter(known.is_null().or(known.lt(revoked.sequence)))
            .set((
                known.eq(Some(revoked.sequence)),
                learner_credentials::revoked_at.eq(Some(revoked.at)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Every credential of some learners, revoked ones included, by username.
pub fn of_learners(
    conn: &mut AnyConnection,
    usernames: &[&str],
) -> Result<HashMap<String, Vec<LearnerCredential>>, Error> {
    let mut held: HashMap<String, Vec<LearnerCredential>> = HashMap::new();
    for usernames in usernames.chunks(MOST_USERNAMES) {
        let rows: Vec<Row> = learner_credentials::table
            .filter(learner_credentials::username.eq_any(usernames))
            .order(learner_credentials::id)
            .select(Row::as_select())
            .load(conn)?;
        for row in rows {
            let credential = LearnerCredential::try_from(row)?;
            held.entry(credential.username.clone()).or_default().push(credential);
        }
    }
    Ok(held)
}
