use aftercare_signin::password::{
    Cost, Hash, NotAPassword, Objection, Password, Proof, Rules, Trouble, Verified,
    breach::{File, Unreadable},
    hash, verify,
};
use std::io::Cursor;

/// Cheap, for tests about anything but the cost.
const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

fn typed(text: &str) -> Password {
    Password::typed(text).expect("a password")
}

fn objections(text: &str, known: &[&str]) -> Vec<Objection> {
    Rules::default().objections(&typed(text), known, Proof::WithSecondFactor)
}

#[test]
fn long_passphrases_and_random_characters_are_taken_in_any_script() {
    for good in [
        "purple-teapot-marsh-violin",
        "kX9$vq2#Lw7!pZ4m",
        "Rhabarberkuchen unter grauem Himmel",
        "воробей считает синие лодки",
        "川の向こうの赤い橋で猫が眠る",
    ] {
        assert_eq!(objections(good, &["anna.berg", "Nordlicht Medizintechnik"]), [], "{good}");
    }
}

#[test]
fn a_password_alone_must_be_longer_than_one_with_a_second_factor() {
    let password = typed("kX9$vq2#Lw7!p"); // 13 characters
    let rules = Rules::default();
    assert_eq!(rules.objections(&password, &[], Proof::WithSecondFactor), []);
    let short = Objection::Short { has: 13, wanted: 15 };
    assert_eq!(rules.objections(&password, &[], Proof::Alone), [short]);
    assert_eq!(objections("kX9$vq2#Lw7", &[])[0], Objection::Short { has: 11, wanted: 12 });
}

#[test]
fn characters_are_counted_not_bytes() {
    let password = typed("жщюэфыцгхъё"); // 11 characters, 22 bytes
    let objections = Rules::default().objections(&password, &[], Proof::WithSecondFactor);
    assert!(objections.contains(&Objection::Short { has: 11, wanted: 12 }), "{objections:?}");
}

#[test]
fn no_composition_is_asked_for() {
    assert_eq!(objections("qjvhzkwmxbtrplsn", &[]), [], "lower-case letters only");
}

#[test]
fn a_list_of_common_passwords_finds_no_account() {
    for bad in [
        "password1234",
        "qwertyuiop123",
        "123456789012345",
        "iloveyouiloveyou",
        "Passw0rd!Passw0rd!",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnop",
    ] {
        let found = objections(bad, &[]);
        assert!(matches!(found.as_slice(), [.., Objection::Guessable(_)]), "{bad}: {found:?}");
    }
}

#[test]
fn who_knows_the_person_and_the_company_finds_no_account() {
    let known =
        ["anna.berg", "Anna Berg", "Nordlicht Medizintechnik GmbH", "Infusa 300", "aftercare"];
    for bad in [
        "Medizintechnik2026",
        "anna.berg-anna.berg",
        "nordlicht!2026",
        "AFTERCARE-aftercare-1",
        "Infusa 300 Infusa 300",
    ] {
        let found = objections(bad, &known);
        let expected = found.iter().any(|o| matches!(o, Objection::Expected(_)));
        assert!(expected, "{bad}: {found:?}");
    }
    // A word of the company inside of something long gives little away.
    assert_eq!(objections("nordlicht purple-teapot-marsh-violin", &known), []);
}

#[test]
fn every_objection_says_what_to_do() {
    for objection in [
        Objection::Short { has: 3, wanted: 15 },
        Objection::Expected("nordlicht".into()),
        Objection::Guessable("it is too short or too regular.".into()),
        Objection::Leaked(12),
    ] {
        let text = objection.to_string();
        assert!(text.ends_with('.') && text.contains(['C', 'S']), "{text}");
    }
}

#[test]
fn a_password_of_a_megabyte_costs_nothing_and_none_is_cut() {
    assert_eq!(Password::typed(&"x".repeat(1 << 20)).err(), Some(NotAPassword::TooLong));
    assert_eq!(Password::typed(&"x".repeat(257)).err(), Some(NotAPassword::TooLong));
    // One character of NFKC may become eighteen.
    assert_eq!(Password::typed(&"\u{fdfa}".repeat(60)).err(), Some(NotAPassword::TooLong));
    let longest = "x".repeat(256);
    let kept = hash(&typed(&longest), &[7; 16], CHEAP).expect("hashed");
    let other = format!("{}y", &longest[..255]);
    assert_eq!(verify(&typed(&longest), &kept, CHEAP), Ok(Verified::Right { needs_rehash: false }));
    assert_eq!(verify(&typed(&other), &kept, CHEAP), Ok(Verified::Wrong), "the last byte counts");
}

#[test]
fn sixty_four_characters_of_the_longest_scripts_fit() {
    assert!(Password::typed(&"𝄞".repeat(64)).is_ok());
}

#[test]
fn control_characters_are_refused_with_words() {
    for bad in ["line\nend and more", "nul\0byte and more", "\u{85}next line"] {
        assert_eq!(Password::typed(bad).err(), Some(NotAPassword::Control));
    }
}

#[test]
fn another_keyboard_gives_the_same_password() {
    let composed = hash(&typed("gr\u{fc}ner Schl\u{fc}ssel"), &[1; 16], CHEAP).expect("hashed");
    let decomposed = typed("gru\u{308}ner Schlu\u{308}ssel");
    assert_eq!(verify(&decomposed, &composed, CHEAP), Ok(Verified::Right { needs_rehash: false }));
    let full_width = typed("\u{ff47}r\u{fc}ner Schl\u{fc}ssel");
    assert_eq!(verify(&full_width, &composed, CHEAP), Ok(Verified::Right { needs_rehash: false }));
}

