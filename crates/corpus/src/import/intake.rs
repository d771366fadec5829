//! Intake: recognises each document by its content, reads its records in parallel, hands them to the
//! builder, and keeps the account of what was used and what was not, and why.

use super::{
    ImportError,
    container::Documents,
    recognise::{Probe, looks_like_feed, one_line_is_json, other_kind, other_text},
};
use crate::{
    build::{Builder, Prepared, PreparedDocument, Taken, prepare, prepare_document},
    edition::Edition,
    manifest::{Manifest, SourceEntry},
};
use aftercare_formats::feed::{
    Source, cve, epss, kev, nvd, osv,
    supplier::{self, csaf, cyclonedx, openvex},
};
use aftercare_vocab::{digest::Hasher, problem::Problem};
use rayon::prelude::*;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;
use std::{
    collections::{BTreeMap, HashSet},
    io,
    path::Path,
};

/// Single-record documents gathered before they are read together.
const BATCH_RECORDS: usize = 4096;
/// ... or when they hold this many bytes.
const BATCH_BYTES: usize = 24 << 20;

/// A document that is one record.
#[derive(Debug)]
struct Single {
    source: Source,
    place: String,
    text: String,
    entry: usize,
}

/// Takes documents and gives an edition's builder and manifest.
#[derive(Debug)]
pub struct Intake {
    builder: Builder,
    manifest: Manifest,
    batch: Vec<Single>,
    batch_bytes: usize,
    entry: usize,
    records: u64,
    /// Everything counted so far, as used, as unused, or waiting to be read.
    counted: u64,
    /// By record number, the source entry that the record is counted under.
    owners: Vec<u32>,
    /// The same by the number of a supplier's document, and the documents' sources.
    document_owners: Vec<u32>,
    /// Source entry and size of the KEV catalogue and the EPSS scores in use.
    kev: Option<(usize, u64)>,
    epss: Option<(usize, u64)>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    cve: &'a RawValue,
}

impl Intake {
    /// An empty intake.
    pub fn new(builder: Builder, label: Option<String>) -> Self {
        let manifest = Manifest { label, ..Manifest::default() };
        Self {
            builder,
            manifest,
            batch: Vec::new(),
            batch_bytes: 0,
            entry: 0,
            records: 0,
            counted: 0,
            owners: Vec::new(),
            document_owners: Vec::new(),
            kev: None,
            epss: None,
        }
    }

    /// Records used so far.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Takes all live records and facts of an earlier edition.
    pub fn base(&mut self, base: &Edition) -> Result<(), ImportError> {
        self.manifest.sources.clone_from(&base.manifest().sources);
        self.entry = self.manifest.sources.len();
        self.manifest
            .sources
            .push(SourceEntry { name: format!("edition {}", base.id()), ..SourceEntry::default() });
        let mut numbers = Vec::new();
        base.each_own(|_, found| numbers.push(found.record))?;
        numbers.sort_unstable();
        let mut documents = HashSet::new();
        for record in numbers {
            let head = base.head(record)?;
            if head.body.source.is_supplier() && !documents.insert(head.digest) {
                continue; // a document stands once for all its records
            }
            let text = base.received(&head)?;
            self.single(head.body.source, &format!("edition record {}", head.body.id), text)?;
        }
        self.flush()?;
        if let Some(known) = &base.manifest().kev {
            let mut rows = Vec::new();
            base.each_kev(|cve, entry| rows.push((cve.to_owned(), entry)))?;
            let entries: Vec<kev::Entry<'_>> = rows
                .iter()
                .map(|(cve, entry)| kev::Entry {
                    cve: cve.as_str().into(),
                    added: entry.added.as_str().into(),
                    due: entry.due.as_str().into(),
                    ransomware: if entry.ransomware { "Known" } else { "" }.into(),
                })
                .collect();
            self.builder.kev(&known.version, &entries).map_err(encoding)?;
        }
        if let Some(known) = &base.manifest().epss {
            let mut rows = Vec::new();
            base.each_epss(|cve, score| {
                rows.push((cve.to_owned(), score.probability, score.percentile));
            })?;
            self.builder.epss(&known.version, rows);
        }
        Ok(())
    }

