//! Parts that pages share: badges, figures, gauges, tables, definition lists, pagers, empty states.
//!
//! Foreign text goes through [`foreign`] or [`code`]: escaped, isolated in direction, with hidden
//! characters made visible.

use super::icons::{Icon, icon};
use crate::link::Links;
use crate::text::{count, percent, score, visible};
use aftercare_desk::answers::{
    EndOfSupport, FindingCounts, NothingFound, UnitAnswer, UnitsByAnswer, Warning,
};
use aftercare_vocab::{cvss::Severity, verdict::Answer};
use maud::{Markup, html};

/// Foreign text in running prose.
pub fn foreign(text: &str) -> Markup {
    html! { bdi { (visible(text)) } }
}

/// Foreign text that is an identifier, a version or a path.
pub fn code(text: &str) -> Markup {
    html! { code { bdi { (visible(text)) } } }
}

/// A sentence of ours that may quote text or a command between backticks: those become code.
pub fn prose(text: &str) -> Markup {
    let mut parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // A backtick without its partner is only a character.
        parts = vec![text];
    }
    html! {
        @for (place, part) in parts.into_iter().enumerate() {
            @if place.is_multiple_of(2) { (visible(part)) } @else { (code(part)) }
        }
    }
}

/// Absent text, in words; never an empty cell.
pub fn absent(words: &str) -> Markup {
    html! { span.absent { (words) } }
}

/// Foreign text, or words for its absence.
pub fn foreign_or(text: Option<&str>, words: &str) -> Markup {
    text.map_or_else(|| absent(words), foreign)
}

/// The answer for a component, by word, drawing and colour.
pub fn answer_badge(answer: Answer) -> Markup {
    let (class, drawing) = match answer {
        Answer::Affected => ("badge badge-affected", Icon::Affected),
        Answer::Undetermined => ("badge badge-undetermined", Icon::Undetermined),
        Answer::NotAffected => ("badge badge-not-affected", Icon::NotAffected),
    };
    html! { span class=(class) { (icon(drawing)) (answer.shown()) } }
}

/// The answer for a version or unit, by word, drawing and colour.
pub fn unit_badge(answer: UnitAnswer) -> Markup {
    let drawing = match answer {
        UnitAnswer::Affected => Icon::Affected,
        UnitAnswer::Undetermined => Icon::Undetermined,
        UnitAnswer::NoAffectedComponent => Icon::NotAffected,
        _ => Icon::Unknown,
    };
    html! { span class={ "badge badge-" (look(answer)) } { (icon(drawing)) (answer.shown()) } }
}

/// A source of public knowledge by its usual name; others as they are.
pub fn source_name(source: &str) -> Markup {
    match source {
        "osv" => html! { "OSV" },
        "cve" => html! { "CVE list" },
        "nvd" => html! { "NVD" },
        "csaf" => html! { abbr title="Common Security Advisory Framework" { "CSAF" } },
        "openvex" => html! { "OpenVEX" },
        "cyclonedx_vex" => html! { "CycloneDX VEX" },
        "sbom" => html! { "the SBOM itself" },
        "kev" => html! { abbr title="Known Exploited Vulnerabilities catalogue" { "KEV" } },
        "epss" => html! { abbr title="Exploit Prediction Scoring System" { "EPSS" } },
        other => foreign(other),
    }
}

/// Something that could not be known, as strong as an answer.
pub fn unknown_badge(words: &str) -> Markup {
    html! { span.badge.badge-unknown { (icon(Icon::Unknown)) (words) } }
}

const fn look(answer: UnitAnswer) -> &'static str {
    match answer {
        UnitAnswer::Affected => "affected",
        UnitAnswer::Undetermined => "undetermined",
        UnitAnswer::NoAffectedComponent => "not-affected",
        _ => "unknown",
    }
}

/// Listed as known exploited since a date.
pub fn exploited_tag(since: &str) -> Markup {
    html! {
        span.tag.tag-exploited { (icon(Icon::Exploited)) "Known exploited since " (visible(since)) }
    }
}

/// Sources disagree.
pub fn disagreement_tag() -> Markup {
    html! { span.tag { (icon(Icon::Disagree)) "Sources disagree" } }
}

/// A CVSS score with its rating in words; its absence in words.
pub fn score_tag(tenths: Option<u8>) -> Markup {
    match tenths {
        None => absent("Not scored"),
        Some(tenths) => {
            let rating = Severity::of_tenths(tenths);
            html! {
                span.score data-rating=(rating.shown().to_lowercase()) {
                    b { (score(tenths)) } " " span { (rating.shown()) }
                }
            }
        }
    }
}

