//! Problems with what somebody sent: what is wrong, where, and what to do next.
//!
//! Readers of foreign documents give [`Read`]: a value and the problems met, so that one bad
//! component does not lose a whole SBOM; or a refusal, which is a [`Problem`] that stops the reading.

use serde::Serialize;
use std::fmt;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// The document is usable; something in it is not.
    Warning,
    /// The document is not usable; nothing of it was kept.
    Refusal,
}

/// One problem in a foreign document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Problem {
    /// Stable code, for machines and tests: `purl_unreadable`.
    pub code: &'static str,
    /// Warning or refusal.
    pub gravity: Gravity,
    /// Where: a JSON path (`components[41].purl`), `line 3 column 7`, a file inside an archive.
    /// Empty when the whole document is meant.
    pub place: String,
    /// What is wrong, with the offending text shortened, in one sentence.
    pub what: String,
    /// What to do next, in one sentence; empty where nothing needs doing.
    pub next: String,
}

impl Problem {
    /// A problem that stops the reading.
    pub fn refusal(
        code: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            code,
            gravity: Gravity::Refusal,
            place: place.into(),
            what: what.into(),
            next: next.into(),
        }
    }

    /// A problem that leaves the document usable.
    pub fn warning(
        code: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            code,
            gravity: Gravity::Warning,
            place: place.into(),
            what: what.into(),
            next: next.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.what)?;
        if !self.next.is_empty() {
            write!(f, " {}", self.next)?;
        }
        Ok(())
    }
}

/// A value read from a foreign document, with the problems that did not stop the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    /// What was read.
    pub value: T,
    /// Warnings, in document order.
    pub problems: Vec<Problem>,
}

/// Shortens foreign text for a message: at most 80 characters, control and direction-changing
/// characters shown as escapes, so that a message cannot be made to lie.
pub fn quoted(text: &str) -> String {
    const LIMIT: usize = 80;
    let mut out = String::from("`");
    for (count, c) in text.chars().enumerate() {
        if count == LIMIT {
            out.push('…');
            break;
        }
        if c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out.push('`');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_place_fault_and_next_step() {
        let problem = Problem::warning(
            "purl_unreadable",
            "components[41].purl",
            format!("{} is not a package URL: bad percent escape.", quoted("pkg:npm/%zz")),
            "The component is matched by its other identities.",
        );
        assert_eq!(
            problem.to_string(),
            "components[41].purl: `pkg:npm/%zz` is not a package URL: bad percent escape. \
             The component is matched by its other identities."
        );
    }

    #[test]
    fn quoted_text_cannot_reverse_or_break_the_line() {
        assert_eq!(quoted("a\u{202e}b\nc"), "`a\\u{202e}b\\u{a}c`");
        assert_eq!(quoted(&"x".repeat(200)).chars().count(), 83);
    }
}
