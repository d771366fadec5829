//! The report for spreadsheets: RFC 4180, one line for each finding, each component that is not
//! covered and each file that could not be read.

use super::table::score;
use aftercare_desk::check::{Finding, Gap, Refused, Report, severity};
pub use aftercare_desk::neutral;
use csv::{Terminator, WriterBuilder};
use std::io::{self, Write};

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

/// Writes the report as CSV.
pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    let rows = (report.findings.iter().map(finding))
        .chain(report.not_covered.iter().map(gap))
        .chain(report.refused.iter().map(refused));
    let plain = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("no CSV: {other:?}")),
    };
    writer.write_record(HEAD).map_err(plain)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| neutral(cell).into_owned())).map_err(plain)?;
    }
    writer.flush()
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
        finding.file.to_string(),
        "finding".to_owned(),
        verdict.answer.code().to_owned(),
        verdict.id.to_string(),
        verdict.aliases.join(" "),
        verdict.score_tenths.map(score).unwrap_or_default(),
        severity(verdict).to_owned(),
        verdict.vector.as_deref().unwrap_or_default().to_owned(),
        verdict.kev_since.as_deref().unwrap_or_default().to_owned(),
        share(verdict.epss),
        share(verdict.epss_percentile),
        finding.component.name.clone(),
        finding.component.version.clone().unwrap_or_default(),
        finding.component.identity.clone().unwrap_or_default(),
        finding.component.place.clone(),
        verdict.fixed_in.join(" "),
        of(|reason| reason.source.to_string()),
        of(|reason| reason.record.to_string()),
        of(|reason| reason.rule.to_string()),
        of(|reason| reason.range.to_string()),
        of(|reason| reason.place.to_string()),
        of(|reason| format!("{:?}", reason.confidence).to_lowercase()),
        verdict.disagreement.to_string(),
        of(|reason| reason.note.to_string()),
        verdict.summary.to_string(),
    ]
}

fn gap(gap: &Gap) -> Row {
    let mut row = Row::default();
    gap.file.as_ref().clone_into(&mut row[0]);
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
