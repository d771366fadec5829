//! What `aftercare check --format json` prints, reduced to what a label can be compared with.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeSet;

/// What was found, and for what nothing could be.
#[derive(Debug, Default)]
pub struct Checked {
    pub findings: Vec<Finding>,
    /// File and name of the components that were not looked up, or only in thin data.
    pub not_covered: BTreeSet<(String, String)>,
}

/// A vulnerability reported for a component.
#[derive(Debug)]
pub struct Finding {
    pub file: String,
    pub name: String,
    pub version: String,
    /// Every identifier under which it is reported, the records' own with them.
    pub ids: BTreeSet<String>,
    /// Affected; otherwise undetermined.
    pub is_affected: bool,
}

pub fn read(json: &str) -> Result<Checked> {
    #[derive(Deserialize)]
    struct Printed {
        findings: Vec<Found>,
        not_covered: Vec<Gap>,
    }
    #[derive(Deserialize)]
    struct Gap {
        file: String,
        component: Component,
    }
    #[derive(Deserialize)]
    struct Found {
        file: String,
        component: Component,
        id: String,
        aliases: Vec<String>,
        answer: String,
        because: Vec<Reason>,
    }
    #[derive(Deserialize)]
    struct Component {
        name: String,
        version: Option<String>,
    }
    #[derive(Deserialize)]
    struct Reason {
        record: String,
    }
    let printed: Printed = serde_json::from_str(json).context("reading what `check` printed")?;
    // what a supplier or a declared patch rules out is shown, and no report
    let open = printed.findings.into_iter().filter(|found| found.answer != "not_affected");
    let findings = open.map(|found| Finding {
        file: found.file,
        name: found.component.name,
        version: found.component.version.unwrap_or_default(),
        is_affected: found.answer == "affected",
        ids: std::iter::once(found.id)
            .chain(found.aliases)
            .chain(found.because.into_iter().map(|reason| reason.record))
            .collect(),
    });
    let gaps = printed.not_covered.into_iter().map(|gap| (gap.file, gap.component.name));
    Ok(Checked { findings: findings.collect(), not_covered: gaps.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ruled_out_and_kept_in_sight_is_no_report() {
        let found = |answer: &str| {
            format!(
                r#"{{"file":"f","component":{{"name":"n","version":"1"}},"id":"{answer}","aliases":[],"answer":"{answer}","because":[]}}"#
            )
        };
        let all = ["affected", "undetermined", "not_affected"].map(found).join(",");
        let checked = read(&format!(r#"{{"findings":[{all}],"not_covered":[]}}"#)).expect("read");
        let shown: Vec<bool> = checked.findings.iter().map(|found| found.is_affected).collect();
        assert_eq!(shown, [true, false]);
    }
}
