//! Notices: who is concerned by an advisory for customers, issuing, recording, and what customers acknowledge.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    advisory::{AdvisoryKey, found, known, missing, read, row},
    advisory_text::Beside,
    answers::{
        NoticeCustomer, NoticeDevices, NoticeOutside, NoticeRow, NoticeTotals, NoticesSheet,
    },
    case::CaseKey,
    notice_concerned::{Customer, concerned, named, written},
    notice_letter::{Addressed, NoticeLetter, letter},
    notice_post::reason,
    signal_thread::from_outside,
    version::paged,
    viewer::Viewer,
};
use aftercare_domain::{
    Operation, Refusal,
    advisory::{Audience, State},
    case::{Case, CustomersTold, Fact},
    contact::Person,
    notice::{self as rules, Concerned, ISSUED_AT_ONCE, Issue, Notice, Notices, Reach, Step},
    reporting::NoticePart,
    roster::Roster,
    text::folded,
};
use aftercare_register::{Page as Part, Reader, read::contact::Unsealed};
use aftercare_signin::token::{Bearer, Purpose};
use aftercare_vocab::{
    digest::Digest,
    id::{CaseId, ConsigneeId, ContactId, NoticeId},
    instant::Instant,
    problem::quoted,
};
use std::collections::{BTreeMap, BTreeSet};

/// Contacts of a consignee that are read at a time.
const CONTACTS_A_PAGE: u32 = 100;

/// Whom notices are issued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// Everybody concerned who was issued none about the version that is out.
    All,
    /// These of those concerned.
    These(BTreeSet<ConsigneeId>),
}

/// What is asked of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticesWish {
    /// Only customers that were reached so far: `not_told`, `waiting`, `unknown`, `told`, `acknowledged`.
    pub reach: Option<String>,
    /// Only customers whose name holds this.
    pub text: String,
    /// The cursor.
    pub after: String,
}

