//! Files made to hurt: each ends in a problem or is passed over, never in a panic, a loop or a hang.

use crate::build::{found_in, identities, problems, program, write};
use aftercare_discover::{Limits, directory};
use tempfile::TempDir;

#[test]
fn links_are_not_followed_and_devices_not_opened() {
    use std::os::unix::fs::symlink;
    let (top, outside) = (TempDir::new().expect("made"), TempDir::new().expect("made"));
    write(outside.path(), &[("Cargo.lock", b"[[package]]\nname='out'\nversion='1'\n")]);
    write(top.path(), &[("in/go.sum", b"example.org/a v1.0.0 h1:x\n")]);
    symlink("..", top.path().join("in/loop")).expect("linked");
    symlink(outside.path(), top.path().join("away")).expect("linked");
    symlink("/dev/zero", top.path().join("Cargo.lock")).expect("linked");
    symlink("nowhere", top.path().join("dangling")).expect("linked");
    let _socket =
        std::os::unix::net::UnixListener::bind(top.path().join("yarn.lock")).expect("bound");
    let found = directory(top.path(), "x", &Limits::default()).expect("searched");
    assert_eq!(identities(&found), ["pkg:golang/example.org/a@v1.0.0"]);
    assert_eq!(problems(&found), []);
}

#[test]
fn every_limit_ends_with_its_name() {
    let top = TempDir::new().expect("made");
    write(
        top.path(),
        &[
            ("a/go.sum", b"example.org/a v1.0.0 h1:x\nexample.org/b v1.0.0 h1:x\n"),
            ("b/c/d/go.sum", b"example.org/c v1.0.0 h1:x\n"),
            ("bin", &program(&[(".x", b"libcurl/7.1.0")])),
        ],
    );
    let all = Limits::default();
    let codes = |limits: Limits| {
        let found = directory(top.path(), "x", &limits).expect("searched");
        found
            .problems
            .iter()
            .map(|problem| (problem.code, problem.what.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(all), []);
    for (limits, code, word) in [
        (Limits { entries: 2, ..all }, "too_many_files", "more than 2"),
        (Limits { bytes: 10, ..all }, "too_large", "More than 10 bytes"),
        (Limits { depth: 1, ..all }, "not_read", "nested deeper"),
        (Limits { text: 30, ..all }, "not_read", "more than is kept"),
        (Limits { texts: 60, ..all }, "not_read", "more than is kept"),
        (Limits { program: 100, ..all }, "not_read", "more than is looked into"),
        (Limits { components: 1, ..all }, "too_many_components", "more than 1"),
    ] {
        let told = codes(limits);
        assert!(told.iter().any(|(c, what)| *c == code && what.contains(word)), "{word}: {told:?}");
    }
    let few = Limits { problems: 0, text: 30, ..all };
    assert_eq!(codes(few)[0].0, "warnings_left_out");
}

#[test]
fn damaged_programs_are_told_and_still_searched_for_texts() {
    let whole = program(&[(".dep-v0", b"x"), (".rodata", b"\0libcurl/7.68.0\0")]);
    for end in (4..whole.len()).step_by(3) {
        let _ = found_in(&[("bin", &whole[..end])]);
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] = 0xff;
        let _ = found_in(&[("bin", &changed)]);
    }
    let mut cut = b"\x7fELF\x02\x01\x01".to_vec();
    cut.extend(b"\0libcurl/7.68.0\0");
    let found = found_in(&[("bin", &cut)]);
    assert_eq!(identities(&found), ["pkg:generic/curl@7.68.0"]);
    assert_eq!(problems(&found), [("not_read", "bin")]);
}

#[test]
fn deep_and_odd_texts_do_not_panic() {
    let deep = format!("{{\"dependencies\":{}", "{\"a\":{\"dependencies\":".repeat(5_000));
    let xml = "<a>".repeat(100_000);
    let toml = format!("[[package]]\nname='a'\nversion='1'\nx={}", "[".repeat(100_000));
    for (name, text) in [
        ("package-lock.json", deep.as_str()),
        ("pom.xml", xml.as_str()),
        ("pom.xml", "</dependency></dependencies><dependency>"),
        ("poetry.lock", toml.as_str()),
        ("yarn.lock", "@\n  version\n\"\":\n  version \"1\"\n@@@@@:\n  version: é\n"),
        ("pnpm-lock.yaml", "packages:\n  /:\n  @/:\n  '':\n  /@a:\n    dev: true\n"),
        ("go.mod", "require (\nreplace => =>\n)\n) (\n"),
        ("Gemfile.lock", "GEM\n    x (\n    (1)\n"),
        ("requirements.txt", "==\n==1\n[x]==\n\\\n"),
        ("lib/modules/é/modules.dep", ""),
        ("var/lib/dpkg/status", "\0\n:\n"),
    ] {
        let _ = found_in(&[(name, text.as_bytes())]);
    }
    assert!(
        directory(std::path::Path::new("/nonexistent-directory"), "x", &Limits::default()).is_err()
    );
}
