//! The forms that ecosystems and advisories write themselves: `>= 1.0, < 2.0 || ^3.1`, `~> 2.0.8`,
//! `[1.0,2.0)`, `1.4.1+`.
//!
//! One reader for all: alternatives between `||`, comparisons between commas or spaces. What a sign or
//! a bare version means differs by scheme and stands in [`meaning`]: node-semver for npm, Cargo's book,
//! PEP 440, `Gem::Requirement`, `Composer\Semver`, `pub_semver`, Hex, Conan 2, NuGet, Maven. dpkg's
//! `<` and `>`, which once meant "or equal", mean strictly here, as in advisories.

use super::{Comparator, Constraint, intervals};
use crate::version::{Scheme, number, pypi, semver};

/// Most comparisons in one range: a longer text is not written by a publisher.
const MOST_CONSTRAINTS: usize = 4096;

type Alternatives = Vec<Vec<Constraint>>;

/// Reads a range into alternatives of comparisons that must all hold.
pub(super) fn read(scheme: Scheme, text: &str) -> Result<Alternatives, String> {
    if text.is_empty() && scheme != Scheme::Npm {
        return Err("it is empty".to_owned());
    }
    let text = bare(scheme, text);
    if matches!(scheme, Scheme::Maven | Scheme::Nuget) && intervals::is_in_brackets(text) {
        return checked(scheme, intervals::read(text)?);
    }
    if !text.contains(['<', '>', '=', '~', '^', '!']) {
        match scheme {
            Scheme::Nginx => return checked(scheme, nginx(text)?),
            Scheme::Openssl if text.contains([',', '-']) => {
                return checked(scheme, text.split(',').map(|one| openssl(one.trim())).collect());
            }
            _ => {}
        }
    }
    if scheme == Scheme::Semver
        && let Some(constraints) = swift(text)
    {
        return checked(scheme, vec![constraints]);
    }
    let joined =
        in_signs(text).replace(" or ", " || ").replace(" and ", " , ").replace("&&", " , ");
    let mut alternatives = Alternatives::new();
    for alternative in joined.split('|') {
        if alternative.trim().is_empty() && joined.contains("||") && !joined.trim().is_empty() {
            continue; // between the two strokes
        }
        alternatives.extend(all_of(scheme, alternative)?);
    }
    checked(scheme, alternatives)
}

/// Without the brackets of Conan (`[>1.0 <2.0]`) and of a Debian relation (`(<< 1.0-1)`).
fn bare(scheme: Scheme, text: &str) -> &str {
    let (opening, closing) = match scheme {
        Scheme::Conan => ('[', ']'),
        Scheme::Deb => ('(', ')'),
        _ => return text,
    };
    let inside = text.strip_prefix(opening).and_then(|rest| rest.strip_suffix(closing));
    inside.map_or(text, str::trim)
}

/// Advisories' words in signs: `before 1.5`, `prior to 1.5`, `1.0 before 1.5`.
fn in_signs(text: &str) -> String {
    let found = ["before ", "prior to "].iter().find_map(|word| text.split_once(word));
    match found {
        Some((from, to)) => {
            let from = from.trim().trim_start_matches("from ");
            let from = if from.is_empty() { String::new() } else { format!(">={from}, ") };
            format!("{from}<{}", to.trim())
        }
        None => text.to_owned(),
    }
}

/// Swift's ranges: `1.2.0..<2.0.0`, `1.2.0...1.9.9`.
fn swift(text: &str) -> Option<Vec<Constraint>> {
    let (from_version, to, comparator) = match text.split_once("..<") {
        Some((from, to)) => (from, to, Less),
        None => text.split_once("...").map(|(from, to)| (from, to, LessOrEqual))?,
    };
    let plain = |version: &str| version.trim().trim_matches('"').to_owned();
    Some(vec![from(plain(from_version)), Constraint::new(comparator, plain(to))])
}

/// One item of OpenSSL's advisories: `1.0.1f`, or `1.0.1-1.0.1f` from and to. `1.1.0-pre9` is a version.
fn openssl(item: &str) -> Vec<Constraint> {
    match item.split_once('-').map(|(start, end)| (start.trim(), end.trim())) {
        Some((start, end)) if end.starts_with(|c: char| c.is_ascii_digit()) => {
            vec![from(start), Constraint::new(LessOrEqual, end)]
        }
        _ => vec![Constraint::new(Equal, item)],
    }
}

