//! Configurations of course certificates.

use database::{AnyConnection, Error, MultiBackend, Portable};
use diesel::prelude::*;
use model::Timestamp;

use super::{
    configurations::kept,
    schema::{course_certificates, user_credentials},
    signatories,
};
use crate::domain::{configuration::CourseCertificate, signatory::Signatory};

#[derive(Queryable, Selectable)]
#[diesel(table_name = course_certificates)]
struct Row {
    id: i64,
    course_id: String,
    course_run_id: Option<i64>,
    certificate_type: String,
    title: Option<String>,
    is_active: bool,
    certificate_available_date: Option<Timestamp>,
    created: Timestamp,
    modified: Timestamp,
}

impl From<Row> for CourseCertificate {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            course_id: row.course_id,
            course_run_id: row.course_run_id,
            certificate_type: row.certificate_type,
            title: row.title,
            is_active: row.is_active,
            certificate_available_date: row.certificate_available_date,
            created: row.created,
            modified: row.modified,
        }
    }
}

/// Which configurations are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub course_id: Option<String>,
    pub certificate_type: Option<String>,
    pub is_active: Option<bool>,
}

kept!(
    CourseCertificate, in course_certificates, awarded as course_certificate_id,
    signed by of_course, set_of_course
);

/// All configurations of one run, oldest first.
pub fn of_run(
    conn: &mut AnyConnection,
    site_id: i64,
    course_id: &str,
) -> Result<Vec<CourseCertificate>, Error> {
    let rows: Vec<Row> = course_certificates::table
        .filter(course_certificates::site_id.eq(site_id))
        .filter(course_certificates::course_id.eq(course_id))
        .order(course_certificates::id)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(CourseCertificate::from).collect())
}

fn filtered(site_id: i64, filter: &Filter) -> course_certificates::BoxedQuery<'_, MultiBackend> {
    let mut query =
        course_certificates::table.filter(course_certificates::site_id.eq(site_id)).into_boxed();
    if let Some(course_id) = &filter.course_id {
        query = query.filter(course_certificates::course_id.eq(course_id));
    }
    if let Some(kind) = &filter.certificate_type {
        query = query.filter(course_certificates::certificate_type.eq(kind));
    }
    if let Some(is_active) = filter.is_active {
        query = query.filter(course_certificates::is_active.eq(is_active));
    }
    query
}

fn insert(
    conn: &mut AnyConnection,
    site_id: i64,
    certificate: &CourseCertificate,
) -> Result<Option<i64>, Error> {
    let insert = diesel::insert_into(course_certificates::table)
        .values((
            course_certificates::site_id.eq(site_id),
            course_certificates::course_id.eq(&certificate.course_id),
            course_certificates::course_run_id.eq(certificate.course_run_id),
            course_certificates::certificate_type.eq(&certificate.certificate_type),
            course_certificates::title.eq(&certificate.title),
            course_certificates::is_active.eq(certificate.is_active),
            course_certificates::certificate_available_date
                .eq(certificate.certificate_available_date),
            course_certificates::created.eq(certificate.created),
            course_certificates::modified.eq(certificate.modified),
        ))
        .on_conflict_do_nothing()
        .returning(course_certificates::id);
    Ok(Portable(insert).get_result(conn).optional()?)
}

fn update(conn: &mut AnyConnection, certificate: &CourseCertificate) -> Result<(), Error> {
    let changed = diesel::update(course_certificates::table.find(certificate.id))
        .set((
            course_certificates::course_id.eq(&certificate.course_id),
            course_certificates::course_run_id.eq(certificate.course_run_id),
            course_certificates::certificate_type.eq(&certificate.certificate_type),
            course_certificates::title.eq(&certificate.title),
            course_certificates::is_active.eq(certificate.is_active),
            course_certificates::modified.eq(certificate.modified),
        ))
        .execute(conn)?;
    database::expect_one(changed, "course_certificates", certificate.id)
}
