//! One decision: what is decided, who signed, who is still missing, and the forms for signing.

use super::{
    account::families,
    components::{absent, code, definitions, foreign, head},
    decisions::stage,
    form::Sending,
    frame::{Frame, Room, document},
    passkey::{Ceremony, button},
    rights, rules,
};
use crate::{
    link::Links,
    text::{counted, visible_lines},
};
use aftercare_desk::answers::{
    Circumstances, DecisionSheet, DecisionVersion, PlaceRow, SignatureRow,
};
use aftercare_domain::access::Right;
use maud::{Markup, html};

/// The decision. `key` names this drawing of the page.
pub fn page(frame: &Frame<'_>, sheet: &DecisionSheet, key: &str) -> Markup {
    let (to, send, row) = (frame.to, frame.sending(key), &sheet.row);
    let newest = sheet.versions.last();
    let acts = frame.may(Right::TakePart) && !to.is_past();
    let body = html! {
        (head(&[("Decisions", to.decisions())], foreign(&row.title), html! {
            p { (row.kind_title) ". " (stage(&row.stage)) " since " time datetime=(row.stage_at) { (row.stage_at.shown()) } "." }
            @if row.waits_for_you && acts { p { a href="#sign" { "It waits for your signature." } } }
        }))
        @if let Some(newest) = newest {
            section #statement {
                h2 { "What is decided" }
                (statement(&newest.statement))
                (settles(to, newest))
                (lets_out(to, newest))
                (about(to, sheet, newest))
            }
            @if let Some(matrix) = &newest.matrix {
                section #matrix {
                    h2 { "The decision rights that it proposes" }
                    (rights::table_of(to, matrix, false))
                    (otherwise(to, sheet))
                }
            }
        }
        @if let Some(rules) = newest.and_then(|newest| newest.rules.as_ref()) {
            (rules::proposed(to, rules, sheet.trial.as_ref()))
        }
        (signatures(to, sheet))
        @if !sheet.places.is_empty() { (missing(sheet)) }
        @if acts && row.stage == "open" {
            @if let Some(newest) = newest {
                @if let Some(place) = sheet.places.iter().find(|place| place.yours.is_some()) {
                    (sign(frame, sheet, newest, place, send))
                    (refuse(frame, newest, sheet, place, send))
                } @else if let Some(why) = sheet.places.iter().find_map(|place| place.why_not.as_deref()) {
                    section #sign {
                        h2 { "Your signature" }
                        p { "You cannot sign it. " (why) }
                    }
                }
            }
        }
        @if acts && matches!(row.stage.as_str(), "open" | "refused") {
            section #change {
                h2 { "Change it" }
                p {
                    a.button href=(to.decision_form(row.id, "revise")) { "Write a new version" }
                    " Nobody has signed a new version; signatures stay under the version they were given for."
                }
                @if row.stage == "open" {
                    details {
                        summary { "Take it back" }
                        form.stacked method="post" action=(to.decision_form(row.id, "withdraw")) {
                            (send.fields())
                            (reason("withdraw-reason", false))
                            p.hint { "Only whoever wrote a version of it can." }
                            button type="submit" { "Take it back" }
                        }
                    }
                }
            }
        }
        (earlier(sheet))
    };
    document(frame, &row.title, Room::Decisions, body)
}

/// A statement with its paragraphs.
fn statement(text: &str) -> Markup {
    html! { div.statement { bdi { (visible_lines(text)) } } }
}

fn about(to: &Links, sheet: &DecisionSheet, version: &DecisionVersion) -> Markup {
    definitions(&[
        (
            "About",
            html! {
                a href=(to.decisions_with(&[("only", "all"), ("about", &sheet.row.about)])) { (foreign(&sheet.row.about)) }
            },
        ),
        ("Product families", families(version.families.as_deref())),
        ("Circumstances", circumstances(&version.circumstances)),
        (
            "Version",
            html! {
                (version.number) ", by " (foreign(&version.by)) ", "
                time datetime=(version.at) { (version.at.shown()) }
            },
        ),
        (
            "Decided under",
            html! { a href=(to.rights()) { "decision rights, version " (version.rights) } },
        ),
        ("Digest", html! { (code(&version.digest.to_string())) }),
        ("Ledger entry", html! { (version.entry) }),
        (
            "Is told",
            html! {
                @if sheet.informs.is_empty() { (absent("Nobody")) } @else { (sheet.informs.join(", ")) }
            },
        ),
        ("Identifier", html! { (code(&sheet.row.id.to_string())) }),
    ])
}

