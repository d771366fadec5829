//! Canonical JSON (RFC 8785): the same value always gives the same bytes.
//!
//! Sorted keys (by UTF-16 code units), no white space, shortest escapes. Narrower than the RFC on
//! purpose: numbers are whole and exact in every JSON reader (up to 2^53 - 1), because a record
//! must not depend on how somebody prints fractions.

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};
use std::{cmp::Ordering, io, ops::Range};

/// The largest whole number that every JSON reader keeps exactly.
pub const EXACT: i64 = (1 << 53) - 1;

/// A value that has no canonical form here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the value cannot be written canonically: {0}")]
pub struct NotCanonical(pub String);

/// The canonical bytes of `value`.
pub fn bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::with_capacity(512);
    let form = Form { out: &mut out, open: Vec::new() };
    value
        .serialize(&mut Serializer::with_formatter(Nowhere, form))
        .map_err(|e| NotCanonical(e.to_string()))?;
    Ok(out)
}

/// Writes the parts of a value one after the other and puts the members of each object in order when
/// it ends. serde_json escapes exactly as RFC 8785 section 3.2.2.2 wants: the two-character escapes,
/// lower case `\u00xx` for other control characters, everything else as it is.
struct Form<'o> {
    out: &'o mut Vec<u8>,
    /// The objects that were begun and not ended, the innermost last.
    open: Vec<Object>,
}

/// An object that is being written.
struct Object {
    /// Where its first member begins.
    begin: usize,
    members: Vec<Member>,
}

/// Where a member of an object stands: its key without the quotes, and all of it.
struct Member {
    key: Range<usize>,
    whole: Range<usize>,
}

/// Everything is written by [`Form`] itself; a part that it did not know would be lost.
struct Nowhere;

impl io::Write for Nowhere {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("it has a part that has no canonical form"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Form<'_> {
    fn put(&mut self, text: &[u8]) -> io::Result<()> {
        io::Write::write_all(self.out, text)
    }

    fn whole<N: Copy + std::fmt::Display + TryInto<i64>>(&mut self, number: N) -> io::Result<()> {
        match number.try_into() {
            Ok(whole) if (-EXACT..=EXACT).contains(&whole) => {
                CompactFormatter.write_i64(self.out, whole)
            }
            _ => Err(io::Error::other(format!("{number} is not an exact whole number"))),
        }
    }

    /// Puts the members of an object in the order of their keys.
    fn sort(&mut self, object: Object) {
        let Object { begin, mut members } = object;
        let order =
            |a: &Member, b: &Member| compare(&self.out[a.key.clone()], &self.out[b.key.clone()]);
        if members.is_sorted_by(|a, b| order(a, b).is_le()) {
            return;
        }
        members.sort_by(order);
        let mut sorted = Vec::with_capacity(self.out.len() - begin);
        for (i, member) in members.into_iter().enumerate() {
            if i > 0 {
                sorted.push(b',');
            }
            sorted.extend_from_slice(&self.out[member.whole]);
        }
        self.out.truncate(begin);
        self.out.append(&mut sorted);
    }
}

/// The order of two keys as they are written: by the UTF-16 code units of what they mean.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let plain = |key: &[u8]| key.iter().all(|byte| byte.is_ascii() && *byte != b'\\');
    if plain(a) && plain(b) {
        return a.cmp(b);
    }
    let meant = |key: &[u8]| {
        let quoted = [b"\"", key, b"\""].concat();
        let text: String = serde_json::from_slice(&quoted).unwrap_or_default(); // written just before
        text.encode_utf16().collect::<Vec<u16>>()
    };
    meant(a).cmp(&meant(b))
}

/// Whole numbers of every size are written alike.
macro_rules! whole {
    ($($name:ident: $number:ty),*) => {
        $(fn $name<W: ?Sized + io::Write>(&mut self, _: &mut W, n: $number) -> io::Result<()> {
            self.whole(n)
        })*
    };
}

