//! Software bills of materials: foreign documents in, one [`Inventory`] out.
//!
//! [`recognise`] says what the bytes are; [`read`] reads them: CycloneDX JSON 1.2 to 1.7 and XML 1.0 to
//! 1.7; SPDX 2.2 and 2.3 as JSON, YAML, tag-value and RDF/XML (the last two 2.1, too); SPDX 3.0 JSON-LD.
//! The same document gives the same inventory in every form that can hold it.
//!
//! Beside SBOMs, the lists that package managers and build systems keep ([`list`]) and lists of software
//! items ([`soup`]) are read into the same inventory. Risk files, which are tables of the same making, are taken
//! apart by the same reader ([`risk_file`]).
//!
//! Out again: [`write`]. What a document says of itself, for judging it: [`beside`].
//!
//! Faults come in two weights. A *refusal* means that nothing was kept: the document is broken, breaks
//! a structural rule of its schema, or passes a limit. A *warning* means that the document is kept and
//! something in it is not understood; the received text of it is kept too.
//!
//! ```
//! use aftercare_formats::sbom::{Limits, read};
//!
//! let document = br#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
//!     "components": [{"type": "library", "name": "zlib", "version": "1.2.11"}]}"#;
//! let read = read(document, &Limits::default()).expect("a sound document");
//! assert_eq!(read.value.components[0].name, "zlib");
//! assert_eq!(read.problems[0].code, "root_missing");
//! ```
//!
//! A document is walked once, and the walk tells a draft what it meets. What a document holds is a
//! `Shape` (CycloneDX, SPDX 2, SPDX 3); what it is written in is a `Medium` (JSON, XML, YAML), which a
//! shape is walked over. Tag-value and RDF/XML, which have no such form, tell the draft through the
//! same functions as the shape of SPDX 2. To add a format: one of these, and one arm in [`read`].
//!
//! Places are paths into the document (`components[3].purl`), the same in every form; XML, tag-value
//! and RDF/XML name the line, too (`components[3].purl, line 41`), where a thing begins.
//!
//! Not kept, and told as a warning: services, vulnerabilities inside an SBOM, ancestors of a component, parts
//! in other documents or said to be missing. Not read, on purpose: licence texts, formulation, annotations,
//! signatures, SPDX files and snippets. The received bytes stay the record.

mod beside;
mod certain;
mod cyclonedx;
mod document;
mod draft;
mod encoding;
mod graph;
mod item;
mod licence;
mod limits;
mod lines;
pub mod list;
mod markup;
mod outline;
mod own;
mod recognise;
pub mod risk_file;
pub mod soup;
mod spdx;
mod spdx3;
mod text;
pub mod write;
mod yaml;

pub use beside::beside;
pub use limits::Limits;
pub use recognise::{Recognised, recognise};

use aftercare_vocab::{
    inventory::{Format, Inventory},
    problem::{Problem, Read, quoted},
};
use cyclonedx::{Cyclonedx, xml::Xml};
use document::Json;
use outline::{Outline, Top, line_and_column};
use spdx::Spdx;
use spdx3::Spdx3;
use yaml::Yaml;

