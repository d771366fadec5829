//! Cases: opening them, recording facts, proposing decisions about them; lists and the clock wall.

use crate::{
    Desk, PAGE_ROWS, PAGE_ROWS_LIMIT, Trouble,
    answers::{CaseRow, ClockRow, Page, WallRow},
    attachment::NewAttachment,
    case_sheet::clock_row,
    change::Seen,
    surroundings::Scene,
    version::paged,
    viewer::Viewer,
};
use aftercare_domain::{
    Operation, Refusal, Role,
    access::Right,
    case::{
        self, About, Case, Cases, Fact, Opening, Progress, Surroundings, clocks, may_record,
        progress,
    },
    decision,
    roster::Roster,
    sight::Sight,
    text::folded,
};
use aftercare_register::Page as Part;
use aftercare_vocab::{
    id::{CaseId, DecisionId, PersonId},
    instant::Instant,
    verdict::Answer,
};
use std::sync::Arc;

/// By what a case is named: identifier or number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseKey {
    /// Its identifier.
    Id(CaseId),
    /// The number that people say.
    Number(String),
}

impl CaseKey {
    /// Reads either.
    pub fn read(text: &str) -> Self {
        text.trim().parse().map_or_else(|_| Self::Number(text.trim().to_owned()), Self::Id)
    }
}

/// Which cases a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CasesOnly {
    /// Those that have not ended.
    #[default]
    Open,
    /// Those with something to be done by whoever asks.
    Yours,
    /// Those that have ended.
    Ended,
    /// All.
    All,
}

impl CasesOnly {
    /// The code name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Yours => "yours",
            Self::Ended => "ended",
            Self::All => "all",
        }
    }

    /// The one of this code name.
    pub fn of(code: &str) -> Option<Self> {
        [Self::Open, Self::Yours, Self::Ended, Self::All].into_iter().find(|one| one.code() == code)
    }
}

/// Which part of the list of cases is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CasesWish {
    /// Which.
    pub only: CasesOnly,
    /// Words of number, title or identifiers.
    pub q: String,
    /// Where the page begins.
    pub after: String,
}

/// A case with where it stands.
pub(crate) struct Standing<'a> {
    pub case: &'a Case,
    pub around: Surroundings,
    pub progress: Progress,
}

impl Desk {
    /// Opens a case.
    pub fn open_case(&self, op: &Operation, opening: Opening) -> Result<CaseId, Trouble> {
        let id: CaseId = op.new_id();
        let (zone, _) = self.calendar()?;
        let matched_at = match (opening.matched_at, opening.signals.is_empty()) {
            (None, true) => self.matched_at(&opening.vulnerabilities)?,
            (known, _) => known,
        };
        let opening = Opening { matched_at, ..opening };
        self.decided(op, id, |pen| {
            if let Sight::Families(some) = &opening.families {
                let known = self.families()?;
                if let Some(strange) = some.iter().find(|one| !known.contains_key(one)) {
                    return Err(Refusal::unknown("family", strange).into());
                }
            }
            let facts = pen.facts();
            let (roster, cases) = (facts.roster()?, facts.cases()?);
            let op = pen.dated()?;
            let year = zone.day_of(op.at).map_or(0, |day| day.year());
            Ok(case::open(&roster, &cases, id, (opening, year), &op)?)
        })
    }

    /// When the record first said that one of these is, or may be, in a version; none = it does not say so.
    fn matched_at(&self, vulnerabilities: &[String]) -> Result<Option<Instant>, Trouble> {
        let reader = self.whole_reader()?;
        let mut first: Option<u64> = None;
        for id in vulnerabilities {
            let mut page = Part::first(PAGE_ROWS_LIMIT);
            loop {
                let found = reader.findings_of_vulnerability(id, None, &page)?;
                for place in found.items {
                    if matches!(place.finding.answer, Answer::Affected | Answer::Undetermined) {
                        let entry = place.finding.reason.assessment;
                        first = Some(first.map_or(entry, |known| known.min(entry)));
                    }
                }
                match found.next {
                    Some(next) => page = Part::after(next, PAGE_ROWS_LIMIT),
                    None => break,
                }
            }
        }
        match first {
            Some(entry) => Ok(reader.instant_of(entry)?),
            None => Ok(None),
        }
    }

    /// Records a fact about a case, in the first of the roles of whoever does it that records such facts. An
    /// applicability rests on the newest SBOM of each version that it names none for.
    pub fn record_fact(
        &self,
        op: &Operation,
        key: &CaseKey,
        seen: Seen,
        fact: Fact,
    ) -> Result<CaseId, Trouble> {
        self.record_fact_with(op, key, seen, fact, None)
    }

