//! What a verification page says of a certificate.

use serde::{Deserialize, Serialize};

use super::address::number_named_by;
use super::dates::Day;
use super::request::RenderRequest;
use super::text::{TextRule, normalise};

/// The longest reason that is shown, in characters.
const LONGEST_REASON: usize = 500;

/// What is kept of one render for its verification page. The render's record names nobody; this
/// does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerifiedCertificate {
    pub render_id: String,
    pub locale: String,
    /// The address that is printed on the certificate.
    pub url: Option<String>,
    /// Nothing, if that address is another page: then that page alone decides what is shown.
    pub facts: Option<Facts>,
}

/// What the certificate says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub name: String,
    pub title: String,
    pub code: Option<String>,
    pub issuer: String,
    pub issued_on: Option<Day>,
    /// Printed instead of the date.
    pub issued_text: Option<String>,
    pub expires_on: Option<Day>,
}

/// Whether a certificate counts. Contract B13.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VerificationStatus {
    Valid,
    Expired,
    Revoked,
    Superseded,
    /// Another page shows the certificate, and alone knows whether it counts.
    Elsewhere,
}

impl VerifiedCertificate {
    pub fn of(render_id: &str, request: &RenderRequest, public_base_url: &str) -> Self {
        let verify = request.data.verify.clone().unwrap_or_default();
        let named = verify.url.as_deref().and_then(|url| number_named_by(url, public_base_url));
        Self {
            render_id: render_id.to_owned(),
            locale: request.locale.clone(),
            facts: (named.is_some() && named == verify.id).then(|| Facts::of(request)),
            url: verify.url,
        }
    }
}

impl Facts {
    fn of(request: &RenderRequest) -> Self {
        let data = &request.data;
        Self {
            name: data.recipient.name.clone(),
            title: data.achievement.title.clone(),
            code: data.achievement.code.clone(),
            issuer: data.issuer.name.clone(),
            issued_on: data.issued_on,
            issued_text: data.issued_text.clone(),
            expires_on: data.expires_on,
        }
    }
}

impl VerificationStatus {
    /// The last day of a certificate's validity is one on which it is valid.
    pub fn of(is_withdrawn: bool, is_newest: bool, facts: Option<&Facts>, today: Day) -> Self {
        if is_withdrawn {
            return Self::Revoked;
        }
        if !is_newest {
            return Self::Superseded;
        }
        match facts {
            None => Self::Elsewhere,
            Some(facts) if facts.expires_on.is_some_and(|last| last < today) => Self::Expired,
            Some(_) => Self::Valid,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Superseded => "superseded",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// A reason as it may be shown to anyone; nothing of one that cannot be read.
pub fn shown_reason(reason: &str) -> Option<String> {
    let cut: String = reason.chars().take(LONGEST_REASON).collect();
    let text = normalise(&cut, TextRule::lines(LONGEST_REASON)).ok()?;
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_valid_until_its_last_day_has_passed() {
        let day = |text| Day::parse(text).unwrap();
        let facts = |expires_on| Facts {
            name: "Ada".to_owned(),
            title: "Logic".to_owned(),
            code: None,
            issuer: "School".to_owned(),
            issued_on: None,
            issued_text: None,
            expires_on,
        };
        let over = facts(Some(day("2026-03-14")));
        let on = |today| VerificationStatus::of(false, true, Some(&over), day(today));
        assert_eq!(on("2026-03-14"), VerificationStatus::Valid);
        assert_eq!(on("2026-03-15"), VerificationStatus::Expired);
        let endless = facts(None);
        let of = |is_withdrawn, is_newest| {
            VerificationStatus::of(is_withdrawn, is_newest, Some(&endless), day("2026-03-15"))
        };
        assert_eq!(of(false, true), VerificationStatus::Valid);
        assert_eq!(of(false, false), VerificationStatus::Superseded);
        assert_eq!(of(true, false), VerificationStatus::Revoked);
    }

    #[test]
    fn a_certificate_that_is_shown_elsewhere_may_be_revoked_but_is_not_called_valid() {
        let today = Day::parse("2026-03-15").unwrap();
        let of = |is_withdrawn| VerificationStatus::of(is_withdrawn, true, None, today);
        assert_eq!(of(false), VerificationStatus::Elsewhere);
        assert_eq!(of(true), VerificationStatus::Revoked);
    }

    #[test]
    fn a_reason_is_cut_and_one_that_misleads_is_not_shown() {
        assert_eq!(shown_reason(" issued in error "), Some("issued in error".to_owned()));
        assert_eq!(shown_reason(&"a".repeat(600)).map(|text| text.len()), Some(500));
        for nothing in ["", " \u{200B}", "a\u{202E}b", "a\u{7}b"] {
            assert_eq!(shown_reason(nothing), None, "{nothing:?}");
        }
    }
}
