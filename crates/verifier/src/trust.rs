//! Whom we believe: from the keys somebody pinned to those the log itself put in force.

use crate::chain::Adopted;
use aftercare_evidence::{Checkpoint, Note, Verifier};
use aftercare_vocab::digest::Digest;

/// A checkpoint as it was kept somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where: a file's name, a table's row.
    pub place: String,
    /// The signed note.
    pub note: Vec<u8>,
}

/// What the belief in the signatures rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// On a key that somebody had from elsewhere.
    Pinned,
    /// On the first key that the ledger itself names: proves that nothing was changed since by
    /// somebody without the key, but not whose log it is.
    FirstUse(String),
    /// There is no key.
    Nothing,
}

/// A checkpoint that could be read.
pub(crate) struct Read<'k> {
    pub kept: &'k Kept,
    pub note: Note,
    pub checkpoint: Checkpoint,
}

/// The keys that may be believed, from `anchors` on.
///
/// A key is believed when a believed one signed a tree that holds the entry by which it was put in
/// force; and so is the key it took the place of. `holds` says whether the tree of that checkpoint
/// is known, and holds the entry at that position as it was found.
pub(crate) fn believed(
    anchors: Vec<Verifier>,
    adopted: &[Adopted],
    kept: &[Read<'_>],
    holds: impl Fn(&Checkpoint, u64) -> bool,
) -> Vec<Verifier> {
    let mut believed = anchors;
    loop {
        let before = believed.len();
        let signed: Vec<&Read<'_>> =
            kept.iter().filter(|read| read.note.signers(&believed).is_ok()).collect();
        for key in adopted {
            if signed.iter().any(|read| holds(&read.checkpoint, key.position)) {
                for text in [Some(&key.key), key.previous.as_ref()].into_iter().flatten() {
                    if let Ok(key) = text.parse()
                        && !believed.contains(&key)
                    {
                        believed.push(key);
                    }
                }
            }
        }
        if believed.len() == before {
            return believed;
        }
    }
}

/// The keys to begin with.
pub(crate) fn anchors(pinned: &[Verifier], adopted: &[Adopted]) -> (Vec<Verifier>, Trust) {
    if !pinned.is_empty() {
        return (pinned.to_vec(), Trust::Pinned);
    }
    let first = adopted.first().and_then(|first| first.key.parse::<Verifier>().ok());
    match first {
        Some(key) => {
            let shown = key.to_string();
            (vec![key], Trust::FirstUse(shown))
        }
        None => (Vec::new(), Trust::Nothing),
    }
}

/// Root of the first `size` of `leaves`, from a list of known ones.
pub(crate) fn root_at(roots: &[(u64, Digest)], size: u64) -> Option<Digest> {
    roots.iter().find(|(at, _)| *at == size).map(|(_, root)| *root)
}
