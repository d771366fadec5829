//! Pages for when there is no answer: what happened, what it means, what to do next.

use super::{
    components::{code, foreign, head, nothing_found, prose},
    frame::{Frame, Room, document},
};
use crate::text::visible;
use aftercare_desk::answers::{NothingFound, Warning};
use maud::{Markup, html};

/// 404: there is no page, or no such thing in the record. `nothing` says more where more is known,
/// for example that a vulnerability is not in this edition.
pub fn not_found(frame: &Frame<'_>, path: &str, nothing: Option<&NothingFound>) -> Markup {
    let to = frame.to;
    let body = html! {
        (head(&[], html! { "Not found" }, html! {
            p { "There is nothing at " (code(path)) "." }
        }))
        @match nothing {
            Some(nothing) => (nothing_found(to, nothing)),
            None => div.empty {
                p { "The address may be mistyped, or come from another record. This says nothing about vulnerabilities." }
                p { "Ask for what you need in the box above, or "
                    a href=(to.products()) { "browse all products" } "." }
            },
        }
    };
    document(frame, "Not found", Room::Elsewhere, body)
}

/// 400: what was sent cannot be read; nothing of it was kept. `back` is the page it was sent from.
pub fn unreadable(frame: &Frame<'_>, problems: &[Warning], back: &str) -> Markup {
    let body = html! {
        (head(&[], html! { "This could not be read" }, html! {
            p { "Nothing was kept and nothing in the record has changed." }
        }))
        ol.warnings.problems {
            @for problem in problems {
                li {
                    @if !problem.place.is_empty() { p { "At " (code(&problem.place)) } }
                    p { (prose(&problem.what)) }
                    @if !problem.next.is_empty() { p { strong { "Next: " } (prose(&problem.next)) } }
                    p.warning-code { (visible(&problem.code)) }
                }
            }
        }
        p { a.button href=(back) { "Back, to try again" } }
    };
    document(frame, "This could not be read", Room::Elsewhere, body)
}

/// 403 or 409: readable, but the rules say no. `who` could do it, or `missing` says what is missing.
pub fn refused(
    frame: &Frame<'_>,
    what: &str,
    who: Option<&str>,
    missing: &[String],
    back: &str,
) -> Markup {
    let body = html! {
        (head(&[], html! { "Not done" }, html! { p { (prose(what)) } }))
        div.empty {
            p { "Nothing in the record has changed." }
            @if let Some(who) = who { p { strong { "Who could do it: " } (foreign(who)) } }
            @if !missing.is_empty() {
                p { strong { "What is missing:" } }
                ul { @for item in missing { li { (prose(item)) } } }
            }
        }
        p { a.button href=(back) { "Back" } }
    };
    document(frame, "Not done", Room::Elsewhere, body)
}

/// 500 or 503: our trouble. The request id leads to the log entry.
pub fn fault(frame: &Frame<'_>, request: &str) -> Markup {
    let body = html! {
        (head(&[], html! { "Something failed on our side" }, html! {
            p { "Your question was not answered. This says nothing about vulnerabilities." }
        }))
        div.empty {
            p { "A change that was not confirmed to you was not made. Load the page again in a minute." }
            p { "If it fails again, give this request number to whoever runs this server: " (code(request)) "." }
        }
    };
    document(frame, "Something failed", Room::Elsewhere, body)
}
