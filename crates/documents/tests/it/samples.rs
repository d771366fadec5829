//! Advisories to write.

use aftercare_documents::advisory::*;
use aftercare_vocab::instant::Instant;

pub fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

pub fn version(id: &str, name: &str) -> Version {
    let identifiers = Identifiers {
        purl: Some(format!("pkg:generic/device/monitor@{name}").parse().expect("a purl")),
        cpe: Some(format!("cpe:2.3:o:device:monitor_firmware:{name}").parse().expect("a CPE name")),
        hashes: vec![FileHashes {
            file: format!("monitor-{name}.bin"),
            digests: vec![
                (HashAlgorithm::Sha256, "AB".repeat(32)),
                (HashAlgorithm::Sha512, "cd".repeat(64)),
            ],
        }],
        model_numbers: vec!["MX-100".into()],
        skus: vec!["4711-0815".into()],
        udi_dis: vec!["(01)00844588003288".into()],
        sbom_urls: vec![format!("https://device.example/sbom/{name}.json")],
    };
    Version { id: id.into(), name: name.into(), identifiers }
}

pub fn standing(version: &str, status: Status) -> Standing {
    Standing { version: version.into(), status, since: at("2026-11-20T08:00:00Z") }
}

pub fn remedy(remedy: Remedy, versions: &[&str]) -> Remediation {
    Remediation {
        remedy,
        details: "Keep the monitor in a network of its own.".into(),
        versions: versions.iter().map(|&version| version.into()).collect(),
        date: None,
        url: None,
        restart: None,
    }
}

pub fn score(vector: &str, versions: &[&str]) -> Score {
    let vector = vector.parse().expect("a vector");
    Score { vector, versions: versions.iter().map(|&version| version.into()).collect() }
}

/// One vulnerability, one version affected, one fixed.
pub fn small() -> Advisory {
    Advisory {
        id: "MX-2026-001".into(),
        aliases: Vec::new(),
        title: "A remote user can stop alarms of Monitor X".into(),
        summary:
            "Alarms can be stopped from the network. Keep the monitor in a network of its own."
                .into(),
        notes: Vec::new(),
        language: "en".into(),
        publisher: Publisher {
            name: "Device Example".into(),
            namespace: "https://device.example".into(),
            party: Party::Vendor,
            contact: "psirt@device.example".into(),
            authority: None,
        },
        state: State::Final,
        revisions: vec![Revision {
            date: at("2026-11-23T14:05:00Z"),
            summary: "First publication".into(),
        }],
        tlp: Tlp::Clear,
        folder: Some("https://device.example/csaf/white/2026/".into()),
        references: Vec::new(),
        acknowledgements: Vec::new(),
        families: vec![Family {
            name: "Monitors".into(),
            products: vec![Product {
                name: "Monitor X".into(),
                versions: vec![version("ver_1", "4.2.1"), version("ver_2", "4.3.0")],
            }],
        }],
        vulnerabilities: vec![vulnerability("CVE-2026-12345")],
        engine: None,
    }
}

pub fn vulnerability(cve: &str) -> Vulnerability {
    Vulnerability {
        cve: Some(cve.into()),
        other_ids: Vec::new(),
        title: "Alarm service without authentication".into(),
        description: "Whoever reaches port 9100 can stop alarms.".into(),
        cwe: Some(306),
        notes: Vec::new(),
        scores: vec![score("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H", &["ver_1"])],
        standings: vec![standing("ver_1", Status::Affected), standing("ver_2", Status::Fixed)],
        remediations: vec![remedy(Remedy::VendorFix, &["ver_1"])],
        threats: Vec::new(),
        involvements: Vec::new(),
        references: Vec::new(),
        acknowledgements: Vec::new(),
        discovered: None,
        released: None,
    }
}

pub const NASTY: &str =
    "Dräger's \"Überwachung\" O\u{2019}Neill <b>&amp;</b> \\ 心電図 👩\u{200d}⚕️ – 100 %";

