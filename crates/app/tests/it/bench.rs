//! A workbench for one story: a directory of its own, and the program run in it.

use aftercare_testkit::engine;
use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
    sync::OnceLock,
};
use tempfile::TempDir;

/// A directory in which the program is run.
pub struct Bench(TempDir);

/// Whether the tables are on a server that several processes may write to.
pub fn shared() -> bool {
    engine::engine().is_some()
}

/// The program, nothing inherited that could change its ways; the tables of the record that belongs
/// to `dir` are on the engine that is tested.
pub fn program(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftercare"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AFTERCARE_") {
            command.env_remove(name);
        }
    }
    if let Some(address) = engine::engine() {
        command.env("AFTERCARE_STORE_ADDRESS", address);
        command.env("AFTERCARE_STORE_SCHEMA", engine::schema(dir));
    }
    command
}

/// What a run printed and how it ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

impl Ran {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

impl Bench {
    /// An empty directory.
    pub fn new() -> Self {
        Self(TempDir::new().expect("a directory"))
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and gives its name.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, content).expect("written");
        name.to_owned()
    }

    /// The program in this directory, nothing inherited that could change its ways.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program(self.path());
        command.current_dir(self.path()).args(args);
        command
    }

    /// Runs the program.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().expect("started").into()
    }

    /// Runs the program with text on standard input.
    pub fn fed(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(input).expect("taken");
        drop(stdin);
        child.wait_with_output().expect("ended").into()
    }

    /// Runs `check` against the small edition.
    pub fn check(&self, args: &[&str]) -> Ran {
        let mut all = vec!["--data", small_corpus(), "check"];
        all.extend(args);
        self.run(&all)
    }
}

/// A data directory with an edition of four records, imported once for all stories.
pub fn small_corpus() -> &'static str {
    static MADE: OnceLock<(Bench, String)> = OnceLock::new();
    let (_, data) = MADE.get_or_init(|| {
        let bench = Bench::new();
        for (name, record) in records() {
            bench.file(&format!("feed/{name}.json"), record.to_string());
        }
        bench.file(
            "feed/kev.json",
            json!({
                "title": "CISA Catalog of Known Exploited Vulnerabilities",
                "catalogVersion": "2026.01.29",
                "dateReleased": "2026-01-29T00:00:00Z",
                "count": 1,
                "vulnerabilities": [{
                    "cveID": "CVE-2099-0001", "vendorProject": "Leftish", "product": "Leftish",
                    "vulnerabilityName": "Leftish", "dateAdded": "2099-01-02",
                    "shortDescription": "Padding.", "requiredAction": "Update.",
                    "dueDate": "2099-02-01", "knownRansomwareCampaignUse": "Unknown",
                }],
            })
            .to_string(),
        );
        let ran = bench.run(&["--data", "data", "corpus", "import", "feed", "--label", "tiny"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let data = bench.path().join("data").display().to_string();
        (bench, data)
    });
    data
}

/// OSV records: a grave one, a medium one, one without score, one with a name like a formula.
fn records() -> Vec<(&'static str, Value)> {
    let osv = |id: &str, package: &str, fixed: &str, vector: Option<&str>, aliases: &[&str]| {
        let severity = vector.map(|vector| json!([{"type": "CVSS_V3", "score": vector}]));
        json!({
            "schema_version": "1.6.0", "id": id, "modified": "2026-01-01T00:00:00Z",
            "published": "2026-01-01T00:00:00Z", "aliases": aliases,
            "summary": format!("A flaw in {package}"),
            "severity": severity.unwrap_or_else(|| json!([])),
            "affected": [{
                "package": {"ecosystem": "npm", "name": package},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
            }],
        })
    };
    let grave = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let medium = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L";
    vec![
        ("grave", osv("GHSA-aaaa-bbbb-cccc", "leftish", "1.2.6", Some(grave), &["CVE-2099-0001"])),
        ("medium", osv("GHSA-dddd-eeee-ffff", "rightish", "2.0.0", Some(medium), &[])),
        ("unscored", osv("GHSA-gggg-hhhh-jjjj", "middling", "3.0.0", None, &[])),
    ]
}

/// A CycloneDX document with these components: name, version, package URL.
pub fn bill(components: &[(&str, Option<&str>, Option<&str>)]) -> String {
    let components: Vec<Value> = components
        .iter()
        .map(|(name, version, purl)| {
            let mut component = json!({"type": "library", "name": name});
            if let Some(version) = version {
                component["version"] = json!(version);
            }
            if let Some(purl) = purl {
                component["purl"] = json!(purl);
            }
            component
        })
        .collect();
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "device", "name": "Test pump", "version": "1"}},
        "components": components,
    })
    .to_string()
}
