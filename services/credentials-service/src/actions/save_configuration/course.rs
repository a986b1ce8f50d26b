//! What is different about configurations of courses: a course run and a mode are the key, and the
//! run may be missing from the catalog.

use database::AnyConnection;
use model::Timestamp;

use super::Configuration;
use crate::{
    domain::{catalog::CourseRun, configuration::CourseCertificate, role::Belonging},
    error::Error,
    store,
};

/// What a configuration shall be.
#[derive(Debug, Clone)]
pub struct CourseCertificateDraft {
    pub course_id: String,
    pub certificate_type: String,
    pub title: Option<String>,
    pub is_active: bool,
    /// In order.
    pub signatories: Vec<i64>,
}

impl Configuration for CourseCertificate {
    type Draft = CourseCertificateDraft;
    /// The key of the run.
    type Name = Option<String>;
    type Subject = Option<CourseRun>;
    const KIND: &'static str = "CourseCertificate";
    const NAME: &'static str = "course certificate";
    const KEY: &'static str = "key";

    fn belonging(
        &self,
        conn: &mut AnyConnection,
        site_id: i64,
    ) -> Result<Belonging, database::Error> {
        belonging(conn, site_id, &self.course_id)
    }

    fn belongings(
        conn: &mut AnyConnection,
        site_id: i64,
        name: &Option<String>,
    ) -> Result<Vec<Belonging>, database::Error> {
        name.iter().map(|course_id| belonging(conn, site_id, course_id)).collect()
    }

    fn name(draft: &CourseCertificateDraft) -> Option<String> {
        Some(draft.course_id.clone())
    }

    fn subject(
        conn: &mut AnyConnection,
        site_id: i64,
        draft: &CourseCertificateDraft,
    ) -> Result<Option<CourseRun>, Error> {
        Ok(store::course_runs::find(conn, site_id, &draft.course_id)?)
    }

    fn with_key(
        conn: &mut AnyConnection,
        site_id: i64,
        draft: &CourseCertificateDraft,
        _: &Option<CourseRun>,
    ) -> Result<Option<Self>, database::Error> {
        let of_run = store::course_certificates::of_run(conn, site_id, &draft.course_id)?;
        let same = |each: &Self| each.certificate_type == draft.certificate_type;
        Ok(of_run.into_iter().find(same))
    }

    fn moved_by(
        &self,
        draft: &CourseCertificateDraft,
        _: &Option<CourseRun>,
    ) -> Option<&'static str> {
        if self.course_id != draft.course_id {
            Some("course_id")
        } else if self.certificate_type != draft.certificate_type {
            Some("certificate_type")
        } else {
            None
        }
    }

    fn after(
        before: Option<&Self>,
        draft: &CourseCertificateDraft,
        run: &Option<CourseRun>,
        now: Timestamp,
    ) -> Self {
        Self {
            id: before.map_or(0, |before| before.id),
            course_id: draft.course_id.clone(),
            course_run_id: run.as_ref().map(|run| run.id),
            certificate_type: draft.certificate_type.clone(),
            title: draft.title.clone(),
            is_active: draft.is_active,
            certificate_available_date: before.and_then(|before| before.certificate_available_date),
            created: before.map_or(now, |before| before.created),
            modified: now,
        }
    }

    fn signing(draft: &CourseCertificateDraft) -> &[i64] {
        &draft.signatories
    }

    fn id(&self) -> i64 {
        self.id
    }

    fn with_id(self, id: i64) -> Self {
        Self { id, ..self }
    }
}

/// Whose a course run is.
pub fn belonging(
    conn: &mut AnyConnection,
    site_id: i64,
    course_id: &str,
) -> Result<Belonging, database::Error> {
    let owners = match store::course_runs::find(conn, site_id, course_id)? {
        Some(run) => store::organizations::of_course(conn, run.course_id)?,
        None => Vec::new(),
    };
    Ok(Belonging {
        course_id: Some(course_id.to_owned()),
        organization_ids: owners.iter().map(|owner| owner.id).collect(),
    })
}
