//! Carries out awards, one or a thousand, in one transaction and in as few statements.

use database::AnyConnection;
use model::{Id, Timestamp};

use super::{
    Actor, Urgency,
    announce::{AfterCommit, announce},
};
use crate::{
    app::App,
    domain::{
        award::{Award, Configured, in_turn},
        user::Profile,
        user_credential::{Attribute, CertificateId, Of, Status, UserCredential},
    },
    error::Error,
    store::{
        self,
        user_credentials::{Change, Fresh, Held},
    },
};

/// What came of an award.
#[derive(Debug, Clone)]
pub struct Awarded {
    pub credential: UserCredential,
    pub attributes: Vec<Attribute>,
    /// Whether the learner never had it before.
    pub is_new: bool,
    /// Whether there is a document that can be fetched.
    pub is_documented: bool,
}

/// Who wants it, how soon, and when that was.
#[derive(Debug, Clone)]
pub(super) struct By {
    pub actor: Actor,
    pub urgency: Urgency,
    pub now: Timestamp,
}

type Found = Award<Configured>;

/// Brings each credential into the state that is asked for, and tells the other services what
/// changed: exactly what the awards would do one after the other, were it done in an instant.
/// Answers in their order. Whoever calls holds the learners.
pub(super) fn award_all(
    conn: &mut AnyConnection,
    app: &App,
    awards: &[Found],
    by: &By,
) -> Result<(Vec<Awarded>, AfterCommit), Error> {
    let learners = awards.iter().map(|award| award.username.as_str());
    let (mut done, mut after_commit) = (Vec::with_capacity(awards.len()), AfterCommit::default());
    for places in in_turn(learners) {
        let turn: Vec<&Found> = places.iter().filter_map(|place| awards.get(*place)).collect();
        let (awarded, changed) = one_each(conn, app, &turn, by)?;
        done.extend(places.into_iter().zip(awarded));
        after_commit.extend(changed);
    }
    done.sort_by_key(|(place, _)| *place);
    Ok((done.into_iter().map(|(_, awarded)| awarded).collect(), after_commit))
}

/// The same for awards of which each learner has one.
fn one_each(
    conn: &mut AnyConnection,
    app: &App,
    awards: &[&Found],
    by: &By,
) -> Result<(Vec<Awarded>, AfterCommit), Error> {
    let (learners, certificates) = asked(awards);
    let before = store::user_credentials::held(conn, &learners, &certificates)?;
    insert_new(conn, awards, &before, by)?;
    change_old(conn, awards, &before, by)?;
    let held = store::user_credentials::held_with_programs(conn, &learners, &certificates)?;
    let holding = |award: &&Found| held.of(award).cloned().ok_or(Error::NoSuchCredential);
    let after = awards.iter().map(holding).collect::<Result<Vec<UserCredential>, _>>()?;
    let olds = awards.iter().map(|award| before.of(award).map(|credential| credential.status));
    remember(conn, after.iter().zip(olds), by)?;
    add_attributes(conn, awards, &after)?;
    make_learners_known(conn, awards)?;
    let programs = |_: &mut AnyConnection, learners: &[&str]| Ok(held.programs_of(learners));
    let after_commit = announce_with_programs(conn, app, after.clone(), programs, by)?;
    Ok((answers(conn, awards, &before, after)?, after_commit))
}

/// The learners of awards, and the configurations.
fn asked<'a>(awards: &[&'a Found]) -> (Vec<&'a str>, Vec<CertificateId>) {
    let usernames = awards.iter().map(|award| award.username.as_str()).collect();
    let mut certificates: Vec<_> = awards.iter().map(|award| award.what.certificate).collect();
    certificates.sort_unstable();
    certificates.dedup();
    (usernames, certificates)
}

fn insert_new(
    conn: &mut AnyConnection,
    awards: &[&Found],
    before: &Held,
    by: &By,
) -> Result<(), Error> {
    let new = awards.iter().filter(|award| before.of(award).is_none());
    let fresh: Vec<Fresh<'_>> = new
        .map(|award| Fresh {
            uuid: Id::fresh(),
            site_id: award.what.site_id,
            username: &award.username,
            certificate: award.what.certificate,
            status: award.status,
            date_override: award.date_after(None),
            created: by.now,
        })
        .collect();
    Ok(store::user_credentials::insert(conn, &fresh)?)
}

