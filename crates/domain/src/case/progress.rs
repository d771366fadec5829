//! The stage of a case and what is to be done next: a function of its facts, what the record says about the
//! versions around it, and an instant.

use super::{
    Case, Cases, End, Guard, Said, Stage, Transition, Workflow,
    guard::{Bench, holds},
};
use crate::{
    clock::{Calendar, Clock, Zone},
    role::RoleName,
    rules::Programme,
    usage::Usage,
};
use aftercare_vocab::{
    digest::Digest,
    id::{FamilyId, PersonId, ProductId, VersionId},
    instant::Instant,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What the record's findings say about a version and the vulnerability of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// No SBOM, or not yet matched: nobody knows.
    Unknown,
    /// Nothing was found in its SBOMs, but some of their components could not be looked up.
    NotCovered,
    /// Every component of its SBOMs was looked up, and nothing was found.
    Nothing,
    /// A component is affected.
    Affected,
    /// A component may be affected.
    Undetermined,
}

impl Found {
    /// The code name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NotCovered => "not_covered",
            Self::Nothing => "nothing",
            Self::Affected => "affected",
            Self::Undetermined => "undetermined",
        }
    }

    /// Whether something was found.
    pub const fn is_hit(self) -> bool {
        matches!(self, Self::Affected | Self::Undetermined)
    }
}

/// A product version, as far as it matters for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// Its family.
    pub family: FamilyId,
    /// Its product.
    pub product: ProductId,
    /// What people call it: `Infusia 3.2.1`.
    pub label: String,
    /// Whether updates are promised today; not known counts as yes.
    pub supported: bool,
    /// Units of it that are known to be in use.
    pub units: u64,
    /// Its SBOMs, newest last.
    pub sboms: Vec<Digest>,
    /// What was found in them.
    pub found: Found,
    /// The components that were found, with their versions: what a carried assessment compares.
    pub components: BTreeSet<String>,
    /// The folded names of those.
    pub names: BTreeSet<String>,
    /// Where it is [`Found::NotCovered`]: the folded names under which every component was looked up.
    pub looked_up: BTreeSet<String>,
}

/// What the record says around a case.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The versions that it could concern: of its families, supported or in the field.
    pub versions: BTreeMap<VersionId, Around>,
    /// What is stated of the use of their products.
    pub usages: BTreeMap<ProductId, Usage>,
    /// The maker's zone, by which days begin and end.
    pub zone: Zone,
    /// The days that are worked.
    pub calendar: &'static Calendar,
    /// The rules of the programme, every edition of them.
    pub programme: Arc<Programme>,
}

impl Surroundings {
    /// Whether two versions hold the same vulnerable components, as far as was looked. Where nobody looked,
    /// they are not known to be.
    pub fn are_alike(&self, one: VersionId, other: VersionId) -> bool {
        match (self.versions.get(&one), self.versions.get(&other)) {
            (Some(one), Some(other)) => {
                one.found != Found::Unknown
                    && one.found == other.found
                    && one.components == other.components
            }
            _ => false,
        }
    }

    /// Whether the SBOMs of a version show that the vulnerability is not in it: every component was looked up, or
    /// all that is known to hold it elsewhere was, and is clean. One that is gone beside others that nobody looked
    /// up may stand there under another name.
    pub fn is_clean(&self, version: VersionId) -> bool {
        let Some(one) = self.versions.get(&version).filter(|one| !one.sboms.is_empty()) else {
            return false;
        };
        let mut known = self.versions.values().flat_map(|one| &one.names).peekable();
        match one.found {
            Found::Nothing => true,
            Found::NotCovered => {
                known.peek().is_some() && known.all(|name| one.looked_up.contains(name))
            }
            Found::Unknown | Found::Affected | Found::Undetermined => false,
        }
    }

    /// What is stated of the use of a version's product.
    pub fn usage(&self, version: VersionId) -> Option<&Usage> {
        self.usages.get(&self.versions.get(&version)?.product)
    }

    /// What people call a version.
    pub fn label(&self, version: VersionId) -> String {
        self.versions.get(&version).map_or_else(|| version.to_string(), |one| one.label.clone())
    }
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// The condition: `owner_assigned`.
    pub guard: String,
    /// What must hold.
    pub says: String,
    /// What is missing.
    pub missing: String,
    /// From which stage it leads.
    pub from: Stage,
    /// To which.
    pub to: Stage,
    /// Whose work it is.
    pub who: Vec<RoleName>,
    /// Whether somebody stands for it by a statement.
    pub attested: bool,
    /// It was left out in an emergency and is due then.
    pub due: Option<Instant>,
}

impl Todo {
    /// Whether it stands between this stage and the next on the way.
    pub fn blocks(&self, stage: Stage) -> bool {
        self.from == stage && self.due.is_none() && Stage::WAY.contains(&self.to)
    }
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// What is to be done for the next one, on every way that leads on; and what was left out.
    pub todos: Vec<Todo>,
    /// The conditions that hold, in their order.
    pub held: Vec<String>,
    /// What does not hold any more although the case is closed: it stays closed until somebody opens it
    /// again for a reason.
    pub lapsed: Vec<Todo>,
    /// Identifier and version of the workflow.
    pub workflow: String,
}

