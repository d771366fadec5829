//! Addresses (RFC 3986), as strict as the validators of the documents are.

/// Whether this is an absolute URI: a scheme and something after it, ASCII, nothing that needs an escape.
pub(crate) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme_is_good = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    scheme_is_good && !rest.is_empty() && characters_are_good(rest)
}

/// Whether this is an address of the web with a host.
pub(crate) fn is_web(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| has_host(text, scheme)) && is_uri(text)
}

/// The same, protected.
pub(crate) fn is_https(text: &str) -> bool {
    has_host(text, "https://") && is_uri(text)
}

fn has_host(text: &str, scheme: &str) -> bool {
    let Some(rest) = text.strip_prefix(scheme) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port),
        None => (authority, ""),
    };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    !host.is_empty() && host.chars().all(letters) && port.chars().all(|c| c.is_ascii_digit())
}

fn characters_are_good(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    rest.matches('#').count() <= 1
        && bytes.iter().enumerate().all(|(at, byte)| match byte {
            b'%' => hex(at + 1) && hex(at + 2),
            byte => byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(byte),
        })
}

/// A text as one part of a path or fragment.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in ["https://device.example", "http://a.b:8080/c?d=%20#e", "https://x/"] {
            assert!(is_web(good), "{good}");
        }
        for bad in [
            "device.example",
            "https://",
            "https:///x",
            "https://ex ample/",
            "https://x/ä",
            "https://x/{y}",
            "https://x/%zz",
            "https://x/#a#b",
            "mailto:a@b",
            "https://u@x/",
            "javascript:alert(1)",
            "https://x:a/",
        ] {
            assert!(!is_web(bad), "{bad}");
        }
        assert!(is_uri("mailto:psirt@device.example") && is_uri("urn:x:y"));
        assert!(!is_uri("1a:b") && !is_uri("x:") && !is_uri("x:\n"));
        assert!(is_uri(&format!("https://x/#{}", escaped("ver 1/ä"))));
    }
}
