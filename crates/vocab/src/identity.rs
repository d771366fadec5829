//! Identities of software products, each as one canonical key.
//!
//! A key begins with its kind, so that keys of all kinds can stand in one table: `cpe:vendor:product`,
//! `recipe:name`, `github:owner/repository`, `pkg:type/namespace/name`, `swid:...`, `hash:sha256:...`,
//! `supplier:vendor:name`, `name:...`. None of them holds a version: they name a product.

use crate::{cpe::Cpe, problem::deceives, purl::Purl};

/// Package types that carry source code of others and have no vulnerability data of their own: the
/// name alone says what is inside.
const SOURCE_TYPES: &[&str] =
    &["generic", "conan", "vcpkg", "yocto", "bitbake", "buildroot", "brew", "bazel", "xrepo"];

/// Longest text of an identity, in bytes.
pub const TEXT_LIMIT: usize = 500;

/// What an identity may be, for messages.
pub const KINDS: &str = "a package URL (pkg:...), a CPE name (cpe:2.3:... or cpe:vendor:product), recipe:NAME, \
                         github:OWNER/REPOSITORY, swid:TAG, hash:ALGORITHM:DIGEST, supplier:SUPPLIER:NAME or name:NAME";

/// The canonical key of an identity as somebody writes it. `None` if it is none of [`KINDS`]. A version
/// that it names, and all that follows the product, is left out.
pub fn read(text: &str) -> Option<String> {
    let text = text.trim();
    let is_named = text.starts_with("name:") || text.starts_with("supplier:");
    let is_odd = |c: char| c.is_control() || !is_named && deceives(c);
    if text.len() > TEXT_LIMIT || text.chars().any(is_odd) {
        return None;
    }
    if let Some(path) = text.strip_prefix("https://github.com/") {
        return of_repository(path);
    }
    if text.starts_with("pkg:") {
        let purl: Purl = text.parse().ok()?;
        let tag = (purl.ty() == "swid").then(|| purl.qualifier("tag_id")).flatten();
        return tag.map_or_else(|| Some(of_purl(&purl)), of_swid);
    }
    let (kind, rest) = text.split_once(':').filter(|(_, rest)| !rest.trim().is_empty())?;
    match kind {
        "cpe" if rest.starts_with("2.3:") || rest.starts_with('/') => {
            let cpe: Cpe = text.parse().ok()?;
            cpe.key().map(|key| format!("cpe:{key}"))
        }
        "cpe" => {
            let (vendor, product) = rest.split_once(':')?;
            let is_whole = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
            (is_whole(vendor) && is_whole(product) && !product.replace("\\:", "").contains(':'))
                .then(|| text.to_lowercase())
        }
        "recipe" => (!rest.contains(char::is_whitespace)).then(|| text.to_lowercase()),
        "github" => of_repository(rest),
        "swid" => of_swid(rest),
        "hash" => rest.split_once(':').and_then(|(of, digest)| of_hash(of, digest)),
        "supplier" => rest.split_once(':').and_then(|(supplier, name)| of_supplied(supplier, name)),
        "name" => of_name(rest),
        _ => None,
    }
}

/// `owner/repository`, as in an address.
fn of_repository(path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let (owner, name) = path.split_once('/')?;
    let is_plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    (is_plain(owner) && is_plain(name)).then(|| format!("github:{}", path.to_lowercase()))
}

/// The key of a package URL's product: a source repository, what a build system builds from others'
/// sources, else the package without version, qualifiers and subpath.
pub fn of_purl(purl: &Purl) -> String {
    let name = purl.name().to_lowercase();
    match (purl.ty(), purl.namespace()) {
        ("github", Some(owner)) => format!("github:{}/{name}", owner.to_lowercase()),
        ("git", Some("github.com" | "github")) => {
            format!("github:{}", name.trim_end_matches(".git"))
        }
        (ty, _) if SOURCE_TYPES.contains(&ty) => format!("recipe:{name}"),
        _ => {
            let whole = purl.to_string();
            let end = whole.find(['@', '?', '#']).unwrap_or(whole.len());
            whole[..end].to_owned()
        }
    }
}

/// The key of a name under which a supplier delivers, both as people write them. `None` if one is empty.
pub fn of_supplied(supplier: &str, name: &str) -> Option<String> {
    let (vendor, name) = (as_vendor(supplier), of_name(name)?);
    (!vendor.is_empty()).then(|| format!("supplier:{vendor}:{}", &name["name:".len()..]))
}

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

/// The key of a name as people write it: lower case, one space between words, without characters that
/// are not seen. `None` if it is empty.
pub fn of_name(name: &str) -> Option<String> {
    let seen: String = name.chars().filter(|c| !deceives(*c)).collect();
    let words: Vec<String> = seen.split_whitespace().map(str::to_lowercase).collect();
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
    fn an_identity_reads_as_people_write_it() {
        for (text, wanted) in [
            ("pkg:npm/%40angular/core@17.0.0?x=1#y", Some("pkg:npm/%40angular/core")),
            ("pkg:PyPI/Django_x", Some("pkg:pypi/django-x")),
            ("pkg:generic/LwIP@2.1.2", Some("recipe:lwip")),
            ("pkg:github/Mbed-TLS/mbedtls@v3", Some("github:mbed-tls/mbedtls")),
            ("https://github.com/lwip-tcpip/lwip.git", Some("github:lwip-tcpip/lwip")),
            ("https://github.com/lwip-tcpip", None),
            ("cpe:2.3:a:Acme:TCP_Stack:1.0:*:*:*:*:*:*:*", Some("cpe:acme:tcp_stack")),
            ("cpe:/o:windriver:vxworks", Some("cpe:windriver:vxworks")),
            ("cpe:Acme:stack", Some("cpe:acme:stack")),
            ("cpe:acme", None),
            ("cpe:acme:stack:1.0", None),
            ("cpe:2.3:a:*:*", None),
            ("pkg:swid/Acme/Stack@1?tag_id=Acme.Stack", Some("swid:Acme.Stack")),
            ("supplier:Acme, Inc.:TCP  Stack", Some("supplier:acme:tcp stack")),
            ("supplier:Acme", None),
            ("name: Mbed   TLS", Some("name:mbed tls")),
            ("name:", None),
            ("name:ac\u{200d}me \u{202e}tcp", Some("name:acme tcp")),
            ("recipe:ac\u{200d}me", None),
            ("Mbed TLS", None),
            ("recipe:two words", None),
            ("pkg:npm", None),
        ] {
            assert_eq!(read(text).as_deref(), wanted, "{text}");
            if let Some(key) = wanted {
                assert_eq!(read(key).as_deref(), Some(key), "a key reads as itself");
            }
        }
        assert_eq!(read(&format!("name:{}", "x".repeat(TEXT_LIMIT))), None);
    }

    #[test]
    fn a_supplier_is_written_as_a_vendor() {
        assert_eq!(as_vendor("Cesanta Software, Ltd."), "cesanta_software");
        assert_eq!(as_vendor("Wind River, Inc."), "wind_river");
        assert_eq!(as_vendor("Siemens AG"), "siemens");
    }
}
