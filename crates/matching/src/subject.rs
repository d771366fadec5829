//! The subject of matching: a component with all identities by which it can be looked up.

use crate::mapping::{self, Mappings, Other};
use aftercare_vocab::{
    cpe::{Attribute, Cpe},
    ecosystem::PackageKey,
    identity,
    inventory::Component,
    purl::Purl,
    shared::Shared,
    stated::{self, Stated},
    verdict::Confidence,
    version::Scheme,
};
use std::{borrow::Cow, collections::HashSet};

/// One way to look a component up.
#[derive(Debug, Clone)]
pub struct Identity<'a> {
    /// The corpus key: `npm:lodash`, `cpe:openssl:openssl`.
    pub key: String,
    /// As shown in explanations: the package URL or CPE.
    pub text: Shared<str>,
    /// How sure a hit by it is.
    pub confidence: Confidence,
    /// Why a hit by it is only a question, where [`Confidence::Possible`].
    pub doubt: Shared<str>,
    /// The package, for ecosystem look-ups.
    pub package: Option<PackageKey>,
    /// The CPE, for product look-ups.
    pub cpe: Option<Cow<'a, Cpe>>,
    /// The version to compare; `None` if the inventory gives none.
    pub version: Option<Shared<str>>,
    /// Other versions that the inventory states of the same thing.
    pub rivals: Vec<String>,
    /// How versions are ordered, if the source's rule does not say otherwise.
    pub scheme: Scheme,
    /// Of a package in a language ecosystem: the values of a CPE's target software that mean it.
    pub target_software: &'static [&'static str],
    /// Only a criterion that states one of these means the component.
    pub asks_target: bool,
    /// How the component came by it.
    pub way: Way,
}

impl Identity<'_> {
    /// The same thing in another version.
    #[must_use]
    pub fn with_version(&self, version: &str) -> Self {
        Self { version: Some(version.into()), rivals: Vec::new(), ..self.clone() }
    }
}

/// How a component came by an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The inventory states it.
    Given,
    /// A table knows it as another name of an identity that the inventory states.
    Mapped,
    /// Only suppliers' documents file products under it.
    Supplied,
    /// It is a part that the maker of this operating system ships with it.
    Shipped,
    /// A table knows it by the component's name, as the inventory states no identity.
    Named,
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
    /// Words for parts that lie beside the product and need not be in it.
    pub parts: Vec<String>,
    /// The CPE names that were set aside as guesses from the package's name.
    pub set_aside: Vec<&'a Cpe>,
}

impl<'a> Subject<'a> {
    /// The identities of a component, those of the curated table with them.
    pub fn of(component: &'a Component) -> Self {
        Self::mapped(component, Mappings::built_in())
    }

    /// The identities of a component, given ones and those that the table knows for them.
    pub fn mapped(component: &'a Component, table: &Mappings) -> Self {
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
        identities.extend(component.purls.iter().filter_map(|purl| repository(component, purl)));
        let parts = parts_of(component, table, &identities);
        add_mapped(component, table, &mut identities);
        identities.sort_by_key(|identity| (identity.confidence, identity.way));
        let mut seen = Vec::new();
        identities.retain(|identity| {
            let new = !seen.contains(&(identity.key.clone(), identity.version.clone()));
            seen.push((identity.key.clone(), identity.version.clone()));
            new
        });
        Self { component, identities, unusable_purls, parts, set_aside: Vec::new() }
    }
}

impl<'a> Subject<'a> {
    /// Notes for each identity which other versions the inventory states of the same thing: of the same
    /// product, or of the component as a whole.
    pub fn note_rivals(&mut self) {
        let stated = stated::versions(self.component);
        let by_key: Vec<(String, Option<Shared<str>>)> = self
            .identities
            .iter()
            .map(|identity| (identity.key.clone(), identity.version.clone()))
            .collect();
        for identity in &mut self.identities {
            let Some(own) = &identity.version else { continue };
            let is_other = |other: &str| stated::cannot_be_one(own, other);
            let mut rivals: Vec<String> = Vec::new();
            let is_own = |one: &Stated| {
                let same = |version: &String| !is_other(version);
                same(&one.version) || one.without_update.as_ref().is_some_and(same)
            };
            if stated.iter().any(is_own) {
                for one in stated.iter().filter(|one| !is_own(one)) {
                    rivals.push(match identity.package {
                        Some(_) => one.version.clone(),
                        None => mapping::version_of_tag(&one.version),
                    });
                }
            }
            let same = by_key.iter().filter(|(key, _)| *key == identity.key);
            for version in same.filter_map(|(_, version)| version.as_ref()) {
                if rivals.len() > stated::MOST {
                    break;
                }
                if is_other(version) && !rivals.iter().any(|rival| **rival == **version) {
                    rivals.push(version.to_string());
                }
            }
            if rivals.len() > stated::MOST {
                // so many versions are none
                identity.version = None;
                identity.rivals.clear();
            } else {
                identity.rivals = rivals;
            }
        }
        let mut unversioned = HashSet::new();
        self.identities.retain(|one| one.version.is_some() || unversioned.insert(one.key.clone()));
    }

