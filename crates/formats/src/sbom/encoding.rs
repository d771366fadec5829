//! Text that is not UTF-8: what spreadsheets and Windows shells save.

use aftercare_vocab::problem::Problem;
use std::borrow::Cow;

/// Windows-1252 for the bytes 0x80 to 0x9f; the others are as in Unicode. U+FFFD: not assigned.
const HIGH: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž',
    '\u{fffd}', '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}',
    'ž', 'Ÿ',
];

/// How many letters tell UTF-16 without a byte order mark.
const LETTERS: usize = 32;

/// Text in UTF-8, in UTF-16, or in Windows-1252, which is all that is left when no byte is NUL. UTF-16 without a byte
/// order mark is told by its first letters, of which nearly all must be ASCII. `None`: none of these.
pub(super) fn decode(bytes: &[u8]) -> Option<(Cow<'_, str>, &'static str)> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok().filter(|_| rest.len().is_multiple_of(2))
    };
    // UTF-32 begins like UTF-16
    if bytes.starts_with(b"\xff\xfe\0\0") {
        return None;
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Some((wide(rest, u16::from_le_bytes)?.into(), "UTF-16"));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Some((wide(rest, u16::from_be_bytes)?.into(), "UTF-16"));
    }
    let bytes = super::recognise::without_mark(bytes);
    if let Some(unit) = wide_by_letters(bytes) {
        return Some((wide(bytes, unit)?.into(), "UTF-16"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((text.into(), "UTF-8"));
    }
    if bytes.contains(&0) {
        return None;
    }
    let decoded = |byte: &u8| match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'),
        byte => char::from(*byte),
    };
    Some((bytes.iter().map(decoded).collect::<String>().into(), "Windows-1252"))
}

/// How UTF-16 without a byte order mark is to be read; `None`: it is none.
pub(super) fn wide_by_letters(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let pairs = bytes.chunks_exact(2).take(LETTERS);
    let count = pairs.len();
    let ascii = |at: usize| {
        let is_ascii = |pair: &&[u8]| pair.get(at) == Some(&0) && pair.get(1 - at) != Some(&0);
        count >= 4 && pairs.clone().filter(is_ascii).count() * 10 >= count * 9
    };
    if ascii(1) { Some(u16::from_le_bytes) } else { ascii(0).then_some(u16::from_be_bytes) }
}

/// Says that the encoding is not the usual one.
pub(super) fn warning(encoding: &'static str) -> Option<Problem> {
    let (code, what, next) = match encoding {
        "UTF-8" => return None,
        "Windows-1252" => (
            "encoding_guessed",
            "The text is not UTF-8; it is read as Windows-1252, which may show wrong letters."
                .to_owned(),
            "Look at names with accents, and save the list as UTF-8 if one is wrong.",
        ),
        _ => ("encoding_not_utf8", format!("The text is in {encoding}; it was converted."), ""),
    };
    Some(Problem::warning(code, "", what, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_save_is_decoded() {
        let decoded = |bytes: &[u8]| decode(bytes).map(|(text, name)| (text.into_owned(), name));
        assert_eq!(decoded("Zürich".as_bytes()), Some(("Zürich".to_owned(), "UTF-8")));
        assert_eq!(decoded(b"\xef\xbb\xbfa"), Some(("a".to_owned(), "UTF-8")));
        assert_eq!(decoded(b"Z\xfcrich \x80"), Some(("Zürich €".to_owned(), "Windows-1252")));
        assert_eq!(decoded(b"\xff\xfea\0\xfc\0"), Some(("aü".to_owned(), "UTF-16")));
        assert_eq!(decoded(b"\xfe\xff\0a"), Some(("a".to_owned(), "UTF-16")));
        let name = "Name;Version\nZürich;1.0\n";
        let (little, big): (Vec<_>, Vec<_>) =
            name.encode_utf16().map(|unit| (unit.to_le_bytes(), unit.to_be_bytes())).unzip();
        for bytes in [little.concat(), big.concat()] {
            assert_eq!(decoded(&bytes), Some((name.to_owned(), "UTF-16")));
        }
        for broken in [&b"\xff\xfe\0\0a\0\0\0"[..], b"\xff\xfea", b"\xff\xfe\0\xd8", b"\xfc\0"] {
            assert_eq!(decoded(broken), None, "{broken:?}");
        }
    }
}
