//! Several manufacturers in one installation, on the command line and behind one server.

use crate::{
    bench::{Bench, bill},
    served::{Server, aftercare},
};
use aftercare_testkit::engine;
use serde_json::{Value, json};
use std::fs;

/// The program over the data directory of a bench; a schema belongs to it where there is a server.
fn run(bench: &Bench, args: &[&str]) -> crate::bench::Ran {
    let mut command = aftercare(&bench.path().join("data"));
    command.env("AFTERCARE_LOG_COPY_TO", bench.path().join("second"));
    command.current_dir(bench.path()).args(args).output().expect("started").into()
}

fn done(bench: &Bench, args: &[&str]) -> crate::bench::Ran {
    let ran = run(bench, args);
    assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
    ran
}

/// An inventory whose names all begin with a word.
fn inventory(bench: &Bench, word: &str) -> String {
    let outline = json!({
        "manufacturer": {"name": format!("{word} Devices")},
        "families": [{"key": "f", "name": format!("{word} pumps")}],
        "products": [{"key": "p", "family": "f", "name": format!("{word} pump")}],
        "versions": [{"key": "v", "product": "p", "label": "1.0", "sbom": "sboms/v.json"}],
        "consignees": [{"key": "c", "name": format!("{word} hospital")}],
        "sites": [{"key": "s", "consignee": "c", "name": format!("{word} ward")}],
    });
    let folder = format!("inventory-{word}");
    bench.file(&format!("{folder}/manufacturer.json"), outline.to_string());
    let units = format!("product,version,site,udi_di,serial\np,v,s,,{word}-1\n");
    bench.file(&format!("{folder}/units.csv"), units);
    bench.file(&format!("{folder}/sboms/v.json"), bill(&[(word, Some("1.2.11"), None)]));
    folder
}

/// A default workspace and two others, each with a record.
fn three() -> Bench {
    let bench = Bench::new();
    for (name, word) in [("main", "Alder"), ("north", "Birch"), ("south-2", "Cedar")] {
        let folder = inventory(&bench, word);
        if name != "main" {
            done(&bench, &["workspace", "create", name, "--manufacturer", word]);
        }
        done(&bench, &["--workspace", name, "inventory", "load", &folder]);
    }
    bench
}

#[test]
fn each_command_asks_the_record_of_the_workspace_that_is_named() {
    let bench = three();
    let all = [("main", "Alder"), ("north", "Birch"), ("south-2", "Cedar")];
    for (name, word) in all {
        for (_, other) in all {
            let asked =
                ["--workspace", name, "affected", &format!("{other} pump"), "--format", "json"];
            let found = done(&bench, &asked).out.contains("prd_");
            assert_eq!(found, word == other, "{other} pump in {name}");
        }
        let verified = done(&bench, &["--workspace", name, "ledger", "verify", "--format", "json"]);
        assert!(verified.json()["root"].is_string(), "{}", verified.out);
        done(&bench, &["--workspace", name, "ledger", "checkpoint"]);
        done(&bench, &["--workspace", name, "rebuild"]);
    }
    let list = done(&bench, &["workspace", "list", "--format", "json"]).json();
    let listed: Vec<(&str, &str)> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            (one["name"].as_str().expect("text"), one["manufacturer"].as_str().expect("text"))
        })
        .collect();
    assert_eq!(
        listed,
        [("main", "Alder Devices"), ("north", "Birch Devices"), ("south-2", "Cedar Devices")]
    );
    assert!(list[1]["ledger"]["size"].as_u64() > Some(3), "{list}");
    let table = done(&bench, &["workspace", "list"]).out;
    assert!(table.contains("south-2") && table.contains("Cedar Devices"), "{table}");
    // each has its own second place
    for place in ["second/checkpoint", "second/workspaces/north/checkpoint"] {
        assert!(bench.path().join(place).exists(), "{place}");
    }
    let shown =
        done(&bench, &["--workspace", "north", "config", "show", "--format", "json"]).json();
    let row = shown
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["key"] == "workspace")
        .expect("shown");
    assert_eq!(
        (&row["value"], &row["origin"]),
        (&"north".into(), &"the command line (`--workspace`)".into())
    );
}

