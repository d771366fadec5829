//! `aftercare explain`: why a component of an SBOM is or is not affected by one vulnerability.

use crate::{
    check::{
        received,
        table::{edition as edition_line, rating},
    },
    config::Settings,
    edition,
    ending::{EXIT_CODES, Ending, Failure},
    mapping::MappingArgs,
    moment,
    paper::{self, Format},
    sbom::columns::ColumnArgs,
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_corpus::Edition;
use aftercare_desk::{
    answers::AsOf,
    check::{EditionNote, Named},
    document::unpack,
};
use aftercare_formats::sbom;
use aftercare_matching::{Matcher, mapping::Mappings};
use aftercare_vocab::{
    cpe::Cpe,
    inventory::{Component, Inventory},
    problem::{Problem, quoted},
    verdict::{Answer, NotCovered, Reason, Verdict},
};
use serde::Serialize;
use std::{path::PathBuf, sync::Arc};

/// Components of a like name that are offered when none fits.
const OFFERED: usize = 5;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare explain gateway.cdx.json log4j-core CVE-2021-44228
  aftercare explain gateway.cdx.json pkg:maven/org.apache.logging.log4j/log4j-core GHSA-jfh8-c2jp-5v3q

{EXIT_CODES}"))]
pub struct Args {
    /// The SBOM; `-` is standard input
    file: PathBuf,
    /// The component: its name, its package URL (with or without version), or its place in the SBOM
    component: String,
    /// Any identifier of the vulnerability
    vulnerability: String,
    /// The edition to ask: the first digits of its digest, or an .edition file [default: the one in use]
    #[arg(long, value_name = "EDITION")]
    corpus: Option<String>,
    #[command(flatten)]
    moment: moment::MomentArgs,
    #[command(flatten)]
    columns: ColumnArgs,
    #[command(flatten)]
    mappings: MappingArgs,
    /// How to print the explanation
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// One component's explanation.
#[derive(Debug, Serialize)]
struct Explained {
    component: Named,
    not_covered: Option<NotCovered>,
    /// CPE names that only repeat the package's name, whose ecosystem decides.
    set_aside: Vec<Cpe>,
    verdicts: Vec<Verdict>,
    /// Without a verdict: records that were taken back, or name the package for other releases.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    silent_because: Vec<String>,
}

/// The edition and the mappings to go by: those named or in use, or with a moment those in force then.
fn knowledge(
    args: &Args,
    settings: &Settings,
) -> Result<(Arc<Edition>, Mappings, Option<AsOf>), Failure> {
    let named = args.mappings.table()?;
    let built_in = || Mappings::built_in().clone();
    if !args.moment.is_past() {
        let edition = Arc::new(edition::open(args.corpus.as_deref(), settings)?);
        return Ok((edition, named.unwrap_or_else(built_in), None));
    }
    if args.corpus.is_some() {
        return Err(Failure::Wrong(
            "`--as-of` asks the edition that was in force then, and `--corpus` names another. Give one of them."
                .to_owned(),
        ));
    }
    let desk = args.moment.open(settings)?;
    let as_of = moment::of(&desk);
    let mappings = match named {
        Some(named) => named,
        None => desk.mapping_table()?.mappings,
    };
    match desk.edition_in_force()? {
        Some(edition) => Ok((edition, mappings, as_of)),
        None => Err(Failure::Wrong(
            "No edition of public knowledge was in force at that moment, so nothing can be explained as of then. \
             Name an edition with `--corpus`, or ask for a later moment."
                .to_owned(),
        )),
    }
}

/// Explains, for every component that fits.
pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let (edition, mappings, as_of) = knowledge(args, settings)?;
    let file = args.file.to_string_lossy();
    let refused = |problems: Vec<Problem>| {
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("{file}: {problem}")).collect();
        Failure::Wrong(lines.join("\n"))
    };
    let limits = &settings.sbom;
    let bytes = received(&args.file, limits.bytes).map_err(|problem| refused(vec![problem]))?;
    let chosen = args.columns.chosen();
    let read = |plain: &[u8]| sbom::read_as(plain, chosen.as_ref(), limits);
    let inventory = unpack(&bytes, limits).and_then(|plain| read(&plain)).map_err(refused)?.value;
    let matcher = Matcher::with_mappings(&edition, &inventory, &mappings);
    let mut explained = Vec::new();
    for (index, component) in (0..).zip(&inventory.components) {
        if fits(component, &args.component) {
            let verdicts = matcher.explain(component, &args.vulnerability)?;
            let silent_because = if verdicts.is_empty() {
                matcher.silence(component, &args.vulnerability)?
            } else {
                Vec::new()
            };
            explained.push(Explained {
                component: Named::of(index, component),
                not_covered: matcher.assess(index, component)?.not_covered,
                set_aside: matcher.set_aside(component)?.into_iter().cloned().collect(),
                verdicts,
                silent_because,
            });
        }
    }
    if explained.is_empty() {
        return Err(Failure::Wrong(none_fits(&inventory, &args.component)));
    }
    let known = !edition.find(&args.vulnerability)?.is_empty();
    let note = EditionNote::of(&edition);
    match args.format {
        Format::Json => paper::print_json(&serde_json::json!({
            "as_of": as_of,
            "edition": note,
            "vulnerability_in_edition": known,
            "components": explained,
        }))?,
        Format::Table => {
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            moment::say(&mut sheet, as_of);
            for one in &explained {
                tell(&mut sheet, one, &args.vulnerability, known);
                sheet.blank();
            }
            sheet.say(0, Paint::None, &edition_line(&note));
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

/// By name (with or without its group), package URL (with or without version and qualifiers), CPE or
/// place.
fn fits(component: &Component, wanted: &str) -> bool {
    let same = |text: &str| text.eq_ignore_ascii_case(wanted);
    let grouped = component.group.as_deref().unwrap_or_default();
    let begins = |text: &str| {
        text.strip_prefix(wanted)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['@', '?', '#']))
    };
    component.place == wanted
        || same(&component.name)
        || ['/', ':'].iter().any(|sign| same(&format!("{grouped}{sign}{}", component.name)))
        || component.purls.iter().any(|purl| begins(&purl.to_string()))
        || component.cpes.iter().any(|cpe| same(&cpe.to_string()))
}

fn none_fits(inventory: &Inventory, wanted: &str) -> String {
    let part = wanted.to_lowercase();
    let alike: Vec<String> = inventory
        .components
        .iter()
        .filter(|component| component.name.to_lowercase().contains(&part))
        .take(OFFERED)
        .map(|component| quoted(&component.name))
        .collect();
    let next = if alike.is_empty() {
        "Give its name, package URL or place as the SBOM has it.".to_owned()
    } else {
        format!("Did you mean {}?", alike.join(", "))
    };
    format!("The SBOM lists no component {}. {next}", quoted(wanted))
}

fn tell(sheet: &mut Sheet, explained: &Explained, vulnerability: &str, known: bool) {
    let component = &explained.component;
    let identity = component.identity.as_deref().unwrap_or("no identity that can be looked up");
    sheet.title(&format!("{} ({identity}, {})", component.shown(), component.place));
    for verdict in &explained.verdicts {
        let (score, severity) = rating(verdict);
        let paint = match verdict.answer {
            Answer::Affected => Paint::Red,
            Answer::Undetermined => Paint::Magenta,
            Answer::NotAffected => Paint::Bold,
        };
        sheet.say(
            2,
            paint,
            &format!("{}: {} ({score}, {severity})", verdict.id, verdict.answer.shown()),
        );
        if !verdict.summary.is_empty() {
            sheet.say(2, Paint::None, &verdict.summary);
        }
        if !verdict.aliases.is_empty() {
            sheet.say(2, Paint::None, &format!("Also known as {}", verdict.aliases.join(", ")));
        }
        if verdict.disagreement {
            sheet.say(2, Paint::None, "The sources disagree; the deciding one stands first.");
        }
        for reason in &verdict.because {
            reasons(sheet, reason);
        }
    }
    if explained.verdicts.is_empty() {
        let why = if !explained.silent_because.is_empty() {
            format!(
                "The edition knows {}, and nothing that stands in it speaks of this component. {} That is not \
                 proof that it is not affected.",
                quoted(vulnerability),
                explained.silent_because.join(" ")
            )
        } else if known {
            format!(
                "The edition knows {}, and none of its records names this component by {}. \
                 That is not proof that it is not affected.",
                quoted(vulnerability),
                if explained.set_aside.is_empty() {
                    "any of its identities"
                } else {
                    "the identities that were looked up"
                }
            )
        } else {
            format!(
                "{} is not in this edition. That says nothing about the component: check the identifier, or \
                 import a newer edition.",
                quoted(vulnerability)
            )
        };
        sheet.say(2, Paint::Magenta, &why);
    }
    for cpe in &explained.set_aside {
        let why = format!(
            "{cpe} was set aside: it only repeats the package's name, as tools guess it, and the data of the package's ecosystem decide."
        );
        sheet.say(2, Paint::None, &why);
    }
    if let Some(gap) = &explained.not_covered {
        sheet.say(2, Paint::Magenta, &format!("Not covered: {}", gap.why));
    }
}

fn reasons(sheet: &mut Sheet, reason: &Reason) {
    sheet.say(
        4,
        Paint::Bold,
        &format!("{} by {} {}", reason.answer.shown(), reason.source, reason.record),
    );
    let mut grid = Grid::new([Column::left(""), Column::left("")]);
    let compared = format!(
        "{} as {}",
        reason.version.as_deref().unwrap_or("(no version)"),
        if reason.scheme.is_empty() { "no ordering" } else { &reason.scheme }
    );
    for (what, text) in [
        ("identity", &*reason.identity),
        ("match", &format!("{:?}", reason.confidence).to_lowercase()),
        ("version", &compared),
        ("rule", &reason.rule),
        ("range", &reason.range),
        ("place", &reason.place),
        ("note", &reason.note),
        ("record", &reason.record_digest.to_string()),
    ] {
        if !text.is_empty() {
            grid.row([what, text]);
        }
    }
    sheet.grid(6, &grid);
}
