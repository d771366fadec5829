//! `aftercare sbom diff`: what became of the components, and what that does to findings.

use super::{columns::ColumnArgs, document, refused};
use crate::{
    check::table::{counted, edition as edition_line, grouped, score},
    config::Settings,
    edition,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_corpus::store::StoreError;
use aftercare_desk::{
    check::Named,
    difference::{
        ChangedComponent, Comparison, FindingDifference, Given, Line, Now, Side, Unable, compare,
    },
};
use aftercare_domain::difference::Step;
use aftercare_vocab::verdict::Answer;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare sbom diff pump-4.1.cdx.json pump-4.2.cdx.json
  aftercare sbom diff --no-findings --format json before.spdx.json after.cdx.json
  aftercare sbom diff --fail-on-new released.cdx.json candidate.cdx.json

A component is the same one in both if its package URL, else its CPE vendor and product, else its group and
name are the same without the version; else if its name and version are. Versions are compared in the order of their ecosystem.

{EXIT_CODES}"))]
pub struct Args {
    /// The earlier SBOM
    before: PathBuf,
    /// The later SBOM
    after: PathBuf,
    /// The edition to ask: the first digits of its digest, or an .edition file [default: the one in use, if any]
    #[arg(long, value_name = "EDITION", conflicts_with = "no_findings")]
    corpus: Option<String>,
    /// Compare components only
    #[arg(long)]
    no_findings: bool,
    /// End with exit code 1 when the later SBOM has findings that the earlier one has not, or components with
    /// findings that cannot be looked up any more or whose identity or version is not certain any more
    #[arg(long, conflicts_with = "no_findings")]
    fail_on_new: bool,
    #[command(flatten)]
    columns: ColumnArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let names = [args.before.to_string_lossy(), args.after.to_string_lossy()];
    let read = |path, name| document(path, settings).map_err(|problems| refused(name, &problems));
    let (before, after) = (read(&args.before, &names[0])?, read(&args.after, &names[1])?);
    let edition = match &args.corpus {
        _ if args.no_findings => None,
        Some(wanted) => Some(edition::open(Some(wanted), settings)?),
        None => match settings.corpus().open_current() {
            Ok(edition) => Some(edition),
            // without `--fail-on-new` components alone are an answer, too
            Err(error @ StoreError::NoEdition(_)) if !args.fail_on_new => {
                if !settings.quiet {
                    paper::tell(&format!("Findings are not compared: {error}"));
                }
                None
            }
            Err(error) => return Err(error.into()),
        },
    };
    let columns = args.columns.chosen();
    let columns = columns.as_ref();
    let given = |file, bytes| Given { file, bytes, columns };
    let (before, after) = (given(&names[0], &before), given(&names[1], &after));
    let comparison = compare(before, after, edition.as_ref(), &settings.sbom).map_err(
        |unable| match unable {
            Unable::Refused(file, problems) => refused(&file, &problems),
            Unable::Damaged(damage) => damage.into(),
        },
    )?;
    match args.format {
        Format::Json => paper::print_json(&comparison)?,
        Format::Table => {
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            show(&mut sheet, &comparison);
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    let is_worse = comparison.findings.as_ref().is_some_and(FindingDifference::is_worse);
    Ok(if args.fail_on_new && is_worse { Ending::Found } else { Ending::Done })
}

fn show(sheet: &mut Sheet, comparison: &Comparison) {
    for (word, side) in [("From", &comparison.before), ("To", &comparison.after)] {
        sheet.say(0, Paint::None, &format!("{word} {}", document_line(side)));
    }
    sheet.blank();
    let mut grid = Grid::new([
        Column::left("Component"),
        Column::left("Change"),
        Column::elastic("Before", 10),
        Column::elastic("After", 10),
        Column::elastic("Other facts", 12),
    ]);
    let version = |named: &Named| named.version.clone().unwrap_or_else(|| "(none)".to_owned());
    for named in &comparison.added {
        grid.row([&named.name, "added", "", &version(named), ""]);
    }
    for named in &comparison.removed {
        grid.row([&named.name, "removed", &version(named), "", ""]);
    }
    for changed in &comparison.changed {
        let (before, after) = (version(&changed.before), version(&changed.after));
        grid.row([&changed.after.name, word(changed), &before, &after, &changed.facts.join(", ")]);
    }
    let count = |number: usize| grouped(number as u64);
    let sums = format!(
        "{} added, {} removed, {} changed, {} the same.",
        count(comparison.added.len()),
        count(comparison.removed.len()),
        count(comparison.changed.len()),
        grouped(comparison.unchanged)
    );
    sheet.title(&format!("Components: {sums}"));
    sheet.grid(2, &grid);
    if let Some(findings) = &comparison.findings {
        sheet.blank();
        show_findings(sheet, findings);
    }
}

fn document_line(side: &Side) -> String {
    let name = side.name.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    let warnings = match side.warnings.len() as u64 {
        0 => String::new(),
        some => format!(", {} of the reader", counted(some, "warning", "warnings")),
    };
    let components = counted(side.components, "component", "components");
    format!("{}{name}: {}, {components}{warnings}", side.file, side.format)
}

const fn word(changed: &ChangedComponent) -> &'static str {
    match changed.version {
        Some(Step::Upgraded) => "upgraded",
        Some(Step::Downgraded) => "downgraded",
        Some(Step::Respelled) => "same version, written otherwise",
        Some(Step::Incomparable) => "version changed",
        None => "other facts",
    }
}

fn show_findings(sheet: &mut Sheet, findings: &FindingDifference) {
    let mut grid = Grid::new([
        Column::left("Vulnerability"),
        Column::left("Change"),
        Column::right("Score"),
        Column::left("Answer"),
        Column::elastic("Component", 16),
    ]);
    let mut row = |change: &str, line: &Line, answer: String| {
        let weight = match line.answer {
            Answer::Affected => Paint::Red,
            Answer::Undetermined => Paint::Magenta,
            Answer::NotAffected => Paint::None,
        };
        let score = line.score_tenths.map_or("-".to_owned(), score);
        grid.painted([
            (line.id.clone(), Paint::None),
            (change.to_owned(), Paint::None),
            (score, Paint::None),
            (answer, weight),
            (line.component.shown(), Paint::None),
        ]);
    };
    for line in &findings.new {
        row("new", line, line.answer.shown().to_owned());
    }
    for changed in &findings.changed {
        let (before, line) = (changed.before.shown(), &changed.finding);
        row("changed", line, format!("{before} -> {}", line.answer.shown()));
    }
    for gone in &findings.gone {
        let now = match gone.now {
            Now::NotAffected => "gone: not affected",
            Now::NothingFound => "gone: nothing found",
            Now::NotCovered => "gone: nothing known",
            Now::NotCertain => "gone: not certain",
            Now::ComponentRemoved => "gone: component removed",
        };
        row(now, &gone.finding, gone.finding.answer.shown().to_owned());
    }
    let count = |number: usize| grouped(number as u64);
    let sums = format!(
        "{} new, {} with another answer, {} gone, {} the same.",
        count(findings.new.len()),
        count(findings.changed.len()),
        count(findings.gone.len()),
        grouped(findings.unchanged)
    );
    sheet.title(&format!("Findings: {sums}"));
    sheet.grid(2, &grid);
    sheet.say(0, Paint::Dim, &edition_line(&findings.edition));
}
