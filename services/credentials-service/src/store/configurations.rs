//! Configurations, of courses and of programs: what their two tables have in common.

use database::{AnyConnection, Error};

use crate::domain::signatory::Signatory;

/// A configuration with a table of its own.
pub trait Kept: Sized {
    /// Which configurations are wanted.
    type Filter: Clone + Send + 'static;

    /// The configuration with this id, on this site.
    fn find(conn: &mut AnyConnection, site_id: i64, id: i64) -> Result<Option<Self>, Error>;

    /// How many configurations a filter finds.
    fn count(conn: &mut AnyConnection, site_id: i64, filter: &Self::Filter) -> Result<i64, Error>;

    /// What a filter finds, oldest first.
    fn list(
        conn: &mut AnyConnection,
        site_id: i64,
        filter: &Self::Filter,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Self>, Error>;

    /// Writes a configuration that nobody else wrote first, and answers its id; `None` if somebody
    /// did. Its own id is not looked at.
    fn insert(&self, conn: &mut AnyConnection, site_id: i64) -> Result<Option<i64>, Error>;

    /// Writes a configuration over the one with its id.
    fn update(&self, conn: &mut AnyConnection) -> Result<(), Error>;

    /// Removes a configuration that nobody was awarded.
    fn delete(conn: &mut AnyConnection, id: i64) -> Result<(), Error>;

    /// Whether somebody was awarded it.
    fn is_in_use(conn: &mut AnyConnection, id: i64) -> Result<bool, Error>;

    /// Those who sign it, in order.
    fn signatories(conn: &mut AnyConnection, id: i64) -> Result<Vec<Signatory>, Error>;

    /// Names those who sign it anew.
    fn set_signatories(conn: &mut AnyConnection, id: i64, people: &[i64]) -> Result<(), Error>;
}

/// Makes a table's rows [`Kept`]. Beside it stand `Row` and `Filter`, `filtered`, `insert` and
/// `update`: what differs.
macro_rules! kept {
    (
        $configuration:ty, in $table:ident, awarded as $awarded:ident,
        signed by $of:ident, $set_of:ident
    ) => {
        impl $crate::store::configurations::Kept for $configuration {
            type Filter = Filter;

            fn find(
                conn: &mut AnyConnection,
                site_id: i64,
                id: i64,
            ) -> Result<Option<Self>, Error> {
                let known = $table::table.find(id).filter($table::site_id.eq(site_id));
                Ok(known.select(Row::as_select()).first(conn).optional()?.map(Self::from))
            }

            fn count(
                conn: &mut AnyConnection,
                site_id: i64,
                filter: &Filter,
            ) -> Result<i64, Error> {
                Ok(filtered(site_id, filter).count().get_result(conn)?)
            }

            fn list(
                conn: &mut AnyConnection,
                site_id: i64,
                filter: &Filter,
                offset: i64,
                limit: i64,
            ) -> Result<Vec<Self>, Error> {
                let rows: Vec<Row> = filtered(site_id, filter)
                    .order($table::id)
                    .offset(offset)
                    .limit(limit)
                    .select(Row::as_select())
                    .load(conn)?;
                Ok(rows.into_iter().map(Self::from).collect())
            }

            fn insert(&self, conn: &mut AnyConnection, site_id: i64) -> Result<Option<i64>, Error> {
                insert(conn, site_id, self)
            }

            fn update(&self, conn: &mut AnyConnection) -> Result<(), Error> {
                update(conn, self)
            }

            fn delete(conn: &mut AnyConnection, id: i64) -> Result<(), Error> {
                let deleted = diesel::delete($table::table.find(id)).execute(conn)?;
                database::expect_one(deleted, stringify!($table), id)
            }

            fn is_in_use(conn: &mut AnyConnection, id: i64) -> Result<bool, Error> {
                let used = user_credentials::table.filter(user_credentials::$awarded.eq(id));
                let one = used.select(user_credentials::id).first::<i64>(conn).optional()?;
                Ok(one.is_some())
            }

            fn signatories(conn: &mut AnyConnection, id: i64) -> Result<Vec<Signatory>, Error> {
                signatories::$of(conn, id)
            }

            fn set_signatories(
                conn: &mut AnyConnection,
                id: i64,
                people: &[i64],
            ) -> Result<(), Error> {
                signatories::$set_of(conn, id, people)
            }
        }
    };
}
pub(super) use kept;
