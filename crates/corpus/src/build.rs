//! Building an edition: records in, one immutable file out.
//!
//! Layout of the file: the magic line; frames of received records, each frame about 256 KiB of JSON
//! compressed with Zstandard; the sorted tables; the manifest as JSON; the section list; its length,
//! its CRC-32 and the magic again. Numbers are little endian. Everything except the frames carries a
//! CRC-32 of its own; frames carry Zstandard's content checksum.

use crate::{
    edition::{EpssScore, HeadBody, KevEntry, RawAt, Section, Sections},
    manifest::{FactsEntry, Manifest},
    sorter::{ARENA_BYTES, Sorter},
    table::{TableWriter, put_varint},
};
use aftercare_formats::feed::{Record, Rule, Source, State};
use aftercare_vocab::digest::{Digest, Hasher};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// First and last bytes of an edition.
pub const MAGIC: &[u8; 16] = b"aftercare-ed-01\n";

/// Version of the format, in the manifest.
pub const FORMAT: u32 = 1;

/// Received bytes gathered into one compressed frame.
const FRAME_BYTES: usize = 256 * 1024;

/// Zstandard level for received records.
const FRAME_LEVEL: i32 = 3;

/// A record made ready in parallel.
#[derive(Debug)]
pub struct Prepared<'a> {
    source: Source,
    id: String,
    /// (other identifier, whether it is the same flaw (alias) or one the record is about (upstream))
    others: Vec<(String, bool)>,
    modified: String,
    digest: Digest,
    head: Vec<u8>,
    /// Whole conditional configurations, encoded; empty if there are none.
    configurations: Vec<u8>,
    /// (key, encoded rule)
    rules: Vec<(String, Vec<u8>)>,
    raw: &'a str,
}

/// Reads, digests and encodes one record.
pub fn prepare<'a>(record: &Record<'a>, raw: &'a str) -> Result<Prepared<'a>, postcard::Error> {
    let mut rules = Vec::new();
    let mut configurations = Vec::new();
    let live = record.state == State::Published;
    for statement in record.statements.iter().filter(|_| live) {
        match &statement.rule {
            Rule::Cpe(rule) => {
                for (key, filed) in rule.by_product() {
                    rules.push((key, postcard::to_allocvec(&Rule::Product(filed))?));
                }
                if rule.is_conditional() {
                    configurations.push(rule.clone());
                }
            }
            rule => {
                let encoded = postcard::to_allocvec(rule)?;
                rules.extend(statement.keys.iter().map(|key| (key.clone(), encoded.clone())));
            }
        }
    }
    let head = HeadBody {
        source: record.source,
        id: record.id.clone(),
        aliases: record.aliases.clone(),
        upstream: record.upstream.clone(),
        modified: record.modified.clone(),
        published: record.published.clone(),
        state: record.state,
        summary: record.summary.clone(),
        severities: record.severities.clone(),
        ssvc: record.ssvc,
        kev_since: record.kev_since.clone(),
    };
    let configurations = if configurations.is_empty() {
        Vec::new()
    } else {
        postcard::to_allocvec(&configurations)?
    };
    let others = record.aliases.iter().map(|id| (id.to_string(), true));
    let others = others.chain(record.upstream.iter().map(|id| (id.to_string(), false))).collect();
    Ok(Prepared {
        source: record.source,
        id: record.id.to_string(),
        others,
        modified: record.modified.to_string(),
        digest: Digest::of(raw.as_bytes()),
        head: postcard::to_allocvec(&head)?,
        configurations,
        rules,
        raw,
    })
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is in the edition, and may have taken the place of an older copy of that number.
    Used(Option<u32>),
    /// The very same record was there already.
    Duplicate,
    /// A record of the same source and id with a later (or equal) change time is in the edition; the
    /// older one is left out.
    Older,
}

/// One record's bookkeeping while building.
#[derive(Debug)]
struct Entry {
    source: Source,
    id: String,
    others: Vec<(String, bool)>,
    modified: String,
    digest: Digest,
    kinds: Vec<u16>,
    live: bool,
}

/// A day of EPSS scores: its date, and (CVE, probability, percentile) rows.
type Scores = (String, Vec<(String, u32, u32)>);

