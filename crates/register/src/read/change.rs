//! What changed between two ledger positions, net: what was there neither before nor after is not told,
//! nor what came back to what it was.
//!
//! The reader stands at the later position; the earlier one is given. Each [`ChangeKind`] is one arm:
//! a count and a list that walks the rows that began or ended in between. To add a kind: a variant, a
//! code in [`ChangeKind::ALL`], an arm in `count_of` and `rows_of`.

pub(super) mod finding;

pub use finding::{FindingChange, Side, Unknown};

use super::{
    Cursor, Page, Paged, Reader,
    version::{VersionRef, life, version_ref},
};
use crate::{
    facts::{id_of, installed_of},
    fault::Fault,
    sql::{Row, Statement, statements, values},
};
use aftercare_domain::{unit::Installed, version::Life};
use aftercare_vocab::{
    digest::Digest,
    id::{ConsigneeId, FamilyId, ProductId, SiteId, SupplierId, UnitId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

statements! {
    FAMILIES = "SELECT no, no, 0, id, name FROM family WHERE no > $1 AND no <= $2 AND no > $3 ORDER BY no LIMIT $4";
    COUNT_FAMILIES = "SELECT count(*) FROM family WHERE no > $1 AND no <= $2";
    PRODUCTS = "SELECT p.no, p.no, 0, p.id, p.name, f.name FROM product p JOIN family f ON f.no = p.family
        WHERE p.no > $1 AND p.no <= $2 AND p.no > $3 ORDER BY p.no LIMIT $4";
    COUNT_PRODUCTS = "SELECT count(*) FROM product WHERE no > $1 AND no <= $2";
    VERSIONS = "SELECT v.no, v.no, 0, v.id, v.label, p.id, p.name, f.id, f.name,
          l.predecessor, l.released, l.supported_until, l.end_of_support
        FROM product_version v JOIN product p ON p.no = v.product JOIN family f ON f.no = p.family
        JOIN version_life l ON l.version = v.no
        WHERE v.no > $1 AND v.no <= $2 AND l.since <= $2 AND (l.until IS NULL OR l.until > $2)
          AND v.no > $3 ORDER BY v.no LIMIT $4";
    COUNT_VERSIONS = "SELECT count(*) FROM product_version WHERE no > $1 AND no <= $2";
    LIVES = "SELECT n.since, n.since, n.version, v.id, v.label, p.id, p.name, f.id, f.name,
          o.predecessor, o.released, o.supported_until, o.end_of_support,
          n.predecessor, n.released, n.supported_until, n.end_of_support
        FROM version_life n
        JOIN version_life o ON o.version = n.version AND o.since <= $1 AND (o.until IS NULL OR o.until > $1)
        JOIN product_version v ON v.no = n.version JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        WHERE n.since > $1 AND n.since <= $2 AND (n.until IS NULL OR n.until > $2)
          AND (n.predecessor IS DISTINCT FROM o.predecessor OR n.released IS DISTINCT FROM o.released
            OR n.supported_until IS DISTINCT FROM o.supported_until
            OR n.end_of_support IS DISTINCT FROM o.end_of_support)
          AND (n.since, n.version) > ($3, $4) ORDER BY n.since, n.version LIMIT $5";
    COUNT_LIVES = "SELECT count(*) FROM version_life n
        JOIN version_life o ON o.version = n.version AND o.since <= $1 AND (o.until IS NULL OR o.until > $1)
        WHERE n.since > $1 AND n.since <= $2 AND (n.until IS NULL OR n.until > $2)
          AND (n.predecessor IS DISTINCT FROM o.predecessor OR n.released IS DISTINCT FROM o.released
            OR n.supported_until IS DISTINCT FROM o.supported_until
            OR n.end_of_support IS DISTINCT FROM o.end_of_support)";
    ATTACHED = "SELECT a.since, a.since, a.version, v.id, v.label, p.id, p.name, f.id, f.name, s.digest
        FROM attached a JOIN sbom s ON s.no = a.sbom
        JOIN product_version v ON v.no = a.version JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        WHERE a.since > $1 AND a.since <= $2 AND (a.until IS NULL OR a.until > $2)
          AND NOT EXISTS (SELECT 1 FROM attached o WHERE o.version = a.version AND o.sbom = a.sbom
            AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
          AND (a.since, a.version) > ($3, $4) ORDER BY a.since, a.version LIMIT $5";
    COUNT_ATTACHED = "SELECT count(*) FROM attached a
        WHERE a.since > $1 AND a.since <= $2 AND (a.until IS NULL OR a.until > $2)
          AND NOT EXISTS (SELECT 1 FROM attached o WHERE o.version = a.version AND o.sbom = a.sbom
            AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))";
    DETACHED = "SELECT a.until, a.sbom, a.version, v.id, v.label, p.id, p.name, f.id, f.name, s.digest
        FROM attached a JOIN sbom s ON s.no = a.sbom
        JOIN product_version v ON v.no = a.version JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        WHERE a.until > $1 AND a.until <= $2 AND a.since <= $1
          AND NOT EXISTS (SELECT 1 FROM attached o WHERE o.version = a.version AND o.sbom = a.sbom
            AND o.since <= $2 AND (o.until IS NULL OR o.until > $2))
          AND (a.sbom, a.version) > ($3, $4) ORDER BY a.sbom, a.version LIMIT $5";
    COUNT_DETACHED = "SELECT count(*) FROM attached a
        WHERE a.until > $1 AND a.until <= $2 AND a.since <= $1
          AND NOT EXISTS (SELECT 1 FROM attached o WHERE o.version = a.version AND o.sbom = a.sbom
            AND o.since <= $2 AND (o.until IS NULL OR o.until > $2))";
    SUPPLIERS = "SELECT no, no, 0, id, name FROM supplier WHERE no > $1 AND no <= $2 AND no > $3 ORDER BY no LIMIT $4";
    COUNT_SUPPLIERS = "SELECT count(*) FROM supplier WHERE no > $1 AND no <= $2";
    CONSIGNEES = "SELECT no, no, 0, id, name FROM consignee WHERE no > $1 AND no <= $2 AND no > $3 ORDER BY no LIMIT $4";
    COUNT_CONSIGNEES = "SELECT count(*) FROM consignee WHERE no > $1 AND no <= $2";
    SITES = "SELECT s.no, s.no, 0, s.id, s.name, c.name FROM site s JOIN consignee c ON c.no = s.consignee
        WHERE s.no > $1 AND s.no <= $2 AND s.no > $3 ORDER BY s.no LIMIT $4";
    COUNT_SITES = "SELECT count(*) FROM site WHERE no > $1 AND no <= $2";
    UNITS = "SELECT u.since, u.since, u.no, u.id, u.serial, p.name, s.id, s.name, v.id, t.installed, v.label
        FROM unit u
        JOIN unit_state t ON t.unit = u.no
        JOIN product p ON p.no = u.product JOIN site s ON s.no = t.site
        LEFT JOIN product_version v ON v.no = t.version
        WHERE u.since > $1 AND u.since <= $2 AND t.since <= $2 AND (t.until IS NULL OR t.until > $2)
          AND (u.since, u.no) > ($3, $4) ORDER BY u.since, u.no LIMIT $5";
    COUNT_UNITS = "SELECT count(*) FROM unit WHERE since > $1 AND since <= $2";
    STATES = "SELECT n.since, n.since, n.unit, u.id, u.serial, p.name, s.id, s.name,
          w.id, o.installed, w.label, v.id, n.installed, v.label
        FROM unit_state n
        JOIN unit_state o ON o.unit = n.unit AND o.since <= $1 AND (o.until IS NULL OR o.until > $1)
        JOIN unit u ON u.no = n.unit JOIN product p ON p.no = u.product JOIN site s ON s.no = n.site
        LEFT JOIN product_version v ON v.no = n.version LEFT JOIN product_version w ON w.no = o.version
        WHERE n.since > $1 AND n.since <= $2 AND (n.until IS NULL OR n.until > $2)
          AND (n.version <> o.version OR n.installed <> o.installed)
          AND (n.since, n.unit) > ($3, $4) ORDER BY n.since, n.unit LIMIT $5";
    COUNT_STATES = "SELECT count(*) FROM unit_state n
        JOIN unit_state o ON o.unit = n.unit AND o.since <= $1 AND (o.until IS NULL OR o.until > $1)
        WHERE n.since > $1 AND n.since <= $2 AND (n.until IS NULL OR n.until > $2)
          AND (n.version <> o.version OR n.installed <> o.installed)";
    EDITIONS = "SELECT no, no, 0, digest, records FROM edition WHERE no > $1 AND no <= $2 AND no > $3 ORDER BY no LIMIT $4";
    COUNT_EDITIONS = "SELECT count(*) FROM edition WHERE no > $1 AND no <= $2";
    ASSESSMENTS = "SELECT m.no, m.no, a.version, v.id, v.label, p.id, p.name, f.id, f.name, m.edition
        FROM assessment m JOIN attached a ON a.sbom = m.sbom
        JOIN product_version v ON v.no = a.version JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        WHERE m.no > $1 AND m.no <= $2 AND (m.until IS NULL OR m.until > $2)
          AND a.since <= $2 AND (a.until IS NULL OR a.until > $2)
          AND (m.no, a.version) > ($3, $4) ORDER BY m.no, a.version LIMIT $5";
    COUNT_ASSESSMENTS = "SELECT count(*) FROM assessment m
        JOIN attached a ON a.sbom = m.sbom
        WHERE m.no > $1 AND m.no <= $2 AND (m.until IS NULL OR m.until > $2)
          AND a.since <= $2 AND (a.until IS NULL OR a.until > $2)";
    // Where a person is to be told, never who: that is sealed. An erased one is told as erased alone.
    CONTACTS = "SELECT c.no, c.no, 0, g.id, g.name, s.name FROM contact c
        JOIN subject p ON p.no = c.subject JOIN consignee g ON g.no = c.consignee
        LEFT JOIN site s ON s.no = c.site
        WHERE c.no > $1 AND c.no <= $2 AND (p.erased IS NULL OR p.erased > $2)
          AND c.no > $3 ORDER BY c.no LIMIT $4";
    COUNT_CONTACTS = "SELECT count(*) FROM contact c JOIN subject p ON p.no = c.subject
        WHERE c.no > $1 AND c.no <= $2 AND (p.erased IS NULL OR p.erased > $2)";
    CONTACT_TEXTS = "SELECT n.since, n.since, n.contact, g.id, g.name, s.name FROM contact_text n
        JOIN contact_text o ON o.contact = n.contact AND o.since <= $1 AND (o.until IS NULL OR o.until > $1)
        JOIN contact c ON c.no = n.contact JOIN subject p ON p.no = c.subject
        JOIN consignee g ON g.no = c.consignee LEFT JOIN site s ON s.no = c.site
        WHERE n.since > $1 AND n.since <= $2 AND (n.until IS NULL OR n.until > $2)
          AND n.text <> o.text AND (p.erased IS NULL OR p.erased > $2)
          AND (n.since, n.contact) > ($3, $4) ORDER BY n.since, n.contact LIMIT $5";
    COUNT_CONTACT_TEXTS = "SELECT count(*) FROM contact_text n
        JOIN contact_text o ON o.contact = n.contact AND o.since <= $1 AND (o.until IS NULL OR o.until > $1)
        JOIN contact c ON c.no = n.contact JOIN subject p ON p.no = c.subject
        WHERE n.since > $1 AND n.since <= $2 AND (n.until IS NULL OR n.until > $2)
          AND n.text <> o.text AND (p.erased IS NULL OR p.erased > $2)";
    ERASED = "SELECT p.erased, p.erased, c.no, g.id, g.name, s.name FROM subject p
        JOIN contact c ON c.subject = p.no JOIN consignee g ON g.no = c.consignee
        LEFT JOIN site s ON s.no = c.site
        WHERE c.no <= $1 AND p.erased > $1 AND p.erased <= $2
          AND (p.erased, c.no) > ($3, $4) ORDER BY p.erased, c.no LIMIT $5";
    COUNT_ERASED = "SELECT count(*) FROM subject p JOIN contact c ON c.subject = p.no
        WHERE c.no <= $1 AND p.erased > $1 AND p.erased <= $2";
    INSTANT_OF = "SELECT at FROM ledger WHERE seq = $1";
}

/// What kind of change it is. The order is that of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// An edition of public knowledge was put in force.
    EditionAdopted,
    /// A finding is there that was not.
    FindingAppeared,
    /// A finding has another answer, or became known exploited or no longer is.
    FindingChanged,
    /// A finding is no longer there; what stands in its place says why.
    FindingDisappeared,
    /// A family was added.
    FamilyAdded,
    /// A product was added.
    ProductAdded,
    /// A version was added.
    VersionAdded,
    /// Predecessor or dates of a version are others.
    VersionChanged,
    /// An SBOM is attached that was not.
    SbomAttached,
    /// An SBOM is no longer attached.
    SbomDetached,
    /// The SBOM of a version has another assessment.
    SbomAssessed,
    /// A supplier was added.
    SupplierAdded,
    /// A consignee was added.
    ConsigneeAdded,
    /// A site was added.
    SiteAdded,
    /// A person to be told was added.
    ContactAdded,
    /// What is known about a person to be told is something else.
    ContactChanged,
    /// What was known about a person to be told was erased for ever.
    ContactErased,
    /// A unit was recorded.
    UnitAdded,
    /// Something else is installed on a unit, or it became unknown.
    UnitChanged,
}

impl ChangeKind {
    /// All kinds with their codes, in order.
    pub const ALL: [(Self, &'static str); 19] = [
        (Self::EditionAdopted, "edition_adopted"),
        (Self::FindingAppeared, "finding_appeared"),
        (Self::FindingChanged, "finding_changed"),
        (Self::FindingDisappeared, "finding_disappeared"),
        (Self::FamilyAdded, "family_added"),
        (Self::ProductAdded, "product_added"),
        (Self::VersionAdded, "version_added"),
        (Self::VersionChanged, "version_changed"),
        (Self::SbomAttached, "sbom_attached"),
        (Self::SbomDetached, "sbom_detached"),
        (Self::SbomAssessed, "sbom_assessed"),
        (Self::SupplierAdded, "supplier_added"),
        (Self::ConsigneeAdded, "consignee_added"),
        (Self::SiteAdded, "site_added"),
        (Self::ContactAdded, "contact_added"),
        (Self::ContactChanged, "contact_changed"),
        (Self::ContactErased, "contact_erased"),
        (Self::UnitAdded, "unit_added"),
        (Self::UnitChanged, "unit_changed"),
    ];

    /// Its stable code: `unit_changed`.
    pub fn code(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, code)| code)
    }

    /// The kind with a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == code).map(|(kind, _)| kind)
    }
}

