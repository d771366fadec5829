//! Passkeys: with a key in memory that does what a test wants, and with what a real browser sent.

mod authenticator;

use crate::noon_plus;
use aftercare_signin::passkey::{
    Account, Asked, Assertion, Credential, Pending, Refused, Registration, Site, Verification,
};
use authenticator::{IS_COPIED, Key, MAY_BE_COPIED, ORIGIN, PRESENT, SITE, Twist, VERIFIED, text};
use serde_json::{Value, json};

fn site() -> Site {
    Site::new(SITE, "Aftercare", &[ORIGIN, "https://intern.aftercare.example.org:8443"])
        .expect("a site")
}

const ANNA: Account<'static> =
    Account { handle: b"0123456789abcdef", login: "anna.berg", name: "Anna Berg" };
const BERND: Account<'static> =
    Account { handle: b"fedcba9876543210", login: "bernd", name: "Bernd" };

fn registration_of(account: &Account<'_>, known: &[Credential]) -> Registration {
    site().register(account, known, Verification::Demanded, &[1; 32], noon_plus(0)).expect("begun")
}

fn registered(key: &mut Key, account: &Account<'_>) -> Credential {
    let begun = registration_of(account, &[]);
    let answer = key.makes(&begun);
    site().registered(begun.pending, &answer, noon_plus(30)).expect("registered")
}

fn asked(credentials: &[Credential], seed: u8) -> Assertion {
    site().ask(Asked::Account(credentials), Verification::Demanded, &[seed; 32], noon_plus(0))
}

#[test]
fn a_person_registers_a_key_and_signs_in_with_it_again_and_again() {
    let mut key = Key::new(7);
    let mut credential = registered(&mut key, &ANNA);
    assert_eq!(credential.account, text(ANNA.handle));
    assert_eq!(credential.transports, ["usb", "nfc"], "no markup");
    for seed in 2..6 {
        let asked = asked(&[credential.clone()], seed);
        let answer = key.proves(&asked);
        assert_eq!(Site::credential_of(&answer).as_ref(), Ok(&credential.id));
        let proven = site().proven(asked.pending, &answer, &credential, noon_plus(30));
        let proven = proven.expect("proven");
        assert!(proven.verified && !proven.is_copied);
        credential = proven.credential;
    }
}

#[test]
fn what_chromium_sends_is_taken_with_each_algorithm() {
    // Recorded from Chromium 156 with its virtual authenticator, on http://localhost:8765; the challenges are
    // 32 ones, twos and threes, the handle 16 sevens.
    let recorded: Value = serde_json::from_str(include_str!("chromium.json")).expect("JSON");
    let site = Site::new("localhost", "Aftercare", &["http://localhost:8765"]).expect("a site");
    let anna = Account { handle: &[7; 16], ..ANNA };
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let sent = &recorded[algorithm];
        let demanded = Verification::Demanded;
        let begun = site.register(&anna, &[], demanded, &[1; 32], noon_plus(0)).expect("begun");
        let created = sent["created"].to_string();
        let mut credential =
            site.registered(begun.pending, &created, noon_plus(1)).expect(algorithm);
        assert_eq!(credential.transports, ["internal"]);
        let kept = serde_json::to_string(&credential).expect("plain text");
        assert_eq!(serde_json::from_str::<Credential>(&kept).expect("read back"), credential);
        for (n, answer) in sent["gets"].as_array().expect("two").iter().enumerate() {
            let challenge = [n as u8 + 2; 32];
            let asked = site.ask(Asked::Anybody, demanded, &challenge, noon_plus(0));
            let answer = answer.to_string();
            let proven = site.proven(asked.pending.clone(), &answer, &credential, noon_plus(1));
            let proven = proven.expect(algorithm);
            assert!(proven.verified);
            let again = site.proven(asked.pending, &answer, &proven.credential, noon_plus(1));
            assert!(matches!(again, Err(Refused::Counter { .. })), "{again:?}");
            credential = proven.credential;
        }
        // One bit of the signature.
        let mut forged = sent["gets"][1].clone();
        let signature = forged["response"]["signature"].as_str().expect("text");
        let mut bytes =
            data_encoding::BASE64URL_NOPAD.decode(signature.as_bytes()).expect("base64url");
        *bytes.last_mut().expect("not empty") ^= 1;
        forged["response"]["signature"] = json!(text(&bytes));
        let asked = site.ask(Asked::Anybody, demanded, &[3; 32], noon_plus(0));
        let refused = site.proven(asked.pending, &forged.to_string(), &credential, noon_plus(1));
        assert_eq!(refused, Err(Refused::Signature));
    }
}

