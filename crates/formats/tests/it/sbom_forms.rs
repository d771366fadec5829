//! The same document gives the same inventory in every form.

#![allow(clippy::expect_used, reason = "helpers of tests")]

use crate::{
    sbom_convert::{cyclonedx_xml, spdx_rdf, spdx_tag_value, spdx_yaml},
    sbom_shared::{bytes, folder},
};
use aftercare_formats::sbom::{Limits, read};
use aftercare_vocab::inventory::{Format, Inventory};
use serde_json::Value;

/// Real documents up to this size are written again; larger ones have no more kinds of content.
const LARGEST: u64 = 250_000;

/// Documents that another form cannot hold as they are: (file, form, why).
const DIFFERENT: &[(&str, Format, &str)] = &[
    (
        "cyclonedx/1.4/dependency-track__bom-custom-license.cdx.json",
        Format::CyclonedxXml,
        "a licence is a space, which is layout in XML",
    ),
    (
        "cyclonedx/1.4/trustify__etc-datasets-ds5-cycloneDx-model-mesh.cdx.json.zst",
        Format::CyclonedxXml,
        "the product stands after the components, which XML does not allow",
    ),
    (
        "spdx/2.2/bom-shelter__in-the-wild-spdx-julia.spdx.json",
        Format::SpdxTagValue,
        "a licence ends with a space",
    ),
    (
        "spdx/2.2/bom-shelter__in-the-wild-spdx-julia.spdx.json",
        Format::SpdxRdf,
        "a licence ends with a space",
    ),
    (
        "spdx/2.3/trivy__happy-no-relationship.spdx.json",
        Format::SpdxRdf,
        "document and product share one id, which makes them one node",
    ),
];

/// An inventory without what must differ between forms: the form, and the order of relations.
fn content(mut inventory: Inventory) -> Inventory {
    inventory.format = Format::CyclonedxJson;
    inventory.dependencies.sort_unstable();
    inventory
}

/// The first difference, for the message.
fn difference(one: &Inventory, other: &Inventory) -> Option<String> {
    if one == other {
        return None;
    }
    if let Some((a, b)) = one.components.iter().zip(&other.components).find(|(a, b)| a != b) {
        return Some(format!("{a:?}\n  instead of {b:?}"));
    }
    let bare = |inventory: &Inventory| Inventory {
        components: Vec::new(),
        dependencies: Vec::new(),
        ..inventory.clone()
    };
    Some(format!(
        "{} components, {} relations, {:?}\n  instead of {}, {}, {:?}",
        one.components.len(),
        one.dependencies.len(),
        bare(one),
        other.components.len(),
        other.dependencies.len(),
        bare(other)
    ))
}

/// Every real JSON document of these formats that reads, as a value and as an inventory.
fn real(format: &str, mut take: impl FnMut(&str, Value, Inventory)) {
    let Some(folder) = folder("sbom") else { return };
    let manifest: Value =
        serde_json::from_slice(&bytes(&folder.join("manifest.json"))).expect("a manifest");
    for entry in manifest.as_array().expect("a list") {
        let file = entry["file"].as_str().expect("text");
        if entry["format"] != format || entry["bytes"].as_u64() > Some(LARGEST) {
            continue;
        }
        let document = bytes(&folder.join(file));
        let Ok(read) = read(&document, &Limits::default()) else { continue };
        let text = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&document);
        let value = serde_json::from_slice(text).expect("JSON");
        take(file, value, content(read.value));
    }
}

/// Counts the documents that say the same, and collects those that do not.
#[derive(Default)]
struct Comparison {
    same: usize,
    different: Vec<(String, Format)>,
    faults: Vec<String>,
}

impl Comparison {
    fn add(&mut self, file: &str, format: Format, text: &str, json: &Inventory) {
        let what = match read(text.as_bytes(), &Limits::default()) {
            Ok(read) => {
                assert_eq!(read.value.format, format, "{file}");
                difference(&content(read.value), json)
            }
            Err(problems) => Some(problems[0].to_string()),
        };
        match what {
            None => self.same += 1,
            Some(_) if DIFFERENT.iter().any(|(name, form, _)| *name == file && *form == format) => {
                self.different.push((file.to_owned(), format));
            }
            Some(what) => self.faults.push(format!("{file} as {format:?}: {what}")),
        }
    }

    /// How many documents say the same. Exceptions that are none any more are faults, too.
    fn done(self, forms: &[Format]) -> usize {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        let listed = DIFFERENT.iter().filter(|(_, form, _)| forms.contains(form)).count();
        assert_eq!(self.different.len(), listed, "{:?}", self.different);
        self.same
    }
}

