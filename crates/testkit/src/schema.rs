//! Whether both databases have the same tables, and whether migrations can be undone.

use std::collections::BTreeSet;

use database::Migrations;
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    backend::Backend,
    migration::{self, Migration, MigrationSource},
    sql_types::{Bool, Text},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::{TestDatabase, postgres_url};

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Bool)]
    required: bool,
}

#[derive(QueryableByName)]
struct Unique {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    columns: String,
}

const SQLITE_COLUMNS: &str = "SELECT m.name AS table_name, c.name AS column_name, \
     (c.\"notnull\" = 1 OR c.pk > 0) AS required FROM sqlite_master m, pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'";

const SQLITE_UNIQUES: &str = "SELECT m.name AS table_name, \
     (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY name)) AS columns \
     FROM sqlite_master m, pragma_index_list(m.name) i \
     WHERE m.type = 'table' AND i.\"unique\" = 1 AND i.origin <> 'pk' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'";

const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, \
     (is_nullable = 'NO') AS required FROM information_schema.columns \
     WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";

const POSTGRES_UNIQUES: &str = "SELECT t.relname::text AS table_name, \
     string_agg(a.attname::text, ',' ORDER BY a.attname) AS columns \
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
     JOIN pg_namespace n ON n.oid = t.relnamespace \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey) \
     WHERE n.nspname = 'public' AND i.indisunique AND NOT i.indisprimary AND t.relname NOT LIKE '\\_\\_%' \
     GROUP BY i.indexrelid, t.relname";

/// What one database has and the other has not, and what either still has once every migration was
/// undone, a line each.
///
/// `None`, with a printed reason, where there is no PostgreSQL to compare with.
pub fn differences(tables: fn() -> Vec<Migrations>) -> Option<Vec<String>> {
    let Some(server) = postgres_url() else {
        println!("not compared: TEST_DATABASE_URL names no PostgreSQL");
        return None;
    };
    let (sqlite, postgres) = (TestDatabase::sqlite(), TestDatabase::postgres(&server));
    for database in [&sqlite, &postgres] {
        let options = database::Options { threads: 1 };
        database::Db::open(database.url(), tables(), options).expect("the migrations run");
    }
    let path = sqlite.url().trim_start_matches("sqlite:");
    let mut lite = SqliteConnection::establish(path).expect("the file opens");
    let mut pg = PgConnection::establish(postgres.url()).expect("the server answers");
    let (ours, theirs) = (of_sqlite(&mut lite), of_postgres(&mut pg));
    let only_ours = ours.difference(&theirs).map(|line| format!("only SQLite: {line}"));
    let only_theirs = theirs.difference(&ours).map(|line| format!("only PostgreSQL: {line}"));
    let mut found: Vec<String> = only_ours.chain(only_theirs).collect();
    let all = tables();
    let undone =
        lite.revert_all_migrations(Together(all.iter().map(|each| &each.sqlite).collect()));
    undone.expect("SQLite's migrations can be undone");
    let undone =
        pg.revert_all_migrations(Together(all.iter().map(|each| &each.postgres).collect()));
    undone.expect("PostgreSQL's migrations can be undone");
    found.extend(of_sqlite(&mut lite).into_iter().map(|line| format!("left in SQLite: {line}")));
    found
        .extend(of_postgres(&mut pg).into_iter().map(|line| format!("left in PostgreSQL: {line}")));
    Some(found)
}

/// The migrations of several crates, which share one database.
struct Together<'a>(Vec<&'a EmbeddedMigrations>);

impl<DB: Backend> MigrationSource<DB> for Together<'_> {
    fn migrations(&self) -> migration::Result<Vec<Box<dyn Migration<DB>>>> {
        let each = self.0.iter().map(|source| MigrationSource::<DB>::migrations(*source));
        Ok(each.collect::<migration::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

fn of_sqlite(conn: &mut SqliteConnection) -> BTreeSet<String> {
    described(
        diesel::sql_query(SQLITE_COLUMNS).load(conn).expect("SQLite describes itself"),
        diesel::sql_query(SQLITE_UNIQUES).load(conn).expect("SQLite describes itself"),
    )
}

fn of_postgres(conn: &mut PgConnection) -> BTreeSet<String> {
    described(
        diesel::sql_query(POSTGRES_COLUMNS).load(conn).expect("PostgreSQL describes itself"),
        diesel::sql_query(POSTGRES_UNIQUES).load(conn).expect("PostgreSQL describes itself"),
    )
}

fn described(columns: Vec<Column>, uniques: Vec<Unique>) -> BTreeSet<String> {
    let columns = columns.into_iter().map(|column| {
        let needed = if column.required { "required" } else { "optional" };
        format!("{}.{} {needed}", column.table_name, column.column_name)
    });
    let uniques = uniques
        .into_iter()
        .map(|unique| format!("{} unique ({})", unique.table_name, unique.columns));
    columns.chain(uniques).collect()
}
