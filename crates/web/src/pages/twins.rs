//! Twins of the record: copies for exercises and for trying policies.

use super::{
    components::{Column, Row, absent, code, empty, foreign, head, table},
    form::Sending,
    frame::{Frame, Room, document},
};
use crate::{link::Links, text::counted};
use aftercare_desk::answers::Twin;
use aftercare_domain::access::Right;
use aftercare_domain::twin::TWIN_NAME_LIMIT;
use maud::{Markup, html};

/// The twins, and a form to fork one. `key` names this drawing of the page.
pub fn page(frame: &Frame<'_>, twins: &[Twin], key: &str) -> Markup {
    let (to, key) = (frame.to, frame.sending(key));
    let columns = [
        Column::text("Twin"),
        Column::text("Begins with"),
        Column::text("Forked"),
        Column::text("Reason"),
        Column::text("Discard"),
    ];
    let rows: Vec<Row> = twins.iter().map(|twin| row(to, twin, key)).collect();
    let body = html! {
        (head(&[], html! { "Twins" }, html! {
            p { "A twin is a copy of the record as of a moment, for exercises and for trying policies. Everything "
                "works in it and nothing leaves it: no mail, no feed, no publication. What is known about persons "
                "stays here, with the original." }
        }))
        @if frame.is_twin() {
            (empty("This is a twin itself.", html! { "No twin is made of a twin: fork the original." }))
        } @else {
            section #twins {
                h2 { "Twins of this record" }
                @if rows.is_empty() {
                    (empty("There is no twin of this record.", html! {
                        "Fork one below, or with " code { "aftercare twin create NAME" } "."
                    }))
                } @else {
                    (table(html! { span.unseen { "Twins of this record" } }, &columns, &rows))
                }
            }
            @if !to.is_past() && frame.may(Right::KeepTwins) { (form(to, key)) }
        }
    };
    document(frame, "Twins", Room::Elsewhere, body)
}

fn form(to: &Links, key: Sending<'_>) -> Markup {
    html! {
        section #fork {
            h2 { "Fork the record" }
            form.filter method="post" action=(to.twins()) {
                (key.fields())
                div.field {
                    label for="twin-name" { "Name" }
                    input #twin-name type="text" name="name" required maxlength=(TWIN_NAME_LIMIT)
                        pattern="[a-z][a-z0-9]*(-[a-z0-9]+)*" autocomplete="off" autocapitalize="off"
                        spellcheck="false";
                    span.hint { "Lower-case letters, digits and hyphens: autumn-exercise" }
                }
                div.field {
                    label for="twin-day" { "As of day (UTC)" }
                    input #twin-day type="date" name="as_of_day" min="1970-01-01";
                    span.hint { "Empty: as it is now" }
                }
                div.field {
                    label for="twin-hour" { "Time (UTC)" }
                    input #twin-hour type="time" name="as_of_hour";
                    span.hint { "Empty: the end of the day" }
                }
                div.field {
                    label for="twin-reason" { "Reason" }
                    input #twin-reason type="text" name="reason" maxlength="4000" autocomplete="off";
                    span.hint { "Name no person: it stays in both ledgers." }
                }
                button type="submit" { "Fork" }
            }
        }
    }
}

fn row(to: &Links, twin: &Twin, key: Sending<'_>) -> Row {
    let again = format!("again-{}", twin.name);
    let reason = format!("reason-{}", twin.name);
    vec![
        html! {
            @if twin.here { a href=(to.at(None).twin(&twin.name)) { (code(&twin.name)) } }
            @else { (code(&twin.name)) span.row-note { "Not on this machine" } }
        },
        html! { (counted(twin.position, "entry", "entries")) " of the original" },
        html! {
            time datetime=(twin.forked_at) { (twin.forked_at.shown()) }
            span.row-note { "by " (foreign(&twin.forked_by)) }
        },
        match &twin.reason {
            Some(reason) => foreign(reason),
            None => absent("Not said"),
        },
        html! {
            @if to.is_past() { (absent("Only at the present")) } @else {
                details {
                    summary { "Discard" }
                    form.filter method="post" action=(to.discard_twin(&twin.name)) {
                        (key.fields())
                        div.field {
                            label for=(again) { "Its name again" }
                            input id=(again) type="text" name="again" required autocomplete="off"
                                autocapitalize="off" spellcheck="false";
                            span.hint { "Everything done in it is removed for ever." }
                        }
                        div.field {
                            label for=(reason) { "Reason" }
                            input id=(reason) type="text" name="reason" maxlength="4000" autocomplete="off";
                        }
                        button type="submit" { "Discard for ever" }
                    }
                }
            }
        },
    ]
}
