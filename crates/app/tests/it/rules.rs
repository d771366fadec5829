//! `aftercare rules`: editions are shown, compared, and rules in a file are checked and never taken.

use crate::{
    backup::loaded,
    bench::{Bench, Ran},
};
use serde_json::json;

fn run(bench: &Bench, args: &[&str]) -> Ran {
    bench.run(&[&["--data", "data", "rules"], args].concat())
}

#[test]
fn rules_are_shown_and_others_checked_without_a_change() {
    let bench = loaded("Hollin Devices");
    let all = run(&bench, &["show"]);
    assert_eq!((all.code, all.err.as_str()), (0, ""));
    for word in ["clocks", "risk_matrix", "workflow", "in force", "mitre:cvss-medical-rubric"] {
        assert!(all.out.contains(word), "no {word} in: {}", all.out);
    }
    let one = run(&bench, &["show", "clocks", "--format", "json"]).json();
    assert_eq!((&one["row"]["edition"], &one["row"]["standing"]), (&json!(1), &json!("in_force")));
    let mut rules = one["rules"].clone();
    rules["clocks"]["targets"]["cvd_ack"] = json!({"working_days": 2});
    bench.file("rules.json", rules.to_string());
    let tried = run(&bench, &["check", "rules.json"]);
    assert_eq!(tried.code, 0, "{}", tried.err);
    assert!(
        tried.out.contains("3 working days") && tried.out.contains("0 open cases"),
        "{}",
        tried.out
    );
    rules["clocks"]["targets"]["fda_806_report"] = json!({"working_days": 11});
    bench.file("law.json", rules.to_string());
    bench.file("none.json", "{}");
    for (args, says) in [
        (&["check", "law.json"][..], "21 CFR 806.10(b) gives 10 working days at most"),
        (&["check", "none.json"], "These are no rules"),
        (&["check", "nowhere.json"], "cannot be read"),
        (&["show", "clokcs"], "Known: clocks, risk_matrix, workflow"),
        (&["show", "clocks", "--edition", "2"], "2"),
        (&["diff", "clocks", "1", "7"], "7"),
    ] {
        let ran = run(&bench, args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{args:?}: {}", ran.err);
    }
    let same = run(&bench, &["diff", "workflow", "1", "1"]);
    assert!(same.out.contains("They say the same"), "{}", same.out);
    let after = run(&bench, &["show", "clocks", "--format", "json"]).json();
    assert_eq!(after, one, "nothing was taken");
}
