//! What is measured of the record: writing to it, proving it, reading its past, and a server at rest.

use super::{Bench, Line};
use crate::cluster::Cluster;
use crate::product;
use crate::tools::{Missing, Toolbox};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

/// Small changes in a usual run and in a full one.
const CHANGES: [u64; 2] = [100_000, 1_000_000];
/// Changes of the baseline that shares no flush with others.
const ALONE: u64 = 2_000;
/// Threads that change things at once.
const THREADS: u64 = 64;

/// Appending, verifying, asking as of earlier moments and rebuilding, on both engines.
pub fn ledger(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let cluster = match Cluster::durable(&Toolbox::default(), &mut bench.log)? {
        Ok(cluster) => cluster,
        Err(Missing(what)) => bail!(what),
    };
    let changes = CHANGES[usize::from(bench.full)];
    for (engine, durability) in [
        ("sqlite", "WAL, synchronous=FULL"),
        ("postgres", "fsync=on, synchronous_commit=on, loopback"),
    ] {
        let address = cluster.address();
        let settings = [("AFTERCARE_TEST_ENGINE", engine), ("AFTERCARE_TEST_POSTGRES", &address)];
        let mut measured = |changes: u64, threads: u64| -> Result<Value> {
            // On a server the schema goes by the folder's name.
            let folder = bench.workspace.fresh_scratch(&format!("ledger-{threads}"))?;
            let (changes, threads) = (changes.to_string(), threads.to_string());
            let words: [&OsStr; 4] =
                ["ledger".as_ref(), folder.as_os_str(), changes.as_ref(), threads.as_ref()];
            let said = bench.inside_with(&words, &settings);
            let _gone = std::fs::remove_dir_all(&folder);
            said
        };
        let alone = measured(ALONE, 1)?;
        let said = measured(changes, THREADS)?;
        let line = |what: String, result: String| Line {
            subject: engine.into(),
            input: what,
            cost: None,
            result,
        };
        let figure = |name: &str| said[name].as_f64().unwrap_or(f64::NAN);
        let entries = &said["entries"];
        lines.extend([
            line(
                format!("append, one after the other ({durability})"),
                format!("{}/s", alone["append_per_s"]),
            ),
            line(
                format!("append, {THREADS} at once, {entries} entries ({durability})"),
                format!(
                    "{}/s, {:.1} times as many",
                    said["append_per_s"],
                    figure("append_per_s") / alone["append_per_s"].as_f64().unwrap_or(f64::NAN)
                ),
            ),
            line(
                format!("verify the ledger of {entries} entries"),
                format!("{:.1} s", figure("verify_ledger_s")),
            ),
            line(
                format!("verify it and compare {} rows with a replay", said["rows"]),
                format!("{:.1} s", figure("verify_s")),
            ),
            line(
                "product list as of 100 moments, opening the moment included".into(),
                format!(
                    "median {:.0} ms, p95 {:.0} ms",
                    figure("as_of_median_ms"),
                    figure("as_of_p95_ms")
                ),
            ),
            line(
                "rebuild of all tables for reading".into(),
                format!("{:.1} s", figure("rebuild_s")),
            ),
        ]);
    }
    Ok(lines)
}

/// A server of the sample manufacturer that nobody asks anything any more.
pub fn idle(bench: &mut Bench<'_>) -> Result<Vec<Line>> {
    let data = bench.workspace.fresh_scratch("idle")?;
    let mut command = product::command(bench.workspace, &bench.binary);
    command.arg("--data").arg(&data).args(["demo", "--listen", "127.0.0.1:0"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut served = Served(command.spawn().context("starting the demo")?);
    let mut said = BufReader::new(served.0.stdout.take().context("its output")?);
    let mut line = String::new();
    let address = loop {
        line.clear();
        if said.read_line(&mut line)? == 0 {
            bail!("the demo ended before it listened");
        }
        if let Some((_, address)) = line.split_once("http://") {
            break address.trim().to_owned();
        }
    };
    for path in ["/", "/products", "/?q=CVE-2021-44228", "/changes", "/ledger"] {
        let mut stream = TcpStream::connect(&address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        if !answer.starts_with(b"HTTP/1.1 200") {
            bail!("{path} was not answered");
        }
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.0.id()))?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = resident
        .and_then(|text| text.trim().trim_end_matches(" kB").parse().ok())
        .context("reading the resident memory")?;
    drop(served);
    let _gone = std::fs::remove_dir_all(&data);
    Ok(vec![Line {
        subject: "aftercare demo".into(),
        input: "sample manufacturer, after five pages".into(),
        cost: None,
        result: format!("{:.0} MiB resident", kib / 1024.0),
    }])
}

/// Ends with its measurement.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
