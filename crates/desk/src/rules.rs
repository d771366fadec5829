//! The rules of the programme: which hold, what two editions say otherwise, what a change would mean.

use crate::{
    Desk, Trouble,
    answers::{
        CaseEffect, CaseRules, EditionRow, EditionSheet, FixedRules, ProposedRules,
        RulesDifference, RulesOfKind, RulesOverview, RulesTrial,
    },
    viewer::Viewer,
};
use aftercare_domain::{
    Date, Refusal,
    access::Right,
    case::{Case, Cases, Running, Surroundings, clocks, progress},
    harm::Rubric,
    roster::Roster,
    rules::{Adopted, Change, Programme, RuleKind, Rules, unlike},
    ssvc::Table,
};
use aftercare_vocab::{id::DecisionId, instant::Instant};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Most open cases that a trial names.
pub const EFFECTS_LIMIT: usize = 200;

impl Desk {
    /// The rules of the programme, every edition of them, at this desk's moment.
    pub fn rules(&self, now: Instant) -> Result<RulesOverview, Trouble> {
        let (roster, at) = (self.roster()?, self.instant(now));
        let programme = roster.programme();
        let kinds = RuleKind::ALL.iter().map(|kind| RulesOfKind {
            kind: kind.code().to_owned(),
            title: kind.title().to_owned(),
            in_force: programme.in_force(*kind, at),
            editions: rows(programme, *kind, at),
        });
        Ok(RulesOverview { kinds: kinds.collect(), fixed: fixed() })
    }

    /// One edition, compared with another; none named = the one before it.
    pub fn rules_edition(
        &self,
        kind: RuleKind,
        edition: u64,
        against: Option<u64>,
        now: Instant,
    ) -> Result<EditionSheet, Trouble> {
        let (roster, at) = (self.roster()?, self.instant(now));
        let programme = roster.programme();
        let missing = |number: u64| Trouble::not_found("edition", number);
        let lines = |number: u64| programme.lines(kind, number).ok_or_else(|| missing(number));
        let row = rows(programme, kind, at).into_iter().find(|row| row.edition == edition);
        let (row, said) = (row.ok_or_else(|| missing(edition))?, lines(edition)?);
        let before = || edition.checked_sub(1).filter(|number| *number > 0);
        let against = against.or_else(before);
        let differences = match against {
            Some(number) => differences(&lines(number)?, &said),
            None => Vec::new(),
        };
        let rules = programme.said(kind, edition).ok_or_else(|| missing(edition))?;
        Ok(EditionSheet {
            kind: kind.code().to_owned(),
            title: kind.title().to_owned(),
            row,
            lines: said.into_iter().map(Into::into).collect(),
            against,
            differences,
            rules: serde_json::to_value(&rules).unwrap_or_default(),
        })
    }

    /// What the maker set in the newest edition of a kind, and its number: what a change starts from.
    pub fn rules_newest(&self, kind: RuleKind) -> Result<(Rules, u64), Trouble> {
        let roster = self.roster()?;
        let newest = roster.programme().newest(kind);
        let said = roster.programme().said(kind, newest);
        Ok((said.ok_or_else(|| Trouble::not_found("edition", newest))?, newest))
    }

