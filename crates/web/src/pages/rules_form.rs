//! The form for proposing another edition of rules.

use super::{
    components::{Column, Row, code, head, table},
    decision_form::only_now,
    frame::{Frame, Room, document},
    rules::{differences, effects},
};
use crate::text::{editable, editable_lines, visible};
use aftercare_desk::answers::RulesTrial;
use aftercare_domain::{
    clock::{Kind, RuleBook, Term},
    harm::{Exploitability, Severity},
    role::RoleName,
    rules::{RuleKind, STEPS_LIMIT},
};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Units of time with their codes, as entries have them.
pub const UNITS: &[(&str, &str)] = &[
    ("minutes", "minutes"),
    ("hours", "hours"),
    ("calendar_days", "calendar days"),
    ("working_days", "working days"),
    ("months", "months"),
    ("years", "years"),
];

/// The clocks that the form can set: those of the programme, and those of others that count time.
pub fn settable() -> impl Iterator<Item = &'static aftercare_domain::clock::Rule> {
    RuleBook::shipped().rules.iter().filter(|rule| match rule.kind {
        Kind::Policy => true,
        Kind::Proposal => false,
        _ => matches!(rule.term, Term::Within(_)),
    })
}

/// The field that holds rules as JSON.
pub const JSON: &str = "json";

/// Every cell of the matrix.
pub fn cells() -> impl Iterator<Item = (Exploitability, Severity)> {
    Exploitability::ALL.into_iter().flat_map(|one| Severity::ALL.map(|other| (one, other)))
}

/// How urgent a risk can be at least, by code name.
pub const URGENCIES: &[(&str, &str)] = &[
    ("", "Nothing is said"),
    ("defer", "Defer"),
    ("scheduled", "Scheduled"),
    ("out_of_cycle", "Out of cycle"),
    ("immediate", "Immediate"),
];

/// The fields of a kind.
pub fn fields(kind: RuleKind) -> Vec<String> {
    let mut names = ["key", "step", "from", "title", "statement"].map(str::to_owned).to_vec();
    match kind {
        RuleKind::Clocks => {
            for rule in settable() {
                names.extend([format!("time_{}", rule.id), format!("unit_{}", rule.id)]);
            }
            for step in 0..STEPS_LIMIT {
                names.extend([format!("share_{step}"), format!("to_{step}")]);
            }
        }
        RuleKind::RiskMatrix => {
            for (one, other) in cells() {
                names.extend(["risk", "line", "least"].map(|part| format!("{part}_{one}_{other}")));
            }
        }
        RuleKind::Workflow => names.push(JSON.to_owned()),
    }
    names
}

/// What stands in the form, and beside it.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The kind.
    pub kind: RuleKind,
    /// What was typed, by field.
    pub typed: &'a BTreeMap<String, String>,
    /// What it would mean, where it was asked.
    pub trial: Option<&'a RulesTrial>,
    /// Why it was not taken.
    pub why: Option<&'a str>,
}

impl Written<'_> {
    fn text(&self, field: &str) -> &str {
        self.typed.get(field).map_or("", String::as_str)
    }
}

/// The form.
pub fn page(frame: &Frame<'_>, written: Written<'_>, key: &str) -> Markup {
    let (to, kind) = (frame.to, written.kind);
    let title = format!("Propose other rules: {}", kind.title());
    let body = html! {
        (head(&[("Rules of the programme", to.rules())], html! { (title) }, html! {
            p { "It becomes a proposed decision. Nothing changes until it is signed by whom the decision rights name, and nothing that was before changes at all." }
        }))
        @if let Some(why) = written.why { p.refusal role="alert" { (visible(why)) } }
        @if to.is_past() { (only_now(&to.at(None).here(frame.here))) } @else {
            @if let Some(trial) = written.trial {
                section #trial role="status" {
                    h2 { "What would change" }
                    (differences(&trial.differences))
                    (effects(to, trial))
                }
            }
            form.stacked.wide method="post" action=(to.rules_change(kind.code())) {
                (frame.sending(key).fields())
                @match kind {
                    RuleKind::Clocks => (clocks(written)),
                    RuleKind::RiskMatrix => (risk_matrix(written)),
                    RuleKind::Workflow => (as_json(written)),
                }
                div.field {
                    label for="from" { "From which day on it holds (UTC)" }
                    input #from type="date" name="from" required value=(editable(written.text("from")));
                    p.hint { "Today or later. On the day of the decision it holds from the last signature on." }
                }
                div.field {
                    label for="title" { "In one line" }
                    input #title type="text" name="title" required maxlength="200" autocomplete="off" value=(editable(written.text("title")));
                }
                div.field {
                    label for="statement" { "Why they are changed" }
                    textarea #statement name="statement" rows="4" required maxlength="20000" { (editable_lines(written.text("statement"))) }
                }
                div.buttons {
                    button.quiet type="submit" name="step" value="look" { "Show what would change" }
                    button type="submit" { "Propose the change" }
                }
            }
        }
    };
    document(frame, &title, Room::Decisions, body)
}

