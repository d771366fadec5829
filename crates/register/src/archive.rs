//! The container of a backup: a tar file (POSIX ustar headers, the GNU way of large sizes) in one
//! fixed shape, so that standard tools open it and every byte of it can be checked.
//!
//! A reader makes each header again from name and size and compares all its bytes, wants zeros where
//! a tar file is padded, and nothing after its end. What stands in the members is covered by the
//! manifest of the backup. So no flipped byte goes unnoticed.

use aftercare_vocab::digest::{Digest, Hasher};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use tar::{EntryType, Header};

/// A tar file is made of blocks of this many bytes.
const BLOCK: usize = 512;
/// Two blocks of zeros end it.
const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];
/// Longest name of a member: what fits into a header.
pub(crate) const NAME_LIMIT: usize = 99;
/// Bytes copied at a time.
const PIECE: usize = 1 << 16;

/// One file of the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name, with `/` between folders.
    pub name: String,
    /// Its number of bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Digest,
}

/// What went wrong with a container.
#[derive(Debug)]
pub(crate) enum Broken {
    /// It does not have the shape: what does not fit.
    Shape(String),
    /// It cannot be read or written.
    Io(io::Error),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Shape("it ends in the midst".to_owned()),
            _ => Self::Io(error),
        }
    }
}

