//! Version comparisons against the vectors of osv-scalibr, vers-spec, univers and the reference table.

use crate::shared;
use aftercare_vocab::version::{Scheme, compare};
use std::{cmp::Ordering, path::Path};

/// One comparison: where it stands, scheme, left, relation, right.
struct Case {
    place: String,
    scheme: Scheme,
    left: String,
    relation: String,
    right: String,
}

/// Vectors that we do not follow: scheme, left, relation, right, who says otherwise.
const EXCEPTIONS: &[(Scheme, &str, &str, &str, &str)] = &[
    (Scheme::Apk, "1-ruff2", "=", "1--ruff1", APK),
    (Scheme::Composer, "v3.0", "<", "v3.0.0-beta", PADDED),
    (Scheme::Composer, "v3.4", "<", "v3.4.0-alpha", PADDED),
    (Scheme::Composer, "v4-beta4", "<", "v4.0-alpha", PADDED),
    (Scheme::Composer, "1.0.0", ">", "1.0", PADDED),
    (Scheme::Composer, "v1.9.0-ALPHA.1", "=", "v1.9.0-BETA.1", FOLDED),
    (Scheme::Composer, "v1.9.0-BETA.1", "<", "v1.9.0-ALPHA.2", FOLDED),
    (Scheme::Composer, "v1.9.0-ALPHA.2", "=", "v1.9.0-BETA.2", FOLDED),
    (Scheme::Composer, "5.1.0-stable", "<", "5.1.0-beta2", FOLDED),
    (Scheme::Composer, "dev-foo", "<", "1.26.0", BRANCH),
    (Scheme::Composer, "1.26.0", ">", "dev-foo", BRANCH),
    (Scheme::Composer, "1.2.3.#", "=", "1.2.3.1", PLACEHOLDER),
    (Scheme::Maven, "3.2.0rc2", "<", "3.2.0-rc.1", COMBINED),
    (Scheme::Maven, "1.0.0-RC16", "<", "1.0.0.RC8-beta", OLDEST),
    (Scheme::Maven, "1.0.0-gradle-rework-beta3", "<", "1.0.0.RC7-3", OLDEST),
    (Scheme::Maven, "6.1.12.rc5", "<", "6.1.12rc1", OLDEST),
    (Scheme::Maven, "1.0.0-beta11", "<", "1.0.0-beta.6", COMBINED),
    (Scheme::Maven, "1.1.31.sec10", "<", "1.1.31_noneautotype", OLDEST),
    (Scheme::Maven, "1.1.46.sec10", "<", "1.1.46_noneautotype", OLDEST),
    (Scheme::Maven, "1.2.8.sec10_noneautotype", "<", "1.2.8_noneautotype", OLDEST),
    (Scheme::Maven, "1.2.31.sec10", "<", "1.2.31_noneautotype", OLDEST),
    (Scheme::Maven, "1.2.48.sec10", "<", "1.2.48_noneautotype", OLDEST),
    (Scheme::Maven, "1.2.54.sec10", "<", "1.2.54_noneautotype", OLDEST),
    (Scheme::Maven, "1.2.67.sec10", "<", "1.2.67_noneautotype", OLDEST),
    (Scheme::Maven, "1.5.9.RC1", "<", "1.5.9-RC0", OLDEST),
    (Scheme::Maven, "3.5.0-CR-2", "<", "3.5.0.Beta-1", COMBINED),
    (Scheme::Maven, "v3.7.0rc2", "<", "v3.7.0-rc.3", COMBINED),
    (Scheme::Maven, "1-1.foo-bar-1-baz-0.1", "=", "1-1.foo-bar1baz-.1", COMBINED),
    (Scheme::Maven, "1-1", "=", "1-ga-1", OLDEST),
    (Scheme::Maven, "2-1", "<=", "2.0.a", OLDEST),
    (Scheme::Maven, "profiles_01", "<", "stable", WORD),
    (Scheme::Maven, "stable", "<", "0.11.0", WORD),
    (Scheme::Pypi, "trunk", "<", "3.2.3", WORD),
];

const APK: &str = "apk-tools refuses both; as its other leftovers compare by text, equality here would \
    not be transitive";
const PADDED: &str = "PHP's version_compare on raw text; Composer compares after normalising, which \
    pads to four numbers (VersionParser::normalize), so 3.0 is 3.0.0 and above 3.0.0-beta";
const FOLDED: &str = "PHP's version_compare on raw text; Composer folds the case of stability words \
    and drops `stable` first (VersionParser::normalize)";
const BRANCH: &str =
    "a branch moves: its order is unknown, which must not look like `not affected`";
const PLACEHOLDER: &str = "PHP's placeholder equals every number at once, which is no order";
const COMBINED: &str = "Maven 3.8.7 agrees with the vector (run); the current ComparableVersion reads \
    a word and the number after it as one item (apache/maven, compat/maven-artifact)";
const OLDEST: &str = "Maven 3.8.7 (run) and the current ComparableVersion (read) both say what we say; \
    the vector follows neither and so stems from an older or another implementation";
const WORD: &str = "a bare word names no release";

