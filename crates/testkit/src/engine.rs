//! On which engine tests keep their tables: files, or a PostgreSQL server.
//!
//! `AFTERCARE_TEST_POSTGRES` names a server for tests; tests about servers need it and say `NOT RUN`
//! without it. With `AFTERCARE_TEST_ENGINE=postgres` all other tests keep their tables there too:
//! `cargo xtask test` runs them on both. Each directory of a test has a schema of its own, named by
//! the digest of its path. The server is thrown away after the tests.

use aftercare_register::{Access, Options, Postgres, Store};
use aftercare_vocab::digest::Digest;
use std::path::Path;

/// The variable that names the server for tests.
pub const SERVER: &str = "AFTERCARE_TEST_POSTGRES";

/// The variable that says on which engine tests run that are not about one.
pub const ENGINE: &str = "AFTERCARE_TEST_ENGINE";

/// The address of the server for tests, for tests about servers.
#[allow(clippy::print_stderr, reason = "a test that did not run says so")]
pub fn server() -> Option<String> {
    let address = surroundings(SERVER);
    if address.is_none() {
        eprintln!("NOT RUN: no PostgreSQL for tests ({SERVER} names none)");
    }
    address
}

/// The address of the server on which all tests keep their tables; none = in files.
///
/// # Panics
/// When the engine is asked for and no server named: the tests would be about something else.
#[allow(clippy::panic, reason = "a test that cannot have its engine must not pass")]
pub fn engine() -> Option<String> {
    match surroundings(ENGINE).as_deref() {
        None | Some("sqlite") => None,
        Some("postgres") => {
            Some(surroundings(SERVER).unwrap_or_else(|| panic!("{ENGINE}=postgres needs {SERVER}")))
        }
        Some(other) => panic!("{ENGINE}={other}: known are sqlite and postgres"),
    }
}

#[allow(clippy::disallowed_methods, reason = "the surroundings say which engine is tested")]
fn surroundings(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// The schema that belongs to a directory.
pub fn schema(dir: &Path) -> String {
    format!("t_{}", &Digest::of(dir.as_os_str().as_encoded_bytes()).hex()[..24])
}

/// Where the tables of the register in `dir` are.
///
/// # Panics
/// When the variable names no usable address: the tests cannot go on.
#[allow(clippy::expect_used, reason = "a test that cannot have its engine must not pass")]
pub fn store(dir: &Path) -> Store {
    engine().map_or(Store::Sqlite, |address| {
        Store::Postgres(Postgres::new(&address, &schema(dir)).expect("an address of a server"))
    })
}

/// How a test opens the register in `dir`.
pub fn options(dir: &Path, access: Access) -> Options {
    Options { access, store: store(dir), ..Options::default() }
}
