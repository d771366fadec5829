//! Signing in: login and password, the code, setting up, using an invitation.

use super::{
    components::head,
    frame::{Frame, Room, document},
    passkey::{Ceremony, button},
};
use crate::text::visible;
use aftercare_domain::person::{LOGIN_LIMIT, PRINTED_LIMIT};
use maud::{Markup, html};

/// What went wrong with a form that is shown again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Again<'a> {
    /// What the desk said; none at first.
    pub why: Option<&'a str>,
    /// The login that was typed.
    pub login: &'a str,
    /// The name that was typed.
    pub name: &'a str,
    /// Where to go then.
    pub to: &'a str,
}

fn wrong(again: &Again<'_>) -> Markup {
    html! { @if let Some(why) = again.why { p.notice role="alert" { (visible(why)) } } }
}

fn login_field(value: &str) -> Markup {
    html! {
        div.field {
            label for="login" { "Login" }
            input #login type="text" name="login" value=(value) required maxlength=(LOGIN_LIMIT)
                autocomplete="username" autocapitalize="off" spellcheck="false" autofocus[value.is_empty()];
        }
    }
}

fn password_field(label: &str, fresh: bool) -> Markup {
    html! {
        div.field {
            label for="password" { (label) }
            input #password type="password" name="password" required maxlength="256"
                autocomplete=(if fresh { "new-password" } else { "current-password" });
            @if fresh {
                span.hint { "At least 15 characters. Several unrelated words are long and easy to keep in mind." }
            }
        }
    }
}

/// The first step.
pub fn page(frame: &Frame<'_>, again: &Again<'_>, of: &str) -> Markup {
    let to = frame.to;
    let body = html! {
        (head(&[], html! { "Sign in" }, html! { p { "To the record of " bdi { (visible(of)) } "." } }))
        (wrong(again))
        form.stacked method="post" action=(to.sign_in("")) {
            input type="hidden" name="to" value=(again.to);
            (login_field(again.login))
            (password_field("Password", false))
            button type="submit" { "Sign in" }
        }
        form.stacked method="post" action=(to.sign_in_passkey()) {
            input type="hidden" name="to" value=(again.to);
            (button("Sign in with a passkey", Ceremony::Proof, &to.sign_in_challenge()))
        }
        @if let Some(name) = frame.provider {
            form.stacked method="post" action=(to.sign_in_provider()) {
                input type="hidden" name="to" value=(again.to);
                button type="submit" { "Sign in with " (visible(name)) }
            }
        }
        p.hint { "With an invitation, " a href=(to.join()) { "set your password" } " first." }
    };
    document(frame, "Sign in", Room::Elsewhere, body)
}

/// On the way to the provider.
pub fn away(frame: &Frame<'_>, name: &str, address: &str) -> Markup {
    let body = html! {
        (head(&[], html! { "Sign in" }, html! {
            p { "You prove who you are to " bdi { (visible(name)) } ", and come back here." }
        }))
        p { a.button href=(address) { "Go on" } }
    };
    document(frame, "Sign in", Room::Elsewhere, body)
}

/// The second step. `ticket` stands for the first.
pub fn code(frame: &Frame<'_>, again: &Again<'_>, ticket: &str) -> Markup {
    let to = frame.to;
    let body = html! {
        (head(&[], html! { "Sign in: the code" }, html! {
            p { "Login and password fit. Now the code that your code generator shows, or a recovery code." }
        }))
        (wrong(again))
        form.stacked method="post" action=(to.sign_in_code()) {
            input type="hidden" name="ticket" value=(ticket);
            input type="hidden" name="to" value=(again.to);
            div.field {
                label for="code" { "Code" }
                input #code type="text" name="code" required maxlength="40" inputmode="numeric"
                    autocomplete="one-time-code" autocapitalize="off" spellcheck="false" autofocus;
            }
            button type="submit" { "Go on" }
        }
        p.hint { a href=(to.sign_in(again.to)) { "Begin again" } }
    };
    document(frame, "Sign in: the code", Room::Elsewhere, body)
}

/// The first person of a record.
pub fn set_up(frame: &Frame<'_>, again: &Again<'_>, of: &str) -> Markup {
    let to = frame.to;
    let body = html! {
        (head(&[], html! { "Set up" }, html! {
            p { "Nobody can sign in to the record of " bdi { (visible(of)) } " yet. Who sets it up becomes its first "
                "administrator: they keep accounts and give roles, and decide nothing." }
        }))
        (wrong(again))
        form.stacked method="post" action=(to.set_up()) {
            div.field {
                label for="code" { "Set-up code" }
                input #code type="text" name="code" required maxlength="100" autocomplete="off"
                    autocapitalize="off" spellcheck="false" autofocus;
                span.hint { "The server printed it when it began." }
            }
            (login_field(again.login))
            div.field {
                label for="name" { "Printed name" }
                input #name type="text" name="name" value=(again.name) required maxlength=(PRINTED_LIMIT)
                    autocomplete="name";
                span.hint { "As it stands under signatures. It stays in the record for ever." }
            }
            (password_field("Password", true))
            button type="submit" { "Set up" }
        }
    };
    document(frame, "Set up", Room::Elsewhere, body)
}

/// Using an invitation.
pub fn join(frame: &Frame<'_>, again: &Again<'_>) -> Markup {
    let to = frame.to;
    let body = html! {
        (head(&[], html! { "Set your password" }, html! {
            p { "With the invitation that an administrator handed to you. Nobody but you knows the password." }
        }))
        (wrong(again))
        form.stacked method="post" action=(to.join()) {
            (login_field(again.login))
            div.field {
                label for="code" { "Invitation" }
                input #code type="text" name="code" required maxlength="100" autocomplete="off"
                    autocapitalize="off" spellcheck="false";
            }
            (password_field("New password", true))
            button type="submit" { "Set password" }
        }
    };
    document(frame, "Set your password", Room::Elsewhere, body)
}
