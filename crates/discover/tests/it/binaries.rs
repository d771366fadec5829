//! Programs: what compilers and well-known libraries leave in them.

use crate::build::{BASE, found_in, identities, problems, program, told};
use std::io::Write;

fn audited(json: &str) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(json.as_bytes()).expect("written");
    packed.finish().expect("packed")
}

#[test]
fn rust_programs_list_their_packages() {
    let list = audited(
        r#"{"packages":[{"name":"app","version":"0.1.0","source":"local","root":true},{"name":"serde","version":"1.0.1","source":"crates.io"},{"name":"cc","version":"1.0.0","source":"crates.io","kind":"build"}]}"#,
    );
    let found = found_in(&[("usr/bin/app", &program(&[(".text", b"x"), (".dep-v0", &list)]))]);
    assert_eq!(
        told(&found),
        [
            "app 0.1.0 <- usr/bin/app .dep-v0 packages[0] (build information in a program)",
            "pkg:cargo/serde@1.0.1 <- usr/bin/app .dep-v0 packages[1] (build information in a program)",
            "pkg:cargo/cc@1.0.0 excluded <- usr/bin/app .dep-v0 packages[2] (build information in a program)",
        ]
    );
    for bad in [b"not packed".to_vec(), audited("{}"), audited(&"x".repeat(9_000_000))] {
        let found = found_in(&[("app", &program(&[(".dep-v0", &bad)]))]);
        assert_eq!(problems(&found)[0], ("not_read", "app: .dep-v0"));
    }
}

const MODULES: &str = "path\texample.org/app\nmod\texample.org/app\t(devel)\t\ndep\texample.org/one\tv1.0.0\th1:x\ndep\texample.org/two\tv2.0.0\n=>\texample.org/fork\tv2.0.1\th1:y\nbuild\tGOOS=linux\n";

fn framed(text: &str) -> Vec<u8> {
    [&[0x30; 16][..], text.as_bytes(), &[0xf9; 16]].concat()
}

fn counted(text: &[u8]) -> Vec<u8> {
    let mut length = text.len();
    let mut out = Vec::new();
    while length > 127 {
        out.push(u8::try_from(length & 127).expect("small") | 128);
        length >>= 7;
    }
    out.push(u8::try_from(length).expect("small"));
    [out, text.to_vec()].concat()
}

const GO: &[u8] = b"\xff Go buildinf:";

const WANTED: [&str; 4] = [
    "pkg:golang/stdlib@1.20.12",
    "example.org/app ?",
    "pkg:golang/example.org/one@v1.0.0",
    "pkg:golang/example.org/fork@v2.0.1",
];

#[test]
fn go_programs_list_their_modules() {
    let mut information = GO.to_vec();
    information.extend([8, 2]);
    information.resize(32, 0);
    information.extend(counted(b"go1.20.12"));
    information.extend(counted(&framed(MODULES)));
    let found = found_in(&[("bin/app", &program(&[(".go.buildinfo", &information)]))]);
    assert_eq!(identities(&found), WANTED);
    // also without a name for the section
    let found = found_in(&[("bin/app", &program(&[(".data", &information)]))]);
    assert_eq!(identities(&found), WANTED);
    let cut = found_in(&[("bin/app", &program(&[(".go.buildinfo", &information[..40])]))]);
    assert_eq!(problems(&cut).first(), Some(&("not_read", "bin/app")));
}

#[test]
fn a_go_module_replaced_by_a_directory_keeps_its_name() {
    let modules = "path\texample.org/app\nmod\texample.org/app\t(devel)\t\n\
        dep\texample.org/crypto\tv1.2.0\n=>\t./vendor/crypto\t(devel)\t\n\
        dep\texample.org/old\tv0.1.0\n=>\t../old\t\t\n\
        dep\texample.org/two\tv2.0.0\n=>\texample.org/fork\tv2.0.1\th1:y\n";
    let mut information = GO.to_vec();
    information.extend([8, 2]);
    information.resize(32, 0);
    information.extend(counted(b"go1.20.12"));
    information.extend(counted(&framed(modules)));
    let found = found_in(&[("bin/app", &program(&[(".go.buildinfo", &information)]))]);
    // what is in the directory is not known to be the module: no identity of it
    assert_eq!(
        identities(&found)[2..],
        [
            "example.org/crypto v1.2.0",
            "example.org/old v0.1.0",
            "pkg:golang/example.org/fork@v2.0.1"
        ]
    );
}

