//! Duty: the chains with whom each step would reach now, calls, and the forms for both.

use super::{
    components::{Column, Row, absent, empty, foreign, head, pager, table},
    decision_form::only_now,
    frame::{Frame, Room, document},
    people::{Part, parts},
};
use crate::{
    link::Links,
    text::{counted, editable, visible},
};
use aftercare_desk::answers::{CallRow, CalledRow, ChainSheet, ChainStep, DutySheet, Page};
use aftercare_domain::{
    access::Right,
    duty::{ABOUT_LIMIT, MINUTES_LIMIT, STEPS_LIMIT, Severity},
    role::RoleName,
    text::NOTE_LIMIT,
};
use aftercare_vocab::id::FamilyId;
use maud::{Markup, html};

/// How the list of calls is narrowed.
#[derive(Debug, Clone, Copy)]
pub struct DutyQuery<'a> {
    /// `open`, `answered`, `tests` or `all`.
    pub only: &'a str,
    /// The cursor.
    pub after: &'a str,
}

/// Chains and calls. `key` names this drawing.
pub fn page(
    frame: &Frame<'_>,
    sheet: &DutySheet,
    calls: &Page<CallRow>,
    query: DutyQuery<'_>,
    key: &str,
) -> Markup {
    let to = frame.to;
    let sees = frame.may(Right::SeeDecisions);
    let body = html! {
        (head(&[], html! { "Duty" }, html! {
            p { "Who is called when something cannot wait, and who next if nobody answers." }
        }))
        (parts(frame, Part::Duty))
        p.notice { span {
            strong { "Calls reach people on their pages and through the API only. " }
            "No mail server is configured, so nothing leaves this installation: who is not looking is not reached."
        } }
        @if sees {
            (listed(frame, calls, query))
            (proof(to, sheet.proof.as_ref()))
        }
        @if frame.may(Right::CallDuty) && !to.is_past() { (raise(frame, sheet, key)) }
        section #chains {
            h2 { @if to.is_past() { "Chains, and whom they would have reached" } @else { "Chains, and whom they would reach now" } }
            @for chain in &sheet.chains { (chain_sheet(frame, chain)) }
        }
    };
    document(frame, "Duty", Room::People, body)
}

fn listed(frame: &Frame<'_>, calls: &Page<CallRow>, query: DutyQuery<'_>) -> Markup {
    let to = frame.to;
    let only = ("only", query.only);
    html! {
        section #calls {
            h2 {
                @match query.only { "answered" => "Answered", "tests" => "Answered tests", "all" => "All calls", _ => "Waiting for an answer" }
                ": " (counted(calls.total, "call", "calls"))
            }
            nav.tabs aria-label="Which calls" {
                @for (code, words) in [("open", "Waiting"), ("answered", "Answered"), ("tests", "Answered tests"), ("all", "All")] {
                    a href=(to.duty_with(&[("only", code)]))
                        aria-current=[(code == query.only).then_some("page")] { (words) }
                }
            }
            @if calls.items.is_empty() {
                (empty("No call is here.", html! { "Whoever takes part in the work can call." }))
            } @else {
                (table(html! { span.unseen { "Calls" } }, &columns(), &lines(to, &calls.items)))
                (pager(calls.items.len(), calls.total, "calls",
                    calls.next.as_deref().map(|next| to.duty_with(&[only, ("after", next)])),
                    (!query.after.is_empty()).then(|| to.duty_with(&[only]))))
            }
        }
    }
}

fn proof(to: &Links, proof: Option<&CallRow>) -> Markup {
    html! {
        section #proof {
            h2 { "Does it work?" }
            @match proof {
                Some(row) => p {
                    "The test call of " time datetime=(row.raised_at) { (row.raised_at.shown()) }
                    " was answered by " (foreign(row.answered_by.as_deref().unwrap_or_default()))
                    @if let Some(seconds) = row.answered_after_seconds { " after " (took(seconds)) }
                    ": " a href=(to.call(row.id)) { (foreign(&row.about)) }
                    ". This is the evidence for day 30 (a test page was answered)."
                },
                None => p {
                    (absent("Not shown yet."))
                    " It is shown by a test call that somebody whom it reached answered before the chain ended, other than whoever raised it. Only the newest 50 answered tests are looked at."
                },
            }
        }
    }
}

