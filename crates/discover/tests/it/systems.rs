//! Root file systems, on disk and as archives.

use crate::build::{found_in, gz, identities, problems, program, told, write, xz, zst};
use aftercare_discover::{Limits, Sureness, archive};
use std::{fs::File, io::Write};
use tempfile::TempDir;

const STATUS: &[u8] = b"Package: zlib1g\nStatus: install ok installed\nVersion: 1:1.2.13\nArchitecture: arm64\nSource: zlib\n";
const RELEASE: &[u8] = b"ID=debian\nVERSION_ID=\"12\"\n";

#[test]
fn packages_carry_the_distribution_of_their_own_root() {
    let found = found_in(&[
        ("rootfs/var/lib/dpkg/status", STATUS),
        ("rootfs/etc/os-release", RELEASE),
        ("other/lib/apk/db/installed", b"P:musl\nV:1.2.4-r2\nA:aarch64\no:musl\n"),
        ("other/usr/lib/os-release", b"ID=alpine\nVERSION_ID=3.18.4\n"),
    ]);
    assert_eq!(
        told(&found),
        [
            "pkg:apk/alpine/musl@1.2.4-r2?arch=aarch64&distro=alpine-3.18.4 <- other/lib/apk/db/installed line 1 (package database)",
            "pkg:deb/debian/zlib1g@1:1.2.13?arch=arm64&distro=debian-12 <- rootfs/var/lib/dpkg/status line 1 (package database)",
        ]
    );
    assert_eq!(problems(&found), []);
    let root = &found.inventory.components[0];
    assert_eq!((root.name.as_str(), root.kind.as_deref()), ("device", Some("firmware")));
    assert_eq!(found.evidence[1][0].method.sureness(), Sureness::Certain);
    assert_eq!(found.inventory.components[2].source_package.as_deref(), Some("zlib"));
}

#[test]
fn what_lies_in_files_of_a_package_is_left_to_the_package() {
    let zlib = program(&[(".rodata", b"\0deflate 1.2.13 Copyright 1995-2022 x\0")]);
    let found = found_in(&[
        ("var/lib/dpkg/status", STATUS),
        ("etc/os-release", RELEASE),
        ("var/lib/dpkg/info/zlib1g:arm64.list", b"/.\n/lib\n/lib/libz.so.1.2.13\n"),
        ("usr/lib/libz.so.1.2.13", &zlib),
        ("opt/vendor/libz.so", &zlib),
    ]);
    assert_eq!(
        told(&found),
        [
            "pkg:deb/debian/zlib1g@1:1.2.13?arch=arm64&distro=debian-12 <- var/lib/dpkg/status line 1 (package database)",
            "pkg:generic/zlib@1.2.13 <- opt/vendor/libz.so text (version string in a program)",
        ]
    );
    assert_eq!(problems(&found), [("left_to_packages", "")]);
}

#[test]
fn packages_of_opkg_own_their_files_in_both_places() {
    let zlib = program(&[(".rodata", b"\0deflate 1.2.13 Copyright 1995-2022 x\0")]);
    for place in ["usr/lib/opkg", "var/lib/opkg"] {
        let found = found_in(&[
            (
                &format!("a/{place}/status"),
                b"Package: zlib\nVersion: 1.2.13-1\nStatus: install ok installed\n",
            ),
            (&format!("a/{place}/info/zlib.list"), b"/usr/lib/libz.so.1\t0100755\n"),
            ("a/usr/lib/libz.so.1", &zlib),
        ]);
        assert_eq!(told(&found).len(), 1, "{place}: {:?}", told(&found));
        assert_eq!(problems(&found), [("left_to_packages", "")], "{place}");
    }
}

#[test]
fn files_of_packages_speak_for_themselves_where_the_packages_were_not_read() {
    let zlib = program(&[(".rodata", b"\0deflate 1.2.13 Copyright 1995-2022 x\0")]);
    let list: &[u8] = b"/lib/libz.so.1\n";
    let from_file = "pkg:generic/zlib@1.2.13";
    for broken in [&b""[..], b"nonsense\n", b"Version: 1\n"] {
        let found = found_in(&[
            ("var/lib/dpkg/status", broken),
            ("var/lib/dpkg/info/zlib1g.list", list),
            ("lib/libz.so.1", &zlib),
        ]);
        assert_eq!(identities(&found), [from_file]);
        assert!(!problems(&found).iter().any(|(code, _)| *code == "left_to_packages"));
        assert_eq!(found.inventory.components[0].kind.as_deref(), Some("firmware"));
    }
    // one of several databases of the same root
    let found = found_in(&[
        ("var/lib/dpkg/status.d/base", b"Package: base-files\nVersion: 12.4\n"),
        ("var/lib/dpkg/status.d/zlib1g", b"nonsense\n"),
        ("var/lib/dpkg/status.d/zlib1g.md5sums", b"aa  lib/libz.so.1\n"),
        ("etc/os-release", RELEASE),
        ("lib/libz.so.1", &zlib),
    ]);
    assert_eq!(identities(&found), ["pkg:deb/debian/base-files@12.4?distro=debian-12", from_file]);
}

