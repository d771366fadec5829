//! What the record says around cases: the product versions that each could concern, and what was found in
//! them. Read once for a question, however many cases it is about.

use crate::{Desk, Trouble, product::ended};
use aftercare_domain::{
    Date, Sight,
    case::{Around, Case, Found, Surroundings},
    clock::{Calendar, Zone},
    rules::Programme,
    text::folded,
    usage::Usage,
};
use aftercare_register::{
    Reader,
    read::{state::VersionState, version::VersionRef},
};
use aftercare_vocab::{
    digest::Digest,
    id::{ProductId, VersionId},
    instant::Instant,
    verdict::Answer,
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// The versions of the whole record, whatever whoever asks may see: where a case stands is one fact. Rows
/// are shown by sight.
pub(crate) struct Scene {
    reader: Reader,
    states: Vec<VersionState>,
    today: Date,
    zone: Zone,
    calendar: &'static Calendar,
    programme: Arc<Programme>,
    sboms: RefCell<HashMap<VersionId, Vec<Digest>>>,
}

impl Desk {
    /// The scene at this desk's moment.
    pub(crate) fn scene(&self, now: Instant) -> Result<Scene, Trouble> {
        let reader = self.whole_reader()?;
        let states = reader.version_states()?;
        let (zone, calendar) = self.calendar()?;
        let today = zone.day_of(self.instant(now)).unwrap_or(Date::MAX);
        let programme = Arc::clone(reader.roster()?.programme());
        let sboms = RefCell::default();
        Ok(Scene { reader, states, today, zone, calendar, programme, sboms })
    }

    /// The maker's zone and the days that are worked there.
    pub(crate) fn calendar(&self) -> Result<(Zone, &'static Calendar), Trouble> {
        Ok((Zone::named(&self.programme.zone)?, Calendar::named(&self.programme.calendar)?))
    }
}

impl Scene {
    /// What lies around one case.
    pub fn around(&self, case: &Case) -> Result<Surroundings, Trouble> {
        let mut answers: HashMap<usize, Answer> = HashMap::new();
        for id in &case.opened.vulnerabilities {
            for (at, answer) in self.reader.answers_by_version(id, &self.states)? {
                let known = answers.entry(at).or_insert(answer);
                *known = (*known).min(answer);
            }
        }
        let mut versions = BTreeMap::new();
        for (at, state) in self.states.iter().enumerate() {
            let version = &state.version;
            let concerned = match &case.families {
                Sight::All => true,
                Sight::Families(some) => some.contains(&version.family.id),
            };
            let supported = !ended(&state.life, self.today);
            // One that was said something about stays, whatever became of it since.
            let spoken = case.versions.contains_key(&version.id);
            let hit = matches!(answers.get(&at), Some(Answer::Affected | Answer::Undetermined));
            if !(concerned && (supported || state.units > 0) || spoken || (hit && concerned)) {
                continue;
            }
            let found = match answers.get(&at) {
                Some(Answer::Affected) => Found::Affected,
                Some(Answer::Undetermined) => Found::Undetermined,
                _ if state.sboms == 0 || state.assessed < state.sboms => Found::Unknown,
                _ if case.opened.vulnerabilities.is_empty() => Found::Unknown,
                _ if state.not_covered > 0 => Found::NotCovered,
                _ => Found::Nothing,
            };
            let components = if found.is_hit() {
                self.components(version.id, &case.opened.vulnerabilities)?
            } else {
                BTreeMap::new()
            };
            // Asked only where it decides whether a fix is shown.
            let holds_change = case.changed.iter().any(|one| one.value.version == version.id);
            let looked_up = if found == Found::NotCovered && holds_change {
                self.reader.components_looked_up(version.id)?
            } else {
                BTreeSet::new()
            };
            let around = Around {
                family: version.family.id,
                product: version.product.id,
                label: format!("{} {}", version.product.name, version.label),
                supported,
                units: state.units,
                sboms: self.sboms(version.id)?,
                found,
                names: components.values().cloned().collect(),
                components: components.into_keys().collect(),
                looked_up,
            };
            versions.insert(version.id, around);
        }
        let usages = self.usages(versions.values().map(|one| one.product))?;
        let (zone, programme) = (self.zone.clone(), Arc::clone(&self.programme));
        Ok(Surroundings { versions, usages, zone, calendar: self.calendar, programme })
    }

    /// What is in force for the use of some products.
    fn usages(
        &self,
        products: impl Iterator<Item = ProductId>,
    ) -> Result<BTreeMap<ProductId, Usage>, Trouble> {
        let entries = self.reader.usages()?;
        let mut usages = BTreeMap::new();
        for product in products {
            let Some(stated) = entries.get(product).filter(|_| !usages.contains_key(&product))
            else {
                continue;
            };
            let adopted = stated.risk_file();
            let rows = adopted.map(|one| self.reader.risk_file(&one.value.items)).transpose()?;
            usages.insert(product, stated.usage(rows));
        }
        Ok(usages)
    }

    fn sboms(&self, version: VersionId) -> Result<Vec<Digest>, Trouble> {
        if let Some(known) = self.sboms.borrow().get(&version) {
            return Ok(known.clone());
        }
        let found: Vec<Digest> =
            self.reader.sboms(version)?.into_iter().map(|row| row.digest).collect();
        self.sboms.borrow_mut().insert(version, found.clone());
        Ok(found)
    }

    /// The components in which something was found, with their versions, and their folded names.
    fn components(
        &self,
        version: VersionId,
        vulnerabilities: &[String],
    ) -> Result<BTreeMap<String, String>, Trouble> {
        let mut found = BTreeMap::new();
        for id in vulnerabilities {
            for row in self.reader.findings_in(version, id)? {
                if matches!(row.answer, Answer::Affected | Answer::Undetermined) {
                    let component = row.component;
                    let version = component.version.as_deref().unwrap_or("without version");
                    found.insert(format!("{} {version}", component.name), folded(&component.name));
                }
            }
        }
        Ok(found)
    }

    /// Every version of the record.
    pub fn states(&self) -> &[VersionState] {
        &self.states
    }

    /// What a version is called.
    pub fn named(&self, version: VersionId) -> Option<&VersionRef> {
        self.states.iter().map(|state| &state.version).find(|one| one.id == version)
    }

    /// The reader that it was read with.
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }
}
