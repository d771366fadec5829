//! The subject of matching: a component with all identities by which it can be looked up.

use aftercare_vocab::{
    cpe::{Attribute, Cpe},
    ecosystem::PackageKey,
    inventory::Component,
    purl::Purl,
    verdict::Confidence,
    version::Scheme,
};

/// One way to look a component up.
#[derive(Debug, Clone)]
pub struct Identity<'a> {
    /// The corpus key: `npm:lodash`, `cpe:openssl:openssl`.
    pub key: String,
    /// As shown in explanations: the package URL or CPE.
    pub text: String,
    /// How sure a hit by it is.
    pub confidence: Confidence,
    /// Why a hit by it is only a question, where [`Confidence::Possible`].
    pub doubt: String,
    /// The package, for ecosystem look-ups.
    pub package: Option<PackageKey>,
    /// The CPE, for product look-ups.
    pub cpe: Option<&'a Cpe>,
    /// The version to compare; `None` if the inventory gives none.
    pub version: Option<String>,
    /// How versions are ordered, if the source's rule does not say otherwise.
    pub scheme: Scheme,
    /// Of a package in a language ecosystem: the values of a CPE's target software that mean it.
    pub target_software: &'static [&'static str],
}

/// A component with its identities.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The component.
    pub component: &'a Component,
    /// The ways to look it up, the surest first.
    pub identities: Vec<Identity<'a>>,
    /// The package URLs that name no package in an ecosystem with data of its own.
    pub unusable_purls: Vec<&'a Purl>,
}

/// CPE vendor:product names that stand for the same product in different sources.
const PRODUCT_ALIASES: &[(&str, &str)] = &[
    ("cpe:linux:linux_kernel", "cpe:linux:linux"),
    ("cpe:openssl:openssl", "cpe:openssl_project:openssl"),
    ("cpe:haxx:curl", "cpe:curl:curl"),
    ("cpe:haxx:libcurl", "cpe:haxx:curl"),
    ("cpe:busybox:busybox", "cpe:busybox_project:busybox"),
];

impl<'a> Subject<'a> {
    /// The identities of a component.
    pub fn of(component: &'a Component) -> Self {
        let mut identities: Vec<Identity<'a>> = Vec::new();
        let mut unusable_purls = Vec::new();
        for purl in &component.purls {
            match PackageKey::of_purl(purl) {
                Some(package) => packages(component, purl, &package, &mut identities),
                None => unusable_purls.push(purl),
            }
        }
        let package = identities.first().and_then(|identity| identity.package.clone());
        for cpe in &component.cpes {
            products(component, cpe, package.as_ref(), &mut identities);
        }
        identities.sort_by_key(|identity| identity.confidence);
        let mut seen = Vec::new();
        identities.retain(|identity| {
            let new = !seen.contains(&(identity.key.clone(), identity.version.clone()));
            seen.push((identity.key.clone(), identity.version.clone()));
            new
        });
        Self { component, identities, unusable_purls }
    }
}

/// A package under its own name, and under its source package's name in distributions that publish
/// by source.
fn packages<'a>(
    component: &'a Component,
    purl: &'a Purl,
    package: &PackageKey,
    into: &mut Vec<Identity<'a>>,
) {
    let mut version = purl.version().map(str::to_owned).or_else(|| component.version.clone());
    if package.kind.starts_with("rpm/")
        && let (Some(epoch), Some(plain)) = (purl.qualifier("epoch"), &version)
        && !plain.contains(':')
    {
        version = Some(format!("{epoch}:{plain}"));
    }
    let mut names = Vec::new();
    if package.is_distribution()
        && let Some(source) = &component.source_package
    {
        let (name, source_version) = match source.split_once('@') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (source.as_str(), None),
        };
        // A source RPM is named `openssl-1.1.1k-6.el8.src.rpm`.
        let name = name
            .strip_suffix(".src.rpm")
            .map_or(name, |rpm| rpm.rsplitn(3, '-').last().unwrap_or(rpm));
        names.push((name.to_lowercase(), source_version.or_else(|| version.clone())));
    }
    names.push((package.name.clone(), version));
    for (name, version) in names {
        let package = PackageKey { name, ..package.clone() };
        into.push(Identity {
            key: package.text(),
            text: purl.to_string(),
            confidence: Confidence::Exact,
            doubt: String::new(),
            scheme: package.scheme(),
            package: Some(package),
            cpe: None,
            version,
            target_software: &[],
        });
    }
}

