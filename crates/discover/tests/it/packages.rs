//! Packages that lie about, initial file systems, and images that U-Boot starts.

use crate::build::{
    ar, bz2, cpio, deb, found_in, gz, identities, lz4, lzma, problems, program, rpm, tar, told,
    write, xz, zip, zst,
};
use aftercare_discover::{Kind, Limits, archive, archive_file, directory};
use tempfile::TempDir;

const RELEASE: &[u8] = b"ID=debian\nVERSION_ID=\"12\"\n";
const ZLIB: &str = "Package: zlib1g\nVersion: 1:1.2.13-1\nArchitecture: arm64\nSource: zlib\nMaintainer: A <a@debian.org>\n";
/// Name, version, release, vendor, architecture and source of a package of rpm.
const TAGS: &[(u32, &str)] = &[
    (1000, "zlib"),
    (1001, "1.2.13"),
    (1002, "4.fc38"),
    (1011, "Fedora Project"),
    (1022, "aarch64"),
    (1044, "zlib-1.2.13-4.fc38.src.rpm"),
];

fn curl() -> Vec<u8> {
    program(&[(".rodata", b"\0libcurl/7.68.0\0")])
}

const CURL: &str = "pkg:generic/curl@7.68.0";

#[test]
fn a_package_that_lies_about_is_told_with_how_sure_that_is() {
    for pack in [gz, xz, zst, bz2, lzma, lz4, <[u8]>::to_vec] {
        let package = deb(ZLIB, &[("./usr/bin/fetch", &curl())], pack);
        let found = found_in(&[("opt/z.deb", &package)]);
        let [_, zlib] = found.inventory.components.as_slice() else { panic!("{:?}", told(&found)) };
        assert_eq!(
            zlib.purls[0].to_string(),
            "pkg:deb/debian/zlib1g@1:1.2.13-1?arch=arm64&distro=debian"
        );
        assert_eq!(zlib.source_package.as_deref(), Some("zlib"));
        let evidence = &found.evidence[1][0];
        assert_eq!(
            (evidence.method.shown(), evidence.method.sureness().per_cent()),
            ("package file", 80)
        );
        assert_eq!(evidence.file, "opt/z.deb!/control.tar.x!/control");
        // a package speaks for its files
        assert_eq!(
            problems(&found),
            [
                ("distribution_release_unknown", "opt/z.deb!/control.tar.x!/control"),
                ("left_to_packages", "")
            ]
        );
    }
    // within a system of the same distribution its release is known
    let package = deb(ZLIB, &[], xz);
    let found = found_in(&[("etc/os-release", RELEASE), ("var/cache/z.deb", &package)]);
    assert_eq!(
        identities(&found),
        ["pkg:deb/debian/zlib1g@1:1.2.13-1?arch=arm64&distro=debian-12"]
    );
    let other = b"ID=ubuntu\nVERSION_ID=\"22.04\"\n";
    let found = found_in(&[("etc/os-release", other), ("var/cache/z.deb", &package)]);
    assert_eq!(identities(&found), ["pkg:deb/debian/zlib1g@1:1.2.13-1?arch=arm64&distro=debian"]);
}

#[test]
fn a_package_of_no_distribution_does_not_hide_what_is_in_it() {
    let own = "Package: pump\nVersion: 1.0\nMaintainer: B <b@example.org>\n";
    let package = deb(own, &[("./usr/bin/fetch", &curl())], xz);
    let found = found_in(&[("a/pump.deb", &package)]);
    assert_eq!(identities(&found), ["pump 1.0", CURL]);
    assert_eq!(problems(&found), [("package_of_no_distribution", "")]);
    assert!(found.problems[0].what.contains("a/pump.deb"), "{}", found.problems[0]);
}

