//! Two SBOMs beside each other: what became of the components, and what that does to findings.

use crate::check::{Check, EditionNote, Named, Report};
use aftercare_corpus::{Edition, table::Damage};
use aftercare_domain::difference::{Difference, Step, VERSION_IN_PURL, facts, stated_version};
use aftercare_formats::sbom::{Limits, read_as, soup::Columns};
use aftercare_matching::Matcher;
use aftercare_vocab::{
    inventory::{Component, Inventory},
    problem::Problem,
    verdict::{Answer, Reason, Verdict},
    version::Uncertain,
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What is different between two SBOMs.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The earlier document.
    pub before: Side,
    /// The later one.
    pub after: Side,
    /// Components of the later one only.
    pub added: Vec<Named>,
    /// Components of the earlier one only.
    pub removed: Vec<Named>,
    /// Components of both that are not the same.
    pub changed: Vec<ChangedComponent>,
    /// Components of both that are the same.
    pub unchanged: u64,
    /// What that does to findings; none where no edition was asked.
    pub findings: Option<FindingDifference>,
}

/// One of the documents.
#[derive(Debug, Clone, Serialize)]
pub struct Side {
    /// Its name as given.
    pub file: String,
    /// `CycloneDX JSON`.
    pub format: &'static str,
    /// What it describes, if it says so.
    pub name: Option<String>,
    /// How many components it lists.
    pub components: u64,
    /// What in it could not be used.
    pub warnings: Vec<Problem>,
}

/// A component of both documents that is not the same.
#[derive(Debug, Clone, Serialize)]
pub struct ChangedComponent {
    /// As the earlier one has it.
    pub before: Named,
    /// As the later one has it.
    pub after: Named,
    /// What became of the version; none = it is the same.
    pub version: Option<Step>,
    /// Which other facts are not the same.
    pub facts: Vec<&'static str>,
}

/// What is different in the findings of both documents in the same edition.
#[derive(Debug, Clone, Serialize)]
pub struct FindingDifference {
    /// The edition asked.
    pub edition: EditionNote,
    /// Findings of the later document only.
    pub new: Vec<Line>,
    /// Findings of the earlier one only.
    pub gone: Vec<Gone>,
    /// Findings of both with another answer.
    pub changed: Vec<AnotherAnswer>,
    /// Findings of both with the same answer.
    pub unchanged: u64,
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The vulnerability.
    pub id: String,
    /// The answer.
    pub answer: Answer,
    /// The highest score, in tenths.
    pub score_tenths: Option<u8>,
    /// Listed as known exploited since.
    pub kev_since: Option<String>,
    /// The component.
    pub component: Named,
}

/// A finding that the later document does not have.
#[derive(Debug, Clone, Serialize)]
pub struct Gone {
    /// As the earlier document had it.
    #[serde(flatten)]
    pub finding: Line,
    /// What stands in its place.
    pub now: Now,
    /// What that rests on: the range that decided, the version now, or why nothing is known.
    pub why: String,
}

/// What stands in the place of a finding that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Now {
    /// The component is there, and the sources say that it is not affected.
    NotAffected,
    /// The component is there, and the edition was asked: nothing is found.
    NothingFound,
    /// The component is there and could not be looked up: nothing is known.
    NotCovered,
    /// The component is there in the same version under another identity that no source speaks of, or
    /// its version is none or contradicted: nothing is known.
    NotCertain,
    /// The document does not list the component any more.
    ComponentRemoved,
}

/// A finding with another answer.
#[derive(Debug, Clone, Serialize)]
pub struct AnotherAnswer {
    /// The answer for the earlier document.
    pub before: Answer,
    /// As the later document has it.
    #[serde(flatten)]
    pub finding: Line,
}

/// Why two SBOMs could not be compared.
#[derive(Debug)]
pub enum Unable {
    /// A document was refused: its name, and why.
    Refused(String, Vec<Problem>),
    /// The edition is damaged.
    Damaged(Damage),
}

impl From<Damage> for Unable {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

/// A document under its name.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// Its name as given.
    pub file: &'a str,
    /// Its bytes, unpacked.
    pub bytes: &'a [u8],
    /// The columns that somebody chose, if it is a list of software items.
    pub columns: Option<&'a Columns>,
}

