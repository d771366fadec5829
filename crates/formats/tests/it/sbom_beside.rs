//! What a document says of itself beside its inventory.

#![allow(clippy::expect_used, reason = "tests")]

use aftercare_formats::sbom::{Limits, beside, read};
use aftercare_vocab::inventory::Beside;

fn of(document: &str) -> Beside {
    let read = read(document.as_bytes(), &Limits::default()).expect("a document");
    beside(document.as_bytes(), &read.value)
}

#[test]
fn contexts_vulnerabilities_and_reasons_are_found_where_cyclonedx_has_them() {
    let found = of(r#"{"bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {
            "lifecycles": [{"phase": "build"}, {"name": "our own", "description": "x"}, {}, 7],
            "component": {"type": "device", "name": "pump", "properties": [
                {"name": "cdx:fda:justification", "value": "cdx:fda:level-of-support: we make it"}
            ]}
        },
        "components": [{"type": "library", "name": "a", "components": [
            {"type": "library", "name": "b", "properties": [
                {"name": "other", "value": "cdx:fda:level-of-support: no"},
                {"name": "cdx:fda:justification", "value": "cdx:fda:end-of-support-date: none published"},
                {"name": "cdx:fda:justification", "value": "cdx:fda:level-of-support: "},
                {"name": "cdx:fda:justification"}
            ]}
        ]}],
        "vulnerabilities": [{"id": "CVE-2024-1"}]}"#);
    let reason = |place: &str, missing: &str| (place.to_owned(), missing.to_owned());
    assert_eq!(
        found,
        Beside {
            contexts: Some(vec!["build".to_owned(), "our own".to_owned()]),
            lists_vulnerabilities: Some(true),
            justified: vec![
                reason("metadata.component", "cdx:fda:level-of-support"),
                reason("components[0].components[0]", "cdx:fda:end-of-support-date"),
            ],
        }
    );
}

#[test]
fn what_cyclonedx_leaves_out_is_absent_and_what_spdx_has_no_field_for_is_not_looked_for() {
    let bare = of(r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": []}"#);
    assert_eq!(
        (bare.contexts, bare.lists_vulnerabilities, bare.justified),
        (Some(Vec::new()), Some(false), Vec::new())
    );
    let spdx = of(r#"{"SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.3", "name": "d"}"#);
    assert_eq!(spdx, Beside::default());
}
