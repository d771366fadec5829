//! The server is killed at random moments of SBOM uploads, again and again. Nothing acknowledged may
//! be lost, nothing may be visible by halves, and what is sent again with its key is done once.

use crate::served::{Server, aftercare, parts};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

/// How often the server is killed.
const ROUNDS: u64 = 50;

/// Uploads begun in each round at most.
const UPLOADS: u64 = 4;

/// A fixed sequence that looks random (a linear congruential generator, Numerical Recipes).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn sbom(number: u64) -> Vec<u8> {
    let components: Vec<Value> = (0..20 + number % 300)
        .map(|at| json!({"type": "library", "name": format!("part-{at}"), "version": format!("1.{number}"), "purl": format!("pkg:npm/part-{at}@1.{number}")}))
        .collect();
    json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components})
        .to_string()
        .into_bytes()
}

/// Sends an upload under a key, wholly or up to `cut` bytes, and gives the acknowledged digest if an
/// answer came.
fn upload(
    (address, bearer): (&str, &str),
    version: &str,
    key: u64,
    body: &[u8],
    cut: Option<usize>,
) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "POST /api/v1/versions/{version}/sboms HTTP/1.1\r\nHost: {address}\r\nAuthorization: {bearer}\r\nContent-Type: application/json\r\n\
         Idempotency-Key: upload {key}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body[..cut.unwrap_or(body.len())]).ok()?;
    if cut.is_some() {
        return None;
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let (status, body) = parts(&answer)?;
    assert!(status == 200 || status == 201, "{status}: {}", String::from_utf8_lossy(&body));
    let receipt: Value = serde_json::from_slice(&body).ok()?;
    receipt["digest"].as_str().map(str::to_owned)
}

fn a_record_with_one_version(folder: &Path) -> std::path::PathBuf {
    let bundle = folder.join("bundle");
    std::fs::create_dir_all(&bundle).expect("made");
    let outline = json!({
        "manufacturer": {"name": "Kill test"},
        "families": [{"key": "f", "name": "Family"}],
        "products": [{"key": "p", "family": "f", "name": "Pump"}],
        "versions": [{"key": "v", "product": "p", "label": "1.0"}],
        "suppliers": [], "consignees": [], "sites": []
    });
    std::fs::write(bundle.join("manufacturer.json"), outline.to_string()).expect("written");
    std::fs::write(bundle.join("units.csv"), "product,version,site,udi_di,serial,manufactured\n")
        .expect("written");
    let data = folder.join("data");
    let done = aftercare(&data).args(["inventory", "load"]).arg(&bundle).output().expect("loaded");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    data
}

#[test]
fn no_acknowledged_upload_is_lost_doubled_or_half_visible_over_fifty_kills() {
    let folder = tempfile::tempdir().expect("scratch");
    let data = a_record_with_one_version(folder.path());
    let mut dice = Dice(0x5eed);
    let mut acknowledged: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut number = 0;
    // Sent whole in the last round, answered or not: sent again with the same key.
    let mut unsure: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut version = String::new();
    for round in 0..ROUNDS {
        let server = Server::start(&data);
        if version.is_empty() {
            let list = server.json("/api/v1/products");
            version = list["families"][0]["products"][0]["versions"][0]["id"]
                .as_str()
                .expect("an id")
                .to_owned();
        }
        // What was acknowledged before the last kill is there, byte for byte.
        for (digest, bytes) in &acknowledged {
            let (status, body) = server.get(&format!("/api/v1/blobs/{digest}"));
            assert_eq!((status, &body), (200, bytes), "round {round}: {digest}");
        }
        let sheet = server.json(&format!("/api/v1/versions/{version}"));
        if let Some(current) = sheet["sboms"].as_array().and_then(|sboms| sboms.first()) {
            let listed = server.json(&format!("/api/v1/versions/{version}/components"));
            assert_eq!(
                listed["total"], current["components"],
                "round {round}: half an SBOM is visible"
            );
        }
        for (key, body) in unsure.drain(..) {
            let digest = upload((&server.address, &server.bearer("/")), &version, key, &body, None);
            acknowledged.insert(digest.expect("answered"), body);
        }
        // Uploads in a thread of their own, the kill from this one.
        let plan: Vec<(u64, Vec<u8>, Option<usize>)> = (0..=dice.roll(UPLOADS))
            .map(|_| {
                number += 1;
                let body = sbom(number);
                let cut = (dice.roll(4) == 0).then(|| dice.roll(body.len() as u64) as usize);
                (number, body, cut)
            })
            .collect();
        let whole = plan.iter().filter(|(_, _, cut)| cut.is_none());
        unsure.extend(whole.map(|(key, body, _)| (*key, body.clone())));
        let (address, of) = (server.address.clone(), version.clone());
        let bearer = server.bearer("/");
        let spins = dice.roll(400_000);
        let uploads = std::thread::spawn(move || {
            let mut done = Vec::new();
            for (key, body, cut) in plan {
                if let Some(digest) = upload((&address, &bearer), &of, key, &body, cut) {
                    done.push((digest, body));
                }
            }
            done
        });
        // A random moment, measured in the scheduler's turns and not in time.
        for _ in 0..spins {
            std::thread::yield_now();
        }
        server.kill();
        acknowledged.extend(uploads.join().expect("the uploads end"));
    }
    assert!(
        acknowledged.len() > 10,
        "only {} uploads were acknowledged: the kills came too early",
        acknowledged.len()
    );
    let server = Server::start(&data);
    for (digest, bytes) in &acknowledged {
        assert_eq!(
            server.get(&format!("/api/v1/blobs/{digest}")),
            (200, bytes.clone()),
            "{digest}"
        );
    }
    let mut recorded: BTreeMap<String, u32> = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = server.json(&format!("/api/v1/ledger?after={after}"));
        for entry in page["items"].as_array().expect("entries") {
            if entry["kind"] == "sbom_received" {
                let digest = entry["body"]["sbom"].as_str().expect("a digest").to_owned();
                *recorded.entry(digest).or_default() += 1;
            }
        }
        let Some(next) = page["next"].as_str() else { break };
        next.clone_into(&mut after);
    }
    let doubled: Vec<_> = recorded.iter().filter(|(_, times)| **times > 1).collect();
    assert!(doubled.is_empty(), "done twice for one key: {doubled:?}");
    for digest in acknowledged.keys() {
        assert!(recorded.contains_key(digest), "{digest} is not in the ledger");
    }
    server.kill();
    let verify = aftercare(&data).args(["ledger", "verify"]).output().expect("verified");
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stdout));
}
