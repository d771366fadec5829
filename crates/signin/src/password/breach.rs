//! A local list of leaked passwords: lines of `SHA-1 in 40 hex digits:count`, ordered by digest, as
//! the downloader of Have I Been Pwned writes them. Tens of gigabytes are fine: a look-up reads about 40
//! short pieces.
//!
//! SHA-1 is how the list names passwords and protects nothing here. No part of a password leaves the
//! machine.

use super::Password;
use sha1::{Digest as _, Sha1};
use std::io::{self, Read, Seek, SeekFrom};

/// Hex digits of a SHA-1.
const DIGEST: usize = 40;
/// Longest line, line end included: a digest, a colon, twenty digits.
const LONGEST_LINE: usize = 64;

/// A list that is looked into.
#[derive(Debug)]
pub struct File<R> {
    source: R,
    length: u64,
}

/// The list could not be read. It then says nothing about any password.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file could not be read.
    #[error("the list of leaked passwords could not be read: {0}")]
    Io(#[from] io::Error),
    /// A line is not of the list's form.
    #[error(
        "the list of leaked passwords is damaged or of another kind: no line `SHA-1:count` at byte {at}; it must \
         be the list ordered by digest"
    )]
    Line {
        /// Where the line begins.
        at: u64,
    },
}

impl<R: Read + Seek> File<R> {
    /// Opens a list; its first line must have the list's form.
    pub fn open(mut source: R) -> Result<Self, Unreadable> {
        let length = source.seek(SeekFrom::End(0))?;
        let mut file = Self { source, length };
        file.line(0)?;
        Ok(file)
    }

    /// How often the list has the password; `None` when it does not.
    pub fn times(&mut self, password: &Password) -> Result<Option<u64>, Unreadable> {
        let mut wanted = [0; DIGEST];
        let digest = Sha1::digest(password.text().as_bytes());
        for (pair, byte) in wanted.chunks_exact_mut(2).zip(digest) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        // Lines begin in `low..high`; the one sought, if there, among them.
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low + (high - low) / 2;
            let start = self.start_of_line(middle)?;
            let line = self.line(start)?;
            match wanted.cmp(&line.digest) {
                std::cmp::Ordering::Equal => return Ok(Some(line.count)),
                std::cmp::Ordering::Less => high = start,
                std::cmp::Ordering::Greater => low = line.next,
            }
        }
        Ok(None)
    }

    /// Where the line begins that holds byte `at`.
    fn start_of_line(&mut self, at: u64) -> Result<u64, Unreadable> {
        let from = at.saturating_sub(LONGEST_LINE as u64);
        let piece = self.piece(from, (at - from) as usize)?;
        match piece.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => Ok(from + end as u64 + 1),
            None if from == 0 => Ok(0),
            None => Err(Unreadable::Line { at: from }),
        }
    }

    fn line(&mut self, at: u64) -> Result<Line, Unreadable> {
        let piece = self.piece(at, LONGEST_LINE)?;
        read_line(&piece, at).ok_or(Unreadable::Line { at })
    }

    /// At most `length` bytes from `at`, fewer at the end of the file.
    fn piece(&mut self, at: u64, length: usize) -> Result<Vec<u8>, Unreadable> {
        let mut piece = Vec::with_capacity(length);
        self.source.seek(SeekFrom::Start(at))?;
        self.source.by_ref().take(length as u64).read_to_end(&mut piece)?;
        Ok(piece)
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

struct Line {
    digest: [u8; DIGEST],
    count: u64,
    /// Where the next one begins.
    next: u64,
}

fn read_line(piece: &[u8], at: u64) -> Option<Line> {
    let end = piece.iter().position(|byte| *byte == b'\n');
    let (text, next) = match end {
        Some(end) => (&piece[..end], at + end as u64 + 1),
        None if piece.len() < LONGEST_LINE => (piece, at + piece.len() as u64),
        None => return None,
    };
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let (digest, count) = text.split_first_chunk::<DIGEST>()?;
    let digest = digest.map(|digit| digit.to_ascii_uppercase());
    let count = std::str::from_utf8(count.strip_prefix(b":")?).ok()?.parse().ok()?;
    digest.iter().all(|digit| HEX.contains(digit)).then_some(Line { digest, count, next })
}
