//! The why page: one finding, laid out so that a person can check it by hand.

use super::{
    components::{
        absent, answer_badge, code, definitions, disagreement_tag, empty, epss_text, exploited_tag,
        foreign, foreign_or, head, outward, prose, score_tag, source_name,
    },
    frame::{Frame, Room, document},
    version::{list_or, version_text},
};
use crate::{
    link::Links,
    text::{counted, percentile, size, visible, visible_lines},
};
use aftercare_desk::answers::{FindingSheet, RecordContent};
use aftercare_vocab::{
    id::MappingId,
    verdict::{Answer, Confidence, Reason, Verdict},
};
use maud::{Markup, html};

/// One vulnerability, one component, one version: the answer and every reason.
pub fn page(frame: &Frame<'_>, sheet: &FindingSheet) -> Markup {
    let to = frame.to;
    let (verdict, component) = (&sheet.verdict, &sheet.component.component);
    let version = format!("{} {}", sheet.version.product, sheet.version.version);
    let title = format!("{} in {}", verdict.id, component.name);
    let body = html! {
        (head(
            &[
                ("Products", to.products()),
                (&version, to.version(sheet.version.id)),
                ("Findings", to.version_tab(sheet.version.id, "findings")),
            ],
            html! {
                "Why " span.mono { (foreign(&verdict.id)) } " in " (foreign(&component.name)) " "
                (version_text(component.version.as_deref()))
            },
            html! {
                p.tags {
                    (answer_badge(verdict.answer))
                    @if verdict.disagreement { (disagreement_tag()) }
                    @if let Some(since) = &verdict.kev_since { (exploited_tag(since)) }
                    (score_tag(verdict.score_tenths))
                }
                p { (foreign(&verdict.summary)) }
            },
        ))
        p.conclusion { (conclusion(sheet)) }
        @if verdict.disagreement {
            p.aside { (aside(verdict)) }
        }
        (steps(sheet))
        section {
            h2 { "What each source says" }
            @if verdict.because.is_empty() {
                (empty("No source record stands behind this answer.", html! {
                    "Treat it as undetermined, and report it to whoever runs this server with the address of this page."
                }))
            }
            @for (place, reason) in verdict.because.iter().enumerate() { (reason_part(to, sheet, reason, place == 0)) }
        }
        (vulnerability_part(to, sheet))
        (component_part(to, sheet))
    };
    document(frame, &title, Room::Products, body)
}

/// What the mark of disagreement means here.
fn aside(verdict: &Verdict) -> &'static str {
    match (verdict.answer, verdict.because.first().map(|reason| &*reason.source)) {
        (Answer::NotAffected, Some("sbom")) => {
            "A patch is declared. The other sources do not know of it; a person should see that it is the repair."
        }
        (Answer::NotAffected, _) => {
            "The sources do not agree. The supplier's word is shown; a person should compare the records below."
        }
        _ => {
            "The sources do not agree. The gravest reading is shown; a person should compare the records below."
        }
    }
}

/// The answer in one sentence.
fn conclusion(sheet: &FindingSheet) -> Markup {
    let verdict = &sheet.verdict;
    let Some(reason) = verdict.because.first() else {
        return html! { "No source record stands behind this answer." };
    };
    html! {
        @match verdict.answer {
            Answer::Affected => {
                (code(&reason.identity)) " in version " (version_text(reason.version.as_deref()))
                " is affected: the record " (code(&reason.record)) " of " (source_name(&reason.source))
                " names " (code(&reason.range)) "."
            },
            Answer::NotAffected => {
                (code(&reason.identity)) " in version " (version_text(reason.version.as_deref()))
                " is not affected according to the record " (code(&reason.record)) " of "
                (source_name(&reason.source)) ", which names " (code(&reason.range)) "."
            },
            Answer::Undetermined => {
                "It could not be decided whether " (code(&reason.identity)) " is affected. "
                @if reason.note.is_empty() { "The record does not say enough." } @else { (prose(&reason.note)) }
                " Treat it as affected until a person has decided."
            },
        }
    }
}

/// The check by hand, step by step.
fn steps(sheet: &FindingSheet) -> Markup {
    let component = &sheet.component.component;
    html! {
        section.steps {
            h2 { "Check it by hand" }
            ol {
                li {
                    "Take the SBOM with SHA-256 " (code(&sheet.sbom.digest.to_string())) ". At "
                    (code(&component.place)) " it lists " (code(&component.name)) " in version "
                    (version_text(component.version.as_deref()))
                    @if let Some(identity) = &component.identity { ", identified as " (code(identity)) }
                    "."
                }
                @if let Some(reason) = sheet.verdict.because.first() {
                    @if reason.source == "sbom" {
                        li { "There the component itself declares a patch for " (code(&reason.record)) "." }
                    } @else {
                        li {
                            "Take the record " (code(&reason.record)) " of " (source_name(&reason.source))
                            " with SHA-256 " (code(&reason.record_digest.to_string()))
                            ". It is shown below, and stands in edition " (code(&sheet.edition.id.short()))
                            " of " (sheet.edition.made_at.shown()) "."
                        }
                    }
                    li {
                        "At " (code(&reason.place)) " it says " (code(&reason.range)) "."
                        @if !reason.scheme.is_empty() {
                            " Compare the version by the order of " (code(&reason.scheme)) "."
                        }
                    }
                    li {
                        "The rule " (code(&reason.rule)) " gives: " (answer_badge(reason.answer))
                        @if !reason.note.is_empty() { " " (prose(&reason.note)) }
                    }
                }
            }
            p.hint {
                "Compared on " (sheet.assessed_at.shown()) " by the matching rules " (foreign(&sheet.engine)) "."
            }
        }
    }
}

