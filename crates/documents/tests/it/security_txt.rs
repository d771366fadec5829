//! `security.txt`: what is written, and what is not.

use crate::samples::at;
use aftercare_documents::security_txt::{Expiry, SecurityTxt};
use aftercare_vocab::instant::Instant;

fn now() -> Instant {
    at("2026-11-25T12:00:00Z")
}

fn full() -> SecurityTxt {
    let one = |text: &str| vec![text.to_owned()];
    SecurityTxt {
        contacts: vec![
            "mailto:psirt@device.example".into(),
            "https://device.example/report".into(),
        ],
        expires: at("2027-05-01T00:00:00.5Z"),
        encryption: one("openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f"),
        acknowledgments: one("https://device.example/thanks"),
        policy: one("https://device.example/policy"),
        languages: vec!["en".into(), "de".into()],
        canonical: one("https://device.example/.well-known/security.txt"),
        hiring: Vec::new(),
        csaf: one("https://device.example/.well-known/csaf/provider-metadata.json"),
    }
}

fn codes(file: &SecurityTxt) -> Vec<&'static str> {
    match file.write(now()) {
        Ok(document) => document.warnings.iter().map(|problem| problem.code).collect(),
        Err(refused) => refused.0.iter().map(|problem| problem.code).collect(),
    }
}

#[test]
fn every_field_stands_in_its_line() {
    let document = full().write(now()).expect("written");
    assert_eq!(
        document.text(),
        "Contact: mailto:psirt@device.example\n\
         Contact: https://device.example/report\n\
         Expires: 2027-05-01T00:00:00Z\n\
         Encryption: openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f\n\
         Acknowledgments: https://device.example/thanks\n\
         Preferred-Languages: en, de\n\
         Canonical: https://device.example/.well-known/security.txt\n\
         Policy: https://device.example/policy\n\
         CSAF: https://device.example/.well-known/csaf/provider-metadata.json\n"
    );
    assert_eq!(document.media_type, "text/plain; charset=utf-8");
    assert_eq!(document.name, "security.txt");
}

#[test]
fn what_readers_would_not_use_is_refused() {
    let case = |change: fn(&mut SecurityTxt)| {
        let mut file = full();
        change(&mut file);
        codes(&file)
    };
    assert_eq!(case(|f| f.contacts.clear()), ["contact_missing"]);
    assert_eq!(case(|f| f.expires = at("2026-11-25T12:00:00Z")), ["expired"]);
    assert_eq!(case(|f| f.expires = at("2026-12-01T00:00:00Z")), ["expires_soon"]);
    assert_eq!(case(|f| f.expires = at("2028-01-01T00:00:00Z")), ["expires_late"]);
    for bad in [
        "psirt@device.example",
        "mailto:",
        "mailto:psirt",
        "http://device.example/",
        "https://",
        "https://x/ä",
        "https://x/\nPolicy: https://evil.example",
        "mailto:a@b\r\nExpires: 2099-01-01T00:00:00Z",
        "",
    ] {
        let mut file = full();
        file.contacts = vec![bad.into()];
        assert_eq!(codes(&file), ["address_unreadable"], "{bad}");
    }
    assert_eq!(case(|f| f.policy = vec!["mailto:a@b".into()]), ["address_unreadable"]);
    assert_eq!(case(|f| f.contacts.push(f.contacts[0].clone())), ["named_twice"]);
    assert_eq!(case(|f| f.languages.push("english".into())), ["language_unknown"]);
    assert_eq!(
        case(|f| f.hiring = vec![format!("https://x/{}", "y".repeat(2_000))]),
        ["address_too_long"]
    );
    assert_eq!(case(|f| f.csaf.insert(0, "https://x/other.json".into())), ["csaf_out_of_order"]);
}

#[test]
fn its_end_is_seen_in_time() {
    let file = full();
    assert_eq!(file.expiry(at("2027-03-01T00:00:00Z")), Expiry::Days(61));
    assert_eq!(file.expiry(at("2027-04-01T00:00:01Z")), Expiry::Soon(29));
    assert_eq!(file.expiry(at("2027-05-01T00:00:01Z")), Expiry::Over);
    assert_eq!(
        file.expiry(Instant::from_micros(i64::MIN)),
        Expiry::Days(i64::MAX / 86_400_000_000)
    );
}

#[test]
fn what_is_written_is_among_what_readers_must_take() {
    // Every line of the reference vectors that are valid, made of known fields, in our order.
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/conformance/security-txt/vectors.json"
    );
    let Ok(bytes) = std::fs::read(path) else {
        eprintln!("NOT RUN: ../shared/data is not there");
        return;
    };
    let vectors: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    let tests = vectors["tests"].as_array().expect("a list");
    let (mut taken, mut refused) = (0, 0);
    for test in tests {
        let content = test["content"].as_str().expect("a text");
        let name = test["name"].as_str().expect("a name");
        let Some(file) = read(content) else { continue };
        let at = at("2026-11-25T12:00:00Z");
        match (file.write(at), test["valid"] == true) {
            (Ok(document), true) => {
                let text = document.text();
                let lines = |text: &str| {
                    let mut lines: Vec<String> = text.lines().map(String::from).collect();
                    lines.sort();
                    lines
                };
                assert_eq!(lines(&text), lines(content), "{name}");
                taken += 1;
            }
            (Err(_), false) => refused += 1,
            (written, valid) => panic!("{name}: valid is {valid}, written {written:?}"),
        }
    }
    assert!(taken >= 3 && refused >= 3, "{taken} taken, {refused} refused");
}

/// Files in the form we write: known fields in one spelling, one end, one line of languages. None: another
/// form, which says nothing about a writer.
fn read(content: &str) -> Option<SecurityTxt> {
    let mut file = SecurityTxt { contacts: Vec::new(), languages: Vec::new(), ..empty() };
    let (mut ends, mut languages) = (0, 0);
    for line in content.strip_suffix('\n')?.split('\n') {
        let (name, value) = line.split_once(": ")?;
        let list = match name {
            "Contact" => &mut file.contacts,
            "Encryption" => &mut file.encryption,
            "Acknowledgments" => &mut file.acknowledgments,
            "Policy" => &mut file.policy,
            "Canonical" => &mut file.canonical,
            "Hiring" => &mut file.hiring,
            "CSAF" => &mut file.csaf,
            "Preferred-Languages" => {
                languages += 1;
                file.languages = value.split(", ").map(String::from).collect();
                continue;
            }
            "Expires" => {
                ends += 1;
                file.expires = value.parse().ok()?;
                if file.expires.to_string() != value {
                    return None;
                }
                continue;
            }
            _ => return None,
        };
        list.push(value.to_owned());
    }
    (ends == 1 && languages <= 1).then_some(file)
}

fn empty() -> SecurityTxt {
    SecurityTxt {
        encryption: Vec::new(),
        acknowledgments: Vec::new(),
        policy: Vec::new(),
        canonical: Vec::new(),
        csaf: Vec::new(),
        ..full()
    }
}
