//! The queue of signals: one list of what waits, with what can be done to several rows at once. Everything
//! works as a plain form; the script adds keys.

use super::{
    components::{
        Column, absent, answer_badge, empty, epss_text, exploited_tag, foreign, head, pager,
        score_tag,
    },
    frame::{Frame, Room, document},
};
use crate::{
    link::Links,
    text::{count, counted, editable, visible},
};
use aftercare_desk::{
    PAGE_ROWS, QueueOnly, QueueWish,
    answers::{FamilyRef, QueueRow, SignalQueue},
};
use aftercare_domain::{
    access::Right,
    case::Justification,
    decision::{STATEMENT_LIMIT, TITLE_LIMIT},
    signal::{Dismissal, SignalKind},
};
use aftercare_vocab::verdict::Answer;
use maud::{Markup, html};

/// Identifiers of one vulnerability that a row shows.
const IDS_SHOWN: usize = 3;
/// Page sizes to choose from.
const SIZES: [u32; 3] = [PAGE_ROWS, 200, 500];

/// How the queue is narrowed, and what the page needs beside it.
#[derive(Debug, Clone, Copy)]
pub struct SignalsQuery<'a> {
    /// What is asked for.
    pub wish: &'a QueueWish,
    /// The families to choose from.
    pub families: &'a [FamilyRef],
    /// Why something was not done.
    pub why: Option<&'a str>,
    /// Names this drawing.
    pub key: &'a str,
}

/// The keys of the list, and what they do.
const KEYS: [(&str, &str); 8] = [
    ("j", "next row"),
    ("k", "row before"),
    ("x", "choose the row, or take it back"),
    ("a", "choose all rows of the page, or none"),
    ("n", "propose for the chosen rows that nothing is affected"),
    ("c", "open a case about them"),
    ("d", "dismiss them"),
    ("?", "show these keys"),
];

/// The queue.
pub fn page(frame: &Frame<'_>, found: &SignalQueue, query: SignalsQuery<'_>) -> Markup {
    let (to, wish) = (frame.to, query.wish);
    let takes = frame.may(Right::TakeSignals) && !to.is_past();
    let acts = frame.may(Right::WorkCases) && !to.is_past() && wish.only != QueueOnly::Settled;
    let body = html! {
        (head(&[], html! { "Signals" }, html! {
            p { "Everything that suggests a vulnerability and that nobody has dealt with: what people told, and what the SBOMs hold. What is about the same is one row." }
        }))
        @if let Some(why) = query.why { p.refusal role="alert" { (visible(why)) } }
        @if found.cut {
            p.notice { span { strong { "There are more findings than one queue looks at. " } "The gravest are here; the least grave are missing. Deal with some, or look at one family." } }
        }
        @if takes { p { a.button href=(to.new_signal()) { "Enter a signal" } } }
        nav.tabs.kinds aria-label="Which signals" {
            @for (only, words, n) in [(QueueOnly::Waiting, "Waiting", found.waiting), (QueueOnly::Proposed, "Proposed as not affected", found.proposed), (QueueOnly::Settled, "Settled", found.settled)] {
                a href=(to.signals_with(&[("only", code(only))])) aria-current=[(only == wish.only).then_some("page")] {
                    (words) " " span.tab-count { (count(n)) }
                }
            }
        }
        (filter(to, query))
        section #list {
            h2 { (counted(found.total, "row", "rows")) }
            @if found.items.is_empty() { (nothing(query)) } @else {
                @if acts {
                    form #triage method="post" action=(to.triage()) data-triage {
                        (frame.sending(query.key).fields())
                        p.keys-line {
                            span { b data-picked { "0" } " chosen" }
                            span.hint data-with-script hidden { "Keys: " kbd { "j" } " " kbd { "k" } " move, " kbd { "x" } " choose, " kbd { "?" } " more" }
                        }
                        (rows(to, &found.items, true))
                        (pages(to, found, wish))
                        (panels(takes))
                        (keys())
                    }
                } @else {
                    (rows(to, &found.items, false))
                    (pages(to, found, wish))
                }
            }
        }
    };
    document(frame, "Signals", Room::Signals, body)
}

