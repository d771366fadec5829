//! The project's own labels for device software (`xtask/data/device-software.jsonl`; its README says what
//! each field means).

use super::{Asked, Score};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

const LABELS: &str = include_str!("../../data/device-software.jsonl");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    group: String,
    vulnerability: String,
    component: Component,
    /// What stands beside it in the SBOM.
    #[serde(default, rename = "with")]
    beside: Vec<Component>,
    truth: Truth,
    source: String,
    /// Read by the test only: how the truth was confirmed.
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers of the file"))]
    confirmed: Confirmed,
    note: String,
    in_snapshot: bool,
    held_out: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Truth {
    Affected,
    NotAffected,
    Undetermined,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "for readers of the file"))]
struct Confirmed {
    by: String,
    record: String,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
struct Component {
    name: String,
    version: String,
    purl: Option<String>,
    cpe: Option<String>,
    supplier: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Vulnerabilities that a recipe states as repaired.
    #[serde(default)]
    patched: Vec<String>,
}

impl Component {
    fn in_cyclonedx(&self) -> Value {
        let kind = self.kind.as_deref().unwrap_or("library");
        let mut component = json!({"type": kind, "name": self.name, "version": self.version});
        for (field, value) in [("purl", &self.purl), ("cpe", &self.cpe)] {
            if let Some(value) = value {
                component[field] = json!(value);
            }
        }
        if let Some(supplier) = &self.supplier {
            component["supplier"] = json!({"name": supplier});
        }
        if !self.patched.is_empty() {
            let resolved = self.patched.iter().map(|id| json!({"type": "security", "id": id}));
            let patch = json!({"type": "backport", "resolves": resolved.collect::<Vec<_>>()});
            component["pedigree"] = json!({"patches": [patch]});
        }
        component
    }

    fn shown(&self) -> String {
        let identity = match (&self.purl, &self.cpe, &self.supplier) {
            (Some(identity), ..) | (None, Some(identity), _) => format!("`{identity}`"),
            (None, None, Some(supplier)) => format!("by the name, of {supplier}"),
            (None, None, None) => "by the name alone".to_owned(),
        };
        format!("{} {} ({identity})", self.name, self.version)
    }
}

/// What the product says of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Affected,
    Undetermined,
    /// Nothing, and the component is listed as not covered.
    NotCovered,
    /// Nothing, although the component was looked up.
    Silent,
}

/// The labels of a group, compared with the answers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Group {
    pub labels: usize,
    /// What counts as reported is affected.
    pub affected: Score,
    /// What counts as reported is affected or undetermined.
    pub with_undetermined: Score,
    pub reported: usize,
    pub undetermined: usize,
    /// Rightly not reported.
    pub silent: usize,
    /// Missed, known to the snapshot, and not listed as not covered.
    pub hidden: usize,
    /// True, but no record of the snapshot names a product for it: left out of recall.
    pub unknowable: usize,
    /// Labels that public facts leave open, and those of them that the product leaves open.
    pub open: usize,
    pub rightly_open: usize,
}

/// Which labels are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    All,
    Developed,
    HeldOut,
}

/// The row of all groups together.
const TOGETHER: &str = "together";

/// Figures by share and group, and every disagreement in words.
#[derive(Debug, Default)]
pub struct Devices {
    groups: BTreeMap<(Share, String), Group>,
    pub disagreements: Vec<String>,
}

impl Devices {
    /// The groups of a share by name, all of them together at the end.
    pub fn groups(&self, share: Share) -> impl Iterator<Item = (&str, &Group)> {
        let of = move |last: bool| {
            let groups = self.groups.iter().filter(move |((of, _), _)| *of == share);
            groups.filter(move |((_, name), _)| (name == TOGETHER) == last)
        };
        of(false).chain(of(true)).map(|((_, name), group)| (name.as_str(), group))
    }

