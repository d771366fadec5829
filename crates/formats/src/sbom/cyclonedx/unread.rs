//! What a CycloneDX document says of parts and vulnerabilities and an inventory does not hold. It is not
//! weighed, so it is told, each with its place.

use super::super::{
    draft::{Draft, join},
    text::{Each, Stop, Text, each, seeds},
};
use aftercare_vocab::{inventory::Format, problem::quoted};
use serde::{
    Deserialize,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

seeds!(Compositions);

// Vulnerabilities

/// An entry of `vulnerabilities`.
#[derive(Deserialize)]
pub(super) struct Vulnerability<'a> {
    #[serde(borrow, default)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    analysis: Option<Analysis<'a>>,
}

#[derive(Deserialize)]
struct Analysis<'a> {
    #[serde(borrow, default)]
    state: Option<Text<'a>>,
}

/// What the document's own statements come to.
#[derive(Debug, Default)]
pub(super) struct Statements {
    all: usize,
    analysed: usize,
    accusing: usize,
    /// Index and identifier of the first, or the first that accuses.
    shown: Option<(usize, String)>,
}

impl Statements {
    /// Takes the statement at `index`.
    pub(super) fn take(&mut self, index: usize, stated: &Vulnerability<'_>) {
        let state =
            stated.analysis.as_ref().map(|analysis| analysis.state.as_ref().map(Text::as_str));
        let accuses = state == Some(Some("exploitable"));
        self.all += 1;
        self.analysed += usize::from(state.is_some());
        if self.shown.is_none() || accuses && self.accusing == 0 {
            self.shown = Some((index, stated.id.as_ref().map_or("", Text::as_str).to_owned()));
        }
        self.accusing += usize::from(accuses);
    }

    /// One warning for all of them.
    pub(super) fn tell(self, draft: &mut Draft<'_>) {
        let Some((index, id)) = self.shown else { return };
        let statements = match self.all {
            1 => "1 statement on vulnerabilities stands".to_owned(),
            count => format!("{count} statements on vulnerabilities stand"),
        };
        let accusing = match self.accusing {
            0 => format!("the first names {}", quoted(&id)),
            count => format!("{count} of `exploitable`, the first names {}", quoted(&id)),
        };
        draft.warn(
            "statements_not_weighed",
            format!("vulnerabilities[{index}]"),
            format!("{statements} in this document ({accusing}); what it states was not weighed."),
            match (self.analysed, draft.format) {
                (0, _) => "Compare them with the findings by hand: none carries an `analysis`.",
                (_, Format::CyclonedxJson) => {
                    "Import this file with `aftercare corpus import`, beside your other sources, to have them weighed as a supplier's document."
                }
                _ => {
                    "Convert the file to CycloneDX JSON and import that with `aftercare corpus import`, beside your other sources, to have them weighed as a supplier's document."
                }
            },
        );
    }
}

// Services

/// One warning for all services, which have no identity to look up.
pub(super) fn tell_services(draft: &mut Draft<'_>, count: usize) {
    if count > 0 {
        let listed = if count == 1 { "1 service is" } else { &*format!("{count} services are") };
        draft.warn(
            "services_not_compared",
            "services",
            format!("{listed} listed and compared with nothing."),
            "List the software that provides them under `components` if it is a part of the product.",
        );
    }
}

// Other documents

/// An entry of a component's `externalReferences`.
#[derive(Deserialize)]
pub(super) struct Outside<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    url: Option<Text<'a>>,
}

/// The component's `externalReferences`: those to a document that lists its parts. Of the product, a web
/// address names as a rule the very document it stands in; a BOM-Link names another one.
pub(super) fn references<'de>(
    draft: &mut Draft<'de>,
    place: &str,
    is_product: bool,
) -> Each<Outside<'de>, impl FnMut(usize, Outside<'de>) -> Result<(), Stop>> {
    each("a list of references", move |index, outside: Outside<'de>| {
        let url = outside.url.as_ref().map_or("", Text::as_str);
        if outside.kind.as_ref().is_some_and(|kind| kind.as_str() == "bom")
            && (!is_product || url.starts_with("urn:cdx:"))
        {
            draft.parts_elsewhere(join(place, &format!("externalReferences[{index}]")), url);
        }
        Ok(())
    })
}

// Ancestors

/// A component that another one is derived from.
#[derive(Deserialize)]
pub(super) struct Ancestor<'a> {
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    version: Option<Text<'a>>,
    #[serde(borrow, default)]
    purl: Option<Text<'a>>,
}

/// `pedigree.ancestors` of the component at `place`.
pub(super) fn ancestors<'de>(
    draft: &mut Draft<'de>,
    place: &str,
) -> Each<Ancestor<'de>, impl FnMut(usize, Ancestor<'de>) -> Result<(), Stop>> {
    each("a list of components", move |index, ancestor: Ancestor<'de>| {
        let words =
            [&ancestor.name, &ancestor.version].map(|word| word.as_ref().map_or("", Text::as_str));
        let purl = match &ancestor.purl {
            Some(purl) => format!(", {}", quoted(purl.as_str())),
            None => String::new(),
        };
        draft.warn(
            "ancestor_not_compared",
            join(place, &format!("pedigree.ancestors[{index}]")),
            format!(
                "The component is derived from {}{purl}, which was not looked up.",
                quoted(words.join(" ").trim())
            ),
            "It may have inherited its vulnerabilities: check the ancestor as a component of its own.",
        );
        Ok(())
    })
}

// Compositions

/// What is said of how much is listed.
pub(super) struct Compositions<'d, 'de>(pub(super) &'d mut Draft<'de>);

impl<'de> Visitor<'de> for Compositions<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of compositions")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while let Some(stated) = list.next_element::<Composition<'de>>()? {
            let aggregate = stated.aggregate.as_ref().map_or("", Text::as_str);
            if aggregate.starts_with("incomplete") || aggregate == "unknown" {
                self.0.hole_stated(&format!("compositions[{index}].aggregate"), aggregate);
            }
            index += 1;
        }
        Ok(())
    }
}

/// What a composition says about how much is listed (`incomplete_third_party_only`, ...).
#[derive(Deserialize)]
struct Composition<'a> {
    #[serde(borrow, default)]
    aggregate: Option<Text<'a>>,
}
