//! OpenVEX 0.2.0, as JSON-LD.
//!
//! One statement for each vulnerability and each group of product versions of which the same is said since
//! the same time. A statement keeps its own time through later revisions.

use crate::{
    Advisory, Document, Refused,
    advisory::{Identifiers, Standing, Status, Version, Vulnerability},
    check::Found,
    crosswalk, document,
    json::{self, Object},
    uri, wording,
};

/// The context that names version 0.2.0.
const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

/// The file name.
pub fn file_name(advisory: &Advisory) -> String {
    format!("{}.openvex.json", document::stem(&advisory.id))
}

/// Writes what is said about each version. Refuses what is affected without an action.
pub fn write(advisory: &Advisory) -> Result<Document, Refused> {
    let mut found = Found::default();
    found.about(advisory);
    found.unmarked(advisory);
    crate::check::affected_have_actions(&mut found, advisory);
    let date = |revision: Option<&crate::advisory::Revision>| revision.map(|r| r.date.to_string());
    let tooling =
        advisory.engine.as_ref().map(|engine| format!("{} {}", engine.name, engine.version));
    let updated = advisory.revisions.last().filter(|_| advisory.number() > 1);
    let value = Object::new()
        .with("@context", CONTEXT)
        .with("@id", format!("{}/{}", base(advisory), file_name(advisory)))
        .with("author", advisory.publisher.name.as_str())
        .with("role", crosswalk::party(advisory.publisher.party))
        .maybe("timestamp", date(advisory.revisions.first()))
        .maybe("last_updated", date(updated))
        .with("version", advisory.number())
        .maybe("tooling", tooling)
        .list("statements", advisory.vulnerabilities.iter().flat_map(|v| statements(advisory, v)));
    let bytes = json::bytes(value).unwrap_or_else(|error| {
        found.refuse("unwritable", "", error.to_string(), "");
        Vec::new()
    });
    let warnings = found.settle()?;
    Ok(Document { name: file_name(advisory), media_type: "application/json", bytes, warnings })
}

/// Where the names of documents and products begin: the folder, else the publisher's own address.
fn base(advisory: &Advisory) -> &str {
    advisory.folder.as_deref().unwrap_or(&advisory.publisher.namespace).trim_end_matches('/')
}

fn statements(advisory: &Advisory, this: &Vulnerability) -> Vec<Object> {
    let mut groups: Vec<(&Standing, String, Vec<&Version>)> = Vec::new();
    for standing in &this.standings {
        let Some((.., version)) = advisory.version(&standing.version) else { continue };
        let action = action(this, standing);
        let same = groups.iter_mut().find(|(first, text, _)| {
            first.status == standing.status && first.since == standing.since && *text == action
        });
        match same {
            Some((.., versions)) => versions.push(version),
            None => groups.push((standing, action, vec![version])),
        }
    }
    groups
        .into_iter()
        .map(|(standing, action, versions)| statement(advisory, this, standing, action, &versions))
        .collect()
}

fn statement(
    advisory: &Advisory,
    this: &Vulnerability,
    standing: &Standing,
    action: String,
    versions: &[&Version],
) -> Object {
    let (justification, impact) = match &standing.status {
        Status::NotAffected { justification, impact } => (*justification, impact.as_deref()),
        _ => (None, None),
    };
    let aliases = this.other_ids.iter().map(|id| id.text.as_str()).filter(|id| *id != this.name());
    let vulnerability = Object::new()
        .with("name", this.name())
        .with("description", this.description.as_str())
        .list("aliases", aliases);
    Object::new()
        .with("vulnerability", vulnerability)
        .list("products", versions.iter().map(|version| product(advisory, version)))
        .with("status", crosswalk::status(&standing.status).openvex)
        .with("timestamp", standing.since.to_string())
        .with("supplier", advisory.publisher.name.as_str())
        .maybe("justification", justification.map(crosswalk::justification))
        .maybe("impact_statement", impact)
        .maybe("action_statement", Some(action).filter(|action| !action.is_empty()))
}

/// What to do with an affected version; empty for others.
fn action(this: &Vulnerability, standing: &Standing) -> String {
    if standing.status != Status::Affected {
        return String::new();
    }
    let actions: Vec<String> = this.remedies_of(&standing.version).map(wording::action).collect();
    actions.join("\n")
}

fn product(advisory: &Advisory, version: &Version) -> Object {
    let Identifiers { purl, cpe, hashes, .. } = &version.identifiers;
    let own = || format!("{}#{}", advisory.publisher.namespace, uri::escaped(&version.id));
    let identifiers = Object::new()
        .maybe("purl", purl.as_ref().map(ToString::to_string))
        .maybe("cpe23", cpe.as_ref().map(|cpe| cpe.as_str()));
    // OpenVEX gives digests to the product, not to its files: only one file can stand for it.
    let digests = match hashes.as_slice() {
        [file] => file.digests.iter().fold(Object::new(), |object, (algorithm, digest)| {
            object.with(crosswalk::hash(*algorithm).1, digest.to_ascii_lowercase())
        }),
        _ => Object::new(),
    };
    Object::new()
        .with("@id", purl.as_ref().map_or_else(own, ToString::to_string))
        .maybe("identifiers", identifiers.unless_empty())
        .maybe("hashes", digests.unless_empty())
}
