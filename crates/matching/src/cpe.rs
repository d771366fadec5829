//! NVD configurations (NVD API 2.0; NISTIR 7695 and 7696 for names): criteria joined by AND, OR and
//! NOT in three values, where what the inventory does not say is unknown, not false.

use crate::{Context, outcome::Outcome, subject::Identity};
use aftercare_corpus::{Edition, table::Damage};
use aftercare_formats::feed::{APPLICABILITY, CpeCriterion, CpeRule, ListedVersion, cpe_key};
use aftercare_vocab::{
    cpe::{Attribute, Cpe, Part},
    inventory::Component,
    verdict::{Answer, Confidence},
    version::{Scheme, compare},
};
use std::cmp::Ordering;

/// True, false, or unknown with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It cannot be said: (code, note).
    Unknown(&'static str, String),
}

impl Truth {
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown @ Self::Unknown(..) => unknown,
        }
    }

    /// AND over all (true if there is none), or OR over all (false if there is none).
    fn joined(all: bool, parts: impl IntoIterator<Item = Self>) -> Self {
        let mut result = if all { Self::True } else { Self::False };
        for part in parts {
            match (&part, all) {
                (Self::False, true) | (Self::True, false) => return part,
                (Self::Unknown(..), _) if !matches!(result, Self::Unknown(..)) => result = part,
                _ => {}
            }
        }
        result
    }
}

/// How many criteria are shown for a product that none of them names.
const CRITERIA_SHOWN: usize = 4;

/// The criterion that decided.
struct Deciding {
    at: (u16, u16),
    words: String,
    fixed: Option<String>,
}

/// What the configuration says about the identity. `rule` holds the criteria filed under the
/// identity's key; if the whole is conditional, the rest is read from the record.
pub fn evaluate(
    rule: &CpeRule<'_>,
    identity: &Identity<'_>,
    record: u32,
    edition: &Edition,
    context: &Context<'_>,
) -> Result<Outcome, Damage> {
    let place = place_of(rule.index);
    let Some(cpe) = identity.cpe else {
        return Ok(Outcome::new(Answer::NotAffected, "no_product_name", String::new(), place, ""));
    };
    let me = Named { cpe, version: identity.version.as_deref(), scheme: identity.scheme, identity: Some(identity) };
    let mut best = Truth::False;
    let mut deciding = None;
    let mut unreadable = None;
    for listed in &rule.listed {
        match listed_holds(listed, &me) {
            Truth::True => {
                best = Truth::True;
                deciding = Some(words_of_listed(listed, identity));
                break;
            }
            Truth::Unknown(code, note) if unreadable.is_none() => unreadable = Some((listed, code, note)),
            _ => {}
        }
    }
    if best == Truth::False
        && let Some((listed, code, note)) = unreadable
    {
        best = Truth::Unknown(code, note);
        deciding = Some(words_of_listed(listed, identity));
    }
    for criterion in rule.nodes.iter().flat_map(|node| &node.criteria).filter(|_| best != Truth::True) {
        let truth = holds(criterion, &me);
        let better = matches!((&best, &truth), (_, Truth::True) | (Truth::False, Truth::Unknown(..)));
        if better {
            let fixed = criterion.end.as_ref().filter(|(_, included)| !included).map(|(end, _)| end.to_string());
            deciding = Some(Deciding { at: criterion.at, words: words_of(criterion), fixed });
            best = truth;
        }
        if best == Truth::True {
            break;
        }
    }
    let scheme = identity.scheme.name();
    let Some(deciding) = deciding else {
        let ranges = rule.nodes.iter().flat_map(|node| &node.criteria).map(words_of);
        let listed = rule.listed.iter().map(|listed| words_of_listed(listed, identity).words);
        let words: Vec<String> = ranges.chain(listed).take(CRITERIA_SHOWN).collect();
        return Ok(Outcome::new(Answer::NotAffected, "outside_all_ranges", words.join("; "), place, scheme));
    };
    let place = format!("{place}.nodes[{}].cpeMatch[{}]", deciding.at.0, deciding.at.1);
    let fixed = if best == Truth::True { deciding.fixed.into_iter().collect() } else { Vec::new() };
    let mut context_free = true;
    if rule.excerpt {
        context_free = false;
        let head = edition.head(record)?;
        let whole = head.body.configurations.iter().find(|whole| whole.index == rule.index);
        best = whole.map_or(Truth::Unknown("configuration_missing", "The configuration could not be read.".into()), |whole| {
            configuration(whole, &me, identity, context)
        });
    }
    let (answer, code, note) = match best {
        Truth::True => (Answer::Affected, "in_range", String::new()),
        Truth::False => (Answer::NotAffected, "condition_not_met", String::new()),
        Truth::Unknown(code, note) => (Answer::Undetermined, code, note),
    };
    let mut outcome = Outcome::new(answer, code, deciding.words, place, scheme).noting(note);
    outcome.fixed = fixed;
    outcome.context_free = context_free;
    Ok(outcome)
}

