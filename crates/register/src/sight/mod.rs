//! Sight: a reader that sees only what belongs to some product families, by construction.
//!
//! Statements name tables. On a session of a narrow reader each of these names is a *view* in the schema
//! of temporary things, which both engines search first: it selects from the table of that name what may
//! be seen. So every statement of the house, also one that is yet to be written, counts, lists, finds and
//! compares what is in sight, and nothing in it can forget to ask. [`class::CLASSES`] says for each table
//! which view stands in its place, and why where that shows every row.
//!
//! A name without a view leads nowhere: a server's session searches no other schema, and a file's refuses
//! to read a table but through a view of this list.
//!
//! What is in sight follows from the families and the position, and is kept in small temporary tables that
//! are filled when a reader is opened and empty when it is closed. The position counts: what came into
//! sight later must not show at an earlier moment.

pub(crate) mod class;
pub(crate) mod scope;

use crate::{
    fault::Fault,
    sql::{Session, statements, values},
};
use aftercare_vocab::id::FamilyId;
use class::{CLASSES, Seen};
use std::collections::BTreeSet;

statements! {
    WANT = "INSERT INTO sight (id) VALUES ($1)";
    STAND_AT = "INSERT INTO sight_at (position) VALUES ($1)";
    // Each asks the view that the one before made show what it should.
    FAMILIES = "INSERT INTO sight_family (no) SELECT no FROM family WHERE since <= $1";
    PRODUCTS = "INSERT INTO sight_product (no) SELECT no FROM product WHERE since <= $1";
    VERSIONS = "INSERT INTO sight_version (no) SELECT no FROM product_version WHERE since <= $1";
    SBOMS = "INSERT INTO sight_sbom (no) SELECT DISTINCT sbom FROM attached WHERE since <= $1";
}

/// What is in sight, each in a table of its own. `id` is that of a family.
const TABLES: &str = "
CREATE TEMP TABLE sight (id BLOB PRIMARY KEY);
CREATE TEMP TABLE sight_at (position INTEGER NOT NULL);
CREATE TEMP TABLE sight_family (no INTEGER PRIMARY KEY);
CREATE TEMP TABLE sight_product (no INTEGER PRIMARY KEY);
CREATE TEMP TABLE sight_version (no INTEGER PRIMARY KEY);
CREATE TEMP TABLE sight_sbom (no INTEGER PRIMARY KEY);
";

/// The script that makes the temporary tables and the views, in the words of SQLite.
pub(crate) fn layout() -> String {
    let mut script = TABLES.to_owned();
    for class in CLASSES {
        let select = match class.seen {
            Seen::Part(select) => select.to_owned(),
            Seen::Whole(_) => format!("SELECT * FROM main.{}", class.table),
            Seen::Never(_) => continue,
        };
        script.push_str(&format!("CREATE TEMP VIEW {} AS {select};\n", class.table));
    }
    script
}

/// Whether a view of this name stands in the place of a table.
pub(crate) fn is_view(name: &str) -> bool {
    CLASSES.iter().any(|class| class.table == name && !matches!(class.seen, Seen::Never(_)))
}

/// Says what is in sight until the end of the transaction: these families, as of a position.
pub(crate) fn fill(
    session: &Session,
    families: &BTreeSet<FamilyId>,
    position: i64,
) -> Result<(), Fault> {
    session.bulk(WANT, families.iter().map(|family| [family.as_bytes().into()]))?;
    session.execute(STAND_AT, values![position])?;
    for next in [FAMILIES, PRODUCTS, VERSIONS, SBOMS] {
        session.execute(next, values![position])?;
    }
    Ok(())
}
