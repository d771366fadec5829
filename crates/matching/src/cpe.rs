//! NVD configurations (NVD API 2.0; NISTIR 7695 and 7696 for names): criteria joined by AND, OR and
//! NOT in three values, where what the inventory does not say is unknown, not false.

use crate::{
    Context,
    outcome::{Detail, Outcome},
    subject::{Identity, Way},
};
use aftercare_corpus::{Edition, table::Damage};
use aftercare_formats::feed::{
    APPLICABILITY, CpeCriterion, CpeRule, ListedVersion, ProductCriterion, ProductRule,
};
use aftercare_vocab::{
    cpe::{Attribute, Cpe, Part, Relation},
    inventory::Component,
    verdict::{Answer, Confidence},
    version::{Scheme, Wildcard, place},
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
    /// NOT: what is unknown stays unknown.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown @ Self::Unknown(..) => unknown,
        }
    }

    /// AND over all (true if there is none), or OR over all (false if there is none).
    pub fn joined(all: bool, parts: impl IntoIterator<Item = Self>) -> Self {
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

/// A criterion of a rule.
#[derive(Clone, Copy)]
enum Criterion<'a> {
    Listed(&'a ListedVersion<'a>),
    Ranged(&'a ProductCriterion<'a>),
}

impl Criterion<'_> {
    fn at(self) -> (u16, u16) {
        match self {
            Self::Listed(listed) => listed.at,
            Self::Ranged(criterion) => criterion.at,
        }
    }
}

/// What the configuration says about the product. `rule` holds the criteria filed under the product's
/// key; if more than these decides, the whole is read from the record.
pub fn evaluate(
    rule: &ProductRule<'_>,
    product: &Product<'_>,
    record: u32,
    edition: &Edition,
    context: &Context<'_>,
    detail: Detail,
) -> Result<Outcome, Damage> {
    let scheme = product.scheme.name();
    let at = |criterion: Criterion<'_>| {
        let (node, found) = criterion.at();
        format!("{}.nodes[{node}].cpeMatch[{found}]", place_of(rule.index))
    };
    let (mut best, deciding) = decide(rule, product);
    if deciding.is_none()
        && let Some((found, part)) = of_other_part(rule, product)
    {
        let is_meant = rule.conditional
            && edition
                .configuration(record, rule.index, |whole| marks_part(whole, product))?
                .unwrap_or(false);
        let (answer, code) = if is_meant {
            (Answer::NotAffected, "other_part_meant")
        } else {
            (Answer::Undetermined, "other_part")
        };
        let words = words_of(found, product);
        let mut outcome = Outcome::new(answer, code, words, at(found), scheme);
        outcome.is_of_other_part = !is_meant;
        return Ok(outcome.noting(parts_in_words(part, product)));
    }
    let Some(deciding) = deciding else {
        let (mut range, mut place) = (String::new(), String::new());
        if detail == Detail::Full {
            let ranges = rule.criteria.iter().map(Criterion::Ranged);
            let all = ranges.chain(rule.listed.iter().map(Criterion::Listed));
            let words = all.take(CRITERIA_SHOWN).map(|found| words_of(found, product));
            range = words.collect::<Vec<_>>().join("; ");
            place = place_of(rule.index);
        }
        let code = "outside_all_ranges";
        let mut outcome = Outcome::new(Answer::NotAffected, code, range, place, scheme);
        outcome.is_of_other_part = !names_part(rule, product);
        return Ok(outcome);
    };
    let fixed = match deciding {
        Criterion::Ranged(criterion) if best == Truth::True => criterion
            .end
            .iter()
            .filter(|(_, included)| !included)
            .map(|(end, _)| end.to_string())
            .collect(),
        _ => Vec::new(),
    };
    let context_free = !rule.conditional;
    if rule.conditional {
        let whole = edition
            .configuration(record, rule.index, |whole| configuration(whole, product, context))?;
        best = whole.unwrap_or_else(|| {
            Truth::Unknown("configuration_missing", "The configuration could not be read.".into())
        });
    }
    let (answer, code, note) = match best {
        Truth::True => (Answer::Affected, "in_range", String::new()),
        Truth::False => (Answer::NotAffected, "condition_not_met", String::new()),
        Truth::Unknown(code, note) => (Answer::Undetermined, code, note),
    };
    let words = words_of(deciding, product);
    let mut outcome = Outcome::new(answer, code, words, at(deciding), scheme).noting(note);
    outcome.fixed = fixed;
    outcome.context_free = context_free;
    Ok(outcome)
}

