//! What every form carries beside its own fields.

use maud::{Markup, html};

/// Names a drawing of a page, so that a form sent twice is carried out once, and says of which session
/// it is.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// Names this drawing of the page.
    pub key: &'a str,
    /// Says of which session the form is; empty where no browser is signed in.
    pub mark: &'a str,
}

impl Sending<'_> {
    /// The hidden fields.
    pub fn fields(&self) -> Markup {
        html! {
            input type="hidden" name="key" value=(self.key);
            @if !self.mark.is_empty() { input type="hidden" name="mark" value=(self.mark); }
        }
    }
}
