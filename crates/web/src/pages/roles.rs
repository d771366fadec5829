//! The roles, and which of them may do what with the system.

use super::{
    account::capital,
    components::{Column, Row, absent, code, definitions, head, table},
    frame::{Frame, Room, document},
    people::{Part, parts},
};
use aftercare_desk::answers::{RightRow, RoleRow, RolesSheet};
use maud::{Markup, html};

/// Roles and rights.
pub fn page(frame: &Frame<'_>, sheet: &RolesSheet) -> Markup {
    let body = html! {
        (head(&[], html! { "Roles and rights" }, html! {
            p { "What each role may do with the system. Who may decide what is another matter and stands in the decision rights." }
        }))
        (parts(frame, Part::Roles))
        (definitions(&[
            ("State", html! { "Proposed: the maker approves it" }),
            ("As it is since", html! { (sheet.valid_from) }),
            ("Follows", html! { (sheet.source) }),
        ]))
        section #roles {
            h2 { "Roles" }
            (table(html! { span.unseen { "Roles and their rights" } },
                &[Column::text("Role"), Column::text("What it is"), Column::text("May")],
                &sheet.roles.iter().map(|role| role_row(sheet, role)).collect::<Vec<Row>>()))
        }
        section #rights {
            h2 { "Rights" }
            (table(html! { span.unseen { "Rights and the roles that have them" } },
                &[Column::text("Right"), Column::text("Code"), Column::text("Roles")],
                &sheet.rights.iter().map(|right| right_row(sheet, right)).collect::<Vec<Row>>()))
        }
    };
    document(frame, "Roles and rights", Room::People, body)
}

fn role_row(sheet: &RolesSheet, role: &RoleRow) -> Row {
    let rights = sheet.rights.iter().filter(|right| role.rights.contains(&right.code));
    vec![
        html! { (role.role) span.row-note { (code(&role.code)) } },
        html! { (role.means) },
        html! {
            @if role.rights.is_empty() { (absent("Nothing but its own thread")) } @else {
                ul.plain { @for right in rights { li { (capital(&right.what)) } } }
            }
        },
    ]
}

fn right_row(sheet: &RolesSheet, right: &RightRow) -> Row {
    let roles: Vec<&str> = sheet
        .roles
        .iter()
        .filter(|role| right.roles.contains(&role.code))
        .map(|role| role.role.as_str())
        .collect();
    vec![
        html! {
            (capital(&right.what))
            @if right.whole_record_only {
                span.row-note { "Only with a role for all product families: it is about the whole record" }
            }
        },
        code(&right.code),
        html! { (roles.join(", ")) },
    ]
}
