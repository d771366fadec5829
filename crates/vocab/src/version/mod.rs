//! How versions are ordered, one file per scheme.
//!
//! A version has no order by itself: `1.0-1` is above `1.0` for Debian, equal to `1.0.pre.1` for
//! RubyGems. Each scheme follows the tool that decides in its ecosystem (named in its file) and reads
//! leniently what inventories really hold, as long as strict versions keep the tool's order. What has
//! no sensible order (`latest`, a range, a commit hash) is [`Unreadable`], never a guess.

mod apk;
mod certain;
mod composer;
mod conan;
mod conda;
mod cpan;
mod cran;
mod deb;
mod gem;
mod generic;
mod gentoo;
mod golang;
mod maven;
mod nuget;
mod number;
mod openssl;
mod pub_dev;
mod pypi;
pub mod range;
mod rpm;
mod semver;
mod tag;
mod text;
mod wildcard;

pub use certain::Uncertain;
use std::{cmp::Ordering, fmt};

pub use tag::of_tag;
pub use wildcard::{Wildcard, place};

/// How versions are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Semantic Versioning 2.0.
    Semver,
    /// npm (node-semver): Semantic Versioning.
    Npm,
    /// Rust crates: Semantic Versioning.
    Cargo,
    /// Go modules: Semantic Versioning with `v`, pseudo-versions, `+incompatible`.
    Golang,
    /// Python packages: PEP 440.
    Pypi,
    /// Maven `ComparableVersion`.
    Maven,
    /// `Gem::Version`.
    Gem,
    /// `NuGet.Versioning`.
    Nuget,
    /// Composer (PHP).
    Composer,
    /// dpkg.
    Deb,
    /// `rpmvercmp` with epoch and release.
    Rpm,
    /// apk-tools (Alpine, Wolfi).
    Apk,
    /// pacman `vercmp`.
    Alpm,
    /// R `package_version`.
    Cran,
    /// OpenSSL: letters until 1.1.1, Semantic Versioning from 3.0.
    Openssl,
    /// Haskell package versioning policy.
    Hackage,
    /// Dart and Flutter packages: Semantic Versioning whose build metadata counts.
    Pub,
    /// Conan 2.
    Conan,
    /// conda.
    Conda,
    /// Perl distributions.
    Cpan,
    /// Gentoo ebuilds (Package Manager Specification).
    Gentoo,
    /// nginx: plain numbers.
    Nginx,
    /// By bytes.
    Lexicographic,
    /// RFC 3339 instants.
    Datetime,
    /// Nothing known: runs of digits and letters.
    Generic,
}

/// The version cannot be read under the scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{version}` cannot be ordered as {scheme}: {why}")]
pub struct Unreadable {
    /// Name of the scheme.
    pub scheme: &'static str,
    /// The version as it was given.
    pub version: String,
    /// What is wrong, in a few words.
    pub why: String,
}

/// Every scheme with its name and further names it goes by (purl types, `vers` schemes, synonyms).
const NAMES: &[(Scheme, &str, &[&str])] = &[
    (
        Scheme::Semver,
        "semver",
        &[
            "hex",
            "swift",
            "julia",
            "bitnami",
            "githubactions",
            "kubernetes",
            "vscode",
            "vscode-extension",
        ],
    ),
    (Scheme::Npm, "npm", &["node"]),
    (Scheme::Cargo, "cargo", &["crates.io", "crates"]),
    (Scheme::Golang, "golang", &["go"]),
    (Scheme::Pypi, "pypi", &["python", "pep440"]),
    (Scheme::Maven, "maven", &["mvn"]),
    (Scheme::Gem, "gem", &["rubygems", "ruby", "cocoapods"]),
    (Scheme::Nuget, "nuget", &[]),
    (Scheme::Composer, "composer", &["packagist", "php"]),
    (Scheme::Deb, "deb", &["debian", "ubuntu", "dpkg", "opam", "opkg"]),
    (Scheme::Rpm, "rpm", &["redhat", "rhel"]),
    (Scheme::Apk, "apk", &["alpine"]),
    (Scheme::Alpm, "alpm", &["arch", "archlinux", "pacman"]),
    (Scheme::Cran, "cran", &["bioconductor"]),
    (Scheme::Openssl, "openssl", &[]),
    (Scheme::Hackage, "hackage", &["ghc"]),
    (Scheme::Pub, "pub", &["dart"]),
    (Scheme::Conan, "conan", &[]),
    (Scheme::Conda, "conda", &[]),
    (Scheme::Cpan, "cpan", &[]),
    (Scheme::Gentoo, "gentoo", &["ebuild", "portage"]),
    (Scheme::Nginx, "nginx", &[]),
    (Scheme::Lexicographic, "lexicographic", &[]),
    (Scheme::Datetime, "datetime", &[]),
    (
        Scheme::Generic,
        "generic",
        &[
            "intdot",
            "bazel",
            "brew",
            "chrome-extension",
            "luarocks",
            "mlflow",
            "otp",
            "qpkg",
            "vcpkg",
            "yocto",
            // of tags; commits are refused one by one
            "git",
            "github",
            "gitlab",
            "bitbucket",
        ],
    ),
];

/// Package types whose versions have no order, and why.
const WITHOUT_ORDER: &[(&str, &str)] = &[
    ("docker", "tags of images are names that may move"),
    ("oci", "digests and tags of images have none"),
    ("huggingface", "revisions are commits"),
    (
        "swid",
        "a SWID tag states its own scheme (`versionScheme` of ISO/IEC 19770-2); name that one, such as \
         `generic` or `semver`",
    ),
];

