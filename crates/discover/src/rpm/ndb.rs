//! `Packages.db`: rpm's own database (ndb). A table of slots, each with the blocks of one package; all numbers are
//! little-endian. Source: the layout as `rpmpkg.c` of rpm 4.18 writes it.

use super::{
    Part,
    bytes::{Order::Little, part},
};
use std::borrow::Cow;

/// What the file begins with.
pub(super) const MAGIC: &[u8] = b"RpmP";
const VERSION: u32 = 0;
const PAGE: usize = 4096;
/// Bytes of a slot, and of a block; the first two slots are the head of the file.
const SLOT: usize = 16;
const SLOT_MAGIC: &[u8] = b"Slot";
/// A package's blocks begin with this, its number, a generation and a length ...
const BEGIN: &[u8] = b"BlbS";
const BEGIN_LENGTH: usize = 16;
/// ... and end with a check sum, the length again and this.
const END: &[u8] = b"BlbE";
const END_LENGTH: usize = 12;

pub(super) fn headers(bytes: &[u8], keep: &mut dyn FnMut(Part<'_>)) -> Result<(), String> {
    if Little.u32(bytes, 4) != Some(VERSION) {
        return Err("its form (ndb) has a version that is not read".to_owned());
    }
    let pages = Little.size(bytes, 12);
    let slots = pages
        .and_then(|pages| pages.checked_mul(PAGE)?.checked_sub(2 * SLOT))
        .and_then(|length| part(bytes, 2 * SLOT, length))
        .ok_or("its table of slots is cut short or damaged")?;
    // blocks of one package are not those of another, so that no more is read than there is
    let mut left = bytes.len();
    for (index, slot) in slots.chunks_exact(SLOT).enumerate() {
        // a free slot is all zeros behind its magic
        let Some(taken) = slot.strip_prefix(SLOT_MAGIC) else {
            keep(Part { place: format!("slot {index}"), header: Err("it is damaged".to_owned()) });
            continue;
        };
        if taken.iter().all(|byte| *byte == 0) {
            continue;
        }
        let number = Little.u32(taken, 0).unwrap_or_default();
        let (at, count) = (Little.size(taken, 4), Little.size(taken, 8));
        let (at, count) = (at.unwrap_or_default(), count.unwrap_or_default());
        let header = package(bytes, number, at, count, &mut left).map(Cow::Borrowed);
        keep(Part { place: format!("package {number}"), header });
    }
    Ok(())
}

fn package<'b>(
    bytes: &'b [u8],
    number: u32,
    at: usize,
    count: usize,
    left: &mut usize,
) -> Result<&'b [u8], String> {
    let blocks = at
        .checked_mul(SLOT)
        .and_then(|at| part(bytes, at, count.checked_mul(SLOT)?))
        .ok_or("its blocks lie beyond the end of the file")?;
    *left = left.checked_sub(blocks.len()).ok_or("its blocks are those of other packages, too")?;
    let end = blocks.len().checked_sub(END_LENGTH).and_then(|end| blocks.split_at_checked(end));
    let (body, end) = end.ok_or("its blocks are too short")?;
    let length = Little.size(body, 12).unwrap_or_default();
    let is_sound = body.starts_with(BEGIN)
        && Little.u32(body, 4) == Some(number)
        && end.ends_with(END)
        && Little.size(end, 4) == Some(length);
    if !is_sound || Little.u32(end, 0) != Some(adler32(body)) {
        return Err("its blocks are damaged".to_owned());
    }
    part(body, BEGIN_LENGTH, length).ok_or_else(|| "its blocks are too short".to_owned())
}

/// The check sum Adler-32 (RFC 1950, section 8.2).
fn adler32(bytes: &[u8]) -> u32 {
    // no more than this many bytes before the sums may pass 32 bits (RFC 1950, section 9)
    const RUN: usize = 5552;
    const BASE: u32 = 65_521;
    let (mut low, mut high) = (1_u32, 0_u32);
    for run in bytes.chunks(RUN) {
        for byte in run {
            low += u32::from(*byte);
            high += low;
        }
        low %= BASE;
        high %= BASE;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_is_the_one_of_the_specification() {
        assert_eq!(adler32(b""), 1);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(adler32(&vec![0xff; 100_000]), 0x149a_302c);
    }
}