    /// Begins a top-level file; loose single-record files of one folder share an entry.
    pub fn begin(&mut self, path: &Path, size: u64) {
        let name = short(path);
        self.entry = self.manifest.sources.len();
        self.manifest.sources.push(SourceEntry { name, bytes: size, ..SourceEntry::default() });
    }

    /// Ends the file: its digest, or its merging into the folder's entry.
    pub fn end(&mut self, path: &Path) -> Result<(), ImportError> {
        let Some(entry) = self.manifest.sources.last() else { return Ok(()) };
        let known = entry.used.values().sum::<u64>()
            + entry.unused.values().map(|unused| unused.count).sum::<u64>();
        let waiting = self.batch.iter().filter(|single| single.entry == self.entry).count() as u64;
        if known + waiting <= 1 {
            let folder = path.parent().map(short).unwrap_or_default() + "/";
            let previous = self
                .manifest
                .sources
                .iter()
                .position(|source| source.name == folder && source.digest.is_none());
            if let Some(target) = previous {
                let Some(done) = self.manifest.sources.pop() else { return Ok(()) };
                let (popped, stays) = (self.entry as u32, target as u32);
                for owners in [&mut self.owners, &mut self.document_owners] {
                    let counted = owners.iter_mut().rev().take_while(|owner| **owner == popped);
                    counted.for_each(|owner| *owner = stays);
                }
                for facts in [&mut self.kev, &mut self.epss].into_iter().flatten() {
                    if facts.0 == self.entry {
                        facts.0 = target;
                    }
                }
                merge(&mut self.manifest.sources[target], done);
                self.batch
                    .iter_mut()
                    .filter(|single| single.entry == self.entry)
                    .for_each(|single| single.entry = target);
            } else if waiting == 1
                && let Some(entry) = self.manifest.sources.last_mut()
            {
                entry.name = folder;
            } else if let Some(entry) = self.manifest.sources.last_mut() {
                entry.digest = Some(file_digest(path)?);
            }
            return Ok(());
        }
        if let Some(entry) = self.manifest.sources.last_mut() {
            entry.digest = Some(file_digest(path)?);
        }
        Ok(())
    }

    /// Reads what is still waiting and gives builder and manifest, if there is anything in them.
    pub fn finish(mut self) -> Result<(Builder, Manifest), ImportError> {
        self.flush()?;
        if self.builder.is_empty() {
            let unused = self.manifest.unused();
            let found: Vec<String> =
                unused.iter().map(|(reason, count)| format!("{count} × {reason}")).collect();
            let sbom = unused.keys().any(|reason| reason.contains("SBOM"));
            return Err(ImportError::NothingFound {
                found: if found.is_empty() {
                    "there are no files in it".into()
                } else {
                    found.join("; ")
                },
                hint: if sbom {
                    " To check an SBOM, use `aftercare check FILE`.".into()
                } else {
                    String::new()
                },
            });
        }
        Ok((self.builder, self.manifest))
    }

    fn used(&mut self, what: &str, count: u64) {
        self.counted += count;
        let entry = &mut self.manifest.sources[self.entry];
        *entry.used.entry(what.to_owned()).or_default() += count;
    }

    fn unused(&mut self, reason: &str, count: u64, place: &str) {
        self.counted += count;
        unused(&mut self.manifest.sources[self.entry], reason, count, place);
    }

    fn single(&mut self, source: Source, place: &str, text: String) -> Result<(), ImportError> {
        self.counted += 1;
        self.batch_bytes += text.len();
        self.batch.push(Single { source, place: place.to_owned(), text, entry: self.entry });
        if self.batch.len() >= BATCH_RECORDS || self.batch_bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        let batch = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        let items: Vec<(Source, &str, &str, usize)> = batch
            .iter()
            .map(|single| {
                (single.source, single.place.as_str(), single.text.as_str(), single.entry)
            })
            .collect();
        self.take(&items)
    }

