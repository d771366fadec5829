//! What Go writes into programs (package `debug/buildinfo`): its own version and the modules built in.

use super::elf::Go;
use crate::piece::Pieces;

/// Where the texts stand when they are not pointed at.
const INLINE_AT: usize = 32;
/// Flag: the texts follow in the section itself (since Go 1.18).
const INLINE: u8 = 2;
/// Flag: pointers are big-endian.
const BIG: u8 = 1;
/// Longest text that is taken.
const LONGEST: u64 = 16 * 1024 * 1024;

pub(super) fn read(bytes: &[u8], go: Go, into: &mut Pieces) {
    match texts(bytes, &go) {
        Some((version, modules)) => pieces(version, modules, into),
        None => into.pass_over("", "the build information of Go in it is damaged"),
    }
}

/// Version and list of modules.
fn texts<'b>(bytes: &'b [u8], go: &Go) -> Option<(&'b [u8], &'b [u8])> {
    let head = bytes.get(go.at..go.end)?;
    let (size, flags) = (*head.get(14)?, *head.get(15)?);
    if flags & INLINE != 0 {
        let rest = head.get(INLINE_AT..)?;
        let (version, rest) = counted(rest)?;
        let (modules, _) = counted(rest)?;
        return Some((version, modules));
    }
    let word = |at: usize| number(head, at, size, flags & BIG != 0);
    let (version, modules) = (word(16)?, word(16 + usize::from(size))?);
    let text = |pointer: u64| {
        let header = usize::try_from(offset(go, pointer)?).ok()?;
        let at = number(bytes, header, size, flags & BIG != 0)?;
        let length = number(bytes, header.checked_add(usize::from(size))?, size, flags & BIG != 0)?;
        let from = usize::try_from(offset(go, at)?).ok()?;
        let length = usize::try_from(length.min(LONGEST)).ok()?;
        bytes.get(from..from.checked_add(length)?)
    };
    // a program without modules points nowhere
    Some((text(version)?, if modules == 0 { &[] } else { text(modules)? }))
}

/// A text after its length in base 128, least digits first.
fn counted(from: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut length, mut shift, mut at) = (0_u64, 0, 0);
    loop {
        let byte = *from.get(at)?;
        at += 1;
        length |= u64::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
        if shift > 56 {
            return None;
        }
    }
    let end = at.checked_add(usize::try_from(length).ok()?)?;
    Some((from.get(at..end)?, from.get(end..)?))
}

fn number(bytes: &[u8], at: usize, size: u8, big: bool) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(usize::from(size))?)?;
    match (size, big) {
        (4, true) => Some(u64::from(u32::from_be_bytes(bytes.try_into().ok()?))),
        (4, false) => Some(u64::from(u32::from_le_bytes(bytes.try_into().ok()?))),
        (8, true) => Some(u64::from_be_bytes(bytes.try_into().ok()?)),
        (8, false) => Some(u64::from_le_bytes(bytes.try_into().ok()?)),
        _ => None,
    }
}

fn offset(go: &Go, address: u64) -> Option<u64> {
    go.loaded.iter().find_map(|(first, length, offset)| {
        let into = address.checked_sub(*first).filter(|into| into < length)?;
        offset.checked_add(into)
    })
}

fn pieces(version: &[u8], modules: &[u8], into: &mut Pieces) {
    let version = String::from_utf8_lossy(version);
    // `go1.20.12 X:experiments` and `devel go1.22-...`
    let plain = version.split(' ').next().and_then(|word| word.strip_prefix("go"));
    match plain {
        Some(plain) => {
            into.add("golang", "stdlib", plain, "go".to_owned());
        }
        None => {
            into.add("golang", "stdlib", "", "go".to_owned());
        }
    }
    let modules = String::from_utf8_lossy(framed(modules));
    // the module before, which the next line may replace
    let mut last: Option<(&str, &str)> = None;
    for (index, line) in modules.lines().enumerate() {
        let place = format!("module {}", index + 1);
        let words: Vec<&str> = line.split('\t').collect();
        let before = last.take();
        match (words.as_slice(), before) {
            (["mod" | "dep", name, rest @ ..], _) => {
                let version = stated(rest);
                // the program's own module has no version when it was built from a working copy
                if version.is_empty() {
                    into.add_plain(name, "", place);
                } else {
                    into.add("golang", name, version, place);
                }
                last = Some((name, version));
            }
            // what the module before was replaced by
            (["=>", name, rest @ ..], Some((replaced, meant))) => {
                into.found.pop();
                match stated(rest) {
                    // a directory: nobody knows whether the module is in it as it was published
                    "" => into.add_plain(replaced, meant, place),
                    version => into.add("golang", name, version, place),
                };
            }
            _ => {}
        }
    }
}

/// The version in the words after a name; empty for a directory and a working copy.
fn stated<'l>(words: &[&'l str]) -> &'l str {
    words.first().copied().filter(|version| *version != "(devel)").unwrap_or_default()
}

/// The list stands between two marks of 16 bytes.
fn framed(modules: &[u8]) -> &[u8] {
    let inner = modules.len().checked_sub(16).and_then(|end| modules.get(16..end));
    inner.filter(|inner| inner.ends_with(b"\n")).unwrap_or_default()
}
