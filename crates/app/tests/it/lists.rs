//! Package lists and lists of software items on the command line.

use crate::bench::Bench;

const SOUP: &str = "SOUP list\n\nItem;Release;Id\nleftish;1.2.0;pkg:npm/leftish@1.2.0\n;7;\n";

#[test]
fn a_soup_list_is_checked_like_an_sbom() {
    let bench = Bench::new();
    let file = bench.file("soup.csv", SOUP);
    let ran = bench.check(&["--columns", "purl=Id", "--format", "json", &file]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = ran.json();
    assert_eq!(report["documents"][0]["format"], "SOUP list (CSV)");
    assert_eq!(report["findings"][0]["id"], "CVE-2099-0001", "{report:#}");
    assert_eq!(report["findings"][0]["component"]["place"], "line 4");
    assert_eq!(report["documents"][0]["warnings"][0]["code"], "row_skipped");
    let ran = bench.check(&[&file]);
    assert!(ran.out.contains("SOUP list (CSV), 1 component\n"), "{}", ran.out);
}

#[test]
fn a_package_list_is_checked_and_its_guess_is_told() {
    let bench = Bench::new();
    let file = bench.file(
        "status",
        "Package: zlib1g\nStatus: install ok installed\nMaintainer: A <a@debian.org>\nVersion: 1:1.2.13\n",
    );
    let ran = bench.check(&["--format", "json", &file]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = ran.json();
    assert_eq!(report["documents"][0]["format"], "dpkg package list");
    assert_eq!(report["documents"][0]["warnings"][0]["code"], "distribution_guessed");
    assert_eq!(report["summary"]["components"], 1);
}

#[test]
fn a_preview_tells_columns_rows_and_reasons() {
    let bench = Bench::new();
    let file = bench.file("soup.csv", SOUP);
    let ran = bench.run(&["sbom", "preview", &file]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in [
        "SOUP list (CSV), UTF-8, columns divided by semicolons",
        "Headings in row 3.",
        "not read",
        "name: leftish; version: 1.2.0",
        "Rows that are read: 1; not read: 1.",
        "row 5: no name and no identity",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    let json =
        bench.run(&["sbom", "preview", "--columns", "purl=C", "--format", "json", &file]).json();
    assert_eq!(json["columns"][2]["read_as"], "purl");
    assert_eq!(json["first_rows"][0]["fields"]["purl"], "pkg:npm/leftish@1.2.0");
}

#[test]
fn every_command_that_reads_a_list_takes_its_columns() {
    let bench = Bench::new();
    let odd = bench.file("odd.csv", "1;leftish;1.2.0\n2;rightish;01. Okt\n");
    let columns = ["--columns", "name=B,version=C"];
    let ran = bench.run(&["sbom", "convert", &odd, "--to", "cyclonedx-1.6"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    let ran =
        bench.run(&["sbom", "convert", &odd, columns[0], columns[1], "--to", "cyclonedx-1.6"]);
    assert_eq!(ran.json()["components"][0]["name"], "leftish", "{}", ran.err);
    // what the reader noticed is not lost
    assert!(
        ran.err.contains("line 2.version: The version `01. Okt` looks like a date"),
        "{}",
        ran.err
    );
    let lint =
        bench.run(&["sbom", "lint", "--format", "json", columns[0], columns[1], &odd]).json();
    assert_eq!(lint["documents"][0]["components"], 2, "{lint:#}");
    let sbom = bench.file("after.cdx.json", &ran.out);
    let diff = ["sbom", "diff", "--no-findings", "--format", "json", columns[0], columns[1]];
    let diff = bench.run(&[&diff[..], &[odd.as_str(), sbom.as_str()]].concat());
    // CycloneDX needs a type, and the list has none
    let changed: Vec<_> = (0..2).map(|at| diff.json()["changed"][at]["facts"].clone()).collect();
    assert_eq!(changed, [serde_json::json!(["type"]), serde_json::json!(["type"])], "{}", diff.out);
}

#[test]
fn columns_that_are_not_there_are_refused_with_the_next_step() {
    let bench = Bench::new();
    let file = bench.file("soup.csv", SOUP);
    let ran = bench.run(&["sbom", "preview", "--columns", "name=Title", &file]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`Title`") && ran.err.contains("letter"), "{}", ran.err);
    let ran = bench.run(&["sbom", "preview", "--columns", "colour=A", &file]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("end-of-support"), "{}", ran.err);
}
