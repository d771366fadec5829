//! Servers that hang, close half-way, talk nonsense or lie; and what is not asked at all.

use crate::mail::{Test, mail};
use aftercare_net::{
    Reach,
    mail::{MailLimits, NotSent, Post, Protection, Server},
};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

/// What a server does when it has said its line and, but for the first, heard one.
enum Then {
    Close,
    Hang,
}

/// A server that greets with the first line, answers each command with the next, and then closes or
/// hangs. A mail is one command: up to the line with a dot. Tells all lines that it heard.
fn server(says: &'static [&'static str], then: Then) -> (SocketAddr, Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let mut stream = BufReader::new(stream);
        let (mut heard, mut in_mail) = (Vec::new(), false);
        for (at, line) in says.iter().enumerate() {
            if at > 0 && !hear(&mut stream, in_mail, &mut heard) {
                let _ = tell.send(heard);
                return;
            }
            in_mail = line.starts_with("354");
            let _ = stream.get_mut().write_all(line.as_bytes());
        }
        if matches!(then, Then::Hang) {
            let mut rest = String::new();
            while stream.read_line(&mut rest).unwrap_or(0) > 0 {} // until the other side hangs up
        } else if in_mail {
            // Hears the mail to its end, so that nothing of it is refused on the way.
            hear(&mut stream, in_mail, &mut heard);
        }
        let _ = tell.send(heard);
    });
    (address, told)
}

/// Hears a command, or a mail to its end; false when the other side hung up.
fn hear(stream: &mut BufReader<TcpStream>, in_mail: bool, heard: &mut Vec<String>) -> bool {
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).unwrap_or(0) == 0 {
            return false;
        }
        heard.push(line.trim_end().to_owned());
        if !in_mail || line == ".\r\n" {
            return true;
        }
    }
}

fn to(address: SocketAddr, protection: Protection) -> Server {
    Server {
        host: address.ip().to_string(),
        port: address.port(),
        protection,
        authorities: Vec::new(),
        account: None,
        greets_as: "aftercare.device.example".into(),
    }
}

const SHORT: MailLimits = MailLimits {
    bytes: 100_000,
    connect: Duration::from_secs(5),
    whole: Duration::from_millis(300),
};

fn send(address: SocketAddr, limits: MailLimits) -> Result<String, NotSent> {
    let post = Post::new(to(address, Protection::None), Reach::OwnMachine, limits).expect("a way");
    post.send(&Test, &mail("zoe@hospital.example"))
}

const WELCOME: &str = "220 mail.test\r\n";
const HELLO: &str = "250 mail.test\r\n";
const OK: &str = "250 ok\r\n";
const GO_ON: &str = "354 go on\r\n";

#[test]
fn what_was_not_handed_over_did_not_arrive() {
    let stages: [&[&str]; 6] = [
        &[],
        &[WELCOME],
        &[WELCOME, HELLO],
        &[WELCOME, HELLO, OK],
        &[WELCOME, HELLO, OK, OK],
        &["this is no mail server\r\n"],
    ];
    for says in stages {
        let (address, _told) = server(says, Then::Close);
        let refused = send(address, MailLimits::default()).expect_err("not sent");
        assert!(matches!(refused, NotSent::Unreachable { .. }), "{says:?}: {refused:?}");
        assert!(refused.may_pass());
        let (address, _told) = server(says, Then::Hang);
        let refused = send(address, SHORT).expect_err("not sent");
        let nonsense = says.len() == 1 && says[0].starts_with("this");
        let right = match refused {
            NotSent::TooSlow { whole, .. } => whole == SHORT.whole,
            NotSent::Unreachable { .. } => nonsense,
            _ => false,
        };
        assert!(right, "{says:?}: {refused:?}");
    }
}

#[test]
fn what_was_handed_over_and_not_answered_is_in_doubt() {
    const SAYS: &[&str] = &[WELCOME, HELLO, OK, OK, GO_ON];
    let (address, _told) = server(SAYS, Then::Close);
    let doubtful = send(address, MailLimits::default()).expect_err("not known");
    assert!(matches!(doubtful, NotSent::InDoubt { .. }), "{doubtful:?}");
    // Long enough to get as far as the handover on a busy machine.
    let limits = MailLimits { whole: Duration::from_secs(2), ..SHORT };
    let (address, _told) = server(SAYS, Then::Hang);
    let doubtful = send(address, limits).expect_err("not known");
    assert!(matches!(doubtful, NotSent::InDoubt { .. }), "{doubtful:?}");
    assert!(!doubtful.may_pass(), "it might arrive twice");
    assert!(doubtful.to_string().contains("not known"), "{doubtful}");
}

