//! People, their roles, training, absences and delegations.

use crate::{
    Desk, Trouble,
    answers::{
        AbsenceRow, CompetenceRow, DelegationRow, FamilyRef, GrantRow, Page, PersonRow,
        PersonSheet, SecurityRow,
    },
    change::Seen,
    proof::Proofs,
    sign_in::{drop_invitation, end_sessions},
    viewer::{By, Viewer},
};
use aftercare_domain::{
    Date, Operation, Refusal, Sight,
    absence::{self, AbsenceRecorded},
    access::Right,
    delegation::{self, Handing},
    grant::{self, RoleGiven, Standing},
    person,
    role::RoleName,
    roster::{Person, Roster},
    session::SessionEnd,
    training::{self, CompetenceOverridden, TrainingRecorded},
};
use aftercare_register::{Fault, Page as Part};
use aftercare_vocab::{
    id::{AbsenceId, DelegationId, FamilyId, GrantId, PersonId},
    instant::Instant,
};
use std::collections::{BTreeMap, BTreeSet};

/// A role to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantWish {
    /// To whom.
    pub person: PersonId,
    /// Which.
    pub role: RoleName,
    /// For which product families.
    pub sight: Sight,
    /// As what.
    pub standing: Standing,
}

/// A role to be handed over for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationWish {
    /// To whom.
    pub to: PersonId,
    /// Which role.
    pub role: RoleName,
    /// For which product families.
    pub families: Sight,
    /// From when on.
    pub begins: Instant,
    /// Until before when.
    pub ends: Instant,
}

impl Desk {
    /// Adds a person.
    pub fn add_person(&self, op: &Operation, login: &str, name: &str) -> Result<PersonId, Trouble> {
        let id: PersonId = op.new_id();
        self.decided(op, id, |pen| {
            let roster = pen.facts().roster()?;
            Ok(person::add(&roster, id, login, name, op)?)
        })
    }

