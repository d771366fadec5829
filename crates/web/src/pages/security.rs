//! The security record: sign-ins, failures, changes of rights and accounts, sensitive reads, exports.

use super::{
    components::{Column, Row, empty, foreign, foreign_or, head, pager, prose, table},
    frame::{Frame, Room, document},
    people::{Part, parts},
};
use crate::text::count;
use aftercare_desk::answers::{Page, SecurityRow};
use aftercare_domain::access::Right;
use maud::{Markup, html};

/// Entries, newest first, from `after` on (empty = the newest).
pub fn page(frame: &Frame<'_>, rows: &Page<SecurityRow>, after: &str) -> Markup {
    let to = frame.to;
    let columns = [
        Column::text("Entry"),
        Column::text("When"),
        Column::text("What"),
        Column::text("Who"),
        Column::text("Reason"),
    ];
    let body = html! {
        (head(&[], html! { "Security record" }, html! {
            p { "Who signed in, what failed, who changed accounts and rights, who read what is personal, who took something away. "
                "Part of the ledger: never altered or removed." }
        }))
        (parts(frame, Part::Security))
        @if rows.items.is_empty() {
            (empty("There is no entry.", html! { "The first person who is added makes the first one." }))
        } @else {
            (table(html! { span.unseen { "Entries of the security record" } }, &columns,
                &rows.items.iter().map(|entry| row(frame, entry)).collect::<Vec<Row>>()))
            (pager(rows.items.len(), rows.total, "entries",
                rows.next.as_deref().map(|after| to.security_with(after)),
                (!after.is_empty()).then(|| to.security())))
        }
    };
    document(frame, "Security record", Room::People, body)
}

fn row(frame: &Frame<'_>, entry: &SecurityRow) -> Row {
    vec![
        html! {
            @if frame.may(Right::SeeLedger) {
                a href=(frame.to.ledger_entry(entry.entry)) { (count(entry.entry)) }
            } @else { (count(entry.entry)) }
        },
        html! { time datetime=(entry.at) { (entry.at.shown()) } },
        prose(&entry.what),
        html! { (foreign(&entry.actor)) span.row-note { (foreign(&entry.role)) } },
        foreign_or(entry.reason.as_deref(), "Not said"),
    ]
}