/// A unit as a change names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRef {
    /// Its identifier.
    pub id: UnitId,
    /// Its serial number.
    pub serial: String,
    /// Its product's name.
    pub product: String,
    /// Where it stands.
    pub site: SiteId,
    /// That site's name.
    pub site_name: String,
}

/// What is installed on a unit, with the label of the version if it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledLabel {
    /// What the record says.
    pub installed: Installed,
    /// The version's label.
    pub label: Option<String>,
}

/// What changed, with what it was before and is after where both exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// Added.
    Family { id: FamilyId, name: String },
    /// Added.
    Product { id: ProductId, name: String, family: String },
    /// Added.
    Version { version: VersionRef, life: Life },
    /// Changed.
    Life { version: VersionRef, before: Life, after: Life },
    /// Attached or detached.
    Sbom { version: VersionRef, digest: Digest },
    /// Assessed by an edition.
    Assessed { version: VersionRef, edition: Digest },
    /// Added.
    Supplier { id: SupplierId, name: String },
    /// Added.
    Consignee { id: ConsigneeId, name: String },
    /// Added.
    Site { id: SiteId, name: String, consignee: String },
    /// Added, changed or erased: where somebody is to be told, at the whole consignee if at no site.
    Contact { consignee: ConsigneeId, name: String, site: Option<String> },
    /// Recorded.
    Unit { unit: UnitRef, after: InstalledLabel },
    /// Changed.
    Installed { unit: UnitRef, before: InstalledLabel, after: InstalledLabel },
    /// Put in force.
    Edition { digest: Digest, records: u64 },
    /// Appeared, changed or disappeared.
    Finding(Box<FindingChange>),
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its kind.
    pub kind: ChangeKind,
    /// The ledger entry that brought about what holds after it.
    pub entry: u64,
    /// What it is about.
    pub changed: Changed,
}

