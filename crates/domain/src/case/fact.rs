//! What can be recorded about a case. The stage follows from these; none of them is a stage.

mod attached;
mod checked;
mod kind;

pub use attached::{ATTACHMENT_BYTES, AttachedFile, Attachment};

use crate::{
    Date,
    harm::{Answer as RubricAnswer, Epss, Exploit, Exploitability, Exposure, Interview, Severity},
    reporting::NoticePart,
    sight::Sight,
    signal::{HarmScreen, coded},
};
use aftercare_vocab::{
    digest::Digest,
    id::{CaseId, MitigationId, PersonId, ProductId, SiteId, VersionId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Longest web address, in characters.
pub const URL_LIMIT: usize = 2_000;
/// Longest name of an environment, in characters.
pub const ENVIRONMENT_LIMIT: usize = 100;
/// Most hazards that one assessment names.
pub const HAZARDS_LIMIT: usize = 50;

coded! {
    /// Why a version is not affected (CSAF and OpenVEX justifications; CISA, VEX status justifications, 2022).
    Justification {
        /// The component is not in the version.
        ComponentNotPresent = "component_not_present", "The component is not there";
        /// The component is there without the vulnerable code.
        VulnerableCodeNotPresent = "vulnerable_code_not_present", "The vulnerable code is not there";
        /// The code is there and never runs.
        VulnerableCodeNotInExecutePath = "vulnerable_code_not_in_execute_path", "The vulnerable code never runs";
        /// The code runs, and an attacker cannot steer it.
        VulnerableCodeCannotBeControlledByAdversary = "vulnerable_code_cannot_be_controlled_by_adversary", "An attacker cannot steer the vulnerable code";
        /// Something built in stops every exploit.
        InlineMitigationsAlreadyExist = "inline_mitigations_already_exist", "Built-in measures stop it already";
    }
}

impl Justification {
    /// Whether it rests on code that cannot be reached, so that the component's developer signs too.
    pub const fn rests_on_reachability(self) -> bool {
        matches!(
            self,
            Self::VulnerableCodeNotInExecutePath
                | Self::VulnerableCodeCannotBeControlledByAdversary
        )
    }
}

/// Whether a version is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// It is.
    Affected,
    /// It is not, and why.
    NotAffected(Justification),
    /// Nobody knows yet.
    UnderInvestigation,
}

/// The value of some versions, said together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicability {
    /// The versions, each with the SBOM that it rests on; none = the version has none.
    pub versions: BTreeMap<VersionId, Option<Digest>>,
    /// The value.
    pub applies: Applies,
    /// The evidence, in words.
    pub statement: String,
}

/// From where versions can be attacked in one environment of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exposed {
    /// The versions.
    pub versions: BTreeSet<VersionId>,
    /// The environment of use: `ward`, `home`.
    pub environment: String,
    /// From where at most.
    pub from: Exposure,
    /// Interfaces through which it is reached.
    pub interfaces: String,
    /// What an attacker needs: privileges, a person's help.
    pub privileges: String,
    /// Compensating measures that are there.
    pub measures: String,
    /// Whether the vulnerable code can be reached; none = not known.
    pub reachable: Option<bool>,
    /// The evidence of that.
    pub evidence: String,
    /// SHA-256 of what was stated of this environment, by product; filled in when it is recorded, and absent for
    /// products of which nothing was stated.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub premises: BTreeMap<ProductId, Digest>,
}

/// What is known of exploiting it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exploited {
    /// The vector, of any version of CVSS.
    pub vector: Option<String>,
    /// Listed in KEV; none = not looked for.
    pub in_kev: Option<bool>,
    /// What is known of exploits; none = not looked for.
    pub exploit: Option<Exploit>,
    /// The newest EPSS.
    pub epss: Option<Epss>,
    /// The class that holds instead of the proposed one; needs the reason.
    pub instead: Option<Exploitability>,
    /// Reasons, in words.
    pub reasons: String,
    /// The interview that the vector follows from, where there was one; absent in the facts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interview: Option<Interviewed>,
}

