//! A database for one test: a SQLite file, or with `TEST_DATABASE_URL` a PostgreSQL database.

use diesel::{Connection, PgConnection, RunQueryDsl};
use tempfile::TempDir;

/// The PostgreSQL server to test on, if there is one: `postgres://…/an_existing_database`.
pub fn postgres_url() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// Gone when dropped.
pub struct TestDatabase {
    url: String,
    server: Option<(String, String)>,
    folder: TempDir,
}

impl TestDatabase {
    /// An empty database on the server of `TEST_DATABASE_URL`, else in a file.
    pub fn create() -> Self {
        postgres_url().map_or_else(Self::sqlite, |server| Self::postgres(&server))
    }

    /// An empty SQLite file.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("test.sqlite").display());
        Self { url, server: None, folder }
    }

    /// An empty database on this server.
    pub fn postgres(server: &str) -> Self {
        let name = format!("testamur_test_{}", uuid::Uuid::new_v4().simple());
        execute(server, &format!("CREATE DATABASE {name}"));
        let (base, _) = server.rsplit_once('/').expect("the URL names a database");
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let url = format!("{base}/{name}");
        Self { url, server: Some((server.to_owned(), name)), folder }
    }

    /// For `database.url`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder that lives as long.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.server {
            execute(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn execute(server: &str, sql: &str) {
    let mut conn = PgConnection::establish(server).expect("TEST_DATABASE_URL can be reached");
    diesel::sql_query(sql).execute(&mut conn).expect("the server takes the statement");
}