const fn confidence_words(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Exact => "Exact: same ecosystem and package name",
        Confidence::Cpe => "CPE: the SBOM and the record name the same product",
        Confidence::Name => "Name: same vendor and product by name",
        Confidence::Possible => "Possible: the product name alone; have a person look",
    }
}

/// The mappings of the maker that a reason's identity was reached through.
fn own_mappings(identity: &str) -> Vec<MappingId> {
    let words = identity.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("map_")).filter_map(|word| word.parse().ok()).collect()
}

fn reason_part(to: &Links, sheet: &FindingSheet, reason: &Reason, deciding: bool) -> Markup {
    html! {
        article.sheet {
            h3 {
                (source_name(&reason.source)) " " span.mono { (foreign(&reason.record)) } " "
                (answer_badge(reason.answer))
                @if deciding { " " span.tag.tag-strong { "Deciding" } }
            }
            (definitions(&[
                ("Says", code(&reason.range)),
                ("At", if reason.place.is_empty() { absent("The record as a whole") } else { code(&reason.place) }),
                ("Rule", code(&reason.rule)),
                ("Identity used", html! {
                    (code(&reason.identity))
                    @for mapping in own_mappings(&reason.identity) {
                        " " a href=(to.mapping(mapping)) { "Who said so, and why" }
                    }
                }),
                ("Confidence", html! { (confidence_words(reason.confidence)) }),
                ("Version compared", version_text(reason.version.as_deref())),
                ("Order of versions", if reason.scheme.is_empty() { absent("None") } else { code(&reason.scheme) }),
                ("Missing or conditional", if reason.note.is_empty() { absent("Nothing") } else { prose(&reason.note) }),
                ("SHA-256 of the record", html! {
                    (code(&reason.record_digest.to_string()))
                }),
            ]))
            (record_part(sheet, reason, deciding))
        }
    }
}

fn record_part(sheet: &FindingSheet, reason: &Reason, open: bool) -> Markup {
    html! {
        @match sheet.record(&reason.record_digest).map(|record| &record.content) {
            Some(RecordContent::Kept { text, bytes, cut }) => details open[open] {
                summary { "The record as received, indented for reading (" (size(*bytes)) ")" }
                @if *cut { p.hint { "Cut here because of its length; the link at its SHA-256 gives all of it." } }
                pre.record tabindex="0" aria-label={ "Record " (visible(&reason.record)) } { (visible_lines(text)) }
            },
            Some(RecordContent::Absent { why }) => (empty("The record is not shown.", prose(why))),
            None => (empty("The record is not shown.", html! {
                "It was not delivered with this answer. Ask the API for the blob with its SHA-256."
            })),
        }
    }
}

fn vulnerability_part(to: &Links, sheet: &FindingSheet) -> Markup {
    let verdict = &sheet.verdict;
    html! {
        section {
            h2 { "The vulnerability" }
            (definitions(&[
                ("Identifier", html! { a.mono href=(to.vulnerability(&verdict.id)) { (foreign(&verdict.id)) } " and everything it reaches" }),
                ("Also known as", list_or(&verdict.aliases, "No other identifier")),
                ("Score", html! {
                    (score_tag(verdict.score_tenths)) " "
                    @if let Some(vector) = &verdict.vector { (code(vector)) }
                }),
                ("EPSS", html! {
                    (epss_text(verdict.epss))
                    @if let Some(rank) = verdict.epss_percentile { " (percentile " (percentile(rank)) ")" }
                }),
                ("Known exploited", verdict.kev_since.as_deref().map_or_else(
                    || absent("Not listed in this edition"), |since| html! { "Listed since " (foreign(since)) })),
                ("Repaired in", list_or(&verdict.fixed_in, "No version named")),
            ]))
            @if !sheet.references.is_empty() {
                details {
                    summary { (counted(sheet.references.len() as u64, "reference", "references")) " of the publishers" }
                    ul.references { @for reference in &sheet.references {
                        li { span.tag { (visible(&reference.kind)) } " " (outward(&reference.url)) }
                    } }
                }
            }
        }
    }
}

fn component_part(to: &Links, sheet: &FindingSheet) -> Markup {
    let component = &sheet.component;
    html! {
        section {
            h2 { "The component in the SBOM" }
            (definitions(&[
                ("SBOM", html! {
                    a href=(to.version_tab(sheet.version.id, "sbom")) {
                        (foreign(sheet.sbom.file_name.as_deref().unwrap_or("without a file name")))
                    }
                    ", " (foreign(&sheet.sbom.format)) ", received " (sheet.sbom.received_at.shown())
                }),
                ("Place", code(&component.component.place)),
                ("Identities", html! {
                    @if component.identities.is_empty() { (absent("None given")) }
                    ul.plain { @for identity in &component.identities { li { (code(identity)) } } }
                }),
                ("Source package", component.source_package.as_deref().map_or_else(|| absent("Not stated"), code)),
                ("Supplier", foreign_or(component.supplier.as_deref(), "Not stated")),
                ("Scope", foreign(&component.scope)),
                ("Declared as patched", list_or(&component.patched, "Nothing declared")),
                ("How it came in", html! {
                    @if component.path.is_empty() { (absent("The SBOM does not say")) }
                    @else { ol.path { @for step in &component.path { li { (foreign(step)) } } } }
                }),
            ]))
        }
    }
}
