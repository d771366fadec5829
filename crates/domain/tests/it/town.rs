//! A town of people with roles, and a ledger that only grows by what the rules allow.

use aftercare_domain::{
    Actor, Channel, Entry, Event, Operation, Refusal, Role, Sight,
    absence::{AbsenceEnded, AbsenceRecorded},
    credential::Factor,
    decision::{self, SignWish, State, Wish},
    grant::{RoleGiven, RoleTaken, Standing},
    person::{IdentityVerified, PersonAdded},
    policy::{self, AcknowledgeWish, Audience, Draft, Policies, PolicyKind},
    rights::{Circumstances, DecisionKind},
    role::RoleName,
    roster::Roster,
    training::TrainingRecorded,
};
use aftercare_vocab::{
    digest::Digest,
    id::{DecisionId, GrantId, Id, IdSource, Kind, PersonId, PolicyId},
    instant::Instant,
};

/// 2026-03-02T09:00:00Z, a Monday.
pub const MONDAY: i64 = 1_772_442_000_000_000;
pub const SECOND: i64 = 1_000_000;
pub const DAY: i64 = 86_400 * SECOND;
/// The components that a signature needs.
pub const BOTH: &[Factor] = &[Factor::Password, Factor::Totp];

pub fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

pub fn code<T>(decided: &Result<T, Refusal>) -> &'static str {
    decided.as_ref().map_or_else(|refusal| refusal.code, |_| "ok")
}

/// A decision about everything, with nothing known.
pub fn wish(kind: DecisionKind) -> Wish {
    Wish {
        kind,
        about: "CVE-2021-44228".into(),
        title: "What we do about it".into(),
        statement: "We do this, because of that.".into(),
        circumstances: Circumstances::default(),
        families: Sight::All,
        matrix: None,
        rules: None,
        matter: None,
    }
}

/// A policy that says this.
pub fn draft(text: &str, audience: Audience) -> Draft {
    Draft {
        kind: PolicyKind::Policy,
        title: "Accountability for signatures".into(),
        dated: "2026-02-27".parse().expect("a day"),
        document: Digest::of(text.as_bytes()),
        size: text.len() as u64,
        file_name: "policy.txt".into(),
        audience,
    }
}

/// People, what they did, and what follows from it.
#[derive(Clone)]
pub struct Town {
    pub entries: Vec<Entry>,
    pub roster: Roster,
    pub now: Instant,
    drawn: u64,
}

impl Town {
    /// Nobody, on Monday morning.
    pub fn new() -> Self {
        let now = Instant::from_micros(MONDAY);
        Self { entries: Vec::new(), roster: Roster::default(), now, drawn: 0 }
    }

    /// Anna decides (lead), Ole proposes (analyst), Siri is safety, Kim is quality, Eva the executive; all
    /// trained and vouched for.
    pub fn staffed() -> Self {
        let mut town = Self::new();
        for (login, role) in [
            ("anna", RoleName::ProductSecurityLead),
            ("ole", RoleName::SecurityAnalyst),
            ("siri", RoleName::SafetyRiskManager),
            ("kim", RoleName::Quality),
            ("eva", RoleName::Executive),
        ] {
            town.person(login);
            town.grant(login, role, Sight::All, Standing::Holder);
        }
        town
    }

    pub fn tick(&mut self, micros: i64) {
        self.now = self.now.plus_micros(micros);
    }

    fn fresh<K: Kind>(&mut self) -> Id<K> {
        self.drawn += 1;
        IdSource::new(self.now, self.drawn).issue()
    }

    /// What somebody does now.
    pub fn op(&mut self, login: &str) -> Operation {
        self.drawn += 1;
        let ids = IdSource::new(self.now, self.drawn);
        let actor = Actor::person(login).expect("a login");
        Operation::new(self.now, actor, Role::system(), Channel::Ui, ids)
    }

    /// Puts events into the ledger, one second later for each operation.
    pub fn enter(&mut self, op: &Operation, events: Vec<Event>) {
        for event in events {
            let entry = Entry::new(self.entries.len() as u64 + 1, op.at, op, 1, event);
            self.roster.enter(&entry);
            self.entries.push(entry);
        }
        self.tick(SECOND);
    }

    /// Somebody does what the rules give, if they allow it.
    pub fn does(
        &mut self,
        login: &str,
        rule: impl FnOnce(&Roster, &Operation) -> Result<Vec<Event>, Refusal>,
    ) -> Result<(), Refusal> {
        let op = self.op(login);
        self.done(op, rule)
    }

    /// The same in a role, as signatures are given.
    pub fn does_as(
        &mut self,
        login: &str,
        role: RoleName,
        rule: impl FnOnce(&Roster, &Operation) -> Result<Vec<Event>, Refusal>,
    ) -> Result<(), Refusal> {
        let mut op = self.op(login);
        op.role = Role::new(role.code())?;
        self.done(op, rule)
    }

    fn done(
        &mut self,
        op: Operation,
        rule: impl FnOnce(&Roster, &Operation) -> Result<Vec<Event>, Refusal>,
    ) -> Result<(), Refusal> {
        let op = op.because("as agreed")?;
        let events = rule(&self.roster, &op)?;
        self.enter(&op, events);
        Ok(())
    }

