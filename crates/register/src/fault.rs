//! Faults: our trouble, not the caller's. Each says what happened, what is safe, what to do.

use crate::blob::BucketTrouble;
use aftercare_domain::{Conflict, Refusal, event::Unreadable};
use aftercare_vocab::{digest::Digest, instant::Instant};
use std::{io, path::Path};

/// Something the register could not do. Nothing of the change was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Another process holds the directory.
    #[error(
        "{place} is in use by another process: two writers would spoil the record. Stop the other \
         process, or choose another data directory."
    )]
    InUse {
        /// The lock file.
        place: String,
    },
    /// The place cannot be written.
    #[error(
        "{place} cannot be written ({why}). What was recorded before is safe. Give this account \
         write permission, or choose another data directory."
    )]
    ReadOnly {
        /// The file or directory.
        place: String,
        /// What the system says.
        why: String,
    },
    /// The disk is full.
    #[error(
        "the disk that holds {place} is full. Nothing of this change was kept; everything recorded \
         before is safe. Free some space and try again."
    )]
    DiskFull {
        /// The file or directory.
        place: String,
    },
    /// The database file is damaged or is no database.
    #[error(
        "{place} is damaged or is no register ({why}). Nothing was changed. Keep a copy of the \
         file and restore the newest backup."
    )]
    Corrupt {
        /// The file.
        place: String,
        /// What does not fit.
        why: String,
    },
    /// The record was written by a newer release.
    #[error(
        "the register has schema {found}, this release knows up to {known}. Nothing was changed. \
         Use the release that wrote it, or a later one."
    )]
    NewerSchema {
        /// The schema of the file.
        found: i64,
        /// The newest schema this release knows.
        known: i64,
    },
    /// An entry of the ledger cannot be understood.
    #[error("ledger entry {seq}: {why}")]
    Entry {
        /// Its position.
        seq: u64,
        /// Why not.
        why: Unreadable,
    },
    /// The clock jumped back.
    #[error(
        "the clock says {at}, but the record already reached {last}. Nothing was written. Set the \
         clock right; writing goes on as soon as it is."
    )]
    ClockBack {
        /// The instant of the last entry.
        last: Instant,
        /// The instant of the refused operation.
        at: Instant,
    },
    /// A blob that the ledger cites is missing, or an event cites one that was not attached.
    #[error("the blob {digest} is not in the store. Restore it from a backup, or stage it first.")]
    BlobMissing {
        /// The blob.
        digest: Digest,
    },
    /// A blob's bytes do not have its digest, or cannot be read as what they should be.
    #[error("the blob {digest} is damaged ({why}). Restore it from a backup.")]
    BlobDamaged {
        /// The blob.
        digest: Digest,
        /// What does not fit.
        why: String,
    },
    /// The key of a subject is gone although no entry says that it was destroyed.
    #[error(
        "the key of {subject} is not in the register, and no entry says that it was erased: its \
         personal text cannot be read. Restore the table of keys from a backup."
    )]
    KeyMissing {
        /// The subject.
        subject: String,
    },
    /// Somebody who sees a part of the record asked for what is not in it, or was about to touch it.
    #[error(transparent)]
    OutOfSight(Refusal),
    /// Personal text was to be sealed by an operation that has no randomness.
    #[error("the operation brings no randomness to make a key of. Give it some where it begins.")]
    NoChance,
    /// The write-ahead log could not be emptied because somebody was reading.
    #[error(
        "the log of {place} could not be emptied while somebody reads: it may still hold a key that \
         was destroyed. It is tried again; close long readers."
    )]
    LogHeld {
        /// The database.
        place: String,
    },
    /// A stream was longer than allowed. Nothing of it was kept.
    #[error("more than {limit} bytes were sent. Nothing was kept. Send less, or raise the limit.")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// An entry that a bundle of the log could not hold.
    #[error(
        "one entry of kind `{kind}` would have {bytes} bytes, at most {limit} can be recorded. Nothing \
         was kept. Shorten its texts or split the change."
    )]
    EntryTooLarge {
        /// The kind of event.
        kind: &'static str,
        /// Bytes it would have.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The ledger has fewer entries than a checkpoint we signed.
    #[error(
        "the ledger has {found} entries, but the checkpoint in {place}, signed by this register, \
         covers {signed}: entries were lost or removed. Nothing is written to it any more. Everything \
         can still be read. Run `aftercare ledger verify`, then restore a backup that reaches entry \
         {signed}; docs/ledger.md says what to do when there is none."
    )]
    LedgerShorter {
        /// Where the checkpoint is kept.
        place: String,
        /// Entries it covers.
        signed: u64,
        /// Entries that are there.
        found: u64,
    },
    /// The ledger is not the one that a checkpoint of ours was signed over.
    #[error(
        "the first {signed} entries of the ledger are not those that this register signed in the \
         checkpoint in {place}: the ledger was altered behind its back. Nothing is written to it any \
         more. Everything can still be read. Run `aftercare ledger verify` to see which entries, keep \
         a copy of the data directory, and restore the newest backup from before."
    )]
    LedgerDiffers {
        /// Where the checkpoint is kept.
        place: String,
        /// Entries it covers.
        signed: u64,
    },
    /// A kept checkpoint is not one of ours.
    #[error(
        "the checkpoint in {place} is not one that this register signed ({why}). Nothing is written to \
         the ledger until it is cleared up; everything can still be read. Run `aftercare ledger \
         verify`. If all else holds, put that file back from another copy, or point `log.copy_to` to \
         a place of its own."
    )]
    CheckpointForged {
        /// Where it is kept.
        place: String,
        /// What does not fit.
        why: String,
    },
    /// A key file cannot be read as one.
    #[error(
        "the signing key in {place} cannot be used ({why}). The record is safe. Put the file back from \
         a backup, or move it away and make a new key with `aftercare ledger key rotate`."
    )]
    KeyUnreadable {
        /// The file.
        place: String,
        /// What does not fit.
        why: String,
    },
    /// There is no key to sign with.
    #[error(
        "there is no key to sign checkpoints with: `register/keys/log.key` is missing. The record is \
         safe. Put the file back from a backup, or make a new key with `aftercare ledger key rotate` \
         and tell those who check your log."
    )]
    NoSigningKey,
    /// An entry that no checkpoint covers yet.
    #[error(
        "entry {asked} is not under a signed checkpoint yet (the newest covers {signed} entries). Make \
         one with `aftercare ledger checkpoint`, or wait for the daily one."
    )]
    NotSigned {
        /// The position.
        asked: u64,
        /// Entries under the newest checkpoint.
        signed: u64,
    },
    /// A reply of a time-stamping authority that proves nothing.
    #[error(
        "the time stamp was not kept: {why}. Nothing was changed. See that it is the reply to the newest \
         `aftercare ledger timestamp request`, as the authority sent it, or ask the authority again."
    )]
    TimeStamp {
        /// What does not fit.
        why: String,
    },
    /// A copy was to be written beside a running server, and not all entries are signed.
    #[error(
        "a server has this record open, and its newest checkpoint covers {signed} of {size} entries. \
         Nothing was written. Press \"Sign now\" on its page of the ledger, or send POST \
         /api/v1/ledger/checkpoint, and export again; or stop the server."
    )]
    NotAllSigned {
        /// Entries under the newest checkpoint.
        signed: u64,
        /// Entries there are.
        size: u64,
    },
    /// A folder that an export must not be written to.
    #[error("nothing was written to {place}: {why}. Name a folder that is empty or not there yet.")]
    ExportPlace {
        /// The folder.
        place: String,
        /// Why not.
        why: String,
    },
    /// A folder that is no exported ledger.
    #[error("{why}")]
    NotACopy {
        /// What is missing.
        why: String,
    },
    /// A position or instant after the newest entry.
    #[error("the ledger has {size} entries; there is no position {asked} yet")]
    NoSuchPosition {
        /// What was asked.
        asked: u64,
        /// The newest position.
        size: u64,
    },
    /// A cursor that does not belong to this list.
    #[error("`{text}` is not a cursor of this list. Begin again from the first page.")]
    Cursor {
        /// The cursor.
        text: String,
    },
    /// The register was opened for reading only.
    #[error("the register was opened for reading only. Open it for writing to change something.")]
    OpenedForReading,
    /// The address of a database server cannot be read.
    #[error(
        "the address of the database cannot be used: {why}. Nothing was changed. Write it like \
         postgresql://account:password@host:5432/database."
    )]
    Address {
        /// What does not fit.
        why: String,
    },
    /// The database server does not answer, or is not one that can be used.
    #[error(
        "{place} cannot be used ({why}). Nothing was changed; what was recorded before is safe. \
         See that the server runs and that address, account and certificate are right."
    )]
    Unreachable {
        /// The server, without the password.
        place: String,
        /// What the driver or the server says.
        why: String,
    },
    /// The connection broke off before the change was to be committed.
    #[error(
        "the connection to {place} was lost ({why}). Nothing of this change was kept; everything \
         recorded before is safe. Try again; if it stays so, look at the database server."
    )]
    ConnectionLost {
        /// The server, without the password.
        place: String,
        /// What the driver or the server says.
        why: String,
    },
    /// The connection broke off while a change was being committed, and could not be made again to
    /// ask whether it was kept.
    #[error(
        "the connection to {place} was lost while the change was being committed ({why}): it may \
         have been kept or not. Look whether it is there before you make it again; making it again \
         under the same idempotency key is harmless."
    )]
    OutcomeUnknown {
        /// The server, without the password.
        place: String,
        /// What the driver or the server says.
        why: String,
    },
    /// Another server of another release changed the tables while this one was running.
    #[error(
        "the tables were changed by a server of another release (layout {}.{}, this release has \
         {}.{}). Nothing was changed. Run one release on all servers and restart this one.",
        .found.0, .found.1, .known.0, .known.1
    )]
    OtherRelease {
        /// The layout of the tables: lasting ones, projections.
        found: (i64, i64),
        /// The layout of this release.
        known: (i64, i64),
    },
    /// The address of a bucket, or the account for it, cannot be used.
    #[error(
        "the bucket for the blobs cannot be used: {why}. Nothing was changed. Correct its \
         configuration."
    )]
    BucketAddress {
        /// What does not fit.
        why: String,
    },
    /// The bucket with the blobs cannot be used.
    #[error(
        "{doing} failed at {place}: {trouble}. Nothing of this change was kept; everything recorded \
         before is safe. {}", .trouble.next_step()
    )]
    Bucket {
        /// What was being done.
        doing: &'static str,
        /// The bucket, without the account.
        place: String,
        /// What the store says, or does not.
        trouble: BucketTrouble,
    },
    /// The ledger does not hold together.
    #[error(
        "the ledger does not hold together ({count} found; the first: {first}). Nothing was copied: a \
         copy would be as damaged. Keep this data directory as it is, and restore the newest backup."
    )]
    Unsound {
        /// How many things do not fit.
        count: u64,
        /// The first of them.
        first: String,
    },
    /// A copy was to be made where a record stands.
    #[error(
        "a record of {entries} entries stands there already. Nothing was changed. Name an empty \
         place, or move the other record away first."
    )]
    NotEmpty {
        /// Its entries.
        entries: u64,
    },
    /// A copy does not say what its original says.
    #[error(
        "the table {table} of the copy at {place} is not that of the original. Nothing of the copy \
         was kept. Look with `aftercare ledger verify` whether the original is damaged."
    )]
    CopyDiffers {
        /// The table.
        table: &'static str,
        /// Where the copy was made.
        place: String,
    },
    /// A backup cannot be used, or is none.
    #[error(
        "the backup {place} cannot be used: {why}. Nothing was changed. Fetch it again from where it \
         is kept, or take another one."
    )]
    Backup {
        /// The file.
        place: String,
        /// What does not fit.
        why: String,
    },
    /// A backup of a later release.
    #[error(
        "the backup {place} has format {found}, this release knows up to {known}. Nothing was \
         changed. Restore it with the release that made it, or a later one."
    )]
    NewerBackup {
        /// The file.
        place: String,
        /// Its format.
        found: u64,
        /// The newest known.
        known: u64,
    },
    /// The place of a new file is taken.
    #[error(
        "{place} is there already. Nothing was written. Choose another name, or allow it to be replaced."
    )]
    Taken {
        /// The file.
        place: String,
    },
    /// Anything else the storage refuses.
    #[error("{doing} failed at {place}: {why}. Nothing of this change was kept.")]
    Storage {
        /// What was being done.
        doing: String,
        /// Where.
        place: String,
        /// What the system says.
        why: String,
    },
}