/// Compares two SBOMs; with an edition, also their findings in it.
pub fn compare(
    before: Given<'_>,
    after: Given<'_>,
    edition: Option<&Edition>,
    limits: &Limits,
) -> Result<Comparison, Unable> {
    let (a, earlier) = side(before, limits)?;
    let (b, later) = side(after, limits)?;
    let difference = Difference::of(&a, &b);
    let findings = match edition {
        Some(edition) => Some(FindingDifference::of(
            edition,
            report(before, edition, limits)?,
            report(after, edition, limits)?,
            &difference,
            [&a, &b],
        )?),
        None => None,
    };
    let named = |inventory: &Inventory, index: u32| {
        inventory.components.get(index as usize).map(|component| Named::of(index, component))
    };
    let changed = difference.changed.iter().filter_map(|changed| {
        Some(ChangedComponent {
            before: named(&a, changed.before)?,
            after: named(&b, changed.after)?,
            version: changed.version,
            facts: changed.facts.clone(),
        })
    });
    Ok(Comparison {
        before: earlier,
        after: later,
        changed: changed.collect(),
        added: difference.added.iter().filter_map(|index| named(&b, *index)).collect(),
        removed: difference.removed.iter().filter_map(|index| named(&a, *index)).collect(),
        unchanged: difference.same.len() as u64,
        findings,
    })
}

fn side(given: Given<'_>, limits: &Limits) -> Result<(Inventory, Side), Unable> {
    let read = read_as(given.bytes, given.columns, limits)
        .map_err(|problems| Unable::Refused(given.file.to_owned(), problems))?;
    let side = Side {
        file: given.file.to_owned(),
        format: read.value.format.shown(),
        name: read.value.name.clone(),
        components: read.value.components.len() as u64,
        warnings: read.problems,
    };
    Ok((read.value, side))
}

fn report(given: Given<'_>, edition: &Edition, limits: &Limits) -> Result<Report, Damage> {
    let mut check = Check::new(edition, *limits);
    if let Some(columns) = given.columns {
        check = check.of_lists(columns.clone());
    }
    check.document(given.file, given.bytes, &mut |_, _| {})?;
    Ok(check.finish())
}

impl FindingDifference {
    /// Whether the later document is worse off: a finding is new or has become affected, or nothing is
    /// known any more where there was one.
    pub fn is_worse(&self) -> bool {
        !self.new.is_empty()
            || self.changed.iter().any(|changed| changed.finding.answer == Answer::Affected)
            || self.gone.iter().any(|gone| matches!(gone.now, Now::NotCovered | Now::NotCertain))
    }

