//! The judgement: keys, checkpoints, hashes and entries against each other.

use crate::{
    align::{Change, align},
    chain::Chain,
    report::{Findings, Place},
    trust::{Kept, Read, Trust, anchors, believed, root_at},
};
use aftercare_domain::Entry;
use aftercare_evidence::{
    Checkpoint, Frontier, Note, Verifier, leaf, root,
    tile::{Level, Tile, WIDTH, hashes_from_bytes, hashes_to_bytes, new_tiles},
};
use aftercare_vocab::digest::Digest;
use std::collections::{BTreeMap, HashSet};

/// How far, at most, an entry that was renumbered is looked for.
const RENUMBERED_WINDOW: u64 = 16;

/// Where the judgement reads what it does not hold.
pub trait Evidence {
    /// The bytes of a tile of hashes; an error says why it cannot be had.
    fn tile(&mut self, tile: &Tile) -> Result<Vec<u8>, String>;
    /// The bytes of the entry found at a position (from 1), if they can be had again.
    fn entry(&mut self, position: u64) -> Option<Vec<u8>>;
}

/// What the judgement came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Checkpoints read.
    pub checkpoints: u64,
    /// How many entries the newest believed checkpoint covers; `None` = nothing is signed.
    pub signed: Option<u64>,
    /// What the belief rests on.
    pub trust: Trust,
    /// The keys believed in the end, the first one first.
    pub keys: Vec<String>,
    /// What is not as it was signed.
    pub findings: Findings,
}

/// Judges entries by checkpoints and tiles. `tiled` is the size of the log that the tiles are of
/// (0 = there are none); `pinned` are keys known from elsewhere.
pub fn judge(
    chain: &Chain,
    kept: &[Kept],
    tiled: u64,
    pinned: &[Verifier],
    evidence: &mut impl Evidence,
) -> Judgement {
    let mut findings = Findings::default();
    let read = readable(kept, &mut findings);
    let tiles = Tiles::read(tiled, evidence, &mut findings);

    let sizes: Vec<u64> = read.iter().map(|read| read.checkpoint.size).collect();
    let found = roots(chain.leaves(), &sizes);
    let hashed = roots(&tiles.leaves, &sizes);
    let holds = |checkpoint: &Checkpoint, position: u64| {
        let there = |roots: &[(u64, Digest)], leaves: &[Digest]| {
            let at = position as usize - 1;
            position <= checkpoint.size
                && root_at(roots, checkpoint.size) == Some(checkpoint.root)
                && leaves.get(at).is_some_and(|leaf| chain.leaves().get(at) == Some(leaf))
        };
        there(&found, chain.leaves()) || there(&hashed, &tiles.leaves)
    };
    let (anchors, trust) = anchors(pinned, chain.adopted());
    let keys = believed(anchors, chain.adopted(), &read, holds);
    let good = signed(&read, &keys, &mut findings);

    let newest = good.iter().max_by_key(|checkpoint| checkpoint.size).copied();
    if let Some(newest) = newest {
        if root_at(&hashed, newest.size) == Some(newest.root) {
            let authority = &tiles.leaves[..newest.size as usize];
            altered(chain, authority, evidence, &mut findings);
            two_histories(&good, &hashed, newest, &mut findings);
        } else if root_at(&found, newest.size) == Some(newest.root) {
            two_histories(&good, &found, newest, &mut findings);
        } else {
            narrowed(chain, &good, &found, &mut findings);
        }
    }
    // Tiles are only ever a copy of the hashes: they must be those of the entries found, unless they
    // convict the entries themselves.
    let convicted = newest.is_some_and(|newest| {
        root_at(&hashed, newest.size) == Some(newest.root)
            && root_at(&found, newest.size) != Some(newest.root)
    });
    tiles.check(if convicted { &tiles.leaves } else { chain.leaves() }, &mut findings);

    Judgement {
        checkpoints: kept.len() as u64,
        signed: newest.map(|newest| newest.size),
        trust,
        keys: keys.iter().map(ToString::to_string).collect(),
        findings,
    }
}

