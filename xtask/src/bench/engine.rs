//! The engine's parts as commands: lines a second of each, beside bare parsing of the same lines.

use super::{Bench, Line};
use anyhow::Result;
use serde_json::{Value, json};
use std::process::Command;

/// Lines that each command answers.
const LINES: usize = 500_000;

/// A command and the question on its line of this number.
type Asked = (&'static [&'static str], fn(usize) -> Value);

const COMMANDS: [Asked; 6] = [
    (&["version", "compare"], |n| {
        let scheme = ["deb", "npm", "pypi", "maven", "rpm"][n % 5];
        json!({"scheme": scheme, "a": format!("1.{}.{}-rc{}", n % 40, n % 7, n % 3), "b": format!("1.{}.3", n % 41)})
    }),
    (&["version", "in"], |n| {
        let version = format!("1.{}.{}", n % 40, n % 7);
        json!({"scheme": "npm", "version": version, "range": format!("vers:npm/>=1.0.0|<1.{}.0", n % 41)})
    }),
    (&["purl"], |n| json!({"purl": format!("pkg:npm/@Scope/name-{n}@1.{}.0?b=2&a=1", n % 40)})),
    (&["cpe", "match"], |n| {
        let target = format!("cpe:2.3:a:vendor:product_{}:1.{}:*:*:*:*:*:*:*", n % 50, n % 40);
        json!({"source": format!("cpe:2.3:a:vendor:product_{}:*:*:*:*:*:*:*:*", n % 51), "target": target})
    }),
    (&["osv", "eval"], |n| {
        let record = json!({
            "id": format!("GHSA-{n}"), "modified": "2026-01-01T00:00:00Z", "summary": "A flaw",
            "affected": [{"package": {"ecosystem": "npm", "name": "x"}, "ranges": [{"type": "SEMVER",
                "events": [{"introduced": "1.0.0"}, {"fixed": format!("1.{}.0", n % 40)}]}]}],
        });
        json!({"record": record, "ecosystem": "npm", "name": "x", "version": format!("1.{}.1", n % 41)})
    }),
    (&["nvd", "eval"], |n| {
        let configurations = json!([{"operator": "AND", "nodes": [
            {"operator": "OR", "cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:o:acme:pump_firmware:*:*:*:*:*:*:*:*",
                "versionEndExcluding": format!("2.{}", n % 40)}]},
            {"operator": "OR", "cpeMatch": [{"vulnerable": false, "criteria": "cpe:2.3:h:acme:pump:-:*:*:*:*:*:*:*"}]}]}]);
        let cpes =
            [format!("cpe:2.3:o:acme:pump_firmware:2.{}", n % 41), "cpe:2.3:h:acme:pump:-".into()];
        json!({"configurations": configurations, "cpes": cpes})
    }),
];

pub fn engine(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let file = bench.workspace.scratch("bench")?.join("questions.jsonl");
    let mut lines = Vec::new();
    for (words, question) in COMMANDS {
        let mut text = String::new();
        for number in 0..LINES {
            text += &question(number).to_string();
            text.push('\n');
        }
        std::fs::write(&file, &text)?;
        let (binary, workspace) = (bench.binary.clone(), bench.workspace);
        let cost = bench.stopwatch.measure(&[0], || {
            // The stopwatch gives no input of its own.
            let mut command = Command::new("sh");
            command.args(["-c", "exec \"$0\" \"$@\" <\"$QUESTIONS\""]).arg(&binary);
            command.args(words).arg("--json-lines").env("QUESTIONS", &file);
            command.current_dir(&workspace.root);
            command
        })?;
        let bare = bench.inside(&["lines".as_ref(), file.as_os_str()])?;
        let bare = bare["seconds"].as_f64().unwrap_or(f64::NAN);
        let seconds = cost.wall.as_secs_f64();
        lines.push(Line {
            subject: format!("aftercare {} --json-lines", words.join(" ")),
            input: format!("{LINES} lines, {:.0} MB", text.len() as f64 / 1e6),
            cost: Some(cost),
            result: format!(
                "{:.0} lines/s; {:.1} times the time of parsing alone",
                LINES as f64 / seconds,
                seconds / bare
            ),
        });
    }
    Ok(lines)
}
