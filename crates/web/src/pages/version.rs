//! The version page: identity, figures, and four tabs (findings, components, SBOM, units).

use super::{
    components::{
        Column, Figure, Row, absent, answer_badge, code, definitions, disagreement_tag, empty,
        end_of_support, epss_text, exploited_tag, figures, finding_counts, foreign, foreign_or,
        head, pager, prose, score_tag, table, unknown_badge, warnings,
    },
    frame::{Frame, Room, document},
    moment::kept,
    upload,
};
use crate::{
    link::Links,
    text::{count, counted, size, visible},
};
use aftercare_desk::answers::{
    AttachedSbom, ComponentRef, ComponentRow, Coverage, FindingRow, Page, SbomState, SiteUnits,
    VersionSheet,
};
use aftercare_domain::{access::Right, text::NAME_LIMIT};
use aftercare_vocab::{id::VersionId, identity, verdict::Answer};
use maud::{Markup, html};

/// The open tab with its rows.
#[derive(Debug, Clone, Copy)]
pub enum Tab<'a> {
    /// Findings of the current SBOM.
    Findings(&'a Page<FindingRow>),
    /// Components of the current SBOM.
    Components(&'a Page<ComponentRow>),
    /// The SBOMs attached, and the form to attach one.
    Sbom,
    /// Units by site.
    Units(&'a Page<SiteUnits>),
}

impl Tab<'_> {
    /// The name in the address: `tab=findings`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Findings(_) => "findings",
            Self::Components(_) => "components",
            Self::Sbom => "sbom",
            Self::Units(_) => "units",
        }
    }
}

/// What the address asked for beside the tab. All empty = everything, in the usual order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionQuery {
    /// `answer=`: only findings with this answer; absent = affected and undetermined ones.
    pub answer: Option<Answer>,
    /// `only=`: `known_exploited`, `critical` (findings), `not_covered` (components).
    pub only: String,
    /// `q=`: text looked for in names and identifiers.
    pub q: String,
    /// `sort=`: `score`, `epss`, `component`, `vulnerability`; empty = gravest first.
    pub sort: String,
    /// `after=`: the cursor this page starts at.
    pub after: String,
}

impl VersionQuery {
    fn address(
        &self,
        to: &Links,
        version: VersionId,
        tab: &str,
        after: &str,
        sort: &str,
    ) -> String {
        let answer = self.answer.map_or("", Answer::code);
        to.version_with(
            version,
            &[
                ("tab", tab),
                ("answer", answer),
                ("only", &self.only),
                ("q", &self.q),
                ("sort", sort),
                ("after", after),
            ],
        )
    }

    const fn narrows(&self) -> bool {
        self.answer.is_some() || !self.only.is_empty() || !self.q.is_empty()
    }
}

/// A product version with one open tab.
pub fn page(
    frame: &Frame<'_>,
    sheet: &VersionSheet,
    query: &VersionQuery,
    tab: &Tab<'_>,
) -> Markup {
    let to = frame.to;
    let body = html! {
        (head(
            &[("Products", to.products()), (&sheet.product.name, to.product(sheet.product.id))],
            html! { (foreign(&sheet.product.name)) " " span.h1-version { (foreign(&sheet.version)) } },
            html! { p { "Family " (foreign(&sheet.product.family)) } },
        ))
        (state_figures(to, sheet))
        (identity(to, sheet))
        (tabs(to, sheet, tab.code()))
        section.tab aria-labelledby="tab-title" {
            @match tab {
                Tab::Findings(rows) => (findings(to, sheet, query, rows)),
                Tab::Components(rows) => (components(frame, sheet, query, rows)),
                Tab::Sbom => (sboms(frame, sheet)),
                Tab::Units(rows) => (units(to, sheet, query, rows)),
            }
        }
    };
    let title = format!("{} {}", sheet.product.name, sheet.version);
    document(frame, &title, Room::Products, body)
}

