//! What a risk file says of hazards, and what the words of its scale mean.

use super::ROWS_LIMIT;
use crate::{
    canonical,
    harm::Severity,
    refusal::Refusal,
    text::{self, MARK_LIMIT, NOTE_LIMIT},
};
use aftercare_vocab::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A row as the file has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// Where it stands: `row 12`.
    pub place: String,
    /// Its identifier.
    pub id: String,
    /// The hazard.
    pub hazard: Option<String>,
    /// The hazardous situation.
    pub situation: Option<String>,
    /// The harm.
    pub harm: Option<String>,
    /// Its severity, in the file's words.
    pub severity: Option<String>,
    /// Whether essential performance is touched, in the file's words.
    pub essential_performance: Option<String>,
    /// The clinical use.
    pub clinical_use: Option<String>,
}

/// A row of a risk file. Several may have one identifier: a hazard with several hazardous situations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    /// Its identifier.
    pub id: String,
    /// The hazard.
    pub hazard: Option<String>,
    /// The hazardous situation.
    pub situation: Option<String>,
    /// The harm.
    pub harm: Option<String>,
    /// Its severity; none = the file does not say it in words that are understood.
    pub severity: Option<Severity>,
    /// Its severity as the file says it.
    pub severity_said: Option<String>,
    /// Whether safety or essential performance are touched; none = not said.
    pub essential_performance: Option<bool>,
    /// The clinical use in which it matters.
    pub clinical_use: Option<String>,
}

/// The rows of a risk file, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskFile {
    /// The rows.
    pub rows: Vec<Hazard>,
}

/// What the words of a scale mean, beside the five terms themselves; compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scale(BTreeMap<String, Severity>);

/// A cell whose word is not understood; what it says is kept and counts as unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    /// Where it stands: `row 12`.
    pub place: String,
    /// `severity` or `essential performance`.
    pub field: &'static str,
    /// The word.
    pub word: String,
}

/// What a risk file says of one identifier, over all rows that have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The gravest severity; none = a row does not say it.
    pub severity: Option<Severity>,
    /// The gravest severity that a row says.
    pub at_least: Option<Severity>,
    /// Whether a row says that essential performance is touched; none = no row does, and one is silent.
    pub essential_performance: Option<bool>,
}

impl Scale {
    /// `S1=negligible, S2=minor`: words of the file, each with one of the five terms.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let mut scale = BTreeMap::new();
        for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            let bad = |what: String| {
                Refusal::new(
                    "scale_unreadable",
                    what,
                    "Write it as WORD=TERM with one of negligible, minor, serious, critical, catastrophic, divided by commas.",
                )
            };
            let Some((word, term)) = part.rsplit_once('=') else {
                return Err(bad(format!(
                    "`{}` is not of the form WORD=TERM.",
                    part.escape_debug()
                )));
            };
            let word = text::line("word of the scale", word, MARK_LIMIT)?.to_lowercase();
            let term = term.trim().to_lowercase();
            let Some(severity) = Severity::ALL.into_iter().find(|one| one.code() == term) else {
                return Err(bad(format!("`{}` is none of the five terms.", term.escape_debug())));
            };
            let is_term = Severity::ALL.into_iter().any(|one| one.code() == word);
            if is_term && severity.code() != word {
                return Err(bad(format!("`{word}` is a term itself and means nothing else.")));
            }
            if scale.insert(word.clone(), severity).is_some_and(|before| before != severity) {
                return Err(bad(format!("`{}` is given two meanings.", word.escape_debug())));
            }
        }
        Ok(Self(scale))
    }

    /// Its words with their terms.
    pub const fn words(&self) -> &BTreeMap<String, Severity> {
        &self.0
    }

    /// What a word means; none = nobody said. A number is no term: scales count up as well as down.
    pub fn severity(&self, word: &str) -> Option<Severity> {
        let word = word.trim().to_lowercase();
        let term = Severity::ALL.into_iter().find(|one| one.code() == word);
        self.0.get(&word).copied().or(term)
    }
}

