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
}
