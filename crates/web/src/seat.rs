//! Where a record stands in the addresses of the server.

use crate::link::encoded;
use aftercare_domain::WorkspaceName;

/// What every prefix of a workspace but the default one begins with. Nothing else is served there.
pub(crate) const WORKSPACES: &str = "/w/";

/// What every prefix of a twin ends with, before its name. At the root nothing else is served there.
pub(crate) const TWINS: &str = "/t/";

/// What kind of record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The record of a manufacturer.
    Workspace,
    /// A copy of one, for exercises.
    Twin,
}

/// The prefix of a record's addresses, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    prefix: String,
    name: String,
    kind: Kind,
}

impl Seat {
    /// The default workspace at the root, another one under `/w/NAME`.
    pub fn workspace(name: &WorkspaceName) -> Self {
        let prefix =
            if name.is_main() { String::new() } else { format!("{WORKSPACES}{}", name.as_str()) };
        Self { prefix, name: name.to_string(), kind: Kind::Workspace }
    }

    /// A twin under its workspace: `/t/TWIN`, `/w/NAME/t/TWIN`.
    pub fn twin(of: &WorkspaceName, twin: &str) -> Self {
        let prefix = format!("{}{TWINS}{}", Self::workspace(of).prefix, encoded(twin));
        Self { prefix, name: twin.to_owned(), kind: Kind::Twin }
    }

    /// What its addresses begin with; empty = the root.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of record it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }
}

/// Whether an address belongs to one seat or another, whichever are taken, and never to the root.
pub(crate) fn is_of_a_seat(path: &str) -> bool {
    [WORKSPACES, TWINS]
        .iter()
        .any(|space| path.starts_with(space) || path == space.trim_end_matches('/'))
}

/// The rest of an address behind a prefix, compared byte by byte: `/w/a` is no prefix of `/w/ab`,
/// `/w/%61` or `/W/a`. None = the address lies elsewhere.
pub(crate) fn behind<'a>(prefix: &str, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_a_segment_ends() {
        for (path, rest) in [
            ("/w/a", Some("")),
            ("/w/a/", Some("/")),
            ("/w/a/../b/products", Some("/../b/products")),
            ("/w/a//w/b", Some("//w/b")),
            ("/w/ab", None),
            ("/w/a%2fproducts", None),
            ("/w/%61/", None),
            ("/W/a/", None),
            ("//w/a/", None),
            ("/w//a/", None),
        ] {
            assert_eq!(behind("/w/a", path), rest, "{path}");
        }
    }

    #[test]
    fn seats_stand_under_their_workspace() {
        let name = |text: &str| text.parse::<WorkspaceName>().expect("a name");
        assert_eq!(Seat::workspace(&name("main")).prefix(), "");
        assert_eq!(Seat::workspace(&name("north")).prefix(), "/w/north");
        assert_eq!(Seat::twin(&name("main"), "drill").prefix(), "/t/drill");
        assert_eq!(Seat::twin(&name("north"), "drill").prefix(), "/w/north/t/drill");
    }
}
