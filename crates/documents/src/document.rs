//! What a writer gives.

use aftercare_vocab::problem::{Gravity, Problem};
use std::fmt;

/// A written document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// The document, in UTF-8.
    pub bytes: Vec<u8>,
    /// What makes it poorer, but not invalid.
    pub warnings: Vec<Problem>,
}

impl Document {
    /// The document as text.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

/// Nothing was written: the document would be invalid or contradict itself. At least one of the problems
/// is a refusal; warnings stand beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub Vec<Problem>);

impl Refused {
    /// Whether a problem of this code is among them.
    pub fn has(&self, code: &str) -> bool {
        self.0.iter().any(|problem| problem.code == code)
    }
}

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the document was not written")?;
        for problem in self.0.iter().filter(|problem| problem.gravity == Gravity::Refusal) {
            write!(f, "; {problem}")?;
        }
        Ok(())
    }
}

/// The file name of an advisory without its ending (CSAF 2.0 section 5.1): lower case, each run of
/// characters other than ASCII letters, digits, `+` and `-` becomes one `_`.
pub fn stem(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for c in id.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '-') {
            out.push(c);
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn a_file_name_follows_from_the_id() {
        // The two examples of CSAF 2.0 section 5.1.
        assert_eq!(stem("Example Company - 2019-YH3234"), "example_company_-_2019-yh3234");
        assert_eq!(stem("RHBA-2019:0024"), "rhba-2019_0024");
        assert_eq!(stem("2022_#01-A"), "2022_01-a");
        assert_eq!(stem("../../Größe_\u{130}"), "_gr_e_i_");
    }
}
