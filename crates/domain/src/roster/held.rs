//! Since when somebody has what they have: credentials and roles, and who looked at them last.

use super::Roster;
use crate::{
    access_review::{Ageing, Outcome, days_between},
    credential::Factor,
    entry::Entry,
    event::Event,
};
use aftercare_vocab::{
    id::{CredentialId, GrantId, PersonId},
    instant::Instant,
};
use std::collections::BTreeMap;

/// A credential that counts, without anything secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued {
    /// Whose.
    pub person: PersonId,
    /// What kind of proof.
    pub factor: Factor,
    /// Since when.
    pub at: Instant,
}

/// The newest review of a role given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: PersonId,
    /// What it came to.
    pub outcome: Outcome,
}

/// A role given, as a review sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Since when.
    pub given: Instant,
    /// The newest review; none = nobody has looked since.
    pub review: Option<Review>,
}

impl Access {
    /// Whether it is to be looked at again.
    pub fn is_due(&self, ageing: &Ageing, now: Instant) -> bool {
        let since = self.review.map_or(self.given, |review| review.at);
        days_between(since, now) >= ageing.review_days
    }
}

/// What is known of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Accesses {
    credentials: BTreeMap<CredentialId, Issued>,
    grants: BTreeMap<GrantId, Access>,
}

impl Accesses {
    pub(super) fn enter(&mut self, entry: &Entry) {
        match &entry.event {
            Event::CredentialSet(e) => {
                let issued = Issued { person: e.person, factor: e.factor, at: entry.at };
                self.credentials.insert(e.credential, issued);
            }
            Event::CredentialEnded(e) => {
                self.credentials.remove(&e.credential);
            }
            Event::RoleGiven(e) => {
                self.grants.insert(e.grant, Access { given: entry.at, review: None });
            }
            Event::RoleTaken(e) => {
                self.grants.remove(&e.grant);
            }
            Event::AccessReviewed(e) => {
                for one in &e.reviewed {
                    if let Some(access) = self.grants.get_mut(&one.grant) {
                        let (at, by, outcome) = (entry.at, e.by, one.outcome);
                        access.review = Some(Review { at, by, outcome });
                    }
                }
            }
            _ => {}
        }
    }
}

impl Roster {
    /// The credentials of a person that count, the oldest first.
    pub fn credentials_of(&self, person: PersonId) -> Vec<Issued> {
        let all = self.accesses.credentials.values();
        let mut own: Vec<Issued> = all.filter(|one| one.person == person).copied().collect();
        own.sort_by_key(|one| one.at);
        own
    }

    /// Since when a role is given, and who looked at it last.
    pub fn access(&self, grant: GrantId) -> Option<&Access> {
        self.accesses.grants.get(&grant)
    }
}
