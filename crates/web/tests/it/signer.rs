//! People who sign: with password and code generator, vouched for and trained.

use crate::house::{Answer, House, apart};
use aftercare_desk::{By, GrantWish, Origin, Proofs, Viewer};
use aftercare_domain::{
    Operation, Sight, access::Right, grant::Standing, role::RoleName, training::TrainingRecorded,
};
use aftercare_signin::totp;
use aftercare_vocab::{digest::Digest, id::PersonId, instant::Instant};
use std::sync::atomic::{AtomicU64, Ordering};

const PASSWORD: &str = "granite-ochre-falcon-1717-quill";
const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody who can sign.
pub struct Signer {
    pub person: PersonId,
    pub token: String,
    pub generator: totp::Secret,
}

/// The same chance is never given twice, nor that of the people of a house.
static DRAWN: AtomicU64 = AtomicU64::new(0);

pub fn op(house: &House) -> Operation {
    let mut chance = [0xd5; 32];
    chance[..8].copy_from_slice(&DRAWN.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    house.begin().with_chance(chance)
}

/// Adds somebody with roles for all families, who can sign.
pub fn signer(house: &House, (login, name): (&str, &str), roles: &[RoleName]) -> Signer {
    apart(|| {
        let desk = &house.desk;
        let person = desk.add_person(&op(house), login, name).expect("added");
        desk.verify_identity(&op(house), person, "pass shown").expect("vouched for");
        for role in roles {
            let (sight, standing) = (Sight::All, Standing::Holder);
            let wish = GrantWish { person, role: *role, sight, standing };
            desk.give_role(&op(house), wish).expect("given");
            train(house, person, *role);
        }
        let code = desk.invite(&op(house), person).expect("invited");
        desk.join(&op(house), login, &code, PASSWORD, &Origin::default()).expect("joined");
        let roster = desk.roster().expect("reads");
        let rights = roster.rights(person);
        let viewer = Viewer {
            person,
            login: login.to_owned(),
            name: name.to_owned(),
            rights: rights.clone(),
            sight: roster.sight(person),
            by: By::Session(op(house).new_id(), Vec::new()),
            role: roles[0].code().to_owned(),
        };
        let begun = desk.begin_totp(&op(house), &viewer).expect("begun");
        let generator = totp::Secret::read(&begun.seed).expect("a seed");
        let before = op(house).at.plus_micros(-30_000_000);
        let code = generator.shown_at(before);
        let proofs = Proofs { password: PASSWORD.to_owned(), code, passkey: None };
        desk.confirm_totp(&op(house), &viewer, &proofs).expect("confirmed");
        let made = desk.issue_token(&op(house), &viewer, "Tests", rights, 300).expect("issued");
        Signer { person, token: made.token, generator }
    })
}

/// Records that somebody is trained for a role, until some weeks after the house's today.
pub fn train(house: &House, person: PersonId, role: RoleName) {
    let op = op(house);
    let day = |text: &str| text.parse().expect("a day");
    let (on, until) = (day("2026-01-15"), day("2027-01-14"));
    let (subject, evidence) = ("course".to_owned(), None);
    let training = TrainingRecorded { person, role, subject, on, until, evidence };
    house.desk.record_training(&op, training).expect("recorded");
}

/// Anna leads, Ole analyses, Kim is quality, Eva the executive, Siri is safety.
pub struct Five {
    pub anna: Signer,
    pub ole: Signer,
    pub kim: Signer,
    pub eva: Signer,
    pub siri: Signer,
}

pub fn five(house: &House) -> Five {
    let one = |login, name, role| signer(house, (login, name), &[role]);
    Five {
        anna: one("anna", "Anna Berg", RoleName::ProductSecurityLead),
        ole: one("ole", "Ole Moe", RoleName::SecurityAnalyst),
        kim: one("kim", "Kim \"Q\" O'Dell", RoleName::Quality),
        eva: one("eva", "Eva Lind", RoleName::Executive),
        siri: one("siri", "Siri Dahl", RoleName::SafetyRiskManager),
    }
}

impl Signer {
    /// The same person with a token that may do these things only.
    pub fn narrowed(&self, house: &House, rights: &[Right]) -> Self {
        let token = apart(|| {
            let desk = &house.desk;
            let now = op(house).at;
            let whole = desk.viewer_of_token(&self.token, now).expect("reads").expect("known");
            // A token issues no other; the person does.
            let viewer = Viewer { by: By::Session(op(house).new_id(), Vec::new()), ..whole };
            let scope = rights.iter().copied().collect();
            desk.issue_token(&op(house), &viewer, "Narrow", scope, 300).expect("issued").token
        });
        Self { token, generator: self.generator.clone(), ..*self }
    }

    /// The password and the code of now, each encoded for a form.
    pub fn proofs(&self, house: &House) -> String {
        format!("&password={PASSWORD}&code={}", self.code(house))
    }

    pub fn code(&self, house: &House) -> String {
        let now: Instant = house.begin().at;
        self.generator.shown_at(now)
    }

    pub async fn get(&self, house: &House, path: &str) -> Answer {
        house.sent("GET", path, &[("authorization", &self.bearer())], "").await
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// Sends a form of a page.
    pub async fn form(&self, house: &House, path: &str, body: &str) -> Answer {
        let headers = [
            ("authorization", self.bearer()),
            ("content-type", FORM.to_owned()),
            ("sec-fetch-site", "same-origin".to_owned()),
        ];
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        house.sent("POST", path, &headers, body.to_owned()).await
    }

    pub async fn post(&self, house: &House, path: &str, body: &serde_json::Value) -> Answer {
        self.post_keyed(house, path, body, None).await
    }

    pub async fn post_keyed(
        &self,
        house: &House,
        path: &str,
        body: &serde_json::Value,
        key: Option<&str>,
    ) -> Answer {
        let bearer = self.bearer();
        let mut headers =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        house.sent("POST", path, &headers, body.to_string()).await
    }

    /// Signs what stands in the API's answer about a decision, in a role, half a minute later.
    pub async fn sign(&self, house: &House, id: &str, role: &str) -> Answer {
        self.give(house, id, role, "signatures", None).await
    }

    pub async fn give(
        &self,
        house: &House,
        id: &str,
        role: &str,
        what: &str,
        reason: Option<&str>,
    ) -> Answer {
        later(house, 31);
        let digest = digest(&self.get(house, &format!("/api/v1/decisions/{id}")).await);
        let body = serde_json::json!({
            "role": role, "digest": digest, "password": PASSWORD, "code": self.code(house), "reason": reason,
        });
        self.post(house, &format!("/api/v1/decisions/{id}/{what}"), &body).await
    }
}

/// The digest of the newest version.
pub fn digest(decision: &Answer) -> String {
    let sheet = decision.json();
    let versions = sheet["versions"].as_array().expect("versions");
    versions.last().expect("one")["digest"].as_str().expect("a digest").to_owned()
}

/// Moves the clock on.
pub fn later(house: &House, seconds: i64) {
    let at = house.begin().at.plus_micros(seconds * 1_000_000);
    house.set_clock(&at.to_string());
}

pub fn password() -> &'static str {
    PASSWORD
}

/// What a text is worth as a digest, to be sent for one that was never read.
pub fn other_digest() -> String {
    Digest::of(b"another").to_string()
}
