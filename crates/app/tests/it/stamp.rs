//! Time stamps of checkpoints, with `openssl ts` as the authority.

use crate::bench::Bench;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

const SETTINGS: &str = "\
[tsa]
default_tsa = one
[one]
serial = ./serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1, millisecs:500
ordering = no
tsa_name = yes
ess_cert_id_chain = no
[req]
distinguished_name = name
prompt = no
[name]
CN = filled in by -subj
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[stamping]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
[not_critical]
extendedKeyUsage = timeStamping
[other_purpose]
extendedKeyUsage = critical, timeStamping, emailProtection
";

/// An authority of our own, made anew for each test.
struct Authority(TempDir);

impl Authority {
    /// `None` when there is no openssl; the test says so.
    #[allow(clippy::print_stderr, reason = "a test that did not run says so")]
    fn new() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("NOT RUN: there is no `openssl` to be the authority (Debian: openssl)");
            return None;
        }
        let authority = Self(TempDir::new().expect("a directory"));
        fs::write(authority.0.path().join("tsa.cnf"), SETTINGS).expect("written");
        fs::write(authority.0.path().join("serial"), "01\n").expect("written");
        for root in ["root", "stranger"] {
            authority.openssl(&format!(
                "req -x509 -newkey rsa:2048 -nodes -keyout {root}.key -out {root}.pem -days 30 \
                 -subj /CN={root} -config tsa.cnf -extensions root"
            ));
        }
        for (purpose, key) in [
            ("stamping", "rsa:2048"),
            ("not_critical", "rsa:2048"),
            ("other_purpose", "rsa:2048"),
            ("stamping", "ec -pkeyopt ec_paramgen_curve:P-256"),
        ] {
            let name = if key.starts_with("ec") { "curve" } else { purpose };
            authority.openssl(&format!(
                "req -newkey {key} -nodes -keyout {name}.key -out {name}.csr -subj /CN={name} \
                 -config tsa.cnf"
            ));
            authority.openssl(&format!(
                "x509 -req -in {name}.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 \
                 -extfile tsa.cnf -extensions {purpose} -out {name}.pem"
            ));
        }
        Some(authority)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn openssl(&self, arguments: &str) {
        let done = self.try_openssl(arguments);
        assert!(done.0, "openssl {arguments}: {}", done.1);
    }

    fn try_openssl(&self, arguments: &str) -> (bool, String) {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace()).current_dir(self.0.path());
        let done = command.output().expect("runs");
        (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
    }

    /// Replies to the request with the certificate and key of a name.
    fn reply(&self, request: &Path, reply: &Path, name: &str) {
        self.openssl(&format!(
            "ts -reply -config tsa.cnf -queryfile {} -signer {name}.pem -inkey {name}.key -out {}",
            request.display(),
            reply.display()
        ));
    }
}

struct Signed {
    authority: Authority,
    bench: Bench,
}

impl Signed {
    /// A record with a checkpoint, and the request for it.
    fn new() -> Option<Self> {
        let authority = Authority::new()?;
        let bench = Bench::new();
        bench.file("aftercare.toml", "data = 'data'\nlog.copy_to = 'second'\n");
        let made = Self { authority, bench };
        made.run("demo --seed-only", 0);
        made.run("ledger checkpoint", 0);
        made.run("ledger timestamp request asked.tsq", 0);
        Some(made)
    }