    /// Changes the printed name of a person, unless somebody changed it since it was seen.
    pub fn rename_person(
        &self,
        op: &Operation,
        seen: Seen,
        id: PersonId,
        name: &str,
    ) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            pen.expect::<Trouble>(&id.to_string(), seen)?;
            Ok(person::rename(&*pen.facts().roster()?, id, name, op)?)
        })
    }

    /// Suspends a person; their sessions and their invitation end at once.
    pub fn suspend_person(&self, op: &Operation, id: PersonId) -> Result<(), Trouble> {
        self.once(op, |pen| {
            let events = person::suspend(&*pen.facts().roster()?, id, op)?;
            pen.record_all(events)?;
            drop_invitation(pen, id)?;
            end_sessions(pen, id, None, SessionEnd::ByAdministrator)
        })
    }

    /// Lets a suspended person sign in again.
    pub fn reinstate_person(&self, op: &Operation, id: PersonId) -> Result<(), Trouble> {
        self.decided(op, (), |pen| Ok(person::reinstate(&*pen.facts().roster()?, id, op)?))
    }

    /// Vouches for who a person is.
    pub fn verify_identity(&self, op: &Operation, id: PersonId, how: &str) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            Ok(person::verify_identity(&*pen.facts().roster()?, id, how, op)?)
        })
    }

    /// Gives a role.
    pub fn give_role(&self, op: &Operation, wish: GrantWish) -> Result<GrantId, Trouble> {
        let grant: GrantId = op.new_id();
        let known: BTreeSet<FamilyId> = self.families()?.into_keys().collect();
        self.decided(op, grant, |pen| {
            let GrantWish { person, role, sight, standing } = wish;
            let given = RoleGiven { grant, person, role, sight, standing };
            Ok(grant::give(&*pen.facts().roster()?, &known, given, op)?)
        })
    }

    /// Refuses an absence of somebody else than the person it is looked for at.
    pub fn absence_is_of(&self, person: PersonId, absence: AbsenceId) -> Result<(), Trouble> {
        let roster = self.register().reader()?.roster()?;
        match roster.absence(absence) {
            Some(known) if known.person == person => Ok(()),
            _ => Err(Trouble::not_found("absence", absence)),
        }
    }

    /// Takes a role away from the person who has it.
    pub fn take_role(
        &self,
        op: &Operation,
        person: PersonId,
        grant: GrantId,
    ) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            let roster = pen.facts().roster()?;
            match roster.grant(grant) {
                Some(given) if given.person == person => Ok(grant::take(&roster, grant, op)?),
                _ => Err(Trouble::not_found("role given", grant)),
            }
        })
    }

    /// Records that somebody is absent: oneself, or with the right to give roles somebody else.
    pub fn record_absence(
        &self,
        op: &Operation,
        viewer: &Viewer,
        (person, from, until): (PersonId, Instant, Option<Instant>),
    ) -> Result<AbsenceId, Trouble> {
        self.own_or(viewer, person, op)?;
        let absence: AbsenceId = op.new_id();
        self.decided(op, absence, |pen| {
            let wish = AbsenceRecorded { absence, person, from, until };
            Ok(absence::record(&*pen.facts().roster()?, wish, op)?)
        })
    }

    /// Ends an absence.
    pub fn end_absence(
        &self,
        op: &Operation,
        viewer: &Viewer,
        absence: AbsenceId,
    ) -> Result<(), Trouble> {
        let roster = self.register().reader()?.roster()?;
        let known =
            roster.absence(absence).ok_or_else(|| Trouble::not_found("absence", absence))?;
        self.own_or(viewer, known.person, op)?;
        self.decided(op, (), |pen| Ok(absence::end(&*pen.facts().roster()?, absence, op)?))
    }

    /// Oneself, or with the right to give roles. A token that may only look does not move rights to a
    /// deputy by saying that its person is away.
    fn own_or(&self, viewer: &Viewer, person: PersonId, op: &Operation) -> Result<(), Trouble> {
        let by_session = matches!(viewer.by, By::Session(..));
        let own = viewer.person == person && (by_session || viewer.may(Right::TakePart));
        if own || viewer.may(Right::GiveRoles) {
            return Ok(());
        }
        Err(self.lacks(Right::GiveRoles, op.at))
    }

    /// Hands a role of one's own over for a time, signed.
    pub fn delegate(
        &self,
        op: &Operation,
        viewer: &Viewer,
        wish: DelegationWish,
        proofs: &Proofs,
    ) -> Result<DelegationId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let factors = self.proven(op, viewer.person, proofs)?;
        let (delegation, signature) = (op.new_id(), op.new_id());
        self.decided(op, delegation, |pen| {
            let DelegationWish { to, role, families, begins, ends } = wish;
            let (from, op) = (viewer.person, pen.dated()?);
            // "From today on" was said a moment before it is recorded.
            let begins = begins.max(op.at);
            let handing = Handing { delegation, from, to, role, families, begins, ends };
            let roster = pen.facts().roster()?;
            Ok(delegation::give(&roster, handing, (signature, factors), &op)?)
        })
    }

    /// Ends a delegation.
    pub fn end_delegation(&self, op: &Operation, id: DelegationId) -> Result<(), Trouble> {
        self.decided(op, (), |pen| Ok(delegation::end(&*pen.facts().roster()?, id, &pen.dated()?)?))
    }

    /// Records a training.
    pub fn record_training(&self, op: &Operation, wish: TrainingRecorded) -> Result<(), Trouble> {
        self.decided(op, (), |pen| Ok(training::record(&*pen.facts().roster()?, wish, op)?))
    }

    /// Lets somebody sign in a role without current training, for a time.
    pub fn override_competence(
        &self,
        op: &Operation,
        wish: CompetenceOverridden,
    ) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            Ok(training::override_competence(&*pen.facts().roster()?, wish, op)?)
        })
    }

    /// Everybody, with their roles: suspended people last, otherwise by name.
    pub fn people(&self, now: Instant) -> Result<Vec<PersonRow>, Trouble> {
        let (roster, families, now) = (self.roster()?, self.families()?, self.instant(now));
        let shown = |person: &Person| shown(&roster, &families, person, now);
        let mut rows: Vec<PersonRow> = roster.persons().map(shown).collect();
        rows.sort_by_key(|row| (row.suspended_at.is_some(), row.name.to_lowercase(), row.id));
        Ok(rows)
    }

    /// One page of [`Desk::people`], behind the person that the cursor names.
    pub fn people_page(&self, now: Instant, after: &str) -> Result<Page<PersonRow>, Trouble> {
        let mut rows = self.people(now)?;
        let total = rows.len() as u64;
        if !after.is_empty() {
            let last = rows.iter().position(|row| row.id.to_string() == after);
            let last = last.ok_or_else(|| Fault::Cursor { text: after.to_owned() })?;
            rows.drain(..=last);
        }
        let more = rows.len() > crate::PAGE_ROWS as usize;
        rows.truncate(crate::PAGE_ROWS as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items: rows, next, total })
    }

    /// One person.
    pub fn person(&self, id: PersonId, now: Instant) -> Result<PersonSheet, Trouble> {
        let (roster, families, now) = (self.roster()?, self.families()?, self.instant(now));
        let person = roster.person(id).map_err(|_| Trouble::not_found("person", id))?;
        Ok(PersonSheet {
            row: shown(&roster, &families, person, now),
            entity_version: self.reader()?.entity_version(&id.to_string())?,
            added_at: person.added,
            identity_how: person.identity.as_ref().map(|one| one.how.clone()),
            absences: roster
                .absences_of(id, now)
                .map(|one| AbsenceRow { id: one.id, from: one.from, until: one.until })
                .collect(),
            delegations: self.delegations(id, now)?,
            competences: roster
                .competences_of(id)
                .map(|one| CompetenceRow {
                    role: one.role.title().to_owned(),
                    subject: one.subject.clone(),
                    from: one.from,
                    until: one.until,
                    note: one.note.clone(),
                    lapsed: aftercare_domain::moment::day_of(now)
                        .is_some_and(|day| one.until < day),
                })
                .collect(),
        })
    }

    /// The delegations from or to a person that are not over.
    pub fn delegations(&self, id: PersonId, now: Instant) -> Result<Vec<DelegationRow>, Trouble> {
        let (roster, families) = (self.roster()?, self.families()?);
        let name_of =
            |id: PersonId| roster.person(id).map(|one| one.name.clone()).unwrap_or_default();
        let row = |one: &Handing| DelegationRow {
            id: one.delegation,
            from: one.from,
            from_name: name_of(one.from),
            to: one.to,
            to_name: name_of(one.to),
            role: one.role.title().to_owned(),
            families: refs(&one.families, &families),
            begins: one.begins,
            ends: one.ends,
        };
        Ok(roster.delegations_of(id, now).map(row).collect())
    }

    /// Whom a person could hand a role over to: everybody else active who takes part in decisions, by name.
    pub fn possible_delegates(&self, but: PersonId) -> Result<Vec<(PersonId, String)>, Trouble> {
        let roster = self.roster()?;
        let mut found: Vec<(PersonId, String)> = roster
            .persons()
            .filter(|one| one.id != but && roster.rights(one.id).contains(&Right::TakePart))
            .map(|one| (one.id, one.name.clone()))
            .collect();
        found.sort_by_key(|(id, name)| (name.to_lowercase(), *id));
        Ok(found)
    }

    /// The roles that a person holds and could hand over, with the families they hold each for.
    pub fn own_roles(&self, person: PersonId) -> Result<Vec<GrantRow>, Trouble> {
        let roster = self.roster()?;
        let known = roster.person(person).map_err(|_| Trouble::not_found("person", person))?;
        let rows = self.person_row(&roster, known, known.added)?.roles;
        let signs = |row: &GrantRow| {
            row.standing == "holder" && RoleName::of(&row.code).is_some_and(RoleName::may_decide)
        };
        Ok(rows.into_iter().filter(signs).collect())
    }

    pub(crate) fn person_row(
        &self,
        roster: &Roster,
        person: &Person,
        now: Instant,
    ) -> Result<PersonRow, Trouble> {
        Ok(shown(roster, &self.families()?, person, now))
    }

    /// The security record, the newest first.
    pub fn security(&self, after: &str) -> Result<Page<SecurityRow>, Trouble> {
        let reader = self.whole_reader()?; // those who keep accounts see no devices
        let page = match after {
            "" => Part::first(crate::PAGE_ROWS),
            after => Part::after(after.parse()?, crate::PAGE_ROWS),
        };
        let found = reader.security(&page)?;
        let roster = self.roster()?;
        Ok(Page {
            items: found
                .items
                .iter()
                .map(|entry| SecurityRow {
                    entry: entry.seq,
                    at: entry.at,
                    actor: entry.actor.to_string(),
                    role: entry.role.as_str().to_owned(),
                    kind: entry.event.kind().to_owned(),
                    what: crate::told::told(&entry.event, Some(&roster)),
                    reason: entry.reason.clone(),
                })
                .collect(),
            next: found.next.map(|cursor| cursor.to_string()),
            total: reader.security_count()?,
        })
    }

    /// The product families of the record, by identifier.
    pub(crate) fn families(&self) -> Result<BTreeMap<FamilyId, String>, Trouble> {
        // Those who give roles see no devices, and must know the families by name.
        let reader =
            if *self.sight() == Sight::none() { self.whole_reader()? } else { self.reader()? };
        let mut found = BTreeMap::new();
        let mut page = Part::first(crate::PAGE_ROWS_LIMIT);
        loop {
            let part = reader.families(&page)?;
            found.extend(part.items.into_iter().map(|one| (one.id, one.name)));
            match part.next {
                Some(next) => page = Part::after(next, crate::PAGE_ROWS_LIMIT),
                None => return Ok(found),
            }
        }
    }

    /// The product families that roles and decisions can be for.
    pub fn family_refs(&self) -> Result<Vec<FamilyRef>, Trouble> {
        let families = self.families()?;
        Ok(families.into_iter().map(|(id, name)| FamilyRef { id, name }).collect())
    }
}

