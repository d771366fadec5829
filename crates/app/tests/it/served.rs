//! A running server, and the little of HTTP that is needed to speak to it.

use crate::bench::program;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

/// A running server, asked by somebody with all the work.
pub struct Server {
    child: Child,
    /// The tokens by the names of workspaces; `main` is at the root.
    tokens: BTreeMap<String, String>,
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

/// A test that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub fn start(data: &Path) -> Self {
        Self::spawn(aftercare(data))
    }

    /// Serves with a program that knows where its record is.
    pub fn spawn(mut program: Command) -> Self {
        let tokens = enrolled(&program);
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
        Self { child, tokens, address, _said: said }
    }

    /// What a request to a path says about who asks.
    pub fn bearer(&self, path: &str) -> String {
        let workspace = path.strip_prefix("/w/").and_then(|rest| rest.split(['/', '?']).next());
        let token = self.tokens.get(workspace.unwrap_or("main"));
        format!("Bearer {}", token.map_or("none", String::as_str))
    }

    /// SIGKILL: no handler runs, no buffer is flushed.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    pub fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nConnection: close\r\n\r\n",
            self.address,
            self.bearer(path)
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        parts(&answer).expect("an HTTP answer")
    }

    /// A change that says nothing but its address.
    pub fn post_bare(&self, path: &str) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.address,
            self.bearer(path)
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
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.address,
            self.bearer(path),
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

/// The roles of whoever asks.
const ROLES: &[&str] = &[
    "product_security_lead",
    "intake_coordinator",
    "quality",
    "field_service",
    "regulatory_affairs",
];

/// Adds somebody with all the work to each record that the program is about to serve; gives their tokens.
pub fn enrolled(program: &Command) -> BTreeMap<String, String> {
    let data: Option<PathBuf> =
        program.get_args().skip_while(|arg| *arg != "--data").nth(1).map(PathBuf::from);
    let others = data.as_ref().and_then(|data| std::fs::read_dir(data.join("workspaces")).ok());
    let others = others.into_iter().flatten().flatten();
    let mut names: Vec<String> =
        others.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.push("main".to_owned());
    // A record that is served again keeps the tokens it has.
    let kept = data.map(|data| data.with_extension("tokens.json"));
    let read = kept.as_ref().and_then(|kept| std::fs::read(kept).ok());
    let mut tokens: BTreeMap<String, String> =
        read.map(|bytes| serde_json::from_slice(&bytes).expect("tokens")).unwrap_or_default();
    for name in names {
        if tokens.contains_key(&name) {
            continue;
        }
        let mut add = again(program, &name);
        add.args(["person", "add", "wanda.work", "Wanda Work"]);
        for role in ROLES {
            add.args(["--role", role]);
        }
        let _ = add.output().expect("it ends"); // whoever is there already stays
        let mut token = again(program, &name);
        token.args(["person", "token", "wanda.work", "--name", "Tests"]);
        let printed = token.output().expect("it ends");
        if printed.status.success() {
            let text = String::from_utf8(printed.stdout).expect("UTF-8");
            tokens.insert(name, text.trim().to_owned());
        }
    }
    if let Some(kept) = kept {
        std::fs::write(kept, serde_json::to_vec(&tokens).expect("JSON")).expect("written");
    }
    tokens
}

/// The same program for another run, in one workspace.
fn again(program: &Command, workspace: &str) -> Command {
    let mut command = Command::new(program.get_program());
    command.args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(folder) = program.get_current_dir() {
        command.current_dir(folder);
    }
    command.args(["--workspace", workspace]);
    command
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
