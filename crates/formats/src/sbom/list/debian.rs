//! `dpkg` status files (deb-control(5), dpkg(1)): one paragraph for each package.

use super::{
    super::{draft::Draft, item::Item, text::Stop},
    Release, identify, line,
    paragraph::{Paragraph, paragraphs},
    put, unreadable,
};
use aftercare_vocab::purl::Parts;

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

/// The distribution, from what only one writes: maintainers, and the version of `base-files`, which in
/// Debian begins with the release since 2009.
fn guess(text: &str) -> (Release, Option<&'static str>) {
    let (mut debian, mut version) = (false, None);
    for paragraph in paragraphs(text) {
        let maintainer = paragraph.field("Maintainer").unwrap_or_default();
        if maintainer.contains("ubuntu.com") {
            let release = Release { id: Some("ubuntu".to_owned()), version: None };
            return (release, Some("the maintainers of its packages"));
        }
        debian |= maintainer.contains("debian.org");
        if paragraph.field("Package") == Some("base-files") {
            let digits =
                |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().map(str::to_owned);
            version =
                paragraph.field("Version").and_then(digits).filter(|digits| !digits.is_empty());
        }
    }
    if debian {
        let release = Release { id: Some("debian".to_owned()), version };
        (release, Some("the maintainers of its packages and the version of `base-files`"))
    } else {
        (Release::default(), None)
    }
}
