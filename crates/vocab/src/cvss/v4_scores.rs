//! The scores of the 270 macro vectors of CVSS 4.0, as published with the specification.

use std::fmt;

/// Levels of the six equivalence sets, EQ1 to EQ6 (section 8.2.1). Shown as `212001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MacroVector(pub [u8; 6]);

impl MacroVector {
    /// The one a level further down in one set; it need not exist.
    #[must_use]
    pub(super) const fn lower(mut self, set: usize) -> Self {
        self.0[set] += 1;
        self
    }
}

impl fmt::Display for MacroVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|level| write!(f, "{level}"))
    }
}

/// Levels each set has.
const LEVELS: [u8; 6] = [3, 2, 3, 3, 3, 2];

/// Stands for a macro vector that does not exist: EQ3 at 2 leaves EQ6 no 0.
const NO: u8 = u8::MAX;

/// The score of a macro vector in tenths; none where it does not exist.
pub(super) fn score(of: MacroVector) -> Option<u8> {
    let mut place = 0;
    for (level, levels) in of.0.into_iter().zip(LEVELS) {
        if level >= levels {
            return None;
        }
        place = place * usize::from(levels) + usize::from(level);
    }
    Some(SCORES[place]).filter(|score| *score != NO)
}

/// In the order of their digits, one line for each of the first three.
#[rustfmt::skip]
const SCORES: [u8; 324] = [
    // 000...
    100, 99, 98, 95, 95, 92, 100, 96, 93, 87, 91, 81, 93, 90, 89, 80, 81, 68,
    // 001...
    98, 95, 95, 92, 90, 84, 93, 92, 89, 81, 81, 65, 88, 80, 78, 70, 69, 48,
    // 002...
    NO, 92, NO, 82, NO, 72, NO, 79, NO, 69, NO, 50, NO, 69, NO, 55, NO, 27,
    // 010...
    99, 97, 95, 92, 92, 85, 95, 91, 90, 83, 84, 71, 92, 81, 82, 71, 72, 53,
    // 011...
    95, 93, 92, 85, 85, 73, 92, 82, 80, 72, 70, 59, 84, 70, 71, 52, 50, 30,
    // 012...
    NO, 86, NO, 75, NO, 52, NO, 71, NO, 52, NO, 29, NO, 63, NO, 29, NO, 17,
    // 100...
    98, 95, 94, 87, 91, 81, 94, 89, 86, 74, 77, 64, 87, 75, 74, 63, 63, 49,
    // 101...
    94, 89, 88, 77, 76, 67, 86, 76, 74, 58, 59, 50, 72, 57, 57, 52, 52, 25,
    // 102...
    NO, 83, NO, 70, NO, 54, NO, 65, NO, 58, NO, 26, NO, 53, NO, 21, NO, 13,
    // 110...
    95, 90, 88, 76, 76, 70, 90, 77, 75, 62, 61, 53, 77, 66, 68, 59, 52, 30,
    // 111...
    89, 78, 76, 67, 62, 58, 74, 59, 57, 57, 47, 23, 61, 52, 57, 29, 24, 16,
    // 112...
    NO, 71, NO, 59, NO, 30, NO, 58, NO, 26, NO, 15, NO, 23, NO, 13, NO, 6,
    // 200...
    93, 87, 86, 72, 75, 58, 86, 74, 74, 61, 56, 34, 70, 54, 52, 40, 40, 22,
    // 201...
    85, 75, 74, 55, 62, 51, 72, 57, 55, 41, 46, 19, 53, 36, 34, 19, 19, 8,
    // 202...
    NO, 64, NO, 51, NO, 20, NO, 47, NO, 21, NO, 11, NO, 24, NO, 9, NO, 4,
    // 210...
    88, 75, 73, 53, 60, 50, 73, 55, 59, 40, 41, 20, 54, 43, 45, 22, 20, 11,
    // 211...
    75, 55, 58, 45, 40, 21, 61, 51, 48, 18, 20, 9, 46, 18, 17, 7, 8, 2,
    // 212...
    NO, 53, NO, 24, NO, 14, NO, 24, NO, 12, NO, 5, NO, 10, NO, 3, NO, 1,
];

#[cfg(test)]
mod tests {
    use super::{MacroVector, NO, SCORES, score};

    #[test]
    fn there_are_270_macro_vectors_from_10_0_down_to_0_1() {
        assert_eq!(SCORES.iter().filter(|score| **score != NO).count(), 270);
        for (levels, tenths) in [
            ([0, 0, 0, 0, 0, 0], Some(100)),
            ([2, 1, 2, 2, 2, 1], Some(1)),
            ([0, 0, 2, 0, 0, 0], None),
            ([3, 0, 0, 0, 0, 0], None),
        ] {
            assert_eq!(score(MacroVector(levels)), tenths, "{levels:?}");
        }
    }

    #[test]
    fn a_macro_vector_never_scores_above_one_that_is_graver_in_one_set() {
        for place in 0..324_u16 {
            let mut rest = place;
            let mut levels = [0; 6];
            for (level, of) in levels.iter_mut().zip(super::LEVELS).rev() {
                *level = (rest % u16::from(of)) as u8;
                rest /= u16::from(of);
            }
            let here = MacroVector(levels);
            for set in 0..6 {
                if let (Some(high), Some(low)) = (score(here), score(here.lower(set))) {
                    assert!(high >= low, "{here} and its next lower in set {}", set + 1);
                }
            }
        }
    }
}
