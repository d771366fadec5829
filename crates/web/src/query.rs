//! Query parameters: each route names those it knows; others are refused by name.

use crate::trouble::{Failure, Wrong};
use aftercare_desk::{
    BlastWish, ChangeKind, ComponentWish, FindingWish, ProductsOnly, answers::UnitAnswer,
};
use aftercare_domain::When;
use aftercare_vocab::{problem::Problem, verdict::Answer};
use axum::http::{StatusCode, Uri};
use std::collections::BTreeMap;

/// The longest value of a parameter, in bytes.
const VALUE_BYTES: usize = 8_192;

/// The longest value of a field of a form, in bytes: the statement of a decision in four-byte letters.
const FIELD_BYTES: usize = 4 * aftercare_domain::decision::STATEMENT_LIMIT;

/// The parameters of one request.
#[derive(Debug, Default)]
pub(crate) struct Asked(BTreeMap<String, String>);

impl Asked {
    /// Reads the query of an address; `known` are the parameters of the route.
    pub fn of(uri: &Uri, known: &[&str]) -> Result<Self, Failure> {
        Self::read(uri.query().unwrap_or_default(), known, VALUE_BYTES)
    }

    /// Reads the body of a plain form, which is written like a query.
    pub fn of_form(text: &str, known: &[&str]) -> Result<Self, Failure> {
        Self::read(text, known, FIELD_BYTES)
    }

    /// Takes the fields of a form that came in parts.
    pub fn of_parts(fields: BTreeMap<String, String>, known: &[&str]) -> Result<Self, Failure> {
        Self::checked(fields.into_iter().map(Ok), known, FIELD_BYTES)
    }

    fn read(text: &str, known: &[&str], longest: usize) -> Result<Self, Failure> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        });
        Self::checked(pairs, known, longest)
    }

    fn checked(
        pairs: impl Iterator<Item = Result<(String, String), Failure>>,
        known: &[&str],
        longest: usize,
    ) -> Result<Self, Failure> {
        let mut values = BTreeMap::new();
        for pair in pairs {
            let (name, value) = pair?;
            if !known.contains(&name.as_str()) {
                let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let detail = format!(
                    "There is no parameter {} here. Known: {list}.",
                    aftercare_vocab::problem::quoted(&name)
                );
                return Err(Wrong::new(StatusCode::BAD_REQUEST, "unknown_parameter", detail).into());
            }
            if value.len() > longest {
                let detail = format!("The value of `{name}` is longer than {longest} bytes.");
                return Err(
                    Wrong::new(StatusCode::BAD_REQUEST, "parameter_too_long", detail).into()
                );
            }
            if values.insert(name.clone(), value).is_some() {
                let detail = format!("The parameter `{name}` stands twice. Send it once.");
                return Err(
                    Wrong::new(StatusCode::BAD_REQUEST, "repeated_parameter", detail).into()
                );
            }
        }
        Ok(Self(values))
    }

    /// Whether a parameter is there, be it empty.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A value; empty if absent.
    pub fn text(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// What follows the beginning `start` in the names of the boxes that are ticked.
    pub fn ticked(&self, start: &str) -> Vec<String> {
        let of_it = self.0.iter().filter(|(_, value)| !value.is_empty());
        of_it.filter_map(|(name, _)| name.strip_prefix(start).map(str::to_owned)).collect()
    }

    /// `true` or `false`; absent = false.
    pub fn yes(&self, name: &str) -> Result<bool, Failure> {
        Ok(self.one(name, &[("true", true), ("false", false)])?.unwrap_or(false))
    }

    /// One of a few values; absent or empty gives `None`.
    pub fn one<T>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Failure>
    where
        T: Copy,
    {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        if let Some((_, value)) = choices.iter().find(|(code, _)| *code == text) {
            return Ok(Some(*value));
        }
        let known: Vec<&str> = choices.iter().map(|(code, _)| *code).collect();
        let detail = format!(
            "{} is not a value of `{name}`. Known: {}.",
            aftercare_vocab::problem::quoted(&text),
            known.join(", ")
        );
        Err(Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into())
    }

    /// `answer=` of findings.
    pub fn answer(&self) -> Result<Option<Answer>, Failure> {
        let all = [Answer::Affected, Answer::Undetermined, Answer::NotAffected];
        self.one("answer", &all.map(|answer| (answer.code(), answer)))
    }

    /// Which findings are wanted.
    pub fn findings(&self) -> Result<FindingWish, Failure> {
        let only = self.one("only", &[("known_exploited", true), ("critical", false)])?;
        self.one("sort", &["score", "epss", "component", "vulnerability"].map(|sort| (sort, ())))?;
        Ok(FindingWish {
            answer: self.answer()?,
            known_exploited: only == Some(true),
            critical: only == Some(false),
            text: self.text("q"),
            sort: self.text("sort"),
            after: self.text("after"),
        })
    }

    /// Which components are wanted.
    pub fn components(&self) -> Result<ComponentWish, Failure> {
        let not_covered = self.one("only", &[("not_covered", true)])?.unwrap_or(false);
        Ok(ComponentWish { text: self.text("q"), not_covered, after: self.text("after") })
    }

    /// Which products are wanted.
    pub fn products(&self) -> Result<ProductsOnly, Failure> {
        let only = self.one(
            "only",
            &[
                ("without_sbom", ProductsOnly::WithoutSbom),
                ("unsupported_but_fielded", ProductsOnly::UnsupportedButFielded),
                ("version_unknown", ProductsOnly::VersionUnknown),
            ],
        )?;
        Ok(only.unwrap_or_default())
    }

    /// A moment; none if absent.
    pub fn when(&self, name: &str) -> Result<Option<When>, Failure> {
        let text = self.text(name);
        if text.trim().is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|problem: Problem| {
            let detail = format!("`{name}` names no moment. {problem}");
            Wrong::new(StatusCode::BAD_REQUEST, problem.code, detail).into()
        })
    }

    /// `kind=` of changes.
    pub fn kind(&self) -> Result<Option<ChangeKind>, Failure> {
        self.one("kind", &ChangeKind::ALL.map(|(kind, code)| (code, kind)))
    }

    /// What part of a reach is wanted.
    pub fn reach(&self) -> Result<BlastWish, Failure> {
        Ok(BlastWish {
            answer: self.one("answer", &UnitAnswer::ALL.map(|answer| (answer.code(), answer)))?,
            products_after: self.text("products_after"),
            consignees_after: self.text("consignees_after"),
        })
    }
}

