//! Ranges of versions: the `vers` notation, and the form that each ecosystem writes itself.
//!
//! A range is read under the scheme of its versions and then asked whether it holds one. Pre-releases
//! are ordered like all others, as auditing tools do (`includePrerelease` of node-semver): an advisory
//! for `<2.0.0` accuses `2.0.0-rc.1`. Where an ecosystem's own form draws the line below the
//! pre-releases of a bound (`^1.2.3` of npm, `~>` of RubyGems, `<` of Composer and PEP 440), so do we.
//!
//! To add a form: one arm in [`native`], one case in its tests.

mod intervals;
mod native;
mod vers;

use super::{Scheme, Unreadable, compare, pypi};
use std::{cmp::Ordering, fmt};

/// The text is not a range of the scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{range}` is not a range of {scheme}: {why}")]
pub struct NotARange {
    /// Name of the scheme.
    pub scheme: &'static str,
    /// The range as it was given.
    pub range: String,
    /// What is wrong, in a few words.
    pub why: String,
}

/// How a version is compared with a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// The same version.
    Equal,
    /// Any other version.
    NotEqual,
    /// Below the bound.
    Less,
    /// The bound or below.
    LessOrEqual,
    /// Above the bound.
    Greater,
    /// The bound or above.
    GreaterOrEqual,
}

impl Comparator {
    /// As `vers` writes it before a version; equality is not written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    const fn admits(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// One comparison of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// How.
    pub comparator: Comparator,
    /// The bound as written, or as the range's shorthand means it.
    pub version: String,
    /// The line runs below the bound's own pre-releases.
    below_its_pre_releases: bool,
}

impl Constraint {
    fn new(comparator: Comparator, version: impl Into<String>) -> Self {
        Self { comparator, version: version.into(), below_its_pre_releases: false }
    }

    /// The same, the line below the bound's pre-releases.
    fn below_pre_releases(mut self) -> Self {
        self.below_its_pre_releases = true;
        self
    }

    /// Order of a version and the bound.
    fn order(&self, scheme: Scheme, version: &str) -> Result<Ordering, Unreadable> {
        if self.below_its_pre_releases {
            compare(scheme, version, &before_pre_releases(scheme, &self.version))
        } else if version == self.version {
            Ok(Ordering::Equal)
        } else {
            compare(scheme, version, &self.version)
        }
    }
}

/// The lowest text of all that stand for a pre-release of the version.
fn before_pre_releases(scheme: Scheme, version: &str) -> String {
    match scheme {
        Scheme::Semver
        | Scheme::Npm
        | Scheme::Cargo
        | Scheme::Golang
        | Scheme::Nuget
        | Scheme::Pub => format!("{version}-0"),
        // its own way to write this is a dash with nothing behind
        Scheme::Conan => format!("{}-0", version.trim_end_matches('-')),
        Scheme::Pypi => format!("{version}.dev0"),
        Scheme::Gem => format!("{version}.A"),
        Scheme::Composer => format!("{version}-dev"),
        _ => version.to_owned(),
    }
}

/// A set of versions of one scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    scheme: Scheme,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// `vers:all/*`: every version of any scheme.
    Every,
    /// `vers:none/*`: no version.
    Nothing,
    /// `vers`: constraints in the order of their versions; none: every version.
    Vers(Vec<Constraint>),
    /// Alternatives, each of constraints that must all hold; an empty alternative holds every version.
    Native(Vec<Vec<Constraint>>),
}

impl Range {
    /// Reads a range: `vers:SCHEME/...`, or the scheme's own form.
    ///
    /// A `vers` text of another scheme is refused.
    pub fn parse(scheme: Scheme, text: &str) -> Result<Self, NotARange> {
        let refused = |why| NotARange { scheme: scheme.name(), range: text.to_owned(), why };
        let text = text.trim();
        if vers::is_vers(text) {
            let range = vers::read(text).map_err(refused)?;
            if matches!(range.form, Form::Every | Form::Nothing) {
                return Ok(Self { scheme, ..range });
            }
            if range.scheme != scheme {
                return Err(refused(format!("it is one of {}", range.scheme.name())));
            }
            return Ok(range);
        }
        let alternatives = native::read(scheme, text).map_err(refused)?;
        Ok(Self { scheme, form: Form::Native(alternatives) })
    }

