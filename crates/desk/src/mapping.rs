//! Identities that the maker says mean one product, and what matching makes of them.

use crate::{
    Desk, Trouble,
    answers::{MappingEffect, MappingRow, MappingSheet, MappingStep, MappingTrial, Page},
    change::Seen,
    product::version_ref,
};
use aftercare_corpus::Edition;
use aftercare_domain::{
    Operation, Refusal,
    mapping::{self as rules, MappingEntry, MappingStated, Mappings, Wish},
    roster::Roster,
    stated::Stated,
};
use aftercare_matching::{
    Assessed, ENGINE, Matcher,
    mapping::{self as table, Known, Name},
};
use aftercare_register::read::version::VersionRef;
use aftercare_vocab::{
    id::{MappingId, PersonId},
    inventory::Inventory,
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// Mappings on one page.
pub const MAPPINGS_A_PAGE: usize = 100;
/// Most versions whose SBOMs a trial looks at.
pub const TRIED_VERSIONS: usize = 200;
/// Most components that a trial lists.
pub const EFFECTS_LIMIT: usize = 200;
/// Digits of the digest that tells which mappings an SBOM was matched with.
const DIGEST_DIGITS: usize = 16;

/// The curated table with the maker's own rows on top, and the engine's name with them.
#[derive(Debug)]
pub struct Table {
    /// The rows.
    pub mappings: table::Mappings,
    /// The engine: its own name, and by which mappings of the maker it goes.
    pub engine: String,
}

impl Table {
    fn of(own: &Mappings) -> Self {
        Self { mappings: with(own.in_force().map(known)), engine: engine(own) }
    }
}

fn engine(own: &Mappings) -> String {
    match own.digest() {
        None => ENGINE.to_owned(),
        Some(digest) => {
            format!("{ENGINE} with mappings {:.DIGEST_DIGITS$}", digest.to_string())
        }
    }
}

fn with(own: impl Iterator<Item = Known>) -> table::Mappings {
    table::Mappings::built_in().clone().with(own.collect())
}

/// How a mapping stands in reasons: with its identifier, by which its author and reason are found.
fn known(stated: &Stated<MappingStated>) -> Known {
    let of = &stated.value;
    known_as(of.mapping, &of.product, &of.identities)
}

fn known_as(mapping: MappingId, product: &str, identities: &[String]) -> Known {
    let name = |identity: &String| Name { identity: identity.clone(), source: mapping.to_string() };
    Known {
        product: product.to_owned(),
        by: "own".to_owned(),
        names: identities.iter().map(name).collect(),
    }
}

impl Desk {
    /// The table that matching goes by at this desk's moment.
    pub fn mapping_table(&self) -> Result<Table, Trouble> {
        Ok(Table::of(&*self.whole_reader()?.mappings()?))
    }

    /// The engine's name with the mappings that hold at this desk's moment.
    pub(crate) fn engine(&self) -> Result<String, Trouble> {
        Ok(engine(&*self.whole_reader()?.mappings()?))
    }

    /// The mappings of the programme, withdrawn ones too, in whose product or identities every word stands; `after` =
    /// how many to pass over, `rows` = how many to give.
    pub fn mappings(
        &self,
        words: &str,
        after: usize,
        rows: usize,
    ) -> Result<MappingSheet, Trouble> {
        let whole = self.whole_reader()?;
        let (all, roster) = (whole.mappings()?, whole.roster()?);
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let fits = |(id, one): &(MappingId, &MappingEntry)| {
            let text = one.newest().map_or_else(String::new, |said| {
                format!("{id}\n{}\n{}", said.value.product, said.value.identities.join("\n"))
            });
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        };
        let mut found: Vec<(MappingId, &MappingEntry)> = all.all().rev().filter(fits).collect();
        found.sort_by_key(|(_, one)| !one.is_in_force);
        let mut items = Vec::new();
        for (id, one) in found.iter().skip(after).take(rows) {
            let version = whole.entity_version(&id.to_string())?;
            items.extend(row(*id, one, version, &roster));
        }
        let end = after.saturating_add(items.len());
        let next = (end < found.len()).then(|| end.to_string());
        let page = Page { items, next, total: found.len() as u64 };
        Ok(MappingSheet {
            in_force: all.in_force().count() as u64,
            curated: table::Mappings::built_in().all().len() as u64,
            engine: engine(&all),
            page,
        })
    }

    /// One of them.
    pub fn mapping(&self, mapping: MappingId) -> Result<MappingRow, Trouble> {
        let whole = self.whole_reader()?;
        let (all, roster) = (whole.mappings()?, whole.roster()?);
        let version = whole.entity_version(&mapping.to_string())?;
        all.get(mapping)
            .and_then(|one| row(mapping, one, version, &roster))
            .ok_or_else(|| Trouble::not_found("mapping", mapping))
    }

    /// States that identities mean one product; with the mapping of `wish` known, states it anew. Gives its
    /// identifier.
    pub fn state_mapping(
        &self,
        op: &Operation,
        seen: Seen,
        wish: &Wish,
        is_known: bool,
    ) -> Result<MappingId, Trouble> {
        self.decided(op, wish.mapping, |pen| {
            let entity = wish.mapping.to_string();
            if is_known {
                pen.expect::<Trouble>(&entity, seen)?;
            }
            let facts = pen.facts();
            let (roster, before) = (facts.roster()?, facts.mappings()?);
            if is_known && before.get(wish.mapping).is_none() {
                return Err(Refusal::unknown("mapping", wish.mapping).into());
            }
            Ok(rules::state(&roster, &before, wish, &pen.dated()?)?)
        })
    }

    /// Withdraws a mapping, with a reason.
    pub fn withdraw_mapping(
        &self,
        op: &Operation,
        seen: Seen,
        mapping: MappingId,
    ) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            pen.expect::<Trouble>(&mapping.to_string(), seen)?;
            let facts = pen.facts();
            let (roster, before) = (facts.roster()?, facts.mappings()?);
            Ok(rules::withdraw(&roster, &before, mapping, &pen.dated()?)?)
        })
    }

    /// What a mapping would change about the SBOMs in sight; nothing is recorded. Refused where its product or
    /// identities could not be stated.
    pub fn try_mapping(&self, wish: &Wish) -> Result<MappingTrial, Trouble> {
        let (product, identities) = wish.checked()?;
        let own = self.whole_reader()?.mappings()?;
        let others = || own.in_force().filter(|one| one.value.mapping != wish.mapping).map(known);
        let replaced = own.get(wish.mapping).filter(|one| one.is_in_force);
        let replaced = replaced.and_then(MappingEntry::newest).map(known);
        // What the mapping said before is looked at, too: it may lose components.
        let wished = known_as(wish.mapping, &product, &identities);
        let mut touched: HashSet<String> = identities.iter().cloned().collect();
        touched.extend(
            replaced.iter().flat_map(|known| known.names.iter().map(|name| name.identity.clone())),
        );
        let (before, after) = (with(others().chain(replaced)), with(others().chain([wished])));
        let reader = self.reader()?;
        let mut trial = MappingTrial {
            product,
            identities,
            versions: 0,
            versions_left_out: 0,
            components: Vec::new(),
            components_left_out: 0,
        };
        let Some(edition) = self.edition_in_force()? else {
            return Err(Refusal::new(
                "no_edition",
                "No edition of public knowledge is in force, so nothing can be compared.",
                "Import one and put it in force.",
            )
            .into());
        };
        let states = reader.version_states()?;
        let with_sboms = states.iter().filter(|state| state.sboms > 0);
        for (at, state) in with_sboms.enumerate() {
            if at >= TRIED_VERSIONS {
                trial.versions_left_out += 1;
                continue;
            }
            trial.versions += 1;
            for sbom in reader.sboms(state.version.id)? {
                if let Some(inventory) = reader.inventory(sbom.key)? {
                    let tables = (&before, &after);
                    let found = effects(&edition, &inventory, tables, &touched, &state.version)?;
                    trial.components.extend(found);
                }
            }
            keep_heaviest(&mut trial);
        }
        Ok(trial)
    }
}

