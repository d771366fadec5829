//! Releases of distributions: whether the release that a record speaks of is the one that an inventory
//! states.
//!
//! Sources: the OSV ecosystem registry (osv-schema 1.7.5) for what records write (`Debian:12`,
//! `Ubuntu:Pro:18.04:LTS`, `Red Hat:enterprise_linux:8::baseos`, `SUSE:Linux Enterprise Server 15 SP4`),
//! os-release(5) for what inventories write (`debian-12`, `rhel-8.6`, `sles-15.4`, `jammy`), and
//! `data/code-names.csv`. What cannot be mapped with certainty is [`Relation::Unclear`], never another
//! release.

use std::{collections::HashMap, sync::LazyLock};

/// How the release of a record and that of an inventory relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The record speaks of the inventory's release.
    Same,
    /// It speaks of another one.
    Other,
    /// One of the two is not understood, or not precise enough.
    Unclear,
}

/// What a release belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    /// The distribution itself.
    Main,
    /// An offer on top of the distribution, in its numbers: Ubuntu Pro, RHEL EUS. Whether a package comes
    /// from it does not follow from the release.
    Extra(String),
    /// Something with numbers of its own, or none, that cannot be compared: `sid`, a product on top.
    Apart(String),
    /// A distribution of its own, which says so: SLE Micro.
    Distinct(String),
}

/// A release as its distribution tells releases apart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Release {
    line: Line,
    /// The numbers that tell it apart; those not stated are missing.
    numbers: Vec<u64>,
}

impl Release {
    fn main(numbers: Vec<u64>) -> Option<Self> {
        (!numbers.is_empty()).then_some(Self { line: Line::Main, numbers })
    }

    fn apart(name: &str) -> Self {
        Self { line: Line::Apart(name.to_owned()), numbers: Vec::new() }
    }
}

/// Who wrote the release: a record names exactly one, an inventory may leave numbers out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    Record,
    Inventory,
}

type Reader = fn(&str, Writer) -> Option<Release>;

/// A distribution: kind of its package keys, the names it goes by in a `distro` qualifier, its reader.
struct Distribution(&'static str, &'static [&'static str], Reader);

const DISTRIBUTIONS: &[Distribution] = &[
    Distribution("deb/debian", &["debian"], debian),
    Distribution("deb/ubuntu", &["ubuntu"], ubuntu),
    Distribution("apk/alpine", &["alpine"], alpine),
    Distribution("rpm/redhat", &["rhel", "redhat", "red-hat"], red_hat),
    Distribution("rpm/rocky-linux", &["rocky-linux", "rockylinux", "rocky"], major),
    Distribution("rpm/almalinux", &["almalinux", "alma"], major),
    Distribution("rpm/suse", &["sles", "sled", "suse", "sle"], suse),
    Distribution("rpm/opensuse", &["opensuse"], opensuse),
    Distribution("rpm/openeuler", &["openeuler"], openeuler),
    Distribution("rpm/photon", &["photon-os", "photon"], major),
    Distribution("rpm/mageia", &["mageia"], major),
    Distribution(
        "rpm/azure-linux",
        &["azurelinux", "azure-linux", "cbl-mariner", "mariner", "azl"],
        major,
    ),
];

fn distribution(kind: &str) -> Option<&'static Distribution> {
    DISTRIBUTIONS.iter().find(|known| known.0 == kind)
}

/// Whether records about a distribution, by the namespace of its package URLs, speak of its releases one
/// by one.
pub fn are_told_apart(namespace: &str) -> bool {
    let is_it = |known: &Distribution| {
        known.1.contains(&namespace) || known.0.split_once('/').is_some_and(|of| of.1 == namespace)
    };
    DISTRIBUTIONS.iter().any(is_it)
}

/// The release in a `distro` qualifier: `debian-12` is release `12`, `opensuse-leap-15.4` is `leap-15.4`;
/// a bare release stays as it is. `None`: it names the distribution alone.
pub fn of_distro(kind: &str, distro: &str) -> Option<String> {
    let namespace = [kind.split_once('/').map_or(kind, |(_, namespace)| namespace)];
    let names = distribution(kind).map_or(&namespace[..], |known| known.1);
    let distro = distro.trim();
    let release = names.iter().find_map(|name| {
        let head = distro.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name))?;
        let rest = &distro[head.len()..];
        let ends = rest.is_empty() || !rest.starts_with(|c: char| c.is_ascii_alphabetic());
        ends.then(|| rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()))
    });
    let release = release.unwrap_or(distro);
    (!release.is_empty()).then(|| release.to_owned())
}

