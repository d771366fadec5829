//! Handing a role over for a time: one's own delegations, and the form for another.

use super::{
    account::families,
    components::{Column, Row, absent, empty, foreign, head, table},
    decision::proofs,
    frame::{Frame, Room, document},
};
use crate::text::visible;
use aftercare_desk::answers::{DelegationRow, GrantRow};
use aftercare_domain::delegation::DELEGATION_DAYS;
use aftercare_vocab::id::PersonId;
use maud::{Markup, html};

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Delegations<'a> {
    /// From and to whoever asks.
    pub rows: &'a [DelegationRow],
    /// What they hold.
    pub roles: &'a [GrantRow],
    /// To whom it could be handed over.
    pub people: &'a [(PersonId, String)],
}

/// The page. `key` names this drawing.
pub fn page(frame: &Frame<'_>, of: Delegations<'_>, key: &str) -> Markup {
    let to = frame.to;
    let send = frame.sending(key);
    let columns = [
        Column::text("Role"),
        Column::text("From"),
        Column::text("To"),
        Column::text("Time"),
        Column::text("End"),
    ];
    let rows: Vec<Row> = of
        .rows
        .iter()
        .map(|row| -> Row {
            vec![
                html! { (row.role) span.row-note { (families(row.families.as_deref())) } },
                foreign(&row.from_name),
                foreign(&row.to_name),
                html! {
                    time datetime=(row.begins) { (row.begins.shown()) } " to "
                    time datetime=(row.ends) { (row.ends.shown()) }
                },
                html! {
                    @if to.is_past() { (absent("Not here")) } @else {
                        form method="post" action=(to.end_delegation(row.id)) {
                            (send.fields())
                            button type="submit" { "End it" }
                        }
                    }
                },
            ]
        })
        .collect();
    let body = html! {
        (head(&[("Decisions", to.decisions())], html! { "Delegations" }, html! {
            p {
                "Whoever you hand a role to signs in their own name, and the signature says by whose delegation. "
                "It lapses when you lose the role, and is never passed on."
            }
        }))
        section #list {
            h2 { "Yours" }
            @if rows.is_empty() { p { (absent("There is none.")) } } @else {
                (table(html! { span.unseen { "Delegations from and to you" } }, &columns, &rows))
            }
        }
        @if !to.is_past() {
            section #give {
                h2 { "Hand a role over" }
                @if of.roles.is_empty() {
                    (empty("You hold no role that signs, so there is nothing to hand over.",
                        html! { "An administrator gives roles." }))
                } @else {
                    form.stacked method="post" action=(to.delegations()) {
                        (send.fields())
                        div.field {
                            label for="grant" { "Role" }
                            select #grant name="grant" required {
                                @for role in of.roles {
                                    option value=(role.id) {
                                        (role.role) ", "
                                        @match &role.families {
                                            None => "all product families",
                                            Some(some) => (visible(&some.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", "))),
                                        }
                                    }
                                }
                            }
                        }
                        div.field {
                            label for="to" { "To" }
                            select #to name="to" required {
                                @for (id, name) in of.people { option value=(id) { (visible(name)) } }
                            }
                        }
                        div.field {
                            label for="days" { "For how many days from now" }
                            input #days type="number" name="days" required min="1" max=(DELEGATION_DAYS) value="14";
                        }
                        p.hint { "You sign the delegation, so that it can be checked later." }
                        (proofs(frame, "delegate"))
                        button type="submit" { "Sign and hand over" }
                    }
                }
            }
        }
    };
    document(frame, "Delegations", Room::Decisions, body)
}
