//! Ranges against the suites of the VERS specification and of univers: reading, canonical form,
//! containment, and the native forms of seven ecosystems.

use crate::shared;
use aftercare_vocab::version::{
    Scheme, compare,
    range::{Constraint, Range},
};
use serde_json::Value;
use std::{cmp::Ordering, collections::BTreeMap};

/// Vectors that we do not follow, by the form they have: who says otherwise, and how many there are.
struct Exception {
    scheme: Scheme,
    why: &'static str,
    /// Different texts in the suites at hand that fall under it.
    count: usize,
    meets: fn(native: &str, expected: &str) -> bool,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        scheme: Scheme::Composer,
        why: "univers prints the fourth number, or a word after a dot, as build metadata; Composer has four \
              numbers and stability words (VersionParser::normalize), so 2.1.27.10 is above 2.1.27",
        count: 50,
        meets: |_, expected| expected.contains('+'),
    },
    Exception {
        scheme: Scheme::Golang,
        why: "as for Composer; golang.org/x/mod/semver has three numbers and refuses a fourth, so nobody's \
              order is broken by reading it as a number",
        count: 1,
        meets: |native, _| native == "=v1.2.2550.20",
    },
    Exception {
        scheme: Scheme::Npm,
        why: "node-semver reads a version of fewer than three numbers as all that begin with them \
              (README, \"X-Ranges\"; classes/range.js, replaceXRange): <=1.0 is <1.1.0-0, 2.1 is \
              >=2.1.0 <2.2.0-0, and >=2.2.x has no upper end",
        count: 6,
        meets: |native, _| {
            ["<= 1.0", "<=1.0", ">= 2.2.x", ">= 1.x", "2.1 || 2.6", "<=2.1 >=1.1"].contains(&native)
        },
    },
    Exception {
        scheme: Scheme::Conan,
        why: "the vector gives `vers:conan/`, which the VERS specification does not allow: one constraint at \
              least follows the scheme",
        count: 1,
        meets: |native, _| native.is_empty(),
    },
];