/// Both ends, as statements take them.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: i64,
    to: i64,
}

impl Reader {
    /// The net changes from a ledger position to this reader's, kind by kind. Only one kind, or all.
    pub fn changes(
        &self,
        from: u64,
        only: Option<ChangeKind>,
        page: &Page,
    ) -> Result<Paged<ChangeRow>, Fault> {
        let span = self.span(from)?;
        let (first, mut after) = match &page.after {
            None => (None, [i64::MIN, i64::MIN]),
            Some(cursor) => {
                let kind = ChangeKind::of_code(&cursor.text);
                match (kind, cursor.numbers[..].try_into()) {
                    (Some(kind), Ok(numbers)) => (Some(kind), numbers),
                    _ => return Err(Fault::Cursor { text: cursor.to_string() }),
                }
            }
        };
        let mut found = Vec::new();
        for (kind, code) in ChangeKind::ALL {
            if only.is_some_and(|only| only != kind) || first.is_some_and(|first| kind < first) {
                continue;
            }
            let wanted = page.size() + 1 - found.len();
            for (numbers, row) in self.rows_of(kind, span, after, wanted)? {
                found.push((Cursor { numbers: numbers.to_vec(), text: code.to_owned() }, row));
            }
            after = [i64::MIN, i64::MIN];
            if found.len() > page.size() {
                break;
            }
        }
        Ok(Paged::of(found, page))
    }