fn place_of(index: u16) -> String {
    if index & APPLICABILITY == 0 {
        format!("configurations[{index}]")
    } else {
        format!("cpeApplicability[{}]", index & !APPLICABILITY)
    }
}

/// A configuration for this component, the rest of the inventory being its surroundings.
fn configuration(rule: &CpeRule<'_>, me: &Named<'_>, identity: &Identity<'_>, context: &Context<'_>) -> Truth {
    let nodes = rule.nodes.iter().map(|node| {
        let truth = Truth::joined(node.all, node.criteria.iter().map(|criterion| criterion_in(criterion, me, identity, context)));
        if node.negate { truth.not() } else { truth }
    });
    let truth = Truth::joined(rule.all, nodes);
    if rule.negate { truth.not() } else { truth }
}

fn criterion_in(criterion: &CpeCriterion<'_>, me: &Named<'_>, identity: &Identity<'_>, context: &Context<'_>) -> Truth {
    let Some(key) = cpe_key(&criterion.cpe) else {
        return Truth::Unknown("criterion_unreadable", format!("The criterion {} cannot be read.", criterion.cpe));
    };
    if key == identity.key {
        return holds(criterion, me);
    }
    let present = context.named(&key);
    if present.is_empty() {
        return Truth::Unknown(
            "platform_unknown",
            format!("It holds only together with {}, of which the inventory says nothing.", criterion.cpe),
        );
    }
    Truth::joined(
        false,
        present.iter().flat_map(|component| component.cpes.iter().map(move |cpe| (component, cpe))).filter_map(
            |(component, cpe)| {
                (cpe.key().as_deref() == key.strip_prefix("cpe:")).then(|| holds(criterion, &Named::of(component, cpe)))
            },
        ),
    )
}

/// A product by CPE with its version.
struct Named<'a> {
    cpe: &'a Cpe,
    version: Option<&'a str>,
    scheme: Scheme,
    identity: Option<&'a Identity<'a>>,
}

impl<'a> Named<'a> {
    fn of(component: &'a Component, cpe: &'a Cpe) -> Self {
        let version = match cpe.version() {
            Attribute::Value(version) => Some(version.as_str()),
            _ => component.version.as_deref(),
        };
        Self { cpe, version, scheme: Scheme::Generic, identity: None }
    }
}

/// Update values that mark a version before the release itself.
fn is_before_release(update: &str) -> bool {
    ["alpha", "beta", "rc", "pre", "dev", "milestone", "snapshot", "preview", "test"].iter().any(|mark| update.starts_with(mark))
}

/// Whether the criterion (source) holds for the named product (target), attribute by attribute
/// (NISTIR 7696 §6), the version and its bounds last.
fn holds(criterion: &CpeCriterion<'_>, named: &Named<'_>) -> Truth {
    let Ok(source) = criterion.cpe.parse::<Cpe>() else {
        return Truth::Unknown("criterion_unreadable", format!("The criterion {} cannot be read.", criterion.cpe));
    };
    if source.part() != named.cpe.part() && source.part() != Part::Any && named.cpe.part() != Part::Any {
        return Truth::False;
    }
    let mut doubt = None;
    // 5 edition, 6 language, 7 software edition, 8 target software, 9 target hardware, 10 other
    for index in 5..=10 {
        let (wanted, given) = (source.attribute(index), named.cpe.attribute(index));
        match (wanted, given) {
            (Attribute::Any, _) => {}
            (Attribute::Value(wanted), _) if index == 8 && named.identity.is_some_and(|me| !me.target_software.is_empty()) => {
                // A package of a language ecosystem: the record must mean that language's package.
                if !named.identity.is_some_and(|me| me.target_software.contains(&wanted.as_str())) {
                    return Truth::False;
                }
            }
            (wanted, given) if wanted == given => {}
            (Attribute::Value(wanted), Attribute::Any) => {
                doubt = Some(format!("It holds only for {} `{wanted}`, which the inventory does not state.", ATTRIBUTES[index]));
            }
            (Attribute::NotApplicable, Attribute::Any) => {}
            _ => return Truth::False,
        }
    }
    if named.identity.is_some_and(|me| me.confidence == Confidence::Possible && !me.target_software.is_empty())
        && matches!(source.part(), Part::OperatingSystem | Part::Hardware)
    {
        return Truth::False; // a language package is no operating system
    }
    match version_holds(criterion, &source, named) {
        Truth::True => doubt.map_or(Truth::True, |note| Truth::Unknown("attribute_unknown", note)),
        other => other,
    }
}

/// Names of the CPE attributes, by index.
const ATTRIBUTES: [&str; 11] = [
    "part", "vendor", "product", "version", "update", "edition", "language", "software edition", "target software",
    "target hardware", "other",
];

