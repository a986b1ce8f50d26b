//! Awards, re-awards, changes or revokes a credential: the LMS's one call for all of them.

use database::AnyConnection;
use model::{Id, Timestamp};

use super::{
    Actor, Awarded, Urgency,
    award_all::{By, award_all},
};
use crate::{
    app::App,
    domain::{
        award::{Award, Awardable, Configured},
        catalog::{CourseRun, Program},
        configuration::{self, CourseCertificate},
        site::Site,
        user_credential::CertificateId,
    },
    error::Error,
    store::{self, configurations::Kept},
};

/// Brings the credential of (learner, configuration) into the state that is asked for, and tells
/// the other services if that changed anything, or does neither.
pub async fn award_credential(
    app: &App,
    site: &Site,
    award: Award<Awardable>,
    actor: Actor,
) -> Result<Awarded, Error> {
    let (inner, site_id) = (app.clone(), site.id);
    let by = By { actor, urgency: Urgency::Interactive, now: app.clock.now() };
    let (awarded, after_commit) = app
        .db
        .write(move |conn| {
            store::learners::lock(conn, &award.username)?;
            let found = find_or_make(conn, site_id, &award.what, by.now)?;
            let (mut awarded, after_commit) = award_all(conn, &inner, &[award.of(found)], &by)?;
            Ok::<_, Error>((awarded.pop().ok_or(Error::NoSuchCredential)?, after_commit))
        })
        .await?;
    after_commit.run(app);
    Ok(awarded)
}

/// Says whether something can be awarded, without making anything.
///
/// # Errors
///
/// What an award would fail with.
pub fn check_awardable(
    conn: &mut AnyConnection,
    site_id: i64,
    what: &Awardable,
) -> Result<(), Error> {
    match what {
        Awardable::Program(uuid) => program(conn, site_id, *uuid).map(drop),
        Awardable::CourseRun { key, mode } => {
            course_run(conn, site_id, key, mode.as_deref()).map(drop)
        }
    }
}

fn find_or_make(
    conn: &mut AnyConnection,
    site_id: i64,
    what: &Awardable,
    now: Timestamp,
) -> Result<Configured, Error> {
    match what {
        Awardable::Program(uuid) => program(conn, site_id, *uuid),
        Awardable::CourseRun { key, mode } => {
            let id = match course_run(conn, site_id, key, mode.as_deref())? {
                Course::Configured(id) => id,
                Course::ToMake(run, mode) => make(conn, site_id, run, &mode, now)?,
            };
            Ok(Configured { site_id, certificate: CertificateId::Course(id) })
        }
    }
}

/// The site's active configuration; where the site has none, the only active one of any site.
fn program(conn: &mut AnyConnection, site_id: i64, uuid: Id<Program>) -> Result<Configured, Error> {
    let of = |site_id, id| Configured { site_id, certificate: CertificateId::Program(id) };
    let own = store::program_certificates::of_program(conn, site_id, uuid)?;
    if let Some(certificate) = own.filter(|certificate| certificate.is_active) {
        return Ok(of(site_id, certificate.id));
    }
    let mut anywhere = store::program_certificates::active_anywhere(conn, uuid)?;
    match (anywhere.pop(), anywhere.pop()) {
        (Some((site_id, certificate)), None) => Ok(of(site_id, certificate.id)),
        _ => Err(Error::NoActiveProgramCertificate(uuid)),
    }
}

/// What an award of a course run is of.
enum Course {
    /// The id of an active configuration.
    Configured(i64),
    /// None is there, and it can be made in this mode.
    ToMake(CourseRun, String),
}

fn course_run(
    conn: &mut AnyConnection,
    site_id: i64,
    key: &str,
    mode: Option<&str>,
) -> Result<Course, Error> {
    let known = store::course_certificates::of_run(conn, site_id, key)?;
    match configuration::choose(known, mode) {
        Some(certificate) if certificate.is_active => Ok(Course::Configured(certificate.id)),
        Some(_) => Err(Error::NoActiveCourseCertificate(key.to_owned())),
        None => {
            let run = store::course_runs::find(conn, site_id, key)?;
            let run = run.ok_or_else(|| Error::NoSuchCourseRun(key.to_owned()))?;
            Ok(Course::ToMake(run, mode.ok_or(Error::NoMode)?.to_owned()))
        }
    }
}

fn make(
    conn: &mut AnyConnection,
    site_id: i64,
    run: CourseRun,
    mode: &str,
    now: Timestamp,
) -> Result<i64, Error> {
    store::course_runs::lock(conn, run.id)?;
    // Whoever held the run before may have made one meanwhile.
    let known = store::course_certificates::of_run(conn, site_id, &run.key)?;
    if let Some(certificate) = configuration::choose(known, Some(mode)) {
        return Ok(certificate.id);
    }
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
    // Nobody remembers what a new configuration shows, so that this change need not be counted: first
    // awards would wait for each other.
    let made = certificate.insert(conn, site_id)?;
    made.ok_or(Error::NoActiveCourseCertificate(certificate.course_id))
}
