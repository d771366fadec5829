//! PostgreSQL, beside the process: one schema for each register, several processes at once.
//!
//! One connection of each process writes, and only while it holds the `head` table; all others
//! read. Statements of house SQL run as they are; what differs is here: the words of a layout
//! ([`words::ddl`]), many rows in one statement ([`words::several`]), and what a lost connection means.
//!
//! The driver blocks, so it must not be used on an asynchronous task. (Closing would block too; see
//! [`Held`].)

use super::{
    Cell, Row, Session, Statement, Use, Value,
    carry::Sent,
    line::{Failed, Line},
    sight::SERVER,
    tls, words,
};
use crate::{fault::Fault, schema::Table, sight};
use std::{
    borrow::Cow,
    cell::{Cell as Flag, RefCell, RefMut},
    collections::HashMap,
    fmt,
    sync::Arc,
    time::Duration,
};
use tokio_postgres::{
    Config, NoTls,
    config::{Host, SslMode},
    error::SqlState,
    types::Type,
};

/// The oldest server that is supported, as the server counts (15.0).
const OLDEST: i64 = 150_000;
/// How long a server may take to answer a connection.
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// After how long without an answer a connection counts as lost.
const SILENCE: Duration = Duration::from_secs(30);
/// Longest name of a schema: the server's own limit for names (63 bytes).
const SCHEMA_LIMIT: usize = 63;
/// Most values of one statement: the protocol counts them in 16 bits.
const VALUES: usize = 32_000;
/// Most rows of one statement of many rows.
const ROWS: usize = 500;

/// Counts the tables of a name.
pub(super) const HAS_TABLE: Statement = Statement {
    name: "HAS_TABLE",
    text: "SELECT count(*) FROM information_schema.tables
        WHERE table_schema = current_schema() AND table_name = $1",
};
const ITSELF: Statement = Statement {
    name: "ITSELF",
    text: "SELECT CAST(current_setting('server_version_num') AS BIGINT),
        current_setting('server_encoding'), current_setting('synchronous_commit')",
};

/// Ten seconds: a server that lost its client in the midst of a commit ends that by itself.
const AFTER_WRITERS: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SET LOCAL lock_timeout = '10s'; LOCK TABLE head IN EXCLUSIVE MODE";

const HAS_SCHEMA: &str = "SELECT count(*) > 0 FROM pg_namespace WHERE nspname = $1";
const MAY_REPLACE: &str =
    "SELECT has_database_privilege(current_database(), 'CREATE') AND NOT EXISTS
    (SELECT 1 FROM pg_namespace WHERE nspname = $1 AND NOT pg_has_role(nspowner, 'USAGE'))";

/// A schema of a PostgreSQL database, and how to reach it.
#[derive(Clone)]
pub struct Postgres {
    config: Arc<Config>,
    schema: String,
    /// It may be asked over a network in the clear.
    unencrypted: bool,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Postgres({self})") // never the password
    }
}

impl fmt::Display for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgresql://")?;
        for (i, host) in self.config.get_hosts().iter().enumerate() {
            let ports = self.config.get_ports();
            let port = ports.get(i).or_else(|| ports.first()).copied().unwrap_or(5432);
            let comma = if i > 0 { "," } else { "" };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}:{port}")?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{comma}{}:{port}", path.display())?,
            }
        }
        let database = self.config.get_dbname().or(self.config.get_user()).unwrap_or_default();
        write!(f, "/{database} (schema {})", self.schema)
    }
}

impl Postgres {
    /// From an address such as `postgresql://user:password@host:5432/database` and the name of a
    /// schema: lower-case letters, digits and `_`, not beginning with a digit or `pg_`.
    pub fn new(address: &str, schema: &str) -> Result<Self, Fault> {
        let refuse = |why: String| Fault::Address { why };
        let mut config: Config = address.parse().map_err(|e| refuse(cause(&e)))?;
        if config.get_hosts().is_empty() {
            return Err(refuse("no host is named".to_owned()));
        }
        let fits = !schema.is_empty()
            && schema.len() <= SCHEMA_LIMIT
            && !schema.starts_with("pg_")
            && !schema.starts_with(|c: char| c.is_ascii_digit())
            && schema.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !fits {
            return Err(refuse(format!(
                "`{schema}` cannot be the name of a schema: use lower-case letters, digits and _"
            )));
        }
        if !is_near(&config) && config.get_ssl_mode() != SslMode::Disable {
            config.ssl_mode(SslMode::Require);
        }
        config
            .application_name("aftercare")
            .connect_timeout(CONNECT_WAIT)
            .tcp_user_timeout(SILENCE)
            .keepalives(true)
            .keepalives_idle(SILENCE);
        Ok(Self { config: Arc::new(config), schema: schema.to_owned(), unencrypted: false })
    }

