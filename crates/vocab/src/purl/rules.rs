//! What each purl type demands of its parts, as one table, and the normal form that follows.
//!
//! Source: the type definitions of the purl registry. Two departures, both towards keeping a name
//! that real inventories carry: `golang` may lack its namespace (`pkg:golang/stdlib` names the Go
//! standard library) and keeps its case (the definition says both "case sensitive" and "lower case").

use super::{NotAPurl, Parts, Purl};
use std::collections::BTreeMap;

/// Whether a type has a namespace.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Namespace {
    Required,
    Optional,
    Prohibited,
}

/// How a part is written in canonical form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Kept,
    Lower,
    Upper,
}

/// One row: type, namespace rule, case of namespace, name and version.
struct Rule(&'static str, Namespace, Case, Case, Case);

use Case::{Kept, Lower, Upper};
use Namespace::{Optional, Prohibited, Required};

const RULES: &[Rule] = &[
    Rule("alpm", Required, Lower, Lower, Kept),
    Rule("apk", Required, Lower, Lower, Kept),
    Rule("bazel", Prohibited, Kept, Kept, Kept),
    Rule("bitbucket", Required, Lower, Lower, Kept),
    Rule("bitnami", Prohibited, Kept, Lower, Kept),
    Rule("brew", Optional, Lower, Lower, Kept),
    Rule("cargo", Prohibited, Kept, Kept, Kept),
    Rule("chrome-extension", Prohibited, Kept, Lower, Kept),
    Rule("cocoapods", Prohibited, Kept, Kept, Kept),
    Rule("composer", Required, Lower, Lower, Kept),
    Rule("conda", Prohibited, Kept, Kept, Kept),
    Rule("cpan", Optional, Upper, Kept, Kept),
    Rule("cran", Prohibited, Kept, Kept, Kept),
    Rule("deb", Required, Lower, Lower, Kept),
    Rule("gem", Prohibited, Kept, Kept, Kept),
    Rule("git", Required, Lower, Kept, Kept),
    Rule("github", Required, Lower, Lower, Kept),
    Rule("hackage", Prohibited, Kept, Kept, Kept),
    Rule("hex", Optional, Lower, Lower, Kept),
    Rule("huggingface", Required, Kept, Kept, Lower),
    Rule("julia", Prohibited, Kept, Kept, Kept),
    Rule("luarocks", Optional, Lower, Lower, Kept),
    Rule("maven", Required, Kept, Kept, Kept),
    Rule("mlflow", Prohibited, Kept, Kept, Kept),
    Rule("nuget", Prohibited, Kept, Kept, Kept),
    Rule("oci", Prohibited, Kept, Lower, Lower),
    Rule("opam", Prohibited, Kept, Kept, Kept),
    Rule("otp", Prohibited, Kept, Lower, Kept),
    Rule("pub", Prohibited, Kept, Lower, Kept),
    Rule("pypi", Prohibited, Kept, Lower, Lower),
    Rule("qpkg", Required, Lower, Kept, Kept),
    Rule("rpm", Required, Lower, Kept, Kept),
    Rule("swift", Required, Kept, Kept, Kept),
    Rule("vcpkg", Prohibited, Kept, Kept, Kept),
    Rule("vscode-extension", Required, Lower, Lower, Lower),
    Rule("yocto", Optional, Lower, Kept, Kept),
];

/// Every type not in the table (`generic`, `npm`, `golang`, `docker`, `conan`, unregistered ones).
const UNRULED: Rule = Rule("", Optional, Kept, Kept, Kept);

/// In the type `git` the namespace is the host and the name is the whole path on it.
pub(super) fn name_holds_a_path(ty: &str) -> bool {
    ty == "git"
}

/// Parts in canonical form.
struct Normal {
    ty: String,
    namespace: Option<String>,
    name: String,
    version: Option<String>,
    qualifiers: BTreeMap<String, String>,
    subpath: Option<String>,
}

/// The canonical package URL of decoded parts.
pub(super) fn normalised(parts: Parts) -> Result<Purl, NotAPurl> {
    let ty = checked_type(&parts.ty)?;
    let rule = RULES.iter().find(|rule| rule.0 == ty).unwrap_or(&UNRULED);
    let qualifiers = checked_qualifiers(parts.qualifiers)?;
    let mut namespace = parts.namespace.as_deref().and_then(joined_segments);
    let mut name = parts.name.trim_matches('/').to_owned();
    if name_holds_a_path(&ty) {
        (namespace, name) = host_and_path(namespace, name);
    }
    if name.is_empty() {
        return Err(NotAPurl::because("the name is missing"));
    }
    match (rule.1, &namespace) {
        (Required, None) => {
            return Err(NotAPurl::because(format!("type `{ty}` needs a namespace")));
        }
        (Prohibited, Some(given)) => {
            let why = format!("type `{ty}` has no namespace, but `{given}` is given");
            return Err(NotAPurl::because(why));
        }
        _ => {}
    }
    let namespace = namespace.map(|namespace| in_case(rule.2, namespace));
    let version = parts.version.filter(|version| !version.is_empty());
    let subpath = parts.subpath.as_deref().and_then(clean_subpath);
    let normal = of_its_type(Normal {
        name: in_case(rule.3, name),
        version: version.map(|version| in_case(rule.4, version)),
        ty,
        namespace,
        qualifiers,
        subpath,
    })?;
    let fixed = [
        &normal.ty,
        normal.namespace.as_deref().unwrap_or_default(),
        &normal.name,
        normal.version.as_deref().unwrap_or_default(),
        normal.subpath.as_deref().unwrap_or_default(),
    ];
    let qualifiers = normal.qualifiers.iter().flat_map(|(key, value)| [&**key, &**value]);
    Purl::packed(fixed.into_iter().chain(qualifiers))
}

/// The rules that only one type has.
fn of_its_type(mut purl: Normal) -> Result<Normal, NotAPurl> {
    match purl.ty.as_str() {
        "pypi" => purl.name = purl.name.replace('_', "-"),
        "pub" => {
            purl.name = purl
                .name
                .chars()
                .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '_' })
                .collect();
        }
        // only Databricks folds the case of model names
        "mlflow"
            if purl
                .qualifiers
                .get("repository_url")
                .is_some_and(|url| url.contains("databricks")) =>
        {
            purl.name = purl.name.to_lowercase();
        }
        // GitHub folds the case of its paths; other hosts need not
        "git" if matches!(purl.namespace.as_deref(), Some("github" | "github.com")) => {
            purl.name = purl.name.to_lowercase();
        }
        "otp" => purl.subpath = purl.subpath.map(|path| path.to_lowercase()),
        "cpan" if purl.name.contains("::") => {
            let why = format!("`{}` is a module, not a distribution name", purl.name);
            return Err(NotAPurl::because(why));
        }
        "julia" if !purl.qualifiers.contains_key("uuid") => {
            return Err(NotAPurl::because("type `julia` needs the qualifier `uuid`"));
        }
        "swid" if !purl.qualifiers.contains_key("tag_id") => {
            return Err(NotAPurl::because("type `swid` needs the qualifier `tag_id`"));
        }
        "chrome-extension" => check_chrome_extension(&purl)?,
        _ => {}
    }
    Ok(purl)
}

