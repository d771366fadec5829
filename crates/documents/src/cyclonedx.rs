//! CycloneDX 1.6 VEX (ECMA-424) for one product version, as JSON.
//!
//! A document of its own, beside the SBOM: what it says is about the version as a whole, which it names by
//! its own component or, where the SBOM's serial number is known, by a link into it.

use crate::{
    Advisory, Document, Refused,
    advisory::{
        Acknowledgement, Identifiers, Product, Reference, Remedy, Standing, Status, Version,
        Vulnerability,
    },
    check::Found,
    crosswalk, csaf, document,
    json::{self, Object},
    wording,
};
use aftercare_vocab::{digest::Digest, problem::quoted};

/// A place in an SBOM (BOM-Link).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BomLink {
    /// The serial number without `urn:uuid:`, lower case.
    pub serial: String,
    /// The version of the document, from 1.
    pub version: u32,
    /// The `bom-ref` of the device itself.
    pub bom_ref: String,
}

/// The file name: of the advisory and the version.
pub fn file_name(advisory: &Advisory, version: &str) -> String {
    format!("{}.{}.cdx.json", document::stem(&advisory.id), document::stem(version))
}

/// Writes what the advisory says about one version. Vulnerabilities about which it says nothing for that
/// version are not in the document, which says nothing about them either.
pub fn write(
    advisory: &Advisory,
    version: &str,
    sbom: Option<&BomLink>,
) -> Result<Document, Refused> {
    let mut found = Found::default();
    found.about(advisory);
    found.unmarked(advisory);
    if let Some(link) = sbom {
        checked(&mut found, link);
    }
    let spoken = |v: &&Vulnerability| v.standing_of(version).is_some();
    let Some((_, product, this)) = advisory.version(version) else {
        found.version("version", version, advisory);
        return Err(Refused(found.0));
    };
    if !advisory.vulnerabilities.iter().any(|v| spoken(&v)) {
        let what = format!("The advisory says nothing about {}.", quoted(version));
        found.refuse(
            "version_unspoken_of",
            "version",
            what,
            "Write it for versions that it names.",
        );
    }
    let link = sbom.map(|link| {
        format!("urn:cdx:{}/{}#{}", link.serial, link.version, crate::uri::escaped(&link.bom_ref))
    });
    let affected = link.unwrap_or_else(|| this.id.clone());
    let entries = advisory.vulnerabilities.iter().filter_map(|vulnerability| {
        let standing = vulnerability.standing_of(version)?;
        Some(entry(advisory, vulnerability, standing, this, &affected))
    });
    let value = Object::new()
        .with("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
        .with("bomFormat", "CycloneDX")
        .with("specVersion", "1.6")
        .with("serialNumber", serial(advisory, version))
        .with("version", advisory.number())
        .with("metadata", metadata(advisory, product, this))
        .list("vulnerabilities", entries);
    let bytes = json::bytes(value).unwrap_or_else(|error| {
        found.refuse("unwritable", "", error.to_string(), "");
        Vec::new()
    });
    let warnings = found.settle()?;
    let name = file_name(advisory, version);
    Ok(Document { name, media_type: "application/vnd.cyclonedx+json", bytes, warnings })
}

fn checked(found: &mut Found, link: &BomLink) {
    let groups: Vec<usize> = link.serial.split('-').map(str::len).collect();
    let digits = |c: char| matches!(c, '0'..='9' | 'a'..='f' | '-');
    if groups != [8, 4, 4, 4, 12] || !link.serial.chars().all(digits) {
        let what = format!("{} is no serial number of an SBOM.", quoted(&link.serial));
        let next = "Write it as in the SBOM, without `urn:uuid:`.";
        found.refuse("serial_unreadable", "sbom.serial", what, next);
    }
    if link.version == 0 {
        let what = "The versions of an SBOM begin with 1.";
        found.refuse("sbom_version_zero", "sbom.version", what, "Write it as in the SBOM.");
    }
    found.line("sbom.bom_ref", &link.bom_ref);
}

/// The same for all revisions: made of publisher, advisory and version (RFC 9562, UUID version 8).
fn serial(advisory: &Advisory, version: &str) -> String {
    let parts = [&advisory.publisher.namespace, &advisory.id, version];
    let named = parts.map(|part| format!("{}:{part}", part.len())).concat();
    let digest = Digest::of(format!("CycloneDX VEX {named}").as_bytes()).hex();
    let variant = match &digest[16..17] {
        "0" | "4" | "8" | "c" => '8',
        "1" | "5" | "9" | "d" => '9',
        "2" | "6" | "a" | "e" => 'a',
        _ => 'b',
    };
    format!(
        "urn:uuid:{}-{}-8{}-{variant}{}-{}",
        &digest[..8],
        &digest[8..12],
        &digest[13..16],
        &digest[17..20],
        &digest[20..32]
    )
}

fn metadata(advisory: &Advisory, product: &Product, version: &Version) -> Object {
    let manufacturer = || {
        Object::new()
            .with("name", advisory.publisher.name.as_str())
            .list("url", [advisory.publisher.namespace.as_str()])
    };
    let tools = advisory.engine.as_ref().map(|engine| {
        let tool = Object::new()
            .with("type", "application")
            .with("name", engine.name.as_str())
            .with("version", engine.version.as_str());
        Object::new().list("components", [tool])
    });
    let Identifiers { purl, cpe, hashes, .. } = &version.identifiers;
    let digests = match hashes.as_slice() {
        [file] => file.digests.as_slice(),
        _ => &[],
    };
    let hashes = digests.iter().map(|(algorithm, digest)| {
        Object::new()
            .with("alg", crosswalk::hash(*algorithm).2)
            .with("content", digest.to_ascii_lowercase())
    });
    let component = Object::new()
        .with("type", "device")
        .with("bom-ref", version.id.as_str())
        .with("name", product.name.as_str())
        .with("version", version.name.as_str())
        .with("manufacturer", manufacturer())
        .maybe("purl", purl.as_ref().map(ToString::to_string))
        .maybe("cpe", cpe.as_ref().map(|cpe| cpe.as_str()))
        .list("hashes", hashes);
    let label = Object::new().with("name", "tlp").with("value", advisory.tlp.label());
    Object::new()
        .maybe("timestamp", advisory.revisions.last().map(|revision| revision.date.to_string()))
        .with("component", component)
        .with("manufacturer", manufacturer())
        .maybe("tools", tools)
        .list("properties", [label])
}

fn entry(
    advisory: &Advisory,
    this: &Vulnerability,
    standing: &Standing,
    version: &Version,
    affected: &str,
) -> Object {
    let words = crosswalk::status(&standing.status);
    let source = |name: &str| Object::new().with("name", name);
    let own = match (&this.cve, this.other_ids.first()) {
        (Some(_), _) => Some(source("CVE")),
        (None, Some(id)) => Some(source(&id.system)),
        (None, None) => None,
    };
    let aliases =
        this.other_ids.iter().filter(|id| id.text != this.name()).map(|id| {
            Object::new().with("id", id.text.as_str()).with("source", source(&id.system))
        });
    let scores = this.scores.iter().filter(|score| score.versions.contains(&version.id));
    let ratings = scores.map(|score| {
        let overall = score.vector.scores().overall;
        let severity = score.vector.version().rating(overall).shown().to_lowercase();
        Object::new()
            .with("source", source(&advisory.publisher.name))
            .with("score", csaf::number(overall))
            .with("severity", severity)
            .with("method", crosswalk::method(score.vector.version()))
            .with("vector", score.vector.to_string())
    });
    let actions: Vec<String> = this.remedies_of(&version.id).map(wording::action).collect();
    let range = Object::new()
        .with("version", version.name.as_str())
        .with("status", words.cyclonedx_version);
    Object::new()
        .with("bom-ref", format!("{}#{}", this.name(), version.id))
        .with("id", this.name())
        .maybe("source", own)
        .list("references", aliases)
        .list("ratings", ratings)
        .list("cwes", this.cwe)
        .with("description", this.title.as_str())
        .with("detail", this.description.as_str())
        .maybe("recommendation", Some(actions.join("\n")).filter(|text| !text.is_empty()))
        .list("advisories", this.references.iter().chain(&advisory.references).map(advice))
        .maybe("created", this.discovered.map(|at| at.to_string()))
        .maybe("published", this.released.map(|at| at.to_string()))
        .maybe("updated", advisory.revisions.last().map(|revision| revision.date.to_string()))
        .maybe("credits", credits(&this.acknowledgements).unless_empty())
        .with("analysis", analysis(this, standing))
        .list("affects", [Object::new().with("ref", affected).list("versions", [range])])
}

fn advice(reference: &Reference) -> Object {
    Object::new().with("title", reference.summary.as_str()).with("url", reference.url.as_str())
}

fn credits(thanks: &[Acknowledgement]) -> Object {
    let organizations = thanks.iter().filter_map(|thank| thank.organization.as_deref());
    let named = |name: &str| Object::new().with("name", name);
    let people = thanks.iter().flat_map(|thank| &thank.names);
    Object::new()
        .list("organizations", organizations.map(named))
        .list("individuals", people.map(|name| named(name)))
}

fn analysis(this: &Vulnerability, standing: &Standing) -> Object {
    let (justification, detail) = match &standing.status {
        Status::NotAffected { justification, impact } => {
            (justification.and_then(crosswalk::justification_in_cyclonedx), impact.as_deref())
        }
        _ => (None, None),
    };
    let remedies = match standing.status {
        Status::Fixed => vec![Remedy::VendorFix],
        _ => this.remedies_of(&standing.version).map(|remedy| remedy.remedy).collect(),
    };
    let mut responses: Vec<&str> = remedies.into_iter().filter_map(crosswalk::response).collect();
    responses.sort_unstable();
    responses.dedup();
    Object::new()
        .with("state", crosswalk::status(&standing.status).cyclonedx)
        .maybe("justification", justification)
        .list("response", responses)
        .maybe("detail", detail)
        .with("firstIssued", standing.since.to_string())
}
