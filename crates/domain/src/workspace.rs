//! Names of workspaces. A workspace is the record of one manufacturer: a place of its own, with
//! nothing shared but public knowledge.
//!
//! The name becomes a folder, a part of addresses and a part of a schema's name, so it is plain.

use crate::refusal::Refusal;
use aftercare_vocab::problem::quoted;
use std::{fmt, str::FromStr};

/// Longest name of a workspace, in characters.
pub const WORKSPACE_NAME_LIMIT: usize = 30;

/// The workspace that is always there.
const MAIN: &str = "main";

/// Words that would be taken for something else on the command line or as a folder.
const RESERVED: [&str; 6] = ["all", "aux", "con", "new", "nul", "prn"];

/// The name of a workspace: 1 to 30 lower-case letters, digits and single hyphens, beginning with a
/// letter and not ending with a hyphen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceName(String);

impl WorkspaceName {
    /// The workspace that is always there.
    pub fn main() -> Self {
        Self(MAIN.to_owned())
    }

    /// Whether it is the workspace that is always there.
    pub fn is_main(&self) -> bool {
        self.0 == MAIN
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for WorkspaceName {
    fn default() -> Self {
        Self::main()
    }
}

impl fmt::Display for WorkspaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for WorkspaceName {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        if RESERVED.contains(&text) {
            return Err(Refusal::new(
                "name_reserved",
                format!("`{text}` cannot be the name of a workspace: it has another meaning."),
                "Choose another name, such as the manufacturer's.",
            ));
        }
        plain_name("workspace", text, WORKSPACE_NAME_LIMIT).map(Self)
    }
}

/// A name that can stand in a path, an address and a schema's name: lower-case letters, digits and
/// single hyphens, beginning with a letter and not ending with a hyphen.
pub fn plain_name(what: &str, text: &str, limit: usize) -> Result<String, Refusal> {
    let fits = text.len() <= limit
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits {
        return Ok(text.to_owned());
    }
    Err(Refusal::new(
        "name_not_plain",
        format!("{} cannot be the name of a {what}.", quoted(text)),
        format!(
            "Use 1 to {limit} lower-case letters, digits and single hyphens, beginning with a letter and not \
             ending with a hyphen: `north-pumps`."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_taken_as_it_is() {
        for text in ["a", "main", "north-pumps", "m2", "a-1-b", &"a".repeat(30)] {
            assert_eq!(text.parse::<WorkspaceName>().expect(text).as_str(), text);
        }
        assert!(WorkspaceName::default().is_main());
    }

    #[test]
    fn what_would_not_stand_in_a_path_an_address_or_a_schema_is_refused() {
        let long = "a".repeat(31);
        for text in [
            "", "A", "North", "1a", "-a", "a-", "a--b", "a_b", "a.b", "..", "a/b", "a\\b", "a b",
            "a%2fb", "é", "a\0", "a\n", &long,
        ] {
            let refused = text.parse::<WorkspaceName>().expect_err(text);
            assert_eq!(refused.code, "name_not_plain", "{text}");
        }
        for text in RESERVED {
            assert_eq!(text.parse::<WorkspaceName>().expect_err(text).code, "name_reserved");
        }
    }
}
