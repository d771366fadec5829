//! Attaching an SBOM: the form on the version page, and the receipt.

use super::{
    components::{Figure, code, definitions, figures, head, unknown_badge, warnings},
    frame::{Frame, Room, document},
};
use crate::{
    link::Links,
    text::{count, counted, size},
};
use aftercare_desk::answers::{GapCount, SbomReceipt, SbomState};
use aftercare_vocab::id::VersionId;
use maud::{Markup, html};

/// The form. Plain multipart; works without script. `seen` is the version of the version's record that
/// the page shows: if somebody attaches another SBOM meanwhile, this one is refused.
pub fn form(frame: &Frame<'_>, version: VersionId, seen: u64) -> Markup {
    let to = frame.to;
    html! {
        form.upload method="post" action=(to.sboms(version)) enctype="multipart/form-data" {
            (frame.marked())
            input type="hidden" name="entity_version" value=(seen);
            div.field {
                label for="sbom-file" { "SBOM file" }
                input #sbom-file type="file" name="sbom" required
                    aria-describedby="sbom-hint";
                p.hint #sbom-hint {
                    "CycloneDX (JSON, XML), SPDX (JSON, YAML, tag-value, RDF/XML, JSON-LD), a package list, a manifest of Yocto or Buildroot, or a SOUP list (CSV, XLSX). "
                    "The bytes are kept as received; earlier SBOMs of this version stay in the record."
                }
            }
            div.field {
                label for="sbom-reason" { "Reason" }
                input #sbom-reason type="text" name="reason" maxlength="4000" aria-describedby="reason-hint";
                p.hint #reason-hint {
                    "Needed when it takes the place of the SBOM of a released version. It stays in the record for ever: name no persons."
                }
            }
            button type="submit" { "Attach SBOM" }
        }
    }
}

/// What was received, and what happens next.
pub fn receipt(frame: &Frame<'_>, receipt: &SbomReceipt) -> Markup {
    let to = frame.to;
    let version = &receipt.version;
    let title =
        if receipt.already_attached { "SBOM was already attached" } else { "SBOM attached" };
    let findings = |count| Figure {
        label: "Findings",
        count,
        unit: "affected or undetermined",
        look: if count.is_some() { "affected" } else { "unknown" },
        href: Some(to.version_tab(version.id, "findings")),
    };
    let body = html! {
        (head(
            &[("Products", to.products()), (&format!("{} {}", version.product, version.version), to.version(version.id))],
            html! { (title) },
            html! { @if receipt.already_attached { p { "The same bytes were received before. Nothing in the record has changed." } } },
        ))
        @match &receipt.sbom {
            SbomState::Matched { components, not_covered, findings: counts, .. } => (figures(&[
                components_figure(to, receipt, *components),
                Figure {
                    label: "Not covered", count: Some(*not_covered), unit: "components unknown", look: "unknown",
                    href: Some(list_of_gaps(to, receipt)),
                },
                findings(Some(counts.affected + counts.undetermined)),
            ])),
            SbomState::NotYetMatched { components, .. } => {
                (figures(&[components_figure(to, receipt, *components), findings(None)]))
                p.aside {
                    (unknown_badge("Not matched yet")) " Findings, and the "
                    a href=(list_of_gaps(to, receipt)) { "components that are not covered" }
                    ", appear on the version page when matching is done, as a rule within seconds."
                }
            },
            SbomState::Missing => p.aside { (unknown_badge("Not attached")) " The record does not show this SBOM. Send it again." },
        }
        (definitions(&[
            ("SHA-256 of the bytes received", code(&receipt.digest.to_string())),
            ("Format", html! { (receipt.format) @if !receipt.spec_version.is_empty() { " " (code(&receipt.spec_version)) } }),
            ("Size", html! { (size(receipt.bytes)) }),
            ("Dependencies", html! { (count(receipt.dependencies)) }),
        ]))
        @if !receipt.not_covered.is_empty() {
            h2 { "Not covered" }
            p { "Nothing is known about these components: that no vulnerability is listed for them means nothing." }
            ul { @for gap in &receipt.not_covered { li { (reason(gap)) } } }
            p { a href=(list_of_gaps(to, receipt)) { "The list of them, each with what to do" } }
        }
        h2 { "Warnings" }
        @if receipt.warnings_total == 0 {
            p { "Every part of the document could be read." }
        } @else {
            p { (counted(receipt.warnings_total, "part", "parts")) " of the document could not be used; the rest is kept." }
            (warnings(&receipt.warnings, receipt.warnings_total))
        }
        p { a.button href=(to.version(version.id)) { "To the version" } }
    };
    document(frame, title, Room::Products, body)
}

/// The list of the components that are not covered.
fn list_of_gaps(to: &Links, receipt: &SbomReceipt) -> String {
    to.version_with(receipt.version.id, &[("tab", "components"), ("only", "not_covered")])
}

/// How many components, and why.
fn reason(gap: &GapCount) -> String {
    let why = match gap.code.as_str() {
        "no_identity" => "no usable identity",
        "ecosystem_without_data" => "the edition has no data for the ecosystem",
        "thin_data" => "the edition has too few data for the ecosystem",
        "product_never_named" => "no record names the product",
        other => {
            return format!(
                "{}: {}",
                counted(gap.components, "component", "components"),
                other.replace('_', " ")
            );
        }
    };
    format!("{}: {why}", counted(gap.components, "component", "components"))
}

fn components_figure(to: &Links, receipt: &SbomReceipt, components: u64) -> Figure<'static> {
    Figure {
        label: "Components",
        count: Some(components),
        unit: "components",
        look: "plain",
        href: Some(to.version_tab(receipt.version.id, "components")),
    }
}