#[test]
fn rpm_packages_tell_their_header_and_open_their_files() {
    for pack in [gz, xz, zst, bz2, lzma, <[u8]>::to_vec] {
        let files = pack(&cpio(&[("./usr/bin/fetch", 0, &curl()), ("./etc", 0o040_755, b"")]));
        let found = found_in(&[("z.rpm", &rpm(TAGS, &files))]);
        assert_eq!(
            told(&found),
            [
                "pkg:rpm/fedora/zlib@1.2.13-4.fc38?arch=aarch64&distro=fedora-38 <- z.rpm  (package file)"
            ]
        );
        assert_eq!(problems(&found), [("left_to_packages", "")]);
        // nobody's package does not speak for its files
        let own = [(1000, "pump"), (1001, "1.0"), (1002, "1")];
        let found = found_in(&[("z.rpm", &rpm(&own, &files))]);
        assert_eq!(identities(&found), ["pump 1.0-1", CURL]);
        assert_eq!(found.evidence[2][0].file, "z.rpm!/usr/bin/fetch");
    }
    let odd = rpm(TAGS, b"packed in a way of its own");
    assert_eq!(problems(&found_in(&[("z.rpm", &odd)])), [("not_read", "z.rpm")]);
}

#[test]
fn packages_of_apk_and_opkg_tell_themselves() {
    let info = b"# Generated\npkgname = zlib\npkgver = 1.2.13-r0\narch = aarch64\norigin = zlib\npackager = Buildozer <alpine-devel@lists.alpinelinux.org>\n";
    let apk = [gz(&tar(&[(".PKGINFO", info)])[..1024]), gz(&tar(&[("usr/bin/fetch", &curl())]))];
    let control =
        "Package: fetch\nVersion: 7.68.0-1\nSource: feeds/packages/net/curl\nArchitecture: mips\n";
    let inner = gz(&tar(&[("./control", control.as_bytes())]));
    let ipk = gz(&tar(&[("./debian-binary", b"2.0\n"), ("./control.tar.gz", &inner)]));
    let found =
        found_in(&[("z.apk", &apk.concat()), ("a.ipk", &ipk), ("b.ipk", &deb(control, &[], gz))]);
    assert_eq!(
        identities(&found),
        [CURL, "pkg:apk/alpine/zlib@1.2.13-r0?arch=aarch64&distro=alpine"]
    );
    assert_eq!(found.evidence[1].len(), 2, "{:?}", told(&found));
    let nameless = deb("Version: 1\n", &[], gz);
    let nameless = found_in(&[("x.deb", &nameless)]);
    let places: Vec<&str> = problems(&nameless).iter().map(|(_, place)| *place).collect();
    assert!(places.contains(&"x.deb!/control.tar.x!/control: line 1"), "{places:?}");
}

#[test]
fn initial_file_systems_are_opened_one_after_the_other() {
    let early = cpio(&[("kernel/x86/microcode/GenuineIntel.bin", 0, b"\0Linux version")]);
    let main = cpio(&[("init", 0, &curl()), ("bin/sh", 0o120_777, b"busybox")]);
    let status = ("lib/apk/db/installed", 0, &b"P:musl\nV:1.2.4-r2\nA:x86_64\n"[..]);
    let release = ("etc/os-release", 0, &b"ID=alpine\nVERSION_ID=3.19.1\n"[..]);
    let last = cpio(&[status, release]);
    let plain = [early.clone(), vec![0; 700], main.clone(), last.clone()].concat();
    let packed = [early, vec![0; 300], zst(&[main, last].concat())].concat();
    for (name, bytes) in
        [("initrd.img", plain.clone()), ("initrd", packed), ("initrd.cpio.gz", gz(&plain))]
    {
        let found = found_in(&[(name, &bytes)]);
        assert_eq!(
            identities(&found),
            ["pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19.1", CURL],
            "{name}"
        );
        assert_eq!(found.evidence[2][0].file, format!("{name}!/init"));
        assert!(!problems(&found).iter().any(|(code, _)| *code == "not_read"), "{name}");
    }
    // the older form, and what follows and is not understood
    let mut old = Vec::new();
    for (name, content) in [("init", curl()), ("TRAILER!!!", Vec::new())] {
        old.extend(
            format!(
                "070707{:06o}{:06o}{:06o}{:06o}{:06o}{:06o}{:06o}{:011o}{:06o}{:011o}{name}\0",
                1,
                1,
                0o100_644,
                0,
                0,
                1,
                0,
                0,
                name.len() + 1,
                content.len()
            )
            .into_bytes(),
        );
        old.extend(content);
    }
    old.extend(b"what is this");
    let found = found_in(&[("x.cpio", &old)]);
    assert_eq!(
        (identities(&found), problems(&found)),
        (vec![CURL.to_owned()], vec![("not_read", "x.cpio")])
    );
}