fn state_figures(to: &Links, sheet: &VersionSheet) -> Markup {
    let tab = |name: &str| to.version_tab(sheet.id, name);
    let part = |tab: &str, value| to.version_with(sheet.id, &[("tab", tab), value]);
    let known = match &sheet.sbom {
        SbomState::Matched { findings, not_covered, .. } => Some((findings, *not_covered)),
        SbomState::NotYetMatched { .. } | SbomState::Missing => None,
    };
    let figure = |label, count: Option<u64>, unit, look, href| Figure {
        label,
        count,
        unit,
        look: if count.is_none() { "unknown" } else { look },
        href: Some(href),
    };
    figures(&[
        figure(
            "Affected",
            known.map(|(f, _)| f.affected),
            "findings",
            "affected",
            part("findings", ("answer", "affected")),
        ),
        figure(
            "Undetermined",
            known.map(|(f, _)| f.undetermined),
            "findings",
            "undetermined",
            part("findings", ("answer", "undetermined")),
        ),
        figure(
            "Known exploited",
            known.map(|(f, _)| f.known_exploited),
            "findings",
            "exploited",
            part("findings", ("only", "known_exploited")),
        ),
        figure(
            "Not covered",
            known.map(|(_, n)| n),
            "components unknown",
            "unknown",
            part("components", ("only", "not_covered")),
        ),
        figure("Units", Some(sheet.units.on_version), "units", "plain", tab("units")),
    ])
}

fn identity(to: &Links, sheet: &VersionSheet) -> Markup {
    let predecessor = sheet.predecessor.as_ref().map_or_else(
        || absent("None recorded"),
        |version| html! { a href=(to.version(version.id)) { (foreign(&version.product)) " " (foreign(&version.version)) } },
    );
    definitions(&[
        ("UDI-DI", sheet.udi_di.as_deref().map_or_else(|| absent("Not recorded"), code)),
        ("Replaces", predecessor),
        ("Released", foreign_or(sheet.released_on.as_deref(), "Not recorded")),
        ("End of life", foreign_or(sheet.end_of_life.as_deref(), "Not recorded")),
        ("End of support", end_of_support(&sheet.end_of_support, sheet.unsupported_but_fielded)),
        (
            "Current SBOM",
            match &sheet.sbom {
                SbomState::Missing => unknown_badge("Unknown: no SBOM"),
                SbomState::NotYetMatched { digest, .. } => {
                    html! { (code(&digest.short())) " " (unknown_badge("Not matched yet")) }
                }
                SbomState::Matched { digest, .. } => {
                    html! { a href=(to.version_tab(sheet.id, "sbom")) { (code(&digest.short())) } }
                }
            },
        ),
    ])
}

fn tabs(to: &Links, sheet: &VersionSheet, open: &str) -> Markup {
    let (findings, components) = match &sheet.sbom {
        SbomState::Missing => (None, None),
        SbomState::NotYetMatched { components, .. } => (None, Some(*components)),
        SbomState::Matched { components, findings, .. } => {
            (Some(findings.affected + findings.undetermined), Some(*components))
        }
    };
    let all = [
        ("findings", "Findings", findings),
        ("components", "Components", components),
        ("sbom", "SBOM", Some(sheet.sboms.len() as u64)),
        ("units", "Units", Some(sheet.units.on_version)),
    ];
    html! {
        nav.tabs aria-label="Parts of this version" {
            @for (name, words, number) in all {
                a href=(to.version_tab(sheet.id, name)) aria-current=[(name == open).then_some("page")] {
                    (words) " "
                    @match number {
                        Some(number) => span.tab-count { (count(number)) },
                        None => span.tab-count { "unknown" },
                    }
                }
            }
        }
    }
}

/// Said in place of findings and components while nothing can be known; none when it can.
fn not_known(to: &Links, sheet: &VersionSheet, things: &str) -> Option<Markup> {
    match sheet.sbom {
        SbomState::Missing => Some(empty(
            &format!("{things} of this version are unknown: no SBOM is attached."),
            html! {
                "Nothing can be said about vulnerabilities of this version without one. "
                @if !to.is_past() { a href=(to.version_tab(sheet.id, "sbom")) { "Attach an SBOM" } "." }
            },
        )),
        SbomState::NotYetMatched { .. } if things == "Findings" => Some(empty(
            "Findings are unknown: the SBOM was not matched yet.",
            html! { "Matching runs by itself, as a rule within seconds. Load this page again." },
        )),
        SbomState::NotYetMatched { .. } | SbomState::Matched { .. } => None,
    }
}

