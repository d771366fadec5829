//! The two hashes, and the root of a list.

use aftercare_vocab::digest::{Digest, Hasher};

const LEAF: u8 = 0x00;
const NODE: u8 = 0x01;

/// The leaf hash of one entry's bytes (RFC 6962 section 2.1).
pub fn leaf(entry: &[u8]) -> Digest {
    let mut hash = Hasher::default();
    hash.update(&[LEAF]);
    hash.update(entry);
    hash.finish()
}

/// The hash of an inner node over its two children.
pub fn node(left: &Digest, right: &Digest) -> Digest {
    let mut hash = Hasher::default();
    hash.update(&[NODE]);
    hash.update(left.as_bytes());
    hash.update(right.as_bytes());
    hash.finish()
}

/// The root of the empty list: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// The root over `leaves` (leaf hashes, in order), from scratch.
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The largest power of two smaller than `n`; `n` is at least 2.
pub(crate) fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}
