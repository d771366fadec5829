//! Mails handed to a server that others wrote: `fixtures/smtp/`, which `AFTERCARE_TEST_SMTP` tells about.
//! It answers once the mail lies in its mailbox, so nobody has to wait.

use crate::mail::{Test, assert_arrived, mail};
use aftercare_net::{
    Reach,
    mail::{Account, Mail, MailLimits, NotSent, Post, Protection, Server},
};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::PathBuf,
};

struct Fixture {
    plain: u16,
    starttls: u16,
    tls: u16,
    authority: String,
    boxes: PathBuf,
}

/// Says so where there is no server.
#[allow(clippy::disallowed_methods, reason = "the surroundings of a test")]
fn fixture() -> Option<Fixture> {
    let Ok(told) = std::env::var("AFTERCARE_TEST_SMTP") else {
        eprintln!("NOT RUN: no mail server (AFTERCARE_TEST_SMTP tells of none)");
        return None;
    };
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    let port =
        |name: &str| told[name].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
    let path = |name: &str| PathBuf::from(told[name].as_str().expect("a path"));
    let authority = std::fs::read_to_string(path("authority")).expect("a certificate");
    let (plain, starttls, tls) = (port("plain"), port("starttls"), port("tls"));
    Some(Fixture { plain, starttls, tls, authority, boxes: path("boxes") })
}

impl Fixture {
    fn server(&self, protection: Protection) -> Server {
        let port = match protection {
            Protection::Tls => self.tls,
            Protection::StartTls => self.starttls,
            Protection::None => self.plain,
        };
        let account = Account { name: "aftercare".into(), password: "a pass/word+ü".into() };
        Server {
            host: "localhost".into(),
            port,
            protection,
            authorities: vec![self.authority.clone()],
            account: (protection != Protection::None).then_some(account),
            greets_as: "aftercare.device.example".into(),
        }
    }

    /// The mail as it lies in the mailbox, and what the server knows of how it came.
    fn received(&self, address: &str) -> Option<(Vec<u8>, serde_json::Value)> {
        let read = |end: &str| std::fs::read(self.boxes.join(format!("{address}.{end}"))).ok();
        let about = serde_json::from_slice(&read("json")?).expect("JSON");
        Some((read("eml")?, about))
    }
}

fn post(server: Server) -> Post {
    Post::new(server, Reach::OwnMachine, MailLimits::default()).expect("a way")
}

#[test]
fn a_mail_arrives_as_it_was_written_by_each_way() {
    let Some(fixture) = fixture() else { return };
    for (protection, to) in [
        (Protection::None, "plain@hospital.example"),
        (Protection::StartTls, "starttls@hospital.example"),
        (Protection::Tls, "tls@hospital.example"),
    ] {
        let mail = mail(to);
        let said = post(fixture.server(protection)).send(&Test, &mail).expect("sent");
        assert_eq!(said, "250 2.0.0 kept");
        let (bytes, about) = fixture.received(to).expect("it is there");
        assert_arrived(&bytes, &mail);
        let encrypted = protection != Protection::None;
        assert_eq!(about["encrypted"], encrypted, "{protection:?}");
        assert_eq!(about["account"].as_str(), encrypted.then_some("aftercare"));
        assert_eq!(about["from"], "psirt@device.example");
        assert_eq!(about["to"], serde_json::json!([to]));
        assert_eq!(about["greeted_as"], "aftercare.device.example");
    }
}

#[test]
fn lines_that_are_commands_in_smtp_are_text_in_a_mail() {
    let Some(fixture) = fixture() else { return };
    let to = "dots@hospital.example";
    let text = ".\n..\n.a\n.\r\nQUIT\nMAIL FROM:<a@b.example>\n.\n".to_owned() + &"x".repeat(3_000);
    let mail = Mail { text, ..mail(to) };
    post(fixture.server(Protection::None)).send(&Test, &mail).expect("sent");
    assert_arrived(&fixture.received(to).expect("it is there").0, &mail);
}

#[test]
fn what_a_server_refuses_is_told_apart() {
    let Some(fixture) = fixture() else { return };
    let post = post(fixture.server(Protection::None));
    let host = || "localhost".to_owned();
    for (to, expected, may_pass) in [
        (
            "nobody@hospital.example",
            NotSent::Recipient { host: host(), reply: "550 5.1.1 no such mailbox".into() },
            false,
        ),
        (
            "later@hospital.example",
            NotSent::Temporary { host: host(), reply: "451 4.3.0 try again later".into() },
            true,
        ),
        (
            "full@hospital.example",
            NotSent::Temporary { host: host(), reply: "452 4.2.2 mailbox full".into() },
            true,
        ),
        (
            "spam@hospital.example",
            NotSent::Permanent { host: host(), reply: "554 5.7.1 not wanted  here".into() },
            false,
        ),
    ] {
        let refused = post.send(&Test, &mail(to)).expect_err(to);
        assert_eq!((&refused, refused.may_pass()), (&expected, may_pass));
        assert_eq!(fixture.received(to), None);
    }
}

