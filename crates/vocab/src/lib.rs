//! Words of the trade, shared by every room of the house.
//!
//! Types here are small, pure and exist only in normal form: a [`Purl`](purl::Purl) that parsed, a
//! [`Digest`](digest::Digest) of 32 bytes, a [`Verdict`](verdict::Verdict) that cannot forget to say
//! "undetermined". There is no I/O, no clock, no random and no database in this crate.
//!
//! To add a word: one module, one specification, cited in its first lines.

pub mod cpe;
pub mod cvss;
pub mod digest;
pub mod ecosystem;
pub mod id;
pub mod identity;
pub mod instant;
pub mod inventory;
pub mod problem;
pub mod purl;
pub mod release;
pub mod shared;
pub mod stated;
pub mod verdict;
pub mod version;