/// Reads an SBOM, recognising the format by content.
///
/// Gives the inventory with warnings in document order, or the refusals (at least one). Time and
/// memory are bounded by `limits` and a small multiple of the document; no input makes it panic.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Read<Inventory>, Vec<Problem>> {
    if bytes.len() > limits.bytes {
        return refused(
            "too_large",
            "",
            format!("The document has {} bytes; at most {} are read.", bytes.len(), limits.bytes),
            "Send one document per product, or raise the limit.",
        );
    }
    match recognise::by_magic(bytes) {
        Some(Recognised::Zip) if soup::is_workbook(bytes) => {
            return soup::read(bytes, &soup::Columns::default(), limits);
        }
        Some(Recognised::Utf16) => {
            return list_or(bytes, limits, || no_sbom(Recognised::Utf16, ""));
        }
        Some(found) => return Err(vec![no_sbom(found, "")]),
        None if encoding::wide_by_letters(bytes).is_some() => {
            return list_or(bytes, limits, || no_sbom(Recognised::Utf16, ""));
        }
        None => {}
    }
    let bytes = recognise::without_mark(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(fault) => {
            return list_or(bytes, limits, || not_utf8(bytes, fault.valid_up_to()));
        }
    };
    let depth = limits.depth.min(Limits::DEPTH);
    let outline = Outline::of(text, depth);
    if let (Top::Object, Some(at)) = (outline.top, outline.too_deep_at) {
        return refused(
            "too_deep",
            &line_and_column(text, at),
            format!("Lists and objects are nested deeper than {depth} levels."),
            "Export the SBOM again; real documents nest about ten levels deep.",
        );
    }
    match recognise::by_text(text, &outline) {
        Recognised::Sbom(Format::CyclonedxJson) => cyclonedx(text, &outline, limits),
        Recognised::Sbom(Format::CyclonedxXml) => {
            document::read::<Cyclonedx, _>(&Xml::new(text, *limits))
        }
        Recognised::Sbom(Format::SpdxJson) => spdx(text, &outline, limits),
        Recognised::Sbom(Format::SpdxYaml) => {
            document::read::<Spdx, _>(&Yaml { text, format: Format::SpdxYaml, limits: *limits })
        }
        Recognised::Sbom(Format::SpdxTagValue) => spdx::tag_value::read(text, *limits),
        Recognised::Sbom(Format::SpdxRdf) => spdx::rdf::read(text, *limits),
        Recognised::Sbom(format @ Format::Spdx3JsonLd) => {
            document::read::<Spdx3, _>(&Json { text, format, limits: *limits })
        }
        Recognised::Sbom(Format::SoupCsv) => {
            soup::read(text.as_bytes(), &soup::Columns::default(), limits)
        }
        Recognised::Sbom(format) if list::FORMATS.contains(&format) => {
            list::read(format, text, &list::Release::default(), limits)
        }
        Recognised::OtherJson => {
            // broken JSON is named as such before its content is judged
            document::check_json(text).map_err(|problem| vec![problem])?;
            let keys: Vec<String> =
                outline.keys.iter().take(5).map(|(key, _)| quoted(key)).collect();
            let keys = if keys.is_empty() {
                "no keys".to_owned()
            } else {
                format!("the keys {}", keys.join(", "))
            };
            Err(vec![no_sbom(Recognised::OtherJson, &format!(" with {keys}"))])
        }
        found => Err(vec![no_sbom(found, "")]),
    }
}

/// Reads an SBOM or a list. Columns that somebody chose count for whatever is no SBOM by its content: a list of software
/// items, or a text of which nothing else is known.
pub fn read_as(
    bytes: &[u8],
    columns: Option<&soup::Columns>,
    limits: &Limits,
) -> Result<Read<Inventory>, Vec<Problem>> {
    match columns {
        Some(columns) if !is_document(bytes) => soup::read(bytes, columns, limits),
        _ => read(bytes, limits),
    }
}

/// Whether bytes are an SBOM in a format of its own, which has no columns.
fn is_document(bytes: &[u8]) -> bool {
    match recognise(bytes) {
        Recognised::Sbom(Format::SoupCsv | Format::SoupXlsx) => false,
        Recognised::Sbom(format) => !list::FORMATS.contains(&format),
        _ => false,
    }
}

/// A version that is not read is refused by name before its structure, which may differ, is judged.
fn cyclonedx(
    text: &str,
    outline: &Outline<'_>,
    limits: &Limits,
) -> Result<Read<Inventory>, Vec<Problem>> {
    match outline.text("specVersion") {
        Some(version) if !cyclonedx::is_read(version, Format::CyclonedxJson) => {
            document::check_json(text).map_err(|problem| vec![problem])?;
            let (what, next) = cyclonedx::unread_version(version);
            refused("spec_version_unknown", "specVersion", what, next)
        }
        _ => document::read::<Cyclonedx, _>(&Json {
            text,
            format: Format::CyclonedxJson,
            limits: *limits,
        }),
    }
}

fn spdx(
    text: &str,
    outline: &Outline<'_>,
    limits: &Limits,
) -> Result<Read<Inventory>, Vec<Problem>> {
    match outline.text("spdxVersion") {
        Some(version) if !spdx::is_read(version, Format::SpdxJson) => {
            document::check_json(text).map_err(|problem| vec![problem])?;
            let (what, next) = spdx::unread_version(version, Format::SpdxJson);
            refused("spec_version_unknown", "spdxVersion", what, next)
        }
        _ => document::read::<Spdx, _>(&Json { text, format: Format::SpdxJson, limits: *limits }),
    }
}

