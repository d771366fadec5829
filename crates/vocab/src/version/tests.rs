use super::*;
use proptest::prelude::*;

fn sign(scheme: Scheme, a: &str, b: &str) -> &'static str {
    match compare(scheme, a, b) {
        Ok(Ordering::Less) => "<",
        Ok(Ordering::Equal) => "=",
        Ok(Ordering::Greater) => ">",
        Err(_) => "unreadable",
    }
}

#[test]
fn what_inventories_hold_is_read() {
    for (scheme, a, relation, b) in [
        (Scheme::Semver, "v1.2.3", "=", "1.2.3"),
        (Scheme::Semver, "1.0", "=", "1.0.0"),
        (Scheme::Semver, "1.2.3.4", ">", "1.2.3"),
        (Scheme::Semver, "01.2.3", "=", "1.2.3"),
        (Scheme::Semver, "1.2.3rc1", "<", "1.2.3"),
        (Scheme::Semver, "5.0.0.Final", "=", "5.0.0"),
        (Scheme::Npm, " 1.2.3 ", "=", "1.2.3"),
        (Scheme::Golang, "go1.21.3", ">", "v1.21.0"),
        (Scheme::Golang, "v2.0.0+incompatible", "=", "2.0.0"),
        (Scheme::Pypi, "1.0.0-1", "=", "1.0.post1"),
        (Scheme::Pypi, "1.0.dev1", "<", "1.0a1"),
        (Scheme::Gem, "v1.0.0+linux", "=", "1"),
        (Scheme::Gem, "1.0.a.0.1", "<", "1.0.a.1"),
        (Scheme::Composer, "v2.0.0-RC1", "<", "2"),
        (Scheme::Deb, "2:1.0", ">", "1:9"),
        (Scheme::Rpm, "1.0-1.el8", "<", "1:0.5-1"),
        (Scheme::Apk, "1.2.3~0abc-r1", ">", "1.2.3-r0"),
        (Scheme::Openssl, "1.0.2k-fips", "=", "1.0.2k"),
        (Scheme::Openssl, "1.1.1-pre9", "<", "1.1.1"),
        (Scheme::Generic, "release-1.2", "<", "V1.10"),
        (Scheme::Generic, "1.0.2k", ">", "1.0.2"),
        (Scheme::Generic, "1.0.2k", "<", "1.0.2.1"),
        (Scheme::Generic, "1.0", "=", "1.0.0"),
        (Scheme::Generic, "1.0-beta2", "=", "1.0b2"),
        (Scheme::Generic, "20231010", ">", "20230901"),
    ] {
        assert_eq!(sign(scheme, a, b), relation, "{}: {a} and {b}", scheme.name());
    }
}

#[test]
fn what_has_no_order_is_refused() {
    for text in
        ["", "  ", "1.0 beta", "latest", "NOASSERTION", ">=1.0 <2", "^1.2", "1.0,2.0", "[1,2)"]
    {
        for scheme in Scheme::all().filter(|scheme| *scheme != Scheme::Lexicographic) {
            assert!(Version::parse(scheme, text).is_err(), "{}: `{text}`", scheme.name());
        }
    }
    let hash = "7fa931cb902553bd6a8cdd9a64abe8a65dc4b4ba";
    for (scheme, text) in [
        (Scheme::Semver, hash),
        (Scheme::Maven, hash),
        (Scheme::Semver, "7fa931c"),
        (Scheme::Semver, "1.1.1k"),
        (Scheme::Generic, "7fa931c"),
        (Scheme::Golang, "(devel)"),
        (Scheme::Composer, "dev-main"),
        (Scheme::Composer, "2.x-dev"),
        (Scheme::Deb, "a:1.0"),
        (Scheme::Cran, "1.0rc1"),
        (Scheme::Datetime, "yesterday"),
    ] {
        assert!(Version::parse(scheme, text).is_err(), "{}: {text}", scheme.name());
    }
}

#[test]
fn a_refusal_names_version_scheme_and_reason() {
    let error = Version::parse(Scheme::Npm, "^1.2").expect_err("a range");
    assert_eq!(
        error.to_string(),
        "`^1.2` cannot be ordered as npm: it is a range, not one version"
    );
    let two = (Version::parse(Scheme::Npm, "1"), Version::parse(Scheme::Deb, "1"));
    let (Ok(npm), Ok(deb)) = two else { panic!("both read") };
    assert!(npm.compare(&deb).is_err());
}

#[test]
fn schemes_are_found_by_every_name() {
    for (name, scheme) in [
        ("deb", Scheme::Deb),
        ("Debian", Scheme::Deb),
        ("alpine", Scheme::Apk),
        ("go", Scheme::Golang),
        ("rubygems", Scheme::Gem),
        ("packagist", Scheme::Composer),
        ("hex", Scheme::Semver),
        ("ebuild", Scheme::Gentoo),
    ] {
        assert_eq!(Scheme::from_name(name), Some(scheme));
    }
    for scheme in Scheme::all() {
        assert_eq!(Scheme::from_name(scheme.name()), Some(scheme));
    }
    assert_eq!(Scheme::from_name("nonsense"), None);
    assert_eq!(Scheme::of_purl_type("docker"), Scheme::Generic);
}

