//! Sites and how they look.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;

use super::schema::{site_configurations, sites};
use crate::domain::site::{Look, Site};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = site_configurations, treat_none_as_null = true)]
struct LookRow {
    site_id: i64,
    platform_name: Option<String>,
    lms_url_root: String,
    logo_url: Option<String>,
    tos_url: Option<String>,
    privacy_policy_url: Option<String>,
    homepage_url: Option<String>,
    certificate_help_url: Option<String>,
    company_name: Option<String>,
    trademarks: Option<String>,
    facebook_app_id: Option<String>,
    twitter_username: Option<String>,
    enable_facebook_sharing: bool,
    enable_linkedin_sharing: bool,
    enable_twitter_sharing: bool,
}

impl From<LookRow> for Look {
    fn from(row: LookRow) -> Self {
        Self {
            platform_name: row.platform_name,
            lms_url_root: row.lms_url_root,
            logo_url: row.logo_url,
            tos_url: row.tos_url,
            privacy_policy_url: row.privacy_policy_url,
            homepage_url: row.homepage_url,
            certificate_help_url: row.certificate_help_url,
            company_name: row.company_name,
            trademarks: row.trademarks,
            facebook_app_id: row.facebook_app_id,
            twitter_username: row.twitter_username,
            facebook_sharing: row.enable_facebook_sharing,
            linkedin_sharing: row.enable_linkedin_sharing,
            twitter_sharing: row.enable_twitter_sharing,
        }
    }
}

impl LookRow {
    fn of(site_id: i64, look: &Look) -> Self {
        let look = look.clone();
        Self {
            site_id,
            platform_name: look.platform_name,
            lms_url_root: look.lms_url_root,
            logo_url: look.logo_url,
            tos_url: look.tos_url,
            privacy_policy_url: look.privacy_policy_url,
            homepage_url: look.homepage_url,
            certificate_help_url: look.certificate_help_url,
            company_name: look.company_name,
            trademarks: look.trademarks,
            facebook_app_id: look.facebook_app_id,
            twitter_username: look.twitter_username,
            enable_facebook_sharing: look.facebook_sharing,
            enable_linkedin_sharing: look.linkedin_sharing,
            enable_twitter_sharing: look.twitter_sharing,
        }
    }
}

type Row = (i64, String, String, Option<LookRow>);

/// A site is read with each award, so it takes one statement.
macro_rules! with_look {
    ($sites:expr) => {
        $sites
            .left_join(site_configurations::table.on(site_configurations::site_id.eq(sites::id)))
            .select((sites::id, sites::domain, sites::name, Option::<LookRow>::as_select()))
    };
}

/// The site with exactly this domain.
pub fn find_by_domain(conn: &mut AnyConnection, domain: &str) -> Result<Option<Site>, Error> {
    let found = with_look!(sites::table.filter(sites::domain.eq(domain)));
    Ok(found.first(conn).optional()?.map(site))
}

/// The site with this id.
pub fn get(conn: &mut AnyConnection, id: i64) -> Result<Site, Error> {
    Ok(site(with_look!(sites::table.find(id)).first(conn)?))
}

fn site((id, domain, name, look): Row) -> Site {
    Site { id, domain, name, look: look.map(Look::from).unwrap_or_default() }
}

/// Makes the default site, or moves, renames and redecorates it. It stays the same site under every
/// domain, so that what was awarded under an old one is found under the new one.
pub fn save_default(
    conn: &mut AnyConnection,
    domain: &str,
    name: &str,
    look: &Look,
) -> Result<Site, Error> {
    let values = (sites::domain.eq(domain), sites::name.eq(name), sites::is_default.eq(true));
    let moved = diesel::update(sites::table.filter(sites::is_default)).set(values);
    if moved.execute(conn)? == 0 {
        let insert = diesel::insert_into(sites::table)
            .values(values)
            .on_conflict(sites::domain)
            .do_update()
            .set(values);
        Portable(insert).execute(conn)?;
    }
    let id: i64 = sites::table.filter(sites::is_default).select(sites::id).first(conn)?;
    let row = LookRow::of(id, look);
    let insert = diesel::insert_into(site_configurations::table)
        .values(&row)
        .on_conflict(site_configurations::site_id)
        .do_update()
        .set(&row);
    Portable(insert).execute(conn)?;
    get(conn, id)
}
