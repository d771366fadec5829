//! Intervals in brackets, as Maven and NuGet write them: `[1.0,2.0)`, `(,1.0],[1.2,)`, `[1.5]`.

use super::{Comparator, Constraint};

/// Whether the text is written in brackets.
pub(super) fn is_in_brackets(text: &str) -> bool {
    text.starts_with(['[', '('])
}

/// One alternative for each interval.
pub(super) fn read(text: &str) -> Result<Vec<Vec<Constraint>>, String> {
    let mut alternatives = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', ',', '|']);
        if rest.is_empty() {
            break;
        }
        let Some(opening) = rest.chars().next().filter(|c| matches!(c, '[' | '(')) else {
            return Err("an interval begins with `[` or `(`".to_owned());
        };
        let Some(end) = rest.find([']', ')']) else {
            return Err("an interval is not closed".to_owned());
        };
        let closing = &rest[end..=end];
        alternatives.push(interval(opening == '[', &rest[1..end], closing == "]")?);
        rest = &rest[end + 1..];
    }
    Ok(alternatives)
}

fn interval(
    from_included: bool,
    inside: &str,
    to_included: bool,
) -> Result<Vec<Constraint>, String> {
    let Some((from, to)) = inside.split_once(',') else {
        let version = inside.trim();
        if version.is_empty() || !from_included || !to_included {
            return Err("a single version stands in square brackets".to_owned());
        }
        return Ok(vec![Constraint::new(Comparator::Equal, version)]);
    };
    let (from, to) = (from.trim(), to.trim());
    let mut constraints = Vec::new();
    if !from.is_empty() {
        let comparator =
            if from_included { Comparator::GreaterOrEqual } else { Comparator::Greater };
        constraints.push(Constraint::new(comparator, from));
    }
    if !to.is_empty() {
        let comparator = if to_included { Comparator::LessOrEqual } else { Comparator::Less };
        constraints.push(Constraint::new(comparator, to));
    }
    Ok(constraints)
}
