//! A person: roles, absences, delegations, training, and the forms of whoever may change them. Plain forms;
//! they work without script.

use super::{
    account::{families, role_line},
    components::{Column, Row, absent, code, definitions, empty, foreign, foreign_or, head, table},
    form::Sending,
    frame::{Frame, Room, document},
    people::{Part, parts, state},
};
use crate::{
    link::Links,
    text::{editable, visible},
};
use aftercare_desk::answers::{FamilyRef, PersonSheet};
use aftercare_domain::{
    access::Right,
    person::PRINTED_LIMIT,
    role::RoleName,
    text::{NAME_LIMIT, NOTE_LIMIT},
    training::OVERRIDE_DAYS,
};
use aftercare_vocab::instant::Instant;
use maud::{Markup, html};

/// What whoever looks may change about a person. Nothing of the past.
#[derive(Clone, Copy)]
struct May {
    /// It is their own page: most things nobody does for themselves.
    own: bool,
    keep: bool,
    give: bool,
    vouch: bool,
    absence: bool,
    train: bool,
    excuse: bool,
}

impl May {
    fn of(frame: &Frame<'_>, sheet: &PersonSheet) -> Self {
        let may = |right| frame.may(right) && !frame.to.is_past();
        let own = frame.viewer.is_some_and(|viewer| viewer.person == sheet.row.id);
        Self {
            own,
            keep: may(Right::KeepPeople),
            give: may(Right::GiveRoles),
            vouch: may(Right::VerifyIdentity) && !own,
            absence: !frame.to.is_past() && (own || frame.may(Right::GiveRoles)),
            train: may(Right::RecordTraining) && !own,
            excuse: may(Right::OverrideCompetence) && !own,
        }
    }
}

/// A person. `all` are the product families that a role can be for; `key` names this drawing.
pub fn page(frame: &Frame<'_>, sheet: &PersonSheet, all: &[FamilyRef], key: &str) -> Markup {
    let (to, send, may) = (frame.to, frame.sending(key), May::of(frame, sheet));
    let person = &sheet.row;
    let body = html! {
        (head(&[("People", to.people())], foreign(&person.name), html! {
            p { "Login " (code(&person.login)) ", added on " (day(sheet.added_at)) "." @if may.own { " This is you." } }
            p { (state(person)) }
        }))
        (parts(frame, Part::People))
        (roles(to, sheet, all, send, may))
        (identity(to, sheet, send, may))
        (training(to, sheet, send, may))
        (absences(to, sheet, send, may))
        (delegations(to, sheet))
        @if may.keep { (account(to, sheet, send, may)) }
        @if frame.may(Right::SeeLedger) || frame.may(Right::SeeSecurityRecord) {
            p.hint {
                "Every change of this page is kept: "
                @if frame.may(Right::SeeSecurityRecord) { a href=(to.security()) { "security record" } }
                @if frame.may(Right::SeeLedger) && frame.may(Right::SeeSecurityRecord) { ", " }
                @if frame.may(Right::SeeLedger) { a href=(to.ledger()) { "ledger" } }
                "."
            }
        }
    };
    document(frame, &person.name, Room::People, body)
}

