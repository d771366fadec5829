//! How far a vulnerability reaches: versions, components, consignees, sites, units.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{
        BlastRadius, ComponentReach, ConsigneeReach, ConsigneeRef, EditionRef, NothingFound,
        ProductReach, RecordState, SiteReach, SourceRecord, Totals, UnitAnswer, UnitsByAnswer,
        VersionReach, VulnerabilitySheet,
    },
    component::reference,
    fleet::located,
    product::{end_of_support, ended, product_ref, version_ref},
    standing::instant,
    version::paged,
};
use aftercare_corpus::{Edition, edition::Relation};
use aftercare_domain::Date;
use aftercare_formats::feed::State;
use aftercare_matching::merge::names;
use aftercare_register::{
    Reader,
    read::state::{Field, VersionState},
};
use aftercare_vocab::verdict::Answer;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// Components shown with a version; the rest are counted.
const COMPONENTS_SHOWN: usize = 20;

/// Sites shown with a consignee; the rest are counted.
const SITES_SHOWN: usize = 50;

/// Consignees on one page.
const CONSIGNEES_A_PAGE: u32 = 25;

/// What part of the reach is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlastWish {
    /// Only versions (and units on them) that stand under this answer.
    pub answer: Option<UnitAnswer>,
    /// The cursor the product list starts at.
    pub products_after: String,
    /// The cursor the consignee list starts at.
    pub consignees_after: String,
}

impl Desk {
    /// The reach of a vulnerability, by any of its identifiers; or what it means that the edition in
    /// force has no such record.
    pub fn blast_radius(
        &self,
        id: &str,
        wish: &BlastWish,
        today: Date,
    ) -> Result<Result<BlastRadius, NothingFound>, Trouble> {
        let today = self.day(today);
        let reader = self.reader()?;
        let Some(row) = reader.newest_edition()? else {
            return Ok(Err(NothingFound::no_edition()));
        };
        let edition = self.edition(&row.digest)?;
        let in_force = EditionRef { id: row.digest, made_at: row.adopted_at };
        let Some(vulnerability) = vulnerability(&edition, id)? else {
            return Ok(Err(NothingFound::vulnerability_not_in_edition(id, &in_force)));
        };
        let states = reader.version_states()?;
        let answers = answers(&reader, &states, &vulnerability)?;
        let field = reader.field(&states)?;
        let cells = cell_answers(&states, &answers, &field);
        let totals = totals(&answers, &cells, &field);
        let products = paged(
            products(&states, &answers, &field, wish, today),
            &wish.products_after,
            PAGE_ROWS,
        )?;
        let mut items = products.items;
        for version in items.iter_mut().flat_map(|product| &mut product.versions) {
            add_components(&reader, version, &vulnerability)?;
        }
        let products = crate::answers::Page { items, next: products.next, total: products.total };
        let consignees = paged(
            consignees(&cells, &field, wish.answer),
            &wish.consignees_after,
            CONSIGNEES_A_PAGE,
        )?;
        Ok(Ok(BlastRadius {
            vulnerability,
            edition: in_force,
            totals,
            products,
            consignees,
            units_without_consignee: UnitsByAnswer::default(),
        }))
    }
}

impl Desk {
    /// What the edition in force says about vulnerabilities, in their order; those of which it has no record are
    /// left out. None: there is no edition.
    pub fn published(&self, ids: &[String]) -> Result<Option<Vec<VulnerabilitySheet>>, Trouble> {
        let Some(row) = self.reader()?.newest_edition()? else { return Ok(None) };
        let edition = self.edition(&row.digest)?;
        let mut found = Vec::new();
        for id in ids {
            found.extend(vulnerability(&edition, id)?);
        }
        Ok(Some(found))
    }
}

/// What the edition says about a vulnerability; `None` if no record carries the identifier.
pub(crate) fn vulnerability(
    edition: &Edition,
    id: &str,
) -> Result<Option<VulnerabilitySheet>, Trouble> {
    let mut found = edition.find(id)?;
    // A record about several flaws is found by each of them; the flaw's own records come first.
    found.sort_by_key(|found| matches!(found.relation, Relation::About | Relation::Within));
    let Some(group) = found.first().map(|found| found.group) else { return Ok(None) };
    let mut heads = Vec::new();
    for record in edition.group(group)? {
        heads.push(edition.head(record)?);
    }
    let (shown, aliases) = names(&heads);
    let severity = heads
        .iter()
        .flat_map(|head| &head.body.severities)
        .filter(|severity| severity.score_tenths.is_some())
        .max_by_key(|severity| severity.score_tenths);
    let mut kev_since =
        heads.iter().filter_map(|head| head.body.kev_since.as_ref()).map(ToString::to_string).min();
    let mut epss = None;
    for cve in std::iter::once(&shown).chain(&aliases).filter(|id| id.starts_with("CVE-")) {
        if let Some(entry) = edition.kev(cve)? {
            kev_since = Some(kev_since.map_or(entry.added.clone(), |known| known.min(entry.added)));
        }
        epss = epss.or(edition.epss(cve)?);
    }
    let withdrawn = |state: State| state == State::Withdrawn;
    Ok(Some(VulnerabilitySheet {
        id: shown,
        aliases,
        summary: heads
            .iter()
            .map(|head| &head.body.summary)
            .find(|text| !text.is_empty())
            .cloned()
            .unwrap_or_default(),
        score_tenths: severity.and_then(|severity| severity.score_tenths),
        vector: severity.map(|severity| severity.vector.to_string()),
        kev_since,
        epss: epss.map(|score| score.probability),
        epss_percentile: epss.map(|score| score.percentile),
        kev_held: edition.manifest().kev.is_some(),
        epss_held: edition.manifest().epss.is_some(),
        state: if heads.iter().all(|head| withdrawn(head.body.state)) {
            RecordState::Withdrawn
        } else {
            RecordState::Published
        },
        sources: heads
            .iter()
            .map(|head| SourceRecord {
                source: head.body.source.code().to_owned(),
                record: head.body.id.to_string(),
                digest: head.digest,
                modified_at: instant(&head.body.modified),
                withdrawn: withdrawn(head.body.state),
            })
            .collect(),
    }))
}

