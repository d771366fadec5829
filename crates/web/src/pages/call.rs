//! One call: raised, moved to whom and why, answered by whom and after how long.

use super::{
    components::{foreign, head},
    duty::{called, state, took},
    frame::{Frame, Room, document},
};
use crate::text::visible_lines;
use aftercare_desk::answers::{CallMoveRow, CallSheet};
use aftercare_domain::{access::Right, text::NOTE_LIMIT};
use maud::{Markup, html};

/// The call. `key` names this drawing.
pub fn page(frame: &Frame<'_>, sheet: &CallSheet, key: &str) -> Markup {
    let (to, row) = (frame.to, &sheet.row);
    let answers = sheet.answer.is_none() && frame.may(Right::CallDuty) && !to.is_past();
    let body = html! {
        (head(&[("Duty", to.duty())], html! { (foreign(&row.about)) }, html! {
            p { (state(row)) }
            p {
                @if row.test { "A test of the chain. " }
                "For " @match &row.family { Some(family) => (foreign(&family.name)), None => "all families" } "."
                @if let Some(due) = sheet.meeting_due {
                    " A crisis meeting is due by " time datetime=(due) { (due.shown()) } " (severity 1: within 4 hours)."
                }
            }
        }))
        @if let Some(since) = sheet.overdue_since {
            p.notice { span {
                strong { "Nobody has answered. " }
                "The chain ended at " time datetime=(since) { (since.shown()) }
                "; the call stays with everybody it came to. Reach somebody in another way."
            } }
        }
        section #why { h2 { "Why it cannot wait" } p.statement { (visible_lines(&sheet.why)) } }
        @if answers { (form(frame, sheet, key)) }
        section #timeline {
            h2 { "What happened" }
            ol.timeline {
                li {
                    time datetime=(row.raised_at) { (row.raised_at.shown()) }
                    ": raised by " (foreign(&row.raised_by)) ". " (entry(frame, sheet.entry))
                }
                @for one in &sheet.moves { (moved(frame, one, row.steps)) }
                @if let Some(answer) = &sheet.answer {
                    li {
                        time datetime=(answer.at) { (answer.at.shown()) }
                        ": answered by " strong { (foreign(&answer.name)) }
                        @if let Some(seconds) = row.answered_after_seconds { " after " (took(seconds)) }
                        @if !answer.called { ", whom it had not come to" }
                        ". " (entry(frame, answer.entry))
                        blockquote { p { (visible_lines(&answer.words)) } }
                        @if row.proves { p { "This shows that the chain works: evidence for day 30." } }
                    }
                }
            }
        }
    };
    document(frame, "Call", Room::People, body)
}

fn form(frame: &Frame<'_>, sheet: &CallSheet, key: &str) -> Markup {
    html! {
        section #answer {
            h2 { "Answer" }
            @if !sheet.row.waits_for_you {
                p.hint { "It did not come to you. You can answer all the same, unless you raised it; it is recorded that it was you." }
            }
            form.stacked method="post" action=(frame.to.answer_call(sheet.row.id)) {
                (frame.sending(key).fields())
                div.field {
                    label for="words" { "What you do now" }
                    textarea #words name="words" rows="3" required maxlength=(NOTE_LIMIT) {}
                }
                button type="submit" { "I have it" }
            }
        }
    }
}

fn moved(frame: &Frame<'_>, one: &CallMoveRow, steps: u32) -> Markup {
    html! {
        li {
            time datetime=(one.at) { (one.at.shown()) }
            ": " (because(&one.because)) " Step " (one.step) " of " (steps) ", " (one.role) ". "
            (entry(frame, one.entry))
            (called(&one.to, "Nobody is there in the rest of the chain."))
            @if !one.absent.is_empty() {
                p.hint {
                    "Absent: "
                    @for (n, name) in one.absent.iter().enumerate() { @if n > 0 { ", " } (foreign(name)) }
                    "."
                }
            }
            @if !one.to.is_empty() { p.hint { "To be answered before " time datetime=(one.due) { (one.due.shown()) } "." } }
        }
    }
}

fn because(code: &str) -> &'static str {
    match code {
        "begun" => "It began here.",
        "not_answered" => "Nobody had answered in time, so it moved on.",
        "went_away" => "Whoever had it went away, so it moved to who steps in.",
        "nobody_there" => "Nobody was there in the steps before, so they were passed over.",
        "came_back" => "The chain had ended, and somebody is there now.",
        _ => "It moved.",
    }
}

fn entry(frame: &Frame<'_>, number: u64) -> Markup {
    html! {
        @if frame.may(Right::SeeLedger) {
            a href=(frame.to.ledger_entry(number)) { "Entry " (number) }
        } @else { span.hint { "Entry " (number) } }
    }
}
