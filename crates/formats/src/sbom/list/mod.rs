//! Package lists: what distributions and build systems write down about what they installed.
//!
//! A list says nothing about the product it belongs to, so these inventories have no root. Which
//! distribution it comes from is stated only by some lists; where it is not, it is read from packages
//! that only one distribution has, and a warning says so. Dependencies are not read, except those of
//! Buildroot's `show-info`.

mod apk;
mod buildroot;
mod debian;
mod opkg;
mod paragraph;
mod release;
mod rpm;
mod yocto;

pub use release::Release;
pub use rpm::{RpmPackage, rpm_packages};

use super::{
    document::{self, Json},
    draft::Draft,
    item::Item,
    limits::Limits,
    outline::Outline,
    text::Stop,
};
use aftercare_vocab::{
    inventory::{Component, Format, Inventory},
    problem::{Problem, Read},
    purl::{Parts, Purl},
};

/// The lists that are read.
pub(super) const FORMATS: [Format; 9] = [
    Format::DpkgStatus,
    Format::RpmList,
    Format::ApkInstalled,
    Format::OpkgStatus,
    Format::YoctoLicences,
    Format::YoctoImage,
    Format::YoctoCveCheck,
    Format::BuildrootManifest,
    Format::BuildrootInfo,
];

/// How many lines are looked at to tell a list from any other text.
const LINES: usize = 200;

/// Which list the text is, if any. `head` may be the beginning of a longer text.
pub(super) fn recognise(head: &str) -> Option<Format> {
    let keys = |wanted: &[&str]| {
        wanted.iter().all(|key| head.lines().take(LINES).any(|line| line.starts_with(key)))
    };
    if keys(&["PACKAGE NAME:", "PACKAGE VERSION:", "RECIPE NAME:"]) {
        Some(Format::YoctoLicences)
    } else if keys(&["Package:", "Version:", "Status:"]) {
        let status = |line: &str| {
            line.starts_with("Installed-Time:")
                || line.starts_with("Status:") && line.contains(" user ")
        };
        Some(if head.lines().any(status) { Format::OpkgStatus } else { Format::DpkgStatus })
    } else if keys(&["P:", "V:", "A:"]) {
        Some(Format::ApkInstalled)
    } else if buildroot::is_manifest(head) {
        Some(Format::BuildrootManifest)
    } else if rpm::is_list(head) {
        Some(Format::RpmList)
    } else if yocto::is_image_manifest(head) {
        Some(Format::YoctoImage)
    } else {
        None
    }
}

/// Which list in JSON the text is, if any.
pub(super) fn recognise_json(text: &str, outline: &Outline<'_>) -> Option<Format> {
    if outline.has("package") && outline.text("version").is_some() && outline.keys.len() <= 3 {
        return Some(Format::YoctoCveCheck);
    }
    buildroot::is_information(text, outline).then_some(Format::BuildrootInfo)
}

/// Reads a list of a known kind. `release` is the distribution it comes from, where something beside the
/// list says it.
pub fn read(
    format: Format,
    text: &str,
    release: &Release,
    limits: &Limits,
) -> Result<Read<Inventory>, Vec<Problem>> {
    let mut draft = Draft::new(format, *limits);
    let walked = match format {
        Format::YoctoCveCheck => {
            return document::read::<yocto::CveCheck, _>(&Json { text, format, limits: *limits });
        }
        Format::BuildrootInfo => {
            let document = Json { text, format, limits: *limits };
            return document::read::<buildroot::Information, _>(&document);
        }
        Format::DpkgStatus => debian::walk(&mut draft, text, release),
        Format::OpkgStatus => opkg::walk(&mut draft, text),
        Format::ApkInstalled => apk::walk(&mut draft, text, release),
        Format::RpmList => rpm::walk(&mut draft, text, release),
        Format::YoctoLicences => yocto::licences(&mut draft, text),
        Format::YoctoImage => yocto::image(&mut draft, text),
        Format::BuildrootManifest => buildroot::manifest(&mut draft, text),
        _ => Ok(()),
    };
    match walked {
        Ok(()) => draft.finish(|_, _| String::new()),
        Err(Stop) => Err(draft.into_refusals()),
    }
}

/// `line 7`, counted from 1.
fn line(number: usize) -> String {
    format!("line {number}")
}

/// A component of a list, finished and in its place.
fn put(draft: &mut Draft<'_>, item: Item) -> Result<(), Stop> {
    let index = draft.reserve(&item.component.place, 0, None)?;
    let component: Component = item.finish(draft);
    draft.put(index, component);
    Ok(())
}

/// Adds a package URL that was put together from parts of the list. Parts that make none (a character
/// that the type forbids) leave the component to its name, with a warning.
fn identify(draft: &mut Draft<'_>, item: &mut Item, parts: Parts) -> Result<(), Stop> {
    let shown = format!("{} {}", parts.ty, parts.name);
    match Purl::of_parts(parts) {
        Ok(purl) => {
            draft.item(&item.component.place)?;
            item.component.purls.push(purl);
        }
        Err(fault) => draft.warn(
            "purl_unreadable",
            item.component.place.clone(),
            format!("The package {shown} makes no package URL: {fault}."),
            "The component is matched by its other identities only.",
        ),
    }
    Ok(())
}

/// Notes a line that could not be read; nothing of it is in the inventory.
fn unreadable(draft: &mut Draft<'_>, number: usize, text: &str, wanted: &str) {
    draft.warn(
        "line_unreadable",
        line(number),
        format!("{} is no {wanted}.", aftercare_vocab::problem::quoted(text)),
        "What it names is missing from the inventory: correct the line and read the list again.",
    );
}

/// A build system's version without the revision of its packaging: `1.31.1-r0` is `1.31.1`, `1.36.1-1`
/// too where `bare` revisions are used.
fn upstream(version: &str, bare: bool) -> &str {
    let Some((plain, revision)) = version.rsplit_once('-') else { return version };
    let number = match revision.strip_prefix('r') {
        Some(number) => number,
        None if bare => revision,
        None => return version,
    };
    let counts = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if counts && !plain.is_empty() { plain } else { version }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_revision_of_the_packaging_is_no_part_of_the_version() {
        assert_eq!(upstream("1.31.1-r0", false), "1.31.1");
        assert_eq!(upstream("1.31.1-r0.2", false), "1.31.1");
        assert_eq!(upstream("2.43+git0+abc-r0", false), "2.43+git0+abc");
        assert_eq!(upstream("1.36.1-1", true), "1.36.1");
        assert_eq!(upstream("1.36.1-1", false), "1.36.1-1");
        assert_eq!(upstream("2021-05-14", false), "2021-05-14");
        assert_eq!(upstream("1.0-rc1", true), "1.0-rc1");
        assert_eq!(upstream("-1", true), "-1");
    }
}
