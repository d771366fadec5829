//! The form in which a fact about a case is written.

use super::{
    blast_radius::scores,
    components::{absent, code, definitions, empty, foreign, head},
    decision_form::only_now,
    frame::{Frame, Room, document},
};
use crate::{
    fact_form::{Field, Form, Kind, Why},
    link::Links,
    text::{editable, editable_lines, visible},
};
use aftercare_desk::answers::{CaseSheet, FamilyRef, VulnerabilitySheet};
use aftercare_domain::{
    case::{ATTACHMENT_BYTES, Workflow},
    harm::{Interview, Rubric},
};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// What the edition in force says about the vulnerabilities of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// It does not matter here.
    NotAsked,
    /// There is no edition.
    NoEdition,
    /// What it says; of those that are not here it has no record.
    Says(Vec<VulnerabilitySheet>),
}

/// What the form shows beside its fields.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// The condition that it is filled in for.
    pub guard: &'a str,
    /// The families there are.
    pub families: &'a [FamilyRef],
    /// Names this drawing of the page.
    pub key: &'a str,
    /// What its fields begin with, by name.
    pub values: &'a BTreeMap<&'static str, String>,
    /// What the edition in force says about the vulnerabilities, where the form is about that.
    pub published: &'a Published,
}

/// The form.
pub fn page(frame: &Frame<'_>, sheet: &CaseSheet, form: &Form, beside: &Beside<'_>) -> Markup {
    let to = frame.to;
    let may = sheet.may_record.iter().any(|code| code == form.fact) || form.fact == "attested";
    let body = html! {
        (head(&[("Cases", to.cases()), (&sheet.row.number, to.case(sheet.row.id))], html! { (form.title) }, html! {
            p { (form.help) }
            p.hint { (foreign(&sheet.row.title)) }
        }))
        @if to.is_past() {
            (only_now(&to.at(None).here(frame.here)))
        } @else if !may {
            (empty("You have no role that records this.", html! { "The page of the " a href=(to.case(sheet.row.id)) { "case" } " says whose work it is." }))
        } @else {
            form.stacked method="post" action=(to.case_record(sheet.row.id, form.name)) enctype=[form.takes_file().then_some("multipart/form-data")] {
                (frame.sending(beside.key).fields())
                (published(to, sheet, beside.published))
                @for field in &form.fields {
                    @if field.kind == Kind::Interview {
                        (interview(to, sheet, beside.values.get(field.name).map_or("", String::as_str)))
                    } @else {
                        (drawn(sheet, form, field, beside))
                        (stated(to, sheet, field.name))
                    }
                }
                div.field {
                    label for="reason" { @match form.why { Why::Needed => "Reason", Why::MayBeSaid => "Why, for the record" } }
                    input #reason type="text" name="reason" maxlength="4000" autocomplete="off" required[form.why == Why::Needed];
                }
                div.buttons {
                    button type="submit" { "Record it" }
                    a.button.quiet href=(to.case(sheet.row.id)) { "Back" }
                }
            }
        }
    };
    document(frame, form.title, Room::Cases, body)
}

/// The way to what is stated of the use of the products, beside a field that rests on it.
fn stated(to: &Links, sheet: &CaseSheet, field: &str) -> Markup {
    if !["environment", "hazards", "train"].contains(&field) {
        return html! {};
    }
    let mut products: Vec<_> = sheet.versions.iter().map(|one| one.product).collect();
    products.sort_unstable();
    products.dedup();
    let named = |product| {
        let one = sheet.versions.iter().find(|one| one.product == product);
        one.map(|one| one.label.as_str()).unwrap_or_default()
    };
    html! {
        @for product in products {
            p.hint {
                "What is stated of the use of the product of " (foreign(named(product))) ": "
                a href=(to.usage(product)) { "risk file, environments, cycle" } "."
            }
        }
    }
}

