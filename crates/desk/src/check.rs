//! Checking an SBOM against an edition without any server or record: read, match, report.

use crate::document::unpack;
use aftercare_corpus::{Edition, table::Damage};
use aftercare_formats::sbom::{self, Limits, soup::Columns};
use aftercare_matching::{ENGINE, Matcher, mapping::Mappings, worst_first};
use aftercare_vocab::{
    digest::Digest,
    inventory::{Component, Inventory},
    problem::Problem,
    shared::Shared,
    verdict::{Answer, NotCovered, Verdict},
};
use serde::Serialize;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Everything one call of `aftercare check` found.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The matching engine's name and version.
    pub engine: &'static str,
    /// The edition asked.
    pub edition: EditionNote,
    /// The files read, in the order given.
    pub documents: Vec<Document>,
    /// Files that could not be read.
    pub refused: Vec<Refused>,
    /// Vulnerabilities that affect a component or cannot be ruled out, worst first.
    pub findings: Vec<Finding>,
    /// Components that could not be looked up, or only in thin data.
    pub not_covered: Vec<Gap>,
    /// Sums over all files.
    pub summary: Summary,
}

/// The edition asked.
#[derive(Debug, Clone, Serialize)]
pub struct EditionNote {
    /// Its digest.
    pub id: Digest,
    /// Its label, such as `sample`.
    pub label: Option<String>,
    /// How many vulnerability records it holds.
    pub records: u64,
    /// The latest change time that any of its sources names, as written.
    pub newest_source: Option<String>,
}

impl EditionNote {
    /// The note for an edition.
    pub fn of(edition: &Edition) -> Self {
        let manifest = edition.manifest();
        Self {
            id: edition.id(),
            label: manifest.label.clone(),
            records: manifest.record_count(),
            newest_source: manifest.newest_source().map(str::to_owned),
        }
    }
}

/// A file that was read.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// Its name as given.
    pub file: String,
    /// SHA-256 of its bytes as received.
    pub digest: Digest,
    /// `CycloneDX JSON`.
    pub format: &'static str,
    /// Specification version as written.
    pub spec_version: String,
    /// What it describes, if it says so.
    pub name: Option<String>,
    /// How many components it lists.
    pub components: u64,
    /// How many of them are parts: all but the product itself.
    pub parts: u64,
    /// It says, or shows by its references, that parts of the product are not in it.
    pub has_holes: bool,
    /// What in it could not be used.
    pub warnings: Vec<Problem>,
    /// Sums over this file.
    pub summary: Summary,
}

impl Document {
    /// Whether parts of the product are not in the document, as far as it shows.
    pub fn lacks_parts(&self) -> bool {
        self.parts == 0 || self.has_holes
    }
}

/// A file that could not be read.
#[derive(Debug, Clone, Serialize)]
pub struct Refused {
    /// Its name as given.
    pub file: String,
    /// Why.
    pub problems: Vec<Problem>,
}

/// A component as findings name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// Position among the document's components.
    pub index: u32,
    /// Name, with the group in front where there is one.
    pub name: String,
    /// Version as written.
    pub version: Option<String>,
    /// Package URL, else CPE.
    pub identity: Option<String>,
    /// Where it stands in the document.
    pub place: String,
}

impl Named {
    /// The component at `index`.
    pub fn of(index: u32, component: &Component) -> Self {
        let identity = component.purls.first().map(ToString::to_string);
        Self {
            index,
            name: match &component.group {
                Some(group) => format!("{group}/{}", component.name),
                None => component.name.clone(),
            },
            version: component.version.clone(),
            identity: identity.or_else(|| component.cpes.first().map(ToString::to_string)),
            place: component.place.clone(),
        }
    }

    /// `name version` in one line.
    pub fn shown(&self) -> String {
        format!("{} {}", self.name, self.version.as_deref().unwrap_or("(no version)"))
    }
}

/// One vulnerability of one component.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// The file.
    pub file: Shared<str>,
    /// The component.
    pub component: Shared<Named>,
    /// The verdict with its reasons.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// A component that could not be looked up.
#[derive(Debug, Clone, Serialize)]
pub struct Gap {
    /// The file.
    pub file: Shared<str>,
    /// The component.
    pub component: Shared<Named>,
    /// Why.
    #[serde(flatten)]
    pub why: Shared<NotCovered>,
}