/// Every bound can be ordered.
fn checked(scheme: Scheme, alternatives: Alternatives) -> Result<Alternatives, String> {
    if alternatives.is_empty() {
        return Err("it holds no comparison".to_owned());
    }
    if alternatives.iter().map(Vec::len).sum::<usize>() > MOST_CONSTRAINTS {
        return Err(format!("it holds more than {MOST_CONSTRAINTS} comparisons"));
    }
    for constraint in alternatives.iter().flatten() {
        if let Err(why) = scheme.check(&constraint.version) {
            return Err(format!("`{}`: {why}", constraint.version));
        }
    }
    Ok(alternatives)
}

/// The signs, longer ones first.
const SIGNS: [&str; 18] = [
    "^>=", "===", "~>", "~=", "=~", "==", "!=", "<>", "<=", "=<", "<<", ">=", "=>", ">>", "<", ">",
    "=", "~",
];

/// One alternative: comparisons that must all hold. A comparison that is itself an alternative
/// (`!=1.*`) multiplies them.
fn all_of(scheme: Scheme, text: &str) -> Result<Alternatives, String> {
    let mut found: Alternatives = vec![Vec::new()];
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', ',', '\t', '\n']);
        if rest.is_empty() {
            return Ok(found);
        }
        let caret = rest.starts_with('^') && !rest.starts_with("^>=");
        let sign = if caret {
            "^"
        } else {
            SIGNS.into_iter().find(|sign| rest.starts_with(sign)).unwrap_or("")
        };
        rest = rest[sign.len()..].trim_start();
        let end = rest.find([' ', ',', '\t', '\n', '<', '>']).unwrap_or(rest.len());
        let (version, after) = rest.split_at(end);
        rest = after;
        if version.is_empty() {
            return Err(format!("no version follows `{sign}`"));
        }
        if version.starts_with("include_prerelease") {
            continue; // all are ordered here
        }
        let version = match version.split_once('@') {
            Some((version, _stability)) if scheme == Scheme::Composer => version,
            _ => version,
        };
        let said = match rest.trim_start().strip_prefix("- ") {
            Some(after) if sign.is_empty() => {
                let after = after.trim_start();
                let end = after.find([' ', ',']).unwrap_or(after.len());
                let (to, after) = after.split_at(end);
                rest = after;
                let mut both = meaning(scheme, ">=", version)?;
                let upper = meaning(scheme, "<=", to)?;
                both = product(both, &upper)?;
                both
            }
            _ => meaning(scheme, sign, version)?,
        };
        found = product(found, &said)?;
    }
}

/// Every alternative of one side together with every one of the other.
fn product(left: Alternatives, right: &[Vec<Constraint>]) -> Result<Alternatives, String> {
    let mut both = Alternatives::new();
    for one in &left {
        for other in right {
            both.push(one.iter().chain(other).cloned().collect());
        }
        if both.iter().map(Vec::len).sum::<usize>() > MOST_CONSTRAINTS {
            return Err(format!("it means more than {MOST_CONSTRAINTS} comparisons"));
        }
    }
    Ok(both)
}

use Comparator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};

fn from(version: impl Into<String>) -> Constraint {
    Constraint::new(GreaterOrEqual, version)
}

fn below(version: impl Into<String>) -> Constraint {
    Constraint::new(Less, version).below_pre_releases()
}

/// Below a version that was counted up, and below its pre-releases.
fn below_next(scheme: Scheme, mut version: String) -> Constraint {
    if scheme == Scheme::Conan {
        version.push('-');
    }
    below(version)
}