/// An EPSS probability; its absence in words.
pub fn epss_text(epss: Option<u32>) -> Markup {
    epss.map_or_else(|| absent("Not scored"), |epss| html! { (percent(epss)) })
}

/// A figure that leads to its list.
#[derive(Debug, Clone)]
pub struct Figure<'a> {
    /// What is counted: `Units affected`.
    pub label: &'a str,
    /// The count; none = it could not be made, shown as unknown and never as 0.
    pub count: Option<u64>,
    /// What one counted thing is, in the plural: `units`.
    pub unit: &'a str,
    /// The look: `affected`, `undetermined`, `unknown`, `not-affected`, `plain`.
    pub look: &'static str,
    /// The list behind the figure.
    pub href: Option<String>,
}

/// A row of figures, like the windows of a panel.
pub fn figures(figures: &[Figure<'_>]) -> Markup {
    html! {
        ul.readouts {
            @for figure in figures {
                // A zero is drawn quietly, so that it does not shout in the colour of an answer.
                li class={ "readout readout-" (if figure.count == Some(0) { "plain" } else { figure.look }) } {
                    @match &figure.href {
                        Some(href) => a href=(href) { (readout(figure)) },
                        None => div { (readout(figure)) },
                    }
                }
            }
        }
    }
}

fn readout(figure: &Figure<'_>) -> Markup {
    html! {
        span.readout-label { (figure.label) }
        span.readout-line {
            @match figure.count {
                Some(number) => { span.readout-figure { (count(number)) } " " span.readout-unit { (figure.unit) } },
                None => { span.readout-figure.readout-words { "Unknown" } " " span.readout-unit { (figure.unit) } },
            }
        }
    }
}

/// A bar that shows how units divide into answers. The figures stand beside it in words, so it is
/// hidden from readers of text. A share above zero is never thinner than one hundredth.
pub fn gauge(units: &UnitsByAnswer) -> Markup {
    let parts = [
        ("affected", units.affected),
        ("undetermined", units.undetermined),
        ("unknown", units.unknown()),
        ("not-affected", units.no_affected_component),
    ];
    let total = units.total().max(1);
    let widths: Vec<u64> =
        parts.iter().map(|(_, n)| if *n == 0 { 0 } else { (n * 1_000 / total).max(10) }).collect();
    let sum = widths.iter().sum::<u64>().max(1);
    let mut left = 0;
    html! {
        svg.gauge width="100%" height="20" aria-hidden="true" focusable="false" {
            rect.gauge-ground width="100%" height="20" {}
            @for ((look, n), width) in parts.iter().zip(widths) {
                @if *n > 0 {
                    rect class={ "gauge-" (look) } x=(share(left, sum)) width=(share(width, sum)) height="20"
                        fill=[(*look == "unknown").then_some("url(#hatch)")] {}
                    ({ left += width; "" })
                }
            }
        }
    }
}

fn share(part: u64, whole: u64) -> String {
    let thousandths = part * 1_000 / whole;
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// The head of a table's column.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Its words; also the label beside the value on a phone.
    pub head: &'static str,
    /// Figures, set to the right.
    pub number: bool,
    /// Where to sort by it, and whether the table is sorted by it now.
    pub sort: Option<(String, bool)>,
}

impl Column {
    /// A column of text.
    pub const fn text(head: &'static str) -> Self {
        Self { head, number: false, sort: None }
    }

    /// A column of figures.
    pub const fn number(head: &'static str) -> Self {
        Self { head, number: true, sort: None }
    }

    /// The same, with a link to sort by it.
    #[must_use]
    pub fn sorted_by(mut self, href: String, now: bool) -> Self {
        self.sort = Some((href, now));
        self
    }
}

/// A table's row: its cells, the first being its head.
pub type Row = Vec<Markup>;

/// A table that becomes a list of cards on a phone. Roles are written out because cards would
/// otherwise lose them.
pub fn table(caption: Markup, columns: &[Column], rows: &[Row]) -> Markup {
    html! {
        div.table-box {
            table role="table" {
                caption { (caption) }
                thead role="rowgroup" { tr role="row" {
                    @for column in columns {
                        th scope="col" role="columnheader" .number[column.number]
                            aria-sort=[column.sort.as_ref().filter(|(_, now)| *now).map(|_| "descending")] {
                            @match &column.sort {
                                Some((href, now)) => a.sort href=(href) {
                                    (column.head) span.sort-mark aria-hidden="true" { (if *now { " ▾" } else { " ▿" }) }
                                },
                                None => (column.head),
                            }
                        }
                    }
                } }
                tbody role="rowgroup" { @for row in rows { (table_row(columns, row)) } }
            }
        }
    }
}

fn table_row(columns: &[Column], row: &Row) -> Markup {
    html! {
        tr role="row" data-row {
            @for (place, (column, cell)) in columns.iter().zip(row).enumerate() {
                @if place == 0 {
                    th scope="row" role="rowheader" { (cell) }
                } @else {
                    td role="cell" .number[column.number] data-label=(column.head) { div { (cell) } }
                }
            }
        }
    }
}

/// A list of terms and their values.
pub fn definitions(items: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts { @for (term, value) in items { div { dt { (term) } dd { (value) } } } }
    }
}