    fn count(&mut self, label: &Label, answer: Answer) {
        let share = if label.held_out { Share::HeldOut } else { Share::Developed };
        for share in [Share::All, share] {
            for name in [TOGETHER, label.group.as_str()] {
                self.groups.entry((share, name.to_owned())).or_default().count(label, answer);
            }
        }
        let said = match (label.truth, answer) {
            (Truth::Affected, Answer::Affected)
            | (Truth::NotAffected, Answer::NotCovered | Answer::Silent)
            | (Truth::Undetermined, Answer::Undetermined) => return,
            (_, Answer::Affected) => "said to be affected",
            (_, Answer::Undetermined) => "left to a person",
            (_, Answer::NotCovered) => "listed as not covered",
            (_, Answer::Silent) if label.in_snapshot => "**not shown, although looked up**",
            (_, Answer::Silent) => "not shown, the snapshot knows no product of it",
        };
        let truth = match label.truth {
            Truth::Affected => "affected",
            Truth::NotAffected => "not affected",
            Truth::Undetermined => "open",
        };
        let held_out = if label.held_out { ", held out" } else { "" };
        let (group, id, component) = (&label.group, &label.vulnerability, label.component.shown());
        let (note, source) = (&label.note, &label.source);
        self.disagreements.push(format!(
            "{group}{held_out}: {id}, {component}: {truth}, {said}. {note} <{source}>"
        ));
    }
}

impl Group {
    fn count(&mut self, label: &Label, answer: Answer) {
        self.labels += 1;
        let is_reported = matches!(answer, Answer::Affected | Answer::Undetermined);
        self.reported += usize::from(is_reported);
        self.undetermined += usize::from(answer == Answer::Undetermined);
        let is_true = match label.truth {
            Truth::Undetermined => {
                self.open += 1;
                self.rightly_open += usize::from(answer == Answer::Undetermined);
                return;
            }
            truth => truth == Truth::Affected,
        };
        if !is_reported {
            match (is_true, label.in_snapshot) {
                (false, _) => self.silent += 1,
                (true, false) => self.unknowable += 1,
                (true, true) => self.hidden += usize::from(answer == Answer::Silent),
            }
        }
        for (score, says) in [
            (&mut self.affected, answer == Answer::Affected),
            (&mut self.with_undetermined, is_reported),
        ] {
            match (is_true, says) {
                (true, true) => score.right += 1,
                (false, true) => score.wrong += 1,
                (true, false) if label.in_snapshot || is_reported => score.missed += 1,
                _ => {}
            }
        }
    }
}

fn labels() -> Result<Vec<Label>> {
    let numbered = LABELS.lines().enumerate();
    numbered
        .map(|(at, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("line {} of device-software.jsonl", at + 1))
        })
        .collect()
}