#[test]
fn options_are_those_of_the_specification() {
    let mut key = Key::new(7);
    let known = registered(&mut key, &ANNA);
    let begun = registration_of(&ANNA, std::slice::from_ref(&known));
    assert_eq!(
        begun.options,
        json!({
            "rp": {"id": SITE, "name": "Aftercare"},
            "user": {"id": text(ANNA.handle), "name": "anna.berg", "displayName": "Anna Berg"},
            "challenge": text(&[1; 32]),
            "pubKeyCredParams": [
                {"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8},
                {"type": "public-key", "alg": -257},
            ],
            "timeout": 300_000,
            "excludeCredentials":
                [{"type": "public-key", "id": known.id, "transports": ["usb", "nfc"]}],
            "authenticatorSelection":
                {"residentKey": "preferred", "userVerification": "required"},
            "attestation": "none",
        })
    );
    let any = site().ask(Asked::Anybody, Verification::Preferred, &[2; 32], noon_plus(0));
    assert_eq!(
        any.options,
        json!({"rpId": SITE, "challenge": text(&[2; 32]), "timeout": 300_000,
               "allowCredentials": [], "userVerification": "preferred"})
    );
}

/// What becomes of a proof that is changed like this.
fn proof_with(twist: impl FnOnce(&mut Twist)) -> Result<(), Refused> {
    let mut key = Key::new(7);
    let credential = registered(&mut key, &ANNA);
    let asked = asked(std::slice::from_ref(&credential), 2);
    let mut changed = Twist::none();
    twist(&mut changed);
    let answer = key.proves_with(&asked, &changed);
    site().proven(asked.pending, &answer, &credential, noon_plus(30)).map(|_| ())
}

/// What becomes of a registration that is changed like this.
fn registration_with(twist: impl FnOnce(&mut Twist)) -> Result<(), Refused> {
    let mut key = Key::new(7);
    let begun = registration_of(&ANNA, &[]);
    let mut changed = Twist::none();
    twist(&mut changed);
    let cose = key.cose();
    let answer = key.makes_with(&begun, &changed, &cose);
    site().registered(begun.pending, &answer, noon_plus(30)).map(|_| ())
}

#[test]
fn a_page_of_another_origin_gets_nobody_in() {
    for origin in [
        "https://aftercare.example.org.evil.example",
        "https://evil.example",
        "http://aftercare.example.org",
        "https://aftercare.example.org:444",
        "https://aftercare.example.org/",
        "https://AFTERCARE.example.org",
        "null",
        "",
    ] {
        let refused = Err(Refused::Origin(origin.to_owned()));
        assert_eq!(proof_with(|twist| twist.origin = origin), refused);
        assert_eq!(registration_with(|twist| twist.origin = origin), refused);
    }
    let framed = proof_with(|twist| twist.framed = true);
    assert!(matches!(framed, Err(Refused::Origin(_))), "inside another page");
    assert_eq!(
        proof_with(|twist| twist.origin = "https://intern.aftercare.example.org:8443"),
        Ok(())
    );
}

#[test]
fn a_key_of_another_site_gets_nobody_in() {
    assert_eq!(proof_with(|twist| twist.site = "evil.example"), Err(Refused::Site));
    assert_eq!(registration_with(|twist| twist.site = "example.org"), Err(Refused::Site));
}

#[test]
fn an_answer_to_an_earlier_request_is_not_taken_again() {
    let mut key = Key::new(7);
    let credential = registered(&mut key, &ANNA);
    let first = asked(std::slice::from_ref(&credential), 2);
    let answer = key.proves(&first);
    let proven = site().proven(first.pending, &answer, &credential, noon_plus(30)).expect("once");
    let second = asked(std::slice::from_ref(&credential), 3);
    let refused = site().proven(second.pending, &answer, &proven.credential, noon_plus(31));
    assert_eq!(refused, Err(Refused::Ceremony));
}

#[test]
fn a_registration_is_no_sign_in_and_the_other_way_round() {
    assert_eq!(proof_with(|twist| twist.kind = Some("webauthn.create")), Err(Refused::Ceremony));
    assert_eq!(
        registration_with(|twist| twist.kind = Some("webauthn.get")),
        Err(Refused::Ceremony)
    );
    let mut key = Key::new(7);
    let credential = registered(&mut key, &ANNA);
    let begun = registration_of(&ANNA, &[]);
    let asked = asked(std::slice::from_ref(&credential), 1); // the same challenge
    let answer = key.proves(&asked);
    let refused = site().proven(begun.pending, &answer, &credential, noon_plus(30));
    assert_eq!(refused, Err(Refused::Ceremony));
}

#[test]
fn a_shorter_or_empty_challenge_is_none() {
    for challenge in [json!(""), json!(text(&[2; 31])), json!(text(&[2; 33]))] {
        let refused = proof_with(|twist| twist.challenge = Some(challenge));
        assert_eq!(refused, Err(Refused::Ceremony));
    }
    let refused = proof_with(|twist| twist.challenge = Some(Value::Null));
    assert_eq!(refused, Err(Refused::Form("client data")));
}

#[test]
fn an_answer_after_five_minutes_is_too_late() {
    let mut key = Key::new(7);
    let credential = registered(&mut key, &ANNA);
    let asked = asked(std::slice::from_ref(&credential), 2);
    let answer = key.proves(&asked);
    let at =
        |seconds| site().proven(asked.pending.clone(), &answer, &credential, noon_plus(seconds));
    assert_eq!(at(301), Err(Refused::Late));
    assert!(at(300).is_ok());
}

#[test]
fn another_persons_key_signs_for_nobody_else() {
    let (mut annas, mut bernds) = (Key::new(7), Key::new(8));
    let (anna, bernd) = (registered(&mut annas, &ANNA), registered(&mut bernds, &BERND));
    // Asked for Anna's, answered with Bernd's.
    let asked_anna = asked(std::slice::from_ref(&anna), 2);
    let answer = bernds.proves(&asked_anna);
    for kept in [&anna, &bernd] {
        let refused = site().proven(asked_anna.pending.clone(), &answer, kept, noon_plus(30));
        assert_eq!(refused, Err(Refused::Other));
    }
    // Bernd's key claims to be Anna's.
    bernds.id.clone_from(&annas.id);
    let answer = bernds.proves(&asked_anna);
    let refused = site().proven(asked_anna.pending, &answer, &anna, noon_plus(30));
    assert_eq!(refused, Err(Refused::Signature));
}

#[test]
fn a_key_that_says_it_is_anothers_is_refused() {
    assert_eq!(proof_with(|twist| twist.user = Some(BERND.handle.to_vec())), Err(Refused::Other));
    assert_eq!(proof_with(|twist| twist.user = Some(ANNA.handle.to_vec())), Ok(()));
}

#[test]
fn an_account_without_keys_is_not_opened_by_anybodys() {
    let mut key = Key::new(8);
    let bernd = registered(&mut key, &BERND);
    let asked = asked(&[], 2);
    let with_user = Twist { user: Some(BERND.handle.to_vec()), ..Twist::none() };
    let answer = key.proves_with(&asked, &with_user);
    let refused = site().proven(asked.pending, &answer, &bernd, noon_plus(30));
    assert_eq!(refused, Err(Refused::Other));
}

#[test]
fn where_anybody_may_come_the_key_must_say_who() {
    let mut key = Key::new(7);
    let credential = registered(&mut key, &ANNA);
    let sign_in = |key: &mut Key, user: Option<&[u8]>| {
        let asked = site().ask(Asked::Anybody, Verification::Demanded, &[2; 32], noon_plus(0));
        let twist = Twist { user: user.map(<[u8]>::to_vec), ..Twist::none() };
        let answer = key.proves_with(&asked, &twist);
        site().proven(asked.pending, &answer, &credential, noon_plus(30)).map(|_| ())
    };
    assert_eq!(sign_in(&mut key, None), Err(Refused::Other));
    assert_eq!(sign_in(&mut key, Some(BERND.handle)), Err(Refused::Other));
    assert_eq!(sign_in(&mut key, Some(ANNA.handle)), Ok(()));
}

#[test]
fn a_copy_of_a_key_is_noticed_by_its_counter() {
    let mut key = Key::new(7);
    let credential = registered(&mut key, &ANNA);
    let mut sign_in = |credential: &Credential, counter: u32| {
        key.counter = counter - 1;
        let asked = asked(std::slice::from_ref(credential), 2);
        let answer = key.proves(&asked);
        site().proven(asked.pending, &answer, credential, noon_plus(30))
    };
    let later = sign_in(&credential, 50).expect("it may jump").credential;
    for shown in [50, 49, 1] {
        assert_eq!(sign_in(&later, shown), Err(Refused::Counter { kept: 50, shown }));
    }
    assert!(sign_in(&later, 51).is_ok());
}

#[test]
fn a_key_without_a_counter_shows_nought_for_ever() {
    // As passkeys do that are copied between devices.
    let mut key = Key::new(7);
    let mut kept = serde_json::to_value(registered(&mut key, &ANNA)).expect("plain text");
    kept["counter"] = json!(0);
    let credential: Credential = serde_json::from_value(kept).expect("a credential");
    for seed in 2..4 {
        let asked = asked(std::slice::from_ref(&credential), seed);
        let answer = key.proves_with(&asked, &Twist { counted: false, ..Twist::none() });
        let proven = site().proven(asked.pending, &answer, &credential, noon_plus(30));
        assert_eq!(proven.expect("proven").credential, credential);
    }
}

#[test]
fn nobody_there_or_nobody_known_is_refused() {
    assert_eq!(proof_with(|twist| twist.flags = VERIFIED), Err(Refused::Presence));
    assert_eq!(proof_with(|twist| twist.flags = PRESENT), Err(Refused::Verification));
    assert_eq!(registration_with(|twist| twist.flags = PRESENT), Err(Refused::Verification));
    let mut key = Key::new(7);
    let credential = registered(&mut key, &ANNA);
    let only = [credential.clone()];
    let preferred = Verification::Preferred;
    let asked = site().ask(Asked::Account(&only), preferred, &[2; 32], noon_plus(0));
    let answer = key.proves_with(&asked, &Twist { flags: PRESENT, ..Twist::none() });
    let proven = site().proven(asked.pending, &answer, &credential, noon_plus(30));
    assert!(!proven.expect("proven").verified, "a second factor, and not two");
}

#[test]
fn a_key_that_becomes_another_kind_is_refused() {
    let both = PRESENT | VERIFIED;
    let changed = proof_with(|twist| twist.flags = both | MAY_BE_COPIED);
    assert_eq!(changed, Err(Refused::Form("a key that became another")));
    let contradiction = proof_with(|twist| twist.flags = both | IS_COPIED);
    assert_eq!(contradiction, Err(Refused::Form("authenticator data")));
}

#[test]
fn a_key_is_registered_once() {
    let mut key = Key::new(7);
    let known = registered(&mut key, &ANNA);
    let begun = registration_of(&ANNA, &[known]);
    let answer = key.makes(&begun);
    let refused = site().registered(begun.pending, &answer, noon_plus(30));
    assert_eq!(refused, Err(Refused::Known));
}

#[test]
fn bytes_behind_what_is_signed_are_not_passed_over() {
    let refused = Err(Refused::Form("authenticator data"));
    assert_eq!(proof_with(|twist| twist.behind = vec![0]), refused);
    assert_eq!(registration_with(|twist| twist.behind = vec![0xa0]), refused);
}

#[test]
fn a_key_with_an_algorithm_that_was_not_offered_is_refused() {
    let register = |cose: &[u8]| {
        let mut key = Key::new(7);
        let begun = registration_of(&ANNA, &[]);
        let answer = key.makes_with(&begun, &Twist::none(), cose);
        site().registered(begun.pending, &answer, noon_plus(30)).map(|_| ())
    };
    let good = Key::new(7).cose();
    assert_eq!(register(&good), Ok(()));
    for (place, byte) in [(4, 0x26), (2, 0x02), (6, 0x01), (4, 0x38)] {
        let mut cose = good.clone();
        cose[place] = byte;
        let refused = register(&cose);
        let expected = matches!(refused, Err(Refused::Algorithm | Refused::Form(_)));
        assert!(expected, "{place}: {refused:?}");
    }
    // RSA of 1024 bits: {1: 3, 3: -257, -1: n, -2: e}
    let mut weak = vec![0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x58, 0x80];
    weak.extend([0xff; 128]);
    weak.extend([0x21, 0x43, 1, 0, 1]);
    assert_eq!(register(&weak), Err(Refused::Form("public key")));
}

#[test]
fn whatever_is_sent_instead_of_an_answer_is_refused() {
    let credential = registered(&mut Key::new(7), &ANNA);
    let asked = asked(std::slice::from_ref(&credential), 2);
    let good: Value = serde_json::from_str(&Key::new(7).proves(&asked)).expect("JSON");
    let mut bad = vec![String::new(), "{}".into(), "null".into(), "[".repeat(60_000)];
    bad.push(format!("{{\"rawId\":\"{}\"}}", "A".repeat(70_000)));
    for member in ["clientDataJSON", "authenticatorData", "signature"] {
        for value in [Value::Null, json!(""), json!("=="), json!("AA"), json!(7)] {
            let mut changed = good.clone();
            changed["response"][member] = value;
            bad.push(changed.to_string());
        }
    }
    let mut other = good.clone();
    other["type"] = json!("password");
    bad.push(other.to_string());
    for answer in bad {
        let refused = site().proven(asked.pending.clone(), &answer, &credential, noon_plus(30));
        assert!(refused.is_err(), "{answer:.200}");
        let begun = registration_of(&ANNA, &[]);
        assert!(site().registered(begun.pending, &answer, noon_plus(30)).is_err());
    }
}

#[test]
fn a_ceremony_is_kept_as_plain_text() {
    let begun = registration_of(&ANNA, &[]);
    let text = serde_json::to_string(&begun.pending).expect("text");
    assert_eq!(serde_json::from_str::<Pending>(&text).expect("read back"), begun.pending);
}

#[test]
fn a_site_is_set_up_so_that_browsers_agree() {
    for (id, origin, why) in [
        ("example.org", "https://evil.example", "does not lie under"),
        ("example.org", "https://notexample.org", "does not lie under"),
        ("example.org", "http://example.org", "https://"),
        ("example.org", "https://example.org/", "without a slash"),
        ("example.org", "https://example.org/path", "alone"),
        ("example.org", "example.org", "is no address"),
    ] {
        let refused = Site::new(id, "Aftercare", &[origin]).expect_err("refused").to_string();
        assert!(refused.contains(why), "{origin}: {refused}");
    }
    assert!(Site::new("example.org", "Aftercare", &[]).is_err());
    assert!(Site::new("localhost", "Aftercare", &["http://localhost:8080"]).is_ok());
    assert!(Site::new("example.org", "Aftercare", &["https://a.example.org"]).is_ok());
    let nobody = Account { handle: &[], ..ANNA };
    let refused = site().register(&nobody, &[], Verification::Demanded, &[1; 32], noon_plus(0));
    assert!(matches!(refused, Err(Refused::Settings(_))));
}
