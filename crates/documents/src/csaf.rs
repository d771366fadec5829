//! CSAF 2.0 (OASIS Standard, 18 November 2022), as JSON.
//!
//! Versions are whole numbers, one for each revision. CVSS 4.0, which has no place before CSAF 2.1, stands
//! in a note.

use crate::{
    Advisory, Document, Refused,
    advisory::{
        Acknowledgement, Family, Identifiers, Note, Product, Reference, Remediation, Remedy, Score,
        Status, Threat, Version, Vulnerability,
    },
    check::{self, Found},
    crosswalk, document,
    json::{self, Object},
    weakness, wording,
};
use aftercare_vocab::{
    cvss::{self, Group},
    instant::Instant,
};
use serde_json::{Value, json};

pub use check::Profile;

/// Largest document, in bytes (CSAF 2.0 appendix C.1).
pub const MOST_BYTES: usize = 15_000_000;

/// What identifies a UDI-DI among generic identifiers.
const UDI_NAMESPACE: &str =
    "https://www.fda.gov/medical-devices/unique-device-identification-system-udi-system";

/// The file name (section 5.1).
pub fn file_name(advisory: &Advisory) -> String {
    format!("{}.json", document::stem(&advisory.id))
}

/// Writes the advisory in one of two profiles. Both have the same file name: who publishes both gives
/// each its own id.
pub fn write(advisory: &Advisory, profile: Profile) -> Result<Document, Refused> {
    let mut found = Found(check::problems_of(advisory, profile));
    let value = Object::new()
        .with("document", head(advisory, profile))
        .with("product_tree", Object::new().list("branches", [vendor(advisory)]))
        .list(
            "vulnerabilities",
            advisory.vulnerabilities.iter().map(|v| vulnerability(advisory, v)),
        );
    let bytes = json::bytes(value).unwrap_or_else(|error| {
        found.refuse("unwritable", "", error.to_string(), "");
        Vec::new()
    });
    if bytes.len() > MOST_BYTES {
        let what = format!("The document has {} bytes, more than {MOST_BYTES}.", bytes.len());
        found.refuse("document_too_large", "", what, "Split it into several advisories.");
    }
    let warnings = found.settle()?;
    Ok(Document { name: file_name(advisory), media_type: "application/json", bytes, warnings })
}

fn head(advisory: &Advisory, profile: Profile) -> Object {
    let summary = Object::new()
        .with("category", "summary")
        .with("text", advisory.summary.as_str())
        .with("title", "Summary");
    let own = advisory.folder.as_ref().map(|folder| {
        let url = format!("{}/{}", folder.trim_end_matches('/'), file_name(advisory));
        Reference { is_this: true, summary: "The current version of this document".into(), url }
    });
    let own = own.filter(|own| !advisory.references.iter().any(|other| other.url == own.url));
    let publisher = &advisory.publisher;
    Object::new()
        .with("category", profile.category())
        .with("csaf_version", "2.0")
        .with("title", advisory.title.as_str())
        .with("lang", advisory.language.as_str())
        .with("distribution", Object::new().with("tlp", tlp(advisory)))
        .list("notes", std::iter::once(summary).chain(advisory.notes.iter().map(note)))
        .list("references", own.iter().chain(&advisory.references).map(reference))
        .list("acknowledgments", advisory.acknowledgements.iter().map(acknowledgement))
        .with(
            "publisher",
            Object::new()
                .with("category", crosswalk::party(publisher.party))
                .with("name", publisher.name.as_str())
                .with("namespace", publisher.namespace.as_str())
                .with("contact_details", publisher.contact.as_str())
                .maybe("issuing_authority", publisher.authority.as_deref()),
        )
        .with("tracking", tracking(advisory))
}

fn tlp(advisory: &Advisory) -> Object {
    Object::new()
        .maybe("label", crosswalk::tlp(advisory.tlp))
        .with("url", "https://www.first.org/tlp/")
}

fn tracking(advisory: &Advisory) -> Object {
    let date = |revision: Option<&crate::advisory::Revision>| revision.map(|r| r.date.to_string());
    let history = advisory.revisions.iter().enumerate().map(|(at, revision)| {
        Object::new()
            .with("date", revision.date.to_string())
            .with("number", (at + 1).to_string())
            .with("summary", revision.summary.as_str())
    });
    let engine = advisory.engine.as_ref().map(|engine| {
        let engine = Object::new()
            .with("name", engine.name.as_str())
            .with("version", engine.version.as_str());
        Object::new().with("engine", engine)
    });
    Object::new()
        .with("id", advisory.id.as_str())
        .list("aliases", advisory.aliases.iter().map(String::as_str))
        .with("status", crosswalk::state(advisory.state))
        .with("version", advisory.number().to_string())
        .maybe("initial_release_date", date(advisory.revisions.first()))
        .maybe("current_release_date", date(advisory.revisions.last()))
        .list("revision_history", history)
        .maybe("generator", engine)
}

