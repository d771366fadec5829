//! The vulnerability page: how far one vulnerability reaches, down to sites and units.

use super::{
    components::{
        Column, Figure, Row, absent, answer_badge, code, definitions, empty, end_of_support,
        epss_text, exploited_tag, figures, foreign, gauge, head, nothing_found, pager, prose,
        score_tag, source_name, table, unit_badge, unknown_badge,
    },
    frame::{Frame, Room, document},
    version::{list_or, version_text},
};
use crate::{
    link::Links,
    text::{count, counted, percentile, visible},
};
use aftercare_desk::answers::{
    BlastRadius, ConsigneeReach, NothingFound, ProductReach, RecordState, SiteReach, Totals,
    UnitAnswer, UnitsByAnswer, VersionReach, VulnerabilitySheet,
};
use maud::{Markup, html};

/// What the address asked for. All empty = everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlastQuery {
    /// `answer=`: only versions (and units on them) that stand under this answer.
    pub answer: Option<UnitAnswer>,
    /// `products_after=`: the cursor the product list starts at.
    pub products_after: String,
    /// `consignees_after=`: the cursor the consignee list starts at.
    pub consignees_after: String,
}

impl BlastQuery {
    fn address(
        &self,
        to: &Links,
        id: &str,
        products_after: &str,
        consignees_after: &str,
        part: &str,
    ) -> String {
        let answer = self.answer.map_or("", UnitAnswer::code);
        let path = to.vulnerability_with(
            id,
            &[
                ("answer", answer),
                ("products_after", products_after),
                ("consignees_after", consignees_after),
            ],
        );
        format!("{path}#{part}")
    }
}

/// A vulnerability and everything it reaches.
pub fn page(frame: &Frame<'_>, reach: &BlastRadius, query: &BlastQuery) -> Markup {
    let to = frame.to;
    let sheet = &reach.vulnerability;
    let body = html! {
        (head(&[], html! { span.mono { (foreign(&sheet.id)) } }, html! {
            p.lead { @if sheet.summary.is_empty() { (absent("No source gives a summary.")) } @else { (foreign(&sheet.summary)) } }
            p.tags {
                (score_tag(sheet.score_tenths))
                @if let Some(since) = &sheet.kev_since { (exploited_tag(since)) }
                @match sheet.state {
                    RecordState::Published => {},
                    RecordState::Withdrawn => span.tag.tag-strong { "Withdrawn by its publishers" },
                    RecordState::Disputed => span.tag.tag-strong { "Disputed" },
                }
            }
        }))
        (reach_part(to, reach))
        @if let Some(answer) = query.answer {
            p.aside { "Only " (unit_badge(answer)) " is shown below. "
                a href=(to.vulnerability(&sheet.id)) { "Show everything" } }
        }
        (products(to, reach, query))
        (consignees(to, reach, query))
        (knowledge(sheet, reach))
    };
    document(frame, &sheet.id, Room::Elsewhere, body)
}

/// The page of an identifier that no record of the edition carries. Serve with status 404.
pub fn unknown(frame: &Frame<'_>, id: &str, nothing: &NothingFound) -> Markup {
    let to = frame.to;
    let body = html! {
        (head(&[], html! { span.mono { (foreign(id)) } }, html! {
            p.tags { (unknown_badge("Unknown to this edition")) }
        }))
        (nothing_found(to, nothing))
    };
    document(frame, id, Room::Elsewhere, body)
}

