//! What a component states of itself more than once, and whether it can be one thing: versions of the
//! inventory, its package URLs and its CPE names; packages; products that only repeat the package's name.
//!
//! Writing habits are no disagreement: an epoch, a leading `v` or `go`, a release or build suffix on one
//! side, `1.2` beside `1.2.0`, tags of repositories. A distribution's package legitimately has another
//! version than the upstream product that its CPE names, so the two are not compared.

use crate::{
    cpe::{Attribute, Cpe},
    inventory::Component,
    purl::Purl,
    version::{Scheme, compare, of_tag},
};

/// Types of package URLs whose version is a digest or a commit, or no version of the software.
const WITHOUT_VERSIONS: &[&str] = &["oci", "docker", "swid", "huggingface", "mlflow"];

/// Most versions of one component that are kept; who states more states none.
pub const MOST: usize = 16;

/// Most identities of a kind that are compared with each other.
const LOOKED_AT: usize = 64;

/// Types of distributions' packages.
const DISTRIBUTIONS: &[&str] = &["deb", "rpm", "apk", "alpm", "opkg", "ebuild"];

/// A version and the identity that states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The version as written.
    pub version: String,
    /// The same without the update that a CPE keeps beside it, where there is one.
    pub without_update: Option<String>,
    /// `the inventory`, `its package URL pkg:...`, `its CPE cpe:...`.
    pub by: String,
}

/// The versions that the component states and that cannot be the same, in the order of the document. One
/// or none: nothing speaks against another.
pub fn versions(component: &Component) -> Vec<Stated> {
    let mut found: Vec<Stated> = Vec::new();
    let mut state = |version: String, bare: Option<String>, by: &dyn Fn() -> String| {
        let plain = of_tag(&version);
        let is_one = compare(Scheme::Generic, &plain, &plain).is_ok();
        if is_one
            && found.len() <= MOST
            && found.iter().all(|known| cannot_be_one(&known.version, &version))
        {
            found.push(Stated { version, without_update: bare, by: by() });
        }
    };
    if let Some(version) = &component.version {
        state(version.to_owned(), None, &|| "the inventory".to_owned());
    }
    let first = component.purls.first();
    for purl in component.purls.iter().take(LOOKED_AT) {
        let same_name = first.is_some_and(|first| first.name().eq_ignore_ascii_case(purl.name()));
        if same_name
            && !WITHOUT_VERSIONS.contains(&purl.ty())
            && let Some(version) = purl.version()
        {
            state(version.to_owned(), None, &|| format!("its package URL {purl}"));
        }
    }
    if component.purls.iter().any(|purl| DISTRIBUTIONS.contains(&purl.ty())) {
        return found;
    }
    let names: Vec<String> = component.purls.iter().take(LOOKED_AT).map(full_name).collect();
    for cpe in component.cpes.iter().take(LOOKED_AT) {
        let about_it = names.is_empty() || names.iter().any(|name| repeats_name(cpe, name));
        let Some(version) = cpe.version().plain().filter(|_| about_it) else { continue };
        let with_update = match cpe.update() {
            Attribute::Value(update) => format!("{version}{update}"),
            _ => version.to_string(),
        };
        // the update may stand in the version or beside it
        let known = component.version.as_deref().map(bare);
        let whole = known.is_some_and(|known| {
            let rest = known.strip_prefix(&*version).map(|rest| rest.trim_start_matches('.'));
            rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        });
        let is_update = with_update.len() > version.len();
        if !(is_update && whole) {
            let bare = is_update.then(|| version.to_string());
            state(with_update, bare, &|| format!("its CPE {cpe}"));
        }
    }
    found
}

/// Two package URLs of one type that name different packages.
pub fn packages(component: &Component) -> Option<(&Purl, &Purl)> {
    let first = component.purls.first()?;
    let other = component.purls.iter().find(|purl| {
        purl.ty() == first.ty() && !full_name(purl).eq_ignore_ascii_case(&full_name(first))
    })?;
    Some((first, other))
}

