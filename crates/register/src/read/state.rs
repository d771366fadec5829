//! The whole field at a glance: every version with what is known of it, every site with its units.
//! What a question about one vulnerability needs, in a handful of statements whatever the size.

use super::{
    Named, Reader,
    component::{ComponentKey, ComponentQuery, ComponentState},
    finding::{FindingRow, finding},
    version::{SbomKey, VersionRef, life, version_ref},
};
use crate::{
    facts::id_of,
    fault::Fault,
    sql::{Row, statements, values},
};
use aftercare_domain::version::Life;
use aftercare_vocab::{
    id::{Consignee, Site, VersionId},
    verdict::{Answer, NotCovered},
};
use std::collections::{BTreeSet, HashMap};

statements! {
    VERSION_STATES = "SELECT v.no, v.id, v.label, p.id, p.name, f.id, f.name,
          l.predecessor, l.released, l.supported_until, l.end_of_support, p.no,
          (SELECT count(*) FROM attached a WHERE a.version = v.no
            AND a.since <= $1 AND (a.until IS NULL OR a.until > $1)),
          (SELECT count(*) FROM attached a JOIN assessment m ON m.sbom = a.sbom
              AND m.since <= $1 AND (m.until IS NULL OR m.until > $1)
            WHERE a.version = v.no AND a.since <= $1 AND (a.until IS NULL OR a.until > $1)),
          (SELECT coalesce(CAST(sum(m.not_covered + m.not_assessed) AS BIGINT), 0)
            FROM attached a JOIN assessment m ON m.sbom = a.sbom
              AND m.since <= $1 AND (m.until IS NULL OR m.until > $1)
            WHERE a.version = v.no AND a.since <= $1 AND (a.until IS NULL OR a.until > $1))
        FROM product_version v
        JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        JOIN version_life l ON l.version = v.no AND l.since <= $1 AND (l.until IS NULL OR l.until > $1)
        WHERE v.since <= $1 ORDER BY f.folded, p.folded, v.no";
    FLEET = "SELECT f.product, f.version, f.site, CASE WHEN f.counted <= $1 THEN f.units
          ELSE (SELECT b.units FROM fleet_before b WHERE b.product = f.product AND b.version = f.version
            AND b.site = f.site AND b.since <= $1 ORDER BY b.since DESC LIMIT 1) END
        FROM fleet f WHERE f.since <= $1";
    PLACES = "SELECT s.no, s.id, s.name, s.country, s.city, c.id, c.name FROM site s
        JOIN consignee c ON c.no = s.consignee WHERE s.since <= $1";
    FINDINGS_IN_VERSION = "SELECT i.sbom, i.position, c.no, c.name, c.group_name, c.version, c.purl,
          u.id, x.aliases, x.answer, x.score, x.vector, x.kev_since, x.epss, x.confidence,
          x.disagreement, x.fixed_in, x.summary, x.since, x.slot, x.ordinal,
          x.because
        FROM vulnerability_alias a
        JOIN verdict x ON x.vulnerability = a.vulnerability AND x.since <= $1
          AND (x.until IS NULL OR x.until > $1)
        JOIN instance i ON i.component = x.component AND i.repeat = 0
        JOIN attached t ON t.sbom = i.sbom AND t.version = $2 AND t.since <= $1
          AND (t.until IS NULL OR t.until > $1)
        JOIN component c ON c.no = i.component
        JOIN vulnerability u ON u.no = x.vulnerability
        WHERE a.since <= $1 AND a.alias = $3
          AND x.sbom = CASE WHEN EXISTS (SELECT 1 FROM assessed o WHERE o.component = i.component
            AND o.sbom = i.sbom AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
            THEN i.sbom ELSE 0 END
        ORDER BY x.precedence, u.no, i.component";
    COMPONENT_STATE = "SELECT a.since, a.not_covered, a.why,
          (SELECT count(*) FROM verdict v WHERE v.component = a.component AND v.sbom = a.sbom
            AND v.since <= $1 AND (v.until IS NULL OR v.until > $1) AND v.answer = 'affected'),
          (SELECT count(*) FROM verdict v WHERE v.component = a.component AND v.sbom = a.sbom
            AND v.since <= $1 AND (v.until IS NULL OR v.until > $1) AND v.answer = 'undetermined'),
          (SELECT count(*) FROM verdict v WHERE v.component = a.component AND v.sbom = a.sbom
            AND v.since <= $1 AND (v.until IS NULL OR v.until > $1) AND v.answer = 'not_affected')
        FROM assessed a WHERE a.component = $2 AND a.sbom IN (0, $3)
          AND a.since <= $1 AND (a.until IS NULL OR a.until > $1)
        ORDER BY a.sbom DESC LIMIT 1";
    COMPONENTS_LOOKED_UP = "SELECT x.folded FROM (
          SELECT c.folded AS folded,
            CASE WHEN EXISTS (SELECT 1 FROM assessed a WHERE a.component = i.component AND a.since <= $1
              AND (a.until IS NULL OR a.until > $1) AND a.not_covered IS NULL
              AND a.sbom = CASE WHEN EXISTS (SELECT 1 FROM assessed o WHERE o.component = i.component
                AND o.sbom = i.sbom AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
                THEN i.sbom ELSE 0 END) THEN 1 ELSE 0 END AS looked
          FROM attached t
          JOIN instance i ON i.sbom = t.sbom AND i.repeat = 0
          JOIN component c ON c.no = i.component
          WHERE t.since <= $1 AND t.version = $2 AND (t.until IS NULL OR t.until > $1)) x
        GROUP BY x.folded HAVING min(x.looked) = 1";
    COUNT_VERSIONS_WITH = "SELECT count(*) FROM (SELECT DISTINCT a.version, k.component, i.sbom
        FROM component_key k
        JOIN component c ON c.no = k.component
        JOIN instance i ON i.component = c.no AND i.repeat = 0
        JOIN attached a ON a.sbom = i.sbom
        WHERE a.since <= $1 AND (a.until IS NULL OR a.until > $1)
          AND k.kind IN ($2, $3) AND k.key >= $4 AND k.key <= $5
          AND ($6 = '' OR c.version = $6)) found";
    UNITS_WITH_SERIAL = "SELECT u.id, u.serial, p.name, s.id, s.name FROM unit u
        JOIN unit_state x ON x.unit = u.no AND x.since <= $1 AND (x.until IS NULL OR x.until > $1)
        JOIN product p ON p.no = u.product JOIN site s ON s.no = x.site
        WHERE u.since <= $1 AND u.serial = $2 ORDER BY u.no LIMIT $3";
}

