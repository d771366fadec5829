//! What changed between two moments: one question, whatever noun it is about.

use crate::{
    Desk, Moment, PAGE_ROWS, Trouble,
    answers::{Change, ChangeCount, ChangeEnd, ChangedFinding, Changes, Page, Target},
    component::reference,
    product::version_ref,
};
use aftercare_domain::{
    Refusal, When,
    unit::{Installed, WhyUnknown},
    version::Life,
};
use aftercare_register::{
    Page as Part, Reader,
    read::change::{
        ChangeKind, ChangeRow, Changed, FindingChange, InstalledLabel, Side, UnitRef, Unknown,
    },
};
use aftercare_vocab::{instant::Instant, verdict::Answer};
use std::collections::HashMap;

/// Which changes are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeWish {
    /// The earlier moment.
    pub from: When,
    /// The later moment; none = that of the desk.
    pub to: Option<When>,
    /// Only this kind; none = all.
    pub only: Option<ChangeKind>,
    /// The cursor the page starts at.
    pub after: String,
}

impl Desk {
    /// The net changes between two moments. `now` is the instant of the request.
    pub fn changes(&self, wish: &ChangeWish, now: Instant) -> Result<Changes, Trouble> {
        let earlier = self.as_of(wish.from, now)?;
        let later = match wish.to {
            Some(to) => self.as_of(to, now)?,
            None => self.clone(),
        };
        let reader = later.reader()?;
        let from = end_of(&earlier, &reader, now);
        let to = end_of(&later, &reader, now);
        if let Moment::AsOf(own) = self.moment()
            && to.entry > own.entry
        {
            return Err(
                out_of_order(&to, &format!("the moment {} that is shown", own.asked)).into()
            );
        }
        if from.entry > to.entry || from.at > to.at {
            return Err(out_of_order(&from, "the later moment").into());
        }
        let page = match wish.after.as_str() {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let counts: Vec<ChangeCount> = reader
            .count_changes(from.entry)?
            .into_iter()
            .map(|(kind, count)| ChangeCount { kind, count })
            .collect();
        let wanted = counts.iter().filter(|one| wish.only.is_none_or(|only| only == one.kind));
        let total = wanted.map(|one| one.count).sum();
        let found = reader.changes(from.entry, wish.only, &page)?;
        let mut instants = HashMap::new();
        let mut items = Vec::with_capacity(found.items.len());
        for row in found.items {
            let at = match instants.get(&row.entry) {
                Some(at) => *at,
                None => *instants.entry(row.entry).or_insert(reader.instant_of(row.entry)?),
            };
            items.push(change(&reader, row, at)?);
        }
        let next = found.next.map(|cursor| cursor.to_string());
        Ok(Changes { from, to, counts, changes: Page { items, next, total } })
    }
}

fn end_of(desk: &Desk, reader: &Reader, now: Instant) -> ChangeEnd {
    match desk.moment() {
        Moment::AsOf(as_of) => {
            ChangeEnd { asked: Some(as_of.asked), at: as_of.at, entry: as_of.entry }
        }
        Moment::Present => ChangeEnd { asked: None, at: now, entry: reader.position() },
    }
}

fn out_of_order(end: &ChangeEnd, other: &str) -> Refusal {
    let asked = end.asked.map_or_else(|| "The present".to_owned(), |when| when.to_string());
    Refusal::new(
        "moments_out_of_order",
        format!("{asked} lies after {other}."),
        "Give the earlier moment as `from` and the later one as `to`.",
    )
}

fn change(reader: &Reader, row: ChangeRow, at: Option<Instant>) -> Result<Change, Trouble> {
    let ChangeRow { kind, entry, changed } = row;
    let bare = |what: String, target: Option<Target>| Change {
        kind,
        what,
        target,
        before: None,
        after: None,
        finding: None,
        entry,
        at,
    };
    Ok(match changed {
        Changed::Family { name, .. } => bare(name, Some(Target::Products)),
        Changed::Supplier { name, .. } => bare(name, None),
        Changed::Product { id, name, family } => {
            bare(format!("{name} ({family})"), Some(Target::Product { id }))
        }
        Changed::Version { version, life } => {
            let after = dates(reader, &Life::default(), &life)?.1;
            let target = Target::Version { id: version.id };
            Change {
                after: Some(after).filter(|text| !text.is_empty()),
                ..bare(named(&version), Some(target))
            }
        }
        Changed::Life { version, before, after } => {
            let (before, after) = dates(reader, &before, &after)?;
            let target = Target::Version { id: version.id };
            Change {
                before: Some(before),
                after: Some(after),
                ..bare(named(&version), Some(target))
            }
        }
        Changed::Sbom { version, digest } => {
            let target = Target::Version { id: version.id };
            let (text, bare) = (Some(digest.to_string()), bare(named(&version), Some(target)));
            if kind == ChangeKind::SbomDetached {
                Change { before: text, ..bare }
            } else {
                Change { after: text, ..bare }
            }
        }
        Changed::Assessed { version, edition } => {
            let target = Target::Version { id: version.id };
            let after = Some(format!("by edition {}", edition.short()));
            Change { after, ..bare(named(&version), Some(target)) }
        }
        Changed::Consignee { id, name } => bare(name, Some(Target::Consignee { id })),
        Changed::Site { id, name, consignee } => {
            bare(format!("{name} ({consignee})"), Some(Target::Site { id }))
        }
        Changed::Contact { consignee, name, site } => {
            let place = site.map_or_else(|| name.clone(), |site| format!("{site} ({name})"));
            let target = Some(Target::Consignee { id: consignee });
            let erased = (kind == ChangeKind::ContactErased).then(|| "erased for ever".to_owned());
            Change { after: erased, ..bare(format!("A person to be told at {place}"), target) }
        }
        Changed::Unit { unit, after } => Change {
            after: Some(installed(&after)),
            ..bare(serial(&unit), Some(unit_target(&unit)))
        },
        Changed::Installed { unit, before, after } => Change {
            before: Some(installed(&before)),
            after: Some(installed(&after)),
            ..bare(serial(&unit), Some(unit_target(&unit)))
        },
        Changed::Edition { digest, records } => {
            let after = Some(format!("{records} records"));
            Change { after, ..bare(digest.to_string(), None) }
        }
        Changed::Finding(found) => finding(*found, bare),
    })
}

fn named(version: &aftercare_register::read::version::VersionRef) -> String {
    format!("{} {}", version.product.name, version.label)
}

fn serial(unit: &UnitRef) -> String {
    format!("{}, serial {}, at {}", unit.product, unit.serial, unit.site_name)
}

const fn unit_target(unit: &UnitRef) -> Target {
    Target::Unit { id: unit.id, site: Some(unit.site) }
}

fn installed(what: &InstalledLabel) -> String {
    match (&what.installed, &what.label) {
        (Installed::Version(_), Some(label)) => label.clone(),
        (Installed::Version(id), None) => id.to_string(),
        (Installed::Unknown(WhyUnknown::NotTold), _) => "unknown: nobody told us".to_owned(),
        (Installed::Unknown(WhyUnknown::NotRegistered { reported }), _) => {
            format!("unknown: {reported} was reported, which is no registered version")
        }
        (Installed::Unknown(WhyUnknown::Contradictory { reported }), _) => {
            format!("unknown: sources disagree ({})", reported.join(", "))
        }
    }
}

/// The dates of a version that differ, before and after.
fn dates(reader: &Reader, before: &Life, after: &Life) -> Result<(String, String), Trouble> {
    let label = |life: &Life| -> Result<Option<String>, Trouble> {
        let Some(id) = life.predecessor else { return Ok(None) };
        let known = reader.version(id)?.map(|found| found.row.version.label);
        Ok(Some(known.unwrap_or_else(|| id.to_string())))
    };
    let date = |date: Option<aftercare_domain::Date>| date.map(|date| date.to_string());
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for (words, was, is) in [
        ("replaces", label(before)?, label(after)?),
        ("released", date(before.released), date(after.released)),
        ("supported until", date(before.supported_until), date(after.supported_until)),
        ("end of support", date(before.end_of_support), date(after.end_of_support)),
    ] {
        if was != is {
            let text = |value: Option<String>| {
                format!("{words} {}", value.unwrap_or_else(|| "not recorded".to_owned()))
            };
            old.push(text(was));
            new.push(text(is));
        }
    }
    Ok((old.join(", "), new.join(", ")))
}

fn finding(found: FindingChange, bare: impl FnOnce(String, Option<Target>) -> Change) -> Change {
    let component = reference(&found.component, found.position, None);
    let place = match &component.version {
        Some(version) => format!("{} {version}", component.name),
        None => component.name.clone(),
    };
    let what = format!("{} in {place} of {}", found.vulnerability, named(&found.version));
    let target = if let Side::Found(_) = found.after {
        Target::Finding {
            version: found.version.id,
            component: found.position,
            vulnerability: found.vulnerability.clone(),
        }
    } else {
        Target::Vulnerability { id: found.vulnerability.clone() }
    };
    let shown = |side: Side, kev: Option<&str>| {
        let exploited = kev.map(|since| format!(", known exploited since {since}"));
        Some(format!("{}{}", words(side), exploited.unwrap_or_default()))
    };
    Change {
        before: shown(found.before, found.kev_before.as_deref()),
        after: shown(found.after, found.kev_after.as_deref()),
        finding: Some(ChangedFinding {
            version: version_ref(&found.version),
            component,
            vulnerability: found.vulnerability,
            before: code(found.before).to_owned(),
            after: code(found.after).to_owned(),
            score_tenths: found.score_tenths,
            known_exploited_before: found.kev_before,
            known_exploited_after: found.kev_after,
        }),
        ..bare(what, Some(target))
    }
}

/// Nothing found and nothing known are told apart.
const fn words(side: Side) -> &'static str {
    match side {
        Side::Found(Answer::Affected) => "affected",
        Side::Found(Answer::Undetermined) => "undetermined",
        Side::Found(Answer::NotAffected) => "not affected",
        Side::NothingFound => "nothing found",
        Side::ComponentAbsent => "component not in the SBOM",
        Side::Unknown(Unknown::NoSbom) => "unknown: no SBOM",
        Side::Unknown(Unknown::NotMatched) => "unknown: SBOM not matched",
        Side::Unknown(Unknown::NotCovered) => "unknown: component not covered",
    }
}

const fn code(side: Side) -> &'static str {
    match side {
        Side::Found(answer) => answer.code(),
        Side::NothingFound => "nothing_found",
        Side::ComponentAbsent => "component_absent",
        Side::Unknown(_) => "unknown",
    }
}