/// Every member of the value is used, with texts that are hard to write.
pub fn full() -> Advisory {
    let mut advisory = small();
    advisory.id = "Größe #2026/07 'A'".into();
    advisory.aliases = vec!["DE-7".into(), NASTY.into()];
    advisory.title = NASTY.into();
    advisory.summary = format!("{NASTY}\n\nSecond paragraph:\n\t- a list");
    advisory.language = "de-AT".into();
    advisory.notes = vec![
        Note {
            kind: NoteKind::General,
            title: Some("Für Kliniker".into()),
            text: "Ein langer Text. ".repeat(2_000),
            audience: Some("clinicians".into()),
        },
        Note { kind: NoteKind::LegalDisclaimer, title: None, text: NASTY.into(), audience: None },
    ];
    advisory.publisher.name = "O'Neill & Söhne GmbH".into();
    advisory.publisher.contact = "psirt@device.example\n+49 30 123456".into();
    advisory.publisher.authority = Some("Manufacturer of the devices".into());
    advisory.state = State::Interim;
    advisory.revisions.push(Revision {
        date: at("2026-11-24T09:30:00.123456Z"),
        summary: "Version 4.1.0 was looked at".into(),
    });
    advisory.tlp = Tlp::Amber;
    advisory.references = vec![
        Reference {
            is_this: true,
            summary: "Page".into(),
            url: "https://device.example/advisories/7?lang=de".into(),
        },
        Reference {
            is_this: false,
            summary: "Leitfaden".into(),
            url: "https://device.example/Gr%C3%B6%C3%9Fe".into(),
        },
    ];
    let thanks = Acknowledgement {
        names: vec!["Zoë O'Hara".into(), "李".into()],
        organization: Some("Universität".into()),
        summary: Some("found it".into()),
        urls: vec!["https://research.example".into()],
    };
    advisory.acknowledgements = vec![thanks.clone()];
    advisory.engine = Some(Engine { name: "Aftercare".into(), version: "0.1.0".into() });
    let versions = &mut advisory.families[0].products[0].versions;
    versions.push(version("ver_3", "4.1.0"));
    versions.push(version("ver_4", "3.9+klinik"));
    versions.push(version("ver_5", "3.8"));
    advisory.families.push(Family {
        name: "Pumpen 💉".into(),
        products: vec![Product {
            name: NASTY.into(), versions: vec![version("pumpe ü/1", "1.0")]
        }],
    });
    let first = &mut advisory.vulnerabilities[0];
    first.other_ids = vec![OtherId { system: "Ours".into(), text: "PSIRT-7".into() }];
    first.notes = vec![Note {
        kind: NoteKind::Details,
        title: Some("Technik".into()),
        text: NASTY.into(),
        audience: None,
    }];
    first.scores.push(score(
        "CVSS:4.0/AV:A/AC:L/AT:N/PR:N/UI:N/VC:N/VI:H/VA:H/SC:N/SI:N/SA:N/E:P/S:P",
        &["ver_1", "ver_3"],
    ));
    first
        .scores
        .push(score("CVSS:3.0/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H/E:P/RL:O/MA:L", &["ver_3"]));
    first.scores.push(score("AV:A/AC:L/Au:N/C:N/I:C/A:C/E:POC/TD:M", &["ver_1"]));
    first.standings = vec![
        standing("ver_1", Status::Affected),
        standing("ver_2", Status::Fixed),
        standing("ver_3", Status::Affected),
        standing(
            "ver_4",
            Status::NotAffected {
                justification: Some(Justification::ComponentNotPresent),
                impact: Some(NASTY.into()),
            },
        ),
        standing(
            "ver_5",
            Status::NotAffected {
                justification: Some(Justification::VulnerableCodeNotInExecutePath),
                impact: None,
            },
        ),
        standing(
            "pumpe ü/1",
            Status::NotAffected {
                justification: None,
                impact: Some("Sie hat keine Alarme.".into()),
            },
        ),
    ];
    first.remediations = vec![
        Remediation {
            date: Some(at("2026-11-22T00:00:00Z")),
            url: Some("https://device.example/update".into()),
            restart: Some(Restart::Machine),
            ..remedy(Remedy::VendorFix, &["ver_1"])
        },
        remedy(Remedy::Mitigation, &["ver_1", "ver_3"]),
        Remediation {
            date: Some(at("2027-02-01T00:00:00Z")),
            ..remedy(Remedy::FixPlanned, &["ver_3"])
        },
    ];
    first.threats = vec![
        Threat {
            kind: ThreatKind::Impact,
            details: "An alarm can be missed; a patient may be harmed.".into(),
            versions: vec!["ver_1".into(), "ver_3".into()],
            date: None,
        },
        Threat {
            kind: ThreatKind::ExploitStatus,
            details: "No exploitation is known.".into(),
            versions: Vec::new(),
            date: Some(at("2026-11-23T12:00:00Z")),
        },
        Threat {
            kind: ThreatKind::TargetSet,
            details: "Hospitals".into(),
            versions: Vec::new(),
            date: None,
        },
    ];
    first.involvements = vec![Involvement {
        party: Party::Vendor,
        status: InvolvementStatus::InProgress,
        date: at("2026-11-20T08:00:00Z"),
        summary: Some("A fix for 4.1 is being tested.".into()),
    }];
    first.references = vec![Reference {
        is_this: false,
        summary: "The component's advisory".into(),
        url: "https://component.example/1".into(),
    }];
    first.acknowledgements = vec![thanks];
    first.discovered = Some(at("2026-10-01T00:00:00Z"));
    first.released = Some(at("2026-11-23T14:05:00Z"));
    let mut second = vulnerability("CVE-2026-23456");
    second.cve = None;
    second.other_ids =
        vec![OtherId { system: "GitHub Advisory".into(), text: "GHSA-aaaa-bbbb-cccc".into() }];
    second.cwe = None;
    second.scores = Vec::new();
    second.standings = vec![standing("ver_1", Status::UnderInvestigation)];
    second.remediations = vec![remedy(Remedy::NoneAvailable, &["ver_1"])];
    advisory.vulnerabilities.push(second);
    advisory
}

