//! JSON documents written again in the other forms, for the tests that compare what is read of them.
//! Only what an inventory holds is written.

use serde_json::Value;
use std::fmt::Write as _;

/// Text for XML; `None` when XML cannot hold it.
fn escaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => write!(out, "&#{};", u32::from(c)).ok()?,
            c if c < ' ' => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The text of a scalar.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// XML in the making. Once something cannot be written, nothing of it counts.
#[derive(Default)]
struct Xml {
    text: String,
    lost: bool,
}

impl Xml {
    fn escaped(&mut self, text: &str) -> String {
        escaped(text).unwrap_or_else(|| {
            self.lost = true;
            String::new()
        })
    }

    fn open(&mut self, name: &str, attributes: &[(&str, Option<String>)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            if let Some(value) = value {
                let value = self.escaped(value);
                let _ = write!(self.text, " {name}=\"{value}\"");
            }
        }
        self.text.push('>');
    }

    fn close(&mut self, name: &str) {
        let _ = writeln!(self.text, "</{name}>");
    }

    fn leaf(&mut self, name: &str, attributes: &[(&str, Option<String>)], text: Option<String>) {
        if text.is_none() && attributes.iter().all(|(_, value)| value.is_none()) {
            return;
        }
        self.open(name, attributes);
        let text = self.escaped(text.as_deref().unwrap_or_default());
        self.text.push_str(&text);
        self.close(name);
    }

    /// Elements for these keys, as texts.
    fn texts(&mut self, value: &Value, keys: &[&str]) {
        for key in keys {
            self.leaf(key, &[], plain(&value[*key]));
        }
    }

    /// `list` with one element for each entry.
    fn each(&mut self, value: &Value, list_name: &str, write: impl Fn(&mut Self, &Value)) {
        if value[list_name].is_array() {
            self.open(list_name, &[]);
            for entry in list(value, list_name) {
                write(self, entry);
            }
            self.close(list_name);
        }
    }

    fn party(&mut self, name: &str, party: &Value) {
        if party.is_object() {
            self.open(name, &[]);
            self.texts(party, &["name", "email"]);
            self.close(name);
        }
    }

    fn component(&mut self, component: &Value) {
        let attributes = ["type", "bom-ref", "isExternal"].map(|key| (key, plain(&component[key])));
        self.open("component", &attributes);
        self.party("supplier", &component["supplier"]);
        self.party("manufacturer", &component["manufacturer"]);
        self.texts(component, &["publisher", "group", "name", "version", "versionRange", "scope"]);
        self.each(component, "hashes", |xml, hash| {
            xml.leaf("hash", &[("alg", plain(&hash["alg"]))], plain(&hash["content"]));
        });
        self.each(component, "licenses", |xml, choice| {
            if choice["license"].is_object() {
                xml.open("license", &[]);
                xml.texts(&choice["license"], &["id", "name"]);
                xml.close("license");
            }
            xml.texts(choice, &["expression"]);
        });
        self.texts(component, &["cpe", "purl"]);
        for key in ["omniborId", "swhid"] {
            for id in list(component, key) {
                self.leaf(key, &[], plain(id));
            }
        }
        if component["swid"].is_object() {
            let swid = &component["swid"];
            self.open("swid", &["tagId", "name"].map(|key| (key, plain(&swid[key]))));
            self.close("swid");
        }
        if component["pedigree"]["patches"].is_array() {
            self.open("pedigree", &[]);
            self.each(&component["pedigree"], "patches", |xml, patch| {
                xml.open("patch", &[("type", plain(&patch["type"]))]);
                xml.each(patch, "resolves", |xml, issue| {
                    xml.open("issue", &[("type", plain(&issue["type"]))]);
                    xml.texts(issue, &["id", "name"]);
                    xml.close("issue");
                });
                xml.close("patch");
            });
            self.close("pedigree");
        }
        self.each(component, "properties", |xml, property| {
            xml.leaf("property", &[("name", plain(&property["name"]))], plain(&property["value"]));
        });
        self.each(component, "components", Self::component);
        let identity = &component["evidence"]["identity"];
        let identities = match identity {
            Value::Array(list) => list.as_slice(),
            Value::Object(_) => std::slice::from_ref(identity),
            _ => &[],
        };
        if !identities.is_empty() {
            self.open("evidence", &[]);
            for identity in identities {
                self.open("identity", &[]);
                self.texts(identity, &["field", "concludedValue"]);
                self.close("identity");
            }
            self.close("evidence");
        }
        self.each(component, "externalReferences", |xml, reference| {
            xml.open("reference", &[("type", plain(&reference["type"]))]);
            xml.texts(reference, &["url"]);
            xml.close("reference");
        });
        self.close("component");
    }