/// Under which answer each version stands. What is not known is never "no affected component".
fn answers(
    reader: &Reader,
    states: &[VersionState],
    vulnerability: &VulnerabilitySheet,
) -> Result<Vec<UnitAnswer>, Trouble> {
    let mut found: HashMap<usize, Answer> = HashMap::new();
    for id in std::iter::once(&vulnerability.id).chain(&vulnerability.aliases) {
        for (version, answer) in reader.answers_by_version(id, states)? {
            found
                .entry(version)
                .and_modify(|known| *known = (*known).min(answer))
                .or_insert(answer);
        }
    }
    Ok(states
        .iter()
        .enumerate()
        .map(|(at, state)| match found.get(&at) {
            Some(Answer::Affected) => UnitAnswer::Affected,
            Some(Answer::Undetermined) => UnitAnswer::Undetermined,
            _ if state.sboms == 0 => UnitAnswer::WithoutSbom,
            _ if state.assessed < state.sboms => UnitAnswer::NotYetMatched,
            _ if state.not_covered > 0 => UnitAnswer::NotCovered,
            _ => UnitAnswer::NoAffectedComponent,
        })
        .collect())
}

/// The answer for a unit whose installed version is unknown: open, as long as any version of its
/// product is.
fn unknown_installed(
    states: &[VersionState],
    answers: &[UnitAnswer],
    product: Option<usize>,
) -> UnitAnswer {
    let Some(product) = product.map(|at| states[at].version.product.id) else {
        return UnitAnswer::VersionUnknown;
    };
    let open = states.iter().zip(answers).any(|(state, answer)| {
        state.version.product.id == product && *answer != UnitAnswer::NoAffectedComponent
    });
    if open { UnitAnswer::VersionUnknown } else { UnitAnswer::NoAffectedComponent }
}

/// The answer of each cell of the field.
fn cell_answers(states: &[VersionState], answers: &[UnitAnswer], field: &Field) -> Vec<UnitAnswer> {
    let mut unknown: HashMap<Option<usize>, UnitAnswer> = HashMap::new();
    field
        .cells
        .iter()
        .map(|cell| match cell.version {
            Some(version) => answers[version],
            None => *unknown
                .entry(cell.product)
                .or_insert_with(|| unknown_installed(states, answers, cell.product)),
        })
        .collect()
}

fn totals(answers: &[UnitAnswer], cells: &[UnitAnswer], field: &Field) -> Totals {
    let mut totals = Totals::default();
    for answer in answers {
        match answer {
            UnitAnswer::Affected => totals.versions.affected += 1,
            UnitAnswer::Undetermined => totals.versions.undetermined += 1,
            UnitAnswer::NoAffectedComponent => totals.versions.no_affected_component += 1,
            _ => totals.versions.unknown += 1,
        }
    }
    let (mut sites, mut consignees) =
        (std::collections::HashSet::new(), std::collections::HashSet::new());
    for (cell, answer) in field.cells.iter().zip(cells) {
        totals.units.add(*answer, cell.units);
        if matches!(answer, UnitAnswer::Affected | UnitAnswer::Undetermined)
            && sites.insert(cell.site)
        {
            consignees.extend(field.sites.get(&cell.site).map(|place| place.consignee.id));
        }
    }
    totals.sites_concerned = sites.len() as u64;
    totals.consignees_concerned = consignees.len() as u64;
    totals
}

