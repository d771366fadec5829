//! CVSS 2.0, 3.0, 3.1 and 4.0: vectors, their scores and ratings.
//!
//! Source: FIRST, the specifications of the four versions; each file cites its sections. Scores are
//! whole tenths everywhere in the house (9.8 is 98), so that comparing and storing them is exact; so
//! is the arithmetic behind them ([`fixed`], [`v4`]). No score is ever converted or averaged between
//! versions.
//!
//! A [`Vector`] exists only when it is whole: every mandatory metric is there, none twice, in the order
//! of the specification where that is fixed.

mod exploitability;
mod fixed;
mod metric;
mod read;
mod severity;
mod v2;
mod v3;
mod v4;
mod v4_scores;

pub use exploitability::Reach;
pub use metric::{Group, Metric};
pub use read::{Fault, Unreadable};
pub use severity::Severity;
pub use v4_scores::MacroVector;

use metric::Chosen;
use std::{fmt, str::FromStr};

/// A version of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// June 2007
    V2_0,
    /// June 2015
    V3_0,
    /// June 2019
    V3_1,
    /// November 2023
    V4_0,
}

impl Version {
    /// Every metric, in the order of the specification.
    pub const fn metrics(self) -> &'static [Metric] {
        match self {
            Self::V2_0 => v2::METRICS,
            Self::V3_0 | Self::V3_1 => v3::METRICS,
            Self::V4_0 => v4::METRICS,
        }
    }

    /// What stands before the metrics.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::V2_0 => "",
            Self::V3_0 => "CVSS:3.0/",
            Self::V3_1 => "CVSS:3.1/",
            Self::V4_0 => "CVSS:4.0/",
        }
    }

    /// The code of a metric that is not defined.
    pub const fn undefined(self) -> &'static str {
        match self {
            Self::V2_0 => "ND",
            _ => "X",
        }
    }

    /// Whether metrics must stand in the order of the specification: 2.0 ("a predetermined order") and
    /// 4.0. In 3.x any order is allowed.
    pub const fn order_is_fixed(self) -> bool {
        matches!(self, Self::V2_0 | Self::V4_0)
    }

    /// The section about vector strings.
    pub(crate) const fn clause(self) -> &'static str {
        match self {
            Self::V2_0 => "section 2.4",
            Self::V3_0 | Self::V3_1 => "section 6",
            Self::V4_0 => "section 7",
        }
    }

    /// The rating of a score. 2.0 has no ratings of its own; those of the NVD are given, which knows
    /// neither None nor Critical for it.
    pub const fn rating(self, score: Score) -> Severity {
        match (self, Severity::of_tenths(score.0)) {
            (Self::V2_0, Severity::None) => Severity::Low,
            (Self::V2_0, Severity::Critical) => Severity::High,
            (_, rating) => rating,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V2_0 => "2.0",
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
            Self::V4_0 => "4.0",
        })
    }
}

/// A score from 0.0 to 10.0, in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// 0 to 100
    pub const fn tenths(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.0 / 10, self.0 % 10))
    }
}

/// What a vector scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scores {
    /// Of the base metrics alone.
    pub base: Score,
    /// 3.x: always, equal to base where nothing is defined. 2.0: where a temporal metric is defined.
    /// 4.0: never, see `overall`.
    pub temporal: Option<Score>,
    /// As `temporal`, for environmental metrics.
    pub environmental: Option<Score>,
    /// Of everything that was given: the one score of 4.0, the furthest of the three elsewhere.
    pub overall: Score,
}

impl Scores {
    fn new(base: u8, temporal: Option<u8>, environmental: Option<u8>) -> Self {
        Self {
            base: Score(base),
            temporal: temporal.map(Score),
            environmental: environmental.map(Score),
            overall: Score(environmental.or(temporal).unwrap_or(base)),
        }
    }
}

/// A whole vector of one version. Equal vectors have the same values defined: `E:X` and no `E` are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Vector {
    version: Version,
    chosen: Chosen,
}

impl Vector {
    /// Its version.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Its scores, exactly those of the specification.
    pub fn scores(&self) -> Scores {
        match self.version {
            Version::V2_0 => v2::scores(&self.chosen),
            Version::V3_0 | Version::V3_1 => v3::scores(&self.chosen, self.version),
            Version::V4_0 => v4::scores(&self.chosen),
        }
    }

    /// The metrics that are defined, in the order of the specification: metric, code and word of its
    /// value.
    pub fn defined(&self) -> impl Iterator<Item = (&'static Metric, &'static str, &'static str)> {
        let chosen = self.chosen;
        self.version.metrics().iter().enumerate().filter_map(move |(place, metric)| {
            let (code, word) = metric.values[chosen.get(place)?];
            Some((metric, code, word))
        })
    }

    /// The code of a metric's value: `N` of `AV`. None where it is not defined, or not of this version.
    pub fn value(&self, metric: &str) -> Option<&'static str> {
        let place = self.version.metrics().iter().position(|known| known.name == metric)?;
        Some(self.version.metrics()[place].values[self.chosen.get(place)?].0)
    }

    /// The macro vector of 4.0; none in other versions.
    pub fn macro_vector(&self) -> Option<MacroVector> {
        (self.version == Version::V4_0).then(|| v4::macro_vector(&self.chosen))
    }

    /// Which groups went into the score of a 4.0 vector (`CVSS-BTE`); none in other versions.
    pub fn nomenclature(&self) -> Option<&'static str> {
        (self.version == Version::V4_0).then(|| v4::nomenclature(&self.chosen))
    }
}

impl FromStr for Vector {
    type Err = Unreadable;

    /// Reads a vector string as its specification has it; 2.0 may stand in parentheses. No blanks
    /// around it.
    fn from_str(text: &str) -> Result<Self, Unreadable> {
        read::read(text)
    }
}

/// Base score of a vector of any CVSS version, in tenths; `None` if the vector is incomplete or
/// unreadable, which is not the same as 0. Blanks around it are of no account.
pub fn base_score_tenths(vector: &str) -> Option<u8> {
    vector.trim().parse::<Vector>().ok().map(|vector| vector.scores().base.tenths())
}

#[cfg(test)]
mod tests;
