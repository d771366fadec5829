//! The ledger for people: who did what when, newest first, and one entry as it is kept.

use super::{
    components::{
        Column, Row, absent, code, definitions, empty, foreign, head, pager, prose, table,
    },
    frame::{Frame, Room, document},
};
use crate::{link::Links, text::count};
use aftercare_desk::LedgerCheckpoint;
use aftercare_desk::answers::{LedgerRow, LedgerSheet, Page};
use maud::{Markup, html};

/// Entries, newest first, from `after` on (empty = the newest), and the newest checkpoint over them.
pub fn page(
    frame: &Frame<'_>,
    rows: &Page<LedgerRow>,
    after: &str,
    checkpoint: Option<&LedgerCheckpoint>,
) -> Markup {
    let to = frame.to;
    let columns = [
        Column::text("Entry"),
        Column::text("When"),
        Column::text("What"),
        Column::text("Who"),
        Column::text("About"),
    ];
    let body = html! {
        (head(&[], html! { "Ledger" }, html! {
            p { "Every change of the record, in the order it was made. Entries are never altered or removed; everything else on these pages follows from them." }
            p { a href=(to.changes()) { "Compare two moments" } ", or read it " a href=(to.api_ledger()) { "as JSON" } "." }
        }))
        @if after.is_empty() && !rows.items.is_empty() { (signed(frame, rows.total, checkpoint)) }
        @if rows.items.is_empty() {
            (empty("The ledger has no entry yet.", html! {
                "The first change of the record makes the first entry: for example " code { "aftercare inventory load DIR" } "."
            }))
        } @else {
            (table(html! { span.unseen { "Entries of the ledger" } }, &columns,
                &rows.items.iter().map(|entry| row(to, entry)).collect::<Vec<Row>>()))
            (pager(rows.items.len(), rows.total, "entries",
                rows.next.as_deref().map(|after| to.ledger_with(after)),
                (!after.is_empty()).then(|| to.ledger())))
        }
    };
    document(frame, "Ledger", Room::Elsewhere, body)
}

/// What is signed, and the button that signs the rest.
fn signed(frame: &Frame<'_>, entries: u64, checkpoint: Option<&LedgerCheckpoint>) -> Markup {
    let covered = checkpoint.map_or(0, |checkpoint| checkpoint.size);
    html! {
        section aria-labelledby="signed" {
            h2 id="signed" { "Signed" }
            @match checkpoint {
                None => p { "Nothing is signed yet. A signed checkpoint shows later whether an entry was altered, removed or put in between." }
                Some(checkpoint) => p {
                    "The newest checkpoint covers " (count(checkpoint.size)) " of " (count(entries))
                    " entries and was signed on "
                    time datetime=(checkpoint.at) { (checkpoint.at.shown()) } ". Its root is "
                    (code(&checkpoint.root.to_string())) "."
                }
            }
            @if covered < entries && !frame.to.is_past() {
                form method="post" action=(frame.to.ledger_checkpoint()) {
                    (frame.marked())
                    button { "Sign now" }
                }
            }
        }
    }
}

fn row(to: &Links, entry: &LedgerRow) -> Row {
    if entry.kind.is_empty() {
        let (number, at) = (
            html! { (count(entry.entry)) },
            html! { time datetime=(entry.at) { (entry.at.shown()) } },
        );
        return vec![number, at, prose(&entry.what), absent("Not told"), absent("Not told")];
    }
    vec![
        html! { a href=(to.ledger_entry(entry.entry)) { (count(entry.entry)) } },
        html! { time datetime=(entry.at) { (entry.at.shown()) } },
        prose(&entry.what),
        html! { (foreign(&entry.actor)) span.row-note { (foreign(&entry.role)) ", " (foreign(&entry.channel)) } },
        code(&entry.entity),
    ]
}

/// One entry whole.
pub fn entry(frame: &Frame<'_>, sheet: &LedgerSheet) -> Markup {
    let (to, row) = (frame.to, &sheet.row);
    let title = format!("Entry {}", count(row.entry));
    let body = html! {
        (head(&[("Ledger", to.ledger())], html! { (title) }, html! { p { (prose(&row.what)) } }))
        @if !row.kind.is_empty() { (definitions(&[
            ("When", html! { time datetime=(row.at) { (row.at.shown()) } }),
            ("Who", foreign(&row.actor)),
            ("In the role", foreign(&row.role)),
            ("Through", foreign(&row.channel)),
            ("About", code(&row.entity)),
            ("Kind of event", code(&row.kind)),
            ("Its state after it", html! { "version " (count(row.entity_version)) " of that thing" }),
            ("The record then", html! { a href=(sheet_moment(to, row)) { "Show the record as of this entry" } }),
        ])) }
        section {
            h2 { "As it is kept" }
            p.hint { "The bytes that the ledger hashes, laid out for reading." }
            pre.record tabindex="0" { (crate::text::visible_lines(&sheet.text)) }
        }
        nav.pager aria-label="Entries beside this one" {
            p { "Entries are numbered in the order they were made." }
            @if row.entry > 1 { a.button.quiet rel="prev" href=(to.ledger_entry(row.entry - 1)) { "Entry before" } }
            @if sheet.more { a.button rel="next" href=(to.ledger_entry(row.entry + 1)) { "Next entry" } }
        }
    };
    document(frame, &title, Room::Elsewhere, body)
}

fn sheet_moment(to: &Links, row: &LedgerRow) -> String {
    to.at(Some(aftercare_domain::When::Entry(row.entry))).products()
}
