//! The review of access, as it is read.

use super::{GrantRow, Page};
use aftercare_domain::Date;
use aftercare_vocab::{id::PersonId, instant::Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// How old a credential is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgeRow {
    /// The kind: `password`.
    pub factor: String,
    /// The kind on screen.
    pub what: String,
    /// When it was set.
    #[schema(value_type = String)]
    pub set_at: Instant,
    /// How many whole days ago.
    pub days: u64,
    /// Whether it is older than the span for its kind.
    pub old: bool,
}

/// A role that somebody has, for whoever looks whether it is still needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccessRow {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Their printed name.
    pub name: String,
    /// Their login.
    pub login: String,
    /// Whether the account is suspended.
    pub suspended: bool,
    /// The role.
    pub role: GrantRow,
    /// Since when.
    #[schema(value_type = String)]
    pub given_at: Instant,
    /// When it was reviewed last; none = never.
    #[schema(value_type = Option<String>)]
    pub reviewed_at: Option<Instant>,
    /// Who reviewed it.
    pub reviewed_by: Option<String>,
    /// What that came to: `keep` or `take`.
    pub outcome: Option<String>,
    /// Whether it is to be reviewed again.
    pub due: bool,
    /// Their credentials but recovery codes, the oldest first.
    pub credentials: Vec<AgeRow>,
    /// How many API tokens of theirs work.
    pub tokens: u64,
}

/// Who has which role, and after how long what is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccessSheet {
    /// `proposed`: nobody of the maker has approved the spans; `configured`: they stand in the configuration.
    pub status: String,
    /// The day since which the proposed spans are as they are.
    #[schema(value_type = Option<String>)]
    pub valid_from: Option<Date>,
    /// A role is looked at again after this many days.
    pub review_days: i64,
    /// A password is old after this many days.
    pub password_days: i64,
    /// A code generator or passkey is to be tested after this many days without use.
    pub test_days: i64,
    /// How many roles are due.
    pub due: u64,
    /// The roles: what is due first, otherwise by name.
    pub roles: Page<AccessRow>,
}
