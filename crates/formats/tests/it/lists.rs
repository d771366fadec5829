//! Package lists and manifests of build systems: recognised by content, read with their places.

use aftercare_formats::sbom::{
    Limits, Recognised,
    list::{self, Release},
    read, recognise,
};
use aftercare_vocab::{
    inventory::{Component, DependencyKind, Format, Inventory, Scope},
    problem::Read,
};

fn sound(text: &str) -> Read<Inventory> {
    read(text.as_bytes(), &Limits::default()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Codes and places of the warnings.
fn warned(read: &Read<Inventory>) -> Vec<(&str, &str)> {
    read.problems.iter().map(|problem| (problem.code, problem.place.as_str())).collect()
}

/// One component in a line: place, name, version, package URLs, source package.
fn shown(component: &Component) -> String {
    let purls: Vec<String> = component.purls.iter().map(ToString::to_string).collect();
    format!(
        "{}: {} {} [{}] {}",
        component.place,
        component.name,
        component.version.as_deref().unwrap_or("?"),
        purls.join(" "),
        component.source_package.as_deref().unwrap_or("-"),
    )
}

fn all(read: &Read<Inventory>) -> Vec<String> {
    read.value.components.iter().map(shown).collect()
}

const DPKG: &str = "\
Package: base-files
Status: install ok installed
Maintainer: Santiago Vila <sanvila@debian.org>
Architecture: amd64
Version: 12.4+deb12u5

Package: libssl3
Status: install ok installed
Maintainer: Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>
Architecture: amd64
Source: openssl (3.0.11-1)
Version: 3.0.11-1~deb12u2
Description: Secure Sockets Layer toolkit
 Package: not-a-field

Package: oldlib
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0-1
";

#[test]
fn dpkg_status_gives_installed_packages_with_source_and_distribution() {
    let read = sound(DPKG);
    assert_eq!(read.value.format, Format::DpkgStatus);
    assert_eq!(
        all(&read),
        [
            "line 1: base-files 12.4+deb12u5 [pkg:deb/debian/base-files@12.4%2Bdeb12u5?arch=amd64&distro=debian-12] -",
            "line 7: libssl3 3.0.11-1~deb12u2 [pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12] openssl@3.0.11-1",
        ]
    );
    assert_eq!(warned(&read), [("distribution_guessed", ""), ("not_installed", "")]);
}

#[test]
fn a_stated_distribution_is_taken_and_not_guessed() {
    let release = Release { id: Some("ubuntu".into()), version: Some("22.04".into()) };
    let read = list::read(Format::DpkgStatus, DPKG, &release, &Limits::default()).expect("read");
    assert!(shown(&read.value.components[1]).contains("pkg:deb/ubuntu/libssl3@"));
    assert!(shown(&read.value.components[1]).contains("distro=ubuntu-22.04"));
    assert_eq!(warned(&read), [("not_installed", "")]);
}

#[test]
fn a_release_that_is_not_known_is_told() {
    let status =
        "Package: a\nStatus: install ok installed\nVersion: 1\nMaintainer: A <a@debian.org>\n";
    let read = sound(status);
    let unknown = ("distribution_release_unknown", "");
    assert_eq!(warned(&read), [("distribution_guessed", ""), unknown]);
    assert!(shown(&read.value.components[0]).contains("distro=debian]"));
    for (release, expected) in [
        ("ID=debian\n", &[unknown][..]),
        ("ID=debian\nVERSION_CODENAME=trixie\n", &[]),
        ("ID=debian\nVERSION_ID=12\n", &[]),
        ("ID=kali\n", &[]),
    ] {
        let release = Release::of_os_release(release);
        let read = list::read(Format::DpkgStatus, status, &release, &Limits::default());
        assert_eq!(warned(&read.expect("read")), expected, "{release:?}");
    }
}

#[test]
fn one_maintainer_does_not_make_a_distribution() {
    let package = |name: &str, maintainer: &str| {
        format!(
            "Package: {name}\nStatus: install ok installed\nVersion: 12.4\nMaintainer: {maintainer}\n\n"
        )
    };
    let (debian, ubuntu) = ("A <a@debian.org>", "Ubuntu Developers <u@lists.ubuntu.com>");
    let namespaces = |list: &[(&str, &str)]| {
        let text: String = list.iter().map(|(name, of)| package(name, of)).collect();
        let read = sound(&text);
        let mut told: Vec<_> = read
            .value
            .components
            .iter()
            .map(|c| c.purls.first().and_then(|purl| purl.namespace()).unwrap_or("?").to_owned())
            .collect();
        told.dedup();
        (told.join(" "), warned(&read)[0].0.to_owned())
    };
    let guessed = |distribution: &str| (distribution.to_owned(), "distribution_guessed".to_owned());
    assert_eq!(namespaces(&[("snapd", ubuntu), ("base-files", debian)]), guessed("debian"));
    // what only one of them has says more than how many there are
    let few = [("a", debian), ("b", debian), ("base-files", ubuntu)];
    assert_eq!(namespaces(&few), guessed("ubuntu"));
    let most = [("a", debian), ("snapd", ubuntu), ("b", debian), ("base-files", "X <x@y.org>")];
    assert_eq!(namespaces(&most), guessed("debian"));
    assert_eq!(namespaces(&[("a", ubuntu), ("b", ubuntu), ("c", debian)]), guessed("ubuntu"));
    let unknown = ("?".to_owned(), "distribution_unknown".to_owned());
    assert_eq!(namespaces(&[("a", ubuntu), ("b", debian)]), unknown);
}

#[test]
fn a_list_of_an_unknown_distribution_has_no_package_urls_and_says_so() {
    let read = sound("Package: zlib1\nStatus: install ok installed\nVersion: 1.2.11-r0\n");
    assert_eq!(all(&read), ["line 1: zlib1 1.2.11-r0 [] -"]);
    assert_eq!(warned(&read), [("distribution_unknown", "")]);
}

#[test]
fn paragraphs_without_a_package_are_told_with_their_line() {
    let read = sound(
        "Package: a\nStatus: install ok installed\nVersion: 1\n\nVersion: 2\nStatus: install ok installed\n\nnonsense\n",
    );
    assert_eq!(all(&read).len(), 1);
    assert_eq!(
        warned(&read),
        [
            ("distribution_unknown", ""),
            ("line_unreadable", "line 5"),
            ("line_unreadable", "line 8")
        ]
    );
}

#[test]
fn opkg_status_gives_upstream_versions_and_the_stated_product() {
    let read = sound(
        "Package: busybox\nVersion: 1.36.1-1\nStatus: install user installed\nArchitecture: mips_24kc\n\
         CPE-ID: cpe:/a:busybox:busybox\nInstalled-Time: 1696000000\n\n\
         Package: libustream-mbedtls20201210\nVersion: 2023-02-25-498f6e26-1\nSource: feeds/base/ustream-ssl\n\
         Status: install ok installed\nInstalled-Time: 1696000000\n\n\
         Package: libssl\nVersion: 3.0.8-r0\nSource: openssl_3.0.8.bb\nStatus: install ok installed\n",
    );
    assert_eq!(read.value.format, Format::OpkgStatus);
    assert_eq!(
        all(&read),
        [
            "line 1: busybox 1.36.1-1 [pkg:generic/busybox@1.36.1] -",
            "line 8: libustream-mbedtls20201210 2023-02-25-498f6e26-1 [pkg:generic/ustream-ssl@2023-02-25-498f6e26] ustream-ssl",
            "line 14: libssl 3.0.8-r0 [pkg:generic/openssl@3.0.8] openssl",
        ]
    );
    let cpes: Vec<String> = read.value.components[0].cpes.iter().map(ToString::to_string).collect();
    assert_eq!(cpes, ["cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*"]);
    assert_eq!(warned(&read), []);
}

#[test]
fn apk_installed_gives_origin_and_release() {
    let read = sound(
        "C:Q1abc=\nP:alpine-release\nV:3.19.1-r0\nA:x86_64\nL:MIT\no:alpine-base\n\n\
         C:Q1def=\nP:libcrypto3\nV:3.1.4-r5\nA:x86_64\no:openssl\nm:Ariadne <a@example.org>\np:so:libcrypto.so.3=3\n\n\
         V:1\nA:x86_64\n",
    );
    assert_eq!(read.value.format, Format::ApkInstalled);
    assert_eq!(
        all(&read),
        [
            "line 1: alpine-release 3.19.1-r0 [pkg:apk/alpine/alpine-release@3.19.1-r0?arch=x86_64&distro=alpine-3.19.1] alpine-base",
            "line 8: libcrypto3 3.1.4-r5 [pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.19.1] openssl",
        ]
    );
    assert_eq!(warned(&read), [("distribution_guessed", ""), ("line_unreadable", "line 16")]);
    assert_eq!(read.value.components[0].licences, ["MIT"]);
    assert_eq!(read.value.components[1].supplier.as_deref(), Some("Ariadne <a@example.org>"));
}

#[test]
fn rpm_lists_are_read_in_their_three_forms() {
    let plain = sound(
        "bash-4.4.20-4.el8_6.x86_64\nrocky-release-8.9-1.6.el8.noarch\ngpg-pubkey-6d745a60-60287f36\nopenssl-libs-1.1.1k-9.el8_7.x86_64\n\
         zlib-1.2.11-25.el8.x86_64\nxz-libs-5.2.4-4.el8_6.x86_64\npcre-8.42-6.el8.x86_64\nsed-4.5-5.el8.x86_64\ngrep-3.1-6.el8.x86_64\nwarning: x\n",
    );
    assert_eq!(plain.value.format, Format::RpmList);
    assert_eq!(
        all(&plain)[..2],
        [
            "line 1: bash 4.4.20-4.el8_6 [pkg:rpm/rocky-linux/bash@4.4.20-4.el8_6?arch=x86_64&distro=rocky-8.9] -",
            "line 2: rocky-release 8.9-1.6.el8 [pkg:rpm/rocky-linux/rocky-release@8.9-1.6.el8?arch=noarch&distro=rocky-8.9] -",
        ]
    );
    assert_eq!(plain.value.components.len(), 8);
    assert_eq!(
        warned(&plain),
        [
            ("line_unreadable", "line 10"),
            ("distribution_guessed", ""),
            ("not_software", ""),
            ("epochs_missing", ""),
        ]
    );

    let columns = sound(
        "dbus\t1\t1.12.8-18.el8\tx86_64\tdbus-1.12.8-18.el8.src.rpm\nopenssl-libs\t1\t1.1.1k-9.el8\tx86_64\topenssl-1.1.1k-9.el8.src.rpm\nredhat-release\t(none)\t8.9-0.1.el8\tx86_64\tredhat-release-8.9-0.1.el8.src.rpm\n",
    );
    assert_eq!(
        all(&columns)[1],
        "line 2: openssl-libs 1:1.1.1k-9.el8 [pkg:rpm/redhat/openssl-libs@1.1.1k-9.el8?arch=x86_64&distro=rhel-8.9&epoch=1] openssl@1.1.1k-9.el8"
    );
    assert_eq!(warned(&columns), [("distribution_guessed", "")]);

    let information = sound(
        "Name        : bash\nVersion     : 4.4.20\nRelease     : 4.el8_6\nArchitecture: x86_64\nLicense     : GPLv3+\nSource RPM  : bash-4.4.20-4.el8_6.src.rpm\nVendor      : Example\nDescription :\nA shell.\nVersion : of words\nName        : dbus\nEpoch       : 1\nVersion     : 1.12.8\nRelease     : 18.el8\nArchitecture: x86_64\n",
    );
    assert_eq!(
        all(&information),
        [
            "line 1: bash 4.4.20-4.el8_6 [] bash@4.4.20-4.el8_6",
            "line 11: dbus 1:1.12.8-18.el8 [] -"
        ]
    );
    assert_eq!(information.value.components[0].supplier.as_deref(), Some("Example"));
    assert_eq!(warned(&information), [("distribution_unknown", "")]);
}

#[test]
fn yocto_manifests_name_recipes_without_the_revision() {
    let licences = sound(
        "PACKAGE NAME: libcrypto3\nPACKAGE VERSION: 3.0.8\nRECIPE NAME: openssl\nLICENSE: Apache-2.0\n\nPACKAGE NAME: busybox\nPACKAGE VERSION: 1.35.0\nRECIPE NAME: busybox\nLICENSE: GPL-2.0-only & bzip2-1.0.4\n\nLICENSE: MIT\n",
    );
    assert_eq!(licences.value.format, Format::YoctoLicences);
    assert_eq!(
        all(&licences),
        [
            "line 1: libcrypto3 3.0.8 [pkg:yocto/openssl@3.0.8] openssl",
            "line 6: busybox 1.35.0 [pkg:yocto/busybox@1.35.0] busybox",
        ]
    );
    assert_eq!(warned(&licences), [("line_unreadable", "line 11")]);

    let image = sound("base-files qemux86_64 3.0.14-r89\nbusybox core2_64 1.35.0-r0\n");
    assert_eq!(image.value.format, Format::YoctoImage);
    assert_eq!(all(&image)[1], "line 2: busybox 1.35.0-r0 [pkg:yocto/busybox@1.35.0] -");
}

#[test]
fn a_yocto_cve_report_gives_applied_patches_only() {
    let read = sound(
        r#"{"version": "1", "package": [
            {"name": "openssl", "layer": "meta", "version": "3.0.8", "products": [{"product": "openssl", "cvesInRecord": "Yes"}],
             "cpes": ["cpe:2.3:*:openssl:openssl:3.0.8:*:*:*:*:*:*:*"],
             "issue": [
                {"id": "CVE-2023-0001", "status": "Patched", "detail": "backported-patch"},
                {"id": "CVE-2023-0002", "status": "Patched", "detail": "fixed-version"},
                {"id": "CVE-2023-0003", "status": "Patched"},
                {"id": "CVE-2023-0004", "status": "Ignored", "detail": "not-applicable-config"},
                {"id": "CVE-2023-0005", "status": "Patched", "detail": "fix-file-included"},
                {"id": "CVE-2023-0006", "status": "Ignored", "detail": "backported-patch"}]},
            {"name": "flex-native", "layer": "meta", "version": "2.6.4", "products": [], "issue": []}]}"#,
    );
    assert_eq!((read.value.format, read.value.spec_version.as_str()), (Format::YoctoCveCheck, "1"));
    assert_eq!(all(&read)[0], "package[0]: openssl 3.0.8 [pkg:yocto/meta/openssl@3.0.8] -");
    let patched = read.value.components[0].patched.iter();
    let patched: Vec<String> = patched.map(|of| format!("{of} {}", of.place)).collect();
    assert_eq!(
        patched,
        ["CVE-2023-0001 (backport) issue[0].id", "CVE-2023-0005 (applied) issue[4].id"]
    );
    assert_eq!(read.value.components[0].cpes.len(), 1);
    assert_eq!(read.value.components[1].scope, Scope::Excluded);
    assert_eq!(warned(&read), [("verdicts_not_read", "package")]);
}

