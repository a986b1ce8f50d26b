//! Signatories, and under which certificates they stand.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::Timestamp;

use super::schema::{course_certificate_signatories, program_certificate_signatories, signatories};
use crate::domain::signatory::Signatory;

#[derive(Queryable, Selectable)]
#[diesel(table_name = signatories)]
struct Row {
    id: i64,
    name: String,
    title: String,
    organization_name_override: Option<String>,
    image_path: Option<String>,
    created_by: String,
    created: Timestamp,
    modified: Timestamp,
}

impl From<Row> for Signatory {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            title: row.title,
            organization_name_override: row.organization_name_override,
            image_path: row.image_path,
            created_by: row.created_by,
            created: row.created,
            modified: row.modified,
        }
    }
}

/// The signatory with this id, on this site.
pub fn find(conn: &mut AnyConnection, site_id: i64, id: i64) -> Result<Option<Signatory>, Error> {
    let known = signatories::table.find(id).filter(signatories::site_id.eq(site_id));
    Ok(known.select(Row::as_select()).first(conn).optional()?.map(Signatory::from))
}

/// How many signatories a site has.
pub fn count(conn: &mut AnyConnection, site_id: i64) -> Result<i64, Error> {
    Ok(signatories::table.filter(signatories::site_id.eq(site_id)).count().get_result(conn)?)
}

/// The signatories of a site, oldest first.
pub fn list(
    conn: &mut AnyConnection,
    site_id: i64,
    offset: i64,
    limit: i64,
) -> Result<Vec<Signatory>, Error> {
    let rows: Vec<Row> = signatories::table
        .filter(signatories::site_id.eq(site_id))
        .order(signatories::id)
        .offset(offset)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Signatory::from).collect())
}

/// Writes a new signatory, and answers its id; the one of `signatory` is not looked at.
pub fn insert(conn: &mut AnyConnection, site_id: i64, signatory: &Signatory) -> Result<i64, Error> {
    Ok(diesel::insert_into(signatories::table)
        .values((
            signatories::site_id.eq(site_id),
            signatories::name.eq(&signatory.name),
            signatories::title.eq(&signatory.title),
            signatories::organization_name_override.eq(&signatory.organization_name_override),
            signatories::image_path.eq(&signatory.image_path),
            signatories::created_by.eq(&signatory.created_by),
            signatories::created.eq(signatory.created),
            signatories::modified.eq(signatory.modified),
        ))
        .returning(signatories::id)
        .get_result(conn)?)
}

/// Writes a signatory over the one with its id.
pub fn update(conn: &mut AnyConnection, signatory: &Signatory) -> Result<(), Error> {
    let changed = diesel::update(signatories::table.find(signatory.id))
        .set((
            signatories::name.eq(&signatory.name),
            signatories::title.eq(&signatory.title),
            signatories::organization_name_override.eq(&signatory.organization_name_override),
            signatories::image_path.eq(&signatory.image_path),
            signatories::modified.eq(signatory.modified),
        ))
        .execute(conn)?;
    database::expect_one(changed, "signatories", signatory.id)
}

/// Removes a signatory that stands nowhere.
pub fn delete(conn: &mut AnyConnection, id: i64) -> Result<(), Error> {
    let deleted = diesel::delete(signatories::table.find(id)).execute(conn)?;
    database::expect_one(deleted, "signatories", id)
}

/// The course and program configurations that name a signatory.
pub fn uses(conn: &mut AnyConnection, id: i64) -> Result<(Vec<i64>, Vec<i64>), Error> {
    let of_courses = course_certificate_signatories::table
        .filter(course_certificate_signatories::signatory_id.eq(id))
        .select(course_certificate_signatories::certificate_id)
        .load(conn)?;
    let of_programs = program_certificate_signatories::table
        .filter(program_certificate_signatories::signatory_id.eq(id))
        .select(program_certificate_signatories::certificate_id)
        .load(conn)?;
    Ok((of_courses, of_programs))
}

/// Who signs the configurations of one kind: `$of` asks, `$set_of` names them anew.
macro_rules! signed {
    ($table:ident, $of:ident, $set_of:ident) => {
        /// Those who sign a configuration, in order.
        pub fn $of(conn: &mut AnyConnection, certificate: i64) -> Result<Vec<Signatory>, Error> {
            let rows: Vec<Row> = $table::table
                .inner_join(signatories::table)
                .filter($table::certificate_id.eq(certificate))
                .order($table::position)
                .select(Row::as_select())
                .load(conn)?;
            Ok(rows.into_iter().map(Signatory::from).collect())
        }

        /// Names those who sign a configuration anew.
        pub fn $set_of(
            conn: &mut AnyConnection,
            certificate: i64,
            people: &[i64],
        ) -> Result<(), Error> {
            use $table::{certificate_id, position, signatory_id, table};

            diesel::delete(table.filter(certificate_id.eq(certificate))).execute(conn)?;
            for (place, person) in (0_i32..).zip(people) {
                let insert = diesel::insert_into(table)
                    .values((
                        certificate_id.eq(certificate),
                        signatory_id.eq(person),
                        position.eq(place),
                    ))
                    .on_conflict_do_nothing();
                Portable(insert).execute(conn)?;
            }
            Ok(())
        }
    };
}

signed!(course_certificate_signatories, of_course, set_of_course);
signed!(program_certificate_signatories, of_program, set_of_program);
