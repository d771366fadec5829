//! The dependency graph of a CycloneDX document, and the services that it may name.

use super::super::{
    draft::{Arrow, Draft, Name},
    lines::Spot,
    text::{Once, Text, each, first_time, once, seeds},
};
use aftercare_vocab::inventory::DependencyKind;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{borrow::Cow, fmt};

seeds!(Services, Service, Dependencies, DependencyEntry);

/// Services are no components, but dependencies may name them.
pub(super) struct Services<'d, 'de> {
    pub(super) draft: &'d mut Draft<'de>,
    /// How many are listed, those in others too.
    pub(super) count: &'d mut usize,
}

impl<'de> Visitor<'de> for Services<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of services")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Services { draft, count } = self;
        while list.next_element_seed(Service(&mut *draft, &mut *count))?.is_some() {
            *count += 1;
        }
        Ok(())
    }
}

struct Service<'d, 'de>(&'d mut Draft<'de>, &'d mut usize);

impl<'de> Visitor<'de> for Service<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a service")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Service(draft, count) = self;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "bom-ref" => {
                    if let Some(Text(reference)) = map.next_value::<Option<Text<'de>>>()? {
                        draft.relation("services").map_err(de::Error::custom)?;
                        let number = draft.number(reference);
                        draft.mean(number, Name::Elsewhere);
                    }
                }
                "services" => {
                    map.next_value_seed(Services { draft: &mut *draft, count: &mut *count })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

pub(super) struct Dependencies<'d, 'de>(pub(super) &'d mut Draft<'de>);

impl<'de> Visitor<'de> for Dependencies<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of dependencies")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut entry = 0_u32;
        while list.next_element_seed(DependencyEntry { draft: &mut *self.0, entry })?.is_some() {
            entry = entry.saturating_add(1);
        }
        Ok(())
    }
}

struct DependencyEntry<'d, 'de> {
    draft: &'d mut Draft<'de>,
    entry: u32,
}

impl<'de> Visitor<'de> for DependencyEntry<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a dependency")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let DependencyEntry { draft, entry } = self;
        draft.relation("dependencies").map_err(de::Error::custom)?;
        let mut reference = Once::<Text<'de>>::default();
        let mut listed = false;
        // `ref` may stand after `dependsOn`
        let mut targets: Vec<(u32, Spot)> = Vec::new();
        let beginning = draft.here();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "ref" => once(&mut reference, "ref", &mut map)?,
                "dependsOn" => {
                    first_time(&mut listed, "dependsOn")?;
                    map.next_value_seed(each(
                        "a list of references",
                        |_, Text(target): Text<'de>| {
                            draft.relation("dependencies")?;
                            targets.push((named(draft, target), draft.here()));
                            Ok(())
                        },
                    ))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        draft.stand(beginning);
        let Some(Text(reference)) = reference.value().filter(|text| !text.as_str().is_empty())
        else {
            draft.warn(
                "dependency_ref_missing",
                format!("dependencies[{entry}]"),
                "The entry does not say whose dependencies it lists.",
                "Ask the supplier for a complete document.",
            );
            draft.stand(Spot::Here);
            return Ok(());
        };
        let from = named(draft, reference);
        let kind = Some(DependencyKind::DependsOn);
        if targets.is_empty() {
            draft.arrow(Arrow { from, to: None, kind, entry, part: None });
        }
        for (part, (to, spot)) in targets.into_iter().enumerate() {
            draft.stand(spot);
            draft.arrow(Arrow { from, to: Some(to), kind, entry, part: u32::try_from(part).ok() });
        }
        draft.stand(Spot::Here);
        Ok(())
    }
}

/// The number of a reference in the dependency graph. A BOM-Link (`urn:cdx:`) names something in
/// another document.
fn named<'de>(draft: &mut Draft<'de>, reference: Cow<'de, str>) -> u32 {
    let elsewhere = reference.starts_with("urn:cdx:");
    let number = draft.number(reference);
    if elsewhere && draft.meaning(number) == Name::Unknown {
        draft.mean(number, Name::OtherDocument);
    }
    number
}