fn raise(frame: &Frame<'_>, sheet: &DutySheet, key: &str) -> Markup {
    html! {
        section #raise {
            h2 { "Call whoever is on duty" }
            form.stacked method="post" action=(frame.to.raise_call()) {
                (frame.sending(key).fields())
                div.field {
                    label for="about" { "What it is about" }
                    input #about type="text" name="about" required maxlength=(ABOUT_LIMIT) autocomplete="off"
                        placeholder="CVE-2021-44228, a product, a case";
                }
                div.field {
                    label for="why" { "Why it cannot wait" }
                    textarea #why name="why" rows="3" required maxlength=(NOTE_LIMIT) aria-describedby="why-hint" {}
                    span.hint #why-hint { "No names of patients: it stays for ever." }
                }
                div.field {
                    label for="family" { "Product family" }
                    select #family name="family" {
                        option value="" { "All families" }
                        @for family in sheet.chains.iter().filter_map(|chain| chain.family.as_ref()) {
                            option value=(family.id) { (visible(&family.name)) }
                        }
                    }
                }
                div.field {
                    label for="severity" { "How bad it is" }
                    select #severity name="severity" required {
                        @for one in Severity::ALL.iter().rev() { option value=(one.code()) { (one.title()) } }
                    }
                }
                div.buttons {
                    button type="submit" { "Call" }
                    button.quiet type="submit" name="test" value="yes" { "Call as a test" }
                }
            }
        }
    }
}

fn chain_sheet(frame: &Frame<'_>, chain: &ChainSheet) -> Markup {
    let to = frame.to;
    let columns = [
        Column::text("Step"),
        Column::text("Minutes to answer"),
        Column::text(if to.is_past() { "Would have been called" } else { "Would be called now" }),
        Column::text("Absent, and who steps in"),
    ];
    let rows: Vec<Row> = chain.steps.iter().map(step).collect();
    html! {
        section.chain {
            h3 {
                @match &chain.family { Some(family) => (foreign(&family.name)), None => "All families" }
            }
            p {
                @match (chain.origin.as_str(), chain.adopted_at) {
                    ("proposed", _) => { strong { "Proposed by the product; adopted by nobody yet." } " It holds until you adopt one." }
                    (_, Some(at)) => {
                        "Adopted by " (foreign(chain.adopted_by.as_deref().unwrap_or_default()))
                        " on " time datetime=(at) { (at.shown()) } "."
                    }
                    _ => "Follows the chain of all families.",
                }
                @if frame.may(Right::KeepDuty) && !to.is_past() {
                    " " a href=(to.chain(chain.family.as_ref().map(|family| family.id))) {
                        "Change" span.unseen {
                            " the chain of "
                            @match &chain.family { Some(family) => (visible(&family.name)), None => "all families" }
                        }
                    }
                }
            }
            (table(html! { span.unseen { "Steps" } }, &columns, &rows))
        }
    }
}

fn step(step: &ChainStep) -> Row {
    vec![
        html! { (step.step) ". " (step.role) },
        html! { (step.minutes) },
        called(&step.reaches, "Nobody is there: passed over"),
        html! {
            @if step.absent.is_empty() { "Nobody is absent." } @else {
                @for name in &step.absent { span.tag { (foreign(name)) " is absent" } " " }
            }
            span.row-note {
                @if step.deputies.is_empty() { "No deputy is named." } @else {
                    "Deputies: "
                    @for (n, name) in step.deputies.iter().enumerate() { @if n > 0 { ", " } (foreign(name)) }
                }
            }
        },
    ]
}

/// People with the right by which they are called.
pub fn called(people: &[CalledRow], nobody: &str) -> Markup {
    html! {
        @if people.is_empty() { (absent(nobody)) } @else {
            ul.plain {
                @for one in people {
                    li {
                        (foreign(&one.name))
                        @match one.by.as_str() {
                            "deputy" => { " " span.tag.tag-strong { "Deputy" } }
                            "delegate" => { " " span.tag.tag-strong { "The role was handed to them" } }
                            _ => {}
                        }
                    }
                }
            }
        }
    }
}

fn columns() -> [Column; 4] {
    [Column::text("Call"), Column::text("State"), Column::text("Raised"), Column::text("Came to")]
}

