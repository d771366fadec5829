//! The review of access: who has which role since when, how old their credentials are, and whether that
//! stays.

use super::{
    account::families,
    components::{
        Column, Row, absent, definitions, empty, foreign, head, pager, table, unknown_badge,
    },
    frame::{Frame, Room, document},
    people::{Part, parts},
};
use crate::text::count;
use aftercare_desk::answers::{AccessRow, AccessSheet, AgeRow};
use aftercare_domain::access::Right;
use maud::{Markup, html};

/// A page of the review, from `after` on (empty = the first); `key` names this drawing.
pub fn page(frame: &Frame<'_>, sheet: &AccessSheet, after: &str, key: &str) -> Markup {
    let to = frame.to;
    let may = frame.may(Right::ReviewAccess) && !frame.to.is_past();
    let rows = &sheet.roles;
    let body = html! {
        (head(&[], html! { "Access review" }, html! {
            p { "Who has which role, since when, and how old the credentials are. Whoever may review says of each role whether it "
                "stays; the review stands in the ledger. Roles are taken away on the page of the person, by an administrator." }
        }))
        (parts(frame, Part::Review))
        (definitions(&[
            ("State", sheet.valid_from.map_or_else(
                || html! { "As the maker has configured" },
                |since| html! { "Proposed since " (since) ": set your own under " code { "programme" } " in the configuration" },
            )),
            ("A role is looked at again after", html! { (sheet.review_days) " days" }),
            ("A password is old after", html! { (sheet.password_days) " days" }),
            ("A code generator or passkey is to be tested after", html! { (sheet.test_days) " days without use; its owner is told on the page of their account" }),
            ("Due now", html! { (count(sheet.due)) " of " (count(rows.total)) " roles" }),
        ]))
        @if rows.items.is_empty() {
            (empty("Nobody has a role.", html! { "An administrator gives roles on the page of a person." }))
        } @else if may {
            form method="post" action=(to.access_review_form()) {
                (frame.sending(key).fields())
                (listed(frame, &rows.items, true))
                div.field {
                    label for="review-reason" { "Reason (needed where a role is to be taken away)" }
                    input #review-reason type="text" name="reason" maxlength="2000" autocomplete="off";
                }
                button type="submit" { "Record the review" }
            }
        } @else {
            (listed(frame, &rows.items, false))
        }
        (pager(rows.items.len(), rows.total, "roles",
            rows.next.as_deref().map(|after| to.access_review_with(after)),
            (!after.is_empty()).then(|| to.access_review())))
    };
    document(frame, "Access review", Room::People, body)
}

fn listed(frame: &Frame<'_>, rows: &[AccessRow], may: bool) -> Markup {
    let mut columns = vec![
        Column::text("Person"),
        Column::text("Role"),
        Column::text("Since"),
        Column::text("Last review"),
        Column::text("Credentials"),
    ];
    if may {
        columns.push(Column::text("What becomes of it"));
    }
    let rows: Vec<Row> = rows.iter().map(|one| row(frame, one, may)).collect();
    table(html! { span.unseen { "Roles and their reviews" } }, &columns, &rows)
}

fn row(frame: &Frame<'_>, one: &AccessRow, may: bool) -> Row {
    let role = &one.role;
    let mut row = vec![
        html! {
            a href=(frame.to.person(one.person)) { (foreign(&one.name)) }
            @if one.suspended { span.row-note { "Suspended" } }
        },
        html! {
            (role.role) @if role.standing == "deputy" { " (deputy)" }
            span.row-note { (families(role.families.as_deref())) }
        },
        html! { time datetime=(one.given_at) { (one.given_at.shown()) } },
        html! {
            @match (&one.reviewed_at, &one.reviewed_by) {
                (Some(at), by) => {
                    time datetime=(at) { (at.shown()) }
                    span.row-note {
                        @if one.outcome.as_deref() == Some("take") { "To be taken away" } @else { "Stays" }
                        @if let Some(by) = by { ", said " (foreign(by)) }
                    }
                },
                _ => (absent("Never")),
            }
            @if one.due { " " (unknown_badge("Due")) }
        },
        credentials(&one.credentials, one.tokens),
    ];
    if may {
        row.push(choice(frame, one));
    }
    row
}

fn credentials(all: &[AgeRow], tokens: u64) -> Markup {
    html! {
        @if all.is_empty() && tokens == 0 { (absent("None")) } @else {
            ul.plain {
                @for one in all {
                    li {
                        (one.what) ", " (count(one.days)) @if one.days == 1 { " day" } @else { " days" }
                        @if one.old { " " (unknown_badge("Old")) }
                    }
                }
                @if tokens > 0 { li { (count(tokens)) @if tokens == 1 { " API token" } @else { " API tokens" } } }
            }
        }
    }
}

fn choice(frame: &Frame<'_>, one: &AccessRow) -> Markup {
    if frame.viewer.is_some_and(|viewer| viewer.person == one.person) {
        return absent("Yours: another reviewer says it");
    }
    let name = format!("grant_{}", one.role.id);
    html! {
        label.unseen for=(name) { "What becomes of the role " (one.role.role) " of " (foreign(&one.name)) }
        select id=(name) name=(name) {
            option value="" { "Not looked at" }
            option value="keep" { "Stays" }
            option value="take" { "To be taken away" }
        }
    }
}