#[test]
fn a_server_that_takes_the_mail_and_hangs_at_the_farewell_has_taken_it() {
    let (address, told) =
        server(&[WELCOME, HELLO, OK, OK, GO_ON, "250 kept as 7\r\n"], Then::Close);
    assert_eq!(send(address, MailLimits::default()).as_deref(), Ok("250 kept as 7"));
    let heard = told.recv().expect("heard");
    assert_eq!(heard[0], "EHLO aftercare.device.example");
    assert_eq!(heard[1], "MAIL FROM:<psirt@device.example>");
    assert_eq!(heard[2], "RCPT TO:<zoe@hospital.example>");
    assert_eq!(heard[3], "DATA");
    let limits = MailLimits { connect: Duration::from_millis(200), ..MailLimits::default() };
    let (address, _told) =
        server(&[WELCOME, HELLO, OK, OK, GO_ON, "250 kept as 8\r\n"], Then::Hang);
    assert_eq!(send(address, limits).as_deref(), Ok("250 kept as 8"));
}

#[test]
fn a_server_that_talks_without_end_is_cut_off() {
    let endless: &'static str = Box::leak("x".repeat(2_000_000).into_boxed_str());
    let says: &'static [&'static str] = Box::leak(Box::new([endless]));
    let (address, _told) = server(says, Then::Hang);
    let refused = send(address, MailLimits::default()).expect_err("not sent");
    assert!(refused.to_string().contains("more than any mail server has to"), "{refused}");
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let refused = send(address, MailLimits::default()).expect_err("not sent");
    assert!(matches!(refused, NotSent::Unreachable { .. }), "{refused:?}");
}

#[test]
fn a_server_of_another_protocol_gets_no_mail() {
    // Speaks no TLS at all.
    let (address, _told) = server(&[WELCOME], Then::Close);
    let post = Post::new(to(address, Protection::Tls), Reach::OwnMachine, MailLimits::default());
    let refused =
        post.expect("a way").send(&Test, &mail("zoe@hospital.example")).expect_err("not sent");
    assert!(matches!(refused, NotSent::Unreachable { .. }), "{refused:?}");
}

#[test]
fn nothing_leaves_an_installation_that_is_offline() {
    let refused = Post::offline().send(&Test, &mail("zoe@hospital.example"));
    assert_eq!(refused, Err(NotSent::Offline));
}

#[test]
fn only_the_own_machine_is_spoken_to_without_encryption() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("set");
    let here = listener.local_addr().expect("an address");
    for reach in [Reach::Public, Reach::Inside] {
        let refused = Post::new(to(here, Protection::None), reach, MailLimits::default());
        assert!(matches!(refused, Err(NotSent::Settings { .. })), "{refused:?}");
        let post =
            Post::new(to(here, Protection::Tls), reach, MailLimits::default()).expect("a way");
        let refused = post.send(&Test, &mail("zoe@hospital.example"));
        assert!(matches!(refused, Err(NotSent::OutOfReach { .. })), "{refused:?}");
    }
    let mut elsewhere = to(here, Protection::None);
    elsewhere.host = "10.0.0.1".into();
    let post = Post::new(elsewhere, Reach::OwnMachine, MailLimits::default()).expect("a way");
    let refused = post.send(&Test, &mail("zoe@hospital.example"));
    assert!(matches!(refused, Err(NotSent::OutOfReach { .. })), "{refused:?}");
    assert!(listener.accept().is_err(), "nobody came");
}

#[test]
fn settings_and_mails_that_cannot_be_used_are_refused_before_anybody_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("set");
    let here = listener.local_addr().expect("an address");
    let changes: [fn(&mut Server); 4] = [
        |server| server.host = "mail.test\r\nMAIL".into(),
        |server| server.host.clear(),
        |server| server.greets_as = "a b".into(),
        |server| server.authorities = vec!["-----BEGIN CERTIFICATE-----\nx\n".into()],
    ];
    for change in changes {
        let mut server = to(here, Protection::StartTls);
        change(&mut server);
        let refused = Post::new(server, Reach::OwnMachine, MailLimits::default());
        assert!(matches!(refused, Err(NotSent::Settings { .. })), "{refused:?}");
    }
    let post = Post::new(to(here, Protection::None), Reach::OwnMachine, SHORT).expect("a way");
    let mut large = mail("zoe@hospital.example");
    large.text = "x".repeat(SHORT.bytes + 1);
    let refused = post.send(&Test, &large);
    assert!(
        matches!(refused, Err(NotSent::TooLarge { most, .. }) if most == SHORT.bytes),
        "{refused:?}"
    );
    let refused = post.send(&Test, &mail("nobody"));
    assert!(matches!(refused, Err(NotSent::Unwritable(_))), "{refused:?}");
    assert!(listener.accept().is_err(), "nobody came");
}
