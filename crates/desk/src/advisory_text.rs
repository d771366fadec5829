//! An advisory rendered: from what the case says and people wrote to every document that goes out.

use crate::{Publisher, Trouble, answers::AdvisoryContent};
use aftercare_documents as written;
use aftercare_domain::{
    advisory::{Audience, Bundle, Offer, State, Stated, Status, Texts, Written},
    case::Justification,
};
use aftercare_vocab::{
    digest::Digest,
    instant::Instant,
    problem::{Gravity, Problem},
};
use written::{
    Document, Refused,
    advisory::{
        Advisory, Engine, Family, Identifiers, OtherId, Party, Product, Remediation, Remedy,
        Revision, Score, Standing, Threat, ThreatKind, Tlp, Version, Vulnerability,
    },
};

/// The language of what the product itself says; texts are taken as written in it.
const LANGUAGE: &str = "en";

/// What stands around the texts of an advisory.
pub(crate) struct Beside<'a> {
    /// The publisher's name.
    pub manufacturer: &'a str,
    /// How the publisher is reached, and where advisories are published.
    pub publisher: &'a Publisher,
    /// The advisory, of which what went out before counts; none = nothing did.
    pub before: Option<&'a State>,
    /// The number of the case: the name of a vulnerability that has no other.
    pub case: &'a str,
    /// The model number of each product, by the product's name.
    pub models: &'a [(String, String)],
}

/// Writes every document into the bundle; gives the warnings, each once.
pub(crate) fn render(bundle: &mut Bundle, beside: &Beside<'_>) -> Result<Vec<Problem>, Trouble> {
    let advisory = value(bundle, beside);
    let mut documents = Vec::new();
    let mut problems = Vec::new();
    let mut take = |wrote: Result<Document, Refused>| {
        let (wrote, told) = match wrote {
            Ok(mut document) => {
                let told = std::mem::take(&mut document.warnings);
                (Some(document), told)
            }
            Err(Refused(told)) => (None, told),
        };
        for problem in told {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        documents.extend(wrote.map(|one| Written {
            text: one.text().into_owned(),
            name: one.name,
            media_type: one.media_type.to_owned(),
        }));
    };
    take(written::printed::write(&advisory));
    take(written::csaf::write(&advisory, written::csaf::Profile::SecurityAdvisory));
    take(written::openvex::write(&advisory));
    for stated in &bundle.versions {
        take(written::cyclonedx::write(&advisory, &stated.version.to_string(), None));
    }
    if problems.iter().any(|one| one.gravity == Gravity::Refusal) {
        return Err(Trouble::Problems(problems));
    }
    bundle.documents = documents;
    Ok(problems)
}

pub(crate) fn value(bundle: &Bundle, beside: &Beside<'_>) -> Advisory {
    let Texts { title, summary, .. } = &bundle.texts;
    let open = bundle.versions.iter().any(|one| one.stands.status == Status::UnderInvestigation);
    let mut revisions: Vec<Revision> = beside
        .before
        .iter()
        .flat_map(|state| state.published())
        .filter(|one| one.drafted.version < bundle.version)
        .map(|one| revision(one.drafted.dated, &one.drafted.change))
        .collect();
    revisions.push(revision(bundle.dated, &bundle.change));
    Advisory {
        id: bundle.number.clone(),
        aliases: Vec::new(),
        title: title.clone(),
        summary: summary.clone(),
        notes: Vec::new(),
        language: LANGUAGE.to_owned(),
        publisher: written::advisory::Publisher {
            name: beside.manufacturer.to_owned(),
            namespace: beside.publisher.namespace.clone(),
            party: Party::Vendor,
            contact: beside.publisher.contact.clone(),
            authority: None,
        },
        // What is not known of every version is expected to change.
        state: if open {
            written::advisory::State::Interim
        } else {
            written::advisory::State::Final
        },
        revisions,
        tlp: match bundle.audience {
            Audience::Public => Tlp::Clear,
            Audience::Customers => Tlp::Amber,
        },
        folder: beside.publisher.folder.clone().filter(|_| bundle.audience == Audience::Public),
        references: Vec::new(),
        acknowledgements: Vec::new(),
        families: families(&bundle.versions, beside),
        vulnerabilities: vulnerabilities(bundle, beside),
        engine: Some(Engine {
            name: "Aftercare".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }),
    }
}

fn revision(date: Instant, summary: &str) -> Revision {
    Revision { date, summary: summary.to_owned() }
}

/// The tree of products, in the order in which they come.
fn families(versions: &[Stated], beside: &Beside<'_>) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for one in versions {
        let family = at(
            &mut families,
            |family| family.name == one.family,
            || Family { name: one.family.clone(), products: Vec::new() },
        );
        let product = at(
            &mut family.products,
            |product| product.name == one.product,
            || Product { name: one.product.clone(), versions: Vec::new() },
        );
        let models = beside.models.iter().filter(|(name, _)| *name == one.product);
        product.versions.push(Version {
            id: one.version.to_string(),
            name: one.label.clone(),
            identifiers: Identifiers {
                model_numbers: models.map(|(_, model)| model.clone()).collect(),
                ..Identifiers::default()
            },
        });
    }
    families
}

