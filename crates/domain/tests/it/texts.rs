use aftercare_domain::{
    component::words,
    text::{NAME_LIMIT, folded, line, note, optional_line},
};
use proptest::prelude::*;

#[test]
fn a_name_is_trimmed_and_kept_in_any_script() {
    for name in ["O'Brien & Söhne", "東京医療センター", "مستشفى", "a\u{301}"] {
        assert_eq!(line("name", &format!("  {name} "), NAME_LIMIT).as_deref(), Ok(name));
    }
}

#[test]
fn what_cannot_be_a_name_is_refused_with_its_code() {
    let long = "x".repeat(NAME_LIMIT + 1);
    for (bad, code) in [
        ("", "text_missing"),
        (" \t ", "text_missing"),
        (long.as_str(), "text_too_long"),
        ("a\0b", "text_unprintable"),
        ("a\nb", "text_unprintable"),
        ("abc\u{202e}fed", "text_unprintable"),
    ] {
        assert_eq!(line("name", bad, NAME_LIMIT).map_err(|r| r.code), Err(code), "{bad:?}");
    }
    let at_the_limit = "ü".repeat(NAME_LIMIT);
    assert_eq!(line("name", &at_the_limit, NAME_LIMIT), Ok(at_the_limit), "characters, not bytes");
}

#[test]
fn optional_texts_are_absent_when_empty_and_notes_may_have_lines() {
    assert_eq!(optional_line("city", Some("  "), 10), Ok(None));
    assert_eq!(optional_line("city", None, 10), Ok(None));
    assert_eq!(note("reason", Some("a\r\nb"), 10), Ok(Some("a\nb".to_owned())));
    assert!(note("reason", Some("a\0"), 10).is_err());
}

#[test]
fn folding_forgets_case_marks_and_extra_spaces() {
    for (text, expected) in [
        ("Universitätsklinikum  Nord", "universitatsklinikum nord"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź", "lodz"),
        ("e\u{301}", "e"),
        ("ΑΒΓ", "αβγ"),
    ] {
        assert_eq!(folded(text), expected, "{text}");
    }
}

#[test]
fn a_name_is_found_from_each_of_its_first_words_on() {
    assert_eq!(words("log4j-core"), ["log4j-core", "core"]);
    assert_eq!(words("a b c d e f"), ["a b c d e f", "b c d e f", "c d e f", "d e f"]);
    assert_eq!(words("@scope/pkg"), ["@scope/pkg", "scope/pkg", "pkg"]);
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in any::<String>()) {
        let once = folded(&text);
        prop_assert_eq!(folded(&once), once);
    }

    #[test]
    fn the_first_word_is_always_the_whole_name(text in any::<String>()) {
        prop_assert_eq!(words(&text).swap_remove(0), folded(&text));
    }
}
