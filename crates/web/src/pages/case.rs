//! One case: what is to be done, the four questions of each version, what was said and decided, the clocks.

use super::{
    advisory,
    case_record::found_words,
    cases::{clock_state, priority_title, risk},
    components::{
        Column, Row, absent, code, definitions, empty, foreign, foreign_or, head, outward, table,
        unknown_badge,
    },
    frame::{Frame, Room, document},
};
use crate::{fact_form, link::Links, text::counted};
use aftercare_desk::answers::{
    AttachmentRow, CaseDecision, CaseRules, CaseSheet, CaseVersion, MitigationRow, Regulatory,
    SaidRow, TodoRow,
};
use aftercare_domain::{access::Right, rights::DecisionKind};
use aftercare_vocab::id::CaseId;
use maud::{Markup, html};

/// The case.
pub fn page(frame: &Frame<'_>, sheet: &CaseSheet) -> Markup {
    let (to, row) = (frame.to, &sheet.row);
    let acts = !to.is_past() && frame.may(Right::WorkCases);
    let body = html! {
        (head(&[("Cases", to.cases())], html! { (row.number) ": " (foreign(&row.title)) }, html! {
            p.tags {
                span.tag.tag-strong { (row.stage_title) }
                (risk(&row.outcome))
                span.tag { @match row.priority.as_deref() { Some(one) => { "Priority: " (priority_title(one)) }, None => "Priority open" } }
                @if row.embargo { span.tag.tag-strong { "Under embargo" } }
            }
            p {
                @for (n, id) in row.vulnerabilities.iter().enumerate() {
                    @if n > 0 { ", " }
                    a href=(to.vulnerability(id)) { (code(id)) }
                }
                @if row.vulnerabilities.is_empty() { (absent("No identifier yet")) }
            }
        }))
        (facts(to, sheet))
        (way(sheet))
        (todos(to, sheet, acts))
        (versions(to, sheet))
        (clocks(sheet))
        (decisions(to, sheet, acts))
        (mitigations(to, sheet, acts))
        (said(sheet))
        (list("tests", "Tests", "No test is recorded.", &sheet.tests, (to, row.id)))
        (list("communication", "Communication", "Nobody was told anything yet.", &sheet.communication, (to, row.id)))
        (advisory::of_case(to, row.id, &sheet.advisories, !to.is_past() && frame.may(Right::KeepAdvisories)))
        (regulatory(&sheet.regulatory))
        (list("attested", "Vouched for", "Nobody vouched for anything yet.", &sheet.attested, (to, row.id)))
        (list("links", "Links", "Nothing is linked.", &sheet.links, (to, row.id)))
        (evidence(to, sheet))
        @if acts { (forms(to, sheet)) }
        (timeline(to, sheet))
    };
    document(frame, &format!("{}: {}", row.number, row.title), Room::Cases, body)
}

fn facts(to: &Links, sheet: &CaseSheet) -> Markup {
    let row = &sheet.row;
    let instant = |at: Option<aftercare_vocab::instant::Instant>, none: &str| {
        html! { @match at { Some(at) => time datetime=(at) { (at.shown()) }, None => (absent(none)) } }
    };
    definitions(&[
        ("Owner", foreign_or(row.owner.as_deref(), "Nobody")),
        ("Became aware", instant(row.aware_at, "Not recorded")),
        ("Opened", instant(Some(row.opened_at), "")),
        (
            "Product families",
            html! {
                @if sheet.all_families { "All" }
                @else if sheet.families.is_empty() { (absent("Not named yet")) }
                @else { @for (n, one) in sheet.families.iter().enumerate() { @if n > 0 { ", " } (foreign(&one.name)) } }
            },
        ),
        (
            "Signals",
            html! {
                @if sheet.signals.is_empty() { (absent("None: it begins with findings, or by hand")) }
                @for one in &sheet.signals {
                    span.line { a href=(to.signal(one.id)) { (foreign(&one.title)) } " (" (one.kind.to_lowercase()) ", " time datetime=(one.received_at) { (one.received_at.shown()) } ")" }
                }
            },
        ),
        ("Workflow", code(&sheet.workflow)),
        ("Rules it goes by", html! { @for one in &sheet.rules { (rules(to, one)) } }),
    ])
}

