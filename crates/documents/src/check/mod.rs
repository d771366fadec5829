//! What would make a document invalid, or make it contradict itself; found before anything is written.
//!
//! The mandatory tests of CSAF 2.0 (section 6.1) are named where they would fail. Some cannot: revisions
//! are numbered by their place (6.1.14, 6.1.16 to 6.1.22, 6.1.30), groups and relationships are not
//! written (6.1.3 to 6.1.5), scores follow from their vectors (6.1.8 to 6.1.10), flags from the standings
//! (6.1.32, 6.1.33), a weakness gets its name from the list (6.1.11), package URLs exist only when valid
//! (6.1.13), and there are no translations (6.1.15, 6.1.28). Places are written as in the value:
//! `vulnerabilities[0].standings[2].version`.

mod head;
mod profile;
mod tree;
mod vulnerability;

pub use profile::Profile;
pub(crate) use profile::affected_have_actions;

use crate::{
    Advisory, Refused,
    advisory::{State, Tlp},
};
use aftercare_vocab::{
    instant::Instant,
    problem::{Gravity, Problem, quoted},
};
use std::collections::BTreeSet;

/// Everything that can be said of an advisory whatever form it takes: refusals and warnings, in the order
/// of the value.
pub fn problems(advisory: &Advisory) -> Vec<Problem> {
    let mut found = Found::default();
    found.about(advisory);
    found.0
}

/// The same, and what one profile of CSAF 2.0 asks beyond it.
pub fn problems_of(advisory: &Advisory, profile: Profile) -> Vec<Problem> {
    let mut found = Found::default();
    found.about(advisory);
    profile::csaf(&mut found, advisory, profile);
    found.0
}

/// Problems in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct Found(pub(crate) Vec<Problem>);

impl Found {
    /// What holds for every form.
    pub(crate) fn about(&mut self, advisory: &Advisory) {
        head::check(self, advisory);
        tree::check(self, advisory);
        vulnerability::check(self, advisory);
    }

    /// For forms that say neither how final they are nor to whom they may go.
    pub(crate) fn unmarked(&mut self, advisory: &Advisory) {
        if advisory.state == State::Draft {
            let what = "The document does not say that it is a draft; its form has no word for it.";
            self.warn("draft_unmarked", "state", what, "Do not let it out.");
        }
        if advisory.tlp != Tlp::Clear {
            let what = format!(
                "The document does not say TLP:{} where readers look.",
                advisory.tlp.label()
            );
            self.warn("tlp_unmarked", "tlp", what, "Say it where the document is handed over.");
        }
    }

    /// The warnings, when there is no refusal.
    pub(crate) fn settle(self) -> Result<Vec<Problem>, Refused> {
        if self.0.iter().any(|problem| problem.gravity == Gravity::Refusal) {
            return Err(Refused(self.0));
        }
        Ok(self.0)
    }

    pub(crate) fn refuse(
        &mut self,
        code: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        next: &str,
    ) {
        self.0.push(Problem::refusal(code, place, what, next));
    }

    pub(crate) fn warn(
        &mut self,
        code: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        next: &str,
    ) {
        self.0.push(Problem::warning(code, place, what, next));
    }

    /// A text of one line.
    pub(crate) fn line(&mut self, place: &str, text: &str) {
        self.written(place, text);
        if text.contains(['\n', '\r', '\t']) {
            let next = "Write it in one line.";
            self.refuse(
                "text_in_lines",
                place,
                format!("{} has several lines.", quoted(text)),
                next,
            );
        }
    }

    /// A text that may have paragraphs.
    pub(crate) fn written(&mut self, place: &str, text: &str) {
        if text.trim().is_empty() {
            self.refuse(
                "text_empty",
                place,
                "There is no text.",
                "Write it, or leave the part out.",
            );
        } else if text.chars().any(is_unwritable) {
            let what = format!("{} has a character that nobody sees.", quoted(text));
            let next = "Remove control characters and those that turn the direction of writing.";
            self.refuse("text_unwritable", place, what, next);
        }
    }

    /// A text that may be left out.
    pub(crate) fn written_if_any(&mut self, place: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.written(place, text);
        }
    }

    /// An address of the web.
    pub(crate) fn web(&mut self, place: &str, text: &str) {
        if !crate::uri::is_web(text) {
            let what = format!("{} is not an address of the web.", quoted(text));
            let next = "Write it whole, like https://device.example/advisories, with escapes where needed.";
            self.refuse("address_unreadable", place, what, next);
        }
    }

    /// A point in time that every form can write.
    pub(crate) fn date(&mut self, place: &str, date: Instant) {
        let first_of_10000 = 253_402_300_800_000_000;
        if !(0..first_of_10000).contains(&date.micros()) {
            let what = format!("{date} cannot be written as a date.");
            self.refuse("date_unwritable", place, what, "Dates lie between 1970 and 9999.");
        }
    }

    /// Each value at most once.
    pub(crate) fn once<'a>(&mut self, place: &str, values: impl IntoIterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for value in values {
            if !seen.insert(value) {
                let what = format!("{} is named twice.", quoted(value));
                self.refuse("named_twice", place, what, "Name it once.");
            }
        }
    }

    /// Versions that a part is about: known, each once.
    pub(crate) fn versions(&mut self, place: &str, versions: &[String], advisory: &Advisory) {
        self.once(place, versions.iter().map(String::as_str));
        for (at, version) in versions.iter().enumerate() {
            self.version(&format!("{place}[{at}]"), version, advisory);
        }
    }

    /// A version that is spoken about stands in the tree (6.1.1).
    pub(crate) fn version(&mut self, place: &str, version: &str, advisory: &Advisory) {
        if advisory.version(version).is_none() {
            let what =
                format!("{} is no version of this advisory (CSAF test 6.1.1).", quoted(version));
            self.refuse(
                "version_unknown",
                place,
                what,
                "Put it into a family, or speak of another.",
            );
        }
    }
}

/// Control characters other than line ends and tabs, and those that turn the direction of writing.
fn is_unwritable(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