/// The first criterion that holds, else the first of which it cannot be said.
fn decide<'a>(rule: &'a ProductRule<'a>, product: &Product<'_>) -> (Truth, Option<Criterion<'a>>) {
    let mut unknown = None;
    let ranged = rule.criteria.iter().map(Criterion::Ranged);
    for criterion in rule.listed.iter().map(Criterion::Listed).chain(ranged) {
        let truth = match criterion {
            Criterion::Listed(listed) => listed_holds(listed, product),
            Criterion::Ranged(criterion) => holds(criterion, product),
        };
        match truth {
            Truth::True => return (truth, Some(criterion)),
            Truth::Unknown(..) if unknown.is_none() => unknown = Some((truth, criterion)),
            _ => {}
        }
    }
    match unknown {
        Some((truth, criterion)) => (truth, Some(criterion)),
        None => (Truth::False, None),
    }
}

/// Whether any criterion filed under the product's key holds for it, conditions aside.
pub fn product_holds(rule: &ProductRule<'_>, product: &Product<'_>) -> Truth {
    decide(rule, product).0
}

fn place_of(index: u16) -> String {
    if index & APPLICABILITY == 0 {
        format!("configurations[{index}]")
    } else {
        format!("cpeApplicability[{}]", index & !APPLICABILITY)
    }
}

/// A whole configuration for this product, the rest of the inventory being its surroundings.
pub fn configuration(rule: &CpeRule<'_>, product: &Product<'_>, context: &Context<'_>) -> Truth {
    let nodes = rule.nodes.iter().map(|node| {
        let criteria =
            node.criteria.iter().map(|criterion| criterion_in(criterion, product, context));
        let truth = Truth::joined(node.all, criteria);
        if node.negate { truth.negated() } else { truth }
    });
    let truth = Truth::joined(rule.all, nodes);
    if rule.negate { truth.negated() } else { truth }
}

fn criterion_in(
    criterion: &CpeCriterion<'_>,
    product: &Product<'_>,
    context: &Context<'_>,
) -> Truth {
    let Some((key, taken)) = ProductCriterion::of(criterion) else {
        return Truth::Unknown(
            "criterion_unreadable",
            format!("The criterion {} cannot be read.", criterion.cpe),
        );
    };
    let named = context.named(&key).iter().flat_map(|component| {
        let names =
            component.cpes.iter().filter(|cpe| cpe.key().as_deref() == key.strip_prefix("cpe:"));
        names.map(|cpe| Product::of_component(component, cpe))
    });
    // Firmware and the hardware it runs on often share a name: only the part tells them apart.
    let mut others = named.filter(|other| !part_differs(taken.part, other)).peekable();
    if key == product.key && !part_differs(taken.part, product) {
        // The product itself decides; another component of that name can only add to it.
        return match holds(&taken, product) {
            Truth::False if !criterion.vulnerable => {
                Truth::joined(false, others.map(|other| holds(&taken, &other)))
            }
            own => own,
        };
    }
    if others.peek().is_none() && !context.is_complete() && !product.any_version {
        return Truth::Unknown(
            "platform_unknown",
            format!(
                "It holds only together with {}, of which the inventory says nothing.",
                criterion.cpe
            ),
        );
    }
    Truth::joined(false, others.map(|other| holds(&taken, &other)))
}

