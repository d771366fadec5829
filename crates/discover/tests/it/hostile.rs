//! Files made to hurt: each ends in a problem or is passed over, never in a panic, a loop or a hang.

use crate::build::{found_in, identities, problems, program, write};
use aftercare_discover::{Limits, archive, directory};
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
    // of links only those matter that stand where something is read
    assert_eq!(problems(&found), [("not_read", "Cargo.lock")]);
    assert!(found.problems[0].what.contains("links are not followed"), "{}", found.problems[0]);
}

/// A tar archive of raw parts: header type, name, size as the header claims it, content.
fn raw(parts: &[(u8, &str, u64, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (kind, name, size, content) in parts {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::new(*kind));
        header.set_size(*size);
        header.set_mode(0o644);
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes
}

const SUMS: &[u8] = b"example.org/a v1.0.0 h1:x\n";

#[test]
fn a_name_without_end_does_not_fill_the_memory() {
    let name = vec![b'n'; 5 * 1024 * 1024];
    let mut parts = raw(&[(b'0', "go.sum", SUMS.len() as u64, SUMS)]);
    parts.extend(raw(&[(b'L', "././@LongLink", name.len() as u64, &name)]));
    parts.extend(raw(&[(b'0', "x", 0, b"")]));
    let found = archive(parts.as_slice(), "x", &Limits::default()).expect("searched");
    assert_eq!(identities(&found), ["pkg:golang/example.org/a@v1.0.0"]);
    let [problem] = found.problems.as_slice() else { panic!("{:?}", found.problems) };
    assert!(problem.what.contains("names longer than are read"), "{problem}");
    // a long file that is passed over before a long name takes nothing from it
    let long = vec![0; 6 * 1024 * 1024];
    let name = format!("{}/go.sum", "d".repeat(3_000));
    let mut parts = raw(&[(b'0', "long", long.len() as u64, &long)]);
    parts.extend(raw(&[(b'L', "././@LongLink", name.len() as u64, name.as_bytes())]));
    parts.extend(raw(&[(b'0', "short", SUMS.len() as u64, SUMS)]));
    parts.extend([0; 1024]);
    let found = archive(parts.as_slice(), "x", &Limits::default()).expect("searched");
    assert_eq!(found.evidence[1][0].file, name);
    assert_eq!(problems(&found), []);
}

#[test]
fn an_archive_that_stops_is_told_wherever_it_stops() {
    let whole = [raw(&[(b'0', "go.sum", SUMS.len() as u64, SUMS)]), vec![0; 1024]].concat();
    let told = |bytes: &[u8]| {
        archive(bytes, "x", &Limits::default())
            .map(|found| found.problems.iter().map(|problem| problem.code).collect::<Vec<_>>())
    };
    assert_eq!(told(&whole).expect("searched"), Vec::<&str>::new());
    for end in (0..whole.len() - 1_024).step_by(7).chain([512, 1_024]) {
        match told(&whole[..end]) {
            Ok(codes) => assert!(codes.contains(&"not_read"), "{end}: {codes:?}"),
            Err(fault) => {
                assert!(fault.to_string().contains("no archive that is opened"), "{end}: {fault}");
            }
        }
    }
}

#[test]
fn sizes_that_lie_and_links_in_an_archive_are_told() {
    let huge = [raw(&[(b'0', "Cargo.lock", u64::MAX / 2, b"x")]), vec![0; 1024]].concat();
    let found = archive(huge.as_slice(), "x", &Limits::default()).expect("searched");
    assert_eq!(problems(&found)[0], ("not_read", "Cargo.lock"));
    for kind in [b'1', b'2'] {
        let linked = [raw(&[(kind, "var/lib/dpkg/status", 0, b"")]), vec![0; 1024]].concat();
        let found = archive(linked.as_slice(), "x", &Limits::default()).expect("searched");
        assert_eq!(problems(&found)[0], ("not_read", "var/lib/dpkg/status"));
    }
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
