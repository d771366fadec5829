//! A case as its entries say.

use super::{
    Answered, Applicability, Attachment, Attested, CaseOpened, Changed, Controlled, CustomersTold,
    Described, Embargo, End, Exploited, Exposed, Fact, Happened, Harmed, Linked, Matter, Planned,
    Question, Rated, Reopening, ReporterTold, Selected, Tested, Told, Workflow,
};
use crate::{
    entry::Entry,
    operation::Role,
    refusal::Refusal,
    rights::DecisionKind,
    rules::{Edition, Programme},
    sight::Sight,
    signal::{HarmScreen, Reporter, Signal},
};
use aftercare_vocab::{
    id::{CaseId, DecisionId, MitigationId, PersonId, SignalId, SiteId, VersionId},
    instant::Instant,
};
use std::collections::{BTreeMap, BTreeSet};

/// Something that was said, with who said it and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    /// What.
    pub value: T,
    /// When it was recorded.
    pub at: Instant,
    /// Who; none = a part of the product.
    pub by: Option<PersonId>,
    /// In which role.
    pub role: Role,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// Its entry.
    pub entry: u64,
}

/// What is said of one version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assessed {
    /// Whether it is affected.
    pub applicability: Option<Said<Applicability>>,
    /// From where it can be attacked, by environment of use.
    pub exposed: BTreeMap<String, Said<Exposed>>,
    /// Harm.
    pub harmed: Option<Said<Harmed>>,
    /// The version whose assessment holds here too.
    pub carried: Option<Said<VersionId>>,
}

/// A decision about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The decision.
    pub decision: DecisionId,
    /// Its kind.
    pub kind: DecisionKind,
    /// In one line.
    pub title: String,
    /// What it is about.
    pub matter: Matter,
    /// When its newest version was written.
    pub proposed_at: Instant,
    /// The entry of its newest version.
    pub entry: u64,
    /// When everybody had signed; none = it is open, refused or withdrawn.
    pub taken_at: Option<Instant>,
    /// Whether it was refused or taken back.
    pub ended: bool,
    /// Who signed the newest version.
    pub signed: BTreeSet<PersonId>,
}

/// A case as its entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// As it was opened.
    pub opened: CaseOpened,
    /// When.
    pub opened_at: Instant,
    /// Its entry.
    pub entry: u64,
    /// The newest entry about it.
    pub newest: u64,
    /// The newest entry with a fact that is refused once the case has ended: work on the case itself.
    pub worked: u64,
    /// How many entries there are about it.
    pub facts: usize,
    /// Product families that could be concerned.
    pub families: Sight,
    /// The signals that joined it, in their order.
    pub signals: Vec<SignalId>,
    /// When each of them joined it, by its entry.
    pub joined: BTreeMap<SignalId, u64>,
    /// Whether one of them is a report of somebody who waits for an answer.
    pub reported: bool,
    /// When each kind of fact, and each condition, was recorded for the first time.
    pub firsts: BTreeMap<String, Instant>,
    /// When the first of its signals reached the maker.
    pub received_at: Option<Instant>,
    /// When the first employee became aware.
    pub aware_at: Option<Instant>,
    /// Who drives it.
    pub owner: Option<Said<PersonId>>,
    /// Whether a patient came to harm, with the complaint.
    pub harm: Option<Said<(HarmScreen, Option<String>)>>,
    /// The gravest answer to that of signals that joined it since then.
    pub harm_told: Option<HarmScreen>,
    /// The weakness at the root.
    pub weakness: Option<Said<String>>,
    /// On what it is credible.
    pub credible: Option<Said<String>>,
    /// What is said of versions.
    pub versions: BTreeMap<VersionId, Assessed>,
    /// Exploiting it.
    pub exploited: Option<Said<Exploited>>,
    /// SSVC, by table.
    pub selected: BTreeMap<String, Said<Selected>>,
    /// Controls that are there already.
    pub controls: Option<Said<String>>,
    /// Analysts' own views.
    pub ratings: Vec<Said<Rated>>,
    /// Mitigations.
    pub mitigations: BTreeMap<MitigationId, Said<Described>>,
    /// The plan.
    pub plan: Option<Said<Planned>>,
    /// Controls at sites.
    pub at_sites: BTreeMap<(MitigationId, SiteId), Said<Controlled>>,
    /// Changes.
    pub changed: Vec<Said<Changed>>,
    /// Tests.
    pub tests: Vec<Said<Tested>>,
    /// What the reporter was told.
    pub reporter_told: Vec<Said<ReporterTold>>,
    /// What customers were told.
    pub customers_told: Vec<Said<CustomersTold>>,
    /// Questions of reporting.
    pub answered: BTreeMap<Question, Said<Answered>>,
    /// Since when it is exploited, or a patient harmed, on a device of the maker: the earliest that was said,
    /// so that no later answer gives more time.
    pub severity_one_since: Option<Instant>,
    /// Dates.
    pub happened: Vec<Said<Happened>>,
    /// Links.
    pub links: Vec<Said<Linked>>,
    /// Conditions that somebody stands for.
    pub attested: BTreeMap<String, Said<Attested>>,
    /// Files beside facts, in the order in which they were recorded. They stay when a fact is said anew, and
    /// when the case begins again.
    pub attachments: Vec<Said<Attachment>>,
    /// Conditions that are left out, each with whoever said so.
    pub skipped: BTreeMap<String, Vec<Said<()>>>,
    /// Whether it ended without a remedy.
    pub ended: Option<Said<End>>,
    /// Who agreed to that.
    pub seconded: Option<Said<()>>,
    /// When it was opened again.
    pub reopened: Vec<Said<Reopening>>,
    /// Who may know.
    pub embargo: Option<Said<Embargo>>,
    /// Remarks.
    pub notes: Vec<Said<String>>,
    /// Decisions about it.
    pub decisions: BTreeMap<DecisionId, Settled>,
}