    /// The same, also where its address says `sslmode=disable` and it is on another machine. Everything in
    /// the record and the password pass in the clear then: only for a network that is encrypted itself.
    #[must_use]
    pub fn unencrypted(self) -> Self {
        Self { unencrypted: true, ..self }
    }

    /// The same database with another schema.
    pub fn with_schema(&self, schema: &str) -> Result<Self, Fault> {
        // the check of the name is the same; the address was read before
        let checked = Self::new("postgresql://localhost", schema)?;
        Ok(Self { schema: checked.schema, ..self.clone() })
    }

    /// The name of the schema.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Removes the schema with everything in it. None there is fine.
    pub(crate) fn drop_schema(&self) -> Result<(), Fault> {
        self.administer(&format!("DROP SCHEMA IF EXISTS {} CASCADE", self.schema))
    }

    /// Gives the schema another name, which must be free.
    pub(crate) fn rename_schema(&self, to: &str) -> Result<(), Fault> {
        self.administer(&format!("ALTER SCHEMA {} RENAME TO {to}", self.schema))
    }

    /// Gives the schema `fresh` the name of this one, which becomes `aside`, both at once. Done before,
    /// it does nothing.
    pub(crate) fn replace_schema(&self, fresh: &str, aside: &str) -> Result<(), Fault> {
        let wrong = |e: tokio_postgres::Error| self.fault("replacing the schema", &e);
        let failed = |failed: Failed| wrong(failed.error);
        let mut both = self.connect(Use::Write)?;
        both.script("BEGIN", "BEGIN").map_err(failed)?; // rolled back by the server if this line ends
        if !both.query_one(HAS_SCHEMA, &[&fresh]).map_err(wrong)?.get::<_, bool>(0) {
            return Ok(());
        }
        let place = &self.schema;
        if both.query_one(HAS_SCHEMA, &[place]).map_err(wrong)?.get(0) {
            both.script("ALTER", &format!("ALTER SCHEMA {place} RENAME TO {aside}"))
                .map_err(failed)?;
        }
        both.script("ALTER", &format!("ALTER SCHEMA {fresh} RENAME TO {place}")).map_err(failed)?;
        both.script("COMMIT", "COMMIT").map_err(failed)
    }

    /// Checks beforehand that the account may do what [`Self::replace_schema`] does.
    pub(crate) fn may_replace_schema(&self) -> Result<(), Fault> {
        let wrong = |e: tokio_postgres::Error| self.fault("asking what the account may do", &e);
        let mut client = self.connect(Use::Read)?;
        let may: bool = client.query_one(MAY_REPLACE, &[&self.schema]).map_err(wrong)?.get(0);
        if may {
            return Ok(());
        }
        let why = "the account must own the schema and be allowed to make schemas in the database \
                   (GRANT CREATE ON DATABASE ... TO ...), so that the restored one can take its name";
        Err(Fault::Unreachable { place: self.to_string(), why: why.to_owned() })
    }

