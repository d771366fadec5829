//! One small document for each rule of reading.

#![allow(clippy::expect_used, reason = "helpers of tests")]

use aftercare_formats::sbom::{Limits, Recognised, read, recognise};
use aftercare_vocab::{
    inventory::{DependencyKind, Format, Inventory, PatchKind, Scope},
    problem::{Gravity, Problem, Read},
};

/// A CycloneDX 1.6 document with these further members.
fn cyclonedx(members: &str) -> String {
    format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,{members}}}"#)
}

/// A CycloneDX document with a product and these components.
fn components(list: &str) -> String {
    cyclonedx(&format!(
        r#""metadata":{{"component":{{"bom-ref":"pump","type":"device","name":"Pump","version":"3"}}}},"components":[{list}]"#
    ))
}

/// An SPDX 2.3 document with these further members.
fn spdx(members: &str) -> String {
    format!(
        r#"{{"SPDXID":"SPDXRef-DOCUMENT","spdxVersion":"SPDX-2.3","name":"doc","dataLicense":"CC0-1.0","documentNamespace":"https://example.org/a","creationInfo":{{"created":"2026-01-02T03:04:05Z","creators":["Tool: syft-1.2","Organization: Acme"]}},{members}}}"#
    )
}

fn sound(text: &str) -> Read<Inventory> {
    read(text.as_bytes(), &Limits::default())
        .unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

fn refusals(bytes: &[u8]) -> Vec<Problem> {
    let problems = read(bytes, &Limits::default()).expect_err("a refusal");
    assert!(!problems.is_empty());
    assert!(problems.iter().all(|problem| problem.gravity == Gravity::Refusal), "{problems:?}");
    problems
}

/// Codes and places of the warnings.
fn warned(read: &Read<Inventory>) -> Vec<(&str, &str)> {
    assert!(read.problems.iter().all(|problem| problem.gravity == Gravity::Warning));
    read.problems.iter().map(|problem| (problem.code, problem.place.as_str())).collect()
}

/// Code and place of the first refusal.
fn refused(text: &str) -> (&'static str, String) {
    let first = refusals(text.as_bytes()).swap_remove(0);
    (first.code, first.place)
}

fn arrows(inventory: &Inventory) -> Vec<(&str, &str, DependencyKind)> {
    let name = |index: u32| inventory.components[index as usize].name.as_str();
    inventory.dependencies.iter().map(|d| (name(d.from), name(d.to), d.kind)).collect()
}

// CycloneDX

#[test]
fn a_component_keeps_everything_the_document_says_of_it() {
    let text = components(
        r#"{"type":"Library","bom-ref":"a","group":"org.acme","name":"core","version":"1.2","scope":"optional",
        "purl":"pkg:maven/org.acme/core@1.2","cpe":"cpe:2.3:a:acme:core:1.2:*:*:*:*:*:*:*",
        "swid":{"tagId":"tag-1","name":"core"},"omniborId":["gitoid:1"],"swhid":["swh:1:cnt:2"],
        "hashes":[{"alg":"SHA-1","content":"E6B1000B94E835FFD37F4C6DCBDAD43F4B48A02A"}],
        "supplier":{"name":"Acme"},"publisher":"Other",
        "licenses":[{"license":{"id":"MIT"}},{"license":{"name":"Acme licence"}},{"expression":"MIT OR X"}],
        "pedigree":{"patches":[{"type":"backport","resolves":[{"type":"security","id":"CVE-2024-1"}]}],"ancestors":[{"type":"library","name":"old"}]},
        "evidence":{"identity":[{"field":"purl","concludedValue":"pkg:maven/org.acme/core@1.2?type=jar"},{"field":"hash","concludedValue":"x"}]},
        "properties":[{"name":"acme:end-of-support","value":"2030-01-01"},{"name":"Acme:SupportLevel","value":"maintained"},
            {"name":"syft:cpe23","value":"cpe:2.3:a:other:core:1.2:*:*:*:*:*:*:*"}]}"#,
    );
    let read = sound(&text);
    assert_eq!(warned(&read), [("ancestor_not_compared", "components[0].pedigree.ancestors[0]")]);
    let [pump, core] = read.value.components.as_slice() else {
        panic!("{:?}", read.value.components)
    };
    assert_eq!((read.value.root, pump.place.as_str()), (Some(0), "metadata.component"));
    assert_eq!(read.value.name.as_deref(), Some("Pump"));
    assert_eq!((core.reference.as_str(), core.place.as_str()), ("a", "components[0]"));
    assert_eq!(core.kind.as_deref(), Some("library"));
    assert_eq!((core.group.as_deref(), core.version.as_deref()), (Some("org.acme"), Some("1.2")));
    assert_eq!(
        core.purls.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["pkg:maven/org.acme/core@1.2", "pkg:maven/org.acme/core@1.2?type=jar"]
    );
    assert_eq!(core.cpes.len(), 2);
    assert_eq!(core.cpes[0].to_string(), "cpe:2.3:a:acme:core:1.2:*:*:*:*:*:*:*");
    let others: Vec<_> =
        core.other_identities.iter().map(|(k, t)| (k.as_str(), t.as_str())).collect();
    assert_eq!(others, [("omniborid", "gitoid:1"), ("swhid", "swh:1:cnt:2"), ("swid", "tag-1")]);
    assert_eq!(
        core.hashes,
        [("sha1".to_owned(), "e6b1000b94e835ffd37f4c6dcbdad43f4b48a02a".to_owned())]
    );
    assert_eq!(core.supplier.as_deref(), Some("Acme"));
    assert_eq!(core.licences, ["MIT", "Acme licence", "MIT OR X"]);
    assert_eq!(core.scope, Scope::Optional);
    let [patch] = core.patched.as_slice() else { panic!("{:?}", core.patched) };
    assert_eq!((patch.resolves.as_str(), patch.kind), ("CVE-2024-1", PatchKind::Backport));
    assert_eq!(patch.place, "pedigree.patches[0].resolves[0]");
    assert_eq!(core.end_of_support.as_deref(), Some("2030-01-01"));
    assert_eq!(core.support_level.as_deref(), Some("maintained"));
}