/// The editions of a kind that the case goes by, and that another is in force where it is.
fn rules(to: &Links, one: &CaseRules) -> Markup {
    let edition = |number: u64| {
        html! { a href=(to.rules_edition(&one.kind, number, None)) { "edition " (number) } }
    };
    html! {
        span.line {
            (one.title) ": "
            @if one.editions.is_empty() { (absent("none yet")) }
            @for (n, number) in one.editions.iter().enumerate() { @if n > 0 { ", " } (edition(*number)) }
            @if one.editions.iter().any(|number| *number != one.in_force) {
                "; " (edition(one.in_force)) " is in force"
                @if let Some(since) = one.in_force_since { " since " time datetime=(since) { (since.shown()) } }
            }
        }
    }
}

fn way(sheet: &CaseSheet) -> Markup {
    html! {
        nav.way-of-case aria-label="Stages" {
            ol {
                @for one in &sheet.way {
                    li class={ "stage stage-" (one.state) } aria-current=[(one.state == "now").then_some("step")] {
                        (one.title)
                        @if one.state == "done" { span.unseen { " (done)" } }
                    }
                }
            }
        }
    }
}

fn todos(to: &Links, sheet: &CaseSheet, acts: bool) -> Markup {
    html! {
        section #todo {
            h2 { "To do" }
            @if sheet.todos.is_empty() {
                @if sheet.row.ended { p { (absent("The case has ended: nothing is to be done.")) } }
                @else { p { (absent("Nothing stands in the way of the next stage.")) } }
            } @else {
                ul.todos {
                    @for one in &sheet.todos { (todo(to, sheet, one, acts)) }
                }
            }
        }
    }
}

fn todo(to: &Links, sheet: &CaseSheet, one: &TodoRow, acts: bool) -> Markup {
    let id = sheet.row.id;
    let form = fact_form::form_for(&one.guard, one.attested);
    let kind = fact_form::decision_for(&one.guard).and_then(DecisionKind::of);
    html! {
        li.todo.todo-yours[one.yours] {
            p.todo-says {
                strong { (one.says) }
                @if one.yours { " " span.tag.tag-strong { "For you" } }
                @if let Some(due) = one.due {
                    " " span.tag.tag-strong { "Left out, " @if one.overdue { "overdue since " } @else { "due " } time datetime=(due) { (due.shown()) } }
                }
            }
            p.row-note {
                (foreign(&one.missing)) " Leads to " (one.leads_to.to_lowercase()) ". "
                @if !one.roles.is_empty() { "By " (one.roles.join(", ").to_lowercase()) "." }
            }
            @if acts {
                p.buttons {
                    @if let Some(kind) = kind { a.button href=(to.case_decide(id, kind)) { "Propose the decision" } }
                    @if let Some(form) = form {
                        @if one.attested { a.button href=(to.case_record_for(id, form, &one.guard)) { "Vouch for it" } }
                        @else { a.button href=(to.case_record(id, form)) { "Record it" } }
                        @if one.guard == "scored" { a.button.quiet href=(to.case_rubric(id, None, "")) { "By the interview" } }
                    }
                }
            }
        }
    }
}

fn versions(to: &Links, sheet: &CaseSheet) -> Markup {
    let columns = [
        Column::text("Version"),
        Column::text("Affected?"),
        Column::text("Exposure"),
        Column::text("Exploitability"),
        Column::text("Harm to a patient"),
        Column::text("Risk"),
        Column::text("Disposition"),
    ];
    let rows: Vec<Row> = sheet.versions.iter().map(|one| version(to, one)).collect();
    html! {
        section #versions {
            h2 { "Product versions" }
            @if rows.is_empty() {
                (empty("No product version is in question.", html! { "Name the product families that could be concerned." }))
            } @else {
                (table(html! { span.unseen { "The four questions of each version" } }, &columns, &rows))
            }
        }
    }
}

