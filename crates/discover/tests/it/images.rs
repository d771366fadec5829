//! Images of containers: their layers put together.

use crate::build::{gz, identities, problems, program, tar, told};
use aftercare_discover::{Found, Limits, archive};

const RELEASE: &[u8] = b"ID=debian\nVERSION_ID=12\n";
const OLD: &[u8] = b"Package: zlib1g\nVersion: 1.2.12\nStatus: install ok installed\n";
const NEW: &[u8] = b"Package: zlib1g\nVersion: 1.2.13\nStatus: install ok installed\n";

fn found(files: &[(&str, &[u8])]) -> Found {
    archive(tar(files).as_slice(), "image", &Limits::default()).expect("searched")
}

fn texts(text: &str) -> Vec<u8> {
    program(&[(".rodata", format!("\0{text}\0").as_bytes())])
}

/// Three layers: a system; an update of it, with programs; and one that takes some of them away.
fn layers() -> [Vec<u8>; 3] {
    let curl = texts("libcurl/7.68.0");
    let lower = tar(&[
        ("etc/os-release", RELEASE),
        ("var/lib/dpkg/status", OLD),
        ("opt/gone", &curl),
        ("opt/all/in", &curl),
        ("opt/tree/deep/in", &curl),
        ("usr/lib/libz.so", &texts("deflate 1.2.13 Copyright 1995-2022 x")),
        ("usr/share/tools.tar", &tar(&[("fetch", &curl)])),
    ]);
    let middle = tar(&[
        ("var/lib/dpkg/status", NEW),
        ("var/lib/dpkg/info/zlib1g.list", b"/usr/lib/libz.so\n/usr/share/tools.tar\n"),
        ("opt/stays", &texts("libcurl/7.70.0")),
    ]);
    let upper = tar(&[
        ("opt/.wh.gone", b""),
        ("opt/all/.wh..wh..opq", b""),
        ("opt/all/new", &texts("libcurl/7.71.0")),
        ("opt/tree", b"a file where a directory was"),
    ]);
    [lower, middle, upper]
}

const TOLD: [&str; 3] = [
    "pkg:deb/debian/zlib1g@1.2.13?distro=debian-12 <- layers!/var/lib/dpkg/status line 1 (package database)",
    "pkg:generic/curl@7.70.0 <- layers!/opt/stays text (version string in a program)",
    "pkg:generic/curl@7.71.0 <- layers!/opt/all/new text (version string in a program)",
];

#[test]
fn upper_layers_replace_and_remove_what_lies_below() {
    let [lower, middle, upper] = layers();
    let manifest = br#"[{"Config":"c.json","Layers":["a/layer.tar","b/layer.tar","c/layer.tar"]}]"#;
    let saved = found(&[
        // in no order
        ("c/layer.tar", &upper),
        ("a/layer.tar", &lower),
        ("manifest.json", manifest),
        ("b/layer.tar", &middle),
    ]);
    let sorted = |found: &Found| {
        let mut told = told(found);
        told.sort();
        told
    };
    assert_eq!(sorted(&saved), TOLD);
    let codes = [("covered_in_image", ""), ("left_to_packages", "")];
    assert_eq!(problems(&saved), codes);
    assert!(saved.problems[0].what.contains("tell of software (4)"), "{}", saved.problems[0]);
    assert_eq!(saved.inventory.components[0].kind.as_deref(), Some("firmware"));

    let blob = |digit: &str| format!("blobs/sha256/{}", digit.repeat(64));
    let layer = |digit: &str| {
        format!(
            r#"{{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:{}"}}"#,
            digit.repeat(64)
        )
    };
    let manifest = format!(r#"{{"layers":[{},{},{}]}}"#, layer("a"), layer("b"), layer("c"));
    let config = br#"{"os":"linux"}"#;
    let layout = found(&[
        (&blob("a"), &gz(&lower)),
        (&blob("b"), &gz(&middle)),
        (&blob("c"), &gz(&upper)),
        (&blob("d"), manifest.as_bytes()),
        (&blob("e"), config),
        ("index.json", b"{}"),
    ]);
    assert_eq!((sorted(&layout), problems(&layout)), (sorted(&saved), codes.to_vec()));
    // an image among other files
    let archived = tar(&[(&blob("a"), &lower), (&blob("d"), manifest.as_bytes())]);
    let beside = found(&[("opt/image.tar", &archived)]);
    assert!(told(&beside)[0].contains(" <- opt/image.tar!/layers!/var/lib/dpkg/status"));
    let missing: Vec<_> = beside.problems.iter().map(|one| one.place.as_str()).collect();
    let missing_blob = |digit| format!("opt/image.tar!/{}", blob(digit));
    assert!(missing.contains(&missing_blob("b").as_str()), "{missing:?}");
    assert!(missing.contains(&missing_blob("c").as_str()), "{missing:?}");
}

#[test]
fn images_that_share_layers_are_looked_at_layer_by_layer() {
    let [lower, middle, _] = layers();
    let manifest = br#"[{"Layers":["a/layer.tar"]},{"Layers":["a/layer.tar","b/layer.tar"]}]"#;
    let found =
        found(&[("a/layer.tar", &lower), ("b/layer.tar", &middle), ("manifest.json", manifest)]);
    let all = identities(&found);
    assert!(all.contains(&"pkg:deb/debian/zlib1g@1.2.12?distro=debian-12".to_owned()), "{all:?}");
    assert!(
        all.iter().any(|one| one.ends_with("1.2.13?distro=debian-12") || one == "zlib1g 1.2.13"),
        "{all:?}"
    );
    let shared: Vec<_> =
        problems(&found).into_iter().filter(|(_, place)| place.starts_with("layers")).collect();
    assert_eq!(shared, [("not_read", "layers"), ("not_read", "layers-2")]);
}

#[test]
fn a_layer_that_an_image_names_twice_counts_where_it_is_uppermost() {
    let [lower, middle, upper] = layers();
    let manifest = br#"[{"Layers":["c/layer.tar","a/layer.tar","b/layer.tar","c/layer.tar"]}]"#;
    let found = found(&[
        ("a/layer.tar", &lower),
        ("b/layer.tar", &middle),
        ("c/layer.tar", &upper),
        ("manifest.json", manifest),
    ]);
    assert_eq!(told(&found), TOLD);
}

#[test]
fn other_manifests_are_no_images() {
    for text in [&b"{\"name\":\"app\"}"[..], b"[]", b"[1]", b"[{\"Layers\":[]}]", b"\xff"] {
        let found = found(&[("manifest.json", text), ("go.sum", b"example.org/a v1.0.0 h1:x\n")]);
        assert_eq!((identities(&found).len(), problems(&found)), (1, vec![]));
    }
}
