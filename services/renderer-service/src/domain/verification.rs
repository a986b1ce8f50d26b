//! Which news of a verification id is newer: its awards or its withdrawals.

use serde::{Deserialize, Serialize};

/// What was heard of one verification id.
///
/// News may come in any order and more than once. Only the highest sequences are kept, so the
/// order does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The highest sequence of a job; 0 if none told one.
    pub awarded_sequence: i64,
    /// The highest sequence of a withdrawal; 0 if there was none.
    pub withdrawn_sequence: i64,
}

impl Standing {
    /// What a render counts as whose caller told this sequence.
    ///
    /// A caller that tells none asks for the certificate as it stands now.
    pub fn sequence_of(self, told: Option<i64>) -> i64 {
        told.unwrap_or(self.awarded_sequence).max(0)
    }

    /// Whether a render with this sequence must not be seen.
    pub fn withdraws(self, sequence: i64) -> bool {
        sequence < self.withdrawn_sequence
    }

    /// Whether nothing newer than the newest withdrawal was heard.
    pub fn is_withdrawn(self) -> bool {
        self.withdraws(self.awarded_sequence)
    }

    #[must_use]
    pub fn after_award(self, sequence: i64) -> Self {
        Self { awarded_sequence: self.awarded_sequence.max(sequence), ..self }
    }

    /// A withdrawal of something that tells no sequence still counts.
    #[must_use]
    pub fn after_withdrawal(self, sequence: i64) -> Self {
        Self { withdrawn_sequence: self.withdrawn_sequence.max(sequence).max(1), ..self }
    }
}

/// What is remembered of the deletion of a render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The highest sequence of a job that was heard of its verification id by then.
    pub sequence: i64,
}

impl Deletion {
    /// Whether the render stays deleted, whoever asks for it and tells this sequence.
    ///
    /// Who tells none asks for what was deleted: it takes another scope to delete than to render.
    pub fn forbids(self, told: Option<i64>) -> bool {
        told.is_none_or(|sequence| sequence <= self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_newer_news_makes_again_what_was_deleted() {
        let deletion = Deletion { sequence: 3 };
        assert!(deletion.forbids(None));
        assert!(deletion.forbids(Some(2)) && deletion.forbids(Some(3)));
        assert!(!deletion.forbids(Some(4)));
        assert!(Deletion { sequence: 0 }.forbids(Some(-1)));
    }

    #[test]
    fn the_order_in_which_news_comes_does_not_matter() {
        let news: [fn(Standing) -> Standing; 3] =
            [|s| s.after_award(1), |s| s.after_withdrawal(2), |s| s.after_award(3)];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let standing = order.iter().fold(Standing::default(), |s, &index| news[index](s));
            assert!(standing.withdraws(1), "{order:?}");
            assert!(!standing.withdraws(3), "{order:?}");
            assert!(!standing.is_withdrawn(), "{order:?}");
        }
    }

    #[test]
    fn who_tells_no_sequence_asks_for_the_certificate_as_it_stands() {
        let live = Standing::default().after_award(1).after_withdrawal(2).after_award(3);
        assert!(!live.withdraws(live.sequence_of(None)));
        let gone = Standing::default().after_award(1).after_withdrawal(2);
        assert!(gone.withdraws(gone.sequence_of(None)));
        assert!(!Standing::default().withdraws(Standing::default().sequence_of(None)));
    }

    #[test]
    fn a_withdrawal_without_a_sequence_counts() {
        assert!(Standing::default().after_withdrawal(0).is_withdrawn());
        assert!(Standing::default().after_withdrawal(-5).is_withdrawn());
    }
}
