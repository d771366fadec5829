//! A tree read from its tiles: roots, frontiers and proofs from a handful of files, however long the
//! log.

use crate::{
    Frontier,
    hash::{empty_root, node, root},
    tile::{HEIGHT, Level, Tile, WIDTH},
};
use aftercare_vocab::digest::Digest;

/// A log of `size` entries whose tiles of hashes `fetch` gives. `fetch` must give as many hashes as
/// the tile is wide; tiles come in the width they have at this size.
#[derive(Debug)]
pub struct Tree<F> {
    size: u64,
    fetch: F,
}

impl<F, E> Tree<F>
where
    F: FnMut(Tile) -> Result<Vec<Digest>, E>,
{
    /// The tree of the first `size` entries.
    pub const fn new(size: u64, fetch: F) -> Self {
        Self { size, fetch }
    }

    /// The root over the first `size` entries, at most as many as there are.
    pub fn root(&mut self, size: u64) -> Result<Digest, E> {
        self.range(0, size.min(self.size))
    }

    /// The frontier after the first `size` entries, at most as many as there are.
    pub fn frontier(&mut self, size: u64) -> Result<Frontier, E> {
        let size = size.min(self.size);
        let mut peaks = Vec::new();
        let mut start = 0;
        for height in (0..u64::BITS).rev() {
            if size & (1 << height) != 0 {
                peaks.push(self.subtree(height, start >> height)?);
                start += 1 << height;
            }
        }
        Ok(Frontier::from_peaks(size, peaks))
    }

    /// Hash number `index` of a tile level: level 0 are the entries, level n the roots of 256 of
    /// level n - 1 each.
    pub fn hash_at(&mut self, level: u8, index: u64) -> Result<Digest, E> {
        self.subtree(HEIGHT * u32::from(level), index)
    }

    /// The audit path of entry `index` (from 0), lowest sibling first, as
    /// [`inclusion::holds`](crate::inclusion::holds) takes it. `None` when there is no such entry.
    pub fn prove_inclusion(&mut self, index: u64) -> Result<Option<Vec<Digest>>, E> {
        if index >= self.size {
            return Ok(None);
        }
        let mut path = Vec::new();
        let (mut start, mut end) = (0, self.size);
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.range(middle, end)?);
                end = middle;
            } else {
                path.push(self.range(start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Ok(Some(path))
    }

    /// The proof that the first `first` entries are the beginning of all of them, as
    /// [`consistency::holds`](crate::consistency::holds) takes it. `None` when `first` is 0 or more
    /// than there are.
    pub fn prove_consistency(&mut self, first: u64) -> Result<Option<Vec<Digest>>, E> {
        if first == 0 || first > self.size {
            return Ok(None);
        }
        let mut path = Vec::new();
        let (mut start, mut end, mut whole) = (0, self.size, true);
        while first < end {
            let middle = start + split(end - start);
            if first <= middle {
                path.push(self.range(middle, end)?);
                end = middle;
            } else {
                path.push(self.range(start, middle)?);
                start = middle;
                whole = false;
            }
        }
        if !whole {
            path.push(self.range(start, end)?);
        }
        path.reverse();
        Ok(Some(path))
    }

    /// The root over entries `start..end`, where `start` is where a split put it.
    fn range(&mut self, start: u64, end: u64) -> Result<Digest, E> {
        let length = end - start;
        if length == 0 {
            return Ok(empty_root());
        }
        if length.is_power_of_two() {
            let height = length.trailing_zeros();
            return self.subtree(height, start >> height);
        }
        let middle = start + split(length);
        Ok(node(&self.range(start, middle)?, &self.range(middle, end)?))
    }

    /// The root of the complete subtree number `index` of that height.
    fn subtree(&mut self, height: u32, index: u64) -> Result<Digest, E> {
        let (level, inside) = (height / HEIGHT, height % HEIGHT);
        let first = index << inside; // the first hash of that tile level it spans
        let there = self.size >> (HEIGHT * level);
        let tile = Tile {
            level: Level::Hashes(level as u8),
            index: first / WIDTH,
            width: (there - first / WIDTH * WIDTH).min(WIDTH),
        };
        let hashes = (self.fetch)(tile)?;
        let from = (first % WIDTH) as usize;
        Ok(root(&hashes[from..from + (1 << inside)]))
    }
}

/// The largest power of two smaller than `n`; `n` is at least 2.
const fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}
