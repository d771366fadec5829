//! One CycloneDX component, with those nested in it.

use super::{
    super::{
        draft::{Draft, Name, join},
        item::Item,
        lines::Spot,
        text::{Each, Few, Loose, Once, Stop, Text, each, first_time, once, seeds},
    },
    Party,
    unread::{ancestors, references},
};
use aftercare_vocab::{
    inventory::{PatchKind, Scope},
    problem::quoted,
};
use serde::{
    Deserialize,
    de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

/// Where the product stands.
pub(super) const PRODUCT: &str = "metadata.component";

/// Component types of all versions.
const TYPES: [&str; 13] = [
    "application",
    "framework",
    "library",
    "container",
    "platform",
    "operating-system",
    "device",
    "device-driver",
    "firmware",
    "file",
    "machine-learning-model",
    "data",
    "cryptographic-asset",
];

/// Whether a text is a component type of CycloneDX 1.6.
pub(in super::super) fn is_type(text: &str) -> bool {
    TYPES.contains(&text)
}

seeds!(Components, Component, Pedigree, Evidence);

pub(super) struct Components<'c, 'de> {
    pub(super) draft: &'c mut Draft<'de>,
    pub(super) place: &'c str,
    pub(super) nesting: usize,
    pub(super) inside: Option<u32>,
}

impl<'de> Visitor<'de> for Components<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of components")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Components { draft, place, nesting, inside } = self;
        let mut index = 0_usize;
        loop {
            let seed = Component {
                draft: &mut *draft,
                place: format!("{place}[{index}]"),
                nesting,
                inside,
            };
            if list.next_element_seed(seed)?.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }
}

/// One component with those nested in it; gives its index, or `None` for `null`.
pub(super) struct Component<'c, 'de> {
    pub(super) draft: &'c mut Draft<'de>,
    pub(super) place: String,
    pub(super) nesting: usize,
    pub(super) inside: Option<u32>,
}

/// The plain texts of a component, taken as they come and judged at its end.
#[derive(Default)]
struct Texts<'de> {
    kind: Once<Text<'de>>,
    reference: Once<Text<'de>>,
    group: Once<Text<'de>>,
    name: Once<Text<'de>>,
    version: Once<Text<'de>>,
    version_range: Once<Text<'de>>,
    is_external: Once<bool>,
    purl: Once<Text<'de>>,
    cpe: Once<Text<'de>>,
    swid: Once<Swid<'de>>,
    scope: Once<Text<'de>>,
    supplier: Once<Party<'de>>,
    manufacturer: Once<Party<'de>>,
    publisher: Once<Text<'de>>,
}

#[derive(Deserialize)]
struct Swid<'a> {
    #[serde(borrow, default, rename = "tagId")]
    tag_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
}

