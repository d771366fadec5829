//! Every row of every decision table, and what partial knowledge leads to.

use aftercare_domain::ssvc::{Table, Value, tables};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Every combination of values of a table.
fn combinations(table: &Table) -> Vec<Vec<&Value>> {
    table.asks.iter().fold(vec![Vec::new()], |rows, decision| {
        rows.iter()
            .flat_map(|row| {
                decision.values.iter().map(|value| {
                    let mut row = row.clone();
                    row.push(value);
                    row
                })
            })
            .collect()
    })
}

fn ask<'a>(
    table: &'static Table,
    given: &[(&'a str, &'a str)],
) -> (Option<&'static str>, Vec<&'static str>) {
    let answer = table.evaluate(given).unwrap_or_else(|refused| panic!("{refused}"));
    (answer.outcome().map(Value::word), answer.possible().map(Value::word).collect())
}

fn table(name: &str) -> &'static Table {
    Table::named(name).expect("a table of the product")
}

/// Outcomes and their counts as the publishers count them.
#[test]
fn the_outcomes_are_as_many_as_published() {
    for (name, rows, counts) in [
        (
            "supplier",
            36,
            &[("Defer", 1), ("Scheduled", 8), ("Out-of-Cycle", 14), ("Immediate", 13)][..],
        ),
        (
            "deployer",
            72,
            &[("Defer", 7), ("Scheduled", 42), ("Out-of-Cycle", 20), ("Immediate", 3)],
        ),
        ("coordinator-triage", 192, &[("Decline", 150), ("Track", 15), ("Coordinate", 27)]),
        ("coordinator-publish", 27, &[("Publish", 14), ("Do Not Publish", 13)]),
        ("cisa", 36, &[("Track", 18), ("Track*", 4), ("Attend", 10), ("Act", 4)]),
        (
            "bod-26-04",
            16,
            &[
                ("3 days & forensic investigation", 3),
                ("3 days", 2),
                ("14 days", 6),
                ("60 days", 3),
                ("Fix on system upgrade", 2),
            ],
        ),
    ] {
        let table = table(name);
        assert_eq!(table.size(), rows, "{name}");
        let mut found = Vec::new();
        for row in combinations(table) {
            let given: Vec<(&str, &str)> =
                table.asks.iter().map(|ask| ask.key()).zip(row.iter().map(|v| v.key())).collect();
            found.push(ask(table, &given).0.expect("decided"));
        }
        for (word, count) in counts {
            assert_eq!(found.iter().filter(|it| *it == word).count(), *count, "{name} {word}");
        }
    }
}

/// The published tables themselves: every row, asked by key and by word.
#[test]
fn every_row_gives_the_published_outcome() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let folder = folder.join("conformance/ssvc/json/decision_tables");
    if !folder.is_dir() {
        eprintln!("NOT RUN: the public SSVC tables are not in {}", folder.display());
        return;
    }
    let mut asked = 0;
    for file in [
        "ssvc/supplier_patch_development_priority_1_0_0.json",
        "ssvc/deployer_patch_application_priority_1_0_0.json",
        "ssvc/coordinator_triage_1_0_0.json",
        "ssvc/coordinator_publish_decision_table_1_0_0.json",
        "ssvc/utility_1_0_0.json",
        "ssvc/human_impact_1_0_0.json",
        "ssvc/public_safety_impact_1_0_0.json",
        "cisa/cisa_coordinator_2_0_3.json",
        "cisa/cisa_bod_26_04_1_0_0.json",
    ] {
        let text = std::fs::read_to_string(folder.join(file)).expect(file);
        let published: serde_json::Value = serde_json::from_str(&text).expect(file);
        let part = |name: &str| published[name].as_str().expect(name);
        let id = format!("{}:{}:{}", part("namespace"), part("key"), part("version"));
        let table = table(&id);
        let outcome_id = part("outcome");
        assert_eq!(table.gives.id, outcome_id);
        let rows = published["mapping"].as_array().expect("rows");
        assert_eq!(rows.len(), table.size(), "{file}");
        let word = |decision: &str, key: &str| {
            let values = published["decision_points"][decision]["values"].as_array();
            let value = values.expect(decision).iter().find(|value| value["key"] == key);
            value.expect(key)["name"].as_str().expect("a name").to_owned()
        };
        for row in rows {
            let row = row.as_object().expect("a row");
            let wanted = word(outcome_id, row[outcome_id].as_str().expect("a key"));
            let by_key: Vec<(&str, &str)> = row
                .iter()
                .filter(|(decision, _)| *decision != outcome_id)
                .map(|(decision, key)| (decision.as_str(), key.as_str().expect("a key")))
                .collect();
            assert_eq!(ask(table, &by_key).0, Some(wanted.as_str()), "{file} {row:?}");
            let words: Vec<String> = by_key.iter().map(|(d, key)| word(d, key)).collect();
            let names = by_key
                .iter()
                .map(|(d, _)| published["decision_points"][*d]["name"].as_str().expect("a name"));
            let by_word: Vec<(&str, &str)> = names.zip(words.iter().map(String::as_str)).collect();
            assert_eq!(ask(table, &by_word).0, Some(wanted.as_str()), "{file} {row:?}");
            asked += 1;
        }
    }
    assert_eq!(asked, 36 + 72 + 192 + 27 + 4 + 16 + 4 + 36 + 16);
}