fn full_name(purl: &Purl) -> String {
    purl.namespace().map_or_else(|| purl.name().to_owned(), |of| format!("{of}/{}", purl.name()))
}

/// Words that tools put before or behind a package's name when they guess a product's.
const LANGUAGES: &[&str] =
    &["python", "node", "nodejs", "ruby", "golang", "go", "php", "rust", "js"];

/// Whether the product only repeats the package's name or a part of its namespace (`log4j` of
/// `org.apache.logging.log4j:log4j-core`), as inventory tools guess it; a package that carries the
/// product of others has another name.
pub fn repeats_name(cpe: &Cpe, package: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let Some(product) = cpe.product().plain().map(|product| plain(&product)) else { return false };
    let without_language = LANGUAGES.iter().filter_map(|word| {
        product
            .strip_prefix(word)
            .or_else(|| product.strip_suffix(word))
            .filter(|of| !of.is_empty())
    });
    let guesses: Vec<&str> = std::iter::once(product.as_str()).chain(without_language).collect();
    let parts = package.split(['/', ':']);
    let mut names =
        std::iter::once(package).chain(parts.clone()).chain(parts.flat_map(|of| of.split('.')));
    names.any(|name| guesses.contains(&plain(name).as_str()))
}

/// Whether two versions cannot be the same, as they stand or as the tags that they may be.
pub fn cannot_be_one(a: &str, b: &str) -> bool {
    differ(a, b) && differ(&of_tag(a), &of_tag(b))
}