fn findings(
    to: &Links,
    sheet: &VersionSheet,
    query: &VersionQuery,
    rows: &Page<FindingRow>,
) -> Markup {
    if let Some(unknown) = not_known(to, sheet, "Findings") {
        return html! { h2 #tab-title { "Findings" } (unknown) };
    }
    let sort = |name: &'static str| {
        (query.address(to, sheet.id, "findings", "", name), query.sort == name)
    };
    let by = |column: Column, name| {
        let (href, now) = sort(name);
        column.sorted_by(href, now)
    };
    let columns = [
        by(Column::text("Vulnerability"), "vulnerability"),
        Column::text("Answer"),
        by(Column::text("Component"), "component"),
        by(Column::number("Score"), "score"),
        by(Column::number("EPSS"), "epss"),
        Column::text("Repaired in"),
        Column::text("Because"),
    ];
    let table_rows: Vec<Row> =
        rows.items.iter().map(|row| finding_row(to, sheet.id, row)).collect();
    html! {
        h2 #tab-title { "Findings" }
        (finding_filter(to, sheet.id, query))
        @if table_rows.is_empty() && query.narrows() {
            (empty("No finding fits this filter.", html! {
                a href=(to.version_tab(sheet.id, "findings")) { "Show all findings" } " of this version."
            }))
        } @else if table_rows.is_empty() {
            (empty("This edition holds no finding for the components of this SBOM.", html! {
                "This is as good as the SBOM and the edition are. Look at the "
                a href=(to.version_tab(sheet.id, "components")) { "components" }
                " for those that are not covered, and keep the edition up to date."
            }))
        } @else {
            (table(html! { span.unseen { "Findings of this version" } }, &columns, &table_rows))
            (rest(to, sheet.id, query, "findings", rows))
        }
    }
}

fn finding_filter(to: &Links, version: VersionId, query: &VersionQuery) -> Markup {
    let option = |value: &'static str, words: &'static str, chosen: bool| html! { option value=(value) selected[chosen] { (words) } };
    html! {
        form.filter method="get" action=(to.version(version)) {
            (kept(to))
            input type="hidden" name="tab" value="findings";
            @if !query.sort.is_empty() { input type="hidden" name="sort" value=(query.sort); }
            div.field {
                label for="filter-answer" { "Answer" }
                select #filter-answer name="answer" {
                    (option("", "Affected or undetermined", query.answer.is_none()))
                    @for answer in [Answer::Affected, Answer::Undetermined, Answer::NotAffected] {
                        (option(answer.code(), answer.shown(), query.answer == Some(answer)))
                    }
                }
            }
            div.field {
                label for="filter-only" { "Only" }
                select #filter-only name="only" {
                    (option("", "All", query.only.is_empty()))
                    (option("known_exploited", "Known exploited", query.only == "known_exploited"))
                    (option("critical", "Score 9.0 or more", query.only == "critical"))
                }
            }
            div.field.wide {
                label for="filter-q" { "Component or identifier contains" }
                input #filter-q type="search" name="q" value=(query.q) maxlength="200";
            }
            button type="submit" { "Filter" }
        }
    }
}

fn finding_row(to: &Links, version: VersionId, row: &FindingRow) -> Row {
    let component = &row.component;
    vec![
        html! {
            a.mono href=(to.vulnerability(&row.vulnerability)) { (foreign(&row.vulnerability)) }
            @if let Some(since) = &row.kev_since { (exploited_tag(since)) }
            span.row-note { (foreign(&row.summary)) }
        },
        html! {
            (answer_badge(row.answer))
            @if row.disagreement { (disagreement_tag()) }
        },
        html! { (foreign(&component.name)) " " (version_text(component.version.as_deref())) },
        score_tag(row.score_tenths),
        epss_text(row.epss),
        list_or(&row.fixed_in, "None named"),
        html! {
            (prose(&row.because)) " "
            a.why href=(to.finding(version, component.index, &row.vulnerability)) {
                "Why" span.unseen { " " (visible(&row.vulnerability)) " in " (visible(&component.name)) }
            }
        },
    ]
}

/// A component's version, or that it is unknown.
pub fn version_text(version: Option<&str>) -> Markup {
    version.map_or_else(|| absent("version unknown"), code)
}

