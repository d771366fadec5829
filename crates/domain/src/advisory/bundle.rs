//! Everything that one version of an advisory says, in every form, as one blob.

use super::{Audience, Standing, TITLE_LIMIT};
use crate::{
    canonical::{self, NotCanonical},
    refusal::Refusal,
    text::{self, NOTE_LIMIT},
};
use aftercare_vocab::{
    id::{CaseId, VersionId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

/// What people write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// In one line.
    pub title: String,
    /// What the vulnerability is.
    pub summary: String,
    /// What it means for patients and for the use of the device, as far as it is understood.
    pub impact: String,
    /// What to do now.
    pub action: String,
    /// Compensating controls; empty = none is known.
    pub controls: String,
    /// What comes to mend it, and how it will be told.
    pub fix: String,
}

impl Texts {
    /// In normal form; or which is missing, too long or holds what nobody sees.
    pub fn checked(self) -> Result<Self, Refusal> {
        let said = |what: &str, given: &str| {
            text::note(what, Some(given), NOTE_LIMIT)?.ok_or_else(|| {
                Refusal::new(
                    "text_missing",
                    format!("Nothing is said about {what}."),
                    "Write it; that it is not known yet can be said too.",
                )
            })
        };
        Ok(Self {
            title: text::line("title", &self.title, TITLE_LIMIT)?,
            summary: said("the vulnerability", &self.summary)?,
            impact: said("the impact on patients", &self.impact)?,
            action: said("what to do", &self.action)?,
            controls: text::note("controls", Some(&self.controls), NOTE_LIMIT)?.unwrap_or_default(),
            fix: said("the fix", &self.fix)?,
        })
    }
}

/// A product version and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// The version.
    pub version: VersionId,
    /// Its family, by name.
    pub family: String,
    /// Its product, by name.
    pub product: String,
    /// Its label: `3.2.1`.
    pub label: String,
    /// Where it stands.
    pub stands: Standing,
}

/// A document as it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its text, to the byte.
    pub text: String,
}

/// All of one version of an advisory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The number that people say.
    pub number: String,
    /// The version of the draft.
    pub version: u64,
    /// The number that the documents bear.
    pub revision: u64,
    /// Who is told.
    pub audience: Audience,
    /// The case.
    pub case: CaseId,
    /// Identifiers of the vulnerability.
    pub vulnerabilities: Vec<String>,
    /// Its CVSS vector, if the case has one.
    pub vector: Option<String>,
    /// The instant that the documents bear.
    pub dated: Instant,
    /// What changed since the revision before.
    pub change: String,
    /// What people wrote.
    pub texts: Texts,
    /// The product versions.
    pub versions: Vec<Stated>,
    /// The documents.
    pub documents: Vec<Written>,
}

impl Bundle {
    /// Its bytes, the same for the same bundle.
    pub fn bytes(&self) -> Result<Vec<u8>, NotCanonical> {
        canonical::bytes(self)
    }

    /// Reads it back.
    pub fn read(bytes: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes)
    }

    /// The document of this file name.
    pub fn document(&self, name: &str) -> Option<&Written> {
        self.documents.iter().find(|one| one.name == name)
    }
}
