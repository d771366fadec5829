//! `Packages`: a Berkeley DB hash, as rpm wrote it before 4.16. Numbers stand in the order of the machine that wrote it.
//! Source: the layout of pages as Berkeley DB 5.3 defines it (`db_page.h`), versions 8 to 10 of its hash.
//!
//! The environment beside it (`__db.001` and so on) holds locks and no data.

use super::{
    Part,
    bytes::{
        Order::{self, Big, Little},
        Pages, part,
    },
};
use std::borrow::Cow;

/// What stands at offset 12.
const MAGIC: u32 = 0x0006_1561;
const BTREE_MAGIC: u32 = 0x0005_3162;
const VERSIONS: std::ops::RangeInclusive<u32> = 8..=10;
/// Bytes before the entries of a page.
const PAGE_HEAD: usize = 26;
/// Kinds of pages: an unsorted and a sorted hash, an overflow.
const HASH: [u8; 2] = [2, 13];
const OVERFLOW: u8 = 7;
/// Kinds of entries: on the page, or on overflow pages.
const INLINE: u8 = 1;
const ELSEWHERE: u8 = 3;
/// The numbers of the first pages of buckets, by powers of two.
const SPARES: usize = 32;

/// Whether the bytes are a Berkeley DB, of whatever kind.
pub(super) fn is_database(bytes: &[u8]) -> bool {
    order_of(bytes, MAGIC).or_else(|| order_of(bytes, BTREE_MAGIC)).is_some()
}

fn order_of(bytes: &[u8], magic: u32) -> Option<Order> {
    [Little, Big].into_iter().find(|order| order.u32(bytes, 12) == Some(magic))
}

pub(super) fn headers(bytes: &[u8], keep: &mut dyn FnMut(Part<'_>)) -> Result<(), String> {
    let mut file = File::of(bytes)?;
    for bucket in 0..=file.last_bucket {
        let mut number = file.page_of(bucket);
        while number != 0 {
            match file.page(number, &HASH) {
                Ok(page) => {
                    file.entries(page, number, keep);
                    number = file.order.u32(page, 16).unwrap_or_default();
                }
                Err(why) => {
                    keep(Part { place: format!("page {number}"), header: Err(why) });
                    break;
                }
            }
        }
    }
    Ok(())
}

struct File<'b> {
    pages: Pages<'b>,
    order: Order,
    last_bucket: u32,
    spares: Vec<u32>,
}

impl<'b> File<'b> {
    fn of(bytes: &'b [u8]) -> Result<Self, String> {
        let order = order_of(bytes, MAGIC).ok_or("it is a Berkeley DB, but no hash")?;
        let number = |at| order.u32(bytes, at).ok_or("its first page is cut short");
        if !VERSIONS.contains(&number(16)?) {
            return Err("its form (Berkeley DB) has a version that is not read".to_owned());
        }
        let size = number(20)? as usize;
        if !(512..=65_536).contains(&size) || !size.is_power_of_two() {
            return Err("the size of its pages is damaged".to_owned());
        }
        // encrypted, or with check sums that move the entries; rpm writes neither
        if bytes.get(24) != Some(&0) || bytes.get(26) != Some(&0) {
            return Err("its pages are encrypted or carry check sums, which is not read".to_owned());
        }
        let last_bucket = number(72)?;
        if last_bucket as usize > bytes.len() / size {
            return Err("it claims to have more buckets than pages".to_owned());
        }
        let spares = (0..SPARES).map(|index| number(96 + 4 * index)).collect::<Result<_, _>>()?;
        Ok(Self { pages: Pages::new(bytes, size), order, last_bucket, spares })
    }

    /// The first page of a bucket.
    fn page_of(&self, bucket: u32) -> u32 {
        let power = u32::BITS - bucket.leading_zeros();
        let spare = self.spares.get(power as usize).copied().unwrap_or_default();
        bucket.wrapping_add(spare)
    }

    fn page(&mut self, number: u32, kinds: &[u8]) -> Result<&'b [u8], String> {
        let page = self.pages.take(number as usize)?;
        let is_kind = page.get(25).is_some_and(|kind| kinds.contains(kind));
        if !is_kind || self.order.u32(page, 8) != Some(number) {
            return Err("it is damaged".to_owned());
        }
        Ok(page)
    }

    /// Keys and values stand in turn, from the end of the page to its beginning.
    fn entries(&mut self, page: &'b [u8], number: u32, keep: &mut dyn FnMut(Part<'_>)) {
        let count = self.order.u16(page, 20).unwrap_or_default();
        let mut end = page.len();
        let mut entry = |order: Order, index: usize| {
            let at = order.u16(page, PAGE_HEAD + 2 * index)?;
            let entry = page.get(at..end).filter(|_| at >= PAGE_HEAD + 2 * count)?;
            end = at;
            Some(entry)
        };
        for pair in 0..count.div_ceil(2) {
            let (key, value) = (entry(self.order, 2 * pair), entry(self.order, 2 * pair + 1));
            let (Some(key), Some(value)) = (key, value) else {
                let header = Err("its entries are damaged".to_owned());
                keep(Part { place: format!("page {number}"), header });
                return;
            };
            let package = match key {
                [INLINE, _, _, _, _] => self.order.u32(key, 1),
                _ => None,
            };
            match package {
                // the number that the next package will have
                Some(0) => {}
                Some(package) => {
                    let header = self.value(value);
                    keep(Part { place: format!("package {package}"), header });
                }
                None => {
                    let header = Err("the key of a package is damaged".to_owned());
                    keep(Part { place: format!("page {number}"), header });
                }
            }
        }
    }

    fn value(&mut self, entry: &'b [u8]) -> Result<Cow<'b, [u8]>, String> {
        match entry {
            [INLINE, value @ ..] => Ok(Cow::Borrowed(value)),
            [ELSEWHERE, ..] => {
                let next = self.order.u32(entry, 4).ok_or("its entry is damaged")?;
                let length = self.order.size(entry, 8).ok_or("its entry is damaged")?;
                self.overflow(next, length).map(Cow::Owned)
            }
            _ => Err("its entry is of a kind that is not read".to_owned()),
        }
    }

    fn overflow(&mut self, next: u32, length: usize) -> Result<Vec<u8>, String> {
        let mut value = Vec::new();
        let mut next = next;
        while value.len() < length {
            let page =
                self.page(next, &[OVERFLOW]).map_err(|why| format!("its page {next}: {why}"))?;
            let held = self.order.u16(page, 22).and_then(|held| part(page, PAGE_HEAD, held));
            let held = held.filter(|held| !held.is_empty() && held.len() <= length - value.len());
            value.extend_from_slice(held.ok_or_else(|| format!("its page {next} is damaged"))?);
            next = self.order.u32(page, 16).unwrap_or_default();
        }
        Ok(value)
    }
}
