//! A log as a folder of files (C2SP tlog-tiles): `checkpoint`, `checkpoints/SIZE`, `tile/...`.
//!
//! Tiles are written before the checkpoint that needs them, so a reader of the folder always finds
//! what its checkpoint speaks of, whenever the process that wrote it was killed.

use super::{files, table};
use crate::{fault::Fault, sql::Session};
use aftercare_evidence::{
    Checkpoint, Note, Tree,
    tile::{Level, Tile, WIDTH, hashes_from_bytes, hashes_to_bytes, new_tiles},
};
use aftercare_vocab::digest::Digest;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

const NEWEST: &str = "checkpoint";
const KEPT: &str = "checkpoints";

/// One place where the log is kept as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder {
    dir: PathBuf,
}

impl Folder {
    pub(crate) const fn at(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn newest_place(&self) -> PathBuf {
        self.dir.join(NEWEST)
    }

    /// The bytes of the newest checkpoint.
    pub(crate) fn newest(&self) -> Result<Option<Vec<u8>>, Fault> {
        read(&self.newest_place())
    }

    /// The sizes of the kept checkpoints, smallest first.
    pub(crate) fn sizes(&self) -> Result<Vec<u64>, Fault> {
        let kept = self.dir.join(KEPT);
        let list = match fs::read_dir(&kept) {
            Ok(list) => list,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(Fault::io("listing", &kept, &e)),
        };
        let names = list.map(|file| file.map(|file| file.file_name()));
        let names = names.collect::<io::Result<Vec<_>>>();
        let names = names.map_err(|e| Fault::io("listing", &kept, &e))?;
        let mut sizes: Vec<u64> =
            names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect();
        sizes.sort_unstable();
        Ok(sizes)
    }

    /// Where the checkpoint of a size is kept.
    pub(crate) fn kept_place(&self, size: u64) -> PathBuf {
        self.dir.join(KEPT).join(size.to_string())
    }

    /// The bytes of a tile of hashes. A full one serves also who asks for its beginning.
    pub(crate) fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, Fault> {
        if let Some(bytes) = read(&self.dir.join(tile.path()))? {
            return Ok(Some(bytes));
        }
        let full = Tile { width: WIDTH, ..*tile };
        let bytes = read(&self.dir.join(full.path()))?;
        Ok(bytes.and_then(|bytes| bytes.get(..tile.width as usize * 32).map(<[u8]>::to_vec)))
    }

    fn hashes(&self, tile: &Tile) -> Result<Vec<Digest>, Fault> {
        let place = || self.dir.join(tile.path()).display().to_string();
        let bytes = self.tile(tile)?.ok_or_else(|| Fault::shape(&place(), "it is missing"))?;
        hashes_from_bytes(&bytes, tile.width)
            .ok_or_else(|| Fault::shape(&place(), "it has another length than a tile"))
    }

    /// The tree of the first `size` entries, read from the tiles.
    pub(crate) fn tree(&self, size: u64) -> Tree<impl FnMut(Tile) -> Result<Vec<Digest>, Fault>> {
        let mut held: BTreeMap<Tile, Vec<Digest>> = BTreeMap::new();
        Tree::new(size, move |tile| {
            if let Some(hashes) = held.get(&tile) {
                return Ok(hashes.clone());
            }
            let hashes = self.hashes(&tile)?;
            held.insert(tile, hashes.clone());
            Ok(hashes)
        })
    }

    /// Brings the tiles to `size` entries with the leaf hashes of the ledger. Nothing is written unless
    /// they come to `root`, and the tiles before to what they came to before.
    pub(crate) fn extend(&self, session: &Session, size: u64, root: Digest) -> Result<(), Fault> {
        let before = match self.newest()? {
            None => None,
            Some(bytes) => Some(checkpoint_in(&self.newest_place(), &bytes)?),
        };
        let start = before.as_ref().map_or(0, |before| before.size.min(size));
        let made = self.made(session, start, size).and_then(|made| {
            self.check(&made, before.as_ref(), size, root)?;
            Ok(made)
        });
        let made = match made {
            Ok(made) => made,
            // A tile is missing or damaged: all of them can be had again from the ledger.
            Err(_) if start > 0 => {
                let made = self.made(session, 0, size)?;
                self.check(&made, before.as_ref(), size, root)?;
                made
            }
            Err(fault) => return Err(fault),
        };
        self.put(&made)
    }

    fn put(&self, made: &BTreeMap<Tile, Vec<Digest>>) -> Result<(), Fault> {
        for (tile, hashes) in made {
            files::write(&self.dir.join(tile.path()), &hashes_to_bytes(hashes))?;
            let narrower = self.dir.join(tile.partial_folder());
            if tile.width == WIDTH && narrower.exists() {
                fs::remove_dir_all(&narrower).map_err(|e| Fault::io("removing", &narrower, &e))?;
            }
        }
        Ok(())
    }

    /// Writes the tiles again when they do not come to the newest checkpoint.
    pub(crate) fn mend(&self, session: &Session) -> Result<(), Fault> {
        let Some(bytes) = self.newest()? else { return Ok(()) };
        let newest = checkpoint_in(&self.newest_place(), &bytes)?;
        let there = new_tiles(0, newest.size).iter().all(|tile| {
            let full = Tile { width: WIDTH, ..*tile };
            self.dir.join(tile.path()).exists() || self.dir.join(full.path()).exists()
        });
        if there && self.tree(newest.size).root(newest.size).is_ok_and(|root| root == newest.root) {
            return Ok(());
        }
        tracing::warn!("the tiles in {} were incomplete and are written again", self.dir.display());
        let made = self.made(session, 0, newest.size)?;
        self.check(&made, Some(&newest), newest.size, newest.root)?;
        self.put(&made)
    }

    /// The tiles that a log of `size` entries has beyond one of `start`.
    fn made(
        &self,
        session: &Session,
        start: u64,
        size: u64,
    ) -> Result<BTreeMap<Tile, Vec<Digest>>, Fault> {
        let mut made: BTreeMap<Tile, Vec<Digest>> = BTreeMap::new();
        let mut old = self.tree(start);
        for tile in new_tiles(start, size) {
            let Level::Hashes(level) = tile.level else { continue };
            let first = tile.index * WIDTH;
            let mut hashes = Vec::with_capacity(tile.width as usize);
            if level == 0 {
                table::leaves(session, first, first + tile.width, |leaf| hashes.push(leaf))?;
                if hashes.len() as u64 != tile.width {
                    return Err(Fault::shape("the ledger", "an entry is missing"));
                }
            } else {
                for number in first..first + tile.width {
                    let below =
                        Tile { level: Level::Hashes(level - 1), index: number, width: WIDTH };
                    hashes.push(match made.get(&below) {
                        Some(hashes) => aftercare_evidence::root(hashes),
                        None => old.hash_at(level, number)?,
                    });
                }
            }
            made.insert(tile, hashes);
        }
        Ok(made)
    }

    fn check(
        &self,
        made: &BTreeMap<Tile, Vec<Digest>>,
        before: Option<&Checkpoint>,
        size: u64,
        root: Digest,
    ) -> Result<(), Fault> {
        let mut tree = Tree::new(size, |tile| match made.get(&tile) {
            Some(hashes) => Ok(hashes.clone()),
            None => self.hashes(&tile),
        });
        let differs = |signed: u64| Fault::LedgerDiffers {
            place: self.newest_place().display().to_string(),
            signed,
        };
        if tree.root(size)? != root {
            return Err(differs(size));
        }
        match before {
            Some(before) if before.size > size => Err(Fault::LedgerShorter {
                place: self.newest_place().display().to_string(),
                signed: before.size,
                found: size,
            }),
            Some(before) if tree.root(before.size)? != before.root => Err(differs(before.size)),
            _ => Ok(()),
        }
    }

    /// Keeps a checkpoint as the newest. Its tiles are there.
    pub(crate) fn keep(&self, size: u64, note: &str) -> Result<(), Fault> {
        let kept = self.kept_place(size);
        if !kept.exists() {
            files::write(&kept, note.as_bytes())?;
        }
        files::write(&self.newest_place(), note.as_bytes())
    }

    /// Brings the folder to the newest checkpoint of the table.
    pub(crate) fn catch_up(&self, session: &Session) -> Result<(), Fault> {
        let have = match self.newest()? {
            None => 0,
            Some(bytes) => checkpoint_in(&self.newest_place(), &bytes)?.size,
        };
        let rows = table::after(session, 0)?;
        let kept = self.sizes()?;
        for row in rows.iter().filter(|row| row.size <= have && !kept.contains(&row.size)) {
            files::write(&self.kept_place(row.size), row.note.as_bytes())?;
        }
        let Some(newest) = rows.last().filter(|row| row.size > have) else { return Ok(()) };
        self.extend(session, newest.size, newest.root)?;
        rows.iter().filter(|row| row.size > have).try_for_each(|row| self.keep(row.size, &row.note))
    }
}

/// What a note says, not who signed it.
pub(crate) fn checkpoint_in(place: &Path, bytes: &[u8]) -> Result<Checkpoint, Fault> {
    let forged = |why: String| Fault::CheckpointForged { place: place.display().to_string(), why };
    let note = Note::read(bytes).map_err(|why| forged(why.to_string()))?;
    Checkpoint::read(note.text()).map_err(|why| forged(why.to_string()))
}

pub(crate) fn read(place: &Path) -> Result<Option<Vec<u8>>, Fault> {
    match fs::read(place) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Fault::io("reading", place, &e)),
    }
}
