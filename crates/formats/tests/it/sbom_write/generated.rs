//! Generated inventories: written, read again, compared.

use super::{again, facts::lost, schemas::Schemas, writing};
use aftercare_formats::sbom::write::{Target, anew};
use aftercare_vocab::inventory::{
    Component, Dependency, DependencyKind, Format, Inventory, Patch, PatchKind, Scope,
};
use proptest::{collection::vec, option, prelude::*, sample::select, sample::subsequence};

const PURLS: [&str; 4] = [
    "pkg:npm/%40a/b@1.0.0",
    "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64",
    "pkg:generic/zlib@1.2.11",
    "pkg:maven/org.a/b@2?type=pom",
];
const CPES: [&str; 3] = [
    "cpe:2.3:a:openssl:openssl:1.0.2:k:*:*:*:*:*:*",
    "cpe:2.3:o:wind_river:vxworks:6.9:*:*:*:*:*:*:*",
    "cpe:2.3:a:a\\&b:c:-:*:*:*:*:*:*:*",
];
const OTHERS: [(&str, &str); 9] = [
    ("swid", "75b8c285-fa7b-485b-b199-4745e3004d0d"),
    ("swid", "example.com+pump"),
    ("swhid", "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2"),
    ("omniborid", "gitoid:blob:sha1:a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"),
    ("gitoid", "gitoid:blob:sha1:b94a8fe5ccb19ba61c4c0873d391e987982fbbd3"),
    ("purl", "pkg:npm/%zz"),
    ("cpe", "cpe:nonsense"),
    ("npm", "left-pad@1.3.0"),
    ("hash:sha256", "not hexadecimal"),
];
const LICENCES: [&str; 8] = [
    "MIT",
    "GPL-2.0",
    "MIT OR Apache-2.0",
    "LicenseRef-house",
    "The Apache License, Version 2.0",
    "(MIT AND LicenseRef-b) OR Zlib",
    "NOASSERTION",
    "mit",
];
const KINDS: [&str; 9] = [
    "library",
    "firmware",
    "operating-system",
    "device-driver",
    "cryptographic-asset",
    "archive",
    "source",
    "other",
    "rtos",
];
const ENDS: [&str; 5] = [
    "2027-01-31",
    "2027-01-31T00:00:00Z",
    "2027-01-31T10:00:00.25+02:00",
    "with the next release",
    "2027-13-31",
];
const REFERENCES: [&str; 7] =
    ["", "a", "a", "SPDXRef-a", "SPDXRef-DOCUMENT", "urn:cdx:1/1#a", "SPDXRef-b c"];

fn hash() -> impl Strategy<Value = (String, String)> {
    let kinds: [(&str, usize); 9] = [
        ("md5", 32),
        ("sha1", 40),
        ("sha224", 56),
        ("sha256", 64),
        ("sha3512", 128),
        ("blake2b384", 96),
        ("blake3", 20),
        ("streebog256", 64),
        ("adler32", 8),
    ];
    select(kinds.to_vec()).prop_map(|(name, length)| (name.to_owned(), "a".repeat(length)))
}

fn text() -> impl Strategy<Value = String> {
    select(vec!["Wind River, Inc.", "a=b", "\"é\" \\ \u{202e}", "Red Hat", "x\ty", "-"])
        .prop_map(str::to_owned)
}

fn some_of<T: Clone + std::fmt::Debug + 'static>(
    all: &'static [T],
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    subsequence(all, 0..=most)
}

/// One for each issue; of the four kinds of CycloneDX, the others, and without an issue.
const PATCHES: [(&str, PatchKind); 6] = [
    ("CVE-2024-1", PatchKind::Backport),
    ("CVE-2024-2", PatchKind::Applied),
    ("CVE-2024-3", PatchKind::Unofficial),
    ("BUG-7", PatchKind::Unstated),
    ("x: y", PatchKind::CherryPick),
    ("", PatchKind::Monkey),
];

fn patch((resolves, kind): (&str, PatchKind)) -> Patch {
    Patch { resolves: resolves.to_owned(), kind, place: String::new() }
}

