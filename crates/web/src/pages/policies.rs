//! The governing documents: which there are, who still has to acknowledge them, and the form for another.

use super::{
    components::{Column, Row, absent, empty, foreign, head, table},
    form::Sending,
    frame::{Frame, Room, document},
    people::{Part, parts},
};
use crate::{
    link::Links,
    text::{count, counted, editable},
};
use aftercare_desk::answers::{Page, PolicyRow};
use aftercare_domain::{
    access::Right,
    policy::{PolicyKind, TITLE_LIMIT},
    role::{RoleKind, RoleName},
};
use maud::{Markup, html};

/// The page. `key` names this drawing.
pub fn page(frame: &Frame<'_>, found: &Page<PolicyRow>, key: &str) -> Markup {
    let to = frame.to;
    let columns = [
        Column::text("Document"),
        Column::text("Version"),
        Column::text("Acknowledged"),
        Column::text("You"),
    ];
    let rows: Vec<Row> = found.items.iter().map(|one| row(to, one)).collect();
    let body = html! {
        (head(&[], html! { "Governing documents" }, html! {
            p { "What people answer for, how things are done here, and the letter about electronic signatures. Each version is acknowledged by a signature." }
        }))
        (parts(frame, Part::Policies))
        section #list {
            @if rows.is_empty() {
                (empty("There is no governing document yet.", html! { "Quality or an executive issues the first." }))
            } @else {
                (table(html! { span.unseen { "Governing documents" } }, &columns, &rows))
            }
        }
        @if frame.may(Right::KeepPolicies) && !to.is_past() {
            section #issue {
                h2 { "Issue a document" }
                (form(&to.at(None).policies(), None, frame.sending(key)))
            }
        }
    };
    document(frame, "Governing documents", Room::People, body)
}

fn row(to: &Links, one: &PolicyRow) -> Row {
    vec![
        html! {
            a href=(to.policy(one.id)) { (foreign(&one.title)) }
            span.row-note { (one.kind_title) ", of " (one.dated) }
        },
        html! { (one.version) span.row-note { time datetime=(one.issued_at) { (one.issued_at.shown()) } } },
        acknowledged(one),
        html! {
            @if one.waits_for_you { span.tag.tag-strong { "Waits for you" } } @else { (absent("Nothing to do")) }
        },
    ]
}

/// How far the newest version is acknowledged.
pub fn acknowledged(one: &PolicyRow) -> Markup {
    html! {
        @if let Some(at) = one.withdrawn_at {
            "Withdrawn on " time datetime=(at) { (at.shown()) }
        } @else if one.must == 0 {
            (absent("Nobody has to"))
        } @else {
            (count(one.must - one.missing)) " of " (counted(one.must, "person", "people"))
        }
    }
}

/// The form of a new document, or of a new version of one (`title` is that of the version before).
pub fn form(action: &str, title: Option<&str>, send: Sending<'_>) -> Markup {
    let inside = RoleName::ALL.iter().filter(|role| role.kind() != RoleKind::Outside);
    html! {
        form.stacked method="post" action=(action) enctype="multipart/form-data" {
            (send.fields())
            @if title.is_none() {
                div.field {
                    label for="kind" { "Kind" }
                    select #kind name="kind" required {
                        @for kind in PolicyKind::ALL { option value=(kind.code()) { (kind.title()) } }
                    }
                }
            }
            div.field {
                label for="title" { "Title" }
                input #title type="text" name="title" required maxlength=(TITLE_LIMIT)
                    value=(editable(title.unwrap_or_default())) autocomplete="off";
            }
            div.field {
                label for="dated" { "Day that stands on it" }
                input #dated type="date" name="dated" required;
            }
            div.field {
                label for="document" { "Document" }
                input #document type="file" name="document" required aria-describedby="document-hint";
                p.hint #document-hint { "At most 10 MiB. It is kept as it comes, for ever." }
            }
            div.field {
                label for="audience" { "Who must acknowledge it" }
                select #audience name="audience" required {
                    option value="everybody" { "Everybody who works here" }
                    option value="roles" { "The roles marked below" }
                    option value="nobody" { "Nobody: it is a letter" }
                }
            }
            fieldset {
                legend { "Roles" }
                @for role in inside {
                    @let field = format!("role_{}", role.code());
                    label.check for=(field) {
                        input id=(field) type="checkbox" name=(field) value="yes";
                        (role.title())
                    }
                }
            }
            div.field {
                label for="reason" { "Reason, if there is one to be told" }
                input #reason type="text" name="reason" maxlength="4000" autocomplete="off";
            }
            button type="submit" { @if title.is_none() { "Issue document" } @else { "Issue new version" } }
        }
    }
}
