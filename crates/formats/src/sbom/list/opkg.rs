//! `opkg` status files: the shape of dpkg's, with fields of their own.
//!
//! There is no registered package URL type for opkg: the components are `pkg:generic`, named by the
//! source package where the list has it, since that is what vulnerabilities are published for.

use super::{
    super::{draft::Draft, item::Item, text::Stop},
    debian::{described, is_installed, tell_gone},
    identify,
    paragraph::{Paragraph, paragraphs},
    put, unreadable, upstream,
};
use aftercare_vocab::purl::Parts;

pub(super) fn walk(draft: &mut Draft<'_>, text: &str) -> Result<(), Stop> {
    let mut gone = 0;
    for paragraph in paragraphs(text) {
        let Some(name) = paragraph.field("Package") else {
            let (number, odd) = paragraph.odd.unwrap_or((paragraph.line, "a paragraph"));
            unreadable(draft, number, odd, "package: the field `Package` is missing");
            continue;
        };
        if !is_installed(&paragraph) {
            gone += 1;
            continue;
        }
        let mut item = described(draft, &paragraph, name)?;
        let source = source_of(&paragraph).map(str::to_owned);
        let version = item.component.version.clone();
        let plain = version.as_deref().map(|version| upstream(version, true).to_owned());
        if let Some(cpe) = paragraph.field("CPE-ID") {
            product(draft, &mut item, cpe, plain.as_deref())?;
        }
        let parts = Parts {
            ty: "generic".to_owned(),
            name: source.clone().unwrap_or_else(|| name.to_owned()),
            version: plain,
            ..Parts::default()
        };
        identify(draft, &mut item, parts)?;
        item.source = source;
        put(draft, item)?;
    }
    tell_gone(draft, gone);
    Ok(())
}

/// OpenWrt writes `SourceName: busybox` or the path of the feed (`Source: feeds/base/busybox`), Yocto
/// `OE: busybox` or the recipe's file (`Source: busybox_1.36.1.bb`).
fn source_of<'t>(paragraph: &Paragraph<'t>) -> Option<&'t str> {
    let named = paragraph.field("SourceName").or_else(|| paragraph.field("OE"));
    let from_path = || {
        let source = paragraph.field("Source")?;
        let last = source.rsplit('/').next()?;
        let recipe = last.strip_suffix(".bb");
        recipe.map_or(Some(last), |recipe| recipe.split('_').next()).filter(|name| !name.is_empty())
    };
    named.or_else(from_path)
}

/// OpenWrt states the product without its version (`cpe:/a:busybox:busybox`).
fn product(
    draft: &mut Draft<'_>,
    item: &mut Item,
    cpe: &str,
    version: Option<&str>,
) -> Result<(), Stop> {
    let parts = cpe.strip_prefix("cpe:/").map(|rest| rest.split(':').count());
    match (parts, version) {
        (Some(3), Some(version)) => item.cpe(draft, "CPE-ID", &format!("{cpe}:{version}")),
        _ => item.cpe(draft, "CPE-ID", cpe),
    }
}
