//! Small drawings, as markup. Decorative: the words beside them say the same.

use maud::{Markup, html};

/// A drawing of 16 by 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Filled triangle: affected.
    Affected,
    /// Half-filled diamond: undetermined.
    Undetermined,
    /// Question mark in a broken ring: unknown.
    Unknown,
    /// Empty ring with a stroke: not affected.
    NotAffected,
    /// Cross-hair: known exploited.
    Exploited,
    /// Two arrows apart: sources disagree.
    Disagree,
    /// Magnifier.
    Look,
    /// Arrow leaving a box: another site.
    Outward,
    /// Notice.
    Notice,
}

/// The drawing as inline SVG, in the colour of the text.
pub fn icon(icon: Icon) -> Markup {
    let shape = match icon {
        Icon::Affected => html! { path d="M8 1.2 15.4 14.6H.6z" fill="currentColor" {} },
        Icon::Undetermined => html! {
            path d="M8 .8 15.2 8 8 15.2.8 8z" fill="none" stroke="currentColor" stroke-width="1.6" {}
            path d="M8 .8 15.2 8 8 15.2z" fill="currentColor" {}
        },
        Icon::Unknown => html! {
            circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="3.2 2.1" {}
            path d="M6 6.3a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4" fill="none" stroke="currentColor" stroke-width="1.6" {}
            circle cx="8" cy="11.7" r="1" fill="currentColor" {}
        },
        Icon::NotAffected => html! {
            circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.6" {}
            path d="M4.6 8h6.8" stroke="currentColor" stroke-width="1.6" {}
        },
        Icon::Exploited => html! {
            circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="1.6" {}
            path d="M8 .6v5M8 10.4v5M.6 8h5M10.4 8h5" stroke="currentColor" stroke-width="1.6" {}
        },
        Icon::Disagree => html! {
            path d="M6.4 8H1m2.6-2.8L.9 8l2.7 2.8M9.6 8H15m-2.6-2.8L15.1 8l-2.7 2.8" fill="none" stroke="currentColor" stroke-width="1.6" {}
            path d="M8 2v12" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2 1.6" {}
        },
        Icon::Look => html! {
            circle cx="6.8" cy="6.8" r="5.2" fill="none" stroke="currentColor" stroke-width="1.7" {}
            path d="m10.7 10.7 4.4 4.4" stroke="currentColor" stroke-width="1.9" {}
        },
        Icon::Outward => html! {
            path d="M6 3H2.4v10.6H13V10M9 1.8h5.2V7M14 2 7.4 8.6" fill="none" stroke="currentColor" stroke-width="1.5" {}
        },
        Icon::Notice => html! {
            circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.6" {}
            path d="M8 4v5" stroke="currentColor" stroke-width="1.8" {}
            circle cx="8" cy="11.6" r="1.1" fill="currentColor" {}
        },
    };
    html! {
        svg.icon viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" { (shape) }
    }
}

/// The mark of the product: an A made of a needle and its scale, with a pulse for the crossbar.
pub fn logo() -> Markup {
    html! {
        svg.logo viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false" {
            path.logo-scale d="M3.5 25A14 14 0 1 1 28.5 25" fill="none" stroke="currentColor" stroke-width="2" {}
            path.logo-letter d="M9 27 16 9l7 18" fill="none" stroke="currentColor" stroke-width="3" stroke-linejoin="round" {}
            path.logo-pulse d="M6.5 21H13l1.6-4.2 2.6 7 1.7-2.8h6.6" fill="none" stroke-width="2" stroke-linejoin="round" {}
        }
    }
}
