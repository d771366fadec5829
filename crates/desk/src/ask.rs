//! The ask box: one question, whatever it is about.

use crate::{
    Desk, Trouble,
    answers::{
        Answer, BlastRadius, EditionRef, Hit, HitGroup, HitKind, NothingFound, Target, Understood,
        UnitAnswer,
    },
    blast_radius::{BlastWish, vulnerability},
};
use aftercare_domain::Date;
use aftercare_register::{
    Page, Reader,
    read::{component::ComponentQuery, search::Noun},
};
use aftercare_vocab::{cpe::Cpe, purl::Purl, verdict::Answer as Verdict};

/// Hits shown of each kind; the rest are counted and linked.
const HITS: u32 = 12;

/// The longest question that is looked at, in characters.
pub const QUESTION_LIMIT: usize = 1_000;

impl Desk {
    /// Answers a question: an identifier of a vulnerability, a package URL, a CPE, the name of a
    /// component, product, consignee or site, or a serial number.
    pub fn ask(&self, question: &str, today: Date) -> Result<Answer, Trouble> {
        let question: String = question.trim().chars().take(QUESTION_LIMIT).collect();
        let today = self.day(today);
        let reader = self.reader()?;
        let edition = reader
            .newest_edition()?
            .map(|row| EditionRef { id: row.digest, made_at: row.adopted_at });
        let mut answer = Answer {
            question: question.clone(),
            understood: Vec::new(),
            groups: Vec::new(),
            nothing: None,
            edition,
        };
        if question.is_empty() {
            return Ok(answer);
        }
        if let Some(id) = identifier(&question) {
            self.about_vulnerability(&reader, &id, today, &mut answer)?;
            return Ok(answer);
        }
        if question.starts_with("pkg:") || question.starts_with("cpe:") {
            let understood = match (question.parse::<Purl>(), question.parse::<Cpe>()) {
                (Ok(purl), _) => Understood::PackageUrl { purl: purl.to_string() },
                (_, Ok(cpe)) => Understood::Cpe { cpe: cpe.to_string() },
                _ => Understood::Component { name: question.clone(), version: None },
            };
            answer.understood.push(understood);
            about_component(&reader, &question, &mut answer)?;
            if answer.groups.is_empty() {
                answer.nothing = Some(NothingFound::component_in_no_sbom(&question));
            }
            return Ok(answer);
        }
        about_names(&reader, &question, &mut answer)?;
        if answer.groups.is_empty() {
            // An identifier of a kind that only its source knows, such as `RUSTSEC-2021-0001`.
            let known = match self.edition_in_force()? {
                Some(edition) => vulnerability(&edition, &question)?.is_some(),
                None => false,
            };
            if known {
                self.about_vulnerability(&reader, &question, today, &mut answer)?;
            } else {
                answer.nothing = Some(NothingFound::nothing_in_record(&question));
            }
        }
        Ok(answer)
    }

    fn about_vulnerability(
        &self,
        reader: &Reader,
        id: &str,
        today: Date,
        answer: &mut Answer,
    ) -> Result<(), Trouble> {
        answer.understood.push(Understood::Vulnerability { id: id.to_owned() });
        let reach = match self.blast_radius(id, &BlastWish::default(), today)? {
            Ok(reach) => reach,
            Err(nothing) => {
                answer.nothing = Some(nothing);
                return Ok(());
            }
        };
        let sheet = &reach.vulnerability;
        let concerned = reach.totals.units.affected + reach.totals.units.undetermined;
        answer.groups.push(HitGroup {
            kind: HitKind::Vulnerability,
            hits: vec![Hit {
                target: Target::Vulnerability { id: sheet.id.clone() },
                title: sheet.id.clone(),
                detail: sheet.summary.clone(),
                answer: worst(&reach),
                units: Some(concerned),
            }],
            total: 1,
        });
        versions(&reach, answer);
        consignees(&reach, answer);
        if reach.totals.versions.affected + reach.totals.versions.undetermined == 0 {
            let without =
                reader.version_states()?.iter().filter(|state| state.sboms == 0).count() as u64;
            answer.nothing = Some(NothingFound::vulnerability_in_no_sbom(&sheet.id, without));
        }
        Ok(())
    }
}

