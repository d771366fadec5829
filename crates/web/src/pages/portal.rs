//! The pages of the portal: for people outside, without script, session or anything of the record.

use super::{
    components::{absent, empty, foreign, head},
    signal::{message, words},
};
use crate::{
    assets::Addresses,
    link::Links,
    portal::Portal,
    text::{editable, editable_lines, visible, visible_lines},
};
use aftercare_desk::{
    FILE_BYTES, WORDS_LIMIT,
    answers::{LetterSheet, NoticeOutside, Thread},
};
use aftercare_domain::signal::HarmScreen;
use maud::{DOCTYPE, Markup, html};
use std::collections::BTreeMap;

/// What surrounds a page of the portal.
#[derive(Debug, Clone, Copy)]
pub struct Outside<'a> {
    /// Where style and logo are.
    pub assets: &'a Addresses,
    /// Addresses under the prefix of the record.
    pub to: &'a Links,
    /// Whose portal it is.
    pub maker: &'a str,
}

fn document(outside: &Outside<'_>, title: &str, body: Markup) -> Markup {
    let (to, maker) = (outside.to, outside.maker);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="same-origin";
                meta name="robots" content="noindex";
                title { (title) " · " (visible(maker)) }
                link rel="stylesheet" href=(outside.assets.style);
                link rel="icon" type="image/svg+xml" href=(outside.assets.logo);
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header.bar { div.bar-inner {
                    span.brand { span.brand-name { bdi { (visible(maker)) } } }
                    nav.rooms aria-label="Main" {
                        a href=(to.report()) { "Report" }
                        a href=(to.security_policy()) { "Policy" }
                    }
                } }
                main #main tabindex="-1" { (body) }
            }
        }
    }
}

/// The form for a report, with what was typed; `why` says why it was not taken. `key` is that of the thread.
pub fn form(
    outside: &Outside<'_>,
    portal: &Portal,
    typed: &BTreeMap<String, String>,
    why: Option<&str>,
    key: &str,
) -> Markup {
    let to = outside.to;
    let text = |name: &str| typed.get(name).map_or("", String::as_str);
    let line = |name: &'static str, label: &'static str, hint: &'static str| {
        let hinted = format!("{name}-hint");
        html! {
            div.field {
                label for=(name) { (label) }
                input id=(name) type="text" name=(name) maxlength="500" value=(editable(text(name)))
                    autocomplete="off" aria-describedby=[(!hint.is_empty()).then_some(&hinted)];
                @if !hint.is_empty() { span.hint id=(hinted) { (hint) } }
            }
        }
    };
    let area = |name: &'static str, label: &'static str, must: bool, hint: &'static str| {
        let hinted = format!("{name}-hint");
        html! {
            div.field {
                label for=(name) { (label) }
                textarea id=(name) name=(name) rows=(if must { "8" } else { "4" }) required[must] maxlength=(WORDS_LIMIT)
                    aria-describedby=[(!hint.is_empty()).then_some(&hinted)] { (editable_lines(text(name))) }
                @if !hint.is_empty() { span.hint id=(hinted) { (hint) } }
            }
        }
    };
    let body = html! {
        (head(&[], html! { "Report a vulnerability" }, html! {
            p {
                "Of a product of " (foreign(outside.maker)) ". You need no account and no name. "
                a href=(to.security_policy()) { "What happens then, and what we promise" }
            }
        }))
        @if let Some(why) = why { p.refusal role="alert" { (visible(why)) } }
        p.notice { span {
            strong { "A patient came to harm, or could at once? " } "Say so below, and call us too if the policy names a telephone. "
            "Leave out whatever identifies a patient."
        } }
        form.stacked.wide method="post" action=(to.report()) enctype="multipart/form-data" {
            input type="hidden" name="thread" value=(key);
            (area("what", "What did you find?", true, "In your own words. The only thing that must be filled in."))
            (line("product", "Which product?", "Name, model or UDI, as it stands on the device."))
            (line("version", "Which version?", "As the device shows it."))
            (area("how", "How can it be seen again?", false, "Steps, interface, environment: bench, hospital, home."))
            fieldset {
                legend { "Did a patient come to harm, or nearly?" }
                @for one in HarmScreen::ALL {
                    @let field = format!("harm-{}", one.code());
                    label.check for=(field) { input id=(field) type="radio" name="harm" value=(one.code()) checked[text("harm") == one.code()]; (one.title()) }
                }
            }
            (area("harm_words", "If so, what happened?", false, "Without names of patients."))
            div.field {
                label for="document" { "A file that shows it" }
                input #document type="file" name="document" aria-describedby="document-hint";
                span.hint #document-hint { "At most " (FILE_BYTES >> 20) " MiB. It is kept encrypted, and is never run." }
            }
            (line("name", "Your name, or how we may call you", "Optional."))
            (line("contact", "Where we can reach you", "Optional. Without it you read our answers under the address that you get next."))
            p.hint {
                "What you write is kept encrypted and can be erased. "
                "Languages: " @if portal.languages().is_empty() { "English" } @else { (portal.languages().join(", ")) } "."
            }
            button type="submit" { "Send the report" }
        }
    };
    document(outside, "Report a vulnerability", body)
}

