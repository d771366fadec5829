//! Risk files as spreadsheets.

#![allow(clippy::expect_used, reason = "a choice of columns that every test writes itself")]

use crate::soup::workbook;
use aftercare_formats::sbom::{
    Limits,
    risk_file::{RiskField, RiskRow, RiskTable, read},
    soup::Columns,
};
use aftercare_vocab::problem::{Problem, Read};

fn read_with(text: &str, columns: &str) -> Result<Read<RiskTable>, Vec<Problem>> {
    read(text.as_bytes(), &columns.parse().expect("columns"), &Limits::default())
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|one| one.code).collect()
}

#[test]
fn a_risk_file_is_read_by_its_headings() {
    let text = "Risk management file RMF-7 rev C;;;;;\n\n\
        Hazard ID;Hazard;Hazardous situation;Harm;Severity of harm;Essential performance\n\
        H-1;Wrong dose;Rate is changed over the network;Overdose;Catastrophic;Yes\n\
        H-2;Loss of display;Nobody sees the trend;-;S2;n/a\n";
    let read = read_with(text, "").expect("read");
    assert_eq!(read.problems, []);
    assert_eq!((read.value.heading_row, read.value.rows.len()), (3, 2));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        read.value.rows[0],
        RiskRow {
            place: "line 4".to_owned(),
            id: "H-1".to_owned(),
            hazard: some("Wrong dose"),
            situation: some("Rate is changed over the network"),
            harm: some("Overdose"),
            severity: some("Catastrophic"),
            essential_performance: some("Yes"),
            clinical_use: None,
        }
    );
    // What is marked as not known is not known, and never "no".
    assert_eq!(read.value.rows[1].essential_performance, None);
    assert_eq!(read.value.rows[1].harm, None);
}

#[test]
fn columns_can_be_told_and_a_row_without_identifier_is_named() {
    let text = "A,B,C\nx1,leak,5\n,leak,4\n";
    assert_eq!(codes(&read_with(text, "").expect_err("no headings")), ["no_headings"]);
    let told: Columns<RiskField> = "id=A,hazard=B,severity=C".parse().expect("columns");
    let read = read(text.as_bytes(), &told, &Limits::default()).expect("read");
    assert_eq!(read.value.rows.len(), 2, "the first row is one, too: no heading is understood");
    assert_eq!(codes(&read.problems), ["row_skipped"]);
    assert_eq!(read.problems[0].place, "line 3");
    assert!(read.problems[0].what.contains("no identifier"), "{}", read.problems[0].what);
    assert!("id=A,dose=B".parse::<Columns<RiskField>>().is_err());
}

#[test]
fn a_file_without_severities_says_so() {
    let read = read_with("Hazard ID,Hazard\nH-1,Leak\n", "").expect("read");
    assert_eq!(codes(&read.problems), ["severities_missing"]);
    assert_eq!(read.value.rows[0].severity, None);
}

#[test]
fn a_file_in_which_nothing_can_be_named_is_refused() {
    let refused = read_with("Hazard ID,Hazard,Severity\n-,Leak,minor\n", "").expect_err("no row");
    assert_eq!(codes(&refused), ["no_rows"]);
    assert_eq!(codes(&read_with("", "").expect_err("empty")), ["no_headings"]);
}

#[test]
fn identifiers_that_a_workbook_turned_into_dates_are_not_taken() {
    let sheet = r#"      <row r="1"><c r="A1" t="inlineStr"><is><t>Hazard ID</t></is></c><c r="B1" t="inlineStr"><is><t>Hazard</t></is></c><c r="C1" t="inlineStr"><is><t>Severity</t></is></c></row>
      <row r="2"><c r="A2" t="inlineStr"><is><t>H-1</t></is></c><c r="B2" t="inlineStr"><is><t>Leak</t></is></c><c r="C2" t="inlineStr"><is><t>minor</t></is></c></row>
      <row r="3"><c r="A3" t="e"><v>#N/A</v></c><c r="B3" t="inlineStr"><is><t>Shock</t></is></c><c r="C3"><v>4</v></c></row>
    "#;
    let read =
        read(&workbook(&[("Risks", sheet, "")], &[], &[]), &Columns::default(), &Limits::default())
            .expect("read");
    assert_eq!(read.value.rows.len(), 1);
    assert_eq!(codes(&read.problems), ["cell_error", "row_skipped"]);
    assert_eq!(read.problems[0].place, "row 3.id");
}
