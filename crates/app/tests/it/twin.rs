//! Twins, made and thrown away as people do it.

use crate::{
    backup::{kill_later_and_later, loaded},
    bench::{Bench, Ran},
};
use std::fs;

fn run(bench: &Bench, args: &[&str]) -> Ran {
    bench.run(&[&["--data", "data"], args].concat())
}

fn done(bench: &Bench, args: &[&str]) -> Ran {
    let ran = run(bench, args);
    assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
    ran
}

fn root(bench: &Bench, twin: &[&str]) -> serde_json::Value {
    let args = [twin, &["ledger", "verify", "--format", "json"]].concat();
    done(bench, &args).json()["root"].clone()
}

const TWIN: &[&str] = &["--twin", "autumn"];

#[test]
fn a_twin_is_forked_used_marked_and_thrown_away_and_the_original_knows_of_it() {
    let bench = loaded("Hollin Devices");
    let made = done(&bench, &["twin", "create", "autumn", "--reason", "Exercise"]);
    assert!(made.out.contains("Made the twin autumn"), "{}", made.out);
    let before = root(&bench, &[]);
    let list = done(&bench, &["twin", "list", "--format", "json"]).json();
    assert_eq!(list[0]["name"], "autumn");
    assert_eq!(list[0]["reason"], "Exercise");
    assert_eq!((&list[0]["recorded"], &list[0]["here"]), (&true.into(), &true.into()));

    let report = ["affected", "CVE-2021-44906", "--format", "json"];
    let (ours, its) = (run(&bench, &report), run(&bench, &[TWIN, &report].concat()));
    assert_eq!((ours.code, &ours.out), (its.code, &its.out), "it answers as the original does");
    assert!(its.err.contains("This is the twin `autumn`"), "{}", its.err);
    assert!(!ours.err.contains("twin"), "{}", ours.err);
    let more = serde_json::json!({
        "manufacturer": {"name": "Hollin Devices"},
        "families": [{"key": "f", "name": "Monitors of the exercise"}],
        "products": [], "versions": [], "consignees": [], "sites": [],
    });
    bench.file("more/manufacturer.json", more.to_string());
    bench.file("more/units.csv", "product,version,site,udi_di,serial\n");
    done(&bench, &[TWIN, &["inventory", "load", "more"]].concat());
    assert_eq!(root(&bench, &[]), before, "nothing of it reached the original");
    assert_ne!(root(&bench, TWIN), before);

    let unsure = run(&bench, &["twin", "discard", "autumn"]);
    assert_eq!(unsure.code, 2);
    assert!(unsure.err.contains("Say `--yes`"), "{}", unsure.err);
    done(&bench, &["twin", "discard", "autumn", "--yes", "--reason", "Over"]);
    assert!(!bench.path().join("data/twins/autumn").exists());
    let gone = run(&bench, &[TWIN, &report].concat());
    assert_eq!(gone.code, 2);
    assert!(gone.err.contains("There is no twin `autumn`"), "{}", gone.err);
    assert!(done(&bench, &["twin", "list"]).out.contains("There is no twin"));
    let again = run(&bench, &["twin", "discard", "autumn", "--yes"]);
    assert_eq!(again.code, 2, "{}", again.err);
    done(&bench, &["ledger", "verify"]);
}