/// An invitation, shown once.
pub fn invitation(frame: &Frame<'_>, sheet: &PersonSheet, invited: &str, until: Instant) -> Markup {
    let (to, person) = (frame.to, &sheet.row);
    let way = [("People", to.people()), (person.name.as_str(), to.person(person.id))];
    let body = html! {
        (head(&way, html! { "Invitation" }, html! {
            p { "Copy it now: it is shown this once and not kept. Hand it to " (foreign(&person.name)) " yourself, not in a mail to many." }
        }))
        p { code.seed #invitation { (visible(invited)) } }
        p { "With it and the login " (code(&person.login)) " they set a password at " (code(&to.join())) ". It works once, until " (day(until)) "." }
        p { "Until then they cannot sign in: their password, other proofs and sessions from before do not count any more." }
        p { a.button href=(to.person(person.id)) { "Back to " (foreign(&person.name)) } }
    };
    document(frame, "Invitation", Room::People, body)
}

fn day(at: Instant) -> Markup {
    html! { time datetime=(at) { (at.shown()) } }
}

fn roles(
    to: &Links,
    sheet: &PersonSheet,
    all: &[FamilyRef],
    send: Sending<'_>,
    may: May,
) -> Markup {
    let person = &sheet.row;
    let mut columns = vec![Column::text("Role"), Column::text("As")];
    if may.give {
        columns.push(Column::text("Take away"));
    }
    let rows: Vec<Row> = person
        .roles
        .iter()
        .map(|role| {
            let mut row = vec![
                role_line(role),
                html! { @if role.standing == "deputy" { "Deputy: steps in while every holder is absent" } @else { "Holder" } },
            ];
            if may.give {
                let reason = format!("reason-{}", role.id);
                row.push(html! {
                    details {
                        summary { "Take away" span.unseen { " the role " (role.role) } }
                        form.stacked method="post" action=(to.person_form(person.id, &format!("roles/{}/end", role.id))) {
                            (send.fields())
                            (reason_field(&reason, false))
                            button type="submit" { "Take the role away" }
                        }
                    }
                });
            }
            row
        })
        .collect();
    html! {
        section #roles {
            h2 { "Roles" }
            @if rows.is_empty() {
                (empty("No role: this person sees nothing of the record.", html! {
                    @if may.give { "Give one below." } @else { "An administrator gives roles." }
                }))
            } @else {
                (table(html! { span.unseen { "Roles of " (foreign(&person.name)) } }, &columns, &rows))
            }
            @if may.give && may.own {
                p.hint { "Nobody gives a role to themselves: ask another administrator." }
            } @else if may.give {
                (give(to, sheet, all, send))
            }
        }
    }
}

