//! A PostgreSQL that takes encrypted connections only, with a certificate of our own authority.
//!
//! Through the program, since which authorities are trusted is told by its surroundings (`SSL_CERT_FILE`).

use crate::bench::{Bench, Ran, program};
use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// Debian keeps the server's programs off the search path.
const DEBIAN: &str = "/usr/lib/postgresql";
const ACCOUNT: &str = "postgres";
const PASSWORD: &str = "quarfordt-7-unheard";

/// A server of our own that answers to the name `localhost`, and not to `127.0.0.1`.
struct Encrypted {
    dir: TempDir,
    bench: Bench,
    programs: PathBuf,
    port: u16,
}

impl Encrypted {
    #[allow(clippy::print_stderr, reason = "a test that did not run says so")]
    fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("NOT RUN: there is no PostgreSQL server here (Debian: postgresql)");
            return None;
        };
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("NOT RUN: there is no `openssl` to make certificates (Debian: openssl)");
            return None;
        }
        let dir = TempDir::new().expect("a directory");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr()) // and lets go of it
            .expect("a free port")
            .port();
        let server = Self { dir, bench: Bench::new(), programs, port };
        server.certificates();
        server.make();
        Some(server)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn certificates(&self) {
        fs::write(self.path("san.cnf"), "subjectAltName = DNS:localhost\n").expect("written");
        for line in [
            "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=ours",
            "req -x509 -newkey rsa:2048 -nodes -keyout x.key -out stranger.pem -days 30 -subj /CN=x",
            "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
             -extfile san.cnf -out server.pem",
        ] {
            let mut command = Command::new("openssl");
            command.args(line.split_whitespace()).current_dir(self.dir.path());
            let done = command.output().expect("runs");
            assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
        }
    }

    fn make(&self) {
        fs::write(self.path("password"), PASSWORD).expect("written");
        if is_root() {
            // The server refuses to run as an administrator, and to read a key that others may read.
            run(Command::new("chown").args(["-R", ACCOUNT]).arg(self.dir.path()));
        }
        let mut make = self.program("initdb");
        make.args(["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--username", ACCOUNT]);
        make.arg("--pwfile").arg(self.path("password")).arg("--pgdata").arg(self.path("data"));
        run(&mut make);
        let only =
            "hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl all all ::1/128 scram-sha-256\n";
        fs::write(self.path("data/pg_hba.conf"), only).expect("written");
        let settings = format!(
            "-c listen_addresses=localhost -c port={} -c unix_socket_directories='' -c fsync=off \
             -c ssl=on -c ssl_cert_file={} -c ssl_key_file={}",
            self.port,
            self.path("server.pem").display(),
            self.path("server.key").display()
        );
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--options", &settings]);
        start.arg("--pgdata").arg(self.path("data")).arg("--log").arg(self.path("server.log"));
        run(&mut start);
    }

    /// One of the server's programs, as an ordinary user.
    fn program(&self, name: &str) -> Command {
        let place = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", ACCOUNT, "--"]).arg(place);
            command
        } else {
            Command::new(place)
        };
        command.current_dir(self.dir.path());
        command
    }

    /// Runs the program with this host, wish for encryption, and file of trusted authorities.
    fn ask(&self, line: &[&str], host: &str, sslmode: &str, trusted: &str) -> Ran {
        let bench = &self.bench;
        let mut command = program(bench.path());
        command.current_dir(bench.path()).args(["--data", "data"]).args(line);
        command.env("SSL_CERT_FILE", self.path(trusted)).env_remove("SSL_CERT_DIR");
        command.env("AFTERCARE_STORE_SCHEMA", "encrypted").env(
            "AFTERCARE_STORE_ADDRESS",
            format!(
                "postgresql://{ACCOUNT}:{PASSWORD}@{host}:{}/{ACCOUNT}?sslmode={sslmode}",
                self.port
            ),
        );
        command.output().expect("runs").into()
    }
}

#[test]
fn an_encrypted_connection_is_made_to_whom_we_trust_by_the_right_name_only() {
    let Some(server) = Encrypted::start() else { return };
    let ran = server.ask(&["demo", "--seed-only"], "localhost", "require", "ca.pem");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = server.ask(&["ledger", "verify"], "localhost", "require", "ca.pem");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    for (host, sslmode, trusted, why) in [
        ("localhost", "require", "stranger.pem", "does not trust"),
        ("127.0.0.1", "require", "ca.pem", "not valid for"),
        ("localhost", "require", "password", "SSL_CERT_FILE"),
        // The server refuses what is not encrypted.
        ("127.0.0.1", "disable", "ca.pem", "no encryption"),
    ] {
        let ran = server.ask(&["ledger", "verify"], host, sslmode, trusted);
        let told = format!("{host} {sslmode} {trusted}: {}{}", ran.out, ran.err);
        assert_eq!(ran.code, 3, "{told}");
        assert!(told.contains(why) && told.contains("Nothing was changed"), "{told}");
        let key = fs::read_to_string(server.path("server.key")).expect("reads");
        let key = key.lines().nth(1).expect("a line of the key");
        assert!(!told.contains(PASSWORD) && !told.contains(key), "{told}");
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--silent", "--pgdata"]).arg(self.path("data"));
        let _ = stop.output();
    }
}

fn is_root() -> bool {
    let said = Command::new("id").arg("-u").output();
    said.is_ok_and(|said| said.stdout.trim_ascii() == b"0")
}

fn programs() -> Option<PathBuf> {
    let found = fs::read_dir(DEBIAN).ok()?.filter_map(|found| {
        let folder = found.ok()?;
        let major: u32 = folder.file_name().to_str()?.parse().ok()?;
        Some((major, folder.path().join("bin")))
    });
    found.filter(|(_, programs)| programs.join("initdb").is_file()).max().map(|(_, found)| found)
}

fn run(command: &mut Command) {
    // Not through a pipe that is read to its end: the server keeps it open.
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = silent.status().expect("starts");
    assert!(status.success(), "{command:?}: {status}");
}