/// A product by CPE with its version, ready to be compared.
#[derive(Debug, Clone)]
pub struct Product<'a> {
    key: &'a str,
    cpe: &'a Cpe,
    part: Part,
    version: Option<&'a str>,
    /// The version's numbers, if it has nothing else.
    numbers: Option<Vec<u64>>,
    scheme: Scheme,
    /// It is also a package of a language ecosystem, which a criterion must mean by one of these.
    target_software: &'static [&'static str],
    /// A criterion must state it.
    asks_target: bool,
    guessed: bool,
    /// It is there in a version that nobody states: whatever version a criterion names may be it.
    any_version: bool,
    /// Nothing but its name leads to it.
    named: bool,
}

impl<'a> Product<'a> {
    /// The product that an identity names; `None` if it names a package.
    pub fn of_identity(identity: &'a Identity<'_>) -> Option<Self> {
        let version = identity.version.as_deref();
        let cpe = identity.cpe.as_deref()?;
        Some(Self {
            key: &identity.key,
            cpe,
            part: cpe.part(),
            version,
            numbers: version.filter(|_| is_by_numbers(identity.scheme)).and_then(numbers),
            scheme: identity.scheme,
            target_software: identity.target_software,
            asks_target: identity.asks_target,
            guessed: identity.confidence == Confidence::Possible,
            any_version: identity.way == Way::Shipped,
            named: identity.way == Way::Named,
        })
    }

    fn of_component(component: &'a Component, cpe: &'a Cpe) -> Self {
        let version = match cpe.version() {
            Attribute::Value(version) => Some(version.as_str()),
            _ => component.version.as_deref(),
        };
        Self {
            key: "",
            cpe,
            part: cpe.part(),
            version,
            numbers: version.and_then(numbers),
            scheme: Scheme::Generic,
            target_software: &[],
            asks_target: false,
            guessed: false,
            any_version: false,
            named: false,
        }
    }

    /// The key it is filed under: `cpe:openssl:openssl`.
    pub fn key(&self) -> &str {
        self.key
    }

    /// The name as it was given.
    pub fn name(&self) -> &Cpe {
        self.cpe
    }

    /// Order of the product's version and `other`; `Equal` if that stands for many (`4.x`) and for it.
    fn compared(&self, version: &str, other: &str) -> Result<Ordering, Truth> {
        if let Some(order) =
            self.numbers.as_ref().and_then(|numbers| order_of_numbers(numbers, other))
        {
            return Ok(order);
        }
        place(self.scheme, version, other)
            .map_err(|error| Truth::Unknown("version_unreadable", format!("{error}.")))
    }
}

/// Schemes in which versions of nothing but dotted numbers are ordered number by number, missing
/// numbers being zero.
const fn is_by_numbers(scheme: Scheme) -> bool {
    matches!(scheme, Scheme::Generic | Scheme::Openssl)
}

/// Longest run of digits and longest version that are compared as machine numbers.
const DIGITS: usize = 18;
const NUMBERS_BYTES: usize = 64;

/// The numbers of a version that is nothing but dotted numbers.
fn numbers(version: &str) -> Option<Vec<u64>> {
    let mut numbers = Vec::new();
    each_number(version, |number| numbers.push(number)).then_some(numbers)
}

/// Order of the numbers and a version; `None` if that is not dotted numbers.
fn order_of_numbers(numbers: &[u64], other: &str) -> Option<Ordering> {
    let (mut order, mut at) = (Ordering::Equal, 0);
    let readable = each_number(other, |number| {
        order = order.then_with(|| numbers.get(at).copied().unwrap_or(0).cmp(&number));
        at += 1;
    });
    let more = || numbers.get(at..).is_some_and(|rest| rest.iter().any(|number| *number > 0));
    readable.then(|| if order.is_eq() && more() { Ordering::Greater } else { order })
}