fn reach_part(to: &Links, reach: &BlastRadius) -> Markup {
    let Totals { versions, units, consignees_concerned, sites_concerned } = reach.totals;
    let id = &reach.vulnerability.id;
    let narrowed = |answer: UnitAnswer| {
        let path = to.vulnerability_with(id, &[("answer", answer.code())]);
        Some(format!("{path}#products"))
    };
    let here = |part: &str| Some(format!("#{part}"));
    html! {
        section.reach aria-labelledby="reach" {
            h2 #reach { "Reach" }
            (figures(&[
                Figure { label: "Affected", count: Some(units.affected), unit: "units", look: "affected", href: narrowed(UnitAnswer::Affected) },
                Figure { label: "Undetermined", count: Some(units.undetermined), unit: "units", look: "undetermined", href: narrowed(UnitAnswer::Undetermined) },
                Figure { label: "Unknown", count: Some(units.unknown()), unit: "units", look: "unknown", href: here("unknown") },
                Figure { label: "No affected component found", count: Some(units.no_affected_component), unit: "units", look: "not-affected", href: narrowed(UnitAnswer::NoAffectedComponent) },
            ]))
            (gauge(&units))
            p.reach-words {
                "Of " (counted(units.total(), "unit", "units")) ": "
                a href=[narrowed(UnitAnswer::Affected)] { (counted(versions.affected, "version", "versions")) " affected" } ", "
                a href=[narrowed(UnitAnswer::Undetermined)] { (counted(versions.undetermined, "version", "versions")) " undetermined" } ", "
                a href="#unknown" { (counted(versions.unknown, "version", "versions")) " unknown" } "; "
                a href="#consignees" {
                    (counted(consignees_concerned, "consignee", "consignees")) " with "
                    (counted(sites_concerned, "site", "sites"))
                }
                " concerned (affected or undetermined)."
            }
            div.unknowns #unknown {
                h3 { "What is unknown" }
                @if units.unknown() == 0 && versions.unknown == 0 {
                    p { "Nothing: every unit's version is recorded, and every version's components were looked up." }
                } @else {
                    ul { @for answer in UnitAnswer::ALL.into_iter().filter(|answer| answer.is_unknown()) {
                        (unknown_line(&units, answer, narrowed(answer)))
                    } }
                    @if units.unknown() == 0 {
                        p { (counted(versions.unknown, "version is", "versions are")) " unknown, and no unit is recorded on them." }
                    }
                }
            }
        }
    }
}

fn unknown_line(units: &UnitsByAnswer, answer: UnitAnswer, href: Option<String>) -> Markup {
    let why = match answer {
        UnitAnswer::VersionUnknown => "whose installed version is not recorded. Ask the sites.",
        UnitAnswer::WithoutSbom => "on versions without SBOM. Attach one.",
        UnitAnswer::NotYetMatched => {
            "on versions whose SBOM was not matched yet. Load again later."
        }
        _ => "on versions with components that could not be looked up.",
    };
    let number = units.of(answer);
    html! {
        @if number > 0 { li { a href=[href] { (counted(number, "unit", "units")) } " " (why) } }
    }
}

fn products(to: &Links, reach: &BlastRadius, query: &BlastQuery) -> Markup {
    let page = &reach.products;
    let id = &reach.vulnerability.id;
    let columns = [
        Column::text("Version"),
        Column::text("Answer"),
        Column::number("Units"),
        Column::text("Components"),
        Column::text("Support"),
    ];
    html! {
        section #products {
            h2 { "Products" }
            @if page.items.is_empty() {
                (empty("No product version is shown here.", html! {
                    @if query.answer.is_some() {
                        "None stands under the answer chosen. " a href=(to.vulnerability(id)) { "Show everything" } "."
                    } @else {
                        "No attached SBOM has a component that was matched to this vulnerability. This does not mean that products are not affected: look for "
                        a href=(to.products()) { "versions without SBOM" } "."
                    }
                }))
            }
            @for product in &page.items { (product_part(to, id, product, &columns)) }
            @if !page.items.is_empty() {
                (pager(page.items.len(), page.total, "products",
                    page.next.as_deref().map(|after| query.address(to, id, after, &query.consignees_after, "products")),
                    (!query.products_after.is_empty()).then(|| query.address(to, id, "", &query.consignees_after, "products"))))
            }
        }
    }
}

