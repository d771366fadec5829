//! The rules of the programme: editions, what each says, what differs, what a change would mean.

use super::{
    components::{Column, Row, absent, code, definitions, foreign, head, table},
    frame::{Frame, Room, document},
};
use crate::{link::Links, text::counted};
use aftercare_desk::answers::{
    EditionRow, EditionSheet, ProposedRules, RulesDifference, RulesOfKind, RulesOverview,
    RulesTrial,
};
use aftercare_domain::access::Right;
use maud::{Markup, html};

/// All kinds with their editions.
pub fn page(frame: &Frame<'_>, sheet: &RulesOverview) -> Markup {
    let to = frame.to;
    let acts = frame.may(Right::TakePart) && !to.is_past();
    let columns = [
        Column::text("Rules"),
        Column::text("Edition"),
        Column::text("Why they are not changed here"),
    ];
    let fixed: Vec<Row> = sheet
        .fixed
        .iter()
        .map(|one| -> Row { vec![html! { (one.title) }, code(&one.edition), html! { (one.why) }] })
        .collect();
    let body = html! {
        (head(&[("Decisions", to.decisions())], html! { "Rules of the programme" }, html! {
            p { "By what clocks, matrices and conditions go. Each change is a signed decision with a day from which it holds; what was before keeps the edition that held then." }
        }))
        @for kind in &sheet.kinds { (of_kind(to, kind, acts)) }
        section #fixed {
            h2 { "Rules that come with the product" }
            (table(html! { span.unseen { "Rules that come with the product" } }, &columns, &fixed))
        }
    };
    document(frame, "Rules of the programme", Room::Decisions, body)
}

fn of_kind(to: &Links, kind: &RulesOfKind, acts: bool) -> Markup {
    let columns = [Column::text("Edition"), Column::text("Holds"), Column::text("Rests on")];
    let rows: Vec<Row> = kind
        .editions
        .iter()
        .map(|row| -> Row {
            vec![
                html! { a href=(to.rules_edition(&kind.kind, row.edition, None)) { (kind.title) ", edition " (row.edition) } },
                holds(row),
                rests_on(to, row),
            ]
        })
        .collect();
    html! {
        section id=(kind.kind) {
            h2 { (kind.title) }
            @if kind.in_force == 1 {
                p.notice { span {
                    strong { "As the product proposes them. " }
                    "No one of yours has said that they are right; a decision that leaves them as they are says so."
                } }
            }
            (table(html! { span.unseen { "Editions of: " (kind.title) } }, &columns, &rows))
            @if acts { p { a.button href=(to.rules_change(&kind.kind)) { "Propose a change" span.unseen { " of: " (kind.title) } } } }
        }
    }
}

fn holds(row: &EditionRow) -> Markup {
    let since = html! {
        @if let Some(begins) = row.begins { " since " time datetime=(begins) { (begins.shown()) } }
    };
    html! {
        @match row.standing.as_str() {
            "in_force" => { strong { "In force" } (since) },
            "to_come" => { "To come" @if let Some(begins) = row.begins { ", from " time datetime=(begins) { (begins.shown()) } } },
            "never_held" => { "Never held: a later edition held before it began" },
            _ => { "Replaced; held" (since) },
        }
    }
}

fn rests_on(to: &Links, row: &EditionRow) -> Markup {
    html! {
        @if let Some(decision) = row.decision {
            a href=(to.decision(decision)) { "Decision" }
            @if let Some(at) = row.adopted_at { ", taken " time datetime=(at) { (at.shown()) } }
        } @else { "Came with the product" }
    }
}

/// One edition.
pub fn edition(frame: &Frame<'_>, sheet: &EditionSheet, others: &[EditionRow]) -> Markup {
    let to = frame.to;
    let title = format!("{}, edition {}", sheet.title, sheet.row.edition);
    let columns = [Column::text("Where"), Column::text("About"), Column::text("What is said")];
    let rows: Vec<Row> = sheet
        .lines
        .iter()
        .map(|line| -> Row { vec![code(&line.place), foreign(&line.what), foreign(&line.says)] })
        .collect();
    let body = html! {
        (head(&[("Rules of the programme", to.rules())], html! { (title) }, html! {
            p { (holds(&sheet.row)) }
        }))
        (definitions(&[("Rests on", rests_on(to, &sheet.row))]))
        @if let Some(against) = sheet.against {
            section #differences {
                h2 { "Beside edition " (against) }
                (differences(&sheet.differences))
                p {
                    "Beside another: "
                    @for (n, other) in others.iter().filter(|one| one.edition != sheet.row.edition).enumerate() {
                        @if n > 0 { ", " }
                        a href=(to.rules_edition(&sheet.kind, sheet.row.edition, Some(other.edition))) { "edition " (other.edition) }
                    }
                }
            }
        }
        section #lines {
            h2 { "All that it says" }
            (table(html! { span.unseen { (title) } }, &columns, &rows))
        }
    };
    document(frame, &title, Room::Decisions, body)
}

/// What is said otherwise, line by line.
pub fn differences(all: &[RulesDifference]) -> Markup {
    let columns = [
        Column::text("Where"),
        Column::text("About"),
        Column::text("Before"),
        Column::text("After"),
    ];
    let said =
        |words: Option<&String>| words.map_or_else(|| absent("Nothing"), |words| foreign(words));
    let rows: Vec<Row> = all
        .iter()
        .map(|one| -> Row {
            vec![
                code(&one.place),
                foreign(&one.what),
                said(one.before.as_ref()),
                said(one.after.as_ref()),
            ]
        })
        .collect();
    html! {
        @if rows.is_empty() { p { "They say the same." } } @else {
            (table(html! { span.unseen { "Differences" } }, &columns, &rows))
        }
    }
}

/// What a change would mean for open cases.
pub fn effects(to: &Links, trial: &RulesTrial) -> Markup {
    html! {
        section #effects {
            h3 { "What it would mean for open cases" }
            p {
                (counted(trial.open_cases, "open case", "open cases")) " looked at. "
                @if trial.effects.is_empty() { "None would stand otherwise." } @else {
                    strong { (counted(trial.effects.len() as u64, "case", "cases")) } " would stand otherwise, had these rules held from the beginning. What has begun or was decided keeps its edition."
                }
            }
            @if !trial.effects.is_empty() {
                ul {
                    @for one in &trial.effects {
                        li {
                            a href=(to.case(one.case)) { (one.number) } " " (foreign(&one.title))
                            ul { @for words in &one.says { li { (foreign(words)) } } }
                        }
                    }
                }
            }
        }
    }
}

/// The rules that a decision proposes.
pub fn proposed(to: &Links, rules: &ProposedRules, trial: Option<&RulesTrial>) -> Markup {
    html! {
        section #rules {
            h2 { "The rules that it proposes" }
            p {
                (rules.title) ", from " (rules.from) " (UTC) on, in the place of "
                a href=(to.rules_edition(&rules.kind, rules.replaces, None)) { "edition " (rules.replaces) } "."
            }
            (differences(&rules.differences))
            @if let Some(trial) = trial { (effects(to, trial)) }
        }
    }
}
