//! Answers: what the API returns and the pages show, in one shape for both.
//!
//! Plain values without behaviour beyond small sums. A count that could not be made is absent by
//! type (see [`SbomState`] and [`Coverage`]); it is never a zero. Dates without a time of day are
//! text like `2026-11-23`. Links are targets (what is meant), not addresses: only `web` knows routes.

mod access;
mod advisory;
mod ask;
mod blast_radius;
mod case;
mod change;
mod contact;
mod decision;
mod duty;
mod finding;
mod ledger;
mod mapping;
mod notice;
mod person;
mod places;
mod policy;
mod products;
mod rules;
mod signal;
mod standing;
mod twin;
mod usage;
mod version;

pub use access::{AccessRow, AccessSheet, AgeRow};
pub use advisory::{
    AdvisoryContent, AdvisoryDocument, AdvisoryPreview, AdvisoryRow, AdvisorySheet,
    AdvisoryStanding, AdvisoryTexts, AdvisoryVersion, PublicRow, PublicSheet,
};
pub use ask::{Answer, Hit, HitGroup, HitKind, NextStep, NothingFound, Target, Understood};
pub use blast_radius::{
    BlastRadius, ComponentReach, ConsigneeReach, ConsigneeRef, ProductReach, RecordState,
    SiteReach, SourceRecord, Totals, UnitAnswer, UnitsByAnswer, VersionReach, VersionsByAnswer,
    VulnerabilitySheet,
};
pub use case::{
    AttachmentRow, CaseDecision, CaseHazard, CaseRow, CaseSheet, CaseSignal, CaseVersion, ClockRow,
    ConditionRow, ControlRow, EpssRow, EvidenceRow, ExploitedRow, ExposureRow, InterviewRow,
    MitigationRow, OwnerChoice, RatingRow, Regulatory, SaidRow, StageRow, TimelineRow, TodoRow,
    WallRow, percent,
};
pub use change::{Change, ChangeCount, ChangeEnd, ChangedFinding, Changes, shown as changes_shown};
pub use contact::{Contact, ContactSite, Erased, Who};
pub use decision::{
    Circumstances, DecidedAdvisory, DecidedDocument, DecisionRow, DecisionSheet, DecisionVersion,
    MatrixRow, MatrixSheet, NeededSheet, OtherwiseRow, PlaceRow, SettledFinding, SignatureRow,
};
pub use duty::{
    CallAnswerRow, CallMoveRow, CallRow, CallSheet, CalledRow, ChainSheet, ChainStep, DutySheet,
};
pub use finding::{
    ComponentSheet, FindingSheet, ReceivedRecord, RecordContent, Reference, SbomRef,
};
pub use ledger::{LedgerRow, LedgerSheet};
pub use mapping::{MappingEffect, MappingRow, MappingSheet, MappingStep, MappingTrial};
pub use notice::{
    NoticeCustomer, NoticeDevices, NoticeOutside, NoticeRow, NoticeTotals, NoticesSheet,
};
pub use person::{
    AbsenceRow, Account, CompetenceRow, CredentialRow, DelegationRow, FamilyRef, GrantRow,
    PersonRow, PersonSheet, RecoverySheet, RightRow, RoleRow, RolesSheet, SecurityRow, SessionRow,
    TokenMade, TokenRow, TotpBegun,
};
pub use places::{
    ComponentPlace, ComponentPlaces, ConsigneeSheet, ConsigneeSite, SiteSheet, UnitRow,
};
pub use policy::{AcknowledgementRow, MissingPerson, PolicyRow, PolicySheet, PolicyVersion};
pub use products::{
    EndOfSupport, FamilyRow, FindingCounts, ProductList, ProductRef, ProductRow, ProductTotals,
    SbomState, VersionRef, VersionRow,
};
pub use rules::{
    CaseEffect, CaseRules, EditionRow, EditionSheet, FixedRules, ProposedRules, RulesDifference,
    RulesLine, RulesOfKind, RulesOverview, RulesTrial,
};
pub use signal::{
    CaseName, LetterSheet, LetterText, MessageRow, PersonName, QueueRow, SignalQueue, SignalSheet,
    Thread,
};
pub use standing::{
    AsOf, EditionRef, EditionStanding, LedgerStanding, MatchingStanding, SOURCES_STALE_AFTER_DAYS,
    SourceStanding, Standing,
};
pub use twin::Twin;
pub use usage::{
    CycleRow, EnvironmentRow, HazardRow, Hazards, RiskColumn, RiskFileRead, RiskFileRow, UsageSheet,
};
pub use version::{
    AttachedSbom, ComponentRef, ComponentRow, Coverage, FindingRow, GapCount, SbomReceipt,
    SiteUnits, UnitSummary, VersionSheet, Warning,
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of a long list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows of this page, in the order asked for.
    pub items: Vec<T>,
    /// The cursor of the next page (`after=`); none on the last page. Opaque: do not take it apart.
    pub next: Option<String>,
    /// How many rows the whole list has after filtering, over all pages.
    pub total: u64,
}

impl<T> Page<T> {
    /// A list that fits on one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { total: items.len() as u64, items, next: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_of_a_version_without_sbom_holds_no_counts() {
        let json = serde_json::to_value(SbomState::Missing).expect("plain data");
        assert_eq!(json, serde_json::json!({"state": "missing"}));
    }

    #[test]
    fn a_page_carries_its_cursor_and_total() {
        let page = Page { items: vec![1, 2], next: Some("b".into()), total: 9 };
        let json = serde_json::to_value(page).expect("plain data");
        assert_eq!(json, serde_json::json!({"items": [1, 2], "next": "b", "total": 9}));
    }
}
