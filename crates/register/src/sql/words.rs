//! House SQL in PostgreSQL's words: layouts, and a statement for one row written out for many.

use super::Statement;
use crate::fault::Fault;
use std::borrow::Cow;

/// The words of a layout, put from SQLite's into PostgreSQL's: types, the order of texts (by their
/// bytes, as SQLite has it), table options, what stands on a dropped table, and the triggers that guard one.
pub(super) fn ddl(script: &str) -> String {
    let mut out = String::with_capacity(script.len() + 1_000);
    let mut in_trigger = false;
    for line in script.lines() {
        if line.trim_start().starts_with("--") {
            continue;
        }
        if let Some(guarded) = line.strip_prefix("CREATE TRIGGER ") {
            in_trigger = true;
            out.push_str(&guard(guarded));
        }
        if in_trigger {
            in_trigger = !line.trim_end().ends_with("END;");
            continue;
        }
        if let Some(dropped) = line.strip_suffix(';').filter(|line| line.starts_with("DROP TABLE "))
        {
            // With the views that sessions of narrow readers made over it, which then find nothing.
            out.push_str(&format!("{dropped} CASCADE;\n"));
            continue;
        }
        let line = line
            .replace(") STRICT, WITHOUT ROWID;", ");")
            .replace(") STRICT;", ");")
            .replace(" INTEGER", " BIGINT")
            .replace(" TEXT", " TEXT COLLATE \"C\"")
            .replace(" BLOB", " BYTEA");
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// The views of [`sight`](crate::sight), over the tables of a schema.
pub(super) fn views(script: &str, schema: &str) -> String {
    script.replace("main.", &format!("{schema}.")).replace("AS BLOB)", "AS BYTEA)")
}

/// How a column of a layout says what it refers to, and that this is checked at the commit.
const REFERS: &str = " REFERENCES ";
const AT_COMMIT: &str = " DEFERRABLE INITIALLY DEFERRED";

/// The same layout without what its columns refer to.
pub(super) fn without_references(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    for line in script.lines() {
        match (line.split_once(REFERS), line.split_once(AT_COMMIT)) {
            (Some((before, _)), Some((_, after))) => out.extend([before, after]),
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// The statements that add to the tables of a layout what its columns refer to.
pub(super) fn references(script: &str) -> String {
    let mut out = String::new();
    let mut table = "";
    for line in script.lines() {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            table = rest.split(' ').next().unwrap_or_default();
        }
        let (Some((column, rest)), Some((_, _))) =
            (line.split_once(REFERS), line.split_once(AT_COMMIT))
        else {
            continue;
        };
        let column = column.split_whitespace().next().unwrap_or_default();
        let named = rest.split_once(AT_COMMIT).map_or(rest, |(named, _)| named);
        out.push_str(&format!(
            "ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {named}{AT_COMMIT};\n"
        ));
    }
    out
}

/// From the rest of `CREATE TRIGGER name BEFORE UPDATE ON table`: the same guard in PostgreSQL.
fn guard(words: &str) -> String {
    let mut words = words.split_whitespace();
    let (name, _, what) =
        (words.next().unwrap_or_default(), words.next(), words.next().unwrap_or_default());
    let table = words.nth(1).unwrap_or_default();
    let also = if what == "DELETE" {
        format!("CREATE TRIGGER {name}_all BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {name}();\n")
    } else {
        String::new()
    };
    format!(
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE EXCEPTION 'the {table} is only ever appended to'; END $$;\n\
         CREATE TRIGGER {name} BEFORE {what} ON {table} EXECUTE FUNCTION {name}();\n{also}"
    )
}

/// A statement that inserts one row, written out for `rows` of them.
pub(super) fn several(what: Statement, rows: usize) -> Result<Cow<'static, str>, Fault> {
    let group = what.text.find("VALUES (").map(|at| at + "VALUES ".len());
    let Some(begin) = group else {
        return Err(Fault::shape(what.name, "inserts no list of values"));
    };
    let Some(length) = what.text[begin..].find(')') else {
        return Err(Fault::shape(what.name, "has no end of its values"));
    };
    let (group, rest) = what.text[begin..].split_at(length + 1);
    let columns = group.matches('$').count();
    let mut out = what.text[..begin].to_owned();
    for row in 0..rows {
        if row > 0 {
            out.push(',');
        }
        let mut pieces = group.split('$');
        out.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let number: usize = piece[..digits].parse().unwrap_or_default();
            out.push_str(&format!("${}", row * columns + number));
            out.push_str(&piece[digits..]);
        }
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_is_put_into_the_words_of_the_server() {
        let script = "-- a note\nCREATE TABLE t (\n  a INTEGER PRIMARY KEY,\n  b TEXT NOT NULL,\n  c BLOB\n) STRICT, WITHOUT ROWID;\nCREATE TRIGGER t_no_delete BEFORE DELETE ON t\nBEGIN SELECT RAISE(ABORT, 'no'); END;\n";
        assert_eq!(
            ddl(script),
            "CREATE TABLE t (\n  a BIGINT PRIMARY KEY,\n  b TEXT COLLATE \"C\" NOT NULL,\n  c BYTEA\n);\n\
             CREATE FUNCTION t_no_delete() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'the t is only ever appended to'; END $$;\n\
             CREATE TRIGGER t_no_delete BEFORE DELETE ON t EXECUTE FUNCTION t_no_delete();\n\
             CREATE TRIGGER t_no_delete_all BEFORE TRUNCATE ON t EXECUTE FUNCTION t_no_delete();\n"
        );
    }

    #[test]
    fn what_stands_on_a_dropped_table_goes_with_it() {
        assert_eq!(ddl("DROP TABLE IF EXISTS t;\n"), "DROP TABLE IF EXISTS t CASCADE;\n");
    }

    #[test]
    fn what_is_in_sight_is_asked_of_the_tables_of_its_schema() {
        let script = "CREATE TEMP VIEW t AS\n  SELECT no, CAST(NULL AS BLOB) AS b FROM main.t;\n";
        assert_eq!(
            views(script, "care"),
            "CREATE TEMP VIEW t AS\n  SELECT no, CAST(NULL AS BYTEA) AS b FROM care.t;\n"
        );
    }

    #[test]
    fn a_layout_is_filled_without_references_and_given_them_afterwards() {
        let script = "CREATE TABLE t (\n  a INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,\n  b INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED\n) STRICT;\n";
        assert_eq!(
            without_references(script),
            "CREATE TABLE t (\n  a INTEGER NOT NULL,\n  b INTEGER\n) STRICT;\n"
        );
        assert_eq!(
            references(script),
            "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED;\n\
             ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED;\n"
        );
    }

    #[test]
    fn one_row_is_written_out_for_several() {
        let one = Statement {
            name: "ADD",
            text: "INSERT INTO t (a, b, c) VALUES ($1, NULL, $2) ON CONFLICT (a) DO NOTHING",
        };
        assert_eq!(
            several(one, 3).expect("inserts"),
            "INSERT INTO t (a, b, c) VALUES ($1, NULL, $2),($3, NULL, $4),($5, NULL, $6) \
             ON CONFLICT (a) DO NOTHING"
        );
        assert!(several(Statement { name: "X", text: "UPDATE t SET a = $1" }, 2).is_err());
    }
}
