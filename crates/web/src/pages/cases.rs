//! Cases as a list: what waits for whoever asks first, then the next due.

use super::{
    components::{Column, Row, absent, empty, foreign, foreign_or, head, pager, table},
    frame::{Frame, Room, document},
};
use crate::{
    link::Links,
    text::{counted, editable},
};
use aftercare_desk::answers::{CaseRow, ClockRow, Page};
use aftercare_domain::access::Right;
use maud::{Markup, html};

/// How the list is narrowed.
#[derive(Debug, Clone, Copy)]
pub struct CasesQuery<'a> {
    /// Which: `open`, `yours`, `ended`, `all`.
    pub only: &'a str,
    /// Words of number, title or identifiers.
    pub q: &'a str,
    /// Where the page begins.
    pub after: &'a str,
}

/// The list.
pub fn page(frame: &Frame<'_>, rows: &Page<CaseRow>, query: CasesQuery<'_>) -> Markup {
    let to = frame.to;
    let works = frame.may(Right::WorkCases) && !to.is_past();
    let body = html! {
        (head(&[], html! { "Cases" }, html! {
            p {
                "One vulnerability or weakness each, from signal to closure. "
                a href=(to.clocks()) { "All clocks" }
            }
        }))
        @if works { p { a.button href=(to.new_case()) { "Open a case" } } }
        form.narrow role="search" method="get" action=(to.cases()) {
            (super::moment::kept(to))
            input type="hidden" name="only" value=(query.only);
            label for="q" { "Number, title or vulnerability" }
            input #q type="search" name="q" value=(editable(query.q)) maxlength="200" autocomplete="off";
            button type="submit" { "Look" }
        }
        section #list {
            h2 { (counted(rows.total, "case", "cases")) }
            nav.tabs aria-label="Which cases" {
                @for (code, words) in [("open", "Open"), ("yours", "Waiting for you"), ("ended", "Ended"), ("all", "All")] {
                    a href=(to.cases_with(&[("only", code), ("q", query.q)]))
                        aria-current=[(code == query.only).then_some("page")] { (words) }
                }
            }
            @if rows.items.is_empty() {
                (empty("No case is here.", html! {
                    @if works { "A case begins with a signal, or by hand: " a href=(to.new_case()) { "open one" } "." }
                    @else { "Whoever works on cases opens one." }
                }))
            } @else {
                (table(html! { span.unseen { "Cases" } }, &columns(), &lines(to, &rows.items)))
                (pager(
                    rows.items.len(),
                    rows.total,
                    "cases",
                    rows.next.as_deref().map(|next| to.cases_with(&[("only", query.only), ("q", query.q), ("after", next)])),
                    (!query.after.is_empty()).then(|| to.cases_with(&[("only", query.only), ("q", query.q)])),
                ))
            }
        }
    };
    document(frame, "Cases", Room::Cases, body)
}

fn columns() -> [Column; 6] {
    [
        Column::text("Case"),
        Column::text("Stage"),
        Column::text("Risk"),
        Column::text("Next clock"),
        Column::text("Versions"),
        Column::text("Owner"),
    ]
}

fn lines(to: &Links, rows: &[CaseRow]) -> Vec<Row> {
    rows.iter()
        .map(|row| -> Row {
            vec![
                html! {
                    a href=(to.case(row.id)) { (row.number) }
                    span.row-note { (foreign(&row.title)) }
                    @if row.embargo { span.tag.tag-strong { "Embargo" } }
                },
                html! {
                    span.tag { (row.stage_title) }
                    @if row.waits_for_you { span.row-note { strong { "Something waits for you" } } }
                    @else if row.todos > 0 { span.row-note { (counted(row.todos, "thing", "things")) " to do" } }
                },
                html! {
                    (risk(&row.outcome))
                    span.row-note { @match row.priority.as_deref() {
                        Some(priority) => (priority_title(priority)),
                        None => "Priority open",
                    } }
                },
                html! { @match &row.next_clock { Some(clock) => (clock_cell(clock)), None => (absent("None runs")) } },
                html! {
                    (row.affected) " of " (row.versions) " affected"
                },
                foreign_or(row.owner.as_deref(), "Nobody"),
            ]
        })
        .collect()
}

/// Controlled, uncontrolled or undetermined, by word and look.
pub fn risk(outcome: &str) -> Markup {
    let (class, word) = match outcome {
        "uncontrolled" => ("badge badge-affected", "Uncontrolled"),
        "controlled" => ("badge badge-not-affected", "Controlled"),
        _ => ("badge badge-undetermined", "Undetermined"),
    };
    html! { span class=(class) { (word) } }
}

/// A priority on screen.
pub fn priority_title(code: &str) -> &'static str {
    match code {
        "immediate" => "Immediate",
        "out_of_cycle" => "Out of cycle",
        "scheduled" => "Scheduled",
        "defer" => "Defer",
        _ => "Open",
    }
}

/// A clock in a cell: what it waits for, until when, how much has run.
pub fn clock_cell(clock: &ClockRow) -> Markup {
    html! {
        span class={ "clock clock-" (clock.state) } {
            @match clock.due {
                Some(due) => time datetime=(due) { (due.shown()) },
                None => "No day is counted",
            }
        }
        span.row-note {
            (clock_state(clock)) ": " (foreign(&clock.action))
            @if !clock.certain { " (if the risk is uncontrolled)" }
        }
    }
}

/// How a clock stands, in words.
pub fn clock_state(clock: &ClockRow) -> String {
    match (clock.state.as_str(), clock.percent) {
        ("running", Some(percent)) => format!("{percent} % of the time has run"),
        ("missed", _) => "Missed".to_owned(),
        ("met", _) => "Met".to_owned(),
        ("met_late", _) => "Met late".to_owned(),
        ("open", _) => "Running, no day is counted".to_owned(),
        _ => "Cannot be told".to_owned(),
    }
}
