//! Coverage: which components the edition could not have spoken about. They are never shown as clean.

use crate::subject::{Identity, Subject, Way, target_software};
use aftercare_corpus::{Edition, table::Damage};
use aftercare_vocab::{
    cpe::Cpe,
    stated,
    verdict::{Confidence, NotCovered},
};

/// Below this many records an ecosystem's data are a sample, so that finding nothing says little.
///
/// Proposed defaults, set well below what the ecosystems' public advisory collections held in August
/// 2026 (from general knowledge, to be confirmed by the maker); `cpe` counts records filed by product,
/// `github`, `gitlab`, `bitbucket` and `git` those filed by repository. Small ecosystems have small
/// collections; kinds that are not named go by [`THIN_ELSEWHERE`].
pub const THIN_BELOW: &[(&str, u64)] = &[
    ("npm", 2_000),
    ("maven", 2_000),
    ("pypi", 1_500),
    ("composer", 1_500),
    ("golang", 1_000),
    ("cargo", 500),
    ("nuget", 300),
    ("gem", 400),
    ("deb/debian", 5_000),
    ("deb/ubuntu", 5_000),
    ("apk/alpine", 1_000),
    ("rpm/redhat", 1_000),
    ("rpm/rocky-linux", 500),
    ("rpm/almalinux", 500),
    ("rpm/suse", 1_000),
    ("rpm/opensuse", 1_000),
    ("rpm/openeuler", 1_000),
    ("rpm/azure-linux", 1_000),
    ("rpm/photon", 500),
    ("apk/wolfi", 1_000),
    ("apk/chainguard", 1_000),
    ("bitnami", 2_000),
    ("oss-fuzz", 1_000),
    ("hex", 20),
    ("swift", 20),
    ("githubactions", 20),
    ("hackage", 15),
    ("cran", 10),
    ("pub", 5),
    ("github", 1_000),
    ("gitlab", 1_000),
    ("bitbucket", 1_000),
    ("git", 1_000),
    ("cpe", 10_000),
];

/// The threshold of every kind that [`THIN_BELOW`] does not name: one record covers nothing.
pub const THIN_ELSEWHERE: u64 = 100;

/// How much an edition holds for a kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Nothing at all.
    None,
    /// Some records, fewer than a whole collection would have.
    Thin(u64),
    /// Enough that finding nothing means something.
    Covered(u64),
}

/// How much the edition holds for a kind of key (`npm`, `cpe`).
pub fn depth(edition: &Edition, kind: &str) -> Depth {
    let named = THIN_BELOW.iter().find(|(known, _)| *known == kind);
    let floor = named.map_or(THIN_ELSEWHERE, |(_, floor)| *floor);
    match edition.manifest().coverage.get(kind).copied().unwrap_or(0) {
        0 => Depth::None,
        count if count < floor => Depth::Thin(count),
        count => Depth::Covered(count),
    }
}

/// Sets aside the products by CPE of a language package whose ecosystem the edition covers, where they
/// only repeat the package's name: inventory tools guess such names, and the ecosystem's own data
/// decide. A product of another name is what the package carries (`openssl` in `openssl-wheel`), so it
/// stays as a question. Packages of distributions, and of ecosystems with thin data or none, keep all;
/// so does source code that is known by its repository, for which nobody publishes whole data.
pub fn set_guesses_aside(edition: &Edition, subject: &mut Subject<'_>) {
    let given = subject.identities.iter().filter(|identity| identity.way == Way::Given);
    let covered = given.filter_map(|identity| identity.package.as_ref()).find(|package| {
        !target_software(&package.kind).is_empty()
            && matches!(depth(edition, &package.kind), Depth::Covered(_))
    });
    let Some(name) = covered.map(|package| package.name.clone()) else { return };
    let is_guess = |cpe: &Cpe| stated::repeats_name(cpe, &name);
    subject.set_aside = subject.component.cpes.iter().filter(|cpe| is_guess(cpe)).collect();
    // with their other names
    subject.identities.retain(|identity| {
        let is_of_cpe = match identity.way {
            Way::Given => true,
            Way::Mapped => identity.confidence == Confidence::Possible,
            _ => false,
        };
        !is_of_cpe || identity.cpe.as_deref().is_none_or(|cpe| !is_guess(cpe))
    });
    for identity in &mut subject.identities {
        let is_hint = identity.confidence == Confidence::Possible;
        if is_hint && identity.cpe.as_deref().is_some_and(|cpe| !is_guess(cpe)) {
            identity.doubt = "The inventory states this product beside a package of another name; whether the package carries it in this version is not known."
                .into();
            identity.target_software = &[];
        }
    }
}

