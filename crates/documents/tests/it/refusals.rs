//! What would make a document invalid is refused by name and place before anything is written, in every
//! form.

use crate::samples::{NASTY, remedy, score, small, standing};
use aftercare_documents::{
    Advisory, Document,
    advisory::*,
    check,
    csaf::{self, Profile},
    cyclonedx, openvex, printed,
};
use aftercare_vocab::{instant::Instant, problem::Gravity};

/// What is changed, the code it is refused with, and where.
type Case = (&'static str, &'static str, fn(&mut Advisory));

const CASES: &[Case] = &[
    ("id_with_blanks", "id", |a| a.id = " x".into()),
    ("id_without_name", "id", |a| a.id = "心電図".into()),
    ("id_too_long", "id", |a| a.id = "x".repeat(201)),
    ("text_empty", "title", |a| a.title = " \n".into()),
    ("text_in_lines", "title", |a| a.title = "a\nb".into()),
    ("text_unwritable", "title", |a| a.title = "a\u{202e}b".into()),
    ("text_unwritable", "summary", |a| a.summary = "a\u{0}b".into()),
    ("text_unwritable", "summary", |a| a.summary = "a\r\nb".into()),
    ("language_unknown", "language", |a| a.language = "german".into()),
    ("address_unreadable", "publisher.namespace", |a| a.publisher.namespace = "device".into()),
    ("text_empty", "publisher.contact", |a| a.publisher.contact.clear()),
    ("revisions_missing", "revisions", |a| a.revisions.clear()),
    ("revisions_out_of_order", "revisions[1].date", |a| a.revisions.push(a.revisions[0].clone())),
    ("date_unwritable", "revisions[0].date", |a| {
        a.revisions[0].date = Instant::from_micros(i64::MAX);
    }),
    ("folder_unreadable", "folder", |a| a.folder = Some("http://device.example/".into())),
    ("named_twice", "aliases", |a| a.aliases = vec!["x".into(), "x".into()]),
    ("acknowledgement_empty", "acknowledgements[0]", |a| {
        a.acknowledgements.push(Acknowledgement::default());
    }),
    ("address_unreadable", "references[0].url", |a| {
        let url = "javascript:alert(1)".into();
        a.references.push(Reference { is_this: false, summary: "x".into(), url });
    }),
    ("products_missing", "families", |a| a.families.clear()),
    ("products_missing", "families[0].products", |a| a.families[0].products.clear()),
    ("version_id_twice", "families[0].products[0].versions[1].id", |a| {
        a.families[0].products[0].versions[1].id = "ver_1".into();
    }),
    ("version_is_a_range", "families[0].products[0].versions[0].name", |a| {
        a.families[0].products[0].versions[0].name = "4.2 and later".into();
    }),
    ("version_is_a_range", "families[0].products[0].versions[0].name", |a| {
        a.families[0].products[0].versions[0].name = "<4.2".into();
    }),
    ("cpe_unwritable", "families[0].products[0].versions[0].identifiers.cpe", |a| {
        let cpe = "cpe:2.3:a:v:größe:1".parse().expect("a name");
        a.families[0].products[0].versions[0].identifiers.cpe = Some(cpe);
    }),
    (
        "digest_unreadable",
        "families[0].products[0].versions[0].identifiers.hashes[0].digests[0]",
        |a| {
            let hashes = &mut a.families[0].products[0].versions[0].identifiers.hashes;
            hashes[0].digests[0].1.pop();
        },
    ),
    ("digest_twice", "families[0].products[0].versions[0].identifiers.hashes[0].digests[1]", |a| {
        let hashes = &mut a.families[0].products[0].versions[0].identifiers.hashes;
        hashes[0].digests[1] = hashes[0].digests[0].clone();
    }),
    ("identifier_shared", "families[0].products[0].versions[1].identifiers.purl", |a| {
        let purl = "pkg:generic/device/monitor".parse().ok();
        for version in &mut a.families[0].products[0].versions {
            version.identifiers.purl.clone_from(&purl);
        }
    }),
    ("identifier_shared", "families[0].products[0].versions[1].identifiers.cpe", |a| {
        let cpe = a.families[0].products[0].versions[0].identifiers.cpe.clone();
        a.families[0].products[0].versions[1].identifiers.cpe = cpe;
    }),
    ("vulnerabilities_missing", "vulnerabilities", |a| a.vulnerabilities.clear()),
    ("vulnerability_twice", "vulnerabilities[1]", |a| {
        a.vulnerabilities.push(a.vulnerabilities[0].clone());
    }),
    ("vulnerability_unnamed", "vulnerabilities[0]", |a| a.vulnerabilities[0].cve = None),
    ("cve_unreadable", "vulnerabilities[0].cve", |a| {
        a.vulnerabilities[0].cve = Some("cve-2026-12345".into());
    }),
    ("cve_among_others", "vulnerabilities[0].other_ids[0].text", |a| {
        let id = OtherId { system: "x".into(), text: "CVE-2026-1111".into() };
        a.vulnerabilities[0].other_ids.push(id);
    }),
    ("weakness_unknown", "vulnerabilities[0].cwe", |a| a.vulnerabilities[0].cwe = Some(16)),
    ("standings_missing", "vulnerabilities[0].standings", |a| {
        a.vulnerabilities[0].standings.clear();
    }),
    ("status_contradicts", "vulnerabilities[0].standings[2]", |a| {
        a.vulnerabilities[0].standings.push(standing("ver_1", Status::Fixed));
    }),
    ("version_unknown", "vulnerabilities[0].standings[2].version", |a| {
        a.vulnerabilities[0].standings.push(standing("ver_9", Status::Fixed));
    }),
    ("not_affected_without_reason", "vulnerabilities[0].standings[1]", |a| {
        a.vulnerabilities[0].standings[1].status =
            Status::NotAffected { justification: None, impact: None };
    }),
    ("text_empty", "vulnerabilities[0].standings[1].status.impact", |a| {
        a.vulnerabilities[0].standings[1].status =
            Status::NotAffected { justification: None, impact: Some(" ".into()) };
    }),
    ("score_twice", "vulnerabilities[0].scores[1].versions", |a| {
        let second = score("CVSS:3.0/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H", &["ver_1"]);
        a.vulnerabilities[0].scores.push(second);
    }),
    ("score_without_version", "vulnerabilities[0].scores[0].versions", |a| {
        a.vulnerabilities[0].scores[0].versions.clear();
    }),
    ("remediation_without_version", "vulnerabilities[0].remediations[0]", |a| {
        a.vulnerabilities[0].remediations[0].versions.clear();
    }),
    ("version_unknown", "vulnerabilities[0].remediations[0].versions[0]", |a| {
        a.vulnerabilities[0].remediations[0].versions[0] = "ver_9".into();
    }),
    ("remedies_contradict", "vulnerabilities[0].remediations", |a| {
        a.vulnerabilities[0].remediations.push(remedy(Remedy::NoFixPlanned, &["ver_1"]));
    }),
    ("involvement_twice", "vulnerabilities[0].involvements[1]", |a| {
        let one = Involvement {
            party: Party::Vendor,
            status: InvolvementStatus::Open,
            date: a.revisions[0].date,
            summary: None,
        };
        a.vulnerabilities[0].involvements = vec![one.clone(), one];
    }),
    ("text_empty", "vulnerabilities[0].threats[0].details", |a| {
        let threat = Threat {
            kind: ThreatKind::Impact,
            details: String::new(),
            versions: Vec::new(),
            date: None,
        };
        a.vulnerabilities[0].threats.push(threat);
    }),
];

