//! The guarded doors out: whatever the product fetches over HTTP goes through a [`Door`], every mail
//! through a [`Post`](mail::Post).
//!
//! They know limits (size, time), follow no redirect, speak TLS except with the own machine, connect
//! only as far as their [`Reach`] says, and stay shut when the installation is offline. They know nothing
//! of what is fetched or sent. The address that was checked is the one that is connected to, so a name that
//! answers differently the second time gains nothing.
//!
//! They block, and must not be used or dropped on an asynchronous task.
//!
//! Not here: proxies, retries, cookies. A refusal is an answer like any other; whoever asks decides.

mod door;
pub mod mail;
mod reach;

pub use door::{Door, Limits, Method, Refused, Request, Response, Verb};
pub use reach::Reach;