fn worst(reach: &BlastRadius) -> Option<Verdict> {
    if reach.totals.versions.affected > 0 {
        Some(Verdict::Affected)
    } else if reach.totals.versions.undetermined > 0 {
        Some(Verdict::Undetermined)
    } else {
        None
    }
}

fn versions(reach: &BlastRadius, answer: &mut Answer) {
    let mut hits = Vec::new();
    for version in reach.products.items.iter().flat_map(|product| &product.versions) {
        let verdict = match version.answer {
            UnitAnswer::Affected => Verdict::Affected,
            UnitAnswer::Undetermined => Verdict::Undetermined,
            _ => continue,
        };
        let component = version.components.first().map(|reach| {
            let name = &reach.component.name;
            match &reach.component.version {
                Some(number) => format!("{name} {number}: {}", reach.because),
                None => format!("{name}: {}", reach.because),
            }
        });
        hits.push(Hit {
            target: Target::Version { id: version.version.id },
            title: format!("{} {}", version.version.product, version.version.version),
            detail: component.unwrap_or_default(),
            answer: Some(verdict),
            units: Some(version.units),
        });
    }
    let total = reach.totals.versions.affected + reach.totals.versions.undetermined;
    hits.sort_by_key(|hit| (hit.answer, std::cmp::Reverse(hit.units)));
    hits.truncate(HITS as usize);
    if !hits.is_empty() {
        answer.groups.push(HitGroup { kind: HitKind::Version, hits, total });
    }
}

fn consignees(reach: &BlastRadius, answer: &mut Answer) {
    let concerned = |units: &crate::answers::UnitsByAnswer| units.affected + units.undetermined;
    let hits: Vec<Hit> = reach
        .consignees
        .items
        .iter()
        .filter(|consignee| concerned(&consignee.units) > 0)
        .take(HITS as usize)
        .map(|consignee| Hit {
            target: Target::Consignee { id: consignee.consignee.id },
            title: consignee.consignee.name.clone(),
            detail: format!(
                "{} affected, {} undetermined, {} unknown",
                consignee.units.affected,
                consignee.units.undetermined,
                consignee.units.unknown()
            ),
            answer: Some(if consignee.units.affected > 0 {
                Verdict::Affected
            } else {
                Verdict::Undetermined
            }),
            units: Some(concerned(&consignee.units)),
        })
        .collect();
    if !hits.is_empty() {
        answer.groups.push(HitGroup {
            kind: HitKind::Consignee,
            hits,
            total: reach.totals.consignees_concerned,
        });
    }
}

fn about_component(reader: &Reader, question: &str, answer: &mut Answer) -> Result<(), Trouble> {
    let query = ComponentQuery::understand(question);
    let found = reader.versions_with(&query, &Page::first(HITS))?;
    let total = reader.count_versions_with(&query)?;
    if found.items.is_empty() {
        return Ok(());
    }
    answer.groups.push(HitGroup {
        kind: HitKind::Component,
        hits: vec![Hit {
            target: Target::Components { query: question.to_owned() },
            title: question.to_owned(),
            detail: "All places over all current SBOMs".to_owned(),
            answer: None,
            units: None,
        }],
        total,
    });
    let mut hits: Vec<Hit> = Vec::new();
    for place in found.items {
        let states = reader.component_state(place.sbom, place.component.key)?;
        let title = format!("{} {}", place.version.product.name, place.version.label);
        let version = place.component.version.as_deref().unwrap_or("(no version)");
        let units = reader.version(place.version.id)?.map(|detail| detail.row.units);
        hits.push(Hit {
            target: Target::Version { id: place.version.id },
            title,
            detail: format!("contains {} {version}: {}", place.component.name, shown(&states)),
            answer: None,
            units,
        });
    }
    answer.groups.push(HitGroup { kind: HitKind::Version, hits, total });
    Ok(())
}

fn shown(state: &aftercare_register::read::component::ComponentState) -> String {
    use aftercare_register::read::component::ComponentState;
    match state {
        ComponentState::NotAssessed => "not matched yet".to_owned(),
        ComponentState::NotCovered { gap, affected: 0, undetermined: 0 } => {
            format!("not covered. {}", gap.why)
        }
        ComponentState::NotCovered { gap, affected, undetermined } => {
            format!(
                "{affected} findings affected, {undetermined} undetermined, and not covered otherwise. {}",
                gap.why
            )
        }
        ComponentState::Assessed { affected, undetermined, .. } => {
            format!("{affected} findings affected, {undetermined} undetermined")
        }
    }
}