#[test]
fn what_is_missing_is_named_and_never_guessed() {
    let supplier = table("supplier");
    let answer = supplier.evaluate(&[("E", "active"), ("TI", "total")]).expect("asked");
    assert_eq!(answer.outcome(), None);
    let missing: Vec<&str> = answer.missing.iter().map(|open| open.decision.key()).collect();
    assert_eq!(missing, ["U", "PSI"]);
    let or: Vec<&str> = answer.missing[0].or.iter().map(|decision| decision.key()).collect();
    assert_eq!(or, ["A", "VD"]);
    let possible: Vec<&str> = answer.possible().map(Value::word).collect();
    assert_eq!(possible, ["Out-of-Cycle", "Immediate"]);
    // one outcome is left, and still something is unknown
    let given = [("E", "active"), ("U", "super effective"), ("TI", "total")];
    assert_eq!(ask(supplier, &given), (None, vec!["Immediate"]));
    assert_eq!(ask(supplier, &[]).1.len(), 4);
    assert_eq!(ask(supplier, &[("E", "unknown")]).1.len(), 4);
    assert_eq!(ask(supplier, &[("E", "none,poc")]).0, None, "undecided is not decided");
}

#[test]
fn a_decision_may_be_given_through_the_table_that_gives_it() {
    let supplier = table("supplier");
    let direct = [("E", "A"), ("U", "S"), ("TI", "P"), ("PSI", "S")];
    let through = [("E", "A"), ("A", "Y"), ("VD", "C"), ("TI", "P"), ("SI", "M")];
    assert_eq!(ask(supplier, &direct), ask(supplier, &through));
    let partly =
        supplier.evaluate(&[("E", "A"), ("A", "Y"), ("TI", "P"), ("SI", "N")]).expect("asked");
    let utility: Vec<&str> = partly.used[1].possible().map(Value::word).collect();
    assert_eq!(utility, ["Efficient", "Super Effective"]);
    assert_eq!(partly.used[1].through.map(|table| table.name.as_str()), Some("utility"));
    let or: Vec<&str> = partly.missing[0].or.iter().map(|decision| decision.key()).collect();
    assert_eq!(or, ["VD"]);
    let cisa = [("E", "A"), ("A", "Y"), ("TI", "T"), ("MP", "minimal"), ("PWI", "irreversible")];
    assert_eq!(ask(table("cisa"), &cisa).0, Some("Act"));
}

#[test]
fn what_does_not_fit_is_refused_with_what_does() {
    let refused = |given: &[(&str, &str)]| table("supplier").evaluate(given).expect_err("refused");
    for (given, code, says) in [
        (&[("X", "1")][..], "not_asked", "PSI (Public Safety Impact)"),
        (&[("E", "A"), ("Exploitation", "A")], "not_asked", "given twice"),
        (&[("E", "weekly")], "unknown_value", "P (Public PoC)"),
        (&[("U", "S"), ("A", "Y")], "given_two_ways", "Utility"),
    ] {
        let refusal = refused(given);
        assert_eq!(refusal.code, code, "{refusal}");
        assert!(refusal.to_string().contains(says), "{refusal}");
    }
    assert!(Table::named("suplier").expect_err("unknown").next.contains("supplier"));
}

#[test]
fn a_table_that_does_not_fit_itself_is_refused() {
    const SOUND: &str = r#"{"name":"t","title":"T","id":"x:T:1","source":"s","as_of":"2026-01-01",
        "asks":[{"id":"x:A:1","name":"A","values":[["N","No"],["Y","Yes"]]}],
        "gives":{"id":"x:O:1","name":"O","values":[["L","Low"],["H","High"]]},"rows":["L H"]}"#;
    assert!(Table::read(SOUND).is_ok());
    for (from, to) in [
        ("L H", "L"),
        ("L H", "L H H"),
        ("L H", "L X"),
        (r#"["Y","Yes"]"#, r#"["N","Yes"]"#),
        ("2026-01-01", "2026-02-30"),
        (r#""title":"T","#, ""),
    ] {
        let refused = Table::read(&SOUND.replace(from, to)).expect_err(to);
        assert_eq!(refused.code, "ssvc_table_unfit");
    }
}

proptest! {
    #[test]
    fn knowing_less_leaves_no_fewer_outcomes_possible(
        number in 0..10_usize, draws in proptest::collection::vec((any::<usize>(), any::<bool>()), 7)
    ) {
        let table = &tables()[number];
        let all: Vec<(&str, &str)> = table
            .asks
            .iter()
            .zip(&draws)
            .map(|(ask, (draw, _))| (ask.key(), ask.values[draw % ask.values.len()].key()))
            .collect();
        let known = |(given, (_, known)): (&(&'static str, &'static str), &(usize, bool))| known.then_some(*given);
        let some: Vec<(&str, &str)> = all.iter().zip(&draws).filter_map(known).collect();
        let (outcome, whole) = ask(table, &all);
        let (partial, possible) = ask(table, &some);
        let possible: BTreeSet<&str> = possible.into_iter().collect();
        prop_assert!(whole.iter().all(|word| possible.contains(word)));
        prop_assert!(outcome.is_some());
        prop_assert!(some.len() == all.len() || partial.is_none());
    }
}
