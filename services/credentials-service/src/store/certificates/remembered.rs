//! What configurations show, remembered from one transaction to the next.

use std::{sync::Arc, time::Duration};

use database::{AnyConnection, Error};
use moka::sync::Cache;

use super::shown::Shown;
use crate::{domain::user_credential::CertificateId, store::shown_version};

/// How many configurations are remembered.
const CONFIGURATIONS: u64 = 1000;

/// For about how long: a change that nobody counted, made by hand in the tables or by a process of an
/// older version, is seen after that.
const LIFE: Duration = Duration::from_secs(1);

/// What a configuration shows, as of a version.
#[derive(Clone)]
pub struct Learned {
    pub(super) certificate: CertificateId,
    pub(super) version: i64,
    pub(super) shown: Arc<Shown>,
}

/// What configurations show. Every process counts the changes in the same row, so that what one
/// changed the others no longer believe.
#[derive(Clone)]
pub struct Remembered(Cache<CertificateId, Learned>);

impl Default for Remembered {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(CONFIGURATIONS).time_to_live(LIFE).build())
    }
}

impl Remembered {
    /// Remembers what was read. To be called after the commit: a transaction that fails may have
    /// read its own changes.
    pub fn keep(&self, learned: impl IntoIterator<Item = Learned>) {
        for each in learned {
            self.0.insert(each.certificate, each);
        }
    }

    pub(super) fn current(&self, conn: &mut AnyConnection) -> Result<Current<'_>, Error> {
        Ok(Current { remembered: self, version: shown_version::current(conn)? })
    }
}

/// What still holds, in one transaction.
pub(super) struct Current<'a> {
    remembered: &'a Remembered,
    pub version: i64,
}

impl Current<'_> {
    pub fn get(&self, certificate: CertificateId) -> Option<Arc<Shown>> {
        let known = self.remembered.0.get(&certificate)?;
        (known.version == self.version).then_some(known.shown)
    }
}