/// The answers to the questions of a rubric. An answer that is not given stays open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interviewed {
    /// The rubric with its version: `mitre:cvss-medical-rubric 0.12.04`.
    pub rubric: String,
    /// The answers, by the question's id.
    pub answers: BTreeMap<String, RubricAnswer>,
}

impl From<&Interview<'_>> for Interviewed {
    fn from(interview: &Interview<'_>) -> Self {
        Self { rubric: interview.rubric().name(), answers: interview.answers().clone() }
    }
}

/// Answers to an SSVC table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    /// The table's name: `supplier`.
    pub table: String,
    /// The answers.
    pub given: BTreeMap<String, String>,
}

/// Severity of harm to a patient if it were exploited on these versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Harmed {
    /// The versions.
    pub versions: BTreeSet<VersionId>,
    /// The severity.
    pub severity: Severity,
    /// Whether safety or essential performance are touched.
    pub essential_performance: bool,
    /// Hazards and hazardous situations of the risk file, by their identifiers there.
    pub hazards: Vec<String>,
    /// The clinical reasoning.
    pub reasoning: String,
    /// SHA-256 of what the risk file says of these hazards, by product; filled in when it is recorded, and absent
    /// for products without a risk file.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub premises: BTreeMap<ProductId, Digest>,
}

/// One analyst's own view, which the others see when they gave theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rated {
    /// The version.
    pub version: VersionId,
    /// Exploitability.
    pub exploitability: Exploitability,
    /// Severity of harm.
    pub severity: Severity,
}

coded! {
    /// What a mitigation is.
    MitigationKind {
        /// A software update.
        Patch = "patch", "Update";
        /// Another configuration.
        Configuration = "configuration", "Configuration";
        /// A control in the network.
        Network = "network", "Network control";
        /// Other rules of who may do what.
        Authorisation = "authorisation", "Authentication or authorisation";
        /// A function that is limited or switched off.
        FeatureLimit = "feature_limit", "Limited function";
        /// Watching for it.
        Monitoring = "monitoring", "Monitoring";
        /// A procedure for users.
        Procedure = "procedure", "Procedure";
        /// Another device in its place.
        Replacement = "replacement", "Replacement";
    }
}

coded! {
    /// Where a mitigation acts.
    ActsIn {
        /// In the device.
        Device = "device", "In the device";
        /// Outside of it, put in place by the user: a compensating control. The version stays affected.
        External = "external", "Outside of the device";
    }
}

/// A way to lessen the risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// The mitigation.
    pub mitigation: MitigationId,
    /// What it is.
    pub kind: MitigationKind,
    /// Where it acts.
    pub acts_in: ActsIn,
    /// In one line.
    pub title: String,
    /// The versions it is for.
    pub versions: BTreeSet<VersionId>,
    /// Who puts it in place: `hospital IT`.
    pub who_applies: String,
    /// The skill that it needs.
    pub skill: String,
    /// Exploitability with it; none = not assessed.
    pub exploitability_after: Option<Exploitability>,
    /// What it does to clinical use and workflow.
    pub clinical_effect: String,
    /// Risks that it brings.
    pub new_risks: String,
    /// Whether it adds more risk than the vulnerability; none = not assessed.
    pub adds_risk: Option<bool>,
    /// How it was verified.
    pub verification: String,
    /// The day from which it does not count any more.
    pub expires: Option<Date>,
    /// The risk that stays.
    pub residual_risk: String,
}

coded! {
    /// With which updates a fix comes.
    Train {
        /// With the regular cycle of the product.
        RegularCycle = "regular_cycle", "Regular cycle";
        /// As soon as possible, out of the cycle.
        OutOfCycle = "out_of_cycle", "Out of cycle";
    }
}

/// The plan of remediation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// The mitigations that are chosen.
    pub chosen: BTreeSet<MitigationId>,
    /// What was compared, and why these.
    pub alternatives: String,
    /// Compensating controls meanwhile: which, or why none is needed.
    pub interim: String,
    /// With which updates.
    pub train: Train,
    /// The day it is to be out.
    pub target: Date,
    /// Why that day.
    pub rationale: String,
}

coded! {
    /// How far a compensating control is at a site.
    ControlState {
        /// The site was asked.
        Asked = "asked", "Asked";
        /// It is in place.
        Applied = "applied", "In place";
        /// The site declines; what then stands in the words.
        Declined = "declined", "Declined";
    }
}

