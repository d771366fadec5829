//! What an uncontrolled risk obliges to: the enforcement discretion of FDA on 21 CFR 806 with its four
//! conditions, and whether reports under parts 806 and 803 are due.
//!
//! Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 December 2016), section
//! VII. The conditions are live: each is looked at again at every instant, and one that is not met by
//! its day is lost for good, whatever happens later. What nobody has recorded is unknown, not met.

use crate::{
    clock::{Calendar, CalendarDays, Span, Zone},
    harm::Outcome,
    refusal::Refusal,
};
use aftercare_vocab::instant::Instant;
use serde::{Deserialize, Serialize};

/// Days from becoming aware until customers are told, controls named and a plan is made.
const TELL: Span = Span::CalendarDays(CalendarDays(30));
/// Days from becoming aware until the fix is out.
const FIX: Span = Span::CalendarDays(CalendarDays(60));

/// One of the four conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// No serious adverse event or death is known to be linked to the vulnerability.
    NoHarmKnown,
    /// Within 30 days: customers told, interim controls named, plan made, no risk added.
    ToldIn30Days,
    /// Within 60 days: fixed, validated and distributed, residual risk acceptable.
    FixedIn60Days,
    /// Active member of an ISAO, which got what customers were told.
    ActiveInIsao,
}

/// How a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It holds.
    Met,
    /// It does not hold and cannot any more.
    NotMet,
    /// Something is not recorded, or still to be done in time.
    Unknown,
}

/// A condition, how it stands, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The condition.
    pub condition: Condition,
    /// How it stands.
    pub standing: Standing,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
    /// The last instant in time, where days are counted.
    pub due: Option<Instant>,
}

/// Part of what customers must be told at least (section VII.B).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticePart {
    /// The vulnerability and its impact, as understood now.
    Description,
    /// That work is under way to address the risk of patient harm.
    WorkUnderWay,
    /// Compensating controls, or that there are none.
    Controls,
    /// That a fix will come and that its availability will be told.
    FixToCome,
}

/// A notice to customers and users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// When it was sent.
    pub at: Instant,
    /// The parts it has.
    pub parts: Vec<NoticePart>,
}

const PARTS: [(NoticePart, &str); 4] = [
    (NoticePart::Description, "the vulnerability and its impact"),
    (NoticePart::WorkUnderWay, "that work is under way"),
    (NoticePart::Controls, "compensating controls"),
    (NoticePart::FixToCome, "that a fix will come"),
];

impl Notice {
    fn lacks(&self) -> Vec<&'static str> {
        PARTS.iter().filter(|(part, _)| !self.parts.contains(part)).map(|(_, said)| *said).collect()
    }
}

/// Membership in an information sharing and analysis organisation for medical devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Membership {
    /// Never a member.
    None,
    /// Active from then on.
    Since(Instant),
    /// Active until then.
    Until(Instant),
}

/// What is recorded; none = nothing is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whether a serious adverse event or death is known to be linked to the vulnerability.
    pub harm_known: Option<bool>,
    /// The first whole notice to customers, else the last one that lacked something.
    pub notice: Option<Notice>,
    /// When interim compensating controls were named.
    pub controls_named: Option<Instant>,
    /// When the plan of remediation was made, with the reason of its timeline.
    pub plan_made: Option<Instant>,
    /// Whether the controls add more risk than the vulnerability.
    pub controls_add_risk: Option<bool>,
    /// When the change was validated.
    pub fix_validated: Option<Instant>,
    /// When the fix, or a compensating control for good, was out.
    pub fix_distributed: Option<Instant>,
    /// Whether the residual risk is acceptable with it.
    pub residual_acceptable: Option<bool>,
    /// Membership in an ISAO.
    pub isao: Option<Membership>,
    /// When the ISAO got what customers were told.
    pub isao_told: Option<Instant>,
}

/// The four conditions at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discretion {
    /// Each, in the order of the guidance.
    pub conditions: [Judged; 4],
}

