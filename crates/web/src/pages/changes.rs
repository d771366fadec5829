//! What changed between two moments.

use super::{
    components::{Column, Row, absent, empty, foreign, head, pager, prose, score_tag, table},
    frame::{Frame, Room, document},
    moment::kept,
};
use crate::{
    link::Links,
    text::{count, counted},
};
use aftercare_desk::{
    ChangeKind,
    answers::{Change, ChangeEnd, Changes, changes_shown},
};
use aftercare_domain::{When, moment::day_of};
use maud::{Markup, html};

/// What the address asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangesQuery<'a> {
    /// `from=`: the earlier moment.
    pub from: Option<When>,
    /// `to=`: the later moment; none = the one of the page.
    pub to: Option<When>,
    /// `kind=`: only this kind.
    pub only: Option<ChangeKind>,
    /// `after=`: the cursor this page starts at.
    pub after: &'a str,
}

impl ChangesQuery<'_> {
    fn address(&self, to: &Links, only: Option<ChangeKind>, after: &str) -> String {
        let text = |when: Option<When>| when.map(|when| when.to_string()).unwrap_or_default();
        let kind = only.map_or("", ChangeKind::code);
        let (from, until) = (text(self.from), text(self.to));
        to.changes_with(&[("from", &from), ("to", &until), ("kind", kind), ("after", after)])
    }
}

/// The two moments to choose, and what changed between them; `changes` is none before they are chosen.
pub fn page(frame: &Frame<'_>, query: &ChangesQuery<'_>, changes: Option<&Changes>) -> Markup {
    let body = html! {
        (head(&[], html! { "What changed" }, html! {
            p { "Two moments of the record compared: what is different at the later one. What came and went in between is in the ledger." }
        }))
        (form(frame, query))
        @match changes {
            None => (empty("No moment is chosen yet.", html! {
                "Choose the day to compare with. Each day means its end in UTC. Without a later day, it is compared with the record shown here."
            })),
            Some(changes) => (compared(frame, query, changes)),
        }
    };
    document(frame, "What changed", Room::Changes, body)
}

fn form(frame: &Frame<'_>, query: &ChangesQuery<'_>) -> Markup {
    let today = frame.standing.and_then(|standing| day_of(standing.at));
    // An exact moment from an address stays what it is.
    let field = |id: &'static str, name: &str, words: &str, when: Option<When>, must: bool| {
        let exact = matches!(when, Some(When::Instant(_) | When::Entry(_)));
        html! {
            div.field {
                label for=(id) { (words) }
                input #(id) type=(if exact { "text" } else { "date" }) name=(name) value=[when] max=[today.filter(|_| !exact)] required[must];
            }
        }
    };
    html! {
        form.filter method="get" action=(frame.to.changes()) {
            (kept(frame.to))
            (field("changes-from", "from", "From the end of (UTC)", query.from, true))
            (field("changes-to", "to", "To the end of (UTC), if not now", query.to, false))
            @if let Some(only) = query.only { input type="hidden" name="kind" value=(only.code()); }
            button type="submit" { "Compare" }
        }
    }
}

fn compared(frame: &Frame<'_>, query: &ChangesQuery<'_>, changes: &Changes) -> Markup {
    let to = frame.to;
    // Its pages are looked at as they are at the later moment.
    let later = to.at(changes.to.asked);
    let all: u64 = changes.counts.iter().map(|one| one.count).sum();
    let columns = [
        Column::text("What"),
        Column::text("Before"),
        Column::text("After"),
        Column::text("Recorded"),
    ];
    let page = &changes.changes;
    html! {
        p.conclusion {
            "From " (end(&changes.from)) " to " (end(&changes.to)) ": "
            (counted(all, "change", "changes")) "."
        }
        @if all == 0 {
            (empty("Nothing is different between these moments.", html! {
                "What is recorded and what was known is the same at both. Choose moments further apart to see changes."
            }))
        } @else {
            nav.tabs.kinds aria-label="Kinds of changes" {
                a href=(query.address(to, None, "")) aria-current=[query.only.is_none().then_some("page")] {
                    "All " span.tab-count { (count(all)) }
                }
                @for one in changes.counts.iter().filter(|one| one.count > 0 || query.only == Some(one.kind)) {
                    a href=(query.address(to, Some(one.kind), "")) aria-current=[(query.only == Some(one.kind)).then_some("page")] {
                        (changes_shown(one.kind)) " " span.tab-count { (count(one.count)) }
                    }
                }
            }
            @if page.items.is_empty() {
                (empty("There is no change of this kind here.", html! {
                    a href=(query.address(to, None, "")) { "Show all kinds of changes" } " between these moments."
                }))
            }
            @for of_kind in page.items.chunk_by(|a, b| a.kind == b.kind) {
                h2 { (changes_shown(of_kind[0].kind)) }
                (table(
                    html! { span.unseen { (changes_shown(of_kind[0].kind)) } },
                    &columns,
                    &of_kind.iter().map(|change| row(&later, change)).collect::<Vec<Row>>(),
                ))
            }
            (pager(page.items.len(), page.total, "changes",
                page.next.as_deref().map(|after| query.address(to, query.only, after)),
                (!query.after.is_empty()).then(|| query.address(to, query.only, ""))))
        }
    }
}

fn end(end: &ChangeEnd) -> Markup {
    html! {
        @match end.asked {
            None => { "now (" (end.at.shown()) ")" },
            Some(When::Day(day)) => { "the end of " time datetime=(day) { (day) } " (UTC)" },
            Some(When::Instant(at)) => time datetime=(at) { (at.shown()) },
            Some(When::Entry(number)) => { "entry " (count(number)) },
        }
    }
}

fn row(later: &Links, change: &Change) -> Row {
    let side = |text: &Option<String>| match text {
        Some(text) => prose(text),
        None => absent("Not there"),
    };
    vec![
        html! {
            @match change.target.as_ref().and_then(|target| later.target(target)) {
                Some(href) => a href=(href) { (foreign(&change.what)) },
                None => (foreign(&change.what)),
            }
            @if let Some(finding) = &change.finding { " " (score_tag(finding.score_tenths)) }
        },
        side(&change.before),
        // What was only added has no state to tell beside being there.
        match (&change.before, &change.after) {
            (None, None) => html! { "Added" },
            (_, after) => side(after),
        },
        html! {
            @if let Some(at) = change.at { time datetime=(at) { (at.shown()) } ", " }
            a href=(later.ledger_entry(change.entry)) { "entry " (count(change.entry)) }
        },
    ]
}
