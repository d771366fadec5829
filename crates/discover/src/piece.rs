//! A piece of software as one file tells it, before pieces of several files are put together.

use aftercare_vocab::{
    inventory::{Component, Scope},
    purl::{Parts, Purl},
};

/// What a file says about one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) component: Component,
    /// Where in the file.
    pub(crate) place: String,
}

/// What one file gave.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Pieces {
    pub(crate) found: Vec<Piece>,
    /// Software that the program takes from a shared library, in a version that only the library knows.
    pub(crate) linked: Vec<Piece>,
    /// What stands in the file and could not be used: place and reason.
    pub(crate) unused: Vec<(String, String)>,
}

impl Pieces {
    /// A package of an ecosystem: type and full name (`@scope/name`, `group/name`), version and place.
    pub(crate) fn add(&mut self, ty: &str, name: &str, version: &str, place: String) -> &mut Piece {
        let (group, short) = match name.rsplit_once('/') {
            Some((group, short)) if !group.is_empty() => (Some(group.to_owned()), short),
            _ => (None, name),
        };
        let stated = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let purl = Purl::of_parts(Parts {
            ty: ty.to_owned(),
            namespace: group.clone(),
            name: short.to_owned(),
            version: stated(version),
            ..Parts::default()
        });
        let component = Component {
            kind: Some("library".to_owned()),
            group,
            name: short.to_owned(),
            version: stated(version),
            purls: purl.into_iter().collect(),
            ..Component::default()
        };
        self.push(Piece { component, place })
    }

    /// A component without identity in any ecosystem: the product's own parts, files from elsewhere.
    pub(crate) fn add_plain(&mut self, name: &str, version: &str, place: String) -> &mut Piece {
        let component = Component {
            kind: Some("library".to_owned()),
            name: name.to_owned(),
            version: (!version.is_empty()).then(|| version.to_owned()),
            ..Component::default()
        };
        self.push(Piece { component, place })
    }

    pub(crate) fn push(&mut self, piece: Piece) -> &mut Piece {
        self.found.push(piece);
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Something that names software and could not be used.
    pub(crate) fn pass_over(&mut self, place: impl Into<String>, why: impl Into<String>) {
        self.unused.push((place.into(), why.into()));
    }
}

impl Piece {
    /// Marks what is not there at run time.
    pub(crate) fn excluded_if(&mut self, for_development: bool) -> &mut Self {
        if for_development {
            self.component.scope = Scope::Excluded;
        }
        self
    }
}