#[test]
fn a_list_of_files_speaks_for_none_where_its_package_was_not_read() {
    let zlib = program(&[(".rodata", b"\0deflate 1.2.13 Copyright 1995-2022 x\0")]);
    let status: &[u8] = b"Package: base-files\nVersion: 12.4\nStatus: install ok installed\n\n\
        Version: 1:1.2.13\nStatus: install ok installed\n\n\
        Package: gone\nVersion: 1\nStatus: deinstall ok config-files\n";
    let found = found_in(&[
        ("var/lib/dpkg/status", status),
        ("var/lib/dpkg/info/zlib1g:arm64.list", b"/lib/libz.so.1\n"),
        ("var/lib/dpkg/info/gone.list", b"/lib/libz.so.2\n"),
        ("etc/os-release", RELEASE),
        ("lib/libz.so.1", &zlib),
        ("lib/libz.so.2", &zlib),
    ]);
    let from_files =
        found.evidence.iter().flatten().filter(|one| one.file.starts_with("lib/")).count();
    assert_eq!(from_files, 2, "{:?}", told(&found));
    assert!(identities(&found).contains(&"pkg:generic/zlib@1.2.13".to_owned()));
}

#[test]
fn images_without_a_shell_keep_a_file_for_each_package() {
    let found = found_in(&[
        ("var/lib/dpkg/status.d/base", b"Package: base-files\nVersion: 12.4\n"),
        ("var/lib/dpkg/status.d/base.md5sums", b"x"),
        ("etc/os-release", RELEASE),
    ]);
    assert_eq!(identities(&found), ["pkg:deb/debian/base-files@12.4?distro=debian-12"]);
}

#[test]
fn what_language_package_managers_installed_is_certain() {
    let found = found_in(&[
        ("usr/lib/python3/site-packages/Old-1.0.egg-info", b"Metadata-Version: 1.1\nName: Old\nVersion: 1.0\n\ntext\n"),
        ("usr/lib/ruby/gems/3.1.0/specifications/rack-2.2.7.gemspec", b"Gem::Specification.new do |s|\n  s.name = \"rack\".freeze\n  s.version = \"2.2.7\"\nend\n"),
        ("var/www/vendor/composer/installed.json", br#"{"packages":[{"name":"monolog/monolog","version":"3.4.0"}]}"#),
        ("var/old/vendor/composer/installed.json", br#"[{"name":"twig/twig","version":"v1.44.7"}]"#),
    ]);
    assert_eq!(
        identities(&found),
        [
            "pkg:pypi/old@1.0",
            "pkg:gem/rack@2.2.7",
            "pkg:composer/twig/twig@v1.44.7",
            "pkg:composer/monolog/monolog@3.4.0",
        ]
    );
    assert!(found.evidence[1..].iter().all(|all| all[0].method.sureness() == Sureness::Certain));
    assert_eq!(problems(&found), []);
}

#[test]
fn a_database_that_is_not_read_is_told() {
    let version = "var/lib/pacman/local/ALPM_DB_VERSION";
    let found = found_in(&[(version, b"9\n")]);
    assert_eq!(problems(&found)[0], ("not_read", version));
}

/// An archive with a link where a package database would lie.
fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut whole = crate::build::tar(entries);
    let end = whole.split_off(whole.len() - 1_024);
    let mut link = tar::Header::new_ustar();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    link.set_path("var/lib/dpkg/status").expect("a path");
    link.set_link_name("/etc/passwd").expect("a link");
    link.set_cksum();
    whole.extend(link.as_bytes());
    whole.extend(end);
    whole
}

fn opened(path: &std::path::Path) -> File {
    File::open(path).expect("opened")
}

#[test]
fn archives_are_searched_without_unpacking_them() {
    let plain = tar(&[("./etc/os-release", RELEASE), ("../../var/lib/dpkg/status", STATUS)]);
    let packed = [plain.clone(), gz(&plain), zst(&plain), xz(&plain)];
    let top = TempDir::new().expect("a directory");
    for (index, bytes) in packed.iter().enumerate() {
        let path = top.path().join(format!("{index}.tar"));
        File::create(&path).and_then(|mut file| file.write_all(bytes)).expect("written");
        let found = archive(opened(&path), "device", &Limits::default()).expect("searched");
        assert_eq!(
            identities(&found),
            ["pkg:deb/debian/zlib1g@1:1.2.13?arch=arm64&distro=debian-12"],
            "{index}"
        );
        // the link beside it is not followed
        assert_eq!(problems(&found), [("not_read", "var/lib/dpkg/status")]);
    }
    // cut in the middle: what was before is kept, and the cut is told
    let path = top.path().join("cut.tar");
    std::fs::write(&path, &plain[..1_600]).expect("written");
    let cut = archive(opened(&path), "device", &Limits::default()).expect("searched");
    assert_eq!(problems(&cut)[0].0, "not_read");
    write(top.path(), &[("text", b"no archive"), ("empty", b"")]);
    for name in ["text", "empty"] {
        assert!(
            archive(opened(&top.path().join(name)), "x", &Limits::default()).is_err(),
            "{name}"
        );
    }
}
