//! The web face: pages for people, an API for programs, both over the same [`Desk`](aftercare_desk::Desk).
//!
//! A page is a pure function from a [`pages::frame::Frame`] and an answer of the desk to markup. It
//! fetches nothing, knows no clock and no request; so every page can be looked at with sample
//! answers (`cargo run -p aftercare-web --example gallery -- FOLDER`). Handlers ([`routes`], [`api`])
//! fetch answers on a blocking thread and hand them over. Time and chance come from the [`Rim`].
//!
//! Pages need no script and no style attribute: [`CONTENT_SECURITY_POLICY`] forbids both.
//!
//! To add a page: one noun, one file in `pages/`, one answer type in `aftercare_desk::answers`, one
//! address in [`link`], one handler in [`routes`] and one in [`api`], and its samples in
//! `tests/it/gallery`.

mod access;
mod access_forms;
mod account_forms;
mod advisory_forms;
pub mod api;
pub mod assets;
mod case_forms;
mod contact_forms;
mod decision_forms;
mod delegation_forms;
mod duty_forms;
pub mod fact_form;
mod failed;
mod form;
mod front;
mod guard;
pub mod link;
mod mapping_forms;
mod moment;
mod notice_forms;
pub mod pages;
mod passkey_forms;
mod people_forms;
mod people_table;
mod policy_forms;
mod portal;
mod portal_forms;
mod provider_forms;
mod public_advisories;
mod query;
mod replay;
mod rights_forms;
mod routes;
mod rules_forms;
mod seat;
mod serve;
mod sign_in_forms;
mod signal_forms;
mod state;
mod taking;
pub mod text;
mod trouble;
mod twin;
mod twin_forms;
mod usage_forms;
mod viewer;

pub use access::{Need, TABLE as ACCESS};
pub use api::MATCH_WAIT;
pub use front::{Front, Occupied};
pub use guard::{BODY_BYTES, BODY_WAIT, UNITS_BYTES};
pub use portal::{Portal, PortalSettings, SENT_BY_ALL, SENT_BY_ONE, WINDOW_MICROS};
pub use seat::{Kind, Seat};
pub use serve::{GRACE, router, serve};
pub use state::{Rim, State};

/// Sent with every page: nothing inline, nothing from elsewhere, no framing.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The OpenAPI document of the API, made from its very routes.
pub fn openapi() -> Result<String, serde_json::Error> {
    openapi_under("")
}

/// The same for a record under a prefix such as `/w/NAME`.
fn openapi_under(prefix: &str) -> Result<String, serde_json::Error> {
    let (_, document) = api::routes().split_for_parts();
    let mut document = api::completed(document);
    if !prefix.is_empty() {
        document.servers = Some(vec![utoipa::openapi::Server::new(prefix)]);
    }
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}
