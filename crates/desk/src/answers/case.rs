//! Cases, as they are read.

use super::AdvisoryRow;
use super::{CaseRules, FamilyRef};
use aftercare_vocab::{
    digest::Digest,
    id::{CaseId, DecisionId, MitigationId, PersonId, ProductId, SignalId, SiteId, VersionId},
    instant::Instant,
};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// A clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClockRow {
    /// The rule's code name: `fda_communicate_30d`.
    pub rule: String,
    /// `US`, `EU`, `programme`.
    pub jurisdiction: String,
    /// `statutory`, `guidance`, `programme`, `policy`.
    pub kind: String,
    /// What is to be done.
    pub action: String,
    /// Clause or document.
    pub text_ref: String,
    /// When it started.
    #[schema(value_type = String)]
    pub start: Instant,
    /// The last instant in time; none = no count of days is given.
    #[schema(value_type = Option<String>)]
    pub due: Option<Instant>,
    /// `running`, `open`, `met`, `missed`, `met_late`, `undetermined`.
    pub state: String,
    /// How much of the time has run, of a running clock.
    pub percent: Option<u8>,
    /// Whether it is sure that the rule applies.
    pub certain: bool,
    /// The edition of the clocks that it runs by: the one that held when it started.
    pub edition: u64,
    /// Who is told by now: `owner`, `product_security_lead`, `executive`.
    pub escalated_to: Option<String>,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseRow {
    /// The case.
    #[schema(value_type = String)]
    pub id: CaseId,
    /// The number that people say: `PMC-2026-0042`.
    pub number: String,
    /// In one line.
    pub title: String,
    /// Identifiers of the vulnerability.
    pub vulnerabilities: Vec<String>,
    /// The stage's code name.
    pub stage: String,
    /// The stage on screen.
    pub stage_title: String,
    /// Whether nothing more is to be done.
    pub ended: bool,
    /// `controlled`, `uncontrolled`, `undetermined`.
    pub outcome: String,
    /// `defer`, `scheduled`, `out_of_cycle`, `immediate`; none = open.
    pub priority: Option<String>,
    /// Its owner's name.
    pub owner: Option<String>,
    /// When the first employee became aware.
    #[schema(value_type = Option<String>)]
    pub aware_at: Option<Instant>,
    /// When it was opened.
    #[schema(value_type = String)]
    pub opened_at: Instant,
    /// Product versions that it could concern.
    pub versions: u64,
    /// Of those, said to be affected.
    pub affected: u64,
    /// What is to be done for the next stage.
    pub todos: u64,
    /// Whether some of it is for whoever asks.
    pub waits_for_you: bool,
    /// The clock that is due next.
    pub next_clock: Option<ClockRow>,
    /// Whether it is under embargo.
    pub embargo: bool,
}

/// Something that was said, with who said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SaidRow {
    /// What, on screen.
    pub text: String,
    /// Details: name and value.
    pub details: Vec<(String, String)>,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Who.
    pub by: String,
    /// In which role.
    pub role: String,
    /// Its entry.
    pub entry: u64,
    /// A file that stands beside it.
    pub attachment: Option<AttachmentRow>,
}

/// A file beside a fact. Its bytes are given out at `/api/v1/cases/{case}/attachments/{digest}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttachmentRow {
    /// The digest of its bytes.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// Its name; none = only its digest was recorded.
    pub name: Option<String>,
    /// Its media type, as whoever sent it said.
    pub media_type: Option<String>,
    /// How many bytes it has.
    pub size: Option<u64>,
}

/// What is known of exploiting it, value by value: what a form begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExploitedRow {
    /// The CVSS vector.
    pub vector: Option<String>,
    /// Whether it is listed in KEV; none = not looked for.
    pub in_kev: Option<bool>,
    /// `active`, `public`, `proof_of_concept`, `none_found`; none = not looked for.
    pub exploit: Option<String>,
    /// The newest EPSS that was recorded.
    pub epss: Option<EpssRow>,
    /// The class that holds instead of the computed one.
    pub instead: Option<String>,
    /// Reasons.
    pub reasons: String,
    /// The interview that the vector follows from.
    pub interview: Option<InterviewRow>,
}

/// A score of EPSS, in ten-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct EpssRow {
    /// Probability of exploitation activity in the next 30 days.
    pub probability: u16,
    /// Share of scored vulnerabilities at or below it.
    pub percentile: Option<u16>,
}

impl fmt::Display for EpssRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", percent(self.probability))?;
        self.percentile.map_or(Ok(()), |rank| write!(f, ", percentile {}", percent(rank)))
    }
}

/// `94.36` from ten-thousandths.
pub fn percent(ten_thousandths: u16) -> String {
    format!("{}.{:02}", ten_thousandths / 100, ten_thousandths % 100)
}

