//! The risk matrix as the maker sets it: which risk of patient harm is acceptable, and how urgent the rest is.

use super::Line;
use crate::{
    case::Priority,
    harm::{Exploitability, Matrix, Risk, Severity},
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A value for each class of exploitability and each severity of harm.
type Cells<T> = BTreeMap<Exploitability, BTreeMap<Severity, T>>;

/// What the maker sets of the risk matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixRules {
    /// Controlled or uncontrolled, for each cell.
    pub cells: Cells<Risk>,
    /// Cells at the boundary, where a decision needs a written rationale.
    pub borderline: BTreeSet<(Exploitability, Severity)>,
    /// How urgent a risk in a cell is at least; none = nothing is said, and only what is uncontrolled is at least
    /// out of the cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Cells<Priority>>,
}

impl MatrixRules {
    /// As the product has them.
    pub fn of_product() -> Self {
        let shipped = Matrix::shipped();
        let (cells, borderline) = (shipped.cells.clone(), shipped.borderline.iter().copied());
        Self { cells, borderline: borderline.collect(), at_least: None }
    }

    pub(super) fn checked(self) -> Result<Self, Refusal> {
        let wrong = |what: String| {
            Refusal::new("matrix_unfit", what, "Correct the matrix; nothing of it was taken.")
        };
        let matrix = self.matrix(0).checked()?;
        // The figure of section VI of the guidance has this corner in the uncontrolled field.
        if matrix.cell(Exploitability::High, Severity::Catastrophic) != Some(Risk::Uncontrolled) {
            return Err(wrong(
                "What is easily exploited and may kill is uncontrolled (FDA, Postmarket Management of Cybersecurity in \
                 Medical Devices, section VI)."
                    .to_owned(),
            ));
        }
        let Some(at_least) = &self.at_least else { return Ok(self) };
        rising(at_least).map_err(wrong)?;
        for (exploitability, severity) in pairs() {
            let least = at_least.get(&exploitability).and_then(|row| row.get(&severity));
            let uncontrolled = matrix.cell(exploitability, severity) == Some(Risk::Uncontrolled);
            if uncontrolled && least.is_some_and(|least| *least < Priority::OutOfCycle) {
                return Err(wrong(format!(
                    "The cell {exploitability} and {severity} is uncontrolled and could wait for the regular cycle."
                )));
            }
        }
        Ok(self)
    }

    /// The matrix with what the maker set, as an edition of this number.
    pub fn matrix(&self, edition: u64) -> Matrix {
        Matrix {
            id: "programme:risk-matrix".to_owned(),
            version: edition.to_string(),
            proposed: false,
            cells: self.cells.clone(),
            borderline: self.borderline.iter().copied().collect(),
            at_least: self.at_least.clone(),
            ..Matrix::shipped().clone()
        }
    }
}

/// Every cell.
fn pairs() -> impl Iterator<Item = (Exploitability, Severity)> {
    Exploitability::ALL.into_iter().flat_map(|one| Severity::ALL.map(|other| (one, other)))
}

/// Whether each cell is there and none says less than one with less of either.
pub(crate) fn rising<T: Copy + Ord + std::fmt::Display>(cells: &Cells<T>) -> Result<(), String> {
    for (exploitability, severity) in pairs() {
        let Some(said) = cells.get(&exploitability).and_then(|row| row.get(&severity)) else {
            return Err(format!("The cell {exploitability} and {severity} is missing."));
        };
        let mut less = cells.range(..=exploitability).flat_map(|(_, row)| row.range(..=severity));
        if let Some((_, below)) = less.find(|(_, below)| *below > said) {
            return Err(format!(
                "The cell {exploitability} and {severity} is {said}, but one with less of either is {below}."
            ));
        }
    }
    Ok(())
}

/// What a matrix says, a line for each cell.
pub(super) fn lines(matrix: &Matrix) -> Vec<Line> {
    let line = |(exploitability, severity)| {
        let mut says = matrix
            .cell(exploitability, severity)
            .map_or("undetermined".to_owned(), |one| one.to_string());
        if matrix.borderline.contains(&(exploitability, severity)) {
            says += ", needs a written rationale";
        }
        if let Some(least) = matrix.least(exploitability, severity) {
            says += &format!(", at least {least}");
        }
        Line {
            place: format!("{exploitability}_{severity}"),
            what: format!("Exploitability {exploitability}, harm {severity}"),
            says,
        }
    };
    pairs().map(line).collect()
}
