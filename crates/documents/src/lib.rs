//! Documents that go out: an advisory and what is said in it, written in the forms that others read.
//!
//! One value, [`Advisory`], and one writer for each form: [`csaf`] 2.0 (two profiles), [`openvex`] 0.2.0,
//! [`cyclonedx`] 1.6 VEX for one product version, [`printed`] text; and beside it the [`notice`] to a customer
//! and [`security_txt`]. A writer looks first for whatever would make the document invalid or contradict
//! itself, and refuses with every [`Problem`](aftercare_vocab::problem::Problem) and its place; what only
//! makes it poorer comes along as a warning. How words translate between the forms is [`crosswalk`].
//!
//! The same value gives the same bytes, always. There is no clock, no chance and no I/O; nothing is kept,
//! sent or signed here, and no document is read.
//!
//! Times are written in UTC, texts as they were given; what the writers say themselves is English.

pub mod advisory;
pub mod check;
pub mod crosswalk;
pub mod csaf;
pub mod cyclonedx;
pub mod notice;
pub mod openvex;
pub mod printed;
pub mod security_txt;

mod cpe;
mod document;
mod json;
mod language;
mod page;
mod uri;
mod weakness;
mod wording;

pub use advisory::Advisory;
pub use document::{Document, Refused, stem};
pub use weakness::name as weakness_name;