impl<'de> Visitor<'de> for Component<'_, 'de> {
    type Value = Option<u32>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a component")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        // `metadata.component: null` says nothing; `null` in a list of components is a fault
        if self.place.ends_with(']') {
            Err(E::invalid_type(de::Unexpected::Unit, &self))
        } else {
            Ok(None)
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Component { draft, place, nesting, inside } = self;
        let index = draft.reserve(&place, nesting, inside).map_err(de::Error::custom)?;
        let beginning = draft.here();
        let mut item = Item::new(place);
        let mut texts = Texts::default();
        // lists that may stand once only
        let mut met = [false; 9];
        let [hashes, licences, properties, pedigree, evidence, omnibor, swhid, outside, nested] =
            &mut met;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "type" => once(&mut texts.kind, "type", &mut map)?,
                "bom-ref" => once(&mut texts.reference, "bom-ref", &mut map)?,
                "group" => once(&mut texts.group, "group", &mut map)?,
                "name" => once(&mut texts.name, "name", &mut map)?,
                "version" => once(&mut texts.version, "version", &mut map)?,
                "versionRange" => once(&mut texts.version_range, "versionRange", &mut map)?,
                "isExternal" => once(&mut texts.is_external, "isExternal", &mut map)?,
                "purl" => once(&mut texts.purl, "purl", &mut map)?,
                "cpe" => once(&mut texts.cpe, "cpe", &mut map)?,
                "swid" => once(&mut texts.swid, "swid", &mut map)?,
                "scope" => once(&mut texts.scope, "scope", &mut map)?,
                "supplier" => once(&mut texts.supplier, "supplier", &mut map)?,
                "manufacturer" => once(&mut texts.manufacturer, "manufacturer", &mut map)?,
                "publisher" => once(&mut texts.publisher, "publisher", &mut map)?,
                "hashes" => {
                    first_time(hashes, "hashes")?;
                    map.next_value_seed(hash_list(draft, &mut item))?;
                }
                "licenses" => {
                    first_time(licences, "licenses")?;
                    map.next_value_seed(licence_list(draft, &mut item))?;
                }
                "properties" => {
                    first_time(properties, "properties")?;
                    map.next_value_seed(property_list(draft, &mut item))?;
                }
                "pedigree" => {
                    first_time(pedigree, "pedigree")?;
                    map.next_value_seed(Pedigree { draft: &mut *draft, item: &mut item })?;
                }
                "evidence" => {
                    first_time(evidence, "evidence")?;
                    map.next_value_seed(Evidence { draft: &mut *draft, item: &mut item })?;
                }
                "omniborId" => {
                    first_time(omnibor, "omniborId")?;
                    map.next_value_seed(identity_list(draft, &mut item, "omniborId"))?;
                }
                "swhid" => {
                    first_time(swhid, "swhid")?;
                    map.next_value_seed(identity_list(draft, &mut item, "swhid"))?;
                }
                "externalReferences" => {
                    first_time(outside, "externalReferences")?;
                    let is_product = item.place() == PRODUCT;
                    map.next_value_seed(references(draft, item.place(), is_product))?;
                }
                "components" => {
                    first_time(nested, "components")?;
                    let place = join(item.place(), "components");
                    map.next_value_seed(Components {
                        draft: &mut *draft,
                        place: &place,
                        nesting: nesting + 1,
                        inside: Some(index),
                    })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        draft.stand(beginning);
        describe(draft, &mut item, texts, index).map_err(de::Error::custom)?;
        let component = item.finish(draft);
        draft.stand(Spot::Here);
        draft.put(index, component);
        Ok(Some(index))
    }
}

/// Judges the texts of a component and puts them where they belong.
fn describe<'de>(
    draft: &mut Draft<'de>,
    item: &mut Item,
    texts: Texts<'de>,
    index: u32,
) -> Result<(), Stop> {
    let text =
        |slot: Once<Text<'de>>| slot.value().map(|text| text.0).filter(|text| !text.is_empty());
    let place = item.place().to_owned();

    match texts.name.value() {
        Some(name) => item.component.name = draft.clean(name.as_str(), &place, "name", true),
        None => draft.refuse(
            "component_name_missing",
            &place,
            "The component has no name, which every version of CycloneDX requires.",
            "Name the component, or ask the supplier for a document that does.",
        ),
    }
    match text(texts.kind) {
        None => draft.warn("component_type_missing", &place, "The component has no type.", ""),
        Some(kind) => {
            let lower = kind.to_lowercase();
            if !TYPES.contains(&lower.as_str()) {
                let what = format!("{} is not a component type of CycloneDX.", quoted(&kind));
                draft.warn("component_type_unknown", join(&place, "type"), what, "");
            }
            item.component.kind = item.text(draft, "type", &lower, false);
        }
    }
    item.component.group =
        text(texts.group).and_then(|group| item.text(draft, "group", &group, true));
    item.component.version =
        text(texts.version).and_then(|version| item.text(draft, "version", &version, true));
    if let Some(range) = text(texts.version_range) {
        let both = item.component.version.is_some();
        if both || texts.is_external.value() != Some(true) {
            draft.warn(
                "version_range_misplaced",
                join(&place, "versionRange"),
                if both {
                    "The component has a version and a range of versions."
                } else {
                    "A range of versions is meant for external components only (`isExternal`)."
                },
                "Ask the supplier which version is installed.",
            );
        } else {
            draft.warn(
                "version_range",
                join(&place, "versionRange"),
                format!("The version is one of {}, so none is certain.", quoted(&range)),
                "Findings for it stay undetermined until the version is known.",
            );
        }
        item.component.version_range = item.text(draft, "versionRange", &range, true);
    }
    item.component.scope = match text(texts.scope).as_deref() {
        None | Some("required") => Scope::Required,
        Some("optional") => Scope::Optional,
        Some("excluded") => Scope::Excluded,
        Some(other) => {
            let what = format!("{} is not a scope of CycloneDX.", quoted(other));
            draft.warn(
                "scope_unknown",
                join(&place, "scope"),
                what,
                "The component is treated as required.",
            );
            Scope::Required
        }
    };
    // The document's own identities come before those of evidence and tool properties, which were
    // taken while walking.
    let (purls, cpes) =
        (std::mem::take(&mut item.component.purls), std::mem::take(&mut item.component.cpes));
    if let Some(purl) = text(texts.purl) {
        item.purl(draft, "purl", &purl)?;
    }
    if let Some(cpe) = text(texts.cpe) {
        item.cpe(draft, "cpe", &cpe)?;
    }
    for purl in purls {
        if !item.component.purls.contains(&purl) {
            item.component.purls.push(purl);
        }
    }
    for cpe in cpes {
        if !item.component.cpes.contains(&cpe) {
            item.component.cpes.push(cpe);
        }
    }
    if let Some(swid) = texts.swid.value() {
        if swid.tag_id.is_none() || swid.name.is_none() {
            let what = "The SWID tag has no tag id or no name.";
            draft.warn(
                "swid_incomplete",
                join(&place, "swid"),
                what,
                "The tag identifies nothing.",
            );
        }
        if let Some(tag) = swid.tag_id {
            item.other(draft, "swid.tagId", "swid", tag.as_str())?;
        }
    }
    let party = |slot: Once<Party<'de>>| slot.value().and_then(Party::shown);
    let (supplier, manufacturer, publisher) =
        (party(texts.supplier), party(texts.manufacturer), text(texts.publisher));
    item.component.supplier = supplier
        .map(|name| (name, "supplier"))
        .or(manufacturer.map(|name| (name, "manufacturer")))
        .or(publisher.map(|name| (name, "publisher")))
        .and_then(|(name, field)| item.text(draft, field, &name, false));

    match texts.reference.value() {
        None => {}
        Some(reference) if reference.as_str().is_empty() => {
            draft.warn("bom_ref_empty", join(&place, "bom-ref"), "The reference is empty.", "");
        }
        Some(Text(reference)) => {
            item.component.reference = draft.clean(&reference, &place, "bom-ref", false);
            let number = draft.number(reference);
            let former = draft.mean(number, Name::Component(index));
            if former != Name::Unknown {
                let first = match former {
                    Name::Component(first) | Name::Several(first) => draft.component(first),
                    _ => None,
                };
                let first = match first {
                    // the other one is still open: it is an outer component
                    Some(first) if first.place.is_empty() => "an enclosing component".to_owned(),
                    Some(first) => first.place.clone(),
                    None => "a service".to_owned(),
                };
                draft.warn(
                    "bom_ref_repeated",
                    join(&place, "bom-ref"),
                    format!(
                        "{} is already the reference of {first}.",
                        quoted(&item.component.reference)
                    ),
                    "Dependencies stated under this reference are counted for the first one.",
                );
            }
        }
    }
    Ok(())
}

