//! The product list.

use super::{
    components::{
        Column, Figure, Row, absent, empty, end_of_support, figures, finding_counts, foreign, head,
        table, unknown_badge,
    },
    frame::{Frame, Room, document},
    icons::{Icon, icon},
};
use crate::{
    link::Links,
    text::{count, counted},
};
use aftercare_desk::answers::{
    FamilyRow, FindingCounts, ProductList, ProductRow, SbomState, VersionRow,
};
use maud::{Markup, html};

/// Families with products and versions, and what is known of each. `only` is the narrowing that was
/// asked for, empty for all.
pub fn page(frame: &Frame<'_>, list: &ProductList, only: &str) -> Markup {
    let to = frame.to;
    let totals = &list.totals;
    let body = html! {
        (head(&[], html! { "Products" }, html! {
            p { "Every version that was ever released, what its SBOM tells, and how many units run it. "
                a href=(to.mappings()) { "Own mappings of identities" } " say what components are that no source knows by their names." }
        }))
        @if totals.products == 0 && list.families.is_empty() {
            (empty("No product is recorded yet.", html! {
                "Record a family, a product and a version through the API ("
                a href=(to.api()) { "/api/v1" } "), then attach an SBOM to the version. "
                "Sample data to look around: " code { "aftercare demo" } "."
            }))
        } @else {
            (figures(&[
                plain("Products", totals.products, "products"),
                plain("Versions", totals.versions, "versions"),
                narrowed(to, "Without SBOM", totals.versions_without_sbom, "versions unknown", "without_sbom"),
                narrowed(to, "Unsupported but fielded", totals.versions_unsupported_but_fielded, "versions", "unsupported_but_fielded"),
                plain("Units", totals.units, "units"),
                narrowed(to, "Installed version unknown", totals.units_version_unknown, "units", "version_unknown"),
            ]))
            div #list {
                @for family in &list.families { (family_part(to, family)) }
                @if list.families.is_empty() {
                    (empty("No product on this page matches what you asked for.", html! {
                        @if list.next.is_some() { "Go on to the next page, or " } @else { "This is the last page. You can " }
                        a href=(to.products()) { "show all products" } "."
                    }))
                }
            }
            @if let Some(next) = &list.next {
                nav.pager aria-label="Pages of products" {
                    p { "The list goes on." }
                    a.button rel="next" href=(to.products_with(&[("only", only), ("after", next)])) { "Next page" }
                }
            }
        }
    };
    document(frame, "Products", Room::Products, body)
}

fn plain<'a>(label: &'a str, number: u64, unit: &'a str) -> Figure<'a> {
    Figure { label, count: Some(number), unit, look: "plain", href: Some("#list".to_owned()) }
}

/// A figure whose list is the product list narrowed by `only`.
fn narrowed<'a>(
    to: &Links,
    label: &'a str,
    number: u64,
    unit: &'a str,
    only: &'a str,
) -> Figure<'a> {
    let look = if only == "unsupported_but_fielded" { "plain" } else { "unknown" };
    let href = to.products_with(&[("only", only)]);
    Figure { look, href: Some(format!("{href}#list")), ..plain(label, number, unit) }
}

fn family_part(to: &Links, family: &FamilyRow) -> Markup {
    html! {
        section.family {
            h2 { (foreign(&family.name)) }
            @if family.products.is_empty() {
                (empty("This family has no product yet.", html! {
                    "Record one through the " a href=(to.api()) { "API" } "."
                }))
            }
            @for product in &family.products { (product_part(to, product)) }
        }
    }
}

fn product_part(to: &Links, product: &ProductRow) -> Markup {
    let columns = [
        Column::text("Version"),
        Column::text("Findings"),
        Column::text("Urgent"),
        Column::text("Components"),
        Column::number("Units"),
        Column::text("Support"),
    ];
    let rows: Vec<Row> = product.versions.iter().map(|row| version_row(to, row)).collect();
    html! {
        section.product #(product.id) {
            h3 { (foreign(&product.name)) }
            p.aside { a href=(to.usage(product.id)) { "Use: risk file, environments, cycle of updates" } }
            @if product.units_version_unknown > 0 {
                p.aside {
                    (unknown_badge("Installed version unknown"))
                    " " (counted(product.units_version_unknown, "unit", "units"))
                    " of this product may run any of these versions."
                }
            }
            @if rows.is_empty() {
                (empty("This product has no version yet.", html! {
                    "Record a version through the " a href=(to.api()) { "API" } ", then attach its SBOM."
                }))
            } @else {
                (table(html! { span.unseen { "Versions of " (foreign(&product.name)) } }, &columns, &rows))
            }
        }
    }
}

fn version_row(to: &Links, row: &VersionRow) -> Row {
    vec![
        html! {
            a.version href=(to.version(row.id)) { (foreign(&row.version)) }
            @if let Some(date) = &row.released_on { span.row-note { "released " (foreign(date)) } }
        },
        findings(to, row),
        urgent(to, row),
        components(to, row),
        html! { a href=(to.version_tab(row.id, "units")) { (count(row.units)) } },
        end_of_support(&row.end_of_support, row.unsupported_but_fielded),
    ]
}

fn findings(to: &Links, row: &VersionRow) -> Markup {
    match &row.sbom {
        SbomState::Missing => html! {
            (unknown_badge("Unknown: no SBOM"))
            @if !to.is_past() { " " a href=(to.version_tab(row.id, "sbom")) { "Attach one" } }
        },
        SbomState::NotYetMatched { .. } => unknown_badge("Unknown: not matched yet"),
        SbomState::Matched { findings, .. } => finding_counts(findings, |answer| {
            to.version_with(row.id, &[("tab", "findings"), ("answer", answer.code())])
        }),
    }
}

fn urgent(to: &Links, row: &VersionRow) -> Markup {
    let SbomState::Matched { findings, .. } = &row.sbom else { return absent("Unknown") };
    let FindingCounts { known_exploited, critical, .. } = *findings;
    let list = |name: &str| to.version_with(row.id, &[("tab", "findings"), ("only", name)]);
    html! {
        @if known_exploited > 0 {
            a.tally.tally-exploited href=(list("known_exploited")) {
                (icon(Icon::Exploited)) b { (count(known_exploited)) } " known exploited"
            }
        }
        @if critical > 0 {
            a.tally.tally-critical href=(list("critical")) { b { (count(critical)) } " critical" }
        }
        @if known_exploited + critical == 0 { (absent("None")) }
    }
}

fn components(to: &Links, row: &VersionRow) -> Markup {
    let list = to.version_tab(row.id, "components");
    match &row.sbom {
        SbomState::Missing => absent("Unknown"),
        SbomState::NotYetMatched { components, .. } => {
            html! { a href=(list) { (count(*components)) } }
        }
        SbomState::Matched { components, not_covered, .. } => html! { span.tallies {
            a href=(list) { (count(*components)) }
            @if *not_covered > 0 {
                a.tally.tally-unknown href=(to.version_with(row.id, &[("tab", "components"), ("only", "not_covered")])) {
                    (icon(Icon::Unknown)) b { (count(*not_covered)) } " not covered"
                }
            }
        } },
    }
}