/// The receipt, and the thread. `link` is its address; `key` names this drawing.
pub fn thread(
    outside: &Outside<'_>,
    thread: &Thread,
    link: &str,
    why: Option<&str>,
    key: &str,
) -> Markup {
    let readable = matches!(thread.letter, LetterSheet::Text(_));
    let body = html! {
        (head(&[], html! { "Your report" }, html! {
            p { "It reached us on " time datetime=(thread.received_at) { (thread.received_at.shown()) } "." }
        }))
        p.notice { span {
            strong { "Keep the address of this page. " }
            "It is the receipt, and the only way to our answers: we cannot look it up or send it again. Whoever has it reads what you wrote."
        } }
        section #standing {
            h2 { "Where it stands" }
            @match (&thread.case, &thread.dismissed) {
                (Some(number), _) => p { "We work on it. Its number is " strong { (visible(number)) } "." },
                (None, Some(dismissed)) => p { "We looked at it, and no case came of it: " (dismissed.to_lowercase()) ". If there is something new, write below." },
                (None, None) => p { "It waits for somebody to look at it. You read here as soon as somebody answers." },
            }
        }
        section #letter {
            h2 { "What you wrote" }
            @match &thread.letter {
                LetterSheet::Text(text) => {
                    (words(text))
                    @if let Some(name) = &text.file_name { p { "File: " (foreign(name)) } }
                },
                LetterSheet::Erased(erased) => (empty("It was erased.", html! { "On " time datetime=(erased.at) { (erased.at.shown()) } "." })),
                LetterSheet::NotInTwin => (absent("It cannot be read here.")),
            }
        }
        section #messages {
            h2 { "What was written since" }
            @if thread.messages.is_empty() { p { (absent("Nothing yet.")) } }
            @for one in &thread.messages { (message(one, outside.maker, "You")) }
            @if readable {
                @if let Some(why) = why { p.refusal role="alert" { (visible(why)) } }
                form.stacked method="post" action=(link) {
                    input type="hidden" name="key" value=(key);
                    div.field {
                        label for="text" { "Write to us" }
                        textarea #text name="text" rows="5" required maxlength=(WORDS_LIMIT) {}
                    }
                    button type="submit" { "Send it" }
                }
            }
        }
    };
    document(outside, "Your report", body)
}