/// What a sign before a version means in the scheme.
fn meaning(scheme: Scheme, sign: &str, version: &str) -> Result<Alternatives, String> {
    if is_any(version) {
        return match sign {
            "" | "=" | "==" | ">=" | "~" | "^" | "<=" => Ok(vec![match scheme {
                Scheme::Conan => vec![from("0.0.0")],
                _ => Vec::new(),
            }]),
            _ => Err(format!("`{sign}{version}` holds no version")),
        };
    }
    let partial = Partial::of(scheme, version);
    if let Some(partial) = &partial
        && partial.is_short
    {
        return partial_version(scheme, sign, partial);
    }
    let numbers = || {
        let core = semver::core_of(number::without_v(version));
        let core: Vec<&str> = core.split('.').filter(|number| !number.is_empty()).collect();
        if core.is_empty() {
            Err(format!("`{version}` has no numbers to count up"))
        } else {
            Ok(core)
        }
    };
    let one = |constraint| Ok(vec![vec![constraint]]);
    let is_stable = |scheme| match scheme {
        Scheme::Pypi => !pypi::is_pre_release(version),
        _ => !version.contains(|c: char| c.is_ascii_alphabetic()) && !version.contains('-'),
    };
    match (scheme, sign) {
        // Cabal: the first two numbers may not change.
        (Scheme::Hackage, "^>=") => {
            let mut major = numbers()?;
            major.truncate(2);
            if major.len() < 2 {
                major.push("0");
            }
            let upper = bumped(scheme, &major, 1);
            Ok(vec![vec![from(version), Constraint::new(Less, upper)]])
        }
        // Cargo reads a bare version as `^`, NuGet as the lowest that will do.
        (Scheme::Cargo, "") | (_, "^") => {
            let upper = caret(scheme, &numbers()?);
            Ok(vec![vec![from(lower(scheme, version)), below_next(scheme, upper)]])
        }
        (Scheme::Nuget, "") => one(from(version)),
        (Scheme::Apk, "~" | "=~" | "~=") | (_, "~" | "~>" | "~=" | "=~") => {
            if matches!(scheme, Scheme::Deb | Scheme::Rpm | Scheme::Alpm) {
                return Err(format!("`{sign}` has no meaning there"));
            }
            let upper = tilde(scheme, sign, &numbers()?);
            Ok(vec![vec![from(lower(scheme, version)), below_next(scheme, upper)]])
        }
        (_, "" | "=" | "==" | "===") => one(Constraint::new(Equal, version)),
        (_, "!=" | "<>") => one(Constraint::new(NotEqual, version)),
        // Below a release means below its pre-releases too (Composer's `-dev`, PEP 440 `<V`, pub).
        (Scheme::Composer | Scheme::Pypi | Scheme::Pub, "<") if is_stable(scheme) => {
            one(below(version))
        }
        (Scheme::Composer, ">=") if is_stable(scheme) => one(from(version).below_pre_releases()),
        (_, "<" | "<<") => one(Constraint::new(Less, version)),
        (_, "<=" | "=<") => one(Constraint::new(LessOrEqual, version)),
        (_, ">" | ">>") => one(Constraint::new(Greater, lower(scheme, version))),
        (_, ">=" | "=>") => one(from(lower(scheme, version))),
        _ => Err(format!("`{sign}` is no sign of a comparison")),
    }
}

fn is_any(version: &str) -> bool {
    matches!(version, "*" | "x" | "X" | "any" | "all")
}

/// Conan's dash at the end of a lower bound asks for pre-releases, which are ordered here anyway.
fn lower(scheme: Scheme, version: &str) -> &str {
    match scheme {
        Scheme::Conan => version.strip_suffix('-').unwrap_or(version),
        _ => version,
    }
}

/// The numbers of a version whose rest is left open: `1.2.x`, `1.2.*`, and in node-semver and Cargo
/// `1.2` too.
struct Partial<'a> {
    numbers: Vec<&'a str>,
    is_short: bool,
}

impl<'a> Partial<'a> {
    fn of(scheme: Scheme, version: &'a str) -> Option<Self> {
        const WHOLE: usize = 3;
        let plain = number::without_v(version);
        let mut numbers = Vec::new();
        let mut open = false;
        for part in plain.split('.') {
            if is_any(part) {
                open = true;
            } else if open || !number::is(part) {
                return None;
            } else {
                numbers.push(part);
            }
        }
        let by_count = matches!(scheme, Scheme::Npm | Scheme::Cargo) && numbers.len() < WHOLE;
        let has_stars = open && !matches!(scheme, Scheme::Maven | Scheme::Pub);
        (!numbers.is_empty()).then_some(Self { numbers, is_short: has_stars || by_count })
    }
}

