//! What a heading means.

use std::{
    fmt::{Debug, Display, Formatter, Result as Written},
    str::FromStr,
};

/// What the columns of one kind of list are read as.
pub trait Heading: Copy + Ord + Debug + Display + FromStr<Err = String> + 'static {
    /// Each field with its word on the command line and the headings that mean it, letters and digits only, in
    /// lower case; the first heading of a field is its own word. Where two columns mean one field, the one that
    /// stands first in this table is read.
    const HEADINGS: &'static [(Self, &'static str, &'static [&'static str])];
    /// What a row is, for messages: `software item`.
    const ROW: &'static str;
    /// What a row lacks that is none.
    const LACKS: &'static str;
    /// A choice of columns, for messages.
    const EXAMPLE: &'static str;

    /// Whether a row with something in this field is one.
    fn names(self) -> bool;

    /// Whether a list with these fields can be read at all.
    fn is_usable(has: impl Fn(Self) -> bool) -> bool;

    /// Whether a list with these fields is one of this kind beyond doubt.
    fn is_list(has: impl Fn(Self) -> bool) -> bool;
}

/// The word for a field, on the command line and in messages.
pub(in super::super) fn word<F: Heading>(of: F) -> &'static str {
    F::HEADINGS.iter().find(|(field, _, _)| *field == of).map_or("", |(_, word, _)| word)
}

/// All words, for messages.
pub(super) fn words<F: Heading>() -> String {
    F::HEADINGS.iter().map(|(_, word, _)| *word).collect::<Vec<_>>().join(", ")
}

/// The field of a word.
pub(in super::super) fn of_word<F: Heading>(word: &str) -> Result<F, String> {
    let found = F::HEADINGS.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(word.trim()));
    found
        .map(|(field, _, _)| *field)
        .ok_or_else(|| format!("`{}` is none of {}", word.trim(), words::<F>()))
}

/// What a heading means and how plainly (0 is plainest). Remarks in brackets do not count:
/// `Version (as installed)`.
pub(super) fn of_heading<F: Heading>(heading: &str) -> Option<(F, usize)> {
    let plain = letters(heading.split(['(', '[']).next().unwrap_or_default());
    let plain = if plain.is_empty() { letters(heading) } else { plain };
    F::HEADINGS.iter().find_map(|(field, _, known)| {
        known.iter().position(|word| *word == plain).map(|rank| (*field, rank))
    })
}

/// What a column is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The item's name. Needed, unless every row has an identity.
    Name,
    /// Its version.
    Version,
    /// Who made it.
    Supplier,
    /// Package URL.
    Purl,
    /// CPE name.
    Cpe,
    /// Licence.
    Licence,
    /// What kind of item it is.
    Kind,
    /// Level of support.
    Support,
    /// End of support.
    EndOfSupport,
    /// SHA-256 of the file.
    Sha256,
}