fn products(
    states: &[VersionState],
    answers: &[UnitAnswer],
    field: &Field,
    wish: &BlastWish,
    today: Date,
) -> Vec<ProductReach> {
    let mut unknown_units: HashMap<aftercare_vocab::id::ProductId, u64> = HashMap::new();
    for cell in field.cells.iter().filter(|cell| cell.version.is_none()) {
        if let Some(product) = cell.product {
            *unknown_units.entry(states[product].version.product.id).or_default() += cell.units;
        }
    }
    let mut reached: Vec<ProductReach> = Vec::new();
    let mut at: HashMap<aftercare_vocab::id::ProductId, usize> = HashMap::new();
    for (state, answer) in states.iter().zip(answers) {
        let shown = match wish.answer {
            Some(wanted) => *answer == wanted,
            None => *answer != UnitAnswer::NoAffectedComponent,
        };
        if !shown {
            continue;
        }
        let index = *at.entry(state.version.product.id).or_insert_with(|| {
            reached.push(ProductReach {
                product: product_ref(&state.version),
                units_version_unknown: unknown_units
                    .get(&state.version.product.id)
                    .copied()
                    .unwrap_or(0),
                versions: Vec::new(),
            });
            reached.len() - 1
        });
        reached[index].versions.push(VersionReach {
            version: version_ref(&state.version),
            answer: *answer,
            units: state.units,
            end_of_support: end_of_support(&state.life, today),
            unsupported_but_fielded: state.units > 0 && ended(&state.life, today),
            components: Vec::new(),
            components_total: 0,
        });
    }
    for product in &mut reached {
        product.versions.sort_by_key(|version| (version.answer, Reverse(version.units)));
    }
    reached.sort_by_key(|product| product.versions.first().map(|version| version.answer));
    reached
}

/// The components of a shown version that are affected or undetermined, with their reasons.
fn add_components(
    reader: &Reader,
    version: &mut VersionReach,
    vulnerability: &VulnerabilitySheet,
) -> Result<(), Trouble> {
    if !matches!(version.answer, UnitAnswer::Affected | UnitAnswer::Undetermined) {
        return Ok(());
    }
    let mut found = Vec::new();
    for id in std::iter::once(&vulnerability.id).chain(&vulnerability.aliases) {
        for finding in reader.findings_in(version.version.id, id)? {
            let known =
                found.iter().any(|known: &aftercare_register::read::finding::FindingRow| {
                    known.component.key == finding.component.key
                        && known.vulnerability == finding.vulnerability
                });
            if !known {
                found.push(finding);
            }
        }
    }
    version.components_total = found.len() as u64;
    for finding in found.into_iter().take(COMPONENTS_SHOWN) {
        // The place in the document stands on the finding's own page: reading each inventory for it
        // would cost more than the whole answer.
        let mut component = reference(&finding.component, finding.position, None);
        if component.identity.is_none() {
            let known = reader.component(finding.component.key)?;
            component.identity =
                known.and_then(|known| known.cpes.first().map(ToString::to_string));
        }
        version.components.push(ComponentReach {
            component,
            answer: finding.answer,
            because: finding.because,
            fixed_in: finding.fixed_in,
        });
    }
    Ok(())
}

fn consignees(
    cells: &[UnitAnswer],
    field: &Field,
    only: Option<UnitAnswer>,
) -> Vec<ConsigneeReach> {
    let mut sites: BTreeMap<i64, UnitsByAnswer> = BTreeMap::new();
    for (cell, answer) in field.cells.iter().zip(cells) {
        sites.entry(cell.site).or_default().add(*answer, cell.units);
    }
    let concerned = |units: &UnitsByAnswer| match only {
        Some(answer) => units.of(answer) > 0,
        None => units.total() > units.no_affected_component,
    };
    let mut reached: HashMap<aftercare_vocab::id::ConsigneeId, ConsigneeReach> = HashMap::new();
    for (site, units) in sites.into_iter().filter(|(_, units)| concerned(units)) {
        let Some(place) = field.sites.get(&site) else { continue };
        let consignee = reached.entry(place.consignee.id).or_insert_with(|| ConsigneeReach {
            consignee: ConsigneeRef { id: place.consignee.id, name: place.consignee.name.clone() },
            units: UnitsByAnswer::default(),
            sites: Vec::new(),
            sites_total: 0,
        });
        for answer in UnitAnswer::ALL {
            consignee.units.add(answer, units.of(answer));
        }
        consignee.sites_total += 1;
        consignee.sites.push(SiteReach {
            id: place.site.id,
            name: place.site.name.clone(),
            located: located(place.city.as_deref(), place.country.as_deref()),
            units,
        });
    }
    let weight =
        |units: &UnitsByAnswer| Reverse((units.affected, units.undetermined, units.unknown()));
    let mut reached: Vec<ConsigneeReach> = reached.into_values().collect();
    for consignee in &mut reached {
        consignee.sites.sort_by(|a, b| {
            weight(&a.units).cmp(&weight(&b.units)).then_with(|| a.name.cmp(&b.name))
        });
        consignee.sites.truncate(SITES_SHOWN);
    }
    reached.sort_by(|a, b| {
        weight(&a.units)
            .cmp(&weight(&b.units))
            .then_with(|| a.consignee.name.cmp(&b.consignee.name))
    });
    reached
}