/// node-semver "X-ranges"; `==1.2.*` of PEP 440, `1.2.*` of Composer, Cargo and NuGet.
fn partial_version(
    scheme: Scheme,
    sign: &str,
    partial: &Partial<'_>,
) -> Result<Alternatives, String> {
    let numbers = &partial.numbers;
    let start = written(scheme, numbers);
    let next = bumped(scheme, numbers, numbers.len() - 1);
    let inside = || vec![from(start.clone()).below_pre_releases(), below(next.clone())];
    Ok(match sign {
        "" if scheme == Scheme::Nuget => vec![vec![from(start)]],
        "" if scheme == Scheme::Cargo => vec![vec![from(start), below(caret(scheme, numbers))]],
        "^" => vec![vec![from(start), below(caret(scheme, numbers))]],
        "~" | "~>" if scheme == Scheme::Npm || scheme == Scheme::Cargo => {
            vec![vec![from(start), below(tilde(scheme, sign, numbers))]]
        }
        "" | "=" | "==" | "~" | "~>" => vec![inside()],
        "!=" | "<>" => {
            vec![vec![below(start)], vec![from(next).below_pre_releases()]]
        }
        "<" => vec![vec![below(start)]],
        "<=" => vec![vec![below(next)]],
        ">" => vec![vec![from(next)]],
        ">=" => vec![vec![from(start).below_pre_releases()]],
        _ => return Err(format!("`{sign}` cannot stand before a version with open numbers")),
    })
}

/// The numbers as the scheme writes a version: three at least where it asks for three.
fn written(scheme: Scheme, numbers: &[&str]) -> String {
    const WHOLE: usize = 3;
    let filled = matches!(
        scheme,
        Scheme::Semver
            | Scheme::Npm
            | Scheme::Cargo
            | Scheme::Golang
            | Scheme::Composer
            | Scheme::Pub
    );
    let mut text = numbers.join(".");
    if filled {
        for _ in numbers.len()..WHOLE {
            text.push_str(".0");
        }
    }
    text
}

/// The version after all that begin with the numbers up to `at`.
fn bumped(scheme: Scheme, numbers: &[&str], at: usize) -> String {
    let next = counted_up(numbers[at]);
    let mut kept: Vec<&str> = numbers[..at].to_vec();
    kept.push(&next);
    written(scheme, &kept)
}

/// A decimal number of any length, plus one.
fn counted_up(number: &str) -> String {
    let mut digits: Vec<u8> = number.bytes().collect();
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return digits.into_iter().map(char::from).collect();
        }
        *digit = b'0';
    }
    let rest: String = digits.into_iter().map(char::from).collect();
    format!("1{rest}")
}

/// `^`: the first number that is not zero may not change. Dart's first free number is the minor one.
fn caret(scheme: Scheme, numbers: &[&str]) -> String {
    let lead = numbers.iter().position(|number| !number::is_zero(number));
    let lead = match (scheme, lead) {
        (Scheme::Pub, Some(0)) => 0,
        (Scheme::Pub, _) => 1,
        (_, Some(lead)) => lead,
        (_, None) => numbers.len() - 1,
    };
    let mut all = numbers.to_vec();
    while all.len() <= lead {
        all.push("0");
    }
    bumped(scheme, &all, lead)
}

/// `~`, `~>`, `~=`: in npm, Cargo and Conan the minor number may not change, elsewhere the last number
/// but one.
fn tilde(scheme: Scheme, sign: &str, numbers: &[&str]) -> String {
    let by_minor = matches!(scheme, Scheme::Npm | Scheme::Cargo | Scheme::Conan | Scheme::Semver)
        && sign != "~=";
    let at = if by_minor {
        usize::from(numbers.len() > 1)
    } else if scheme == Scheme::Apk {
        numbers.len() - 1
    } else {
        numbers.len().saturating_sub(2)
    };
    bumped(scheme, numbers, at)
}

/// nginx's security page: `1.4.1+, 1.5.0+`, `0.7.52-0.8.39`, `all`, `none`. From a version of a stable
/// branch (even minor number) on means on that branch.
fn nginx(text: &str) -> Result<Alternatives, String> {
    let mut alternatives = Alternatives::new();
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        alternatives.push(if let Some(start) = item.strip_suffix('+') {
            let numbers: Vec<&str> = start.split('.').collect();
            let minor = numbers.get(1).ok_or_else(|| format!("`{start}` has no minor number"))?;
            let is_stable = minor.bytes().last().is_some_and(|digit| digit % 2 == 0);
            let mut constraints = vec![from(start)];
            if is_stable {
                let next = format!("{}.0", bumped(Scheme::Nginx, &numbers, 1));
                constraints.push(Constraint::new(Less, next));
            }
            constraints
        } else if let Some((start, end)) = item.split_once('-') {
            vec![from(start.trim()), Constraint::new(LessOrEqual, end.trim())]
        } else if is_any(item) {
            Vec::new()
        } else {
            vec![Constraint::new(Equal, item)]
        });
    }
    Ok(alternatives)
}
