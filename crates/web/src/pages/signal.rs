//! One signal: what came, the thread with who reported it, and the forms to settle it.

use super::{
    components::{absent, code, definitions, empty, foreign, head},
    form::Sending,
    frame::{Frame, Room, document},
    signals::dismissals,
};
use crate::{
    link::Links,
    text::{size, visible, visible_lines},
};
use aftercare_desk::{
    WORDS_LIMIT,
    answers::{CaseName, LetterSheet, LetterText, MessageRow, SignalSheet},
};
use aftercare_domain::{access::Right, case::Told, signal::TITLE_LIMIT};
use maud::{Markup, html};

/// The signal. `key` names this drawing of the page.
pub fn page(frame: &Frame<'_>, sheet: &SignalSheet, key: &str) -> Markup {
    let (to, send) = (frame.to, frame.sending(key));
    let present = !to.is_past();
    let takes = present && frame.may(Right::TakeSignals);
    let title = format!("Signal: {}", sheet.title);
    let body = html! {
        (head(&[("Signals", to.signals())], foreign(&sheet.title), html! {
            p { (sheet.kind_title) " from " (foreign(&sheet.source)) ". " (state(to, sheet)) }
        }))
        @if sheet.harm == "yes" {
            p.notice { span { strong { "Harm to a patient is possible. " } "There is a complaint to be judged (21 CFR 803, 820.35(a))." } }
        }
        section #what {
            h2 { "What came" }
            p.hint { "As it was written. Nobody has checked it; open files where they can do no harm." }
            (letter(to, sheet))
        }
        section #about {
            h2 { "About it" }
            (about(to, sheet))
        }
        @if sheet.reporter == "thread" { (thread(frame, sheet, send)) }
        @if takes && sheet.state == "waiting" { (owner(to, sheet, send)) }
        @if present && sheet.state != "joined" { (settle(frame, sheet, send)) }
        @if present && sheet.sealed && frame.may(Right::EraseText) && matches!(sheet.letter, LetterSheet::Text(_)) {
            section #erase {
                h2 { "Erase it" }
                details {
                    summary { "Erase for ever what was written" }
                    p.hint { "Text, file and thread are gone then; that there was a signal, and what became of it, stays." }
                    form.stacked method="post" action=(to.signal_form(sheet.id, "erasure")) {
                        (send.fields())
                        div.field {
                            label for="erase-reason" { "Ground" }
                            input #erase-reason type="text" name="reason" required maxlength="4000" autocomplete="off";
                        }
                        button type="submit" { "Erase it" }
                    }
                }
            }
        }
    };
    document(frame, &title, Room::Signals, body)
}

fn state(to: &Links, sheet: &SignalSheet) -> Markup {
    html! {
        @match (sheet.state.as_str(), &sheet.case) {
            ("joined", Some(case)) => { "Belongs to " (case_link(to, case)) "." },
            ("joined", None) => "Belongs to a case.",
            ("dismissed", _) => {
                "Dismissed: " (sheet.dismissed_title.as_deref().unwrap_or_default()) "."
                @if let Some(by) = &sheet.settled_by { " By " (foreign(by)) "." }
                @if let Some(reason) = &sheet.reason { " Reason: " (foreign(reason)) }
            },
            _ => strong { "It waits." },
        }
    }
}

fn case_link(to: &Links, case: &CaseName) -> Markup {
    html! { a href=(to.case(case.id)) { (visible(&case.number)) } ", " (foreign(&case.title)) }
}

fn letter(to: &Links, sheet: &SignalSheet) -> Markup {
    html! {
        @match &sheet.letter {
            LetterSheet::Text(text) => {
                (words(text))
                @if let Some(name) = &text.file_name {
                    p { "File: " a href=(to.signal_file(sheet.id)) download { (foreign(name)) } ", " (size(text.file_bytes)) }
                }
            },
            LetterSheet::Erased(erased) => (empty("It was erased.", html! {
                "On " time datetime=(erased.at) { (erased.at.shown()) } " by " (foreign(&erased.by)) "."
            })),
            LetterSheet::NotInTwin => (empty("It is not in this twin.", html! { "Its key stayed with the original." })),
        }
    }
}