/// Percent-decoding with `+` as space.
pub(crate) fn decoded(text: &str) -> Result<String, Failure> {
    let wrong = || {
        let detail = "The address holds a percent escape that is not UTF-8 text.";
        Failure::from(Wrong::new(StatusCode::BAD_REQUEST, "bad_escape", detail))
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                match (digit(), digit()) {
                    (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
                    _ => return Err(wrong()),
                }
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

/// An identifier from a path; another text is "not found", with a reason.
pub(crate) fn id<K: aftercare_vocab::id::Kind>(
    text: &str,
) -> Result<aftercare_vocab::id::Id<K>, Failure> {
    text.parse().map_err(|_: aftercare_vocab::id::NotAnId| {
        let detail = format!(
            "{} is not an identifier like `{}_...` with 26 digits, so there is nothing under it.",
            aftercare_vocab::problem::quoted(text),
            K::PREFIX
        );
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
    })
}

/// The number of a ledger entry from a path.
pub(crate) fn entry(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| {
        let detail =
            format!("{} is not the number of an entry.", aftercare_vocab::problem::quoted(text));
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_unknown_ones_refused() {
        let uri: Uri = "/?q=a%20b%2Bc+d&after=".parse().expect("an address");
        let asked = Asked::of(&uri, &["q", "after"]).expect("known");
        assert_eq!(asked.text("q"), "a b+c d");
        assert!(Asked::of(&uri, &["q"]).is_err());
        let uri: Uri = "/?q=1&q=2".parse().expect("an address");
        assert!(Asked::of(&uri, &["q"]).is_err(), "twice");
        let uri: Uri = "/?q=%zz".parse().expect("an address");
        assert!(Asked::of(&uri, &["q"]).is_err());
    }
}
