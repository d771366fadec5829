//! Somebody who goes at the tables past the register: on either engine, for looking and for harm.

use aftercare_testkit::engine;
use postgres::{Client, NoTls};
use rusqlite::Connection;
use std::{cell::RefCell, collections::BTreeMap, path::Path};

/// A connection of one's own.
pub enum Intruder {
    File(Connection),
    Server(RefCell<Client>),
}

impl Intruder {
    /// At the tables of the register in `dir`, wherever the tests keep them.
    pub fn at(dir: &Path) -> Self {
        match engine::engine() {
            None => Self::in_file(dir),
            Some(address) => Self::on_server(&address, &engine::schema(dir)),
        }
    }

    /// At the file of the register in `dir`.
    pub fn in_file(dir: &Path) -> Self {
        Self::File(Connection::open(dir.join("register.db")).expect("opens"))
    }

    /// At a schema of the server.
    pub fn on_server(address: &str, schema: &str) -> Self {
        let mut client = Client::connect(address, NoTls).expect("connects");
        client.batch_execute(&format!("SET search_path TO {schema}")).expect("set");
        Self::Server(RefCell::new(client))
    }

    /// Runs statements.
    pub fn run(&self, script: &str) -> Result<(), String> {
        match self {
            Self::File(file) => file.execute_batch(script).map_err(|e| e.to_string()),
            Self::Server(client) => client.borrow_mut().batch_execute(script).map_err(|e| {
                e.as_db_error().map_or_else(|| e.to_string(), |told| told.message().to_owned())
            }),
        }
    }

    /// Runs a statement that must change something.
    pub fn edit(&self, statement: &str) {
        let changed = match self {
            Self::File(file) => file.execute(statement, []).expect("edits") as u64,
            Self::Server(client) => client.borrow_mut().execute(statement, &[]).expect("edits"),
        };
        assert!(changed > 0, "{statement} touched nothing");
    }

    /// Every row of every table as text, sorted.
    pub fn dump(&self) -> BTreeMap<String, Vec<String>> {
        self.tables()
            .into_iter()
            .map(|name| {
                let mut rows = self.rows(&name);
                rows.sort();
                (name, rows)
            })
            .collect()
    }

    fn tables(&self) -> Vec<String> {
        match self {
            Self::File(file) => {
                let mut names = file
                    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
                    .expect("prepares");
                names.query_map([], |r| r.get(0)).expect("lists").map(|n| n.expect("a name")).collect()
            }
            Self::Server(client) => client
                .borrow_mut()
                .query("SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema()", &[])
                .expect("lists")
                .iter()
                .map(|row| row.get(0))
                .collect(),
        }
    }

    fn rows(&self, table: &str) -> Vec<String> {
        match self {
            Self::File(file) => {
                let mut all = file.prepare(&format!("SELECT * FROM {table}")).expect("prepares");
                let columns = all.column_count();
                let row = |row: &rusqlite::Row<'_>| {
                    (0..columns)
                        .map(|i| Ok(format!("{:?}", row.get::<_, rusqlite::types::Value>(i)?)))
                        .collect::<rusqlite::Result<Vec<String>>>()
                };
                all.query_map([], row)
                    .expect("reads")
                    .map(|cells| cells.expect("a row").join("|"))
                    .collect()
            }
            Self::Server(client) => client
                .borrow_mut()
                .query(&format!("SELECT CAST(t AS TEXT) FROM {table} t"), &[])
                .expect("reads")
                .iter()
                .map(|row| row.get(0))
                .collect(),
        }
    }
}
