//! `aftercare corpus`.

use crate::bench::{Bench, bill, small_corpus};
use std::{fs, path::PathBuf};

fn edition_file(data: &str) -> PathBuf {
    let folder = PathBuf::from(data).join("corpus");
    let mut files =
        fs::read_dir(folder).expect("listed").map(|entry| entry.expect("an entry").path());
    files
        .find(|path| path.extension().is_some_and(|ending| ending == "edition"))
        .expect("an edition")
}

fn osv(id: &str, fixed: &str, modified: &str) -> String {
    serde_json::json!({
        "id": id, "modified": modified, "summary": "A flaw",
        "affected": [{"package": {"ecosystem": "npm", "name": "leftish"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}],
    })
    .to_string()
}

#[test]
fn a_file_of_the_wrong_kind_changes_nothing_and_is_named() {
    let bench = Bench::new();
    let file = bench.file("pump.json", bill(&[]));
    let ran = bench.run(&["--data", "data", "corpus", "import", &file]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("none of these files holds vulnerability knowledge"), "{}", ran.err);
    assert_eq!(bench.run(&["--data", "data", "check", &file]).code, 2, "there is still no edition");
    let ran = bench.run(&["corpus", "import", "gone.zip"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("gone.zip"), "{}", ran.err);
}

#[test]
fn status_marks_what_is_in_use_and_where_too_little_is_known() {
    let bench = Bench::new();
    let ran = bench.run(&["--data", small_corpus(), "corpus", "status"]);
    assert_eq!(ran.code, 0);
    for part in
        ["tiny", "yes", "thin: finding nothing says little", "none: components are not covered"]
    {
        assert!(ran.out.contains(part), "{part}:\n{}", ran.out);
    }
    let rows =
        bench.run(&["--data", small_corpus(), "corpus", "status", "--format", "json"]).json();
    let npm =
        rows[0]["coverage"].as_array().expect("a list").iter().find(|row| row["kind"] == "npm");
    assert_eq!(npm.expect("npm")["depth"], "thin");
    let ran = bench.run(&["corpus", "status"]);
    assert!(ran.out.contains("There is no edition"), "{}", ran.out);
}

#[test]
fn a_flipped_byte_is_found_and_never_taken_for_silence() {
    let bench = Bench::new();
    let path = edition_file(small_corpus());
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let mut bytes = fs::read(&path).expect("read");
    let sound = bench.file("sound/x", "");
    let copy = format!("{}/{name}", sound.trim_end_matches("/x"));
    bench.file(&copy, &bytes);
    assert_eq!(bench.run(&["corpus", "verify", &copy]).code, 0);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bench.file(&copy, &bytes);
    let ran = bench.run(&["corpus", "verify", &copy]);
    assert_ne!(ran.code, 0, "{}", ran.out);
    let last = bytes.len() - 20;
    bytes[last] ^= 0xff;
    bench.file(&copy, &bytes);
    let file = bench.file("pump.json", bill(&[]));
    let ran = bench.run(&["check", &file, "--corpus", &copy]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("damaged"), "{}", ran.err);
}

#[test]
fn editions_are_built_upon_each_other_compared_and_chosen() {
    let bench = Bench::new();
    let first = bench.file("1/a.json", osv("GHSA-aaaa-aaaa-aaaa", "1.0.0", "2026-01-01T00:00:00Z"));
    let import = |args: &[&str]| {
        let mut all = vec!["--data", "data", "corpus", "import", "--format", "json"];
        all.extend(args);
        let ran = bench.run(&all);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.json()["edition"].as_str().expect("a digest").to_owned()
    };
    let old = import(&[&first]);
    bench.file("2/a.json", osv("GHSA-aaaa-aaaa-aaaa", "1.1.0", "2026-02-01T00:00:00Z"));
    bench.file("2/b.json", osv("GHSA-bbbb-bbbb-bbbb", "2.0.0", "2026-02-01T00:00:00Z"));
    let new = import(&["2", "--onto", &old, "--no-use"]);
    let in_use = || {
        let rows = bench.run(&["--data", "data", "corpus", "status", "--format", "json"]).json();
        let rows = rows.as_array().expect("a list").clone();
        rows.iter().find(|row| row["in_use"] == true).expect("one in use")["id"].clone()
    };
    assert_eq!(in_use(), old.as_str());
    let diff =
        bench.run(&["--data", "data", "corpus", "diff", &old, &new, "--format", "json"]).json();
    assert_eq!(diff["changes"]["added"], serde_json::json!(["GHSA-bbbb-bbbb-bbbb"]));
    assert_eq!(diff["changes"]["changed"], serde_json::json!(["GHSA-aaaa-aaaa-aaaa"]));
    assert_eq!(bench.run(&["--data", "data", "corpus", "use", &new[..20]]).code, 0);
    assert_eq!(in_use(), new.as_str());
    assert_eq!(bench.run(&["--data", "data", "corpus", "use", "0000"]).code, 2);
}
