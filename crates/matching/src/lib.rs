//! Matching: components of an inventory against an edition of public knowledge.
//!
//! For each component the [`Matcher`] gives every vulnerability that any source records for one of
//! its identities and that cannot be ruled out, each as a [`Verdict`] with its reasons; and a
//! [`NotCovered`] where the edition holds nothing that could have spoken about the component. No
//! verdict and no note together mean: looked up, with data, nothing recorded. Nothing here reads a
//! clock, a file or a database, except through the edition that it is given.
//!
//! One module, one specification: [`osv`] ranges, [`cve`] product statements, [`cpe`] configurations,
//! [`supplier`] statements, declared [`patch`]es.
//! [`merge`] joins what the sources say about one flaw; [`coverage`] says what was not looked up, [`silence`]
//! why no record speaks.

pub mod coverage;
pub mod cpe;
pub mod cve;
pub mod guess;
pub mod mapping;
pub mod merge;
pub mod osv;
pub mod outcome;
pub mod patch;
pub mod shipped;
pub mod silence;
pub mod single;
pub mod subject;
pub mod supplier;

use aftercare_corpus::{Edition, Posting, table::Damage};
use aftercare_formats::feed::Rule;
use aftercare_vocab::{
    cpe::Cpe,
    inventory::{Component, Inventory},
    verdict::{Answer, Confidence, NotCovered, Verdict},
};
use cpe::Product;
use mapping::Mappings;
use merge::Flaw;
use outcome::{Candidate, Detail, Outcome};
use std::{
    collections::{BTreeMap, HashMap, HashSet, btree_map::Entry},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};
use subject::{Identity, Subject, Way};

/// The version of the rules: changes whenever the same inputs could give another verdict.
pub const ENGINE: &str = "aftercare-matching 3";

/// What was found for one component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assessed {
    /// Why the component could not be looked up (or only in thin data); `None` if it was.
    pub not_covered: Option<NotCovered>,
    /// Vulnerabilities that affect it or cannot be ruled out, and those that its own supplier or a declared
    /// patch rules out against another source, worst first.
    pub verdicts: Vec<Judged>,
}

/// A verdict, and whether it would be the same for this component in any other inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// It did not depend on the other components.
    pub context_free: bool,
    /// The component's own supplier, or a patch that the inventory declares, says "not affected" against
    /// another source: shown, not dropped.
    pub is_set_aside: bool,
}

/// The products that stand in an inventory by CPE, for conditions of the "running on" kind.
#[derive(Debug, Default)]
pub struct Context<'a> {
    products: HashMap<String, Vec<&'a Component>>,
    components: &'a [Component],
    /// All components by every key, made when a supplier's statement first asks.
    by_any_key: OnceLock<HashMap<String, Vec<Keyed<'a>>>>,
    complete: bool,
}

/// A component and its version by the identity that a key stands for.
type Keyed<'a> = (&'a Component, Option<&'a str>);

impl<'a> Context<'a> {
    /// The context of an inventory. What it does not name is unknown: an SBOM rarely lists the
    /// hardware and the operating system that its software runs on.
    pub fn of(inventory: &'a Inventory) -> Self {
        Self::of_components(&inventory.components)
    }

    /// The context of these components.
    pub fn of_components(components: &'a [Component]) -> Self {
        let mut products: HashMap<String, Vec<&Component>> = HashMap::new();
        for component in components {
            for key in component.cpes.iter().filter_map(|cpe| cpe.key()) {
                products.entry(format!("cpe:{key}")).or_default().push(component);
            }
        }
        Self { products, components, by_any_key: OnceLock::new(), complete: false }
    }

    /// The same for somebody who knows that the inventory names everything: what it does not name is
    /// absent.
    #[must_use]
    pub fn complete(self) -> Self {
        Self { complete: true, ..self }
    }

    /// Whether what is not named is absent (and not unknown).
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The components that carry the key of a product in any way, each with its version.
    pub fn by_any_key(&self, key: &str) -> &[Keyed<'a>] {
        let all = self.by_any_key.get_or_init(|| {
            let mut all: HashMap<String, Vec<Keyed<'a>>> = HashMap::new();
            for component in self.components {
                for (key, version) in supplier::keys_of(component) {
                    all.entry(key).or_default().push((component, version));
                }
            }
            all
        });
        all.get(key).map_or(&[], Vec::as_slice)
    }

    /// The components that carry the key.
    pub fn named(&self, key: &str) -> &[&'a Component] {
        self.products.get(key).map_or(&[], Vec::as_slice)
    }
}

