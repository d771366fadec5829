//! A package of rpm as a file: a lead that only names the format, a header with signatures, the header that the database
//! would hold, and the files as a packed cpio archive. Source: rpm's own documentation ("Package format").

use super::{
    bytes::Order::Big,
    header::{self, Package},
};
use std::io::{self, Read};

const MAGIC: &[u8] = b"\xed\xab\xee\xdb";
const LEAD: u64 = 96;
/// What each header begins with, followed by four bytes that mean nothing.
const HEADER: &[u8] = b"\x8e\xad\xe8\x01";
/// Bytes of the index of a header for each row.
const ROW: u64 = 16;

/// Whether bytes begin a package.
pub(crate) fn is_package(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads a package up to its files; the reason why it cannot be read. `limit` is how many bytes each of its headers may
/// have.
pub(crate) fn package(from: &mut impl Read, limit: u64) -> Result<Package, String> {
    let cut = |fault: io::Error| format!("it ends before its files begin: {fault}");
    io::copy(&mut from.by_ref().take(LEAD), &mut io::sink()).map_err(cut)?;
    let signatures = header(from, limit)?;
    let padding = (8 - signatures.len() % 8) % 8;
    io::copy(&mut from.by_ref().take(padding as u64), &mut io::sink()).map_err(cut)?;
    let bytes = header(from, limit)?;
    // files lie in the package itself, so their list is not needed
    header::read(&bytes, String::new(), &mut 0).map(|(package, _)| package)
}

/// One header without its magic number.
fn header(from: &mut impl Read, limit: u64) -> Result<Vec<u8>, String> {
    let cut = |fault: io::Error| format!("a header is cut short: {fault}");
    let mut begin = [0; 16];
    from.read_exact(&mut begin).map_err(cut)?;
    let (Some(rows), Some(length)) = (Big.u32(&begin, 8), Big.u32(&begin, 12)) else {
        return Err("a header is cut short".to_owned());
    };
    if !begin.starts_with(HEADER) {
        return Err("a header does not begin as it should".to_owned());
    }
    let size = u64::from(rows) * ROW + u64::from(length);
    if size > limit {
        return Err(format!("a header has {size} bytes, more than is kept"));
    }
    let mut bytes = begin.get(8..).unwrap_or_default().to_vec();
    from.by_ref().take(size).read_to_end(&mut bytes).map_err(cut)?;
    if bytes.len() as u64 == size + 8 { Ok(bytes) } else { Err("a header is cut short".to_owned()) }
}
