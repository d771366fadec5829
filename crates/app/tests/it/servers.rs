//! Two servers of one record on PostgreSQL: one order, each job once, and either may be killed.

use crate::{
    bench::{Bench, bill, small_corpus},
    served::{Server, aftercare},
};
use aftercare_testkit::engine;
use serde_json::{Value, json};
use std::{path::Path, process::Command};

/// The program over `data`, its tables on the server for tests.
fn on_server(address: &str, data: &Path) -> Command {
    let mut command = aftercare(data);
    command.env("AFTERCARE_STORE_ADDRESS", address);
    command.env("AFTERCARE_STORE_SCHEMA", engine::schema(data));
    command
}

fn record(bench: &Bench, address: &str) -> std::path::PathBuf {
    let outline = json!({
        "manufacturer": {"name": "Two servers"},
        "families": [{"key": "f", "name": "Family"}],
        "products": [{"key": "p", "family": "f", "name": "Pump"}],
        "versions": [{"key": "v", "product": "p", "label": "1.0"}],
        "suppliers": [], "consignees": [], "sites": []
    });
    bench.file("bundle/manufacturer.json", outline.to_string());
    bench.file("bundle/units.csv", "product,version,site,udi_di,serial,manufactured\n");
    let data = bench.path().join("data");
    std::fs::create_dir_all(data.join("corpus")).expect("made");
    for file in std::fs::read_dir(Path::new(small_corpus()).join("corpus")).expect("lists") {
        let file = file.expect("a file").path();
        let name = file.file_name().expect("a name");
        std::fs::copy(&file, data.join("corpus").join(name)).expect("copied");
    }
    let mut load = on_server(address, &data);
    let done = load.args(["inventory", "load"]).arg(bench.path().join("bundle")).output();
    let done = done.expect("started");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    data
}

fn attach(server: &Server, version: &str, number: u32) -> Value {
    let version_of = format!("1.{number}");
    let purl = format!("pkg:npm/part@{version_of}");
    let sbom = bill(&[("part", Some(&version_of), Some(&purl))]);
    let path = format!("/api/v1/versions/{version}/sboms?wait=true");
    let (status, receipt) = server.post(&path, sbom.as_bytes());
    assert_eq!(status, 201, "{receipt}");
    assert_eq!(receipt["sbom"]["state"], "matched", "{receipt}");
    receipt
}

fn kinds(server: &Server, kind: &str) -> usize {
    let mut found = 0;
    let mut after = String::new();
    loop {
        let page = server.json(&format!("/api/v1/ledger?after={after}"));
        let items = page["items"].as_array().expect("entries");
        found += items.iter().filter(|entry| entry["kind"] == kind).count();
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return found,
        }
    }
}

#[test]
fn two_servers_of_one_record_keep_one_order_match_once_and_survive_each_other() {
    let Some(address) = engine::server() else { return };
    let bench = Bench::new();
    let data = record(&bench, &address);
    let first = Server::spawn(on_server(&address, &data));
    let second = Server::spawn(on_server(&address, &data));
    let products = first.json("/api/v1/products");
    let version =
        products["families"][0]["products"][0]["versions"][0]["id"].as_str().expect("a version");
    for number in 0..3 {
        attach(&first, version, number);
        attach(&second, version, 100 + number);
    }
    let head = |server: &Server| server.json("/api/v1/ledger/head");
    assert_eq!(head(&first), head(&second), "each sees at once what the other did");
    assert_eq!(kinds(&first, "sbom_received"), 6);
    assert_eq!(kinds(&second, "findings_assessed"), 6, "each SBOM was matched once");

    first.kill();
    attach(&second, version, 200); // whoever led before, the other leads now
    let third = Server::spawn(on_server(&address, &data));
    second.kill();
    attach(&third, version, 300);
    assert_eq!(kinds(&third, "sbom_received"), 8);
    assert_eq!(kinds(&third, "findings_assessed"), 8);
    third.kill();
    let mut verify = on_server(&address, &data);
    let done = verify.args(["ledger", "verify"]).output().expect("started");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}