    /// How many net changes of each kind there are from a ledger position to this reader's.
    pub fn count_changes(&self, from: u64) -> Result<Vec<(ChangeKind, u64)>, Fault> {
        let span = self.span(from)?;
        let findings = self.count_finding_changes(span)?;
        ChangeKind::ALL
            .into_iter()
            .map(|(kind, _)| {
                let counted = match findings.iter().find(|(known, _)| *known == kind) {
                    Some((_, number)) => *number,
                    None => self.count_of(kind, span)?,
                };
                Ok((kind, counted))
            })
            .collect()
    }

    /// The instant of an entry.
    pub fn instant_of(&self, entry: u64) -> Result<Option<Instant>, Fault> {
        let found = self.session()?.first(INSTANT_OF, values![entry], |row| row.int(0))?;
        Ok(found.map(Instant::from_micros))
    }

    fn span(&self, from: u64) -> Result<Span, Fault> {
        if from > self.position() {
            return Err(Fault::NoSuchPosition { asked: from, size: self.position() });
        }
        Ok(Span { from: from as i64, to: self.position })
    }

    fn count_of(&self, kind: ChangeKind, span: Span) -> Result<u64, Fault> {
        let statement = match kind {
            ChangeKind::FamilyAdded => COUNT_FAMILIES,
            ChangeKind::ProductAdded => COUNT_PRODUCTS,
            ChangeKind::VersionAdded => COUNT_VERSIONS,
            ChangeKind::VersionChanged => COUNT_LIVES,
            ChangeKind::SbomAttached => COUNT_ATTACHED,
            ChangeKind::SbomDetached => COUNT_DETACHED,
            ChangeKind::SbomAssessed => COUNT_ASSESSMENTS,
            ChangeKind::SupplierAdded => COUNT_SUPPLIERS,
            ChangeKind::ConsigneeAdded => COUNT_CONSIGNEES,
            ChangeKind::SiteAdded => COUNT_SITES,
            ChangeKind::ContactAdded => COUNT_CONTACTS,
            ChangeKind::ContactChanged => COUNT_CONTACT_TEXTS,
            ChangeKind::ContactErased => COUNT_ERASED,
            ChangeKind::UnitAdded => COUNT_UNITS,
            ChangeKind::UnitChanged => COUNT_STATES,
            ChangeKind::EditionAdopted => COUNT_EDITIONS,
            // counted together, by `count_finding_changes`
            ChangeKind::FindingAppeared
            | ChangeKind::FindingChanged
            | ChangeKind::FindingDisappeared => return Ok(0),
        };
        Ok(self.session()?.number(statement, values![span.from, span.to])? as u64)
    }

