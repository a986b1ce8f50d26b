//! Everything that stands on certificates, gathered from the tables.

mod remembered;
mod shown;

use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    sync::Arc,
};

use database::{AnyConnection, Error};
use model::Timestamp;

pub use self::remembered::{Learned, Remembered};
use self::{
    remembered::Current,
    shown::{Pictures, Remembering, Shown, shown},
};
use super::{programs, sites, user_credentials, users};
use crate::domain::{
    certificate::Certificate,
    site::Site,
    user_credential::{CertificateId, Of, UserCredential},
    visibility,
};

/// Gathers certificates. What many have in common, such as a site or a configuration, is remembered
/// if it still holds, else read once; so a gathering lives no longer than a transaction.
pub struct Gathering<'a> {
    with_pictures: bool,
    current: Current<'a>,
    sites: HashMap<i64, Arc<Site>>,
    shown: HashMap<CertificateId, Arc<Shown>>,
    large: HashMap<CertificateId, Pictures>,
    learned: Vec<Learned>,
}

impl<'a> Gathering<'a> {
    /// Begins with what is remembered and did not change.
    pub fn new(conn: &mut AnyConnection, remembered: &'a Remembered) -> Result<Self, Error> {
        Ok(Self {
            with_pictures: false,
            current: remembered.current(conn)?,
            sites: HashMap::new(),
            shown: HashMap::new(),
            large: HashMap::new(),
            learned: Vec::new(),
        })
    }

    /// Adds the pictures that are kept here to the certificates of learners who are known: their
    /// documents travel alone.
    #[must_use]
    pub fn with_pictures(self) -> Self {
        Self { with_pictures: true, ..self }
    }

    /// What had to be read, to be remembered.
    pub fn learned(self) -> Vec<Learned> {
        self.learned
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
            let configuration = credential.of.certificate();
            let shown = self.shown.get(&configuration).ok_or_else(|| {
                Error::corrupt("user_credentials", credential.id, "it has no configuration")
            })?;
            let learner = profiles.get(&credential.username).cloned();
            let pictures = if self.with_pictures && learner.is_some() {
                pictures(conn, shown, self.large.entry(configuration))?
            } else {
                Arc::default()
            };
            let certificate = Certificate {
                site: Arc::clone(&shown.site),
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
        let certificate = credential.of.certificate();
        if self.shown.contains_key(&certificate) {
            return Ok(());
        }
        let known = self
            .current
            .get(certificate)
            .filter(|shown| !self.with_pictures || !matches!(shown.pictures, Remembering::Unread));
        let shown = match known {
            Some(shown) => shown,
            None => self.read(conn, credential)?,
        };
        self.shown.insert(certificate, shown);
        Ok(())
    }

    fn read(
        &mut self,
        conn: &mut AnyConnection,
        credential: &UserCredential,
    ) -> Result<Arc<Shown>, Error> {
        let certificate = credential.of.certificate();
        let site = self.site(conn, credential.site_id)?;
        let mut read = shown(conn, site, credential)?;
        if self.with_pictures {
            let pictures = read.read_pictures(conn)?;
            read.pictures = if Shown::are_small(&pictures) {
                Remembering::Small(pictures)
            } else {
                self.large.insert(certificate, pictures);
                Remembering::Large
            };
        }
        let shown = Arc::new(read);
        let version = self.current.version;
        self.learned.push(Learned { certificate, version, shown: Arc::clone(&shown) });
        Ok(shown)
    }

    fn site(&mut self, conn: &mut AnyConnection, id: i64) -> Result<Arc<Site>, Error> {
        if let Some(site) = self.sites.get(&id) {
            return Ok(Arc::clone(site));
        }
        let site = Arc::new(sites::get(conn, id)?);
        self.sites.insert(id, Arc::clone(&site));
        Ok(site)
    }

    /// From when each of these may be seen, where that follows from other credentials.
    fn visible_dates(
        &self,
        conn: &mut AnyConnection,
        credentials: &[UserCredential],
    ) -> Result<Vec<Option<Timestamp>>, Error> {
        let program = |credential: &UserCredential| {
            self.shown.get(&credential.of.certificate()).and_then(|shown| shown.program_id())
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

/// What is small is remembered; the rest is read once for all certificates.
fn pictures(
    conn: &mut AnyConnection,
    shown: &Shown,
    large: Entry<'_, CertificateId, Pictures>,
) -> Result<Pictures, Error> {
    Ok(match (&shown.pictures, large) {
        (Remembering::Small(small), _) => Arc::clone(small),
        (_, Entry::Occupied(read)) => Arc::clone(read.get()),
        (_, Entry::Vacant(place)) => Arc::clone(place.insert(shown.read_pictures(conn)?)),
    })
}

/// The certificate of one credential, without pictures, for whoever changes nothing: what was read is
/// remembered at once.
pub fn gather(
    conn: &mut AnyConnection,
    remembered: &Remembered,
    credential: UserCredential,
) -> Result<Certificate, Error> {
    let id = credential.id;
    let mut gathering = Gathering::new(conn, remembered)?;
    let gathered = gathering.certificates(conn, vec![credential])?.pop();
    remembered.keep(gathering.learned());
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
