//! Building an edition: records in, one immutable file out.
//!
//! Layout of the file: the magic line; frames of received records, each frame about 256 KiB of JSON
//! compressed with Zstandard; the sorted tables; the manifest as JSON; the section list; its length,
//! its CRC-32 and the magic again. Numbers are little endian. Everything except the frames carries a
//! CRC-32 of its own; frames carry Zstandard's content checksum.

use crate::{
    alias::{groups, identifiers},
    edition::{EpssScore, HeadBody, KevEntry, RawAt, Section, Sections},
    manifest::{FactsEntry, Manifest},
    sorter::{ARENA_BYTES, Sorter},
    table::{TableWriter, put_varint},
};
use aftercare_formats::feed::{Record, Rule, Source, State, supplier::Document};
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

/// Version of the format, in the manifest: the newest that is read.
///
/// 1 holds records of OSV, the CVE list and NVD; 2 may hold those of suppliers' documents as well. An
/// edition without any is written as 1, byte for byte as before.
pub const FORMAT: u32 = 2;

/// What an edition without suppliers' documents is written as.
const FORMAT_WITHOUT_SUPPLIERS: u32 = 1;

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
    prepare_of(record, raw, Digest::of(raw.as_bytes()))
}

fn prepare_of<'a>(
    record: &Record<'a>,
    raw: &'a str,
    digest: Digest,
) -> Result<Prepared<'a>, postcard::Error> {
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
        digest,
        head: postcard::to_allocvec(&head)?,
        configurations,
        rules,
        raw,
    })
}

/// A supplier's document made ready in parallel.
#[derive(Debug)]
pub struct PreparedDocument<'a> {
    source: Source,
    key: String,
    order: String,
    digest: Digest,
    packed: Vec<u8>,
    raw_length: usize,
    records: Vec<Prepared<'a>>,
}

impl PreparedDocument<'_> {
    /// Its records: one for each vulnerability of which something usable is said.
    pub fn record_count(&self) -> usize {
        self.records.len()
    }
}

/// Encodes the records of one document, which share its bytes.
pub fn prepare_document<'a>(
    source: Source,
    document: &Document<'a>,
    raw: &'a str,
) -> Result<PreparedDocument<'a>, postcard::Error> {
    let digest = Digest::of(raw.as_bytes());
    let records = document.records.iter().map(|record| prepare_of(record, raw, digest));
    let packed = pack([raw]).map_err(|_| postcard::Error::SerializeBufferFull)?;
    Ok(PreparedDocument {
        source,
        key: document.key.clone(),
        order: document.order.clone(),
        digest,
        packed,
        raw_length: raw.len(),
        records: records.collect::<Result<_, _>>()?,
    })
}

/// What became of a record, or of a document of several.
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
pub(crate) struct Entry {
    pub(crate) source: Source,
    pub(crate) id: String,
    /// (other identifier, whether it is an alias)
    pub(crate) others: Vec<(String, bool)>,
    modified: String,
    pub(crate) digest: Digest,
    kinds: Vec<u16>,
    pub(crate) live: bool,
}

/// A supplier's document in the edition.
#[derive(Debug)]
struct Held {
    order: String,
    digest: Digest,
    records: std::ops::Range<u32>,
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
    documents: Vec<Held>,
    newest_document: HashMap<(Source, String), u32>,
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
            documents: Vec::new(),
            newest_document: HashMap::new(),
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
        let packed: Vec<Vec<u8>> = frames
            .par_iter()
            .map(|range| pack(used[range.clone()].iter().map(|record| record.raw)))
            .collect::<io::Result<_>>()?;
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
                self.file(number, at, record)?;
            }
        }
        Ok(taken)
    }

    /// Files a record that stands at a place under its number.
    fn file(&mut self, number: u32, at: RawAt, record: &Prepared<'_>) -> io::Result<()> {
        let mut value = at.to_bytes().to_vec();
        value.extend_from_slice(record.digest.as_bytes());
        value.extend_from_slice(&record.head);
        self.heads.push(&number.to_be_bytes(), number, &value)?;
        if !record.configurations.is_empty() {
            self.configurations.push(&number.to_be_bytes(), number, &record.configurations)?;
        }
        for (key, rule) in &record.rules {
            self.rules.push(key.as_bytes(), number, rule)?;
        }
        Ok(())
    }

    /// Adds a supplier's document with all its records, or none: a newer version of the same document
    /// takes the place of the older one, also where it says nothing any more.
    pub fn document(&mut self, document: PreparedDocument<'_>) -> io::Result<Taken> {
        let key = (document.source, document.key.clone());
        let replaced = self.newest_document.get(&key).copied();
        if let Some(known) = replaced {
            let known = &self.documents[known as usize];
            if known.digest == document.digest {
                return Ok(Taken::Duplicate);
            }
            if (&document.order, document.digest) < (&known.order, known.digest) {
                return Ok(Taken::Older);
            }
            for record in known.records.clone() {
                self.entries[record as usize].live = false;
            }
        }
        let frame = self.out.offset;
        if !document.records.is_empty() {
            self.out.write_all(&document.packed)?;
        }
        let at = RawAt {
            frame,
            packed: document.packed.len() as u32,
            start: 0,
            length: document.raw_length as u32,
        };
        let first = self.entries.len() as u32;
        for (number, record) in (first..).zip(&document.records) {
            self.register(record);
            self.file(number, at, record)?;
        }
        self.newest_document.insert(key, self.documents.len() as u32);
        self.documents.push(Held {
            order: document.order,
            digest: document.digest,
            records: first..self.entries.len() as u32,
        });
        Ok(Taken::Used(replaced))
    }

    fn register(&mut self, record: &Prepared<'_>) {
        // What a supplier says of its products is no coverage of an ecosystem.
        let keys = record.rules.iter().filter(|_| !record.source.is_supplier());
        let kinds: BTreeSet<u16> = keys.map(|(key, _)| kind_number(&mut self.kinds, key)).collect();
        self.entries.push(Entry {
            source: record.source,
            id: record.id.clone(),
            others: record.others.clone(),
            modified: record.modified.clone(),
            digest: record.digest,
            kinds: kinds.into_iter().collect(),
            live: true,
        });
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
        self.register(record);
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
        let has_suppliers =
            self.entries.iter().any(|entry| entry.live && entry.source.is_supplier());
        manifest.format = if has_suppliers { FORMAT } else { FORMAT_WITHOUT_SUPPLIERS };
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

fn pack<'a>(records: impl IntoIterator<Item = &'a str>) -> io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), FRAME_LEVEL)?;
    encoder.include_checksum(true)?;
    for record in records {
        encoder.write_all(record.as_bytes())?;
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
