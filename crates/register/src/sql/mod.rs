//! The seam to the database: the only file that names a driver.
//!
//! House SQL: statements are named constants, written once for SQLite and PostgreSQL. Parameters
//! are `$1`, `$2`, ... and first appear in ascending order, so that a parameter's place is its
//! number on both engines. No statement is built from strings.

use crate::fault::Fault;
use rusqlite::{
    Connection, ErrorCode, OpenFlags, ToSql,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a statement waits for another process before it gives up.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// Prepared statements kept ready on each connection.
const PREPARED: usize = 300;

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

/// A value on its way into a statement. No fractions: scores are whole tenths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(whole) => ValueRef::Integer(whole),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<i64> for Value<'_> {
    fn from(whole: i64) -> Self {
        Self::Int(whole)
    }
}
impl From<u64> for Value<'_> {
    fn from(whole: u64) -> Self {
        Self::Int(i64::try_from(whole).unwrap_or(i64::MAX))
    }
}
impl From<u32> for Value<'_> {
    fn from(whole: u32) -> Self {
        Self::Int(i64::from(whole))
    }
}
impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}
impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}
impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(bytes)
    }
}
impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Blob(bytes)
    }
}
impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Makes a parameter list of anything that is a [`Value`].
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::Value::from($value)),*] };
}
pub(crate) use values;

/// One row of an answer.
pub(crate) struct Row<'a> {
    row: &'a rusqlite::Row<'a>,
    name: &'static str,
}

impl Row<'_> {
    fn wrong(&self, column: usize, wanted: &str) -> Fault {
        Fault::shape(self.name, format!("column {column} is not {wanted}"))
    }

    /// A whole number.
    pub(crate) fn int(&self, column: usize) -> Result<i64, Fault> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Integer(whole)) => Ok(whole),
            _ => Err(self.wrong(column, "a whole number")),
        }
    }

    /// A count.
    pub(crate) fn count(&self, column: usize) -> Result<u64, Fault> {
        u64::try_from(self.int(column)?).map_err(|_| self.wrong(column, "a count"))
    }

    /// A whole number that may be absent.
    pub(crate) fn int_or_null(&self, column: usize) -> Result<Option<i64>, Fault> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Null) => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    /// A text.
    pub(crate) fn text(&self, column: usize) -> Result<String, Fault> {
        self.text_or_null(column)?.ok_or_else(|| self.wrong(column, "a text"))
    }

    /// A text that may be absent.
    pub(crate) fn text_or_null(&self, column: usize) -> Result<Option<String>, Fault> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Null) => Ok(None),
            Ok(ValueRef::Text(text)) => match std::str::from_utf8(text) {
                Ok(text) => Ok(Some(text.to_owned())),
                Err(_) => Err(self.wrong(column, "UTF-8")),
            },
            _ => Err(self.wrong(column, "a text")),
        }
    }

    /// Bytes.
    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, Fault> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Blob(bytes)) => Ok(bytes.to_vec()),
            _ => Err(self.wrong(column, "bytes")),
        }
    }

    /// Exactly `N` bytes.
    pub(crate) fn fixed<const N: usize>(&self, column: usize) -> Result<[u8; N], Fault> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Blob(bytes)) => {
                bytes.try_into().map_err(|_| self.wrong(column, "as long as it should be"))
            }
            _ => Err(self.wrong(column, "bytes")),
        }
    }

    /// The whole row as one comparable text, for verify.
    pub(crate) fn shown(&self, columns: usize) -> Result<String, Fault> {
        use std::fmt::Write as _;
        let mut out = String::new();
        for column in 0..columns {
            if column > 0 {
                out.push('|');
            }
            let _ = match self.row.get_ref(column) {
                Ok(ValueRef::Null) => write!(out, "null"),
                Ok(ValueRef::Integer(whole)) => write!(out, "{whole}"),
                Ok(ValueRef::Real(real)) => write!(out, "real {:x}", real.to_bits()),
                Ok(ValueRef::Text(text)) => write!(out, "{:?}", String::from_utf8_lossy(text)),
                Ok(ValueRef::Blob(bytes)) => {
                    out.push_str("x'");
                    bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
                }
                Err(_) => return Err(self.wrong(column, "there")),
            };
        }
        Ok(out)
    }
}

/// For what a connection is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The one that writes.
    Write,
    /// One of many that only read.
    Read,
    /// A throw-away store for verify: no durability, no foreign keys.
    Scratch,
}

/// One connection.
pub(crate) struct Session {
    connection: Connection,
    place: PathBuf,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.place.display())
    }
}

