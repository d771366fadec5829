use super::*;

fn holds(scheme: Scheme, version: &str, range: &str) -> Option<bool> {
    Range::parse(scheme, range).ok()?.contains(version).ok()
}

#[test]
fn each_ecosystems_own_form_means_what_its_tool_means() {
    for (scheme, range, inside, outside) in [
        (
            Scheme::Npm,
            ">=1.2.0 <2.0.0 || 3.x",
            &["1.2.0", "1.9.9", "3.7.1"][..],
            &["2.0.0", "4.0.0"][..],
        ),
        (Scheme::Npm, "^1.2.3", &["1.2.3", "1.9.0"], &["1.2.2", "2.0.0", "2.0.0-rc.1"]),
        (Scheme::Npm, "^0.2.3", &["0.2.9"], &["0.3.0"]),
        (Scheme::Npm, "^0.0.3", &["0.0.3"], &["0.0.4"]),
        (Scheme::Npm, "~1.2.3", &["1.2.9"], &["1.3.0"]),
        (Scheme::Npm, "<=1.2", &["1.2.9"], &["1.3.0"]),
        (Scheme::Npm, "1.2 - 2.3", &["1.2.0", "2.3.9"], &["1.1.9", "2.4.0"]),
        (Scheme::Npm, "<2.0.0", &["2.0.0-rc.1"], &["2.0.0"]),
        (Scheme::Npm, "", &["0.0.1"], &[]),
        (Scheme::Npm, ">= 1.0, < 2.0", &["1.5.0"], &["2.0.0"]),
        (Scheme::Cargo, "1.2", &["1.2.0", "1.9.0"], &["2.0.0", "1.1.0"]),
        (Scheme::Cargo, "=1.2.3", &["1.2.3"], &["1.2.4"]),
        (
            Scheme::Pypi,
            ">=1.0,!=1.5.*,<2",
            &["1.0", "1.4.9", "1.6"],
            &["1.5", "1.5.3", "2", "2.0rc1"],
        ),
        (Scheme::Pypi, "~=1.4.2", &["1.4.2", "1.4.9"], &["1.5", "1.4.1"]),
        (Scheme::Pypi, "==1.0", &["1.0", "1.0.0", "1.0+local"], &["1.0.1"]),
        (Scheme::Pypi, ">1.7", &["1.7.1", "1.8"], &["1.7", "1.7.post2", "1.7.0.post1"]),
        (Scheme::Pypi, ">1.7.post2", &["1.7.post3"], &["1.7.post2"]),
        (Scheme::Gem, "~> 2.0.8", &["2.0.8", "2.0.99"], &["2.1", "2.1.0.rc1", "2.0.7"]),
        (Scheme::Gem, "~> 2.1", &["2.1", "2.9"], &["3.0", "3.0.a"]),
        (Scheme::Composer, "~1.2", &["1.2.0", "1.9.0"], &["2.0.0", "2.0.0-beta1"]),
        (Scheme::Composer, "1.2.*|^3.0", &["1.2.5", "3.1"], &["1.3.0", "4.0"]),
        (Scheme::Composer, "<2.0", &["1.9"], &["2.0-RC1"]),
        (Scheme::Pub, "^0.1.2", &["0.1.9"], &["0.2.0"]),
        (Scheme::Semver, "~> 1.2 or >= 3.0.0 and < 3.1.0", &["3.0.5"], &["3.1.0"]),
        (Scheme::Conan, "~2.5.1", &["2.5.9"], &["2.6", "2.6-alpha"]),
        (Scheme::Maven, "(,1.0],[1.2,)", &["0.9", "1.0", "1.2"], &["1.1"]),
        (Scheme::Maven, "[1.5]", &["1.5"], &["1.5.1"]),
        (Scheme::Maven, ">= 2.0-beta9, < 2.15.0", &["2.14.1"], &["2.15.0"]),
        (Scheme::Nuget, "[1.0,2.0)", &["1.0", "1.9.9"], &["2.0"]),
        (Scheme::Nuget, "1.0", &["1.0", "7.0"], &["0.9"]),
        (Scheme::Deb, ">= 1.0~rc1, << 1:2.0-1", &["1.0", "1:1.9"], &["1:2.0-1", "1.0~beta"]),
        (Scheme::Rpm, "< 1.1.1k-6.el8", &["1.1.1g-1.el8"], &["1.1.1k-6.el8"]),
        (Scheme::Apk, "<3.0.7-r2", &["3.0.7-r1"], &["3.0.7-r2"]),
        (Scheme::Golang, "<v1.3.7", &["1.3.6"], &["v1.3.7"]),
        (Scheme::Nginx, "1.4.1+, 0.7.52-0.8.39", &["1.4.2", "0.8.0"], &["1.5.0", "0.8.40"]),
        (Scheme::Openssl, "3.0.1, 0.9.7a", &["0.9.7a", "3.0.1"], &["3.0.0"]),
        (Scheme::Generic, ">=1.0.2,<1.0.2k", &["1.0.2j"], &["1.0.2k"]),
        (Scheme::Npm, "vers:all/*", &["1.0.0", "latest"], &[]),
        (Scheme::Npm, "vers:none/*", &[], &["1.0.0"]),
        (Scheme::Conan, "[>1.0 <2.0]", &["1.5"], &["1.0", "2.0"]),
        (Scheme::Conan, "[>=1.0 <1.2 || ^3.0]", &["1.1", "3.4"], &["2.0", "4.0"]),
        (Scheme::Hackage, "^>=1.2", &["1.2", "1.2.9"], &["1.3", "1.1"]),
        (Scheme::Hackage, "^>=1.2.3 || ==2.*", &["1.2.3", "2.7"], &["1.2.2", "1.3", "3"]),
        (Scheme::Hackage, ">=1.0 && <1.4", &["1.3"], &["1.4"]),
        (Scheme::Semver, "1.2.0..<2.0.0", &["1.2.0", "1.9.9"], &["2.0.0", "1.1.9"]),
        (Scheme::Semver, "1.2.0...2.0.0", &["2.0.0"], &["2.0.1"]),
        (Scheme::Deb, "(<< 1.0-1)", &["1.0-0"], &["1.0-1"]),
        (Scheme::Openssl, "1.0.1-1.0.1f", &["1.0.1", "1.0.1f"], &["1.0.1g", "1.0.0"]),
        (Scheme::Openssl, "1.0.2-1.0.2b, 1.1.0-pre9", &["1.0.2a", "1.1.0-pre9"], &["1.1.0"]),
        (Scheme::Generic, "before 1.5", &["1.4"], &["1.5"]),
        (Scheme::Generic, "1.0 before 1.5", &["1.0", "1.4"], &["0.9", "1.5"]),
    ] {
        for version in inside {
            assert_eq!(holds(scheme, version, range), Some(true), "{version} in `{range}`");
        }
        for version in outside {
            assert_eq!(holds(scheme, version, range), Some(false), "{version} in `{range}`");
        }
    }
}

