//! Which changes need a reason. A dated table, so that it can be read, cited and changed.
//!
//! Every row is *proposed*: ISO 13485:2016 4.2.5 asks that changes to a record remain identifiable,
//! EU GMP Annex 11 clause 9 (for medicinal products, the clearest text there is) that the reason for a
//! change be documented; none names these very changes. The maker approves or alters the table.

use crate::{Date, operation::Operation, refusal::Refusal};
use aftercare_vocab::instant::Instant;

/// A kind of change that may need a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Predecessor or dates of a version that is released already.
    ReleasedVersion,
    /// What is installed on a unit becomes unknown although it was known.
    InstalledUnknown,
    /// Another SBOM takes the place of the one a released version has.
    SbomOfReleasedVersion,
    /// Personal text is erased for ever.
    Erasure,
    /// Missing training is overridden.
    Competence,
}

/// From when on a kind of change needs a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// The kind of change.
    pub change: Change,
    /// The first day (UTC) on which it is demanded.
    pub valid_from: Date,
    /// What is asked, as the end of a sentence.
    pub what: &'static str,
    /// Why it is asked.
    pub why: &'static str,
}

/// Proposed rows; the maker decides.
pub const DEMANDS: &[Demand] = &[
    Demand {
        change: Change::ReleasedVersion,
        valid_from: Date::constant(2026, 1, 1),
        what: "changing predecessor or dates of a released version",
        why: "Support dates of devices in use were told to customers.",
    },
    Demand {
        change: Change::InstalledUnknown,
        valid_from: Date::constant(2026, 1, 1),
        what: "making unknown what is installed on a unit",
        why: "The unit then counts as unknown in every answer.",
    },
    Demand {
        change: Change::SbomOfReleasedVersion,
        valid_from: Date::constant(2026, 1, 1),
        what: "replacing the SBOM of a released version",
        why: "Findings about devices in use change with it.",
    },
    Demand {
        change: Change::Erasure,
        valid_from: Date::constant(2026, 1, 1),
        what: "erasing personal data",
        why: "It cannot be undone, and who asks later must find the ground (GDPR Art. 5(2) and 17).",
    },
    Demand {
        change: Change::Competence,
        valid_from: Date::constant(2026, 1, 1),
        what: "overriding missing training",
        why: "Somebody then signs without proof of competence (21 CFR 11.10(i)).",
    },
];

/// Refuses a change that needs a reason and has none.
pub fn given(change: Change, op: &Operation) -> Result<(), Refusal> {
    let today = day(op.at);
    let demanded = DEMANDS.iter().find(|d| d.change == change && d.valid_from <= today);
    match demanded {
        Some(demand) if op.reason.is_none() => Err(Refusal::new(
            "reason_missing",
            format!("A reason is needed for {}. {}", demand.what, demand.why),
            "Say why, in a sentence without names of persons, and send the change again.",
        )),
        _ => Ok(()),
    }
}

/// Whether a version counts as released: its release date is recorded and reached. One without a
/// recorded date does not, so that the date can be entered for the first time without ceremony.
pub fn released(on: Option<Date>, op: &Operation) -> bool {
    on.is_some_and(|on| on <= day(op.at))
}

/// The calendar day of an instant, in UTC.
fn day(at: Instant) -> Date {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}