/// One version with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionState {
    /// The version.
    pub version: VersionRef,
    /// Predecessor and dates.
    pub life: Life,
    /// SBOMs attached.
    pub sboms: u64,
    /// Of those, SBOMs with an assessment.
    pub assessed: u64,
    /// Components that could not be looked up, or were not.
    pub not_covered: u64,
    /// Units known to run it.
    pub units: u64,
    number: i64,
    product: i64,
}

/// Some units of one version (or of unknown version) of a product at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FleetCell {
    /// Index into the version states; `None` = it is unknown what is installed.
    pub version: Option<usize>,
    /// Index of some version state of the product, where it has any version.
    pub product: Option<usize>,
    /// Internal number of the site; a key for [`Field::sites`].
    pub site: i64,
    /// How many.
    pub units: u64,
}

/// A site and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The site.
    pub site: Named<Site>,
    /// Its country.
    pub country: Option<String>,
    /// Its city.
    pub city: Option<String>,
    /// Whose it is.
    pub consignee: Named<Consignee>,
}

/// The units of all sites.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// Where how many of what stand.
    pub cells: Vec<FleetCell>,
    /// The sites by internal number.
    pub sites: HashMap<i64, Place>,
}

/// A unit found by its serial number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialHit {
    /// The unit.
    pub id: aftercare_vocab::id::UnitId,
    /// Its serial number.
    pub serial: String,
    /// The product's name.
    pub product: String,
    /// Where it stands.
    pub site: Named<Site>,
}

impl Reader {
    /// Every version with what is known of it: by family, product, and the order they were added.
    pub fn version_states(&self) -> Result<Vec<VersionState>, Fault> {
        let session = self.session()?;
        let mut states = session.query(VERSION_STATES, values![self.position], |row| {
            Ok(VersionState {
                version: version_ref(row, 1)?,
                life: life(row, 7)?,
                sboms: row.count(12)?,
                assessed: row.count(13)?,
                not_covered: row.count(14)?,
                units: 0,
                number: row.int(0)?,
                product: row.int(11)?,
            })
        })?;
        let index: HashMap<i64, usize> =
            states.iter().enumerate().map(|(at, state)| (state.number, at)).collect();
        session.each(FLEET, values![self.position], |row| {
            if let Some(at) = index.get(&row.int(1)?) {
                states[*at].units += row.count(3)?;
            }
            Ok(())
        })?;
        Ok(states)
    }

