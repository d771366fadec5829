//! The configuration and the command line itself.

use crate::{
    bench::Bench,
    served::{Server, aftercare},
};
use serde_json::{Value, json};

#[test]
fn unknown_keys_are_refused_with_the_nearest_known_one() {
    let bench = Bench::new();
    bench.file("aftercare.toml", "[limits]\nsbom_byte = 5\n");
    let ran = bench.run(&["config", "show"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`limits.sbom_bytes`"), "{}", ran.err);
    let bench = Bench::new();
    let output =
        bench.command(&["config", "show"]).env("AFTERCARE_DATTA", "x").output().expect("started");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`AFTERCARE_DATA`"));
}

#[test]
fn config_show_names_each_value_and_its_origin() {
    let bench = Bench::new();
    bench.file("aftercare.toml", "data = \"store\"\nlisten = \"127.0.0.1:9000\"\n");
    let mut command = bench.command(&["--data", "mine", "config", "show", "--format", "json"]);
    let output = command.env("AFTERCARE_LIMITS_SBOM_BYTES", "77").output().expect("started");
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let row = |key: &str| {
        let rows = rows.as_array().expect("a list");
        let row = rows.iter().find(|row| row["key"] == key).expect(key);
        (
            row["value"].as_str().expect("text").to_owned(),
            row["origin"].as_str().expect("text").to_owned(),
        )
    };
    assert_eq!(row("data"), ("mine".to_owned(), "the command line (`--data`)".to_owned()));
    assert_eq!(row("listen"), ("127.0.0.1:9000".to_owned(), "`aftercare.toml`".to_owned()));
    assert_eq!(row("limits.sbom_bytes").0, "77");
    assert!(row("limits.sbom_bytes").1.contains("AFTERCARE_LIMITS_SBOM_BYTES"));
    assert_eq!(row("corpus.limits.ratio").1, "default");
}

#[test]
fn a_limit_from_the_configuration_is_kept() {
    let bench = Bench::new();
    let file = bench.file("pump.json", crate::bench::bill(&[]));
    bench.file("aftercare.toml", "limits = { sbom_bytes = 20 }");
    let ran = bench.check(&[&file]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("at most 20 are read"), "{}", ran.err);
}

#[test]
fn wrong_use_ends_with_two_and_help_names_the_exit_codes() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["check"]).code, 2);
    assert_eq!(bench.run(&["chek"]).code, 2);
    for command in ["check", "affected", "explain", "demo", "serve"] {
        let ran = bench.run(&[command, "--help"]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("Example") && ran.out.contains("Exit codes"), "{}", ran.out);
    }
    let ran = bench.run(&["--version"]);
    assert_eq!(ran.out, format!("aftercare {}\n", env!("CARGO_PKG_VERSION")));
    assert!(bench.run(&["completions", "bash"]).out.contains("_aftercare"));
}

#[test]
fn the_days_of_clocks_are_counted_in_the_zone_and_by_the_calendar_of_the_maker() {
    let bench = Bench::new();
    let data = bench.path().join("data");
    let in_germany = || {
        let mut program = aftercare(&data);
        program.env("AFTERCARE_PROGRAMME_ZONE", "europe/berlin");
        program.env("AFTERCARE_PROGRAMME_CALENDAR", "de");
        program
    };
    let server = Server::spawn(in_germany());
    let signal = json!({
        "kind": "researcher", "channel": "mail", "source": "A university", "title": "The loader checks nothing",
        "received_at": "2025-12-23T10:00:00Z", "aware_at": "2025-12-23T10:00:00Z", "families": [],
        "harm": "no", "text": "The loader checks nothing.", "names_person": false, "awaits_answer": true,
    });
    let made = |path: &str, body: &Value| {
        let (status, answer) = server.post(path, body.to_string().as_bytes());
        assert_eq!(status, 201, "{answer}");
        answer["id"].as_str().expect("an identifier").to_owned()
    };
    let signal = made("/api/v1/signals", &signal);
    let case = json!({ "title": "Loader", "families": [], "signals": [signal] });
    let case = made("/api/v1/cases", &case);
    let due = |server: &Server| {
        let sheet = server.json(&format!("/api/v1/cases/{case}"));
        let clocks = sheet["clocks"].as_array().expect("clocks");
        let clock = clocks.iter().find(|clock| clock["rule"] == "cvd_ack").expect("it runs");
        clock["due"].as_str().expect("an instant").to_owned()
    };
    // Three working days: 24, 29 and 30 December, with 25 and 26 kept as holidays.
    assert_eq!(due(&server), "2025-12-30T22:59:59.999999Z");
    server.kill();
    // Nothing configured: 24, 26 and 29 December, ending with the day in UTC.
    let server = Server::start(&data);
    assert_eq!(due(&server), "2025-12-29T23:59:59.999999Z");
    server.kill();
}

#[test]
fn a_zone_or_a_calendar_that_does_not_exist_ends_the_start_and_says_what_could_be_given() {
    let bench = Bench::new();
    for (toml, said) in [
        (
            "[programme]\nzone = \"Europe/Berln\"\n",
            [
                "`programme.zone` in `aftercare.toml` is `Europe/Berln`",
                "the nearest one is `Europe/Berlin`",
            ],
        ),
        (
            "[programme]\ncalendar = \"bavaria\"\n",
            [
                "`programme.calendar` in `aftercare.toml` is `bavaria`",
                "one of `us-federal` (Federal holidays of the United States), `de` (",
            ],
        ),
    ] {
        bench.file("aftercare.toml", toml);
        let ran = bench.run(&["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        for words in said {
            assert!(ran.err.contains(words), "{}", ran.err);
        }
        assert!(!bench.path().join("aftercare-data").exists(), "nothing is begun");
    }
}
