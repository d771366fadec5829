//! Measurements that need the product's inside. Each prints one line of JSON.
//!
//! `measure lookups EDITION`: look-ups a second of existing and of missing keys, and opening time.
//! `measure parse PATH...`: bare parsing of every JSON document under the paths with `serde_json`.
//! `measure lines FILE`: bare parsing of each line of a file of JSON lines.
//! `measure write SOURCE COMPONENTS FILE`: makes a large SBOM in the form that the file's name stands for.
//! `measure read FILE`: reading a document, beside bare parsing.
//! `measure match EDITION FILE`: matching its components.
//! `measure store CORPUS EDITION FILE FOLDER`: receiving and matching it in a new record.
//! `measure ledger FOLDER CHANGES THREADS`: makes small changes, then verifies, asks as of earlier days
//! and rebuilds; on the engine that `AFTERCARE_TEST_ENGINE` names.
//! `measure again FOLDER CHANGES`: does the same with a ledger that was made before, but for the changes.
//! `measure reach FOLDER VERSIONS COMPONENTS UNITS`: fills a field and asks for one vulnerability.
//! `measure ask FOLDER`: asks a field again that was filled before.
//! `measure signin MEMORY_KIB PASSES LANES`: compares a password with its hash, alone and on all cores.
//! `measure sight FOLDER`: asks it with the sight of its one family, and with that of all: the same answers.
#![allow(clippy::print_stdout, reason = "its output is its result")]
#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use aftercare_corpus::{
    Edition, Limits, Store, import,
    import::container::Walk,
    import::{ImportError, container::Documents},
};
use aftercare_desk::{BlastWish, ComponentWish, Desk, FindingWish, Places, ProductsOnly};
use aftercare_domain::{Sight, moment::When};
use aftercare_register::{Access, BlobPlace, Depth};
use aftercare_signin::password::{Cost, Password, Proof, Rules, hash, verify};
use aftercare_testkit::{Clock, field, forms, longlife, pace};
use serde_json::{Value, json};
use std::{
    error::Error,
    path::{Path, PathBuf},
    time::Instant,
};

type Outcome = Result<Value, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["lookups", edition] => lookups(Path::new(edition)),
        ["parse", ref paths @ ..] => parse(paths),
        ["lines", file] => parse_lines(Path::new(file)),
        ["write", source, count, file] => {
            forms::write(Path::new(source), count.parse()?, Path::new(file)).map(|()| Value::Null)
        }
        ["read", file] => pace::read(Path::new(file)),
        ["match", edition, file] => pace::matched(Path::new(edition), Path::new(file)),
        ["store", corpus, edition, file, folder] => {
            pace::store(Path::new(corpus), &edition.parse()?, Path::new(file), Path::new(folder))
        }
        ["reach", folder, versions, components, units] => {
            let size = field::Size { versions: versions.parse()?, components: components.parse()?, units: units.parse()? };
            reach(Path::new(folder), size)
        }
        ["ledger", folder, changes, threads] => {
            ledger(Path::new(folder), changes.parse()?, threads.parse()?)
        }
        ["again", folder, changes] => looked(&longlife::desk(Path::new(folder))?, changes.parse()?),
        ["ask", folder] => ask(Path::new(folder)),
        ["signin", memory, passes, lanes] => signin(Cost {
            memory_kib: memory.parse()?,
            passes: passes.parse()?,
            lanes: lanes.parse()?,
        }),
        ["sight", folder] => sight(Path::new(folder)),
        _ => Err("usage: measure lookups EDITION | parse PATH... | lines FILE | write SOURCE COMPONENTS FILE | read FILE | match EDITION FILE | store CORPUS EDITION FILE FOLDER | ledger FOLDER CHANGES THREADS | again FOLDER CHANGES | reach FOLDER VERSIONS COMPONENTS UNITS | ask FOLDER | signin MEMORY_KIB PASSES LANES | sight FOLDER".into()),
    };
    println!("{}", result?);
    Ok(())
}

/// Look-ups of each kind in one pass.
const LOOKUPS: usize = 500_000;

