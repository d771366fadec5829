//! Software found in files: an unpacked root file system, a source tree, or an archive of either.
//!
//! [`directory`] and [`archive`] walk over the files once and give an inventory in which every component
//! says by which [`Evidence`] it was found. What is known to hold software and could not be read is a
//! problem with its place; finding nothing proves nothing.
//!
//! Read: the databases of dpkg, rpm, apk and opkg; lock files and installed metadata of language ecosystems;
//! what Go and Rust compilers leave in programs; version strings of well-known C libraries in programs.
//! Archives among the files are looked into ([`Limits::nesting`]); what is in them is named `outer.tar!/inner/path`.
//! Packages that lie about (deb, ipk, rpm, apk) tell themselves. Not read: packed or encrypted programs.
//!
//! Files that may hold software and tell nothing are named ([`Unknown`]): what is silent is not absent.
//!
//! Links are not followed and devices not opened, so neither loops nor paths outside can be met. Files,
//! bytes and components are bounded by [`Limits`]. No network, no clock, no chance.

mod archive;
mod binary;
mod claim;
mod collect;
mod database;
mod evidence;
mod image;
mod installed;
mod limits;
mod lock;
mod merge;
mod nested;
mod owned;
mod package_file;
mod packing;
mod piece;
mod rpm;
mod unknown;
mod walk;

pub use evidence::{Evidence, Method, Sureness};
pub use limits::Limits;
pub use unknown::{Kind, Unknown};

use aftercare_vocab::{inventory::Inventory, problem::Problem};
use collect::Collector;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The components; the first one, the root, is what was looked through.
    pub inventory: Inventory,
    /// How each component was found, by the component's index. The root has none.
    pub evidence: Vec<Vec<Evidence>>,
    /// What could not be read, and what was left out, with the file. Files of which nothing is known are one
    /// problem for each kind.
    pub problems: Vec<Problem>,
    /// Files that may hold software, and of which nothing is known; those that a package brought are not among them.
    pub unknown: Vec<Unknown>,
    /// Files that were looked at.
    pub files: u64,
}

/// Why nothing was looked through.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The directory or archive cannot be read.
    #[error("It cannot be read ({0}).")]
    Io(#[from] io::Error),
    /// The file is no archive that is read.
    #[error(
        "This is no archive that is opened: tar, zip, cpio, a package (deb, ipk, rpm, apk) or an image for U-Boot, plain or packed with gzip, Zstandard, xz, LZMA, bzip2 or lz4. Put a single program into a directory."
    )]
    NotAnArchive,
}

/// Looks through the files below a directory. `name` is what the inventory's root is called.
pub fn directory(path: &Path, name: &str, limits: &Limits) -> Result<Found, Fault> {
    let mut collector = Collector::new(*limits);
    walk::directory(path, &mut collector)?;
    Ok(collector.finish(name))
}

/// Looks through the files of an archive, plain or packed, without unpacking it to disk. What is in a tar archive is named
/// by its own path, what is in any other archive below `name`.
pub fn archive(from: impl Read, name: &str, limits: &Limits) -> Result<Found, Fault> {
    let mut collector = Collector::new(*limits);
    archive::read(from, name, &mut collector)?;
    Ok(collector.finish(name))
}

/// The same for a file, whose own name stands in the place of the inventory's, and tells packages from other archives.
pub fn archive_file(path: &Path, name: &str, limits: &Limits) -> Result<Found, Fault> {
    let mut collector = Collector::new(*limits);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    archive::read(File::open(path)?, &file, &mut collector)?;
    Ok(collector.finish(name))
}
