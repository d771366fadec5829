//! Ecosystems: where a package name lives, and how its versions are ordered.
//!
//! Source: the OSV ecosystem registry (osv-schema 1.7.5) and the purl type registry. One table maps
//! both vocabularies to one *package key*, `kind:name`, such as `npm:lodash`,
//! `maven:org.apache.logging.log4j:log4j-core`, `deb/debian:openssl`.

use crate::{purl::Purl, release, version::Scheme};

/// A package in its ecosystem, in normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageKey {
    /// The ecosystem's kind: a purl type, for distributions with the namespace: `deb/debian`.
    pub kind: String,
    /// The name in normal form (case and separators as the ecosystem compares them).
    pub name: String,
    /// The distribution release where one is named: `12`, `22.04`, `v3.19`; [`release`] compares two.
    /// `None` = not said.
    pub release: Option<String>,
}

/// One row: OSV ecosystem, purl type, purl namespace (distributions), version ordering.
struct Row(&'static str, &'static str, Option<&'static str>, Scheme);

/// OSV's name first; the key's kind is the purl type, with the namespace for distributions.
const TABLE: &[Row] = &[
    Row("crates.io", "cargo", None, Scheme::Cargo),
    Row("npm", "npm", None, Scheme::Npm),
    Row("PyPI", "pypi", None, Scheme::Pypi),
    Row("Go", "golang", None, Scheme::Golang),
    Row("Maven", "maven", None, Scheme::Maven),
    Row("RubyGems", "gem", None, Scheme::Gem),
    Row("NuGet", "nuget", None, Scheme::Nuget),
    Row("Packagist", "composer", None, Scheme::Composer),
    Row("Hex", "hex", None, Scheme::Semver),
    Row("Pub", "pub", None, Scheme::Pub),
    Row("SwiftURL", "swift", None, Scheme::Semver),
    Row("Julia", "julia", None, Scheme::Semver),
    Row("Bitnami", "bitnami", None, Scheme::Semver),
    Row("ConanCenter", "conan", None, Scheme::Conan),
    Row("CRAN", "cran", None, Scheme::Cran),
    Row("Bioconductor", "bioconductor", None, Scheme::Cran),
    Row("Hackage", "hackage", None, Scheme::Hackage),
    Row("GHC", "ghc", None, Scheme::Hackage),
    Row("opam", "opam", None, Scheme::Deb),
    Row("OSS-Fuzz", "oss-fuzz", None, Scheme::Generic),
    Row("GitHub Actions", "githubactions", None, Scheme::Semver),
    Row("Kubernetes", "kubernetes", None, Scheme::Semver),
    Row("VSCode", "vscode", None, Scheme::Semver),
    Row("GIT", "git", None, Scheme::Generic),
    Row("Linux", "linux", None, Scheme::Generic),
    Row("Android", "android", None, Scheme::Generic),
    Row("Debian", "deb", Some("debian"), Scheme::Deb),
    Row("Ubuntu", "deb", Some("ubuntu"), Scheme::Deb),
    Row("Echo", "deb", Some("echo"), Scheme::Deb),
    Row("Alpine", "apk", Some("alpine"), Scheme::Apk),
    Row("Wolfi", "apk", Some("wolfi"), Scheme::Apk),
    Row("CleanStart", "apk", Some("cleanstart"), Scheme::Apk),
    Row("Docker Hardened Images", "dhi", None, Scheme::Semver),
    Row("Chainguard", "apk", Some("chainguard"), Scheme::Apk),
    Row("Alpaquita", "apk", Some("alpaquita"), Scheme::Apk),
    Row("BellSoft Hardened Containers", "apk", Some("bellsoft-hardened-containers"), Scheme::Apk),
    Row("MinimOS", "apk", Some("minimos"), Scheme::Apk),
    Row("AlmaLinux", "rpm", Some("almalinux"), Scheme::Rpm),
    Row("Azure Linux", "rpm", Some("azure-linux"), Scheme::Rpm),
    Row("Mageia", "rpm", Some("mageia"), Scheme::Rpm),
    Row("openEuler", "rpm", Some("openeuler"), Scheme::Rpm),
    Row("openSUSE", "rpm", Some("opensuse"), Scheme::Rpm),
    Row("Photon OS", "rpm", Some("photon"), Scheme::Rpm),
    Row("Red Hat", "rpm", Some("redhat"), Scheme::Rpm),
    Row("Rocky Linux", "rpm", Some("rocky-linux"), Scheme::Rpm),
    Row("SUSE", "rpm", Some("suse"), Scheme::Rpm),
];

/// Namespaces that SBOM tools write for the same distribution.
const NAMESPACE_ALIASES: &[(&str, &str)] = &[
    ("rocky", "rocky-linux"),
    ("rockylinux", "rocky-linux"),
    ("rhel", "redhat"),
    ("alma", "almalinux"),
    ("azurelinux", "azure-linux"),
    ("mariner", "azure-linux"),
    ("photon-os", "photon"),
    ("sles", "suse"),
];

impl PackageKey {
    /// The key under which the corpus files the package: `deb/debian:openssl`. No release in it.
    pub fn text(&self) -> String {
        format!("{}:{}", self.kind, self.name)
    }

    /// The key of an OSV `affected.package`. An ecosystem that the table does not know keeps its
    /// own lower-cased name as kind, so that it is still filed and found by itself.
    pub fn of_osv(ecosystem: &str, name: &str) -> Self {
        if let Some(repository) = of_git(ecosystem, name) {
            return repository;
        }
        let (base, release) = match ecosystem.split_once(':') {
            Some((base, release)) => (base, Some(release.to_owned())),
            None => (ecosystem, None),
        };
        let kind = match TABLE.iter().find(|row| row.0 == base) {
            Some(row) => kind_of(row),
            None => base.to_lowercase().replace(' ', "-"),
        };
        let name = normal_name(&kind, name);
        Self { kind, name, release }
    }

    /// The key of a package whose ecosystem a person names: as OSV does, in any case, or by the kind
    /// of a key (`cargo`, `deb/debian`). A release may follow: `Debian:12`. `None`: no such ecosystem.
    pub fn of_named(ecosystem: &str, name: &str) -> Option<Self> {
        if let Some(repository) = of_git(ecosystem, name) {
            return Some(repository);
        }
        let (base, release) = match ecosystem.split_once(':') {
            Some((base, release)) => (base, Some(release.to_owned())),
            None => (ecosystem, None),
        };
        let named = |row: &&Row| {
            row.0.eq_ignore_ascii_case(base) || kind_of(row).eq_ignore_ascii_case(base)
        };
        let kind = kind_of(TABLE.iter().find(named)?);
        Some(Self { name: normal_name(&kind, name), kind, release })
    }

    /// The key of source code by the address of its repository: `github:owner/name`,
    /// `gitlab:group/name`, `bitbucket:owner/name`, elsewhere `git:host/path`; in lower case, without
    /// `.git`. `None`: the text is no address of one.
    pub fn of_repository(address: &str) -> Option<Self> {
        let address = address.trim();
        let plain = address.strip_prefix("git+").unwrap_or(address);
        let (host, path) = match plain.split_once("://") {
            Some((_, rest)) => rest.split_once('/')?,
            // scp's way: `git@host:path`
            None => plain.split_once(':').filter(|(host, _)| host.contains('@'))?,
        };
        let host = host.rsplit('@').next().unwrap_or(host).to_lowercase();
        let host = host.split(':').next().unwrap_or(&host);
        let host = host.strip_prefix("www.").unwrap_or(host);
        let path = path.split('#').next().unwrap_or(path).trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path).to_lowercase();
        let depth = path.split('/').filter(|part| !part.is_empty()).count();
        let is_whole = !path.split('/').any(str::is_empty);
        let (kind, name) = match host {
            "github.com" if depth == 2 => ("github", path),
            "bitbucket.org" if depth == 2 => ("bitbucket", path),
            "gitlab.com" if depth >= 2 => ("gitlab", path),
            "github.com" | "bitbucket.org" | "gitlab.com" => return None,
            host if host.contains('.') && depth >= 1 => ("git", format!("{host}/{path}")),
            _ => return None,
        };
        is_whole.then(|| Self { kind: kind.to_owned(), name, release: None })
    }

    /// The repository in a package URL's qualifier `vcs_url` (`git+https://host/path@revision`, as in SPDX),
    /// with its revision.
    pub fn of_vcs_url(purl: &Purl) -> Option<(Self, Option<&str>)> {
        let address = purl.qualifier("vcs_url")?;
        let address = address.split('#').next().unwrap_or(address);
        let path_at = address.find("://").map_or(0, |at| at + "://".len());
        let path_at = path_at + address[path_at..].find(['/', ':'])?;
        let (address, revision) = match address[path_at..].find('@') {
            Some(at) => (&address[..path_at + at], Some(&address[path_at + at + 1..])),
            None => (address, None),
        };
        Some((Self::of_repository(address)?, revision.filter(|revision| !revision.is_empty())))
    }

    /// The key of a component's package URL. `None` for types that name no package in an ecosystem
    /// with vulnerability data of its own (`generic`, `oci`, `swid`, ...): not covered by this way.
    pub fn of_purl(purl: &Purl) -> Option<Self> {
        let ty = purl.ty();
        let namespace = purl.namespace();
        if let ("git", Some(host)) = (ty, namespace)
            && let Some(repository) = Self::of_repository(&format!("git://{host}/{}", purl.name()))
        {
            return Some(repository);
        }
        let kind = if matches!(ty, "deb" | "apk" | "rpm") {
            let named = namespace.unwrap_or_default().to_lowercase();
            let named = NAMESPACE_ALIASES
                .iter()
                .find(|(alias, _)| *alias == named)
                .map_or(named.as_str(), |(_, known)| known);
            format!("{ty}/{named}")
        } else if matches!(
            ty,
            "generic" | "oci" | "docker" | "swid" | "huggingface" | "mlflow" | "qpkg"
        ) {
            return None;
        } else {
            ty.to_owned()
        };
        let name = match (ty, namespace) {
            ("deb" | "apk" | "rpm", _) | (_, None) => purl.name().to_owned(),
            ("maven", Some(group)) => format!("{group}:{}", purl.name()),
            (_, Some(space)) => format!("{space}/{}", purl.name()),
        };
        let release = purl.qualifier("distro").and_then(|distro| release::of_distro(&kind, distro));
        Some(Self { name: normal_name(&kind, &name), kind, release })
    }

    /// How versions of this package are ordered.
    pub fn scheme(&self) -> Scheme {
        scheme_of_kind(&self.kind)
    }

    /// Whether the package belongs to an operating-system distribution, whose back-ported versions
    /// must not be compared with upstream ranges.
    pub fn is_distribution(&self) -> bool {
        self.kind.contains('/')
    }
}

