//! CVSS: base scores and severity ratings.
//!
//! Source: FIRST, CVSS 2.0 to 4.0. Scores are whole tenths everywhere in the house (9.8 is 98), so
//! that comparing and storing them is exact. The arithmetic is that of the crate cvss-rs; this module
//! decides what counts as a vector.

use cvss_rs::{v2_0::CvssV2, v3::CvssV3, v4_0::CvssV4};

/// Qualitative severity rating (CVSS 3.1 section 5; 4.0 section 6).
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
    /// The rating of a score in tenths. CVSS 2.0 has no ratings of its own; the bands of 3.x are
    /// used for it as well.
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

/// Base score of a vector of any CVSS version, in tenths; `None` if the vector is incomplete or
/// unreadable, which is not the same as 0.
///
/// 3.x and 4.0 need their prefix (`CVSS:3.1/`), 2.0 has none and may stand in parentheses. Temporal,
/// threat and environmental metrics must be well formed but do not change the base score. Lower case,
/// unknown or repeated metrics and a trailing slash are refused, as the specifications do.
pub fn base_score_tenths(vector: &str) -> Option<u8> {
    let vector = vector.trim();
    let metrics = vector.strip_prefix('(').and_then(|v| v.strip_suffix(')')).unwrap_or(vector);
    if metrics.bytes().any(|b| b.is_ascii_whitespace()) || !is_well_formed(metrics) {
        return None;
    }
    let is_bare = metrics.len() == vector.len();
    let score = match metrics.get(..9) {
        Some("CVSS:3.0/" | "CVSS:3.1/") if is_bare => {
            metrics.parse::<CvssV3>().ok()?.calculated_base_score()?
        }
        Some("CVSS:4.0/") if is_bare => metrics.parse::<CvssV4>().ok()?.calculated_base_score()?,
        Some("CVSS:2.0/") => metrics.parse::<CvssV2>().ok()?.calculated_base_score()?,
        _ if metrics.starts_with("CVSS:") => return None,
        _ => metrics.parse::<CvssV2>().ok()?.calculated_base_score()?,
    };
    let tenths = (score * 10.0).round();
    (0.0..=100.0).contains(&tenths).then_some(tenths as u8)
}

/// `METRIC:VALUE` between single slashes, each metric once, in the case of the specifications (upper
/// case save 2.0's `Au`).
fn is_well_formed(metrics: &str) -> bool {
    let mut seen: Vec<&str> = Vec::with_capacity(32);
    metrics.split('/').all(|metric| {
        let Some((name, value)) = metric.split_once(':') else { return false };
        let known = !seen.contains(&name);
        seen.push(name);
        // values have lower case only in 4.0's supplemental urgency, `U:Green`
        let is_upper = !value.bytes().any(|b| b.is_ascii_lowercase()) || name == "U";
        known
            && is_upper
            && !value.is_empty()
            && (name == "Au" || !name.bytes().any(|b| b.is_ascii_lowercase()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_scores_are_those_of_the_specifications() {
        for (vector, tenths) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(98)),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:U", Some(100)),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Some(93)),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:Green", Some(93)),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", Some(100)),
            ("(AV:N/AC:L/Au:N/C:P/I:P/A:P)", Some(75)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some(0)),
        ] {
            assert_eq!(base_score_tenths(vector), tenths, "{vector}");
        }
    }

    #[test]
    fn a_vector_that_is_not_whole_has_no_score() {
        for vector in [
            "",
            "CVSS:3.1/AV:N/AC:L",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
            "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H",
            "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "cvss:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:3.1/AV:n/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        ] {
            assert_eq!(base_score_tenths(vector), None, "{vector}");
        }
    }

    #[test]
    fn ratings_change_at_their_bounds() {
        for (tenths, rating) in [
            (0, "None"),
            (1, "Low"),
            (39, "Low"),
            (40, "Medium"),
            (69, "Medium"),
            (70, "High"),
            (89, "High"),
            (90, "Critical"),
            (100, "Critical"),
        ] {
            assert_eq!(Severity::of_tenths(tenths).shown(), rating);
        }
    }
}
