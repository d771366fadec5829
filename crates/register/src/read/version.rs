//! Product versions and the SBOMs attached to them.

use super::{Cursor, Named, Page, Paged, Reader};
use crate::{
    facts::id_of,
    fault::Fault,
    sql::{Row, statements, values},
};
use aftercare_domain::{Date, version::Life};
use aftercare_vocab::{
    digest::Digest,
    id::{Family, Id, Product, ProductId, VersionId},
    instant::Instant,
    inventory::{Format, Inventory},
};
use serde::Serialize;
use std::sync::Arc;

statements! {
    PRODUCT_NO = "SELECT no FROM product WHERE since <= $1 AND id = $2";
    VERSION_NO = "SELECT no FROM product_version WHERE since <= $1 AND id = $2";
    VERSIONS = "SELECT v.no, v.id, v.label, p.id, p.name, f.id, f.name,
          l.predecessor, l.released, l.supported_until, l.end_of_support, p.no
        FROM product_version v
        JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        JOIN version_life l ON l.version = v.no AND l.since <= $1 AND (l.until IS NULL OR l.until > $1)
        WHERE v.since <= $1 AND v.product = $2 AND v.no > $3 ORDER BY v.no LIMIT $4";
    VERSION = "SELECT v.no, v.id, v.label, p.id, p.name, f.id, f.name,
          l.predecessor, l.released, l.supported_until, l.end_of_support, p.no
        FROM product_version v
        JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        JOIN version_life l ON l.version = v.no AND l.since <= $1 AND (l.until IS NULL OR l.until > $1)
        WHERE v.since <= $1 AND v.id = $2";
    VERSION_BY_NO = "SELECT v.id, v.label, p.id, p.name, f.id, f.name, p.no FROM product_version v
        JOIN product p ON p.no = v.product JOIN family f ON f.no = p.family
        WHERE v.no = $1";
    TALLY_OF_VERSION = "SELECT count(*), coalesce(CAST(sum(s.components) AS BIGINT), 0), count(m.no),
          coalesce(CAST(sum(m.affected) AS BIGINT), 0), coalesce(CAST(sum(m.undetermined) AS BIGINT), 0),
          coalesce(CAST(sum(m.not_affected) AS BIGINT), 0),
          coalesce(CAST(sum(m.not_covered) AS BIGINT), 0),
          coalesce(CAST(sum(m.not_assessed) AS BIGINT), 0),
          coalesce(CAST(sum(m.known_exploited) AS BIGINT), 0),
          coalesce(CAST(sum(m.critical) AS BIGINT), 0)
        FROM attached a
        JOIN sbom s ON s.no = a.sbom
        LEFT JOIN assessment m ON m.sbom = s.no AND m.since <= $1 AND (m.until IS NULL OR m.until > $1)
        WHERE a.since <= $1 AND (a.until IS NULL OR a.until > $1) AND a.version = $2";
    SUCCESSORS = "SELECT v.id, v.label FROM version_life l JOIN product_version v ON v.no = l.version
        WHERE l.since <= $1 AND (l.until IS NULL OR l.until > $1) AND v.product = $2
          AND l.predecessor = $3 ORDER BY v.no";
    SBOMS = "SELECT s.no, s.digest, s.inventory, s.format, s.spec_version, s.size, s.reader,
          s.components, s.dependencies, s.warnings, s.name, s.serial, s.created, s.root,
          g.at, g.actor, a.received_from, m.edition, m.engine, h.at,
          coalesce(m.affected, 0), coalesce(m.undetermined, 0), coalesce(m.not_affected, 0),
          coalesce(m.not_covered, 0), coalesce(m.not_assessed, 0)
        FROM attached a
        JOIN sbom s ON s.no = a.sbom
        JOIN ledger g ON g.seq = a.since
        LEFT JOIN assessment m ON m.sbom = s.no AND m.since <= $1 AND (m.until IS NULL OR m.until > $1)
        LEFT JOIN ledger h ON h.seq = m.since
        WHERE a.since <= $1 AND (a.until IS NULL OR a.until > $1) AND a.version = $2
        ORDER BY a.since";
    SBOM_DOCUMENT = "SELECT inventory FROM sbom WHERE since <= $1 AND no = $2";
    SBOM_KEY = "SELECT a.sbom FROM attached a JOIN sbom s ON s.no = a.sbom
        WHERE a.since <= $1 AND (a.until IS NULL OR a.until > $1) AND a.version = $2 AND s.digest = $3";
    CITED = "SELECT count(*) FROM blob WHERE since <= $1 AND digest = $2";
    BLOB_SIZE = "SELECT size FROM blob WHERE since <= $1 AND digest = $2";
    RECEIVED_AS_SBOM = "SELECT count(*) FROM sbom WHERE since <= $1 AND digest = $2";
    TO_ASSESS = "SELECT DISTINCT s.no, s.digest, s.inventory, s.components FROM attached a
        JOIN sbom s ON s.no = a.sbom
        WHERE a.since <= $1 AND (a.until IS NULL OR a.until > $1)
          AND NOT EXISTS (SELECT 1 FROM assessment m WHERE m.sbom = s.no AND m.since <= $1
            AND (m.until IS NULL OR m.until > $1) AND m.edition = $2 AND ($3 = '' OR m.engine = $3))
        ORDER BY s.no LIMIT $4";
}