    /// The identities, the surest first; those that a table knows for one product stand together, as
    /// none of them is surer than another.
    pub fn tiers(&self) -> impl Iterator<Item = &[Identity<'a>]> {
        self.identities.chunk_by(|one, next| {
            one.way == Way::Mapped && next.way == Way::Mapped && one.confidence == next.confidence
        })
    }
}

/// What the table knows to lie beside the product that the component is.
fn parts_of(component: &Component, table: &Mappings, given: &[Identity<'_>]) -> Vec<String> {
    let mut keys: Vec<String> = given.iter().map(|identity| identity.key.clone()).collect();
    keys.extend(mapping::identities_of(component, table).into_iter().map(|given| given.identity));
    keys.extend(mapping::names_of(component));
    let own = keys.iter().flat_map(|key| table.of(key)).filter(|known| known.is_own());
    let own: Vec<String> =
        own.flat_map(|known| &known.names).map(|name| name.identity.clone()).collect();
    keys.extend(own);
    let known = keys.iter().flat_map(|key| table.of(key).flat_map(move |known| known.parts(key)));
    known.map(str::to_owned).collect()
}

/// What the table knows the component as, beside its own identities; by its name alone if it has none.
fn add_mapped<'a>(component: &'a Component, table: &Mappings, into: &mut Vec<Identity<'a>>) {
    let mut found = Vec::new();
    for given in into.iter().filter(|identity| identity.cpe.is_some()) {
        for other in table.others(&given.key, &given.text) {
            if other.name.identity.starts_with("cpe:") {
                found.push(Identity {
                    key: other.name.identity.clone(),
                    text: other.shown.into(),
                    scheme: scheme_of_product(&other.name.identity),
                    way: Way::Mapped,
                    ..given.clone()
                });
            } else if other.is_own {
                let sure = (given.confidence, &*given.doubt, Way::Mapped);
                found.extend(identity_of_name(
                    other,
                    given.version.as_deref().map(str::to_owned),
                    sure,
                ));
            }
        }
    }
    for given in mapping::identities_of(component, table) {
        let version = given.version.or(component.version.as_deref());
        let upstream = given.distribution.as_ref().zip(version).map(|(package, version)| {
            upstream_version(&package.kind, version).unwrap_or(version).to_owned()
        });
        let (version, sure) = match upstream {
            Some(version) => (Some(version), (Confidence::Possible, CARRIED_BACK, Way::Mapped)),
            None => (version.map(mapping::version_of_tag), (Confidence::Name, "", Way::Mapped)),
        };
        for other in table.others(&given.identity, &given.shown) {
            found.extend(identity_of_name(other, version.clone(), sure));
        }
    }
    for given in mapping::names_of(component) {
        let version = component.version.as_deref().map(mapping::version_of_tag);
        for other in table.others(&given, &format!("the name {}", component.name)) {
            let sure = if other.is_own {
                (Confidence::Name, "", Way::Mapped)
            } else {
                let doubt =
                    "The inventory gives a name and no identity; other products may have the name.";
                (Confidence::Possible, doubt, Way::Named)
            };
            found.extend(identity_of_name(other, version.clone(), sure));
        }
    }
    into.extend(found);
}

/// Why an upstream range decides nothing about a distribution's package.
const CARRIED_BACK: &str =
    "The range is the upstream project's; the distribution may have carried the repair back.";

