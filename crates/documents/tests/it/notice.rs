//! The notice to a customer has its four parts, or is not written.

use crate::samples::{at, full, small};
use aftercare_documents::{
    Advisory,
    notice::{self, Controls, Devices, Installed, Notice},
};

fn version(id: &str) -> Installed {
    Installed::Version(id.into())
}

fn of(advisory: &Advisory) -> Notice<'_> {
    Notice {
        advisory,
        to: "St. Mary's Hospital, Biomedical Engineering".into(),
        date: at("2026-11-24T10:00:00Z"),
        devices: vec![
            Devices { installed: version("ver_1"), site: Some("Köln".into()), units: Some(12) },
            Devices { installed: version("ver_1"), site: None, units: None },
            Devices {
                installed: Installed::Unknown("Monitor X".into()),
                site: None,
                units: Some(3),
            },
            Devices {
                installed: Installed::Open("Monitor X 5.0".into()),
                site: None,
                units: Some(1),
            },
        ],
        impact: "Alarms can be stopped from the network; a patient's alarm may be missed.".into(),
        effort: "We are testing a fix with the highest priority.".into(),
        controls: Controls::Known(vec!["Put the monitor into a network of its own.".into()]),
        outlook: "A fix is coming; we will write to you when it can be installed.".into(),
        confirm_at: Some("https://device.example/confirm/abc".into()),
    }
}

#[test]
fn a_notice_names_devices_and_has_the_four_parts() {
    let advisory = small();
    let notice = of(&advisory);
    let document = notice::write(&notice).expect("written");
    assert_eq!(document.name, "mx-2026-001.notice.txt");
    let text = document.text();
    for part in [
        "To: St. Mary's Hospital, Biomedical Engineering\nFrom: Device Example\nDate: 2026-11-24\n",
        "- Monitor X 4.2.1: 12 devices, at Köln\n- Monitor X 4.2.1: number of devices not known\n\
         - Monitor X, software version not known to us: please check: 3 devices\n\
         - Monitor X 5.0, of which this advisory does not say yet whether it is\n\x20 concerned: 1 device\n",
        "What is wrong, and what it can lead to\n--------------------------------------\nAlarms can be",
        "What you can do now\n-------------------\n- Put the monitor into",
        "What we are doing\n-----------------\nWe are testing",
        "What comes next\n---------------\nA fix is coming",
        "https://device.example/confirm/abc",
        "psirt@device.example",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    let subject = notice::subject(&notice);
    assert_eq!(subject, "Security notice MX-2026-001: A remote user can stop alarms of Monitor X");
}

#[test]
fn a_notice_without_one_of_its_parts_is_refused() {
    let advisory = small();
    let refused = |change: fn(&mut Notice<'_>)| {
        let mut notice = of(&advisory);
        change(&mut notice);
        let refused = notice::write(&notice).expect_err("refused");
        let found = refused.0.iter().map(|problem| (problem.code, problem.place.clone()));
        found.collect::<Vec<_>>()
    };
    let missing = |place: &str| vec![("notice_part_missing", place.to_owned())];
    assert_eq!(refused(|n| n.impact.clear()), missing("impact"));
    assert_eq!(refused(|n| n.effort = " \n".into()), missing("effort"));
    assert_eq!(refused(|n| n.controls = Controls::Known(Vec::new())), missing("controls"));
    assert_eq!(refused(|n| n.outlook.clear()), missing("outlook"));
    assert_eq!(refused(|n| n.devices.clear()), [("devices_missing", "devices".into())]);
    assert_eq!(
        refused(|n| n.devices[1].units = Some(0)),
        [("devices_none", "devices[1].units".into())]
    );
    assert_eq!(refused(|n| n.to = "a\nBcc: b".into()), [("text_in_lines", "to".into())]);
    assert_eq!(
        refused(|n| n.devices[0].installed = version("ver_9")),
        [("version_unknown", "devices[0].version".into())]
    );
}

#[test]
fn that_no_control_is_known_is_said() {
    let advisory = full();
    let notice = Notice { controls: Controls::NoneKnown, ..of(&advisory) };
    let text = notice::write(&notice).expect("written").text().into_owned();
    assert!(text.contains("No compensating control is known today."), "{text}");
}

#[test]
fn the_rule_below_a_title_of_several_lines_is_as_wide_as_the_widest() {
    let mut advisory = small();
    advisory.title = format!("{} {}", "wide ".repeat(14).trim(), "end");
    let document = notice::write(&of(&advisory)).expect("written");
    let text = document.text();
    let rule = text.lines().find(|line| line.starts_with('=')).expect("a rule");
    let title = text.lines().take_while(|line| !line.starts_with('='));
    assert_eq!(Some(rule.len()), title.map(|line| line.chars().count()).max(), "{text}");
}
