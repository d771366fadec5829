//! `aftercare sbom generate`: an SBOM of what is found in files.

use crate::{
    check::table::{counted, grouped},
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation, paper,
};
use aftercare_discover::{
    Evidence, Fault, Found, Limits, Sureness, archive, archive_file, directory,
};
use aftercare_formats::sbom::write::{self, Addition, Target, Technique, Tool, Writing, anew};
use aftercare_vocab::problem::Problem;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What names standard input.
const STANDARD_INPUT: &str = "-";

#[derive(Debug, clap::Args)]
// `--version` is the product's here
#[command(disable_version_flag = true, after_help = format!("\
Examples:
  aftercare sbom generate rootfs/ --name 'Infusion pump' --version 2.1 --supplier 'Example Devices' --output pump.cdx.json
  aftercare sbom generate image.tar.xz | aftercare check -
  aftercare sbom generate update.zip --name 'Infusion pump' --report not-read.json

What could not be read, and what was left out, is told on standard error; the report names every file.
Finding nothing proves nothing.

{EXIT_CODES}"))]
pub struct Args {
    /// A directory (an unpacked root file system or a source tree) or an archive: tar, zip, cpio, a package (deb,
    /// ipk, rpm, apk), an image for U-Boot; also packed with gzip, Zstandard, xz, LZMA, bzip2 or lz4; `-` is an archive
    /// on standard input
    #[arg(value_name = "DIR|ARCHIVE")]
    place: PathBuf,
    /// The product's name [default: that of the directory or archive]
    #[arg(long)]
    name: Option<String>,
    /// The product's version
    #[arg(long)]
    version: Option<String>,
    /// Who makes the product
    #[arg(long)]
    supplier: Option<String>,
    /// Who makes this SBOM: a person or an organisation
    #[arg(long)]
    author: Option<String>,
    /// The format: cyclonedx-1.6 or spdx-2.3
    #[arg(long, value_name = "FORMAT", default_value_t = Target::Cyclonedx16)]
    to: Target,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write to this file, as JSON, what was not read, and every file of which nothing is known
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Searches, writes, and tells what is missing.
pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let name = args.name.clone().unwrap_or_else(|| name_of(&args.place));
    let shown = args.place.to_string_lossy();
    let limits = Limits::default();
    let mut found = search(&args.place, &name, &limits)
        .map_err(|fault| Failure::Wrong(format!("{shown}: {fault}")))?;
    if let Some(root) = found.inventory.components.first_mut() {
        root.version.clone_from(&args.version);
        root.supplier.clone_from(&args.supplier);
    }
    found.inventory.authors.extend(args.author.clone());
    let additions = additions(&found);
    let at = operation::now();
    found.inventory.created = Some(at.to_string());
    let writing = Writing {
        target: args.to,
        tool: Tool { name: "aftercare", version: env!("CARGO_PKG_VERSION") },
        at,
        additions: &additions,
    };
    let written = anew(&found.inventory, &writing);
    match &args.output {
        Some(path) => paper::save(path, written.text.as_bytes())?,
        None => paper::print(written.text.as_bytes())?,
    }
    if let Some(path) = &args.report {
        paper::save(path, &paper::json(&report(&found, &shown))?)?;
    }
    // CycloneDX has one relation for what a product contains and what it was built with
    let is_news = |problem: &&Problem| {
        !matches!(problem.code, "not_held_contains" | "not_held_dependency_kind")
    };
    for problem in found.problems.iter().chain(written.problems.iter().filter(is_news)) {
        paper::tell(&format!("{shown}: {problem}"));
    }
    if !settings.quiet {
        paper::tell(&summary(&found));
    }
    Ok(Ending::Done)
}

fn search(place: &Path, name: &str, limits: &Limits) -> Result<Found, Fault> {
    if place == Path::new(STANDARD_INPUT) {
        archive(io::stdin().lock(), name, limits)
    } else if fs::metadata(place)?.is_dir() {
        directory(place, name, limits)
    } else {
        archive_file(place, name, limits)
    }
}

/// What was not read, for programs.
fn report(found: &Found, searched: &str) -> serde_json::Value {
    let unknown: Vec<_> = found
        .unknown
        .iter()
        .map(|unknown| serde_json::json!({ "file": unknown.file, "kind": unknown.kind.word() }))
        .collect();
    serde_json::json!({
        "searched": searched,
        "files": found.files,
        "components": found.inventory.components.len().saturating_sub(1),
        "certain": count(found, Sureness::Certain),
        "likely": count(found, Sureness::Likely),
        "possible": count(found, Sureness::Possible),
        "problems": found.problems,
        "unknown": unknown,
    })
}

/// The last part of a path, without the ends of an archive's name.
fn name_of(place: &Path) -> String {
    if place == Path::new(STANDARD_INPUT) {
        return "device".to_owned();
    }
    let place = place.canonicalize().unwrap_or_else(|_| place.to_path_buf());
    let name = place
        .file_name()
        .map_or_else(|| "device".to_owned(), |name| name.to_string_lossy().into_owned());
    let ends = [".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2", ".tar.lz4", ".tgz", ".tar", ".zip"];
    ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name).to_owned()
}

/// The evidence of each component, for the writer.
fn additions(found: &Found) -> Vec<Addition> {
    let lists = (0..).zip(&found.evidence).filter(|(_, evidence)| !evidence.is_empty());
    lists
        .map(|(component, evidence)| Addition {
            component,
            found: evidence.iter().map(reason).collect(),
            ..Addition::default()
        })
        .collect()
}

fn reason(evidence: &Evidence) -> write::Found {
    let technique = match evidence.method.technique() {
        "binary-analysis" => Technique::BinaryAnalysis,
        "filename" => Technique::Filename,
        _ => Technique::ManifestAnalysis,
    };
    let place = match evidence.place.as_str() {
        "" => evidence.file.clone(),
        place => format!("{}, {place}", evidence.file),
    };
    let what = format!("{} ({})", place, evidence.method.shown());
    write::Found { technique, certainty: evidence.method.sureness().per_cent(), what }
}

/// How many components have no better evidence than this.
fn count(found: &Found, sureness: Sureness) -> usize {
    let best = |evidence: &Vec<Evidence>| evidence.iter().map(|one| one.method.sureness()).max();
    found.evidence.iter().filter(|evidence| best(evidence) == Some(sureness)).count()
}

/// `173 files: 12 components (9 certain, 2 likely, 1 possible).`
fn summary(found: &Found) -> String {
    let of = |sureness: Sureness| grouped(count(found, sureness) as u64);
    let components = found.inventory.components.len().saturating_sub(1) as u64;
    format!(
        "{}: {} ({} certain, {} likely, {} possible).",
        counted(found.files, "file", "files"),
        counted(components, "component", "components"),
        of(Sureness::Certain),
        of(Sureness::Likely),
        of(Sureness::Possible),
    )
}
