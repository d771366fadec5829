use crate::noon_plus;
use aftercare_signin::totp::{Refused, Secret, Step, picture};
use aftercare_vocab::instant::Instant;

fn secret() -> Secret {
    Secret::from_bytes(*b"12345678901234567890")
}

fn at(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000)
}

#[test]
fn codes_are_those_of_rfc_6238() {
    // Appendix B, SHA-1; of its eight digits the last six.
    for (seconds, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(secret().shown_at(at(seconds)), code);
        assert_eq!(secret().accept(code, at(seconds), None), Ok(Step(seconds as u64 / 30)));
    }
}

#[test]
fn a_code_fits_one_step_early_or_late_and_no_longer() {
    let code = secret().shown_at(noon_plus(0)); // valid for the step that begins at noon
    for (seconds, fits) in
        [(-31, false), (-30, true), (0, true), (29, true), (59, true), (60, false), (3_600, false)]
    {
        let taken = secret().accept(&code, noon_plus(seconds), None);
        assert_eq!(taken.is_ok(), fits, "{seconds} s after noon: {taken:?}");
    }
}

#[test]
fn a_code_seen_over_the_shoulder_is_not_taken_again() {
    let code = secret().shown_at(noon_plus(0));
    let used = secret().accept(&code, noon_plus(5), None).expect("the first time");
    assert_eq!(secret().accept(&code, noon_plus(6), Some(used)), Err(Refused::Used));
    let next = secret().shown_at(noon_plus(30));
    assert!(secret().accept(&next, noon_plus(6), Some(used)).is_ok(), "a clock that runs ahead");
}

#[test]
fn a_code_older_than_the_last_one_used_is_not_taken() {
    let (early, late) = (secret().shown_at(noon_plus(0)), secret().shown_at(noon_plus(30)));
    let used = secret().accept(&late, noon_plus(30), None).expect("the later one");
    assert_eq!(secret().accept(&early, noon_plus(31), Some(used)), Err(Refused::Used));
}

#[test]
fn what_is_no_code_is_told_from_a_wrong_code() {
    for form in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345", &"1".repeat(1_000)]
    {
        assert_eq!(secret().accept(form, noon_plus(0), None), Err(Refused::Form), "{form}");
    }
    let code = secret().shown_at(noon_plus(0));
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(secret().accept(wrong, noon_plus(0), None), Err(Refused::Wrong));
    let spaced = format!("{} {} ", &code[..3], &code[3..]);
    assert!(secret().accept(&spaced, noon_plus(0), None).is_ok(), "as apps show it");
}

#[test]
fn the_address_for_apps_names_issuer_and_account_and_escapes_both() {
    let uri = secret().uri("Nordlicht & Söhne", "anna?issuer=other:x");
    assert_eq!(
        uri.expose(),
        "otpauth://totp/Nordlicht%20%26%20S%C3%B6hne:anna%3Fissuer%3Dother%3Ax\
         ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Nordlicht%20%26%20S%C3%B6hne\
         &algorithm=SHA1&digits=6&period=30"
    );
    assert_eq!(secret().typed().expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

#[test]
fn the_picture_needs_no_style_and_no_script_and_lets_no_markup_in() {
    let uri = secret().uri("Nordlicht", "anna");
    let svg = picture(&uri, "Code for \"<script>alert(1)</script>\"").expect("it fits");
    let svg = svg.expose();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
    for forbidden in ["<script", "style", "onload", "href", "otpauth", "GEZDGNBV"] {
        assert!(!svg.contains(forbidden), "{forbidden}");
    }
    // Version 7 has 45 modules a side and holds 122 bytes at medium correction; four light ones around.
    assert_eq!(uri.expose().len(), 120);
    assert!(svg.contains("viewBox=\"0 0 53 53\""), "{svg:.120}");
    // The outer frame of the finder pattern in the first corner: seven dark modules in its first row.
    assert!((4..11).all(|x| svg.contains(&format!("M{x},4h1v1h-1z"))));
    assert!(!svg.contains("M11,4h1") && !svg.contains("M3,4h1"));
}

#[test]
fn a_text_too_long_for_a_picture_gives_none() {
    let uri = secret().uri("n", &"x".repeat(3_000));
    assert!(picture(&uri, "Code").is_none());
}
