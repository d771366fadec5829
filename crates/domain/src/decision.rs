//! Decisions: proposed, signed by those whom the matrix names, refused or withdrawn.
//!
//! What is signed is one exact version: the canonical body of the entry that proposed or revised it. A
//! revision makes a new version without signatures; those of the old version stay where they are and
//! count for nothing new. The stage of a decision follows from its entries ([`State::enter`]), never
//! from a stored choice.

use crate::{
    credential::Factor,
    entry::Entry,
    event::Event,
    operation::Operation,
    refusal::Refusal,
    rights::{Circumstances, DecisionKind, Matrix, Needed},
    role::RoleName,
    roster::Roster,
    sight::Sight,
    signature::{self, ByRight, Meaning, Signature},
    text,
};
use aftercare_vocab::{
    digest::Digest,
    id::{DecisionId, PersonId, SignatureId},
    instant::Instant,
    problem::quoted,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest title, in characters.
pub const TITLE_LIMIT: usize = 200;
/// Longest statement, in characters.
pub const STATEMENT_LIMIT: usize = 20_000;
/// Most revisions of one decision.
pub const VERSIONS_LIMIT: u64 = 200;

/// What is to be decided: one version of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// The kind.
    pub kind: DecisionKind,
    /// What it is about: `CVE-2021-44228`, an identifier, `rights`.
    pub about: String,
    /// In one line.
    pub title: String,
    /// What is decided, and why.
    pub statement: String,
    /// What matters for who must sign.
    pub circumstances: Circumstances,
    /// The product families it touches.
    pub families: Sight,
    /// The matrix that is proposed, if that is what it is about.
    pub matrix: Option<Matrix>,
}

/// A decision was proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionProposed {
    /// The decision.
    pub decision: DecisionId,
    /// The version of the matrix in force, which says who must sign.
    pub rights: u64,
    /// Who proposed it.
    pub by: PersonId,
    /// What is to be decided.
    pub wish: Wish,
}

/// A decision got a new version, which nobody has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRevised {
    /// The decision.
    pub decision: DecisionId,
    /// Its new version, from 2.
    pub version: u64,
    /// The version of the matrix in force.
    pub rights: u64,
    /// Who revised it.
    pub by: PersonId,
    /// What is to be decided now.
    pub wish: Wish,
}

/// The part that a signer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Decides.
    Decide,
    /// Signs beside.
    Cosign,
}

impl Part {
    /// The code name: `cosign`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Cosign => "cosign",
        }
    }

    /// What the signature of whoever takes it means.
    pub const fn meaning(self) -> Meaning {
        match self {
            Self::Decide => Meaning::Approver,
            Self::Cosign => Meaning::Reviewer,
        }
    }
}

/// A version was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionSigned {
    /// The decision.
    pub decision: DecisionId,
    /// Which version.
    pub version: u64,
    /// The part that the signer takes.
    pub part: Part,
    /// The signature.
    pub signature: Signature,
}

/// A version was refused by somebody who could have signed it. The reason stands in the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRefused {
    /// The decision.
    pub decision: DecisionId,
    /// Which version.
    pub version: u64,
    /// The part that the signer could have taken.
    pub part: Part,
    /// The signature under the refusal.
    pub signature: Signature,
}

/// Everybody who must sign has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionTaken {
    /// The decision.
    pub decision: DecisionId,
    /// Which version.
    pub version: u64,
}

/// Whoever proposed it took it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionWithdrawn {
    /// The decision.
    pub decision: DecisionId,
}

/// A matrix was put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightsAdopted {
    /// Its version; the proposed one that every record begins with is 1.
    pub version: u64,
    /// The decision it rests on.
    pub decision: DecisionId,
    /// The matrix.
    pub matrix: Matrix,
}

/// How far a decision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Signatures are missing.
    Open,
    /// Everybody signed; since when.
    Taken(Instant),
    /// Somebody refused the newest version; since when.
    Refused(Instant),
    /// It was taken back; since when.
    Withdrawn(Instant),
}

impl Stage {
    /// The code name: `open`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Taken(_) => "taken",
            Self::Refused(_) => "refused",
            Self::Withdrawn(_) => "withdrawn",
        }
    }
}