/// An empty list: what is not there, and what to do.
pub fn empty(what: &str, next: Markup) -> Markup {
    html! { div.empty { p.empty-what { (icon(Icon::Notice)) (what) } p { (next) } } }
}

/// Nothing was found, what that means, what to do.
pub fn nothing_found(to: &Links, nothing: &NothingFound) -> Markup {
    html! {
        section.empty.nothing aria-labelledby="nothing" {
            h2 #nothing { (icon(Icon::Unknown)) "Nothing found, which is not an all-clear" }
            p { (prose(&nothing.what)) }
            p { (prose(&nothing.means)) }
            h3 { "What to do next" }
            ul {
                @for step in &nothing.next {
                    li {
                        @match step.target.as_ref().and_then(|target| to.target(target)) {
                            Some(href) => a href=(href) { (prose(&step.text)) },
                            None => (prose(&step.text)),
                        }
                    }
                }
            }
        }
    }
}

/// How much of a list is shown, and the way to the rest.
pub fn pager(
    shown: usize,
    total: u64,
    things: &str,
    next: Option<String>,
    first: Option<String>,
) -> Markup {
    html! {
        nav.pager aria-label={ "Pages of " (things) } {
            p { "Showing " (count(shown as u64)) " of " (count(total)) " " (things) "." }
            @if let Some(href) = first { a.button.quiet href=(href) rel="first" { "First page" } }
            @if let Some(href) = next { a.button href=(href) rel="next" { "Next page" } }
        }
    }
}

/// A link to another site, only when it is http or https; otherwise the text as it is.
pub fn outward(url: &str) -> Markup {
    let lower = url.to_ascii_lowercase();
    html! {
        @if lower.starts_with("https://") || lower.starts_with("http://") {
            a.outward href=(url) rel="noopener noreferrer nofollow external" {
                bdi { (visible(url)) } (icon(Icon::Outward))
            }
        } @else {
            (code(url))
        }
    }
}

/// How long updates are promised.
pub fn end_of_support(support: &EndOfSupport, unsupported_but_fielded: bool) -> Markup {
    html! {
        @match support {
            EndOfSupport::NotStated => (absent("Not stated")),
            EndOfSupport::Until { date } => { "Until " (visible(date)) },
            EndOfSupport::Ended { date } => { "Ended " (visible(date)) },
        }
        @if unsupported_but_fielded { " " span.tag.tag-strong { "Unsupported but fielded" } }
    }
}

/// Counts of findings in one line, each answer with its drawing.
pub fn finding_counts(counts: &FindingCounts, list: impl Fn(Answer) -> String) -> Markup {
    let lines = [
        (Answer::Affected, counts.affected, Icon::Affected),
        (Answer::Undetermined, counts.undetermined, Icon::Undetermined),
    ];
    html! {
        span.tallies {
            @for (answer, n, drawing) in lines {
                @if n > 0 {
                    a class={ "tally tally-" (answer.code()) } href=(list(answer)) {
                        (icon(drawing)) b { (count(n)) } " " (answer.shown().to_lowercase())
                    }
                }
            }
            @if counts.affected + counts.undetermined == 0 {
                span.absent { "No finding recorded in this edition" }
            }
        }
    }
}

/// What could not be read in a document.
pub fn warnings(warnings: &[Warning], total: u64) -> Markup {
    html! {
        ol.warnings {
            @for warning in warnings {
                li {
                    @if !warning.place.is_empty() { (code(&warning.place)) " " }
                    (prose(&warning.what))
                    @if !warning.next.is_empty() { " " (prose(&warning.next)) }
                    " " span.warning-code { (visible(&warning.code)) }
                }
            }
        }
        @if total > warnings.len() as u64 {
            p { "The first " (count(warnings.len() as u64)) " of " (count(total)) " warnings; the API lists all." }
        }
    }
}

/// The head of a page: the way here, its one `h1`, and a line below it.
pub fn head(way: &[(&str, String)], title: Markup, below: Markup) -> Markup {
    html! {
        header.head {
            @if !way.is_empty() {
                nav.way aria-label="Where you are" {
                    ol { @for (words, href) in way { li { a href=(href) { bdi { (visible(words)) } } } } }
                }
            }
            h1 { (title) }
            div.below { (below) }
        }
    }
}
