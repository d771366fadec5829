//! Persons to be told, and the unsealing of personal text.

use super::{Cursor, Named, Page, Paged, Reader, twin};
use crate::{
    facts::id_of,
    fault::Fault,
    seal,
    sql::{Row, statements, values},
};
use aftercare_domain::{contact::Person, subject::Sealed};
use aftercare_vocab::{
    digest::Digest,
    id::{Consignee, ConsigneeId, ContactId, Site, SubjectId},
    instant::Instant,
};

statements! {
    CONSIGNEE_NO = "SELECT no FROM consignee WHERE since <= $1 AND id = $2";
    CONTACTS = "SELECT c.no, c.id, p.id, n.id, n.name, s.id, s.name, x.text, g.at
        FROM contact c
        JOIN subject p ON p.no = c.subject
        JOIN consignee n ON n.no = c.consignee
        LEFT JOIN site s ON s.no = c.site
        JOIN contact_text x ON x.contact = c.no AND x.since <= $1 AND (x.until IS NULL OR x.until > $1)
        JOIN ledger g ON g.seq = x.since
        WHERE c.since <= $1 AND c.consignee = $2 AND c.no > $3 ORDER BY c.no LIMIT $4";
    CONTACT = "SELECT c.no, c.id, p.id, n.id, n.name, s.id, s.name, x.text, g.at
        FROM contact c
        JOIN subject p ON p.no = c.subject
        JOIN consignee n ON n.no = c.consignee
        LEFT JOIN site s ON s.no = c.site
        JOIN contact_text x ON x.contact = c.no AND x.since <= $1 AND (x.until IS NULL OR x.until > $1)
        JOIN ledger g ON g.seq = x.since
        WHERE c.since <= $1 AND c.id = $2";
    COUNT = "SELECT count(*) FROM contact WHERE since <= $1 AND consignee = $2";
    // Whatever day is looked at: what is erased is erased on every day.
    ERASURE = "SELECT g.at, g.actor, g.role FROM subject s JOIN ledger g ON g.seq = s.erased
        WHERE s.id = $1";
}

/// A personal text, or that it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsealed<T> {
    /// The text.
    Text(T),
    /// It was erased.
    Erased(Erasure),
    /// This record is a twin, and the key stayed with the original.
    NotInTwin,
}

/// When and by whom a subject was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// When.
    pub at: Instant,
    /// Who did it.
    pub by: String,
    /// In which role.
    pub role: String,
}

/// A person to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow<P = Unsealed<Person>> {
    /// The contact.
    pub id: ContactId,
    /// Whose key opens the text.
    pub subject: SubjectId,
    /// Whose contact it is.
    pub consignee: Named<Consignee>,
    /// The site it is for; `None` = the whole consignee.
    pub site: Option<Named<Site>>,
    /// Who it is.
    pub person: P,
    /// Since when the record says so.
    pub since: Instant,
}

impl Reader {
    /// The contacts of a consignee and its sites, in the order they were added, erased ones too.
    pub fn contacts(
        &self,
        consignee: ConsigneeId,
        page: &Page,
    ) -> Result<Paged<ContactRow>, Fault> {
        let [after] = page.numbers()?;
        let Some(no) = self.no(CONSIGNEE_NO, consignee)? else {
            return Ok(Paged { items: Vec::new(), next: None });
        };
        let asked = values![self.position, no, after, page.ask()];
        let rows = self.session()?.query(CONTACTS, asked, contact_row)?;
        let found = rows.into_iter().map(|(cursor, row)| Ok((cursor, self.opened(row)?)));
        Ok(Paged::of(found.collect::<Result<_, Fault>>()?, page))
    }

    /// How many contacts a consignee and its sites have, erased ones too.
    pub fn contact_count(&self, consignee: ConsigneeId) -> Result<u64, Fault> {
        match self.no(CONSIGNEE_NO, consignee)? {
            None => Ok(0),
            Some(no) => Ok(self.session()?.number(COUNT, values![self.position, no])? as u64),
        }
    }

    /// One contact.
    pub fn contact(&self, id: ContactId) -> Result<Option<ContactRow>, Fault> {
        let asked = values![self.position, id.as_bytes()];
        let found = self.session()?.first(CONTACT, asked, contact_row)?;
        found.map(|(_, row)| self.opened(row)).transpose()
    }

    /// Opens a sealed text. A key that is missing although nobody destroyed it is a fault: that is
    /// not an erasure.
    pub fn unseal(&self, sealed: &Sealed) -> Result<Unsealed<Vec<u8>>, Fault> {
        let session = self.session()?;
        let subject = sealed.subject;
        let erased = session.first(ERASURE, values![subject.as_bytes()], |row| {
            Ok(Erasure {
                at: Instant::from_micros(row.int(0)?),
                by: row.text(1)?,
                role: row.text(2)?,
            })
        })?;
        if let Some(erasure) = erased {
            return Ok(Unsealed::Erased(erasure));
        }
        if twin::sealed_before(session, &sealed.blob)? {
            return Ok(Unsealed::NotInTwin);
        }
        let key = seal::key_of(session, subject)?;
        let key = key.ok_or_else(|| Fault::KeyMissing { subject: subject.to_string() })?;
        let bytes = self.documents.blobs.read(&sealed.blob)?;
        seal::opened(&key, subject, &bytes).map(Unsealed::Text).ok_or(Fault::BlobDamaged {
            digest: sealed.blob,
            why: "the key of its subject does not open it".to_owned(),
        })
    }

    fn opened(&self, row: ContactRow<Sealed>) -> Result<ContactRow, Fault> {
        let person = match self.unseal(&row.person)? {
            Unsealed::Erased(erasure) => Unsealed::Erased(erasure),
            Unsealed::NotInTwin => Unsealed::NotInTwin,
            Unsealed::Text(text) => Unsealed::Text(
                serde_json::from_slice(&text).map_err(|e| Fault::shape("a contact", e))?,
            ),
        };
        let ContactRow { id, subject, consignee, site, since, .. } = row;
        Ok(ContactRow { id, subject, consignee, site, person, since })
    }
}

/// A contact with its text still sealed: opening it takes statements of its own.
fn contact_row(row: &Row<'_>) -> Result<(Cursor, ContactRow<Sealed>), Fault> {
    let subject = id_of(row, 2)?;
    let sealed = Sealed { subject, blob: Digest::from_bytes(row.fixed(7)?) };
    let site = match row.text_or_null(6)? {
        None => None,
        Some(name) => Some(Named { id: id_of(row, 5)?, name }),
    };
    let contact = ContactRow {
        id: id_of(row, 1)?,
        subject,
        consignee: Named { id: id_of(row, 3)?, name: row.text(4)? },
        site,
        person: sealed,
        since: Instant::from_micros(row.int(8)?),
    };
    Ok((Cursor::numbers([row.int(0)?]), contact))
}
