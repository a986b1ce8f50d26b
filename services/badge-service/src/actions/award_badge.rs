//! Gives a learner the badge of a credential.

mod badge_class;

use database::AnyConnection;
use events::credentials::CredentialAwarded;
use messaging::outbox;
use model::Timestamp;
use tracing::info;
use uuid::Uuid;

use super::{change::change, revoke_badge};
use crate::{
    app::App,
    domain::{
        announcement,
        assertion::{Acceptance, Assertion, AssertionState, IssuedOn},
        award::{self, CredentialState, CredentialVersion, Settlement},
        badge_class::BadgeClass,
        changes::Changes,
        issuer::ImageName,
        recipient::{Recipient, Salt},
    },
    error::Error,
    store::{self, assertions::KeptAssertion},
};
use badge_class::WantedClass;

/// Why an assertion ends when its credential goes on.
const REPLACED: &str = "Replaced by another badge for the same credential.";

/// Settles an award: issues an assertion, keeps the one that stands, or replaces it.
///
/// The badge class is made on the first award. Its picture is drawn before the transaction.
pub async fn award_badge(app: &App, event: CredentialAwarded) -> Result<(), Error> {
    let recipient = award::recipient(event.learner.email.as_deref());
    let class = WantedClass::prepare(app, &event.achievement, recipient.is_some()).await?;
    let award = Award { app: app.clone(), event, recipient, class };
    change(app, move |conn, changes| award.settle(conn, changes)).await
}

/// An award with all that was made ready for its transaction.
struct Award {
    app: App,
    event: CredentialAwarded,
    recipient: Option<Recipient>,
    class: WantedClass,
}

impl Award {
    fn settle(self, conn: &mut AnyConnection, changes: &mut Changes) -> Result<(), Error> {
        let now = self.app.clock.now();
        let version = CredentialVersion {
            credential_id: self.event.credential_id,
            sequence: self.event.sequence,
        };
        if !store::credential_states::note(conn, version, CredentialState::Awarded, now)? {
            return Ok(());
        }
        let standing = store::assertions::standing_for(conn, version)?;
        let Some(recipient) = self.recipient.clone() else {
            return match standing {
                Some(standing) => self.keep(conn, changes, standing, None, version, now),
                None => Ok(()),
            };
        };
        let class = self.class.get_or_make(&self.app, conn, changes, now)?;
        let before = standing.as_ref().map(|standing| &standing.assertion);
        let settlement = award::settle(before, Some(&recipient), class.id);
        match (settlement, standing) {
            (Settlement::Keep, Some(standing)) => {
                self.keep(conn, changes, standing, Some(recipient), version, now)
            }
            (Settlement::Replace, Some(standing)) => {
                let reason = award::reason(Some(REPLACED));
                revoke_badge::end(conn, changes, standing, reason, now)?;
                self.issue(conn, recipient, &class, version, now)
            }
            _ => self.issue(conn, recipient, &class, version, now),
        }
    }

    fn issue(
        &self,
        conn: &mut AnyConnection,
        recipient: Recipient,
        class: &BadgeClass,
        version: CredentialVersion,
        now: Timestamp,
    ) -> Result<(), Error> {
        let issued_on = award::issued_on(self.event.issued_at, now)?;
        let kept = KeptAssertion {
            assertion: self.assertion(recipient, class, issued_on)?,
            picture: class.image.clone(),
            sequence: 1,
            credential: Some(version),
            created_at: now,
        };
        store::assertions::insert(conn, &kept)?;
        self.tell(conn, &kept, class, now)?;
        let id = kept.assertion.id;
        info!(assertion.id = %id, "issued assertion {id}");
        Ok(())
    }

    /// The assertion goes on under its address: it answers the newer award, and shows its date
    /// and its recipient, if one is known.
    fn keep(
        &self,
        conn: &mut AnyConnection,
        changes: &mut Changes,
        standing: KeptAssertion,
        recipient: Option<Recipient>,
        version: CredentialVersion,
        now: Timestamp,
    ) -> Result<(), Error> {
        let class = store::badge_classes::get(conn, standing.assertion.badge_class_id)?;
        let issued_on = award::issued_on(self.event.issued_at, now)?;
        let evidence = award::evidence(&self.event.public_url);
        let before = &standing.assertion;
        let recipient = recipient.filter(|recipient| *recipient != before.recipient);
        let is_same =
            recipient.is_none() && before.issued_on == issued_on && before.evidence == evidence;
        let assertion = if is_same {
            standing.assertion
        } else {
            changes.note(before.id);
            // What is written into the picture changes, so its name does.
            let expires = class.expiry_of_award(issued_on.timestamp());
            let state = AssertionState::Issued { image: fresh_name(&standing.picture)? };
            let renewed = Assertion { issued_on, evidence, expires, state, ..standing.assertion };
            match recipient {
                Some(recipient) => readdressed(renewed, recipient),
                None => renewed,
            }
        };
        let kept = KeptAssertion {
            assertion,
            sequence: standing.sequence + 1,
            credential: Some(version),
            ..standing
        };
        store::assertions::save_renewed(conn, &kept)?;
        self.tell(conn, &kept, &class, now)
    }

    fn assertion(
        &self,
        recipient: Recipient,
        class: &BadgeClass,
        issued_on: IssuedOn,
    ) -> Result<Assertion, Error> {
        Ok(Assertion {
            id: Uuid::new_v4().into(),
            badge_class_id: class.id,
            issuer_id: class.issuer_id,
            hashed: recipient.kind().is_hashed_by_default(),
            recipient,
            salt: Salt::from(Uuid::new_v4()),
            issued_on,
            expires: class.expiry_of_award(issued_on.timestamp()),
            narrative: None,
            evidence: award::evidence(&self.event.public_url),
            extensions: serde_json::Map::new(),
            state: AssertionState::Issued { image: fresh_name(&class.image)? },
            acceptance: Acceptance::Unaccepted,
        })
    }

    fn tell(
        &self,
        conn: &mut AnyConnection,
        kept: &KeptAssertion,
        class: &BadgeClass,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (origin, assertion) = (&self.app.origin, &kept.assertion);
        let event = announcement::issued(origin, assertion, class, kept.credential, kept.sequence);
        Ok(outbox::append(conn, event, now)?)
    }
}

/// The assertion for another recipient, with a salt of its own.
fn readdressed(assertion: Assertion, recipient: Recipient) -> Assertion {
    Assertion {
        hashed: recipient.kind().is_hashed_by_default(),
        recipient,
        salt: Salt::from(Uuid::new_v4()),
        ..assertion
    }
}

/// A name that nobody can guess, for what is baked from `picture`.
fn fresh_name(picture: &ImageName) -> Result<ImageName, Error> {
    let ending = if picture.is_svg() { "svg" } else { "png" };
    ImageName::try_from(format!("{}.{ending}", Uuid::new_v4().simple()))
        .map_err(|error| Error::Undrawable(error.to_string()))
}
