//! What a service holds: a way to read, a way to write, nothing else.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    AnyConnection, Error, Migrations,
    connection::{self, is_postgres},
    lanes::Lane,
    migrations,
};

/// How many waiting writes one SQLite commit carries.
const SQLITE_GROUP: usize = 64;

/// How many threads own connections.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Threads for reads; on PostgreSQL as many again for writes. SQLite has one writer.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { threads: 4 }
    }
}

/// Runs first in every write transaction, and may refuse it.
pub type Guard = Arc<dyn Fn(&mut AnyConnection) -> Result<(), Error> + Send + Sync>;

/// A service's database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    read: Lane,
    write: Lane,
    commits: watch::Receiver<u64>,
    guard: Option<Guard>,
    is_shared: bool,
}

impl Db {
    /// Connects, brings the tables up to date, and starts the threads. Blocks while migrating.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached or a migration fails.
    pub fn open(url: &str, tables: Vec<Migrations>, options: Options) -> Result<Self, Error> {
        connection::make_room_for(url)?;
        migrations::run(&mut AnyConnection::open(url)?, tables)?;
        let (told, commits) = watch::channel(0_u64);
        let on_commit = {
            let told = Arc::new(told);
            move || told.send_modify(|count| *count += 1)
        };
        let (writers, group) =
            if is_postgres(url) { (options.threads, 1) } else { (1, SQLITE_GROUP) };
        Ok(Self {
            read: Lane::start("db-read", url, options.threads, 1, || ()),
            write: Lane::start("db-write", url, writers, group, on_commit),
            commits,
            guard: None,
            is_shared: is_postgres(url),
        })
    }

    /// Reads, outside any transaction.
    ///
    /// # Errors
    ///
    /// What `work` fails with, or [`Error::Overloaded`] when the line is full.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.read.run(work).await
    }

    /// Writes in one transaction: all that `work` did, or nothing of it. Answers after the commit.
    ///
    /// # Errors
    ///
    /// What `work` fails with, or [`Error::Overloaded`] when the line is full.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let guard = self.guard.clone();
        let guarded = move |conn: &mut AnyConnection| {
            conn.write(|conn| {
                if let Some(guard) = guard {
                    guard(conn)?;
                }
                work(conn)
            })
        };
        self.write.run(guarded).await
    }

    /// The same database, where `guard` runs first in every write transaction.
    #[must_use]
    pub fn guarded(&self, guard: Guard) -> Self {
        Self { guard: Some(guard), ..self.clone() }
    }

    /// Changes after every commit of this process: what a relay waits for.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// Whether other processes may write to the same database: PostgreSQL.
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// How many reads and writes wait in line.
    pub fn waiting(&self) -> (usize, usize) {
        (self.read.waiting(), self.write.waiting())
    }
}
