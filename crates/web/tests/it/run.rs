//! The server on a real socket of this machine: it listens, matches, waits and stops.

use crate::house::{House, SBOM};
use aftercare_domain::WorkspaceName;
use aftercare_web::{Seat, serve};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// Sends one request and reads to the end of the connection.
async fn ask(
    address: SocketAddr,
    bearer: &str,
    method: &str,
    path: &str,
    body: &str,
) -> (u16, Value) {
    let mut line = TcpStream::connect(address).await.expect("connected");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: {bearer}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    line.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.expect("answered");
    let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn the_server_matches_what_is_sent_and_stops_when_told() {
    let house = House::built().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let front = house.front();
    assert!(front.mount(&Seat::workspace(&WorkspaceName::main()), house.state.clone()));
    let server = tokio::spawn(serve(front, listener, async {
        let _ = stopped.await;
    }));
    let path = format!("/api/v1/versions/{}/sboms?wait=true&reason=Rebuilt", house.version);
    let (status, receipt) =
        ask(address, &house.bearer(), "POST", &path, &SBOM.replace("1.2.0", "1.2.3")).await;
    assert_eq!(status, 201, "{receipt}");
    assert_eq!(receipt["sbom"]["state"], "matched", "{receipt}");
    assert_eq!(receipt["sbom"]["findings"]["affected"], 1, "{receipt}");
    let (_, standing) = ask(address, &house.bearer(), "GET", "/api/v1/standing", "").await;
    assert_eq!(standing["matching"]["state"], "caught_up");
    stop.send(()).expect("it still runs");
    server.await.expect("no panic").expect("a quiet end");
    assert!(TcpStream::connect(address).await.is_err(), "it still listens");
}
