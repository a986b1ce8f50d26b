//! Public documents in memory, each until it changes, and for a bounded time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;
use web::conditional::Tagged;

use crate::{
    config,
    domain::{
        entity_id::EntityId,
        open_badges::{Expand, Version},
    },
};

/// Which document of which object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub subject: Subject,
    pub form: DocumentForm,
}

/// What a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    Issuer(EntityId),
    BadgesOf(EntityId),
    BadgeClass(EntityId),
    Assertion(EntityId),
}

/// How it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentForm {
    Json {
        version: Version,
        expand: Expand,
    },
    /// The page for people.
    Page,
}

/// A document, ready to be served.
#[derive(Debug, Clone)]
pub struct Document {
    pub body: Tagged,
    /// It says that its subject was revoked.
    pub revoked: bool,
}

/// The documents that were served last. Cheap to clone.
///
/// A change of this process removes what it made stale. A change of another process is seen when
/// the entry's time is over, which is a matter of a second.
#[derive(Clone)]
pub struct Documents {
    kept: Cache<Key, Arc<Document>>,
    /// Counts the changes, so that nothing read before one is kept after it.
    changes: Arc<AtomicU64>,
}

impl Documents {
    pub fn new(settings: &config::Cache) -> Self {
        let kept = Cache::builder()
            .max_capacity(settings.documents)
            .time_to_live(Duration::from_millis(settings.fresh_for_ms))
            .build();
        Self { kept, changes: Arc::new(AtomicU64::new(0)) }
    }

    /// The document in memory, else what `load` finds; `None` is not remembered.
    ///
    /// # Errors
    ///
    /// What `load` fails with.
    pub async fn get<E>(
        &self,
        key: Key,
        load: impl Future<Output = Result<Option<Document>, E>>,
    ) -> Result<Option<Arc<Document>>, E> {
        if let Some(document) = self.kept.get(&key) {
            return Ok(Some(document));
        }
        let before = self.changes.load(Ordering::SeqCst);
        let Some(document) = load.await?.map(Arc::new) else { return Ok(None) };
        self.kept.insert(key, Arc::clone(&document));
        if self.changes.load(Ordering::SeqCst) != before {
            self.kept.invalidate(&key);
        }
        Ok(Some(document))
    }

    /// Forgets everything said of one assertion. Call it after the commit.
    pub fn forget_assertion(&self, id: EntityId) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        let subject = Subject::Assertion(id);
        self.kept.invalidate(&Key { subject, form: DocumentForm::Page });
        for version in [Version::V1_1, Version::V2_0] {
            for (badge, issuer) in [(false, false), (true, false), (true, true)] {
                let form = DocumentForm::Json { version, expand: Expand { badge, issuer } };
                self.kept.invalidate(&Key { subject, form });
            }
        }
    }

    /// Forgets everything: an issuer or a badge class is part of many documents, and changes
    /// seldom. Call it after the commit.
    pub fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.kept.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::domain::open_badges::samples::id;

    fn documents() -> Documents {
        let settings = config::Cache { documents: 10, fresh_for_ms: 60_000, picture_bytes: 1_000 };
        Documents::new(&settings)
    }

    fn key() -> Key {
        let form = DocumentForm::Json { version: Version::V2_0, expand: Expand::default() };
        Key { subject: Subject::Assertion(id(1)), form }
    }

    async fn text(documents: &Documents, found: &'static str) -> String {
        let document = Document { body: Tagged::new(found, "text/plain"), revoked: false };
        let load = async { Ok::<_, Infallible>(Some(document)) };
        let document = documents.get(key(), load).await.unwrap().unwrap();
        String::from_utf8(document.body.bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_document_is_kept_until_its_subject_changes() {
        let documents = documents();

        assert_eq!(text(&documents, "old").await, "old");
        assert_eq!(text(&documents, "new").await, "old");
        documents.forget_assertion(id(2));
        assert_eq!(text(&documents, "new").await, "old");
        documents.forget_assertion(id(1));
        assert_eq!(text(&documents, "new").await, "new");
        documents.forget_all();
        assert_eq!(text(&documents, "newer").await, "newer");
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_is_not_kept_after_it() {
        let documents = documents();
        let meanwhile = documents.clone();
        let load = async {
            let read = Document { body: Tagged::new("old", "text/plain"), revoked: false };
            meanwhile.forget_assertion(id(1));
            Ok::<_, Infallible>(Some(read))
        };
        documents.get(key(), load).await.unwrap();

        assert_eq!(text(&documents, "new").await, "new");
    }
}