impl Desk {
    /// Who is concerned by an advisory for customers, and how far each was told.
    pub fn notices(
        &self,
        key: &AdvisoryKey,
        wish: &NoticesWish,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<NoticesSheet, Trouble> {
        let scene = self.scene(now)?;
        let reader = scene.reader();
        let (roster, cases, all) = (reader.roster()?, reader.cases()?, reader.advisories()?);
        let state = found(&all, key)?;
        let person = viewer.map(|one| one.person);
        let case =
            self.case_of(&cases, &CaseKey::Id(state.case), person).map_err(|_| missing(key))?;
        self.whole_of(case)?;
        let notices = reader.notices()?;
        let out = state.standing().map(|one| (one.drafted.version, one.drafted.bundle));
        let mut customers = match &out {
            Some((_, bundle)) => {
                concerned(&scene, case, &read(reader, bundle)?, self.instant(now))?
            }
            None => BTreeMap::new(),
        };
        let mut totals = NoticeTotals { concerned: customers.len() as u64, ..Default::default() };
        for one in notices.of_advisory(state.id) {
            let id = one.issued.consignee;
            if !customers.contains_key(&id)
                && let Some(row) = reader.consignee(id)?
            {
                let (name, country) = (row.name, row.country);
                customers.insert(id, Customer { id, name, country, devices: Vec::new() });
            }
        }
        let version = out.map(|(version, _)| version);
        let wanted = folded(&wish.text);
        let mut rows: Vec<(Reach, Customer)> = Vec::new();
        for customer in customers.into_values() {
            let reach = version.map_or(Reach::Not, |version| {
                notices.reach((state.id, version), customer.id, &customer.concerned())
            });
            if !customer.devices.is_empty() {
                let count = match reach {
                    Reach::Not => &mut totals.not_told,
                    Reach::Waiting => &mut totals.waiting,
                    Reach::Unknown => &mut totals.unknown,
                    Reach::Told => &mut totals.told,
                    Reach::Acknowledged => &mut totals.acknowledged,
                };
                *count += 1;
            }
            let fits = wish.reach.as_deref().is_none_or(|code| code == reach.code())
                && folded(&customer.name).contains(&wanted);
            if fits {
                rows.push((reach, customer));
            }
        }
        // What needs somebody stands first.
        rows.sort_by_cached_key(|(reach, one)| (*reach, folded(&one.name), one.id));
        let page = paged(rows, &wish.after, PAGE_ROWS)?;
        let mut items = Vec::with_capacity(page.items.len());
        for (reach, customer) in page.items {
            items.push(self.customer(reader, &roster, &notices, state, reach, customer)?);
        }
        Ok(NoticesSheet {
            advisory: row(state, case),
            case_number: case.opened.number.clone(),
            version,
            blocked: blocked(state, case),
            by_mail: self.mailing.is_some(),
            with_link: self.publisher.notices.is_some(),
            totals,
            customers: crate::answers::Page { items, next: page.next, total: page.total },
        })
    }

    fn customer(
        &self,
        reader: &Reader,
        roster: &Roster,
        notices: &Notices,
        state: &State,
        reach: Reach,
        customer: Customer,
    ) -> Result<NoticeCustomer, Trouble> {
        let mut rows: Vec<NoticeRow> = notices
            .of_consignee(state.id, customer.id)
            .map(|one| self.notice_row(roster, one))
            .collect();
        rows.reverse();
        let out = (state.id, state.standing().map_or(0, |one| one.drafted.version));
        let named =
            |devices: &Concerned| notices.to(out, customer.id).any(|one| one.names(devices));
        let contacts = contacts(reader, customer.id)?;
        let with_mail = contacts.iter().filter(|(_, one)| one.email.is_some()).count();
        let unwritten = self
            .addressed(contacts)
            .into_iter()
            .filter(|contact| !written(notices, out, &customer, *contact))
            .count();
        Ok(NoticeCustomer {
            id: customer.id,
            name: customer.name,
            country: customer.country,
            reach: reach.code().to_owned(),
            reach_title: reach.title().to_owned(),
            devices: customer
                .devices
                .iter()
                .map(|(one, device)| NoticeDevices {
                    site: device.site.clone(),
                    label: device.shown(),
                    concern: device.concern.code().to_owned(),
                    concern_title: device.concern.title().map(str::to_owned),
                    in_notice: named(one),
                    units: one.units,
                })
                .collect(),
            with_mail: with_mail as u64,
            unwritten: if customer.devices.is_empty() { 0 } else { unwritten as u64 },
            notices: rows,
        })
    }

    fn notice_row(&self, roster: &Roster, one: &Notice) -> NoticeRow {
        let reach = one.reach();
        let why = one.step.as_ref().and_then(|(_, _, why)| why.clone());
        let by = |person| roster.names([person]);
        NoticeRow {
            id: one.id(),
            version: one.issued.version,
            way: one.way().code().to_owned(),
            way_title: one.way().title().to_owned(),
            contact: one.issued.contact,
            issued_at: one.at,
            issued_by: by(one.issued.by),
            reach: reach.code().to_owned(),
            reach_title: reach.title().to_owned(),
            step_at: one.step.as_ref().map(|(_, at, _)| *at),
            why_title: why.as_deref().map(|why| reason(why).to_owned()),
            why,
            tries: one.tries,
            due: one.due().filter(|_| one.tries > 0 && self.mailing.is_some()),
            acknowledged_at: one.acknowledged.as_ref().map(|one| one.at),
            acknowledged_by: one.acknowledged.as_ref().and_then(|one| one.by).map(by),
            acknowledged_how: one.acknowledged.as_ref().and_then(|one| one.reason.clone()),
        }
    }

    /// Issues notices about the version that is out: by mail to each contact with an address, else by hand. Gives
    /// how many.
    pub fn issue_notices(
        &self,
        op: &Operation,
        key: &AdvisoryKey,
        version: u64,
        chosen: &Chosen,
    ) -> Result<u64, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let scene = self.scene(op.at)?;
        let reader = scene.reader();
        let (cases, all) = (reader.cases()?, reader.advisories()?);
        let state = found(&all, key)?;
        let person = self.roster()?.acting(&op.actor);
        let case = self.case_of(&cases, &CaseKey::Id(state.case), person)?;
        self.whole_of(case)?;
        if let Some(why) = blocked(state, case) {
            return Err(Refusal::new("not_out", why, "Look at the advisory.").into());
        }
        let notices = reader.notices()?;
        let bundle = match state.version(version) {
            Some(one) => read(reader, &one.drafted.bundle)?,
            None => return Err(Trouble::not_found("version of this advisory", version)),
        };
        let concerned = concerned(&scene, case, &bundle, self.instant(op.at))?;
        let had = |one: &Customer| {
            one.concerned().iter().all(|devices| {
                notices.to((state.id, version), one.id).any(|notice| notice.names(devices))
            })
        };
        let mut left_out = false;
        if let Chosen::These(some) = chosen
            && let Some(other) = some.iter().find(|id| !concerned.contains_key(*id))
        {
            return Err(Refusal::new(
                "not_concerned",
                format!("The customer {other} has no device that this advisory is about."),
                "Look at the list again.",
            )
            .into());
        }
        let beside = Beside {
            manufacturer: self.manufacturer(),
            publisher: &self.publisher,
            before: Some(state),
            case: &case.opened.number,
            models: &[],
        };
        let mut issues = Vec::new();
        let mut sealed = Vec::new();
        for customer in concerned.into_values() {
            let wanted = match chosen {
                Chosen::All => !had(&customer),
                Chosen::These(some) => some.contains(&customer.id),
            };
            if !wanted {
                continue;
            }
            let mut contacts = self.addressed(contacts(reader, customer.id)?);
            let all = contacts.len();
            contacts.retain(|one| !written(&notices, (state.id, version), &customer, *one));
            left_out |= contacts.len() < all;
            if *chosen == Chosen::All && issues.len() + contacts.len() > ISSUED_AT_ONCE {
                break; // the next time, with all of their contacts
            }
            for contact in contacts {
                let (secret, digest) = secret(op)?;
                let link = self.publisher.notices.as_ref().map(|base| format!("{base}/{secret}"));
                let kept = if link.is_some() { secret } else { String::new() };
                let to = Addressed {
                    to: &customer.name,
                    devices: customer.devices.iter().map(named).collect(),
                    confirm_at: link,
                };
                let letter = letter(&bundle, &beside, to, self.instant(op.at), kept)
                    .map_err(|trouble| unwritable(trouble, &customer.name))?;
                let bytes = letter.bytes()?;
                let blob = self.pen()?.seal(op, op.new_id(), &bytes)?;
                issues.push(Issue {
                    notice: op.new_id(),
                    consignee: customer.id,
                    contact,
                    devices: customer.concerned(),
                    letter: blob.sealed(),
                    key: digest,
                });
                sealed.push(blob);
            }
        }
        if issues.is_empty() && left_out {
            return Err(Refusal::new(
                "issued_already",
                "Everybody who is chosen was issued a notice about this version and these devices.",
                "Look at the list again; a notice that did not go can be sent again.",
            )
            .into());
        }
        let (id, case) = (state.id, case.id());
        let count = issues.len() as u64;
        drop(scene);
        self.decided(op, count, |pen| {
            let facts = pen.facts();
            let (roster, cases, all) = (facts.roster()?, facts.cases()?, facts.advisories()?);
            let notices = facts.notices()?;
            let state = all.get(id).ok_or_else(|| missing(key))?;
            let case = known(&cases, case)?;
            let events = rules::issue(&roster, &notices, state, case, version, issues, op)?;
            for blob in &sealed {
                pen.attach_sealed(blob)?;
            }
            Ok(events)
        })
    }

