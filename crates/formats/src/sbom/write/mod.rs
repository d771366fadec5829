//! Inventories out: CycloneDX 1.6 JSON and SPDX 2.3 JSON.
//!
//! [`convert`] takes a received document and additions to it. A document of the target's own family
//! (CycloneDX JSON up to 1.6, SPDX JSON) is kept as it is, and only what is added or must be raised to
//! the target's version is written into its text, so that nothing is lost that an inventory does not
//! model. Every other document is written anew from its inventory ([`anew`]); what the target cannot
//! hold is told by name.
//!
//! The same arguments give the same bytes: no clock, no chance.

mod cyclonedx;
pub(super) mod edit;
mod licence;
mod loss;
mod received;
mod shape;
mod spdx;

use super::{Limits, cyclonedx::xml::transcript::transcript, read, recognise};
use aftercare_vocab::{
    instant::Instant,
    inventory::{Component, Format, Inventory},
    problem::{Problem, Read, quoted},
};
use std::{fmt, str::FromStr};

/// A format that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// CycloneDX 1.6 JSON (ECMA-424).
    Cyclonedx16,
    /// SPDX 2.3 JSON.
    Spdx23,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Cyclonedx16, Self::Spdx23];

    /// The word for it in commands: `cyclonedx-1.6`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cyclonedx16 => "cyclonedx-1.6",
            Self::Spdx23 => "spdx-2.3",
        }
    }

    /// The name people read.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Cyclonedx16 => "CycloneDX 1.6",
            Self::Spdx23 => "SPDX 2.3",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no format that can be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format that is written: use cyclonedx-1.6 or spdx-2.3")]
pub struct NotATarget(String);

impl FromStr for Target {
    type Err = NotATarget;

    fn from_str(text: &str) -> Result<Self, NotATarget> {
        let found = Self::ALL.into_iter().find(|target| target.name() == text);
        found.ok_or_else(|| NotATarget(text.to_owned()))
    }
}

/// How to write.
#[derive(Debug, Clone)]
pub struct Writing<'a> {
    /// Into which format.
    pub target: Target,
    /// Who writes; named among the tools of whatever is written or changed.
    pub tool: Tool<'a>,
    /// When; used only where the target wants an instant that the document does not give.
    pub at: Instant,
    /// What is added to components. It fills what the document leaves open and never replaces what
    /// the document says.
    pub additions: &'a [Addition],
}

/// The program that writes.
#[derive(Debug, Clone, Copy)]
pub struct Tool<'a> {
    /// `aftercare`
    pub name: &'a str,
    /// `0.1.0`
    pub version: &'a str,
}

/// What is added to one component.
#[derive(Debug, Clone, Default)]
pub struct Addition {
    /// Index of the component in the inventory.
    pub component: u32,
    /// Who supplies it.
    pub supplier: Option<String>,
    /// Level of support in the words of the FDA's guidance: `actively maintained`.
    pub support_level: Option<String>,
    /// End of support: a date or an instant.
    pub end_of_support: Option<String>,
    /// By which evidence it was found.
    pub found: Vec<Found>,
}

/// One piece of evidence for a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How it was found.
    pub technique: Technique,
    /// How sure, in per cent; more than 100 counts as 100.
    pub certainty: u8,
    /// What was found where: `var/lib/dpkg/status`.
    pub what: String,
}

/// Techniques of CycloneDX 1.6 (`evidence.identity.methods.technique`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Technique {
    /// Source code was read.
    SourceCodeAnalysis,
    /// A compiled file was read.
    BinaryAnalysis,
    /// A manifest, lock file or package database was read.
    ManifestAnalysis,
    /// A file's hash is a known one.
    HashComparison,
    /// A file bears a known name.
    Filename,
    /// Somebody vouches for it.
    Attestation,
    /// Another way.
    Other,
}

impl Technique {
    /// The format's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SourceCodeAnalysis => "source-code-analysis",
            Self::BinaryAnalysis => "binary-analysis",
            Self::ManifestAnalysis => "manifest-analysis",
            Self::HashComparison => "hash-comparison",
            Self::Filename => "filename",
            Self::Attestation => "attestation",
            Self::Other => "other",
        }
    }
}