/// A compensating control at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controlled {
    /// The control.
    pub mitigation: MitigationId,
    /// The site.
    pub site: SiteId,
    /// How far.
    pub state: ControlState,
    /// In words.
    pub statement: String,
}

/// The change is in a controlled baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// The version that holds the change.
    pub version: VersionId,
    /// Baseline and change, in words.
    pub statement: String,
}

coded! {
    /// What was tested.
    TestKind {
        /// The vulnerability, before the change: must fail.
        SecurityBefore = "security_before", "Security test before the change";
        /// The vulnerability, after the change: must pass.
        SecurityAfter = "security_after", "Security test after the change";
        /// Safety functions.
        Regression = "regression", "Regression";
        /// What the change does to safety.
        SafetyImpact = "safety_impact", "Impact on safety";
        /// Installing, interrupting, refusing a wrong signature.
        Update = "update", "Update";
        /// Going back.
        Rollback = "rollback", "Rollback";
    }
}

/// A test was done by whoever records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tested {
    /// What.
    pub kind: TestKind,
    /// On which version.
    pub version: VersionId,
    /// Whether the device did what it must.
    pub passed: bool,
    /// Result and, for a deviation, the reasoning.
    pub statement: String,
    /// Why a failed test may stay failed.
    pub deviation: Option<String>,
    /// The test report.
    pub attachment: Option<Digest>,
    /// What it is called, where it was sent as a file; absent in the facts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<AttachedFile>,
}

coded! {
    /// What a reporter was told.
    Told {
        /// That the report arrived.
        Acknowledged = "acknowledged", "Acknowledgement";
        /// How it goes on.
        Progress = "progress", "Progress";
        /// What came of it.
        Outcome = "outcome", "Outcome";
    }
}

/// The reporter was told something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReporterTold {
    /// What.
    pub told: Told,
    /// By which way: `thread`, `mail`.
    pub via: String,
}

/// Customers were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomersTold {
    /// The parts that the notice has.
    pub parts: BTreeSet<NoticePart>,
    /// How many consignees were told.
    pub consignees: u64,
    /// Who of those concerned was not told and why; none = all were.
    pub exceptions: Option<String>,
    /// The text, as it went.
    pub document: Option<Digest>,
}

coded! {
    /// A question on which reporting to authorities hangs.
    Question {
        /// Is a serious adverse event or death known that is linked to it?
        HarmKnown = "harm_known", "A serious adverse event or death is linked to it";
        /// Do the interim controls add more risk than it?
        ControlsAddRisk = "controls_add_risk", "The controls add more risk than the vulnerability";
        /// Is the residual risk acceptable with the fix?
        ResidualAcceptable = "residual_acceptable", "The residual risk is acceptable with the fix";
        /// Is the maker an active member of an ISAO for medical devices?
        IsaoMember = "isao_member", "The maker is an active member of an ISAO";
        /// Is the product safety-critical?
        SafetyCritical = "safety_critical", "The product is safety-critical";
        /// Is it exploited, or was a patient harmed, on a device of the maker?
        SeverityOne = "severity_one", "Exploited or harm observed on a device of the maker";
    }
}

/// A question was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// Which.
    pub question: Question,
    /// The answer.
    pub yes: bool,
    /// Since when it is so, where that matters; none = since it was recorded.
    pub since: Option<Instant>,
    /// On what it rests.
    pub statement: String,
}

/// Something happened that a clock waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happened {
    /// The fact of the book of rules: `correction_initiated`.
    pub what: String,
    /// When.
    pub at: Instant,
    /// In words.
    pub statement: String,
}

coded! {
    /// What is linked.
    LinkKind {
        /// The risk management file (ISO 14971).
        RiskFile = "risk_file", "Risk file";
        /// A threat model.
        ThreatModel = "threat_model", "Threat model";
        /// A change request.
        ChangeRequest = "change_request", "Change request";
        /// A ticket.
        Tracker = "tracker", "Tracker";
        /// A complaint.
        Complaint = "complaint", "Complaint";
        /// A corrective and preventive action.
        Capa = "capa", "CAPA";
        /// A report to an authority.
        Report = "report", "Report to an authority";
    }
}

