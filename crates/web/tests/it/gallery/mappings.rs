//! Mappings of identities: none, some, one with its history, what one would change, hostile.

use super::{HOSTILE, people::allowed};
use crate::gallery::samples::{at, version_ref};
use aftercare_desk::answers::{
    MappingEffect, MappingRow, MappingSheet, MappingStep, MappingTrial, Page,
};
use aftercare_vocab::id::Id;
use aftercare_web::pages::{
    frame::Frame,
    mappings::{self, Part, Typed},
};
use maud::Markup;

fn step(what: &str, words: &str, entry: u64) -> MappingStep {
    let is_stated = what == "stated";
    MappingStep {
        what: what.into(),
        product: is_stated.then(|| words.to_owned()),
        identities: if is_stated { identities(words) } else { Vec::new() },
        at: at("2026-11-20T09:00:00Z"),
        by: "Mary Okafor".into(),
        reason: Some(format!("Letter of the supplier. {words}")),
        entry,
    }
}

fn identities(words: &str) -> Vec<String> {
    vec!["cpe:acme:tcp_stack".into(), format!("name:{words}"), "recipe:acme-tcp".into()]
}

fn row(seed: u8, words: &str, is_in_force: bool) -> MappingRow {
    let mut history = vec![step("stated", words, 41), step("stated", words, 40)];
    if !is_in_force {
        history.insert(0, step("withdrawn", words, 42));
    }
    MappingRow {
        id: Id::from_bytes([seed; 16]),
        entity_version: 2,
        is_in_force,
        product: words.into(),
        identities: identities(words),
        history,
    }
}

fn sheet(mappings: Vec<MappingRow>) -> MappingSheet {
    let in_force = mappings.iter().filter(|one| one.is_in_force).count() as u64;
    let total = mappings.len() as u64;
    let next = (total > 2).then(|| "103".to_owned());
    let page = Page { items: mappings, next, total: 100 + total };
    MappingSheet { page, in_force, curated: 125, engine: "aftercare-matching 3".into() }
}

fn trial(words: &str) -> MappingTrial {
    let gap = |is: bool| is.then(|| format!("It carries neither a package URL nor a CPE. {words}"));
    let effect = |version: &str, before, after, found: usize| MappingEffect {
        version: version_ref(7, version),
        component: format!("{words} 2.1"),
        place: "row 14".into(),
        not_covered_before: gap(before),
        not_covered_after: gap(after),
        found: (0..found).map(|n| format!("CVE-2026-{n:04}: affected")).collect(),
        gone: if found > 1 { vec!["CVE-2020-1: affected".into()] } else { Vec::new() },
        changed: vec!["CVE-2020-2: affected, now undetermined".into()],
    };
    let nothing = MappingEffect { changed: Vec::new(), ..effect("1.0", false, false, 0) };
    MappingTrial {
        product: words.into(),
        identities: identities(words),
        versions: 200,
        versions_left_out: 3,
        components: vec![effect("3.2", true, false, 12), effect("3.1", true, true, 1), nothing],
        components_left_out: 4,
    }
}

fn typed(words: &str) -> Typed {
    Typed {
        product: words.into(),
        identities: identities(words).join("\n"),
        reason: words.into(),
        seen: Some(2),
    }
}

fn pages(frame: &Frame<'_>, words: &str, names: [&'static str; 4]) -> Vec<(&'static str, Markup)> {
    let everything = frame.viewer.map(allowed);
    let may = &Frame { viewer: everything.as_ref(), ..frame.clone() };
    let all = sheet(vec![row(1, words, true), row(2, "DICOM toolkit", true), row(3, words, false)]);
    let nothing = MappingTrial { components: Vec::new(), versions_left_out: 0, ..trial(words) };
    let part = Part { words: words.into(), after: 100 };
    let [list, one, tried, none] = names;
    vec![
        (list, mappings::page(may, &all, &part, &typed(words), "key")),
        (one, mappings::one(may, &row(1, words, true), "key")),
        (tried, mappings::tried(may, &trial(words), None, &typed(words), "key")),
        (none, mappings::tried(may, &nothing, Some(&row(3, words, false)), &typed(words), "key")),
    ]
}

pub fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = "Acme TCP stack";
    let names = ["mappings", "mapping", "mapping-tried", "mapping-tried-nothing"];
    let mut all = pages(frame, words, names);
    all.push((
        "mappings-empty",
        mappings::page(frame, &sheet(vec![]), &Part::default(), &Typed::default(), "key"),
    ));
    all.push(("mapping-withdrawn", mappings::one(frame, &row(3, words, false), "key")));
    all
}

pub fn hostile(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let names = [
        "mappings-hostile",
        "mapping-hostile",
        "mapping-tried-hostile",
        "mapping-tried-nothing-hostile",
    ];
    pages(frame, &HOSTILE.join(" "), names)
}