/// Asks the product about every label, each in an SBOM of its own.
pub fn measure(asked: &Asked<'_>, scratch: &Path) -> Result<Devices> {
    let folder = scratch.join("devices");
    std::fs::create_dir_all(&folder)?;
    let labels = labels()?;
    let mut files = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        let all = std::iter::once(&label.component).chain(&label.beside);
        let components: Vec<Value> = all.map(Component::in_cyclonedx).collect();
        let bill = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components});
        let file = folder.join(format!("{index:04}.cdx.json"));
        std::fs::write(&file, bill.to_string())?;
        files.push(file);
    }
    let checked = asked.check(&files)?;
    let mut reported: HashMap<(&str, &str, &str), bool> = HashMap::new();
    for finding in &checked.findings {
        for id in &finding.ids {
            let key = (finding.file.as_str(), finding.name.as_str(), id.as_str());
            *reported.entry(key).or_default() |= finding.is_affected;
        }
    }
    let mut devices = Devices::default();
    for (label, file) in labels.iter().zip(&files) {
        let (file, name) = (file.to_string_lossy(), label.component.name.as_str());
        let gap = (file.to_string(), name.to_owned());
        let answer = match reported.get(&(&*file, name, label.vulnerability.as_str())) {
            Some(true) => Answer::Affected,
            Some(false) => Answer::Undetermined,
            None if checked.not_covered.contains(&gap) => Answer::NotCovered,
            None => Answer::Silent,
        };
        devices.count(label, answer);
    }
    Ok(devices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const GROUPS: [&str; 15] = [
        "bluetooth",
        "configuration",
        "crypto",
        "dicom-hl7",
        "distribution",
        "framework",
        "gateway",
        "library",
        "near-name",
        "plc",
        "rtos",
        "stack",
        "system",
        "windows",
        "yocto",
    ];

    /// FNV-1a, 64 bits.
    fn hash(text: &str) -> u64 {
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    fn is_cve(id: &str) -> bool {
        let parts: Vec<&str> = id.split('-').collect();
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        matches!(parts[..], ["CVE", year, number]
            if year.len() == 4 && digits(year) && number.len() >= 4 && digits(number))
    }

    #[test]
    fn every_label_is_whole_sourced_and_stands_once_in_its_place() {
        let labels = labels().expect("every line");
        assert!(labels.len() >= 150, "{} labels", labels.len());
        let (mut seen, mut before) = (BTreeSet::new(), None);
        for label in &labels {
            let component = &label.component;
            let place = format!("{} {}", label.vulnerability, component.shown());
            assert!(GROUPS.contains(&label.group.as_str()), "{place}: group {}", label.group);
            assert!(is_cve(&label.vulnerability), "{place}");
            assert!(label.source.starts_with("http"), "{place}: {}", label.source);
            assert!(!label.note.is_empty() && !label.confirmed.record.is_empty(), "{place}");
            let by = label.confirmed.by.as_str();
            assert!(["snapshot", "page", "both"].contains(&by), "{place}: confirmed by {by}");
            for one in std::iter::once(component).chain(&label.beside) {
                assert!(!one.name.is_empty() && !one.version.is_empty(), "{place}");
                let purl = one.purl.as_deref().is_none_or(|purl| purl.starts_with("pkg:"));
                let cpe = one.cpe.as_deref().is_none_or(|cpe| {
                    cpe.starts_with("cpe:2.3:") && cpe.replace("\\:", "").split(':').count() == 13
                });
                assert!(purl && cpe, "{place}");
                assert!(one.patched.iter().all(|id| is_cve(id)), "{place}");
            }
            assert_eq!(
                label.held_out,
                hash(&label.vulnerability).is_multiple_of(3),
                "{place}: its share"
            );
            let (group, id) = (&label.group, &label.vulnerability);
            let at = (group, id, &component.name, &component.version);
            assert!(before.is_none_or(|before| before <= at), "{place} is out of order");
            before = Some(at);
            assert!(seen.insert((id, component, &label.beside)), "{place} stands twice");
        }
        let held_out = labels.iter().filter(|label| label.held_out).count();
        assert!((labels.len() / 4..labels.len() / 2).contains(&held_out), "{held_out} held out");
    }

    fn label(truth: &str, in_snapshot: bool) -> Label {
        serde_json::from_value(json!({
            "group": "rtos", "vulnerability": "CVE-2020-0001",
            "component": {"name": "n", "version": "1"}, "truth": truth, "source": "https://s",
            "confirmed": {"by": "page", "record": "r"}, "note": "Why.",
            "in_snapshot": in_snapshot, "held_out": false,
        }))
        .unwrap()
    }

    #[test]
    fn what_is_hidden_what_nobody_could_know_and_what_is_open_are_counted_apart() {
        let mut devices = Devices::default();
        for (truth, in_snapshot, answer) in [
            ("affected", true, Answer::Affected),
            ("affected", true, Answer::Undetermined),
            ("affected", true, Answer::NotCovered),
            ("affected", true, Answer::Silent),
            ("affected", false, Answer::Silent),
            ("not_affected", true, Answer::Affected),
            ("not_affected", true, Answer::Silent),
            ("undetermined", true, Answer::Undetermined),
            ("undetermined", true, Answer::Silent),
        ] {
            devices.count(&label(truth, in_snapshot), answer);
        }
        let (name, group) = devices.groups(Share::Developed).next().expect("a group");
        assert_eq!((name, group.labels), ("rtos", 9));
        assert_eq!(group.affected, Score { right: 1, wrong: 1, missed: 3 });
        assert_eq!(group.with_undetermined, Score { right: 2, wrong: 1, missed: 2 });
        assert_eq!((group.hidden, group.unknowable, group.silent), (1, 1, 1));
        assert_eq!((group.open, group.rightly_open), (2, 1));
        assert_eq!((group.reported, group.undetermined), (4, 2));
        assert_eq!(devices.disagreements.len(), 6);
        assert_eq!(devices.groups(Share::HeldOut).count(), 0);
        assert_eq!(devices.groups(Share::All).last().expect("the sum").0, TOGETHER);
    }
}
