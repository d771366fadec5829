//! The files of a cpio archive (`newc`, `crc`, `odc`): initial file systems of kernels, and the files of an rpm package.
//! Archives may follow one another, plain or packed, with zeros between them, as kernels take them (the kernel's
//! `early-userspace/buffer-format`).

use super::{INSIDE, follow, pass};
use crate::{archive::place_of, collect::Collector};
use std::io::{self, BufRead, BufReader, Read};

/// Most bytes of a name.
const NAME: u64 = 64 * 1024;
/// The name that ends an archive.
const END: &str = "TRAILER!!!";
/// What a file is (`st_mode`).
const KIND: u64 = 0o170_000;
const REGULAR: u64 = 0o100_000;
const LINK: u64 = 0o120_000;

/// Whether bytes begin such an archive.
pub(super) fn is_cpio(head: &[u8]) -> bool {
    Form::of(head).is_some()
}

/// How the numbers of a header are written.
#[derive(Clone, Copy)]
enum Form {
    /// Hexadecimal, parts padded to four bytes.
    New,
    /// Octal, nothing padded (POSIX.1-1988).
    Old,
}

/// One file.
struct Header {
    mode: u64,
    links: u64,
    name: u64,
    size: u64,
}

impl Form {
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'0', b'7', b'0', b'7', b'0', b'1' | b'2', ..] => Some(Self::New),
            [b'0', b'7', b'0', b'7', b'0', b'7', ..] => Some(Self::Old),
            _ => None,
        }
    }

    const fn length(self) -> usize {
        match self {
            Self::New => 110,
            Self::Old => 76,
        }
    }

    fn header(self, bytes: &[u8]) -> Option<Header> {
        let number = |at: usize, length: usize| {
            let text = std::str::from_utf8(bytes.get(at..at + length)?).ok()?;
            let base = if matches!(self, Self::New) { 16 } else { 8 };
            u64::from_str_radix(text, base).ok()
        };
        Some(match self {
            Self::New => Header {
                mode: number(14, 8)?,
                links: number(38, 8)?,
                size: number(54, 8)?,
                name: number(94, 8)?,
            },
            Self::Old => Header {
                mode: number(18, 6)?,
                links: number(36, 6)?,
                name: number(59, 6)?,
                size: number(65, 11)?,
            },
        })
    }

    /// Bytes between a part that ends at a position and the next one.
    const fn padding(self, length: u64) -> u64 {
        match self {
            Self::New => length.next_multiple_of(4) - length,
            Self::Old => 0,
        }
    }
}

/// Shows every file of an archive, and of those that follow it.
pub(super) fn entries(collector: &mut Collector, path: &str, from: impl Read) {
    let mut from = BufReader::new(from);
    let ended = archive(collector, path, &mut from)
        .and_then(|is_whole| Ok(is_whole && skip_zeros(&mut from)?));
    match ended {
        Ok(true) => follow(collector, path, &mut from),
        Ok(false) => {}
        Err(fault) => {
            let why = format!("the archive is damaged or cut short from here on ({fault})");
            collector.unread(path, &why);
        }
    }
}

/// One archive up to its end mark; `false`: no more files are looked at.
fn archive(collector: &mut Collector, path: &str, from: &mut impl Read) -> io::Result<bool> {
    let odd = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
    loop {
        let mut bytes = [0; 110];
        from.read_exact(bytes.get_mut(..6).unwrap_or_default())?;
        let form = Form::of(&bytes).ok_or_else(|| odd("a file does not begin as it should"))?;
        from.read_exact(bytes.get_mut(6..form.length()).unwrap_or_default())?;
        let header = form.header(&bytes).ok_or_else(|| odd("a number is none"))?;
        if header.name > NAME {
            return Err(odd("names longer than are read"));
        }
        let mut name = Vec::new();
        from.by_ref().take(header.name).read_to_end(&mut name)?;
        if name.len() as u64 != header.name {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        pass(from, form.padding(form.length() as u64 + header.name))?;
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
        let place = place_of(name.get(..end).unwrap_or_default());
        if place == END {
            return Ok(true);
        }
        if !collector.entry() {
            return Ok(false);
        }
        let place = format!("{path}{INSIDE}{place}");
        let mut content = from.by_ref().take(header.size);
        match header.mode & KIND {
            // of the names of one file, the last one has its content
            REGULAR if header.size == 0 && header.links > 1 => collector.link(&place),
            REGULAR => collector.file(&place, header.size, &mut content),
            LINK => collector.link(&place),
            _ => {}
        }
        let left = content.limit();
        pass(from, left)?;
        pass(from, form.padding(header.size))?;
    }
}

/// Reads over zeros; whether anything follows them.
fn skip_zeros(from: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let buffer = from.fill_buf()?;
        let zeros = buffer.iter().take_while(|byte| **byte == 0).count();
        if zeros < buffer.len() || buffer.is_empty() {
            let follows = !buffer.is_empty();
            from.consume(zeros);
            return Ok(follows);
        }
        from.consume(zeros);
    }
}
