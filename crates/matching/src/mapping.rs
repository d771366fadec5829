//! One product under its many names: which identities mean the same thing in different sources.
//!
//! Curated rows of public facts, each with its source (`data/products.csv`); a caller may put rows of
//! its own on top ([`Mappings::with`]). A mapping is never silent: a verdict reached through one names
//! the row in the identity that its reason shows.
//!
//! To add a product: rows in the file. A row of a CPE cites a record that uses the name.

use aftercare_vocab::{ecosystem::PackageKey, identity, inventory::Component, problem::quoted};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::LazyLock,
};

pub use aftercare_vocab::version::of_tag as version_of_tag;

/// The curated rows.
const ROWS: &str = include_str!("../data/products.csv");

/// Who says the curated rows.
pub const BUILT_IN: &str = "built-in";

/// Most steps from one name to the next; a longer chain is a mistake, or worse.
const STEPS: usize = 4;

/// What the word for a part begins with.
const PART: &str = "part:";

/// One identity of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Its canonical key ([`identity`]); or `part:WORD`, no name but the word for a part that need not be there
    /// (`part:WORD@IDENTITY`: for this name of the product only), in curated rows alone.
    pub identity: String,
    /// Where it is used: a record, or the project's page.
    pub source: String,
}

/// A product with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it is called in explanations.
    pub product: String,
    /// Who says that these names are one product: [`BUILT_IN`], or whose rows these are.
    pub by: String,
    /// Its names.
    pub names: Vec<Name>,
}

/// A table of products and the way from each name to them.
#[derive(Debug, Clone, Default)]
pub struct Mappings {
    known: Vec<Known>,
    by_identity: HashMap<String, Vec<usize>>,
    /// There are rows beside the curated ones.
    has_own: bool,
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

impl Mappings {
    /// The curated table.
    pub fn built_in() -> &'static Self {
        static TABLE: LazyLock<Mappings> = LazyLock::new(|| {
            // A test reads every row; a bad one would only be missing here.
            read(ROWS, BUILT_IN).map(|known| Mappings::default().with(known)).unwrap_or_default()
        });
        &TABLE
    }

    /// The table with further products on top.
    #[must_use]
    pub fn with(mut self, more: Vec<Known>) -> Self {
        for known in more {
            self.has_own |= known.is_own();
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

    /// Every other identity that the table joins to one: what it is another name of, and so on where a
    /// name of ones own leads to a curated product, or a curated name to one of ones own. `given` = how the component came by it.
    pub fn others(&self, identity: &str, given: &str) -> Vec<Other<'_>> {
        let mut found: Vec<Other<'_>> = Vec::new();
        let mut seen = HashSet::from([identity]);
        // (identity, how it was reached, whether the first step is ones own, steps)
        let mut reached = VecDeque::from([(identity, given.to_owned(), None, 0)]);
        while let Some((identity, shown, first, steps)) = reached.pop_front() {
            if steps >= STEPS {
                continue;
            }
            let (own, curated): (Vec<&Known>, Vec<&Known>) =
                self.of(identity).partition(|known| known.is_own());
            for known in own.into_iter().chain(curated) {
                for name in known.names.iter().filter(|name| !name.identity.starts_with(PART)) {
                    if !seen.insert(&name.identity) {
                        continue;
                    }
                    let (shown, is_own) =
                        (known.shown(&shown, name), first.unwrap_or(known.is_own()));
                    reached.push_back((&name.identity, shown.clone(), Some(is_own), steps + 1));
                    found.push(Other { name, shown, is_own });
                }
            }
        }
        found
    }

    /// All products.
    pub fn all(&self) -> &[Known] {
        &self.known
    }
}

/// An identity that the table joins to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other<'t> {
    /// It.
    pub name: &'t Name,
    /// The way to it, as a reason shows it.
    pub shown: String,
    /// Whether the way begins with a row of ones own: a person vouches for it.
    pub is_own: bool,
}

