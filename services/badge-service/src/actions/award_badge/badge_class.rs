//! The badge class of an award, made with its issuer on the first.

use database::AnyConnection;
use events::credentials::Achievement;
use model::Timestamp;

use crate::{
    app::App,
    domain::{
        achievement,
        badge_class::BadgeClass,
        changes::Changes,
        issuer::{ImageName, Issuer},
        key::Key,
        origin::Kind,
        profile::IssuerProfile,
    },
    error::Error,
    store,
};

/// The badge class that an award names, with all that is needed to make it.
pub(super) struct WantedClass {
    key: Key,
    achievement: Achievement,
    issuer: IssuerProfile,
    /// There is one if the badge class was not there yet.
    picture: Option<ImageName>,
}

impl WantedClass {
    /// Reads the achievement, and draws the picture of a badge class that is not there yet, if it
    /// will be `needed`.
    pub(super) async fn prepare(
        app: &App,
        achievement: &Achievement,
        needed: bool,
    ) -> Result<Self, Error> {
        let key = Key::try_from(achievement.key.clone())?;
        let issuer = IssuerProfile::of_achievement(achievement, &app.defaults)?;
        let wanted = key.clone();
        let is_known = !needed
            || app
                .db
                .read(move |conn| store::badge_classes::find_by_key(conn, &wanted))
                .await?
                .is_some();
        let picture = if is_known {
            None
        } else {
            let title = key.name(&achievement.title)?;
            Some(app.pictures.drawn(title.as_str(), issuer.name.as_str()).await?)
        };
        Ok(Self { key, achievement: achievement.clone(), issuer, picture })
    }

    /// The badge class. Its issuer is brought up to date on the way.
    pub(super) fn get_or_make(
        &self,
        app: &App,
        conn: &mut AnyConnection,
        changes: &mut Changes,
        now: Timestamp,
    ) -> Result<BadgeClass, Error> {
        let issuer = self.issuer(app, conn, changes, now)?;
        if let Some(class) = store::badge_classes::find_by_key(conn, &self.key)? {
            return Ok(class);
        }
        let picture = self.picture.clone().ok_or_else(|| lost("badge_classes", &self.key))?;
        let made =
            achievement::badge_class(&self.achievement, issuer.id, picture, &app.origin, now)?;
        store::badge_classes::insert(conn, &self.key, &made, now)?;
        // The issuer's list grew.
        changes.note(issuer.id);
        let class = store::badge_classes::find_by_key(conn, &self.key)?;
        class.ok_or_else(|| lost("badge_classes", &self.key))
    }

    fn issuer(
        &self,
        app: &App,
        conn: &mut AnyConnection,
        changes: &mut Changes,
        now: Timestamp,
    ) -> Result<Issuer, Error> {
        let key = &self.issuer.key;
        if let Some(known) = store::issuers::find_by_key(conn, key)? {
            let told = self.issuer.applied_to(&known);
            if told != known {
                store::issuers::save(conn, &told, now)?;
                changes.note(told.id);
            }
            return Ok(told);
        }
        let made = self.issuer.issuer(key.entity_id(&app.origin, Kind::Issuer), &app.defaults, now);
        store::issuers::insert(conn, key, &made, now)?;
        store::issuers::find_by_key(conn, key)?.ok_or_else(|| lost("issuers", key))
    }
}

/// What was there before the transaction is not in it.
fn lost(table: &'static str, key: &Key) -> Error {
    database::Error::Stale { table, id: key.as_str().to_owned() }.into()
}
