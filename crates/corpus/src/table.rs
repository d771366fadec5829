//! Sorted tables inside an edition: blocks of about 4 KiB, each with a checksum, and a fence that
//! says which key each block begins with.
//!
//! A look-up reads one block with a positioned read; there is no memory mapping and so no `unsafe`,
//! and a flipped byte is a [`Damage`] and never a missing key, which would look like "no record".
//!
//! Block: repeated `varint key length, key, varint (value length * 2 + apart), value`. A value larger
//! than [`APART_BYTES`] stands apart (apart = 1), before its block; the block then holds `varint offset
//! from the table's start, 4 bytes CRC-32 little endian` in its place, so that blocks stay small
//! and asking whether a key exists never reads its value. Fence: repeated `varint first-key length,
//! first key, varint block offset from the table's start, varint block length, 4 bytes CRC-32`.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

/// The size a block is closed at.
const BLOCK_BYTES: usize = 4096;

/// A value larger than this stands apart from its block.
const APART_BYTES: usize = 96;

/// Verified blocks kept in memory for each table (about 5 MiB).
const CACHED_BLOCKS: usize = 1024;

/// Part of a file is not what was written.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// The bytes do not match their checksum.
    #[error("the bytes at {offset}..{} do not match their checksum", offset + length)]
    Checksum {
        /// Offset in the file.
        offset: u64,
        /// Length.
        length: u64,
    },
    /// The structure is not as written by this product.
    #[error("{0} is not readable")]
    Structure(&'static str),
    /// The operating system failed.
    #[error("reading failed: {0}")]
    Io(#[from] io::Error),
}

/// Appends an unsigned number, seven bits a byte, low bits first.
pub fn put_varint(into: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

/// Takes an unsigned number from the front of `from`.
pub fn take_varint(from: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = from.split_first()?;
        *from = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Takes a length and that many bytes from the front of `from`.
pub fn take_bytes<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_varint(from)? as usize;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes)
}

fn put_bytes(into: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(into, bytes.len() as u64);
    into.extend_from_slice(bytes);
}

/// Writes a table; keys must arrive in ascending order, each once.
#[derive(Debug)]
pub struct TableWriter<W> {
    out: W,
    offset: u64,
    block: Vec<u8>,
    first: Vec<u8>,
    fence: Vec<u8>,
    keys: u64,
}

impl<W: Write> TableWriter<W> {
    /// Begins a table at the writer's present position.
    pub fn new(out: W) -> Self {
        Self { out, offset: 0, block: Vec::new(), first: Vec::new(), fence: Vec::new(), keys: 0 }
    }

    /// Adds a key and its value.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let mut pointer = Vec::new();
        let apart = value.len() > APART_BYTES;
        if apart {
            put_varint(&mut pointer, self.offset);
            pointer.extend_from_slice(&crc32fast::hash(value).to_le_bytes());
            self.out.write_all(value)?;
            self.offset += value.len() as u64;
        }
        let kept = if apart { pointer.as_slice() } else { value };
        if !self.block.is_empty() && self.block.len() + key.len() + kept.len() > BLOCK_BYTES {
            self.close_block()?;
        }
        if self.block.is_empty() {
            self.first.clear();
            self.first.extend_from_slice(key);
        }
        put_bytes(&mut self.block, key);
        put_varint(&mut self.block, value.len() as u64 * 2 + u64::from(apart));
        self.block.extend_from_slice(kept);
        self.keys += 1;
        Ok(())
    }

    fn close_block(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        self.out.write_all(&self.block)?;
        put_bytes(&mut self.fence, &self.first);
        put_varint(&mut self.fence, self.offset);
        put_varint(&mut self.fence, self.block.len() as u64);
        self.fence.extend_from_slice(&crc32fast::hash(&self.block).to_le_bytes());
        self.offset += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }

    /// Ends the table: gives the writer back, the bytes written, and the fence with the number of
    /// keys in front of it.
    pub fn finish(mut self) -> io::Result<(W, u64, Vec<u8>)> {
        self.close_block()?;
        let mut fence = Vec::with_capacity(self.fence.len() + 10);
        put_varint(&mut fence, self.keys);
        fence.extend_from_slice(&self.fence);
        Ok((self.out, self.offset, fence))
    }
}

/// A table being read. Many threads may look things up at once.
#[derive(Debug)]
pub struct Table {
    file: Arc<std::fs::File>,
    start: u64,
    keys: u64,
    fence: Vec<u8>,
    /// Position in `fence` of each block's entry.
    blocks: Vec<u32>,
    /// Verified blocks; block `n` may stand in place `n % CACHED_BLOCKS` only.
    cache: Vec<Mutex<Option<Arc<Block>>>>,
}

/// A verified block and where its entries begin.
#[derive(Debug)]
struct Block {
    number: u32,
    bytes: Vec<u8>,
    entries: Vec<u16>,
}

/// A value as it stands in a block.
enum Value<'a> {
    Here(&'a [u8]),
    Apart { offset: u64, length: usize, crc: u32 },
}