/// Which scheme the files of osv-scalibr test.
const SCALIBR: &[(&str, Scheme)] = &[
    ("alpine", Scheme::Apk),
    ("cran", Scheme::Cran),
    ("debian", Scheme::Deb),
    ("hackage", Scheme::Hackage),
    ("maven", Scheme::Maven),
    ("nuget", Scheme::Nuget),
    ("packagist", Scheme::Composer),
    ("pub", Scheme::Pub),
    ("pypi", Scheme::Pypi),
    ("redhat", Scheme::Rpm),
    ("rubygems", Scheme::Gem),
    ("semver", Scheme::Semver),
];

#[test]
fn every_comparison_vector_passes() {
    let Some(folder) = shared::conformance() else { return };
    let mut cases = scalibr(&folder.join("versions/scalibr"));
    for suite in ["versions/vers-spec", "versions/univers/schema"] {
        for file in shared::files(&folder.join(suite), "json") {
            cases.extend(schema_cases(&file));
        }
    }
    cases.extend(reference_table(&folder.join("../../reference/tables/version-order.json")));
    let (mut wrong, mut used) = (Vec::new(), vec![false; EXCEPTIONS.len()]);
    for case in &cases {
        let got = compare(case.scheme, &case.left, &case.right);
        let matches = match (&got, case.relation.as_str()) {
            (Ok(Ordering::Less), "<" | "!=") | (Ok(Ordering::Greater), ">" | "!=") => true,
            (Ok(Ordering::Equal), "=") => true,
            // a sorted pair: the suites sort stably, so equal versions may stand in either order
            (Ok(order), "<=") => order.is_le(),
            _ => false,
        };
        let excused = EXCEPTIONS.iter().position(|e| {
            (e.0, e.1, e.2, e.3)
                == (case.scheme, case.left.as_str(), case.relation.as_str(), case.right.as_str())
        });
        match (matches, excused) {
            (true, _) => {}
            (false, Some(at)) => used[at] = true,
            (false, None) => wrong.push(format!(
                "{}: {} {} {} {}, got {}",
                case.place,
                case.scheme.name(),
                case.left,
                case.relation,
                case.right,
                got.map_or_else(|error| error.why, |order| format!("{order:?}")),
            )),
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() > 50_000, "only {} comparisons found", cases.len());
    let idle: Vec<_> = EXCEPTIONS.iter().zip(used).filter(|(_, used)| !used).collect();
    assert!(idle.is_empty(), "exceptions no longer needed: {idle:?}");
    println!("comparisons: {} vectors, {} listed exceptions", cases.len(), EXCEPTIONS.len());
}

/// `a < b` a line.
fn scalibr(folder: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for file in shared::files(folder, "txt") {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ecosystem = name.split('-').next().unwrap_or_default();
        let scheme = SCALIBR.iter().find(|row| row.0 == ecosystem).expect("a known ecosystem").1;
        for (number, line) in shared::text(&file).lines().enumerate() {
            if line.trim().is_empty() || line.starts_with("//") || line.starts_with('#') {
                continue;
            }
            let fields: Vec<&str> = line.split(' ').collect();
            let [left, relation, right] = fields[..] else {
                panic!("{name}:{}: {line}", number + 1)
            };
            cases.push(Case {
                place: format!("{name}:{}", number + 1),
                scheme,
                left: left.to_owned(),
                relation: relation.to_owned(),
                right: right.to_owned(),
            });
        }
    }
    cases
}

/// The `vers` test schema: `comparison` sorts versions, `equality` says whether two are equal.
fn schema_cases(file: &Path) -> Vec<Case> {
    let document = shared::json(file);
    let tests = document.as_array().or_else(|| document["tests"].as_array());
    let mut cases = Vec::new();
    for test in tests.into_iter().flatten() {
        let relation = match test["test_type"].as_str() {
            Some("comparison") => "<=",
            Some("equality") if test["expected_output"] == true => "=",
            Some("equality") => "!=",
            _ => continue,
        };
        let name = test["input"]["input_scheme"].as_str().expect("a scheme");
        let scheme = Scheme::from_name(name).unwrap_or_else(|| panic!("no scheme {name}"));
        let ordered =
            if relation == "<=" { &test["expected_output"] } else { &test["input"]["versions"] };
        let texts: Vec<&str> =
            ordered.as_array().expect("versions").iter().filter_map(|v| v.as_str()).collect();
        for pair in texts.windows(2) {
            cases.push(Case {
                place: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                scheme,
                left: pair[0].to_owned(),
                relation: relation.to_owned(),
                right: pair[1].to_owned(),
            });
        }
    }
    cases
}

/// Our reference table: `[a, relation, b]` by ecosystem.
fn reference_table(file: &Path) -> Vec<Case> {
    let document = shared::json(file);
    let mut cases = Vec::new();
    for (ecosystem, table) in document["ecosystems"].as_object().expect("ecosystems") {
        let scheme = Scheme::from_name(ecosystem).expect("a known ecosystem");
        for case in table["cases"].as_array().expect("cases") {
            let text = |at: usize| case[at].as_str().expect("text").to_owned();
            cases.push(Case {
                place: "version-order.json".to_owned(),
                scheme,
                left: text(0),
                relation: text(1),
                right: text(2),
            });
        }
    }
    cases
}