impl Fault {
    /// From an error of the file system while `doing` something at `place`.
    pub(crate) fn io(doing: &str, place: &Path, error: &io::Error) -> Self {
        let at = place.display().to_string();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { place: at }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { place: at, why: error.to_string() }
            }
            _ => Self::Storage { doing: doing.to_owned(), place: at, why: error.to_string() },
        }
    }

    /// A statement was run while the rows of another were being taken: a mistake of our own.
    pub(crate) fn nested(place: String) -> Self {
        Self::Storage {
            doing: "a statement inside another".to_owned(),
            place,
            why: "one connection answers one statement at a time".to_owned(),
        }
    }

    /// A row or document that our own code wrote does not have the expected shape.
    pub fn shape(place: &str, why: impl ToString) -> Self {
        Self::Corrupt { place: place.to_owned(), why: why.to_string() }
    }
}

/// Why a change was not made: the rules said no, or we had trouble. A ready-made error type for
/// [`Register::transact`](crate::Register::transact).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The rules say no.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// Somebody else changed it meanwhile.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// We had trouble.
    #[error(transparent)]
    Fault(Fault),
}

impl From<Fault> for Denied {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::OutOfSight(refusal) => Self::Refusal(refusal),
            fault => Self::Fault(fault),
        }
    }
}
