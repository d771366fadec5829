//! The review of access: whoever has a role is looked through again and again, and what is old is told.
//!
//! Source: 21 CFR 11.10(d) (access limited to authorised individuals), 11.300(b) (issuances periodically
//! checked, recalled or revised) and (e) (tokens tested periodically). The rules name no spans: those in
//! [`AGEING`] are proposed; the maker sets its own in the configuration. Age alone shuts nobody out: a password that must be
//! changed for its age alone gets worse (NIST SP 800-63B-4, section 3.1.1.2), so whoever reviews decides.

use crate::{
    Date,
    access::Right,
    event::Event,
    operation::Operation,
    refusal::Refusal,
    roster::{Roster, entitled},
};
use aftercare_vocab::{
    id::{GrantId, PersonId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most roles looked through in one entry.
pub const REVIEW_LIMIT: usize = 500;
const DAY_MICROS: i64 = 86_400_000_000;

/// After how long something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ageing {
    /// The day since which the spans are as they are.
    pub valid_from: Date,
    /// A role is looked at again after this many days.
    pub review_days: i64,
    /// A password is old after this many days.
    pub password_days: i64,
    /// A code generator or passkey is to be tested after this many days without use.
    pub test_days: i64,
}

/// The spans where the maker has set none. Proposed: half a year for access, a year for credentials.
pub const AGEING: Ageing = Ageing {
    valid_from: Date::constant(2026, 11, 25),
    review_days: 183,
    password_days: 365,
    test_days: 365,
};

/// Whole days from one instant to another; none where it lies ahead.
pub const fn days_between(since: Instant, now: Instant) -> i64 {
    let days = now.micros().saturating_sub(since.micros()) / DAY_MICROS;
    if days < 0 { 0 } else { days }
}

/// What a review came to for one role given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is still needed and stays.
    Keep,
    /// It is to be taken away, by whoever gives roles.
    Take,
}

impl Outcome {
    /// The code name: `keep`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Take => "take",
        }
    }

    /// As words: `stays`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Keep => "stays",
            Self::Take => "to be taken away",
        }
    }
}

/// A role given, looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// Which.
    pub grant: GrantId,
    /// What it came to.
    pub outcome: Outcome,
}

/// Somebody looked through roles that were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessReviewed {
    /// Who.
    pub by: PersonId,
    /// Each role with what it came to, in the order of grants.
    pub reviewed: Vec<Reviewed>,
}

/// Records a review. Not of one's own roles; what is to be taken away needs a reason, and is taken by whoever
/// gives roles, not by the review.
pub fn review(
    roster: &Roster,
    mut reviewed: Vec<Reviewed>,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = entitled(roster, Right::ReviewAccess, op)?;
    if reviewed.is_empty() {
        return Err(Refusal::new(
            "nothing_reviewed",
            "No role was looked at.",
            "Say of at least one role whether it stays.",
        ));
    }
    if reviewed.len() > REVIEW_LIMIT {
        return Err(Refusal::new(
            "too_many_reviewed",
            format!("One review holds at most {REVIEW_LIMIT} roles."),
            "Make several reviews of it.",
        ));
    }
    reviewed.sort_unstable();
    let mut seen = BTreeSet::new();
    for one in &reviewed {
        let Some(grant) = roster.grant(one.grant) else {
            return Err(Refusal::unknown("role given", one.grant));
        };
        if grant.person == by {
            return Err(Refusal::new(
                "own_access",
                "Nobody reviews their own roles.",
                "Leave them to another reviewer.",
            )
            .could(roster.names(
                roster.who_may(Right::ReviewAccess, op.at).into_iter().filter(|one| *one != by),
            )));
        }
        if !seen.insert(one.grant) {
            return Err(Refusal::new(
                "reviewed_twice",
                format!("The role given {} stands twice in the review.", one.grant),
                "Say once what becomes of it.",
            ));
        }
    }
    if op.reason.is_none() && reviewed.iter().any(|one| one.outcome == Outcome::Take) {
        return Err(Refusal::new(
            "reason_missing",
            "A role that is to be taken away needs a reason.",
            "Say why, in a sentence.",
        ));
    }
    Ok(vec![AccessReviewed { by, reviewed }.into()])
}
