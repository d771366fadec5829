//! What is stated of the use of a product: risk file, environments, cycle of updates.

use super::{
    components::{
        Column, Row, absent, definitions, empty, foreign, foreign_or, head, pager, table,
        unknown_badge,
    },
    form::Sending,
    frame::{Frame, Room, document},
};
use crate::{
    link::Links,
    text::{count, counted, editable, editable_lines, size},
};
use aftercare_desk::{
    NewRiskFile,
    answers::{
        CycleRow, EnvironmentRow, HazardRow, Hazards, RiskFileRead, RiskFileRow, UsageSheet,
    },
};
use aftercare_domain::{access::Right, case::ENVIRONMENT_LIMIT, usage::CYCLE_DAYS_LIMIT};
use maud::{Markup, html};

/// A part of a risk file, and how it was asked for.
#[derive(Debug)]
pub struct Part {
    /// The rows.
    pub rows: Hazards,
    /// The words that stand in each of them.
    pub words: String,
    /// How many rows come before.
    pub after: usize,
}

/// The page. `key` names this drawing of it.
pub fn page(frame: &Frame<'_>, sheet: &UsageSheet, part: Option<&Part>, key: &str) -> Markup {
    let (to, send) = (frame.to, frame.sending(key));
    let keeps = !to.is_past() && frame.may(Right::KeepUsage);
    let body = html! {
        (heading(to, sheet, html! {
            p { "What assessments of cases rest on: hazards, where the device is used, and when updates come. Where it changes, what rested on it lapses and says so." }
        }))
        section #risk-file {
            h2 { "Risk file" }
            (risk_file(to, sheet, part))
            @if keeps {
                details open[sheet.risk_files.is_empty()] {
                    summary { @if sheet.risk_files.is_empty() { "Put a risk file in force" } @else { "Put another edition in force" } }
                    (risk_file_form(to, sheet, &NewRiskFile::default(), send))
                }
            }
        }
        section #environments {
            h2 { "Environments of use" }
            (environments(to, sheet, keeps.then_some(send)))
        }
        section #cycle {
            h2 { "Regular cycle of updates" }
            (cycles(to, sheet, keeps.then_some(send)))
        }
    };
    document(frame, &format!("Use of {}", sheet.product.name), Room::Products, body)
}

/// What would be read of a file, and the form to send it for good.
pub fn preview(
    frame: &Frame<'_>,
    sheet: &UsageSheet,
    new: &NewRiskFile,
    read: &RiskFileRead,
    key: &str,
) -> Markup {
    let (to, send) = (frame.to, frame.sending(key));
    let columns = [Column::text("Column"), Column::text("Heading"), Column::text("Read as")];
    let rows: Vec<Row> = read
        .columns
        .iter()
        .map(|one| {
            let field = one.read_as.as_deref();
            vec![
                html! { (one.letter) },
                foreign(&one.heading),
                field.map_or_else(|| absent("Not read"), |field| html! { (field) }),
            ]
        })
        .collect();
    let body = html! {
        (heading(to, sheet, html! {
            p { strong { "Nothing is recorded yet." } " This is what would be read of " (foreign(&new.file_name)) "." }
        }))
        section #preview {
            h2 { "What would be read" }
            (definitions(&[
                ("Rows", html! { (count(read.read)) }),
                ("Severity unknown", html! { (counted(read.severity_unknown, "row", "rows")) }),
                ("Essential performance unknown", html! { (counted(read.essential_performance_unknown, "row", "rows")) }),
                ("Sheet", foreign_or(read.sheet.as_deref(), "Delimited text")),
                ("Encoding", html! { (read.encoding) }),
                ("Headings in row", html! { @if read.heading_row == 0 { (absent("None that are understood")) } @else { (read.heading_row) } }),
            ]))
            @if !read.problems.is_empty() {
                h3 { "What was noticed" }
                ul.problems {
                    @for one in read.problems.iter().take(PROBLEMS) {
                        li { @if !one.place.is_empty() { strong { (foreign(&one.place)) ": " } } (foreign(&one.what)) " " (one.next) }
                    }
                    @if read.problems.len() > PROBLEMS { li { (counted((read.problems.len() - PROBLEMS) as u64, "more", "more")) "." } }
                }
            }
            (table(html! { "Columns" }, &columns, &rows))
            (hazards(html! { "The first rows" }, &read.rows))
        }
        @if !to.is_past() {
            section {
                h2 { "Send it" }
                p { "Choose the file again: nothing of it was kept." }
                (risk_file_form(to, sheet, new, send))
            }
        }
    };
    document(frame, "What would be read of the risk file", Room::Products, body)
}

