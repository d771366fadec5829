//! What a received file is, judged by its content and never by its name.

use super::{
    list,
    outline::{Outline, Top},
    soup,
};
use aftercare_vocab::inventory::Format;

/// How much of a text document is looked at when it is not JSON.
const HEAD: usize = 64 * 1024;

/// What the bytes are, or seem to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recognised {
    /// A software bill of materials in this format; whether it is a sound one is for the reader.
    Sbom(Format),
    /// An SBOM inside an in-toto statement or DSSE envelope.
    Attestation,
    /// An SPDX document inside the answer of GitHub's dependency-graph interface (key `sbom`).
    GithubSbomAnswer,
    /// Syft's own JSON.
    SyftJson,
    /// Trivy's own JSON report.
    TrivyReport,
    /// One OSV vulnerability record.
    OsvRecord,
    /// A CSAF advisory or VEX.
    Csaf,
    /// A page or feed of the NVD.
    NvdPage,
    /// A CVE list record.
    CveRecord,
    /// An OpenVEX document.
    OpenVex,
    /// CISA's catalogue of known exploited vulnerabilities.
    KevCatalogue,
    /// Some other JSON object.
    OtherJson,
    /// JSON whose top value is a list.
    JsonList,
    /// JSON whose top value is `null`, a number, a text or a truth value.
    JsonScalar,
    /// HTML: often a login page saved instead of the file.
    Html,
    /// Some other XML.
    OtherXml,
    /// ZIP archive.
    Zip,
    /// Office file before 2007: XLS and its kin.
    OldOffice,
    /// gzip stream.
    Gzip,
    /// Zstandard stream.
    Zstd,
    /// xz stream.
    Xz,
    /// bzip2 stream.
    Bzip2,
    /// tar archive.
    Tar,
    /// ELF program or library.
    Elf,
    /// Windows program or library.
    WindowsProgram,
    /// PDF document.
    Pdf,
    /// SQLite database.
    Sqlite,
    /// Text in UTF-16 or UTF-32.
    Utf16,
    /// Text that is none of the above.
    Text,
    /// Bytes that are none of the above.
    Binary,
    /// Nothing, or white space only.
    Empty,
}

impl Recognised {
    /// The name people read, with its article: `a ZIP archive`.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Sbom(Format::CyclonedxJson) => "a CycloneDX JSON document",
            Self::Sbom(Format::CyclonedxXml) => "a CycloneDX XML document",
            Self::Sbom(Format::SpdxJson) => "an SPDX JSON document",
            Self::Sbom(Format::SpdxTagValue) => "an SPDX tag-value document",
            Self::Sbom(Format::SpdxYaml) => "an SPDX YAML document",
            Self::Sbom(Format::Spdx3JsonLd) => "an SPDX 3 JSON-LD document",
            Self::Sbom(Format::SpdxRdf) => "an SPDX RDF/XML document",
            Self::Sbom(Format::SoupCsv) => "a list of software items (delimited text)",
            Self::Sbom(Format::SoupXlsx) => "a list of software items (workbook)",
            Self::Sbom(Format::DpkgStatus) => "a package list of dpkg",
            Self::Sbom(Format::RpmList) => "a package list of rpm",
            Self::Sbom(Format::ApkInstalled) => "a package list of apk",
            Self::Sbom(Format::OpkgStatus) => "a package list of opkg",
            Self::Sbom(Format::YoctoLicences) => "a licence manifest of Yocto",
            Self::Sbom(Format::YoctoImage) => "an image manifest of Yocto",
            Self::Sbom(Format::YoctoCveCheck) => "a CVE report of Yocto",
            Self::Sbom(Format::BuildrootManifest) => "a licence manifest of Buildroot",
            Self::Sbom(Format::BuildrootInfo) => "package information of Buildroot",
            Self::Attestation => "a signed attestation (in-toto or DSSE)",
            Self::GithubSbomAnswer => "an answer of GitHub's SBOM interface",
            Self::SyftJson => "Syft's own JSON",
            Self::TrivyReport => "a Trivy report",
            Self::OsvRecord => "an OSV vulnerability record",
            Self::Csaf => "a CSAF advisory",
            Self::NvdPage => "a page of NVD vulnerability data",
            Self::CveRecord => "a CVE record",
            Self::OpenVex => "an OpenVEX document",
            Self::KevCatalogue => "the catalogue of known exploited vulnerabilities",
            Self::OtherJson => "a JSON object of an unknown kind",
            Self::JsonList => "a JSON list",
            Self::JsonScalar => "a single JSON value",
            Self::Html => "an HTML page",
            Self::OtherXml => "an XML document of an unknown kind",
            Self::Zip => "a ZIP archive",
            Self::OldOffice => "an Office file of the old kind (such as XLS)",
            Self::Gzip => "a gzip file",
            Self::Zstd => "a Zstandard file",
            Self::Xz => "an xz file",
            Self::Bzip2 => "a bzip2 file",
            Self::Tar => "a tar archive",
            Self::Elf => "a Linux program or library (ELF)",
            Self::WindowsProgram => "a Windows program or library",
            Self::Pdf => "a PDF document",
            Self::Sqlite => "an SQLite database",
            Self::Utf16 => "text in UTF-16 or UTF-32",
            Self::Text => "plain text of an unknown kind",
            Self::Binary => "binary data of an unknown kind",
            Self::Empty => "empty",
        }
    }
}

