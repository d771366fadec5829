//! Packings of one stream of bytes: gzip, Zstandard, xz, LZMA, bzip2 and lz4.

use std::io::{self, BufRead, Read};

/// What xz keeps beside its dictionary, in KiB, generously.
const XZ_BESIDE: u32 = 1024;

/// A packing that is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Gzip,
    Zstandard,
    Xz,
    Lzma,
    Bzip2,
    Lz4,
}

impl Packing {
    /// By the first bytes.
    pub(crate) fn of_head(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstandard),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if begins_bzip2(rest) => Some(Self::Bzip2),
            // the frame, and the older form of it in kernels
            [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => Some(Self::Lz4),
            _ => is_lzma(head).then_some(Self::Lzma),
        }
    }

    /// The name of what is inside: `x.ko` in `x.ko.xz`, `x.tar` in `x.tgz`.
    pub(crate) fn inner_name(self, name: &str) -> String {
        let ends: &[(&str, &str)] = match self {
            Self::Gzip => &[(".gz", ""), (".tgz", ".tar")],
            Self::Zstandard => &[(".zst", ""), (".tzst", ".tar")],
            Self::Xz => &[(".xz", ""), (".txz", ".tar")],
            Self::Lzma => &[(".lzma", ""), (".tlz", ".tar")],
            Self::Bzip2 => &[(".bz2", ""), (".tbz2", ".tar"), (".tbz", ".tar")],
            Self::Lz4 => &[(".lz4", "")],
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
        let memory = (1 << window_log.saturating_sub(10)) + XZ_BESIDE;
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(from)),
            Self::Zstandard => {
                let mut frames = zstd::Decoder::with_buffer(from)?;
                frames.window_log_max(window_log)?;
                Box::new(frames)
            }
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(from, true, memory)),
            Self::Lzma => Box::new(lzma_rust2::LzmaReader::new_mem_limit(from, memory, None)?),
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(from)),
            // looks back 64 KiB
            Self::Lz4 => Box::new(Frames(lz4_flex::frame::FrameDecoder::new(from))),
        })
    }
}

/// A block with its magic number, or the end of an empty stream, follows the size of the blocks.
fn begins_bzip2(rest: &[u8]) -> bool {
    rest.starts_with(b"1AY&SY") || rest.starts_with(b"\x17\x72\x45\x38\x50\x90")
}

/// LZMA without a container has no magic number: the usual properties, a dictionary of the sizes that encoders choose,
/// and a length that is not stated or below 256 GiB, as xz-utils tells such files, too.
fn is_lzma(head: &[u8]) -> bool {
    let number = |at: usize, length: usize| {
        let bytes = head.get(at..at + length)?.iter().rev();
        Some(bytes.fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    let (Some(dictionary), Some(length)) = (number(1, 4), number(5, 8)) else { return false };
    head.first() == Some(&0x5d)
        && dictionary >= 1 << 12
        && (dictionary.is_power_of_two() || dictionary % 3 == 0 && (dictionary / 3).is_power_of_two())
        && (length == u64::MAX || length < 1 << 38)
        // the coder begins with a zero
        && head.get(13) == Some(&0)
}

/// All frames of lz4, one after the other: the library stops at the end of each.
struct Frames<R: BufRead>(lz4_flex::frame::FrameDecoder<R>);

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            if read > 0 || buffer.is_empty() || self.0.get_mut().fill_buf()?.is_empty() {
                return Ok(read);
            }
        }
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
            (Packing::Bzip2, "a.tbz2", "a.tar"),
            (Packing::Gzip, ".gz", ".gz"),
        ] {
            assert_eq!(packing.inner_name(name), inner);
        }
    }

    #[test]
    fn texts_that_look_like_packings_are_none() {
        for text in ["BZh9", "BZhello, this is a text", "]\0\0", "]\0\0\u{80}\0 and a text, too"] {
            assert_eq!(Packing::of_head(text.as_bytes()), None, "{text}");
        }
    }
}