/// A signature with its place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The version that was signed.
    pub version: u64,
    /// The part.
    pub part: Part,
    /// Whether it was a refusal.
    pub refused: bool,
    /// The reason, where one was given.
    pub reason: Option<String>,
    /// The signature.
    pub signature: Signature,
    /// When.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
}

/// One version of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub number: u64,
    /// Who wrote it.
    pub by: PersonId,
    /// The version of the matrix it is decided under.
    pub rights: u64,
    /// What is to be decided.
    pub wish: Wish,
    /// What a signature binds to: SHA-256 of the entry's canonical body.
    pub digest: Digest,
    /// When it was written.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
}

/// A decision as its entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The decision.
    pub id: DecisionId,
    /// How far it is.
    pub stage: Stage,
    /// Its versions, the newest last; never empty.
    pub versions: Vec<Version>,
    /// Every signature and refusal, in their order.
    pub signed: Vec<Signed>,
    newest: Version,
}

impl State {
    /// Reads a decision from its entries, in their order. `None` = none proposes one.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<Self> {
        let mut state: Option<Self> = None;
        for entry in entries {
            match (&mut state, &entry.event) {
                (None, Event::DecisionProposed(e)) => {
                    let version = version(entry, 1, e.by, e.rights, &e.wish)?;
                    state = Some(Self {
                        id: e.decision,
                        stage: Stage::Open,
                        versions: vec![version.clone()],
                        signed: Vec::new(),
                        newest: version,
                    });
                }
                (Some(state), _) => state.enter(entry)?,
                (None, _) => {}
            }
        }
        state
    }

    fn enter(&mut self, entry: &Entry) -> Option<()> {
        match &entry.event {
            Event::DecisionRevised(e) => {
                let version = version(entry, e.version, e.by, e.rights, &e.wish)?;
                self.versions.push(version.clone());
                self.newest = version;
                self.stage = Stage::Open;
            }
            Event::DecisionSigned(e) => {
                self.signed.push(signed(entry, e.version, e.part, false, &e.signature));
            }
            Event::DecisionRefused(e) => {
                self.signed.push(signed(entry, e.version, e.part, true, &e.signature));
                self.stage = Stage::Refused(entry.at);
            }
            Event::DecisionTaken(_) => self.stage = Stage::Taken(entry.at),
            Event::DecisionWithdrawn(_) => self.stage = Stage::Withdrawn(entry.at),
            _ => {}
        }
        Some(())
    }

    /// The newest version.
    pub const fn newest(&self) -> &Version {
        &self.newest
    }

    /// The signatures under the newest version.
    pub fn signatures(&self) -> impl Iterator<Item = &Signed> {
        let number = self.newest.number;
        self.signed.iter().filter(move |one| one.version == number && !one.refused)
    }

    /// Who must sign the newest version.
    pub fn needed(&self, roster: &Roster) -> Needed {
        let newest = self.newest();
        roster.matrix(newest.rights).needed(newest.wish.kind, &newest.wish.circumstances)
    }

    /// The places that nobody has signed yet.
    pub fn missing(&self, roster: &Roster) -> Vec<Place> {
        let needed = self.needed(roster);
        let has = |part: Part, role: Option<RoleName>| {
            self.signatures()
                .any(|one| one.part == part && role.is_none_or(|role| role == one.signature.role))
        };
        let mut missing = Vec::new();
        if !has(Part::Decide, None) {
            missing.push(Place { part: Part::Decide, roles: needed.decides.clone() });
        }
        for role in needed.cosigns {
            if !has(Part::Cosign, Some(role)) {
                missing.push(Place { part: Part::Cosign, roles: vec![role] });
            }
        }
        missing
    }
}

/// A place for a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The part.
    pub part: Part,
    /// In one of these roles.
    pub roles: Vec<RoleName>,
}

fn version(entry: &Entry, number: u64, by: PersonId, rights: u64, wish: &Wish) -> Option<Version> {
    let digest = Digest::of(&entry.event.body().ok()?);
    let (at, entry) = (entry.at, entry.seq);
    Some(Version { number, by, rights, wish: wish.clone(), digest, at, entry })
}

