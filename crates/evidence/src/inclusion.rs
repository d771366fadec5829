//! Inclusion: this leaf is the n-th of the list with that root (RFC 6962 section 2.1.1).

use crate::hash::{node, root, split};
use aftercare_vocab::digest::Digest;

/// The audit path of leaf `index` within `leaves`, lowest sibling first. `None` when there is no
/// such leaf.
pub fn prove(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut part, mut at) = (leaves, index);
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        if at < left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            at -= left.len();
            part = right;
        }
    }
    path.reverse();
    Some(path)
}

/// Whether `proof` shows that `leaf` is number `index` (from 0) of the `size` leaves under `root`
/// (verification as in RFC 9162 section 2.1.3.2, the same tree).
pub fn holds(proof: &[Digest], leaf: &Digest, index: u64, size: u64, root: &Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut top) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            top = node(sibling, &top);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            top = node(&top, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && top == *root
}