/// Builds begun by this process: two at once in one folder keep to files of their own.
static BUILDS: AtomicU64 = AtomicU64::new(0);

/// Builds one edition.
#[derive(Debug)]
pub struct Builder {
    path: PathBuf,
    out: Output,
    entries: Vec<Entry>,
    newest: HashMap<(Source, String), u32>,
    kinds: Vec<String>,
    rules: Sorter,
    heads: Sorter,
    configurations: Sorter,
    kev: Option<(String, BTreeMap<String, Vec<u8>>)>,
    epss: Option<Scores>,
}

/// The file being written: bytes are hashed as they go out.
#[derive(Debug)]
struct Output {
    file: BufWriter<File>,
    hasher: Hasher,
    offset: u64,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.offset += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Builder {
    /// Begins an edition in `folder`; scratch files live there too and vanish with the builder.
    pub fn new(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!(
            ".building-{}-{}",
            std::process::id(),
            BUILDS.fetch_add(1, Ordering::Relaxed)
        ));
        let file = File::create(&path)?;
        let mut out = Output {
            file: BufWriter::with_capacity(1 << 20, file),
            hasher: Hasher::default(),
            offset: 0,
        };
        out.write_all(MAGIC)?;
        Ok(Self {
            rules: Sorter::new(path.with_extension("rules"), ARENA_BYTES),
            heads: Sorter::new(path.with_extension("heads"), ARENA_BYTES / 2),
            configurations: Sorter::new(path.with_extension("configurations"), ARENA_BYTES / 2),
            path,
            out,
            entries: Vec::new(),
            newest: HashMap::new(),
            kinds: Vec::new(),
            kev: None,
            epss: None,
        })
    }

    /// Adds records in order and says what became of each.
    pub fn add(&mut self, batch: Vec<Prepared<'_>>) -> io::Result<Vec<Taken>> {
        let taken: Vec<Taken> = batch.iter().map(|record| self.weigh(record)).collect();
        let used: Vec<Prepared<'_>> = batch
            .into_iter()
            .zip(&taken)
            .filter(|(_, taken)| matches!(taken, Taken::Used(_)))
            .map(|(record, _)| record)
            .collect();
        // Frames are cut first and compressed in parallel, so that the file does not depend on threads.
        let mut frames: Vec<std::ops::Range<usize>> = Vec::new();
        let (mut from, mut bytes) = (0, 0);
        for (index, record) in used.iter().enumerate() {
            bytes += record.raw.len();
            if bytes >= FRAME_BYTES || index + 1 == used.len() {
                frames.push(from..index + 1);
                (from, bytes) = (index + 1, 0);
            }
        }
        let packed: Vec<Vec<u8>> =
            frames.par_iter().map(|range| pack(&used[range.clone()])).collect::<io::Result<_>>()?;
        let first = self.entries.len() as u32 - used.len() as u32;
        for (range, packed) in frames.into_iter().zip(packed) {
            let frame = self.out.offset;
            self.out.write_all(&packed)?;
            let mut start = 0;
            for index in range {
                let (record, number) = (&used[index], first + index as u32);
                let at = RawAt {
                    frame,
                    packed: packed.len() as u32,
                    start,
                    length: record.raw.len() as u32,
                };
                start += at.length;
                let mut value = at.to_bytes().to_vec();
                value.extend_from_slice(record.digest.as_bytes());
                value.extend_from_slice(&record.head);
                self.heads.push(&number.to_be_bytes(), number, &value)?;
                if !record.configurations.is_empty() {
                    self.configurations.push(
                        &number.to_be_bytes(),
                        number,
                        &record.configurations,
                    )?;
                }
                for (key, rule) in &record.rules {
                    self.rules.push(key.as_bytes(), number, rule)?;
                }
            }
        }
        Ok(taken)
    }

