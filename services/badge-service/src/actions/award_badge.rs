//! Gives a learner the badge of a credential.

use database::AnyConnection;
use events::credentials::{Achievement, CredentialAwarded};
use messaging::outbox;
use model::Timestamp;
use tracing::info;
use uuid::Uuid;

use super::revoke_badge;
use crate::{
    app::App,
    domain::{
        announcement,
        assertion::{Acceptance, Assertion, AssertionState, IssuedOn},
        award::{self, CredentialState, CredentialVersion, Settlement},
        badge_class::BadgeClass,
        entity_id::EntityId,
        issuer::{ImageName, Issuer},
        origin::Kind,
        profile::{self, IssuerProfile, Key},
        recipient::{Recipient, Salt},
    },
    error::Error,
    store::{self, assertions::KeptAssertion},
};

/// Why an assertion ends when its credential goes on.
const REPLACED: &str = "Replaced by another badge for the same credential.";

/// What a transaction changed, to be forgotten by the documents in memory.
#[derive(Default)]
struct Changed {
    assertion: Option<EntityId>,
    issuer_or_class: bool,
}

/// Settles an award: issues an assertion, keeps the one that stands, or replaces it.
///
/// The badge class is made on the first award. Its picture is drawn before the transaction.
pub async fn award_badge(app: &App, event: CredentialAwarded) -> Result<(), Error> {
    let recipient = award::recipient(event.learner.email.as_deref());
    let profile = IssuerProfile::of_achievement(&event.achievement, &app.defaults)?;
    let class_key = Key::try_from(event.achievement.key.clone())?;
    let picture = match &recipient {
        Some(_) => picture_if_new(app, &class_key, &event.achievement, &profile).await?,
        None => None,
    };
    let award = Award { app: app.clone(), event, recipient, profile, class_key, picture };
    let changed = app.db.write(move |conn| award.settle(conn)).await?;
    if changed.issuer_or_class {
        app.documents.forget_all();
    }
    if let Some(id) = changed.assertion {
        app.documents.forget_assertion(id);
    }
    Ok(())
}

/// A picture for a badge class that is not there yet.
async fn picture_if_new(
    app: &App,
    key: &Key,
    achievement: &Achievement,
    issuer: &IssuerProfile,
) -> Result<Option<ImageName>, Error> {
    let wanted = key.clone();
    let known = app.db.read(move |conn| store::badge_classes::find_by_key(conn, &wanted)).await?;
    match known {
        Some(_) => Ok(None),
        None => {
            let title = profile::name_of(&achievement.title, key)?;
            app.pictures.drawn(title.as_str(), issuer.name.as_str()).await.map(Some)
        }
    }
}

/// An award with all that was made ready for its transaction.
struct Award {
    app: App,
    event: CredentialAwarded,
    recipient: Option<Recipient>,
    profile: IssuerProfile,
    class_key: Key,
    picture: Option<ImageName>,
}

impl Award {
    fn settle(self, conn: &mut AnyConnection) -> Result<Changed, Error> {
        let now = self.app.clock.now();
        let version = CredentialVersion {
            credential_id: self.event.credential_id,
            sequence: self.event.sequence,
        };
        if !store::credential_states::note(conn, version, CredentialState::Awarded, now)? {
            return Ok(Changed::default());
        }
        let standing = store::assertions::standing_for(conn, version)?;
        let Some(recipient) = self.recipient.clone() else {
            return match standing {
                Some(standing) => self.keep(conn, standing, None, version, now),
                None => Ok(Changed::default()),
            };
        };
        let (class, issuer_or_class) = self.class(conn, now)?;
        let before = standing.as_ref().map(|standing| &standing.assertion);
        let settlement = award::settle(before, Some(&recipient), class.id);
        let changed = match (settlement, standing) {
            (Settlement::Keep, Some(standing)) => {
                self.keep(conn, standing, Some(recipient), version, now)?
            }
            (Settlement::Replace, Some(standing)) => {
                let reason = award::reason(Some(REPLACED));
                revoke_badge::end(conn, standing, reason, now)?;
                self.issue(conn, recipient, &class, version, now)?
            }
            _ => self.issue(conn, recipient, &class, version, now)?,
        };
        Ok(Changed { issuer_or_class, ..changed })
    }

    /// The badge class and whether anything was made or changed on the way.
    fn class(&self, conn: &mut AnyConnection, now: Timestamp) -> Result<(BadgeClass, bool), Error> {
        let (issuer, issuer_changed) = self.issuer(conn, now)?;
        if let Some(class) = store::badge_classes::find_by_key(conn, &self.class_key)? {
            return Ok((class, issuer_changed));
        }
        let lost = || database::Error::Stale {
            table: "badge_classes",
            id: self.class_key.as_str().to_owned(),
        };
        let picture = self.picture.clone().ok_or_else(lost)?;
        let origin = &self.app.origin;
        let made =
            profile::badge_class_of(&self.event.achievement, issuer.id, picture, origin, now)?;
        store::badge_classes::insert(conn, &self.class_key, &made, now)?;
        let class = store::badge_classes::find_by_key(conn, &self.class_key)?.ok_or_else(lost)?;
        Ok((class, true))
    }

    fn issuer(&self, conn: &mut AnyConnection, now: Timestamp) -> Result<(Issuer, bool), Error> {
        let key = &self.profile.key;
        if let Some(known) = store::issuers::find_by_key(conn, key)? {
            let told = self.profile.applied_to(&known);
            if told == known {
                return Ok((known, false));
            }
            store::issuers::save(conn, &told, now)?;
            return Ok((told, true));
        }
        let id = key.entity_id(&self.app.origin, Kind::Issuer);
        let made = self.profile.issuer(id, &self.app.defaults, now);
        store::issuers::insert(conn, key, &made, now)?;
        let kept = store::issuers::find_by_key(conn, key)?;
        let lost = || database::Error::Stale { table: "issuers", id: key.as_str().to_owned() };
        Ok((kept.ok_or_else(lost)?, true))
    }

    fn issue(
        &self,
        conn: &mut AnyConnection,
        recipient: Recipient,
        class: &BadgeClass,
        version: CredentialVersion,
        now: Timestamp,
    ) -> Result<Changed, Error> {
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
        Ok(Changed { assertion: Some(id), issuer_or_class: false })
    }

    /// The assertion goes on under its address: it answers the newer award, and shows its date
    /// and its recipient, if one is known.
    fn keep(
        &self,
        conn: &mut AnyConnection,
        standing: KeptAssertion,
        recipient: Option<Recipient>,
        version: CredentialVersion,
        now: Timestamp,
    ) -> Result<Changed, Error> {
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
        self.tell(conn, &kept, &class, now)?;
        Ok(Changed { assertion: Some(kept.assertion.id), issuer_or_class: false })
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
        .map_err(|error| Error::Files(error.to_string()))
}
