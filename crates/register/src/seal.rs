//! Sealing personal text, and destroying the key so that it is gone.
//!
//! A sealed text is a blob: a nonce of 24 bytes, then XChaCha20-Poly1305 over the text, bound to the
//! subject (as associated data) so that one subject's blob cannot be passed off as another's. Texts
//! are padded with spaces to steps of [`STEP`] bytes, because a length can tell a name. Each subject
//! has one key, in the table `subject_key`, which is not part of the ledger.
//!
//! Erasing deletes the key in the transaction of the `subject_erased` entry. In a file the whole
//! table is rewritten with it, so that no page keeps an old copy (the connection overwrites freed
//! pages with zeros), and [`Register::scrub`] then empties the write-ahead log. On a server the table
//! is rewritten by [`Register::scrub`] alone: in the transaction, readers with an older view would find the
//! new table empty. What a backup, a server's log or the disk below the file system still holds is
//! beyond this crate: docs/privacy.md says what to do about it.

use crate::{
    blob::StagedBlob,
    fault::Fault,
    open::Register,
    sql::{Session, statements, values},
};
use aftercare_domain::{Operation, subject::Sealed};
use aftercare_vocab::id::SubjectId;
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use std::{fmt, sync::atomic::Ordering};

/// Sealed texts have a multiple of this many bytes.
pub const STEP: usize = 256;
const NONCE: usize = 24;

statements! {
    KEY_OF = "SELECT key FROM subject_key WHERE subject = $1";
    KEEP_KEY = "INSERT INTO subject_key (subject, key) VALUES ($1, $2)
        ON CONFLICT (subject) DO NOTHING";
    DESTROY_KEY = "DELETE FROM subject_key WHERE subject = $1";
    ERASED_WITH_KEY = "SELECT count(*) FROM subject_key k JOIN subject s ON s.id = k.subject
        WHERE s.erased IS NOT NULL";
    DESTROY_ERASED = "DELETE FROM subject_key
        WHERE subject IN (SELECT id FROM subject WHERE erased IS NOT NULL)";
}

/// Rewrites the table: pages that held a destroyed key, or an older place of it, are freed.
const REWRITE: &str = include_str!("schema/rewrite_subject_key.sql");

/// A personal text that is sealed and durable, with the key if it is a new one.
#[derive(Clone, Copy)]
pub struct SealedBlob {
    pub(crate) staged: StagedBlob,
    pub(crate) sealed: Sealed,
    pub(crate) key: [u8; 32],
}

impl SealedBlob {
    /// What the event holds.
    pub const fn sealed(&self) -> Sealed {
        self.sealed
    }
}

impl fmt::Debug for SealedBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedBlob({} for {})", self.sealed.blob, self.sealed.subject)
    }
}

impl Register {
    /// Seals a personal text for a subject, with its key or, if it has none, a new one out of the
    /// operation's randomness. The key is kept when the change attaches the text
    /// ([`Pen::attach_sealed`](crate::Pen::attach_sealed)).
    pub fn seal(
        &self,
        op: &Operation,
        subject: SubjectId,
        text: &[u8],
    ) -> Result<SealedBlob, Fault> {
        let session = self.session()?;
        let known = key_of(&session, subject);
        self.let_go(session);
        let key = match known? {
            Some(key) => key,
            None => op.secret().ok_or(Fault::NoChance)?,
        };
        self.seal_with(op, (subject, key), text)
    }

    /// Seals another text for the subject of a text whose key may not be kept yet: both are attached by
    /// one change.
    pub fn seal_beside(
        &self,
        op: &Operation,
        first: &SealedBlob,
        text: &[u8],
    ) -> Result<SealedBlob, Fault> {
        self.seal_with(op, (first.sealed.subject, first.key), text)
    }

