//! The button that asks a passkey. A script shows it, where the browser knows passkeys.

use maud::{Markup, html};

/// What is asked of an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// To make a new key.
    Making,
    /// To prove who holds one.
    Proof,
}

/// The button within a form, with the fields that the script fills before it sends the form. `challenge`:
/// where the script asks for what the authenticator is to answer.
pub fn button(label: &str, what: Ceremony, challenge: &str) -> Markup {
    let what = match what {
        Ceremony::Making => "make",
        Ceremony::Proof => "prove",
    };
    html! {
        div.passkey data-passkey=(what) data-challenge=(challenge) hidden {
            input type="hidden" name="passkey_ticket";
            input type="hidden" name="passkey_answer";
            button type="button" { (label) }
            p.hint role="alert" {}
        }
    }
}

/// What is needed, in the place of the button where it is not shown.
pub fn without(words: &str) -> Markup {
    html! { p.hint data-without-passkey { (words) } }
}
