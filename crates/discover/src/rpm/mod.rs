//! The database of rpm, read from its bytes: SQLite, ndb or Berkeley DB, told apart by content. Each holds one
//! header for each package, and these are the same in all three.
//!
//! What is damaged is told and the rest read. Each reader meets every page of a database once at most, so that the
//! work is bounded by its size whatever its bytes say.

mod berkeley;
mod bytes;
mod header;
mod ndb;
mod package;
mod sqlite;

pub(crate) use header::Package;
pub(crate) use package::{is_package, package};

use std::borrow::Cow;

/// Most bytes of the paths of all files of one database. They are put together from parts, and these may be used
/// again and again.
const PATHS: usize = 256 * 1024 * 1024;

/// Most packages of one database; the largest distributions have some 60,000.
const PACKAGES: usize = 200_000;
/// Most parts of a damaged database that are named; the rest are counted.
const NAMED: usize = 1_000;

/// What a database holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Database {
    pub(crate) packages: Vec<Package>,
    /// What could not be read: place and reason.
    pub(crate) unread: Vec<(String, String)>,
}

/// One part of a database: a header, or what could not be read.
struct Part<'b> {
    /// `package 17`, `page 4`.
    place: String,
    header: Result<Cow<'b, [u8]>, String>,
}

/// Reads a database; the reason why nothing of it can be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Database, String> {
    let mut database = Database::default();
    let mut paths = PATHS;
    let mut further = 0_usize;
    let mut keep = |part: Part<'_>| {
        let full = || Err("the database has more packages than are kept".to_owned());
        let package = match part.header {
            Ok(_) if database.packages.len() >= PACKAGES => full(),
            Ok(bytes) => header::read(&bytes, part.place.clone(), &mut paths),
            Err(why) => Err(why),
        };
        let why = match package {
            Ok((package, left_out)) => {
                database.packages.push(package);
                left_out
            }
            Err(why) => Some(why),
        };
        match why {
            Some(why) if database.unread.len() < NAMED => database.unread.push((part.place, why)),
            Some(_) => further += 1,
            None => {}
        }
    };
    match bytes {
        _ if bytes.starts_with(sqlite::MAGIC) => sqlite::headers(bytes, &mut keep)?,
        _ if bytes.starts_with(ndb::MAGIC) => ndb::headers(bytes, &mut keep)?,
        _ if berkeley::is_database(bytes) => berkeley::headers(bytes, &mut keep)?,
        _ => return Err("it is none of the databases that rpm writes".to_owned()),
    }
    if further > 0 {
        let what = format!("{further} further parts of the database");
        database.unread.push((String::new(), what));
    }
    Ok(database)
}

#[cfg(test)]
mod tests;
