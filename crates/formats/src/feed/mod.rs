//! Feeds: what the world publishes about vulnerabilities, read into one shape.
//!
//! [`Record`] is what one source says about one vulnerability. Its [`Statement`]s name a subject (a
//! package in an ecosystem, or a vendor's product) and carry a [`Rule`] in the source's own terms;
//! the rules are evaluated in crate `matching`, never here. Sources that disagree stay side by side.
//!
//! To add a source: one module with `fn read(json) -> Result<Record, Problem>`, one variant of
//! [`Source`], one arm in `corpus::import`.

pub mod cve;
pub mod epss;
pub mod kev;
pub mod nvd;
pub mod osv;
mod prose;
pub mod supplier;

use aftercare_vocab::cpe::{Attribute, Cpe, Part};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, fmt, ops::Deref};

/// The day on which a record says that it was withdrawn (OSV) or rejected (CVE list), as written. Other
/// formats do not say.
pub fn taken_back_on(json: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Metadata<'a> {
        #[serde(borrow)]
        date_rejected: Option<Text<'a>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Record<'a> {
        #[serde(borrow)]
        withdrawn: Option<Text<'a>>,
        #[serde(borrow)]
        cve_metadata: Option<Metadata<'a>>,
    }
    let record: Record<'_> = serde_json::from_str(json).ok()?;
    let rejected = record.cve_metadata.and_then(|metadata| metadata.date_rejected);
    record.withdrawn.or(rejected).map(|at| at.to_string())
}

/// Text borrowed from the document where it stands there without escapes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

/// Where a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// The Open Source Vulnerabilities format, whoever publishes it (GHSA, RustSec, Go, PyPA, ...).
    Osv,
    /// The CVE list, record format 5.
    Cve,
    /// The National Vulnerability Database, API 2.0 format.
    Nvd,
    /// A supplier's or coordinator's advisory (CSAF 2.0, 2.1).
    Csaf,
    /// A supplier's OpenVEX document.
    Openvex,
    /// A supplier's VEX in CycloneDX.
    Cyclonedx,
}

impl Source {
    /// The code name: `osv`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Osv => "osv",
            Self::Cve => "cve",
            Self::Nvd => "nvd",
            Self::Csaf => "csaf",
            Self::Openvex => "openvex",
            Self::Cyclonedx => "cyclonedx_vex",
        }
    }

    /// The name people read.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Osv => "OSV",
            Self::Cve => "CVE list",
            Self::Nvd => "NVD",
            Self::Csaf => "CSAF",
            Self::Openvex => "OpenVEX",
            Self::Cyclonedx => "CycloneDX VEX",
        }
    }

    /// Whether its documents are suppliers' words about named products, each a document of several
    /// records ([`supplier`]).
    pub const fn is_supplier(self) -> bool {
        matches!(self, Self::Csaf | Self::Openvex | Self::Cyclonedx)
    }
}

/// Whether the publisher still stands by the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum State {
    /// It does.
    Published,
    /// Withdrawn (OSV, CSAF) or rejected (CVE, NVD): kept for look-up by id, never accuses a component.
    Withdrawn,
}

/// What one source says about one vulnerability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record<'a> {
    /// The source.
    pub source: Source,
    /// Its identifier in that source, as written.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Other identifiers of the same flaw.
    #[serde(borrow)]
    pub aliases: Vec<Text<'a>>,
    /// Identifiers of the flaws that this record is about (a distribution's advisory about a CVE).
    #[serde(borrow)]
    pub upstream: Vec<Text<'a>>,
    /// Time of the last change as written; sorts as text within a source.
    #[serde(borrow)]
    pub modified: Text<'a>,
    /// Time of publication as written.
    #[serde(borrow)]
    pub published: Text<'a>,
    /// Published or withdrawn.
    pub state: State,
    /// One line, at most [`SUMMARY_CHARS`] characters.
    pub summary: String,
    /// CVSS assessments.
    #[serde(borrow)]
    pub severities: Vec<Severity<'a>>,
    /// Who is affected, in the source's own terms.
    #[serde(borrow)]
    pub statements: Vec<Statement<'a>>,
    /// CISA's SSVC decision points, where the record carries them.
    pub ssvc: Option<Ssvc>,
    /// Date of listing in the catalogue of known exploited vulnerabilities, where the record says so.
    #[serde(borrow)]
    pub kev_since: Option<Text<'a>>,
}

