//! Taking a package URL apart, right to left, as the specification's "how to parse" section orders.

use super::{NotAPurl, Parts};

/// The decoded parts of `text`; type rules are not applied yet.
pub(super) fn parts(text: &str) -> Result<Parts, NotAPurl> {
    let text = text.trim();
    let (rest, subpath) = match text.split_once('#') {
        Some((rest, subpath)) => (rest, Some(decoded(subpath)?)),
        None => (text, None),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, query),
        None => (rest, ""),
    };
    let Some((scheme, rest)) = rest.split_once(':') else {
        return Err(NotAPurl::because("the scheme `pkg:` is missing"));
    };
    if !scheme.eq_ignore_ascii_case("pkg") {
        return Err(NotAPurl::because(format!("the scheme is `{scheme}`, not `pkg`")));
    }
    let Some((ty, rest)) = rest.trim_matches('/').split_once('/') else {
        return Err(NotAPurl::because("the name is missing"));
    };
    let (path, version) = match version_mark(rest) {
        Some(at) => (&rest[..at], Some(decoded(&rest[at + 1..])?)),
        None => (rest, None),
    };
    // a name is the last segment; `maven/@1.3` ends in an empty one and so has none
    let (namespace, name) = match path.rsplit_once('/') {
        Some((namespace, name)) => (Some(decoded(namespace)?), name),
        None => (None, path),
    };
    Ok(Parts {
        ty: ty.to_owned(),
        namespace,
        name: decoded(name)?,
        version,
        qualifiers: qualifiers(query)?,
        subpath,
    })
}

/// Where the version's `@` stands: the last one, except an unescaped npm scope (`npm/@babel/core`),
/// which begins a segment and is followed by another.
fn version_mark(rest: &str) -> Option<usize> {
    let at = rest.rfind('@')?;
    let begins_a_segment = at == 0 || rest.as_bytes()[at - 1] == b'/';
    if begins_a_segment && rest[at..].contains('/') { None } else { Some(at) }
}

fn qualifiers(query: &str) -> Result<Vec<(String, String)>, NotAPurl> {
    let mut found = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(NotAPurl::because(format!("qualifier `{pair}` has no `=`")));
        };
        found.push((key.to_owned(), decoded(value)?));
    }
    Ok(found)
}

/// Percent-decoded text; the result must be UTF-8.
fn decoded(text: &str) -> Result<String, NotAPurl> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let byte = match after {
            [high, low, ..] => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        let Some(byte) = byte else {
            let shown: String = String::from_utf8_lossy(rest).chars().take(3).collect();
            return Err(NotAPurl::because(format!("bad percent escape `{shown}`")));
        };
        bytes.push(byte);
        rest = &after[2..];
    }
    String::from_utf8(bytes)
        .map_err(|_| NotAPurl::because(format!("`{text}` does not decode to UTF-8")))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