/// What all records say through one identity: answers that leave the matter open, and the records
/// that clear it.
#[derive(Debug, Default)]
struct Said {
    /// (group, record, outcome)
    open: Vec<(u32, u32, Outcome)>,
    /// (group, record)
    closed: Vec<(u32, u32)>,
}

/// (group, record, what its rules say, each of one of the versions that were asked for)
type OfRecord = (u32, u32, Vec<(usize, Outcome)>);

/// Answers are remembered for identities with at least this many rules: SBOMs of whole products name
/// the same package many times.
const REMEMBERED_FROM: usize = 8;

/// Records in remembered answers at most (about 20 MB); then remembering begins anew.
const REMEMBERED_RECORDS: usize = 100_000;

/// Flaws kept ready for merging at most (about 10 MB); then it begins anew.
const REMEMBERED_FLAWS: usize = 16_384;

#[derive(Debug, Default)]
struct Memory {
    said: HashMap<String, Arc<Said>>,
    records: usize,
    flaws: HashMap<u32, Arc<Flaw>>,
}

/// Matches the components of one inventory against one edition.
#[derive(Debug)]
pub struct Matcher<'a> {
    edition: &'a Edition,
    context: Context<'a>,
    mappings: &'a Mappings,
    root: Option<u32>,
    serial: Option<&'a str>,
    /// The edition holds suppliers' documents.
    has_suppliers: bool,
    memory: Mutex<Memory>,
}

impl<'a> Matcher<'a> {
    /// A matcher for `inventory` that knows the curated names of products.
    pub fn new(edition: &'a Edition, inventory: &'a Inventory) -> Self {
        Self::with_mappings(edition, inventory, Mappings::built_in())
    }

    /// A matcher that knows the names of products in this table.
    pub fn with_mappings(
        edition: &'a Edition,
        inventory: &'a Inventory,
        mappings: &'a Mappings,
    ) -> Self {
        let context = Context::of(inventory);
        Self {
            edition,
            context,
            mappings,
            root: inventory.root,
            serial: inventory.serial.as_deref(),
            has_suppliers: supplier::is_in(edition),
            memory: Mutex::default(),
        }
    }

    /// Assesses the component at `index` of the inventory.
    pub fn assess(&self, index: u32, component: &Component) -> Result<Assessed, Damage> {
        let subject = self.subject(component)?;
        let mut verdicts = Vec::new();
        for (group, candidates) in self.open_groups(&subject)? {
            let judged = merge::merge(&*self.flaw(group)?, &subject, candidates);
            verdicts.extend(judged.filter(|judged| {
                judged.verdict.answer != Answer::NotAffected || judged.is_set_aside
            }));
        }
        verdicts.sort_by(|a, b| worst_first(&a.verdict, &b.verdict));
        // The product itself is asked for beside its parts; where none is listed, all rests on it.
        let has_parts = self.context.components.len() > 1;
        let not_covered = if self.root == Some(index) && has_parts {
            None
        } else {
            coverage::gap(self.edition, &subject)?
        };
        Ok(Assessed { not_covered, verdicts })
    }

    /// Says for one component and one vulnerability why it is or is not affected: every source that
    /// names the component, whatever its answer. Empty: no source in the edition joins the two.
    pub fn explain(
        &self,
        component: &Component,
        vulnerability: &str,
    ) -> Result<Vec<Verdict>, Damage> {
        let subject = self.subject(component)?;
        let mut groups: Vec<u32> =
            self.edition.find(vulnerability)?.iter().map(|found| found.group).collect();
        groups.sort_unstable();
        groups.dedup();
        let mut verdicts = Vec::new();
        for group in groups {
            let mut records: HashSet<u32> = self.edition.group(group)?.into_iter().collect();
            let mut candidates = Vec::new();
            for tier in subject.tiers() {
                let mut best: BTreeMap<u32, Candidate> = BTreeMap::new();
                for identity in tier {
                    let said =
                        self.ask(identity, |record| records.contains(&record), Detail::Full)?;
                    for (_, record, outcome) in said.open {
                        graver(&mut best, record, Candidate::new(record, identity, outcome));
                    }
                }
                records.retain(|record| !best.contains_key(record));
                candidates.extend(best.into_values());
            }
            verdicts.extend(
                merge::merge(&*self.flaw(group)?, &subject, candidates)
                    .map(|judged| judged.verdict),
            );
        }
        Ok(verdicts)
    }

