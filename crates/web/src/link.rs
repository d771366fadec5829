//! Addresses of pages. The only place that writes a path; text from outside is percent-encoded.

use aftercare_desk::answers::Target;
use aftercare_vocab::id::{ConsigneeId, ContactId, ProductId, SiteId, VersionId};
use std::fmt::Write as _;

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3), so that the text is
/// one path segment or one query value whatever it holds.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    // A segment of dots alone would be taken for a step up the path.
    match out.as_str() {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => out,
    }
}

/// A path with query values; empty values are left out.
pub fn with_query(path: &str, values: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut sign = '?';
    for (name, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(out, "{sign}{name}={}", encoded(value));
        sign = '&';
    }
    out
}

/// The ask page with a question.
pub fn ask(question: &str) -> String {
    with_query("/", &[("q", question)])
}

/// The product list.
pub fn products() -> String {
    "/products".to_owned()
}

/// One product within the product list.
pub fn product(id: ProductId) -> String {
    format!("/products#{id}")
}

/// A version page.
pub fn version(id: VersionId) -> String {
    format!("/versions/{id}")
}

/// One tab of a version page.
pub fn version_tab(id: VersionId, tab: &str) -> String {
    format!("/versions/{id}?tab={tab}")
}

/// Where an SBOM for a version is sent.
pub fn sboms(id: VersionId) -> String {
    format!("/versions/{id}/sboms")
}

/// A finding with its reasons.
pub fn finding(version: VersionId, component: u32, vulnerability: &str) -> String {
    format!("/versions/{version}/findings/{component}/{}", encoded(vulnerability))
}

/// A vulnerability and its reach.
pub fn vulnerability(id: &str) -> String {
    format!("/vulnerabilities/{}", encoded(id))
}

/// All places of a component.
pub fn components(query: &str) -> String {
    with_query("/components", &[("q", query)])
}

/// A site.
pub fn site(id: SiteId) -> String {
    format!("/sites/{id}")
}

/// A consignee.
pub fn consignee(id: ConsigneeId) -> String {
    format!("/consignees/{id}")
}

/// Where a new contact of a consignee is sent.
pub fn contacts(id: ConsigneeId) -> String {
    format!("/consignees/{id}/contacts")
}

/// Where a changed contact is sent.
pub fn contact(id: ContactId) -> String {
    format!("/contacts/{id}")
}

/// Where the erasure of a contact is sent.
pub fn erasure(id: ContactId) -> String {
    format!("/contacts/{id}/erasure")
}

/// The page of a target; none for a unit whose site is unknown.
pub fn target(target: &Target) -> Option<String> {
    Some(match target {
        Target::Vulnerability { id } => vulnerability(id),
        Target::Version { id } => version(*id),
        Target::Product { id } => product(*id),
        Target::Finding { version, component, vulnerability } => {
            finding(*version, *component, vulnerability)
        }
        Target::Components { query } => components(query),
        Target::Consignee { id } => consignee(*id),
        Target::Site { id } => site(*id),
        Target::Unit { id, site } => format!("/sites/{}#{id}", site.as_ref()?),
        Target::Products => products(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_one_segment() {
        let hostile = "../x?y#z&\"<é";
        assert_eq!(vulnerability(hostile), "/vulnerabilities/..%2Fx%3Fy%23z%26%22%3C%C3%A9");
        assert_eq!(vulnerability(".."), "/vulnerabilities/%2E%2E");
        assert_eq!(ask("pkg:npm/a@1"), "/?q=pkg%3Anpm%2Fa%401");
        assert_eq!(with_query("/p", &[("a", ""), ("b", "c d")]), "/p?b=c%20d");
    }
}