fn lookups(path: &Path) -> Outcome {
    let begin = Instant::now();
    let edition = Edition::open(path)?;
    let open = begin.elapsed();
    let mut keys = Vec::new();
    edition.each_key(|key| keys.push(key.to_owned()))?;
    // A fixed permutation, so that neighbours are not asked one after another.
    let mut order: Vec<&str> =
        (0..LOOKUPS).map(|n| keys[n * 7_919 % keys.len()].as_str()).collect();
    let begin = Instant::now();
    let found = order.iter().filter(|key| edition.has_key(key).unwrap_or(false)).count();
    let hits = LOOKUPS as f64 / begin.elapsed().as_secs_f64();
    let missing: Vec<String> = order.drain(..).map(|key| format!("{key}~absent")).collect();
    let begin = Instant::now();
    let wrong = missing.iter().filter(|key| edition.has_key(key).unwrap_or(true)).count();
    let misses = LOOKUPS as f64 / begin.elapsed().as_secs_f64();
    if found != LOOKUPS || wrong != 0 {
        return Err(format!("{found} of {LOOKUPS} found, {wrong} found that do not exist").into());
    }
    Ok(json!({
        "keys": keys.len(),
        "open_ms": open.as_secs_f64() * 1000.0,
        "hits_per_s": hits.round(),
        "misses_per_s": misses.round(),
    }))
}

/// Parses each document and keeps nothing.
#[derive(Default)]
struct Bare {
    bytes: u64,
    documents: u64,
    seconds: f64,
}

impl Documents for Bare {
    fn document(&mut self, _: &str, bytes: Vec<u8>) -> Result<(), ImportError> {
        if bytes.first().is_some_and(|first| matches!(first, b'{' | b'[')) {
            let begin = Instant::now();
            let value = serde_json::from_slice::<Value>(&bytes);
            self.seconds += begin.elapsed().as_secs_f64();
            drop(value);
            self.bytes += bytes.len() as u64;
            self.documents += 1;
        }
        Ok(())
    }
}

fn parse(paths: &[&str]) -> Outcome {
    let mut bare = Bare::default();
    let mut files = Vec::new();
    for path in paths {
        list(Path::new(path), &mut files)?;
    }
    for file in &files {
        let size = std::fs::metadata(file)?.len();
        Walk::new(&Limits::default(), &mut bare, size).file(file)?;
    }
    Ok(json!({ "documents": bare.documents, "bytes": bare.bytes, "seconds": bare.seconds }))
}

/// Parses each line and keeps nothing.
fn parse_lines(file: &Path) -> Outcome {
    let bytes = std::fs::read(file)?;
    let begin = Instant::now();
    let mut lines = 0_u64;
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        drop(serde_json::from_slice::<Value>(line)?);
        lines += 1;
    }
    Ok(json!({ "lines": lines, "seconds": begin.elapsed().as_secs_f64() }))
}

fn list(path: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            list(&entry?.path(), into)?;
        }
    } else {
        into.push(path.to_owned());
    }
    Ok(())
}

/// Earlier moments that are asked for; 19 of 20 are faster than what is told.
const MOMENTS: u64 = 100;

fn ledger(folder: &Path, changes: u64, threads: u64) -> Outcome {
    std::fs::create_dir_all(folder)?;
    let desk = longlife::desk(folder)?;
    let field = longlife::lay(&desk)?;
    let begin = Instant::now();
    longlife::change(&desk, &field, changes, threads)?;
    let append = begin.elapsed().as_secs_f64();
    let mut told = looked(&desk, changes)?;
    told["append_per_s"] = (changes as f64 / append).round().into();
    Ok(told)
}

/// Seconds that all threads of this process had a processor, as Linux counts them: on a busy machine they
/// tell more than the clock.
fn processor() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<u64> =
        after_name.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<u64>() as f64 / 100.0)
}

