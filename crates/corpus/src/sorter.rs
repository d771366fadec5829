//! Sorting more than memory should hold: rows gather in an arena; a full arena is sorted and spilled
//! to a scratch file; at the end all runs are merged in order.

use crate::table::{put_varint, take_bytes, take_varint};
use std::{
    cmp::Ordering,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::PathBuf,
};

/// Bytes gathered before a run is spilled.
pub const ARENA_BYTES: usize = 192 * 1024 * 1024;

/// One row: sorted by key, then by record number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The key.
    pub key: Vec<u8>,
    /// The record that the value comes from.
    pub record: u32,
    /// The value.
    pub value: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Span {
    at: usize,
    key: u32,
    record: u32,
    value: u32,
}

/// Gathers rows and gives them back in order.
#[derive(Debug)]
pub struct Sorter {
    scratch: PathBuf,
    limit: usize,
    arena: Vec<u8>,
    spans: Vec<Span>,
    runs: Vec<File>,
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}+{}", self.at, self.key)
    }
}

impl Sorter {
    /// A sorter that spills beside `scratch` (a file name prefix) when `limit` bytes are gathered.
    pub fn new(scratch: PathBuf, limit: usize) -> Self {
        Self { scratch, limit, arena: Vec::new(), spans: Vec::new(), runs: Vec::new() }
    }

    /// Adds a row.
    pub fn push(&mut self, key: &[u8], record: u32, value: &[u8]) -> io::Result<()> {
        let bytes = key.len() + value.len();
        if !self.spans.is_empty() && self.arena.len() + bytes > self.limit {
            self.spill()?;
        }
        let span =
            Span { at: self.arena.len(), key: key.len() as u32, record, value: value.len() as u32 };
        self.spans.push(span);
        self.arena.extend_from_slice(key);
        self.arena.extend_from_slice(value);
        Ok(())
    }

    fn sort(&mut self) {
        let arena = &self.arena;
        let key = |span: &Span| (&arena[span.at..span.at + span.key as usize], span.record);
        self.spans.sort_by(|a, b| key(a).cmp(&key(b))); // stable: rows of one record keep their order
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let path = self.scratch.with_extension(format!("run{}", self.runs.len()));
        let mut file =
            File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
        let mut out = BufWriter::with_capacity(1 << 20, &mut file);
        let mut head = Vec::new();
        for span in &self.spans {
            head.clear();
            put_varint(&mut head, u64::from(span.record));
            put_varint(&mut head, u64::from(span.key));
            put_varint(&mut head, u64::from(span.value));
            out.write_all(&(head.len() as u32).to_le_bytes())?;
            out.write_all(&head)?;
            out.write_all(&self.arena[span.at..span.at + (span.key + span.value) as usize])?;
        }
        out.flush()?;
        drop(out);
        file.rewind()?;
        // The name goes at once; the file lives as long as it is open, also when we are killed.
        std::fs::remove_file(&path)?;
        self.runs.push(file);
        self.arena.clear();
        self.spans.clear();
        Ok(())
    }

    /// Hands all rows to `with`, in order.
    pub fn drain(
        mut self,
        mut with: impl FnMut(&[u8], u32, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.runs.is_empty() {
            self.sort();
            for span in &self.spans {
                let (key, value) = self.arena[span.at..span.at + (span.key + span.value) as usize]
                    .split_at(span.key as usize);
                with(key, span.record, value)?;
            }
            return Ok(());
        }
        self.spill()?;
        let mut runs: Vec<_> =
            self.runs.into_iter().map(|file| BufReader::with_capacity(1 << 18, file)).collect();
        let mut heap = BinaryHeap::new();
        for (number, run) in runs.iter_mut().enumerate() {
            heap.extend(next(run)?.map(|row| Head { row, run: number }));
        }
        while let Some(Head { row, run }) = heap.pop() {
            with(&row.key, row.record, &row.value)?;
            heap.extend(next(&mut runs[run])?.map(|row| Head { row, run }));
        }
        Ok(())
    }
}

fn next(run: &mut impl Read) -> io::Result<Option<Row>> {
    let mut length = [0; 4];
    match run.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut head = vec![0; u32::from_le_bytes(length) as usize];
    run.read_exact(&mut head)?;
    let mut rest = head.as_slice();
    let mut number = || take_varint(&mut rest).ok_or(io::ErrorKind::InvalidData);
    let (record, key, value) = (number()? as u32, number()? as usize, number()? as usize);
    let mut row = Row { key: vec![0; key], record, value: vec![0; value] };
    run.read_exact(&mut row.key)?;
    run.read_exact(&mut row.value)?;
    Ok(Some(row))
}

/// The next row of a run; the heap gives the smallest first, earlier runs before later ones.
struct Head {
    row: Row,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        (&other.row.key, other.row.record, other.run).cmp(&(
            &self.row.key,
            self.row.record,
            self.run,
        ))
    }
}
impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Head {}

/// Reads back a length-framed list, as the builder writes them into values.
pub fn frames(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || if rest.is_empty() { None } else { take_bytes(&mut rest) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drained(limit: usize) -> Vec<(Vec<u8>, u32, Vec<u8>)> {
        let folder = tempfile::tempdir().expect("scratch");
        let mut sorter = Sorter::new(folder.path().join("s"), limit);
        for n in 0..3000_u32 {
            let key = format!("k{}", (n * 7919) % 1000);
            sorter.push(key.as_bytes(), n, &n.to_le_bytes()).expect("pushed");
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("read").count(),
            0,
            "no scratch file stays"
        );
        let mut rows = Vec::new();
        sorter
            .drain(|key, record, value| {
                rows.push((key.to_vec(), record, value.to_vec()));
                Ok(())
            })
            .expect("drained");
        rows
    }

    #[test]
    fn spilled_or_not_the_order_is_the_same() {
        let in_memory = drained(usize::MAX);
        assert!(in_memory.is_sorted());
        assert_eq!(in_memory.len(), 3000);
        assert_eq!(drained(1000), in_memory);
    }
}