fn each_number(version: &str, mut with: impl FnMut(u64)) -> bool {
    if version.len() > NUMBERS_BYTES {
        return false;
    }
    let (mut number, mut digits) = (0_u64, 0);
    for byte in version.bytes() {
        match byte {
            b'0'..=b'9' if digits < DIGITS => {
                number = number * 10 + u64::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 => {
                with(number);
                (number, digits) = (0, 0);
            }
            _ => return false,
        }
    }
    if digits > 0 {
        with(number);
    }
    digits > 0
}

/// An attribute as a criterion states it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted<'a> {
    Any,
    NotApplicable,
    Value(&'a str),
}

fn wanted<'a>(criterion: &'a ProductCriterion<'_>, index: u8) -> Wanted<'a> {
    match criterion.attributes.iter().find(|(at, _)| *at == index) {
        None => Wanted::Any,
        Some((_, None)) => Wanted::NotApplicable,
        Some((_, Some(value))) => Wanted::Value(value),
    }
}

const VERSION: u8 = 3;
const UPDATE: u8 = 4;
const TARGET_SOFTWARE: u8 = 8;

/// Update values that mark a version before the release itself.
fn is_before_release(update: &str) -> bool {
    ["alpha", "beta", "rc", "pre", "dev", "milestone", "snapshot", "preview", "test"]
        .iter()
        .any(|mark| update.starts_with(mark))
}

fn part_differs(part: char, product: &Product<'_>) -> bool {
    let given = match product.part {
        Part::Any => return false,
        Part::Application => 'a',
        Part::OperatingSystem => 'o',
        Part::Hardware => 'h',
    };
    part != given && part != '*'
}

/// The criterion that would hold for the product if its CPE named another part (`o` for `a`), where no
/// criterion of the rule is about its own part: a slip that inventories often make, so nothing that
/// clears. Guesses from a name alone have no such second chance.
fn of_other_part<'a>(
    rule: &'a ProductRule<'a>,
    product: &Product<'_>,
) -> Option<(Criterion<'a>, char)> {
    if product.named || names_part(rule, product) {
        return None;
    }
    let (_, found) = decide(rule, &Product { part: Part::Any, ..product.clone() });
    let found = found?;
    let part = match found {
        Criterion::Listed(listed) => listed.part,
        Criterion::Ranged(ranged) => ranged.part,
    };
    Some((found, part))
}

/// Whether a criterion of the rule is about the product's own part.
fn names_part(rule: &ProductRule<'_>, product: &Product<'_>) -> bool {
    let listed = rule.listed.iter().map(|listed| listed.part);
    let mut parts = listed.chain(rule.criteria.iter().map(|criterion| criterion.part));
    parts.any(|part| !part_differs(part, product))
}

/// What a part is, in words.
const fn part_in_words(part: char) -> &'static str {
    match part {
        'a' => "an application",
        'o' => "an operating system",
        'h' => "hardware",
        _ => "anything",
    }
}

/// Why a criterion of another part does not hold, in words.
fn parts_in_words(part: char, product: &Product<'_>) -> String {
    let given = match product.part {
        Part::Application => 'a',
        Part::OperatingSystem => 'o',
        Part::Hardware => 'h',
        Part::Any => '*',
    };
    let (given, stated) = (part_in_words(given), part_in_words(part));
    format!("The name given calls it {given}, the record calls it {stated}.")
}

/// The words for a product that the rule would accuse, were its part another; `None` if it would not.
pub fn other_part(rule: &ProductRule<'_>, product: &Product<'_>) -> Option<String> {
    of_other_part(rule, product).map(|(_, part)| parts_in_words(part, product))
}

/// Whether the configuration names the product's key with its very part, be it as a platform.
fn marks_part(rule: &CpeRule<'_>, product: &Product<'_>) -> bool {
    let mut criteria = rule.nodes.iter().flat_map(|node| &node.criteria);
    criteria.any(|criterion| {
        ProductCriterion::of(criterion)
            .is_some_and(|(key, of)| key == product.key && !part_differs(of.part, product))
    })
}