/// What somebody wrote.
pub fn words(text: &LetterText) -> Markup {
    let parts = [
        ("How it was found", &text.how),
        ("About patients", &text.harm),
        ("Product", &text.product),
        ("Version", &text.version),
        ("Name", &text.name),
        ("Contact", &text.contact),
    ];
    html! {
        div.statement { bdi { (visible_lines(&text.what)) } }
        @for (what, said) in parts {
            @if let Some(said) = said { h3 { (what) } div.statement { bdi { (visible_lines(said)) } } }
        }
    }
}

fn about(to: &Links, sheet: &SignalSheet) -> Markup {
    definitions(&[
        ("Aware since", html! { time datetime=(sheet.aware_at) { (sheet.aware_at.shown()) } }),
        ("Received", html! { time datetime=(sheet.received_at) { (sheet.received_at.shown()) } }),
        ("Through", html! { (sheet.channel) }),
        (
            "Vulnerabilities",
            html! {
                @if sheet.vulnerabilities.is_empty() { (absent("None named")) }
                @for (n, id) in sheet.vulnerabilities.iter().enumerate() {
                    @if n > 0 { ", " } a href=(to.vulnerability(id)) { (foreign(id)) }
                }
            },
        ),
        (
            "Product families",
            html! {
                @if sheet.all_families { "All" }
                @else if sheet.families.is_empty() { (absent("Not known yet")) }
                @else { @for (n, one) in sheet.families.iter().enumerate() { @if n > 0 { ", " } (foreign(&one.name)) } }
            },
        ),
        ("Harm to a patient", html! { (sheet.harm_title) }),
        (
            "Complaint",
            html! { @match &sheet.complaint { Some(id) => (foreign(id)), None => (absent("None")) } },
        ),
        (
            "Waits for an answer",
            html! {
                @match sheet.reporter.as_str() {
                    "thread" => "Somebody who reads under the address of their receipt",
                    "outside" => "Somebody who is answered by mail or telephone",
                    _ => (absent("Nobody")),
                }
            },
        ),
        (
            "Owner",
            html! { @match &sheet.owner { Some(one) => (foreign(&one.name)), None => (absent("Nobody yet")) } },
        ),
        (
            "Kept",
            html! { @if sheet.sealed { "Sealed: it can be erased" } @else { "As it is, for ever" } },
        ),
        ("Digest", code(&sheet.digest)),
        ("Ledger entry", html! { a href=(to.ledger_entry(sheet.entry)) { (sheet.entry) } }),
        ("Identifier", code(&sheet.id.to_string())),
    ])
}

fn thread(frame: &Frame<'_>, sheet: &SignalSheet, send: Sending<'_>) -> Markup {
    let to = frame.to;
    let writes = !to.is_past()
        && frame.may(Right::TakeSignals)
        && matches!(sheet.letter, LetterSheet::Text(_));
    let first = sheet.thread.iter().all(|one| one.from == "reporter");
    html! {
        section #thread {
            h2 { "With who reported it" }
            @if sheet.thread.is_empty() { p { (absent("Nothing was written since.")) } }
            @for one in &sheet.thread { (message(one, "You, the maker", "Who reported it")) }
            @if writes {
                form.stacked method="post" action=(to.signal_form(sheet.id, "messages")) {
                    (send.fields())
                    div.field {
                        label for="told" { "What it tells" }
                        select #told name="told" {
                            @for one in Told::ALL { option value=(one.code()) selected[first && *one == Told::Acknowledged || !first && *one == Told::Progress] { (one.title()) } }
                        }
                    }
                    div.field {
                        label for="message" { "Message" }
                        textarea #message name="text" rows="5" required maxlength=(WORDS_LIMIT) aria-describedby="message-hint" {}
                        span.hint #message-hint { "It leaves the house: whoever has the address of the receipt reads it. Your name is not shown there." }
                    }
                    button type="submit" { "Write to them" }
                }
            }
        }
    }
}

