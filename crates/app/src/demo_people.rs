//! The people of the sample manufacturer: who they are, and how to sign in as them.
//!
//! Passwords and seeds are drawn for each installation and kept in a file beside the record, so that
//! whoever tries the sample can be any of them. A record that is meant is set up otherwise.

use crate::{config::Settings, ending::Failure, operation, paper, sample_clock::SampleClock};
use aftercare_desk::{By, Desk, GrantWish, Origin, Proofs, Viewer};
use aftercare_domain::{
    Channel, Operation, Sight,
    grant::Standing,
    moment::day_of,
    role::RoleName::{
        self, Administrator, Auditor, Communications, Developer, Executive, FieldService,
        IntakeCoordinator, ProductOwner, ProductSecurityLead, Quality, RegulatoryAffairs,
        ReleaseApprover, SafetyRiskManager, SecurityAnalyst, Verifier,
    },
    training::TrainingRecorded,
};
use aftercare_signin::totp;
use aftercare_vocab::id::PersonId;
use serde::{Deserialize, Serialize};
use std::{fs, io::Write as _, path::PathBuf};

/// The file with passwords and seeds.
const FILE: &str = "demo-sign-in.json";

/// Who acts, as the ledger names it.
const ACTOR: &str = "demo";

/// Login, name, roles held, roles as deputy, whether with a code generator.
type Sample = (&'static str, &'static str, &'static [RoleName], &'static [RoleName], bool);

const PEOPLE: &[Sample] = &[
    ("anna.berg", "Anna Berg", &[ProductSecurityLead], &[], false),
    (
        "tomas.quill",
        "Tomás Quill",
        &[SecurityAnalyst, IntakeCoordinator],
        &[ProductSecurityLead],
        true,
    ),
    ("mary.okafor", "Dr. Mary O'Kafor", &[SafetyRiskManager], &[], true),
    ("jon.lind", "Jon Lind", &[Quality], &[ReleaseApprover], true),
    ("sofia.reyes", "Sofía Reyes", &[RegulatoryAffairs, Communications], &[], true),
    ("lena.vogt", "Lena Vogt", &[ProductOwner, FieldService], &[], true),
    ("ravi.nair", "Ravi Nair", &[Developer], &[], true),
    ("ines.pratt", "Inês Pratt", &[Verifier], &[], true),
    ("carl.moe", "Carl Moe", &[ReleaseApprover], &[], true),
    ("per.holm", "Per Holm", &[Executive], &[], true),
    ("lead.person", "Lea Dorn", &[ProductSecurityLead], &[], true),
    ("olga.audit", "Olga Reyne", &[Auditor], &[], true),
    ("kim.admin", "Kim Adler", &[Administrator], &[], true),
];

/// How to sign in as one of them.
#[derive(Serialize, Deserialize)]
pub struct Account {
    pub login: String,
    pub name: String,
    pub password: String,
    /// The seed of the code generator (base 32); none without one.
    pub totp: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct File {
    note: String,
    people: Vec<Account>,
}

fn place(settings: &Settings) -> PathBuf {
    settings.folder().join(FILE)
}

/// Adds the people to a record that has none.
pub fn add(settings: &Settings, desk: &Desk, clock: &SampleClock) -> Result<(), Failure> {
    if !desk.wants_set_up()? {
        return Ok(());
    }
    let mut people = Vec::new();
    for sample in PEOPLE {
        people.push(join(desk, clock, sample)?);
    }
    let file = File {
        note: "How to sign in to the sample as each of its people. Keep real passwords in no file."
            .to_owned(),
        people,
    };
    let text = paper::json(&file)?;
    let place = place(settings);
    let failed = |error: std::io::Error| Failure::at("Writing to", &place, &error);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&place).and_then(|mut file| file.write_all(&text)).map_err(failed)
}

fn join(desk: &Desk, clock: &SampleClock, sample: &Sample) -> Result<Account, Failure> {
    let begin = || clock.begin_at_once(ACTOR, Channel::Job);
    let (login, name, holds, deputises, generator) = *sample;
    let person = desk.add_person(&begin(), login, name)?;
    desk.verify_identity(&begin(), person, "Invented for the sample")?;
    let held = holds.iter().map(|role| (*role, Standing::Holder));
    let deputy = deputises.iter().map(|role| (*role, Standing::Deputy));
    for (role, standing) in held.chain(deputy) {
        desk.give_role(&begin(), GrantWish { person, role, sight: Sight::All, standing })?;
        if role.may_decide() {
            trained(desk, &begin(), person, role)?;
        }
    }
    let password = drawn();
    let code = desk.invite(&begin(), person)?;
    desk.join(&begin(), login, &code, &password, &Origin::default())?;
    let totp = if generator {
        Some(with_generator(desk, clock, sample, person, &password)?)
    } else {
        None
    };
    Ok(Account { login: login.to_owned(), name: name.to_owned(), password, totp })
}

