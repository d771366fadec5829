//! The advisory as plain text for people, in the order in which they need it: what happened and what to
//! do, which versions, what it means for patients, technical detail, history.

use crate::{
    Advisory, Document, Refused,
    advisory::{Acknowledgement, Status, Threat, ThreatKind, Vulnerability},
    check::Found,
    crosswalk, document,
    page::Page,
    weakness, wording,
};

/// The file name.
pub fn file_name(advisory: &Advisory) -> String {
    format!("{}.txt", document::stem(&advisory.id))
}

/// Writes it.
pub fn write(advisory: &Advisory) -> Result<Document, Refused> {
    let mut found = Found::default();
    found.about(advisory);
    let warnings = found.settle()?;
    let bytes = text(advisory).into_bytes();
    Ok(Document {
        name: file_name(advisory),
        media_type: "text/plain; charset=utf-8",
        bytes,
        warnings,
    })
}

fn text(advisory: &Advisory) -> String {
    let mut page = Page::default();
    head(&mut page, advisory);
    page.heading("Summary");
    page.paragraph(&advisory.summary);
    products(&mut page, advisory);
    for vulnerability in &advisory.vulnerabilities {
        one(&mut page, advisory, vulnerability);
    }
    for note in &advisory.notes {
        page.heading(note.title.as_deref().unwrap_or("Further"));
        page.paragraph(&note.text);
    }
    page.heading("Contact");
    page.paragraph(&advisory.publisher.contact);
    references(&mut page, advisory);
    thanks(&mut page, advisory);
    page.heading("History");
    for (at, revision) in advisory.revisions.iter().enumerate().rev() {
        page.item(&format!("Version {}, {}: {}", at + 1, revision.date.shown(), revision.summary));
    }
    page.finish()
}

fn head(page: &mut Page, advisory: &Advisory) {
    page.title(&advisory.title);
    let names: Vec<&str> = advisory.vulnerabilities.iter().map(Vulnerability::name).collect();
    let date = advisory.revisions.last().map(|revision| revision.date.shown()).unwrap_or_default();
    page.line(&format!("Advisory {}, version {} of {date}", advisory.id, advisory.number()));
    page.line(&format!("State: {}", crosswalk::state(advisory.state)));
    page.line(&format!(
        "Published by {}, {}",
        advisory.publisher.name, advisory.publisher.namespace
    ));
    page.line(&format!("Vulnerabilities: {}", names.join(", ")));
    page.line(&format!("May be passed on as TLP:{}", advisory.tlp.label()));
    page.gap();
}

fn products(page: &mut Page, advisory: &Advisory) {
    page.heading("Products and where they stand");
    for (_, product, version) in advisory.versions() {
        let stands = advisory.vulnerabilities.iter().map(|vulnerability| {
            let standing = vulnerability.standing_of(&version.id);
            format!("{}: {}", vulnerability.name(), standing.map_or(UNSPOKEN, |s| shown(&s.status)))
        });
        let stands: Vec<String> = stands.collect();
        page.item(&format!("{}\n{}", wording::name_of(product, version), stands.join("\n")));
    }
    page.gap();
}

/// Where nothing is said, nothing is known to the reader.
const UNSPOKEN: &str = "nothing is said (not known)";

fn shown(status: &Status) -> &'static str {
    match status {
        Status::Affected => "affected",
        Status::Fixed => "fixed in this version",
        Status::UnderInvestigation => "under investigation (not known yet)",
        Status::NotAffected { .. } => "not affected",
    }
}

