//! The document and the badge that others make of a credential.

use chrono::Duration;
use model::Timestamp;

/// How the job of a preview is named after the job of its document.
pub const PREVIEW: &str = ":preview";

/// How long the robots of social networks wait for a picture, by and large, in seconds.
pub const PREVIEW_PATIENCE_S: i64 = 5;

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

impl DocumentState {
    /// Whether it takes the place of a document that is there. A failure does not: it is of a second
    /// delivery of the job.
    pub fn replaces_ready(&self) -> bool {
        !matches!(self, Self::Failed { .. })
    }

    /// Whether a page may name the preview: it is there, or comes when somebody looks.
    pub fn has_preview(&self) -> bool {
        matches!(self, Self::Ready { preview, .. } if !matches!(preview, Preview::Failed { .. }))
    }
}

impl Preview {
    /// Whether it is not there yet.
    pub fn is_to_come(&self) -> bool {
        matches!(self, Self::Unasked | Self::Awaited { .. })
    }

    /// Whether it may still come while somebody waits. One that takes longer is not waited for again.
    pub fn is_worth_waiting_for(&self, now: Timestamp) -> bool {
        match self {
            Self::Unasked => true,
            Self::Awaited { since } => now < since.plus(Duration::seconds(PREVIEW_PATIENCE_S)),
            Self::Ready { .. } | Self::Failed { .. } => false,
        }
    }
}

impl Badge {
    /// Whether news of `other` comes after what is known of this badge.
    pub fn gives_way_to(&self, other: &Self) -> bool {
        (self.credential_sequence, self.assertion_sequence)
            < (other.credential_sequence, other.assertion_sequence)
    }
}