    /// Reads records in parallel and hands them to the builder in order.
    fn take(&mut self, items: &[(Source, &str, &str, usize)]) -> Result<(), ImportError> {
        let read: Vec<Result<Ready<'_>, String>> =
            items.par_iter().map(|(source, _, text, _)| ready(*source, text)).collect();
        let mut prepared = Vec::with_capacity(read.len());
        let mut owners = Vec::with_capacity(read.len());
        for (result, (source, place, _, entry)) in read.into_iter().zip(items) {
            match result {
                Ok(Ready::Record(record)) => {
                    prepared.push(record);
                    owners.push((*source, *place, *entry));
                }
                Ok(Ready::Document(document, left)) => {
                    self.supplied(*source, place, *entry, document, left)?;
                }
                Err(reason) => unused(&mut self.manifest.sources[*entry], &reason, 1, place),
            }
        }
        let taken = self
            .builder
            .add(prepared)
            .map_err(|error| ImportError::Io { place: "writing the edition".into(), error })?;
        for (taken, (source, place, entry)) in taken.into_iter().zip(owners) {
            let owner = entry;
            let entry = &mut self.manifest.sources[owner];
            match taken {
                Taken::Used(replaced) => {
                    self.records += 1;
                    self.owners.push(owner as u32);
                    *entry.used.entry(source.code().to_owned()).or_default() += 1;
                    if let Some(older) = replaced {
                        let older = self.owners[older as usize] as usize;
                        retire(&mut self.manifest.sources[older], source.code(), 1, OLDER_RECORD);
                    }
                }
                Taken::Duplicate => {
                    unused(entry, SAME_RECORD, 1, place);
                }
                Taken::Older => {
                    unused(entry, OLDER_RECORD, 1, place);
                }
            }
        }
        Ok(())
    }

    /// Hands a supplier's document to the builder.
    fn supplied(
        &mut self,
        source: Source,
        place: &str,
        owner: usize,
        document: PreparedDocument<'_>,
        left: Left,
    ) -> Result<(), ImportError> {
        let records = document.record_count();
        let taken = self
            .builder
            .document(document)
            .map_err(|error| ImportError::Io { place: "writing the edition".into(), error })?;
        let entry = &mut self.manifest.sources[owner];
        match taken {
            Taken::Used(replaced) => {
                self.records += records as u64;
                self.owners.extend(std::iter::repeat_n(owner as u32, records));
                for (reason, (count, at)) in &left {
                    unused(entry, reason, *count, &format!("{place} {at}"));
                }
                if records > 0 {
                    *entry.used.entry(source.code().to_owned()).or_default() += 1;
                } else if left.is_empty() {
                    unused(entry, "supplier's document that states nothing", 1, place);
                }
                self.document_owners.push(owner as u32);
                if let Some(older) = replaced {
                    let older = self.document_owners[older as usize] as usize;
                    retire(&mut self.manifest.sources[older], source.code(), 1, OLDER_DOCUMENT);
                }
            }
            Taken::Duplicate => unused(entry, SAME_RECORD, 1, place),
            Taken::Older => unused(entry, OLDER_DOCUMENT, 1, place),
        }
        Ok(())
    }

