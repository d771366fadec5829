//! Backup, restore and the move between engines, run as administrators run them.

use crate::bench::{Bench, Ran, bill};
use aftercare_testkit::engine;
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

/// A bench with a small record in `data`.
pub fn loaded(name: &str) -> Bench {
    let bench = Bench::new();
    let outline = serde_json::json!({
        "manufacturer": {"name": name},
        "families": [{"key": "f", "name": "Pumps"}],
        "products": [{"key": "p", "family": "f", "name": "Pump"}],
        "versions": [{"key": "v", "product": "p", "label": "1.0", "sbom": "sboms/v.json"}],
        "consignees": [{"key": "c", "name": "Ward Hospital"}],
        "sites": [{"key": "s", "consignee": "c", "name": "Main"}],
    });
    bench.file("ours/manufacturer.json", outline.to_string());
    bench.file("ours/units.csv", "product,version,site,udi_di,serial\np,v,s,,A-1\n");
    bench.file("ours/sboms/v.json", bill(&[("zlib", Some("1.2.11"), None)]));
    let ran = bench.run(&["--data", "data", "inventory", "load", "ours"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    bench
}

fn root(bench: &Bench) -> serde_json::Value {
    let found = bench.run(&["--data", "data", "ledger", "verify", "--format", "json"]);
    assert_eq!(found.code, 0, "{}{}", found.out, found.err);
    found.json()["root"].clone()
}

fn manufacturer(bench: &Bench) -> String {
    fs::read_to_string(bench.path().join("data/manufacturer.json")).expect("is there")
}

fn names(bench: &Bench, dir: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(bench.path().join(dir))
        .expect("lists")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_record_is_backed_up_checked_lost_and_restored_with_the_name_of_its_maker() {
    let bench = loaded("Hollin Devices");
    let before = root(&bench);
    let ran = bench.run(&["--data", "data", "backup", "record.tar"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("Backed up") && ran.out.contains("secret keys"), "{}", ran.out);
    let again = bench.run(&["--data", "data", "backup", "record.tar"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("is there already"), "{}", again.err);
    let listed = Command::new("tar").arg("-tf").arg(bench.path().join("record.tar")).output();
    let listed = String::from_utf8(listed.expect("tar runs").stdout).expect("text");
    for name in ["register.db", "manifest.json", "manifest.sha256", "beside/manufacturer.json"] {
        assert!(listed.lines().any(|line| line == name), "{name} in {listed}");
    }
    let checked = bench.run(&["--data", "elsewhere", "restore", "record.tar", "--check"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert!(checked.out.contains("Nothing was replaced"), "{}", checked.out);

    fs::remove_dir_all(bench.path().join("data")).expect("lost");
    let ran = bench.run(&["--data", "data", "restore", "record.tar"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(root(&bench), before);
    assert!(manufacturer(&bench).contains("Hollin Devices"));
    let ran = bench.run(&["--data", "data", "affected", "zlib"]);
    assert!(ran.out.contains("Pump 1.0"), "{}", ran.out);
}

#[test]
fn a_bad_backup_is_refused_with_its_name_and_the_record_stays() {
    let bench = loaded("Hollin Devices");
    let before = root(&bench);
    bench.run(&["--data", "data", "backup", "record.tar"]);
    let path = bench.path().join("record.tar");
    let mut bytes = fs::read(&path).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).expect("writes");
    for args in [&["restore", "record.tar"][..], &["restore", "record.tar", "--check"]] {
        let ran = bench.run(&[&["--data", "data"], args].concat());
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(
            ran.err.contains("record.tar") && ran.err.contains("Nothing was changed"),
            "{}",
            ran.err
        );
    }
    assert_eq!(root(&bench), before);
}

/// Runs the program where files may grow to `blocks` of 512 bytes only: the nearest to a full disk
/// that needs no rights.
#[cfg(unix)]
fn cramped(bench: &Bench, blocks: u64, args: &str) -> Ran {
    let program = env!("CARGO_BIN_EXE_aftercare");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{program}' {args}");
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).current_dir(bench.path());
    for (name, value) in bench.command(&[]).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.output().expect("started").into()
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_in_the_midst_leaves_nothing_behind_and_the_record_as_it_was() {
    let bench = loaded("Hollin Devices");
    let before = root(&bench);
    assert_eq!(bench.run(&["--data", "data", "backup", "record.tar"]).code, 0);
    let whole = fs::metadata(bench.path().join("record.tar")).expect("there").len();
    for blocks in [8, 100, whole / 512 / 2] {
        let ran = cramped(&bench, blocks, "--data data restore record.tar");
        assert_eq!(ran.code, 3, "{blocks}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains("register.restoring"), "{}", ran.err);
        assert_eq!(root(&bench), before, "{blocks}");
        assert!(!bench.path().join("data/register.restoring").exists());
    }
    fs::remove_file(bench.path().join("record.tar")).expect("removed");
    // in the copy of the tables (readers themselves need a file of 64 blocks), and at the very end
    for blocks in [72, whole / 512 - 1] {
        let ran = cramped(&bench, blocks, "--data data backup record.tar");
        assert_eq!(ran.code, 3, "{blocks}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains("record.tar"), "{}", ran.err);
        assert_eq!(names(&bench, "."), ["data", "ours"], "{blocks}");
    }
    assert_eq!(bench.run(&["--data", "data", "backup", "record.tar"]).code, 0, "goes on after");
}

/// The first moment at which a command is killed; each next one is an eighth later, until the command
/// ends by itself a few times.
const FIRST_KILL: Duration = Duration::from_micros(500);
const ENDED: u32 = 3;

/// Starts a command again and again and kills it later each time; looks after each.
pub fn kill_later_and_later(bench: &Bench, args: &[&str], mut look: impl FnMut()) {
    let (mut after, mut killed, mut ended) = (FIRST_KILL, 0, 0);
    while ended < ENDED {
        let mut command = bench.command(args);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
        std::thread::sleep(after);
        let by_itself = child.try_wait().expect("asked").is_some();
        let _ = child.kill();
        child.wait().expect("gone");
        if by_itself {
            ended += 1;
        } else {
            killed += 1;
        }
        look();
        after += after / 8;
    }
    assert!(killed > 5, "most rounds must meet it in the midst");
}

#[test]
fn a_backup_killed_at_any_moment_leaves_no_file_or_a_whole_one() {
    let bench = loaded("Hollin Devices");
    let file = bench.path().join("record.tar");
    kill_later_and_later(&bench, &["--data", "data", "backup", "record.tar"], || {
        if file.exists() {
            let ran = bench.run(&["--data", "data", "restore", "record.tar", "--check"]);
            assert_eq!(ran.code, 0, "{}", ran.err);
            fs::remove_file(&file).expect("removed");
        }
    });
    assert_eq!(bench.run(&["--data", "data", "backup", "record.tar"]).code, 0);
    assert_eq!(names(&bench, "."), ["data", "ours", "record.tar"], "what was left is cleared");
}

#[test]
fn a_restore_killed_at_any_moment_leaves_the_old_record_or_the_new_one() {
    let (bench, other) = (loaded("Old Works"), loaded("New Works"));
    let old = root(&bench);
    for (bench, file) in [(&bench, "old.tar"), (&other, "new.tar")] {
        let ran = bench.run(&["--data", "data", "backup", file]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    fs::copy(other.path().join("new.tar"), bench.path().join("new.tar")).expect("copied");
    let new =
        bench.run(&["--data", "x", "restore", "new.tar", "--check", "--format", "json"]).json();
    let new = new["manifest"]["root"].clone();
    assert_ne!(old, new);
    let mut seen = [0, 0];
    let args = ["--data", "data", "restore", "new.tar", "--discard-old"];
    kill_later_and_later(&bench, &args, || {
        let now = root(&bench);
        let which = usize::from(now == new);
        seen[which] += 1;
        let (expected, maker) = [(&old, "Old Works"), (&new, "New Works")][which];
        assert_eq!(&now, expected);
        assert!(manufacturer(&bench).contains(maker));
        if which == 1 {
            let ran = bench.run(&["--data", "data", "restore", "old.tar", "--discard-old"]);
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
    });
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?} old and new");
}

#[test]
fn the_tables_move_to_a_server_and_back_and_a_running_server_is_in_the_way() {
    let Some(address) = engine::server() else { return };
    if engine::engine().is_some() {
        return; // the tables are there already; the way back is the same code
    }
    let bench = loaded("Hollin Devices");
    let schema = engine::schema(bench.path());
    let to = ["--data", "data", "migrate-store", "--to", &address, "--schema", &schema];
    let mut serving = bench
        .command(&["--data", "data", "serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let mut said = BufReader::new(serving.stdout.take().expect("piped")).lines();
    said.next().expect("a line").expect("text");
    let ran = bench.run(&to);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("in use by another process"), "{}", ran.err);
    serving.kill().expect("killed");
    serving.wait().expect("gone");
    let before = root(&bench); // with what the server recorded: the key of the log

    let ran = bench.run(&to);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in ["proved equal", "[store]", &format!("schema = \"{schema}\"")] {
        assert!(ran.out.contains(part), "{part} in {}", ran.out);
    }
    let ran = bench.run(&to);
    assert_eq!(ran.code, 2, "a second time something stands there");
    assert!(ran.err.contains("stands there already"), "{}", ran.err);

    let database = bench.path().join("data/register/register.db");
    fs::rename(&database, bench.path().join("old.db")).expect("moved away");
    let there = |args: &[&str]| -> Ran {
        let mut command = bench.command(args);
        command.env("AFTERCARE_STORE_ADDRESS", &address).env("AFTERCARE_STORE_SCHEMA", &schema);
        command.output().expect("started").into()
    };
    let found = there(&["--data", "data", "ledger", "verify", "--format", "json"]);
    assert_eq!((found.code, &found.json()["root"]), (0, &before), "{}", found.err);
    let ran = there(&["--data", "data", "migrate-store", "--to", "sqlite"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(root(&bench), before);
    let ran = bench.run(&["--data", "data", "migrate-store", "--to", "sqlite"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("already"), "{}", ran.err);
}