/// Why the component was not looked up, or only in thin data; `None` if it was.
pub fn gap(edition: &Edition, subject: &Subject<'_>) -> Result<Option<NotCovered>, Damage> {
    let mut thin: Option<(String, u64)> = None;
    let mut absent: Option<String> = None;
    let mut never_named: Option<&Identity<'_>> = None;
    let has_package = subject
        .identities
        .iter()
        .any(|identity| identity.way == Way::Given && identity.package.is_some());
    for identity in &subject.identities {
        let kind = identity.key.split(':').next().unwrap_or_default();
        match identity.way {
            // for a package, product names alone are no coverage
            Way::Given if has_package && identity.package.is_none() => continue,
            // nor are the other names of these
            Way::Mapped
                if has_package
                    && identity.package.is_none()
                    && identity.confidence == Confidence::Possible =>
            {
                continue;
            }
            // nor is a look-up by nothing but the component's name, by a part of it, or in suppliers'
            // documents alone
            Way::Named | Way::Supplied | Way::Shipped => continue,
            Way::Given | Way::Mapped => {}
        }
        match depth(edition, kind) {
            // a name that no record uses may be misspelt: finding nothing by it says nothing
            Depth::Covered(_)
                if identity.package.is_none()
                    && !edition.rules_of(&identity.key, |_| false, |_| {})? =>
            {
                never_named = Some(identity);
            }
            Depth::Covered(_) => return Ok(None),
            Depth::Thin(count) => thin = Some((kind.to_owned(), count)),
            Depth::None => absent = Some(kind.to_owned()),
        }
    }
    let shown =
        |kind: &str| if kind == "cpe" { "products by CPE".to_owned() } else { kind.to_owned() };
    let (code, why) = match (thin, absent) {
        (Some((kind, count)), _) => (
            "thin_data",
            format!(
                "The edition holds only {count} records for {}, so finding nothing says little. Import that collection whole.",
                shown(&kind)
            ),
        ),
        (None, Some(kind)) => (
            "ecosystem_without_data",
            format!(
                "The edition holds no data for {}. Import a source that covers it.",
                shown(&kind)
            ),
        ),
        (None, None) => match never_named {
            Some(identity) => (
                "product_never_named",
                format!(
                    "No record of the edition names the product {}: none may be known for it, or it is written otherwise.{}",
                    identity.key.trim_start_matches("cpe:"),
                    look_alikes(edition, subject)?
                ),
            ),
            None => without_identity(edition, subject)?,
        },
    };
    Ok(Some(NotCovered { code: code.to_owned(), why }))
}

/// How many products of the same name are named in the hint.
const HINTS: usize = 3;

fn without_identity(
    edition: &Edition,
    subject: &Subject<'_>,
) -> Result<(&'static str, String), Damage> {
    let component = subject.component;
    let mut why = if let Some((kind, text)) = component.other_identities.first() {
        let text = aftercare_vocab::problem::quoted(text);
        match kind.as_str() {
            "swid" => format!("Its SWID tag {text} stands in no source and no table of products."),
            _ => format!("Its {kind} {text} cannot be read."),
        }
    } else if let Some(purl) = subject.unusable_purls.first() {
        format!(
            "Package URLs of type `{}` name no ecosystem with vulnerability data, and there is no CPE.",
            purl.ty()
        )
    } else if let Some(cpe) = component.cpes.first() {
        let open = match (cpe.vendor().plain(), cpe.product().plain()) {
            (None, None) => "its vendor and product are",
            (None, _) => "its vendor is",
            _ => "its product is",
        };
        format!("Its CPE {cpe} names no one product: {open} left open.")
    } else {
        "It carries neither a package URL nor a CPE.".to_owned()
    };
    why += &look_alikes(edition, subject)?;
    Ok(("no_identity", why))
}

/// What the edition knows by the name of the component, or of the product that its CPE names, as a hint.
fn look_alikes(edition: &Edition, subject: &Subject<'_>) -> Result<String, Damage> {
    let component = subject.component;
    let products = component.cpes.iter().filter_map(|cpe| cpe.product().plain());
    let mut same_name: Vec<String> = Vec::new();
    for name in std::iter::once(component.name.to_lowercase().into()).chain(products) {
        for key in edition.keys_named(&name)? {
            // what suppliers' documents name in words is no identity that could be added
            if !key.starts_with("product:") && !same_name.contains(&key) {
                same_name.push(key);
            }
        }
    }
    if same_name.is_empty() {
        return Ok(" Add an identity, or watch its supplier's advisories by hand.".to_owned());
    }
    let shown: Vec<&str> = same_name.iter().take(HINTS).map(String::as_str).collect();
    Ok(format!(
        " The edition has records for the name: {}. If one of them is meant, add that identity.",
        shown.join(", ")
    ))
}
