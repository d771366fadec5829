//! The review of access: who has which role since when, how old their credentials are, and what a review
//! came to.

use crate::{
    Desk, Trouble,
    answers::{AccessRow, AccessSheet, AgeRow, Page},
};
use aftercare_domain::{
    Operation,
    access_review::{self, AGEING, Ageing, Reviewed, days_between},
    credential::Factor,
    roster::{Issued, Roster},
};
use aftercare_register::Fault;
use aftercare_vocab::{id::PersonId, instant::Instant};

impl Desk {
    /// Who has which role: what is due first, otherwise by name; one page behind the grant that the cursor
    /// names.
    pub fn access_review(&self, now: Instant, after: &str) -> Result<AccessSheet, Trouble> {
        let (roster, now) = (self.roster()?, self.instant(now));
        let ageing = self.programme.ageing;
        let name = |id: PersonId| roster.person(id).map(|one| one.name.clone()).ok();
        let mut rows = Vec::new();
        for person in roster.persons() {
            let row = self.person_row(&roster, person, now)?;
            let ages = ages(&roster, person.id, &ageing, now);
            for role in row.roles {
                let Some(access) = roster.access(role.id) else { continue };
                rows.push(AccessRow {
                    person: person.id,
                    name: row.name.clone(),
                    login: row.login.clone(),
                    suspended: row.suspended_at.is_some(),
                    given_at: access.given,
                    reviewed_at: access.review.map(|review| review.at),
                    reviewed_by: access.review.and_then(|review| name(review.by)),
                    outcome: access.review.map(|review| review.outcome.code().to_owned()),
                    due: access.is_due(&ageing, now),
                    credentials: ages.clone(),
                    tokens: roster.tokens_of(person.id).filter(|one| now < one.until).count()
                        as u64,
                    role,
                });
            }
        }
        let order = |row: &AccessRow| (!row.due, row.name.to_lowercase(), row.person, row.role.id);
        rows.sort_by_key(order);
        let (total, due) = (rows.len() as u64, rows.iter().filter(|row| row.due).count() as u64);
        if !after.is_empty() {
            let last = rows.iter().position(|row| row.role.id.to_string() == after);
            rows.drain(..=last.ok_or_else(|| Fault::Cursor { text: after.to_owned() })?);
        }
        let more = rows.len() > crate::PAGE_ROWS as usize;
        rows.truncate(crate::PAGE_ROWS as usize);
        let next = rows.last().filter(|_| more).map(|row| row.role.id.to_string());
        Ok(AccessSheet {
            status: if ageing == AGEING { "proposed" } else { "configured" }.to_owned(),
            valid_from: (ageing == AGEING).then_some(AGEING.valid_from),
            review_days: ageing.review_days,
            password_days: ageing.password_days,
            test_days: ageing.test_days,
            due,
            roles: Page { items: rows, next, total },
        })
    }

    /// Records what somebody says of roles that they looked at.
    pub fn review_access(&self, op: &Operation, reviewed: Vec<Reviewed>) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            Ok(access_review::review(&*pen.facts().roster()?, reviewed, op)?)
        })
    }
}

/// The credentials of somebody but recovery codes, with their age.
fn ages(roster: &Roster, person: PersonId, ageing: &Ageing, now: Instant) -> Vec<AgeRow> {
    let all = roster.credentials_of(person).into_iter();
    all.filter(|one| one.factor != Factor::Recovery)
        .map(|Issued { factor, at, .. }| {
            let days = days_between(at, now);
            AgeRow {
                factor: factor.code().to_owned(),
                what: factor.title().to_owned(),
                set_at: at,
                days: days as u64,
                old: factor == Factor::Password && days >= ageing.password_days,
            }
        })
        .collect()
}
