//! Reads a certificate from JSON, member by member, and reports all that is wrong with it.

use serde_json::{Map, Value};

use super::{
    Achievement, Certificate, MOST_SIGNATORIES, Organization, Recipient, Signatory, VerifyData,
    is_custom_key,
};
use crate::domain::address::PlainHttp;
use crate::domain::dates::Day;
use crate::domain::fields::Fields;
use crate::domain::image::{Assets, Picture, resolve};
use crate::domain::text::TextRule;
use crate::domain::violation::{Code, Report};

/// The most entries of `custom`.
const MOST_CUSTOM: usize = 50;

const NAME: TextRule = TextRule::line(255);
const TITLE: TextRule = TextRule::line(400);
pub(super) const SHORT: TextRule = TextRule::line(60);
const LONG: TextRule = TextRule::lines(1000);

/// What reading a certificate needs beside the JSON.
pub struct Reading<'a> {
    pub assets: &'a Assets,
    /// Where `verify.url` may be plain http.
    pub plain_http: PlainHttp,
    /// Wording keys of the template; nothing is known where the template itself is unknown.
    pub types: &'a [String],
    pub report: &'a mut Report,
    pub pictures: Vec<Picture>,
}

impl Reading<'_> {
    /// The certificate, whose values only mean something while the report stays empty.
    pub fn certificate(&mut self, mut fields: Fields) -> Certificate {
        let recipient = self.recipient(&mut fields);
        let achievement = self.achievement(&mut fields);
        let issuer = fields.object("issuer", self.report);
        let issuer = self.organization(issuer, "issuer-logo");
        let platform = fields.optional_object("platform", self.report);
        let platform = platform.map(|found| self.organization(Some(found), "platform-logo"));
        let (issued_on, issued_text, expires_on) = self.dates(&mut fields);
        let signatories = self.signatories(&mut fields);
        let verify = self.verify(&mut fields);
        let disclaimer = fields.text("disclaimer", LONG, self.report);
        let background = self.image(&mut fields, "background", "background");
        let credential = self.credential(&mut fields);
        let custom = self.custom(&mut fields);
        fields.finish(self.report);
        Certificate {
            recipient,
            achievement,
            issuer,
            platform,
            issued_on,
            issued_text,
            expires_on,
            signatories,
            verify,
            disclaimer,
            background,
            credential,
            custom,
        }
    }

    fn recipient(&mut self, fields: &mut Fields) -> Recipient {
        let Some(mut fields) = fields.object("recipient", self.report) else {
            return Recipient::default();
        };
        let recipient = Recipient {
            name: fields.required_text("name", NAME, self.report),
            lang: self.language(&mut fields, "lang"),
            designation: fields.text("designation", SHORT, self.report),
        };
        fields.finish(self.report);
        recipient
    }

    fn achievement(&mut self, fields: &mut Fields) -> Achievement {
        let Some(mut fields) = fields.object("achievement", self.report) else {
            return Achievement::default();
        };
        let achievement = Achievement {
            title: fields.required_text("title", TITLE, self.report),
            code: fields.text("code", SHORT, self.report),
            kind: self.kind(&mut fields),
            grade: fields.text("grade", SHORT, self.report),
            statement: fields.text("statement", LONG, self.report),
            hours: self.number(&mut fields, "hours"),
            credits: self.credits(&mut fields),
        };
        fields.finish(self.report);
        achievement
    }

    fn organization(&mut self, fields: Option<Fields>, slot: &str) -> Organization {
        let Some(mut fields) = fields else { return Organization::default() };
        let organization = Organization {
            name: fields.required_text("name", NAME, self.report),
            short_name: fields.text("short_name", NAME, self.report),
            url: self.url(&mut fields, &PlainHttp::Everywhere),
            logo: self.image(&mut fields, "logo", slot),
            logo_alt: fields.text("logo_alt", NAME, self.report),
        };
        fields.finish(self.report);
        organization
    }

    fn dates(&mut self, fields: &mut Fields) -> (Option<Day>, Option<String>, Option<Day>) {
        let before = self.report.len();
        let issued_text = fields.text("issued_text", SHORT, self.report);
        let issued_on = self.day(fields, "issued_on");
        if issued_on.is_none() && issued_text.is_none() && self.report.len() == before {
            self.report.add(fields.pointer("issued_on"), Code::Required, "is required");
        }
        let expires_on = self.day(fields, "expires_on");
        if let (Some(issued), Some(expires)) = (issued_on, expires_on)
            && expires < issued
        {
            let message = "is before issued_on";
            self.report.add(fields.pointer("expires_on"), Code::BadDate, message);
        }
        (issued_on, issued_text, expires_on)
    }

    /// Of too many, those that would have been allowed are still looked at.
    fn signatories(&mut self, fields: &mut Fields) -> Vec<Signatory> {
        let pointer = fields.pointer("signatories");
        let items = match fields.take("signatories") {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.report.add(pointer, Code::WrongType, "must be a list");
                return Vec::new();
            }
        };
        if items.len() > MOST_SIGNATORIES {
            let message = format!("at most {MOST_SIGNATORIES} signatories");
            self.report.add(pointer.clone(), Code::OutOfRange, message);
        }
        let people = items.into_iter().take(MOST_SIGNATORIES).enumerate();
        people.filter_map(|(index, item)| self.signatory(item, &pointer, index)).collect()
    }

    fn signatory(&mut self, item: Value, list: &str, index: usize) -> Option<Signatory> {
        let mut fields = Fields::of(item, &format!("{list}/{index}"), self.report)?;
        let signatory = Signatory {
            name: fields.required_text("name", NAME, self.report),
            title: fields.text("title", NAME, self.report),
            organization: fields.text("organization", NAME, self.report),
            image: self.image(&mut fields, "image", &format!("signature-{index}")),
            image_alt: fields.text("image_alt", NAME, self.report),
        };
        fields.finish(self.report);
        Some(signatory)
    }

    fn verify(&mut self, fields: &mut Fields) -> Option<VerifyData> {
        let mut fields = fields.optional_object("verify", self.report)?;
        let id = self.verify_id(&mut fields);
        let plain_http = self.plain_http.clone();
        let url = self.url(&mut fields, &plain_http);
        fields.finish(self.report);
        Some(VerifyData { id, url })
    }

    fn image(&mut self, fields: &mut Fields, key: &str, slot: &str) -> Option<String> {
        let text = fields.string(key, self.report)?;
        let picture = resolve(slot, &text, &fields.pointer(key), self.assets, self.report)?;
        self.pictures.push(picture);
        Some(text)
    }

    /// Of too many, those that would have been allowed are still looked at.
    fn custom(&mut self, fields: &mut Fields) -> Map<String, Value> {
        let pointer = fields.pointer("custom");
        let Some(mut custom) = fields.optional_object("custom", self.report) else {
            return Map::new();
        };
        let keys = custom.keys();
        if keys.len() > MOST_CUSTOM {
            let message = format!("at most {MOST_CUSTOM} entries");
            self.report.add(pointer, Code::OutOfRange, message);
        }
        let mut kept = Map::new();
        for key in keys.into_iter().take(MOST_CUSTOM) {
            if !is_custom_key(&key) {
                let message = "keys have the form [a-z][a-z0-9_]{0,39}";
                self.report.add(custom.pointer(&key), Code::UnknownField, message);
            } else if let Some(value) = self.printed(&mut custom, &key, LONG) {
                kept.insert(key, value);
            }
        }
        kept
    }
}