/// Whether a name can be that of a member: relative, of plain letters, with no way out.
fn is_plain(name: &str) -> bool {
    name.len() <= NAME_LIMIT
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/'))
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

fn header(name: &str, size: u64) -> Result<Header, Broken> {
    if !is_plain(name) {
        return Err(Broken::Shape(format!("`{name}` cannot be the name of a file in it")));
    }
    let mut header = Header::new_gnu();
    header.set_path(name)?;
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    Ok(header)
}

/// Zeros that fill the last block of `size` bytes.
fn padding(size: u64) -> usize {
    let over = (size % BLOCK as u64) as usize;
    if over == 0 { 0 } else { BLOCK - over }
}

/// Writes a container.
#[derive(Debug)]
pub(crate) struct Packer<W> {
    to: W,
    members: Vec<Member>,
}

impl<W: Write> Packer<W> {
    pub(crate) const fn new(to: W) -> Self {
        Self { to, members: Vec::new() }
    }

    /// Adds a file of exactly `size` bytes.
    pub(crate) fn add(&mut self, name: &str, size: u64, from: &mut dyn Read) -> Result<(), Broken> {
        self.to.write_all(header(name, size)?.as_bytes())?;
        let mut hash = Hasher::default();
        let mut piece = vec![0; PIECE];
        let mut left = size;
        while left > 0 {
            let want = piece.len().min(usize::try_from(left).unwrap_or(PIECE));
            let got = from.read(&mut piece[..want])?;
            if got == 0 {
                return Err(Broken::Shape(format!("`{name}` became shorter while it was read")));
            }
            hash.update(&piece[..got]);
            self.to.write_all(&piece[..got])?;
            left -= got as u64;
        }
        self.to.write_all(&END[..padding(size)])?;
        self.members.push(Member { name: name.to_owned(), size, sha256: hash.finish() });
        Ok(())
    }

    /// Adds a file that stands in memory.
    pub(crate) fn add_bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), Broken> {
        self.add(name, bytes.len() as u64, &mut &*bytes)
    }

    /// What was added so far.
    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Ends the container.
    pub(crate) fn finish(mut self) -> Result<W, Broken> {
        self.to.write_all(&END)?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// Reads a container from its beginning to its end.
#[derive(Debug)]
pub(crate) struct Unpacker<R> {
    from: R,
}

impl<R: Read> Unpacker<R> {
    pub(crate) const fn new(from: R) -> Self {
        Self { from }
    }

    /// Name and size of the next file; none at the end, when nothing follows it.
    pub(crate) fn next(&mut self) -> Result<Option<(String, u64)>, Broken> {
        let mut block = [0; BLOCK];
        self.from.read_exact(&mut block)?;
        if block == END[..BLOCK] {
            self.from.read_exact(&mut block)?;
            if block != END[..BLOCK] || self.from.read(&mut block)? > 0 {
                return Err(Broken::Shape("something stands behind its end".to_owned()));
            }
            return Ok(None);
        }
        let found = Header::from_byte_slice(&block);
        let no_header = || Broken::Shape("a header in it is damaged".to_owned());
        let name = String::from_utf8(found.path_bytes().into_owned()).map_err(|_| no_header())?;
        let size = found.entry_size().map_err(|_| no_header())?;
        match header(&name, size) {
            Ok(expected) if *expected.as_bytes() == block => Ok(Some((name, size))),
            _ => Err(no_header()),
        }
    }

    /// Gives the bytes of the file just begun to `to`; gives their digest.
    pub(crate) fn content(&mut self, size: u64, to: &mut dyn Write) -> Result<Digest, Broken> {
        let mut hash = Hasher::default();
        let mut piece = vec![0; PIECE];
        let mut left = size;
        while left > 0 {
            let want = piece.len().min(usize::try_from(left).unwrap_or(PIECE));
            self.from.read_exact(&mut piece[..want])?;
            hash.update(&piece[..want]);
            to.write_all(&piece[..want])?;
            left -= want as u64;
        }
        let padding = &mut [0; BLOCK][..padding(size)];
        self.from.read_exact(padding)?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(Broken::Shape("something stands between its files".to_owned()));
        }
        Ok(hash.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed() -> Vec<u8> {
        let mut packer = Packer::new(Vec::new());
        packer.add_bytes("first", b"one").expect("adds");
        packer.add_bytes("folder/second", &[7; 1024]).expect("adds");
        packer.finish().expect("ends")
    }

    fn unpack(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Broken> {
        let mut unpacker = Unpacker::new(bytes);
        let mut found = Vec::new();
        while let Some((name, size)) = unpacker.next()? {
            let mut content = Vec::new();
            unpacker.content(size, &mut content)?;
            found.push((name, content));
        }
        Ok(found)
    }

    #[test]
    fn what_was_packed_is_unpacked_and_a_standard_reader_opens_it_too() {
        let bytes = packed();
        let ours = unpack(&bytes).expect("unpacks");
        assert_eq!(ours[0], ("first".to_owned(), b"one".to_vec()));
        assert_eq!(ours[1], ("folder/second".to_owned(), vec![7; 1024]));
        let mut standard = tar::Archive::new(bytes.as_slice());
        let names: Vec<String> = standard
            .entries()
            .expect("opens")
            .map(|e| e.expect("an entry").path().expect("a name").display().to_string())
            .collect();
        assert_eq!(names, ["first", "folder/second"]);
    }

    #[test]
    fn every_flipped_byte_and_every_missing_end_is_noticed() {
        let bytes = packed();
        let whole = unpack(&bytes).expect("unpacks");
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x20;
            let found = unpack(&flipped).ok();
            assert!(found.is_none_or(|found| found != whole), "byte {at}");
            assert!(unpack(&bytes[..at]).is_err(), "cut at {at}");
        }
        assert!(unpack(&[bytes, vec![0]].concat()).is_err(), "something behind the end");
    }

    #[test]
    fn a_name_that_leads_out_or_is_too_long_is_refused() {
        for name in ["", "/etc/passwd", "../up", "a/../b", "a//b", "nul\0", "ä", &"x".repeat(100)]
        {
            assert!(header(name, 0).is_err(), "{name}");
        }
        assert!(header(&"x".repeat(NAME_LIMIT), 0).is_ok());
    }

    #[test]
    fn a_size_beyond_eight_gibibytes_keeps_its_meaning() {
        let size = 20 << 30;
        let made = header("large", size).expect("fits");
        assert_eq!(made.entry_size().expect("reads"), size);
    }
}