#[test]
fn a_backup_of_one_workspace_is_restored_into_another_and_nowhere_else() {
    let bench = three();
    done(&bench, &["--workspace", "north", "backup", "north.tar"]);
    done(&bench, &["workspace", "create", "archive", "--manufacturer", "Whoever"]);
    let before =
        done(&bench, &["--workspace", "south-2", "ledger", "verify", "--format", "json"]).json();
    done(&bench, &["--workspace", "archive", "restore", "north.tar"]);
    let root = |name: &str| -> Value {
        done(&bench, &["--workspace", name, "ledger", "verify", "--format", "json"]).json()["root"]
            .clone()
    };
    assert_eq!(root("archive"), root("north"));
    assert_eq!(root("south-2"), before["root"]);
    assert_ne!(root("main"), root("north"));
    let list = done(&bench, &["workspace", "list", "--format", "json"]).json();
    assert_eq!(list[1]["manufacturer"], "Birch Devices", "the name comes with the backup");
}

#[test]
fn a_name_that_is_mistyped_taken_or_unfit_makes_nothing() {
    let bench = three();
    let refused = |args: &[&str], said: &str| {
        let ran = run(&bench, args);
        assert!(ran.code == 2 && ran.err.contains(said), "{args:?}: {}{}", ran.out, ran.err);
    };
    refused(&["--workspace", "nort", "affected", "x"], "Known: `main`, `north`, `south-2`");
    refused(
        &["--workspace", "nort", "inventory", "load", "inventory-Birch"],
        "workspace create nort",
    );
    refused(&["--workspace", "../x", "affected", "x"], "the name of a workspace");
    let create = |name: &str, said: &str| {
        refused(&["workspace", "create", name, "--manufacturer", "M"], said);
    };
    create("north", "is there already");
    create("main", "is always there");
    create("new", "another meaning");
    create("North", "lower-case");
    create("..", "lower-case");
    refused(&["workspace", "create", "west", "--manufacturer", " "], "manufacturer is empty");
    let mut inside: Vec<String> = fs::read_dir(bench.path().join("data/workspaces"))
        .expect("lists")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    inside.sort();
    assert_eq!(inside, ["north", "south-2"]);
    assert!(!bench.path().join("data/x").exists());
}

#[test]
fn one_server_serves_all_and_one_that_is_broken_does_not_take_the_others_down() {
    let bench = three();
    let data = bench.path().join("data");
    let name = data.join("workspaces/north/manufacturer.json");
    let good = fs::read(&name).expect("is there");
    crate::served::enrolled(&crate::served::aftercare(&data)); // while all can be opened
    fs::write(&name, "{").expect("written");
    let server = Server::start(&data);
    for (path, word) in [("/products", "Alder pump"), ("/w/south-2/products", "Cedar pump")] {
        let (status, body) = server.get(path);
        let body = String::from_utf8_lossy(&body).into_owned();
        assert!(status == 200 && body.contains(word), "{path}: {status} {body}");
        assert!(!body.contains("Birch") && !body.contains(&data.display().to_string()), "{body}");
    }
    let (status, body) = server.get("/w/north/products");
    let body = String::from_utf8_lossy(&body).into_owned();
    assert!(status == 503 && body.contains("not available"), "{status} {body}");
    assert!(!body.contains("manufacturer.json"), "the page names no file: {body}");
    let list = server.json("/api/v1/workspaces");
    let available: Vec<&Value> =
        list["items"].as_array().expect("a list").iter().map(|item| &item["available"]).collect();
    assert_eq!(available, [&json!(true), &json!(false), &json!(true)]);
    // Repaired, it is served without a new start.
    fs::write(&name, good).expect("written");
    let served = (0..1_000_000).any(|_| server.get("/w/north/products").0 == 200);
    assert!(served, "it was not tried again");
    server.kill();
}

#[test]
fn a_workspace_moves_to_a_server_under_its_own_schema() {
    let Some(address) = engine::server() else { return };
    if engine::engine().is_some() {
        return; // there already
    }
    let bench = three();
    let schema = engine::schema(bench.path());
    for name in ["main", "north", "south-2"] {
        done(
            &bench,
            &["--workspace", name, "migrate-store", "--to", &address, "--schema", &schema],
        );
    }
    let text = format!("[store]\naddress = \"{address}\"\nschema = \"{schema}\"\n");
    bench.file("aftercare.toml", text);
    for (name, word) in [("main", "Alder"), ("north", "Birch"), ("south-2", "Cedar")] {
        for file in ["register.db", "register.db-wal", "register.db-shm"] {
            let folder = if name == "main" { String::new() } else { format!("workspaces/{name}/") };
            let _ = fs::remove_file(bench.path().join(format!("data/{folder}register/{file}")));
        }
        let asked = done(&bench, &["--workspace", name, "affected", &format!("{word} pump")]);
        assert!(asked.out.contains(word), "{}", asked.out);
    }
}
