//! Components: of one version's SBOM, and over all SBOMs.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{
        ComponentPlace, ComponentPlaces, ComponentRef, ComponentRow, Coverage, FindingCounts, Page,
    },
    product::version_ref,
};
use aftercare_register::{
    PAGE_LIMIT, Page as Part, Reader,
    read::{
        component::{
            ComponentFilter, ComponentQuery, ComponentRow as Read, ComponentState, ComponentsOnly,
        },
        version::SbomKey,
    },
};
use aftercare_vocab::{id::VersionId, inventory::Inventory};

/// Which components of a version are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComponentWish {
    /// Text in the name or package URL.
    pub text: String,
    /// Only those that could not be looked up.
    pub not_covered: bool,
    /// The cursor the page starts at.
    pub after: String,
}

impl Desk {
    /// The components of a version's current SBOM, in the order of the document.
    pub fn components(
        &self,
        version: VersionId,
        wish: &ComponentWish,
    ) -> Result<Page<ComponentRow>, Trouble> {
        let reader = self.reader()?;
        let detail = reader
            .version(version)?
            .ok_or_else(|| Trouble::not_found("product version", version))?;
        let Some(sbom) = detail.sboms.last() else { return Ok(Page::whole(Vec::new())) };
        let inventory = reader.inventory(sbom.key)?;
        let filter = ComponentFilter {
            text: wish.text.clone(),
            only: if wish.not_covered { ComponentsOnly::NotCovered } else { ComponentsOnly::All },
        };
        let page = match wish.after.as_str() {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let found = reader.components(sbom.key, &filter, &page)?;
        let total = if wish.text.is_empty() && !wish.not_covered {
            sbom.components
        } else {
            count(&reader, sbom.key, &filter)?
        };
        let items = found.items.into_iter().map(|read| row(read, inventory.as_deref())).collect();
        Ok(Page { items, next: found.next.map(|cursor| cursor.to_string()), total })
    }

    /// Where a component stands over the current SBOMs of all versions.
    pub fn component_places(&self, query: &str, after: &str) -> Result<ComponentPlaces, Trouble> {
        let reader = self.reader()?;
        let page = match after {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let wanted = ComponentQuery::understand(query);
        let found = reader.versions_with(&wanted, &page)?;
        let mut items = Vec::with_capacity(found.items.len());
        for place in found.items {
            let inventory = reader.inventory(place.sbom)?;
            let state = reader.component_state(place.sbom, place.component.key)?;
            let units = reader.version(place.version.id)?.map_or(0, |detail| detail.row.units);
            items.push(ComponentPlace {
                version: version_ref(&place.version),
                component: reference(&place.component, place.position, inventory.as_deref()),
                coverage: coverage(state),
                units,
            });
        }
        let total = reader.count_versions_with(&wanted)?;
        let versions_without_sbom =
            reader.version_states()?.iter().filter(|state| state.sboms == 0).count() as u64;
        let places = Page { items, next: found.next.map(|cursor| cursor.to_string()), total };
        Ok(ComponentPlaces { query: query.to_owned(), places, versions_without_sbom })
    }
}

fn count(reader: &Reader, sbom: SbomKey, filter: &ComponentFilter) -> Result<u64, Trouble> {
    let mut total = 0;
    let mut page = Part::first(PAGE_LIMIT);
    loop {
        let found = reader.components(sbom, filter, &page)?;
        total += found.items.len() as u64;
        match found.next {
            Some(cursor) => page = Part::after(cursor, PAGE_LIMIT),
            None => return Ok(total),
        }
    }
}

fn row(read: Read, inventory: Option<&Inventory>) -> ComponentRow {
    let full = inventory.and_then(|inventory| inventory.components.get(read.position as usize));
    ComponentRow {
        component: reference(&read.component, read.position, inventory),
        kind: full.and_then(|full| full.kind.clone()),
        supplier: full.and_then(|full| full.supplier.clone()),
        licences: full.map(|full| full.licences.clone()).unwrap_or_default(),
        coverage: coverage(read.state),
    }
}

/// A component as findings name it, with its place in the document.
pub(crate) fn reference(
    component: &aftercare_register::read::component::ComponentRef,
    position: u32,
    inventory: Option<&Inventory>,
) -> ComponentRef {
    let full = inventory.and_then(|inventory| inventory.components.get(position as usize));
    ComponentRef {
        index: position,
        name: match &component.group {
            Some(group) => format!("{group}/{}", component.name),
            None => component.name.clone(),
        },
        version: component.version.clone(),
        identity: component
            .purl
            .clone()
            .or_else(|| full.and_then(|full| full.cpes.first()).map(ToString::to_string)),
        place: full.map(|full| full.place.clone()).unwrap_or_default(),
    }
}

fn coverage(state: ComponentState) -> Coverage {
    match state {
        ComponentState::NotAssessed => Coverage::NotYetMatched,
        ComponentState::NotCovered { gap, affected, undetermined } => Coverage::NotCovered {
            code: gap.code,
            why: gap.why,
            findings: FindingCounts { affected, undetermined, ..FindingCounts::default() },
        },
        ComponentState::Assessed { affected, undetermined, not_affected } => Coverage::Covered {
            findings: FindingCounts {
                affected,
                undetermined,
                not_affected,
                ..FindingCounts::default()
            },
        },
    }
}