    fn service(&mut self, service: &Value) {
        self.open("service", &[("bom-ref", plain(&service["bom-ref"]))]);
        self.texts(service, &["name", "version"]);
        self.each(service, "services", Self::service);
        self.close("service");
    }

    fn metadata(&mut self, metadata: &Value) {
        self.open("metadata", &[]);
        self.texts(metadata, &["timestamp"]);
        let tools = &metadata["tools"];
        let tool = |xml: &mut Self, name: &str, tool: &Value| {
            xml.open(name, &[]);
            xml.texts(tool, &["name", "version"]);
            xml.close(name);
        };
        if tools.is_object() {
            self.open("tools", &[]);
            self.each(tools, "components", |xml, entry| tool(xml, "component", entry));
            self.each(tools, "services", |xml, entry| tool(xml, "service", entry));
            self.close("tools");
        } else {
            self.each(metadata, "tools", |xml, entry| tool(xml, "tool", entry));
        }
        self.each(metadata, "authors", |xml, author| xml.party("author", author));
        if metadata["component"].is_object() {
            self.component(&metadata["component"]);
        }
        for key in ["manufacture", "manufacturer", "supplier"] {
            self.party(key, &metadata[key]);
        }
        self.close("metadata");
    }
}

/// CycloneDX JSON as XML; `None` when XML cannot hold one of its texts.
pub fn cyclonedx_xml(document: &Value) -> Option<String> {
    let mut xml = Xml::default();
    let namespace =
        format!("http://cyclonedx.org/schema/bom/{}", document["specVersion"].as_str()?);
    let mut attributes = vec![("xmlns", Some(namespace))];
    attributes.extend(["serialNumber", "version"].map(|key| (key, plain(&document[key]))));
    xml.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- written again -->\n");
    xml.open("bom", &attributes);
    if document["metadata"].is_object() {
        xml.metadata(&document["metadata"]);
    }
    xml.each(document, "components", Xml::component);
    xml.each(document, "services", Xml::service);
    xml.each(document, "dependencies", |xml, entry| {
        xml.open("dependency", &[("ref", plain(&entry["ref"]))]);
        for target in list(entry, "dependsOn") {
            xml.leaf("dependency", &[("ref", plain(target))], None);
        }
        xml.close("dependency");
    });
    xml.each(document, "compositions", |xml, composition| {
        xml.open("composition", &[]);
        xml.texts(composition, &["aggregate"]);
        xml.close("composition");
    });
    xml.close("bom");
    (!xml.lost).then_some(xml.text)
}

/// SPDX JSON as YAML in block style; plain where YAML allows it and would see numbers and dates.
pub fn spdx_yaml(document: &Value) -> String {
    let mut out = String::from("---\n");
    yaml(&mut out, document, 0);
    out
}

fn yaml(out: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                let _ = write!(out, "{indent}{key}:");
                yaml_value(out, value, depth);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for value in list {
                let _ = write!(out, "{indent}-");
                yaml_value(out, value, depth);
            }
        }
        scalar => {
            let _ = writeln!(out, "{indent}{scalar}");
        }
    }
}

fn yaml_value(out: &mut String, value: &Value, depth: usize) {
    let is_plain = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/' | b'+'))
            && !text.eq_ignore_ascii_case("null")
    };
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            yaml(out, value, depth + 1);
        }
        Value::Array(list) if !list.is_empty() => {
            out.push('\n');
            yaml(out, value, depth + 1);
        }
        Value::String(text) if is_plain(text) => {
            let _ = writeln!(out, " {text}");
        }
        scalar => {
            let _ = writeln!(out, " {scalar}");
        }
    }
}