fn differ(a: &str, b: &str) -> bool {
    if compare(Scheme::Generic, a, b).is_ok_and(std::cmp::Ordering::is_eq) {
        return false;
    }
    let (a, b) = (bare(a), bare(b));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let suffixed = long.strip_prefix(short).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with(['-', '+', '~', '_']) && !is_early(rest)
    });
    // some writers join the epoch with a dash: 1-0.11.0-9.el8
    let epoch = long.strip_suffix(short).and_then(|rest| rest.strip_suffix('-'));
    let is_same = compare(Scheme::Generic, a, b).is_ok_and(std::cmp::Ordering::is_eq);
    !is_same && !suffixed && !epoch.is_some_and(|epoch| epoch.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a suffix marks what came before the version: a candidate, a beta.
fn is_early(suffix: &str) -> bool {
    const WORDS: &[&str] = &["rc", "alpha", "beta", "pre", "dev", "snapshot", "milestone"];
    let word = suffix.trim_start_matches(['-', '+', '~', '_', '.']);
    WORDS.iter().any(|early| {
        word.get(..early.len()).is_some_and(|head| head.eq_ignore_ascii_case(early))
            && !word[early.len()..].starts_with(|next: char| next.is_alphabetic())
    })
}

/// A version without epoch and without `go` or `v` before it.
fn bare(version: &str) -> &str {
    let version = match version.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit()) => {
            rest
        }
        _ => version,
    };
    let version = version.strip_prefix("go").unwrap_or(version);
    version.strip_prefix(['v', 'V']).unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(version: &str, identities: &[&str]) -> Component {
        let version = (!version.is_empty()).then(|| version.to_owned());
        let mut component = Component { version, ..Component::default() };
        for text in identities {
            match text.parse() {
                Ok(purl) => component.purls.push(purl),
                Err(_) => component.cpes.push(text.parse().expect("a package URL or CPE")),
            }
        }
        component
    }

    #[test]
    fn writing_habits_are_no_disagreement() {
        for (stated, version) in [
            ("1.2.3", "1.2.3"),
            ("1.2", "1.2.0"),
            ("1.12.20-8.el9", "1:1.12.20-8.el9"),
            ("1.20.12", "go1.20.12"),
            ("v1.2.3", "1.2.3"),
            ("1.2.3-4.el8", "1.2.3"),
            ("2023-02-25-498f6e26", "2023-02-25-498f6e26-1"),
            ("openssl-3.0.7", "3.0.7"),
            ("0.11.0-9.el8ap", "1-0.11.0-9.el8ap"),
        ] {
            assert!(!cannot_be_one(stated, version), "{stated} {version}");
        }
        for (stated, version) in
            [("0.0.0", "1"), ("1.2.3", "1.2.30"), ("4.2.4", "4.2.2"), ("1.1.1", "1.1.1k")]
        {
            assert!(cannot_be_one(stated, version), "{stated} {version}");
        }
    }

    #[test]
    fn versions_of_one_thing_are_compared_and_those_of_two_are_not() {
        let openssl = "cpe:2.3:a:openssl:openssl:3.9.0:*:*:*:*:*:*:*";
        for (version, identities, expected) in [
            ("1.1.1k", &[openssl][..], &["1.1.1k", "3.9.0"][..]),
            ("3.9.0", &["pkg:generic/openssl@1.1.1k", openssl], &["3.9.0", "1.1.1k"]),
            (
                "",
                &["pkg:github/openssl/openssl@openssl-1.1.1k", openssl],
                &["openssl-1.1.1k", "3.9.0"],
            ),
            ("3.9.0", &["pkg:github/openssl/openssl@openssl-3.9.0", openssl], &["3.9.0"]),
            ("2.2.0", &["pkg:pypi/django@5.2.0"], &["2.2.0", "5.2.0"]),
            ("1.0", &["pkg:pypi/openssl-wheel@1.0", openssl], &["1.0"]),
            ("3.0-1", &["pkg:deb/debian/openssl@3.0-1", openssl], &["3.0-1"]),
            ("1.0", &["pkg:oci/x@2.0"], &["1.0"]),
            ("latest", &["pkg:npm/x@2.0"], &["2.0"]),
            ("1.0.2k", &["cpe:2.3:a:openssl:openssl:1.0.2:k"], &["1.0.2k"]),
            ("2021.04-rc1", &["cpe:2.3:a:denx:u-boot:2021.04:rc1"], &["2021.04-rc1"]),
            ("1.0", &["cpe:2.3:a:v:p:-"], &["1.0"]),
        ] {
            let found = versions(&component(version, identities));
            let found: Vec<&str> = found.iter().map(|one| one.version.as_str()).collect();
            assert_eq!(found, expected, "{version} {identities:?}");
        }
    }

    #[test]
    fn packages_of_one_type_are_one_package() {
        for (identities, apart) in [
            (&["pkg:pypi/django@2", "pkg:pypi/requests@2"][..], true),
            (&["pkg:pypi/django@2", "pkg:pypi/Django"], false),
            (&["pkg:npm/x@2", "pkg:github/x/y@2"], false),
            (&["pkg:npm/x@2"], false),
        ] {
            assert_eq!(packages(&component("", identities)).is_some(), apart, "{identities:?}");
        }
    }

    #[test]
    fn a_guessed_product_repeats_the_packages_name() {
        for (product, package, guess) in [
            ("openssl:openssl", "openssl-wheel", false),
            ("sqlite:sqlite", "github.com/mattn/go-sqlite3", false),
            ("mattn:go-sqlite3", "github.com/mattn/go-sqlite3", true),
            ("lodash:lodash", "lodash", true),
            ("apache:log4j", "org.apache.logging.log4j:log4j-core", true),
            ("vmware:spring_framework", "org.springframework:spring-web", true),
            ("python-dateutil_project:python-dateutil", "dateutil", true),
            ("openssl:openssl", "openssl", true),
        ] {
            let cpe = format!("cpe:2.3:a:{product}:1").parse().expect("a name");
            assert_eq!(repeats_name(&cpe, package), guess, "{product} {package}");
        }
    }
}