impl Discretion {
    /// Met when all are, not met as soon as one is not, else unknown.
    pub fn standing(&self) -> Standing {
        let has = |standing| self.conditions.iter().any(|judged| judged.standing == standing);
        match (has(Standing::NotMet), has(Standing::Unknown)) {
            (true, _) => Standing::NotMet,
            (false, true) => Standing::Unknown,
            (false, false) => Standing::Met,
        }
    }
}

/// Judges the conditions for a vulnerability that somebody became aware of at `aware`, as they stand at
/// `at`. Refused where days cannot be counted from there.
pub fn discretion(
    facts: &Facts,
    aware: Instant,
    at: Instant,
    zone: &Zone,
) -> Result<Discretion, Refusal> {
    // calendar days ask no calendar; any does
    let calendar = Calendar::named("us-federal")?;
    let tell = TELL.end(aware, zone, calendar)?;
    let fix = FIX.end(aware, zone, calendar)?;
    Ok(Discretion {
        conditions: [
            no_harm(facts),
            told(facts, tell, at),
            fixed(facts, fix, at),
            in_isao(facts, tell, at),
        ],
    })
}

/// Gathers what speaks for and against a condition until a due instant.
struct Bench {
    condition: Condition,
    due: Option<Instant>,
    at: Instant,
    standing: Standing,
    reasons: Vec<String>,
}

impl Bench {
    const fn new(condition: Condition, due: Option<Instant>, at: Instant) -> Self {
        Self { condition, due, at, standing: Standing::Met, reasons: Vec::new() }
    }

    fn say(&mut self, standing: Standing, reason: String) {
        let weight = |standing| match standing {
            Standing::Met => 0,
            Standing::Unknown => 1,
            Standing::NotMet => 2,
        };
        if weight(standing) > weight(self.standing) {
            self.standing = standing;
        }
        self.reasons.push(reason);
    }

    /// Something that must have happened by the due instant.
    fn by_then(&mut self, what: &str, when: Option<Instant>) {
        let Some(due) = self.due else { return };
        match when.filter(|when| *when <= self.at) {
            Some(when) if when <= due => {
                self.say(Standing::Met, format!("{what} on {}.", when.shown()));
            }
            Some(when) => self.say(
                Standing::NotMet,
                format!("{what} on {}, after {}.", when.shown(), due.shown()),
            ),
            None => self.open(&format!("{what}: not recorded")),
        }
    }

    /// Something not known: there is time until the due instant, then it is lost.
    fn open(&mut self, what: &str) {
        match self.due {
            Some(due) if self.at > due => {
                self.say(Standing::NotMet, format!("{what} by {}.", due.shown()));
            }
            Some(due) => {
                self.say(
                    Standing::Unknown,
                    format!("{what}; there is time until {}.", due.shown()),
                );
            }
            None => self.say(Standing::Unknown, format!("{what}.")),
        }
    }

    fn judged(self) -> Judged {
        let Self { condition, due, standing, reasons, .. } = self;
        Judged { condition, standing, reasons, due }
    }
}

fn no_harm(facts: &Facts) -> Judged {
    let mut bench = Bench::new(Condition::NoHarmKnown, None, Instant::default());
    match facts.harm_known {
        Some(false) => bench.say(
            Standing::Met,
            "No serious adverse event or death is known to be linked to it.".to_owned(),
        ),
        Some(true) => bench
            .say(Standing::NotMet, "A serious adverse event or death is linked to it.".to_owned()),
        None => bench.open("Whether harm has come of it is not recorded"),
    }
    bench.judged()
}

