//! At the door: is the ledger still the one that was signed?
//!
//! The newest checkpoint of the table, of the log's folder and of the second place must be ours, and
//! the ledger must hold all it speaks of. If not, nothing is written to it any more: a ledger that
//! lost entries must not grow new ones in their place.

use super::{
    Ledger,
    folder::{Folder, checkpoint_in},
    keys::Keys,
    table,
};
use crate::fault::Fault;
use aftercare_evidence::{Checkpoint, Frontier, Note, Verifier};
use aftercare_vocab::digest::Digest;
use std::{collections::BTreeMap, path::Path};

/// A checkpoint and where it was found.
struct Found {
    place: String,
    checkpoint: Checkpoint,
}

/// Compares all places with the ledger's head.
pub(crate) fn compare(
    ledger: &Ledger<'_>,
    keys: &Keys,
    newest: Option<table::Row>,
    home: &Folder,
    second: Option<&Folder>,
) -> Result<(), Fault> {
    let mut notes: Vec<(String, Vec<u8>)> = Vec::new();
    if let Some(row) = &newest {
        let place = "the table of checkpoints".to_owned();
        let said = checkpoint_in(Path::new(&place), row.note.as_bytes())?;
        if (said.size, said.root) != (row.size, row.root) {
            let why = "the row does not agree with the note in it".to_owned();
            return Err(Fault::CheckpointForged { place, why });
        }
        notes.push((place, row.note.clone().into_bytes()));
    }
    if let Some(bytes) = home.newest()? {
        notes.push((home.newest_place().display().to_string(), bytes));
    }
    if let Some(second) = second {
        let place = second.newest_place().display().to_string();
        match second.newest() {
            Ok(bytes) => notes.extend(bytes.map(|bytes| (place, bytes))),
            Err(fault) => {
                tracing::warn!("the ledger was not compared with the second place: {fault}");
            }
        }
    }
    if notes.is_empty() {
        return Ok(());
    }
    let found: Vec<Found> = notes
        .into_iter()
        .map(|(place, note)| ours(ledger, keys, place, &note))
        .collect::<Result<_, _>>()?;
    let size = ledger.head.size();
    for Found { place, checkpoint } in &found {
        if checkpoint.size > size {
            let (place, signed) = (place.clone(), checkpoint.size);
            return Err(Fault::LedgerShorter { place, signed, found: size });
        }
    }
    let sizes: Vec<u64> = found.iter().map(|found| found.checkpoint.size).collect();
    // The tiles know the old part of the tree, so that only new entries are read. If they do not agree
    // with everything, the ledger itself is asked.
    let quick = from_tiles(ledger, home, &sizes);
    if quick.is_ok_and(|roots| differing(&roots, ledger, &found).is_none()) {
        return Ok(());
    }
    match differing(&from_ledger(ledger, &sizes)?, ledger, &found) {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

/// A checkpoint that a key of this log signed.
fn ours(ledger: &Ledger<'_>, keys: &Keys, place: String, note: &[u8]) -> Result<Found, Fault> {
    let checkpoint = checkpoint_in(Path::new(&place), note)?;
    let forged = |why: String| Fault::CheckpointForged { place: place.clone(), why };
    let signer = keys.current.as_ref().or(keys.next.as_ref());
    let name = signer.map_or(checkpoint.origin.as_str(), |signer| signer.name());
    if name != checkpoint.origin {
        return Err(forged(format!(
            "it is of the log `{}`, this register's log is `{name}`",
            checkpoint.origin
        )));
    }
    let mut known: Vec<Verifier> =
        keys.current.iter().chain(&keys.next).map(|signer| signer.verifier()).collect();
    for key in table::keys(ledger.session, name)? {
        known.extend(key.key.parse::<Verifier>().ok().filter(|key| !known.contains(key)));
    }
    let note = Note::read(note).map_err(|why| forged(why.to_string()))?;
    note.signers(&known).map_err(|why| forged(why.to_string()))?;
    Ok(Found { place, checkpoint })
}

/// Roots at `sizes` and at the head.
type Roots = BTreeMap<u64, Digest>;

fn differing(roots: &Roots, ledger: &Ledger<'_>, found: &[Found]) -> Option<Fault> {
    let head = ledger.head.size();
    if roots.get(&head) != Some(&ledger.head.frontier.root()) {
        let newest = found.iter().max_by_key(|found| found.checkpoint.size)?;
        return Some(Fault::LedgerDiffers {
            place: newest.place.clone(),
            signed: newest.checkpoint.size,
        });
    }
    let differs =
        |found: &&Found| roots.get(&found.checkpoint.size) != Some(&found.checkpoint.root);
    found.iter().find(differs).map(|found| Fault::LedgerDiffers {
        place: found.place.clone(),
        signed: found.checkpoint.size,
    })
}

fn from_tiles(ledger: &Ledger<'_>, home: &Folder, sizes: &[u64]) -> Result<Roots, Fault> {
    let Some(bytes) = home.newest()? else { return Ok(Roots::new()) };
    let tiled = checkpoint_in(&home.newest_place(), &bytes)?.size;
    let mut tree = home.tree(tiled);
    let mut roots = Roots::new();
    for size in sizes.iter().filter(|size| **size <= tiled) {
        roots.insert(*size, tree.root(*size)?);
    }
    walk(ledger, tree.frontier(tiled)?, sizes, &mut roots)?;
    Ok(roots)
}

fn from_ledger(ledger: &Ledger<'_>, sizes: &[u64]) -> Result<Roots, Fault> {
    let mut roots = Roots::new();
    walk(ledger, Frontier::default(), sizes, &mut roots)?;
    Ok(roots)
}

/// Goes on from a frontier to the head, noting the roots on the way.
fn walk(
    ledger: &Ledger<'_>,
    mut frontier: Frontier,
    sizes: &[u64],
    roots: &mut Roots,
) -> Result<(), Fault> {
    table::leaves(ledger.session, frontier.size(), ledger.head.size(), |leaf| {
        frontier.append(leaf);
        if sizes.contains(&frontier.size()) {
            roots.insert(frontier.size(), frontier.root());
        }
    })?;
    roots.insert(frontier.size(), frontier.root());
    Ok(())
}
