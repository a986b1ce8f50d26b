//! Awards, re-awards, changes or revokes a credential: the LMS's one call for all of them.

use database::AnyConnection;
use model::{Id, Timestamp};

use super::{Actor, announce};
use crate::{
    app::App,
    domain::{
        catalog::Program,
        configuration::{self, CourseCertificate},
        site::Site,
        user::Profile,
        user_credential::{Attribute, Award, Awardable, Status, UserCredential},
    },
    error::Error,
    store::{
        self,
        user_credentials::{Certificate, Change},
    },
};

/// What came of it.
#[derive(Debug, Clone)]
pub struct Awarded {
    pub credential: UserCredential,
    pub attributes: Vec<Attribute>,
}

/// Brings the credential of (learner, configuration) into the state that is asked for, and tells
/// the other services if that changed anything, or does neither.
pub async fn award_credential(
    app: &App,
    site: &Site,
    award: Award,
    actor: Actor,
) -> Result<Awarded, Error> {
    let (now, fresh) = (app.clock.now(), Id::fresh());
    let (inner, site_id) = (app.clone(), site.id);
    let (awarded, touched) = app
        .db
        .write(move |conn| {
            store::learners::lock(conn, &award.username)?;
            let (site_id, certificate) = configured(conn, site_id, &award.what, now)?;
            let (id, is_new) = store::user_credentials::claim(
                conn,
                site_id,
                &award.username,
                certificate,
                fresh,
                now,
            )?;
            let old =
                if is_new { None } else { Some(store::user_credentials::get(conn, id)?.status) };
            let date_override = match certificate {
                Certificate::Course(_) => award.date_override,
                Certificate::Program(_) => None,
            };
            store::user_credentials::save_status(conn, id, award.status, date_override)?;
            for attribute in &award.attributes {
                store::user_credentials::set_attribute(conn, id, attribute)?;
            }
            if let Some(lms_user_id) = award.lms_user_id {
                let profile =
                    Profile { lms_user_id: Some(lms_user_id), ..Profile::named(&award.username) };
                store::users::ensure(conn, &profile)?;
            }
            remember(conn, id, old, award.status, &actor, now)?;
            let mut touched = announce::announce(conn, &inner, id, now)?;
            if let Certificate::Course(_) = certificate {
                touched.extend(announce::announce_programs_of(conn, &inner, &award.username, now)?);
            }
            let credential = store::user_credentials::get(conn, id)?;
            let attributes = store::user_credentials::attributes(conn, id)?;
            Ok::<_, Error>((Awarded { credential, attributes }, touched))
        })
        .await?;
    app.pages.forget(touched);
    Ok(awarded)
}

/// Adds to the history if the status changed.
pub(super) fn remember(
    conn: &mut AnyConnection,
    id: i64,
    old: Option<Status>,
    new: Status,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), Error> {
    if old == Some(new) {
        return Ok(());
    }
    let change = Change {
        user_credential_id: id,
        old,
        new,
        by: &actor.name,
        channel: actor.channel,
        at: now,
    };
    Ok(store::user_credentials::record(conn, &change)?)
}

fn configured(
    conn: &mut AnyConnection,
    site_id: i64,
    what: &Awardable,
    now: Timestamp,
) -> Result<(i64, Certificate), Error> {
    match what {
        Awardable::Program(uuid) => program(conn, site_id, *uuid),
        Awardable::CourseRun { key, mode } => {
            let id = course_run(conn, site_id, key, mode.as_deref(), now)?;
            Ok((site_id, Certificate::Course(id)))
        }
    }
}

/// The site's active configuration; where the site has none, the only active one of any site.
fn program(
    conn: &mut AnyConnection,
    site_id: i64,
    uuid: Id<Program>,
) -> Result<(i64, Certificate), Error> {
    let own = store::program_certificates::of_program(conn, site_id, uuid)?;
    if let Some(certificate) = own.filter(|certificate| certificate.is_active) {
        return Ok((site_id, Certificate::Program(certificate.id)));
    }
    let mut anywhere = store::program_certificates::active_anywhere(conn, uuid)?;
    match (anywhere.pop(), anywhere.pop()) {
        (Some((site_id, certificate)), None) => Ok((site_id, Certificate::Program(certificate.id))),
        _ => Err(Error::NoActiveProgramCertificate(uuid)),
    }
}

/// The configuration of the run, which is made on the fly when the catalog knows the run.
fn course_run(
    conn: &mut AnyConnection,
    site_id: i64,
    key: &str,
    mode: Option<&str>,
    now: Timestamp,
) -> Result<i64, Error> {
    let known = store::course_certificates::of_run(conn, site_id, key)?;
    if let Some(certificate) = configuration::choose(known, mode) {
        return if certificate.is_active {
            Ok(certificate.id)
        } else {
            Err(Error::NoActiveCourseCertificate(key.to_owned()))
        };
    }
    let no_such_run = || Error::NoSuchCourseRun(key.to_owned());
    let run = store::course_runs::find(conn, site_id, key)?.ok_or_else(no_such_run)?;
    let mode = mode.ok_or(Error::NoMode)?;
    store::course_runs::lock(conn, run.id)?;
    let certificate = CourseCertificate {
        id: 0,
        course_id: run.key,
        course_run_id: Some(run.id),
        certificate_type: mode.to_owned(),
        title: None,
        is_active: true,
        certificate_available_date: None,
        created: now,
        modified: now,
    };
    // Whoever held the run before may have made one meanwhile.
    let known = store::course_certificates::of_run(conn, site_id, key)?;
    if let Some(certificate) = configuration::choose(known, Some(mode)) {
        return Ok(certificate.id);
    }
    let made = store::course_certificates::insert(conn, site_id, &certificate)?;
    made.ok_or_else(|| Error::NoActiveCourseCertificate(key.to_owned()))
}