fn signed(entry: &Entry, version: u64, part: Part, refused: bool, signature: &Signature) -> Signed {
    Signed {
        version,
        part,
        refused,
        reason: entry.reason.clone(),
        signature: signature.clone(),
        at: entry.at,
        entry: entry.seq,
    }
}

/// Proposes a decision.
pub fn propose(
    roster: &Roster,
    decision: DecisionId,
    wish: Wish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    let wish = checked(roster, by, wish, op)?;
    Ok(vec![DecisionProposed { decision, rights: roster.rights_version(), by, wish }.into()])
}

/// Gives an open or refused decision a new version, which nobody has signed yet.
pub fn revise(
    roster: &Roster,
    state: &State,
    wish: Wish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    match state.stage {
        Stage::Open | Stage::Refused(_) => {}
        Stage::Taken(_) | Stage::Withdrawn(_) => {
            return Err(Refusal::new(
                "decision_ended",
                format!("This decision is {} and stays as it is.", state.stage.code()),
                "Propose a new one that refers to it.",
            ));
        }
    }
    if wish.kind != state.newest().wish.kind {
        return Err(Refusal::new(
            "kind_fixed",
            "The kind of a decision does not change.",
            "Withdraw this one and propose another.",
        ));
    }
    let version = state.newest().number + 1;
    if version > VERSIONS_LIMIT {
        return Err(Refusal::new(
            "too_many_versions",
            format!("This decision has {VERSIONS_LIMIT} versions."),
            "Withdraw it and propose a new one.",
        ));
    }
    let wish = checked(roster, by, wish, op)?;
    let (decision, rights) = (state.id, roster.rights_version());
    Ok(vec![DecisionRevised { decision, version, rights, by, wish }.into()])
}

/// Takes a decision back: whoever proposed it, or wrote its newest version, while it is open.
pub fn withdraw(roster: &Roster, state: &State, op: &Operation) -> Result<Vec<Event>, Refusal> {
    let by = roster.signed_in(&op.actor)?;
    still_open(state)?;
    let authors = [state.versions.first().map(|one| one.by), Some(state.newest().by)];
    if !authors.contains(&Some(by)) {
        return Err(Refusal::new(
            "not_yours",
            "Only whoever proposed a decision takes it back.",
            "Refuse it instead, if you could sign it.",
        )
        .could(roster.names(authors.into_iter().flatten())));
    }
    Ok(vec![DecisionWithdrawn { decision: state.id }.into()])
}

/// What somebody wants to sign, as they saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignWish {
    /// The identifier of the signature.
    pub id: SignatureId,
    /// In which role.
    pub role: RoleName,
    /// What they saw, so that nothing else is signed: the digest of the version.
    pub of: Digest,
    /// By which components they showed who they are, in this very request.
    pub factors: Vec<Factor>,
}

/// Signs the newest version; when nobody is missing any more, the decision is taken, and a matrix that
/// it proposes comes into force.
pub fn sign(
    roster: &Roster,
    state: &State,
    wish: SignWish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let (part, signature) = signature_under(roster, state, wish, op)?;
    let newest = state.newest();
    let others_missing: Vec<Place> = state
        .missing(roster)
        .into_iter()
        .filter(|place| !(place.part == part && place.roles.contains(&signature.role)))
        .collect();
    let signer = signature.person;
    let (decision, version) = (state.id, newest.number);
    let mut events: Vec<Event> = vec![DecisionSigned { decision, version, part, signature }.into()];
    if others_missing.is_empty() {
        let another = state.signatures().map(|one| one.signature.person).chain([signer]);
        if another.into_iter().all(|person| person == newest.by) {
            return Err(sole_approver(roster, state));
        }
        events.push(DecisionTaken { decision, version }.into());
        if let Some(matrix) = &newest.wish.matrix {
            let version = roster.rights_version() + 1;
            events.push(RightsAdopted { version, decision, matrix: matrix.clone() }.into());
        }
    }
    Ok(events)
}

