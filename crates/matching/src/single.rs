//! One record against one thing named by hand: what an evaluation says, for people who check an answer.
//!
//! The rules are those of the [`Matcher`](crate::Matcher); what is missing here is everything that an
//! edition adds: other sources, aliases, and how sure an identity is.

use crate::{
    Context,
    cpe::{self, Product, Truth},
    osv,
    outcome::{self, Detail, Outcome},
    subject::{Identity, Subject, Way},
};
use aftercare_formats::feed::{self, CpeRule, ProductCriterion, nvd::Claims};
use aftercare_vocab::{
    cpe::Cpe,
    ecosystem::PackageKey,
    inventory::Component,
    problem::Problem,
    shared::Shared,
    verdict::{Answer, Confidence},
};

/// What one record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The answer.
    pub answer: Answer,
    /// Stable code of the deciding rule: `in_range`, `listed`, `package_not_named`, ...
    pub rule: &'static str,
    /// Where in the record; empty if no one place decides.
    pub place: String,
    /// What decided or what is missing, in one line.
    pub why: String,
}

impl Said {
    fn new(answer: Answer, rule: &'static str, why: impl Into<String>) -> Self {
        Self { answer, rule, place: String::new(), why: why.into() }
    }
}

impl From<Outcome> for Said {
    fn from(outcome: Outcome) -> Self {
        let why = match (&*outcome.range, &*outcome.note) {
            ("", "") => outcome.rule.replace('_', " "),
            ("", note) => note.to_owned(),
            (range, "") => format!("{}: {range}", outcome.rule.replace('_', " ")),
            (range, note) => format!("{note} ({range})"),
        };
        Self { answer: outcome.answer, rule: outcome.rule, place: outcome.place.to_string(), why }
    }
}

/// What an OSV record says of a package version (OSV schema, "Evaluation").
pub fn by_osv(record: &str, package: &PackageKey, version: &str) -> Result<Said, Problem> {
    let claims = feed::osv::claims(record)?;
    if claims.withdrawn {
        let why = "The publisher withdrew the record, so it says nothing.";
        return Ok(Said::new(Answer::Undetermined, "withdrawn", why));
    }
    let key = package.text();
    let identity = Identity {
        text: format!("{key}@{version}").into(),
        scheme: package.scheme(),
        package: Some(package.clone()),
        version: (!version.trim().is_empty()).then(|| version.trim().into()),
        rivals: Vec::new(),
        confidence: Confidence::Exact,
        doubt: Shared::default(),
        cpe: None,
        target_software: &[],
        asks_target: false,
        way: Way::Given,
        key,
    };
    let about = claims.rules.iter().filter(|(keys, _)| keys.contains(&identity.key));
    let mut named = false;
    let outcomes: Vec<Outcome> = about
        .inspect(|_| named = true)
        .filter_map(|(_, rule)| osv::evaluate(rule, &identity, Detail::Full))
        .collect();
    if !outcomes.is_empty() {
        return Ok(outcome::any_of(outcomes).into());
    }
    Ok(if named {
        let why = format!("The record speaks of other releases than {}.", released(package));
        Said::new(Answer::NotAffected, "other_release", why)
    } else if claims.rules.is_empty() {
        Said::new(Answer::Undetermined, "no_package_stated", "The record names no package.")
    } else {
        let why = format!("The record does not name {}.", identity.key);
        Said::new(Answer::NotAffected, "package_not_named", why)
    })
}

fn released(package: &PackageKey) -> &str {
    package.release.as_deref().unwrap_or("the one asked for")
}

