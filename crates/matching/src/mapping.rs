//! One product under its many names: which identities mean the same thing in different sources.
//!
//! Curated rows of public facts, each with its source (`data/products.csv`); a caller may put rows of
//! its own on top ([`Mappings::with`]). A mapping is never silent: a verdict reached through one names
//! the row in the identity that its reason shows.
//!
//! To add a product: rows in the file. A row of a CPE cites a record that uses the name.

use aftercare_vocab::{identity, inventory::Component, purl::Purl};
use std::{collections::HashMap, sync::LazyLock};

pub use aftercare_vocab::version::of_tag as version_of_tag;

/// The curated rows.
const ROWS: &str = include_str!("../data/products.csv");

/// Package types that carry source code of others and have no vulnerability data of their own: the
/// name alone says what is inside.
const SOURCE_TYPES: &[&str] =
    &["generic", "conan", "vcpkg", "yocto", "bitbake", "buildroot", "brew", "bazel", "xrepo"];

/// One identity of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// `cpe:vendor:product`, `recipe:name`, `github:owner/repository`, `swid:TAG`,
    /// `hash:ALGORITHM:DIGEST` or `name:...`, in canonical form.
    pub identity: String,
    /// Where it is used: a record, or the project's page.
    pub source: String,
}

/// A product with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it is called in explanations.
    pub product: String,
    /// Who says that these names are one product: `built-in`, or a person.
    pub by: String,
    /// Its names.
    pub names: Vec<Name>,
}

