//! Under which name a blob is kept: the first two digits of its digest, `/`, the others, and `.zst`
//! if it is compressed. The same in a directory and in a bucket.

use aftercare_vocab::digest::Digest;
use std::fmt;

/// How many digits name the shelf.
const SHELF: usize = 2;
const PACKED: &str = ".zst";

/// The name of a blob in one of its two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) digest: Digest,
    pub(super) packed: bool,
}

impl Name {
    /// Of bytes kept as they were received.
    pub(super) const fn received(digest: Digest) -> Self {
        Self { digest, packed: false }
    }

    /// Of a document of our own.
    pub(super) const fn document(digest: Digest) -> Self {
        Self { digest, packed: true }
    }

    /// From `ab/cdef…`; `None` = it is no blob of ours.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (shelf, rest) = text.split_once('/')?;
        let (rest, packed) = rest.strip_suffix(PACKED).map_or((rest, false), |rest| (rest, true));
        let digest = format!("{shelf}{rest}").parse().ok()?;
        let name = Self { digest, packed };
        (name.to_string() == text).then_some(name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = self.digest.hex();
        let form = if self.packed { PACKED } else { "" };
        write!(f, "{}/{}{form}", &hex[..SHELF], &hex[SHELF..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written_and_nothing_else_is_one() {
        let digest = Digest::of(b"x");
        for name in [Name::received(digest), Name::document(digest)] {
            assert_eq!(Name::read(&name.to_string()), Some(name));
        }
        let hex = digest.hex();
        // of a workspace whose prefix lies below ours, and which sweeps for itself
        let below = format!("workspaces/north/{}", Name::received(digest));
        let shelf = format!("{}/{}", &hex[..3], &hex[3..]);
        for other in ["", "half/1", &hex, &shelf, "ab/cd.zst", &below] {
            assert_eq!(Name::read(other), None, "{other}");
        }
    }
}
