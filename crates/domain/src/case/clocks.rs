//! The clocks of a case: which rules run on its facts, and how they stand. All of it follows from the
//! entries; no clock is set, paused or stopped by hand.

use super::{Case, Fact, Priority, Question, Surroundings, Told, state::gravest};
use crate::{
    clock::{Clock, Escalation, Rule, RuleBook, State},
    harm::Outcome,
    refusal::Refusal,
    reporting::{Discretion, Facts, Membership, Notice, NoticePart, Reports, discretion, reports},
    rights::DecisionKind,
    rules::{Edition, Editions},
    signal::HarmScreen,
};
use aftercare_vocab::instant::Instant;

/// A clock that has started.
#[derive(Debug, Clone, PartialEq)]
pub struct Running<'a> {
    /// Its rule.
    pub rule: &'a Rule,
    /// The edition of the clocks that it runs by: the one that held when it started.
    pub edition: &'a Edition<RuleBook>,
    /// When it started.
    pub start: Instant,
    /// How it stands.
    pub state: State,
    /// Whether it is sure that the rule applies; while the risk is undetermined, rules for uncontrolled
    /// risks run as a warning.
    pub certain: bool,
}

impl<'a> Running<'a> {
    /// When each escalation is reached, and to whom it goes; none where no time is counted.
    pub fn escalations(
        &self,
        around: &Surroundings,
    ) -> Result<Vec<(&'a Escalation, Instant)>, Refusal> {
        let (start, zone, calendar) = (Some(self.start), &around.zone, around.calendar);
        Clock { rule: self.rule, start, met: None, zone, calendar }
            .escalations(&self.edition.rules.escalations)
    }

    /// The gravest escalation that is reached at an instant, while somebody must still do something.
    pub fn escalated(&self, around: &Surroundings, at: Instant) -> Option<&'a Escalation> {
        let mut reached =
            self.escalations(around).ok()?.into_iter().filter(|(_, when)| *when <= at);
        reached.next_back().map(|(step, _)| step).filter(|_| self.is_open())
    }

    /// The last instant in time, where one is counted.
    pub const fn due(&self) -> Option<Instant> {
        match &self.state {
            State::Running { due, .. } | State::Missed { due, .. } => Some(*due),
            State::Met { due, .. } => *due,
            _ => None,
        }
    }

    /// Whether somebody must still do something.
    pub const fn is_open(&self) -> bool {
        matches!(
            &self.state,
            State::Running { .. }
                | State::Open(_)
                | State::Undetermined(_)
                | State::Missed { met_late: None, .. }
        )
    }
}

/// The moments of a case that have names of their own in the book of rules.
pub const fn moments() -> &'static [&'static str] {
    &[
        "aware",
        "report_received",
        "signal_received",
        "acknowledged",
        "triage_done",
        "determined",
        "customers_informed",
        "guidance_given",
        "unacceptable_known",
        "critical_known",
        "severity_1_aware",
        "reporter_told",
        "guard_skipped",
        "guard_made_good",
    ]
}

impl Case {
    /// When something named in the book of rules happened; none = it did not, or nobody recorded it. Each is
    /// the first time, and later entries do not move it.
    pub fn moment_of(&self, what: &str) -> Option<Instant> {
        let taken = |kind| {
            self.decisions
                .values()
                .filter(|one| one.kind == kind)
                .filter_map(|one| one.taken_at)
                .min()
        };
        match what {
            "aware" => self.aware_at,
            "report_received" | "signal_received" => self.received_at,
            "acknowledged" => {
                let told =
                    self.reporter_told.iter().find(|one| one.value.told == Told::Acknowledged);
                told.map(|one| one.at)
            }
            "triage_done" => {
                let first = |what: &str| self.firsts.get(what).copied();
                // That no version is affected is decided without looking through variants.
                let looked = [first("variants_checked"), taken(DecisionKind::NotAffected)];
                Some(first("applicability")?.max(looked.into_iter().flatten().min()?))
            }
            "determined" => taken(DecisionKind::Controlled).or(taken(DecisionKind::NotAffected)),
            "customers_informed" => self.whole_notice().map(|one| one.at),
            "guidance_given" => {
                self.customers_told.iter().find(|one| one.value.consignees > 0).map(|one| one.at)
            }
            "severity_1_aware" => {
                let said = self.answered.get(&Question::SeverityOne).map(|one| one.value.yes);
                self.severity_one_since.filter(|_| said == Some(true))
            }
            _ => self
                .happened
                .iter()
                .filter(|one| one.value.what == what)
                .map(|one| one.value.at)
                .min(),
        }
    }

