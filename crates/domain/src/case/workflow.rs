//! The workflow: stages, and the conditions between them. Dated data, proposed; the maker approves it.

use crate::{Date, refusal::Refusal, role::RoleName, signal::coded};
use serde::Deserialize;
use std::sync::LazyLock;

coded! {
    /// How far a case is.
    Stage {
        /// It came in.
        New = "new", "New";
        /// The reporter knows that it arrived.
        Acknowledged = "acknowledged", "Acknowledged";
        /// It is looked at whether there is something to it.
        Validating = "validating", "Validating";
        /// Which versions are affected, and how they are exposed.
        Triage = "triage", "Triage";
        /// Exploitability and harm.
        RiskAssessment = "risk_assessment", "Risk assessment";
        /// Controlled or uncontrolled.
        Determination = "determination", "Determination";
        /// What is done about it.
        MitigationPlanning = "mitigation_planning", "Mitigation planning";
        /// It is being done.
        Remediation = "remediation", "Remediation";
        /// Does it work, and is it safe?
        Verification = "verification", "Verification";
        /// May it go out?
        ReleaseApproval = "release_approval", "Release approval";
        /// It goes out.
        Deployment = "deployment", "Deployment";
        /// Did it arrive, and does it help?
        Effectiveness = "effectiveness", "Effectiveness";
        /// Is everything there?
        ClosureReview = "closure_review", "Closure review";
        /// Done.
        Closed = "closed", "Closed";
        /// Nothing to it.
        Rejected = "rejected", "Rejected";
        /// Another case is about it.
        Duplicate = "duplicate", "Duplicate";
        /// No version is affected.
        NotAffected = "not_affected", "Not affected";
        /// Somebody else deals with it.
        Transferred = "transferred", "Transferred";
    }
}

impl Stage {
    /// Whether nothing more is to be done.
    pub const fn is_end(self) -> bool {
        matches!(
            self,
            Self::Closed | Self::Rejected | Self::Duplicate | Self::NotAffected | Self::Transferred
        )
    }

    /// The way of a case that needs a remedy.
    pub const WAY: &'static [Self] = &[
        Self::New,
        Self::Acknowledged,
        Self::Validating,
        Self::Triage,
        Self::RiskAssessment,
        Self::Determination,
        Self::MitigationPlanning,
        Self::Remediation,
        Self::Verification,
        Self::ReleaseApproval,
        Self::Deployment,
        Self::Effectiveness,
        Self::ClosureReview,
        Self::Closed,
    ];
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// `owner_assigned`
    pub id: String,
    /// What must hold, as a sentence without its full stop.
    pub says: String,
    /// Who may stand for it; none = the product looks itself.
    pub attested_by: Option<Vec<RoleName>>,
    /// It is about the change: what somebody stood for before the newest change does not count.
    #[serde(default)]
    pub since_change: bool,
    /// Why no maker leaves it out: what law, the safety of patients or the record rests on it; none = one may.
    #[serde(default)]
    pub fixed: Option<String>,
}

/// A way from one stage to another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// From.
    pub from: Stage,
    /// To.
    pub to: Stage,
    /// Whose work it is.
    pub by: Vec<RoleName>,
    /// All must hold.
    pub guards: Vec<Guard>,
}

/// The workflow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// `aftercare:case-workflow`
    pub id: String,
    /// `1.0.0`
    pub version: String,
    /// The day it was written down.
    pub as_of: Date,
    /// Whether it is our proposal, not yet the maker's decision.
    pub proposed: bool,
    /// Where it comes from.
    pub source: String,
    /// The ways.
    pub transitions: Vec<Transition>,
}

impl Transition {
    /// Whether a condition of it may be left out for a time in an emergency. What ends a case, and what lets
    /// an update out of verification and release, never is.
    pub fn may_leave_out(&self, guard: &Guard) -> bool {
        !self.to.is_end() && self.from != Stage::Verification && guard.id != "release_approved"
    }
}

impl Workflow {
    /// Reads a workflow.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        serde_json::from_str(text).map_err(|error| {
            Refusal::new(
                "workflow_unfit",
                format!("This is not a workflow: {error}."),
                "Correct it; nothing of it was taken.",
            )
        })
    }

    /// The workflow that comes with the product.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The way between two stages.
    pub fn between(&self, from: Stage, to: Stage) -> Option<&Transition> {
        self.transitions.iter().find(|one| one.from == from && one.to == to)
    }

    /// The condition of this identifier, with its way.
    pub fn guard(&self, id: &str) -> Option<(&Transition, &Guard)> {
        self.transitions
            .iter()
            .find_map(|way| Some((way, way.guards.iter().find(|guard| guard.id == id)?)))
    }
}

static SHIPPED: LazyLock<Workflow> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "compiled in, and every test of this module reads it")]
    Workflow::read(include_str!("../../data/workflow.json")).expect("the workflow of the product")
});
