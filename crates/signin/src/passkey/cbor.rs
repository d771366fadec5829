//! The part of CBOR (RFC 8949) that authenticators write: definite lengths, shallow, small (CTAP2
//! canonical form). Everything else is refused.

/// Deepest nesting (CTAP 2.1 section 8 allows four).
const DEEPEST: u32 = 4;
/// Most entries of a list or map.
const MOST: u64 = 256;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    List(Vec<Item<'a>>),
    Map(Vec<(Item<'a>, Item<'a>)>),
    /// `false`, `true`, `null`: none of them matters here.
    Simple(u8),
}

impl<'a> Item<'a> {
    /// The entry of a map under a number; none where it is no map, or has it twice.
    pub(super) fn numbered(&self, number: i64) -> Option<&Self> {
        self.entry(&Item::Number(number))
    }

    /// The entry of a map under a text.
    pub(super) fn named(&self, name: &str) -> Option<&Self> {
        self.entry(&Item::Text(name))
    }

    fn entry(&self, key: &Item<'_>) -> Option<&Self> {
        let Item::Map(entries) = self else { return None };
        let mut found = entries.iter().filter(|(other, _)| other == key).map(|(_, item)| item);
        found.next().filter(|_| found.next().is_none())
    }

    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        if let Item::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub(super) fn number(&self) -> Option<i64> {
        if let Item::Number(number) = self { Some(*number) } else { None }
    }
}

/// Reads one item; gives it with what stands behind it.
pub(super) fn read(bytes: &[u8]) -> Option<(Item<'_>, &[u8])> {
    item(bytes, DEEPEST)
}

fn item(bytes: &[u8], depth: u32) -> Option<(Item<'_>, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (kind, short) = (first >> 5, first & 31);
    if kind == 7 {
        // Simple values in one byte; no floating point, no break.
        return (short < 24).then_some((Item::Simple(short), rest));
    }
    let (number, rest) = argument(short, rest)?;
    match kind {
        0 => Some((Item::Number(i64::try_from(number).ok()?), rest)),
        1 => Some((Item::Number(-1 - i64::try_from(number).ok()?), rest)),
        2 | 3 => {
            let (bytes, rest) = rest.split_at_checked(usize::try_from(number).ok()?)?;
            let item = if kind == 2 {
                Item::Bytes(bytes)
            } else {
                Item::Text(std::str::from_utf8(bytes).ok()?)
            };
            Some((item, rest))
        }
        4 | 5 if number <= MOST => {
            let (mut list, mut map, mut rest) = (Vec::new(), Vec::new(), rest);
            let depth = depth.checked_sub(1)?;
            for _ in 0..number {
                let (first, behind) = item(rest, depth)?;
                rest = behind;
                if kind == 4 {
                    list.push(first);
                } else {
                    let (second, behind) = item(rest, depth)?;
                    rest = behind;
                    map.push((first, second));
                }
            }
            Some((if kind == 4 { Item::List(list) } else { Item::Map(map) }, rest))
        }
        _ => None, // too many entries, or a tag
    }
}

/// The number in an item's head: in its first byte, or in the 1, 2, 4 or 8 behind.
fn argument(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let length = match short {
        0..24 => return Some((u64::from(short), rest)),
        24..28 => 1 << (short - 24),
        _ => return None, // indefinite, or not given out
    };
    let (bytes, rest) = rest.split_at_checked(length)?;
    Some((bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfc_are_read() {
        // RFC 8949 appendix A.
        let whole = |bytes: &'static [u8]| read(bytes).filter(|(_, rest)| rest.is_empty());
        let number = |bytes| whole(bytes).and_then(|(item, _)| item.number());
        assert_eq!(number(&[0x00]), Some(0));
        assert_eq!(number(&[0x17]), Some(23));
        assert_eq!(number(&[0x18, 0x64]), Some(100));
        assert_eq!(number(&[0x19, 0x03, 0xe8]), Some(1_000));
        assert_eq!(number(&[0x39, 0x03, 0xe7]), Some(-1_000));
        assert_eq!(number(&[0x1b, 0, 0, 0, 0xe8, 0xd4, 0xa5, 0x10, 0]), Some(1_000_000_000_000));
        let (map, _) =
            whole(&[0xa2, 0x61, 0x61, 0x01, 0x61, 0x62, 0x82, 0x02, 0x03]).expect("a map");
        assert_eq!(map.named("a"), Some(&Item::Number(1)));
        assert_eq!(map.named("b"), Some(&Item::List(vec![Item::Number(2), Item::Number(3)])));
    }

    #[test]
    fn what_no_authenticator_writes_is_refused() {
        for bad in [
            &[][..],
            &[0x18],                                                 // cut off
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],             // more bytes than there are
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // a list without end
            &[0x5f, 0x41, 0x00, 0xff],                               // indefinite length
            &[0xc0, 0x00],                                           // a tag
            &[0xfa, 0, 0, 0, 0],                                     // floating point
            &[0x61, 0xff],                                           // no UTF-8
            &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x81, 0x81, 0x81, 0x81, 0x81, 0x00], // too deep
            &[0x1c],
        ] {
            assert_eq!(read(bad), None, "{bad:02x?}");
        }
    }

    #[test]
    fn an_entry_that_stands_twice_is_none() {
        let (map, _) = read(&[0xa2, 0x01, 0x02, 0x01, 0x03]).expect("a map");
        assert_eq!(map.numbered(1), None);
    }
}
