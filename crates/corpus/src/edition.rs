//! Reading an edition.
//!
//! Opening reads the section list, the manifest and the tables' fences (a few megabytes for a large
//! edition); everything else is read block by block when it is asked for, and checked then.

use crate::{
    build::{FORMAT, MAGIC},
    manifest::Manifest,
    table::{Damage, Table, read_at, read_checked, take_bytes, take_varint},
};
use aftercare_formats::feed::{CpeRule, Rule, Severity, Source, Ssvc, State, Text};
use aftercare_vocab::digest::{Digest, Hasher};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The largest section list or manifest that is believed.
const SECTION_LIMIT: u64 = 256 * 1024 * 1024;

/// A part of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Offset in the file.
    pub start: u64,
    /// Bytes.
    pub length: u64,
    /// CRC-32 of the bytes (0 for tables, whose blocks carry their own).
    pub crc: u32,
}

impl Section {
    pub(crate) fn of(start: u64, bytes: &[u8]) -> Self {
        Self { start, length: bytes.len() as u64, crc: crc32fast::hash(bytes) }
    }
}

/// The section list: tables as (blocks, fence).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sections {
    pub(crate) manifest: Section,
    pub(crate) rules: (Section, Section),
    pub(crate) heads: (Section, Section),
    pub(crate) configurations: (Section, Section),
    pub(crate) ids: (Section, Section),
    pub(crate) groups: (Section, Section),
    pub(crate) names: (Section, Section),
    pub(crate) kev: (Section, Section),
    pub(crate) epss: (Section, Section),
}

/// Where a received record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawAt {
    pub(crate) frame: u64,
    pub(crate) packed: u32,
    pub(crate) start: u32,
    pub(crate) length: u32,
}

impl RawAt {
    pub(crate) fn to_bytes(self) -> [u8; 20] {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&self.frame.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.packed.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.start.to_le_bytes());
        bytes[16..].copy_from_slice(&self.length.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; 20]) -> Self {
        let number = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let frame = u64::from(number(0)) | u64::from(number(4)) << 32;
        Self { frame, packed: number(8), start: number(12), length: number(16) }
    }
}

/// A record without its statements, as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadBody<'a> {
    /// The source.
    pub source: Source,
    /// Identifier as written.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Other identifiers of the same flaw.
    #[serde(borrow)]
    pub aliases: Vec<Text<'a>>,
    /// Identifiers of the flaws it is about.
    #[serde(borrow)]
    pub upstream: Vec<Text<'a>>,
    /// Last change, as written.
    #[serde(borrow)]
    pub modified: Text<'a>,
    /// Publication, as written.
    #[serde(borrow)]
    pub published: Text<'a>,
    /// Published or withdrawn.
    pub state: State,
    /// One line.
    pub summary: String,
    /// CVSS assessments.
    #[serde(borrow)]
    pub severities: Vec<Severity<'a>>,
    /// CISA's SSVC decision points.
    pub ssvc: Option<Ssvc>,
    /// KEV date where the record itself says so.
    #[serde(borrow)]
    pub kev_since: Option<Text<'a>>,
}

/// A record without its statements.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Number within the edition.
    pub record: u32,
    /// SHA-256 of the record's bytes as received.
    pub digest: Digest,
    /// The content.
    pub body: HeadBody<'static>,
    raw: RawAt,
}

/// A rule found under a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Posting<'a> {
    /// Number of the record.
    pub record: u32,
    /// Number of its alias group: records about the same flaw.
    pub group: u32,
    /// The rule.
    pub rule: Rule<'a>,
}

/// A record found by an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Number of the record.
    pub record: u32,
    /// Number of its alias group.
    pub group: u32,
    /// How the identifier belongs to the record.
    pub relation: Relation,
    /// First 8 bytes of the record's digest.
    pub digest8: [u8; 8],
}

/// How an identifier belongs to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Its own.
    Own,
    /// Another name of the same flaw.
    Alias,
    /// The record is about the flaw of that name.
    About,
    /// The record is a part of the supplier's document of that name.
    Within,
}

/// An entry of the catalogue of known exploited vulnerabilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KevEntry {
    /// `YYYY-MM-DD`.
    pub added: String,
    /// `YYYY-MM-DD`; empty if not given.
    pub due: String,
    /// Known use in ransomware campaigns.
    pub ransomware: bool,
}

/// An EPSS score, both parts in hundred-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpssScore {
    /// Probability of exploitation in the next 30 days.
    pub probability: u32,
    /// Share of all scored vulnerabilities with the same or a lower probability.
    pub percentile: u32,
}

