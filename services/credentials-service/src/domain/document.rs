//! The document and the badge that others make of a credential.

use model::Timestamp;

/// How the job of a preview is named after the job of its document.
pub const PREVIEW: &str = ":preview";

/// What the renderer was asked for, and how it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub job_id: String,
    pub state: DocumentState,
}

/// Where a document stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentState {
    Waiting,
    Ready { render_id: Option<String>, pdf_url: String, preview: Preview },
    Failed { code: String },
}

/// The picture that social networks show of a certificate. It is made when somebody first looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Preview {
    /// Nobody looked yet.
    Unasked,
    Awaited {
        since: Timestamp,
    },
    Ready {
        url: String,
    },
    Failed {
        code: String,
    },
}

/// An Open Badge of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    pub assertion_id: String,
    /// Sequence of the award that the badge answers.
    pub credential_sequence: i64,
    pub assertion_sequence: i64,
    pub open_badge_id: String,
    pub page_url: String,
    pub image_url: String,
    pub revoked: bool,
}

impl Preview {
    pub fn is_failed(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

impl Badge {
    /// Whether news of `other` comes after what is known of this badge.
    pub fn gives_way_to(&self, other: &Self) -> bool {
        (self.credential_sequence, self.assertion_sequence)
            < (other.credential_sequence, other.assertion_sequence)
    }
}
