//! The form in which a decision is written: a new one, or a new version of one.

use super::{
    components::{empty, foreign, head},
    decision::place_line,
    frame::{Frame, Room, document},
};
use crate::text::{editable, editable_lines, visible};
use aftercare_desk::answers::{FamilyRef, NeededSheet};
use aftercare_domain::rights::{DecisionKind, Harm, ProductClass};
use aftercare_vocab::id::{DecisionId, FamilyId};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// What was typed, or stands in the newest version.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The code of the kind.
    pub kind: String,
    /// What it is about.
    pub about: String,
    /// In one line.
    pub title: String,
    /// What is decided, and why.
    pub statement: String,
    /// Whether it touches all families.
    pub all: bool,
    /// The families it touches otherwise.
    pub families: BTreeSet<FamilyId>,
    /// `unknown` or the code of a severity.
    pub harm: String,
    /// `unknown`, `yes` or `no`.
    pub essential_performance: String,
    /// `unknown`, `yes` or `no`.
    pub uncontrolled: String,
    /// `unknown` or the code of a class.
    pub product_class: String,
    /// `unknown`, `yes` or `no`.
    pub rests_on_reachability: String,
    /// `yes` or `no`.
    pub lowers_computed: String,
    /// A matrix as JSON; empty = none.
    pub matrix: String,
    /// The rules of the programme, as JSON.
    pub rules: String,
}

/// What the form shows beside what was typed.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// The decision that gets a new version; none = a new one is proposed.
    pub of: Option<DecisionId>,
    /// The families there are.
    pub families: &'a [FamilyRef],
    /// Who would have to sign what was typed.
    pub needed: Option<&'a NeededSheet>,
    /// Why it was not taken.
    pub why: Option<&'a str>,
    /// Names this drawing of the page.
    pub key: &'a str,
}

const KNOWN: &[(&str, &str)] = &[("unknown", "Not known"), ("yes", "Yes"), ("no", "No")];

/// The form.
pub fn page(frame: &Frame<'_>, draft: &Draft, beside: Beside<'_>) -> Markup {
    let to = frame.to;
    let (title, action, way) = match beside.of {
        None => ("Propose a decision", to.decisions(), vec![("Decisions", to.decisions())]),
        Some(id) => (
            "Write a new version",
            to.decision_form(id, "revise"),
            vec![("Decisions", to.decisions()), ("Decision", to.decision(id))],
        ),
    };
    let body = html! {
        (head(&way, html! { (title) }, html! {
            p { "What you write is signed as it stands, and stays for ever. No names of patients." }
        }))
        @if to.is_past() { (only_now(&to.at(None).here(frame.here))) } @else { (form(frame, draft, beside, &action)) }
    };
    document(frame, title, Room::Decisions, body)
}

/// In the place of a form at an earlier moment.
pub fn only_now(present: &str) -> Markup {
    empty(
        "Nothing can be written at an earlier moment.",
        html! {
            a href=(present) { "Back to the present" }
        },
    )
}

fn form(frame: &Frame<'_>, draft: &Draft, beside: Beside<'_>, action: &str) -> Markup {
    let to = frame.to;
    let harms: Vec<(&str, &str)> = [("unknown", "Not known")]
        .into_iter()
        .chain(Harm::ALL.iter().map(|harm| (harm.code(), harm.code())))
        .collect();
    let classes: Vec<(&str, &str)> = [("unknown", "Not known")]
        .into_iter()
        .chain(ProductClass::ALL.iter().map(|class| (class.code(), class.code())))
        .collect();
    html! {
        @if let Some(why) = beside.why { p.refusal role="alert" { (visible(why)) } }
        form.stacked method="post" action=(action) {
            (frame.sending(beside.key).fields())
            @if beside.of.is_some() {
                input type="hidden" name="kind" value=(draft.kind);
            } @else {
                div.field {
                    label for="kind" { "Kind of decision" }
                    select #kind name="kind" required {
                        @for kind in DecisionKind::ALL {
                            option value=(kind.code()) selected[kind.code() == draft.kind] { (kind.title()) }
                        }
                    }
                }
            }
            (line("about", "What it is about", &draft.about, "CVE-2021-44228, a product, a case"))
            (line("title", "In one line", &draft.title, ""))
            div.field {
                label for="statement" { "What is decided, and why" }
                textarea #statement name="statement" rows="8" required maxlength="20000" { (editable_lines(&draft.statement)) }
            }
            fieldset {
                legend { "Product families it touches" }
                label.check for="family_all" {
                    input #family_all type="checkbox" name="family_all" value="yes" checked[draft.all];
                    "All"
                }
                @for family in beside.families {
                    @let field = format!("family_{}", family.id);
                    label.check for=(field) {
                        input id=(field) type="checkbox" name=(field) value="yes"
                            checked[draft.families.contains(&family.id)];
                        (foreign(&family.name))
                    }
                }
            }
            fieldset {
                legend { "What matters for who must sign" }
                p.hint { "Whatever is not known asks for everybody who could be needed." }
                (choice("harm", "Harm to a patient", &harms, &draft.harm))
                (choice("essential_performance", "Touches safety or essential performance", KNOWN, &draft.essential_performance))
                (choice("uncontrolled", "The risk is uncontrolled", KNOWN, &draft.uncontrolled))
                (choice("product_class", "Class of the product", &classes, &draft.product_class))
                (choice("rests_on_reachability", "Rests on code that cannot be reached", KNOWN, &draft.rests_on_reachability))
                (choice("lowers_computed", "Lowers what was computed", &[("no", "No"), ("yes", "Yes")], &draft.lowers_computed))
            }
            @if draft.kind == DecisionKind::RightsMatrix.code() {
                div.field {
                    label for="matrix" { "Decision rights, as JSON" }
                    textarea #matrix name="matrix" rows="14" spellcheck="false" { (editable_lines(&draft.matrix)) }
                }
            }
            @if draft.kind == DecisionKind::ProgrammeRules.code() {
                div.field {
                    label for="rules" { "Rules of the programme, as JSON" }
                    textarea #rules name="rules" rows="14" spellcheck="false" { (editable_lines(&draft.rules)) }
                    p.hint { "The " a href=(to.rules()) { "pages of the rules" } " write it for you." }
                }
            }
            @if let Some(needed) = beside.needed {
                section #needed role="status" {
                    h2 { "Who will have to sign" }
                    p { "By version " (needed.rights) " of the " a href=(to.rights()) { "decision rights" } ":" }
                    ul { @for place in &needed.places { li { (place_line(place)) } } }
                    @if !needed.informs.is_empty() { p { "Is told: " (needed.informs.join(", ")) "." } }
                }
            }
            div.buttons {
                button.quiet type="submit" name="step" value="look" { "Show who will have to sign" }
                button type="submit" { @if beside.of.is_some() { "Save as a new version" } @else { "Propose" } }
            }
        }
    }
}

fn line(name: &str, label: &str, value: &str, like: &str) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            input id=(name) type="text" name=(name) required maxlength="200" value=(editable(value)) placeholder=(like)
                autocomplete="off";
        }
    }
}

fn choice(name: &str, label: &str, choices: &[(&str, &str)], chosen: &str) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select id=(name) name=(name) required {
                @for (code, words) in choices {
                    option value=(code) selected[*code == chosen] { (words) }
                }
            }
        }
    }
}
