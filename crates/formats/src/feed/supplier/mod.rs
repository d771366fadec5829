//! Suppliers' documents: what a maker, a coordinator or a project says of named products (CSAF 2.0 and
//! 2.1, OpenVEX 0.2, VEX in CycloneDX), each read into records of the one shape.
//!
//! One document speaks of several vulnerabilities: it becomes one [`Record`] for each, named
//! `DOCUMENT#VULNERABILITY`, and its statements become [`SupplierRule`]s filed under every identity that
//! the product carries. A statement counts for the product and version that it names; text that is not
//! plainly a version or a range of versions stays text ([`Versions::Words`]) and decides nothing.
//!
//! To add a form: one module with `fn read(json) -> Result<Document, Problem>`, one variant of
//! [`super::Source`], one arm in `corpus::import`.

pub mod csaf;
pub mod cyclonedx;
pub mod openvex;
mod tree;

use super::{
    Record, Rule, Source, State, Statement, Text, cpe_key,
    prose::{self, End, Stretch},
    summary_of,
};
use aftercare_vocab::{
    ecosystem::PackageKey,
    identity,
    instant::Instant,
    problem::Problem,
    purl::Purl,
    version::{Scheme, Wildcard, compare, range::Range},
};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

/// The most statements (a product's status for a vulnerability) that one document may make, each counted
/// once for every identity that it is filed under or asks for; real ones stay under 200,000.
pub const MAX_STATEMENTS: usize = 500_000;

/// The most identities of one product that are filed.
pub const MAX_IDENTITIES: usize = 64;

/// How sure and of what kind a supplier's word is: the `product_status` groups of CSAF, into which the
/// words of the other forms are turned (`tables/vex-mapping.json` of the reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stated {
    /// `known_affected`; OpenVEX `affected`; CycloneDX `exploitable`.
    KnownAffected,
    /// `first_affected`.
    FirstAffected,
    /// `last_affected`.
    LastAffected,
    /// `known_not_affected`; OpenVEX `not_affected`; CycloneDX `not_affected`, `false_positive`.
    KnownNotAffected,
    /// `first_fixed`.
    FirstFixed,
    /// `fixed`; CycloneDX `resolved`, `resolved_with_pedigree`.
    Fixed,
    /// `under_investigation`; CycloneDX `in_triage`.
    UnderInvestigation,
    /// `unknown` (CSAF 2.1), and any word that the form does not have.
    Unknown,
}

impl Stated {
    /// CSAF's word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::KnownAffected => "known_affected",
            Self::FirstAffected => "first_affected",
            Self::LastAffected => "last_affected",
            Self::KnownNotAffected => "known_not_affected",
            Self::FirstFixed => "first_fixed",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it says that the product is not (or no longer) affected.
    pub const fn clears(self) -> bool {
        matches!(self, Self::KnownNotAffected | Self::FirstFixed | Self::Fixed)
    }

    /// Whether it says that the product is affected.
    pub const fn accuses(self) -> bool {
        matches!(self, Self::KnownAffected | Self::FirstAffected | Self::LastAffected)
    }
}

