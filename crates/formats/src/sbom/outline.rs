//! A first walk over JSON text: how deep it nests, and which keys stand at the top.
//!
//! It builds nothing and trusts nothing: broken JSON gives the outline of the part before the fault,
//! and the real parser finds the fault later. It runs at about the speed of memory, so that deep
//! nesting is refused before a recursive parser meets it, and the format is known before parsing.

/// Most keys of the top object that are remembered. Real documents have fewer than 20.
const TOP_KEYS: usize = 64;

/// What the first walk saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline<'t> {
    /// What the first character promises.
    pub(crate) top: Top,
    /// Keys of the top object, as written, with the text of the value where that is a plain text.
    pub(crate) keys: Vec<(&'t str, Option<&'t str>)>,
    /// Byte offset of the bracket that goes below the allowed depth. The walk ends there.
    pub(crate) too_deep_at: Option<usize>,
}

/// The kind of the top value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Top {
    /// `{`
    Object,
    /// `[`
    List,
    /// `null`, a number, a text, `true`, `false`.
    Scalar,
    /// Not the beginning of any JSON value.
    #[default]
    NotJson,
}

impl<'t> Outline<'t> {
    /// Walks over `text`, which may begin with white space but not with a byte order mark.
    pub(crate) fn of(text: &'t str, depth_limit: usize) -> Self {
        let bytes = text.as_bytes();
        let mut outline = Self { top: top_of(text), ..Self::default() };
        if outline.top == Top::NotJson {
            return outline;
        }
        let mut depth = 0_usize;
        let mut at = 0;
        // true between a comma or the opening bracket of the top object and its next colon
        let mut key_expected = false;
        let mut value_expected = false;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    let end = string_end(bytes, at + 1);
                    if depth == 1 && outline.top == Top::Object {
                        let written = text.get(at + 1..end).unwrap_or_default();
                        if key_expected && outline.keys.len() < TOP_KEYS {
                            outline.keys.push((written, None));
                        } else if value_expected && let Some(last) = outline.keys.last_mut() {
                            last.1.get_or_insert(written);
                        }
                        key_expected = false;
                        value_expected = false;
                    }
                    at = end;
                }
                b'{' | b'[' => {
                    depth += 1;
                    if depth > depth_limit {
                        outline.too_deep_at = Some(at);
                        return outline;
                    }
                    key_expected = depth == 1;
                    value_expected = false;
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                b',' if depth == 1 => key_expected = true,
                b':' if depth == 1 => {
                    value_expected = outline.keys.len() < TOP_KEYS;
                    key_expected = false;
                }
                _ => {}
            }
            at += 1;
        }
        outline
    }

    /// Whether the top object has the key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|(name, _)| *name == key)
    }

    /// The text value of a key of the top object, as written (escapes not resolved).
    pub(crate) fn text(&self, key: &str) -> Option<&'t str> {
        self.keys.iter().find(|(name, _)| *name == key).and_then(|(_, value)| *value)
    }
}

fn top_of(text: &str) -> Top {
    let text = text.trim_start_matches([' ', '\t', '\r', '\n']);
    match text.as_bytes().first() {
        Some(b'{') => Top::Object,
        Some(b'[') => Top::List,
        Some(b'"') => Top::Scalar,
        Some(b'-' | b'0'..=b'9') if text.trim_end().parse::<f64>().is_ok() => Top::Scalar,
        _ if matches!(text.trim_end(), "null" | "true" | "false") => Top::Scalar,
        _ => Top::NotJson,
    }
}

/// Offset of the quote that ends the string whose content begins at `from`, or the text's end.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match memchr::memchr2(b'"', b'\\', rest) {
            None => return bytes.len(),
            Some(found) if rest.get(found) == Some(&b'"') => return at + found,
            // skips the escaped character, whatever it is
            Some(found) => at += found + 2,
        }
    }
}

/// Line and column (both from 1, the column in characters) of a byte offset, as `line 3 column 7`.
pub(crate) fn line_and_column(text: &str, offset: usize) -> String {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = text.get(..offset).unwrap_or_default();
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line} column {column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_keys_and_their_texts_are_found_past_nested_values() {
        let outline = Outline::of(
            r#" {"a":{"x":"no","y":[1,"no"]},"b" : "yes","c\"d":[{"e":"no"}],"f":5,"g":"\\"} "#,
            10,
        );
        assert_eq!(outline.top, Top::Object);
        assert_eq!(
            outline.keys,
            [("a", None), ("b", Some("yes")), ("c\\\"d", None), ("f", None), ("g", Some("\\\\"))]
        );
        assert_eq!(outline.text("b"), Some("yes"));
        assert!(!outline.has("x"));
    }

    #[test]
    fn the_walk_stops_at_the_bracket_that_is_too_deep() {
        assert_eq!(Outline::of("[[[[]]]]", 4).too_deep_at, None);
        assert_eq!(Outline::of("[[[[]]]]", 3).too_deep_at, Some(3));
        assert_eq!(Outline::of(r#"{"a":"[[[[[["}"#, 1).too_deep_at, None);
    }

    #[test]
    fn broken_text_ends_the_walk_quietly() {
        for text in ["{\"a", "{\"a\\", "{\"a\":\"b\\", "}}}}{", "", "{,:,:\"\"", "[\"a\",\"b\"]"] {
            let outline = Outline::of(text, 5);
            assert_eq!(outline.too_deep_at, None, "{text}");
        }
        assert_eq!(Outline::of("[\"a\",\"b\"]", 5).keys, []);
    }

    #[test]
    fn the_kind_of_the_top_value_is_known() {
        for (text, top) in [
            ("\n {", Top::Object),
            ("[]", Top::List),
            ("null", Top::Scalar),
            (" -1.5\n", Top::Scalar),
            ("\"x\"", Top::Scalar),
            ("2024-01-01 report", Top::NotJson),
            ("<bom/>", Top::NotJson),
            ("", Top::NotJson),
        ] {
            assert_eq!(Outline::of(text, 9).top, top, "{text}");
        }
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        assert_eq!(line_and_column("ab\ncd", 0), "line 1 column 1");
        assert_eq!(line_and_column("ab\ncé€x", 9), "line 2 column 4");
        assert_eq!(line_and_column("ab", 99), "line 1 column 3");
    }
}