/// Where a case stands.
pub fn progress(case: &Case, cases: &Cases, around: &Surroundings, at: Instant) -> Progress {
    let workflow = &case.workflow(&around.programme).rules;
    let bench = Bench { case, cases, around, at };
    let mut walk = Walk { bench, todos: Vec::new(), held: Vec::new() };
    let mut stage = Stage::New;
    while let Some(next) = walk.next(workflow, stage) {
        stage = next;
    }
    let Walk { mut todos, held, .. } = walk;
    let mut lapsed = Vec::new();
    if case.closed().is_some() && !stage.is_end() {
        stage = Stage::Closed;
        lapsed = std::mem::take(&mut todos);
        lapsed.retain(|todo| Stage::WAY.contains(&todo.to));
    }
    let workflow = format!("{} {}", workflow.id, workflow.version);
    Progress { stage, todos, held, lapsed, workflow }
}

struct Walk<'a> {
    bench: Bench<'a>,
    todos: Vec<Todo>,
    held: Vec<String>,
}

impl Walk<'_> {
    /// The stage that follows; none = something is missing, or it is the end.
    fn next(&mut self, workflow: &Workflow, stage: Stage) -> Option<Stage> {
        if stage.is_end() {
            return None;
        }
        let case = self.bench.case;
        // Ways out that somebody took come before the way on.
        let out = case.ended.as_ref().and_then(|end| match (&end.value, stage) {
            (End::Duplicate(_), Stage::Acknowledged) => Some(Stage::Duplicate),
            (End::Rejected(_), Stage::Validating) => Some(Stage::Rejected),
            (End::Transferred { .. }, Stage::Validating) => Some(Stage::Transferred),
            _ => None,
        });
        if let Some(out) = out {
            return self.try_way(workflow.between(stage, out)?);
        }
        let on = *Stage::WAY.iter().skip_while(|one| **one != stage).nth(1)?;
        let way = workflow.between(stage, on)?;
        let beside = match stage {
            Stage::Triage => Some(Stage::NotAffected),
            Stage::MitigationPlanning => Some(Stage::ClosureReview),
            _ => None,
        };
        if let Some(beside) = beside.and_then(|to| workflow.between(stage, to)) {
            let before = self.todos.len();
            if let Some(stage) = self.try_way(beside) {
                return Some(stage);
            }
            let of_beside: Vec<Todo> = self.todos.drain(before..).collect();
            let on = self.try_way(way);
            if on.is_none() {
                self.todos.extend(of_beside);
            }
            return on;
        }
        self.try_way(way)
    }

    fn try_way(&mut self, way: &Transition) -> Option<Stage> {
        let mut open = Vec::new();
        let mut held = Vec::new();
        for guard in &way.guards {
            match (holds(guard, &self.bench), self.left_out(way, guard)) {
                (Ok(()), _) => held.push(guard.id.clone()),
                (Err(missing), Some(due)) => {
                    held.push(guard.id.clone());
                    self.todos.push(todo(way, guard, missing, Some(due)));
                }
                (Err(missing), None) => open.push(todo(way, guard, missing, None)),
            }
        }
        if open.is_empty() {
            self.held.extend(held);
            return Some(way.to);
        }
        self.held.extend(held);
        self.todos.extend(open);
        None
    }

    /// When a condition that two people left out in an emergency is due.
    fn left_out(&self, way: &Transition, guard: &Guard) -> Option<Instant> {
        let said = self.bench.case.skipped.get(&guard.id).filter(|_| way.may_leave_out(guard))?;
        let of = |role: RoleName| said.iter().filter(move |one| one.role.as_str() == role.code());
        let pair = of(RoleName::ProductSecurityLead)
            .flat_map(|lead| of(RoleName::Executive).map(move |executive| (lead, executive)))
            .find(|(lead, executive)| differ(lead, executive))?;
        let start = pair.0.at.max(pair.1.at);
        let rule = self.bench.around.programme.clocks.at(start).rules.rule("emergency_guard")?;
        let clock = Clock {
            rule,
            start: Some(start),
            met: None,
            zone: &self.bench.around.zone,
            calendar: self.bench.around.calendar,
        };
        // Where days cannot be counted it is due at once, not never.
        Some(clock.due().ok().flatten().unwrap_or(start))
    }
}

fn differ(one: &Said<()>, other: &Said<()>) -> bool {
    match (one.by, other.by) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    }
}

fn todo(way: &Transition, guard: &Guard, missing: String, due: Option<Instant>) -> Todo {
    Todo {
        guard: guard.id.clone(),
        says: guard.says.clone(),
        missing,
        from: way.from,
        to: way.to,
        who: guard.attested_by.clone().unwrap_or_else(|| way.by.clone()),
        attested: guard.attested_by.is_some(),
        due,
    }
}

/// Who may sign for the end of a case beside whoever said it.
pub(super) fn seconds(end: &Said<End>, second: Option<&Said<()>>) -> Option<PersonId> {
    let second = second?;
    second.by.filter(|person| end.by.is_some_and(|first| first != *person))
}