fn version_holds(criterion: &CpeCriterion<'_>, source: &Cpe, named: &Named<'_>) -> Truth {
    let unreadable = |error: aftercare_vocab::version::Unreadable| Truth::Unknown("version_unreadable", format!("{error}."));
    let wanted = match source.version() {
        Attribute::Any if criterion.start.is_none() && criterion.end.is_none() => return update_holds(source, named),
        Attribute::Any => None,
        Attribute::NotApplicable => {
            // The record names the product without a version: for hardware that is the whole name.
            return if source.part() == Part::Hardware {
                Truth::True
            } else {
                Truth::Unknown("version_not_stated", "The record names the product without a version.".into())
            };
        }
        Attribute::Value(wanted) => Some(wanted),
    };
    let Some(version) = named.version else {
        return Truth::Unknown("no_version", "The inventory gives no version for this component.".into());
    };
    if let Some(wanted) = wanted {
        if wanted.starts_with(['*', '?']) || wanted.ends_with(['*', '?']) {
            return Truth::Unknown("version_pattern", format!("The record names a pattern of versions, {wanted}."));
        }
        let joined = match source.update() {
            Attribute::Value(update) if !is_before_release(update) && update.len() <= 2 => Some(format!("{wanted}{update}")),
            _ => None,
        };
        if joined.as_deref() == Some(version) {
            return Truth::True;
        }
        return match compare(named.scheme, wanted, version) {
            Ok(Ordering::Equal) => update_holds(source, named),
            Ok(_) => Truth::False,
            Err(_) if wanted == version => update_holds(source, named),
            Err(error) => unreadable(error),
        };
    }
    if let Some((start, included)) = &criterion.start {
        match compare(named.scheme, version, start) {
            Ok(Ordering::Less) => return Truth::False,
            Ok(Ordering::Equal) if !included => return Truth::False,
            Ok(_) => {}
            Err(error) => return unreadable(error),
        }
    }
    if let Some((end, included)) = &criterion.end {
        match compare(named.scheme, version, end) {
            Ok(Ordering::Greater) => return Truth::False,
            Ok(Ordering::Equal) if !included => return Truth::False,
            Ok(_) => {}
            Err(error) => return unreadable(error),
        }
    }
    Truth::True
}

/// A criterion that names one version: no more than that version can match, so most are ruled out by
/// their first digits without being read.
fn listed_holds(listed: &ListedVersion<'_>, named: &Named<'_>) -> Truth {
    let Some(version) = named.version else {
        return Truth::Unknown("no_version", "The inventory gives no version for this component.".into());
    };
    if certainly_differ(&listed.version, version) {
        return Truth::False;
    }
    let part = match named.cpe.part() {
        Part::Application => 'a',
        Part::OperatingSystem => 'o',
        Part::Hardware => 'h',
        Part::Any => listed.part,
    };
    if part != listed.part {
        return Truth::False;
    }
    match compare(named.scheme, &listed.version, version) {
        Ok(Ordering::Equal) => Truth::True,
        Ok(_) => Truth::False,
        Err(_) if *listed.version == *version => Truth::True,
        Err(error) => Truth::Unknown("version_unreadable", format!("{error}.")),
    }
}

/// Both begin with a number, without leading zeros, and the numbers differ.
fn certainly_differ(a: &str, b: &str) -> bool {
    let number = |text: &str| -> Option<usize> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0 && !text.starts_with('0')).then_some(digits)
    };
    match (number(a), number(b)) {
        (Some(x), Some(y)) => a[..x] != b[..y],
        _ => false,
    }
}

fn words_of_listed(listed: &ListedVersion<'_>, identity: &Identity<'_>) -> Deciding {
    let product = identity.key.strip_prefix("cpe:").unwrap_or(&identity.key);
    Deciding { at: listed.at, words: format!("cpe:2.3:{}:{product}:{}:*", listed.part, listed.version), fixed: None }
}

/// The update attribute: a component without one is the release itself.
fn update_holds(source: &Cpe, named: &Named<'_>) -> Truth {
    match (source.update(), named.cpe.update()) {
        (Attribute::Any | Attribute::NotApplicable, Attribute::Any | Attribute::NotApplicable) | (Attribute::Any, _) => Truth::True,
        (wanted, given) if wanted == given => Truth::True,
        (Attribute::Value(wanted), Attribute::Any | Attribute::NotApplicable) if is_before_release(wanted) => Truth::False,
        (Attribute::Value(wanted), Attribute::Any) => {
            Truth::Unknown("attribute_unknown", format!("It holds only for update `{wanted}`, which the inventory does not state."))
        }
        _ => Truth::False,
    }
}

fn words_of(criterion: &CpeCriterion<'_>) -> String {
    let mut words = criterion.cpe.to_string();
    if let Some((start, included)) = &criterion.start {
        words += &format!(" {} {start}", if *included { ">=" } else { ">" });
    }
    if let Some((end, included)) = &criterion.end {
        words += &format!(" {} {end}", if *included { "<=" } else { "<" });
    }
    words
}