impl Known {
    /// Whether the row is not a curated one.
    pub fn is_own(&self) -> bool {
        self.by != BUILT_IN
    }

    /// The words for parts that need not be in what `given` names.
    pub fn parts<'k>(&'k self, given: &'k str) -> impl Iterator<Item = &'k str> {
        self.names.iter().filter_map(move |name| {
            let part = name.identity.strip_prefix(PART)?;
            match part.split_once('@') {
                Some((word, of)) => (of == given).then_some(word),
                None => Some(part),
            }
        })
    }

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
        let part = Some(identity.to_lowercase());
        let part = part.filter(|part| by == BUILT_IN && part.starts_with(PART));
        let Some(identity) = part.or_else(|| identity::read(identity)) else {
            return Err(bad(format!(
                "{} is no identity: write {}",
                quoted(identity),
                identity::KINDS
            )));
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

/// The identities other than CPE names under which a component may stand in the table.
#[derive(Debug)]
pub struct Given<'c> {
    /// The key.
    pub identity: String,
    /// What the inventory says, as a reason shows it.
    pub shown: String,
    /// The version that stands with it.
    pub version: Option<&'c str>,
    /// The package of a distribution, whose versions are its own.
    pub distribution: Option<PackageKey>,
}

/// The identities other than CPE names under which a component may stand in a table: those of package
/// URLs, SWID tags, digests, and the name with its supplier. Those that no curated row has are left out
/// of what a table without others is asked.
pub fn identities_of<'c>(component: &'c Component, table: &Mappings) -> Vec<Given<'c>> {
    given(component, table.has_own)
}

fn given(component: &Component, for_own: bool) -> Vec<Given<'_>> {
    let mut found = Vec::new();
    let mut add = |identity: Option<String>, shown: String| {
        found.extend(identity.map(|identity| Given {
            identity,
            shown,
            version: None,
            distribution: None,
        }));
    };
    let tags = component.other_identities.iter().filter(|(kind, _)| kind == "swid");
    let tags = tags.map(|(_, tag)| tag.as_str());
    let in_purls = component.purls.iter().filter(|purl| purl.ty() == "swid");
    for tag in tags.chain(in_purls.filter_map(|purl| purl.qualifier("tag_id"))) {
        add(identity::of_swid(tag), format!("the SWID tag {tag}"));
    }
    for (algorithm, digest) in &component.hashes {
        add(identity::of_hash(algorithm, digest), format!("the {algorithm} digest {digest}"));
    }
    if let Some(supplier) = component.supplier.as_ref().filter(|_| for_own) {
        let name = &component.name;
        add(identity::of_supplied(supplier, name), format!("the name {name} of {supplier}"));
    }
    for purl in component.purls.iter().filter(|purl| purl.ty() != "swid") {
        let identity = identity::of_purl(purl);
        if for_own || !identity.starts_with("pkg:") {
            found.push(Given {
                identity,
                shown: purl.to_string(),
                version: purl.version(),
                distribution: PackageKey::of_purl(purl).filter(PackageKey::is_distribution),
            });
        }
    }
    found
}

/// Every identity under which a component stands in a table.
pub fn carried_by(component: &Component) -> Vec<String> {
    let cpes = component.cpes.iter().filter_map(|cpe| cpe.key()).map(|key| format!("cpe:{key}"));
    let given = given(component, true).into_iter().map(|given| given.identity);
    let mut all: Vec<String> = given.chain(cpes).collect();
    all.extend(names_of(component));
    all
}

/// The keys of a component's name, with its group and without, where it carries no other identity.
pub fn names_of(component: &Component) -> Vec<String> {
    if !component.purls.is_empty() || !component.cpes.is_empty() {
        return Vec::new();
    }
    let group = component.group.as_ref();
    let grouped = group.and_then(|group| identity::of_name(&format!("{group}/{}", component.name)));
    grouped.into_iter().chain(identity::of_name(&component.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curated_row_reads_names_its_source_and_stands_once() {
        let known = read(ROWS, BUILT_IN).expect("every row");
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
}