/// Whether the criterion (source) holds for the named product (target), attribute by attribute
/// (NISTIR 7696 section 6), the version and its bounds last.
fn holds(criterion: &ProductCriterion<'_>, product: &Product<'_>) -> Truth {
    if part_differs(criterion.part, product)
        || (product.asks_target && wanted(criterion, TARGET_SOFTWARE) == Wanted::Any)
    {
        return Truth::False;
    }
    let mut doubt = None;
    for (index, value) in criterion.attributes.iter().filter(|(index, _)| *index > UPDATE) {
        let given = product.cpe.attribute(usize::from(*index));
        match (value, given) {
            (Some(value), _)
                if *index == TARGET_SOFTWARE && !product.target_software.is_empty() =>
            {
                // A package of a language ecosystem: the record must mean that language's package.
                if !product.target_software.contains(&&**value) {
                    return Truth::False;
                }
            }
            (Some(value), Attribute::Value(given)) if **value == **given => {}
            (None, Attribute::NotApplicable | Attribute::Any) => {}
            (Some(value), Attribute::Any) => doubt = Some((*index, value)),
            _ => return Truth::False,
        }
    }
    if product.guessed && !product.target_software.is_empty() && matches!(criterion.part, 'o' | 'h')
    {
        return Truth::False; // a language package is no operating system
    }
    match (version_holds(criterion, product), doubt) {
        (Truth::True, Some((index, value))) => Truth::Unknown(
            "attribute_unknown",
            format!(
                "It holds only for {} `{value}`, which the inventory does not state.",
                ATTRIBUTES[usize::from(index)]
            ),
        ),
        (truth, _) => truth,
    }
}

/// Names of the CPE attributes, by index.
const ATTRIBUTES: [&str; 11] = [
    "part",
    "vendor",
    "product",
    "version",
    "update",
    "edition",
    "language",
    "software edition",
    "target software",
    "target hardware",
    "other",
];

fn no_version() -> Truth {
    Truth::Unknown("no_version", "The inventory gives no version for this component.".into())
}

fn version_holds(criterion: &ProductCriterion<'_>, product: &Product<'_>) -> Truth {
    if product.any_version {
        return Truth::True;
    }
    let bounded = criterion.start.is_some() || criterion.end.is_some();
    let stated = match wanted(criterion, VERSION) {
        Wanted::Any if !bounded => return update_holds(criterion, product),
        Wanted::Any => None,
        // The record names the product without a version: for hardware that is the whole name.
        Wanted::NotApplicable if criterion.part == 'h' => return Truth::True,
        Wanted::NotApplicable if *product.cpe.version() == Attribute::NotApplicable => {
            return update_holds(criterion, product);
        }
        Wanted::NotApplicable => {
            return Truth::Unknown(
                "version_not_stated",
                "The record names the product without a version.".into(),
            );
        }
        Wanted::Value(stated) => Some(stated),
    };
    let Some(version) = product.version else { return no_version() };
    if let Some(stated) = stated {
        if is_pattern(stated) {
            return match pattern_covers(stated, version) {
                Some(true) => update_holds(criterion, product),
                Some(false) => Truth::False,
                None => Truth::Unknown(
                    "version_pattern",
                    format!("The record names a pattern of versions, {stated}."),
                ),
            };
        }
        let joined = match wanted(criterion, UPDATE) {
            Wanted::Value(update) => carries_update(version, stated, update),
            _ => false,
        };
        if joined {
            return Truth::True;
        }
        return match product.compared(version, stated) {
            Ok(Ordering::Equal) => update_holds(criterion, product),
            Ok(_) => Truth::False,
            Err(_) if stated == version => update_holds(criterion, product),
            Err(unreadable) => unreadable,
        };
    }
    let bounds = [(&criterion.start, Ordering::Less), (&criterion.end, Ordering::Greater)];
    let mut unreadable = None;
    for (bound, outside) in bounds {
        let Some((at, included)) = bound else { continue };
        match product.compared(version, at) {
            Ok(Ordering::Equal) if !included && Wildcard::of(at).is_some() => {
                unreadable = Some(Truth::Unknown(
                    "version_pattern",
                    format!("Whether the bound {at} holds the versions of {at} is not said."),
                ));
            }
            Ok(order) if order == outside || (order.is_eq() && !included) => return Truth::False,
            Ok(_) => {}
            Err(unknown) => unreadable = Some(unknown),
        }
    }
    unreadable.unwrap_or(Truth::True)
}

