//! Persons to be told, on the command line; nothing of them in any file or log.

use crate::bench::Bench;
use serde_json::json;
use std::{fs, path::Path};

const WORDS: [&str; 4] =
    ["Quarfordt", "z.quarfordt@nowhere.example", "+999 555 0137", "Keeper of unlikely pumps"];

fn holding(folder: &Path, word: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("lists") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            holding(&path, word, found);
        } else if String::from_utf8_lossy(&fs::read(&path).expect("reads")).contains(word) {
            found.push(path.display().to_string());
        }
    }
}

fn nowhere(bench: &Bench, when: &str) {
    for word in WORDS {
        let mut found = Vec::new();
        holding(&bench.path().join("data"), word, &mut found);
        assert_eq!(found, Vec::<String>::new(), "{word} {when}");
    }
}

#[test]
fn a_contact_is_added_once_for_its_key_changed_listed_and_erased() {
    let bench = Bench::new();
    let bundle = bench.path().join("bundle");
    fs::create_dir_all(&bundle).expect("made");
    let outline = json!({
        "manufacturer": {"name": "Maker"}, "families": [], "products": [], "versions": [], "suppliers": [],
        "consignees": [{"key": "c", "name": "Clinic", "country": "IE"}],
        "sites": []
    });
    fs::write(bundle.join("manufacturer.json"), outline.to_string()).expect("written");
    fs::write(bundle.join("units.csv"), "product,version,site,udi_di,serial,manufactured\n")
        .expect("written");
    let ran = bench.run(&["--data", "data", "inventory", "load", "bundle"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let asked = bench.run(&["--data", "data", "affected", "Clinic", "--format", "json"]);
    let answer = asked.out;
    let at = answer.find("csg_").expect("the customer is found");
    let consignee = &answer[at..at + 30];
    let add = |key: &str, mail: &str| {
        bench.run(&[
            "--data",
            "data",
            "contact",
            "add",
            consignee,
            "--name",
            "Zdislava Quarfordt",
            "--email",
            mail,
            "--phone",
            WORDS[2],
            "--function",
            WORDS[3],
            "--idempotency-key",
            key,
        ])
    };
    let first = add("k1", WORDS[1]);
    assert_eq!(first.code, 0, "{}", first.err);
    let again = add("k1", WORDS[1]);
    assert_eq!((again.code, &again.out), (0, &first.out), "{}", again.err);
    let other = add("k1", "other@nowhere.example");
    assert_eq!(other.code, 2);
    assert!(other.err.contains("was used for another request"), "{}", other.err);
    let wrong = add("k2", "no-mail-address");
    assert!(wrong.code == 2 && !wrong.err.contains("no-mail-address"), "{}", wrong.err);
    nowhere(&bench, "before erasure");
    let list = bench.run(&["--data", "data", "contact", "list", consignee, "--format", "json"]);
    let list = list.json();
    assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
    assert_eq!(list[0]["who"]["name"], "Zdislava Quarfordt");
    let contact = list[0]["id"].as_str().expect("an id");
    let change = |seen: &str| {
        bench.run(&[
            "--data",
            "data",
            "contact",
            "change",
            contact,
            "--name",
            "Z. Quarfordt",
            "--seen",
            seen,
        ])
    };
    assert_eq!(change("1").code, 0);
    let late = change("1");
    assert_eq!(late.code, 2);
    assert!(late.err.contains("was changed after you looked at it"), "{}", late.err);
    let bare = bench.run(&["--data", "data", "contact", "erase", contact, "--reason", " "]);
    assert!(bare.code == 2 && bare.err.contains("A reason is needed"), "{}", bare.err);
    let done = bench.run(&["--data", "data", "contact", "erase", contact, "--reason", "Asked"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("Backups made before still hold it"), "{}", done.out);
    nowhere(&bench, "after erasure");
    let shown = bench.run(&["--data", "data", "contact", "list", consignee]);
    assert!(
        shown.out.contains("erased on 20") && !shown.out.contains("Quarfordt"),
        "{}",
        shown.out
    );
    let proof = bench.run(&["--data", "data", "ledger", "verify"]);
    assert_eq!(proof.code, 0, "{}", proof.out);
}
