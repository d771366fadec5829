//! The frontier: the little that must be kept of a growing list to know its root.

use crate::hash::{empty_root, node};
use aftercare_vocab::digest::Digest;

/// The roots of the complete subtrees of a list, largest first: one for each bit set in its size.
/// Appending costs a few hashes; the whole fits in 8 + 32 x 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

/// The bytes are not a serialised frontier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{length} bytes are not a frontier: expected 8 bytes of size and one 32-byte hash for each bit \
     set in it"
)]
pub struct NotAFrontier {
    /// How many bytes were given.
    pub length: usize,
}

impl Frontier {
    /// From the roots of the complete subtrees, one for each bit set in `size`, largest first.
    pub(crate) const fn from_peaks(size: u64, peaks: Vec<Digest>) -> Self {
        Self { size, peaks }
    }

    /// Number of leaves appended so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends the next leaf hash.
    pub fn append(&mut self, leaf: Digest) {
        let mut top = leaf;
        // Each trailing one-bit of the size is a complete subtree of the same height: join them.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                top = node(&left, &top);
            }
        }
        self.peaks.push(top);
        self.size += 1;
    }

    /// The root over all leaves appended so far.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => empty_root(),
            Some(smallest) => peaks.fold(*smallest, |right, left| node(left, &right)),
        }
    }

    /// Serialised: the size as 8 bytes big-endian, then the peaks, largest first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.size.to_be_bytes().to_vec();
        for peak in &self.peaks {
            out.extend_from_slice(peak.as_bytes());
        }
        out
    }

    /// Reads what [`Frontier::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotAFrontier> {
        let refuse = NotAFrontier { length: bytes.len() };
        let Some((size, peaks)) = bytes.split_first_chunk::<8>() else {
            return Err(refuse);
        };
        let size = u64::from_be_bytes(*size);
        let (peaks, rest) = peaks.as_chunks::<32>();
        if !rest.is_empty() || peaks.len() != size.count_ones() as usize {
            return Err(refuse);
        }
        Ok(Self { size, peaks: peaks.iter().map(|peak| Digest::from_bytes(*peak)).collect() })
    }
}