    /// At most `limit` rows of one kind after a place.
    fn rows_of(
        &self,
        kind: ChangeKind,
        span: Span,
        after: [i64; 2],
        limit: usize,
    ) -> Result<Vec<([i64; 2], ChangeRow)>, Fault> {
        let one = |statement, make: fn(&Row<'_>) -> Result<Changed, Fault>| {
            let asked = values![span.from, span.to, after[0], limit as u64];
            self.ask_changes(statement, asked, kind, make)
        };
        let two = |statement, make: fn(&Row<'_>) -> Result<Changed, Fault>| {
            let asked = values![span.from, span.to, after[0], after[1], limit as u64];
            self.ask_changes(statement, asked, kind, make)
        };
        match kind {
            ChangeKind::FamilyAdded => {
                one(FAMILIES, |row| Ok(Changed::Family { id: id_of(row, 3)?, name: row.text(4)? }))
            }
            ChangeKind::ProductAdded => one(PRODUCTS, |row| {
                Ok(Changed::Product {
                    id: id_of(row, 3)?,
                    name: row.text(4)?,
                    family: row.text(5)?,
                })
            }),
            ChangeKind::VersionAdded => one(VERSIONS, |row| {
                Ok(Changed::Version { version: version_ref(row, 3)?, life: life(row, 9)? })
            }),
            ChangeKind::VersionChanged => two(LIVES, |row| {
                Ok(Changed::Life {
                    version: version_ref(row, 3)?,
                    before: life(row, 9)?,
                    after: life(row, 13)?,
                })
            }),
            ChangeKind::SbomAttached => two(ATTACHED, sbom),
            ChangeKind::SbomDetached => two(DETACHED, sbom),
            ChangeKind::SbomAssessed => two(ASSESSMENTS, |row| {
                let edition = Digest::from_bytes(row.fixed(9)?);
                Ok(Changed::Assessed { version: version_ref(row, 3)?, edition })
            }),
            ChangeKind::SupplierAdded => one(SUPPLIERS, |row| {
                Ok(Changed::Supplier { id: id_of(row, 3)?, name: row.text(4)? })
            }),
            ChangeKind::ConsigneeAdded => one(CONSIGNEES, |row| {
                Ok(Changed::Consignee { id: id_of(row, 3)?, name: row.text(4)? })
            }),
            ChangeKind::SiteAdded => one(SITES, |row| {
                Ok(Changed::Site {
                    id: id_of(row, 3)?,
                    name: row.text(4)?,
                    consignee: row.text(5)?,
                })
            }),
            ChangeKind::ContactAdded => one(CONTACTS, contact),
            ChangeKind::ContactChanged => two(CONTACT_TEXTS, contact),
            ChangeKind::ContactErased => two(ERASED, contact),
            ChangeKind::UnitAdded => {
                two(UNITS, |row| Ok(Changed::Unit { unit: unit(row)?, after: installed(row, 8)? }))
            }
            ChangeKind::UnitChanged => two(STATES, |row| {
                Ok(Changed::Installed {
                    unit: unit(row)?,
                    before: installed(row, 8)?,
                    after: installed(row, 11)?,
                })
            }),
            ChangeKind::EditionAdopted => one(EDITIONS, |row| {
                Ok(Changed::Edition {
                    digest: Digest::from_bytes(row.fixed(3)?),
                    records: row.count(4)?,
                })
            }),
            ChangeKind::FindingAppeared
            | ChangeKind::FindingChanged
            | ChangeKind::FindingDisappeared => self.finding_changes(kind, span, after, limit),
        }
    }