fn check_chrome_extension(purl: &Normal) -> Result<(), NotAPurl> {
    const ID_LENGTH: usize = 32;
    if purl.name.len() != ID_LENGTH || !purl.name.bytes().all(|b| matches!(b, b'a'..=b'p')) {
        return Err(NotAPurl::because("a Chrome extension is named by 32 letters from a to p"));
    }
    let numbers_only = |version: &str| {
        version.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
            && version.split('.').count() <= 4
    };
    match purl.version.as_deref() {
        Some(version) if !numbers_only(version) => {
            Err(NotAPurl::because("a Chrome extension version is one to four numbers"))
        }
        _ => Ok(()),
    }
}

fn checked_type(ty: &str) -> Result<String, NotAPurl> {
    if ty.is_empty() {
        return Err(NotAPurl::because("the type is missing"));
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+');
    if !ty.bytes().all(allowed) || !ty.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(NotAPurl::because(format!("`{ty}` is not a package type")));
    }
    Ok(ty.to_ascii_lowercase())
}

fn checked_qualifiers(given: Vec<(String, String)>) -> Result<BTreeMap<String, String>, NotAPurl> {
    let mut qualifiers = BTreeMap::new();
    for (key, value) in given {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        if !key.bytes().all(allowed) || !key.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(NotAPurl::because(format!("`{key}` is not a qualifier key")));
        }
        let key = key.to_ascii_lowercase();
        if value.is_empty() {
            continue;
        }
        if qualifiers.contains_key(&key) {
            return Err(NotAPurl::because(format!("qualifier `{key}` is given twice")));
        }
        qualifiers.insert(key, value);
    }
    Ok(qualifiers)
}

fn host_and_path(namespace: Option<String>, name: String) -> (Option<String>, String) {
    match namespace {
        Some(namespace) => match namespace.split_once('/') {
            Some((host, path)) => (Some(host.to_owned()), format!("{path}/{name}")),
            None => (Some(namespace), name),
        },
        None => (None, name),
    }
}

fn joined_segments(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    (!segments.is_empty()).then(|| segments.join("/"))
}

fn clean_subpath(path: &str) -> Option<String> {
    let segments: Vec<&str> =
        path.split('/').filter(|segment| !matches!(*segment, "" | "." | "..")).collect();
    (!segments.is_empty()).then(|| segments.join("/"))
}

fn in_case(case: Case, text: String) -> String {
    match case {
        Kept => text,
        Lower => text.to_lowercase(),
        Upper => text.to_uppercase(),
    }
}