#[test]
fn a_twin_as_of_an_earlier_moment_ends_there() {
    let bench = loaded("Hollin Devices");
    let ran = done(&bench, &["twin", "create", "early", "--as-of", "entry:2", "--format", "json"]);
    assert_eq!(ran.json()["position"], 2);
    let found = done(&bench, &["--twin", "early", "ledger", "verify", "--format", "json"]).json();
    assert_eq!(found["entries"], 4, "its two, that it is a twin, and its key");
    let refused = run(&bench, &["twin", "create", "late", "--as-of", "2999-01-01"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("future"), "{}", refused.err);
}

#[test]
fn what_would_leave_a_twin_or_means_nothing_in_one_is_refused() {
    let bench = loaded("Hollin Devices");
    done(&bench, &["twin", "create", "autumn"]);
    for args in [
        vec!["corpus", "import", "feed"],
        vec!["twin", "create", "deeper"],
        vec!["restore", "record.tar"],
        vec!["migrate-store", "--to", "sqlite"],
        vec!["demo"],
    ] {
        let ran = run(&bench, &[TWIN, &args].concat());
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.out);
        assert!(ran.err.contains("takes no `--twin`"), "{}", ran.err);
    }
    for name in ["../up", "Autumn", ""] {
        let ran = run(&bench, &["twin", "create", name]);
        assert_eq!(ran.code, 2, "{name}");
        assert!(ran.err.contains("cannot be the name of a twin"), "{}", ran.err);
    }
}

#[test]
fn an_edition_can_be_put_in_force_in_a_twin_alone() {
    let bench = loaded("Hollin Devices");
    let record = serde_json::json!({
        "id": "OSV-1", "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2026-1"],
        "affected": [{"package": {"ecosystem": "npm", "name": "x"}, "versions": ["1"]}],
    });
    bench.file("feed/one.json", record.to_string());
    let made = done(&bench, &["corpus", "import", "feed", "--format", "json"]);
    let edition = made.json()["edition"].as_str().expect("an id").to_owned();
    done(&bench, &["twin", "create", "autumn"]);
    let (ours, its) = (root(&bench, &[]), root(&bench, TWIN));
    let digits = edition.trim_start_matches("sha256:");
    done(&bench, &[TWIN, &["corpus", "use", digits]].concat());
    assert_ne!(root(&bench, TWIN), its);
    assert_eq!(root(&bench, &[]), ours);
}

#[test]
fn a_backup_of_a_twin_restored_anywhere_is_still_marked() {
    let bench = loaded("Hollin Devices");
    done(&bench, &["twin", "create", "autumn"]);
    done(&bench, &[TWIN, &["backup", "twin.tar"]].concat());
    let other = Bench::new();
    fs::rename(bench.path().join("twin.tar"), other.path().join("twin.tar")).expect("moved");
    done(&other, &["restore", "twin.tar"]);
    let shown = done(&other, &["ledger", "verify"]);
    assert!(shown.err.contains("This is the twin `autumn`"), "{}", shown.err);
    let refused = run(&other, &["twin", "create", "deeper"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("no twin is made of a twin"), "{}", refused.err);
}

#[test]
fn a_twin_killed_while_it_is_made_or_thrown_away_is_never_half_visible() {
    let bench = loaded("Hollin Devices");
    let create = ["--data", "data", "twin", "create", "autumn"];
    let discard = ["--data", "data", "twin", "discard", "autumn", "--yes"];
    let stands = || bench.path().join("data/twins/autumn").exists();
    let listed = || {
        let list = done(&bench, &["twin", "list", "--format", "json"]).json();
        list.as_array().expect("a list").iter().filter(|twin| twin["here"] == true).count()
    };
    kill_later_and_later(&bench, &create, || {
        assert_eq!(listed(), usize::from(stands()));
        if stands() {
            done(&bench, &[TWIN, &["ledger", "verify"]].concat());
        }
        let ran = run(&bench, &discard[2..]);
        assert!(matches!(ran.code, 0 | 2), "{}", ran.err);
        assert!(!stands());
    });
    kill_later_and_later(&bench, &discard, || {
        assert_eq!(listed(), usize::from(stands()));
        if stands() {
            done(&bench, &[TWIN, &["ledger", "verify"]].concat());
        } else {
            let ran = run(&bench, &discard[2..]); // finishes it, or finds that it is done
            assert!(matches!(ran.code, 0 | 2), "{}", ran.err);
            done(&bench, &create[2..]);
        }
    });
    done(&bench, &["ledger", "verify"]);
}