/// A table of products and the way from each name to them.
#[derive(Debug, Clone, Default)]
pub struct Mappings {
    known: Vec<Known>,
    by_identity: HashMap<String, Vec<usize>>,
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct BadRow {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

/// What the identities of a row may be, for messages.
const KINDS: &str = "cpe:, recipe:, github:, swid:, hash: or name:";

/// The canonical form of an identity in a row.
fn canonical(identity: &str) -> Option<String> {
    let (kind, rest) = identity.split_once(':').filter(|(_, rest)| !rest.is_empty())?;
    match kind {
        "cpe" | "recipe" | "github" => Some(identity.to_lowercase()),
        "swid" => identity::of_swid(rest),
        "hash" => rest.split_once(':').and_then(|(of, digest)| identity::of_hash(of, digest)),
        "name" => identity::of_name(rest),
        _ => None,
    }
}

impl Mappings {
    /// The curated table.
    pub fn built_in() -> &'static Self {
        static TABLE: LazyLock<Mappings> = LazyLock::new(|| {
            // A test reads every row; a bad one would only be missing here.
            read(ROWS, "built-in").map(|known| Mappings::default().with(known)).unwrap_or_default()
        });
        &TABLE
    }

    /// The table with further products on top.
    #[must_use]
    pub fn with(mut self, more: Vec<Known>) -> Self {
        for known in more {
            for name in &known.names {
                self.by_identity.entry(name.identity.clone()).or_default().push(self.known.len());
            }
            self.known.push(known);
        }
        self
    }

    /// The products that carry the identity.
    pub fn of(&self, identity: &str) -> impl Iterator<Item = &Known> {
        let found = self.by_identity.get(identity).map_or(&[][..], Vec::as_slice);
        found.iter().map(|at| &self.known[*at])
    }

    /// All products.
    pub fn all(&self) -> &[Known] {
        &self.known
    }
}

impl Known {
    /// How a reason shows that one name was taken for another.
    pub fn shown(&self, given: &str, taken: &Name) -> String {
        format!(
            "{given}, known as {} ({}, {} table, {})",
            taken.identity, self.product, self.by, taken.source
        )
    }
}

/// Reads rows `product,identity,source`; lines that begin with `#` are remarks.
pub fn read(rows: &str, by: &str) -> Result<Vec<Known>, BadRow> {
    let mut known: Vec<Known> = Vec::new();
    for (at, row) in rows.lines().enumerate() {
        let bad = |why| BadRow { line: at + 1, why };
        if row.trim().is_empty() || row.starts_with('#') {
            continue;
        }
        let mut fields = row.splitn(3, ',').map(str::trim);
        let (Some(product), Some(identity), Some(source)) =
            (fields.next(), fields.next(), fields.next())
        else {
            return Err(bad("a product, an identity and a source are needed".to_owned()));
        };
        let Some(identity) = canonical(identity) else {
            return Err(bad(format!("`{identity}` is no identity; they begin with {KINDS}")));
        };
        if source.is_empty() {
            return Err(bad("the source is missing".to_owned()));
        }
        let name = Name { identity, source: source.to_owned() };
        match known.iter_mut().find(|known| known.product == product) {
            Some(known) => known.names.push(name),
            None => known.push(Known {
                product: product.to_owned(),
                by: by.to_owned(),
                names: vec![name],
            }),
        }
    }
    Ok(known)
}

/// The identities other than CPE names under which a component may stand in the table, each with what
/// the inventory says of it: those of package URLs with their version, SWID tags, and digests.
pub fn identities_of(component: &Component) -> Vec<(String, String, Option<&str>)> {
    let mut found = Vec::new();
    for purl in &component.purls {
        if let Some(key) = identity_of(purl) {
            found.push((key, purl.to_string(), purl.version()));
        }
    }
    let tags = component.other_identities.iter().filter(|(kind, _)| kind == "swid");
    let tags = tags.map(|(_, tag)| tag.as_str());
    let in_purls = component.purls.iter().filter(|purl| purl.ty() == "swid");
    for tag in tags.chain(in_purls.filter_map(|purl| purl.qualifier("tag_id"))) {
        found.extend(identity::of_swid(tag).map(|key| (key, format!("the SWID tag {tag}"), None)));
    }
    for (algorithm, digest) in &component.hashes {
        let key = identity::of_hash(algorithm, digest);
        found.extend(key.map(|key| (key, format!("the {algorithm} digest {digest}"), None)));
    }
    found
}

/// The identity under which a package URL stands in the table; `None` for packages of ecosystems and
/// distributions that speak for themselves.
pub fn identity_of(purl: &Purl) -> Option<String> {
    let name = purl.name().to_lowercase();
    match (purl.ty(), purl.namespace()) {
        ("github", Some(owner)) => Some(format!("github:{}/{name}", owner.to_lowercase())),
        ("git", Some("github.com" | "github")) => {
            Some(format!("github:{}", name.trim_end_matches(".git")))
        }
        (ty, _) if SOURCE_TYPES.contains(&ty) => Some(format!("recipe:{name}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curated_row_reads_names_its_source_and_stands_once() {
        let known = read(ROWS, "built-in").expect("every row");
        assert!(known.len() > 100);
        let mut seen = std::collections::HashSet::new();
        for product in &known {
            for name in &product.names {
                let place = format!("{} {}", product.product, name.identity);
                assert!(seen.insert(name.identity.clone()), "{place} stands twice");
                let cites = name.source.starts_with("http") || name.source.starts_with("CVE-");
                assert!(cites, "{place} cites `{}`", name.source);
                let cpe = name.identity.strip_prefix("cpe:");
                let readable = cpe.is_none_or(|cpe| cpe.split(':').count() == 2);
                assert!(readable, "{place} is no vendor and product");
            }
        }
    }

    #[test]
    fn the_libraries_of_devices_have_a_name_in_every_vocabulary() {
        for (identity, cpe) in [
            ("recipe:openssl", "cpe:openssl:openssl"),
            ("github:mbed-tls/mbedtls", "cpe:polarssl:polarssl"),
            ("cpe:haxx:curl", "cpe:curl:curl"),
            ("recipe:freertos-kernel", "cpe:amazon:freertos"),
            ("name:vxworks", "cpe:windriver:vxworks"),
            ("recipe:linux", "cpe:linux:linux_kernel"),
        ] {
            let found = Mappings::built_in()
                .of(identity)
                .any(|known| known.names.iter().any(|name| name.identity == cpe));
            assert!(found, "{identity} leads to {cpe}");
        }
    }

    #[test]
    fn a_row_of_ones_own_stands_beside_the_curated_ones() {
        let own = read(
            "# ours\nour stack,recipe:lwip,ticket 12\nour stack,cpe:acme:stack,ticket 12\n",
            "N. Vane",
        );
        let table = Mappings::built_in().clone().with(own.expect("readable"));
        let by: Vec<&str> = table.of("recipe:lwip").map(|known| known.by.as_str()).collect();
        assert_eq!(by, ["built-in", "N. Vane"]);
        let table = read("x,swid:{75B8C285-FA7B-485B-B199-4745E3004D0D},s\nx,hash:SHA-1:00\n", "y");
        assert_eq!(table.expect_err("a digest too short").line, 2);
        for (row, line) in [("a,b,c", 1), ("# x\na,recipe:b", 2), ("a,recipe:b,", 1)] {
            assert_eq!(read(row, "x").expect_err("refused").line, line, "{row}");
        }
    }

    #[test]
    fn only_sources_without_data_of_their_own_are_mapped() {
        let of = |text: &str| identity_of(&text.parse().expect("a purl"));
        assert_eq!(of("pkg:conan/OpenSSL@1.1.1k").as_deref(), Some("recipe:openssl"));
        assert_eq!(of("pkg:github/curl/curl@curl-7_88_1").as_deref(), Some("github:curl/curl"));
        assert_eq!(of("pkg:deb/debian/openssl@1"), None);
        assert_eq!(of("pkg:npm/openssl@1"), None);
    }
}
