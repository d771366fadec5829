//! The tables. Two kinds: the lasting ones (ledger, head, checkpoint; keys of personal text;
//! operational: answers by idempotency key), changed only by numbered migrations, and the projections,
//! which are thrown away and replayed when their layout changes.
//!
//! House rules: identifiers are 16-byte blobs, instants microseconds, booleans 0/1, enums text with
//! CHECK, scores tenths, JSON is text that SQL never looks into. A thing's number (`no`) is the
//! ledger position that made it; where one entry makes many (units, components, vulnerabilities)
//! numbers count up in ledger order, so that a replay gives the same. Every projected row names the
//! entry it stands on (`since`) and, when it no longer holds, the one that ended it (`until`).

use crate::{
    fault::Fault,
    sql::{Session, Statement, statements, values},
};

/// One numbered change of the lasting tables. Never edited once shipped.
struct Migration {
    number: i64,
    name: &'static str,
    script: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "ledger", script: include_str!("schema/001_ledger.sql") },
    Migration { number: 2, name: "checkpoint", script: include_str!("schema/002_checkpoint.sql") },
    Migration { number: 3, name: "replay", script: include_str!("schema/003_replay.sql") },
    Migration { number: 4, name: "sign_in", script: include_str!("schema/004_sign_in.sql") },
];

/// The layout of the projections. Raise it with every change of `projections.sql` or of a projector.
pub(crate) const PROJECTION: i64 = 14;
const PROJECTIONS: &str = include_str!("schema/projections.sql");
const READING: &str = include_str!("schema/reading.sql");
const DROP: &str = include_str!("schema/drop_projections.sql");

/// A projected table: its name and its rows in a certain order, all columns.
#[derive(Debug)]
pub(crate) struct Table {
    pub name: &'static str,
    pub rows: Statement,
    pub columns: usize,
}

macro_rules! tables {
    ($($name:literal: $columns:literal by $order:literal;)*) => {
        /// Every projected table. A test compares this list with the schema.
        pub(crate) const TABLES: &[Table] = &[$(Table {
            name: $name,
            columns: $columns,
            rows: Statement {
                name: concat!("ROWS of ", $name),
                text: concat!("SELECT * FROM ", $name, " ORDER BY ", $order),
            },
        }),*];
    };
}

tables! {
    "blob": 3 by "digest";
    "family": 6 by "no";
    "product": 8 by "no";
    "product_version": 6 by "no";
    "version_life": 7 by "version, since";
    "supplier": 5 by "no";
    "consignee": 6 by "no";
    "site": 9 by "no";
    "unit": 7 by "no";
    "unit_state": 7 by "unit, since";
    "fleet": 6 by "product, version, site";
    "fleet_before": 5 by "product, version, site, since";
    "sbom": 15 by "no";
    "attached": 5 by "version, sbom, since";
    "component": 9 by "no";
    "component_key": 3 by "kind, key, component";
    "instance": 4 by "component, sbom, position";
    "edition": 5 by "no";
    "assessment": 15 by "no";
    "assessed": 8 by "component, sbom, since";
    "vulnerability": 3 by "no";
    "vulnerability_alias": 3 by "alias, vulnerability";
    "verdict": 20 by "component, sbom, vulnerability, since";
    "subject": 4 by "no";
    "contact": 6 by "no";
    "contact_text": 4 by "contact, since";
    "noun_word": 4 by "word, kind, no";
    "twin_mark": 8 by "no";
    "twin": 9 by "no";
    "listed": 3 by "list, no";
    "decision": 5 by "no";
    "decision_text": 5 by "decision, since";
    "decision_family": 4 by "decision, family, since";
    "duty_call": 6 by "no";
}

statements! {
    APPLIED = "SELECT number FROM migration ORDER BY number";
    ADD_MIGRATION = "INSERT INTO migration (number, name) VALUES ($1, $2)";
}

// These touch a table that `statements!` cannot prepare before the first migration.
const PROJECTION_NOW: Statement =
    Statement { name: "PROJECTION_NOW", text: "SELECT projection FROM store WHERE one = 1" };
const LAYOUT_NOW: Statement = Statement {
    name: "LAYOUT_NOW",
    text: "SELECT (SELECT max(number) FROM migration), projection FROM store WHERE one = 1",
};
const SET_PROJECTION: Statement =
    Statement { name: "SET_PROJECTION", text: "UPDATE store SET projection = $1 WHERE one = 1" };

