//! Components: of one SBOM, and across all of them.

use super::{
    Cursor, Page, Paged, Reader,
    version::{SbomKey, VersionRef, version_ref},
};
use crate::{
    fault::Fault,
    sql::{Row, statements, values},
};
use aftercare_domain::{
    component::{KeyKind, purl_key},
    text::folded,
};
use aftercare_vocab::{cpe::Cpe, inventory::Component, purl::Purl, verdict::NotCovered};
use serde::Serialize;

statements! {
    COMPONENTS = "SELECT i.position, c.no, c.name, c.group_name, c.version, c.purl, i.repeat,
          a.since, a.not_covered, a.why,
          (SELECT count(*) FROM verdict v WHERE v.component = i.component AND v.sbom = a.sbom
            AND v.since <= $1 AND (v.until IS NULL OR v.until > $1) AND v.answer = 'affected'),
          (SELECT count(*) FROM verdict v WHERE v.component = i.component AND v.sbom = a.sbom
            AND v.since <= $1 AND (v.until IS NULL OR v.until > $1) AND v.answer = 'undetermined'),
          (SELECT count(*) FROM verdict v WHERE v.component = i.component AND v.sbom = a.sbom
            AND v.since <= $1 AND (v.until IS NULL OR v.until > $1) AND v.answer = 'not_affected')
        FROM instance i
        JOIN component c ON c.no = i.component
        LEFT JOIN assessed a ON a.component = i.component AND a.since <= $1
          AND (a.until IS NULL OR a.until > $1)
          AND a.sbom = CASE WHEN EXISTS (SELECT 1 FROM assessed o WHERE o.component = i.component
            AND o.sbom = i.sbom AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
            THEN i.sbom ELSE 0 END
        WHERE i.sbom = $2 AND i.position > $3
          AND (c.folded LIKE $4 ESCAPE '\\' OR lower(c.purl) LIKE $4 ESCAPE '\\')
          AND ($5 = 0 OR a.not_covered IS NOT NULL)
        ORDER BY i.position LIMIT $6";
    GAPS = "SELECT a.not_covered, count(*)
        FROM instance i
        JOIN assessed a ON a.component = i.component AND a.since <= $1
          AND (a.until IS NULL OR a.until > $1)
          AND a.sbom = CASE WHEN EXISTS (SELECT 1 FROM assessed o WHERE o.component = i.component
            AND o.sbom = i.sbom AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
            THEN i.sbom ELSE 0 END
        WHERE i.sbom = $2 AND i.repeat = 0 AND a.not_covered IS NOT NULL
        GROUP BY a.not_covered ORDER BY count(*) DESC, a.not_covered";
    MATCHING = "SELECT DISTINCT c.no, c.name, c.group_name, c.version, c.purl
        FROM component_key k JOIN component c ON c.no = k.component
        WHERE c.since <= $1 AND k.kind IN ($2, $3) AND k.key >= $4 AND k.key <= $5
          AND ($6 = '' OR c.version = $6) AND c.no > $7
        ORDER BY c.no LIMIT $8";
    VERSIONS_WITH = "SELECT DISTINCT v.no, c.no, i.sbom, i.position, c.name, c.group_name, c.version, c.purl,
          v.id, v.label, p.id, p.name, f.id, f.name
        FROM component_key k
        JOIN component c ON c.no = k.component
        JOIN instance i ON i.component = c.no AND i.repeat = 0
        JOIN attached a ON a.sbom = i.sbom
        JOIN product_version v ON v.no = a.version
        JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        WHERE a.since <= $1 AND (a.until IS NULL OR a.until > $1)
          AND k.kind IN ($2, $3) AND k.key >= $4 AND k.key <= $5
          AND ($6 = '' OR c.version = $6)
          AND (v.no, c.no, i.sbom) > ($7, $8, $9)
        ORDER BY v.no, c.no, i.sbom LIMIT $10";
    DOCUMENT = "SELECT document FROM component WHERE since <= $1 AND no = $2";
    UNASSESSED = "SELECT c.no, c.document FROM component c
        WHERE c.since <= $1 AND c.no > $2
          AND NOT EXISTS (SELECT 1 FROM assessed a WHERE a.component = c.no AND a.since <= $1
            AND (a.until IS NULL OR a.until > $1))
        ORDER BY c.no LIMIT $3";
}

/// Sorts after every text that begins with what stands before it.
pub(super) const LAST: char = '\u{10ffff}';

/// Names one distinct component. Stays the same for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ComponentKey(pub u64);

/// A distinct component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComponentRef {
    /// Names it.
    pub key: ComponentKey,
    /// Its name as written.
    pub name: String,
    /// Its group as written.
    pub group: Option<String>,
    /// Its version as written; `None` = not stated.
    pub version: Option<String>,
    /// Its first package URL.
    pub purl: Option<String>,
}

/// What is known about a component's vulnerabilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentState {
    /// It was never assessed: nothing is known.
    NotAssessed,
    /// It could not be looked up, and why.
    NotCovered {
        /// Why.
        gap: NotCovered,
        /// Verdicts found all the same (in thin data): affected.
        affected: u64,
        /// ... undetermined.
        undetermined: u64,
    },
    /// It was looked up; the verdicts by answer.
    Assessed {
        /// Verdicts: affected.
        affected: u64,
        /// Verdicts: undetermined.
        undetermined: u64,
        /// Verdicts: not affected.
        not_affected: u64,
    },
}

