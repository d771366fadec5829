//! Time stamps as they are kept beside a log: `timestamps/SIZE.tsq` and `SIZE.tsr`, by the number of entries
//! of their checkpoint.

use super::{LIMIT, Roots, Stamp, check};
use crate::{
    chain::Chain,
    report::{Findings, Place},
};
use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// The folder, below that of the log.
pub const FOLDER: &str = "timestamps";

/// One side of a time stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What was asked.
    Request,
    /// What the authority replied.
    Reply,
}

impl Side {
    /// The ending of its file, as `openssl ts` and others name them.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Request => "tsq",
            Self::Reply => "tsr",
        }
    }
}

/// A time stamp that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptStamp {
    /// Where its reply lies.
    pub place: String,
    /// The number of entries of its checkpoint.
    pub size: u64,
    /// The request; `None` = it is missing.
    pub request: Option<Vec<u8>>,
    /// The reply.
    pub reply: Vec<u8>,
}

/// A checkpoint that an authority stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// The number of entries it covers.
    pub size: u64,
    /// What the authority attested.
    pub stamp: Stamp,
}

/// The path of one side below the folder of a log.
pub fn path(size: u64, side: Side) -> PathBuf {
    Path::new(FOLDER).join(format!("{size}.{}", side.ending()))
}

/// The sizes for which one side is kept below `log`, smallest first.
pub fn sizes(log: &Path, side: Side) -> io::Result<Vec<u64>> {
    let list = match std::fs::read_dir(log.join(FOLDER)) {
        Ok(list) => list,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut sizes = Vec::new();
    for file in list {
        let name = file?.file_name();
        let parts = name.to_str().and_then(|name| name.split_once('.'));
        if let Some((size, ending)) = parts
            && ending == side.ending()
        {
            sizes.extend(size.parse::<u64>());
        }
    }
    sizes.sort_unstable();
    Ok(sizes)
}

/// Reads one side below `log`; `None` = it is not there. More than [`LIMIT`] bytes are none of ours.
pub fn read(log: &Path, size: u64, side: Side) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(log.join(path(size, side))) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(io::Error::other(format!("it has more than {LIMIT} bytes")));
    }
    Ok(Some(bytes))
}

/// Reads all that are kept below `log`; `shown` is how that place is told.
pub fn read_all(log: &Path, shown: &str, findings: &mut Findings) -> Vec<KeptStamp> {
    let sizes = match sizes(log, Side::Reply) {
        Ok(sizes) => sizes,
        Err(error) => {
            findings.tell(Place::File(format!("{shown}{FOLDER}")), error.to_string());
            return Vec::new();
        }
    };
    let mut kept = Vec::new();
    for size in sizes {
        let place = format!("{shown}{}", path(size, Side::Reply).display());
        let sides = read(log, size, Side::Request)
            .and_then(|request| Ok((request, read(log, size, Side::Reply)?)));
        match sides {
            Ok((request, Some(reply))) => kept.push(KeptStamp { place, size, request, reply }),
            Ok((_, None)) => {} // taken away since it was listed
            Err(error) => findings.tell(Place::File(place), error.to_string()),
        }
    }
    kept
}

/// Weighs kept time stamps against the checkpoints they are about (`note` gives their bytes) and against the
/// instants of the entries. Those that hold are given, smallest first, each size once.
pub fn weigh(
    kept: &[KeptStamp],
    note: impl Fn(u64) -> Option<Vec<u8>>,
    chain: &Chain,
    roots: Option<&Roots>,
    findings: &mut Findings,
) -> Vec<Stamped> {
    let mut held: Vec<Stamped> = Vec::new();
    for KeptStamp { place, size, request, reply } in kept {
        let mut tell = |what: String| findings.tell(Place::File(place.clone()), what);
        let Some(request) = request else {
            tell(
                "the request that it answers is missing: put it back from another copy".to_owned(),
            );
            continue;
        };
        let Some(note) = note(*size) else {
            tell(format!("the checkpoint over {size} entries, which it is about, is missing"));
            continue;
        };
        match check(&note, request, reply, roots) {
            Ok(stamp) => {
                if let Some(odd) = chain.recorded(*size).and_then(|at| stamp.before(at)) {
                    tell(odd);
                }
                if !held.iter().any(|known| known.size == *size) {
                    held.push(Stamped { size: *size, stamp });
                }
            }
            Err(wrong) => tell(format!("the time stamp proves nothing: {wrong}")),
        }
    }
    held.sort_by_key(|stamped| stamped.size);
    held
}
