//! The files of a tar archive, in its order, without unpacking it to disk.

use crate::{Fault, collect::Collector};
use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

/// The largest Zstandard window that is accepted: 2 to the power of this.
const WINDOW_LOG_MAX: u32 = 31;
/// Where a tar header says that it is one.
const MAGIC_AT: usize = 257;

/// Shows every file to the collector.
pub(crate) fn read(mut file: File, collector: &mut Collector) -> Result<(), Fault> {
    let mut head = Vec::new();
    (&mut file).take(512).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let file = BufReader::new(file);
    match head.as_slice() {
        [0x1f, 0x8b, ..] => entries(flate2::bufread::MultiGzDecoder::new(file), collector),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut frames = zstd::Decoder::with_buffer(file)?;
            frames.window_log_max(WINDOW_LOG_MAX)?;
            entries(frames, collector)
        }
        head if head.get(MAGIC_AT..MAGIC_AT + 5) == Some(b"ustar") => entries(file, collector),
        _ => Err(Fault::NotAnArchive),
    }
}

fn entries(from: impl Read, collector: &mut Collector) -> Result<(), Fault> {
    let limit = collector.limits().bytes;
    let mut archive = tar::Archive::new(from.take(limit));
    let mut any = false;
    for entry in archive.entries()? {
        let mut entry = match entry {
            Ok(entry) => entry,
            // the first header decides whether this is an archive at all
            Err(_) if !any => return Err(Fault::NotAnArchive),
            Err(fault) => {
                collector.unread(
                    "",
                    &format!("the archive is damaged or too large from here on ({fault})"),
                );
                return Ok(());
            }
        };
        any = true;
        if !collector.entry() {
            return Ok(());
        }
        let place = place_of(&entry.path_bytes());
        let kind = entry.header().entry_type();
        if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
            let size = entry.size();
            collector.file(&place, size, &mut entry);
        }
    }
    Ok(())
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
