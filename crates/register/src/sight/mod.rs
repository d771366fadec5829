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
//! What is in sight follows from the families and the position, and is worked out when a reader is opened
//! ([`Session::bring_in_sight`](crate::sql::Session::bring_in_sight)); when it is closed, nothing is in
//! sight. The position counts: what came into sight later must not show at an earlier moment.

pub(crate) mod class;
pub(crate) mod scope;

use class::{CLASSES, Seen};

/// The script that makes the views, in the words of SQLite.
pub(crate) fn views() -> String {
    let mut script = String::new();
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
