//! CPE names: vendor, product and version as the NVD dictionary writes them.
//!
//! Source: NISTIR 7695 (naming, version 2.3) and NISTIR 7696 (matching). A [`Cpe`] exists only in
//! canonical form: whatever binding it came in (2.3 formatted string, 2.2 URI, the 1.x form before
//! it), it is lower case, fully padded, with the same escapes everywhere. So two names are equal
//! exactly if their texts are.

mod read;
mod relation;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, fmt, hash, str::FromStr};

pub use relation::Relation;

/// What kind of thing a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Not said (`*`).
    Any,
    /// `a`
    Application,
    /// `o`
    OperatingSystem,
    /// `h`
    Hardware,
}

impl Part {
    const fn letter(self) -> char {
        match self {
            Self::Any => '*',
            Self::Application => 'a',
            Self::OperatingSystem => 'o',
            Self::Hardware => 'h',
        }
    }
}

/// One attribute of a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// `*`: any value.
    Any,
    /// `-`: the attribute has no meaning here.
    NotApplicable,
    /// A value in lower case. Escapes are resolved (`1.0\+b` is `1.0+b`) save `\*`, `\?` and `\\`, so
    /// that a bare `*` or `?` is always a wildcard. [`Attribute::plain`] resolves those too.
    Value(String),
}

static ANY: Attribute = Attribute::Any;

impl Attribute {
    /// Whether the value holds a wildcard (unescaped `*` or `?`).
    pub fn has_wildcard(&self) -> bool {
        let Self::Value(value) = self else { return false };
        let mut bytes = value.bytes();
        while let Some(byte) = bytes.next() {
            match byte {
                b'*' | b'?' => return true,
                b'\\' => {
                    bytes.next();
                }
                _ => {}
            }
        }
        false
    }

    /// The value as its vendor writes it, without any escape; `None` for ANY, NA and wildcards.
    pub fn plain(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Value(value) if !value.contains(['*', '?', '\\']) => Some(Cow::Borrowed(value)),
            Self::Value(value) if !self.has_wildcard() => Some(Cow::Owned(unescaped(value))),
            _ => None,
        }
    }
}

/// Drops each backslash that escapes the character after it.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

/// A CPE name.
#[derive(Debug, Clone)]
pub struct Cpe {
    /// The canonical 2.3 formatted string.
    text: Box<str>,
    part: Part,
    /// Attributes 1.. in order; trailing ANY are not stored.
    attributes: Box<[Attribute]>,
}

/// The text is not a CPE name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotACpe {
    /// What is wrong, in a few words.
    pub why: String,
}

impl NotACpe {
    fn because(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

/// Attributes beside the part.
pub const ATTRIBUTES: usize = 10;

impl Cpe {
    /// The name of its part and up to [`ATTRIBUTES`] attributes; missing ones are ANY.
    fn of(part: Part, mut attributes: Vec<Attribute>) -> Self {
        let mut text = String::with_capacity(64);
        text.push_str("cpe:2.3:");
        text.push(part.letter());
        for index in 0..ATTRIBUTES {
            text.push(':');
            match attributes.get(index) {
                None | Some(Attribute::Any) => text.push('*'),
                Some(Attribute::NotApplicable) => text.push('-'),
                Some(Attribute::Value(value)) => escape_into(&mut text, value),
            }
        }
        while attributes.last() == Some(&Attribute::Any) {
            attributes.pop();
        }
        Self { text: text.into(), part, attributes: attributes.into() }
    }

    /// What kind of thing is named.
    pub fn part(&self) -> Part {
        self.part
    }

    /// Attributes 1..=10: vendor, product, version, update, edition, language, sw_edition, target_sw,
    /// target_hw, other. Any other index gives ANY.
    pub fn attribute(&self, index: usize) -> &Attribute {
        index.checked_sub(1).and_then(|at| self.attributes.get(at)).unwrap_or(&ANY)
    }

    /// The vendor.
    pub fn vendor(&self) -> &Attribute {
        self.attribute(1)
    }

    /// The product.
    pub fn product(&self) -> &Attribute {
        self.attribute(2)
    }

    /// The version.
    pub fn version(&self) -> &Attribute {
        self.attribute(3)
    }

    /// The update (service pack, patch letter).
    pub fn update(&self) -> &Attribute {
        self.attribute(4)
    }

    /// The software the product runs in or on.
    pub fn target_sw(&self) -> &Attribute {
        self.attribute(8)
    }

    /// The canonical 2.3 formatted string.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The look-up key `vendor:product`, unescaped and lower case; `None` if either is ANY, NA or has
    /// a wildcard.
    pub fn key(&self) -> Option<String> {
        let (vendor, product) = (self.vendor().plain()?, self.product().plain()?);
        Some(format!("{vendor}:{product}"))
    }
}

/// Writes a value with the escapes of the formatted string (NISTIR 7695 section 6.2).
fn escape_into(text: &mut String, value: &str) {
    if value == "-" {
        text.push_str("\\-");
        return;
    }
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                text.push('\\');
                text.extend(chars.next());
            }
            '*' | '?' | '_' | '.' | '-' => text.push(c),
            c if c.is_ascii_punctuation() => {
                text.push('\\');
                text.push(c);
            }
            c => text.push(c),
        }
    }
}