#[test]
fn a_document_that_lists_nothing_says_so() {
    let product = r#""metadata":{"component":{"type":"device","name":"P","version":"1"}}"#;
    let vex = format!(r#"{product},"vulnerabilities":[]"#);
    for (text, place) in [
        (cyclonedx(r#""components":[]"#), Some("")),
        (cyclonedx(r#""vulnerabilities":[]"#), Some("")),
        (spdx(r#""files":[{"SPDXID":"SPDXRef-F"}]"#), Some("")),
        (cyclonedx(&vex), Some("components")),
        (cyclonedx(product), Some("")),
        (
            cyclonedx(&format!(
                r#"{vex},"components":[{{"type":"file","name":"a","version":"1"}}]"#
            )),
            None,
        ),
    ] {
        let read = sound(&text);
        let met = warned(&read);
        assert_eq!(
            met,
            place.map(|place| ("components_missing", place)).into_iter().collect::<Vec<_>>(),
            "{text}"
        );
    }
}

#[test]
fn the_source_package_comes_from_the_places_tools_write_it() {
    for (members, source) in [
        (r#""purl":"pkg:deb/debian/libc6@2.31-13?upstream=glibc""#, Some("glibc")),
        (
            r#""purl":"pkg:rpm/rhel/dbus@1?upstream=dbus-1.12.20-8.el9.src.rpm""#,
            Some("dbus@1.12.20-8.el9"),
        ),
        (r#""properties":[{"name":"syft:metadata:source","value":"glibc"}]"#, Some("glibc")),
        (
            r#""properties":[{"name":"syft:metadata:sourceRpm","value":"zlib-1.2.11-1.el8.src.rpm"}]"#,
            Some("zlib@1.2.11-1.el8"),
        ),
        (
            r#""properties":[{"name":"aquasecurity:trivy:SrcVersion","value":"1.1"},{"name":"aquasecurity:trivy:SrcName","value":"openssl"},{"name":"aquasecurity:trivy:SrcRelease","value":"2"},{"name":"aquasecurity:trivy:SrcEpoch","value":"1"}]"#,
            Some("openssl@1:1.1-2"),
        ),
        (r#""properties":[{"name":"other","value":"x"}]"#, None),
    ] {
        let read = sound(&components(&format!(
            r#"{{"type":"library","name":"x","version":"1",{members}}}"#
        )));
        assert_eq!(read.value.components[1].source_package.as_deref(), source, "{members}");
    }
}

#[test]
fn nested_components_are_flattened_and_contained() {
    let read = sound(&cyclonedx(
        r#""metadata":{"component":{"type":"device","name":"P","version":"1","components":[{"type":"file","name":"part","version":"1"}]}},
        "components":[{"type":"library","name":"a","version":"1","components":[{"type":"library","name":"b","version":"1","components":[{"type":"library","name":"c","version":"1"}]}]},{"type":"library","name":"d","version":"1"}]"#,
    ));
    let places: Vec<_> =
        read.value.components.iter().map(|c| (c.name.as_str(), c.place.as_str())).collect();
    assert_eq!(
        places,
        [
            ("P", "metadata.component"),
            ("part", "metadata.component.components[0]"),
            ("a", "components[0]"),
            ("b", "components[0].components[0]"),
            ("c", "components[0].components[0].components[0]"),
            ("d", "components[1]"),
        ]
    );
    use DependencyKind::Contains;
    assert_eq!(
        arrows(&read.value),
        [("P", "part", Contains), ("a", "b", Contains), ("b", "c", Contains)]
    );
}

#[test]
fn dependencies_become_arrows_and_a_dangling_one_makes_a_hole() {
    let list = r#"{"type":"library","bom-ref":"a","name":"a","version":"1"},{"type":"library","bom-ref":"b","name":"b","version":"1"}"#;
    let with = |dependencies: &str| {
        let text = components(list);
        sound(&format!("{},\"dependencies\":[{dependencies}]}}", &text[..text.len() - 1]))
    };
    let whole = with(
        r#"{"ref":"pump","dependsOn":["a","a"],"provides":["zzz"]},{"dependsOn":["b"],"ref":"a"},{"ref":"b","dependsOn":["a"]}"#,
    );
    use DependencyKind::DependsOn;
    assert_eq!(
        arrows(&whole.value),
        [("Pump", "a", DependsOn), ("a", "b", DependsOn), ("b", "a", DependsOn)]
    );
    assert!(!whole.value.graph_has_holes);
    assert_eq!(warned(&whole), []);

    let holed = with(
        r#"{"ref":"a","dependsOn":["b","nope"]},{"ref":"gone"},{"ref":"b","dependsOn":["nope"]}"#,
    );
    assert_eq!(arrows(&holed.value), [("a", "b", DependsOn)]);
    assert!(holed.value.graph_has_holes);
    assert_eq!(
        warned(&holed),
        [
            ("dangling_reference", "dependencies[0].dependsOn[1]"),
            ("dangling_reference", "dependencies[1].ref")
        ]
    );
    assert!(
        holed.problems[0].what.contains("`nope`") && holed.problems[0].what.contains("1 further")
    );

    let nameless = with(r#"{"dependsOn":["a"]},{"ref":"","dependsOn":["a"]}"#);
    assert_eq!(
        warned(&nameless),
        [
            ("dependency_ref_missing", "dependencies[0]"),
            ("dependency_ref_missing", "dependencies[1]")
        ]
    );
}

#[test]
fn services_are_no_components_and_what_stands_elsewhere_is_told() {
    let read = sound(&cyclonedx(
        r#""components":[{"type":"library","bom-ref":"a","name":"a","version":"1"}],
        "services":[{"bom-ref":"s","name":"s","services":[{"bom-ref":"t","name":"t"}]}],
        "dependencies":[{"ref":"a","dependsOn":["s","t","urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#x"]},{"ref":"s","dependsOn":["a"]}]"#,
    ));
    assert_eq!(read.value.components.len(), 1);
    assert_eq!(read.value.dependencies, []);
    assert!(read.value.graph_has_holes);
    assert_eq!(
        warned(&read),
        [
            ("services_not_compared", "services"),
            ("parts_elsewhere", "dependencies[0].dependsOn[2]"),
            ("root_missing", "metadata.component"),
        ]
    );
    assert!(read.problems[0].what.starts_with("2 services"), "{:?}", read.problems);
}

#[test]
fn what_is_said_to_stand_elsewhere_or_to_be_missing_is_a_hole_with_its_place() {
    let part = r#"{"type":"operating-system","bom-ref":"r","name":"rootfs","version":"1","externalReferences":[{"type":"website","url":"https://example.org"},{"type":"bom","url":"urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1"}]}"#;
    let linked = sound(&components(part));
    assert_eq!(warned(&linked), [("parts_elsewhere", "components[0].externalReferences[1]")]);
    assert!(linked.problems[0].what.contains("urn:cdx:f08a6ccd"), "{:?}", linked.problems);
    assert!(linked.value.graph_has_holes);

    // of the product, a web address is as a rule that of this very document
    let product = |url: &str| {
        sound(&cyclonedx(&format!(
            r#""metadata":{{"component":{{"type":"device","name":"P","version":"1","externalReferences":[{{"type":"bom","url":"{url}"}}]}}}},"components":[{{"type":"library","name":"a","version":"1"}}]"#
        )))
    };
    assert_eq!(warned(&product("https://example.org/bom.json")), []);
    assert_eq!(
        warned(&product("urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1")),
        [("parts_elsewhere", "metadata.component.externalReferences[0]")]
    );

    for (aggregates, place) in [
        (r#"{"aggregate":"complete"},{"aggregate":"not_specified"}"#, None),
        (
            r#"{"aggregate":"complete"},{"aggregate":"incomplete","assemblies":["pump"]}"#,
            Some("compositions[1].aggregate"),
        ),
        (r#"{"aggregate":"incomplete_third_party_only"}"#, Some("compositions[0].aggregate")),
        (
            r#"{"aggregate":"unknown","dependencies":["pump"]},{"aggregate":"incomplete"}"#,
            Some("compositions[0].aggregate"),
        ),
    ] {
        let text = components(r#"{"type":"library","name":"a","version":"1"}"#);
        let text = format!("{},\"compositions\":[{aggregates}]}}", &text[..text.len() - 1]);
        let read = sound(&text);
        let wanted: Vec<_> = place.map(|place| ("parts_missing", place)).into_iter().collect();
        assert_eq!(warned(&read), wanted, "{aggregates}");
        assert_eq!(read.value.graph_has_holes, place.is_some(), "{aggregates}");
    }
}

#[test]
fn a_version_that_is_none_is_told_in_every_format() {
    for (version, code) in [
        ("2.2.x", Some("version_is_range")),
        ("<2.0", Some("version_is_range")),
        (">=1.0 <2.0", Some("version_is_range")),
        ("*", Some("version_is_word")),
        ("latest", Some("version_is_word")),
        ("2.2.0 (patched)", Some("version_has_remark")),
        ("2.2.0", None),
        ("1:3.0.9-1+deb12u2", None),
    ] {
        let wanted = |place| code.map(|code| (code, place)).into_iter().collect::<Vec<_>>();
        let read = sound(&components(&format!(
            r#"{{"type":"library","name":"a","version":"{version}"}}"#
        )));
        assert_eq!(warned(&read), wanted("components[0]"), "{version}");
        assert_eq!(read.value.components[1].version.as_deref(), Some(version));
        let read = sound(&spdx(&format!(
            r#""documentDescribes":["P"],"packages":[{{"SPDXID":"P","name":"p","versionInfo":"1"}},{{"SPDXID":"A","name":"a","versionInfo":"{version}"}}]"#
        )));
        assert_eq!(warned(&read), wanted("packages[1]"), "{version}");
    }
    // also where only the package URL has one
    let read =
        sound(&components(r#"{"type":"library","name":"django","purl":"pkg:pypi/django@2.2.x"}"#));
    assert_eq!(warned(&read), [("version_is_range", "components[0]")]);
}

#[test]
fn what_is_not_weighed_is_told_with_its_place() {
    let text = components(
        r#"{"type":"library","bom-ref":"z","name":"acmelib","version":"1.0","pedigree":{"ancestors":[{"type":"library","name":"openssl","version":"1.1.1k","purl":"pkg:generic/openssl@1.1.1k"}]}}"#,
    );
    let stating = |vulnerabilities: &str| {
        sound(&format!("{},\"vulnerabilities\":[{vulnerabilities}]}}", &text[..text.len() - 1]))
    };
    let read = stating(
        r#"{"id":"CVE-2099-1","analysis":{"state":"not_affected"}},{"id":"CVE-2099-2","analysis":{"state":"exploitable"},"affects":[{"ref":"z"}]},{"id":"CVE-2099-3"}"#,
    );
    assert_eq!(
        warned(&read),
        [
            ("statements_not_weighed", "vulnerabilities[1]"),
            ("ancestor_not_compared", "components[0].pedigree.ancestors[0]"),
        ]
    );
    assert!(read.problems[1].what.contains("`openssl 1.1.1k`, `pkg:generic/openssl@1.1.1k`"));
    let told = &read.problems[0];
    assert!(told.what.starts_with("3 statements on vulnerabilities stand"), "{told}");
    assert!(told.what.contains("1 of `exploitable`, the first names `CVE-2099-2`"), "{told}");
    assert!(told.next.contains("`aftercare corpus import`"), "{told}");
    // what no analysis stands beside cannot be imported
    let bare = stating(r#"{"id":"CVE-2099-3"}"#);
    assert!(!bare.problems[0].next.contains("import"), "{:?}", bare.problems);
}

#[test]
fn identities_that_do_not_parse_are_kept_with_the_reason() {
    let read = sound(&components(
        r#"{"type":"library","name":"x","version":"1","purl":"npm/left-pad","cpe":"not a cpe"},
           {"type":"library","name":"y","version":"1","cpe":"cpe:2.3:a:only:three"},
           {"type":"library","name":"z","version":"1","cpe":"cpe:/a:acme:core:1.2"}"#,
    ));
    assert_eq!(
        warned(&read),
        [
            ("purl_unreadable", "components[0].purl"),
            ("cpe_unreadable", "components[0].cpe"),
            ("cpe_incomplete", "components[1].cpe"),
            ("versions_disagree", "components[2]"),
        ]
    );
    assert!(read.problems[0].what.starts_with("`npm/left-pad` is not a package URL: "));
    let x = &read.value.components[1];
    assert_eq!(
        x.other_identities,
        [
            ("purl".to_owned(), "npm/left-pad".to_owned()),
            ("cpe".to_owned(), "not a cpe".to_owned())
        ]
    );
    assert!(x.purls.is_empty() && x.cpes.is_empty());
    assert_eq!(read.value.components[2].cpes.len(), 1);
    assert_eq!(
        read.value.components[3].cpes[0].to_string(),
        "cpe:2.3:a:acme:core:1.2:*:*:*:*:*:*:*"
    );
}

#[test]
fn odd_values_of_a_component_are_warned_about_in_their_place() {
    for (members, code, place) in [
        (r#""name":"x","version":"1""#, "component_type_missing", "components[0]"),
        (
            r#""type":"foo","name":"x","version":"1""#,
            "component_type_unknown",
            "components[0].type",
        ),
        (r#""type":"library","name":"x""#, "version_missing", "components[0]"),
        (r#""type":"library","name":"x","version":"""#, "version_missing", "components[0]"),
        (
            r#""type":"library","name":"x","version":"1","scope":"foo""#,
            "scope_unknown",
            "components[0].scope",
        ),
        (
            r#""type":"library","name":"x","version":"1","bom-ref":"""#,
            "bom_ref_empty",
            "components[0].bom-ref",
        ),
        (
            r#""type":"library","name":"x","version":"1","bom-ref":"pump""#,
            "bom_ref_repeated",
            "components[0].bom-ref",
        ),
        (
            r#""type":"library","name":"x","version":"1","hashes":[{"alg":"MD5","content":"no"}]"#,
            "hash_malformed",
            "components[0].hashes[0]",
        ),
        (
            r#""type":"library","name":"x","version":"1","hashes":[{"alg":"FOO","content":"3942447fac867ae5cdb3229b658f4d48"}]"#,
            "hash_algorithm_unknown",
            "components[0].hashes[0]",
        ),
        (
            r#""type":"library","name":"x","version":"1","licenses":[{"license":{}}]"#,
            "licence_malformed",
            "components[0].licenses[0]",
        ),
        (
            r#""type":"library","name":"x","version":"1","swid":{"name":"n"}"#,
            "swid_incomplete",
            "components[0].swid",
        ),
        (
            r#""type":"library","name":"x","version":"1","properties":[{"value":"v"}]"#,
            "property_without_name",
            "components[0].properties[0]",
        ),
        (
            r#""type":"library","name":"x","version":"1","pedigree":{"patches":[{"type":"foo","resolves":[{"type":"security","id":"CVE-1"}]}]}"#,
            "patch_type_unknown",
            "components[0].pedigree.patches[0]",
        ),
        (
            r#""type":"library","name":"x","version":"1","pedigree":{"patches":[{"type":"backport"}]}"#,
            "patch_names_no_issue",
            "components[0].pedigree.patches[0]",
        ),
        (
            r#""type":"library","name":"x","version":"2","purl":"pkg:npm/x@1""#,
            "versions_disagree",
            "components[0]",
        ),
        (
            r#""type":"library","name":"x","version":"2","purl":"pkg:generic/x@1""#,
            "versions_disagree",
            "components[0]",
        ),
        (
            r#""type":"library","name":"x","version":"2","cpe":"cpe:2.3:a:x:x:1:*:*:*:*:*:*:*""#,
            "versions_disagree",
            "components[0]",
        ),
        (
            r#""type":"library","name":"x","isExternal":true,"versionRange":"vers:npm/>=1""#,
            "version_range",
            "components[0].versionRange",
        ),
        (
            r#""type":"library","name":"x","versionRange":"vers:npm/>=1""#,
            "version_range_misplaced",
            "components[0].versionRange",
        ),
        (
            r#""type":"library","name":"a\u0000b","version":"1""#,
            "nul_character",
            "components[0].name",
        ),
        (
            r#""type":"library","name":"a\u0007b","version":"1""#,
            "control_character",
            "components[0].name",
        ),
    ] {
        let read = sound(&components(&format!("{{{members}}}")));
        assert_eq!(warned(&read), [(code, place)], "{members}");
        assert_eq!(read.value.components.len(), 2);
    }
}

#[test]
fn an_unknown_scope_never_lowers_a_component() {
    let scope = |scope: &str| {
        let text = components(&format!(
            r#"{{"type":"library","name":"x","version":"1","scope":"{scope}"}}"#
        ));
        sound(&text).value.components[1].scope
    };
    assert_eq!(scope("excluded"), Scope::Excluded);
    assert_eq!(scope("required"), Scope::Required);
    assert_eq!(scope("Excluded?"), Scope::Required);
}

#[test]
fn nul_becomes_a_replacement_and_other_odd_characters_stay() {
    let read = sound(&components(
        r#"{"type":"library","name":"a\u0000b","version":"1","licenses":[{"license":{"name":"x\u0000y"}}]},
           {"type":"library","name":"safe\u202egpj","version":"1"},
           {"type":"library","name":"=1+1\u0007","version":"1"}"#,
    ));
    let names: Vec<_> = read.value.components.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["Pump", "a\u{fffd}b", "safe\u{202e}gpj", "=1+1\u{7}"]);
    assert_eq!(read.value.components[1].licences, ["x\u{fffd}y"]);
}

#[test]
fn duplicates_are_kept_apart() {
    let one = r#"{"type":"library","name":"x","version":"1","purl":"pkg:npm/x@1"}"#;
    let read = sound(&components(&format!("{one},{one}")));
    assert_eq!(read.value.components.len(), 3);
    assert_ne!(read.value.components[1].place, read.value.components[2].place);
    assert_eq!(read.value.components[1].purls, read.value.components[2].purls);
}

#[test]
fn an_arrow_under_a_repeated_reference_is_not_certain() {
    let read = sound(&cyclonedx(
        r#""metadata":{"component":{"type":"device","bom-ref":"p","name":"P","version":"1"}},
        "components":[{"type":"library","bom-ref":"a","name":"a1","version":"1"},{"type":"library","bom-ref":"a","name":"a2","version":"1"}],
        "dependencies":[{"ref":"p","dependsOn":["a"]}]"#,
    ));
    assert_eq!(warned(&read), [("bom_ref_repeated", "components[1].bom-ref")]);
    assert!(read.problems[0].what.contains("components[0]"));
    assert_eq!(arrows(&read.value), [("P", "a1", DependencyKind::DependsOn)]);
    assert!(read.value.graph_has_holes);
}

#[test]
fn metadata_names_the_makers_and_completes_the_product() {
    let read = sound(&cyclonedx(
        r#""serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata":{"timestamp":"2026-01-02T03:04:05Z","authors":[{"name":"Jo"},{"email":"a@b.c"}],
        "tools":{"components":[{"type":"application","name":"syft","version":"1.2"}],"services":[{"name":"s"}]},
        "manufacturer":{"name":"Scan Ltd"},"supplier":{"name":"Acme"},"component":{"type":"device","name":"P","version":"1"}}"#,
    ));
    assert_eq!(warned(&read), [("components_missing", "")]);
    let value = read.value;
    assert_eq!(value.serial.as_deref(), Some("urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"));
    assert_eq!(value.created.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(value.authors, ["Jo", "a@b.c", "Scan Ltd"]);
    assert_eq!(value.tools, ["syft 1.2", "s"]);
    assert_eq!(value.components[0].supplier.as_deref(), Some("Acme"));
    assert_eq!((value.format, value.spec_version.as_str()), (Format::CyclonedxJson, "1.6"));

    let old = sound(&cyclonedx(
        r#""metadata":{"timestamp":"2020-04-13","tools":[{"vendor":"V","name":"t","version":"9"}]}"#,
    ));
    assert_eq!(old.value.tools, ["t 9"]);
    assert_eq!(
        warned(&old),
        [("components_missing", ""), ("time_unreadable", "metadata.timestamp")]
    );
}

#[test]
fn structural_faults_of_cyclonedx_refuse_the_document() {
    let head = r#"{"bomFormat":"CycloneDX","specVersion":"1.6""#;
    for (text, code, place) in [
        (r#"{"specVersion":"1.6","components":[]}"#.to_owned(), "bom_format_missing", ""),
        (
            r#"{"bomFormat":"Other","specVersion":"1.6"}"#.to_owned(),
            "bom_format_wrong",
            "bomFormat",
        ),
        (r#"{"bomFormat":"CycloneDX"}"#.to_owned(), "spec_version_missing", ""),
        (
            r#"{"bomFormat":"CycloneDX","specVersion":"2.0","components":{}}"#.to_owned(),
            "spec_version_unknown",
            "specVersion",
        ),
        (
            r#"{"bomFormat":"CycloneDX","specVersion":"1.1"}"#.to_owned(),
            "spec_version_unknown",
            "specVersion",
        ),
        (format!(r#"{head},"version":0}}"#), "document_version_below_one", "version"),
        (format!(r#"{head},"version":-1}}"#), "document_version_below_one", "version"),
        (format!(r#"{head},"version":"1"}}"#), "wrong_type", "version"),
        (format!(r#"{head},"serialNumber":"1234"}}"#), "serial_number_malformed", "serialNumber"),
        (format!(r#"{head},"components":{{}}}}"#), "wrong_type", "components"),
        (format!(r#"{head},"components":[null]}}"#), "wrong_type", "components[0]"),
        (
            format!(r#"{head},"components":[{{"type":"library"}}]}}"#),
            "component_name_missing",
            "components[0]",
        ),
        (
            format!(r#"{head},"components":[{{"name":"a"}},{{"name":"b","purl":7}}]}}"#),
            "wrong_type",
            "components[1].purl",
        ),
        (
            format!(r#"{head},"components":[{{"name":"a","components":[{{"name":[]}}]}}]}}"#),
            "wrong_type",
            "components[0].components[0].name",
        ),
        (
            format!(r#"{head},"components":[{{"name":"a","name":"b"}}]}}"#),
            "duplicate_key",
            "components[0]",
        ),
        (format!(r#"{head},"components":[],"components":[]}}"#), "duplicate_key", ""),
        (
            format!(r#"{head},"dependencies":[{{"ref":"a","dependsOn":"b"}}]}}"#),
            "wrong_type",
            "dependencies[0].dependsOn",
        ),
        (format!("{head},\n\"components\":[}}"), "not_json", "line 2 column 15"),
        (format!("{head}}} trailing"), "not_json", "line 1 column 47"),
        (format!("{head},\n\"components\":[{{\"na"), "truncated", "line 2 column 19"),
    ] {
        let (met, at) = refused(&text);
        assert_eq!(met, code, "{text}");
        if code == "duplicate_key" && place.is_empty() {
            assert!(at.starts_with("line 1"), "{at}");
        } else {
            assert_eq!(at, place, "{text}");
        }
    }
}

#[test]
fn several_refusals_are_told_at_once_up_to_a_number() {
    let two = refusals(br#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":0,"serialNumber":"x","components":[{"type":"library"}]}"#);
    let codes: Vec<_> = two.iter().map(|problem| problem.code).collect();
    assert_eq!(
        codes,
        ["component_name_missing", "serial_number_malformed", "document_version_below_one"]
    );

    let many = cyclonedx(&format!(r#""components":[{}{{}}]"#, "{},".repeat(99)));
    let many = refusals(many.as_bytes());
    assert_eq!(many.len(), 21);
    assert_eq!(many[20].code, "refusals_left_out");
    assert!(many[20].what.contains("80"), "{}", many[20]);
}

#[test]
fn a_serial_number_in_upper_case_is_a_warning() {
    let read =
        sound(&cyclonedx(r#""serialNumber":"urn:uuid:3E671687-395B-41F5-A30F-A58921A69B79""#));
    assert_eq!(
        warned(&read),
        [("components_missing", ""), ("serial_number_upper_case", "serialNumber")]
    );
}

#[test]
fn null_counts_as_absent() {
    let read = sound(&cyclonedx(
        r#""serialNumber":null,"metadata":{"component":null,"tools":null,"authors":null},"services":null,"dependencies":null,
        "components":[{"type":"library","name":"a","version":"1","purl":null,"hashes":null,"licenses":null,"properties":null,
        "pedigree":null,"evidence":null,"components":null,"supplier":null,"swid":null}]"#,
    ));
    assert_eq!(warned(&read), [("root_missing", "metadata.component")]);
}

#[test]
fn names_with_escapes_and_other_scripts_are_read() {
    let read =
        sound(&components(r#"{"type":"library","name":"caf\u00e9 \"x\" 漢","version":"1"}"#));
    assert_eq!(read.value.components[1].name, "café \"x\" 漢");
}

// SPDX

const PACKAGES: &str = r#""packages":[
    {"SPDXID":"SPDXRef-P","name":"Product","versionInfo":"3","downloadLocation":"NONE"},
    {"SPDXID":"SPDXRef-A","name":"a","versionInfo":"1","downloadLocation":"NONE"},
    {"SPDXID":"SPDXRef-B","name":"b","versionInfo":"1","downloadLocation":"NONE"}],
    "files":[{"SPDXID":"SPDXRef-F","fileName":"f"}],"snippets":[{"SPDXID":"SPDXRef-S"}]"#;

fn relations(list: &[(&str, &str, &str)]) -> Read<Inventory> {
    let list: Vec<String> = list
        .iter()
        .map(|(from, kind, to)| {
            format!(r#"{{"spdxElementId":"{from}","relationshipType":"{kind}","relatedSpdxElement":"{to}"}}"#)
        })
        .collect();
    sound(&spdx(&format!(r#"{PACKAGES},"relationships":[{}]"#, list.join(","))))
}

#[test]
fn a_package_keeps_everything_the_document_says_of_it() {
    let read = sound(&spdx(
        r#""documentDescribes":["SPDXRef-A"],"packages":[{"SPDXID":"SPDXRef-A","name":"openssl","versionInfo":"3.0.4",
        "downloadLocation":"NOASSERTION","supplier":"NOASSERTION","originator":"Organization: OpenSSL ()",
        "licenseConcluded":"Apache-2.0","licenseDeclared":"NOASSERTION","primaryPackagePurpose":"OPERATING_SYSTEM",
        "validUntilDate":"2026-09-07T00:00:00Z",
        "checksums":[{"algorithm":"SHA1","checksumValue":"85ed0817af83a24ad8da68c2b5094de69833983c"}],
        "externalRefs":[
          {"referenceCategory":"PACKAGE_MANAGER","referenceType":"purl","referenceLocator":"pkg:deb/debian/openssl@3.0.4"},
          {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:generic/openssl@3.0.4"},
          {"referenceCategory":"SECURITY","referenceType":"cpe22Type","referenceLocator":"cpe:/a:openssl:openssl:3.0.4"},
          {"referenceCategory":"SECURITY","referenceType":"http://spdx.org/rdf/references/cpe23Type","referenceLocator":"cpe:2.3:a:openssl:openssl:3.0.4:*:*:*:*:*:*:*"},
          {"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:other:openssl:3.0.4:*:*:*:*:*:*:*"},
          {"referenceCategory":"PERSISTENT-ID","referenceType":"swh","referenceLocator":"swh:1:cnt:9"},
          {"referenceCategory":"SECURITY","referenceType":"advisory","referenceLocator":"https://example.org"}]}]"#,
    ));
    assert_eq!(warned(&read), [("components_missing", "")]);
    let value = read.value;
    assert_eq!((value.format, value.spec_version.as_str()), (Format::SpdxJson, "SPDX-2.3"));
    assert_eq!(
        (value.name.as_deref(), value.serial.as_deref()),
        (Some("doc"), Some("https://example.org/a"))
    );
    assert_eq!(
        (value.authors, value.tools),
        (vec!["Organization: Acme".to_owned()], vec!["syft-1.2".to_owned()])
    );
    assert_eq!(value.root, Some(0));
    let package = &value.components[0];
    assert_eq!((package.reference.as_str(), package.place.as_str()), ("SPDXRef-A", "packages[0]"));
    assert_eq!(package.purls.len(), 2);
    // the 2.2 URI and the 2.3 string are one name
    assert_eq!(package.cpes.len(), 2, "{:?}", package.cpes);
    assert_eq!(package.other_identities, [("swhid".to_owned(), "swh:1:cnt:9".to_owned())]);
    assert_eq!(package.supplier.as_deref(), Some("OpenSSL"));
    assert_eq!(package.licences, ["Apache-2.0"]);
    assert_eq!(package.kind.as_deref(), Some("operating-system"));
    assert_eq!(package.end_of_support.as_deref(), Some("2026-09-07T00:00:00Z"));
    assert_eq!(package.hashes[0].0, "sha1");
    assert_eq!(package.scope, Scope::Required);
}

#[test]
fn relationships_point_the_right_way() {
    use DependencyKind::{BuildOnly, Contains, DependsOn, Optional};
    for (kind, arrow) in [
        ("DEPENDS_ON", Some(("a", "b", DependsOn))),
        ("DEPENDENCY_OF", Some(("b", "a", DependsOn))),
        ("RUNTIME_DEPENDENCY_OF", Some(("b", "a", DependsOn))),
        ("DYNAMIC_LINK", Some(("a", "b", DependsOn))),
        ("PREREQUISITE_FOR", Some(("b", "a", DependsOn))),
        ("CONTAINS", Some(("a", "b", Contains))),
        ("CONTAINED_BY", Some(("b", "a", Contains))),
        ("BUILD_TOOL_OF", Some(("b", "a", BuildOnly))),
        ("DEV_DEPENDENCY_OF", Some(("b", "a", BuildOnly))),
        ("TEST_DEPENDENCY_OF", Some(("b", "a", BuildOnly))),
        ("OPTIONAL_DEPENDENCY_OF", Some(("b", "a", Optional))),
        ("DESCENDANT_OF", None),
        ("GENERATED_FROM", None),
    ] {
        let read = relations(&[
            ("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-P"),
            ("SPDXRef-A", kind, "SPDXRef-B"),
        ]);
        assert_eq!(arrows(&read.value), arrow.into_iter().collect::<Vec<_>>(), "{kind}");
        assert_eq!(read.value.root, Some(0));
        assert_eq!(warned(&read), [], "{kind}");
    }
}

#[test]
fn the_product_is_what_the_document_describes() {
    let (document, p, a) = ("SPDXRef-DOCUMENT", "SPDXRef-P", "SPDXRef-A");
    assert_eq!(relations(&[(p, "DESCRIBED_BY", document)]).value.root, Some(0));
    assert_eq!(relations(&[(document, "DESCRIBES", a)]).value.root, Some(1));
    // what a file describes is not the product
    let none = relations(&[("SPDXRef-F", "DESCRIBES", a)]);
    assert_eq!(none.value.root, None);
    assert_eq!(warned(&none), [("root_missing", "documentDescribes")]);
    let two = relations(&[(document, "DESCRIBES", a), (document, "DESCRIBES", p)]);
    assert_eq!(two.value.root, Some(1));
    assert_eq!(warned(&two), [("several_roots", "documentDescribes")]);
    let misspelt = relations(&[(document, "DESCRIBE", p)]);
    assert_eq!(misspelt.value.root, Some(0));
    assert_eq!(
        warned(&misspelt),
        [("relationship_type_unknown", "relationships[0].relationshipType")]
    );
}

#[test]
fn only_relations_to_nothing_are_holes() {
    let root = ("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-P");
    let whole = relations(&[
        root,
        ("SPDXRef-P", "CONTAINS", "SPDXRef-F"),
        ("SPDXRef-P", "CONTAINS", "SPDXRef-S"),
        ("SPDXRef-P", "VARIANT_OF", "DocumentRef-other:SPDXRef-X"),
        ("SPDXRef-P", "VARIANT_OF", "NOASSERTION"),
        ("SPDXRef-P", "DEPENDS_ON", "NONE"),
        ("SPDXRef-DOCUMENT", "CONTAINS", "SPDXRef-A"),
    ]);
    assert_eq!(warned(&whole), []);
    assert_eq!(whole.value.dependencies, []);
    assert!(!whole.value.graph_has_holes);

    // parts in a document that is not read
    let other = relations(&[
        root,
        ("SPDXRef-P", "CONTAINS", "DocumentRef-other:SPDXRef-DOCUMENT"),
        ("DocumentRef-other:SPDXRef-X", "DEPENDENCY_OF", "SPDXRef-A"),
        ("DocumentRef-other:SPDXRef-Y", "DEPENDS_ON", "SPDXRef-A"),
        ("DocumentRef-other:SPDXRef-Z", "BUILD_TOOL_OF", "SPDXRef-A"),
    ]);
    assert_eq!(
        warned(&other),
        [("parts_elsewhere", "relationships[1]"), ("parts_elsewhere", "relationships[2]")]
    );
    assert!(other.value.graph_has_holes);

    // what else it depends on, the document does not say
    let open = relations(&[root, ("SPDXRef-P", "DEPENDS_ON", "NOASSERTION")]);
    assert_eq!(warned(&open), [("parts_missing", "relationships[1]")]);
    assert!(open.value.graph_has_holes);

    let holed = relations(&[
        root,
        ("SPDXRef-x", "DEPENDS_ON", "SPDXRef-y"),
        ("SPDXRef-A", "CONTAINS", "SPDXRef-y"),
    ]);
    assert_eq!(
        warned(&holed),
        [("dangling_reference", "relationships[1]"), ("dangling_reference", "relationships[1]")]
    );
    assert!(holed.value.graph_has_holes);

    let beside = relations(&[root, ("SPDXRef-x", "VARIANT_OF", "SPDXRef-A")]);
    assert_eq!(warned(&beside), [("dangling_reference", "relationships[1]")]);
    assert!(!beside.value.graph_has_holes);
}

#[test]
fn structural_faults_of_spdx_refuse_the_document() {
    for (text, code, place) in [
        (r#"{"SPDXID":"SPDXRef-DOCUMENT","packages":[]}"#.to_owned(), "spdx_version_missing", ""),
        (r#"{"spdxVersion":"SPDX-2.3","packages":[]}"#.to_owned(), "spdx_id_missing", ""),
        (
            r#"{"SPDXID":"SPDXRef-DOCUMENT","spdxVersion":"SPDX-1.2"}"#.to_owned(),
            "spec_version_unknown",
            "spdxVersion",
        ),
        (
            r#"{"SPDXID":"SPDXRef-DOCUMENT","spdxVersion":"SPDX-3.0"}"#.to_owned(),
            "spec_version_unknown",
            "spdxVersion",
        ),
        (spdx(r#""packages":[{"SPDXID":"SPDXRef-A"}]"#), "component_name_missing", "packages[0]"),
        (spdx(r#""packages":[{"name":"a"}]"#), "spdx_id_missing", "packages[0]"),
        (
            spdx(r#""packages":[{"SPDXID":"A","name":"a"},{"SPDXID":"A","name":"b"}]"#),
            "spdx_id_repeated",
            "packages[1].SPDXID",
        ),
        (
            spdx(r#""packages":[{"SPDXID":"A","name":"a"}],"files":[{"SPDXID":"A"}]"#),
            "spdx_id_repeated",
            "files[0].SPDXID",
        ),
        (spdx(r#""packages":{}"#), "wrong_type", "packages"),
        (spdx(r#""packages":[{"SPDXID":"A","name":1}]"#), "wrong_type", "packages[0].name"),
        (
            spdx(r#""packages":[{"SPDXID":"A","name":"a","externalRefs":[{"referenceType":[]}]}]"#),
            "wrong_type",
            "packages[0].externalRefs[0].referenceType",
        ),
        (
            spdx(r#""packages":[{"SPDXID":"A","SPDXID":"B","name":"a"}]"#),
            "duplicate_key",
            "packages[0]",
        ),
    ] {
        assert_eq!(refused(&text), (code, place.to_owned()), "{text}");
    }
}

#[test]
fn package_urls_of_different_packages_are_told() {
    let package = |urls: [&str; 2]| {
        let urls =
            urls.map(|url| format!(r#"{{"referenceType":"purl","referenceLocator":"{url}"}}"#));
        sound(&spdx(&format!(
            r#""documentDescribes":["A"],"packages":[{{"SPDXID":"A","name":"a","versionInfo":"1","externalRefs":[{}]}}]"#,
            urls.join(",")
        )))
    };
    let read = package(["pkg:npm/a@1", "pkg:npm/b@1"]);
    let alone = ("components_missing", "");
    assert_eq!(warned(&read), [alone, ("packages_disagree", "packages[0]")]);
    assert_eq!(warned(&package(["pkg:npm/a@1", "pkg:generic/b@1"])), [alone]);
}

#[test]
fn a_package_without_an_asserted_version_has_none() {
    for version in ["NOASSERTION", "NONE", ""] {
        let read = sound(&spdx(&format!(
            r#""documentDescribes":["A"],"packages":[{{"SPDXID":"A","name":"a","versionInfo":"{version}"}}]"#
        )));
        assert_eq!(read.value.components[0].version, None);
        assert_eq!(warned(&read), [("components_missing", ""), ("version_missing", "packages[0]")]);
    }
    // a package URL may carry it
    let read = sound(&spdx(
        r#""documentDescribes":["A"],"packages":[{"SPDXID":"A","name":"a","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]}]"#,
    ));
    assert_eq!(warned(&read), [("components_missing", "")]);
}

// What it is

#[test]
fn documents_are_recognised_by_content() {
    for (bytes, what) in [
        (&b"{\"bomFormat\": \"CycloneDX\"}"[..], Recognised::Sbom(Format::CyclonedxJson)),
        (b"\xef\xbb\xbf {\"x\":{\"bomFormat\":1},\"$schema\":\"http://cyclonedx.org/schema/bom-1.5.schema.json\"}", Recognised::Sbom(Format::CyclonedxJson)),
        (b"<?xml version='1.0'?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>", Recognised::Sbom(Format::CyclonedxXml)),
        (b"{\"packages\":[{\"bomFormat\":\"CycloneDX\"}],\"spdxVersion\":\"SPDX-2.3\"}", Recognised::Sbom(Format::SpdxJson)),
        (b"# a comment\nSPDXVersion: SPDX-2.2\nDataLicense: CC0-1.0\n", Recognised::Sbom(Format::SpdxTagValue)),
        (b"---\nspdxVersion: \"SPDX-2.3\"\nname: x\n", Recognised::Sbom(Format::SpdxYaml)),
        (b"\"SPDXID\": x\n\"spdxVersion\": \"SPDX-2.3\"\n", Recognised::Sbom(Format::SpdxYaml)),
        (b"\"spdxVersion\"", Recognised::JsonScalar),
        (b"<!DOCTYPE html><p>http://cyclonedx.org/schema/bom/1.4</p>", Recognised::Html),
        (b"<RDF xmlns=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:spdx=\"http://spdx.org/rdf/terms#\"/>", Recognised::Sbom(Format::SpdxRdf)),
        (b"{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\",\"@graph\":[]}", Recognised::Sbom(Format::Spdx3JsonLd)),
        (b"{\"id\":\"GHSA-1\",\"modified\":\"2020\",\"affected\":[]}", Recognised::OsvRecord),
        (b"{\"document\":{\"csaf_version\":\"2.0\"},\"vulnerabilities\":[]}", Recognised::Csaf),
        (b"{\"resultsPerPage\":1,\"format\":\"NVD_CVE\",\"vulnerabilities\":[]}", Recognised::NvdPage),
        (b"{\"dataType\":\"CVE_RECORD\",\"cveMetadata\":{}}", Recognised::CveRecord),
        (b"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"statements\":[]}", Recognised::OpenVex),
        (b"{\"catalogVersion\":\"1\",\"vulnerabilities\":[]}", Recognised::KevCatalogue),
        (b"{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"\"}", Recognised::Attestation),
        (b"{\"sbom\":{\"spdxVersion\":\"SPDX-2.3\"}}", Recognised::GithubSbomAnswer),
        (b"{\"a\":1}", Recognised::OtherJson),
        (b"[1]", Recognised::JsonList),
        (b"null", Recognised::JsonScalar),
        (b"<!DOCTYPE html><html>", Recognised::Html),
        (b"<a/>", Recognised::OtherXml),
        (b"PK\x03\x04rest", Recognised::Zip),
        (b"\x1f\x8b\x08", Recognised::Gzip),
        (b"\x28\xb5\x2f\xfd", Recognised::Zstd),
        (b"\x7fELF\x02", Recognised::Elf),
        (b"\xff\xfe{\x00", Recognised::Utf16),
        (b"{\x00\"\x00", Recognised::Utf16),
        (b"hello", Recognised::Text),
        (b"\x01\x02\xff\xfe", Recognised::Binary),
        (b"", Recognised::Empty),
        (b" \n\t", Recognised::Empty),
        (b"\xef\xbb\xbf", Recognised::Empty),
    ] {
        assert_eq!(recognise(bytes), what, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn what_is_no_sbom_is_named_with_a_next_step() {
    for (bytes, code, what, next) in [
        (&b""[..], "empty", "empty", "SBOM file"),
        (b"PK\x03\x04", "not_an_sbom", "a ZIP archive", "Unpack"),
        (b"\xff\xfe{\x00", "encoding_not_utf8", "UTF-16", "UTF-8"),
        (
            b"{\"id\":\"GHSA-1\",\"modified\":\"2020\",\"affected\":[]}",
            "not_an_sbom",
            "OSV",
            "corpus import",
        ),
        (b"{\"a\":1,\"b\":2}", "not_an_sbom", "`a`, `b`", "CycloneDX (JSON, XML)"),
        (b"{\"a\":1,", "truncated", "ends in the middle", "whole file"),
        (b"{\"a\" 1}", "not_json", "not JSON here", "Export"),
        (b"[]", "not_an_sbom", "a JSON list", "CycloneDX (JSON, XML)"),
    ] {
        let problem = refusals(bytes).swap_remove(0);
        assert_eq!(problem.code, code, "{problem}");
        assert!(problem.what.contains(what), "{problem}");
        assert!(problem.next.contains(next), "{problem}");
    }
}

#[test]
fn a_byte_that_is_not_utf8_is_named_by_its_offset() {
    let mut bytes = cyclonedx(r#""components":[{"type":"library","name":"x?"}]"#).into_bytes();
    let at = bytes.iter().position(|b| *b == b'?').expect("the mark");
    bytes[at] = 0xe9;
    let problem = refusals(&bytes).swap_remove(0);
    assert_eq!(
        (problem.code, problem.place.as_str()),
        ("encoding_not_utf8", format!("byte {at}").as_str())
    );
    assert!(problem.what.contains("0xe9"), "{problem}");
}

#[test]
fn a_byte_order_mark_is_accepted() {
    let text = format!("\u{feff}{}", components(""));
    assert_eq!(sound(&text).value.components.len(), 1);
}

#[test]
fn what_yocto_says_of_a_recipes_patches_in_spdx_2_is_kept() {
    let read = sound(&spdx(
        r#""packages":[{"SPDXID":"SPDXRef-Recipe","name":"openssl","versionInfo":"3.0.8","downloadLocation":"NOASSERTION",
            "sourceInfo":"CVEs fixed: CVE-2023-0001 CVE-2023-0002"},
           {"SPDXID":"SPDXRef-Other","name":"zlib","versionInfo":"1.3","downloadLocation":"NOASSERTION","sourceInfo":"built with a fix for CVE-2023-0003"}]"#,
    ));
    let shown = |at: usize| -> Vec<String> {
        read.value.components[at].patched.iter().map(ToString::to_string).collect()
    };
    assert_eq!(shown(0), ["CVE-2023-0001 (applied)", "CVE-2023-0002 (applied)"]);
    assert_eq!(shown(1), [""; 0], "free words are not guessed at");
}