/// A product by CPE. For packages of an ecosystem it is only a hint.
fn products<'a>(
    component: &'a Component,
    cpe: &'a Cpe,
    package: Option<&PackageKey>,
    into: &mut Vec<Identity<'a>>,
) {
    let Some(key) = cpe.key() else { return };
    let key = format!("cpe:{key}");
    let version = match (cpe.version(), cpe.update()) {
        (Attribute::Value(version), Attribute::Value(update)) if is_patch_letter(update) => {
            Some(format!("{version}{update}"))
        }
        (Attribute::Value(version), _) => Some(version.clone()),
        _ => component.version.clone(),
    };
    let upstream = match (package, &version) {
        (Some(package), Some(version)) => upstream_version(&package.kind, version),
        _ => None,
    };
    let (confidence, doubt) = match package {
        None => (Confidence::Cpe, String::new()),
        Some(package) if package.is_distribution() => {
            let compared = match (upstream, &version) {
                (Some(upstream), Some(version)) => {
                    format!(" Compared was {upstream}, the upstream part of {version}.")
                }
                _ => String::new(),
            };
            let why = "The range is the upstream project's; the distribution may have carried the repair back.";
            (Confidence::Possible, format!("{why}{compared}"))
        }
        Some(package) => (
            Confidence::Possible,
            format!(
                "The product has the package's name, but the {} ecosystem's own data do not say so.",
                package.kind
            ),
        ),
    };
    let version = upstream.map(str::to_owned).or(version);
    let target_software = package.map_or(&[][..], |package| target_software(&package.kind));
    let scheme = if key.ends_with(":openssl") { Scheme::Openssl } else { Scheme::Generic };
    let mut keys = vec![key.clone()];
    for (one, other) in PRODUCT_ALIASES {
        if *one == key {
            keys.push((*other).to_owned());
        } else if *other == key {
            keys.push((*one).to_owned());
        }
    }
    for key in keys {
        into.push(Identity {
            key,
            text: cpe.to_string(),
            confidence,
            doubt: doubt.clone(),
            package: None,
            cpe: Some(cpe),
            version: version.clone(),
            scheme,
            target_software,
        });
    }
}

/// What a distribution's version says of the upstream project's: without epoch, package revision and
/// the marks of repackaged sources. `None` if it is the whole version, or no distribution's.
///
/// Debian policy 5.6.12 (`[epoch:]upstream[-revision]`), RPM (`[epoch:]version-release`), apk
/// (`version-rN`).
pub fn upstream_version<'a>(kind: &str, version: &'a str) -> Option<&'a str> {
    let (ty, _) = kind.split_once('/')?;
    let after_epoch = match version.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => version,
    };
    let plain = match (ty, after_epoch.rsplit_once('-')) {
        ("apk", Some((plain, revision))) => match revision.strip_prefix('r') {
            Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => plain,
            _ => after_epoch,
        },
        ("deb" | "rpm", Some((plain, _))) => plain,
        _ => after_epoch,
    };
    let repackaged = ["+dfsg", "~dfsg", ".dfsg", "+ds", "~ds", "+repack"];
    let end = repackaged.iter().filter(|_| ty == "deb").filter_map(|mark| plain.find(mark)).min();
    let plain = end.map_or(plain, |end| &plain[..end]);
    // `2.0+really1.9` is 1.9
    let plain = plain.split_once("+really").map_or(plain, |(_, real)| real);
    (plain != version && !plain.is_empty()).then_some(plain)
}

/// `1.0.2` with update `k` is version 1.0.2k.
fn is_patch_letter(update: &str) -> bool {
    !update.is_empty() && update.len() <= 2 && update.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The values of a CPE's target software that mean packages of an ecosystem.
const fn target_software(kind: &str) -> &'static [&'static str] {
    match kind.as_bytes() {
        b"npm" => &["node.js", "nodejs", "node"],
        b"pypi" => &["python", "pypi"],
        b"gem" => &["ruby", "rails", "ruby_on_rails"],
        b"maven" => &["java", "maven"],
        b"cargo" => &["rust"],
        b"golang" => &["go", "golang"],
        b"nuget" => &[".net", "asp.net", "nuget"],
        b"composer" => &["php", "composer"],
        _ => &[],
    }
}
