//! A server asked from the command line, with the rights of a token.

use crate::{
    bench::{Bench, Ran, program},
    served::{Server, aftercare},
};
use std::path::Path;

/// The program somewhere else than the record is, with what the environment says of the server.
fn away(bench: &Bench, server: &str, token: &str, args: &[&str]) -> Ran {
    let elsewhere = bench.path().join("elsewhere");
    std::fs::create_dir_all(&elsewhere).expect("made");
    let mut command = program(&elsewhere);
    command.current_dir(&elsewhere).env("AFTERCARE_SERVER", server).env("AFTERCARE_TOKEN", token);
    command.args(args).output().expect("started").into()
}

fn here(data: &Path, args: &[&str]) -> Ran {
    let ran: Ran = aftercare(data).args(args).output().expect("started").into();
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    ran
}

#[test]
fn a_server_gives_the_answers_of_its_files_and_does_what_the_token_may() {
    let bench = Bench::new();
    let data = bench.path().join("data");
    here(&data, &["demo", "--seed-only"]);
    let server = Server::start(&data);
    let url = format!("http://{}", server.address);
    let token = server.bearer("/").strip_prefix("Bearer ").expect("a token").to_owned();
    let asked = |args: &[&str]| away(&bench, &url, &token, args);
    let same: &[&[&str]] = &[
        &["affected", "CVE-2021-44228"],
        &["affected", "CVE-2021-44228", "--format", "json"],
        &["affected", "CVE-2021-44228", "--as-of", "entry:30", "--format", "json"],
        &["affected", "log4j-core", "--as-of", "2020-01-01"],
        &["affected", "CVE-2099-0001"],
        &["affected", "O'Brien & <b>", "?a=1#x"],
        &["changes", "--from", "entry:20", "--to", "entry:90", "--format", "csv"],
        &["changes", "--from", "entry:20", "--to", "entry:90", "--kind", "unit_added"],
    ];
    for args in same {
        let (files, there) = (here(&data, args), asked(args));
        assert_eq!((there.code, there.err.as_str()), (0, ""), "{args:?}");
        assert_eq!(there.out, files.out, "{args:?}");
    }
    assert!(!bench.path().join("elsewhere/aftercare-data").exists(), "nothing was made");

    let standing = asked(&["api", "get", "/standing"]);
    assert_eq!(standing.code, 0, "{}", standing.err);
    let entries = standing.json()["ledger"]["entries"].as_u64().expect("a number");
    bench.file("elsewhere/family.json", r#"{"name":"Added from afar"}"#);
    let add = ["api", "post", "/families", "--body", "family.json", "--key", "once"];
    let (first, again) = (asked(&add), asked(&add));
    assert_eq!(first.code, 0, "{}", first.err);
    assert_eq!(first.out, again.out, "done once");
    let after = asked(&["api", "get", "/standing"]).json()["ledger"]["entries"].clone();
    assert_eq!(after, entries + 1);

    // What the token may not, what is not there, what cannot be: each in words, and with code 2.
    let refused: &[(&[&str], &str)] = &[
        (&["api", "post", "/people", "--body", "family.json"], "the right to keep accounts"),
        (&["api", "get", "/versions/ver_none"], "ver_none"),
        (&["api", "get", "cases"], "begins with no `/`"),
        (&["api", "get", "/cases", "--body", "family.json"], "`get` sends nothing"),
        (&["api", "post", "/families", "--body", "gone.json"], "gone.json"),
        (&["affected", "zlib", "--as-of", "2999-01-01"], "2999-01-01"),
    ];
    for (args, words) in refused {
        let ran = asked(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(words), "no `{words}` in {}", ran.err);
        assert!(!ran.err.contains(&token), "{}", ran.err);
    }
    let wrong = away(&bench, &url, "aft_wrong", &["affected", "zlib"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""), "{}", wrong.err);
    assert!(wrong.err.contains("token"), "{}", wrong.err);
    let none = away(&bench, &url, "", &["affected", "zlib"]);
    assert!(none.code == 2 && none.err.contains("AFTERCARE_TOKEN"), "{}", none.err);
    let open = away(&bench, "http://192.0.2.7", &token, &["affected", "zlib"]);
    assert!(open.code == 2 && open.err.contains("https://"), "{}", open.err);
    let shown = asked(&["config", "show"]);
    assert!(shown.out.contains(&url) && !shown.out.contains(&token), "{}", shown.out);
    server.kill();

    let gone = asked(&["affected", "zlib"]);
    assert_eq!((gone.code, gone.out.as_str()), (3, ""), "{}", gone.err);
    let gone = asked(&["api", "post", "/families", "--body", "family.json", "--key", "twice"]);
    assert_eq!(gone.code, 3);
    assert!(gone.err.contains("not known") && gone.err.contains("--key twice"), "{}", gone.err);
    let nowhere = program(bench.path()).args(["api", "get", "/cases"]).output().expect("started");
    assert!(Ran::from(nowhere).err.contains("AFTERCARE_SERVER"));
}
