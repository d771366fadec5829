//! Containers: folders, gzip, Zstandard, ZIP and tar, one inside another, recognised by their first
//! bytes, with bounds on depth, entries and growth.

use super::{ImportError, Limits};
use flate2::read::MultiGzDecoder;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read, Seek},
    path::Path,
};

/// Bytes looked at to recognise a container (a tar header's magic ends at 262).
const PEEK_BYTES: usize = 512;

/// The largest Zstandard window that is accepted: 2 to the power of this.
const WINDOW_LOG_MAX: u32 = 31;

/// Takes the documents that a walk finds.
pub trait Documents {
    /// One unpacked document with the place it stands at.
    fn document(&mut self, place: &str, bytes: Vec<u8>) -> Result<(), ImportError>;
}

/// Walks through one top-level file.
#[derive(Debug)]
pub struct Walk<'a, D> {
    limits: &'a Limits,
    documents: &'a mut D,
    file_bytes: u64,
    unpacked: u64,
    entries: u64,
}

impl<'a, D: Documents> Walk<'a, D> {
    /// A walk through a file of `file_bytes` bytes.
    pub fn new(limits: &'a Limits, documents: &'a mut D, file_bytes: u64) -> Self {
        Self { limits, documents, file_bytes, unpacked: 0, entries: 0 }
    }

    /// Walks through the file at `path`.
    pub fn file(&mut self, path: &Path) -> Result<(), ImportError> {
        let place = path.display().to_string();
        let fail = |error| ImportError::Io { place: place.clone(), error };
        let mut file = File::open(path).map_err(fail)?;
        let mut magic = [0; 4];
        let length = file.read(&mut magic).map_err(fail)?;
        file.rewind().map_err(fail)?;
        if is_zip(&magic[..length]) {
            return self.zip(&place, BufReader::new(file), 0);
        }
        self.stream(&place, BufReader::with_capacity(1 << 16, file), 0)
    }

    fn stream(
        &mut self,
        place: &str,
        mut from: impl BufRead,
        depth: u8,
    ) -> Result<(), ImportError> {
        let mut head = Vec::with_capacity(PEEK_BYTES);
        from.by_ref()
            .take(PEEK_BYTES as u64)
            .read_to_end(&mut head)
            .map_err(|error| damaged(place, &error))?;
        let rest = Cursor::new(head.clone()).chain(from);
        if head.starts_with(&[0x1f, 0x8b]) {
            self.deeper(place, depth)?;
            let unpacked = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(rest));
            return self.dynamic(place, Box::new(unpacked), depth + 1);
        }
        if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            self.deeper(place, depth)?;
            let mut decoder =
                zstd::Decoder::with_buffer(rest).map_err(|error| damaged(place, &error))?;
            decoder.window_log_max(WINDOW_LOG_MAX).map_err(|error| damaged(place, &error))?;
            return self.dynamic(
                place,
                Box::new(BufReader::with_capacity(1 << 16, decoder)),
                depth + 1,
            );
        }
        if is_zip(&head) {
            self.deeper(place, depth)?;
            let bytes = self.take(place, rest)?;
            return self.zip(place, Cursor::new(bytes), depth + 1);
        }
        if head.get(257..262) == Some(b"ustar") {
            self.deeper(place, depth)?;
            return self.tar(place, rest, depth + 1);
        }
        let bytes = self.take(place, rest)?;
        self.documents.document(place, bytes)
    }

    /// The same as [`Walk::stream`] behind a pointer, so that nesting does not grow types for ever.
    fn dynamic(
        &mut self,
        place: &str,
        from: Box<dyn BufRead + '_>,
        depth: u8,
    ) -> Result<(), ImportError> {
        self.stream(place, from, depth)
    }

    fn zip(&mut self, place: &str, from: impl Read + Seek, depth: u8) -> Result<(), ImportError> {
        let broken = |error: zip::result::ZipError| damaged(place, &error);
        let mut archive = zip::ZipArchive::new(from).map_err(broken)?;
        self.count(place, archive.len() as u64)?;
        // In the archive's own order, which does not depend on the machine it is read on.
        for index in 0..archive.len() {
            let entry = archive.by_index(index).map_err(broken)?;
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            if entry.is_file() {
                let inner = format!("{place}!{name}");
                self.dynamic(&inner, Box::new(BufReader::new(entry)), depth)?;
            }
        }
        Ok(())
    }

    fn tar(&mut self, place: &str, from: impl Read, depth: u8) -> Result<(), ImportError> {
        let broken = |error: io::Error| damaged(place, &error);
        let mut archive = tar::Archive::new(from);
        for entry in archive.entries().map_err(broken)? {
            let entry = entry.map_err(broken)?;
            self.count(place, 1)?;
            if entry.header().entry_type().is_file() {
                let inner = format!("{place}!{}", String::from_utf8_lossy(&entry.path_bytes()));
                self.dynamic(&inner, Box::new(BufReader::new(entry)), depth)?;
            }
        }
        Ok(())
    }

    fn deeper(&self, place: &str, depth: u8) -> Result<(), ImportError> {
        if depth < self.limits.nesting {
            return Ok(());
        }
        Err(ImportError::Refused {
            place: place.to_owned(),
            what: format!(
                "containers stand inside containers more than {} deep.",
                self.limits.nesting
            ),
            next: "Unpack it and import what is inside.".into(),
        })
    }

    fn count(&mut self, place: &str, entries: u64) -> Result<(), ImportError> {
        self.entries += entries;
        if self.entries <= self.limits.entries {
            return Ok(());
        }
        Err(ImportError::Refused {
            place: place.to_owned(),
            what: format!("the archive has more than {} entries.", self.limits.entries),
            next: "Split it, or raise `corpus.limits.entries`.".into(),
        })
    }

    /// Reads a document whole, within the bounds.
    fn take(&mut self, place: &str, from: impl Read) -> Result<Vec<u8>, ImportError> {
        let growth =
            self.limits.ratio_free_bytes.max(self.file_bytes.saturating_mul(self.limits.ratio));
        let allowed = self.limits.document_bytes.min(growth.saturating_sub(self.unpacked));
        let mut bytes = Vec::new();
        from.take(allowed + 1).read_to_end(&mut bytes).map_err(|error| damaged(place, &error))?;
        let length = bytes.len() as u64;
        if length > self.limits.document_bytes {
            return Err(ImportError::Refused {
                place: place.to_owned(),
                what: format!("the document is larger than {} bytes.", self.limits.document_bytes),
                next: "Raise `corpus.limits.document_bytes` if the file is genuine.".into(),
            });
        }
        if length > allowed {
            return Err(ImportError::Refused {
                place: place.to_owned(),
                what: format!(
                    "unpacking makes the file more than {} times larger: it looks like a compression bomb.",
                    self.limits.ratio
                ),
                next: "Raise `corpus.limits.ratio` if the file is genuine.".into(),
            });
        }
        self.unpacked += length;
        Ok(bytes)
    }
}

fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

fn damaged(place: &str, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::Refused {
        place: place.to_owned(),
        what: format!("the file is damaged or cut short ({error})."),
        next: "Fetch it again and compare its checksum with the publisher's.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[derive(Default, Debug)]
    struct Seen(Vec<(String, usize)>);

    impl Documents for Seen {
        fn document(&mut self, place: &str, bytes: Vec<u8>) -> Result<(), ImportError> {
            self.0.push((
                place.rsplit(['/', '!']).next().unwrap_or_default().to_owned(),
                bytes.len(),
            ));
            Ok(())
        }
    }

    fn walked(bytes: &[u8], limits: &Limits) -> Result<Vec<(String, usize)>, String> {
        let file = tempfile::NamedTempFile::new().expect("scratch");
        std::fs::write(file.path(), bytes).expect("written");
        let mut seen = Seen::default();
        Walk::new(limits, &mut seen, bytes.len() as u64)
            .file(file.path())
            .map_err(|error| error.to_string())?;
        Ok(seen.0)
    }

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("entry");
            zip.write_all(bytes).expect("written");
        }
        zip.finish().expect("finished").into_inner()
    }

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gz.write_all(bytes).expect("written");
        gz.finish().expect("finished")
    }

    #[test]
    fn containers_inside_containers_are_opened_whatever_their_names() {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(3);
        header.set_cksum();
        tar.append_data(&mut header, "x/c.json", &b"{}\n"[..]).expect("appended");
        let tar = zstd::encode_all(tar.into_inner().expect("tar").as_slice(), 1).expect("packed");
        let zip = zipped(&[("b.json", b"{ }"), ("a.txt", &gzipped(b"[1]")), ("t.bin", &tar)]);
        let seen = walked(&zip, &Limits::default()).expect("walked");
        assert_eq!(seen, [("b.json".into(), 3), ("a.txt".into(), 3), ("c.json".into(), 3)]);
    }

    #[test]
    fn a_bomb_a_deep_nest_and_a_cut_file_are_refused_with_the_place() {
        let limits = Limits { ratio: 10, ratio_free_bytes: 1 << 16, ..Limits::default() };
        let bomb = zipped(&[("all.json", &vec![b' '; 1 << 20])]);
        let refused = walked(&bomb, &limits).expect_err("a bomb");
        assert!(refused.contains("!all.json") && refused.contains("compression bomb"), "{refused}");

        let mut nest = b"{}".to_vec();
        for _ in 0..6 {
            nest = gzipped(&nest);
        }
        assert!(
            walked(&nest, &Limits::default()).expect_err("too deep").contains("more than 4 deep")
        );

        let cut = gzipped(&vec![b'x'; 100_000]);
        let refused = walked(&cut[..cut.len() / 2], &Limits::default()).expect_err("cut short");
        assert!(refused.contains("cut short"), "{refused}");
        let zip = zipped(&[("a", b"1")]);
        assert!(walked(&zip[..zip.len() - 10], &Limits::default()).is_err());
        let many = Limits { entries: 1, ..Limits::default() };
        assert!(
            walked(&zipped(&[("a", b"1"), ("b", b"2")]), &many)
                .expect_err("too many")
                .contains("entries")
        );
    }
}