    fn not_allowed(&self, error: &tokio_postgres::Error, doing: &str) -> Fault {
        if error.code() != Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
            return self.fault(doing, error);
        }
        let why = format!(
            "{}: the account may not make the schema. Have it made by the database's owner, or let it \
             be made: GRANT CREATE ON DATABASE ... TO ...",
            cause(error)
        );
        Fault::Unreachable { place: self.to_string(), why }
    }

    /// Names of schemas were checked when they were read: only letters, digits and `_`.
    fn administer(&self, script: &str) -> Result<(), Fault> {
        let done = self.connect(Use::Write)?.script("changing the schema", script);
        done.map_err(|failed| self.fault(failed.name, &failed.error))
    }

    fn connect(&self, for_use: Use) -> Result<Line, Fault> {
        let unreachable = |why: String| Fault::Unreachable { place: self.to_string(), why };
        let bare = self.config.get_ssl_mode() == SslMode::Disable;
        if bare && !self.unencrypted && !is_near(&self.config) {
            return Err(unreachable(
                "its address says `sslmode=disable`, but it is on another machine: the record and the \
                 password would pass in the clear. Leave it out, or, if the network between is encrypted \
                 itself, allow it with `store.unencrypted = true`"
                    .to_owned(),
            ));
        }
        let opened = match self.config.get_ssl_mode() {
            SslMode::Require => Line::open(&self.config, tls::connector().map_err(unreachable)?),
            _ => Line::open(&self.config, NoTls),
        };
        let made = opened.map_err(|e| unreachable(e.to_string()))?;
        let mut client = made.map_err(|e| unreachable(tls::explained(cause(&e))))?;
        let wrong = |e: tokio_postgres::Error| self.fault("opening the database", &e);
        let failed = |failed: Failed| wrong(failed.error);
        let schema = &self.schema;
        let set = format!("SET search_path TO {schema}; SET client_min_messages = warning;");
        client.script("SET", &set).map_err(failed)?;
        if for_use == Use::Sight {
            self.narrow(&mut client)?;
        }
        if matches!(for_use, Use::Read | Use::Sight) {
            client.script("SET", "SET default_transaction_read_only = on").map_err(failed)?;
        }
        let server = client.query_one(ITSELF.text, &[]).map_err(wrong)?;
        let (version, encoding, synchronous): (i64, String, String) =
            (server.get(0), server.get(1), server.get(2));
        if version < OLDEST {
            return Err(unreachable(format!(
                "the server is of version {}; 15 or later is needed",
                version / 10_000
            )));
        }
        if encoding != "UTF8" {
            return Err(unreachable(format!("the database is encoded in {encoding}, not in UTF8")));
        }
        if matches!(synchronous.as_str(), "off" | "local") && for_use == Use::Write {
            // An acknowledged decision must not be lost: as durable as a commit can be on one server.
            client.script("SET", "SET synchronous_commit = on").map_err(failed)?;
        }
        Ok(client)
    }

    /// Makes views in the place of the tables, and looks nowhere else for a name from then on.
    fn narrow(&self, client: &mut Line) -> Result<(), Fault> {
        let views = SERVER.to_owned() + &words::views(&sight::views(), &self.schema);
        let script = format!(
            "BEGIN; SET LOCAL search_path TO pg_temp; {views} COMMIT; SET search_path TO pg_temp;"
        );
        client.script("making the views of what is in sight", &script).map_err(|failed| {
            let e = failed.error;
            if e.code() != Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
                return self.fault(failed.name, &e);
            }
            let why = format!(
                "{}: the account may not make temporary tables, which show people their part of the record. \
                 Let it: GRANT TEMPORARY ON DATABASE ... TO ...",
                cause(&e)
            );
            Fault::Unreachable { place: self.to_string(), why }
        })
    }

    fn fault(&self, doing: &str, error: &tokio_postgres::Error) -> Fault {
        let (place, why) = (self.to_string(), cause(error));
        match error.code() {
            Some(code) if *code == SqlState::DISK_FULL => Fault::DiskFull { place },
            Some(code)
                if *code == SqlState::READ_ONLY_SQL_TRANSACTION
                    || *code == SqlState::INSUFFICIENT_PRIVILEGE =>
            {
                Fault::ReadOnly { place, why }
            }
            Some(code)
                if *code == SqlState::ADMIN_SHUTDOWN
                    || *code == SqlState::CRASH_SHUTDOWN
                    || *code == SqlState::CANNOT_CONNECT_NOW =>
            {
                Fault::ConnectionLost { place, why }
            }
            None if error.is_closed() || is_io(error) => Fault::ConnectionLost { place, why },
            _ => Fault::Storage { doing: doing.to_owned(), place, why },
        }
    }
}

/// Whether every server that the address names is on the own machine.
fn is_near(config: &Config) -> bool {
    config.get_hosts().iter().all(is_own_machine)
}

fn is_own_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .trim_matches(['[', ']'])
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|ip| ip.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// The driver's words with their cause; it says "db error" and keeps the rest for those who ask.
pub(super) fn cause(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(told), _) => match told.detail() {
            Some(detail) => format!("{}: {detail}", told.message()),
            None => told.message().to_owned(),
        },
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