/// The older form of an image: a header before the data.
fn uimage(kind: u8, data: &[u8]) -> Vec<u8> {
    let mut image = vec![0; 64];
    image[..4].copy_from_slice(b"\x27\x05\x19\x56");
    image[12..16].copy_from_slice(&u32::try_from(data.len()).expect("short").to_be_bytes());
    image[30] = kind;
    image.extend_from_slice(data);
    image
}

const KERNEL: &[u8] = b"\0Linux version 6.1.55 (builder@x)\0";
const LINUX: &str = "pkg:generic/linux@6.1.55";

/// A device tree with these parts of an image below `/images`: node, type, data. `outside`: their data lie behind it.
fn fit(parts: &[(&str, &str, &[u8])], outside: bool) -> Vec<u8> {
    let strings = b"type\0data\0data-offset\0data-size\0";
    let mut tree = Vec::new();
    let mut behind = Vec::new();
    let number = |tree: &mut Vec<u8>, number: usize| {
        tree.extend(u32::try_from(number).expect("short").to_be_bytes());
    };
    let name = |tree: &mut Vec<u8>, name: &str| {
        number(tree, 1);
        tree.extend(name.bytes().chain([0]));
        tree.resize(tree.len().next_multiple_of(4), 0);
    };
    let property = |tree: &mut Vec<u8>, name: usize, data: &[u8]| {
        for value in [3, data.len(), name] {
            number(tree, value);
        }
        tree.extend_from_slice(data);
        tree.resize(tree.len().next_multiple_of(4), 0);
    };
    name(&mut tree, "");
    name(&mut tree, "images");
    for (node, kind, data) in parts {
        name(&mut tree, node);
        property(&mut tree, 0, &[kind.as_bytes(), b"\0"].concat());
        if outside {
            property(&mut tree, 10, &u32::try_from(behind.len()).expect("short").to_be_bytes());
            property(&mut tree, 22, &u32::try_from(data.len()).expect("short").to_be_bytes());
            behind.extend_from_slice(data);
            behind.resize(behind.len().next_multiple_of(4), 0);
        } else {
            property(&mut tree, 5, data);
        }
        number(&mut tree, 2);
    }
    for end in [2, 2, 9] {
        number(&mut tree, end);
    }
    let (begin, total) = (40, 40 + tree.len() + strings.len());
    let mut file = Vec::new();
    for value in
        [0xd00d_feed, total, begin, begin + tree.len(), 0, 17, 16, 0, strings.len(), tree.len()]
    {
        number(&mut file, value);
    }
    file.extend(tree);
    file.extend(strings);
    file.resize(file.len().next_multiple_of(4), 0);
    file.extend(behind);
    file
}

