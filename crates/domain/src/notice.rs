//! Notices: one letter about an advisory to one consignee, and what became of it.
//!
//! A notice is issued only for an advisory for customers that is out, so its words are those that were signed.
//! The letter lies sealed, since it holds the address by which it is acknowledged; the record keeps a digest of
//! the secret alone. Whether it reached anybody is never assumed: a mail counts when the mail server of the maker
//! has taken it ([`Step::HandedOver`]), one that broke off counts as unknown ([`Step::InDoubt`]), and only an
//! acknowledgement says that somebody read it.

mod decide;
mod state;

pub use decide::{Issue, acknowledge, acknowledge_outside, issue, step};
pub use state::{Acknowledged, Notice, Notices, Reach};

use crate::{signal::coded, subject::Sealed};
use aftercare_vocab::{
    digest::Digest,
    id::{AdvisoryId, ConsigneeId, ContactId, NoticeId, PersonId, ProductId, SiteId, VersionId},
};
use serde::{Deserialize, Serialize};

/// Most notices of one record.
pub const NOTICES_LIMIT: usize = 1_000_000;
/// Most notices that are issued at once.
pub const ISSUED_AT_ONCE: usize = 500;
/// How often a mail is tried by itself.
pub const TRIES_LIMIT: u32 = 6;

/// The events that notices are folded from.
pub const KINDS: &[&str] = &["notice_issued", "notice_moved", "notice_acknowledged"];

coded! {
    /// How a notice goes.
    Way {
        /// By mail, to a contact of the consignee.
        Mail = "mail", "By mail";
        /// By post, telephone or in person: somebody says when it went.
        Hand = "hand", "By hand";
    }
}

coded! {
    /// A step of a notice on its way.
    Step {
        /// The mail server is being spoken to. While this stands last, nobody knows whether it went.
        Trying = "trying", "Being sent";
        /// The mail server has taken it, or somebody says that it went by hand.
        HandedOver = "handed_over", "Handed over";
        /// The connection broke off: it may have arrived, or not.
        InDoubt = "in_doubt", "Not known whether it went";
        /// It did not go, and may later.
        Later = "later", "Did not go yet";
        /// It did not go, and will not by itself.
        Refused = "refused", "Refused";
        /// Somebody asks to send it again.
        Again = "again", "To be sent again";
    }
}

/// Devices of a consignee that it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concerned {
    /// The site.
    pub site: SiteId,
    /// The product.
    pub product: ProductId,
    /// The version; none = it is not known what is installed.
    pub version: Option<VersionId>,
    /// How many; at least one.
    pub units: u64,
}

/// A notice was written for one consignee, and is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeIssued {
    /// The notice.
    pub notice: NoticeId,
    /// The advisory.
    pub advisory: AdvisoryId,
    /// Which version of it.
    pub version: u64,
    /// Who is told.
    pub consignee: ConsigneeId,
    /// The contact that the mail goes to; none = it goes by hand.
    pub contact: Option<ContactId>,
    /// The devices that it names.
    pub devices: Vec<Concerned>,
    /// The letter with the address of its acknowledgement, sealed.
    pub letter: Sealed,
    /// The digest of the secret in that address.
    pub key: Digest,
    /// Who issued it.
    pub by: PersonId,
}

/// A notice went a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeMoved {
    /// The notice.
    pub notice: NoticeId,
    /// The step.
    pub step: Step,
    /// Why it did not go, as a code without names: `recipient`, `unreachable`.
    pub why: Option<String>,
    /// Who says so; none = the product itself.
    pub by: Option<PersonId>,
}

/// A notice was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeAcknowledged {
    /// The notice.
    pub notice: NoticeId,
    /// Who recorded it; none = by the address in the letter.
    pub by: Option<PersonId>,
}
