//! How good an SBOM is by a published profile: which of the profile's elements it holds, where it does
//! not, and what to do about it.
//!
//! The profiles are data (`data/sbom-profiles.json`): dated, with their source. How an element is
//! looked for is a [`Check`]. Pure: an inventory and what stands [beside](Beside) it go in, a
//! [`Report`] comes out. What the words of a document are worth, whether its supplier tells the truth
//! and whether all components are listed, nobody can see in it.

mod check;

use aftercare_vocab::inventory::{Beside, Inventory};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Each component: who supplies it.
    Producer,
    /// Each component: a name.
    Name,
    /// Each component: one certain version.
    Version,
    /// Each component: a package URL, CPE name, SWID tag, SWHID or OmniBOR id that can be read.
    Identifier,
    /// Each component: a hash.
    Hash,
    /// Each component: a licence.
    Licence,
    /// Each component but the product: a chain of relations from the product to it.
    Relationship,
    /// Each component: a level of support, or the reason why none is given.
    SupportLevel,
    /// Each component: the date on which support ends, or the reason why none is given.
    EndOfSupport,
    /// The document: who made it.
    Author,
    /// The document: when it was made.
    Timestamp,
    /// The document: by which tool.
    Tool,
    /// The document: when in the life of the software (before build, build, after build).
    Context,
    /// The document: known vulnerabilities, which may stand in another document.
    Vulnerabilities,
}

/// A published list of what an SBOM must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// `ntia-2021`
    pub name: String,
    /// The name people read.
    pub title: String,
    /// Publisher, document, section.
    pub source: String,
    /// When the source was published.
    pub dated: Date,
    /// Draft, in force, replaced.
    pub status: String,
    /// What it asks for.
    pub elements: Vec<Asked>,
}

/// One thing a profile asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What is looked for.
    pub check: Check,
    /// The source's word for it.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profiles {
    /// When this file was last compared with the sources.
    version: Date,
    profiles: Vec<Profile>,
}

#[allow(clippy::expect_used, reason = "compiled in; a test reads it")]
static PROFILES: LazyLock<Profiles> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/sbom-profiles.json"))
        .expect("the profiles of the product")
});

/// All profiles.
pub fn profiles() -> &'static [Profile] {
    &PROFILES.profiles
}

/// When the profiles were last compared with their sources.
pub fn profiles_as_of() -> Date {
    PROFILES.version
}

/// What an SBOM is worth by one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its name.
    pub profile: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Publisher, document, section.
    pub source: &'static str,
    /// When that was published.
    pub dated: Date,
    /// Draft, in force, replaced.
    pub status: &'static str,
    /// Whole per cent, rounded down: the mean share over the elements that were assessed; 100 only
    /// where nothing is missing. `None` where nothing could be assessed. The weights are proposed:
    /// the sources know only "there" and "not there".
    pub score: Option<u8>,
    /// Element by element, in the order of the profile.
    pub elements: Vec<Element>,
}

/// One element of a profile in one SBOM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Element {
    /// What was looked for.
    pub check: Check,
    /// The source's word for it.
    pub name: &'static str,
    /// Where it was looked for and found.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was looked for in `of` places and found in `met`.
    Assessed {
        /// Places where it stands.
        met: u64,
        /// Places where it belongs: components, or 1 for the document.
        of: u64,
        /// Places where it is missing, in document order.
        gaps: Vec<Gap>,
        /// What to do about the gaps; empty where there are none.
        next: &'static str,
    },
    /// The document does not show whether it is there.
    NotAssessed {
        /// Why not.
        why: &'static str,
    },
}

/// One place where something is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Index of the component; none = the document.
    pub component: Option<u32>,
    /// Where: `components[41]`, `metadata`.
    pub place: String,
    /// What is missing, in a few words.
    pub what: String,
}

impl Report {
    /// How many places are missing something.
    pub fn gaps(&self) -> u64 {
        self.elements.iter().map(|element| element.outcome.gaps().len() as u64).sum()
    }
}

impl Outcome {
    /// The places where something is missing.
    pub fn gaps(&self) -> &[Gap] {
        match self {
            Self::Assessed { gaps, .. } => gaps,
            Self::NotAssessed { .. } => &[],
        }
    }
}

/// Judges an SBOM by a profile.
pub fn evaluate(profile: &'static Profile, inventory: &Inventory, beside: &Beside) -> Report {
    let element = |asked: &'static Asked| Element {
        check: asked.check,
        name: &asked.name,
        outcome: check::look(asked.check, inventory, beside),
    };
    let elements: Vec<Element> = profile.elements.iter().map(element).collect();
    Report {
        profile: &profile.name,
        title: &profile.title,
        source: &profile.source,
        dated: profile.dated,
        status: &profile.status,
        score: score(&elements),
        elements,
    }
}

/// In millionths, so that the mean of many shares is not rounded before its end.
fn score(elements: &[Element]) -> Option<u8> {
    const WHOLE: u64 = 1_000_000;
    let shares: Vec<u64> = elements
        .iter()
        .filter_map(|element| match &element.outcome {
            // the product alone needs no relation
            Outcome::Assessed { of: 0, .. } => Some(WHOLE),
            Outcome::Assessed { met, of, .. } => Some(met.saturating_mul(WHOLE) / of),
            Outcome::NotAssessed { .. } => None,
        })
        .collect();
    let mean = shares.iter().sum::<u64>().checked_div(shares.len() as u64)?;
    let is_whole = elements.iter().all(|element| element.outcome.gaps().is_empty());
    let per_cent = u8::try_from(mean * 100 / WHOLE).unwrap_or(100);
    Some(if is_whole { per_cent } else { per_cent.min(99) })
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests;
