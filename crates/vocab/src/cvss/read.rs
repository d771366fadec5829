//! Reading and writing vector strings (2.0 section 2.4; 3.0 and 3.1 section 6; 4.0 section 7).

use super::{Vector, Version, metric::Chosen, metric::Group};
use crate::problem::quoted;
use std::fmt;

/// Why a text is not a vector, and where: the first error in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {fault}{}", Clause(*.version))]
pub struct Unreadable {
    /// Which character, from 1; one behind the last where something is missing at the end.
    pub at: usize,
    /// What is wrong there.
    pub fault: Fault,
    /// As which version it was read; none where that could not be told.
    pub version: Option<Version>,
}

/// What is wrong with a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is nothing.
    Empty,
    /// Between two slashes, or behind the last, there is nothing.
    EmptyPart,
    /// `CVSS:9.9/`, `cvss:3.1/`
    UnknownVersion(String),
    /// An opening parenthesis without a closing one, or behind a prefix.
    Parenthesis,
    /// Not `METRIC:VALUE`.
    NotAMetric(String),
    /// The version has no metric of this name.
    UnknownMetric(String),
    /// The metric has no such value.
    UnknownValue {
        /// The metric.
        metric: &'static str,
        /// What was given.
        value: String,
        /// What may be given, with blanks between.
        allowed: String,
    },
    /// The metric was given before.
    Twice(&'static str),
    /// The metric belongs before one that was given.
    OutOfOrder {
        /// The metric.
        metric: &'static str,
        /// What it must stand before.
        before: &'static str,
    },
    /// Mandatory metrics that are not there.
    Missing(Vec<&'static str>),
}

impl Fault {
    /// Stable code, for machines and tests.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::EmptyPart => "empty_part",
            Self::UnknownVersion(_) => "unknown_version",
            Self::Parenthesis => "parenthesis",
            Self::NotAMetric(_) => "not_a_metric",
            Self::UnknownMetric(_) => "unknown_metric",
            Self::UnknownValue { .. } => "unknown_value",
            Self::Twice(_) => "given_twice",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::Missing(_) => "missing",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no vector here"),
            Self::EmptyPart => f.write_str(
                "no metric follows here; there is one slash between two metrics and none at the end",
            ),
            Self::UnknownVersion(found) => write!(
                f,
                "{} is no version of CVSS that can be scored; write `CVSS:3.0/`, `CVSS:3.1/` or `CVSS:4.0/` (2.0 has no prefix)",
                quoted(found)
            ),
            Self::Parenthesis => f.write_str(
                "a parenthesis; only a vector of CVSS 2.0 may stand in a pair of them",
            ),
            Self::NotAMetric(found) => {
                write!(f, "{} is no metric; write `METRIC:VALUE`", quoted(found))
            }
            Self::UnknownMetric(found) => write!(f, "there is no metric {}", quoted(found)),
            Self::UnknownValue { metric, value, allowed } => {
                write!(f, "{} is no value of {metric}; it takes {allowed}", quoted(value))
            }
            Self::Twice(metric) => write!(f, "{metric} is given a second time"),
            Self::OutOfOrder { metric, before } => {
                write!(f, "{metric} must stand before {before}; the order is fixed")
            }
            Self::Missing(metrics) => {
                write!(f, "the mandatory {} missing", listed(metrics))
            }
        }
    }
}

/// `metric AV is`, `metrics AV, AC are`
fn listed(metrics: &[&str]) -> String {
    match metrics {
        [one] => format!("metric {one} is"),
        _ => format!("metrics {} are", metrics.join(", ")),
    }
}

/// The place in the specification that says so.
struct Clause(Option<Version>);

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => Ok(()),
            Some(Version::V2_0) => f.write_str(
                " (CVSS 2.0 section 2.4; what has no prefix `CVSS:3.1/` or `CVSS:4.0/` is read as 2.0)",
            ),
            Some(version) => write!(f, " (CVSS {version} {})", version.clause()),
        }
    }
}