fn component() -> impl Strategy<Value = Component> {
    let names = (
        select(REFERENCES.to_vec()),
        option::of(select(KINDS.to_vec())),
        option::of(text()),
        option::of(text()),
        option::of(text()),
    );
    let identities = (
        some_of(&PURLS, 3),
        some_of(&CPES, 3),
        some_of(&OTHERS, 5),
        vec(hash(), 0..4),
        some_of(&LICENCES, 3),
    );
    let rest = (
        select(vec![Scope::Required, Scope::Optional, Scope::Excluded]),
        some_of(&PATCHES, 4),
        option::of(text()),
        option::of(text()),
        option::of(select(ENDS.to_vec())),
    );
    (names, identities, rest).prop_map(|(names, identities, rest)| {
        let (reference, kind, group, version, supplier) = names;
        let (purls, cpes, others, hashes, licences) = identities;
        let (scope, patched, source_package, support_level, end_of_support) = rest;
        let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect::<Vec<_>>();
        Component {
            reference: reference.to_owned(),
            kind: kind.map(str::to_owned),
            group,
            version_range: version.is_none().then(|| "vers:semver/>=1|<2".to_owned()),
            version,
            purls: purls.into_iter().map(|text| text.parse().expect("a purl")).collect(),
            cpes: cpes.into_iter().map(|text| text.parse().expect("a CPE name")).collect(),
            other_identities: others
                .into_iter()
                .map(|(kind, text)| (kind.to_owned(), text.to_owned()))
                .collect(),
            hashes,
            supplier,
            licences: owned(licences),
            scope,
            patched: patched.into_iter().map(patch).collect(),
            source_package,
            support_level,
            end_of_support: end_of_support.map(str::to_owned),
            ..Component::default()
        }
    })
}

fn arrow(count: u32) -> impl Strategy<Value = Dependency> {
    let kinds = [
        DependencyKind::DependsOn,
        DependencyKind::Contains,
        DependencyKind::Contains,
        DependencyKind::BuildOnly,
        DependencyKind::Optional,
    ];
    let ends = (0..count, 0..count, select(kinds.to_vec()));
    ends.prop_map(|(from, to, kind)| Dependency { from, to, kind })
}

fn inventory() -> impl Strategy<Value = Inventory> {
    (1..10_u32).prop_flat_map(|count| {
        let components = vec(component(), count as usize);
        let about = (
            option::of(select(vec![
                "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
                "https://example.org/pump-4.2",
                "no URI",
            ])),
            option::of(select(vec!["2026-11-23T14:05:00Z", "2026-11-23T14:05:00.5+01:00", "?"])),
            vec(select(vec!["Person: Jane", "Organization: Acme", "Acme"]), 0..3),
            subsequence(&["syft 1.2.0", "house tool", "aftercare 9.8.7"], 0..=3),
            option::of(text()),
        );
        let rest = (
            option::of(0..count),
            vec(arrow(count), 0..20),
            any::<bool>(),
            select(vec![Format::CyclonedxXml, Format::SpdxTagValue, Format::CyclonedxJson]),
        );
        (components, about, rest).prop_map(|(mut components, about, rest)| {
            let (serial, created, authors, tools, name) = about;
            let (root, mut dependencies, graph_has_holes, format) = rest;
            for (index, component) in components.iter_mut().enumerate() {
                component.name = format!("c{index}");
                component.place = format!("components[{index}]");
            }
            let mut seen = std::collections::HashSet::new();
            dependencies.retain(|arrow| seen.insert(*arrow));
            Inventory {
                format,
                spec_version: "1".to_owned(),
                serial: serial.map(str::to_owned),
                name,
                created: created.map(str::to_owned),
                authors: authors.into_iter().map(str::to_owned).collect(),
                tools: tools.into_iter().map(str::to_owned).collect(),
                root,
                components,
                dependencies,
                graph_has_holes,
            }
        })
    })
}

/// The arrows of one kind, by the names of their ends.
fn arrows(inventory: &Inventory, kind: DependencyKind) -> Vec<(String, String)> {
    let name = |index: u32| inventory.components[index as usize].name.clone();
    let of_kind = inventory.dependencies.iter().filter(|arrow| arrow.kind == kind);
    let mut all: Vec<_> = of_kind.map(|arrow| (name(arrow.from), name(arrow.to))).collect();
    all.sort();
    all
}

thread_local! {
    static SCHEMAS: Option<Schemas> = Schemas::load();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_again_with_every_fact_that_the_target_holds(source in inventory()) {
        for target in Target::ALL {
            let written = anew(&source, &writing(target, &[]));
            let found = again(&written);
            let fault = lost(&source, &found, target);
            prop_assert!(fault.is_none(), "{}\n{}", fault.unwrap_or_default(), written.text);
            let fault = SCHEMAS.with(|schemas| schemas.as_ref()?.fault(written.text.as_bytes()));
            prop_assert!(fault.is_none(), "{}\n{}", fault.unwrap_or_default(), written.text);
            // nothing is said to contain what it does not, and what is not nested is told
            let (had, has) = (
                arrows(&source, DependencyKind::Contains),
                arrows(&found, DependencyKind::Contains),
            );
            prop_assert!(has.iter().all(|arrow| had.contains(arrow)), "{}", written.text);
            let told = written.problems.iter().any(|p| p.code == "not_held_contains");
            prop_assert_eq!(had != has, told, "{:?} {:?}", had, has);
            // written once more, nothing changes
            let twice = again(&anew(&found, &writing(target, &[])));
            prop_assert_eq!(&found.components.len(), &twice.components.len());
            prop_assert_eq!(&found.tools, &twice.tools);
        }
    }
}