/// OSV's ecosystem `GIT` names a repository by its address.
fn of_git(ecosystem: &str, name: &str) -> Option<PackageKey> {
    ecosystem.eq_ignore_ascii_case("GIT").then(|| PackageKey::of_repository(name)).flatten()
}

/// The ordering for a key's kind; generic where none is known.
pub fn scheme_of_kind(kind: &str) -> Scheme {
    if let Some(row) = TABLE.iter().find(|row| kind_of(row) == kind) {
        return row.3;
    }
    match kind.split('/').next().unwrap_or(kind) {
        "deb" => Scheme::Deb,
        "rpm" => Scheme::Rpm,
        "apk" => Scheme::Apk,
        "alpm" => Scheme::Alpm,
        other => Scheme::of_purl_type(other),
    }
}

fn kind_of(row: &Row) -> String {
    match row.2 {
        Some(namespace) => format!("{}/{namespace}", row.1),
        None => row.1.to_owned(),
    }
}

/// The name as the ecosystem compares it.
fn normal_name(kind: &str, name: &str) -> String {
    match kind {
        // PEP 503: runs of - _ . are one dash, lower case
        "pypi" => {
            let mut out = String::with_capacity(name.len());
            for c in name.chars() {
                if matches!(c, '-' | '_' | '.') {
                    if !out.ends_with('-') {
                        out.push('-');
                    }
                } else {
                    out.extend(c.to_lowercase());
                }
            }
            out
        }
        "maven" => name.to_owned(),
        // crates.io treats - and _ as the same name
        "cargo" => name.to_lowercase().replace('_', "-"),
        _ => name.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn osv_and_purl_meet_in_one_key() {
        for (ecosystem, name, purl) in [
            ("npm", "@angular/core", "pkg:npm/%40angular/core@1.0.0"),
            ("PyPI", "Foo_.Bar", "pkg:pypi/foo-bar@1"),
            (
                "Maven",
                "org.apache.logging.log4j:log4j-core",
                "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
            ),
            ("Go", "github.com/Foo/bar/v2", "pkg:golang/github.com/foo/bar/v2@v2.0.0"),
            ("crates.io", "smallvec", "pkg:cargo/smallvec@0.6.0"),
            ("NuGet", "Newtonsoft.Json", "pkg:nuget/newtonsoft.json@12.0.0"),
            ("Debian:12", "openssl", "pkg:deb/debian/openssl@3.0.11-1?distro=debian-12"),
            ("Rocky Linux:8", "openssl", "pkg:rpm/rocky/openssl@1.1.1k-6.el8?distro=rocky-8"),
        ] {
            let purl: Purl = purl.parse().expect("valid purl");
            let (osv, from_purl) =
                (PackageKey::of_osv(ecosystem, name), PackageKey::of_purl(&purl));
            assert_eq!(Some(osv), from_purl, "{ecosystem} {name}");
        }
    }

    #[test]
    fn a_repository_has_one_key_however_its_address_is_written() {
        for (address, key) in [
            ("https://github.com/OpenSSL/openssl.git", Some("github:openssl/openssl")),
            ("git@github.com:openssl/openssl.git", Some("github:openssl/openssl")),
            ("https://gitlab.com/group/sub/name/", Some("gitlab:group/sub/name")),
            ("https://bitbucket.org/owner/name", Some("bitbucket:owner/name")),
            ("git://git.savannah.gnu.org/lwip.git", Some("git:git.savannah.gnu.org/lwip")),
            ("https://user@git.example.org:8443/a/b", Some("git:git.example.org/a/b")),
            ("https://github.com/openssl", None),
            ("osv-test", None),
            ("", None),
        ] {
            let found = PackageKey::of_repository(address).map(|package| package.text());
            assert_eq!(found.as_deref(), key, "{address}");
        }
        for (purl, key, revision) in [
            (
                "pkg:generic/x@1?vcs_url=git%2Bhttps://github.com/a/b%40v1.0",
                "github:a/b",
                Some("v1.0"),
            ),
            ("pkg:generic/x@1?vcs_url=git%2Bssh://git%40gitlab.com/a/b.git", "gitlab:a/b", None),
            (
                "pkg:generic/x@1?vcs_url=https://git.example.org/a%23sub",
                "git:git.example.org/a",
                None,
            ),
        ] {
            let purl: Purl = purl.parse().expect("valid purl");
            let (package, found) = PackageKey::of_vcs_url(&purl).expect("a repository");
            assert_eq!((package.text().as_str(), found), (key, revision), "{purl}");
        }
        let named = PackageKey::of_named("git", "https://github.com/foo/bar").map(|of| of.text());
        assert_eq!(named.as_deref(), Some("github:foo/bar"));
        let purl: Purl = "pkg:gitlab/Group/Name@1".parse().expect("valid purl");
        assert_eq!(
            PackageKey::of_purl(&purl).map(|of| of.text()).as_deref(),
            Some("gitlab:group/name")
        );
    }

    #[test]
    fn a_person_may_name_an_ecosystem_in_either_vocabulary() {
        for (named, osv) in [
            ("pypi", "PyPI"),
            ("Cargo", "crates.io"),
            ("go", "Go"),
            ("golang", "Go"),
            ("debian:12", "Debian:12"),
            ("rpm/redhat", "Red Hat"),
        ] {
            let found = PackageKey::of_named(named, "x");
            assert_eq!(found, Some(PackageKey::of_osv(osv, "x")), "{named}");
        }
        assert_eq!(PackageKey::of_named("nonsense", "x"), None);
    }

    #[test]
    fn a_distribution_orders_by_its_own_rules() {
        assert_eq!(PackageKey::of_osv("Debian:12", "x").scheme(), Scheme::Deb);
        assert_eq!(PackageKey::of_osv("Alpine:v3.19", "x").scheme(), Scheme::Apk);
        assert!(PackageKey::of_osv("Debian:12", "x").is_distribution());
        assert!(!PackageKey::of_osv("npm", "x").is_distribution());
        assert_eq!(PackageKey::of_osv("Some New:1", "x").text(), "some-new:x");
    }
}
