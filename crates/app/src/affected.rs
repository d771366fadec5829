//! `aftercare affected`: the ask box on the command line, with the whole reach of a vulnerability.

use crate::{
    check::table::{counted, grouped, percent, score},
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    moment,
    paper::{self, Format},
    remote::{Place, ServerArgs},
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_desk::{
    BlastWish,
    answers::{
        Answer, BlastRadius, ConsigneeReach, HitKind, NothingFound, ProductReach, Target,
        Understood, UnitAnswer, UnitsByAnswer, VersionReach, VulnerabilitySheet,
    },
};
use aftercare_vocab::{cvss::Severity, verdict::Answer as Verdict};
use serde_json::json;

/// Components shown with a version; the rest are counted.
const COMPONENTS_SHOWN: usize = 5;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare affected CVE-2021-44228
  aftercare affected log4j-core
  aftercare affected pkg:npm/minimist --format json
  aftercare affected CVE-2021-44228 --as-of 2026-03-03
  AFTERCARE_TOKEN=... aftercare affected CVE-2021-44228 --server https://aftercare.maker.example

It reads the record and may run beside a server. With a server it asks there, and sees what the person of the
token may see. That nothing is found ends with code 0 too.

{EXIT_CODES}"))]
pub struct Args {
    /// A vulnerability, a component or package, a product, customer or site, or a serial number
    #[arg(required = true, num_args = 1..)]
    query: Vec<String>,
    #[command(flatten)]
    moment: moment::MomentArgs,
    #[command(flatten)]
    pub server: ServerArgs,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Asks, and shows how far it reaches.
pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let place = Place::open(settings, &args.moment)?;
    let as_of = place.as_of()?;
    let answer = place.ask(&args.query.join(" "))?;
    let mut reaches = Vec::new();
    for understood in &answer.understood {
        if let Understood::Vulnerability { id } = understood
            && let Ok(reach) = whole(&place, id)?
        {
            reaches.push(reach);
        }
    }
    if args.format == Format::Json {
        paper::print_json(&json!({"as_of": as_of, "answer": answer, "reach": reaches}))?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    moment::say(&mut sheet, as_of);
    for reach in &reaches {
        radius(&mut sheet, reach);
    }
    if reaches.is_empty() {
        hits(&mut sheet, &answer);
    }
    if let Some(nothing) = &answer.nothing {
        not_found(&mut sheet, nothing);
    }
    let edition = answer.edition.as_ref().map_or_else(
        || {
            let verb = if as_of.is_some() { "was" } else { "is" };
            format!("No edition of public knowledge {verb} in force.")
        },
        |edition| {
            format!("Edition {}, in force since {}.", edition.id.short(), edition.made_at.shown())
        },
    );
    sheet.say(0, Paint::Dim, &edition);
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

/// The reach with all pages of its lists.
fn whole(place: &Place, id: &str) -> Result<Result<BlastRadius, NothingFound>, Failure> {
    let mut wish = BlastWish::default();
    let mut reach = match place.blast_radius(id, &wish)? {
        Ok(reach) => reach,
        Err(nothing) => return Ok(Err(nothing)),
    };
    while reach.products.next.is_some() || reach.consignees.next.is_some() {
        let more_products = reach.products.next.take();
        let more_consignees = reach.consignees.next.take();
        wish.products_after = more_products.clone().unwrap_or_default();
        wish.consignees_after = more_consignees.clone().unwrap_or_default();
        let Ok(next) = place.blast_radius(id, &wish)? else { break };
        if more_products.is_some() {
            reach.products.items.extend(next.products.items);
            reach.products.next = next.products.next;
        }
        if more_consignees.is_some() {
            reach.consignees.items.extend(next.consignees.items);
            reach.consignees.next = next.consignees.next;
        }
    }
    Ok(Ok(reach))
}

fn radius(sheet: &mut Sheet, reach: &BlastRadius) {
    vulnerability(sheet, &reach.vulnerability);
    sheet.blank();
    let totals = &reach.totals;
    let mut grid = Grid::new([
        Column::left("Units by what is known of their version"),
        Column::right("Units"),
    ]);
    for answer in UnitAnswer::ALL {
        let units = totals.units.of(answer);
        if units > 0 || matches!(answer, UnitAnswer::Affected | UnitAnswer::Undetermined) {
            grid.painted([(answer.shown(), weight(answer)), (&grouped(units), Paint::None)]);
        }
    }
    sheet.grid(0, &grid);
    sheet.say(
        0,
        Paint::None,
        &format!(
            "Product versions: {} affected, {} undetermined, {} unknown, {} without an affected component. \
             With affected or undetermined units: {} at {}.",
            totals.versions.affected,
            totals.versions.undetermined,
            totals.versions.unknown,
            totals.versions.no_affected_component,
            counted(totals.consignees_concerned, "customer", "customers"),
            counted(totals.sites_concerned, "site", "sites"),
        ),
    );
    for product in &reach.products.items {
        sheet.blank();
        versions(sheet, product);
    }
    sheet.blank();
    customers(sheet, &reach.consignees.items);
    if reach.units_without_consignee.total() > 0 {
        sheet.say(
            0,
            Paint::None,
            &format!(
                "Units of no recorded customer: {}.",
                by_answer(&reach.units_without_consignee)
            ),
        );
    }
    sheet.blank();
}

fn vulnerability(sheet: &mut Sheet, found: &VulnerabilitySheet) {
    let rating = match found.score_tenths {
        Some(tenths) => format!("{} {}", score(tenths), Severity::of_tenths(tenths).shown()),
        None => "not scored".to_owned(),
    };
    let exploited = match &found.kev_since {
        Some(since) => format!(", known exploited since {since}"),
        None => String::new(),
    };
    let epss = found.epss.map(|epss| format!(", EPSS {}", percent(epss))).unwrap_or_default();
    sheet.title(&format!("{}: {rating}{exploited}{epss}", found.id));
    if !found.summary.is_empty() {
        sheet.say(0, Paint::None, &found.summary);
    }
    if !found.aliases.is_empty() {
        sheet.say(0, Paint::Dim, &format!("Also known as {}", found.aliases.join(", ")));
    }
}

fn versions(sheet: &mut Sheet, product: &ProductReach) {
    let unknown = match product.units_version_unknown {
        0 => String::new(),
        n => format!(", {} of unknown version", counted(n, "unit", "units")),
    };
    sheet.title(&format!("{} ({}){unknown}", product.product.name, product.product.family));
    let mut grid = Grid::new([
        Column::left("Version"),
        Column::left("Answer"),
        Column::right("Units"),
        Column::left("Support"),
    ]);
    for version in &product.versions {
        let support = if version.unsupported_but_fielded { "ended, still in use" } else { "" };
        grid.painted([
            (version.version.version.as_str(), Paint::None),
            (version.answer.shown(), weight(version.answer)),
            (&grouped(version.units), Paint::None),
            (support, Paint::None),
        ]);
        because(&mut grid, version);
    }
    sheet.grid(2, &grid);
}

fn because(grid: &mut Grid, version: &VersionReach) {
    let concerned: Vec<_> =
        version.components.iter().filter(|reach| reach.answer != Verdict::NotAffected).collect();
    for reach in concerned.iter().take(COMPONENTS_SHOWN) {
        let component = &reach.component;
        let fixed = match reach.fixed_in.as_slice() {
            [] => String::new(),
            fixed => format!("; fixed in {}", fixed.join(", ")),
        };
        let version = component.version.as_deref().unwrap_or("(no version)");
        let line = format!(
            "{} {version}: {} ({}){fixed}",
            component.name,
            reach.answer.shown(),
            reach.because
        );
        grid.note(Paint::Dim, line);
    }
    if concerned.len() > COMPONENTS_SHOWN {
        grid.note(Paint::Dim, format!("and {} more", concerned.len() - COMPONENTS_SHOWN));
    }
}

fn customers(sheet: &mut Sheet, consignees: &[ConsigneeReach]) {
    if consignees.is_empty() {
        return;
    }
    let mut grid = Grid::new([
        Column::elastic("Customer and sites", 20),
        Column::right("Affected"),
        Column::right("Undetermined"),
        Column::right("Unknown"),
    ]);
    let figures = |units: &UnitsByAnswer| {
        [grouped(units.affected), grouped(units.undetermined), grouped(units.unknown())]
    };
    for reach in consignees {
        let [affected, undetermined, unknown] = figures(&reach.units);
        grid.painted([
            (reach.consignee.name.as_str(), Paint::Bold),
            (&affected, Paint::None),
            (&undetermined, Paint::None),
            (&unknown, Paint::None),
        ]);
        for site in &reach.sites {
            let located = site.located.as_deref().map(|at| format!(", {at}")).unwrap_or_default();
            let [affected, undetermined, unknown] = figures(&site.units);
            grid.row([format!("  {}{located}", site.name), affected, undetermined, unknown]);
        }
        let more = reach.sites_total.saturating_sub(reach.sites.len() as u64);
        if more > 0 {
            grid.note(Paint::Dim, format!("and {}", counted(more, "more site", "more sites")));
        }
    }
    sheet.grid(0, &grid);
}

fn by_answer(units: &UnitsByAnswer) -> String {
    let parts: Vec<String> = UnitAnswer::ALL
        .into_iter()
        .filter(|answer| units.of(*answer) > 0)
        .map(|answer| format!("{} {}", grouped(units.of(answer)), answer.shown().to_lowercase()))
        .collect();
    parts.join(", ")
}

const fn weight(answer: UnitAnswer) -> Paint {
    match answer {
        UnitAnswer::Affected => Paint::Red,
        UnitAnswer::NoAffectedComponent => Paint::None,
        _ => Paint::Magenta,
    }
}

fn hits(sheet: &mut Sheet, answer: &Answer) {
    for group in &answer.groups {
        sheet.title(&format!("{}: {}", kind(group.kind), grouped(group.total)));
        let mut grid = Grid::new([
            Column::elastic("Name", 20),
            Column::left("Answer"),
            Column::right("Units"),
            Column::elastic("Detail", 20),
            Column::left("Identifier"),
        ]);
        for hit in &group.hits {
            grid.row([
                hit.title.as_str(),
                hit.answer.map(Verdict::shown).unwrap_or_default(),
                &hit.units.map(grouped).unwrap_or_default(),
                &hit.detail,
                &identifier(&hit.target),
            ]);
        }
        sheet.grid(2, &grid);
        let more = group.total.saturating_sub(group.hits.len() as u64);
        if more > 0 {
            sheet.say(2, Paint::Dim, &format!("and {} more", grouped(more)));
        }
        sheet.blank();
    }
}

const fn kind(kind: HitKind) -> &'static str {
    match kind {
        HitKind::Vulnerability => "Vulnerabilities",
        HitKind::Version => "Product versions",
        HitKind::Component => "Components",
        HitKind::Product => "Products",
        HitKind::Consignee => "Customers",
        HitKind::Site => "Sites",
        HitKind::Unit => "Units",
    }
}

fn identifier(target: &Target) -> String {
    match target {
        Target::Vulnerability { id } => id.clone(),
        Target::Version { id } => id.to_string(),
        Target::Product { id } => id.to_string(),
        Target::Consignee { id } => id.to_string(),
        Target::Site { id } => id.to_string(),
        Target::Unit { id, .. } => id.to_string(),
        Target::Finding { vulnerability, .. } => vulnerability.clone(),
        Target::Components { query } => query.clone(),
        Target::Products => String::new(),
    }
}

fn not_found(sheet: &mut Sheet, nothing: &NothingFound) {
    sheet.title(&nothing.what);
    sheet.say(0, Paint::None, &nothing.means);
    for step in &nothing.next {
        sheet.say(2, Paint::None, &format!("- {}", step.text));
    }
    sheet.blank();
}
