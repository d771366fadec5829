//! `aftercare cvss`, `ssvc` and `harm`: checks by hand and in batches.

use crate::bench::Bench;
use serde_json::{Value, json};

const GRAVE: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const FOUR: &str = "CVSS:4.0/AV:N/AC:H/AT:P/PR:H/UI:P/VC:N/VI:N/VA:L/SC:H/SI:N/SA:N/CR:M/MAV:P/MUI:A/MVI:N/MSI:N/MSA:S";

/// Answers to lines on standard input; the program must end well.
fn lines(args: &[&str], input: &str) -> Vec<Value> {
    let ran = Bench::new().fed(args, input.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn scores_of_every_version_are_shown_with_their_ratings() {
    let bench = Bench::new();
    let ran = bench.run(&["cvss", "--metrics", GRAVE, "(AV:N/AC:L/Au:N/C:P/I:P/A:P/E:F)", FOUR]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in [
        "Base           9.8  Critical",
        "Environmental  9.8  Critical",
        "Attack Vector: Network",
        "Base           7.5  High",
        "Temporal       7.1  High",
        "Environmental    -  no metric of this group is given",
        "Normal form   AV:N/AC:L/Au:N/C:P/I:P/A:P/E:F",
        "CVSS-BE        4.6  Medium",
        "Macro vector  212001",
        "Modified Subsequent System Availability: Safety",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
}

#[test]
fn a_vector_that_is_refused_is_marked_at_its_first_error_and_ends_with_2() {
    let bench = Bench::new();
    let ran = bench.run(&["cvss", "CVSS:3.1/AV:N/AC:l/PR:N", GRAVE]);
    assert_eq!(ran.code, 2);
    let at = ran.out.lines().nth(1).expect("a mark").find('^');
    assert_eq!(at, Some(17), "{}", ran.out);
    assert!(
        ran.out.contains("`l` is no value of AC; it takes L H (CVSS 3.1 section 6)"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("9.8  Critical"), "the others are scored all the same: {}", ran.out);
    assert_eq!(bench.run(&["cvss"]).code, 2);
}

#[test]
fn json_holds_the_scores_and_the_refusals() {
    let ran = Bench::new().run(&["cvss", GRAVE, FOUR, "AV:N", "--format", "json"]);
    assert_eq!(ran.code, 2);
    let out = ran.json();
    assert_eq!(
        (&out[0]["base"], &out[0]["environmental_severity"], &out[0]["version"]),
        (&json!(9.8), &json!("Critical"), &json!("3.1"))
    );
    assert_eq!((&out[1]["score"], &out[1]["nomenclature"]), (&json!(4.6), &json!("CVSS-BE")));
    assert_eq!((&out[2]["at"], out[2]["error"].is_string()), (&json!(5), true));
}

#[test]
fn each_line_of_json_has_its_answer_in_order_and_nothing_ends_the_run() {
    let input = [
        json!({"vector": GRAVE, "id": 7}).to_string(),
        String::new(),
        "{\"vector\":".to_owned(),
        json!({"vector": 3}).to_string(),
        json!({"vektor": GRAVE}).to_string(),
        json!({"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H"}).to_string(),
        json!({"vector": "AV:N/AC:L/Au:N/C:N/I:N/A:N"}).to_string(),
        json!({"vector": FOUR}).to_string(),
        "\u{7f}\u{0}".to_owned(),
        "{\"vector\":\"CVSS:3.1\\/AV:N\\/AC:L\\/PR:N\\/UI:N\\/S:U\\/C:N\\/I:N\\/A:N\"}".to_owned(),
    ]
    .join("\n");
    let out = lines(&["cvss", "--json-lines"], &input);
    assert_eq!(out.len(), 10);
    assert_eq!(out[0]["base"], 9.8);
    assert_eq!((&out[0]["temporal"], &out[0]["severity"]), (&json!(9.8), &json!("Critical")));
    for refused in [1, 2, 3, 4, 5, 8] {
        assert!(out[refused]["error"].is_string(), "line {refused}: {}", out[refused]);
        assert!(out[refused]["base"].is_null());
    }
    assert_eq!(out[5]["at"], 46);
    assert_eq!(out[6]["base"], 0.0);
    assert_eq!((&out[6]["temporal"], &out[6]["severity"]), (&Value::Null, &json!("Low")));
    assert_eq!((&out[7]["score"], &out[7]["severity"]), (&json!(4.6), &json!("Medium")));
    assert!(out[7].get("base").is_none(), "4.0 has one score");
    assert_eq!(
        (&out[9]["base"], &out[9]["severity"]),
        (&json!(0.0), &json!("None")),
        "escaped slashes"
    );
}

#[test]
fn a_decision_table_says_what_to_do_or_what_is_missing() {
    let bench = Bench::new();
    let whole =
        ["ssvc", "supplier", "E=active", "U=super effective", "TI=total", "PSI=significant"];
    let ran = bench.run(&whole);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("Outcome: Immediate"), "{}", ran.out);
    assert!(ran.out.contains("as of 2026-07-20"), "{}", ran.out);
    let ran = bench.run(&["ssvc", "supplier", "E=active", "A=yes"]);
    assert_eq!(ran.code, 0);
    for part in [
        "Outcome: undetermined",
        "Possible: Out-of-Cycle, Immediate",
        "Missing: Utility (U), or Value Density (VD)",
        "Missing: Technical Impact (TI)",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    let answer = bench.run(&["ssvc", "ssvc:DT_SP:1.0.0", "E=A", "--format", "json"]).json();
    assert_eq!(
        (&answer["outcome"], &answer["outcome_key"]),
        (&json!("undetermined"), &Value::Null)
    );
    assert_eq!(answer["missing"][0]["key"], "U");
    let listed = bench.run(&["ssvc", "--format", "json"]).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(10));
}

#[test]
fn what_a_decision_table_does_not_know_is_refused() {
    let bench = Bench::new();
    for (args, says) in [
        (&["ssvc", "suplier", "E=A"][..], "supplier, deployer, cisa"),
        (&["ssvc", "supplier", "E"], "Write it like E=active."),
        (&["ssvc", "supplier", "E=often"], "P (Public PoC)"),
        (&["ssvc", "supplier", "KEV=yes"], "PSI (Public Safety Impact)"),
        (&["ssvc", "--json-lines"], "TABLE"),
    ] {
        let ran = bench.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains(says), "{says}: {}", ran.err);
    }
}

#[test]
fn decision_tables_answer_lines_of_json() {
    let input = "\
{\"E\":\"active\",\"A\":\"yes\",\"TI\":\"total\",\"MWI\":\"high\"}
{\"E\":[\"none\",\"poc\"],\"A\":\"no\",\"TI\":\"partial\",\"MWI\":null}
{\"E\":7}
not JSON
";
    let out = lines(&["ssvc", "cisa", "--json-lines"], input);
    assert_eq!(out.len(), 4);
    assert_eq!((&out[0]["outcome"], &out[0]["outcome_key"]), (&json!("Act"), &json!("AC")));
    assert_eq!(out[1]["outcome"], "undetermined");
    assert_eq!(out[1]["missing"].as_array().map(Vec::len), Some(2));
    assert!(out[2]["error"].is_string() && out[3]["error"].is_string());
}

#[test]
fn the_risk_of_harm_is_controlled_uncontrolled_or_undetermined() {
    let bench = Bench::new();
    let harm = |args: &[&str]| bench.run(&[&["harm"], args].concat());
    let ran = harm(&["--exploitability", "high", "--severity", "serious"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("Risk            uncontrolled"), "{}", ran.out);
    assert!(ran.out.contains("fda-2016-matrix 1.0.0"), "{}", ran.out);
    let ran = harm(&["--exploitability", "low", "--severity", "critical"]);
    assert!(ran.out.contains("Risk            controlled"), "{}", ran.out);
    assert!(ran.out.contains("a written rationale is needed"), "{}", ran.out);
    let ran = harm(&["--severity", "catastrophic"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("undetermined") && ran.out.contains("Missing: exploitability."));
    assert!(ran.out.contains("act as if it were decided"), "{}", ran.out);
    assert!(harm(&[]).out.contains("Missing: exploitability and severity of patient harm."));
    assert_eq!(harm(&["--severity", "awful"]).code, 2);
    assert_eq!(harm(&["--vector", "CVSS:3.1/AV:N", "--severity", "minor"]).code, 2);
    assert_eq!(harm(&["--epss", "1.5", "--severity", "minor"]).code, 2);
}

#[test]
fn exploitability_is_proposed_from_evidence_and_a_person_outranks_it() {
    let bench = Bench::new();
    let evidence = ["harm", "--severity", "serious", "--vector", GRAVE, "--kev", "no"];
    let ran = bench.run(&[&evidence[..], &["--exploit", "public", "--epss", "0.3"]].concat());
    for part in [
        "Exploitability  high (proposed)",
        "Risk            uncontrolled",
        "The exploitability sub-score is 3.9 of 3.9",
        "calls for a review",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    let ran = bench.run(&evidence);
    assert!(ran.out.contains("Risk            undetermined"), "{}", ran.out);
    assert!(ran.out.contains("could raise it: exploit."), "{}", ran.out);
    let ran = bench.run(&[&evidence[..], &["--exploitability", "low"]].concat());
    assert!(ran.out.contains("Exploitability  low\n"), "{}", ran.out);
    assert!(ran.out.contains("Risk            controlled"), "{}", ran.out);
}

#[test]
fn the_matrix_answers_lines_of_json() {
    let input = "\
{\"exploitability\":\"high\",\"severity\":\"serious\"}
{\"exploitability\":\"high\"}
{\"severity\":\"serious\",\"kev\":\"yes\"}
{\"severity\":\"awful\"}
{\"exploitabilty\":\"high\"}

{\"exploitability\":\"unknown\",\"severity\":\"minor\"}
";
    let out = lines(&["harm", "--json-lines"], input);
    assert_eq!(out.len(), 7);
    assert_eq!(out[0]["outcome"], "uncontrolled");
    assert_eq!(
        (&out[1]["outcome"], &out[1]["missing"]),
        (&json!("undetermined"), &json!(["severity"]))
    );
    assert_eq!(
        (&out[2]["outcome"], &out[2]["exploitability"]),
        (&json!("uncontrolled"), &json!("high"))
    );
    for refused in [3, 4, 5] {
        assert!(out[refused]["error"].is_string(), "line {refused}: {}", out[refused]);
    }
    assert_eq!(out[6]["outcome"], "undetermined");
}

#[test]
fn the_rubric_asks_on_until_it_gives_a_vector_and_keeps_the_answers() {
    let bench = Bench::new();
    let ran = bench.run(&["rubric", "XAVN=yes"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("XAVT") && ran.out.contains("No vector yet"), "{}", ran.out);
    assert!(!ran.out.contains("XAVW"), "not asked before XAVT is answered: {}", ran.out);
    let mut answers: Vec<String> = Vec::new();
    let told = loop {
        let mut args = vec!["rubric", "--format", "json"];
        args.extend(answers.iter().map(String::as_str));
        let told = bench.run(&args).json();
        let open = told["open"].as_array().expect("questions").clone();
        if open.is_empty() {
            break told;
        }
        for question in open {
            answers.push(format!("{}=unknown", question["id"].as_str().expect("an id")));
        }
    };
    assert_eq!(told["vector"], "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H");
    assert_eq!(told["answers"].as_object().map(|kept| kept.len()), Some(answers.len()));
    assert_eq!(told["harm_cues"], json!(["XID", "XAD", "XIT", "XAT"]));
    for (answer, says) in
        [("XAVN", "XAVN=yes"), ("XAVN=high", "yes, no, unknown"), ("X=no", "no question `X`")]
    {
        let ran = bench.run(&["rubric", answer]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains(says), "{}", ran.err);
    }
}
