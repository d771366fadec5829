//! Which engine holds the tables of a register, and what can be done to them as a whole.

use crate::{
    fault::Fault,
    sql::{Place, Postgres, Session, Use},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The file of the tables within a register's directory.
const DATABASE: &str = "register.db";
/// What stands behind the name of a schema that is not yet whole.
const BESIDE: &str = "_new";

/// Which engine holds the tables.
#[derive(Debug, Clone, Default)]
pub enum Store {
    /// A file in the register's directory. One process writes.
    #[default]
    Sqlite,
    /// A schema of a PostgreSQL database. Several processes write, one after the other.
    Postgres(Postgres),
}

impl Store {
    pub(crate) fn place(&self, dir: &Path) -> Place {
        match self {
            Self::Sqlite => Place::File(dir.join(DATABASE)),
            Self::Postgres(server) => Place::Server(server.clone()),
        }
    }

    /// Whether tables of a register stand there.
    pub fn holds_register(&self, dir: &Path) -> Result<bool, Fault> {
        match self {
            Self::Sqlite => Ok(dir.join(DATABASE).exists()),
            Self::Postgres(server) => {
                Session::open(&Place::Server(server.clone()), Use::Read)?.has_table("ledger")
            }
        }
    }

    /// The same kind of store, for a register that is made beside this one until it is whole. A file
    /// lies in the other register's own directory; a schema gets a name of its own.
    pub fn beside(&self) -> Result<Self, Fault> {
        self.named(BESIDE)
    }

    /// The same kind of store with `suffix` behind the name of the schema; a file is told apart by
    /// its directory.
    pub fn named(&self, suffix: &str) -> Result<Self, Fault> {
        Ok(match self {
            Self::Sqlite => Self::Sqlite,
            Self::Postgres(server) => {
                Self::Postgres(server.with_schema(&format!("{}{suffix}", server.schema()))?)
            }
        })
    }

    /// Removes the tables with everything in them. Nothing there is fine.
    pub fn remove(&self, dir: &Path) -> Result<(), Fault> {
        match self {
            Self::Sqlite => ["", "-wal", "-shm"].iter().try_for_each(|end| {
                let file: PathBuf = dir.join(format!("{DATABASE}{end}"));
                match fs::remove_file(&file) {
                    Err(e) if e.kind() != io::ErrorKind::NotFound => {
                        Err(Fault::io("removing", &file, &e))
                    }
                    _ => Ok(()),
                }
            }),
            Self::Postgres(server) => server.drop_schema(),
        }
    }

    /// Puts the tables of a register that was made beside in their place, where none are yet. A file
    /// comes with its directory, which the caller moves.
    pub fn settle(&self, as_store: &Self) -> Result<(), Fault> {
        match (self, as_store) {
            (Self::Postgres(from), Self::Postgres(to)) => from.rename_schema(to.schema()),
            _ => Ok(()),
        }
    }
}