impl Formatter for Form<'_> {
    whole! {
        write_i8: i8, write_i16: i16, write_i32: i32, write_i64: i64, write_i128: i128,
        write_u8: u8, write_u16: u16, write_u32: u32, write_u64: u64, write_u128: u128
    }

    fn write_f32<W: ?Sized + io::Write>(&mut self, _: &mut W, n: f32) -> io::Result<()> {
        Err(io::Error::other(format!("{n} is not an exact whole number")))
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, _: &mut W, n: f64) -> io::Result<()> {
        Err(io::Error::other(format!("{n} is not an exact whole number")))
    }

    fn write_null<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"null")
    }

    fn write_bool<W: ?Sized + io::Write>(&mut self, _: &mut W, value: bool) -> io::Result<()> {
        self.put(if value { b"true" } else { b"false" })
    }

    fn begin_string<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"\"")
    }

    fn end_string<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"\"")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        _: &mut W,
        text: &str,
    ) -> io::Result<()> {
        self.put(text.as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        _: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        CompactFormatter.write_char_escape(self.out, escape)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        _: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { self.put(b",") }
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"{")?;
        self.open.push(Object { begin: self.out.len(), members: Vec::new() });
        Ok(())
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        if let Some(object) = self.open.pop() {
            self.sort(object);
        }
        self.put(b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        _: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if !first {
            self.put(b",")?;
        }
        let at = self.out.len();
        if let Some(object) = self.open.last_mut() {
            object.members.push(Member { key: at + 1..at + 1, whole: at..at });
        }
        Ok(())
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        let end = self.out.len() - 1;
        if let Some(member) = self.open.last_mut().and_then(|object| object.members.last_mut()) {
            member.key.end = end;
        }
        Ok(())
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b":")
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        let end = self.out.len();
        if let Some(member) = self.open.last_mut().and_then(|object| object.members.last_mut()) {
            member.whole.end = end;
        }
        Ok(())
    }

    fn write_raw_fragment<W: ?Sized + io::Write>(&mut self, _: &mut W, _: &str) -> io::Result<()> {
        Err(io::Error::other("it holds text that was written elsewhere"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn shown(value: &Value) -> String {
        String::from_utf8(bytes(value).expect("canonical")).expect("UTF-8")
    }

    #[test]
    fn keys_sort_by_utf16_and_strings_escape_as_the_rfc_says() {
        // RFC 8785 section 3.2.3: a surrogate pair sorts before U+FB33.
        let value =
            json!({"\u{fb33}": 1, "\u{1f600}": 2, "\u{f6}": 3, "1": 4, "\r": 5, "\u{80}": 6});
        assert_eq!(
            shown(&value),
            "{\"\\r\":5,\"1\":4,\"\u{80}\":6,\"\u{f6}\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}"
        );
        assert_eq!(shown(&json!("\u{8}\t\n\u{c}\r\u{1f}\"\\/é")), r#""\b\t\n\f\r\u001f\"\\/é""#);
    }

    #[test]
    fn fractions_and_inexact_numbers_are_refused() {
        for bad in [json!(1.5), json!(1e300), json!(EXACT + 1), json!(u64::MAX)] {
            assert!(bytes(&bad).is_err(), "{bad}");
        }
        assert_eq!(
            shown(&json!([EXACT, -EXACT, 0, true, null])),
            "[9007199254740991,-9007199254740991,0,true,null]"
        );
    }

    #[test]
    fn the_examples_of_the_rfc_come_out_as_it_prints_them_as_far_as_they_are_taken() {
        // Section 3.2.2 without its fractions, which are refused: literals and strings.
        let source = r#"{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#;
        let value: Value = serde_json::from_str(source).expect("JSON");
        assert_eq!(
            shown(&value),
            r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
        let fractions =
            r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]}"#;
        let value: Value = serde_json::from_str(fractions).expect("JSON");
        assert!(bytes(&value).is_err());
        // Section 3.2.3: the sorting example.
        let source = r#"{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}"#;
        let value: Value = serde_json::from_str(source).expect("JSON");
        let sorted = shown(&value);
        let place = |word: &str| sorted.find(word).expect("there");
        let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"].map(place);
        assert!(order.is_sorted(), "{sorted}");
        // Appendix B, the whole numbers that are exact here.
        for (number, written) in [
            ("0", "0"),
            ("9007199254740991", "9007199254740991"),
            ("-9007199254740991", "-9007199254740991"),
        ] {
            assert_eq!(shown(&serde_json::from_str(number).expect("a number")), written);
        }
        for refused in
            ["9007199254740992", "-9007199254740992", "9007199254740994", "1e21", "5e-324", "-0.0"]
        {
            let value: Value = serde_json::from_str(refused).expect("a number");
            assert!(bytes(&value).is_err(), "{refused}");
        }
        // Nested objects sort too, arrays keep their order, and there is no white space.
        let value = json!({"b": [{"d": 1, "c": []}, {}], "a": {"z": "", "y": {}}});
        assert_eq!(shown(&value), r#"{"a":{"y":{},"z":""},"b":[{"c":[],"d":1},{}]}"#);
    }
}