/// The identity behind a name of the table; `None` for names under which no source files anything, and
/// for packages of distributions, whose versions are nobody else's.
fn identity_of_name<'a>(
    other: Other<'_>,
    version: Option<String>,
    (confidence, doubt, way): (Confidence, &str, Way),
) -> Option<Identity<'a>> {
    let key = other.name.identity.clone();
    let (package, cpe, scheme) = if let Some(product) = key.strip_prefix("cpe:") {
        let cpe: Cpe = format!("cpe:2.3:*:{product}").parse().ok()?;
        (None, Some(Cow::Owned(cpe)), scheme_of_product(&key))
    } else if let Some(repository) = key.strip_prefix("github:") {
        let package =
            PackageKey { kind: "github".to_owned(), name: repository.to_owned(), release: None };
        let scheme = package.scheme();
        (Some(package), None, scheme)
    } else {
        let purl: Purl = key.parse().ok()?;
        let package = PackageKey::of_purl(&purl).filter(|package| !package.is_distribution())?;
        let scheme = package.scheme();
        (Some(package), None, scheme)
    };
    Some(Identity {
        key: package.as_ref().map_or(key, PackageKey::text),
        text: other.shown.into(),
        confidence,
        doubt: doubt.into(),
        package,
        cpe,
        version: version.map(Shared::from),
        rivals: Vec::new(),
        scheme,
        target_software: &[],
        asks_target: false,
        way,
    })
}

/// OpenSSL counts its versions in letters; of other products nothing is known.
fn scheme_of_product(key: &str) -> Scheme {
    if key.ends_with(":openssl") { Scheme::Openssl } else { Scheme::Generic }
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
    let text: Shared<str> = purl.to_string().into();
    for (name, version) in names {
        let package = PackageKey { name, ..package.clone() };
        into.push(Identity {
            key: package.text(),
            text: text.clone(),
            confidence: Confidence::Exact,
            doubt: Shared::default(),
            scheme: package.scheme(),
            package: Some(package),
            cpe: None,
            version: version.map(Shared::from),
            rivals: Vec::new(),
            target_software: &[],
            asks_target: false,
            way: Way::Given,
        });
    }
}

/// The repository in the qualifier `vcs_url`. For source code it is what the component is; for a package of
/// an ecosystem with data of its own a hint; for a distribution's package nothing, as that is where it is
/// packaged.
fn repository<'a>(component: &Component, purl: &Purl) -> Option<Identity<'a>> {
    let (package, revision) = PackageKey::of_vcs_url(purl)?;
    let given = PackageKey::of_purl(purl);
    if given.as_ref().is_some_and(|given| given.is_distribution() || given.kind == package.kind) {
        return None;
    }
    let version = purl.version().or(component.version.as_deref()).or(revision);
    let known = given.filter(|_| identity::of_purl(purl).starts_with("pkg:"));
    let (confidence, way, doubt) = match known {
        None => (Confidence::Exact, Way::Mapped, String::new()),
        Some(given) => {
            let why = format!(
                "The record speaks of the repository; the {} ecosystem's own data do not say so.",
                given.kind
            );
            (Confidence::Possible, Way::Named, why)
        }
    };
    Some(Identity {
        key: package.text(),
        text: purl.to_string().into(),
        confidence,
        doubt: doubt.into(),
        scheme: package.scheme(),
        package: Some(package),
        cpe: None,
        version: version.map(Shared::from),
        rivals: Vec::new(),
        target_software: &[],
        asks_target: false,
        way,
    })
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
            (Confidence::Possible, format!("{CARRIED_BACK}{compared}"))
        }
        Some(package) => (
            Confidence::Possible,
            format!(
                "The product has the package's name, but the {} ecosystem's own data do not say so.",
                package.kind
            ),
        ),
    };
    let version = upstream.map(str::to_owned).or(version).map(Shared::from);
    let target_software = package.map_or(&[][..], |package| target_software(&package.kind));
    into.push(Identity {
        scheme: scheme_of_product(&key),
        key,
        text: cpe.to_string().into(),
        confidence,
        doubt: doubt.into(),
        package: None,
        cpe: Some(Cow::Borrowed(cpe)),
        version,
        rivals: Vec::new(),
        target_software,
        asks_target: false,
        way: Way::Given,
    });
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
pub(crate) const fn target_software(kind: &str) -> &'static [&'static str] {
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
