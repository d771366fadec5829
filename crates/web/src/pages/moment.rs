//! The moment of a page: the control that chooses it, the banner of an earlier one, and the field that
//! keeps it in forms.

use super::frame::Frame;
use crate::{
    link::{AS_OF, AS_OF_TIME, Here, Links},
    text::count,
};
use aftercare_desk::answers::AsOf;
use aftercare_domain::{When, moment::day_of};
use maud::{Markup, html};

/// The date control: in the header of every page, without script.
pub(super) fn control(frame: &Frame<'_>) -> Markup {
    let to = frame.to;
    let present = to.at(None);
    let (day, time) = fields(frame);
    let today = frame.standing.and_then(|standing| day_of(standing.at));
    html! {
        details.moment {
            summary {
                span.unseen { "Moment of the record: " }
                @match to.as_of() { None => "Present", Some(when) => { "As of " (brief(when)) } }
            }
            form method="get" action=(present.here(frame.here)) {
                @for (name, value) in &frame.here.values { input type="hidden" name=(name) value=(value); }
                div.field {
                    label for="as-of" { "Day (UTC)" }
                    input #as-of type="date" name=(AS_OF) required value=[day] max=[today] min="1970-01-01";
                }
                div.field {
                    label for="as-of-time" { "Time (UTC), if not the end of the day" }
                    input #as-of-time type="time" name=(AS_OF_TIME) value=[time];
                }
                button type="submit" { "Show the record as of then" }
                @if to.is_past() { a.button.quiet href=(present.here(frame.here)) { "Back to the present" } }
            }
        }
    }
}

/// What the control is filled with: the moment shown.
fn fields(frame: &Frame<'_>) -> (Option<String>, Option<String>) {
    let at = match frame.to.as_of() {
        None => return (None, None),
        Some(When::Day(day)) => return (Some(day.to_string()), None),
        Some(When::Instant(at)) => at,
        Some(When::Entry(_)) => match frame.standing.and_then(|standing| standing.as_of) {
            Some(as_of) => as_of.at,
            None => return (None, None),
        },
    };
    // `2026-11-24 14:05 UTC`
    let shown = at.shown();
    let part = |from, to| shown.get(from..to).map(str::to_owned);
    (part(0, 10), part(11, 16))
}

fn brief(when: When) -> String {
    match when {
        When::Instant(at) => at.shown(),
        When::Day(day) => day.to_string(),
        When::Entry(number) => format!("entry {}", count(number)),
    }
}

/// Keeps the moment when a form is sent.
pub(super) fn kept(to: &Links) -> Markup {
    html! { @if let Some(when) = to.as_of() { input type="hidden" name=(AS_OF) value=(when); } }
}

/// What the banner of an earlier moment says.
pub(super) fn banner(to: &Links, here: &Here, as_of: &AsOf) -> Markup {
    html! {
        p {
            strong {
                "The record as of "
                @match as_of.asked {
                    When::Day(day) => { "the end of " time datetime=(day) { (day) } " (UTC)" },
                    When::Instant(at) => time datetime=(at) { (at.shown()) },
                    When::Entry(number) => { "entry " (count(number)) },
                }
                ", for reading only. "
            }
            @match as_of.entry_at {
                Some(at) => {
                    "Its last entry is number " (count(as_of.entry)) " of "
                    time datetime=(at) { (at.shown()) } "; nothing later is shown or known here. "
                },
                None => "Nothing was recorded yet, so it is empty. ",
            }
            a href=(to.at(None).here(here)) { "Back to the present" }
        }
    }
}
