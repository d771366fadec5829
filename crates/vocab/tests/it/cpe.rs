//! CPE names against the vectors of the NIST reference implementation and two libraries.

use crate::shared;
use aftercare_vocab::cpe::{Attribute, Cpe, Relation};
use serde_json::{Value, json};

fn vectors(kind: &str, check: impl Fn(&Value) -> Result<(), String>) {
    let Some(folder) = shared::conformance() else { return };
    let all = shared::json(&folder.join("cpe/cpe-vectors.json"));
    let cases = all[kind].as_array().expect("a list of cases");
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| check(case).err().map(|what| format!("{case}: {what}")))
        .collect();
    assert!(!cases.is_empty(), "no cases of {kind}");
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    println!("CPE {kind}: {} vectors, no exception", cases.len());
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().expect("text")
}

fn name(text: &str) -> Result<Cpe, String> {
    text.parse().map_err(|error| format!("{text} refused: {error}"))
}

fn relation(text: &str) -> Relation {
    match text.to_lowercase().as_str() {
        "disjoint" => Relation::Disjoint,
        "equal" => Relation::Equal,
        "subset" => Relation::Subset,
        "superset" => Relation::Superset,
        _ => Relation::Undefined,
    }
}

fn same<T: PartialEq + std::fmt::Debug>(got: T, wanted: T) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(format!("got {got:?}, wanted {wanted:?}")) }
}

#[test]
fn names_are_accepted_or_refused() {
    vectors("names", |case| same(json!(name(text(case, "cpe")).is_ok()), case["valid"].clone()));
}

#[test]
fn names_relate() {
    vectors("name_relation", |case| {
        let (source, target) = (name(text(case, "source"))?, name(text(case, "target"))?);
        same(source.relation_to(&target), relation(text(case, "relation")))
    });
}

#[test]
fn attributes_of_names_relate() {
    const NAMES: [&str; 11] = [
        "part",
        "vendor",
        "product",
        "version",
        "update",
        "edition",
        "language",
        "sw_edition",
        "target_sw",
        "target_hw",
        "other",
    ];
    vectors("attribute_relations", |case| {
        let (source, target) = (name(text(case, "source"))?, name(text(case, "target"))?);
        for (got, what) in source.attribute_relations(&target).into_iter().zip(NAMES) {
            same((what, got), (what, relation(text(&case["relations"], what))))?;
        }
        Ok(())
    });
}

#[test]
fn values_relate() {
    vectors("attribute_value_relations", |case| {
        let value = |key| match text(case, key) {
            "ANY" => "*",
            "NA" => "-",
            value => value,
        };
        let of = |key| name(&format!("cpe:2.3:a:v:{}", value(key)));
        let (source, target) = (of("source")?, of("target")?);
        same(source.product().relation_to(target.product()), relation(text(case, "relation")))
    });
}

#[test]
fn names_unbind() {
    vectors("unbinding", |case| {
        let name = name(text(case, "cpe"))?;
        let keys = [
            "vendor",
            "product",
            "version",
            "update",
            "edition",
            "language",
            "sw_edition",
            "target_sw",
            "target_hw",
            "other",
        ];
        for (index, key) in keys.into_iter().enumerate() {
            let wanted = match &case["wfn"][key] {
                Value::String(quoted) => Attribute::Value(without_needless_escapes(quoted)),
                logical if logical["logical"] == "NA" => Attribute::NotApplicable,
                _ => Attribute::Any,
            };
            same((key, name.attribute(index + 1)), (key, &wanted))?;
        }
        Ok(())
    });
}

/// The well-formed name quotes every punctuation mark; ours only what could be a wildcard.
fn without_needless_escapes(quoted: &str) -> String {
    let mut out = String::new();
    let mut chars = quoted.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' || matches!(chars.peek(), Some('*' | '?' | '\\')) {
            out.push(c);
        }
    }
    out
}