/// Recognises a document by its content. Reads the whole of a JSON document once, quickly, because
/// the telling key may stand last; never fails.
pub fn recognise(bytes: &[u8]) -> Recognised {
    match by_magic(bytes) {
        Some(Recognised::Zip) if soup::is_workbook(bytes) => {
            return Recognised::Sbom(Format::SoupXlsx);
        }
        Some(found) => return found,
        None => {}
    }
    let bytes = without_mark(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => by_text(text, &Outline::of(text, usize::MAX)),
        // Broken text is still named after its beginning, so that the refusal can speak of it.
        Err(fault) => match bytes.get(..fault.valid_up_to()).map(std::str::from_utf8) {
            Some(Ok(head)) if !head.trim().is_empty() => {
                match by_text(head, &Outline::of(head, usize::MAX)) {
                    Recognised::Text => Recognised::Binary,
                    found => found,
                }
            }
            _ => Recognised::Binary,
        },
    }
}

/// The bytes without a UTF-8 byte order mark.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Formats told by their first bytes.
pub(crate) fn by_magic(bytes: &[u8]) -> Option<Recognised> {
    const MAGIC: &[(&[u8], Recognised)] = &[
        (b"PK\x03\x04", Recognised::Zip),
        (b"PK\x05\x06", Recognised::Zip),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Recognised::OldOffice),
        (b"\x1f\x8b", Recognised::Gzip),
        (b"\x28\xb5\x2f\xfd", Recognised::Zstd),
        (b"\xfd7zXZ\x00", Recognised::Xz),
        (b"BZh", Recognised::Bzip2),
        (b"\x7fELF", Recognised::Elf),
        (b"%PDF-", Recognised::Pdf),
        (b"SQLite format 3\x00", Recognised::Sqlite),
        (b"\xff\xfe", Recognised::Utf16),
        (b"\xfe\xff", Recognised::Utf16),
        (b"\x00\x00\xfe\xff", Recognised::Utf16),
        (b"{\x00", Recognised::Utf16),
        (b"\x00{", Recognised::Utf16),
        (b"<\x00", Recognised::Utf16),
        (b"\x00<", Recognised::Utf16),
    ];
    if let Some((_, found)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(*found);
    }
    if bytes.starts_with(b"MZ") && bytes.iter().take(256).any(|b| *b == 0) {
        return Some(Recognised::WindowsProgram);
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some(Recognised::Tar);
    }
    without_mark(bytes).iter().all(u8::is_ascii_whitespace).then_some(Recognised::Empty)
}

/// Formats told by their text; `outline` is the outline of the same text.
pub(crate) fn by_text(text: &str, outline: &Outline<'_>) -> Recognised {
    match outline.top {
        Top::Object => match by_keys(outline) {
            Recognised::OtherJson => {
                list::recognise_json(text, outline).map_or(Recognised::OtherJson, Recognised::Sbom)
            }
            found => found,
        },
        Top::List => Recognised::JsonList,
        // a key of YAML or a heading of delimited text may stand in quotes, like a JSON text
        Top::Scalar => match by_lines(head_of(text), text) {
            found @ Recognised::Sbom(_) => found,
            _ => Recognised::JsonScalar,
        },
        Top::NotJson => {
            let head = head_of(text);
            if head.starts_with('<') { by_markup(head) } else { by_lines(head, text) }
        }
    }
}

/// The beginning of a text, without white space before it.
fn head_of(text: &str) -> &str {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().trim_start()
}

