//! The `vers` notation (VERS specification of the Package-URL project): `vers:npm/>=1.0.0|<2.0.0`.

use super::{Comparator, Constraint, Form, Range};
use crate::version::{Scheme, Unreadable};
use std::{cmp::Ordering, fmt};

const PREFIX: &str = "vers:";

/// Whether the text means to be in this notation.
pub(super) fn is_vers(text: &str) -> bool {
    text.get(..PREFIX.len()).is_some_and(|head| head.eq_ignore_ascii_case(PREFIX))
}

/// Reads it in any order, with spaces and stray separators, as the specification's "parsing" section
/// allows; the constraints come out sorted.
pub(super) fn read(text: &str) -> Result<Range, String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(range) = of_no_scheme(&text)? {
        return Ok(range);
    }
    let (scheme, rest) = scheme_of(&text)?;
    let list = rest.trim_matches('|');
    if list.is_empty() {
        return Err("no constraint follows the scheme".to_owned());
    }
    let mut constraints = Vec::new();
    for part in list.split('|').filter(|part| !part.is_empty()) {
        if part == "*" {
            if list != "*" {
                return Err("`*` stands beside other constraints".to_owned());
            }
            break;
        }
        constraints.push(constraint(part)?);
    }
    sort(scheme, &mut constraints);
    Ok(Range { scheme, form: Form::Vers(constraints) })
}

/// Reads it only in canonical form.
pub(super) fn read_canonical(text: &str) -> Result<Range, String> {
    if text.chars().any(char::is_whitespace) {
        return Err("white space is not canonical".to_owned());
    }
    if let Some(range) = of_no_scheme(text)? {
        let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        return is_lower
            .then_some(range)
            .ok_or_else(|| "the scheme is not in lower case".to_owned());
    }
    let (_, rest) = scheme_of(text)?;
    let named = &text[..text.len() - rest.len()];
    if named.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("the scheme is not in lower case".to_owned());
    }
    for (position, why) in [
        (rest.starts_with('|'), "a separator stands before the first constraint"),
        (rest.ends_with('|'), "a separator stands after the last constraint"),
        (rest.contains("||"), "two separators stand side by side"),
    ] {
        if position {
            return Err(why.to_owned());
        }
    }
    for part in rest.split('|') {
        has_canonical_escapes(part)?;
        if part.starts_with('=') {
            return Err("equality is written without a sign".to_owned());
        }
    }
    let range = read(text)?;
    let Form::Vers(constraints) = &range.form else { return Ok(range) };
    let order = order_of(range.scheme, constraints);
    for pair in constraints.windows(2) {
        if order(range.scheme, &pair[0].version, &pair[1].version).is_eq() {
            return Err(format!("version `{}` stands in two constraints", pair[1].version));
        }
    }
    if rest != "*" {
        let written = rest.split('|').map(constraint);
        if !written.zip(constraints).all(|(written, sorted)| written.as_ref() == Ok(sorted)) {
            return Err("the constraints are not in the order of their versions".to_owned());
        }
    }
    Ok(range)
}

/// `vers:all/*` and `vers:none/*` (specification, "VERS types"): every version and no version of any scheme.
fn of_no_scheme(text: &str) -> Result<Option<Range>, String> {
    let Some((name, list)) = text[PREFIX.len().min(text.len())..].split_once('/') else {
        return Ok(None);
    };
    let form = match name.to_ascii_lowercase().as_str() {
        "all" => Form::Every,
        "none" => Form::Nothing,
        _ => return Ok(None),
    };
    if !is_vers(text) || list != "*" {
        return Err(format!("nothing but `*` may follow `{name}`"));
    }
    Ok(Some(Range { scheme: Scheme::Generic, form }))
}

/// The scheme and what follows its slash.
fn scheme_of(text: &str) -> Result<(Scheme, &str), String> {
    if !is_vers(text) {
        return Err("it does not begin with `vers:`".to_owned());
    }
    let Some((name, rest)) = text[PREFIX.len()..].split_once('/') else {
        return Err("no `/` follows the scheme".to_owned());
    };
    let scheme =
        Scheme::from_name(name).ok_or_else(|| format!("`{name}` is no scheme of versions"))?;
    Ok((scheme, rest))
}

const SIGNS: [(&str, Comparator); 6] = [
    ("!=", Comparator::NotEqual),
    ("<=", Comparator::LessOrEqual),
    (">=", Comparator::GreaterOrEqual),
    ("<", Comparator::Less),
    (">", Comparator::Greater),
    ("=", Comparator::Equal),
];