impl EpssScore {
    pub(crate) fn to_bytes(self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&self.probability.to_le_bytes());
        bytes[4..].copy_from_slice(&self.percentile.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (probability, rest) = bytes.split_first_chunk::<4>()?;
        let (percentile, _) = rest.split_first_chunk::<4>()?;
        Some(Self {
            probability: u32::from_le_bytes(*probability),
            percentile: u32::from_le_bytes(*percentile),
        })
    }
}

/// Why an edition cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read.
    #[error("the edition `{path}` cannot be read: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file is something else.
    #[error("`{path}` is not a corpus edition. Make one with `aftercare corpus import FILE...`.")]
    NotAnEdition {
        /// The file.
        path: PathBuf,
    },
    /// The file was made by a newer version.
    #[error(
        "the edition `{path}` has format {found}; this version reads format {FORMAT}. Use a newer aftercare, or import the sources again."
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The file is damaged.
    #[error(
        "the edition `{path}` is damaged: {damage}. Nothing was looked up in it. Restore it from a copy, or import the sources again."
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        damage: Damage,
    },
}

/// An immutable edition of public knowledge, open for look-ups from any number of threads.
#[derive(Debug)]
pub struct Edition {
    id: Digest,
    path: PathBuf,
    file: Arc<File>,
    manifest: Manifest,
    rules: Table,
    heads: Table,
    configurations: Table,
    ids: Table,
    groups: Table,
    names: Table,
    kev: Table,
    epss: Table,
}

