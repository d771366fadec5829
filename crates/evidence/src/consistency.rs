//! Consistency: the longer list begins with the shorter one, unaltered (RFC 6962 section 2.1.2).

use crate::hash::{node, root, split};
use aftercare_vocab::digest::Digest;

/// The proof that the first `first` of `leaves` are the beginning of all of them. `None` when
/// `first` is 0 or more than there are.
pub fn prove(leaves: &[Digest], first: usize) -> Option<Vec<Digest>> {
    if first == 0 || first > leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut part, mut old, mut whole) = (leaves, first, true);
    while old < part.len() {
        let (left, right) = part.split_at(split(part.len()));
        if old <= left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            old -= left.len();
            part = right;
            whole = false;
        }
    }
    if !whole {
        path.push(root(part)); // the verifier knows this root only when it is the whole old tree
    }
    path.reverse();
    Some(path)
}

/// Whether `proof` shows that the tree of `first` leaves with root `old` is the beginning of the
/// tree of `second` leaves with root `new` (RFC 9162 section 2.1.4.2, the same tree).
pub fn holds(proof: &[Digest], first: u64, old: &Digest, second: u64, new: &Digest) -> bool {
    if first == 0 || first > second {
        return false;
    }
    if first == second {
        return proof.is_empty() && old == new;
    }
    let (mut at, mut last) = (first - 1, second - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let mut rest = proof.iter();
    // A power of two is a complete subtree: the old root itself starts the climb.
    let start = if first.is_power_of_two() { Some(old) } else { rest.next() };
    let Some(start) = start else { return false };
    let (mut old_top, mut new_top) = (*start, *start);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old_top = node(sibling, &old_top);
            new_top = node(sibling, &new_top);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_top = node(&new_top, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old_top == *old && new_top == *new
}