/// The versions of a product that a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versions<'a> {
    /// The product in every version, in so many words (`vers:all/*`, a CPE with version ANY).
    Every,
    /// No version is stated.
    Unstated,
    /// This one, as written.
    Exactly(#[serde(borrow)] Text<'a>),
    /// A range that reads as `vers` notation; the second text is what was written.
    Range(#[serde(borrow)] Text<'a>, Text<'a>),
    /// Words that are plainly neither.
    Words(#[serde(borrow)] Text<'a>),
}

/// The other product in which, or on which, the product must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within<'a> {
    /// Its name as written.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The keys under which it may stand in an inventory.
    pub keys: Vec<String>,
    /// Its versions.
    #[serde(borrow)]
    pub versions: Versions<'a>,
}

/// One statement: a product, its versions, and its status for the record's vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierRule<'a> {
    /// The document's own identifier of the product: CSAF `product_id`, OpenVEX `@id`, CycloneDX `ref`.
    #[serde(borrow)]
    pub product: Text<'a>,
    /// The product's name as written.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Where in the document: `vulnerabilities[0].product_status.known_affected[2]`.
    pub place: String,
    /// What it says.
    pub stated: Stated,
    /// Of which versions.
    #[serde(borrow)]
    pub versions: Versions<'a>,
    /// The CPE name as written, for the attributes behind its version.
    #[serde(borrow)]
    pub cpe: Option<Text<'a>>,
    /// Distribution release that a package URL names.
    #[serde(borrow)]
    pub release: Option<Text<'a>>,
    /// Further conditions as written: `architecture x86_64`.
    pub limits: Vec<String>,
    /// The product that it must be part of or installed on.
    #[serde(borrow)]
    pub within: Option<Within<'a>>,
    /// Justification or impact statement: why it is not affected.
    #[serde(borrow)]
    pub because: Option<Text<'a>>,
    /// What to do, as written, shortened.
    pub remedy: Option<String>,
    /// Versions of the product that the document names as repaired.
    #[serde(borrow)]
    pub repaired: Vec<Text<'a>>,
    /// The document's version and status, for explanations: `version 2, final`.
    pub edition: String,
    /// The document is a draft: nobody stands by it yet.
    pub is_draft: bool,
    /// The names of who says so, if that is a maker speaking of its own products; else empty.
    pub makers: Vec<String>,
}

/// One document, read.
#[derive(Debug)]
pub struct Document<'a> {
    /// What tells it apart from documents of others: publisher's namespace and identifier.
    pub key: String,
    /// Place of its version among those of the same document; sorts as text.
    pub order: String,
    /// One for each vulnerability of which something usable is said.
    pub records: Vec<Record<'a>>,
    /// What could not be used: reason, and (how often, place of the first).
    pub unused: BTreeMap<&'static str, (u64, String)>,
}

/// The document that a supplier's record is taken from: `ICSMA-17-017-02` of
/// `ICSMA-17-017-02#CVE-2017-5149`.
pub fn document_of(record: &str) -> &str {
    record.rsplit_once('#').map_or(record, |(document, _)| document)
}

/// What a document says of itself, for all its records.
struct Head<'a> {
    source: Source,
    id: Text<'a>,
    modified: String,
    published: String,
    state: State,
    title: String,
    edition: String,
    is_draft: bool,
    makers: Vec<String>,
}

/// A product with the identities by which a component can be it.
#[derive(Debug, Clone, Default)]
struct Product<'a> {
    id: Text<'a>,
    name: Text<'a>,
    keys: Vec<String>,
    versions: Option<Versions<'a>>,
    cpe: Option<Text<'a>>,
    release: Option<Text<'a>>,
    limits: Vec<String>,
}

impl<'a> Product<'a> {
    fn key(&mut self, key: String) {
        if self.keys.len() < MAX_IDENTITIES && !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }

    /// Takes a package URL; false if it is none.
    fn purl(&mut self, text: &str) -> bool {
        let Ok(purl) = text.parse::<Purl>() else { return false };
        self.key(purl_key(&purl));
        if let Some(package) = PackageKey::of_purl(&purl) {
            self.release = self.release.take().or(package.release.map(Text::from));
        }
        if let Some(arch) = purl.qualifier("arch") {
            self.limits.push(format!("architecture {arch}"));
        }
        if let Some(version) = purl.version() {
            let epoch = purl.qualifier("epoch").filter(|_| purl.ty() == "rpm");
            let version = match epoch {
                Some(epoch) if !version.contains(':') => format!("{epoch}:{version}"),
                _ => version.to_owned(),
            };
            self.versions = Some(Versions::Exactly(version.into()));
        }
        true
    }

    /// Takes a CPE name of either binding; false if it names no one product.
    fn cpe(&mut self, text: Text<'a>) -> bool {
        use aftercare_vocab::cpe::{Attribute, Cpe};
        let (Some(key), Ok(cpe)) = (cpe_key(&text), text.parse::<Cpe>()) else { return false };
        self.key(key);
        if self.versions.is_none() {
            self.versions = match (cpe.version(), cpe.update()) {
                (Attribute::Value(version), _)
                    if version.contains(['*', '?']) && Wildcard::of(version).is_none() =>
                {
                    Some(Versions::Words(version.clone().into()))
                }
                (Attribute::Value(version), _) => Some(Versions::Exactly(version.clone().into())),
                _ => None,
            };
        }
        self.cpe = Some(text);
        true
    }

