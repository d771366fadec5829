//! Lock files and manifests of language ecosystems: one module for each ecosystem, text in, pieces out.
//!
//! Entries that name no version that can be told (paths, git branches, ranges) are passed over with the
//! reason, or kept without version where it is clear that they belong to the product.

mod cargo;
mod composer;
mod conan;
mod dart;
mod elixir;
mod golang;
mod gradle;
mod maven;
mod need;
mod npm;
mod nuget;
mod pnpm;
mod python;
mod ruby;
mod swift;
mod yarn;

pub(crate) use golang::lists_all;
pub(crate) use need::Need;

use crate::{evidence::Method, piece::Pieces};

/// A kind of lock file or manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    Cargo,
    Npm,
    Yarn,
    Pnpm,
    /// `poetry.lock`, `uv.lock` and `pdm.lock`: one shape.
    PythonToml,
    Requirements,
    Pipfile,
    GoMod,
    GoSum,
    Gemfile,
    Composer,
    Maven,
    Gradle,
    Nuget,
    Conan,
    Dart,
    Elixir,
    Swift,
}

const NAMES: &[(&str, Lock)] = &[
    ("Cargo.lock", Lock::Cargo),
    ("package-lock.json", Lock::Npm),
    ("npm-shrinkwrap.json", Lock::Npm),
    ("yarn.lock", Lock::Yarn),
    ("pnpm-lock.yaml", Lock::Pnpm),
    ("poetry.lock", Lock::PythonToml),
    ("uv.lock", Lock::PythonToml),
    ("pdm.lock", Lock::PythonToml),
    ("Pipfile.lock", Lock::Pipfile),
    ("go.mod", Lock::GoMod),
    ("go.sum", Lock::GoSum),
    ("Gemfile.lock", Lock::Gemfile),
    ("gems.locked", Lock::Gemfile),
    ("composer.lock", Lock::Composer),
    ("pom.xml", Lock::Maven),
    ("gradle.lockfile", Lock::Gradle),
    ("buildscript-gradle.lockfile", Lock::Gradle),
    ("packages.lock.json", Lock::Nuget),
    ("conan.lock", Lock::Conan),
    ("pubspec.lock", Lock::Dart),
    ("mix.lock", Lock::Elixir),
    ("Package.resolved", Lock::Swift),
];

impl Lock {
    /// The kind of a file by its name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        if let Some((_, lock)) = NAMES.iter().find(|(known, _)| *known == name) {
            return Some(*lock);
        }
        let is_requirements =
            name.starts_with("requirements") && name.strip_suffix(".txt").is_some();
        is_requirements.then_some(Self::Requirements)
    }

    /// How its entries are found.
    pub(crate) const fn method(self) -> Method {
        match self {
            Self::Requirements | Self::Maven | Self::GoMod => Method::Manifest,
            _ => Method::LockFile,
        }
    }

    /// Reads the text of such a file; a file that has not its shape gives one reason for all of it.
    pub(crate) fn read(self, text: &str) -> Pieces {
        let read = match self {
            Self::Cargo => cargo::read(text),
            Self::Npm => npm::read(text),
            Self::Yarn => Ok(yarn::read(text)),
            Self::Pnpm => pnpm::read(text),
            Self::PythonToml => python::toml_lock(text),
            Self::Requirements => Ok(python::requirements(text)),
            Self::Pipfile => python::pipfile(text),
            Self::GoMod => Ok(golang::module(text)),
            Self::GoSum => Ok(golang::sums(text)),
            Self::Gemfile => ruby::read(text),
            Self::Composer => composer::read(text),
            Self::Maven => maven::read(text),
            Self::Gradle => Ok(gradle::read(text)),
            Self::Nuget => nuget::read(text),
            Self::Conan => conan::read(text),
            Self::Dart => dart::read(text),
            Self::Elixir => elixir::read(text),
            Self::Swift => swift::read(text),
        };
        read.unwrap_or_else(|why| {
            let mut pieces = Pieces::default();
            pieces.pass_over("", why);
            pieces
        })
    }
}

/// The reason why a JSON file has not its shape.
fn not_json(fault: &serde_json::Error) -> String {
    format!("it is not the JSON it should be ({fault})")
}

fn not_toml(fault: &toml::de::Error) -> String {
    format!("it is not the TOML it should be ({})", fault.message())
}