#[test]
fn each_flaw_is_refused_by_name_and_place_in_every_form() {
    for (code, place, change) in CASES {
        let mut advisory = small();
        change(&mut advisory);
        let refusals: Vec<(&str, String)> = check::problems(&advisory)
            .into_iter()
            .filter(|problem| problem.gravity == Gravity::Refusal)
            .map(|problem| (problem.code, problem.place))
            .collect();
        assert!(
            refusals.contains(&(*code, (*place).to_owned())),
            "{code} at {place}: {refusals:?}"
        );
        for profile in [Profile::SecurityAdvisory, Profile::Vex] {
            assert!(csaf::write(&advisory, profile).expect_err(code).has(code), "{code}");
        }
        assert!(openvex::write(&advisory).expect_err(code).has(code), "{code}");
        assert!(printed::write(&advisory).expect_err(code).has(code), "{code}");
        if !code.starts_with("version") && advisory.version("ver_1").is_some() {
            assert!(
                cyclonedx::write(&advisory, "ver_1", None).expect_err(code).has(code),
                "{code}"
            );
        }
    }
}

#[test]
fn what_is_well_is_not_refused() {
    assert_eq!(check::problems(&small()), []);
    let mut advisory = small();
    advisory.title = NASTY.into();
    advisory.vulnerabilities[0].cve = Some("CVE-1900-0001".into());
    let problems = check::problems(&advisory);
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["cve_for_examples"]);
    assert!(csaf::write(&advisory, Profile::Vex).is_ok());
}

#[test]
fn no_character_turns_the_direction_of_writing() {
    for c in "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{2028}\u{2029}\u{feff}\u{7f}\u{85}".chars() {
        let mut advisory = small();
        advisory.summary = format!("a{c}b");
        let codes: Vec<&str> = check::problems(&advisory).iter().map(|p| p.code).collect();
        assert_eq!(codes, ["text_unwritable"], "{c:?}");
    }
}

#[test]
fn versions_that_stand_alike_may_share_a_name() {
    let mut advisory = small();
    let cpe = advisory.families[0].products[0].versions[0].identifiers.cpe.clone();
    advisory.families[0].products[0].versions[1].identifiers.cpe = cpe;
    advisory.vulnerabilities[0].standings[1].status = Status::Affected;
    advisory.vulnerabilities[0].remediations[0].versions.push("ver_2".into());
    advisory.vulnerabilities[0].scores[0].versions.push("ver_2".into());
    assert_eq!(check::problems(&advisory), []);
}

#[test]
fn forms_that_cannot_say_draft_or_tlp_come_with_a_warning() {
    let mut advisory = small();
    assert!(openvex::write(&advisory).expect("written").warnings.is_empty());
    advisory.state = State::Draft;
    advisory.tlp = Tlp::Amber;
    let codes = |document: Document| document.warnings.iter().map(|w| w.code).collect::<Vec<_>>();
    let unmarked = ["draft_unmarked", "tlp_unmarked"];
    assert_eq!(codes(openvex::write(&advisory).expect("written")), unmarked);
    assert_eq!(codes(cyclonedx::write(&advisory, "ver_1", None).expect("written")), unmarked);
    assert_eq!(codes(csaf::write(&advisory, Profile::Vex).expect("written")), [""; 0]);
}

#[test]
fn a_refusal_says_everything_at_once() {
    let mut advisory = small();
    advisory.title.clear();
    advisory.language.clear();
    let refused = csaf::write(&advisory, Profile::Vex).expect_err("refused");
    let said = refused.to_string();
    assert!(said.contains("title: There is no text.") && said.contains("language: "), "{said}");
}

#[test]
fn what_is_too_large_is_refused() {
    let mut advisory = small();
    advisory.summary = "x".repeat(csaf::MOST_BYTES);
    assert!(csaf::write(&advisory, Profile::Vex).expect_err("refused").has("document_too_large"));
}
