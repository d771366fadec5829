//! Large SBOMs in every form that is read: the components of a real document, again and again until there are
//! enough, with the facts around them that tools add (hashes, a licence, a supplier, where it was found).

use aftercare_vocab::digest::Digest;
use serde_json::{Value, json};
use std::{
    error::Error,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

/// What a component is called.
struct Item {
    number: usize,
    name: String,
    version: String,
    purl: String,
    cpe: String,
}

impl Item {
    fn sha256(&self) -> String {
        Digest::of(self.number.to_string().as_bytes()).hex()
    }

    fn supplier(&self) -> String {
        format!("Maker {} of software", self.number % 997)
    }

    /// Names as package lists allow them.
    fn plain(&self) -> String {
        self.name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
    }
}

/// The items of a CycloneDX JSON document that have a package URL and a CPE, `count` of them in turn.
fn items(
    document: &Value,
    count: usize,
) -> Result<impl Iterator<Item = Item> + '_, Box<dyn Error>> {
    let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let usable: Vec<&Value> = (document["components"].as_array())
        .ok_or("no CycloneDX JSON document")?
        .iter()
        .filter(|of| of["purl"].is_string() && of["cpe"].is_string() && of["version"].is_string())
        .collect();
    if usable.is_empty() {
        return Err("the document has no component with a package URL and a CPE".into());
    }
    Ok((0..count).map(move |number| {
        let of = usable[number % usable.len()];
        Item {
            number,
            name: text(of, "name"),
            version: text(of, "version"),
            purl: text(of, "purl"),
            cpe: text(of, "cpe"),
        }
    }))
}

/// Writes `count` components in the form that the file's name stands for: `large.cdx.xml`, `status`.
pub fn write(source: &Path, count: usize, to: &Path) -> Result<(), Box<dyn Error>> {
    let bytes = zstd::decode_all(File::open(source)?)?;
    let document = serde_json::from_slice(&bytes)?;
    let items = items(&document, count)?;
    let name = to.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if name == "large.xlsx" {
        return workbook(File::create(to)?, items);
    }
    let out = &mut BufWriter::new(File::create(to)?);
    match name {
        "bare.cdx.json" => cyclonedx(out, items, count, false)?,
        "large.cdx.json" | "larger.cdx.json" => cyclonedx(out, items, count, true)?,
        "large.cdx.xml" => cyclonedx_xml(out, items)?,
        "large.spdx.json" => spdx(out, items)?,
        "large.spdx.yaml" => yaml(out, items)?,
        "large.spdx" => tag_value(out, items)?,
        "large.spdx.rdf" => rdf(out, items)?,
        "large.spdx3.json" => spdx3(out, items)?,
        "large.csv" => {
            writeln!(out, "Name,Version,Supplier,Package URL,CPE")?;
            for item in items {
                let [name, version, supplier, purl, cpe] =
                    row(&item).map(|text| text.replace('"', "\"\""));
                writeln!(out, "\"{name}\",\"{version}\",\"{supplier}\",\"{purl}\",\"{cpe}\"")?;
            }
        }
        "status" => {
            for item in items {
                let (name, supplier) = (item.plain(), item.supplier());
                writeln!(
                    out,
                    "Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: libs"
                )?;
                writeln!(
                    out,
                    "Installed-Size: 120\nMaintainer: {supplier} <team@example.org>\nArchitecture: arm64"
                )?;
                writeln!(out, "Version: 1.{}-1\nDepends: libc6 (>= 2.34)", item.number % 40)?;
                writeln!(
                    out,
                    "Description: {name}\n A library that a program needs.\n .\n It says more here.\n"
                )?;
            }
        }
        "installed" => {
            for item in items {
                let name = item.plain();
                writeln!(
                    out,
                    "C:Q1{}=\nP:{name}\nV:1.{}-r0",
                    &item.sha256()[..27],
                    item.number % 40
                )?;
                writeln!(
                    out,
                    "A:aarch64\nS:1000\nI:2000\nT:A library\nU:https://example.org\nL:MIT"
                )?;
                writeln!(
                    out,
                    "o:{name}\nm:{} <team@example.org>\nt:1700000000\n",
                    item.supplier()
                )?;
            }
        }
        "rpm.txt" => {
            for item in items {
                writeln!(out, "{}-1.{}-1.el9.aarch64", item.plain(), item.number % 40)?;
            }
        }
        other => return Err(format!("`{other}` is none of the forms").into()),
    }
    Ok(out.flush()?)
}

fn row(item: &Item) -> [String; 5] {
    [item.name.clone(), item.version.clone(), item.supplier(), item.purl.clone(), item.cpe.clone()]
}