impl Scheme {
    /// Name as in purl types, plus `semver`, `generic`, `openssl` and the like.
    pub const fn name(self) -> &'static str {
        let mut at = 0;
        while at < NAMES.len() {
            if NAMES[at].0 as u8 == self as u8 {
                return NAMES[at].1;
            }
            at += 1;
        }
        "generic"
    }

    /// All schemes.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|row| row.0)
    }

    /// By name, purl type or common synonym, in any case: `deb`, `debian`, `alpine`, `rubygems`.
    pub fn from_name(name: &str) -> Option<Self> {
        let named = |known: &&str| known.eq_ignore_ascii_case(name);
        NAMES.iter().find(|row| named(&row.1) || row.2.iter().any(named)).map(|row| row.0)
    }

    /// As [`Scheme::from_name`], or why there is no such scheme.
    pub fn named(name: &str) -> Result<Self, String> {
        if let Some(scheme) = Self::from_name(name) {
            return Ok(scheme);
        }
        let mut without = WITHOUT_ORDER.iter();
        if let Some((known, why)) = without.find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Err(format!("Versions of `{known}` have no order: {why}."));
        }
        let known: Vec<&str> = Self::all().map(Self::name).collect();
        Err(format!("`{name}` is no scheme of versions. There are: {}.", known.join(", ")))
    }

    /// For a purl type; generic if the type has no ordering of its own.
    pub fn of_purl_type(ty: &str) -> Self {
        Self::from_name(ty).unwrap_or(Self::Generic)
    }

    /// Whether the text can be ordered; the error says why not.
    fn check(self, version: &str) -> Result<(), String> {
        text::has_an_order(self, version)?;
        match self {
            Self::Semver | Self::Npm | Self::Cargo | Self::Nginx | Self::Pub => {
                semver::read(version).map(drop)
            }
            Self::Golang => golang::check(version),
            Self::Pypi => pypi::check(version),
            Self::Maven | Self::Rpm | Self::Apk | Self::Alpm | Self::Lexicographic => Ok(()),
            Self::Gem => gem::check(version),
            Self::Nuget => nuget::check(version),
            Self::Composer => composer::check(version),
            Self::Deb => deb::check(version),
            Self::Cran | Self::Hackage => cran::check(version),
            Self::Openssl => openssl::check(version),
            Self::Conan => conan::check(version),
            Self::Conda => conda::check(version),
            Self::Cpan => cpan::check(version),
            Self::Gentoo => gentoo::check(version),
            Self::Datetime => text::check_instant(version),
            Self::Generic => generic::check(version),
        }
    }

    /// Order of two versions that passed [`Scheme::check`].
    fn order(self, a: &str, b: &str) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        match self {
            Self::Semver | Self::Npm | Self::Cargo | Self::Nginx => semver::order(a, b),
            Self::Pub => pub_dev::order(a, b),
            Self::Golang => golang::order(a, b),
            Self::Pypi => pypi::order(a, b),
            Self::Maven => maven::order(a, b),
            Self::Gem => gem::order(a, b),
            Self::Nuget => nuget::order(a, b),
            Self::Composer => composer::order(a, b),
            Self::Deb => deb::order(a, b),
            Self::Rpm => rpm::order(a, b),
            Self::Alpm => rpm::order_alpm(a, b),
            Self::Apk => apk::order(a, b),
            Self::Cran | Self::Hackage => cran::order(a, b),
            Self::Openssl => openssl::order(a, b),
            Self::Conan => conan::order(a, b),
            Self::Conda => conda::order(a, b),
            Self::Cpan => cpan::order(a, b),
            Self::Gentoo => gentoo::order(a, b),
            Self::Lexicographic => a.cmp(b),
            Self::Datetime => text::order_instants(a, b),
            Self::Generic => generic::order(a, b),
        }
    }
}

/// A version that its scheme can order.
///
/// Equality of values is equality of text; [`Version::compare`] is the scheme's order, in which
/// different texts may be equal (`1.0` and `1.0.0`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version {
    scheme: Scheme,
    text: Box<str>,
}

impl Version {
    /// Reads a version; white space around it is dropped.
    pub fn parse(scheme: Scheme, text: &str) -> Result<Self, Unreadable> {
        let version = text.trim();
        match scheme.check(version) {
            Ok(()) => Ok(Self { scheme, text: version.into() }),
            Err(why) => Err(Unreadable { scheme: scheme.name(), version: text.to_owned(), why }),
        }
    }

    /// How the version is ordered.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The version as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Order of two versions of one scheme; of two schemes there is none.
    pub fn compare(&self, other: &Self) -> Result<Ordering, Unreadable> {
        if self.scheme == other.scheme {
            return Ok(self.scheme.order(&self.text, &other.text));
        }
        Err(Unreadable {
            scheme: self.scheme.name(),
            version: other.text.to_string(),
            why: format!("it is a version of the scheme {}", other.scheme.name()),
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Order of two versions under one scheme, or which of them cannot be read and why.
pub fn compare(scheme: Scheme, a: &str, b: &str) -> Result<Ordering, Unreadable> {
    let read = |text: &str| match scheme.check(text) {
        Ok(()) => Ok(()),
        Err(why) => Err(Unreadable { scheme: scheme.name(), version: text.to_owned(), why }),
    };
    let (a, b) = (a.trim(), b.trim());
    read(a)?;
    read(b)?;
    Ok(scheme.order(a, b))
}

#[cfg(test)]
mod tests;
