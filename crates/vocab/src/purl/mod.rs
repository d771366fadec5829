//! Package URLs (purl): one name for one package across all ecosystems.
//!
//! Source: the Package-URL specification (ECMA-427) and its type definitions. A [`Purl`] exists only
//! in canonical form: type-specific case and character rules are applied, qualifiers are sorted,
//! empty ones dropped. The version is opaque here; ordering is [`crate::version`].

mod read;
mod rules;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{cmp::Ordering, fmt, str::FromStr};

/// A package URL in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Purl {
    /// Its decoded parts one after another: large inventories hold millions of package URLs, and a text for
    /// each part costs five times as much.
    text: Box<str>,
    /// Where each part ends: type, namespace, name, version, subpath, then key and value of each qualifier. A
    /// part that is not there is empty.
    ends: Box<[u32]>,
}

/// Positions in [`Purl::ends`].
const TYPE: usize = 0;
const NAMESPACE: usize = 1;
const NAME: usize = 2;
const VERSION: usize = 3;
const SUBPATH: usize = 4;
const QUALIFIERS: usize = 5;

/// The text is not a package URL, or breaks a rule of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotAPurl {
    /// What is wrong, in a few words.
    pub why: String,
}

impl NotAPurl {
    fn because(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

/// The parts of a package URL before normalisation, decoded (no percent escapes).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The type: `npm`, `maven`, ...
    pub ty: String,
    /// Namespace, segments separated by `/`.
    pub namespace: Option<String>,
    /// The package name.
    pub name: String,
    /// The version as the ecosystem writes it.
    pub version: Option<String>,
    /// Qualifiers as key and value; keys of any case, each at most once.
    pub qualifiers: Vec<(String, String)>,
    /// Path inside the package, segments separated by `/`.
    pub subpath: Option<String>,
}

impl Purl {
    /// Builds the canonical package URL of `parts`.
    pub fn of_parts(parts: Parts) -> Result<Self, NotAPurl> {
        rules::normalised(parts)
    }

    /// The type, lower case: `npm`, `maven`, `deb`, ...
    pub fn ty(&self) -> &str {
        self.part(TYPE)
    }

    /// The namespace, decoded, segments joined by `/`.
    pub fn namespace(&self) -> Option<&str> {
        self.stated(NAMESPACE)
    }

    /// The name, decoded; never empty.
    pub fn name(&self) -> &str {
        self.part(NAME)
    }

    /// The version, decoded.
    pub fn version(&self) -> Option<&str> {
        self.stated(VERSION)
    }

    /// The decoded value of the qualifier `key` (lower case).
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// All qualifiers, sorted by key, values decoded.
    pub fn qualifiers(&self) -> impl Iterator<Item = (&str, &str)> {
        (QUALIFIERS..self.ends.len()).step_by(2).map(|at| (self.part(at), self.part(at + 1)))
    }

    /// The path inside the package, decoded, segments joined by `/`.
    pub fn subpath(&self) -> Option<&str> {
        self.stated(SUBPATH)
    }

    /// Puts checked parts, in the order of [`Purl::ends`], together.
    fn packed<'a>(parts: impl IntoIterator<Item = &'a str>) -> Result<Self, NotAPurl> {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for part in parts {
            text.push_str(part);
            let end = u32::try_from(text.len());
            ends.push(end.map_err(|_| NotAPurl::because("it is longer than 4 GB"))?);
        }
        Ok(Self { text: text.into(), ends: ends.into() })
    }

    fn part(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    fn stated(&self, at: usize) -> Option<&str> {
        Some(self.part(at)).filter(|part| !part.is_empty())
    }

    fn before_qualifiers(&self) -> (&str, Option<&str>, &str, Option<&str>) {
        (self.ty(), self.namespace(), self.name(), self.version())
    }
}

/// Part by part, in the order in which they are written.
impl Ord for Purl {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.before_qualifiers().cmp(&other.before_qualifiers()))
            .then_with(|| self.qualifiers().cmp(other.qualifiers()))
            .then_with(|| self.subpath().cmp(&other.subpath()))
    }
}

