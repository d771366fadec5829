//! Findings of a version, and one finding with everything needed to check it by hand.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{
        ComponentSheet, EditionRef, FindingRow, FindingSheet, Page, ReceivedRecord, RecordContent,
        Reference, SbomRef,
    },
    component::reference,
    product::version_ref,
    version::paged,
};
use aftercare_corpus::Edition;
use aftercare_matching::patch;
use aftercare_register::{
    PAGE_LIMIT, Page as Part, Reader,
    read::finding::{Explanation, FindingRow as Read},
};
use aftercare_vocab::{
    id::VersionId,
    inventory::{Component, Inventory, Scope},
    verdict::{Answer, Reason},
};
use std::cmp::Reverse;

/// A received record longer than this is shown up to here; the API gives it whole.
const RECORD_SHOWN_BYTES: usize = 200_000;

/// The longest way from the root that is shown.
const PATH_SHOWN: usize = 20;

/// Which findings of a version are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingWish {
    /// Only this answer; absent = affected and undetermined ones.
    pub answer: Option<Answer>,
    /// Only those listed as known exploited.
    pub known_exploited: bool,
    /// Only those with a highest score of 9.0 or more.
    pub critical: bool,
    /// Text in identifiers, summary or component.
    pub text: String,
    /// `score`, `epss`, `component`, `vulnerability`; anything else = gravest first.
    pub sort: String,
    /// The cursor the page starts at.
    pub after: String,
}

impl Desk {
    /// The findings of a version's current SBOM.
    pub fn findings(
        &self,
        version: VersionId,
        wish: &FindingWish,
    ) -> Result<Page<FindingRow>, Trouble> {
        let reader = self.reader()?;
        let detail = reader
            .version(version)?
            .ok_or_else(|| Trouble::not_found("product version", version))?;
        let mut found = all(&reader, version, wish.answer)?;
        found.retain(|finding| wanted(finding, wish));
        match wish.sort.as_str() {
            "score" => found.sort_by_key(|finding| Reverse(finding.score_tenths)),
            "epss" => found.sort_by_key(|finding| Reverse(finding.epss)),
            "component" => found.sort_by(|a, b| {
                (&a.component.name, &a.component.version)
                    .cmp(&(&b.component.name, &b.component.version))
            }),
            "vulnerability" => found.sort_by(|a, b| a.vulnerability.cmp(&b.vulnerability)),
            _ => {}
        }
        let page = paged(found, &wish.after, PAGE_ROWS)?;
        let inventory = match detail.sboms.last() {
            Some(sbom) => reader.inventory(sbom.key)?,
            None => None,
        };
        let items =
            page.items.into_iter().map(|finding| row(finding, inventory.as_deref())).collect();
        Ok(Page { items, next: page.next, total: page.total })
    }

    /// One finding with its reasons and the source records they rest on.
    pub fn finding(
        &self,
        version: VersionId,
        component: u32,
        vulnerability: &str,
    ) -> Result<FindingSheet, Trouble> {
        let reader = self.reader()?;
        let missing = || {
            Trouble::not_found(
                "finding",
                format!("{vulnerability} for component {component} of {version}"),
            )
        };
        let detail = reader
            .version(version)?
            .ok_or_else(|| Trouble::not_found("product version", version))?;
        let sbom = detail.sboms.last().ok_or_else(missing)?;
        let inventory = reader.inventory(sbom.key)?.ok_or_else(missing)?;
        let at = inventory.components.get(component as usize).ok_or_else(missing)?;
        let finding = all(&reader, version, None)?
            .into_iter()
            .find(|finding| {
                names(finding, vulnerability) && same(&inventory, finding.position, component, at)
            })
            .ok_or_else(missing)?;
        let Explanation { verdict, edition, engine, at: assessed_at, .. } =
            reader.explain(&finding)?.ok_or_else(missing)?;
        let adopted = reader
            .editions(&Part::first(PAGE_LIMIT))?
            .items
            .into_iter()
            .find(|row| row.digest == edition);
        let opened = self.edition(&edition);
        let mut records = Vec::new();
        let mut references = Vec::new();
        for reason in &verdict.because {
            if records.iter().all(|known: &ReceivedRecord| known.digest != reason.record_digest) {
                let (record, mut links) = received(opened.as_deref(), reason);
                records.push(record);
                references.append(&mut links);
            }
        }
        references.sort_by(|a: &Reference, b| a.url.cmp(&b.url));
        references.dedup_by(|a, b| a.url == b.url);
        Ok(FindingSheet {
            version: version_ref(&detail.row.version),
            sbom: SbomRef {
                digest: sbom.digest,
                format: sbom.format.with_version(&sbom.spec_version),
                file_name: sbom.received_from.clone(),
                received_at: sbom.received_at,
            },
            component: sheet(&finding, component, at, &inventory),
            edition: EditionRef {
                id: edition,
                made_at: adopted.map_or(assessed_at, |row| row.adopted_at),
            },
            assessed_at,
            engine,
            verdict,
            records,
            references,
        })
    }
}