fn about_names(reader: &Reader, question: &str, answer: &mut Answer) -> Result<(), Trouble> {
    let found = reader.search(question, HITS)?;
    let mut groups: std::collections::BTreeMap<HitKind, Vec<Hit>> =
        std::collections::BTreeMap::new();
    for noun in found.nouns {
        let (kind, target) = match noun.noun {
            Noun::Family(_) | Noun::Supplier(_) => (HitKind::Product, Target::Products),
            Noun::Product(id) => (HitKind::Product, Target::Product { id }),
            Noun::Version(id) => (HitKind::Version, Target::Version { id }),
            Noun::Consignee(id) => (HitKind::Consignee, Target::Consignee { id }),
            Noun::Site(id) => (HitKind::Site, Target::Site { id }),
        };
        groups.entry(kind).or_default().push(Hit {
            target,
            title: noun.name,
            detail: noun.of,
            answer: None,
            units: None,
        });
    }
    for unit in reader.units_with_serial(question, HITS)? {
        groups.entry(HitKind::Unit).or_default().push(Hit {
            target: Target::Unit { id: unit.id, site: Some(unit.site.id) },
            title: unit.serial,
            detail: format!("{} at {}", unit.product, unit.site.name),
            answer: None,
            units: Some(1),
        });
    }
    if groups.contains_key(&HitKind::Unit) {
        answer.understood.push(Understood::Serial { text: question.to_owned() });
    }
    if !groups.is_empty() {
        answer.understood.push(Understood::Name { text: question.to_owned() });
    }
    let components = !found.components.is_empty();
    for (kind, hits) in groups {
        let total = hits.len() as u64;
        answer.groups.push(HitGroup { kind, hits, total });
    }
    if components {
        answer
            .understood
            .insert(0, Understood::Component { name: question.to_owned(), version: None });
        about_component(reader, question, answer)?;
    } else if let Some((name, version)) = question.rsplit_once([' ', '@']) {
        // `openssl 1.1.1k`: a name and a version
        let exact = reader.components_matching(
            &ComponentQuery::Named(name.trim().to_owned()),
            &Page::first(200),
        )?;
        if exact.items.iter().any(|component| component.version.as_deref() == Some(version)) {
            answer.understood.insert(
                0,
                Understood::Component {
                    name: name.trim().to_owned(),
                    version: Some(version.to_owned()),
                },
            );
            about_component(reader, name.trim(), answer)?;
        }
    }
    answer.groups.sort_by_key(|group| group.kind);
    Ok(())
}

/// Beginnings of identifiers that name vulnerabilities and nothing else.
const PREFIXES: &[&str] = &[
    "CVE-",
    "GHSA-",
    "RUSTSEC-",
    "GO-",
    "PYSEC-",
    "OSV-",
    "DSA-",
    "DLA-",
    "USN-",
    "RHSA-",
    "ALSA-",
    "RLSA-",
    "DEBIAN-CVE-",
    "UBUNTU-CVE-",
    "ALPINE-CVE-",
    "MAL-",
    "BIT-",
    "EUVD-",
];

/// The question as an identifier of a vulnerability in its usual letter case, if it looks like one.
fn identifier(question: &str) -> Option<String> {
    let upper = question.to_uppercase();
    if question.contains(char::is_whitespace)
        || !PREFIXES.iter().any(|prefix| upper.starts_with(prefix))
    {
        return None;
    }
    // GHSA identifiers are lower case behind their prefix.
    Some(match upper.strip_prefix("GHSA-") {
        Some(rest) => format!("GHSA-{}", rest.to_lowercase()),
        None => upper,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_recognised_in_any_letter_case() {
        assert_eq!(identifier("cve-2021-44228").as_deref(), Some("CVE-2021-44228"));
        assert_eq!(identifier("ghsa-JFH8-c2jp-5v3q").as_deref(), Some("GHSA-jfh8-c2jp-5v3q"));
        assert_eq!(identifier("openssl"), None);
        assert_eq!(identifier("CVE-2021 log4j"), None);
    }
}