fn drawn(sheet: &CaseSheet, form: &Form, field: &Field, beside: &Beside<'_>) -> Markup {
    let name = field.name;
    let needed = field.is_needed();
    let value = beside.values.get(name).map_or("", String::as_str);
    // A vector that follows from answers is changed by other answers.
    let follows = name == "vector" && beside.values.contains_key("interview");
    let labelled = |control: Markup| {
        html! {
            div.field {
                label for=(name) { (field.label) }
                @if !field.hint.is_empty() { p.hint id={ (name) "-hint" } { (field.hint) } }
                (control)
            }
        }
    };
    let select = |first: Option<&str>, options: Vec<(String, String)>, chosen: &str| {
        labelled(html! {
            select id=(name) name=(name) required[needed] {
                @if let Some(first) = first { option value="" { (first) } }
                @for (code, words) in &options { option value=(code) selected[code == chosen] { (words) } }
            }
        })
    };
    let boxes = |options: Vec<(String, Markup, bool)>, none: &str| {
        html! {
            fieldset {
                legend { (field.label) }
                @if options.is_empty() { p { (absent(none)) } }
                @for (code, words, ticked) in &options {
                    @let id = format!("{name}_{code}");
                    label.check for=(id) { input id=(id) type="checkbox" name=(id) value="yes" checked[*ticked]; (words) }
                }
            }
        }
    };
    let versions = || -> Vec<(String, String)> {
        sheet.versions.iter().map(|one| (one.id.to_string(), one.label.clone())).collect()
    };
    match field.kind {
        Kind::Line | Kind::MaybeLine | Kind::Site | Kind::Case => labelled(html! {
            input id=(name) type="text" name=(name) maxlength="2000" autocomplete="off" required[needed]
                value=[(!value.is_empty()).then(|| editable(value))] readonly[follows]
                list=[(name == "environment").then_some("environments")]
                aria-describedby=[(!field.hint.is_empty()).then(|| format!("{name}-hint"))];
            @if name == "environment" {
                @let stated: BTreeSet<&String> = sheet.versions.iter().flat_map(|one| &one.environments).collect();
                datalist #environments { @for one in stated { option value=(editable(one)) {} } }
            }
        }),
        Kind::Text | Kind::MaybeText | Kind::List => labelled(html! {
            textarea id=(name) name=(name) rows="4" maxlength="4000" { (editable_lines(value)) }
        }),
        Kind::Day | Kind::MaybeDay => labelled(html! { input id=(name) type="date" name=(name) required[needed]; }),
        Kind::Moment | Kind::MaybeMoment => {
            labelled(html! { input id=(name) type="datetime-local" name=(name) required[needed]; })
        }
        // Drawn by the form itself.
        Kind::Interview => html! {},
        Kind::File => html! {
            div.field {
                label for=(name) { (field.label) }
                p.hint id={ (name) "-hint" } {
                    "A file of at most " (ATTACHMENT_BYTES >> 20) " MiB, if there is one. It is kept as it came, for ever, and is offered for download only. Leave out what identifies a patient."
                }
                input id=(name) type="file" name=(name) aria-describedby={ (name) "-hint" };
            }
        },
        Kind::Number => labelled(html! {
            input id=(name) type="number" name=(name) min="0" step="1" required[needed];
        }),
        Kind::MaybePercent => labelled(html! {
            input id=(name) type="number" name=(name) min="0" max="100" step="0.01"
                value=[(!value.is_empty()).then_some(value)];
        }),
        Kind::Yes => select(Some("Choose"), pairs(&[("no", "No"), ("yes", "Yes")]), ""),
        Kind::Maybe => select(None, pairs(&[("", "Not known"), ("yes", "Yes"), ("no", "No")]), value),
        Kind::Choice if name == "guard" => select(Some("Choose"), guards(sheet, form), beside.guard),
        Kind::Choice => select(Some("Choose"), field.choices.clone(), ""),
        Kind::MaybeChoice => select(Some("Not known"), field.choices.clone(), value),
        Kind::Some => {
            let all = field.choices.iter();
            boxes(all.map(|(code, words)| (code.clone(), html! { (words) }, false)).collect(), "")
        }
        Kind::Versions => boxes(
            sheet
                .versions
                .iter()
                .map(|one| {
                    let words = html! {
                        (foreign(&one.label)) " "
                        span.row-note { (found_words(&one.found)) @if one.units > 0 { ", " (one.units) " units" } }
                    };
                    (one.id.to_string(), words, matches!(one.found.as_str(), "affected" | "undetermined"))
                })
                .collect(),
            "The case names no product family, so it is about no version.",
        ),
        Kind::Version => select(Some("Choose"), versions(), ""),
        Kind::Person => {
            let people = sheet.owners.iter().map(|one| (one.person.to_string(), one.name.clone()));
            select(Some("Choose"), people.collect(), "")
        }
        Kind::Families => boxes(
            beside
                .families
                .iter()
                .map(|one| {
                    let ticked = sheet.families.iter().any(|known| known.id == one.id);
                    (one.id.to_string(), foreign(&one.name), ticked)
                })
                .collect(),
            "There is no product family yet.",
        ),
        Kind::Mitigations => boxes(
            sheet
                .mitigations
                .iter()
                .map(|one| (one.id.to_string(), html! { (foreign(&one.title)) " (" (one.kind.to_lowercase()) ")" }, one.chosen))
                .collect(),
            "Describe a mitigation first.",
        ),
        Kind::Mitigation => {
            let all = sheet.mitigations.iter().map(|one| (one.id.to_string(), one.title.clone()));
            select(Some("Choose"), all.collect(), "")
        }
    }
}