impl Heading for Field {
    const HEADINGS: &'static [(Self, &'static str, &'static [&'static str])] = &[
        (
            Field::Name,
            "name",
            &[
                "name",
                "softwarename",
                "componentname",
                "soupname",
                "packagename",
                "productname",
                "itemname",
                "soupitem",
                "softwareitem",
                "softwareitemname",
                "component",
                "software",
                "soup",
                "package",
                "library",
                "item",
                "title",
                "product",
                "module",
                "otssoftware",
                "otsname",
                "offtheshelfsoftware",
                "softwarecomponent",
                "thirdpartycomponent",
                "thirdpartysoftware",
                "komponente",
                "bezeichnung",
                "softwarekomponente",
                "produkt",
            ],
        ),
        (
            Field::Version,
            "version",
            &[
                "version",
                "softwareversion",
                "componentversion",
                "packageversion",
                "productversion",
                "soupversion",
                "itemversion",
                "versionnumber",
                "versionno",
                "versionused",
                "usedversion",
                "installedversion",
                "currentversion",
                "versionrevision",
                "versionrelease",
                "versionpatch",
                "rev",
                "ver",
                "revision",
                "release",
                "uniquedesignator",
                "designator",
                "versionsnummer",
            ],
        ),
        (
            Field::Supplier,
            "supplier",
            &[
                "supplier",
                "suppliername",
                "manufacturer",
                "manufacturername",
                "vendor",
                "vendorname",
                "maker",
                "publisher",
                "soupmanufacturer",
                "developer",
                "hersteller",
                "lieferant",
                "anbieter",
            ],
        ),
        (Field::Purl, "purl", &["purl", "packageurl", "packageurlpurl"]),
        (Field::Cpe, "cpe", &["cpe", "cpe23", "cpename", "cpeid", "cpeuri"]),
        (
            Field::Licence,
            "licence",
            &[
                "licence",
                "license",
                "licences",
                "licenses",
                "licensetype",
                "spdxlicense",
                "lizenz",
                "lizenzen",
            ],
        ),
        (
            Field::Kind,
            "kind",
            &["kind", "type", "componenttype", "itemtype", "softwaretype", "art", "typ"],
        ),
        (
            Field::Support,
            "support",
            &["support", "supportlevel", "levelofsupport", "supportstatus", "maintenancestatus"],
        ),
        (
            Field::EndOfSupport,
            "end-of-support",
            &[
                "endofsupport",
                "endofsupportdate",
                "supportends",
                "supportend",
                "eos",
                "eosdate",
                "endoflife",
                "endoflifedate",
                "eol",
                "eoldate",
                "supportuntil",
                "supportende",
            ],
        ),
        (Field::Sha256, "sha256", &["sha256", "hash", "checksum", "sha256hash", "hashsha256"]),
    ];
    const ROW: &'static str = "software item";
    const LACKS: &'static str = "no name and no identity";
    const EXAMPLE: &'static str = "name=A,version=B";

    fn names(self) -> bool {
        matches!(self, Self::Name | Self::Purl | Self::Cpe)
    }

    /// Items can be told by a name or an identity.
    fn is_usable(has: impl Fn(Self) -> bool) -> bool {
        has(Self::Name) || has(Self::Purl) || has(Self::Cpe)
    }

    /// Names with versions or identities.
    fn is_list(has: impl Fn(Self) -> bool) -> bool {
        has(Self::Name) && (has(Self::Version) || has(Self::Purl) || has(Self::Cpe))
    }
}

impl Field {
    /// The word for it, on the command line and in messages.
    pub fn word(self) -> &'static str {
        word(self)
    }
}

impl FromStr for Field {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        of_word(text)
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        f.write_str(word(*self))
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_however_they_are_written() {
        for (heading, field) in [
            ("Name", Some(Field::Name)),
            ("SOUP item", Some(Field::Name)),
            ("Version (as installed)", Some(Field::Version)),
            ("Version / Revision", Some(Field::Version)),
            ("MANUFACTURER", Some(Field::Supplier)),
            ("End-of-Support", Some(Field::EndOfSupport)),
            ("CPE 2.3", Some(Field::Cpe)),
            ("Package URL (purl)", Some(Field::Purl)),
            ("Risk class", None),
            ("(remarks)", None),
            ("", None),
        ] {
            assert_eq!(of_heading::<Field>(heading).map(|(field, _)| field), field, "{heading}");
        }
    }

    #[test]
    fn every_word_reads_back_and_stands_first_among_its_headings() {
        for (field, word, known) in Field::HEADINGS {
            assert_eq!(word.parse::<Field>(), Ok(*field));
            assert_eq!(letters(word), known[0]);
        }
        assert!("colour".parse::<Field>().expect_err("unknown").contains("end-of-support"));
    }

    #[test]
    fn no_heading_means_two_fields() {
        let all: Vec<&str> =
            Field::HEADINGS.iter().flat_map(|(_, _, known)| known.iter().copied()).collect();
        let mut once = all.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), all.len());
    }
}
