//! SPDX packages, whatever they are written in.

use super::{
    super::{
        draft::{Draft, Name, join},
        item::Item,
        lines::Spot,
        own,
        text::{Loose, Once, Stop, Text, each, first_time, once, seeds},
    },
    asserted, repeated,
};
use aftercare_vocab::{inventory::PatchKind, problem::quoted};
use serde::{
    Deserialize,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

/// `primaryPackagePurpose` of SPDX 2.3.
const PURPOSES: [&str; 12] = [
    "other",
    "install",
    "archive",
    "firmware",
    "application",
    "framework",
    "library",
    "container",
    "source",
    "device",
    "operating-system",
    "file",
];

/// Whether a text, as an inventory has it, is a package purpose of SPDX 2.3.
pub(in super::super) fn is_purpose(text: &str) -> bool {
    PURPOSES.contains(&text)
}

seeds!(Packages, Package);

pub(super) struct Packages<'d, 'de>(pub(super) &'d mut Draft<'de>);

impl<'de> Visitor<'de> for Packages<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of packages")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while list.next_element_seed(Package { draft: &mut *self.0, index })?.is_some() {
            index += 1;
        }
        Ok(())
    }
}

struct Package<'d, 'de> {
    draft: &'d mut Draft<'de>,
    index: usize,
}

impl<'de> Visitor<'de> for Package<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a package")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Package { draft, index } = self;
        let mut making = Making::begin(draft, index).map_err(de::Error::custom)?;
        let (mut references, mut checksums, mut annotations) = (false, false, false);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.as_str() {
                "externalRefs" => {
                    first_time(&mut references, "externalRefs")?;
                    map.next_value_seed(each(
                        "a list of references",
                        |_, reference: Reference<'de>| {
                            let text =
                                |slot: &Option<Text<'de>>| slot.as_ref().map(|text| text.0.clone());
                            let (kind, locator) = (text(&reference.kind), text(&reference.locator));
                            making.reference(draft, kind.as_deref(), locator.as_deref())
                        },
                    ))?;
                }
                "annotations" => {
                    first_time(&mut annotations, "annotations")?;
                    map.next_value_seed(each(
                        "a list of annotations",
                        |at, annotation: Annotation<'de>| making.annotation(draft, at, annotation),
                    ))?;
                }
                "checksums" => {
                    first_time(&mut checksums, "checksums")?;
                    map.next_value_seed(each("a list of checksums", |_, sum: Checksum<'de>| {
                        let algorithm = sum.algorithm.as_ref().map_or("", Text::as_str);
                        let value = sum.value.as_ref().map_or("", Text::as_str);
                        making.checksum(draft, algorithm, value)
                    }))?;
                }
                "sourceInfo" => {
                    let info: Loose<'_> = map.next_value()?;
                    let info = info.0.unwrap_or_default();
                    making.source_info(draft, &info).map_err(de::Error::custom)?;
                }
                other => match making.text(other) {
                    Some((key, slot)) => once(slot, key, &mut map)?,
                    None => {
                        map.next_value::<IgnoredAny>()?;
                    }
                },
            }
        }
        making.end(draft).map_err(de::Error::custom)
    }
}

/// A package while it is being read.
#[derive(Debug)]
pub(super) struct Making<'de> {
    own: u32,
    beginning: Spot,
    item: Item,
    texts: Texts<'de>,
    references: usize,
    checksums: usize,
}

/// The plain texts of a package, judged at its end.
#[derive(Debug, Default)]
struct Texts<'de> {
    id: Once<Text<'de>>,
    name: Once<Text<'de>>,
    version: Once<Text<'de>>,
    supplier: Once<Text<'de>>,
    originator: Once<Text<'de>>,
    concluded: Once<Text<'de>>,
    declared: Once<Text<'de>>,
    purpose: Once<Text<'de>>,
    valid_until: Once<Text<'de>>,
}

impl<'de> Making<'de> {
    /// The package that stands at `index` among the document's packages.
    pub(super) fn begin(draft: &mut Draft<'de>, index: usize) -> Result<Self, Stop> {
        let place = format!("packages[{index}]");
        let own = draft.reserve(&place, 0, None)?;
        Ok(Self {
            own,
            beginning: draft.here(),
            item: Item::new(place),
            texts: Texts::default(),
            references: 0,
            checksums: 0,
        })
    }

