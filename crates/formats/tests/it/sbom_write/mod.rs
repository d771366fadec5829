//! Written documents: they validate, they say what was read, and received text stays.

#![allow(clippy::expect_used, clippy::print_stderr, reason = "tests")]

mod additions;
mod facts;
mod generated;
mod schemas;
mod spoilt;

use crate::sbom_shared::{bytes, folder};
use aftercare_formats::sbom::{
    Limits, read,
    write::{Addition, Target, Tool, Writing, Written, anew, convert},
};
use aftercare_vocab::{
    instant::Instant,
    inventory::{Format, Inventory},
};
use facts::lost;
use schemas::Schemas;
use serde_json::Value;

const TOOL: Tool<'static> = Tool { name: "aftercare", version: "9.8.7" };

fn writing(target: Target, additions: &[Addition]) -> Writing<'_> {
    Writing { target, tool: TOOL, at: Instant::from_micros(1_800_000_000_000_000), additions }
}

fn again(written: &Written) -> Inventory {
    match read(written.text.as_bytes(), &Limits::default()) {
        Ok(read) => read.value,
        Err(problems) => panic!("{}\n{}", problems[0], written.text),
    }
}

/// Most bytes of a document that is tried here: the few larger ones are made by the tools of smaller
/// ones, and each is written four times and validated.
const LARGE: usize = 1024 * 1024;

/// Each real document that reads: (file, bytes, inventory).
fn real_documents() -> Vec<(String, Vec<u8>, Inventory)> {
    let Some(folder) = folder("sbom") else { return Vec::new() };
    let manifest: Value =
        serde_json::from_slice(&bytes(&folder.join("manifest.json"))).expect("a manifest");
    let mut all = Vec::new();
    for entry in manifest.as_array().expect("a list") {
        let file = entry["file"].as_str().expect("text").to_owned();
        let bytes = bytes(&folder.join(&file));
        if bytes.len() > LARGE {
            eprintln!("not tried, {} bytes: {file}", bytes.len());
            continue;
        }
        if let Ok(read) = read(&bytes, &Limits::default()) {
            all.push((file, bytes, read.value));
        }
    }
    assert!(all.len() > 200, "{}", all.len());
    all
}

#[test]
fn every_real_document_keeps_what_the_target_can_hold_and_validates() {
    let (documents, Some(schemas)) = (real_documents(), Schemas::load()) else { return };
    let mut faults = Vec::new();
    let mut validated = 0;
    for (file, bytes, inventory) in &documents {
        for target in Target::ALL {
            let written = anew(inventory, &writing(target, &[]));
            assert_eq!(
                written,
                anew(inventory, &writing(target, &[])),
                "{file}: not the same twice"
            );
            if let Some(fault) = schemas.fault(written.text.as_bytes()) {
                faults.push(format!("{file} anew as {target}: {fault}"));
            }
            if let Some(fault) = lost(inventory, &again(&written), target) {
                faults.push(format!("{file} anew as {target}: {fault}"));
            }
            // a valid document of the family stays valid when it is raised
            let (_, kept) =
                convert(bytes, &Limits::default(), &writing(target, &[])).expect("read");
            let is_kept = match target {
                Target::Cyclonedx16 => inventory.format == Format::CyclonedxJson,
                Target::Spdx23 => inventory.format == Format::SpdxJson,
            };
            if is_kept && schemas.fault(bytes).is_none() {
                validated += 1;
                if let Some(fault) = schemas.fault(kept.text.as_bytes()) {
                    faults.push(format!("{file} raised to {target}: {fault}"));
                }
            }
        }
    }
    eprintln!("{} documents; {validated} valid ones raised in place", documents.len());
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
    assert!(validated > 100, "{validated}");
}

#[test]
fn every_valid_conformance_document_stays_valid_when_it_is_raised() {
    let (Some(folder), Some(schemas)) = (folder("conformance/cyclonedx"), Schemas::load()) else {
        return;
    };
    let mut count = 0;
    for version in ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] {
        for entry in std::fs::read_dir(folder.join(version)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if !name.starts_with("valid") || path.extension().is_none_or(|end| end != "json") {
                continue;
            }
            let bytes = bytes(&path);
            if schemas.fault(&bytes).is_some() {
                eprintln!("not valid by its own schema: {version}/{name}");
                continue;
            }
            let writing = writing(Target::Cyclonedx16, &[]);
            let (read, written) = convert(&bytes, &Limits::default(), &writing).expect("read");
            assert_eq!(schemas.fault(written.text.as_bytes()), None, "{version}/{name}");
            if written.text.as_bytes() != bytes {
                assert_eq!(
                    lost(&read.value, &again(&written), Target::Cyclonedx16),
                    None,
                    "{name}"
                );
            }
            count += 1;
        }
    }
    assert!(count > 120, "{count}");
}

/// What a document in the JSON form says, without what is written into every changed one.
fn plain(text: &[u8]) -> serde_json::Value {
    let mut document: serde_json::Value = serde_json::from_slice(text).expect("JSON");
    let top = document.as_object_mut().expect("an object");
    for key in ["$schema", "specVersion", "signature"] {
        top.remove(key);
    }
    if let Some(about) = top.get_mut("metadata").and_then(|about| about.as_object_mut()) {
        about.remove("tools");
        if about.is_empty() {
            top.remove("metadata");
        }
    }
    document
}

#[test]
fn xml_is_carried_over_with_all_that_it_says() {
    let (Some(folder), Some(schemas)) = (folder("conformance/cyclonedx"), Schemas::load()) else {
        return;
    };
    let (mut faults, mut anew, mut left_out, mut same) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut count = 0;
    for version in ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"] {
        for entry in std::fs::read_dir(folder.join(version)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if !name.starts_with("valid") || path.extension().is_none_or(|end| end != "xml") {
                continue;
            }
            count += 1;
            let writing = writing(Target::Cyclonedx16, &[]);
            let (read, written) =
                convert(&bytes(&path), &Limits::default(), &writing).expect("read");
            for problem in &written.problems {
                match problem.code {
                    "written_anew" => anew.push(name.clone()),
                    "not_carried_over" => left_out.push(format!("{name}: {}", problem.what)),
                    _ => {}
                }
            }
            if let Some(fault) = schemas.fault(written.text.as_bytes()) {
                faults.push(format!("{name}: {fault}"));
            }
            // of a document in the target's own version nothing is changed, so that nobody is named
            let fault = lost(&read.value, &again(&written), Target::Cyclonedx16);
            if let Some(fault) =
                fault.filter(|fault| version != "1.6" || !fault.starts_with("tools"))
            {
                faults.push(format!("{name}: {fault}"));
            }
            let json = path.with_extension("json");
            if json.is_file() {
                let (ours, theirs) = (plain(written.text.as_bytes()), plain(&bytes(&json)));
                if ours == theirs {
                    same += 1;
                } else {
                    eprintln!("{name} is not its JSON form:\n{ours}\n{theirs}");
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
    anew.sort_unstable();
    assert_eq!(
        anew,
        [
            "valid-bom-1.3.xml",
            "valid-bom-1.4.xml",
            "valid-compositions-1.3.xml",
            "valid-cryptography-implementation-1.6.xml"
        ]
    );
    // formulation, models, cryptography, data of services; what is of other namespaces or attributes
    assert_eq!((count, same, left_out.len()), (125, 41, 32), "{left_out:#?}");
}
