//! Reading the bindings of a CPE name (NISTIR 7695 section 6).
//!
//! Real inventories leave trailing fields of a formatted string out and forget escapes; both are
//! read. A formatted string without part, vendor and product is refused.

use super::{ATTRIBUTES, Attribute, Cpe, NotACpe, Part, unescaped};

/// Names of the fields, part first, for messages.
const FIELDS: [&str; ATTRIBUTES + 1] = [
    "part",
    "vendor",
    "product",
    "version",
    "update",
    "edition",
    "language",
    "sw_edition",
    "target_sw",
    "target_hw",
    "other",
];
const EDITION: usize = 5;
const OTHER: usize = 10;

/// A name in any binding.
pub(super) fn name(text: &str) -> Result<Cpe, NotACpe> {
    if let Some(rest) = after_prefix(text, "cpe:2.3:") {
        return formatted_string(rest);
    }
    let Some(rest) = after_prefix(text, "cpe:/") else {
        return Err(NotACpe::because("it does not begin with `cpe:2.3:` or `cpe:/`"));
    };
    let first = rest.split(':').next().unwrap_or_default();
    if first.is_empty() || part_of(first).is_some() {
        return uri(rest);
    }
    before_version_two(rest)
}

fn after_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn part_of(field: &str) -> Option<Part> {
    match field {
        "a" | "A" => Some(Part::Application),
        "o" | "O" => Some(Part::OperatingSystem),
        "h" | "H" => Some(Part::Hardware),
        "*" => Some(Part::Any),
        _ => None,
    }
}

/// The 2.3 formatted string after its prefix: fields between unescaped colons.
fn formatted_string(rest: &str) -> Result<Cpe, NotACpe> {
    const NEEDED: usize = 3;
    let (mut part, mut attributes) = (Part::Any, Vec::with_capacity(ATTRIBUTES));
    let (mut from, mut count) = (0, 0);
    loop {
        let end = field_end(rest, from);
        let field = &rest[from..end];
        match FIELDS.get(count) {
            None => return Err(NotACpe::because("more than 11 fields follow `cpe:2.3`")),
            Some(what) if count < NEEDED && field.is_empty() => return Err(missing(what)),
            Some(_) if count == 0 => {
                part = part_of(field).ok_or_else(|| {
                    NotACpe::because(format!("the part is `{field}`, not a, o, h or *"))
                })?;
            }
            Some(what) => attributes.push(field_value(field, what)?),
        }
        count += 1;
        if end == rest.len() {
            break;
        }
        from = end + 1;
    }
    if count < NEEDED {
        return Err(missing(FIELDS[count]));
    }
    Ok(Cpe::of(part, attributes))
}

fn missing(what: &str) -> NotACpe {
    NotACpe::because(format!("part, vendor and product are needed, `{what}` is missing"))
}

/// Where the field that starts at `from` ends: the next unescaped colon, or the end.
fn field_end(text: &str, from: usize) -> usize {
    let mut escaped = false;
    for (at, byte) in text.as_bytes()[from..].iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b':' => return from + at,
            _ => {}
        }
    }
    text.len()
}

fn field_value(field: &str, what: &str) -> Result<Attribute, NotACpe> {
    match field {
        "" | "*" => return Ok(Attribute::Any),
        "-" => return Ok(Attribute::NotApplicable),
        _ => {}
    }
    // nearly all values are letters, digits, dots, dashes and underscores
    if field.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        return Ok(Attribute::Value(field.to_ascii_lowercase()));
    }
    let mut value = String::with_capacity(field.len());
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        match chars.next() {
            Some(escaped) => push_literal(&mut value, escaped),
            None => return Err(NotACpe::because(format!("a lone backslash ends {what}"))),
        }
    }
    checked(value, what)
}

/// Adds a character that means itself: wildcards and the backslash keep their escape.
fn push_literal(value: &mut String, c: char) {
    if matches!(c, '*' | '?' | '\\') {
        value.push('\\');
    }
    value.push(c);
}

/// A value whose characters and wildcards are allowed, in lower case.
fn checked(value: String, what: &str) -> Result<Attribute, NotACpe> {
    if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        let why = format!("white space or a control character in {what}");
        return Err(NotACpe::because(why));
    }
    let core = core_of(&value).core;
    if Attribute::Value(core.to_owned()).has_wildcard() {
        let why = format!("a wildcard inside {what}; only its ends may hold one");
        return Err(NotACpe::because(why));
    }
    Ok(Attribute::Value(value.to_lowercase()))
}

/// A value without the wildcards at its ends. `None` before or after means `*`, a number how many
/// characters may stand there (a `?` each).
pub(super) struct Wild<'a> {
    pub(super) before: Option<usize>,
    pub(super) core: &'a str,
    pub(super) after: Option<usize>,
}

