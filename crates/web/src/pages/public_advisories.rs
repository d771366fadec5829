//! Advisories as everybody sees them: nothing of the record but what was published.

use super::{
    components::{Column, Row, absent, code, definitions, foreign, head, table},
    frame::{Frame, Room, document},
};
use crate::text::size;
use aftercare_desk::answers::{AdvisoryContent, AdvisoryStanding, PublicRow, PublicSheet};
use maud::{Markup, html};

/// All of them.
pub fn list(frame: &Frame<'_>, maker: &str, rows: &[PublicRow]) -> Markup {
    let to = frame.to;
    let columns = [
        Column::text("Advisory"),
        Column::text("Published"),
        Column::text("Newest revision"),
        Column::text("For machines"),
    ];
    let shown: Vec<Row> = rows
        .iter()
        .map(|one| -> Row {
            vec![
                html! {
                    a href=(to.public_advisory(&one.number)) { (one.number) }
                    span.row-note { (foreign(&one.title)) }
                },
                html! { time datetime=(one.first_at) { (one.first_at.shown()) } },
                html! { (one.revision) ", " time datetime=(one.newest_at) { (one.newest_at.shown()) } },
                html! { a href=(to.public_advisory(&one.csaf)) { "CSAF 2.0" } },
            ]
        })
        .collect();
    let body = html! {
        (head(&[], html! { "Security advisories" }, html! { p { "Published by " (foreign(maker)) "." } }))
        @if shown.is_empty() { p { (absent("No advisory is published.")) } }
        @else { (table(html! { span.unseen { "Published advisories, the newest first" } }, &columns, &shown)) }
    };
    document(frame, "Security advisories", Room::Elsewhere, body)
}

/// One of them.
pub fn page(frame: &Frame<'_>, maker: &str, sheet: &PublicSheet) -> Markup {
    let to = frame.to;
    let (row, content) = (&sheet.row, &sheet.content);
    let crumbs: &[(&str, String)] = &[("Security advisories", to.public_advisories())];
    let body = html! {
        (head(crumbs, html! { (row.number) ": " (foreign(&row.title)) }, html! {
            p {
                "Published by " (foreign(maker)) ". Revision " (row.revision) " of "
                time datetime=(row.newest_at) { (row.newest_at.shown()) } "."
            }
        }))
        (said(content))
        (standings(content))
        section #documents {
            h2 { "For machines" }
            ul.plain {
                @for one in &content.documents {
                    li { a href=(to.public_advisory(&one.name)) { (code(&one.name)) } ", " (size(one.size)) span.row-note { (code(&one.digest.to_string())) } }
                }
            }
        }
        section #history {
            h2 { "Revisions" }
            ul.plain {
                @for (number, at, change) in sheet.history.iter().rev() {
                    li { "Revision " (number) ", " time datetime=(at) { (at.shown()) } ": " (foreign(change)) }
                }
            }
        }
    };
    document(frame, &format!("{}: {}", row.number, row.title), Room::Elsewhere, body)
}

/// What people wrote.
pub fn said(content: &AdvisoryContent) -> Markup {
    let texts = &content.texts;
    let parts = [
        ("What is wrong", &texts.summary),
        ("What it means for patients and use", &texts.impact),
        ("What to do now", &texts.action),
        ("Compensating controls", &texts.controls),
        ("What comes next", &texts.fix),
    ];
    html! {
        section #said {
            h2 { "What is said" }
            @for (title, text) in parts {
                h3 { (title) }
                @if text.is_empty() { p { (absent("None is known.")) } } @else { (paragraphs(text)) }
            }
            (definitions(&[
                ("Vulnerability", html! {
                    @if content.vulnerabilities.is_empty() { (absent("No identifier yet")) }
                    @for (n, id) in content.vulnerabilities.iter().enumerate() { @if n > 0 { ", " } (code(id)) }
                }),
                ("CVSS", html! { @match &content.vector { Some(vector) => (code(vector)), None => (absent("Not given")) } }),
            ]))
        }
    }
}

fn paragraphs(text: &str) -> Markup {
    html! { @for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) { p.pre-line { (foreign(part)) } } }
}

/// Where each version stands.
pub fn standings(content: &AdvisoryContent) -> Markup {
    let columns = [
        Column::text("Product version"),
        Column::text("Where it stands"),
        Column::text("What is offered"),
    ];
    let rows: Vec<Row> = content.standings.iter().map(standing).collect();
    html! {
        section #standings {
            h2 { "Product versions" }
            @if rows.is_empty() { p { (absent("No product version is named.")) } }
            @else { (table(html! { span.unseen { "Product versions and where they stand" } }, &columns, &rows)) }
        }
    }
}

fn standing(one: &AdvisoryStanding) -> Row {
    vec![
        foreign(&one.label),
        html! {
            @match one.status.as_str() {
                "affected" => span.badge.badge-affected { "Affected" },
                "fixed" => span.badge.badge-not-affected { "Fixed" },
                "not_affected" => span.badge.badge-not-affected { "Not affected" },
                _ => span.badge.badge-unknown { "Under investigation: not known yet" },
            }
            @if let Some(why) = &one.justification { span.row-note { (why) } }
        },
        html! { @match &one.offer { Some(offer) => (foreign(offer)), None => (absent("Nothing")) } },
    ]
}

/// There is nothing here, or it cannot be shown now.
pub fn not_shown(frame: &Frame<'_>, missing: bool, request: &str) -> Markup {
    let to = frame.to;
    let title = if missing { "Not found" } else { "This cannot be shown now" };
    let body = html! {
        (head(&[("Security advisories", to.public_advisories())], html! { (title) }, html! {
            @if missing { p { "No advisory of this name is published. This says nothing about vulnerabilities." } }
            @else { p { "Please try again. The request was " (code(request)) "." } }
        }))
    };
    document(frame, title, Room::Elsewhere, body)
}
