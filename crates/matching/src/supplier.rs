//! Suppliers' statements (CSAF, OpenVEX, VEX in CycloneDX): what a document says of the product and the
//! version that it names, and of no other.
//!
//! The rules, dated, stand in `docs/engine.md`, "What a supplier says".

use crate::{
    Context,
    osv::is_unordered,
    outcome::{Outcome, SaidBy},
    subject::{Identity, Subject, Way},
};
use aftercare_corpus::{Edition, table::Damage};
use aftercare_formats::feed::{
    Source,
    supplier::{Stated, SupplierRule, Versions, Within, bom_key, named_key, plain_name, purl_key},
};
use aftercare_vocab::{
    cpe::{Attribute, Cpe, Part},
    identity,
    inventory::Component,
    purl::Purl,
    release::{self, Relation},
    shared::Shared,
    verdict::{Answer, Confidence},
    version::{Scheme, Wildcard, compare, place, range::Range},
};
use std::cmp::Ordering;

/// Products of other vendors that are asked about for a component's bare name, at most.
const NAMED_PRODUCTS: usize = 8;

/// Whether the edition holds any supplier's document.
pub fn is_in(edition: &Edition) -> bool {
    let records = &edition.manifest().records;
    [Source::Csaf, Source::Openvex, Source::Cyclonedx]
        .iter()
        .any(|source| records.contains_key(source.code()))
}

/// Adds the identities under which suppliers' documents alone file products: package URLs of no
/// ecosystem, digests, the component's own reference, supplier and name.
pub fn add(
    edition: &Edition,
    serial: Option<&str>,
    subject: &mut Subject<'_>,
) -> Result<(), Damage> {
    let component = subject.component;
    let supplied = |key: String, text: String, version: Option<&str>, confidence| Identity {
        key,
        text: text.into(),
        confidence,
        doubt: Shared::default(),
        package: None,
        cpe: None,
        version: version.or(component.version.as_deref()).map(Shared::from),
        rivals: Vec::new(),
        scheme: Scheme::Generic,
        target_software: &[],
        asks_target: false,
        way: Way::Supplied,
    };
    let exact = Confidence::Exact;
    let mut found: Vec<Identity<'_>> = Vec::new();
    for purl in &subject.unusable_purls {
        let identity = supplied(purl_key(purl), purl.to_string(), purl.version(), exact);
        found.push(Identity { scheme: Scheme::of_purl_type(purl.ty()), ..identity });
    }
    for (algorithm, digest) in &component.hashes {
        let text = format!("the {algorithm} digest {digest}");
        let key = identity::of_hash(algorithm, digest);
        found.extend(key.map(|key| supplied(key, text, None, exact)));
    }
    if let Some(key) = serial.and_then(|serial| bom_key(serial, &component.reference)) {
        let text = format!("the reference {} of this document", component.reference);
        found.push(supplied(key, text, None, exact));
    }
    let mut given = subject.identities.iter().filter(|identity| identity.way == Way::Given);
    if given.all(|identity| identity.package.is_none()) {
        let supplier = component.supplier.as_deref();
        let own = supplier.and_then(|supplier| named_key(supplier, &component.name));
        if let (Some(key), Some(supplier)) = (&own, supplier) {
            let text = format!("the name {} of {supplier}", component.name);
            found.push(supplied(key.clone(), text, None, Confidence::Name));
        }
        if component.purls.is_empty() && component.cpes.is_empty() {
            let keys = edition.keys_named(&plain_name(&component.name))?;
            let others = keys
                .into_iter()
                .filter(|key| key.starts_with("product:") && own.as_ref() != Some(key));
            for key in others.take(NAMED_PRODUCTS) {
                let text = format!("the name {}, as that of {key}", component.name);
                found.push(Identity {
                    doubt: "Only the name fits: the inventory does not say that the component is this supplier's."
                        .into(),
                    way: Way::Named,
                    ..supplied(key, text, None, Confidence::Possible)
                });
            }
        }
    }
    subject.identities.extend(found);
    subject.identities.sort_by_key(|identity| (identity.confidence, identity.way));
    Ok(())
}

