//! Checkpoints (C2SP tlog-checkpoint): which log, how many entries, which root.

use crate::{base64, key::is_name};
use aftercare_vocab::digest::Digest;

/// What a log says of itself at one size. Signed as the text of a [`Note`](crate::Note).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Digest,
}

/// A text is no checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no checkpoint: {why}")]
pub struct NotACheckpoint {
    /// What does not fit.
    pub why: &'static str,
}

impl Checkpoint {
    /// The text that is signed: three lines.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, base64::encode(self.root.as_bytes()))
    }

    /// Reads the text of a note. Extension lines after the third are allowed and not read.
    pub fn read(text: &str) -> Result<Self, NotACheckpoint> {
        let wrong = |why| NotACheckpoint { why };
        let body = text.strip_suffix('\n').ok_or_else(|| wrong("its last line is cut off"))?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(wrong("it has fewer than three lines"));
        };
        if !is_name(origin) {
            return Err(wrong("its first line names no log"));
        }
        let digits = size.bytes().all(|b| b.is_ascii_digit());
        let plain = size == "0" || !size.starts_with('0');
        let size = size.parse().ok().filter(|_| digits && plain);
        let size = size.ok_or_else(|| wrong("its second line is no size"))?;
        let root = base64::decode(root).and_then(|bytes| bytes.try_into().ok());
        let root = root.ok_or_else(|| wrong("its third line is no SHA-256 hash in base64"))?;
        if lines.any(str::is_empty) {
            return Err(wrong("it has an empty extension line"));
        }
        Ok(Self { origin: origin.to_owned(), size, root: Digest::from_bytes(root) })
    }
}
