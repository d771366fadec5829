//! The roster: who there is, with which roles, rights, training and absences, at one point of the ledger.
//!
//! A pure fold over the entries about people ([`Roster::enter`]). The register keeps their positions; the
//! pen, the pages, the past and the offline verifier all fold the same entries, so that "who had the
//! right to" has one answer everywhere, without a database.

mod held;
mod signing;

pub use held::{Access, Issued, Review};

use crate::{
    Date,
    access::{self, Right},
    credential::Occasion,
    decision::RightsAdopted,
    delegation::Handing,
    entry::Entry,
    event::Event,
    grant::{RoleGiven, Standing},
    moment::day_of,
    operation::{Actor, Operation},
    refusal::Refusal,
    rights::Matrix,
    role::{RoleKind, RoleName},
    rules::Programme,
    sight::Sight,
};
use aftercare_vocab::{
    digest::Digest,
    id::{AbsenceId, DecisionId, DelegationId, GrantId, PersonId, TokenId},
    instant::Instant,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The events that the roster is folded from.
pub const KINDS: &[&str] = &[
    "person_added",
    "person_renamed",
    "person_suspended",
    "person_reinstated",
    "identity_verified",
    "credential_set",
    "credential_ended",
    "access_reviewed",
    "role_given",
    "role_taken",
    "absence_recorded",
    "absence_ended",
    "delegation_given",
    "delegation_ended",
    "training_recorded",
    "competence_overridden",
    "token_issued",
    "token_revoked",
    "rights_adopted",
    "rules_adopted",
];

/// A person as the roster knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person.
    pub id: PersonId,
    /// What they sign in with.
    pub login: String,
    /// The printed name.
    pub name: String,
    /// When the account was made.
    pub added: Instant,
    /// Who made it, if a person did.
    pub added_by: Option<PersonId>,
    /// Since when it is suspended.
    pub suspended: Option<Instant>,
    /// Who vouched for them, how and when.
    pub identity: Option<Identity>,
}

impl Person {
    /// Whether they may sign in.
    pub const fn active(&self) -> bool {
        self.suspended.is_none()
    }
}

/// That somebody made sure who a person is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who vouched.
    pub by: Actor,
    /// How.
    pub how: String,
    /// When.
    pub at: Instant,
}

/// An absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// The absence.
    pub id: AbsenceId,
    /// Who.
    pub person: PersonId,
    /// From when on.
    pub from: Instant,
    /// Until before when.
    pub until: Option<Instant>,
}

impl Absence {
    fn holds(&self, at: Instant) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// A training or override: until when somebody is competent in a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Competence {
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: RoleName,
    /// What they were trained in; `None` = an override.
    pub subject: Option<String>,
    /// From which day on.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Where the proof is, or why it was overridden.
    pub note: Option<String>,
}

/// An API token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token.
    pub id: TokenId,
    /// For whom it acts.
    pub person: PersonId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scope: BTreeSet<Right>,
    /// When it was issued.
    pub issued: Instant,
    /// When it ends.
    pub until: Instant,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// Who there is, with which rights.
#[derive(Debug, Clone)]
pub struct Roster {
    persons: BTreeMap<PersonId, Person>,
    logins: BTreeMap<String, PersonId>,
    grants: BTreeMap<GrantId, RoleGiven>,
    absences: BTreeMap<AbsenceId, Absence>,
    delegations: BTreeMap<DelegationId, Handing>,
    competences: Vec<Competence>,
    tokens: BTreeMap<TokenId, Token>,
    token_digests: BTreeMap<Digest, TokenId>,
    accesses: held::Accesses,
    matrices: BTreeMap<u64, Arc<Matrix>>,
    adopted: BTreeMap<u64, DecisionId>,
    programme: Arc<Programme>,
    position: u64,
}

impl Default for Roster {
    /// Nobody, under the proposed matrix.
    fn default() -> Self {
        Self {
            persons: BTreeMap::new(),
            logins: BTreeMap::new(),
            grants: BTreeMap::new(),
            absences: BTreeMap::new(),
            delegations: BTreeMap::new(),
            competences: Vec::new(),
            tokens: BTreeMap::new(),
            token_digests: BTreeMap::new(),
            accesses: held::Accesses::default(),
            matrices: BTreeMap::from([(1, Arc::new(Matrix::proposed()))]),
            adopted: BTreeMap::new(),
            programme: Arc::default(),
            position: 0,
        }
    }
}