    /// The CPE names of the component that are not looked up, as they only repeat the name of a package
    /// whose ecosystem decides.
    pub fn set_aside<'b>(&self, component: &'b Component) -> Result<Vec<&'b Cpe>, Damage> {
        Ok(self.subject(component)?.set_aside)
    }

    fn subject<'b>(&self, component: &'b Component) -> Result<Subject<'b>, Damage> {
        let mut subject = Subject::mapped(component, self.mappings);
        coverage::set_guesses_aside(self.edition, &mut subject);
        guess::add(self.edition, &mut subject)?;
        shipped::add(&self.context, &mut subject);
        if self.has_suppliers {
            supplier::add(self.edition, self.serial, &mut subject)?;
        }
        subject.note_rivals();
        Ok(subject)
    }

    /// What each record says about the subject, for the alias groups that are not all clear.
    fn open_groups(&self, subject: &Subject<'_>) -> Result<BTreeMap<u32, Vec<Candidate>>, Damage> {
        let mut groups: BTreeMap<u32, Vec<Candidate>> = BTreeMap::new();
        let mut cleared: Vec<(u32, u32, &Identity<'_>)> = Vec::new();
        // Several identities may lead to one record (a CPE and a package URL): the surest counts.
        let mut reached: HashSet<u32> = HashSet::new();
        for tier in subject.tiers() {
            let mut best: BTreeMap<u32, Candidate> = BTreeMap::new();
            let mut group_of: HashMap<u32, u32> = HashMap::new();
            let mut closed: Vec<(u32, u32, &Identity<'_>)> = Vec::new();
            for identity in tier {
                let said = self.remembered(identity)?;
                let new = |record: &u32| !reached.contains(record);
                for (group, record, outcome) in said.open.iter().filter(|of| new(&of.1)) {
                    group_of.insert(*record, *group);
                    graver(&mut best, *record, Candidate::new(*record, identity, outcome.clone()));
                }
                let clears = said.closed.iter().filter(|(_, record)| new(record));
                closed.extend(clears.map(|(group, record)| (*group, *record, identity)));
            }
            reached.extend(best.keys().copied());
            for (group, record, identity) in closed {
                if reached.insert(record) {
                    cleared.push((group, record, identity));
                }
            }
            for (record, candidate) in best {
                groups.entry(group_of[&record]).or_default().push(candidate);
            }
        }
        // Records that clear the subject in a group that another leaves open are asked for their words.
        cleared.retain(|(group, ..)| groups.contains_key(group));
        for identity in &subject.identities {
            let by_it = cleared.iter().filter(|(.., of)| std::ptr::eq(*of, identity));
            let mut records: Vec<u32> = by_it.map(|(_, record, _)| *record).collect();
            if records.is_empty() {
                continue;
            }
            records.sort_unstable();
            let wanted = |record| records.binary_search(&record).is_ok();
            for (group, record, outcome) in self.ask(identity, wanted, Detail::Full)?.open {
                groups.entry(group).or_default().push(Candidate::new(record, identity, outcome));
            }
        }
        Ok(groups)
    }

    /// What all records say through the identity, with the words of those that leave it open.
    fn remembered(&self, identity: &Identity<'_>) -> Result<Arc<Said>, Damage> {
        let asked = format!(
            "{}\0{}\0{}\0{}\0{:?}\0{}\0{:?}\0{}",
            identity.key,
            identity.version.as_deref().unwrap_or("\0"),
            identity.rivals.join("\0"),
            identity.text,
            identity.confidence,
            identity.doubt,
            identity.cpe.as_deref().map(Cpe::part),
            identity.asks_target,
        );
        let locked = || self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(said) = locked().said.get(&asked) {
            return Ok(Arc::clone(said));
        }
        let said = Arc::new(self.ask(identity, |_| true, Detail::Open)?);
        let records = said.open.len() + said.closed.len();
        if records >= REMEMBERED_FROM {
            let mut memory = locked();
            if memory.records + records > REMEMBERED_RECORDS {
                memory.said.clear();
                memory.records = 0;
            }
            memory.records += records;
            memory.said.insert(asked, Arc::clone(&said));
        }
        Ok(said)
    }

    /// Asks the records that `wanted` names. In full detail every outcome is given as open.
    fn ask(
        &self,
        identity: &Identity<'_>,
        wanted: impl Fn(u32) -> bool,
        detail: Detail,
    ) -> Result<Said, Damage> {
        let rivals: Vec<Identity<'_>> =
            identity.rivals.iter().map(|version| identity.with_version(version)).collect();
        let asked: Vec<(&Identity<'_>, Option<Product<'_>>)> = std::iter::once(identity)
            .chain(&rivals)
            .map(|identity| (identity, Product::of_identity(identity)))
            .collect();
        let mut said = Said::default();
        let mut trouble = None;
        let mut current: Option<OfRecord> = None;
        let mut close = |(group, record, outcomes): OfRecord| {
            let outcome = outcome::of_versions(outcomes, |at| asked[at].0.version.as_deref());
            match (identity.way, outcome.answer) {
                // a name that fits may raise a question, but it clears nothing
                (Way::Named, Answer::NotAffected) => return,
                // a part of the system is asked about only where a record holds on this very system
                (Way::Shipped, Answer::NotAffected) => return,
                _ => {}
            }
            if detail == Detail::Open && outcome.answer == Answer::NotAffected {
                said.closed.push((group, record));
            } else {
                said.open.push((group, record, weighed(outcome, identity)));
            }
        };
        self.edition.rules_of(&identity.key, wanted, |posting| {
            for (at, (identity, product)) in asked.iter().enumerate() {
                match self.evaluated(&posting, identity, product.as_ref(), detail) {
                    Ok(Some(outcome)) => match &mut current {
                        Some((_, record, outcomes)) if *record == posting.record => {
                            outcomes.push((at, outcome));
                        }
                        _ => current
                            .replace((posting.group, posting.record, vec![(at, outcome)]))
                            .into_iter()
                            .for_each(&mut close),
                    },
                    Ok(None) => {}
                    Err(damage) => trouble = Some(damage),
                }
            }
        })?;
        current.into_iter().for_each(&mut close);
        match trouble {
            Some(damage) => Err(damage),
            None => Ok(said),
        }
    }

    fn evaluated(
        &self,
        posting: &Posting<'_>,
        identity: &Identity<'_>,
        product: Option<&Product<'_>>,
        detail: Detail,
    ) -> Result<Option<Outcome>, Damage> {
        Ok(match (&posting.rule, product) {
            (Rule::Osv(rule), _) => osv::evaluate(rule, identity, detail),
            // These name no target software, so nothing says that the package is meant.
            (Rule::Cve(_) | Rule::Supplier(_), _) if identity.asks_target => None,
            (Rule::Cve(_) | Rule::Supplier(_), _) if identity.way == Way::Shipped => None,
            (Rule::Product(rule), _) if identity.way == Way::Shipped && !rule.conditional => None,
            (Rule::Supplier(rule), _) => supplier::evaluate(rule, identity, &self.context),
            (Rule::Cve(rule), _) => Some(cve::evaluate(rule, identity, detail)),
            (Rule::Product(rule), Some(product)) => {
                let (record, around) = (posting.record, &self.context);
                let outcome = cpe::evaluate(rule, product, record, self.edition, around, detail)?;
                Some(Outcome { states_part: true, ..outcome })
            }
            // Configurations are filed by product only.
            (Rule::Product(_), None) | (Rule::Cpe(_), _) => None,
        })
    }

    fn flaw(&self, group: u32) -> Result<Arc<Flaw>, Damage> {
        let locked = || self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flaw) = locked().flaws.get(&group) {
            return Ok(Arc::clone(flaw));
        }
        let flaw = Arc::new(Flaw::of(self.edition, group)?);
        let mut memory = locked();
        if memory.flaws.len() >= REMEMBERED_FLAWS {
            memory.flaws.clear();
        }
        memory.flaws.insert(group, Arc::clone(&flaw));
        Ok(flaw)
    }
}

/// Keeps the graver of two answers of one record: names that a table holds for one product are as
/// sure as each other, and a record about one of its parts is about the product.
fn graver(best: &mut BTreeMap<u32, Candidate>, record: u32, candidate: Candidate) {
    match best.entry(record) {
        Entry::Vacant(free) => drop(free.insert(candidate)),
        Entry::Occupied(mut known) if candidate.outcome.answer < known.get().outcome.answer => {
            known.insert(candidate);
        }
        Entry::Occupied(_) => {}
    }
}

/// An upstream product's range says little about a package that is built, named or patched elsewhere:
/// what would accuse it only raises the question.
fn weighed(outcome: Outcome, identity: &Identity<'_>) -> Outcome {
    match (identity.confidence, outcome.answer) {
        (Confidence::Possible, Answer::Affected) => {
            Outcome { answer: Answer::Undetermined, note: identity.doubt.clone(), ..outcome }
        }
        _ => outcome,
    }
}

/// Affected before undetermined, then the higher score, then the identifier.
pub fn worst_first(a: &Verdict, b: &Verdict) -> std::cmp::Ordering {
    a.answer.cmp(&b.answer).then(b.score_tenths.cmp(&a.score_tenths)).then_with(|| a.id.cmp(&b.id))
}
