//! A mail as bytes: what arrives is what was given, and nothing given becomes a header.

use aftercare_net::mail::{Leave, Mail, Mailbox, Unwritable};
use mail_parser::MessageParser;
use std::time::{Duration, SystemTime};

/// These tests may send.
pub struct Test;

impl Leave for Test {}

pub fn mailbox(name: &str, address: &str) -> Mailbox {
    let name = (!name.is_empty()).then(|| name.to_owned());
    Mailbox { name, address: address.into() }
}

pub const SUBJECT: &str =
    "Sicherheitshinweis für „Monitor X“: Dräger's Überwachung – 心電図 👩\u{200d}⚕️ betroffen";
pub const TEXT: &str =
    "Sehr geehrte Frau O'Neill,\n\n.\n..\nFrom here on: ö 心 👩\u{200d}⚕️\n\nEnde";

pub fn mail(to: &str) -> Mail {
    Mail {
        from: mailbox("Device Example's PSIRT, Überwachung", "psirt@device.example"),
        to: mailbox("Zoë O'Neill", to),
        reply_to: Some(mailbox("", "reports@device.example")),
        subject: SUBJECT.into(),
        text: TEXT.into(),
        id: "0123.abc@device.example".into(),
        date: SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_615_501),
        automatic: true,
    }
}

/// What a reader finds in the bytes is what was sent.
pub fn assert_arrived(bytes: &[u8], sent: &Mail) {
    let read = MessageParser::default().parse(bytes).expect("a message");
    let one = |found: Option<&mail_parser::Address<'_>>, given: &Mailbox| {
        let found = found.and_then(|list| list.first()).expect("a mailbox");
        assert_eq!(found.name(), given.name.as_deref());
        assert_eq!(found.address(), Some(given.address.as_str()));
    };
    one(read.from(), &sent.from);
    one(read.to(), &sent.to);
    if let Some(reply_to) = &sent.reply_to {
        one(read.reply_to(), reply_to);
    }
    assert_eq!(read.subject(), Some(sent.subject.as_str()));
    assert_eq!(read.message_id(), Some(sent.id.as_str()));
    let seconds = sent.date.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    assert_eq!(read.date().expect("a date").to_timestamp(), i64::try_from(seconds).expect("small"));
    let text = read.body_text(0).expect("a text").replace("\r\n", "\n");
    assert_eq!(text.trim_end_matches('\n'), sent.text.replace("\r\n", "\n").trim_end_matches('\n'));
    let marked = read.header_raw("Auto-Submitted").map(str::trim);
    assert_eq!(marked, sent.automatic.then_some("auto-generated"));
}

#[test]
fn the_same_mail_is_the_same_bytes_and_reads_back() {
    let mail = mail("zoe@hospital.example");
    let bytes = mail.bytes().expect("written");
    assert_eq!(bytes, mail.clone().bytes().expect("written"));
    assert!(bytes.is_ascii(), "old servers take it");
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.lines().all(|line| line.len() <= 998), "no line is too long (RFC 5322)");
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "every line ends the same way");
    assert_arrived(&bytes, &mail);
}

#[test]
fn long_lines_and_texts_read_back() {
    for text in [
        "x".repeat(5_000),
        "ü".repeat(5_000),
        "a line\r\nanother\n".repeat(2_000),
        "trailing blank \n\tand tab\t\n=3D=\n".into(),
        "1".into(),
    ] {
        let mail = Mail { text, automatic: false, ..mail("zoe@hospital.example") };
        assert_arrived(&mail.bytes().expect("written"), &mail);
    }
}

#[test]
fn nothing_that_is_given_becomes_a_header() {
    let evil =
        ["\nBcc: evil@x.example", "\r\nBcc: evil@x.example", "\rBcc: e", "\u{0}", "\u{2028}Bcc: e"];
    type Part = (&'static str, fn(&mut Mail, &str));
    let parts: [Part; 6] = [
        ("subject", |m, evil| m.subject.push_str(evil)),
        ("sender", |m, evil| m.from.name = Some(format!("a{evil}b"))),
        ("sender", |m, evil| m.from.address.push_str(evil)),
        ("recipient", |m, evil| m.to.name = Some(format!("a{evil}b"))),
        ("recipient", |m, evil| m.to.address.push_str(evil)),
        ("message id", |m, evil| m.id.push_str(evil)),
    ];
    for evil in evil {
        for (part, change) in parts {
            let mut mail = mail("zoe@hospital.example");
            change(&mut mail, evil);
            let refused = mail.bytes().expect_err("refused");
            assert_eq!(refused.part, part, "{evil:?}: {refused}");
        }
    }
    // In the text they are text.
    let mail =
        Mail { text: "\n\nBcc: evil@x.example\n.\nQUIT\n".into(), ..mail("zoe@hospital.example") };
    let bytes = mail.bytes().expect("written");
    assert_eq!(MessageParser::default().parse(&bytes).expect("a message").bcc(), None);
    assert_arrived(&bytes, &mail);
}

#[test]
fn names_may_hold_what_addresses_use() {
    for name in
        ["O'Neill, Zoë <zoe@evil.example>", "\"quoted\"", "a; b: c", "=?utf-8?q?x?=", "back\\slash"]
    {
        let mut mail = mail("zoe@hospital.example");
        mail.to.name = Some(name.into());
        let bytes = mail.bytes().expect("written");
        let read = MessageParser::default().parse(&bytes).expect("a message");
        let to = read.to().expect("a recipient");
        let addresses: Vec<_> = to.iter().filter_map(|found| found.address()).collect();
        assert_eq!(addresses, ["zoe@hospital.example"], "{name}");
    }
}

#[test]
fn what_cannot_be_written_is_named() {
    let refused = |change: fn(&mut Mail)| {
        let mut mail = mail("zoe@hospital.example");
        change(&mut mail);
        mail.bytes().map_err(|Unwritable { part, .. }| part)
    };
    assert_eq!(refused(|m| m.subject = " ".into()), Err("subject"));
    assert_eq!(refused(|m| m.subject = "ü".repeat(401)), Err("subject"));
    assert!(refused(|m| m.subject = "ü".repeat(400)).is_ok());
    assert_eq!(refused(|m| m.to.address = "zoe".into()), Err("recipient"));
    assert_eq!(refused(|m| m.to.address = "zoë@hospital.example".into()), Err("recipient"));
    assert_eq!(refused(|m| m.to.address = "a@b.example, c@d.example".into()), Err("recipient"));
    assert_eq!(refused(|m| m.to.address = "\"a b\"@hospital.example".into()), Err("recipient"));
    assert_eq!(refused(|m| m.id = "<a@b>".into()), Err("message id"));
    assert_eq!(refused(|m| m.id = "a".into()), Err("message id"));
    assert_eq!(refused(|m| m.text = "a\u{7}".into()), Err("text"));
    assert_eq!(refused(|m| m.date = SystemTime::UNIX_EPOCH - Duration::from_secs(1)), Err("date"));
    let late =
        |m: &mut Mail| m.date = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_801);
    assert_eq!(refused(late), Err("date"));
    let last =
        |m: &mut Mail| m.date = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
    assert!(refused(last).is_ok());
    assert_eq!(format!("{:?}", mail("zoe@hospital.example").to), "Mailbox(not shown)");
}
