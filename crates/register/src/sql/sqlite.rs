//! SQLite, inside the process: one file, one writer, any number of readers beside it.

use super::{Cell, Row, Statement, Use, Value, sight::FILE, value::Cells};
use crate::{fault::Fault, sight};
use rusqlite::{
    ErrorCode, OpenFlags, ToSql,
    config::DbConfig,
    hooks::{AuthAction, AuthContext, Authorization},
    types::{ToSqlOutput, ValueRef},
};
use std::{
    borrow::Cow,
    cell::Cell as Flag,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a statement waits for another process before it gives up.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// Prepared statements kept ready on each connection.
const PREPARED: usize = 300;

/// Counts the tables of a name.
pub(super) const HAS_TABLE: Statement = Statement {
    name: "HAS_TABLE",
    text: "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1",
};

/// Looks at the form of every page, and not whether indexes hold what their tables hold: replaying asks more.
pub(super) const QUICK_CHECK: Statement =
    Statement { name: "QUICK_CHECK", text: "PRAGMA quick_check(100)" };

/// One connection to a file.
pub(crate) struct Connection {
    driver: rusqlite::Connection,
    place: PathBuf,
    /// A row of an answer is being taken.
    answering: Flag<bool>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sqlite({})", self.place.display())
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(whole) => ValueRef::Integer(whole),
            Self::Text(text) => match Self::kept(text) {
                Cow::Borrowed(text) => ValueRef::Text(text.as_bytes()),
                Cow::Owned(text) => return Ok(ToSqlOutput::from(text)),
            },
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Cells for rusqlite::Row<'_> {
    fn cell(&self, column: usize) -> Result<Cell<'_>, String> {
        Ok(match self.get_ref(column).map_err(|e| e.to_string())? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(whole) => Cell::Int(whole),
            ValueRef::Real(real) => Cell::Real(real),
            ValueRef::Text(text) => Cell::Text(text),
            ValueRef::Blob(bytes) => Cell::Blob(bytes),
        })
    }
}