/// Something elsewhere belongs to the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linked {
    /// What it is.
    pub kind: LinkKind,
    /// Its identifier there.
    pub label: String,
    /// Its address.
    pub url: Option<String>,
}

/// Somebody stands for something that the product cannot see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attested {
    /// The condition of the workflow.
    pub guard: String,
    /// What was done or found.
    pub statement: String,
    /// Where the record of it is.
    pub url: Option<String>,
    /// The record itself.
    pub attachment: Option<Digest>,
    /// What it is called, where it was sent as a file; absent in the facts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<AttachedFile>,
}

coded! {
    /// Why a report is rejected.
    Rejection {
        /// It cannot be reproduced.
        NotReproducible = "not_reproducible", "Not reproducible";
        /// It is no vulnerability.
        NoVulnerability = "no_vulnerability", "No vulnerability";
        /// It is about no product of the maker.
        NotOurs = "not_ours", "Not about our products";
        /// It is outside of what the policy covers.
        OutOfScope = "out_of_scope", "Outside of the policy";
    }
}

/// A way that a case ends without a remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Another case is about it.
    Duplicate(CaseId),
    /// It is nothing.
    Rejected(Rejection),
    /// Somebody else must deal with it: who, and whether they took it over.
    Transferred {
        /// To whom.
        to: String,
        /// Whether they took it over; if not, the attempts stand in the reason.
        accepted: bool,
    },
}

coded! {
    /// Why a case that ended goes on.
    Reopening {
        /// A new exploit.
        NewExploit = "new_exploit", "New exploit";
        /// Another version is affected.
        NewVersion = "new_version", "New affected version";
        /// The fix does not work.
        FailedFix = "failed_fix", "Failed fix";
        /// The device is used otherwise.
        ChangedUse = "changed_use", "Changed use";
        /// SBOM, range or justification changed.
        ChangedPremise = "changed_premise", "SBOM, range or justification changed";
        /// New information.
        NewInformation = "new_information", "New information";
    }
}

/// Who may know of a case before it is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embargo {
    /// The day it ends; none = not agreed yet.
    pub until: Option<Date>,
    /// Who needs to know, beside the owner.
    pub people: BTreeSet<PersonId>,
}

/// Something that was recorded about a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Who drives it.
    Owner(PersonId),
    /// Whether a patient came to harm, with the complaint record.
    HarmScreened(HarmScreen, Option<String>),
    /// The product families that could be concerned.
    Families(Sight),
    /// The weakness or component at the root, and on what it is credible.
    Weakness(String),
    /// On what it is credible: reproduced, or a credible source.
    Credible(String),
    /// The value of versions.
    Applicability(Applicability),
    /// The exposure of versions in one environment.
    Exposed(Exposed),
    /// Exploiting it.
    Exploited(Exploited),
    /// SSVC.
    Selected(Selected),
    /// Harm on versions.
    Harmed(Harmed),
    /// The controls that are there already.
    Controls(String),
    /// An analyst's own view.
    Rated(Rated),
    /// The assessment of the first version holds for the second too.
    Carried(VersionId, VersionId),
    /// A mitigation.
    Described(Described),
    /// The plan.
    Planned(Planned),
    /// A control at a site.
    Controlled(Controlled),
    /// The change is made.
    Changed(Changed),
    /// A test.
    Tested(Tested),
    /// The reporter was told.
    ReporterTold(ReporterTold),
    /// Customers were told.
    CustomersTold(CustomersTold),
    /// A question of reporting.
    Answered(Answered),
    /// A date that clocks wait for.
    Happened(Happened),
    /// A link.
    Linked(Linked),
    /// A condition that somebody stands for.
    Attested(Attested),
    /// A condition is left out for now, in an emergency.
    Skipped(String),
    /// The case ends without a remedy.
    Ended(End),
    /// A second person agrees to the end.
    Seconded,
    /// The case goes on.
    Reopened(Reopening),
    /// Who may know; none = everybody whose role lets them.
    Embargo(Option<Embargo>),
    /// A remark.
    Noted(String),
}
