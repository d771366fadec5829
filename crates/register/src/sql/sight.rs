//! What is in sight, as each engine keeps it for the views of [`sight`](crate::sight).
//!
//! A file's session has small temporary tables. A server's has settings of the transaction, shown as
//! tables of the same names: to fill and empty temporary tables there leaves dead rows that nobody
//! sweeps, or makes the server plan every statement anew. A setting that is not there shows nothing.

use super::{Session, Statement, statements, values};
use crate::fault::Fault;
use aftercare_vocab::id::FamilyId;
use std::{collections::BTreeSet, fmt::Write as _};

pub(super) const FILE: &str = "
CREATE TEMP TABLE sight (id BLOB PRIMARY KEY);
CREATE TEMP TABLE sight_at (position INTEGER NOT NULL);
CREATE TEMP TABLE sight_family (no INTEGER PRIMARY KEY);
CREATE TEMP TABLE sight_product (no INTEGER PRIMARY KEY);
CREATE TEMP TABLE sight_version (no INTEGER PRIMARY KEY);
CREATE TEMP TABLE sight_sbom (no INTEGER PRIMARY KEY);
";

pub(super) const SERVER: &str = "
CREATE TEMP VIEW sight AS SELECT decode(h, 'hex') AS id
  FROM unnest(string_to_array(current_setting('aftercare.sight', true), ',')) h;
CREATE TEMP VIEW sight_at AS
  SELECT CAST(current_setting('aftercare.sight_at', true) AS BIGINT) AS position;
CREATE TEMP VIEW sight_family AS SELECT CAST(n AS BIGINT) AS no
  FROM unnest(string_to_array(current_setting('aftercare.sight_family', true), ',')) n;
CREATE TEMP VIEW sight_product AS SELECT CAST(n AS BIGINT) AS no
  FROM unnest(string_to_array(current_setting('aftercare.sight_product', true), ',')) n;
CREATE TEMP VIEW sight_version AS SELECT CAST(n AS BIGINT) AS no
  FROM unnest(string_to_array(current_setting('aftercare.sight_version', true), ',')) n;
CREATE TEMP VIEW sight_sbom AS SELECT CAST(n AS BIGINT) AS no
  FROM unnest(string_to_array(current_setting('aftercare.sight_sbom', true), ',')) n;
";

statements! {
    WANT = "INSERT INTO sight (id) VALUES ($1)";
    STAND_AT = "INSERT INTO sight_at (position) VALUES ($1)";
    FAMILIES = "INSERT INTO sight_family (no) SELECT no FROM family WHERE since <= $1";
    PRODUCTS = "INSERT INTO sight_product (no) SELECT no FROM product WHERE since <= $1";
    VERSIONS = "INSERT INTO sight_version (no) SELECT no FROM product_version WHERE since <= $1";
    SBOMS = "INSERT INTO sight_sbom (no) SELECT DISTINCT sbom FROM attached WHERE since <= $1";
}

pub(crate) mod server {
    use super::{Statement, statements};

    statements! {
        WANT = "SELECT set_config('aftercare.sight', $1, true)";
        STAND_AT = "SELECT set_config('aftercare.sight_at', CAST(CAST($1 AS BIGINT) AS TEXT), true)";
        FAMILIES = "SELECT set_config('aftercare.sight_family',
            (SELECT coalesce(string_agg(CAST(no AS TEXT), ','), '') FROM family
             WHERE since <= $1), true)";
        PRODUCTS = "SELECT set_config('aftercare.sight_product',
            (SELECT coalesce(string_agg(CAST(no AS TEXT), ','), '') FROM product
             WHERE since <= $1), true)";
        VERSIONS = "SELECT set_config('aftercare.sight_version',
            (SELECT coalesce(string_agg(CAST(no AS TEXT), ','), '') FROM product_version
             WHERE since <= $1), true)";
        SBOMS = "SELECT set_config('aftercare.sight_sbom',
            (SELECT coalesce(string_agg(DISTINCT CAST(sbom AS TEXT), ','), '') FROM attached
             WHERE since <= $1), true)";
    }

    pub(super) const FIRST: Statement = WANT;
    pub(super) const THEN: [Statement; 5] = [STAND_AT, FAMILIES, PRODUCTS, VERSIONS, SBOMS];
}

/// Each asks the view that the one before made show what it should.
const THEN: [Statement; 5] = [STAND_AT, FAMILIES, PRODUCTS, VERSIONS, SBOMS];

impl Session {
    /// Brings these families in sight, as of a position, until the end of the transaction.
    pub(crate) fn bring_in_sight(
        &self,
        families: &BTreeSet<FamilyId>,
        position: i64,
    ) -> Result<(), Fault> {
        let [earlier @ .., last] = if self.is_shared() {
            self.send(server::FIRST, values![&hex(families)])?;
            server::THEN
        } else {
            self.bulk(WANT, families.iter().map(|family| [family.as_bytes().into()]))?;
            THEN
        };
        earlier.into_iter().try_for_each(|step| self.send(step, values![position]))?;
        // Waited for: a session whose views are gone is told as that here, and nobody gets it again.
        self.execute(last, values![position]).map(|_| ())
    }
}

fn hex(families: &BTreeSet<FamilyId>) -> String {
    let mut text = String::with_capacity(families.len() * 33);
    for family in families {
        if !text.is_empty() {
            text.push(',');
        }
        for byte in family.as_bytes() {
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}
