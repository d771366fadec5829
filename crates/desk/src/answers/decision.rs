//! Decisions, signatures and the matrix of rights, as they are read.

use super::{FamilyRef, ProposedRules, RulesTrial, VersionRef};
use aftercare_domain::rights;
use aftercare_vocab::{
    digest::Digest,
    id::{AdvisoryId, DecisionId, PersonId, SignatureId},
    instant::Instant,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A decision in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionRow {
    /// The decision.
    #[schema(value_type = String)]
    pub id: DecisionId,
    /// The kind: `risk_acceptance`.
    pub kind: String,
    /// The kind on screen.
    pub kind_title: String,
    /// What it is, in one line.
    pub title: String,
    /// What it is about.
    pub about: String,
    /// `open`, `taken`, `refused` or `withdrawn`.
    pub stage: String,
    /// Since when it is that.
    #[schema(value_type = String)]
    pub stage_at: Instant,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    #[schema(value_type = String)]
    pub proposed_at: Instant,
    /// Its newest version.
    pub version: u64,
    /// The roles it waits for.
    pub waits_for: Vec<String>,
    /// Whether whoever asks could sign it now.
    pub waits_for_you: bool,
}

/// What matters for who must sign; none = not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Circumstances {
    /// Severity of harm to a patient.
    pub harm: Option<String>,
    /// Whether safety or essential performance are touched.
    pub essential_performance: Option<bool>,
    /// Whether the risk is uncontrolled.
    pub uncontrolled: Option<bool>,
    /// Class of the product.
    pub product_class: Option<String>,
    /// Whether it rests on code that cannot be reached.
    pub rests_on_reachability: Option<bool>,
    /// Whether it lowers what was computed.
    pub lowers_computed: bool,
}

/// One version of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionVersion {
    /// Its number, from 1.
    pub number: u64,
    /// Who wrote it.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Its entry in the ledger.
    pub entry: u64,
    /// What a signature binds to: SHA-256 of the canonical body of that entry.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// The version of the decision rights it is decided under.
    pub rights: u64,
    /// In one line.
    pub title: String,
    /// What is decided, and why.
    pub statement: String,
    /// The product families it touches; none = all.
    pub families: Option<Vec<FamilyRef>>,
    /// What matters for who must sign.
    pub circumstances: Circumstances,
    /// The matrix it proposes, if that is what it is about.
    pub matrix: Option<MatrixSheet>,
    /// The rules of the programme that it proposes, if it is about those.
    pub rules: Option<ProposedRules>,
    /// The findings it settles: what is signed speaks of exactly these.
    pub findings: Vec<SettledFinding>,
    /// What it says of them, in words; none = its statement alone says it.
    pub answer: Option<String>,
    /// The document that it lets out: what is signed is about exactly these bytes.
    pub document: Option<DecidedDocument>,
}

/// The document that a decision lets out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecidedDocument {
    /// SHA-256 of the advisory with every form of it as it goes out.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// The advisory; none = whoever asks may not see it.
    pub advisory: Option<DecidedAdvisory>,
}

/// The version of an advisory that a decision lets out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecidedAdvisory {
    /// The advisory.
    #[schema(value_type = String)]
    pub id: AdvisoryId,
    /// The number that people say: `PSA-2026-0001`.
    pub number: String,
    /// The version of it.
    pub version: u64,
    /// Its title.
    pub title: String,
}

/// A vulnerability in the versions that a decision is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettledFinding {
    /// The vulnerability.
    pub vulnerability: String,
    /// The versions that are seen.
    pub versions: Vec<VersionRef>,
    /// How many more there are, out of sight.
    pub out_of_sight: u64,
}