/// How the release `stated` by a record relates to an inventory's `own`, in a distribution by the kind of
/// its package keys.
pub fn relation(kind: &str, stated: &str, own: &str) -> Relation {
    if stated.eq_ignore_ascii_case(own) {
        return Relation::Same;
    }
    let reader = distribution(kind).map_or(any as Reader, |known| known.2);
    let (Some(stated), Some(own)) = (
        reader(&stated.to_lowercase(), Writer::Record),
        reader(&own.to_lowercase(), Writer::Inventory),
    ) else {
        return Relation::Unclear;
    };
    match (&stated.line, &own.line) {
        (one, other) if one == other => numbered(&stated.numbers, &own.numbers),
        (Line::Distinct(_), _) | (_, Line::Distinct(_)) => Relation::Other,
        (Line::Apart(_), _) | (_, Line::Apart(_)) => Relation::Unclear,
        // who has the offer has the distribution below it
        (Line::Main, _) => numbered(&stated.numbers, &own.numbers),
        (Line::Extra(_), _) => match numbered(&stated.numbers, &own.numbers) {
            Relation::Other => Relation::Other,
            Relation::Same | Relation::Unclear => Relation::Unclear,
        },
    }
}

/// `8` of a record holds `8.6`; `8` of an inventory may be another than `8.6`.
fn numbered(stated: &[u64], own: &[u64]) -> Relation {
    if stated.iter().zip(own).any(|(stated, own)| stated != own) {
        Relation::Other
    } else if own.len() < stated.len() {
        Relation::Unclear
    } else {
        Relation::Same
    }
}

/// The words of a text; numbers keep their dots.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').filter(|word| !word.is_empty())
}

/// `v3.19.1` is 3, 19, 1; `None` if the word is no number.
fn number(word: &str) -> Option<Vec<u64>> {
    let plain = word.strip_prefix('v').unwrap_or(word);
    plain.split('.').map(|part| part.parse().ok()).collect()
}

fn first_number(text: &str) -> Option<Vec<u64>> {
    words(text).find_map(number)
}

fn cut(mut numbers: Vec<u64>, to: usize) -> Vec<u64> {
    numbers.truncate(to);
    numbers
}

/// The release behind a code name.
fn code_name(distribution: &str, word: &str) -> Option<Vec<u64>> {
    const ROWS: &str = include_str!("../data/code-names.csv");
    static TABLE: LazyLock<HashMap<(&str, &str), Vec<u64>>> = LazyLock::new(|| {
        let rows = ROWS.lines().filter(|row| !row.starts_with('#'));
        let fields = rows.filter_map(|row| {
            let mut fields = row.split(',');
            Some(((fields.next()?, fields.next()?), number(fields.next()?)?))
        });
        fields.collect()
    });
    TABLE.get(&(distribution, word)).cloned()
}

/// A number and code names that agree, between words that say nothing; `None` if anything else stands there.
fn named(distribution: &str, text: &str, silent: &[&str], depth: Depth) -> Option<Release> {
    let mut found: Option<Vec<u64>> = None;
    for word in words(text).filter(|word| !silent.contains(word)) {
        let numbers = depth(number(word).or_else(|| code_name(distribution, word))?);
        match &found {
            Some(known) if *known != numbers => return None,
            _ => found = Some(numbers),
        }
    }
    Release::main(found?)
}

type Depth = fn(Vec<u64>) -> Vec<u64>;

/// Debian: since 4 the first number tells releases apart (`12.4` is an update of 12).
fn debian(text: &str, _: Writer) -> Option<Release> {
    const BY_ONE_NUMBER: u64 = 4;
    if matches!(text, "sid" | "unstable") {
        return Some(Release::apart("sid"));
    }
    named("debian", text, &["debian", "gnu", "linux", "slim"], |numbers| {
        let depth = if numbers.first().is_some_and(|first| *first < BY_ONE_NUMBER) { 2 } else { 1 };
        cut(numbers, depth)
    })
}

