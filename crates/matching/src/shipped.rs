//! Parts that the maker of an operating system ships with it (`data/shipped.csv`).
//!
//! NVD files EternalBlue under Server Message Block, and Windows 7 only as what it runs on; an inventory names
//! the system and not its parts. A record that holds for such a part on this very system raises a question
//! for the system, never more, and clears nothing. Where the inventory names the part, the part answers.

use crate::{
    Context,
    subject::{Identity, Subject, Way},
};
use aftercare_vocab::{
    cpe::{Cpe, Part},
    verdict::Confidence,
    version::Scheme,
};
use std::{borrow::Cow, sync::LazyLock};

const ROWS: &str = include_str!("../data/shipped.csv");

/// (system, part), both as keys; a system may end in `*`.
static SHIPPED: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| rows(ROWS).collect());

fn rows(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let rows = text.lines().filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| {
        let mut fields = row.split(',');
        Some((fields.next()?, fields.next()?))
    })
}

/// Adds the parts of the systems that the subject is.
pub fn add(context: &Context<'_>, subject: &mut Subject<'_>) {
    let mut found: Vec<Identity<'_>> = Vec::new();
    for system in subject.identities.iter().filter(|identity| identity.way == Way::Given) {
        if system.cpe.as_ref().is_none_or(|cpe| cpe.part() != Part::OperatingSystem) {
            continue;
        }
        let parts = SHIPPED.iter().filter(|(of, _)| match of.strip_suffix('*') {
            Some(beginning) => system.key.starts_with(beginning),
            None => system.key == *of,
        });
        for (_, part) in parts.filter(|(_, part)| context.named(part).is_empty()) {
            let name = part.trim_start_matches("cpe:");
            let Ok(cpe) = format!("cpe:2.3:a:{name}").parse::<Cpe>() else { continue };
            found.push(Identity {
                key: (*part).to_owned(),
                text: format!("{}, with which its maker ships {part}", system.text).into(),
                confidence: Confidence::Possible,
                doubt: format!(
                    "The record files the flaw under {part}, which the maker ships with the system; the inventory names neither the part nor its updates."
                )
                .into(),
                package: None,
                cpe: Some(Cow::Owned(cpe)),
                version: None,
                rivals: Vec::new(),
                scheme: Scheme::Generic,
                target_software: &[],
                asks_target: false,
                way: Way::Shipped,
            });
        }
    }
    if !found.is_empty() {
        subject.identities.extend(found);
        subject.identities.sort_by_key(|identity| (identity.confidence, identity.way));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_a_system_and_a_part_of_the_same_maker_and_a_record() {
        let all: Vec<&str> = ROWS.lines().filter(|row| !row.starts_with('#')).collect();
        assert_eq!(all.len(), rows(ROWS).count());
        for row in all {
            let fields: Vec<&str> = row.split(',').collect();
            let [system, part, record] = fields[..] else { panic!("{row}") };
            assert!(record.starts_with("CVE-"), "{row}");
            let maker = |key: &str| key.split(':').nth(1).map(str::to_owned);
            assert!(maker(part).is_some() && maker(system) == maker(part), "{row}");
            let name = part.trim_start_matches("cpe:");
            assert!(format!("cpe:2.3:a:{name}").parse::<Cpe>().is_ok(), "{row}");
        }
    }
}
