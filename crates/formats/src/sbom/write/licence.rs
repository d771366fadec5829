//! Licences: identifiers, expressions, names; and how SPDX takes names.

use super::spdx::UNKNOWN;
use aftercare_vocab::inventory::{Component, Format};
use serde::Serialize;
use std::{borrow::Cow, collections::HashMap};

/// What a licence text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Licence {
    /// An identifier of the SPDX list.
    Id,
    /// An SPDX expression.
    Expression,
    /// A name.
    Name,
}

pub(super) fn kind(text: &str) -> Licence {
    let mode = spdx::ParseMode { allow_deprecated: true, ..spdx::ParseMode::STRICT };
    if matches!(text, "NOASSERTION" | "NONE") {
        Licence::Name // words of SPDX, and no licences
    } else if spdx::license_id(text).is_some_and(|id| id.name == text) {
        Licence::Id
    } else if spdx::Expression::parse_mode(text, mode).is_ok() {
        Licence::Expression
    } else {
        Licence::Name
    }
}

/// A licence that stands in the document only.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExtractedLicence<'a> {
    license_id: String,
    name: &'a str,
    extracted_text: &'static str,
}

/// Licences that are no expressions, each under a reference of the document's own (clause 10.1).
#[derive(Debug, Default)]
pub(super) struct Licences {
    /// By name: the reference.
    known: HashMap<String, String>,
    /// Reference and name, in the order met.
    listed: Vec<(String, String)>,
}

impl Licences {
    /// `licenseConcluded`, `licenseDeclared`, and whether a reader finds the licences in them again.
    pub(super) fn of<'a>(
        &mut self,
        component: &'a Component,
        format: Format,
    ) -> (Option<Cow<'a, str>>, Cow<'a, str>, bool) {
        let is_spdx = matches!(
            format,
            Format::SpdxJson
                | Format::SpdxTagValue
                | Format::SpdxYaml
                | Format::SpdxRdf
                | Format::Spdx3JsonLd
        );
        match component.licences.as_slice() {
            [] => (None, UNKNOWN.into(), true),
            // no licence, and the format's own words
            [word] if matches!(word.as_str(), UNKNOWN | "NONE") => (None, word.into(), false),
            [one] => {
                let text = self.expression(one);
                let is_whole = text == *one;
                (None, text, is_whole)
            }
            // as an SPDX reader takes them
            [concluded, declared] if is_spdx => {
                let (a, b) = (self.expression(concluded), self.expression(declared));
                let is_whole = a == *concluded && b == *declared;
                (Some(a), b, is_whole)
            }
            // A list says neither "and" nor "or"; "and" grants nothing that was not granted.
            several => {
                let parts: Vec<String> = several
                    .iter()
                    .map(|text| match (kind(text), self.expression(text)) {
                        (Licence::Expression, whole) => format!("({whole})"),
                        (_, whole) => whole.into_owned(),
                    })
                    .collect();
                (None, parts.join(" AND ").into(), false)
            }
        }
    }

    fn expression<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        if kind(text) != Licence::Name {
            for word in text.split([' ', '(', ')']).filter(|word| word.starts_with("LicenseRef-")) {
                self.know(word, word);
            }
            return text.into();
        }
        if let Some(id) = self.known.get(text) {
            return id.clone().into();
        }
        let id = format!("LicenseRef-aftercare-{}", self.known.len() + 1);
        self.know(&id, text);
        id.into()
    }

    fn know(&mut self, id: &str, name: &str) {
        if self.known.insert(name.to_owned(), id.to_owned()).is_none() {
            self.listed.push((id.to_owned(), name.to_owned()));
        }
    }

    pub(super) fn extracted(&self) -> Vec<ExtractedLicence<'_>> {
        const TEXT: &str = "The text of this licence is not part of the inventory that this \
                            document was written from.";
        self.listed
            .iter()
            .map(|(id, name)| ExtractedLicence {
                license_id: id.clone(),
                name,
                extracted_text: TEXT,
            })
            .collect()
    }
}
