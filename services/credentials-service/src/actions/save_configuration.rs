//! Makes, changes and removes configurations, of courses and of programs.

mod course;
mod program;

use database::AnyConnection;
use model::Timestamp;

pub use self::{
    course::{CourseCertificateDraft, belonging},
    program::{ProgramCertificateDraft, ProgramName, belonging_of_program},
};
use super::save_signatory::check_signatories;
use crate::{
    app::App,
    domain::role::{Belonging, Deed, Roles},
    error::Error,
    store::{self, configurations::Kept},
};

/// What is different about a kind of configuration.
pub trait Configuration: Kept + Send + 'static {
    /// What a configuration shall be.
    type Draft: Send + 'static;
    /// How a draft names what can be awarded; incomplete while the draft is.
    type Name: Send + 'static;
    /// What the name stands for in the catalog.
    type Subject;
    /// As in the predecessor's messages.
    const KIND: &'static str;
    /// As people call it.
    const NAME: &'static str;
    /// What two configurations of one site cannot share.
    const KEY: &'static str;

    /// Whose it is.
    fn belonging(
        &self,
        conn: &mut AnyConnection,
        site_id: i64,
    ) -> Result<Belonging, database::Error>;

    /// Whose those things are that a name could stand for.
    fn belongings(
        conn: &mut AnyConnection,
        site_id: i64,
        name: &Self::Name,
    ) -> Result<Vec<Belonging>, database::Error>;

    /// The name in a draft.
    fn name(draft: &Self::Draft) -> Self::Name;

    /// What a draft's name stands for.
    fn subject(
        conn: &mut AnyConnection,
        site_id: i64,
        draft: &Self::Draft,
    ) -> Result<Self::Subject, Error>;

    /// The configuration with a draft's key.
    fn with_key(
        conn: &mut AnyConnection,
        site_id: i64,
        draft: &Self::Draft,
        subject: &Self::Subject,
    ) -> Result<Option<Self>, database::Error>;

    /// The field by which a draft would give this configuration another key.
    fn moved_by(&self, draft: &Self::Draft, subject: &Self::Subject) -> Option<&'static str>;

    /// What a draft makes of the configuration before.
    fn after(
        before: Option<&Self>,
        draft: &Self::Draft,
        subject: &Self::Subject,
        now: Timestamp,
    ) -> Self;

    /// Those who shall sign, in order.
    fn signing(draft: &Self::Draft) -> &[i64];

    fn id(&self) -> i64;

    /// The same with another id.
    #[must_use]
    fn with_id(self, id: i64) -> Self;
}

/// Which configuration a draft is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The one with the draft's key; made if there is none.
    Key,
    /// The one with the draft's key, which has to exist.
    ExistingKey,
    Id(i64),
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Saved<C> {
    pub configuration: C,
    /// In order.
    pub signatories: Vec<i64>,
    pub is_new: bool,
}

/// Writes a configuration, and links it to the catalog as far as the catalog has it.
pub async fn save_configuration<C: Configuration>(
    app: &App,
    site_id: i64,
    draft: C::Draft,
    target: Target,
    roles: Roles,
) -> Result<Saved<C>, Error> {
    let now = app.clock.now();
    let saved = app
        .db
        .write(move |conn| {
            if let Target::Id(id) = target {
                permit_id::<C>(conn, site_id, &roles, id)?;
            }
            permit_name::<C>(conn, site_id, &roles, &C::name(&draft))?;
            let subject = C::subject(conn, site_id, &draft)?;
            let existing = find::<C>(conn, site_id, &draft, &subject, target)?;
            check_signatories(conn, site_id, C::signing(&draft))?;
            check_key(conn, existing.as_ref(), &draft, &subject)?;
            let (id, is_new) = write(conn, site_id, existing, &draft, &subject, now)?;
            C::set_signatories(conn, id, C::signing(&draft))?;
            let configuration = C::find(conn, site_id, id)?.ok_or(Error::NoSuch(C::KIND))?;
            let people = C::signatories(conn, id)?;
            let signatories = people.iter().map(|person| person.id).collect();
            store::shown_version::advance(conn)?;
            Ok::<_, Error>(Saved { configuration, signatories, is_new })
        })
        .await?;
    app.pages.forget_all();
    Ok(saved)
}