/// SPDX JSON as tag-value.
pub fn spdx_tag_value(document: &Value) -> String {
    let mut out = String::new();
    let mut tag = |tag: &str, value: Option<String>| {
        let Some(value) = value else { return };
        if value.contains(['\n', '\r']) {
            let _ = writeln!(out, "{tag}: <text>{value}</text>");
        } else {
            let _ = writeln!(out, "{tag}: {value}");
        }
    };
    for (name, key) in [
        ("SPDXVersion", "spdxVersion"),
        ("DataLicense", "dataLicense"),
        ("SPDXID", "SPDXID"),
        ("DocumentName", "name"),
        ("DocumentNamespace", "documentNamespace"),
    ] {
        tag(name, plain(&document[key]));
    }
    for creator in list(&document["creationInfo"], "creators") {
        tag("Creator", plain(creator));
    }
    tag("Created", plain(&document["creationInfo"]["created"]));
    let id = document["SPDXID"].as_str().unwrap_or_default();
    for described in list(document, "documentDescribes") {
        tag("Relationship", plain(described).map(|what| format!("{id} DESCRIBES {what}")));
    }
    for package in list(document, "packages") {
        for (name, key) in [
            ("PackageName", "name"),
            ("SPDXID", "SPDXID"),
            ("PackageVersion", "versionInfo"),
            ("PackageSupplier", "supplier"),
            ("PackageOriginator", "originator"),
            ("PackageLicenseConcluded", "licenseConcluded"),
            ("PackageLicenseDeclared", "licenseDeclared"),
            ("PackageCopyrightText", "copyrightText"),
            ("PrimaryPackagePurpose", "primaryPackagePurpose"),
            ("ValidUntilDate", "validUntilDate"),
        ] {
            tag(name, plain(&package[key]));
        }
        // the order of the two lists does not count
        for sum in list(package, "checksums") {
            let text = |key: &str| plain(&sum[key]).unwrap_or_default();
            let text = format!("{}: {}", text("algorithm"), text("checksumValue"));
            tag("PackageChecksum", Some(text));
        }
        for reference in list(package, "externalRefs") {
            let text = |key: &str| plain(&reference[key]).unwrap_or_default();
            let (category, kind) = (text("referenceCategory"), text("referenceType"));
            tag("ExternalRef", Some(format!("{category} {kind} {}", text("referenceLocator"))));
        }
    }
    for file in list(document, "files") {
        tag("FileName", plain(&file["fileName"]).or(Some("?".to_owned())));
        tag("SPDXID", plain(&file["SPDXID"]));
    }
    for snippet in list(document, "snippets") {
        tag("SnippetSPDXID", plain(&snippet["SPDXID"]));
    }
    for relation in list(document, "relationships") {
        let text = |key: &str| plain(&relation[key]).unwrap_or_default();
        let (from, to) = (text("spdxElementId"), text("relatedSpdxElement"));
        tag("Relationship", Some(format!("{from} {} {to}", text("relationshipType"))));
    }
    out
}

