//! What `rpm -qa` prints: one package a line (`bash-4.4.20-4.el8_6.x86_64`), the paragraphs of
//! `rpm -qai`, or the five columns of
//! `rpm -qa --qf '%{NAME}\t%{EPOCH}\t%{VERSION}-%{RELEASE}\t%{ARCH}\t%{SOURCERPM}\n'`, the only form that has
//! epochs and source packages. Packages that were taken from a database of rpm go the same way ([`RpmPackage`]).

use super::{
    super::{draft::Draft, item::Item, item::source_of_rpm, limits::Limits, text::Stop},
    Release, identify, line, put, unreadable,
};
use aftercare_vocab::{
    inventory::{Format, Inventory},
    problem::{Problem, Read},
    purl::Parts,
};

/// Architectures of rpm distributions; a list from elsewhere is not recognised by its content.
const ARCHITECTURES: &[&str] = &[
    "noarch",
    "x86_64",
    "x86_64_v2",
    "i386",
    "i486",
    "i586",
    "i686",
    "aarch64",
    "armv5tel",
    "armv6hl",
    "armv7hl",
    "armv7l",
    "armhfp",
    "ppc",
    "ppc64",
    "ppc64le",
    "s390",
    "s390x",
    "riscv64",
    "mips",
    "mipsel",
    "mips64el",
    "loongarch64",
];

/// Packages that only one distribution has; their version begins with the release.
const TELLING: &[(&str, &str)] = &[
    ("rocky-release", "rocky"),
    ("almalinux-release", "almalinux"),
    ("centos-stream-release", "centos"),
    ("centos-release", "centos"),
    ("centos-linux-release", "centos"),
    ("oraclelinux-release", "ol"),
    ("fedora-release-common", "fedora"),
    ("fedora-release", "fedora"),
    ("redhat-release", "rhel"),
    ("redhat-release-server", "rhel"),
    ("system-release", "amzn"),
    ("openSUSE-release", "opensuse"),
    ("sles-release", "sles"),
    ("openEuler-release", "openeuler"),
    ("photon-release", "photon"),
    ("azurelinux-release", "azurelinux"),
    ("mariner-release", "mariner"),
    ("mageia-release-common", "mageia"),
];

/// Of the lines looked at, the share that must be packages: 9 of 10. Shells print warnings between them.
const SHARE: (usize, usize) = (9, 10);

/// One package as a list or a database of rpm names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RpmPackage<'t> {
    /// Where it stands: `line 7`.
    pub place: String,
    pub name: &'t str,
    /// `None`: not told; a package that is known to have none has `0`.
    pub epoch: Option<&'t str>,
    /// `version-release`.
    pub version: String,
    pub arch: Option<&'t str>,
    /// The file name of its source package: `zlib-1.2.11-18.el8.src.rpm`.
    pub source: Option<&'t str>,
    pub vendor: Option<&'t str>,
    pub licence: Option<&'t str>,
}

/// The inventory of packages that were taken from a database. `release` is the distribution, where something
/// beside the database says it.
pub fn rpm_packages(
    packages: Vec<RpmPackage<'_>>,
    release: &Release,
    limits: &Limits,
) -> Result<Read<Inventory>, Vec<Problem>> {
    let mut draft = Draft::new(Format::RpmList, *limits);
    match keep_all(&mut draft, packages, release) {
        Ok(()) => draft.finish(|_, _| String::new()),
        Err(Stop) => Err(draft.into_refusals()),
    }
}

/// Whether a text is such a list.
pub(super) fn is_list(head: &str) -> bool {
    if is_paragraphs(head) {
        return true;
    }
    // the last line may be cut off
    let lines: Vec<&str> =
        head.lines().map(str::trim).filter(|line| !line.is_empty()).take(super::LINES).collect();
    let known = |package: &RpmPackage<'_>| {
        package.name == "gpg-pubkey"
            || package.arch.is_some_and(|arch| ARCHITECTURES.contains(&arch))
    };
    let packages = lines.iter().filter(|line| of_line(0, line).is_some_and(|found| known(&found)));
    !lines.is_empty() && packages.count() * SHARE.1 >= lines.len() * SHARE.0
}

fn is_paragraphs(head: &str) -> bool {
    let has = |key: &str| {
        head.lines().take(super::LINES).any(|line| {
            line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'))
        })
    };
    ["Name", "Version", "Release", "Architecture"].into_iter().all(has)
}

