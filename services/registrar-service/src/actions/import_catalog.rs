//! Fills the registrar from an import document: all of it, or nothing.

mod enrollments;
mod organizations;
mod people;
mod programs;

use std::collections::BTreeSet;

use database::AnyConnection;
use model::{Timestamp, catalog::Catalog};

use crate::{app::App, error::Error};

/// How much an import changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    pub organizations: usize,
    pub programs: usize,
    pub groups: usize,
    pub users: usize,
    pub learner_links: usize,
    pub enrollments: usize,
}

/// Creates or updates everything that a document names, in its order, in one transaction. Again, it
/// changes nothing and tells nobody. Courses outside programs are not the registrar's.
///
/// # Errors
///
/// [`Error::Import`] names the item that is wrong.
pub async fn import_catalog(app: &App, document: Catalog) -> Result<Imported, Error> {
    let now = app.clock.now();
    app.db
        .write(move |conn| Import { conn, now, imported: Imported::default() }.run(&document))
        .await
}

/// An import under way.
struct Import<'a> {
    conn: &'a mut AnyConnection,
    now: Timestamp,
    imported: Imported,
}

impl Import<'_> {
    fn run(mut self, document: &Catalog) -> Result<Imported, Error> {
        let mut changed = BTreeSet::new();
        for organization in &document.organizations {
            let item = named("organization", &organization.key);
            changed.extend(self.organization(organization).map_err(at(&item))?);
        }
        for program in &document.programs {
            self.program(program, &mut changed).map_err(at(&named("program", &program.key)))?;
        }
        for key in &changed {
            self.tell_program(key).map_err(at(&named("program", key)))?;
        }
        for group in &document.groups {
            self.group(group).map_err(at(&named("group", &group.name)))?;
        }
        for user in &document.users {
            self.user(user).map_err(at(&named("user", &user.username)))?;
        }
        for (index, pending) in document.pending_memberships.iter().enumerate() {
            let item = format!("pending_memberships[{index}] in group {:?}", pending.group);
            self.pending_membership(pending).map_err(at(&item))?;
        }
        for link in &document.learner_links {
            self.learner_link(link).map_err(at(&named("learner link", &link.student_key)))?;
        }
        for enrollment in &document.program_enrollments {
            let of = format!("{} in {}", enrollment.student_key, enrollment.program);
            self.enrollment(enrollment).map_err(at(&named("program enrollment", &of)))?;
        }
        Ok(self.imported)
    }
}

/// What is wrong with an item.
type Wrong = Result<(), Error>;

fn named(kind: &str, name: &str) -> String {
    format!("{kind} {name:?}")
}

/// A fault of the item that is being imported.
fn wrong(reason: impl Into<String>) -> Error {
    Error::Import { item: String::new(), reason: reason.into() }
}

/// Names the item that an error is about. An overloaded database is not the item's fault.
fn at(item: &str) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Import { reason, .. } => Error::Import { item: item.to_owned(), reason },
        Error::Database(database::Error::Query(cause)) => {
            Error::Import { item: item.to_owned(), reason: cause.to_string() }
        }
        other => other,
    }
}
