//! The report for spreadsheets: RFC 4180, one line for each finding, each component that is not
//! covered and each file that could not be read.

use super::table::score;
use crate::ending::Failure;
use aftercare_desk::check::{Finding, Gap, Refused, Report, severity};
pub use aftercare_desk::neutral;
use csv::{Terminator, WriterBuilder};

const HEAD: [&str; 25] = [
    "file",
    "row",
    "answer",
    "vulnerability",
    "aliases",
    "score",
    "severity",
    "vector",
    "known_exploited_since",
    "epss",
    "epss_percentile",
    "component",
    "version",
    "identity",
    "place",
    "fixed_in",
    "source",
    "record",
    "rule",
    "range",
    "record_place",
    "confidence",
    "disagreement",
    "why",
    "summary",
];

type Row = [String; HEAD.len()];

/// The report as CSV.
pub fn rows(report: &Report) -> Result<Vec<u8>, Failure> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let rows = (report.findings.iter().map(finding))
        .chain(report.not_covered.iter().map(gap))
        .chain(report.refused.iter().map(refused));
    let write = || -> csv::Result<()> {
        writer.write_record(HEAD)?;
        for row in rows {
            writer.write_record(row.iter().map(|cell| neutral(cell).into_owned()))?;
        }
        writer.flush()?;
        Ok(())
    };
    let failed = |error: &dyn std::fmt::Display| {
        Failure::Trouble(format!("The report cannot be written as CSV: {error}"))
    };
    write().map_err(|error| failed(&error))?;
    writer.into_inner().map_err(|error| failed(&error))
}

fn finding(finding: &Finding) -> Row {
    let verdict = &finding.verdict;
    let share = |part: Option<u32>| {
        part.map(|part| format!("{:.5}", f64::from(part) / 100_000.0)).unwrap_or_default()
    };
    let reason = verdict.because.first();
    let of = |part: fn(&aftercare_vocab::verdict::Reason) -> String| {
        reason.map(part).unwrap_or_default()
    };
    [
        finding.file.clone(),
        "finding".to_owned(),
        verdict.answer.code().to_owned(),
        verdict.id.clone(),
        verdict.aliases.join(" "),
        verdict.score_tenths.map(score).unwrap_or_default(),
        severity(verdict).to_owned(),
        verdict.vector.clone().unwrap_or_default(),
        verdict.kev_since.clone().unwrap_or_default(),
        share(verdict.epss),
        share(verdict.epss_percentile),
        finding.component.name.clone(),
        finding.component.version.clone().unwrap_or_default(),
        finding.component.identity.clone().unwrap_or_default(),
        finding.component.place.clone(),
        verdict.fixed_in.join(" "),
        of(|reason| reason.source.clone()),
        of(|reason| reason.record.clone()),
        of(|reason| reason.rule.clone()),
        of(|reason| reason.range.clone()),
        of(|reason| reason.place.clone()),
        of(|reason| format!("{:?}", reason.confidence).to_lowercase()),
        verdict.disagreement.to_string(),
        of(|reason| reason.note.clone()),
        verdict.summary.clone(),
    ]
}

fn gap(gap: &Gap) -> Row {
    let mut row = Row::default();
    row[0].clone_from(&gap.file);
    "not_covered".clone_into(&mut row[1]);
    "not_covered".clone_into(&mut row[2]);
    row[11].clone_from(&gap.component.name);
    row[12] = gap.component.version.clone().unwrap_or_default();
    row[13] = gap.component.identity.clone().unwrap_or_default();
    row[14].clone_from(&gap.component.place);
    row[18].clone_from(&gap.why.code);
    row[23].clone_from(&gap.why.why);
    row
}

fn refused(refused: &Refused) -> Row {
    let mut row = Row::default();
    row[0].clone_from(&refused.file);
    "not_read".clone_into(&mut row[1]);
    row[23] = refused.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    row
}