fn version(to: &Links, one: &CaseVersion) -> Row {
    vec![
        html! {
            a href=(to.version(one.id)) { (foreign(&one.label)) }
            span.row-note {
                (counted(one.units, "unit", "units")) @if !one.supported { ", unsupported" }
            }
            span.row-note { (found_words(&one.found)) @for component in &one.components { ", " (foreign(component)) } }
        },
        html! {
            @match one.applies.as_deref() {
                Some("affected") => span.badge.badge-affected { "Affected" },
                Some("not_affected") => span.badge.badge-not-affected { "Not affected" },
                Some(_) => span.badge.badge-undetermined { "Under investigation" },
                None => span.badge.badge-unknown { "Nobody said" },
            }
            @if let Some(why) = &one.justification { span.row-note { (why) } }
            @if let Some(evidence) = &one.evidence { span.row-note { (foreign(evidence)) } }
            @if let Some(from) = &one.carried_from { span.row-note { "Carried from " (foreign(from)) } }
        },
        html! {
            @if one.exposures.is_empty() { (absent("Not described")) }
            @for environment in &one.environments_open {
                span.line { (foreign(environment)) ": " (unknown_badge("Unknown")) }
            }
            @for exposure in &one.exposures {
                span.line { (foreign(&exposure.environment)) ": from " (exposure.from) }
                @for (name, value) in &exposure.details { span.row-note { (name) ": " (foreign(value)) } }
                @if let Some(reachable) = exposure.reachable {
                    span.row-note { @if reachable { "The code can be reached" } @else { "The code cannot be reached" } }
                }
            }
        },
        html! {
            @match &one.exploitability { Some(class) => strong { (class) }, None => (absent("Open")) }
            span.row-note { "Computed: " (one.proposed) }
            @if !one.missing.is_empty() { span.row-note { "Not known: " (one.missing.join(", ")) } }
            @if !one.reasons.is_empty() {
                details { summary { "Why" } ul { @for reason in &one.reasons { li { (reason) } } } }
            }
        },
        html! {
            @match &one.severity { Some(severity) => strong { (severity) }, None => (absent("Not assessed")) }
            @if one.harm_lapsed {
                span.row-note { strong { "What was said lapsed: " } "the risk file says something else of the hazards that it named" }
            }
            @if one.essential_performance == Some(true) { span.row-note { "Touches safety or essential performance" } }
            @if let Some(reasoning) = &one.reasoning { span.row-note { (foreign(reasoning)) } }
            @for hazard in &one.hazards {
                span.row-note {
                    "Hazard " (foreign(&hazard.id))
                    @if let Some(words) = &hazard.words { ": " (foreign(words)) }
                    @if one.risk_file.is_some() { " (risk file: " (hazard.severity.as_deref().unwrap_or("severity unknown")) ")" }
                }
            }
            @match one.risk_file {
                Some(edition) => span.row-note { a href=(to.usage(one.product)) { "Risk file, edition " (edition) } },
                None => span.row-note { "Compared with no risk file: " a href=(to.usage(one.product)) { "none is in force" } },
            }
        },
        html! {
            (risk(one.decided.as_deref().unwrap_or(&one.computed)))
            span.row-note { @if one.decided.is_some() { "Decided; computed: " (one.computed) } @else { "Computed, not decided" } }
            @if one.needs_rationale { span.row-note { "At the boundary: needs a written rationale" } }
            @if let Some(with) = &one.with_mitigations { span.row-note { "With the chosen mitigations: " (with) } }
            @match (one.agree, one.analysts) {
                (Some(true), count) => span.row-note { (count) " analysts agree" },
                (Some(false), count) => span.row-note { strong { (count) " analysts differ" } },
                (None, 1) => span.row-note { "Rated by one analyst" },
                _ => {}
            }
            @for rating in &one.ratings {
                span.row-note { (foreign(&rating.by)) ": exploitability " (rating.exploitability) ", harm " (rating.severity) }
            }
        },
        html! { (one.disposition_title) },
    ]
}

fn clocks(sheet: &CaseSheet) -> Markup {
    let columns = [
        Column::text("What"),
        Column::text("Due"),
        Column::text("How it stands"),
        Column::text("By"),
    ];
    let rows: Vec<Row> = sheet
        .clocks
        .iter()
        .map(|one| -> Row {
            vec![
                html! {
                    (foreign(&one.action))
                    @if !one.certain { span.row-note { "Runs if the risk is uncontrolled, which is not determined yet" } }
                },
                html! { @match one.due { Some(due) => time datetime=(due) { (due.shown()) }, None => (absent("No day is counted")) } },
                html! { span class={ "clock clock-" (one.state) } { (clock_state(one)) } },
                html! { (foreign(&one.text_ref)) span.row-note { (foreign(&one.jurisdiction)) } },
            ]
        })
        .collect();
    html! {
        section #clocks {
            h2 { "Clocks" }
            @if rows.is_empty() { p { (absent("No clock has started.")) } }
            @else { (table(html! { span.unseen { "Clocks of the case" } }, &columns, &rows)) }
        }
    }
}