impl Roster {
    /// Takes in an entry. Entries come in their order; others than those of [`KINDS`] change nothing.
    pub fn enter(&mut self, entry: &Entry) {
        self.position = entry.seq;
        self.accesses.enter(entry);
        match &entry.event {
            Event::PersonAdded(e) => {
                self.logins.insert(e.login.clone(), e.person);
                let person = Person {
                    id: e.person,
                    login: e.login.clone(),
                    name: e.name.clone(),
                    added: entry.at,
                    added_by: self.acting(&entry.actor).filter(|by| *by != e.person),
                    suspended: None,
                    identity: None,
                };
                self.persons.insert(e.person, person);
            }
            Event::PersonRenamed(e) => {
                self.change(e.person, |person| person.name.clone_from(&e.name));
            }
            Event::PersonSuspended(e) => {
                self.change(e.person, |person| person.suspended = Some(entry.at));
            }
            Event::PersonReinstated(e) => self.change(e.person, |person| person.suspended = None),
            Event::IdentityVerified(e) => {
                let identity =
                    Identity { by: entry.actor.clone(), how: e.how.clone(), at: entry.at };
                self.change(e.person, |person| person.identity = Some(identity));
            }
            // Whoever reset an account could be in it now: that it is still the same person at the other
            // end is to be made sure of again, by somebody else (21 CFR 11.200(a)(3)).
            Event::CredentialEnded(e) if e.occasion == Occasion::Reset => {
                self.change(e.person, |person| person.identity = None);
            }
            Event::RoleGiven(e) => {
                self.grants.insert(e.grant, e.clone());
            }
            Event::RoleTaken(e) => {
                self.grants.remove(&e.grant);
            }
            Event::AbsenceRecorded(e) => {
                let (id, person, from, until) = (e.absence, e.person, e.from, e.until);
                self.absences.insert(id, Absence { id, person, from, until });
            }
            Event::AbsenceEnded(e) => {
                if let Some(absence) = self.absences.get_mut(&e.absence) {
                    absence.until = Some(entry.at.max(absence.from));
                }
            }
            Event::DelegationGiven(e) => {
                self.delegations.insert(e.handing.delegation, e.handing.clone());
            }
            Event::DelegationEnded(e) => {
                if let Some(handing) = self.delegations.get_mut(&e.delegation) {
                    handing.ends = entry.at.max(handing.begins).min(handing.ends);
                }
            }
            Event::TrainingRecorded(e) => self.competences.push(Competence {
                person: e.person,
                role: e.role,
                subject: Some(e.subject.clone()),
                from: e.on,
                until: e.until,
                note: e.evidence.clone(),
            }),
            Event::CompetenceOverridden(e) => self.competences.push(Competence {
                person: e.person,
                role: e.role,
                subject: None,
                from: day_of(entry.at).unwrap_or(Date::MIN),
                until: e.until,
                note: entry.reason.clone(),
            }),
            Event::TokenIssued(e) => {
                self.token_digests.insert(e.digest, e.token);
                let token = Token {
                    id: e.token,
                    person: e.person,
                    name: e.name.clone(),
                    scope: e.scope.clone(),
                    issued: entry.at,
                    until: e.until,
                    revoked: false,
                };
                self.tokens.insert(e.token, token);
            }
            Event::TokenRevoked(e) => {
                if let Some(token) = self.tokens.get_mut(&e.token) {
                    token.revoked = true;
                }
            }
            Event::RightsAdopted(RightsAdopted { version, matrix, decision }) => {
                self.adopted.insert(*version, *decision);
                self.matrices.insert(*version, Arc::new(matrix.clone()));
            }
            Event::RulesAdopted(e) => Arc::make_mut(&mut self.programme).enter(e, entry),
            _ => {}
        }
    }

    fn change(&mut self, person: PersonId, change: impl FnOnce(&mut Person)) {
        if let Some(person) = self.persons.get_mut(&person) {
            change(person);
        }
    }

    /// The position of the newest entry that was taken in.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Everybody, suspended ones too, in the order they were added.
    pub fn persons(&self) -> impl Iterator<Item = &Person> {
        self.persons.values()
    }

