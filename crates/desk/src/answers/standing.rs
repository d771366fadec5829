//! Where the record and the public knowledge stand: shown at the foot of every page, so that
//! nobody reads an answer without knowing what it rests on.

use aftercare_domain::When;
use aftercare_vocab::{digest::Digest, instant::Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// From this age of the newest source on (whole days), pages warn that knowledge may be out of date.
pub const SOURCES_STALE_AFTER_DAYS: u64 = 14;

/// What every answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Standing {
    /// The manufacturer whose record this is.
    pub manufacturer: String,
    /// The earlier moment that is shown; none = the present.
    pub as_of: Option<AsOf>,
    /// The record.
    pub ledger: LedgerStanding,
    /// The edition of public knowledge in use; none when none was adopted yet.
    pub edition: Option<EditionStanding>,
    /// Whether matching has caught up with the record and the edition.
    pub matching: MatchingStanding,
    /// Version of this software.
    pub software_version: String,
    /// When this answer was made.
    #[schema(value_type = String)]
    pub at: Instant,
}

/// An earlier moment of the record: entries after it do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AsOf {
    /// The moment as it was asked for: a day, an instant or `entry:123`.
    #[schema(value_type = String)]
    pub asked: When,
    /// The last instant that counts.
    #[schema(value_type = String)]
    pub at: Instant,
    /// The number of the last entry that counts; 0 = nothing was recorded yet.
    pub entry: u64,
    /// The instant of that entry; none while nothing was recorded.
    #[schema(value_type = Option<String>)]
    pub entry_at: Option<Instant>,
}

/// The size of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerStanding {
    /// How many entries the ledger holds.
    pub entries: u64,
    /// Instant of the last entry; none while the ledger is empty.
    #[schema(value_type = Option<String>)]
    pub last_at: Option<Instant>,
}

/// An edition of public knowledge and what it was built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EditionStanding {
    /// The edition's digest, which is its name.
    #[schema(value_type = String)]
    pub id: Digest,
    /// When it was built.
    #[schema(value_type = String)]
    pub made_at: Instant,
    /// How many vulnerability records it holds.
    pub records: u64,
    /// What it was built from.
    pub sources: Vec<SourceStanding>,
    /// Age of the newest source in whole days at the moment shown; none when no source says its date.
    pub newest_source_age_days: Option<u64>,
}

impl EditionStanding {
    /// The newest source is old or of unknown age: new vulnerabilities may be missing.
    pub fn may_be_stale(&self) -> bool {
        self.newest_source_age_days.is_none_or(|days| days >= SOURCES_STALE_AFTER_DAYS)
    }
}

/// One source of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceStanding {
    /// The source: `osv`, `cve`, `nvd`, `kev`, `epss`, `csaf`, `openvex`, `cyclonedx_vex`.
    pub name: String,
    /// How many of its records the edition holds.
    pub records: u64,
    /// The newest date the source itself carries; none when it carries none.
    #[schema(value_type = Option<String>)]
    pub newest_at: Option<Instant>,
}

/// An edition as an answer cites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditionRef {
    /// The edition's digest.
    #[schema(value_type = String)]
    pub id: Digest,
    /// When it was built.
    #[schema(value_type = String)]
    pub made_at: Instant,
}

/// Whether matching has caught up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MatchingStanding {
    /// Every attached SBOM was matched against the edition in use.
    CaughtUp,
    /// Some versions wait; their findings are those of an earlier state, or none yet.
    Behind {
        /// How many product versions wait.
        versions_waiting: u64,
    },
    /// There is no edition to match against.
    NoEdition,
}
