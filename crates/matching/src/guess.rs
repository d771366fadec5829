//! Products that a component may be, by its name alone, where no source covers its own identity.
//!
//! A guess only raises the question: its confidence is [`Confidence::Possible`], so what it finds is
//! undetermined, and it never counts as looked up. Most products of a name are other things (`docker`
//! the gem is not Docker), so a guess asks for more than the name: for a package of a language, that
//! the record means that language's package (the CPE's target software); for a component without any
//! identity, that the product carries its vendor's name or the component's supplier.

use crate::{
    coverage::{self, Depth},
    mapping,
    subject::{Identity, Subject, Way, target_software},
};
use aftercare_corpus::{Edition, table::Damage};
use aftercare_vocab::{cpe::Cpe, identity, verdict::Confidence, version::Scheme};
use std::borrow::Cow;

/// Products of one name that a component is asked for, at most.
const MOST_NAMED: usize = 16;

/// Adds the products that the component may be.
pub fn add(edition: &Edition, subject: &mut Subject<'_>) -> Result<(), Damage> {
    let Some(asked) = asked(edition, subject) else { return Ok(()) };
    let component = subject.component;
    let supplier = component.supplier.as_deref().map(identity::as_vendor);
    let mut found = 0;
    for key in edition.keys_named(&asked.name)? {
        let Some((vendor, product)) = key.strip_prefix("cpe:").and_then(|of| of.split_once(':'))
        else {
            continue;
        };
        let own_name = asked.any_vendor
            || vendor == product
            || vendor.strip_suffix("_project") == Some(product)
            || supplier.as_deref() == Some(vendor);
        if asked.target_software.is_empty() && !own_name {
            continue;
        }
        found += 1;
        if found > MOST_NAMED {
            break;
        }
        let part = asked.part.unwrap_or_else(|| part_of(component.kind.as_deref()));
        let Ok(cpe) = format!("cpe:2.3:{part}:{vendor}:{product}").parse::<Cpe>() else { continue };
        subject.identities.push(Identity {
            text: format!("the name {}, as that of {key}", asked.name).into(),
            key,
            confidence: Confidence::Possible,
            doubt: "Only the name fits; no source covers the component by an identity of its own."
                .into(),
            package: None,
            cpe: Some(Cow::Owned(cpe)),
            version: asked.version.as_deref().map(Into::into),
            rivals: Vec::new(),
            scheme: Scheme::Generic,
            target_software: asked.target_software,
            asks_target: !asked.target_software.is_empty(),
            way: Way::Named,
        });
    }
    Ok(())
}

/// The part of a CPE name that a kind of component is: Alpine the system is not Alpine the mail program.
fn part_of(kind: Option<&str>) -> char {
    match kind {
        Some("operating-system") => 'o',
        Some("application" | "library" | "framework") => 'a',
        Some("device") => 'h',
        _ => '*',
    }
}

/// What is asked for.
struct Asked {
    name: String,
    version: Option<String>,
    target_software: &'static [&'static str],
    /// A CPE leaves the vendor open, so it may be any.
    any_vendor: bool,
    /// The part of that CPE.
    part: Option<char>,
}

/// `None` if the component is looked up by something better than its name.
fn asked(edition: &Edition, subject: &Subject<'_>) -> Option<Asked> {
    let component = subject.component;
    let unnamed = |name: &str, version: Option<&str>| Asked {
        name: name.trim().to_lowercase().replace(' ', "_"),
        version: version.map(mapping::version_of_tag),
        target_software: &[],
        any_vendor: false,
        part: None,
    };
    let Some(first) = subject.identities.first() else {
        let of_any_vendor = |cpe: &&Cpe| cpe.key().is_none() && cpe.product().plain().is_some();
        if let Some(cpe) = component.cpes.iter().find(of_any_vendor) {
            let product = cpe.product().plain().unwrap_or_default();
            let version = cpe.version().plain();
            let version = version.as_deref().or(component.version.as_deref());
            let part = cpe.as_str().chars().nth("cpe:2.3:".len());
            return Some(Asked { any_vendor: true, part, ..unnamed(&product, version) });
        }
        let purl = subject.unusable_purls.first();
        let name = purl.map_or(component.name.as_str(), |purl| purl.name());
        let version = purl.and_then(|purl| purl.version()).or(component.version.as_deref());
        return Some(unnamed(name, version));
    };
    let package = first.package.as_ref().filter(|_| first.way == Way::Given)?;
    let is_alone = subject.identities.iter().all(|identity| identity.package.is_some());
    let is_covered = matches!(coverage::depth(edition, &package.kind), Depth::Covered(_));
    let target_software = target_software(&package.kind);
    if package.is_distribution() || is_covered || !is_alone || target_software.is_empty() {
        return None;
    }
    let name = package.name.rsplit(['/', ':']).next().unwrap_or(&package.name);
    Some(Asked { target_software, ..unnamed(name, first.version.as_deref()) })
}