/// What a word says about essential performance; none = not understood.
fn yes_or_no(word: &str) -> Option<bool> {
    match word.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "x" | "ja" | "affected" => Some(true),
        "no" | "n" | "false" | "nein" | "not affected" => Some(false),
        _ => None,
    }
}

impl RiskFile {
    /// A file from its rows; words that are not understood are told and count as unknown. Refuses one without
    /// rows or with too many, and names the row of a text that cannot be kept.
    pub fn of(given: &[Given], scale: &Scale) -> Result<(Self, Vec<Unclear>), Refusal> {
        if given.is_empty() || given.len() > ROWS_LIMIT {
            return Err(Refusal::new(
                "risk_file_rows",
                format!("The risk file has {} rows.", given.len()),
                format!("Send one with 1 to {ROWS_LIMIT} rows."),
            ));
        }
        let mut unclear = Vec::new();
        let mut rows = Vec::with_capacity(given.len());
        for one in given {
            let row = one.read(scale, &mut unclear).map_err(|refusal| Refusal {
                what: format!("{}: {}", one.place, refusal.what),
                ..refusal
            })?;
            rows.push(row);
        }
        Ok((Self { rows }, unclear))
    }

    /// What it says of an identifier; none = it does not know it.
    pub fn known(&self, id: &str) -> Option<Known> {
        let rows: Vec<&Hazard> = self.rows.iter().filter(|row| row.id == id).collect();
        if rows.is_empty() {
            return None;
        }
        let at_least = rows.iter().filter_map(|row| row.severity).max();
        let all = rows.iter().all(|row| row.severity.is_some());
        let touched = rows.iter().any(|row| row.essential_performance == Some(true));
        let silent = rows.iter().any(|row| row.essential_performance.is_none());
        Some(Known {
            severity: at_least.filter(|_| all),
            at_least,
            essential_performance: if touched { Some(true) } else { (!silent).then_some(false) },
        })
    }

    /// The identifiers, each once, in their order.
    pub fn ids(&self) -> Vec<&str> {
        let mut met = BTreeSet::new();
        self.rows.iter().map(|row| row.id.as_str()).filter(|id| met.insert(*id)).collect()
    }

    /// SHA-256 of what it says of some identifiers: what an assessment that names them rests on.
    pub fn premise(&self, ids: &[String]) -> Option<Digest> {
        let named: Vec<&Hazard> = self.rows.iter().filter(|row| ids.contains(&row.id)).collect();
        canonical::bytes(&named).ok().map(|bytes| Digest::of(&bytes))
    }

    /// The bytes of the blob.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads what [`RiskFile::bytes`] wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

impl Given {
    fn read(&self, scale: &Scale, unclear: &mut Vec<Unclear>) -> Result<Hazard, Refusal> {
        let mut tell = |field, word: &Option<String>, is_known: bool| {
            if let Some(word) = word.as_ref().filter(|_| !is_known) {
                unclear.push(Unclear { place: self.place.clone(), field, word: word.clone() });
            }
        };
        let severity = self.severity.as_deref().and_then(|word| scale.severity(word));
        tell("severity", &self.severity, severity.is_some());
        let touched = self.essential_performance.as_deref().and_then(yes_or_no);
        tell("essential performance", &self.essential_performance, touched.is_some());
        let note = |what, given: &Option<String>| text::note(what, given.as_deref(), NOTE_LIMIT);
        Ok(Hazard {
            id: text::line("identifier", &self.id, MARK_LIMIT)?,
            hazard: note("hazard", &self.hazard)?,
            situation: note("hazardous situation", &self.situation)?,
            harm: note("harm", &self.harm)?,
            severity,
            severity_said: text::note("severity", self.severity.as_deref(), MARK_LIMIT)?,
            essential_performance: touched,
            clinical_use: note("clinical use", &self.clinical_use)?,
        })
    }
}
