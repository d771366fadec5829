//! Human labels: is this CVE true (TP) or false (FP) for this package of this image?

use super::{Asked, Score, findings::Finding};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

#[derive(Deserialize)]
struct Label {
    image: String,
    package: Package,
    inferred_type: String,
    cve: String,
    /// `TP`, `FP`, or what the labellers left open.
    #[serde(rename = "label")]
    given: String,
    in_nvd: bool,
    nvd_has_cpe: bool,
    in_osv: Vec<String>,
    stratum: String,
    cve_year: Option<u16>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// The labels of one stratum or one type of package, compared with the answers.
#[derive(Debug, Default)]
pub struct Stratum {
    /// What counts as reported is affected.
    pub affected: Score,
    /// What counts as reported is affected or undetermined.
    pub with_undetermined: Score,
    /// Labelled pairs reported at all, and those of them that are undetermined.
    pub reported: usize,
    pub undetermined: usize,
    /// True, but no source of the snapshot knows the pair: left out of recall.
    pub unknowable: usize,
    /// Rightly not reported.
    pub silent: usize,
    pub disagreements: Vec<Disagreement>,
}

/// A label that the answers do not agree with.
#[derive(Debug)]
pub struct Disagreement {
    pub what: &'static str,
    pub image: String,
    pub package: String,
    pub cve: String,
}

/// The last year of the labels' own comparable figures.
const COMPARABLE_UNTIL: u16 = 2021;

/// Figures by stratum, by type of package, and for comparison.
pub fn measure(asked: &Asked<'_>) -> Result<BTreeMap<String, Stratum>> {
    let folder = asked.labels.join("inventories");
    let mut files = Vec::new();
    let mut images = HashMap::new();
    for entry in std::fs::read_dir(&folder).context("reading the inventories")? {
        let path = entry?.path();
        let document: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        let image = document["metadata"]["component"]["name"].as_str().unwrap_or_default();
        images.insert(path.to_string_lossy().into_owned(), image.to_owned());
        files.push(path);
    }
    files.sort();
    let reported = by_pair(&asked.check(&files)?.findings, &images);
    let mut strata: BTreeMap<String, Stratum> = BTreeMap::new();
    for row in asked.lines("labels.jsonl.gz")? {
        let label: Label = serde_json::from_value(row).context("reading a label")?;
        if !matches!(label.given.as_str(), "TP" | "FP") {
            continue; // the labellers themselves did not decide
        }
        let key = pair(&label.image, &label.package.name, &label.package.version, &label.cve);
        let found = reported.get(&key).copied();
        let mut groups = vec![format!("stratum {}", label.stratum)];
        groups.push(format!("type {}", label.inferred_type));
        if label.cve_year.is_some_and(|year| year <= COMPARABLE_UNTIL) {
            groups.push(format!("until {COMPARABLE_UNTIL} {}", label.stratum));
        }
        for group in groups {
            strata.entry(group).or_default().count(&label, found);
        }
    }
    Ok(strata)
}

fn pair(image: &str, name: &str, version: &str, id: &str) -> String {
    [image, name, version, id].join("\0")
}

/// Whether the pair is reported as affected (true) or undetermined (false).
fn by_pair(findings: &[Finding], images: &HashMap<String, String>) -> HashMap<String, bool> {
    let mut reported = HashMap::new();
    for finding in findings {
        let image = images.get(&finding.file).map_or("", String::as_str);
        for id in &finding.ids {
            let key = pair(image, &finding.name, &finding.version, id);
            *reported.entry(key).or_insert(false) |= finding.is_affected;
        }
    }
    reported
}

impl Stratum {
    fn count(&mut self, label: &Label, found: Option<bool>) {
        let is_true = label.given == "TP";
        if found.is_some() {
            self.reported += 1;
            self.undetermined += usize::from(found == Some(false));
        }
        let is_knowable = (label.in_nvd && label.nvd_has_cpe) || !label.in_osv.is_empty();
        if found.is_none() {
            match (is_true, is_knowable) {
                (true, false) => self.unknowable += 1,
                (false, _) => self.silent += 1,
                (true, true) => {}
            }
        }
        for (score, is_reported) in [
            (&mut self.affected, found == Some(true)),
            (&mut self.with_undetermined, found.is_some()),
        ] {
            match (is_true, is_reported) {
                (true, true) => score.right += 1,
                (false, true) => score.wrong += 1,
                (true, false) if is_knowable || found.is_some() => score.missed += 1,
                _ => {}
            }
        }
        let what = match (is_true, found) {
            (false, Some(true)) => "affected, labelled false",
            (false, Some(false)) => "undetermined, labelled false",
            (true, None) if is_knowable => "not reported, labelled true",
            _ => return,
        };
        self.disagreements.push(Disagreement {
            what,
            image: label.image.clone(),
            package: format!("{} {}", label.package.name, label.package.version),
            cve: label.cve.clone(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(label: &str, known: bool) -> Label {
        serde_json::from_value(serde_json::json!({
            "image": "i", "package": {"name": "n", "version": "1"}, "inferred_type": "npm",
            "cve": "CVE-2020-0001", "label": label, "in_nvd": known, "nvd_has_cpe": known,
            "in_osv": [], "stratum": "s", "cve_year": 2020,
        }))
        .unwrap()
    }

    #[test]
    fn each_label_counts_once_and_what_nobody_could_know_is_left_out() {
        let mut stratum = Stratum::default();
        stratum.count(&label("TP", true), Some(true));
        stratum.count(&label("TP", true), Some(false));
        stratum.count(&label("TP", true), None);
        stratum.count(&label("TP", false), None);
        stratum.count(&label("FP", true), Some(false));
        stratum.count(&label("FP", true), None);
        assert_eq!(stratum.affected, Score { right: 1, wrong: 0, missed: 2 });
        assert_eq!(stratum.with_undetermined, Score { right: 2, wrong: 1, missed: 1 });
        assert_eq!((stratum.unknowable, stratum.silent), (1, 1));
        assert_eq!((stratum.reported, stratum.undetermined), (3, 2));
        assert_eq!(stratum.disagreements.len(), 2);
    }
}
