//! Foreign text at the door: its normal form, or a refusal that says what is wrong with it.
//!
//! Names may be in any script, with apostrophes and umlauts. Refused: nothing at all, too much,
//! control characters (NUL and line ends among them) and characters that turn the direction of the
//! surrounding line, because they let a name pretend to be another.

use crate::refusal::Refusal;
use aftercare_vocab::problem::quoted;

/// Longest name of a family, product, supplier, consignee or site, in characters.
pub const NAME_LIMIT: usize = 200;
/// Longest version label, in characters.
pub const LABEL_LIMIT: usize = 100;
/// Longest serial number, model number, UDI-DI or city, in characters.
pub const MARK_LIMIT: usize = 100;
/// Longest free text (description, reason), in characters.
pub const NOTE_LIMIT: usize = 4_000;

/// A one-line text that must be there: trimmed, not empty, at most `limit` characters.
pub fn line(what: &str, text: &str, limit: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::new(
            "text_missing",
            format!("The {what} is empty."),
            format!("Give a {what} of 1 to {limit} characters."),
        ));
    }
    checked(what, text, limit, |c| c.is_control())
}

/// A one-line text that may be absent; empty counts as absent.
pub fn optional_line(
    what: &str,
    text: Option<&str>,
    limit: usize,
) -> Result<Option<String>, Refusal> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => line(what, text, limit).map(Some),
    }
}

/// Free text of several lines that may be absent; empty counts as absent.
pub fn note(what: &str, text: Option<&str>, limit: usize) -> Result<Option<String>, Refusal> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => {
            let text = text.replace("\r\n", "\n");
            checked(what, &text, limit, |c| c.is_control() && c != '\n' && c != '\t').map(Some)
        }
    }
}

fn checked(
    what: &str,
    text: &str,
    limit: usize,
    forbidden: fn(char) -> bool,
) -> Result<String, Refusal> {
    let length = text.chars().count();
    if length > limit {
        return Err(Refusal::new(
            "text_too_long",
            format!("The {what} {} has {length} characters.", quoted(text)),
            format!("Shorten it to at most {limit}."),
        ));
    }
    if let Some(c) = text.chars().find(|c| forbidden(*c) || turns(*c)) {
        return Err(Refusal::new(
            "text_unprintable",
            format!("The {what} {} holds the character U+{:04X}.", quoted(text), u32::from(c)),
            "Remove it: control and direction-changing characters are not kept in the record.",
        ));
    }
    Ok(text.to_owned())
}

/// The name of a file as it is kept: without folders, control characters and dots in front; never empty.
pub fn file_name(given: &str) -> String {
    let name: String = given
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .take(NAME_LIMIT)
        .collect();
    let name = name.trim().trim_start_matches('.');
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

/// Whether a character turns the direction of the line it stands in.
pub const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The form used to compare and search names: lower case, Latin letters without their marks, runs
/// of white space as one space. `Universitätsklinikum  Nord` and `universitatsklinikum nord` agree.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.is_ascii() {
            out.extend(word.bytes().map(|b| char::from(b.to_ascii_lowercase())));
            continue;
        }
        for c in word.chars().flat_map(char::to_lowercase) {
            out.push_str(unmarked(c).unwrap_or(c.encode_utf8(&mut [0; 4])));
        }
    }
    out
}

/// Latin letters with marks that occur in European names; combining marks fall away.
fn unmarked(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}
