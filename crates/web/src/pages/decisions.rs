//! Decisions as a list: first what waits for whoever asks.

use super::{
    components::{Column, Row, absent, empty, foreign, head, pager, table},
    frame::{Frame, Room, document},
};
use crate::{link::Links, text::counted};
use aftercare_desk::{
    WAITING_LIMIT,
    answers::{DecisionRow, Page},
};
use aftercare_domain::access::Right;
use maud::{Markup, html};

/// How the list is narrowed.
#[derive(Debug, Clone, Copy)]
pub struct DecisionsQuery<'a> {
    /// `open`, `ended` or `all`.
    pub only: &'a str,
    /// What they are about; empty = anything.
    pub about: &'a str,
    /// The cursor.
    pub after: &'a str,
}

/// The list. `waiting` are those that whoever asks could sign.
pub fn page(
    frame: &Frame<'_>,
    rows: &Page<DecisionRow>,
    waiting: &[DecisionRow],
    query: DecisionsQuery<'_>,
) -> Markup {
    let to = frame.to;
    let takes_part = frame.may(Right::TakePart);
    let body = html! {
        (head(&[], html! { "Decisions" }, html! {
            p {
                "Who decides what stands in the " a href=(to.rights()) { "decision rights" } ", by what the programme works in its " a href=(to.rules()) { "rules" } "."
                @if takes_part && !to.is_past() {
                    " While you are away, somebody else can sign for you: "
                    a href=(to.new_delegation()) { "delegate a role" } "."
                }
            }
            @if takes_part && !to.is_past() {
                p { a.button href=(to.new_decision()) { "Propose a decision" } }
            }
        }))
        @if takes_part {
            section #waiting {
                h2 { "Waits for you" }
                @if waiting.is_empty() {
                    p { (absent("Nothing waits for your signature.")) }
                } @else {
                    (table(html! { span.unseen { "Decisions that wait for you" } }, &columns(), &lines(to, waiting)))
                    @if waiting.len() == WAITING_LIMIT {
                        p.hint { "Only the newest " (WAITING_LIMIT) " are shown here." }
                    }
                }
            }
        }
        section #list {
            h2 {
                @match query.only { "ended" => "Ended", "all" => "All decisions", _ => "Open" }
                ": " (counted(rows.total, "decision", "decisions"))
            }
            nav.tabs aria-label="Which decisions" {
                @for (code, words) in [("open", "Open"), ("ended", "Ended"), ("all", "All")] {
                    a href=(to.decisions_with(&[("only", code), ("about", query.about)]))
                        aria-current=[(code == query.only).then_some("page")] { (words) }
                }
            }
            @if !query.about.is_empty() {
                p {
                    "About " (foreign(query.about)) ". "
                    a href=(to.decisions_with(&[("only", query.only)])) { "About anything" }
                }
            }
            @if rows.items.is_empty() {
                (empty("No decision is here.", html! {
                    @if takes_part { a href=(to.new_decision()) { "Propose one" } "." } @else {
                        "Whoever takes part in decisions proposes one."
                    }
                }))
            } @else {
                (table(html! { span.unseen { "Decisions" } }, &columns(), &lines(to, &rows.items)))
                @let all = to.decisions_with(&[("only", query.only), ("about", query.about)]);
                (pager(
                    rows.items.len(),
                    rows.total,
                    "decisions",
                    rows.next.as_deref().map(|next| to.decisions_with(&[
                        ("only", query.only), ("about", query.about), ("after", next),
                    ])),
                    (!query.after.is_empty()).then_some(all),
                ))
            }
        }
    };
    document(frame, "Decisions", Room::Decisions, body)
}

fn columns() -> [Column; 5] {
    [
        Column::text("Decision"),
        Column::text("About"),
        Column::text("Stage"),
        Column::text("Waits for"),
        Column::text("Proposed"),
    ]
}

fn lines(to: &Links, rows: &[DecisionRow]) -> Vec<Row> {
    rows.iter()
        .map(|row| -> Row {
            vec![
                html! {
                    a href=(to.decision(row.id)) { (foreign(&row.title)) }
                    span.row-note { (row.kind_title) }
                },
                foreign(&row.about),
                html! {
                    (stage(&row.stage))
                    span.row-note { time datetime=(row.stage_at) { (row.stage_at.shown()) } }
                },
                html! {
                    @if row.waits_for.is_empty() { (absent("Nobody")) } @else { (row.waits_for.join(", ")) }
                    @if row.waits_for_you { span.row-note { strong { "You can sign" } } }
                },
                html! {
                    (foreign(&row.proposed_by))
                    span.row-note { time datetime=(row.proposed_at) { (row.proposed_at.shown()) } }
                },
            ]
        })
        .collect()
}

/// How far a decision is, in a word.
pub fn stage(code: &str) -> Markup {
    let (class, word) = match code {
        "open" => ("tag", "Open"),
        "taken" => ("tag tag-strong", "Taken"),
        "refused" => ("tag", "Refused"),
        _ => ("tag", "Withdrawn"),
    };
    html! { span class=(class) { (word) } }
}
