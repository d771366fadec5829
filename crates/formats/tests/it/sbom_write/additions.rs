//! What is added to a received document, and what stays.

use super::{again, schemas::Schemas, writing};
use aftercare_formats::sbom::{
    Limits,
    write::{Addition, Found, Target, Technique, convert},
};
use std::collections::BTreeSet;

pub(super) fn addition(component: u32) -> Addition {
    Addition {
        component,
        supplier: Some("Acme".to_owned()),
        support_level: Some("actively maintained".to_owned()),
        end_of_support: Some("2027-01-31".to_owned()),
        found: vec![Found {
            technique: Technique::BinaryAnalysis,
            certainty: 80,
            what: "usr/lib/libz.so.1".to_owned(),
        }],
    }
}

/// The lines that one text has and the other has not.
fn new_lines<'a>(after: &'a str, before: &str) -> Vec<&'a str> {
    let before: BTreeSet<&str> = before.lines().collect();
    after.lines().filter(|line| !before.contains(line)).map(str::trim).collect()
}

const PUMP: &str = r#"{
  "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
  "bomFormat": "CycloneDX",
  "specVersion": "1.6",
  "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
  "version": 7,
  "metadata": {
    "component": {"type": "device", "name": "pump", "version": "4.2", "supplier": {"name": "Maker"}}
  },
  "components": [
    {
      "type": "library",
      "name": "zlib",
      "version": "1.2.11",
      "x-unknown": 1.50,
      "properties": [
        {"name": "cdx:fda:level-of-support", "value": "abandoned"}
      ]
    },
    {
      "type": "firmware",
      "name": "bios",
      "version": "1",
      "components": [
        {
          "type": "library",
          "name": "lwip",
          "version": "2.1"
        }
      ]
    }
  ],
  "services": [{"name": "kept"}]
}
"#;

#[test]
fn an_addition_is_written_into_the_received_text_and_replaces_nothing() {
    let additions = [0, 1, 3].map(addition);
    let (read, written) =
        convert(PUMP.as_bytes(), &Limits::default(), &writing(Target::Cyclonedx16, &additions))
            .expect("read");
    assert_eq!(written.problems, []);
    assert_eq!(
        new_lines(&written.text, PUMP),
        [
            "\"version\": 8,",
            "\"component\": {\"type\": \"device\", \"name\": \"pump\", \"version\": \"4.2\", \"supplier\": {\"name\": \"Maker\"},\"properties\": [{\"name\":\"cdx:fda:level-of-support\",\"value\":\"actively maintained\"},{\"name\":\"cdx:fda:end-of-support-date\",\"value\":\"2027-01-31\"}],\"evidence\": {\"identity\":[{\"field\":\"name\",\"confidence\":0.8,\"concludedValue\":\"pump\",\"methods\":[{\"technique\":\"binary-analysis\",\"confidence\":0.8,\"value\":\"usr/lib/libz.so.1\"}]}]}},",
            "\"tools\": {\"components\":[{\"type\":\"application\",\"name\":\"aftercare\",\"version\":\"9.8.7\"}]}",
            "{\"name\": \"cdx:fda:level-of-support\", \"value\": \"abandoned\"},",
            "{\"name\":\"cdx:fda:end-of-support-date\",\"value\":\"2027-01-31\"}",
            "],",
            "\"supplier\": {\"name\":\"Acme\"},",
            "\"evidence\": {\"identity\":[{\"field\":\"name\",\"confidence\":0.8,\"concludedValue\":\"zlib\",\"methods\":[{\"technique\":\"binary-analysis\",\"confidence\":0.8,\"value\":\"usr/lib/libz.so.1\"}]}]}",
            "\"version\": \"2.1\",",
            "\"supplier\": {\"name\":\"Acme\"},",
            "\"properties\": [{\"name\":\"cdx:fda:level-of-support\",\"value\":\"actively maintained\"},{\"name\":\"cdx:fda:end-of-support-date\",\"value\":\"2027-01-31\"}],",
            "\"evidence\": {\"identity\":[{\"field\":\"name\",\"confidence\":0.8,\"concludedValue\":\"lwip\",\"methods\":[{\"technique\":\"binary-analysis\",\"confidence\":0.8,\"value\":\"usr/lib/libz.so.1\"}]}]}",
        ]
    );
    let after = again(&written);
    let told = |index: usize| {
        let component = &after.components[index];
        [&component.supplier, &component.support_level, &component.end_of_support]
            .map(|text| text.as_deref().unwrap_or("-"))
    };
    assert_eq!(told(0), ["Maker", "actively maintained", "2027-01-31"]);
    assert_eq!(told(1), ["Acme", "abandoned", "2027-01-31"]);
    assert_eq!(told(2), ["-", "-", "-"]);
    assert_eq!(told(3), ["Acme", "actively maintained", "2027-01-31"]);
    assert_eq!(after.components.len(), read.value.components.len());
}