    /// The same with a file beside it. Without one, a fact can cite a blob that whoever acts may read.
    pub fn record_fact_with(
        &self,
        op: &Operation,
        key: &CaseKey,
        seen: Seen,
        fact: Fact,
        file: Option<NewAttachment>,
    ) -> Result<CaseId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        // What lies around is read before the pen is taken; the pen decides by the facts of its moment.
        let scene = self.scene(op.at)?;
        let viewed = self.viewed(&*scene.reader().cases()?, key, op)?;
        let around = scene.around(&viewed)?;
        drop(scene);
        let fact = with_sboms(fact, &around);
        let id = viewed.id();
        let role = self.role_in(op, &viewed, &fact)?;
        let mut op = op.clone();
        op.role = role;
        let op = &op;
        let (fact, staged) = self.with_attachment(&viewed, fact, file)?;
        self.once(op, |pen| {
            pen.expect::<Trouble>(&id.to_string(), seen)?;
            let facts = pen.facts();
            let (roster, cases) = (facts.roster()?, facts.cases()?);
            let events = case::record(&roster, &cases, &around, (id, fact), &pen.dated()?)?;
            if let Some(staged) = &staged {
                pen.attach(staged);
            }
            pen.record_all(events)?;
            Ok(id)
        })
    }

    /// Proposes a decision about a case, with what it rests on.
    pub fn propose_about(
        &self,
        op: &Operation,
        key: &CaseKey,
        about: About,
    ) -> Result<DecisionId, Trouble> {
        let id: DecisionId = op.new_id();
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let scene = self.scene(op.at)?;
        let viewed = self.viewed(&*scene.reader().cases()?, key, op)?;
        let around = scene.around(&viewed)?;
        drop(scene);
        self.decided(op, id, |pen| {
            let facts = pen.facts();
            let (roster, cases) = (facts.roster()?, facts.cases()?);
            let case = cases.get(viewed.id()).ok_or_else(|| missing(key))?;
            let op = pen.dated()?;
            let now = progress(case, &cases, &around, op.at);
            let wish = case::wish(case, &around, &now, about, op.at)?;
            Ok(decision::propose(&roster, id, wish, &op)?)
        })
    }

    /// The role in which whoever acts records a fact.
    pub(crate) fn role_in(
        &self,
        op: &Operation,
        case: &Case,
        fact: &Fact,
    ) -> Result<Role, Trouble> {
        let roster = self.roster()?;
        let person = roster.signed_in(&op.actor)?;
        Ok(Role::new(may_record(&roster, person, case, fact, op.at)?.code())?)
    }

    /// The case, if whoever acts may know of it.
    fn viewed(&self, cases: &Cases, key: &CaseKey, op: &Operation) -> Result<Case, Trouble> {
        let person = self.roster()?.acting(&op.actor);
        let case = found(cases, key).filter(|one| self.may_know(one, person));
        case.cloned().ok_or_else(|| missing(key))
    }

    /// Whether a person may know of a case: by the families they see, and under an embargo only if they need
    /// to. Nobody = the machine's operator.
    pub(crate) fn may_know(&self, case: &Case, person: Option<PersonId>) -> bool {
        case.is_seen(self.sight()) && case.is_told_to(person)
    }

    /// Cases: those that wait for whoever asks first, then by the next due clock, then the newest.
    pub fn cases(
        &self,
        wish: &CasesWish,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<Page<CaseRow>, Trouble> {
        let at = self.instant(now);
        let scene = self.scene(now)?;
        let (roster, cases) = (scene.reader().roster()?, scene.reader().cases()?);
        let words = folded(&wish.q);
        let mut rows = Vec::new();
        for case in cases.all().rev() {
            let named = || {
                let of_it = [&case.opened.number, &case.opened.title];
                of_it
                    .into_iter()
                    .chain(&case.opened.vulnerabilities)
                    .any(|text| folded(text).contains(&words))
            };
            if !self.may_know(case, viewer.map(|one| one.person)) || !named() {
                continue;
            }
            let standing = standing(&scene, &cases, case, at)?;
            let row = row(&roster, &standing, viewer, at);
            let wanted = match wish.only {
                CasesOnly::Open => !row.ended,
                CasesOnly::Yours => row.waits_for_you,
                CasesOnly::Ended => row.ended,
                CasesOnly::All => true,
            };
            if wanted {
                rows.push(row);
            }
        }
        rows.sort_by_cached_key(|row| {
            let due = row.next_clock.as_ref().and_then(|clock| clock.due);
            (
                !row.waits_for_you,
                due.unwrap_or(Instant::from_micros(i64::MAX)),
                std::cmp::Reverse(row.id),
            )
        });
        paged(rows, &wish.after, PAGE_ROWS)
    }

    /// Every clock that runs or was missed, over all cases that have not ended: the next due first.
    pub fn clock_wall(
        &self,
        after: &str,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<Page<WallRow>, Trouble> {
        let at = self.instant(now);
        let scene = self.scene(now)?;
        let (roster, cases) = (scene.reader().roster()?, scene.reader().cases()?);
        let mut rows = Vec::new();
        for case in cases.all() {
            if !self.may_know(case, viewer.map(|one| one.person)) {
                continue;
            }
            let standing = standing(&scene, &cases, case, at)?;
            let owner = owner(&roster, case);
            for running in clocks(case, &standing.around, at).iter().filter(|one| one.is_open()) {
                rows.push(WallRow {
                    case: case.id(),
                    number: case.opened.number.clone(),
                    title: case.opened.title.clone(),
                    stage_title: standing.progress.stage.title().to_owned(),
                    owner: owner.clone(),
                    clock: clock_row(running),
                });
            }
        }
        rows.sort_by_cached_key(|row| {
            (row.clock.due.unwrap_or(Instant::from_micros(i64::MAX)), row.number.clone())
        });
        paged(rows, after, PAGE_ROWS)
    }

    /// How many cases have something to be done by whoever asks.
    pub fn cases_waiting(&self, viewer: &Viewer, now: Instant) -> Result<usize, Trouble> {
        if !viewer.may(Right::SeeCases) {
            return Ok(0);
        }
        let wish = CasesWish { only: CasesOnly::Yours, ..CasesWish::default() };
        Ok(self.cases(&wish, Some(viewer), now)?.total as usize)
    }

    /// One case with where it stands, for sheets and documents.
    pub(crate) fn with_case<T>(
        &self,
        key: &CaseKey,
        viewer: Option<&Viewer>,
        now: Instant,
        look: impl FnOnce(&Scene, &Roster, &Arc<Cases>, &Standing<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let scene = self.scene(now)?;
        let (roster, cases) = (scene.reader().roster()?, scene.reader().cases()?);
        let person = viewer.map(|one| one.person);
        let case = found(&cases, key).filter(|one| self.may_know(one, person));
        let case = case.ok_or_else(|| missing(key))?;
        let standing = standing(&scene, &cases, case, self.instant(now))?;
        look(&scene, &roster, &cases, &standing)
    }
}

fn found<'a>(cases: &'a Cases, key: &CaseKey) -> Option<&'a Case> {
    match key {
        CaseKey::Id(id) => cases.get(*id),
        CaseKey::Number(number) => cases.numbered(number),
    }
}

