//! Sites: the tenants of one installation.

/// A tenant, and how it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub id: i64,
    /// Host name, with or without a port.
    pub domain: String,
    pub name: String,
    pub look: Look,
}

/// What a site shows of itself on its pages. Empty texts are left out there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub platform_name: Option<String>,
    /// Where the site's logo leads; empty without an LMS.
    pub lms_url_root: String,
    pub logo_url: Option<String>,
    pub tos_url: Option<String>,
    pub privacy_policy_url: Option<String>,
    pub homepage_url: Option<String>,
    pub certificate_help_url: Option<String>,
    pub company_name: Option<String>,
    pub trademarks: Option<String>,
    pub facebook_app_id: Option<String>,
    /// Without `@`.
    pub twitter_username: Option<String>,
    pub facebook_sharing: bool,
    pub linkedin_sharing: bool,
    pub twitter_sharing: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            platform_name: None,
            lms_url_root: String::new(),
            logo_url: None,
            tos_url: None,
            privacy_policy_url: None,
            homepage_url: None,
            certificate_help_url: None,
            company_name: None,
            trademarks: None,
            facebook_app_id: None,
            twitter_username: None,
            facebook_sharing: false,
            linkedin_sharing: true,
            twitter_sharing: true,
        }
    }
}

impl Site {
    /// The name under which learners know the platform.
    pub fn platform_name(&self) -> &str {
        self.look.platform_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.name)
    }
}
