//! Makes what every installation has: its default site, the groups, the LMS's account.

use database::Db;

use crate::{
    config::{Settings, SiteSettings},
    domain::{
        site::{Look, Site},
        user::{ADMINS, ADMINS_MAY, LEARNERS, Profile},
    },
    error::Error,
    store,
};

/// Brings the default site up to the settings, and answers it.
pub async fn prepare(db: &Db, settings: &Settings, public_base_url: &str) -> Result<Site, Error> {
    let settings = settings.clone();
    let host = public_base_url.split_once("://").map_or("", |(_, host)| host).to_owned();
    db.write(move |conn| {
        let domain = text(&settings.site.domain).unwrap_or(host).to_ascii_lowercase();
        let look = look(&settings.site);
        let site = store::sites::save_default(conn, &domain, &settings.site.name, &look)?;
        store::users::ensure_group(conn, ADMINS, &ADMINS_MAY)?;
        store::users::ensure_group(conn, LEARNERS, &[])?;
        let worker = &settings.people.service_user;
        if store::users::profile(conn, worker)?.is_none() {
            let profile = Profile { is_staff: true, ..Profile::named(worker) };
            store::users::ensure(conn, &profile)?;
            store::users::set_membership(conn, worker, ADMINS, true)?;
        }
        store::shown_version::advance(conn)?;
        Ok(site)
    })
    .await
}

fn text(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn look(site: &SiteSettings) -> Look {
    Look {
        platform_name: text(&site.platform_name),
        lms_url_root: site.lms_url_root.trim().to_owned(),
        logo_url: text(&site.logo_url),
        tos_url: text(&site.tos_url),
        privacy_policy_url: text(&site.privacy_policy_url),
        homepage_url: text(&site.homepage_url),
        certificate_help_url: text(&site.certificate_help_url),
        company_name: text(&site.company_name),
        trademarks: text(&site.trademarks),
        facebook_app_id: text(&site.facebook_app_id),
        twitter_username: text(&site.twitter_username),
        // The table refuses Facebook without an application.
        facebook_sharing: site.enable_facebook_sharing && text(&site.facebook_app_id).is_some(),
        linkedin_sharing: site.enable_linkedin_sharing,
        twitter_sharing: site.enable_twitter_sharing,
    }
}