/// What a ledger of so many changes costs who verifies, asks and rebuilds.
fn looked(desk: &Desk, changes: u64) -> Outcome {
    let begin = Instant::now();
    let ledger = desk.register().verify_with(&[], None, Depth::Ledger)?;
    let verify_ledger = begin.elapsed().as_secs_f64();
    if !ledger.holds() {
        return Err(format!("{:?}", ledger.differences).into());
    }
    let (begin, worked) = (Instant::now(), processor()?);
    let found = desk.register().verify()?;
    let (verify, verify_worked) = (begin.elapsed().as_secs_f64(), processor()? - worked);
    if !found.holds() {
        return Err(format!("{:?}", found.differences).into());
    }
    let today = aftercare_domain::Date::constant(2026, 1, 2);
    let list = desk.products(today, ProductsOnly::All, "")?;
    let narrow = Sight::of(list.families.iter().map(|family| family.id));
    let mut told = json!({
        "entries": found.entries, "rows": found.rows, "verify_ledger_s": verify_ledger, "verify_s": verify,
        "verify_processor_s": verify_worked,
        "present_ms": median(|| Ok(desk.products(today, ProductsOnly::All, "").map(|_| ())?))?,
    });
    for (name, desk) in [("as_of", desk), ("as_of_narrow", &desk.seen_by(&narrow))] {
        let mut times = Vec::new();
        for n in 0..MOMENTS {
            let then = When::Instant(longlife::instant(n * 7919 % changes));
            let begin = Instant::now();
            let past = desk.as_of(then, longlife::instant(changes + 1))?;
            let list = past.products(today, ProductsOnly::All, "")?;
            let standing = past.standing(longlife::instant(changes + 1))?; // every page tells it
            times.push(begin.elapsed().as_secs_f64() * 1000.0);
            if standing.ledger.entries == 0 || list.families.is_empty() {
                return Err("an earlier moment was empty".into());
            }
        }
        times.sort_by(f64::total_cmp);
        told[format!("{name}_median_ms")] = times[times.len() / 2].into();
        told[format!("{name}_p95_ms")] = times[times.len() * 95 / 100].into();
    }
    let (begin, worked) = (Instant::now(), processor()?);
    desk.register().rebuild()?;
    told["rebuild_s"] = begin.elapsed().as_secs_f64().into();
    told["rebuild_processor_s"] = (processor()? - worked).into();
    Ok(told)
}

/// Questions asked; the median counts.
const QUESTIONS: usize = 7;

