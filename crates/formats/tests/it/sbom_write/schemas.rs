//! Schema validation.

use crate::sbom_shared::{bytes, folder};
use jsonschema::{Registry, Validator};
use serde_json::Value;

/// The schemas of the formats that are written or raised.
pub(super) struct Schemas(Vec<(&'static str, Validator)>);

impl Schemas {
    pub(super) fn load() -> Option<Self> {
        const FILES: [(&str, &str); 8] = [
            ("1.2", "cyclonedx/bom-1.2.schema.json"),
            ("1.3", "cyclonedx/bom-1.3.schema.json"),
            ("1.4", "cyclonedx/bom-1.4.schema.json"),
            ("1.5", "cyclonedx/bom-1.5.schema.json"),
            ("1.6", "cyclonedx/bom-1.6.schema.json"),
            ("1.7", "cyclonedx/bom-1.7.schema.json"),
            ("SPDX-2.2", "spdx/spdx-2.2.schema.json"),
            ("SPDX-2.3", "spdx/spdx-2.3.schema.json"),
        ];
        let folder = folder("conformance/schemas")?;
        let schema = |file: &str| -> Value {
            serde_json::from_slice(&bytes(&folder.join(file))).expect("a schema")
        };
        let mut registry = Registry::new();
        for beside in ["jsf-0.82", "spdx", "cryptography-defs"] {
            let address = format!("http://cyclonedx.org/schema/{beside}.schema.json");
            let schema = schema(&format!("cyclonedx/{beside}.schema.json"));
            registry = registry.add(address, schema).expect("an address");
        }
        let registry = registry.prepare().expect("schemas");
        // whether a received address is one is no matter of those who write
        let options = jsonschema::options().should_validate_formats(false).with_registry(&registry);
        let validator =
            |(version, file)| (version, options.build(&schema(file)).expect("a schema"));
        Some(Self(FILES.into_iter().map(validator).collect()))
    }

    /// What is wrong with a document, by the schema of the version it states.
    pub(super) fn fault(&self, text: &[u8]) -> Option<String> {
        let document: Value = serde_json::from_slice(text).expect("JSON");
        let version = document["specVersion"].as_str().or(document["spdxVersion"].as_str());
        let (_, validator) =
            self.0.iter().find(|(known, _)| Some(*known) == version).expect("a version");
        let fault = validator.iter_errors(&document).next()?;
        let what: String = fault.to_string().chars().take(300).collect();
        Some(format!("{}: {what}", fault.instance_path()))
    }
}
