//! Our ecosystems and purl types against the reference tables.

use crate::shared;
use aftercare_vocab::{ecosystem::PackageKey, purl::Purl, version::Scheme};

/// Rows of the table of ecosystems that we order otherwise, and why.
const ORDERED_OTHERWISE: &[(&str, &str)] = &[
    (
        "Root",
        "its suffix names the ecosystem whose order counts; no record of it is in the snapshot",
    ),
    ("TuxCare", "as Root"),
    ("Echo", "its packages are Debian's, the only ones of it that the snapshot and purl know"),
];

#[test]
fn every_ecosystem_is_filed_under_its_purl_type_and_ordered_as_the_table_says() {
    let Some(folder) = shared::conformance() else { return };
    let table = shared::json(&folder.join("../../reference/tables/osv-ecosystems.json"));
    let mut rows = 0;
    for (name, row) in table["ecosystems"].as_object().expect("rows") {
        rows += 1;
        if ORDERED_OTHERWISE.iter().any(|(known, _)| known == name) {
            continue;
        }
        let key = PackageKey::of_osv(name, "x");
        if let Some(ty) = row["purl_type"].as_str().filter(|ty| *ty != "generic") {
            let kind = match row["purl_namespace"].as_str() {
                Some(namespace) => format!("{ty}/{namespace}"),
                None => ty.to_owned(),
            };
            assert_eq!(key.kind, kind, "{name}");
        }
        let Some(order) = row["order"].as_str() else { continue };
        let (order, schemes): (_, &[Scheme]) = match order {
            "semver" => (order, &[Scheme::Semver, Scheme::Npm, Scheme::Cargo, Scheme::Golang]),
            "semver-like" | "pvp" => (order, &[Scheme::Hackage]),
            "semver(hex)" => (order, &[Scheme::Semver]),
            "semver(pub)" => (order, &[Scheme::Pub]),
            "pep440" => (order, &[Scheme::Pypi]),
            "rubygems" => (order, &[Scheme::Gem]),
            "packagist" => (order, &[Scheme::Composer]),
            "opam" => (order, &[Scheme::Deb]),
            other => {
                let scheme =
                    Scheme::from_name(other).unwrap_or_else(|| panic!("no scheme {other}"));
                assert_eq!(key.scheme(), scheme, "{name}");
                continue;
            }
        };
        assert!(schemes.contains(&key.scheme()), "{name}: {order}, ordered as {:?}", key.scheme());
    }
    assert!(rows > 40, "only {rows} ecosystems");
}

#[test]
fn every_example_of_a_purl_type_reads_and_its_demands_hold() {
    let Some(folder) = shared::conformance() else { return };
    let table = shared::json(&folder.join("../../reference/tables/purl-types.json"));
    let (mut examples, mut types) = (0, 0);
    for (ty, row) in table["types"].as_object().expect("rows") {
        types += 1;
        for example in row["examples"].as_array().into_iter().flatten() {
            let text = example.as_str().expect("text");
            let purl: Purl = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(purl.ty(), ty);
            assert_eq!(purl.to_string().parse::<Purl>(), Ok(purl), "{text}");
            examples += 1;
        }
        let named =
            |path: &str| format!("pkg:{ty}/{path}@1?uuid=u&tag_id=t").parse::<Purl>().is_ok();
        match row["namespace"]["requirement"].as_str() {
            Some("required") => {
                // `pkg:golang/stdlib` names Go's standard library: read, although the table says no
                assert!(named("a/b") && (ty == "golang" || !named("b")), "{ty}");
            }
            Some("prohibited") => assert!(!named("a/b"), "{ty}"),
            _ => assert!(named("a/b") && named("b"), "{ty}"),
        }
    }
    assert!(types > 35 && examples > 100, "{types} types, {examples} examples");
}