fn one(page: &mut Page, advisory: &Advisory, this: &Vulnerability) {
    page.heading(&format!("{}: {}", this.name(), this.title));
    page.paragraph(&this.description);
    for (kind, label, silent) in [
        (ThreatKind::Impact, "Impact on patients and use", "Nothing is said about it."),
        (ThreatKind::ExploitStatus, "Exploitation", "Nothing is said about it."),
        (ThreatKind::TargetSet, "Targets", ""),
    ] {
        let told: Vec<&Threat> = this.threats.iter().filter(|threat| threat.kind == kind).collect();
        if told.is_empty() && silent.is_empty() {
            continue;
        }
        page.line(&format!("{label}:"));
        if told.is_empty() {
            page.item(silent);
        }
        for threat in told {
            let date = threat.date.map(|at| format!(" (as of {})", at.shown())).unwrap_or_default();
            page.item(&format!(
                "{}{date}{}",
                threat.details.trim_end(),
                only(advisory, &threat.versions)
            ));
        }
        page.gap();
    }
    page.line("What to do:");
    for remedy in &this.remediations {
        page.item(&format!("{}{}", wording::action(remedy), only(advisory, &remedy.versions)));
    }
    if this.remediations.is_empty() {
        page.item("Nothing is said about it.");
    }
    page.gap();
    reasons(page, advisory, this);
    technical(page, advisory, this);
    for note in &this.notes {
        page.line(&format!("{}:", note.title.as_deref().unwrap_or("Further")));
        page.paragraph(&note.text);
    }
}

/// Why versions are not affected.
fn reasons(page: &mut Page, advisory: &Advisory, this: &Vulnerability) {
    let mut any = false;
    for standing in &this.standings {
        let Status::NotAffected { justification, impact } = &standing.status else { continue };
        if !any {
            page.line("Why versions are not affected:");
        }
        any = true;
        let word = justification.map(|why| crosswalk::justification(why).replace('_', " "));
        let why: Vec<&str> = word.iter().map(String::as_str).chain(impact.as_deref()).collect();
        let name = names(advisory, std::slice::from_ref(&standing.version));
        page.item(&format!("{name}: {}", why.join(". ")));
    }
    if any {
        page.gap();
    }
}

fn technical(page: &mut Page, advisory: &Advisory, this: &Vulnerability) {
    let weakness = this.cwe.and_then(|number| Some((number, weakness::name(number)?)));
    if weakness.is_none() && this.scores.is_empty() && this.other_ids.is_empty() {
        return;
    }
    page.line("Technical:");
    if let Some((number, name)) = weakness {
        page.item(&format!("CWE-{number}: {name}"));
    }
    for score in &this.scores {
        page.item(&format!(
            "CVSS {}{}",
            wording::score(&score.vector),
            only(advisory, &score.versions)
        ));
    }
    for id in &this.other_ids {
        page.item(&format!("{}: {}", id.system, id.text));
    }
    page.gap();
}

/// For which versions something holds, in brackets; empty where it holds for all.
fn only(advisory: &Advisory, versions: &[String]) -> String {
    if versions.is_empty() {
        return String::new();
    }
    format!(" [{}]", names(advisory, versions))
}

fn names(advisory: &Advisory, versions: &[String]) -> String {
    let names = versions.iter().filter_map(|id| advisory.version(id));
    let names: Vec<String> = names.map(|(_, product, v)| wording::name_of(product, v)).collect();
    names.join(", ")
}

fn references(page: &mut Page, advisory: &Advisory) {
    let of_each = advisory.vulnerabilities.iter().flat_map(|v| &v.references);
    let references: Vec<_> = advisory.references.iter().chain(of_each).collect();
    if references.is_empty() {
        return;
    }
    page.heading("Where more is said");
    for reference in references {
        page.item(&format!("{}: {}", reference.summary, reference.url));
    }
    page.gap();
}

fn thanks(page: &mut Page, advisory: &Advisory) {
    let of_each = advisory.vulnerabilities.iter().flat_map(|v| &v.acknowledgements);
    let mut thanks: Vec<_> = advisory.acknowledgements.iter().chain(of_each).collect();
    thanks.dedup();
    if thanks.is_empty() {
        return;
    }
    page.heading("Thanks");
    for Acknowledgement { names, organization, summary, .. } in thanks {
        let who: Vec<&str> =
            names.iter().map(String::as_str).chain(organization.as_deref()).collect();
        let parts = [who.join(", "), summary.clone().unwrap_or_default()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        page.item(&parts.join(": "));
    }
    page.gap();
}
