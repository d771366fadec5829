//! The record on the command line: demo, affected, ledger, inventory.

use crate::bench::{Bench, bill};
use aftercare_testkit::bucket::{Mood, Server};
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

#[test]
fn the_demo_is_loaded_served_asked_and_stopped() {
    let bench = Bench::new();
    let mut child = bench
        .command(&["--data", "data", "demo", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let address = lines
        .by_ref()
        .map(|line| line.expect("text"))
        .find_map(|line| {
            line.strip_prefix("Aftercare is listening on http://127.0.0.1:").map(str::to_owned)
        })
        .expect("the address is printed");
    assert!(address.parse::<u16>().is_ok_and(|port| port > 0), "{address}");
    let rest: Vec<String> = lines.by_ref().take(3).map(|line| line.expect("text")).collect();
    assert!(rest[0].starts_with("Sign in as anna.berg with the password "), "{rest:?}");
    assert!(rest[1].contains("demo-sign-in.json") && rest[2].contains("stop"), "{rest:?}");

    // a second writer of a file is refused, a reader is not (of a server's tables: `servers.rs`)
    if aftercare_testkit::engine::engine().is_none() {
        let ran = bench.run(&["--data", "data", "serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains("in use by another process"), "{}", ran.err);
    }
    let taken = format!("127.0.0.1:{address}");
    let ran = bench.run(&["--data", "other", "serve", "--listen", &taken]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is taken") && ran.err.contains("--listen"), "{}", ran.err);
    let ran = bench.run(&["--data", "data", "affected", "CVE-2021-44228"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "known exploited since 2021-12-10",
        "Cairn imaging gateway",
        "Unknown: version not recorded",
        "log4j-core",
    ] {
        assert!(ran.out.contains(part), "{part}:\n{}", ran.out);
    }

    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("started").success());
    assert_eq!(child.wait().expect("ended").code(), Some(0));

    let json =
        bench.run(&["--data", "data", "affected", "CVE-2021-44228", "--format", "json"]).json();
    assert!(json["reach"][0]["totals"]["units"]["affected"].as_u64() > Some(0));
    let ran = bench.run(&["--data", "data", "affected", "CVE-2099-0001"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("does not mean that products are not affected"), "{}", ran.out);

    let ran = bench.run(&["--data", "data", "demo", "--seed-only"]);
    assert!(ran.code == 0 && ran.out.contains("used as it is"), "{}{}", ran.out, ran.err);
    assert_eq!(bench.run(&["--data", "data", "rebuild"]).code, 0);
    let found = bench.run(&["--data", "data", "ledger", "verify", "--format", "json"]);
    assert_eq!((found.code, &found.json()["holds"]), (0, &true.into()));
}

#[test]
fn an_address_that_others_can_reach_is_refused_where_nothing_encrypts() {
    let bench = Bench::new();
    let ran = bench.run(&["demo", "--listen", "0.0.0.0:0"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("does not encrypt") && ran.err.contains("--open-to-network"),
        "{}",
        ran.err
    );
    assert!(!bench.path().join("aftercare-data").exists(), "nothing was made");
}

#[test]
fn asking_without_a_record_says_how_to_make_one() {
    let bench = Bench::new();
    for args in [&["affected", "zlib"][..], &["ledger", "verify"], &["rebuild"]] {
        let ran = bench.run(args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.err.contains("aftercare inventory load"), "{}", ran.err);
    }
}

fn folder(bench: &Bench, version: &str, units: &str) {
    let outline = serde_json::json!({
        "manufacturer": {"name": "Hollin Devices"},
        "families": [{"key": "f", "name": "Pumps"}],
        "products": [{"key": "p", "family": "f", "name": "Pump"}],
        "versions": [{"key": "v", "product": version, "label": "1.0", "sbom": "sboms/v.json"}],
        "consignees": [{"key": "c", "name": "Ward Hospital"}],
        "sites": [{"key": "s", "consignee": "c", "name": "Main"}],
    });
    bench.file("ours/manufacturer.json", outline.to_string());
    bench.file("ours/units.csv", format!("product,version,site,udi_di,serial\n{units}"));
    bench.file(
        "ours/sboms/v.json",
        bill(&[("zlib", Some("1.2.11"), Some("pkg:generic/zlib@1.2.11"))]),
    );
}

#[test]
fn ones_own_folder_is_loaded_and_found() {
    let bench = Bench::new();
    folder(&bench, "p", "p,v,s,,A-1\np,,s,,A-2\n");
    let loaded = bench.run(&["inventory", "load", "ours", "--format", "json"]);
    assert_eq!(loaded.code, 0, "{}", loaded.err);
    let loaded = loaded.json();
    assert_eq!((&loaded["units"], &loaded["units_version_unknown"]), (&2.into(), &1.into()));
    assert_eq!(loaded["matched"], serde_json::Value::Null, "there is no edition to match against");
    let ran = bench.run(&["affected", "zlib"]);
    assert!(ran.out.contains("Pump 1.0"), "{}", ran.out);
    assert!(ran.out.contains("No edition"), "{}", ran.out);
    let again = bench.run(&["inventory", "load", "ours"]);
    assert_eq!(again.code, 2, "the names are taken: {}", again.out);
}

#[test]
fn a_load_says_of_each_sbom_what_is_not_covered_and_what_was_wrong() {
    let bench = Bench::new();
    folder(&bench, "p", "p,v,s,,A-1\n");
    bench.file(
        "ours/sboms/v.json",
        bill(&[
            ("blob", Some("7"), None),
            ("leftish", None, None),
            ("leftish", Some("1.x"), Some("pkg:npm/leftish@1.x")),
            ("other", Some("latest"), None),
            ("third", None, None),
        ]),
    );
    bench.file(
        "feed/a.json",
        r#"{"schema_version":"1.6.0","id":"GHSA-aaaa-bbbb-cccc","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"leftish"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]}"#,
    );
    assert_eq!(bench.run(&["corpus", "import", "feed"]).code, 0);
    let ran = bench.run(&["inventory", "load", "ours"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "\nv.json\n",
        "Not covered: 5 of 6 components",
        "No usable identity: 4",
        "4 warnings",
        "1 more",
    ] {
        assert!(ran.out.contains(part), "{part} is missing:\n{}", ran.out);
    }
    assert!(ran.out.contains("components[1]: `leftish` has no version."), "{}", ran.out);
}

#[test]
fn blobs_lie_in_the_configured_bucket_and_its_trouble_is_told() {
    let server = Server::start().expect("a server");
    let bench = Bench::new();
    folder(&bench, "p", "p,v,s,,A-1\n");
    let (address, account) = (server.address(), Server::account());
    let keys = format!(
        "[blobs]\nendpoint = '{}'\nbucket = '{}'\nprefix = '{}'\naccess_key = '{}'\nsecret_key = '{}'\n",
        address.endpoint, address.bucket, address.prefix, account.access_key, account.secret_key
    );
    bench.file("aftercare.toml", keys);
    let loaded = bench.run(&["inventory", "load", "ours"]);
    assert_eq!(loaded.code, 0, "{}", loaded.err);
    assert_eq!(server.files().expect("lists").len(), 3, "an SBOM, its inventory, the units");
    let beside = std::fs::read_dir(bench.path().join("aftercare-data/register/blobs"));
    assert_eq!(beside.expect("lists").count(), 1, "only the spool");
    let verified = bench.run(&["ledger", "verify", "--format", "json"]);
    assert_eq!((verified.code, &verified.json()["holds"]), (0, &true.into()));
    let shown = bench.run(&["config", "show"]).out;
    assert!(shown.contains(&address.bucket) && !shown.contains(&account.secret_key), "{shown}");

    server.is(Mood::Fails { what: "", times: 99, status: 403, code: "AccessDenied" });
    let denied = bench.run(&["ledger", "verify"]);
    assert_eq!((denied.code, denied.out.as_str()), (3, ""), "no verdict");
    assert!(denied.err.contains("does not allow it (403 AccessDenied)"), "{}", denied.err);
    assert!(!denied.err.contains(&account.secret_key));
}

#[test]
fn a_folder_with_problems_is_refused_whole_and_each_is_named() {
    let bench = Bench::new();
    folder(&bench, "q", "p,v,s,,A-1\np,v,nowhere,,A-2\n");
    bench.file("ours/sboms/v.json", "{");
    let ran = bench.run(&["inventory", "load", "ours"]);
    assert_eq!(ran.code, 2);
    for part in [
        "names the product `q`",
        "units.csv line 3 names the site `nowhere`",
        "sboms/v.json: ",
        "Nothing was recorded",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!bench.path().join("aftercare-data").exists());
}