const fn code(only: QueueOnly) -> &'static str {
    match only {
        QueueOnly::Waiting => "waiting",
        QueueOnly::Proposed => "proposed",
        QueueOnly::Settled => "settled",
    }
}

fn filter(to: &Links, query: SignalsQuery<'_>) -> Markup {
    let wish = query.wish;
    let answers = [Answer::Affected, Answer::Undetermined];
    html! {
        form.filter role="search" aria-label="Narrow the queue" method="get" action=(to.signals()) {
            (super::moment::kept(to))
            input type="hidden" name="only" value=(code(wish.only));
            div.field.wide {
                label for="q" { "Title, identifier or source" }
                input #q type="search" name="q" value=(editable(&wish.text)) maxlength="200" autocomplete="off";
            }
            div.field {
                label for="kind" { "Kind" }
                select #kind name="kind" {
                    option value="" { "All kinds" }
                    @for kind in SignalKind::ALL {
                        option value=(kind.code()) selected[wish.kind == Some(*kind)] { (kind.title()) }
                    }
                }
            }
            @if wish.only != QueueOnly::Settled {
                div.field {
                    label for="answer" { "Findings say" }
                    select #answer name="answer" {
                        option value="" { "Anything" }
                        @for answer in answers {
                            option value=(answer.code()) selected[wish.answer == Some(answer)] { (answer.shown()) }
                        }
                    }
                }
            }
            div.field {
                label for="family" { "Product family" }
                select #family name="family" {
                    option value="" { "All families" }
                    @for family in query.families {
                        option value=(family.id) selected[wish.family == Some(family.id)] { (visible(&family.name)) }
                    }
                }
            }
            div.field {
                label for="rows" { "Rows" }
                select #rows name="rows" {
                    @for size in SIZES {
                        option value=(size) selected[wish.rows.unwrap_or(PAGE_ROWS) == size] { (size) }
                    }
                }
            }
            button type="submit" { "Look" }
        }
    }
}

fn nothing(query: SignalsQuery<'_>) -> Markup {
    let wish = query.wish;
    let narrowed = wish.kind.is_some()
        || wish.answer.is_some()
        || wish.family.is_some()
        || !wish.text.trim().is_empty();
    if narrowed {
        return empty(
            "Nothing here fits.",
            html! { "Look with other words, or at all kinds and families." },
        );
    }
    match wish.only {
        QueueOnly::Waiting => empty(
            "Nothing waits.",
            html! { "Every signal that came in is settled, and every finding has a case or a decision. This says nothing about versions without SBOM." },
        ),
        QueueOnly::Proposed => empty(
            "Nothing is proposed.",
            html! { "Findings are here while a proposal that they do not affect waits for signatures." },
        ),
        QueueOnly::Settled => empty(
            "Nothing was settled yet.",
            html! { "Signals are here once they joined a case or were dismissed." },
        ),
    }
}

fn values<'a>(wish: &'a QueueWish, numbers: &'a [String; 2]) -> Vec<(&'static str, &'a str)> {
    vec![
        ("only", code(wish.only)),
        ("kind", wish.kind.map_or("", SignalKind::code)),
        ("answer", wish.answer.map_or("", Answer::code)),
        ("family", &numbers[0]),
        ("q", &wish.text),
        ("rows", &numbers[1]),
    ]
}

fn pages(to: &Links, found: &SignalQueue, wish: &QueueWish) -> Markup {
    let numbers = [
        wish.family.map(|id| id.to_string()).unwrap_or_default(),
        wish.rows.map(|rows| rows.to_string()).unwrap_or_default(),
    ];
    let all = values(wish, &numbers);
    let next = found.next.as_deref().map(|next| {
        let values: Vec<_> = all.iter().copied().chain([("after", next)]).collect();
        to.signals_with(&values)
    });
    let first = (!wish.after.is_empty()).then(|| to.signals_with(&all));
    pager(found.items.len(), found.total, "rows", next, first)
}

