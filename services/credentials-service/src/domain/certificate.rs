//! A certificate: everything that is known about one user credential, gathered in one place.
//!
//! The public page, the document and the events are all made from this.

use std::{collections::BTreeMap, sync::Arc};

use model::Timestamp;

use super::{
    catalog::{Organization, Program},
    media::Picture,
    signatory::Signatory,
    site::Site,
    text::readable,
    user::Profile,
    user_credential::{Attribute, UserCredential},
    visibility,
};

/// One user credential with all that stands on its certificate.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    pub credential: UserCredential,
    pub site: Arc<Site>,
    /// The learner's account, if there is one.
    pub learner: Option<Profile>,
    pub attributes: Vec<Attribute>,
    /// The configuration's title, else the catalog's, else the key.
    pub title: String,
    /// In catalog order.
    pub organizations: Vec<Organization>,
    /// In the configuration's order.
    pub signatories: Vec<Signatory>,
    pub kind: Kind,
    /// Pictures of signatories and organizations that are kept here, by path; shared by all
    /// certificates of one configuration.
    pub pictures: Arc<BTreeMap<String, Picture>>,
}

/// What only a course or only a program has.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Course {
        course_id: String,
        mode: String,
        available: Option<Timestamp>,
        url: Option<String>,
    },
    Program {
        /// `None` while the program is missing from the catalog.
        program: Option<Program>,
        visible_date: Option<Timestamp>,
        use_org_name: bool,
        include_hours_of_effort: bool,
        language: Option<String>,
    },
}

impl Kind {
    /// The same with the date that the learner's course credentials give a program.
    #[must_use]
    pub fn visible_from(self, date: Option<Timestamp>) -> Self {
        match self {
            Self::Program { program, use_org_name, include_hours_of_effort, language, .. } => {
                let visible_date = date;
                Self::Program {
                    program,
                    visible_date,
                    use_org_name,
                    include_hours_of_effort,
                    language,
                }
            }
            course @ Self::Course { .. } => course,
        }
    }
}

impl Certificate {
    /// The same with every text as it may be shown, so that page, document and news say the same.
    #[must_use]
    pub fn readable(mut self) -> Self {
        self.title = readable(&self.title);
        for organization in &mut self.organizations {
            organization.name = readable(&organization.name);
        }
        for person in &mut self.signatories {
            person.name = readable(&person.name);
            person.title = readable(&person.title);
            person.organization_name_override =
                person.organization_name_override.as_deref().map(readable);
        }
        self
    }

    /// The learner's name as it is printed; `None` until somebody tells it.
    pub fn learner_name(&self) -> Option<String> {
        self.learner.as_ref().and_then(Profile::display_name)
    }

    /// The date that the certificate shows.
    pub fn issued_at(&self) -> Timestamp {
        match &self.kind {
            Kind::Course { .. } => self.credential.own_issue_date(),
            Kind::Program { visible_date, .. } => visible_date.unwrap_or(self.credential.created),
        }
    }

    /// Whether the certificate may be seen yet.
    pub fn is_visible(&self, now: Timestamp) -> bool {
        match &self.kind {
            Kind::Course { available, .. } => visibility::course_is_visible(*available, now),
            Kind::Program { program, visible_date, .. } => {
                program.is_some() && visibility::is_visible(*visible_date, now)
            }
        }
    }

    /// The hours that it took, where the configuration wants them shown and the catalog knows them.
    pub fn hours_of_effort(&self) -> Option<u32> {
        match &self.kind {
            Kind::Program { program: Some(program), include_hours_of_effort: true, .. } => {
                program.total_hours_of_effort.and_then(|hours| u32::try_from(hours).ok())
            }
            _ => None,
        }
        .filter(|hours| *hours > 0)
    }

    /// The language of the certificate, as the configuration has it.
    pub fn language(&self) -> Option<&str> {
        match &self.kind {
            Kind::Program { language, .. } => language.as_deref(),
            Kind::Course { .. } => None,
        }
    }

    /// What the page and share links call an organization.
    pub fn display_name<'a>(&self, organization: &'a Organization) -> &'a str {
        match self.kind {
            Kind::Program { use_org_name: false, .. } => &organization.key,
            _ => &organization.name,
        }
    }
}
