//! An exported copy of a ledger: a folder with everything needed to check it.
//!
//! `checkpoint`, `checkpoints/SIZE`, `tile/...` and `tile/entries/...` as C2SP tlog-tiles lays them
//! out, `blobs/` with the cited documents, `projections.json` (read by the register).

use crate::{
    chain::Chain,
    judge::{Evidence, Judgement, judge},
    report::{Findings, Place},
    signatures::Signatures,
    timestamp::{self, Roots, kept::Stamped},
    trust::Kept,
};
use aftercare_domain::Entry;
use aftercare_evidence::{
    Checkpoint, Note, Verifier,
    tile::{Tile, new_bundles},
};
use aftercare_vocab::digest::Digest;
use std::{
    collections::{BTreeSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
};

/// Bundles kept in memory while entries are looked at again.
const BUNDLES_HELD: usize = 8;

/// A folder is no copy of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{place}` is no exported ledger: {why}. Name the folder that `aftercare ledger export` wrote."
)]
pub struct Unreadable {
    /// The folder.
    pub place: String,
    /// What is missing.
    pub why: String,
}

/// An exported copy.
#[derive(Debug)]
pub struct Copy {
    dir: PathBuf,
    size: u64,
    kept: Vec<Kept>,
    findings: Findings,
}

/// What the check of a copy came to.
#[derive(Debug)]
pub struct Checked {
    /// Entries found.
    pub entries: u64,
    /// The root over them.
    pub root: Digest,
    /// Blobs that were there and are what the entries cite.
    pub blobs: u64,
    /// Cited blobs that are not in the copy.
    pub blobs_absent: u64,
    /// Signatures of people that were weighed.
    pub signatures: u64,
    /// Checkpoints that an authority stamped with its time.
    pub stamps: Vec<Stamped>,
    /// Keys, checkpoints and what does not fit.
    pub judgement: Judgement,
}

impl Copy {
    /// Finds the copy in a folder.
    pub fn open(dir: &Path) -> Result<Self, Unreadable> {
        let unreadable = |why: String| Unreadable { place: dir.display().to_string(), why };
        let mut findings = Findings::default();
        let newest = fs::read(dir.join("checkpoint"))
            .map_err(|error| unreadable(format!("`checkpoint` cannot be read ({error})")))?;
        let mut kept = vec![Kept { place: "checkpoint".to_owned(), note: newest }];
        let older = dir.join("checkpoints");
        let mut names: Vec<String> = Vec::new();
        if let Ok(list) = fs::read_dir(&older) {
            let files = list.filter_map(|file| file.ok()?.file_name().into_string().ok());
            names.extend(files.filter(|name| name.parse::<u64>().is_ok()));
        } else {
            let what = "the folder of kept checkpoints is missing";
            findings.tell(Place::File("checkpoints".to_owned()), what);
        }
        names.sort_by_key(|name| name.parse::<u64>().unwrap_or_default());
        for name in names {
            let place = format!("checkpoints/{name}");
            match fs::read(older.join(&name)) {
                Ok(note) => kept.push(Kept { place, note }),
                Err(error) => findings.tell(Place::File(place), error.to_string()),
            }
        }
        let size = kept.iter().find_map(|kept| size_of(&kept.note)).or_else(|| {
            kept.iter().rev().find_map(|kept| kept.place.rsplit('/').next()?.parse().ok())
        });
        let size = size.ok_or_else(|| unreadable("no checkpoint in it can be read".to_owned()))?;
        Ok(Self { dir: dir.to_owned(), size, kept, findings })
    }

