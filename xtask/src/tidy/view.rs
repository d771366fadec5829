//! Views of Rust source text: without comments and literals, and without tests.
//!
//! Not a parser: it knows where comments, strings and characters begin and end, and which brackets
//! belong together. That is enough to ask whether a word stands in the code.

/// The text with comments, strings and characters blanked. Lines keep their numbers.
pub fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut view = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => Some(line_end(bytes, at)),
            b'/' if bytes[at..].starts_with(b"/*") => Some(block_comment_end(bytes, at)),
            b'"' => Some(string_end(bytes, at + 1)),
            b'r' | b'b' | b'c' if !is_word_before(bytes, at) => raw_string_end(bytes, at),
            b'\'' => character_end(bytes, at),
            _ => None,
        };
        let Some(end) = end.map(|end| end.min(bytes.len())) else {
            at += 1;
            continue;
        };
        blank(&mut view, at, end);
        at = end;
    }
    String::from_utf8_lossy(&view).into_owned()
}

/// The code with everything under `#[cfg(test)]` blanked.
pub fn without_tests(text: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let code = code_only(text);
    let mut view = code.clone().into_bytes();
    let mut from = 0;
    while let Some(found) = code[from..].find(MARK) {
        let start = from + found;
        let end = item_end(code.as_bytes(), start + MARK.len());
        blank(&mut view, start, end);
        from = end;
    }
    String::from_utf8_lossy(&view).into_owned()
}

/// The numbers of the lines on which a path or word stands, not as part of a longer word.
pub fn lines_with(code: &str, word: &str) -> Vec<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.lines()
        .enumerate()
        .filter(|(_, line)| {
            line.match_indices(word).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                let after = line[at + word.len()..].chars().next();
                let open_end = !word.ends_with(is_part);
                !before.is_some_and(is_part) && (open_end || !after.is_some_and(is_part))
            })
        })
        .map(|(at, _)| at + 1)
        .collect()
}

fn blank(view: &mut [u8], from: usize, to: usize) {
    for byte in &mut view[from..to] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn is_word_before(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |found| at + found)
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// The place after the closing quote of a string whose text begins at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// For `r"..."`, `br#"..."#`, `b"..."` and `c"..."`.
fn raw_string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    if matches!(bytes[at], b'b' | b'c') {
        at += 1;
    }
    let raw = bytes.get(at) == Some(&b'r');
    at += usize::from(raw);
    let hashes = bytes[at..].iter().take_while(|&&byte| byte == b'#').count();
    at += hashes;
    if bytes.get(at) != Some(&b'"') || (hashes > 0 && !raw) {
        return None;
    }
    at += 1;
    if !raw {
        return Some(string_end(bytes, at));
    }
    let closing = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let found = bytes[at..].windows(closing.len()).position(|window| window == closing);
    Some(found.map_or(bytes.len(), |found| at + found + closing.len()))
}

/// The end of a character literal; none when the quote begins a lifetime.
fn character_end(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = &bytes[start + 1..];
    if rest.first() == Some(&b'\\') {
        let close = rest.iter().skip(2).position(|&byte| byte == b'\'')?;
        return Some(start + 1 + 2 + close + 1);
    }
    // A character has one to four bytes; a lifetime has no closing quote behind its first one.
    let length = match rest.first()? {
        byte if byte.is_ascii() => 1,
        byte if byte & 0xe0 == 0xc0 => 2,
        byte if byte & 0xf0 == 0xe0 => 3,
        _ => 4,
    };
    (rest.get(length) == Some(&b'\'')).then_some(start + 1 + length + 1)
}

/// The end of the item that begins at `at`: its closing brace, or its semicolon.
fn item_end(code: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, byte) in code[at..].iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + offset + 1;
                }
            }
            b';' if depth == 0 => return at + offset + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_strings_and_characters_are_no_code() {
        let text = r##"
let a = "std::fs"; // std::fs
/* std::fs /* nested */ std::fs */ let b = r#"std::fs "quoted" "#;
let c = '"'; let d = b"std::fs\""; let e: &'static str = ""; let f = '\'';
std::fs::read(x);
"##;
        assert_eq!(lines_with(&code_only(text), "std::fs"), [5]);
    }

    #[test]
    fn what_stands_under_a_test_mark_is_left_out_and_the_rest_stays() {
        let text = "fn a() { std::fs::x() }\n#[cfg(test)]\nuse std::env;\n\
                    #[cfg(test)]\nmod tests { fn t() { std::env::y() } }\nfn b() { std::env::z() }";
        let code = without_tests(text);
        assert_eq!(lines_with(&code, "std::fs"), [1]);
        assert_eq!(lines_with(&code, "std::env"), [6]);
    }

    #[test]
    fn words_are_whole_words() {
        let code = "use tokio::x;\nlet my_tokio = 1;\nlet tokios = 2;\ntokio";
        assert_eq!(lines_with(code, "tokio"), [1, 4]);
    }
}