/// The longest summary kept beside the full record.
pub const SUMMARY_CHARS: usize = 200;

/// One CVSS assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Severity<'a> {
    /// Who scored it: `nvd@nist.gov`, `CISA-ADP`, the CNA's name; empty when not said.
    #[serde(borrow)]
    pub asserter: Text<'a>,
    /// The vector as written.
    #[serde(borrow)]
    pub vector: Text<'a>,
    /// The base score in tenths, computed from the vector; `None` if the vector is unreadable.
    pub score_tenths: Option<u8>,
}

/// The CISA coordinator's decision points (CERT/CC SSVC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ssvc {
    /// Exploitation: 0 none, 1 public proof of concept, 2 active.
    pub exploitation: Option<u8>,
    /// Automatable.
    pub automatable: Option<bool>,
    /// Technical impact total (true) or partial (false).
    pub total_impact: Option<bool>,
}

/// One subject of a record and the rule that says which of its versions are affected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement<'a> {
    /// Look-up keys: `npm:lodash` for packages, `cpe:vendor:product` for products.
    pub keys: Vec<String>,
    /// The rule.
    #[serde(borrow)]
    pub rule: Rule<'a>,
}

/// Which versions are affected, in the source's own terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule<'a> {
    /// OSV `affected[i]`.
    Osv(#[serde(borrow)] OsvRule<'a>),
    /// CVE `containers.*.affected[i]`.
    Cve(#[serde(borrow)] CveRule<'a>),
    /// NVD `configurations[i]` (or CVE `cpeApplicability[i]`).
    Cpe(#[serde(borrow)] CpeRule<'a>),
    /// What such a configuration says about one product: how a corpus files it.
    Product(#[serde(borrow)] ProductRule<'a>),
    /// A supplier's statement about one product.
    Supplier(#[serde(borrow)] Box<supplier::SupplierRule<'a>>),
}

/// OSV `affected[i]`: listed versions or ranges of events (OSV schema 1.7.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OsvRule<'a> {
    /// Index in `affected`.
    pub index: u16,
    /// Distribution release the statement is limited to: `12`, `v3.19`.
    #[serde(borrow)]
    pub release: Option<Text<'a>>,
    /// Ranges.
    #[serde(borrow)]
    pub ranges: Vec<OsvRange<'a>>,
    /// Enumerated versions.
    #[serde(borrow)]
    pub versions: Vec<Text<'a>>,
}

/// One OSV range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OsvRange<'a> {
    /// How its events are ordered.
    pub kind: OsvRangeKind,
    /// The events in document order.
    #[serde(borrow)]
    pub events: Vec<(OsvEvent, Text<'a>)>,
}

/// OSV range type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OsvRangeKind {
    /// Ordered by SemVer 2.0.
    Semver,
    /// Ordered by the ecosystem's own rules.
    Ecosystem,
    /// Commits: needs the commit graph.
    Git,
}

/// OSV event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OsvEvent {
    /// From here on affected.
    Introduced,
    /// From here on not affected.
    Fixed,
    /// The last affected version.
    LastAffected,
    /// The range holds only below this.
    Limit,
}

/// CVE status of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// `affected`.
    Affected,
    /// `unaffected`.
    Unaffected,
    /// `unknown`, the schema's default.
    Unknown,
}

/// CVE `affected[i]` (CVE record format 5.1.1, "product" object).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CveRule<'a> {
    /// `cna` or `adp[j]`.
    #[serde(borrow)]
    pub container: Text<'a>,
    /// Index in `affected`.
    pub index: u16,
    /// Vendor and product as written, for the explanation.
    #[serde(borrow)]
    pub vendor: Text<'a>,
    /// Product as written.
    #[serde(borrow)]
    pub product: Text<'a>,
    /// Status of versions that no entry names.
    pub default: Status,
    /// The entries.
    #[serde(borrow)]
    pub entries: Vec<CveEntry<'a>>,
    /// Platforms the statement is limited to, as written.
    #[serde(borrow)]
    pub platforms: Vec<Text<'a>>,
}

/// CVE `versions[k]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CveEntry<'a> {
    /// The version, or the start of the range.
    #[serde(borrow)]
    pub version: Text<'a>,
    /// Status at `version`.
    pub status: Status,
    /// `versionType` as written; empty if absent.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// End of the range.
    #[serde(borrow)]
    pub end: CveEnd<'a>,
    /// Status changes inside the range: (from this version, new status).
    #[serde(borrow)]
    pub changes: Vec<(Text<'a>, Status)>,
}

