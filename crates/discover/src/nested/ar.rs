//! Packages in the form of `ar` (deb(5), and ipk of build systems that follow it): `debian-binary`, `control.tar.*`,
//! `data.tar.*`.

use super::{INSIDE, pass};
use crate::{archive::place_of, collect::Collector};
use std::io::{self, Read};

/// What a package begins with. A static library has the same first line and is no package.
const BEGIN: &[u8] = b"!<arch>\ndebian-binary";
const MAGIC: u64 = 8;
/// Bytes of the header of each part.
const HEADER: usize = 60;

pub(super) fn is_package(head: &[u8]) -> bool {
    head.starts_with(BEGIN) && head.len() > BEGIN.len()
}

/// Shows every part of a package.
pub(super) fn entries(collector: &mut Collector, path: &str, mut from: impl Read) {
    if let Err(fault) = parts(collector, path, &mut from) {
        collector
            .unread(path, &format!("the package is damaged or cut short from here on ({fault})"));
    }
}

fn parts(collector: &mut Collector, path: &str, from: &mut impl Read) -> io::Result<()> {
    let odd = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
    pass(from, MAGIC)?;
    let mut has_files = false;
    loop {
        let mut header = Vec::new();
        from.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
        if header.is_empty() {
            let whole = if has_files { Ok(()) } else { Err(odd("it has no `data.tar`")) };
            return whole;
        }
        let text = |at: usize, length: usize| {
            let text = header.get(at..at + length).and_then(|text| std::str::from_utf8(text).ok());
            text.map(str::trim_end)
        };
        let size = text(48, 10).and_then(|size| size.parse::<u64>().ok());
        let (Some(name), Some(size), Some("`")) = (text(0, 16), size, text(58, 2)) else {
            return Err(odd("a part does not begin as it should"));
        };
        let name = place_of(name.trim_end_matches('/').as_bytes());
        has_files |= name.starts_with("data.tar");
        if !collector.entry() {
            return Ok(());
        }
        let mut content = from.by_ref().take(size);
        collector.file(&format!("{path}{INSIDE}{name}"), size, &mut content);
        let left = content.limit();
        pass(from, left)?;
        // the last part may go without the byte that makes its length even
        io::copy(&mut from.by_ref().take(size % 2), &mut io::sink())?;
    }
}