    /// Takes a file's digest; false if it is none.
    fn hash(&mut self, algorithm: &str, digest: &str) -> bool {
        let key = identity::of_hash(algorithm, digest);
        let is_one = key.is_some();
        if let Some(key) = key {
            self.key(key);
        }
        is_one
    }

    /// Takes any identity that is an address: a package URL, a CPE URI, a BOM-Link.
    fn address(&mut self, text: &Text<'a>) -> bool {
        if let Some(key) = bom_link_key(text) {
            self.key(key);
            let fragment = text.split_once('#').map_or("", |(_, fragment)| fragment);
            if fragment.starts_with("pkg:") {
                self.purl(fragment);
            }
            return true;
        }
        if text.starts_with("cpe:") { self.cpe(text.clone()) } else { self.purl(text) }
    }

    fn versions(&self) -> Versions<'a> {
        match (&self.versions, &self.cpe) {
            (Some(versions), _) => versions.clone(),
            (None, Some(_)) => Versions::Every,
            (None, None) => Versions::Unstated,
        }
    }

    fn as_within(&self) -> Within<'a> {
        Within { name: self.name.clone(), keys: self.keys.clone(), versions: self.versions() }
    }
}

/// The key of a package URL, also of those that name no package of an ecosystem.
pub fn purl_key(purl: &Purl) -> String {
    PackageKey::of_purl(purl).map_or_else(
        || {
            let space = purl.namespace().map(|space| format!("{space}/")).unwrap_or_default();
            format!("purl:{}/{space}{}", purl.ty(), purl.name()).to_lowercase()
        },
        |package| package.text(),
    )
}

/// The key of a product that is named by its vendor and its name: `product:philips:intellivue_mx40`.
/// `None` if either says nothing.
pub fn named_key(vendor: &str, product: &str) -> Option<String> {
    let vendor = identity::as_vendor(vendor).replace([':', '/'], "_");
    let product = plain_name(product);
    (!vendor.is_empty() && !product.is_empty()).then(|| format!("product:{vendor}:{product}"))
}

/// A product's name as it stands in a key: lower case, one mark between words.
pub fn plain_name(name: &str) -> String {
    let lower = name.to_lowercase().replace([':', '/'], " ");
    lower.split_whitespace().collect::<Vec<_>>().join("_")
}

/// The key of a component of a CycloneDX document, by the document's serial number and the reference.
pub fn bom_key(serial: &str, reference: &str) -> Option<String> {
    let serial = serial.trim().to_ascii_lowercase();
    let serial = serial.strip_prefix("urn:uuid:").unwrap_or(&serial);
    (!serial.is_empty() && !reference.is_empty()).then(|| format!("bom:{serial}#{reference}"))
}

/// The key of what a BOM-Link (`urn:cdx:SERIAL/VERSION#REF`) names.
fn bom_link_key(text: &str) -> Option<String> {
    let (serial, reference) = text.strip_prefix("urn:cdx:")?.split_once('#')?;
    bom_key(serial.split('/').next()?, reference)
}

/// The versions that a document's words mean: `vers` notation, plain comparisons (`>= 1.0, < 2.0`,
/// `All versions < 4.2`), one version, or words.
fn versions_of<'a>(text: &Text<'a>, is_range: bool) -> Versions<'a> {
    let plain = text.trim();
    let lower = plain.to_lowercase();
    if matches!(lower.as_str(), "" | "-" | "n/a" | "unspecified" | "unknown") {
        return Versions::Unstated;
    }
    if matches!(lower.as_str(), "*" | "all" | "all versions" | "vers:all/*" | "vers:generic/*") {
        return Versions::Every;
    }
    if lower.starts_with("vers:") && !lower.starts_with("vers:all/") {
        return if Range::parse_vers(plain).is_ok() {
            Versions::Range(plain.to_owned().into(), text.clone())
        } else {
            Versions::Words(text.clone())
        };
    }
    if let Some(vers) = comparisons(&lower, plain) {
        return Versions::Range(vers.into(), text.clone());
    }
    if let Some(vers) = prose::stretch(plain).and_then(|stretch| vers_of(&stretch)) {
        return Versions::Range(vers.into(), text.clone());
    }
    let one = !is_range && !plain.starts_with(['<', '>', '=', '!']) && !lower.starts_with("vers:");
    if one && is_version(plain) {
        Versions::Exactly(plain.to_owned().into())
    } else {
        Versions::Words(text.clone())
    }
}