fn clocks(written: Written<'_>) -> Markup {
    let columns = [
        Column::text("Clock"),
        Column::text("Given by the product or the law"),
        Column::text("Time"),
        Column::text("Unit"),
    ];
    let rows: Vec<Row> = settable()
        .map(|rule| -> Row {
            let (time, unit) = (format!("time_{}", rule.id), format!("unit_{}", rule.id));
            vec![
                html! { (rule.action) span.row-note { (code(&rule.id)) } },
                html! { (rule.term) @if rule.kind.is_binding() { span.row-note { (rule.text_ref) "; only a shorter target of your own" } } },
                html! {
                    label.unseen for=(time) { "Time for: " (rule.action) }
                    input id=(time) name=(time) type="text" inputmode="numeric" maxlength="5" size="5" autocomplete="off" value=(editable(written.text(&time)));
                },
                html! {
                    label.unseen for=(unit) { "Unit for: " (rule.action) }
                    select id=(unit) name=(unit) {
                        @for (code, words) in UNITS { option value=(code) selected[*code == written.text(&unit)] { (words) } }
                    }
                },
            ]
        })
        .collect();
    let roles = RoleName::ALL.iter().filter(|role| role.may_decide());
    let steps = (0..STEPS_LIMIT).map(|step| -> Row {
        let (share, to) = (format!("share_{step}"), format!("to_{step}"));
        vec![
            html! {
                label.unseen for=(share) { "Share of the time, step " (step + 1) }
                input id=(share) name=(share) type="text" inputmode="numeric" maxlength="3" size="5" autocomplete="off" value=(editable(written.text(&share)));
            },
            html! {
                label.unseen for=(to) { "Who is told, step " (step + 1) }
                select id=(to) name=(to) {
                    option value="owner" selected[written.text(&to) == "owner"] { "Owner of the case" }
                    @for role in roles.clone() { option value=(role.code()) selected[written.text(&to) == role.code()] { (role.title()) } }
                }
            },
        ]
    });
    let steps: Vec<Row> = steps.collect();
    html! {
        p.hint { "A time that is left empty stays as the product or the law has it." }
        (table(html! { span.unseen { "Clocks" } }, &columns, &rows))
        h2 { "Who is told when time runs out" }
        (table(html! { span.unseen { "Escalation" } }, &[Column::text("Percent of the time"), Column::text("Is told")], &steps))
    }
}

fn risk_matrix(written: Written<'_>) -> Markup {
    let columns = [
        Column::text("Exploitability and harm"),
        Column::text("Risk"),
        Column::text("At the boundary"),
        Column::text("Urgent at least"),
    ];
    let select = |field: &str, label: String, choices: &[(&str, &str)]| {
        html! {
            label.unseen for=(field) { (label) }
            select id=(field) name=(field) {
                @for (code, words) in choices { option value=(code) selected[*code == written.text(field)] { (words) } }
            }
        }
    };
    let rows: Vec<Row> = cells()
        .map(|(one, other)| -> Row {
            let about = format!("exploitability {one}, harm {other}");
            let line = format!("line_{one}_{other}");
            vec![
                html! { "Exploitability " (one) ", harm " (other) },
                select(
                    &format!("risk_{one}_{other}"),
                    format!("Risk: {about}"),
                    &[("controlled", "Controlled"), ("uncontrolled", "Uncontrolled")],
                ),
                html! {
                    label.check for=(line) {
                        input id=(line) type="checkbox" name=(line) value="yes" checked[!written.text(&line).is_empty()];
                        span.unseen { "At the boundary: " (about) }
                    }
                },
                select(&format!("least_{one}_{other}"), format!("Urgent at least: {about}"), URGENCIES),
            ]
        })
        .collect();
    html! {
        p.hint { "More of either never makes it less grave or less urgent. At the boundary a decision needs a written rationale. Say of every cell how urgent it is at least, or of none. What is not assessed stays undetermined." }
        (table(html! { span.unseen { "Risk matrix" } }, &columns, &rows))
    }
}

fn as_json(written: Written<'_>) -> Markup {
    html! {
        div.field {
            label for=(JSON) { "The rules, as JSON" }
            textarea id=(JSON) name=(JSON) rows="20" spellcheck="false" { (editable_lines(written.text(JSON))) }
            p.hint {
                "left_out holds conditions of the product that you leave out: " code { "{\"from\": \"closure_review\", \"to\": \"closed\", \"guard\": \"lessons_learned\"}" }
                ". added holds your own: " code { "{\"from\", \"to\", \"id\": \"own_…\", \"says\", \"attested_by\": [role], \"since_change\": false}" }
                ". Those that law, safety or the record rests on stay; an edition lists them."
            }
        }
    }
}