/// End of a CVE range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CveEnd<'a> {
    /// A single version.
    Single,
    /// `lessThan`.
    Before(#[serde(borrow)] Text<'a>),
    /// `lessThanOrEqual`.
    UpTo(#[serde(borrow)] Text<'a>),
}

/// NVD `configurations[i]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpeRule<'a> {
    /// Index in `configurations`; [`APPLICABILITY`] is added for CVE `cpeApplicability`.
    pub index: u16,
    /// How the nodes are joined.
    pub all: bool,
    /// Whether the result is negated.
    pub negate: bool,
    /// The nodes.
    #[serde(borrow)]
    pub nodes: Vec<CpeNode<'a>>,
}

/// Of a configuration, the criteria that can accuse one product, taken apart so that they can be
/// compared at once. Vendor and product stand in the key it is filed under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRule<'a> {
    /// Index in `configurations`, as in [`CpeRule::index`].
    pub index: u16,
    /// More than these criteria decides ([`CpeRule::is_conditional`]): the whole configuration stands
    /// with the record.
    pub conditional: bool,
    /// Criteria that name a single version and nothing else (old records list hundreds).
    #[serde(borrow)]
    pub listed: Vec<ListedVersion<'a>>,
    /// The other criteria.
    #[serde(borrow)]
    pub criteria: Vec<ProductCriterion<'a>>,
}

/// A criterion without vendor and product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductCriterion<'a> {
    /// Node and match index in the configuration.
    pub at: (u16, u16),
    /// `a`, `o`, `h` or `*`.
    pub part: char,
    /// CPE attributes other than ANY: (index as in `vocab::cpe`, value; `None` is NA).
    #[serde(borrow)]
    pub attributes: Vec<(u8, Option<Text<'a>>)>,
    /// Lower bound: the version and whether it is included.
    #[serde(borrow)]
    pub start: Option<(Text<'a>, bool)>,
    /// Upper bound: the version and whether it is included.
    #[serde(borrow)]
    pub end: Option<(Text<'a>, bool)>,
}

/// The attributes after vendor and product: version to other.
const ATTRIBUTES_AFTER_PRODUCT: std::ops::RangeInclusive<u8> = 3..=10;

impl<'a> ProductCriterion<'a> {
    /// The criterion under its key; `None` if its name cannot be read or names no one product.
    pub fn of(criterion: &CpeCriterion<'a>) -> Option<(String, Self)> {
        let cpe: Cpe = criterion.cpe.parse().ok()?;
        let key = format!("cpe:{}", cpe.key()?);
        let stated = |index: u8| match cpe.attribute(usize::from(index)) {
            Attribute::Any => None,
            Attribute::NotApplicable => Some((index, None)),
            Attribute::Value(value) => Some((index, Some(Text::from(value.clone())))),
        };
        let part = match cpe.part() {
            Part::Any => '*',
            Part::Application => 'a',
            Part::OperatingSystem => 'o',
            Part::Hardware => 'h',
        };
        let taken = Self {
            at: criterion.at,
            part,
            attributes: ATTRIBUTES_AFTER_PRODUCT.filter_map(stated).collect(),
            start: criterion.start.clone(),
            end: criterion.end.clone(),
        };
        Some((key, taken))
    }

    /// The version, if the criterion names one version and nothing else.
    fn single_version(&self) -> Option<ListedVersion<'a>> {
        match self.attributes.as_slice() {
            [(3, Some(version))]
                if self.part != '*'
                    && self.start.is_none()
                    && self.end.is_none()
                    && !version.contains(['*', '?']) =>
            {
                Some(ListedVersion { at: self.at, part: self.part, version: version.clone() })
            }
            _ => None,
        }
    }
}

/// A criterion of the form `cpe:2.3:PART:VENDOR:PRODUCT:VERSION` and nothing but ANY behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedVersion<'a> {
    /// Node and match index in the configuration.
    pub at: (u16, u16),
    /// `a`, `o` or `h`.
    pub part: char,
    /// The version, without escapes.
    #[serde(borrow)]
    pub version: Text<'a>,
}