    /// Decides whether a record is used, and registers it (or retires the one it replaces).
    fn weigh(&mut self, record: &Prepared<'_>) -> Taken {
        let key = (record.source, record.id.to_uppercase());
        let replaced = self.newest.get(&key).copied();
        if let Some(known) = replaced {
            let known = &mut self.entries[known as usize];
            if known.digest == record.digest {
                return Taken::Duplicate;
            }
            // Equal times: the greater digest, so that the order of the files does not matter.
            if (record.modified.as_str(), record.digest) < (known.modified.as_str(), known.digest) {
                return Taken::Older;
            }
            known.live = false;
        }
        let number = self.entries.len() as u32;
        self.newest.insert(key, number);
        let kinds: BTreeSet<u16> =
            record.rules.iter().map(|(key, _)| kind_number(&mut self.kinds, key)).collect();
        self.entries.push(Entry {
            source: record.source,
            id: record.id.clone(),
            others: record.others.clone(),
            modified: record.modified.clone(),
            digest: record.digest,
            kinds: kinds.into_iter().collect(),
            live: true,
        });
        Taken::Used(replaced)
    }

    /// Takes a KEV catalogue if it is newer than the one at hand. Says whether it was taken.
    pub fn kev(
        &mut self,
        version: &str,
        entries: &[aftercare_formats::feed::kev::Entry<'_>],
    ) -> Result<bool, postcard::Error> {
        if self.kev.as_ref().is_some_and(|(known, _)| known.as_str() >= version) {
            return Ok(false);
        }
        let mut rows = BTreeMap::new();
        for entry in entries {
            let value = KevEntry {
                added: entry.added.to_string(),
                due: entry.due.to_string(),
                ransomware: entry.ransomware.eq_ignore_ascii_case("known"),
            };
            rows.insert(entry.cve.to_uppercase(), postcard::to_allocvec(&value)?);
        }
        self.kev = Some((version.to_owned(), rows));
        Ok(true)
    }

    /// Takes a day of EPSS scores if it is newer than the one at hand. Says whether it was taken.
    pub fn epss(&mut self, date: &str, mut rows: Vec<(String, u32, u32)>) -> bool {
        if self.epss.as_ref().is_some_and(|(known, _)| known.as_str() >= date) {
            return false;
        }
        rows.sort();
        rows.dedup_by(|a, b| a.0 == b.0);
        self.epss = Some((date.to_owned(), rows));
        true
    }

    /// Whether nothing at all has been taken.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.kev.is_none() && self.epss.is_none()
    }

