//! CPE names as CSAF takes them: narrower than what the NVD and others write.

use aftercare_vocab::cpe::Cpe;

/// Whether the name fits the pattern of the CSAF 2.0 schema: ASCII, wildcards at the ends only, and in the
/// place of the language a tag of two or three letters and perhaps a region.
pub(crate) fn fits(name: &Cpe) -> bool {
    const LANGUAGE: usize = 6;
    let Some(rest) = name.as_str().strip_prefix("cpe:2.3:") else { return false };
    let mut fields = fields(rest).into_iter();
    fields.next().is_some() // the part, which the type has read
        && fields.enumerate().all(|(at, field)| {
            matches!(field, "*" | "-") || if at + 1 == LANGUAGE { language(field) } else { value(field) }
        })
}

/// Parts between colons that are not escaped.
fn fields(text: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let (mut start, mut escape) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escape => escape = false,
            '\\' => escape = true,
            ':' => {
                fields.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(&text[start..]);
    fields
}

fn language(field: &str) -> bool {
    let (language, region) = field.split_once('-').unwrap_or((field, "us"));
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_alphabetic());
    matches!(language.len(), 2 | 3)
        && letters(language)
        && ((region.len() == 2 && letters(region))
            || (region.len() == 3 && region.bytes().all(|b| b.is_ascii_digit())))
}

/// Any number of `?` or one `*`, then letters, then the same.
fn value(field: &str) -> bool {
    let inner = field.strip_prefix('*').unwrap_or_else(|| field.trim_start_matches('?'));
    let mut chars = inner.chars();
    let mut rest = inner;
    loop {
        let good = match chars.next() {
            Some('\\') => chars
                .next()
                .is_some_and(|c| c.is_ascii_punctuation() && !matches!(c, '-' | '.' | '_')),
            Some(c) => c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'),
            None => false,
        };
        if !good {
            return rest.len() < inner.len() && (rest == "*" || rest.chars().all(|c| c == '?'));
        }
        rest = chars.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_schema_refuses_are_known() {
        let fits = |text: &str| fits(&text.parse::<Cpe>().expect("a name"));
        assert!(fits("cpe:2.3:o:device:monitor_firmware:4.2.1:*:*:*:*:*:*:*"));
        assert!(fits("cpe:2.3:h:device:a\\+b:-:*:*:en-us:*:*:*:*"));
        assert!(fits("cpe:2.3:a:v:p:??a\\\\*:*:*:*:*:*:*:*"));
        assert!(fits("cpe:2.3:a:v:p*:1.0\\?:*:*:*:*:*:*:*"));
        assert!(!fits("cpe:2.3:a:v:größe:1:*:*:*:*:*:*:*"));
        assert!(!fits("cpe:2.3:a:v:p:1:*:*:english:*:*:*:*"));
    }
}
