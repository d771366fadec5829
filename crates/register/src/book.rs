//! Tests over the book of statements: each prepares, and the large tables are never scanned.

use crate::{
    copy, facts, ledger, log, open, pen, project, read, replay,
    schema::{self, TABLES},
    seal,
    sight::{
        self,
        class::{CLASSES, Seen},
    },
    sign_in,
    sql::{self, Place, Postgres, Row, Session, Statement, Use, values},
};
use std::collections::BTreeSet;

const COLUMNS: Statement = Statement {
    name: "COLUMNS",
    text: "SELECT m.name, count(*) FROM sqlite_schema m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' GROUP BY m.name",
};

const FILE_COLUMNS: Statement = Statement {
    name: "FILE_COLUMNS",
    text: "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' ORDER BY m.name, c.cid",
};
const SERVER_COLUMNS: Statement = Statement {
    name: "SERVER_COLUMNS",
    text: "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT)
        FROM information_schema.columns WHERE table_schema = current_schema()
        ORDER BY CAST(table_name AS TEXT) COLLATE \"C\", ordinal_position",
};

fn migrated(dir: &tempfile::TempDir) -> Session {
    let session = Session::file(&dir.path().join("book.db"), Use::Scratch).expect("opens");
    schema::scratch(&session).expect("migrates");
    schema::for_readers(&session).expect("makes their indexes");
    session
}

fn book() -> Vec<Statement> {
    let mut all = project::statements();
    all.extend(read::statements());
    all.extend([copy::ALL, facts::ALL, ledger::ALL, open::ALL, pen::ALL].concat());
    all.extend([replay::ALL, schema::ALL, seal::ALL, sight::scope::ALL, sign_in::ALL].concat());
    all.extend(log::statements());
    all.extend(TABLES.iter().map(|table| table.rows));
    all
}

#[test]
fn every_statement_prepares_against_the_migrated_schema() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = migrated(&dir);
    for statement in book() {
        if let Err(fault) = session.plan(statement) {
            panic!("{}: {fault}", statement.name);
        }
    }
}

/// The server that `AFTERCARE_TEST_POSTGRES` names, with an empty schema of this test.
#[allow(clippy::disallowed_methods, reason = "the surroundings name the server for tests")]
fn server(test: &str) -> Option<(Session, Place)> {
    let Ok(address) = std::env::var("AFTERCARE_TEST_POSTGRES") else {
        eprintln!("NOT RUN: no PostgreSQL for tests (AFTERCARE_TEST_POSTGRES names none)");
        return None;
    };
    let name = format!("book_{test}_{}", std::process::id());
    let place = Place::Server(Postgres::new(&address, &name).expect("an address"));
    Some((Session::open(&place, Use::Write).expect("opens"), place))
}

#[test]
fn every_statement_prepares_on_a_server_too_and_the_columns_are_in_the_same_order() {
    let Some((server, place)) = server("prepares") else { return };
    schema::migrate(&server).expect("migrates");
    server.begin_writing().expect("begins");
    schema::project_anew(&server, |_| Ok(())).expect("makes the projections");
    server.commit().expect("commits");
    for statement in book() {
        if let Err(fault) = server.plan(statement) {
            panic!("{}: {fault}", statement.name);
        }
    }
    let narrow = Session::open(&place, Use::Sight).expect("opens");
    for statement in [read::statements(), sql::sight::server::ALL.to_vec()].concat() {
        if let Err(fault) = narrow.plan(statement) {
            panic!("{}: {fault}", statement.name);
        }
    }
    narrow.plan(NEVER).expect_err("nothing of that name is in sight");
    let dir = tempfile::tempdir().expect("a directory");
    let text = |row: &Row<'_>| Ok((row.text(0)?, row.text(1)?));
    let file = migrated(&dir).query(FILE_COLUMNS, &[], text).expect("lists");
    assert_eq!(server.query(SERVER_COLUMNS, &[], text).expect("lists"), file);
}

#[test]
fn what_was_sent_ahead_and_failed_is_told_by_its_name_and_never_kept() {
    let Some((server, _)) = server("ahead") else { return };
    schema::migrate(&server).expect("migrates");
    server.begin_writing().expect("begins");
    schema::project_anew(&server, |_| Ok(())).expect("makes the projections");
    server.commit().expect("commits");
    let add = Statement {
        name: "ADD_WORD",
        text: "INSERT INTO noun_word (word, kind, no, since) VALUES ($1, $2, $3, $4)",
    };
    let count = Statement { name: "COUNT", text: "SELECT count(*) FROM noun_word" };
    let send = |kind| server.send(add, values!["word", kind, 1_i64, 1_i64]);

    server.begin_writing().expect("begins");
    server.script("SAVEPOINT change").expect("is set");
    send("no kind of noun").expect("is sent; nobody waits for it");
    let told = server.number(count, &[]).expect_err("the next that is waited for tells");
    assert!(told.to_string().contains("ADD_WORD"), "{told}");
    server.script("ROLLBACK TO change; RELEASE change").expect("undone");
    assert_eq!(server.number(count, &[]).expect("counts"), 0);
    send("another one").expect("is sent");
    let told = server.commit().expect_err("the commit tells at the latest");
    assert!(told.to_string().contains("ADD_WORD"), "{told}");

    server.begin_writing().expect("begins");
    assert_eq!(server.number(count, &[]).expect("counts"), 0, "nothing was kept");
    server.roll_back().expect("rolled back");
}

