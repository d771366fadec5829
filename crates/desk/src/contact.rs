//! Persons to be told at a consignee: adding, changing, erasing, and showing them.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{ConsigneeRef, Contact, ContactSite, Erased, Page, Who},
    change::Seen,
};
use aftercare_domain::{
    Operation,
    contact::{self as rules, ContactAdded, ContactChanged, Person},
    subject,
};
use aftercare_register::{
    Fault, Page as Part, Reader, SealedBlob,
    read::contact::{ContactRow, Unsealed},
};
use aftercare_vocab::id::{ConsigneeId, ContactId, SiteId, SubjectId};

impl Desk {
    /// Adds a person to be told, at a consignee or at one of its sites.
    pub fn add_contact(
        &self,
        op: &Operation,
        consignee: ConsigneeId,
        site: Option<SiteId>,
        person: Person,
    ) -> Result<ContactId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let contact: ContactId = op.new_id();
        let sealed = self.sealed(op, op.new_id(), person)?;
        self.decided(op, contact, |pen| {
            let facts = pen.facts().contact_place(consignee, site)?;
            let add = ContactAdded { contact, consignee, site, person: sealed.sealed() };
            let events = rules::add(&facts, add, op)?;
            pen.attach_sealed(&sealed)?;
            Ok(events)
        })
    }

    /// Changes what is known about a contact: all of it, as it is from now on.
    pub fn change_contact(
        &self,
        op: &Operation,
        seen: Seen,
        contact: ContactId,
        person: Person,
    ) -> Result<(), Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let subject = self.subject_of(contact)?;
        let sealed = self.sealed(op, subject, person)?;
        self.decided(op, (), |pen| {
            pen.expect::<Trouble>(&contact.to_string(), seen)?;
            let facts = pen.facts().contact(contact)?;
            let change = ContactChanged { contact, person: sealed.sealed() };
            let events = rules::change(&facts, change, op)?;
            pen.attach_sealed(&sealed)?;
            Ok(events)
        })
    }

    /// Erases for ever who a contact is. When this returns without trouble, no file of the register
    /// holds the key any more; [`Desk::tidy`] tries again where readers stood in the way.
    pub fn erase_contact(
        &self,
        op: &Operation,
        seen: Seen,
        contact: ContactId,
    ) -> Result<(), Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let person = self.subject_of(contact)?;
        self.decided(op, (), |pen| {
            pen.expect::<Trouble>(&contact.to_string(), seen)?;
            Ok(subject::erase(&pen.facts().subject(person)?, person, op)?)
        })?;
        match self.pen()?.scrub() {
            // The erasure is recorded and the key is destroyed: only its shadow in the log is left.
            Err(Fault::LogHeld { .. }) => Ok(()),
            other => Ok(other?),
        }
    }

    /// One contact.
    pub fn contact(&self, id: ContactId) -> Result<Contact, Trouble> {
        let reader = self.reader()?;
        let row = reader.contact(id)?.ok_or_else(|| Trouble::not_found("contact", id))?;
        shown(&reader, row)
    }

    /// The contacts of a consignee and its sites, erased ones too.
    pub fn contacts(&self, consignee: ConsigneeId, after: &str) -> Result<Page<Contact>, Trouble> {
        let reader = self.reader()?;
        if reader.consignee(consignee)?.is_none() {
            return Err(Trouble::not_found("consignee", consignee));
        }
        let page = match after {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let found = reader.contacts(consignee, &page)?;
        let mut items = Vec::with_capacity(found.items.len());
        for row in found.items {
            items.push(shown(&reader, row)?);
        }
        Ok(Page {
            items,
            next: found.next.map(|cursor| cursor.to_string()),
            total: reader.contact_count(consignee)?,
        })
    }

    fn subject_of(&self, contact: ContactId) -> Result<SubjectId, Trouble> {
        let row = self.reader()?.contact(contact)?;
        Ok(row.ok_or_else(|| Trouble::not_found("contact", contact))?.subject)
    }

    fn sealed(
        &self,
        op: &Operation,
        subject: SubjectId,
        person: Person,
    ) -> Result<SealedBlob, Trouble> {
        let text = serde_json::to_vec(&person.checked()?).map_err(|why| Fault::Storage {
            doing: "writing a contact".to_owned(),
            place: "memory".to_owned(),
            why: why.to_string(),
        })?;
        Ok(self.pen()?.seal(op, subject, &text)?)
    }
}

fn shown(reader: &Reader, row: ContactRow) -> Result<Contact, Trouble> {
    Ok(Contact {
        id: row.id,
        entity_version: reader.entity_version(&row.id.to_string())?,
        consignee: ConsigneeRef { id: row.consignee.id, name: row.consignee.name },
        site: row.site.map(|site| ContactSite { id: site.id, name: site.name }),
        who: match row.person {
            Unsealed::Text(person) => {
                let Person { name, function, email, phone } = person;
                Who::Person { name, function, email, phone }
            }
            Unsealed::NotInTwin => Who::NotInTwin,
            Unsealed::Erased(erasure) => {
                Who::Erased(Erased { at: erasure.at, by: erasure.by, role: erasure.role })
            }
        },
        since: row.since,
    })
}
