//! Configurations of program certificates.

use database::{AnyConnection, Error, MultiBackend, Portable};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::{
    configurations::kept,
    schema::{program_certificates, user_credentials},
    signatories,
};
use crate::domain::{catalog::Program, configuration::ProgramCertificate, signatory::Signatory};

#[derive(Queryable, Selectable)]
#[diesel(table_name = program_certificates)]
struct Row {
    id: i64,
    program_uuid: Id<Program>,
    program_id: Option<i64>,
    title: Option<String>,
    is_active: bool,
    use_org_name: bool,
    include_hours_of_effort: bool,
    language: Option<String>,
    created: Timestamp,
    modified: Timestamp,
}

impl From<Row> for ProgramCertificate {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            program_uuid: row.program_uuid,
            program_id: row.program_id,
            title: row.title,
            is_active: row.is_active,
            use_org_name: row.use_org_name,
            include_hours_of_effort: row.include_hours_of_effort,
            language: row.language,
            created: row.created,
            modified: row.modified,
        }
    }
}

/// Which configurations are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub program_id: Option<i64>,
    pub program_uuid: Option<Id<Program>>,
    pub is_active: Option<bool>,
}

kept!(
    ProgramCertificate, in program_certificates, awarded as program_certificate_id,
    signed by of_program, set_of_program
);

/// The configuration of a program, on this site.
pub fn of_program(
    conn: &mut AnyConnection,
    site_id: i64,
    program: Id<Program>,
) -> Result<Option<ProgramCertificate>, Error> {
    let known = program_certificates::table
        .filter(program_certificates::site_id.eq(site_id))
        .filter(program_certificates::program_uuid.eq(program));
    Ok(known.select(Row::as_select()).first(conn).optional()?.map(ProgramCertificate::from))
}

/// The active configurations of a program on all sites, each with its site; two at most.
pub fn active_anywhere(
    conn: &mut AnyConnection,
    program: Id<Program>,
) -> Result<Vec<(i64, ProgramCertificate)>, Error> {
    let rows: Vec<(i64, Row)> = program_certificates::table
        .filter(program_certificates::program_uuid.eq(program))
        .filter(program_certificates::is_active.eq(true))
        .order(program_certificates::id)
        .limit(2)
        .select((program_certificates::site_id, Row::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(site, row)| (site, row.into())).collect())
}

fn filtered(site_id: i64, filter: &Filter) -> program_certificates::BoxedQuery<'_, MultiBackend> {
    let mut query =
        program_certificates::table.filter(program_certificates::site_id.eq(site_id)).into_boxed();
    if let Some(id) = filter.program_id {
        query = query.filter(program_certificates::program_id.eq(id));
    }
    if let Some(uuid) = filter.program_uuid {
        query = query.filter(program_certificates::program_uuid.eq(uuid));
    }
    if let Some(is_active) = filter.is_active {
        query = query.filter(program_certificates::is_active.eq(is_active));
    }
    query
}

fn insert(
    conn: &mut AnyConnection,
    site_id: i64,
    certificate: &ProgramCertificate,
) -> Result<Option<i64>, Error> {
    let insert = diesel::insert_into(program_certificates::table)
        .values((
            program_certificates::site_id.eq(site_id),
            program_certificates::program_uuid.eq(certificate.program_uuid),
            program_certificates::program_id.eq(certificate.program_id),
            program_certificates::title.eq(&certificate.title),
            program_certificates::is_active.eq(certificate.is_active),
            program_certificates::use_org_name.eq(certificate.use_org_name),
            program_certificates::include_hours_of_effort.eq(certificate.include_hours_of_effort),
            program_certificates::language.eq(&certificate.language),
            program_certificates::created.eq(certificate.created),
            program_certificates::modified.eq(certificate.modified),
        ))
        .on_conflict_do_nothing()
        .returning(program_certificates::id);
    Ok(Portable(insert).get_result(conn).optional()?)
}

fn update(conn: &mut AnyConnection, certificate: &ProgramCertificate) -> Result<(), Error> {
    let changed = diesel::update(program_certificates::table.find(certificate.id))
        .set((
            program_certificates::program_uuid.eq(certificate.program_uuid),
            program_certificates::program_id.eq(certificate.program_id),
            program_certificates::title.eq(&certificate.title),
            program_certificates::is_active.eq(certificate.is_active),
            program_certificates::use_org_name.eq(certificate.use_org_name),
            program_certificates::include_hours_of_effort.eq(certificate.include_hours_of_effort),
            program_certificates::language.eq(&certificate.language),
            program_certificates::modified.eq(certificate.modified),
        ))
        .execute(conn)?;
    database::expect_one(changed, "program_certificates", certificate.id)
}