/// Whether the statement's versions hold the component's.
enum Held {
    Yes,
    /// Yes, and it names this very version (or the very file).
    Exactly,
    No,
    /// The statement names no version.
    Unstated,
    Unknown(&'static str, String),
}

/// What the statement says about the identity; `None` if it speaks of something else.
pub fn evaluate(
    rule: &SupplierRule<'_>,
    identity: &Identity<'_>,
    context: &Context<'_>,
) -> Option<Outcome> {
    let mut unknown: Vec<String> = Vec::new();
    if let Some(stated) = rule.release.as_deref() {
        let package = identity.package.as_ref();
        let own = package.and_then(|package| Some((&package.kind, package.release.as_deref()?)));
        match own.map_or(Relation::Unclear, |(kind, own)| release::relation(kind, stated, own)) {
            Relation::Other => return None,
            Relation::Same => {}
            Relation::Unclear => unknown.push(format!("release {stated}")),
        }
    }
    if let (Some(stated), Some(named)) = (&rule.cpe, &identity.cpe)
        && let Ok(stated) = stated.parse::<Cpe>()
        && !names_agree(&stated, named, &mut unknown)
    {
        return None;
    }
    if let Some(within) = &rule.within {
        match is_within(within, context) {
            Some(true) => {}
            Some(false) => return None,
            None => unknown.push(format!("{}, which the inventory does not name", within.name)),
        }
    }
    let limits: Vec<&str> =
        rule.limits.iter().filter(|limit| !is_met(limit, identity)).map(String::as_str).collect();
    let held = holds(&rule.versions, identity);
    let is_possible = identity.confidence == Confidence::Possible;
    if is_possible && (rule.stated.clears() || matches!(held, Held::No)) {
        return None; // a hint raises a question where it fits, and clears nothing
    }
    let says = |answer, code| {
        let mut outcome =
            Outcome::new(answer, code, words(rule), rule.place.clone(), identity.scheme.name());
        outcome.context_free = rule.within.is_none() && !identity.key.starts_with("bom:");
        outcome.said_by = Some(Box::new(SaidBy {
            makers: rule.makers.clone(),
            is_decisive: false,
            by_inventory: false,
        }));
        outcome
    };
    // What leaves the matter open gives way to a source that does not.
    let open = |code, note: String| {
        let outcome = says(Answer::Undetermined, code).noting(note);
        Some(Outcome { left_open: true, ..outcome })
    };
    let clears = rule.stated.clears();
    match &held {
        Held::No => {
            return open("status_not_stated", "The document speaks of other versions.".into());
        }
        Held::Unknown(code, note) if clears => return open(code, note.clone()),
        Held::Unknown(code, note) => {
            return Some(says(Answer::Undetermined, code).noting(note.clone()));
        }
        Held::Unstated if rule.stated.accuses() => {
            let note = "The document names the product but no version.";
            return Some(says(Answer::Undetermined, "no_versions_stated").noting(note));
        }
        Held::Unstated if clears => {
            let note = "It clears no version by name, so it clears none.";
            return open("no_versions_stated", note.into());
        }
        Held::Yes | Held::Exactly | Held::Unstated => {}
    }
    let unknown = (!unknown.is_empty()).then(|| format!("Stated for {}.", unknown.join("; ")));
    let limited = (!limits.is_empty()).then(|| format!("Stated for {}.", limits.join(", ")));
    match rule.stated {
        Stated::KnownAffected | Stated::FirstAffected | Stated::LastAffected => {
            let remedy = rule.remedy.as_deref();
            let notes: Vec<&str> =
                [unknown.as_deref(), limited.as_deref(), remedy].into_iter().flatten().collect();
            let mut outcome = if unknown.is_some() {
                says(Answer::Undetermined, "condition_not_known")
            } else {
                says(Answer::Affected, "stated_affected")
            };
            let own = identity.version.as_deref();
            let repaired = rule.repaired.iter().filter(|version| Some(&***version) != own);
            outcome.fixed = repaired.map(ToString::to_string).collect();
            Some(outcome.noting(notes.join(" ")))
        }
        Stated::UnderInvestigation => {
            let note = "The supplier is looking into it.";
            Some(says(Answer::Undetermined, "under_investigation").noting(note))
        }
        Stated::Unknown => open("stated_unknown", "The document does not say.".into()),
        Stated::KnownNotAffected | Stated::FirstFixed | Stated::Fixed => {
            if let Some(condition) = unknown.or(limited) {
                return open("condition_not_known", condition);
            }
            if rule.is_draft {
                return open("draft", "The document is a draft: nobody stands by it yet.".into());
            }
            if rule.stated != Stated::KnownNotAffected {
                return Some(says(Answer::NotAffected, "stated_fixed"));
            }
            let Some(because) = rule.because.as_deref() else {
                let note = "The document gives neither a justification nor an impact statement.";
                return open("no_justification", note.into());
            };
            let mut outcome = says(Answer::NotAffected, "stated_not_affected").noting(because);
            if let Some(said) = &mut outcome.said_by {
                said.is_decisive = matches!(held, Held::Exactly);
            }
            Some(outcome)
        }
    }
}

fn words(rule: &SupplierRule<'_>) -> String {
    let versions = match &rule.versions {
        Versions::Every => "every version".to_owned(),
        Versions::Unstated => "no version".to_owned(),
        Versions::Exactly(version) => format!("version {version}"),
        Versions::Range(_, written) => format!("versions {written}"),
        Versions::Words(written) => format!("versions in words: {written}"),
    };
    let name = if rule.name == rule.product { String::new() } else { format!(" ({})", rule.name) };
    let within = rule.within.as_ref().map(|within| format!(" in {}", within.name));
    let within = within.unwrap_or_default();
    let (stated, product) = (rule.stated.code(), &rule.product);
    format!("{stated}: {product}{name}{within}, {versions}; document {}", rule.edition)
}

fn holds(versions: &Versions<'_>, identity: &Identity<'_>) -> Held {
    if identity.key.starts_with("hash:") {
        return Held::Exactly; // the very file
    }
    let compared = match versions {
        Versions::Every => return Held::Yes,
        Versions::Unstated => return Held::Unstated,
        Versions::Words(written) => {
            let note = format!("`{written}` is neither a version nor a plain comparison.");
            return Held::Unknown("versions_in_words", note);
        }
        Versions::Exactly(version) => &**version,
        Versions::Range(vers, _) => &**vers,
    };
    let Some(version) = identity.version.as_deref() else {
        let note = "The inventory gives no version for this component.";
        return Held::Unknown("no_version", note.into());
    };
    let unreadable = |note: String| Held::Unknown("version_unreadable", note);
    if let Versions::Exactly(named) = versions {
        if **named == *version {
            return Held::Exactly;
        }
        return match place(identity.scheme, version, named) {
            _ if is_unordered(version, identity.scheme) => {
                unreadable(format!("`{version}` is no PEP 440 version."))
            }
            Ok(Ordering::Equal) if Wildcard::of(named).is_some() => Held::Yes,
            Ok(Ordering::Equal) => Held::Exactly,
            Ok(_) => Held::No,
            Err(error) => unreadable(format!("{error}.")),
        };
    }
    if is_unordered(version, identity.scheme) {
        return unreadable(format!("`{version}` is no PEP 440 version."));
    }
    // plain comparisons are those of the package's own ordering
    let own = compared.strip_prefix("vers:generic/").filter(|_| identity.scheme != Scheme::Generic);
    let own = own.map(|bounds| format!("vers:{}/{bounds}", identity.scheme.name()));
    let range = own.and_then(|own| Range::parse_vers(&own).ok());
    match range.map_or_else(|| Range::parse_vers(compared), Ok) {
        Err(error) => unreadable(format!("{error}.")),
        Ok(range) => match range.contains(version) {
            Ok(true) => Held::Yes,
            Ok(false) => Held::No,
            Err(error) => unreadable(format!("{error}.")),
        },
    }
}

/// Whether two names of one vendor and product can mean the same thing; what the statement asks beyond
/// what the inventory says is added to `unknown`.
fn names_agree(stated: &Cpe, named: &Cpe, unknown: &mut Vec<String>) -> bool {
    if stated.part() != named.part() && stated.part() != Part::Any && named.part() != Part::Any {
        return false;
    }
    for (index, what) in [
        (4, "update"),
        (5, "edition"),
        (6, "language"),
        (7, "software edition"),
        (8, "target software"),
        (9, "target hardware"),
    ] {
        match (stated.attribute(index), named.attribute(index)) {
            (Attribute::Any, _) => {}
            (one, other) if one == other => {}
            (Attribute::Value(value), Attribute::Any) => unknown.push(format!("{what} {value}")),
            (Attribute::NotApplicable, Attribute::Any) => {}
            _ => return false,
        }
    }
    true
}

/// Whether the inventory names the other product in one of the versions; `None` if it does not name it.
fn is_within(within: &Within<'_>, context: &Context<'_>) -> Option<bool> {
    let mut named = false;
    for key in &within.keys {
        for (component, version) in context.by_any_key(key) {
            let holds = match (&within.versions, version) {
                (Versions::Every | Versions::Unstated, _) => true,
                (Versions::Exactly(wanted), Some(version)) => {
                    **wanted == **version
                        || compare(Scheme::Generic, wanted, version) == Ok(Ordering::Equal)
                }
                (Versions::Range(vers, _), Some(version)) => {
                    Range::parse_vers(vers).is_ok_and(|range| range.contains(version) == Ok(true))
                }
                _ => continue, // not known
            };
            if holds {
                return Some(true);
            }
            named |= !component.name.is_empty();
        }
    }
    named.then_some(false)
}

/// Whether the component's package URL meets the condition.
fn is_met(limit: &str, identity: &Identity<'_>) -> bool {
    let Some(architecture) = limit.strip_prefix("architecture ") else { return false };
    let purl = identity.text.parse::<Purl>().ok();
    purl.is_some_and(|purl| purl.qualifier("arch") == Some(architecture))
}

/// Every key under which a component may be named as what another one is in, with its version.
pub fn keys_of(component: &Component) -> Vec<(String, Option<&str>)> {
    let own = component.version.as_deref();
    let purls = component.purls.iter().map(|purl| (purl_key(purl), purl.version().or(own)));
    let cpes = component.cpes.iter().filter_map(|cpe| {
        let version = match cpe.version() {
            Attribute::Value(version) => Some(version.as_str()),
            _ => own,
        };
        Some((format!("cpe:{}", cpe.key()?), version))
    });
    let supplier = component.supplier.as_deref();
    let named = supplier.and_then(|supplier| named_key(supplier, &component.name));
    purls.chain(cpes).chain(named.map(|key| (key, own))).collect()
}

/// Words that a maker's security team puts behind the maker's name.
const TEAMS: &[&str] = &["product security", "productcert", "psirt", "security", "cert"];

/// Whether one of the names is that of the component's own supplier: the inventory's, the vendor of its
/// CPE, or the distribution that packages it.
pub fn is_own(makers: &[String], component: &Component) -> bool {
    let plain = |name: &str| {
        let lower = name.trim().to_lowercase();
        let bare = TEAMS.iter().find_map(|team| lower.strip_suffix(team));
        let vendor = identity::as_vendor(bare.unwrap_or(&lower));
        vendor.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    let cpes = component.cpes.iter().filter_map(|cpe| match cpe.vendor() {
        Attribute::Value(vendor) => Some(vendor.as_str()),
        _ => None,
    });
    let packagers = component
        .purls
        .iter()
        .filter(|purl| matches!(purl.ty(), "deb" | "rpm" | "apk"))
        .filter_map(|purl| purl.namespace());
    let own: Vec<String> =
        component.supplier.as_deref().into_iter().chain(cpes).chain(packagers).map(plain).collect();
    makers.iter().map(|maker| plain(maker)).any(|maker| !maker.is_empty() && own.contains(&maker))
}