fn constraint(part: &str) -> Result<Constraint, String> {
    let found = SIGNS.iter().find_map(|(sign, of)| Some((part.strip_prefix(sign)?, *of)));
    let (version, comparator) = found.unwrap_or((part, Comparator::Equal));
    if version.is_empty() {
        return Err(format!("no version follows `{}`", comparator.sign()));
    }
    if version.contains(['<', '>', '=', '!', '*', ',', '&']) {
        return Err(format!("`{version}` holds a sign that a version must escape"));
    }
    Ok(Constraint::new(comparator, decoded(version)?))
}

fn escape(text: &str, at: usize) -> Option<u8> {
    u8::from_str_radix(text.get(at + 1..at + 3)?, 16).ok()
}

fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        if byte == b'%' {
            bytes.push(escape(text, at).ok_or("bad percent escape")?);
            at += 3;
        } else {
            bytes.push(byte);
            at += 1;
        }
    }
    String::from_utf8(bytes).map_err(|_| "a percent escape gives no UTF-8".to_owned())
}

/// Escapes are in upper case and only where they are needed.
fn has_canonical_escapes(part: &str) -> Result<(), String> {
    for (at, _) in part.match_indices('%') {
        let code = escape(part, at).ok_or("bad percent escape")?;
        let needless =
            code.is_ascii_alphanumeric() || matches!(code, b'.' | b'-' | b'_' | b'~' | b':');
        if needless || part[at..at + 3].bytes().any(|byte| byte.is_ascii_lowercase()) {
            return Err(format!("`{}` is not a canonical escape", &part[at..at + 3]));
        }
    }
    Ok(())
}

/// Sorts by version; by text, if one of the versions has no order.
pub(super) fn sort(scheme: Scheme, constraints: &mut [Constraint]) {
    let order = order_of(scheme, constraints);
    constraints.sort_by(|a, b| order(scheme, &a.version, &b.version));
}

type Order = fn(Scheme, &str, &str) -> Ordering;

fn order_of(scheme: Scheme, constraints: &[Constraint]) -> Order {
    if constraints.iter().all(|one| scheme.check(&one.version).is_ok()) {
        |scheme, a, b| scheme.order(a, b)
    } else {
        |_, a, b| a.cmp(b)
    }
}

/// Whether sorted constraints hold the version (specification, "Checking if a version is contained
/// within a range").
pub(super) fn contains(
    scheme: Scheme,
    constraints: &[Constraint],
    version: &str,
) -> Result<bool, Unreadable> {
    use Comparator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let mut bounds: Vec<(&Constraint, Ordering)> = Vec::with_capacity(constraints.len());
    let mut includes = false;
    for constraint in constraints {
        let order = constraint.order(scheme, version)?;
        match constraint.comparator {
            NotEqual if order.is_eq() => return Ok(false),
            Equal | LessOrEqual | GreaterOrEqual if order.is_eq() => includes = true,
            _ => {}
        }
        if !matches!(constraint.comparator, Equal | NotEqual) {
            bounds.push((constraint, order));
        }
    }
    if includes {
        return Ok(true);
    }
    if bounds.is_empty() {
        // `*`, and exclusions alone, leave all other versions; an equality leaves none.
        return Ok(constraints.iter().all(|one| one.comparator == NotEqual));
    }
    // Of neighbours that look the same way, the wider one counts.
    let upwards = |one: &Constraint| matches!(one.comparator, Greater | GreaterOrEqual);
    let mut kept: Vec<(&Constraint, Ordering)> = Vec::with_capacity(bounds.len());
    for bound in bounds {
        match kept.last() {
            Some(last) if upwards(last.0) && upwards(bound.0) => continue,
            Some(last) if !upwards(last.0) && !upwards(bound.0) => {
                kept.pop();
            }
            _ => {}
        }
        kept.push(bound);
    }
    // Below a bound that looks down, and above the bound before it, if there is one.
    for (at, (constraint, order)) in kept.iter().enumerate() {
        let inside = match constraint.comparator {
            Less | LessOrEqual => order.is_lt() && (at == 0 || kept[at - 1].1.is_gt()),
            _ => order.is_gt() && at + 1 == kept.len(),
        };
        if inside {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes constraints that are sorted already.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    scheme: Scheme,
    constraints: &[Constraint],
) -> fmt::Result {
    write!(f, "{PREFIX}{}/", scheme.name())?;
    if constraints.is_empty() {
        return f.write_str("*");
    }
    for (index, constraint) in constraints.iter().enumerate() {
        if index > 0 {
            f.write_str("|")?;
        }
        f.write_str(constraint.comparator.sign())?;
        for c in constraint.version.chars() {
            if matches!(c, '%' | '|' | '<' | '>' | '=' | '!' | '*' | '/' | ',') || c.is_whitespace()
            {
                let mut buffer = [0; 4];
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    write!(f, "%{byte:02X}")?;
                }
            } else {
                write!(f, "{c}")?;
            }
        }
    }
    Ok(())
}