fn lines(to: &Links, rows: &[CallRow]) -> Vec<Row> {
    rows.iter()
        .map(|row| -> Row {
            vec![
                html! {
                    a href=(to.call(row.id)) { (foreign(&row.about)) }
                    span.row-note {
                        @match &row.family { Some(family) => (foreign(&family.name)), None => "All families" }
                    }
                },
                html! { (state(row)) },
                html! {
                    (foreign(&row.raised_by))
                    span.row-note { time datetime=(row.raised_at) { (row.raised_at.shown()) } }
                },
                html! {
                    @if row.called.is_empty() { (absent("Nobody")) } @else {
                        @for (n, name) in row.called.iter().enumerate() { @if n > 0 { ", " } (foreign(name)) }
                    }
                    span.row-note { "Step " (row.step) " of " (row.steps) }
                },
            ]
        })
        .collect()
}

/// How far a call is, in words.
pub fn state(row: &CallRow) -> Markup {
    html! {
        span.tags {
            @if row.test { span.tag { "Test" } }
            @if row.severity == "one" { span.tag.tag-strong { "Severity 1" } }
            @match row.stage.as_str() {
                "answered" => span.tag {
                    "Answered"
                    @if let Some(seconds) = row.answered_after_seconds { " after " (took(seconds)) }
                },
                "overdue" => span.tag.tag-strong { "Overdue: the chain has ended without an answer" },
                _ => span.tag.tag-strong { "Waiting for an answer" },
            }
            @if row.waits_for_you { span.tag.tag-strong { "Waits for you" } }
        }
    }
}

/// How long something took, to the second: `4 minutes 5 seconds`.
pub fn took(seconds: i64) -> String {
    let seconds = seconds.max(0) as u64;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [
        (hours, counted(hours, "hour", "hours")),
        (minutes, counted(minutes, "minute", "minutes")),
        (rest, counted(rest, "second", "seconds")),
    ];
    let said: Vec<String> =
        parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words).collect();
    if said.is_empty() { "less than a second".to_owned() } else { said.join(" ") }
}

/// A chain as it is typed: for which family, and role and minutes of each step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainDraft {
    /// The family; none = all families.
    pub family: Option<FamilyId>,
    /// Role code and minutes.
    pub steps: Vec<(String, String)>,
}

/// The form for a chain. `name` is the family's; `why` says why it was not taken.
pub fn chain_form(
    frame: &Frame<'_>,
    draft: &ChainDraft,
    name: Option<&str>,
    why: Option<&str>,
    key: &str,
) -> Markup {
    let to = frame.to;
    let title = format!("Chain of {}", name.unwrap_or("all families"));
    let columns = [Column::text("Step"), Column::text("Role"), Column::text("Minutes to answer")];
    let row = |n: usize| -> Row {
        let (role, minutes) =
            draft.steps.get(n).map_or(("", "15"), |(role, minutes)| (role, minutes));
        let (role_field, minutes_field) = (format!("role{n}"), format!("minutes{n}"));
        vec![
            html! { (n + 1) "." },
            html! {
                label.unseen for=(role_field) { "Role of step " (n + 1) }
                select id=(role_field) name=(role_field) {
                    option value="" selected[role.is_empty()] { "No such step" }
                    @for one in RoleName::ALL.iter().filter(|one| one.may_decide()) {
                        option value=(one.code()) selected[one.code() == role] { (one.title()) }
                    }
                }
            },
            html! {
                label.unseen for=(minutes_field) { "Minutes of step " (n + 1) }
                input id=(minutes_field) type="number" name=(minutes_field) min="1" max=(MINUTES_LIMIT)
                    value=(editable(minutes));
            },
        ]
    };
    let rows: Vec<Row> = (0..STEPS_LIMIT).map(row).collect();
    let body = html! {
        (head(&[("Duty", to.duty())], html! { (visible(&title)) }, html! {
            p { "Each step calls whoever can act in its role and is there; deputies while every holder is absent. A call under way keeps the chain it began with." }
        }))
        @if let Some(why) = why { p.refusal role="alert" { (visible(why)) } }
        @if to.is_past() { (only_now(&to.at(None).here(frame.here))) } @else {
            form.stacked.wide method="post" action=(to.adopt_chain()) {
                (frame.sending(key).fields())
                @if let Some(family) = draft.family { input type="hidden" name="family" value=(family); }
                (table(html! { span.unseen { "Steps of the chain" } }, &columns, &rows))
                div.field {
                    label for="reason" { "Why it is changed" }
                    input #reason type="text" name="reason" maxlength="4000" autocomplete="off";
                }
                button type="submit" { "Adopt this chain" }
            }
        }
    };
    document(frame, &title, Room::People, body)
}
