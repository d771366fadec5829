//! Who is told about an advisory: each customer with its devices, its notices and what to do next.

use super::{
    components::{Figure, absent, code, empty, figures, foreign, head, pager},
    form::Sending,
    frame::{Frame, Room, document},
};
use crate::{
    link::Links,
    text::{count, counted, editable, visible},
};
use aftercare_desk::{
    NoticesWish,
    answers::{NoticeCustomer, NoticeRow, NoticeTotals, NoticesSheet},
};
use aftercare_domain::{access::Right, notice::ISSUED_AT_ONCE};
use maud::{Markup, html};

/// Devices of one customer that the list names.
const DEVICES_SHOWN: usize = 6;

/// How the list is narrowed, and what the page needs beside it.
#[derive(Debug, Clone, Copy)]
pub struct NoticesQuery<'a> {
    /// What is asked for.
    pub wish: &'a NoticesWish,
    /// Names this drawing.
    pub key: &'a str,
}

/// The list.
pub fn page(frame: &Frame<'_>, sheet: &NoticesSheet, query: NoticesQuery<'_>) -> Markup {
    let (to, row) = (frame.to, &sheet.advisory);
    let keeps = frame.may(Right::KeepAdvisories) && !to.is_past();
    let crumbs = [
        ("Cases", to.cases()),
        (sheet.case_number.as_str(), to.case(row.case)),
        (row.number.as_str(), to.advisory(row.id)),
    ];
    let send = frame.sending(query.key);
    let body = html! {
        (head(&crumbs, html! { "Customers told of " (row.number) }, html! {
            p { (foreign(&row.title)) }
        }))
        @if let Some(why) = &sheet.blocked { p.notice { span { (why) } } }
        @else if !sheet.by_mail {
            p.notice { span { strong { "No mail server is configured. " } "Letters are written here, and go by hand." } }
        }
        @if sheet.blocked.is_none() && !sheet.with_link {
            p.notice { span { strong { "Letters hold no address for acknowledging. " } "The configuration does not say by which address this server is reached (" (code("origin")) "). What customers answer is recorded here." } }
        }
        (totals(to, row.id, sheet))
        (filter(to, row.id, query.wish))
        section #customers {
            h2 { (counted(sheet.customers.total, "customer", "customers")) }
            @if sheet.customers.items.is_empty() { (nothing(sheet, query.wish)) } @else {
                @let issues = keeps && sheet.blocked.is_none();
                @if issues { (issuing(to, sheet, send)) }
                ul.plain.cards {
                    @for (n, one) in sheet.customers.items.iter().enumerate() {
                        li { (customer(to, sheet, one, issues.then_some(n), keeps, send)) }
                    }
                }
                (pages(to, row.id, sheet, query.wish))
            }
        }
        @if keeps && sheet.blocked.is_none() { (record(to, row.id, &sheet.totals, send)) }
    };
    document(frame, &format!("Customers told of {}", row.number), Room::Cases, body)
}

fn totals(to: &Links, id: aftercare_vocab::id::AdvisoryId, sheet: &NoticesSheet) -> Markup {
    let NoticeTotals { concerned, not_told, waiting, unknown, told, acknowledged } = sheet.totals;
    let each = [
        ("not_told", "Not told", not_told, "affected"),
        ("waiting", "Waits to go", waiting, "unknown"),
        ("unknown", "Not known whether it went", unknown, "unknown"),
        ("told", "Told, not acknowledged", told, "undetermined"),
        ("acknowledged", "Acknowledged", acknowledged, "not-affected"),
    ]
    .map(|(reach, label, number, look)| Figure {
        label,
        count: Some(number),
        unit: "customers",
        look,
        href: Some(to.notices_with(id, &[("reach", reach)])),
    });
    html! {
        section #totals {
            h2 { (counted(concerned, "customer", "customers")) " concerned today" }
            p.hint {
                "Customers with devices that the version that is out calls affected or under investigation, that it does not "
                "speak of and nobody decided are not affected, or of which nobody knows the version. Each counts once, by the "
                "device that it was told least of."
            }
            (figures(&each))
        }
    }
}

