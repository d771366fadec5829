//! One finding with everything needed to check it by hand.

use super::{ComponentRef, EditionRef, VersionRef};
use aftercare_vocab::{digest::Digest, instant::Instant, verdict::Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a component of a version is, is not, or may be affected by a vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingSheet {
    /// The product version.
    pub version: VersionRef,
    /// The SBOM that lists the component.
    pub sbom: SbomRef,
    /// The component as the SBOM gives it.
    pub component: ComponentSheet,
    /// The edition of public knowledge it was compared with.
    pub edition: EditionRef,
    /// When it was compared.
    #[schema(value_type = String)]
    pub assessed_at: Instant,
    /// The version of the matching rules.
    pub engine: String,
    /// The answer with all its reasons.
    #[schema(value_type = Object)]
    pub verdict: Verdict,
    /// The source records that the reasons cite, each once; found by its digest.
    pub records: Vec<ReceivedRecord>,
    /// Where publishers say more.
    pub references: Vec<Reference>,
}

impl FindingSheet {
    /// The cited record with this digest, if the answer carries it.
    pub fn record(&self, digest: &Digest) -> Option<&ReceivedRecord> {
        self.records.iter().find(|record| record.digest == *digest)
    }
}

/// An SBOM as an answer cites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SbomRef {
    /// SHA-256 of the bytes as received.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// Format and specification version: `CycloneDX JSON 1.6`.
    pub format: String,
    /// File name as sent, if any.
    pub file_name: Option<String>,
    /// When it was received.
    #[schema(value_type = String)]
    pub received_at: Instant,
}

/// A component with all that its SBOM says of use for the check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComponentSheet {
    /// Name, version, identity and place.
    pub component: ComponentRef,
    /// All identities as written: package URLs, CPE names and others.
    pub identities: Vec<String>,
    /// The source package the SBOM names, if any.
    pub source_package: Option<String>,
    /// Supplier as written.
    pub supplier: Option<String>,
    /// `required`, `optional` or `excluded`.
    pub scope: String,
    /// The shortest way from the product to the component through the dependency graph, names as
    /// written, the product first; empty when the SBOM does not say.
    pub path: Vec<String>,
    /// Issues its pedigree declares as patched.
    pub patched: Vec<String>,
}

/// A source record that reasons cite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivedRecord {
    /// SHA-256 of the bytes as received.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// The source: `osv`.
    pub source: String,
    /// The record's own identifier.
    pub record: String,
    /// Its text, or why it is not there.
    pub content: RecordContent,
}

/// The text of a source record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RecordContent {
    /// The record, indented for reading; the digest is that of the bytes as received.
    Kept {
        /// Indented text.
        text: String,
        /// Size as received, in bytes.
        bytes: u64,
        /// The text was cut for the page; the API gives all of it.
        cut: bool,
    },
    /// It cannot be shown.
    Absent {
        /// One sentence with the next step.
        why: String,
    },
}

/// A place where a publisher says more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reference {
    /// Kind as the record says: `advisory`, `fix`, `web`.
    pub kind: String,
    /// The address as written. Shown as a link only when it is http or https.
    pub url: String,
}