#[test]
fn every_table_is_lasting_or_listed_as_projected_with_all_its_columns() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = migrated(&dir);
    let found = session
        .query(COLUMNS, &[], |row| Ok((row.text(0)?, row.int(1)? as usize)))
        .expect("lists the tables");
    let lasting: BTreeSet<_> = copy::LASTING.iter().map(|table| table.name).collect();
    for name in &lasting {
        assert!(found.iter().any(|(table, _)| table == name), "{name} is classed, but is no table");
    }
    let found: BTreeSet<_> =
        found.into_iter().filter(|(name, _)| !lasting.contains(name.as_str())).collect();
    let listed: BTreeSet<_> =
        TABLES.iter().map(|table| (table.name.to_owned(), table.columns)).collect();
    assert_eq!(found, listed);
}

#[test]
fn every_table_is_classed_for_what_of_it_is_in_sight() {
    let dir = tempfile::tempdir().expect("a directory");
    let tables = migrated(&dir).query(COLUMNS, &[], |row| row.text(0)).expect("lists the tables");
    let tables: BTreeSet<_> = tables.iter().map(String::as_str).collect();
    let classed: BTreeSet<_> = CLASSES.iter().map(|class| class.table).collect();
    for class in CLASSES {
        let (Seen::Part(said) | Seen::Whole(said) | Seen::Never(said)) = class.seen;
        assert!(said.len() > 10, "{}: say why", class.table);
    }
    assert_eq!(classed.len(), CLASSES.len(), "a table is classed twice");
    assert_eq!(classed, tables);
}

/// What a reader that sees a part of the record asks, on a session of its own.
fn narrow_statements() -> Vec<Statement> {
    [read::statements(), sql::sight::ALL.to_vec()].concat()
}

fn narrow(dir: &tempfile::TempDir) -> Session {
    Session::file(&dir.path().join("book.db"), Use::Sight).expect("opens")
}

#[test]
fn every_reading_statement_prepares_on_a_narrow_session_too() {
    let dir = tempfile::tempdir().expect("a directory");
    let _tables = migrated(&dir);
    let narrow = narrow(&dir);
    for statement in narrow_statements() {
        if let Err(fault) = narrow.plan(statement) {
            panic!("{}: {fault}", statement.name);
        }
    }
}

const PAST_THE_VIEW: Statement =
    Statement { name: "PAST_THE_VIEW", text: "SELECT name FROM main.family" };
const BY_AN_ALIAS: Statement = Statement {
    name: "BY_AN_ALIAS",
    text: "WITH f AS (SELECT name FROM main.family) SELECT name FROM f",
};
const UNCLASSED: Statement = Statement { name: "UNCLASSED", text: "SELECT a FROM unclassed" };
const NEVER: Statement = Statement { name: "NEVER", text: "SELECT answer FROM replay" };

#[test]
fn a_narrow_session_reads_no_table_but_through_its_view() {
    let dir = tempfile::tempdir().expect("a directory");
    let wide = migrated(&dir);
    wide.layout("CREATE TABLE unclassed (a INTEGER) STRICT;").expect("made");
    let narrow = narrow(&dir);
    for statement in [PAST_THE_VIEW, BY_AN_ALIAS, UNCLASSED, NEVER] {
        wide.plan(statement).expect("the table is there");
        let refused = narrow.plan(statement).expect_err(statement.name);
        assert!(refused.to_string().contains("prohibited"), "{}: {refused}", statement.name);
    }
}

/// These look a blob up, and then through the lists of what may be read.
const LOOK_THROUGH_LISTS: &[&str] = &["CITED", "BLOB_SIZE", "SEALED_BEFORE"];

/// Orders what holds in one SBOM before what holds in all.
const SORTS_TWO_ROWS: &str = "COMPONENT_STATE";

#[test]
fn a_narrow_statement_walks_the_way_of_the_wide_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let wide = migrated(&dir);
    let narrow = narrow(&dir);
    let walks = |plan: &[String]| {
        let scans =
            plan.iter().filter(|step| step.starts_with("SCAN ") && *step != "SCAN sight_at");
        scans.count()
    };
    for statement in read::statements() {
        if LOOK_THROUGH_LISTS.contains(&statement.name) {
            continue;
        }
        let plan = narrow.plan(statement).expect("explains");
        let made = |step: &&String| step.contains("MATERIALIZE") || step.contains("AUTOMATIC");
        assert_eq!(plan.iter().find(made), None, "{}", statement.name);
        let wide = wide.plan(statement).expect("explains");
        assert_eq!(walks(&plan), walks(&wide), "{}: {plan:#?} {wide:#?}", statement.name);
        let sorts = |plan: &[String]| plan.iter().filter(|s| s.contains("FOR ORDER BY")).count();
        let more = usize::from(statement.name == SORTS_TWO_ROWS);
        assert_eq!(sorts(&plan), sorts(&wide) + more, "{}: {plan:#?} {wide:#?}", statement.name);
    }
}

