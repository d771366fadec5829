//! The report for people: for each document what was found, what could not be looked up and what was
//! wrong with it; then the sums and the edition they rest on.

use crate::sheet::{Column, Look, Paint, Row, Sheet};
use aftercare_desk::check::{Document, EditionNote, Finding, Gap, Report, severity};
use aftercare_vocab::verdict::{Answer, Reason, Verdict};
use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// Warnings shown for a document; the rest are counted.
const WARNINGS_SHOWN: usize = 10;

/// Reasons shown for one kind of gap, and components named for one reason.
const EXAMPLES: usize = 3;

/// The whole report.
pub fn report(report: &Report, look: Look, all_reasons: bool) -> String {
    let mut sheet = Sheet::new(look);
    let mut findings: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in &report.findings {
        findings.entry(&finding.file).or_default().push(finding);
    }
    let mut gaps: HashMap<&str, Vec<&Gap>> = HashMap::new();
    for gap in &report.not_covered {
        gaps.entry(&gap.file).or_default().push(gap);
    }
    for document in &report.documents {
        let file = document.file.as_str();
        head(&mut sheet, document);
        found(&mut sheet, document, findings.get(file).map_or(&[], Vec::as_slice), all_reasons);
        not_covered(&mut sheet, gaps.get(file).map_or(&[], Vec::as_slice));
        warnings(&mut sheet, document);
        sheet.blank();
    }
    for refused in &report.refused {
        sheet.title(&format!("{}: could not be read, nothing is known about it", refused.file));
        for problem in &refused.problems {
            sheet.say(2, Paint::None, &problem.to_string());
        }
        sheet.blank();
    }
    sums(&mut sheet, report);
    sheet.finish()
}

/// `1 component`, `2 components`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// `12,345`
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn components(count: u64) -> String {
    counted(count, "component", "components")
}

fn head(sheet: &mut Sheet, document: &Document) {
    let name = document.name.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    sheet.title(&format!("{}{name}", document.file));
    sheet.say(
        2,
        Paint::Dim,
        &format!(
            "{}, {}",
            format!("{} {}", document.format, document.spec_version.trim_start_matches("SPDX-"))
                .trim_end(),
            components(document.components)
        ),
    );
}

fn found(sheet: &mut Sheet, document: &Document, findings: &[&Finding], all_reasons: bool) {
    if findings.is_empty() {
        sheet.say(2, Paint::None, &nothing_found(document));
        return;
    }
    let columns = [
        Column::right("Score"),
        Column::left("Severity"),
        Column::left("Vulnerability"),
        Column::left("Answer"),
        Column::elastic("Component", 16),
        Column::elastic("Fixed in", 8),
        Column::left("Exploited"),
        Column::right("EPSS"),
    ];
    // Rows are made twice and kept never: of a million findings they would take a gigabyte.
    sheet.rows(2, &columns, || {
        findings
            .chunk_by(|first, other| alike(first, other))
            .map(|same| Cow::Owned(row(same[0], same.len(), all_reasons)))
    });
}

/// What it means that nothing was found.
fn nothing_found(document: &Document) -> String {
    let without = document.summary.not_covered_total();
    match (document.components, document.parts) {
        (0, _) => "Nothing was looked up: the document lists no component.".to_owned(),
        (_, 0) if without > 0 => {
            "Nothing was looked up: the document lists no part of the product, and the product itself is not covered."
                .to_owned()
        }
        (_, 0) => {
            "No recorded vulnerability for the product itself; no part of it is listed, and nothing is known about its parts."
                .to_owned()
        }
        (_, parts) => {
            let covered = components(parts.saturating_sub(without));
            let rest = match without {
                0 if document.has_holes => {
                    "every listed component was looked up, but parts of the product are not in this document: nothing is known about them."
                        .to_owned()
                }
                0 => "every listed component was looked up. An SBOM may be incomplete.".to_owned(),
                1 => "1 component is not covered, nothing is known about it.".to_owned(),
                n => format!(
                    "{} components are not covered, nothing is known about them.",
                    grouped(n)
                ),
            };
            format!(
                "No recorded vulnerability for {}; {rest}",
                covered.replace(" comp", " covered comp")
            )
        }
    }
}

/// The same vulnerability of the same component, listed at several places of one document.
fn alike(a: &Finding, b: &Finding) -> bool {
    a.verdict.id == b.verdict.id
        && a.verdict.answer == b.verdict.answer
        && (&a.component.name, &a.component.version, &a.component.identity)
            == (&b.component.name, &b.component.version, &b.component.identity)
}

fn row(finding: &Finding, places: usize, all_reasons: bool) -> Row {
    let verdict = &finding.verdict;
    let weight = match verdict.answer {
        Answer::Affected => Paint::Red,
        _ => Paint::Magenta,
    };
    let mut component = finding.component.shown();
    if places > 1 {
        component += &format!(" ({places} places)");
    }
    let exploited = match &verdict.kev_since {
        Some(since) => (&**since, weight),
        None => ("", Paint::None),
    };
    let (score, severity) = rating(verdict);
    let mut row = Row::painted([
        (score.as_str(), Paint::None),
        (severity, Paint::None),
        (&verdict.id, Paint::Bold),
        (verdict.answer.shown(), weight),
        (&component, Paint::None),
        (&verdict.fixed_in.join(", "), Paint::None),
        exploited,
        (&verdict.epss.map(percent).unwrap_or_default(), Paint::None),
    ]);
    let shown = if all_reasons { verdict.because.len() } else { 1 };
    for reason in verdict.because.iter().take(shown) {
        row.note(Paint::Dim, because(reason, all_reasons));
    }
    if verdict.disagreement && !all_reasons {
        row.note(
            Paint::Dim,
            "Sources disagree; `--all-reasons` shows what each of them says.".to_owned(),
        );
    }
    row
}