    /// Rows whose columns begin with the entry and the two numbers of the place.
    fn ask_changes(
        &self,
        statement: Statement,
        asked: &[crate::sql::Value<'_>],
        kind: ChangeKind,
        make: fn(&Row<'_>) -> Result<Changed, Fault>,
    ) -> Result<Vec<([i64; 2], ChangeRow)>, Fault> {
        self.session()?.query(statement, asked, |row| {
            let row_of = ChangeRow { kind, entry: row.count(0)?, changed: make(row)? };
            Ok(([row.int(1)?, row.int(2)?], row_of))
        })
    }
}

fn sbom(row: &Row<'_>) -> Result<Changed, Fault> {
    Ok(Changed::Sbom { version: version_ref(row, 3)?, digest: Digest::from_bytes(row.fixed(9)?) })
}

fn contact(row: &Row<'_>) -> Result<Changed, Fault> {
    let (name, site) = (row.text(4)?, row.text_or_null(5)?);
    Ok(Changed::Contact { consignee: id_of(row, 3)?, name, site })
}

fn unit(row: &Row<'_>) -> Result<UnitRef, Fault> {
    Ok(UnitRef {
        id: id_of(row, 3)?,
        serial: row.text(4)?,
        product: row.text(5)?,
        site: id_of(row, 6)?,
        site_name: row.text(7)?,
    })
}

fn installed(row: &Row<'_>, column: usize) -> Result<InstalledLabel, Fault> {
    Ok(InstalledLabel {
        installed: installed_of(row, column, column + 1)?,
        label: row.text_or_null(column + 2)?,
    })
}