fn readable<'k>(kept: &'k [Kept], findings: &mut Findings) -> Vec<Read<'k>> {
    let mut read = Vec::new();
    for kept in kept {
        let note = Note::read(&kept.note).map_err(|why| why.to_string());
        let parts = note.and_then(|note| {
            let checkpoint = Checkpoint::read(note.text()).map_err(|why| why.to_string())?;
            Ok((note, checkpoint))
        });
        match parts {
            Ok((note, checkpoint)) => read.push(Read { kept, note, checkpoint }),
            Err(why) => findings.tell(Place::Checkpoint(kept.place.clone()), why),
        }
    }
    read
}

/// The checkpoints that a believed key signed; the others are told.
fn signed<'r>(
    read: &'r [Read<'_>],
    keys: &[Verifier],
    findings: &mut Findings,
) -> Vec<&'r Checkpoint> {
    let mut good = Vec::new();
    for read in read {
        match read.note.signers(keys) {
            Err(why) => findings.tell(
                Place::Checkpoint(read.kept.place.clone()),
                format!("{why}. It proves nothing; another kept copy of it may"),
            ),
            Ok(signers) if signers.iter().any(|key| key.name() == read.checkpoint.origin) => {
                good.push(&read.checkpoint);
            }
            Ok(_) => findings.tell(
                Place::Checkpoint(read.kept.place.clone()),
                format!("it is of another log, `{}`", read.checkpoint.origin),
            ),
        }
    }
    good
}

/// The signed hashes convict the entries: says which.
fn altered(
    chain: &Chain,
    authority: &[Digest],
    evidence: &mut impl Evidence,
    findings: &mut Findings,
) {
    let found = chain.leaves();
    if found.starts_with(authority) {
        return;
    }
    let (found, renumbered) = renumbered(found, authority, evidence);
    for change in align(authority, &found) {
        let place = Place::Entry(change.position());
        match change {
            Change::Removed { was } if was > chain.size() => findings.tell(
                place,
                format!(
                    "it was removed: {} entries were signed, {} are there",
                    authority.len(),
                    chain.size()
                ),
            ),
            _ => findings.tell(place, change.to_string()),
        }
    }
    for (position, was) in renumbered {
        findings.tell(Place::Entry(was), format!("it was renumbered and stands at {position}"));
    }
}

/// The found hashes, where each entry that is a signed one under another number stands for that one;
/// and which those are (position now, position signed).
fn renumbered(
    found: &[Digest],
    authority: &[Digest],
    evidence: &mut impl Evidence,
) -> (Vec<Digest>, Vec<(u64, u64)>) {
    let known: HashSet<&Digest> = authority.iter().collect();
    let mut out = found.to_vec();
    let mut told = Vec::new();
    let mut last = 0_i64;
    for (at, hash) in found.iter().enumerate() {
        if known.contains(hash) {
            continue;
        }
        let position = at as u64 + 1;
        let Some(entry) = evidence.entry(position).and_then(|bytes| Entry::read(&bytes).ok())
        else {
            continue;
        };
        let window = RENUMBERED_WINDOW as i64;
        // Whoever renumbers shifts all that follow by the same number: try the last one first.
        let shifts = [last].into_iter().chain((1..=window).flat_map(|n| [n, -n]));
        for shift in shifts.filter(|shift| *shift != 0) {
            let Some(was) = position.checked_add_signed(shift) else { continue };
            let Some(signed) = was.checked_sub(1).and_then(|at| authority.get(at as usize)) else {
                continue;
            };
            let there = Entry { seq: was, ..entry.clone() };
            if there.bytes().is_ok_and(|bytes| leaf(&bytes) == *signed) {
                out[at] = *signed;
                told.push((position, was));
                last = shift;
                break;
            }
        }
    }
    (out, told)
}

/// Neither tiles nor entries come to the newest signed root: the checkpoints tell between which sizes.
fn narrowed(chain: &Chain, good: &[&Checkpoint], found: &[(u64, Digest)], findings: &mut Findings) {
    let comes =
        |checkpoint: &&&Checkpoint| root_at(found, checkpoint.size) == Some(checkpoint.root);
    let sound = good.iter().filter(comes).map(|checkpoint| checkpoint.size).max().unwrap_or(0);
    let spoiled = good.iter().filter(|checkpoint| !comes(checkpoint) && checkpoint.size > sound);
    let Some(spoiled) = spoiled.map(|checkpoint| checkpoint.size).min() else { return };
    if spoiled > chain.size() {
        let (first, there) = (chain.size() + 1, chain.size());
        findings.tell(
            Place::Entries(first, spoiled),
            format!("removed: {spoiled} entries were signed, {there} are there"),
        );
    }
    findings.tell(
        Place::Entries(sound + 1, spoiled),
        format!(
            "at least one of them was altered, removed, inserted or moved: they do not come to the \
             root signed at size {spoiled}. The tiles do not either, so which one cannot be told from \
             this copy; compare with another copy of the tiles. Entries up to {sound} are as signed"
        ),
    );
}

