//! The matrix of decision rights, and the form for changing a row of it.

use super::{
    components::{Column, Row, absent, foreign, head, table},
    frame::{Frame, Room, document},
};
use crate::link::Links;
use aftercare_desk::answers::{MatrixSheet, OtherwiseRow};
use aftercare_domain::{
    access::Right,
    rights::{DecisionKind, Harm, ProductClass, When},
    role::RoleName,
};
use maud::{Markup, html};

/// How many conditions the form has room for, for one co-signer.
pub const CONDITIONS: usize = 2;

/// Every condition with its code in forms, in the order of the list.
pub fn conditions() -> Vec<(String, When)> {
    let plain = [
        ("always", When::Always),
        ("uncontrolled", When::Uncontrolled),
        ("rests_on_reachability", When::RestsOnReachability),
        ("lowers_computed", When::LowersComputed),
    ];
    let harms =
        Harm::ALL.iter().map(|harm| (format!("harm_{}", harm.code()), When::HarmFrom(*harm)));
    let classes = ProductClass::ALL
        .iter()
        .map(|class| (format!("class_{}", class.code()), When::ClassFrom(*class)));
    plain
        .map(|(code, when)| (code.to_owned(), when))
        .into_iter()
        .chain(harms)
        .chain(classes)
        .collect()
}

/// The matrix in force.
pub fn page(frame: &Frame<'_>, sheet: &MatrixSheet) -> Markup {
    let to = frame.to;
    let body = html! {
        (head(&[], html! { "Decision rights" }, html! {
            p { "Who proposes, decides and co-signs what. An administrator decides nothing." }
            p {
                "Version " (sheet.version) " is in force. "
                @match sheet.decision {
                    Some(decision) => a href=(to.decision(decision)) { "How it was decided" },
                    None => strong { "Proposed by the product; approved by nobody yet." },
                }
            }
        }))
        @if sheet.proposed {
            p.notice { span {
                strong { "Approve or change it. " }
                "These rights are a proposal after the usual duties. They hold until you decide others; until then no one of yours has said that they are right."
            } }
        }
        (table_of(to, sheet, frame.may(Right::TakePart) && !to.is_past()))
        @if frame.may(Right::TakePart) && !to.is_past() {
            p {
                "A change is a decision of the kind \"" (DecisionKind::RightsMatrix.title()) "\": change a row above, or "
                a href=(format!("{}?kind={}", to.new_decision(), DecisionKind::RightsMatrix.code())) { "write the whole as JSON" }
                ". What it would have meant for decisions that were taken is shown before anybody signs."
            }
        }
    };
    document(frame, "Decision rights", Room::Decisions, body)
}

/// The rows of a matrix. `changes` adds the way to change each.
pub fn table_of(to: &Links, sheet: &MatrixSheet, changes: bool) -> Markup {
    let columns = [
        Column::text("Decision"),
        Column::text("Proposes"),
        Column::text("Decides"),
        Column::text("Signs beside"),
        Column::text("Is told"),
    ];
    let words = |all: &[String], between: &str| {
        if all.is_empty() {
            absent("Nobody")
        } else {
            html! { (all.join(between)) }
        }
    };
    let rows: Vec<Row> = sheet
        .rows
        .iter()
        .map(|row| -> Row {
            vec![
                html! {
                    (row.title)
                    @if changes { span.row-note { a href=(to.rights_row(&row.kind)) { "Change" span.unseen { " " (row.title) } } } }
                },
                words(&row.proposes, ", "),
                words(&row.decides, " or "),
                html! {
                    @if row.cosigns.is_empty() { (absent("Nobody")) } @else {
                        ul.plain { @for one in &row.cosigns { li { (one) } } }
                    }
                },
                words(&row.informs, ", "),
            ]
        })
        .collect();
    html! {
        (table(html! { span.unseen { "Decision rights" } }, &columns, &rows))
        p.hint { "Whoever decides may propose too. Sign only with current training: " (sheet.trained.join(", ")) "." }
    }
}

/// Decisions that would have been decided otherwise.
pub fn otherwise_list(to: &Links, rows: &[OtherwiseRow]) -> Markup {
    html! {
        ul #otherwise {
            @for row in rows {
                li {
                    a href=(to.decision(row.id)) { (foreign(&row.title)) }
                    @if !row.missing.is_empty() { " Would have needed " (row.missing.join(", ")) "." }
                    @if !row.spared.is_empty() { " Would not have needed " (row.spared.join(", ")) "." }
                }
            }
        }
    }
}

/// One role in a row of the matrix.
#[derive(Debug, Clone)]
pub struct RoleInRow {
    /// The role.
    pub role: RoleName,
    /// Whether it proposes, decides, is told.
    pub parts: [bool; 3],
    /// When it co-signs, by codes of [`conditions`].
    pub cosigns: Vec<String>,
}

/// The form for a row. `why` says why it was not taken.
pub fn row_form(
    frame: &Frame<'_>,
    kind: DecisionKind,
    roles: &[RoleInRow],
    (statement, why): (&str, Option<&str>),
    key: &str,
) -> Markup {
    let to = frame.to;
    let conditions = conditions();
    let columns = [
        Column::text("Role"),
        Column::text("Proposes"),
        Column::text("Decides"),
        Column::text("Signs beside"),
        Column::text("Is told"),
    ];
    let check = |role: RoleName, part: &str, words: &str, on: bool| {
        html! {
            label.check {
                input type="checkbox" name=(format!("{part}_{}", role.code())) value="yes" checked[on];
                span.unseen { (role.title()) " " } (words)
            }
        }
    };
    let rows: Vec<Row> = roles
        .iter()
        .map(|one| -> Row {
            let [proposes, decides, told] = one.parts;
            vec![
                html! { (one.role.title()) },
                check(one.role, "proposes", "proposes", proposes),
                check(one.role, "decides", "decides", decides),
                html! {
                    @for slot in 0..CONDITIONS {
                        @let chosen = one.cosigns.get(slot).map_or("", String::as_str);
                        select name=(format!("cosigns{slot}_{}", one.role.code()))
                            aria-label={ (one.role.title()) " signs beside" @if slot > 0 { ", or" } } {
                            option value="" selected[chosen.is_empty()] { @if slot == 0 { "never" } @else { "and in no other case" } }
                            @for (code, when) in &conditions {
                                option value=(code) selected[code == chosen] { (when.title()) }
                            }
                        }
                    }
                },
                check(one.role, "informs", "is told", told),
            ]
        })
        .collect();
    let title = format!("Change the rights: {}", kind.title());
    let body = html! {
        (head(&[("Decision rights", to.rights())], html! { (title) }, html! {
            p { "It becomes a proposed decision. Nothing changes until it is signed by whom the rights in force name." }
        }))
        @if let Some(why) = why { p.refusal role="alert" { (why) } }
        form.stacked.wide method="post" action=(to.rights_row(kind.code())) {
            (frame.sending(key).fields())
            (table(html! { span.unseen { "Roles and their parts" } }, &columns, &rows))
            div.field {
                label for="statement" { "Why it is changed" }
                textarea #statement name="statement" rows="4" required maxlength="20000" { (crate::text::editable(statement)) }
            }
            button type="submit" { "Propose the change" }
        }
    };
    document(frame, &title, Room::Decisions, body)
}
