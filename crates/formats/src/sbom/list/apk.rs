//! The database of `apk` (Alpine's apk-package(5)): one letter and a colon a field, an empty line between
//! packages. The letters differ by case: `P` is the package, `p` what it provides.

use super::{
    super::{draft::Draft, item::Item, text::Stop},
    Release, identify, line,
    paragraph::paragraphs,
    put, unreadable,
};
use aftercare_vocab::purl::Parts;

/// Packages that only one distribution has. The version of some is the release.
const TELLING: &[(&str, &str, bool)] = &[
    ("alpine-release", "alpine", true),
    ("alpine-base", "alpine", true),
    ("alpine-baselayout", "alpine", false),
    ("alpine-keys", "alpine", false),
    ("wolfi-baselayout", "wolfi", false),
    ("wolfi-base", "wolfi", false),
    ("wolfi-keys", "wolfi", false),
    ("chainguard-baselayout", "chainguard", false),
    ("postmarketos-base", "postmarketos", false),
];

pub(super) fn walk(draft: &mut Draft<'_>, text: &str, stated: &Release) -> Result<(), Stop> {
    let release = stated.or_guess(draft, || (guess(text), Some("packages that only it has")));
    let (namespace, distro) = (release.namespace(), release.distro());
    for paragraph in paragraphs(text) {
        let Some(name) = paragraph.exact("P") else {
            let (number, odd) = paragraph.odd.unwrap_or((paragraph.line, "a paragraph"));
            unreadable(draft, number, odd, "package: the field `P` is missing");
            continue;
        };
        let mut item = Item::new(line(paragraph.line));
        item.component.name = draft.clean(name, item.place(), "P", true);
        let version = paragraph.exact("V").unwrap_or_default();
        item.component.version = item.text(draft, "V", version, true);
        let maintainer = paragraph.exact("m").unwrap_or_default();
        item.component.supplier = item.text(draft, "m", maintainer, false);
        item.licence(draft, "L", paragraph.exact("L").unwrap_or_default())?;
        item.source = item.text(draft, "o", paragraph.exact("o").unwrap_or_default(), false);
        if let Some(namespace) = &namespace {
            let arch = paragraph.exact("A").map(|arch| ("arch".to_owned(), arch.to_owned()));
            let distro = distro.iter().map(|distro| ("distro".to_owned(), distro.clone()));
            let parts = Parts {
                ty: "apk".to_owned(),
                namespace: Some(namespace.clone()),
                name: name.to_owned(),
                version: item.component.version.clone(),
                qualifiers: arch.into_iter().chain(distro).collect(),
                subpath: None,
            };
            identify(draft, &mut item, parts)?;
        }
        put(draft, item)?;
    }
    Ok(())
}

fn guess(text: &str) -> Release {
    let mut found = Release::default();
    for paragraph in paragraphs(text) {
        let name = paragraph.exact("P").unwrap_or_default();
        let Some((_, id, is_release)) = TELLING.iter().find(|(known, _, _)| *known == name) else {
            continue;
        };
        if found.id.is_none() {
            found.id = Some((*id).to_owned());
        }
        if *is_release && found.id.as_deref() == Some(*id) {
            let version = paragraph.exact("V").and_then(|version| version.split('-').next());
            found.version = version.map(str::to_owned);
        }
    }
    found
}