/// All findings of a version in the register's order (gravest first).
pub(crate) fn all(
    reader: &Reader,
    version: VersionId,
    answer: Option<Answer>,
) -> Result<Vec<Read>, Trouble> {
    let mut findings = Vec::new();
    let mut page = Part::first(PAGE_LIMIT);
    loop {
        let found = reader.findings(version, answer, &page)?;
        findings.extend(found.items);
        match found.next {
            Some(cursor) => page = Part::after(cursor, PAGE_LIMIT),
            None => return Ok(findings),
        }
    }
}

fn names(finding: &Read, vulnerability: &str) -> bool {
    std::iter::once(&finding.vulnerability)
        .chain(&finding.aliases)
        .any(|id| id.eq_ignore_ascii_case(vulnerability))
}

/// The component stands once in the findings and perhaps several times in the document.
fn same(inventory: &Inventory, position: u32, asked: u32, component: &Component) -> bool {
    position == asked
        || inventory.components.get(position as usize).is_some_and(|known| {
            known.name == component.name
                && known.group == component.group
                && known.version == component.version
                && known.purls == component.purls
                && known.cpes == component.cpes
        })
}

fn wanted(finding: &Read, wish: &FindingWish) -> bool {
    let text = wish.text.trim().to_lowercase();
    let holds = |candidate: &str| candidate.to_lowercase().contains(&text);
    // what its supplier or a declared patch rules out against another source stays in sight
    (wish.answer.is_some() || finding.answer != Answer::NotAffected || finding.disagreement)
        && (!wish.known_exploited || finding.kev_since.is_some())
        && (!wish.critical || finding.score_tenths.is_some_and(|score| score >= 90))
        && (text.is_empty()
            || holds(&finding.vulnerability)
            || finding.aliases.iter().any(|alias| holds(alias))
            || holds(&finding.component.name)
            || finding.component.purl.as_deref().is_some_and(holds)
            || holds(&finding.summary))
}

fn row(finding: Read, inventory: Option<&Inventory>) -> FindingRow {
    FindingRow {
        component: reference(&finding.component, finding.position, inventory),
        vulnerability: finding.vulnerability,
        aliases: finding.aliases,
        answer: finding.answer,
        because: finding.because,
        confidence: finding.confidence,
        disagreement: finding.disagreement,
        score_tenths: finding.score_tenths,
        summary: finding.summary,
        fixed_in: finding.fixed_in,
        kev_since: finding.kev_since,
        epss: finding.epss,
    }
}

fn sheet(
    finding: &Read,
    index: u32,
    component: &Component,
    inventory: &Inventory,
) -> ComponentSheet {
    let purls = component.purls.iter().map(ToString::to_string);
    let cpes = component.cpes.iter().map(ToString::to_string);
    let others = component.other_identities.iter().map(|(kind, text)| format!("{kind}: {text}"));
    ComponentSheet {
        component: reference(&finding.component, index, Some(inventory)),
        identities: purls.chain(cpes).chain(others).collect(),
        source_package: component.source_package.clone(),
        supplier: component.supplier.clone(),
        scope: match component.scope {
            Scope::Required => "required",
            Scope::Optional => "optional",
            Scope::Excluded => "excluded",
        }
        .to_owned(),
        path: path_to(inventory, index),
        patched: component.patched.iter().map(ToString::to_string).collect(),
    }
}

