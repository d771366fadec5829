use aftercare_signin::{password, recovery, secret, token, totp};

#[test]
fn a_log_line_shows_no_secret() {
    let password = password::Password::typed("purple-teapot-marsh-violin").expect("a password");
    let cost = password::Cost { memory_kib: 64, passes: 1, lanes: 1 };
    let app = totp::Secret::from_bytes([b'A'; 20]);
    let bearer = token::Bearer::from_bytes([b'A'; 32]);
    let api = token::ApiToken::from_bytes(&[b'A'; token::API_RANDOM]);
    let secret_part = api.text().expose()[27..].to_owned();
    for shown in [
        format!("{password:?}"),
        format!("{:?}", password::hash(&password, &[1; 16], cost).expect("hashed")),
        format!("{app:?} {:?}", app.uri("issuer", "account")),
        format!("{:?}", recovery::sheet(&[b'A'; recovery::RANDOM])),
        format!("{bearer:?} {:?} {:?}", bearer.text(), token::csrf::text(&bearer, &[b'A'; 32])),
        format!("{api:?}"),
        format!("{:?}", secret::Secret::new(*b"AAAA")),
    ] {
        for secret in ["purple", "$argon2", "AAAA", "65, 65", "IFAU", "QUFB", &secret_part] {
            assert!(!shown.contains(secret), "{shown} shows {secret}");
        }
    }
}

#[test]
fn secrets_are_compared_as_wholes() {
    let one = secret::Secret::new(*b"abcd");
    assert_eq!(one, secret::Secret::new(*b"abcd"));
    for other in [&b"abce"[..], b"abc", b"abcde", b""] {
        assert_ne!(one, secret::Secret::new(other));
    }
}