#[test]
fn the_hash_is_argon2id_as_others_compute_it() {
    // From the test program of the reference implementation (P-H-C/phc-winner-argon2, src/test.c).
    let text =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let kept: Hash = text.parse().expect("a hash");
    let right = verify(&typed("password"), &kept, Cost::OWASP);
    assert_eq!(right, Ok(Verified::Right { needs_rehash: true }), "kept at another cost");
    assert_eq!(verify(&typed("Password"), &kept, Cost::OWASP), Ok(Verified::Wrong));
}

#[test]
fn the_default_cost_is_at_least_that_of_owasp() {
    let kept =
        hash(&typed("purple-teapot-marsh-violin"), &[3; 16], Cost::default()).expect("hashed");
    assert!(
        kept.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$AwMDAw"),
        "{}",
        kept.as_str()
    );
    let read: Hash = kept.as_str().parse().expect("what was written is read");
    let right = verify(&typed("purple-teapot-marsh-violin"), &read, Cost::default());
    assert_eq!(right, Ok(Verified::Right { needs_rehash: false }));
}

#[test]
fn equal_passwords_of_two_people_do_not_look_equal() {
    let password = typed("purple-teapot-marsh-violin");
    let one = hash(&password, &[1; 16], CHEAP).expect("hashed");
    let other = hash(&password, &[2; 16], CHEAP).expect("hashed");
    assert!(one != other);
}

#[test]
fn a_forged_row_cannot_take_the_memory_of_the_server() {
    for forged in [
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=4000000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXP",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ",
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "password",
        "",
    ] {
        assert!(forged.parse::<Hash>().is_err(), "{forged}");
    }
    let dear = Cost { memory_kib: u32::MAX, passes: 1, lanes: 1 };
    let refused = hash(&typed("purple-teapot-marsh-violin"), &[1; 16], dear);
    assert!(matches!(refused, Err(Trouble::Cost(_))));
}

#[test]
fn how_long_an_answer_takes_does_not_tell_which_logins_there_are() {
    let known =
        hash(&typed("purple-teapot-marsh-violin"), &[3; 16], Cost::default()).expect("hashed");
    let unknown = Hash::decoy(Cost::default()).expect("a hash");
    // Time is not measured: both go through the same comparison, at the same cost and lengths.
    let work = |hash: &Hash| {
        hash.as_str().rsplit_once('$').map(|(head, hash)| {
            (head.rsplit_once('$').map(|(cost, salt)| (cost.to_owned(), salt.len())), hash.len())
        })
    };
    assert_eq!(work(&known), work(&unknown));
    for guess in ["", "nobody's account", "purple-teapot-marsh-violin"] {
        assert_eq!(verify(&typed(guess), &unknown, Cost::default()), Ok(Verified::Wrong));
    }
}

/// A list as the downloader writes it: upper case, CR LF or LF, ordered by digest.
fn list(passwords: &[(&str, u64)], end: &str) -> Vec<u8> {
    use sha1_of::sha1_hex;
    let mut lines: Vec<String> =
        passwords.iter().map(|(text, times)| format!("{}:{times}", sha1_hex(text))).collect();
    lines.sort();
    lines.join(end).into_bytes()
}

mod sha1_of {
    use sha1::{Digest as _, Sha1};

    pub(super) fn sha1_hex(text: &str) -> String {
        data_encoding::HEXUPPER.encode(&Sha1::digest(text.as_bytes()))
    }
}

#[test]
fn every_leaked_password_is_found_and_no_other() {
    let words: Vec<(String, u64)> =
        (0..500).map(|n| (format!("leaked password {n}"), n * n * n + 1)).collect();
    let words: Vec<(&str, u64)> = words.iter().map(|(text, n)| (text.as_str(), *n)).collect();
    for (end, last) in [("\r\n", ""), ("\r\n", "\r\n"), ("\n", ""), ("\n", "\n")] {
        for count in [1, 2, 3, 500] {
            let mut bytes = list(&words[..count], end);
            bytes.extend_from_slice(last.as_bytes());
            let mut file = File::open(Cursor::new(bytes)).expect("a list");
            for (text, times) in &words[..count] {
                assert_eq!(file.times(&typed(text)).expect("read"), Some(*times), "{text}");
            }
            for other in ["not leaked", "leaked password 500", "zzz", ""] {
                assert_eq!(file.times(&typed(other)).expect("read"), None, "{other}");
            }
        }
    }
}

#[test]
fn a_leaked_password_is_refused_however_good_it_looks() {
    let bytes = list(&[("purple-teapot-marsh-violin", 3), ("hunter2", 17_000)], "\r\n");
    let mut file = File::open(Cursor::new(bytes)).expect("a list");
    let mut judge = |text: &str| {
        Rules::default().objections_with(&typed(text), &[], Proof::Alone, &mut file).expect("read")
    };
    assert_eq!(judge("purple-teapot-marsh-violin"), [Objection::Leaked(3)]);
    assert_eq!(judge("violet-teapot-marsh-violin"), []);
}

#[test]
fn a_list_that_cannot_be_read_is_no_answer() {
    for bad in [
        "",
        "hello",
        "<html><body>not the list</body></html>",
        "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8",
        "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:many",
        "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FDZ:3",
    ] {
        let opened = File::open(Cursor::new(bad.as_bytes()));
        assert!(matches!(opened, Err(Unreadable::Line { at: 0 })), "{bad}");
    }
    let mut torn = list(&[("one", 1), ("two", 2), ("three", 3)], "\n");
    torn.extend_from_slice(&[b'x'; 4_096]);
    let mut file = File::open(Cursor::new(torn)).expect("the first line is whole");
    assert!(matches!(file.times(&typed("four")), Err(Unreadable::Line { .. })));
}
