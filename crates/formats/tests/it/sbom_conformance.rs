//! The CycloneDX project's own conformance documents, JSON and XML.

use crate::sbom_shared::{bytes, folder};
use aftercare_formats::sbom::{Limits, read};

/// Invalid documents that are accepted without a word, because the fault is in a field that an
/// inventory does not use. Shown as the name without version and ending.
const NOT_LOOKED_AT: &[(&str, &str)] = &[
    ("invalid-service-data", "services are not components"),
    ("invalid-license-id", "licences are kept as written, not checked against the SPDX list"),
    ("invalid-license-encoding", "licence texts are not read"),
    ("invalid-license-choice", "licences and expressions beside each other in XML are all kept"),
    ("invalid-license-declared-concluded-mix", "who says a licence is not read"),
    ("invalid-metadata-license", "the licence of the document itself is not read"),
    ("invalid-metadata-distribution", "distribution constraints are not read"),
    ("invalid-citations", "citations are not read"),
];

/// What became of the documents of one form.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    valid: usize,
    refused: usize,
    warned: usize,
    silent: usize,
}

#[test]
fn valid_documents_read_and_invalid_ones_are_refused_or_warned_about() {
    let Some(folder) = folder("conformance/cyclonedx") else { return };
    let (mut json, mut xml) = (Tally::default(), Tally::default());
    let mut faults = Vec::new();
    for version in ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] {
        let mut files: Vec<_> = std::fs::read_dir(folder.join(version))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        for path in files {
            let tally = match path.extension().and_then(|end| end.to_str()) {
                Some("json") => &mut json,
                Some("xml") => &mut xml,
                _ => continue,
            };
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let outcome = read(&bytes(&path), &Limits::default());
            if name.starts_with("valid") {
                match outcome {
                    Ok(_) => tally.valid += 1,
                    Err(problems) => faults.push(format!("{version}/{name}: {}", problems[0])),
                }
            } else if name.starts_with("invalid") {
                match outcome {
                    Err(_) => tally.refused += 1,
                    // missing products, components and versions are told for valid documents too
                    Ok(read)
                        if read.problems.iter().any(|p| {
                            !matches!(
                                p.code,
                                "root_missing" | "version_missing" | "components_missing"
                            )
                        }) =>
                    {
                        tally.warned += 1;
                    }
                    Ok(_) => {
                        tally.silent += 1;
                        if !NOT_LOOKED_AT.iter().any(|(known, _)| name.starts_with(known)) {
                            faults.push(format!("{version}/{name}: accepted silently"));
                        }
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(json, Tally { valid: 154, refused: 13, warned: 66, silent: 12 });
    assert_eq!(xml, Tally { valid: 170, refused: 27, warned: 72, silent: 22 });
}
