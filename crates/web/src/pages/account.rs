//! One's own account: roles and rights, credentials, sessions, API tokens.

use super::{
    components::{Column, Row, absent, code, definitions, empty, foreign, head, table},
    form::Sending,
    frame::{Frame, Room, document},
    passkey::{Ceremony, button, without},
};
use crate::{link::Links, text::visible};
use aftercare_desk::answers::{Account, FamilyRef, GrantRow, RecoverySheet, TokenMade, TotpBegun};
use aftercare_domain::access::Right;
use maud::{Markup, PreEscaped, html};

/// The account. `begun` is a code generator that waits to be confirmed; `key` names this drawing.
pub fn page(frame: &Frame<'_>, account: &Account, begun: Option<&TotpBegun>, key: &str) -> Markup {
    let (to, send) = (frame.to, frame.sending(key));
    let body = html! {
        (head(&[], html! { (foreign(&account.person.name)) }, html! {
            p { "Your account, with the login " (code(&account.person.login)) "." }
        }))
        form.stacked method="post" action=(to.sign_out()) {
            (frame.marked())
            button type="submit" { "Sign out" }
        }
        section #standing {
            h2 { "What you may do" }
            @if account.person.roles.is_empty() {
                (empty("You have no role yet, so you see nothing of the record.",
                    html! { "Ask an administrator for one." }))
            } @else {
                ul { @for role in &account.person.roles { li { (role_line(role)) } } }
            }
            (definitions(&[
                ("Identity", if account.person.identity_verified {
                    html! { "verified" }
                } else {
                    html! { "not verified yet: you cannot sign" }
                }),
                ("Signing", if account.may_sign {
                    html! { "you can give the two components that a signature needs" }
                } else {
                    html! { "needs a code generator beside the password, or a passkey: set one up below" }
                }),
            ]))
        }
        section #password {
            h2 { "Password" }
            @if let Some(one) = account.credentials.iter().find(|one| one.factor == "password") {
                p {
                    "Set on " time datetime=(one.set_at) { (one.set_at.shown()) } ", " (one.days) " days ago."
                    @if one.due { " That is long: change it if anybody else could know it." }
                }
            }
            details {
                summary { "Change the password" }
                form.stacked method="post" action=(to.account("password")) {
                    (send.fields())
                    (secret("Password now", "password", "now", "current-password"))
                    (secret("New password", "fresh", "fresh", "new-password"))
                    p.hint { "All your other sessions and all your API tokens end: issue new ones for the programs that act for you." }
                    button type="submit" { "Change" }
                }
            }
        }
        (generator(to, account, begun, send))
        (passkeys(to, account, send))
        (recovery(to, account, send))
        (sessions(to, account, send))
        (tokens(to, account, send))
    };
    document(frame, "Your account", Room::Account, body)
}

/// A role of somebody, in one line.
pub fn role_line(role: &GrantRow) -> Markup {
    html! {
        strong { (role.role) }
        @if role.standing == "deputy" { " (deputy)" }
        ", " (families(role.families.as_deref()))
        @if role.wants_training {
            @if role.trained {
                @if let Some(until) = role.trained_until { span.row-note { "Training valid until " (until) } }
            } @else if let Some(until) = role.trained_until {
                span.row-note { "Training ended on " (until) ": signs nothing in this role until it is renewed" }
            } @else {
                span.row-note { "No training recorded: signs nothing in this role" }
            }
        }
    }
}

/// The product families something is for.
pub fn families(some: Option<&[FamilyRef]>) -> Markup {
    html! {
        @match some {
            None => "all product families",
            Some(some) => @for (number, family) in some.iter().enumerate() {
                @if number > 0 { ", " }
                (foreign(&family.name))
            },
        }
    }
}

/// What is said of a code generator or passkey that was not used for long.
fn untested() -> &'static str {
    "It was not used for a year: sign in with it, so that you know it works (21 CFR 11.300(e))."
}

fn secret(label: &str, name: &str, id: &str, complete: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            input id=(id) type="password" name=(name) required maxlength="256" autocomplete=(complete);
        }
    }
}

