//! What was not understood: named, never passed over in silence.

use crate::build::{found_in, identities, problems, program};
use aftercare_discover::{Kind, Limits, directory};
use tempfile::TempDir;

/// A file and the kind it is told as.
fn unknown(found: &aftercare_discover::Found) -> Vec<(&str, Kind)> {
    found.unknown.iter().map(|unknown| (unknown.file.as_str(), unknown.kind)).collect()
}

#[test]
fn a_program_that_tells_nothing_is_named() {
    let silent = program(&[(".rodata", b"nothing that is known")]);
    let mut loose = silent.clone();
    loose[16] = 1;
    let found = found_in(&[
        ("usr/bin/pumpd", &silent),
        ("usr/bin/fetch", &program(&[(".rodata", b"\0libcurl/7.68.0\0")])),
        ("build/main.o", &loose),
        ("lib/modules/x/pump.ko", &loose),
        ("lib/libpump.a", b"!<arch>\nnothing"),
        ("usr/bin/script", b"#!/bin/sh\n"),
    ]);
    assert_eq!(identities(&found), ["pkg:generic/curl@7.68.0"]);
    assert_eq!(
        unknown(&found),
        [
            ("lib/libpump.a", Kind::Program),
            ("lib/modules/x/pump.ko", Kind::Program),
            ("usr/bin/pumpd", Kind::Program),
        ]
    );
    let [problem] = found.problems.as_slice() else { panic!("{:?}", found.problems) };
    assert_eq!(problem.code, "program_unknown");
    assert_eq!(
        problem.what,
        "3 programs and libraries are of unknown origin: lib/libpump.a, lib/modules/x/pump.ko, usr/bin/pumpd."
    );
}

#[test]
fn what_is_not_opened_is_named_by_its_kind() {
    let deb = b"!<arch>\ndebian-binary";
    let debs: Vec<String> = (0..7).map(|n| format!("opt/app/{n}.deb")).collect();
    let mut files: Vec<(&str, &[u8])> = debs.iter().map(|name| (name.as_str(), &deb[..])).collect();
    files.extend([
        ("opt/setup.exe", &b"MZ\x90\0"[..]),
        ("data/blob.bz2", b"BZh9"),
        ("flash.bin", b"\0U-Boot 2020.04 (Apr 13 2020)\0"),
        ("boot/vmlinuz", b"MZ a kernel that firmware can start"),
    ]);
    let found = found_in(&files);
    assert_eq!(identities(&found), ["pkg:generic/u-boot@2020.04"]);
    assert_eq!(
        problems(&found),
        [
            ("program_foreign", ""),
            ("archive_unopened", ""),
            ("file_packed", ""),
            ("image_texts_only", "")
        ]
    );
    assert_eq!(
        found.problems[1].what,
        "7 archives were not opened: opt/app/0.deb, opt/app/1.deb, opt/app/2.deb, opt/app/3.deb, opt/app/4.deb and 2 more."
    );
    assert_eq!(found.unknown.len(), 11);
    let few = Limits { unknown: 2, ..Limits::default() };
    let top = TempDir::new().expect("made");
    crate::build::write(top.path(), &files);
    let bounded = directory(top.path(), "device", &few).expect("searched");
    assert_eq!(bounded.unknown.len(), 2);
    let told = bounded.problems.iter().find(|problem| problem.code == "unknown_left_out");
    assert!(told.is_some_and(|problem| problem.what.starts_with("9 further files")), "{told:?}");
}

#[test]
fn what_a_package_brought_is_not_unknown() {
    let silent = program(&[(".rodata", b"x")]);
    let found = found_in(&[
        ("etc/os-release", b"ID=debian\nVERSION_ID=12\n"),
        ("var/lib/dpkg/status.d/tool", b"Package: tool\nVersion: 1\n"),
        (
            "var/lib/dpkg/status.d/tool.md5sums",
            b"d41d8cd98f00b204e9800998ecf8427e  usr/bin/tool\nd41d8cd98f00b204e9800998ecf8427e  usr/share/x.bz2\n",
        ),
        ("usr/bin/tool", &silent),
        ("usr/share/x.bz2", b"BZh9"),
        ("usr/bin/other", &silent),
    ]);
    assert_eq!(unknown(&found), [("usr/bin/other", Kind::Program)]);
}

#[test]
fn needs_without_versions_are_told() {
    let found = found_in(&[
        ("app/package.json", br#"{"dependencies":{"a":"^1"}}"#),
        ("tool/package.json", br#"{"name":"tool"}"#),
        ("web/package.json", br#"{"dependencies":{"a":"^1"}}"#),
        ("web/yarn.lock", b"a@^1:\n  version \"1.0.1\"\n"),
        ("rust/Cargo.lock", b"version = 4\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n"),
        ("rust/crates/own/Cargo.toml", b"[dependencies]\n"),
        ("firmware/.gitmodules", b"[submodule \"mbedtls\"]\n"),
        ("ios/Podfile.lock", b"PODS:\n"),
    ]);
    assert_eq!(
        problems(&found),
        [
            ("not_read", "app/package.json"),
            ("not_read", "firmware/.gitmodules"),
            ("not_read", "ios/Podfile.lock"),
        ]
    );
    assert!(found.problems[0].what.contains("yarn.lock"), "{}", found.problems[0]);
}

#[test]
fn finding_nothing_is_told() {
    let found = found_in(&[("readme", b"text")]);
    assert_eq!((found.inventory.components.len(), found.files), (1, 1));
    assert_eq!(problems(&found), [("nothing_found", "")]);
}

#[test]
fn lock_files_that_are_not_what_their_name_says_are_told() {
    for (name, text) in [
        ("Cargo.lock", "version = 4\n"),
        ("package-lock.json", "{}"),
        ("yarn.lock", "garbage\n"),
        ("yarn.lock", "a@^1:\n  resolved \"x\"\n"),
        ("pnpm-lock.yaml", "garbage\n"),
        ("Pipfile.lock", "{}"),
        ("go.mod", "garbage\n"),
        ("go.mod", "module x\nrequire example.org/a\n"),
        ("go.sum", "garbage\n"),
        ("Gemfile.lock", "garbage\n"),
        ("Gemfile.lock", "GEM\n  specs:\n    rack\n"),
        ("composer.lock", "{}"),
        ("pom.xml", "<html></html>"),
        ("pom.xml", "<project><dependencies>"),
        ("gradle.lockfile", "garbage\n"),
        ("packages.lock.json", "{}"),
        ("poetry.lock", "garbage\n"),
        ("requirements.txt", "-r base.in\n"),
        ("vendor/composer/installed.json", "{}"),
        ("gems/specifications/x.gemspec", "garbage"),
    ] {
        let found = found_in(&[(name, text.as_bytes())]);
        let told = found
            .problems
            .iter()
            .any(|problem| problem.code == "not_read" && problem.place.starts_with(name));
        assert!(told, "{name}: {text:?}: {:?}", found.problems);
    }
    let found = found_in(&[("requirements.txt", b"caf\xe9==1.0\n")]);
    assert!(problems(&found).contains(&("not_utf8", "requirements.txt")), "{:?}", found.problems);
}