impl Session {
    /// Opens the database file at `place`, creating it only for writing.
    pub(crate) fn open(place: &Path, for_use: Use) -> Result<Self, Fault> {
        let flags = match for_use {
            Use::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Use::Write | Use::Scratch => {
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
            }
        } | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(place, flags)
            .map_err(|e| fault("opening the database", place, &e))?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        let session = Self { connection, place: place.to_owned() };
        session.connection.busy_timeout(BUSY_WAIT).map_err(|e| session.fault("waiting", &e))?;
        session.script(match for_use {
            Use::Write => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA trusted_schema = OFF; PRAGMA cache_size = -65536; \
                 PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;"
            }
            Use::Read => {
                "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384; \
                 PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 1073741824;"
            }
            Use::Scratch => {
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; \
                 PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;"
            }
        })?;
        Ok(session)
    }

    /// Runs fixed text of several statements: schema, pragmas, BEGIN and COMMIT.
    pub(crate) fn script(&self, text: &'static str) -> Result<(), Fault> {
        self.connection
            .execute_batch(text)
            .map_err(|e| self.fault(text.split_whitespace().next().unwrap_or("a script"), &e))
    }

    /// Runs a statement; gives the number of rows changed.
    pub(crate) fn execute(&self, what: Statement, values: &[Value<'_>]) -> Result<u64, Fault> {
        let run = || -> rusqlite::Result<usize> {
            let mut prepared = self.connection.prepare_cached(what.text)?;
            for (i, value) in values.iter().enumerate() {
                prepared.raw_bind_parameter(i + 1, value)?;
            }
            prepared.raw_execute()
        };
        run().map(|n| n as u64).map_err(|e| self.fault(what.name, &e))
    }

    /// Runs a statement once for each list of values.
    pub(crate) fn bulk<'v, const N: usize>(
        &self,
        what: Statement,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<u64, Fault> {
        let run = || -> rusqlite::Result<usize> {
            let mut prepared = self.connection.prepare_cached(what.text)?;
            let mut changed = 0;
            for row in rows {
                for (i, value) in row.iter().enumerate() {
                    prepared.raw_bind_parameter(i + 1, value)?;
                }
                changed += prepared.raw_execute()?;
            }
            Ok(changed)
        };
        run().map(|n| n as u64).map_err(|e| self.fault(what.name, &e))
    }

    /// Gives each row of the answer to `take`, until it breaks off with a fault.
    pub(crate) fn each(
        &self,
        what: Statement,
        values: &[Value<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let wrong = |e: rusqlite::Error| self.fault(what.name, &e);
        let mut prepared = self.connection.prepare_cached(what.text).map_err(wrong)?;
        for (i, value) in values.iter().enumerate() {
            prepared.raw_bind_parameter(i + 1, value).map_err(wrong)?;
        }
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(wrong)? {
            take(&Row { row, name: what.name })?;
        }
        Ok(())
    }

    /// The whole answer.
    pub(crate) fn query<T>(
        &self,
        what: Statement,
        values: &[Value<'_>],
        mut make: impl FnMut(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut out = Vec::new();
        self.each(what, values, |row| {
            out.push(make(row)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// The first row of the answer.
    pub(crate) fn first<T>(
        &self,
        what: Statement,
        values: &[Value<'_>],
        make: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let wrong = |e: rusqlite::Error| self.fault(what.name, &e);
        let mut prepared = self.connection.prepare_cached(what.text).map_err(wrong)?;
        for (i, value) in values.iter().enumerate() {
            prepared.raw_bind_parameter(i + 1, value).map_err(wrong)?;
        }
        let mut rows = prepared.raw_query();
        match rows.next().map_err(wrong)? {
            Some(row) => make(&Row { row, name: what.name }).map(Some),
            None => Ok(None),
        }
    }

    /// The one whole number that a counting statement answers.
    pub(crate) fn number(&self, what: Statement, values: &[Value<'_>]) -> Result<i64, Fault> {
        self.first(what, values, |row| row.int(0))?
            .ok_or_else(|| Fault::shape(what.name, "no row where one is certain"))
    }

    /// Whether no transaction is open (an engine may have rolled it back by itself).
    pub(crate) fn is_idle(&self) -> bool {
        self.connection.is_autocommit()
    }

    fn fault(&self, doing: &str, error: &rusqlite::Error) -> Fault {
        fault(doing, &self.place, error)
    }

    /// The query plan of a statement, and a check that it can be prepared, for tests.
    #[cfg(test)]
    pub(crate) fn plan(&self, what: Statement) -> Result<(usize, Vec<String>), Fault> {
        let wrong = |e: rusqlite::Error| self.fault(what.name, &e);
        let prepared = self.connection.prepare(what.text).map_err(wrong)?;
        for i in 1..=prepared.parameter_count() {
            assert_eq!(
                prepared.parameter_name(i),
                Some(format!("${i}").as_str()),
                "{}: parameters must first appear in ascending order",
                what.name
            );
        }
        let count = prepared.parameter_count();
        let explained = format!("EXPLAIN QUERY PLAN {}", what.text);
        let mut plan = self.connection.prepare(&explained).map_err(wrong)?;
        let mut rows = plan.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().map_err(wrong)? {
            steps.push(row.get(3).map_err(wrong)?);
        }
        Ok((count, steps))
    }
}

fn fault(doing: &str, place: &Path, error: &rusqlite::Error) -> Fault {
    let at = place.display().to_string();
    let why = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Fault::DiskFull { place: at },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            Fault::ReadOnly { place: at, why }
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Fault::Corrupt { place: at, why }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::InUse { place: at },
        _ => Fault::Storage { doing: doing.to_owned(), place: at, why },
    }
}
