//! People, accounts and the security record, as they are read.

use aftercare_domain::Date;
use aftercare_vocab::{
    id::{AbsenceId, CredentialId, DelegationId, FamilyId, GrantId, PersonId, SessionId, TokenId},
    instant::Instant,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A product family by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FamilyRef {
    /// The family.
    #[schema(value_type = String)]
    pub id: FamilyId,
    /// Its name.
    pub name: String,
}

/// A role of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GrantRow {
    /// The grant.
    #[schema(value_type = String)]
    pub id: GrantId,
    /// The code name of the role: `quality`.
    pub code: String,
    /// The role on screen.
    pub role: String,
    /// `holder` or `deputy`.
    pub standing: String,
    /// For which product families; none = for all.
    pub families: Option<Vec<FamilyRef>>,
    /// Whether it signs only with current training.
    pub wants_training: bool,
    /// The last day of the training; none = none is recorded.
    #[schema(value_type = Option<String>)]
    pub trained_until: Option<Date>,
    /// Whether the training is current.
    pub trained: bool,
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonRow {
    /// The person.
    #[schema(value_type = String)]
    pub id: PersonId,
    /// What they sign in with.
    pub login: String,
    /// The printed name.
    pub name: String,
    /// Since when the account is suspended.
    #[schema(value_type = Option<String>)]
    pub suspended_at: Option<Instant>,
    /// Whether somebody made sure who they are.
    pub identity_verified: bool,
    /// Whether they are absent.
    pub absent: bool,
    /// Their roles.
    pub roles: Vec<GrantRow>,
}

/// An absence that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AbsenceRow {
    /// The absence.
    #[schema(value_type = String)]
    pub id: AbsenceId,
    /// From when on.
    #[schema(value_type = String)]
    pub from: Instant,
    /// Until before when; none = until it is ended.
    #[schema(value_type = Option<String>)]
    pub until: Option<Instant>,
}

/// A delegation that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DelegationRow {
    /// The delegation.
    #[schema(value_type = String)]
    pub id: DelegationId,
    /// Who gave it.
    #[schema(value_type = String)]
    pub from: PersonId,
    /// Their name.
    pub from_name: String,
    /// Who got it.
    #[schema(value_type = String)]
    pub to: PersonId,
    /// Their name.
    pub to_name: String,
    /// The role.
    pub role: String,
    /// For which product families; none = for all.
    pub families: Option<Vec<FamilyRef>>,
    /// From when on.
    #[schema(value_type = String)]
    pub begins: Instant,
    /// Until before when.
    #[schema(value_type = String)]
    pub ends: Instant,
}

/// A training, or an override of missing training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CompetenceRow {
    /// In which role.
    pub role: String,
    /// In what; none = an override.
    pub subject: Option<String>,
    /// From which day on.
    #[schema(value_type = String)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String)]
    pub until: Date,
    /// Where the proof is, or why it was overridden.
    pub note: Option<String>,
    /// Whether it is over.
    pub lapsed: bool,
}

/// A person whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonSheet {
    /// As in a list.
    pub row: PersonRow,
    /// The version of the person's own data, for `If-Match`.
    pub entity_version: u64,
    /// When the account was made.
    #[schema(value_type = String)]
    pub added_at: Instant,
    /// How the identity was verified.
    pub identity_how: Option<String>,
    /// Absences that are not over.
    pub absences: Vec<AbsenceRow>,
    /// Delegations from or to them that are not over.
    pub delegations: Vec<DelegationRow>,
    /// Training and overrides.
    pub competences: Vec<CompetenceRow>,
}

/// A credential, without what is secret about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CredentialRow {
    /// The credential.
    #[schema(value_type = String)]
    pub id: CredentialId,
    /// The kind: `totp`.
    pub factor: String,
    /// The kind on screen.
    pub what: String,
    /// What its person calls it.
    pub name: String,
    /// When it was set.
    #[schema(value_type = String)]
    pub set_at: Instant,
    /// When it was last used.
    #[schema(value_type = Option<String>)]
    pub used_at: Option<Instant>,
    /// How many whole days ago it was set.
    pub days: u64,
    /// Whether a password is older than the span for it, or a code generator or passkey was not used for so long
    /// that it is to be tested.
    pub due: bool,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionRow {
    /// The session.
    #[schema(value_type = String)]
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub this: bool,
    /// Which program.
    pub agent: String,
    /// By what it began.
    pub by: Vec<String>,
    /// When it began.
    #[schema(value_type = String)]
    pub began_at: Instant,
    /// When it was last used, to a minute.
    #[schema(value_type = String)]
    pub seen_at: Instant,
}

/// An API token, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenRow {
    /// The token.
    #[schema(value_type = String)]
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// The rights it may use.
    pub scope: Vec<String>,
    /// When it was issued.
    #[schema(value_type = String)]
    pub issued_at: Instant,
    /// When it ends.
    #[schema(value_type = String)]
    pub until: Instant,
    /// Whether it has ended.
    pub over: bool,
}

/// Somebody's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    /// The person.
    pub person: PersonRow,
    /// Whether they can give the two components that a signature needs.
    pub may_sign: bool,
    /// Their credentials but recovery codes.
    pub credentials: Vec<CredentialRow>,
    /// How many recovery codes are left.
    pub recovery_left: u64,
    /// Their sessions, the one used last first.
    pub sessions: Vec<SessionRow>,
    /// Their API tokens that were not revoked.
    pub tokens: Vec<TokenRow>,
    /// What they may do.
    pub rights: Vec<String>,
}

/// A code generator that waits to be confirmed.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TotpBegun {
    /// The seed, to be typed into a generator.
    pub seed: String,
    /// The `otpauth:` address that says the same.
    pub address: String,
    /// The address as a QR code (SVG).
    pub picture: Option<String>,
}

/// Recovery codes, shown once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecoverySheet {
    /// The codes; each works once.
    pub codes: Vec<String>,
}

/// An API token, shown once.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenMade {
    /// The token.
    #[schema(value_type = String)]
    pub id: TokenId,
    /// Its text, which is not kept.
    pub token: String,
    /// When it ends.
    #[schema(value_type = String)]
    pub until: Instant,
}

/// An entry of the security record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SecurityRow {
    /// Its number in the ledger.
    pub entry: u64,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Who acted.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// The kind of event.
    pub kind: String,
    /// What happened, in a sentence.
    pub what: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoleRow {
    /// Its code name: `quality`.
    pub code: String,
    /// Its name on screen.
    pub role: String,
    /// Whose it is, in a sentence.
    pub means: String,
    /// Whether it may stand among those who propose, decide or co-sign.
    pub may_decide: bool,
    /// The code names of its rights.
    pub rights: Vec<String>,
}

/// A right to do something with the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RightRow {
    /// Its code name: `see_record`.
    pub code: String,
    /// What it is the right to.
    pub what: String,
    /// Whether a role for some product families does not give it, because it is about the whole record.
    pub whole_record_only: bool,
    /// The code names of the roles that have it.
    pub roles: Vec<String>,
}

/// Which role may do what with the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RolesSheet {
    /// `proposed`: the maker approves it.
    pub status: String,
    /// Since which day the table is as it is.
    #[schema(value_type = String)]
    pub valid_from: Date,
    /// What it follows.
    pub source: String,
    /// Every role.
    pub roles: Vec<RoleRow>,
    /// Every right.
    pub rights: Vec<RightRow>,
}

impl std::fmt::Debug for TotpBegun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpBegun(..)")
    }
}

impl std::fmt::Debug for RecoverySheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoverySheet(..)")
    }
}

impl std::fmt::Debug for TokenMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenMade(..)")
    }
}
