//! The seam to the database. Its files [`sqlite`] and [`postgres`] are the only ones that name a
//! driver; everything above speaks house SQL.
//!
//! House SQL: statements are named constants, written once for SQLite and PostgreSQL. Parameters
//! are `$1`, `$2`, ... and first appear in ascending order, so that a parameter's place is its
//! number on both engines. No statement is built from strings. Tables are written in SQLite's words
//! and put into PostgreSQL's by [`words::ddl`].

mod carry;
mod line;
mod postgres;
pub(crate) mod sight;
mod sqlite;
mod tls;
mod value;
mod words;

pub use self::postgres::Postgres;
pub(crate) use self::value::{Cell, Row, Value, values};

use crate::{fault::Fault, schema::Table};
use std::path::{Path, PathBuf};

/// One named statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    /// Its name in the book, for messages.
    pub name: &'static str,
    /// Its text in house SQL.
    pub text: &'static str,
}

/// Declares the statements of a module and lists them in `ALL`.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* const $name: $crate::sql::Statement =
            $crate::sql::Statement { name: stringify!($name), text: $text };)*
        /// Every statement of this module, for the test that prepares them all.
        #[cfg(test)]
        pub(crate) const ALL: &[$crate::sql::Statement] = &[$($name),*];
    };
}
pub(crate) use statements;

/// For what a connection is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The one that writes.
    Write,
    /// One of many that only read.
    Read,
    /// One of those that only read what is in [`sight`](crate::sight).
    Sight,
    /// A throw-away store for verify: no durability, no foreign keys. Always a file.
    Scratch,
}

/// Where the tables are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// An SQLite file; one process writes.
    File(PathBuf),
    /// A schema of a PostgreSQL database; several processes write, one after the other.
    Server(Postgres),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Server(server) => write!(f, "{server}"),
        }
    }
}

/// One connection.
#[derive(Debug)]
pub(crate) enum Session {
    Sqlite(sqlite::Connection),
    Postgres(Box<postgres::Connection>),
}

impl Session {
    /// Opens the tables at `place`; a file is made only for writing.
    pub(crate) fn open(place: &Place, for_use: Use) -> Result<Self, Fault> {
        match place {
            Place::File(path) => Self::file(path, for_use),
            Place::Server(server) => {
                postgres::Connection::open(server, for_use).map(|c| Self::Postgres(Box::new(c)))
            }
        }
    }

    /// Opens the database file at `path`.
    pub(crate) fn file(path: &Path, for_use: Use) -> Result<Self, Fault> {
        sqlite::Connection::open(path, for_use).map(Self::Sqlite)
    }

    /// A throw-away store that leaves no file behind, for who must not write beside what is checked.
    pub(crate) fn scratch() -> Result<Self, Fault> {
        Self::file(Path::new(""), Use::Scratch) // SQLite's own temporary database
    }

    /// Whether other processes may write to the same tables.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Tries to hold a lock of this name among all processes, as long as this session lives. A file
    /// belongs to one process, which holds every lock.
    pub(crate) fn try_hold(&self, name: &str) -> Result<bool, Fault> {
        match self {
            Self::Sqlite(_) => Ok(true),
            Self::Postgres(connection) => connection.try_hold(name),
        }
    }