    /// What other rules would mean: refused as a decision about them would be, and then what they say
    /// otherwise and which open cases would stand otherwise if they had held from their beginning. Nothing is
    /// changed. Cases that a viewer may not know of are left out.
    pub fn try_rules(
        &self,
        rules: &Rules,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<RulesTrial, Trouble> {
        self.trial(&rules.clone().checked()?, viewer, now)
    }

    /// The same of rules that were proposed already.
    pub(crate) fn trial(
        &self,
        rules: &Rules,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<RulesTrial, Trouble> {
        let scene = self.scene(now)?;
        let (roster, cases) = (scene.reader().roster()?, scene.reader().cases()?);
        let (kind, at) = (rules.kind(), self.instant(now));
        let tried = Arc::new(roster.programme().trying(rules));
        let newest = roster.programme().newest(kind);
        let mut trial = RulesTrial {
            kind: kind.code().to_owned(),
            title: kind.title().to_owned(),
            replaces: newest,
            differences: against(&roster, newest, rules),
            open_cases: 0,
            effects: Vec::new(),
        };
        let sees = viewer.is_none_or(|one| one.may(Right::SeeCases));
        let person = viewer.map(|one| one.person);
        for case in cases.all().filter(|case| sees && self.may_know(case, person)) {
            let around = scene.around(case)?;
            if progress(case, &cases, &around, at).stage.is_end() {
                continue;
            }
            trial.open_cases += 1;
            let other = Surroundings { programme: Arc::clone(&tried), ..around.clone() };
            let says = effect(case, &cases, (&around, &other), at);
            if !says.is_empty() && trial.effects.len() < EFFECTS_LIMIT {
                trial.effects.push(CaseEffect {
                    case: case.id(),
                    number: case.opened.number.clone(),
                    title: case.opened.title.clone(),
                    says,
                });
            }
        }
        Ok(trial)
    }

    /// A change of the rules, from the newest edition on.
    pub fn rules_change(&self, from: Date, rules: Rules) -> Result<Change, Trouble> {
        let replaces = self.roster()?.programme().newest(rules.kind());
        Ok(Change { from, replaces, rules })
    }
}

/// The kind of this code name.
pub fn rules_kind(code: &str) -> Result<RuleKind, Refusal> {
    RuleKind::of(code).ok_or_else(|| {
        let known: Vec<&str> = RuleKind::ALL.iter().map(|kind| kind.code()).collect();
        Refusal::new(
            "unknown_rules",
            format!("There are no rules of the kind `{}`.", code.escape_debug()),
            format!("Known: {}.", known.join(", ")),
        )
    })
}

fn differences(
    before: &[aftercare_domain::rules::Line],
    after: &[aftercare_domain::rules::Line],
) -> Vec<RulesDifference> {
    unlike(before, after).into_iter().map(Into::into).collect()
}

/// What rules say otherwise than an edition.
fn against(roster: &Roster, edition: u64, rules: &Rules) -> Vec<RulesDifference> {
    let before = roster.programme().lines(rules.kind(), edition).unwrap_or_default();
    differences(&before, &rules.lines())
}

/// The rules that a decision proposes, beside the edition that they replace.
pub(crate) fn proposed(roster: &Roster, change: &Change) -> ProposedRules {
    let kind = change.rules.kind();
    ProposedRules {
        kind: kind.code().to_owned(),
        title: kind.title().to_owned(),
        from: change.from.to_string(),
        replaces: change.replaces,
        differences: against(roster, change.replaces, &change.rules),
        change: serde_json::to_value(change).unwrap_or_default(),
    }
}

fn rows(programme: &Programme, kind: RuleKind, at: Instant) -> Vec<EditionRow> {
    let in_force = programme.in_force(kind, at);
    let history = programme.history(kind);
    let standing = |number: u64, begins: Instant| {
        // A later one that held by then keeps it out for ever.
        let later = history.iter().any(|(other, start, _)| *other > number && *start <= begins);
        match () {
            () if number == in_force => "in_force",
            () if later => "never_held",
            () if begins > at => "to_come",
            () => "replaced",
        }
    };
    let row = |(number, begins, adopted): &(u64, Instant, Option<&Adopted>)| EditionRow {
        edition: *number,
        standing: standing(*number, *begins).to_owned(),
        begins: adopted.map(|_| *begins),
        decision: adopted.map(|one| -> DecisionId { one.decision }),
        adopted_at: adopted.map(|one| one.at),
    };
    history.iter().rev().map(row).collect()
}

/// What would be otherwise about a case under other rules.
fn effect(
    case: &Case,
    cases: &Cases,
    (now, other): (&Surroundings, &Surroundings),
    at: Instant,
) -> Vec<String> {
    let mut says = Vec::new();
    let dues = |around: &Surroundings| -> BTreeMap<String, Option<Instant>> {
        let all = clocks(case, around, at);
        let open = all.iter().filter(|one| one.is_open());
        open.map(|one| (one.rule.id.clone(), one.due())).collect()
    };
    let (before, after) = (dues(now), dues(other));
    let shown = |due: Option<Instant>| due.map_or("no counted day".to_owned(), |due| due.shown());
    for (rule, due) in &after {
        match before.get(rule) {
            Some(was) if was == due => {}
            Some(was) => says.push(format!(
                "The clock {rule} would end {} instead of {}.",
                shown(*due),
                shown(*was)
            )),
            None => says.push(format!("The clock {rule} would run, and end {}.", shown(*due))),
        }
    }
    let gone = before.keys().filter(|rule| !after.contains_key(*rule));
    says.extend(gone.map(|rule| format!("The clock {rule} would not run.")));
    for (version, of) in &now.versions {
        let risk = |around: &Surroundings| case.risk(*version, around, at).determination.outcome;
        let (was, is) = (risk(now), risk(other));
        if was != is {
            says.push(format!("The computed risk of {} would be {is} instead of {was}.", of.label));
        }
    }
    let todos = |around: &Surroundings| -> BTreeMap<String, String> {
        let all = progress(case, cases, around, at).todos.into_iter();
        all.map(|todo| (todo.guard, todo.says)).collect()
    };
    let (before, after) = (todos(now), todos(other));
    let only = |these: &BTreeMap<String, String>, those: &BTreeMap<String, String>| {
        let others = these.iter().filter(|(guard, _)| !those.contains_key(*guard));
        others.map(|(_, words)| words.clone()).collect::<Vec<_>>()
    };
    says.extend(only(&after, &before).into_iter().map(|one| format!("To be done then: {one}.")));
    says.extend(only(&before, &after).into_iter().map(|one| format!("Not to be done now: {one}.")));
    says
}

/// By which editions a case goes.
pub(crate) fn rules_of(
    case: &Case,
    around: &Surroundings,
    running: &[Running<'_>],
    at: Instant,
) -> Vec<CaseRules> {
    let programme = &around.programme;
    let of = |kind: &RuleKind| {
        let editions: BTreeSet<u64> = match kind {
            RuleKind::Clocks => running.iter().map(|one| one.edition.number).collect(),
            RuleKind::RiskMatrix => {
                let affected = case.affected(around).into_iter();
                affected.map(|one| case.judged_by(one, around, at).number).collect()
            }
            RuleKind::Workflow => [case.workflow(programme).number].into(),
        };
        let in_force = programme.in_force(*kind, at);
        let history = programme.history(*kind);
        let since = history.iter().find(|(number, ..)| *number == in_force);
        CaseRules {
            kind: kind.code().to_owned(),
            title: kind.title().to_owned(),
            editions: editions.into_iter().collect(),
            in_force,
            in_force_since: since.and_then(|(_, begins, adopted)| adopted.map(|_| *begins)),
        }
    };
    RuleKind::ALL.iter().map(of).collect()
}

/// What comes with the product alone.
fn fixed() -> Vec<FixedRules> {
    let rubric = Rubric::shipped();
    let mut all = vec![FixedRules {
        title: "Rubric for CVSS of medical devices".to_owned(),
        edition: format!("{} {}", rubric.id, rubric.version),
        why: "It is qualified by FDA as a tool as it stands, and answers that were recorded are read by its \
              questions; a rubric with other questions would be another tool. A later edition comes with the product, \
              and each interview keeps the edition that it was asked by."
            .to_owned(),
    }];
    all.extend(Table::named("supplier").map(|table| {
        FixedRules {
            title: format!("SSVC: {}", table.title),
            edition: table.id.clone(),
            why: "The table is that of CERT/CC; a case keeps the answers that were given to it."
                .to_owned(),
        }
    }));
    all
}