fn give(to: &Links, sheet: &PersonSheet, all: &[FamilyRef], send: Sending<'_>) -> Markup {
    html! {
        details {
            summary { "Give a role" }
            form.stacked method="post" action=(to.person_form(sheet.row.id, "roles")) {
                (send.fields())
                (role_field("role-new", "Role"))
                fieldset {
                    legend { "As" }
                    label.check for="as-holder" { input #as-holder type="radio" name="standing" value="holder" checked; "Holder" }
                    label.check for="as-deputy" { input #as-deputy type="radio" name="standing" value="deputy"; "Deputy, who steps in while every holder is absent" }
                }
                fieldset {
                    legend { "For" }
                    label.check for="for-all" { input #for-all type="radio" name="families" value="all" checked; "All product families" }
                    @if !all.is_empty() {
                        label.check for="for-some" { input #for-some type="radio" name="families" value="some"; "Only these:" }
                        @for family in all {
                            @let field = format!("family_{}", family.id);
                            label.check.inner for=(field) {
                                input id=(field) type="checkbox" name=(field) value="yes";
                                (foreign(&family.name))
                            }
                        }
                    }
                }
                (reason_field("reason-new", false))
                button type="submit" { "Give the role" }
            }
        }
    }
}

fn identity(to: &Links, sheet: &PersonSheet, send: Sending<'_>, may: May) -> Markup {
    html! {
        section #identity {
            h2 { "Identity" }
            @match &sheet.identity_how {
                Some(how) => p { "Verified: " (foreign(how)) },
                None => p { "Nobody has made sure yet who this is. They sign nothing before (21 CFR 11.100(b))." },
            }
            @if may.vouch {
                details {
                    summary { @if sheet.identity_how.is_some() { "Verify it again" } @else { "Verify the identity" } }
                    form.stacked method="post" action=(to.person_form(sheet.row.id, "identity")) {
                        (send.fields())
                        div.field {
                            label for="how" { "How you made sure" }
                            input #how type="text" name="how" required maxlength=(NAME_LIMIT) autocomplete="off"
                                aria-describedby="how-hint";
                            span.hint #how-hint { "Like: works in the same office, staff pass shown. You vouch for it with your name." }
                        }
                        button type="submit" { "Vouch for " (foreign(&sheet.row.name)) }
                    }
                }
            }
        }
    }
}

fn training(to: &Links, sheet: &PersonSheet, send: Sending<'_>, may: May) -> Markup {
    let columns = [
        Column::text("What"),
        Column::text("Role"),
        Column::text("From"),
        Column::text("Until"),
        Column::text("Proof or reason"),
    ];
    let rows: Vec<Row> = sheet
        .competences
        .iter()
        .map(|one| {
            vec![
                html! {
                    @match &one.subject {
                        Some(subject) => (foreign(subject)),
                        None => "Missing training overridden",
                    }
                },
                html! { (one.role) },
                html! { (one.from) },
                html! { (one.until) @if one.lapsed { span.row-note { "It is over" } } },
                foreign_or(one.note.as_deref(), "Not recorded"),
            ]
        })
        .collect();
    html! {
        section #training {
            h2 { "Training" }
            @if rows.is_empty() {
                (empty("No training is recorded.", html! { "A role that wants training signs nothing without it." }))
            } @else {
                (table(html! { span.unseen { "Training of " (foreign(&sheet.row.name)) } }, &columns, &rows))
            }
            @if may.train { (train(to, sheet, send)) }
            @if may.excuse { (excuse(to, sheet, send)) }
        }
    }
}

fn train(to: &Links, sheet: &PersonSheet, send: Sending<'_>) -> Markup {
    html! {
        details {
            summary { "Record a training" }
            form.stacked method="post" action=(to.person_form(sheet.row.id, "trainings")) {
                (send.fields())
                (role_field("training-role", "For the role"))
                div.field {
                    label for="training-subject" { "What was taught" }
                    input #training-subject type="text" name="subject" required maxlength=(NAME_LIMIT) autocomplete="off";
                }
                (day_field("training-on", "On", "on", true, None))
                (day_field("training-until", "Counts until", "until", true, None))
                div.field {
                    label for="training-evidence" { "Where the proof is kept" }
                    input #training-evidence type="text" name="evidence" maxlength=(NAME_LIMIT) autocomplete="off";
                }
                button type="submit" { "Record the training" }
            }
        }
    }
}

fn excuse(to: &Links, sheet: &PersonSheet, send: Sending<'_>) -> Markup {
    let longest = format!("At most {OVERRIDE_DAYS} days from today.");
    html! {
        details {
            summary { "Override missing training" }
            form.stacked method="post" action=(to.person_form(sheet.row.id, "overrides")) {
                (send.fields())
                (role_field("override-role", "In the role"))
                (day_field("override-until", "Until", "until", true, Some(&longest)))
                (reason_field("override-reason", true))
                button type="submit" { "Override" }
            }
        }
    }
}

fn absences(to: &Links, sheet: &PersonSheet, send: Sending<'_>, may: May) -> Markup {
    let mut columns = vec![Column::text("From"), Column::text("Until")];
    if may.absence {
        columns.push(Column::text("End"));
    }
    let rows: Vec<Row> = sheet
        .absences
        .iter()
        .map(|one| {
            let mut row = vec![
                day(one.from),
                html! { @match one.until { Some(until) => (day(until)), None => (absent("Until it is ended")) } },
            ];
            if may.absence {
                row.push(html! {
                    form method="post" action=(to.person_form(sheet.row.id, &format!("absences/{}/end", one.id))) {
                        (send.fields())
                        button type="submit" { "End it" span.unseen { ": the absence from " (one.from.shown()) } }
                    }
                });
            }
            row
        })
        .collect();
    html! {
        section #absences {
            h2 { "Absences" }
            @if rows.is_empty() { p { (absent("None is recorded.")) } } @else {
                (table(html! { span.unseen { "Absences of " (foreign(&sheet.row.name)) } }, &columns, &rows))
            }
            @if may.absence {
                details {
                    summary { "Record an absence" }
                    form.stacked method="post" action=(to.person_form(sheet.row.id, "absences")) {
                        (send.fields())
                        p.hint { "Meanwhile deputies may sign, each with their own name." }
                        (day_field("absence-from", "From day (UTC)", "from", false, Some("Empty or today: from now")))
                        (day_field("absence-until", "Last day (UTC)", "until", false, Some("Empty: until it is ended")))
                        button type="submit" { "Record the absence" }
                    }
                }
            }
        }
    }
}

fn delegations(to: &Links, sheet: &PersonSheet) -> Markup {
    let columns = [
        Column::text("Role"),
        Column::text("From"),
        Column::text("To"),
        Column::text("For"),
        Column::text("Time"),
    ];
    let rows: Vec<Row> = sheet
        .delegations
        .iter()
        .map(|one| {
            vec![
                html! { (one.role) },
                html! { a href=(to.person(one.from)) { (foreign(&one.from_name)) } },
                html! { a href=(to.person(one.to)) { (foreign(&one.to_name)) } },
                families(one.families.as_deref()),
                html! { (day(one.begins)) " to " (day(one.ends)) },
            ]
        })
        .collect();
    html! {
        section #delegations {
            h2 { "Delegations" }
            @if rows.is_empty() { p { (absent("None holds now or is to come.")) } } @else {
                (table(html! { span.unseen { "Delegations from and to " (foreign(&sheet.row.name)) } }, &columns, &rows))
            }
        }
    }
}