    /// Whom a consignee's notices go to: each contact with a mail address of its own, or nobody by mail.
    fn addressed(&self, contacts: Vec<(ContactId, Person)>) -> Vec<Option<ContactId>> {
        let mut addresses = BTreeSet::new();
        let mut some: Vec<Option<ContactId>> = Vec::new();
        for (id, person) in contacts.into_iter().filter(|_| self.mailing.is_some()) {
            if let Some(mail) = person.email
                && addresses.insert(mail.to_lowercase())
            {
                some.push(Some(id));
            }
        }
        if some.is_empty() {
            some.push(None);
        }
        some
    }

    /// Records that a notice went by hand, or that a mail is to be sent again.
    pub fn move_notice(
        &self,
        op: &Operation,
        id: NoticeId,
        step: Step,
        viewer: Option<&Viewer>,
    ) -> Result<(), Trouble> {
        self.seen_notice(id, viewer)?;
        self.decided(op, (), |pen| {
            let (roster, notices) = (pen.facts().roster()?, pen.facts().notices()?);
            let notice = notices.get(id).ok_or_else(|| Trouble::not_found("notice", id))?;
            Ok(rules::step(&roster, notice, step, op)?)
        })
    }

    /// Records how a notice was acknowledged, otherwise than by its address.
    pub fn acknowledge_notice(
        &self,
        op: &Operation,
        id: NoticeId,
        viewer: Option<&Viewer>,
    ) -> Result<(), Trouble> {
        self.seen_notice(id, viewer)?;
        self.decided(op, (), |pen| {
            let (roster, notices) = (pen.facts().roster()?, pen.facts().notices()?);
            let notice = notices.get(id).ok_or_else(|| Trouble::not_found("notice", id))?;
            Ok(rules::acknowledge(&roster, notice, op)?)
        })
    }

