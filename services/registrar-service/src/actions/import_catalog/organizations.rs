//! Organizations of an import.

use model::{Id, catalog};

use super::{Import, wrong};
use crate::{
    domain::{key::is_key, program::Organization},
    error::Error,
    store::{
        catalog::programs_naming,
        organizations::{self, KnownOrganization},
    },
};

impl Import<'_> {
    /// Returns the keys of the programs of which more than the organization is to be told.
    pub(super) fn organization(
        &mut self,
        given: &catalog::Organization,
    ) -> Result<Vec<String>, Error> {
        if !is_key(&given.key) {
            return Err(wrong("a key has 1 to 255 ASCII letters, digits, '-' and '_'"));
        }
        let Some(known) = organizations::find(self.conn, &given.key)? else {
            let described = with_uuid(given, None);
            organizations::insert(self.conn, Id::fresh(), &described, self.now)?;
            self.imported.organizations += 1;
            return Ok(Vec::new());
        };
        let described = with_uuid(given, Some(&known));
        if described == known.described {
            return Ok(Vec::new());
        }
        organizations::update(self.conn, known.id, &described, self.now)?;
        self.imported.organizations += 1;
        Ok(programs_naming(self.conn, known.id, &given.key)?)
    }

    pub(super) fn organization_id(&mut self, key: &str) -> Result<Id<Organization>, Error> {
        Ok(self.known_organization(key)?.id)
    }

    pub(super) fn known_organization(&mut self, key: &str) -> Result<KnownOrganization, Error> {
        organizations::find(self.conn, key)?
            .ok_or_else(|| wrong(format!("there is no organization {key:?}")))
    }
}

/// A document that leaves the UUID out does not take it away.
fn with_uuid(
    given: &catalog::Organization,
    known: Option<&KnownOrganization>,
) -> catalog::Organization {
    let kept = known.and_then(|known| known.described.discovery_uuid);
    let uuid = given.discovery_uuid.or(kept).unwrap_or_else(|| given.uuid());
    catalog::Organization { discovery_uuid: Some(uuid), ..given.clone() }
}