/// A component at its place in an SBOM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComponentRow {
    /// Index into the inventory.
    pub position: u32,
    /// The component.
    pub component: ComponentRef,
    /// How often the same component stood before in this SBOM.
    pub repeat: u32,
    /// What is known about it.
    pub state: ComponentState,
}

/// Which components of an SBOM are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComponentFilter {
    /// Only those whose name or package URL holds this text, whatever the case; empty = all.
    pub text: String,
    /// Only those that could not be looked up, or all.
    pub only: ComponentsOnly,
}

/// Restricts a list of components.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ComponentsOnly {
    /// No restriction.
    #[default]
    All,
    /// Those that could not be looked up.
    NotCovered,
}

/// A version that contains a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionWithComponent {
    /// The version.
    pub version: VersionRef,
    /// The component.
    pub component: ComponentRef,
    /// In which of its SBOMs.
    pub sbom: SbomKey,
    /// Where in it.
    pub position: u32,
}

/// What somebody looks for among components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComponentQuery {
    /// A name that begins so, from its first or a later word on.
    Begins(String),
    /// A name that is exactly so, whatever the case.
    Named(String),
    /// A package, in one version if the package URL names one.
    Package(Purl),
    /// Packages whose URL begins so (text that does not parse as a whole URL).
    PackageBegins(String),
    /// A CPE's `vendor:product`, in one version if the CPE names one.
    Cpe(Cpe),
    /// `vendor:product`, any version.
    CpeKey(String),
}

impl ComponentQuery {
    /// Understands what was typed: a package URL, a CPE, else the beginning of a name.
    pub fn understand(text: &str) -> Self {
        let text = text.trim();
        if text.starts_with("pkg:") {
            return match text.parse() {
                Ok(purl) => Self::Package(purl),
                Err(_) => Self::PackageBegins(text.to_owned()),
            };
        }
        if text.starts_with("cpe:")
            && let Ok(cpe) = text.parse()
        {
            return Self::Cpe(cpe);
        }
        Self::Begins(text.to_owned())
    }

    pub(super) fn keys(&self) -> Keys {
        let exact = |kind: KeyKind, key: String, version: &str| Keys {
            kinds: [kind, kind],
            from: key.clone(),
            to: key,
            version: version.to_owned(),
        };
        let begins = |kinds: [KeyKind; 2], text: &str| {
            let from = folded(text);
            Keys { kinds, to: format!("{from}{LAST}"), from, version: String::new() }
        };
        match self {
            Self::Begins(text) => begins([KeyKind::Name, KeyKind::Word], text),
            Self::Named(name) => exact(KeyKind::Name, folded(name), ""),
            Self::Package(purl) => {
                exact(KeyKind::Purl, purl_key(purl), purl.version().unwrap_or_default())
            }
            Self::PackageBegins(text) => begins([KeyKind::Purl, KeyKind::Purl], text),
            Self::Cpe(cpe) => {
                let version = match cpe.version() {
                    aftercare_vocab::cpe::Attribute::Value(version) => version.as_str(),
                    _ => "",
                };
                // A CPE without a definite vendor and product names no key: nothing is found.
                exact(KeyKind::Cpe, cpe.key().unwrap_or_default(), version)
            }
            Self::CpeKey(key) => exact(KeyKind::Cpe, key.to_lowercase(), ""),
        }
    }
}

pub(super) struct Keys {
    pub(super) kinds: [KeyKind; 2],
    pub(super) from: String,
    pub(super) to: String,
    pub(super) version: String,
}

impl Reader {
    /// The components of an SBOM in document order.
    pub fn components(
        &self,
        sbom: SbomKey,
        filter: &ComponentFilter,
        page: &Page,
    ) -> Result<Paged<ComponentRow>, Fault> {
        let [after] = page.numbers()?;
        let text = contains(&filter.text);
        let only = i64::from(filter.only == ComponentsOnly::NotCovered);
        let asked = values![self.position, sbom.0, after, &text, only, page.ask()];
        let found = self.session()?.query(COMPONENTS, asked, |row| {
            let component = ComponentRow {
                position: row.int(0)? as u32,
                component: component_ref(row, 1)?,
                repeat: row.int(6)? as u32,
                state: state(row)?,
            };
            Ok((Cursor::numbers([row.int(0)?]), component))
        })?;
        Ok(Paged::of(found, page))
    }

