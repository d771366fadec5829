//! All signals and cases, folded from their entries.

use super::{Case, CaseOpened, End, Fact, Settled};
use crate::{
    entry::Entry,
    event::Event,
    signal::{Message, Reporter, Settlement, Signal, SignalSettled},
};
use aftercare_vocab::{
    digest::Digest,
    id::{CaseId, DecisionId, SignalId},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// All signals and cases at one point of the ledger.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    signals: BTreeMap<SignalId, Arc<Signal>>,
    all: BTreeMap<CaseId, Arc<Case>>,
    /// Decisions that belong to a case or to findings without one.
    of_decision: BTreeMap<DecisionId, Option<CaseId>>,
    /// Decisions about findings that have no case.
    without_case: BTreeMap<DecisionId, Settled>,
    position: u64,
}

impl Cases {
    /// Takes in an entry. Entries come in their order; others than those of [`KINDS`](super::KINDS) change
    /// nothing.
    pub fn enter(&mut self, entry: &Entry) {
        self.position = entry.seq;
        match &entry.event {
            Event::SignalReceived(e) => {
                let signal = Signal {
                    received: e.clone(),
                    at: entry.at,
                    entry: entry.seq,
                    settled: None,
                    reason: None,
                    settled_by: None,
                    owner: None,
                    thread: Vec::new(),
                };
                self.signals.insert(e.signal, Arc::new(signal));
            }
            Event::SignalSettled(e) => {
                self.settle(e, entry.reason.clone());
                if let Settlement::Joined(case) = e.settlement {
                    let signal = self.signals.get(&e.signal).cloned();
                    self.change(case, entry, |case| {
                        if let Some(signal) = &signal {
                            case.join(signal, entry.seq);
                        }
                    });
                }
            }
            Event::SignalAssigned(e) => self.of_signal(e.signal, |one| one.owner = Some(e.to)),
            Event::ThreadMessageAdded(e) => {
                let (at, role) = (entry.at, entry.role.clone());
                let (from, by, text) = (e.from, e.by, e.text);
                let message = Message { from, by, role, at, entry: entry.seq, text };
                self.of_signal(e.signal, |one| one.thread.push(message));
            }
            Event::CaseOpened(e) => self.opened(entry, e),
            Event::CaseFactRecorded(e) => {
                self.change(e.case, entry, |case| case.enter(entry, e.by, &e.fact));
                if let Fact::Ended(End::Duplicate(of)) = &e.fact {
                    self.carry_aware(e.case, *of, entry);
                }
            }
            Event::DecisionProposed(e) => self.decision(entry, e.decision, &e.wish),
            Event::DecisionRevised(e) => self.decision(entry, e.decision, &e.wish),
            Event::DecisionSigned(e) => self.settled(e.decision, entry, |one| {
                one.signed.insert(e.signature.person);
            }),
            Event::DecisionTaken(e) => {
                self.settled(e.decision, entry, |one| one.taken_at = Some(entry.at));
            }
            Event::DecisionRefused(e) => self.settled(e.decision, entry, |one| one.ended = true),
            Event::DecisionWithdrawn(e) => self.settled(e.decision, entry, |one| one.ended = true),
            _ => {}
        }
    }

    fn opened(&mut self, entry: &Entry, e: &CaseOpened) {
        let case = Case {
            opened: e.clone(),
            opened_at: entry.at,
            entry: entry.seq,
            newest: entry.seq,
            worked: entry.seq,
            facts: 1,
            families: e.families.clone(),
            signals: Vec::new(),
            joined: BTreeMap::new(),
            reported: false,
            firsts: BTreeMap::new(),
            received_at: e.matched_at,
            aware_at: e.matched_at,
            owner: None,
            harm: None,
            harm_told: None,
            weakness: None,
            credible: None,
            versions: BTreeMap::new(),
            exploited: None,
            selected: BTreeMap::new(),
            controls: None,
            ratings: Vec::new(),
            mitigations: BTreeMap::new(),
            plan: None,
            at_sites: BTreeMap::new(),
            changed: Vec::new(),
            tests: Vec::new(),
            reporter_told: Vec::new(),
            customers_told: Vec::new(),
            answered: BTreeMap::new(),
            severity_one_since: None,
            happened: Vec::new(),
            links: Vec::new(),
            attested: BTreeMap::new(),
            attachments: Vec::new(),
            skipped: BTreeMap::new(),
            ended: None,
            seconded: None,
            reopened: Vec::new(),
            embargo: None,
            notes: Vec::new(),
            decisions: BTreeMap::new(),
        };
        self.all.insert(e.case, Arc::new(case));
    }