    fn of(
        edition: &Edition,
        before: Report,
        after: Report,
        difference: &Difference,
        [earlier, later]: [&Inventory; 2],
    ) -> Result<Self, Damage> {
        let matcher = Matcher::new(edition, later);
        let pairs = difference.pairs();
        let uncovered: HashMap<u32, String> = after
            .not_covered
            .into_iter()
            .map(|gap| (gap.component.index, gap.why.why.clone()))
            .collect();
        let mut found = Self {
            edition: EditionNote::of(edition),
            new: Vec::new(),
            gone: Vec::new(),
            changed: Vec::new(),
            unchanged: 0,
        };
        // identifiers of one flaw may be merged differently, so aliases count
        let mut open: HashMap<(u32, String), Answer> = HashMap::new();
        let mut still: HashSet<(u32, String)> = HashSet::new();
        for finding in &after.findings {
            for id in ids(&finding.verdict) {
                still.insert((finding.component.index, id.to_owned()));
            }
        }
        for finding in before.findings {
            let later_index = pairs.get(&finding.component.index).copied();
            let is_still_there = later_index.is_some_and(|index| {
                ids(&finding.verdict).any(|id| still.contains(&(index, id.to_owned())))
            });
            if let Some(index) = later_index.filter(|_| is_still_there) {
                for id in ids(&finding.verdict) {
                    open.insert((index, id.to_owned()), finding.verdict.answer);
                }
                continue;
            }
            let component = later_index.and_then(|index| later.components.get(index as usize));
            let (now, why) = match (later_index, component) {
                (Some(index), Some(component)) => {
                    let excused = matcher
                        .explain(component, &finding.verdict.id)?
                        .into_iter()
                        .find(|verdict| verdict.answer == Answer::NotAffected);
                    let version = stated_version(component).unwrap_or("(no version)");
                    let former = earlier.components.get(finding.component.index as usize);
                    let doubt = former.and_then(|former| doubt(former, component));
                    match (excused, uncovered.get(&index), doubt) {
                        (_, _, Some(Doubt::Version(why))) => (Now::NotCertain, why),
                        (Some(verdict), ..) => {
                            let why = verdict.because.first().map(Reason::in_a_line);
                            (Now::NotAffected, format!("{version}: {}", why.unwrap_or_default()))
                        }
                        (None, Some(why), _) => (Now::NotCovered, why.clone()),
                        (None, None, Some(Doubt::Identity(why))) => (Now::NotCertain, why),
                        (None, None, None) => (
                            Now::NothingFound,
                            format!("Nothing is recorded for version {version}."),
                        ),
                    }
                }
                _ => (Now::ComponentRemoved, "The component is not listed.".to_owned()),
            };
            found.gone.push(Gone { finding: line(&finding.verdict, &finding.component), now, why });
        }
        for finding in after.findings {
            let index = finding.component.index;
            let before =
                ids(&finding.verdict).find_map(|id| open.get(&(index, id.to_owned())).copied());
            match before {
                None => found.new.push(line(&finding.verdict, &finding.component)),
                Some(before) if before != finding.verdict.answer => {
                    let finding = line(&finding.verdict, &finding.component);
                    found.changed.push(AnotherAnswer { before, finding });
                }
                Some(_) => found.unchanged += 1,
            }
        }
        Ok(found)
    }
}

/// Why what the later document says of a component is no ground to drop a finding.
enum Doubt {
    /// Its version is none, or contradicted: whatever was looked up may be wrong.
    Version(String),
    /// The same version stands under another identity, of which no source speaks.
    Identity(String),
}

fn doubt(before: &Component, after: &Component) -> Option<Doubt> {
    let version = stated_version(after)?;
    if Uncertain::of(version).is_some() {
        return Some(Doubt::Version(format!("{version} is not one certain version.")));
    }
    if stated_version(before) != Some(version) {
        return None;
    }
    let facts = facts(before, after);
    if facts.contains(&VERSION_IN_PURL) {
        return Some(Doubt::Version(format!(
            "The version is still {version}, and only the package URL says another one."
        )));
    }
    ["package URL", "CPE name"].into_iter().find(|fact| facts.contains(fact)).map(|fact| {
        Doubt::Identity(format!(
            "The version is still {version}, but the {fact} is another one, and nothing is recorded for that."
        ))
    })
}

fn ids(verdict: &Verdict) -> impl Iterator<Item = &str> {
    std::iter::once(&*verdict.id).chain(verdict.aliases.iter().map(String::as_str))
}

fn line(verdict: &Verdict, component: &Named) -> Line {
    Line {
        id: verdict.id.to_string(),
        answer: verdict.answer,
        score_tenths: verdict.score_tenths,
        kev_since: verdict.kev_since.as_deref().map(str::to_owned),
        component: component.clone(),
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    fn component(version: &str, purl: &str) -> Component {
        Component {
            name: "django".to_owned(),
            version: Some(version.to_owned()),
            purls: vec![purl.parse().expect("a package URL")],
            ..Component::default()
        }
    }

    #[test]
    fn what_is_not_certain_is_no_ground_to_drop_a_finding() {
        let before = component("2.2.0", "pkg:pypi/django@2.2.0");
        let of = |version, purl| doubt(&before, &component(version, purl));
        // only the package URL says another version, or the version is none
        assert!(matches!(of("2.2.0", "pkg:pypi/django@5.2.0"), Some(Doubt::Version(_))));
        assert!(matches!(of("2.x", "pkg:pypi/django@2.x"), Some(Doubt::Version(_))));
        // the same version under another identity
        assert!(matches!(of("2.2.0", "pkg:conan/django@2.2.0"), Some(Doubt::Identity(_))));
        assert!(of("2.2.28", "pkg:pypi/django@2.2.28").is_none());
        assert!(of("2.2.0", "pkg:pypi/django@2.2.0").is_none());
    }
}