fn missing(key: &CaseKey) -> Trouble {
    match key {
        CaseKey::Id(id) => Trouble::not_found("case", id),
        CaseKey::Number(number) => Trouble::not_found("case", number),
    }
}

/// A value said without an SBOM rests on the newest one.
fn with_sboms(fact: Fact, around: &Surroundings) -> Fact {
    let Fact::Applicability(mut said) = fact else { return fact };
    for (version, sbom) in &mut said.versions {
        if sbom.is_none() {
            *sbom = around.versions.get(version).and_then(|one| one.sboms.last().copied());
        }
    }
    Fact::Applicability(said)
}

fn standing<'a>(
    scene: &Scene,
    cases: &Cases,
    case: &'a Case,
    at: Instant,
) -> Result<Standing<'a>, Trouble> {
    let around = scene.around(case)?;
    let progress = progress(case, cases, &around, at);
    Ok(Standing { case, around, progress })
}

pub(crate) fn owner(roster: &Roster, case: &Case) -> Option<String> {
    let owner = case.owner.as_ref()?.value;
    roster.person(owner).ok().map(|one| one.name.clone())
}

/// Whether something is to be done by a viewer: one of their roles for a family of the case.
pub(crate) fn is_for(
    roster: &Roster,
    case: &Case,
    roles: &[aftercare_domain::role::RoleName],
    viewer: &Viewer,
    at: Instant,
) -> bool {
    let held = |families: &Sight| {
        roster.roles_at(viewer.person, families, at).any(|role| roles.contains(&role))
    };
    match &case.families {
        Sight::Families(some) if !some.is_empty() => {
            some.iter().any(|one| held(&Sight::of([*one])))
        }
        _ => held(&Sight::All),
    }
}

pub(crate) fn row(
    roster: &Roster,
    standing: &Standing<'_>,
    viewer: Option<&Viewer>,
    at: Instant,
) -> CaseRow {
    let Standing { case, around, progress } = standing;
    let running = clocks(case, around, at);
    let next = running.iter().find(|one| one.is_open() && one.due().is_some());
    let ended = progress.stage.is_end();
    CaseRow {
        id: case.id(),
        number: case.opened.number.clone(),
        title: case.opened.title.clone(),
        vulnerabilities: case.opened.vulnerabilities.clone(),
        stage: progress.stage.code().to_owned(),
        stage_title: progress.stage.title().to_owned(),
        ended,
        outcome: case.outcome(around, at).to_string(),
        priority: case.priority(around, at).map(|one| one.code().to_owned()),
        owner: owner(roster, case),
        aware_at: case.aware_at,
        opened_at: case.opened_at,
        versions: around.versions.len() as u64,
        affected: case.affected(around).len() as u64,
        todos: progress.todos.len() as u64,
        waits_for_you: !ended
            && viewer.is_some_and(|viewer| {
                progress.todos.iter().any(|todo| is_for(roster, case, &todo.who, viewer, at))
            }),
        next_clock: next.map(clock_row),
        embargo: case.embargo.is_some(),
    }
}

impl ClockRow {
    /// Whether its time has passed without what it waits for.
    pub fn is_missed(&self) -> bool {
        self.state == "missed"
    }
}
