//! One governing document: its versions, who acknowledged one, who has not, and the form for signing.

use super::{
    components::{Column, Row, absent, code, definitions, foreign, head, table},
    decision::typed_proofs,
    form::Sending,
    frame::{Frame, Room, document},
    policies,
};
use crate::{
    link::Links,
    text::{counted, size},
};
use aftercare_desk::answers::{AcknowledgementRow, PolicySheet, PolicyVersion};
use aftercare_domain::{access::Right, role::RoleName};
use maud::{Markup, html};

/// The document. `key` names this drawing of the page.
pub fn page(frame: &Frame<'_>, sheet: &PolicySheet, key: &str) -> Markup {
    let (to, send, row) = (frame.to, frame.sending(key), &sheet.row);
    let shown = sheet.versions.iter().find(|one| one.number == sheet.shown);
    let newest = sheet.versions.last();
    let in_force = row.withdrawn_at.is_none();
    let acts = !to.is_past() && in_force;
    let body = html! {
        (head(&[("Governing documents", to.policies())], foreign(&row.title), html! {
            p { (row.kind_title) ". " (policies::acknowledged(row)) }
            @if let Some(reason) = &sheet.withdrawn_reason { p { "Reason: " (foreign(reason)) } }
            @if row.waits_for_you && acts {
                @let form = if sheet.shown == row.version { String::new() } else { to.policy(row.id) };
                p { a href={ (form) "#acknowledge" } { "It waits for your acknowledgement." } }
            }
        }))
        @if let Some(shown) = shown {
            section #version {
                h2 { "Version " (shown.number) @if row.version != shown.number { ", replaced by version " (row.version) } }
                (about(to, sheet, shown))
            }
            (acknowledgements(to, sheet))
            @if shown.number == row.version && in_force { (missing(sheet)) }
        }
        @if let Some((newest, role)) = newest.zip(sheet.yours.as_deref()) {
            @if acts && sheet.shown == newest.number { (acknowledge(to, sheet, newest, role, send)) }
        }
        (versions(to, sheet))
        @if acts && frame.may(Right::KeepPolicies) {
            section #keep {
                h2 { "Keep it" }
                details {
                    summary { "Issue a new version" }
                    p.hint { "Everybody who must acknowledges the new version again; what was signed stays with the old one." }
                    (policies::form(&to.policy_form(row.id, "versions"), Some(&row.title), send))
                }
                details {
                    summary { "Withdraw it" }
                    form.stacked method="post" action=(to.policy_form(row.id, "withdraw")) {
                        (send.fields())
                        div.field {
                            label for="withdraw-reason" { "Reason" }
                            input #withdraw-reason type="text" name="reason" required maxlength="4000" autocomplete="off";
                        }
                        button type="submit" { "Withdraw it" }
                    }
                }
            }
        }
    };
    document(frame, &row.title, Room::People, body)
}

fn about(to: &Links, sheet: &PolicySheet, one: &PolicyVersion) -> Markup {
    definitions(&[
        (
            "Document",
            html! {
                a href=(to.policy_document(sheet.row.id, one.number)) download { (foreign(&one.file_name)) }
                ", " (size(one.size))
            },
        ),
        ("Title", foreign(&one.title)),
        ("Dated", html! { (one.dated) }),
        (
            "Issued",
            html! { time datetime=(one.issued_at) { (one.issued_at.shown()) } " by " (foreign(&one.issued_by)) },
        ),
        (
            "Reason",
            html! { @if let Some(reason) = &one.reason { (foreign(reason)) } @else { (absent("Not said")) } },
        ),
        (
            "To be acknowledged by",
            html! {
                @match one.audience.as_str() {
                    "everybody" => "everybody who works here",
                    "roles" => (one.roles.join(", ")),
                    _ => (absent("Nobody")),
                }
            },
        ),
        ("Document's digest", code(&one.document.to_string())),
        ("Digest that is signed", code(&one.digest.to_string())),
        ("Ledger entry", html! { a href=(to.ledger_entry(one.entry)) { (one.entry) } }),
        ("Identifier", code(&sheet.row.id.to_string())),
    ])
}

fn acknowledgements(to: &Links, sheet: &PolicySheet) -> Markup {
    html! {
        section #acknowledgements {
            h2 { "Acknowledged by" }
            @if sheet.acknowledgements.is_empty() { p { (absent("Nobody has acknowledged this version.")) } }
            @for one in &sheet.acknowledgements { (signature(to, one)) }
        }
    }
}

/// An acknowledgement as 21 CFR 11.50 wants a signature shown: printed name, date and time, meaning.
fn signature(to: &Links, one: &AcknowledgementRow) -> Markup {
    html! {
        div.signature id=(one.id) {
            p.signature-name { strong { (foreign(&one.name)) } ", " (one.role) }
            p {
                "Signed, meaning " strong { (one.meaning) } " on "
                time datetime=(one.at) { (one.at.shown()) } "."
            }
            p.row-note {
                "Shown by " (one.factors.join(" and ")) ". Over " (code(&one.of.to_string())) ". "
                a href=(to.ledger_entry(one.entry)) { "Ledger entry " (one.entry) } ". " (code(&one.id.to_string()))
            }
        }
    }
}

fn missing(sheet: &PolicySheet) -> Markup {
    html! {
        section #missing {
            h2 { "Still missing" }
            @if sheet.missing_people.is_empty() {
                p { (absent("Nobody who has to acknowledge it is missing.")) }
            } @else {
                p { (counted(sheet.missing_people.len() as u64, "person", "people")) " must acknowledge it by their roles of now:" }
                ul { @for one in &sheet.missing_people { li { (foreign(&one.name)) } } }
            }
        }
    }
}

fn acknowledge(
    to: &Links,
    sheet: &PolicySheet,
    newest: &PolicyVersion,
    role: &str,
    send: Sending<'_>,
) -> Markup {
    html! {
        section #acknowledge {
            h2 { "Acknowledge" }
            form.stacked method="post" action=(to.policy_form(sheet.row.id, "acknowledge")) {
                (send.fields())
                (definitions(&[
                    ("You sign", html! { (foreign(&newest.title)) ", version " (newest.number) }),
                    ("Identifier", code(&sheet.row.id.to_string())),
                    ("Digest", code(&newest.digest.to_string())),
                    ("In the role", html! { (RoleName::of(role).map_or("", RoleName::title)) }),
                    ("Meaning", html! { "responsibility: you have read it and answer for what you do under it" }),
                    ("What follows", html! { "Your acknowledgement of this version stays in the record for ever." }),
                ]))
                input type="hidden" name="of" value=(newest.digest);
                (typed_proofs("acknowledge"))
                button type="submit" { "Sign that I acknowledge it" }
            }
        }
    }
}

fn versions(to: &Links, sheet: &PolicySheet) -> Markup {
    let columns = [
        Column::text("Version"),
        Column::text("Dated"),
        Column::text("Issued"),
        Column::text("Acknowledged by"),
    ];
    let rows: Vec<Row> = sheet
        .versions
        .iter()
        .rev()
        .map(|one| -> Row {
            vec![
                html! { a href=(to.policy_version(sheet.row.id, one.number)) { "Version " (one.number) } },
                html! { (one.dated) },
                html! {
                    time datetime=(one.issued_at) { (one.issued_at.shown()) }
                    span.row-note { (foreign(&one.issued_by)) }
                },
                html! { (counted(one.acknowledged, "person", "people")) },
            ]
        })
        .collect();
    html! {
        section #versions {
            h2 { "Versions" }
            (table(html! { span.unseen { "Versions, the newest first" } }, &columns, &rows))
        }
    }
}
