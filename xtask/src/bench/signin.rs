//! What it costs to compare a password with its hash: the price of a guess, and of a sign-in.

use super::{Bench, Line};
use anyhow::Result;

/// The costs that `signin` names: its default, and the dearer one of RFC 9106.
const COSTS: &[(&str, [u32; 3])] =
    &[("OWASP (the default)", [19_456, 2, 1]), ("RFC 9106, second", [65_536, 3, 4])];

/// Comparisons, alone and on all cores; and judging a new password.
pub fn signin(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (name, [memory, passes, lanes]) in COSTS {
        let words = [memory, passes, lanes].map(|number| number.to_string());
        let words: Vec<&std::ffi::OsStr> = std::iter::once("signin")
            .chain(words.iter().map(String::as_str))
            .map(AsRef::as_ref)
            .collect();
        let said = bench.inside(&words)?;
        let figure = |name: &str| said[name].as_f64().unwrap_or(f64::NAN);
        let input = format!("Argon2id, {} MiB, {passes} passes, {lanes} lanes", memory / 1024);
        let line = |input: String, result: String| Line {
            subject: (*name).into(),
            input,
            cost: None,
            result,
        };
        lines.push(line(
            format!("{input}, one after the other"),
            format!(
                "median {:.1} ms, p95 {:.1} ms, {:.0}/s",
                figure("median_ms"),
                figure("p95_ms"),
                figure("per_s")
            ),
        ));
        lines.push(line(
            format!("{input}, on {} cores at once", said["cores"]),
            format!("{:.0}/s", figure("together_per_s")),
        ));
        if lines.len() == 2 {
            lines.push(line(
                "judging a new password of 26 characters".into(),
                format!("{:.2} ms", figure("judge_ms")),
            ));
        }
    }
    Ok(lines)
}
