//! How a component was found, and how sure that is.

/// One reason to believe that a component is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// The file, from the top of what was looked through, `/` between its parts.
    pub file: String,
    /// Where in the file: `line 7`, `packages[3]`; empty for the whole file.
    pub place: String,
    /// How it was found there.
    pub method: Method,
}

/// A way of finding components.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// The database of a package manager says that it is installed.
    PackageDatabase,
    /// The description that an installed package of a language carries.
    InstalledMetadata,
    /// What the compiler wrote into a program about what it was built from.
    BuildInformation,
    /// A package file lies there; whether it was installed is not known.
    PackageFile,
    /// A lock file says which version would be installed.
    LockFile,
    /// A file in which people state what they need, with a version.
    Manifest,
    /// A text in a program that this software alone is known to carry.
    VersionString,
    /// The name of a file or directory.
    FileName,
}

/// How much an evidence weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sureness {
    /// The software may be there, in this version or another.
    Possible,
    /// As a rule it is there in this version.
    Likely,
    /// It is there, unless the files were changed by hand.
    Certain,
}

impl Method {
    /// The word for it, for people: `package database`.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::PackageDatabase => "package database",
            Self::InstalledMetadata => "metadata of an installed package",
            Self::BuildInformation => "build information in a program",
            Self::PackageFile => "package file",
            Self::LockFile => "lock file",
            Self::Manifest => "stated need",
            Self::VersionString => "version string in a program",
            Self::FileName => "name of a file",
        }
    }

    /// How much it weighs. Lock files and package files say what would be installed, not
    /// what was.
    pub const fn sureness(self) -> Sureness {
        match self {
            Self::PackageDatabase | Self::InstalledMetadata | Self::BuildInformation => {
                Sureness::Certain
            }
            Self::LockFile | Self::PackageFile => Sureness::Likely,
            Self::Manifest | Self::VersionString | Self::FileName => Sureness::Possible,
        }
    }

    /// The technique in the words of CycloneDX 1.6 (`evidence.identity.methods.technique`).
    pub const fn technique(self) -> &'static str {
        match self {
            Self::PackageDatabase
            | Self::InstalledMetadata
            | Self::PackageFile
            | Self::LockFile
            | Self::Manifest => "manifest-analysis",
            Self::BuildInformation | Self::VersionString => "binary-analysis",
            Self::FileName => "filename",
        }
    }
}

impl Sureness {
    /// The word for it.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }

    /// In per cent, for formats that want a number (CycloneDX `confidence`). Proposed, not measured.
    pub const fn per_cent(self) -> u8 {
        match self {
            Self::Possible => 50,
            Self::Likely => 80,
            Self::Certain => 100,
        }
    }
}
