//! A consignee and its sites.

use super::{
    components::{Column, Figure, Row, empty, figures, foreign, foreign_or, head, pager, table},
    contacts::{self, Contacts},
    frame::{Frame, Room, document},
};
use crate::text::count;
use aftercare_desk::answers::ConsigneeSheet;
use maud::{Markup, html};

/// A consignee; `after` is the cursor this page of sites starts at, empty on the first.
pub fn page(
    frame: &Frame<'_>,
    sheet: &ConsigneeSheet,
    contacts: Option<&Contacts<'_>>,
    after: &str,
) -> Markup {
    let to = frame.to;
    let address = |after: &str| to.consignee_with(sheet.id, after);
    let sites = &sheet.sites;
    let columns = [
        Column::text("Site"),
        Column::text("Located"),
        Column::number("Units"),
        Column::number("Installed version unknown"),
    ];
    let rows: Vec<Row> = sites
        .items
        .iter()
        .map(|site| {
            vec![
                html! { a href=(to.site(site.id)) { (foreign(&site.name)) } },
                foreign_or(site.located.as_deref(), "Not recorded"),
                html! { a href=(to.site(site.id)) { (count(site.units)) } },
                html! { (count(site.units_version_unknown)) },
            ]
        })
        .collect();
    let figure = |label, number, unit, look| Figure {
        label,
        count: Some(number),
        unit,
        look,
        href: Some("#sites".to_owned()),
    };
    let body = html! {
        (head(&[], foreign(&sheet.name), html! { p { "Consignee: receives devices and notices." } }))
        (figures(&[
            figure("Sites", sites.total, "sites", "plain"),
            figure("Units", sheet.units, "units", "plain"),
            figure("Installed version unknown", sheet.units_version_unknown, "units", "unknown"),
        ]))
        section #sites {
            h2 { "Sites" }
            @if rows.is_empty() {
                (empty("No site is recorded for this consignee.", html! {
                    "Record sites and their units through the " a href=(to.api()) { "API" } "."
                }))
            } @else {
                (table(html! { span.unseen { "Sites of " (foreign(&sheet.name)) } }, &columns, &rows))
                (pager(rows.len(), sites.total, "sites", sites.next.as_deref().map(address),
                    (!after.is_empty()).then(|| address(""))))
            }
        }
        @if let Some(contacts) = contacts { (contacts::section(frame, sheet, contacts)) }
    };
    document(frame, &sheet.name, Room::Elsewhere, body)
}