fn change_old(
    conn: &mut AnyConnection,
    awards: &[&Found],
    before: &Held,
    by: &By,
) -> Result<(), Error> {
    let old = || awards.iter().filter_map(|award| Some((before.of(award)?, award)));
    for status in [Status::Awarded, Status::Revoked] {
        let theirs = old().filter(|(_, award)| award.status == status);
        let ids: Vec<i64> = theirs.map(|(credential, _)| credential.id).collect();
        store::user_credentials::set_statuses(conn, &ids, status, by.now)?;
    }
    for (credential, award) in old() {
        let date = award.date_after(credential.date_override);
        if date != credential.date_override {
            store::user_credentials::set_date_override(conn, credential.id, date)?;
        }
    }
    Ok(())
}

fn add_attributes(
    conn: &mut AnyConnection,
    awards: &[&Found],
    credentials: &[UserCredential],
) -> Result<(), Error> {
    let of_each = awards.iter().zip(credentials).flat_map(|(award, credential)| {
        award.attributes.iter().map(|attribute| (credential.id, attribute))
    });
    Ok(store::user_credentials::set_attributes(conn, &of_each.collect::<Vec<_>>())?)
}

fn make_learners_known(conn: &mut AnyConnection, awards: &[&Found]) -> Result<(), Error> {
    for award in awards {
        if let Some(lms_user_id) = award.lms_user_id {
            let profile =
                Profile { lms_user_id: Some(lms_user_id), ..Profile::named(&award.username) };
            store::users::ensure(conn, &profile)?;
        }
    }
    Ok(())
}

/// Adds to the history what changed: credentials, each with the status that it had before.
pub(super) fn remember<'a>(
    conn: &mut AnyConnection,
    credentials: impl IntoIterator<Item = (&'a UserCredential, Option<Status>)>,
    by: &By,
) -> Result<(), Error> {
    let changed = credentials.into_iter().filter(|(after, old)| *old != Some(after.status));
    let changes = changed.map(|(after, old)| Change {
        user_credential_id: after.id,
        old,
        new: after.status,
        by: &by.actor.name,
        channel: by.actor.channel,
        at: by.now,
    });
    Ok(store::user_credentials::record(conn, &changes.collect::<Vec<_>>())?)
}

/// Tells what is news about changed credentials, and about the programs of learners whose course
/// credentials gave them another date. `programs` finds those that learners hold.
pub(super) fn announce_with_programs(
    conn: &mut AnyConnection,
    app: &App,
    mut changed: Vec<UserCredential>,
    programs: impl FnOnce(&mut AnyConnection, &[&str]) -> Result<Vec<UserCredential>, database::Error>,
    by: &By,
) -> Result<AfterCommit, Error> {
    let of_courses = changed.iter().filter(|each| matches!(each.of, Of::Course { .. }));
    let learners: Vec<&str> = of_courses.map(|each| each.username.as_str()).collect();
    if !learners.is_empty() {
        let programs = programs(conn, &learners)?;
        changed.extend(programs);
    }
    Ok(announce(conn, app, changed, by.urgency, by.now)?)
}

fn answers(
    conn: &mut AnyConnection,
    awards: &[&Found],
    before: &Held,
    after: Vec<UserCredential>,
) -> Result<Vec<Awarded>, Error> {
    let old = awards.iter().filter_map(|award| before.of(award));
    let old: Vec<i64> = old.map(|credential| credential.id).collect();
    let mut attributes = store::user_credentials::attributes_of_all(conn, &old)?;
    let documented = store::documents::ready(conn, &old)?;
    let answer = |(award, credential): (&&Found, UserCredential)| Awarded {
        attributes: match before.of(award) {
            Some(old) => attributes.remove(&old.id).unwrap_or_default(),
            None => award.attributes.clone(),
        },
        is_new: before.of(award).is_none(),
        is_documented: documented.contains(&credential.id),
        credential,
    };
    Ok(awards.iter().zip(after).map(answer).collect())
}
