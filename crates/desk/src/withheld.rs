//! What of the ledger is withheld from somebody: entries about cases under an embargo that they need not know.
//!
//! It goes by the embargo of today, also where the ledger is looked at as of an earlier day. The number of the entry
//! stays, so that nothing seems to be missing.

use crate::{Desk, Trouble, viewer::Viewer};
use aftercare_domain::{Event, advisory::Advisories, case::Cases, notice::Notices};
use aftercare_vocab::id::{AdvisoryId, CaseId, DecisionId, NoticeId, SignalId};
use std::collections::BTreeSet;

/// Said in the place of an entry.
pub(crate) const WITHHELD: &str = "About a case under embargo that you need not know.";

/// What is withheld from one person.
#[derive(Debug, Default)]
pub(crate) struct Withheld {
    cases: BTreeSet<CaseId>,
    signals: BTreeSet<SignalId>,
    decisions: BTreeSet<DecisionId>,
    advisories: BTreeSet<AdvisoryId>,
    notices: BTreeSet<NoticeId>,
}

impl Desk {
    /// What is withheld from whoever asks; nobody = the machine's operator, from whom nothing is.
    pub(crate) fn withheld(&self, viewer: Option<&Viewer>) -> Result<Withheld, Trouble> {
        let Some(viewer) = viewer else { return Ok(Withheld::default()) };
        let reader = self.register().reader()?;
        let (cases, advisories, notices) =
            (reader.cases()?, reader.advisories()?, reader.notices()?);
        Ok(Withheld::of(&cases, &advisories, &notices, viewer))
    }
}

impl Withheld {
    fn of(cases: &Cases, advisories: &Advisories, notices: &Notices, viewer: &Viewer) -> Self {
        let mut all = Self::default();
        for case in cases.all().filter(|case| !case.is_told_to(Some(viewer.person))) {
            all.cases.insert(case.id());
            all.signals.extend(&case.signals);
            all.decisions.extend(case.decisions.keys());
        }
        if all.cases.is_empty() {
            return all; // the usual case
        }
        let about = advisories.all().filter(|one| all.cases.contains(&one.case));
        all.advisories = about.map(|one| one.id).collect();
        let about = notices.all().filter(|one| all.advisories.contains(&one.issued.advisory));
        all.notices = about.map(aftercare_domain::notice::Notice::id).collect();
        all
    }

    /// Whether an event is among it.
    pub fn holds(&self, event: &Event) -> bool {
        if self.cases.is_empty() {
            return false;
        }
        match event {
            Event::CaseOpened(e) => self.cases.contains(&e.case),
            Event::CaseFactRecorded(e) => self.cases.contains(&e.case),
            Event::SignalReceived(e) => self.signals.contains(&e.signal),
            Event::SignalSettled(e) => self.signals.contains(&e.signal),
            Event::SignalAssigned(e) => self.signals.contains(&e.signal),
            Event::ThreadMessageAdded(e) => self.signals.contains(&e.signal),
            Event::DecisionProposed(e) => self.decisions.contains(&e.decision),
            Event::DecisionRevised(e) => self.decisions.contains(&e.decision),
            Event::DecisionSigned(e) => self.decisions.contains(&e.decision),
            Event::DecisionRefused(e) => self.decisions.contains(&e.decision),
            Event::DecisionTaken(e) => self.decisions.contains(&e.decision),
            Event::DecisionWithdrawn(e) => self.decisions.contains(&e.decision),
            Event::AdvisoryDrafted(e) => self.advisories.contains(&e.advisory),
            Event::AdvisoryPublished(e) => self.advisories.contains(&e.advisory),
            Event::AdvisoryWithdrawn(e) => self.advisories.contains(&e.advisory),
            Event::NoticeIssued(e) => self.notices.contains(&e.notice),
            Event::NoticeMoved(e) => self.notices.contains(&e.notice),
            Event::NoticeAcknowledged(e) => self.notices.contains(&e.notice),
            _ => false,
        }
    }
}
