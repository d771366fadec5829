//! The form in which an advisory is written, with a look at what it would say.

use super::{
    advisory::documents,
    components::{code, foreign, head, prose},
    decision_form::only_now,
    frame::{Frame, Room, document},
    public_advisories::{said, standings},
};
use crate::text::{editable, editable_lines};
use aftercare_desk::{
    CaseKey, Drafted,
    answers::{AdvisoryContent, AdvisoryTexts, Warning},
};
use maud::{Markup, html};

/// What stands in the form.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// What is drafted.
    pub what: &'a Drafted,
    /// The texts.
    pub texts: &'a AdvisoryTexts,
    /// What changed.
    pub change: &'a str,
    /// Where it leads back to.
    pub back: &'a str,
}

/// The form. `look` is what it would say; `told` are problems with their places, or warnings beside a look.
pub fn page(
    frame: &Frame<'_>,
    written: &Written<'_>,
    look: Option<&AdvisoryContent>,
    told: &[Warning],
    key: &str,
) -> Markup {
    let to = frame.to;
    let Written { what, texts, change, back } = written;
    let (title, action) = match what {
        Drafted::New(CaseKey::Id(case), _) => {
            ("Draft an advisory", to.advisories_of(&case.to_string()))
        }
        Drafted::New(CaseKey::Number(case), _) => ("Draft an advisory", to.advisories_of(case)),
        Drafted::VersionOf(advisory) => ("Draft a new version", to.advisory_versions(advisory)),
    };
    let body = html! {
        (head(&[("Cases", to.cases()), ("Back", (*back).to_owned())], html! { (title) }, html! {
            p { "Where each product version stands follows from the case and is not written here. A draft is rendered at once; what is approved later is these very documents." }
        }))
        (problems(told, look.is_some()))
        @if to.is_past() { (only_now(&to.at(None).here(frame.here))) } @else {
            form.stacked method="post" action=(action) {
                (frame.sending(key).fields())
                @match what {
                    Drafted::New(_, audience) => {
                        input type="hidden" name="audience" value=(audience.code());
                        p { "For: " strong { (audience.title().to_lowercase()) } }
                    }
                    Drafted::VersionOf(_) => {
                        div.field {
                            label for="change" { "What changed" }
                            input #change type="text" name="change" required maxlength="1000" value=(editable(change)) autocomplete="off";
                        }
                    }
                }
                div.field {
                    label for="title" { "In one line" }
                    input #title type="text" name="title" required maxlength="200" value=(editable(&texts.title)) autocomplete="off";
                }
                (area("summary", "What the vulnerability is", &texts.summary, true))
                (area("impact", "What it means for patients and for the use of the device", &texts.impact, true))
                (area("action", "What to do now", &texts.action, true))
                (area("controls", "Compensating controls; empty if none is known", &texts.controls, false))
                (area("fix", "What comes to mend it, and how it will be told", &texts.fix, true))
                div.buttons {
                    button type="submit" name="step" value="keep" { "Keep the draft" }
                    button.quiet type="submit" name="step" value="look" { "Look at it first" }
                    a.button.quiet href=(back) { "Back" }
                }
            }
        }
        @if let Some(content) = look {
            section #look {
                h2 { "As it would go out" }
                p.hint { "Nothing of it is kept yet." }
                p { strong { (foreign(&content.texts.title)) } }
            }
            (said(content))
            (standings(content))
            (documents(content, None))
        }
    };
    document(frame, title, Room::Cases, body)
}

fn area(name: &str, label: &str, text: &str, needed: bool) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            textarea id=(name) name=(name) rows="5" required[needed] maxlength="4000" { (editable_lines(text)) }
        }
    }
}

/// What would make it invalid, or poorer, each with its place.
pub fn problems(told: &[Warning], only_warnings: bool) -> Markup {
    html! {
        @if !told.is_empty() {
            section #problems {
                h2 { @if only_warnings { "What makes it poorer" } @else { "It cannot go out like this" } }
                ol.warnings.problems {
                    @for problem in told {
                        li {
                            @if !problem.place.is_empty() { p { "At " (code(&problem.place)) } }
                            p { (prose(&problem.what)) }
                            @if !problem.next.is_empty() { p { strong { "Next: " } (prose(&problem.next)) } }
                            p.warning-code { (foreign(&problem.code)) }
                        }
                    }
                }
            }
        }
    }
}