/// What is settled by it: the very findings that a signature speaks of.
fn settles(to: &Links, version: &DecisionVersion) -> Markup {
    html! {
        @if !version.findings.is_empty() {
            section #settles {
                h3 { "What it settles" }
                @if let Some(answer) = &version.answer { p { strong { (foreign(answer)) } } }
                ul.settles {
                    @for one in &version.findings {
                        li {
                            a href=(to.vulnerability(&one.vulnerability)) { (foreign(&one.vulnerability)) }
                            @if !one.versions.is_empty() { " in " }
                            @for (n, of) in one.versions.iter().enumerate() {
                                @if n > 0 { ", " }
                                a href=(to.version(of.id)) { (foreign(&of.product)) " " (foreign(&of.version)) }
                            }
                            @if one.out_of_sight > 0 { ", and in " (counted(one.out_of_sight, "version", "versions")) " out of your sight" }
                        }
                    }
                }
            }
        }
    }
}

/// The document that it lets out, to the byte.
fn lets_out(to: &Links, version: &DecisionVersion) -> Markup {
    html! {
        @if let Some(document) = &version.document {
            section #document {
                h3 { "What it lets out" }
                p {
                    @match &document.advisory {
                        Some(one) => {
                            "The advisory "
                            a href=(to.advisory_version(one.id, one.version)) { (foreign(&one.number)) ", version " (one.version) }
                            ": " (foreign(&one.title))
                        },
                        None => (absent("An advisory that you may not see")),
                    }
                }
                p.row-note { "Exactly these bytes, and no others: " (code(&document.digest.to_string())) }
            }
        }
    }
}

/// What matters for who must sign; what is not known is said.
pub fn circumstances(of: &Circumstances) -> Markup {
    let known = |value: Option<bool>| match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    };
    html! {
        ul.plain {
            li { "Harm to a patient: " (of.harm.as_deref().unwrap_or("not known")) }
            li { "Touches safety or essential performance: " (known(of.essential_performance)) }
            li { "Uncontrolled risk: " (known(of.uncontrolled)) }
            li {
                "Class of the product: "
                (of.product_class.as_deref().map_or_else(|| "not known".to_owned(), str::to_uppercase))
            }
            li { "Rests on code that cannot be reached: " (known(of.rests_on_reachability)) }
            li { "Lowers what was computed: " (known(Some(of.lowers_computed))) }
        }
    }
}

fn otherwise(to: &Links, sheet: &DecisionSheet) -> Markup {
    html! {
        @if sheet.row.stage == "open" {
            h3 { "What it would have meant" }
            @if sheet.otherwise.is_empty() {
                p { "No decision that was taken would have needed other signatures." }
            } @else {
                p { (counted(sheet.otherwise.len() as u64, "decision", "decisions")) " would have needed other signatures:" }
                (rights::otherwise_list(to, &sheet.otherwise))
            }
        }
    }
}

fn signatures(to: &Links, sheet: &DecisionSheet) -> Markup {
    let (now, before): (Vec<&SignatureRow>, Vec<&SignatureRow>) =
        sheet.signatures.iter().partition(|one| one.current);
    html! {
        section #signatures {
            h2 { "Signatures" }
            @if now.is_empty() { p { (absent("Nobody has signed this version.")) } }
            @for one in now { (signature(to, one)) }
            @if !before.is_empty() {
                details {
                    summary { (counted(before.len() as u64, "signature", "signatures")) " under earlier versions" }
                    p.hint { "They count for the version they were given for, and for nothing newer." }
                    @for one in before { (signature(to, one)) }
                }
            }
        }
    }
}

/// A signature as 21 CFR 11.50 wants it shown: printed name, date and time, meaning.
fn signature(to: &Links, one: &SignatureRow) -> Markup {
    html! {
        div.signature id=(one.id) {
            p.signature-name { strong { (foreign(&one.name)) } ", " (one.role) }
            p {
                @if one.refused { strong { "Refused" } " version " (one.version) } @else { "Signed version " (one.version) ", meaning " strong { (one.meaning) } }
                " on " time datetime=(one.at) { (one.at.shown()) } "."
                @match (one.by.as_str(), &one.delegated_by) {
                    ("delegate", Some(from)) => { " By delegation of " (foreign(from)) "." },
                    ("delegate", None) => " By delegation.",
                    ("deputy", _) => " As deputy, while every holder was away.",
                    _ => " As holder of the role.",
                }
            }
            @if let Some(reason) = &one.reason { p { "Reason: " (foreign(reason)) } }
            p.row-note {
                "Shown by " (one.factors.join(" and ")) ". Over " (code(&one.of.to_string())) ". "
                a href=(to.ledger_entry(one.entry)) { "Ledger entry " (one.entry) } ". " (code(&one.id.to_string()))
            }
        }
    }
}

fn missing(sheet: &DecisionSheet) -> Markup {
    html! {
        section #missing {
            h2 { "Still missing" }
            ul { @for place in &sheet.places { li { (place_line(place)) } } }
        }
    }
}

