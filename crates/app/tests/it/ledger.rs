//! The signed ledger on the command line: checkpoint, export, verify here and elsewhere, keys.

use crate::bench::Bench;
use std::fs;

fn bench() -> Bench {
    let bench = Bench::new();
    let ran = bench.run(&["--data", "data", "demo", "--seed-only"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    bench
}

#[test]
fn a_copy_is_exported_carried_away_and_checked_with_a_key_from_elsewhere() {
    let bench = bench();
    let ran = bench.run(&["--data", "data", "ledger", "key", "show"]);
    assert!(ran.out.contains("ledger checkpoint"), "{}", ran.out);
    let note = bench.run(&["--data", "data", "ledger", "checkpoint"]);
    assert!(
        note.out.starts_with("aftercare/") && note.out.contains("\n\n\u{2014} "),
        "{}",
        note.out
    );
    let key = bench.run(&["--data", "data", "ledger", "key", "show"]).out.trim().to_owned();
    let ran = bench.run(&["--data", "data", "ledger", "export", "copy"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains(&key), "{}", ran.out);
    let again = bench.run(&["--data", "data", "ledger", "export", "copy"]);
    assert_eq!(again.code, 2, "{}", again.err);
    assert!(again.err.contains("not empty"), "{}", again.err);
    fs::remove_dir_all(bench.path().join("data")).expect("the machine is far away");

    let ran = bench.run(&["ledger", "verify", "copy", "--key", &key]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    for part in ["It holds", "with the key you gave", "of the tables compared"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let ran = bench.run(&["ledger", "verify", "copy"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("You gave no key") && ran.out.contains(&key), "{}", ran.out);
    let json = bench.run(&["ledger", "verify", "copy", "--format", "json"]).json();
    assert_eq!((&json["holds"], &json["trust"]), (&true.into(), &"key_in_copy".into()));

    // The sample is longer than one bundle of 256 entries, so the first one is full.
    let bundle = bench.path().join("copy/tile/entries/000");
    let mut bytes = fs::read(&bundle).expect("reads");
    let name = b"Cairn";
    let at = bytes.windows(name.len()).position(|part| part == name).expect("an entry names it");
    bytes[at] = b'K';
    fs::write(&bundle, bytes).expect("writes");
    let ran = bench.run(&["ledger", "verify", "copy", "--key", &key]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("It does not hold"), "{}", ran.out);
    assert!(ran.out.contains("it was altered"), "{}", ran.out);
    let ran = bench.run(&["ledger", "verify", "elsewhere"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no exported ledger"), "{}", ran.err);
    let ran = bench.run(&["ledger", "verify", "copy", "--key", "nonsense"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("three parts") && ran.err.contains("key show"), "{}", ran.err);
}

#[test]
fn checkpoints_go_to_the_second_place_and_no_other_log_may_use_it() {
    let bench = bench();
    bench.file("aftercare.toml", "data = 'data'\nlog.copy_to = 'second'\n");
    assert_eq!(bench.run(&["ledger", "checkpoint"]).code, 0);
    let rotated = bench.run(&["ledger", "key", "rotate", "--format", "json"]).json();
    let keys = bench.run(&["ledger", "key", "show", "--format", "json"]).json();
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(2));
    assert_eq!(keys["keys"][1], rotated["key"]);
    let ran = bench.run(&["ledger", "verify"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("All entries are signed"), "{}", ran.out);
    let read = |name: &str| fs::read_to_string(bench.path().join(name)).expect("reads");
    assert_eq!(read("second/checkpoint"), read("data/register/log/checkpoint"));
    let other = fs::read(bench.path().join("second/checkpoint")).expect("reads");

    // Another record beside a second place that speaks of this one.
    let fresh = Bench::new();
    let second = bench.path().join("second");
    fresh.file("aftercare.toml", format!("log.copy_to = '{}'\n", second.display()));
    let ran = fresh.run(&["demo", "--seed-only"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("log.copy_to"), "{}", ran.err);
    assert_eq!(fs::read(bench.path().join("second/checkpoint")).expect("reads"), other);
}