#[test]
fn images_for_u_boot_are_opened() {
    let ramdisk = gz(&cpio(&[("init", 0, &curl())]));
    for pack in [gz, lzma, lz4, <[u8]>::to_vec] {
        let found = found_in(&[("uImage", &uimage(2, &pack(KERNEL)))]);
        assert_eq!(identities(&found), [LINUX]);
    }
    let found = found_in(&[("uInitrd", &uimage(3, &ramdisk))]);
    assert_eq!(
        told(&found),
        [format!("{CURL} <- uInitrd!/ramdisk!/init text (version string in a program)")]
    );
    let sizes = [KERNEL.len(), ramdisk.len(), 0]
        .map(|size| u32::try_from(size).expect("short").to_be_bytes());
    let mut data = sizes.concat();
    for part in [KERNEL, &ramdisk] {
        data.extend_from_slice(part);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    assert_eq!(identities(&found_in(&[("multi.img", &uimage(4, &data))])), [LINUX, CURL]);
    for outside in [false, true] {
        let parts: [(&str, &str, &[u8]); 3] = [
            ("kernel-1", "kernel", &gz(KERNEL)),
            ("fdt-1", "flat_dt", b"\xd0\x0d\xfe\xed"),
            ("rd", "ramdisk", &ramdisk),
        ];
        let found = found_in(&[("fit.itb", &fit(&parts, outside))]);
        assert_eq!(identities(&found), [LINUX, CURL]);
        assert_eq!(found.evidence[1][0].file, "fit.itb!/kernel-1/vmlinuz!/vmlinuz");
        assert_eq!(problems(&found), [("image_texts_only", "")]);
    }
    // a tree that only describes hardware is no image
    assert_eq!(problems(&found_in(&[("board.dtb", &fit(&[], false))])), [("nothing_found", "")]);
    // what follows an image in the same file is searched, and told as not opened
    let flash =
        [uimage(2, &gz(KERNEL)), b"hsqs and U-Boot 2020.04 (Apr 13 2020)".to_vec()].concat();
    let found = found_in(&[("sysupgrade.bin", &flash)]);
    assert_eq!(identities(&found), [LINUX, "pkg:generic/u-boot@2020.04"]);
    assert!(
        found
            .unknown
            .iter()
            .any(|one| one.file == "sysupgrade.bin!/rest.img" && one.kind == Kind::Image)
    );
}

#[test]
fn archives_are_searched_on_their_own_too() {
    let files = cpio(&[("usr/bin/fetch", 0, &curl())]);
    for bytes in [
        zip(&[("usr/bin/fetch", &curl())]),
        files.clone(),
        gz(&files),
        bz2(&tar(&[("usr/bin/fetch", &curl())])),
        lz4(&tar(&[("usr/bin/fetch", &curl())])),
        rpm(&[(1000, "pump"), (1001, "1"), (1002, "1")], &zst(&files)),
        deb("Package: pump\nVersion: 1\n", &[("usr/bin/fetch", &curl())], xz),
        uimage(3, &gz(&files)),
    ] {
        let found = archive(bytes.as_slice(), "pump", &Limits::default()).expect("searched");
        assert!(identities(&found).contains(&CURL.to_owned()), "{:?}", told(&found));
    }
    let info = b"pkgname = pump\npkgver = 1\n";
    let apk = gz(&tar(&[(".PKGINFO", info), ("usr/bin/fetch", &curl())]));
    let top = TempDir::new().expect("made");
    write(top.path(), &[("pump.apk", &apk)]);
    let found = archive_file(&top.path().join("pump.apk"), "Pump", &Limits::default());
    assert_eq!(identities(&found.expect("searched")), ["pump 1", CURL]);
    for bytes in [&b"text"[..], b"", &gz(b"text"), b"\x7fELF\x01\x01"] {
        assert!(archive(bytes, "pump", &Limits::default()).is_err());
    }
}

#[test]
fn damaged_packages_are_told_wherever_they_are_damaged() {
    let files = cpio(&[("usr/bin/fetch", 0, &curl())]);
    let two = [("a", "kernel", KERNEL), ("b", "ramdisk", &files[..])];
    for (name, whole) in [
        ("x.deb", deb(ZLIB, &[("fetch", &curl())], gz)),
        ("x.rpm", rpm(TAGS, &gz(&files))),
        ("x.cpio", files.clone()),
        ("x.bz2", bz2(&files)),
        ("x.lz4", lz4(&files)),
        ("x.lzma", lzma(&files)),
        ("x.uimg", uimage(2, KERNEL)),
        ("x.itb", fit(&two, true)),
    ] {
        let step = (whole.len() / 61).max(1);
        for end in (120.min(whole.len() / 2)..whole.len() - 1).step_by(step) {
            let found = found_in(&[(name, &whole[..end])]);
            // zeros after the last file are no part of it
            let is_whole = whole[end..].iter().all(|byte| *byte == 0);
            let is_told = found.problems.iter().any(|one| one.place.starts_with(name))
                || found.unknown.iter().any(|one| one.file == name);
            assert!(is_told || is_whole, "{name} {end} of {}: {:?}", whole.len(), found.problems);
        }
        for at in (0..whole.len()).step_by(step) {
            let mut changed = whole.clone();
            changed[at] ^= 0xff;
            let _ = found_in(&[(name, &changed)]);
        }
    }
}

#[test]
fn packages_made_to_hurt_are_refused_with_their_place() {
    let zeros = vec![0_u8; 80 << 20];
    let big = cpio(&[("zeros.img", 0, &zeros)]);
    let within = |files: &[(&str, &[u8])], limits: &Limits| {
        let top = TempDir::new().expect("made");
        write(top.path(), files);
        directory(top.path(), "device", limits).expect("searched")
    };
    for (name, bytes) in [
        ("bomb.rpm", rpm(TAGS, &gz(&big))),
        ("bomb.deb", deb(ZLIB, &[("zeros.img", &zeros)], bz2)),
        ("bomb.cpio.lzma", lzma(&big)),
    ] {
        let found = found_in(&[(name, &bytes)]);
        let told = found.problems.iter().find(|one| one.what.contains("250 times"));
        assert!(
            told.is_some_and(|one| one.place.starts_with(name)),
            "{name}: {:?}",
            found.problems
        );
    }
    // one packed archive after the other, each within the last
    let mut chain = cpio(&[("init", 0, &curl())]);
    for _ in 0..50 {
        chain = [cpio(&[]), gz(&chain)].concat();
    }
    let found = found_in(&[("chain.cpio", &chain)]);
    assert_eq!((identities(&found).len(), problems(&found)[0]), (0, ("not_read", "chain.cpio")));
    // lengths that are claimed and not there
    let mut long = rpm(TAGS, b"");
    long[96 + 8..96 + 16].copy_from_slice(&[0xff; 8]);
    let mut name = cpio(&[("init", 0, b"")]);
    name[94..102].copy_from_slice(b"FFFFFFFF");
    let size = ar(&[("debian-binary", b"2.0\n")]);
    let size = [&size[..8 + 48], b"9999999999", &size[8 + 58..]].concat();
    for (file, bytes) in [("a.rpm", long), ("a.cpio", name), ("a.deb", size)] {
        assert_eq!(problems(&found_in(&[(file, &bytes)]))[0], ("not_read", file));
    }
    // many files
    let names: Vec<String> = (0..300).map(|number| format!("f{number}")).collect();
    let many: Vec<(&str, u32, &[u8])> =
        names.iter().map(|name| (name.as_str(), 0, &b""[..])).collect();
    let few = Limits { entries: 100, ..Limits::default() };
    let found = within(&[("many.cpio", &cpio(&many))], &few);
    assert_eq!((found.files, problems(&found)[0].0), (100, "too_many_files"));
}

#[test]
fn what_is_searched_on_its_own_unpacks_to_no_more_than_is_read() {
    let zeros = vec![0_u8; 8 << 20];
    let limits = Limits { bytes: 1 << 20, ..Limits::default() };
    for (name, bytes) in [
        ("x.cpio.zst", zst(&cpio(&[("zeros.img", 0, &zeros)]))),
        ("x.ar.gz", gz(&ar(&[("debian-binary", b"2.0\n"), ("zeros.img", &zeros)]))),
    ] {
        let found = archive(bytes.as_slice(), name, &limits).expect("searched");
        let told = found.problems.iter().any(|one| one.what.contains("more bytes than are read"));
        assert!(told, "{name}: {:?}", found.problems);
    }
}

#[test]
fn an_image_whose_names_do_not_end_is_told_as_not_read() {
    let mut image = fit(&[("kernel@1", "kernel", b"x")], false);
    let names = u32::from_be_bytes(image[12..16].try_into().expect("four")) as usize;
    image.truncate(names);
    image.resize(names + (1 << 20), b'a');
    let total = u32::try_from(image.len()).expect("short");
    image[4..8].copy_from_slice(&total.to_be_bytes());
    let found = found_in(&[("x.itb", &image)]);
    let told = found.problems.iter().any(|one| one.what.contains("cut short or too long"));
    assert!(told, "{:?}", found.problems);
}