    /// Whether the session, and what it holds, is still there.
    pub(crate) fn lives(&self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(connection) => connection.lives(),
        }
    }

    /// Whether there is a table of this name.
    pub(crate) fn has_table(&self, name: &str) -> Result<bool, Fault> {
        let counted = match self {
            Self::Sqlite(_) => sqlite::HAS_TABLE,
            Self::Postgres(_) => postgres::HAS_TABLE,
        };
        self.number(counted, values![name]).map(|n| n > 0)
    }

    /// What the engine itself finds damaged in its file, at most a hundred lines. A server checks its own pages
    /// when it reads them.
    pub(crate) fn damage(&self) -> Result<Vec<String>, Fault> {
        match self {
            Self::Sqlite(_) => {
                let mut lines = self.query(sqlite::QUICK_CHECK, &[], |row| row.text(0))?;
                lines.retain(|line| line != "ok");
                Ok(lines)
            }
            Self::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Runs a script that makes or drops tables, in the words of SQLite.
    pub(crate) fn layout(&self, text: &'static str) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.script(text),
            Self::Postgres(connection) => connection.layout(text),
        }
    }

    /// Runs a script that makes tables which are filled at once: what they refer to is not looked up row by
    /// row. [`Session::refer`] follows when they are full.
    pub(crate) fn layout_to_fill(&self, text: &'static str) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.script(text), // see `Session::fill`
            Self::Postgres(connection) => connection.layout_to_fill(text),
        }
    }

    /// Has the tables of a script refer to others as it says; a server checks all rows together.
    pub(crate) fn refer(&self, text: &'static str) -> Result<(), Fault> {
        match self {
            Self::Sqlite(_) => Ok(()), // they do since they were made
            Self::Postgres(connection) => connection.refer(text),
        }
    }

    /// Runs `fill` in a writing transaction and keeps what it did; a fault keeps nothing. What rows refer to
    /// is not looked up meanwhile: only a replay may be run, whose rows name the entries they come from.
    pub(crate) fn fill(&self, fill: impl FnOnce() -> Result<(), Fault>) -> Result<(), Fault> {
        self.check_references(false)?;
        let done = self.begin_writing().and_then(|()| {
            let filled = fill().and_then(|()| self.commit());
            if filled.is_err() && !self.is_idle() {
                self.roll_back()?;
            }
            filled
        });
        self.check_references(true).and(done)
    }

    /// Outside a transaction. A server has its references made after the filling instead.
    fn check_references(&self, check: bool) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) if check => connection.script("PRAGMA foreign_keys = ON"),
            Self::Sqlite(connection) => connection.script("PRAGMA foreign_keys = OFF"),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Runs fixed text that both engines understand: savepoints.
    pub(crate) fn script(&self, text: &'static str) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.script(text),
            Self::Postgres(connection) => connection.script(text),
        }
    }

    /// Begins a transaction that writes and keeps all other writers out until its end.
    pub(crate) fn begin_writing(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.script("BEGIN IMMEDIATE"),
            Self::Postgres(connection) => connection.begin_writing(),
        }
    }

    /// Begins a transaction in which every statement sees the same moment.
    pub(crate) fn begin_reading(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.script("BEGIN"),
            Self::Postgres(connection) => connection.begin_reading(),
        }
    }

    /// Begins to read what stands when nobody writes any more: what a connection that was lost in a commit
    /// had under way has come to an end by then. Waits ten seconds at most.
    pub(crate) fn begin_after_writers(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.script("BEGIN"), // one process writes: this one
            Self::Postgres(connection) => connection.begin_after_writers(),
        }
    }

    /// Begins a transaction that makes or changes the tables themselves.
    pub(crate) fn begin_layout(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.script("BEGIN IMMEDIATE"),
            Self::Postgres(connection) => connection.begin_layout(),
        }
    }

    /// Ends a transaction and keeps what it did. Returns when that is durable.
    pub(crate) fn commit(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.script("COMMIT"),
            Self::Postgres(connection) => connection.commit(),
        }
    }

    /// Ends a transaction and keeps nothing of it.
    pub(crate) fn roll_back(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.script("ROLLBACK"),
            Self::Postgres(connection) => connection.roll_back(),
        }
    }

    /// Takes from the disk what deleted keys of subjects left behind: a file's write-ahead log is
    /// emptied (its freed pages are zeros already), a server writes the table anew.
    pub(crate) fn scrub_keys(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.empty_log(),
            Self::Postgres(connection) => connection.script("VACUUM (FULL) subject_key"),
        }
    }

    /// Whether no transaction is open (an engine may have rolled it back by itself).
    pub(crate) fn is_idle(&self) -> bool {
        match self {
            Self::Sqlite(connection) => connection.is_idle(),
            Self::Postgres(connection) => connection.is_idle(),
        }
    }

    /// Runs a statement; gives the number of rows changed.
    pub(crate) fn execute(&self, what: Statement, values: &[Value<'_>]) -> Result<u64, Fault> {
        match self {
            Self::Sqlite(connection) => connection.execute(what, values),
            Self::Postgres(connection) => connection.execute(what, values),
        }
    }

    /// Runs a statement without waiting for its outcome, where the engine is one to wait for. A failure is
    /// told by the next statement that is waited for, the commit at the latest.
    pub(crate) fn send(&self, what: Statement, values: &[Value<'_>]) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.execute(what, values).map(|_| ()),
            Self::Postgres(connection) => connection.send(what, 1, values),
        }
    }

    /// Sends a statement once for each list of values.
    pub(crate) fn bulk<'v, const N: usize>(
        &self,
        what: Statement,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.bulk(what, rows),
            Self::Postgres(connection) => connection.bulk(what, rows),
        }
    }

    /// Fills an empty table with the rows that it has in another session.
    pub(crate) fn load(&self, table: &Table, from: &Self) -> Result<(), Fault> {
        match self {
            // Nothing replays beside a file: see `schema::project_anew`.
            Self::Sqlite(_) => Err(Fault::shape(table.name, "is not loaded but replayed")),
            Self::Postgres(connection) => connection.load(table, from),
        }
    }

    /// Gives each row of the answer to `take`, until it says `false` or breaks off with a fault.
    /// `take` must not use this session.
    fn walk(
        &self,
        what: Statement,
        values: &[Value<'_>],
        take: &mut dyn FnMut(&Row<'_>) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => connection.walk(what, values, take),
            Self::Postgres(connection) => connection.walk(what, values, take),
        }
    }

    /// Gives each row of the answer to `take`, until it breaks off with a fault. `take` must not
    /// use this session.
    pub(crate) fn each(
        &self,
        what: Statement,
        values: &[Value<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.walk(what, values, &mut |row| take(row).map(|()| true))
    }

    /// The whole answer.
    pub(crate) fn query<T>(
        &self,
        what: Statement,
        values: &[Value<'_>],
        mut make: impl FnMut(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut out = Vec::new();
        self.walk(what, values, &mut |row| {
            out.push(make(row)?);
            Ok(true)
        })?;
        Ok(out)
    }

    /// The first row of the answer.
    pub(crate) fn first<T>(
        &self,
        what: Statement,
        values: &[Value<'_>],
        mut make: impl FnMut(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let mut out = None;
        self.walk(what, values, &mut |row| {
            out = Some(make(row)?);
            Ok(false)
        })?;
        Ok(out)
    }

    /// The one whole number that a counting statement answers.
    pub(crate) fn number(&self, what: Statement, values: &[Value<'_>]) -> Result<i64, Fault> {
        self.first(what, values, |row| row.int(0))?
            .ok_or_else(|| Fault::shape(what.name, "no row where one is certain"))
    }

    /// The query plan of a statement, and a check that it can be prepared, for tests.
    #[cfg(test)]
    pub(crate) fn plan(&self, what: Statement) -> Result<Vec<String>, Fault> {
        match self {
            Self::Sqlite(connection) => connection.plan(what),
            Self::Postgres(connection) => connection.prepares(what).map(|()| Vec::new()),
        }
    }
}