fn decisions(to: &Links, sheet: &CaseSheet, acts: bool) -> Markup {
    let columns = [
        Column::text("Decision"),
        Column::text("What"),
        Column::text("For"),
        Column::text("State"),
    ];
    let rows: Vec<Row> = sheet.decisions.iter().map(|one| decision(to, one)).collect();
    html! {
        section #decisions {
            h2 { "Decisions" }
            @if rows.is_empty() { p { (absent("Nothing is decided yet.")) } }
            @else { (table(html! { span.unseen { "Decisions about the case" } }, &columns, &rows)) }
            @if acts {
                details {
                    summary { "Propose a decision" }
                    ul.plain {
                        @for kind in DecisionKind::ALL.iter().filter(|kind| !kind.is_of_programme()) {
                            li { a href=(to.case_decide(sheet.row.id, *kind)) { (kind.title()) } }
                        }
                    }
                }
            }
        }
    }
}

fn decision(to: &Links, one: &CaseDecision) -> Row {
    vec![
        html! { a href=(to.decision(one.id)) { (foreign(&one.title)) } span.row-note { (one.kind_title) } },
        foreign_or(one.answer.as_deref(), "As its words say"),
        html! { @if one.versions.is_empty() { "The case" } @else { (foreign(&one.versions.join(", "))) } },
        html! {
            @match one.state.as_str() {
                "taken" => span.tag.tag-strong { "Taken" },
                "lapsed" => span.tag { "Lapsed" },
                "ended" => span.tag { "Refused or withdrawn" },
                _ => span.tag { "Waits for signatures" },
            }
            @if let Some(at) = one.taken_at { span.row-note { time datetime=(at) { (at.shown()) } } }
            @if let Some(why) = &one.lapsed { span.row-note { (foreign(why)) } }
        },
    ]
}

fn mitigations(to: &Links, sheet: &CaseSheet, acts: bool) -> Markup {
    html! {
        section #mitigations {
            h2 { "Mitigations" }
            @if sheet.mitigations.is_empty() { p { (absent("None is described.")) } }
            @for one in &sheet.mitigations { (mitigation(to, one)) }
            @if acts { p.buttons { a.button.quiet href=(to.case_record(sheet.row.id, "described")) { "Describe one" } } }
        }
    }
}

fn mitigation(to: &Links, one: &MitigationRow) -> Markup {
    html! {
        div.entry id=(one.id) {
            h3 {
                (foreign(&one.title))
                @if one.chosen { " " span.tag.tag-strong { "Chosen" } }
                " " span.tag { (one.kind) }
                @if one.external { " " span.tag { "Outside of the device" } }
            }
            (details_of(&one.said))
            @if !one.sites.is_empty() {
                h4 { "At sites" }
                ul.plain {
                    @for site in &one.sites {
                        li {
                            a href=(to.site(site.site)) { (foreign(&site.name)) } ": " (site.state)
                            @if !site.statement.is_empty() { ". " (foreign(&site.statement)) }
                        }
                    }
                }
            }
        }
    }
}

fn said(sheet: &CaseSheet) -> Markup {
    html! {
        section #said {
            h2 { "What was recorded" }
            @if sheet.said.is_empty() { p { (absent("Nothing yet.")) } }
            dl.facts {
                @for (name, one) in &sheet.said {
                    div { dt { (foreign(name)) } dd { (words_of(one)) (details_of(one)) (by(one)) } }
                }
            }
        }
    }
}

fn words_of(one: &SaidRow) -> Markup {
    html! { @for line in one.text.lines() { span.line { (foreign(line)) } } }
}

fn details_of(one: &SaidRow) -> Markup {
    html! {
        @for (name, value) in &one.details {
            span.row-note {
                (foreign(name)) ": "
                @if value.starts_with("https://") || value.starts_with("http://") { (outward(value)) } @else { (foreign(value)) }
            }
        }
        @if let Some(reason) = &one.reason { span.row-note { "Reason: " (foreign(reason)) } }
    }
}

fn by(one: &SaidRow) -> Markup {
    html! {
        span.row-note { (foreign(&one.by)) ", " (one.role.replace('_', " ")) ", " time datetime=(one.at) { (one.at.shown()) } }
    }
}

fn list(
    id: &str,
    title: &str,
    none: &str,
    rows: &[SaidRow],
    (to, case): (&Links, CaseId),
) -> Markup {
    html! {
        section id=(id) {
            h2 { (title) }
            @if rows.is_empty() { p { (absent(none)) } }
            @for one in rows {
                div.entry {
                    p { strong { (foreign(&one.text)) } }
                    (details_of(one))
                    @if let Some(file) = &one.attachment { span.row-note { (attached(to, case, file)) } }
                    (by(one))
                }
            }
        }
    }
}