/// The answers to the questions of a rubric. What is not answered is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InterviewRow {
    /// The rubric with its version.
    pub rubric: String,
    /// The answers in the order of the interview: `XAVN:yes/XAVT:no`.
    pub answers: String,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TodoRow {
    /// The condition's code name.
    pub guard: String,
    /// What must hold.
    pub says: String,
    /// What is missing.
    pub missing: String,
    /// To which stage it leads, on screen.
    pub leads_to: String,
    /// The roles whose work it is.
    pub roles: Vec<String>,
    /// Whether it is for whoever asks.
    pub yours: bool,
    /// Whether somebody stands for it by a statement.
    pub attested: bool,
    /// It was left out in an emergency and is due then.
    #[schema(value_type = Option<String>)]
    pub due: Option<Instant>,
    /// Whether that has passed.
    pub overdue: bool,
}

/// A stage on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StageRow {
    /// Its code name.
    pub code: String,
    /// On screen.
    pub title: String,
    /// `done`, `now`, `ahead`.
    pub state: String,
}

/// A signal that belongs to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseSignal {
    /// The signal.
    #[schema(value_type = String)]
    pub id: SignalId,
    /// In one line.
    pub title: String,
    /// What it is, on screen.
    pub kind: String,
    /// When it came.
    #[schema(value_type = String)]
    pub received_at: Instant,
}

/// An environment of use from which a version can be attacked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExposureRow {
    /// The environment.
    pub environment: String,
    /// From where at most.
    pub from: String,
    /// Interfaces, privileges, measures, evidence: name and value.
    pub details: Vec<(String, String)>,
    /// Whether the code can be reached; none = not known.
    pub reachable: Option<bool>,
}

/// A product version in a case: the four questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseVersion {
    /// The version.
    #[schema(value_type = String)]
    pub id: VersionId,
    /// Its product.
    #[schema(value_type = String)]
    pub product: ProductId,
    /// What people call it.
    pub label: String,
    /// Whether updates are promised today.
    pub supported: bool,
    /// Units known to be in use.
    pub units: u64,
    /// What the record's findings say: `affected`, `undetermined`, `nothing`, `not_covered`, `unknown`.
    pub found: String,
    /// The components that were found.
    pub components: Vec<String>,
    /// `affected`, `not_affected`, `under_investigation`; none = nobody said.
    pub applies: Option<String>,
    /// The justification, of one that is not affected.
    pub justification: Option<String>,
    /// The evidence of that value.
    pub evidence: Option<String>,
    /// The version whose assessment holds here too.
    pub carried_from: Option<String>,
    /// From where it can be attacked.
    pub exposures: Vec<ExposureRow>,
    /// The class of exploitability that holds; none = open.
    pub exploitability: Option<String>,
    /// What the computed proposal is, at least.
    pub proposed: String,
    /// What the proposal rests on.
    pub reasons: Vec<String>,
    /// What is missing for it.
    pub missing: Vec<String>,
    /// Severity of harm; none = not assessed.
    pub severity: Option<String>,
    /// Whether safety or essential performance are touched.
    pub essential_performance: Option<bool>,
    /// The clinical reasoning.
    pub reasoning: Option<String>,
    /// Hazards that the assessment names.
    pub hazards: Vec<CaseHazard>,
    /// The edition of the product's risk file in force; none = the record has none, and what the assessment names is
    /// compared with nothing.
    pub risk_file: Option<u64>,
    /// Whether what was said of harm does not hold any more: the risk file says something else of the hazards.
    pub harm_lapsed: bool,
    /// Environments of use that are stated for the product.
    pub environments: Vec<String>,
    /// Those of them in which nobody said from where it can be attacked.
    pub environments_open: Vec<String>,
    /// Days of the product's regular cycle of updates; none = not stated.
    pub cycle_days: Option<u32>,
    /// What the matrix says.
    pub computed: String,
    /// Whether the cell lies at the boundary, so that a written rationale is needed.
    pub needs_rationale: bool,
    /// What it says with the chosen mitigations; none = not assessed.
    pub with_mitigations: Option<String>,
    /// What is decided and counts: `controlled`, `uncontrolled`.
    pub decided: Option<String>,
    /// What becomes of it.
    pub disposition: String,
    /// On screen.
    pub disposition_title: String,
    /// How many analysts rated it by themselves, and whether they agree; none = fewer than two.
    pub analysts: u64,
    /// See `analysts`.
    pub agree: Option<bool>,
    /// What each of them said, for whoever has rated it too; others see none, so that nobody is led.
    pub ratings: Vec<RatingRow>,
}

/// A hazard that an assessment of harm names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseHazard {
    /// Its identifier in the risk file.
    pub id: String,
    /// What the risk file calls it: its situation, else its hazard; none = it does not say, or there is no file.
    pub words: Option<String>,
    /// Its severity there; none = unknown.
    pub severity: Option<String>,
}

/// How one analyst rated a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RatingRow {
    /// Who.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// `low`, `medium`, `high`.
    pub exploitability: String,
    /// `negligible` to `catastrophic`.
    pub severity: String,
}