/// Removes a configuration that nobody was awarded.
pub async fn delete_configuration<C: Configuration>(
    app: &App,
    site_id: i64,
    id: i64,
    roles: Roles,
) -> Result<(), Error> {
    app.db
        .write(move |conn| {
            permit_id::<C>(conn, site_id, &roles, id)?;
            if C::is_in_use(conn, id)? {
                return Err(Error::InUse(C::NAME));
            }
            C::delete(conn, id)?;
            Ok(store::shown_version::advance(conn)?)
        })
        .await
}

/// Holds an editor to the configurations inside their scope.
///
/// # Errors
///
/// [`Error::NoSuch`] for the id of a configuration outside as for one of none.
pub fn permit_id<C: Configuration>(
    conn: &mut AnyConnection,
    site_id: i64,
    roles: &Roles,
    id: i64,
) -> Result<(), Error> {
    let found = C::find(conn, site_id, id)?.ok_or(Error::NoSuch(C::KIND))?;
    let belonging = found.belonging(conn, site_id)?;
    let is_inside = roles.may(Deed::EditConfigurations, &belonging);
    if is_inside { Ok(()) } else { Err(Error::NoSuch(C::KIND)) }
}

/// Holds an editor to the course runs and programs inside their scope.
///
/// # Errors
///
/// [`Error::NotAllowed`] for one outside.
pub fn permit_name<C: Configuration>(
    conn: &mut AnyConnection,
    site_id: i64,
    roles: &Roles,
    name: &C::Name,
) -> Result<(), Error> {
    let belongings = C::belongings(conn, site_id, name)?;
    let are_inside = belongings.iter().all(|each| roles.may(Deed::EditConfigurations, each));
    if are_inside { Ok(()) } else { Err(Error::NotAllowed) }
}

fn find<C: Configuration>(
    conn: &mut AnyConnection,
    site_id: i64,
    draft: &C::Draft,
    subject: &C::Subject,
    target: Target,
) -> Result<Option<C>, Error> {
    let found = match target {
        Target::Id(id) => C::find(conn, site_id, id)?,
        Target::Key | Target::ExistingKey => C::with_key(conn, site_id, draft, subject)?,
    };
    if found.is_none() && target != Target::Key {
        return Err(Error::NoSuch(C::KIND));
    }
    Ok(found)
}

/// What was awarded under one key cannot be moved to another.
fn check_key<C: Configuration>(
    conn: &mut AnyConnection,
    existing: Option<&C>,
    draft: &C::Draft,
    subject: &C::Subject,
) -> Result<(), Error> {
    let Some(existing) = existing else { return Ok(()) };
    match existing.moved_by(draft, subject) {
        Some(field) if C::is_in_use(conn, existing.id())? => Err(Error::Fixed(field)),
        _ => Ok(()),
    }
}

fn write<C: Configuration>(
    conn: &mut AnyConnection,
    site_id: i64,
    existing: Option<C>,
    draft: &C::Draft,
    subject: &C::Subject,
    now: Timestamp,
) -> Result<(i64, bool), Error> {
    let configuration = C::after(existing.as_ref(), draft, subject, now);
    if existing.is_none()
        && let Some(id) = configuration.insert(conn, site_id)?
    {
        return Ok((id, true));
    }
    // Somebody else made it first; what is asked for counts all the same.
    let found = C::with_key(conn, site_id, draft, subject)?;
    let id = existing.or(found).ok_or(Error::NoSuch(C::KIND))?.id();
    let taken = |error: database::Error| {
        if error.is_unique_violation() { Error::InUse(C::KEY) } else { error.into() }
    };
    configuration.with_id(id).update(conn).map_err(taken)?;
    Ok((id, false))
}
