//! Issuing, sending and acknowledging.

use super::{
    Concerned, ISSUED_AT_ONCE, NOTICES_LIMIT, Notice, NoticeAcknowledged, NoticeIssued,
    NoticeMoved, Notices, Reach, Step, Way,
};
use crate::{
    access::Right,
    advisory::{Audience, State},
    case::Case,
    event::Event,
    operation::Operation,
    refusal::Refusal,
    roster::{Roster, entitled},
    subject::Sealed,
};
use aftercare_vocab::{
    digest::Digest,
    id::{ConsigneeId, ContactId, NoticeId},
};

/// A letter that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The new notice.
    pub notice: NoticeId,
    /// Who is told.
    pub consignee: ConsigneeId,
    /// The contact that the mail goes to; none = by hand.
    pub contact: Option<ContactId>,
    /// The devices that it names.
    pub devices: Vec<Concerned>,
    /// The letter.
    pub letter: Sealed,
    /// The digest of the secret in it.
    pub key: Digest,
}

/// Issues notices about an advisory for customers that is out. Nobody gets the same version by the same contact
/// twice, unless about devices that the first did not name.
pub fn issue(
    roster: &Roster,
    notices: &Notices,
    state: &State,
    case: &Case,
    version: u64,
    issues: Vec<Issue>,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = entitled(roster, Right::KeepAdvisories, op)?;
    if state.audience() != Audience::Customers {
        return Err(Refusal::new(
            "not_for_customers",
            "Notices go out about an advisory for customers, since its words are approved for them.",
            "Draft an advisory for customers about the case.",
        ));
    }
    if case.embargo.is_some() {
        return Err(Refusal::new(
            "embargo",
            format!("The case {} is under embargo: nobody is told about it.", case.opened.number),
            "Lift the embargo first.",
        ));
    }
    let out = state.standing().map(|one| one.drafted.version);
    if out != Some(version) {
        return Err(Refusal::new(
            "not_out",
            format!("Version {version} of {} is not what is out.", state.number()),
            "Have the newest version approved and published, then look at the list again.",
        ));
    }
    if issues.is_empty() {
        return Err(Refusal::new(
            "nobody_chosen",
            "Nobody is chosen.",
            "Choose the customers that are to be told.",
        ));
    }
    if issues.len() > ISSUED_AT_ONCE || notices.count() + issues.len() > NOTICES_LIMIT {
        return Err(Refusal::new(
            "too_many_notices",
            format!(
                "At most {ISSUED_AT_ONCE} notices are issued at once, and {NOTICES_LIMIT} in all."
            ),
            "Choose fewer, and the others after.",
        ));
    }
    let stands = |issue: &Issue| {
        let named = |devices: &Concerned| {
            notices
                .to((state.id, version), issue.consignee)
                .any(|one| one.issued.contact == issue.contact && one.names(devices))
        };
        issue.devices.iter().all(named)
    };
    if issues.iter().any(stands) {
        return Err(Refusal::new(
            "issued_already",
            "A notice about this version was issued for one of them already.",
            "Look at the list again; a notice that did not go can be sent again.",
        ));
    }
    let each = issues.into_iter().map(|one| {
        let Issue { notice, consignee, contact, devices, letter, key } = one;
        let advisory = state.id;
        NoticeIssued { notice, advisory, version, consignee, contact, devices, letter, key, by }
            .into()
    });
    Ok(each.collect())
}

/// A step that somebody records: that it went by hand, or that it is to be sent again.
pub fn step(
    roster: &Roster,
    notice: &Notice,
    step: Step,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = entitled(roster, Right::KeepAdvisories, op)?;
    let reach = notice.reach();
    let may = match (step, notice.way()) {
        // Also after it was acknowledged: somebody says it late.
        (Step::HandedOver, Way::Hand) => notice.step.is_none(),
        (Step::Again, Way::Mail) => matches!(reach, Reach::Not | Reach::Unknown),
        _ => false,
    };
    if !may {
        return Err(Refusal::new(
            "step_impossible",
            format!("That does not follow on: {}.", reach.title().to_lowercase()),
            "Look at the notice again.",
        ));
    }
    Ok(vec![NoticeMoved { notice: notice.id(), step, why: None, by: Some(by) }.into()])
}

/// Records that somebody acknowledged it otherwise than by the address in it, with how: who records says it.
pub fn acknowledge(
    roster: &Roster,
    notice: &Notice,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = entitled(roster, Right::KeepAdvisories, op)?;
    if op.reason.is_none() {
        return Err(Refusal::new(
            "reason_missing",
            "It is not said how it was acknowledged.",
            "Say it in a sentence, without names of persons: by telephone, in a letter.",
        ));
    }
    if notice.acknowledged.is_some() {
        return Err(Refusal::new(
            "acknowledged_already",
            "It is acknowledged already.",
            "Nothing is left to do.",
        ));
    }
    Ok(vec![NoticeAcknowledged { notice: notice.id(), by: Some(by) }.into()])
}

/// Acknowledged by whoever has the address in the letter. Once more changes nothing.
pub fn acknowledge_outside(notice: &Notice) -> Vec<Event> {
    if notice.acknowledged.is_some() {
        return Vec::new();
    }
    vec![NoticeAcknowledged { notice: notice.id(), by: None }.into()]
}