/// Splits the wildcards off: at each end one `*` or a run of `?`.
pub(super) fn core_of(value: &str) -> Wild<'_> {
    let (before, rest) = if let Some(rest) = value.strip_prefix('*') {
        (None, rest)
    } else {
        let rest = value.trim_start_matches('?');
        (Some(value.len() - rest.len()), rest)
    };
    let mut core = rest;
    if is_wild_end(core, '*') {
        return Wild { before, core: &core[..core.len() - 1], after: None };
    }
    while is_wild_end(core, '?') {
        core = &core[..core.len() - 1];
    }
    Wild { before, core, after: Some(rest.len() - core.len()) }
}

/// Whether the last character is `wildcard` and not escaped.
fn is_wild_end(text: &str, wildcard: char) -> bool {
    let Some(head) = text.strip_suffix(wildcard) else { return false };
    let escapes = head.bytes().rev().take_while(|b| *b == b'\\').count();
    escapes % 2 == 0
}

/// The 2.2 URI after `cpe:/` (NISTIR 7695 section 6.1), with the packed edition of 2.3.
fn uri(rest: &str) -> Result<Cpe, NotACpe> {
    if rest.starts_with('/') {
        return before_version_two(rest);
    }
    const COMPONENTS: usize = 7;
    let mut part = Part::Any;
    let mut attributes: Vec<Attribute> = Vec::with_capacity(ATTRIBUTES);
    for (index, field) in rest.split(':').enumerate() {
        match index {
            0 => part = part_of(field).unwrap_or(Part::Any),
            EDITION if field.starts_with('~') => {
                let mut packed = field[1..].split('~');
                let mut next = |what| uri_value(packed.next().unwrap_or_default(), what);
                attributes.push(next("edition")?);
                attributes.push(Attribute::Any);
                for what in &FIELDS[7..=OTHER] {
                    attributes.push(next(what)?);
                }
            }
            6 if attributes.len() > 5 => attributes[5] = uri_value(field, "language")?,
            _ if index < COMPONENTS => attributes.push(uri_value(field, FIELDS[index])?),
            _ => return Err(NotACpe::because("more than 7 components follow `cpe:/`")),
        }
    }
    Ok(Cpe::of(part, attributes))
}

fn uri_value(field: &str, what: &str) -> Result<Attribute, NotACpe> {
    match field {
        "" => return Ok(Attribute::Any),
        "-" => return Ok(Attribute::NotApplicable),
        _ => {}
    }
    let bad = || NotACpe::because(format!("bad percent escape in {what}"));
    let mut value = String::with_capacity(field.len());
    let mut rest = field;
    while let Some(c) = rest.chars().next() {
        if c != '%' {
            match c {
                '\\' => push_literal(&mut value, c),
                _ => value.push(c),
            }
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let code = rest.get(1..3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code.ok_or_else(bad)? {
            0x01 => value.push('?'),
            0x02 => value.push('*'),
            code if code.is_ascii() => push_literal(&mut value, char::from(code)),
            _ => return Err(bad()),
        }
        rest = &rest[3..];
    }
    if value == "*" {
        return Ok(Attribute::Any);
    }
    checked(value, what)
}

/// The form before CPE 2: `cpe:/HARDWARE/SYSTEM/APPLICATION`, each `vendor:product:version:edition:
/// update`, alternatives after `;`. The innermost part given is the thing named; what it runs on and
/// the alternatives are kept in `other`, so that nothing said is lost.
fn before_version_two(rest: &str) -> Result<Cpe, NotACpe> {
    const PARTS: [Part; 3] = [Part::Hardware, Part::OperatingSystem, Part::Application];
    let sections: Vec<&str> = rest.split('/').collect();
    if sections.len() > PARTS.len() {
        return Err(NotACpe::because("more than three parts follow `cpe:/`"));
    }
    let Some(named) = sections.iter().rposition(|section| !section.is_empty()) else {
        return Ok(Cpe::of(Part::Any, Vec::new()));
    };
    let (name, alternatives) = match sections[named].split_once(';') {
        Some((name, alternatives)) => (name, Some(alternatives)),
        None => (sections[named], None),
    };
    let mut attributes = vec![Attribute::Any; ATTRIBUTES];
    // the old order has the edition before the update
    for (field, at) in name.split(':').zip([1, 2, 3, 5, 4]) {
        attributes[at - 1] = uri_value(field, FIELDS[at])?;
    }
    let around = sections[..named].iter().copied().filter(|section| !section.is_empty());
    let besides: Vec<&str> = around.chain(alternatives).collect();
    if !besides.is_empty() {
        let mut other = String::new();
        for c in unescaped(&besides.join("/")).chars() {
            push_literal(&mut other, c);
        }
        attributes[OTHER - 1] = checked(other, "other")?;
    }
    Ok(Cpe::of(PARTS[named], attributes))
}
