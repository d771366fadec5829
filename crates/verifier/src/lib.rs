//! The verifier: is a ledger the one that was signed, and if not, which entry is not?
//!
//! It works from the evidence alone: the entries' bytes ([`Chain`]), the signed checkpoints
//! ([`Kept`]) and the tiles of hashes. [`judge`] weighs them against each other; [`Copy`] finds them
//! in an exported folder. It needs no server, no database and no clock. The register uses the same
//! judgement for itself while it runs. Beside the bytes it weighs what they say: whether every signature
//! of a person was lawful when it was made ([`Signatures`]).
//!
//! What it is not: it does not know what the tables for reading should hold. The register replays a
//! ledger for that.
//!
//! The order of proof is: a key we believe -> checkpoints it signed -> the hashes under their roots
//! -> the entries. What stands nearer the key is believed against what stands farther away.

mod align;
mod chain;
mod copy;
mod judge;
mod report;
mod signatures;
pub mod timestamp;
mod trust;

pub use align::{Change, align};
pub use chain::{Adopted, Chain, Looked};
pub use copy::{Checked, Copy, Unreadable};
pub use judge::{Evidence, Judgement, judge};
pub use report::{Finding, Findings, Place, TOLD};
pub use signatures::Signatures;
pub use trust::{Kept, Trust};