/// Sums.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files read.
    pub documents: u64,
    /// Files that could not be read.
    pub refused: u64,
    /// Components listed.
    pub components: u64,
    /// Findings: affected.
    pub affected: u64,
    /// Findings: undetermined.
    pub undetermined: u64,
    /// Findings of both kinds that are listed as known exploited.
    pub known_exploited: u64,
    /// Components not covered, by reason code.
    pub not_covered: BTreeMap<String, u64>,
    /// Affected findings by severity of their highest score; `unscored` where there is none.
    pub affected_by_severity: BTreeMap<&'static str, u64>,
}

/// Checks documents one after another.
#[derive(Debug)]
pub struct Check<'a> {
    edition: &'a Edition,
    limits: Limits,
    columns: Option<Columns>,
    mappings: Option<Arc<Mappings>>,
    report: Report,
    /// Why components were not covered, by the words for it: a few sentences for thousands of components.
    whys: HashMap<String, Shared<NotCovered>>,
}

/// Sentences that are kept to be shared, at most.
const WHYS: usize = 4_096;

impl<'a> Check<'a> {
    /// A check against `edition`.
    pub fn new(edition: &'a Edition, limits: Limits) -> Self {
        let report = Report {
            engine: ENGINE,
            edition: EditionNote::of(edition),
            documents: Vec::new(),
            refused: Vec::new(),
            findings: Vec::new(),
            not_covered: Vec::new(),
            summary: Summary::default(),
        };
        Self { edition, limits, columns: None, mappings: None, report, whys: HashMap::new() }
    }

    /// The same for lists of software items, with columns that somebody chose.
    #[must_use]
    pub fn of_lists(self, columns: Columns) -> Self {
        Self { columns: Some(columns), ..self }
    }

    /// The same with identities of one's own that mean one product.
    #[must_use]
    pub fn with_mappings(self, mappings: Mappings) -> Self {
        Self { mappings: Some(Arc::new(mappings)), ..self }
    }

    /// Checks one document; `progress` hears how many of its components are done. Owned bytes are let go of
    /// as soon as they are read.
    pub fn document<'b>(
        &mut self,
        file: &str,
        bytes: impl Into<Cow<'b, [u8]>>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Damage> {
        let bytes: Cow<'_, [u8]> = bytes.into();
        let digest = Digest::of(&bytes);
        let read = |plain: &[u8]| sbom::read_as(plain, self.columns.as_ref(), &self.limits);
        let read = unpack(&bytes, &self.limits).and_then(|plain| read(&plain));
        drop(bytes);
        match read {
            Err(problems) => {
                self.report.summary.refused += 1;
                self.report.refused.push(Refused { file: file.to_owned(), problems });
                Ok(())
            }
            Ok(read) => self.inventory(file, digest, &read.value, read.problems, progress),
        }
    }

    fn inventory(
        &mut self,
        file: &str,
        digest: Digest,
        inventory: &Inventory,
        warnings: Vec<Problem>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Damage> {
        let own = self.mappings.clone();
        let mappings = own.as_deref().unwrap_or(Mappings::built_in());
        let matcher = Matcher::with_mappings(self.edition, inventory, mappings);
        let total = inventory.components.len() as u64;
        let parts = total - u64::from(inventory.root.is_some() && total > 0);
        let mut summary = Summary { documents: 1, components: total, ..Summary::default() };
        let name: Shared<str> = file.into();
        for (index, component) in (0..).zip(&inventory.components) {
            let assessed = matcher.assess(index, component)?;
            if assessed.verdicts.is_empty() && assessed.not_covered.is_none() {
                continue;
            }
            let named = Shared::new(Named::of(index, component));
            for judged in assessed.verdicts {
                summary.count(&judged.verdict);
                self.report.findings.push(Finding {
                    file: name.clone(),
                    component: named.clone(),
                    verdict: judged.verdict,
                });
            }
            if let Some(why) = assessed.not_covered {
                *summary.not_covered.entry(why.code.clone()).or_default() += 1;
                let why = self.shared(why);
                self.report.not_covered.push(Gap { file: name.clone(), component: named, why });
            }
            if index % 512 == 0 {
                progress(u64::from(index), total);
            }
        }
        progress(total, total);
        self.report.summary.add(&summary);
        self.report.documents.push(Document {
            file: file.to_owned(),
            digest,
            format: inventory.format.shown(),
            spec_version: inventory.spec_version.clone(),
            name: inventory.name.clone(),
            components: total,
            parts,
            has_holes: inventory.graph_has_holes,
            warnings,
            summary,
        });
        Ok(())
    }

    fn shared(&mut self, why: NotCovered) -> Shared<NotCovered> {
        if let Some(known) = self.whys.get(&why.why).filter(|known| known.code == why.code) {
            return known.clone();
        }
        if self.whys.len() >= WHYS {
            self.whys.clear();
        }
        let (words, why) = (why.why.clone(), Shared::new(why));
        self.whys.insert(words, why.clone());
        why
    }

    /// A file that could not even be opened.
    pub fn unreadable(&mut self, file: &str, problem: Problem) {
        self.report.summary.refused += 1;
        self.report.refused.push(Refused { file: file.to_owned(), problems: vec![problem] });
    }

    /// The report, findings worst first.
    pub fn finish(mut self) -> Report {
        self.report.findings.sort_by(|a, b| {
            worst_first(&a.verdict, &b.verdict)
                .then_with(|| a.component.name.cmp(&b.component.name))
                .then_with(|| a.file.cmp(&b.file))
                .then_with(|| a.component.index.cmp(&b.component.index))
        });
        self.report
    }
}