// Its lists

#[derive(Deserialize)]
struct Hash<'a> {
    #[serde(borrow, default)]
    alg: Option<Text<'a>>,
    #[serde(borrow, default)]
    content: Option<Text<'a>>,
}

fn hash_list<'de>(
    draft: &mut Draft<'de>,
    item: &mut Item,
) -> Each<Hash<'de>, impl FnMut(usize, Hash<'de>) -> Result<(), Stop>> {
    each("a list of hashes", |index, hash: Hash<'de>| {
        let algorithm = hash.alg.as_ref().map_or("", Text::as_str);
        let content = hash.content.as_ref().map_or("", Text::as_str);
        item.hash(draft, &format!("hashes[{index}]"), algorithm, content)
    })
}

#[derive(Deserialize)]
struct LicenceChoice<'a> {
    #[serde(borrow, default)]
    license: Option<Licence<'a>>,
    #[serde(borrow, default)]
    expression: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Licence<'a> {
    #[serde(borrow, default)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
}

fn licence_list<'de>(
    draft: &mut Draft<'de>,
    item: &mut Item,
) -> Each<LicenceChoice<'de>, impl FnMut(usize, LicenceChoice<'de>) -> Result<(), Stop>> {
    each("a list of licences", |index, choice: LicenceChoice<'de>| {
        let field = format!("licenses[{index}]");
        let licence =
            choice.license.as_ref().map(|licence| licence.id.as_ref().or(licence.name.as_ref()));
        let fault = match (&licence, &choice.expression) {
            (Some(_), Some(_)) => {
                Some("The entry is a licence and an expression; it should be one of them.")
            }
            (Some(None), None) => Some("The licence has neither id nor name."),
            (None, None) => Some("The entry is neither a licence nor an expression."),
            _ => None,
        };
        if let Some(what) = fault {
            draft.warn("licence_malformed", join(item.place(), &field), what, "");
        }
        if let Some(Some(text)) = licence {
            item.licence(draft, &field, text.as_str())?;
        }
        if let Some(text) = &choice.expression {
            item.licence(draft, &field, text.as_str())?;
        }
        Ok(())
    })
}