    /// How many components of an SBOM could not be looked up, by the code of the reason, most first.
    pub fn gaps(&self, sbom: SbomKey) -> Result<Vec<(String, u64)>, Fault> {
        self.session()?
            .query(GAPS, values![self.position, sbom.0], |row| Ok((row.text(0)?, row.count(1)?)))
    }

    /// One component as it stands in an SBOM, with its place, hashes and supplier.
    pub fn component_at(&self, sbom: SbomKey, position: u32) -> Result<Option<Component>, Fault> {
        let inventory = self.inventory(sbom)?;
        Ok(inventory.and_then(|i| i.components.get(position as usize).cloned()))
    }

    /// A distinct component, reduced to its identity.
    pub fn component(&self, key: ComponentKey) -> Result<Option<Component>, Fault> {
        let text =
            self.session()?.first(DOCUMENT, values![self.position, key.0], |row| row.text(0))?;
        text.map(|text| identity(&text)).transpose()
    }

    /// Distinct components that match, in the order they first came in.
    pub fn components_matching(
        &self,
        query: &ComponentQuery,
        page: &Page,
    ) -> Result<Paged<ComponentRef>, Fault> {
        let [after] = page.numbers()?;
        let keys = query.keys();
        let [one, other] = keys.kinds.map(KeyKind::code);
        let asked = values![
            self.position,
            one,
            other,
            &keys.from,
            &keys.to,
            &keys.version,
            after,
            page.ask()
        ];
        let found = self.session()?.query(MATCHING, asked, |row| {
            Ok((Cursor::numbers([row.int(0)?]), component_ref(row, 0)?))
        })?;
        Ok(Paged::of(found, page))
    }

    /// Versions whose current SBOMs hold a component that matches.
    pub fn versions_with(
        &self,
        query: &ComponentQuery,
        page: &Page,
    ) -> Result<Paged<VersionWithComponent>, Fault> {
        let [version, component, sbom] = page.numbers()?;
        let keys = query.keys();
        let [one, other] = keys.kinds.map(KeyKind::code);
        let asked = values![
            self.position,
            one,
            other,
            &keys.from,
            &keys.to,
            &keys.version,
            version,
            component,
            sbom,
            page.ask()
        ];
        let found = self.session()?.query(VERSIONS_WITH, asked, |row| {
            let cursor = Cursor::numbers([row.int(0)?, row.int(1)?, row.int(2)?]);
            let with = VersionWithComponent {
                version: version_ref(row, 8)?,
                component: ComponentRef {
                    key: ComponentKey(row.count(1)?),
                    name: row.text(4)?,
                    group: row.text_or_null(5)?,
                    version: row.text_or_null(6)?,
                    purl: row.text_or_null(7)?,
                },
                sbom: SbomKey(row.count(2)?),
                position: row.int(3)? as u32,
            };
            Ok((cursor, with))
        })?;
        Ok(Paged::of(found, page))
    }

    /// Distinct components that have no answer yet, with their identity, after `after`, at most
    /// `limit`.
    pub fn components_not_assessed(
        &self,
        after: ComponentKey,
        limit: u32,
    ) -> Result<Vec<(ComponentKey, Component)>, Fault> {
        let asked = values![self.position, after.0, limit];
        self.session()?.query(UNASSESSED, asked, |row| {
            Ok((ComponentKey(row.count(0)?), identity(&row.text(1)?)?))
        })
    }
}

fn identity(text: &str) -> Result<Component, Fault> {
    serde_json::from_str(text).map_err(|e| Fault::shape("the identity of a component", e))
}

/// A distinct component from five columns.
pub(super) fn component_ref(row: &Row<'_>, from: usize) -> Result<ComponentRef, Fault> {
    Ok(ComponentRef {
        key: ComponentKey(row.count(from)?),
        name: row.text(from + 1)?,
        group: row.text_or_null(from + 2)?,
        version: row.text_or_null(from + 3)?,
        purl: row.text_or_null(from + 4)?,
    })
}

fn state(row: &Row<'_>) -> Result<ComponentState, Fault> {
    if row.int_or_null(7)?.is_none() {
        return Ok(ComponentState::NotAssessed);
    }
    Ok(match row.text_or_null(8)? {
        Some(code) => ComponentState::NotCovered {
            gap: NotCovered { code, why: row.text_or_null(9)?.unwrap_or_default() },
            affected: row.count(10)?,
            undetermined: row.count(11)?,
        },
        None => ComponentState::Assessed {
            affected: row.count(10)?,
            undetermined: row.count(11)?,
            not_affected: row.count(12)?,
        },
    })
}

/// The pattern for texts that hold `text`.
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in folded(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
