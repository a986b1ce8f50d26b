//! Configurations of course certificates.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::Timestamp;

use super::schema::{course_certificates, user_credentials};
use crate::domain::configuration::CourseCertificate;

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

/// The configuration with this id, on this site.
pub fn find(
    conn: &mut AnyConnection,
    site_id: i64,
    id: i64,
) -> Result<Option<CourseCertificate>, Error> {
    let known =
        course_certificates::table.find(id).filter(course_certificates::site_id.eq(site_id));
    Ok(known.select(Row::as_select()).first(conn).optional()?.map(CourseCertificate::from))
}

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

macro_rules! filtered {
    ($site_id:expr, $filter:expr) => {{
        let mut query = course_certificates::table
            .filter(course_certificates::site_id.eq($site_id))
            .into_boxed();
        if let Some(course_id) = &$filter.course_id {
            query = query.filter(course_certificates::course_id.eq(course_id));
        }
        if let Some(kind) = &$filter.certificate_type {
            query = query.filter(course_certificates::certificate_type.eq(kind));
        }
        if let Some(is_active) = $filter.is_active {
            query = query.filter(course_certificates::is_active.eq(is_active));
        }
        query
    }};
}

/// How many configurations a filter finds.
pub fn count(conn: &mut AnyConnection, site_id: i64, filter: &Filter) -> Result<i64, Error> {
    Ok(filtered!(site_id, filter).count().get_result(conn)?)
}

/// What a filter finds, oldest first.
pub fn list(
    conn: &mut AnyConnection,
    site_id: i64,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> Result<Vec<CourseCertificate>, Error> {
    let rows: Vec<Row> = filtered!(site_id, filter)
        .order(course_certificates::id)
        .offset(offset)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(CourseCertificate::from).collect())
}

/// Writes a configuration that nobody else wrote first, and answers its id; `None` if somebody did.
/// The id of `certificate` is not looked at.
pub fn insert(
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

/// Writes a configuration over the one with its id.
pub fn update(conn: &mut AnyConnection, certificate: &CourseCertificate) -> Result<(), Error> {
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

/// Whether somebody was awarded it.
pub fn is_in_use(conn: &mut AnyConnection, id: i64) -> Result<bool, Error> {
    let used = user_credentials::table.filter(user_credentials::course_certificate_id.eq(id));
    Ok(used.select(user_credentials::id).first::<i64>(conn).optional()?.is_some())
}

/// Removes a configuration that nobody was awarded.
pub fn delete(conn: &mut AnyConnection, id: i64) -> Result<(), Error> {
    let deleted = diesel::delete(course_certificates::table.find(id)).execute(conn)?;
    database::expect_one(deleted, "course_certificates", id)
}