#[test]
fn cyclonedx_xml_says_what_json_says() {
    let mut comparison = Comparison::default();
    real("cdx-json", |file, value, json| {
        if let Some(xml) = cyclonedx_xml(&value) {
            comparison.add(file, Format::CyclonedxXml, &xml, &json);
        }
    });
    if folder("sbom").is_some() {
        assert_eq!(comparison.done(&[Format::CyclonedxXml]), 73, "documents");
    }
}

#[test]
fn spdx_says_the_same_in_four_forms() {
    let forms = [Format::SpdxYaml, Format::SpdxTagValue, Format::SpdxRdf];
    let mut comparison = Comparison::default();
    real("spdx-json", |file, value, json| {
        comparison.add(file, Format::SpdxYaml, &spdx_yaml(&value), &json);
        comparison.add(file, Format::SpdxTagValue, &spdx_tag_value(&value), &json);
        if let Some(rdf) = spdx_rdf(&value) {
            comparison.add(file, Format::SpdxRdf, &rdf, &json);
        }
    });
    if folder("sbom").is_some() {
        assert_eq!(comparison.done(&forms), 288, "documents");
    }
}

/// Documents that their makers wrote in two forms: pairs of files below `sbom` or `conformance`.
fn pairs() -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let Some(folder) = folder("conformance/cyclonedx") else { return pairs };
    for version in ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] {
        for entry in std::fs::read_dir(folder.join(version)).expect("a folder") {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            let Some(stem) = name.strip_suffix(".xml").filter(|stem| stem.starts_with("valid"))
            else {
                continue;
            };
            if folder.join(version).join(format!("{stem}.json")).is_file() {
                let stem = format!("conformance/cyclonedx/{version}/{stem}");
                pairs.push((format!("{stem}.xml"), format!("{stem}.json")));
            }
        }
    }
    for (one, other) in [
        ("cyclonedx/1.4/osv-scalibr__sbom.cdx.xml", "cyclonedx/1.4/osv-scalibr__sbom.cdx.json"),
        ("spdx/?/osv-scalibr__sbom.spdx.rdf", "spdx/2.3/osv-scalibr__sbom.spdx"),
    ] {
        pairs.push((format!("sbom/{one}"), format!("sbom/{other}")));
    }
    pairs.sort();
    pairs
}

/// Pairs whose two documents do not say the same: other components, versions, times or packages.
const UNLIKE: &[&str] = &[
    "1.2/valid-component-ref-1.2",
    "1.2/valid-dependency-1.2",
    "1.2/valid-license-expression-1.2",
    "1.2/valid-metadata-timestamp-1.2",
    "1.3/valid-bom-1.3",
    "1.3/valid-dependency-1.3",
    "1.3/valid-license-expression-1.3",
    "1.3/valid-metadata-timestamp-1.3",
    "1.4/valid-bom-1.4",
    "1.4/valid-license-expression-1.4",
    "1.4/valid-license-name-1.4",
    "1.4/valid-service-1.4",
    "1.5/valid-component-ref-1.5",
    "1.5/valid-external-reference-1.5",
    "1.5/valid-license-name-1.5",
    "1.5/valid-machine-learning-1.5",
    "1.5/valid-service-1.5",
    "1.6/valid-metadata-timestamp-1.6",
    "1.7/valid-cryptography-implementation-1.7",
    "1.7/valid-license-choice-1.7",
];

#[test]
fn documents_published_in_two_forms_say_the_same() {
    let (mut same, mut unlike) = (0, Vec::new());
    for (one, other) in pairs() {
        let inventory = |name: &str| {
            let path = folder(name.rsplit_once('/').expect("a folder").0).expect("the folder");
            let file = path.join(name.rsplit('/').next().expect("a name"));
            let read = read(&bytes(&file), &Limits::default());
            content(read.unwrap_or_else(|problems| panic!("{name}: {}", problems[0])).value)
        };
        let stem = one.trim_start_matches("conformance/cyclonedx/").trim_end_matches(".xml");
        match difference(&inventory(&one), &inventory(&other)) {
            None => same += 1,
            Some(_) if UNLIKE.contains(&stem) => unlike.push(stem.to_owned()),
            Some(what) => panic!("{stem}: {what}"),
        }
    }
    if folder("conformance/cyclonedx").is_some() {
        assert_eq!(unlike, UNLIKE);
        assert_eq!(same, 84, "pairs");
    }
}
