//! Advisories by chance: most are sound but for a few texts and statements.

use crate::samples::{full, remedy, score, small, standing, version};
use aftercare_documents::{
    Advisory,
    advisory::{Justification, Note, NoteKind, Reference, Remedy, Status},
};
use proptest::{collection::vec, prelude::*};

/// Texts that are hard to write, some of them refused.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        40 => "[a-zA-Z0-9 .,:;'\"&<>/()äöüß心👩+_-]{1,24}[a-z]",
        4 => "\\PC{1,12}",
        1 => any::<String>(),
    ]
}

fn status() -> impl Strategy<Value = Status> {
    let why = prop_oneof![
        Just(None),
        Just(Some(Justification::ComponentNotPresent)),
        Just(Some(Justification::VulnerableCodeNotInExecutePath)),
        Just(Some(Justification::InlineMitigationsAlreadyExist)),
    ];
    prop_oneof![
        3 => Just(Status::Affected),
        2 => Just(Status::Fixed),
        1 => Just(Status::UnderInvestigation),
        2 => (why, proptest::option::of(text()))
            .prop_map(|(justification, impact)| Status::NotAffected { justification, impact }),
    ]
}

fn any_remedy() -> impl Strategy<Value = Remedy> {
    prop_oneof![
        Just(Remedy::VendorFix),
        Just(Remedy::Mitigation),
        Just(Remedy::Workaround),
        Just(Remedy::FixPlanned),
        Just(Remedy::NoneAvailable),
        Just(Remedy::NoFixPlanned),
    ]
}

fn id() -> impl Strategy<Value = String> {
    (0..5_usize).prop_map(|number| format!("ver_{number}"))
}

/// Version, update, edition and language of a CPE name, not all of them sound.
pub fn cpe_fields() -> impl Strategy<Value = String> {
    let language = prop_oneof![
        2 => Just("*".to_owned()),
        2 => "[a-z]{2,3}(-[a-z]{2}|-[0-9]{3})?",
        1 => "[a-z0-9-]{1,6}",
    ];
    let value = || "(\\?{1,2}|\\*)?([a-z0-9._é-]|\\\\[+*?!~:\\\\-]){1,4}(\\?{1,2}|\\*)?";
    (value(), value(), language)
        .prop_map(|(version, update, language)| format!("{version}:{update}:*:{language}"))
}

/// An advisory.
pub fn advisory() -> impl Strategy<Value = Advisory> {
    let statements =
        (vec(status(), 1..5), vec((any_remedy(), id(), text()), 0..6), vec(id(), 0..3));
    let texts = (text(), text(), text(), text(), "\\PC{0,8}[a-z0-9]\\PC{0,8}");
    let cpe = prop_oneof![6 => Just("1:*:*:*".to_owned()), 1 => cpe_fields()];
    let purl = prop_oneof![3 => Just("1".to_owned()), 1 => "[ -~é]{1,8}"];
    let url = prop_oneof![6 => Just("x".to_owned()), 1 => "[!-~é ]{1,8}"];
    (any::<bool>(), statements, texts, (cpe, purl, url)).prop_map(
        |(is_full, (statuses, remedies, scored), texts, (cpe, purl, url))| {
            let (title, summary, name, note, id) = texts;
            let mut advisory = if is_full { full() } else { small() };
            let mut device = version("ver_4", "1.4");
            device.name = name.replace(['<', '>'], "-");
            if let Ok(cpe) = format!("cpe:2.3:a:v:p:{cpe}").parse() {
                device.identifiers.cpe = Some(cpe);
            }
            if let Ok(purl) = format!("pkg:generic/{purl}").parse() {
                device.identifiers.purl = Some(purl);
            }
            let mut versions: Vec<_> =
                (0..4).map(|at| version(&format!("ver_{at}"), &format!("1.{at}"))).collect();
            versions.push(device);
            advisory.families.truncate(1);
            advisory.families[0].products[0].versions = versions;
            advisory.vulnerabilities.truncate(1);
            let this = &mut advisory.vulnerabilities[0];
            let ids = (0..).map(|at| format!("ver_{at}"));
            this.standings = ids.zip(statuses).map(|(id, status)| standing(&id, status)).collect();
            this.threats.clear();
            this.remediations = remedies
                .into_iter()
                .map(|(kind, id, details)| {
                    let mut one = remedy(kind, &[&id]);
                    one.details = details;
                    one
                })
                .collect();
            let ids: Vec<&str> = scored.iter().map(String::as_str).collect();
            this.scores = vec![score("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", &ids)];
            if ids.is_empty() {
                this.scores.clear();
            }
            advisory.notes.push(Note {
                kind: NoteKind::Faq,
                title: None,
                text: note,
                audience: None,
            });
            advisory.title = title;
            advisory.summary = summary;
            advisory.references.push(Reference {
                is_this: false,
                summary: "x".into(),
                url: format!("https://device.example/{url}"),
            });
            advisory.id = id;
            advisory
        },
    )
}