    /// A person; refused if there is none.
    pub fn person(&self, id: PersonId) -> Result<&Person, Refusal> {
        self.persons.get(&id).ok_or_else(|| Refusal::unknown("person", id))
    }

    /// A person who may sign in; refused otherwise.
    pub fn active(&self, id: PersonId) -> Result<&Person, Refusal> {
        let person = self.person(id)?;
        if person.active() { Ok(person) } else { Err(suspended(person)) }
    }

    /// Whoever has or had this login.
    pub fn person_of_login(&self, login: &str) -> Option<&Person> {
        self.persons.get(self.logins.get(login)?)
    }

    /// The person that an actor is; `None` = a part of the product, or unknown.
    pub fn acting(&self, actor: &Actor) -> Option<PersonId> {
        let login = actor.as_str().strip_prefix("person:")?;
        self.logins.get(login).copied()
    }

    /// The active person that an actor is; refused for parts of the product and suspended persons.
    pub fn signed_in(&self, actor: &Actor) -> Result<PersonId, Refusal> {
        match self.acting(actor) {
            Some(person) => self.active(person).map(|person| person.id),
            None => Err(Refusal::new(
                "not_a_person",
                "Only a person who is signed in can do this.",
                "Sign in on a page, or use a token of a person.",
            )),
        }
    }

    /// Names in the order of the roster, for a message: `Anna Berg (Quality) or Ola Moe`.
    pub fn names(&self, of: impl IntoIterator<Item = PersonId>) -> String {
        const SHOWN: usize = 5;
        let all: BTreeSet<PersonId> = of.into_iter().collect();
        let mut names: Vec<String> = all
            .iter()
            .take(SHOWN)
            .filter_map(|id| self.persons.get(id))
            .map(|person| person.name.clone())
            .collect();
        if all.len() > SHOWN {
            names.push(format!("{} others", all.len() - SHOWN));
        }
        access::listed(names.iter().map(String::as_str))
    }

    /// A role given that still holds.
    pub fn grant(&self, id: GrantId) -> Option<&RoleGiven> {
        self.grants.get(&id)
    }

    /// All roles given that still hold.
    pub fn grants(&self) -> impl Iterator<Item = &RoleGiven> {
        self.grants.values()
    }

    /// The roles of a person.
    pub fn grants_of(&self, person: PersonId) -> impl Iterator<Item = &RoleGiven> {
        self.grants.values().filter(move |grant| grant.person == person)
    }

    /// Whether nobody else active is an administrator.
    pub fn is_last_administrator(&self, person: PersonId) -> bool {
        let administrators: BTreeSet<PersonId> = self
            .grants
            .values()
            .filter(|grant| grant.role == RoleName::Administrator && self.is_active(grant.person))
            .map(|grant| grant.person)
            .collect();
        administrators.len() == 1 && administrators.contains(&person)
    }

    fn is_active(&self, person: PersonId) -> bool {
        self.persons.get(&person).is_some_and(Person::active)
    }

    /// The rights of an active person by their roles; none of a suspended one.
    pub fn rights(&self, person: PersonId) -> BTreeSet<Right> {
        if !self.is_active(person) {
            return BTreeSet::new();
        }
        let given = |right: &&Right| {
            self.grants_of(person).any(|grant| {
                right.roles().contains(&grant.role) && (!right.is_whole() || grant.sight.is_all())
            })
        };
        Right::ALL.iter().filter(given).copied().collect()
    }

    /// The product families whose rows an active person sees.
    pub fn sight(&self, person: PersonId) -> Sight {
        if !self.is_active(person) {
            return Sight::none();
        }
        let inside =
            |grant: &&RoleGiven| matches!(grant.role.kind(), RoleKind::Working | RoleKind::Looking);
        let own = self.grants_of(person).filter(inside).map(|grant| &grant.sight);
        own.fold(Sight::none(), Sight::or)
    }

    /// The role that gives a person a right, for the entry: the first in the order of roles.
    pub fn role_for(&self, person: PersonId, right: Right) -> Option<RoleName> {
        let has = |grant: &RoleGiven| right.roles().contains(&grant.role);
        self.grants_of(person).filter(|grant| has(grant)).map(|grant| grant.role).min()
    }