    /// Reads `vers` notation in any order and spacing.
    pub fn parse_vers(text: &str) -> Result<Self, NotARange> {
        vers::read(text.trim()).map_err(|why| not_vers(text, why))
    }

    /// Reads `vers` notation that must be canonical: constraints in the order of their versions, each
    /// version once, no empty constraint, no needless percent escape.
    pub fn parse_canonical_vers(text: &str) -> Result<Self, NotARange> {
        vers::read_canonical(text).map_err(|why| not_vers(text, why))
    }

    /// How its versions are ordered.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether the range holds the version; the error says which text cannot be ordered.
    pub fn contains(&self, version: &str) -> Result<bool, Unreadable> {
        let version = version.trim();
        let is_ordered = || compare(self.scheme, version, version);
        match &self.form {
            Form::Every => Ok(true),
            Form::Nothing => Ok(false),
            Form::Vers(constraints) => {
                is_ordered().and_then(|_| vers::contains(self.scheme, constraints, version))
            }
            Form::Native(alternatives) => {
                is_ordered().and_then(|_| self.any_holds(alternatives, version))
            }
        }
    }

    /// All constraints in the order of their versions, as `vers` writes them; none: every version, or no
    /// version (`vers:none/*`).
    pub fn constraints(&self) -> Vec<Constraint> {
        match &self.form {
            Form::Every | Form::Nothing => Vec::new(),
            Form::Vers(constraints) => constraints.clone(),
            Form::Native(alternatives) if alternatives.iter().any(Vec::is_empty) => Vec::new(),
            Form::Native(alternatives) => {
                let mut all: Vec<Constraint> = alternatives.iter().flatten().cloned().collect();
                vers::sort(self.scheme, &mut all);
                all
            }
        }
    }

    /// One alternative holds it. What cannot be compared counts only if no other alternative decides.
    fn any_holds(
        &self,
        alternatives: &[Vec<Constraint>],
        version: &str,
    ) -> Result<bool, Unreadable> {
        let mut unreadable = None;
        for alternative in alternatives {
            match self.all_hold(alternative, version) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(error) => unreadable = Some(error),
            }
        }
        unreadable.map_or(Ok(false), Err)
    }

    fn all_hold(&self, constraints: &[Constraint], version: &str) -> Result<bool, Unreadable> {
        let mut unreadable = None;
        for constraint in constraints {
            match self.holds(constraint, version) {
                Ok(false) => return Ok(false),
                Ok(true) => {}
                Err(error) => unreadable = Some(error),
            }
        }
        unreadable.map_or(Ok(true), Err)
    }

    fn holds(&self, constraint: &Constraint, version: &str) -> Result<bool, Unreadable> {
        let mut version = version;
        if self.scheme == Scheme::Pypi && !constraint.version.contains('+') {
            // PEP 440: a specifier without a local version is compared with the public version.
            version = version.split_once('+').map_or(version, |(public, _)| public);
            if constraint.comparator == Comparator::Greater
                && pypi::is_post_release_of(version, &constraint.version)
            {
                return Ok(false);
            }
        }
        Ok(constraint.comparator.admits(constraint.order(self.scheme, version)?))
    }
}

fn not_vers(text: &str, why: String) -> NotARange {
    NotARange { scheme: "vers", range: text.to_owned(), why }
}

/// The `vers` notation. For a native form of several alternatives it keeps every bound, as the
/// notation has no brackets; alternatives that overlap are told apart by [`Range::contains`] alone.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Form::Every => f.write_str("vers:all/*"),
            Form::Nothing => f.write_str("vers:none/*"),
            Form::Vers(_) | Form::Native(_) => vers::write(f, self.scheme, &self.constraints()),
        }
    }
}

#[cfg(test)]
mod tests;
