//! The signatures of people: was each lawful when it was made, by what the ledger itself says?
//!
//! Roster, decisions and governing documents are folded from the entries, and every entry about one of them or a delegation is
//! decided again by the rules of the product, with what stood before it and at the instant that it bears.
//! What the rules refuse, or would have written otherwise, is told. So a ledger that is whole and signed by
//! its own key, but holds a decision that nobody could lawfully have made, is found without a server.
//!
//! It trusts what the ledger says about who gave proof of being who: no proof is kept in it.

use aftercare_domain::{
    Entry, Event, Operation, Refusal,
    decision::{self, SignWish, State},
    delegation,
    policy::{self, AcknowledgeWish, Draft, Policies},
    roster::Roster,
    signature::{ByRight, Signature},
};
use aftercare_vocab::{
    digest::Digest,
    id::{DecisionId, IdSource, PolicyId, SignatureId},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// People, rights and decisions as far as the ledger was read.
#[derive(Debug, Default)]
pub struct Signatures {
    roster: Roster,
    decisions: BTreeMap<DecisionId, State>,
    policies: Policies,
    seen: BTreeSet<SignatureId>,
    /// What must follow at once: that a decision is taken, that rights come into force.
    due: VecDeque<Event>,
    checked: u64,
}

impl Signatures {
    /// Takes in the next entry. `differs` hears what was not lawful about it.
    pub fn enter(&mut self, entry: &Entry, mut differs: impl FnMut(String)) {
        if let Some(what) = self.weigh(entry) {
            differs(what);
        }
        self.roster.enter(entry);
        self.policies.enter(entry);
        if let Some(decision) = decision_of(&entry.event) {
            match self.decisions.get_mut(&decision) {
                // A body without canonical form is told by the chain.
                Some(state) => {
                    state.enter(entry);
                }
                None => self.decisions.extend(State::begun(entry).map(|state| (decision, state))),
            }
        }
    }

    /// How many signatures were looked at.
    pub const fn checked(&self) -> u64 {
        self.checked
    }

    fn weigh(&mut self, entry: &Entry) -> Option<String> {
        if let Some(due) = self.due.pop_front() {
            if due == entry.event {
                return None;
            }
            self.due.clear();
            return Some(format!(
                "by the signature before it, `{}` about {} must stand here",
                due.kind(),
                due.entity()
            ));
        }
        if let Some(signature) = signature_of(&entry.event) {
            self.checked += 1;
            if let Some(what) = self.bound(entry, signature) {
                return Some(what);
            }
        }
        let given = match self.again(entry)? {
            Ok(given) => given,
            Err(Unlawful::Refused(refusal)) => {
                return Some(format!("the rules refuse it: \"{}\"", refusal.what));
            }
            Err(Unlawful::Baseless(what)) => return Some(what.to_owned()),
        };
        let mut given = VecDeque::from(given);
        let first = given.pop_front();
        if first.as_ref() != Some(&entry.event) {
            return Some(unlike(first.as_ref(), &entry.event));
        }
        self.due = given;
        None
    }

    /// Whether a signature is over what it says it is over, and made once, in the role of its entry.
    fn bound(&mut self, entry: &Entry, signature: &Signature) -> Option<String> {
        if !self.seen.insert(signature.id) {
            return Some(format!("the signature {} stands in an earlier entry", signature.id));
        }
        let (what, is) = match &entry.event {
            Event::DelegationGiven(e) => {
                ("what is handed over".to_owned(), e.handing.digest().ok())
            }
            Event::PolicyAcknowledged(e) => {
                let state = self.policies.get(e.policy)?;
                let Some(signed) = state.version(e.version) else {
                    return Some(no_version(e.version));
                };
                let newest = state.newest().issued.version;
                if e.version != newest {
                    return Some(replaced(e.version, newest));
                }
                if let Some(what) = other_role(entry, signature) {
                    return Some(what);
                }
                (format!("version {}", e.version), Some(signed.digest))
            }
            event => {
                let version = version_of(event)?;
                let state = self.decisions.get(&decision_of(event)?)?;
                let signed = state.versions.iter().find(|one| one.number == version);
                let Some(signed) = signed else {
                    return Some(no_version(version));
                };
                let newest = state.newest().number;
                if version != newest {
                    return Some(replaced(version, newest));
                }
                if let Some(what) = other_role(entry, signature) {
                    return Some(what);
                }
                (format!("version {version}"), Some(signed.digest))
            }
        };
        let is: Digest = is?;
        (signature.of != is).then(|| {
            format!("the signature is over {}, and {what} has the digest {is}", signature.of)
        })
    }

    /// What the rules give for what was done here; `None` = it is nothing they give.
    fn again(&self, entry: &Entry) -> Option<Result<Vec<Event>, Unlawful>> {
        let op = operation(entry);
        let roster = &self.roster;
        let about = |decision: &DecisionId| {
            self.decisions.get(decision).ok_or(Unlawful::Baseless("nobody proposed this decision"))
        };
        let governing = |policy: &PolicyId| {
            self.policies.get(*policy).ok_or(Unlawful::Baseless("nobody issued this document"))
        };
        let signing = |signature: &Signature| SignWish {
            id: signature.id,
            role: signature.role,
            of: signature.of,
            factors: signature.factors.clone(),
        };
        let given = match &entry.event {
            Event::DecisionProposed(e) if self.decisions.contains_key(&e.decision) => {
                Err(Unlawful::Baseless("this decision was proposed before"))
            }
            Event::DecisionProposed(e) => {
                decision::propose(roster, e.decision, e.wish.clone(), &op)
                    .map_err(Unlawful::Refused)
            }
            Event::DecisionRevised(e) => about(&e.decision)
                .and_then(|state| Ok(decision::revise(roster, state, e.wish.clone(), &op)?)),
            Event::DecisionSigned(e) => about(&e.decision)
                .and_then(|state| Ok(decision::sign(roster, state, signing(&e.signature), &op)?)),
            Event::DecisionRefused(e) => about(&e.decision)
                .and_then(|state| Ok(decision::refuse(roster, state, signing(&e.signature), &op)?)),
            Event::DecisionWithdrawn(e) => {
                about(&e.decision).and_then(|state| Ok(decision::withdraw(roster, state, &op)?))
            }
            Event::DecisionTaken(_) => Err(Unlawful::Baseless(
                "it says that a decision was taken, and no signature that completes it stands before it",
            )),
            Event::RightsAdopted(_) => Err(Unlawful::Baseless(
                "it puts decision rights in force that no decision taken just before it holds",
            )),
            Event::RulesAdopted(_) => Err(Unlawful::Baseless(
                "it puts rules of the programme in force that no decision taken just before it holds",
            )),
            Event::DelegationGiven(e) => {
                let proof = (e.signature.id, e.signature.factors.clone());
                delegation::give(roster, e.handing.clone(), proof, &op).map_err(Unlawful::Refused)
            }
            Event::PolicyIssued(e) => {
                let draft = Draft {
                    kind: e.kind,
                    title: e.title.clone(),
                    dated: e.dated,
                    document: e.document,
                    size: e.size,
                    file_name: e.file_name.clone(),
                    audience: e.audience.clone(),
                };
                policy::issue(roster, &self.policies, e.policy, draft, &op)
                    .map_err(Unlawful::Refused)
            }
            Event::PolicyAcknowledged(e) => governing(&e.policy).and_then(|state| {
                let signature = &e.signature;
                let wish = AcknowledgeWish {
                    id: signature.id,
                    role: signature.role,
                    of: signature.of,
                    factors: signature.factors.clone(),
                };
                Ok(policy::acknowledge(roster, state, wish, &op)?)
            }),
            Event::PolicyWithdrawn(e) => {
                governing(&e.policy).and_then(|state| Ok(policy::withdraw(roster, state, &op)?))
            }
            Event::DelegationEnded(e) => {
                delegation::end(roster, e.delegation, &op).map_err(Unlawful::Refused)
            }
            _ => return None,
        };
        Some(given)
    }
}

/// Why an entry should not be there.
enum Unlawful {
    /// The rules say no.
    Refused(Refusal),
    /// There is nothing that it could rest on.
    Baseless(&'static str),
}

impl From<Refusal> for Unlawful {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The operation that made an entry, as far as the rules ask.
fn operation(entry: &Entry) -> Operation {
    let ids = IdSource::new(entry.at, 0);
    let mut op =
        Operation::new(entry.at, entry.actor.clone(), entry.role.clone(), entry.channel, ids);
    op.reason.clone_from(&entry.reason);
    op
}

fn decision_of(event: &Event) -> Option<DecisionId> {
    match event {
        Event::DecisionProposed(e) => Some(e.decision),
        Event::DecisionRevised(e) => Some(e.decision),
        Event::DecisionSigned(e) => Some(e.decision),
        Event::DecisionRefused(e) => Some(e.decision),
        Event::DecisionTaken(e) => Some(e.decision),
        Event::DecisionWithdrawn(e) => Some(e.decision),
        _ => None,
    }
}

const fn version_of(event: &Event) -> Option<u64> {
    match event {
        Event::DecisionSigned(e) => Some(e.version),
        Event::DecisionRefused(e) => Some(e.version),
        _ => None,
    }
}

const fn signature_of(event: &Event) -> Option<&Signature> {
    match event {
        Event::DecisionSigned(e) => Some(&e.signature),
        Event::DecisionRefused(e) => Some(&e.signature),
        Event::DelegationGiven(e) => Some(&e.signature),
        Event::PolicyAcknowledged(e) => Some(&e.signature),
        _ => None,
    }
}

fn no_version(version: u64) -> String {
    format!("it is under version {version}, which there is not")
}

fn replaced(version: u64, newest: u64) -> String {
    format!("it is under version {version}, which version {newest} had replaced")
}

/// That a signature is in another role than its entry says.
fn other_role(entry: &Entry, signature: &Signature) -> Option<String> {
    let (signed, said) = (signature.role, entry.role.as_str());
    (said != signed.code())
        .then(|| format!("it is signed as {signed}, and the entry says `{said}`"))
}

const fn right(by: ByRight) -> &'static str {
    match by {
        ByRight::Holder => "holder",
        ByRight::Deputy => "deputy",
        ByRight::Delegate(_) => "delegate",
    }
}

/// In what an entry is not what the rules give.
fn unlike(given: Option<&Event>, found: &Event) -> String {
    let signatures = given.and_then(signature_of).zip(signature_of(found));
    if let Some((given, found)) = signatures {
        if given.person != found.person {
            return format!("whoever acted is not whose name is under it: {}", found.name);
        }
        if given.name != found.name {
            let (given, found) = (&given.name, &found.name);
            return format!("the printed name is {found}, and the person was named {given} then");
        }
        if given.by != found.by {
            let (given, found) = (right(given.by), right(found.by));
            return format!("it is signed as {found}, and the right was that of a {given}");
        }
        if given.meaning != found.meaning {
            let (given, found) = (given.meaning.code(), found.meaning.code());
            return format!("its meaning is `{found}`, and the place is that of the `{given}`");
        }
    }
    "it is not what the rules give for what was done here".to_owned()
}
