//! From what a caller names to the configuration that it means, if the caller may issue that.

use std::collections::HashMap;

use database::AnyConnection;
use model::Id;

use crate::{
    actions::{belonging, belonging_of_program},
    domain::{
        award::{Configured, Issuable},
        catalog::Program,
        role::{Belonging, Deed, Roles},
        user_credential::CertificateId,
    },
    error::Error,
    store,
};

/// Finds configurations, each once.
pub(super) struct Lookup {
    site_id: i64,
    roles: Roles,
    known: HashMap<Issuable, Verdict>,
}

type Verdict = Result<Configured, Reason>;

/// Why something cannot be issued.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reason {
    NotAllowed,
    NoneActive,
    /// The two names of a program are those of two.
    Disagree,
}

impl Reason {
    pub(super) fn of(self, what: &Issuable) -> Error {
        match (self, what) {
            (Self::NotAllowed, _) => Error::NotAllowed,
            (_, Issuable::Course { course_id, .. }) => {
                let named = course_id.clone();
                Error::NothingToIssue { field: "course_id", kind: "course", named }
            }
            (Self::Disagree, Issuable::Program { uuid, .. }) => {
                let id = uuid.map(|uuid| uuid.to_string()).unwrap_or_default();
                Error::NoSuchReference { field: "program_uuid", id }
            }
            (Self::NoneActive, Issuable::Program { id, uuid }) => {
                let by_uuid = uuid.map(|uuid| uuid.to_string());
                let named = id.map(|id| id.to_string()).or(by_uuid).unwrap_or_default();
                Error::NothingToIssue { field: "program_id", kind: "program", named }
            }
        }
    }
}

impl Lookup {
    pub(super) fn new(site_id: i64, roles: Roles) -> Self {
        Self { site_id, roles, known: HashMap::new() }
    }

    pub(super) fn find(
        &mut self,
        conn: &mut AnyConnection,
        what: &Issuable,
    ) -> Result<Verdict, database::Error> {
        if let Some(verdict) = self.known.get(what) {
            return Ok(*verdict);
        }
        let verdict = match what {
            Issuable::Course { course_id, certificate_type } => {
                self.course(conn, course_id, certificate_type)?
            }
            Issuable::Program { id, uuid } => self.program(conn, *id, *uuid)?,
        };
        self.known.insert(what.clone(), verdict);
        Ok(verdict)
    }

    /// Whether the caller may issue anything of this course run.
    pub(super) fn is_inside(
        &self,
        conn: &mut AnyConnection,
        course_id: &str,
    ) -> Result<bool, database::Error> {
        self.may(conn, |conn| belonging(conn, self.site_id, course_id))
    }

    fn course(
        &self,
        conn: &mut AnyConnection,
        course_id: &str,
        certificate_type: &str,
    ) -> Result<Verdict, database::Error> {
        if !self.is_inside(conn, course_id)? {
            return Ok(Err(Reason::NotAllowed));
        }
        let of_run = store::course_certificates::of_run(conn, self.site_id, course_id)?;
        let active = of_run
            .into_iter()
            .find(|each| each.certificate_type == certificate_type && each.is_active);
        Ok(self.verdict(active.map(|each| CertificateId::Course(each.id))))
    }

    fn program(
        &self,
        conn: &mut AnyConnection,
        id: Option<i64>,
        uuid: Option<Id<Program>>,
    ) -> Result<Verdict, database::Error> {
        let known = match (id, uuid) {
            (Some(id), _) => store::programs::find(conn, self.site_id, id)?,
            (None, Some(uuid)) => store::programs::find_by_uuid(conn, self.site_id, uuid)?,
            (None, None) => None,
        };
        if !self.may(conn, |conn| belonging_of_program(conn, known.as_ref().map(|p| p.id)))? {
            return Ok(Err(Reason::NotAllowed));
        }
        let meant = match (known, uuid) {
            (Some(known), Some(uuid)) if known.uuid != uuid => return Ok(Err(Reason::Disagree)),
            (Some(known), _) => Some(known.uuid),
            // A program may be configured and missing from the catalog.
            (None, uuid) => uuid.filter(|_| id.is_none()),
        };
        let Some(uuid) = meant else { return Ok(Err(Reason::NoneActive)) };
        let configured = store::program_certificates::of_program(conn, self.site_id, uuid)?;
        let active = configured.filter(|each| each.is_active);
        Ok(self.verdict(active.map(|each| CertificateId::Program(each.id))))
    }

    /// Whose something is, is asked only where the answer depends on it.
    fn may(
        &self,
        conn: &mut AnyConnection,
        belonging: impl FnOnce(&mut AnyConnection) -> Result<Belonging, database::Error>,
    ) -> Result<bool, database::Error> {
        let deed = Deed::IssueCredentials;
        Ok(self.roles.may_everywhere(deed) || self.roles.may(deed, &belonging(conn)?))
    }

    fn verdict(&self, active: Option<CertificateId>) -> Verdict {
        let configured = |certificate| Configured { site_id: self.site_id, certificate };
        active.map(configured).ok_or(Reason::NoneActive)
    }
}