fn generator(
    to: &Links,
    account: &Account,
    begun: Option<&TotpBegun>,
    send: Sending<'_>,
) -> Markup {
    let known = account.credentials.iter().find(|one| one.factor == "totp");
    html! {
        section #generator {
            h2 { "Code generator" }
            @match known {
                Some(one) => p { "Set up on " time datetime=(one.set_at) { (one.set_at.shown()) }
                    @if let Some(used) = one.used_at { ", last used " time datetime=(used) { (used.shown()) } } "."
                    @if one.due { " " (untested()) } },
                None => p { "None is set up. A code generator is an app on a phone that shows a new code every 30 seconds." },
            }
            @match begun {
                None => form.stacked method="post" action=(to.account("generator")) {
                    (send.fields())
                    button type="submit" { @if known.is_some() { "Set up another one" } @else { "Set up a code generator" } }
                },
                Some(begun) => {
                    p { "Scan the picture with the app, or type the seed into it. It counts once you typed a code." }
                    @if let Some(picture) = &begun.picture { div.qr { (PreEscaped(picture)) } }
                    p { "Seed: " code.seed { (begun.seed) } }
                    form.stacked method="post" action=(to.account("generator/confirm")) {
                        (send.fields())
                        div.field {
                            label for="generator-code" { "Code that it shows now" }
                            input #generator-code type="text" name="code" required maxlength="10" inputmode="numeric"
                                autocomplete="one-time-code";
                        }
                        (secret("Your password", "password", "generator-password", "current-password"))
                        button type="submit" { "Confirm" }
                    }
                },
            }
            @if let Some(one) = known {
                details {
                    summary { "Remove it" }
                    form.stacked method="post" action=(to.account(&format!("credentials/{}/end", one.id))) {
                        (send.fields())
                        (secret("Your password", "password", "remove-password", "current-password"))
                        button type="submit" { "Remove" }
                    }
                }
            }
        }
    }
}

fn passkeys(to: &Links, account: &Account, send: Sending<'_>) -> Markup {
    let columns = [
        Column::text("Passkey"),
        Column::text("Registered"),
        Column::text("Last used"),
        Column::text("Remove"),
    ];
    let rows: Vec<Row> = account
        .credentials
        .iter()
        .filter(|one| one.factor == "passkey")
        .map(|one| -> Row {
            let id = format!("passkey-{}", one.id);
            vec![
                foreign(&one.name),
                html! { time datetime=(one.set_at) { (one.set_at.shown()) } },
                html! {
                    @match one.used_at {
                        Some(used) => time datetime=(used) { (used.shown()) },
                        None => (absent("Not yet")),
                    }
                    @if one.due { span.row-note { (untested()) } }
                },
                html! {
                    details {
                        summary { "Remove it" }
                        form.stacked method="post" action=(to.account(&format!("credentials/{}/end", one.id))) {
                            (send.fields())
                            (secret("Your password", "password", &id, "current-password"))
                            button type="submit" { "Remove" }
                        }
                    }
                },
            ]
        })
        .collect();
    html! {
        section #passkeys {
            h2 { "Passkeys" }
            p {
                "A passkey is a key in your computer, phone or security key, which asks for your PIN, finger or face. It signs "
                "you in without a password, and stands for both components of a signature."
            }
            @if rows.is_empty() { p { (absent("You have none.")) } } @else {
                (table(html! { span.unseen { "Your passkeys" } }, &columns, &rows))
            }
            details {
                summary { "Register a passkey" }
                form.stacked method="post" action=(to.account("passkeys")) {
                    (send.fields())
                    div.field {
                        label for="passkey-name" { "What you call it" }
                        input #passkey-name type="text" name="name" required maxlength="100" autocomplete="off";
                    }
                    (secret("Your password", "password", "passkey-password", "current-password"))
                    p.hint { "All your other sessions end." }
                    (button("Register", Ceremony::Making, &to.account("passkeys/challenge")))
                    (without("Registering needs a browser that knows passkeys, with scripts switched on, and Aftercare opened by its name: encrypted, or as localhost."))
                }
            }
        }
    }
}

fn recovery(to: &Links, account: &Account, send: Sending<'_>) -> Markup {
    html! {
        section #recovery {
            h2 { "Recovery codes" }
            p {
                @match account.recovery_left {
                    0 => "There are none. They let you in when the code generator is lost.",
                    1 => "One is left.",
                    left => { (left) " are left." },
                }
            }
            details {
                summary { "Make new ones" }
                form.stacked method="post" action=(to.account("recovery")) {
                    (send.fields())
                    (secret("Your password", "password", "recovery-password", "current-password"))
                    p.hint { "Ten new codes; those before do not count any more." }
                    button type="submit" { "Make recovery codes" }
                }
            }
        }
    }
}

