//! Time stamps of checkpoints from outside (RFC 3161): what is asked, and what is kept of the reply. The
//! weighing is the verifier's.

use super::{Folder, Signed, files, home, table};
use crate::{fault::Fault, open::Register, sql::Session};
use aftercare_verifier::timestamp::{
    self, Roots, Stamp,
    kept::{self, Side},
};

/// A request to carry to an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampRequest {
    /// The checkpoint it is about.
    pub checkpoint: Signed,
    /// The request, in DER.
    pub bytes: Vec<u8>,
    /// Whether it was made before, and is given again: a reply to it may be on its way.
    pub again: bool,
    /// Whether its reply is kept already.
    pub answered: bool,
}

/// A reply that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampKept {
    /// The number of entries of the checkpoint that it is about.
    pub size: u64,
    /// What the authority attested.
    pub stamp: Stamp,
    /// Whether it was kept before.
    pub again: bool,
}

impl Register {
    /// A request for a time stamp over the newest checkpoint, kept beside it. A checkpoint has one request,
    /// so that a reply fits whenever it comes back; `nonce` is used when there is none yet.
    pub fn stamp_request(&self, nonce: u64) -> Result<StampRequest, Fault> {
        let newest = self.newest_checkpoint()?;
        let checkpoint = newest.ok_or(Fault::NotSigned { asked: 1, signed: 0 })?;
        let (log, size) = (home(self.dir()), checkpoint.size);
        let kept = side(&log, size, Side::Request)?;
        // One that was damaged, or is about another note, is of no use: a new one takes its place.
        let about = |bytes: &[u8]| timestamp::asks_about(bytes, checkpoint.note.as_bytes());
        let kept = kept.filter(|bytes| about(bytes).unwrap_or(false));
        let again = kept.is_some();
        let bytes = match kept {
            Some(bytes) => bytes,
            None => timestamp::request(checkpoint.note.as_bytes(), nonce)
                .map_err(|why| Fault::shape("a request for a time stamp", why))?,
        };
        if !again {
            self.keep(size, Side::Request, &bytes)?;
        }
        let answered = side(&log, size, Side::Reply)?.is_some();
        Ok(StampRequest { checkpoint, bytes, again, answered })
    }

    /// Keeps the reply to a request that was made here, if it proves what it should.
    pub fn keep_stamp(&self, reply: &[u8], roots: Option<&Roots>) -> Result<StampKept, Fault> {
        let log = home(self.dir());
        let asked = kept::sizes(log.dir(), Side::Request)
            .map_err(|e| Fault::io("listing", &log.dir().join(kept::FOLDER), &e))?;
        let rows = table::upto(&*self.borrow()?, u64::MAX)?;
        let mut first = None;
        // The newest request first: if none fits, what is told is about that one.
        for size in asked.into_iter().rev() {
            let Some(row) = rows.iter().find(|row| row.size == size) else { continue };
            let Some(request) = side(&log, size, Side::Request)? else { continue };
            match timestamp::check(row.note.as_bytes(), &request, reply, roots) {
                Ok(stamp) => {
                    let again = side(&log, size, Side::Reply)?.as_deref() == Some(reply);
                    self.keep(size, Side::Reply, reply)?;
                    return Ok(StampKept { size, stamp, again });
                }
                // About the bytes of this one, but wrong: no other one can be meant.
                Err(why) if !matches!(why, timestamp::Wrong::Imprint { .. }) => {
                    return Err(Fault::TimeStamp { why: why.to_string() });
                }
                Err(why) => first = first.or(Some(why)),
            }
        }
        Err(Fault::TimeStamp {
            why: match first {
                Some(why) => why.to_string(),
                None => {
                    "no request was made here; make one with `aftercare ledger timestamp request`"
                        .to_owned()
                }
            },
        })
    }

    /// Keeps one side in the folder of the log and, as far as it can be reached, in the second place.
    fn keep(&self, size: u64, side: Side, bytes: &[u8]) -> Result<(), Fault> {
        let path = kept::path(size, side);
        files::write(&home(self.dir()).dir().join(&path), bytes)?;
        if let Some(second) = self.second_place()
            && let Err(fault) = files::write(&second.join(&path), bytes)
        {
            tracing::warn!("the second place of the log did not get the time stamp: {fault}");
        }
        Ok(())
    }
}

impl Folder {
    /// Brings the time stamps here that another folder of the same log has: those of kept checkpoints.
    pub(super) fn copy_stamps(&self, from: &Self, session: &Session) -> Result<(), Fault> {
        let rows = table::upto(session, u64::MAX)?;
        for size in rows.iter().map(|row| row.size) {
            for which in [Side::Request, Side::Reply] {
                let place = self.dir().join(kept::path(size, which));
                if !place.exists()
                    && let Some(bytes) = side(from, size, which)?
                {
                    files::write(&place, &bytes)?;
                }
            }
        }
        Ok(())
    }
}

/// One side of a time stamp in a folder.
pub(super) fn side(log: &Folder, size: u64, side: Side) -> Result<Option<Vec<u8>>, Fault> {
    kept::read(log.dir(), size, side)
        .map_err(|e| Fault::io("reading", &log.dir().join(kept::path(size, side)), &e))
}