impl Connection {
    pub(super) fn open(place: &Path, for_use: Use) -> Result<Self, Fault> {
        let flags = match for_use {
            Use::Read | Use::Sight => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Use::Write | Use::Scratch => {
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
            }
        } | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let driver = rusqlite::Connection::open_with_flags(place, flags)
            .map_err(|e| fault("opening the database", place, &e))?;
        driver.set_prepared_statement_cache_capacity(PREPARED);
        // Else a statement whose plan could depend on its values is planned anew each time it is used.
        driver
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(|e| fault("opening the database", place, &e))?;
        let mut connection = Self { driver, place: place.to_owned(), answering: Flag::new(false) };
        connection.driver.busy_timeout(BUSY_WAIT).map_err(|e| connection.fault("waiting", &e))?;
        connection.script(match for_use {
            Use::Write => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA trusted_schema = OFF; PRAGMA cache_size = -65536; \
                 PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000; \
                 PRAGMA secure_delete = ON;"
            }
            Use::Read => {
                "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384; \
                 PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 1073741824;"
            }
            // Temporary tables are written; the file was opened for reading only.
            Use::Sight => {
                "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384; \
                 PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 1073741824;"
            }
            Use::Scratch => {
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; \
                 PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;"
            }
        })?;
        if for_use == Use::Sight {
            connection.narrow()?;
        }
        Ok(connection)
    }

    /// Puts views in the place of the tables, and reads no table but through them from then on.
    fn narrow(&mut self) -> Result<(), Fault> {
        let made = self.driver.execute_batch(&(FILE.to_owned() + &sight::views()));
        let made = made.and_then(|()| self.driver.authorizer(Some(only_through_views)));
        made.map_err(|e| self.fault("making the views of what is in sight", &e))
    }

    pub(super) fn script(&self, text: &'static str) -> Result<(), Fault> {
        self.driver
            .execute_batch(text)
            .map_err(|e| self.fault(text.split_whitespace().next().unwrap_or("a script"), &e))
    }

    /// Writes the write-ahead log into the database and cuts it to nothing.
    pub(super) fn empty_log(&self) -> Result<(), Fault> {
        let busy: i64 = self
            .driver
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|e| self.fault("emptying the log", &e))?;
        if busy == 0 {
            return Ok(());
        }
        Err(Fault::LogHeld { place: self.place.display().to_string() })
    }

    pub(super) fn is_idle(&self) -> bool {
        self.driver.is_autocommit()
    }

    pub(super) fn execute(&self, what: Statement, values: &[Value<'_>]) -> Result<u64, Fault> {
        self.one_at_a_time()?;
        let run = || -> rusqlite::Result<usize> {
            let mut prepared = self.driver.prepare_cached(what.text)?;
            for (i, value) in values.iter().enumerate() {
                prepared.raw_bind_parameter(i + 1, value)?;
            }
            prepared.raw_execute()
        };
        run().map(|n| n as u64).map_err(|e| self.fault(what.name, &e))
    }

    pub(super) fn bulk<'v, const N: usize>(
        &self,
        what: Statement,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), Fault> {
        let run = || -> rusqlite::Result<()> {
            let mut prepared = self.driver.prepare_cached(what.text)?;
            for row in rows {
                for (i, value) in row.iter().enumerate() {
                    prepared.raw_bind_parameter(i + 1, value)?;
                }
                prepared.raw_execute()?;
            }
            Ok(())
        };
        run().map_err(|e| self.fault(what.name, &e))
    }

    pub(super) fn walk(
        &self,
        what: Statement,
        values: &[Value<'_>],
        take: &mut dyn FnMut(&Row<'_>) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        self.one_at_a_time()?;
        let wrong = |e: rusqlite::Error| self.fault(what.name, &e);
        let mut prepared = self.driver.prepare_cached(what.text).map_err(wrong)?;
        for (i, value) in values.iter().enumerate() {
            prepared.raw_bind_parameter(i + 1, value).map_err(wrong)?;
        }
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(wrong)? {
            self.answering.set(true);
            let goes_on = take(&Row::new(row, what.name));
            self.answering.set(false);
            if !goes_on? {
                break;
            }
        }
        Ok(())
    }

    /// SQLite could answer a statement inside another; a server cannot, so neither engine does.
    fn one_at_a_time(&self) -> Result<(), Fault> {
        if self.answering.get() {
            return Err(Fault::nested(self.place.display().to_string()));
        }
        Ok(())
    }

    /// The query plan of a statement, and a check of its parameters, for tests.
    #[cfg(test)]
    pub(super) fn plan(&self, what: Statement) -> Result<Vec<String>, Fault> {
        let wrong = |e: rusqlite::Error| self.fault(what.name, &e);
        let prepared = self.driver.prepare(what.text).map_err(wrong)?;
        for i in 1..=prepared.parameter_count() {
            assert_eq!(
                prepared.parameter_name(i),
                Some(format!("${i}").as_str()),
                "{}: parameters must first appear in ascending order",
                what.name
            );
        }
        let explained = format!("EXPLAIN QUERY PLAN {}", what.text);
        let mut plan = self.driver.prepare(&explained).map_err(wrong)?;
        let mut rows = plan.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().map_err(wrong)? {
            steps.push(row.get(3).map_err(wrong)?);
        }
        Ok(steps)
    }

    fn fault(&self, doing: &str, error: &rusqlite::Error) -> Fault {
        fault(doing, &self.place, error)
    }
}

/// Refuses a statement of a narrow session that reads a table of the file itself.
fn only_through_views(asked: AuthContext<'_>) -> Authorization {
    let AuthAction::Read { table_name, column_name } = asked.action else {
        return Authorization::Allow;
    };
    // Where no column is read, SQLite asks once more when it has taken the view apart, and names none.
    let view = asked.accessor.or_else(|| column_name.is_empty().then_some(table_name));
    if asked.database_name == Some("main") && !view.is_some_and(sight::is_view) {
        return Authorization::Deny;
    }
    Authorization::Allow
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

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_statement_is_planned_once_whatever_values_it_is_given() {
        let connection = Connection::open(Path::new(""), Use::Scratch).expect("opens");
        connection.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)").expect("makes");
        let text = "SELECT b FROM t WHERE a > $1 AND a <= $2 ORDER BY a LIMIT $3";
        let what = Statement { name: "SOME", text };
        for n in 0..3_i64 {
            let values = [n.into(), (n + 5).into(), 2_i64.into()];
            connection.walk(what, &values, &mut |_| Ok(true)).expect("walks");
        }
        let prepared = connection.driver.prepare_cached(text).expect("is at hand");
        assert!(prepared.get_status(StatementStatus::Run) >= 3, "it is the one that was used");
        assert_eq!(prepared.get_status(StatementStatus::RePrepare), 0);
    }
}