fn sessions(to: &Links, account: &Account, send: Sending<'_>) -> Markup {
    let columns = [
        Column::text("Program"),
        Column::text("Signed in"),
        Column::text("Last used"),
        Column::text("By"),
        Column::text("End"),
    ];
    let rows: Vec<Row> = account
        .sessions
        .iter()
        .map(|one| -> Row {
            vec![
                html! { (foreign(&one.agent)) @if one.this { span.row-note { "This one" } } },
                html! { time datetime=(one.began_at) { (one.began_at.shown()) } },
                html! { time datetime=(one.seen_at) { (one.seen_at.shown()) } },
                html! { (one.by.join(" and ")) },
                html! {
                    form method="post" action=(to.account(&format!("sessions/{}/end", one.id))) {
                        (send.fields())
                        button type="submit" { @if one.this { "Sign out" } @else { "End it" } }
                    }
                },
            ]
        })
        .collect();
    html! {
        section #sessions {
            h2 { "Sessions" }
            p.hint { "A session ends one hour after it was last used, and twelve hours after it began." }
            @if rows.is_empty() {
                (empty("You have no session: a program asks with a token.", html! { "Sign in on the page to begin one." }))
            } @else {
                (table(html! { span.unseen { "Your sessions" } }, &columns, &rows))
            }
        }
    }
}

fn tokens(to: &Links, account: &Account, send: Sending<'_>) -> Markup {
    let columns =
        [Column::text("For"), Column::text("May"), Column::text("Until"), Column::text("Revoke")];
    let rows: Vec<Row> = account
        .tokens
        .iter()
        .map(|one| -> Row {
            vec![
                foreign(&one.name),
                html! { (one.scope.iter().filter_map(|code| Right::of(code)).map(Right::what).collect::<Vec<_>>().join("; ")) },
                html! {
                    time datetime=(one.until) { (one.until.shown()) }
                    @if one.over { span.row-note { "It has ended" } }
                },
                html! {
                    form method="post" action=(to.account(&format!("tokens/{}/revoke", one.id))) {
                        (send.fields())
                        button type="submit" { "Revoke" }
                    }
                },
            ]
        })
        .collect();
    html! {
        section #tokens {
            h2 { "API tokens" }
            p { "A program acts for you with a token: it sends " code { "Authorization: Bearer" } " with it. Its rights lie within yours." }
            @if rows.is_empty() { p { (absent("You have none.")) } } @else {
                (table(html! { span.unseen { "Your API tokens" } }, &columns, &rows))
            }
            @if !account.rights.is_empty() {
                details {
                    summary { "Issue a token" }
                    form.stacked method="post" action=(to.account("tokens")) {
                        (send.fields())
                        div.field {
                            label for="token-name" { "What it is for" }
                            input #token-name type="text" name="name" required maxlength="200" autocomplete="off";
                        }
                        fieldset {
                            legend { "What it may do" }
                            @for right in account.rights.iter().filter_map(|code| Right::of(code)) {
                                @let field = format!("right_{}", right.code());
                                label.check for=(field) {
                                    input id=(field) type="checkbox" name=(field) value="yes";
                                    (capital(right.what()))
                                }
                            }
                        }
                        div.field {
                            label for="token-days" { "Days until it ends" }
                            input #token-days type="number" name="days" required min="1" max="366" value="90";
                        }
                        button type="submit" { "Issue" }
                    }
                }
            }
        }
    }
}

/// With a capital letter first.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A token, shown once.
pub fn token(frame: &Frame<'_>, made: &TokenMade) -> Markup {
    let body = html! {
        (head(&[("Your account", frame.to.account(""))], html! { "API token" }, html! {
            p { "Copy it now: it is shown this once and not kept." }
        }))
        p { code.seed #token { (made.token) } }
        p { "It works until " time datetime=(made.until) { (made.until.shown()) } "." }
        p { a.button href=(frame.to.account("")) { "Back to your account" } }
    };
    document(frame, "API token", Room::Account, body)
}

/// Recovery codes, shown once.
pub fn codes(frame: &Frame<'_>, sheet: &RecoverySheet) -> Markup {
    let body = html! {
        (head(&[("Your account", frame.to.account(""))], html! { "Recovery codes" }, html! {
            p { "Print them or write them down: they are shown this once. Each works once, in the place of a code." }
        }))
        ol.codes { @for one in &sheet.codes { li { code { (visible(one)) } } } }
        p { a.button href=(frame.to.account("")) { "Back to your account" } }
    };
    document(frame, "Recovery codes", Room::Account, body)
}
