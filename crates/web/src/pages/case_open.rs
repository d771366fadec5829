//! The form in which a case is opened by hand.

use super::{
    components::{foreign, head},
    decision_form::only_now,
    frame::{Frame, Room, document},
};
use crate::text::{editable, editable_lines};
use aftercare_desk::answers::FamilyRef;
use maud::{Markup, html};

/// What stands in the form already.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// In one line.
    pub title: String,
    /// Identifiers.
    pub vulnerabilities: String,
}

/// The form.
pub fn page(frame: &Frame<'_>, draft: &Draft, families: &[FamilyRef], key: &str) -> Markup {
    let to = frame.to;
    let body = html! {
        (head(&[("Cases", to.cases())], html! { "Open a case" }, html! {
            p { "One case for one vulnerability or one shared weakness, in all products that it could concern." }
        }))
        @if to.is_past() { (only_now(&to.at(None).here(frame.here))) } @else {
            form.stacked method="post" action=(to.at(None).cases()) {
                (frame.sending(key).fields())
                div.field {
                    label for="title" { "In one line" }
                    input #title type="text" name="title" required maxlength="200" value=(editable(&draft.title)) autocomplete="off";
                }
                div.field {
                    label for="vulnerabilities" { "Identifiers of the vulnerability, if it has any" }
                    textarea #vulnerabilities name="vulnerabilities" rows="3" maxlength="4000" spellcheck="false"
                        placeholder="CVE-2021-44228" { (editable_lines(&draft.vulnerabilities)) }
                }
                fieldset {
                    legend { "Product families that could be concerned" }
                    p.hint { "Without any the case is about no device yet; that keeps it from going on." }
                    label.check for="family_all" { input #family_all type="checkbox" name="family_all" value="yes"; "All" }
                    @for family in families {
                        @let field = format!("family_{}", family.id);
                        label.check for=(field) { input id=(field) type="checkbox" name=(field) value="yes"; (foreign(&family.name)) }
                    }
                }
                div.field {
                    label for="reason" { "Why, for the record" }
                    input #reason type="text" name="reason" maxlength="4000" autocomplete="off";
                }
                button type="submit" { "Open the case" }
            }
        }
    };
    document(frame, "Open a case", Room::Cases, body)
}