#[test]
fn older_go_programs_point_at_their_texts() {
    let version = b"go1.20.12";
    let modules = framed(MODULES);
    // the section begins at 0x80 in the file; headers of the texts, then the texts
    let at = BASE + 0x80;
    let mut information = GO.to_vec();
    information.extend([8, 0]);
    let texts = at + 64;
    for word in [
        at + 32,
        at + 48,
        texts,
        version.len() as u64,
        texts + version.len() as u64,
        modules.len() as u64,
    ] {
        information.extend(word.to_le_bytes());
    }
    information.extend(version);
    information.extend(&modules);
    let file = program(&[(".go.buildinfo", &information)]);
    assert_eq!(&file[0x80..0x80 + GO.len()], GO, "the test's program is laid out as it thinks");
    assert_eq!(identities(&found_in(&[("bin/app", &file)])), WANTED);
}

#[test]
fn well_known_libraries_are_told_by_their_texts() {
    let file = program(&[(
        ".rodata",
        b"\0OpenSSL 1.1.1k  25 Mar 2021\0BusyBox v1.31.1 (2020)\0libcurl/7.68.0\0SQLite format 3\0\x003.31.1\0",
    )]);
    let found = found_in(&[("bin/firmware", &file), ("not-a-program", b"\0BusyBox v1.2.3 (x)\0")]);
    assert_eq!(
        identities(&found),
        [
            "pkg:generic/openssl@1.1.1k",
            "pkg:generic/curl@7.68.0",
            "pkg:generic/busybox@1.31.1",
            "pkg:generic/sqlite@3.31.1",
        ]
    );
    let cpe = found.inventory.components[1].cpes[0].to_string();
    assert_eq!(cpe, "cpe:2.3:a:openssl:openssl:1.1.1k:*:*:*:*:*:*:*");
    assert_eq!(found.evidence[1][0].method.sureness().shown(), "possible");
}

#[test]
fn freetype_is_told_by_the_number_of_its_shared_object() {
    let file = program(&[(".rodata", b"FREETYPE_PROPERTIES")]);
    let found = found_in(&[
        ("usr/lib/libfreetype.so.6.18.3", &file),
        ("opt/lib/libfreetype.so.6.99.0", &file),
    ]);
    assert_eq!(
        told(&found),
        ["pkg:generic/freetype@2.12.1 <- usr/lib/libfreetype.so.6.18.3  (name of a file)"]
    );
    let unknown: Vec<&str> = found.unknown.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(unknown, ["opt/lib/libfreetype.so.6.99.0"]);
}

#[test]
fn kernels_are_told_by_modules_directories_and_images() {
    let module =
        program(&[(".modinfo", b"vermagic=5.10.110-yocto SMP preempt mod_unload ARMv7 \0")]);
    let found = found_in(&[
        ("lib/modules/5.10.110-yocto/kernel/x.ko", &module),
        ("lib/modules/5.10.110-yocto/modules.builtin", b""),
        ("boot/u-boot.bin", b"\0U-Boot 2020.04 (Apr 13 2020)\0"),
    ]);
    assert_eq!(
        told(&found),
        [
            "pkg:generic/u-boot@2020.04 <- boot/u-boot.bin text (version string in a program)",
            "pkg:generic/linux@5.10.110 <- lib/modules/5.10.110-yocto/modules.builtin  (name of a file), lib/modules/5.10.110-yocto/kernel/x.ko text (version string in a program)",
        ]
    );
}
