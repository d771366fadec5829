//! `aftercare sbom generate`.

use crate::bench::Bench;

fn device() -> Bench {
    let bench = Bench::new();
    bench.file("rootfs/etc/os-release", "ID=debian\nVERSION_ID=12\n");
    bench.file(
        "rootfs/var/lib/dpkg/status",
        "Package: libssl3\nStatus: install ok installed\nVersion: 3.0.11-1~deb12u2\nSource: openssl\nArchitecture: arm64\n",
    );
    bench.file("rootfs/opt/app/requirements.txt", "requests==2.31.0\nflask>=2\n");
    bench.file("rootfs/usr/lib/sysimage/rpm/rpmdb.sqlite", "SQLite format 3\0");
    bench.file(
        "rootfs/opt/app/package-lock.json",
        r#"{"packages":{"node_modules/leftish":{"version":"1.2.0"}}}"#,
    );
    bench
}

#[test]
fn a_root_file_system_becomes_an_sbom_that_can_be_checked() {
    let bench = device();
    let ran = bench.run(&[
        "sbom",
        "generate",
        "rootfs",
        "--name",
        "Pump",
        "--version",
        "2.1",
        "--output",
        "pump.json",
    ]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    for part in [
        "rpmdb.sqlite",
        "`rpm -qa`",
        "`flask>=2`",
        "3 components (1 certain, 1 likely, 1 possible)",
    ] {
        assert!(ran.err.contains(part), "{part} is missing:\n{}", ran.err);
    }
    let checked = bench.check(&["--format", "json", "pump.json"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    let report = checked.json();
    assert_eq!(report["documents"][0]["name"], "Pump");
    assert_eq!(report["documents"][0]["components"], 4);
    assert_eq!(report["findings"][0]["id"], "CVE-2099-0001", "{report:#}");
    let text = std::fs::read_to_string(bench.path().join("pump.json")).expect("written");
    let bom: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (&bom["specVersion"], &bom["metadata"]["component"]["version"]),
        (&"1.6".into(), &"2.1".into())
    );
    let told = bom.to_string();
    for part in
        ["manifest-analysis", "var/lib/dpkg/status, line 1 (package database)", "distro=debian-12"]
    {
        assert!(told.contains(part), "{part} is missing:\n{bom:#}");
    }
}

#[test]
fn what_was_not_understood_is_told_and_named_in_the_report() {
    let bench = device();
    for name in ["pumpd", "alarmd"] {
        bench.file(&format!("rootfs/usr/bin/{name}"), b"\x7fELF\x02\x01\x01 cut short");
    }
    bench.file("rootfs/opt/app/lib/a.deb", b"!<arch>\ndebian-binary");
    let args = ["sbom", "generate", "rootfs", "--output", "pump.json", "--report", "report.json"];
    let ran = bench.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "rootfs: usr/bin/pumpd: This was not read: the program is damaged or cut short",
        "rootfs: 2 programs and libraries are of unknown origin: usr/bin/alarmd, usr/bin/pumpd.",
        "rootfs: 1 archive was not opened: opt/app/lib/a.deb.",
    ] {
        assert!(ran.err.contains(part), "{part} is missing:\n{}", ran.err);
    }
    let text = std::fs::read_to_string(bench.path().join("report.json")).expect("written");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        report["unknown"],
        serde_json::json!([
            { "file": "opt/app/lib/a.deb", "kind": "archive" },
            { "file": "usr/bin/alarmd", "kind": "program" },
            { "file": "usr/bin/pumpd", "kind": "program" },
        ])
    );
    assert_eq!((&report["components"], &report["certain"]), (&3.into(), &1.into()));
    let codes: Vec<&str> = report["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|problem| problem["code"].as_str())
        .collect();
    assert!(codes.contains(&"program_unknown") && codes.contains(&"not_read"), "{codes:?}");
}

#[test]
fn an_archive_comes_from_a_file_or_from_standard_input() {
    let bench = Bench::new();
    let mut tar = tar::Builder::new(Vec::new());
    let sums = b"example.org/a v1.0.0 h1:x\n";
    let mut header = tar::Header::new_gnu();
    header.set_size(sums.len() as u64);
    tar.append_data(&mut header, "src/go.sum", &sums[..]).expect("appended");
    let bytes = tar.into_inner().expect("finished");
    let file = bench.file("image.tar", &bytes);
    let told = |ran: &crate::bench::Ran| {
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(
            ran.err.contains("1 file: 1 component (0 certain, 1 likely, 0 possible)."),
            "{}",
            ran.err
        );
        let bom = ran.json();
        assert_eq!(bom["components"][0]["purl"], "pkg:golang/example.org/a@v1.0.0", "{bom:#}");
        assert_eq!(bom["compositions"][0]["aggregate"], "incomplete", "{bom:#}");
        bom["metadata"]["component"]["name"].clone()
    };
    assert_eq!(told(&bench.run(&["sbom", "generate", &file])), "image");
    assert_eq!(told(&bench.fed(&["sbom", "generate", "-"], &bytes)), "device");
    let spdx = bench.run(&["sbom", "generate", &file, "--to", "spdx-2.3"]);
    assert_eq!((spdx.code, spdx.json()["spdxVersion"].as_str()), (0, Some("SPDX-2.3")));
    // the same search writes the same components
    let lint = bench.fed(&["sbom", "lint", "--format", "json", "-"], spdx.out.as_bytes());
    assert_eq!(lint.json()["documents"][0]["components"], 2, "{}", lint.err);
    let packed = bench.fed(&["sbom", "generate", "-"], b"BZh9rest");
    assert_eq!((packed.code, packed.out.as_str()), (2, ""));
    assert!(packed.err.contains("This is no archive that is opened"), "{}", packed.err);
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let bench = Bench::new();
    bench.file("text", "no archive");
    for place in ["text", "nowhere"] {
        let ran = bench.run(&["sbom", "generate", place]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{place}");
        assert!(ran.err.contains(place), "{}", ran.err);
    }
}