/// Ubuntu: `22.04:LTS`, `Pro:18.04:LTS`, `Pro:FIPS-updates:20.04:LTS`.
fn ubuntu(text: &str, _: Writer) -> Option<Release> {
    const OFFER: &str = "pro:";
    let two: Depth = |numbers| cut(numbers, 2);
    let plain = |text: &str| named("ubuntu", text, &["ubuntu", "lts"], two);
    let Some(rest) = text.strip_prefix(OFFER) else { return plain(text) };
    let at = rest.find(|c: char| c.is_ascii_digit())?;
    let offer = format!("{OFFER}{}", &rest[..at]);
    Some(Release { line: Line::Extra(offer), ..plain(&rest[at..])? })
}

/// Alpine: `v3.19`, `3.19.1`, `edge`; the release of edge is written `3.22_alpha20250108`.
fn alpine(text: &str, _: Writer) -> Option<Release> {
    if text == "edge" || text.contains("_alpha") {
        return Some(Release::apart("edge"));
    }
    Release::main(cut(number(text)?, 2))
}

/// Distributions whose first number tells releases apart.
fn major(text: &str, _: Writer) -> Option<Release> {
    Release::main(cut(number(words(text).next()?)?, 1))
}

/// Red Hat: the tail of a CPE name, whose last part is the repository (`enterprise_linux:8::baseos`) or the
/// release below a product (`openshift:4.13::el8`); in inventories a number.
fn red_hat(text: &str, _: Writer) -> Option<Release> {
    const OFFERS: &[&str] = &["rhel_eus", "rhel_aus", "rhel_tus", "rhel_e4s", "rhel_els"];
    let below = |part: &str| number(part.strip_prefix("el")?);
    if !text.contains(':') {
        return Release::main(first_number(text).or_else(|| below(text))?);
    }
    let tail = ["cpe:/", "o:redhat:", "a:redhat:"]
        .iter()
        .fold(text, |tail, head| tail.strip_prefix(head).unwrap_or(tail));
    let mut parts = tail.split(':');
    let (product, version) = (parts.next()?, parts.next().unwrap_or_default());
    let extra = || Line::Extra(product.to_owned());
    let base = parts.find_map(below);
    match (product, base) {
        ("enterprise_linux", _) => Release::main(number(version)?),
        (_, Some(numbers)) => Some(Release { line: extra(), numbers }),
        (product, None) if OFFERS.contains(&product) || product.starts_with("enterprise_linux") => {
            Some(Release { line: extra(), numbers: number(version)? })
        }
        (product, None) => Some(Release::apart(product)),
    }
}

/// A number, and the service pack behind it: `15 SP4`, `15-sp4`, `22.03-LTS-SP1`.
fn with_service_pack(text: &str) -> Option<(Vec<u64>, Option<u64>)> {
    let numbers = first_number(text)?;
    let mut packs = words(text).filter_map(|word| word.strip_prefix("sp")?.parse().ok());
    Some((numbers, packs.next()))
}

/// SUSE: `Linux Enterprise Server 15 SP4`, `Linux Enterprise Server 12 SP5-LTSS`, `Linux Enterprise Module
/// for Basesystem 15 SP4`, `Linux Enterprise Micro 5.3`, `Manager Server 4.2`; in inventories `15.4` or
/// `15-sp4`. Modules of 12 belong to all its service packs.
fn suse(text: &str, writer: Writer) -> Option<Release> {
    let (mut numbers, pack) = with_service_pack(text)?;
    if text.contains("micro") {
        return Some(Release { line: Line::Distinct("micro".to_owned()), numbers });
    }
    numbers.extend(pack.filter(|_| numbers.len() == 1));
    let is_first = numbers.len() == 1 && !text.contains("module");
    if writer == Writer::Record && is_first {
        numbers.push(0);
    }
    let line = if writer == Writer::Inventory || text.contains("linux enterprise") {
        Line::Main
    } else if text.contains("package hub") {
        Line::Extra("package hub".to_owned())
    } else {
        return Some(Release::apart(text));
    };
    Some(Release { line, numbers: cut(numbers, 2) })
}

