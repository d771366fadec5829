//! The form in which a decision about a case is proposed.

use super::{
    case_record::found_words,
    components::{foreign, head},
    decision_form::only_now,
    frame::{Frame, Room, document},
};
use aftercare_desk::answers::CaseSheet;
use aftercare_domain::{
    case::{Justification, Train},
    rights::DecisionKind,
};
use maud::{Markup, html};

/// The form for a kind of decision.
pub fn page(frame: &Frame<'_>, sheet: &CaseSheet, kind: DecisionKind, key: &str) -> Markup {
    let to = frame.to;
    let title = format!("Propose: {}", kind.title().to_lowercase());
    let answers = answers(kind);
    let body = html! {
        (head(&[("Cases", to.cases()), (&sheet.row.number, to.case(sheet.row.id))], html! { (title) }, html! {
            p { "Who must sign follows from the case: what it does not say counts as if it were needed. What the decision rests on is kept with it; when that changes, the decision lapses." }
            p.hint { (foreign(&sheet.row.title)) }
        }))
        @if to.is_past() { (only_now(&to.at(None).here(frame.here))) } @else {
            form.stacked method="post" action=(to.case_decide(sheet.row.id, kind)) {
                (frame.sending(key).fields())
                @if needs_versions(kind) {
                    fieldset {
                        legend { "For these versions" }
                        @for one in &sheet.versions {
                            @let id = format!("version_{}", one.id);
                            label.check for=(id) {
                                input id=(id) type="checkbox" name=(id) value="yes" checked[fits(kind, one)];
                                (foreign(&one.label)) " "
                                span.row-note {
                                    @match kind {
                                        DecisionKind::NotAffected => (found_words(&one.found)),
                                        _ => { "computed: " (one.computed) }
                                    }
                                }
                            }
                        }
                    }
                }
                @if !answers.is_empty() {
                    div.field {
                        label for="answer" { "What is decided" }
                        select #answer name="answer" required {
                            option value="" { "Choose" }
                            @for (code, words) in &answers { option value=(code) { (words) } }
                        }
                    }
                }
                @if matches!(kind, DecisionKind::RiskAcceptance | DecisionKind::Priority) {
                    div.field {
                        label for="until" { @if kind == DecisionKind::Priority { "To be out by" } @else { "Accepted until, at most a year" } }
                        input #until type="date" name="until" required;
                    }
                }
                @if kind == DecisionKind::CompensatingControl {
                    div.field {
                        label for="mitigation" { "Control" }
                        select #mitigation name="mitigation" required {
                            option value="" { "Choose" }
                            @for one in &sheet.mitigations { option value=(one.id) { (one.title) } }
                        }
                    }
                }
                div.field {
                    label for="title" { "In one line" }
                    input #title type="text" name="title" required maxlength="200" autocomplete="off";
                }
                div.field {
                    label for="statement" { "What is decided, and why" }
                    textarea #statement name="statement" rows="8" required maxlength="20000" {}
                }
                div.buttons {
                    button type="submit" { "Propose" }
                    a.button.quiet href=(to.case(sheet.row.id)) { "Back" }
                }
            }
        }
    };
    document(frame, &title, Room::Cases, body)
}

const fn needs_versions(kind: DecisionKind) -> bool {
    matches!(
        kind,
        DecisionKind::Severity
            | DecisionKind::Controlled
            | DecisionKind::NotAffected
            | DecisionKind::RiskAcceptance
    )
}

fn fits(kind: DecisionKind, one: &aftercare_desk::answers::CaseVersion) -> bool {
    match kind {
        DecisionKind::NotAffected => one.applies.as_deref() == Some("not_affected"),
        _ => one.applies.as_deref() == Some("affected"),
    }
}

fn answers(kind: DecisionKind) -> Vec<(String, String)> {
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    match kind {
        DecisionKind::Controlled => {
            vec![pair("controlled", "Controlled"), pair("uncontrolled", "Uncontrolled")]
        }
        DecisionKind::NotAffected => Justification::ALL
            .iter()
            .map(|why| (format!("not_affected:{}", why.code()), why.title().to_owned()))
            .collect(),
        DecisionKind::Priority => {
            Train::ALL.iter().map(|train| pair(train.code(), train.title())).collect()
        }
        DecisionKind::Reportability => {
            vec![pair("reportable", "To be reported"), pair("not_reportable", "Not to be reported")]
        }
        _ => Vec::new(),
    }
}
