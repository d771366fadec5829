//! How fast documents are read, matched and stored. Times are of the thread's own share of a processor, so that
//! they hold on a busy machine; each is the least of a few runs.

#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use crate::Clock;
use aftercare_corpus::Edition;
use aftercare_desk::{Desk, Places};
use aftercare_domain::{
    family::AddFamily,
    product::AddProduct,
    version::{AddVersion, Life},
};
use aftercare_formats::sbom::{self, Limits};
use aftercare_matching::Matcher;
use aftercare_register::{Access, BlobPlace};
use aftercare_vocab::digest::Digest;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use std::{
    error::Error,
    io::{Cursor, Read},
    path::Path,
    time::Instant,
};

/// Runs of each kind; the least time counts.
const RUNS: usize = 3;

/// Seconds that are worth telling: what is faster is done again until they are full.
const ENOUGH: f64 = 0.05;

/// Seconds that this thread had a processor, as Linux counts them.
fn processor() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: u64 = stat.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds as f64 / 1e9)
}

fn least(mut run: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        let (begin, mut repeats) = (processor()?, 0);
        let mut took = 0.0;
        while took < ENOUGH {
            run()?;
            repeats += 1;
            took = processor()? - begin;
        }
        least = least.min(took / f64::from(repeats));
    }
    Ok(least)
}

/// Reading a document, beside walking over the same bytes with the bare parser and keeping nothing.
pub fn read(path: &Path) -> Result<Value, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let limits = Limits::default();
    let mut components = 0;
    let mut format = String::new();
    let seconds = least(|| {
        let read = sbom::read(&bytes, &limits).map_err(|problems| problems[0].to_string())?;
        components = read.value.components.len();
        read.value.format.shown().clone_into(&mut format);
        Ok(())
    })?;
    let (bare, bare_seconds) = bare(path, &bytes)?;
    Ok(json!({
        "bytes": bytes.len(), "components": components, "format": format,
        "seconds": seconds, "bare": bare, "bare_seconds": bare_seconds,
    }))
}

/// The bare parser of a file and its time.
fn bare(path: &Path, bytes: &[u8]) -> Result<(&'static str, f64), Box<dyn Error>> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    Ok(match ending {
        "json" => (
            "serde_json to a tree",
            least(|| Ok(serde_json::from_slice::<Value>(bytes).map(drop)?))?,
        ),
        "xml" | "rdf" => ("quick-xml, events", least(|| events(bytes))?),
        "yaml" => ("serde-saphyr, passing over", least(|| passed_over(bytes))?),
        "xlsx" => (
            "zip and quick-xml, events",
            least(|| {
                let mut zip = zip::ZipArchive::new(Cursor::new(bytes))?;
                for at in 0..zip.len() {
                    let mut text = Vec::new();
                    zip.by_index(at)?.read_to_end(&mut text)?;
                    events(&text)?;
                }
                Ok(())
            })?,
        ),
        _ => (
            "lines, counted",
            least(|| {
                let lines = bytes.split(|byte| *byte == b'\n').map(std::hint::black_box).count();
                if lines == 0 { Err("no line".into()) } else { Ok(()) }
            })?,
        ),
    })
}

/// YAML that is walked over, within bounds as wide as the text.
fn passed_over(bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let text = std::str::from_utf8(bytes)?;
    let most = text.len().saturating_mul(4);
    let options = serde_saphyr::options! {
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_events: most,
            max_nodes: most,
            max_total_scalar_bytes: most,
        },
    };
    serde_saphyr::with_deserializer_from_str_with_options(text, options, |from| {
        IgnoredAny::deserialize(from).map(drop)
    })?;
    Ok(())
}

fn events(bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    while !matches!(reader.read_event()?, quick_xml::events::Event::Eof) {}
    Ok(())
}

/// Matching the components of a document, one after another on one core.
pub fn matched(edition: &Path, path: &Path) -> Result<Value, Box<dyn Error>> {
    let edition = Edition::open(edition)?;
    let bytes = std::fs::read(path)?;
    let read =
        sbom::read(&bytes, &Limits::default()).map_err(|problems| problems[0].to_string())?;
    let mut verdicts = 0;
    let seconds = least(|| {
        let matcher = Matcher::new(&edition, &read.value);
        verdicts = 0;
        for (index, component) in (0..).zip(&read.value.components) {
            verdicts += matcher.assess(index, component)?.verdicts.len();
        }
        Ok(())
    })?;
    Ok(json!({"components": read.value.components.len(), "verdicts": verdicts, "seconds": seconds}))
}

/// Receiving a document for a version of a new record, and matching it there: until everything is stored.
pub fn store(
    corpus: &Path,
    edition: &Digest,
    path: &Path,
    folder: &Path,
) -> Result<Value, Box<dyn Error>> {
    let places = Places {
        register: folder.join("register"),
        corpus: corpus.to_owned(),
        store: crate::engine::store(&folder.join("register")),
        blobs: BlobPlace::Directory,
    };
    let desk = Desk::open(&places, Access::Write, "Generated".into(), Limits::default())?;
    let mut clock = Clock::default();
    desk.adopt_edition(&clock.operation(), edition)?;
    let op = clock.operation();
    let add = AddFamily { family: op.new_id(), name: "Pumps".into(), description: None };
    let family = desk.add_family(&op, add)?;
    let op = clock.operation();
    let name = "Pump".to_owned();
    let add = AddProduct { product: op.new_id(), family, name, model: None, description: None };
    let product = desk.add_product(&op, add)?;
    let op = clock.operation();
    let add =
        AddVersion { version: op.new_id(), product, label: "1".into(), life: Life::default() };
    let version = desk.add_version(&op, add)?;
    let bytes = std::fs::read(path)?;
    let (begin, worked) = (Instant::now(), processor()?);
    let receipt = desk.receive_sbom(&clock.operation(), version, None, None, &bytes)?;
    let (received, received_worked) = (begin.elapsed().as_secs_f64(), processor()? - worked);
    desk.match_next(|| clock.operation())?;
    Ok(json!({
        "components": receipt.components, "received_s": received, "received_processor_s": received_worked,
        "whole_s": begin.elapsed().as_secs_f64(), "whole_processor_s": processor()? - worked,
    }))
}