/// Whether the version is the stated one with the update written behind it, as people write
/// candidates and patches that CPE names keep apart: `2021.04-rc1` is `2021.04:rc1`, `1.9.5p1` is
/// `1.9.5:patch1`, `1.0.2k` is `1.0.2:k`.
fn carries_update(version: &str, stated: &str, update: &str) -> bool {
    let Some(rest) = version.strip_prefix(stated) else { return false };
    let rest = rest.strip_prefix(['-', '_', '~', '.', '+']).unwrap_or(rest).to_ascii_lowercase();
    let update = update.to_ascii_lowercase();
    let number = |text: &str| -> Option<String> {
        let number = text.strip_prefix("patch").or_else(|| text.strip_prefix('p'))?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| number.to_owned())
    };
    let is_word = update.starts_with(|first: char| first.is_ascii_lowercase());
    is_word && (rest == update || (number(&rest).is_some() && number(&rest) == number(&update)))
}

fn is_pattern(stated: &str) -> bool {
    Attribute::Value(stated.to_owned()).has_wildcard()
}

/// Whether the pattern covers the version (NISTIR 7696 section 6.3); `None` if the version itself
/// holds what a pattern is made of.
fn pattern_covers(pattern: &str, version: &str) -> Option<bool> {
    if version.contains(['*', '?', '\\']) {
        return None;
    }
    let (pattern, version) =
        (Attribute::Value(pattern.to_owned()), Attribute::Value(version.to_lowercase()));
    Some(pattern.relation_to(&version) == Relation::Superset)
}

/// A criterion that names one version and nothing else.
fn listed_holds(listed: &ListedVersion<'_>, product: &Product<'_>) -> Truth {
    if product.any_version {
        return if part_differs(listed.part, product) { Truth::False } else { Truth::True };
    }
    let Some(version) = product.version else { return no_version() };
    if product.asks_target
        || part_differs(listed.part, product)
        || certainly_differ(&listed.version, version)
    {
        return Truth::False;
    }
    match product.compared(version, &listed.version) {
        Ok(Ordering::Equal) => Truth::True,
        Ok(_) => Truth::False,
        Err(_) if *listed.version == *version => Truth::True,
        Err(unreadable) => unreadable,
    }
}

/// Both begin with a number, without leading zeros, and the numbers differ: whatever follows, they
/// are not the same version.
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

/// The update attribute: a component without one is the release itself.
fn update_holds(criterion: &ProductCriterion<'_>, product: &Product<'_>) -> Truth {
    match (wanted(criterion, UPDATE), product.cpe.update()) {
        (Wanted::Any, _) => Truth::True,
        (Wanted::NotApplicable, Attribute::Any | Attribute::NotApplicable) => Truth::True,
        (Wanted::Value(wanted), Attribute::Value(given)) if wanted == given => Truth::True,
        (Wanted::Value(wanted), Attribute::Any) if !is_before_release(wanted) => Truth::Unknown(
            "attribute_unknown",
            format!("It holds only for update `{wanted}`, which the inventory does not state."),
        ),
        _ => Truth::False,
    }
}

/// The criterion as a CPE name with its bounds.
fn words_of(criterion: Criterion<'_>, product: &Product<'_>) -> String {
    let name = product.key.strip_prefix("cpe:").unwrap_or(product.key);
    let ranged = match criterion {
        Criterion::Listed(listed) => {
            return format!("cpe:2.3:{}:{name}:{}:*:*:*:*:*:*:*", listed.part, listed.version);
        }
        Criterion::Ranged(ranged) => ranged,
    };
    let mut words = format!("cpe:2.3:{}:{name}", ranged.part);
    for index in VERSION..=10 {
        words.push(':');
        words.push_str(match wanted(ranged, index) {
            Wanted::Any => "*",
            Wanted::NotApplicable => "-",
            Wanted::Value(value) => value,
        });
    }
    for (bound, signs) in [(&ranged.start, [">", ">="]), (&ranged.end, ["<", "<="])] {
        if let Some((at, included)) = bound {
            words += &format!(" {} {at}", signs[usize::from(*included)]);
        }
    }
    words
}
