//! The signed log of the ledger: checkpoints, proofs, tiles. The signing itself is the register's.

use crate::{Desk, Trouble};
use aftercare_domain::Operation;
use aftercare_register::{Fault, Signed};
use aftercare_vocab::{digest::Digest, instant::Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// The newest checkpoint is at most this old when something was recorded since: one day.
pub const CHECKPOINT_EVERY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerCheckpoint {
    /// Number of entries it covers.
    pub size: u64,
    /// Merkle root over them (RFC 6962).
    #[schema(value_type = String)]
    pub root: Digest,
    /// When it was signed.
    #[schema(value_type = String)]
    pub at: Instant,
    /// The signed note (C2SP tlog-checkpoint).
    pub note: String,
}

impl From<Signed> for LedgerCheckpoint {
    fn from(signed: Signed) -> Self {
        Self { size: signed.size, root: signed.root, at: signed.at, note: signed.note }
    }
}

/// The proof that an entry is in the log: hash the entry, climb with the path, and the root is the
/// checkpoint's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerProof {
    /// The position of the entry, from 1. Its index in the tree is one less.
    pub seq: u64,
    /// The entry's canonical bytes, as text: what is hashed.
    pub entry: String,
    /// `SHA-256(0x00 || entry)`.
    #[schema(value_type = String)]
    pub leaf: Digest,
    /// The audit path (RFC 6962 section 2.1.1), lowest sibling first.
    #[schema(value_type = Vec<String>)]
    pub path: Vec<Digest>,
    /// The checkpoint it leads to.
    pub checkpoint: LedgerCheckpoint,
}

/// The keys of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerKeys {
    /// Verifier keys (`name+hash+base64`) in the order they were put in force; the last one signs now.
    pub keys: Vec<String>,
}

impl Desk {
    /// Signs the ledger as it stands, unless that was done already.
    pub fn checkpoint(&self, op: &Operation) -> Result<LedgerCheckpoint, Trouble> {
        Ok(self.pen()?.checkpoint(op)?.into())
    }

    /// The daily follower: signs when something was recorded since the newest checkpoint and that is
    /// older than [`CHECKPOINT_EVERY_MICROS`]. Says whether it did.
    pub fn checkpoint_daily(&self, operation: impl FnOnce() -> Operation) -> Result<bool, Trouble> {
        let register = self.pen()?;
        let size = register.reader()?.position();
        let newest = register.newest_checkpoint()?;
        if newest.as_ref().map_or(0, |newest| newest.size) >= size {
            return Ok(false);
        }
        let op = operation();
        let due =
            newest.is_none_or(|newest| newest.at.plus_micros(CHECKPOINT_EVERY_MICROS) <= op.at);
        if due {
            register.checkpoint(&op)?;
        }
        Ok(due)
    }

    /// The newest checkpoint.
    pub fn newest_checkpoint(&self) -> Result<LedgerCheckpoint, Trouble> {
        let size = self.reader()?.position();
        let newest = self.register().newest_checkpoint_upto(size)?;
        newest.map(Into::into).ok_or_else(|| Trouble::not_found("signed checkpoint", "yet"))
    }

    /// The keys of the log.
    pub fn ledger_keys(&self) -> Result<LedgerKeys, Trouble> {
        let upto = self.reader()?.position();
        Ok(LedgerKeys { keys: self.register().log_keys_upto(upto)? })
    }

    /// The proof that an entry is under the newest checkpoint.
    pub fn ledger_proof(&self, seq: u64) -> Result<LedgerProof, Trouble> {
        self.whole("The ledger")?;
        let proof = self.register().prove_upto(seq, self.reader()?.position()).map_err(
            |fault| match fault {
                Fault::NoSuchPosition { .. } => Trouble::not_found("ledger entry", seq),
                Fault::NotSigned { .. } => {
                    Trouble::not_found("signed checkpoint over ledger entry", seq)
                }
                other => other.into(),
            },
        )?;
        Ok(LedgerProof {
            seq,
            entry: String::from_utf8_lossy(&proof.entry).into_owned(),
            leaf: proof.leaf,
            path: proof.path,
            checkpoint: proof.checkpoint.into(),
        })
    }

    /// A file of the log (C2SP tlog-tiles), by its path below it: `tile/0/000.p/5`.
    pub fn ledger_tile(&self, path: &str) -> Result<Vec<u8>, Trouble> {
        self.whole("The ledger")?;
        let bytes = self.register().log_tile(path)?;
        bytes.ok_or_else(|| Trouble::not_found("file of the log", path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Places;
    use aftercare_domain::{Actor, Channel, Role, family::AddFamily};
    use aftercare_formats::sbom::Limits;
    use aftercare_register::{BlobPlace, Options, Seed, Store};
    use aftercare_vocab::id::IdSource;

    fn op(at: i64) -> Operation {
        let at = Instant::from_micros(at);
        let ids = IdSource::new(at, at.micros() as u64);
        Operation::new(at, Actor::system("test"), Role::system(), Channel::Job, ids)
    }

    #[test]
    fn the_daily_checkpoint_is_made_when_a_day_passed_and_something_was_recorded() {
        let dir = tempfile::tempdir().expect("a directory");
        let places = Places {
            register: dir.path().join("register"),
            corpus: dir.path().join("corpus"),
            store: Store::Sqlite,
            blobs: BlobPlace::Directory,
        };
        let options = Options { seed: Some(Seed([7; 32])), ..Options::default() };
        let desk = Desk::open(&places, options, "Maker".into(), Limits::default()).expect("opens");
        let family = |at: i64, name: &str| {
            let op = op(at);
            let add = AddFamily { family: op.new_id(), name: name.into(), description: None };
            desk.add_family(&op, add).expect("added");
        };
        let daily = |at: i64| desk.checkpoint_daily(|| op(at)).expect("looks");
        let day = CHECKPOINT_EVERY_MICROS;
        assert!(!daily(1), "an empty ledger has nothing to sign");
        family(2, "Pumps");
        assert!(daily(3), "the first one is made at once");
        assert!(!daily(3 + 2 * day), "nothing was recorded since");
        family(4 + 2 * day, "Monitors");
        assert!(daily(5 + 2 * day));
        family(6 + 2 * day, "Ventilators");
        assert!(!daily(4 + 3 * day), "not yet a day");
        assert!(daily(5 + 3 * day));
        assert_eq!(desk.newest_checkpoint().expect("signed").size, 4);
    }
}
