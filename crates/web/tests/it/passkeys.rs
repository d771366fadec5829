//! Passkeys over HTTP: registered, used to sign in and to sign, refused where they must be.

use crate::{
    house::{Answer, House},
    key::{Key, ORIGIN},
    signer::{self, Signer, five, later},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::Value;

/// A browser at `http://localhost:8080`.
struct Browser<'a> {
    house: &'a House,
    cookie: String,
}

impl<'a> Browser<'a> {
    const fn new(house: &'a House) -> Self {
        Self { house, cookie: String::new() }
    }

    async fn open(&self, path: &str) -> Answer {
        let request =
            Request::get(path).header("host", "localhost:8080").header("cookie", &self.cookie);
        self.house.send_as_it_is(request.body(Body::empty()).expect("a request")).await
    }

    async fn form_at(&self, host: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", aftercare_web::link::encoded(value)))
            .collect();
        let request = Request::post(path)
            .header("host", host)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &self.cookie);
        let body = Body::from(body.join("&"));
        self.house.send_as_it_is(request.body(body).expect("a request")).await
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.form_at("localhost:8080", path, fields).await
    }

    /// Takes the cookies of an answer.
    fn keep(&mut self, answer: &Answer) {
        let all = answer.headers.get_all("set-cookie").iter();
        let pairs: Vec<&str> = all
            .filter_map(|one| one.to_str().ok())
            .filter_map(|one| one.split(';').next())
            .collect();
        self.cookie = pairs.join("; ");
    }

    async fn mark(&self) -> String {
        let page = self.open("/account").await.text();
        let (_, rest) = page.split_once("name=\"mark\" value=\"").expect("a mark");
        rest.split('"').next().expect("a value").to_owned()
    }

    /// Signs in by password and code, half a minute after the last code.
    async fn by_password(&mut self, login: &str, who: &Signer) {
        later(self.house, 31);
        let fields = [("login", login), ("password", signer::password()), ("to", "")];
        let first = self.form("/sign-in", &fields).await.text();
        let (_, rest) = first.split_once("name=\"ticket\" value=\"").expect("a second step");
        let ticket = rest.split('"').next().expect("a value").to_owned();
        let code = who.code(self.house);
        let fields = [("ticket", ticket.as_str()), ("code", &code), ("to", "")];
        let second = self.form("/sign-in/code", &fields).await;
        assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text());
        self.keep(&second);
    }

    /// What a page is told to ask of an authenticator: ticket and options.
    async fn asked(&self, path: &str) -> (String, Value) {
        let mark = if self.cookie.is_empty() { String::new() } else { self.mark().await };
        let fields: &[(&str, &str)] = if mark.is_empty() { &[] } else { &[("mark", &mark)] };
        let answer = self.form(path, fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let asked = answer.json();
        (asked["ticket"].as_str().expect("a ticket").to_owned(), asked["options"].clone())
    }

    async fn registers(&self, key: &mut Key, password: &str) -> Answer {
        let (ticket, options) = self.asked("/account/passkeys/challenge").await;
        let answer = key.made(&options);
        let mark = self.mark().await;
        let fields = [
            ("mark", mark.as_str()),
            ("key", "k1"),
            ("password", password),
            ("name", "Blue <key>"),
            ("passkey_ticket", &ticket),
            ("passkey_answer", &answer),
        ];
        self.form("/account/passkeys", &fields).await
    }

    async fn signs_in(&self, ticket: &str, answer: &str) -> Answer {
        let fields = [("to", ""), ("passkey_ticket", ticket), ("passkey_answer", answer)];
        self.form("/sign-in/passkey", &fields).await
    }
}

fn refused(answer: &Answer, words: &str) {
    let text = answer.text();
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    assert!(text.contains(words), "not `{words}` in {text}");
    assert!(answer.headers.get("set-cookie").is_none(), "nobody is signed in");
}

/// Siri, with a key that is registered.
async fn siri_with_key<'a>(house: &'a House, all: &signer::Five) -> (Browser<'a>, Key) {
    let mut browser = Browser::new(house);
    browser.by_password("siri", &all.siri).await;
    let mut key = Key::new(7);
    let done = browser.registers(&mut key, signer::password()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    (browser, key)
}

#[tokio::test]
async fn a_passkey_is_registered_signs_in_and_is_removed() {
    let house = House::built().await;
    let all = five(&house);
    let (browser, mut key) = siri_with_key(&house, &all).await;
    let page = browser.open("/account").await.text();
    assert!(page.contains("Blue &lt;key&gt;") && page.contains("Remove it"), "{page}");

    let mut other = Browser::new(&house);
    let (ticket, options) = other.asked("/sign-in/passkey/challenge").await;
    assert_eq!(options["userVerification"], "required");
    let answer = key.proves(&options, ORIGIN);
    let signed = other.signs_in(&ticket, &answer).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text());
    other.keep(&signed);
    assert!(other.open("/account").await.text().contains("Siri Dahl"));
    // What was answered once is answered.
    refused(&Browser::new(&house).signs_in(&ticket, &answer).await, "answered already");

    let page = other.open("/account").await.text();
    let all_ends: Vec<&str> = page.split("/account/credentials/").skip(1).collect();
    let of_key = all_ends.last().and_then(|rest| rest.split('/').next()).expect("an id");
    let mark = other.mark().await;
    let path = format!("/account/credentials/{of_key}/end");
    let wrong = [("mark", mark.as_str()), ("key", "k2"), ("password", "not the password of Siri")];
    let refusal = other.form(&path, &wrong).await;
    assert_eq!(refusal.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refusal.text());
    let right = [("mark", mark.as_str()), ("key", "k3"), ("password", signer::password())];
    assert_eq!(other.form(&path, &right).await.status, StatusCode::SEE_OTHER);
    let (ticket, options) = Browser::new(&house).asked("/sign-in/passkey/challenge").await;
    let answer = key.proves(&options, ORIGIN);
    refused(&Browser::new(&house).signs_in(&ticket, &answer).await, "not registered");
}

