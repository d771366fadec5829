//! EPSS scores (FIRST), the daily CSV: an optional comment line with model version and date, then
//! `cve,epss,percentile`.

use aftercare_vocab::problem::Problem;

/// A whole day's scores.
#[derive(Debug, PartialEq, Eq)]
pub struct Scores {
    /// Score date as written; empty if the file does not say.
    pub date: String,
    /// (CVE identifier, probability, percentile), both in hundred-thousandths.
    pub rows: Vec<(String, u32, u32)>,
    /// Lines that could not be read, as (line number, what).
    pub rejected: Vec<(u64, String)>,
}

/// Whether the text begins like an EPSS file.
pub fn recognise(text: &str) -> bool {
    text.lines()
        .find(|line| !line.starts_with('#'))
        .is_some_and(|line| line.trim() == "cve,epss,percentile")
}

/// Reads the file. Bad lines are reported and left out.
pub fn read(text: &str) -> Result<Scores, Problem> {
    let mut date = String::new();
    let mut rows = Vec::new();
    let mut rejected = Vec::new();
    let mut header = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(comment) = line.strip_prefix('#') {
            if let Some((_, rest)) = comment.split_once("score_date:") {
                rest.split(',').next().unwrap_or_default().clone_into(&mut date);
            }
        } else if !header {
            header = true; // recognised above, or by the caller
        } else if !line.trim().is_empty() {
            match row(line) {
                Some(row) => rows.push(row),
                None => rejected.push((index as u64 + 1, aftercare_vocab::problem::quoted(line))),
            }
        }
    }
    if !header {
        return Err(Problem::refusal(
            "epss_unreadable",
            "",
            "The file has no header `cve,epss,percentile`.",
            "The file is left out.",
        ));
    }
    Ok(Scores { date, rows, rejected })
}

fn row(line: &str) -> Option<(String, u32, u32)> {
    let mut fields = line.trim_end().split(',');
    let cve = fields.next().filter(|id| id.starts_with("CVE-"))?;
    let (score, percentile) = (parts(fields.next()?)?, parts(fields.next()?)?);
    fields.next().is_none().then(|| (cve.to_owned(), score, percentile))
}

/// A decimal between 0 and 1 in hundred-thousandths, without going through binary fractions. Small
/// values may be written with an exponent: `2e-05`.
fn parts(text: &str) -> Option<u32> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty()
        || !all(whole)
        || !all(fraction)
        || digits.len() > 20
        || !(-20..=0).contains(&exponent)
    {
        return None;
    }
    // The value is `digits` with the point after `point` digits; keep five places behind the point.
    let point = whole.len() as i32 + exponent;
    let keep = usize::try_from(point + 5).unwrap_or(0);
    let kept = whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat(b'0')).take(keep);
    let value = kept.fold(0_u32, |value, digit| {
        value.saturating_mul(10).saturating_add(u32::from(digit - b'0'))
    });
    (value <= 100_000).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_exact_decimals_and_bad_lines_are_named() {
        let text = "#model_version:v1,score_date:2026-01-30T12:55:00Z\ncve,epss,percentile\nCVE-1999-0001,0.01151,0.78086\nnonsense\nCVE-2021-44228,1,1.0\nCVE-2,1.1,0\n";
        assert!(recognise(text));
        let scores = read(text).expect("readable");
        assert_eq!(scores.date, "2026-01-30T12:55:00Z");
        assert_eq!(
            scores.rows,
            [("CVE-1999-0001".into(), 1151, 78086), ("CVE-2021-44228".into(), 100_000, 100_000)]
        );
        assert_eq!(scores.rejected.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 6]);
        assert!(!recognise("CVE,CVSS3,EPSS\n"));
        for (text, value) in [
            ("2e-05", Some(2)),
            ("1.5e-4", Some(15)),
            ("9e-06", Some(0)),
            ("0.1", Some(10_000)),
            ("1e1", None),
            ("-0.1", None),
            ("", None),
            (".5", None),
            ("NaN", None),
        ] {
            assert_eq!(parts(text), value, "{text}");
        }
    }
}
