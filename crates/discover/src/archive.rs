//! The files of a tar archive, in its order, without unpacking it to disk.

use crate::{Fault, collect::Collector};
use std::{
    cell::Cell,
    io::{self, BufRead, BufReader, Read},
};

/// The largest Zstandard window that is accepted: 2 to the power of this.
const WINDOW_LOG_MAX: u32 = 31;
/// Where a tar header says that it is one.
const MAGIC_AT: usize = 257;
/// Most bytes of names and other notes between two files. The library keeps them in memory, as long as they are.
const NOTES: u64 = 4 * 1024 * 1024;

/// Packings that are not opened, by their first bytes, and what opens them.
const PACKED: &[(&[u8], &str)] = &[
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x5d\0\0", "lzma"),
];

/// Shows every file to the collector.
pub(crate) fn read(from: impl Read, collector: &mut Collector) -> Result<(), Fault> {
    let mut from = BufReader::new(from);
    let mut head = Vec::new();
    while head.len() < MAGIC_AT + 5 {
        let more = from.fill_buf()?;
        let read = more.len();
        head.extend_from_slice(more);
        from.consume(read);
        if read == 0 {
            break;
        }
    }
    let is_tar = head.get(MAGIC_AT..MAGIC_AT + 5) == Some(b"ustar");
    let packed = PACKED.iter().find(|(magic, _)| head.starts_with(magic));
    let whole = BufReader::new(io::Cursor::new(head.clone()).chain(from));
    match head.as_slice() {
        [0x1f, 0x8b, ..] => entries(flate2::bufread::MultiGzDecoder::new(whole), collector),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut frames = zstd::Decoder::with_buffer(whole)?;
            frames.window_log_max(WINDOW_LOG_MAX)?;
            entries(frames, collector)
        }
        _ if is_tar => entries(whole, collector),
        _ => Err(packed.map_or(Fault::NotAnArchive, |(_, tool)| Fault::Packed(tool))),
    }
}

fn entries(from: impl Read, collector: &mut Collector) -> Result<(), Fault> {
    let gauge = Gauge::default();
    let limit = collector.limits().bytes;
    let mut archive = tar::Archive::new(Gauged { from: from.take(limit), gauge: &gauge });
    let mut any = false;
    gauge.stop_at.set(NOTES);
    for entry in archive.entries()? {
        let mut entry = match entry {
            Ok(entry) => entry,
            // the first header decides whether this is an archive at all
            Err(_) if !any => return Err(Fault::NotAnArchive),
            Err(fault) => {
                let why = format!("the archive is damaged or too large from here on ({fault})");
                collector.unread("", &why);
                return Ok(());
            }
        };
        gauge.stop_at.set(u64::MAX);
        any = true;
        if !collector.entry() {
            return Ok(());
        }
        let place = place_of(&entry.path_bytes());
        let kind = entry.header().entry_type();
        // a sparse file takes less room than it has bytes
        let stored = if kind.is_gnu_sparse() { entry.header().entry_size()? } else { entry.size() };
        let next = entry.raw_file_position().saturating_add(stored);
        if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
            let size = entry.size();
            collector.file(&place, size, &mut entry);
        } else if kind.is_symlink() || kind.is_hard_link() {
            collector.link(&place);
        }
        gauge.stop_at.set(next.saturating_add(NOTES));
    }
    if gauge.ended.get() {
        collector
            .unread("", "the archive ends without its end mark, so it may have been cut short");
    }
    Ok(())
}

/// How far an archive has been read.
#[derive(Default)]
struct Gauge {
    position: Cell<u64>,
    /// Reading beyond this is refused.
    stop_at: Cell<u64>,
    /// Whether there was nothing more to read.
    ended: Cell<bool>,
}

struct Gauged<'g, R> {
    from: R,
    gauge: &'g Gauge,
}

impl<R: Read> Read for Gauged<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.gauge.position.get() > self.gauge.stop_at.get() {
            return Err(io::Error::other("names longer than are read"));
        }
        let read = self.from.read(buffer)?;
        self.gauge.position.set(self.gauge.position.get() + read as u64);
        self.gauge.ended.set(read == 0 && !buffer.is_empty());
        Ok(read)
    }
}

/// The name of an entry below the top, whatever it says: `./usr/bin`, `/usr/bin` and `../usr/bin` are
/// `usr/bin`. Nothing is written, so a name can lead nowhere; it is only shown.
fn place_of(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let parts: Vec<&str> =
        name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_below_the_top_whatever_they_say() {
        for (name, place) in [
            ("./usr/bin/x", "usr/bin/x"),
            ("/usr//bin/x", "usr/bin/x"),
            ("../../etc/os-release", "etc/os-release"),
            ("", ""),
        ] {
            assert_eq!(place_of(name.as_bytes()), place);
        }
    }
}
