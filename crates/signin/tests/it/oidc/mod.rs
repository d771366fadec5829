//! Single sign-on: against a provider in memory that does what a test wants, and against a real one.

mod provider;
mod real;

use crate::noon_plus;
use aftercare_signin::oidc::{
    Back, Fetch, Keys, Pending, Presence, Provider, Refused, Request, Response, begin, finish,
};
use data_encoding::BASE64URL_NOPAD;
use provider::{
    CLIENT, Fake, ISSUER, Key, SECRET, Twist, begun, begun_with, finished, random, settings,
    signed, signed_in,
};
use serde_json::{Value, json};

#[test]
fn a_person_signs_in_with_what_the_provider_says_of_them() {
    for key in [Key::es256(), Key::eddsa(7)] {
        let fake = Fake::new();
        *fake.published.borrow_mut() = vec![key.jwk("key-1")];
        *fake.key.borrow_mut() = key;
        let person = signed_in(&fake).expect("signed in");
        assert_eq!((person.issuer.as_str(), person.subject.as_str()), (ISSUER, "248289761001"));
        assert_eq!(person.login.as_deref(), Some("anna.berg"));
        assert_eq!(person.name.as_deref(), Some("Anna Berg"));
        assert_eq!(person.email.as_deref(), Some("anna@example.org"));
        assert_eq!(person.authenticated, Some(noon_plus(60)));
        assert_eq!(person.methods, ["pwd", "otp"]);
    }
}

#[test]
fn the_address_for_the_browser_holds_no_secret() {
    let fake = Fake::new();
    let (_, begun) = begun(&fake);
    let kept = serde_json::to_value(&begun.pending).expect("plain text");
    let verifier = kept["verifier"].as_str().expect("text");
    assert!(!begun.address.contains(verifier) && !begun.address.contains(SECRET));
    assert!(begun.address.starts_with(&format!("{ISSUER}/auth?tenant=7&response_type=code&")));
    assert!(begun.address.contains("&scope=openid+profile+email&"), "{}", begun.address);
    let shown = format!("{begun:?}").replace(&begun.address, "");
    for secret in ["verifier", "nonce", "state"] {
        let text = kept[secret].as_str().expect("text");
        assert!(!shown.contains(text), "{shown}");
    }
    let read: Pending = serde_json::from_value(kept).expect("read back");
    assert_eq!(read, begun.pending);
}

#[test]
fn an_answer_to_somebody_elses_sign_in_is_refused_before_anything_is_sent() {
    let fake = Fake::new();
    let (provider, own) = begun(&fake);
    let (_, attackers) = begun_with(&fake, Presence::Any, 9);
    for state in [fake.visited(&attackers.address).state, Some(String::new()), None] {
        let back = Back { state, ..fake.visited(&own.address) };
        let refused = finished(&fake, &provider, own.pending.clone(), &back);
        assert_eq!(refused, Err(Refused::State));
    }
    assert!(fake.posts.borrow().is_empty(), "the code was not used");
}