/// One connection to a schema.
pub(crate) struct Connection {
    server: Postgres,
    for_use: Use,
    client: RefCell<Held>,
    prepared: RefCell<HashMap<Key, tokio_postgres::Statement>>,
    /// A transaction was begun and not ended.
    open: Flag<bool>,
    /// A statement of the transaction failed; only going back to a savepoint makes it usable again.
    failed: Flag<bool>,
}

/// The line. It waits when it is dropped, and breaks if that is on an asynchronous task;
/// since the last user of a register may end anywhere, it is let go on a thread of its own.
struct Held(Option<Line>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            let _ = std::thread::spawn(move || drop(client)).join();
        }
    }
}

/// A prepared statement: its text and for how many rows it was written out.
type Key = (&'static str, usize);

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.server.fmt(f)
    }
}

impl Connection {
    pub(super) fn open(server: &Postgres, for_use: Use) -> Result<Self, Fault> {
        let connection = Self {
            server: server.clone(),
            for_use,
            client: RefCell::new(Held(Some(server.connect(for_use)?))),
            prepared: RefCell::default(),
            open: Flag::new(false),
            failed: Flag::new(false),
        };
        if for_use == Use::Write {
            connection.join_writers()?;
            connection.make_schema()?;
        }
        Ok(connection)
    }

    /// Shows that somebody has these tables open for writing, as long as the connection lives; a whole
    /// copy and a restore hold the same lock for themselves.
    fn join_writers(&self) -> Result<(), Fault> {
        let name = format!("aftercare/{}/writers", self.server.schema);
        let mut line = self.client()?;
        line.holds_locks();
        let answer = line
            .query_one("SELECT pg_try_advisory_lock_shared(hashtextextended($1, 0))", &[&name])
            .map_err(|e| self.fault("asking for a lock", &e))?;
        if answer.get(0) { Ok(()) } else { Err(Fault::InUse { place: self.server.to_string() }) }
    }

    /// Two servers that start at once must not both make it: the second waits for the first.
    fn make_schema(&self) -> Result<(), Fault> {
        let schema = &self.server.schema;
        let is_there = self.client()?.query_one(HAS_SCHEMA, &[schema]);
        if is_there.map_err(|e| self.fault("looking for the schema", &e))?.get(0) {
            return Ok(()); // the account need not be allowed to make one
        }
        let script = format!(
            "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('aftercare/{schema}', 0)); \
             CREATE SCHEMA IF NOT EXISTS {schema}; COMMIT"
        );
        let made = self.client()?.script("making the schema", &script);
        made.map_err(|failed| self.server.not_allowed(&failed.error, failed.name))
    }

