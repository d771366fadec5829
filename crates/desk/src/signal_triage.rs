//! Triage: what is done with several rows of the queue at once, by the same rules and rights as with one.

use crate::{
    Desk, Trouble,
    signal_queue::{Group, Queue},
    viewer::Viewer,
};
use aftercare_domain::{
    Operation, Refusal, Sight,
    case::{Answer, Finding, Justification, Matter, Opening},
    decision::{self, Wish},
    rights::{Circumstances, DecisionKind},
    signal::{self as rules, Dismissal, Settlement},
};
use aftercare_vocab::id::{CaseId, DecisionId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most rows that are triaged together.
pub const TRIAGE_LIMIT: usize = 500;

/// What is to be done with the rows that are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Triage {
    /// To propose that their findings do not affect the versions they are found in: one decision, signed
    /// once by whoever has the right.
    NotAffected {
        /// Why not.
        because: Justification,
        /// In one line.
        title: String,
        /// The evidence.
        statement: String,
    },
    /// To open one case about all of them.
    Open {
        /// In one line.
        title: String,
    },
    /// To dismiss their signals; the operation says why.
    Dismiss(Dismissal),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TriageDone {
    /// A decision is proposed.
    Proposed(DecisionId),
    /// A case is open.
    Opened(CaseId),
    /// So many signals were dismissed.
    Dismissed(u64),
}

impl Desk {
    /// Does it with the rows of these keys. A row that says something else by now is refused with all the
    /// others: nobody decides about what they did not see.
    pub fn triage(
        &self,
        op: &Operation,
        keys: &BTreeSet<String>,
        triage: Triage,
        viewer: Option<&Viewer>,
    ) -> Result<TriageDone, Trouble> {
        // A case that was opened is kept as such.
        let before = match triage {
            Triage::Open { .. } => self.before(op)?.map(TriageDone::Opened),
            _ => self.before(op)?,
        };
        if let Some(before) = before {
            return Ok(before);
        }
        let queue = self.groups()?;
        let chosen = chosen(&queue, keys)?;
        match triage {
            Triage::NotAffected { because, title, statement } => {
                self.propose_not_affected(op, &chosen, because, title, statement)
            }
            Triage::Open { title } => self.open_of(op, &chosen, title),
            Triage::Dismiss(why) => self.dismiss_of(op, &chosen, why, viewer),
        }
    }

    fn propose_not_affected(
        &self,
        op: &Operation,
        chosen: &[&Group],
        because: Justification,
        title: String,
        statement: String,
    ) -> Result<TriageDone, Trouble> {
        let mut open: BTreeMap<&str, &BTreeSet<_>> = BTreeMap::new();
        for group in chosen {
            if !group.signals.is_empty() {
                return Err(Refusal::new(
                    "signal_told",
                    format!("{} is more than a finding: somebody told of it.", name(group)),
                    "Open a case from it, or dismiss the signal with the reason.",
                )
                .into());
            }
            let found = group.found.iter().flat_map(|found| &found.open);
            open.extend(found.map(|(vulnerability, versions)| (vulnerability.as_str(), versions)));
        }
        let findings: Vec<Finding> = open
            .iter()
            .map(|(vulnerability, versions)| Finding {
                vulnerability: (*vulnerability).to_owned(),
                versions: (*versions).clone(),
            })
            .collect();
        let Some(first) = chosen.first().filter(|_| !findings.is_empty()) else {
            return Err(nothing_chosen().into());
        };
        let mut about = name(first);
        if findings.len() > 1 {
            about = format!("{about} and {} more", findings.len() - 1);
        }
        let families = chosen.iter().fold(Sight::none(), |all, one| all.or(&one.families));
        let wish = Wish {
            kind: DecisionKind::NotAffected,
            about,
            title,
            statement,
            // Harm and class are not known here, so whoever could be needed is needed.
            circumstances: Circumstances {
                rests_on_reachability: Some(because.rests_on_reachability()),
                lowers_computed: true,
                ..Circumstances::default()
            },
            families,
            matrix: None,
            rules: None,
            matter: Some(Matter {
                case: None,
                findings,
                answer: Some(Answer::NotAffected(because)),
                until: None,
                mitigation: None,
                basis: None,
                document: None,
                risk_matrix: None,
            }),
        };
        let id: DecisionId = op.new_id();
        self.decided(op, TriageDone::Proposed(id), |pen| {
            Ok(decision::propose(&*pen.facts().roster()?, id, wish, &pen.dated()?)?)
        })
    }

    fn open_of(
        &self,
        op: &Operation,
        chosen: &[&Group],
        title: String,
    ) -> Result<TriageDone, Trouble> {
        if chosen.is_empty() {
            return Err(nothing_chosen().into());
        }
        let mut vulnerabilities: Vec<String> = Vec::new();
        for group in chosen {
            let found = group.found.iter().flat_map(|found| &found.vulnerabilities);
            let usual = group.ids.iter().filter(|id| is_usual(id) || group.found.is_none());
            for id in usual.chain(found) {
                if !vulnerabilities.contains(id) {
                    vulnerabilities.push(id.clone());
                }
            }
        }
        let opening = Opening {
            title,
            vulnerabilities,
            families: chosen.iter().fold(Sight::none(), |all, one| all.or(&one.families)),
            signals: chosen.iter().flat_map(|one| one.signals.iter().copied()).collect(),
            matched_at: chosen
                .iter()
                .filter_map(|one| one.found.as_ref())
                .map(|one| one.first)
                .min(),
        };
        Ok(TriageDone::Opened(self.open_case(op, opening)?))
    }

    fn dismiss_of(
        &self,
        op: &Operation,
        chosen: &[&Group],
        why: Dismissal,
        viewer: Option<&Viewer>,
    ) -> Result<TriageDone, Trouble> {
        let signals: Vec<_> = chosen.iter().flat_map(|one| one.signals.iter().copied()).collect();
        if let Some(group) = chosen.iter().find(|one| one.signals.is_empty()) {
            return Err(Refusal::new(
                "finding_not_dismissed",
                format!(
                    "{} is a finding of an SBOM, and no signal that somebody sent.",
                    name(group)
                ),
                "Propose that it does not affect, with the justification, or open a case.",
            )
            .into());
        }
        if signals.is_empty() {
            return Err(nothing_chosen().into());
        }
        let done = TriageDone::Dismissed(signals.len() as u64);
        self.decided(op, done, |pen| {
            let (roster, cases) = (pen.facts().roster()?, pen.facts().cases()?);
            let op = pen.dated()?;
            let mut events = Vec::new();
            for id in signals {
                self.signal_of(&cases, id, viewer)?;
                events.extend(rules::settle(
                    &roster,
                    &cases,
                    (id, Settlement::Dismissed(why)),
                    &op,
                )?);
            }
            Ok(events)
        })
    }
}

/// The rows of these keys, in the order of the queue.
fn chosen<'a>(queue: &'a Queue, keys: &BTreeSet<String>) -> Result<Vec<&'a Group>, Refusal> {
    if keys.len() > TRIAGE_LIMIT {
        return Err(Refusal::new(
            "too_many_rows",
            format!("{} rows are chosen.", keys.len()),
            format!("Choose at most {TRIAGE_LIMIT} at once."),
        ));
    }
    let found: Vec<&Group> = queue.groups.iter().filter(|one| keys.contains(&one.key)).collect();
    if found.len() < keys.len() {
        return Err(Refusal::new(
            "queue_changed",
            format!(
                "{} of the {} chosen rows are not there any more, or say something else by now. Nothing was \
                 changed.",
                keys.len() - found.len(),
                keys.len()
            ),
            "Load the queue again, and choose from what it says.",
        ));
    }
    Ok(found)
}

fn nothing_chosen() -> Refusal {
    Refusal::new("nothing_chosen", "No row is chosen.", "Mark the rows, then try again.")
}

fn name(group: &Group) -> String {
    group.ids.first().cloned().unwrap_or_else(|| "The signal".to_owned())
}

/// An identifier that people search for.
fn is_usual(id: &str) -> bool {
    id.starts_with("CVE-") || id.starts_with("GHSA-")
}