/// What an NVD record says of products named by CPE, which are each other's surroundings.
///
/// `complete`: the names are all there is, so that a platform that is not named is absent. Otherwise
/// it is unknown, and what depends on it undetermined.
pub fn by_nvd(record: &str, names: &[Cpe], complete: bool) -> Result<Said, Problem> {
    let claims = feed::nvd::claims(record)?;
    if claims.rejected {
        let why = "The record is rejected, so it says nothing.";
        return Ok(Said::new(Answer::Undetermined, "rejected", why));
    }
    if claims.rules.is_empty() {
        let why = "The record has no configurations: which products it means is not stated.";
        return Ok(Said::new(Answer::Undetermined, "no_configurations", why));
    }
    let components: Vec<Component> = names
        .iter()
        .map(|name| Component { cpes: vec![name.clone()], ..Component::default() })
        .collect();
    let context = Context::of_components(&components);
    let context = if complete { context.complete() } else { context };
    let mut said: Vec<Said> = Vec::new();
    for component in &components {
        let subject = Subject::of(component);
        for product in subject.identities.iter().filter_map(Product::of_identity) {
            said.extend(
                claims.rules.iter().filter_map(|rule| of_product(rule, &product, &context)),
            );
        }
    }
    said.extend(unnamed(&claims));
    said.extend(claims.rules.iter().filter_map(unread));
    Ok(said.into_iter().min_by_key(|said| said.answer).unwrap_or_else(|| {
        let why = "No configuration accuses a product that is named.";
        Said::new(Answer::NotAffected, "product_not_named", why)
    }))
}

/// What a configuration says of the product; `None` if it does not accuse it in any version.
fn of_product(rule: &CpeRule<'_>, product: &Product<'_>, context: &Context<'_>) -> Option<Said> {
    let filed = rule.by_product().remove(product.key())?;
    let place = format!("configurations[{}]", rule.index);
    let own = cpe::product_holds(&filed, product);
    let is_negated = rule.negate || rule.nodes.iter().any(|node| node.negate);
    let (truth, held) = match own {
        Truth::False if !is_negated => (Truth::False, false),
        _ if rule.is_conditional() => (cpe::configuration(rule, product, context), true),
        own => (own, true),
    };
    let (answer, rule, why) = match truth {
        Truth::True => (Answer::Affected, "in_range", format!("{} meets it.", product.name())),
        Truth::False if held => {
            let why = format!(
                "{} is accused only together with another product, and that condition is not met by the names given.",
                product.name()
            );
            (Answer::NotAffected, "condition_not_met", why)
        }
        Truth::False => {
            if let Some(why) = cpe::other_part(&filed, product) {
                (Answer::NotAffected, "other_part_meant", why)
            } else {
                let why = format!("{} is outside of every range stated for it.", product.name());
                (Answer::NotAffected, "outside_all_ranges", why)
            }
        }
        Truth::Unknown(code, note) => (Answer::Undetermined, code, note),
    };
    Some(Said { answer, rule, place, why })
}

/// A configuration of which a part says nothing, or says it in a form that is not read: whom it means is
/// not known.
fn unread(rule: &CpeRule<'_>) -> Option<Said> {
    let place = format!("configurations[{}]", rule.index);
    let (code, why) = if rule.nodes.iter().any(|node| node.has_children) {
        (
            "older_form",
            "It joins nodes by `children`, the form before API 2.0, which is not read: give the record in the form of API 2.0.",
        )
    } else if rule.nodes.is_empty() || rule.nodes.iter().any(|node| node.criteria.is_empty()) {
        ("nothing_stated", "A part of the configuration names no product.")
    } else {
        return None;
    };
    Some(Said { place, ..Said::new(Answer::Undetermined, code, why) })
}

/// An accusing criterion that names no one product could mean any of those named.
fn unnamed(claims: &Claims<'_>) -> Option<Said> {
    let criteria = claims.rules.iter().flat_map(|rule| &rule.nodes).flat_map(|node| &node.criteria);
    let mut accusing = criteria.filter(|criterion| criterion.vulnerable);
    let unreadable = accusing.find(|criterion| ProductCriterion::of(criterion).is_none())?;
    let why = format!("The criterion {} names no one product.", unreadable.cpe);
    Some(Said::new(Answer::Undetermined, "criterion_unreadable", why))
}
