//! Texts that several forms share.

use crate::advisory::{Product, Remediation, Remedy, Version};
use aftercare_vocab::{cvss, instant::Instant};

/// A version for people: `Monitor X 4.2.1`.
pub(crate) fn name_of(product: &Product, version: &Version) -> String {
    format!("{} {}", product.name, version.name)
}

/// The day, as `2026-11-23`.
pub(crate) fn day(at: Instant) -> String {
    at.shown().chars().take("2026-11-23".len()).collect()
}

/// What to do, in one text: kind, how, when, where.
pub(crate) fn action(remediation: &Remediation) -> String {
    let mut text = format!("{}: {}", remediation.remedy.shown(), details(remediation));
    if let Some(date) = remediation.date.filter(|_| remediation.remedy != Remedy::FixPlanned) {
        text.push_str(&format!(" Available from {}.", day(date)));
    }
    if let Some(url) = &remediation.url {
        text.push_str(&format!(" See {url}"));
    }
    text
}

/// The text of a remediation; of a planned fix with its day, for which CSAF 2.0 has no member.
pub(crate) fn details(remediation: &Remediation) -> String {
    match remediation.date {
        Some(date) if remediation.remedy == Remedy::FixPlanned => {
            format!("{} Expected: {}.", remediation.details.trim_end(), day(date))
        }
        _ => remediation.details.clone(),
    }
}

/// A score with its severity and vector: `8.7 (High), CVSS:4.0/...`.
pub(crate) fn score(vector: &cvss::Vector) -> String {
    let overall = vector.scores().overall;
    let prefix = if vector.version() == cvss::Version::V2_0 { "CVSS:2.0 " } else { "" };
    format!("{overall} ({}), {prefix}{vector}", vector.version().rating(overall))
}