/// Keeps the components that change most, and counts the others.
fn keep_heaviest(trial: &mut MappingTrial) {
    let weight = |one: &MappingEffect| {
        let coverage = one.not_covered_before.is_some() != one.not_covered_after.is_some();
        one.found.len() + one.gone.len() + one.changed.len() + usize::from(coverage)
    };
    trial.components.sort_by_key(|one| std::cmp::Reverse(weight(one)));
    trial.components_left_out += trial.components.len().saturating_sub(EFFECTS_LIMIT) as u64;
    trial.components.truncate(EFFECTS_LIMIT);
}

/// What one table says otherwise than another of the components of an inventory that carry one of the
/// identities.
fn effects(
    edition: &Arc<Edition>,
    inventory: &Inventory,
    (before, after): (&table::Mappings, &table::Mappings),
    touched: &HashSet<String>,
    version: &VersionRef,
) -> Result<Vec<MappingEffect>, Trouble> {
    let matchers = [before, after].map(|one| Matcher::with_mappings(edition, inventory, one));
    let mut effects = Vec::new();
    for (index, component) in (0..).zip(&inventory.components) {
        // by the table the mapping may be some steps away
        let leads = |table: &table::Mappings, identity: &String| {
            let others = table.others(identity, "");
            others.iter().any(|other| touched.contains(&other.name.identity))
        };
        let is_touched = table::carried_by(component).iter().any(|identity| {
            touched.contains(identity) || leads(before, identity) || leads(after, identity)
        });
        if !is_touched {
            continue;
        }
        let [was, is] = &matchers;
        let (was, is) = (was.assess(index, component)?, is.assess(index, component)?);
        let (before, after) = (answers(&was), answers(&is));
        let shown = |id: &&str, of: &BTreeMap<&str, String>| format!("{id}: {}", of[*id]);
        let unlike =
            after.iter().filter(|(id, answer)| before.get(*id).is_some_and(|was| was != *answer));
        effects.push(MappingEffect {
            version: version_ref(version),
            component: match &component.version {
                Some(version) => format!("{} {version}", component.name),
                None => component.name.clone(),
            },
            place: component.place.clone(),
            found: after
                .keys()
                .filter(|id| !before.contains_key(*id))
                .map(|id| shown(id, &after))
                .collect(),
            gone: before
                .keys()
                .filter(|id| !after.contains_key(*id))
                .map(|id| shown(id, &before))
                .collect(),
            changed: unlike
                .map(|(id, answer)| format!("{id}: {}, now {answer}", before[id]))
                .collect(),
            not_covered_before: was.not_covered.as_ref().map(|gap| gap.why.clone()),
            not_covered_after: is.not_covered.as_ref().map(|gap| gap.why.clone()),
        });
    }
    Ok(effects)
}

