use aftercare_signin::token::{ApiToken, Bearer, NotAToken, Purpose, csrf};
use proptest::prelude::*;

fn token() -> ApiToken {
    ApiToken::from_bytes(&std::array::from_fn(|n| (n * 29 + 5) as u8))
}

#[test]
fn a_token_has_the_form_that_scanners_look_for() {
    let text = token().text();
    let text = text.expose();
    let (public, secret) =
        text.strip_prefix("aftercare_").and_then(|rest| rest.split_once('_')).expect("two parts");
    assert_eq!((text.len(), public.len(), secret.len()), (86, 16, 59));
    let lower = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
    assert!(public.chars().all(lower) && secret.chars().all(lower), "{text}");
    assert_eq!(public, token().id());
}

#[test]
fn a_typing_error_is_told_from_a_token_that_is_not_known() {
    let text = token().text().expose().to_owned();
    for place in 10..86 {
        for other in ["a", "z", "7"] {
            let mut changed = text.clone();
            if text.as_bytes()[place] == b'_' || &text[place..=place] == other {
                continue;
            }
            changed.replace_range(place..=place, other);
            let refused = ApiToken::read(&changed).err();
            let told = [Some(NotAToken::Checksum), Some(NotAToken::Form)].contains(&refused);
            assert!(told, "place {place}: {refused:?}");
        }
    }
}

#[test]
fn each_kind_of_broken_token_says_what_is_wrong_with_it() {
    let text = token().text().expose().to_owned();
    for (broken, why) in [
        (String::new(), NotAToken::Prefix),
        (text.to_uppercase(), NotAToken::Prefix),
        (text[..85].to_owned(), NotAToken::Length(85)),
        (format!("{text}a"), NotAToken::Length(87)),
        (text.replacen('_', "a", 2), NotAToken::Prefix),
        (format!("{}!{}", &text[..30], &text[31..]), NotAToken::Form),
        (format!("aftercare_{}", "é".repeat(38)), NotAToken::Form),
        (format!("aftercare_{}_{}", "a".repeat(15), "a".repeat(60)), NotAToken::Form),
    ] {
        assert_eq!(ApiToken::read(&broken).err(), Some(why), "{broken}");
        assert!(!why.to_string().contains(&text[40..60]), "a message repeats no secret");
    }
}

#[test]
fn a_stolen_table_lets_nobody_in() {
    let token = token();
    let kept = format!("{} {}", token.id(), token.digest());
    let secret = token.text().expose()[27..79].to_owned();
    assert!(!kept.contains(&secret));
    assert!(ApiToken::read(&kept).is_err());
    let session = Bearer::from_bytes([9; 32]);
    let digest = session.digest(Purpose::Session);
    assert!(Bearer::read(&digest.hex()).is_err(), "what is kept is no cookie");
}

#[test]
fn a_session_is_no_device_and_no_invitation() {
    let bearer = Bearer::from_bytes([9; 32]);
    let digests = [Purpose::Session, Purpose::Visit, Purpose::Device, Purpose::Invitation]
        .map(|purpose| bearer.digest(purpose));
    for (n, one) in digests.iter().enumerate() {
        assert!(digests[n + 1..].iter().all(|other| other != one));
    }
}

#[test]
fn a_cookie_has_one_spelling() {
    let mut text = Bearer::from_bytes([0xfb; 32]).text().expose().to_owned();
    assert_eq!(text.len(), 43);
    assert!(Bearer::read(&text).is_ok());
    let last = text.pop().expect("not empty");
    let twin = char::from(last as u8 + 1); // the last character has two bits that count for nothing
    for bad in
        [format!("{text}{twin}"), text.clone(), format!("{text}{last}="), "é".repeat(21) + "a"]
    {
        assert!(Bearer::read(&bad).is_err(), "{bad}");
    }
}

#[test]
fn a_form_of_another_session_or_site_is_refused() {
    let (own, other) = (Bearer::from_bytes([1; 32]), Bearer::from_bytes([2; 32]));
    let text = csrf::text(&own, &[7; 32]);
    assert!(csrf::belongs(text.expose(), &own));
    assert!(!csrf::belongs(text.expose(), &other));
    for forged in ["", "AAAA", &"A".repeat(86), own.text().expose(), &format!("{}A", text.expose())]
    {
        assert!(!csrf::belongs(forged, &own), "{forged}");
    }
}

#[test]
fn a_compressed_page_gives_nothing_of_the_mark_away() {
    let session = Bearer::from_bytes([1; 32]);
    let (one, other) = (csrf::text(&session, &[7; 32]), csrf::text(&session, &[8; 32]));
    let (one, other) = (one.expose(), other.expose());
    let same = one.bytes().zip(other.bytes()).filter(|(a, b)| a == b).count();
    assert!(same < 20, "{same} of {} characters stay: {one} {other}", one.len());
    assert!(csrf::belongs(one, &session) && csrf::belongs(other, &session));
}

#[test]
fn the_form_mark_does_not_give_the_session_away() {
    let session = Bearer::from_bytes([1; 32]);
    // With a pad of zeros the second half is the bare mark.
    let text = csrf::text(&session, &[0; 32]);
    assert!(!text.expose().contains(&session.text().expose()[..20]));
}

proptest! {
    #[test]
    fn every_token_is_read_back(random in prop::collection::vec(any::<u8>(), 42)) {
        let token = ApiToken::from_bytes(&random.try_into().expect("42 bytes"));
        let read = ApiToken::read(token.text().expose()).expect("a token");
        prop_assert_eq!((read.id(), read.digest()), (token.id(), token.digest()));
    }

    #[test]
    fn every_bearer_is_read_back(random in prop::array::uniform32(any::<u8>())) {
        let bearer = Bearer::from_bytes(random);
        let read = Bearer::read(bearer.text().expose()).expect("a bearer");
        prop_assert_eq!(read.digest(Purpose::Session), bearer.digest(Purpose::Session));
    }
}
