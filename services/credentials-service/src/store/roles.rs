//! Who has which role, and where.

use database::{AnyConnection, Error};
use diesel::prelude::*;

use super::schema::role_assignments;
use crate::domain::role::{Role, Scope};

/// The roles that were assigned to somebody on one site.
pub fn assigned(
    conn: &mut AnyConnection,
    user_id: i64,
    site_id: i64,
) -> Result<Vec<(Role, Scope)>, Error> {
    let rows: Vec<(i64, String, Option<i64>, Option<String>)> = role_assignments::table
        .filter(role_assignments::user_id.eq(user_id))
        .filter(role_assignments::site_id.eq(site_id))
        .select((
            role_assignments::id,
            role_assignments::role,
            role_assignments::organization_id,
            role_assignments::course_id,
        ))
        .load(conn)?;
    let read = |(id, name, organization, course): (i64, String, Option<i64>, Option<String>)| {
        let role = Role::named(&name)
            .ok_or_else(|| Error::corrupt("role_assignments", id, "there is no such role"))?;
        let scope = match (organization, course) {
            (Some(id), _) => Scope::Organization(id),
            (None, Some(course)) => Scope::CourseRun(course),
            (None, None) => Scope::Site,
        };
        Ok((role, scope))
    };
    rows.into_iter().map(read).collect()
}