/// Layouts that were never released on their own: their migration came together with the next.
const NEVER_RELEASED: &[i64] = &[2];

#[test]
fn every_earlier_layout_has_a_register_in_the_fixtures() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for number in (1..schema::known()).filter(|number| !NEVER_RELEASED.contains(number)) {
        let kept = fixtures.join(format!("schema-{number}/register.db"));
        assert!(kept.exists(), "{} is missing: see README.md there", kept.display());
    }
    assert!(fixtures.join("schema-1/register.db").exists());
}

#[test]
fn no_reader_and_no_projector_scans_a_large_table() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = migrated(&dir);
    let large = [
        "instance",
        "unit",
        "unit_state",
        "fleet",
        "fleet_before",
        "component",
        "component_key",
        "verdict",
        "assessed",
        "vulnerability",
        "vulnerability_alias",
        "ledger",
        "blob",
        "attached",
        "sbom",
    ];
    // A replay does without the indexes that only readers need.
    let bare = Session::scratch().expect("opens");
    schema::scratch(&bare).expect("migrates");
    for statement in project::statements() {
        let plan = bare.plan(statement).expect("explains");
        assert_eq!(plan, session.plan(statement).expect("explains"), "{}", statement.name);
    }
    // In each statement, the short names of these tables, as its FROM and JOIN clauses give them.
    for statement in [project::statements(), read::statements(), facts::ALL.to_vec()].concat() {
        let words: Vec<&str> =
            statement.text.split(|c: char| c.is_whitespace() || c == ',').collect();
        let shorts: BTreeSet<String> = words
            .windows(3)
            .filter(|w| matches!(w[0], "FROM" | "JOIN") && large.contains(&w[1]))
            .flat_map(|w| [w[1].to_owned(), w[2].trim_end_matches(')').to_owned()])
            .collect();
        let plan = session.plan(statement).expect("explains");
        for step in plan {
            let Some(scanned) = step.strip_prefix("SCAN ") else { continue };
            let table = scanned.split(' ').next().unwrap_or_default();
            // A walk along a key that ends at the page's limit, the head recomputed for the past,
            // the follower's look at the attached SBOMs (one row for each), and the whole field at
            // once (`read::state`, as long as the fleet has rows) are meant; so is the queue of
            // signals, which weighs everything that was found (`read::signal`).
            let walks = [
                "MATCHES",
                "FIRST_FOUND",
                "OTHER_NAMES",
                "FLEET",
                "TO_ASSESS",
                "UNASSESSED",
                "UNITS",
                "LEAVES",
                "NEWEST_UNIT",
                "NEWEST_COMPONENT",
                "NEWEST_VULNERABILITY",
                "SIZE",
            ];
            assert!(
                !shorts.contains(table) || walks.contains(&statement.name),
                "{} scans {table}: {step}",
                statement.name
            );
        }
    }
}

#[test]
fn the_blast_radius_goes_from_the_alias_through_the_inverted_index_to_the_fleet() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = migrated(&dir);
    let plan_of = |name: &str| {
        let statement = *read::statements().iter().find(|s| s.name == name).expect("in the book");
        session.plan(statement).expect("explains").join("\n")
    };
    let answers = plan_of("VERSION_ANSWERS");
    for step in [
        "SEARCH a USING PRIMARY KEY (alias=?)",
        "SEARCH x USING INDEX verdict_by_vulnerability (vulnerability=?)",
        "SEARCH n USING PRIMARY KEY (component=?)",
        "SEARCH n USING PRIMARY KEY (component=? AND sbom=?)",
        "SEARCH t USING INDEX attached_by_sbom (sbom=?)",
    ] {
        assert!(answers.contains(step), "{step} is missing in\n{answers}");
    }
    let fleet = plan_of("FLEET_OF_VERSION");
    assert!(fleet.contains("SEARCH f USING PRIMARY KEY (product=? AND version=?)"), "{fleet}");
    let earlier = "SEARCH b USING PRIMARY KEY (product=? AND version=? AND site=? AND since<?)";
    assert!(fleet.contains(earlier), "{fleet}");
}

#[test]
fn the_position_of_an_instant_is_one_look_into_the_index_of_instants() {
    let dir = tempfile::tempdir().expect("a directory");
    let wide = migrated(&dir);
    let statement =
        *read::statements().iter().find(|s| s.name == "POSITION_AT").expect("in the book");
    for session in [wide, narrow(&dir)] {
        let plan = session.plan(statement).expect("explains").join("\n");
        assert!(plan.contains("USING COVERING INDEX ledger_at (at<?)"), "{plan}");
        assert!(!plan.contains("ORDER BY"), "nothing is sorted: {plan}");
    }
}
