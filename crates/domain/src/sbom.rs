//! SBOMs received for product versions.

use crate::{
    Date,
    event::Event,
    operation::Operation,
    reason::{self, Change},
    refusal::Refusal,
    text::{self, NAME_LIMIT},
};
use aftercare_vocab::{
    digest::Digest,
    id::VersionId,
    inventory::{Format, Inventory},
};
use serde::{Deserialize, Serialize};

/// An SBOM was received for a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SbomReceived {
    /// The version it describes.
    pub version: VersionId,
    /// Digest of the bytes as received.
    pub sbom: Digest,
    /// How many bytes.
    pub size: u64,
    /// The format it was read as.
    pub format: Format,
    /// The specification version as written.
    pub spec_version: String,
    /// Digest of the inventory blob: what was read from the bytes.
    pub inventory: Digest,
    /// Name and version of the reader that made the inventory.
    pub reader: String,
    /// Number of components read, the root among them.
    pub components: u64,
    /// Number of arrows of the dependency graph.
    pub dependencies: u64,
    /// Number of problems met that did not stop the reading.
    pub warnings: u64,
    /// Whom it came from, as told.
    pub received_from: Option<String>,
    /// SBOMs of the version that it takes the place of.
    pub replaces: Vec<Digest>,
}

/// What becomes of the SBOMs a version has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The new one takes the place of all of them.
    Instead,
    /// The new one stands beside them (another part of the same version).
    Beside,
}

/// Attach an SBOM, received and read, to a version.
#[derive(Debug, Clone)]
pub struct ReceiveSbom<'a> {
    /// The version it describes.
    pub version: VersionId,
    /// Digest of the bytes as received.
    pub sbom: Digest,
    /// How many bytes.
    pub size: u64,
    /// What was read from them.
    pub inventory: &'a Inventory,
    /// Digest of the inventory blob.
    pub inventory_blob: Digest,
    /// Name and version of the reader.
    pub reader: String,
    /// Number of problems met that did not stop the reading.
    pub warnings: u64,
    /// Whom it came from, as told.
    pub received_from: Option<String>,
    /// What becomes of the SBOMs the version has already.
    pub standing: Standing,
}

/// What matters for attaching an SBOM.
#[derive(Debug, Clone, Default)]
pub struct SbomFacts {
    /// The version, if the register knows it.
    pub version: Option<VersionId>,
    /// The SBOMs it has now, oldest first.
    pub current: Vec<Digest>,
    /// When the version was released; `None` = not known here.
    pub released: Option<Date>,
}

/// Attaches an SBOM to a known version; the same bytes again are refused, and nothing is lost.
/// Taking the place of another in a released version needs a reason.
pub fn receive(
    facts: &SbomFacts,
    receive: &ReceiveSbom<'_>,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if facts.version != Some(receive.version) {
        return Err(Refusal::unknown("product version", receive.version));
    }
    if facts.current.contains(&receive.sbom) {
        return Err(Refusal::new(
            "already_attached",
            format!(
                "These very bytes ({}) are attached to the version already.",
                receive.sbom.short()
            ),
            "Nothing needs doing.",
        ));
    }
    let replaces = match receive.standing {
        Standing::Instead => facts.current.clone(),
        Standing::Beside => Vec::new(),
    };
    if !replaces.is_empty() && reason::released(facts.released, op) {
        reason::given(Change::SbomOfReleasedVersion, op)?;
    }
    let inventory = receive.inventory;
    Ok(vec![
        SbomReceived {
            version: receive.version,
            sbom: receive.sbom,
            size: receive.size,
            format: inventory.format,
            spec_version: inventory.spec_version.clone(),
            inventory: receive.inventory_blob,
            reader: text::line("reader", &receive.reader, NAME_LIMIT)?,
            components: inventory.components.len() as u64,
            dependencies: inventory.dependencies.len() as u64,
            warnings: receive.warnings,
            received_from: text::optional_line(
                "sender",
                receive.received_from.as_deref(),
                NAME_LIMIT,
            )?,
            replaces,
        }
        .into(),
    ])
}
