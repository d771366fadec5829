//! Matching: components of an inventory against an edition of public knowledge.
//!
//! For each component the [`Matcher`] gives every vulnerability that any source records for one of
//! its identities and that cannot be ruled out, each as a [`Verdict`] with its reasons; and a
//! [`NotCovered`] where the edition holds nothing that could have spoken about the component. No
//! verdict and no note together mean: looked up, with data, nothing recorded. Nothing here reads a
//! clock, a file or a database, except through the edition that it is given.
//!
//! One module, one specification: [`osv`] ranges, [`cve`] product statements, [`cpe`] configurations.
//! [`merge`] joins what the sources say about one flaw; [`coverage`] says what was not looked up.

pub mod coverage;
pub mod cpe;
pub mod cve;
pub mod merge;
pub mod osv;
pub mod outcome;
pub mod subject;

use aftercare_corpus::{Edition, table::Damage};
use aftercare_formats::feed::Rule;
use aftercare_vocab::{
    inventory::{Component, Inventory},
    verdict::{Answer, Confidence, NotCovered, Verdict},
};
use outcome::{Candidate, Outcome};
use std::collections::{BTreeMap, HashMap};
use subject::{Identity, Subject};

/// The version of the rules: changes whenever the same inputs could give another verdict.
pub const ENGINE: &str = "aftercare-matching 1";

/// What was found for one component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assessed {
    /// Why the component could not be looked up (or only in thin data); `None` if it was.
    pub not_covered: Option<NotCovered>,
    /// Vulnerabilities that affect it or cannot be ruled out, worst first.
    pub verdicts: Vec<Judged>,
}

/// A verdict, and whether it would be the same for this component in any other inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// It did not depend on the other components.
    pub context_free: bool,
}

/// The products that stand in an inventory by CPE, for conditions of the "running on" kind.
#[derive(Debug, Default)]
pub struct Context<'a> {
    products: HashMap<String, Vec<&'a Component>>,
}

impl<'a> Context<'a> {
    /// The context of an inventory.
    pub fn of(inventory: &'a Inventory) -> Self {
        let mut products: HashMap<String, Vec<&Component>> = HashMap::new();
        for component in &inventory.components {
            for key in component.cpes.iter().filter_map(|cpe| cpe.key()) {
                products.entry(format!("cpe:{key}")).or_default().push(component);
            }
        }
        Self { products }
    }

    /// The components that carry the key.
    pub fn named(&self, key: &str) -> &[&'a Component] {
        self.products.get(key).map_or(&[], Vec::as_slice)
    }
}

/// Matches the components of one inventory against one edition.
#[derive(Debug)]
pub struct Matcher<'a> {
    edition: &'a Edition,
    context: Context<'a>,
    root: Option<u32>,
}

impl<'a> Matcher<'a> {
    /// A matcher for `inventory`.
    pub fn new(edition: &'a Edition, inventory: &'a Inventory) -> Self {
        Self { edition, context: Context::of(inventory), root: inventory.root }
    }

    /// Assesses the component at `index` of the inventory.
    pub fn assess(&self, index: u32, component: &Component) -> Result<Assessed, Damage> {
        let subject = Subject::of(component);
        let mut verdicts = Vec::new();
        for (group, candidates) in self.candidates(&subject)? {
            let open = candidates.iter().any(|candidate| candidate.outcome.answer != Answer::NotAffected);
            if open && let Some(judged) = merge::merge(self.edition, &subject, group, candidates)? {
                if judged.verdict.answer != Answer::NotAffected {
                    verdicts.push(judged);
                }
            }
        }
        verdicts.sort_by(|a, b| worst_first(&a.verdict, &b.verdict));
        let not_covered = if self.root == Some(index) { None } else { coverage::gap(self.edition, &subject)? };
        Ok(Assessed { not_covered, verdicts })
    }

    /// Says for one component and one vulnerability why it is or is not affected: every source that
    /// names the component, whatever its answer. Empty: no source in the edition joins the two.
    pub fn explain(&self, component: &Component, vulnerability: &str) -> Result<Vec<Verdict>, Damage> {
        let subject = Subject::of(component);
        let wanted: Vec<u32> = self.edition.find(vulnerability)?.into_iter().map(|found| found.group).collect();
        let mut verdicts = Vec::new();
        for (group, candidates) in self.candidates(&subject)? {
            if wanted.contains(&group) {
                verdicts.extend(merge::merge(self.edition, &subject, group, candidates)?.map(|judged| judged.verdict));
            }
        }
        Ok(verdicts)
    }

    /// What each record says about the subject, by alias group.
    fn candidates(&self, subject: &Subject<'_>) -> Result<BTreeMap<u32, Vec<Candidate>>, Damage> {
        let mut groups: BTreeMap<u32, Vec<Candidate>> = BTreeMap::new();
        for identity in &subject.identities {
            let mut found: BTreeMap<(u32, u32), Vec<Outcome>> = BTreeMap::new();
            let mut trouble = None;
            self.edition.rules(&identity.key, |posting| {
                let outcome = match &posting.rule {
                    Rule::Osv(rule) => osv::evaluate(rule, identity),
                    Rule::Cve(rule) => Some(cve::evaluate(rule, identity)),
                    Rule::Cpe(rule) => match cpe::evaluate(rule, identity, posting.record, self.edition, &self.context) {
                        Ok(outcome) => Some(outcome),
                        Err(damage) => {
                            trouble = Some(damage);
                            None
                        }
                    },
                };
                if let Some(outcome) = outcome {
                    found.entry((posting.group, posting.record)).or_default().push(outcome);
                }
            })?;
            if let Some(damage) = trouble {
                return Err(damage);
            }
            for ((group, record), outcomes) in found {
                let outcome = outcome::any_of(outcomes);
                let outcome = self.weighed(outcome, identity);
                let candidates = groups.entry(group).or_default();
                // Several identities may lead to one record (a CPE and a package URL): the surer one counts.
                match candidates.iter_mut().find(|known| known.record == record) {
                    Some(known) if known.confidence <= identity.confidence => {}
                    Some(known) => *known = Candidate::new(record, identity, outcome),
                    None => candidates.push(Candidate::new(record, identity, outcome)),
                }
            }
        }
        Ok(groups)
    }

    /// An upstream product's range says little about a package that is built, named or patched
    /// elsewhere: what would accuse it only raises the question.
    fn weighed(&self, outcome: Outcome, identity: &Identity<'_>) -> Outcome {
        match (identity.confidence, outcome.answer) {
            (Confidence::Possible, Answer::Affected) => Outcome {
                answer: Answer::Undetermined,
                note: identity.doubt.clone(),
                ..outcome
            },
            _ => outcome,
        }
    }
}

/// Affected before undetermined, then the higher score, then the identifier.
pub fn worst_first(a: &Verdict, b: &Verdict) -> std::cmp::Ordering {
    a.answer.cmp(&b.answer).then(b.score_tenths.cmp(&a.score_tenths)).then_with(|| a.id.cmp(&b.id))
}