/// The disclosure policy (ISO/IEC 29147:2018 clause 9): scope, ways, times, expectations, safe harbour.
pub fn policy(outside: &Outside<'_>, portal: &Portal) -> Markup {
    let to = outside.to;
    let maker = html! { (foreign(outside.maker)) };
    let body = html! {
        (head(&[], html! { "Security policy" }, html! {
            p { "How vulnerabilities of products of " (maker) " are reported and disclosed." }
        }))
        section {
            h2 { "What it covers" }
            p { "All products and services of " (maker) ", in every version, also those that are not supported any more. Not covered: assets of others, social engineering, physical attacks on sites, denial of service." }
        }
        section {
            h2 { "How to report" }
            p { a.button href=(to.report()) { "Use the form" } }
            p { "Or one of these ways, the preferred first:" }
            ul { @for one in portal.contact() { li { (way(one)) } } }
            p { "No account, contract, purchase or promise of secrecy is needed, and no name." }
            p { "Harm to a patient, seen or suspected: report it at once, whatever else is not known yet." }
        }
        section {
            h2 { "What happens then" }
            ul {
                li { "You get a receipt at once, and a human answer within 3 working days." }
                li { "Within 10 working days we tell you whether we can confirm it." }
                li { "Until it is settled you hear from us every 14 days, or when something changes." }
                li { "We publish together with you, as a rule within 90 days; sooner if it is exploited or known, later only with a reason that you are told." }
                li { "We name you if you wish, and as you wish." }
            }
        }
        section {
            h2 { "What we ask of you" }
            ul {
                li { "Never test a device that is in clinical use or connected to a patient, nor the network of a care provider without its permission. Implants and life-supporting devices only on the bench." }
                li { "Look at as little data as you need. If you meet data of patients, stop and report; send us none of it." }
                li { "Disturb and destroy nothing, use your own accounts, and ask for nothing in return." }
                li { "Give us the time that we agree on before you publish." }
            }
        }
        section {
            h2 { "What we promise you" }
            p { "Whoever works by this policy in good faith acts with our permission. We take no legal step for accidental violations, waive terms of use as far as they stand against it, and say so if somebody else takes a step. We can bind ourselves alone: when in doubt, ask first." }
        }
        section {
            h2 { "Your data" }
            p { "What you write is kept encrypted, seen by those who work on it, given to nobody outside without your consent, and erased when you ask for it, as far as the law lets us. That there was a report, and what came of it, stays in our quality records." }
        }
    };
    document(outside, "Security policy", body)
}

fn way(one: &str) -> Markup {
    let shown = one.trim_start_matches("mailto:").trim_start_matches("tel:");
    html! { a href=(one) rel="noopener noreferrer" { (visible(shown)) } }
}

/// Something did not work. `request` is named for whoever runs the server.
pub fn failed(outside: &Outside<'_>, what: &str, next: Option<&str>, request: &str) -> Markup {
    let body = html! {
        (head(&[], html! { "It did not work" }, html! { p { (visible(what)) } }))
        @if let Some(next) = next { p { (visible(next)) } }
        p.hint { "Number of this request: " (request) }
    };
    document(outside, "It did not work", body)
}

/// A notice, to be read and acknowledged.
pub fn notice(outside: &Outside<'_>, one: &NoticeOutside, link: &str) -> Markup {
    let body = html! {
        (head(&[], html! { (foreign(&one.subject)) }, html! { p { "From " (foreign(outside.maker)) "." } }))
        @if one.outdated {
            p.notice { span { strong { "This notice is not the newest any more. " } "A later one was written, or it was taken back. Ask how it stands." } }
        }
        section #acknowledge {
            h2 { "Please confirm" }
            @match one.acknowledged_at {
                Some(at) => p { strong { "Confirmed. " } "You confirmed at " time datetime=(at) { (at.shown()) } " that you have read it. Nothing else is to be done here." },
                None => form.stacked method="post" action=(link) {
                    p { "That somebody responsible for these devices has read it. You need no account." }
                    button type="submit" { "We have read this notice" }
                },
            }
        }
        section #text {
            h2 { "The notice" }
            pre.letter-text { (visible_lines(&one.text)) }
        }
    };
    document(outside, &one.subject, body)
}