    /// The letter of a notice, to be printed or read.
    pub fn notice_text(&self, id: NoticeId, viewer: Option<&Viewer>) -> Result<String, Trouble> {
        self.seen_notice(id, viewer)?;
        let reader = self.whole_reader()?;
        let notices = reader.notices()?;
        let notice = notices.get(id).ok_or_else(|| Trouble::not_found("notice", id))?;
        match reader.unseal(&notice.issued.letter)? {
            Unsealed::Text(bytes) => Ok(NoticeLetter::read(&bytes)?.text),
            Unsealed::NotInTwin => Err(Refusal::new(
                "not_in_twin",
                "The letter is not in this copy of the record.",
                "Look at it in the original.",
            )
            .into()),
            Unsealed::Erased(_) => Err(Trouble::not_found("letter of the notice", id)),
        }
    }

    /// The advisory of a notice, where whoever asks may know it.
    pub fn advisory_of_notice(
        &self,
        id: NoticeId,
        viewer: Option<&Viewer>,
    ) -> Result<AdvisoryKey, Trouble> {
        self.seen_notice(id, viewer)
    }

    fn seen_notice(&self, id: NoticeId, viewer: Option<&Viewer>) -> Result<AdvisoryKey, Trouble> {
        let reader = self.whole_reader()?;
        let (cases, all, notices) = (reader.cases()?, reader.advisories()?, reader.notices()?);
        let unknown = || Trouble::not_found("notice", id);
        let advisory = notices.get(id).ok_or_else(unknown)?.issued.advisory;
        let state = all.get(advisory).ok_or_else(unknown)?;
        let person = viewer.map(|one| one.person);
        let case = self.case_of(&cases, &CaseKey::Id(state.case), person).map_err(|_| unknown())?;
        self.whole_of(case).map_err(|_| unknown())?;
        Ok(AdvisoryKey::Id(advisory))
    }