fn trained(desk: &Desk, op: &Operation, person: PersonId, role: RoleName) -> Result<(), Failure> {
    let on = day_of(op.at).unwrap_or_default();
    let until = on.checked_add(jiff::Span::new().days(365)).unwrap_or(on);
    let subject = "Vulnerability handling for medical devices".to_owned();
    let evidence = Some("Sample record".to_owned());
    Ok(desk.record_training(op, TrainingRecorded { person, role, subject, on, until, evidence })?)
}

fn with_generator(
    desk: &Desk,
    clock: &SampleClock,
    sample: &Sample,
    person: PersonId,
    password: &str,
) -> Result<String, Failure> {
    let begin = || clock.begin(ACTOR, Channel::Job);
    let op = begin();
    let viewer = Viewer {
        person,
        login: sample.0.to_owned(),
        name: sample.1.to_owned(),
        rights: std::collections::BTreeSet::new(),
        sight: Sight::none(),
        by: By::Session(op.new_id(), Vec::new()),
        role: ACTOR.to_owned(),
    };
    let begun = desk.begin_totp(&op, &viewer)?;
    let op = begin();
    // The code of the step before: the one of now stays good for whoever signs in at once.
    let before = op.at.plus_micros(-30_000_000);
    let code = generator(&begun.seed)?.shown_at(before);
    desk.confirm_totp(
        &op,
        &viewer,
        &Proofs { password: password.to_owned(), code, passkey: None },
    )?;
    Ok(begun.seed)
}

pub fn generator(seed: &str) -> Result<totp::Secret, Failure> {
    totp::Secret::read(seed)
        .ok_or_else(|| Failure::Trouble("The seed of a code generator cannot be read.".to_owned()))
}

/// Four words with a number: long enough, and easy to type.
fn drawn() -> String {
    const WORDS: &[&str] = &[
        "amber", "anvil", "basalt", "birch", "bramble", "candle", "cobalt", "copper", "cradle",
        "dahlia", "ember", "falcon", "fennel", "flint", "garnet", "ginger", "glacier", "granite",
        "harbor", "hazel", "indigo", "jasper", "juniper", "kestrel", "lagoon", "lantern", "linden",
        "marble", "meadow", "nettle", "nimbus", "ochre", "opal", "orchid", "osprey", "pebble",
        "pepper", "quartz", "quiver", "raven", "ripple", "saffron", "sorrel", "spruce", "tamarind",
        "thistle", "timber", "tundra", "umber", "velvet", "walnut", "willow", "yarrow", "zephyr",
    ];
    let number = operation::nonce();
    let word = |at: u32| WORDS[(number >> at) as usize % WORDS.len()];
    format!("{}-{}-{}-{}-{}", word(0), word(13), word(26), word(39), number % 10_000)
}

/// How to sign in as each of them.
pub fn accounts(settings: &Settings) -> Result<Vec<Account>, Failure> {
    Ok(read(settings)?.map(|file| file.people).unwrap_or_default())
}

fn read(settings: &Settings) -> Result<Option<File>, Failure> {
    let place = place(settings);
    match fs::read(&place) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::at("Reading", &place, &error)),
    }
}

/// What to print about signing in.
pub fn how_to_sign_in(settings: &Settings) -> Result<String, Failure> {
    let Some(file) = read(settings)? else { return Ok(String::new()) };
    let Some(first) = file.people.first() else { return Ok(String::new()) };
    Ok(format!(
        "Sign in as {} with the password {}\n{} more people with other roles stand in {} ({} asks for a code too: \
         `aftercare demo --code LOGIN` prints it).\n",
        first.login,
        first.password,
        file.people.len() - 1,
        place(settings).display(),
        "signing in as them"
    ))
}

/// The code that somebody's generator shows now.
pub fn code(settings: &Settings, login: &str) -> Result<String, Failure> {
    let unknown = || {
        Failure::Wrong(format!(
            "There is no code generator of {} in the sample. {} names those there are.",
            aftercare_vocab::problem::quoted(login),
            place(settings).display()
        ))
    };
    let file = read(settings)?.ok_or_else(unknown)?;
    let seed = file.people.into_iter().find(|one| one.login == login).and_then(|one| one.totp);
    Ok(generator(&seed.ok_or_else(unknown)?)?.shown_at(operation::now()))
}
