//! What changed between two moments.

use super::{ComponentRef, Page, Target, VersionRef};
use aftercare_domain::When;
use aftercare_register::read::change::ChangeKind;
use aftercare_vocab::instant::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The net changes between two moments: what came and went in between is not among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changes {
    /// The earlier moment.
    pub from: ChangeEnd,
    /// The later moment.
    pub to: ChangeEnd,
    /// How many changes there are of each kind, over all pages and whatever kind is shown.
    pub counts: Vec<ChangeCount>,
    /// The changes, kind by kind.
    pub changes: Page<Change>,
}

/// One end of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeEnd {
    /// The moment as it was asked for; none = the present.
    #[schema(value_type = Option<String>)]
    pub asked: Option<When>,
    /// The last instant that counts.
    #[schema(value_type = String)]
    pub at: Instant,
    /// The last ledger entry that counts; 0 = nothing was recorded yet.
    pub entry: u64,
}

/// How many changes of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeCount {
    /// The kind: `finding_appeared`, `unit_changed` and so on.
    #[schema(value_type = String)]
    pub kind: ChangeKind,
    /// Their number.
    pub count: u64,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// The kind: `finding_appeared`, `unit_changed` and so on.
    #[schema(value_type = String)]
    pub kind: ChangeKind,
    /// What it is about, in words.
    pub what: String,
    /// Where to look at it, at the later moment; none where it has no page.
    pub target: Option<Target>,
    /// What was before; none = it was not there.
    pub before: Option<String>,
    /// What is after; none = it is no longer there.
    pub after: Option<String>,
    /// More, if it is about a finding.
    pub finding: Option<ChangedFinding>,
    /// The number of the ledger entry that brought it about.
    pub entry: u64,
    /// The instant of that entry.
    #[schema(value_type = Option<String>)]
    pub at: Option<Instant>,
}

/// A finding that appeared, changed or disappeared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedFinding {
    /// The version.
    pub version: VersionRef,
    /// The component.
    pub component: ComponentRef,
    /// The vulnerability's shown identifier.
    pub vulnerability: String,
    /// `affected`, `undetermined`, `not_affected`, `nothing_found`, `component_absent`, or `unknown`
    /// where nothing could be said.
    pub before: String,
    /// As `before`, at the later moment.
    pub after: String,
    /// Highest score in tenths: at the later moment, or the earlier if nothing is found later.
    pub score_tenths: Option<u8>,
    /// Known exploited since this date, as known at the earlier moment.
    pub known_exploited_before: Option<String>,
    /// Known exploited since this date, as known at the later moment.
    pub known_exploited_after: Option<String>,
}

/// What a kind is called on screen.
pub const fn shown(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::EditionAdopted => "Editions put in force",
        ChangeKind::FindingAppeared => "Findings that appeared",
        ChangeKind::FindingChanged => "Findings with another answer",
        ChangeKind::FindingDisappeared => "Findings no longer there",
        ChangeKind::FamilyAdded => "Families added",
        ChangeKind::ProductAdded => "Products added",
        ChangeKind::VersionAdded => "Versions added",
        ChangeKind::VersionChanged => "Versions changed",
        ChangeKind::SbomAttached => "SBOMs attached",
        ChangeKind::SbomDetached => "SBOMs detached",
        ChangeKind::SbomAssessed => "SBOMs assessed again",
        ChangeKind::SupplierAdded => "Suppliers added",
        ChangeKind::ConsigneeAdded => "Consignees added",
        ChangeKind::SiteAdded => "Sites added",
        ChangeKind::ContactAdded => "Persons to be told added",
        ChangeKind::ContactChanged => "Persons to be told changed",
        ChangeKind::ContactErased => "Persons to be told erased",
        ChangeKind::UnitAdded => "Units recorded",
        ChangeKind::UnitChanged => "Units with another version",
    }
}