    /// The slot of a text, by its JSON name.
    pub(super) fn text(&mut self, key: &str) -> Option<(&'static str, &mut Once<Text<'de>>)> {
        let texts = &mut self.texts;
        Some(match key {
            "SPDXID" => ("SPDXID", &mut texts.id),
            "name" => ("name", &mut texts.name),
            "versionInfo" => ("versionInfo", &mut texts.version),
            "supplier" => ("supplier", &mut texts.supplier),
            "originator" => ("originator", &mut texts.originator),
            "licenseConcluded" => ("licenseConcluded", &mut texts.concluded),
            "licenseDeclared" => ("licenseDeclared", &mut texts.declared),
            "primaryPackagePurpose" => ("primaryPackagePurpose", &mut texts.purpose),
            "validUntilDate" => ("validUntilDate", &mut texts.valid_until),
            _ => return None,
        })
    }

    /// The next external reference.
    pub(super) fn reference(
        &mut self,
        draft: &mut Draft<'_>,
        kind: Option<&str>,
        locator: Option<&str>,
    ) -> Result<(), Stop> {
        let at = self.references;
        self.references += 1;
        refer(draft, &mut self.item, at, kind, locator)
    }

    /// The next checksum.
    pub(super) fn checksum(
        &mut self,
        draft: &mut Draft<'_>,
        algorithm: &str,
        value: &str,
    ) -> Result<(), Stop> {
        let field = format!("checksums[{}]", self.checksums);
        self.checksums += 1;
        self.item.hash(draft, &field, algorithm, value)
    }

    /// An annotation: only those under names of ours carry a fact.
    fn annotation(
        &mut self,
        draft: &mut Draft<'_>,
        at: usize,
        annotation: Annotation<'_>,
    ) -> Result<(), Stop> {
        let comment = annotation.comment.0.unwrap_or_default();
        match comment.split_once('=') {
            Some((name, value)) if name.starts_with(own::PREFIX) => {
                self.item.property(draft, &format!("annotations[{at}].comment"), name, value)
            }
            _ => Ok(()),
        }
    }

    /// What Yocto's `create-spdx` (SPDX 2.2) writes of a recipe: `CVEs fixed: CVE-2023-0001 CVE-2023-0002`,
    /// those of the patches that it applies.
    fn source_info(&mut self, draft: &mut Draft<'_>, info: &str) -> Result<(), Stop> {
        for fixed in info.lines().filter_map(|line| line.strip_prefix("CVEs fixed:")) {
            for id in fixed.split_whitespace().filter(|id| id.starts_with("CVE-")) {
                self.item.patched(draft, "sourceInfo", PatchKind::Applied, id)?;
            }
        }
        Ok(())
    }

    /// Puts the finished package into the inventory.
    pub(super) fn end(mut self, draft: &mut Draft<'de>) -> Result<(), Stop> {
        draft.stand(self.beginning);
        describe(draft, &mut self.item, self.texts, self.own)?;
        let component = self.item.finish(draft);
        draft.put(self.own, component);
        draft.stand(Spot::Here);
        Ok(())
    }
}