/// openSUSE: `Leap 15.4`, `Leap Micro 5.2`, `Tumbleweed`, `Backports SLE-15-SP4`. A number alone is Leap's.
fn opensuse(text: &str, _: Writer) -> Option<Release> {
    if text.contains("tumbleweed") {
        return Some(Release::apart("tumbleweed"));
    }
    let (mut numbers, pack) = with_service_pack(text)?;
    numbers.extend(pack.filter(|_| numbers.len() == 1));
    let line = if text.contains("micro") {
        Line::Distinct("micro".to_owned())
    } else if text.contains("backports") {
        Line::Extra("backports".to_owned())
    } else if words(text).all(|word| word == "leap" || number(word).is_some()) {
        Line::Main
    } else {
        return None;
    };
    Some(Release { line, numbers: cut(numbers, 2) })
}

/// openEuler: `22.03-LTS-SP1`; `22.03-LTS` is the one without service pack, `22.03` leaves it open, as
/// os-release does.
fn openeuler(text: &str, writer: Writer) -> Option<Release> {
    let (numbers, pack) = with_service_pack(text)?;
    let says_all = writer == Writer::Record || words(text).any(|word| word == "lts");
    let pack = pack.or(says_all.then_some(0));
    Release::main(cut(numbers, 2).into_iter().chain(pack).collect())
}

/// A distribution that nothing is known of: one number.
fn any(text: &str, _: Writer) -> Option<Release> {
    let mut words = words(text);
    let numbers = number(words.next()?)?;
    if words.next().is_some() { None } else { Release::main(numbers) }
}

#[cfg(test)]
mod tests {
    use super::{Relation::*, *};