    fn page(&mut self, place: &str, list: &RawValue) -> Result<(), ImportError> {
        let items: Vec<Item<'_>> = match serde_json::from_str(list.get()) {
            Ok(items) => items,
            Err(error) => return Err(cut(place, &error)),
        };
        self.counted += items.len() as u64;
        for chunk in items.chunks(BATCH_RECORDS) {
            let chunk: Vec<_> =
                chunk.iter().map(|item| (Source::Nvd, place, item.cve.get(), self.entry)).collect();
            self.take(&chunk)?;
        }
        Ok(())
    }

    fn object(&mut self, place: &str, text: &str, probe: &Probe<'_>) -> Result<bool, ImportError> {
        if let Some(list) = probe.vulnerabilities {
            if probe.catalog_version.is_some() {
                return self.catalogue(place, text).map(|()| true);
            }
            if probe.results_per_page.is_some() {
                if let Some(Ok(time)) =
                    probe.timestamp.map(|time| serde_json::from_str::<String>(time.get()))
                {
                    self.manifest.sources[self.entry].published = Some(time);
                }
                return self.page(place, list).map(|()| true);
            }
        }
        for (list, reason) in [
            (probe.products, "entry of NVD's CPE dictionary: not vulnerability knowledge"),
            (probe.match_strings, "NVD CPE match string: ranges are evaluated from the records"),
            (probe.sources, "NVD source description: not vulnerability knowledge"),
            (probe.cve_changes, "NVD change history entry: not vulnerability knowledge"),
        ] {
            if let (Some(list), true) = (list, probe.results_per_page.is_some()) {
                let count = serde_json::from_str::<Vec<IgnoredAny>>(list.get())
                    .map_or(1, |items| items.len() as u64);
                self.unused(reason, count, place);
                return Ok(true);
            }
        }
        if let (Some(cve), None) = (probe.cve, probe.id)
            && cve.get().starts_with('{')
        {
            self.counted += 1;
            self.take(&[(Source::Nvd, place, cve.get(), self.entry)])?;
            return Ok(true);
        }
        Ok(false)
    }

    fn catalogue(&mut self, place: &str, text: &str) -> Result<(), ImportError> {
        match kev::read(text) {
            Ok(catalogue) => {
                let count = catalogue.vulnerabilities.len() as u64;
                self.manifest.sources[self.entry].published =
                    Some(catalogue.catalog_version.to_string());
                if self
                    .builder
                    .kev(&catalogue.catalog_version, &catalogue.vulnerabilities)
                    .map_err(encoding)?
                {
                    self.used("kev", count);
                    if let Some((older, count)) = self.kev.replace((self.entry, count)) {
                        retire(&mut self.manifest.sources[older], "kev", count, OLDER_CATALOGUE);
                    }
                } else {
                    self.unused(OLDER_CATALOGUE, count, place);
                }
                Ok(())
            }
            Err(problem) => Err(ImportError::Refused {
                place: place.to_owned(),
                what: problem.what,
                next: FETCH_AGAIN.into(),
            }),
        }
    }

    fn scores(&mut self, place: &str, text: &str) {
        match epss::read(text) {
            Ok(scores) => {
                let count = scores.rows.len() as u64;
                self.manifest.sources[self.entry].published = Some(scores.date.clone());
                if let Some((line, what)) = scores.rejected.first() {
                    let example = format!("{place} line {line}: {what}");
                    self.unused(
                        "EPSS line that cannot be read",
                        scores.rejected.len() as u64,
                        &example,
                    );
                }
                if self.builder.epss(&scores.date, scores.rows) {
                    self.used("epss", count);
                    if let Some((older, count)) = self.epss.replace((self.entry, count)) {
                        retire(&mut self.manifest.sources[older], "epss", count, OLDER_SCORES);
                    }
                } else {
                    self.unused(OLDER_SCORES, count, place);
                }
            }
            Err(problem) => self.unused(&problem.what, 1, place),
        }
    }
}

impl Documents for Intake {
    fn document(&mut self, place: &str, bytes: Vec<u8>) -> Result<(), ImportError> {
        let before = self.counted;
        self.read(place, bytes)?;
        self.manifest.sources[self.entry].documents += 1;
        if self.counted == before {
            self.unused("page or catalogue without entries", 1, &shown(place));
        }
        Ok(())
    }
}

impl Intake {
    fn read(&mut self, place: &str, bytes: Vec<u8>) -> Result<(), ImportError> {
        let place = &shown(place);
        self.manifest.sources[self.entry].unpacked_bytes += bytes.len() as u64;
        let Ok(mut text) = String::from_utf8(bytes) else {
            self.unused("binary file or text that is not UTF-8: not a known feed", 1, place);
            return Ok(());
        };
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        let start = text.trim_start();
        if start.is_empty() {
            self.unused("empty file", 1, place);
        } else if start.starts_with('{') {
            let probe: Probe<'_> = match serde_json::from_str(&text) {
                Ok(probe) => probe,
                Err(error) if looks_like_feed(start) => return Err(cut(place, &error)),
                Err(error)
                    if error.is_syntax()
                        && start.lines().count() > 1
                        && one_line_is_json(start) =>
                {
                    self.unused(
                        "JSON lines: not a known feed",
                        start.lines().count() as u64,
                        place,
                    );
                    return Ok(());
                }
                Err(_) => {
                    self.unused("JSON that cannot be read", 1, place);
                    return Ok(());
                }
            };
            if self.object(place, &text, &probe)? {
                return Ok(());
            }
            let source = if let Some(source) = probe.supplier() {
                source
            } else if probe.cve_metadata.is_some() {
                Source::Cve
            } else if probe.id.is_some() && probe.source_identifier.is_some() {
                Source::Nvd
            } else if probe.id.is_some() && probe.modified.is_some() {
                Source::Osv
            } else {
                let reason = other_kind(&probe);
                self.unused(reason, 1, place);
                return Ok(());
            };
            return self.single(source, place, text);
        } else if epss::recognise(&text) {
            self.scores(place, &text);
        } else {
            self.unused(other_text(start), 1, place);
        }
        Ok(())
    }
}

