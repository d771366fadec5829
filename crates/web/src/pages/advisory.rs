//! One advisory, for those who work on it: what it says, how far each version is, and the next step.

use super::{
    components::{Column, Row, absent, code, foreign, head, table},
    form::Sending,
    frame::{Frame, Room, document},
    public_advisories::{said, standings},
};
use crate::{
    link::Links,
    text::{counted, size},
};
use aftercare_desk::answers::{AdvisoryContent, AdvisoryRow, AdvisorySheet, AdvisoryVersion};
use aftercare_domain::access::Right;
use maud::{Markup, html};

/// The advisory. `key` names this drawing of the page.
pub fn page(frame: &Frame<'_>, sheet: &AdvisorySheet, key: &str) -> Markup {
    let (to, row, send) = (frame.to, &sheet.row, frame.sending(key));
    let crumbs = [("Cases", to.cases()), (sheet.case_number.as_str(), to.case(row.case))];
    let acts = !to.is_past() && row.withdrawn.is_none();
    let body = html! {
        (head(&crumbs, html! { (row.number) ": " (foreign(&row.title)) }, html! {
            p.tags {
                span.tag.tag-strong { (row.stage_title) }
                span.tag { (row.audience_title) }
                @if let Some(out) = row.out { span.tag { "Version " (out) " is out" } }
            }
            @if let Some(why) = &row.withdrawn { p { "Withdrawn. Reason: " (foreign(why)) } }
            @if row.out.is_some() && row.audience == "public" {
                p { a href=(to.at(None).public_advisory(&row.number)) { "As everybody sees it" } }
            }
        }))
        (next(frame, sheet, acts, send))
        @match &sheet.shown {
            Some(content) => {
                p { "Version " (content.version) ", documents bear revision " (content.revision) " of " time datetime=(content.dated) { (content.dated.shown()) } "." }
                (said(content))
                (standings(content))
                (documents(content, Some((to, row))))
                section #text {
                    h2 { "As plain text" }
                    details { summary { "Show it" } pre { (foreign(&content.text)) } }
                }
            }
            None => p { (absent("It speaks of product families that you do not see.")) },
        }
        (versions(to, sheet))
        @if acts && frame.may(Right::KeepAdvisories) {
            section #withdraw {
                h2 { "Take it back" }
                details {
                    summary { "Withdraw the advisory" }
                    p.hint { "It is not served any more; everything stays in the record." }
                    form.stacked method="post" action=(to.advisory_form(row.id, "withdraw")) {
                        (send.fields())
                        div.field {
                            label for="reason" { "Reason" }
                            input #reason type="text" name="reason" required maxlength="4000" autocomplete="off";
                        }
                        button type="submit" { "Withdraw it" }
                    }
                }
            }
        }
    };
    document(frame, &format!("{}: {}", row.number, row.title), Room::Cases, body)
}

/// The one step that comes next.
fn next(frame: &Frame<'_>, sheet: &AdvisorySheet, acts: bool, send: Sending<'_>) -> Markup {
    let (to, row) = (frame.to, &sheet.row);
    let keeps = acts && frame.may(Right::KeepAdvisories);
    let step = |form: &str, words: &str| {
        html! {
            form.stacked method="post" action=(to.advisory_form(row.id, form)) {
                (send.fields())
                input type="hidden" name="version" value=(row.version);
                button type="submit" { (words) }
            }
        }
    };
    html! {
        section #next {
            h2 { "Next step" }
            @if let Some(why) = &sheet.blocked { p { (why) } }
            @if let Some(decision) = row.decision { p { a href=(to.decision(decision)) { "The decision about this version" } } }
            @match row.stage.as_str() {
                "draft" if acts && frame.may(Right::TakePart) => (step("propose", "Propose to publish it")),
                "approved" if keeps && sheet.blocked.is_none() => (step("publish", "Publish it")),
                "approved" => p { "It is approved." },
                "published" => {
                    p { "It is out. A change is a new version, approved anew." }
                    @if row.audience == "customers" { p { a.button href=(to.notices(row.id)) { "Tell the customers concerned" } } }
                },
                _ => {}
            }
            @if keeps { p.buttons { a.button.quiet href=(to.advisory_form(row.id, "versions")) { "Draft a new version" } } }
        }
    }
}

/// The documents, to be taken where they are kept.
pub fn documents(content: &AdvisoryContent, kept: Option<(&Links, &AdvisoryRow)>) -> Markup {
    html! {
        section #documents {
            h2 { "Documents" }
            p { (counted(content.documents.len() as u64, "document", "documents")) ", each as it goes out, to the byte." }
            ul.plain {
                @for one in &content.documents {
                    li {
                        @match kept {
                            Some((to, row)) => a href=(to.advisory_file(row.id, content.version, &one.name)) download { (code(&one.name)) },
                            None => (code(&one.name)),
                        }
                        ", " (size(one.size))
                        span.row-note { (code(&one.digest.to_string())) }
                    }
                }
            }
        }
    }
}

fn versions(to: &Links, sheet: &AdvisorySheet) -> Markup {
    let columns = [
        Column::text("Version"),
        Column::text("State"),
        Column::text("What changed"),
        Column::text("Drafted"),
        Column::text("What is approved"),
    ];
    let row = |one: &AdvisoryVersion| -> Row {
        vec![
            html! { a href=(to.advisory_version(sheet.row.id, one.number)) { "Version " (one.number) } },
            html! {
                (one.stage_title)
                @if let Some(at) = one.published_at { span.row-note { "Went out " time datetime=(at) { (at.shown()) } } }
                @if let Some(decision) = one.decision { span.row-note { a href=(to.decision(decision)) { "Decision" } } }
            },
            foreign(&one.change),
            html! {
                time datetime=(one.drafted_at) { (one.drafted_at.shown()) }
                span.row-note { (foreign(&one.drafted_by)) ", " a href=(to.ledger_entry(one.entry)) { "entry " (one.entry) } }
            },
            code(&one.digest.to_string()),
        ]
    };
    let rows: Vec<Row> = sheet.versions.iter().rev().map(row).collect();
    html! {
        section #versions {
            h2 { "Versions" }
            (table(html! { span.unseen { "Versions, the newest first" } }, &columns, &rows))
        }
    }
}

/// The advisories of a case, for its page.
pub fn of_case(
    to: &Links,
    case: aftercare_vocab::id::CaseId,
    rows: &[AdvisoryRow],
    acts: bool,
) -> Markup {
    let columns =
        [Column::text("Advisory"), Column::text("For"), Column::text("State"), Column::text("Out")];
    let shown: Vec<Row> = rows
        .iter()
        .map(|one| -> Row {
            vec![
                html! { a href=(to.advisory(one.id)) { (one.number) } span.row-note { (foreign(&one.title)) } },
                html! { (one.audience_title) },
                html! { (one.stage_title) span.row-note { "Version " (one.version) } },
                html! {
                    @match (one.out, one.out_at) {
                        (Some(version), Some(at)) => { "Version " (version) ", " time datetime=(at) { (at.shown()) } },
                        _ => (absent("Nothing")),
                    }
                },
            ]
        })
        .collect();
    html! {
        section #advisories {
            h2 { "Advisories" }
            @if shown.is_empty() { p { (absent("None is drafted.")) } }
            @else { (table(html! { span.unseen { "Advisories about the case" } }, &columns, &shown)) }
            @if acts {
                p.buttons {
                    a.button.quiet href=(to.new_advisory(case, "public")) { "Draft one for the public" }
                    a.button.quiet href=(to.new_advisory(case, "customers")) { "Draft one for customers" }
                }
            }
        }
    }
}