    /// Everybody active who has a right.
    pub fn who_may(&self, right: Right, _: Instant) -> BTreeSet<PersonId> {
        self.grants
            .values()
            .filter(|grant| right.roles().contains(&grant.role) && self.is_active(grant.person))
            .map(|grant| grant.person)
            .collect()
    }

    /// An absence.
    pub fn absence(&self, id: AbsenceId) -> Option<&Absence> {
        self.absences.get(&id)
    }

    /// The absences of a person that are not over at an instant.
    pub fn absences_of(&self, person: PersonId, at: Instant) -> impl Iterator<Item = &Absence> {
        let not_over = move |one: &&Absence| one.until.is_none_or(|until| at < until);
        self.absences.values().filter(move |one| one.person == person).filter(not_over)
    }

    /// Whether a person is absent at an instant.
    pub fn is_absent(&self, person: PersonId, at: Instant) -> bool {
        self.absences.values().any(|one| one.person == person && one.holds(at))
    }

    /// A delegation.
    pub fn delegation(&self, id: DelegationId) -> Option<&Handing> {
        self.delegations.get(&id)
    }

    /// The delegations from or to a person that are not over at an instant.
    pub fn delegations_of(&self, person: PersonId, at: Instant) -> impl Iterator<Item = &Handing> {
        let theirs = move |one: &&Handing| one.from == person || one.to == person;
        self.delegations.values().filter(theirs).filter(move |one| at < one.ends)
    }

    /// Training and overrides of a person.
    pub fn competences_of(&self, person: PersonId) -> impl Iterator<Item = &Competence> {
        self.competences.iter().filter(move |one| one.person == person)
    }

    /// The last day on which a person is competent in a role, of what is known on that day.
    pub fn competent_until(&self, person: PersonId, role: RoleName) -> Option<Date> {
        self.competences_of(person).filter(|one| one.role == role).map(|one| one.until).max()
    }

    /// A token by the SHA-256 of its text.
    pub fn token_of(&self, digest: &Digest) -> Option<&Token> {
        self.tokens.get(self.token_digests.get(digest)?)
    }

    /// A token.
    pub fn token(&self, id: TokenId) -> Option<&Token> {
        self.tokens.get(&id)
    }

    /// The tokens of a person that were not revoked.
    pub fn tokens_of(&self, person: PersonId) -> impl Iterator<Item = &Token> {
        self.tokens.values().filter(move |token| token.person == person && !token.revoked)
    }

    /// The version of the matrix in force; 1 = the proposed one.
    pub fn rights_version(&self) -> u64 {
        self.matrices.keys().next_back().copied().unwrap_or(1)
    }

    /// The decision that put a version in force; none for the proposed one.
    pub fn rights_decision(&self, version: u64) -> Option<DecisionId> {
        self.adopted.get(&version).copied()
    }

    /// The matrix of a version; of an unknown one the proposed one.
    pub fn matrix(&self, version: u64) -> Arc<Matrix> {
        match self.matrices.get(&version) {
            Some(matrix) => Arc::clone(matrix),
            None => Arc::new(Matrix::proposed()),
        }
    }

    /// The rules of the programme, every edition of them.
    pub const fn programme(&self) -> &Arc<Programme> {
        &self.programme
    }

    /// The holders of a role for all of these families, absent ones too.
    pub fn holders(&self, role: RoleName, families: &Sight) -> BTreeSet<PersonId> {
        self.standing(role, families, Standing::Holder)
    }

    pub(crate) fn standing(
        &self,
        role: RoleName,
        families: &Sight,
        standing: Standing,
    ) -> BTreeSet<PersonId> {
        self.grants
            .values()
            .filter(|grant| grant.role == role && grant.standing == standing)
            .filter(|grant| grant.sight.covers(families) && self.is_active(grant.person))
            .map(|grant| grant.person)
            .collect()
    }
}

fn suspended(person: &Person) -> Refusal {
    Refusal::new(
        "person_suspended",
        format!("The account of {} is suspended.", person.name),
        "Ask an administrator.",
    )
}

/// Refuses an operation of somebody who lacks a right.
pub fn entitled(roster: &Roster, right: Right, op: &Operation) -> Result<PersonId, Refusal> {
    let person = roster.signed_in(&op.actor)?;
    if roster.rights(person).contains(&right) {
        return Ok(person);
    }
    Err(access::missing(roster, right, op.at))
}
