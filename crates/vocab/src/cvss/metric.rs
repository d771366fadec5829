//! What a metric is: its name, its group, and the values it may take.

/// The group a metric belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Mandatory, all of them.
    Base,
    /// Temporal metrics of 2.0 and 3.x, threat metrics of 4.0.
    Temporal,
    /// What the place of use changes.
    Environmental,
    /// Told beside the score, which they never change (4.0 section 5).
    Supplemental,
}

/// One metric of one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// `AV`
    pub name: &'static str,
    /// `Attack Vector`
    pub title: &'static str,
    /// Its group.
    pub group: Group,
    /// Codes and words of its values, gravest first in 3.x and 4.0. "Not defined" is not among them:
    /// it is the absence of a value.
    pub values: &'static [(&'static str, &'static str)],
}

impl Metric {
    /// A row of a table.
    pub(super) const fn new(
        name: &'static str,
        title: &'static str,
        group: Group,
        values: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { name, title, group, values }
    }
}

/// More metrics than any version has: 4.0 has 32.
pub(super) const MOST: usize = 32;

/// The values of the metrics of a vector, by place in the table of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Chosen([u8; MOST]);

/// Stands for "no value".
const NOTHING: u8 = u8::MAX;

impl Chosen {
    pub(super) const fn nothing() -> Self {
        Self([NOTHING; MOST])
    }

    pub(super) fn set(&mut self, metric: usize, value: usize) {
        self.0[metric] = value as u8;
    }

    /// The place of the value among those of its metric; none where it is not defined.
    pub(super) const fn get(&self, metric: usize) -> Option<usize> {
        match self.0[metric] {
            NOTHING => None,
            value => Some(value as usize),
        }
    }

    /// The value of a base metric. They are all there once a vector is read.
    pub(super) const fn base(&self, metric: usize) -> usize {
        self.0[metric] as usize
    }

    /// The modified value where there is one, else that of the base metric.
    pub(super) const fn modified(&self, modified: usize, base: usize) -> usize {
        match self.get(modified) {
            Some(value) => value,
            None => self.base(base),
        }
    }
}
