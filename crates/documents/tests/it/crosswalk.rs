//! The words of the forms against the reference table, where it is there.

use aftercare_documents::{
    advisory::{Justification, Remedy, Status},
    crosswalk,
};
use serde_json::Value;

fn table() -> Option<Value> {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/tables/vex-mapping.json");
    let Ok(bytes) = std::fs::read(path) else {
        eprintln!("NOT RUN: ../shared/reference is not there");
        return None;
    };
    Some(serde_json::from_slice(&bytes).expect("JSON"))
}

fn row<'a>(table: &'a Value, list: &str, key: &str, name: &str) -> &'a Value {
    let rows = table[list].as_array().expect("a list");
    rows.iter().find(|row| row[key] == name).expect("a row")
}

fn holds(list: &Value, word: &str) -> bool {
    list.as_array().expect("a list").iter().any(|known| known == word)
}

const JUSTIFICATIONS: [Justification; 5] = [
    Justification::ComponentNotPresent,
    Justification::VulnerableCodeNotPresent,
    Justification::VulnerableCodeNotInExecutePath,
    Justification::VulnerableCodeCannotBeControlledByAdversary,
    Justification::InlineMitigationsAlreadyExist,
];

#[test]
fn status_words_are_those_of_the_table() {
    let Some(table) = table() else { return };
    let not = Status::NotAffected { justification: None, impact: Some("x".into()) };
    for (status, name) in [
        (Status::UnderInvestigation, "under_investigation"),
        (not, "not_affected"),
        (Status::Affected, "affected"),
        (Status::Fixed, "fixed"),
    ] {
        let (words, row) = (crosswalk::status(&status), row(&table, "status", "canonical", name));
        assert_eq!(words.openvex, row["openvex"]);
        assert!(
            holds(&row["csaf"], words.csaf) && holds(&row["cyclonedx"], words.cyclonedx),
            "{name}"
        );
        assert!(holds(&table["cyclonedx"]["affected_status"], words.cyclonedx_version), "{name}");
    }
}

#[test]
fn justifications_are_those_of_the_table() {
    let Some(table) = table() else { return };
    for why in JUSTIFICATIONS {
        let word = crosswalk::justification(why);
        let row = row(&table, "justification", "canonical", word);
        assert_eq!((&row["csaf_flag"], &row["openvex"]), (&word.into(), &word.into()));
        let export = &row["cyclonedx_export"];
        let status = Status::NotAffected { justification: Some(why), impact: None };
        assert_eq!(crosswalk::status(&status).cyclonedx, export["state"], "{word}");
        assert_eq!(
            crosswalk::justification_in_cyclonedx(why),
            export["justification"].as_str(),
            "{word}"
        );
    }
}

#[test]
fn remedies_are_those_of_the_dispositions() {
    let Some(table) = table() else { return };
    for (remedy, disposition) in [
        (Remedy::Mitigation, "mitigated"),
        (Remedy::Workaround, "mitigated"),
        (Remedy::FixPlanned, "patch_planned"),
        (Remedy::VendorFix, "patched"),
        (Remedy::NoFixPlanned, "will_not_fix"),
    ] {
        let row = row(&table, "disposition", "disposition", disposition);
        let words = row["csaf_remediation"].as_array().expect("a list");
        let own = crosswalk::remedy(remedy);
        let known = |word: &Value| word.as_str().is_some_and(|word| word.starts_with(own));
        assert!(words.iter().any(known), "{own} of {disposition}");
        let response = crosswalk::response(remedy).expect("a response");
        assert!(holds(&row["cdx_response"], response), "{response} of {disposition}");
    }
}
