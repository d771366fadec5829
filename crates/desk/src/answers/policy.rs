//! Governing documents and who acknowledged them, as they are read.

use aftercare_vocab::{
    digest::Digest,
    id::{PersonId, PolicyId, SignatureId},
    instant::Instant,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A governing document in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyRow {
    /// The document.
    #[schema(value_type = String)]
    pub id: PolicyId,
    /// `policy`, `procedure` or `certification`.
    pub kind: String,
    /// The kind on screen.
    pub kind_title: String,
    /// Its title.
    pub title: String,
    /// Its newest version.
    pub version: u64,
    /// The day that stands on that version.
    pub dated: String,
    /// When that version was issued.
    #[schema(value_type = String)]
    pub issued_at: Instant,
    /// Since when it is withdrawn; none = it is in force.
    #[schema(value_type = Option<String>)]
    pub withdrawn_at: Option<Instant>,
    /// How many people must acknowledge the newest version; 0 of a withdrawn document.
    pub must: u64,
    /// How many of them have not yet.
    pub missing: u64,
    /// Whether whoever asks is one of those.
    pub waits_for_you: bool,
}

/// One version of a governing document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyVersion {
    /// Its number, from 1.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// The day that stands on it.
    pub dated: String,
    /// `everybody`, `roles` or `nobody`: who must acknowledge it.
    pub audience: String,
    /// The roles that must, where it is `roles`.
    pub roles: Vec<String>,
    /// The name of the file.
    pub file_name: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of the document's bytes.
    #[schema(value_type = String)]
    pub document: Digest,
    /// What an acknowledgement binds to: send it back to acknowledge this version.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// Who issued it.
    pub issued_by: String,
    /// When.
    #[schema(value_type = String)]
    pub issued_at: Instant,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// Its ledger entry.
    pub entry: u64,
    /// How many people acknowledged it.
    pub acknowledged: u64,
}

/// A person who acknowledged a version, with their signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AcknowledgementRow {
    /// The signature.
    #[schema(value_type = String)]
    pub id: SignatureId,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// The printed name under the signature.
    pub name: String,
    /// In which role.
    pub role: String,
    /// What the signature means: `responsibility`.
    pub meaning: String,
    /// By what they showed who they are.
    pub factors: Vec<String>,
    /// What was signed.
    #[schema(value_type = String)]
    pub of: Digest,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Its ledger entry.
    pub entry: u64,
}

/// Somebody who must acknowledge a version and has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissingPerson {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Their printed name.
    pub name: String,
}

/// A governing document whole, with who acknowledged one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicySheet {
    /// As in the list.
    #[serde(flatten)]
    pub row: PolicyRow,
    /// How many entries there are about it.
    pub entity_version: u64,
    /// Why it was withdrawn, if it was.
    pub withdrawn_reason: Option<String>,
    /// Its versions, the newest last.
    pub versions: Vec<PolicyVersion>,
    /// The number of the version that `acknowledgements` and `missing_people` are about.
    pub shown: u64,
    /// Who acknowledged that version.
    pub acknowledgements: Vec<AcknowledgementRow>,
    /// Who must acknowledge it by the roles of now, and has not. Of an earlier version nobody must any
    /// more, and none stand here.
    pub missing_people: Vec<MissingPerson>,
    /// The role in which whoever asks would acknowledge the newest version now: its code name; none =
    /// they cannot, or have done it.
    pub yours: Option<String>,
}
