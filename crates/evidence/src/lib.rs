//! Proof that a list of entries was only ever appended to: the Merkle tree of RFC 6962 section 2.1.
//!
//! A leaf is `SHA-256(0x00 || entry bytes)`, a node `SHA-256(0x01 || left || right)`, the empty tree
//! `SHA-256("")`; a list of n leaves splits at the largest power of two smaller than n, and an odd
//! subtree is carried up, never doubled.
//!
//! What is here: [`leaf`] and [`node`] hashing, the [`Frontier`] that a growing list carries along,
//! [`root`] of a finished list, and proofs of [inclusion] and [consistency]; how a log is cut into
//! files ([tile]) and read back from them ([`Tree`]); and how it speaks to others: a [`Checkpoint`]
//! (origin, size, root) signed as a [`Note`] by a [key](key::Signer). What is not: files, databases,
//! clocks, chance. The crate knows nothing about what an entry means.
//!
//! ```
//! use aftercare_evidence::{Frontier, inclusion, leaf, root};
//! let leaves: Vec<_> = ["first", "second", "third"].map(|e| leaf(e.as_bytes())).to_vec();
//! let mut frontier = Frontier::default();
//! leaves.iter().for_each(|l| frontier.append(*l));
//! assert_eq!(frontier.root(), root(&leaves));
//! let proof = inclusion::prove(&leaves, 2).expect("leaf 2 exists");
//! assert!(inclusion::holds(&proof, &leaves[2], 2, 3, &root(&leaves)));
//! ```

mod base64;
mod checkpoint;
pub mod consistency;
mod frontier;
mod hash;
pub mod inclusion;
pub mod key;
pub mod note;
pub mod tile;
mod tree;

pub use checkpoint::{Checkpoint, NotACheckpoint};
pub use frontier::{Frontier, NotAFrontier};
pub use hash::{empty_root, leaf, node, root};
pub use key::{Signer, Verifier};
pub use note::Note;
pub use tree::Tree;
