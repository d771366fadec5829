//! The ask page: the question box and its answers.

use super::{
    components::{
        Column, answer_badge, code, empty, foreign, foreign_or, nothing_found, prose, source_name,
        table,
    },
    frame::{Frame, Room, ask_box, document},
};
use crate::{
    link::Links,
    text::{count, counted},
};
use aftercare_desk::answers::{Answer, Hit, HitGroup, HitKind, Standing, Understood};
use maud::{Markup, html};

/// Questions to try, one of each kind.
pub const EXAMPLES: [(&str, &str); 5] = [
    ("A vulnerability", "CVE-2021-44228"),
    ("A component", "openssl"),
    ("A component with its version", "openssl 1.0.1f"),
    ("A package URL", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"),
    ("A CPE name", "cpe:2.3:a:openssl:openssl:1.0.1f:*:*:*:*:*:*:*"),
];

/// The ask page before a question is asked.
pub fn home(frame: &Frame<'_>) -> Markup {
    let to = frame.to;
    let body = html! {
        section.asking {
            h1 { "Which devices are concerned?" }
            p.lead {
                "Type what you heard of. The answer names product versions, sites and units, each with the "
                "reason, and says where knowledge is missing."
            }
            (ask_box(to, "", true))
            h2.small { "For example" }
            ul.examples {
                @for (kind, question) in EXAMPLES {
                    li { a href=(to.ask(question)) { span.example-kind { (kind) } (code(question)) } }
                }
            }
            p.hint { "Press " kbd { "/" } " on any page to come back to this box." }
        }
        @if let Some(standing) = frame.standing { (sources(standing)) }
    };
    document(frame, "Ask", Room::Ask, body)
}

fn sources(standing: &Standing) -> Markup {
    let Some(edition) = &standing.edition else {
        return html! {
            section #sources { h2 { "What answers rest on" }
                (empty("No edition of public knowledge has been imported.", html! {
                    "Import one with " code { "aftercare corpus import PATH" }
                    "; SBOMs that are already attached are matched at once."
                }))
            }
        };
    };
    let rows: Vec<_> = edition
        .sources
        .iter()
        .map(|source| {
            let newest = source.newest_at.map(|at| at.shown());
            vec![
                source_name(&source.name),
                html! { (count(source.records)) },
                foreign_or(newest.as_deref(), "Not stated"),
            ]
        })
        .collect();
    let columns =
        [Column::text("Source"), Column::number("Records"), Column::text("Newest date it carries")];
    html! {
        section #sources {
            h2 { "What answers rest on" }
            (table(
                html! { "Sources of edition " (code(&edition.id.short())) ", built " (edition.made_at.shown()) },
                &columns, &rows,
            ))
        }
    }
}

/// The ask page with the answer to a question.
pub fn answer(frame: &Frame<'_>, answer: &Answer) -> Markup {
    let to = frame.to;
    let body = html! {
        section.asking.asked {
            h1 { "Answer for " q { (foreign(&answer.question)) } }
            (ask_box(to, &answer.question, true))
            @if !answer.understood.is_empty() {
                p.understood {
                    "Understood as "
                    @for (place, reading) in answer.understood.iter().enumerate() {
                        @if place > 0 { ", or as " }
                        (understood(reading))
                    }
                    "."
                }
            }
            @if let Some(edition) = &answer.edition {
                p.hint {
                    "From edition " (code(&edition.id.short())) " of " (edition.made_at.shown())
                    " and the record of this manufacturer."
                }
            }
        }
        @if let Some(nothing) = &answer.nothing { (nothing_found(to, nothing)) }
        @for group in &answer.groups { (hits(to, &answer.question, group)) }
        @if answer.groups.is_empty() && answer.nothing.is_none() {
            (empty("There is no answer to show.", html! {
                "This says nothing about vulnerabilities. Ask again in other words, or "
                a href=(to.products()) { "browse all products" } "."
            }))
        }
    };
    document(frame, &format!("Answer for {}", answer.question), Room::Ask, body)
}

fn understood(reading: &Understood) -> Markup {
    html! {
        @match reading {
            Understood::Vulnerability { id } => { "the vulnerability " (code(id)) },
            Understood::PackageUrl { purl } => { "the package " (code(purl)) },
            Understood::Cpe { cpe } => { "the CPE name " (code(cpe)) },
            Understood::Component { name, version: Some(version) } => {
                "the component " (code(name)) " in version " (code(version))
            },
            Understood::Component { name, version: None } => {
                "the component " (code(name)) " in any version"
            },
            Understood::Name { text } => { "a product, site or consignee named " (code(text)) },
            Understood::Serial { text } => { "the serial number or UDI " (code(text)) },
        }
    }
}

const fn heading(kind: HitKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        HitKind::Vulnerability => ("Vulnerabilities", "vulnerability", "vulnerabilities"),
        HitKind::Version => ("Product versions", "product version", "product versions"),
        HitKind::Component => ("Components in SBOMs", "component", "components"),
        HitKind::Product => ("Products", "product", "products"),
        HitKind::Consignee => ("Consignees", "consignee", "consignees"),
        HitKind::Site => ("Sites", "site", "sites"),
        HitKind::Unit => ("Units", "unit", "units"),
    }
}

fn hits(to: &Links, question: &str, group: &HitGroup) -> Markup {
    let (words, one, many) = heading(group.kind);
    let rest = group.total.saturating_sub(group.hits.len() as u64);
    html! {
        section.hits {
            h2 { (words) " " span.heading-count { (counted(group.total, one, many)) } }
            ul.cards { @for found in &group.hits { (hit(to, found)) } }
            @if rest > 0 {
                p.hint {
                    (counted(rest, "more is", "more are")) " not shown here. "
                    @if group.kind == HitKind::Component {
                        a href=(to.components(question)) { "List all components" }
                    } @else { "Make the question narrower to see them." }
                }
            }
        }
    }
}

fn hit(to: &Links, hit: &Hit) -> Markup {
    html! {
        li.card data-row {
            div.card-title {
                @match to.target(&hit.target) {
                    Some(href) => a href=(href) { (foreign(&hit.title)) },
                    None => (foreign(&hit.title)),
                }
                @if let Some(answer) = hit.answer { " " (answer_badge(answer)) }
            }
            p.card-detail { (prose(&hit.detail)) }
            @if let Some(units) = hit.units { p.card-units { (counted(units, "unit", "units")) } }
        }
    }
}
