//! The configuration and the command line itself.

use crate::bench::Bench;

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
