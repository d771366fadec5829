//! Canonical JSON (RFC 8785): the same value always gives the same bytes.
//!
//! Sorted keys (by UTF-16 code units), no white space, shortest escapes. Narrower than the RFC on
//! purpose: numbers are whole and exact in every JSON reader (up to 2^53 - 1), because a record
//! must not depend on how somebody prints fractions.

use serde::Serialize;
use serde_json::Value;

/// The largest whole number that every JSON reader keeps exactly.
pub const EXACT: i64 = (1 << 53) - 1;

/// A value that has no canonical form here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the value cannot be written canonically: {0}")]
pub struct NotCanonical(pub String);

/// The canonical bytes of `value`.
pub fn bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    let value = serde_json::to_value(value).map_err(|e| NotCanonical(e.to_string()))?;
    let mut out = Vec::with_capacity(256);
    write(&value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => match number.as_i64() {
            Some(whole) if (-EXACT..=EXACT).contains(&whole) => {
                out.extend_from_slice(whole.to_string().as_bytes());
            }
            _ => return Err(NotCanonical(format!("{number} is not an exact whole number"))),
        },
        Value::String(text) => string(text, out)?,
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (i, (key, member)) in sorted.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                string(key, out)?;
                out.push(b':');
                write(member, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// serde_json escapes exactly as RFC 8785 section 3.2.2.2 wants: the two-character escapes, lower
/// case `\u00xx` for other control characters, everything else as it is.
fn string(text: &str, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    serde_json::to_writer(out, text).map_err(|e| NotCanonical(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