/// A place that nobody has signed, with who could.
pub fn place_line(place: &PlaceRow) -> Markup {
    html! {
        strong { (place.roles.join(" or ")) }
        @if place.part == "decide" { " decides. " } @else { " signs beside. " }
        @if place.could.is_empty() {
            "Nobody can sign there now: the role must be given to somebody, or training be renewed."
        } @else {
            "Can sign now: "
            @for (number, name) in place.could.iter().enumerate() {
                @if number > 0 { ", " }
                (foreign(name))
            }
            "."
        }
    }
}

fn sign(
    frame: &Frame<'_>,
    sheet: &DecisionSheet,
    newest: &DecisionVersion,
    place: &PlaceRow,
    send: Sending<'_>,
) -> Markup {
    let role = place.yours.as_deref().unwrap_or_default();
    let decides = place.part == "decide";
    html! {
        section #sign {
            h2 { "Sign" }
            form.stacked method="post" action=(frame.to.decision_form(sheet.row.id, "sign")) {
                (send.fields())
                (definitions(&[
                    ("You sign", html! { (foreign(&newest.title)) ", version " (newest.number) }),
                    ("Identifier", code(&sheet.row.id.to_string())),
                    ("Digest", code(&newest.digest.to_string())),
                    ("In the role", html! { (role_title(place, role)) }),
                    ("Meaning", html! {
                        @if decides { "approval: you decide it" } @else { "review: you looked at it and agree within your duty" }
                    }),
                    ("What follows", html! {
                        @if sheet.places.len() > 1 {
                            (counted(sheet.places.len() as u64 - 1, "signature is", "signatures are")) " missing after yours."
                        } @else if newest.matrix.is_some() {
                            "Yours is the last signature: the decision is taken, and its decision rights come into force at once."
                        } @else {
                            "Yours is the last signature: the decision is taken."
                        }
                    }),
                ]))
                input type="hidden" name="role" value=(role);
                input type="hidden" name="of" value=(newest.digest);
                (proofs(frame, "sign"))
                button type="submit" { "Sign" }
            }
        }
    }
}

fn refuse(
    frame: &Frame<'_>,
    newest: &DecisionVersion,
    sheet: &DecisionSheet,
    place: &PlaceRow,
    send: Sending<'_>,
) -> Markup {
    html! {
        details #refuse {
            summary { "Refuse it" }
            form.stacked method="post" action=(frame.to.decision_form(sheet.row.id, "refuse")) {
                (send.fields())
                p { "A refusal ends version " (newest.number) ". It is signed as well; whoever wrote it can write a new one." }
                input type="hidden" name="role" value=(place.yours.as_deref().unwrap_or_default());
                input type="hidden" name="of" value=(newest.digest);
                (reason("refuse-reason", true))
                (proofs(frame, "refuse"))
                button type="submit" { "Refuse" }
            }
        }
    }
}

fn role_title<'a>(place: &'a PlaceRow, code: &str) -> &'a str {
    let at = place.role_codes.iter().position(|known| known == code);
    at.and_then(|at| place.roles.get(at)).map_or("", String::as_str)
}

fn reason(id: &str, wanted: bool) -> Markup {
    html! {
        div.field {
            label for=(id) { "Reason" }
            input id=(id) type="text" name="reason" required[wanted] maxlength="500" autocomplete="off";
        }
    }
}

/// The two components that a signature needs, asked for each time: password and code, or a passkey.
pub fn proofs(frame: &Frame<'_>, form: &str) -> Markup {
    html! {
        (typed_proofs(form))
        @if frame.passkey {
            (button("Use a passkey in their place", Ceremony::Proof, &frame.to.account("passkeys/proof")))
        }
    }
}

/// The two that are typed: password and code.
pub fn typed_proofs(form: &str) -> Markup {
    let (password, code) = (format!("{form}-password"), format!("{form}-code"));
    html! {
        div.field {
            label for=(password) { "Your password" }
            input id=(password) type="password" name="password" required maxlength="256" autocomplete="current-password";
        }
        div.field {
            label for=(code) { "Code that your code generator shows now" }
            input id=(code) type="text" name="code" required maxlength="40" inputmode="numeric" autocomplete="one-time-code";
        }
    }
}

fn earlier(sheet: &DecisionSheet) -> Markup {
    let Some((_, before)) = sheet.versions.split_last() else { return html! {} };
    html! {
        @if !before.is_empty() {
            section #versions {
                h2 { "Earlier versions" }
                @for one in before.iter().rev() {
                    details {
                        summary {
                            "Version " (one.number) " by " (foreign(&one.by)) ", "
                            time datetime=(one.at) { (one.at.shown()) }
                        }
                        h3 { (foreign(&one.title)) }
                        (statement(&one.statement))
                        (circumstances(&one.circumstances))
                        p.row-note { "Digest " (code(&one.digest.to_string())) ", ledger entry " (one.entry) "." }
                    }
                }
            }
        }
    }
}
