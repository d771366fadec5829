//! The one guarded door out: whatever the product fetches over HTTP goes through a [`Door`].
//!
//! It knows limits (size, time), follows no redirect, speaks TLS except with the own machine, connects
//! only as far as its [`Reach`] says, and stays shut when the installation is offline. It knows nothing of
//! what is fetched. The address that was checked is the one that is connected to, so a name that answers
//! differently the second time gains nothing.
//!
//! It blocks, and must not be used or dropped on an asynchronous task.
//!
//! Not here: proxies, retries, cookies. A refusal is an answer like any other; whoever asks decides.

mod door;
mod reach;

pub use door::{Door, Limits, Method, Refused, Request, Response};
pub use reach::Reach;
