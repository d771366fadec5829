//! What people find in the printed advisory, and in which order.

use crate::samples::{NASTY, full, small, standing};
use aftercare_documents::{Advisory, advisory::Status, printed};

fn text(advisory: &Advisory) -> String {
    printed::write(advisory).expect("written").text().into_owned()
}

#[test]
fn what_happened_and_what_to_do_comes_before_detail() {
    let text = words(&text(&full()));
    let order = [
        "Advisory Größe #2026/07 'A', version 2 of 2026-11-24 09:30 UTC",
        "State: interim",
        "TLP:AMBER",
        "Summary -------",
        "Products and where they stand",
        "Impact on patients and use:",
        "An alarm can be missed; a patient may be harmed. [Monitor X 4.2.1, Monitor X 4.1.0]",
        "What to do:",
        "Fix: Keep the monitor in a network of its own. Available from 2026-11-22.",
        "Fix planned: Keep the monitor in a network of its own. Expected: 2027-02-01.",
        "Why versions are not affected:",
        "CWE-306: Missing Authentication for Critical Function",
        "CVSS 8.1 (High), CVSS:3.1/",
        "Contact -------",
        "+49 30 123456",
        "History -------",
        "- Version 2, 2026-11-24 09:30 UTC: Version 4.1.0 was looked at",
        "- Version 1, 2026-11-23 14:05 UTC: First publication",
    ];
    let mut rest = text.as_str();
    for part in order {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part} is missing or out of order"));
        rest = &rest[at + part.len()..];
    }
    assert!(text.contains(NASTY), "no character is changed");
}

/// Without regard to where lines end.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_not_said_is_not_good_news() {
    let mut advisory = small();
    advisory.vulnerabilities[0].standings[1] = standing("ver_2", Status::UnderInvestigation);
    let version = crate::samples::version("ver_3", "5.0");
    advisory.families[0].products[0].versions.push(version);
    let text = text(&advisory);
    for part in [
        "- Monitor X 4.3.0\n  CVE-2026-12345: under investigation (not known yet)",
        "- Monitor X 5.0\n  CVE-2026-12345: nothing is said (not known)",
        "Impact on patients and use:\n- Nothing is said about it.",
        "Exploitation:\n- Nothing is said about it.",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

#[test]
fn lines_fit_on_paper() {
    for line in text(&full()).lines() {
        assert!(
            line.chars().count() <= 76 || !line.trim_start_matches("- ").trim().contains(' '),
            "{line}"
        );
    }
}