fn note(note: &Note) -> Object {
    Object::new()
        .with("category", crosswalk::note(note.kind))
        .with("text", note.text.as_str())
        .maybe("title", note.title.as_deref())
        .maybe("audience", note.audience.as_deref())
}

fn reference(reference: &Reference) -> Object {
    Object::new()
        .with("category", if reference.is_this { "self" } else { "external" })
        .with("summary", reference.summary.as_str())
        .with("url", reference.url.as_str())
}

fn acknowledgement(thank: &Acknowledgement) -> Object {
    Object::new()
        .list("names", thank.names.iter().map(String::as_str))
        .maybe("organization", thank.organization.as_deref())
        .maybe("summary", thank.summary.as_deref())
        .list("urls", thank.urls.iter().map(String::as_str))
}

/// vendor > family > product > version (informative test 6.3.9).
fn vendor(advisory: &Advisory) -> Object {
    let vendor = advisory.publisher.name.as_str();
    branch("vendor", vendor, advisory.families.iter().map(|family| family_branch(vendor, family)))
}

fn branch(category: &str, name: &str, below: impl Iterator<Item = Object>) -> Object {
    Object::new().with("category", category).with("name", name).list("branches", below)
}

fn family_branch(vendor: &str, family: &Family) -> Object {
    let products = family.products.iter().map(|product| {
        let versions = product.versions.iter().map(|version| leaf(vendor, product, version));
        branch("product_name", &product.name, versions)
    });
    branch("product_family", &family.name, products)
}

fn leaf(vendor: &str, product: &Product, version: &Version) -> Object {
    let identifiers = (!version.identifiers.is_empty()).then(|| helper(&version.identifiers));
    let full = Object::new()
        .with("name", format!("{vendor} {}", wording::name_of(product, version)))
        .with("product_id", version.id.as_str())
        .maybe("product_identification_helper", identifiers);
    Object::new()
        .with("category", "product_version")
        .with("name", version.name.as_str())
        .with("product", full)
}

fn helper(identifiers: &Identifiers) -> Object {
    let hashes = identifiers.hashes.iter().map(|file| {
        let digests = file.digests.iter().map(|(algorithm, digest)| {
            Object::new()
                .with("algorithm", crosswalk::hash(*algorithm).0)
                .with("value", digest.to_ascii_lowercase())
        });
        Object::new().with("filename", file.file.as_str()).list("file_hashes", digests)
    });
    let udis = identifiers.udi_dis.iter().map(|udi| {
        let uri = format!("{UDI_NAMESPACE}#{}", crate::uri::escaped(udi));
        Object::new().with("namespace", UDI_NAMESPACE).with("uri", uri)
    });
    Object::new()
        .maybe("purl", identifiers.purl.as_ref().map(ToString::to_string))
        .maybe("cpe", identifiers.cpe.as_ref().map(|cpe| cpe.as_str()))
        .list("hashes", hashes)
        .list("model_numbers", identifiers.model_numbers.iter().map(String::as_str))
        .list("skus", identifiers.skus.iter().map(String::as_str))
        .list("sbom_urls", identifiers.sbom_urls.iter().map(String::as_str))
        .list("x_generic_uris", udis)
}

fn vulnerability(advisory: &Advisory, this: &Vulnerability) -> Object {
    let description = Object::new()
        .with("category", "description")
        .with("text", this.description.as_str())
        .with("title", "Description");
    let notes = std::iter::once(description)
        .chain(this.notes.iter().map(note))
        .chain(this.scores.iter().filter_map(|score| score_note(advisory, score)));
    let cwe = this.cwe.and_then(|number| {
        let name = weakness::name(number)?;
        Some(Object::new().with("id", format!("CWE-{number}")).with("name", name))
    });
    let ids = this.other_ids.iter().map(|id| {
        Object::new().with("system_name", id.system.as_str()).with("text", id.text.as_str())
    });
    let involvements = this.involvements.iter().map(|involvement| {
        Object::new()
            .with("party", crosswalk::party(involvement.party))
            .with("status", crosswalk::involvement(involvement.status))
            .with("date", involvement.date.to_string())
            .maybe("summary", involvement.summary.as_deref())
    });
    Object::new()
        .maybe("cve", this.cve.as_deref())
        .list("ids", ids)
        .maybe("cwe", cwe)
        .with("title", this.title.as_str())
        .list("notes", notes)
        .with("product_status", product_status(this))
        .list("flags", flags(this))
        .list("scores", this.scores.iter().filter_map(score))
        .list("remediations", this.remediations.iter().map(remediation))
        .list("threats", impacts(this).into_iter().chain(this.threats.iter().map(threat)))
        .list("involvements", involvements)
        .list("references", this.references.iter().map(reference))
        .list("acknowledgments", this.acknowledgements.iter().map(acknowledgement))
        .maybe("discovery_date", this.discovered.map(|at| at.to_string()))
        .maybe("release_date", this.released.map(|at| at.to_string()))
}