/// A message, with what its two sides are called.
pub fn message(one: &MessageRow, maker: &str, reporter: &str) -> Markup {
    html! {
        div.message.from-maker[one.from == "maker"] {
            p.row-note {
                strong { (if one.from == "maker" { maker } else { reporter }) }
                @if let Some(by) = &one.by { " (" (foreign(&by.name)) ")" }
                ", " time datetime=(one.at) { (one.at.shown()) }
            }
            @match &one.text {
                Some(text) => div.statement { bdi { (visible_lines(text)) } },
                None => p { (absent("This message cannot be read any more.")) },
            }
        }
    }
}

fn owner(to: &Links, sheet: &SignalSheet, send: Sending<'_>) -> Markup {
    let now = sheet.owner.as_ref().map(|one| one.id);
    html! {
        section #owner {
            h2 { "Who looks after it" }
            form.stacked method="post" action=(to.signal_form(sheet.id, "owner")) {
                (send.fields())
                div.field {
                    label for="person" { "Owner" }
                    select #person name="person" {
                        @for one in &sheet.owners {
                            option value=(one.id) selected[now == Some(one.id)] { (visible(&one.name)) }
                        }
                    }
                }
                button type="submit" { "Give it to them" }
            }
        }
    }
}

fn settle(frame: &Frame<'_>, sheet: &SignalSheet, send: Sending<'_>) -> Markup {
    let to = frame.to;
    let takes = frame.may(Right::TakeSignals);
    let action = to.signal_form(sheet.id, "settlement");
    html! {
        section #settle {
            h2 { @if sheet.state == "dismissed" { "Take it up after all" } @else { "Settle it" } }
            @if let Some(key) = sheet.key.as_ref().filter(|_| frame.may(Right::WorkCases)) {
                details open[sheet.about.is_empty()] {
                    summary { "Open a case from it" }
                    form.stacked method="post" action=(to.triage()) {
                        (send.fields())
                        input type="hidden" name="row0" value=(key);
                        div.field {
                            label for="case-title" { "Title of the case" }
                            input #case-title type="text" name="case_title" required maxlength=(TITLE_LIMIT)
                                value=(suggested(sheet)) autocomplete="off";
                            span.hint { "No names of persons. What is about the same vulnerability joins it too." }
                        }
                        button type="submit" name="do" value="open" { "Open the case" }
                    }
                }
            }
            @if takes && !sheet.cases.is_empty() {
                details open[!sheet.about.is_empty()] {
                    summary { "Join it to a case" }
                    @if let Some(about) = sheet.about.first() { p { "About the same vulnerability: " (case_link(to, about)) } }
                    form.stacked method="post" action=(action) {
                        (send.fields())
                        div.field {
                            label for="case" { "Case" }
                            select #case name="case" {
                                @for one in sheet.about.iter().chain(sheet.cases.iter().filter(|one| !sheet.about.contains(one))) {
                                    option value=(one.id) { (visible(&one.number)) ": " (visible(&one.title)) }
                                }
                            }
                        }
                        button type="submit" name="do" value="join" { "Join it" }
                    }
                }
            }
            @if takes && sheet.state == "waiting" {
                details {
                    summary { "Dismiss it" }
                    form.stacked method="post" action=(action) {
                        (send.fields())
                        (dismissals("settle"))
                        div.field {
                            label for="settle-reason" { "Reason" }
                            input #settle-reason type="text" name="reason" required maxlength="4000" autocomplete="off";
                        }
                        button type="submit" name="do" value="dismiss" { "Dismiss it" }
                    }
                }
            }
            @if !takes && !frame.may(Right::WorkCases) { p.hint { "Whoever takes signals in settles it." } }
        }
    }
}

/// The title of a signal, unless that says nothing.
fn suggested(sheet: &SignalSheet) -> &str {
    if sheet.reporter == "thread" { "" } else { &sheet.title }
}
