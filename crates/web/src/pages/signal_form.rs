//! The form for a signal that came to somebody inside.

use super::{
    components::head,
    decision_form::only_now,
    frame::{Frame, Room, document},
};
use crate::text::{editable, editable_lines, visible};
use aftercare_desk::{FILE_BYTES, WORDS_LIMIT, answers::FamilyRef};
use aftercare_domain::{
    signal::{HarmScreen, SignalChannel, SignalKind, TITLE_LIMIT},
    text::NAME_LIMIT,
};
use aftercare_vocab::instant::Instant;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The form with what was typed; `why` says why it was not taken. With the instant and a name of this drawing.
pub fn page(
    frame: &Frame<'_>,
    typed: &BTreeMap<String, String>,
    families: &[FamilyRef],
    why: Option<&str>,
    (now, key): (Instant, &str),
) -> Markup {
    let to = frame.to;
    let text = |name: &str| typed.get(name).map_or("", String::as_str);
    let ticked = |name: &str| !text(name).is_empty();
    let line = |name: &'static str, label: &'static str, must: bool, hint: &'static str| {
        let limit = if name == "title" { TITLE_LIMIT } else { NAME_LIMIT };
        html! {
            div.field {
                label for=(name) { (label) }
                input id=(name) type="text" name=(name) required[must] maxlength=(limit)
                    value=(editable(text(name))) autocomplete="off";
                @if !hint.is_empty() { span.hint { (hint) } }
            }
        }
    };
    let moment = |name: &'static str, label: &'static str, hint: &'static str| {
        html! {
            div.field {
                label for=(name) { (label) }
                input id=(name) type="datetime-local" name=(name) value=(text(name));
                span.hint { (hint) }
            }
        }
    };
    let body = html! {
        (head(&[("Signals", to.signals())], html! { "Enter a signal" }, html! {
            p { "What a customer, a supplier, a finder or a watched source told, and what your own tests found." }
        }))
        @if let Some(why) = why { p.refusal role="alert" { (visible(why)) } }
        @if to.is_past() { (only_now(&to.at(None).here(frame.here))) } @else {
            form.stacked method="post" action=(to.at(None).signals()) enctype="multipart/form-data" {
                (frame.sending(key).fields())
                div.field {
                    label for="kind" { "Kind" }
                    select #kind name="kind" required {
                        @for one in SignalKind::ALL.iter().filter(|one| **one != SignalKind::SbomMatch) {
                            option value=(one.code()) selected[text("kind") == one.code()] { (one.title()) }
                        }
                    }
                }
                div.field {
                    label for="channel" { "Came by" }
                    select #channel name="channel" required {
                        @for one in SignalChannel::ALL.iter().filter(|one| **one != SignalChannel::Form) {
                            option value=(one.code()) selected[text("channel") == one.code()] { (one.title()) }
                        }
                    }
                }
                (line("source", "From whom", true, "An organisation or a source. No names of persons: it stays for ever."))
                (line("title", "In one line", true, "No names of persons."))
                div.field {
                    label for="text" { "What came" }
                    textarea #text name="text" rows="8" required maxlength=(WORDS_LIMIT) { (editable_lines(text("text"))) }
                    span.hint { "The words themselves. Leave out what identifies a patient." }
                }
                div.field {
                    label for="document" { "File, if one came with it" }
                    input #document type="file" name="document";
                    span.hint { "At most " (FILE_BYTES >> 20) " MiB. It is kept as it came." }
                }
                label.check for="names_person" { input id="names_person" type="checkbox" name="names_person" value="yes" checked[ticked("names_person")]; "The text or the file names a person: keep it sealed, so that it can be erased" }
                (line("name", "Who wrote, if it is a person", false, "Kept sealed."))
                (line("contact", "Where they can be reached", false, "Kept sealed."))
                label.check for="awaits_answer" { input id="awaits_answer" type="checkbox" name="awaits_answer" value="yes" checked[ticked("awaits_answer")]; "Somebody waits for an answer" }
                (moment("received_at", "Received (UTC)", "When it reached the maker; empty = now."))
                (moment("aware_at", "Aware (UTC)", "When the first employee knew; empty = when it was received. FDA counts from here."))
                p.hint { "It is " time datetime=(now) { (now.shown()) } "." }
                (line("vulnerabilities", "Vulnerabilities it names", false, "CVE-2021-44228, GHSA-…"))
                fieldset {
                    legend { "Product families" }
                    label.check for="all_families" { input id="all_families" type="checkbox" name="all_families" value="yes" checked[ticked("all_families")]; "All families" }
                    @for one in families {
                        @let field = format!("family_{}", one.id);
                        label.check for=(field) { input id=(field) type="checkbox" name=(field) value="yes" checked[ticked(&field)]; (visible(&one.name)) }
                    }
                    p.hint { "None = not known yet." }
                }
                div.field {
                    label for="harm" { "Did a patient come to harm?" }
                    select #harm name="harm" required {
                        @for one in HarmScreen::ALL.iter().rev() {
                            option value=(one.code()) selected[text("harm") == one.code()] { (one.title()) }
                        }
                    }
                }
                (line("complaint", "Complaint record, if there is one", false, ""))
                button type="submit" { "Enter it" }
            }
        }
    };
    document(frame, "Enter a signal", Room::Signals, body)
}