fn account(to: &Links, sheet: &PersonSheet, send: Sending<'_>, may: May) -> Markup {
    let person = &sheet.row;
    html! {
        section #account {
            h2 { "Account" }
            (definitions(&[("Login", code(&person.login)), ("Printed name", foreign(&person.name))]))
            details {
                summary { "Change the printed name" }
                form.stacked method="post" action=(to.person_form(person.id, "name")) {
                    (send.fields())
                    input type="hidden" name="entity_version" value=(sheet.entity_version);
                    div.field {
                        label for="printed" { "Printed name" }
                        input #printed type="text" name="name" value=(editable(&person.name)) required
                            maxlength=(PRINTED_LIMIT) autocomplete="off" aria-describedby="printed-hint";
                        span.hint #printed-hint { "Signatures made before keep the old one." }
                    }
                    button type="submit" { "Save" }
                }
            }
            @if person.suspended_at.is_some() {
                details {
                    summary { "Let them sign in again" }
                    form.stacked method="post" action=(to.person_form(person.id, "reinstatement")) {
                        (send.fields())
                        (again("reinstate-again"))
                        (reason_field("reinstate-reason", false))
                        button type="submit" { "Let " (foreign(&person.name)) " sign in again" }
                    }
                }
            } @else {
                details {
                    summary { "Invite" }
                    form.stacked method="post" action=(to.person_form(person.id, "invitation")) {
                        (send.fields())
                        p { "Makes a code with which " (foreign(&person.name)) " sets a password: the first one, or another when it was lost. "
                            "Their password, other proofs, sessions and API tokens end at once." }
                        (reason_field("invite-reason", false))
                        button type="submit" { "Make an invitation" }
                    }
                }
                @if !may.own {
                    details {
                        summary { "Suspend" }
                        form.stacked method="post" action=(to.person_form(person.id, "suspension")) {
                            (send.fields())
                            p { "Sessions end at once, and API tokens do not work meanwhile. What they signed stays." }
                            (again("suspend-again"))
                            (reason_field("suspend-reason", false))
                            button type="submit" { "Suspend " (foreign(&person.name)) }
                        }
                    }
                }
            }
        }
    }
}

fn again(id: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { "Their login again" }
            input id=(id) type="text" name="again" required autocomplete="off" autocapitalize="off" spellcheck="false";
        }
    }
}

fn reason_field(id: &str, needed: bool) -> Markup {
    let hint = format!("{id}-hint");
    html! {
        div.field {
            label for=(id) { "Reason" }
            input id=(id) type="text" name="reason" required[needed] maxlength=(NOTE_LIMIT) autocomplete="off"
                aria-describedby=(hint);
            span.hint id=(hint) { "It stays in the record for ever." }
        }
    }
}

fn role_field(id: &str, label: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name="role" required {
                option value="" { "Choose" }
                @for role in RoleName::ALL { option value=(role.code()) { (role.title()) } }
            }
        }
    }
}

fn day_field(id: &str, label: &str, name: &str, needed: bool, hint: Option<&str>) -> Markup {
    let described = hint.map(|_| format!("{id}-hint"));
    html! {
        div.field {
            label for=(id) { (label) }
            input id=(id) type="date" name=(name) required[needed] min="1970-01-01" aria-describedby=[described.as_deref()];
            @if let (Some(hint), Some(id)) = (hint, &described) { span.hint id=(id) { (hint) } }
        }
    }
}