fn product_part(to: &Links, id: &str, product: &ProductReach, columns: &[Column]) -> Markup {
    let rows: Vec<Row> =
        product.versions.iter().map(|version| version_row(to, id, version)).collect();
    html! {
        section.product {
            h3 { a href=(to.product(product.product.id)) { (foreign(&product.product.name)) }
                " " span.heading-count { (foreign(&product.product.family)) } }
            @if product.units_version_unknown > 0 {
                p.aside { (unknown_badge("Installed version unknown")) " "
                    (counted(product.units_version_unknown, "unit", "units")) " of this product may run any version below." }
            }
            (table(html! { span.unseen { "Versions of " (foreign(&product.product.name)) } }, columns, &rows))
        }
    }
}

fn version_row(to: &Links, id: &str, row: &VersionReach) -> Row {
    let version = row.version.id;
    let rest = row.components_total.saturating_sub(row.components.len() as u64);
    vec![
        html! { a.version href=(to.version(version)) { (foreign(&row.version.version)) } },
        unit_badge(row.answer),
        html! { a href=(to.version_tab(version, "units")) { (count(row.units)) } },
        html! {
            @if row.components.is_empty() {
                @match row.answer {
                    UnitAnswer::WithoutSbom | UnitAnswer::NotYetMatched | UnitAnswer::VersionUnknown => (absent("Unknown")),
                    _ => (absent("None matched")),
                }
            }
            ul.plain { @for reach in &row.components {
                li {
                    (answer_badge(reach.answer)) " " (foreign(&reach.component.name)) " "
                    (version_text(reach.component.version.as_deref())) " "
                    a.why href=(to.finding(version, reach.component.index, id)) {
                        "Why" span.unseen { " for " (visible(&reach.component.name)) }
                    }
                    span.row-note { (prose(&reach.because))
                        @if !reach.fixed_in.is_empty() { " (repaired in " (list_or(&reach.fixed_in, "")) ")" } }
                }
            } }
            @if rest > 0 {
                a href=(to.version_with(version, &[("tab", "findings"), ("q", id)])) {
                    (counted(rest, "more component", "more components"))
                }
            }
        },
        end_of_support(&row.end_of_support, row.unsupported_but_fielded),
    ]
}

fn consignees(to: &Links, reach: &BlastRadius, query: &BlastQuery) -> Markup {
    let page = &reach.consignees;
    let id = &reach.vulnerability.id;
    let without = reach.units_without_consignee;
    html! {
        section #consignees {
            h2 { "Consignees and sites" }
            @if without.total() > 0 {
                p.aside { (unknown_badge("Consignee unknown")) " "
                    (counted(without.total(), "unit belongs", "units belong")) " to no recorded consignee: "
                    (count(without.affected)) " affected, " (count(without.undetermined)) " undetermined, "
                    (count(without.unknown())) " unknown." }
            }
            @if page.items.is_empty() {
                (empty("No consignee is shown here.", html! {
                    "No recorded unit of a consignee stands under these answers. Units that nobody recorded are not counted; "
                    "record units through the " a href=(to.api()) { "API" } "."
                }))
            } @else {
                (consignee_table(to, &page.items))
                (pager(page.items.len(), page.total, "consignees",
                    page.next.as_deref().map(|after| query.address(to, id, &query.products_after, after, "consignees")),
                    (!query.consignees_after.is_empty()).then(|| query.address(to, id, &query.products_after, "", "consignees"))))
            }
        }
    }
}

/// Consignees with their sites in one table, one group of rows each, so that figures line up.
fn consignee_table(to: &Links, consignees: &[ConsigneeReach]) -> Markup {
    html! {
        div.table-box {
            table.grouped role="table" {
                caption { "Units by consignee and site" }
                thead role="rowgroup" { tr role="row" {
                    th scope="col" role="columnheader" { "Consignee, site" }
                    @for head in UNIT_HEADS { th.number scope="col" role="columnheader" { (head) } }
                } }
                @for consignee in consignees { (consignee_rows(to, consignee)) }
            }
        }
    }
}

const UNIT_HEADS: [&str; 5] =
    ["Affected", "Undetermined", "Unknown", "No affected component found", "All units"];