/// Refuses the newest version, with a reason and a signature, by somebody who could have signed it.
pub fn refuse(
    roster: &Roster,
    state: &State,
    wish: SignWish,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if op.reason.is_none() {
        return Err(Refusal::new(
            "reason_missing",
            "A refusal needs a reason: whoever proposed it must know what to change.",
            "Say why, in a sentence.",
        ));
    }
    let (part, signature) = signature_under(roster, state, wish, op)?;
    let (decision, version) = (state.id, state.newest().number);
    Ok(vec![DecisionRefused { decision, version, part, signature }.into()])
}

fn signature_under(
    roster: &Roster,
    state: &State,
    wish: SignWish,
    op: &Operation,
) -> Result<(Part, Signature), Refusal> {
    let person = roster.signed_in(&op.actor)?;
    still_open(state)?;
    let newest = state.newest();
    if wish.of != newest.digest {
        return Err(Refusal::new(
            "another_version",
            "The decision was revised after you looked at it. Your signature was not put under it.",
            "Read the newest version, then sign.",
        ));
    }
    if signature::components(&wish.factors) < signature::COMPONENTS {
        return Err(Refusal::new(
            "components_missing",
            format!(
                "A signature needs {} components, given for this very signature.",
                signature::COMPONENTS
            ),
            "Give your password and a code of your code generator, or use a passkey.",
        ));
    }
    let missing = state.missing(roster);
    let Some(place) = missing.iter().find(|place| place.roles.contains(&wish.role)) else {
        let signed = state.signatures().any(|one| one.signature.role == wish.role);
        let what = if signed {
            format!("{} has signed this version already.", wish.role)
        } else {
            format!("{} has no place under this decision.", wish.role)
        };
        let waits: Vec<RoleName> = missing.into_iter().flat_map(|place| place.roles).collect();
        let next = format!(
            "It waits for {}.",
            crate::access::listed(waits.iter().map(|role| role.title()))
        );
        return Err(Refusal::new("no_place", what, next));
    };
    if let Some(other) = state.signatures().find(|one| one.signature.person == person) {
        return Err(Refusal::new(
            "signed_already",
            format!(
                "You signed this version as {}. Each place is signed by another person.",
                other.signature.role
            ),
            "Leave this place to somebody else.",
        )
        .could(roster.names(roster.could_sign(wish.role, &newest.wish.families, op.at))));
    }
    let by = roster.may_sign(person, wish.role, &newest.wish.families, op.at)?;
    if place.part == Part::Decide && person == newest.by && state.needed(roster).cosigns.is_empty()
    {
        return Err(sole_approver(roster, state));
    }
    let known = roster.person(person)?;
    let signature = Signature {
        id: wish.id,
        person,
        name: known.name.clone(),
        role: wish.role,
        by,
        meaning: place.part.meaning(),
        factors: wish.factors,
        of: newest.digest,
    };
    Ok((place.part, signature))
}

fn still_open(state: &State) -> Result<(), Refusal> {
    match state.stage {
        Stage::Open => Ok(()),
        Stage::Refused(_) => Err(Refusal::new(
            "decision_refused",
            "This version was refused.",
            "Revise the decision, then it can be signed.",
        )),
        Stage::Taken(_) | Stage::Withdrawn(_) => Err(Refusal::new(
            "decision_ended",
            format!("This decision is {} and stays as it is.", state.stage.code()),
            "Propose a new one that refers to it.",
        )),
    }
}

fn sole_approver(roster: &Roster, state: &State) -> Refusal {
    let newest = state.newest();
    let others = state
        .needed(roster)
        .decides
        .into_iter()
        .flat_map(|role| roster.could_sign(role, &newest.wish.families, newest.at))
        .filter(|person| *person != newest.by)
        .collect::<BTreeSet<_>>();
    let refusal = Refusal::new(
        "sole_approver",
        "You proposed this, and whoever proposes is never the only one to approve.",
        "Ask somebody else who may decide it.",
    );
    if others.is_empty() { refusal } else { refusal.could(roster.names(others)) }
}