#[test]
fn vers_is_read_as_pairs_of_bounds() {
    for (range, version, inside) in [
        ("vers:npm/*", "1.0.0", true),
        ("vers:npm/>=1.0.0|<2.0.0", "1.5.0", true),
        ("vers:npm/>=1.0.0|<2.0.0|>=3.0.0", "2.5.0", false),
        ("vers:npm/>=1.0.0|<2.0.0|>=3.0.0", "3.0.0", true),
        ("vers:npm/<1.0.0|>=2.0.0|<3.0.0", "0.5.0", true),
        ("vers:npm/!=1.0.0", "1.0.1", true),
        ("vers:npm/!=1.0.0", "1.0.0", false),
        ("vers:npm/>=1.0.0|!=1.5.0|<2.0.0", "1.5.0", false),
        ("vers:npm/>1.0.0|>=1.5.0|<2.0.0|<=3.0.0", "2.5.0", true),
        ("vers:npm/1.0.0|2.0.0", "1.5.0", false),
        ("vers:npm/ >= 1.0.0 | < 2.0.0 ", "1.0.0", true),
        ("vers:deb/<1.0%2Bdfsg", "1.0", true),
    ] {
        let read = Range::parse_vers(range).expect("a range");
        assert_eq!(read.contains(version), Ok(inside), "{version} in {range}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_and_never_outside() {
    for (scheme, range) in [
        (Scheme::Npm, ">="),
        (Scheme::Npm, ">=latest"),
        (Scheme::Deb, ""),
        (Scheme::Deb, "~1.0"),
        (Scheme::Maven, "[1.0,2.0"),
        (Scheme::Maven, "(1.0)"),
        (Scheme::Npm, "vers:deb/<1"),
        (Scheme::Npm, "vers:npm/"),
        (Scheme::Npm, "vers:nonsense/<1"),
        (Scheme::Npm, "vers:npm/*|<1"),
        (Scheme::Npm, "vers:npm/<1.0%zz"),
    ] {
        assert!(Range::parse(scheme, range).is_err(), "{range}");
    }
    let range = Range::parse(Scheme::Npm, "<2.0.0").expect("a range");
    assert!(range.contains("latest").is_err());
    let every = Range::parse_vers("vers:npm/*").expect("a range");
    assert!(every.contains("latest").is_err(), "a word is no version, so nothing holds it");
}

#[test]
fn a_refusal_names_the_range_the_scheme_and_the_reason() {
    let error = Range::parse(Scheme::Npm, ">=latest").expect_err("refused");
    assert_eq!(
        error.to_string(),
        "`>=latest` is not a range of npm: `latest`: it is a word, not a version"
    );
}

proptest::proptest! {
    #[test]
    fn reading_never_panics(text in "(vers:npm/)?[0-9a-z<>=~^!|*., ()\\[\\]+%-]{0,40}", version in "[0-9a-z.+-]{0,8}") {
        for scheme in Scheme::all() {
            if let Ok(range) = Range::parse(scheme, &text) {
                let _ = range.contains(&version);
                let _ = range.to_string();
            }
        }
    }

    #[test]
    fn a_range_of_one_alternative_and_its_vers_agree(
        from in "[0-3]\\.[0-3]\\.[0-3]", to in "[4-6]\\.[0-3]\\.[0-3]", version in "[0-7]\\.[0-3]\\.[0-3](-rc1)?",
    ) {
        let native = Range::parse(Scheme::Npm, &format!(">={from} <{to}")).expect("a range");
        let vers = Range::parse_vers(&native.to_string()).expect("its own notation");
        proptest::prop_assert_eq!(native.contains(&version), vers.contains(&version));
    }
}
