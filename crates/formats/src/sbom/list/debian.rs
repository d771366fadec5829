//! `dpkg` status files (deb-control(5), dpkg(1)): one paragraph for each package.

use super::{
    super::{draft::Draft, item::Item, text::Stop},
    Release, identify, line,
    paragraph::{Paragraph, paragraphs},
    put, unreadable,
};
use aftercare_vocab::purl::Parts;
use std::cmp::Ordering;

/// Reads the packages that are installed.
pub(super) fn walk(draft: &mut Draft<'_>, text: &str, stated: &Release) -> Result<(), Stop> {
    let release = stated.or_guess(draft, || guess(text));
    let (namespace, distro) = (release.namespace(), release.distro());
    let mut gone = 0_usize;
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
        if let Some(namespace) = &namespace {
            let mut qualifiers = Vec::new();
            if let Some(arch) = paragraph.field("Architecture") {
                qualifiers.push(("arch".to_owned(), arch.to_owned()));
            }
            qualifiers.extend(distro.iter().map(|distro| ("distro".to_owned(), distro.clone())));
            let parts = Parts {
                ty: "deb".to_owned(),
                namespace: Some(namespace.clone()),
                name: name.to_owned(),
                version: item.component.version.clone(),
                qualifiers,
                subpath: None,
            };
            identify(draft, &mut item, parts)?;
        }
        put(draft, item)?;
    }
    tell_gone(draft, gone);
    Ok(())
}

/// The fields that dpkg and opkg share.
pub(super) fn described(
    draft: &mut Draft<'_>,
    paragraph: &Paragraph<'_>,
    name: &str,
) -> Result<Item, Stop> {
    let mut item = Item::new(line(paragraph.line));
    item.component.name = draft.clean(name, item.place(), "Package", true);
    let version = paragraph.field("Version").unwrap_or_default();
    item.component.version = item.text(draft, "Version", version, true);
    let maintainer = paragraph.field("Maintainer").unwrap_or_default();
    item.component.supplier = item.text(draft, "Maintainer", maintainer, false);
    item.licence(draft, "License", paragraph.field("License").unwrap_or_default())?;
    let source = paragraph.field("Source").map(source_of).unwrap_or_default();
    item.source = item.text(draft, "Source", &source, false);
    Ok(item)
}

/// dpkg(1): the third word of `Status` is what is there now. A package that is unpacked but not set up
/// is there.
pub(super) fn is_installed(paragraph: &Paragraph<'_>) -> bool {
    let state = paragraph.field("Status").and_then(|status| status.split_whitespace().nth(2));
    !matches!(state, Some("not-installed" | "config-files"))
}

pub(super) fn tell_gone(draft: &mut Draft<'_>, gone: usize) {
    if gone > 0 {
        draft.warn(
            "not_installed",
            "",
            format!("{gone} packages of the list are not installed (removed, or only chosen); they are left out."),
            "",
        );
    }
}

/// `glibc (2.31-13)` is `glibc@2.31-13`.
fn source_of(source: &str) -> String {
    match source.split_once('(') {
        Some((name, version)) => {
            format!("{}@{}", name.trim_end(), version.trim_end_matches(')').trim())
        }
        None => source.to_owned(),
    }
}

/// The distribution, from what only one writes: the maintainer of `base-files`, else most maintainers, and
/// the version of `base-files`, which in Debian begins with the release since 2009. Packages of the one are
/// also installed on the other.
fn guess(text: &str) -> (Release, Option<&'static str>) {
    let (mut debian, mut ubuntu) = (0_usize, 0_usize);
    let (mut base, mut version) = (None, None);
    for paragraph in paragraphs(text) {
        let id = distribution_of(paragraph.field("Maintainer").unwrap_or_default());
        debian += usize::from(id == Some("debian"));
        ubuntu += usize::from(id == Some("ubuntu"));
        if paragraph.field("Package") == Some("base-files") {
            base = id;
            let digits =
                |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().map(str::to_owned);
            version =
                paragraph.field("Version").and_then(digits).filter(|digits| !digits.is_empty());
        }
    }
    let most = match debian.cmp(&ubuntu) {
        Ordering::Less => Some("ubuntu"),
        Ordering::Equal => None,
        Ordering::Greater => Some("debian"),
    };
    let release = |id: &str, version| Release { id: Some(id.to_owned()), version };
    match base.or(most) {
        Some("debian") => (
            release("debian", version),
            Some("the maintainers of its packages and the version of `base-files`"),
        ),
        Some(other) => (release(other, None), Some("the maintainers of its packages")),
        None => (Release::default(), None),
    }
}

fn distribution_of(maintainer: &str) -> Option<&'static str> {
    if maintainer.contains("ubuntu.com") {
        Some("ubuntu")
    } else {
        maintainer.contains("debian.org").then_some("debian")
    }
}
