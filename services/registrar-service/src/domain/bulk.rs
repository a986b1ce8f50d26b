//! A request with thousands of rows: who asked, how far it is, and what a repetition of it gets.

pub mod row;
pub mod splitter;
pub mod table;

use model::{Id, Timestamp};

use super::{change::Write, user::User};

/// One loop of one process that is busy with such a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder;

/// A request with many rows, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    pub id: Id<Bulk>,
    /// The method, and what the rows are written to: the same key is for the same target.
    pub target: String,
    /// Of the whole body; none while it is still coming.
    pub body_digest: Option<String>,
    /// Until when somebody is believed to be busy with it; none once it is finished.
    pub lease_ends_at: Option<Timestamp>,
    /// When its answer, and its key, are forgotten.
    pub expires_at: Timestamp,
}

/// What a caller asks for, beside the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub user_id: Id<User>,
    pub idempotency_key: Option<String>,
    pub target: String,
    pub write: Write,
    /// Say what would happen, and change nothing.
    pub dry_run: bool,
}

/// What a request with a known key gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repetition {
    /// Nothing is left of the first one: it begins anew.
    Anew,
    /// It goes on where the first one was lost, if it has the same body.
    GoesOn,
    /// It has the first one's answer, if it has the same body.
    Answered,
    /// The first one is still running.
    TooEarly,
    /// The key was for something else.
    OtherTarget,
}

impl Bulk {
    /// What a request for `target` with the same key gets.
    pub fn repetition(&self, target: &str, now: Timestamp) -> Repetition {
        if self.lease_ends_at.is_some_and(|ends| ends > now) {
            Repetition::TooEarly
        } else if self.expires_at <= now {
            Repetition::Anew
        } else if self.target != target {
            Repetition::OtherTarget
        } else if self.lease_ends_at.is_none() {
            Repetition::Answered
        } else if self.body_digest.is_some() {
            Repetition::GoesOn
        } else {
            Repetition::Anew
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use model::{Id, Timestamp};
    use uuid::Uuid;

    use super::{Bulk, Repetition};

    fn now() -> Timestamp {
        Timestamp::from(chrono::DateTime::UNIX_EPOCH)
    }

    fn bulk(lease_s: Option<i64>, digest: Option<&str>) -> Bulk {
        Bulk {
            id: Id::from(Uuid::nil()),
            target: "POST cs".to_owned(),
            body_digest: digest.map(str::to_owned),
            lease_ends_at: lease_s.map(|s| now().plus(Duration::seconds(s))),
            expires_at: now().plus(Duration::seconds(10)),
        }
    }

    #[test]
    fn a_repetition_gets_what_the_first_one_left() {
        for (bulk, repetition) in [
            (bulk(Some(1), None), Repetition::TooEarly),
            (bulk(Some(1), Some("x")), Repetition::TooEarly),
            (bulk(Some(0), None), Repetition::Anew),
            (bulk(Some(0), Some("x")), Repetition::GoesOn),
            (bulk(None, Some("x")), Repetition::Answered),
        ] {
            assert_eq!(bulk.repetition("POST cs", now()), repetition, "{bulk:?}");
        }
        assert_eq!(bulk(None, Some("x")).repetition("PUT cs", now()), Repetition::OtherTarget);
    }

    #[test]
    fn an_old_key_is_as_new_unless_its_request_is_still_running() {
        let old = |lease_s, digest| Bulk { expires_at: now(), ..bulk(lease_s, digest) };

        assert_eq!(old(None, Some("x")).repetition("PUT cs", now()), Repetition::Anew);
        assert_eq!(old(Some(0), Some("x")).repetition("POST cs", now()), Repetition::Anew);
        assert_eq!(old(Some(1), Some("x")).repetition("POST cs", now()), Repetition::TooEarly);
    }
}