/// With the facts around each component, or bare: nothing but what is matched.
fn cyclonedx(
    out: &mut impl Write,
    items: impl Iterator<Item = Item>,
    count: usize,
    is_full: bool,
) -> io::Result<()> {
    let root = json!({"type": "firmware", "bom-ref": "root", "name": "Pump", "version": "1"});
    write!(
        out,
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{{"component":{root}}},"components":["#
    )?;
    for item in items {
        let mut component = json!({
            "type": "library", "bom-ref": format!("c{}", item.number), "name": item.name, "version": item.version,
            "purl": item.purl, "cpe": item.cpe,
        });
        if is_full {
            let sha = item.sha256();
            component["publisher"] = item.supplier().into();
            component["hashes"] =
                json!([{"alg": "SHA-1", "content": sha[..40]}, {"alg": "SHA-256", "content": sha}]);
            component["licenses"] = json!([{"license": {"id": "Apache-2.0"}}]);
            component["externalReferences"] =
                json!([{"type": "vcs", "url": format!("https://git.example.org/{}", item.name)}]);
            component["properties"] = json!([
                {"name": "syft:package:foundBy", "value": format!("cataloger-{}", item.number % 13)},
                {"name": "syft:location:0:path", "value": format!("/usr/lib/{}", &sha[..20])}]);
        }
        write!(out, "{}{component}", if item.number == 0 { "" } else { "," })?;
    }
    write!(out, r#"],"dependencies":["#)?;
    for number in (0..count).filter(|_| is_full) {
        let comma = if number == 0 { "" } else { "," };
        write!(
            out,
            r#"{comma}{{"ref":"c{number}","dependsOn":["c{}"]}}"#,
            (number * 7 + 1) % count
        )?;
    }
    write!(out, "]}}")
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn cyclonedx_xml(out: &mut impl Write, items: impl Iterator<Item = Item>) -> io::Result<()> {
    writeln!(
        out,
        r#"<?xml version="1.0" encoding="UTF-8"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><components>"#
    )?;
    for item in items {
        let sha = item.sha256();
        let [name, version, supplier, purl, cpe] = row(&item).map(|text| xml(&text));
        writeln!(
            out,
            r#" <component type="library" bom-ref="c{}"><publisher>{supplier}</publisher><name>{name}</name>"#,
            item.number
        )?;
        writeln!(
            out,
            r#"  <version>{version}</version><hashes><hash alg="SHA-1">{}</hash><hash alg="SHA-256">{sha}</hash></hashes>"#,
            &sha[..40]
        )?;
        writeln!(
            out,
            r"  <licenses><license><id>Apache-2.0</id></license></licenses><cpe>{cpe}</cpe><purl>{purl}</purl></component>"
        )?;
    }
    writeln!(out, "</components></bom>")
}

const CREATED: &str = "2026-01-01T00:00:00Z";

fn package(item: &Item) -> Value {
    json!({
        "SPDXID": format!("SPDXRef-{}", item.number), "name": item.name, "versionInfo": item.version,
        "supplier": format!("Organization: {}", item.supplier()), "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false, "licenseConcluded": "NOASSERTION", "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": item.sha256()}],
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": item.purl},
            {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": item.cpe}],
    })
}

fn spdx(out: &mut impl Write, items: impl Iterator<Item = Item>) -> io::Result<()> {
    write!(
        out,
        r#"{{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","dataLicense":"CC0-1.0","name":"large","#
    )?;
    write!(
        out,
        r#""documentNamespace":"https://example.org/large","creationInfo":{{"created":"{CREATED}","creators":["Tool: testkit-1"]}},"packages":["#
    )?;
    for item in items {
        write!(out, "{}{}", if item.number == 0 { "" } else { "," }, package(&item))?;
    }
    write!(out, "]}}")
}

fn yaml(out: &mut impl Write, items: impl Iterator<Item = Item>) -> io::Result<()> {
    writeln!(
        out,
        "spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\ndataLicense: CC0-1.0\nname: large"
    )?;
    writeln!(
        out,
        "documentNamespace: https://example.org/large\ncreationInfo:\n  created: '{CREATED}'\n  creators:\n  - 'Tool: testkit-1'\npackages:"
    )?;
    for item in items {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let [name, version, supplier, purl, cpe] = row(&item).map(|text| quoted(&text));
        writeln!(
            out,
            "- SPDXID: SPDXRef-{}\n  name: {name}\n  versionInfo: {version}",
            item.number
        )?;
        writeln!(
            out,
            "  supplier: {}\n  downloadLocation: NOASSERTION",
            supplier.replacen('\'', "'Organization: ", 1)
        )?;
        writeln!(
            out,
            "  licenseDeclared: Apache-2.0\n  checksums:\n  - algorithm: SHA256\n    checksumValue: {}",
            item.sha256()
        )?;
        writeln!(
            out,
            "  externalRefs:\n  - referenceCategory: PACKAGE-MANAGER\n    referenceType: purl\n    referenceLocator: {purl}"
        )?;
        writeln!(
            out,
            "  - referenceCategory: SECURITY\n    referenceType: cpe23Type\n    referenceLocator: {cpe}"
        )?;
    }
    Ok(())
}

fn tag_value(out: &mut impl Write, items: impl Iterator<Item = Item>) -> io::Result<()> {
    writeln!(
        out,
        "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: large"
    )?;
    writeln!(
        out,
        "DocumentNamespace: https://example.org/large\nCreator: Tool: testkit-1\nCreated: {CREATED}"
    )?;
    for item in items {
        let [name, version, supplier, purl, cpe] = row(&item);
        writeln!(
            out,
            "\nPackageName: {name}\nSPDXID: SPDXRef-{}\nPackageVersion: {version}",
            item.number
        )?;
        writeln!(
            out,
            "PackageSupplier: Organization: {supplier}\nPackageDownloadLocation: NOASSERTION"
        )?;
        writeln!(
            out,
            "PackageChecksum: SHA256: {}\nPackageLicenseDeclared: Apache-2.0",
            item.sha256()
        )?;
        writeln!(
            out,
            "ExternalRef: PACKAGE-MANAGER purl {purl}\nExternalRef: SECURITY cpe23Type {cpe}"
        )?;
    }
    Ok(())
}

fn rdf(out: &mut impl Write, items: impl Iterator<Item = Item>) -> io::Result<()> {
    let base = "https://example.org/large";
    writeln!(
        out,
        r#"<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:spdx="http://spdx.org/rdf/terms#">"#
    )?;
    writeln!(
        out,
        r#"<spdx:SpdxDocument rdf:about="{base}#SPDXRef-DOCUMENT"><spdx:specVersion>SPDX-2.3</spdx:specVersion><spdx:name>large</spdx:name>"#
    )?;
    writeln!(
        out,
        r"<spdx:creationInfo><spdx:CreationInfo><spdx:creator>Tool: testkit-1</spdx:creator><spdx:created>{CREATED}</spdx:created></spdx:CreationInfo></spdx:creationInfo></spdx:SpdxDocument>"
    )?;
    for item in items {
        let [name, version, supplier, purl, cpe] = row(&item).map(|text| xml(&text));
        writeln!(
            out,
            r#"<spdx:Package rdf:about="{base}#SPDXRef-{}"><spdx:name>{name}</spdx:name><spdx:versionInfo>{version}</spdx:versionInfo>"#,
            item.number
        )?;
        writeln!(out, r"<spdx:supplier>Organization: {supplier}</spdx:supplier>")?;
        for (category, kind, locator) in
            [("packageManager", "purl", purl), ("security", "cpe23Type", cpe)]
        {
            writeln!(
                out,
                r#"<spdx:externalRef><spdx:ExternalRef><spdx:referenceCategory rdf:resource="http://spdx.org/rdf/terms#referenceCategory_{category}"/>"#
            )?;
            writeln!(
                out,
                r#"<spdx:referenceType rdf:resource="http://spdx.org/rdf/references/{kind}"/><spdx:referenceLocator>{locator}</spdx:referenceLocator></spdx:ExternalRef></spdx:externalRef>"#
            )?;
        }
        writeln!(out, "</spdx:Package>")?;
    }
    writeln!(out, "</rdf:RDF>")
}

fn spdx3(out: &mut impl Write, items: impl Iterator<Item = Item>) -> io::Result<()> {
    let base = "https://example.org/large";
    write!(out, r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":["#)?;
    write!(
        out,
        "{}",
        json!({"type": "CreationInfo", "@id": "_:made", "specVersion": "3.0.1", "created": CREATED,
        "createdBy": [format!("{base}/agent")]})
    )?;
    write!(
        out,
        ",{}",
        json!({"type": "SpdxDocument", "spdxId": format!("{base}/document"), "creationInfo": "_:made",
        "name": "large", "profileConformance": ["core", "software"]})
    )?;
    for item in items {
        let element = json!({
            "type": "software_Package", "spdxId": format!("{base}/{}", item.number), "creationInfo": "_:made",
            "name": item.name, "software_packageVersion": item.version, "software_packageUrl": item.purl,
            "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "cpe23", "identifier": item.cpe}],
            "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": item.sha256()}],
        });
        write!(out, ",{element}")?;
    }
    write!(out, "]}}")
}

/// The least that a workbook consists of, its texts in the cells.
fn workbook(file: File, items: impl Iterator<Item = Item>) -> Result<(), Box<dyn Error>> {
    let mut zip = zip::ZipWriter::new(BufWriter::new(file));
    let options = zip::write::SimpleFileOptions::default();
    let kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let sheets = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = "http://schemas.openxmlformats.org/package/2006";
    for (name, text) in [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{sheets}" xmlns:r="{office}"><sheets><sheet name="SOUP" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
    ] {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    zip.start_file("xl/worksheets/sheet1.xml", options)?;
    write!(zip, r#"<worksheet xmlns="{sheets}"><sheetData>"#)?;
    let head = ["Name", "Version", "Supplier", "Package URL", "CPE"].map(str::to_owned);
    for (at, cells) in std::iter::once(head).chain(items.map(|item| row(&item))).enumerate() {
        let mut line = format!(r#"<row r="{}">"#, at + 1);
        for (column, text) in ["A", "B", "C", "D", "E"].iter().zip(cells) {
            line += &format!(
                r#"<c r="{column}{}" t="inlineStr"><is><t>{}</t></is></c>"#,
                at + 1,
                xml(&text)
            );
        }
        zip.write_all((line + "</row>").as_bytes())?;
    }
    zip.write_all(b"</sheetData></worksheet>")?;
    zip.finish()?.flush()?;
    Ok(())
}