#[tokio::test]
async fn registering_asks_for_the_password_and_a_known_key_is_not_taken_twice() {
    let house = House::built().await;
    let all = five(&house);
    let (browser, _) = siri_with_key(&house, &all).await;
    let wrong = browser.registers(&mut Key::new(8), "not the password of Siri").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text());
    let mut eva = Browser::new(&house);
    eva.by_password("eva", &all.eva).await;
    let twice = eva.registers(&mut Key::new(7), signer::password()).await;
    refused(&twice, "registered already");
    // The ceremony of one person is none of another.
    let (ticket, options) = browser.asked("/account/passkeys/challenge").await;
    let answer = Key::new(9).made(&options);
    let mark = eva.mark().await;
    let fields = [
        ("mark", mark.as_str()),
        ("key", "k9"),
        ("password", signer::password()),
        ("name", "Taken"),
        ("passkey_ticket", &ticket),
        ("passkey_answer", &answer),
    ];
    refused(&eva.form("/account/passkeys", &fields).await, "over");
}

#[tokio::test]
async fn a_copied_key_another_page_and_a_late_answer_get_nobody_in() {
    let house = House::built().await;
    let all = five(&house);
    let (_, mut key) = siri_with_key(&house, &all).await;
    let out = Browser::new(&house);

    let (ticket, options) = out.asked("/sign-in/passkey/challenge").await;
    let elsewhere = key.proves(&options, "http://localhost.evil.example:8080");
    refused(&out.signs_in(&ticket, &elsewhere).await, "another site");
    let answer = key.proves(&options, ORIGIN);
    refused(&out.signs_in(&ticket, &answer).await, "answered already");

    let (ticket, options) = out.asked("/sign-in/passkey/challenge").await;
    key.counter = 0;
    let copy = key.proves(&options, ORIGIN);
    refused(&out.signs_in(&ticket, &copy).await, "counter went back");

    let (ticket, options) = out.asked("/sign-in/passkey/challenge").await;
    key.counter = 50;
    let answer = key.proves(&options, ORIGIN);
    later(&house, 301);
    refused(&out.signs_in(&ticket, &answer).await, "over");
    refused(&out.signs_in("nonsense", "{").await, "over");

    let record = all.kim.get(&house, "/api/v1/security").await.text();
    assert!(record.contains("to sign in"), "failures are recorded: {record}");
}

#[tokio::test]
async fn passkeys_are_refused_by_words_where_browsers_have_none() {
    let house = House::built().await;
    let browser = Browser::new(&house);
    let answer = browser.form_at("127.0.0.1:8080", "/sign-in/passkey/challenge", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("localhost"), "{}", answer.text());
    let without = browser.form("/sign-in/passkey", &[("to", "")]).await;
    refused(&without, "scripts switched on");
}

#[tokio::test]
async fn a_passkey_signs_a_decision_as_both_components() {
    let house = House::built().await;
    let all = five(&house);
    let mut anna = Browser::new(&house);
    anna.by_password("anna", &all.anna).await;
    let path = format!("/api/v1/decisions/{}", house.decision);
    let sheet = all.anna.get(&house, &path).await;
    let digest = signer::digest(&sheet);
    let page = format!("/decisions/{}", house.decision);
    assert!(!anna.open(&page).await.text().contains("data-passkey"), "offered to nobody without");
    let mut key = Key::new(5);
    let done = anna.registers(&mut key, signer::password()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert!(anna.open(&page).await.text().contains("data-passkey"), "offered to whoever has one");

    let (ticket, options) = anna.asked("/account/passkeys/proof").await;
    assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1));
    let answer = key.proves(&options, ORIGIN);
    let mark = anna.mark().await;
    let fields = |ticket: &str| -> Vec<(String, String)> {
        [
            ("mark", mark.as_str()),
            ("key", "k5"),
            ("role", "product_security_lead"),
            ("of", &digest),
            ("password", ""),
            ("code", ""),
            ("passkey_ticket", ticket),
            ("passkey_answer", &answer),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    let send = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        anna.form(&format!("{page}/sign"), &fields).await
    };
    // A ticket to sign in is none to sign.
    let (other, _) = Browser::new(&house).asked("/sign-in/passkey/challenge").await;
    refused(&send(fields(&other)).await, "over");
    let signed = send(fields(&ticket)).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text());
    let sheet = all.anna.get(&house, &path).await.text();
    assert!(sheet.contains("passkey"), "by which component: {sheet}");
}