/// Problems that a preview shows.
const PROBLEMS: usize = 50;

fn heading(to: &Links, sheet: &UsageSheet, below: Markup) -> Markup {
    let title = html! { "Use of " (foreign(&sheet.product.name)) };
    head(&[("Products", to.products())], title, below)
}

fn risk_file(to: &Links, sheet: &UsageSheet, part: Option<&Part>) -> Markup {
    let Some((newest, part)) = sheet.risk_files.first().zip(part) else {
        return empty(
            "The record has no risk file of this product.",
            html! {
                "What assessments say of hazards is compared with nothing. Send it as CSV or XLSX: a row for each hazardous situation."
            },
        );
    };
    let (product, rows) = (sheet.product.id, &part.rows.page);
    let edition = part.rows.edition.to_string();
    let shown = if part.rows.edition == newest.edition { "" } else { edition.as_str() };
    let asked = |after: &str| {
        to.usage_with(product, &[("words", &part.words), ("edition", shown), ("after", after)])
    };
    html! {
        (edition_facts(to, sheet, part.rows.edition))
        form.filter role="search" method="get" action=(to.usage(product)) {
            (super::moment::kept(to))
            @if !shown.is_empty() { input type="hidden" name="edition" value=(shown); }
            div.field {
                label for="words" { "Find in the risk file" }
                input #words type="search" name="words" value=(editable(&part.words)) autocomplete="off";
            }
            button type="submit" { "Find" }
        }
        @if rows.items.is_empty() {
            (empty("No row holds these words.", html! { a href=(to.usage(product)) { "Show all rows" } "." }))
        } @else {
            (hazards(html! { "Edition " (part.rows.edition) @if !part.words.is_empty() { ", rows with " (foreign(&part.words)) } }, &rows.items))
            (pager(rows.items.len(), rows.total, "rows", rows.next.as_deref().map(asked), (part.after > 0).then(|| asked(""))))
        }
        @if sheet.risk_files.len() > 1 {
            details {
                summary { "Earlier editions" }
                ul {
                    @for one in sheet.risk_files.iter().skip(1) {
                        li {
                            a href=(to.usage_with(product, &[("edition", &one.edition.to_string())])) { "Edition " (one.edition) }
                            ", " (foreign(&one.file_name)) ", in force from " time datetime=(one.at) { (one.at.shown()) }
                        }
                    }
                }
            }
        }
    }
}

fn edition_facts(to: &Links, sheet: &UsageSheet, edition: u64) -> Markup {
    let Some(one) = sheet.risk_files.iter().find(|one| one.edition == edition) else {
        return html! {};
    };
    let RiskFileRow { file_name, scale, reason, .. } = one;
    definitions(&[
        (
            "Edition",
            html! { (one.edition) @if sheet.risk_files.first() != Some(one) { ", replaced since" } @else { ", in force" } },
        ),
        (
            "File",
            html! { a href=(to.risk_file(sheet.product.id, one.edition)) download { (foreign(file_name)) } ", " (size(one.size)) },
        ),
        ("Rows", html! { (count(one.rows)) }),
        (
            "Put in force",
            html! { time datetime=(one.at) { (one.at.shown()) } " by " (foreign(&one.by)) ", " a href=(to.ledger_entry(one.entry)) { "ledger entry " (one.entry) } },
        ),
        ("Reason", foreign_or(reason.as_deref(), "Not said")),
        (
            "Words of its scale",
            html! {
                @if scale.is_empty() { (absent("The five terms themselves")) }
                @for (n, (word, term)) in scale.iter().enumerate() { @if n > 0 { ", " } (foreign(word)) " = " (term) }
            },
        ),
    ])
}