/// Names one reading of one SBOM: its ledger position. Stays the same for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SbomKey(pub u64);

/// Counts over SBOMs, as they were when each was last assessed. What was not looked at is counted
/// too: nothing found is only good news where nothing is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// SBOMs counted.
    pub sboms: u64,
    /// Components they list.
    pub components: u64,
    /// SBOMs among them that were never assessed: their findings are unknown.
    pub sboms_not_assessed: u64,
    /// Findings: affected.
    pub affected: u64,
    /// Findings: undetermined.
    pub undetermined: u64,
    /// Findings: not affected.
    pub not_affected: u64,
    /// Distinct components that could not be looked up.
    pub not_covered: u64,
    /// Distinct components of assessed SBOMs that were left out of the assessment.
    pub not_assessed: u64,
    /// Affected or undetermined, and listed as known exploited.
    pub known_exploited: u64,
    /// Affected or undetermined, with a highest score of 9.0 or more.
    pub critical: u64,
}

/// A version and what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionRef {
    /// Its identifier.
    pub id: VersionId,
    /// Its label.
    pub label: String,
    /// Its product.
    pub product: Named<Product>,
    /// The product's family.
    pub family: Named<Family>,
}

/// A version with its counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionRow {
    /// The version.
    pub version: VersionRef,
    /// Predecessor and dates.
    pub life: Life,
    /// Units known to have it installed.
    pub units: u64,
    /// Sites where these stand.
    pub sites: u64,
    /// Findings over its current SBOMs.
    pub tally: Tally,
}

/// Everything about one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionDetail {
    /// The version with its counts.
    pub row: VersionRow,
    /// Units of the product without a known installed version: they may have this one.
    pub units_unknown: u64,
    /// The versions that name it as predecessor: identifier and label.
    pub successors: Vec<(VersionId, String)>,
    /// Its current SBOMs, oldest first.
    pub sboms: Vec<SbomRow>,
}

/// An SBOM attached to a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SbomRow {
    /// Names this reading.
    pub key: SbomKey,
    /// Digest of the bytes as received; they are kept under it.
    pub digest: Digest,
    /// Digest of the inventory read from them.
    pub inventory: Digest,
    /// The format.
    pub format: Format,
    /// The specification version as written.
    pub spec_version: String,
    /// Bytes received.
    pub size: u64,
    /// Name and version of the reader.
    pub reader: String,
    /// Components, the root among them.
    pub components: u64,
    /// Arrows of the dependency graph.
    pub dependencies: u64,
    /// Problems that did not stop the reading.
    pub warnings: u64,
    /// Document or root name.
    pub name: Option<String>,
    /// Serial number or namespace.
    pub serial: Option<String>,
    /// Creation time as written.
    pub created: Option<String>,
    /// Position of the root component.
    pub root: Option<u32>,
    /// When it was attached.
    pub received_at: Instant,
    /// Who attached it.
    pub received_by: String,
    /// Whom it came from, as told.
    pub received_from: Option<String>,
    /// Its newest assessment; `None` = not assessed, so its findings are unknown.
    pub assessed: Option<Assessed>,
}

/// The assessment an SBOM has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assessed {
    /// The edition asked.
    pub edition: Digest,
    /// The engine.
    pub engine: String,
    /// When it was recorded.
    pub at: Instant,
    /// Findings: affected.
    pub affected: u64,
    /// Findings: undetermined.
    pub undetermined: u64,
    /// Findings: not affected.
    pub not_affected: u64,
    /// Distinct components that could not be looked up.
    pub not_covered: u64,
    /// Distinct components that were left out.
    pub not_assessed: u64,
}

/// An SBOM that waits for the matcher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SbomToAssess {
    /// Names this reading.
    pub key: SbomKey,
    /// Digest of the bytes as received.
    pub sbom: Digest,
    /// Digest of the inventory.
    pub inventory: Digest,
    /// Components.
    pub components: u64,
}

