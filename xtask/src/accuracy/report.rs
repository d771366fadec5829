//! The figures as `docs/accuracy.md`.

use super::devices::{Devices, Share};
use super::labels::Stratum;
use super::queries::{Ecosystem, Vectors};
use crate::calendar;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Disagreements shown of each stratum; all of them are in the file beside.
const SHOWN: usize = 15;

const HEAD: &str = "\
# Accuracy

Made by `cargo xtask accuracy`. The product imports the public snapshot (NVD, OSV, KEV, EPSS, CVE records
with CISA's container), checks inventories whose packages people have labelled, and is compared with the
labels. The snapshot is a part of what a live installation imports: npm, NuGet, RubyGems and the Linux
distributions are not in it, so their figures say how careful the product is without data, not how good
it is with them.

*Affected* counts only what the product calls affected. *With undetermined* also counts what it leaves to a
person. Precision is the share of reports that are labelled true, recall the share of labelled truths that
are reported, of those that any source of the snapshot knows; F1 is their harmonic mean.

";

pub fn markdown(
    strata: &BTreeMap<String, Stratum>,
    ecosystems: &BTreeMap<String, Ecosystem>,
    vectors: &[Vectors],
    devices: &Devices,
) -> String {
    let mut text = String::from(HEAD);
    let _ = writeln!(text, "Measured on {}.\n", calendar::today());
    for (lead, title, about) in [
        (
            "stratum ",
            "By what the snapshot knows",
            "\
`osv`: ecosystems whole in the snapshot. `osv-partial`: Maven, of which it holds a part, and whose packages \
carry no group in these inventories, so no package URL. `language-no-osv-snapshot`: npm, RubyGems, NuGet, \
found through NVD alone. `cpe-only`: programs without an ecosystem. `os-package`: distributions, whose own \
data are missing; upstream ranges are not applied to them.",
        ),
        ("type ", "By type of package", "The type is inferred by the makers of the labels."),
        (
            "until 2021 ",
            "Flaws until 2021 only",
            "\
The labels' own comparisons of tools leave later years out.",
        ),
    ] {
        let _ = writeln!(text, "## {title}\n\n{about}\n");
        text.push_str(
            "| | affected: precision | recall | F1 | with undetermined: precision | recall | F1 | reported | undetermined | rightly silent | missed | not knowable |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for (name, stratum) in strata {
            let Some(name) = name.strip_prefix(lead) else { continue };
            let (sure, all) = (stratum.affected, stratum.with_undetermined);
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} | {} | {} | {} | {} | {} ({}) | {} | {} | {} |",
                sure.precision(),
                sure.recall(),
                sure.f1(),
                all.precision(),
                all.recall(),
                all.f1(),
                stratum.reported,
                stratum.undetermined,
                super::share(stratum.undetermined, stratum.reported),
                stratum.silent,
                all.missed,
                stratum.unknowable,
            );
        }
        text.push('\n');
    }
    queries(&mut text, ecosystems);
    text.push_str("## Exact vectors\n\nEvery row must be right.\n\n| set | rows | wrong |\n| --- | --- | --- |\n");
    for set in vectors {
        let _ = writeln!(text, "| {} | {} | {} |", set.name, set.rows, set.wrong);
    }
    device_software(&mut text, devices);
    listed(&mut text, strata);
    text
}

fn device_software(text: &mut String, devices: &Devices) {
    text.push_str(
        "\n## Device software\n\n\
         Labels of the project's own, written from public facts ([what they are and whence](../xtask/data/README.md)): \
         firmware, RTOS, network stacks, Yocto recipes, software of medical imaging. Truths of which no record of the \
         snapshot names a product are left out of recall. *Open* counts labels that public facts leave open, and how \
         many of them the product leaves to a person. *Silent although looked up* is the worst: a true flaw, known to \
         the snapshot, neither shown nor listed as not covered.\n",
    );
    for (share, title) in [
        (Share::All, "All labels"),
        (Share::Developed, "Development share"),
        (Share::HeldOut, "Held-out share: no rule or table is changed for these"),
    ] {
        let _ = writeln!(text, "\n### {title}\n");
        text.push_str(
            "| | labels | affected: precision | recall | F1 | with undetermined: precision | recall | F1 | reported | undetermined | rightly silent | missed | silent although looked up | not knowable | open: rightly undetermined |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for (name, group) in devices.groups(share) {
            let (sure, all) = (group.affected, group.with_undetermined);
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} ({}) | {} | {} | {} | {} | {} of {} |",
                group.labels,
                sure.precision(),
                sure.recall(),
                sure.f1(),
                all.precision(),
                all.recall(),
                all.f1(),
                group.reported,
                group.undetermined,
                super::share(group.undetermined, group.reported),
                group.silent,
                all.missed,
                group.hidden,
                group.unknowable,
                group.rightly_open,
                group.open,
            );
        }
    }
    text.push_str("\n### Device software: disagreements\n\n");
    for line in &devices.disagreements {
        let _ = writeln!(text, "- {line}");
    }
}

fn queries(text: &mut String, ecosystems: &BTreeMap<String, Ecosystem>) {
    text.push_str(
        "## Recorded answers of the OSV service\n\n\
         Recall counts the identifiers that the snapshot holds; precision counts reports that the service does \
         not give, where its answer was whole. Only ecosystems that are whole in the snapshot are shown: \
         elsewhere a miss says nothing.\n\n\
         | ecosystem | queries | precision | recall | F1 | undetermined |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for (name, of) in ecosystems.iter().filter(|(_, of)| of.is_complete) {
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} | {} |",
            of.queries,
            of.score.precision(),
            of.score.recall(),
            of.score.f1(),
            of.undetermined,
        );
    }
    let others: Vec<String> = ecosystems
        .iter()
        .filter(|(_, of)| !of.is_complete)
        .map(|(name, of)| format!("{name} {}", of.queries))
        .collect();
    let _ = writeln!(text, "\nAsked, but not counted: {}.\n", others.join(", "));
}

fn listed(text: &mut String, strata: &BTreeMap<String, Stratum>) {
    text.push_str("\n## Disagreements\n\n");
    for (name, stratum) in strata {
        let Some(name) = name.strip_prefix("stratum ") else { continue };
        if name == "os-package" {
            let count = stratum.disagreements.len();
            let _ = writeln!(text, "`os-package`: {count}, for want of the distributions' data.\n");
            continue;
        }
        let _ = writeln!(text, "`{name}`: {}\n", stratum.disagreements.len());
        let mut kinds: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for one in &stratum.disagreements {
            *kinds.entry((one.what, &one.package)).or_default() += 1;
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
        for ((what, package), count) in kinds.iter().take(SHOWN) {
            let _ = writeln!(text, "- {package}: {count} {what}");
        }
        if kinds.len() > SHOWN {
            let _ = writeln!(text, "- and {} packages more", kinds.len() - SHOWN);
        }
        text.push('\n');
    }
    while text.ends_with("\n\n") {
        text.pop();
    }
}

/// Every disagreement, one a line.
pub fn disagreements(strata: &BTreeMap<String, Stratum>) -> String {
    let mut text = String::from("stratum,what,image,package,cve\n");
    for (name, stratum) in strata {
        let Some(name) = name.strip_prefix("stratum ") else { continue };
        for one in &stratum.disagreements {
            let _ =
                writeln!(text, "{name},\"{}\",{},{},{}", one.what, one.image, one.package, one.cve);
        }
    }
    text
}
