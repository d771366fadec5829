//! The clock wall: every clock that runs or was missed, the next due first.

use super::{
    cases::clock_state,
    components::{Column, Row, absent, empty, foreign, foreign_or, head, pager, table},
    frame::{Frame, Room, document},
};
use crate::text::counted;
use aftercare_desk::answers::{Page, WallRow};
use aftercare_vocab::instant::Instant;
use maud::{Markup, html};

/// The wall as of `now`.
pub fn page(frame: &Frame<'_>, rows: &Page<WallRow>, after: &str, now: Instant) -> Markup {
    let to = frame.to;
    let missed = rows.items.iter().filter(|row| row.clock.is_missed()).count();
    let columns = [
        Column::text("Due"),
        Column::text("What"),
        Column::text("Case"),
        Column::text("How it stands"),
        Column::text("Owner"),
    ];
    let lines: Vec<Row> = rows.items.iter().map(|row| line(frame, row)).collect();
    let body = html! {
        (head(&[("Cases", to.cases())], html! { "Clocks" }, html! {
            p {
                "As of " time datetime=(now) { (now.shown()) } ". "
                "Each follows from what is recorded; none can be set, paused or stopped by hand."
            }
            @if missed > 0 { p { strong { (counted(missed as u64, "clock was missed", "clocks were missed")) " on this page." } } }
        }))
        @if rows.items.is_empty() {
            (empty("No clock runs.", html! { "Clocks start with what is recorded about " a href=(to.cases()) { "cases" } "." }))
        } @else {
            (table(html! { span.unseen { "Clocks, the next due first" } }, &columns, &lines))
            (pager(
                rows.items.len(),
                rows.total,
                "clocks",
                rows.next.as_deref().map(|next| to.clocks_with(&[("after", next)])),
                (!after.is_empty()).then(|| to.clocks()),
            ))
        }
    };
    document(frame, "Clocks", Room::Cases, body)
}

fn line(frame: &Frame<'_>, row: &WallRow) -> Row {
    let clock = &row.clock;
    vec![
        html! {
            @match clock.due {
                Some(due) => span class={ "clock clock-" (clock.state) } { time datetime=(due) { (due.shown()) } },
                None => (absent("No day is counted")),
            }
        },
        html! {
            (foreign(&clock.action))
            span.row-note { (foreign(&clock.text_ref)) " (" (kind(&clock.kind)) ", " (foreign(&clock.jurisdiction)) ")" }
            @if !clock.certain { span.row-note { "Runs if the risk is uncontrolled, which is not determined yet" } }
        },
        html! {
            a href=(frame.to.case(row.case)) { (row.number) }
            span.row-note { (foreign(&row.title)) ", " (row.stage_title.to_lowercase()) }
        },
        html! {
            (clock_state(clock))
            @if let Some(percent) = clock.percent { (bar(percent)) }
            @if let Some(to) = &clock.escalated_to { span.row-note { "Told: " (to.replace('_', " ")) } }
        },
        foreign_or(row.owner.as_deref(), "Nobody"),
    ]
}

/// How much of the time has run, drawn; the figure stands beside it in words.
fn bar(percent: u8) -> Markup {
    html! {
        svg.clock-bar width="100%" height="6" aria-hidden="true" focusable="false" {
            rect.gauge-ground width="100%" height="6" {}
            rect.clock-run width={ (percent.min(100)) "%" } height="6" {}
        }
    }
}

fn kind(code: &str) -> &'static str {
    match code {
        "statutory" => "law",
        "guidance" => "guidance",
        "programme" => "rules of a programme",
        _ => "own policy, proposed",
    }
}