/// A signature, or a signed refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignatureRow {
    /// The signature.
    #[schema(value_type = String)]
    pub id: SignatureId,
    /// The version that was signed.
    pub version: u64,
    /// Whether that is the newest one.
    pub current: bool,
    /// Whether it is a refusal.
    pub refused: bool,
    /// The reason, where one was given.
    pub reason: Option<String>,
    /// `decide` or `cosign`.
    pub part: String,
    /// The printed name.
    pub name: String,
    /// The person.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// In which role.
    pub role: String,
    /// By what right: `holder`, `deputy` or `delegate`.
    pub by: String,
    /// Who handed the role over, for a delegate.
    pub delegated_by: Option<String>,
    /// What the signature means.
    pub meaning: String,
    /// By which components the signer showed who they are.
    pub factors: Vec<String>,
    /// The digest of what was signed.
    #[schema(value_type = String)]
    pub of: Digest,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Its entry in the ledger.
    pub entry: u64,
}

/// A place under a decision that nobody has signed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceRow {
    /// `decide` or `cosign`.
    pub part: String,
    /// The roles of which one signs here.
    pub roles: Vec<String>,
    /// The same by code names.
    pub role_codes: Vec<String>,
    /// Who could sign here now.
    pub could: Vec<String>,
    /// The role in which whoever asks could sign here.
    pub yours: Option<String>,
    /// Why whoever asks could not.
    pub why_not: Option<String>,
}

/// A decision whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionSheet {
    /// As in a list.
    pub row: DecisionRow,
    /// The version of the decision's data, for `If-Match`.
    pub entity_version: u64,
    /// Its versions, the newest last.
    pub versions: Vec<DecisionVersion>,
    /// Signatures and refusals, in their order.
    pub signatures: Vec<SignatureRow>,
    /// Places that nobody has signed yet.
    pub places: Vec<PlaceRow>,
    /// Roles that are told.
    pub informs: Vec<String>,
    /// For a proposed matrix: decisions that would have been decided otherwise.
    pub otherwise: Vec<OtherwiseRow>,
    /// What proposed rules would mean for open cases, while it is open.
    pub trial: Option<RulesTrial>,
}

/// A row of the matrix of decision rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatrixRow {
    /// The kind of decision.
    pub kind: String,
    /// The kind on screen.
    pub title: String,
    /// Who may propose.
    pub proposes: Vec<String>,
    /// Who may decide.
    pub decides: Vec<String>,
    /// Who signs beside, and when.
    pub cosigns: Vec<String>,
    /// Who is told.
    pub informs: Vec<String>,
}

/// The matrix of decision rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatrixSheet {
    /// Its version.
    pub version: u64,
    /// Whether it is the one that the product proposes and nobody decided yet.
    pub proposed: bool,
    /// The decision that put it in force; none for the proposed one and for one that is only wished.
    #[schema(value_type = Option<String>)]
    pub decision: Option<DecisionId>,
    /// A row for each kind of decision.
    pub rows: Vec<MatrixRow>,
    /// The roles that sign only with current training.
    pub trained: Vec<String>,
    /// The matrix as it is sent for proposing another.
    #[schema(value_type = Object)]
    pub matrix: serde_json::Value,
}

/// Who would have to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NeededSheet {
    /// The version of the decision rights that says so.
    pub rights: u64,
    /// The places for signatures, with who could sign there now.
    pub places: Vec<PlaceRow>,
    /// Roles that are told.
    pub informs: Vec<String>,
}

/// A decision that would have been decided otherwise under another matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OtherwiseRow {
    /// The decision.
    #[schema(value_type = String)]
    pub id: DecisionId,
    /// Its title.
    pub title: String,
    /// Roles that would have to sign and did not.
    pub missing: Vec<String>,
    /// Roles that signed and would not have to.
    pub spared: Vec<String>,
}

impl From<rights::Circumstances> for Circumstances {
    fn from(of: rights::Circumstances) -> Self {
        Self {
            harm: of.harm.map(|harm| harm.code().to_owned()),
            essential_performance: of.essential_performance,
            uncontrolled: of.uncontrolled,
            product_class: of.product_class.map(|class| class.code().to_owned()),
            rests_on_reachability: of.rests_on_reachability,
            lowers_computed: of.lowers_computed,
        }
    }
}