fn rows(to: &Links, items: &[QueueRow], picks: bool) -> Markup {
    let columns = [
        Column::text("Signal"),
        Column::text("From"),
        Column::text("Findings say"),
        Column::text("Versions"),
        Column::text("Aware since"),
    ];
    html! {
        div.table-box {
            table role="table" {
                caption { span.unseen { "Signals" } }
                thead role="rowgroup" { tr role="row" {
                    @for column in &columns { th scope="col" role="columnheader" { (column.head) } }
                } }
                tbody role="rowgroup" {
                    @for (n, row) in items.iter().enumerate() {
                        tr role="row" data-row {
                            th scope="row" role="rowheader" { (what(to, row, picks.then_some(n))) }
                            @for (column, cell) in columns[1..].iter().zip(cells(to, row)) {
                                td role="cell" data-label=(column.head) { div { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn what(to: &Links, row: &QueueRow, pick: Option<usize>) -> Markup {
    let id = row.vulnerabilities.first();
    let href = match (row.signals.first(), id) {
        (Some(signal), _) => to.signal(*signal),
        (None, Some(id)) => to.vulnerability(id),
        (None, None) => to.signals(),
    };
    let named = id.filter(|_| row.signals.is_empty());
    html! {
        span.pick-line {
            @if let Some(n) = pick {
                @let name = format!("row{n}");
                label.unseen for=(name) { "Choose " (visible(named.unwrap_or(&row.title))) }
                input.pick type="checkbox" id=(name) name=(name) value=(row.key) data-pick;
            }
            span {
                a href=(href) { (foreign(named.unwrap_or(&row.title))) }
                @if named.is_some() { span.row-note { (foreign(&row.title)) } }
                @if named.is_none() && !row.vulnerabilities.is_empty() {
                    span.row-note {
                        @for (n, id) in row.vulnerabilities.iter().take(IDS_SHOWN).enumerate() {
                            @if n > 0 { ", " }
                            a href=(to.vulnerability(id)) { (foreign(id)) }
                        }
                        @if row.vulnerabilities.len() > IDS_SHOWN { " and " (row.vulnerabilities.len() - IDS_SHOWN) " more" }
                    }
                }
                span.tags {
                    @if row.harm == "yes" { span.tag.tag-strong { "Harm to a patient possible" } }
                    @if row.signals.len() > 1 { span.tag { (counted(row.signals.len() as u64, "signal", "signals")) } }
                    @if let Some(settled) = &row.settled { span.tag { (visible(settled)) } }
                    @if row.lapsed.is_some() { span.tag.tag-strong { "Decided before, not valid any more" } }
                }
                @if let Some(lapsed) = &row.lapsed { span.row-note { (foreign(lapsed)) } }
                @if let Some(decision) = row.decision {
                    span.row-note { a href=(to.decision(decision)) { "The proposed decision" } }
                }
                @if let Some(case) = row.case { span.row-note { a href=(to.case(case)) { "The case" } } }
            }
        }
    }
}

fn cells(to: &Links, row: &QueueRow) -> [Markup; 4] {
    [
        html! {
            @for (n, kind) in row.kind_titles.iter().enumerate() { @if n > 0 { ", " } (kind) }
            @if let Some(source) = &row.source { span.row-note { (foreign(source)) } }
        },
        html! {
            @match row.answer.as_deref() {
                Some("affected") => (answer_badge(Answer::Affected)),
                Some(_) => (answer_badge(Answer::Undetermined)),
                None => (absent("No finding")),
            }
            @if row.answer.is_some() {
                " " (score_tag(row.score_tenths))
                @if let Some(since) = &row.kev_since { " " (exploited_tag(since)) }
                span.row-note { "EPSS: " (epss_text(row.epss)) }
            }
        },
        html! {
            @match (row.versions, row.vulnerabilities.first()) {
                (0, _) => (absent(if row.state == "proposed" { "All proposed" } else { "Not known" })),
                (n, Some(id)) => a href=(to.vulnerability(id)) { (counted(n, "version", "versions")) },
                (n, None) => (counted(n, "version", "versions")),
            }
            span.row-note {
                @if row.all_families { "All families" }
                @else if row.families.is_empty() { "Family not known" }
                @else { @for (n, family) in row.families.iter().enumerate() { @if n > 0 { ", " } (foreign(&family.name)) } }
            }
        },
        html! {
            time datetime=(row.aware_at) { (row.aware_at.shown()) }
            @if row.aware_at != row.received_at {
                span.row-note { "Received " time datetime=(row.received_at) { (row.received_at.shown()) } }
            }
            span.row-note {
                @match &row.owner { Some(owner) => (foreign(&owner.name)), None => "Nobody looks after it" }
            }
        },
    ]
}

/// What can be done with the chosen rows.
fn panels(takes: bool) -> Markup {
    html! {
        section #with-chosen aria-labelledby="with-chosen-head" {
            h2 #with-chosen-head { "With the chosen rows" }
            details #do-not-affected data-key="n" {
                summary { "Propose that nothing is affected" kbd.row-key data-with-script hidden { "n" } }
                div.stacked {
                    p.hint { "One decision about all of them, with one justification. It counts once whoever has the right has signed it; who that is, the decision says." }
                    div.field {
                        label for="justification" { "Why nothing is affected" }
                        select #justification name="justification" {
                            @for one in Justification::ALL { option value=(one.code()) { (one.title()) } }
                        }
                    }
                    div.field {
                        label for="triage-title" { "Title of the decision" }
                        input #triage-title type="text" name="title" maxlength=(TITLE_LIMIT) autocomplete="off";
                    }
                    div.field {
                        label for="triage-statement" { "Evidence" }
                        textarea #triage-statement name="statement" rows="4" maxlength=(STATEMENT_LIMIT) {}
                    }
                    button type="submit" name="do" value="not_affected" { "Propose it" }
                }
            }
            details #do-open data-key="c" {
                summary { "Open a case about them" kbd.row-key data-with-script hidden { "c" } }
                div.stacked {
                    p.hint { "One case for all chosen rows; their signals join it." }
                    div.field {
                        label for="case-title" { "Title of the case" }
                        input #case-title type="text" name="case_title" maxlength=(TITLE_LIMIT) autocomplete="off";
                    }
                    button type="submit" name="do" value="open" { "Open the case" }
                }
            }
            @if takes {
                details #do-dismiss data-key="d" {
                    summary { "Dismiss them" kbd.row-key data-with-script hidden { "d" } }
                    div.stacked {
                        p.hint { "For signals that somebody sent. A finding is not dismissed: say why nothing is affected." }
                        (dismissals("triage"))
                        div.field {
                            label for="triage-reason" { "Reason" }
                            input #triage-reason type="text" name="reason" maxlength="4000" autocomplete="off";
                        }
                        button type="submit" name="do" value="dismiss" { "Dismiss them" }
                    }
                }
            }
        }
    }
}

/// The grounds of a dismissal.
pub fn dismissals(form: &str) -> Markup {
    let id = format!("{form}-dismissal");
    html! {
        div.field {
            label for=(id) { "Why no case comes of it" }
            select id=(id) name="dismissal" {
                @for one in Dismissal::ALL { option value=(one.code()) { (one.title()) } }
            }
        }
    }
}

fn keys() -> Markup {
    html! {
        details #keys data-key="?" data-with-script hidden {
            summary { "Keys of this list" }
            dl.keys { @for (key, what) in KEYS { div { dt { kbd { (key) } } dd { (what) } } } }
        }
    }
}
