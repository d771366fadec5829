//! Notices to customers, as they are read.

use super::{AdvisoryRow, Page};
use aftercare_vocab::{
    id::{ConsigneeId, ContactId, NoticeId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Who is concerned by an advisory for customers, and how far each was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticesSheet {
    /// The advisory.
    pub advisory: AdvisoryRow,
    /// The number of its case.
    pub case_number: String,
    /// The version that is out, which notices are about; none = nothing is out.
    pub version: Option<u64>,
    /// Why no notice can be issued now; none = it can.
    pub blocked: Option<String>,
    /// Whether notices go by mail; otherwise each goes by hand.
    pub by_mail: bool,
    /// Whether letters hold an address by which they are acknowledged.
    pub with_link: bool,
    /// Customers by how far they were told.
    pub totals: NoticeTotals,
    /// The customers concerned, and those who were told and are not any more.
    pub customers: Page<NoticeCustomer>,
}

/// Customers by how far the version that is out reached them. Each counts once, by the device that it
/// was told least of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeTotals {
    /// All that have devices concerned today.
    pub concerned: u64,
    /// No notice was issued, or it did not go.
    pub not_told: u64,
    /// A notice is to go.
    pub waiting: u64,
    /// Nobody knows whether it went.
    pub unknown: u64,
    /// It went, and nobody has acknowledged it.
    pub told: u64,
    /// Somebody there has acknowledged it.
    pub acknowledged: u64,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeCustomer {
    /// The consignee.
    #[schema(value_type = String)]
    pub id: ConsigneeId,
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: Option<String>,
    /// How far the version that is out reached it, about each of its devices: `not_told`, `waiting`, `unknown`, `told`, `acknowledged`.
    pub reach: String,
    /// The same on screen.
    pub reach_title: String,
    /// Its devices concerned; empty = it has none any more.
    pub devices: Vec<NoticeDevices>,
    /// How many of its contacts have a mail address.
    pub with_mail: u64,
    /// How many letters would be written to it now: contacts that no notice about all of its devices was issued to.
    pub unwritten: u64,
    /// The notices it was issued, newest first, of every version.
    pub notices: Vec<NoticeRow>,
}

/// Devices at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeDevices {
    /// The site's name.
    pub site: String,
    /// Product and version: `Infusia 3.2.1`.
    pub label: String,
    /// Why it is concerned: `stated` by the advisory, or perhaps so: `version_unknown`, or a version that the
    /// advisory does not hold as concerned, and nobody decided that it is not (`not_stated`).
    pub concern: String,
    /// The same on screen; none = as the advisory says.
    pub concern_title: Option<String>,
    /// Whether a notice about the version that is out names them.
    pub in_notice: bool,
    /// How many.
    pub units: u64,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeRow {
    /// The notice.
    #[schema(value_type = String)]
    pub id: NoticeId,
    /// The version of the advisory that it is about.
    pub version: u64,
    /// How it goes: `mail` or `hand`.
    pub way: String,
    /// The same on screen.
    pub way_title: String,
    /// The contact, for mail.
    #[schema(value_type = Option<String>)]
    pub contact: Option<ContactId>,
    /// When it was issued.
    #[schema(value_type = String)]
    pub issued_at: Instant,
    /// By whom.
    pub issued_by: String,
    /// How far it reached.
    pub reach: String,
    /// The same on screen.
    pub reach_title: String,
    /// When it went its newest step.
    #[schema(value_type = Option<String>)]
    pub step_at: Option<Instant>,
    /// Why it did not go, as a code.
    pub why: Option<String>,
    /// The same on screen, with what to do.
    pub why_title: Option<String>,
    /// How often the mail server was spoken to.
    pub tries: u32,
    /// When the product tries again, where it does.
    #[schema(value_type = Option<String>)]
    pub due: Option<Instant>,
    /// When it was acknowledged.
    #[schema(value_type = Option<String>)]
    pub acknowledged_at: Option<Instant>,
    /// Who recorded that; none = by the address in the letter.
    pub acknowledged_by: Option<String>,
    /// How, in the words of who recorded it.
    pub acknowledged_how: Option<String>,
}

/// A notice as whoever has its address sees it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeOutside {
    /// Its subject.
    pub subject: String,
    /// Its text as it was sent.
    pub text: String,
    /// When it was acknowledged.
    pub acknowledged_at: Option<Instant>,
    /// Whether a later version of the advisory is out, or it was taken back.
    pub outdated: bool,
}

/// Says nothing, so that no log line can.
impl fmt::Debug for NoticeOutside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoticeOutside(..)")
    }
}
