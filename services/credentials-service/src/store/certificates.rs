//! Everything that stands on certificates, gathered from the tables.

mod shown;

use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    sync::Arc,
};

use database::{AnyConnection, Error};
use model::Timestamp;

use self::shown::{Shown, shown};
use super::{programs, sites, user_credentials, users};
use crate::domain::{
    certificate::Certificate,
    site::Site,
    user_credential::{CertificateId, Of, UserCredential},
    visibility,
};

/// Gathers certificates. What many have in common, such as a site or a configuration, is read once
/// and remembered; so it lives no longer than a transaction.
#[derive(Default)]
pub struct Gathering {
    with_pictures: bool,
    sites: HashMap<i64, Site>,
    shown: HashMap<CertificateId, Shown>,
}

impl Gathering {
    /// Adds the pictures that are kept here to the certificates of learners who are known: their
    /// documents travel alone.
    pub fn with_pictures() -> Self {
        Self { with_pictures: true, ..Self::default() }
    }

    /// The certificates of credentials, in the same order.
    pub fn certificates(
        &mut self,
        conn: &mut AnyConnection,
        credentials: Vec<UserCredential>,
    ) -> Result<Vec<Certificate>, Error> {
        for credential in &credentials {
            self.learn(conn, credential)?;
        }
        let ids: Vec<i64> = credentials.iter().map(|each| each.id).collect();
        let usernames: BTreeSet<&str> =
            credentials.iter().map(|each| each.username.as_str()).collect();
        let usernames: Vec<&str> = usernames.into_iter().collect();
        let mut attributes = user_credentials::attributes_of_all(conn, &ids)?;
        let profiles = users::profiles(conn, &usernames)?;
        let dates = self.visible_dates(conn, &credentials)?;
        let certificate = |(credential, visible_date): (UserCredential, _)| {
            let missing =
                || Error::corrupt("user_credentials", credential.id, "it has no configuration");
            let site = self.sites.get(&credential.site_id).ok_or_else(missing)?;
            let shown = self.shown.get_mut(&credential.of.certificate()).ok_or_else(missing)?;
            let learner = profiles.get(&credential.username).cloned();
            let pictures = if self.with_pictures && learner.is_some() {
                shown.pictures(conn)?
            } else {
                Arc::default()
            };
            let certificate = Certificate {
                site: site.clone(),
                learner,
                attributes: attributes.remove(&credential.id).unwrap_or_default(),
                title: shown.title.clone(),
                organizations: shown.organizations.clone(),
                signatories: shown.signatories.clone(),
                kind: shown.kind.clone().visible_from(visible_date),
                pictures,
                credential,
            };
            Ok(certificate.readable())
        };
        credentials.into_iter().zip(dates).map(certificate).collect()
    }

    fn learn(
        &mut self,
        conn: &mut AnyConnection,
        credential: &UserCredential,
    ) -> Result<(), Error> {
        if let Entry::Vacant(place) = self.sites.entry(credential.site_id) {
            place.insert(sites::get(conn, credential.site_id)?);
        }
        if let Entry::Vacant(place) = self.shown.entry(credential.of.certificate()) {
            place.insert(shown(conn, credential)?);
        }
        Ok(())
    }

    /// From when each of these may be seen, where that follows from other credentials.
    fn visible_dates(
        &self,
        conn: &mut AnyConnection,
        credentials: &[UserCredential],
    ) -> Result<Vec<Option<Timestamp>>, Error> {
        let program = |credential: &UserCredential| {
            self.shown.get(&credential.of.certificate()).and_then(Shown::program_id)
        };
        let (mut usernames, mut programs) = (BTreeSet::new(), BTreeSet::new());
        for credential in credentials {
            if let Some(program) = program(credential) {
                usernames.insert(credential.username.as_str());
                programs.insert(program);
            }
        }
        if programs.is_empty() {
            return Ok(vec![None; credentials.len()]);
        }
        let usernames: Vec<&str> = usernames.into_iter().collect();
        let programs: Vec<i64> = programs.into_iter().collect();
        let evidence = user_credentials::evidence(conn, &usernames, &programs)?;
        let date = |credential: &UserCredential| {
            let of = (credential.username.clone(), program(credential)?);
            visibility::program_visible_date(evidence.get(&of)?)
        };
        Ok(credentials.iter().map(date).collect())
    }
}

/// The certificate of one credential, without pictures.
pub fn gather(conn: &mut AnyConnection, credential: UserCredential) -> Result<Certificate, Error> {
    let id = credential.id;
    let gathered = Gathering::default().certificates(conn, vec![credential])?.pop();
    gathered.ok_or_else(|| Error::corrupt("user_credentials", id, "it makes no certificate"))
}

/// Whether a credential may be seen, without gathering the rest.
pub fn is_visible(
    conn: &mut AnyConnection,
    credential: &UserCredential,
    now: Timestamp,
) -> Result<bool, Error> {
    match &credential.of {
        Of::Course { available, .. } => Ok(visibility::course_is_visible(*available, now)),
        Of::Program { program_uuid, program_id, .. } => {
            let program_id = match program_id {
                Some(id) => Some(*id),
                None => programs::find_by_uuid(conn, credential.site_id, *program_uuid)?
                    .map(|program| program.id),
            };
            let Some(program_id) = program_id else { return Ok(false) };
            let evidence =
                user_credentials::evidence(conn, &[&credential.username], &[program_id])?;
            let evidence = evidence.into_values().next().unwrap_or_default();
            Ok(visibility::is_visible(visibility::program_visible_date(&evidence), now))
        }
    }
}