/// Versions that share something, in the order in which each was first met.
fn grouped<'a, K: PartialEq>(pairs: impl Iterator<Item = (K, &'a str)>) -> Vec<(K, Vec<&'a str>)> {
    let mut groups: Vec<(K, Vec<&str>)> = Vec::new();
    for (key, version) in pairs {
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, versions)) => versions.push(version),
            None => groups.push((key, vec![version])),
        }
    }
    groups
}

fn product_status(this: &Vulnerability) -> Object {
    let standings = this.standings.iter();
    let groups =
        grouped(standings.map(|s| (crosswalk::status(&s.status).csaf, s.version.as_str())));
    groups.into_iter().fold(Object::new(), |object, (list, versions)| object.list(list, versions))
}

fn flags(this: &Vulnerability) -> impl Iterator<Item = Object> {
    let justified = this.standings.iter().filter_map(|standing| match &standing.status {
        Status::NotAffected { justification: Some(why), .. } => {
            Some((*why, standing.version.as_str()))
        }
        _ => None,
    });
    grouped(justified).into_iter().map(|(why, versions)| {
        Object::new().with("label", crosswalk::justification(why)).list("product_ids", versions)
    })
}

/// Why versions are not affected, in words.
fn impacts(this: &Vulnerability) -> Vec<Object> {
    let explained = this.standings.iter().filter_map(|standing| match &standing.status {
        Status::NotAffected { impact: Some(impact), .. } => {
            Some((impact.as_str(), standing.version.as_str()))
        }
        _ => None,
    });
    let impact = |(text, versions): (&str, Vec<&str>)| {
        Object::new().with("category", "impact").with("details", text).list("product_ids", versions)
    };
    grouped(explained).into_iter().map(impact).collect()
}

fn threat(threat: &Threat) -> Object {
    Object::new()
        .with("category", crosswalk::threat(threat.kind))
        .with("details", threat.details.as_str())
        .list("product_ids", threat.versions.iter().map(String::as_str))
        .maybe("date", threat.date.map(|at| at.to_string()))
}

fn remediation(remediation: &Remediation) -> Object {
    // The date of this member says from when something is there; a planned fix is not.
    let there = |_: &Instant| remediation.remedy != Remedy::FixPlanned;
    let restart = remediation
        .restart
        .map(|restart| Object::new().with("category", crosswalk::restart(restart)));
    Object::new()
        .with("category", crosswalk::remedy(remediation.remedy))
        .with("details", wording::details(remediation))
        .list("product_ids", remediation.versions.iter().map(String::as_str))
        .maybe("date", remediation.date.filter(there).map(|at| at.to_string()))
        .maybe("url", remediation.url.as_deref())
        .maybe("restart_required", restart)
}

/// None for CVSS 4.0.
fn score(score: &Score) -> Option<Object> {
    let vector = &score.vector;
    let scores = vector.scores();
    let defined = |group| vector.defined().any(|(metric, ..)| metric.group == group);
    let rated = |object: Object, name: &str, of: cvss::Score| {
        let object = object.with(&format!("{name}Score"), number(of));
        if vector.version() == cvss::Version::V2_0 {
            return object;
        }
        let severity = vector.version().rating(of).shown().to_uppercase();
        object.with(&format!("{name}Severity"), severity)
    };
    let mut object = Object::new()
        .with("version", vector.version().to_string())
        .with("vectorString", vector.to_string());
    object = rated(object, "base", scores.base);
    if let Some(temporal) = scores.temporal.filter(|_| defined(Group::Temporal)) {
        object = rated(object, "temporal", temporal);
    }
    if let Some(environmental) = scores.environmental.filter(|_| defined(Group::Environmental)) {
        object = rated(object, "environmental", environmental);
    }
    let member = match vector.version() {
        cvss::Version::V2_0 => "cvss_v2",
        cvss::Version::V3_0 | cvss::Version::V3_1 => "cvss_v3",
        cvss::Version::V4_0 => return None,
    };
    let versions = score.versions.iter().map(String::as_str);
    Some(Object::new().with(member, object).list("products", versions))
}

/// Tenths as a number with one decimal place.
pub(crate) fn number(score: cvss::Score) -> Value {
    json!(f64::from(score.tenths()) / 10.0)
}

/// A score of CVSS 4.0 in words.
fn score_note(advisory: &Advisory, score: &Score) -> Option<Object> {
    if score.vector.version() != cvss::Version::V4_0 {
        return None;
    }
    let names = score.versions.iter().filter_map(|id| advisory.version(id));
    let names: Vec<String> =
        names.map(|(_, product, version)| wording::name_of(product, version)).collect();
    let note = Object::new()
        .with("category", "other")
        .with("title", "CVSS 4.0")
        .with("text", format!("{}, for {}", wording::score(&score.vector), names.join(", ")));
    Some(note)
}