    fn seal_with(
        &self,
        op: &Operation,
        (subject, key): (SubjectId, [u8; 32]),
        text: &[u8],
    ) -> Result<SealedBlob, Fault> {
        let chance = op.secret().ok_or(Fault::NoChance)?;
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&chance[..NONCE]);
        let bytes = sealed(&key, &nonce, subject, text)?;
        let staged = self.stage(&bytes)?;
        Ok(SealedBlob { staged, sealed: Sealed { subject, blob: staged.digest() }, key })
    }

    /// Whether [`Register::scrub`] is still to be done for a key that this process destroyed. The
    /// opening of a register does it too.
    pub fn scrub_is_due(&self) -> bool {
        self.scrub_due.load(Ordering::SeqCst)
    }

    /// Takes from the disk what destroyed keys left behind. Waits for readers; gives a fault if they
    /// do not let go, and is then to be called again.
    pub fn scrub(&self) -> Result<(), Fault> {
        self.scrub_due.store(true, Ordering::SeqCst);
        self.writer()?.alone(|desk| desk.session.scrub_keys())?;
        self.scrub_due.store(false, Ordering::SeqCst);
        Ok(())
    }
}

/// The key of a subject, if it has one.
pub(crate) fn key_of(session: &Session, subject: SubjectId) -> Result<Option<[u8; 32]>, Fault> {
    session.first(KEY_OF, values![subject.as_bytes()], |row| row.fixed(0))
}

pub(crate) fn keep_key(session: &Session, subject: SubjectId, key: &[u8; 32]) -> Result<(), Fault> {
    session.execute(KEEP_KEY, values![subject.as_bytes(), key]).map(|_| ())
}

/// Destroys the key of a subject, within the transaction of the entry that says so.
pub(crate) fn destroy_key(session: &Session, subject: SubjectId) -> Result<(), Fault> {
    session.execute(DESTROY_KEY, values![subject.as_bytes()])?;
    rewrite(session)
}

fn rewrite(session: &Session) -> Result<(), Fault> {
    if session.is_shared() { Ok(()) } else { session.layout(REWRITE) }
}

/// Destroys keys of subjects that the ledger says are erased: a restored backup may bring them back.
pub(crate) fn destroy_erased(session: &Session) -> Result<(), Fault> {
    if session.number(ERASED_WITH_KEY, &[])? == 0 {
        return Ok(()); // the usual case
    }
    session.begin_writing()?;
    let done = session
        .execute(DESTROY_ERASED, &[])
        .and_then(|_| rewrite(session))
        .and_then(|()| session.commit());
    if done.is_err() && !session.is_idle() {
        session.roll_back()?;
    }
    done
}

fn sealed(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    subject: SubjectId,
    text: &[u8],
) -> Result<Vec<u8>, Fault> {
    let mut padded = text.to_vec();
    padded.resize(text.len().next_multiple_of(STEP).max(STEP), b' ');
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload { msg: &padded, aad: subject.as_bytes() };
    let secret = cipher
        .encrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| Fault::shape("a personal text", "it could not be sealed"))?;
    Ok([nonce.as_slice(), &secret].concat())
}

/// The text, with its padding; `None` if key, subject and bytes do not belong together.
pub(crate) fn opened(key: &[u8; 32], subject: SubjectId, bytes: &[u8]) -> Option<Vec<u8>> {
    let (nonce, secret) = bytes.split_first_chunk::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload { msg: secret, aad: subject.as_bytes() };
    cipher.decrypt(&XNonce::from(*nonce), payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercare_vocab::id::Id;

    #[test]
    fn a_text_opens_with_its_own_key_for_its_own_subject_and_unaltered_only() {
        let (key, nonce, subject): (_, _, SubjectId) =
            ([7; 32], [9; NONCE], Id::from_bytes([1; 16]));
        let bytes = sealed(&key, &nonce, subject, b"Zoe").expect("sealed");
        assert_eq!(bytes.len(), NONCE + STEP + 16);
        assert_eq!(opened(&key, subject, &bytes).expect("opens").trim_ascii_end(), b"Zoe");
        assert_eq!(opened(&[8; 32], subject, &bytes), None);
        assert_eq!(opened(&key, Id::from_bytes([2; 16]), &bytes), None);
        for at in [0, NONCE, bytes.len() - 1] {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert_eq!(opened(&key, subject, &altered), None, "byte {at}");
        }
        assert_eq!(opened(&key, subject, &bytes[..10]), None);
        let longer = sealed(&key, &nonce, subject, &[b'x'; STEP + 1]).expect("sealed");
        assert_eq!(longer.len(), NONCE + 2 * STEP + 16);
    }
}
