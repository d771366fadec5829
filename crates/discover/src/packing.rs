//! Packings of one stream of bytes: gzip, Zstandard and xz.

use std::io::{self, BufRead, Read};

/// What xz keeps beside its dictionary, in KiB, generously.
const XZ_BESIDE: u32 = 1024;

/// A packing that is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Gzip,
    Zstandard,
    Xz,
}

impl Packing {
    /// By the first bytes.
    pub(crate) fn of_head(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstandard),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ => None,
        }
    }

    /// The name of what is inside: `x.ko` in `x.ko.xz`, `x.tar` in `x.tgz`.
    pub(crate) fn inner_name(self, name: &str) -> String {
        let ends: &[(&str, &str)] = match self {
            Self::Gzip => &[(".gz", ""), (".tgz", ".tar")],
            Self::Zstandard => &[(".zst", ""), (".tzst", ".tar")],
            Self::Xz => &[(".xz", ""), (".txz", ".tar")],
        };
        let inner = |(end, new): &(&str, &str)| Some(format!("{}{new}", name.strip_suffix(end)?));
        ends.iter().find_map(inner).filter(|name| !name.is_empty()).unwrap_or(name.to_owned())
    }

    /// The bytes inside. What needs to look back further than 2 to the power of `window_log` bytes, and so more
    /// memory, is a fault when it is read.
    pub(crate) fn open<'r>(
        self,
        from: impl BufRead + 'r,
        window_log: u32,
    ) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(from)),
            Self::Zstandard => {
                let mut frames = zstd::Decoder::with_buffer(from)?;
                frames.window_log_max(window_log)?;
                Box::new(frames)
            }
            Self::Xz => {
                let memory = (1 << window_log.saturating_sub(10)) + XZ_BESIDE;
                Box::new(lzma_rust2::XzReader::new_mem_limit(from, true, memory))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_has_the_name_without_the_packing() {
        for (packing, name, inner) in [
            (Packing::Gzip, "a.tar.gz", "a.tar"),
            (Packing::Gzip, "a.tgz", "a.tar"),
            (Packing::Xz, "pump.ko.xz", "pump.ko"),
            (Packing::Zstandard, "a", "a"),
            (Packing::Gzip, ".gz", ".gz"),
        ] {
            assert_eq!(packing.inner_name(name), inner);
        }
    }
}