/// A person as a list shows them.
fn shown(
    roster: &Roster,
    families: &BTreeMap<FamilyId, String>,
    person: &Person,
    now: Instant,
) -> PersonRow {
    let matrix = roster.matrix(roster.rights_version());
    let today = aftercare_domain::moment::day_of(now).unwrap_or(Date::MIN);
    PersonRow {
        id: person.id,
        login: person.login.clone(),
        name: person.name.clone(),
        suspended_at: person.suspended,
        identity_verified: person.identity.is_some(),
        absent: roster.is_absent(person.id, now),
        roles: roster
            .grants_of(person.id)
            .map(|one| {
                let until = roster.competent_until(person.id, one.role);
                GrantRow {
                    id: one.grant,
                    code: one.role.code().to_owned(),
                    role: one.role.title().to_owned(),
                    standing: one.standing.code().to_owned(),
                    families: refs(&one.sight, families),
                    wants_training: matrix.wants_training(one.role),
                    trained_until: until,
                    trained: until.is_some_and(|until| today <= until),
                }
            })
            .collect(),
    }
}

/// The families of a sight by name; none = all of them.
pub(crate) fn refs(sight: &Sight, families: &BTreeMap<FamilyId, String>) -> Option<Vec<FamilyRef>> {
    match sight {
        Sight::All => None,
        Sight::Families(some) => Some(
            some.iter()
                .map(|id| FamilyRef {
                    id: *id,
                    name: families.get(id).cloned().unwrap_or_default(),
                })
                .collect(),
        ),
    }
}

/// A role by its code name, or a refusal that names those there are.
pub fn role_named(code: &str) -> Result<RoleName, Refusal> {
    RoleName::of(code).ok_or_else(|| {
        Refusal::new(
            "role_unknown",
            format!("There is no role {}.", aftercare_vocab::problem::quoted(code)),
            format!(
                "Known: {}.",
                RoleName::ALL.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ")
            ),
        )
    })
}
