//! The matrix of decision rights: what it asks for, and what another would have meant.

use crate::{
    Desk, Trouble,
    answers::{MatrixRow, MatrixSheet, NeededSheet, OtherwiseRow},
    decision::place,
};
use aftercare_domain::{
    Sight,
    decision::{self, Place, State},
    rights::{Circumstances, DecisionKind, Matrix},
    role::RoleName,
};
use aftercare_register::{DecisionsOnly, Page as Part};
use aftercare_vocab::{id::DecisionId, instant::Instant};
use std::collections::BTreeMap;

/// Most decisions that a dry run looks at, the newest first.
pub const DRY_RUN_LIMIT: usize = 10_000;

impl Desk {
    /// Which decisions that were taken would have been decided otherwise under a matrix.
    pub fn dry_run(&self, matrix: &Matrix) -> Result<Vec<OtherwiseRow>, Trouble> {
        let (reader, whole) = (self.reader()?, self.whole_reader()?);
        let mut taken: Vec<State> = Vec::new();
        let mut page = Part::first(500);
        loop {
            let found = reader.decisions(DecisionsOnly::Ended, "", &page)?;
            for id in found.items {
                taken.extend(whole.decision(id)?);
            }
            match found.next {
                Some(next) if taken.len() < DRY_RUN_LIMIT => page = Part::after(next, 500),
                _ => break,
            }
        }
        let titles: BTreeMap<DecisionId, String> =
            taken.iter().map(|one| (one.id, one.newest().wish.title.clone())).collect();
        let words = |roles: &[RoleName]| roles.iter().map(|role| role.title().to_owned()).collect();
        Ok(decision::dry_run(&taken, matrix)
            .into_iter()
            .map(|one| OtherwiseRow {
                id: one.decision,
                title: titles.get(&one.decision).cloned().unwrap_or_default(),
                missing: words(&one.missing),
                spared: words(&one.spared),
            })
            .collect())
    }

    /// The matrix of decision rights in force at this desk's moment.
    pub fn matrix(&self) -> Result<MatrixSheet, Trouble> {
        let roster = self.roster()?;
        let version = roster.rights_version();
        let matrix = roster.matrix(version);
        let decision = roster.rights_decision(version);
        Ok(MatrixSheet { version, proposed: version == 1, decision, ..sheet(&matrix) })
    }

    /// Who would have to sign a decision of a kind about some families in these circumstances.
    pub fn needed(
        &self,
        kind: DecisionKind,
        circumstances: &Circumstances,
        families: &Sight,
        now: Instant,
    ) -> Result<NeededSheet, Trouble> {
        let roster = self.roster()?;
        let rights = roster.rights_version();
        let needed = roster.matrix(rights).needed(kind, circumstances);
        let decides = Place { part: decision::Part::Decide, roles: needed.decides };
        let cosigns = needed
            .cosigns
            .into_iter()
            .map(|role| Place { part: decision::Part::Cosign, roles: vec![role] });
        let places = [decides].into_iter().chain(cosigns);
        Ok(NeededSheet {
            rights,
            places: places.map(|one| place(&roster, &one, families, None, now)).collect(),
            informs: needed.informs.iter().map(|role| role.title().to_owned()).collect(),
        })
    }

    /// The matrix itself, for whoever proposes another.
    pub fn matrix_data(&self) -> Result<Matrix, Trouble> {
        let roster = self.roster()?;
        Ok(Matrix::clone(&roster.matrix(roster.rights_version())))
    }
}

/// A matrix as people read it.
pub(crate) fn sheet(matrix: &Matrix) -> MatrixSheet {
    let words = |roles: &[RoleName]| -> Vec<String> {
        roles.iter().map(|role| role.title().to_owned()).collect()
    };
    MatrixSheet {
        version: 0,
        proposed: false,
        decision: None,
        rows: DecisionKind::ALL
            .iter()
            .filter_map(|kind| matrix.row(*kind))
            .map(|row| MatrixRow {
                kind: row.kind.code().to_owned(),
                title: row.kind.title().to_owned(),
                proposes: words(&row.proposes),
                decides: words(&row.decides),
                cosigns: row
                    .cosigns
                    .iter()
                    .map(|one| format!("{}, {}", one.role.title(), one.when.title()))
                    .collect(),
                informs: words(&row.informs),
            })
            .collect(),
        trained: matrix.trained.iter().map(|role| role.title().to_owned()).collect(),
        matrix: serde_json::to_value(matrix).unwrap_or_default(),
    }
}
