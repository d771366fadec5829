//! What a file is, by its name: which are kept to be read when all files have been seen.

use crate::{
    lock::{Lock, Need},
    nested::INSIDE,
    package_file::Manager,
};
use aftercare_vocab::inventory::Format;

/// A text that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The database of a package manager.
    Database(Format),
    /// The database of rpm, in one of its three forms.
    RpmDatabase,
    /// What was not carried over into the database of rpm yet.
    RpmJournal,
    /// What may name the layers of a container's image.
    ImageManifest,
    /// `os-release`.
    Release,
    /// A list of the files that a package of dpkg or opkg brought.
    OwnedFiles,
    /// A lock file or manifest.
    Lock(Lock),
    /// A file that states needs, which only a lock file beside it makes exact.
    Need(&'static Need),
    /// `installed.json` of Composer.
    PhpPackages,
    /// The description of an installed gem.
    Gem,
    /// `METADATA` or `PKG-INFO` of an installed Python package.
    PythonPackage,
    /// `pom.properties`, which Maven puts into a jar.
    JavaPackage,
    /// What a package file says of itself.
    PackageFile(Manager),
    /// `package.json` of an installed npm package.
    NodePackage,
    /// A database that is known and not read.
    Unread(&'static str),
}

/// Ends of paths below a root, each with what the file there is. Both places where `/usr` may be merged.
const BY_PATH: &[(&str, Claim)] = &[
    ("var/lib/dpkg/status", Claim::Database(Format::DpkgStatus)),
    ("lib/apk/db/installed", Claim::Database(Format::ApkInstalled)),
    ("usr/lib/opkg/status", Claim::Database(Format::OpkgStatus)),
    ("var/lib/opkg/status", Claim::Database(Format::OpkgStatus)),
    ("etc/os-release", Claim::Release),
    ("usr/lib/os-release", Claim::Release),
    ("lib/pacman/local/ALPM_DB_VERSION", Claim::Unread("the database of pacman is not read")),
];

/// Where the database of rpm lies, and the names of its forms.
const RPM_AT: [&str; 3] = ["var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/"];
const RPM_NAMES: [&str; 3] = ["rpmdb.sqlite", "Packages.db", "Packages"];
const RPM_JOURNALS: [&str; 2] = ["rpmdb.sqlite-wal", "rpmdb.sqlite-journal"];

/// The root of a file in one of the places of rpm's database, and the name of the file.
fn of_rpm(path: &str) -> Option<(&str, &str)> {
    let (_, name) = path.rsplit_once('/')?;
    let directory = path.strip_suffix(name)?;
    let root = RPM_AT.iter().find_map(|place| directory.strip_suffix(place));
    root.filter(|root| root.is_empty() || root.ends_with('/')).map(|root| (root, name))
}

/// What the file at a path is; `None` for files that are only looked into.
pub(crate) fn of_path(path: &str) -> Option<Claim> {
    let below = |end: &str| {
        path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    if let Some((_, claim)) = BY_PATH.iter().find(|(end, _)| below(end)) {
        return Some(*claim);
    }
    if let Some((_, name)) = of_rpm(path) {
        if RPM_NAMES.contains(&name) {
            return Some(Claim::RpmDatabase);
        }
        if RPM_JOURNALS.contains(&name) {
            return Some(Claim::RpmJournal);
        }
    }
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_directory =
        |wanted: &str| directory == wanted || directory.ends_with(&format!("/{wanted}"));
    // images without a shell keep one file for each package, and the list of its files
    if in_directory("var/lib/dpkg/status.d") {
        return Some(match name.strip_suffix(".md5sums") {
            Some(_) => Claim::OwnedFiles,
            None => Claim::Database(Format::DpkgStatus),
        });
    }
    let is_list = name.strip_suffix(".list").is_some();
    if is_list && (in_directory("var/lib/dpkg/info") || in_directory("lib/opkg/info")) {
        return Some(Claim::OwnedFiles);
    }
    let parent = directory.rsplit('/').next().unwrap_or_default();
    if name == "METADATA" && parent.ends_with(".dist-info")
        || name == "PKG-INFO" && parent.ends_with(".egg-info")
        || name.ends_with(".egg-info")
    {
        return Some(Claim::PythonPackage);
    }
    if name == "package.json" && is_installed_node_package(directory) {
        return Some(Claim::NodePackage);
    }
    // what Maven puts into a jar; the `pom.xml` beside it says what it was built with
    if directory.starts_with("META-INF/maven/") || directory.contains("/META-INF/maven/") {
        return (name == "pom.properties").then_some(Claim::JavaPackage);
    }
    if let Some(manager) = of_package_file(path, name) {
        return Some(Claim::PackageFile(manager));
    }
    if name == "installed.json" && in_directory("vendor/composer") {
        return Some(Claim::PhpPackages);
    }
    if name.ends_with(".gemspec")
        && (parent == "specifications" || in_directory("specifications/default"))
    {
        return Some(Claim::Gem);
    }
    if name == "manifest.json" {
        return Some(Claim::ImageManifest);
    }
    // lock files that an installed package brought say what it was developed with
    if directory.split('/').any(|part| part == "node_modules") {
        return None;
    }
    Lock::of_name(name).map(Claim::Lock).or_else(|| Need::of_name(name).map(Claim::Need))
}

/// The description in a package file of a distribution.
fn of_package_file(path: &str, name: &str) -> Option<Manager> {
    let package = package_of(path)?;
    match name {
        ".PKGINFO" => Some(Manager::Apk),
        // both have this file, and both may be in either form
        "control" => {
            let is_opkg = [".ipk", ".opk"].iter().any(|end| package.ends_with(end));
            Some(if is_opkg { Manager::Opkg } else { Manager::Dpkg })
        }
        _ => None,
    }
}

/// The package file that a description lies in: `x.apk` of `x.apk!/.PKGINFO`, `x.deb` of
/// `x.deb!/control.tar.xz!/control`.
pub(crate) fn package_of(path: &str) -> Option<&str> {
    if let Some(package) = path.strip_suffix(".PKGINFO") {
        return package.strip_suffix(INSIDE);
    }
    let (package, control) =
        path.strip_suffix("control")?.strip_suffix(INSIDE)?.rsplit_once(INSIDE)?;
    control.starts_with("control.tar").then_some(package)
}

/// `node_modules/NAME` or `node_modules/@SCOPE/NAME`, not a directory inside a package.
fn is_installed_node_package(directory: &str) -> bool {
    let mut parts = directory.rsplit('/');
    let (_, above) = (parts.next(), parts.next().unwrap_or_default());
    above == "node_modules" || above.starts_with('@') && parts.next() == Some("node_modules")
}

/// Where the root file system begins that holds the file of a claim: what stands before its known path.
pub(crate) fn root_of(path: &str) -> &str {
    if let Some((root, _)) = of_rpm(path) {
        return root;
    }
    let ends = BY_PATH.iter().map(|(end, _)| *end).chain(["usr/lib/apk/db/installed"]);
    let longest = ends.filter_map(|end| path.strip_suffix(end)).min_by_key(|before| before.len());
    match longest {
        Some(before) => before,
        None => ["var/lib/dpkg/", "usr/lib/opkg/", "var/lib/opkg/", "lib/opkg/"]
            .iter()
            .find_map(|inside| path.find(inside))
            .and_then(|at| path.get(..at))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_place() {
        for (path, claim) in [
            ("var/lib/dpkg/status", Some(Claim::Database(Format::DpkgStatus))),
            ("rootfs/lib/apk/db/installed", Some(Claim::Database(Format::ApkInstalled))),
            ("usr/lib/apk/db/installed", Some(Claim::Database(Format::ApkInstalled))),
            ("var/lib/dpkg/status.d/base", Some(Claim::Database(Format::DpkgStatus))),
            ("var/lib/dpkg/status.d/base.md5sums", Some(Claim::OwnedFiles)),
            ("var/lib/dpkg/info/zlib1g:amd64.list", Some(Claim::OwnedFiles)),
            ("x/site-packages/a-1.dist-info/METADATA", Some(Claim::PythonPackage)),
            ("x/site-packages/b-2.egg-info", Some(Claim::PythonPackage)),
            ("gems/3.1.0/specifications/rack-2.2.7.gemspec", Some(Claim::Gem)),
            ("gems/3.1.0/specifications/default/json-2.6.gemspec", Some(Claim::Gem)),
            ("lib/thing.gemspec", None),
            ("app/vendor/composer/installed.json", Some(Claim::PhpPackages)),
            ("app/node_modules/@a/b/package.json", Some(Claim::NodePackage)),
            ("app/node_modules/b/package.json", Some(Claim::NodePackage)),
            ("app/node_modules/b/lib/package.json", None),
            ("app/node_modules/b/yarn.lock", None),
            ("usr/lib/sysimage/rpm/rpmdb.sqlite", Some(Claim::RpmDatabase)),
            ("a/var/lib/rpm/Packages", Some(Claim::RpmDatabase)),
            ("usr/share/rpm/Packages.db", Some(Claim::RpmDatabase)),
            ("var/lib/rpm/rpmdb.sqlite-wal", Some(Claim::RpmJournal)),
            ("var/lib/rpm/Name", None),
            ("srv/repo/Packages", None),
            ("notvar/lib/rpm/Packages", None),
            ("notvar/lib/dpkg/status", None),
            ("METADATA", None),
            ("a.jar!/META-INF/maven/org.x/y/pom.properties", Some(Claim::JavaPackage)),
            ("a.jar!/META-INF/maven/org.x/y/pom.xml", None),
            ("srv/control.tar.gz/control", None),
        ] {
            assert_eq!(of_path(path), claim, "{path}");
        }
        assert!(matches!(of_path("src/Cargo.lock"), Some(Claim::Lock(_))));
        assert!(matches!(of_path("src/.gitmodules"), Some(Claim::Need(_))));
    }

    #[test]
    fn the_root_stands_before_the_known_path() {
        for (path, root) in [
            ("var/lib/dpkg/status", ""),
            ("a/rootfs/etc/os-release", "a/rootfs/"),
            ("a/usr/lib/os-release", "a/"),
            ("a/usr/lib/apk/db/installed", "a/"),
            ("a/var/lib/dpkg/info/x.list", "a/"),
            ("a/var/lib/dpkg/status.d/x", "a/"),
            ("a/usr/lib/opkg/info/x.list", "a/"),
            ("a/usr/lib/opkg/status", "a/"),
            ("a/var/lib/opkg/info/x.list", "a/"),
            ("a/var/lib/opkg/status", "a/"),
            ("var/lib/opkg/info/x.list", ""),
            ("a/lib/opkg/info/x.list", "a/"),
            ("a/var/lib/rpm/Packages", "a/"),
            ("usr/share/rpm/rpmdb.sqlite", ""),
            ("a/usr/lib/sysimage/rpm/Packages.db", "a/"),
        ] {
            assert_eq!(root_of(path), root, "{path}");
        }
    }
}
