//! Addresses of notices.

use super::{Links, encoded};
use aftercare_desk::AdvisoryKey;
use aftercare_vocab::id::{AdvisoryId, NoticeId};

impl Links {
    /// Who is told about an advisory, and how far each was.
    pub fn notices(&self, id: AdvisoryId) -> String {
        self.address(&format!("/advisory-drafts/{id}/notices"), &[])
    }

    /// Who is told about it, by what it is named in an address.
    pub fn advisory_notices_named(&self, name: &str) -> String {
        self.address(&format!("/advisory-drafts/{}/notices", encoded(name)), &[])
    }

    /// The same by a key.
    pub fn notices_of(&self, key: &AdvisoryKey) -> String {
        match key {
            AdvisoryKey::Id(id) => self.notices(*id),
            AdvisoryKey::Number(number) => self.advisory_notices_named(number),
        }
    }

    /// The same, narrowed.
    pub fn notices_with(&self, id: AdvisoryId, values: &[(&str, &str)]) -> String {
        self.address(&format!("/advisory-drafts/{id}/notices"), values)
    }

    /// Where it is recorded that customers were told.
    pub fn told(&self, id: AdvisoryId) -> String {
        self.at(None).address(&format!("/advisory-drafts/{id}/told"), &[])
    }

    /// The letter of a notice.
    pub fn letter(&self, id: NoticeId) -> String {
        self.at(None).address(&format!("/notice-letters/{id}"), &[])
    }

    /// A form about a notice: `step`, `acknowledgement`.
    pub fn notice_form(&self, id: NoticeId, form: &str) -> String {
        self.at(None).address(&format!("/notice-letters/{id}/{form}"), &[])
    }

    /// What whoever has the key of a notice sees.
    pub fn notice_outside(&self, key: &str) -> String {
        self.at(None).address(&format!("/notices/{}", encoded(key)), &[])
    }
}
