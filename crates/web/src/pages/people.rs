//! The people of the record: who there is, with which roles, and whether they can sign.

use super::{
    account::role_line,
    components::{Column, Row, absent, code, empty, foreign, head, pager, table},
    form::Sending,
    frame::{Frame, Room, document},
};
use crate::link::Links;
use aftercare_desk::answers::{Page, PersonRow};
use aftercare_domain::{
    access::Right,
    person::{LOGIN_LIMIT, PRINTED_LIMIT},
};
use maud::{Markup, html};

/// Which of the pages about people is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The list, or a person.
    People,
    /// Roles and rights.
    Roles,
    /// Duty: chains and calls.
    Duty,
    /// The governing documents.
    Policies,
    /// The review of access.
    Review,
    /// The security record.
    Security,
}

/// The pages about people, for the head of each of them.
pub fn parts(frame: &Frame<'_>, here: Part) -> Markup {
    let to = frame.to;
    let current = |part: Part| (part == here).then_some("page");
    html! {
        nav.tabs.kinds aria-label="About people" {
            @if frame.may(Right::SeePeople) {
                a href=(to.people()) aria-current=[current(Part::People)] { "People" }
                a href=(to.roles()) aria-current=[current(Part::Roles)] { "Roles and rights" }
                a href=(to.duty()) aria-current=[current(Part::Duty)] { "Duty" }
            }
            @if frame.may(Right::ReadPolicies) {
                a href=(to.policies()) aria-current=[current(Part::Policies)] { "Governing documents" }
            }
            @if frame.may(Right::SeeSecurityRecord) {
                a href=(to.access_review()) aria-current=[current(Part::Review)] { "Access review" }
                a href=(to.security()) aria-current=[current(Part::Security)] { "Security record" }
            }
        }
    }
}

/// A page of the people; `after` is the cursor it starts at, empty on the first; `key` names this drawing.
pub fn page(frame: &Frame<'_>, people: &Page<PersonRow>, after: &str, key: &str) -> Markup {
    let to = frame.to;
    let columns = [Column::text("Person"), Column::text("Roles"), Column::text("State")];
    let rows: Vec<Row> = people.items.iter().map(|person| row(to, person)).collect();
    let body = html! {
        (head(&[], html! { "People" }, html! {
            p { "Everybody who can sign in, with their roles. Nobody is ever removed: a signature must stay readable with its name." }
        }))
        (parts(frame, Part::People))
        section #people {
            h2.unseen { "List of people" }
            @if rows.is_empty() {
                (empty("There is nobody in the record.", html! {
                    @if to.is_past() { "At that moment nobody had been added." } @else {
                        "The server prints a set-up code when it begins; with it the first person is added."
                    }
                }))
            } @else {
                (table(html! { span.unseen { "People and their roles" } }, &columns, &rows))
                (pager(rows.len(), people.total, "people",
                    people.next.as_deref().map(|after| to.people_with(after)),
                    (!after.is_empty()).then(|| to.people())))
                p.hint { "For a spreadsheet: " a href=(to.people_csv()) { "all people as CSV" } ". The security record keeps who took it." }
            }
        }
        @if frame.may(Right::KeepPeople) && !to.is_past() { (add(to, frame.sending(key))) }
    };
    document(frame, "People", Room::People, body)
}

fn row(to: &Links, person: &PersonRow) -> Row {
    vec![
        html! {
            a href=(to.person(person.id)) { (foreign(&person.name)) }
            span.row-note { (code(&person.login)) }
        },
        html! {
            @if person.roles.is_empty() { (absent("No role: sees nothing of the record")) } @else {
                ul.plain { @for role in &person.roles { li { (role_line(role)) } } }
            }
        },
        state(person),
    ]
}

/// What stands in the way of a person, in words.
pub fn state(person: &PersonRow) -> Markup {
    html! {
        span.tags {
            @if let Some(since) = person.suspended_at {
                span.tag.tag-strong { "Suspended since " time datetime=(since) { (since.shown()) } }
            }
            @if person.absent { span.tag { "Absent" } }
            @if person.identity_verified { span.tag { "Identity verified" } } @else {
                span.tag.tag-strong { "Identity not verified: signs nothing" }
            }
        }
    }
}

fn add(to: &Links, key: Sending<'_>) -> Markup {
    html! {
        section #add {
            h2 { "Add a person" }
            form.stacked method="post" action=(to.at(None).people()) {
                (key.fields())
                div.field {
                    label for="login" { "Login" }
                    input #login type="text" name="login" required maxlength=(LOGIN_LIMIT) autocomplete="off"
                        autocapitalize="off" spellcheck="false" aria-describedby="login-hint";
                    span.hint #login-hint { "Like anna.berg. It is never given to anybody else." }
                }
                div.field {
                    label for="name" { "Printed name" }
                    input #name type="text" name="name" required maxlength=(PRINTED_LIMIT) autocomplete="off"
                        aria-describedby="name-hint";
                    span.hint #name-hint { "As it stands under signatures. It stays in the record for ever." }
                }
                button type="submit" { "Add person" }
            }
            p.hint { "Then give them a role and an invitation, on their page." }
        }
    }
}
