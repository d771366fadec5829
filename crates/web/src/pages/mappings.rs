//! Identities that the maker says mean one product: the list, one with its history, and what one would change.

use super::{
    components::{
        Column, Row, absent, code, definitions, empty, foreign, head, pager, table, unknown_badge,
    },
    form::Sending,
    frame::{Frame, Room, document},
    moment::kept,
};
use crate::{
    link::Links,
    text::{count, counted, editable, editable_lines},
};
use aftercare_desk::answers::{MappingEffect, MappingRow, MappingSheet, MappingStep, MappingTrial};
use aftercare_domain::{access::Right, mapping::IDENTITIES_LIMIT, text::NAME_LIMIT};
use maud::{Markup, html};

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The product's name.
    pub product: String,
    /// The identities, one a line.
    pub identities: String,
    /// Why.
    pub reason: String,
    /// How often something was said of the mapping when its form was drawn first.
    pub seen: Option<u64>,
}

/// Which part of the list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The words that stand in each mapping.
    pub words: String,
    /// How many come before.
    pub after: usize,
}

/// The list. `key` names this drawing of it.
pub fn page(
    frame: &Frame<'_>,
    sheet: &MappingSheet,
    part: &Part,
    typed: &Typed,
    key: &str,
) -> Markup {
    let (to, page) = (frame.to, &sheet.page);
    let columns = [Column::text("Product"), Column::text("Identities"), Column::text("Said last")];
    let rows: Vec<Row> = page.items.iter().map(|one| row(to, one)).collect();
    let asked = |after: &str| to.mappings_with(&[("words", &part.words), ("after", after)]);
    let is_searched = !part.words.is_empty() || part.after > 0;
    let body = html! {
        (head(&[("Products", to.products())], html! { "Own mappings of identities" }, html! {
            p { "Which identities of software mean one product, on top of the table that comes with matching (" (counted(sheet.curated, "product", "products")) "). A component that is known by one of them is looked up under the others, in every product and version of the programme." }
        }))
        section #list {
            @if sheet.in_force == 0 && !is_searched {
                (empty("No mapping of your own holds.", html! {
                    "Components that stand in your SBOMs under a name that no source knows stay " (unknown_badge("Not covered")) " until somebody says what they are."
                }))
            }
            @if is_searched || page.next.is_some() {
                form.filter role="search" method="get" action=(to.mappings()) {
                    (kept(to))
                    div.field {
                        label for="words" { "Product or identity contains" }
                        input #words type="search" name="words" value=(editable(&part.words)) autocomplete="off";
                    }
                    button type="submit" { "Find" }
                }
            }
            @if !rows.is_empty() {
                (table(html! { span.unseen { "Mappings" } }, &columns, &rows))
                (pager(rows.len(), page.total, "mappings", page.next.as_deref().map(asked), (part.after > 0).then(|| asked(""))))
            } @else if is_searched {
                (empty("No mapping holds these words.", html! { a href=(to.mappings()) { "Show all mappings" } "." }))
            }
        }
        @if !to.is_past() && frame.may(Right::KeepMappings) {
            section #state {
                h2 { "Say what a component is" }
                (form(&to.at(None).mappings(), typed, frame.sending(key)))
            }
        }
    };
    document(frame, "Own mappings of identities", Room::Products, body)
}

fn row(to: &Links, one: &MappingRow) -> Row {
    vec![
        html! {
            a href=(to.mapping(one.id)) { (foreign(&one.product)) }
            @if !one.is_in_force { span.row-note { "Withdrawn" } }
        },
        identities(&one.identities),
        html! { @if let Some(step) = one.history.first() { (stamp(step)) } },
    ]
}

fn identities(all: &[String]) -> Markup {
    html! { ul.plain { @for one in all { li { (code(one)) } } } }
}

fn stamp(step: &MappingStep) -> Markup {
    html! {
        @if step.what == "withdrawn" { "Withdrawn " } @else { "Stated " }
        time datetime=(step.at) { (step.at.shown()) } " by " (foreign(&step.by))
        @if let Some(reason) = &step.reason { span.row-note { (foreign(reason)) } }
    }
}

/// One mapping with its history.
pub fn one(frame: &Frame<'_>, row: &MappingRow, key: &str) -> Markup {
    let to = frame.to;
    let keeps = !to.is_past() && frame.may(Right::KeepMappings);
    let send = frame.sending(key);
    let typed = Typed {
        product: row.product.clone(),
        identities: row.identities.join("\n"),
        reason: String::new(),
        seen: Some(row.entity_version),
    };
    let body = html! {
        (head(&[("Products", to.products()), ("Own mappings", to.mappings())], foreign(&row.product), html! {
            p { @if row.is_in_force { "These identities mean one product." } @else { strong { "Withdrawn." } " It does not hold any more." } }
        }))
        section #mapping {
            (definitions(&[
                ("Identities", identities(&row.identities)),
                ("Mapping", code(&row.id.to_string())),
            ]))
        }
        section #history {
            h2 { "What was said of it" }
            ol.plain {
                @for step in &row.history {
                    li {
                        (stamp(step))
                        @if step.what == "stated" {
                            details { summary { "As it was said then" }
                                @if let Some(product) = &step.product { p { (foreign(product)) } }
                                (identities(&step.identities)) }
                        }
                        " " a href=(to.ledger_entry(step.entry)) { "Ledger entry " (step.entry) }
                    }
                }
            }
        }
        @if keeps {
            section #state {
                h2 { @if row.is_in_force { "State it anew" } @else { "Put it in force again" } }
                (form(&to.at(None).mapping(row.id), &typed, send))
            }
            @if row.is_in_force {
                section #withdraw {
                    h2 { "Withdraw it" }
                    form.stacked method="post" action=(to.mapping_withdraw(row.id)) {
                        (send.fields())
                        input type="hidden" name="entity_version" value=(row.entity_version);
                        div.field {
                            label for="withdraw-reason" { "Why it does not hold" }
                            input #withdraw-reason type="text" name="reason" required maxlength="4000" autocomplete="off" aria-describedby="withdraw-hint";
                            p.hint #withdraw-hint { "Every SBOM is matched again. What was found through it goes; what was found by other ways stays." }
                        }
                        button type="submit" { "Withdraw" }
                    }
                }
            }
        }
    };
    document(frame, &row.product, Room::Products, body)
}

