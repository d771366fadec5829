//! The document as a whole: who says what, when, to whom.

use super::Found;
use crate::{
    advisory::{Acknowledgement, Advisory, Note, Reference},
    language, uri,
};
use aftercare_vocab::problem::quoted;

pub(super) fn check(found: &mut Found, advisory: &Advisory) {
    id(found, &advisory.id);
    found.once("aliases", advisory.aliases.iter().map(String::as_str));
    for (at, alias) in advisory.aliases.iter().enumerate() {
        found.line(&format!("aliases[{at}]"), alias);
    }
    found.line("title", &advisory.title);
    found.written("summary", &advisory.summary);
    notes(found, "notes", &advisory.notes);
    if !language::is_known(&advisory.language) {
        let what = format!("{} is no language tag (CSAF test 6.1.12).", quoted(&advisory.language));
        found.refuse("language_unknown", "language", what, "Write it like `en` or `de-AT`.");
    }
    publisher(found, advisory);
    revisions(found, advisory);
    match &advisory.folder {
        Some(folder) if !uri::is_https(folder) || folder.contains(['?', '#']) => {
            let what = format!("{} is not the https address of a folder.", quoted(folder));
            let next = "Write it like https://device.example/csaf/white/2026/.";
            found.refuse("folder_unreadable", "folder", what, next);
        }
        Some(_) => {}
        None => {
            let what = "No document says where its current version is found (CSAF test 6.2.11).";
            found.warn("folder_missing", "folder", what, "Say in which folder it is published.");
        }
    }
    references(found, "references", &advisory.references);
    acknowledgements(found, "acknowledgements", &advisory.acknowledgements);
    if let Some(engine) = &advisory.engine {
        found.line("engine.name", &engine.name);
        found.line("engine.version", &engine.version);
    }
}

fn id(found: &mut Found, id: &str) {
    const LONGEST: usize = 200;
    found.line("id", id);
    if id != id.trim() {
        let what = format!("{} begins or ends with a blank.", quoted(id));
        found.refuse("id_with_blanks", "id", what, "Remove it.");
    }
    if id.len() > LONGEST {
        let what =
            format!("{} is longer than {LONGEST} bytes; it becomes a file name.", quoted(id));
        found.refuse("id_too_long", "id", what, "Write a shorter one.");
    }
    if !crate::stem(id).contains(|c: char| c.is_ascii_alphanumeric()) {
        let what =
            format!("{} leaves no file name: it has no letter or digit of ASCII.", quoted(id));
        found.refuse("id_without_name", "id", what, "Write one with letters and digits.");
    }
}

fn publisher(found: &mut Found, advisory: &Advisory) {
    let publisher = &advisory.publisher;
    found.line("publisher.name", &publisher.name);
    found.web("publisher.namespace", &publisher.namespace);
    if publisher.namespace.contains(['?', '#']) {
        let what = format!("{} has a query or fragment.", quoted(&publisher.namespace));
        found.refuse("namespace_with_query", "publisher.namespace", what, "Leave it out.");
    }
    found.written("publisher.contact", &publisher.contact);
    found.written_if_any("publisher.authority", publisher.authority.as_deref());
}

/// Dates rise with the numbers (6.1.14).
fn revisions(found: &mut Found, advisory: &Advisory) {
    if advisory.revisions.is_empty() {
        let what = "There is no revision.";
        found.refuse(
            "revisions_missing",
            "revisions",
            what,
            "The first says when it was published.",
        );
    }
    for (at, revision) in advisory.revisions.iter().enumerate() {
        found.date(&format!("revisions[{at}].date"), revision.date);
        found.written(&format!("revisions[{at}].summary"), &revision.summary);
    }
    for (at, pair) in advisory.revisions.windows(2).enumerate() {
        if pair[0].date >= pair[1].date {
            let what = format!(
                "Revision {} of {} is not later than the one before (CSAF test 6.1.14).",
                at + 2,
                pair[1].date
            );
            let next = "List revisions from the oldest to the newest.";
            found.refuse(
                "revisions_out_of_order",
                format!("revisions[{}].date", at + 1),
                what,
                next,
            );
        }
    }
}

pub(super) fn notes(found: &mut Found, place: &str, notes: &[Note]) {
    for (at, note) in notes.iter().enumerate() {
        found.written(&format!("{place}[{at}].text"), &note.text);
        for (part, text) in [("title", &note.title), ("audience", &note.audience)] {
            if let Some(text) = text {
                found.line(&format!("{place}[{at}].{part}"), text);
            }
        }
    }
}

pub(super) fn references(found: &mut Found, place: &str, references: &[Reference]) {
    for (at, reference) in references.iter().enumerate() {
        found.line(&format!("{place}[{at}].summary"), &reference.summary);
        found.web(&format!("{place}[{at}].url"), &reference.url);
    }
}

pub(super) fn acknowledgements(found: &mut Found, place: &str, thanks: &[Acknowledgement]) {
    for (at, thank) in thanks.iter().enumerate() {
        let place = format!("{place}[{at}]");
        if thank.names.is_empty() && thank.organization.is_none() && thank.summary.is_none() {
            let what = "Nobody is named.";
            found.refuse(
                "acknowledgement_empty",
                place.clone(),
                what,
                "Name them, or leave it out.",
            );
        }
        for (nth, name) in thank.names.iter().enumerate() {
            found.line(&format!("{place}.names[{nth}]"), name);
        }
        if let Some(organization) = &thank.organization {
            found.line(&format!("{place}.organization"), organization);
        }
        found.written_if_any(&format!("{place}.summary"), thank.summary.as_deref());
        for (nth, url) in thank.urls.iter().enumerate() {
            found.web(&format!("{place}.urls[{nth}]"), url);
        }
    }
}