    fn by_hand(&mut self, event: impl Into<Event>) {
        let op = self.op("setup");
        self.enter(&op, vec![event.into()]);
    }

    /// Adds somebody who is vouched for.
    pub fn person(&mut self, login: &str) -> PersonId {
        let person = self.stranger(login);
        self.by_hand(IdentityVerified { person, how: "pass shown".into() });
        person
    }

    /// Adds somebody whom nobody vouched for.
    pub fn stranger(&mut self, login: &str) -> PersonId {
        let person = self.fresh();
        let mut name = login.to_owned();
        name[..1].make_ascii_uppercase();
        self.by_hand(PersonAdded { person, login: login.into(), name });
        person
    }

    pub fn is(&self, login: &str) -> PersonId {
        self.roster.person_of_login(login).expect("somebody").id
    }

    /// Gives a role, with training for a year.
    pub fn grant(
        &mut self,
        login: &str,
        role: RoleName,
        sight: Sight,
        standing: Standing,
    ) -> GrantId {
        let grant = self.untrained(login, role, sight, standing);
        self.train(login, role, "2026-01-01", "2026-12-31");
        grant
    }

    pub fn untrained(
        &mut self,
        login: &str,
        role: RoleName,
        sight: Sight,
        standing: Standing,
    ) -> GrantId {
        let (grant, person) = (self.fresh(), self.is(login));
        self.by_hand(RoleGiven { grant, person, role, sight, standing });
        grant
    }

    pub fn take(&mut self, grant: GrantId) {
        self.by_hand(RoleTaken { grant });
    }

    pub fn train(&mut self, login: &str, role: RoleName, on: &str, until: &str) {
        let person = self.is(login);
        self.by_hand(TrainingRecorded {
            person,
            role,
            subject: "course".into(),
            on: on.parse().expect("a day"),
            until: until.parse().expect("a day"),
            evidence: None,
        });
    }

    /// Somebody is away from now on; gives what ends it.
    pub fn away(&mut self, login: &str) -> AbsenceEnded {
        let (absence, person, from) = (self.fresh(), self.is(login), self.now);
        self.by_hand(AbsenceRecorded { absence, person, from, until: None });
        AbsenceEnded { absence }
    }

    pub fn back(&mut self, ended: AbsenceEnded) {
        self.by_hand(ended);
    }

    /// A decision as its entries say.
    pub fn state(&self, decision: DecisionId) -> State {
        let about = decision.to_string();
        let entries = self.entries.iter().filter(|entry| entry.event.entity() == about);
        State::of(entries).expect("a decision")
    }

    pub fn propose(&mut self, login: &str, wish: Wish) -> Result<DecisionId, Refusal> {
        let decision = self.fresh();
        self.does(login, |roster, op| decision::propose(roster, decision, wish, op))?;
        Ok(decision)
    }

    pub fn revise(&mut self, login: &str, id: DecisionId, wish: Wish) -> Result<(), Refusal> {
        let state = self.state(id);
        self.does(login, |roster, op| decision::revise(roster, &state, wish, op))
    }

    /// What somebody signs: the newest version.
    pub fn signing(&mut self, id: DecisionId, role: RoleName) -> SignWish {
        let of = self.state(id).newest().digest;
        SignWish { id: self.fresh(), role, of, factors: BOTH.to_vec() }
    }

    pub fn sign(&mut self, login: &str, id: DecisionId, role: RoleName) -> Result<(), Refusal> {
        let (state, wish) = (self.state(id), self.signing(id, role));
        self.does_as(login, role, |roster, op| decision::sign(roster, &state, wish, op))
    }

    /// Somebody issues a document that everybody must acknowledge, or a new version of one.
    pub fn issue(
        &mut self,
        login: &str,
        policy: Option<PolicyId>,
        draft: Draft,
    ) -> Result<PolicyId, Refusal> {
        let (policy, policies) = (policy.unwrap_or_else(|| self.fresh()), self.policies());
        self.does(login, |roster, op| policy::issue(roster, &policies, policy, draft, op))?;
        Ok(policy)
    }

    /// Somebody acknowledges the newest version of a document.
    pub fn acknowledge(
        &mut self,
        login: &str,
        policy: PolicyId,
        role: RoleName,
    ) -> Result<(), Refusal> {
        let policies = self.policies();
        let state = policies.get(policy).expect("issued");
        let (id, of, factors) = (self.fresh(), state.newest().digest, BOTH.to_vec());
        let wish = AcknowledgeWish { id, role, of, factors };
        self.does_as(login, role, |roster, op| policy::acknowledge(roster, state, wish, op))
    }

    pub fn policies(&self) -> Policies {
        let mut policies = Policies::default();
        self.entries.iter().for_each(|entry| policies.enter(entry));
        policies
    }

    pub fn refuse(&mut self, login: &str, id: DecisionId, role: RoleName) -> Result<(), Refusal> {
        let (state, wish) = (self.state(id), self.signing(id, role));
        self.does_as(login, role, |roster, op| decision::refuse(roster, &state, wish, op))
    }
}
