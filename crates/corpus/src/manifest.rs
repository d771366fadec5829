//! What an edition says about itself: its sources, how much came from each, what was left out and
//! why, and how much each ecosystem holds.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The edition's table of contents, stored as JSON inside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the edition format.
    pub format: u32,
    /// A label given at import, such as `sample`: shown wherever the edition is named.
    pub label: Option<String>,
    /// The sources in the order they were read.
    pub sources: Vec<SourceEntry>,
    /// Live records by source code (`osv`, `csaf`); of a supplier's document each
    /// vulnerability is one.
    pub records: BTreeMap<String, u64>,
    /// Live records by kind of key: `npm`, `deb/debian`, `cpe`. An ecosystem absent here has no data.
    pub coverage: BTreeMap<String, u64>,
    /// Catalogue of known exploited vulnerabilities, if any.
    pub kev: Option<FactsEntry>,
    /// Exploit prediction scores, if any.
    pub epss: Option<FactsEntry>,
    /// The latest change time in each source's records, as written.
    pub newest: BTreeMap<String, String>,
}

/// Catalogue facts beside the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsEntry {
    /// Version or date as the publisher writes it.
    pub version: String,
    /// Number of entries.
    pub count: u64,
}

/// One file, or one folder of single-record files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceEntry {
    /// File or folder name (the last two parts of the path, no more of the importer's machine).
    pub name: String,
    /// SHA-256 of the file; absent for folders.
    pub digest: Option<String>,
    /// Bytes read from disk.
    pub bytes: u64,
    /// Bytes after unpacking.
    pub unpacked_bytes: u64,
    /// The publisher's own time for the file (feed timestamp, score date, catalogue version).
    pub published: Option<String>,
    /// Documents met: files, or entries of archives. Each is accounted for below at least once.
    #[serde(default)]
    pub documents: u64,
    /// Records read and used, by what they are: `osv`, `nvd`, `kev`, ...
    pub used: BTreeMap<String, u64>,
    /// Records or documents not used: reason, and how often.
    pub unused: BTreeMap<String, Unused>,
}

/// Why something was not used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unused {
    /// How many.
    pub count: u64,
    /// Where the first one stands.
    pub example: String,
}

impl Manifest {
    /// All live records.
    pub fn record_count(&self) -> u64 {
        self.records.values().sum()
    }

    /// Sums the reasons over all sources.
    pub fn unused(&self) -> BTreeMap<&str, u64> {
        let mut all = BTreeMap::new();
        for (reason, unused) in self.sources.iter().flat_map(|source| &source.unused) {
            *all.entry(reason.as_str()).or_default() += unused.count;
        }
        all
    }

    /// The latest publication or change time that any source names, as written.
    pub fn newest_source(&self) -> Option<&str> {
        self.newest.values().map(String::as_str).max()
    }
}