    /// Writes the tables and closes the edition as `folder/<digest>.edition`. Gives its digest.
    pub fn finish(mut self, folder: &Path, mut manifest: Manifest) -> io::Result<Digest> {
        let groups = groups(&self.entries);
        self.describe(&mut manifest);
        let live: Vec<bool> = self.entries.iter().map(|entry| entry.live).collect();
        let mut sections = Sections::default();

        let mut names: BTreeSet<(String, String)> = BTreeSet::new();
        let rules = std::mem::replace(&mut self.rules, Sorter::new(PathBuf::new(), 0));
        table(&mut self.out, &mut sections.rules, |writer| {
            let mut open: Option<(Vec<u8>, Vec<u8>)> = None;
            rules.drain(|key, record, rule| {
                if !live[record as usize] {
                    return Ok(());
                }
                if open.as_ref().is_none_or(|(known, _)| known != key) {
                    if let Some((known, value)) = open.take() {
                        writer.put(&known, &value)?;
                    }
                    let text = String::from_utf8_lossy(key).into_owned();
                    names.insert((short_name(&text).to_owned(), text));
                    open = Some((key.to_vec(), Vec::new()));
                }
                if let Some((_, value)) = &mut open {
                    put_varint(value, u64::from(record));
                    put_varint(value, u64::from(groups[record as usize]));
                    put_varint(value, rule.len() as u64);
                    value.extend_from_slice(rule);
                }
                Ok(())
            })?;
            open.map_or(Ok(()), |(known, value)| writer.put(&known, &value))
        })?;
        let by_record =
            |sorter: &mut Sorter, out: &mut Output, section: &mut (Section, Section)| {
                let rows = std::mem::replace(sorter, Sorter::new(PathBuf::new(), 0));
                table(out, section, |writer| {
                    rows.drain(
                        |key, record, value| {
                            if live[record as usize] { writer.put(key, value) } else { Ok(()) }
                        },
                    )
                })
            };
        by_record(&mut self.heads, &mut self.out, &mut sections.heads)?;
        by_record(&mut self.configurations, &mut self.out, &mut sections.configurations)?;
        let identifiers = identifiers(&self.entries, &groups);
        table(&mut self.out, &mut sections.ids, |writer| {
            identifiers.iter().try_for_each(|(id, value)| writer.put(id.as_bytes(), value))
        })?;
        table(&mut self.out, &mut sections.groups, |writer| {
            let mut members: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
            for (record, group) in groups.iter().enumerate().filter(|(record, _)| live[*record]) {
                put_varint(members.entry(*group).or_default(), record as u64);
            }
            members.iter().try_for_each(|(group, value)| writer.put(&group.to_be_bytes(), value))
        })?;
        table(&mut self.out, &mut sections.names, |writer| {
            let mut byname: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
            for (name, key) in &names {
                let value = byname.entry(name).or_default();
                put_varint(value, key.len() as u64);
                value.extend_from_slice(key.as_bytes());
            }
            byname
                .iter()
                .filter(|(name, _)| !name.is_empty())
                .try_for_each(|(name, value)| writer.put(name.as_bytes(), value))
        })?;
        let kev = self.kev.take().map(|(_, rows)| rows).unwrap_or_default();
        table(&mut self.out, &mut sections.kev, |writer| {
            kev.iter().try_for_each(|(cve, entry)| writer.put(cve.as_bytes(), entry))
        })?;
        let epss = self.epss.take().map(|(_, rows)| rows).unwrap_or_default();
        table(&mut self.out, &mut sections.epss, |writer| {
            epss.iter().try_for_each(|(cve, probability, percentile)| {
                let score = EpssScore { probability: *probability, percentile: *percentile };
                writer.put(cve.as_bytes(), &score.to_bytes())
            })
        })?;
        let json = serde_json::to_vec(&manifest)?;
        sections.manifest = Section::of(self.out.offset, &json);
        self.out.write_all(&json)?;
        let list = serde_json::to_vec(&sections)?;
        self.out.write_all(&list)?;
        self.out.write_all(&(list.len() as u32).to_le_bytes())?;
        self.out.write_all(&crc32fast::hash(&list).to_le_bytes())?;
        self.out.write_all(MAGIC)?;
        self.out.flush()?;
        self.out.file.get_ref().sync_all()?;
        let digest = std::mem::take(&mut self.out.hasher).finish();
        std::fs::rename(&self.path, folder.join(format!("{}.edition", digest.hex())))?;
        File::open(folder)?.sync_all()?;
        Ok(digest)
    }

    fn describe(&self, manifest: &mut Manifest) {
        manifest.format = FORMAT;
        for entry in self.entries.iter().filter(|entry| entry.live) {
            *manifest.records.entry(entry.source.code().to_owned()).or_default() += 1;
            let newest = manifest.newest.entry(entry.source.code().to_owned()).or_default();
            if *newest < entry.modified {
                newest.clone_from(&entry.modified);
            }
            for kind in &entry.kinds {
                *manifest.coverage.entry(self.kinds[usize::from(*kind)].clone()).or_default() += 1;
            }
        }
        manifest.kev = self.kev.as_ref().map(|(version, rows)| FactsEntry {
            version: version.clone(),
            count: rows.len() as u64,
        });
        manifest.epss = self
            .epss
            .as_ref()
            .map(|(date, rows)| FactsEntry { version: date.clone(), count: rows.len() as u64 });
    }
}

impl Drop for Builder {
    fn drop(&mut self) {
        // After `finish` the file has moved away and there is nothing to remove.
        let _gone = std::fs::remove_file(&self.path);
    }
}