fn filter(to: &Links, id: aftercare_vocab::id::AdvisoryId, wish: &NoticesWish) -> Markup {
    html! {
        form.filter role="search" aria-label="Narrow the customers" method="get" action=(to.notices(id)) {
            (super::moment::kept(to))
            @if let Some(reach) = &wish.reach { input type="hidden" name="reach" value=(reach); }
            div.field.wide {
                label for="q" { "Customer" }
                input #q type="search" name="q" value=(editable(&wish.text)) autocomplete="off";
            }
            button type="submit" { "Narrow" }
            @if wish.reach.is_some() || !wish.text.is_empty() { a.button.quiet href=(to.notices(id)) { "Show all" } }
        }
    }
}

fn nothing(sheet: &NoticesSheet, wish: &NoticesWish) -> Markup {
    if wish.reach.is_some() || !wish.text.is_empty() {
        return empty("No customer fits.", html! { "Show all, or narrow otherwise." });
    }
    if sheet.version.is_none() {
        return empty(
            "Nobody to tell yet.",
            html! { "Who is concerned follows from the version of the advisory that is out, and from the units at the sites." },
        );
    }
    empty(
        "No customer is known to have a device concerned.",
        html! { "It follows from the units in the inventory. Units that are not recorded are not counted." },
    )
}

fn issuing(to: &Links, sheet: &NoticesSheet, send: Sending<'_>) -> Markup {
    let Some(version) = sheet.version.filter(|_| sheet.totals.not_told > 0) else {
        return html! {};
    };
    let way = if sheet.by_mail {
        "Each contact with a mail address gets the notice; a customer without one gets a letter that goes by hand."
    } else {
        "Each customer gets a letter that goes by hand."
    };
    html! {
        form #issue.stacked method="post" action=(to.at(None).notices(sheet.advisory.id)) {
            (send.fields())
            input type="hidden" name="version" value=(version);
            p.hint { (way) " The words are those that were approved; devices and sites are each customer's own." }
            p.buttons {
                button type="submit" name="who" value="all" { "Tell all who were issued no notice" }
                button.quiet type="submit" name="who" value="chosen" { "Tell those chosen below" }
            }
            @if sheet.totals.not_told > ISSUED_AT_ONCE as u64 {
                p.hint { "At most " (count(ISSUED_AT_ONCE as u64)) " notices are issued at once; send it again for the others." }
            }
        }
    }
}

fn customer(
    to: &Links,
    sheet: &NoticesSheet,
    one: &NoticeCustomer,
    pick: Option<usize>,
    keeps: bool,
    send: Sending<'_>,
) -> Markup {
    // A notice that did not go is sent again; a second one is issued about devices that it does not name.
    let had = one.notices.iter().any(|notice| Some(notice.version) == sheet.version);
    let badge = match one.reach.as_str() {
        "acknowledged" => "badge badge-not-affected",
        "told" => "badge",
        "unknown" | "waiting" => "badge badge-unknown",
        _ => "badge badge-affected",
    };
    html! {
        article.told-card {
            div {
                h3 { a href=(to.consignee(one.id)) { (foreign(&one.name)) } }
                @if one.devices.is_empty() { p { (absent("Has no device concerned any more.")) } }
                @else {
                    ul.plain {
                        @for device in one.devices.iter().take(DEVICES_SHOWN) {
                            li {
                                (foreign(&device.label)) ": " (counted(device.units, "unit", "units")) ", " (foreign(&device.site))
                                @if let Some(why) = &device.concern_title { span.row-note { (why) } }
                                @if had && !device.in_notice { span.row-note { "In no notice yet." } }
                            }
                        }
                        @if one.devices.len() > DEVICES_SHOWN { li { "and at " (count((one.devices.len() - DEVICES_SHOWN) as u64)) " more places, all in the letter" } }
                    }
                }
                @if let Some(n) = pick.filter(|_| one.unwritten > 0) {
                    @let name = format!("row{n}");
                    label.check for=(name) {
                        input id=(name) type="checkbox" name=(name) value=(one.id) form="issue";
                        "Choose " (foreign(&one.name))
                    }
                }
            }
            div {
                p.tags {
                    span class=(badge) { (one.reach_title) }
                    @if let Some(country) = &one.country { span.tag { (country) } }
                    @if one.with_mail == 0 { span.tag { "No mail address" } }
                    @else { span.tag { (counted(one.with_mail, "contact with mail", "contacts with mail")) } }
                }
                @for notice in &one.notices { (letter(to, notice, keeps, send)) }
            }
        }
    }
}