impl Summary {
    fn count(&mut self, verdict: &Verdict) {
        match verdict.answer {
            Answer::Affected => {
                self.affected += 1;
                *self.affected_by_severity.entry(severity(verdict)).or_default() += 1;
            }
            Answer::Undetermined => self.undetermined += 1,
            Answer::NotAffected => return,
        }
        self.known_exploited += u64::from(verdict.kev_since.is_some());
    }

    fn add(&mut self, other: &Self) {
        self.documents += other.documents;
        self.components += other.components;
        self.affected += other.affected;
        self.undetermined += other.undetermined;
        self.known_exploited += other.known_exploited;
        for (code, count) in &other.not_covered {
            *self.not_covered.entry(code.clone()).or_default() += count;
        }
        for (severity, count) in &other.affected_by_severity {
            *self.affected_by_severity.entry(severity).or_default() += count;
        }
    }

    /// Components that could not be looked up or only in thin data.
    pub fn not_covered_total(&self) -> u64 {
        self.not_covered.values().sum()
    }
}

/// The severity of a verdict's highest score, in lower case.
pub fn severity(verdict: &Verdict) -> &'static str {
    use aftercare_vocab::cvss::Severity;
    match verdict.score_tenths.map(Severity::of_tenths) {
        None => "unscored",
        Some(Severity::None) => "none",
        Some(Severity::Low) => "low",
        Some(Severity::Medium) => "medium",
        Some(Severity::High) => "high",
        Some(Severity::Critical) => "critical",
    }
}

/// From which finding on a check counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Threshold {
    /// Never.
    Never,
    /// An affected component listed as known exploited.
    KnownExploited,
    /// An affected component with a score of 9.0 or more, or without any score.
    Critical,
    /// ... 7.0 or more, or without any score.
    High,
    /// ... 4.0 or more, or without any score.
    Medium,
    /// Any affected component.
    Affected,
    /// Any affected or undetermined component.
    Undetermined,
    /// Any of these, or a component that is not covered, or a document that lists no part of its
    /// product, names parts in other documents, or says that some are missing.
    NotCovered,
}

impl Report {
    /// Whether anything reaches the threshold. What has no score is never taken for a low one.
    pub fn reaches(&self, threshold: Threshold) -> bool {
        let affected = |least: u8| {
            self.findings.iter().any(|finding| {
                finding.verdict.answer == Answer::Affected
                    && finding.verdict.score_tenths.is_none_or(|score| score >= least)
            })
        };
        // what a supplier or a declared patch rules out stands in the list, too
        let is_open =
            self.findings.iter().any(|finding| finding.verdict.answer != Answer::NotAffected);
        match threshold {
            Threshold::Never => false,
            Threshold::KnownExploited => self.findings.iter().any(|finding| {
                finding.verdict.answer == Answer::Affected && finding.verdict.kev_since.is_some()
            }),
            Threshold::Critical => affected(90),
            Threshold::High => affected(70),
            Threshold::Medium => affected(40),
            Threshold::Affected => affected(0),
            Threshold::Undetermined => is_open,
            Threshold::NotCovered => {
                is_open
                    || !self.not_covered.is_empty()
                    || self.documents.iter().any(|document| document.lacks_parts())
            }
        }
    }
}
