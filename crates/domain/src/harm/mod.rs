//! Risk of patient harm: exploitability and severity through the matrix to controlled or uncontrolled.
//!
//! Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 December 2016), section
//! VI. The guidance draws its matrix with a boundary that is fuzzy on purpose and gives no cut-offs;
//! the cells that come with the product (`data/harm-matrix.json`) are a proposal for the maker.
//!
//! Loss of confidentiality alone is not patient harm. A missing input gives
//! [`Outcome::Undetermined`], never controlled.

mod exploitability;
mod rubric;

pub use exploitability::{
    Epss, Exploit, Exposure, Inputs as ExploitabilityInputs, Proposal, propose,
};
pub use rubric::{Answer, Interview, Metric, Question, Rubric};

use crate::{case::Priority, refusal::Refusal, rules::rising};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, sync::LazyLock};

/// How easily a vulnerability is exploited; no probability (guidance section VI.A).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploitability {
    /// Hard to exploit, and nobody is known to.
    Low,
    /// In between.
    Medium,
    /// Easily exploited, or exploited.
    High,
}

impl Exploitability {
    /// All, the least grave first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];
}

/// Severity of patient harm if the vulnerability were exploited (guidance section VI.B): the five common
/// qualitative terms of ISO/TR 24971, which section VI.A shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Inconvenience or temporary discomfort.
    Negligible,
    /// Temporary injury or impairment that needs no professional.
    Minor,
    /// Injury or impairment that needs professional medical intervention.
    Serious,
    /// Permanent impairment or life-threatening injury.
    Critical,
    /// Death.
    Catastrophic,
}

impl Severity {
    /// All, the least grave first.
    pub const ALL: [Self; 5] =
        [Self::Negligible, Self::Minor, Self::Serious, Self::Critical, Self::Catastrophic];

    /// The code name, as entries have it: `serious`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Negligible => "negligible",
            Self::Minor => "minor",
            Self::Serious => "serious",
            Self::Critical => "critical",
            Self::Catastrophic => "catastrophic",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What the residual risk of patient harm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Acceptably low.
    Controlled,
    /// Unacceptable: remediate as quickly as possible.
    Uncontrolled,
}

/// The answer of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All inputs are known and lead here.
    Controlled,
    /// All inputs are known and lead here.
    Uncontrolled,
    /// An input is missing.
    Undetermined,
}

/// Words of enumerations on screen and on the command line are those of the record.
macro_rules! worded {
    ($($of:ty: $($variant:ident $word:literal),+;)+) => {$(
        impl fmt::Display for $of {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),+ })
            }
        }
    )+};
}

worded! {
    Exploitability: Low "low", Medium "medium", High "high";
    Risk: Controlled "controlled", Uncontrolled "uncontrolled";
    Outcome: Controlled "controlled", Uncontrolled "uncontrolled", Undetermined "undetermined";
}

impl From<Risk> for Outcome {
    fn from(risk: Risk) -> Self {
        match risk {
            Risk::Controlled => Self::Controlled,
            Risk::Uncontrolled => Self::Uncontrolled,
        }
    }
}

/// What is known about one vulnerability in one product version and environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inputs {
    /// None = not assessed.
    pub exploitability: Option<Exploitability>,
    /// None = not assessed; that no patient can be harmed is [`Severity::Negligible`], with a reason.
    pub severity: Option<Severity>,
}

/// An input of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// [`Inputs::exploitability`]
    Exploitability,
    /// [`Inputs::severity`]
    Severity,
}

/// What the matrix says, and under which version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Determination {
    /// The answer.
    pub outcome: Outcome,
    /// What the known inputs leave possible. [`Risk::Uncontrolled`] alone means that whatever is still
    /// unknown cannot make it better: act at once.
    pub possible: Vec<Risk>,
    /// What is not known.
    pub missing: Vec<Input>,
    /// The cell lies at the boundary: the decision needs a written rationale.
    pub needs_rationale: bool,
    /// Identifier and version of the matrix: `aftercare:fda-2016-matrix 1.0.0`.
    pub matrix: String,
}

/// A matrix, in force from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// `aftercare:fda-2016-matrix`
    pub id: String,
    /// `1.0.0`
    pub version: String,
    /// From when on it may be used.
    pub valid_from: jiff::civil::Date,
    /// Where its terms come from.
    pub source: String,
    /// Whether its cells are our proposal, not yet the maker's decision.
    pub proposed: bool,
    pub(crate) cells: BTreeMap<Exploitability, BTreeMap<Severity, Risk>>,
    pub(crate) borderline: Vec<(Exploitability, Severity)>,
    #[serde(default)]
    pub(crate) at_least: Option<BTreeMap<Exploitability, BTreeMap<Severity, Priority>>>,
}

impl Matrix {
    /// Reads a matrix. Refused are missing cells, and a cell that is controlled although one with less
    /// exploitability or severity is not.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let wrong = |what: String| {
            Refusal::new("matrix_unfit", what, "Correct the matrix; nothing of it was taken.")
        };
        let matrix: Self = serde_json::from_str(text)
            .map_err(|error| wrong(format!("This is not a risk matrix: {error}.")))?;
        matrix.checked()
    }

    /// The matrix, if each cell is there and none is less grave than one with less of either.
    pub(crate) fn checked(self) -> Result<Self, Refusal> {
        match rising(&self.cells) {
            Ok(()) => Ok(self),
            Err(what) => Err(Refusal::new(
                "matrix_unfit",
                what,
                "Correct the matrix; nothing of it was taken.",
            )),
        }
    }

    /// The matrix that comes with the product.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    pub(crate) fn cell(&self, exploitability: Exploitability, severity: Severity) -> Option<Risk> {
        self.cells.get(&exploitability)?.get(&severity).copied()
    }

    /// How urgent a risk in a cell is at least, where the matrix says so.
    pub fn least(&self, exploitability: Exploitability, severity: Severity) -> Option<Priority> {
        self.at_least.as_ref()?.get(&exploitability)?.get(&severity).copied()
    }

    /// Controlled, uncontrolled, or undetermined while an input is missing.
    pub fn determine(&self, inputs: Inputs) -> Determination {
        fn or_all<T: Copy>(known: Option<T>, all: &[T]) -> Vec<T> {
            known.map_or_else(|| all.to_vec(), |known| vec![known])
        }
        let mut possible = Vec::new();
        for exploitability in or_all(inputs.exploitability, &Exploitability::ALL) {
            for severity in or_all(inputs.severity, &Severity::ALL) {
                possible.extend(self.cell(exploitability, severity));
            }
        }
        possible.sort_unstable();
        possible.dedup();
        let missing: Vec<Input> = [
            inputs.exploitability.is_none().then_some(Input::Exploitability),
            inputs.severity.is_none().then_some(Input::Severity),
        ]
        .into_iter()
        .flatten()
        .collect();
        let outcome = match (missing.as_slice(), possible.as_slice()) {
            ([], [risk]) => (*risk).into(),
            _ => Outcome::Undetermined,
        };
        let needs_rationale = matches!((inputs.exploitability, inputs.severity),
            (Some(e), Some(s)) if self.borderline.contains(&(e, s)));
        let matrix = format!("{} {}", self.id, self.version);
        Determination { outcome, possible, missing, needs_rationale, matrix }
    }
}

static SHIPPED: LazyLock<Matrix> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "compiled in, and every test of this module reads it")]
    Matrix::read(include_str!("../../data/harm-matrix.json")).expect("the matrix of the product")
});