impl Case {
    /// Its identifier.
    pub const fn id(&self) -> CaseId {
        self.opened.case
    }

    /// Refuses what is recorded about a case that ended.
    pub fn still_open(&self) -> Result<(), Refusal> {
        if self.closed().is_some() || self.ended.is_some() {
            return Err(Refusal::new(
                "case_ended",
                format!("The case {} has ended.", self.opened.number),
                "Open it again first, with the reason.",
            ));
        }
        Ok(())
    }

    /// The decision to close it that holds, once it was taken: one that was written after the case was last
    /// opened, and after the last work on it.
    pub fn closed(&self) -> Option<&Settled> {
        self.decisions.values().find(|one| {
            one.kind == DecisionKind::Closure && one.taken_at.is_some() && one.entry > self.worked
        })
    }

    /// The edition of the workflow that it goes by: the one that held when it was opened, or opened again for the
    /// last time. A later one moves no case that is under way.
    pub fn workflow<'a>(&self, programme: &'a Programme) -> &'a Edition<Workflow> {
        programme.workflow.at(self.reopened.last().map_or(self.opened_at, |one| one.at))
    }

    /// When it ended, with or without a remedy.
    pub(super) fn over_at(&self) -> Option<Instant> {
        let ended = || self.ended.as_ref().filter(|_| self.has_ended()).map(|end| end.at);
        self.closed().and_then(|one| one.taken_at).or_else(ended)
    }

    /// Whether it ended without a remedy, and whoever must agree to that did.
    pub fn has_ended(&self) -> bool {
        self.ended.as_ref().is_some_and(|end| match &end.value {
            End::Rejected(_) => super::progress::seconds(end, self.seconded.as_ref()).is_some(),
            End::Duplicate(_) | End::Transferred { .. } => true,
        })
    }

    /// Takes in what was recorded.
    pub(super) fn enter(&mut self, entry: &Entry, by: Option<PersonId>, fact: &Fact) {
        let (at, role, seq) = (entry.at, entry.role.clone(), entry.seq);
        let reason = entry.reason.clone();
        self.keep_first(fact, at);
        if !fact.goes_on_after_end() {
            self.worked = seq;
        }
        macro_rules! said {
            ($value:expr) => {
                Said { value: $value, at, by, role, reason, entry: seq }
            };
        }
        if let Some(one) = fact.attachment() {
            let (role, reason) = (role.clone(), reason.clone());
            self.attachments.push(Said { value: one, at, by, role, reason, entry: seq });
        }
        match fact {
            Fact::Owner(person) => self.owner = Some(said!(*person)),
            Fact::HarmScreened(harm, complaint) => {
                self.harm = Some(said!((*harm, complaint.clone())));
                self.harm_told = None;
            }
            Fact::Families(families) => self.families = families.clone(),
            Fact::Weakness(words) => self.weakness = Some(said!(words.clone())),
            Fact::Credible(words) => self.credible = Some(said!(words.clone())),
            Fact::Applicability(one) => {
                let said = said!(one.clone());
                for version in one.versions.keys() {
                    let assessed = self.versions.entry(*version).or_default();
                    assessed.applicability = Some(said.clone());
                    assessed.carried = None;
                }
            }
            Fact::Exposed(one) => {
                let said = said!(one.clone());
                for version in &one.versions {
                    let assessed = self.versions.entry(*version).or_default();
                    assessed.exposed.insert(one.environment.clone(), said.clone());
                    assessed.carried = None;
                }
            }
            Fact::Harmed(one) => {
                let said = said!(one.clone());
                for version in &one.versions {
                    let assessed = self.versions.entry(*version).or_default();
                    assessed.harmed = Some(said.clone());
                    assessed.carried = None;
                }
            }
            Fact::Carried(from, to) => {
                let carried = Some(said!(*from));
                self.versions.insert(*to, Assessed { carried, ..Assessed::default() });
            }
            Fact::Exploited(one) => self.exploited = Some(said!(one.clone())),
            Fact::Selected(one) => {
                self.selected.insert(one.table.clone(), said!(one.clone()));
            }
            Fact::Controls(words) => self.controls = Some(said!(words.clone())),
            Fact::Rated(one) => {
                self.ratings
                    .retain(|before| before.by != by || before.value.version != one.version);
                self.ratings.push(said!(one.clone()));
            }
            Fact::Described(one) => {
                self.mitigations.insert(one.mitigation, said!(one.clone()));
            }
            Fact::Planned(one) => self.plan = Some(said!(one.clone())),
            Fact::Controlled(one) => {
                self.at_sites.insert((one.mitigation, one.site), said!(one.clone()));
            }
            Fact::Changed(one) => self.changed.push(said!(one.clone())),
            Fact::Tested(one) => self.tests.push(said!(one.clone())),
            Fact::ReporterTold(one) => self.reporter_told.push(said!(one.clone())),
            Fact::CustomersTold(one) => self.customers_told.push(said!(one.clone())),
            Fact::Answered(one) => {
                if one.question == Question::SeverityOne && one.yes {
                    let since = one.since.unwrap_or(at);
                    let known = self.severity_one_since.get_or_insert(since);
                    *known = since.min(*known);
                }
                self.answered.insert(one.question, said!(one.clone()));
            }
            Fact::Happened(one) => self.happened.push(said!(one.clone())),
            Fact::Linked(one) => self.links.push(said!(one.clone())),
            Fact::Attested(one) => {
                self.attested.insert(one.guard.clone(), said!(one.clone()));
            }
            Fact::Skipped(guard) => {
                self.skipped.entry(guard.clone()).or_default().push(said!(()));
            }
            Fact::Ended(end) => {
                self.ended = Some(said!(end.clone()));
                self.seconded = None;
            }
            Fact::Seconded => self.seconded = Some(said!(())),
            Fact::Reopened(why) => {
                self.begin_again();
                self.reopened.push(said!(*why));
            }
            Fact::Embargo(embargo) => {
                self.embargo = embargo.clone().map(|embargo| said!(embargo));
            }
            Fact::Noted(words) => self.notes.push(said!(words.clone())),
        }
    }

    /// What was assessed, decided and done does not count any more; the entries stay.
    fn begin_again(&mut self) {
        self.ended = None;
        self.seconded = None;
        self.versions.clear();
        self.exploited = None;
        self.selected.clear();
        self.controls = None;
        self.ratings.clear();
        self.plan = None;
        self.changed.clear();
        self.tests.clear();
        self.attested.retain(|guard, _| guard == "not_spam");
        self.skipped.clear();
    }

    pub(super) fn join(&mut self, signal: &Signal, entry: u64) {
        let received = &signal.received;
        self.signals.push(received.signal);
        self.joined.insert(received.signal, entry);
        self.harm_told = gravest([self.harm_told, Some(received.harm)]);
        self.reported |= received.reporter != Reporter::None;
        self.earlier(received.received_at, received.aware_at);
        // An answer that the reporter had before there was a case is an answer.
        if let Some(answer) = signal.acknowledged() {
            let told = ReporterTold { told: Told::Acknowledged, via: "thread".to_owned() };
            self.keep_first(&Fact::ReporterTold(told.clone()), answer.at);
            self.reporter_told.push(Said {
                value: told,
                at: answer.at,
                by: answer.by,
                role: answer.role.clone(),
                reason: None,
                entry: answer.entry,
            });
        }
    }

    /// Keeps the earlier instants.
    pub(super) fn earlier(&mut self, received: Instant, aware: Instant) {
        self.received_at = Some(self.received_at.map_or(received, |known| known.min(received)));
        self.aware_at = Some(self.aware_at.map_or(aware, |known| known.min(aware)));
    }

    /// Whether no embargo keeps it from a person: from nobody who owns it, set the embargo, or needs to know.
    /// Nobody = the operator of the machine.
    pub fn is_told_to(&self, person: Option<PersonId>) -> bool {
        let (Some(embargo), Some(person)) = (&self.embargo, person) else { return true };
        embargo.value.people.contains(&person)
            || embargo.by == Some(person)
            || self.owner.as_ref().is_some_and(|owner| owner.value == person)
    }

    /// Whether it touches something that is seen; one without named families touches what nobody knows yet.
    pub fn is_seen(&self, sight: &Sight) -> bool {
        is_seen(&self.families, sight)
    }
}

/// The gravest of some answers; none = nobody answered.
pub(super) fn gravest(answers: [Option<HarmScreen>; 2]) -> Option<HarmScreen> {
    answers.into_iter().flatten().min_by_key(|harm| match harm {
        HarmScreen::Yes => 0,
        HarmScreen::Unknown => 1,
        HarmScreen::No => 2,
    })
}

/// Whether something about these families is seen: all of it by who sees all, else a family in common.
pub(crate) fn is_seen(families: &Sight, sight: &Sight) -> bool {
    match (families, sight) {
        (_, Sight::All) | (Sight::All, _) => true,
        (Sight::Families(some), Sight::Families(_)) => some.iter().any(|one| sight.sees(*one)),
    }
}