/// A mitigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MitigationRow {
    /// The mitigation.
    #[schema(value_type = String)]
    pub id: MitigationId,
    /// In one line.
    pub title: String,
    /// What it is, on screen.
    pub kind: String,
    /// Whether it acts outside of the device.
    pub external: bool,
    /// Whether the plan chose it.
    pub chosen: bool,
    /// Everything else that was said.
    pub said: SaidRow,
    /// Sites: name, state on screen, words.
    pub sites: Vec<ControlRow>,
}

/// A compensating control at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ControlRow {
    /// The site.
    #[schema(value_type = String)]
    pub site: SiteId,
    /// Its name.
    pub name: String,
    /// `asked`, `applied`, `declined`.
    pub state: String,
    /// In words.
    pub statement: String,
    /// Since when.
    #[schema(value_type = String)]
    pub at: Instant,
}

/// A decision about a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseDecision {
    /// The decision.
    #[schema(value_type = String)]
    pub id: DecisionId,
    /// Its kind's code name.
    pub kind: String,
    /// On screen.
    pub kind_title: String,
    /// In one line.
    pub title: String,
    /// What is decided, on screen.
    pub answer: Option<String>,
    /// The versions it is about.
    pub versions: Vec<String>,
    /// `open`, `taken`, `ended`, `lapsed`.
    pub state: String,
    /// Why it lapsed.
    pub lapsed: Option<String>,
    /// When it was proposed.
    #[schema(value_type = String)]
    pub proposed_at: Instant,
    /// When it was taken.
    #[schema(value_type = Option<String>)]
    pub taken_at: Option<Instant>,
}

/// A condition of enforcement discretion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConditionRow {
    /// On screen.
    pub title: String,
    /// `met`, `not_met`, `unknown`.
    pub standing: String,
    /// Why.
    pub reasons: Vec<String>,
    /// The last instant in time.
    #[schema(value_type = Option<String>)]
    pub due: Option<Instant>,
}

/// What is reported to authorities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Regulatory {
    /// The four conditions, while the risk is uncontrolled.
    pub conditions: Vec<ConditionRow>,
    /// `due`, `not_due`, `unknown`: 21 CFR 806.
    pub part_806: String,
    /// 21 CFR 803.
    pub part_803: String,
    /// Why.
    pub reasons: Vec<String>,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvidenceRow {
    /// Its code name.
    pub code: String,
    /// On screen.
    pub title: String,
    /// Whether it is there.
    pub there: bool,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimelineRow {
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// What, in a sentence.
    pub what: String,
    /// The words that were recorded with it.
    pub words: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Its entry.
    pub entry: u64,
}

/// Somebody who can own a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnerChoice {
    /// The person.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Their name.
    pub name: String,
}

/// One case whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseSheet {
    /// As in lists.
    pub row: CaseRow,
    /// The version of it that a change is compared with.
    pub entity_version: u64,
    /// Identifier and version of the workflow.
    pub workflow: String,
    /// By which editions of the programme's rules it goes.
    pub rules: Vec<CaseRules>,
    /// The families it could concern; none = all, or not known yet.
    pub families: Vec<FamilyRef>,
    /// Whether it is about all families.
    pub all_families: bool,
    /// The way, with where it stands.
    pub way: Vec<StageRow>,
    /// What is to be done.
    pub todos: Vec<TodoRow>,
    /// Its signals.
    pub signals: Vec<CaseSignal>,
    /// Product versions.
    pub versions: Vec<CaseVersion>,
    /// Facts about the case as a whole: name on screen and what was said.
    pub said: Vec<(String, SaidRow)>,
    /// What is known of exploiting it.
    pub exploited: Option<ExploitedRow>,
    /// Mitigations.
    pub mitigations: Vec<MitigationRow>,
    /// Decisions.
    pub decisions: Vec<CaseDecision>,
    /// Tests, the newest last.
    pub tests: Vec<SaidRow>,
    /// What reporter and customers were told.
    pub communication: Vec<SaidRow>,
    /// Links.
    pub links: Vec<SaidRow>,
    /// Conditions that somebody stands for.
    pub attested: Vec<SaidRow>,
    /// Every file that was recorded beside a fact, the oldest first: also of facts that were said anew since.
    pub attachments: Vec<SaidRow>,
    /// Clocks, the next due first.
    pub clocks: Vec<ClockRow>,
    /// Advisories, the oldest first.
    pub advisories: Vec<AdvisoryRow>,
    /// Reporting to authorities.
    pub regulatory: Regulatory,
    /// What a closed case must hold.
    pub evidence: Vec<EvidenceRow>,
    /// Everything that was recorded, the newest first.
    pub timeline: Vec<TimelineRow>,
    /// The kinds of facts that whoever asks may record.
    pub may_record: Vec<String>,
    /// Who can own it.
    pub owners: Vec<OwnerChoice>,
}

/// A clock with its case, on the wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WallRow {
    /// The case.
    #[schema(value_type = String)]
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its stage on screen.
    pub stage_title: String,
    /// Its owner's name.
    pub owner: Option<String>,
    /// The clock.
    pub clock: ClockRow,
}
