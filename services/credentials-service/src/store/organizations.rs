//! Organizations.

use database::{AnyConnection, Error, Portable};
use diesel::prelude::*;
use model::Id;

use super::schema::{course_owners, organizations, program_organizations};
use crate::domain::catalog::Organization;

#[derive(Queryable, Selectable)]
#[diesel(table_name = organizations)]
struct Row {
    id: i64,
    uuid: Id<Organization>,
    key: String,
    name: String,
    logo_url: Option<String>,
    url: Option<String>,
    email: Option<String>,
}

impl From<Row> for Organization {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            uuid: row.uuid,
            key: row.key,
            name: row.name,
            logo_url: row.logo_url,
            url: row.url,
            email: row.email,
        }
    }
}

/// The id of the organization with this key.
pub fn id_of(conn: &mut AnyConnection, site_id: i64, key: &str) -> Result<Option<i64>, Error> {
    let known = organizations::table
        .filter(organizations::site_id.eq(site_id))
        .filter(organizations::key.eq(key));
    Ok(known.select(organizations::id).first(conn).optional()?)
}

/// Makes or changes the organization with this key; its `id` is not looked at.
pub fn save(
    conn: &mut AnyConnection,
    site_id: i64,
    organization: &Organization,
) -> Result<(), Error> {
    let changing = (
        organizations::uuid.eq(organization.uuid),
        organizations::name.eq(&organization.name),
        organizations::logo_url.eq(&organization.logo_url),
        organizations::url.eq(&organization.url),
        organizations::email.eq(&organization.email),
    );
    let insert = diesel::insert_into(organizations::table)
        .values((
            organizations::site_id.eq(site_id),
            organizations::key.eq(&organization.key),
            changing,
        ))
        .on_conflict((organizations::site_id, organizations::key))
        .do_update()
        .set(changing);
    Portable(insert).execute(conn)?;
    Ok(())
}

/// Those that own a course, in order.
pub fn of_course(conn: &mut AnyConnection, course_id: i64) -> Result<Vec<Organization>, Error> {
    let rows: Vec<Row> = course_owners::table
        .inner_join(organizations::table)
        .filter(course_owners::course_id.eq(course_id))
        .order(course_owners::position)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Organization::from).collect())
}

/// Those that author a program, in order.
pub fn of_program(conn: &mut AnyConnection, program_id: i64) -> Result<Vec<Organization>, Error> {
    let rows: Vec<Row> = program_organizations::table
        .inner_join(organizations::table)
        .filter(program_organizations::program_id.eq(program_id))
        .order(program_organizations::position)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Organization::from).collect())
}

/// Names the owners of a course anew.
pub fn set_of_course(
    conn: &mut AnyConnection,
    course_id: i64,
    owners: &[i64],
) -> Result<(), Error> {
    diesel::delete(course_owners::table.filter(course_owners::course_id.eq(course_id)))
        .execute(conn)?;
    for (position, organization) in (0_i32..).zip(owners) {
        let insert = diesel::insert_into(course_owners::table)
            .values((
                course_owners::course_id.eq(course_id),
                course_owners::organization_id.eq(organization),
                course_owners::position.eq(position),
            ))
            .on_conflict_do_nothing();
        Portable(insert).execute(conn)?;
    }
    Ok(())
}

/// Names the authors of a program anew.
pub fn set_of_program(
    conn: &mut AnyConnection,
    program_id: i64,
    authors: &[i64],
) -> Result<(), Error> {
    diesel::delete(
        program_organizations::table.filter(program_organizations::program_id.eq(program_id)),
    )
    .execute(conn)?;
    for (position, organization) in (0_i32..).zip(authors) {
        let insert = diesel::insert_into(program_organizations::table)
            .values((
                program_organizations::program_id.eq(program_id),
                program_organizations::organization_id.eq(organization),
                program_organizations::position.eq(position),
            ))
            .on_conflict_do_nothing();
        Portable(insert).execute(conn)?;
    }
    Ok(())
}