#[test]
fn a_wrong_password_is_an_answer_of_its_own() {
    let Some(fixture) = fixture() else { return };
    for protection in [Protection::StartTls, Protection::Tls] {
        let mut server = fixture.server(protection);
        server.account = Some(Account { name: "aftercare".into(), password: "s3cret".into() });
        assert!(!format!("{server:?}").contains("s3cret"));
        let refused =
            post(server).send(&Test, &mail("wrong@hospital.example")).expect_err("refused");
        assert!(
            matches!(&refused, NotSent::Auth { reply, .. } if reply.starts_with("535")),
            "{refused:?}"
        );
        assert!(!refused.to_string().contains("s3cret"));
    }
    let mut server = fixture.server(Protection::None);
    server.account = Some(Account { name: "aftercare".into(), password: "s3cret".into() });
    let refused = post(server).send(&Test, &mail("none@hospital.example")).expect_err("refused");
    assert!(matches!(refused, NotSent::Auth { .. }), "the server offers no way: {refused:?}");
    let mut server = fixture.server(Protection::Tls);
    server.account = None;
    let refused = post(server).send(&Test, &mail("anon@hospital.example")).expect_err("refused");
    assert!(matches!(refused, NotSent::Permanent { .. }), "{refused:?}");
}

#[test]
fn a_server_that_nobody_vouches_for_gets_neither_password_nor_mail() {
    let Some(fixture) = fixture() else { return };
    for protection in [Protection::StartTls, Protection::Tls] {
        for change in [
            |server: &mut Server| server.authorities.clear(),
            |server: &mut Server| server.host = "127.0.0.1".into(), // not in the certificate
        ] {
            let mut server = fixture.server(protection);
            change(&mut server);
            let to = "unvouched@hospital.example";
            let refused = post(server).send(&Test, &mail(to)).expect_err("refused");
            assert!(matches!(refused, NotSent::Unreachable { .. }), "{protection:?}: {refused:?}");
            assert!(refused.to_string().contains("certificate"), "{refused}");
            assert_eq!(fixture.received(to), None);
        }
    }
}

#[test]
fn a_server_without_starttls_gets_nothing_in_the_clear() {
    let Some(fixture) = fixture() else { return };
    let server = Server { port: fixture.plain, ..fixture.server(Protection::StartTls) };
    let to = "downgrade@hospital.example";
    let refused = post(server).send(&Test, &mail(to)).expect_err("refused");
    assert!(matches!(refused, NotSent::Unreachable { .. }), "{refused:?}");
    assert_eq!(fixture.received(to), None);
}

/// Somebody on the way to a server, who says something more behind the answer to STARTTLS. What follows is
/// carried to and fro unseen.
fn somebody_on_the_way(to: u16, slipped_in: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let (client, _) = listener.accept().expect("a connection");
        let server = TcpStream::connect(("127.0.0.1", to)).expect("the server");
        let mut asked = BufReader::new(client.try_clone().expect("a handle"));
        let mut answered = BufReader::new(server.try_clone().expect("a handle"));
        let (mut client, mut server) = (client, server);
        let mut line = String::new();
        for exchange in 0..3 {
            if exchange > 0 {
                line.clear();
                asked.read_line(&mut line).expect("a command");
                server.write_all(line.as_bytes()).expect("the server hears");
            }
            let mut is_last = false;
            while !is_last {
                line.clear();
                answered.read_line(&mut line).expect("an answer");
                is_last = line.as_bytes()[3] != b'-';
                if is_last && exchange == 2 {
                    line.push_str(slipped_in);
                }
                client.write_all(line.as_bytes()).expect("the client hears");
            }
        }
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut asked, &mut server);
            let _ = server.shutdown(Shutdown::Both);
        });
        let _ = std::io::copy(&mut answered, &mut client);
        let _ = client.shutdown(Shutdown::Both);
    });
    port
}

#[test]
fn what_is_slipped_in_before_encryption_is_not_taken_for_an_answer() {
    let Some(fixture) = fixture() else { return };
    let to = "slipped@hospital.example";
    for (slipped_in, passes) in
        [("", true), ("250 mail.test\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 kept\r\n", false)]
    {
        let port = somebody_on_the_way(fixture.starttls, slipped_in);
        let mut server = Server { port, ..fixture.server(Protection::StartTls) };
        if !passes {
            server.account = None;
        }
        let sent = post(server).send(&Test, &mail(to));
        if passes {
            assert!(sent.is_ok(), "{sent:?}");
        } else {
            assert!(matches!(sent, Err(NotSent::Unreachable { .. })), "{sent:?}");
        }
    }
}