fn published(to: &Links, sheet: &CaseSheet, published: &Published) -> Markup {
    let some = match published {
        Published::NotAsked => return html! {},
        Published::NoEdition => &Vec::new(),
        Published::Says(some) => some,
    };
    let known = |id: &String| some.iter().any(|one| one.id == *id || one.aliases.contains(id));
    html! {
        section #published {
            h2 { "What the edition in force says" }
            @if *published == Published::NoEdition { p { (absent("No edition was imported, so nothing is known here.")) } }
            @for one in some {
                h3 { a href=(to.vulnerability(&one.id)) { (visible(&one.id)) } }
                (definitions(&scores(one)))
            }
            @if *published != Published::NoEdition {
                @for id in sheet.row.vulnerabilities.iter().filter(|id| !known(id)) {
                    p { (absent("No record of")) " " (visible(id)) }
                }
                @if sheet.row.vulnerabilities.is_empty() { p { (absent("The case names no vulnerability to look up.")) } }
            }
        }
    }
}

/// The answers that go along with the form, or the way to the interview.
fn interview(to: &Links, sheet: &CaseSheet, answers: &str) -> Markup {
    let id = sheet.row.id;
    let before = sheet.exploited.as_ref().and_then(|said| said.vector.as_deref());
    let open = Interview::read(Rubric::shipped(), answers)
        .is_ok_and(|interview| interview.vector().is_none());
    html! {
        @if answers.is_empty() {
            p.hint { "Not sure about the vector? The " a href=(to.case_rubric(id, None, "")) { "interview for medical devices" } " asks for it question by question." }
        } @else {
            input type="hidden" name="interview" value=(answers);
            p.hint {
                "The vector follows from the answers of the "
                a href=(to.case_rubric(id, Some(answers), "")) { "interview" }
                ", which are recorded with it."
                @if open {
                    " Questions are open, so there is no vector yet and the class stays open."
                    @if let Some(before) = before { " Recording it takes the place of the vector " (code(before)) "." }
                }
            }
        }
    }
}

/// The conditions that a form can be about: to be left out, those that stand in the way; to be vouched for, all
/// that somebody stands for, those that stand in the way first.
fn guards(sheet: &CaseSheet, form: &Form) -> Vec<(String, String)> {
    let attests = form.fact == "attested";
    let open = sheet.todos.iter().filter(|one| one.attested || !attests);
    let mut all: Vec<(String, String)> =
        open.map(|one| (one.guard.clone(), one.says.clone())).collect();
    if attests {
        let later = Workflow::shipped().transitions.iter().flat_map(|way| &way.guards);
        for guard in later.filter(|guard| guard.attested_by.is_some()) {
            if !all.iter().any(|(id, _)| *id == guard.id) {
                all.push((guard.id.clone(), guard.says.clone()));
            }
        }
    }
    all
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

/// What the record's findings say about a version, in words.
pub fn found_words(code: &str) -> &'static str {
    match code {
        "affected" => "found affected",
        "undetermined" => "may be affected",
        "nothing" => "nothing found",
        "not_covered" => "nothing found, not everything could be looked up",
        _ => "unknown: no SBOM, not matched, or nothing to look for",
    }
}