/// A plain range in words as `vers` of no scheme; a branch (`2.x`) has no such form.
fn vers_of(stretch: &Stretch<'_>) -> Option<String> {
    let start = stretch.start.map(|start| format!(">={start}"));
    let end = match stretch.end {
        End::Before(end) => Some(format!("<{end}")),
        End::With(end) => Some(format!("<={end}")),
        End::OfBranch(_) => return None,
        End::Open => None,
    };
    let bounds: Vec<String> = start.into_iter().chain(end).collect();
    let vers = format!("vers:generic/{}", bounds.join("|"));
    Range::parse_vers(&vers).is_ok().then_some(vers)
}

/// One word and no list: a version, or all versions with one beginning (`4.x`, `4.*`).
fn is_version(text: &str) -> bool {
    let is_mark = |c: char| c.is_whitespace() || "|,;*<>".contains(c);
    Wildcard::of(text).is_some() || (!text.is_empty() && !text.contains(is_mark))
}

/// Comparisons with nothing else around them but "all versions", as `vers` of no scheme. A bound must
/// begin with a digit (or `v` and a digit) and be one word: `< 4.2 SP1` is not plain.
fn comparisons(lower: &str, plain: &str) -> Option<String> {
    if lower.len() != plain.len() {
        return None; // lower-casing changed the length: the places would not fit
    }
    let mut at = 0;
    for lead in ["vers:all/", "all versions", "all version", "versions", "version", "all"] {
        if lower[at..].trim_start().starts_with(lead) {
            at = lower.len() - lower[at..].trim_start().len() + lead.len();
        }
    }
    let mut rest = plain[at..].trim();
    if rest.is_empty() {
        return None;
    }
    let mut bounds: Vec<(&str, String)> = Vec::new();
    while !rest.is_empty() {
        let sign = ["<=", ">=", "<", ">"].into_iter().find(|sign| rest.starts_with(sign))?;
        rest = rest[sign.len()..].trim_start();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+')))
            .unwrap_or(rest.len());
        let bound = &rest[..end];
        let digits = bound.strip_prefix(['v', 'V']).unwrap_or(bound);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        compare(Scheme::Generic, digits, digits).ok()?;
        bounds.push((sign, digits.to_owned()));
        rest = rest[end..].trim_start();
        for joint in ["|", ",", "and ", "AND ", "&"] {
            if let Some(after) = rest.strip_prefix(joint) {
                rest = after.trim_start();
                if rest.is_empty() {
                    return None;
                }
                break;
            }
        }
    }
    bounds.sort_by_key(|(sign, _)| !sign.starts_with('>'));
    let is_one_interval = match bounds.as_slice() {
        [_] => true,
        [(from, low), (to, high)] => {
            let rises = compare(Scheme::Generic, low, high).is_ok_and(std::cmp::Ordering::is_le);
            from.starts_with('>') && to.starts_with('<') && rises
        }
        _ => false,
    };
    if !is_one_interval {
        return None;
    }
    let text: Vec<String> = bounds.iter().map(|(sign, at)| format!("{sign}{at}")).collect();
    let vers = format!("vers:generic/{}", text.join("|"));
    Range::parse_vers(&vers).is_ok().then_some(vers)
}

/// A date of a document in UTC, so that it sorts as text; as written if it is none.
fn instant(text: &str) -> String {
    text.parse::<Instant>().map_or_else(|_| text.to_owned(), |at| at.to_string())
}