    #[test]
    fn releases_of_records_meet_those_of_inventories() {
        for (kind, stated, distro, expected) in [
            ("deb/debian", "12", "debian-12", Same),
            ("deb/debian", "12", "debian-12.4", Same),
            ("deb/debian", "12", "bookworm", Same),
            ("deb/debian", "12", "debian-bookworm", Same),
            ("deb/debian", "12", "Debian GNU/Linux 12 (bookworm)", Same),
            ("deb/debian", "12", "debian-11", Other),
            ("deb/debian", "12", "bullseye", Other),
            ("deb/debian", "3.1", "woody", Other),
            ("deb/debian", "12", "sid", Unclear),
            ("deb/debian", "12", "testing", Unclear),
            ("deb/debian", "12", "12-bullseye", Unclear),
            ("deb/debian", "12", "ubuntu-22.04", Unclear),
            ("deb/ubuntu", "22.04:LTS", "ubuntu-22.04", Same),
            ("deb/ubuntu", "22.04:LTS", "jammy", Same),
            ("deb/ubuntu", "22.04:LTS", "ubuntu-22.04.3", Same),
            ("deb/ubuntu", "22.04:LTS", "bionic", Other),
            ("deb/ubuntu", "22.04:LTS", "22", Unclear),
            ("deb/ubuntu", "Pro:18.04:LTS", "bionic", Unclear),
            ("deb/ubuntu", "Pro:18.04:LTS", "jammy", Other),
            ("deb/ubuntu", "Pro:18.04:LTS", "Pro:18.04:LTS", Same),
            ("deb/ubuntu", "Pro:16.04:LTS", "Pro:18.04:LTS", Other),
            ("deb/ubuntu", "Pro:FIPS:18.04:LTS", "Pro:18.04:LTS", Unclear),
            ("deb/ubuntu", "18.04:LTS", "Pro:18.04:LTS", Same),
            ("apk/alpine", "v3.19", "alpine-3.19.1", Same),
            ("apk/alpine", "v3.1", "alpine-3.19.1", Other),
            ("apk/alpine", "v3.19", "alpine-edge", Unclear),
            ("apk/alpine", "v3.19", "3.22_alpha20250108", Unclear),
            ("apk/alpine", "edge", "alpine-3.22_alpha20250108", Same),
            ("apk/alpine", "v3.19", "3", Unclear),
            ("rpm/redhat", "enterprise_linux:8::baseos", "rhel-8.6", Same),
            ("rpm/redhat", "enterprise_linux:8::baseos", "redhat-8", Same),
            ("rpm/redhat", "enterprise_linux:9::baseos", "rhel-8.6", Other),
            ("rpm/redhat", "enterprise_linux:8::appstream", "enterprise_linux:8::baseos", Same),
            ("rpm/redhat", "enterprise_linux:9::baseos", "enterprise_linux:8::baseos", Other),
            ("rpm/redhat", "rhel_eus:8.6::baseos", "rhel-8.6", Unclear),
            ("rpm/redhat", "rhel_eus:8.6::baseos", "rhel-8.4", Other),
            ("rpm/redhat", "rhel_eus:8.6::baseos", "rhel-8", Unclear),
            ("rpm/redhat", "openshift:4.13::el8", "rhel-8.6", Unclear),
            ("rpm/redhat", "openshift:4.13::el8", "rhel-9.2", Other),
            ("rpm/redhat", "ceph_storage:5", "rhel-8.6", Unclear),
            ("rpm/rocky-linux", "8", "rocky-8.9", Same),
            ("rpm/almalinux", "9", "almalinux-8.9", Other),
            ("rpm/suse", "Linux Enterprise Server 15 SP4", "sles-15.4", Same),
            ("rpm/suse", "Linux Enterprise Server 15 SP4", "sles-15-sp4", Same),
            ("rpm/suse", "Linux Enterprise Server 15 SP3-LTSS", "sles-15.3", Same),
            ("rpm/suse", "Linux Enterprise Module for Basesystem 15 SP4", "sles-15.4", Same),
            ("rpm/suse", "Linux Enterprise Module for Web and Scripting 12", "sles-12.5", Same),
            ("rpm/suse", "Linux Enterprise Server 15 SP4", "sles-15.5", Other),
            ("rpm/suse", "Linux Enterprise Server 15", "sles-15.5", Other),
            ("rpm/suse", "Linux Enterprise Server 15 SP4", "sles-15", Unclear),
            ("rpm/suse", "Linux Enterprise Micro 5.3", "sles-15.4", Other),
            ("rpm/suse", "Linux Enterprise Micro 5.3", "sle-micro-5.3", Same),
            ("rpm/suse", "Manager Server 4.2", "sles-15.3", Unclear),
            ("rpm/opensuse", "Leap 15.4", "opensuse-leap-15.4", Same),
            ("rpm/opensuse", "Leap 15.4", "opensuse-15.4", Same),
            ("rpm/opensuse", "Leap 15.4", "opensuse-leap-15.5", Other),
            ("rpm/opensuse", "Leap 15.4", "opensuse-tumbleweed-20240101", Unclear),
            ("rpm/opensuse", "Tumbleweed", "opensuse-tumbleweed-20240101", Same),
            ("rpm/openeuler", "22.03-LTS-SP1", "openeuler-22.03-LTS-SP1", Same),
            ("rpm/openeuler", "22.03-LTS-SP1", "openEuler-22.03", Unclear),
            ("rpm/openeuler", "22.03-LTS-SP1", "openeuler-22.03-LTS", Other),
            ("rpm/azure-linux", "3", "azurelinux-3.0", Same),
            ("rpm/azure-linux", "2", "mariner-2.0", Same),
            ("deb/new", "7", "new-7.1", Same),
            ("deb/new", "7", "new-8", Other),
            ("deb/new", "seven", "new-7", Unclear),
        ] {
            let own = of_distro(kind, distro).expect("a release");
            assert_eq!(relation(kind, stated, &own), expected, "{kind}: {stated} and {distro}");
        }
    }

    #[test]
    fn a_distribution_alone_states_no_release() {
        for (kind, distro) in [
            ("deb/debian", "debian"),
            ("deb/debian", ""),
            ("apk/alpine", "Alpine"),
            ("rpm/redhat", "rhel"),
            ("rpm/suse", "sles"),
            ("deb/new", "new"),
        ] {
            assert_eq!(of_distro(kind, distro), None, "{kind} {distro}");
        }
    }

    #[test]
    fn every_code_name_reads_and_stands_once() {
        let rows =
            include_str!("../data/code-names.csv").lines().filter(|row| !row.starts_with('#'));
        let mut seen = std::collections::HashSet::new();
        for row in rows {
            let fields: Vec<&str> = row.split(',').collect();
            let [distribution, name, release] = fields[..] else { panic!("three fields: {row}") };
            assert!(seen.insert((distribution, name)), "{row}");
            assert_eq!(code_name(distribution, name), number(release), "{row}");
            assert!(number(release).is_some(), "{row}");
        }
        assert!(seen.len() > 60);
    }
}
