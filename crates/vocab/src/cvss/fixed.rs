//! Decimal arithmetic with 18 places, so that rounding never depends on how a processor holds 0.1.
//!
//! The weights of CVSS are decimals of two or three places. Their sums and products in the equations
//! have at most 18 places and come out exactly; only the high powers of changed scope (3.x) are cut
//! behind the 18th place, far below what a tenth can feel.

use std::ops::{Add, Mul, Sub};

const ONE: i128 = 1_000_000_000_000_000_000;
const TENTH: i128 = ONE / 10;

/// A decimal number. Products must stay below 170.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fixed(i128);

impl Fixed {
    pub(super) const ZERO: Self = Self(0);
    pub(super) const ONE: Self = Self(ONE);

    /// `ten_thousandths / 10000`
    pub(super) const fn of(ten_thousandths: i32) -> Self {
        Self(ten_thousandths as i128 * (ONE / 10_000))
    }

    /// A score.
    pub(super) const fn tenths(tenths: u8) -> Self {
        Self(tenths as i128 * TENTH)
    }

    pub(super) fn power(self, exponent: u32) -> Self {
        (0..exponent).fold(Self::ONE, |power, _| power * self)
    }

    /// To tenths, halves upwards (2.0).
    pub(super) const fn rounded(self) -> u8 {
        if self.0 <= 0 { 0 } else { ((self.0 + TENTH / 2) / TENTH) as u8 }
    }

    /// The smallest tenth that is not below (3.0 section 8.1).
    pub(super) const fn ceiling(self) -> u8 {
        if self.0 <= 0 { 0 } else { ((self.0 + TENTH - 1) / TENTH) as u8 }
    }

    /// `Roundup` of 3.1 (appendix A): of what is left after rounding to five places.
    pub(super) const fn roundup(self) -> u8 {
        const PLACE: i128 = ONE / 100_000;
        if self.0 <= 0 { 0 } else { (((self.0 + PLACE / 2) / PLACE + 9_999) / 10_000) as u8 }
    }
}

impl Add for Fixed {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Fixed {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Fixed {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0 / ONE)
    }
}

#[cfg(test)]
mod tests {
    use super::Fixed;

    #[test]
    fn each_version_rounds_in_its_own_way() {
        for (ten_thousandths, rounded, ceiling, roundup) in [
            (40_000, 40, 40, 40),
            (40_001, 40, 41, 41),
            (40_499, 40, 41, 41),
            (40_500, 41, 41, 41),
            (-5, 0, 0, 0),
        ] {
            let number = Fixed::of(ten_thousandths);
            assert_eq!(number.rounded(), rounded, "{ten_thousandths}");
            assert_eq!(number.ceiling(), ceiling, "{ten_thousandths}");
            assert_eq!(number.roundup(), roundup, "{ten_thousandths}");
        }
        let hair = Fixed::of(40_000) + Fixed::of(1).power(2) * Fixed::of(1_000); // 4.000000001
        assert_eq!((hair.ceiling(), hair.roundup()), (41, 40));
    }
}
