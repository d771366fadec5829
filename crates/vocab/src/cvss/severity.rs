//! Qualitative severity ratings.

use std::fmt;

/// Qualitative severity rating (CVSS 3.0 and 3.1 section 5; 4.0 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// 0.0
    None,
    /// 0.1 to 3.9
    Low,
    /// 4.0 to 6.9
    Medium,
    /// 7.0 to 8.9
    High,
    /// 9.0 to 10.0
    Critical,
}

impl Severity {
    /// The rating of a score in tenths. CVSS 2.0 has no ratings of its own; where scores of several
    /// versions stand side by side, the bands of 3.x are used for it as well. What is usual for 2.0
    /// alone is [`Version::rating`](super::Version::rating).
    pub const fn of_tenths(score: u8) -> Self {
        match score {
            0 => Self::None,
            1..=39 => Self::Low,
            40..=69 => Self::Medium,
            70..=89 => Self::High,
            _ => Self::Critical,
        }
    }

    /// The word shown to people.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
    }
}