/// The wish in normal form, by somebody who may propose it.
fn checked(roster: &Roster, by: PersonId, wish: Wish, op: &Operation) -> Result<Wish, Refusal> {
    let matrix = roster.matrix(roster.rights_version());
    let may =
        roster.roles_at(by, &wish.families, op.at).any(|role| matrix.proposes(wish.kind, role));
    if !may {
        let row = matrix.row(wish.kind);
        let roles: BTreeSet<RoleName> =
            row.iter().flat_map(|row| row.proposes.iter().chain(&row.decides)).copied().collect();
        let who = roles.iter().flat_map(|role| roster.could_sign(*role, &wish.families, op.at));
        let who: BTreeSet<PersonId> = who.collect();
        let refusal = Refusal::new(
            "may_not_propose",
            format!(
                "{} is proposed by {}, and you have no such role for these product families.",
                wish.kind.title(),
                crate::access::listed(roles.iter().map(|role| role.title()))
            ),
            "Ask one of them.",
        );
        return Err(if who.is_empty() { refusal } else { refusal.could(roster.names(who)) });
    }
    if wish.matrix.is_some() != (wish.kind == DecisionKind::RightsMatrix) {
        return Err(Refusal::new(
            "matrix_misplaced",
            format!(
                "A matrix belongs to a decision of the kind {}, and to no other.",
                quoted("rights_matrix")
            ),
            "Send it with that kind, or leave it out.",
        ));
    }
    if wish.circumstances.lowers_computed && !wish.kind.is_computed() {
        return Err(Refusal::new(
            "nothing_computed",
            format!("Nothing is computed for {}, so nothing can be lowered.", wish.kind.title()),
            "Leave that circumstance out.",
        ));
    }
    if matches!(&wish.families, Sight::Families(some) if some.is_empty()) {
        return Err(Refusal::new(
            "no_family",
            "No product family is named.",
            "Name the families that the decision touches, or all.",
        ));
    }
    let statement =
        text::note("statement", Some(&wish.statement), STATEMENT_LIMIT)?.ok_or_else(|| {
            Refusal::new("text_missing", "The statement is empty.", "Say what is decided, and why.")
        })?;
    Ok(Wish {
        about: text::line("subject of the decision", &wish.about, text::NAME_LIMIT)?,
        title: text::line("title", &wish.title, TITLE_LIMIT)?,
        statement,
        matrix: wish.matrix.map(Matrix::checked).transpose()?,
        ..wish
    })
}

/// How a decision that was taken would fare under another matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// The decision.
    pub decision: DecisionId,
    /// Roles that would have to sign and did not.
    pub missing: Vec<RoleName>,
    /// Roles that signed and would not have to.
    pub spared: Vec<RoleName>,
}

/// Which decisions that were taken would have been decided otherwise under `other`.
pub fn dry_run<'a>(taken: impl IntoIterator<Item = &'a State>, other: &Matrix) -> Vec<Otherwise> {
    let mut found = Vec::new();
    for state in taken {
        if !matches!(state.stage, Stage::Taken(_)) {
            continue;
        }
        let wish = &state.newest().wish;
        let needed = other.needed(wish.kind, &wish.circumstances);
        let signed = |part: Part| {
            state.signatures().filter(move |one| one.part == part).map(|one| one.signature.role)
        };
        let cosigned: BTreeSet<RoleName> = signed(Part::Cosign).collect();
        let mut missing: Vec<RoleName> = needed.cosigns.difference(&cosigned).copied().collect();
        let mut spared: Vec<RoleName> = cosigned.difference(&needed.cosigns).copied().collect();
        if !signed(Part::Decide).any(|role| needed.decides.contains(&role)) {
            missing.splice(0..0, needed.decides.iter().copied());
            spared.splice(0..0, signed(Part::Decide));
        }
        if !missing.is_empty() || !spared.is_empty() {
            found.push(Otherwise { decision: state.id, missing, spared });
        }
    }
    found
}

/// What somebody acts as when they sign.
pub fn acting_role(signature: &Signature) -> String {
    match signature.by {
        ByRight::Holder => signature.role.code().to_owned(),
        ByRight::Deputy => format!("{} (deputy)", signature.role.code()),
        ByRight::Delegate(_) => format!("{} (delegate)", signature.role.code()),
    }
}