/// The one that fits, made at the end where there is none.
fn at<T>(all: &mut Vec<T>, fits: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> &mut T {
    let place = all.iter().position(fits).unwrap_or_else(|| {
        all.push(make());
        all.len() - 1
    });
    &mut all[place]
}

/// Each CVE id is a vulnerability of its own; other identifiers are further names of the first.
fn vulnerabilities(bundle: &Bundle, beside: &Beside<'_>) -> Vec<Vulnerability> {
    let is_cve = |id: &&String| id.starts_with("CVE-");
    let cves = bundle.vulnerabilities.iter().filter(is_cve);
    let mut others: Vec<OtherId> = bundle
        .vulnerabilities
        .iter()
        .filter(|id| !is_cve(id))
        .map(|id| OtherId {
            system: if id.starts_with("GHSA-") { "GitHub Advisory" } else { "Other" }.to_owned(),
            text: id.clone(),
        })
        .collect();
    let mut cves: Vec<Option<&String>> = cves.map(Some).collect();
    if cves.is_empty() {
        cves.push(None);
        if others.is_empty() {
            let system = beside.manufacturer.to_owned();
            others.push(OtherId { system, text: beside.case.to_owned() });
        }
    }
    let each = cves.into_iter().map(|cve| one(bundle, cve, std::mem::take(&mut others)));
    each.collect()
}

fn one(bundle: &Bundle, cve: Option<&String>, other_ids: Vec<OtherId>) -> Vulnerability {
    let texts = &bundle.texts;
    let affected: Vec<String> = bundle
        .versions
        .iter()
        .filter(|one| one.stands.status == Status::Affected)
        .map(|one| one.version.to_string())
        .collect();
    let vector = bundle.vector.as_ref().and_then(|text| text.parse().ok());
    let scores = vector
        .filter(|_| !affected.is_empty())
        .map(|vector| Score { vector, versions: affected.clone() });
    Vulnerability {
        cve: cve.cloned(),
        other_ids,
        title: texts.title.clone(),
        description: texts.summary.clone(),
        cwe: None,
        notes: Vec::new(),
        scores: scores.into_iter().collect(),
        standings: bundle
            .versions
            .iter()
            .map(|one| Standing {
                version: one.version.to_string(),
                status: status(one.stands.status),
                since: one.stands.since,
            })
            .collect(),
        remediations: remediations(bundle, &affected),
        threats: vec![Threat {
            kind: ThreatKind::Impact,
            details: texts.impact.clone(),
            versions: affected,
            date: None,
        }],
        involvements: Vec::new(),
        references: Vec::new(),
        acknowledgements: Vec::new(),
        discovered: None,
        released: None,
    }
}

fn status(status: Status) -> written::advisory::Status {
    use written::advisory::Status as Word;
    match status {
        Status::Affected => Word::Affected,
        Status::Fixed => Word::Fixed,
        Status::UnderInvestigation => Word::UnderInvestigation,
        Status::NotAffected(why) => {
            Word::NotAffected { justification: Some(justification(why)), impact: None }
        }
    }
}

const fn justification(why: Justification) -> written::advisory::Justification {
    use written::advisory::Justification as Word;
    match why {
        Justification::ComponentNotPresent => Word::ComponentNotPresent,
        Justification::VulnerableCodeNotPresent => Word::VulnerableCodeNotPresent,
        Justification::VulnerableCodeNotInExecutePath => Word::VulnerableCodeNotInExecutePath,
        Justification::VulnerableCodeCannotBeControlledByAdversary => {
            Word::VulnerableCodeCannotBeControlledByAdversary
        }
        Justification::InlineMitigationsAlreadyExist => Word::InlineMitigationsAlreadyExist,
    }
}

/// What to do with the versions that are affected: now, by controls, and by a fix.
fn remediations(bundle: &Bundle, affected: &[String]) -> Vec<Remediation> {
    if affected.is_empty() {
        return Vec::new();
    }
    let entry = |remedy, details: &str, versions: Vec<String>, date| Remediation {
        remedy,
        details: details.to_owned(),
        versions,
        date,
        url: None,
        restart: None,
    };
    let texts = &bundle.texts;
    let mut all = vec![entry(Remedy::Mitigation, &texts.action, affected.to_vec(), None)];
    if !texts.controls.is_empty() {
        all.push(entry(Remedy::Mitigation, &texts.controls, affected.to_vec(), None));
    }
    let mut offers: Vec<(Offer, Vec<String>)> = Vec::new();
    for one in bundle.versions.iter().filter(|one| one.stands.status == Status::Affected) {
        let offer = one.stands.offer;
        at(&mut offers, |(known, _)| *known == offer, || (offer, Vec::new()))
            .1
            .push(one.version.to_string());
    }
    for (offer, versions) in offers {
        let (remedy, details, date) = match offer {
            Offer::Update(by) => {
                let to = bundle.versions.iter().find(|one| one.version == by);
                let to = to.map(|one| format!("Update to {} {}.\n", one.product, one.label));
                (Remedy::VendorFix, format!("{}{}", to.unwrap_or_default(), texts.fix), None)
            }
            Offer::Planned(day) => {
                let date = format!("{day}T00:00:00Z").parse().ok();
                (Remedy::FixPlanned, texts.fix.clone(), date)
            }
            Offer::NoFix => (Remedy::NoFixPlanned, texts.fix.clone(), None),
            Offer::Nothing | Offer::None => (Remedy::NoneAvailable, texts.fix.clone(), None),
        };
        all.push(entry(remedy, &details, versions, date));
    }
    all
}

fn label(one: &Stated) -> String {
    format!("{} {}", one.product, one.label)
}

/// What is offered for a version, in words; none = nothing is needed.
pub(crate) fn offered(bundle: &Bundle, offer: Offer) -> Option<String> {
    let named = |id| bundle.versions.iter().find(|one| one.version == id).map(label);
    match offer {
        Offer::None => None,
        Offer::Update(by) => {
            Some(format!("Update to {}", named(by).unwrap_or_else(|| by.to_string())))
        }
        Offer::Planned(day) => Some(format!("Fix planned for {day}")),
        Offer::NoFix => Some("No fix is planned".to_owned()),
        Offer::Nothing => Some("No fix yet".to_owned()),
    }
}

/// A bundle as it is read.
pub(crate) fn content(bundle: &Bundle) -> AdvisoryContent {
    use crate::answers::{AdvisoryDocument, AdvisoryStanding, AdvisoryTexts};
    let Texts { title, summary, impact, action, controls, fix } = bundle.texts.clone();
    let offer = |offer| offered(bundle, offer);
    let text = bundle.documents.iter().find(|one| one.media_type.starts_with("text/plain"));
    AdvisoryContent {
        version: bundle.version,
        revision: bundle.revision,
        number: bundle.number.clone(),
        vulnerabilities: bundle.vulnerabilities.clone(),
        vector: bundle.vector.clone(),
        dated: bundle.dated,
        texts: AdvisoryTexts { title, summary, impact, action, controls, fix },
        standings: bundle
            .versions
            .iter()
            .map(|one| AdvisoryStanding {
                version: one.version,
                label: label(one),
                status: one.stands.status.code().to_owned(),
                justification: match one.stands.status {
                    Status::NotAffected(why) => Some(why.title().to_owned()),
                    _ => None,
                },
                offer: offer(one.stands.offer),
            })
            .collect(),
        documents: bundle
            .documents
            .iter()
            .map(|one| AdvisoryDocument {
                name: one.name.clone(),
                media_type: one.media_type.clone(),
                size: one.text.len() as u64,
                digest: Digest::of(one.text.as_bytes()),
            })
            .collect(),
        text: text.map(|one| one.text.clone()).unwrap_or_default(),
    }
}
