//! Fills the copy of the catalog, and the people, from an import document or the registrar's news.

use database::AnyConnection;
use events::registrar::ProgramChanged;
use model::{
    Id, Timestamp,
    catalog::{self, Catalog},
};

use super::{announce, learn_about_user::learn};
use crate::{
    app::App,
    domain::{
        catalog::Organization,
        media::{LARGEST_LOGO, MEDIA_PATH, Picture, PictureError},
        user::News,
    },
    error::Error,
    store,
};

/// The longest text of a catalog item, in characters.
pub(super) const LONGEST: usize = 255;

/// The longest address, in characters.
const LONGEST_URL: usize = 512;

/// How much an import held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    pub organizations: usize,
    pub programs: usize,
    pub courses: usize,
    pub course_runs: usize,
    pub people: usize,
}

/// Writes what a document says over what is there: all of it, or nothing. Doing it twice changes
/// nothing more.
///
/// # Errors
///
/// [`Error::Import`] names the first item that is wrong.
pub async fn import_catalog(app: &App, site_id: i64, catalog: Catalog) -> Result<Imported, Error> {
    let (now, inner) = (app.clock.now(), app.clone());
    let logos = look_at_logos(&catalog.organizations).await?;
    let imported = app
        .db
        .write(move |conn| {
            let mut import = Import { conn, site_id, now, counted: Imported::default() };
            // Learners before course runs, as an award takes them.
            import.people(&inner, &catalog)?;
            import.organizations(&catalog.organizations, logos)?;
            for program in &catalog.programs {
                import.program(program)?;
            }
            for course in &catalog.courses {
                import.course(course, &[])?;
            }
            let counted = import.counted;
            store::shown_version::advance(conn)?;
            Ok::<_, Error>(counted)
        })
        .await?;
    app.pages.forget_all();
    Ok(imported)
}