impl Reader {
    /// The versions of a product, in the order they were recorded.
    pub fn versions(&self, product: ProductId, page: &Page) -> Result<Paged<VersionRow>, Fault> {
        let [after] = page.numbers()?;
        let Some(product) = self.no(PRODUCT_NO, product)? else {
            return Ok(Paged { items: Vec::new(), next: None });
        };
        let asked = values![self.position, product, after, page.ask()];
        let found = self.session()?.query(VERSIONS, asked, version)?;
        let mut rows = Vec::with_capacity(found.len());
        for (no, product, row) in found {
            rows.push((Cursor::numbers([no]), self.counted_version(no, product, row)?));
        }
        Ok(Paged::of(rows, page))
    }

    /// Everything about one version.
    pub fn version(&self, id: VersionId) -> Result<Option<VersionDetail>, Fault> {
        let session = self.session()?;
        let asked = values![self.position, id.as_bytes()];
        let Some((no, product, row)) = session.first(VERSION, asked, version)? else {
            return Ok(None);
        };
        let mut units_unknown = 0;
        self.fleet_of(product, 0, |_, units| units_unknown += units)?;
        let successors =
            session.query(SUCCESSORS, values![self.position, product, id.as_bytes()], |row| {
                Ok((id_of(row, 0)?, row.text(1)?))
            })?;
        let sboms = session.query(SBOMS, values![self.position, no], sbom)?;
        let row = self.counted_version(no, product, row)?;
        Ok(Some(VersionDetail { row, units_unknown, successors, sboms }))
    }

    /// The current SBOMs of a version, oldest first.
    pub fn sboms(&self, version: VersionId) -> Result<Vec<SbomRow>, Fault> {
        match self.no(VERSION_NO, version)? {
            None => Ok(Vec::new()),
            Some(no) => self.session()?.query(SBOMS, values![self.position, no], sbom),
        }
    }

    /// The current SBOM of a version with these bytes.
    pub fn sbom_key(&self, version: VersionId, sbom: Digest) -> Result<Option<SbomKey>, Fault> {
        let Some(no) = self.no(VERSION_NO, version)? else { return Ok(None) };
        let asked = values![self.position, no, sbom.as_bytes()];
        self.session()?.first(SBOM_KEY, asked, |row| row.count(0).map(SbomKey))
    }

    /// What was read from an SBOM.
    pub fn inventory(&self, sbom: SbomKey) -> Result<Option<Arc<Inventory>>, Fault> {
        let asked = values![self.position, sbom.0];
        let digest = self
            .session()?
            .first(SBOM_DOCUMENT, asked, |row| Ok(Digest::from_bytes(row.fixed(0)?)))?;
        digest.map(|digest| self.documents.inventory(&digest)).transpose()
    }

    /// Whether an entry up to this position cites a blob.
    pub fn cites(&self, digest: &Digest) -> Result<bool, Fault> {
        Ok(self.session()?.number(CITED, values![self.position, digest.as_bytes()])? > 0)
    }

    /// How many bytes a blob has that an entry up to this position cites; none = none cites it.
    pub fn blob_size(&self, digest: &Digest) -> Result<Option<u64>, Fault> {
        self.session()?
            .first(BLOB_SIZE, values![self.position, digest.as_bytes()], |row| row.count(0))
    }

    /// Whether a blob was received as an SBOM.
    pub fn is_sbom(&self, digest: &Digest) -> Result<bool, Fault> {
        let asked = values![self.position, digest.as_bytes()];
        Ok(self.session()?.number(RECEIVED_AS_SBOM, asked)? > 0)
    }

    /// The bytes of a blob that the record cites: an SBOM as received.
    pub fn blob(&self, digest: &Digest) -> Result<Vec<u8>, Fault> {
        self.documents.blobs.read(digest)
    }

    /// Attached SBOMs that have no assessment by this edition and engine (`None` = whatever engine),
    /// oldest first, at most `limit`.
    pub fn sboms_to_assess(
        &self,
        edition: Digest,
        engine: Option<&str>,
        limit: u32,
    ) -> Result<Vec<SbomToAssess>, Fault> {
        let asked = values![self.position, edition.as_bytes(), engine.unwrap_or_default(), limit];
        self.session()?.query(TO_ASSESS, asked, |row| {
            Ok(SbomToAssess {
                key: SbomKey(row.count(0)?),
                sbom: Digest::from_bytes(row.fixed(1)?),
                inventory: Digest::from_bytes(row.fixed(2)?),
                components: row.count(3)?,
            })
        })
    }