/// Score and severity in words; `-` and `not scored` where no source gives a score.
pub fn rating(verdict: &Verdict) -> (String, &'static str) {
    match verdict.score_tenths {
        None => ("-".to_owned(), "not scored"),
        Some(tenths) => (score(tenths), severity(verdict)),
    }
}

/// 98 = `9.8`
pub fn score(tenths: u8) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// 1151 hundred-thousandths = `1.2 %`
pub fn percent(hundred_thousandths: u32) -> String {
    match hundred_thousandths {
        1..50 => "<0.1 %".to_owned(),
        n => format!("{:.1} %", f64::from(n) / 1000.0),
    }
}

/// The reason in one line.
pub fn because(reason: &Reason, with_answer: bool) -> String {
    let answer = if with_answer { format!("{}: ", reason.answer.shown()) } else { String::new() };
    let range = if reason.range.is_empty() {
        reason.rule.replace('_', " ")
    } else {
        reason.range.to_string()
    };
    let note = if reason.note.is_empty() { String::new() } else { format!(". {}", reason.note) };
    format!("{answer}{range} ({} {}, {}){note}", reason.source, reason.record, reason.place)
}

fn not_covered(sheet: &mut Sheet, gaps: &[&Gap]) {
    if gaps.is_empty() {
        return;
    }
    sheet.say(
        2,
        Paint::Magenta,
        &format!(
            "Not covered: {}. That no vulnerability is listed for them means nothing.",
            components(gaps.len() as u64)
        ),
    );
    let mut kinds: BTreeMap<&str, BTreeMap<&str, Vec<&Gap>>> = BTreeMap::new();
    for gap in gaps {
        kinds.entry(&gap.why.code).or_default().entry(&gap.why.why).or_default().push(gap);
    }
    for (code, reasons) in kinds {
        let count = reasons.values().map(Vec::len).sum::<usize>();
        sheet.say(4, Paint::Bold, &format!("{}: {}", kind(code), components(count as u64)));
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(why, gaps)| (Reverse(gaps.len()), *why));
        for (why, gaps) in reasons.iter().take(EXAMPLES) {
            let mut named: Vec<String> =
                gaps.iter().take(EXAMPLES).map(|gap| gap.component.shown()).collect();
            if gaps.len() > EXAMPLES {
                named.push(format!("and {} more", grouped((gaps.len() - EXAMPLES) as u64)));
            }
            sheet.say(6, Paint::None, &format!("{}. {why}", named.join(", ")));
        }
        if reasons.len() > EXAMPLES {
            let rest: usize = reasons.iter().skip(EXAMPLES).map(|(_, gaps)| gaps.len()).sum();
            let rest = components(rest as u64);
            sheet.say(
                6,
                Paint::None,
                &format!("{rest} more for like reasons; `--format csv` lists them all."),
            );
        }
    }
}

/// The reason of a gap in words.
pub fn kind(code: &str) -> String {
    match code {
        "no_identity" => "No usable identity".to_owned(),
        "ecosystem_without_data" => "The edition has no data for the ecosystem".to_owned(),
        "thin_data" => "The edition has too few data for the ecosystem".to_owned(),
        "product_never_named" => "No record names the product".to_owned(),
        "no_version" => "No version".to_owned(),
        other => other.replace('_', " "),
    }
}

fn warnings(sheet: &mut Sheet, document: &Document) {
    let count = document.warnings.len();
    if count == 0 {
        return;
    }
    sheet.say(2, Paint::Bold, &counted(count as u64, "warning", "warnings"));
    for warning in document.warnings.iter().take(WARNINGS_SHOWN) {
        sheet.say(4, Paint::None, &warning.to_string());
    }
    if count > WARNINGS_SHOWN {
        let rest = count - WARNINGS_SHOWN;
        sheet.say(4, Paint::None, &format!("{rest} more; `--format json` lists them all."));
    }
}

fn sums(sheet: &mut Sheet, report: &Report) {
    let sums = &report.summary;
    let severities: Vec<String> = ["critical", "high", "medium", "low", "none", "unscored"]
        .into_iter()
        .filter_map(|name| {
            let count = sums.affected_by_severity.get(name)?;
            Some(format!("{count} {}", if name == "unscored" { "not scored" } else { name }))
        })
        .collect();
    let severities =
        if severities.is_empty() { String::new() } else { format!(" ({})", severities.join(", ")) };
    let mut line = format!(
        "{}, {}: {} affected{severities}, {} undetermined, {} of both known exploited; {} not covered.",
        counted(sums.documents, "document", "documents"),
        components(sums.components),
        grouped(sums.affected),
        grouped(sums.undetermined),
        grouped(sums.known_exploited),
        components(sums.not_covered_total()),
    );
    if sums.refused > 0 {
        line += &format!(" {} could not be read.", counted(sums.refused, "file", "files"));
    }
    sheet.title(&line);
    sheet.say(0, Paint::None, &edition(&report.edition));
}

/// The edition in one line.
pub fn edition(note: &EditionNote) -> String {
    format!(
        "Edition {}{}: {}, newest source {}.",
        note.id.short(),
        note.label.as_deref().map(|label| format!(" ({label})")).unwrap_or_default(),
        counted(note.records, "record", "records"),
        note.newest_source.as_deref().unwrap_or("of unknown date"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_and_probabilities_never_round_to_nothing() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"].map(str::to_owned)
        );
        assert_eq!(
            [0, 7, 1151, 97_566].map(percent),
            ["0.0 %", "<0.1 %", "1.2 %", "97.6 %"].map(str::to_owned)
        );
        assert_eq!([100, 98, 0].map(score), ["10.0", "9.8", "0.0"].map(str::to_owned));
    }
}