/// A shortest way from the root to the component along the dependency graph; empty if there is none.
fn path_to(inventory: &Inventory, index: u32) -> Vec<String> {
    let Some(root) = inventory.root else { return Vec::new() };
    let mut arrows: std::collections::HashMap<u32, Vec<u32>> = std::collections::HashMap::new();
    for arrow in &inventory.dependencies {
        arrows.entry(arrow.from).or_default().push(arrow.to);
    }
    let mut came_from = std::collections::HashMap::from([(root, root)]);
    let mut queue = std::collections::VecDeque::from([root]);
    while let Some(at) = queue.pop_front() {
        if at == index {
            break;
        }
        for next in arrows.get(&at).into_iter().flatten() {
            if !came_from.contains_key(next) {
                came_from.insert(*next, at);
                queue.push_back(*next);
            }
        }
    }
    let mut way = Vec::new();
    let mut at = index;
    while let Some(&before) = came_from.get(&at) {
        way.extend(inventory.components.get(at as usize).map(|component| component.name.clone()));
        if before == at || way.len() >= PATH_SHOWN {
            break;
        }
        at = before;
    }
    way.reverse();
    way
}

/// The record that a reason cites, as received, and the addresses it names.
fn received(
    edition: Result<&Edition, &Trouble>,
    reason: &Reason,
) -> (ReceivedRecord, Vec<Reference>) {
    let mut references = Vec::new();
    let content = edition.map_err(ToString::to_string).and_then(|edition| {
        if reason.source == patch::SOURCE {
            return Err("the SBOM itself says so, at the place named".to_owned());
        }
        let found = edition.find(&reason.record).map_err(|damage| damage.to_string())?;
        for found in found {
            let head = edition.head(found.record).map_err(|damage| damage.to_string())?;
            if head.digest == reason.record_digest {
                let text = edition.received(&head).map_err(|damage| damage.to_string())?;
                return Ok(text);
            }
        }
        Err("the edition does not hold this record".to_owned())
    });
    let content = match content {
        Ok(text) => {
            references = links(&text);
            let bytes = text.len() as u64;
            let pretty = serde_json::from_str::<serde_json::Value>(&text)
                .and_then(|value| serde_json::to_string_pretty(&value))
                .unwrap_or(text);
            let cut = pretty.len() > RECORD_SHOWN_BYTES;
            let text = if cut { pretty.chars().take(RECORD_SHOWN_BYTES).collect() } else { pretty };
            RecordContent::Kept { text, bytes, cut }
        }
        Err(why) => RecordContent::Absent { why },
    };
    let record = ReceivedRecord {
        digest: reason.record_digest,
        source: reason.source.to_string(),
        record: reason.record.to_string(),
        content,
    };
    (record, references)
}

/// Most addresses taken from one record.
const LINKS: usize = 20;

/// The `references[].url` of a record, wherever they stand.
fn links(json: &str) -> Vec<Reference> {
    fn walk(value: &serde_json::Value, into: &mut Vec<Reference>) {
        match value {
            serde_json::Value::Object(map) => {
                if let Some(serde_json::Value::Array(list)) = map.get("references") {
                    for item in list {
                        if let Some(url) = item.get("url").and_then(serde_json::Value::as_str) {
                            let kind = item
                                .get("type")
                                .and_then(serde_json::Value::as_str)
                                .unwrap_or_default();
                            into.push(Reference { kind: kind.to_lowercase(), url: url.to_owned() });
                        }
                    }
                }
                map.values().for_each(|value| walk(value, into));
            }
            serde_json::Value::Array(list) => list.iter().for_each(|value| walk(value, into)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str(json) {
        walk(&value, &mut found);
    }
    found.truncate(LINKS);
    found
}
