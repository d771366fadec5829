//! Numbers in bytes that may end anywhere.

/// The bytes of a range, if all are there.
pub(super) fn part(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

fn fixed<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    part(bytes, at, N)?.try_into().ok()
}

/// The order of the bytes in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Big,
    Little,
}

impl Order {
    pub(super) fn u16(self, bytes: &[u8], at: usize) -> Option<usize> {
        let number = fixed(bytes, at)?;
        Some(usize::from(match self {
            Self::Big => u16::from_be_bytes(number),
            Self::Little => u16::from_le_bytes(number),
        }))
    }

    pub(super) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let number = fixed(bytes, at)?;
        Some(match self {
            Self::Big => u32::from_be_bytes(number),
            Self::Little => u32::from_le_bytes(number),
        })
    }

    /// A number of 32 bits that is an offset, a length or a count.
    pub(super) fn size(self, bytes: &[u8], at: usize) -> Option<usize> {
        usize::try_from(self.u32(bytes, at)?).ok()
    }
}

/// The pages of a database that were met: each belongs to one place.
#[derive(Debug)]
pub(super) struct Pages<'b> {
    bytes: &'b [u8],
    size: usize,
    met: Vec<bool>,
}

impl<'b> Pages<'b> {
    pub(super) fn new(bytes: &'b [u8], size: usize) -> Self {
        Self { bytes, size, met: vec![false; bytes.len() / size.max(1)] }
    }

    /// The page of a number, counted from 0. A page that was taken before is a fault: chains would have no end.
    pub(super) fn take(&mut self, number: usize) -> Result<&'b [u8], String> {
        let at = number.checked_mul(self.size);
        let page = at.and_then(|at| part(self.bytes, at, self.size));
        match (self.met.get_mut(number), page) {
            (Some(true), _) => Err("it stands in two places of the database".to_owned()),
            (Some(met), Some(page)) => {
                *met = true;
                Ok(page)
            }
            _ => Err("it lies beyond the end of the file".to_owned()),
        }
    }
}