fn reach(folder: &Path, size: field::Size) -> Outcome {
    let record = folder.join("record.json");
    std::fs::create_dir_all(folder)?;
    let osv = json!({
        "id": field::VULNERABILITY, "modified": "2026-01-01T00:00:00Z", "summary": "A generated vulnerability",
        "affected": [{"package": {"ecosystem": "npm", "name": "library-0"},
                      "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}],
    });
    std::fs::write(&record, osv.to_string())?;
    let corpus = folder.join("corpus");
    let imported = import(&corpus, &[record], None, None, &Limits::default(), &mut |_| {})?;
    Store::at(&corpus).use_edition(&imported.id)?;
    let places = Places {
        register: folder.join("register"),
        corpus,
        store: aftercare_testkit::engine::store(&folder.join("register")),
        blobs: BlobPlace::Directory,
    };
    let begin = Instant::now();
    let desk = Desk::open(
        &places,
        Access::Write,
        "Generated".into(),
        aftercare_formats::sbom::Limits::default(),
    )?;
    field::fill(&desk, size, &imported.id, &mut Clock::default())?;
    let fill = begin.elapsed().as_secs_f64();
    drop(desk);
    let mut told = ask(folder)?;
    told["versions"] = size.versions.into();
    told["instances"] = size.instances().into();
    told["units"] = size.units.into();
    told["fill_s"] = fill.round().into();
    Ok(told)
}

/// A desk of a field that was filled before.
fn filled(folder: &Path) -> Result<Desk, Box<dyn Error>> {
    let register = folder.join("register");
    let store = aftercare_testkit::engine::store(&register);
    let corpus = folder.join("corpus");
    let places = Places { register, corpus, store, blobs: BlobPlace::Directory };
    let limits = aftercare_formats::sbom::Limits::default();
    Ok(Desk::open(&places, Access::Read, "Generated".into(), limits)?)
}

/// The median of some questions, in milliseconds.
fn median(mut ask: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut times = Vec::new();
    for _ in 0..QUESTIONS {
        let begin = Instant::now();
        ask()?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[QUESTIONS / 2])
}

/// What it costs to look whether something is in sight, where all of it is.
fn sight(folder: &Path) -> Outcome {
    let wide = filled(folder)?;
    let today = aftercare_domain::Date::constant(2026, 1, 2);
    let list = wide.products(today, ProductsOnly::All, "")?;
    let narrow = wide.seen_by(&Sight::of(list.families.iter().map(|family| family.id)));
    let version = list.families[0].products[0].versions[0].id;
    let mut told = serde_json::Map::new();
    for (name, desk) in [("all", &wide), ("families", &narrow)] {
        let times = json!({
            "open_ms": median(|| Ok(desk.ledger_head().map(|_| ())?))?,
            "blast_radius_ms": median(|| {
                desk.blast_radius(field::VULNERABILITY, &BlastWish::default(), today)?
                    .map(|_| ())
                    .map_err(|nothing| nothing.what.into())
            })?,
            "products_ms": median(|| Ok(desk.products(today, ProductsOnly::All, "").map(|_| ())?))?,
            "ask_ms": median(|| Ok(desk.ask("library-1", today).map(|_| ())?))?,
            "findings_ms": median(|| Ok(desk.findings(version, &FindingWish::default()).map(|_| ())?))?,
            "components_ms": median(|| Ok(desk.components(version, &ComponentWish::default()).map(|_| ())?))?,
        });
        told.insert(name.to_owned(), times);
    }
    if narrow.products(today, ProductsOnly::All, "")?.totals != list.totals {
        return Err("who sees every family must read what everybody reads".into());
    }
    Ok(Value::Object(told))
}

/// Asks a field that was filled before.
fn ask(folder: &Path) -> Outcome {
    let desk = filled(folder)?;
    let today = aftercare_domain::Date::constant(2026, 1, 2);
    let mut times = Vec::new();
    let mut totals = Value::Null;
    for _ in 0..QUESTIONS {
        let begin = Instant::now();
        let answer = desk.blast_radius(field::VULNERABILITY, &BlastWish::default(), today)?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
        totals = serde_json::to_value(answer.map_err(|nothing| nothing.what)?.totals)?;
    }
    times.sort_by(f64::total_cmp);
    Ok(json!({
        "first_page_ms": times[QUESTIONS / 2], "slowest_ms": times[QUESTIONS - 1], "totals": totals,
    }))
}

/// Comparisons of each kind.
const SIGN_INS: usize = 100;

fn signin(cost: Cost) -> Outcome {
    let password = Password::typed("purple-teapot-marsh-violin")?;
    let kept = hash(&password, &[7; 16], cost)?;
    let mut took = Vec::with_capacity(SIGN_INS);
    for _ in 0..SIGN_INS {
        let begin = Instant::now();
        verify(&password, &kept, cost)?;
        took.push(begin.elapsed());
    }
    took.sort();
    let alone: f64 = took.iter().map(std::time::Duration::as_secs_f64).sum();
    let cores = std::thread::available_parallelism()?.get();
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                for _ in 0..SIGN_INS {
                    let _ = verify(&password, &kept, cost); // it was right above
                }
            });
        }
    });
    let together = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    for _ in 0..SIGN_INS {
        Rules::default().objections(&password, &["anna.berg", "Nordlicht"], Proof::Alone);
    }
    let judged = begin.elapsed().as_secs_f64();
    Ok(json!({
        "median_ms": took[SIGN_INS / 2].as_secs_f64() * 1000.0,
        "p95_ms": took[SIGN_INS * 95 / 100].as_secs_f64() * 1000.0,
        "per_s": SIGN_INS as f64 / alone,
        "cores": cores,
        "together_per_s": (SIGN_INS * cores) as f64 / together,
        "judge_ms": judged * 1000.0 / SIGN_INS as f64,
    }))
}