fn pack(records: &[Prepared<'_>]) -> io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), FRAME_LEVEL)?;
    encoder.include_checksum(true)?;
    for record in records {
        encoder.write_all(record.raw.as_bytes())?;
    }
    encoder.finish()
}

fn table(
    out: &mut Output,
    section: &mut (Section, Section),
    fill: impl FnOnce(&mut TableWriter<&mut Output>) -> io::Result<()>,
) -> io::Result<()> {
    let start = out.offset;
    let mut writer = TableWriter::new(&mut *out);
    fill(&mut writer)?;
    let (_, length, fence) = writer.finish()?;
    section.0 = Section { start, length, crc: 0 };
    section.1 = Section::of(out.offset, &fence);
    out.write_all(&fence)
}

/// The kind of a key: everything before the first colon (`deb/debian`, `cpe`).
fn kind_number(kinds: &mut Vec<String>, key: &str) -> u16 {
    let kind = key.split(':').next().unwrap_or_default();
    let number = kinds.iter().position(|known| known == kind).unwrap_or_else(|| {
        kinds.push(kind.to_owned());
        kinds.len() - 1
    });
    number as u16
}

/// The last part of a key's name: what a person would type.
pub fn short_name(key: &str) -> &str {
    key.rsplit([':', '/']).next().unwrap_or(key)
}

/// A group for each record: records about one flaw share the number of the group's first record.
///
/// Identifiers are joined over aliases, and over `upstream` where a record is about exactly one
/// flaw. Two sets that each hold a different CVE identifier are never joined: then the record keeps
/// to the set of its own identifier, and its other identifiers still find it.
fn groups(entries: &[Entry]) -> Vec<u32> {
    let mut sets = Sets::default();
    for entry in entries.iter().filter(|entry| entry.live) {
        let own = sets.of(&entry.id);
        let aliases: Vec<&str> =
            entry.others.iter().filter(|(_, alias)| *alias).map(|(id, _)| id.as_str()).collect();
        let upstream: Vec<&str> =
            entry.others.iter().filter(|(_, alias)| !alias).map(|(id, _)| id.as_str()).collect();
        let about_one = if upstream.len() == 1 { upstream } else { Vec::new() };
        let cves: BTreeSet<String> = aliases
            .iter()
            .chain(&about_one)
            .filter(|id| is_cve(id))
            .map(|id| id.to_uppercase())
            .collect();
        for id in aliases.iter().chain(&about_one) {
            if cves.len() > 1 && is_cve(id) {
                continue; // one record about several CVEs joins none of them
            }
            let other = sets.of(id);
            sets.join(own, other);
        }
    }
    let mut first: HashMap<usize, u32> = HashMap::new();
    let numbers = entries.iter().enumerate().map(|(record, entry)| {
        if entry.live {
            let own = sets.of(&entry.id);
            let root = sets.root(own);
            *first.entry(root).or_insert(record as u32)
        } else {
            record as u32
        }
    });
    numbers.collect()
}

fn is_cve(id: &str) -> bool {
    id.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("CVE-"))
}

/// Disjoint sets of identifiers, at most one CVE identifier in each.
#[derive(Default)]
struct Sets {
    numbers: HashMap<String, usize>,
    parent: Vec<usize>,
    cve: Vec<Option<usize>>,
}

impl Sets {
    fn of(&mut self, id: &str) -> usize {
        let upper = id.to_uppercase();
        if let Some(number) = self.numbers.get(&upper) {
            return *number;
        }
        let number = self.parent.len();
        self.cve.push(is_cve(&upper).then_some(number));
        self.numbers.insert(upper, number);
        self.parent.push(number);
        number
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let cve = match (self.cve[a], self.cve[b]) {
            (Some(one), Some(other)) if one != other => return,
            (one, other) => one.or(other),
        };
        self.parent[b] = a;
        self.cve[a] = cve;
    }
}

/// Every identifier with the records that carry it.
fn identifiers(entries: &[Entry], groups: &[u32]) -> BTreeMap<String, Vec<u8>> {
    let mut ids: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (record, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.live) {
        let own = std::iter::once((entry.id.as_str(), 0));
        let others =
            entry.others.iter().map(|(id, alias)| (id.as_str(), if *alias { 1 } else { 2 }));
        for (id, relation) in own.chain(others).filter(|(id, _)| !id.is_empty()) {
            let value = ids.entry(id.to_uppercase()).or_default();
            put_varint(value, record as u64);
            put_varint(value, u64::from(groups[record]));
            value.push(relation);
            value.extend_from_slice(&entry.digest.as_bytes()[..8]);
        }
    }
    ids
}