/// Versions as written, or words for their absence.
pub fn list_or(items: &[String], words: &str) -> Markup {
    html! {
        @if items.is_empty() { (absent(words)) }
        @for (place, item) in items.iter().enumerate() { @if place > 0 { ", " } (code(item)) }
    }
}

fn rest<T>(
    to: &Links,
    version: VersionId,
    query: &VersionQuery,
    tab: &str,
    rows: &Page<T>,
) -> Markup {
    let address = |after: &str| query.address(to, version, tab, after, &query.sort);
    let things = if tab == "units" { "sites" } else { tab };
    let first = (!query.after.is_empty()).then(|| address(""));
    pager(rows.items.len(), rows.total, things, rows.next.as_deref().map(address), first)
}

fn components(
    frame: &Frame<'_>,
    sheet: &VersionSheet,
    query: &VersionQuery,
    rows: &Page<ComponentRow>,
) -> Markup {
    let to = frame.to;
    if let Some(unknown) = not_known(to, sheet, "Components") {
        return html! { h2 #tab-title { "Components" } (unknown) };
    }
    let columns = [
        Column::text("Component"),
        Column::text("Version"),
        Column::text("Findings"),
        Column::text("Identity"),
        Column::text("Supplier"),
        Column::text("Licence"),
        Column::text("Place in the SBOM"),
    ];
    let table_rows: Vec<Row> =
        rows.items.iter().map(|row| component_row(frame, sheet.id, row)).collect();
    html! {
        h2 #tab-title { "Components" }
        form.filter method="get" action=(to.version(sheet.id)) {
            (kept(to))
            input type="hidden" name="tab" value="components";
            div.field {
                label for="filter-only" { "Only" }
                select #filter-only name="only" {
                    option value="" selected[query.only.is_empty()] { "All" }
                    option value="not_covered" selected[query.only == "not_covered"] { "Not covered" }
                }
            }
            div.field.wide {
                label for="filter-q" { "Name or identity contains" }
                input #filter-q type="search" name="q" value=(query.q) maxlength="200";
            }
            button type="submit" { "Filter" }
        }
        @if table_rows.is_empty() && query.narrows() {
            (empty("No component fits this filter.", html! {
                a href=(to.version_tab(sheet.id, "components")) { "Show all components" } " of this version."
            }))
        } @else if table_rows.is_empty() {
            (empty("The SBOM lists no component.", html! {
                "An empty SBOM says nothing about what is inside. "
                @if !to.is_past() { a href=(to.version_tab(sheet.id, "sbom")) { "Attach a complete one" } "." }
            }))
        } @else {
            (table(html! { span.unseen { "Components of this version" } }, &columns, &table_rows))
            (rest(to, sheet.id, query, "components", rows))
        }
    }
}

fn component_row(frame: &Frame<'_>, version: VersionId, row: &ComponentRow) -> Row {
    let (to, component) = (frame.to, &row.component);
    let list = |answer: Answer| {
        to.version_with(
            version,
            &[("tab", "findings"), ("answer", answer.code()), ("q", &component.name)],
        )
    };
    let coverage = match &row.coverage {
        Coverage::Covered { findings } => finding_counts(findings, list),
        Coverage::NotCovered { why, findings, .. } => html! {
            @if findings.total() > 0 { (finding_counts(findings, list)) " " }
            (unknown_badge(if findings.total() > 0 { "Not covered otherwise" } else { "Not covered" }))
            span.row-note {
                (prose(why))
                @if let Some(identity) = own_identity(component).filter(|_| !to.is_past() && frame.may(Right::KeepMappings)) {
                    @let product: String = component.name.chars().take(NAME_LIMIT).collect();
                    " " a href=(to.mappings_for(&product, &identity)) { "Say what it is" }
                }
            }
        },
        Coverage::NotYetMatched => unknown_badge("Not matched yet"),
    };
    vec![
        html! {
            a href=(to.components(component.identity.as_deref().unwrap_or(&component.name))) { (foreign(&component.name)) }
            @if let Some(kind) = &row.kind { span.row-note { (foreign(kind)) } }
        },
        version_text(component.version.as_deref()),
        coverage,
        component.identity.as_deref().map_or_else(|| absent("None given"), code),
        foreign_or(row.supplier.as_deref(), "Not stated"),
        html! { @if row.licences.is_empty() { (absent("Not stated")) } @else { (foreign(&row.licences.join(", "))) } },
        code(&component.place),
    ]
}