    fn settle(&mut self, e: &SignalSettled, reason: Option<String>) {
        self.of_signal(e.signal, |signal| {
            signal.settled = Some(e.settlement.clone());
            signal.reason = reason;
            signal.settled_by = Some(e.by);
        });
    }

    fn of_signal(&mut self, signal: SignalId, change: impl FnOnce(&mut Signal)) {
        if let Some(signal) = self.signals.get_mut(&signal) {
            change(Arc::make_mut(signal));
        }
    }

    fn change(&mut self, case: CaseId, entry: &Entry, change: impl FnOnce(&mut Case)) {
        if let Some(case) = self.all.get_mut(&case) {
            let case = Arc::make_mut(case);
            case.newest = entry.seq;
            case.facts += 1;
            change(case);
        }
    }

    /// The case that goes on keeps the earlier instants of its duplicate.
    fn carry_aware(&mut self, from: CaseId, to: CaseId, entry: &Entry) {
        let Some(from) = self.all.get(&from) else { return };
        if let (Some(received), Some(aware)) = (from.received_at, from.aware_at) {
            self.change(to, entry, |case| case.earlier(received, aware));
        }
    }

    fn decision(&mut self, entry: &Entry, id: DecisionId, wish: &crate::decision::Wish) {
        let Some(matter) = &wish.matter else { return };
        let settled = Settled {
            decision: id,
            kind: wish.kind,
            title: wish.title.clone(),
            matter: matter.clone(),
            proposed_at: entry.at,
            entry: entry.seq,
            taken_at: None,
            ended: false,
            signed: BTreeSet::new(),
        };
        self.of_decision.insert(id, matter.case);
        match matter.case {
            Some(case) => self.change(case, entry, |case| {
                case.decisions.insert(id, settled);
            }),
            None => {
                self.without_case.insert(id, settled);
            }
        }
    }

    fn settled(&mut self, id: DecisionId, entry: &Entry, change: impl FnOnce(&mut Settled)) {
        match self.of_decision.get(&id) {
            Some(Some(case)) => self.change(*case, entry, |case| {
                if let Some(one) = case.decisions.get_mut(&id) {
                    change(one);
                }
            }),
            Some(None) => {
                if let Some(one) = self.without_case.get_mut(&id) {
                    change(one);
                }
            }
            None => {}
        }
    }

    /// The position of the newest entry that was taken in.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// One case.
    pub fn get(&self, id: CaseId) -> Option<&Case> {
        self.all.get(&id).map(Arc::as_ref)
    }

    /// All cases, the oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Case> {
        self.all.values().map(Arc::as_ref)
    }

    /// The case of this number.
    pub fn numbered(&self, number: &str) -> Option<&Case> {
        self.all().find(|case| case.opened.number.eq_ignore_ascii_case(number))
    }

    /// How many cases there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// One signal.
    pub fn signal(&self, id: SignalId) -> Option<&Signal> {
        self.signals.get(&id).map(Arc::as_ref)
    }

    /// The signal whose reporter has the key that hashes to this.
    pub fn of_reporter(&self, key: &Digest) -> Option<&Signal> {
        self.signals().find(|one| one.received.reporter == Reporter::Thread(*key))
    }

    /// All signals that were recorded, the oldest first.
    pub fn signals(&self) -> impl DoubleEndedIterator<Item = &Signal> {
        self.signals.values().map(Arc::as_ref)
    }

    /// The case that a decision is about, if it is about one.
    pub fn of_decision(&self, id: DecisionId) -> Option<&Case> {
        self.get((*self.of_decision.get(&id)?)?)
    }

    /// Decisions about findings that have no case.
    pub fn decisions_without_case(&self) -> impl Iterator<Item = &Settled> {
        self.without_case.values()
    }

    /// The cases about one of these identifiers.
    pub fn about<'a>(&'a self, ids: &'a BTreeSet<String>) -> impl Iterator<Item = &'a Case> {
        self.all().filter(|case| case.opened.vulnerabilities.iter().any(|one| ids.contains(one)))
    }
}