const SAME_RECORD: &str = "the same record stands in another file";
const OLDER_DOCUMENT: &str = "an older version of a supplier's document that is in the edition";
const OLDER_RECORD: &str = "an older copy of a record that is in the edition";
const OLDER_CATALOGUE: &str = "entry of an older KEV catalogue than the one in the edition";
const OLDER_SCORES: &str = "score of an older EPSS day than the one in the edition";

const FETCH_AGAIN: &str = "Fetch it again and compare its checksum with the publisher's.";

/// What a document's reader could not use: reason, how often, and place of the first.
type Left = BTreeMap<&'static str, (u64, String)>;

/// What a text was read into.
enum Ready<'a> {
    Record(Prepared<'a>),
    Document(PreparedDocument<'a>, Left),
}

fn ready(source: Source, text: &str) -> Result<Ready<'_>, String> {
    let encoding = |error| format!("cannot be encoded: {error}");
    let read: fn(&str) -> Result<supplier::Document<'_>, Problem> = match source {
        Source::Osv | Source::Cve | Source::Nvd => {
            let record = match source {
                Source::Osv => osv::read(text),
                Source::Cve => cve::read(text),
                _ => nvd::read(text),
            };
            let record = record.map_err(|problem| problem.what)?;
            return prepare(&record, text).map(Ready::Record).map_err(encoding);
        }
        Source::Csaf => csaf::read,
        Source::Openvex => openvex::read,
        Source::Cyclonedx => cyclonedx::read,
    };
    let document = read(text).map_err(|problem| problem.what)?;
    let prepared = prepare_document(source, &document, text).map_err(encoding)?;
    Ok(Ready::Document(prepared, document.unused))
}

fn cut(place: &str, error: &serde_json::Error) -> ImportError {
    ImportError::Refused {
        place: place.to_owned(),
        what: format!("it begins like a feed but cannot be read to its end ({error})."),
        next: FETCH_AGAIN.into(),
    }
}

fn encoding(error: postcard::Error) -> ImportError {
    ImportError::Io { place: "writing the edition".into(), error: io::Error::other(error) }
}

fn unused(entry: &mut SourceEntry, reason: &str, count: u64, place: &str) {
    let unused = entry.unused.entry(reason.to_owned()).or_default();
    if unused.count == 0 {
        place.clone_into(&mut unused.example);
    }
    unused.count += count;
}

/// What was counted as used gives way to something newer.
fn retire(entry: &mut SourceEntry, what: &str, count: u64, reason: &str) {
    if let Some(used) = entry.used.get_mut(what) {
        *used = used.saturating_sub(count);
    }
    entry.used.retain(|_, used| *used > 0);
    let place = entry.name.clone();
    unused(entry, reason, count, &place);
}

fn merge(into: &mut SourceEntry, from: SourceEntry) {
    into.bytes += from.bytes;
    into.unpacked_bytes += from.unpacked_bytes;
    into.documents += from.documents;
    for (what, count) in from.used {
        *into.used.entry(what).or_default() += count;
    }
    for (reason, other) in from.unused {
        unused(into, &reason, other.count, &other.example);
    }
}

/// The last two parts of a path: enough to recognise a file, without the importer's machine in it.
pub(super) fn short(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .filter_map(|part| match part {
            std::path::Component::Normal(name) => Some(name.to_string_lossy()),
            _ => None,
        })
        .collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}

/// A place inside a container, with the container's path shortened.
fn shown(place: &str) -> String {
    match place.split_once('!') {
        Some((file, inner)) => format!("{}!{inner}", short(Path::new(file))),
        None => short(Path::new(place)),
    }
}

fn file_digest(path: &Path) -> Result<String, ImportError> {
    let failed = |error| ImportError::Io { place: path.display().to_string(), error };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut hasher = Hasher::default();
    io::copy(&mut file, &mut hasher).map_err(failed)?;
    Ok(hasher.finish().to_string())
}