impl Block {
    fn of(number: u32, bytes: Vec<u8>) -> Result<Self, Damage> {
        let mut entries = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let at = u16::try_from(bytes.len() - rest.len());
            entries.push(at.map_err(|_| Damage::Structure("a block"))?);
            entry(&mut rest)?;
        }
        Ok(Self { number, bytes, entries })
    }

    fn entry(&self, index: usize) -> Option<(&[u8], Value<'_>)> {
        entry(&mut self.bytes.get(usize::from(*self.entries.get(index)?)..)?).ok()
    }

    /// Index of the first entry whose key is not before `key`.
    fn position(&self, key: &[u8]) -> usize {
        self.entries.partition_point(|at| {
            let mut rest = self.bytes.get(usize::from(*at)..).unwrap_or_default();
            take_bytes(&mut rest).is_some_and(|found| found < key)
        })
    }
}

struct Fence<'a> {
    first: &'a [u8],
    offset: u64,
    length: usize,
    crc: u32,
}

impl Table {
    /// Opens the table that begins at `start` of `file`, with the fence that its writer gave.
    pub fn open(file: Arc<std::fs::File>, start: u64, fence: Vec<u8>) -> Result<Self, Damage> {
        let mut rest = fence.as_slice();
        let keys = take_varint(&mut rest).ok_or(Damage::Structure("a table's key count"))?;
        let mut blocks = Vec::new();
        while !rest.is_empty() {
            blocks.push((fence.len() - rest.len()) as u32);
            take_fence(&mut rest).ok_or(Damage::Structure("a table's fence"))?;
        }
        let cache = (0..blocks.len().min(CACHED_BLOCKS)).map(|_| Mutex::default()).collect();
        Ok(Self { file, start, keys, fence, blocks, cache })
    }

    /// The number of keys.
    pub fn keys(&self) -> u64 {
        self.keys
    }

    /// The value of `key`, handed to `with` where it stands; `None` if the table lacks the key.
    pub fn get<T>(&self, key: &[u8], with: impl FnOnce(&[u8]) -> T) -> Result<Option<T>, Damage> {
        let Some(number) = self.block_of(key) else { return Ok(None) };
        let block = self.block(number)?;
        match block.entry(block.position(key)) {
            Some((found, value)) if found == key => self.value(&value, with).map(Some),
            _ => Ok(None),
        }
    }

    /// Whether the table has the key; its value is not read.
    pub fn has(&self, key: &[u8]) -> Result<bool, Damage> {
        let Some(number) = self.block_of(key) else { return Ok(false) };
        let block = self.block(number)?;
        Ok(block.entry(block.position(key)).is_some_and(|(found, _)| found == key))
    }

    /// Calls `with` for each key from `from` on, in order, until it says `false`.
    pub fn scan(
        &self,
        from: &[u8],
        mut with: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), Damage> {
        self.walk(from, |key, value| self.value(value, |value| with(key, value)))
    }

    /// Calls `with` for each key from `from` on, in order, until it says `false`; no value is read
    /// that stands apart.
    pub fn scan_keys(
        &self,
        from: &[u8],
        mut with: impl FnMut(&[u8]) -> bool,
    ) -> Result<(), Damage> {
        self.walk(from, |key, _| Ok(with(key)))
    }

    fn walk(
        &self,
        from: &[u8],
        mut with: impl FnMut(&[u8], &Value<'_>) -> Result<bool, Damage>,
    ) -> Result<(), Damage> {
        let first = self.block_of(from).unwrap_or(0);
        for number in first..self.blocks.len() as u32 {
            let block = self.block(number)?;
            let begin = if number == first { block.position(from) } else { 0 };
            for index in begin..block.entries.len() {
                let (key, value) = block.entry(index).ok_or(Damage::Structure("a block"))?;
                if !with(key, &value)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn value<T>(&self, value: &Value<'_>, with: impl FnOnce(&[u8]) -> T) -> Result<T, Damage> {
        match *value {
            Value::Here(bytes) => Ok(with(bytes)),
            Value::Apart { offset, length, crc } => {
                Ok(with(&read_checked(&self.file, self.start + offset, length, crc)?))
            }
        }
    }

    /// The last block whose first key is not after `key`.
    fn block_of(&self, key: &[u8]) -> Option<u32> {
        let after = self.blocks.partition_point(|at| {
            let mut rest = &self.fence[*at as usize..];
            take_bytes(&mut rest).is_some_and(|first| first <= key)
        });
        after.checked_sub(1).map(|number| number as u32)
    }

    fn block(&self, number: u32) -> Result<Arc<Block>, Damage> {
        let place = &self.cache[number as usize % self.cache.len()];
        if let Some(block) = &*place.lock().unwrap_or_else(PoisonError::into_inner)
            && block.number == number
        {
            return Ok(Arc::clone(block));
        }
        let mut rest = &self.fence[self.blocks[number as usize] as usize..];
        let fence = take_fence(&mut rest).ok_or(Damage::Structure("a table's fence"))?;
        let bytes = read_checked(&self.file, self.start + fence.offset, fence.length, fence.crc)?;
        let block = Arc::new(Block::of(number, bytes)?);
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&block));
        Ok(block)
    }
}

fn take_fence<'a>(rest: &mut &'a [u8]) -> Option<Fence<'a>> {
    let first = take_bytes(rest)?;
    let offset = take_varint(rest)?;
    let length = take_varint(rest)? as usize;
    let (crc, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(Fence { first, offset, length, crc: u32::from_le_bytes(*crc) })
        .filter(|fence| !fence.first.is_empty())
}

fn entry<'a>(rest: &mut &'a [u8]) -> Result<(&'a [u8], Value<'a>), Damage> {
    let read = |rest: &mut &'a [u8]| {
        let key = take_bytes(rest)?;
        let length = take_varint(rest)?;
        let (length, apart) = ((length / 2) as usize, length % 2 == 1);
        if apart {
            let offset = take_varint(rest)?;
            let (crc, after) = rest.split_first_chunk::<4>()?;
            *rest = after;
            return Some((key, Value::Apart { offset, length, crc: u32::from_le_bytes(*crc) }));
        }
        let (value, after) = rest.split_at_checked(length)?;
        *rest = after;
        Some((key, Value::Here(value)))
    };
    read(rest).ok_or(Damage::Structure("a block"))
}