/// A log that signed two histories, or a key in two hands.
fn two_histories(
    good: &[&Checkpoint],
    roots: &[(u64, Digest)],
    newest: &Checkpoint,
    findings: &mut Findings,
) {
    for checkpoint in good {
        if root_at(roots, checkpoint.size).is_some_and(|root| root != checkpoint.root) {
            let (size, root) = (checkpoint.size, checkpoint.root);
            findings.tell(
                Place::Checkpoint(format!("of size {size} with root {root}")),
                format!(
                    "it is signed, but is no beginning of the one signed at size {}: the log was \
                     rewritten between them by somebody with the key, or was set back to an old copy",
                    newest.size
                ),
            );
        }
    }
}

/// Roots of the beginnings of `leaves` at `sizes`, as far as there are so many.
fn roots(leaves: &[Digest], sizes: &[u64]) -> Vec<(u64, Digest)> {
    let mut wanted: Vec<u64> =
        sizes.iter().copied().filter(|size| *size <= leaves.len() as u64).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut frontier = Frontier::default();
    let mut out = Vec::with_capacity(wanted.len());
    let mut leaves = leaves.iter();
    for size in wanted {
        for leaf in leaves.by_ref().take((size - frontier.size()) as usize) {
            frontier.append(*leaf);
        }
        out.push((size, frontier.root()));
    }
    out
}

/// The tiles of hashes of a log.
struct Tiles {
    size: u64,
    there: BTreeMap<Tile, Vec<Digest>>,
    leaves: Vec<Digest>,
}

impl Tiles {
    fn read(size: u64, evidence: &mut impl Evidence, findings: &mut Findings) -> Self {
        let mut there = BTreeMap::new();
        for tile in new_tiles(0, size) {
            let bytes = evidence.tile(&tile);
            let hashes = bytes.and_then(|bytes| {
                let wrong = || format!("{} bytes are not {} hashes", bytes.len(), tile.width);
                hashes_from_bytes(&bytes, tile.width).ok_or_else(wrong)
            });
            match hashes {
                Ok(hashes) => {
                    there.insert(tile, hashes);
                }
                Err(why) => findings.tell(Place::Tile(tile.path()), why),
            }
        }
        let mut leaves = Vec::new();
        for (tile, hashes) in there.range(..).filter(|(tile, _)| tile.level == Level::Hashes(0)) {
            if tile.index * WIDTH != leaves.len() as u64 {
                break; // one is missing: what follows cannot be placed
            }
            leaves.extend_from_slice(hashes);
        }
        Self { size, there, leaves }
    }

    /// Compares each tile with the one that `leaves` make.
    fn check(&self, leaves: &[Digest], findings: &mut Findings) {
        let mut below = leaves[..leaves.len().min(self.size as usize)].to_vec();
        let mut level = 0;
        while !below.is_empty() {
            for (tile, hashes) in
                self.there.iter().filter(|(tile, _)| tile.level == Level::Hashes(level))
            {
                let first = (tile.index * WIDTH) as usize;
                let made = below.get(first..first + hashes.len());
                let Some(made) =
                    made.filter(|made| hashes_to_bytes(made) != hashes_to_bytes(hashes))
                else {
                    continue;
                };
                let place = made.iter().zip(hashes).take_while(|(a, b)| a == b).count();
                let number = first + place + 1;
                let what = if level == 0 {
                    format!("its hash of entry {number} is not that of the entry")
                } else {
                    format!("its hash number {} is not that of the tiles below", place + 1)
                };
                findings.tell(Place::Tile(tile.path()), what);
            }
            let (full, _) = below.as_chunks::<{ WIDTH as usize }>();
            below = full.iter().map(|hashes| root(hashes)).collect();
            level += 1;
        }
    }
}