    fn client(&self) -> Result<RefMut<'_, Line>, Fault> {
        let held = self.client.try_borrow_mut().ok();
        held.and_then(|held| RefMut::filter_map(held, |held| held.0.as_mut()).ok())
            .ok_or_else(|| Fault::nested(self.server.to_string()))
    }

    pub(super) fn is_idle(&self) -> bool {
        !self.open.get()
    }

    /// Begins a transaction; a connection that was lost while nothing was under way is made anew.
    fn begin(&self, text: &'static str) -> Result<(), Fault> {
        let lost = self.client()?.is_closed();
        let mut begun = if lost { self.reconnect() } else { Ok(()) };
        begun = begun.and_then(|()| self.script(text));
        if matches!(begun, Err(Fault::ConnectionLost { .. })) {
            begun = self.reconnect().and_then(|()| self.script(text));
        }
        begun?;
        self.open.set(true);
        self.failed.set(false);
        Ok(())
    }

    fn reconnect(&self) -> Result<(), Fault> {
        let fresh = Held(Some(self.server.connect(self.for_use)?));
        drop(self.client.replace(fresh));
        self.prepared.borrow_mut().clear();
        self.open.set(false);
        if self.for_use == Use::Write { self.join_writers() } else { Ok(()) }
    }

    pub(super) fn begin_writing(&self) -> Result<(), Fault> {
        // The lock is held until the end: no other process appends meanwhile, and everybody may read.
        let begun = self.begin(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; LOCK TABLE head IN EXCLUSIVE MODE",
        );
        if begun.is_err() {
            let _ = self.roll_back(); // begun, but not locked
        }
        begun
    }

    /// Tries to be the one that holds a lock of this name, as long as this connection lives.
    pub(super) fn try_hold(&self, name: &str) -> Result<bool, Fault> {
        let name = format!("aftercare/{}/{name}", self.server.schema);
        let mut line = self.client()?;
        line.holds_locks();
        let answer = line
            .query_one("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", &[&name])
            .map_err(|e| self.fault("asking for a lock", &e))?;
        Ok(answer.get(0))
    }

    /// Whether the connection lives.
    pub(super) fn lives(&self) -> bool {
        self.client().is_ok_and(|mut client| client.answers(SILENCE))
    }

    /// Begins a transaction that writes before there is a `head` to hold on to.
    pub(super) fn begin_layout(&self) -> Result<(), Fault> {
        self.begin("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")?;
        let name = format!("aftercare/{}", self.server.schema);
        let locked = self
            .client()?
            .query_one("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", &[&name])
            .map_err(|e| self.fault("waiting for another server", &e));
        if locked.is_err() {
            let _ = self.roll_back();
        }
        locked.map(|_| ())
    }

    /// Begins to read when nobody writes any more: also what a lost connection of this process had under
    /// way has come to an end by then. Gives up after ten seconds.
    pub(super) fn begin_after_writers(&self) -> Result<(), Fault> {
        let begun = self.begin(AFTER_WRITERS);
        if begun.is_err() && !self.client()?.is_closed() {
            let _ = self.roll_back();
        }
        begun
    }

    pub(super) fn begin_reading(&self) -> Result<(), Fault> {
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    /// The server answers COMMIT of a failed transaction with a silent rollback, so that is asked
    /// before. A connection lost in the midst leaves open whether it was kept.
    pub(super) fn commit(&self) -> Result<(), Fault> {
        if self.failed.get() {
            let _ = self.roll_back();
            return Err(Fault::Storage {
                doing: "COMMIT".to_owned(),
                place: self.server.to_string(),
                why: "a statement before it failed".to_owned(),
            });
        }
        let done = self.script("COMMIT");
        self.open.set(false);
        done
    }

    pub(super) fn roll_back(&self) -> Result<(), Fault> {
        let done = self.script("ROLLBACK");
        self.open.set(false);
        self.failed.set(false);
        done
    }

    pub(super) fn script(&self, text: &'static str) -> Result<(), Fault> {
        if text.starts_with("ROLLBACK") {
            let _ = self.client()?.settle(); // whatever failed is undone
        }
        let doing = text.split_whitespace().next().unwrap_or("a script");
        let run = if text.starts_with("SAVEPOINT") {
            self.client()?.send_script(doing, text)
        } else {
            self.client()?.script(doing, text)
        };
        run.map_err(|failed| self.failed(&failed))?;
        if text.starts_with("ROLLBACK TO") {
            self.failed.set(false);
        }
        Ok(())
    }

    pub(super) fn layout(&self, text: &'static str) -> Result<(), Fault> {
        let run = self.client()?.script("making the tables", &words::ddl(text));
        run.map_err(|failed| self.failed(&failed))
    }

    pub(super) fn layout_to_fill(&self, text: &'static str) -> Result<(), Fault> {
        let script = words::ddl(&words::without_references(text));
        let run = self.client()?.script("making the tables", &script);
        run.map_err(|failed| self.failed(&failed))
    }

    pub(super) fn refer(&self, text: &'static str) -> Result<(), Fault> {
        let doing = "checking what the rows refer to";
        let run = self.client()?.script(doing, &words::references(text));
        run.map_err(|failed| self.failed(&failed))
    }

    fn prepare(&self, what: Statement, rows: usize) -> Result<tokio_postgres::Statement, Fault> {
        if let Some(prepared) = self.prepared.borrow().get(&(what.text, rows)) {
            return Ok(prepared.clone());
        }
        let text = if rows == 1 { Cow::Borrowed(what.text) } else { words::several(what, rows)? };
        let prepared = self.client()?.prepare(what.name, &text);
        let prepared = prepared.map_err(|failed| self.failed(&failed))?;
        self.prepared.borrow_mut().insert((what.text, rows), prepared.clone());
        Ok(prepared)
    }

    pub(super) fn execute(&self, what: Statement, values: &[Value<'_>]) -> Result<u64, Fault> {
        let prepared = self.prepare(what, 1)?;
        let run = self.client()?.execute(what.name, &prepared, values);
        run.map_err(|failed| self.failed(&failed))
    }

    /// Sends a statement ahead, written out for that many rows.
    pub(super) fn send(
        &self,
        what: Statement,
        rows: usize,
        values: &[Value<'_>],
    ) -> Result<(), Fault> {
        let prepared = self.prepare(what, rows)?;
        let values: Vec<Sent> = values.iter().map(Sent::from).collect();
        let sent = self.client()?.send(what.name, prepared, values);
        sent.map_err(|failed| self.failed(&failed))
    }

    pub(super) fn bulk<'v, const N: usize>(
        &self,
        what: Statement,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), Fault> {
        let most = ROWS.min(VALUES / N.max(1)).max(1);
        let mut waiting: Vec<Value<'v>> = Vec::new();
        for row in rows {
            waiting.extend(row);
            if waiting.len() == most * N {
                self.send(what, most, &waiting)?;
                waiting.clear();
            }
        }
        waiting.chunks_exact(N.max(1)).try_for_each(|row| self.send(what, 1, row))
    }

    pub(super) fn load(&self, table: &Table, from: &Session) -> Result<(), Fault> {
        let prepared = self.prepare(table.rows, 1)?;
        let kinds: Vec<Type> = prepared.columns().iter().map(|c| c.type_().clone()).collect();
        let mut line = self.client()?;
        let wrong = |failed: Failed| self.failed(&failed);
        let mut loading = line.load(table.name, &kinds).map_err(wrong)?;
        from.each(table.rows, &[], |row| {
            let cells = (0..table.columns).map(|column| row.cell(column));
            let cells = cells.collect::<Result<Vec<Cell<'_>>, Fault>>()?;
            loading.row(&cells).map_err(wrong)
        })?;
        loading.end().map_err(wrong)
    }

    pub(super) fn walk(
        &self,
        what: Statement,
        values: &[Value<'_>],
        take: &mut dyn FnMut(&Row<'_>) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let prepared = self.prepare(what, 1)?;
        let wrong = |failed: Failed| self.failed(&failed);
        let mut client = self.client()?;
        let mut rows = client.query(what.name, &prepared, values).map_err(wrong)?;
        while let Some(row) = client.next(what.name, &mut rows).map_err(wrong)? {
            if !take(&Row::new(&row, what.name))? {
                break;
            }
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn prepares(&self, what: Statement) -> Result<(), Fault> {
        self.prepare(what, 1).map(|_| ())
    }

    fn failed(&self, failed: &Failed) -> Fault {
        self.fault(failed.name, &failed.error)
    }

    fn fault(&self, doing: &str, error: &tokio_postgres::Error) -> Fault {
        self.failed.set(true);
        let fault = self.server.fault(doing, error);
        if matches!(fault, Fault::ConnectionLost { .. }) {
            self.open.set(false); // the server rolls back what a lost connection had open
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_once_and_never_shows_its_password() {
        let server = Postgres::new("postgresql://anna:geheim@db1,db2:6000/care", "aftercare_main");
        let server = server.expect("reads");
        assert_eq!(
            server.to_string(),
            "postgresql://db1:5432,db2:6000/care (schema aftercare_main)"
        );
        assert!(!format!("{server:?}").contains("geheim"));
        assert_eq!(server.config.get_ssl_mode(), SslMode::Require, "beyond the own machine");
        let near = Postgres::new("postgresql://anna@127.0.0.1/care", "a").expect("reads");
        assert_eq!(near.config.get_ssl_mode(), SslMode::Prefer);
        let bare = "postgresql://anna:geheim@192.0.2.1:9/care?sslmode=disable&connect_timeout=1";
        let bare = Postgres::new(bare, "a").expect("reads");
        let told = bare.connect(Use::Read).err().expect("refused before anything is sent");
        assert!(told.to_string().contains("store.unencrypted"), "{told}");
        assert!(!told.to_string().contains("geheim"), "{told}");
        assert!(bare.with_schema("b").expect("a name").unencrypted().unencrypted);
        for (address, schema) in [
            ("postgresql://", "a"),
            ("mysql://x", "a"),
            ("postgresql://h:99999999/x", "a"),
            ("postgresql://h/x", "a; drop"),
            ("postgresql://h/x", "Pg"),
            ("postgresql://h/x", "pg_x"),
            ("postgresql://h/x", ""),
        ] {
            let refused = Postgres::new(address, schema).expect_err(address);
            assert!(matches!(refused, Fault::Address { .. }), "{refused}");
        }
    }
}