fn hazards(caption: Markup, rows: &[HazardRow]) -> Markup {
    let columns = [
        Column::text("Identifier"),
        Column::text("Hazard"),
        Column::text("Hazardous situation"),
        Column::text("Harm"),
        Column::text("Severity"),
        Column::text("Essential performance"),
        Column::text("Clinical use"),
    ];
    let rows: Vec<Row> = rows
        .iter()
        .map(|row| {
            let said = |text: &Option<String>| foreign_or(text.as_deref(), "Not said");
            vec![
                foreign(&row.id),
                said(&row.hazard),
                said(&row.situation),
                said(&row.harm),
                match (&row.severity, &row.severity_said) {
                    (Some(term), Some(word)) if !term.eq_ignore_ascii_case(word) => {
                        html! { (term) " (" (foreign(word)) ")" }
                    }
                    (Some(term), _) => html! { (term) },
                    (None, Some(word)) => {
                        html! { (unknown_badge("Unknown")) " " (foreign(word)) }
                    }
                    (None, None) => unknown_badge("Unknown"),
                },
                match row.essential_performance {
                    Some(true) => html! { "Touched" },
                    Some(false) => html! { "Not touched" },
                    None => unknown_badge("Unknown"),
                },
                said(&row.clinical_use),
            ]
        })
        .collect();
    table(caption, &columns, &rows)
}

fn risk_file_form(to: &Links, sheet: &UsageSheet, new: &NewRiskFile, send: Sending<'_>) -> Markup {
    html! {
        form.stacked method="post" action=(to.usage_form(sheet.product.id, "risk-file")) enctype="multipart/form-data" {
            (send.fields())
            input type="hidden" name="entity_version" value=(sheet.entity_version);
            div.field {
                label for="document" { "Risk file" }
                input #document type="file" name="document" required accept=".csv,.xlsx,.txt,.tsv" aria-describedby="document-hint";
                p.hint #document-hint { "CSV or XLSX, at most 20 MiB, a row for each hazardous situation. It is kept as it comes, for ever." }
            }
            div.field {
                label for="scale" { "What the words of its scale mean, if they are not the five terms" }
                input #scale type="text" name="scale" value=(editable(&new.scale)) autocomplete="off" aria-describedby="scale-hint";
                p.hint #scale-hint { "S1=negligible, S2=minor, S3=serious, S4=critical, S5=catastrophic. A word that nobody explains counts as unknown." }
            }
            div.field {
                label for="columns" { "Which columns are what, if their headings do not say it" }
                input #columns type="text" name="columns" value=(editable(&new.columns)) autocomplete="off" aria-describedby="columns-hint";
                p.hint #columns-hint { "id=A, hazard=B, situation=C, harm=D, severity=E, essential-performance=F, clinical-use=G" }
            }
            (reason("file-reason", !sheet.risk_files.is_empty()))
            div.buttons {
                button.button.quiet type="submit" name="act" value="preview" { "Show what would be read" }
                button type="submit" name="act" value="adopt" { "Put in force" }
            }
        }
    }
}

/// The field for the reason; a change of what stands needs one.
fn reason(id: &str, needed: bool) -> Markup {
    html! {
        div.field {
            label for=(id) { @if needed { "Why it changes" } @else { "Reason, if there is one to be told" } }
            input id=(id) type="text" name="reason" maxlength="4000" autocomplete="off";
        }
    }
}

