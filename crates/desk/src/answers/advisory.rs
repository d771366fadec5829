//! Advisories, as they are read.

use super::Warning;
use aftercare_vocab::{
    digest::Digest,
    id::{AdvisoryId, CaseId, DecisionId, VersionId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An advisory in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdvisoryRow {
    /// The advisory.
    #[schema(value_type = String)]
    pub id: AdvisoryId,
    /// The case.
    #[schema(value_type = String)]
    pub case: CaseId,
    /// The number that people say.
    pub number: String,
    /// In one line, as the newest version says it.
    pub title: String,
    /// `public` or `customers`.
    pub audience: String,
    /// Who is told, on screen.
    pub audience_title: String,
    /// The newest version, published or not.
    pub version: u64,
    /// How far that version is: `draft`, `in_review`, `approved`, `published`, `withdrawn`.
    pub stage: String,
    /// The same on screen.
    pub stage_title: String,
    /// The decision that it waits for or rests on.
    #[schema(value_type = Option<String>)]
    pub decision: Option<DecisionId>,
    /// The version that is out now; none = nothing is.
    pub out: Option<u64>,
    /// When that version went out.
    #[schema(value_type = Option<String>)]
    pub out_at: Option<Instant>,
    /// Why the advisory was taken back, if it was.
    pub withdrawn: Option<String>,
}

/// One version of an advisory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdvisoryVersion {
    /// Its number, from 1.
    pub number: u64,
    /// The number that its documents bear.
    pub revision: u64,
    /// In one line.
    pub title: String,
    /// What changed.
    pub change: String,
    /// How far it is.
    pub stage: String,
    /// The same on screen.
    pub stage_title: String,
    /// Who drafted it.
    pub drafted_by: String,
    /// When.
    #[schema(value_type = String)]
    pub drafted_at: Instant,
    /// SHA-256 of everything that it says, byte for byte: what a decision approves.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// The decision that it waits for, or that let it out.
    #[schema(value_type = Option<String>)]
    pub decision: Option<DecisionId>,
    /// When it went out.
    #[schema(value_type = Option<String>)]
    pub published_at: Option<Instant>,
    /// Its entry in the ledger.
    pub entry: u64,
}

/// What people write in an advisory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdvisoryTexts {
    /// In one line.
    pub title: String,
    /// What the vulnerability is.
    pub summary: String,
    /// What it means for patients and for the use of the device.
    pub impact: String,
    /// What to do now.
    pub action: String,
    /// Compensating controls; empty = none is known.
    pub controls: String,
    /// What comes to mend it, and how it will be told.
    pub fix: String,
}

/// Where a product version stands in an advisory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdvisoryStanding {
    /// The version.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// What people call it.
    pub label: String,
    /// `affected`, `fixed`, `under_investigation` or `not_affected`.
    pub status: String,
    /// Why it is not affected.
    pub justification: Option<String>,
    /// What is offered, on screen; none = nothing is needed.
    pub offer: Option<String>,
}

/// A document of an advisory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdvisoryDocument {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    #[schema(value_type = String)]
    pub digest: Digest,
}

/// What one version of an advisory says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdvisoryContent {
    /// The version; a preview has the number that it would get.
    pub version: u64,
    /// The number that its documents bear.
    pub revision: u64,
    /// The number that people say.
    pub number: String,
    /// Identifiers of the vulnerability.
    pub vulnerabilities: Vec<String>,
    /// Its CVSS vector, if there is one.
    pub vector: Option<String>,
    /// The instant that the documents bear.
    #[schema(value_type = String)]
    pub dated: Instant,
    /// What people wrote.
    pub texts: AdvisoryTexts,
    /// The product versions.
    pub standings: Vec<AdvisoryStanding>,
    /// The documents.
    pub documents: Vec<AdvisoryDocument>,
    /// The advisory as plain text.
    pub text: String,
}

/// One advisory, for those who work on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdvisorySheet {
    /// As in a list.
    pub row: AdvisoryRow,
    /// The number of the case.
    pub case_number: String,
    /// Version of the thing, for `If-Match`.
    pub entity_version: u64,
    /// Its versions, the oldest first.
    pub versions: Vec<AdvisoryVersion>,
    /// What one of them says; none = it speaks of product families that whoever asks does not see.
    pub shown: Option<AdvisoryContent>,
    /// What stands between the newest version and the public; none = it can be published, or is.
    pub blocked: Option<String>,
}

/// An advisory as it would be, before it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdvisoryPreview {
    /// All that it says.
    pub content: AdvisoryContent,
    /// What makes it poorer.
    pub warnings: Vec<Warning>,
}

/// A published advisory in the public list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicRow {
    /// The number that people say.
    pub number: String,
    /// In one line.
    pub title: String,
    /// The number of its newest revision.
    pub revision: u64,
    /// When its first revision went out.
    #[schema(value_type = String)]
    pub first_at: Instant,
    /// When its newest revision went out.
    #[schema(value_type = String)]
    pub newest_at: Instant,
    /// The file name of its CSAF document.
    pub csaf: String,
}

/// A published advisory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicSheet {
    /// As in the list.
    pub row: PublicRow,
    /// What it says.
    pub content: AdvisoryContent,
    /// Its revisions, the oldest first: number, when, what changed.
    #[schema(value_type = Vec<Vec<String>>)]
    pub history: Vec<(u64, Instant, String)>,
}
