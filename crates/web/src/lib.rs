//! The web face: pages, and (beside them) the handlers that fetch answers and hand them to pages.
//!
//! A page is a pure function from a [`pages::frame::Frame`] and an answer of the desk to markup. It
//! fetches nothing, knows no clock and no request; so every page can be looked at with sample
//! answers (`cargo run -p aftercare-web --example gallery -- FOLDER`).
//!
//! Pages need no script and no style attribute: [`CONTENT_SECURITY_POLICY`] forbids both.
//!
//! To add a page: one noun, one file in `pages/`, one answer type in `aftercare_desk::answers`, one
//! address in [`link`], and its samples in `tests/it/gallery`.

pub mod assets;
pub mod link;
pub mod pages;
pub mod text;

/// Sent with every page: nothing inline, nothing from elsewhere, no framing.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";