    pub(super) fn version_number(&self, id: VersionId) -> Result<Option<i64>, Fault> {
        self.no(VERSION_NO, id)
    }

    /// The version with a number, and its product's number.
    pub(super) fn version_ref(&self, no: i64) -> Result<(VersionRef, i64), Fault> {
        self.session()?
            .first(VERSION_BY_NO, values![no], |row| Ok((version_ref(row, 0)?, row.int(6)?)))?
            .ok_or_else(|| Fault::shape("VERSION_BY_NO", "a row names an unknown version"))
    }

    fn counted_version(
        &self,
        no: i64,
        product: i64,
        mut row: VersionRow,
    ) -> Result<VersionRow, Fault> {
        self.fleet_of(product, no, |_, units| {
            row.units += units;
            row.sites += 1;
        })?;
        let found = self.session()?.first(TALLY_OF_VERSION, values![self.position, no], tally)?;
        row.tally = found.unwrap_or_default();
        Ok(row)
    }
}

/// A version, product and family from six columns: id and name of each.
pub(super) fn version_ref(row: &Row<'_>, from: usize) -> Result<VersionRef, Fault> {
    Ok(VersionRef {
        id: id_of(row, from)?,
        label: row.text(from + 1)?,
        product: Named { id: id_of(row, from + 2)?, name: row.text(from + 3)? },
        family: Named { id: id_of(row, from + 4)?, name: row.text(from + 5)? },
    })
}

fn version(row: &Row<'_>) -> Result<(i64, i64, VersionRow), Fault> {
    let version = VersionRow {
        version: version_ref(row, 1)?,
        life: life(row, 7)?,
        units: 0,
        sites: 0,
        tally: Tally::default(),
    };
    Ok((row.int(0)?, row.int(11)?, version))
}

/// Counts over SBOMs from eight columns.
pub(super) fn tally(row: &Row<'_>) -> Result<Tally, Fault> {
    let sboms = row.count(0)?;
    Ok(Tally {
        sboms,
        components: row.count(1)?,
        sboms_not_assessed: sboms - row.count(2)?.min(sboms),
        affected: row.count(3)?,
        undetermined: row.count(4)?,
        not_affected: row.count(5)?,
        not_covered: row.count(6)?,
        not_assessed: row.count(7)?,
        known_exploited: row.count(8)?,
        critical: row.count(9)?,
    })
}

/// Predecessor and dates from four columns.
/// A date of a version, if it is known.
pub(crate) fn date(row: &Row<'_>, column: usize) -> Result<Option<Date>, Fault> {
    let text = row.text_or_null(column)?;
    text.map(|t| t.parse().map_err(|e| Fault::shape("a date of a version", e))).transpose()
}

pub(crate) fn life(row: &Row<'_>, from: usize) -> Result<Life, Fault> {
    let date = |column| date(row, column);
    let predecessor = match row.fixed(from) {
        Ok(bytes) => Some(Id::from_bytes(bytes)),
        Err(_) => None, // NULL; a CHECK keeps anything else out
    };
    Ok(Life {
        predecessor,
        released: date(from + 1)?,
        supported_until: date(from + 2)?,
        end_of_support: date(from + 3)?,
    })
}

fn sbom(row: &Row<'_>) -> Result<SbomRow, Fault> {
    let assessed = match row.text_or_null(18)? {
        None => None,
        Some(engine) => Some(Assessed {
            edition: Digest::from_bytes(row.fixed(17)?),
            engine,
            at: Instant::from_micros(row.int(19)?),
            affected: row.count(20)?,
            undetermined: row.count(21)?,
            not_affected: row.count(22)?,
            not_covered: row.count(23)?,
            not_assessed: row.count(24)?,
        }),
    };
    Ok(SbomRow {
        key: SbomKey(row.count(0)?),
        digest: Digest::from_bytes(row.fixed(1)?),
        inventory: Digest::from_bytes(row.fixed(2)?),
        format: serde_json::from_value(serde_json::Value::String(row.text(3)?))
            .map_err(|e| Fault::shape("the format of an SBOM", e))?,
        spec_version: row.text(4)?,
        size: row.count(5)?,
        reader: row.text(6)?,
        components: row.count(7)?,
        dependencies: row.count(8)?,
        warnings: row.count(9)?,
        name: row.text_or_null(10)?,
        serial: row.text_or_null(11)?,
        created: row.text_or_null(12)?,
        root: row.int_or_null(13)?.map(|n| n as u32),
        received_at: Instant::from_micros(row.int(14)?),
        received_by: row.text(15)?,
        received_from: row.text_or_null(16)?,
        assessed,
    })
}