impl PartialOrd for Purl {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Purl {
    type Err = NotAPurl;

    fn from_str(text: &str) -> Result<Self, NotAPurl> {
        rules::normalised(read::parts(text)?)
    }
}

/// The canonical string.
impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.ty())?;
        if let Some(namespace) = self.namespace() {
            encode_path(f, namespace)?;
            f.write_str("/")?;
        }
        if rules::name_holds_a_path(self.ty()) {
            encode_path(f, self.name())?;
        } else {
            encode(f, self.name())?;
        }
        if let Some(version) = self.version() {
            f.write_str("@")?;
            encode(f, version)?;
        }
        for (index, (key, value)) in self.qualifiers().enumerate() {
            f.write_str(if index == 0 { "?" } else { "&" })?;
            f.write_str(key)?;
            f.write_str("=")?;
            encode(f, value)?;
        }
        if let Some(subpath) = self.subpath() {
            f.write_str("#")?;
            encode_path(f, subpath)?;
        }
        Ok(())
    }
}

fn encode_path(f: &mut fmt::Formatter<'_>, path: &str) -> fmt::Result {
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            f.write_str("/")?;
        }
        encode(f, segment)?;
    }
    Ok(())
}

/// Escapes all but ASCII letters and digits, `.`, `-`, `_`, `~` and `:`.
fn encode(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'~' | b':');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| !plain(b)) {
        f.write_str(&rest[..at])?;
        // `at` is the first byte of a character: every continuation byte follows a leading one
        let width = rest[at..].chars().next().map_or(1, char::len_utf8);
        for byte in &rest.as_bytes()[at..at + width] {
            write!(f, "%{byte:02X}")?;
        }
        rest = &rest[at + width..];
    }
    f.write_str(rest)
}

impl Serialize for Purl {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Purl {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        match text.parse::<Purl>() {
            Ok(purl) => purl.to_string(),
            Err(error) => format!("refused: {error}"),
        }
    }

    #[test]
    fn canonical_form_is_stable() {
        for (written, shown) in [
            ("pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core@7.0.0"),
            ("pkg:npm/@babel/core", "pkg:npm/%40babel/core"),
            ("pkg:PYPI/Django_package@1.0?b=2&A=1&c=", "pkg:pypi/django-package@1.0?a=1&b=2"),
            ("pkg://deb/Debian/cURL@7.1+b1", "pkg:deb/debian/curl@7.1%2Bb1"),
            ("pkg:generic/%C3%A9t%C3%A9@1#./a/../b//c/", "pkg:generic/%C3%A9t%C3%A9@1#a/b/c"),
            ("pkg:golang/stdlib@1.22.1", "pkg:golang/stdlib@1.22.1"),
        ] {
            assert_eq!(canonical(written), shown);
            assert_eq!(canonical(shown), shown);
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        for (written, why) in [
            ("npm/foo", "the scheme `pkg:` is missing"),
            ("pkg:npm/%zz", "bad percent escape `%zz`"),
            ("pkg:npm", "the name is missing"),
            ("pkg:npm/a?x=1&X=2", "qualifier `x` is given twice"),
            ("pkg:maven/junit", "type `maven` needs a namespace"),
            ("pkg:cargo/a/b", "type `cargo` has no namespace, but `a` is given"),
        ] {
            assert_eq!(canonical(written), format!("refused: {why}"));
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics_and_display_reads_back(text in "(pkg:)?[a-zA-Z%@?#&=/0-9:._ é-]{0,40}") {
            if let Ok(purl) = text.parse::<Purl>() {
                let again: Purl = purl.to_string().parse().expect("canonical text reads");
                proptest::prop_assert_eq!(purl, again);
            }
        }
    }
}