/// A file beside a fact, with the way to it: it is downloaded, never shown here.
pub fn attached(to: &Links, case: CaseId, file: &AttachmentRow) -> Markup {
    html! {
        "File: "
        a href=(to.case_attachment(case, &file.digest)) {
            @match &file.name { Some(name) => (foreign(name)), None => { "Document " (code(&file.digest.short())) } }
        }
        @if let Some(size) = file.size { ", " (counted(size, "byte", "bytes")) }
    }
}

fn regulatory(one: &Regulatory) -> Markup {
    let word = |code: &str| match code {
        "due" => "Due",
        "not_due" => "Not due",
        _ => "Open",
    };
    html! {
        section #regulatory {
            h2 { "Reporting to authorities" }
            (definitions(&[
                ("21 CFR 806, correction or removal", html! { (word(&one.part_806)) }),
                ("21 CFR 803, medical device report", html! { (word(&one.part_803)) }),
                ("Why", html! { @for reason in &one.reasons { span.line { (reason) } } }),
            ]))
            @if !one.conditions.is_empty() {
                h3 { "Conditions of enforcement discretion" }
                ul.plain {
                    @for condition in &one.conditions {
                        li {
                            @match condition.standing.as_str() {
                                "met" => span.badge.badge-not-affected { "Met" },
                                "not_met" => span.badge.badge-affected { "Not met" },
                                _ => span.badge.badge-undetermined { "Open" },
                            }
                            " " (condition.title)
                            @if let Some(due) = condition.due { ", by " time datetime=(due) { (due.shown()) } }
                            @for reason in &condition.reasons { span.row-note { (reason) } }
                        }
                    }
                }
            }
        }
    }
}

fn evidence(to: &Links, sheet: &CaseSheet) -> Markup {
    html! {
        section #evidence {
            h2 { "Evidence" }
            ul.plain {
                @for one in &sheet.evidence {
                    li {
                        @if one.there { span.badge.badge-not-affected { "There" } } @else { span.badge.badge-unknown { "Missing" } }
                        " " (one.title)
                    }
                }
            }
            p.buttons {
                a.button.quiet href=(to.case_evidence(sheet.row.id)) { "Evidence to print" }
                a.button.quiet href=(to.api_thing("cases", &format!("{}", sheet.row.id))) { "As JSON" }
            }
        }
    }
}

fn forms(to: &Links, sheet: &CaseSheet) -> Markup {
    // Whoever records anything can stand for some condition; which, the condition says.
    let vouches = !sheet.may_record.is_empty();
    let may = |fact: &str| {
        sheet.may_record.iter().any(|code| code == fact) || (fact == "attested" && vouches)
    };
    let mut groups: Vec<&str> = fact_form::forms().iter().map(|form| form.group).collect();
    groups.dedup();
    html! {
        section #record {
            h2 { "Record something" }
            @if sheet.may_record.is_empty() { p { (absent("You have no role that records facts about this case.")) } }
            div.form-groups {
                @for group in groups {
                    @let forms: Vec<_> = fact_form::forms().iter().filter(|form| form.group == group && may(form.fact)).collect();
                    @if !forms.is_empty() {
                        div {
                            h3 { (group) }
                            ul.plain { @for form in forms {
                                li {
                                    a href=(to.case_record(sheet.row.id, form.name)) { (form.title) }
                                    @if form.name == "exploited" { ", " a href=(to.case_rubric(sheet.row.id, None, "")) { "by the interview" } }
                                }
                            } }
                        }
                    }
                }
            }
        }
    }
}

fn timeline(to: &Links, sheet: &CaseSheet) -> Markup {
    html! {
        section #timeline {
            h2 { "What happened" }
            ol.timeline {
                @for one in &sheet.timeline {
                    li {
                        time datetime=(one.at) { (one.at.shown()) } " "
                        (foreign(&one.what))
                        @if let Some(words) = &one.words { span.row-note { (foreign(words)) } }
                        @if let Some(reason) = &one.reason { span.row-note { "Reason: " (foreign(reason)) } }
                        span.row-note { (foreign(&one.actor)) ", " (one.role.replace('_', " ")) ". " a href=(to.ledger_entry(one.entry)) { "Entry " (one.entry) } }
                    }
                }
            }
        }
    }
}
