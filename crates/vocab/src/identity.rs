//! Identities other than package URLs and CPE names, each as one canonical key.
//!
//! A key begins with its kind, so that keys of all kinds can stand in one table: `swid:...`,
//! `hash:sha256:...`, `name:...`.

/// Lengths of the digests in hexadecimal digits: the algorithms of CycloneDX 1.7 and SPDX 2.3 by their
/// plain names.
const ALGORITHMS: &[(&str, usize)] = &[
    ("md5", 32),
    ("sha1", 40),
    ("sha224", 56),
    ("sha256", 64),
    ("sha384", 96),
    ("sha512", 128),
    ("sha3256", 64),
    ("sha3384", 96),
    ("sha3512", 128),
    ("blake2b256", 64),
    ("blake2b384", 96),
    ("blake2b512", 128),
    ("blake3", 64),
];

/// The key of a SWID tag (ISO/IEC 19770-2, `tagId`). A GUID is the same with and without braces and in
/// any case; any other tag id is compared as written. `None` if it is empty.
pub fn of_swid(tag_id: &str) -> Option<String> {
    let tag_id = tag_id.trim();
    let bare = tag_id.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(tag_id);
    let is_guid = bare.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && bare.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    let canonical = if is_guid { bare.to_ascii_lowercase() } else { tag_id.to_owned() };
    (!canonical.is_empty()).then(|| format!("swid:{canonical}"))
}

/// The key of a file's digest: the algorithm in any spelling (`SHA-256`, `sha256`), the digest in
/// hexadecimal. `None` if the algorithm is not known or the digest has not its length.
pub fn of_hash(algorithm: &str, digest: &str) -> Option<String> {
    let plain: String = algorithm
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let (name, length) = ALGORITHMS.iter().find(|(known, _)| *known == plain)?;
    let digest = digest.trim();
    let is_whole = digest.len() == *length && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole.then(|| format!("hash:{name}:{}", digest.to_ascii_lowercase()))
}

/// The key of a name as people write it: lower case, one space between words. `None` if it is empty.
pub fn of_name(name: &str) -> Option<String> {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    (!words.is_empty()).then(|| format!("name:{}", words.join(" ")))
}

/// A supplier as CPE names write a vendor: `Wind River, Inc.` is `wind_river`.
pub fn as_vendor(supplier: &str) -> String {
    const FORMS: [&str; 12] = [
        "inc",
        "inc.",
        "ltd",
        "ltd.",
        "gmbh",
        "llc",
        "corp.",
        "corporation",
        "co.",
        "ag",
        "s.a.",
        "b.v.",
    ];
    let lower = supplier.to_lowercase().replace(',', " ");
    let words: Vec<&str> = lower.split_whitespace().filter(|word| !FORMS.contains(word)).collect();
    words.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_one_canonical_form() {
        let guid = "swid:75b8c285-fa7b-485b-b199-4745e3004d0d";
        for (key, wanted) in [
            (of_swid("75B8C285-FA7B-485B-B199-4745E3004D0D"), Some(guid)),
            (of_swid("{75b8c285-fa7b-485b-b199-4745e3004d0d}"), Some(guid)),
            (of_swid(" Example.com+Pump-1.0 "), Some("swid:Example.com+Pump-1.0")),
            (of_swid("  "), None),
            (
                of_hash("MD5", "D41D8CD98F00B204E9800998ECF8427E"),
                Some("hash:md5:d41d8cd98f00b204e9800998ecf8427e"),
            ),
            (of_hash("SHA-1", "d41d8cd98f00b204e9800998ecf8427e"), None),
            (of_hash("crc32", "00000000"), None),
            (of_hash("md5", "zz1d8cd98f00b204e9800998ecf8427e"), None),
            (of_name("  Mbed   TLS "), Some("name:mbed tls")),
            (of_name(""), None),
        ] {
            assert_eq!(key.as_deref(), wanted);
        }
    }

    #[test]
    fn a_supplier_is_written_as_a_vendor() {
        assert_eq!(as_vendor("Cesanta Software, Ltd."), "cesanta_software");
        assert_eq!(as_vendor("Wind River, Inc."), "wind_river");
        assert_eq!(as_vendor("Siemens AG"), "siemens");
    }
}