/// Takes over a program as the registrar has it, unless newer news of it was heard.
pub async fn hear_program(app: &App, site_id: i64, told: ProgramChanged) -> Result<(), Error> {
    let now = app.clock.now();
    let logos = look_at_logos(&told.organizations).await?;
    app.db
        .write(move |conn| {
            let key = &told.program.key;
            if store::subject_versions::advance(conn, "program", key, told.sequence)? {
                let mut import = Import { conn, site_id, now, counted: Imported::default() };
                import.organizations(&told.organizations, logos)?;
                import.program(&told.program)?;
                store::shown_version::advance(conn)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    app.pages.forget_all();
    Ok(())
}

/// A logo that came along, or why it is none.
type Logo = Result<Picture, PictureError>;

/// Looks at the logos that come along, before any transaction waits for that.
async fn look_at_logos(
    organizations: &[catalog::Organization],
) -> Result<Vec<Option<Logo>>, Error> {
    let logos: Vec<Option<String>> =
        organizations.iter().map(|organization| organization.logo.clone()).collect();
    let look = |logo: Option<String>| {
        let uri = logo.filter(|logo| logo.starts_with("data:"))?;
        Some(Picture::from_data_uri(&uri, LARGEST_LOGO))
    };
    let looking = tokio::task::spawn_blocking(move || logos.into_iter().map(look).collect());
    looking.await.map_err(|_| Error::Picture(PictureError::NoPicture))
}

struct Import<'a> {
    conn: &'a mut AnyConnection,
    site_id: i64,
    now: Timestamp,
    counted: Imported,
}

impl Import<'_> {
    fn organizations(
        &mut self,
        organizations: &[catalog::Organization],
        logos: Vec<Option<Logo>>,
    ) -> Result<(), Error> {
        for (organization, logo) in organizations.iter().zip(logos) {
            let item = format!("organization {}", organization.key);
            let wrong = |reason: String| Error::Import { item: item.clone(), reason };
            check(&item, "key", &organization.key, LONGEST)?;
            check(&item, "name", &organization.name, LONGEST)?;
            let logo_url = self.logo(&item, organization, logo)?;
            let kept = Organization {
                id: 0,
                uuid: organization.uuid().into(),
                key: organization.key.clone(),
                name: organization.name.clone(),
                logo_url,
                url: optional(&item, "url", &organization.url, LONGEST_URL)?,
                email: optional(&item, "email", &organization.email, LONGEST)?,
            };
            store::organizations::save(self.conn, self.site_id, &kept)
                .map_err(|error| named(error, wrong))?;
            self.counted.organizations += 1;
        }
        Ok(())
    }

    /// A logo that came along is kept; an address is only noted.
    fn logo(
        &mut self,
        item: &str,
        organization: &catalog::Organization,
        logo: Option<Logo>,
    ) -> Result<Option<String>, Error> {
        let Some(logo) = logo else {
            return optional(item, "logo", &organization.logo, LONGEST_URL);
        };
        let picture = logo.map_err(|error| Error::Import {
            item: item.to_owned(),
            reason: format!("logo: {error}"),
        })?;
        let folder = Id::<Organization>::from(organization.uuid()).hex();
        let path = format!("{MEDIA_PATH}organizations/{folder}/logo.{}", picture.extension());
        store::media::save(self.conn, &path, &picture, self.now)?;
        Ok(Some(path))
    }

    fn program(&mut self, program: &catalog::Program) -> Result<(), Error> {
        let item = format!("program {}", program.key);
        let wrong = |reason: String| Error::Import { item: item.clone(), reason };
        check(&item, "key", &program.key, LONGEST)?;
        for (field, text, most) in [
            ("title", &program.title, LONGEST),
            ("type", &program.program_type, LONGEST),
            ("type_slug", &program.type_slug, LONGEST),
            ("url", &program.url, LONGEST_URL),
        ] {
            optional(&item, field, text, most)?;
        }
        let managing = self.organization(&item, &program.organization)?;
        let mut authors = Vec::new();
        for key in &program.authoring_organizations {
            authors.push(self.organization(&item, key)?);
        }
        if authors.is_empty() {
            authors.push(managing);
        }
        let id = store::programs::save(self.conn, self.site_id, program)
            .map_err(|error| named(error, wrong))?;
        store::organizations::set_of_program(self.conn, id, &authors)?;
        let mut runs = Vec::new();
        let active = program.curricula.iter().find(|curriculum| curriculum.is_active);
        for course in active.iter().flat_map(|curriculum| &curriculum.courses) {
            runs.extend(self.course(course, &authors)?);
        }
        store::programs::set_runs(self.conn, id, &runs)?;
        self.counted.programs += 1;
        Ok(())
    }

    /// The ids of the course's runs. Without owners of its own a course belongs to `authors`.
    fn course(&mut self, course: &catalog::Course, authors: &[i64]) -> Result<Vec<i64>, Error> {
        let item = format!("course {}", course.key().unwrap_or_default());
        let wrong = |reason: String| Error::Import { item: item.clone(), reason };
        let Some(key) = course.key() else {
            return Err(wrong("it has neither a key nor a course run".to_owned()));
        };
        check(&item, "key", &key, LONGEST)?;
        optional(&item, "title", &course.title, LONGEST)?;
        let mut owners = Vec::new();
        for key in &course.owners {
            owners.push(self.organization(&item, key)?);
        }
        let owners = if owners.is_empty() { authors } else { &owners };
        let id = store::course_runs::save_course(self.conn, self.site_id, course)
            .map_err(|error| named(error, wrong))?;
        if !owners.is_empty() {
            store::organizations::set_of_course(self.conn, id, owners)?;
        }
        self.counted.courses += 1;
        course.course_runs.iter().map(|run| self.course_run(id, run)).collect()
    }

    fn course_run(&mut self, course_id: i64, run: &catalog::CourseRun) -> Result<i64, Error> {
        let item = format!("course run {}", run.key);
        let wrong = |reason: String| Error::Import { item: item.clone(), reason };
        optional(&item, "title", &run.title, LONGEST)?;
        optional(&item, "marketing_url", &run.marketing_url, LONGEST_URL)?;
        let pacing = run.pacing_type.as_deref();
        if !matches!(pacing, None | Some("self_paced" | "instructor_paced")) {
            return Err(wrong("pacing_type is neither self_paced nor instructor_paced".to_owned()));
        }
        self.counted.course_runs += 1;
        store::course_runs::save_run(self.conn, self.site_id, course_id, run)
            .map_err(|error| named(error, wrong))
    }

    fn organization(&mut self, item: &str, key: &str) -> Result<i64, Error> {
        store::organizations::id_of(self.conn, self.site_id, key)?.ok_or_else(|| Error::Import {
            item: item.to_owned(),
            reason: format!("there is no organization {key}"),
        })
    }

    fn people(&mut self, app: &App, catalog: &Catalog) -> Result<(), Error> {
        let users = catalog.users.iter().map(|user| user.username.as_str());
        let links = catalog.learner_links.iter().map(|link| link.username.as_str());
        // A name that cannot be kept is refused when its turn comes.
        let names = users.chain(links).filter(|name| check("", "", name, LONGEST).is_ok());
        store::learners::lock_all(self.conn, names)?;
        for user in &catalog.users {
            let news = News {
                email: user.email.as_ref().map(|email| email.as_str().to_owned()),
                full_name: user.full_name.clone(),
                lms_user_id: user.lms_user_id,
                is_active: user.is_active,
                is_staff: user.is_staff,
                is_superuser: user.is_superuser,
            };
            self.person(app, &user.username, &news)?;
            for group in &user.groups {
                store::users::set_membership(self.conn, &user.username, group, true)?;
            }
            for permission in &user.global_permissions {
                store::users::grant(self.conn, &user.username, permission)?;
            }
        }
        for link in &catalog.learner_links {
            let news = News {
                email: Some(link.email.as_str().to_owned()),
                full_name: link.full_name.clone(),
                ..News::default()
            };
            self.person(app, &link.username, &news)?;
        }
        Ok(())
    }

    fn person(&mut self, app: &App, username: &str, news: &News) -> Result<(), Error> {
        let item = format!("user {username}");
        learn(self.conn, &item, username, news)?;
        // All pages are forgotten at the end.
        let _after_commit = announce::announce_all_of(self.conn, app, username, self.now)?;
        self.counted.people += 1;
        Ok(())
    }
}

pub(super) fn check(item: &str, field: &str, text: &str, most: usize) -> Result<(), Error> {
    let reason = if text.trim().is_empty() {
        "is empty".to_owned()
    } else if text.contains('\0') {
        "has a null character".to_owned()
    } else if text.chars().count() > most {
        format!("is longer than {most} characters")
    } else {
        return Ok(());
    };
    Err(Error::Import { item: item.to_owned(), reason: format!("{field} {reason}") })
}

pub(super) fn optional(
    item: &str,
    field: &str,
    text: &Option<String>,
    most: usize,
) -> Result<Option<String>, Error> {
    let text = text.clone().filter(|text| !text.trim().is_empty());
    if let Some(text) = &text {
        check(item, field, text, most)?;
    }
    Ok(text)
}

/// A refusal of the database, with the item that it refused.
fn named(error: database::Error, wrong: impl FnOnce(String) -> Error) -> Error {
    if error.is_unique_violation() {
        wrong("its UUID belongs to another item".to_owned())
    } else {
        error.into()
    }
}
