//! All places of a component over the current SBOMs of all versions.

use super::{
    components::{
        Column, Row, code, empty, finding_counts, foreign, head, nothing_found, pager, prose,
        table, unknown_badge,
    },
    frame::{Frame, Room, document},
    version::version_text,
};
use crate::{
    link::Links,
    text::{count, counted},
};
use aftercare_desk::answers::{ComponentPlace, ComponentPlaces, Coverage, NothingFound};
use aftercare_vocab::verdict::Answer;
use maud::{Markup, html};

/// Where a component is; `after` is the cursor this page starts at, empty on the first.
pub fn page(frame: &Frame<'_>, answer: &ComponentPlaces, after: &str) -> Markup {
    let to = frame.to;
    let address = |after: &str| to.components_with(&answer.query, after);
    let places = &answer.places;
    let columns = [
        Column::text("Product version"),
        Column::text("Component"),
        Column::text("Findings"),
        Column::text("Place in the SBOM"),
        Column::number("Units"),
    ];
    let rows: Vec<Row> = places.items.iter().map(|place| row(to, place)).collect();
    let body = html! {
        (head(&[], html! { "Components" }, html! {
            @if answer.query.is_empty() { p { "Type the name of a component, a package URL or a CPE name into the box above." } }
            @else { p { "Places of " (code(&answer.query)) " in the current SBOMs of all product versions." } }
        }))
        @if answer.versions_without_sbom > 0 {
            p.aside {
                (unknown_badge("Unknown: no SBOM")) " "
                a href=(to.products_with(&[("only", "without_sbom")])) {
                    (counted(answer.versions_without_sbom, "product version has", "product versions have")) " no SBOM"
                }
                " and may contain it too."
            }
        }
        @if answer.query.is_empty() {
            (empty("No component was asked for.", html! {
                "Ask for one above, or " a href=(to.products()) { "browse all products" } "."
            }))
        } @else if rows.is_empty() {
            (nothing_found(to, &NothingFound::component_in_no_sbom(&answer.query)))
        } @else {
            (table(html! { span.unseen { "Places of this component" } }, &columns, &rows))
            (pager(rows.len(), places.total, "places", places.next.as_deref().map(address),
                (!after.is_empty()).then(|| address(""))))
        }
    };
    document(frame, "Components", Room::Elsewhere, body)
}

fn row(to: &Links, place: &ComponentPlace) -> Row {
    let (version, component) = (&place.version, &place.component);
    let list = |answer: Answer| {
        let values = [("tab", "findings"), ("answer", answer.code()), ("q", &component.name)];
        to.version_with(version.id, &values)
    };
    let findings = match &place.coverage {
        Coverage::Covered { findings } => finding_counts(findings, list),
        Coverage::NotCovered { why, findings, .. } => html! {
            @if findings.total() > 0 { (finding_counts(findings, list)) " " }
            (unknown_badge(if findings.total() > 0 { "Not covered otherwise" } else { "Not covered" }))
            span.row-note { (prose(why)) }
        },
        Coverage::NotYetMatched => unknown_badge("Not matched yet"),
    };
    vec![
        html! { a href=(to.version(version.id)) { (foreign(&version.product)) " " (foreign(&version.version)) } },
        html! { (foreign(&component.name)) " " (version_text(component.version.as_deref())) },
        findings,
        code(&component.place),
        html! { a href=(to.version_tab(version.id, "units")) { (count(place.units)) } },
    ]
}
