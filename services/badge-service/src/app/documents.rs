//! Public documents in memory: bounded in bytes, each for as long as what it says is true.

use std::{sync::Arc, time::Duration};

use model::Timestamp;
use moka::sync::Cache;
use web::conditional::Tagged;

use super::freshness::{AsOf, Freshness};
use crate::{
    config,
    domain::{
        changes::{Changes, Stripe},
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
    pub basis: Basis,
}

/// What a document rests on.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    /// It is true until one of these objects changes.
    pub objects: Vec<EntityId>,
    /// It is true until then, if somebody knows; inclusive.
    pub until: Option<Timestamp>,
    /// It says that its subject was revoked.
    pub revoked: bool,
}

/// The documents that were served last. Cheap to clone.
#[derive(Clone)]
pub struct Documents {
    /// Weighed in bytes.
    kept: Cache<Key, Arc<Kept>>,
    freshness: Arc<Freshness>,
}

struct Kept {
    document: Arc<Document>,
    as_of: AsOf,
}

/// How long a document is kept at most: a net for changes that were made by hand in the database,
/// and that nobody counted.
const LONGEST: Duration = Duration::from_secs(600);

/// What a document takes beside its body, in bytes: key, tag, stamps.
const OVERHEAD: usize = 512;

impl Documents {
    pub fn new(settings: &config::Cache) -> Self {
        let weight = |_: &Key, kept: &Arc<Kept>| {
            u32::try_from(kept.document.body.bytes.len() + OVERHEAD).unwrap_or(u32::MAX)
        };
        let fresh_for = Duration::from_millis(settings.fresh_for_ms);
        let kept = Cache::builder()
            .max_capacity(settings.document_bytes)
            .weigher(weight)
            .time_to_live(LONGEST)
            .build();
        Self { kept, freshness: Arc::new(Freshness::new(fresh_for)) }
    }

    /// Learns what other processes changed, if that is due. To be called before [`Documents::get`].
    ///
    /// # Errors
    ///
    /// What `ask`, which reads the counts of all changes, fails with.
    pub async fn catch_up<E>(
        &self,
        ask: impl Future<Output = Result<Vec<(Stripe, i64)>, E>>,
    ) -> Result<(), E> {
        self.freshness.catch_up(ask).await
    }

    /// The document in memory, else what `load` finds; `None` is not remembered.
    ///
    /// # Errors
    ///
    /// What `load` fails with.
    pub async fn get<E>(
        &self,
        key: Key,
        now: Timestamp,
        load: impl Future<Output = Result<Option<Document>, E>>,
    ) -> Result<Option<Arc<Document>>, E> {
        if let Some(kept) = self.kept.get(&key).filter(|kept| self.holds(kept, now)) {
            return Ok(Some(Arc::clone(&kept.document)));
        }
        let before = self.freshness.before();
        let Some(document) = load.await?.map(Arc::new) else { return Ok(None) };
        let as_of = before.of(&document.basis.objects);
        self.kept.insert(key, Arc::new(Kept { document: Arc::clone(&document), as_of }));
        Ok(Some(document))
    }

    /// Takes what this process changed for untrue at once. To be called after the commit.
    pub fn changed(&self, changes: &Changes) {
        self.freshness.changed(changes);
    }

    fn holds(&self, kept: &Kept, now: Timestamp) -> bool {
        let in_time = kept.document.basis.until.is_none_or(|until| now <= until);
        in_time && self.freshness.is_current(&kept.as_of)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::domain::{open_badges::samples::id, time::parse};

    const NOW: &str = "2026-05-01T00:00:00Z";

    fn documents() -> Documents {
        let settings =
            config::Cache { document_bytes: 10_000, fresh_for_ms: 60_000, picture_bytes: 1_000 };
        Documents::new(&settings)
    }

    fn key(number: u128) -> Key {
        let form = DocumentForm::Json { version: Version::V2_0, expand: Expand::default() };
        Key { subject: Subject::Assertion(id(number)), form }
    }

    /// Shows the objects 1 and 2, and says nothing new after a minute.
    fn document(text: &str) -> Document {
        let until = parse("2026-05-01T00:01:00Z");
        let basis = Basis { objects: vec![id(1), id(2)], until, revoked: false };
        Document { body: Tagged::new(text.to_owned(), "text/plain"), basis }
    }

    async fn text(documents: &Documents, now: &str, found: &str) -> String {
        let load = async { Ok::<_, Infallible>(Some(document(found))) };
        let document = documents.get(key(1), parse(now).unwrap(), load).await.unwrap().unwrap();
        String::from_utf8(document.body.bytes.to_vec()).unwrap()
    }

    fn change(documents: &Documents, number: u128) {
        let mut changes = Changes::default();
        changes.note(id(number));
        documents.changed(&changes);
    }

    #[tokio::test]
    async fn a_document_is_kept_until_something_in_it_changes() {
        let documents = documents();

        assert_eq!(text(&documents, NOW, "old").await, "old");
        change(&documents, 3);
        assert_eq!(text(&documents, NOW, "new").await, "old");
        change(&documents, 2);
        assert_eq!(text(&documents, NOW, "new").await, "new");
        change(&documents, 1);
        assert_eq!(text(&documents, NOW, "newer").await, "newer");
    }

    #[tokio::test]
    async fn a_document_is_kept_until_its_time_is_over() {
        let documents = documents();
        text(&documents, NOW, "valid").await;

        assert_eq!(text(&documents, "2026-05-01T00:01:00Z", "expired").await, "valid");
        assert_eq!(text(&documents, "2026-05-01T00:01:01Z", "expired").await, "expired");
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_is_not_kept_after_it() {
        let documents = documents();
        let meanwhile = documents.clone();
        let load = async {
            let read = document("old");
            change(&meanwhile, 1);
            Ok::<_, Infallible>(Some(read))
        };
        documents.get(key(1), parse(NOW).unwrap(), load).await.unwrap();

        assert_eq!(text(&documents, NOW, "new").await, "new");
    }

    #[tokio::test]
    async fn no_more_is_kept_than_fits() {
        let documents = documents();
        for number in 0..100 {
            let load = async { Ok::<_, Infallible>(Some(document(&"x".repeat(1_000)))) };
            documents.get(key(number), parse(NOW).unwrap(), load).await.unwrap();
        }

        documents.kept.run_pending_tasks();

        assert!((1..=10_000).contains(&documents.kept.weighted_size()));
    }
}