fn by_keys(outline: &Outline<'_>) -> Recognised {
    let has = |key| outline.has(key);
    let context = outline.text("@context").unwrap_or_default();
    let schema = outline.text("$schema").unwrap_or_default();
    if has("bomFormat") && outline.text("bomFormat") == Some("CycloneDX")
        || schema.contains("cyclonedx.org/schema/bom")
        || has("specVersion") && (has("bomFormat") || has("components") || has("metadata"))
    {
        Recognised::Sbom(Format::CyclonedxJson)
    } else if has("spdxVersion") || has("SPDXID") {
        Recognised::Sbom(Format::SpdxJson)
    } else if context.contains("openvex") {
        Recognised::OpenVex
    } else if has("@context") && (context.contains("spdx.org") || has("@graph")) {
        Recognised::Sbom(Format::Spdx3JsonLd)
    } else if has("payloadType") && has("payload") || has("predicateType") {
        Recognised::Attestation
    } else if has("document") && (has("product_tree") || has("vulnerabilities")) {
        Recognised::Csaf
    } else if has("dataType") && has("cveMetadata") || has("CVE_data_type") && !has("CVE_Items") {
        Recognised::CveRecord
    } else if has("catalogVersion") && has("vulnerabilities") {
        Recognised::KevCatalogue
    } else if outline.text("format").is_some_and(|f| f.starts_with("NVD_")) || has("CVE_Items") {
        Recognised::NvdPage
    } else if has("id")
        && has("modified")
        && (has("affected") || has("schema_version") || has("withdrawn"))
    {
        Recognised::OsvRecord
    } else if has("artifacts") && has("artifactRelationships") {
        Recognised::SyftJson
    } else if has("ArtifactName") && has("SchemaVersion") {
        Recognised::TrivyReport
    } else if has("sbom") && outline.keys.len() == 1 {
        Recognised::GithubSbomAnswer
    } else {
        Recognised::OtherJson
    }
}

fn by_markup(head: &str) -> Recognised {
    let lower = head.to_ascii_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        // a page may well speak of the namespaces below
        Recognised::Html
    } else if lower.contains("cyclonedx.org/schema/bom") {
        Recognised::Sbom(Format::CyclonedxXml)
    } else if lower.contains("22-rdf-syntax-ns#") && lower.contains("spdx.org/rdf") {
        Recognised::Sbom(Format::SpdxRdf)
    } else if lower.contains("<html") {
        Recognised::Html
    } else {
        Recognised::OtherXml
    }
}

/// Tag-value, YAML and lists are told by how their lines begin. Most have them in the head; YAML
/// may have them after all packages, so that the whole text is looked through for the one that tells.
pub(crate) fn by_lines(head: &str, text: &str) -> Recognised {
    const TAGS: [&str; 6] = [
        "SPDXVersion:",
        "DataLicense:",
        "DocumentName:",
        "DocumentNamespace:",
        "PackageName:",
        "Creator:",
    ];
    const KEYS: [&str; 4] = ["spdxVersion:", "dataLicense:", "documentNamespace:", "creationInfo:"];
    // YAML allows quotes around a key
    let begins = |line: &str, name: &str| {
        let key = name.trim_end_matches(':');
        let quoted = line.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_prefix(key));
        line.starts_with(name)
            || quoted.is_some_and(|rest| rest.starts_with("\":") || rest.starts_with("':"))
    };
    let lines = || head.split(['\n', '\r']);
    let starting =
        |names: &[&str]| names.iter().filter(|name| lines().any(|line| begins(line, name))).count();
    let later = |name: &str| {
        memchr::memmem::find_iter(text.as_bytes(), name)
            .any(|at| at > 0 && matches!(text.as_bytes().get(at - 1), Some(b'\n' | b'\r')))
    };
    if starting(&TAGS) >= 2 || starting(&TAGS[..1]) == 1 {
        Recognised::Sbom(Format::SpdxTagValue)
    } else if starting(&KEYS) >= 2 || starting(&KEYS[..1]) == 1 {
        Recognised::Sbom(Format::SpdxYaml)
    } else if head.contains('\0') {
        Recognised::Binary
    } else if later("SPDXVersion:") {
        Recognised::Sbom(Format::SpdxTagValue)
    } else if later("spdxVersion:") || later("\"spdxVersion\":") {
        Recognised::Sbom(Format::SpdxYaml)
    } else if let Some(format) = list::recognise(head) {
        Recognised::Sbom(format)
    } else if soup::is_list(head) {
        Recognised::Sbom(Format::SoupCsv)
    } else {
        Recognised::Text
    }
}
