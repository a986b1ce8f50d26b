//! What the school's learners hold, as credentials-service tells it.

use model::Timestamp;
use uuid::Uuid;

/// What a credential is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Achievement {
    Course { key: String },
    Program { uuid: Uuid },
}

impl Achievement {
    /// `course` or `program`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Course { .. } => "course",
            Self::Program { .. } => "program",
        }
    }
}

/// When something was told to have happened, and how new the news was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub sequence: i64,
    pub at: Timestamp,
}

/// A credential of a learner: the newest award and the newest revocation that were heard of, in
/// whatever order they arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnerCredential {
    pub uuid: Uuid,
    pub username: String,
    pub achievement: Achievement,
    pub public_url: String,
    pub awarded: Option<Told>,
    pub revoked: Option<Told>,
}

impl LearnerCredential {
    /// The revocation that counts: one that no newer award took back.
    pub fn revocation(&self) -> Option<Timestamp> {
        let revoked = self.revoked?;
        let taken_back = self.awarded.is_some_and(|awarded| awarded.sequence > revoked.sequence);
        (!taken_back).then_some(revoked.at)
    }

    /// `awarded` or `revoked`.
    pub fn status(&self) -> &'static str {
        if self.revocation().is_some() { "revoked" } else { "awarded" }
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;
    use uuid::Uuid;

    use super::{Achievement, LearnerCredential, Told};

    fn credential(awarded: Option<i64>, revoked: Option<i64>) -> LearnerCredential {
        let at = Timestamp::from(chrono::DateTime::UNIX_EPOCH);
        let told = |sequence| Told { sequence, at };
        LearnerCredential {
            uuid: Uuid::nil(),
            username: "pat".to_owned(),
            achievement: Achievement::Program { uuid: Uuid::nil() },
            public_url: String::new(),
            awarded: awarded.map(told),
            revoked: revoked.map(told),
        }
    }

    #[test]
    fn the_newer_news_counts_whichever_arrived_first() {
        assert_eq!(credential(Some(1), Some(2)).status(), "revoked");
        assert_eq!(credential(Some(3), Some(2)).status(), "awarded");
        assert_eq!(credential(None, Some(2)).status(), "revoked");
        assert_eq!(credential(Some(1), None).status(), "awarded");
    }
}