fn consignee_rows(to: &Links, reach: &ConsigneeReach) -> Markup {
    let rest = reach.sites_total.saturating_sub(reach.sites.len() as u64);
    html! {
        tbody role="rowgroup" {
            tr.group role="row" data-row {
                th scope="row" role="rowheader" {
                    a href=(to.consignee(reach.consignee.id)) { (foreign(&reach.consignee.name)) }
                    span.row-note { (counted(reach.sites_total, "site", "sites")) }
                }
                (unit_cells(&reach.units))
            }
            @for site in &reach.sites { (site_row(to, site)) }
            @if rest > 0 {
                tr role="row" { td.more role="cell" colspan="6" {
                    a href=(to.consignee(reach.consignee.id)) { (counted(rest, "more site", "more sites")) }
                } }
            }
        }
    }
}

fn site_row(to: &Links, site: &SiteReach) -> Markup {
    html! {
        tr role="row" data-row {
            th scope="row" role="rowheader" {
                a href=(to.site(site.id)) { (foreign(&site.name)) }
                @if let Some(located) = &site.located { span.row-note { (foreign(located)) } }
            }
            (unit_cells(&site.units))
        }
    }
}

fn unit_cells(units: &UnitsByAnswer) -> Markup {
    let cells = [
        ("affected", units.affected),
        ("undetermined", units.undetermined),
        ("unknown", units.unknown()),
        ("not-affected", units.no_affected_component),
        ("all", units.total()),
    ];
    html! {
        @for ((look, number), head) in cells.into_iter().zip(UNIT_HEADS) {
            td role="cell" class={ "number cell-" (if number == 0 { "none" } else { look }) } data-label=(head) { div { (count(number)) } }
        }
    }
}

fn knowledge(sheet: &VulnerabilitySheet, reach: &BlastRadius) -> Markup {
    let columns = [
        Column::text("Source"),
        Column::text("Record"),
        Column::text("Changed"),
        Column::text("SHA-256 as received"),
    ];
    let rows: Vec<Row> = sheet
        .sources
        .iter()
        .map(|source| {
            vec![
                source_name(&source.source),
                html! { (code(&source.record)) @if source.withdrawn { " " span.tag { "Withdrawn" } } },
                source.modified_at.map_or_else(|| absent("Not stated"), |at| html! { (at.shown()) }),
                code(&source.digest.short()),
            ]
        })
        .collect();
    let [score, epss, kev] = scores(sheet);
    html! {
        section {
            h2 { "What is published" }
            (definitions(&[
                ("Also known as", list_or(&sheet.aliases, "No other identifier")),
                score, epss, kev,
                ("Edition", html! { (code(&reach.edition.id.short())) " of " (reach.edition.made_at.shown()) }),
            ]))
            @if rows.is_empty() {
                (empty("The edition holds no record of its own for this identifier.", html! {
                    "It is known only as another name. Look at the records it is named in."
                }))
            } @else {
                (table(html! { "Records of this vulnerability" }, &columns, &rows))
            }
        }
    }
}

/// What an edition says of how grave a vulnerability is, and how exploited.
pub fn scores(sheet: &VulnerabilitySheet) -> [(&'static str, Markup); 3] {
    [
        (
            "Score",
            html! {
                (score_tag(sheet.score_tenths)) " " @if let Some(vector) = &sheet.vector { (code(vector)) }
            },
        ),
        (
            "EPSS",
            html! {
                @if sheet.epss_held || sheet.epss.is_some() { (epss_text(sheet.epss)) }
                @else { (absent("Not known: the edition holds no EPSS")) }
                @if let Some(rank) = sheet.epss_percentile { " (percentile " (percentile(rank)) ")" }
            },
        ),
        (
            "Known exploited",
            match &sheet.kev_since {
                Some(since) => html! { "Listed since " (foreign(since)) },
                None if sheet.kev_held => absent("Not listed in this edition"),
                None => absent("Not known: the edition does not hold the catalogue"),
            },
        ),
    ]
}