fn refused(
    code: &'static str,
    place: &str,
    what: String,
    next: &str,
) -> Result<Read<Inventory>, Vec<Problem>> {
    Err(vec![Problem::refusal(code, place, what, next)])
}

/// Text in an encoding that only lists are read in, as spreadsheets and Windows shells save them.
fn list_or(
    bytes: &[u8],
    limits: &Limits,
    otherwise: impl FnOnce() -> Problem,
) -> Result<Read<Inventory>, Vec<Problem>> {
    let (text, encoding) = encoding::decode(bytes).unwrap_or_default();
    match recognise::by_lines(&text, &text) {
        Recognised::Sbom(Format::SoupCsv) => soup::read(bytes, &soup::Columns::default(), limits),
        Recognised::Sbom(format) if list::FORMATS.contains(&format) => {
            let mut read = list::read(format, &text, &list::Release::default(), limits)?;
            read.problems.extend(encoding::warning(encoding));
            Ok(read)
        }
        _ => Err(vec![otherwise()]),
    }
}

/// Text that is not UTF-8 from byte `at` on.
fn not_utf8(bytes: &[u8], at: usize) -> Problem {
    if recognise(bytes) == Recognised::Binary {
        return no_sbom(Recognised::Binary, "");
    }
    let byte = bytes.get(at).copied().unwrap_or_default();
    Problem::refusal(
        "encoding_not_utf8",
        format!("byte {at}"),
        format!("The text is not UTF-8: the byte 0x{byte:02x} at offset {at} begins no character."),
        "Save or export the file as UTF-8 and send it again.",
    )
}

/// Something that is no SBOM.
fn no_sbom(found: Recognised, detail: &str) -> Problem {
    let (code, next) = match found {
        Recognised::Empty => ("empty", "Send the SBOM file itself; this one holds nothing."),
        Recognised::Utf16 => ("encoding_not_utf8", "Save the file as UTF-8 and send it again."),
        Recognised::Zip | Recognised::Tar => ("not_an_sbom", "Unpack it and send the SBOM inside."),
        Recognised::OldOffice => {
            ("not_an_sbom", "Save the list as XLSX or as CSV in UTF-8 and send that.")
        }
        Recognised::Gzip | Recognised::Zstd | Recognised::Xz | Recognised::Bzip2 => {
            ("not_an_sbom", "Decompress it and send the SBOM inside.")
        }
        Recognised::OsvRecord
        | Recognised::Csaf
        | Recognised::NvdPage
        | Recognised::CveRecord
        | Recognised::KevCatalogue => {
            ("not_an_sbom", "It is vulnerability data: import it with `aftercare corpus import`.")
        }
        Recognised::OpenVex => {
            ("not_an_sbom", "It states which products are affected; send the product's SBOM.")
        }
        Recognised::Attestation => {
            ("not_an_sbom", "Send the SBOM inside: the value of `predicate`.")
        }
        Recognised::GithubSbomAnswer => {
            ("not_an_sbom", "Send the value of the key `sbom` as a file of its own.")
        }
        Recognised::SyftJson => ("not_an_sbom", "Let Syft write `-o cyclonedx-json` instead."),
        Recognised::TrivyReport => ("not_an_sbom", "Let Trivy write `--format cyclonedx` instead."),
        Recognised::Text => (
            "not_an_sbom",
            "Send an SBOM as CycloneDX JSON or SPDX JSON. If this is a list of software items, name its columns: `--columns name=A,version=B`.",
        ),
        Recognised::Html => {
            ("not_an_sbom", "Download the file itself; this is a page, perhaps a sign-in page.")
        }
        Recognised::Elf | Recognised::WindowsProgram => (
            "not_an_sbom",
            "Make an SBOM of it with a generator such as Syft or Trivy and send that.",
        ),
        _ => (
            "not_an_sbom",
            "Send the SBOM as CycloneDX (JSON, XML) or SPDX (JSON, YAML, tag-value, RDF, JSON-LD).",
        ),
    };
    let what = match found {
        Recognised::Empty => "The document is empty.".to_owned(),
        Recognised::Utf16 => "The text is in UTF-16 or UTF-32; only UTF-8 is read.".to_owned(),
        found => format!("This is {}{detail}, not an SBOM in a known format.", found.shown()),
    };
    Problem::refusal(code, "", what, next)
}