#[test]
fn buildroot_manifests_are_read() {
    let manifest = sound(
        "\"PACKAGE\",\"VERSION\",\"LICENSE\",\"LICENSE FILES\",\"SOURCE ARCHIVE\",\"SOURCE SITE\",\"DEPENDENCIES WITH LICENSES\"\n\"busybox\",\"1.36.1\",\"GPL-2.0, bzip2-1.0.4\",\"LICENSE\",\"busybox-1.36.1.tar.bz2\",\"https://www.busybox.net/downloads\",\"\"\n\"acme\",\"custom\",\"unknown\",\"\",\"\",\"\",\"\"\n",
    );
    assert_eq!(manifest.value.format, Format::BuildrootManifest);
    assert_eq!(
        all(&manifest),
        [
            "line 2: busybox 1.36.1 [pkg:generic/busybox@1.36.1] -",
            "line 3: acme ? [pkg:generic/acme] -"
        ]
    );
    assert_eq!(manifest.value.components[0].licences, ["GPL-2.0, bzip2-1.0.4"]);
    assert_eq!(warned(&manifest), [("version_missing", "line 3")]);

    let information = sound(
        r#"{"busybox": {"type": "target", "virtual": false, "version": "1.36.1", "licenses": "GPL-2.0",
             "install_target": true, "dependencies": ["host-skeleton", "zlib"], "reverse_dependencies": [],
             "cpe-id": "cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*", "ignore_cves": ["CVE-2022-28391"]},
            "host-skeleton": {"type": "host", "virtual": false, "version": "", "dependencies": [], "reverse_dependencies": []},
            "zlib": {"type": "target", "virtual": true, "dependencies": ["libzlib"], "reverse_dependencies": []},
            "libzlib": {"type": "target", "virtual": false, "version": "1.3", "dependencies": ["lost"], "reverse_dependencies": []},
            "rootfs-tar": {"type": "rootfs", "dependencies": []}}"#,
    );
    assert_eq!(information.value.format, Format::BuildrootInfo);
    assert_eq!(
        all(&information),
        [
            "busybox: busybox 1.36.1 [pkg:generic/busybox@1.36.1] -",
            "host-skeleton: host-skeleton ? [pkg:generic/skeleton] -",
            "libzlib: libzlib 1.3 [pkg:generic/libzlib@1.3] -",
        ]
    );
    let arrows: Vec<_> =
        information.value.dependencies.iter().map(|d| (d.from, d.to, d.kind)).collect();
    assert_eq!(arrows, [(0, 1, DependencyKind::BuildOnly)]);
    assert!(information.value.graph_has_holes);
    assert_eq!(information.value.components[1].scope, Scope::Excluded);
    assert_eq!(
        warned(&information),
        [
            ("version_missing", "host-skeleton"),
            ("verdicts_not_read", "ignore_cves"),
            ("dangling_reference", "dependencies[0]"),
        ]
    );
}