/// Five hundred versions.
pub fn large() -> Advisory {
    let mut advisory = small();
    advisory.id = "MX-2026-500".into();
    let ids: Vec<String> = (0..500).map(|number| format!("ver_{number}")).collect();
    let versions =
        ids.iter().enumerate().map(|(at, id)| version(id, &format!("5.{at}.0"))).collect();
    advisory.families[0].products[0].versions = versions;
    let this = &mut advisory.vulnerabilities[0];
    let affected: Vec<String> = ids[..300].to_vec();
    this.standings = ids
        .iter()
        .enumerate()
        .map(|(at, id)| {
            let status = match at {
                0..300 => Status::Affected,
                300..400 => Status::Fixed,
                _ => Status::NotAffected {
                    justification: Some(Justification::VulnerableCodeNotPresent),
                    impact: Some(format!("Reason {}", at % 3)),
                },
            };
            standing(id, status)
        })
        .collect();
    this.scores[0].versions.clone_from(&affected);
    this.remediations[0].versions = affected;
    advisory
}

/// Ways to say that a version is not affected, and the ways to leave it unfixed.
pub fn vex() -> Advisory {
    let mut advisory = small();
    advisory.id = "mx-2026-002-vex".into();
    let names = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];
    let versions = names.iter().map(|name| version(&format!("ver_{name}"), name)).collect();
    advisory.families[0].products[0].versions = versions;
    let why = [
        Justification::ComponentNotPresent,
        Justification::VulnerableCodeNotPresent,
        Justification::VulnerableCodeNotInExecutePath,
        Justification::VulnerableCodeCannotBeControlledByAdversary,
        Justification::InlineMitigationsAlreadyExist,
    ];
    let this = &mut advisory.vulnerabilities[0];
    this.standings = why
        .into_iter()
        .zip(names)
        .map(|(why, name)| {
            let status = Status::NotAffected { justification: Some(why), impact: None };
            standing(&format!("ver_{name}"), status)
        })
        .collect();
    let open = ["ver_1.5", "ver_1.6", "ver_1.7"];
    this.standings.extend(open.map(|version| standing(version, Status::Affected)));
    this.scores[0].versions = open.map(String::from).to_vec();
    this.remediations = vec![
        remedy(Remedy::NoFixPlanned, &["ver_1.5"]),
        remedy(Remedy::Workaround, &["ver_1.6"]),
        remedy(Remedy::NoneAvailable, &["ver_1.7"]),
    ];
    advisory
}

pub fn all() -> Vec<(&'static str, Advisory)> {
    vec![("small", small()), ("full", full()), ("large", large()), ("vex", vex())]
}