fn describe<'de>(
    draft: &mut Draft<'de>,
    item: &mut Item,
    texts: Texts<'de>,
    own: u32,
) -> Result<(), Stop> {
    let text = |slot: Once<Text<'de>>| {
        slot.value().filter(|text| asserted(text.as_str()).is_some()).map(|text| text.0)
    };
    let place = item.place().to_owned();
    match texts.name.value() {
        Some(name) => item.component.name = draft.clean(name.as_str(), &place, "name", true),
        None => draft.refuse(
            "component_name_missing",
            &place,
            "The package has no name, which SPDX requires.",
            "Name the package, or ask the supplier for a document that does.",
        ),
    }
    item.component.version =
        text(texts.version).and_then(|v| item.text(draft, "versionInfo", &v, true));
    if let Some(purpose) = text(texts.purpose) {
        let kind = purpose.to_lowercase().replace('_', "-");
        if !PURPOSES.contains(&kind.as_str()) {
            let what = format!("{} is not a package purpose of SPDX.", quoted(&purpose));
            draft.warn("component_type_unknown", join(&place, "primaryPackagePurpose"), what, "");
        }
        item.component.kind = item.text(draft, "primaryPackagePurpose", &kind, false);
    }
    let supplier = text(texts.supplier).map(|text| (text, "supplier"));
    let originator = text(texts.originator).map(|text| (text, "originator"));
    item.component.supplier = supplier
        .or(originator)
        .and_then(|(text, field)| item.text(draft, field, without_role(&text), false));
    for (licence, field) in
        [(text(texts.concluded), "licenseConcluded"), (text(texts.declared), "licenseDeclared")]
    {
        if let Some(licence) = licence {
            item.licence(draft, field, &licence)?;
        }
    }
    item.component.end_of_support =
        text(texts.valid_until).and_then(|date| item.text(draft, "validUntilDate", &date, false));

    let Some(Text(id)) = texts.id.value().filter(|id| !id.as_str().is_empty()) else {
        draft.refuse(
            "spdx_id_missing",
            &place,
            "The package has no `SPDXID`, which SPDX requires.",
            "Ask the supplier for a document with one id for each element.",
        );
        return Ok(());
    };
    item.component.reference = draft.clean(&id, &place, "SPDXID", false);
    let number = draft.number(id);
    let former = draft.mean(number, Name::Component(own));
    if former != Name::Unknown {
        let first = match former {
            Name::Component(first) | Name::Several(first) => {
                draft.component(first).map(|c| c.place.clone())
            }
            _ => None,
        };
        let first = first.unwrap_or_else(|| "another element".to_owned());
        let shown = quoted(&item.component.reference);
        repeated(draft, &join(&place, "SPDXID"), &shown, &first);
    }
    Ok(())
}

/// `Organization: Red Hat ()` is `Red Hat`: the role is SPDX's word, not the supplier's.
fn without_role(text: &str) -> &str {
    let text = ["Organization:", "Person:"]
        .iter()
        .find_map(|role| text.strip_prefix(role))
        .unwrap_or(text)
        .trim();
    text.strip_suffix("()").unwrap_or(text).trim_end()
}

#[derive(Deserialize)]
struct Checksum<'a> {
    #[serde(borrow, default)]
    algorithm: Option<Text<'a>>,
    #[serde(borrow, default, rename = "checksumValue")]
    value: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Annotation<'a> {
    #[serde(borrow, default)]
    comment: Loose<'a>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow, default, rename = "referenceType")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default, rename = "referenceLocator")]
    locator: Option<Text<'a>>,
}

/// An external reference. The category is not looked at: writers spell `PACKAGE-MANAGER` in two
/// ways and file package URLs under `SECURITY`; the type says what the locator is.
fn refer(
    draft: &mut Draft<'_>,
    item: &mut Item,
    at: usize,
    kind: Option<&str>,
    locator: Option<&str>,
) -> Result<(), Stop> {
    let (Some(kind), Some(locator)) = (kind, locator) else {
        let place = join(item.place(), &format!("externalRefs[{at}]"));
        draft.warn("reference_incomplete", place, "The reference has no type or no locator.", "");
        return Ok(());
    };
    // the full form of a type is an address: http://spdx.org/rdf/references/cpe23Type
    let kind = kind.strip_prefix("http://spdx.org/rdf/references/").unwrap_or(kind);
    let field = || format!("externalRefs[{at}].referenceLocator");
    match kind {
        "purl" => item.purl(draft, &field(), locator),
        "cpe22Type" | "cpe23Type" => item.cpe(draft, &field(), locator),
        "swh" | "gitoid" | "swid" | "maven-central" | "npm" | "nuget" | "bower" => {
            let kind = if kind == "swh" { "swhid" } else { kind };
            item.other(draft, &field(), kind, locator)
        }
        // advisory, fix, url and the writers' own kinds identify nothing
        _ => Ok(()),
    }
}