/// A written document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its text, which ends with a line feed unless it is the received text itself.
    pub text: String,
    /// What could not be held, each fact once with a count; then nothing of it is in the text.
    pub problems: Vec<Problem>,
}

/// Writes a received document in the target format, with additions. Gives the document as read, with
/// the warnings of the reading, and the text; or the refusals of the reading.
pub fn convert(
    bytes: &[u8],
    limits: &Limits,
    writing: &Writing<'_>,
) -> Result<(Read<Inventory>, Written), Vec<Problem>> {
    let read = read(bytes, limits)?;
    let written = received(bytes, &read.value, writing);
    Ok((read, written))
}

/// Writes a received document, of which the inventory was read, in the target format, with additions.
pub fn received(bytes: &[u8], inventory: &Inventory, writing: &Writing<'_>) -> Written {
    let text = std::str::from_utf8(recognise::without_mark(bytes)).unwrap_or_default();
    match (writing.target, inventory.format) {
        (Target::Cyclonedx16, Format::CyclonedxJson) if inventory.spec_version != "1.7" => {
            received::cyclonedx(text, inventory, writing)
        }
        (Target::Cyclonedx16, Format::CyclonedxXml) if inventory.spec_version != "1.7" => {
            transcribed(text, inventory, writing).unwrap_or_else(|| {
                let mut written = anew(inventory, writing);
                written.problems.insert(0, not_kept(inventory, writing.target));
                written
            })
        }
        (Target::Spdx23, Format::SpdxJson) => received::spdx(text, inventory, writing),
        _ => {
            let mut written = anew(inventory, writing);
            written.problems.insert(0, not_kept(inventory, writing.target));
            written
        }
    }
}

/// A document of the target's family in the other form: all of it is carried over, then edited like one that was received so.
/// `None` where that would not be the same document again.
fn transcribed(text: &str, inventory: &Inventory, writing: &Writing<'_>) -> Option<Written> {
    // the document was read within the bounds of whoever asks
    let limits = Limits { bytes: usize::MAX, ..Limits::default() };
    let transcript = transcript(text, &limits).ok()?;
    let again = read(transcript.text.as_bytes(), &limits).ok()?.value;
    if !is_same(inventory, &again) {
        return None;
    }
    let mut written = received::cyclonedx(&transcript.text, &again, writing);
    if let Some((count, first)) = transcript.left_out {
        let what = format!(
            "{count} parts of the XML form were not carried over, the first of them {}.",
            quoted(&first)
        );
        let next = "Keep the received document: it stays the record.";
        written.problems.insert(0, Problem::warning("not_carried_over", "", what, next));
    }
    Some(written)
}

/// Whether two forms of a document give the same inventory; only the places differ.
fn is_same(one: &Inventory, other: &Inventory) -> bool {
    let plain = |component: &Component| Component { place: String::new(), ..component.clone() };
    let components = one.components.iter().zip(&other.components);
    one.components.len() == other.components.len()
        && components.into_iter().all(|(one, other)| plain(one) == plain(other))
        && one.dependencies == other.dependencies
        && one.serial == other.serial
        && one.name == other.name
        && one.created == other.created
        && one.authors == other.authors
        && one.root == other.root
        && one.graph_has_holes == other.graph_has_holes
}

fn not_kept(inventory: &Inventory, target: Target) -> Problem {
    let what = format!(
        "The document ({}) was written anew as {}: licence texts, services, vulnerabilities, files \
         and whatever else an inventory does not hold are not in it.",
        inventory.format.with_version(inventory.spec_version.trim_start_matches("SPDX-")),
        target.shown()
    );
    Problem::warning("written_anew", "", what, "Keep the received document: it stays the record.")
}

/// Writes an inventory as a new document.
pub fn anew(inventory: &Inventory, writing: &Writing<'_>) -> Written {
    match writing.target {
        Target::Cyclonedx16 => cyclonedx::write(inventory, writing),
        Target::Spdx23 => spdx::write(inventory, writing),
    }
}
