//! What the news of a credential means for its badge.

use model::Timestamp;
use uuid::Uuid;

use crate::domain::{
    assertion::{Assertion, Evidence, InvalidIssuedOn, IssuedOn, RevocationReason},
    entity_id::EntityId,
    issuer::WebUrl,
    recipient::{Recipient, RecipientType},
};

/// A credential, at one point of its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialVersion {
    pub credential_id: Uuid,
    /// Rises with every award and revocation.
    pub sequence: i64,
}

/// The newest that was heard of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialState {
    Awarded,
    Revoked,
}

/// What an award asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Nobody is known to give a badge to.
    Nothing,
    /// The assertion that stands answers this award as well, for whoever it names now.
    Keep,
    /// There is no assertion that stands.
    Issue,
    /// The one that stands is of another badge class.
    Replace,
}

/// Decides what becomes of the assertion that stands for a credential, after a newer award.
///
/// An award that names nobody does not take a badge away: what is unknown is only left out. A
/// learner with another address keeps the badge, since links to it were published.
pub fn settle(
    standing: Option<&Assertion>,
    recipient: Option<&Recipient>,
    badge_class: EntityId,
) -> Settlement {
    match (standing, recipient) {
        (None, None) => Settlement::Nothing,
        (Some(_), None) => Settlement::Keep,
        (None, Some(_)) => Settlement::Issue,
        (Some(standing), Some(_)) if standing.badge_class_id == badge_class => Settlement::Keep,
        (Some(_), Some(_)) => Settlement::Replace,
    }
}

/// The learner as a recipient; `None` where no usable address is known.
pub fn recipient(email: Option<&str>) -> Option<Recipient> {
    email.and_then(|email| Recipient::new(RecipientType::Email, email).ok())
}

/// The date of the award, which a certificate may set as it likes and an assertion may not: never
/// in the future, never before the calendar.
///
/// # Errors
///
/// If `now` is before the calendar.
pub fn issued_on(dated: Timestamp, now: Timestamp) -> Result<IssuedOn, InvalidIssuedOn> {
    IssuedOn::new(dated, now).or_else(|_| IssuedOn::stored(now))
}

/// The certificate's page, which shows what was achieved.
pub fn evidence(public_url: &str) -> Vec<Evidence> {
    let url = WebUrl::try_from(public_url.to_owned()).ok();
    url.and_then(|url| Evidence::new(Some(url), None).ok()).into_iter().collect()
}

/// Somebody else's words as a reason: without controls, cut to what fits.
pub fn reason(text: Option<&str>) -> RevocationReason {
    let text = text.unwrap_or_default();
    let fitting = text.chars().filter(|c| !c.is_control()).take(255).collect::<String>();
    RevocationReason::try_from(fitting.trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{open_badges::samples, time::parse};

    #[test]
    fn an_assertion_stays_while_its_badge_class_does_whoever_it_is_for() {
        let standing = samples::assertion();
        let same = recipient(Some("Learner@example.org"));
        let other = recipient(Some("other@example.org"));
        let class = standing.badge_class_id;

        assert_eq!(settle(Some(&standing), same.as_ref(), class), Settlement::Keep);
        assert_eq!(settle(Some(&standing), other.as_ref(), class), Settlement::Keep);
        assert_eq!(settle(Some(&standing), same.as_ref(), samples::id(9)), Settlement::Replace);
        assert_eq!(settle(None, same.as_ref(), class), Settlement::Issue);
    }

    #[test]
    fn an_award_to_nobody_known_gives_nothing_and_takes_nothing() {
        let class = samples::id(2);

        assert_eq!(recipient(Some("no address")), None);
        assert_eq!(settle(None, None, class), Settlement::Nothing);
        assert_eq!(settle(Some(&samples::assertion()), None, class), Settlement::Keep);
    }

    #[test]
    fn a_date_that_no_assertion_may_have_becomes_today() {
        let now = parse("2024-05-01T00:00:00Z").unwrap();
        for (dated, issued) in [
            ("2024-04-01T00:00:00Z", "2024-04-01T00:00:00Z"),
            ("2031-01-01T00:00:00Z", "2024-05-01T00:00:00Z"),
            ("1400-01-01T00:00:00Z", "2024-05-01T00:00:00Z"),
        ] {
            let issued_on = issued_on(parse(dated).unwrap(), now).unwrap();
            assert_eq!(issued_on.timestamp().precise(), issued, "{dated}");
        }
    }

    #[test]
    fn any_text_becomes_a_reason() {
        assert_eq!(reason(None).as_str(), "");
        assert_eq!(reason(Some(" a\nb\0 ")).as_str(), "ab");
        assert_eq!(reason(Some(&"x".repeat(300))).as_str().len(), 255);
    }
}