/// SPDX JSON as RDF/XML; `None` when XML cannot hold one of its texts.
pub fn spdx_rdf(document: &Value) -> Option<String> {
    const TERMS: &str = "http://spdx.org/rdf/terms#";
    let namespace = document["documentNamespace"].as_str()?;
    let about = |id: &str| match id {
        "NOASSERTION" | "NONE" => format!("{TERMS}{}", id.to_lowercase()),
        other if other.starts_with("DocumentRef-") => other.to_owned(),
        id => format!("{namespace}#{id}"),
    };
    let camel = |word: &str| {
        let mut parts = word.split(['_', '-']);
        let mut out = parts.next().unwrap_or_default().to_lowercase();
        for part in parts {
            out.push_str(part.get(..1).unwrap_or_default());
            out.push_str(&part.get(1..).unwrap_or_default().to_lowercase());
        }
        out
    };
    let mut xml = Xml::default();
    let resource = |address: String| [("rdf:resource", Some(address))];
    xml.open(
        "rdf:RDF",
        &[
            ("xmlns:rdf", Some("http://www.w3.org/1999/02/22-rdf-syntax-ns#".to_owned())),
            ("xmlns:spdx", Some(TERMS.to_owned())),
        ],
    );
    let relations = |xml: &mut Xml, of: &str| {
        for relation in list(document, "relationships") {
            if relation["spdxElementId"] == of {
                let text = |key: &str| plain(&relation[key]).unwrap_or_default();
                let kind = format!("{TERMS}relationshipType_{}", camel(&text("relationshipType")));
                xml.open("spdx:relationship", &[]);
                xml.open("spdx:Relationship", &[]);
                xml.leaf("spdx:relationshipType", &resource(kind), None);
                let to = about(&text("relatedSpdxElement"));
                xml.leaf("spdx:relatedSpdxElement", &resource(to), None);
                xml.close("spdx:Relationship");
                xml.close("spdx:relationship");
            }
        }
    };
    let id = document["SPDXID"].as_str()?;
    xml.open("spdx:SpdxDocument", &[("rdf:about", Some(about(id)))]);
    xml.leaf("spdx:specVersion", &[], plain(&document["spdxVersion"]));
    xml.leaf("spdx:name", &[], plain(&document["name"]));
    xml.open("spdx:creationInfo", &[]);
    xml.open("spdx:CreationInfo", &[]);
    for creator in list(&document["creationInfo"], "creators") {
        xml.leaf("spdx:creator", &[], plain(creator));
    }
    xml.leaf("spdx:created", &[], plain(&document["creationInfo"]["created"]));
    xml.close("spdx:CreationInfo");
    xml.close("spdx:creationInfo");
    xml.close("spdx:SpdxDocument");
    for package in list(document, "packages") {
        let id = package["SPDXID"].as_str()?;
        xml.open("spdx:Package", &[("rdf:about", Some(about(id)))]);
        for key in [
            "name",
            "versionInfo",
            "supplier",
            "originator",
            "licenseConcluded",
            "licenseDeclared",
            "validUntilDate",
        ] {
            xml.leaf(&format!("spdx:{key}"), &[], plain(&package[key]));
        }
        if let Some(purpose) = plain(&package["primaryPackagePurpose"]) {
            let purpose = format!("{TERMS}purpose_{}", camel(&purpose));
            xml.leaf("spdx:primaryPackagePurpose", &resource(purpose), None);
        }
        for sum in list(package, "checksums") {
            let algorithm = plain(&sum["algorithm"]).unwrap_or_default().to_lowercase();
            xml.open("spdx:checksum", &[]);
            xml.open("spdx:Checksum", &[]);
            let algorithm = format!("{TERMS}checksumAlgorithm_{}", algorithm.replace('-', "_"));
            xml.leaf("spdx:algorithm", &resource(algorithm), None);
            xml.leaf("spdx:checksumValue", &[], plain(&sum["checksumValue"]));
            xml.close("spdx:Checksum");
            xml.close("spdx:checksum");
        }
        for reference in list(package, "externalRefs") {
            xml.open("spdx:externalRef", &[("rdf:parseType", Some("Resource".to_owned()))]);
            if let Some(kind) = plain(&reference["referenceType"]) {
                let kind = if kind.starts_with("http") {
                    kind
                } else {
                    format!("http://spdx.org/rdf/references/{kind}")
                };
                xml.leaf("spdx:referenceType", &resource(kind), None);
            }
            xml.leaf("spdx:referenceLocator", &[], plain(&reference["referenceLocator"]));
            xml.close("spdx:externalRef");
        }
        xml.close("spdx:Package");
    }
    for (key, kind) in [("files", "spdx:File"), ("snippets", "spdx:Snippet")] {
        for element in list(document, key) {
            xml.open(kind, &[("rdf:about", plain(&element["SPDXID"]).map(|id| about(&id)))]);
            xml.close(kind);
        }
    }
    // what is told of an element may stand apart from it
    let mut told = std::collections::BTreeSet::new();
    for relation in list(document, "relationships") {
        let from = relation["spdxElementId"].as_str()?;
        if told.insert(from) {
            xml.open("rdf:Description", &[("rdf:about", Some(about(from)))]);
            relations(&mut xml, from);
            xml.close("rdf:Description");
        }
    }
    xml.open("rdf:Description", &[("rdf:about", Some(about(id)))]);
    for described in list(document, "documentDescribes") {
        let address = about(described.as_str()?);
        xml.leaf("spdx:describesPackage", &resource(address), None);
    }
    xml.close("rdf:Description");
    xml.close("rdf:RDF");
    (!xml.lost).then_some(xml.text)
}