/// What the tables of a file are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// As this release wants them.
    Current,
    /// The projections are of another release and must be replayed.
    Stale,
}

/// The number of the newest migration of this release.
pub(crate) fn known() -> i64 {
    MIGRATIONS.last().map_or(0, |m| m.number)
}

/// Brings the lasting tables up to date. Refuses a file of a newer release.
pub(crate) fn migrate(session: &Session) -> Result<Layout, Fault> {
    if !missing(session)?.is_empty() {
        session.begin_layout()?;
        if let Err(fault) = migrate_from(session) {
            let _ = session.roll_back();
            return Err(fault);
        }
        session.commit()?;
    }
    check_projection(session)
}

/// Looks again under the lock: another server may have done it meanwhile.
fn migrate_from(session: &Session) -> Result<(), Fault> {
    for migration in missing(session)? {
        session.layout(migration.script)?;
        session.execute(ADD_MIGRATION, values![migration.number, migration.name])?;
    }
    Ok(())
}

/// Checks that the tables are still those of this release: another server may have changed them.
pub(crate) fn still_ours(session: &Session) -> Result<(), Fault> {
    let known = MIGRATIONS.last().map_or(0, |m| m.number);
    let found = session.first(LAYOUT_NOW, &[], |row| Ok((row.int(0)?, row.int(1)?)))?;
    match found {
        Some((migration, PROJECTION)) if migration == known => Ok(()),
        Some((migration, projection)) => {
            Err(Fault::OtherRelease { found: (migration, projection), known: (known, PROJECTION) })
        }
        None => Err(Fault::shape("the layout", "the table `store` is empty")),
    }
}

/// Checks a file that is opened for reading only.
pub(crate) fn check(session: &Session) -> Result<Layout, Fault> {
    if missing(session)?.is_empty() { check_projection(session) } else { Ok(Layout::Stale) }
}

/// The migrations that a file did not get yet, in their order. Each is looked for by its number: a release
/// that was built from another line may have given a file a later one without an earlier one. Refuses a file
/// of a newer release.
fn missing(session: &Session) -> Result<Vec<&'static Migration>, Fault> {
    let applied = if session.has_table("migration")? {
        session.query(APPLIED, &[], |row| row.int(0))?
    } else {
        Vec::new() // nothing was made yet
    };
    let (found, known) = (applied.last().copied().unwrap_or_default(), known());
    if found > known {
        return Err(Fault::NewerSchema { found, known });
    }
    Ok(MIGRATIONS.iter().filter(|migration| !applied.contains(&migration.number)).collect())
}

fn check_projection(session: &Session) -> Result<Layout, Fault> {
    let found = session.number(PROJECTION_NOW, &[])?;
    Ok(if found == PROJECTION { Layout::Current } else { Layout::Stale })
}

/// Whether the projections are of another release.
pub(crate) fn is_stale(session: &Session) -> Result<bool, Fault> {
    Ok(check_projection(session)? == Layout::Stale)
}

/// Throws the projections away, has `replay` fill them anew in the session it is given, and makes what only
/// readers and later changes need when they are full. Within an open transaction.
pub(crate) fn project_anew(
    session: &Session,
    replay: impl FnOnce(&Session) -> Result<(), Fault>,
) -> Result<(), Fault> {
    session.layout(DROP)?;
    session.layout_to_fill(PROJECTIONS)?;
    session.execute(SET_PROJECTION, values![PROJECTION])?;
    if session.is_shared() {
        // A replay asks and writes for each entry, which is slow across a line: it runs in a throw-away
        // store in this process, whose rows are then sent table by table.
        let aside = Session::scratch()?;
        scratch(&aside)?;
        aside.begin_reading()?;
        replay(&aside)?;
        TABLES.iter().try_for_each(|table| session.load(table, &aside))?;
    } else {
        replay(session)?;
    }
    session.refer(PROJECTIONS)?;
    session.layout(READING)
}

/// The tables of a scratch store: lasting ones too, because projections refer to them. Nobody reads in
/// it as readers do, so it has none of their indexes.
pub(crate) fn scratch(session: &Session) -> Result<(), Fault> {
    for migration in MIGRATIONS {
        session.layout(migration.script)?;
    }
    session.layout(PROJECTIONS)
}

/// What readers need besides, for tests over their statements.
#[cfg(test)]
pub(crate) fn for_readers(session: &Session) -> Result<(), Fault> {
    session.layout(READING)
}