    fn run(&self, line: &str, code: i32) -> String {
        let ran = self.bench.run(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(ran.code, code, "{line}: {}{}", ran.out, ran.err);
        ran.out + &ran.err
    }

    fn reply(&self, name: &str) {
        let at = |file: &str| self.bench.path().join(file);
        self.authority.reply(&at("asked.tsq"), &at("got.tsr"), name);
    }

    fn root(&self, name: &str) -> String {
        self.authority.path(name).display().to_string()
    }
}

#[test]
fn a_reply_of_a_real_authority_is_checked_kept_everywhere_and_checked_again_at_home() {
    let Some(house) = Signed::new() else { return };
    let shown = house.authority.try_openssl(&format!(
        "ts -query -in {} -text",
        house.bench.path().join("asked.tsq").display()
    ));
    assert!(shown.0, "openssl reads our request: {}", shown.1);
    house.reply("stamping");
    let root = house.root("root.pem");
    let told = house.run("ledger timestamp attach got.tsr", 0);
    for part in ["CN=stamping attests", "NOT checked", "openssl ts -verify -queryfile"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let told = house.run(&format!("ledger timestamp attach got.tsr --ca {root}"), 0);
    assert!(told.contains("leads to one that you gave") && !told.contains("NOT"), "{told}");

    let told = house.run(&format!("ledger verify --ca {root}"), 0);
    assert!(told.contains("1 time stamp of") && !told.contains("NOT"), "{told}");
    house.run("ledger export copy --without-blobs", 0);
    let told = house.run("ledger verify copy", 0);
    assert!(told.contains("1 time stamp of") && told.contains("NOT checked"), "{told}");
    let json = house.bench.run(&["ledger", "verify", "copy", "--ca", &root, "--format", "json"]);
    assert_eq!(json.json()["timestamps"][0]["followed_to_given_root"], true, "{}", json.err);
    let told = house.run(&format!("ledger verify copy --ca {}", house.root("stranger.pem")), 1);
    assert!(told.contains("does not lead to a given root"), "{told}");

    // The command that our messages name, with the files where we keep them.
    let log = house.bench.path().join("data/register/log/timestamps");
    let asked = fs::read_dir(&log).expect("lists").map(|file| file.expect("a file").path());
    let asked = asked.filter(|place| place.extension().is_some_and(|end| end == "tsq"));
    let asked = asked.last().expect("kept");
    let (holds, said) = house.authority.try_openssl(&format!(
        "ts -verify -queryfile {} -in {} -CAfile root.pem",
        asked.display(),
        asked.with_extension("tsr").display()
    ));
    assert!(holds, "{said}");
    let name = asked.with_extension("tsr");
    let name = name.file_name().expect("a name");
    let kept = fs::read(log.join(name)).expect("kept");
    for place in ["second/timestamps", "copy/timestamps"] {
        assert_eq!(fs::read(house.bench.path().join(place).join(name)).expect(place), kept);
    }
    house.run("backup saved.backup", 0);
    fs::remove_dir_all(house.bench.path().join("data")).expect("lost");
    house.run("restore saved.backup", 0);
    assert_eq!(fs::read(log.join(name)).expect("restored"), kept);
    house.run(&format!("ledger verify --ca {root}"), 0);
}

#[test]
fn an_authority_with_a_key_on_a_curve_is_checked_to_its_root() {
    let Some(house) = Signed::new() else { return };
    house.reply("curve");
    let root = house.root("root.pem");
    let told = house.run(&format!("ledger timestamp attach got.tsr --ca {root}"), 0);
    assert!(told.contains("CN=curve attests"), "{told}");
}

#[test]
fn a_reply_that_proves_nothing_is_refused_with_the_reason() {
    let Some(house) = Signed::new() else { return };
    let at = |file: &str| house.bench.path().join(file);
    let refused = |line: &str, part: &str| {
        let told = house.run(line, 2);
        assert!(told.contains(part) && told.contains("was not kept"), "{part}: {told}");
        assert!(
            !at("second/timestamps").exists() || {
                let mut there = fs::read_dir(at("second/timestamps")).expect("lists");
                there.all(|file| {
                    file.expect("a file").path().extension().is_some_and(|e| e == "tsq")
                })
            }
        );
    };
    let attach = "ledger timestamp attach got.tsr";
    house.reply("stamping");
    let stranger = house.root("stranger.pem");
    refused(&format!("{attach} --ca {stranger}"), "does not lead to a given root");

    let mut bytes = fs::read(at("got.tsr")).expect("reads");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(at("got.tsr"), &bytes).expect("written");
    refused(attach, "its signature does not hold");
    fs::write(at("got.tsr"), &bytes[..last / 2]).expect("written");
    refused(attach, "no reply of a time-stamping authority");
    fs::write(at("got.tsr"), "<html>busy</html>").expect("written");
    refused(attach, "no reply of a time-stamping authority");

    // About the same bytes with another nonce, and about other bytes.
    let note = at("data/register/log/checkpoint").display().to_string();
    let query = |about: &str| {
        house.authority.openssl(&format!(
            "ts -query -data {about} -sha256 -cert -out {}",
            at("other.tsq").display()
        ));
        house.authority.reply(&at("other.tsq"), &at("got.tsr"), "stamping");
    };
    query(&note);
    refused(attach, "nonce");
    query("tsa.cnf");
    refused(attach, "about other bytes");

    // Refused by the authority: a digest it does not take.
    house.authority.openssl(&format!(
        "ts -query -data {note} -sha384 -cert -out {}",
        at("other.tsq").display()
    ));
    house.authority.reply(&at("other.tsq"), &at("got.tsr"), "stamping");
    refused(attach, "did not grant");

    house.reply("stamping");
    fs::write(at("not.pem"), "nothing").expect("written");
    let told = house.run(&format!("{attach} --ca not.pem"), 2);
    assert!(told.contains("no certificate in it"), "{told}");
    house.run(attach, 0);
}

#[test]
fn a_certificate_that_may_do_other_things_than_stamp_time_is_not_believed() {
    let Some(house) = Signed::new() else { return };
    house.reply("stamping");
    let got = house.bench.path().join("got.tsr");
    let root = house.root("root.pem");
    // `openssl ts` itself refuses to sign with these, so the same content is signed once more around it.
    house.authority.openssl(&format!("ts -reply -in {} -token_out -out token.der", got.display()));
    house.authority.openssl("cms -verify -noverify -inform DER -in token.der -out content.der");
    for (name, part) in [
        ("stamping", "attests"),
        ("not_critical", "not marked critical"),
        ("other_purpose", "not its only purpose"),
        ("root", "no extended key usage"),
    ] {
        house.authority.openssl(&format!(
            "cms -sign -cades -binary -nodetach -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.4 \
             -in content.der -signer {name}.pem -inkey {name}.key -outform DER -out token.der"
        ));
        let token = fs::read(house.authority.path("token.der")).expect("signed");
        fs::write(&got, granted(&token)).expect("written");
        let code = if name == "stamping" { 0 } else { 2 };
        let told = house.run(&format!("ledger timestamp attach got.tsr --ca {root}"), code);
        assert!(told.contains(part), "{name}: {told}");
    }
}

/// A reply that grants this token: `SEQUENCE { SEQUENCE { INTEGER 0 }, token }`.
fn granted(token: &[u8]) -> Vec<u8> {
    let status = [0x30, 3, 2, 1, 0];
    let length = (token.len() + status.len()) as u16;
    let mut reply = vec![0x30, 0x82];
    reply.extend(length.to_be_bytes());
    reply.extend(status);
    reply.extend(token);
    reply
}

#[test]
fn verify_names_a_time_stamp_that_was_swapped_or_lost_its_request() {
    let Some(house) = Signed::new() else { return };
    house.reply("stamping");
    house.run("ledger timestamp attach got.tsr", 0);
    let folder = house.bench.path().join("data/register/log/timestamps");
    let one = |end: &str| {
        let files = fs::read_dir(&folder).expect("lists").map(|file| file.expect("a file").path());
        files.filter(|place| place.extension().is_some_and(|e| e == end)).last().expect("kept")
    };
    let (asked, got) = (one("tsq"), one("tsr"));
    let good = fs::read(&got).expect("reads");
    let mut bad = good.clone();
    let last = bad.len() - 1;
    bad[last] ^= 1;
    fs::write(&got, bad).expect("written");
    let told = house.run("ledger verify", 1);
    assert!(told.contains("the time stamp proves nothing"), "{told}");
    fs::write(&got, good).expect("written");
    house.run("ledger verify", 0);
    fs::remove_file(asked).expect("removed");
    let told = house.run("ledger verify", 1);
    assert!(told.contains("the request that it answers is missing"), "{told}");
}

#[test]
fn a_request_needs_a_checkpoint_and_is_the_same_until_the_next_one() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["--data", "data", "demo", "--seed-only"]).code, 0);
    let ran = bench.run(&["--data", "data", "ledger", "timestamp", "request"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("aftercare ledger checkpoint"), "{}", ran.err);
    assert_eq!(bench.run(&["--data", "data", "ledger", "checkpoint"]).code, 0);
    let ask = |file: &str| {
        let ran = bench.run(&["--data", "data", "ledger", "timestamp", "request", file]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("curl") && ran.out.contains("Nothing was sent"), "{}", ran.out);
        fs::read(bench.path().join(file)).expect("written")
    };
    assert_eq!(ask("a.tsq"), ask("b.tsq"), "a reply to the first must fit when it comes back");
}
