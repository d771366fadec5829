//! The CycloneDX project's own conformance documents, JSON form.

use crate::sbom_shared::{bytes, folder};
use aftercare_formats::sbom::{Limits, read};

/// Invalid documents that are accepted without a word, because the fault is in a field that an
/// inventory does not use. Shown as the name without version and ending.
const NOT_LOOKED_AT: &[(&str, &str)] = &[
    ("invalid-service-data", "services are not components"),
    ("invalid-license-id", "licences are kept as written, not checked against the SPDX list"),
    ("invalid-license-encoding", "licence texts are not read"),
    ("invalid-metadata-license", "the licence of the document itself is not read"),
    ("invalid-metadata-distribution", "distribution constraints are not read"),
    ("invalid-citations", "citations are not read"),
];

#[test]
fn valid_documents_read_and_invalid_ones_are_refused_or_warned_about() {
    let Some(folder) = folder("conformance/cyclonedx") else { return };
    let (mut valid, mut refused, mut warned, mut silent) = (0, 0, 0, Vec::new());
    let mut faults = Vec::new();
    for version in ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] {
        let mut files: Vec<_> = std::fs::read_dir(folder.join(version))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect();
        files.sort();
        for path in files {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let outcome = read(&bytes(&path), &Limits::default());
            if name.starts_with("valid") {
                match outcome {
                    Ok(_) => valid += 1,
                    Err(problems) => faults.push(format!("{version}/{name}: {}", problems[0])),
                }
            } else if name.starts_with("invalid") {
                match outcome {
                    Err(_) => refused += 1,
                    // a missing product or version is told for valid documents too
                    Ok(read)
                        if read
                            .problems
                            .iter()
                            .any(|p| !matches!(p.code, "root_missing" | "version_missing")) =>
                    {
                        warned += 1;
                    }
                    Ok(_) => silent.push(name),
                }
            }
        }
    }
    let silently = silent.len();
    silent.retain(|name| {
        !NOT_LOOKED_AT.iter().any(|(known, _)| name.starts_with(known)) || {
            eprintln!("accepted silently: {name}");
            false
        }
    });
    eprintln!(
        "valid read: {valid}; invalid refused: {refused}, warned: {warned}, silent: {silently}"
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(silent.is_empty(), "accepted silently without a reason: {silent:?}");
    assert_eq!((valid, refused, warned, silently), (154, 13, 64, 14));
}
