//! What of the ledger is withheld from somebody: entries about cases under an embargo that they need not know, whether
//! they are of the case or name it beside something else.
//!
//! It goes by the embargo of today, also where the ledger is looked at as of an earlier day. The number of the entry
//! stays, so that nothing seems to be missing.

use crate::{Desk, Trouble, viewer::Viewer};
use aftercare_domain::{Entry, advisory::Advisories, case::Cases, notice::Notices};
use std::collections::BTreeSet;

/// Said in the place of an entry.
pub(crate) const WITHHELD: &str = "About a case under embargo that you need not know.";

/// What is withheld from one person: the identifiers and numbers of everything about such a case.
#[derive(Debug, Default)]
pub(crate) struct Withheld(BTreeSet<String>);

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
        let mut all = BTreeSet::new();
        let mut hidden = BTreeSet::new();
        for case in cases.all().filter(|case| !case.is_told_to(Some(viewer.person))) {
            hidden.insert(case.id());
            all.insert(case.id().to_string());
            all.insert(case.opened.number.clone());
            all.extend(case.signals.iter().map(ToString::to_string));
            all.extend(case.decisions.keys().map(ToString::to_string));
        }
        if hidden.is_empty() {
            return Self::default(); // the usual case
        }
        let mut about = BTreeSet::new();
        for one in advisories.all().filter(|one| hidden.contains(&one.case)) {
            about.insert(one.id);
            all.insert(one.id.to_string());
            all.insert(one.number().to_owned());
        }
        let told = notices.all().filter(|one| about.contains(&one.issued.advisory));
        all.extend(told.map(|one| one.id().to_string()));
        Self(all)
    }

    /// Whether an entry names any of it, in whatever field.
    pub fn holds(&self, entry: &Entry) -> bool {
        if self.0.is_empty() {
            return false;
        }
        // What cannot be written out is not shown.
        let Ok(bytes) = entry.bytes() else { return true };
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        String::from_utf8_lossy(&bytes).split(|c| !is_part(c)).any(|word| self.0.contains(word))
    }
}
