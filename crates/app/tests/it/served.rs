//! A running server, and the little of HTTP that is needed to speak to it.

use crate::bench::program;
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

/// A running server.
pub struct Server {
    child: Child,
    /// Where it listens, with its port.
    pub address: String,
    _said: BufReader<ChildStdout>,
}

/// The program over a data directory.
pub fn aftercare(data: &Path) -> Command {
    let mut command = program(data);
    command.arg("--data").arg(data);
    command
}

impl Server {
    pub fn start(data: &Path) -> Self {
        Self::spawn(aftercare(data))
    }

    /// Serves with a program that knows where its record is.
    pub fn spawn(mut program: Command) -> Self {
        let mut child = program
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut said = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        while !line.contains("listening on http://") {
            line.clear();
            let read = said.read_line(&mut line).expect("its output is readable");
            assert!(read > 0, "the server ended before it listened");
        }
        let address = line.rsplit("http://").next().expect("an address").trim().to_owned();
        Self { child, address, _said: said }
    }

    /// SIGKILL: no handler runs, no buffer is flushed.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    pub fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        parts(&answer).expect("an HTTP answer")
    }

    /// A change that says nothing but its address.
    pub fn post_bare(&self, path: &str) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        parts(&answer).expect("an HTTP answer")
    }

    /// Sends a body; gives status and answer.
    pub fn post(&self, path: &str, body: &[u8]) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(body).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        let (status, body) = parts(&answer).expect("an HTTP answer");
        (status, serde_json::from_slice(&body).expect("JSON"))
    }

    pub fn json(&self, path: &str) -> Value {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).expect("JSON")
    }
}

/// Status and body of an answer.
pub fn parts(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = &answer[end + 4..];
    if head.to_lowercase().contains("transfer-encoding: chunked") {
        let mut whole = Vec::new();
        let mut rest = body;
        loop {
            let line = rest.windows(2).position(|window| window == b"\r\n")?;
            let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
            if size == 0 {
                return Some((status, whole));
            }
            whole.extend_from_slice(rest.get(line + 2..line + 2 + size)?);
            rest = rest.get(line + 2 + size + 2..)?;
        }
    }
    Some((status, body.to_vec()))
}
