//! What a Yocto (OpenEmbedded) build writes down about an image: `license.manifest`, the image's
//! `.manifest`, and the report of the classes `cve-check` and `vex`.
//!
//! Components are `pkg:yocto` by recipe, without the revision of the packaging; the licence manifest
//! names the recipe beside each package, the image's manifest does not.

use super::{
    super::{
        document::Shape,
        draft::Draft,
        item::Item,
        text::{Few, Stop, Text, each},
    },
    identify, line,
    paragraph::paragraphs,
    put, unreadable, upstream,
};
use aftercare_vocab::{
    inventory::{Inventory, PatchKind, Scope},
    problem::{Problem, Read},
    purl::Parts,
};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use std::fmt;

/// `license.manifest`: paragraphs of PACKAGE NAME, PACKAGE VERSION, RECIPE NAME and LICENSE.
pub(super) fn licences(draft: &mut Draft<'_>, text: &str) -> Result<(), Stop> {
    for paragraph in paragraphs(text) {
        let Some(name) = paragraph.field("PACKAGE NAME").or_else(|| paragraph.field("RECIPE NAME"))
        else {
            let (number, odd) = paragraph.odd.unwrap_or((paragraph.line, "a paragraph"));
            unreadable(draft, number, odd, "package: the field `PACKAGE NAME` is missing");
            continue;
        };
        let recipe = paragraph.field("RECIPE NAME");
        let mut item = Item::new(line(paragraph.line));
        item.component.name = draft.clean(name, item.place(), "PACKAGE NAME", true);
        let version = paragraph.field("PACKAGE VERSION").unwrap_or_default();
        item.component.version = item.text(draft, "PACKAGE VERSION", version, true);
        item.licence(draft, "LICENSE", paragraph.field("LICENSE").unwrap_or_default())?;
        item.source = recipe.map(str::to_owned);
        recipe_of(draft, &mut item, None, recipe.unwrap_or(name))?;
        put(draft, item)?;
    }
    Ok(())
}

/// Whether a text is the manifest of an image: three columns, the last one a version.
pub(super) fn is_image_manifest(head: &str) -> bool {
    let mut lines =
        head.lines().map(str::trim).filter(|line| !line.is_empty()).take(super::LINES).peekable();
    lines.peek().is_some()
        && lines.all(|line| entry(line).is_some_and(|(_, _, version)| has_revision(version)))
}

fn entry(line: &str) -> Option<(&str, &str, &str)> {
    let mut words = line.split_whitespace();
    let entry = (words.next()?, words.next()?, words.next()?);
    words.next().is_none().then_some(entry)
}

/// `1.31.1-r0`: every version of an image's manifest ends so.
fn has_revision(version: &str) -> bool {
    upstream(version, false).len() < version.len()
}

/// `busybox cortexa57 1.31.1-r0`
pub(super) fn image(draft: &mut Draft<'_>, text: &str) -> Result<(), Stop> {
    for (index, written) in text.lines().enumerate() {
        if written.trim().is_empty() {
            continue;
        }
        let Some((name, _, version)) = entry(written) else {
            unreadable(draft, index + 1, written, "package of an image's manifest");
            continue;
        };
        let mut item = Item::new(line(index + 1));
        item.component.name = draft.clean(name, item.place(), "", true);
        item.component.version = item.text(draft, "", version, true);
        recipe_of(draft, &mut item, None, name)?;
        put(draft, item)?;
    }
    Ok(())
}

fn recipe_of(
    draft: &mut Draft<'_>,
    item: &mut Item,
    layer: Option<&str>,
    recipe: &str,
) -> Result<(), Stop> {
    let version =
        item.component.version.as_deref().map(|version| upstream(version, false).to_owned());
    let parts = Parts {
        ty: "yocto".to_owned(),
        namespace: layer.map(str::to_owned),
        name: recipe.to_owned(),
        version,
        ..Parts::default()
    };
    identify(draft, item, parts)
}

/// The report of `cve-check` (JSON, version 1).
#[derive(Debug)]
pub(super) struct CveCheck;

#[derive(Debug, Deserialize)]
struct Recipe<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    layer: Option<Text<'a>>,
    version: Option<Text<'a>>,
    #[serde(default)]
    cpes: Few<Text<'a>>,
    #[serde(default)]
    issue: Few<Issue<'a>>,
}

#[derive(Debug, Deserialize)]
struct Issue<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    status: Option<Text<'a>>,
    detail: Option<Text<'a>>,
}

impl Shape for CveCheck {
    fn walk<'de, D: Deserializer<'de>>(draft: &mut Draft<'de>, from: D) -> Result<(), D::Error> {
        struct Report<'d, 'de>(&'d mut Draft<'de>);
        impl<'de> Visitor<'de> for Report<'_, 'de> {
            type Value = ();
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a report of Yocto's CVE check")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
                let draft = self.0;
                let mut passed_over = 0;
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    if key.as_str() == "package" {
                        map.next_value_seed(each(
                            "a list of recipes",
                            |index, recipe: Recipe<'de>| {
                                passed_over += keep(draft, index, &recipe)?;
                                Ok(())
                            },
                        ))?;
                    } else if key.as_str() == "version" {
                        let version = map.next_value::<Text<'de>>()?;
                        version.as_str().clone_into(&mut draft.spec_version);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                if passed_over > 0 {
                    let what = format!(
                        "The report's own verdicts on {passed_over} vulnerabilities are not taken over; only patches that it says are applied count."
                    );
                    draft.warn("verdicts_not_read", "package", what, "");
                }
                Ok(())
            }
        }
        from.deserialize_map(Report(draft))
    }

    fn finish(draft: Draft<'_>) -> Result<Read<Inventory>, Vec<Problem>> {
        draft.finish(|_, _| String::new())
    }
}

/// Keeps one recipe; gives how many of the report's verdicts are not taken over.
fn keep(draft: &mut Draft<'_>, index: usize, recipe: &Recipe<'_>) -> Result<usize, Stop> {
    /// Details that speak of an applied patch; `Patched` alone also means a later version.
    const APPLIED: &[(&str, PatchKind)] = &[
        ("fix-file-included", PatchKind::Applied),
        ("backported-patch", PatchKind::Backport),
        ("cpe-stable-backport", PatchKind::Backport),
    ];
    let mut item = Item::new(format!("package[{index}]"));
    let name = recipe.name.as_str();
    item.component.name = draft.clean(name, item.place(), "name", true);
    let version = recipe.version.as_ref().map_or("", Text::as_str);
    item.component.version = item.text(draft, "version", version, true);
    if name.ends_with("-native") || name.starts_with("nativesdk-") || name.contains("-cross") {
        item.component.scope = Scope::Excluded; // runs on the machine that builds
    }
    recipe_of(draft, &mut item, recipe.layer.as_ref().map(Text::as_str), name)?;
    for (at, cpe) in recipe.cpes.0.iter().enumerate() {
        item.cpe(draft, &format!("cpes[{at}]"), cpe.as_str())?;
    }
    let mut passed_over = 0;
    for (at, issue) in recipe.issue.0.iter().enumerate() {
        let detail = issue.detail.as_ref().map_or("", Text::as_str);
        let is_patched = issue.status.as_ref().is_some_and(|status| status.as_str() == "Patched");
        match APPLIED.iter().find(|(known, _)| is_patched && *known == detail) {
            Some((_, kind)) => {
                item.patched(draft, &format!("issue[{at}].id"), *kind, issue.id.as_str())?;
            }
            None => passed_over += 1,
        }
    }
    put(draft, item)?;
    Ok(passed_over)
}