#[derive(Deserialize)]
struct Property<'a> {
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    value: Loose<'a>,
}

fn property_list<'de>(
    draft: &mut Draft<'de>,
    item: &mut Item,
) -> Each<Property<'de>, impl FnMut(usize, Property<'de>) -> Result<(), Stop>> {
    each("a list of properties", |index, property: Property<'de>| {
        let Some(name) = property.name else {
            let place = join(item.place(), &format!("properties[{index}]"));
            draft.warn("property_without_name", place, "The property has no name.", "");
            return Ok(());
        };
        let Some(value) = property.value.0 else { return Ok(()) };
        if !Item::uses(name.as_str()) {
            return Ok(());
        }
        item.property(draft, &format!("properties[{index}].value"), name.as_str(), &value)
    })
}

/// `omniborId` and `swhid`: lists of identifiers.
fn identity_list<'de>(
    draft: &mut Draft<'de>,
    item: &mut Item,
    kind: &'static str,
) -> Each<Text<'de>, impl FnMut(usize, Text<'de>) -> Result<(), Stop>> {
    each("a list of identifiers", move |index, text: Text<'de>| {
        item.other(draft, &format!("{kind}[{index}]"), &kind.to_ascii_lowercase(), text.as_str())
    })
}

/// `pedigree`: patches with the issues that they resolve, and what the component is derived from.
struct Pedigree<'c, 'de> {
    draft: &'c mut Draft<'de>,
    item: &'c mut Item,
}

#[derive(Deserialize)]
struct Patch<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    resolves: Few<Issue<'a>>,
}

#[derive(Deserialize)]
struct Issue<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
}

