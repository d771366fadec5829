//! What Buildroot writes down: `manifest.csv` of `make legal-info`, and the JSON of `make show-info`.
//!
//! Buildroot's package names are those of the upstream projects, so the components are `pkg:generic`;
//! there is no package URL type of its own.

use super::{
    super::{
        document::Shape,
        draft::{Arrow, Draft, Name},
        item::Item,
        outline::{Outline, Top},
        soup::line_of,
        text::{Few, Stop, Text},
    },
    identify, line, put,
};
use aftercare_vocab::{
    inventory::{DependencyKind, Inventory, Scope},
    problem::{Problem, Read},
    purl::Parts,
};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use std::{borrow::Cow, fmt};

/// How much of a JSON text is looked at for the keys inside its values.
const HEAD: usize = 64 * 1024;

/// Whether a text is `manifest.csv`: its heading line has been the same since 2012, but for columns
/// added at the end.
pub(super) fn is_manifest(head: &str) -> bool {
    let heading = head.lines().next().unwrap_or_default().replace('"', "");
    heading.starts_with("PACKAGE,VERSION,LICENSE")
}

pub(super) fn manifest(draft: &mut Draft<'_>, text: &str) -> Result<(), Stop> {
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let heading = |name: &str, headings: &csv::StringRecord| {
        headings.iter().position(|heading| heading.trim().eq_ignore_ascii_case(name))
    };
    let Ok(headings) = rows.headers().cloned() else { return Ok(()) };
    let (licence, version) = (heading("LICENSE", &headings), heading("VERSION", &headings));
    for row in rows.records() {
        let Ok(row) = row else { continue }; // text that is UTF-8 has no bad records
        let number = line_of(text, &row) as usize;
        let cell =
            |column: Option<usize>| column.and_then(|at| row.get(at)).unwrap_or_default().trim();
        let name = cell(Some(0));
        let mut item = Item::new(line(number));
        if name.is_empty() {
            super::unreadable(draft, number, row.as_slice(), "package: its name is missing");
            continue;
        }
        item.component.name = draft.clean(name, item.place(), "PACKAGE", true);
        item.component.version = version_of(draft, &item, cell(version));
        let licence = cell(licence);
        if !matches!(licence, "unknown" | "not saved") {
            item.licence(draft, "LICENSE", licence)?;
        }
        project(draft, &mut item, name)?;
        put(draft, item)?;
    }
    Ok(())
}

/// Buildroot writes `unknown` and `custom` for what has no version.
fn version_of(draft: &mut Draft<'_>, item: &Item, written: &str) -> Option<String> {
    let known = !matches!(written, "unknown" | "custom" | "not applicable");
    item.text(draft, "version", written, true).filter(|_| known)
}

fn project(draft: &mut Draft<'_>, item: &mut Item, name: &str) -> Result<(), Stop> {
    let plain = name.strip_prefix("host-");
    if plain.is_some() {
        item.component.scope = Scope::Excluded; // runs on the machine that builds
    }
    let parts = Parts {
        ty: "generic".to_owned(),
        name: plain.unwrap_or(name).to_owned(),
        version: item.component.version.clone(),
        ..Parts::default()
    };
    identify(draft, item, parts)
}

/// Whether a JSON object is what `show-info` prints: packages by name, with keys that nothing else has.
pub(super) fn is_information(text: &str, outline: &Outline<'_>) -> bool {
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or_default();
    outline.top == Top::Object
        && ["\"reverse_dependencies\"", "\"dependencies\"", "\"virtual\""]
            .iter()
            .all(|key| head.contains(key))
}

/// `show-info`: an object of packages, file systems and virtual packages by name.
#[derive(Debug)]
pub(super) struct Information;

#[derive(Debug, Deserialize)]
struct Package<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(default)]
    r#virtual: bool,
    version: Option<Text<'a>>,
    licenses: Option<Text<'a>>,
    #[serde(rename = "cpe-id")]
    cpe: Option<Text<'a>>,
    #[serde(default)]
    dependencies: Few<Text<'a>>,
    #[serde(default)]
    ignore_cves: Few<Text<'a>>,
}

impl Shape for Information {
    fn walk<'de, D: Deserializer<'de>>(draft: &mut Draft<'de>, from: D) -> Result<(), D::Error> {
        struct Packages<'d, 'de>(&'d mut Draft<'de>);
        impl<'de> Visitor<'de> for Packages<'_, 'de> {
            type Value = ();
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of packages")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
                let (mut entry, mut ignored) = (0, 0);
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    let package = map.next_value::<Package<'de>>()?;
                    ignored += package.ignore_cves.0.len();
                    keep(self.0, entry, name.0, package).map_err(A::Error::custom)?;
                    entry += 1;
                }
                if ignored > 0 {
                    let what = format!(
                        "Buildroot's lists of {ignored} ignored CVEs are not taken over, since they do not say whether a patch or something else is the reason."
                    );
                    self.0.warn("verdicts_not_read", "ignore_cves", what, "");
                }
                Ok(())
            }
        }
        from.deserialize_map(Packages(draft))
    }

    fn finish(draft: Draft<'_>) -> Result<Read<Inventory>, Vec<Problem>> {
        draft.finish(|arrow, _| match arrow.part {
            Some(part) => format!("dependencies[{part}]"),
            None => String::new(),
        })
    }
}

fn keep<'de>(
    draft: &mut Draft<'de>,
    entry: u32,
    name: Cow<'de, str>,
    package: Package<'de>,
) -> Result<(), Stop> {
    let from = draft.number(name.clone());
    let kind = package.kind.as_ref().map_or("", Text::as_str);
    if package.r#virtual || kind == "rootfs" {
        draft.mean(from, Name::Elsewhere);
        return Ok(());
    }
    let mut item = Item::new(draft.clean(&name, "", "", false));
    item.component.name = draft.clean(&name, item.place(), "", true);
    item.component.reference.clone_from(&item.component.name);
    let version = package.version.as_ref().map_or("", Text::as_str);
    item.component.version = version_of(draft, &item, version);
    item.licence(draft, "licenses", package.licenses.as_ref().map_or("", Text::as_str))?;
    if let Some(cpe) = &package.cpe {
        item.cpe(draft, "cpe-id", cpe.as_str())?;
    }
    project(draft, &mut item, &name)?;
    if kind == "host" {
        item.component.scope = Scope::Excluded;
    }
    let index = draft.reserve(&name, 0, None)?;
    let component = item.finish(draft);
    draft.put(index, component);
    draft.mean(from, Name::Component(index));
    for (part, to) in package.dependencies.0.into_iter().enumerate() {
        draft.relation(&name)?;
        // what a package needs of the building machine only builds it
        let kind = if to.as_str().starts_with("host-") && !name.starts_with("host-") {
            DependencyKind::BuildOnly
        } else {
            DependencyKind::DependsOn
        };
        let to = draft.number(to.0);
        let part = u32::try_from(part).ok();
        draft.arrow(Arrow { from, to: Some(to), kind: Some(kind), entry, part });
    }
    Ok(())
}
