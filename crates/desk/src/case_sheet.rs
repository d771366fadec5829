//! One case whole, as it is read.

use crate::{
    Desk, Trouble,
    answers::{
        CaseDecision, CaseHazard, CaseSheet, CaseSignal, CaseVersion, ClockRow, ConditionRow,
        ControlRow, EvidenceRow, ExposureRow, OwnerChoice, RatingRow, Regulatory, StageRow,
        TimelineRow, TodoRow,
    },
    case::{CaseKey, Standing, is_for, row},
    case_said::{
        Sizes, attachment, attested, communication, details, exploited, link, mitigation, said_of,
        test,
    },
    person::refs,
    told,
    viewer::Viewer,
};
use aftercare_domain::{
    Event, Sight,
    case::{
        Agreement, Answer, Applies, Case, Fact, Found, Running, Settled, Stage, Surroundings,
        clocks, evidence, recordable,
    },
    clock::{Kind, State},
    harm::Outcome,
    reporting::{Condition, Report, Standing as Held, reports},
    roster::Roster,
};
use aftercare_register::Page as Part;
use aftercare_vocab::{
    id::{ProductId, VersionId},
    instant::Instant,
};

/// Most entries of a case that its page shows; the rest stand in the ledger.
const TIMELINE_LIMIT: u32 = 500;