fn answers(assessed: &Assessed) -> BTreeMap<&str, String> {
    let verdicts = assessed.verdicts.iter().map(|judged| &judged.verdict);
    verdicts.map(|verdict| (&*verdict.id, verdict.answer.shown().to_lowercase())).collect()
}

fn row(
    id: MappingId,
    one: &MappingEntry,
    entity_version: u64,
    roster: &Roster,
) -> Option<MappingRow> {
    let name =
        |person: PersonId| roster.person(person).map(|one| one.name.clone()).unwrap_or_default();
    let newest = &one.newest()?.value;
    let stated = one.stated.iter().map(|said| MappingStep {
        what: "stated".to_owned(),
        product: Some(said.value.product.clone()),
        identities: said.value.identities.clone(),
        at: said.at,
        by: name(said.value.by),
        reason: said.reason.clone(),
        entry: said.entry,
    });
    let withdrawn = one.withdrawn.iter().map(|said| MappingStep {
        what: "withdrawn".to_owned(),
        product: None,
        identities: Vec::new(),
        at: said.at,
        by: name(said.by),
        reason: said.reason.clone(),
        entry: said.entry,
    });
    let mut history: Vec<MappingStep> = stated.chain(withdrawn).collect();
    history.sort_by_key(|step| std::cmp::Reverse(step.entry));
    Some(MappingRow {
        id,
        entity_version,
        is_in_force: one.is_in_force,
        product: newest.product.clone(),
        identities: newest.identities.clone(),
        history,
    })
}