/// Texts that look like versions, so that properties meet ties and near ties often.
fn version_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-3]",
        "0[0-2]",
        Just("10".to_owned()),
        "(a|b|rc|alpha|beta|pre|dev|sp|final|snapshot|p|post|foo|ga|x)",
        "(_p|_rc|_git|~|\\^|\\+)",
    ];
    let gap = prop_oneof![Just("."), Just("."), Just("-"), Just(""), Just("")];
    ("[0-2](:[0-2])?", proptest::collection::vec((gap, piece), 0..5)).prop_map(|(first, rest)| {
        rest.into_iter().fold(first, |text, (gap, piece)| text + gap + &piece)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_scheme_is_a_total_order(a in version_like(), b in version_like(), c in version_like()) {
        // pacman ignores a release that one side lacks, so its equality is not transitive
        for scheme in Scheme::all().filter(|scheme| *scheme != Scheme::Alpm) {
            let read = |text: &String| Version::parse(scheme, text).ok();
            let (Some(a), Some(b), Some(c)) = (read(&a), read(&b), read(&c)) else { continue };
            let order = |x: &Version, y: &Version| x.compare(y).expect("one scheme");
            prop_assert_eq!(order(&a, &a), Ordering::Equal);
            prop_assert_eq!(order(&a, &b), order(&b, &a).reverse(), "{} {} {}", scheme.name(), a, b);
            if order(&a, &b).is_le() && order(&b, &c).is_le() {
                let both_equal = order(&a, &b).is_eq() && order(&b, &c).is_eq();
                let found = order(&a, &c);
                prop_assert!(
                    found.is_le() && found.is_eq() == both_equal,
                    "{} {} {} {}: {:?}", scheme.name(), a, b, c, found
                );
            }
        }
    }

    #[test]
    fn reading_never_panics(a in "\\PC{0,20}", b in "[0-9a-zé.+_~^:#-]{0,12}") {
        for scheme in Scheme::all() {
            let _ = compare(scheme, &a, &b);
        }
    }
}

#[test]
fn conda_and_perl_order_as_their_tools_do() {
    for (scheme, lower, higher) in [
        (Scheme::Conda, "1.1dev1", "1.1_"),
        (Scheme::Conda, "1.1_", "1.1a1"),
        (Scheme::Conda, "1.1a1", "1.1.dev1"),
        (Scheme::Conda, "1.1.dev1", "1.1.a1"),
        (Scheme::Conda, "1.0a1", "1.0rc1"),
        (Scheme::Conda, "1.0rc1", "1.0"),
        (Scheme::Conda, "1.0", "1.0.post1"),
        (Scheme::Conda, "1.1.1k", "1.1.1"),
        (Scheme::Conda, "9.9", "1!0.1"),
        (Scheme::Conda, "1.0", "1.0+1"),
        (Scheme::Conda, "1.9", "1.10"),
        (Scheme::Cpan, "1.09", "1.1"),
        (Scheme::Cpan, "1.10", "1.9"),
        (Scheme::Cpan, "v1.9", "v1.10"),
        (Scheme::Cpan, "1.002003", "v1.2.4"),
    ] {
        assert_eq!(compare(scheme, lower, higher), Ok(Ordering::Less), "{lower} < {higher}");
        assert_eq!(compare(scheme, higher, lower), Ok(Ordering::Greater), "{higher} > {lower}");
    }
    for (scheme, a, b) in [
        (Scheme::Conda, "1.0", "1"),
        (Scheme::Conda, "1.0-rc1", "1.0.RC1"),
        (Scheme::Cpan, "1.1", "1.10"),
        (Scheme::Cpan, "1.002003", "v1.2.3"),
    ] {
        assert_eq!(compare(scheme, a, b), Ok(Ordering::Equal), "{a} = {b}");
    }
    assert!(compare(Scheme::Cpan, "1.0-TRIAL", "1.0").is_err());
}

#[test]
fn what_has_no_order_is_refused_with_the_reason() {
    for (name, part) in [("docker", "may move"), ("OCI", "digests"), ("swid", "versionScheme")] {
        let why = Scheme::named(name).expect_err("no order");
        assert!(why.contains(part), "{why}");
    }
    assert_eq!(Scheme::named("opkg"), Ok(Scheme::Deb));
    assert_eq!(Scheme::named("vcpkg"), Ok(Scheme::Generic));
    let hash = "0123456789abcdef0123456789abcdef01234567";
    let said = compare(Scheme::Generic, hash, "1.0").expect_err("a commit");
    assert!(said.why.contains("commit"), "{said}");
}