#[test]
fn texts_that_only_resemble_a_list_are_not_taken_for_one() {
    for text in [
        "Package: a\nVersion: 1\n",
        "bash is a shell\nzlib-1.2 too\n",
        "one two three\nfour five six\n",
        "a-b-c\nd-e-f\n",
        "P:x\n",
        "name and version\n1, 2\n",
        "{\"package\": 1, \"a\": 1, \"b\": 1, \"version\": \"1\"}",
        "{\"dependencies\": {\"a\": \"1\"}}",
    ] {
        assert!(!matches!(recognise(text.as_bytes()), Recognised::Sbom(_)), "{text}");
        assert_eq!(
            read(text.as_bytes(), &Limits::default()).expect_err("refused")[0].code,
            "not_an_sbom"
        );
    }
}

#[test]
fn a_list_ends_at_the_first_row_too_many() {
    let limits = Limits { components: 10, ..Limits::default() };
    let list = |rows: usize, row: &str| format!("Name,Version\n{}", row.repeat(rows));
    let place = |text: String| {
        let problem = read(text.as_bytes(), &limits).expect_err("too many").swap_remove(0);
        (problem.code, problem.place)
    };
    assert!(read(list(10, "a,1\n").as_bytes(), &limits).is_ok());
    assert_eq!(place(list(11, "a,1\n")).0, "too_many_components");
    // rows beyond all titles and headings are not even held, whatever is in them
    for row in ["a,1\n", ",\n"] {
        assert_eq!(place(list(1_000, row)), ("too_many_components", "line 51".to_owned()));
    }
}

#[test]
fn lists_obey_the_limits_and_survive_every_cut() {
    let limits = Limits { components: 1, ..Limits::default() };
    for text in [
        DPKG,
        "bash-4.4.20-4.el8_6.x86_64\nzlib-1.2.11-25.el8.x86_64\n",
        "busybox core2_64 1.35.0-r0\nzlib core2_64 1.2-r0\n",
    ] {
        assert_eq!(
            read(text.as_bytes(), &limits).expect_err("too many")[0].code,
            "too_many_components"
        );
        for end in 0..text.len() {
            let _ = read(&text.as_bytes()[..end], &Limits::default());
        }
    }
}

#[test]
fn a_list_saved_by_a_windows_shell_is_read_and_the_conversion_told() {
    let text = "bash-4.4.20-4.el8_6.x86_64\r\nzlib-1.2.11-25.el8.x86_64\r\n";
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let read = read(&bytes, &Limits::default()).expect("read");
    assert_eq!(read.value.components.len(), 2);
    assert!(warned(&read).contains(&("encoding_not_utf8", "")));
}