fn environments(to: &Links, sheet: &UsageSheet, send: Option<Sending<'_>>) -> Markup {
    html! {
        @if sheet.environments.is_empty() {
            (empty("No environment of use is stated.", html! {
                "So nobody knows whether the exposure of a vulnerability was looked at everywhere. Once environments are stated, each case asks for all of them."
            }))
        }
        @for (n, one) in sheet.environments.iter().enumerate() {
            div.environment {
                h3 { (foreign(&one.environment)) @if one.ended_at.is_some() { " (ended)" } }
                (environment_facts(to, one))
                @if let Some(send) = send {
                    details {
                        summary { "State " (foreign(&one.environment)) " anew" }
                        (environment_form(to, sheet, Some((n, one)), send))
                    }
                    @if one.ended_at.is_none() {
                        details {
                            summary { "End " (foreign(&one.environment)) }
                            form.stacked method="post" action=(to.usage_form(sheet.product.id, "environments/end")) {
                                (send.fields())
                                input type="hidden" name="entity_version" value=(sheet.entity_version);
                                input type="hidden" name="environment" value=(editable(&one.environment));
                                (reason(&format!("end-reason-{n}"), true))
                                button type="submit" { "The product is not used there any more" }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(send) = send {
            details open[sheet.environments.is_empty()] {
                summary { "State an environment" }
                (environment_form(to, sheet, None, send))
            }
        }
    }
}

fn environment_facts(to: &Links, one: &EnvironmentRow) -> Markup {
    let measures = Some(one.measures.as_str()).filter(|text| !text.is_empty());
    definitions(&[
        ("Used by whom, for what", foreign(&one.description)),
        ("Connected how", foreign(&one.network)),
        ("Measures foreseen", foreign_or(measures, "None are named")),
        (
            "Stated",
            html! { time datetime=(one.at) { (one.at.shown()) } " by " (foreign(&one.by)) ", " a href=(to.ledger_entry(one.entry)) { "ledger entry " (one.entry) } },
        ),
        (
            "Ended",
            html! {
                @match one.ended_at {
                    Some(at) => { time datetime=(at) { (at.shown()) } ": " (foreign_or(one.ended_reason.as_deref(), "no reason said")) },
                    None => (absent("In force")),
                }
            },
        ),
    ])
}

fn environment_form(
    to: &Links,
    sheet: &UsageSheet,
    of: Option<(usize, &EnvironmentRow)>,
    send: Sending<'_>,
) -> Markup {
    let id = |name: &str| match of {
        Some((n, _)) => format!("{name}-{n}"),
        None => format!("new-{name}"),
    };
    let known = |text: fn(&EnvironmentRow) -> &str| of.map_or("", |(_, one)| text(one));
    let area = |name: &str, label: &str, text: &str, needed: bool| {
        html! {
            div.field {
                label for=(id(name)) { (label) }
                textarea id=(id(name)) name=(name) rows="2" maxlength="4000" required[needed] { (editable_lines(text)) }
            }
        }
    };
    html! {
        form.stacked method="post" action=(to.usage_form(sheet.product.id, "environments")) {
            (send.fields())
            input type="hidden" name="entity_version" value=(sheet.entity_version);
            @match of {
                Some((_, one)) => input type="hidden" name="environment" value=(editable(&one.environment));,
                None => div.field {
                    label for=(id("environment")) { "Name" }
                    input id=(id("environment")) type="text" name="environment" required maxlength=(ENVIRONMENT_LIMIT) autocomplete="off" placeholder="Ward";
                },
            }
            (area("description", "Who uses the device there, and for what", known(|one| &one.description), true))
            (area("network", "How it is connected there", known(|one| &one.network), true))
            (area("measures", "Measures that you foresee there", known(|one| &one.measures), false))
            (reason(&id("reason"), of.is_some()))
            button type="submit" { @if of.is_some() { "State it anew" } @else { "State environment" } }
        }
    }
}

fn cycles(to: &Links, sheet: &UsageSheet, send: Option<Sending<'_>>) -> Markup {
    html! {
        @match sheet.cycles.first() {
            None => (empty("No regular cycle is stated.", html! {
                "A fix cannot be planned for the regular cycle until it is stated, with the reason for its length."
            })),
            Some(one) => (cycle_facts(to, one)),
        }
        @if sheet.cycles.len() > 1 {
            details {
                summary { "Earlier cycles" }
                @for one in sheet.cycles.iter().skip(1) { (cycle_facts(to, one)) }
            }
        }
        @if let Some(send) = send {
            details open[sheet.cycles.is_empty()] {
                summary { @if sheet.cycles.is_empty() { "State the cycle" } @else { "State it anew" } }
                form.stacked method="post" action=(to.usage_form(sheet.product.id, "cycle")) {
                    (send.fields())
                    input type="hidden" name="entity_version" value=(sheet.entity_version);
                    div.field {
                        label for="days" { "Days from one regular update to the next, at most" }
                        input #days type="number" name="days" required min="1" max=(CYCLE_DAYS_LIMIT);
                    }
                    div.field {
                        label for="justification" { "Why this length is justified for the device" }
                        textarea #justification name="justification" rows="3" maxlength="4000" required {}
                    }
                    (reason("cycle-reason", !sheet.cycles.is_empty()))
                    button type="submit" { "State cycle" }
                }
            }
        }
    }
}

fn cycle_facts(to: &Links, one: &CycleRow) -> Markup {
    definitions(&[
        ("Length", html! { (counted(u64::from(one.days), "day", "days")) " at most" }),
        ("Justification", foreign(&one.justification)),
        (
            "Stated",
            html! { time datetime=(one.at) { (one.at.shown()) } " by " (foreign(&one.by)) ", " a href=(to.ledger_entry(one.entry)) { "ledger entry " (one.entry) } },
        ),
        ("Reason", foreign_or(one.reason.as_deref(), "Not said")),
    ])
}