    /// The first notice to somebody with the four parts that customers must be told at least.
    fn whole_notice(&self) -> Option<&super::Said<super::CustomersTold>> {
        let whole = [
            NoticePart::Description,
            NoticePart::WorkUnderWay,
            NoticePart::Controls,
            NoticePart::FixToCome,
        ];
        self.customers_told.iter().find(|one| {
            one.value.consignees > 0 && whole.iter().all(|part| one.value.parts.contains(part))
        })
    }

    /// What the enforcement discretion of 21 CFR 806 is judged by.
    pub fn reporting_facts(&self) -> Facts {
        let yes = |question| self.answered.get(&question).map(|one| one.value.yes);
        let notice = self
            .whole_notice()
            .or(self.customers_told.last())
            .map(|one| Notice { at: one.at, parts: one.value.parts.iter().copied().collect() });
        Facts {
            harm_known: yes(Question::HarmKnown),
            notice,
            controls_named: self.firsts.get("planned").copied(),
            plan_made: self.firsts.get("planned").copied(),
            controls_add_risk: yes(Question::ControlsAddRisk),
            fix_validated: self.moment_of("fix_validated"),
            fix_distributed: self.moment_of("fix_distributed"),
            residual_acceptable: yes(Question::ResidualAcceptable),
            isao: self.answered.get(&Question::IsaoMember).map(|one| {
                if one.value.yes {
                    Membership::Since(one.value.since.unwrap_or(one.at))
                } else {
                    Membership::None
                }
            }),
            isao_told: self.moment_of("isao_told"),
        }
    }