#[test]
fn a_code_stolen_from_another_browser_buys_nothing() {
    let fake = Fake::new();
    let (provider, own) = begun(&fake);
    let (_, victims) = begun_with(&fake, Presence::Any, 9);
    fake.visited(&victims.address); // the code is bound to the victim's challenge
    let back = Back {
        state: serde_json::to_value(&own.pending).expect("text")["state"].as_str().map(Into::into),
        ..fake.visited(&victims.address)
    };
    match finished(&fake, &provider, own.pending, &back) {
        Err(Refused::Provider(why)) => {
            assert_eq!(why, "invalid_grant the code was not given to you", "no control characters");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn mixed_up_providers_get_no_code_of_each_other() {
    let fake = Fake::new();
    let (provider, begun) = begun(&fake);
    let back = fake.visited(&begun.address);
    for iss in [Some("https://evil.example".to_owned()), Some(format!("{ISSUER}/")), None] {
        let back = Back { iss, ..back.clone() };
        let refused = finished(&fake, &provider, begun.pending.clone(), &back);
        assert_eq!(refused, Err(Refused::OtherProvider));
    }
    // The sign-in was begun at one provider, and the answer is handed to the settings of another.
    let mut other = serde_json::to_value(&provider).expect("plain text");
    other["issuer"] = json!("https://other.example");
    let other: Provider = serde_json::from_value(other).expect("a provider");
    assert_eq!(finished(&fake, &other, begun.pending, &back), Err(Refused::OtherProvider));
    assert!(fake.posts.borrow().is_empty(), "no code left the house");
}

#[test]
fn a_provider_that_does_not_name_itself_may_leave_iss_out() {
    let fake = Fake::new();
    fake.description.borrow_mut()["authorization_response_iss_parameter_supported"] = json!(false);
    let (provider, begun) = begun(&fake);
    let back = Back { iss: None, ..fake.visited(&begun.address) };
    assert!(finished(&fake, &provider, begun.pending, &back).is_ok());
}

#[test]
fn a_token_of_an_earlier_sign_in_is_not_taken_again() {
    let fake = Fake::new();
    signed_in(&fake).expect("the first time");
    let replayed = fake.last_token.borrow().clone();
    *fake.instead.borrow_mut() = Some(replayed);
    let (provider, second) = begun_with(&fake, Presence::Any, 9);
    let back = fake.visited(&second.address);
    let refused = finished(&fake, &provider, second.pending, &back);
    assert_eq!(refused, Err(Refused::Claim("it belongs to another sign-in (nonce)")));
}

#[test]
fn what_a_token_says_must_fit() {
    let at = |seconds: i64| noon_plus(seconds).micros() / 1_000_000;
    let table: Vec<(&str, Twist)> = vec![
        ("nonce", Box::new(|c| c["nonce"] = json!("another"))),
        ("nonce", Box::new(|c| c["nonce"] = Value::Null)),
        ("(iss)", Box::new(|c| c["iss"] = json!("https://evil.example"))),
        ("(aud)", Box::new(|c| c["aud"] = json!("another-program"))),
        ("(aud)", Box::new(|c| c["aud"] = json!([]))),
        ("(azp)", Box::new(|c| c["aud"] = json!([CLIENT, "another-program"]))),
        ("(azp)", Box::new(|c| c["azp"] = json!("another-program"))),
        ("(sub)", Box::new(|c| c["sub"] = json!(""))),
        ("(sub)", Box::new(|c| c["sub"] = json!("x".repeat(256)))),
        ("at_hash", Box::new(|c| c["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA"))),
        ("expired", Box::new(move |c| c["exp"] = json!(at(60 - 120)))),
        ("from the future", Box::new(move |c| c["iat"] = json!(at(60 + 121)))),
        ("from the future", Box::new(move |c| c["nbf"] = json!(at(60 + 121)))),
        ("too old", Box::new(move |c| c["iat"] = json!(at(60 - 721)))),
        ("expired", Box::new(|c| c["exp"] = json!(-1e300))),
        ("not the expected JSON", Box::new(|c| c["exp"] = json!("tomorrow"))),
        ("not the expected JSON", Box::new(|c| c["sub"] = json!(7))),
        (
            "not the expected JSON",
            Box::new(|c| {
                c.as_object_mut().expect("claims").remove("exp");
            }),
        ),
    ];
    for (n, (why, twist)) in table.into_iter().enumerate() {
        let refused = signed_in(&Fake::with_claims(twist)).expect_err("refused").to_string();
        assert!(refused.contains(why), "row {n}: {refused}");
    }
}

#[test]
fn clocks_that_differ_by_two_minutes_still_agree() {
    let at = |seconds: i64| noon_plus(seconds).micros() / 1_000_000;
    let twists: Vec<Twist> = vec![
        Box::new(move |c| c["exp"] = json!(at(60 - 119))),
        Box::new(move |c| c["iat"] = json!(at(60 + 120))),
        Box::new(move |c| c["iat"] = json!(at(60) as f64 + 0.5)),
        Box::new(|c| (c["aud"], c["azp"]) = (json!([CLIENT, "other"]), json!(CLIENT))),
        Box::new(|c| c["aud"] = json!([CLIENT])),
        // BASE64URL of the left half of SHA-256("an-access-token")
        Box::new(|c| c["at_hash"] = json!(left_half("an-access-token"))),
    ];
    for (n, twist) in twists.into_iter().enumerate() {
        let outcome = signed_in(&Fake::with_claims(twist));
        assert!(outcome.is_ok(), "row {n}: {outcome:?}");
    }
}

fn left_half(token: &str) -> String {
    let digest = aftercare_vocab::digest::Digest::of(token.as_bytes());
    BASE64URL_NOPAD.encode(&digest.as_bytes()[..16])
}

#[test]
fn a_token_without_a_signature_or_with_another_algorithm_is_refused() {
    for alg in ["none", "None", "HS256", "HS512", "PS256", "RS512", "ES512", "", "RS256", "EdDSA"] {
        let fake = Fake::with_header(move |header| header["alg"] = json!(alg));
        let refused = signed_in(&fake);
        // Of the ones we take, none fits the key that is published under this name.
        let expected = matches!(refused, Err(Refused::Signature(_) | Refused::UnknownKey));
        assert!(expected, "{alg}: {refused:?}");
    }
}

#[test]
fn a_token_with_its_signature_cut_off_is_refused() {
    let fake = Fake::new();
    signed_in(&fake).expect("to have a token");
    let token = fake.last_token.borrow().clone();
    let (signed, _) = token.rsplit_once('.').expect("three parts");
    let none = BASE64URL_NOPAD.encode(br#"{"alg":"none"}"#);
    let payload = signed.split_once('.').expect("two parts").1;
    for forged in [
        signed.to_owned(),
        format!("{signed}."),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{}", BASE64URL_NOPAD.encode(&[0; 64])),
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&[0; 64])),
        format!("{token}="),
        "..".to_owned(),
        String::new(),
        "x".repeat(70_000),
    ] {
        *fake.instead.borrow_mut() = Some(forged.clone());
        let refused = signed_in(&fake);
        let expected = matches!(refused, Err(Refused::Signature(_)));
        assert!(expected, "{forged:.80}: {refused:?}");
    }
}

#[test]
fn the_public_key_as_a_shared_secret_signs_nothing() {
    // The classic confusion: HMAC keyed with the public key, which everybody has.
    use ring::hmac;
    let fake = Fake::new();
    let public = fake.published.borrow()[0].to_string();
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let message = format!(
        "{}.{}",
        part(json!({"alg": "HS256", "kid": "key-1"})),
        part(json!({"iss": ISSUER, "sub": "admin", "aud": CLIENT, "iat": 0, "exp": 9e15}))
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, public.as_bytes());
    let tag = BASE64URL_NOPAD.encode(hmac::sign(&key, message.as_bytes()).as_ref());
    *fake.instead.borrow_mut() = Some(format!("{message}.{tag}"));
    assert!(matches!(signed_in(&fake), Err(Refused::Signature(_))));
}

#[test]
fn a_token_that_was_changed_is_refused() {
    let fake = Fake::new();
    signed_in(&fake).expect("to have a token");
    let token = fake.last_token.borrow().clone();
    let parts: Vec<&str> = token.split('.').collect();
    let claims = BASE64URL_NOPAD.decode(parts[1].as_bytes()).expect("base64url");
    let claims = String::from_utf8(claims).expect("text").replace("248289761001", "000000000001");
    let claims = BASE64URL_NOPAD.encode(claims.as_bytes());
    *fake.instead.borrow_mut() = Some(format!("{}.{claims}.{}", parts[0], parts[2]));
    let refused = signed_in(&fake);
    assert_eq!(refused, Err(Refused::Signature("the signature does not belong to it")));
}

#[test]
fn an_extension_that_we_do_not_have_is_not_passed_over() {
    let fake = Fake::with_header(|header| header["crit"] = json!(["b64"]));
    assert!(matches!(signed_in(&fake), Err(Refused::Signature(_))));
}

#[test]
fn a_key_of_another_is_refused_also_under_the_name_of_a_known_one() {
    let fake = Fake::new();
    *fake.key.borrow_mut() = Key::es256(); // not the one that is published as key-1
    assert!(matches!(signed_in(&fake), Err(Refused::Signature(_))));
    *fake.kid.borrow_mut() = "key-9".into();
    assert_eq!(signed_in(&fake), Err(Refused::UnknownKey));
}

#[test]
fn a_key_for_encryption_or_for_another_algorithm_checks_no_signature() {
    for (member, value) in [("use", "enc"), ("alg", "RS256"), ("crv", "P-384"), ("kty", "RSA")] {
        let fake = Fake::new();
        fake.published.borrow_mut()[0][member] = json!(value);
        assert_eq!(signed_in(&fake), Err(Refused::UnknownKey), "{member}");
    }
}

#[test]
fn a_token_that_names_no_key_is_checked_with_all_that_fit() {
    let fake = Fake::with_header(|header| {
        header.as_object_mut().expect("a header").remove("kid");
    });
    fake.published.borrow_mut().insert(0, Key::es256().jwk("other"));
    fake.published.borrow_mut().insert(0, json!({"kty": "from another world", "x": 7}));
    assert!(signed_in(&fake).is_ok());
}

#[test]
fn a_new_key_of_the_provider_is_fetched_once_and_a_forged_one_does_not_make_us_ask_again() {
    let fake = Fake::new();
    let mut keys = Keys::default();
    let mut sign_in = |seed: u8, seconds: i64| {
        fake.now.set(noon_plus(seconds));
        let (provider, _) = begun(&fake);
        let begun =
            begin(&provider, &settings(), &random(seed), Presence::Any, noon_plus(seconds - 1));
        let begun = begun.expect("begun");
        let back = fake.visited(&begun.address);
        let now = noon_plus(seconds);
        finish(&provider, &settings(), &mut keys, begun.pending, &back, &fake, now)
    };
    sign_in(1, 60).expect("the first time");
    sign_in(2, 61).expect("again");
    assert_eq!(fake.times_asked_for_keys.get(), 1, "kept");
    // The provider changes its key.
    let new = Key::es256();
    *fake.published.borrow_mut() = vec![new.jwk("key-2")];
    (*fake.key.borrow_mut(), *fake.kid.borrow_mut()) = (new, "key-2".into());
    sign_in(3, 121).expect("with the new key");
    assert_eq!(fake.times_asked_for_keys.get(), 2);
    // Somebody sends tokens with keys that nobody knows.
    *fake.kid.borrow_mut() = "no-such-key".into();
    for second in 122..180 {
        assert_eq!(sign_in(4, second), Err(Refused::UnknownKey));
    }
    assert_eq!(fake.times_asked_for_keys.get(), 2, "not within a minute");
    assert_eq!(sign_in(5, 181), Err(Refused::UnknownKey));
    assert_eq!(fake.times_asked_for_keys.get(), 3);
    // A day later also a known key is asked for again: it may have been withdrawn.
    (*fake.kid.borrow_mut(), *fake.published.borrow_mut()) = ("key-2".into(), vec![]);
    assert_eq!(sign_in(6, 182 + 24 * 3_600), Err(Refused::UnknownKey));
}

#[test]
fn a_sign_in_that_lay_about_for_long_is_refused() {
    let fake = Fake::new();
    let (provider, begun) = begun(&fake);
    let back = fake.visited(&begun.address);
    let (keys, now) = (&mut Keys::default(), noon_plus(601));
    let refused = finish(&provider, &settings(), keys, begun.pending, &back, &fake, now);
    assert_eq!(refused, Err(Refused::Late));
}

#[test]
fn for_a_signature_the_person_must_be_there_now() {
    let sign = |auth_time: Value| {
        let fake = Fake::with_claims(move |claims| claims["auth_time"] = auth_time.clone());
        let (provider, begun) = begun_with(&fake, Presence::Now, 1);
        assert!(begun.address.ends_with("&prompt=login&max_age=0"), "{}", begun.address);
        let back = fake.visited(&begun.address);
        finished(&fake, &provider, begun.pending, &back)
    };
    let at = |seconds: i64| json!(noon_plus(seconds).micros() / 1_000_000);
    assert!(sign(at(30)).is_ok());
    let refused = Err(Refused::Claim("the person did not prove themselves just now (auth_time)"));
    assert_eq!(sign(at(-3_600)), refused, "an old session at the provider");
    assert_eq!(sign(Value::Null), refused, "unknown is not now");
}

#[test]
fn an_address_that_the_provider_did_not_verify_is_nobodys() {
    for verified in [json!(false), Value::Null] {
        let fake = Fake::with_claims(move |claims| claims["email_verified"] = verified.clone());
        assert_eq!(signed_in(&fake).expect("signed in").email, None);
    }
}

#[test]
fn a_description_of_somebody_elses_provider_is_refused() {
    let table = [
        ("issuer", "https://evil.example", "equal to the letter"),
        ("issuer", "https://sso.example.org/realms/main/", "equal to the letter"),
        ("token_endpoint", "http://sso.example.org/token", "must begin with https://"),
        ("jwks_uri", "file:///etc/passwd", "names no host"),
        ("jwks_uri", "http://127.0.0.2.example.org/keys", "must begin with https://"),
        ("authorization_endpoint", "javascript:alert(1)", "names no host"),
        ("authorization_endpoint", "https://user:word@sso.example.org/", "holds an account"),
        ("authorization_endpoint", "https://sso.example.org/#", "has a part behind"),
        ("token_endpoint", "not an address", "is no address"),
    ];
    for (member, value, why) in table {
        let fake = Fake::new();
        fake.description.borrow_mut()[member] = json!(value);
        let refused = Provider::discover(&settings(), &fake).expect_err("refused").to_string();
        assert!(refused.contains(why), "{member} {value}: {refused}");
    }
}

#[test]
fn a_provider_on_the_own_machine_may_do_without_tls() {
    for (issuer, fine) in [
        ("http://127.0.0.1:4000", true),
        ("http://[::1]:4000", true),
        ("http://localhost:4000", true),
        ("http://192.168.1.5:4000", false),
        ("http://localhost.example.org", false),
    ] {
        let fake = Fake::new();
        fake.description.borrow_mut()["issuer"] = json!(issuer);
        let settings = aftercare_signin::oidc::Settings { issuer: issuer.into(), ..settings() };
        assert_eq!(Provider::discover(&settings, &fake).is_ok(), fine, "{issuer}");
    }
}

/// Answers everything with the same.
struct Always(Result<Response, String>);

impl Fetch for Always {
    fn fetch(&self, _: Request<'_>) -> Result<Response, String> {
        self.0.clone()
    }
}

#[test]
fn an_answer_that_is_no_document_is_told_as_such() {
    let ok = |body: &[u8]| Ok(Response { status: 200, body: body.to_vec() });
    for (answer, why) in [
        (Err("no route to host".to_owned()), "no route to host"),
        (Ok(Response { status: 302, body: vec![] }), "status 302 instead of 200"),
        (Ok(Response { status: 503, body: b"{}".to_vec() }), "status 503"),
        (ok(b"<html>"), "line 1, column 1"),
        (ok(b"{}"), "not the expected JSON"),
        (ok(b"{\"issuer\":\"a\",\"issuer\":\"b\"}"), "not the expected JSON"),
        (ok(&vec![b' '; 300 << 10]), "more than 262144 bytes"),
        (ok(&vec![b'['; 100_000]), "not the expected JSON"),
    ] {
        let refused = Provider::discover(&settings(), &Always(answer)).expect_err("refused");
        assert!(refused.to_string().contains(why), "{refused}");
    }
}

#[test]
fn a_message_repeats_no_token_and_no_markup_the_provider_sends_is_long() {
    let fake = Fake::new();
    let body = json!({"id_token": 7, "access_token": "very-secret"}).to_string().into_bytes();
    *fake.answer.borrow_mut() = Some(Response { status: 200, body });
    assert!(!signed_in(&fake).expect_err("refused").to_string().contains("very-secret"));
    let error = json!({"error": "x".repeat(10_000)}).to_string().into_bytes();
    *fake.answer.borrow_mut() = Some(Response { status: 400, body: error });
    assert!(signed_in(&fake).expect_err("refused").to_string().len() < 300);
    let (provider, begun) = begun(&fake);
    let back = Back {
        error: Some("access_denied".into()),
        error_description: Some("no\u{1b}[31m".into()),
        ..fake.visited(&begun.address)
    };
    let refused = finished(&fake, &provider, begun.pending, &back);
    assert_eq!(refused, Err(Refused::Provider("access_denied no[31m".into())));
}

#[test]
fn the_client_secret_goes_where_the_provider_wants_it() {
    for (methods, in_form) in [
        (Value::Null, false),
        (json!(["client_secret_basic", "client_secret_post"]), false),
        (json!(["client_secret_post"]), true),
    ] {
        let fake = Fake::new();
        fake.description.borrow_mut()["token_endpoint_auth_methods_supported"] = methods;
        signed_in(&fake).expect("signed in");
        let posts = fake.posts.borrow();
        let (form, authorization) = &posts[0];
        assert_eq!(form.contains("client_secret="), in_form);
        assert_eq!(authorization.is_none(), in_form);
    }
}

#[test]
fn a_log_line_shows_no_code_and_no_client_secret() {
    let fake = Fake::new();
    let (_, begun) = begun(&fake);
    let back = fake.visited(&begun.address);
    assert!(!format!("{back:?}").contains("the-code"));
    assert!(!format!("{:?}", settings()).contains(SECRET));
}

#[test]
fn a_token_of_a_weak_rsa_key_is_refused() {
    // Whatever such a key signs: 1024 bits are not taken, so nothing is compared.
    let fake = Fake::with_header(|header| header["alg"] = json!("RS256"));
    let n = BASE64URL_NOPAD.encode(&[0xff; 128]);
    *fake.published.borrow_mut() = vec![json!({"kty": "RSA", "kid": "key-1", "n": n, "e": "AQAB"})];
    assert!(matches!(signed_in(&fake), Err(Refused::Signature(_))));
    let token = signed(&json!({"alg": "RS256"}), &json!({}), &Key::eddsa(1));
    *fake.instead.borrow_mut() = Some(token);
    assert!(matches!(signed_in(&fake), Err(Refused::Signature(_))));
}