    /// All units by version and site, with the sites.
    pub fn field(&self, states: &[VersionState]) -> Result<Field, Fault> {
        let session = self.session()?;
        let versions: HashMap<i64, usize> =
            states.iter().enumerate().map(|(at, state)| (state.number, at)).collect();
        let products: HashMap<i64, usize> =
            states.iter().enumerate().map(|(at, state)| (state.product, at)).collect();
        let mut field = Field::default();
        session.each(FLEET, values![self.position], |row| {
            let units = row.count(3)?;
            if units > 0 {
                field.cells.push(FleetCell {
                    version: versions.get(&row.int(1)?).copied(),
                    product: products.get(&row.int(0)?).copied(),
                    site: row.int(2)?,
                    units,
                });
            }
            Ok(())
        })?;
        session.each(PLACES, values![self.position], |row| {
            let place = Place {
                site: Named { id: id_of(row, 1)?, name: row.text(2)? },
                country: row.text_or_null(3)?,
                city: row.text_or_null(4)?,
                consignee: Named { id: id_of(row, 5)?, name: row.text(6)? },
            };
            field.sites.insert(row.int(0)?, place);
            Ok(())
        })?;
        Ok(field)
    }

    /// The gravest answer for a vulnerability (by any of its identifiers) in each of the versions
    /// that has one: (index into `states`, answer).
    pub fn answers_by_version(
        &self,
        id: &str,
        states: &[VersionState],
    ) -> Result<Vec<(usize, Answer)>, Fault> {
        let index: HashMap<i64, usize> =
            states.iter().enumerate().map(|(at, state)| (state.number, at)).collect();
        let answers = self.version_answers(id)?;
        Ok(answers
            .into_iter()
            .filter_map(|found| index.get(&found.version).map(|at| (*at, found.answer)))
            .collect())
    }

    /// The findings of one vulnerability (by any of its identifiers) in the SBOMs of one version.
    pub fn findings_in(&self, version: VersionId, id: &str) -> Result<Vec<FindingRow>, Fault> {
        let Some(version) = self.version_number(version)? else { return Ok(Vec::new()) };
        let alias = id.trim().to_lowercase();
        self.session()?.query(FINDINGS_IN_VERSION, values![self.position, version, &alias], |row| {
            finding(row, 21)
        })
    }

    /// The folded names in the SBOMs of one version under which every component was looked up.
    pub fn components_looked_up(&self, version: VersionId) -> Result<BTreeSet<String>, Fault> {
        let Some(version) = self.version_number(version)? else { return Ok(BTreeSet::new()) };
        let asked = values![self.position, version];
        let names = self.session()?.query(COMPONENTS_LOOKED_UP, asked, |row| row.text(0))?;
        Ok(names.into_iter().collect())
    }

    /// What is known about a component in one SBOM.
    pub fn component_state(
        &self,
        sbom: SbomKey,
        component: ComponentKey,
    ) -> Result<ComponentState, Fault> {
        let asked = values![self.position, component.0, sbom.0];
        let found = self.session()?.first(COMPONENT_STATE, asked, component_state)?;
        Ok(found.unwrap_or(ComponentState::NotAssessed))
    }

    /// How many places [`Reader::versions_with`] lists over all its pages.
    pub fn count_versions_with(&self, query: &ComponentQuery) -> Result<u64, Fault> {
        let keys = query.keys();
        let [one, other] = keys.kinds.map(aftercare_domain::component::KeyKind::code);
        let asked = values![self.position, one, other, &keys.from, &keys.to, &keys.version];
        self.session()?.number(COUNT_VERSIONS_WITH, asked).map(|count| count.max(0) as u64)
    }

    /// Units with exactly this serial number.
    pub fn units_with_serial(&self, serial: &str, limit: u32) -> Result<Vec<SerialHit>, Fault> {
        self.session()?.query(UNITS_WITH_SERIAL, values![self.position, serial, limit], |row| {
            Ok(SerialHit {
                id: id_of(row, 0)?,
                serial: row.text(1)?,
                product: row.text(2)?,
                site: Named { id: id_of(row, 3)?, name: row.text(4)? },
            })
        })
    }
}

fn component_state(row: &Row<'_>) -> Result<ComponentState, Fault> {
    Ok(match row.text_or_null(1)? {
        Some(code) => ComponentState::NotCovered {
            gap: NotCovered { code, why: row.text_or_null(2)?.unwrap_or_default() },
            affected: row.count(3)?,
            undetermined: row.count(4)?,
        },
        None => ComponentState::Assessed {
            affected: row.count(3)?,
            undetermined: row.count(4)?,
            not_affected: row.count(5)?,
        },
    })
}