    /// The four conditions at an instant; none = the risk is controlled, or nobody is aware.
    pub fn discretion(
        &self,
        around: &Surroundings,
        at: Instant,
    ) -> Result<Option<Discretion>, Refusal> {
        match (self.outcome(around, at), self.aware_at) {
            (Outcome::Uncontrolled, Some(aware)) => {
                discretion(&self.reporting_facts(), aware, at, &around.zone).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Whether the device may have caused or contributed to a death or serious injury, as far as was
    /// recorded: an event that is reported, the answer to the question, or the screen for harm, of which only
    /// a plain no answers it.
    fn mdr_event(&self) -> Option<bool> {
        if self.moment_of("mdr_event_aware").is_some() {
            return Some(true);
        }
        let answered = self.answered.get(&Question::HarmKnown).map(|one| one.value.yes);
        let screened = gravest([self.harm.as_ref().map(|one| one.value.0), self.harm_told]);
        answered.or((screened == Some(HarmScreen::No)).then_some(false))
    }

    /// Which reports to FDA are due, and why.
    pub fn reports(&self, around: &Surroundings, at: Instant) -> Result<Reports, Refusal> {
        let discretion = self.discretion(around, at)?;
        Ok(reports(self.outcome(around, at), discretion.as_ref(), self.mdr_event()))
    }

    /// Keeps when each kind of thing was recorded for the first time.
    pub(super) fn keep_first(&mut self, fact: &Fact, at: Instant) {
        let what = match fact {
            Fact::Attested(one) => one.guard.clone(),
            other => other.code().to_owned(),
        };
        self.firsts.entry(what).or_insert(at);
    }
}

/// Every clock of a case that has started, the next due first. Each runs by the edition of the rules that held
/// when it started, so that none that runs is moved by another edition.
pub fn clocks<'a>(case: &Case, around: &'a Surroundings, at: Instant) -> Vec<Running<'a>> {
    clocks_by(&around.programme.clocks, case, around, at)
}

/// The same by other editions than those in force.
pub fn clocks_by<'a>(
    editions: &'a Editions<RuleBook>,
    case: &Case,
    around: &Surroundings,
    at: Instant,
) -> Vec<Running<'a>> {
    let outcome = case.outcome(around, at);
    let affected = !case.affected(around).is_empty();
    let priority = case.priority(around, at);
    // While a version is affected and its risk is open, the clock may be running.
    let perhaps = outcome == Outcome::Uncontrolled
        || (outcome == Outcome::Undetermined && affected)
        || case.aware_at.is_some_and(|aware| case.was_open(around, aware, at));
    let certain = outcome == Outcome::Uncontrolled;
    let over = case.closed().is_some() || case.has_ended();
    let mut all = Vec::new();
    let rules = editions.all().flat_map(|one| one.rules.rules.iter().map(move |rule| (one, rule)));
    for (edition, rule) in rules {
        let (start, met, certain) = match rule.runs_as() {
            "fda_communicate_30d" | "fda_fix_60d" => {
                if !perhaps {
                    continue;
                }
                (case.aware_at, case.moment_of(&rule.satisfied_by), certain)
            }
            "fda_524b_regular_cycle" => {
                let known = (outcome == Outcome::Controlled && affected)
                    .then(|| case.moment_of("determined"));
                (known.flatten(), case.moment_of("fix_available"), true)
            }
            "fda_524b_out_of_cycle" => {
                let known = certain.then(|| case.moment_of("determined"));
                (known.flatten(), case.moment_of("fix_available"), true)
            }
            "cvd_ack" | "cvd_disclosure_default" => {
                let reported = case.reported.then_some(case.received_at);
                (reported.flatten(), case.moment_of(&rule.satisfied_by), true)
            }
            "cvd_reporter_update" => {
                let last = case.reporter_told.last().map(|one| one.at);
                // Each word to the reporter starts it anew, until the last one.
                let done = case.reporter_told.last().filter(|one| one.value.told == Told::Outcome);
                if done.is_some() {
                    continue;
                }
                (last, None, true)
            }
            "guidance_immediate" | "fix_immediate" => match priority {
                Some(Priority::Immediate) => {
                    (case.aware_at, case.moment_of(&rule.satisfied_by), true)
                }
                _ => continue,
            },
            "guidance_out_of_cycle" | "fix_out_of_cycle" => match priority {
                Some(Priority::OutOfCycle) => {
                    (case.aware_at, case.moment_of(&rule.satisfied_by), true)
                }
                _ => continue,
            },
            "fix_scheduled" => match priority {
                Some(Priority::Scheduled) => {
                    (case.aware_at, case.moment_of(&rule.satisfied_by), true)
                }
                _ => continue,
            },
            "deploy" | "deploy_safety_critical" => {
                let critical =
                    case.answered.get(&Question::SafetyCritical).is_some_and(|one| one.value.yes);
                if critical != (rule.runs_as() == "deploy_safety_critical") {
                    continue;
                }
                (case.moment_of(&rule.start), case.moment_of(&rule.satisfied_by), true)
            }
            "emergency_guard" => continue, // each stands with its condition
            _ => (case.moment_of(&rule.start), case.moment_of(&rule.satisfied_by), true),
        };
        if start.is_some_and(|start| editions.at(start).number != edition.number) {
            continue;
        }
        // What ended without being affected owes no more of the programme's own steps.
        if over && !rule.kind.is_binding() && met.is_none() {
            continue;
        }
        let clock = Clock { rule, start, met, zone: &around.zone, calendar: around.calendar };
        let state = clock.state(at);
        if let (Some(start), false) =
            (start, matches!(state, State::NotStarted | State::NotInForce))
        {
            all.push(Running { rule, edition, start, state, certain });
        }
    }
    all.sort_by_key(|one| {
        (!one.is_open(), one.due().unwrap_or(Instant::from_micros(i64::MAX)), one.rule.id.as_str())
    });
    all
}