    /// Records in the case that its customers were told: how many a notice reached, and why the others were not.
    pub fn tell_case(
        &self,
        op: &Operation,
        key: &AdvisoryKey,
        exceptions: Option<String>,
    ) -> Result<CaseId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let person = self.roster()?.acting(&op.actor);
        let scene = self.scene(op.at)?;
        let reader = scene.reader();
        let (cases, all, notices) = (reader.cases()?, reader.advisories()?, reader.notices()?);
        let state = found(&all, key)?;
        let case = self.case_of(&cases, &CaseKey::Id(state.case), person)?;
        self.whole_of(case)?;
        let Some(out) = state.standing() else {
            return Err(Refusal::new(
                "not_out",
                "No version of the advisory is out.",
                "Have it approved and published, and the customers told.",
            )
            .into());
        };
        let (version, digest) = (out.drafted.version, out.drafted.bundle);
        let all = concerned(&scene, case, &read(reader, &digest)?, self.instant(op.at))?;
        let is_told = |one: &&Customer| {
            notices.reach((state.id, version), one.id, &one.concerned()).is_told()
        };
        let told = all.values().filter(is_told).count();
        let lacking = all.len() - told;
        if told == 0 {
            return Err(Refusal::new(
                "nobody_told",
                "No notice about this version has gone to a customer concerned.",
                "Issue the notices, and record those that went by hand.",
            )
            .into());
        }
        let exceptions = match (lacking, exceptions) {
            (0, said) => said,
            (_, Some(why)) => Some(format!("{lacking} of {} not told: {why}", all.len())),
            (_, None) => {
                return Err(Refusal::new(
                    "exceptions_missing",
                    format!(
                        "{lacking} of {} customers concerned are not known to be told.",
                        all.len()
                    ),
                    "Say why they were not, or tell them first.",
                )
                .into());
            }
        };
        let fact = Fact::CustomersTold(CustomersTold {
            parts: [
                NoticePart::Description,
                NoticePart::WorkUnderWay,
                NoticePart::Controls,
                NoticePart::FixToCome,
            ]
            .into(),
            consignees: told as u64,
            exceptions,
            document: Some(digest),
        });
        let case = CaseKey::Id(case.id());
        drop(scene);
        self.record_fact(op, &case, None, fact)
    }

    /// What whoever has the address of a notice sees.
    pub fn notice_outside(&self, key: &str) -> Result<NoticeOutside, Trouble> {
        self.open_outside()?;
        let digest = digest_of(key).ok_or_else(no_notice)?;
        let reader = self.register().reader()?;
        let (all, notices) = (reader.advisories()?, reader.notices()?);
        let notice = notices.of_key(&digest).ok_or_else(no_notice)?;
        let out = all.get(notice.issued.advisory).and_then(State::standing);
        let Unsealed::Text(bytes) = reader.unseal(&notice.issued.letter)? else {
            return Err(no_notice());
        };
        let letter = NoticeLetter::read(&bytes)?;
        Ok(NoticeOutside {
            subject: letter.subject,
            text: letter.text,
            acknowledged_at: notice.acknowledged.as_ref().map(|one| one.at),
            outdated: out.is_none_or(|one| one.drafted.version != notice.issued.version),
        })
    }

    /// Acknowledges a notice by its address. Once more changes nothing.
    pub fn acknowledge_outside(&self, op: &Operation, key: &str) -> Result<(), Trouble> {
        self.open_outside()?;
        let digest = digest_of(key).ok_or_else(no_notice)?;
        if self.register().reader()?.notices()?.of_key(&digest).is_none() {
            return Err(no_notice());
        }
        let op = &from_outside(op);
        self.decided(op, (), |pen| {
            let notices = pen.facts().notices()?;
            let notice = notices.of_key(&digest).ok_or_else(no_notice)?;
            Ok(rules::acknowledge_outside(notice))
        })
    }
}

/// Why nobody can be told now.
fn blocked(state: &State, case: &Case) -> Option<String> {
    if state.audience() != Audience::Customers {
        return Some(
            "Notices go out about advisories for customers; this one is public.".to_owned(),
        );
    }
    if case.embargo.is_some() {
        return Some("The case is under embargo: nobody is told about it.".to_owned());
    }
    if state.standing().is_none() {
        return Some("No version is out: what customers are told is approved first.".to_owned());
    }
    None
}

/// Contacts of a consignee that were not erased.
fn contacts(reader: &Reader, id: ConsigneeId) -> Result<Vec<(ContactId, Person)>, Trouble> {
    let mut all = Vec::new();
    let mut page = Part::first(CONTACTS_A_PAGE);
    loop {
        let rows = reader.contacts(id, &page)?;
        all.extend(rows.items.into_iter().filter_map(|row| match row.person {
            Unsealed::Text(person) => Some((row.id, person)),
            Unsealed::Erased(_) | Unsealed::NotInTwin => None,
        }));
        let Some(next) = rows.next else { return Ok(all) };
        page = Part::after(next, CONTACTS_A_PAGE);
    }
}

/// What of a letter cannot go out, with whose letter it is.
fn unwritable(trouble: Trouble, customer: &str) -> Trouble {
    match trouble {
        Trouble::Problems(mut problems) => {
            for problem in &mut problems {
                problem.place = format!("letter to {}: {}", quoted(customer), problem.place);
            }
            Trouble::Problems(problems)
        }
        other => other,
    }
}

fn secret(op: &Operation) -> Result<(String, Digest), Trouble> {
    let bytes = op
        .secret()
        .ok_or_else(|| Refusal::new("no_chance", "No secret could be drawn.", "Send it again."))?;
    let bearer = Bearer::from_bytes(bytes);
    Ok((bearer.text().expose().to_owned(), bearer.digest(Purpose::Notice)))
}

fn digest_of(key: &str) -> Option<Digest> {
    Bearer::read(key).ok().map(|bearer| bearer.digest(Purpose::Notice))
}

fn no_notice() -> Trouble {
    Trouble::not_found("notice", "this address")
}
