//! Subjects and contacts. Who they are is not here: only where the sealed text lies.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{statements, values},
};
use aftercare_domain::{
    contact::{ContactAdded, ContactChanged},
    notice::NoticeIssued,
    signal::{Item, SignalReceived},
    subject::{Sealed, SubjectErased},
};
use aftercare_vocab::id::SubjectId;

statements! {
    SUBJECT_KNOWN = "SELECT no FROM subject WHERE id = $1";
    ADD_SUBJECT = "INSERT INTO subject (no, id, since, erased) VALUES ($1, $2, $3, NULL)";
    END_SUBJECT = "UPDATE subject SET erased = $1 WHERE id = $2";
    CONSIGNEE_NO = "SELECT no FROM consignee WHERE id = $1";
    ADD_CONTACT = "INSERT INTO contact (no, id, since, subject, consignee, site)
        VALUES ($1, $2, $3, $4, $5, $6)";
    CONTACT_NO = "SELECT no FROM contact WHERE id = $1";
    ADD_TEXT = "INSERT INTO contact_text (contact, since, until, text) VALUES ($1, $2, NULL, $3)";
    END_TEXT = "UPDATE contact_text SET until = $1 WHERE contact = $2 AND until IS NULL";
}

impl Projector<'_> {
    pub(super) fn contact_added(&self, seq: i64, e: &ContactAdded) -> Result<(), Fault> {
        let subject = self.subject(seq, e.person.subject)?;
        let consignee = self.number_of(CONSIGNEE_NO, e.consignee.as_bytes())?;
        let site = e.site.map_or(Ok(0), |site| self.site_no(site.as_bytes()))?;
        self.session.execute(
            ADD_CONTACT,
            values![seq, e.contact.as_bytes(), seq, subject, consignee, site],
        )?;
        self.add_text(seq, seq, &e.person)
    }

    pub(super) fn contact_changed(&self, seq: i64, e: &ContactChanged) -> Result<(), Fault> {
        let contact = self.number_of(CONTACT_NO, e.contact.as_bytes())?;
        self.session.execute(END_TEXT, values![seq, contact])?;
        self.add_text(seq, contact, &e.person)
    }

    /// Of a signal that names a person, the subject alone: the rest is read from its entry.
    pub(super) fn signal_received(&self, seq: i64, e: &SignalReceived) -> Result<(), Fault> {
        match e.item {
            Item::Sealed(sealed) => self.subject(seq, sealed.subject).map(|_| ()),
            Item::Plain(_) => Ok(()),
        }
    }

    /// Of a notice the subject of its letter alone: the rest is read from its entry.
    pub(super) fn notice_issued(&self, seq: i64, e: &NoticeIssued) -> Result<(), Fault> {
        self.subject(seq, e.letter.subject).map(|_| ())
    }

    pub(super) fn subject_erased(&self, seq: i64, e: &SubjectErased) -> Result<(), Fault> {
        self.session.execute(END_SUBJECT, values![seq, e.subject.as_bytes()]).map(|_| ())
    }

    fn subject(&self, seq: i64, id: SubjectId) -> Result<i64, Fault> {
        let known = self.session.first(SUBJECT_KNOWN, values![id.as_bytes()], |row| row.int(0))?;
        if let Some(no) = known {
            return Ok(no);
        }
        self.session.execute(ADD_SUBJECT, values![seq, id.as_bytes(), seq])?;
        Ok(seq)
    }

    fn add_text(&self, seq: i64, contact: i64, person: &Sealed) -> Result<(), Fault> {
        self.session.execute(ADD_TEXT, values![contact, seq, person.blob.as_bytes()]).map(|_| ())
    }
}
