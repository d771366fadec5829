//! A record on a disk that cannot be written to: a tmpfs in a mount namespace of its own, made read-only after
//! the record was put there. (Permissions would not do: they do not stop an administrator.)

use crate::bench::Bench;
use std::{path::Path, process::Command};

/// How the namespace is made: as an administrator, else as an ordinary user where the kernel allows it.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--map-root-user", "--mount"]];

const SCRIPT: &str = r#"
set -e
mount -t tmpfs none "$1"
cp -a "$2/." "$1"
mount -o remount,ro "$1"
shift 2
exec "$@"
"#;

#[allow(clippy::print_stderr, reason = "a test that did not run says so")]
fn way() -> Option<&'static [&'static str]> {
    let works = |way: &&[&str]| {
        let mut command = Command::new("unshare");
        command.args(*way).args(["sh", "-c", "mount -t tmpfs none /mnt"]);
        command.output().is_ok_and(|done| done.status.success())
    };
    let found = WAYS.iter().find(|way| works(way)).copied();
    if found.is_none() {
        eprintln!("NOT RUN: this system lets nobody mount a file system of their own (`unshare`)");
    }
    found
}

struct Disk {
    bench: Bench,
    way: &'static [&'static str],
}

impl Disk {
    /// Runs the program with the record of `data` on a read-only disk at `disk`.
    fn run(&self, line: &str) -> (i32, String) {
        let at = |name: &str| self.bench.path().join(name);
        let mut command = Command::new("unshare");
        command.args(self.way).args(["sh", "-c", SCRIPT, "sh"]);
        command.args([at("disk"), at("data")]).arg(env!("CARGO_BIN_EXE_aftercare"));
        command.args(["--data", "disk"]).args(line.split_whitespace());
        in_a_file(&mut command, self.bench.path());
        let done = command.output().expect("runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (done.status.code().expect("ended"), text(&done.stdout) + &text(&done.stderr))
    }
}

/// This is about files, whichever engine the other tests are on.
fn in_a_file(command: &mut Command, dir: &Path) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AFTERCARE_") {
            command.env_remove(name);
        }
    }
    command.env_remove("AFTERCARE_STORE_ADDRESS").env_remove("AFTERCARE_STORE_SCHEMA");
    command.current_dir(dir);
}

#[test]
fn on_a_read_only_disk_nothing_is_changed_and_the_message_says_so() {
    let Some(way) = way() else { return };
    let bench = Bench::new();
    std::fs::create_dir(bench.path().join("disk")).expect("makes");
    for line in [&["demo", "--seed-only"][..], &["ledger", "checkpoint"]] {
        let mut command = bench.command(&["--data", "data"]);
        in_a_file(command.args(line), bench.path());
        assert!(command.output().expect("runs").status.success());
    }
    let disk = Disk { bench, way };
    // Reading too: the engine keeps an account of its readers beside the file.
    let writing = ["ledger checkpoint", "ledger key rotate", "rebuild"];
    for line in writing.into_iter().chain(["ledger verify", "ledger timestamp request x.tsq"]) {
        let (code, told) = disk.run(line);
        assert_eq!(code, 3, "{line}: {told}");
        for part in ["cannot be written", "What was recorded before is safe", "choose another"] {
            assert!(told.contains(part), "{line}: {part}: {told}");
        }
    }
    // Where it can be written again, everything is as it was.
    let mut command = disk.bench.command(&["--data", "data", "ledger", "verify"]);
    in_a_file(&mut command, disk.bench.path());
    assert!(command.output().expect("runs").status.success());
}