impl<'de> Visitor<'de> for Pedigree<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a pedigree")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Pedigree { draft, item } = self;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "patches" => {
                    map.next_value_seed(each("a list of patches", |index, patch: Patch<'de>| {
                        take_patch(draft, item, index, patch)
                    }))?;
                }
                "ancestors" => map.next_value_seed(ancestors(draft, item.place()))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

fn take_patch(
    draft: &mut Draft<'_>,
    item: &mut Item,
    index: usize,
    patch: Patch<'_>,
) -> Result<(), Stop> {
    const ISSUES: [&str; 3] = ["defect", "enhancement", "security"];
    let field = format!("pedigree.patches[{index}]");
    let word = patch.kind.as_ref().map_or("", Text::as_str);
    let patch_kind = match word {
        "unofficial" => PatchKind::Unofficial,
        "monkey" => PatchKind::Monkey,
        "backport" => PatchKind::Backport,
        "cherry-pick" => PatchKind::CherryPick,
        _ => {
            let what = format!("{} is not a type of patch in CycloneDX.", quoted(word));
            draft.warn("patch_type_unknown", join(item.place(), &field), what, "");
            PatchKind::Unstated
        }
    };
    let mut is_named = false;
    for (at, issue) in patch.resolves.0.into_iter().enumerate() {
        let field = format!("{field}.resolves[{at}]");
        let kind = issue.kind.as_ref().map_or("", Text::as_str);
        if !ISSUES.contains(&kind) {
            let what = format!("{} is not a type of issue in CycloneDX.", quoted(kind));
            draft.warn("issue_type_unknown", join(item.place(), &field), what, "");
        }
        let text = issue.id.or(issue.name);
        if let Some(text) = text.filter(|text| !text.as_str().trim().is_empty()) {
            is_named = true;
            item.patched(draft, &field, patch_kind, text.as_str())?;
        }
    }
    if !is_named {
        draft.warn(
            "patch_names_no_issue",
            join(item.place(), &field),
            "The patch does not say which issue it resolves.",
            "It clears no vulnerability: name them by their CVE identifiers in `resolves`.",
        );
        item.patched(draft, &field, patch_kind, "")?;
    }
    Ok(())
}

/// `evidence`: only package URLs and CPE names concluded from the whole of the evidence.
struct Evidence<'c, 'de> {
    draft: &'c mut Draft<'de>,
    item: &'c mut Item,
}

#[derive(Deserialize)]
struct Concluded<'a> {
    #[serde(borrow, default)]
    field: Option<Text<'a>>,
    #[serde(borrow, default, rename = "concludedValue")]
    value: Option<Text<'a>>,
}

/// One identity (1.5) or a list of them (1.6).
struct OneOrMany<'a>(Vec<Concluded<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for OneOrMany<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> Visitor<'de> for Reads {
            type Value = OneOrMany<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an identity or a list of identities")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(OneOrMany(Vec::new()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let one = Concluded::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(OneOrMany(vec![one]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut many = Vec::new();
                while let Some(one) = list.next_element::<Concluded<'de>>()? {
                    // only what will be used is kept: hostile lists cost nothing
                    if one.value.is_some()
                        && one.field.as_ref().is_some_and(|f| matches!(f.as_str(), "purl" | "cpe"))
                    {
                        many.push(one);
                    }
                }
                Ok(OneOrMany(many))
            }
        }
        from.deserialize_any(Reads)
    }
}

impl<'de> Visitor<'de> for Evidence<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with evidence")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Evidence { draft, item } = self;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if key.as_str() != "identity" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            for concluded in map.next_value::<OneOrMany<'de>>()?.0 {
                let Some(Text(value)) = concluded.value else { continue };
                let taken = match concluded.field.as_ref().map(Text::as_str) {
                    Some("purl") => item.purl(draft, "evidence.identity", &value),
                    Some("cpe") => item.cpe(draft, "evidence.identity", &value),
                    _ => Ok(()),
                };
                taken.map_err(de::Error::custom)?;
            }
        }
        Ok(())
    }
}