pub(super) fn walk(draft: &mut Draft<'_>, text: &str, stated: &Release) -> Result<(), Stop> {
    let mut packages = Vec::new();
    if is_paragraphs(text) {
        in_paragraphs(draft, text, &mut packages)?;
    } else {
        for (index, written) in text.lines().enumerate() {
            let written = written.trim();
            if written.is_empty() {
                continue;
            }
            draft.item("")?;
            match of_line(index + 1, written) {
                Some(package) => packages.push(package),
                None => unreadable(draft, index + 1, written, "package of an rpm list"),
            }
        }
    }
    keep_all(draft, packages, stated)
}

fn keep_all(
    draft: &mut Draft<'_>,
    packages: Vec<RpmPackage<'_>>,
    stated: &Release,
) -> Result<(), Stop> {
    let release = stated.or_guess(draft, || (guess(&packages), Some("a package that only it has")));
    let (keys, packages): (Vec<_>, Vec<_>) =
        packages.into_iter().partition(|package| package.name == "gpg-pubkey");
    if !keys.is_empty() {
        let what = format!(
            "{} entries are keys for signatures (`gpg-pubkey`), not software; they are left out.",
            keys.len()
        );
        draft.warn("not_software", "", what, "");
    }
    if !packages.is_empty() && packages.iter().all(|package| package.epoch.is_none()) {
        draft.warn(
            "epochs_missing",
            "",
            "The list has no epochs, so versions of packages that have one may compare wrongly.",
            "Print it with `rpm -qa --qf '%{NAME}\\t%{EPOCH}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\n'`.",
        );
    }
    let (namespace, distro) = (release.namespace(), release.distro());
    for package in packages {
        keep(draft, &package, namespace.as_deref(), distro.as_deref())?;
    }
    Ok(())
}

fn keep(
    draft: &mut Draft<'_>,
    package: &RpmPackage<'_>,
    namespace: Option<&str>,
    distro: Option<&str>,
) -> Result<(), Stop> {
    let mut item = Item::new(package.place.clone());
    item.component.name = draft.clean(package.name, item.place(), "", true);
    let epoch = package.epoch.filter(|epoch| *epoch != "0");
    let shown =
        epoch.map_or(package.version.clone(), |epoch| format!("{epoch}:{}", package.version));
    item.component.version = item.text(draft, "", &shown, true);
    item.component.supplier = item.text(draft, "", package.vendor.unwrap_or_default(), false);
    item.licence(draft, "", package.licence.unwrap_or_default())?;
    item.source = package.source.map(source_of_rpm);
    if let Some(namespace) = namespace {
        let qualifiers = [("epoch", epoch), ("arch", package.arch), ("distro", distro)];
        let qualifiers = qualifiers
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())))
            .collect();
        let parts = Parts {
            ty: "rpm".to_owned(),
            namespace: Some(namespace.to_owned()),
            name: package.name.to_owned(),
            version: Some(package.version.clone()),
            qualifiers,
            subpath: None,
        };
        identify(draft, &mut item, parts)?;
    }
    put(draft, item)
}

/// One line: five columns, or `name-[epoch:]version-release[.arch]`.
fn of_line(number: usize, written: &str) -> Option<RpmPackage<'_>> {
    let columns: Vec<&str> = written.split('\t').map(str::trim).collect();
    if let [name, epoch, version, arch, source] = columns[..] {
        let number_or_none = epoch == "(none)" || epoch.bytes().all(|b| b.is_ascii_digit());
        return (number_or_none && !name.is_empty() && !version.is_empty()).then(|| RpmPackage {
            place: line(number),
            name,
            // a package without epoch has epoch 0
            epoch: Some(if matches!(epoch, "(none)" | "") { "0" } else { epoch }),
            version: version.to_owned(),
            arch: stated(arch),
            source: stated(source),
            ..RpmPackage::default()
        });
    }
    if written.contains(char::is_whitespace) {
        return None;
    }
    let (rest, arch) = match written.rsplit_once('.') {
        Some((rest, "(none)")) => (rest, None),
        Some((rest, arch)) if ARCHITECTURES.contains(&arch) || is_word(arch) => (rest, Some(arch)),
        _ => (written, None),
    };
    let (rest, release) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let (epoch, version) = match version.split_once(':') {
        Some((epoch, version)) => (Some(epoch), version),
        None => (None, version),
    };
    let starts = |text: &str| text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let sound = starts(name)
        && starts(version)
        && starts(release)
        && (name == "gpg-pubkey" || arch.is_some());
    sound.then(|| RpmPackage {
        place: line(number),
        name,
        epoch,
        version: format!("{version}-{release}"),
        arch,
        ..RpmPackage::default()
    })
}

