//! The register: the private record of what was decided and learned.
//!
//! One pen ([`Register::transact`]) appends events to a ledger and, in the same transaction, keeps
//! tables for reading (projections) that can be thrown away and rebuilt to the identical content.
//! A [`Reader`] reads them as of a ledger position. Blobs (received bytes and our own large
//! documents) lie beside the database or in a bucket ([`BlobPlace`]), named by their digest.
//!
//! What it is not: it decides nothing (rules are in `domain`), knows no vulnerability data (crate
//! `corpus`), reads no foreign format (crate `formats`) and asks no clock: instants come with the
//! [`Operation`](aftercare_domain::Operation).
//!
//! The tables lie in an SQLite file of one process, or in PostgreSQL, shared by several ([`Store`]).
//!
//! All calls block; an asynchronous caller runs them on a blocking thread. A [`Reader`] holds a
//! snapshot and should be short-lived.
//!
//! To add a noun: tables in `schema/projections.sql`, one file in `project/`, its facts in
//! `facts.rs`, one file in `read/`, its tables in `schema::TABLES` and, each with what of it is in sight,
//! in `sight::class::CLASSES`.

mod archive;
mod backup;
mod blob;
#[cfg(test)]
mod book;
mod copy;
mod documents;
mod facts;
mod fault;
#[cfg(test)]
mod full;
mod held;
mod lead;
mod ledger;
mod lock;
pub mod log;
mod open;
mod pen;
mod project;
pub mod read;
mod replace;
mod replay;
mod restore;
mod schema;
mod seal;
mod sight;
mod sign_in;
mod sql;
mod store;
mod twin;
mod verify;
mod writer;

pub use backup::{Backup, Made, Manifest, Member};
pub use blob::{
    BlobPlace, BlobWriter, Blobs, Bucket, BucketAccount, BucketAddress, BucketTrouble, BucketWaits,
    StagedBlob,
};
pub use copy::{BlobsTo, Copied, Hear};
pub use facts::Facts;
pub use fault::{Denied, Fault};
pub use lead::Lead;
pub use ledger::CLOCK_TOLERANCE_MICROS;
pub use log::{Exported, Proof, Seed, Signed, StampKept, StampRequest, Wish, verify_copy};
pub use open::{Access, Options, Register};
pub use pen::{Pen, Receipt};
pub use read::decision::DecisionsOnly;
pub use read::duty::CallsOnly;
pub use read::twin::{TwinMark, TwinRow};
pub use read::{Cursor, PAGE_LIMIT, Page, Paged, Reader};
pub use replace::{Hold, finish_restore};
pub use replay::{Earlier, REPLAY_KEPT_MICROS};
pub use restore::{Restored, check_backup, restore};
pub use seal::{STEP as SEALED_STEP, SealedBlob};
pub use sign_in::{Credential, Session};
pub use sql::Postgres;
pub use store::Store;
pub use twin::{Fork, Outward, Twins};
pub use verify::{Depth, Difference, Verification};
pub use writer::GROUP_LIMIT;
