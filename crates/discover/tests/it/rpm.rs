//! Systems with a database of rpm.

use crate::build::{found_in, identities, problems, program, tar, told, write};
use aftercare_discover::{Limits, archive, directory};
use flate2::read::GzDecoder;
use std::io::Read;
use tempfile::TempDir;

const RELEASE: &[u8] = b"ID=\"rhel\"\nVERSION_ID=\"9.2\"\n";

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/rpm/{name}.gz", env!("CARGO_MANIFEST_DIR"));
    let packed = std::fs::File::open(path).expect("opened");
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).expect("unpacked");
    bytes
}

fn zlib() -> Vec<u8> {
    program(&[(".rodata", b"\0deflate 1.2.11 Copyright 1995-2017 x\0")])
}

#[test]
fn packages_are_told_and_speak_for_their_files_in_every_form_and_place() {
    for (form, place) in [
        ("rpmdb.sqlite", "a/usr/lib/sysimage/rpm/rpmdb.sqlite"),
        ("rpmdb.sqlite", "a/var/lib/rpm/rpmdb.sqlite"),
        ("Packages.db", "a/usr/share/rpm/Packages.db"),
        ("Packages-1234", "a/var/lib/rpm/Packages"),
        ("Packages-4321", "a/var/lib/rpm/Packages"),
    ] {
        let found = found_in(&[
            (place, &fixture(form)),
            ("a/etc/os-release", RELEASE),
            ("a/usr/lib64/libz.so.1.2.11", &zlib()),
            ("a/opt/vendor/libz.so", &zlib()),
            ("a/var/lib/zlib/ghost.so", &zlib()),
        ]);
        let told = told(&found);
        assert_eq!(told.len(), 25, "{form}: {told:?}");
        let stands = |line: &str| told.iter().any(|one| one.starts_with(line));
        assert!(
            stands(
                "pkg:rpm/redhat/openssl-libs@3.0.7-24.ex9?arch=aarch64&distro=rhel-9.2&epoch=1 <- a/"
            ),
            "{form}: {told:?}"
        );
        assert!(stands("pkg:rpm/redhat/zlib@1.2.11-40.ex9?arch=aarch64&distro=rhel-9.2 <- a/"));
        let from_files = "pkg:generic/zlib@1.2.11 <- a/opt/vendor/libz.so text (version string in a program), a/var/lib/zlib/ghost.so text (version string in a program)";
        assert!(stands(from_files), "{form}: {told:?}");
        assert_eq!(problems(&found), [("left_to_packages", "")], "{form}");
        assert_eq!(found.inventory.components[0].kind.as_deref(), Some("firmware"));
        let zlib = found.inventory.components.iter().find(|one| one.name == "zlib").expect("there");
        assert_eq!(zlib.source_package.as_deref(), Some("zlib@1.2.11-40.ex9"));
        assert_eq!(zlib.supplier.as_deref(), Some("Example Devices"));
        assert_eq!(zlib.licences, ["zlib and Boost"]);
    }
}

#[test]
fn a_database_that_cannot_be_read_silences_no_file() {
    let from_file = "pkg:generic/zlib@1.2.11".to_owned();
    let whole = fixture("rpmdb.sqlite");
    let place = "var/lib/rpm/rpmdb.sqlite";
    for bytes in [&b""[..], b"SQLite format 3\0", &whole[..10_000]] {
        let found = found_in(&[
            (place, bytes),
            ("etc/os-release", RELEASE),
            ("usr/lib64/libz.so.1.2.11", &zlib()),
        ]);
        assert!(identities(&found).contains(&from_file), "{:?}", told(&found));
        let told = &found.problems[0];
        assert_eq!(told.code, "not_read");
        assert!(told.place.starts_with(place), "{told}");
    }
    let found = found_in(&[(place, b"SQLite format 3\0")]);
    assert!(found.problems[0].what.contains("rpm -qa"), "{}", found.problems[0]);
    let top = TempDir::new().expect("made");
    write(top.path(), &[(place, &whole), ("usr/lib64/libz.so.1.2.11", &zlib())]);
    let few = Limits { database: 1_000, ..Limits::default() };
    let found = directory(top.path(), "x", &few).expect("searched");
    assert_eq!(identities(&found), [from_file]);
    assert!(found.problems[0].what.contains("more than is read"), "{}", found.problems[0]);
}

#[test]
fn one_package_that_cannot_be_read_silences_none_of_its_files() {
    let mut ndb = fixture("Packages.db");
    let at = ndb.windows(5).rposition(|part| part == b"zlib\0").expect("there");
    ndb[at] = b'y';
    let found = found_in(&[
        ("var/lib/rpm/Packages.db", &ndb),
        ("etc/os-release", RELEASE),
        ("usr/lib64/libz.so.1.2.11", &zlib()),
        ("usr/lib64/libssl.so.3.0.7", &zlib()),
    ]);
    let told = told(&found);
    assert_eq!(told.len(), 24, "{told:?}");
    let of_file =
        "pkg:generic/zlib@1.2.11 <- usr/lib64/libz.so.1.2.11 text (version string in a program)";
    assert!(told.contains(&of_file.to_owned()), "{told:?}");
    let [damaged, left] = found.problems.as_slice() else { panic!("{:?}", found.problems) };
    assert!(damaged.place.starts_with("var/lib/rpm/Packages.db: package "), "{damaged}");
    assert_eq!(left.code, "left_to_packages");
}

#[test]
fn changes_that_wait_beside_the_database_silence_its_packages() {
    let wal = "usr/lib/sysimage/rpm/rpmdb.sqlite-wal";
    let with = |waiting: &[u8]| {
        found_in(&[
            ("usr/lib/sysimage/rpm/rpmdb.sqlite", &fixture("rpmdb.sqlite")),
            (wal, waiting),
            ("etc/os-release", RELEASE),
            ("usr/lib64/libz.so.1.2.11", &zlib()),
        ])
    };
    assert_eq!(problems(&with(b"")), [("left_to_packages", "")]);
    let found = with(b"\x37\x7f\x06\x82");
    assert_eq!(problems(&found), [("not_read", wal)]);
    assert_eq!(identities(&found).len(), 25);
}

#[test]
fn a_database_of_rpm_without_packages_leaves_those_of_dpkg_alone() {
    let mut ndb = b"RpmP".to_vec();
    for number in [0_u32, 1, 1, 1, 0, 0, 0] {
        ndb.extend(number.to_le_bytes());
    }
    for _ in 2..256 {
        ndb.extend(b"Slot");
        ndb.extend([0; 12]);
    }
    let found = found_in(&[
        ("var/lib/rpm/Packages.db", &ndb),
        ("var/lib/dpkg/status", b"Package: zlib1g\nStatus: install ok installed\nVersion: 1\n"),
        ("var/lib/dpkg/info/zlib1g.list", b"/usr/lib/libz.so\n"),
        ("etc/os-release", b"ID=debian\nVERSION_ID=12\n"),
        ("usr/lib/libz.so", &zlib()),
    ]);
    assert_eq!(identities(&found), ["pkg:deb/debian/zlib1g@1?distro=debian-12"]);
    assert_eq!(
        problems(&found),
        [("no_packages", "var/lib/rpm/Packages.db"), ("left_to_packages", "")]
    );
}

#[test]
fn a_database_in_an_archive_is_read_too() {
    let bytes =
        tar(&[("etc/os-release", RELEASE), ("var/lib/rpm/Packages", &fixture("Packages-1234"))]);
    let found = archive(bytes.as_slice(), "x", &Limits::default()).expect("searched");
    assert_eq!((identities(&found).len(), problems(&found)), (24, vec![]));
}
