//! The files of a tar archive, in its order, without unpacking it to disk.

use crate::{
    Fault,
    collect::Collector,
    nested::{self, INSIDE},
    packing::Packing,
};
use std::{
    cell::Cell,
    io::{self, BufReader, Read},
};

/// The largest window to unpack the archive with: 2 to the power of this.
const WINDOW_LOG: u32 = 31;
/// Where a tar header says that it is one.
const MAGIC_AT: usize = 257;
const MAGIC: &[u8] = b"ustar";
/// How many bytes tell a tar archive.
pub(crate) const HEAD: u64 = 512;
/// Most bytes of names and other notes between two files. The library keeps them in memory, as long as they are.
const NOTES: u64 = 4 * 1024 * 1024;

/// Ends of the names of packages that are tar archives.
const PACKAGES: [&str; 3] = [".apk", ".ipk", ".opk"];

/// Shows every file to the collector. `name` stands for the archive itself where that is not tar.
pub(crate) fn read(from: impl Read, name: &str, collector: &mut Collector) -> Result<(), Fault> {
    let (head, whole) = peek(from)?;
    // a package says something of itself, which the files in it do not
    if PACKAGES.iter().any(|end| name.ends_with(end)) && nested::is_opened(name, &head) {
        collector.file(name, 0, &mut { whole });
        return Ok(());
    }
    let (head, mut whole) = match Packing::of_head(&head) {
        Some(packing) => peek(packing.open(whole, WINDOW_LOG)?)?,
        None if is_tar(&head) => return entries(whole, "", collector),
        None => (head, whole),
    };
    if is_tar(&head) {
        entries(whole, "", collector)
    } else if nested::is_opened(name, &head) {
        // how long it is shows only at its end
        let left = collector.limits().bytes;
        collector.file(name, 0, &mut Bounded { from: &mut whole, left });
        Ok(())
    } else {
        Err(Fault::NotAnArchive)
    }
}

/// Ends the reading of what unpacks to more bytes than are read.
struct Bounded<R> {
    from: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("archives unpack to more bytes than are read"))?;
        Ok(read)
    }
}

type Whole<'r> = BufReader<Box<dyn Read + 'r>>;

/// The first bytes, and all of them.
fn peek<'r>(mut from: impl Read + 'r) -> io::Result<(Vec<u8>, Whole<'r>)> {
    let mut head = Vec::new();
    from.by_ref().take(HEAD).read_to_end(&mut head)?;
    let whole: Box<dyn Read + 'r> = Box::new(io::Cursor::new(head.clone()).chain(from));
    Ok((head, BufReader::new(whole)))
}

/// Whether bytes begin a tar archive (POSIX.1-1988 and later).
pub(crate) fn is_tar(head: &[u8]) -> bool {
    head.get(MAGIC_AT..).is_some_and(|rest| rest.starts_with(MAGIC))
}

/// Shows every file of a tar archive. `outer` is the archive's own path; empty: it is all that is looked through.
pub(crate) fn entries(
    from: impl Read,
    outer: &str,
    collector: &mut Collector,
) -> Result<(), Fault> {
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
                collector.unread(outer, &why);
                return Ok(());
            }
        };
        gauge.stop_at.set(u64::MAX);
        any = true;
        if !collector.entry() {
            return Ok(());
        }
        let mut place = place_of(&entry.path_bytes());
        if !outer.is_empty() {
            if !entry.header().entry_type().is_dir() {
                collector.images().note(outer, &place);
            }
            place = format!("{outer}{INSIDE}{place}");
        }
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
            .unread(outer, "the archive ends without its end mark, so it may have been cut short");
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
pub(crate) fn place_of(name: &[u8]) -> String {
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