/// Added to [`CpeRule::index`] when the configuration stands in a CVE record's `cpeApplicability`.
pub const APPLICABILITY: u16 = 0x8000;

/// NVD node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpeNode<'a> {
    /// AND (true) or OR.
    pub all: bool,
    /// Whether the result is negated.
    pub negate: bool,
    /// The criteria, with their index in the node.
    #[serde(borrow)]
    pub criteria: Vec<CpeCriterion<'a>>,
    /// It joins further nodes, as feeds before API 2.0 did: these are not read.
    #[serde(skip)]
    pub has_children: bool,
}

/// NVD `cpeMatch[k]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpeCriterion<'a> {
    /// Node and match index in the configuration, for the explanation.
    pub at: (u16, u16),
    /// Whether a match accuses the product (true) or names a platform it runs on.
    pub vulnerable: bool,
    /// The CPE 2.3 name as written.
    #[serde(borrow)]
    pub cpe: Text<'a>,
    /// Lower bound: the version and whether it is included.
    #[serde(borrow)]
    pub start: Option<(Text<'a>, bool)>,
    /// Upper bound: the version and whether it is included.
    #[serde(borrow)]
    pub end: Option<(Text<'a>, bool)>,
}

impl CpeRule<'_> {
    /// Whether the answer depends on more than one product: AND, NOT, or platform criteria.
    pub fn is_conditional(&self) -> bool {
        self.negate
            || (self.all && self.nodes.len() > 1)
            || self.nodes.iter().any(|node| node.negate || (node.all && node.criteria.len() > 1))
    }
}

impl<'a> CpeRule<'a> {
    /// The rule as it is filed under each product that it can accuse, in the order of the keys: what
    /// a look-up needs, without the hundreds of other products that may stand beside it.
    pub fn by_product(&self) -> BTreeMap<String, ProductRule<'a>> {
        let mut filed: BTreeMap<String, ProductRule<'a>> = BTreeMap::new();
        let accusing =
            self.nodes.iter().flat_map(|node| &node.criteria).filter(|found| found.vulnerable);
        for (key, criterion) in accusing.filter_map(ProductCriterion::of) {
            let rule = filed.entry(key).or_insert_with(|| ProductRule {
                index: self.index,
                conditional: self.is_conditional(),
                listed: Vec::new(),
                criteria: Vec::new(),
            });
            match criterion.single_version() {
                Some(listed) => rule.listed.push(listed),
                None => rule.criteria.push(criterion),
            }
        }
        filed
    }
}

/// One line of at most [`SUMMARY_CHARS`] characters from a record's title or description.
pub fn summary_of(text: &str) -> String {
    let mut line = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if count + length + 1 > SUMMARY_CHARS {
            if line.is_empty() {
                line.extend(word.chars().take(SUMMARY_CHARS - 1));
            }
            line.push('…');
            break;
        }
        if count > 0 {
            line.push(' ');
            count += 1;
        }
        line.push_str(word);
        count += length;
    }
    line
}

/// The key of a vendor's product when the source names it in words, not as a CPE.
pub fn product_key(vendor: &str, product: &str) -> Option<String> {
    let normal = |text: &str| text.trim().to_lowercase().replace(' ', "_");
    let (vendor, product) = (normal(vendor), normal(product));
    let says_nothing =
        |text: &str| matches!(text, "" | "n/a" | "-" | "*" | "unknown" | "unspecified");
    (!says_nothing(&vendor) && !says_nothing(&product)).then(|| format!("cpe:{vendor}:{product}"))
}

/// The look-up key `cpe:vendor:product` of a CPE name; `None` if it names no one product.
pub fn cpe_key(text: &str) -> Option<String> {
    text.parse::<Cpe>().ok()?.key().map(|key| format!("cpe:{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_one_line_of_limited_length() {
        assert_eq!(summary_of("  two\n words "), "two words");
        assert_eq!(summary_of(&"x".repeat(900)).chars().count(), SUMMARY_CHARS);
        assert!(summary_of(&"word ".repeat(200)).chars().count() <= SUMMARY_CHARS + 1);
    }

    #[test]
    fn a_vendor_that_says_nothing_gives_no_key() {
        assert_eq!(
            product_key("Apache Software Foundation", "HTTP Server").as_deref(),
            Some("cpe:apache_software_foundation:http_server")
        );
        assert_eq!(product_key("n/a", "n/a"), None);
    }
}
