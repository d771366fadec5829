//! Sending one mail, within limits: the guarded door out for SMTP (RFC 5321).
//!
//! A [`Post`] knows one server and how far it may be. It connects to the address it has checked, speaks
//! TLS except with the own machine, and takes a [`Leave`] for each mail, so that nothing is sent without
//! somebody having asked whether it may. One mail goes to one recipient: what became of it is then known.
//!
//! Not here: retries, queues, several recipients, attachments. What was not sent says whether it is worth
//! trying again ([`NotSent::may_pass`]) and, hardest of all, whether it may have arrived after all
//! ([`NotSent::InDoubt`]).

mod clear;
mod message;
mod post;
mod refused;

pub use message::{LONGEST_SUBJECT, Mail, Mailbox, Unwritable};
pub use post::{Account, MailLimits, Post, Protection, Server};
pub use refused::NotSent;

/// Proof that a mail may leave. Whoever sends on behalf of a record makes one of what its record gives; a
/// record that is a twin gives none.
pub trait Leave {}
