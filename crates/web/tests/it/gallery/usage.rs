//! The use of a product: nothing stated, all of it, a preview, hostile.

use super::HOSTILE;
use crate::gallery::samples::at;
use aftercare_desk::{
    NewRiskFile,
    answers::{
        CycleRow, EnvironmentRow, HazardRow, Hazards, Page, ProductRef, RiskColumn, RiskFileRead,
        RiskFileRow, UsageSheet,
    },
};
use aftercare_vocab::{digest::Digest, id::Id, problem::Problem};
use aftercare_web::pages::{
    frame::Frame,
    usage::{self, Part},
};
use maud::Markup;

fn product(name: &str) -> ProductRef {
    ProductRef { id: Id::from_bytes([3; 16]), name: name.into(), family: "Infusion pumps".into() }
}

fn sheet(name: &str, words: &str, times: u64) -> UsageSheet {
    let by = || "Mary Okafor".to_owned();
    UsageSheet {
        product: product(name),
        entity_version: 4,
        risk_files: (1..=times)
            .rev()
            .map(|edition| RiskFileRow {
                edition,
                file_name: format!("{words} {edition}.xlsx"),
                size: 48_213,
                received: Digest::of(b"x"),
                rows: 212,
                scale: vec![("s1".into(), "negligible".into()), (words.into(), "critical".into())],
                at: at("2026-11-02T09:00:00Z"),
                by: by(),
                reason: (edition > 1).then(|| words.to_owned()),
                entry: 40 + edition,
            })
            .collect(),
        environments: (0..times)
            .map(|n| EnvironmentRow {
                environment: format!("{words} {n}"),
                description: format!("Nurses, day and night. {words}"),
                network: "Wi-Fi of the hospital".into(),
                measures: if n == 0 { String::new() } else { words.into() },
                at: at("2026-11-03T09:00:00Z"),
                by: by(),
                ended_at: (n == 1).then(|| at("2026-11-09T09:00:00Z")),
                ended_reason: None,
                entry: 60 + n,
            })
            .collect(),
        cycles: (0..times)
            .map(|n| CycleRow {
                days: 90 + n as u32,
                justification: format!("With the visits of service. {words}"),
                at: at("2026-11-04T09:00:00Z"),
                by: by(),
                reason: (n == 0).then(|| words.to_owned()),
                entry: 70 + n,
            })
            .collect(),
    }
}

fn rows(words: &str) -> Vec<HazardRow> {
    let row = |id: &str, severity: Option<&str>, said: Option<&str>, touched| HazardRow {
        id: id.into(),
        hazard: Some(format!("Wrong infusion rate {words}")),
        situation: Some(words.into()),
        harm: None,
        severity: severity.map(str::to_owned),
        severity_said: said.map(str::to_owned),
        essential_performance: touched,
        clinical_use: Some("Infusion of vasoactive drugs".into()),
    };
    vec![
        row("HZ-014", Some("catastrophic"), Some("S5"), Some(true)),
        row("HZ-014", None, Some(words), None),
        row(words, None, None, Some(false)),
        row("HZ-021", Some("minor"), Some("minor"), Some(true)),
    ]
}

fn part(words: &str) -> Part {
    let page = Page { items: rows(words), next: Some("104".into()), total: 212 };
    Part {
        rows: Hazards { product: product("Pump"), edition: 2, page },
        words: words.into(),
        after: 100,
    }
}

fn read(words: &str) -> RiskFileRead {
    let column = |letter: &str, read_as: Option<&str>| RiskColumn {
        letter: letter.into(),
        heading: words.into(),
        read_as: read_as.map(str::to_owned),
    };
    RiskFileRead {
        sheet: Some(words.into()),
        encoding: "UTF-8".into(),
        heading_row: 3,
        columns: vec![column("A", Some("id")), column("B", None), column("C", Some("severity"))],
        read: 212,
        rows: rows(words),
        severity_unknown: 2,
        essential_performance_unknown: 1,
        problems: vec![Problem::warning(
            "word_unclear",
            "row 12",
            words,
            "Say what the word means.",
        )],
    }
}

pub fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let sent = NewRiskFile {
        file_name: "rmf.xlsx".into(),
        columns: "id=A".into(),
        scale: "S1=negligible".into(),
    };
    let name = "Vellum A infusion pump";
    vec![
        ("use", usage::page(frame, &sheet(name, "Intensive care", 2), Some(&part("rate")), "key")),
        ("use-empty", usage::page(frame, &sheet(name, "", 0), None, "key")),
        (
            "use-preview",
            usage::preview(frame, &sheet(name, "Ward", 1), &sent, &read("Severity"), "key"),
        ),
    ]
}

pub fn hostile(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let words = HOSTILE.join(" ");
    let sent =
        NewRiskFile { file_name: words.clone(), columns: words.clone(), scale: words.clone() };
    vec![
        ("use-hostile", usage::page(frame, &sheet(&words, &words, 2), Some(&part(&words)), "key")),
        (
            "use-preview-hostile",
            usage::preview(frame, &sheet(&words, &words, 1), &sent, &read(&words), "key"),
        ),
    ]
}
