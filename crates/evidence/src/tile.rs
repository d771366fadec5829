//! Tiles (C2SP tlog-tiles): the tree cut into files of up to 256 hashes, and the entries into
//! bundles of up to 256, so that a log is a folder of files that never change once full.

use aftercare_vocab::digest::Digest;
use std::fmt::Write as _;

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 256;
/// Levels of the tree that one tile spans.
pub const HEIGHT: u32 = 8;
/// Most bytes of one entry: a bundle writes its length in 16 bits.
pub const ENTRY_LIMIT: usize = u16::MAX as usize;
/// The highest tile level of a tree with less than 2^63 entries.
const TOP: u8 = 7;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Hashes: level 0 those of the entries, level n those of 256 hashes of level n - 1 each.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// One tile by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What it holds.
    pub level: Level,
    /// Which one of its level, from 0.
    pub index: u64,
    /// How many hashes or entries, 1 to 256.
    pub width: u64,
}

impl Tile {
    /// Where the full tile stands, or stood: its path without the width.
    fn whole(&self) -> String {
        let mut path = match self.level {
            Level::Hashes(level) => format!("tile/{level}"),
            Level::Entries => "tile/entries".to_owned(),
        };
        let mut groups = vec![self.index % 1_000];
        let mut rest = self.index / 1_000;
        while rest > 0 {
            groups.push(rest % 1_000);
            rest /= 1_000;
        }
        while let Some(group) = groups.pop() {
            let mark = if groups.is_empty() { "" } else { "x" };
            let _ = write!(path, "/{mark}{group:03}");
        }
        path
    }

    /// The path below the log's folder: `tile/0/x001/067` or `tile/0/x001/067.p/5`.
    pub fn path(&self) -> String {
        let whole = self.whole();
        if self.width == WIDTH { whole } else { format!("{whole}.p/{}", self.width) }
    }

    /// The folder of the narrower forms of this tile, useless once it is full.
    pub fn partial_folder(&self) -> String {
        format!("{}.p", self.whole())
    }

    /// Reads a path; only the one form that [`Tile::path`] writes.
    pub fn read(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let level = match level {
            "entries" => Level::Entries,
            _ => Level::Hashes(level.parse().ok().filter(|level| *level <= TOP)?),
        };
        let (rest, width) = match rest.split_once(".p/") {
            None => (rest, WIDTH),
            Some((rest, width)) => (rest, width.parse().ok()?),
        };
        let mut index = 0_u64;
        for group in rest.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let number: u64 = digits.parse().ok().filter(|_| digits.len() == 3)?;
            index = index.checked_mul(1_000)?.checked_add(number)?;
        }
        let tile = Self { level, index, width };
        ((1..=WIDTH).contains(&width) && tile.path() == path).then_some(tile)
    }
}

/// All tiles of hashes of a log with `size` entries that one with `before` entries did not have
/// in the same width, level by level.
pub fn new_tiles(before: u64, size: u64) -> Vec<Tile> {
    let mut out = Vec::new();
    for level in 0..=TOP {
        let shift = HEIGHT * u32::from(level);
        let (had, has) = (before >> shift, size >> shift);
        if has == 0 {
            break;
        }
        spread(Level::Hashes(level), had, has, &mut out);
    }
    out
}

/// The same for bundles of entries.
pub fn new_bundles(before: u64, size: u64) -> Vec<Tile> {
    let mut out = Vec::new();
    spread(Level::Entries, before, size, &mut out);
    out
}

fn spread(level: Level, had: u64, has: u64, out: &mut Vec<Tile>) {
    if had >= has {
        return;
    }
    for index in had / WIDTH..has.div_ceil(WIDTH) {
        out.push(Tile { level, index, width: (has - index * WIDTH).min(WIDTH) });
    }
}

/// A tile of hashes as bytes: 32 for each.
pub fn hashes_to_bytes(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// Reads a tile of hashes. `None` when the length does not fit.
pub fn hashes_from_bytes(bytes: &[u8], width: u64) -> Option<Vec<Digest>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() as u64 == width)
        .then(|| hashes.iter().map(|hash| Digest::from_bytes(*hash)).collect())
}

/// A bundle of entries as bytes: each with its length before it, 16 bits, big-endian. `None` when one
/// is longer than [`ENTRY_LIMIT`].
pub fn bundle_to_bytes<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for entry in entries {
        out.extend_from_slice(&u16::try_from(entry.len()).ok()?.to_be_bytes());
        out.extend_from_slice(entry);
    }
    Some(out)
}

/// Reads a bundle of `width` entries. `None` when there are fewer or more bytes.
pub fn bundle_from_bytes(mut bytes: &[u8], width: u64) -> Option<Vec<&[u8]>> {
    let mut out = Vec::new();
    for _ in 0..width {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        out.push(entry);
        bytes = rest;
    }
    bytes.is_empty().then_some(out)
}
