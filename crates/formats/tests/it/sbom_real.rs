//! Real documents: every one reads or is refused for a stated reason, and the counts are right.

use crate::sbom_shared::{bytes, folder};
use aftercare_formats::sbom::{Limits, read};
use aftercare_vocab::inventory::{Format, Inventory};
use std::{collections::BTreeMap, fmt::Write as _};

/// Real documents that break their schema, with the refusal they earn.
const REFUSED: &[(&str, &[&str])] = &[
    // the product has a type and nothing else
    ("cyclonedx/1.5/dependency-track__bom-issue3936-author.cdx.json", &["component_name_missing"]),
    ("cyclonedx/1.6/dependency-track__bom-issue3936-both.cdx.json", &["component_name_missing"]),
    // a number
    ("cyclonedx/1.5/trivy__sad-invalid-serial.cdx.json", &["wrong_type"]),
    // urn:cdx: instead of urn:uuid:
    ("cyclonedx/1.5/trustify__cyclonedx-simple-ext-a.cdx.json", &["serial_number_malformed"]),
    // 60 packages stand in it twice
    (
        "spdx/2.2/bom-shelter__in-the-wild-spdx-chronicle-sbom.spdx.json.zst",
        &["spdx_id_repeated", "refusals_left_out"],
    ),
    // a converter put a supplier before the right one, and lost the head of a package
    (
        "medical/apps-sbomscanner-archive_spdx-SPDX-ACME-INFUSION-1-0-SBOM-DRAFT-26-1-2022-12-2.spdx.Vyfv.spdx",
        &["duplicate_key", "spdx_id_missing", "duplicate_key", "refusals_left_out"],
    ),
    (
        "medical/apps-sbomscanner-archive_spdx-sbomdemo2_product1.spdx.xlmO.spdx",
        &["duplicate_key", "spdx_id_repeated"],
    ),
    // ends in the middle of a licence text
    ("spdx/2.2/bom-shelter__in-the-wild-spdx-istio-source.spdx.zst", &["truncated"]),
];

/// Components of XML documents that the collection's manifest counts besides: those in pedigrees.
const IN_PEDIGREE: &str = "dependency-track__cyclonedx-valid-bom-1.";

/// What became of the documents of one format and version.
#[derive(Debug, Default)]
struct Tally {
    read: usize,
    refused: usize,
    components: usize,
}