/// The place of a version among others, as text that sorts: each number of it with its length in front.
fn order_of(version: &str) -> String {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let numbers = core.split('.').chain(std::iter::repeat("")).take(3);
    let numbers = numbers.map(|number| number.trim_start_matches('0'));
    let mut order = String::new();
    for number in numbers {
        order += &format!("{:03}{number}.", number.len().min(999));
    }
    // a pre-release comes before its release
    order.push(if version.contains('-') { '0' } else { '1' });
    order
}

/// Whether an identifier names a flaw by itself: letters, a dash, and a digit behind it (`CVE-2026-1`,
/// `GHSA-...`, `VDE-2024-001`). A bare number of somebody's tracker is no name.
fn names_a_flaw(id: &str) -> bool {
    let Some((lead, rest)) = id.split_once('-') else { return false };
    lead.len() >= 2
        && lead.bytes().all(|byte| byte.is_ascii_alphabetic())
        && rest.bytes().any(|byte| byte.is_ascii_digit())
        && !id.contains(char::is_whitespace)
}

/// Gathers a document's statements into records.
struct Gathering<'a> {
    head: Head<'a>,
    records: Vec<Record<'a>>,
    by_name: HashMap<String, usize>,
    statements: usize,
    unused: BTreeMap<&'static str, (u64, String)>,
}

impl<'a> Gathering<'a> {
    fn new(head: Head<'a>) -> Self {
        Self {
            head,
            records: Vec::new(),
            by_name: HashMap::new(),
            statements: 0,
            unused: BTreeMap::new(),
        }
    }

    /// Counts something that is not used.
    fn leave(&mut self, reason: &'static str, place: &str) {
        let (count, example) = self.unused.entry(reason).or_default();
        if *count == 0 {
            place.clone_into(example);
        }
        *count += 1;
    }

    /// The record of a vulnerability of this name, made if there is none. `place` names it if nothing
    /// else does.
    fn record(&mut self, name: &str, aliases: Vec<Text<'a>>, place: &str) -> usize {
        let name = if name.is_empty() { place } else { name };
        if let Some(known) = self.by_name.get(&name.to_uppercase()) {
            return *known;
        }
        let head = &self.head;
        self.records.push(Record {
            source: head.source,
            id: format!("{}#{}", head.id, name.replace('#', "_")).into(),
            aliases,
            upstream: Vec::new(),
            modified: head.modified.clone().into(),
            published: head.published.clone().into(),
            state: head.state,
            summary: head.title.clone(),
            severities: Vec::new(),
            statements: Vec::new(),
            ssvc: None,
            kev_since: None,
        });
        self.by_name.insert(name.to_uppercase(), self.records.len() - 1);
        self.records.len() - 1
    }

    /// So many more are about to be made; refuses beyond [`MAX_STATEMENTS`].
    fn count(&mut self, more: usize) -> Result<(), Problem> {
        self.statements += more;
        if self.statements <= MAX_STATEMENTS {
            return Ok(());
        }
        let what = format!(
            "It makes more than {MAX_STATEMENTS} statements about products; no more are read of one document."
        );
        Err(Problem::refusal("supplier_too_large", "", what, ""))
    }

    /// Adds a statement of a record. A product that nobody can be found by is counted as not used.
    fn state(
        &mut self,
        record: usize,
        product: &Product<'a>,
        stated: Stated,
        place: String,
        with: With<'a>,
    ) -> Result<(), Problem> {
        let asked = with.within.as_ref().map_or(0, |within| within.keys.len());
        self.count(product.keys.len().max(1) + asked)?;
        if product.keys.is_empty() {
            self.leave(UNIDENTIFIED, &place);
            return Ok(());
        }
        let rule = SupplierRule {
            product: short(&product.id),
            name: short(&product.name),
            place,
            stated,
            versions: product.versions(),
            cpe: product.cpe.clone(),
            release: product.release.clone(),
            limits: product.limits.clone(),
            within: with.within,
            because: with.because,
            remedy: with.remedy,
            repaired: with.repaired,
            edition: self.head.edition.clone(),
            is_draft: self.head.is_draft,
            makers: if with.makers.is_empty() { self.head.makers.clone() } else { with.makers },
        };
        self.records[record]
            .statements
            .push(Statement { keys: product.keys.clone(), rule: Rule::Supplier(Box::new(rule)) });
        Ok(())
    }