fn letter(to: &Links, one: &NoticeRow, keeps: bool, send: Sending<'_>) -> Markup {
    let step = |word: &str, says: &str| {
        html! {
            form method="post" action=(to.notice_form(one.id, "step")) {
                (send.fields())
                input type="hidden" name="step" value=(word);
                button.quiet type="submit" { (says) }
            }
        }
    };
    html! {
        div.letter {
            p {
                strong { (one.reach_title) } ": version " (one.version) ", " (one.way_title.to_lowercase()) ", issued "
                time datetime=(one.issued_at) { (one.issued_at.shown()) } " by " (foreign(&one.issued_by)) "."
                @if let Some(at) = one.step_at.filter(|_| one.acknowledged_at.is_none()) { " Since " time datetime=(at) { (at.shown()) } "." }
                @if let Some(why) = &one.why_title { " " (visible(why)) }
                @if let Some(due) = one.due { " It is tried again at " time datetime=(due) { (due.shown()) } "." }
                @if let Some(at) = one.acknowledged_at {
                    " Acknowledged " time datetime=(at) { (at.shown()) }
                    @match &one.acknowledged_by { Some(by) => { ", recorded by " (foreign(by)) }, None => " by the address in the letter" }
                    @if let Some(how) = &one.acknowledged_how { ": " (foreign(how)) } "."
                }
            }
            @if keeps {
                div.buttons {
                    a.button.quiet href=(to.letter(one.id)) download { "The letter" }
                    @match (one.way.as_str(), one.reach.as_str()) {
                        ("hand", "waiting") => (step("handed_over", "It went by hand")),
                        ("mail", "not_told" | "unknown") => (step("again", "Send it again")),
                        _ => {}
                    }
                }
                @if one.acknowledged_at.is_none() {
                    details {
                        summary { "They acknowledged it otherwise" }
                        form.stacked method="post" action=(to.notice_form(one.id, "acknowledgement")) {
                            (send.fields())
                            @let name = format!("reason-{}", one.id);
                            div.field {
                                label for=(name) { "How" }
                                input id=(name) type="text" name="reason" required maxlength="4000" autocomplete="off"
                                    aria-describedby={ (name) "-hint" };
                                span.hint id={ (name) "-hint" } { "By telephone, in a letter. It stays in the ledger: no names of persons." }
                            }
                            button type="submit" { "Record it" }
                        }
                    }
                }
            }
        }
    }
}

fn pages(
    to: &Links,
    id: aftercare_vocab::id::AdvisoryId,
    sheet: &NoticesSheet,
    wish: &NoticesWish,
) -> Markup {
    let all = [("reach", wish.reach.as_deref().unwrap_or("")), ("q", wish.text.as_str())];
    let next = sheet.customers.next.as_deref().map(|next| {
        let values: Vec<_> = all.iter().copied().chain([("after", next)]).collect();
        to.notices_with(id, &values)
    });
    let first = (!wish.after.is_empty()).then(|| to.notices_with(id, &all));
    pager(sheet.customers.items.len(), sheet.customers.total, "customers", next, first)
}

fn record(
    to: &Links,
    id: aftercare_vocab::id::AdvisoryId,
    totals: &NoticeTotals,
    send: Sending<'_>,
) -> Markup {
    let told = totals.told + totals.acknowledged;
    let lacking = totals.concerned - told;
    html! {
        section #record {
            h2 { "Record it in the case" }
            p { (counted(told, "customer counts", "customers count")) " as told, " (count(lacking)) " do not. Mail counts as told when the mail server has taken it." }
            @if told > 0 {
                form.stacked method="post" action=(to.told(id)) {
                    (send.fields())
                    div.field {
                        label for="exceptions" { "Why the others were not told" }
                        input #exceptions type="text" name="exceptions" required[lacking > 0] maxlength="4000" autocomplete="off";
                    }
                    button type="submit" { "Record that customers were told" }
                }
            }
        }
    }
}