/// Reads a vector string. Nothing is repaired: case, order and blanks count.
pub(super) fn read(text: &str) -> Result<Vector, Unreadable> {
    let (version, start, end) = frame(text)?;
    let metrics = version.metrics();
    let mut chosen = Chosen::nothing();
    let mut given = 0_u32; // a bit for each metric met, also where its value is "not defined"
    let mut last: Option<usize> = None;
    let mut at = start;
    for part in text[start..end].split('/') {
        let wrong = |at: usize, fault| Unreadable { at: at + 1, fault, version: Some(version) };
        if part.is_empty() {
            return Err(wrong(at.saturating_sub(1), Fault::EmptyPart));
        }
        let Some((name, value)) = part.split_once(':') else {
            return Err(wrong(at, Fault::NotAMetric(part.to_owned())));
        };
        // vectors are nearly always in order, so the next row is nearly always the one
        let next = last.map_or(0, |last| last + 1);
        let found = match metrics.get(next) {
            Some(metric) if metric.name == name => Some(next),
            _ => metrics.iter().position(|metric| metric.name == name),
        };
        let Some(place) = found else {
            return Err(wrong(at, Fault::UnknownMetric(name.to_owned())));
        };
        let metric = &metrics[place];
        if given & (1 << place) != 0 {
            return Err(wrong(at, Fault::Twice(metric.name)));
        }
        if let Some(last) = last
            && version.order_is_fixed()
            && place < last
        {
            let before = metrics[last].name;
            return Err(wrong(at, Fault::OutOfOrder { metric: metric.name, before }));
        }
        let is_undefined = metric.group != Group::Base && value == version.undefined();
        match metric.values.iter().position(|(code, _)| *code == value) {
            Some(value) => chosen.set(place, value),
            None if is_undefined => {}
            None => {
                let mut allowed: Vec<&str> = metric.values.iter().map(|(code, _)| *code).collect();
                if metric.group != Group::Base {
                    allowed.push(version.undefined());
                }
                let fault = Fault::UnknownValue {
                    metric: metric.name,
                    value: value.to_owned(),
                    allowed: allowed.join(" "),
                };
                return Err(wrong(at + name.len() + 1, fault));
            }
        }
        given |= 1 << place;
        last = Some(place);
        at += part.len() + 1;
    }
    let missing: Vec<&'static str> = metrics
        .iter()
        .enumerate()
        .filter(|(place, metric)| metric.group == Group::Base && given & (1 << place) == 0)
        .map(|(_, metric)| metric.name)
        .collect();
    if missing.is_empty() {
        return Ok(Vector { version, chosen });
    }
    Err(Unreadable { at: end + 1, fault: Fault::Missing(missing), version: Some(version) })
}

/// The version, and where in the text its metrics begin and end.
fn frame(text: &str) -> Result<(Version, usize, usize), Unreadable> {
    let wrong = |at, fault, version| Err(Unreadable { at, fault, version });
    if text.is_empty() {
        return wrong(1, Fault::Empty, None);
    }
    if text.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("CVSS:")) {
        let length = text.find('/').unwrap_or(text.len());
        let version = match &text[..length] {
            "CVSS:3.0" => Version::V3_0,
            "CVSS:3.1" => Version::V3_1,
            "CVSS:4.0" => Version::V4_0,
            other => return wrong(1, Fault::UnknownVersion(other.to_owned()), None),
        };
        if length == text.len() {
            return wrong(length, Fault::EmptyPart, Some(version));
        }
        return Ok((version, length + 1, text.len()));
    }
    match (text.starts_with('('), text.ends_with(')')) {
        (true, true) => Ok((Version::V2_0, 1, text.len() - 1)),
        (true, false) => wrong(1, Fault::Parenthesis, Some(Version::V2_0)),
        (false, _) => Ok((Version::V2_0, 0, text.len())),
    }
}

/// The normal form: metrics in the order of the specification, those not defined left out.
impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version.prefix())?;
        for (number, (metric, code, _)) in self.defined().enumerate() {
            let slash = if number == 0 { "" } else { "/" };
            write!(f, "{slash}{}:{code}", metric.name)?;
        }
        Ok(())
    }
}
