//! Files of packages that lie about: what they say of themselves. Whether they were ever installed is not known.

use crate::{database, piece::Pieces, rpm};
use aftercare_formats::sbom::list::Release;
use aftercare_vocab::{inventory::Format, problem::Problem};
use std::collections::BTreeMap;

/// Which package manager's description a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    /// `control` of dpkg.
    Dpkg,
    /// `control` of opkg.
    Opkg,
    /// `.PKGINFO` of apk.
    Apk,
}

/// Texts by which a distribution is told in the fields for who made a package, and its `ID` in `os-release`.
const MAKERS: &[(&str, &str)] = &[
    ("debian.org", "debian"),
    ("lists.debian.net", "debian"),
    ("ubuntu.com", "ubuntu"),
    ("alpinelinux.org", "alpine"),
    ("Fedora Project", "fedora"),
    ("Red Hat, Inc.", "rhel"),
    ("CentOS", "centos"),
    ("AlmaLinux", "almalinux"),
    ("Rocky Enterprise Software Foundation", "rocky"),
    ("Oracle America", "ol"),
    ("Amazon Linux", "amzn"),
    ("SUSE LLC", "sles"),
    ("openSUSE", "opensuse"),
    ("Mageia.Org", "mageia"),
];

/// What a package file tells.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) pieces: Pieces,
    /// What was noticed beside its distribution.
    pub(crate) problems: Vec<Problem>,
    /// Whether a distribution made it, so that it speaks for its files.
    pub(crate) is_of_distribution: bool,
}

/// Reads the description of a package.
pub(crate) fn read(
    path: &str,
    manager: Manager,
    text: &str,
    releases: &BTreeMap<&str, Release>,
) -> Told {
    let field = |key: &str| {
        text.lines().find_map(|line| {
            Some(line.strip_prefix(key)?.trim_start().strip_prefix([':', '='])?.trim())
        })
    };
    let (format, maker, text) = match manager {
        Manager::Dpkg => {
            let maker = ["Maintainer", "Original-Maintainer"].into_iter().find_map(field);
            (Format::DpkgStatus, maker, text.to_owned())
        }
        Manager::Opkg => (Format::OpkgStatus, None, text.to_owned()),
        // the same fields as in the database, which has letters for them
        Manager::Apk => {
            let names = [
                ("pkgname", "P"),
                ("pkgver", "V"),
                ("arch", "A"),
                ("license", "L"),
                ("origin", "o"),
                ("maintainer", "m"),
            ];
            let lines = names
                .into_iter()
                .filter_map(|(name, letter)| Some(format!("{letter}:{}\n", field(name)?)));
            let maker = ["packager", "maintainer"]
                .into_iter()
                .filter_map(field)
                .find(|maker| id_of(maker).is_some());
            (Format::ApkInstalled, maker, lines.collect())
        }
    };
    let stated = match field("Version").and_then(debian_update).filter(|_| manager == Manager::Dpkg)
    {
        Some(version) => Some(("debian", Some(version))),
        None => maker.and_then(id_of).map(|id| (id, None)),
    };
    let release = release_of(path, stated, releases);
    let (pieces, _, problems) = database::read(path, format, &text, &release);
    told(pieces, problems, stated.is_some())
}

/// The package of a header of rpm.
pub(crate) fn read_rpm(
    path: &str,
    package: &rpm::Package,
    releases: &BTreeMap<&str, Release>,
) -> Told {
    let id = package.vendor().and_then(id_of);
    let stated = id.map(|id| (id, of_build(id, package.release())));
    let release = release_of(path, stated, releases);
    let (pieces, _, problems) = database::read_rpm(path, std::slice::from_ref(package), &release);
    told(pieces, problems, stated.is_some())
}

fn told(pieces: Pieces, mut problems: Vec<Problem>, has_maker: bool) -> Told {
    // told once for all of them
    problems.retain(|problem| {
        !matches!(problem.code, "distribution_guessed" | "distribution_unknown" | "not_installed")
    });
    let is_of_distribution = has_maker && !pieces.found.is_empty();
    Told { pieces, problems, is_of_distribution }
}

fn id_of(maker: &str) -> Option<&'static str> {
    MAKERS.iter().find(|(text, _)| maker.contains(text)).map(|(_, id)| *id)
}

/// The release for which Debian repaired a package: `12` of `3.0.22-1~deb12u2` (Debian Developer's Reference, 5.8.5.4).
fn debian_update(version: &str) -> Option<&str> {
    let rest = ["+deb", "~deb"].iter().find_map(|begin| Some(version.split_once(begin)?.1))?;
    let (release, update) = rest.split_once('u')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(release) && update.starts_with(|c: char| c.is_ascii_digit())).then_some(release)
}

/// The release that a package of rpm was built for: `38` of `4.fc38`, `8` of `18.el8_6` (Fedora's Packaging Guidelines,
/// "Dist tag").
fn of_build<'t>(id: &str, release: &'t str) -> Option<&'t str> {
    let mark = match id {
        "fedora" => ".fc",
        "rhel" | "centos" | "almalinux" | "rocky" | "ol" => ".el",
        _ => return None,
    };
    let rest = release.split_once(mark)?.1;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end).filter(|number| !number.is_empty())
}

/// The distribution of a package, as its maker (by `ID`, with its release where that is known) and the system around it tell:
/// the release of the system counts where both are the same distribution, and the system where the maker tells none.
fn release_of(
    path: &str,
    stated: Option<(&str, Option<&str>)>,
    releases: &BTreeMap<&str, Release>,
) -> Release {
    let around = releases
        .iter()
        .filter(|(root, _)| path.starts_with(**root))
        .max_by_key(|(root, _)| root.len())
        .map(|(_, release)| release);
    match (stated, around) {
        (None, around) => around.cloned().unwrap_or_default(),
        (Some((id, None)), Some(around)) if around.id.as_deref() == Some(id) => around.clone(),
        (Some((id, version)), _) => {
            Release { id: Some(id.to_owned()), version: version.map(str::to_owned) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_tell_the_release_that_they_were_made_for() {
        for (version, release) in [
            ("3.0.22-1~deb12u2", Some("12")),
            ("1:1.35.0-4+deb11u1+b1", Some("11")),
            ("1.0+debugging2", None),
            ("1.0-1", None),
            ("1+deb12", None),
        ] {
            assert_eq!(debian_update(version), release, "{version}");
        }
        for (id, text, release) in [
            ("fedora", "4.fc38", Some("38")),
            ("rhel", "18.el8_6.2", Some("8")),
            ("rocky", "18.el9", Some("9")),
            ("fedora", "4.el9", None),
            ("sles", "150400.1.2", None),
        ] {
            assert_eq!(of_build(id, text), release, "{id} {text}");
        }
    }
}