#[test]
fn what_needs_no_change_is_the_received_text_itself() {
    let nothing_new =
        Addition { component: 0, supplier: Some("Other".to_owned()), ..Addition::default() };
    for additions in [vec![], vec![nothing_new]] {
        let (_, written) =
            convert(PUMP.as_bytes(), &Limits::default(), &writing(Target::Cyclonedx16, &additions))
                .expect("read");
        assert_eq!(written.text, PUMP);
    }
}

#[test]
fn a_signature_does_not_survive_a_change() {
    let signed = PUMP.replace(
        "  \"services\": [{\"name\": \"kept\"}]\n",
        "  \"services\": [{\"name\": \"kept\"}],\n  \"signature\": {\"algorithm\": \"RS256\", \"value\": \"x\"}\n",
    );
    let convert = |additions: &[Addition]| {
        convert(signed.as_bytes(), &Limits::default(), &writing(Target::Cyclonedx16, additions))
            .expect("read")
            .1
    };
    assert_eq!(convert(&[]).text, signed);
    let changed = convert(&[addition(3)]);
    assert!(!changed.text.contains("signature"), "{}", changed.text);
    assert_eq!(changed.problems[0].code, "signature_left_out");
    assert_eq!(again(&changed).components.len(), 4);
}

#[test]
fn an_spdx_document_takes_additions_as_annotations_under_another_namespace() {
    const TEXT: &str = r#"{
  "SPDXID": "SPDXRef-DOCUMENT",
  "spdxVersion": "SPDX-2.2",
  "dataLicense": "CC0-1.0",
  "name": "pump",
  "documentNamespace": "https://example.org/pump",
  "creationInfo": {"created": "2026-11-23T14:05:00Z", "creators": ["Tool: yocto"]},
  "packages": [
    {
      "SPDXID": "SPDXRef-zlib",
      "name": "zlib",
      "versionInfo": "1.2.11",
      "downloadLocation": "NOASSERTION",
      "supplier": "NOASSERTION",
      "externalRefs": [
        {"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": "pkg:generic/zlib@1.2.11"}
      ]
    }
  ],
  "comment": "kept"
}
"#;
    let additions = [addition(0)];
    let (_, written) =
        convert(TEXT.as_bytes(), &Limits::default(), &writing(Target::Spdx23, &additions))
            .expect("read");
    let note = |comment: &str| {
        format!(
            "{{\"annotationDate\":\"2026-11-23T14:05:00Z\",\"annotationType\":\"OTHER\",\"annotator\":\"Tool: aftercare-9.8.7\",\"comment\":\"{comment}\"}}"
        )
    };
    let notes = [
        "aftercare:supportLevel=actively maintained",
        "aftercare:endOfSupport=2027-01-31",
        "Found by binary-analysis, 80 % sure: usr/lib/libz.so.1",
    ]
    .map(note);
    assert_eq!(
        new_lines(&written.text, TEXT),
        [
            "\"spdxVersion\": \"SPDX-2.3\",",
            "\"documentNamespace\": \"https://example.org/pump-aftercare-2fb07188835d07e3\",",
            "\"creationInfo\": {\"created\": \"2026-11-23T14:05:00Z\", \"creators\": [\"Tool: yocto\",\"Tool: aftercare-9.8.7\"]},",
            "\"supplier\": \"Organization: Acme\",",
            "{\"referenceCategory\": \"PACKAGE-MANAGER\", \"referenceType\": \"purl\", \"referenceLocator\": \"pkg:generic/zlib@1.2.11\"}",
            "],",
            "\"validUntilDate\": \"2027-01-31T23:59:59Z\",",
            &format!("\"annotations\": [{}]", notes.join(",")),
        ]
    );
    let component = &again(&written).components[0];
    assert_eq!(component.supplier.as_deref(), Some("Acme"));
    assert_eq!(component.support_level.as_deref(), Some("actively maintained"));
    assert_eq!(component.end_of_support.as_deref(), Some("2027-01-31"));
    if let Some(schemas) = Schemas::load() {
        assert_eq!(schemas.fault(written.text.as_bytes()), None);
    }
}

#[test]
fn a_document_of_the_other_family_is_written_anew_and_says_so() {
    let additions = [addition(1)];
    let (_, written) =
        convert(PUMP.as_bytes(), &Limits::default(), &writing(Target::Spdx23, &additions))
            .expect("read");
    assert_eq!(written.problems[0].code, "written_anew");
    let after = again(&written);
    assert_eq!(after.components[1].support_level.as_deref(), Some("abandoned"));
    assert_eq!(after.components[1].supplier.as_deref(), Some("Acme"));
    assert_eq!(after.components[1].end_of_support.as_deref(), Some("2027-01-31"));
    assert!(written.text.contains("Found by binary-analysis, 80 % sure: usr/lib/libz.so.1"));
}