/// What a mapping would change, and the form to state it for good.
pub fn tried(
    frame: &Frame<'_>,
    trial: &MappingTrial,
    known: Option<&MappingRow>,
    typed: &Typed,
    key: &str,
) -> Markup {
    let to = frame.to;
    let action = known.map_or_else(|| to.at(None).mappings(), |one| to.at(None).mapping(one.id));
    let columns = [
        Column::text("Component"),
        Column::text("Version of the product"),
        Column::text("Looked up"),
        Column::text("Findings"),
    ];
    let rows: Vec<Row> = trial.components.iter().map(|one| effect(to, one)).collect();
    let body = html! {
        (head(&[("Products", to.products()), ("Own mappings", to.mappings())], html! { "What it would change" }, html! {
            p { strong { "Nothing is recorded yet." } " Looked at: the SBOMs of " (counted(trial.versions, "version", "versions")) " that you see"
                @if trial.versions_left_out > 0 { "; " (counted(trial.versions_left_out, "version was", "versions were")) " left out, as there are too many" } "." }
        }))
        section #effects {
            (definitions(&[("Product", foreign(&trial.product)), ("Identities as they are kept", identities(&trial.identities))]))
            @if rows.is_empty() {
                (empty("No component of these SBOMs carries one of the identities.", html! {
                    "Check how the SBOM writes it: a name counts only where the component has neither a package URL nor a CPE."
                }))
            } @else {
                (table(html! { (counted(trial.components.len() as u64 + trial.components_left_out, "component", "components")) }, &columns, &rows))
                @if trial.components_left_out > 0 { p.hint { (count(trial.components_left_out)) " more are not listed." } }
            }
        }
        @if !to.is_past() {
            section #state {
                h2 { "State it" }
                (form(&action, typed, frame.sending(key)))
            }
        }
    };
    document(frame, "What a mapping would change", Room::Products, body)
}

fn effect(to: &Links, one: &MappingEffect) -> Row {
    let lines = |what: &str, some: &[String]| {
        html! {
            @if !some.is_empty() {
                p { (what) ": " (foreign(&some.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ")))
                    @if some.len() > SHOWN { " and " (counted((some.len() - SHOWN) as u64, "more", "more")) } }
            }
        }
    };
    let unchanged = one.found.is_empty() && one.gone.is_empty() && one.changed.is_empty();
    vec![
        html! { (foreign(&one.component)) span.row-note { (code(&one.place)) } },
        html! { a href=(to.version(one.version.id)) { (foreign(&one.version.product)) " " (foreign(&one.version.version)) } },
        match (&one.not_covered_before, &one.not_covered_after) {
            (before, Some(why)) => html! {
                (unknown_badge(if before.is_some() { "Not covered" } else { "Not covered any more" }))
                span.row-note { (foreign(why)) }
            },
            (Some(_), None) => html! { "Not covered now; it would be" },
            (None, None) => html! { "Covered" },
        },
        html! {
            (lines("Found newly", &one.found))
            (lines("Otherwise", &one.changed))
            (lines("Gone", &one.gone))
            @if unchanged { (absent("No change")) }
        },
    ]
}

/// Findings of a component that are named.
const SHOWN: usize = 8;

fn form(action: &str, typed: &Typed, send: Sending<'_>) -> Markup {
    html! {
        form.stacked method="post" action=(action) {
            (send.fields())
            @if let Some(seen) = typed.seen { input type="hidden" name="entity_version" value=(seen); }
            div.field {
                label for="product" { "What the product is called" }
                input #product type="text" name="product" required maxlength=(NAME_LIMIT) autocomplete="off" value=(editable(&typed.product));
            }
            div.field {
                label for="identities" { "Identities that mean it, one a line" }
                textarea #identities name="identities" rows="5" required spellcheck="false" aria-describedby="identities-hint" { (editable_lines(&typed.identities)) }
                p.hint #identities-hint {
                    "At least two, at most " (IDENTITIES_LIMIT) ": how your SBOM names it, and how the sources do. A package URL, a CPE name, "
                    code { "cpe:vendor:product" } ", " code { "github:owner/repository" } ", " code { "recipe:name" } ", " code { "swid:tag" } ", "
                    code { "hash:sha256:…" } ", " code { "supplier:Acme Inc.:Stack" } " or " code { "name:Acme Stack" } ". Versions in them are left out."
                }
            }
            div.field {
                label for="reason" { "How you know" }
                input #reason type="text" name="reason" maxlength="4000" autocomplete="off" value=(editable(&typed.reason)) placeholder="Letter of the supplier, 3 November 2026";
            }
            div.buttons {
                button.button.quiet type="submit" name="act" value="try" { "Show what it would change" }
                button type="submit" name="act" value="state" { "State it" }
            }
        }
    }
}
