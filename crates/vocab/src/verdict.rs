//! Verdicts: is this component affected by this vulnerability, and why do we say so?
//!
//! Three answers, never two: what cannot be decided is [`Answer::Undetermined`] and says what is
//! missing. There is no default and no conversion to `bool`.

use crate::shared::Shared;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The answer for one component and one vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The component is affected.
    Affected,
    /// It could not be decided. Treated with the care of affected until a person decides.
    Undetermined,
    /// The component is not affected, and the reason can be checked.
    NotAffected,
}

impl Answer {
    /// The code name: `affected`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Undetermined => "undetermined",
            Self::NotAffected => "not_affected",
        }
    }

    /// The words on screen.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Affected => "Affected",
            Self::Undetermined => "Undetermined",
            Self::NotAffected => "Not affected",
        }
    }
}

/// A vulnerability as it concerns one component: the answer, and everything needed to check it by
/// hand. Records of several sources about the same flaw (aliases) are merged into one verdict.
///
/// Texts are shared: a million verdicts on one flaw hold its summary once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The identifier shown: CVE before GHSA before the ecosystem's own.
    pub id: Shared<str>,
    /// All other identifiers of the same flaw, sorted.
    pub aliases: Shared<[String]>,
    /// The merged answer.
    pub answer: Answer,
    /// One entry for each source record that was evaluated, the deciding one first.
    pub because: Vec<Reason>,
    /// Whether the sources disagree (one says affected, another not affected).
    pub disagreement: bool,
    /// The highest severity score any source gives, in tenths (98 = 9.8); `None` = not scored.
    pub score_tenths: Option<u8>,
    /// The CVSS vector of that score.
    pub vector: Option<Shared<str>>,
    /// One line that says what it is, as the record's publisher wrote it, shortened.
    pub summary: Shared<str>,
    /// Versions named as repaired by the deciding source, as written.
    pub fixed_in: Vec<String>,
    /// Listed in the catalogue of known exploited vulnerabilities on this date, if it is.
    pub kev_since: Option<Shared<str>>,
    /// EPSS probability in hundred-thousandths (1151 = 0.01151), if scored.
    pub epss: Option<u32>,
    /// EPSS percentile in hundred-thousandths.
    pub epss_percentile: Option<u32>,
}

/// Why one source record leads to an answer. Enough to check it by hand against that record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What this record alone would answer.
    pub answer: Answer,
    /// Stable code of the rule that decided: `in_range`, `listed`, `outside_all_ranges`, ...
    pub rule: Cow<'static, str>,
    /// The source: `osv`, `cve`, `nvd`, `csaf`, `openvex`, `cyclonedx_vex`; `sbom` for a declared patch.
    pub source: Cow<'static, str>,
    /// The record: `GHSA-jfh8-c2jp-5v3q`; of a declared patch the issue that it resolves.
    pub record: Shared<str>,
    /// SHA-256 of the record's bytes as received; of a declared patch that of its kind, issue and place.
    pub record_digest: crate::digest::Digest,
    /// The component's identity that was used: `pkg:npm/minimist@1.2.0` or a CPE.
    pub identity: Shared<str>,
    /// How sure the identity is.
    pub confidence: Confidence,
    /// The version that was compared, as written in the SBOM, and the ordering used.
    pub version: Option<Shared<str>>,
    /// The ordering used (`semver`, `deb`, ...).
    pub scheme: Cow<'static, str>,
    /// The range or list entry that decided, in words taken from the record:
    /// `>= 1.0.0, < 1.2.6`, `versions lists 1.2.0`.
    pub range: Shared<str>,
    /// Where in the record: `affected[0].ranges[1]`.
    pub place: Shared<str>,
    /// What is missing or conditional, for undetermined and conditional answers; else empty.
    pub note: Shared<str>,
}

impl Reason {
    /// In one line: what decided, or what is missing.
    pub fn in_a_line(&self) -> String {
        match (&*self.note, &*self.range) {
            ("", range) => range.to_owned(),
            (note, "") => note.to_owned(),
            (note, range) => format!("{range}. {note}"),
        }
    }
}

/// How sure it is that the record means this component (glossary: match confidence).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Same ecosystem and package name.
    Exact,
    /// The SBOM's CPE and the record's CPE name the same product.
    Cpe,
    /// Same vendor and product by name, or by a table that knows both names.
    Name,
    /// Only a hint: the product name alone.
    Possible,
}

/// Why a component could not be looked up at all. Never shown as clean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCovered {
    /// Stable code: `no_identity`, `ecosystem_without_data`, `no_version`, ...
    pub code: String,
    /// One sentence for people, with the next step.
    pub why: String,
}
