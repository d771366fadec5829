//! The purl specification's own suite: parse, build and validate.

use crate::shared;
use aftercare_vocab::purl::{NotAPurl, Parts, Purl};
use serde_json::{Value, json};

/// Cases of the suite we do not follow: file, test type, input, reason.
const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[
    (
        "gem-test.json",
        "parse",
        "pkg:gem/jruby-launcher@1.1.2?Platform=java",
        "the same input must be accepted by a `validate` case, and maven `parse` cases accept upper-case keys; the specification calls keys case insensitive",
    ),
    (
        "rpm-test.json",
        "parse",
        "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25",
        "as for gem: a `validate` case accepts the same input",
    ),
];

#[test]
fn the_whole_specification_suite_passes() {
    let Some(folder) = shared::conformance() else { return };
    let (mut run, mut wrong, mut excused) = (0, Vec::new(), 0);
    for file in shared::files(&folder.join("purl/tests"), "json") {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for case in shared::json(&file)["tests"].as_array().expect("tests") {
            run += 1;
            let Err(what) = check(case) else { continue };
            let kind = case["test_type"].as_str().unwrap_or_default();
            let input = case["input"].as_str().unwrap_or_default();
            if EXCEPTIONS.iter().any(|e| (e.0, e.1, e.2) == (name.as_str(), kind, input)) {
                excused += 1;
            } else {
                wrong.push(format!("{name} {kind} {}: {what}", case["input"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {run} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(excused, EXCEPTIONS.len(), "an exception is no longer needed");
    assert!(run > 500, "only {run} cases found");
    println!("package URLs: {run} vectors, {excused} listed exceptions");
}

fn check(case: &Value) -> Result<(), String> {
    let (kind, input, expected) = (&case["test_type"], &case["input"], &case["expected_output"]);
    let got: Result<Purl, NotAPurl> = match (kind.as_str(), input.as_str()) {
        (Some("build"), _) => Purl::of_parts(parts(input)),
        (_, Some(text)) => text.parse(),
        _ => return Err("not a test we know".to_owned()),
    };
    if case["expected_failure"] == json!(true) {
        return got.map_or(Ok(()), |purl| Err(format!("accepted as {purl}")));
    }
    let purl = got.map_err(|error| format!("refused: {error}"))?;
    let shown = if kind == "parse" { shown_parts(&purl) } else { json!(purl.to_string()) };
    if &shown == expected { Ok(()) } else { Err(format!("gave {shown}, expected {expected}")) }
}

fn parts(input: &Value) -> Parts {
    let owned = |key: &str| input[key].as_str().map(str::to_owned);
    let qualifiers = input["qualifiers"].as_object().into_iter().flatten();
    Parts {
        ty: owned("type").unwrap_or_default(),
        namespace: owned("namespace"),
        name: owned("name").unwrap_or_default(),
        version: owned("version"),
        qualifiers: qualifiers
            .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        subpath: owned("subpath"),
    }
}

fn shown_parts(purl: &Purl) -> Value {
    let qualifiers: serde_json::Map<String, Value> =
        purl.qualifiers().map(|(key, value)| (key.to_owned(), json!(value))).collect();
    json!({
        "type": purl.ty(),
        "namespace": purl.namespace(),
        "name": purl.name(),
        "version": purl.version(),
        "qualifiers": if qualifiers.is_empty() { Value::Null } else { Value::Object(qualifiers) },
        "subpath": purl.subpath(),
    })
}