    fn finish(mut self, key: String, order: String) -> Document<'a> {
        self.records.retain(|record| !record.statements.is_empty());
        Document { key, order, records: self.records, unused: self.unused }
    }
}

/// What a statement may carry beside product and status.
#[derive(Default)]
struct With<'a> {
    within: Option<Within<'a>>,
    because: Option<Text<'a>>,
    remedy: Option<String>,
    repaired: Vec<Text<'a>>,
    makers: Vec<String>,
}

const UNIDENTIFIED: &str = "statement of a supplier about a product without package URL, CPE, digest, or vendor and name: no component can be found by it";

/// A text of a statement, shortened where a document makes it longer than anybody reads.
fn short<'a>(text: &Text<'a>) -> Text<'a> {
    match &text.0 {
        Cow::Borrowed(line) if line.len() <= super::SUMMARY_CHARS => Text::from(*line),
        line => summary_of(line).into(),
    }
}

fn unreadable(code: &'static str, form: &str, error: &serde_json::Error) -> Problem {
    let next = "The document is left out and counted.";
    Problem::refusal(code, "", format!("Not a readable {form} document: {error}."), next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_comparisons_become_ranges_and_everything_else_stays_words() {
        for (words, vers) in [
            ("< 4.2", "vers:generic/<4.2"),
            ("<=4.2", "vers:generic/<=4.2"),
            ("vers:all/<4.2", "vers:generic/<4.2"),
            ("vers:all/>=1.0<2.0", "vers:generic/>=1.0|<2.0"),
            (">= 1.0 | <= 2.0", "vers:generic/>=1.0|<=2.0"),
            (">= 1.0 and < 2.0", "vers:generic/>=1.0|<2.0"),
            ("<2.0, >1.0", "vers:generic/>1.0|<2.0"),
            ("All versions < V4.2", "vers:generic/<4.2"),
            ("4.2 and prior", "vers:generic/<=4.2"),
            ("versions 1.0 to 4.2", "vers:generic/>=1.0|<=4.2"),
            ("vers:deb/>=1.0-1|<2.0-1", "vers:deb/>=1.0-1|<2.0-1"),
        ] {
            let read = versions_of(&Text::from(words), true);
            assert_eq!(read, Versions::Range(vers.into(), words.into()), "{words}");
        }
        for words in [
            "< 4.2 SP1",
            "4.2 SP1 and prior",
            "4.x",
            "< 4.2 or newer",
            "<=the first 3 digits of serial number 123",
            "< 1 | > 2",
            "<",
            ">= 1 | >= 2",
            "< R3",
            "1.0 | 2.0",
            "vers:nothing/<1",
            "< 4.2 |",
            "vers:generic/<4.2|||>",
        ] {
            let read = versions_of(&Text::from(words), true);
            assert_eq!(read, Versions::Words(words.into()), "{words}");
        }
        for words in ["vers:all/*", "All versions", "*"] {
            assert_eq!(versions_of(&Text::from(words), true), Versions::Every, "{words}");
        }
        for one in ["4.2", "4.x", "4.*"] {
            assert_eq!(versions_of(&one.into(), false), Versions::Exactly(one.into()));
        }
        assert_eq!(versions_of(&"4.2".into(), true), Versions::Words("4.2".into()));
        assert_eq!(versions_of(&"4.2 SP1".into(), false), Versions::Words("4.2 SP1".into()));
        assert_eq!(versions_of(&"N/A".into(), false), Versions::Unstated);
    }

    #[test]
    fn versions_of_documents_sort_as_numbers() {
        let sorted = ["0.9.0", "1", "1.0.1", "1.2.0", "1.10.0", "2.0.0-rc.1", "2", "10"];
        for pair in sorted.windows(2) {
            assert!(order_of(pair[0]) < order_of(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn only_a_name_that_says_whose_it_is_joins_documents() {
        for (id, yes) in [
            ("CVE-2026-0001", true),
            ("GHSA-aaaa-b1bb-cccc", true),
            ("VDE-2024-001", true),
            ("1234567", false),
            ("a-1", false),
            ("bug 12-3", false),
        ] {
            assert_eq!(names_a_flaw(id), yes, "{id}");
        }
    }
}
