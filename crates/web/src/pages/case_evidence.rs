//! The evidence of a case on paper: everything that was recorded, in the order of a file.

use super::{
    case_record::found_words,
    cases::clock_state,
    components::{Column, Row, absent, code, definitions, foreign, foreign_or, head, table},
    frame::{Frame, Room, document},
};
use aftercare_desk::answers::{CaseSheet, SaidRow};
use maud::{Markup, html};

/// The file.
pub fn page(frame: &Frame<'_>, sheet: &CaseSheet) -> Markup {
    let (to, row) = (frame.to, &sheet.row);
    let title = format!("Evidence of {}", row.number);
    let body = html! {
        (head(&[("Cases", to.cases()), (&row.number, to.case(row.id))], html! { (title) }, html! {
            p { (foreign(&row.title)) }
            p.hint { "Drawn from the ledger. Print it, or keep " a href=(to.api_case_evidence(row.id)) { "the same as JSON" } " beside it." }
        }))
        (definitions(&[
            ("Stage", html! { (row.stage_title) }),
            ("Vulnerability", html! { (foreign(&row.vulnerabilities.join(", "))) }),
            ("Risk", html! { (row.outcome) }),
            ("Owner", foreign_or(row.owner.as_deref(), "Nobody")),
            ("Became aware", html! { @match row.aware_at { Some(at) => time datetime=(at) { (at.shown()) }, None => (absent("Not recorded")) } }),
            ("Workflow", code(&sheet.workflow)),
            ("Identifier", code(&row.id.to_string())),
            ("Version of the case", html! { (sheet.entity_version) }),
        ]))
        section {
            h2 { "Completeness" }
            ul.plain { @for one in &sheet.evidence { li { (one.title) ": " @if one.there { "there" } @else { strong { "missing" } } } } }
        }
        section {
            h2 { "Versions" }
            @let columns = [Column::text("Version"), Column::text("Record's findings"), Column::text("Value"), Column::text("Exploitability"), Column::text("Harm"), Column::text("Decided"), Column::text("Disposition")];
            @let rows: Vec<Row> = sheet.versions.iter().map(|one| -> Row { vec![
                foreign(&one.label),
                html! { (found_words(&one.found)) },
                html! { (one.applies.as_deref().unwrap_or("nobody said").replace('_', " ")) @if let Some(why) = &one.justification { ": " (why) } },
                foreign_or(one.exploitability.as_deref(), "Open"),
                html! { (foreign_or(one.severity.as_deref(), "Not assessed")) @if let Some(words) = &one.reasoning { span.row-note { (foreign(words)) } } },
                foreign_or(one.decided.as_deref(), "Nothing"),
                html! { (one.disposition_title) },
            ] }).collect();
            (table(html! { span.unseen { "Versions" } }, &columns, &rows))
        }
        section {
            h2 { "Decisions" }
            @if sheet.decisions.is_empty() { p { (absent("None.")) } }
            ul.plain {
                @for one in &sheet.decisions {
                    li {
                        strong { (foreign(&one.title)) } " (" (one.kind_title.to_lowercase()) ", " (one.state) ") "
                        @if let Some(answer) = &one.answer { (answer) ". " }
                        @if !one.versions.is_empty() { (foreign(&one.versions.join(", "))) ". " }
                        a href=(to.decision(one.id)) { "Signatures" }
                    }
                }
            }
        }
        section {
            h2 { "Mitigations" }
            @if sheet.mitigations.is_empty() { p { (absent("None.")) } }
            @for one in &sheet.mitigations { p { strong { (foreign(&one.title)) } " (" (one.kind.to_lowercase()) ")" } (said(&one.said)) }
        }
        (group("Verification and validation", &sheet.tests))
        (group("Communication", &sheet.communication))
        (group("Vouched for", &sheet.attested))
        (group("Links", &sheet.links))
        (attachments(frame, sheet))
        section {
            h2 { "Recorded" }
            @for (name, one) in &sheet.said { p { strong { (foreign(name)) } ": " (foreign(&one.text)) } (said(one)) }
        }
        section {
            h2 { "Clocks" }
            ul.plain { @for one in &sheet.clocks {
                li { (foreign(&one.action)) ": " @if let Some(due) = one.due { (due.shown()) ", " } (clock_state(one).to_lowercase()) " (" (foreign(&one.text_ref)) ")" }
            } }
        }
        section {
            h2 { "History" }
            ol.timeline { @for one in sheet.timeline.iter().rev() {
                li {
                    time datetime=(one.at) { (one.at.shown()) } " " (foreign(&one.what)) " "
                    (foreign(&one.actor)) ", " (one.role.replace('_', " ")) ". Entry " (one.entry) "."
                    @if let Some(words) = &one.words { span.row-note { (foreign(words)) } }
                    @if let Some(reason) = &one.reason { span.row-note { "Reason: " (foreign(reason)) } }
                }
            } }
        }
    };
    document(frame, &title, Room::Cases, body)
}

/// Every file, by name, size and digest: whoever has the file can compare it.
fn attachments(frame: &Frame<'_>, sheet: &CaseSheet) -> Markup {
    let columns = [
        Column::text("File"),
        Column::number("Bytes"),
        Column::text("Digest"),
        Column::text("Recorded"),
    ];
    let rows: Vec<Row> = sheet
        .attachments
        .iter()
        .filter_map(|one| {
            let file = one.attachment.as_ref()?;
            let row = vec![
                html! {
                    a href=(frame.to.case_attachment(sheet.row.id, &file.digest)) { (foreign(&one.text)) }
                    @if let Some(kind) = &file.media_type { span.row-note { (foreign(kind)) } }
                },
                html! { @match file.size { Some(size) => (size), None => (absent("Not known")) } },
                code(&file.digest.to_string()),
                html! {
                    time datetime=(one.at) { (one.at.shown()) }
                    span.row-note { (foreign(&one.by)) ", " (one.role.replace('_', " ")) ", entry " (one.entry) }
                },
            ];
            Some(row)
        })
        .collect();
    html! {
        section #attachments {
            h2 { "Files" }
            @if rows.is_empty() { p { (absent("None.")) } }
            @else { (table(html! { span.unseen { "Files beside facts" } }, &columns, &rows)) }
        }
    }
}

fn group(title: &str, rows: &[SaidRow]) -> Markup {
    html! {
        section {
            h2 { (title) }
            @if rows.is_empty() { p { (absent("Nothing.")) } }
            @for one in rows { p { strong { (foreign(&one.text)) } } (said(one)) }
        }
    }
}

fn said(one: &SaidRow) -> Markup {
    html! {
        @for (name, value) in &one.details { span.row-note { (foreign(name)) ": " (foreign(value)) } }
        @if let Some(reason) = &one.reason { span.row-note { "Reason: " (foreign(reason)) } }
        @if let Some(file) = &one.attachment {
            span.row-note { "File: " @match &file.name { Some(name) => (foreign(name)), None => "without a name" } ", " (code(&file.digest.to_string())) }
        }
        span.row-note { (foreign(&one.by)) ", " (one.role.replace('_', " ")) ", " time datetime=(one.at) { (one.at.shown()) } ", entry " (one.entry) }
    }
}