/// The architectures of build systems are words: `cortexa57`, `core2_64`. A release may end so, too
/// (`.el8`), which is why lists need a known one to be recognised.
fn is_word(arch: &str) -> bool {
    arch.starts_with(|c: char| c.is_ascii_lowercase())
        && arch.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !arch.starts_with("el")
        && !arch.starts_with("fc")
}

fn stated(text: &str) -> Option<&str> {
    (!matches!(text, "" | "(none)")).then_some(text)
}

/// `rpm -qai`: `Name        : bash`, up to `Description :` and its text.
fn in_paragraphs<'t>(
    draft: &mut Draft<'_>,
    text: &'t str,
    into: &mut Vec<RpmPackage<'t>>,
) -> Result<(), Stop> {
    let mut release = "";
    let mut told = true;
    for (index, written) in text.lines().enumerate() {
        let Some((key, value)) = written.split_once(':') else { continue };
        let (key, value) = (key.trim_end(), value.trim());
        if key == "Name" {
            draft.item("")?;
            told = false;
            release = "";
            into.push(RpmPackage { place: line(index + 1), name: value, ..RpmPackage::default() });
            continue;
        }
        // the description is free text and may hold lines like fields
        told |= key == "Description";
        let Some(package) = into.last_mut().filter(|_| !told) else { continue };
        match key {
            "Epoch" => package.epoch = stated(value),
            "Version" => value.clone_into(&mut package.version),
            "Release" => release = value,
            "Architecture" => {
                package.arch = stated(value);
                package.version = format!("{}-{release}", package.version);
            }
            "Source RPM" => package.source = stated(value),
            "Vendor" => package.vendor = stated(value),
            "License" => package.licence = stated(value),
            _ => {}
        }
    }
    // epochs are printed where there are any
    if into.iter().any(|package| package.epoch.is_some()) {
        for package in into {
            package.epoch = package.epoch.or(Some("0"));
        }
    }
    Ok(())
}

fn guess(packages: &[RpmPackage<'_>]) -> Release {
    // in the order of the table: what only one distribution has comes first
    let found = TELLING.iter().find_map(|(name, id)| {
        let package = packages.iter().find(|package| package.name == *name)?;
        Some((*id, package.version.split('-').next().unwrap_or_default()))
    });
    found.map_or_else(Release::default, |(id, version)| Release {
        id: Some(id.to_owned()),
        version: Some(version.to_owned()).filter(|version| !version.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart_from_its_end() {
        let read = |written| of_line(1, written).map(|p| (p.name, p.epoch, p.version, p.arch));
        for (written, wanted) in [
            ("bash-4.4.20-4.el8_6.x86_64", Some(("bash", None, "4.4.20-4.el8_6", Some("x86_64")))),
            (
                "java-1.8.0-openjdk-1.8.0.312-1.el8.x86_64",
                Some(("java-1.8.0-openjdk", None, "1.8.0.312-1.el8", Some("x86_64"))),
            ),
            (
                "dbus-1:1.12.8-18.el8.aarch64",
                Some(("dbus", Some("1"), "1.12.8-18.el8", Some("aarch64"))),
            ),
            (
                "busybox-1.31.1-r0.cortexa57",
                Some(("busybox", None, "1.31.1-r0", Some("cortexa57"))),
            ),
            (
                "gpg-pubkey-d4082792-5b32db75.(none)",
                Some(("gpg-pubkey", None, "d4082792-5b32db75", None)),
            ),
            (
                "zlib\t(none)\t1.2.11-18.el8\tx86_64\tzlib-1.2.11-18.el8.src.rpm",
                Some(("zlib", Some("0"), "1.2.11-18.el8", Some("x86_64"))),
            ),
            ("no-version", None),
            ("two words-1-1.x86_64", None),
            ("a-b-c", None),
            ("--.", None),
        ] {
            let wanted = wanted.map(|(n, e, v, a): (_, _, &str, _)| (n, e, v.to_owned(), a));
            assert_eq!(read(written), wanted, "{written}");
        }
    }
}