/// Reads `length` bytes at `offset` and compares their checksum.
pub fn read_checked(
    file: &std::fs::File,
    offset: u64,
    length: usize,
    crc: u32,
) -> Result<Vec<u8>, Damage> {
    let mut bytes = vec![0; length];
    read_at(file, &mut bytes, offset)?;
    if crc32fast::hash(&bytes) != crc {
        return Err(Damage::Checksum { offset, length: length as u64 });
    }
    Ok(bytes)
}

/// Fills `bytes` from `offset` of the file, whatever other threads read meanwhile.
pub fn read_at(file: &std::fs::File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
    }
    #[cfg(windows)]
    {
        let mut done = 0;
        while done < bytes.len() {
            match std::os::windows::fs::FileExt::seek_read(
                file,
                &mut bytes[done..],
                offset + done as u64,
            )? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => done += read,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pairs: &[(String, Vec<u8>)]) -> (tempfile::NamedTempFile, Vec<u8>) {
        let file = tempfile::NamedTempFile::new().expect("scratch file");
        let mut writer = TableWriter::new(file.reopen().expect("open"));
        for (key, value) in pairs {
            writer.put(key.as_bytes(), value).expect("written");
        }
        let (_, _, fence) = writer.finish().expect("finished");
        (file, fence)
    }

    fn pairs() -> Vec<(String, Vec<u8>)> {
        let mut pairs: Vec<_> =
            (0..5000).map(|n| (format!("key-{n:05}"), vec![b'v'; n % 90])).collect();
        pairs.insert(2500, ("key-02499-large".into(), vec![b'x'; 100_000]));
        pairs
    }

    #[test]
    fn every_key_is_found_and_no_other() {
        let pairs = pairs();
        let (file, fence) = written(&pairs);
        let table = Table::open(Arc::new(file.reopen().expect("open")), 0, fence).expect("opened");
        assert_eq!(table.keys(), 5001);
        for (key, value) in &pairs {
            assert_eq!(
                table.get(key.as_bytes(), <[u8]>::to_vec).expect("read").as_ref(),
                Some(value),
                "{key}"
            );
        }
        for absent in ["", "key", "key-00000a", "key-99999", "zzz"] {
            assert!(table.get(absent.as_bytes(), |_| ()).expect("read").is_none(), "{absent}");
        }
        let mut seen = Vec::new();
        table
            .scan(b"key-0499", |key, _| {
                seen.push(String::from_utf8_lossy(key).into_owned());
                seen.len() < 3
            })
            .expect("scanned");
        assert_eq!(seen, ["key-04990", "key-04991", "key-04992"]);
    }

    #[test]
    fn any_flipped_byte_is_damage_and_never_a_missing_key() {
        let pairs: Vec<_> = (0..200).map(|n| (format!("key-{n:05}"), vec![b'v'; 40])).collect();
        let (file, fence) = written(&pairs);
        let bytes = std::fs::read(file.path()).expect("read");
        for at in (0..bytes.len()).step_by(7) {
            let mut broken = bytes.clone();
            broken[at] ^= 0x20;
            std::fs::write(file.path(), &broken).expect("written");
            let table = Table::open(Arc::new(file.reopen().expect("open")), 0, fence.clone())
                .expect("opened");
            let damaged =
                pairs.iter().filter(|(key, _)| table.get(key.as_bytes(), |_| ()).is_err()).count();
            let missing = pairs
                .iter()
                .filter(|(key, _)| matches!(table.get(key.as_bytes(), |_| ()), Ok(None)))
                .count();
            assert!(damaged > 0 && missing == 0, "byte {at}: {damaged} damaged, {missing} missing");
        }
    }

    #[test]
    fn numbers_of_every_size_come_back() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            assert_eq!(take_varint(&mut bytes.as_slice()), Some(value));
        }
        assert_eq!(take_varint(&mut [0x80_u8; 11].as_slice()), None);
    }
}
