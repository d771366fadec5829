//! Rules about crates: who may depend on whom, and on which technology.

use super::{Breach, Crate, Tree};

/// A crate of ours and the crates of ours it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("vocab", &[]),
    ("evidence", &["vocab"]),
    ("verifier", &["vocab", "domain", "evidence"]),
    ("formats", &["vocab"]),
    ("domain", &["vocab"]),
    ("documents", &["vocab"]),
    ("discover", &["vocab", "formats"]),
    ("signin", &["vocab"]),
    ("net", &[]),
    ("corpus", &["vocab", "formats"]),
    ("matching", &["vocab", "formats", "corpus"]),
    ("register", &["vocab", "domain", "evidence", "verifier"]),
    (
        "desk",
        &[
            "vocab",
            "domain",
            "documents",
            "signin",
            "net",
            "formats",
            "corpus",
            "matching",
            "register",
        ],
    ),
    ("web", &["vocab", "domain", "desk"]),
    ("app", ALL_BUT_TESTKIT),
    ("testkit", ALL_BUT_TESTKIT),
    ("xtask", &[]),
];

/// `app` and `testkit` put the whole product together.
const ALL_BUT_TESTKIT: &[&str] = &[
    "vocab",
    "evidence",
    "verifier",
    "formats",
    "domain",
    "corpus",
    "matching",
    "register",
    "desk",
    "web",
    "app",
    "signin",
    "net",
    "documents",
    "discover",
];

/// The one crate that only tests may depend on.
const FOR_TESTS: &str = "testkit";

/// What a crate's tests may call beyond its own arrows: those of `web` put a whole server together, those of
/// `signin` ask a real provider.
const TEST_ARROWS: &[(&str, &[&str])] =
    &[("web", &["corpus", "formats", "register", "signin"]), ("signin", &["net"])];

/// A technology and the crates that may name it.
const TECHNOLOGIES: &[(&str, &[&str])] = &[
    ("rusqlite", &["register"]),
    ("postgres", &["register"]),
    ("object_store", &["register"]),
    ("reqwest", &["net", "register"]), // register: what the store of buckets speaks through
    ("lettre", &["net"]),
    ("argon2", &["signin"]),
    ("zxcvbn", &["signin"]),
    ("cms", &["verifier"]),
    ("rustls-webpki", &["verifier"]),
    ("s3s", &["testkit"]),
    ("s3s-fs", &["testkit"]),
    ("axum", &["web", "app", "testkit"]),
    ("tower", &["web", "app", "testkit"]),
    ("tower-http", &["web"]),
    ("maud", &["web"]),
    ("utoipa", &["desk", "web"]), // desk: the schemas of its answers (ARCHITECTURE.md)
    ("utoipa-axum", &["web"]),
    ("object", &["discover"]),
    ("anyhow", &["app", "xtask"]),
    ("clap", &["app"]),
    ("indicatif", &["app"]),
];

/// The folder of a crate of ours: `vocab` for `aftercare-vocab`, `app` for `aftercare`.
fn room(package: &str) -> Option<&str> {
    match package {
        "aftercare" => Some("app"),
        "xtask" => Some("xtask"),
        _ => package.strip_prefix("aftercare-"),
    }
}

fn breach(of: &Crate, what: String) -> Breach {
    Breach { place: of.name.clone(), what }
}

pub fn crates_call_leftwards(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for found in &tree.crates {
        let row = room(&found.name).and_then(|own| ARROWS.iter().find(|(name, _)| *name == own));
        let Some((_, allowed)) = row else {
            let what = "has no row in ARROWS of xtask/src/tidy/arrows.rs; decide what it may call";
            breaches.push(breach(found, what.into()));
            continue;
        };
        for dependency in &found.dependencies {
            let Some(other) = room(&dependency.name) else { continue };
            let row = TEST_ARROWS.iter().find(|(name, _)| Some(*name) == room(&found.name));
            let beyond = row.is_some_and(|(_, others)| others.contains(&other));
            let for_its_tests = dependency.dev && (other == FOR_TESTS || beyond);
            if !allowed.contains(&other) && !for_its_tests {
                breaches.push(breach(found, format!("may not depend on {}", dependency.name)));
            }
        }
    }
    breaches
}