    /// The number of entries its newest checkpoint speaks of.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Checks everything but the projections. `with_blobs` says whether the cited blobs should be
    /// there; those that are there are checked anyway. `roots` are the authorities whose time stamps are
    /// believed. `each` gets every entry that can be read.
    pub fn check(
        mut self,
        pinned: &[Verifier],
        with_blobs: bool,
        roots: Option<&Roots>,
        mut each: impl FnMut(&Entry),
    ) -> Checked {
        let mut chain = Chain::default();
        let mut files = Files { dir: self.dir.clone(), size: self.size, held: VecDeque::new() };
        let (mut blobs, mut signatures) = (BTreeSet::new(), Signatures::default());
        for bundle in new_bundles(0, self.size) {
            let bytes = match files.read(&bundle) {
                Ok(bytes) => bytes,
                Err(why) => {
                    self.findings.tell(Place::Tile(bundle.path()), why);
                    continue;
                }
            };
            let (entries, whole) = entries_in(&bytes);
            if !whole || entries.len() as u64 != bundle.width {
                let what = format!(
                    "it holds {} entries{} where {} belong",
                    entries.len(),
                    if whole { "" } else { " and a rest that is none" },
                    bundle.width
                );
                self.findings.tell(Place::Tile(bundle.path()), what);
            }
            for bytes in entries {
                let position = chain.size() + 1;
                let findings = &mut self.findings;
                let entry = chain.push(bytes, |what| findings.tell(Place::Entry(position), what));
                if let Some(entry) = entry {
                    signatures.enter(&entry, |what| findings.tell(Place::Entry(position), what));
                    blobs.extend(entry.event.blobs());
                    each(&entry);
                }
            }
        }
        let mut judgement = judge(&chain, &self.kept, self.size, pinned, &mut files);
        if judgement.signed.is_some_and(|signed| signed < self.size) {
            let what = format!(
                "it speaks of {} entries, but only {} are covered by a believed signature",
                self.size,
                judgement.signed.unwrap_or_default()
            );
            self.findings.tell(Place::Checkpoint("checkpoint".to_owned()), what);
        }
        let stamps = timestamp::kept::read_all(&self.dir, "", &mut self.findings);
        let note = |size: u64| {
            let place = format!("checkpoints/{size}");
            self.kept.iter().find(|kept| kept.place == place).map(|kept| kept.note.clone())
        };
        let stamps = timestamp::kept::weigh(&stamps, note, &chain, roots, &mut self.findings);
        let (there, absent) = self.blobs(&blobs, with_blobs);
        // What is signed convicts first; what merely looks odd stands behind it.
        judgement.findings.join(self.findings);
        Checked {
            entries: chain.size(),
            root: chain.frontier().root(),
            blobs: there,
            blobs_absent: absent,
            signatures: signatures.checked(),
            stamps,
            judgement,
        }
    }

    fn blobs(&mut self, cited: &BTreeSet<Digest>, wanted: bool) -> (u64, u64) {
        let (mut there, mut absent) = (0, 0);
        for digest in cited {
            let hex = digest.hex();
            match fs::read(self.dir.join("blobs").join(&hex[..2]).join(&hex[2..])) {
                Ok(bytes) if Digest::of(&bytes) == *digest => there += 1,
                Ok(_) => {
                    self.findings.tell(Place::Blob(*digest), "its bytes have another digest");
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    absent += 1;
                    if wanted {
                        self.findings.tell(Place::Blob(*digest), "it is missing from the copy");
                    }
                }
                Err(error) => self.findings.tell(Place::Blob(*digest), error.to_string()),
            }
        }
        (there, absent)
    }
}

fn size_of(note: &[u8]) -> Option<u64> {
    let note = Note::read(note).ok()?;
    Checkpoint::read(note.text()).ok().map(|checkpoint| checkpoint.size)
}

/// The entries of a bundle, however many there are, and whether nothing is left over.
fn entries_in(mut bytes: &[u8]) -> (Vec<&[u8]>, bool) {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        let Some((entry, rest)) = rest.split_at_checked(length) else { break };
        entries.push(entry);
        bytes = rest;
    }
    (entries, bytes.is_empty())
}

/// The files of a copy.
struct Files {
    dir: PathBuf,
    size: u64,
    held: VecDeque<(Tile, Vec<u8>)>,
}

impl Files {
    fn read(&self, tile: &Tile) -> Result<Vec<u8>, String> {
        fs::read(self.dir.join(tile.path())).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => "the file is missing".to_owned(),
            _ => error.to_string(),
        })
    }
}

impl Evidence for Files {
    fn tile(&mut self, tile: &Tile) -> Result<Vec<u8>, String> {
        self.read(tile)
    }

    fn entry(&mut self, position: u64) -> Option<Vec<u8>> {
        let mut first = 1;
        for bundle in new_bundles(0, self.size) {
            if !self.held.iter().any(|(held, _)| *held == bundle) {
                self.held.push_back((bundle, self.read(&bundle).ok()?));
                if self.held.len() > BUNDLES_HELD {
                    self.held.pop_front();
                }
            }
            let bytes = self.held.iter().find(|(held, _)| *held == bundle).map(|(_, b)| b)?;
            let (entries, _) = entries_in(bytes);
            if position < first + entries.len() as u64 {
                return entries.get((position - first) as usize).map(|entry| entry.to_vec());
            }
            first += entries.len() as u64;
        }
        None
    }
}
