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
        push_visible(&mut out, c);
    }
    out.push('`');
    out
}

/// Foreign text in one line, whole and without quotes: control and direction-changing characters
/// shown as escapes, so that it can neither steer a terminal nor pretend to be another line.
pub fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_visible(&mut out, c));
    out.into()
}

fn push_visible(out: &mut String, c: char) {
    if c.is_control() || deceives(c) {
        out.extend(c.escape_unicode());
    } else {
        out.push(c);
    }
}

/// Characters that show nothing themselves, or change what is seen around them: soft hyphens, zero-width, line
/// and paragraph separators, direction marks and overrides, tags.
pub const fn deceives(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
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

    #[test]
    fn plain_text_stays_and_what_steers_a_terminal_is_shown() {
        assert_eq!(plain("log4j-core 2.14.1"), "log4j-core 2.14.1");
        assert_eq!(plain("Zürich 心電図"), "Zürich 心電図");
        assert_eq!(
            plain("a\u{1b}[31mb\r\u{2028}c\u{202e}"),
            "a\\u{1b}[31mb\\u{d}\\u{2028}c\\u{202e}"
        );
    }
}
