//! A connection that can be cut: bytes pass between client and server until it is told otherwise.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What the proxy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Passes everything.
    Pass,
    /// Cuts when the client commits, before the server hears of it. Then passes.
    CutBeforeCommit,
    /// Passes the client's commit and cuts instead of passing the answer. Then passes.
    CutAfterCommit,
    /// The same, and takes no more connections.
    CutAfterCommitAndRefuse,
    /// Takes no connections.
    Refuse,
}

/// Stands between a register and a server.
pub struct Proxy {
    port: u16,
    server: url::Parts,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    rule: Rule,
    /// A commit is under way whose answer is not to be passed.
    committing: bool,
    open: Vec<TcpStream>,
}

/// The little that is needed of an address.
mod url {
    pub struct Parts {
        pub account: String,
        pub host: String,
        pub database: String,
    }

    pub fn parts(address: &str) -> Parts {
        let rest = address.split_once("://").expect("an address").1;
        let (account, rest) = rest.split_once('@').expect("an account");
        let (host, database) = rest.split_once('/').expect("a database");
        Parts { account: account.into(), host: host.into(), database: database.into() }
    }
}

impl Proxy {
    pub fn to(server: &str) -> Self {
        let server = url::parts(server);
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let inner =
            Arc::new(Mutex::new(Inner { rule: Rule::Pass, committing: false, open: Vec::new() }));
        let (host, shared) = (server.host.clone(), Arc::clone(&inner));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if shared.lock().expect("sound").rule == Rule::Refuse {
                    continue;
                }
                let server = TcpStream::connect(&host).expect("connects");
                join(client, server, &shared);
            }
        });
        Self { port, server, inner }
    }

    pub fn address(&self) -> String {
        let url::Parts { account, database, .. } = &self.server;
        format!("postgresql://{account}@127.0.0.1:{}/{database}", self.port)
    }

    pub fn set(&self, rule: Rule) {
        self.inner.lock().expect("sound").rule = rule;
    }

    /// Cuts all connections.
    pub fn cut(&self) {
        cut(&mut self.inner.lock().expect("sound"));
    }
}

fn cut(inner: &mut Inner) {
    for stream in inner.open.drain(..) {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

fn join(client: TcpStream, server: TcpStream, shared: &Arc<Mutex<Inner>>) {
    let clone = |stream: &TcpStream| stream.try_clone().expect("clones");
    shared.lock().expect("sound").open.extend([clone(&client), clone(&server)]);
    let answers = (clone(&server), clone(&client));
    let asks = Arc::clone(shared);
    thread::spawn(move || pass(client, server, &asks, true));
    let shared = Arc::clone(shared);
    thread::spawn(move || pass(answers.0, answers.1, &shared, false));
}

fn pass(mut from: TcpStream, mut to: TcpStream, shared: &Mutex<Inner>, asks: bool) {
    let mut piece = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        let piece = &piece[..length];
        let mut inner = shared.lock().expect("sound");
        if asks && piece.windows(7).any(|w| w == b"COMMIT\0") {
            match inner.rule {
                Rule::CutBeforeCommit => return cut_and(&mut inner, Rule::Pass),
                Rule::CutAfterCommit | Rule::CutAfterCommitAndRefuse => inner.committing = true,
                Rule::Pass | Rule::Refuse => {}
            }
        }
        if !asks && inner.committing && piece.windows(7).any(|w| w == b"COMMIT\0") {
            // The server has answered that it committed; nobody hears of it.
            let next = if inner.rule == Rule::CutAfterCommit { Rule::Pass } else { Rule::Refuse };
            return cut_and(&mut inner, next);
        }
        drop(inner);
        if to.write_all(piece).is_err() {
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

fn cut_and(inner: &mut Inner, next: Rule) {
    inner.committing = false;
    inner.rule = next;
    cut(inner);
}