/// Under what a mapping names a component that nobody knows, if it can.
fn own_identity(component: &ComponentRef) -> Option<String> {
    let named = || identity::of_name(&component.name).and_then(|name| identity::read(&name));
    component.identity.as_deref().map_or_else(named, identity::read)
}

fn sboms(frame: &Frame<'_>, sheet: &VersionSheet) -> Markup {
    let to = frame.to;
    html! {
        h2 #tab-title { "SBOM" }
        @if sheet.sboms.is_empty() {
            (empty("No SBOM is attached to this version.", html! {
                "What it contains is unknown, and nothing can be said about its vulnerabilities. Attach the SBOM of the build that was released."
            }))
        }
        @if to.is_past() {
            p.hint { "An SBOM is attached at the present: go back to it to attach one." }
        } @else if frame.may(Right::ReceiveSbom) {
            (upload::form(frame, sheet.id, sheet.entity_version))
        }
        @for sbom in &sheet.sboms { (attached(to, sbom)) }
    }
}

fn attached(to: &Links, sbom: &AttachedSbom) -> Markup {
    let name = sbom.file_name.clone().unwrap_or_else(|| sbom.digest.short());
    html! {
        section.sheet {
            h3 {
                (foreign(&name)) " "
                @if sbom.current { span.tag.tag-strong { "Current" } } @else { span.tag { "Earlier" } }
            }
            (definitions(&[
                ("SHA-256 of the bytes received", html! {
                    a href=(to.blob(&sbom.digest)) { (code(&sbom.digest.to_string())) }
                }),
                ("Format", html! { (foreign(&sbom.format)) @if !sbom.spec_version.is_empty() { " " (code(&sbom.spec_version)) } }),
                ("Size", html! { (size(sbom.bytes)) ", " (counted(sbom.components, "component", "components")) }),
                ("Made with", if sbom.tools.is_empty() { absent("Not stated") } else { foreign(&sbom.tools.join(", ")) }),
                ("Made on, as written", foreign_or(sbom.created.as_deref(), "Not stated")),
                ("Received", html! { time datetime=(sbom.received_at) { (sbom.received_at.shown()) } " from " (foreign(&sbom.received_by)) }),
            ]))
            @if sbom.warnings_total > 0 {
                details {
                    summary { (counted(sbom.warnings_total, "part could not be used", "parts could not be used")) }
                    (warnings(&sbom.warnings, sbom.warnings_total))
                }
            } @else {
                p.hint { "Every part of the document could be read." }
            }
        }
    }
}

fn units(to: &Links, sheet: &VersionSheet, query: &VersionQuery, rows: &Page<SiteUnits>) -> Markup {
    let summary = &sheet.units;
    let columns = [Column::text("Site"), Column::text("Consignee"), Column::number("Units")];
    let table_rows: Vec<Row> = rows
        .items
        .iter()
        .map(|row| {
            vec![
                html! { a href=(to.site(row.site)) { (foreign(&row.name)) } },
                row.consignee.as_ref().map_or_else(
                    || absent("Unknown"),
                    |c| html! { a href=(to.consignee(c.id)) { (foreign(&c.name)) } },
                ),
                html! { (count(row.units)) },
            ]
        })
        .collect();
    html! {
        h2 #tab-title { "Units" }
        p { (counted(summary.on_version, "unit is", "units are")) " known to run this version, at "
            (counted(summary.sites, "site", "sites")) "." }
        @if summary.site_unknown > 0 {
            p.aside { (unknown_badge("Site unknown")) " " (counted(summary.site_unknown, "of them stands", "of them stand"))
                " at a site that is not recorded." }
        }
        @if summary.of_product_version_unknown > 0 {
            p.aside { (unknown_badge("Installed version unknown")) " "
                (counted(summary.of_product_version_unknown, "more unit", "more units"))
                " of this product may run this version too." }
        }
        @if table_rows.is_empty() {
            (empty("No unit is recorded at any site for this version.", html! {
                "Record units through the " a href=(to.api()) { "API" }
                ". Until then it is unknown whether this version is in use."
            }))
        } @else {
            (table(html! { span.unseen { "Units of this version by site" } }, &columns, &table_rows))
            (rest(to, sheet.id, query, "units", rows))
        }
    }
}
