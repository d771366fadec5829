use aftercare_net::{Door, Limits, Reach, Refused, Request};
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

/// A server that answers one connection with these bytes and tells what it was asked. `None`: it
/// keeps silent until the other side hangs up.
fn server(answer: Option<Vec<u8>>) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut asked = Vec::new();
        let mut piece = [0; 4_096];
        while !complete(&asked) {
            match stream.read(&mut piece) {
                Ok(0) | Err(_) => break,
                Ok(length) => asked.extend_from_slice(&piece[..length]),
            }
        }
        let _ = tell.send(String::from_utf8_lossy(&asked).into_owned());
        match answer {
            Some(answer) => {
                let _ = stream.write_all(&answer);
            }
            None => while stream.read(&mut piece).is_ok_and(|length| length > 0) {},
        }
    });
    (address, told)
}

/// A whole request of HTTP, or the beginning of a greeting of TLS.
fn complete(asked: &[u8]) -> bool {
    if asked.first() == Some(&0x16) {
        return true;
    }
    let text = String::from_utf8_lossy(asked);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

fn answer(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn door() -> Door {
    Door::new(Reach::OwnMachine, Limits::default()).expect("a door")
}

#[test]
fn a_document_comes_back_with_its_status_and_headers() {
    let (address, told) = server(Some(answer("200 OK\r\nETag: \"7\"", "hello")));
    let request = Request::get(&format!("http://{address}/a?b=c")).with("accept", "text/plain");
    let response = door().fetch(&request).expect("answered");
    assert_eq!((response.status, response.body.as_slice()), (200, &b"hello"[..]));
    assert_eq!(response.header("etag").collect::<Vec<_>>(), ["\"7\""]);
    let asked = told.recv().expect("asked");
    assert!(asked.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("accept: text/plain\r\n") && asked.contains("user-agent: aftercare/"));
    assert!(!asked.contains("referer") && !asked.contains("cookie"));
}

#[test]
fn a_form_is_sent_as_it_is() {
    let (address, told) = server(Some(answer("400 Bad Request", "{}")));
    let request = Request::form(&format!("http://{address}/token"), "code=a%2Bb");
    assert_eq!(door().fetch(&request).expect("answered").status, 400);
    let asked = told.recv().expect("asked");
    assert!(asked.starts_with("POST /token ") && asked.ends_with("\r\n\r\ncode=a%2Bb"), "{asked}");
    assert!(asked.contains("content-type: application/x-www-form-urlencoded\r\n"));
}

#[test]
fn a_redirect_to_the_keys_of_the_machine_is_not_followed() {
    let location = "Location: http://169.254.169.254/latest/meta-data";
    let (address, _told) = server(Some(answer(&format!("302 Found\r\n{location}"), "")));
    let response = door().fetch(&Request::get(&format!("http://{address}/"))).expect("answered");
    assert_eq!(response.status, 302);
    assert_eq!(response.header("location").count(), 1);
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunks = "1000\r\n".to_owned() + &"x".repeat(4_096) + "\r\n";
    let (address, _told) = server(Some((head.to_owned() + &chunks.repeat(64)).into_bytes()));
    let limits = Limits { bytes: 10_000, ..Limits::default() };
    let door = Door::new(Reach::OwnMachine, limits).expect("a door");
    let url = format!("http://{address}/");
    let refused = door.fetch(&Request::get(&url));
    assert_eq!(refused, Err(Refused::TooLarge { url, bytes: 10_000 }));
}

#[test]
fn a_body_of_just_the_limit_is_let_in() {
    let (address, _told) = server(Some(answer("200 OK", "0123456789")));
    let limits = Limits { bytes: 10, ..Limits::default() };
    let door = Door::new(Reach::OwnMachine, limits).expect("a door");
    assert!(door.fetch(&Request::get(&format!("http://{address}/"))).is_ok());
}

#[test]
fn a_server_that_keeps_silent_holds_nobody_up() {
    let (address, _told) = server(None);
    let limits = Limits { whole: Duration::from_millis(200), ..Limits::default() };
    let door = Door::new(Reach::OwnMachine, limits).expect("a door");
    let refused = door.fetch(&Request::get(&format!("http://{address}/?secret")));
    assert!(matches!(refused, Err(Refused::TooSlow { .. })), "{refused:?}");
    assert!(!refused.expect_err("refused").to_string().contains("secret"));
}

#[test]
fn nothing_leaves_an_installation_that_is_offline() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("set");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let refused = Door::offline().fetch(&Request::get(&url));
    assert_eq!(refused, Err(Refused::Offline(url)));
    assert!(listener.accept().is_err(), "nobody came");
}

#[test]
fn a_door_to_the_internet_does_not_lead_to_this_machine_or_network() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("set");
    let port = listener.local_addr().expect("an address").port();
    for reach in [Reach::Public, Reach::Inside] {
        let door = Door::new(reach, Limits::default()).expect("a door");
        for host in
            ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "localhost"]
        {
            let refused = door.fetch(&Request::get(&format!("https://{host}:{port}/")));
            assert!(matches!(refused, Err(Refused::OutOfReach { .. })), "{host}: {refused:?}");
        }
    }
    let public = Door::new(Reach::Public, Limits::default()).expect("a door");
    let refused = public.fetch(&Request::get("https://10.0.0.1/"));
    assert!(matches!(refused, Err(Refused::OutOfReach { .. })), "{refused:?}");
    assert!(listener.accept().is_err(), "nobody came");
}

#[test]
fn what_is_not_protected_is_not_asked() {
    let door = Door::new(Reach::OwnMachine, Limits::default()).expect("a door");
    for (url, why) in [
        ("http://sso.example.org/", "https://"),
        ("http://10.0.0.1/", "https://"),
        ("ftp://127.0.0.1/", "https://"),
        ("file:///etc/passwd", "names no host"),
        ("https://user:word@example.org/", "holds an account"),
        ("example.org", "no address"),
    ] {
        let refused = door.fetch(&Request::get(url)).expect_err("refused").to_string();
        assert!(refused.contains(why), "{url}: {refused}");
    }
}

#[test]
fn a_header_cannot_smuggle_another() {
    let request = Request::get("https://example.org/").with("accept", "a\r\nhost: evil");
    let refused = door().fetch(&request);
    assert!(matches!(refused, Err(Refused::Address { .. })), "{refused:?}");
}

#[test]
fn a_server_that_nobody_vouches_for_is_not_believed() {
    // Speaks no TLS at all.
    let (address, _told) = server(Some(answer("200 OK", "hello")));
    let refused = door().fetch(&Request::get(&format!("https://{address}/")));
    assert!(matches!(refused, Err(Refused::Connection { .. })), "{refused:?}");
}

#[test]
fn a_log_line_shows_no_query_no_body_and_no_header() {
    let request = Request::form("https://example.org/token?code=s3cret", "client=s3cret")
        .with("authorization", "Basic s3cret");
    assert_eq!(format!("{request:?}"), "POST https://example.org/token");
    assert!(!format!("{:?}", request.method).contains("115, 51"));
}