pub fn technologies_stay_in_their_crate(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for found in &tree.crates {
        let Some(own) = room(&found.name) else { continue };
        for dependency in &found.dependencies {
            let row = TECHNOLOGIES.iter().find(|(name, _)| *name == dependency.name);
            if let Some((name, rooms)) = row
                && !rooms.contains(&own)
            {
                let rooms = rooms.join(", ");
                breaches.push(breach(found, format!("names {name}; only {rooms} may")));
            }
        }
    }
    breaches
}

pub fn licence_is_named(tree: &Tree) -> Vec<Breach> {
    tree.crates
        .iter()
        .filter(|found| found.licence.as_deref() != Some("Apache-2.0"))
        .map(|found| breach(found, "add `license.workspace = true` to its manifest".into()))
        .collect()
}

pub fn lints_are_inherited(tree: &Tree) -> Vec<Breach> {
    tree.crates
        .iter()
        .filter(|found| !found.inherits_lints)
        .map(|found| breach(found, "add `[lints] workspace = true` to its manifest".into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::Dependency;

    fn a_crate(name: &str, dependencies: &[(&str, bool)]) -> Crate {
        Crate {
            name: name.into(),
            licence: Some("Apache-2.0".into()),
            dependencies: dependencies
                .iter()
                .map(|&(name, dev)| Dependency { name: name.into(), dev })
                .collect(),
            inherits_lints: true,
        }
    }

    fn places(rule: fn(&Tree) -> Vec<Breach>, crates: Vec<Crate>) -> Vec<String> {
        let tree = Tree { crates, ..Tree::default() };
        rule(&tree).into_iter().map(|breach| breach.place).collect()
    }

    #[test]
    fn arrows_point_left_and_testkit_serves_tests_only() {
        let good = vec![
            a_crate("aftercare-formats", &[("aftercare-vocab", false), ("serde", false)]),
            a_crate("aftercare-web", &[("aftercare-desk", false), ("aftercare-testkit", true)]),
            a_crate("aftercare", &[("aftercare-web", false), ("aftercare-register", false)]),
            a_crate("aftercare-web", &[("aftercare-register", true)]), // its tests, by name
        ];
        assert!(places(crates_call_leftwards, good).is_empty());
        let bad = vec![
            a_crate("aftercare-vocab", &[("aftercare-formats", false)]),
            a_crate("aftercare-web", &[("aftercare-register", false)]),
            a_crate("aftercare-desk", &[("aftercare-testkit", false)]),
            a_crate("aftercare-attic", &[]),
        ];
        assert_eq!(
            places(crates_call_leftwards, bad),
            ["aftercare-vocab", "aftercare-web", "aftercare-desk", "aftercare-attic"]
        );
    }

    #[test]
    fn a_technology_is_named_in_its_crate_only() {
        let good = vec![
            a_crate("aftercare-register", &[("rusqlite", false)]),
            a_crate("aftercare-web", &[("axum", false), ("maud", false)]),
        ];
        assert!(places(technologies_stay_in_their_crate, good).is_empty());
        let bad = vec![
            a_crate("aftercare-desk", &[("rusqlite", true)]),
            a_crate("aftercare-register", &[("anyhow", false)]),
        ];
        assert_eq!(
            places(technologies_stay_in_their_crate, bad),
            ["aftercare-desk", "aftercare-register"]
        );
    }

    #[test]
    fn manifests_name_licence_and_lints() {
        let good = || a_crate("aftercare-vocab", &[]);
        let bad =
            || Crate { licence: None, inherits_lints: false, ..a_crate("aftercare-web", &[]) };
        assert_eq!(places(licence_is_named, vec![good(), bad()]), ["aftercare-web"]);
        assert_eq!(places(lints_are_inherited, vec![good(), bad()]), ["aftercare-web"]);
    }
}
