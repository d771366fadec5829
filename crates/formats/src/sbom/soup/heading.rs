//! What a heading means.

use std::{fmt, str::FromStr};

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

/// Each field with its word on the command line and the headings that mean it, letters and digits only, in
/// lower case; the first heading of a field is its own word. Where two columns mean one field, the one that
/// stands first in this table is read.
const HEADINGS: &[(Field, &str, &[&str])] = &[
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

impl Field {
    /// The word for it, on the command line and in messages.
    pub fn word(self) -> &'static str {
        HEADINGS.iter().find(|(field, _, _)| *field == self).map_or("", |(_, word, _)| word)
    }

    /// All words, for messages.
    pub(super) fn words() -> String {
        HEADINGS.iter().map(|(_, word, _)| *word).collect::<Vec<_>>().join(", ")
    }

    /// What a heading means and how plainly (0 is plainest). Remarks in brackets do not count:
    /// `Version (as installed)`.
    pub(super) fn of_heading(heading: &str) -> Option<(Self, usize)> {
        let plain = letters(heading.split(['(', '[']).next().unwrap_or_default());
        let plain = if plain.is_empty() { letters(heading) } else { plain };
        HEADINGS.iter().find_map(|(field, _, known)| {
            known.iter().position(|word| *word == plain).map(|rank| (*field, rank))
        })
    }
}

impl FromStr for Field {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        let found = HEADINGS.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(word.trim()));
        found
            .map(|(field, _, _)| *field)
            .ok_or_else(|| format!("`{}` is none of {}", word.trim(), Self::words()))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
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
            assert_eq!(Field::of_heading(heading).map(|(field, _)| field), field, "{heading}");
        }
    }

    #[test]
    fn every_word_reads_back_and_stands_first_among_its_headings() {
        for (field, word, known) in HEADINGS {
            assert_eq!(word.parse::<Field>(), Ok(*field));
            assert_eq!(letters(word), known[0]);
        }
        assert!("colour".parse::<Field>().expect_err("unknown").contains("end-of-support"));
    }

    #[test]
    fn no_heading_means_two_fields() {
        let all: Vec<&str> =
            HEADINGS.iter().flat_map(|(_, _, known)| known.iter().copied()).collect();
        let mut once = all.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), all.len());
    }
}
