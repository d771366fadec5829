//! What a target format cannot hold: each fact is told once, with the first place and a count.

use super::Target;
use aftercare_vocab::problem::{Problem, quoted};

/// A fact, or a part of one, that a format has no place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// CycloneDX: the document's name, where it is not the product's.
    DocumentName,
    /// A serial number that the format cannot take: in CycloneDX what is no `urn:uuid:`, in SPDX what
    /// is no URI.
    Serial,
    /// A time of creation that is none.
    Created,
    /// SPDX: whether an author is a person or an organisation must be said, and is not known.
    AuthorRole,
    /// SPDX: parts of a second in the time of creation.
    SecondsOnly,
    /// A reference that the format cannot take, or that is not unique.
    Reference,
    /// CycloneDX: that the product, or a second component, contains another one.
    Contains,
    /// CycloneDX: that a dependency is for building only, or optional.
    DependencyKind,
    /// A hash of an algorithm that the format does not name, or of an unfitting length.
    Hash,
    /// An identity of a kind that the format does not name, or a second of a kind it takes once.
    Identity,
}

impl Fact {
    const fn code(self) -> &'static str {
        match self {
            Self::DocumentName => "not_held_document_name",
            Self::Serial => "not_held_serial",
            Self::Created => "not_held_created",
            Self::AuthorRole => "not_held_author_role",
            Self::SecondsOnly => "not_held_fraction_of_second",
            Self::Reference => "not_held_reference",
            Self::Contains => "not_held_contains",
            Self::DependencyKind => "not_held_dependency_kind",
            Self::Hash => "not_held_hash",
            Self::Identity => "not_held_identity",
        }
    }

    const fn next(self) -> &'static str {
        match self {
            Self::DocumentName | Self::Serial | Self::Created | Self::SecondsOnly => {
                "It stands in the received document only."
            }
            Self::AuthorRole => "`Organization` is written.",
            Self::Reference => "A reference was made up in its place.",
            Self::Contains | Self::DependencyKind => "It is written as `dependsOn`.",
            Self::Hash | Self::Identity => {
                "It is left out; it stands in the received document only."
            }
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::DocumentName => "a name of the document beside that of the product",
            Self::Serial => "a serial number of this form",
            Self::Created => "a time of creation that is not a point in time",
            Self::AuthorRole => {
                "an author without saying whether it is a person or an organisation"
            }
            Self::SecondsOnly => "parts of a second",
            Self::Reference => "this reference, or takes each only once",
            Self::Contains => {
                "that the product itself, or more than one component, contains a component"
            }
            Self::DependencyKind => "that a dependency is for building only, or optional",
            Self::Hash => "a hash of this algorithm or length",
            Self::Identity => "an identity of this kind, or takes one only",
        }
    }
}

/// The facts lost so far.
#[derive(Debug, Default)]
pub(super) struct Losses(Vec<(Fact, String, String, usize)>);

impl Losses {
    /// Notes a loss; `text` is what is lost.
    pub(super) fn tell(&mut self, fact: Fact, place: &str, text: &str) {
        match self.0.iter_mut().find(|(known, ..)| *known == fact) {
            Some((.., count)) => *count += 1,
            None => self.0.push((fact, place.to_owned(), quoted(text), 1)),
        }
    }

    /// One warning for each fact.
    pub(super) fn into_problems(self, target: Target) -> Vec<Problem> {
        let problem = |(fact, place, text, count): (Fact, String, String, usize)| {
            let further = match count {
                1 => String::new(),
                count => format!(" ({} further ones)", count - 1),
            };
            let what = format!("{} cannot hold {}: {text}{further}.", target.shown(), fact.what());
            Problem::warning(fact.code(), place, what, fact.next())
        };
        self.0.into_iter().map(problem).collect()
    }
}
