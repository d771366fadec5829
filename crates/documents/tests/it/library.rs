//! CSAF documents before a validator that others wrote: `fixtures/csaf/`, run by the Node that
//! `AFTERCARE_TEST_CSAF` names. Its schema, mandatory and optional tests.

use crate::{
    chance,
    samples::{self, small},
};
use aftercare_documents::{
    Advisory,
    advisory::{Identifiers, Remedy, Status, Tlp},
    csaf::{self, Profile},
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError},
};

#[derive(Debug, Deserialize)]
struct Judged {
    tests: usize,
    found: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    test: String,
    what: String,
}

impl Judged {
    fn tests_that_found(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.found.iter().map(|finding| finding.test.as_str()).collect();
        names.dedup();
        names
    }
}

/// The validator, one for all tests: it takes seconds to load. It ends when this program does, since its
/// input is then closed.
struct Validator {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

static VALIDATOR: OnceLock<Option<Mutex<Validator>>> = OnceLock::new();

#[allow(clippy::disallowed_methods, reason = "the surroundings of a test")]
#[allow(clippy::zombie_processes, reason = "it ends with this program")]
fn start() -> Option<Mutex<Validator>> {
    let node = std::env::var("AFTERCARE_TEST_CSAF").ok()?;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/csaf");
    let mut child = Command::new(node)
        .arg("validate.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node starts");
    let input = child.stdin.take().expect("its input");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    Some(Mutex::new(Validator { input, output }))
}

/// What the validator says of each; none, and said so, where there is no validator.
fn judged(documents: &[String]) -> Option<Vec<Judged>> {
    let Some(validator) = VALIDATOR.get_or_init(start) else {
        eprintln!("NOT RUN: no CSAF validator (AFTERCARE_TEST_CSAF names no Node)");
        return None;
    };
    let mut validator = validator.lock().unwrap_or_else(PoisonError::into_inner);
    let question = serde_json::to_string(documents).expect("JSON");
    writeln!(validator.input, "{question}").expect("it reads");
    let mut answer = String::new();
    validator.output.read_line(&mut answer).expect("it answers");
    Some(serde_json::from_str(&answer).expect("its answer"))
}

/// Whatever is written of advisories with texts and statements by chance passes the mandatory tests, and
/// the optional tests find nothing without a warning.
#[test]
fn what_is_written_by_chance_is_valid() {
    let mut runner = TestRunner::deterministic();
    let written: Vec<_> = std::iter::repeat_with(|| chance::advisory().new_tree(&mut runner))
        .take(200)
        .zip([Profile::Vex, Profile::SecurityAdvisory].into_iter().cycle())
        .filter_map(|(tree, profile)| csaf::write(&tree.expect("a value").current(), profile).ok())
        .collect();
    assert!(written.len() >= 40, "only {} were written", written.len());
    let documents: Vec<String> = written.iter().map(|one| one.text().into_owned()).collect();
    let Some(all) = judged(&documents) else { return };
    for (document, judged) in written.iter().zip(all) {
        let (mandatory, optional): (Vec<_>, Vec<_>) =
            judged.found.iter().partition(|finding| !finding.test.starts_with("optional"));
        assert!(mandatory.is_empty(), "{mandatory:?} in {}", document.text());
        let warned =
            document.warnings.iter().any(|warning| warning.what.contains("CSAF test 6.2."));
        assert!(warned || optional.is_empty(), "{optional:?}, {:?}", document.warnings);
    }
}

fn text(advisory: &Advisory, profile: Profile) -> String {
    csaf::write(advisory, profile).expect("written").text().into_owned()
}

#[test]
fn every_sample_passes_schema_mandatory_and_optional_tests() {
    let cases: Vec<(String, String)> = samples::all()
        .iter()
        .flat_map(|(name, advisory)| {
            [Profile::Vex, Profile::SecurityAdvisory]
                .map(|profile| (format!("{name} as {profile:?}"), text(advisory, profile)))
        })
        .collect();
    let documents: Vec<String> = cases.iter().map(|(_, text)| text.clone()).collect();
    let Some(all) = judged(&documents) else { return };
    assert_eq!(all.len(), cases.len());
    for ((name, _), judged) in cases.iter().zip(all) {
        assert!(judged.tests >= 60, "{name}: only {} tests were run", judged.tests);
        let found: Vec<String> = judged
            .found
            .iter()
            .map(|finding| format!("{}: {}", finding.test, finding.what))
            .collect();
        assert_eq!(found, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn what_is_only_warned_of_is_what_the_optional_tests_find() {
    let case = |change: &dyn Fn(&mut Advisory)| {
        let mut advisory = small();
        change(&mut advisory);
        advisory
    };
    let cases = [
        (case(&|a| a.folder = None), "folder_missing", "optionalTest_6_2_11"),
        (
            case(&|a| a.families[0].products[0].versions[0].identifiers = Identifiers::default()),
            "identifiers_missing",
            "optionalTest_6_2_16",
        ),
        (
            case(&|a| a.vulnerabilities[0].remediations.clear()),
            "remediation_missing",
            "optionalTest_6_2_2",
        ),
        (case(&|a| a.vulnerabilities[0].scores.clear()), "score_missing", "optionalTest_6_2_3"),
        (
            case(&|a| a.vulnerabilities[0].scores[0].versions.push("ver_2".into())),
            "score_of_fixed",
            "optionalTest_6_2_19",
        ),
        (
            case(&|a| {
                a.families[0].products[0].versions.push(samples::version("ver_3", "9.9"));
            }),
            "version_unspoken",
            "optionalTest_6_2_1",
        ),
    ];
    let documents: Vec<String> =
        cases.iter().map(|(advisory, ..)| text(advisory, Profile::SecurityAdvisory)).collect();
    for (advisory, code, _) in &cases {
        let document = csaf::write(advisory, Profile::SecurityAdvisory).expect("written");
        let codes: Vec<&str> = document.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, [*code]);
    }
    let Some(all) = judged(&documents) else { return };
    for ((_, code, test), judged) in cases.iter().zip(all) {
        assert_eq!(judged.tests_that_found(), [*test], "{code}");
    }
}

#[test]
fn the_validator_finds_what_is_broken_by_hand() {
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(&text(&small(), Profile::Vex)).expect("JSON");
        change(&mut value);
        value.to_string()
    };
    let first =
        |value: &mut Value, member: &str, with: Value| value["vulnerabilities"][0][member] = with;
    let cases = [
        (
            broken(&|v| first(v, "remediations", Value::Array(Vec::new()))),
            "mandatoryTest_6_1_27_10",
        ),
        (
            broken(&|v| v["vulnerabilities"][0]["product_status"]["fixed"][0] = "ver_1".into()),
            "mandatoryTest_6_1_6",
        ),
        (
            broken(&|v| v["vulnerabilities"][0]["scores"][0]["cvss_v3"]["baseScore"] = 1.into()),
            "mandatoryTest_6_1_9",
        ),
        (broken(&|v| v["vulnerabilities"][0]["cwe"]["name"] = "x".into()), "mandatoryTest_6_1_11"),
        (broken(&|v| v["document"]["lang"] = "xx".into()), "mandatoryTest_6_1_12"),
    ];
    let documents: Vec<String> = cases.iter().map(|(text, _)| text.clone()).collect();
    let Some(all) = judged(&documents) else { return };
    for ((_, test), judged) in cases.iter().zip(all) {
        assert!(judged.tests_that_found().contains(test), "{test}: {:?}", judged.found);
    }
}

#[test]
fn what_an_advisory_may_leave_out_a_vex_document_may_not() {
    let mut advisory = small();
    advisory.vulnerabilities[0].remediations.clear();
    assert!(csaf::write(&advisory, Profile::SecurityAdvisory).is_ok());
    let refused = csaf::write(&advisory, Profile::Vex).expect_err("refused");
    assert!(refused.has("affected_without_action"), "{refused}");
    advisory.vulnerabilities[0].remediations =
        vec![samples::remedy(Remedy::NoFixPlanned, &["ver_1"])];
    assert!(csaf::write(&advisory, Profile::Vex).is_ok());
    advisory.tlp = Tlp::AmberStrict;
    assert!(csaf::write(&advisory, Profile::Vex).expect_err("refused").has("tlp_without_label"));
    advisory.tlp = Tlp::Red;
    advisory.vulnerabilities[0].standings[1].status =
        Status::NotAffected { justification: None, impact: None };
    assert!(
        csaf::write(&advisory, Profile::Vex)
            .expect_err("refused")
            .has("not_affected_without_reason")
    );
}
