//! A site and its units.

use super::{
    components::{
        Column, Row, absent, code, empty, finding_counts, foreign, foreign_or, head, pager, table,
        unknown_badge,
    },
    frame::{Frame, Room, document},
};
use crate::{
    link::Links,
    text::{counted, visible},
};
use aftercare_desk::answers::{SbomState, SiteSheet, UnitRow};
use maud::{Markup, html};

/// A site; `after` is the cursor this page of units starts at, empty on the first.
pub fn page(frame: &Frame<'_>, sheet: &SiteSheet, after: &str) -> Markup {
    let to = frame.to;
    let address = |after: &str| to.site_with(sheet.id, after);
    let units = &sheet.units;
    let columns = [
        Column::text("Unit"),
        Column::text("Product"),
        Column::text("Installed version"),
        Column::text("Findings of that version"),
    ];
    let rows: Vec<Row> = units.items.iter().map(|unit| row(to, unit)).collect();
    let body = html! {
        (head(&[], foreign(&sheet.name), html! {
            p {
                "Site of "
                @match &sheet.consignee {
                    Some(consignee) => a href=(to.consignee(consignee.id)) { (foreign(&consignee.name)) },
                    None => (unknown_badge("Consignee unknown")),
                }
                ", located: " (foreign_or(sheet.located.as_deref(), "not recorded"))
            }
        }))
        h2 { "Units" }
        @if sheet.units_version_unknown > 0 {
            p.aside { (unknown_badge("Installed version unknown")) " "
                (counted(sheet.units_version_unknown, "unit", "units"))
                " here. Ask the site which version is installed, and record it." }
        }
        @if rows.is_empty() {
            (empty("No unit is recorded at this site.", html! {
                "Record units through the " a href=(to.api()) { "API" } ". Units that nobody recorded are not counted anywhere."
            }))
        } @else {
            (table(html! { span.unseen { "Units at " (foreign(&sheet.name)) } }, &columns, &rows))
            (pager(rows.len(), units.total, "units", units.next.as_deref().map(address),
                (!after.is_empty()).then(|| address(""))))
        }
    };
    document(frame, &sheet.name, Room::Elsewhere, body)
}

fn row(to: &Links, unit: &UnitRow) -> Row {
    let findings = match (&unit.installed, &unit.sbom) {
        (Some(version), Some(SbomState::Matched { findings, .. })) => {
            finding_counts(findings, |answer| {
                let values = [("tab", "findings"), ("answer", answer.code())];
                to.version_with(version.id, &values)
            })
        }
        (Some(_), Some(SbomState::NotYetMatched { .. })) => unknown_badge("Not matched yet"),
        (Some(_), _) => unknown_badge("Unknown: no SBOM"),
        (None, _) => unknown_badge("Unknown: version not recorded"),
    };
    vec![
        html! {
            span #(unit.id) {
                @match &unit.serial {
                    Some(serial) => { "Serial " (code(serial)) },
                    None => (absent("Serial number not recorded")),
                }
            }
            @if let Some(udi) = &unit.udi { span.row-note { "UDI " (visible(udi)) } }
        },
        html! { a href=(to.product(unit.product.id)) { (foreign(&unit.product.name)) } },
        unit.installed.as_ref().map_or_else(
            || absent("Unknown"),
            |version| html! { a href=(to.version(version.id)) { (foreign(&version.version)) } },
        ),
        findings,
    ]
}