#[test]
fn every_range_vector_passes() {
    let Some(folder) = shared::conformance() else { return };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut excused: Vec<Vec<String>> = EXCEPTIONS.iter().map(|_| Vec::new()).collect();
    let mut wrong = Vec::new();
    for suite in ["versions/vers-spec", "versions/univers/schema"] {
        for file in shared::files(&folder.join(suite), "json") {
            let document = shared::json(&file);
            let tests = document.as_array().or_else(|| document["tests"].as_array());
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for test in tests.into_iter().flatten() {
                let kind = test["test_type"].as_str().expect("a kind");
                if matches!(kind, "comparison" | "equality") {
                    continue; // in `versions`
                }
                *counts.entry(kind.to_owned()).or_default() += 1;
                let Err(what) = check(kind, test) else { continue };
                let native = test["input"]["native_range"].as_str().unwrap_or_default();
                let expected = test["expected_output"].as_str().unwrap_or_default();
                let scheme = test["input"]["scheme"].as_str().and_then(Scheme::from_name);
                let excuse = EXCEPTIONS
                    .iter()
                    .position(|e| Some(e.scheme) == scheme && (e.meets)(native, expected));
                match excuse {
                    Some(at) if excused[at].iter().any(|text| text == native) => {}
                    Some(at) => excused[at].push(native.to_owned()),
                    None => wrong.push(format!("{name} {kind} {}: {what}", test["input"])),
                }
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{} wrong of {counts:?}:\n{}", wrong.len(), wrong.join("\n"));
    for (exception, excused) in EXCEPTIONS.iter().zip(&excused) {
        assert_eq!(excused.len(), exception.count, "{}: {excused:?}", exception.why);
    }
    let excepted: usize = excused.iter().map(Vec::len).sum();
    println!(
        "range vectors: {counts:?}, {excepted} texts in {} listed exceptions",
        EXCEPTIONS.len()
    );
    assert!(counts["from_native"] > 4_000, "{counts:?}");
    assert!(counts["containment"] > 15 && counts["parse"] > 5, "{counts:?}");
}

#[test]
fn the_first_suite_of_univers_passes_but_for_its_former_notation() {
    let Some(folder) = shared::conformance() else { return };
    // One case is written with `,` for "or" and `&` for "and"; the VERS specification has `|` alone.
    let mut former = 0;
    let suite = shared::json(&folder.join("versions/univers/test-suite-data.json"));
    for case in suite.as_array().expect("cases") {
        let read = Range::parse_vers(case["vers"].as_str().expect("text"));
        if case["vers"].as_str().is_some_and(|text| text.contains([',', '&'])) {
            former += 1;
            assert!(read.is_err(), "two notations must not be mixed: {read:?}");
        } else {
            assert_eq!(read.expect("a range").to_string(), case["canonical_vers"]);
        }
    }
    assert_eq!(former, 1);
}

fn check(kind: &str, test: &Value) -> Result<(), String> {
    let (input, expected) = (&test["input"], &test["expected_output"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match kind {
        "from_native" => {
            let scheme = Scheme::from_name(&text(&input["scheme"])).ok_or("no such scheme")?;
            let native = Range::parse(scheme, &text(&input["native_range"]));
            let native = native.map_err(|error| error.to_string())?;
            let wanted = Range::parse_vers(&text(expected)).map_err(|error| error.to_string())?;
            same(&native, &wanted)
        }
        "containment" => {
            let range = Range::parse_vers(&text(&input["vers"])).map_err(|e| e.to_string())?;
            let inside = range.contains(&text(&input["version"])).map_err(|e| e.to_string())?;
            if *expected == inside { Ok(()) } else { Err(format!("got {inside}")) }
        }
        "roundtrip" | "validate" => {
            let input = if input.is_string() { input } else { &input["vers"] };
            let shown = Range::parse_vers(&text(input)).map_err(|e| e.to_string())?.to_string();
            if *expected == shown { Ok(()) } else { Err(format!("got {shown}")) }
        }
        "parse" => {
            let range = Range::parse_canonical_vers(&text(input));
            if test["expected_failure"] == true {
                return range.map_or(Ok(()), |range| Err(format!("read as {range}")));
            }
            let range = range.map_err(|error| error.to_string())?;
            let parts: Vec<Value> = range
                .constraints()
                .iter()
                .map(|one| {
                    let sign =
                        if one.comparator.sign().is_empty() { "=" } else { one.comparator.sign() };
                    serde_json::json!([sign, one.version])
                })
                .collect();
            let wanted = &expected["version_constraints"];
            if *wanted == Value::Array(parts.clone()) {
                Ok(())
            } else {
                Err(format!("got {parts:?}, wanted {wanted}"))
            }
        }
        other => Err(format!("a kind of test we do not know: {other}")),
    }
}

/// The same bounds in the same order; versions that the scheme holds for equal may be written either
/// way, and constraints on equal versions may stand in either order.
fn same(got: &Range, wanted: &Range) -> Result<(), String> {
    let scheme = got.scheme();
    let equal = |a: &Constraint, b: &Constraint| {
        a.version == b.version || compare(scheme, &a.version, &b.version) == Ok(Ordering::Equal)
    };
    let (ours, theirs) = (got.constraints(), wanted.constraints());
    let mut left = theirs.clone();
    for constraint in &ours {
        let found = left.iter().position(|other| {
            other.comparator == constraint.comparator && equal(constraint, other)
        });
        match found {
            Some(at) => drop(left.remove(at)),
            None => return Err(format!("got {got}, wanted {wanted}")),
        }
    }
    let in_order = ours.iter().zip(&theirs).all(|(a, b)| equal(a, b));
    if left.is_empty() && in_order { Ok(()) } else { Err(format!("got {got}, wanted {wanted}")) }
}