#[test]
fn every_real_document_reads_with_its_components_or_is_refused_for_a_reason() {
    let Some(folder) = folder("sbom") else { return };
    let manifest: serde_json::Value =
        serde_json::from_slice(&bytes(&folder.join("manifest.json"))).expect("a manifest");
    let mut tallies = BTreeMap::<(usize, String), Tally>::new();
    let mut warned = BTreeMap::<&str, usize>::new();
    let mut faults = Vec::new();
    for entry in manifest.as_array().expect("a list") {
        let text = |key: &str| entry[key].as_str().expect("text");
        let file = text("file");
        let (order, format) = format_of(text("format"));
        let outcome = read(&bytes(&folder.join(file)), &Limits::default());
        let expected = REFUSED.iter().find(|(name, _)| *name == file).map(|(_, codes)| *codes);
        // the manifest knows no version of RDF/XML, and only the first number of SPDX 3
        let version = match text("spec_version") {
            "?" => "2.3",
            "3" => "3.0",
            version => version,
        };
        let tally = tallies.entry((order, version.to_owned())).or_default();
        match (outcome, expected) {
            (Ok(read), None) => {
                tally.read += 1;
                tally.components += read.value.components.len();
                assert_eq!(read.value.format, format, "{file}");
                let counted = counted_like_the_manifest(&read.value, file);
                // in RDF/XML the end of each package was counted, too
                let wanted = entry["components"].as_u64().expect("a number");
                let wanted = if format == Format::SpdxRdf { wanted / 2 } else { wanted };
                if counted as u64 != wanted {
                    faults.push(format!("{file}: {counted} components, manifest {wanted}"));
                }
                let stated = read.value.spec_version.trim_start_matches("SPDX-");
                if !stated.starts_with(version) {
                    faults.push(format!("{file}: version {stated}"));
                }
                check_indexes(file, &read.value);
                for problem in &read.problems {
                    *warned.entry(problem.code).or_default() += 1;
                }
            }
            (Err(problems), Some(codes)) => {
                tally.refused += 1;
                let mut met: Vec<_> = problems.iter().map(|problem| problem.code).collect();
                met.dedup();
                if met != codes {
                    faults.push(format!("{file}: refused as {met:?}, expected {codes:?}"));
                }
                if problems.iter().all(|problem| problem.place.is_empty()) {
                    faults.push(format!("{file}: refused without a place: {}", problems[0]));
                }
            }
            (Ok(_), Some(codes)) => faults.push(format!("{file}: read, expected {codes:?}")),
            (Err(problems), None) => faults.push(format!("{file}: refused: {}", problems[0])),
        }
    }
    eprintln!("warnings {warned:#?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let table = shown(&tallies);
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sbom-formats.md");
    let page = std::fs::read_to_string(page).expect("the page");
    assert!(page.contains(&table), "docs/sbom-formats.md should hold this table:\n{table}");
}

/// The format, and its row in the table of docs/sbom-formats.md.
fn format_of(name: &str) -> (usize, Format) {
    let formats = [
        ("cdx-json", Format::CyclonedxJson),
        ("cdx-xml", Format::CyclonedxXml),
        ("spdx-json", Format::SpdxJson),
        ("spdx-tv", Format::SpdxTagValue),
        ("spdx-rdf", Format::SpdxRdf),
        ("spdx3-jsonld", Format::Spdx3JsonLd),
    ];
    let at = formats.iter().position(|(known, _)| *known == name);
    let at = at.unwrap_or_else(|| panic!("unknown format {name}"));
    (at, formats[at].1)
}

fn shown(tallies: &BTreeMap<(usize, String), Tally>) -> String {
    const NAMES: [&str; 6] = [
        "CycloneDX JSON",
        "CycloneDX XML",
        "SPDX JSON",
        "SPDX tag-value",
        "SPDX RDF/XML",
        "SPDX 3 JSON-LD",
    ];
    let mut table = String::from(
        "| format | version | read | components | refused with the place |\n| --- | --- | --- | --- | --- |\n",
    );
    let mut sum = Tally::default();
    for ((format, version), tally) in tallies {
        let Tally { read, refused, components } = tally;
        let name = NAMES[*format];
        let _ = writeln!(
            table,
            "| {name} | {version} | {read} | {} | {refused} |",
            thousands(*components)
        );
        sum.read += read;
        sum.refused += refused;
        sum.components += components;
    }
    let Tally { read, refused, components } = sum;
    let _ = writeln!(table, "| together | | {read} | {} | {refused} |", thousands(components));
    table
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// The manifest counts SPDX packages, CycloneDX components at any depth in JSON without the product in
/// `metadata.component` (and those nested in it), and in XML all of them.
fn counted_like_the_manifest(inventory: &Inventory, file: &str) -> usize {
    if inventory.format == Format::CyclonedxXml {
        let pedigree = usize::from(file.contains(IN_PEDIGREE) && !file.contains("bom-1.0"));
        return inventory.components.len() + pedigree;
    }
    inventory
        .components
        .iter()
        .filter(|component| !component.place.starts_with("metadata."))
        .count()
}

/// What every consumer relies on.
fn check_indexes(file: &str, inventory: &Inventory) {
    let count = inventory.components.len();
    assert!(inventory.root.is_none_or(|root| (root as usize) < count), "{file}: root");
    let mut seen = std::collections::HashSet::new();
    for dependency in &inventory.dependencies {
        assert!(
            (dependency.from as usize) < count && (dependency.to as usize) < count,
            "{file}: {dependency:?}"
        );
        assert!(seen.insert(*dependency), "{file}: repeated {dependency:?}");
    }
    let mut places = std::collections::HashSet::new();
    for component in &inventory.components {
        assert!(
            places.insert(component.place.as_str()),
            "{file}: repeated place {}",
            component.place
        );
    }
}

/// What each broken or hostile document of the shared set leads to. `Ok`: it reads, and these codes
/// are among its warnings. `Err`: it is refused with this code.
const EXPECTED: &[(&str, Result<&[&str], &str>)] = &[
    ("not-json.cdx.json", Err("not_an_sbom")),
    ("json-array.json", Err("not_an_sbom")),
    ("json-null.json", Err("not_an_sbom")),
    ("no-bomformat.json", Err("bom_format_missing")),
    ("duplicate-bom-ref.cdx.json", Ok(&["bom_ref_repeated"])),
    ("dependency-cycle.cdx.json", Ok(&[])),
    ("bad-purl.cdx.json", Ok(&["purl_unreadable"])),
    ("bad-cpe.cdx.json", Ok(&["cpe_incomplete"])),
    ("negative-version.cdx.json", Err("document_version_below_one")),
    ("bad-serial.cdx.json", Err("serial_number_malformed")),
    ("components-object.cdx.json", Err("wrong_type")),
    ("utf8-bom.cdx.json", Ok(&[])),
    ("utf16.cdx.json", Err("encoding_not_utf8")),
    ("invalid-utf8.cdx.json", Err("encoding_not_utf8")),
    ("deep-nesting-3000.cdx.json", Err("too_deep")),
    ("deep-array.json", Err("not_an_sbom")),
    ("long-string.cdx.json", Ok(&[])),
    ("nul-in-name.cdx.json", Ok(&["nul_character"])),
    ("html-in-name.cdx.json", Ok(&[])),
    ("csv-formula-in-name.cdx.json", Ok(&[])),
    ("rtl-override-in-name.cdx.json", Ok(&[])),
    ("truncated.cdx.xml", Err("truncated")),
    ("wrong-namespace.cdx.xml", Err("spec_version_unknown")),
    ("entity-expansion.cdx.xml", Err("dtd_refused")),
    ("spdx-no-version.spdx.json", Err("spdx_version_missing")),
    ("spdx-package-no-name.spdx.json", Err("component_name_missing")),
    ("spdx-duplicate-id.spdx.json", Err("spdx_id_repeated")),
    ("spdx-dangling-relationship.spdx.json", Ok(&["dangling_reference"])),
    ("tag-value-no-version.spdx", Err("spdx_version_missing")),
    ("trustify__cyclonedx-broken-refs.json", Ok(&["dangling_reference"])),
    ("trustify__cyclonedx-invalid-purl.json", Ok(&["purl_unreadable"])),
    ("trustify__spdx-broken-refs.json", Ok(&["dangling_reference"])),
    // its packages have version 1 and package URLs with 0.0.0
    ("trustify__spdx-double-ref.json", Ok(&["versions_disagree"])),
    ("trustify__cyclonedx-cyclonedx-circular.json", Ok(&[])),
    ("osv-scanner__sbom-insecure-bad-purls.cdx.xml", Ok(&["purl_unreadable"])),
    ("osv-scalibr__testdata-invalid_sbom.cdxjson", Err("not_an_sbom")),
    ("osv-scalibr__testdata-invalid_sbom.spdx", Err("not_an_sbom")),
    ("dependency-track__unit-bom-no-purl.json", Ok(&["document_version_missing"])),
];

#[test]
fn every_broken_document_is_treated_as_its_collection_expects() {
    let Some(folder) = folder("sbom") else { return };
    let expected: serde_json::Value =
        serde_json::from_slice(&bytes(&folder.join("invalid/expected.json")))
            .expect("expectations");
    let mut faults = Vec::new();
    for entry in expected.as_array().expect("a list") {
        let (file, wanted) =
            (entry["file"].as_str().expect("text"), entry["expect"].as_str().expect("text"));
        let name = file.trim_start_matches("invalid/");
        let outcome = read(&bytes(&folder.join(file)), &Limits::default());
        let Some((_, ours)) = EXPECTED.iter().find(|(listed, _)| *listed == name) else {
            faults.push(format!("{name}: not in our table"));
            continue;
        };
        match (&outcome, ours) {
            (Ok(read), Ok(codes)) => {
                for code in *codes {
                    if !read.problems.iter().any(|problem| problem.code == *code) {
                        faults.push(format!("{name}: no {code} among {:?}", read.problems));
                    }
                }
            }
            (Err(problems), Err(code)) => {
                if problems[0].code != *code {
                    faults.push(format!("{name}: {} instead of {code}", problems[0]));
                }
            }
            (Ok(read), Err(code)) => {
                faults.push(format!("{name}: read ({:?}) instead of {code}", read.problems));
            }
            (Err(problems), Ok(_)) => faults.push(format!("{name}: refused: {}", problems[0])),
        }
        // the collection's own word, apart from our table
        let agrees = match wanted {
            "reject" => outcome.is_err(),
            "warn" => matches!(&outcome, Ok(read) if !read.problems.is_empty()),
            "accept" => outcome.is_ok(),
            "reject-or-warn" => !matches!(&outcome, Ok(read) if read.problems.is_empty()),
            "reject-or-accept" => true,
            other => panic!("unknown expectation {other}"),
        };
        if !agrees {
            faults.push(format!("{name}: the collection expects {wanted}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn three_tools_name_the_same_image_with_identities_that_parse() {
    let Some(folder) = folder("sbom/multi-tool") else { return };
    let (mut with, mut total) = (0_usize, 0_usize);
    for image in std::fs::read_dir(&folder).expect("a folder") {
        for file in std::fs::read_dir(image.expect("an entry").path()).expect("a folder") {
            let path = file.expect("an entry").path();
            let name = path.to_string_lossy().into_owned();
            if !name.contains(".json") {
                continue;
            }
            let Ok(read) = read(&bytes(&path), &Limits::default()) else { continue };
            let value = read.value;
            total += value.components.len();
            with += value
                .components
                .iter()
                .filter(|c| !c.purls.is_empty() || !c.cpes.is_empty())
                .count();
        }
    }
    // files and operating systems have none; packages nearly all have one
    assert!(total > 1_000 && with * 10 > total * 7, "{with} of {total}");
}