fn told(facts: &Facts, due: Instant, at: Instant) -> Judged {
    let mut bench = Bench::new(Condition::ToldIn30Days, Some(due), at);
    match facts.notice.as_ref().filter(|notice| notice.at <= at) {
        Some(notice) if !notice.lacks().is_empty() => {
            bench.open(&format!("The notice to customers lacks {}", notice.lacks().join(", ")));
        }
        notice => bench.by_then("Customers and users told", notice.map(|notice| notice.at)),
    }
    bench.by_then("Interim compensating controls named", facts.controls_named);
    bench.by_then("Plan of remediation made", facts.plan_made);
    match facts.controls_add_risk {
        Some(false) => bench.say(Standing::Met, "The controls add no more risk.".to_owned()),
        Some(true) => bench
            .say(Standing::NotMet, "The controls add more risk than the vulnerability.".to_owned()),
        None => bench.open("Whether the controls add risk is not recorded"),
    }
    bench.judged()
}

fn fixed(facts: &Facts, due: Instant, at: Instant) -> Judged {
    let mut bench = Bench::new(Condition::FixedIn60Days, Some(due), at);
    bench.by_then("Change validated", facts.fix_validated);
    bench.by_then("Fix distributed", facts.fix_distributed);
    match facts.residual_acceptable {
        Some(true) => bench.say(Standing::Met, "The residual risk is acceptable.".to_owned()),
        // another fix may come in time
        Some(false) => bench.open("The residual risk is not acceptable"),
        None => bench.open("Whether the residual risk is acceptable is not recorded"),
    }
    bench.judged()
}

fn in_isao(facts: &Facts, due: Instant, at: Instant) -> Judged {
    let mut bench = Bench::new(Condition::ActiveInIsao, Some(due), at);
    match facts.isao {
        Some(Membership::Since(since)) => bench.by_then("Active member of an ISAO", Some(since)),
        Some(Membership::Until(until)) if until > at => {
            bench.say(Standing::Met, format!("Active member of an ISAO until {}.", until.shown()));
        }
        Some(Membership::Until(until)) => bench.say(
            Standing::NotMet,
            format!("The membership in an ISAO ended on {}.", until.shown()),
        ),
        Some(Membership::None) => {
            bench.say(Standing::NotMet, "Not a member of an ISAO.".to_owned());
        }
        None => bench.open("Membership in an ISAO is not recorded"),
    }
    bench.by_then("ISAO given what customers were told", facts.isao_told);
    bench.judged()
}

/// Whether something is to be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Report {
    /// It is.
    Due,
    /// It is not; the reason is kept.
    NotDue,
    /// Something is missing to say so, or may still be done in time.
    Unknown,
}

/// Reports under 21 CFR 806 and 803, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reports {
    /// Correction or removal (806.10).
    pub part_806: Report,
    /// Medical device report (803.50).
    pub part_803: Report,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
}

/// Which reports are due. `event` is whether the device may have caused or contributed to a death or
/// serious injury, or malfunctioned so that it could on recurrence; `discretion` is judged where the
/// risk is uncontrolled.
pub fn reports(outcome: Outcome, discretion: Option<&Discretion>, event: Option<bool>) -> Reports {
    let (part_806, why) = match (outcome, discretion.map(Discretion::standing)) {
        (Outcome::Controlled, _) => (
            Report::NotDue,
            "The risk is controlled: a change is an enhancement; keep the record of 806.20.",
        ),
        (Outcome::Undetermined, _) => {
            (Report::Unknown, "The risk is undetermined: nothing says that no report is due.")
        }
        (Outcome::Uncontrolled, Some(Standing::Met)) => {
            (Report::NotDue, "All four conditions of enforcement discretion are met.")
        }
        (Outcome::Uncontrolled, Some(Standing::NotMet)) => {
            (Report::Due, "A condition of enforcement discretion is not met.")
        }
        (Outcome::Uncontrolled, Some(Standing::Unknown) | None) => {
            (Report::Unknown, "Enforcement discretion is open: a condition is not met yet.")
        }
    };
    let (part_803, because) = match event {
        Some(true) => (Report::Due, "A reportable event is recorded."),
        Some(false) => (Report::NotDue, "No reportable event is known."),
        None => (Report::Unknown, "Whether there was a reportable event is not recorded."),
    };
    Reports { part_806, part_803, reasons: vec![why.to_owned(), because.to_owned()] }
}