// The canonical text says everything: compare and hash only that.
impl PartialEq for Cpe {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cpe {}

impl hash::Hash for Cpe {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for Cpe {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cpe {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl FromStr for Cpe {
    type Err = NotACpe;

    fn from_str(text: &str) -> Result<Self, NotACpe> {
        read::name(text.trim())
    }
}

/// The canonical 2.3 formatted string.
impl fmt::Display for Cpe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Cpe {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Cpe {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        match text.parse::<Cpe>() {
            Ok(name) => name.to_string(),
            Err(error) => format!("refused: {error}"),
        }
    }

    #[test]
    fn every_binding_meets_in_one_text() {
        let shown = "cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*:*";
        for written in [
            "cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*:*",
            "cpe:2.3:a:OpenSSL:OpenSSL:1\\.0\\.2k",
            "cpe:/a:openssl:openssl:1.0.2k",
            "cpe:/a:openssl:openssl:1.0.2k::~~~~~",
            "CPE:2.3:A:openssl:openssl:1.0.2k:::",
        ] {
            assert_eq!(canonical(written), shown, "{written}");
        }
    }

    #[test]
    fn escapes_are_written_one_way() {
        for (written, shown) in [
            ("cpe:2.3:a:g++:c+a:1:*:*:*:*:*:*:*", "cpe:2.3:a:g\\+\\+:c\\+a:1:*:*:*:*:*:*:*"),
            ("cpe:2.3:a:a\\:b:c:\\-:*:*:*:*:*:*:*", "cpe:2.3:a:a\\:b:c:\\-:*:*:*:*:*:*:*"),
            ("cpe:/a:a%3ab:c:-:%7e", "cpe:2.3:a:a\\:b:c:-:\\~:*:*:*:*:*:*"),
            (
                "cpe:2.3:a:7-zip:7\\-zip:9.20:*:*:*:*:*:*:*",
                "cpe:2.3:a:7-zip:7-zip:9.20:*:*:*:*:*:*:*",
            ),
        ] {
            assert_eq!(canonical(written), shown);
            assert_eq!(canonical(shown), shown);
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        for (written, why) in [
            ("openssl", "it does not begin with `cpe:2.3:` or `cpe:/`"),
            ("cpe:2.3:a:openssl", "part, vendor and product are needed, `product` is missing"),
            ("cpe:2.3:x:v:p", "the part is `x`, not a, o, h or *"),
            ("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*:*", "more than 11 fields follow `cpe:2.3`"),
            ("cpe:2.3:a:v:p q", "white space or a control character in product"),
            ("cpe:2.3:a:v:a*b", "a wildcard inside product; only its ends may hold one"),
            ("cpe:/a:v:%zz", "bad percent escape in product"),
        ] {
            assert_eq!(canonical(written), format!("refused: {why}"), "{written}");
        }
    }

    #[test]
    fn the_key_is_plain_and_needs_both_names() {
        let key = |text: &str| text.parse::<Cpe>().expect("a name").key();
        assert_eq!(key("cpe:2.3:a:GNU:g\\+\\+:1").as_deref(), Some("gnu:g++"));
        assert_eq!(key("cpe:2.3:a:*:openssl:1"), None);
        assert_eq!(key("cpe:2.3:a:gnu:lib*:1"), None);
        assert_eq!(key("cpe:2.3:a:gnu:lib\\*:1").as_deref(), Some("gnu:lib*"));
    }

    proptest::proptest! {
        #[test]
        fn canonical_text_reads_back(text in "cpe:(2\\.3:|/)[aoh*]:[a-zA-Z0-9_.+*?\\\\:~%!é-]{0,30}") {
            if let Ok(name) = text.parse::<Cpe>() {
                let again: Cpe = name.to_string().parse().expect("canonical text reads");
                for index in 1..=ATTRIBUTES {
                    proptest::prop_assert_eq!(name.attribute(index), again.attribute(index));
                }
                proptest::prop_assert_eq!(name, again);
            }
        }
    }
}