impl Edition {
    /// Opens the edition file. Its name says its digest; [`Edition::verify`] compares the whole file.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let io = |error| OpenError::Io { path: path.to_owned(), error };
        let strange = || OpenError::NotAnEdition { path: path.to_owned() };
        let broken = |damage| OpenError::Damaged { path: path.to_owned(), damage };
        let id: Digest = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .and_then(|stem| stem.parse().ok())
            .ok_or_else(strange)?;
        let file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let trailer_at = size.checked_sub(24).filter(|at| *at >= 16).ok_or_else(strange)?;
        let (mut head, mut trailer) = ([0; 16], [0; 24]);
        read_at(&file, &mut head, 0).map_err(io)?;
        read_at(&file, &mut trailer, trailer_at).map_err(io)?;
        if head != *MAGIC {
            return Err(strange());
        }
        if trailer[8..] != *MAGIC {
            return Err(broken(Damage::Structure("the end of the file (is it cut short?)")));
        }
        let number = |at: usize| {
            u32::from_le_bytes([trailer[at], trailer[at + 1], trailer[at + 2], trailer[at + 3]])
        };
        let (length, crc) = (u64::from(number(0)), number(4));
        let start = trailer_at
            .checked_sub(length)
            .ok_or_else(|| broken(Damage::Structure("the section list's length")))?;
        let list = read_checked(&file, start, length as usize, crc).map_err(broken)?;
        let sections: Sections = serde_json::from_slice(&list)
            .map_err(|_| broken(Damage::Structure("the section list")))?;
        let part = |section: Section| {
            if section.length > SECTION_LIMIT || section.start + section.length > size {
                return Err(broken(Damage::Structure("a section's place")));
            }
            read_checked(&file, section.start, section.length as usize, section.crc).map_err(broken)
        };
        let manifest: Manifest = serde_json::from_slice(&part(sections.manifest)?)
            .map_err(|_| broken(Damage::Structure("the manifest")))?;
        if manifest.format > FORMAT {
            return Err(OpenError::Newer { path: path.to_owned(), found: manifest.format });
        }
        let fences = [
            sections.rules,
            sections.heads,
            sections.configurations,
            sections.ids,
            sections.groups,
            sections.names,
            sections.kev,
            sections.epss,
        ]
        .map(|(blocks, fence)| part(fence).map(|fence| (blocks.start, fence)));
        let file = Arc::new(file);
        let mut tables = fences.into_iter().map(|fence| {
            let (start, fence) = fence?;
            Table::open(Arc::clone(&file), start, fence).map_err(broken)
        });
        let mut next = || tables.next().unwrap_or_else(|| Err(strange()));
        Ok(Self {
            id,
            path: path.to_owned(),
            rules: next()?,
            heads: next()?,
            configurations: next()?,
            ids: next()?,
            groups: next()?,
            names: next()?,
            kev: next()?,
            epss: next()?,
            manifest,
            file: Arc::clone(&file),
        })
    }

    /// The edition's identity: the SHA-256 of its file.
    pub fn id(&self) -> Digest {
        self.id
    }

    /// What it says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of distinct keys (packages and products).
    pub fn key_count(&self) -> u64 {
        self.rules.keys()
    }

    /// Reads the whole file and compares its digest with its name.
    pub fn verify(&self) -> Result<bool, io::Error> {
        let mut file = File::open(&self.path)?;
        let (mut hasher, mut buffer) = (Hasher::default(), vec![0; 1 << 20]);
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(hasher.finish() == self.id),
                read => hasher.update(&buffer[..read]),
            }
        }
    }

    /// Calls `with` for every rule filed under `key` (`npm:lodash`, `cpe:openssl:openssl`), in the
    /// order of the records. Says whether the key exists.
    pub fn rules(&self, key: &str, with: impl FnMut(Posting<'_>)) -> Result<bool, Damage> {
        self.rules_of(key, |_| true, with)
    }

    /// As [`Edition::rules`], for the records that `wanted` names; the others' rules are not read.
    pub fn rules_of(
        &self,
        key: &str,
        wanted: impl Fn(u32) -> bool,
        mut with: impl FnMut(Posting<'_>),
    ) -> Result<bool, Damage> {
        let found = self.rules.get(key.as_bytes(), |mut rest| {
            while !rest.is_empty() {
                let mut posting = || {
                    let (record, group) =
                        (take_varint(&mut rest)? as u32, take_varint(&mut rest)? as u32);
                    let rule = take_bytes(&mut rest)?;
                    if !wanted(record) {
                        return Some(None);
                    }
                    Some(Some(Posting { record, group, rule: postcard::from_bytes(rule).ok()? }))
                };
                if let Some(posting) = posting().ok_or(Damage::Structure("a rule"))? {
                    with(posting);
                }
            }
            Ok(())
        })?;
        match found {
            None => Ok(false),
            Some(outcome) => outcome.map(|()| true),
        }
    }

    /// Whether any rule is filed under `key`.
    pub fn has_key(&self, key: &str) -> Result<bool, Damage> {
        self.rules.has(key.as_bytes())
    }

    /// The record's conditional configuration of that index, handed to `with`; `None` if it has none.
    pub fn configuration<T>(
        &self,
        record: u32,
        index: u16,
        with: impl FnOnce(&CpeRule<'_>) -> T,
    ) -> Result<Option<T>, Damage> {
        let found = self.configurations.get(&record.to_be_bytes(), |bytes| {
            let all: Vec<CpeRule<'_>> =
                postcard::from_bytes(bytes).map_err(|_| Damage::Structure("a configuration"))?;
            Ok(all.iter().find(|rule| rule.index == index).map(with))
        })?;
        found.transpose().map(Option::flatten)
    }

    /// The record's head.
    pub fn head(&self, record: u32) -> Result<Head, Damage> {
        let head = self.heads.get(&record.to_be_bytes(), |bytes| {
            let (raw, rest) = bytes.split_first_chunk::<20>()?;
            let (digest, rest) = rest.split_first_chunk::<32>()?;
            let body: HeadBody<'_> = postcard::from_bytes(rest).ok()?;
            Some(Head {
                record,
                digest: Digest::from_bytes(*digest),
                body: owned(body),
                raw: RawAt::from_bytes(raw),
            })
        })?;
        head.flatten().ok_or(Damage::Structure("a record's head"))
    }

    /// The record's bytes as received.
    pub fn received(&self, head: &Head) -> Result<String, Damage> {
        let mut packed = vec![0; head.raw.packed as usize];
        read_at(&self.file, &mut packed, head.raw.frame)?;
        let frame = zstd::decode_all(packed.as_slice())
            .map_err(|_| Damage::Structure("a frame of received records"))?;
        let (from, length) = (head.raw.start as usize, head.raw.length as usize);
        let bytes = frame
            .get(from..from + length)
            .ok_or(Damage::Structure("a frame of received records"))?;
        if Digest::of(bytes) != head.digest {
            return Err(Damage::Structure("a received record"));
        }
        String::from_utf8(bytes.to_vec()).map_err(|_| Damage::Structure("a received record"))
    }

    /// The records that carry an identifier, in any letter case.
    pub fn find(&self, id: &str) -> Result<Vec<Found>, Damage> {
        let found = self.ids.get(id.trim().to_uppercase().as_bytes(), founds)?;
        found.flatten_or_empty()
    }

    /// The records of an alias group.
    pub fn group(&self, group: u32) -> Result<Vec<u32>, Damage> {
        let members = self.groups.get(&group.to_be_bytes(), |mut rest| {
            let mut members = Vec::new();
            while !rest.is_empty() {
                members.push(take_varint(&mut rest)? as u32);
            }
            Some(members)
        })?;
        members.flatten().ok_or(Damage::Structure("an alias group"))
    }

    /// Keys whose last name part is exactly `name` (lower case): `log4j-core` finds the Maven package
    /// and any product of that name.
    pub fn keys_named(&self, name: &str) -> Result<Vec<String>, Damage> {
        let keys = self.names.get(name.as_bytes(), |rest| {
            crate::sorter::frames(rest)
                .map(|key| String::from_utf8_lossy(key).into_owned())
                .collect()
        })?;
        Ok(keys.unwrap_or_default())
    }

    /// The entry in the catalogue of known exploited vulnerabilities.
    pub fn kev(&self, cve: &str) -> Result<Option<KevEntry>, Damage> {
        let entry = self
            .kev
            .get(cve.to_uppercase().as_bytes(), |bytes| postcard::from_bytes(bytes).ok())?;
        match entry {
            None => Ok(None),
            Some(entry) => entry.map(Some).ok_or(Damage::Structure("a KEV entry")),
        }
    }

    /// The EPSS score.
    pub fn epss(&self, cve: &str) -> Result<Option<EpssScore>, Damage> {
        let score = self.epss.get(cve.to_uppercase().as_bytes(), EpssScore::from_bytes)?;
        match score {
            None => Ok(None),
            Some(score) => score.map(Some).ok_or(Damage::Structure("an EPSS score")),
        }
    }

    /// Calls `with` for each record that stands under an identifier of its own, in the identifiers'
    /// order. Used for differences between editions and for building onto an edition.
    pub fn each_own(&self, mut with: impl FnMut(&str, Found)) -> Result<(), Damage> {
        let mut outcome = Ok(());
        self.ids.scan(b"", |key, value| {
            match (std::str::from_utf8(key), founds(value)) {
                (Ok(id), Some(found)) => {
                    found
                        .into_iter()
                        .filter(|found| found.relation == Relation::Own)
                        .for_each(|found| with(id, found));
                }
                _ => outcome = Err(Damage::Structure("an identifier")),
            }
            outcome.is_ok()
        })?;
        outcome
    }

    /// Calls `with` for each key, in order.
    pub fn each_key(&self, mut with: impl FnMut(&str)) -> Result<(), Damage> {
        self.rules.scan_keys(b"", |key| {
            std::str::from_utf8(key).is_ok_and(|key| {
                with(key);
                true
            })
        })
    }

    /// Calls `with` for each EPSS row, in order.
    pub fn each_epss(&self, mut with: impl FnMut(&str, EpssScore)) -> Result<(), Damage> {
        let mut outcome = Ok(());
        self.epss.scan(b"", |key, value| {
            match (std::str::from_utf8(key), EpssScore::from_bytes(value)) {
                (Ok(cve), Some(score)) => with(cve, score),
                _ => outcome = Err(Damage::Structure("an EPSS score")),
            }
            outcome.is_ok()
        })?;
        outcome
    }

    /// Calls `with` for each KEV entry, in order.
    pub fn each_kev(&self, mut with: impl FnMut(&str, KevEntry)) -> Result<(), Damage> {
        let mut outcome = Ok(());
        self.kev.scan(b"", |key, value| {
            match (std::str::from_utf8(key), postcard::from_bytes(value)) {
                (Ok(cve), Ok(entry)) => with(cve, entry),
                _ => outcome = Err(Damage::Structure("a KEV entry")),
            }
            outcome.is_ok()
        })?;
        outcome
    }
}

/// A missing key is an empty list; an unreadable value is damage.
trait FlattenOrEmpty<T> {
    fn flatten_or_empty(self) -> Result<Vec<T>, Damage>;
}

impl<T> FlattenOrEmpty<T> for Option<Option<Vec<T>>> {
    fn flatten_or_empty(self) -> Result<Vec<T>, Damage> {
        match self {
            None => Ok(Vec::new()),
            Some(list) => list.ok_or(Damage::Structure("an identifier")),
        }
    }
}

fn founds(mut rest: &[u8]) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (record, group) = (take_varint(&mut rest)? as u32, take_varint(&mut rest)? as u32);
        let (relation, after) = rest.split_first()?;
        let (digest8, after) = after.split_first_chunk::<8>()?;
        rest = after;
        let relation = match relation {
            0 => Relation::Own,
            1 => Relation::Alias,
            3 => Relation::Within,
            _ => Relation::About,
        };
        found.push(Found { record, group, relation, digest8: *digest8 });
    }
    Some(found)
}

fn owned(body: HeadBody<'_>) -> HeadBody<'static> {
    let own = |text: Text<'_>| Text::from(text.0.into_owned());
    let all = |texts: Vec<Text<'_>>| {
        texts.into_iter().map(|text| Text::from(text.0.into_owned())).collect()
    };
    HeadBody {
        source: body.source,
        id: own(body.id),
        aliases: all(body.aliases),
        upstream: all(body.upstream),
        modified: own(body.modified),
        published: own(body.published),
        state: body.state,
        summary: body.summary,
        severities: body
            .severities
            .into_iter()
            .map(|severity| Severity {
                asserter: own(severity.asserter),
                vector: own(severity.vector),
                score_tenths: severity.score_tenths,
            })
            .collect(),
        ssvc: body.ssvc,
        kev_since: body.kev_since.map(own),
    }
}