impl Desk {
    /// One case whole.
    pub fn case(
        &self,
        key: &CaseKey,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<CaseSheet, Trouble> {
        let at = self.instant(now);
        let families = self.families()?;
        self.with_case(key, viewer, now, |scene, roster, cases, standing| {
            let Standing { case, around, progress } = standing;
            let sight = self.sight();
            let shown = |version: &VersionId| {
                around.versions.get(version).is_some_and(|one| sight.sees(one.family))
            };
            let running = clocks(case, around, at);
            let id = case.id().to_string();
            let timeline = scene.reader().history(&id, &Part::first(TIMELINE_LIMIT))?;
            let place = |id| -> Result<String, Trouble> {
                Ok(self.whole_reader()?.site(id)?.map(|one| one.name).unwrap_or_default())
            };
            let mut mitigations = Vec::new();
            for said in case.mitigations.values() {
                let of_it =
                    case.at_sites.iter().filter(|((one, _), _)| *one == said.value.mitigation);
                let mut sites = Vec::new();
                for ((_, site), said) in of_it {
                    sites.push(ControlRow {
                        site: *site,
                        name: place(*site)?,
                        state: said.value.state.code().to_owned(),
                        statement: said.value.statement.clone(),
                        at: said.at,
                    });
                }
                mitigations.push(mitigation(roster, case, said, sites));
            }
            let mut sizes = Sizes::new();
            for one in &case.attachments {
                let digest = one.value.digest;
                sizes.extend(scene.reader().blob_size(&digest)?.map(|size| (digest, size)));
            }
            Ok(CaseSheet {
                row: row(roster, standing, viewer, at),
                entity_version: scene.reader().entity_version(&id)?,
                workflow: progress.workflow.clone(),
                rules: crate::rules::rules_of(case, around, &running, at),
                families: refs(&case.families, &families).unwrap_or_default(),
                all_families: case.families == Sight::All,
                way: way(progress.stage),
                todos: progress
                    .todos
                    .iter()
                    .map(|todo| TodoRow {
                        guard: todo.guard.clone(),
                        says: todo.says.clone(),
                        missing: todo.missing.clone(),
                        leads_to: todo.to.title().to_owned(),
                        roles: todo.who.iter().map(|role| role.title().to_owned()).collect(),
                        yours: viewer.is_some_and(|one| is_for(roster, case, &todo.who, one, at)),
                        attested: todo.attested,
                        due: todo.due,
                        overdue: todo.due.is_some_and(|due| due < at),
                    })
                    .collect(),
                signals: case
                    .signals
                    .iter()
                    .filter_map(|id| cases.signal(*id))
                    .map(|one| CaseSignal {
                        id: one.received.signal,
                        title: one.received.title.clone(),
                        kind: one.received.kind.title().to_owned(),
                        received_at: one.received.received_at,
                    })
                    .collect(),
                versions: around
                    .versions
                    .keys()
                    .filter(|one| shown(one))
                    .map(|one| CaseVersion {
                        ratings: ratings(roster, case, *one, viewer),
                        ..version(case, around, *one, at)
                    })
                    .collect(),
                said: said_of(roster, case),
                exploited: case.exploited.as_ref().map(|one| exploited(&one.value)),
                mitigations,
                decisions: case
                    .decisions
                    .values()
                    .rev()
                    .map(|one| decision(case, around, one, at))
                    .collect(),
                tests: case.tests.iter().map(|one| test(roster, around, &sizes, one)).collect(),
                communication: communication(roster, &sizes, case),
                links: case.links.iter().map(|one| link(roster, one)).collect(),
                attested: case.attested.values().map(|one| attested(roster, &sizes, one)).collect(),
                attachments: case
                    .attachments
                    .iter()
                    .map(|one| attachment(roster, &sizes, one))
                    .collect(),
                clocks: running.iter().map(clock_row).collect(),
                advisories: scene
                    .reader()
                    .advisories()?
                    .of_case(case.id())
                    .map(|state| crate::advisory::row(state, case))
                    .collect(),
                regulatory: regulatory(case, around, at)?,
                evidence: evidence(case, around)
                    .into_iter()
                    .map(|one| EvidenceRow {
                        code: one.code.to_owned(),
                        title: one.title.to_owned(),
                        there: one.there,
                    })
                    .collect(),
                timeline: timeline
                    .items
                    .iter()
                    .map(|entry| TimelineRow {
                        at: entry.at,
                        actor: roster
                            .acting(&entry.actor)
                            .and_then(|one| roster.person(one).ok())
                            .map_or_else(|| entry.actor.to_string(), |one| one.name.clone()),
                        role: entry.role.as_str().to_owned(),
                        what: told::told(&entry.event, Some(roster)),
                        words: words(&entry.event),
                        reason: entry.reason.clone(),
                        entry: entry.seq,
                    })
                    .collect(),
                may_record: viewer
                    .map(|one| recordable(roster, one.person, case, at))
                    .unwrap_or_default()
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                owners: roster
                    .persons()
                    .filter(|one| one.active())
                    .map(|one| OwnerChoice { person: one.id, name: one.name.clone() })
                    .collect(),
            })
        })
    }
}

fn way(now: Stage) -> Vec<StageRow> {
    let at = Stage::WAY.iter().position(|one| *one == now);
    let mut rows: Vec<StageRow> = Stage::WAY
        .iter()
        .enumerate()
        .map(|(n, stage)| StageRow {
            code: stage.code().to_owned(),
            title: stage.title().to_owned(),
            state: match at {
                Some(at) if n < at => "done",
                Some(at) if n == at => "now",
                _ => "ahead",
            }
            .to_owned(),
        })
        .collect();
    if at.is_none() {
        // A way out: the stages of the way are not what it went through.
        rows = vec![StageRow {
            code: now.code().to_owned(),
            title: now.title().to_owned(),
            state: "now".to_owned(),
        }];
    }
    rows
}

fn version(case: &Case, around: &Surroundings, id: VersionId, at: Instant) -> CaseVersion {
    let lies = &around.versions[&id];
    let said = case.assessed(id, around);
    let applicability = said.and_then(|one| one.applicability.as_ref());
    let harmed = case.harm_of(id, around);
    let named = harmed.map(|one| &one.value.hazards[..]).unwrap_or_default();
    let risk = case.risk(id, around, at);
    let disposition = case.disposition(id, around, at);
    let (analysts, agree) = match case.agreement(id) {
        Agreement::Open(count) => (count, None),
        Agreement::Agreed(count) => (count, Some(true)),
        Agreement::Differ(count) => (count, Some(false)),
    };
    let (applies, justification) = match applicability.map(|one| one.value.applies) {
        None => (None, None),
        Some(Applies::Affected) => (Some("affected"), None),
        Some(Applies::UnderInvestigation) => (Some("under_investigation"), None),
        Some(Applies::NotAffected(why)) => (Some("not_affected"), Some(why.title().to_owned())),
    };
    CaseVersion {
        id,
        product: lies.product,
        label: lies.label.clone(),
        supported: lies.supported,
        units: lies.units,
        found: match lies.found {
            Found::Affected => "affected",
            Found::Undetermined => "undetermined",
            Found::Nothing => "nothing",
            Found::NotCovered => "not_covered",
            Found::Unknown => "unknown",
        }
        .to_owned(),
        components: lies.components.iter().cloned().collect(),
        applies: applies.map(str::to_owned),
        justification,
        evidence: applicability.map(|one| one.value.statement.clone()),
        carried_from: case
            .versions
            .get(&id)
            .and_then(|one| one.carried.as_ref())
            .map(|from| around.label(from.value)),
        exposures: case
            .exposures_of(id, around)
            .map(|one| ExposureRow {
                environment: one.value.environment.clone(),
                from: one.value.from.to_string(),
                details: details(&[
                    ("Interfaces", &one.value.interfaces),
                    ("Privileges needed", &one.value.privileges),
                    ("Measures in place", &one.value.measures),
                    ("Evidence", &one.value.evidence),
                ]),
                reachable: one.value.reachable,
            })
            .collect(),
        environments: around
            .usage(id)
            .map(|one| one.environments.keys().cloned().collect())
            .unwrap_or_default(),
        environments_open: case.environments_open(id, around),
        harm_lapsed: harmed.is_none() && said.is_some_and(|one| one.harmed.is_some()),
        exploitability: risk.exploitability.map(|one| one.to_string()),
        proposed: match risk.proposal.class {
            Some(class) => class.to_string(),
            None => format!("at least {}", risk.proposal.at_least),
        },
        reasons: risk.proposal.reasons.clone(),
        missing: risk.proposal.missing.iter().map(|one| (*one).to_owned()).collect(),
        severity: risk.severity.map(|one| one.to_string()),
        essential_performance: harmed.map(|one| one.value.essential_performance),
        reasoning: harmed.map(|one| one.value.reasoning.clone()),
        hazards: named.iter().map(|id| hazard(id, lies.product, around)).collect(),
        risk_file: around.usage(id).and_then(|one| one.risk_file.as_ref()).map(|(n, _)| *n),
        cycle_days: around.usage(id).and_then(|one| one.cycle),
        computed: risk.determination.outcome.to_string(),
        needs_rationale: risk.determination.needs_rationale,
        with_mitigations: risk.with_mitigations.map(|one| one.outcome.to_string()),
        decided: case.decided(id, around, at).map(|one| one.to_string()),
        disposition: disposition.code().to_owned(),
        disposition_title: disposition.title().to_owned(),
        analysts: analysts as u64,
        agree,
        ratings: Vec::new(),
    }
}

/// A hazard that an assessment names, as the risk file knows it.
fn hazard(id: &str, product: ProductId, around: &Surroundings) -> CaseHazard {
    let file = around.usages.get(&product).and_then(|one| one.risk_file.as_ref());
    let rows = file.map_or(&[][..], |(_, file)| &file.rows);
    let row = rows.iter().find(|row| row.id == id);
    let known = file.and_then(|(_, file)| file.known(id));
    CaseHazard {
        id: id.to_owned(),
        words: row.and_then(|row| row.situation.clone().or_else(|| row.hazard.clone())),
        severity: known.and_then(|one| one.severity).map(|one| one.to_string()),
    }
}

/// What analysts said of a version by themselves, as far as whoever asks may know it.
fn ratings(roster: &Roster, case: &Case, id: VersionId, viewer: Option<&Viewer>) -> Vec<RatingRow> {
    let seen = viewer.map(|one| case.ratings_seen_by(one.person)).unwrap_or_default();
    let of_it = seen.into_iter().filter(|one| one.value.version == id);
    of_it
        .map(|one| RatingRow {
            by: one.by.map(|by| roster.names([by])).unwrap_or_default(),
            at: one.at,
            exploitability: one.value.exploitability.to_string(),
            severity: one.value.severity.to_string(),
        })
        .collect()
}

fn decision(case: &Case, around: &Surroundings, one: &Settled, at: Instant) -> CaseDecision {
    let lapsed = one.taken_at.and_then(|_| one.lapsed(case, around, at));
    CaseDecision {
        id: one.decision,
        kind: one.kind.code().to_owned(),
        kind_title: one.kind.title().to_owned(),
        title: one.title.clone(),
        answer: one.matter.answer.map(|answer| match answer {
            Answer::Controlled => "Controlled".to_owned(),
            Answer::Uncontrolled => "Uncontrolled".to_owned(),
            Answer::NotAffected(why) => format!("Not affected: {}", why.title().to_lowercase()),
            Answer::Train(train) => train.title().to_owned(),
            Answer::Reportable(true) => "To be reported".to_owned(),
            Answer::Reportable(false) => "Not to be reported".to_owned(),
        }),
        versions: one.matter.versions().into_iter().map(|one| around.label(one)).collect(),
        state: match (one.taken_at, &lapsed, one.ended) {
            (Some(_), None, _) => "taken",
            (Some(_), Some(_), _) => "lapsed",
            (None, _, true) => "ended",
            (None, _, false) => "open",
        }
        .to_owned(),
        lapsed,
        proposed_at: one.proposed_at,
        taken_at: one.taken_at,
    }
}

fn regulatory(case: &Case, around: &Surroundings, at: Instant) -> Result<Regulatory, Trouble> {
    let outcome: Outcome = case.outcome(around, at);
    let discretion = case.discretion(around, at)?;
    let event = case.reporting_facts().harm_known;
    let reports = reports(outcome, discretion.as_ref(), event);
    let word = |report| match report {
        Report::Due => "due",
        Report::NotDue => "not_due",
        Report::Unknown => "unknown",
    };
    let conditions = discretion.map(|one| one.conditions.to_vec()).unwrap_or_default();
    Ok(Regulatory {
        conditions: conditions
            .into_iter()
            .map(|one| ConditionRow {
                title: match one.condition {
                    Condition::NoHarmKnown => "No serious adverse event or death is known",
                    Condition::ToldIn30Days => {
                        "Within 30 days: customers told, controls named, plan made"
                    }
                    Condition::FixedIn60Days => "Within 60 days: fixed, validated, distributed",
                    Condition::ActiveInIsao => "Active member of an ISAO, which was told",
                }
                .to_owned(),
                standing: match one.standing {
                    Held::Met => "met",
                    Held::NotMet => "not_met",
                    Held::Unknown => "unknown",
                }
                .to_owned(),
                reasons: one.reasons,
                due: one.due,
            })
            .collect(),
        part_806: word(reports.part_806).to_owned(),
        part_803: word(reports.part_803).to_owned(),
        reasons: reports.reasons,
    })
}

/// A clock as it is read.
pub(crate) fn clock_row(one: &Running<'_>) -> ClockRow {
    let (state, percent) = match &one.state {
        State::Running { percent, .. } => ("running", Some(*percent)),
        State::Open(_) => ("open", None),
        State::Met { .. } => ("met", None),
        State::Missed { met_late: None, .. } => ("missed", Some(100)),
        State::Missed { met_late: Some(_), .. } => ("met_late", None),
        State::Undetermined(_) | State::NotStarted | State::NotInForce => ("undetermined", None),
    };
    ClockRow {
        rule: one.rule.id.clone(),
        jurisdiction: one.rule.jurisdiction.clone(),
        kind: match one.rule.kind {
            Kind::Statutory => "statutory",
            Kind::Guidance => "guidance",
            Kind::Programme => "programme",
            Kind::Policy => "policy",
            Kind::Proposal => "proposal",
        }
        .to_owned(),
        action: one.rule.action.clone(),
        text_ref: one.rule.text_ref.clone(),
        start: one.start,
        due: one.due(),
        state: state.to_owned(),
        percent,
        certain: one.certain,
        edition: one.edition.number,
        escalated_to: percent
            .and_then(|percent| one.edition.rules.escalated(percent))
            .map(|step| step.to.clone()),
    }
}

/// The free words that were recorded with an event.
fn words(event: &Event) -> Option<String> {
    let Event::CaseFactRecorded(e) = event else { return None };
    let words = match &e.fact {
        Fact::Weakness(words)
        | Fact::Credible(words)
        | Fact::Controls(words)
        | Fact::Noted(words) => words,
        Fact::Applicability(one) => &one.statement,
        Fact::Exploited(one) => &one.reasons,
        Fact::Harmed(one) => &one.reasoning,
        Fact::Planned(one) => &one.rationale,
        Fact::Changed(one) => &one.statement,
        Fact::Tested(one) => &one.statement,
        Fact::Attested(one) => &one.statement,
        Fact::Answered(one) => &one.statement,
        Fact::Happened(one) => &one.statement,
        Fact::Controlled(one) => &one.statement,
        _ => return None,
    };
    Some(words.clone()).filter(|words| !words.is_empty())
}
